"""A form as it was issued, for comparison: drawn once per layout, language and term, with marks where units differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from loithe_xl.draw import form_book
from loithe_xl.draw.hidden import LANG_CELL, SEAL_ROW
from loithe_xl.draw.render import Subject, cell_case, parent_case
from loithe_xl.form.inputs import Grid, blank
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import PIECE, Loaded
from loithe_xl.identity.token import Identity, vouch, vouched
from loithe_xl.intake import seal as wording
from loithe_xl.intake.structure import Expected, Marks, expected
from loithe_xl.language.catalogue import LANGUAGES
from loithe_xl.reading.received import Received
from loithe_xl.register.register import Register, Unit
from loithe_xl.workbook.address import quoted
from loithe_xl.workbook.book import Book, Formula
from loithe_xl.workbook.ownsheets import HIDDEN, HIDDEN_REGISTER

# Not those of ``draw.batch``, which would be filled in where a seal keeps them.
UNIT_MARK, NAME_MARK, ABOVE_MARK, LAST_MARK = "%%UNIT_CODE%%", "%%UNIT_NAME%%", "%%ABOVE_NAME%%", "%%LAST_ROW%%"
_MARKS = (UNIT_MARK, NAME_MARK, ABOVE_MARK, LAST_MARK)


@dataclass(frozen=True, slots=True)
class _Kind:
    """All that two units' fresh forms must share to be equal but for the marks."""

    layout: Layout
    lang: str
    period: str
    cutoff: date
    deadline: date
    above: bool
    tiers: tuple[str, ...]  # of the embedded register, in its order
    pack: str  # its digest where it is not built in: two such packs may share an id
    loaded: Loaded = field(compare=False)


def as_issued(
    loaded: Loaded, layout: Layout, identity: Identity, names: tuple[str, str, str], register: Register | None
) -> tuple[Expected, Marks]:
    """The form that a unit was issued, and the unit's own words in it.

    ``names``: of the unit and its superior, and the language; ``register``: what a parent's workbook embeds.
    """
    name, above, lang = names
    units = register.units if register else ()
    tiers = tuple(dict.fromkeys(unit.tier for unit in units))
    lang = lang if lang in LANGUAGES else LANGUAGES[0]
    term = identity.period, identity.cutoff, identity.deadline
    kind = _Kind(layout, lang, *term, bool(above), tiers, loaded.digest, loaded)
    own = {UNIT_MARK: identity.unit, NAME_MARK: name, ABOVE_MARK: above, LAST_MARK: str(len(units) + 1)}
    return _expected(kind), own


def seal(
    loaded: Loaded,
    layout: Layout,
    identity: Identity,
    names: tuple[str, str, str],
    register: Register | None,
    private: bytes,
) -> tuple[str, ...]:
    """What a form says on the day it is issued: its digest, the issuer's signature, the unit's own words in pieces."""
    said = wording.issued(as_issued(loaded, layout, identity, names, register)[0])
    pieces = (said.own[start : start + PIECE] for start in range(0, len(said.own), PIECE))
    return said.digest, vouch(_sealed(said, identity, names[2]), private), *pieces


def as_sealed(received: Received, expected: Expected, own: Marks, identity: Identity, key: str) -> bool:
    """Whether a form says what it said when it was issued, though the program or the pack words it otherwise today.

    ``expected``: today's form of the same layout; ``own``: the unit's words; ``key``: who signed the form's identity.
    """
    found = kept_seal(received.grids[HIDDEN], identity, key)
    return bool(found) and wording.kept(received, expected, wording.Wording(found[0], "".join(found[2:])), own)


def kept_seal(hidden: Grid, identity: Identity, key: str) -> tuple[str, ...]:
    """The seal in a form's hidden sheet, as ``seal`` made it; nothing where it is not the issuer's own."""
    row = sorted((column, str(value)) for line, column, value in hidden.cells() if line == SEAL_ROW)
    digest, signature, *pieces = [value for _, value in row] + ["", ""]
    said = wording.Wording(digest, "".join(pieces))
    whole = vouched(_sealed(said, identity, f"{hidden.get(*LANG_CELL)}"), signature, key)
    return tuple(value for _, value in row) if whole else ()


def _sealed(said: wording.Wording, identity: Identity, lang: str) -> str:
    """All that is signed: the words of another form, term or language are not this form's."""
    term = identity.period, f"{identity.cutoff}", f"{identity.deadline}"
    return "|".join(("wording", identity.pack, identity.digest, *term, lang, said.digest, said.own))


@lru_cache(16)
def _expected(kind: _Kind) -> Expected:
    return expected(_drawn(kind), kind.layout, _MARKS)


def _drawn(kind: _Kind) -> Book:
    loaded, layout, form = kind.loaded, kind.layout, kind.layout.form
    identity = Identity(UNIT_MARK, kind.period, kind.cutoff, kind.deadline, loaded.pack.id, layout.digest)
    subject = Subject(identity, "-", NAME_MARK, ABOVE_MARK if kind.above else "", kind.lang)
    if not form.parent:
        return form_book(cell_case(loaded, layout, subject, blank(form)))
    top = Unit(UNIT_MARK, NAME_MARK, form.tier)
    register = Register((top, *(Unit(tier, tier, tier, UNIT_MARK) for tier in kind.tiers if tier != form.tier)))
    book = form_book(parent_case(loaded, layout, subject, blank(form), register, (), {}))
    _mark_last_row(book, layout, len(register.units) + 1)
    return book


def _mark_last_row(book: Book, layout: Layout, last: int) -> None:
    """Where formulas reach through the whole embedded register, let its last row be a mark."""
    columns: Mapping[str, str] = {
        f"{quoted(HIDDEN_REGISTER)}!${letter}$2:${letter}${last}": f"{quoted(HIDDEN_REGISTER)}!${letter}$2:${letter}$"
        for letter in "AB"
    }
    for placed in layout.sheets:
        cells = book.sheet(placed.sheet.name).cells
        for at, cell in cells.items():
            if isinstance(cell.value, Formula):
                text = cell.value.text
                for column, beginning in columns.items():
                    text = text.replace(column, beginning + LAST_MARK)
                if text != cell.value.text:
                    cells[at] = replace(cell, value=Formula(text))
