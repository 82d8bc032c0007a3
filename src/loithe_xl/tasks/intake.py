"""One received file as a value: bytes, identity, inputs, figures and every fault found on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from loithe_xl import guard, reader
from loithe_xl.book import Book
from loithe_xl.celltext import normal
from loithe_xl.consolidate import Consolidation, consolidate, rows_sent_up
from loithe_xl.draw import TOKEN_NAME, Case, form_book
from loithe_xl.draw.hidden import ABOVE_CELL, LANG_CELL, NAME_CELL, PACK_FROM, TOKEN_CELL
from loithe_xl.evaluate import Raw, Values, is_number, serial
from loithe_xl.identity import Identity, agree, parse
from loithe_xl.issues import Fault, Issue, Place, has_error, issue
from loithe_xl.journal import Entry
from loithe_xl.layout import COMPUTED, HIDDEN, HIDDEN_JOURNAL, HIDDEN_RECEIPTS, HIDDEN_REGISTER, Layout
from loithe_xl.ledger import read_journal, read_receipts, read_register
from loithe_xl.receipts import Receipt, UnitRow, Verdict, unit_row
from loithe_xl.received import Received
from loithe_xl.register import Register
from loithe_xl.specfile import MAIN
from loithe_xl.structure import changed, few, misplaced
from loithe_xl.submission import BLANK, Grids, Inputs, blank, constants, cut_cells, extract, is_blank, outside
from loithe_xl.tasks import packs
from loithe_xl.tasks.issued import as_issued, as_sealed
from loithe_xl.tasks.packs import Loaded
from loithe_xl.tasks.terms import FIRST_DAY, LAST_DAY, PERIOD
from loithe_xl.typed import Hints, explained, settle
from loithe_xl.validate import all_values, validate
from loithe_xl.wording import beside_words


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as read. ``identity`` is None when it is not one of our forms; ``loaded`` and ``layout`` likewise."""

    file: str
    sha: str = ""
    token: str = ""
    key: str = ""
    identity: Identity | None = None
    loaded: Loaded | None = None
    layout: Layout | None = None
    inputs: Inputs = BLANK
    hints: Hints = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    modified: str = ""
    grids: Grids = field(default_factory=dict)
    register: Register | None = None
    receipts: tuple[Receipt, ...] = ()
    journal: tuple[Entry, ...] = ()
    consolidation: Consolidation | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def names(self) -> tuple[str, str, str]:
        """Unit's name, superior's name and language, as the workbook keeps them."""
        kept = self.grids[HIDDEN]
        name, above, lang = (str(kept.get(*cell) or "") for cell in (NAME_CELL, ABOVE_CELL, LANG_CELL))
        return name, above, lang or "vi"

    def refused(self, *found: Issue) -> Opened:
        """The same with further faults."""
        return replace(self, issues=(*self.issues, *(each.in_file(self.file) for each in found)))


def open_file(path: Path, file: str, by: Loaded | None = None, trusted: frozenset[str] | None = None) -> Opened:
    """Read one file as far as it can be trusted. ``file`` is how it is named to the user.

    ``by`` is the only pack to read it by; without it the file's own embedded pack serves, or one of the program's.
    ``trusted``: a form that none of these keys signed is refused before a ledger or pack in it is read; None: all are.
    """
    data = guard.fetch(path)
    if isinstance(data, Issue):
        return unread(path, file, data)
    sha = hashlib.sha256(data).hexdigest()
    package = guard.unwrap(data)
    received = package if isinstance(package, Issue) else reader.read(package, COMPUTED)
    if isinstance(received, Issue):
        return Opened(file, sha).refused(received)
    return opened(received, file, sha, by, trusted)


def unread(path: Path, file: str, why: Issue) -> Opened:
    """A file of which nothing is known but why, and its digest where it has one."""
    return Opened(file, guard.digest(path)).refused(why)


def opened(
    received: Received, file: str, sha: str = "", by: Loaded | None = None, trusted: frozenset[str] | None = None
) -> Opened:
    """What a workbook holds, as read from a file or from an open Excel: identity, inputs, figures, faults."""
    saved = received.modified.isoformat(timespec="seconds") if received.modified else ""
    opened = Opened(file, sha, grids=received.grids, modified=saved)
    signed = identified(received)
    if isinstance(signed, Issue):
        return opened.refused(signed)
    token, identity, key = signed
    opened = replace(opened, token=token, identity=identity, key=key)
    foreign = refusal(opened, trusted) if trusted is not None else None
    opened = opened.refused(foreign) if foreign else opened
    try:
        loaded, layout = form_of(identity, by, {} if foreign else received.grids)
    except Fault as fault:
        return opened if foreign else opened.refused(*fault.issues)
    opened = replace(opened, loaded=loaded)
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
    return _parent(opened) if layout.form.parent else _cell(opened)


def receipt_of(opened: Opened, verdict: Verdict, now: str, turned_away: Iterable[Issue] = ()) -> Receipt:
    """What the ledger keeps of a file; why it was turned away is its one fault, whatever else is wrong inside."""
    identity, layout = opened.identity, opened.layout
    issues = tuple(each.in_file(opened.file) for each in turned_away) or opened.issues
    unit = normal(identity.unit) if identity else ""
    if verdict is not Verdict.VALID or layout is None:
        return Receipt(_sha(opened), opened.file, unit, verdict, now, issues=issues)
    revision = opened.inputs.values.get("revision")
    return Receipt(
        _sha(opened),
        opened.file,
        unit,
        verdict,
        now,
        revision=int(revision) if is_number(revision) else 1,
        modified=opened.modified,
        empty=is_empty(opened),
        rows=rows_of(opened),
        issues=issues,
    )


def rows_of(opened: Opened) -> tuple[UnitRow, ...]:
    """The unit's own figures, then those of every unit beneath that are in them."""
    assert opened.identity and opened.layout and opened.loaded
    form, pack = opened.layout.form, opened.loaded.pack
    if opened.consolidation is None:
        return (unit_row(opened.identity.unit, form, opened.inputs, opened.values),)
    return rows_sent_up(pack, form, opened.inputs, opened.consolidation)


def is_empty(opened: Opened) -> bool:
    """Whether a parent's form holds nothing yet: nothing typed, nothing received."""
    form = opened.layout and opened.layout.form
    return bool(form and form.parent and is_blank(form, opened.inputs)) and not opened.receipts


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


def _parent(opened: Opened) -> Opened:
    receipts = read_receipts(opened.grids[HIDDEN_RECEIPTS])
    kept = HIDDEN_JOURNAL in opened.grids
    journal = read_journal(opened.grids[HIDDEN_JOURNAL]) if kept else []
    if isinstance(receipts, Issue) or isinstance(journal, Issue):
        return opened.refused(*(each for each in (receipts, journal) if isinstance(each, Issue)))
    if receipts and not kept:  # a parent of an earlier version, or one that lost the sheet
        opened = opened.refused(issue("JOURNAL_ABSENT", Place(sheet=HIDDEN_JOURNAL), sheet=HIDDEN_JOURNAL))
    opened = with_receipts(replace(opened, journal=tuple(journal)), receipts)
    return opened.refused(*_own_faults(opened))


def _own_faults(opened: Opened) -> list[Issue]:
    assert opened.layout
    found = explained(validate(opened.layout, opened.inputs, opened.values), opened.hints)
    return [*found, issue("FORM_EMPTY")] if is_empty(opened) else found


def received(opened: Opened, receipts: Iterable[Receipt]) -> Opened:
    """The parent after a run: figures and faults computed anew from these receipts."""
    former = {each.in_file(opened.file) for each in _own_faults(opened)}
    kept = tuple(each for each in opened.issues if each not in former)
    now = with_receipts(replace(opened, issues=kept), receipts)
    return now.refused(*_own_faults(now))


def with_receipts(opened: Opened, receipts: Iterable[Receipt]) -> Opened:
    """The same parent with these receipts, its figures computed from them."""
    assert opened.layout and opened.loaded and opened.identity and opened.register
    form, identity, pack = opened.layout.form, opened.identity, opened.loaded.pack
    known = constants(pack, serial(identity.cutoff))
    kept = tuple(receipts)
    done = consolidate(pack, form, opened.register, identity.unit, opened.inputs, known, kept, identity.deadline)
    return replace(opened, receipts=kept, consolidation=done, values=done.rule_values)


def refusal(opened: Opened, trusted: frozenset[str]) -> Issue | None:
    """TOKEN_FOREIGN when the form was signed by a key that this office does not trust."""
    if opened.key and opened.key not in trusted:
        return issue("TOKEN_FOREIGN", file=opened.file)
    return None


def failed(opened: Opened) -> bool:
    """Whether the file is refused by what was found in it."""
    return opened.layout is None or has_error(opened.issues)


def tokens(received: Received) -> list[str]:
    """The identity tokens that a workbook carries, in up to three places."""
    hidden = received.grids.get(HIDDEN)
    cell = hidden.get(*TOKEN_CELL) if hidden else None
    found = (received.custom.get(TOKEN_NAME), received.names.get(TOKEN_NAME), cell)
    return [str(token) for token in found if token]


def identified(received: Received) -> tuple[str, Identity, str] | Issue:
    """The one token of a workbook, whose form it says that this is, and the public key that signed it."""
    token = agree(tokens(received))
    if isinstance(token, Issue):
        return token
    signed = parse(token)
    if isinstance(signed, Issue):
        return signed
    identity, key = signed
    if not PERIOD.fullmatch(identity.period) or not FIRST_DAY <= identity.cutoff <= LAST_DAY:
        return issue("TOKEN_MALFORMED")
    return token, identity, key


def form_of(identity: Identity, by: Loaded | None, grids: Grids) -> tuple[Loaded, Layout]:
    """The pack of a form and the form's layout; Fault where either is not known. ``by`` as in ``open_file``."""
    loaded = pack_of(identity, by, grids)
    layout = loaded.layouts.get(identity.digest)
    if layout is None:
        raise Fault([issue("LAYOUT_UNKNOWN", pack=identity.pack)])
    return loaded, layout


def pack_of(identity: Identity, by: Loaded | None, grids: Grids) -> Loaded:
    """The pack of a form: ``by`` and no other where it is given; else one of the program's, whatever the workbook
    carries under its name; else the copy in the workbook, where the issuer signed that very one."""
    if by:
        if by.pack.id == identity.pack:
            return by
        raise Fault([issue("PACK_OTHER", pack=identity.pack, expected=by.pack.id)])
    embedded = {} if packs.built_in(identity.pack) else _embedded(grids)
    if MAIN not in embedded:
        return packs.known(identity.pack)
    if not identity.pack_digest:
        raise Fault([issue("PACK_UNSIGNED", pack=identity.pack)], 2)
    try:
        if packs.digest(embedded) == identity.pack_digest:
            return packs.load_embedded(embedded)
    except Fault:  # what is wrong with it would quote what somebody wrote into a hidden sheet
        pass
    raise Fault([issue("PACK_EMBEDDED", pack=identity.pack)], 2)


def _embedded(grids: Grids) -> dict[str, bytes]:
    found: dict[int, dict[int, str]] = {}
    for row, column, value in grids[HIDDEN].cells() if HIDDEN in grids else ():
        if row >= PACK_FROM:
            found.setdefault(row, {})[column] = str(value)
    pieces = [[cells[column] for column in sorted(cells)] for cells in found.values()]
    return {path: "".join(words).encode() for path, *words in pieces}


def _sha(opened: Opened) -> str:
    """What tells a file apart in the ledger: the digest of its bytes or, where nobody can read them, of its name."""
    return opened.sha or f"?{hashlib.sha256(opened.file.encode()).hexdigest()[:16]}"
