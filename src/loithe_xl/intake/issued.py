"""A form as it was issued, for comparison: drawn once per layout, language and term, with marks where units differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from loithe_xl.caching import owned
from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.draw import form_book
from loithe_xl.draw.inputs import last_row, register_columns
from loithe_xl.draw.marks import SEALED
from loithe_xl.draw.render import cell_case, parent_case
from loithe_xl.form.inputs import Grid, blank, outside
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import PIECE, Loaded
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity, vouch, vouched
from loithe_xl.intake import seal
from loithe_xl.intake.structure import Expected, MarkedWords, changed, expected, misplaced
from loithe_xl.language.catalogue import LANGUAGES
from loithe_xl.language.issues import Issue
from loithe_xl.reading.received import Received
from loithe_xl.register.register import Register, Unit
from loithe_xl.workbook.book import Book, Formula
from loithe_xl.workbook.ownsheets import HIDDEN, LANG_CELL, SEAL_ROW

_MOST_KINDS = 16  # terms and languages may differ, and tiers beneath a parent
_MARKS = (SEALED.unit, SEALED.name, SEALED.above, SEALED.last)


@dataclass(frozen=True, slots=True)
class _Kind:
    """All that two units' fresh forms of one layout must share to be equal but for the marks."""

    lang: str
    period: str
    cutoff: date
    deadline: date
    above: bool
    tiers: tuple[str, ...]  # of the embedded register, in its order


@dataclass(frozen=True, slots=True)
class Differences:
    """How a received form differs from the form that was issued; ``misplaced``: its entries have no places any more."""

    misplaced: bool
    issues: list[Issue]


def differences(received: Received, unit_form: UnitForm, register: Register | None, key: str) -> Differences:
    """What is told of a form that says something else than today's; ``key``: who signed its identity, and so its seal.

    A form that still says what was sealed when it was issued was not altered: today's version words it otherwise.

    ====================  ==========================  ==============  =================================================
    cells where today's   something that another      as it was       told
    form has them         wording would explain       sealed
    ====================  ==========================  ==============  =================================================
    yes                   no                          is not asked    every difference
    yes                   yes                         no              every difference
    yes                   yes                         yes             what no wording explains
    no                    is not asked                no              which cells were moved; no entry is read
    no                    is not asked                yes             what no wording explains; entries are read
    ====================  ==========================  ==============  =================================================
    """
    today, own = as_issued(unit_form, register)
    moved = misplaced(received, today, own)
    if moved and not as_sealed(received, today, own, unit_form.identity, key):
        return Differences(True, moved)
    found = [*changed(received, today, own), *outside(received.grids, today.cells)]
    left = seal.beside_words(found, today)
    if left != found and (moved or as_sealed(received, today, own, unit_form.identity, key)):
        found = left
    return Differences(False, found)


def as_issued(unit_form: UnitForm, register: Register | None) -> tuple[Expected, MarkedWords]:
    """The form that a unit was issued, and the unit's own words in it; ``register``: what a parent's book embeds."""
    identity, loaded = unit_form.identity, unit_form.loaded
    units = register.units if register else ()
    tiers = tuple(dict.fromkeys(unit.tier for unit in units))
    lang = unit_form.lang if unit_form.lang in LANGUAGES else LANGUAGES[0]
    term = identity.period, identity.cutoff, identity.deadline
    kind = _Kind(lang, *term, bool(unit_form.above), tiers)
    own = {SEALED.unit: identity.unit, SEALED.name: unit_form.name, SEALED.above: unit_form.above}
    last = str(last_row(register or Register(())))
    return _expected(loaded, unit_form.layout, kind), {**own, SEALED.last: last}


def sign_wording(unit_form: UnitForm, register: Register | None, private: bytes) -> tuple[str, ...]:
    """The seal of a form on the day it is issued: the digest of what it says, the issuer's signature, and the cells
    that speak of the unit, in pieces; ``register``: what a parent's workbook embeds."""
    said = seal.issued(as_issued(unit_form, register)[0])
    pieces = (said.own[start : start + PIECE] for start in range(0, len(said.own), PIECE))
    return said.digest, vouch(_sealed(said, unit_form.identity, unit_form.lang), private), *pieces


def as_sealed(received: Received, expected: Expected, own: MarkedWords, identity: Identity, key: str) -> bool:
    """Whether a form says what it said when it was issued, though the program or the pack words it otherwise today.

    ``expected``: today's form of the same layout; ``own``: the unit's words; ``key``: who signed the form's identity.
    """
    found = kept_seal(received.grids[HIDDEN], identity, key)
    return bool(found) and seal.still_says(received, expected, seal.SealedWords(found[0], "".join(found[2:])), own)


def kept_seal(hidden: Grid, identity: Identity, key: str) -> tuple[str, ...]:
    """The seal in a form's hidden sheet, as ``sign_wording`` made it; nothing where it is not the issuer's own."""
    row = sorted((column, str(value)) for line, column, value in hidden.cells() if line == SEAL_ROW)
    digest, signature, *pieces = [value for _, value in row] + ["", ""]
    said = seal.SealedWords(digest, "".join(pieces))
    whole = vouched(_sealed(said, identity, f"{hidden.get(*LANG_CELL)}"), signature, key)
    return tuple(value for _, value in row) if whole else ()


def _sealed(said: seal.SealedWords, identity: Identity, lang: str) -> str:
    """All that is signed: the words of another form, term or language are not this form's."""
    term = identity.period, f"{identity.cutoff}", f"{identity.deadline}"
    return "|".join(("wording", identity.pack, identity.digest, *term, lang, said.digest, said.own))


def _expected(loaded: Loaded, layout: Layout, kind: _Kind) -> Expected:
    known = _known(layout)
    if kind not in known:
        if len(known) >= _MOST_KINDS:
            known.clear()
        known[kind] = expected(_drawn(loaded, layout, kind), layout, _MARKS)
    return known[kind]


@owned
def _known(layout: Layout) -> dict[_Kind, Expected]:
    """The forms of a layout as they were drawn already: of one run most are of one kind."""
    return {}


def _drawn(loaded: Loaded, layout: Layout, kind: _Kind) -> Book:
    form = layout.form
    identity = Identity(SEALED.unit, kind.period, kind.cutoff, kind.deadline, loaded.pack.id, layout.digest)
    anybody = UnitForm(loaded, identity, "-", SEALED.name, SEALED.above if kind.above else "", kind.lang)
    if not form.parent:
        return form_book(cell_case(anybody, blank(form)))
    top = Unit(SEALED.unit, SEALED.name, form.tier)
    register = Register((top, *(Unit(tier, tier, tier, SEALED.unit) for tier in kind.tiers if tier != form.tier)))
    book = form_book(parent_case(anybody, blank(form), Ledgers(register), {}))
    _mark_last_row(book, layout, last_row(register))
    return book


def _mark_last_row(book: Book, layout: Layout, last: int) -> None:
    """Where formulas reach through the whole embedded register, let its last row be a mark."""
    columns = dict(zip(register_columns(last), register_columns(SEALED.last), strict=True))
    for placed in layout.sheets:
        cells = book.sheet(placed.sheet.name).cells
        for at, cell in cells.items():
            if isinstance(cell.value, Formula):
                text = cell.value.text
                for column, marked in columns.items():
                    text = text.replace(column, marked)
                if text != cell.value.text:
                    cells[at] = replace(cell, value=Formula(text))
