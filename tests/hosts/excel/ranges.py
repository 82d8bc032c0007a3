"""A rectangle of cells: Excel's Range, where it is and which cells it has."""

# ruff: noqa: N802 (the names are COM's)
from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from typing import Any

from hosts.excel.borders import Borders
from hosts.excel.com import missing, refused
from hosts.excel.desk import DESK
from hosts.excel.held import MOST, Held
from hosts.excel.links import Hyperlinks
from hosts.excel.looks import Aligned, Font, Interior, common, restyle
from hosts.excel.shapes import Shaped
from openpyxl.cell import Cell
from openpyxl.styles import Protection
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import column_index_from_string, get_column_letter

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


class Range(Held, Aligned, Shaped):
    """A rectangle from ``row``, ``column`` (counted from 1); ``kind`` says what its items are."""

    def __init__(self, sheet: Any, row: int, column: int, rows: int = 1, columns: int = 1, kind: str = "cells"):
        if row < 1 or column < 1 or row + rows - 1 > LAST_ROW or column + columns - 1 > LAST_COLUMN:
            raise refused(f"no such range: row {row}, column {column}")
        self.sheet, self.row, self.column, self.rows, self.columns, self.kind = sheet, row, column, rows, columns, kind

    # Where it is

    Row = property(lambda self: self.row)
    Column = property(lambda self: self.column)
    Rows = property(lambda self: self.part(self.row, self.column, self.rows, self.columns, "rows"))
    Columns = property(lambda self: self.part(self.row, self.column, self.rows, self.columns, "columns"))
    Cells = property(lambda self: self.part(self.row, self.column, self.rows, self.columns))
    EntireRow = property(lambda self: self.part(self.row, 1, self.rows, LAST_COLUMN, "rows"))
    EntireColumn = property(lambda self: self.part(1, self.column, LAST_ROW, self.columns, "columns"))
    Worksheet = property(lambda self: self.sheet)
    Parent = property(lambda self: self.sheet)
    Application = property(lambda self: self.sheet.Application)
    Address = property(lambda self: self.GetAddress())
    CountLarge = property(lambda self: self.Count)

    @property
    def Count(self) -> int:
        return {"rows": self.rows, "columns": self.columns}.get(self.kind, self.rows * self.columns)

    def GetAddress(self, row_absolute=True, column_absolute=True, style=1, external=False) -> str:
        if style not in (1, None):
            raise missing("addresses in R1C1")
        down, across = "$" * bool(row_absolute), "$" * bool(column_absolute)
        first = (across + get_column_letter(self.column), down + str(self.row))
        last = (
            across + get_column_letter(self.column + self.columns - 1),
            down + str(self.row + self.rows - 1),
        )
        if self.rows == LAST_ROW:
            text = f"{first[0]}:{last[0]}"
        elif self.columns == LAST_COLUMN:
            text = f"{first[1]}:{last[1]}"
        else:
            text = "".join(first) + ("" if first == last else ":" + "".join(last))
        if not external:
            return text
        place = f"[{self.sheet.book.Name}]{self.sheet.Name}"
        place = place if re.fullmatch(r"[\w.\[\]]+", place) else "'" + place.replace("'", "''") + "'"
        return f"{place}!{text}"

    def GetOffset(self, rows: int = 0, columns: int = 0) -> Range:
        return self.part(self.row + rows, self.column + columns, self.rows, self.columns)

    def GetResize(self, rows: int | None = None, columns: int | None = None) -> Range:
        return self.part(self.row, self.column, rows or self.rows, columns or self.columns)

    def part(self, row: int, column: int, rows: int, columns: int, kind: str = "cells") -> Range:
        return Range(self.sheet, row, column, rows, columns, kind)

    def __call__(self, first: int, second: int | None = None) -> Range:
        first = int(first) if not isinstance(first, str) else first
        if isinstance(first, str):
            if self.kind == "cells" or not first.isdigit():
                raise missing(f"Range({first!r}) of a range")
            first = int(first)
        if second is not None:
            if isinstance(second, str):
                second = column_index_from_string(second)
            return self.part(self.row + first - 1, self.column + int(second) - 1, 1, 1)
        if self.kind == "rows":
            return self.part(self.row + first - 1, self.column, 1, self.columns, "rows")
        if self.kind == "columns":
            return self.part(self.row, self.column + first - 1, self.rows, 1, "columns")
        return self.part(self.row + (first - 1) // self.columns, self.column + (first - 1) % self.columns, 1, 1)

    Item = __call__

    def __iter__(self) -> Iterator[Range]:
        return (self(number) for number in range(1, self.Count + 1))

    def places(self) -> Iterator[tuple[int, int]]:
        """Every (row, column), line by line."""
        if self.rows * self.columns > MOST:
            raise missing(f"{self.Address} as a whole: name the cells")
        for row in range(self.row, self.row + self.rows):
            for column in range(self.column, self.column + self.columns):
                yield row, column

    def holds(self, row: int, column: int) -> bool:
        return self.row <= row < self.row + self.rows and self.column <= column < self.column + self.columns

    def existing(self) -> list[Cell]:
        """The cells that hold a value or a look of their own."""
        cells = self.sheet.ws._cells
        if self.rows * self.columns < len(cells):
            return [cells[place] for place in self.places() if place in cells]
        return [cell for place, cell in sorted(cells.items()) if self.holds(*place)]

    def peek(self, row: int, column: int) -> Cell:
        """The cell, or a blank one in the look of its row or column; nothing is added to the sheet."""
        ws = self.sheet.ws
        if (row, column) in ws._cells:
            return ws._cells[row, column]
        blank = Cell(ws, row, column, style_array=StyleArray())
        for dimension in (ws.row_dimensions.get(row), ws.column_dimensions.get(get_column_letter(column))):
            if dimension is not None and dimension.has_style:
                blank._style = copy(dimension._style)
                break
        return blank

    def own(self, row: int, column: int) -> Cell:
        """The cell, added to the sheet where it was none."""
        return self.sheet.ws._cells.setdefault((row, column), self.peek(row, column))

    def looked_at(self) -> Iterator[Cell]:
        return (self.peek(*place) for place in self.places())

    def restyled(self, what: str) -> list[Cell]:
        """The cells, about to get another look."""
        self.sheet.guard("formatCells", f"{what} of {self.Address}")
        self.changed(f"format {what}", content=False)
        return [self.own(*place) for place in self.places()]

    def note(self, what: str) -> None:
        DESK.note(what, self.sheet.book.Name, self.sheet.Name, self.Address, self.rows * self.columns)

    def changed(self, what: str, content: bool = True) -> None:
        self.note(what)
        self.sheet.book.changed(content)

    # How it looks

    Font = property(Font)
    Interior = property(Interior)
    Borders = property(Borders)
    Hyperlinks = property(Hyperlinks)

    @property
    def NumberFormat(self) -> str | None:
        return common(self.looked_at(), lambda cell: cell.number_format)

    @NumberFormat.setter
    def NumberFormat(self, value: str) -> None:
        for cell in self.restyled("NumberFormat"):
            cell.number_format = value

    @property
    def Locked(self) -> bool | None:
        return common(self.looked_at(), lambda cell: bool(cell.protection.locked))

    @Locked.setter
    def Locked(self, value: bool) -> None:
        self._protect("Locked", locked=bool(value))

    @property
    def FormulaHidden(self) -> bool | None:
        return common(self.looked_at(), lambda cell: bool(cell.protection.hidden))

    @FormulaHidden.setter
    def FormulaHidden(self, value: bool) -> None:
        self._protect("FormulaHidden", hidden=bool(value))

    def _protect(self, what: str, **parts: bool) -> None:
        self.sheet.guard(None, f"{what} of {self.Address}")
        restyle(
            self.restyled(what),
            "protection",
            lambda now: Protection(**{"locked": now.locked, "hidden": now.hidden} | parts),
        )

    @property
    def Name(self) -> Any:
        """The defined name of exactly this range; raises where there is none."""
        return self.sheet.book.Names.of(self)

    def Select(self) -> bool:
        self.sheet.select(self)
        return True

    def Activate(self) -> bool:
        return self.Select()
