"""From values to sheets: every workbook of a tier, drawn as a Book."""

from loithe_xl.draw.case import Case
from loithe_xl.draw.fits import formula_faults
from loithe_xl.draw.form import TOKEN_NAME, form_book
from loithe_xl.draw.listed import LISTED_TOP, PLACE, issue_list, marks, shown_place

__all__ = [
    "LISTED_TOP",
    "PLACE",
    "TOKEN_NAME",
    "Case",
    "form_book",
    "formula_faults",
    "issue_list",
    "marks",
    "shown_place",
]
