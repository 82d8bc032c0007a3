"""What one report tells otherwise than another: figures, the units beneath, units that it alone holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loithe_xl.consolidation.receipts import Receipt, UnitRow
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.language.notation import plain_or_dash

SHOWN_CHANGES = 8


def covered_issues(covered: Receipt, above: Receipt, lost: Iterable[str]) -> list[Issue]:
    """What a covered report tells otherwise than the one that counts, and whose figures it alone holds."""
    place, found = Place(file=covered.file), []
    if units := sorted(lost):
        told = {"units": list_differences(units, ", "), "above": above.unit, "file": above.file}
        found.append(issue("COVERED_LOST", place, **told))
    inside = next((row for row in above.rows[1:] if row.unit == covered.unit), None)
    # Figures that only totals may tell do not stand in the rows of units beneath.
    changes = _changes(inside, covered.rows[0], [*inside.figures]) if inside else ""
    return [*found, issue("COVERED_DIFFERS", place, above=above.unit, changes=changes)] if changes else found


def revised(older: Receipt, newer: Receipt) -> tuple[str, bool]:
    """What a newer report changes: its unit's own figures; if none of them, the units beneath that differ; and whether
    all rows of the older one were needed to tell it."""
    if not older.rows:
        return "", False
    own = _changes(older.rows[0], newer.rows[0])
    if own or older.digest:
        return own, False
    before, now = ({row.unit: row for row in each.rows[1:]} for each in (older, newer))
    units = sorted(unit for unit in {*before, *now} if before.get(unit) != now.get(unit))
    return list_differences(units), bool(units)


def _changes(older: UnitRow, newer: UnitRow, ids: Sequence[str] | None = None) -> str:
    """``members_total 12 → 15; …`` for the figures that differ; texts are named, never quoted."""
    if ids is None:
        ids = [*older.figures, *(id for id in newer.figures if id not in older.figures)]
    said = [
        f"{id} {plain_or_dash(older.figures.get(id))} → {plain_or_dash(newer.figures.get(id))}"
        for id in ids
        if older.figures.get(id, 0) != newer.figures.get(id, 0)
    ]
    said += sorted(id for id in {*older.texts, *newer.texts} if older.texts.get(id) != newer.texts.get(id))
    return list_differences(said)


def list_differences(said: Sequence[str], sign: str = "; ") -> str:
    """The first of them in one line, and a sign that there are more."""
    return sign.join(said[:SHOWN_CHANGES]) + (" …" if len(said) > SHOWN_CHANGES else "")
