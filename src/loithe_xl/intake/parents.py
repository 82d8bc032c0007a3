"""A parent's workbook as read: what its ledgers say, what that comes to, and whether it holds anything at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from loithe_xl.consolidation.consolidate import consolidate
from loithe_xl.consolidation.ledger import read_journal, read_receipts
from loithe_xl.consolidation.ledgercheck import impossible
from loithe_xl.consolidation.receipts import Receipt, Verdict, ids_of, without
from loithe_xl.form.checks import validate
from loithe_xl.form.coercion import explained
from loithe_xl.form.earlier import figures_ever, sent_up
from loithe_xl.form.inputs import constants
from loithe_xl.form.ownchecks import EMPTY, SILENT, TURNED_AWAY
from loithe_xl.intake.opened import Opened
from loithe_xl.language.issues import Issue, Place, Severity, issue
from loithe_xl.pack.spec import Pack
from loithe_xl.register.register import Register
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import HIDDEN_JOURNAL, HIDDEN_RECEIPTS


def read(opened: Opened) -> Opened:
    """A parent's workbook whose inputs are known, with what it received and what that comes to."""
    receipts = read_receipts(opened.grids[HIDDEN_RECEIPTS])
    kept = HIDDEN_JOURNAL in opened.grids
    journal = read_journal(opened.grids[HIDDEN_JOURNAL]) if kept else []
    if isinstance(receipts, Issue) or isinstance(journal, Issue):
        return opened.refused(*(each for each in (receipts, journal) if isinstance(each, Issue)))
    if receipts and not kept:  # a parent of an earlier version, or one that lost the sheet
        opened = opened.refused(issue("JOURNAL_ABSENT", Place(sheet=HIDDEN_JOURNAL), sheet=HIDDEN_JOURNAL))
    assert opened.loaded and opened.register and opened.identity
    register, loaded = opened.register, opened.loaded
    receipts = [_as_kept_now(each, register, loaded.pack.sensitive) for each in receipts]
    receipts = _still_asked(receipts, loaded.pack)
    forms = [layout.form for layout in loaded.layouts.values()]
    found = impossible(forms, register, opened.identity.unit, receipts)
    opened = with_receipts(replace(opened, journal=tuple(journal)), receipts)
    return opened.refused(*found, *_own_faults(opened))


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


def _own_faults(opened: Opened) -> list[Issue]:
    assert opened.layout
    return explained(validate(opened.layout, opened.inputs, opened.values), opened.hints)


def received(opened: Opened, receipts: Iterable[Receipt]) -> Opened:
    """The parent after a run: figures and faults computed anew from these receipts.

    Which units are silent and which files were returned a run tells one by one.
    """
    former = {each.in_file(opened.file) for each in _own_faults(opened)}
    kept = tuple(each for each in opened.issues if each not in former and each.code != EMPTY)
    now = with_receipts(replace(opened, issues=kept), receipts)
    return as_own(now.refused(*(each for each in _own_faults(now) if each.code not in (SILENT, TURNED_AWAY))))


def as_own(opened: Opened) -> Opened:
    """A parent as its own office has it open: that nothing came yet is a fault of what is sent up only."""
    issues = (replace(each, severity=Severity.WARNING) if each.code == EMPTY else each for each in opened.issues)
    return replace(opened, issues=tuple(issues))


def with_receipts(opened: Opened, receipts: Iterable[Receipt]) -> Opened:
    """The parent's workbook as it is with other receipts, its figures computed from them."""
    assert opened.layout and opened.loaded and opened.identity and opened.register
    form, identity, pack = opened.layout.form, opened.identity, opened.loaded.pack
    known = constants(pack, serial(identity.cutoff))
    kept = tuple(receipts)
    done = consolidate(pack, form, opened.register, identity.unit, opened.inputs, known, kept, identity.deadline)
    return replace(opened, receipts=kept, consolidation=done, values=done.rule_values)
