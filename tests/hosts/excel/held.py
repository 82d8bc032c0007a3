"""What a range holds: values and formulas, read and written as through COM."""

# ruff: noqa: N802 (the names are COM's)
from __future__ import annotations

import re
from typing import Any

from hosts.excel.com import Com, harm, missing, refused
from hosts.excel.looks import common
from hosts.excel.values import BLANK, ERRORS, LAST_DAY, CellError, Entry, com_time, enter, spread
from openpyxl.styles.numbers import is_date_format
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

MOST = 2_000_000  # cells of one call


class Held(Com):
    """Mixed into ``Range``."""

    def _read(self, what: str, read: Any) -> Any:
        self.note(f"read {what}")
        grid = []
        for row in range(self.row, self.row + self.rows):
            if self.rows * self.columns > MOST:
                raise missing(f"reading {self.Address}")
            grid.append(tuple(read(row, column) for column in range(self.column, self.column + self.columns)))
        return grid[0][0] if self.rows == self.columns == 1 else tuple(grid)

    def value2(self, row: int, column: int) -> Any:
        """A cell's value as COM gives it: float, text, bool, error number, None."""
        cell = self.sheet.ws._cells.get((row, column))
        if cell is None or cell._value is None:
            return None
        if cell.data_type == "f":
            value = self.sheet.result(row, column)
            return ERRORS[value] if isinstance(value, CellError) else value
        if cell.data_type == "e":
            return ERRORS[cell._value]
        return {"b": bool, "n": float, "s": str}[cell.data_type](cell._value)

    def value(self, row: int, column: int) -> Any:
        value = self.value2(row, column)
        if isinstance(value, float) and 0 <= value < LAST_DAY + 1:
            number_format = self.peek(row, column).number_format
            if is_date_format(number_format):
                return com_time(value)
            if "$" in re.sub(r"\[\$-[^\]]*\]", "", number_format):
                raise missing("the value of a currency cell (COM gives a Decimal)")
        return value

    @property
    def Value2(self) -> Any:
        return self._read("Value2", self.value2)

    @Value2.setter
    def Value2(self, data: Any) -> None:
        self._write("Value2", data)

    @property
    def Value(self) -> Any:
        return self._read("Value", self.value)

    @Value.setter
    def Value(self, data: Any) -> None:
        self._write("Value", data)

    @property
    def Formula(self) -> Any:
        return self._read("Formula", self._formula)

    @Formula.setter
    def Formula(self, data: Any) -> None:
        self._write("Formula", data)

    def _formula(self, row: int, column: int) -> str:
        cell = self.sheet.ws._cells.get((row, column))
        if cell is None or cell._value is None:
            return ""
        value = cell._value
        if isinstance(value, DataTableFormula):
            raise missing("the formula of a data table")
        if isinstance(value, ArrayFormula):
            return value.text
        if cell.data_type == "b":
            return str(value).upper()
        return f"{float(value):.15g}" if cell.data_type == "n" else str(value)

    @property
    def HasFormula(self) -> bool | None:
        return common(self.looked_at(), lambda cell: cell.data_type == "f")

    HasArray = property(lambda self: common(self.looked_at(), lambda cell: isinstance(cell._value, ArrayFormula)))
    PrefixCharacter = property(lambda self: common(self.looked_at(), lambda cell: "'" if cell.quotePrefix else ""))

    def _write(self, what: str, data: Any) -> None:
        if self.rows * self.columns > MOST:
            raise refused(f"out of memory: {self.Address}")
        rows, array = spread(data, self.rows, self.columns)
        self.sheet.guard_locked(self, f"{what} of {self.Address}")
        if self.sheet.FilterMode and self.rows > 1:
            raise harm(f"{self.Address}: Excel writes into the rows that a filter shows, and leaves the others")
        formats = {place: self.peek(*place).number_format for place in self.places()}
        entries = {
            place: enter(rows[place[0] - self.row][place[1] - self.column], formats[place], array) for place in formats
        }
        covered = self.covered()
        for place, entry in entries.items():
            if place in covered:
                if entry != BLANK:
                    raise harm(f"{self.sheet.Name}!{place} lies under a merged cell: Excel drops what is written there")
            elif isinstance(self.peek(*place)._value, ArrayFormula | DataTableFormula):
                raise missing("writing over an array formula")
        self.changed(f"write {what}")
        for place, entry in entries.items():
            if place not in covered and (entry != BLANK or place in self.sheet.ws._cells):
                self.put(place, entry)

    def put(self, place: tuple[int, int], entry: Entry) -> None:
        """The entry, as it stands, into a cell."""
        cell = self.own(*place)
        cell._value, cell.data_type = entry.value, entry.kind
        if entry.format and cell.number_format == "General":
            cell.number_format = entry.format
        if bool(cell.quotePrefix) != entry.quoted:
            cell.quotePrefix = entry.quoted
        self.sheet.ws.results.pop(place, None)
        if entry == BLANK and not cell.has_style and not cell.hyperlink:
            del self.sheet.ws._cells[place]
