"""What each run saw and decided: an entry per file, by which rule, and what became of its unit's figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath

from loithe_xl.consolidation.receipts import Decision, Receipt, Rule, Ruling, Seen, Standing, Status, Verdict
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.issues import Severity, has_error
from loithe_xl.workbook.ownsheets import RECEIPTS

SHA = 12  # digits of a file's fingerprint that an entry shows
KEPT = 20_000  # entries that a workbook keeps, so that it stays openable however long it is used


class Effect(StrEnum):
    """What a run did to the file that counts for a unit."""

    NONE = ""
    COUNTS = "counts"  # from now on this file
    DROPPED = "dropped"  # this file no longer


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One file in one run. ``run`` numbers the runs that changed the parent, 0 is one that brought nothing new;
    ``moment`` is an ISO time, ``file`` a name without folders, ``sha`` the fingerprint's first 12 digits."""

    moment: str
    run: int
    file: str
    sha: str
    unit: str
    status: Status
    rule: Rule
    said: Text
    effect: Effect = Effect.NONE


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its moment and number, the files seen in it, and everything known before and after it.

    ``passing``: files of this run of which nothing is kept; they are no news for the parent.
    """

    moment: str
    number: int
    seen: Sequence[Seen]
    former: Sequence[Receipt]
    receipts: Sequence[Receipt]
    before: Decision
    after: Decision
    passing: frozenset[str] = frozenset()


def entries(run: Run) -> tuple[tuple[JournalEntry, ...], tuple[JournalEntry, ...]]:
    """What is new: files that came, or stand otherwise than before the run; and the files seen with nothing new.

    Both are sorted, so that the order in which the files were read leaves no trace.
    """
    marks = {receipt.sha: (receipt.withdrawn, receipt.rank) for receipt in run.former}
    new: list[Receipt] = []
    known: list[Receipt] = []
    for receipt in _everything(run):
        was, now = run.before.standing.get(receipt.sha), run.after.standing[receipt.sha]
        same = (was is not None and was.status is now.status) or receipt.sha in run.passing
        chosen = (receipt.withdrawn, receipt.rank) != marks.get(receipt.sha) and bool(receipt.rank)
        (known if same and not chosen else new).append(receipt)
    moved = {receipt.sha for receipt in new}
    seen = {receipt.sha for receipt, _ in run.seen}
    copies = [(each.sha, _line(run, each, here)) for each, here in run.seen if here.ruling.rule is Rule.COPY]
    told = [_entry(run, receipt) for receipt in new], [_entry(run, each) for each in known if each.sha in seen]
    for listed, wanted in zip(told, (True, False), strict=True):
        listed += [entry for sha, entry in copies if (sha in moved) is wanted]
    first, second = (tuple(sorted(listed, key=_order)) for listed in told)
    return first, second


def runs(journal: Iterable[JournalEntry]) -> int:
    """How many runs changed the parent so far."""
    return max((entry.run for entry in journal), default=0)


def latest(journal: Sequence[JournalEntry]) -> tuple[JournalEntry, ...]:
    """What a parent's workbook keeps of its journal; the file beside it keeps all."""
    return tuple(journal[-KEPT:])


def _everything(run: Run) -> Iterator[Receipt]:
    """Every file ever received, under the name it came by in this run."""
    names = {receipt.sha: receipt.file for receipt, _ in reversed(run.seen)}
    for receipt in run.receipts:
        yield replace(receipt, file=names.get(receipt.sha, receipt.file))


def _entry(run: Run, receipt: Receipt) -> JournalEntry:
    found = _line(run, receipt, run.after.standing[receipt.sha])
    return replace(found, effect=_effect(receipt, run.before.counted, run.after.counted))


def _line(run: Run, receipt: Receipt, here: Standing) -> JournalEntry:
    name, said = PurePath(receipt.file).name, _said(receipt, here.status, here.ruling)
    return JournalEntry(
        run.moment, run.number, name, receipt.sha[:SHA], receipt.unit, here.status, here.ruling.rule, said
    )


def _effect(receipt: Receipt, before: Mapping[str, Receipt], after: Mapping[str, Receipt]) -> Effect:
    was, now = (counted.get(receipt.unit) for counted in (before, after))
    if receipt.verdict is not Verdict.VALID or (was and was.sha) == (now and now.sha):
        return Effect.NONE
    if now and now.sha == receipt.sha:
        return Effect.COUNTS
    return Effect.DROPPED if was and was.sha == receipt.sha else Effect.NONE


def _said(receipt: Receipt, status: Status, ruling: Ruling) -> Text:
    """Why, in a sentence: how many faults, names of files, revisions and saved times, and never what was typed."""
    mine, theirs = ruling.mine, ruling.theirs
    if ruling.rule is Rule.SAVED:
        mine, theirs = _moment(mine), _moment(theirs)
    grave = has_error(receipt.issues)  # then what is only to be noted decided nothing
    told = sum((found.severity is Severity.ERROR) is grave for found in receipt.issues)
    given = {"other": PurePath(ruling.other).name, "mine": mine, "theirs": theirs, "count": told, "sheet": RECEIPTS}
    key = "copy" if ruling.rule is Rule.COPY else f"{status.value}_{ruling.rule.value}"
    said = text(f"journal.{key}", **given)
    if ruling.rule is Rule.PREFERRED and not ruling.other:
        said = text("journal.accepted_chosen")
    return said.then(text("journal.noted", **given)) if status is Status.ACCEPTED and told else said


def _moment(iso: str) -> str:
    """A saved time to the second, in UTC as files keep it."""
    return f"{datetime.fromisoformat(iso):%d/%m/%Y %H:%M:%S}" if iso else "–"


def _order(entry: JournalEntry) -> tuple[str, str, str, str]:
    return entry.unit, entry.file, entry.sha, entry.status.value
