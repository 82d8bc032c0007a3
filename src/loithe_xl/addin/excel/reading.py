"""An open workbook as values: the same that its file would give."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Set
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from loithe_xl.addin.excel.blocks import blocks
from loithe_xl.language.issues import Fault, Place, issue
from loithe_xl.reading.cellstyles import shows_date
from loithe_xl.reading.received import MOST_CELLS, Received, SheetValues, Value, exact, named
from loithe_xl.workbook.address import Address

if TYPE_CHECKING:
    from loithe_xl.addin.excel.app import Book, Sheet

Area = tuple[int, int, int, int]  # top, left, bottom, right


def read(book: Book, skip: Container[str] = (), mark: str = "") -> Received:
    """What the workbook holds now, typed but not yet saved included; one read of values per sheet.

    ``mark``: the custom property and defined name to look for. Of the locks only cells' own are told, as in a file.
    Fault for a sheet that is used too far out, and for dates that count from 1904, as for a file.
    """
    if book.api.Date1904:
        raise Fault([issue("FILE_DATE1904")])
    pages = [page for page in book.sheets if page.name not in skip]
    used = {page.name: _used(page) for page in pages}
    read = {page.name: _values(page, used[page.name]) for page in pages}
    seen = [page for page in pages if not page.name.startswith("_")]
    unlocked = {page.name: frozenset(_unlocked(page, used[page.name])) for page in seen}
    return Received(
        grids={name: SheetValues(values) for name, (values, _) in read.items()},
        custom=_property(book, mark),
        names=_name(book, mark),
        modified=None,
        sheet_names=tuple(page.name for page in book.sheets),
        flawed={name: dict.fromkeys(errors, "error") for name, (_, errors) in read.items()},
        unlocked=unlocked,
        dated={page.name: frozenset(_dated(page, read[page.name][0], unlocked[page.name])) for page in seen},
    )


def is_marked(book: Book, mark: str) -> bool:
    """Whether the workbook has this custom property or defined name."""
    return bool(_property(book, mark) or _name(book, mark))


def block(page: Sheet, area: Area) -> list[list[Any]]:
    """The plain values of an area, as rows: numbers as float, dates as day numbers, error cells as int."""
    top, left, bottom, right = area
    found = page.range((top, left), (bottom, right)).api.Value2
    if (top, left) == (bottom, right):
        return [[found]]
    return [list(row) for row in found]


def formulas(page: Sheet, area: Area) -> list[list[Any]]:
    """What stands in the cells of an area as it was entered, formulas in English, as rows."""
    top, left, bottom, right = area
    found = page.range((top, left), (bottom, right)).api.Formula
    return [[found]] if (top, left) == (bottom, right) else [list(row) for row in found]


def value_of(raw: Any) -> Value:
    """A cell's plain value as a file would give it; None when blank."""
    if raw is None or raw == "":
        return None
    return exact(raw) if isinstance(raw, float) else raw


def _values(page: Sheet, used: Area) -> tuple[dict[Address, Value], list[Address]]:
    """Every cell that is not blank, and those that hold an Excel error (a whole number is nothing else here)."""
    values: dict[Address, Value] = {}
    errors: list[Address] = []
    for row, line in enumerate(block(page, used), 1):
        for column, raw in enumerate(line, 1):
            if isinstance(raw, int) and not isinstance(raw, bool):
                errors.append((row, column))
            elif (value := value_of(raw)) is not None:
                values[row, column] = value
    return values, errors


def _used(page: Sheet) -> Area:
    last = page.used_range.last_cell
    if last.row * last.column > MOST_CELLS:
        raise Fault([issue("FILE_TOO_WIDE", Place(sheet=page.name), sheet=f"“{page.name}”")])
    return 1, 1, last.row, last.column


def _unlocked(page: Sheet, area: Area) -> Iterator[Address]:
    """The cells that are not locked: an area that is of one kind answers at once, a mixed one in halves.

    Columns are told apart first, for inputs stand in columns.
    """
    top, left, bottom, right = area
    state = page.range((top, left), (bottom, right)).api.Locked
    if state is not None:
        columns = () if state else range(left, right + 1)
        yield from ((row, column) for row in range(top, bottom + 1) for column in columns)
    elif left < right:
        middle = (left + right) // 2
        yield from _unlocked(page, (top, left, bottom, middle))
        yield from _unlocked(page, (top, middle + 1, bottom, right))
    else:
        middle = (top + bottom) // 2
        yield from _unlocked(page, (top, left, middle, right))
        yield from _unlocked(page, (middle + 1, left, bottom, right))


def _dated(page: Sheet, values: Mapping[Address, Value], unlocked: Set[Address]) -> Iterator[Address]:
    """The numbers in open cells that show as a date; looked at in rectangles, cell by cell only where they differ."""
    numbers = [at for at, value in values.items() if isinstance(value, int | Decimal) and at in unlocked]
    for part in blocks(dict.fromkeys((at for at in numbers if not isinstance(values[at], bool)), 0)):
        top, left, bottom, right = part.area
        cells = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
        shown = page.range((top, left), (bottom, right)).api.NumberFormat
        if shown is None:
            yield from (at for at in cells if shows_date(page.range(at).api.NumberFormat))
        elif shows_date(shown):
            yield from cells


def _property(book: Book, mark: str) -> dict[str, str]:
    with suppress(Exception):  # Excel has no other way to say that there is none
        return {mark: str(book.api.CustomDocumentProperties(mark).Value)}
    return {}


def _name(book: Book, mark: str) -> dict[str, str]:
    if mark not in book.names:
        return {}
    return {mark: named((book.names[mark].refers_to or "").removeprefix("="))}
