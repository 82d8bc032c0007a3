"""What becomes of a received file at a parent: accepted or turned away, and what is kept of it beside the others."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from loithe_xl.consolidation.decide import decide, remembered, stopped
from loithe_xl.consolidation.differences import Naming
from loithe_xl.consolidation.receipts import Decision, Receipt, Verdict
from loithe_xl.identity.token import Identity
from loithe_xl.identity.trust import Trust
from loithe_xl.intake.openfile import Opened, OpenedForm, ParentBook, failed, receipt_of, refusal
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.register.register import Register

# What lies in folders beside reports and is none: told in its run, never kept.
_NO_WORKBOOK = frozenset(
    ("FILE_PDF", "FILE_PICTURE", "FILE_ARCHIVE", "FILE_OTHER_DOCUMENT", "FILE_NOT_WORKBOOK", "FILE_TEXT")
)
_CALLED_WORKBOOK = (".xlsx", ".xls", ".xlsb", ".xlsm", ".xltx", ".xltm", ".et", ".ods", ".fods")
_SHOWN = 5  # units that are named


@dataclass(frozen=True, slots=True)
class Judge:
    """What a parent needs to know to accept a file; makes a receipt of what was read."""

    parent: Identity
    register: Register
    trusted: Trust
    moment: str

    def __call__(self, opened: Opened) -> Receipt:
        """What is known of a file from now on."""
        verdict, found = self._judged(opened)
        receipt = receipt_of(opened, verdict, self.moment, found)
        known = self.register.unit(receipt.unit)
        return receipt if known else replace(receipt, unit="")  # what a stranger's form says of itself goes nowhere

    def _judged(self, opened: Opened) -> tuple[Verdict, list[Issue]]:
        if opened.signed is None:
            return Verdict.REFUSED, []
        parent, identity, named = self.parent, opened.signed.identity, Naming(self.register).unit
        foreign = refusal(opened.signed, self.trusted)
        if foreign:
            return Verdict.FOREIGN, [foreign]
        if identity.pack != parent.pack:
            return Verdict.REFUSED, []  # as the reading said
        if (identity.period, identity.cutoff) != (parent.period, parent.cutoff):
            return Verdict.REFUSED, [_wrong_period(identity, parent)]
        unit = self.register.unit(identity.unit)
        if unit is None or unit.code == parent.unit:
            return Verdict.FOREIGN, [issue("UNIT_FOREIGN", parent=named(parent.unit))]
        if isinstance(opened, OpenedForm) and opened.layout.form.tier != unit.tier:
            return Verdict.REFUSED, [issue("TIER_WRONG", unit=named(unit.code))]
        if failed(opened):
            return Verdict.REFUSED, []
        other = self._otherwise(opened) if isinstance(opened, ParentBook) else []
        if other:
            units = ", ".join(map(named, other[:_SHOWN])) + (" …" if len(other) > _SHOWN else "")
            return Verdict.REFUSED, [issue("REGISTER_OTHER", unit=named(unit.code), units=units)]
        return Verdict.VALID, []

    def _otherwise(self, book: ParentBook) -> list[str]:
        """The units that the register inside a parent's workbook has otherwise than ours: of another tier or, where
        their figures are in it, under another superior."""
        inside = book.consolidation.decision.units
        found = []
        for theirs in book.ledgers.register.units:
            ours = self.register.unit(theirs.code)
            if ours and (
                ours.tier != theirs.tier
                or (theirs.code in inside and ours.parent != theirs.parent and book.ledgers.register.unit(ours.parent))
            ):
                found.append(theirs.code)
        return sorted(set(found))


def _wrong_period(identity: Identity, parent: Identity) -> Issue:
    cutoff, day = (f"{each.cutoff:%d/%m/%Y}" for each in (identity, parent))
    return issue("PERIOD_WRONG", period=identity.period, cutoff=cutoff, expected=parent.period, day=day)


def is_no_workbook(receipt: Receipt) -> bool:
    """Whether a file is a picture, a text or the like, and not even called a workbook: nobody sends it again."""
    if receipt.unit or receipt.file.lower().endswith(_CALLED_WORKBOOK):
        return False
    return any(found.code in _NO_WORKBOOK for found in receipt.issues)


def merged(before: Sequence[Receipt], seen: Sequence[Receipt]) -> list[Receipt]:
    """Everything ever received: bytes seen before keep the name, time and marks of their first run.

    A file of which nobody could tell whose it was has no line any longer once its name holds a form of ours.
    """
    good = {receipt.file for receipt in seen if receipt.unit}
    now = {receipt.sha for receipt in seen}
    known = {
        receipt.sha: receipt
        for receipt in before
        if receipt.unit or receipt.verdict is not Verdict.REFUSED or receipt.file not in good or receipt.sha in now
    }
    for receipt in seen:
        first = known.get(receipt.sha)
        if is_no_workbook(receipt):
            known.pop(receipt.sha, None)  # kept by an earlier version
        elif first is None:
            known[receipt.sha] = receipt
        elif receipt.verdict is not first.verdict:
            marked = replace(receipt, rank=first.rank, withdrawn=first.withdrawn, passed=first.passed)
            known[receipt.sha] = replace(marked, file=first.file, received_at=first.received_at)
        elif first.digest:  # its figures were let go, and are here again
            known[receipt.sha] = replace(first, rows=receipt.rows, digest="")
    return sorted(known.values(), key=lambda each: (each.unit, each.received_at, each.sha))


def settled(register: Register, unit: str, receipts: Iterable[Receipt]) -> list[Receipt]:
    """The receipts of ``unit`` as its workbook keeps them."""
    known = list(receipts)
    return remembered(known, decide(register, unit, known))


def news(
    before: Decision, after: Decision, receipts: Iterable[Receipt], seen: Container[str], withdrawn: Container[str] = ()
) -> list[Issue]:
    """What a run brought about for files that are not of this run, and whose figures count no more.

    ``seen``: the files of the run (by SHA-256); ``withdrawn``: the units that the office took back in it.
    """
    found: list[Issue] = []
    for receipt in receipts:
        if receipt.sha not in seen and not receipt.withdrawn:
            was = before.standing.get(receipt.sha)
            former = {*(was.issues if was else ()), *receipt.issues}
            found += (each for each in after.standing[receipt.sha].issues if each not in former)
    for unit, receipt in stopped(before, after).items():
        code = "UNIT_WITHDRAWN" if receipt.unit in withdrawn else "UNIT_STOPPED"
        found.append(issue(code, Place(file=receipt.file), unit=unit, file=receipt.file))
    return found
