"""A style of ours put on cells of an open workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loithe_xl.styles import FONT, LINE, Style

if TYPE_CHECKING:
    from loithe_xl.host.excel import Range

_DOWN: dict[str, Any] = {"top": "top", "vcenter": "center", "bottom": "bottom", "vjustify": "justify"}
_UNDERLINED, _PLAIN = 2, -4142  # Excel's xlUnderlineStyleSingle and xlUnderlineStyleNone
_EMPTY = Style(valign="bottom", wrap=False)


def dress(area: Range, style: Style | None) -> None:
    """Give the area this look; None: that of cells in which nothing stands. Conditional formats stay."""
    look = style or _EMPTY
    area.number_format = look.number
    font = area.font
    font.name, font.size, font.bold, font.italic = FONT, look.size, look.bold, look.italic
    font.color = f"#{look.colour}"
    area.api.Font.Underline = _UNDERLINED if look.underline else _PLAIN
    fill(area, look.fill)
    across: Any = look.align
    area.horizontal_alignment, area.vertical_alignment = across, _DOWN[look.valign]
    area.wrap_text = look.wrap
    area.api.IndentLevel = look.indent
    area.api.Orientation = look.rotation
    area.api.Locked = look.locked
    area.borders.clear()
    if look.border:
        area.borders.set("all", line_style="continuous", weight="thin", color=f"#{LINE}")
    elif look.rule_below:
        area.borders.set("edge_bottom", line_style="continuous", weight="thin", color="#000000")


def fill(area: Range, colour: str) -> None:
    """Give the area a background, RRGGBB; blank for none."""
    area.color = f"#{colour}" if colour else None
