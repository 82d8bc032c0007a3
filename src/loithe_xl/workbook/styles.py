"""The look of every sheet: named styles and colours with one meaning each.

Colours: pale yellow = type here, deeper where it must be; grey = computed, locked; red = must be mended; amber = look
again; green = may be submitted; dark red = the Party's heading colour, and what may not be submitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

FONT = "Times New Roman"
_INPUT, _COMPUTED, HEADING, BAND = "FFF9DB", "EFEFEF", "9B1C1C", "F6E4DD"
BAD, WARN, GOOD, LINE = "F8C9C4", "FFE3A3", "CFE8CF", "9A9A9A"
_WANTING = "FFEFA8"


@dataclass(frozen=True, slots=True)
class Style:
    """How one kind of cell looks. Sizes in points; colours RRGGBB; ``number`` an Excel number format."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    size: float = 12
    colour: str = "000000"
    fill: str = ""
    align: str = "left"  # left, center, right
    valign: str = "vcenter"  # top, vcenter, bottom
    wrap: bool = True
    number: str = "General"
    border: bool = False
    locked: bool = True
    quote_prefix: bool = False  # what stands in it stays a text, whatever it begins with
    rotation: int = 0
    indent: int = 0
    rule_below: bool = False  # a line under the cell


COUNT, DECIMAL, RATE, DATE, TEXT = "#,##0", "#,##0.00", "0.00%", "dd/mm/yyyy", "@"

STYLES: dict[str, Style] = {
    "plain": Style(),
    "title": Style(bold=True, size=16, colour=HEADING, align="center"),
    "subtitle": Style(italic=True, align="center"),
    "lead": Style(size=12),
    "strong": Style(bold=True),
    "section": Style(bold=True, size=13, colour="FFFFFF", fill=HEADING, border=True),
    "head": Style(bold=True, fill=BAND, align="center", border=True),
    "head_turned": Style(bold=True, fill=BAND, align="center", border=True, rotation=90, size=11),
    "number": Style(align="center", border=True),
    "label": Style(border=True),
    "label_strong": Style(border=True, bold=True),
    "note": Style(italic=True, size=11, colour="555555", border=True),
    "unit": Style(size=11, align="center", border=True, colour="555555"),
    "status": Style(size=11, border=True, colour="444444"),
    "input_count": Style(fill=_INPUT, border=True, locked=False, align="right", indent=1, number=COUNT),
    "input_decimal": Style(fill=_INPUT, border=True, locked=False, align="right", indent=1, number=DECIMAL),
    "input_date": Style(fill=_INPUT, border=True, locked=False, align="center", number=TEXT),
    "register_date": Style(fill=_INPUT, border=True, locked=False, align="center", number=DATE),
    "input_choice": Style(fill=_INPUT, border=True, locked=False, align="center"),
    "input_text": Style(fill=_INPUT, border=True, locked=False, number=TEXT, quote_prefix=True),
    "input_paragraph": Style(fill=_INPUT, border=True, locked=False, number=TEXT, valign="top", quote_prefix=True),
    "computed_count": Style(fill=_COMPUTED, border=True, align="right", indent=1, number=COUNT),
    "computed_decimal": Style(fill=_COMPUTED, border=True, align="right", indent=1, number=DECIMAL),
    "computed_rate": Style(fill=_COMPUTED, border=True, align="right", indent=1, number=RATE),
    "computed_text": Style(fill=_COMPUTED, border=True),
    "total_label": Style(bold=True, border=True, fill=BAND),
    "total_count": Style(bold=True, border=True, fill=BAND, align="right", indent=1, number=COUNT),
    "total_decimal": Style(bold=True, border=True, fill=BAND, align="right", indent=1, number=DECIMAL),
    "text": Style(border=True, number=TEXT, quote_prefix=True),
    "text_center": Style(border=True, number=TEXT, align="center", quote_prefix=True),
    "verdict": Style(bold=True, size=16, align="center", border=True),
    "link": Style(underline=True, colour="0B4F9E", border=True, align="center"),
    "listed_bad": Style(border=True, number=TEXT, fill=BAD, colour="7A0000"),
    "listed_warn": Style(border=True, number=TEXT, fill=WARN, colour="5C3B00"),
    "listed_bad_center": Style(border=True, fill=BAD, colour="7A0000", align="center"),
    "listed_warn_center": Style(border=True, fill=WARN, colour="5C3B00", align="center"),
    "hidden": Style(size=9, colour="888888", wrap=False, number=TEXT),
    "hidden_text": Style(size=9, colour="888888", wrap=False, number=TEXT, quote_prefix=True),
    "unseen": Style(size=9, number=";;;", wrap=False),
    "hidden_number": Style(size=9, colour="888888", wrap=False),
    # conditional looks: only fill and font colour apply
    "bad": Style(fill=BAD, colour="7A0000"),
    "warn": Style(fill=WARN, colour="5C3B00"),
    "good": Style(fill=GOOD, colour="0B4D0B", bold=True),
    "missing": Style(fill=_WANTING),
    "blocked": Style(fill=HEADING, colour="FFFFFF", bold=True),
    "noted": Style(fill=WARN, colour="5C3B00", bold=True),
    "clear": Style(fill=GOOD, colour="0B4D0B", bold=True),
    "band": Style(fill="FBF5F1"),  # every other run of the journal
}

# The report: plain black type as Party documents have it, and its annex.
PAGE_SIZES = (11, 12, 13, 14, 15, 16)
PRINTED_COUNT = r"[>=1000000]0\.000\.000;[>=1000]0\.000;0"  # 1.234 whatever the computer's own separators are


def page_style(size: int, align: str, *, bold: bool, italic: bool, underline: bool, locked: bool) -> str:
    """The name of a style of printed type: left, center, justify (lines spread over the row's height), block (not)."""
    marks = "".join(mark for mark, wanted in zip("biul", (bold, italic, underline, locked), strict=True) if wanted)
    return f"page_{size}_{align}_{marks}".rstrip("_")


STYLES |= {
    page_style(size, align, bold=bold, italic=italic, underline=underline, locked=locked): Style(
        bold=bold,
        italic=italic,
        underline=underline,
        size=size,
        align="justify" if align == "block" else align,
        valign={"justify": "vjustify", "block": "top"}.get(align, "vcenter"),
        number=TEXT,
        locked=locked,
        quote_prefix=True,
    )
    for size in PAGE_SIZES
    for align in ("left", "center", "justify", "block")
    for bold, italic, underline, locked in product((False, True), repeat=4)
}
STYLES |= {
    "annex_head": Style(bold=True, size=10, align="center", border=True),
    "annex_text": Style(size=11, border=True, indent=1, quote_prefix=True),
    "annex_center": Style(size=11, border=True, align="center"),
    "annex_count": Style(size=11, border=True, align="center", number=PRINTED_COUNT),
    "annex_text_bold": Style(bold=True, size=11, border=True, indent=1, quote_prefix=True),
    "annex_center_bold": Style(bold=True, size=11, border=True, align="center"),
    "annex_count_bold": Style(bold=True, size=11, border=True, align="center", number=PRINTED_COUNT),
    "report_note": Style(size=11, colour="555555", italic=True),
    "report_note_line": Style(size=11, colour="555555", italic=True, wrap=False),
    "report_fit": Style(size=11, colour="7A1F1F", bold=True),
    "report_moved": Style(size=11, fill=WARN, colour="5C3B00"),
    "report_moved_line": Style(size=11, fill=WARN, colour="5C3B00", wrap=False),
    "report_head": Style(size=11, bold=True, fill=BAND, wrap=False),
}
