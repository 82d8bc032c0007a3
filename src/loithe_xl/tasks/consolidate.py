"""Consolidate: what was received goes into the parent's workbook, which is built again from values or left alone."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from loithe_xl.consolidation import journal
from loithe_xl.consolidation.consolidate import Child, in_order, turned_away
from loithe_xl.consolidation.decide import of_run, prefer, withdraw
from loithe_xl.consolidation.journal import JournalEntry
from loithe_xl.consolidation.receipts import Decision, Receipt, Rule, Ruling, Standing, Status, Verdict
from loithe_xl.draw import ParentCase, packs
from loithe_xl.draw.render import package, parent_case, salt_of
from loithe_xl.intake import inbox, proving
from loithe_xl.intake.inbox import Inbox
from loithe_xl.intake.judging import Judge, is_no_workbook, merged, news, settled
from loithe_xl.intake.openfile import Opened, OpenedForm, ParentBook, is_passed_over, open_file, refusal
from loithe_xl.intake.parents import as_own, received
from loithe_xl.language.issues import Fault, Issue, Place, issue
from loithe_xl.report import read_edits
from loithe_xl.system import store
from loithe_xl.tasks import journalfile
from loithe_xl.tasks.office import Office, beside, name_kept, shown
from loithe_xl.tasks.sandbox import FileWork, read_each, read_own
from loithe_xl.tasks.sources import links_to
from loithe_xl.workbook.ownsheets import LEDGERS

_COUNTED = (
    Status.ACCEPTED,
    Status.REFUSED,
    Status.DUPLICATE,
    Status.SUPERSEDED,
    Status.FOREIGN,
    Status.CONFLICT,
    Status.COVERED,
)

_LINKED = frozenset((Status.ACCEPTED, Status.REFUSED, Status.CONFLICT))


@dataclass(frozen=True, slots=True)
class ConsolidationRequest:
    """One run of consolidate."""

    into: Path
    paths: tuple[Path, ...]
    dry_run: bool = False
    prefer: Path | None = None
    withdraw: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsolidationResult:
    """What a run came to: the parent with its figures, the files of this run by status, and what was skipped."""

    parent: ParentBook
    counts: dict[Status, int]
    skipped: int
    issues: tuple[Issue, ...]
    written: Path | None = None
    copy: Path | None = None
    statuses: dict[str, Status] = field(default_factory=dict)
    changed: bool = False  # something was received that the parent did not hold yet
    entries: tuple[JournalEntry, ...] = ()  # what the file journal gets: every file of the run, and what it moved
    journal: Path | None = None  # where they went
    beside: tuple[Child, ...] = ()  # files of this run that are no workbooks: refused, and not kept
    places: Mapping[str, Path] = field(default_factory=dict)  # files of this run, by their SHA-256

    @property
    def children(self) -> tuple[Child, ...]:
        """The receipt list with what this run alone tells."""
        return in_order(*self.parent.consolidation.children, *self.beside)

    @property
    def seen(self) -> int:
        """Files of this run that were looked at."""
        return sum(self.counts.values())


def open_parent(path: Path) -> ParentBook:
    """The parent's workbook, its figures computed anew; Fault (exit 3) when it cannot be trusted.

    Faults in its own inputs never block it.
    """
    if not os.path.lexists(path):
        raise Fault([issue("PATH_MISSING", Place(file=shown(path)))])
    packs.load_all()
    return read_own(path, _parent)


def _parent(path: Path) -> ParentBook:
    """All that a run needs of the parent: without the cells of its ledgers, which are read already."""
    book = as_parent(open_file(path, shown(path)))
    return replace(book, grids={name: grid for name, grid in book.grids.items() if name not in LEDGERS})


def as_parent(opened: Opened) -> ParentBook:
    """A parent's workbook as its own office has it; Fault where it is none, or none that can be trusted."""
    match opened:
        case ParentBook():
            return as_own(opened)
        case OpenedForm() if not opened.layout.form.parent:
            raise Fault([issue("PARENT_NOT_A_PARENT", Place(file=opened.file))], 2)
    raise Fault(list(opened.issues))


def consolidate(request: ConsolidationRequest, office: Office) -> ConsolidationResult:
    """Read the files of ``request``, decide which count, and write its parent's workbook anew, with its journal.

    Nothing is written on a dry run, or where nothing is new. Fault (exit 3) when the parent cannot be trusted, what was
    written does not read back, or there is no room; then everything is as it was.
    """
    # Found before the lock's own file stands among them; what is not there is not locked either.
    found = inbox.find([*request.paths, *([request.prefer] if request.prefer else [])])
    with nullcontext() if request.dry_run or not request.into.is_file() else store.lock(request.into):
        result = take_in(open_parent(request.into), found, request, office)
        if request.dry_run:
            return result
        if result.changed:
            copy = store.keep_copy(request.into, office.stamp)
            data = rebuilt(result.parent, office.now, sources(result.parent, request.into, office, result.places))
            written = store.write(request.into, data, verify=proving.workbook(result.parent, request.into.name))
            issues = (*result.issues, *beside(request.into, written))
            result = replace(result, written=written, copy=copy, issues=issues)
        return noted(result, request.into)


def take_in(parent: ParentBook, found: Inbox, request: ConsolidationRequest, office: Office) -> ConsolidationResult:
    """What ``parent`` comes to with the files that were found; nothing is written."""
    if found.issues:
        raise Fault(list(found.issues), 2)
    here = request.into.resolve()
    files = [path for path in found.files if not _same(path, here)]
    own = len(found.files) - len(files)
    known, register = office.trusted(), parent.ledgers.register
    trusted = known.and_of(parent.key).within(register)
    stranger = refusal(parent.signed, known, "PARENT_FOREIGN")
    judge = Judge(parent.identity, register, trusted, office.moment)
    named = partial(name_kept, folder=office.folder)
    read = list(read_each(files, FileWork(judge, parent.loaded, trusted, named), office, "consolidate"))
    chosen = [receipt for path, receipt in zip(files, read, strict=True) if _same(path, request.prefer)]
    seen = [receipt for receipt in read if not is_passed_over(receipt.issues)]
    passed = [why for receipt in read if is_passed_over(receipt.issues) for why in receipt.issues]
    lasting = partial(settled, register, parent.identity.unit)
    after = lasting(_commanded(merged(parent.ledgers.receipts, seen), chosen, request, parent))
    done = received(parent, after)
    changed = after != lasting(parent.ledgers.receipts)
    run = _run(parent, done, seen, changed, office.moment)
    new, same = journal.entries(run)
    done = replace(done, ledgers=replace(done.ledgers, journal=journal.latest((*parent.ledgers.journal, *new))))
    notices = (*([stranger.in_file(parent.file)] if stranger else []), *(why for _, why in found.skipped), *passed)
    result = _count(done, run, len(found.skipped) + len(passed) + own, notices)
    decisions = parent.consolidation.decision, done.consolidation.decision
    told = news(*decisions, done.ledgers.receipts, result.statuses, request.withdraw)
    places = {receipt.sha: path for path, receipt in zip(files, read, strict=True)}
    entries, issues = (*new, *same), (*result.issues, *told)
    return replace(result, changed=changed, entries=entries, issues=issues, places=places)


def sources(parent: ParentBook, into: Path, office: Office, places: Mapping[str, Path] | None = None) -> dict[str, str]:
    """Where the files that count, or were turned away, lie now: links from the parent's workbook ``into``."""
    standing = parent.consolidation.decision.standing
    shown = (each for each in parent.ledgers.receipts if standing[each.sha].status in _LINKED)
    return links_to(shown, into, office.folder, places or {})


def noted(result: ConsolidationResult, into: Path) -> ConsolidationResult:
    """The run, told in the file journal beside the parent; its lock is held."""
    path, found = journalfile.add(into, result.entries, result.parent.unit_form.lang)
    return replace(result, journal=path, issues=(*result.issues, *found))


def rebuilt(parent: ParentBook, saved: datetime, sources: Mapping[str, str] | None = None) -> bytes:
    """The parent's whole workbook from its values, saved at that time; ``sources``: see ``ParentCase``."""
    return package(replace(rebuilt_case(parent, sources), saved=_later(saved, parent)), salt_of(parent.key))


def rebuilt_case(parent: ParentBook, sources: Mapping[str, str] | None = None) -> ParentCase:
    """What the parent's workbook shows now, from its values; its token and its seal are copied verbatim."""
    edits = read_edits(parent.grids)
    case = parent_case(parent.unit_form, parent.inputs, parent.ledgers, edits, parent.consolidation)
    return replace(case, sources=sources or {})


def _later(saved: datetime, parent: ParentBook) -> datetime:
    """The saved time in UTC, never before the former version's: of two versions the newer must win at the superior."""
    moment = saved.astimezone(UTC)
    return max(moment, datetime.fromisoformat(parent.modified) + timedelta(seconds=1)) if parent.modified else moment


def _run(parent: ParentBook, done: ParentBook, seen: Sequence[Receipt], changed: bool, moment: str) -> journal.Run:
    """What a run brought, each file with where it stands; files of which nothing is kept are refused."""
    passing = list({receipt.sha: receipt for receipt in reversed(seen) if is_no_workbook(receipt)}.values())
    before, after = parent.consolidation.decision, _with(done.consolidation.decision, passing)
    number = journal.runs(parent.ledgers.journal) + 1 if changed else 0
    receipts, only = (*done.ledgers.receipts, *passing), frozenset(receipt.sha for receipt in passing)
    return journal.Run(moment, number, of_run(after, seen), parent.ledgers.receipts, receipts, before, after, only)


def _with(decision: Decision, passing: Sequence[Receipt]) -> Decision:
    """The decision with the files of the run of which nothing is kept: they are refused."""
    refused = Standing(Status.REFUSED, Ruling(Rule.FAULTS))
    return replace(decision, standing={**decision.standing, **{receipt.sha: refused for receipt in passing}})


def _same(path: Path, other: Path | None) -> bool:
    """Whether both lead to one file; that they cannot is cheaper to say than where they lead."""
    if other is None:
        return False
    with suppress(OSError):
        if not path.samefile(other):
            return False
    return path.resolve() == other.resolve()


def _commanded(
    receipts: list[Receipt], chosen: Sequence[Receipt], request: ConsolidationRequest, parent: ParentBook
) -> list[Receipt]:
    for unit in request.withdraw:
        if not any(receipt.unit == unit and receipt.verdict is Verdict.VALID for receipt in receipts):
            raise Fault([issue("NOTHING_TO_WITHDRAW", unit=unit, parent=parent.file)], 2)
        receipts = withdraw(receipts, unit)
    if request.prefer:
        if not chosen or chosen[0].verdict is not Verdict.VALID:
            why = chosen[0].issues if chosen else ()
            raise Fault([*why, issue("PREFER_NOT_VALID", file=shown(request.prefer))], 2)
        receipts = prefer(receipts, chosen[0].sha)
    return receipts


def _count(done: ParentBook, run: journal.Run, skipped: int, issues: tuple[Issue, ...]) -> ConsolidationResult:
    """The files of this run by status, and what was noticed of those that the receipt list does not show."""
    aside = {receipt.sha: receipt for receipt, _ in run.seen if receipt.sha in run.passing}
    beside = tuple(turned_away(each, done.identity.deadline) for each in aside.values())
    listed = {child.sha for child in (*done.consolidation.children, *beside)}
    counts: Counter[Status] = Counter()
    statuses: dict[str, Status] = {}
    notices: list[Issue] = []
    for receipt, here in run.seen:
        counts[here.status] += 1
        if here.ruling.rule is Rule.COPY:
            notices += here.issues
            continue
        statuses[receipt.sha] = here.status
        if receipt.sha not in listed:
            notices += here.issues
    assert sum(counts[status] for status in _COUNTED) == len(run.seen), "a file of this run was lost from the count"
    told = (*issues, *notices)
    closed = {status: counts[status] for status in _COUNTED}
    return ConsolidationResult(done, closed, skipped, told, statuses=statuses, beside=beside)
