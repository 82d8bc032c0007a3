"""Our styles in the terms of the library that writes workbooks, which need not be loaded for it."""

from __future__ import annotations

from typing import Any

from loithe_xl.workbook.styles import Style

_BLACK = Style().colour


def numbered(plain: Any, typed: Any) -> Any:
    """The format of typed texts. Both get their numbers now, typed or not: files of one form differ in cells alone."""
    plain._get_xf_index()
    typed._get_xf_index()
    return typed


def colours(style: Style) -> dict[str, Any]:
    """What of a style counts in a conditional format, in the library's terms."""
    found: dict[str, Any] = {"bold": style.bold}
    if style.colour != _BLACK:
        found["font_color"] = f"#{style.colour}"
    if style.fill:
        found["bg_color"] = f"#{style.fill}"
    if style.border:
        found |= {"border": 1, "border_color": f"#{style.line}"}
    return found


def whole(style: Style) -> dict[str, Any]:
    """All of a style, in the library's terms."""
    found: dict[str, Any] = {
        "font_color": f"#{style.colour}",
        **colours(style),
        "italic": style.italic,
        "font_size": style.size,
        "align": style.align,
        "valign": style.valign,
        "num_format": style.number,
        "locked": style.locked,
    }
    wanted = {
        "underline": style.underline and 1,
        "text_wrap": style.wrap,
        "rotation": style.rotation,
        "indent": style.indent,
        "quote_prefix": style.quote_prefix,
        "shrink": style.shrink,
    }
    found |= {name: value for name, value in wanted.items() if value}
    return found | ({"bottom": 1} if style.rule_below else {})
