"""The annex of a report: the table by unit, as wide as a turned page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from loithe_xl.consolidation.suppression import WITHHELD
from loithe_xl.language.catalogue import text
from loithe_xl.language.notation import ABSENT, count, percent
from loithe_xl.report.edits import LEFT_HALF, NUMBER_ROW, RIGHT_HALF
from loithe_xl.report.heads import attached_formula
from loithe_xl.report.page import Page
from loithe_xl.report.table import ReportTable, TableRow
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import reference
from loithe_xl.workbook.book import Flow, Formula, Line, Print, Sheet
from loithe_xl.workbook.metrics import lines
from loithe_xl.workbook.numbers import whole
from loithe_xl.workbook.ownsheets import ANNEX, REPORT, TITLE_CELL

_NO, _NAME, _FIRST = 1, 2, 3  # columns
PIXELS = {_NO: 38, _NAME: 254}
WHOLE_PIXELS = 966  # of a turned page between its margins
HEAD = 6  # the row of an annex's headings
_LINE, SMALL = 15.0, 13.5  # points of one line of 11- and 10-point type
_PITCH, _TITLE_POINTS = 19, 712  # of the lines of a title: height of one, and what fits on it
ROMAN = ("I", "II", "III", "IV", "V", "VI")


def annex_sheet(page: Page) -> Sheet:
    """Title and table; its heading is repeated on every page."""
    columns = len(page.table.columns)
    last = _NAME + columns
    sheet = Sheet(ANNEX, tab_colour="9B1C1C")
    each = (WHOLE_PIXELS - sum(PIXELS.values())) // max(1, columns)
    pixels = PIXELS | dict.fromkeys(range(_FIRST, last + 1), each)
    sheet.widths = {column: round((wide - 5) / 8, 3) for column, wide in pixels.items()}
    put_title(sheet, page, page.annex_words, last)
    _headings(sheet, page, pixels)
    withheld = any(value == WITHHELD for line in page.table.rows for value in line.cells.values())
    row = HEAD + len(page.table.rows) + withheld
    if withheld:
        sheet.merges.append(((row, _NO), (row, last)))
    sheet.flow = Flow(HEAD + 1, row - HEAD, last, lambda: _lines(page, withheld))
    sheet.print = turned(page, last, row, repeat=(HEAD, HEAD))
    return sheet


def put_title(sheet: Sheet, page: Page, words: Mapping[str, str], last: int) -> None:
    """What stands above an annex: the issuer on the left, then its number, its title and the report it belongs to."""
    sheet.put(1, _NO, page.left[1].shown, "page_12_left_bl")
    sheet.merges.append(((1, _NO), (1, last)))
    shown = (("title", "page_14_center_bl"), ("subject", "page_13_center_bl"), ("note", "annex_note"))
    for row, (key, style) in enumerate(shown, TITLE_CELL[0]):
        said = words[key]
        sheet.put(row, _NO, _living(page, said) if key == "note" else said, style)
        sheet.merges.append(((row, _NO), (row, last)))
        sheet.heights[row] = _PITCH * lines(said, 13, _TITLE_POINTS, bold=True)
    sheet.heights[HEAD - 1] = 4


def _living(page: Page, note: str) -> Formula | str:
    """The note with the report's number and date as they stand on the page, also when they are typed in later."""
    before, found, after = note.partition(page.attached)
    if not found:
        return note
    cells = (reference(REPORT, NUMBER_ROW, column) for column in (LEFT_HALF, RIGHT_HALF))
    named = attached_formula(page.titles[0].shown, *cells)
    return Formula(f"{text_literal(before)}&{named}&{text_literal(after)}", note)


def turned(page: Page, columns: int, rows: int, repeat: tuple[int, int] | None = None) -> Print:
    """How an annex prints: A4 turned, numbered on as the report's pages are."""
    return Print(
        landscape=True,
        margins=page.profile.landscape,
        repeat_rows=repeat,
        header=f'&C&"Times New Roman,Regular"&{page.profile.page_number}&P',
        first_page_different=True,
        columns=(1, columns),
        rows=rows,
    )


def _headings(sheet: Sheet, page: Page, pixels: dict[int, int]) -> None:
    said = {_NO: printed("no"), _NAME: printed("unit")}
    said |= {_FIRST + number: column.label for number, column in enumerate(page.table.columns)}
    for column, words in said.items():
        sheet.put(HEAD, column, words, "annex_head")
    tall = max(lines(words, 10, pixels[column] * 0.75 - 5, bold=True) for column, words in said.items())
    sheet.heights[HEAD] = SMALL * tall + 6


def _numbered(table: ReportTable) -> Iterator[tuple[str, TableRow]]:
    """Each row with its number: groups in Roman figures, units from 1 within their group."""
    groups, units = 0, 0
    for row in table.rows:
        groups += row.kind == "group"
        units = units + 1 if row.kind == "unit" else 0
        group = ROMAN[(groups - 1) % len(ROMAN)] if row.kind == "group" else ""
        yield str(units) if units else group, row


def _lines(page: Page, withheld: bool) -> Iterator[Line]:
    for number, row in _numbered(page.table):
        yield _line(number, row, page)
    if withheld:
        yield Line([printed("withheld")], ["page_11_left_il"])


def _line(number: str, row: TableRow, page: Page) -> Line:
    """One row; a rate or a decimal is a text, so that it reads the same on every computer."""
    bold = "" if row.kind == "unit" else "_bold"
    centre, text_, counted = (f"annex_{look}{bold}" for look in ("center", "text", "count"))
    values: list[str | int | None] = [number or None, row.name]
    styles = [centre, text_]
    for column in page.table.columns:
        match row.cells[column.id]:
            case None:
                values.append(ABSENT)
            case str(withheld):
                values.append(withheld)
            case rate if column.kind == "rate":
                values.append(percent(rate, page.percent_space))
            case int() | Decimal() as figure:
                plain = whole(figure)
                values.append(plain if isinstance(plain, int) else count(plain))
        styles.append(counted if isinstance(values[-1], int) else centre)
    tall = lines(row.name, 11, PIXELS[_NAME] * 0.75 - 14, bold=bool(bold))
    return Line(values, styles, _LINE * tall + 3)


def printed(name: str) -> str:
    """A word of a printed annex, which is Vietnamese."""
    return text(f"report.{name}").to("vi")
