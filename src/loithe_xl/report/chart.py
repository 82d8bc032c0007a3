"""The chart of a report's annex: a bar per unit, all of one length, whoever lags on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from loithe_xl.consolidation.receipts import Figure
from loithe_xl.pack.reportspec import ChartWording
from loithe_xl.report.annex import HEAD, WHOLE_PIXELS, put_title, turned
from loithe_xl.report.page import Page
from loithe_xl.report.table import Rate, TableRow
from loithe_xl.workbook.book import Chart, ChartSeries, Sheet
from loithe_xl.workbook.ownsheets import CHART

_COLUMNS = 12  # over which the chart lies
_DATA = _COLUMNS + 1  # the hidden column of the series' titles; a column for each bar follows
MOST_BARS = 25
BAR, AROUND, _HIGHEST = 30, 110, 470  # pixels: of one bar, of all else in the chart, of what fits beneath the title
DEFAULT_ROW = 21  # pixels


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the chart: its name and the length of each of its colours."""

    name: str
    values: tuple[int, ...]
    lag: Fraction


def chart_sheet(page: Page) -> Sheet:
    """The chart under the annex's title; its data stand hidden beside it, a row for each colour."""
    sheet = Sheet(CHART, tab_colour="9B1C1C")
    sheet.widths = dict.fromkeys(range(1, _COLUMNS + 1), round((WHOLE_PIXELS / _COLUMNS - 5) / 8, 3))
    put_title(sheet, page, page.annex_words, _COLUMNS)
    wording, bars = page.annex.chart if page.annex else None, list(bars_of(page))
    beneath = HEAD
    if wording and bars:
        final = _DATA + len(bars)
        for column, bar in enumerate(bars, _DATA + 1):
            sheet.put(1, column, bar.name, "hidden_text")
        series = []
        for row, each in enumerate(wording.series, 2):
            sheet.put(row, _DATA, each.label, "hidden")
            for column, bar in enumerate(bars, _DATA + 1):
                sheet.put(row, column, bar.values[row - 2], "hidden_number")
            series.append(ChartSeries((row, _DATA), ((row, _DATA + 1), (row, final)), each.colour, each.hatched))
        sheet.hidden_columns = tuple(range(_DATA, final + 1))
        height = min(_HIGHEST, AROUND + BAR * len(bars))
        names = ((1, _DATA + 1), (1, final))
        size = (WHOLE_PIXELS - 6, height)
        sheet.charts.append(Chart((HEAD, 1), page.annex_words["chart"], names, tuple(series), size))
        beneath = HEAD + ceil(height / DEFAULT_ROW)
        sheet.heights |= dict.fromkeys(range(HEAD, beneath + 1), DEFAULT_ROW * 0.75)
    sheet.print = turned(page, _COLUMNS, beneath)
    return sheet


def bars_of(page: Page) -> Iterator[Bar]:
    """A bar per unit, those that lag first; the units of some groups in one bar together, and those for which there is
    no room in the last."""
    annex = page.annex
    if annex is None or annex.chart is None:
        return
    wording, found = annex.chart, []
    for group in annex.groups:
        units = page.table.units(group.tier)
        if units and group.together:
            found.append(_bar(wording.together, group.label, units, wording))
        else:
            found += [_bar("{label}", unit.name, [unit], wording) for unit in units]
    found.sort(key=lambda bar: (bar.lag, -sum(bar.values)))
    yield from found[:MOST_BARS]
    if rest := found[MOST_BARS:]:
        yield Bar(wording.rest.replace("{count}", str(len(rest))), _added(bar.values for bar in rest), rest[0].lag)


def tells(page: Page) -> bool:
    """Whether there is anything to see: of some unit more is known than that nothing is."""
    series = page.annex.chart.series if page.annex and page.annex.chart else ()
    told = [number for number, each in enumerate(series) if not each.hatched]
    return any(bar.values[number] for bar in bars_of(page) for number in told)


def _bar(name: str, label: str, units: Sequence[TableRow], wording: ChartWording) -> Bar:
    said = name.replace("{label}", label).replace("{count}", str(len(units)))
    values = _added(tuple(_length(unit.cells[each.id]) for each in wording.series) for unit in units)
    if wording.lag is None:
        return Bar(said, values, Fraction(0))
    part, whole = (sum(_length(unit.cells[id]) for unit in units) for id in (wording.lag.of, wording.lag.over))
    return Bar(said, values, Fraction(part, whole) if whole else Fraction(0))


def _added(values: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*values, strict=True)))


def _length(value: Figure | Rate | str) -> int:
    """A bar's length: none for a figure that is not known. No sensitive figure is drawn."""
    return 0 if value is None or isinstance(value, str) else int(value)
