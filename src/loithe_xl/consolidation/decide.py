"""Which of the files received count: repeats, revisions, conflicts, units beside their ancestors.

Everything is a function of the set of receipts, so order, file names, repeats and the number of deliveries change
nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from loithe_xl.consolidation.receipts import Decision, Receipt, Rule, Ruling, Status, UnitRow, Verdict, fingerprint
from loithe_xl.consolidation.versions import Version, against, choose
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.language.notation import plain_or_dash
from loithe_xl.register.register import Register

SHOWN_CHANGES = 8


def decide(register: Register, parent: str, receipts: Iterable[Receipt]) -> Decision:
    """Which of the receipts count at ``parent``; ``register`` holds its subtree."""
    found = _Found(_Lines(register, parent))
    for receipt in receipts:
        found.sort(receipt)
    for unit in found.groups:
        found.settle(unit)
    counted = found.uncovered()
    found.tell_strangers(counted)
    issues = {sha: tuple(told) for sha, told in found.noticed.items()}
    return Decision(found.status, counted, issues, found.why, found.kept)


def remembered(receipts: Iterable[Receipt], decision: Decision) -> list[Receipt]:
    """The receipts with what is needed from now on: rows only where they count, may count again without the file being
    read again, or tell what a newer report changed. A report that the register refuses is one that was refused."""
    return [_remembered(receipt, decision) for receipt in receipts]


def stopped(before: Decision, after: Decision) -> dict[str, Receipt]:
    """The units whose figures counted before and do not now, with the report in which they stood."""
    now = after.units
    return {unit: receipt for unit, receipt in sorted(before.units.items()) if unit not in now}


def prefer(receipts: Sequence[Receipt], sha: str) -> list[Receipt]:
    """The receipts with one of them lifted above all of its unit that are known now; a newer revision still wins."""
    chosen = next(receipt for receipt in receipts if receipt.sha == sha)
    rivals = [receipt for receipt in receipts if receipt.unit == chosen.unit and receipt.verdict is Verdict.VALID]
    rank = max((receipt.key[0], receipt.key[1]) for receipt in rivals)
    lifted = []
    for receipt in receipts:
        if receipt.sha == sha:
            receipt = replace(receipt, rank=rank, withdrawn=False, passed=False)
        elif receipt.unit == chosen.unit and receipt.verdict is Verdict.VALID:
            receipt = replace(receipt, rank=None, passed=True)
        lifted.append(receipt)
    return lifted


def withdraw(receipts: Sequence[Receipt], unit: str) -> list[Receipt]:
    """The receipts with every file of ``unit`` known now taken back."""
    return [
        replace(receipt, withdrawn=True) if receipt.unit == unit and receipt.verdict is Verdict.VALID else receipt
        for receipt in receipts
    ]


class _Lines:
    """Who stands above whom, each unit looked up once."""

    def __init__(self, register: Register, parent: str) -> None:
        self.register, self.parent = register, parent
        self.known: dict[str, tuple[str, ...]] = {}

    def above(self, unit: str) -> tuple[str, ...]:
        """The units above ``unit`` and below the parent, nearest first."""
        if unit not in self.known:
            self.known[unit] = tuple(between(self.register, unit, self.parent))
        return self.known[unit]

    def is_beneath(self, unit: str, above: str) -> bool:
        """Whether the register has ``unit`` beneath ``above``."""
        if self.register.unit(unit) is None or unit == above:
            return False
        if above == self.parent:
            return any(each.code == above for each in self.register.ancestors(unit))
        return above in self.above(unit)


class _Found:
    """What becomes of the receipts, step by step."""

    def __init__(self, lines: _Lines) -> None:
        self.lines = lines
        self.status: dict[str, Status] = {}
        self.why: dict[str, Ruling] = {}
        self.noticed: dict[str, list[Issue]] = defaultdict(list)
        self.kept: dict[str, tuple[UnitRow, ...]] = {}
        self.groups: dict[str, list[Receipt]] = defaultdict(list)
        self.winners: dict[str, Receipt] = {}
        self.strangers: dict[str, tuple[Receipt, list[str]]] = {}

    def sort(self, receipt: Receipt) -> None:
        """Turn a receipt away for what it is itself, or put it beside the others of its unit."""
        if receipt.verdict is not Verdict.VALID:
            self._turned_away(receipt, Status(receipt.verdict.value), Rule.FAULTS)
        elif receipt.withdrawn:
            told = issue("SUBMISSION_WITHDRAWN", Place(file=receipt.file))
            self._turned_away(receipt, Status.REFUSED, Rule.WITHDRAWN, told)
        elif not self.lines.is_beneath(receipt.unit, self.lines.parent):
            told = issue("UNIT_FOREIGN", Place(file=receipt.file), unit="?", parent=self.lines.parent)
            self._turned_away(receipt, Status.FOREIGN, Rule.FAULTS, told)
        elif receipt.empty:
            told = issue("FORM_EMPTY", Place(file=receipt.file))
            self._turned_away(receipt, Status.REFUSED, Rule.FAULTS, told)
        elif strange := self._strange(receipt):
            self.strangers[receipt.sha] = receipt, strange
            self._turned_away(receipt, Status.REFUSED, Rule.FAULTS)
        else:
            self.groups[receipt.unit].append(receipt)

    def _turned_away(self, receipt: Receipt, status: Status, rule: Rule, *told: Issue) -> None:
        self.status[receipt.sha], self.why[receipt.sha] = status, Ruling(rule)
        if told:
            self.noticed[receipt.sha] += told

    def _strange(self, receipt: Receipt) -> list[str]:
        """The units in a report that the register does not have beneath its unit, or that stand in it twice."""
        units = [row.unit for row in receipt.rows]
        if units in ([receipt.unit], []):
            return []
        wrong = {unit for unit in units[1:] if not self.lines.is_beneath(unit, receipt.unit)}
        if units[0] != receipt.unit:
            wrong.add(units[0])
        if len(set(units)) < len(units):
            wrong |= {unit for unit, times in Counter(units).items() if times > 1}
        return sorted(wrong)

    def settle(self, unit: str) -> None:
        """Which report of one unit stands; the others are duplicate, superseded or in conflict."""
        chosen = choose(self.groups[unit])
        for version in chosen.versions:
            for receipt in version:
                self.status[receipt.sha] = Status.CONFLICT if version in chosen.standing else Status.SUPERSEDED
                self.why[receipt.sha] = against(version, chosen.versions[0])
        for version in chosen.versions[:2]:
            carrier = _carrier(version)
            self.kept[version[0].sha] = carrier.rows[:1]
        if len(chosen.standing) > 1:
            self._conflict(chosen.standing)
        else:
            self._win(unit, chosen.versions)

    def _conflict(self, standing: Sequence[Version]) -> None:
        for version in standing:
            rivals = [each for other in standing if other is not version for each in other]
            for receipt in version:
                others = sorted(each.file for each in (*rivals, *version) if each is not receipt)
                told = issue("SUBMISSION_CONFLICT", Place(file=receipt.file), others=_listed(others, ", "))
                self.noticed[receipt.sha].append(told)
                same = receipt.modified == rivals[0].modified != ""
                rule = Rule.EQUAL if same else Rule.UNDATED
                self.why[receipt.sha] = Ruling(rule, rivals[0].file, str(receipt.key[0]))

    def _win(self, unit: str, versions: Sequence[Version]) -> None:
        first, *repeats = versions[0]
        winner = replace(first, rows=_carrier(versions[0]).rows, digest=_carrier(versions[0]).digest)
        alone = Ruling(Rule.PREFERRED if any(each.rank for each in versions[0]) else Rule.SOUND)
        self.why[first.sha] = against(versions[0], versions[1]) if versions[1:] else alone
        for receipt in repeats:
            self.status[receipt.sha], self.why[receipt.sha] = Status.DUPLICATE, Ruling(Rule.SAME, first.file)
            told = issue("SUBMISSION_DUPLICATE", Place(file=receipt.file), other=first.file)
            self.noticed[receipt.sha].append(told)
        if winner.digest:
            told = issue("FIGURES_NOT_KEPT", Place(file=first.file), file=first.file)
            self._turned_away(first, Status.REFUSED, Rule.UNKEPT, told)
            return
        self.status[first.sha], self.kept[first.sha] = Status.ACCEPTED, winner.rows
        self.winners[unit] = winner
        if versions[1:]:
            self._revised(winner, versions[1])

    def _revised(self, winner: Receipt, former: Version) -> None:
        """Tell what the newest report changed in the one before it; those before that were told in their time."""
        older = _carrier(former)
        changes, whole = _revised(older, winner)
        self.kept[former[0].sha] = older.rows if whole else older.rows[:1]
        place, named = Place(file=winner.file), former[0].file
        told = (
            issue("SUBMISSION_REVISED", place, older=named, changes=changes)
            if changes
            else issue("SUBMISSION_REPLACED", place, older=named)
        )
        self.noticed[winner.sha].append(told)

    def uncovered(self) -> dict[str, Receipt]:
        """The reports that count: from the top down, each whose units stand in none that counts above it."""
        counted: dict[str, Receipt] = {}
        inside: dict[str, frozenset[str]] = {}
        covered: list[tuple[Receipt, list[Receipt]]] = []
        for unit in sorted(self.winners, key=lambda code: (len(self.lines.above(code)), code)):
            winner = self.winners[unit]
            books = [counted[code] for code in self.lines.above(unit) if code in counted]
            units = winner.units if books else frozenset()
            over = [book for book in books if not inside[book.unit].isdisjoint(units)]
            if over:
                covered.append((winner, over))
                self.status[winner.sha] = Status.COVERED
                self.why[winner.sha] = Ruling(Rule.ABOVE, over[-1].file, theirs=over[-1].unit)
            else:
                counted[unit] = winner
                inside[unit] = winner.units
                if books:
                    place, near = Place(file=winner.file), books[0]
                    told = issue("COVERED_ABSENT", place, unit=unit, above=near.unit, file=near.file)
                    self.noticed[winner.sha].append(told)
        there = frozenset[str]().union(*inside.values())
        for winner, over in covered:
            self.noticed[winner.sha] += _covered_issues(winner, over[-1], winner.units - there)
        return {unit: counted[unit] for unit in sorted(counted)}

    def tell_strangers(self, counted: Mapping[str, Receipt]) -> None:
        """Name the units that a report may not hold, and the files that count for them."""
        files = {unit: receipt.file for receipt in counted.values() for unit in receipt.units}
        for sha, (receipt, units) in self.strangers.items():
            known = [unit if self.lines.register.unit(unit) else "?" for unit in units]
            told = {"units": _listed(sorted(set(known)), ", "), "unit": receipt.unit}
            others = _listed(sorted({files[unit] for unit in units if unit in files}), ", ")
            place = Place(file=receipt.file)
            if others:
                self.noticed[sha].append(issue("BOOK_UNIT_TWICE", place, files=others, **told))
            else:
                self.noticed[sha].append(issue("BOOK_UNIT_ELSEWHERE", place, **told))


def _carrier(version: Version) -> Receipt:
    """The file of a report that holds its rows, as far as any does."""
    whole = [each for each in version if not each.digest]
    return whole[0] if whole else max(version, key=lambda each: len(each.rows))


def _remembered(receipt: Receipt, decision: Decision) -> Receipt:
    if receipt.verdict is not Verdict.VALID:
        return receipt
    if decision.status[receipt.sha] is Status.REFUSED and decision.rulings[receipt.sha].rule is Rule.FAULTS:
        issues = tuple(dict.fromkeys((*receipt.issues, *decision.issues[receipt.sha])))
        return replace(receipt, verdict=Verdict.REFUSED, rows=(), issues=issues, empty=False, digest="")
    rows = decision.kept.get(receipt.sha, ())
    whole = fingerprint(rows) == receipt.content if len(rows) != len(receipt.rows) or receipt.digest else True
    return replace(receipt, rows=rows, digest="" if whole else receipt.content)


def between(register: Register, unit: str, parent: str) -> list[str]:
    """The units above ``unit`` and below ``parent``, nearest first."""
    codes = [above.code for above in register.ancestors(unit)]
    return codes[: codes.index(parent)] if parent in codes else codes


def _covered_issues(covered: Receipt, above: Receipt, lost: Iterable[str]) -> list[Issue]:
    """What a covered report tells otherwise than the one that counts, and whose figures it alone holds."""
    place, found = Place(file=covered.file), []
    if units := sorted(lost):
        told = {"units": _listed(units, ", "), "above": above.unit, "file": above.file}
        found.append(issue("COVERED_LOST", place, **told))
    inside = next((row for row in above.rows[1:] if row.unit == covered.unit), None)
    # Figures that only totals may tell do not stand in the rows of units beneath.
    changes = _changes(inside, covered.rows[0], [*inside.figures]) if inside else ""
    return [*found, issue("COVERED_DIFFERS", place, above=above.unit, changes=changes)] if changes else found


def _revised(older: Receipt, newer: Receipt) -> tuple[str, bool]:
    """What a newer report changes: its unit's own figures; if none of them, the units beneath that differ; and whether
    all rows of the older one were needed to tell it."""
    if not older.rows:
        return "", False
    own = _changes(older.rows[0], newer.rows[0])
    if own or older.digest:
        return own, False
    before, now = ({row.unit: row for row in each.rows[1:]} for each in (older, newer))
    units = sorted(unit for unit in {*before, *now} if before.get(unit) != now.get(unit))
    return _listed(units), bool(units)


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
    return _listed(said)


def _listed(said: Sequence[str], sign: str = "; ") -> str:
    return sign.join(said[:SHOWN_CHANGES]) + (" …" if len(said) > SHOWN_CHANGES else "")
