"""A report as sheets: the printed page, the annex with table and chart, the list of opinions."""

from __future__ import annotations

from datetime import datetime

from loithe_xl.identity.token import VERSION
from loithe_xl.reading.received import Received
from loithe_xl.report import Page
from loithe_xl.report.annex import annex_sheet
from loithe_xl.report.chart import chart_sheet, tells
from loithe_xl.report.listing import listing_sheet
from loithe_xl.report.pagesheet import NOTE, PARENT_COLUMN, page_sheet
from loithe_xl.workbook.book import Book, Sheet
from loithe_xl.workbook.ownsheets import ANNEX_OPINIONS, CHART, REPORT

REPORT_TOKEN = "loithe_report"


def report_sheets(page: Page, lang: str) -> list[Sheet]:
    """The page and every annex that its pack words, one without content too: in an open workbook it may get some.

    Only the notes beside them speak ``lang``: the report is a Vietnamese document.
    """
    sheets = [page_sheet(page, lang)]
    if page.annex:
        sheets.append(annex_sheet(page))
    if page.annex and page.annex.chart:
        sheets.append(chart_sheet(page))
    if page.opinions_words:
        sheets.append(listing_sheet(page))
    return sheets


def report_book(page: Page, token: str, lang: str) -> Book:
    """The report and its annexes that say something as a workbook of its own, marked with its parent's token; the page
    unlocked, to be edited."""
    empty = {ANNEX_OPINIONS: not page.listings, CHART: not tells(page)}
    created = datetime.combine(page.cutoff, datetime.min.time())
    title = f"{page.titles[0].shown} {page.titles[1].shown}"
    sheets = [sheet for sheet in report_sheets(page, lang) if not empty.get(sheet.name)]
    sheets[0].put(1, PARENT_COLUMN, token, "hidden_text")
    return Book(sheets, title=title, custom={REPORT_TOKEN: token}, created=created)


def report_tokens(received: Received) -> frozenset[str]:
    """The tokens of the parents that a workbook is a report of: in its property, which programs may drop, and hidden
    on the page, wherever that cell is now."""
    grid = received.grids.get(REPORT)
    hidden = (str(value) for _, column, value in grid.cells() if column > NOTE) if grid else ()
    found = (received.custom.get(REPORT_TOKEN, ""), *(words for words in hidden if words.startswith(f"{VERSION}|")))
    return frozenset(filter(None, map(str.strip, found)))
