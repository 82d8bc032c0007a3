"""Write docs/phieu-huong-dan-bi-thu.xlsx: one sheet of A4 for a secretary to print, from ``handout.toml``.

Its three last lines are blank: the office types where to send, until when, and whom to call.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from loithe_xl.draw.head import LINE_POINTS, lines_of
from loithe_xl.workbook import writer
from loithe_xl.workbook.book import Book, Print, Sheet
from loithe_xl.workbook.ownsheets import GUIDE

HANDOUT = Path(__file__).parent.parent / "docs" / "phieu-huong-dan-bi-thu.xlsx"
TEXTS = Path(__file__).with_suffix(".toml")
WIDTHS = (32, 58)  # characters
GAP = 6  # points that a line has to spare


def handout() -> bytes:
    """The workbook; the same bytes each time."""
    told = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    sheet = Sheet(GUIDE, widths=dict(enumerate(WIDTHS, 1)), print=Print(fit_wide=True))
    row = _wide(sheet, 1, told["title"], "title")
    row = _wide(sheet, row, told["subtitle"], "subtitle")
    for step in told["steps"]:
        row = _wide(sheet, row, step["head"], "section")
        for line in step["lines"]:
            row = _wide(sheet, row, line, "label")
    for blank in told["blanks"]:
        sheet.put(row, 1, blank["label"], "label_strong")
        sheet.put(row, 2, None, "input_text")
        sheet.heights[row] = 2 * LINE_POINTS
        row += 1
    sheet.selection = (row - len(told["blanks"]), 2)
    return writer.render(Book([sheet], title=told["title"]))


def _wide(sheet: Sheet, row: int, said: str, style: str) -> int:
    """A line over both columns; the row after it."""
    for column in (1, 2):
        sheet.put(row, column, said if column == 1 else None, style)
    sheet.merges.append(((row, 1), (row, 2)))
    sheet.heights[row] = LINE_POINTS * lines_of(said, sum(WIDTHS)) + GAP + 6 * (style == "title")
    return row + 1


def main() -> int:
    """Write it anew."""
    HANDOUT.write_bytes(handout())
    print(HANDOUT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
