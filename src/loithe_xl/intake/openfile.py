"""One received file as a value: bytes, identity, inputs, figures and every fault found on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from loithe_xl.consolidation.consolidate import rows_sent_up
from loithe_xl.consolidation.ledger import read_register
from loithe_xl.consolidation.receipts import Receipt, UnitRow, Verdict, unit_row
from loithe_xl.consolidation.versions import evidence
from loithe_xl.draw import Case, form_book
from loithe_xl.form.checks import validate
from loithe_xl.form.coercion import explained, settle
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import blank, constants, cut_cells, extract, outside
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import Loaded
from loithe_xl.identity.token import Identity, fingerprint
from loithe_xl.identity.trust import Trust
from loithe_xl.intake import parents
from loithe_xl.intake.issued import as_issued, as_sealed
from loithe_xl.intake.opened import Opened as Opened
from loithe_xl.intake.parents import with_receipts as with_receipts
from loithe_xl.intake.provenance import form_of, identified
from loithe_xl.intake.seal import beside_words
from loithe_xl.intake.structure import changed, few, misplaced
from loithe_xl.language.catalogue import LANGUAGES, Text, text
from loithe_xl.language.issues import Fault, Issue, Place, has_error, issue
from loithe_xl.reading import guard, reader
from loithe_xl.reading.received import Received
from loithe_xl.rules.evaluate import Raw, is_number
from loithe_xl.workbook.book import Book
from loithe_xl.workbook.celltext import normal
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import COMPUTED, HIDDEN, HIDDEN_RECEIPTS, HIDDEN_REGISTER

NAMED = 5  # fields that an earlier form did not ask for, by their labels


def open_file(path: Path, file: str, by: Loaded | None = None, trusted: Trust | None = None) -> Opened:
    """Read one file as far as it can be trusted. ``file`` is how it is named to the user.

    ``by`` is the only pack to read it by; without it the file's own embedded pack serves, or one of the program's.
    ``trusted``: a form that no trusted key signed is refused before a ledger or pack in it is read; None: all are.
    """
    data = guard.fetch(path)
    if isinstance(data, Issue):
        return unread(path, file, data)
    sha = hashlib.sha256(data).hexdigest()
    package = guard.unwrap(data, links=True)
    received = package if isinstance(package, Issue) else reader.read(package, COMPUTED)
    if isinstance(received, Issue):
        return Opened(file, sha).refused(received)
    return opened(received, file, sha, by, trusted)


def unread(path: Path, file: str, why: Issue) -> Opened:
    """A file of which nothing is known but why, and its digest where it has one."""
    return Opened(file, guard.digest(path)).refused(why)


def opened(
    received: Received, file: str, sha: str = "", by: Loaded | None = None, trusted: Trust | None = None
) -> Opened:
    """What a workbook holds, as read from a file or from an open Excel: identity, inputs, figures, faults."""
    saved = received.modified.isoformat(timespec="seconds") if received.modified else ""
    opened = Opened(file, sha, grids=received.grids, modified=saved, program=received.program)
    signed = identified(received)
    if isinstance(signed, Issue):
        return opened.refused(signed)
    token, identity, key = signed
    opened = replace(opened, token=token, identity=identity, key=key, unit=identity.unit)
    foreign = refusal(opened, trusted) if trusted is not None else None
    if foreign and trusted:
        opened = replace(opened, unit=trusted.known(identity.unit)).refused(foreign)
    try:
        loaded, layout = form_of(identity, by, {} if foreign else received.grids)
    except Fault as fault:
        return opened if foreign else opened.refused(*fault.issues)
    opened = replace(opened, loaded=loaded).refused(*_of_earlier(loaded, layout))
    if foreign and layout.form.parent:
        return opened
    hidden = (HIDDEN, HIDDEN_REGISTER, HIDDEN_RECEIPTS) if layout.form.parent else (HIDDEN,)
    absent = [issue("SHEET_MISSING", Place(sheet=name), sheet=name) for name in hidden if name not in received.grids]
    register = None if absent or not layout.form.parent else read_register(received.grids[HIDDEN_REGISTER])
    if absent or isinstance(register, Issue):
        return opened.refused(*absent, *([register] if isinstance(register, Issue) else ()))
    expected, own = as_issued(loaded, layout, identity, opened.names, register)
    lost = misplaced(received, expected, own)
    former = bool(lost) and as_sealed(received, expected, own, identity, key)  # issued in other words than today's
    lost = [] if former else lost
    inputs, absent = extract(received.grids, layout, received.flawed)
    if lost or inputs is None:
        return opened.refused(*(lost or absent))
    typed = settle(layout, inputs, received.dated)
    opened = replace(opened, layout=layout, inputs=typed.inputs, hints=typed.hints, register=register)
    found = [*changed(received, expected, own), *outside(received.grids, expected.cells)]
    besides = beside_words(found, expected)
    if besides != found and (former or as_sealed(received, expected, own, identity, key)):
        found = besides
    opened = opened.refused(*few([*found, *cut_cells(layout, received.unlocked)]), *typed.issues)
    return parents.read(opened) if layout.form.parent else _cell(opened)


def _of_earlier(loaded: Loaded, layout: Layout) -> Iterator[Issue]:
    """That a form is of an earlier edition, where today's asks for more: nobody wonders then where figures are."""
    earlier = loaded.earlier_of(layout)
    if earlier and earlier.unasked:
        said = ([each.to(lang) for each in earlier.unasked] for lang in LANGUAGES)
        listed = Text(*("; ".join(each[:NAMED]) + (" …" if len(each) > NAMED else "") for each in said))
        yield issue("FORM_EARLIER", count=len(earlier.unasked), labels=listed)


def receipt_of(opened: Opened, verdict: Verdict, now: str, turned_away: Iterable[Issue] = ()) -> Receipt:
    """What the ledger keeps of a file; why it was turned away is its one fault, whatever else is wrong inside."""
    identity, layout, loaded, unit = opened.identity, opened.layout, opened.loaded, normal(opened.unit)
    issues = tuple(each.in_file(opened.file) for each in turned_away) or opened.issues
    if verdict is not Verdict.VALID or identity is None or layout is None or loaded is None:
        return Receipt(_sha(opened), opened.file, unit, verdict, now, issues=issues)
    revision = opened.inputs.values.get("revision")
    return Receipt(
        _sha(opened),
        opened.file,
        unit,
        verdict,
        now,
        revision=int(revision) if is_number(revision) else 1,
        modified=evidence(opened.modified, loaded.pack.start, identity.cutoff, now),
        rows=rows_of(opened),
        issues=issues,
        program=opened.program,
    )


def rows_of(opened: Opened) -> tuple[UnitRow, ...]:
    """The unit's own figures, then those of every unit beneath that are in them."""
    assert opened.identity and opened.layout and opened.loaded
    form, pack = opened.layout.form, opened.loaded.pack
    if opened.consolidation is not None:
        return rows_sent_up(pack, form, opened.inputs, opened.consolidation)
    if earlier := opened.loaded.earlier_of(opened.layout):
        form, known = earlier.counted, constants(pack, serial(opened.identity.cutoff))
        return (unit_row(opened.identity.unit, form, opened.inputs, all_values(form, opened.inputs, known, {})),)
    return (unit_row(opened.identity.unit, form, opened.inputs, opened.values),)


def fresh_book(loaded: Loaded, layout: Layout) -> Book:
    """The form as it is before anything is typed, for comparison: it names no unit."""
    form = layout.form
    identity = Identity("-", loaded.pack.period, loaded.pack.end, loaded.pack.end, loaded.pack.id, layout.digest)
    inputs = blank(form)
    given: dict[str, Raw] = dict.fromkeys([*loaded.pack.indicators, *form.derived_by_id], 0) if form.parent else {}
    values = all_values(form, inputs, constants(loaded.pack, serial(loaded.pack.end)), given)
    return form_book(Case(loaded.pack, layout, identity, "-", "-", "-", inputs, values))


def _cell(opened: Opened) -> Opened:
    assert opened.layout and opened.loaded and opened.identity
    known = constants(opened.loaded.pack, serial(opened.identity.cutoff))
    values = all_values(opened.layout.form, opened.inputs, known, {})
    faults = validate(opened.layout, opened.inputs, values)
    return replace(opened, values=values).refused(*explained(faults, opened.hints))


def refusal(opened: Opened, trusted: Trust, code: str = "TOKEN_FOREIGN") -> Issue | None:
    """The issue of a form whose signer this office does not trust, or not for the form's unit."""
    if not opened.identity or trusted.speaks(opened.key, opened.identity.unit):
        return None
    units = ", ".join(trusted.units(opened.key))
    why = text("cli.key_elsewhere", units=units) if units else text("cli.key_unknown")
    return issue(code, fingerprint=fingerprint(opened.key), why=why)


def failed(opened: Opened) -> bool:
    """Whether the file is refused by what was found in it."""
    return opened.layout is None or has_error(opened.issues)


def _sha(opened: Opened) -> str:
    """What tells a file apart in the ledger: the digest of its bytes or, where nobody can read them, of its name."""
    return opened.sha or f"?{hashlib.sha256(opened.file.encode()).hexdigest()[:16]}"
