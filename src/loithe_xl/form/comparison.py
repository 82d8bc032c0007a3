"""The two values that a check compares, so that whoever reads of the fault sees both: which, of what kind, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain

from loithe_xl.caching import owned
from loithe_xl.form.layout import Layout
from loithe_xl.language.notation import count, day, plain
from loithe_xl.pack.spec import CONSTANTS, Check
from loithe_xl.rules.evaluate import Undefined, Values, evaluate, round_half_up
from loithe_xl.rules.syntax import Binary, Call, Choose, Compare, Logic, Name, Node, Number
from loithe_xl.workbook.daynumbers import day_of

COUNTED, DATED, SHARED = "count", "date", "rate"  # kinds of values
_HUNDREDTH = Decimal("0.01")
GROUPED, UNGROUPED = 1000, 10**9  # whole numbers from the first on, below the second, have their thousands apart


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of what a check compares. ``kind``: ``COUNTED``, ``DATED`` or ``SHARED`` (of a whole, 1 is all)."""

    left: Node
    right: Node
    kind: str

    def values(self, values: Values) -> tuple[Decimal, Decimal] | None:
        """What both sides come to, with the decimals that count; None where one has no number."""
        try:
            left, right = evaluate(self.left, values), evaluate(self.right, values)
        except Undefined:
            return None
        if not isinstance(left, Decimal) or not isinstance(right, Decimal):
            return None
        return round_half_up(left), round_half_up(right)

    def in_words(self, value: Decimal) -> str:
        """One of the values as people write it: 1.234, 12,5, 28/02/2023 or 25,5%."""
        if self.kind == DATED and (date := day_of(value)):
            return day(date)
        if self.kind == SHARED:
            return f"{plain((value * 100).quantize(_HUNDREDTH, ROUND_HALF_UP))}%"
        return count(value) if value == int(value) and GROUPED <= value < UNGROUPED else plain(value)


def compared(layout: Layout, check: Check, table: str = "") -> Sides | None:
    """What a check compares: its rule is a comparison of numbers, or has one as its last way to hold.

    ``table``: where the rule names columns of its own row. None where the form's own check speaks, where texts are
    compared, and where a value is held against zero, for then the message says all.
    """
    rule = check.rule.parts[-1] if isinstance(check.rule, Logic) and check.rule.operator == "or" else check.rule
    if check.own or not isinstance(rule, Compare) or rule.on_text:
        return None
    if any(isinstance(side, Number) and side.value == 0 for side in (rule.left, rule.right)):
        return None
    known = _kinds(layout)
    both = [_kind(side, known, table) for side in (rule.left, rule.right)]
    kind = next((each for each in both if each != COUNTED), COUNTED)
    left, right = (_bound(side) if kind == DATED else side for side in (rule.left, rule.right))
    return Sides(left, right, kind)


@owned
def _kinds(layout: Layout) -> Mapping[str, str]:
    """What is no count, by its name in rules."""
    form = layout.form
    columns = ((f"{id}.{column.id}", column.kind) for id, table in form.tables.items() for column in table.columns)
    fields = ((id, field.kind) for id, field in form.fields.items())
    figures = ((each.id, each.kind) for each in form.derived)
    known = {id: kind for id, kind in chain(columns, fields, figures) if kind in (DATED, SHARED)}
    return known | dict.fromkeys(CONSTANTS, DATED)


def _kind(node: Node, known: Mapping[str, str], table: str) -> str:
    match node:
        case Name(id):
            return known.get(f"{table}.{id}" if table else id) or known.get(id, COUNTED)
        case Binary("+" | "-", left, right):
            both = {_kind(left, known, table), _kind(right, known, table)}
            return DATED if both == {DATED, COUNTED} else SHARED if SHARED in both else COUNTED
        case Call("min" | "max", (column, *_)):
            return _kind(column, known, table)
        case Choose(_, yes, _):
            return _kind(yes, known, table)
    return COUNTED


def _bound(side: Node) -> Node:
    """``cutoff + 1`` says that a day, whatever its hour, is not after the cut-off: that is the day to tell."""
    match side:
        case Binary("+", day, Number(value)) if value == 1:
            return day
    return side
