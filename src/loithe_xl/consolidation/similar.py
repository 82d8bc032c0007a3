"""Who wrote the same: long texts that two units share, in their own files or beneath, for each file that counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from loithe_xl.consolidation.receipts import Receipt, UnitRow
from loithe_xl.language.cleaning import folded
from loithe_xl.language.issues import Issue, Place, issue

SIMILAR_FROM = 40  # letters from which identical texts of two units draw a warning
_SHOWN = 5  # units told


def same_texts(rows: Iterable[UnitRow]) -> dict[str, tuple[str, ...]]:
    """Unit -> the other units whose text is the same, for texts of SIMILAR_FROM letters or more."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        for id, words in row.texts.items():
            if len(words) >= SIMILAR_FROM and len(key := folded(words)) >= SIMILAR_FROM:
                owners[id, key].add(row.unit)
    found: dict[str, set[str]] = defaultdict(set)
    for units in owners.values():
        for unit in units:
            found[unit] |= units - {unit}
    return {unit: tuple(sorted(others)) for unit, others in found.items() if others}


def copied(receipts: Iterable[Receipt]) -> dict[str, list[Issue]]:
    """By SHA-256 of the files that count: a WARNING where the unit shares a text, and where one beneath it does so
    with a unit of another file (within the file its own office was warned)."""
    counted = list(receipts)
    same = same_texts(row for receipt in counted for row in receipt.rows)
    found: dict[str, list[Issue]] = defaultdict(list)
    for receipt in counted:
        place, inside = Place(file=receipt.file), {row.unit for row in receipt.rows}
        if others := same.get(receipt.unit):
            found[receipt.sha].append(issue("TEXT_IDENTICAL", place, others=_told(others)))
        beneath = (row.unit for row in receipt.rows if row.unit != receipt.unit)
        pairs = [f"{unit} = {other}" for unit in beneath for other in same.get(unit, ()) if other not in inside]
        if pairs:
            found[receipt.sha].append(issue("TEXT_IDENTICAL_BENEATH", place, pairs=_told(pairs)))
    return found


def _told(units: Iterable[str]) -> str:
    listed = list(units)
    return ", ".join(listed[:_SHOWN]) + (" …" if len(listed) > _SHOWN else "")
