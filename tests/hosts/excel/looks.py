"""How cells look: fonts, fills, borders and alignment of a range, as COM names them."""

# ruff: noqa: N802 (the names are COM's)
from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from hosts.excel.com import Com, missing
from openpyxl.styles import Color, PatternFill
from openpyxl.styles.colors import COLOR_INDEX

NONE, AUTOMATIC = -4142, -4105
UNDERLINES = {None: NONE, "single": 2, "double": -4119}
HORIZONTAL = {"general": 1, "left": -4131, "center": -4108, "right": -4152, "fill": 5, "justify": -4130,
              "centerContinuous": 7, "distributed": -4117}  # fmt: skip
VERTICAL = {"top": -4160, "center": -4108, "bottom": -4107, "justify": -4130, "distributed": -4117}
LEVEL = -4128  # xlHorizontal: not turned


def common(cells: Any, read: Callable[[Any], Any]) -> Any:
    """What all cells share, or None where they differ."""
    found = None
    for number, cell in enumerate(cells):
        value = read(cell)
        if number and value != found:
            return None
        found = value
    return found


FIELDS = {"font": "fontId", "fill": "fillId", "border": "borderId", "alignment": "alignmentId",
          "protection": "protectionId"}  # fmt: skip


def restyle(cells: Any, part: str, alter: Callable[[Any], Any]) -> None:
    """Gives each cell its altered font, fill …; equal ones are altered once."""
    done: dict[int, int] = {}
    for cell in cells:
        before = getattr(cell._style, FIELDS[part])
        if before not in done:
            setattr(cell, part, alter(copy(getattr(cell, part))))
            done[before] = getattr(cell._style, FIELDS[part])
        setattr(cell._style, FIELDS[part], done[before])


def number_of(color: Any, automatic: int) -> int:
    """A colour of a style as COM's number (blue green red)."""
    if color is None or (color.type == "theme" and color.theme in (0, 1) and not color.tint):
        return automatic if color is None else (0xFFFFFF, 0)[color.theme]
    if color.type == "indexed":
        text = COLOR_INDEX[color.indexed] if color.indexed < len(COLOR_INDEX) else "00000000"
    elif color.type == "rgb":
        text = color.rgb
    else:
        raise missing("colours of the theme")
    red, green, blue = (int(text[-6:][place : place + 2], 16) for place in (0, 2, 4))
    return red + green * 256 + blue * 65536


def color_of(number: int) -> Color:
    """COM's number as a colour of a style."""
    number = int(number)
    return Color(rgb=f"FF{number % 256:02X}{number // 256 % 256:02X}{number // 65536 % 256:02X}")


def font_part(name: str, com: str, to_com: Any = bool, from_com: Any = bool) -> property:
    """A property of ``Font`` over an attribute of openpyxl's font."""

    def read(self: Any) -> Any:
        return common(self.range.looked_at(), lambda cell: to_com(getattr(cell.font, name)))

    def write(self: Any, value: Any) -> None:
        self.change(com, **{name: from_com(value)})

    return property(read, write)


class Font(Com):
    """Range.Font."""

    def __init__(self, of: Any) -> None:
        self.range = of

    def change(self, com: str, **parts: Any) -> None:
        def alter(font: Any) -> Any:
            for name, value in parts.items():
                setattr(font, name, value)
            if "name" in parts:
                font.scheme = None
            return font

        restyle(self.range.restyled(f"Font.{com}"), "font", alter)

    Name = font_part("name", "Name", str, str)
    Size = font_part("sz", "Size", float, float)
    Bold = font_part("b", "Bold")
    Italic = font_part("i", "Italic")
    Strikethrough = font_part("strike", "Strikethrough")
    Underline = font_part(
        "u", "Underline", UNDERLINES.__getitem__, lambda value: _key(UNDERLINES, 2 if value is True else value or NONE)
    )
    Color = font_part("color", "Color", lambda color: number_of(color, 0), color_of)

    @property
    def ColorIndex(self) -> int:
        raise missing("Font.ColorIndex")

    @ColorIndex.setter
    def ColorIndex(self, value: int) -> None:
        if value != AUTOMATIC:
            raise missing(f"Font.ColorIndex = {value}")
        self.change("ColorIndex", color=None)


class Interior(Com):
    """Range.Interior: no fill, or one plain colour."""

    def __init__(self, of: Any) -> None:
        self.range = of

    @property
    def Color(self) -> int | None:
        found = common(self.range.looked_at(), lambda cell: 0xFFFFFF if fill(cell) is None else fill(cell))
        if found is None:
            raise missing("Interior.Color of cells that differ")
        return found

    @Color.setter
    def Color(self, number: int) -> None:
        plain = PatternFill("solid", fgColor=color_of(number))
        restyle(self.range.restyled("Interior.Color"), "fill", lambda _: plain)

    @property
    def ColorIndex(self) -> int | None:
        # A fill's true index depends on the palette; that it is not "none" is what matters.
        return common(self.range.looked_at(), lambda cell: NONE if fill(cell) is None else 1 + fill(cell) % 56)

    @ColorIndex.setter
    def ColorIndex(self, value: int) -> None:
        if value not in (NONE, AUTOMATIC):
            raise missing(f"Interior.ColorIndex = {value}")
        restyle(self.range.restyled("Interior.ColorIndex"), "fill", lambda _: PatternFill())

    @property
    def Pattern(self) -> int | None:
        return common(self.range.looked_at(), lambda cell: NONE if fill(cell) is None else 1)


def fill(cell: Any) -> int | None:
    """A cell's plain fill as COM's number, or None."""
    if cell.fill.fill_type is None:
        return None
    if cell.fill.fill_type != "solid":
        raise missing(f"the fill pattern {cell.fill.fill_type}")
    return number_of(cell.fill.fgColor, 0xFFFFFF)


def _key(table: dict[Any, int], number: int) -> Any:
    return next(key for key, value in table.items() if value == number)


def alignment_part(name: str, com: str, to_com: Any, from_com: Any) -> property:
    """A property of ``Range`` over an attribute of openpyxl's alignment."""

    def read(self: Any) -> Any:
        return common(self.looked_at(), lambda cell: to_com(getattr(cell.alignment, name)))

    def write(self: Any, value: Any) -> None:
        def alter(alignment: Any) -> Any:
            setattr(alignment, name, from_com(value))
            return alignment

        restyle(self.restyled(com), "alignment", alter)

    return property(read, write)


def _turned(value: int | None) -> int:
    return LEVEL if not value else value if value <= 90 else 90 - value


def _turn(value: int) -> int:
    return 0 if value == LEVEL else value if value >= 0 else 90 - value


class Aligned(Com):
    """The alignment of a range; mixed into ``Range``."""

    HorizontalAlignment = alignment_part(
        "horizontal", "HorizontalAlignment", lambda name: HORIZONTAL[name or "general"], lambda n: _key(HORIZONTAL, n)
    )
    VerticalAlignment = alignment_part(
        "vertical", "VerticalAlignment", lambda name: VERTICAL[name or "bottom"], lambda n: _key(VERTICAL, n)
    )
    WrapText = alignment_part("wrapText", "WrapText", bool, bool)
    ShrinkToFit = alignment_part("shrinkToFit", "ShrinkToFit", bool, bool)
    IndentLevel = alignment_part("indent", "IndentLevel", int, int)
    Orientation = alignment_part("textRotation", "Orientation", _turned, _turn)
