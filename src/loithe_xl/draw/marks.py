"""Words that stand for a unit's own while one form is drawn for many units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnitMarks:
    """What stands for a unit's code, its name, its superior's name, its token, and the last row of its register."""

    unit: str
    name: str
    above: str
    token: str
    last: str


def _between(sign: str) -> UnitMarks:
    words = ("UNIT_CODE", "UNIT_NAME", "ABOVE_NAME", "TOKEN", "LAST_ROW")
    return UnitMarks(*(f"{sign}{word}{sign}" for word in words))


STAMPED = _between("@@")  # filled in wherever they stand in a form that is made out to a unit
SEALED = _between("%%")  # others, for a seal keeps them in that form
