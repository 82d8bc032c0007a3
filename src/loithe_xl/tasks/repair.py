"""Repair: the inputs of an altered form that can be trusted, moved into a fresh copy of the same form."""

from __future__ import annotations

import os
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from loithe_xl.consolidation.ledger import (
    FILE_COLUMNS,
    RUN_COLUMNS,
    UNIT_COLUMNS,
    Ledgers,
    read_journal,
    read_receipts,
    read_register,
)
from loithe_xl.draw import form_book
from loithe_xl.draw.hidden import IDENTITY_MARK
from loithe_xl.draw.render import cell_case, package, parent_case, salt_of
from loithe_xl.form.inputs import Grid, Grids, blank
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import Loaded
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Signed
from loithe_xl.identity.trust import Trust
from loithe_xl.intake import openfile, parents, provenance, proving
from loithe_xl.intake.openfile import OpenedForm, ParentBook
from loithe_xl.intake.resemblance import compared_as, words_of
from loithe_xl.intake.unitnames import names_of
from loithe_xl.language.catalogue import LANGUAGES
from loithe_xl.language.issues import Fault, Issue, Place, issue
from loithe_xl.reading import guard, reader
from loithe_xl.reading.received import Received
from loithe_xl.repair.alignment import Landmarks
from loithe_xl.repair.salvage import Salvaged, salvage
from loithe_xl.system import store
from loithe_xl.tasks import sandbox
from loithe_xl.tasks.consolidate import rebuilt_case
from loithe_xl.tasks.office import Office, beside, shown
from loithe_xl.workbook.address import Address
from loithe_xl.workbook.book import Book, Link, Sheet
from loithe_xl.workbook.ownsheets import (
    COMPUTED,
    HIDDEN,
    HIDDEN_JOURNAL,
    HIDDEN_RECEIPTS,
    HIDDEN_REGISTER,
    OWN_SHEETS,
)

_T = TypeVar("_T")

# By its first cell a hidden sheet is known when its name was changed, a ledger by its fingerprint too.
_FIRST = {IDENTITY_MARK: HIDDEN, UNIT_COLUMNS[0]: HIDDEN_REGISTER, FILE_COLUMNS[0]: HIDDEN_RECEIPTS}
_FIRST |= {RUN_COLUMNS[0]: HIDDEN_JOURNAL}
_LEDGERS: dict[str, Callable[[Grid], object]] = {
    HIDDEN_REGISTER: read_register,
    HIDDEN_RECEIPTS: read_receipts,
    HIDDEN_JOURNAL: read_journal,
}


@dataclass(frozen=True, slots=True)
class Repaired:
    """The fresh form, what was moved into it, what was left and why, and what the fresh form's own checks say."""

    file: str
    unit: str
    out: Path
    moved: tuple[Place, ...]
    left: tuple[Issue, ...]
    issues: tuple[Issue, ...]


def repair(path: Path, out: Path, office: Office, by: Loaded | None = None) -> Repaired:
    """Make the fresh copy at ``out``; Fault when nothing can be done: the file cannot be read, its identity is not
    certain, or another office signed it. The file itself stays as it is; a former ``out`` is kept as a dated copy.
    ``by`` as in ``open_file``."""
    file = shown(path)
    if out.exists() and path.exists() and out.samefile(path):
        raise Fault([issue("REPAIR_OUT_SAME", Place(file=file))], 2)
    try:
        mending = _Mending(file, shown(out), office.trusted(), by)
        fresh = sandbox.read_one(path, mending, sandbox.OWN_SECONDS, sandbox.OWN_MEMORY)
    except Fault as fault:
        raise Fault([each.in_file(file) for each in fault.issues], 3) from fault
    written = store.write_over(out, fresh.data, office.stamp)
    issues = (*fresh.issues, *beside(out, written))
    return Repaired(file, fresh.unit, written, fresh.moved, fresh.left, issues)


@dataclass(frozen=True, slots=True)
class _Fresh:
    """The fresh form before it is written."""

    unit: str
    data: bytes
    moved: tuple[Place, ...]
    left: tuple[Issue, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class _Mending:
    """All that a worker does; how the file and the fresh form are called, and whose forms are repaired."""

    file: str
    out: str
    trusted: Trust
    by: Loaded | None = None

    def __call__(self, path: Path) -> _Fresh:
        received = _named(_received(path), {HIDDEN})
        altered = _identified(received, self.trusted, self.by)
        altered = replace(altered, received=_named(received, _LEDGERS))
        found, form = _salvaged(altered, self.file)
        case = rebuilt_case(form) if isinstance(form, ParentBook) else cell_case(form.unit_form, form.inputs)
        data = package(replace(case, saved=received.modified), salt_of(form.key))
        proving.workbook(form, self.out)(data)
        again = proving.opened(data, self.out, self.by)
        unit = form.identity.unit
        unnamed = (issue("REPAIR_NAME_LOST", unit=unit),) if form.unit_form.name == unit else ()
        read = tuple(each.in_file(self.file) for each in found.read)
        return _Fresh(unit, data, found.moved, found.left, (*unnamed, *read, *again.issues))


@dataclass(frozen=True, slots=True)
class _Altered:
    """A form to be repaired: whose it is, by which pack and layout, and what its file holds."""

    signed: Signed
    loaded: Loaded
    layout: Layout
    received: Received


def _received(path: Path) -> Received:
    """The file as values; Fault where the gate or the reader refuses it."""
    if not os.path.lexists(path):
        raise Fault([issue("PATH_MISSING")])
    data = guard.admit(path, links=True)
    received = data if isinstance(data, Issue) else reader.read(data, COMPUTED)
    if isinstance(received, Issue):
        raise Fault([received])
    return received


def _named(received: Received, names: Container[str]) -> Received:
    """What was received, with these hidden sheets under their own names; a ledger only where it is whole."""
    grids = dict(received.grids)
    for name, grid in received.grids.items():
        own = _FIRST.get(str(grid.get(1, 1)), name)
        whole = own not in _LEDGERS or own not in names or not isinstance(_LEDGERS[own](grid), Issue)
        if own in names and own not in grids and whole:
            grids[own] = grids.pop(name)
    return replace(received, grids=grids)


def _identified(received: Received, trusted: Trust, by: Loaded | None) -> _Altered:
    """The form with whose it is; Fault where that is not certain, or another office's key signed it."""
    signed = provenance.identified(received)
    if isinstance(signed, Issue):
        raise Fault([signed])
    if foreign := openfile.refusal(signed, trusted):
        raise Fault([foreign])
    by = None if provenance.carries_pack(received.grids) else by  # the one that its identity vouches for
    return _Altered(signed, *provenance.form_of(signed.identity, by, received.grids), received)


def _salvaged(altered: _Altered, file: str) -> tuple[Salvaged, OpenedForm]:
    """What can be moved, and the form as it will be: with inputs, names and, for a parent, its ledgers."""
    layout, received = altered.layout, altered.received
    ledgers, moved, left = _ledgers(altered) if layout.form.parent else (None, (), ())
    drawn = (_drawn(altered, ledgers, lang) for lang in LANGUAGES)
    unit_form, fresh = max(drawn, key=lambda drawn: _spoken(drawn[1], received))
    marks = {placed.sheet.name: drawn_marks(fresh, placed.sheet.name, layout) for placed in layout.sheets}
    others = {each.name: set[str]() for each in OWN_SHEETS}
    others |= {sheet.name: _said(sheet) for sheet in fresh.sheets if sheet.name not in marks}
    found = salvage(layout, marks, received, others)
    found = replace(found, moved=(*found.moved, *moved), left=(*found.left, *left))
    form = OpenedForm(file=file, unit_form=unit_form, key=altered.signed.key, inputs=found.inputs, grids=received.grids)
    return found, parents.consolidated(form, ledgers) if ledgers else form


def _drawn(altered: _Altered, ledgers: Ledgers | None, lang: str) -> tuple[UnitForm, Book]:
    """The form under its names in one language, and as it was before anything was typed."""
    identity, register = altered.signed.identity, ledgers.register if ledgers else None
    names = names_of(identity.unit, altered.received.grids, register, lang)
    unit_form = UnitForm(altered.loaded, identity, altered.signed.token, *names, lang)
    fresh = blank(unit_form.form)
    case = parent_case(unit_form, fresh, Ledgers(register), {}) if register else cell_case(unit_form, fresh)
    return unit_form, form_book(case)


def drawn_marks(book: Book, name: str, layout: Layout) -> Landmarks:
    """What a fresh form fills on one sheet: texts and numbers, and "" for inputs and what is computed."""
    found: dict[Address, str | int] = dict.fromkeys(layout.inputs_of(name), "")
    for at, cell in book.sheet(name).cells.items():
        value = cell.value.text if isinstance(cell.value, Link) else cell.value
        if at not in found and value is not None:
            found[at] = value if isinstance(value, str | int) else ""
    return found


def _spoken(book: Book, received: Received) -> int:
    """How many texts of the received sheets are the form's in one language."""
    said = set().union(*map(_said, book.sheets))
    return sum(compared_as(raw) in said for grid in received.grids.values() for _, _, raw in grid.cells())


def _said(sheet: Sheet) -> set[str]:
    return words_of(cell.value for cell in sheet.cells.values() if isinstance(cell.value, str))


def _ledgers(altered: _Altered) -> tuple[Ledgers, tuple[Place, ...], tuple[Issue, ...]]:
    """A parent's register, and its receipts and its journal, each whole or not at all; Fault without the register, for
    no workbook of a parent can be made then."""
    grids = altered.received.grids
    register = _ledger(grids, HIDDEN_REGISTER, read_register)
    if isinstance(register, Issue) or register.unit(altered.signed.identity.unit) is None:
        raise Fault([register if isinstance(register, Issue) else issue("LEDGER_DAMAGED")])
    receipts = _ledger(grids, HIDDEN_RECEIPTS, read_receipts)
    journal = _ledger(grids, HIDDEN_JOURNAL, read_journal)
    moved, left = [Place(sheet=HIDDEN_REGISTER)], list[Issue]()
    for name, ledger in ((HIDDEN_RECEIPTS, receipts), (HIDDEN_JOURNAL, journal)):
        if isinstance(ledger, Issue):
            left.append(issue("REPAIR_LEDGER", Place(sheet=name), sheet=name))
        else:
            moved.append(Place(sheet=name))
    kept = () if isinstance(receipts, Issue) else tuple(receipts)
    told = () if isinstance(journal, Issue) else tuple(journal)
    return Ledgers(register, kept, told), tuple(moved), tuple(left)


def _ledger(grids: Grids, name: str, read: Callable[[Grid], _T | Issue]) -> _T | Issue:
    grid = grids.get(name)
    return read(grid) if grid else issue("SHEET_MISSING", Place(sheet=name), sheet=name)
