"""A style of ours put on cells of an open workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loithe_xl.workbook.styles import FONT, LINE, Style

if TYPE_CHECKING:
    from loithe_xl.addin.excel.app import Range

_DOWN: dict[str, Any] = {"top": "top", "vcenter": "center", "bottom": "bottom", "vjustify": "justify"}
_UNDERLINED, _PLAIN = 2, -4142  # Excel's xlUnderlineStyleSingle and xlUnderlineStyleNone
_BARE = Style(valign="bottom", wrap=False)  # of cells in which nothing stands


def undress(area: Range) -> None:
    """Take every look from the area; conditional formats stay."""
    area.borders.clear()
    area.font.name = FONT
    for name in Style.__dataclass_fields__:
        _set(area, name, getattr(_BARE, name))


def dress(area: Range, style: Style) -> None:
    """Give an undressed area this look: only what it adds is set, for each setting is a call to another program."""
    for name in Style.__dataclass_fields__:
        if (value := getattr(style, name)) != getattr(_BARE, name):
            _set(area, name, value)
    if style.border:
        area.borders.set("all", line_style="continuous", weight="thin", color=f"#{LINE}")
    elif style.rule_below:
        area.borders.set("edge_bottom", line_style="continuous", weight="thin", color="#000000")


def fill(area: Range, colour: str) -> None:
    """Give the area a background, RRGGBB; blank for none."""
    area.color = f"#{colour}" if colour else None


def _set(area: Range, name: str, value: Any) -> None:
    """One property of a style; borders are set as a whole, and a text's mark belongs to the text."""
    match name:
        case "bold" | "italic" | "size":
            setattr(area.font, name, value)
        case "underline":
            area.api.Font.Underline = _UNDERLINED if value else _PLAIN
        case "colour":
            area.font.color = f"#{value}"
        case "fill":
            fill(area, value)
        case "align":
            area.horizontal_alignment = value
        case "valign":
            area.vertical_alignment = _DOWN[value]
        case "wrap":
            area.wrap_text = value
        case "number":
            area.number_format = value
        case "locked":
            area.api.Locked = value
        case "rotation":
            area.api.Orientation = value
        case "indent":
            area.api.IndentLevel = value
