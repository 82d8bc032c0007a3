"""The first reading of a rule: its value in Python, with Excel's meaning of blank, text and number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeGuard

from loithe_xl.expr import Binary, Call, Choose, Compare, Logic, Name, Node, Not, Number, String, names

DIGITS = 6  # decimals that count when numbers are compared, in both readings
EPOCH = date(1899, 12, 30)
FIRST_DAY, END_OF_DAYS = 61, 2_958_466


@dataclass(frozen=True, slots=True)
class Flaw:
    """A cell that holds an Excel error or a formula without a result; no figure may be made of it."""

    what: str = "error"


Raw = int | Decimal | str | bool | Flaw | None
Values = Mapping[str, "Raw | Sequence[Raw]"]
Result = Decimal | str


class Undefined(Exception):
    """A rule has no value here: a flaw, or a division by zero."""


def truth(node: Node, values: Values) -> bool:
    """Whether a rule holds; Undefined when it cannot be said."""
    return _number(evaluate(node, values)) != 0


def evaluate(node: Node, values: Values) -> Result:
    """A rule's value: Decimal (truth is 1 or 0) or text."""
    match node:
        case Number(value):
            return value
        case String(value):
            return value
        case Name(id=name):
            return number_of(_scalar(name, values))
        case Binary(operator, left, right):
            return _arithmetic(operator, _number(evaluate(left, values)), _number(evaluate(right, values)))
        case Compare():
            return Decimal(_compare(node, values))
        case Logic(operator, parts):
            # Every part is looked at, as Excel does: an undefined one makes the whole undefined.
            held = [truth(part, values) for part in parts]
            return Decimal(all(held) if operator == "and" else any(held))
        case Not(part):
            return Decimal(not truth(part, values))
        case Choose(condition, yes, no):
            return evaluate(yes if truth(condition, values) else no, values)
        case Call():
            return _call(node, values)
    raise AssertionError(node)


def number_of(raw: Raw) -> Decimal:
    """What Excel's SUM makes of one cell: its number, or 0 for blank, text and TRUE/FALSE."""
    if isinstance(raw, Flaw):
        raise Undefined
    return Decimal(raw) if is_number(raw) else Decimal(0)


def is_number(raw: object) -> TypeGuard[int | Decimal]:
    """Whether Excel's ISNUMBER holds."""
    return isinstance(raw, int | Decimal) and not isinstance(raw, bool)


def is_filled(raw: Raw) -> bool:
    """Whether a cell holds something other than spaces."""
    return raw is not None and not (isinstance(raw, str) and not raw.strip(" "))


def is_whole(raw: Raw) -> bool:
    """Whether a cell holds a whole number."""
    return is_number(raw) and Decimal(raw) == int(Decimal(raw))


def serial(day: date) -> int:
    """A date as Excel counts days."""
    return (day - EPOCH).days


def day_of(number: Decimal | int) -> date | None:
    """The date of an Excel serial number; None outside 1/3/1900 to 31/12/9999, where spreadsheets disagree."""
    return EPOCH + timedelta(days=int(number)) if FIRST_DAY <= number < END_OF_DAYS else None


def round_half_up(number: Decimal) -> Decimal:
    """Excel's ROUND to DIGITS decimals; a number too large to have decimals stays as it is."""
    if number.adjusted() > 15:
        return number
    return number.quantize(Decimal(1).scaleb(-DIGITS), ROUND_HALF_UP)


def _compare(node: Compare, values: Values) -> bool:
    if node.on_text:
        same = _texts(node.left, values) == _texts(node.right, values)
        return same == (node.operator == "=")
    difference = round_half_up(_number(evaluate(node.left, values)) - _number(evaluate(node.right, values)))
    sign = (difference > 0) - (difference < 0)
    allowed = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1), "=": (0,), "<>": (-1, 1)}
    return sign in allowed[node.operator]


def _texts(node: Node, values: Values) -> str:
    if isinstance(node, Name):
        return _text_of(_scalar(node.id, values))
    value = evaluate(node, values)
    return value if isinstance(value, str) else ""


def _text_of(raw: Raw) -> str:
    if isinstance(raw, Flaw):
        raise Undefined
    return raw if isinstance(raw, str) else ""


def _call(node: Call, values: Values) -> Result:
    first = node.arguments[0]
    match node.function:
        case "month":
            return _month(_number(evaluate(first, values)))
        case "rows":
            return Decimal(_rows_where(first, values))
    assert isinstance(first, Name)
    if node.function in ("count", "sum", "min", "max", "first"):
        return _over_column(node, values)
    raw = _scalar(first.id, values)
    if node.function == "sound":
        return Decimal(not isinstance(raw, Flaw))
    if isinstance(raw, Flaw) and node.function in ("filled", "one_of", "length"):
        raise Undefined
    match node.function:
        case "filled":
            return Decimal(is_filled(raw))
        case "number":
            return Decimal(is_number(raw))
        case "whole":
            return Decimal(is_whole(raw))
        case "length":
            return Decimal(len(raw) if isinstance(raw, str) else 0)
        case _:  # one_of
            return Decimal(any(isinstance(item, String) and item.value == raw for item in node.arguments[1:]))


def _over_column(node: Call, values: Values) -> Result:
    cells = _column(node.arguments[-1], values)
    numbers = [Decimal(raw) for raw in cells if is_number(raw)]
    if node.function == "count":
        return Decimal(len(numbers))
    if node.function == "first" and not numbers:
        return ""
    if any(isinstance(raw, Flaw) for raw in cells):
        raise Undefined
    match node.function:
        case "sum":
            return sum(numbers, Decimal(0))
        case "min":
            return min(numbers, default=Decimal(0))
        case "max":
            return max(numbers, default=Decimal(0))
    return _text_of(_column(node.arguments[0], values)[list(cells).index(min(numbers))])


def _rows_where(condition: Node, values: Values) -> int:
    columns = {name: _column(Name(name), values) for name in names(condition)}
    rows = zip(*columns.values(), strict=True)
    return sum(truth(condition, dict(zip(columns, row, strict=True))) for row in rows)


def _column(node: Node, values: Values) -> Sequence[Raw]:
    assert isinstance(node, Name)
    cells = values[node.id]
    assert isinstance(cells, Sequence) and not isinstance(cells, str)
    return cells


def _scalar(name: str, values: Values) -> Raw:
    raw = values[name]
    assert isinstance(raw, str) or not isinstance(raw, Sequence)
    return raw


def _number(value: Result) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)


def _arithmetic(operator: str, left: Decimal, right: Decimal) -> Decimal:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    if right == 0:
        raise Undefined
    return left / right


def _month(number: Decimal) -> Decimal:
    day = day_of(number)
    return Decimal(day.year * 12 + day.month if day else 0)
