"""The annex of a report: a native chart of progress, and under it the table by unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from loithe_xl.consolidation.receipts import Figure
from loithe_xl.consolidation.suppression import WITHHELD
from loithe_xl.language.catalogue import text
from loithe_xl.language.notation import ABSENT, count, percent
from loithe_xl.pack.reportspec import Annex
from loithe_xl.report.page import Page
from loithe_xl.report.table import Rate, ReportTable, TableRow
from loithe_xl.workbook.book import Chart, Flow, Line, Print, Sheet
from loithe_xl.workbook.metrics import lines
from loithe_xl.workbook.numbers import whole
from loithe_xl.workbook.ownsheets import ANNEX

_NO, _NAME, _FIRST = 1, 2, 3  # columns
PIXELS = {_NO: 38, _NAME: 214}
STATUS_PIXELS, WHOLE_PIXELS = 88, 966  # of a turned page between its margins
CHART = 6  # its first row
_LINE, SMALL = 15.0, 13.5  # points of one line of 11- and 10-point type
BAR, AROUND, _HIGHEST = 26, 120, 505  # pixels: of one bar, of all else in the chart, of what fits on the first page
DEFAULT_ROW = 21  # pixels
ROMAN = ("I", "II", "III", "IV", "V", "VI")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the chart: its name and the length of each of its colours."""

    name: str
    values: tuple[int, ...]


def annex_sheet(page: Page, annex: Annex) -> Sheet:
    """Title, chart, table as wide as the page. The table comes last: its heading is repeated on every page after it."""
    columns = len(page.table.columns)
    last = _FIRST + columns
    sheet = Sheet(ANNEX, tab_colour="9B1C1C")
    each = (WHOLE_PIXELS - sum(PIXELS.values()) - STATUS_PIXELS) // max(1, columns)
    pixels = PIXELS | dict.fromkeys(range(_FIRST, last), each) | {last: STATUS_PIXELS}
    sheet.widths = {column: round((wide - 5) / 8, 3) for column, wide in pixels.items()}
    _title(sheet, page, last)
    head = _chart(sheet, page, annex, last + 2)
    _headings(sheet, page, pixels, head)
    withheld = any(value == WITHHELD for line in page.table.rows for value in line.cells.values())
    row = head + len(page.table.rows) + withheld
    if withheld:
        sheet.merges.append(((row, _NO), (row, last)))
    sheet.flow = Flow(head + 1, row - head, last, lambda: _lines(page.table, withheld))
    if any(at[0] > head for at in sheet.cells):  # many bars: their figures stand beside the table
        sheet.unroll()
    sheet.print = Print(
        landscape=True,
        margins=page.profile.landscape,
        repeat_rows=(head, head),
        header=f'&C&"Times New Roman,Regular"&{page.profile.page_number}&P',
        first_page_different=True,
        columns=(1, last),
        rows=row,
    )
    return sheet


def _title(sheet: Sheet, page: Page, last: int) -> None:
    """The issuer on the left, then title, subject and what the annex belongs to."""
    sheet.put(1, _NO, page.left[1].shown, "page_12_left_bl")
    sheet.merges.append(((1, _NO), (1, _FIRST + 2)))
    shown = (("title", "page_14_center_bl"), ("subject", "page_13_center_bl"), ("note", "page_12_center_il"))
    for row, (key, style) in enumerate(shown, 2):
        said = page.annex_words[key]
        sheet.put(row, _NO, said, style)
        sheet.merges.append(((row, _NO), (row, last)))
        sheet.heights[row] = 19 * lines(said, 13, 700, bold=True)
    sheet.heights[CHART - 1] = 4


def _chart(sheet: Sheet, page: Page, annex: Annex, column: int) -> int:
    """The chart, its data in hidden columns from ``column`` on; returns the first row beneath it."""
    bars, series = list(bars_of(page)), annex.series
    if not bars:
        return CHART
    for step, each in enumerate(series, 1):
        sheet.put(1, column + step, each.label, "hidden")
    for row, bar in enumerate(bars, 2):
        sheet.put(row, column, bar.name, "hidden_text")
        for step, value in enumerate(bar.values, 1):
            sheet.put(row, column + step, value, "hidden_number")
    sheet.hidden_columns = tuple(range(column, column + len(series) + 1))
    final = 1 + len(bars)
    height = min(_HIGHEST, AROUND + BAR * len(bars))
    colours = tuple(
        ((1, column + step), ((2, column + step), (final, column + step)), each.colour)
        for step, each in enumerate(series, 1)
    )
    names = ((2, column), (final, column))
    size = (WHOLE_PIXELS - 6, height)
    sheet.charts.append(Chart((CHART, _NO), page.annex_words["chart"], names, colours, size))
    beneath = CHART + ceil(height / DEFAULT_ROW) + 1
    sheet.heights |= dict.fromkeys(range(CHART, beneath), DEFAULT_ROW * 0.75)
    return beneath


def bars_of(page: Page) -> Iterator[Bar]:
    """A bar per unit; the units of some groups in one bar together."""
    annex = page.annex
    if annex is None or not annex.series:
        return
    ids = [each.id for each in annex.series]
    for group in annex.groups:
        units = page.table.units(group.tier)
        rows = [tuple(_length(unit.cells[id]) for id in ids) for unit in units]
        if rows and group.together:
            label = annex.together.replace("{label}", group.label).replace("{count}", str(len(rows)))
            yield Bar(label, tuple(map(sum, zip(*rows, strict=True))))
        elif rows:
            yield from (Bar(unit.name, values) for unit, values in zip(units, rows, strict=True))


def _length(value: Figure | Rate | str) -> int:
    """A bar's length: none for a figure that is not known. No sensitive figure is drawn."""
    return 0 if value is None or isinstance(value, str) else int(value)


def _headings(sheet: Sheet, page: Page, pixels: dict[int, int], row: int) -> None:
    last = _FIRST + len(page.table.columns)
    said = {_NO: _say("no"), _NAME: _say("unit"), last: _say("status")}
    said |= {_FIRST + number: column.label for number, column in enumerate(page.table.columns)}
    for column, words in said.items():
        sheet.put(row, column, words, "annex_head")
    tall = max(lines(words, 10, pixels[column] * 0.75 - 5, bold=True) for column, words in said.items())
    sheet.heights[row] = SMALL * tall + 6


def _numbered(table: ReportTable) -> Iterator[tuple[str, TableRow]]:
    """Each row with its number: groups in Roman figures, units from 1 within their group."""
    groups, units = 0, 0
    for row in table.rows:
        groups += row.kind == "group"
        units = units + 1 if row.kind == "unit" else 0
        group = ROMAN[(groups - 1) % len(ROMAN)] if row.kind == "group" else ""
        yield str(units) if units else group, row


def _lines(table: ReportTable, withheld: bool) -> Iterator[Line]:
    for number, row in _numbered(table):
        yield _line(number, row, table)
    if withheld:
        yield Line([_say("withheld")], ["page_11_left_il"])


def _line(number: str, row: TableRow, table: ReportTable) -> Line:
    """One row; a rate or a decimal is a text, so that it reads the same on every computer."""
    bold = "" if row.kind == "unit" else "_bold"
    centre, text_, counted = (f"annex_{look}{bold}" for look in ("center", "text", "count"))
    values: list[str | int | None] = [number or None, row.name]
    styles = [centre, text_]
    for column in table.columns:
        match row.cells[column.id]:
            case None:
                values.append(ABSENT)
            case str(withheld):
                values.append(withheld)
            case rate if column.kind == "rate":
                values.append(percent(rate))
            case int() | Decimal() as figure:
                plain = whole(figure)
                values.append(plain if isinstance(plain, int) else count(plain))
        styles.append(counted if isinstance(values[-1], int) else centre)
    status = _status(row)
    tall = max(lines(row.name, 11, PIXELS[_NAME] * 0.75 - 14, bold=bool(bold)), lines(status, 11, 58))
    return Line([*values, status or None], [*styles, centre], _LINE * tall + 3)


def _status(line: TableRow) -> str:
    if not line.status:
        return ""
    status = text(f"form.status_{line.status}")
    return (text("report.late", status=status) if line.late else status).to("vi")


def _say(name: str) -> str:
    """A word of the printed annex, which is Vietnamese."""
    return text(f"report.{name}").to("vi")
