"""The borders of a range, side by side, as COM names them."""

# ruff: noqa: N802 (the names are COM's)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hosts.excel.com import Com, missing
from hosts.excel.looks import NONE, color_of, number_of, restyle
from openpyxl.styles import Side

SIDES = {7: "left", 8: "top", 9: "bottom", 10: "right", 5: "diagonal", 6: "diagonal"}
INSIDE_VERTICAL, INSIDE_HORIZONTAL = 11, 12
CONTINUOUS, HAIRLINE, THIN, MEDIUM, THICK = 1, 1, 2, -4138, 4
# (line style, weight) -> openpyxl's name; what Excel cannot draw falls back to the style's own weight.
LINES = {
    (1, 1): "hair", (1, 2): "thin", (1, -4138): "medium", (1, 4): "thick", (-4115, 2): "dashed",
    (-4115, -4138): "mediumDashed", (-4118, 2): "dotted", (4, 2): "dashDot", (4, -4138): "mediumDashDot",
    (5, 2): "dashDotDot", (5, -4138): "mediumDashDotDot", (-4119, 4): "double", (13, -4138): "slantDashDot",
}  # fmt: skip
BY_LINE = {name: key for key, name in LINES.items()}
OWN_WEIGHT = {-4119: THICK, 13: MEDIUM}


def bordered(border: Any, name: str, side: int, alter: Callable[[Side], Side]) -> Any:
    """A cell's border with one side altered."""
    if side in (5, 6):
        setattr(border, "diagonalDown" if side == 5 else "diagonalUp", True)
    setattr(border, name, alter(getattr(border, name) or Side()))
    return border


class Borders(Com):
    """Range.Borders: called with a side, or as a whole for the four sides of every cell."""

    def __init__(self, of: Any) -> None:
        self.range = of

    def __call__(self, side: int) -> Border:
        return Border(self.range, [(side)])

    def Item(self, side: int) -> Border:
        return self(side)

    @property
    def LineStyle(self) -> Any:
        raise missing("Borders.LineStyle without a side")

    @LineStyle.setter
    def LineStyle(self, value: int) -> None:
        self._all().LineStyle = value

    @property
    def Weight(self) -> Any:
        raise missing("Borders.Weight without a side")

    @Weight.setter
    def Weight(self, value: int) -> None:
        self._all().Weight = value

    @property
    def Color(self) -> Any:
        raise missing("Borders.Color without a side")

    @Color.setter
    def Color(self, value: int) -> None:
        self._all().Color = value

    def _all(self) -> Border:
        return Border(self.range, [7, 8, 9, 10, INSIDE_VERTICAL, INSIDE_HORIZONTAL])


class Border(Com):
    """Sides of a range; a side inside it belongs to both neighbours."""

    def __init__(self, of: Any, sides: list[int]) -> None:
        self.range, self.sides = of, sides

    def spots(self, side: int) -> Any:
        """(range of cells, the side of each of them) that make up this side."""
        cells = self.range
        last_row, last_column = cells.row + cells.rows - 1, cells.column + cells.columns - 1
        whole = (cells.row, cells.column, cells.rows, cells.columns)
        if side in (5, 6):
            return [(whole, "diagonal")]
        if side == INSIDE_VERTICAL:
            near, far = (whole[0], whole[1], whole[2], whole[3] - 1), (whole[0], whole[1] + 1, whole[2], whole[3] - 1)
            return [(near, "right"), (far, "left")]
        if side == INSIDE_HORIZONTAL:
            near, far = (whole[0], whole[1], whole[2] - 1, whole[3]), (whole[0] + 1, whole[1], whole[2] - 1, whole[3])
            return [(near, "bottom"), (far, "top")]
        edge = {
            7: (cells.row, cells.column, cells.rows, 1),
            8: (cells.row, cells.column, 1, cells.columns),
            9: (last_row, cells.column, 1, cells.columns),
            10: (cells.row, last_column, cells.rows, 1),
        }
        return [(edge[side], SIDES[side])]

    def read(self) -> Side:
        (row, column, rows, columns), name = self.spots(self.sides[0])[0]
        if not rows or not columns:
            return Side()
        # Of cells that differ Excel reports one: here the first.
        return getattr(self.range.part(row, column, 1, 1).peek(row, column).border, name) or Side()

    def change(self, what: str, alter: Callable[[Side], Side]) -> None:
        for side in self.sides:
            for (row, column, rows, columns), name in self.spots(side):
                if rows and columns:
                    cells = self.range.part(row, column, rows, columns).restyled(f"Border.{what}")
                    restyle(cells, "border", lambda border, name=name, side=side: bordered(border, name, side, alter))

    @property
    def LineStyle(self) -> int:
        return BY_LINE[self.read().style][0] if self.read().style else NONE

    @LineStyle.setter
    def LineStyle(self, value: int) -> None:
        def alter(side: Side) -> Side:
            if value == NONE:
                return Side()
            weight = BY_LINE[side.style][1] if side.style else OWN_WEIGHT.get(value, THIN)
            return Side(LINES.get((value, weight)) or LINES[value, OWN_WEIGHT.get(value, THIN)], side.color)

        self.change("LineStyle", alter)

    @property
    def Weight(self) -> int:
        return BY_LINE[self.read().style][1] if self.read().style else THIN

    @Weight.setter
    def Weight(self, value: int) -> None:
        def alter(side: Side) -> Side:
            line = BY_LINE[side.style][0] if side.style else CONTINUOUS
            return Side(LINES.get((line, value)) or LINES[CONTINUOUS, value], side.color)

        self.change("Weight", alter)

    @property
    def Color(self) -> int:
        return number_of(self.read().color, 0)

    @Color.setter
    def Color(self, value: int) -> None:
        self.change("Color", lambda side: Side(side.style or "thin", color_of(value)))

    @property
    def ColorIndex(self) -> int:
        return 1 if self.read().style else NONE
