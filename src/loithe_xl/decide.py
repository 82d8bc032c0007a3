"""Which of the files received count: repeats, revisions, conflicts, units beside their ancestors.

Everything is a function of the set of receipts, so order, file names, repeats and the number of deliveries change
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from loithe_xl.issues import Issue, Place, issue
from loithe_xl.receipts import Decision, Receipt, Rule, Ruling, Status, UnitRow, Verdict
from loithe_xl.register import Register
from loithe_xl.validate import plain

SHOWN_CHANGES = 8


def decide(register: Register, parent: str, receipts: Iterable[Receipt]) -> Decision:
    """Which of the receipts count at ``parent``; ``register`` holds its subtree."""
    status: dict[str, Status] = {}
    noticed: dict[str, list[Issue]] = defaultdict(list)
    why: dict[str, Ruling] = {}
    groups: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in receipts:
        if receipt.verdict is not Verdict.VALID:
            status[receipt.sha] = Status(receipt.verdict.value)
            why[receipt.sha] = Ruling(Rule.FAULTS)
        elif receipt.withdrawn:
            status[receipt.sha] = Status.REFUSED
            why[receipt.sha] = Ruling(Rule.WITHDRAWN)
            noticed[receipt.sha].append(issue("SUBMISSION_WITHDRAWN", Place(file=receipt.file)))
        else:
            groups[receipt.unit].append(receipt)
    winners = {}
    for unit, group in groups.items():
        winner = _choose(group, status, noticed, why)
        if winner:
            winners[unit] = winner
    counted = {}
    for unit in sorted(winners):
        above = [winners[code] for code in between(register, unit, parent) if code in winners]
        above = [receipt for receipt in above if not receipt.empty]
        if above:
            status[winners[unit].sha] = Status.COVERED
            why[winners[unit].sha] = Ruling(Rule.ABOVE, above[-1].file, theirs=above[-1].unit)
            noticed[winners[unit].sha] += _covered_issues(winners[unit], above[-1])
        else:
            counted[unit] = winners[unit]
    return Decision(status, counted, {sha: tuple(found) for sha, found in noticed.items()}, why)


def prefer(receipts: Sequence[Receipt], sha: str) -> list[Receipt]:
    """The receipts with one of them lifted above all of its unit that are known now; a newer revision still wins."""
    chosen = next(receipt for receipt in receipts if receipt.sha == sha)
    rivals = [receipt for receipt in receipts if receipt.unit == chosen.unit and receipt.verdict is Verdict.VALID]
    rank = max((receipt.key[0], receipt.key[1]) for receipt in rivals)
    lifted = []
    for receipt in receipts:
        if receipt.sha == sha:
            receipt = replace(receipt, rank=rank, withdrawn=False)
        elif receipt in rivals:
            receipt = replace(receipt, rank=None)
        lifted.append(receipt)
    return lifted


def withdraw(receipts: Sequence[Receipt], unit: str) -> list[Receipt]:
    """The receipts with every file of ``unit`` known now taken back."""
    return [
        replace(receipt, withdrawn=True) if receipt.unit == unit and receipt.verdict is Verdict.VALID else receipt
        for receipt in receipts
    ]


def _choose(
    group: Sequence[Receipt], status: dict[str, Status], noticed: dict[str, list[Issue]], why: dict[str, Ruling]
) -> Receipt | None:
    """The receipt of one unit that stands; marks the others as duplicate, superseded or in conflict."""
    versions: list[list[Receipt]] = []
    for receipt in sorted(group, key=lambda each: (each.received_at, each.sha)):
        like = next((version for version in versions if version[0].content == receipt.content), None)
        if like is None:
            versions.append([receipt])
        else:
            like.append(receipt)
    versions.sort(key=lambda version: max(each.key for each in version), reverse=True)
    best = max(each.key for each in versions[0])
    tied = [version for version in versions if max(each.key for each in version) == best]
    for version in versions:
        for receipt in version:
            status[receipt.sha] = Status.CONFLICT if len(tied) > 1 and version in tied else Status.SUPERSEDED
            why[receipt.sha] = _against(version, versions[0])
    if len(tied) > 1:
        for receipt in (each for version in tied for each in version):
            others = ", ".join(sorted(each.file for version in tied for each in version if each is not receipt))
            noticed[receipt.sha].append(issue("SUBMISSION_CONFLICT", Place(file=receipt.file), others=others))
            rival = next(version[0] for version in tied if receipt not in version)
            why[receipt.sha] = Ruling(Rule.EQUAL, rival.file, str(receipt.key[0]))
        return None
    winner, *repeats = versions[0]
    status[winner.sha] = Status.ACCEPTED
    alone = Ruling(Rule.PREFERRED if any(each.rank for each in versions[0]) else Rule.SOUND)
    why[winner.sha] = _against(versions[0], versions[1]) if versions[1:] else alone
    for receipt in repeats:
        status[receipt.sha] = Status.DUPLICATE
        why[receipt.sha] = Ruling(Rule.SAME, winner.file)
        noticed[receipt.sha].append(issue("SUBMISSION_DUPLICATE", Place(file=receipt.file), other=winner.file))
    for version in versions[1:]:
        older = version[0]
        told = issue("SUBMISSION_REVISED", Place(file=winner.file), older=older.file, changes=_revised(older, winner))
        noticed[winner.sha].append(told)
    return winner


def _against(mine: Sequence[Receipt], theirs: Sequence[Receipt]) -> Ruling:
    """What tells two reports of one unit apart, each with its repeats: the office's choice only where it was needed."""
    one, two = (max(version, key=lambda each: each.key) for version in (mine, theirs))
    first, last = (one, two) if one.key > two.key else (two, one)
    if first.rank and (first.revision, first.modified) <= last.key[:2]:
        return Ruling(Rule.PREFERRED, theirs[0].file)
    if one.revision != two.revision:
        return Ruling(Rule.REVISION, theirs[0].file, str(one.revision), str(two.revision))
    return Ruling(Rule.SAVED, theirs[0].file, one.modified, two.modified)


def between(register: Register, unit: str, parent: str) -> list[str]:
    """The units above ``unit`` and below ``parent``, nearest first."""
    codes = [above.code for above in register.ancestors(unit)]
    return codes[: codes.index(parent)] if parent in codes else codes


def _covered_issues(covered: Receipt, above: Receipt) -> list[Issue]:
    place = Place(file=covered.file)
    inside = next((row for row in above.rows[1:] if row.unit == covered.unit), None)
    if inside is None:
        return [issue("COVERED_ABSENT", place, above=above.unit, file=above.file)]
    changes = _changes(inside, covered.rows[0])
    return [issue("COVERED_DIFFERS", place, above=above.unit, changes=changes)] if changes else []


def _revised(older: Receipt, newer: Receipt) -> str:
    """What a newer report changes: its unit's own figures; if none of them, the units beneath that differ."""
    own = _changes(older.rows[0], newer.rows[0])
    before, now = ({row.unit: row for row in each.rows[1:]} for each in (older, newer))
    units = sorted(unit for unit in {*before, *now} if before.get(unit) != now.get(unit))
    return own or _listed(units)


def _changes(older: UnitRow, newer: UnitRow) -> str:
    """``members_total 12 → 15; …`` for the figures that differ; texts are named, never quoted."""
    ids = [*older.figures, *(id for id in newer.figures if id not in older.figures)]
    said = [
        f"{id} {plain(older.figures.get(id, 0))} → {plain(newer.figures.get(id, 0))}"
        for id in ids
        if older.figures.get(id, 0) != newer.figures.get(id, 0)
    ]
    said += sorted(id for id in {*older.texts, *newer.texts} if older.texts.get(id) != newer.texts.get(id))
    return _listed(said)


def _listed(said: Sequence[str]) -> str:
    return "; ".join(said[:SHOWN_CHANGES]) + (" …" if len(said) > SHOWN_CHANGES else "")
