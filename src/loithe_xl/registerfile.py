"""Reads a register from its workbook, and the embedded sample from package data."""

from __future__ import annotations

import csv
import re
import warnings
import zipfile
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path

from loithe_xl.issues import Issue, Place, issue
from loithe_xl.register import Register
from loithe_xl.registercheck import RawRow, check

MOST_BYTES = 50 * 2**20
MOST_EXPANDED = 200 * 2**20
MOST_ROWS = 20_000
_MOST_MERGED = 100_000  # cells: the library makes an object of each
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')


def read_register(path: Path) -> tuple[Register | None, list[Issue]]:
    """The register in the first sheet, values only; None in its place when any issue is an ERROR."""
    place = Place(file=path.name)
    try:
        if path.stat().st_size > MOST_BYTES:
            return None, [issue("REGISTER_TOO_LARGE", place, most=f"{MOST_BYTES // 2**20} MB")]
        data = path.read_bytes()
    except FileNotFoundError:
        return None, [issue("REGISTER_FILE_MISSING", place)]
    except OSError:
        return None, [issue("REGISTER_UNREADABLE", place)]
    if refused := _refusal(data, place):
        return None, [refused]
    try:
        sheet, rows = _first_sheet(data)
    except Exception:  # whatever the library stumbles over, the answer to the office is the same
        return None, [issue("REGISTER_UNREADABLE", place)]
    if len(rows) > MOST_ROWS:
        return None, [issue("REGISTER_TOO_LARGE", Place(path.name, sheet), most=MOST_ROWS)]
    register, issues = check(rows, sheet)
    return register, [found.in_file(path.name) for found in issues]


@cache
def sample_register() -> Register:
    """The embedded, made-up district of 264 cells."""
    text = (resources.files(__package__) / "sample" / "register.csv").read_text(encoding="utf-8")
    rows = [
        RawRow(number, dict(enumerate(values, 1))) for number, values in enumerate(csv.reader(text.splitlines()), 1)
    ]
    register, issues = check(rows, "register.csv")
    if register is None or issues:
        raise ValueError(f"the embedded sample register is faulty: {issues[:3]}")
    return register


def _refusal(data: bytes, place: Place) -> Issue | None:
    """Why the bytes cannot be trusted to the library: no package, a bomb, a form it reads as empty."""
    if data[:4] != b"PK\x03\x04":
        return issue("REGISTER_NOT_XLSX", place)
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            if sum(entry.file_size for entry in package.infolist()) > MOST_EXPANDED:
                return issue("REGISTER_TOO_LARGE", place, most=f"{MOST_EXPANDED // 2**20} MB")
            if "xl/workbook.xml" not in package.namelist():
                return issue("REGISTER_NOT_XLSX", place)
            if b"purl.oclc.org/ooxml" in package.read("xl/workbook.xml"):
                return issue("REGISTER_STRICT_FORMAT", place)
            sheets = [
                name for name in package.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")
            ]
            if any(_merged_cells(package.read(name)) > _MOST_MERGED for name in sheets):
                return issue("REGISTER_TOO_LARGE", place, most=_MOST_MERGED)
    except Exception:  # zipfile raises many kinds for a damaged package
        return issue("REGISTER_UNREADABLE", place)
    return None


def _merged_cells(xml: bytes) -> int:
    """How many cells the merged areas of a sheet cover."""
    areas = (match.groups() for match in _MERGE.finditer(xml))
    return sum((_column(c2) - _column(c1) + 1) * (int(r2) - int(r1) + 1) for c1, r1, c2, r2 in areas)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _first_sheet(data: bytes) -> tuple[str, list[RawRow]]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about features of the file that hold no units
        sheet = openpyxl.load_workbook(BytesIO(data), data_only=True).worksheets[0]
    rows: dict[int, dict[int, object]] = {1: {}}
    # Only the cells there are: ``iter_rows`` would make a million more for one stray cell at the sheet's end.
    for (row, column), cell in sheet._cells.items():
        if cell.value is not None:
            # An error such as #N/A is no text, though the library hands it over as one.
            rows.setdefault(row, {})[column] = float("nan") if cell.data_type == "e" else cell.value
    return str(sheet.title), [RawRow(row, values) for row, values in sorted(rows.items())]
