"""A tier's report: composed from a consolidation, told as JSON, and what was edited by hand read back."""

from loithe_xl.report.edits import Edit, ReportLine, read_edits
from loithe_xl.report.page import Draft, Page, compose, page_json

__all__ = ["Draft", "Edit", "Page", "ReportLine", "compose", "page_json", "read_edits"]
