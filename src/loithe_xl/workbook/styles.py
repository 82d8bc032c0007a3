"""The look of every sheet: named styles, and colours by what they mean; docs/visual-language.md says it in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

FONT = "Times New Roman"
TYPE_HERE, MUST, CALCULATED = "FFF9DB", "FFE680", "EFEFEF"  # an input, one that must be filled and is not, a result
BAD, WARN, GOOD = "F8C9C4", "FFE3A3", "CFE8CF"  # typed and wrong; to be looked at again; all right
HEADING, BAND, LINE = "9B1C1C", "F6E4DD", "9A9A9A"  # headings, heads of columns, borders
MUST_LINE = "7A5C00"  # the border of what must be filled
BAD_INK, WARN_INK, GOOD_INK, LINK_INK, QUIET_INK = "7A0000", "5C3B00", "0B4D0B", "0B4F9E", "555555"
TAB_FILL, TAB_LOOK = "D9A300", "6B6B6B"  # tabs of sheets to type in, and of those to look at


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
    line: str = LINE  # the border's colour
    locked: bool = True
    quote_prefix: bool = False  # what stands in it stays a text, whatever it begins with
    rotation: int = 0
    indent: int = 0
    rule_below: bool = False  # a line under the cell
    shrink: bool = False  # a longer text becomes smaller; only without ``wrap``


COUNT, DECIMAL, RATE, DATE, TEXT = "#,##0", "#,##0.00", "0.00%", "dd/mm/yyyy", "@"

STYLES: dict[str, Style] = {
    "plain": Style(),
    "title": Style(bold=True, size=16, colour=HEADING),
    "subtitle": Style(italic=True),
    "form": Style(size=11, align="right", wrap=False, shrink=True),  # what the sheet belongs to
    "unit_name": Style(bold=True, wrap=False, shrink=True),
    "steps": Style(size=11, fill=BAND, border=True, wrap=False, shrink=True),
    "due": Style(bold=True, fill=BAND, border=True, align="center"),
    "legend": Style(size=11, italic=True, colour=QUIET_INK),
    "lead": Style(size=12),
    "strong": Style(bold=True),
    "section": Style(bold=True, size=13, colour="FFFFFF", fill=HEADING, border=True),
    "head": Style(bold=True, fill=BAND, align="center", border=True),
    "head_small": Style(bold=True, size=11, fill=BAND, align="center", border=True),
    "head_group": Style(bold=True, size=11, fill=BAND, align="center", border=True, wrap=False),
    "head_turned": Style(bold=True, fill=BAND, align="center", border=True, rotation=90, size=11),
    "part": Style(bold=True, fill=BAND, wrap=False),  # the heading of a part of a list, over all its columns
    "number": Style(align="center", border=True),
    "label": Style(border=True),
    "label_strong": Style(border=True, bold=True),
    "note": Style(italic=True, size=11, colour=QUIET_INK, border=True),
    "unit": Style(size=11, align="center", border=True, colour=QUIET_INK),
    "status": Style(size=11, border=True, colour=QUIET_INK),
    "echo": Style(size=11, border=True, colour=QUIET_INK, wrap=False, shrink=True),
    "signature": Style(bold=True, align="center", valign="top"),
    "input_count": Style(fill=TYPE_HERE, border=True, locked=False, align="right", indent=1, number=COUNT),
    "input_decimal": Style(fill=TYPE_HERE, border=True, locked=False, align="right", indent=1, number=DECIMAL),
    "input_date": Style(fill=TYPE_HERE, border=True, locked=False, align="center", number=TEXT),
    "register_date": Style(fill=TYPE_HERE, border=True, locked=False, align="center", number=DATE),
    "input_choice": Style(fill=TYPE_HERE, border=True, locked=False, align="center"),
    "input_text": Style(
        fill=TYPE_HERE, border=True, locked=False, number=TEXT, quote_prefix=True, wrap=False, shrink=True
    ),
    "input_paragraph": Style(fill=TYPE_HERE, border=True, locked=False, number=TEXT, valign="top", quote_prefix=True),
    "computed_count": Style(fill=CALCULATED, border=True, align="right", indent=1, number=COUNT),
    "computed_decimal": Style(fill=CALCULATED, border=True, align="right", indent=1, number=DECIMAL),
    "computed_rate": Style(fill=CALCULATED, border=True, align="right", indent=1, number=RATE),
    "computed_text": Style(fill=CALCULATED, border=True),
    "total_label": Style(bold=True, border=True, fill=BAND),
    "total_count": Style(bold=True, border=True, fill=BAND, align="right", indent=1, number=COUNT),
    "total_decimal": Style(bold=True, border=True, fill=BAND, align="right", indent=1, number=DECIMAL),
    "text": Style(border=True, number=TEXT, quote_prefix=True),
    "text_center": Style(border=True, number=TEXT, align="center", quote_prefix=True),
    "verdict": Style(bold=True, size=14, align="center", border=True),
    "link": Style(underline=True, colour=LINK_INK, border=True, align="center"),
    "guide": Style(size=11, border=True),
    "guide_number": Style(size=11, align="center", border=True),
    "fault": Style(),  # of the list of checks, where a row that is not needed shows nothing
    "fault_level": Style(align="center"),
    "fault_jump": Style(underline=True, colour=LINK_INK),
    "listed_bad_center": Style(border=True, fill=BAD, colour=BAD_INK, align="center"),
    "listed_warn_center": Style(border=True, fill=WARN, colour=WARN_INK, align="center"),
    "hidden": Style(size=9, colour="888888", wrap=False, number=TEXT),
    "hidden_text": Style(size=9, colour="888888", wrap=False, number=TEXT, quote_prefix=True),
    "unseen": Style(size=9, number=";;;", wrap=False),
    "hidden_number": Style(size=9, colour="888888", wrap=False),
    # conditional looks: only fill and font colour apply
    "bad": Style(fill=BAD, colour=BAD_INK),
    "warn": Style(fill=WARN, colour=WARN_INK),
    "good": Style(fill=GOOD, colour=GOOD_INK, bold=True),
    "missing": Style(fill=MUST, border=True, line=MUST_LINE),
    "ruled": Style(border=True),
    "blocked": Style(fill=HEADING, colour="FFFFFF", bold=True),
    "noted": Style(fill=WARN, colour=WARN_INK, bold=True),
    "clear": Style(fill=GOOD, colour=GOOD_INK, bold=True),
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
    "annex_note": Style(size=12, italic=True, align="center"),
    "annex_text": Style(size=11, border=True, indent=1, quote_prefix=True),
    "annex_center": Style(size=11, border=True, align="center"),
    "annex_count": Style(size=11, border=True, align="center", number=PRINTED_COUNT),
    "annex_text_bold": Style(bold=True, size=11, border=True, indent=1, quote_prefix=True),
    "annex_center_bold": Style(bold=True, size=11, border=True, align="center"),
    "annex_count_bold": Style(bold=True, size=11, border=True, align="center", number=PRINTED_COUNT),
    "report_note": Style(size=11, colour=QUIET_INK, italic=True),
    "report_note_line": Style(size=11, colour=QUIET_INK, italic=True, wrap=False),
    "report_fit": Style(size=11, colour="7A1F1F", bold=True),
    "report_moved": Style(size=11, fill=WARN, colour=WARN_INK),
    "report_moved_line": Style(size=11, fill=WARN, colour=WARN_INK, wrap=False),
    "report_head": Style(size=11, bold=True, fill=BAND, wrap=False),
}
# Columns of figures side by side: what is too long for its cell becomes smaller, never “###”.
STYLES |= {
    "text_name": Style(border=True, number=TEXT, quote_prefix=True, wrap=False, shrink=True),
    "jump": Style(size=11, underline=True, colour=LINK_INK, border=True, align="center", wrap=False, shrink=True),
    "unit_count": Style(fill=CALCULATED, border=True, align="right", number=COUNT, wrap=False, shrink=True),
    "unit_decimal": Style(fill=CALCULATED, border=True, align="right", number=DECIMAL, wrap=False, shrink=True),
    "sum_count": Style(bold=True, border=True, fill=BAND, align="right", number=COUNT, wrap=False, shrink=True),
    "sum_decimal": Style(bold=True, border=True, fill=BAND, align="right", number=DECIMAL, wrap=False, shrink=True),
}
# A list that may be sorted: Excel sorts no locked cells.
STYLES |= {
    f"list_{name}": replace(style, border=True, locked=False)
    for name, style in {
        "text": Style(number=TEXT, quote_prefix=True),
        "name": Style(number=TEXT, quote_prefix=True, wrap=False, shrink=True),
        "center": Style(number=TEXT, quote_prefix=True, align="center"),
        "count": Style(fill=CALCULATED, align="right", number=PRINTED_COUNT, wrap=False, shrink=True),
        "decimal": Style(fill=CALCULATED, align="right", wrap=False, shrink=True),
        "link": Style(size=11, underline=True, colour=LINK_INK, wrap=False, shrink=True),
        "file": Style(size=11, number=TEXT, quote_prefix=True, wrap=False, shrink=True),
        "place": Style(size=11, number=TEXT, quote_prefix=True, wrap=False, shrink=True, colour=QUIET_INK),
        "key": Style(size=9, number=";;;", quote_prefix=True, wrap=False),
    }.items()
}
STYLES |= {
    "list_sum_count": replace(STYLES["sum_count"], number=PRINTED_COUNT),
    "list_sum_decimal": replace(STYLES["sum_count"], number="General"),
}
