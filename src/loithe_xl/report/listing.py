"""The second annex of a report: every opinion whole, of those matters that the report has no room for."""

from __future__ import annotations

from collections.abc import Iterator

from loithe_xl.report.annex import HEAD, ROMAN, WHOLE_PIXELS, printed, put_title, turned
from loithe_xl.report.page import Page
from loithe_xl.workbook.book import Flow, Line, Sheet
from loithe_xl.workbook.metrics import cut_after, lines
from loithe_xl.workbook.ownsheets import ANNEX_OPINIONS

_PIXELS = {1: 38, 2: 270, 3: WHOLE_PIXELS - 38 - 270}
_POINTS = {column: wide * 0.75 - 16 for column, wide in _PIXELS.items()}  # that text may fill, its indent left out
_LINE, _MOST = 15.0, 24  # points of a line; how many a row has at most
_SURELY = 40 * _MOST  # letters that it certainly holds


def listing_sheet(page: Page) -> Sheet:
    """The opinions matter by matter; a sheet with nothing but a remark where the report says them all."""
    sheet = Sheet(ANNEX_OPINIONS, tab_colour="9B1C1C")
    sheet.widths = {column: round((wide - 5) / 8, 3) for column, wide in _PIXELS.items()}
    if not page.listings:
        sheet.put(1, 1, page.opinions_words["none"], "page_12_left_il")
        sheet.merges.append(((1, 1), (1, 3)))
        sheet.print = turned(page, 3, 1)
        return sheet
    put_title(sheet, page, page.opinions_words, 3)
    for column, name in enumerate(("no", "unit", "opinion"), 1):
        sheet.put(HEAD, column, printed(name), "annex_head")
    rows = (_pieces(words) for listing in page.listings for _, words in listing.opinions)
    count = len(page.listings) + sum(sum(1 for _ in each) for each in rows)
    sheet.flow = Flow(HEAD + 1, count, 3, lambda: _lines(page))
    sheet.print = turned(page, 3, HEAD + count, repeat=(HEAD, HEAD))
    return sheet


def _lines(page: Page) -> Iterator[Line]:
    for part, listing in enumerate(page.listings):
        yield Line(
            [ROMAN[part % len(ROMAN)], listing.label, None],
            ["annex_center_bold", "annex_text_bold", "annex_text_bold"],
            _LINE * lines(listing.label, 11, _POINTS[2], bold=True) + 3,
        )
        for number, (name, words) in enumerate(listing.opinions, 1):
            yield from _opinion(str(number), name, words)


def _opinion(number: str, name: str, words: str) -> Iterator[Line]:
    """One opinion; a very long one over several rows, for none is higher than a page has room."""
    styles = ["annex_center", "annex_text", "annex_text"]
    for piece in _pieces(words):
        tall = max(lines(name, 11, _POINTS[2]), lines(piece, 11, _POINTS[3]))
        yield Line([number or None, name or None, piece], styles, _LINE * min(tall, _MOST) + 3)
        number = name = ""


def _pieces(words: str) -> Iterator[str]:
    """A text in pieces of at most so many lines as a row has."""
    while len(words) > _SURELY:
        piece, words = cut_after(words, 11, _POINTS[3], _MOST)
        yield piece
        if not words:
            return
    yield words
