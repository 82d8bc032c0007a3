"""Which number formats show a date: by the number that names them, or by what a custom one is made of."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles.numbers import BUILTIN_FORMATS

from loithe_xl.reading.cellstyles import read_styles, shows_date
from loithe_xl.reading.reader import read
from loithe_xl.reading.received import Received

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DATES = [
    "d-mmm",
    "dd/mm/yyyy",
    "[$-42A]dd/mm/yyyy;@",
    "h:mm",
    "[h]:mm",
    "[mm]:ss",
    "mm:ss.0",
    "[Red]d/m",
    "yyyy",
    "AM/PM h",
]
DATES += ['"ngày "dd" tháng "mm', "D/M/YYYY", "[s]"]
NUMBERS = [
    "General",
    "#,##0",
    "0.00E+00",
    "@",
    "[Red]0",
    '#,##0 "đồng mỗi chi bộ"',
    r"0\d",
    "_d0",
    "*h0",
    "[$₫-42A]#,##0",
]
NUMBERS += ["[>=1000]0.000;0", "# ?/?", '0" h"', "[Magenta]0%"]


@pytest.mark.parametrize("code", DATES)
def test_a_custom_format_of_a_date(code: str) -> None:
    assert shows_date(code)


@pytest.mark.parametrize("code", NUMBERS)
def test_a_custom_format_of_a_number_or_a_text(code: str) -> None:
    assert not shows_date(code)


def styles(*numbers: int, custom: str = "") -> bytes:
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in numbers)
    return f'<styleSheet xmlns="{MAIN}">{custom}<cellXfs>{formats}</cellXfs></styleSheet>'.encode()


def test_formats_named_by_number() -> None:
    """Dates and times of the standard; whatever openpyxl knows to be none is none."""
    dates = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
    found = read_styles(styles(*range(164)))

    assert {int(number) for number in found.dated} == dates
    assert all(shows_date(code) == (number in dates) for number, code in BUILTIN_FORMATS.items())


def test_a_file_may_give_a_number_another_meaning() -> None:
    own = '<numFmts><numFmt numFmtId="14" formatCode="0.00"/><numFmt numFmtId="164" formatCode="d/m"/></numFmts>'

    assert read_styles(styles(0, 14, 164, custom=own)).dated == {"2"}


def test_cells_shown_as_dates_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row, code in enumerate([*DATES, *NUMBERS], 1):
        book.active.cell(row, 2, 44958).number_format = code
    book.save(tmp_path / "a.xlsx")

    found = read((tmp_path / "a.xlsx").read_bytes())

    assert isinstance(found, Received)
    assert found.dated == {"Sheet": {(row, 2) for row in range(1, len(DATES) + 1)}}
    assert {found.grids["Sheet"].get(row, 2) for row in range(1, 20)} == {44958}
