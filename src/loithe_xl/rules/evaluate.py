"""The first reading of a rule: its value in Python, with Excel's meaning of blank, text and number.

A rule is made into functions once, for the same few hundred are asked about every form.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeGuard, TypeVar, cast

from loithe_xl.rules.syntax import (
    COLUMN_FUNCTIONS,
    Binary,
    Call,
    Choose,
    Compare,
    Logic,
    Name,
    Node,
    Not,
    Number,
    String,
    names,
)
from loithe_xl.workbook.celltext import units
from loithe_xl.workbook.daynumbers import day_of

DIGITS = 6  # decimals that count when numbers are compared, in both readings


@dataclass(frozen=True, slots=True)
class Flaw:
    """A cell that holds an Excel error or a formula without a result; no figure may be made of it."""

    what: str = "error"


Raw = int | Decimal | str | bool | Flaw | None
Values = Mapping[str, "Raw | Sequence[Raw]"]
RuleValue = Decimal | str
_T = TypeVar("_T")
Reading = Callable[[Values], RuleValue]
Test = Callable[[Values], bool]
NumberReading = Callable[[Values], Decimal]
ZERO, ONE = Decimal(0), Decimal(1)
_STEP = Decimal(1).scaleb(-DIGITS)
_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


class Undefined(Exception):
    """A rule has no value here: a flaw, or a division by zero."""


def truth(node: Node, values: Values) -> bool:
    """Whether a rule holds; Undefined when it cannot be said."""
    return _made(node)[1](values)


def evaluate(node: Node, values: Values) -> RuleValue:
    """A rule's value by what ids hold: Decimal (truth is 1 or 0) or text.

    Numbers are rounded to DIGITS places before they are compared, as the form's formulas do. Raises Undefined where
    Excel would have an error or nothing, such as a division by zero.
    """
    return _made(node)[0](values)


def number_of(raw: Raw) -> Decimal:
    """What Excel's SUM makes of one cell: its number, or 0 for blank, text and TRUE/FALSE."""
    if isinstance(raw, Flaw):
        raise Undefined
    return Decimal(raw) if is_number(raw) else ZERO


def is_number(raw: object) -> TypeGuard[int | Decimal]:
    """Whether Excel's ISNUMBER holds."""
    return isinstance(raw, int | Decimal) and not isinstance(raw, bool)


def is_filled(raw: Raw) -> bool:
    """Whether a cell holds something other than spaces."""
    return raw is not None and not (isinstance(raw, str) and not raw.strip(" "))


def is_whole(raw: Raw) -> bool:
    """Whether a cell holds a whole number."""
    return is_number(raw) and Decimal(raw) == int(Decimal(raw))


def round_half_up(number: Decimal) -> Decimal:
    """Excel's ROUND to DIGITS decimals; a number too large to have decimals stays as it is."""
    if number.adjusted() > 15:
        return number
    return number.quantize(_STEP, ROUND_HALF_UP)


def _made(node: Node) -> tuple[Reading, Test]:
    """A rule as functions: its value, and whether it holds. They are kept in its tree and go with it."""
    try:
        return cast("tuple[Reading, Test]", node.made)
    except AttributeError:
        found = _run(node), _test(node)
        object.__setattr__(node, "made", found)
        return found


def _run(node: Node) -> Reading:
    """A function that gives a node's value."""
    match node:
        case Number(value) | String(value):
            return lambda _: value
        case Name(id=name):
            return lambda values: number_of(_scalar(name, values))
        case Binary(sign, left, right):
            return _arithmetic(sign, _figure(left), _figure(right))
        case Choose(condition, yes, no):
            test, first, second = _test(condition), _run(yes), _run(no)
            return lambda values: first(values) if test(values) else second(values)
        case Call("month", (part,)):
            figure = _figure(part)
            return lambda values: _month(figure(values))
        case Call("rows", (part,)):
            return _rows_where(part)
        case Call("length", (Name(id=name),)):
            return lambda values: Decimal(units(_text_of(_scalar(name, values))))
        case Call(function, arguments) if function in COLUMN_FUNCTIONS:
            columns = [part.id for part in arguments if isinstance(part, Name)]
            return lambda values: _over_column(function, [_column(column, values) for column in columns])
    holds = _test(node)
    return lambda values: ONE if holds(values) else ZERO


def _test(node: Node) -> Test:
    """A function that says whether a node holds."""
    match node:
        case Compare():
            return _comparison(node)
        case Logic(word, parts):
            # Every part is looked at, as Excel does: an undefined one makes the whole undefined.
            tests, held = [_test(part) for part in parts], all if word == "and" else any
            return lambda values: held([test(values) for test in tests])
        case Not(part):
            test = _test(part)
            return lambda values: not test(values)
        case Call(function, (Name(id=name), *items)) if function in _CELL_TESTS:
            known = frozenset(item.value for item in items if isinstance(item, String))
            cell_test = _CELL_TESTS[function]
            return lambda values: cell_test(_scalar(name, values), known)
    figure = _figure(node)
    return lambda values: figure(values) != 0


def _figure(node: Node) -> NumberReading:
    """A function that gives a node's number; a text counts 0."""
    run = _run(node)

    def figure(values: Values) -> Decimal:
        value = run(values)
        return value if isinstance(value, Decimal) else ZERO

    return figure


def _arithmetic(sign: str, left: NumberReading, right: NumberReading) -> NumberReading:
    make = _ARITHMETIC[sign]
    if sign != "/":
        return lambda values: make(left(values), right(values))

    def divide(values: Values) -> Decimal:
        above, below = left(values), right(values)
        if below == 0:
            raise Undefined
        return make(above, below)

    return divide


def _comparison(node: Compare) -> Test:
    if node.on_text:
        first, second, same = _words(node.left), _words(node.right), node.operator == "="
        return lambda values: (first(values) == second(values)) == same
    left, right, compare = _figure(node.left), _figure(node.right), _COMPARISONS[node.operator]
    return lambda values: compare(round_half_up(left(values) - right(values)), ZERO)


def _words(node: Node) -> Callable[[Values], str]:
    if isinstance(node, Name):
        name = node.id
        return lambda values: _text_of(_scalar(name, values))
    run = _run(node)

    def words(values: Values) -> str:
        value = run(values)
        return value if isinstance(value, str) else ""

    return words


def _text_of(raw: Raw) -> str:
    return raw if isinstance(raw, str) else _sound(raw, "")


def _sound(raw: Raw, value: _T) -> _T:
    """The value, unless the cell is flawed."""
    if isinstance(raw, Flaw):
        raise Undefined
    return value


_CELL_TESTS: dict[str, Callable[[Raw, frozenset[str]], bool]] = {
    "sound": lambda raw, _: not isinstance(raw, Flaw),
    "filled": lambda raw, _: _sound(raw, is_filled(raw)),
    "number": lambda raw, _: is_number(raw),
    "whole": lambda raw, _: is_whole(raw),
    "one_of": lambda raw, known: _sound(raw, raw in known),
}


def _over_column(function: str, columns: Sequence[Sequence[Raw]]) -> RuleValue:
    cells = [raw for raw in columns[-1] if raw is not None]
    numbers = [Decimal(raw) for raw in cells if is_number(raw)]
    if function == "count":
        return Decimal(len(numbers))
    if function == "first" and not numbers:
        return ""
    if any(isinstance(raw, Flaw) for raw in cells):
        raise Undefined
    match function:
        case "sum":
            return sum(numbers, ZERO)
        case "min":
            return min(numbers, default=ZERO)
        case "max":
            return max(numbers, default=ZERO)
    return _text_of(columns[0][list(columns[-1]).index(min(numbers))])


def _rows_where(condition: Node) -> NumberReading:
    """A function that counts the rows of a table for which a condition over its columns holds."""
    columns, test = tuple(names(condition)), _test(condition)

    none = (None,) * len(columns)
    blank = dict(zip(columns, none, strict=True))

    def count(values: Values) -> Decimal:
        rows = list(zip(*(_column(column, values) for column in columns), strict=True))
        blanks = rows.count(none)  # most rows: judged once
        found = sum(test(dict(zip(columns, row, strict=True))) for row in rows if row != none)
        return Decimal(found + (blanks * test(blank) if blanks else 0))

    return count


def _column(name: str, values: Values) -> Sequence[Raw]:
    cells = values[name]
    if isinstance(cells, list | tuple):
        return cells
    raise TypeError(f"{name} is a single value, and the rule asks for a column")


def _scalar(name: str, values: Values) -> Raw:
    raw = values[name]
    if isinstance(raw, list | tuple):
        raise TypeError(f"{name} is a column, and the rule asks for a single value")
    return raw  # type: ignore[return-value]


def _month(number: Decimal) -> Decimal:
    day = day_of(number)
    return Decimal(day.year * 12 + day.month if day else 0)
