"""From values to sheets: every workbook of a tier, drawn as a Book."""

from loithe_xl.draw.case import Case
from loithe_xl.draw.form import TOKEN_NAME, form_book, known_cells

__all__ = ["TOKEN_NAME", "Case", "form_book", "known_cells"]
