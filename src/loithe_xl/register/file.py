"""Reads a register from its workbook, and the embedded sample from package data."""

from __future__ import annotations

import csv
import warnings
from decimal import Decimal
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path

from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.reading import guard, reader
from loithe_xl.reading.received import Received, Value
from loithe_xl.register.check import RawRow, check
from loithe_xl.register.register import Register
from loithe_xl.workbook.daynumbers import day_of

MOST_UNITS = 20_000
_ERROR = float("nan")  # an error such as #N/A is nothing that a register may hold
# What a file is refused for at the gate, as it concerns a register; what does not stand here is no obstacle to reading
# cells: macros, links to other workbooks, embedded objects.
_WHY = {
    "REGISTER_NOT_XLSX": """FILE_EMPTY FILE_PASSWORD FILE_OLD_XLS FILE_XLSB FILE_ODS FILE_PDF FILE_PICTURE FILE_TEXT
        FILE_ARCHIVE FILE_OTHER_DOCUMENT FILE_UNKNOWN FILE_NOT_WORKBOOK""",
    "REGISTER_TOO_LARGE": "FILE_TOO_LARGE FILE_TOO_MANY_PARTS FILE_BOMB FILE_TOO_WIDE",
    "REGISTER_STRICT_FORMAT": "FILE_STRICT",
    "REGISTER_UNREADABLE": "FILE_NOT_PLAIN FILE_NO_ACCESS FILE_TRUNCATED FILE_DAMAGED FILE_PART_NAMES FILE_DTD",
}
_REFUSED = {code: why for why, codes in _WHY.items() for code in codes.split()}


def read_register(path: Path) -> tuple[Register | None, list[Issue]]:
    """The register in a workbook's first sheet, values only, with every fault by its cell.

    None in its place when any issue is an ERROR; a file that cannot be read is such an issue, nothing is raised for it.
    """
    place = Place(file=path.name)
    if not path.exists():
        return None, [issue("REGISTER_FILE_MISSING", place)]
    data = guard.fetch(path)
    if isinstance(data, bytes) and (found := guard.inspect(data)) and found.code in _REFUSED:
        data = found
    if isinstance(data, Issue):
        return None, [refused(data.code, place)]
    sheet = _first_sheet(data)
    if isinstance(sheet, str):
        return None, [refused(sheet, place)]
    name, rows = sheet
    if len(rows) > MOST_UNITS:
        return None, [issue("REGISTER_TOO_LARGE", Place(path.name, name), most=MOST_UNITS)]
    register, issues = check(rows, name)
    return register, [found.in_file(path.name) for found in issues]


def refused(code: str, place: Place) -> Issue:
    """Why a register cannot be read, by what the gate or the reader says of the file."""
    return issue(_REFUSED.get(code, "REGISTER_UNREADABLE"), place, most=f"{guard.MOST_BYTES // 10**6} MB")


@cache
def sample_register() -> Register:
    """The embedded, made-up district of 264 cells."""
    text = (resources.files("loithe_xl") / "sample" / "register.csv").read_text(encoding="utf-8")
    rows = [
        RawRow(number, dict(enumerate(values, 1))) for number, values in enumerate(csv.reader(text.splitlines()), 1)
    ]
    register, issues = check(rows, "register.csv")
    if register is None or issues:
        raise ValueError(f"the embedded sample register is faulty: {issues[:3]}")
    return register


def _first_sheet(data: bytes) -> tuple[str, list[RawRow]] | str:
    """The first sheet's name and rows; a code where nobody can read them.

    What our reading takes for no plain workbook is left to the library that forgives most.
    """
    received = reader.read(data, about=False)
    if isinstance(received, Received):
        name = next(iter(received.grids))
        cells = {at: _raw(at in received.dated[name], value) for at, value in received.grids[name].values.items()}
        flawed = received.flawed[name].items()
        return name, _rows({**cells, **{at: _ERROR for at, why in flawed if why == "error"}})
    if received.code == "FILE_TOO_WIDE":
        return received.code
    try:
        return _read_by_openpyxl(data)
    except MemoryError:
        raise
    except Exception:  # whatever the library stumbles over, the answer to the office is the same
        return received.code


def _raw(dated: bool, value: Value) -> object:
    """A value as the library has it: dates as dates, other numbers as whole or floating."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    if dated:
        return day_of(value) or _ERROR
    return value if isinstance(value, int) else float(value)


def _rows(cells: dict[tuple[int, int], object]) -> list[RawRow]:
    rows: dict[int, dict[int, object]] = {1: {}}
    for (row, column), value in cells.items():
        rows.setdefault(row, {})[column] = value
    return [RawRow(row, values) for row, values in sorted(rows.items())]


def _read_by_openpyxl(data: bytes) -> tuple[str, list[RawRow]]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about features of the file that hold no units
        sheet = openpyxl.load_workbook(BytesIO(data), data_only=True).worksheets[0]
    # Only the cells there are: ``iter_rows`` would make a million more for one stray cell at the sheet's end. An error
    # is no text, though the library hands it over as one.
    filled = {at: cell for at, cell in sheet._cells.items() if cell.value is not None}
    return str(sheet.title), _rows({at: _ERROR if cell.data_type == "e" else cell.value for at, cell in filled.items()})
