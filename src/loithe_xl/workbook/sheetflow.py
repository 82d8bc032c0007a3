"""Lists of thousands of lines as a sheet's rows, straight into the text of its part: no cell is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from loithe_xl.workbook.address import column_letters
from loithe_xl.workbook.book import Flow, Formula
from loithe_xl.workbook.celltext import LONGEST_TEXT, escaped, escaped_outside, inline, units
from loithe_xl.workbook.formulalimits import LETTERS, require_plain
from loithe_xl.workbook.styles import STYLES

ROWS = 64  # that are given at once
_EXACT = 10**15  # whole numbers below it look the same in every notation

FormatNumber = Callable[[str], int]  # of a format in the workbook, by its style's name


def rows(flow: Flow, number: FormatNumber, usual: int) -> Iterator[str]:
    """The rows as text, some at a time. ``usual``: the height, in pixels, of a row of which none is said."""
    looks: dict[tuple[int, str], tuple[str, str]] = {}
    pieces: list[str] = []
    row = flow.first - 1
    for row, line in enumerate(flow.draw(), flow.first):
        pieces.append(f'<row r="{row}"{_height(line.height, usual)}>')
        for place in enumerate(line.styles):
            column, style = place
            if style is None:
                continue
            if place not in looks:
                looks[column, style] = _look(column, style, number, sortable=flow.sortable)
            start, end = looks[column, style]
            pieces.append(f"{start}{row}{end}{_content(line.values[column])}")
        pieces.append("</row>")
        if row % ROWS == 0:
            yield "".join(pieces)
            pieces.clear()
    if row != flow.first + flow.count - 1:
        raise ValueError(f"not as many lines as said: {row} is the last row")
    yield "".join(pieces)


def _look(column: int, style: str, number: FormatNumber, *, sortable: bool) -> tuple[str, str]:
    """The text of a cell before its row and after it."""
    if STYLES[style].locked is sortable:
        raise ValueError(f"nobody types into a list, and nobody sorts locked cells: {style}")
    return f'<c r="{column_letters(column + 1)}', f'" s="{number(style)}"'


def _content(value: str | int | Decimal | Formula | None) -> str:
    if value is None or value == "":
        return "/>"
    if isinstance(value, Formula):
        require_plain(value.text, LETTERS, "a list")
        if not isinstance(value.result, str) or value.shared:
            raise ValueError(f"a list has formulas of texts only: {value.text}")
        return f' t="str"><f>{escaped_outside(value.text)}</f><v>{escaped(value.result)}</v></c>'
    if isinstance(value, str):
        if units(value) > LONGEST_TEXT:
            raise ValueError(f"longer than a cell: {value[:80]!r}")
        return f' t="inlineStr">{inline(value)}</c>'
    plain = isinstance(value, int) and -_EXACT < value < _EXACT
    return f"><v>{value}</v></c>" if plain else f"><v>{value:.16G}</v></c>"


def _height(points: float | None, usual: int) -> str:
    """Whole pixels, three quarters of a point each, as the library has them."""
    pixels = usual if points is None else int(points * 4 / 3 + 0.5)
    return "" if pixels == usual else f' ht="{pixels * 0.75:.16g}" customHeight="1"'
