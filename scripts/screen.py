"""Measure how workbooks fit an office PC's screen and an office's paper: a line for each visible sheet.

``.venv/bin/python scripts/screen.py`` plays the demonstration and measures one workbook of each kind;
``scripts/screen.py FILE...`` these workbooks. Printed as a table in Markdown. LibreOffice and poppler are needed.

A column that is w characters wide takes 8 w + 5 pixels at 100 %: Times New Roman 12, the font of our workbooks, has
digits of 8 pixels. LibreOffice shows 3 % fewer.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.utils import column_index_from_string, coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet

from paper import printed
from samples import campaign

WIDE, HIGH = 1250, 530  # pixels that a window of 1366 × 768 leaves for cells
MANY = 10  # rows that should be in sight
DIGIT = 8
HEAD = "| workbook | sheet | frozen px | rows in sight | of | width px | pages |\n|---|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Fit:
    """One sheet: pixels of its frozen rows; how many of the ``rows`` beneath stand in ``HIGH`` with them; its width."""

    sheet: str
    frozen: int
    seen: int
    rows: int
    width: int


def fits(path: Path) -> Iterator[Fit]:
    """Each visible sheet of a workbook, in order."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            yield fit(sheet)


def fit(sheet: Worksheet) -> Fit:
    """How a sheet fits; rows and columns that are hidden take no place."""
    first = coordinate_to_tuple(sheet.freeze_panes)[0] if sheet.freeze_panes else 1
    frozen = sum(height(sheet, row) for row in range(1, first))
    used, seen = frozen, 0
    beneath = [tall for row in range(first, sheet.max_row + 1) if (tall := height(sheet, row))]
    for tall in beneath:
        used += tall
        seen += used <= HIGH
    return Fit(sheet.title, frozen, seen, len(beneath), width(sheet))


def height(sheet: Worksheet, row: int) -> int:
    """A row's pixels: three quarters of a point each."""
    told = sheet.row_dimensions[row]
    if told.hidden:
        return 0
    return round((told.height or sheet.sheet_format.defaultRowHeight or 15) / 0.75)


def width(sheet: Worksheet) -> int:
    """The pixels of all columns up to the last that shows something."""
    columns = dict.fromkeys(range(1, sheet.max_column + 1), int((sheet.sheet_format.baseColWidth or 8) * DIGIT + 5))
    for letter, told in sheet.column_dimensions.items():
        first = told.min or column_index_from_string(letter)
        for column in range(first, min(told.max or first, sheet.max_column) + 1):
            columns[column] = 0 if told.hidden else int(told.width * DIGIT)
    ends = {(area.min_row, area.min_col): area.max_col for area in sheet.merged_cells.ranges}
    said = (cell for row in sheet.iter_rows() for cell in row if cell.value is not None and columns[cell.column])
    last = max((ends.get((cell.row, cell.column), cell.column) for cell in said), default=1)
    return sum(wide for column, wide in columns.items() if column <= last)


def lines(kind: str, path: Path, folder: Path) -> Iterator[str]:
    """The table's lines for one workbook, and one for its sum."""
    pages = Counter(printed(path, folder / f"{kind}.pdf"))
    for each in fits(path):
        seen, wide = marked(each.seen, each.seen < min(MANY, each.rows)), marked(each.width, each.width > WIDE)
        yield f"| {kind} | {each.sheet} | {each.frozen} | {seen} | {each.rows} | {wide} | {pages[each.sheet]} |"
    yield f"| {kind} | all | | | | | {pages.total()} |"


def marked(figure: int, too_much: bool) -> str:
    """A figure; in bold, where it is too much."""
    return f"**{figure}**" if too_much else f"{figure}"


def main(arguments: list[str]) -> int:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="loithe-screen-") as folder:
        work = Path(folder)
        files: Mapping[str, Path] = {Path(name).stem: Path(name) for name in arguments} or campaign(work)
        print(HEAD)
        for kind, path in files.items():
            for line in lines(kind, path, work):
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
