"""The list of forms to send out: one row each, to merge a mail from or to tick off by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from loithe_xl.draw.slips import lines_in, row_height
from loithe_xl.language.catalogue import text
from loithe_xl.workbook.book import Book, Flow, Line, ListObject, Print, Sheet
from loithe_xl.workbook.ownsheets import NO_FORM

# What is needed to send one form first, in sight on an office's screen; the rest is so wide that no line breaks.
_WIDTHS = {
    **{"code": 16, "name": 40, "email": 30, "telephone": 15, "file": 62, "subject": 110, "deadline": 12, "period": 15},
    **{"tier": 9, "above_code": 14, "above": 40, "address": 50, "path": 180},
}
_CENTERED = ("telephone", "deadline", "period", "tier")
_PRINTED = 5  # columns
TABLE_NAME = "danh_sach_gui"


class SentForm(NamedTuple):
    """One form to send: every value a text, blank where nothing is known; ``path`` from the list's own folder."""

    code: str
    name: str
    email: str
    telephone: str
    file: str
    subject: str
    deadline: str
    period: str
    tier: str
    above_code: str
    above: str
    address: str
    path: str


def send_book(forms: Sequence[SentForm], lang: str) -> Book:
    """A workbook of one sheet that is one true table, its headings in row 1; every cell is a text, no formula.

    Dates are texts too, for a merge would write them month first.
    """
    sheet = Sheet(text("sendlist.sheet").to(lang), protected=False, freeze=(2, 2), selection=(2, 1))
    for column, (key, width) in enumerate(_WIDTHS.items(), 1):
        sheet.put(1, column, text(f"sendlist.head_{key}").to(lang), "head")
        sheet.widths[column] = width
    sheet.heights[1] = 37
    styles = ["text_center" if key in _CENTERED else "text" for key in _WIDTHS]
    sheet.flow = Flow(2, len(forms), len(_WIDTHS), lambda: (Line(form, styles, _height(form)) for form in forms))
    sheet.tables.append(ListObject(((1, 1), (1 + len(forms), len(_WIDTHS))), TABLE_NAME))
    rows = 1 + len(forms)
    sheet.print = Print(landscape=True, repeat_rows=(1, 1), footer="&C&P/&N", columns=(1, _PRINTED), rows=rows)
    return Book([sheet], title=text("sendlist.book").to(lang), custom={NO_FORM: "1"})


def _height(form: SentForm) -> float:
    return row_height(max(lines_in(words, width) for words, width in zip(form, _WIDTHS.values(), strict=True)))
