"""Formulas that people type, calculated anew: arithmetic and the plainest functions over cells that are known.

Numbers are Excel's: floats that are compared as far as they are shown. What is not in this small language, changes by
itself or leads elsewhere cannot be calculated; nothing is guessed.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from statistics import fmean

from loithe_xl.workbook.address import Address, located
from loithe_xl.workbook.daynumbers import serial

Operand = float | str | bool | None
Operands = Operand | list[Operand]  # of a range its cells
CellLookup = Callable[[str, Address], Operand]  # what a cell holds; the sheet is blank for the formula's own
_DEEPEST, _MOST_CELLS = 40, 10_000
_CELL = r"\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6}"
_TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?![\w.])"
    r'|(?P<text>"(?:[^"]|"")*")'
    rf"|(?P<sheet>'(?:[^'\[]|'')+'!|[^\W\d][\w.]*!)?(?P<first>{_CELL})(?::(?P<last>{_CELL}))?(?![\w.(!:])"
    r"|(?P<name>[A-Za-z]+)\s*\("
    r"|(?P<truth>TRUE|FALSE)(?![\w.(!])"
    r"|(?P<sign><=|>=|<>|[-+*/^&=<>(),;%]))",
    re.IGNORECASE,
)
_LEVELS: tuple[dict[str, Callable[[float, float], float]], ...] = (
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": operator.truediv},
    {"^": math.pow},
)
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Incalculable(Exception):
    """What a formula comes to cannot be said."""


def calculate(formula: str, cells: CellLookup) -> Operand:
    """What a formula (no leading ``=``) comes to; Incalculable for all that is not plain arithmetic."""
    reading = _Reading(formula, cells)
    try:
        found = _one(reading.whole())
    except (ArithmeticError, ValueError) as fault:
        raise Incalculable from fault
    if isinstance(found, float) and not math.isfinite(found):
        raise Incalculable
    return found


class _Reading:
    """A formula, read once from left to right."""

    def __init__(self, formula: str, cells: CellLookup) -> None:
        self.cells, self.tokens, self.at, self.depth = cells, list[re.Match[str]](), 0, 0
        where, formula = 0, formula.rstrip()
        while where < len(formula):
            found = _TOKEN.match(formula, where)
            if not found:
                raise Incalculable
            self.tokens.append(found)
            where = found.end()

    def whole(self) -> Operands:
        found = self._compared()
        if self.at < len(self.tokens):
            raise Incalculable
        return found

    def _sign(self, *signs: str) -> str:
        """The next token where it is one of these signs, which is read then; else blank."""
        if self.at < len(self.tokens) and (found := self.tokens[self.at]["sign"]) in signs:
            self.at += 1
            return found
        return ""

    def _compared(self) -> Operands:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Incalculable
        left = self._joined()
        while sign := self._sign(*_COMPARED):
            left = _compare(sign, _one(left), _one(self._joined()))
        self.depth -= 1
        return left

    def _joined(self) -> Operands:
        left = self._level(0)
        while self._sign("&"):
            left = _said(_one(left)) + _said(_one(self._level(0)))
        return left

    def _level(self, level: int) -> Operands:
        """Sums of products of powers; all of them from left to right, as spreadsheets have it."""
        if level == len(_LEVELS):
            return self._percent()
        left = self._level(level + 1)
        while sign := self._sign(*_LEVELS[level]):
            left = float(_LEVELS[level][sign](_number(left), _number(self._level(level + 1))))
        return left

    def _percent(self) -> Operands:
        found = self._signed()
        while self._sign("%"):
            found = _number(found) / 100
        return found

    def _signed(self) -> Operands:
        """A sign binds closer than a power: -2^2 is 4."""
        signs = ""
        while sign := self._sign("-", "+"):
            signs += sign
        found = self._part()
        return found if not signs else _number(found) * (-1) ** signs.count("-")

    def _part(self) -> Operands:
        if self.at >= len(self.tokens):
            raise Incalculable
        token = self.tokens[self.at]
        self.at += 1
        if token["number"]:
            return float(token["number"])
        if token["text"]:
            return token["text"][1:-1].replace('""', '"')
        if token["truth"]:
            return token["truth"].upper() == "TRUE"
        if token["first"]:
            return self._cells(token)
        if token["name"]:
            return self._function(token["name"].upper())
        if token["sign"] == "(":
            found = self._compared()
            if self._sign(")"):
                return found
        raise Incalculable

    def _cells(self, token: re.Match[str]) -> Operands:
        sheet = (token["sheet"] or "").removesuffix("!")
        sheet = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
        ends = [located(token[end].replace("$", "").upper()) for end in ("first", "last") if token[end]]
        (top, bottom), (left, right) = (sorted((ends[0][axis], ends[-1][axis])) for axis in (0, 1))
        if (bottom - top + 1) * (right - left + 1) > _MOST_CELLS:
            raise Incalculable
        found = [self.cells(sheet, (row, at)) for row in range(top, bottom + 1) for at in range(left, right + 1)]
        return found if token["last"] else found[0]

    def _function(self, name: str) -> Operands:
        arguments: list[Operands] = []
        while not self._sign(")"):
            if arguments and not self._sign(",", ";"):
                raise Incalculable
            arguments.append(self._compared())
        if name not in _FUNCTIONS:
            raise Incalculable
        fewest, most, function = _FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            raise Incalculable
        return function(arguments)


def _one(found: Operands) -> Operand:
    """A single value; which one of a range is meant depends on where the formula stands."""
    if isinstance(found, list):
        raise Incalculable
    return found


def _number(found: Operands) -> float:
    """What arithmetic makes of a value; texts are read by each computer's own habits."""
    value = _one(found)
    if isinstance(value, str):
        raise Incalculable
    return float(value or 0)


def _said(value: Operand) -> str:
    if isinstance(value, bool) or (isinstance(value, float) and value != int(value)):
        raise Incalculable  # said in the computer's language
    return value if isinstance(value, str) else f"{int(value)}" if value is not None else ""


def _compare(sign: str, left: Operand, right: Operand) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        if not (isinstance(left, str) and isinstance(right, str)) or sign not in ("=", "<>"):
            raise Incalculable
        return (left.casefold() == right.casefold()) == (sign == "=")
    return _COMPARED[sign](float(f"{_number(left) - _number(right):.6f}"), 0.0)


def _numbers(arguments: Iterable[Operands]) -> list[float]:
    """The numbers of a function that passes over texts and truths in cells."""
    found: list[float] = []
    for each in arguments:
        if isinstance(each, list):
            found += [value for value in each if isinstance(value, float)]
        else:
            found.append(_number(each))
    return found


def _rounded(rounding: str) -> Callable[[Sequence[Operands]], Operand]:
    def rounded(arguments: Sequence[Operands]) -> Operand:
        number, digits = _number(arguments[0]), int(_number(arguments[1])) if len(arguments) > 1 else 0
        return float(Decimal(f"{number:.15g}").quantize(Decimal(1).scaleb(-digits), rounding))

    return rounded


def _truths(arguments: Sequence[Operands]) -> list[bool]:
    return [bool(_number(each)) for each in arguments]


def _day(arguments: Sequence[Operands]) -> Operand:
    year, month, day = (int(_number(each)) for each in arguments)
    return float(serial(date(year, month, day)))


# Name -> fewest and most arguments, and what it gives.
_FUNCTIONS: dict[str, tuple[int, int, Callable[[Sequence[Operands]], Operand]]] = {
    "SUM": (1, 255, lambda given: math.fsum(_numbers(given))),
    "PRODUCT": (1, 255, lambda given: math.prod(_numbers(given))),
    "AVERAGE": (1, 255, lambda given: fmean(_numbers(given))),
    "MIN": (1, 255, lambda given: min(_numbers(given), default=0.0)),
    "MAX": (1, 255, lambda given: max(_numbers(given), default=0.0)),
    "COUNT": (1, 255, lambda given: float(len(_numbers(each for each in given if isinstance(each, list | float))))),
    "ROUND": (2, 2, _rounded(ROUND_HALF_UP)),
    "ROUNDUP": (2, 2, _rounded(ROUND_UP)),
    "ROUNDDOWN": (2, 2, _rounded(ROUND_DOWN)),
    "TRUNC": (1, 2, _rounded(ROUND_DOWN)),
    "INT": (1, 1, lambda given: float(math.floor(float(f"{_number(given[0]):.15g}")))),
    "ABS": (1, 1, lambda given: abs(_number(given[0]))),
    "POWER": (2, 2, lambda given: math.pow(_number(given[0]), _number(given[1]))),
    "IF": (3, 3, lambda given: _one(given[1]) if _number(given[0]) else _one(given[2])),
    "AND": (1, 255, lambda given: all(_truths(given))),
    "OR": (1, 255, lambda given: any(_truths(given))),
    "NOT": (1, 1, lambda given: not _number(given[0])),
    "TRUE": (0, 0, lambda _: True),
    "FALSE": (0, 0, lambda _: False),
    "DATE": (3, 3, _day),
}
