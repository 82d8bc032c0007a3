"""A parent's workbook as read: what its ledgers say, what that comes to, and whether it holds anything at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields, replace
from typing import Any

from loithe_xl.consolidation.consolidate import consolidate
from loithe_xl.consolidation.ledger import Ledgers, read_journal, read_receipts
from loithe_xl.consolidation.ledgercheck import impossible
from loithe_xl.consolidation.receipts import Receipt, Verdict, ids_of, without
from loithe_xl.form.checks import validate
from loithe_xl.form.coercion import explained
from loithe_xl.form.earlier import figures_ever, sent_up
from loithe_xl.form.ownchecks import EMPTY, SILENT, TURNED_AWAY
from loithe_xl.intake.opened import BrokenParent, OpenedForm, ParentBook
from loithe_xl.language.issues import Issue, Place, Severity, issue
from loithe_xl.pack.spec import Pack
from loithe_xl.register.register import Register
from loithe_xl.workbook.ownsheets import HIDDEN_JOURNAL, HIDDEN_RECEIPTS


def read(form: OpenedForm, register: Register) -> ParentBook | BrokenParent:
    """A parent's workbook, from its entries and its register: with its other ledgers and what they come to, or broken
    where one of them cannot be read."""
    receipts = read_receipts(form.grids[HIDDEN_RECEIPTS])
    kept = HIDDEN_JOURNAL in form.grids
    journal = read_journal(form.grids[HIDDEN_JOURNAL]) if kept else []
    if isinstance(receipts, Issue) or isinstance(journal, Issue):
        broken = BrokenParent(**_shared(form), register=register)
        return broken.refused(*(each for each in (receipts, journal) if isinstance(each, Issue)))
    if receipts and not kept:  # a parent of an earlier version, or one that lost the sheet
        form = form.refused(issue("JOURNAL_ABSENT", Place(sheet=HIDDEN_JOURNAL), sheet=HIDDEN_JOURNAL))
    pack = form.unit_form.pack
    receipts = _still_asked((_as_kept_now(each, register, pack.sensitive) for each in receipts), pack)
    forms = [layout.form for layout in form.loaded.layouts.values()]
    found = impossible(forms, register, form.identity.unit, receipts)
    book = consolidated(form, Ledgers(register, tuple(receipts), tuple(journal)))
    return book.refused(*found, *_own_faults(book))


def _as_kept_now(receipt: Receipt, register: Register, sensitive: Collection[str]) -> Receipt:
    """Without what an earlier version kept: figures of units beneath that totals tell, codes of strangers' forms."""
    unit = receipt.unit if receipt.verdict is Verdict.VALID or register.unit(receipt.unit) else ""
    return replace(receipt, unit=unit, rows=(*receipt.rows[:1], *without(receipt.rows[1:], sensitive)))


def _still_asked(receipts: Iterable[Receipt], pack: Pack) -> list[Receipt]:
    """The receipts without figures that only earlier editions of the pack asked for."""
    kept = list(receipts)
    held = ids_of(kept)
    known = frozenset[str]().union(pack.indicators, *(sent_up(form) for form in pack.forms.values()))
    gone = (held - known) & figures_ever(pack) if held - known else frozenset[str]()
    return [replace(each, rows=without(each.rows, gone)) for each in kept] if gone else kept


def _own_faults(book: ParentBook) -> list[Issue]:
    return explained(validate(book.layout, book.inputs, book.values), book.hints)


def received(book: ParentBook, receipts: Iterable[Receipt]) -> ParentBook:
    """The parent after a run: figures and faults computed anew from these receipts.

    Which units are silent and which files were returned a run tells one by one.
    """
    former = {each.in_file(book.file) for each in _own_faults(book)}
    kept = tuple(each for each in book.issues if each not in former and each.code != EMPTY)
    now = with_receipts(replace(book, issues=kept), receipts)
    return as_own(now.refused(*(each for each in _own_faults(now) if each.code not in (SILENT, TURNED_AWAY))))


def as_own(book: ParentBook) -> ParentBook:
    """A parent as its own office has it open: that nothing came yet is a fault of what is sent up only."""
    issues = (replace(each, severity=Severity.WARNING) if each.code == EMPTY else each for each in book.issues)
    return replace(book, issues=tuple(issues))


def with_receipts(book: ParentBook, receipts: Iterable[Receipt]) -> ParentBook:
    """The parent with these receipts instead of its own, its figures computed from them."""
    return consolidated(book, replace(book.ledgers, receipts=tuple(receipts)))


def consolidated(form: OpenedForm, ledgers: Ledgers) -> ParentBook:
    """A parent's form with these ledgers, and what its entries and they come to."""
    done = consolidate(form.unit_form, form.inputs, ledgers.register, ledgers.receipts)
    known = {**_shared(form), "values": done.rule_values}
    return ParentBook(**known, ledgers=ledgers, consolidation=done)


def _shared(form: OpenedForm) -> dict[str, Any]:
    """What a parent's workbook is as a form: the fields of ``OpenedForm``."""
    return {each.name: getattr(form, each.name) for each in fields(OpenedForm)}
