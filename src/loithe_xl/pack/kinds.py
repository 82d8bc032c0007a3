"""What a field can be: one row per kind, with its look, its own checks and the aggregations it allows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from loithe_xl.rules.evaluate import Raw

YES, NO = "Có", "Không"


class Aggregate(StrEnum):
    """How a figure goes up a tier."""

    NONE = "none"  # stays with the unit's own row
    SUM = "sum"
    COUNT_YES = "count_yes"  # units that answered Có
    COUNT_EACH = "count_each"  # units per choice, as ids ``field.1``, ``field.2`` … in the list's order
    LIST = "list"  # texts with their unit


@dataclass(frozen=True, slots=True)
class FieldKind:
    """One kind of field.

    ``checks`` are (issue code, rule) with ``{x}`` for the field's name and ``{items}`` for its list; they speak in
    order, the first fault silences the rest. ``blank`` is what an empty optional field counts as.
    """

    name: str
    style: str
    validation: str
    checks: tuple[tuple[str, str], ...]
    aggregates: frozenset[Aggregate]
    blank: Raw = None
    numeric: bool = False


_NUMBER = ("FIELD_NOT_A_NUMBER", "not filled({x}) or number({x})")
_NEGATIVE = ("FIELD_NEGATIVE", "not number({x}) or {x} >= 0")
# 1/2 typed into a cell of a number format becomes 44.958: the day of that month in the year it was typed.
_LIKE_A_DATE = ("FIELD_LIKE_A_DATE", "not number({x}) or {x} < campaign_start - 366 or {x} > campaign_end + 366")
_IN_LIST = ("FIELD_NOT_IN_LIST", "not filled({x}) or one_of({x}, {items})")
_DATE = (
    ("FIELD_NOT_A_DATE", "not filled({x}) or number({x})"),
    ("FIELD_DATE_OUTSIDE", "not number({x}) or ({x} >= campaign_start and {x} < campaign_end + 1)"),
    ("FIELD_DATE_WITH_TIME", "not number({x}) or whole({x})"),
)
NOT_AFTER_CUTOFF = ("FIELD_DATE_AFTER_CUTOFF", "not number({x}) or {x} < cutoff + 1")
SOUND = ("FIELD_ERROR_VALUE", "sound({x})")
_NO_AGGREGATE, _TEXT = frozenset({Aggregate.NONE}), frozenset({Aggregate.NONE, Aggregate.LIST})

KINDS: dict[str, FieldKind] = {
    kind.name: kind
    for kind in (
        FieldKind(
            "count",
            "input_count",
            "whole",
            (_NUMBER, ("FIELD_NOT_WHOLE", "not number({x}) or whole({x})"), _NEGATIVE, _LIKE_A_DATE),
            frozenset({Aggregate.NONE, Aggregate.SUM}),
            blank=0,
            numeric=True,
        ),
        FieldKind(
            "decimal",
            "input_decimal",
            "decimal",
            (_NUMBER, _NEGATIVE, _LIKE_A_DATE),
            frozenset({Aggregate.NONE, Aggregate.SUM}),
            blank=0,
            numeric=True,
        ),
        FieldKind(
            "yesno",
            "input_choice",
            "list",
            (_IN_LIST,),
            frozenset({Aggregate.NONE, Aggregate.COUNT_YES}),
            blank=NO,
        ),
        FieldKind("choice", "input_choice", "list", (_IN_LIST,), frozenset({Aggregate.NONE, Aggregate.COUNT_EACH})),
        FieldKind("date", "input_date", "date", _DATE, _NO_AGGREGATE, numeric=True),
        FieldKind("text", "input_text", "text", (), _TEXT),
        FieldKind("paragraph", "input_paragraph", "text", (), _TEXT),
    )
}
