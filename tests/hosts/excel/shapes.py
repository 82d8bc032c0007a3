"""What is cleared, merged, sized and hidden: the part of Range that changes the sheet's shape."""

# ruff: noqa: N802 (the names are COM's)
from __future__ import annotations

from copy import copy
from typing import Any

from hosts.excel.com import Com, harm, missing, refused
from hosts.excel.values import BLANK
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.merge import MergedCellRange

TALLEST, WIDEST, POINTS = 409.5, 255, 0.75


class Shaped(Com):
    """Mixed into ``Range``."""

    def ClearContents(self) -> None:
        self.sheet.guard_locked(self, f"clearing {self.Address}")
        self._whole_merges("clearing part of a merged cell")
        self.changed("clear contents")
        self._blank()

    def Clear(self) -> None:
        self.sheet.guard_locked(self, f"clearing {self.Address}")
        self.sheet.guard(None, f"clearing {self.Address}")
        self._whole_merges("clearing part of a merged cell")
        self.changed("clear")
        self._blank()
        self._plain(links=True)

    def ClearFormats(self) -> None:
        self.sheet.guard("formatCells", f"clearing the formats of {self.Address}")
        self._whole_merges("clearing the formats of part of a merged cell")
        self.changed("clear formats", content=False)
        self._plain()

    def ClearHyperlinks(self) -> None:
        self.sheet.guard("insertHyperlinks", "removing hyperlinks")
        self.changed("clear hyperlinks", content=False)
        for cell in self.existing():
            cell._hyperlink = None

    def _blank(self) -> None:
        for cell in self.existing():
            self.put((cell.row, cell.column), BLANK)

    def _plain(self, links: bool = False) -> None:
        for cell in self.existing():
            cell._style = StyleArray()
            if links:
                cell._hyperlink = None
            if cell._value is None and not cell.hyperlink:
                del self.sheet.ws._cells[cell.row, cell.column]
        for merge in self._merges():
            self.sheet.ws.merged_cells.remove(merge)

    # Merges

    def _merges(self) -> list[Any]:
        """The merged cells that this range touches."""
        return [
            merge
            for merge in self.sheet.ws.merged_cells.ranges
            if merge.min_row < self.row + self.rows
            and merge.max_row >= self.row
            and merge.min_col < self.column + self.columns
            and merge.max_col >= self.column
        ]

    def covered(self) -> set[tuple[int, int]]:
        """The cells of this range that lie under a merged cell."""
        return {
            (row, column)
            for merge in self._merges()
            for row in range(merge.min_row, merge.max_row + 1)
            for column in range(merge.min_col, merge.max_col + 1)
            if (row, column) != (merge.min_row, merge.min_col)
        }

    def _whole_merges(self, what: str) -> None:
        for merge in self._merges():
            if not (self.holds(merge.min_row, merge.min_col) and self.holds(merge.max_row, merge.max_col)):
                raise refused(f"{what}: {self.Address}")

    @property
    def MergeCells(self) -> bool | None:
        merges = self._merges()
        inside = sum(
            (min(merge.max_row, self.row + self.rows - 1) - max(merge.min_row, self.row) + 1)
            * (min(merge.max_col, self.column + self.columns - 1) - max(merge.min_col, self.column) + 1)
            for merge in merges
        )
        return False if not merges else True if inside == self.rows * self.columns else None

    @MergeCells.setter
    def MergeCells(self, value: bool) -> None:
        if value:
            self.Merge()
        else:
            self.UnMerge()

    @property
    def MergeArea(self) -> Any:
        if self.rows * self.columns > 1:
            raise refused("MergeArea is for one cell")
        for merge in self._merges():
            return self.part(
                merge.min_row, merge.min_col, merge.max_row - merge.min_row + 1, merge.max_col - merge.min_col + 1
            )
        return self

    def Merge(self, across: bool = False) -> None:
        if across:
            for number in range(1, self.rows + 1):
                self.Rows(number).Merge()
            return
        self.sheet.guard(None, f"merging {self.Address}")
        self._whole_merges("merging across a merged cell")
        kept = [cell for cell in self.existing() if cell._value is not None]
        if len(kept) > 1 and self.Application.DisplayAlerts:
            raise harm(f"merging {self.Address} loses values: Excel asks the user")
        self.changed("merge")
        for merge in self._merges():
            self.sheet.ws.merged_cells.remove(merge)
        anchor = self.own(self.row, self.column)
        for cell in kept:
            if cell is kept[0] and cell is not anchor:
                anchor._value, anchor.data_type = cell._value, cell.data_type
            if cell is not anchor:
                self.put((cell.row, cell.column), BLANK)
        for place in self.places():
            self.own(*place)._style = copy(anchor._style)
        if self.rows * self.columns > 1:
            top = f"{get_column_letter(self.column)}{self.row}"
            bottom = f"{get_column_letter(self.column + self.columns - 1)}{self.row + self.rows - 1}"
            self.sheet.ws.merged_cells.add(MergedCellRange(self.sheet.ws, f"{top}:{bottom}"))

    def UnMerge(self) -> None:
        self.sheet.guard(None, f"unmerging {self.Address}")
        self.changed("unmerge", content=False)
        for merge in self._merges():
            self.sheet.ws.merged_cells.remove(merge)

    # Rows and columns

    def _row_numbers(self) -> range:
        if self.rows > 100_000:
            raise missing(f"heights of {self.Address}")
        return range(self.row, self.row + self.rows)

    def _column_numbers(self) -> range:
        return range(self.column, self.column + min(self.columns, 1000))

    def _height(self, row: int) -> float:
        dimension = self.sheet.ws.row_dimensions.get(row)
        if dimension is not None and dimension.hidden:
            return 0.0
        own = dimension.height if dimension is not None else None
        return float(own or self.sheet.ws.sheet_format.defaultRowHeight or 15)

    @property
    def RowHeight(self) -> float | None:
        heights = {self._height(row) for row in self._row_numbers()}
        return heights.pop() if len(heights) == 1 else None

    @RowHeight.setter
    def RowHeight(self, value: float) -> None:
        if not 0 <= value <= TALLEST:
            raise refused(f"a row of {value} points")
        self.sheet.guard("formatRows", f"the height of {self.Address}")
        self.changed("format RowHeight", content=False)
        for row in self._row_numbers():
            dimension = self.sheet.ws.row_dimensions[row]
            dimension.height = round(value / POINTS) * POINTS
            dimension.hidden = value == 0

    @property
    def Height(self) -> float:
        return sum(self._height(row) for row in self._row_numbers())

    def _width(self, column: int) -> float:
        dimension = self.sheet.ws.column_dimensions.get(get_column_letter(column))
        if dimension is not None and dimension.hidden:
            return 0.0
        digit = self.sheet.book.digit_width
        wide = dimension.width if dimension is not None else 13
        if dimension is None or not dimension.customWidth:
            wide = self.sheet.ws.sheet_format.defaultColWidth or 8.43 + 5 / digit
        return max(0.0, round(wide - 5 / digit, 2))

    @property
    def ColumnWidth(self) -> float | None:
        widths = {self._width(column) for column in self._column_numbers()}
        return widths.pop() if len(widths) == 1 else None

    @ColumnWidth.setter
    def ColumnWidth(self, value: float) -> None:
        if not 0 <= value <= WIDEST:
            raise refused(f"a column of {value} characters")
        self.sheet.guard("formatColumns", f"the width of {self.Address}")
        self.changed("format ColumnWidth", content=False)
        for column in self._column_numbers():
            dimension = self._column_dimension(column)
            dimension.width = value + 5 / self.sheet.book.digit_width
            dimension.hidden = value == 0

    def _column_dimension(self, column: int) -> Any:
        letter = get_column_letter(column)
        dimensions = self.sheet.ws.column_dimensions
        if letter not in dimensions:
            if any((one.min or 0) <= column <= (one.max or 0) for one in dimensions.values()):
                raise missing("splitting a wide run of columns")
            dimensions[letter] = ColumnDimension(self.sheet.ws, letter, min=column, max=column)
        return dimensions[letter]

    @property
    def Hidden(self) -> bool | None:
        if self.kind == "rows":
            found = [self.sheet.ws.row_dimensions.get(row) for row in self._row_numbers()]
        elif self.kind == "columns":
            letters = map(get_column_letter, self._column_numbers())
            found = [self.sheet.ws.column_dimensions.get(letter) for letter in letters]
        else:
            raise refused("Hidden is for whole rows or columns")
        states = {one is not None and bool(one.hidden) for one in found}
        return states.pop() if len(states) == 1 else None

    @Hidden.setter
    def Hidden(self, value: bool) -> None:
        if self.kind not in ("rows", "columns"):
            raise refused("Hidden is for whole rows or columns")
        self.sheet.guard("formatRows" if self.kind == "rows" else "formatColumns", f"hiding {self.Address}")
        self.changed("format Hidden", content=False)
        if self.kind == "rows":
            for row in self._row_numbers():
                self.sheet.ws.row_dimensions[row].hidden = bool(value)
        else:
            for column in self._column_numbers():
                self._column_dimension(column).hidden = bool(value)

    def AutoFit(self) -> None:
        """Rows lose their own height; what Excel would choose for columns is not known here."""
        if self.kind != "rows":
            raise missing("AutoFit of columns: it depends on the fonts of the machine")
        self.sheet.guard("formatRows", f"the height of {self.Address}")
        self.changed("format AutoFit", content=False)
        for row, dimension in self.sheet.ws.row_dimensions.items():
            if self.row <= row < self.row + self.rows:
                dimension.height = None
