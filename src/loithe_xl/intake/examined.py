"""A received workbook taken apart, for whoever asks why it was read as it was: its tokens, its inputs, its differences.

Texts that somebody may have typed are told by their length alone, unless they are asked for: they may name a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from loithe_xl.consolidation.ledger import read_register
from loithe_xl.draw.hidden import TOKEN_NAME
from loithe_xl.form.coercion import Typed, coerce
from loithe_xl.form.inputs import Inputs, extract, outside
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import Loaded
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity, Signed, parse
from loithe_xl.identity.trust import Trust
from loithe_xl.intake.disclosure import NOTHING_THERE, Told, seen_number, told, without_texts
from loithe_xl.intake.issued import as_issued, as_sealed
from loithe_xl.intake.openfile import refusal, unit_form_of
from loithe_xl.intake.provenance import form_of, identified
from loithe_xl.intake.structure import Expected, MarkedWords, changed, filled, misplaced
from loithe_xl.language.issues import Fault, Issue, Place, issue
from loithe_xl.pack.spec import Field
from loithe_xl.reading.received import Received, View
from loithe_xl.rules.evaluate import Flaw, Raw
from loithe_xl.workbook.address import Address, address, located
from loithe_xl.workbook.ownsheets import HIDDEN, HIDDEN_REGISTER, TOKEN_CELL

_PLACES = ("property", "name", "cell")  # where a workbook keeps its token


@dataclass(frozen=True, slots=True)
class ExaminedInput:
    """An input: where it lies, what its cell holds and what was read there; ``row`` of a table from 1, else 0."""

    id: str
    row: int
    sheet: str
    cell: str
    kind: str
    held: Told
    read: Told


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """What one of the three places says of the form, whether it is signed, and by whom; blank where it says nothing."""

    place: str
    found: bool
    valid: bool = False
    identity: Identity | None = None
    key: str = ""
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class CellSeen:
    """One cell: what it holds and looks like, which input it is, and what the form had there when it was issued.

    ``shown``: None where what is seen is what is held; ``issued``: words or formula, None where the form says nothing.
    """

    sheet: str
    cell: str
    held: Told
    read: Told | None
    format: str
    shown: str | None
    locked: bool
    hidden: bool
    formula: str | None
    field: str
    kind: str
    issued: str | None
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a file says something else than its form: the fault, what the form says there and what the file says."""

    fault: Issue
    issued: str | None
    held: Told


@dataclass(frozen=True, slots=True)
class Apart:
    """A workbook whose form is known: as it was read, and the form that its unit was issued."""

    received: Received
    unit_form: UnitForm
    signed: Signed
    expected: Expected
    own: MarkedWords

    @property
    def layout(self) -> Layout:
        """Where its inputs lie."""
        return self.unit_form.layout


def token_places(received: Received, trusted: Trust) -> list[TokenPlace]:
    """What each of the three places says."""
    hidden = received.grids.get(HIDDEN)
    said = (received.custom.get(TOKEN_NAME), received.names.get(TOKEN_NAME), hidden and hidden.get(*TOKEN_CELL))
    return [_token(place, str(token or ""), trusted) for place, token in zip(_PLACES, said, strict=True)]


def _token(place: str, token: str, trusted: Trust) -> TokenPlace:
    signed = parse(token) if token.strip() else None
    if signed is None or isinstance(signed, Issue):
        return TokenPlace(place, bool(token.strip()))
    identity, key = signed
    speaks = trusted.speaks(key, identity.unit)
    told = identity if speaks else replace(identity, unit=trusted.known(identity.unit))  # a stranger's words are not
    return TokenPlace(place, True, True, told, key, speaks)


def apart(received: Received, trusted: Trust, by: Loaded | None = None) -> Apart | Issue:
    """The workbook beside the form that was issued, by one pack where it is given; the reason why none is known."""
    signed = identified(received)
    if isinstance(signed, Issue):
        return signed
    stranger = refusal(signed, trusted)
    try:
        loaded, layout = form_of(signed.identity, by, {} if stranger else received.grids)
    except Fault as fault:
        return stranger or fault.issues[0]
    if stranger and layout.form.parent:
        return stranger
    needed = (HIDDEN, HIDDEN_REGISTER) if layout.form.parent else (HIDDEN,)
    for name in needed:
        if name not in received.grids:
            return issue("SHEET_MISSING", Place(sheet=name), sheet=name)
    register = read_register(received.grids[HIDDEN_REGISTER]) if layout.form.parent else None
    if isinstance(register, Issue):
        return register
    unit_form = unit_form_of(signed, loaded, received.grids[HIDDEN])
    return Apart(received, unit_form, signed, *as_issued(unit_form, register))


def entries(found: Apart, *, plainly: bool = False) -> tuple[list[ExaminedInput], list[Issue]]:
    """Every input as it was read, blank rows of tables left out, and what was said about reading it.

    None is read where cells were moved, unless the form says what was sealed.
    """
    lost = misplaced(found.received, found.expected, found.own)
    if lost and not sealed(found):
        return [], lost
    inputs = extract(found.received.grids, found.layout, found.received.flawed)
    typed = coerce(found.layout, inputs, found.received.dated)
    return list(_entries(found.layout, inputs, typed, plainly)), list(typed.issues)


def _entries(layout: Layout, inputs: Inputs, typed: Typed, plainly: bool) -> Iterator[ExaminedInput]:
    for id, slot in layout.slots.items():
        both = (told(each.values[id], slot.field, plainly) for each in (inputs, typed.inputs))
        yield ExaminedInput(id, 0, slot.sheet, slot.cell, slot.field.kind, *both)
    for id, table in layout.tables.items():
        for number, (raw, read) in enumerate(zip(inputs.tables[id], typed.inputs.tables[id], strict=True)):
            if any(value is not None for value in raw.values()):
                for column in table.table.columns:
                    both = (told(each[column.id], column, plainly) for each in (raw, read))
                    cell = table.cell(column.id, number)
                    yield ExaminedInput(f"{id}.{column.id}", number + 1, table.sheet, cell, column.kind, *both)


def sealed(found: Apart) -> bool:
    """Whether the form still says what its issuer signed when it was issued."""
    return as_sealed(found.received, found.expected, found.own, found.signed.identity, found.signed.key)


def differences(found: Apart, *, plainly: bool = False) -> list[Difference]:
    """All in which the workbook says something else than its form does today, none left out for their number."""
    received = found.received
    lost = misplaced(received, found.expected, found.own)
    faults = lost or [
        *changed(received, found.expected, found.own),
        *outside(received.grids, found.expected.cells),
    ]
    return [_difference(found, fault, plainly) for fault in faults]


def _difference(found: Apart, fault: Issue, plainly: bool) -> Difference:
    sheet, cell = fault.place.sheet, fault.place.cell
    if not cell or ":" in cell or sheet not in found.received.grids:
        return Difference(fault, None, NOTHING_THERE)
    at = located(cell)
    formula = (found.received.formulas or {}).get(sheet, {}).get(at)
    raw = found.received.grids[sheet].get(*at)
    held = Told("formula", formula if plainly else without_texts(formula)) if formula else told(raw, None, plainly)
    return Difference(fault, issued_at(found, sheet, at), held)


def issued_at(found: Apart, sheet: str, at: Address) -> str | None:
    """What the form said in a cell when it was issued: words, or a formula with its sign."""
    page = found.expected.pages.get(sheet)
    if page is None:
        return None
    if at in page.formulas or at in page.own_formulas:
        return f"={page.formulas.get(at) or filled(page.own_formulas[at], found.own)}"
    said = page.labels.get(at)
    return filled(page.own_labels[at], found.own) if at in page.own_labels else None if said is None else str(said)


def cells(found: Apart, sheet: str, at: Address, faults: list[Issue], *, plainly: bool = False) -> list[CellSeen]:
    """A cell of the named sheet, or of each input sheet where none is named."""
    read = {(each.sheet, each.cell): each.read for each in entries(found, plainly=plainly)[0]}
    names = [sheet] if sheet else list(found.expected.pages)
    return [_cell(found, (name, at), read, faults, plainly) for name in names if name in found.received.grids]


def _cell(
    found: Apart,
    where: tuple[str, Address],
    read: Mapping[tuple[str, str], Told],
    faults: list[Issue],
    plainly: bool,
) -> CellSeen:
    sheet, at = where
    received, cell = found.received, address(*at)
    page = found.expected.pages.get(sheet)
    of = _field(found.layout, page.fields[at]) if page and at in page.fields else None
    flawed, view = received.flawed.get(sheet, {}), received.views.get(sheet)
    raw: Raw = Flaw(flawed[at]) if at in flawed else received.grids[sheet].get(*at)
    code, formula = view.formats.get(at, "") if view else "", (received.formulas or {}).get(sheet, {}).get(at)
    return CellSeen(
        sheet,
        cell,
        told(raw, of, plainly),
        read.get((sheet, cell)),
        code if plainly else without_texts(code),
        seen_number(code, raw, plainly),
        at not in received.unlocked.get(sheet, ()),
        view is not None and _hidden(view, at),
        formula if plainly or not formula else without_texts(formula),
        page.fields[at] if page and of else "",
        of.kind if of else "",
        issued_at(found, sheet, at),
        tuple(each for each in faults if (each.place.sheet, each.place.cell) == (sheet, cell)),
    )


def _field(layout: Layout, id: str) -> Field:
    table, _, column = id.rpartition(".")
    fields = layout.tables[table].table.columns if table else (layout.slots[column].field,)
    return next(each for each in fields if each.id == column)


def _hidden(view: View, at: Address) -> bool:
    return not view.visible or at[0] in view.rows or any(first <= at[1] <= last for first, last in view.columns)
