"""Which of the files received count: repeats, revisions, conflicts, units beside their ancestors.

Everything is a function of the set of receipts, so order, file names, repeats and the number of deliveries change
nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from loithe_xl.consolidation.differences import Naming, covered_issues, list_differences, revised
from loithe_xl.consolidation.receipts import (
    Decision,
    Receipt,
    Rule,
    Ruling,
    Seen,
    Standing,
    Status,
    Verdict,
    rows_digest,
)
from loithe_xl.consolidation.versions import Version, against, choose
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.pack.spec import Pack
from loithe_xl.register.register import Register


def decide(register: Register, parent: str, receipts: Iterable[Receipt], pack: Pack | None = None) -> Decision:
    """Where each receipt stands at the unit ``parent`` (a code), and which count; ``register`` holds its subtree, and
    ``pack`` says what messages call the figures.

    A function of the set of receipts alone: their order, names and repeats change nothing. At most one receipt counts
    for each unit.
    """
    lines, labels = _Lines(register, parent), Naming(register, pack)
    standing: dict[str, Standing] = {}
    groups: dict[str, list[Receipt]] = defaultdict(list)
    strangers: list[tuple[Receipt, list[str]]] = []
    for receipt in receipts:
        if away := _turned_away(receipt, lines):
            standing[receipt.sha] = away
        elif units := _strange(receipt, lines):
            strangers.append((receipt, units))
        else:
            groups[receipt.unit].append(receipt)
    winners: dict[str, Receipt] = {}
    for unit, group in groups.items():
        settled, winner = _settled(group, labels)
        standing |= settled
        if winner:
            winners[unit] = winner
    counted, beneath = _uncovered(winners, standing, lines, labels)
    return Decision(standing | beneath | _with_strangers(strangers, counted, labels), counted)


def of_run(decision: Decision, seen: Iterable[Receipt]) -> list[Seen]:
    """The files of one run, in order, each with where it stands. Of several with the same bytes the first has the
    standing of them all; each other is its copy, and a duplicate where the first counts."""
    found: list[Seen] = []
    first: dict[str, str] = {}
    for receipt in seen:
        here = decision.standing[receipt.sha]
        if receipt.sha in first:
            other = first[receipt.sha]
            status = Status.DUPLICATE if here.status is Status.ACCEPTED else here.status
            told = issue("SUBMISSION_DUPLICATE", Place(file=receipt.file), other=other)
            here = Standing(status, Ruling(Rule.COPY, other), (told,))
        first.setdefault(receipt.sha, receipt.file)
        found.append((receipt, here))
    return found


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


def _turned_away(receipt: Receipt, lines: _Lines) -> Standing | None:
    """Where a report stands that cannot count for what it is itself; None for one that may."""
    place = Place(file=receipt.file)
    if receipt.verdict is not Verdict.VALID:
        return Standing(Status(receipt.verdict.value), Ruling(Rule.FAULTS))
    if receipt.withdrawn:
        return Standing(Status.REFUSED, Ruling(Rule.WITHDRAWN), (issue("SUBMISSION_WITHDRAWN", place),))
    if not lines.is_beneath(receipt.unit, lines.parent):
        told = issue("UNIT_FOREIGN", place, parent=Naming(lines.register).unit(lines.parent))
        return Standing(Status.FOREIGN, Ruling(Rule.FAULTS), (told,))
    if receipt.empty:
        return Standing(Status.REFUSED, Ruling(Rule.FAULTS), (issue("FORM_EMPTY", place),))
    return None


def _strange(receipt: Receipt, lines: _Lines) -> list[str]:
    """The units in a report that the register does not have beneath its unit, or that stand in it twice."""
    units = [row.unit for row in receipt.rows]
    if units in ([receipt.unit], []):
        return []
    wrong = {unit for unit in units[1:] if not lines.is_beneath(unit, receipt.unit)}
    if units[0] != receipt.unit:
        wrong.add(units[0])
    if len(set(units)) < len(units):
        wrong |= {unit for unit, times in Counter(units).items() if times > 1}
    return sorted(wrong)


def _settled(group: Sequence[Receipt], labels: Naming) -> tuple[dict[str, Standing], Receipt | None]:
    """Where the files of one unit stand beside each other, and the report that wins; None where none does."""
    chosen = choose(group)
    standing: dict[str, Standing] = {}
    for version in chosen.versions:
        status = Status.CONFLICT if version in chosen.standing else Status.SUPERSEDED
        ruling = against(version, chosen.versions[0])
        standing |= {receipt.sha: Standing(status, ruling) for receipt in version}
    for version in chosen.versions[:2]:
        first = version[0].sha
        standing[first] = replace(standing[first], kept=_carrier(version).rows[:1])
    if len(chosen.standing) > 1:
        return standing | _in_conflict(standing, chosen.standing), None
    won, winner = _won(standing, chosen.versions, labels)
    return standing | won, winner


def _in_conflict(standing: Mapping[str, Standing], versions: Sequence[Version]) -> dict[str, Standing]:
    """The files of reports between which the office must choose."""
    found = {}
    for version in versions:
        rivals = [each for other in versions if other is not version for each in other]
        for receipt in version:
            others = sorted(each.file for each in (*rivals, *version) if each is not receipt)
            told = issue("SUBMISSION_CONFLICT", Place(file=receipt.file), others=list_differences(others, ", "))
            same = receipt.modified == rivals[0].modified != ""
            ruling = Ruling(Rule.EQUAL if same else Rule.UNDATED, rivals[0].file, str(receipt.key[0]))
            found[receipt.sha] = replace(standing[receipt.sha], ruling=ruling, issues=(told,))
    return found


def _won(
    standing: Mapping[str, Standing], versions: Sequence[Version], labels: Naming
) -> tuple[dict[str, Standing], Receipt | None]:
    """The newest report's files and the one before it; the winner only where its figures are still there."""
    first, *repeats = versions[0]
    carrier = _carrier(versions[0])
    winner = replace(first, rows=carrier.rows, digest=carrier.digest)
    found = {}
    for receipt in repeats:
        told = issue("SUBMISSION_DUPLICATE", Place(file=receipt.file), other=first.file)
        found[receipt.sha] = Standing(Status.DUPLICATE, Ruling(Rule.SAME, first.file), (told,))
    if winner.digest:
        told = issue("FIGURES_NOT_KEPT", Place(file=first.file), file=first.file)
        found[first.sha] = replace(
            standing[first.sha], status=Status.REFUSED, ruling=Ruling(Rule.UNKEPT), issues=(told,)
        )
        return found, None
    alone = Ruling(Rule.PREFERRED if any(each.rank for each in versions[0]) else Rule.SOUND)
    ruling = against(versions[0], versions[1]) if versions[1:] else alone
    found[first.sha] = Standing(Status.ACCEPTED, ruling, kept=winner.rows)
    if versions[1:]:
        former, older = versions[1][0], _carrier(versions[1])
        changes, whole = revised(older, winner, labels)
        found[former.sha] = replace(standing[former.sha], kept=older.rows if whole else older.rows[:1])
        found[first.sha] = found[first.sha].noticing(_replaced(winner, former.file, changes))
    return found, winner


def _replaced(winner: Receipt, older: str, changes: Text) -> Issue:
    """What the newest report changed in the one before it; those before that were told in their time."""
    place = Place(file=winner.file)
    if changes.vi:
        return issue("SUBMISSION_REVISED", place, older=older, changes=changes)
    return issue("SUBMISSION_REPLACED", place, older=older)


def _uncovered(
    winners: Mapping[str, Receipt], standing: Mapping[str, Standing], lines: _Lines, labels: Naming
) -> tuple[dict[str, Receipt], dict[str, Standing]]:
    """The reports that count: from the top down, each whose units stand in none that counts above it. And the standing
    of those that lie beneath one that counts."""
    counted: dict[str, Receipt] = {}
    inside: dict[str, frozenset[str]] = {}
    covered: list[tuple[Receipt, Receipt]] = []
    found: dict[str, Standing] = {}
    for unit in sorted(winners, key=lambda code: (len(lines.above(code)), code)):
        winner = winners[unit]
        books = [counted[code] for code in lines.above(unit) if code in counted]
        units = winner.units if books else frozenset()
        over = [book for book in books if not inside[book.unit].isdisjoint(units)]
        if over:
            covered.append((winner, over[-1]))
            continue
        counted[unit] = winner
        inside[unit] = winner.units
        if books:
            place, near = Place(file=winner.file), books[0]
            told = issue("COVERED_ABSENT", place, unit=labels.unit(unit), above=labels.unit(near.unit), file=near.file)
            found[winner.sha] = standing[winner.sha].noticing(told)
    there = frozenset[str]().union(*inside.values())
    for winner, above in covered:
        ruling = Ruling(Rule.ABOVE, above.file, theirs=above.unit)
        beside = covered_issues(winner, above, winner.units - there, labels)
        found[winner.sha] = replace(standing[winner.sha], status=Status.COVERED, ruling=ruling).noticing(*beside)
    return {unit: counted[unit] for unit in sorted(counted)}, found


def _with_strangers(
    strangers: Sequence[tuple[Receipt, list[str]]], counted: Mapping[str, Receipt], labels: Naming
) -> dict[str, Standing]:
    """The reports with units that they may not hold: they are refused, and the files that count for those named."""
    files = {unit: receipt.file for receipt in counted.values() for unit in receipt.units}
    found = {}
    for receipt, units in strangers:
        known = [labels.unit(unit) if labels.register.unit(unit) else "?" for unit in units]
        told = {"units": list_differences(sorted(set(known)), ", "), "unit": labels.unit(receipt.unit)}
        others = list_differences(sorted({files[unit] for unit in units if unit in files}), ", ")
        place = Place(file=receipt.file)
        why = issue("BOOK_UNIT_TWICE", place, files=others, **told)
        if not others:
            why = issue("BOOK_UNIT_ELSEWHERE", place, **told)
        found[receipt.sha] = Standing(Status.REFUSED, Ruling(Rule.FAULTS), (why,))
    return found


def _carrier(version: Version) -> Receipt:
    """The file of a report that holds its rows, as far as any does."""
    whole = [each for each in version if not each.digest]
    return whole[0] if whole else max(version, key=lambda each: len(each.rows))


def _remembered(receipt: Receipt, decision: Decision) -> Receipt:
    if receipt.verdict is not Verdict.VALID:
        return receipt
    standing = decision.standing[receipt.sha]
    if standing.status is Status.REFUSED and standing.ruling.rule is Rule.FAULTS:
        issues = tuple(dict.fromkeys((*receipt.issues, *standing.issues)))
        return replace(receipt, verdict=Verdict.REFUSED, rows=(), issues=issues, empty=False, digest="")
    rows = standing.kept
    whole = rows_digest(rows) == receipt.content if len(rows) != len(receipt.rows) or receipt.digest else True
    return replace(receipt, rows=rows, digest="" if whole else receipt.content)


def between(register: Register, unit: str, parent: str) -> list[str]:
    """The units above ``unit`` and below ``parent``, nearest first."""
    codes = [above.code for above in register.ancestors(unit)]
    return codes[: codes.index(parent)] if parent in codes else codes
