"""An open book as plain values, to compare one state with another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import xlwings as xw
from hosts.excel.com import refused
from hosts.excel.looks import fill, number_of
from hosts.excel.names import place_of
from openpyxl.worksheet.formula import ArrayFormula


@dataclass(frozen=True, slots=True)
class Look:
    """How one cell looks. Colours are COM's numbers (blue green red), None where there is none."""

    number_format: str
    font: tuple[str, float, bool, bool, str | None, int | None]  # name, size, bold, italic, underline, colour
    fill: int | None
    alignment: tuple[str | None, str | None, bool, int, int]  # horizontal, vertical, wrapped, indent, turned
    border: tuple[tuple[str, int | None] | None, ...]  # left, top, right, bottom: style, colour
    locked: bool
    hidden: bool
    link: tuple[str, str, str] | None  # address, place in the book, tip


@dataclass(frozen=True, slots=True)
class SheetLooks:
    """A sheet's cells that are not blank and plain; heights in points, widths as the file has them, 0 when hidden."""

    cells: dict[tuple[int, int], Look]
    heights: dict[int, float]
    widths: dict[str, float]
    merges: frozenset[str]
    hidden_rows: frozenset[int]
    visible: bool


def contents(book: xw.Book) -> dict[str, dict[tuple[int, int], Any]]:
    """What every cell holds: number, text, bool, "=formula", "#N/A"; a text that only looks like a formula gets a '."""
    return {sheet.Name: {(cell.row, cell.column): _held(cell) for cell in sheet.cells() if cell._value is not None}
            for sheet in book.api.sheets}  # fmt: skip


def _held(cell: Any) -> Any:
    value = cell._value
    if isinstance(value, ArrayFormula):
        return "{" + value.text + "}"
    if cell.data_type == "n":
        return float(value)
    if cell.data_type == "s" and str(value)[:1] in ("=", "#", "{", "'"):
        return f"'{value}"
    return value


def looks(book: xw.Book) -> dict[str, SheetLooks]:
    """How every sheet looks."""
    return {sheet.Name: _looks(sheet.ws) for sheet in book.api.sheets}


def _looks(ws: Any) -> SheetLooks:
    heights = {row: one.height for row, one in ws.row_dimensions.items() if one.height}
    columns = ((letter, 0.0 if one.hidden else one.width) for letter, one in ws.column_dimensions.items())
    widths = {letter: width for letter, width in columns if width or ws.column_dimensions[letter].hidden}
    hidden = frozenset(row for row, one in ws.row_dimensions.items() if one.hidden)
    cells = {(cell.row, cell.column): look(cell) for cell in ws._cells.values()}
    merges = frozenset(merge.coord for merge in ws.merged_cells.ranges)
    return SheetLooks(cells, heights, widths, merges, hidden, ws.sheet_state == "visible")


def look(cell: Any) -> Look:
    """How one openpyxl cell looks."""
    font, align, border, link = cell.font, cell.alignment, cell.border, cell.hyperlink
    lines = tuple(
        (side.style, number_of(side.color, 0)) if side is not None and side.style else None
        for side in (border.left, border.top, border.right, border.bottom)
    )
    return Look(
        cell.number_format,
        (font.name, float(font.sz), bool(font.b), bool(font.i), font.u, number_of(font.color, 0)),
        fill(cell),
        (align.horizontal, align.vertical, bool(align.wrapText), int(align.indent), int(align.textRotation or 0)),
        lines,
        bool(cell.protection.locked),
        bool(cell.protection.hidden),
        (link.target or "", link.location or "", link.tooltip or "") if link else None,
    )


def follow(cell: xw.Range) -> xw.Range:
    """Clicks on a link within the book: the range it leads to. Excel's "reference isn't valid" is a ComError."""
    link = cell.api.Hyperlinks(1)
    place = place_of(cell.api.sheet.book, link.SubAddress)
    if link.Address or place is None:
        raise refused(f"reference isn't valid: {link.Address}#{link.SubAddress}")
    if place.sheet.Visible != -1:
        raise refused(f"the link leads to a hidden sheet: {link.SubAddress}")
    return cell.sheet.book.sheets[place.sheet.Name].range(place.Address)
