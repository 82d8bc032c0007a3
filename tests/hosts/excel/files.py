"""Workbook files in and out through openpyxl, with what it would lose: results of formulas, serials, merged looks."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
from hosts.excel.values import CellError
from openpyxl.cell._writer import etree_write_cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser, WorksheetReader
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.merge import MergedCellRange
from openpyxl.xml.functions import SubElement

WIDEST_GROUP = 300


class _Parser(WorkSheetParser):
    """Also keeps the cached result of each formula; a result absent from the file stays absent."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.results: dict[tuple[int, int], Any] = {}

    def parse_cell(self, element: Any) -> Any:
        parsed = super().parse_cell(element)
        value = element.find(VALUE_TAG)
        if element.find(FORMULA_TAG) is not None and value is not None:
            result = self._result(element.get("t", "n"), value.text or "")
            if result is not None:
                self.results[parsed["row"], parsed["column"]] = result
        return parsed

    def _result(self, kind: str, text: str) -> Any:
        if kind == "s":
            return self.shared_strings[int(text)]
        if kind == "str":
            return text
        if not text:
            return None
        return {"b": lambda: text == "1", "e": lambda: CellError(text)}.get(kind, lambda: float(text))()


class _Reader(WorksheetReader):
    """Dates stay serial numbers; the covered cells of a merge keep their looks."""

    def __init__(self, ws: Any, source: Any, shared: Any, data_only: bool, rich_text: bool) -> None:
        super().__init__(ws, source, shared, data_only, rich_text)
        self.parser = _Parser(source, shared, data_only, ws.parent.epoch, set(), set(), rich_text)

    def bind_merged_cells(self) -> None:
        self.ws.results = self.parser.results
        for merge in self.parser.merged_cells.mergeCell if self.parser.merged_cells else ():
            self.ws.merged_cells.add(MergedCellRange(self.ws, merge.ref))


def load(path: Path) -> Any:
    """An openpyxl workbook whose sheets carry ``results``: (row, column) -> cached result of a formula."""
    with mock.patch("openpyxl.reader.excel.WorksheetReader", _Reader), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # extensions are dropped with a warning
        book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        _ungroup(sheet)
    return book


def fresh() -> Any:
    """A new openpyxl workbook."""
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    book.active.results = {}
    return book


def save(book: Any, path: Path, with_results: bool) -> None:
    """Writes the file; ``with_results`` also what the formulas gave.

    Lost on the way: extensions (x14 formats and validations), rich text, shapes and pictures, printer settings.
    """

    class Caught:
        def write(self, element: Any) -> None:
            self.element = element

    def write_cell(stream: Any, sheet: Any, cell: Any, styled: Any = None) -> None:
        caught = Caught()
        etree_write_cell(caught, sheet, cell, styled)
        result = sheet.results.get((cell.row, cell.column)) if with_results and cell.data_type == "f" else None
        if result is not None:
            _put_result(caught.element, result)
        stream.write(caught.element)

    with mock.patch("openpyxl.worksheet._writer.write_cell", write_cell):
        book.save(path)


def _put_result(element: Any, result: Any) -> None:
    kinds = {CellError: "e", str: "str", bool: "b"}
    kind = kinds.get(type(result))
    if kind:
        element.set("t", kind)
    value = element.find("v")
    value = SubElement(element, "v") if value is None else value
    value.text = str(int(result)) if isinstance(result, bool) else str(result)


def _ungroup(sheet: Any) -> None:
    """One entry per column, where the file has one per run of columns."""
    for dimension in list(sheet.column_dimensions.values()):
        first, last = dimension.min, dimension.max
        if first is None or last is None or last == first or last - first > WIDEST_GROUP:
            continue
        for column in range(first, last + 1):
            letter = get_column_letter(column)
            one = ColumnDimension(
                sheet, letter, dimension.width, min=column, max=column, hidden=dimension.hidden,
                customWidth=True, outlineLevel=dimension.outlineLevel,
            )  # fmt: skip
            one._style = dimension._style
            sheet.column_dimensions[letter] = one
