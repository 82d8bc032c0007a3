"""From values to sheets: every workbook of a tier, drawn as a Book."""

from loithe_xl.draw.case import Case, ParentCase
from loithe_xl.draw.fits import formula_faults
from loithe_xl.draw.form import form_book
from loithe_xl.draw.hidden import TOKEN_NAME

__all__ = [
    "TOKEN_NAME",
    "Case",
    "ParentCase",
    "form_book",
    "formula_faults",
]
