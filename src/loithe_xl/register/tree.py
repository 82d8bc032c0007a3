"""Judges the rows of a register as a tree: codes, validity, parents, tiers and circles."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.language.notation import spans
from loithe_xl.register.register import CODE, END, PARENT, PARENT_TIERS, START, TIER, TIER_WORDS, Unit
from loithe_xl.workbook.address import address

_RANK = {"province": 0, "district": 1, "commune": 1, "base": 2, "cell": 3}


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A row understood; what was faulty is blank in ``unit``, and ``sound`` says whether the tree may judge it."""

    row: int
    unit: Unit
    sound: bool


@dataclass(slots=True)
class Findings:
    """Gathers issues with the cell they belong to; ``columns`` maps a header to its column number."""

    sheet: str
    columns: dict[str, int] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def add(self, code: str, row: int, header: str, **args: object) -> None:
        """One fault of one cell."""
        column = self.columns.get(header) or self.columns.get(CODE, 1)
        self.issues.append(issue(code, Place(sheet=self.sheet, cell=address(row, column)), **args))

    def add_group(self, code: str, entries: Sequence[RegisterEntry], header: str, **args: object) -> None:
        """One root fault that shows in several rows: placed at the first, all of them listed."""
        rows = [entry.row for entry in entries]
        self.add(code, rows[0], header, rows=spans(rows, "-"), **args)


# For each row by its index: the indices of its parent's rows that are in force together with it.
_Parents = Mapping[int, Sequence[int]]


def judge(entries: Sequence[RegisterEntry], numbers: frozenset[float], found: Findings) -> None:
    """Name every fault between rows. ``numbers``: codes typed as numbers, a fault already named elsewhere."""
    sound = [entry for entry in entries if entry.sound]
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for index, entry in enumerate(sound):
        rows_of[entry.unit.code].append(index)
    parents = {
        index: [above for above in rows_of.get(entry.unit.parent, ()) if sound[above].unit.meets(entry.unit)]
        for index, entry in enumerate(sound)
        if entry.unit.parent
    }
    _judge_codes(sound, rows_of, found)
    _judge_cases(sound, rows_of, found)
    _judge_roots(sound, found)
    _judge_known(sound, {entry.unit.code for entry in entries}, numbers, found)
    _judge_validity(sound, rows_of, parents, found)
    circles = list(_circles(parents))
    for circle in circles:
        chain = [sound[index].unit.code for index in circle]
        found.add_group(
            "REGISTER_CIRCLE", [sound[index] for index in circle], PARENT, chain=" → ".join([*chain, chain[0]])
        )
    _judge_tiers(sound, parents, {index for circle in circles for index in circle}, found)


def _judge_codes(sound: Sequence[RegisterEntry], rows_of: Mapping[str, Sequence[int]], found: Findings) -> None:
    for code, rows in rows_of.items():
        for position, index in enumerate(rows):
            unit = sound[index].unit
            for earlier in (sound[other] for other in rows[:position]):
                if earlier.unit.meets(unit):
                    same = (earlier.unit.start, earlier.unit.end) == (unit.start, unit.end)
                    fault, header = ("REGISTER_CODE_DUPLICATE", CODE) if same else ("REGISTER_DATES_OVERLAP", START)
                    found.add(fault, sound[index].row, header, unit=code, other=earlier.row)
                    break


def _judge_cases(sound: Sequence[RegisterEntry], rows_of: Mapping[str, Sequence[int]], found: Findings) -> None:
    """Codes that differ in capitals only: on many systems their forms would be one file."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for code in rows_of:
        alike[unicodedata.normalize("NFC", code.casefold())].append(code)
    for first, *others in alike.values():
        for code in others:
            row, other = sound[rows_of[code][0]].row, sound[rows_of[first][0]].row
            found.add("REGISTER_CODE_TWICE", row, CODE, unit=code, other=other, first=first)


def _judge_roots(sound: Sequence[RegisterEntry], found: Findings) -> None:
    """A blank parent is right at the top of the register only."""
    top = min((_RANK[entry.unit.tier] for entry in sound), default=0)
    for entry in sound:
        if not entry.unit.parent and _RANK[entry.unit.tier] > top:
            lost = entry.unit.tier == "cell"
            found.add("REGISTER_PARENT_BLANK" if lost else "REGISTER_ROOT_LOWER", entry.row, PARENT)


def _judge_known(sound: Sequence[RegisterEntry], codes: set[str], numbers: frozenset[float], found: Findings) -> None:
    lost: defaultdict[str, list[RegisterEntry]] = defaultdict(list)
    for entry in sound:
        if entry.unit.parent and entry.unit.parent not in codes and _number(entry.unit.parent) not in numbers:
            lost[entry.unit.parent].append(entry)
    for parent, children in lost.items():
        found.add_group("REGISTER_PARENT_MISSING", children, PARENT, parent=parent)


def _judge_validity(
    sound: Sequence[RegisterEntry], rows_of: Mapping[str, Sequence[int]], parents: _Parents, found: Findings
) -> None:
    never: defaultdict[str, list[RegisterEntry]] = defaultdict(list)
    outlived: defaultdict[str, list[RegisterEntry]] = defaultdict(list)
    for index, above in parents.items():
        entry = sound[index]
        if above and not _covered(entry.unit, [sound[other].unit for other in above]):
            outlived[entry.unit.parent].append(entry)
        elif not above and entry.unit.parent in rows_of:
            never[entry.unit.parent].append(entry)
    for parent, children in never.items():
        found.add_group("REGISTER_PARENT_NEVER", children, START, parent=parent)
    for parent, children in outlived.items():
        found.add_group("REGISTER_PARENT_ENDS", children, END, parent=parent)


def _covered(unit: Unit, parents: Sequence[Unit]) -> bool:
    """Whether from the first parent's day on the unit has a parent every day (before it, nobody kept records)."""
    spans = sorted((parent.first_day, parent.last_day) for parent in parents)
    day = max(unit.first_day, spans[0][0])
    for first, last in spans:
        if first > day:
            break
        day = max(day, last + 1)
    return day > unit.last_day


def _circles(parents: _Parents) -> Iterator[list[int]]:
    """Each circle once, from its first row upward."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for index, above in parents.items():
        for other in above:
            children[other].append(index)
    left = {index: len(above) for index, above in parents.items() if above}
    # Peel the tree from its roots: what stays lies on a circle or beneath one.
    free = [index for index in children if index not in left]
    while free:
        for child in children[free.pop()]:
            left[child] -= 1
            if not left[child]:
                del left[child]
                free.append(child)
    seen: set[int] = set()
    for index in sorted(left):
        path: dict[int, int] = {}
        while index not in seen:
            seen.add(index)
            path[index] = len(path)
            index = next(above for above in parents[index] if above in left)
        if index in path:
            circle = list(path)[path[index] :]
            first = circle.index(min(circle))
            yield circle[first:] + circle[:first]


def _judge_tiers(sound: Sequence[RegisterEntry], parents: _Parents, circling: set[int], found: Findings) -> None:
    wrong: defaultdict[tuple[int, str], list[RegisterEntry]] = defaultdict(list)
    for index, above in parents.items():
        tier = sound[index].unit.tier
        for other in above:
            if index not in circling and sound[other].unit.tier not in PARENT_TIERS[tier]:
                wrong[other, tier].append(sound[index])
    for (other, tier), children in wrong.items():
        parent = sound[other].unit
        words = {"tier": TIER_WORDS[tier], "parent_tier": TIER_WORDS[parent.tier]}
        found.add_group("REGISTER_TIER_WRONG", children, TIER, parent=parent.code, parent_row=sound[other].row, **words)


def _number(code: str) -> float | None:
    try:
        return float(code)
    except ValueError:
        return None
