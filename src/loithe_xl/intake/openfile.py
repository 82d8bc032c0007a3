"""One received file as a value: identified, read and judged, with every fault found on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from loithe_xl.consolidation.consolidate import rows_sent_up
from loithe_xl.consolidation.ledger import read_register
from loithe_xl.consolidation.receipts import Receipt, UnitRow, Verdict, unit_row
from loithe_xl.consolidation.versions import evidence
from loithe_xl.draw import Case, form_book
from loithe_xl.form.checks import validate
from loithe_xl.form.coercion import coerce, explained
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Grid, blank, cut_cells, extract
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import Loaded
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity, Signed, fingerprint
from loithe_xl.identity.trust import Trust
from loithe_xl.intake import parents
from loithe_xl.intake.issued import differences, kept_seal
from loithe_xl.intake.opened import BrokenParent as BrokenParent
from loithe_xl.intake.opened import Opened as Opened
from loithe_xl.intake.opened import OpenedForm as OpenedForm
from loithe_xl.intake.opened import ParentBook as ParentBook
from loithe_xl.intake.opened import Unreadable as Unreadable
from loithe_xl.intake.parents import with_receipts as with_receipts
from loithe_xl.intake.provenance import form_of, identified
from loithe_xl.intake.structure import few
from loithe_xl.intake.unitnames import agreed_names
from loithe_xl.language.catalogue import LANGUAGES, Text, text
from loithe_xl.language.issues import Fault, Issue, Place, has_error, issue
from loithe_xl.reading import guard, reader
from loithe_xl.reading.received import Received
from loithe_xl.register.register import Register
from loithe_xl.rules.evaluate import Raw, is_number
from loithe_xl.workbook.book import Book
from loithe_xl.workbook.celltext import normal
from loithe_xl.workbook.ownsheets import (
    ABOVE_CELL,
    COMPUTED,
    HIDDEN,
    HIDDEN_RECEIPTS,
    HIDDEN_REGISTER,
    LANG_CELL,
    NAME_CELL,
    NO_FORM,
)

_PASSED = "SKIPPED_SLIPS"
_NAMED = 5  # fields that an earlier form did not ask for, by their labels


def open_file(path: Path, file: str, by: Loaded | None = None, trusted: Trust | None = None) -> Opened:
    """Read one file as far as it can be trusted. ``file`` is how it is named to the user.

    ``by`` is the only pack to read it by; without it the file's own embedded pack serves, or one of the program's.
    ``trusted``: a form that no trusted key signed is refused before a ledger or pack in it is read; None: all are.
    """
    data = guard.fetch(path)
    if isinstance(data, Issue):
        return unread(path, file, data)
    sha = hashlib.sha256(data).hexdigest()
    received = held(data, COMPUTED)
    if isinstance(received, Issue):
        return Unreadable(file, sha).refused(received)
    return opened(received, file, sha, by, trusted)


def is_passed_over(issues: Iterable[Issue]) -> bool:
    """Whether this was said of a workbook that we made ourselves and that is nobody's form."""
    return any(each.code == _PASSED for each in issues)


def held(data: bytes, skip: Container[str]) -> Received | Issue:
    """What a file's bytes hold, sheets named in ``skip`` left out, or why they cannot be read."""
    package = guard.unwrap(data, links=True)
    return package if isinstance(package, Issue) else reader.read(package, skip)


def unread(path: Path, file: str, why: Issue) -> Unreadable:
    """A file of which nothing is known but why, and its digest where it has one."""
    return Unreadable(file, guard.bytes_digest(path)).refused(why)


def opened(
    received: Received, file: str, sha: str = "", by: Loaded | None = None, trusted: Trust | None = None
) -> Opened:
    """What a workbook turns out to be, read from a file or from an open Excel; arguments as of ``open_file``."""
    signed = identified(received)
    if isinstance(signed, Issue):
        ours = signed.code == "TOKEN_MISSING" and NO_FORM in received.custom
        return Unreadable(file, sha).refused(issue(_PASSED) if ours else signed)
    name, above = agreed_names(signed.identity.unit, received.grids)
    so_far = Unreadable(file, sha, signed.identity.unit, signed=signed, name=name, above=above)
    known = _known(received, so_far, signed, by, trusted)
    if isinstance(known, Unreadable):
        return known
    read = _read(received, known)
    return read if isinstance(read, Unreadable) else _judged(*read)


@dataclass(frozen=True, slots=True)
class _Known:
    """A file of which is certain whose form it is, and by which pack to read it; ``so_far``: what stays if no entry
    can be read."""

    so_far: Unreadable
    signed: Signed
    loaded: Loaded
    layout: Layout


def _known(
    received: Received, so_far: Unreadable, signed: Signed, by: Loaded | None, trusted: Trust | None
) -> _Known | Unreadable:
    """Identify: whether its signer is trusted, and the pack and layout of the form."""
    stranger = refusal(signed, trusted) if trusted is not None else None
    if stranger and trusted:
        so_far = replace(so_far, unit=trusted.known(so_far.unit), name="", above="").refused(stranger)
    try:
        loaded, layout = form_of(signed.identity, by, {} if stranger else received.grids)
    except Fault as fault:
        return so_far if stranger else so_far.refused(*fault.issues)
    so_far = so_far.refused(*_of_earlier(loaded, layout))
    return so_far if stranger and layout.form.parent else _Known(so_far, signed, loaded, layout)


def _read(received: Received, known: _Known) -> tuple[OpenedForm, Register | None] | Unreadable:
    """Read: the names, a parent's register and the entries, where these stand in their places."""
    layout, grids = known.layout, received.grids
    hidden = (HIDDEN, HIDDEN_REGISTER, HIDDEN_RECEIPTS) if layout.form.parent else (HIDDEN,)
    absent = [issue("SHEET_MISSING", Place(sheet=name), sheet=name) for name in hidden if name not in grids]
    if absent:
        return known.so_far.refused(*absent)
    register = read_register(grids[HIDDEN_REGISTER]) if layout.form.parent else None
    if isinstance(register, Issue):
        return known.so_far.refused(register)
    unit_form = _unit_form(known, grids[HIDDEN])
    found = differences(received, unit_form, register, known.signed.key)
    if found.misplaced:
        return known.so_far.refused(*found.issues)
    typed = coerce(layout, extract(grids, layout, received.flawed), received.dated)
    form = OpenedForm(
        file=known.so_far.file,
        sha=known.so_far.sha,
        unit=known.so_far.unit,
        issues=known.so_far.issues,
        name=known.so_far.name,
        above=known.so_far.above,
        unit_form=unit_form,
        key=known.signed.key,
        inputs=typed.inputs,
        hints=typed.hints,
        modified=received.modified.isoformat(timespec="seconds") if received.modified else "",
        program=received.program,
        grids=grids,
    )
    return form.refused(*few([*found.issues, *cut_cells(layout, received.unlocked)]), *typed.issues), register


def _unit_form(known: _Known, hidden: Grid) -> UnitForm:
    """The form under the names that its workbook keeps; a parent's with its seal, for it is rendered anew."""
    found = unit_form_of(known.signed, known.loaded, hidden)
    return replace(found, seal=kept_seal(hidden, found.identity, known.signed.key)) if found.form.parent else found


def unit_form_of(signed: Signed, loaded: Loaded, hidden: Grid) -> UnitForm:
    """A unit's form under the names and in the language that the hidden sheet of its workbook keeps."""
    name, above, lang = (str(hidden.get(*cell) or "") for cell in (NAME_CELL, ABOVE_CELL, LANG_CELL))
    return UnitForm(loaded, signed.identity, signed.token, name, above, lang or "vi")


def _judged(form: OpenedForm, register: Register | None) -> OpenedForm:
    """Judge: a parent by its ledgers, any other form by its entries alone."""
    if register is not None:
        return parents.read(form, register)
    values = all_values(form.unit_form.form, form.inputs, form.unit_form.constants, {})
    faults = validate(form.layout, form.inputs, values)
    return replace(form, values=values).refused(*explained(faults, form.hints))


def _of_earlier(loaded: Loaded, layout: Layout) -> Iterator[Issue]:
    """That a form is of an earlier edition, where today's asks for more: nobody wonders then where figures are."""
    earlier = loaded.earlier_of(layout)
    if earlier and earlier.unasked:
        said = ([each.to(lang) for each in earlier.unasked] for lang in LANGUAGES)
        listed = Text(*("; ".join(each[:_NAMED]) + (" …" if len(each) > _NAMED else "") for each in said))
        yield issue("FORM_EARLIER", count=len(earlier.unasked), labels=listed)


def receipt_of(opened: Opened, verdict: Verdict, now: str, turned_away: Iterable[Issue] = ()) -> Receipt:
    """What the ledger keeps of a file; why it was turned away is its one fault, whatever else is wrong inside."""
    unit = normal(opened.unit)
    issues = tuple(each.in_file(opened.file) for each in turned_away) or opened.issues
    if verdict is not Verdict.VALID or isinstance(opened, Unreadable):
        return Receipt(_sha(opened), opened.file, unit, verdict, now, issues=issues)
    revision = opened.inputs.values.get(opened.unit_form.form.revision)
    return Receipt(
        _sha(opened),
        opened.file,
        unit,
        verdict,
        now,
        revision=int(revision) if is_number(revision) else 1,
        modified=evidence(opened.modified, opened.loaded.pack.start, opened.identity.cutoff, now),
        rows=rows_of(opened),
        issues=issues,
        program=opened.program,
    )


def rows_of(opened: OpenedForm) -> tuple[UnitRow, ...]:
    """The unit's own figures, then those of every unit beneath that are in them."""
    form = opened.unit_form.form
    if isinstance(opened, ParentBook):
        return rows_sent_up(opened.unit_form.pack, form, opened.inputs, opened.consolidation)
    if earlier := opened.loaded.earlier_of(opened.layout):
        values = all_values(earlier.counted, opened.inputs, opened.unit_form.constants, {})
        return (unit_row(opened.identity.unit, earlier.counted, opened.inputs, values),)
    return (unit_row(opened.identity.unit, form, opened.inputs, opened.values),)


def fresh_book(loaded: Loaded, layout: Layout) -> Book:
    """The form as it is before anything is typed, for comparison: it names no unit."""
    form, end = layout.form, loaded.pack.end
    identity = Identity("-", loaded.pack.period, end, end, loaded.pack.id, layout.digest)
    nobody, inputs = UnitForm(loaded, identity, "-", "-", "-"), blank(form)
    given: dict[str, Raw] = dict.fromkeys([*loaded.pack.indicators, *form.derived_by_id], 0) if form.parent else {}
    return form_book(Case(nobody, inputs, all_values(form, inputs, nobody.constants, given)))


def refusal(signed: Signed, trusted: Trust, code: str = "TOKEN_FOREIGN") -> Issue | None:
    """The issue of a form whose signer this office does not trust, or not for the form's unit."""
    if trusted.speaks(signed.key, signed.identity.unit):
        return None
    units = ", ".join(trusted.units(signed.key))
    why = text("cli.key_elsewhere", units=units) if units else text("cli.key_unknown")
    return issue(code, fingerprint=fingerprint(signed.key), why=why)


def failed(opened: Opened) -> bool:
    """Whether the file is refused by what was found in it."""
    return isinstance(opened, Unreadable) or has_error(opened.issues)


def _sha(opened: Opened) -> str:
    """What tells a file apart in the ledger: the digest of its bytes or, where nobody can read them, of its name."""
    return opened.sha or f"?{hashlib.sha256(opened.file.encode()).hexdigest()[:16]}"
