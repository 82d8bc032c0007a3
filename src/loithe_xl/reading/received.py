"""A workbook as values: what a received file and the workbook open in Excel both become."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from loithe_xl.workbook.address import Address
from loithe_xl.workbook.numbers import whole

Value = str | int | Decimal | bool | None  # of a cell; dates are Excel day numbers
MOST_CELLS = 2_000_000  # of a sheet's used rectangle, unless it is filled:
MOST_BLANK = 4  # cells of it for each that holds something
_CONSTANT = re.compile(r'"((?:[^"]|"")*)"')


class TooLong(ValueError):
    """A text of a file is longer than any that its program writes; to go on would take too long."""


@dataclass(frozen=True, slots=True)
class SheetValues:
    """One sheet's values: whole numbers as int, others as Decimal, dates as Excel day numbers, texts as typed."""

    values: Mapping[Address, Value] = field(default_factory=dict)

    def get(self, row: int, column: int) -> Value:
        """The value, None when blank; rows and columns from 1."""
        return self.values.get((row, column))

    def cells(self) -> Iterator[tuple[int, int, Value]]:
        """Every cell that is not blank, row by row."""
        for (row, column), value in self.values.items():
            yield row, column, value


class InputRule(NamedTuple):
    """What a sheet lets users type in some areas (``B3:B9 D3``), in the file format's own words."""

    areas: str
    kind: str
    operator: str
    first: str
    second: str
    style: str


@dataclass(frozen=True, slots=True)
class View:
    """What a person sees of a sheet otherwise than its cells hold it, or not at all.

    ``formats``: of cells that hold something the number formats that may show something else; ``rows``, ``columns``
    (from, to) are hidden or too small, ``low``: so are rows without a height of their own; ``merges`` are areas of
    which only the first cell is seen; ``drawings`` begin in these cells; ``drawn``: some may be there.
    """

    visible: bool = True
    formats: Mapping[Address, str] = field(default_factory=dict)
    rows: Set[int] = frozenset()
    columns: tuple[tuple[int, int], ...] = ()
    merges: tuple[tuple[Address, Address], ...] = ()
    drawings: tuple[Address, ...] = ()
    low: bool = False
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """What a workbook holds, be it a file or open in Excel.

    ``flawed`` names cells with an Excel error (``error``) or a formula that was never calculated (``no_result``);
    ``unlocked`` are the cells present whose style does not lock them; ``names`` are the workbook's defined names,
    text constants without their quotes; ``modified`` is the saved time inside the file, in UTC; ``dated`` are the cells
    that show a date or a time (of an open workbook only open cells with numbers are looked at). ``formulas`` (no
    leading ``=``) and ``rules`` are None where nobody looked for them, ``views`` empty, as in an open workbook.
    ``program`` is who saved the file, as it names itself, in small letters and without its version; blank where it does
    not. ``linked``: the file has links to other workbooks.
    """

    grids: Mapping[str, SheetValues]
    custom: Mapping[str, str]
    names: Mapping[str, str]
    modified: datetime | None
    sheet_names: tuple[str, ...]
    flawed: Mapping[str, Mapping[Address, str]]
    unlocked: Mapping[str, Set[Address]]
    dated: Mapping[str, Container[Address]] = field(default_factory=dict)
    formulas: Mapping[str, Mapping[Address, str]] | None = None
    rules: Mapping[str, tuple[InputRule, ...]] | None = None
    program: str = ""
    views: Mapping[str, View] = field(default_factory=dict)
    linked: bool = False


def exact(number: float) -> int | Decimal:
    """A cell's number as a spreadsheet shows it, with 15 digits: whole ones as int, others as Decimal.

    What is left of 0.1+0.2 behind them (30.000000000000004) is nothing that anybody typed or sees.
    """
    shown = Decimal(f"{number:.15g}")
    return whole(shown)


def named(formula: str) -> str:
    """What a defined name stands for (no leading ``=``): a text constant without its quotes, else the formula."""
    constant = _CONSTANT.fullmatch(formula)
    return constant[1].replace('""', '"') if constant else formula
