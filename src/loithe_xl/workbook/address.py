"""Addresses of cells and of areas, as numbers and as spreadsheets write them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

Scalar = str | int | float | Decimal | bool | date | datetime | None


Address = tuple[int, int]  # (row, column), both from 1


def column_letters(column: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A -> 1, AA -> 27."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def address(row: int, column: int, *, fixed: bool = False) -> str:
    """(12, 4) -> D12, or $D$12 when ``fixed``."""
    dollar = "$" if fixed else ""
    return f"{dollar}{column_letters(column)}{dollar}{row}"


def located(cell: str) -> Address:
    """D12 -> (12, 4)."""
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :]), column_number(letters)


def area(first: Address, last: Address, *, fixed: bool = True) -> str:
    """((1, 1), (3, 2)) -> $A$1:$B$3."""
    return f"{address(*first, fixed=fixed)}:{address(*last, fixed=fixed)}"


def quoted(sheet: str) -> str:
    """A sheet's name as formulas need it, quotes doubled."""
    return "'" + sheet.replace("'", "''") + "'"


def reference(sheet: str, row: int, column: int) -> str:
    """A full fixed reference to one cell: 'Sheet'!$D$12."""
    return f"{quoted(sheet)}!{address(row, column, fixed=True)}"


def from_zero(at: Address) -> Address:
    """Row and column counted from 0, as the library that writes workbooks counts them."""
    return at[0] - 1, at[1] - 1
