"""Formulas that people typed into inputs: each counts only where it is calculated anew and comes to what was saved."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from loithe_xl.intake.arithmetic import Incalculable, Operand, calculate
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.language.notation import plain
from loithe_xl.reading.received import Received, Value, exact
from loithe_xl.rules.canonical import foreign
from loithe_xl.rules.evaluate import is_number
from loithe_xl.workbook.address import Address, address

_CLOSE = 1e-9  # a share of the number


def typed_formulas(
    found: Received, sheet: str, formulas: Mapping[Address, str], fields: Mapping[Address, str], pages: Container[str]
) -> Iterator[Issue]:
    """The faults of one input sheet with these formulas; ``fields``: its inputs, by their cells. Formulas may look at
    the input sheets (``pages``) alone: the figures of any other are not the form's."""
    typed = formulas.keys() & fields.keys()
    for at in sorted(typed - found.flawed.get(sheet, {}).keys()):
        place, stored = Place(sheet=sheet, cell=address(*at), field=fields[at]), found.grids[sheet].get(*at)
        try:
            meant = _meant(found, sheet, formulas[at], pages)
        except Incalculable:
            if not (found.linked and foreign(formulas[at])):  # which is told with the link
                yield issue("STRUCTURE_FORMULA_UNSURE", place)
            continue
        if _same(stored, meant):
            yield issue("STRUCTURE_FORMULA_TYPED", place)
        else:
            yield issue("STRUCTURE_FORMULA_STALE", place, stored=_told(stored), meant=_told(meant))


def is_unsure(found: Received, sheet: str, at: Address) -> bool:
    """Whether a cell holds a formula that does not certainly come to what was saved."""
    formula = (found.formulas or {}).get(sheet, {}).get(at)
    if formula is None:
        return False
    try:
        return not _same(found.grids[sheet].get(*at), _meant(found, sheet, formula, found.grids))
    except Incalculable:
        return True


def _meant(found: Received, sheet: str, formula: str, pages: Container[str]) -> Operand:
    """What a formula on a sheet comes to."""
    names = {name.casefold(): name for name in found.grids if name in pages}

    def cell(name: str, at: Address) -> Operand:
        known = names.get(name.casefold()) if name else sheet
        if known is None or at in found.flawed.get(known, {}):
            raise Incalculable
        value = found.grids[known].get(*at)
        return float(value) if is_number(value) else value  # type: ignore[return-value]

    return calculate(formula, cell)


def _same(stored: Value, meant: Operand) -> bool:
    if is_number(stored) and isinstance(meant, float):
        return abs(float(stored) - meant) <= _CLOSE * max(1.0, abs(meant))
    if isinstance(stored, bool) or isinstance(meant, bool):
        return stored is meant
    return (stored or "") == (meant or "")


def _told(value: Value | float) -> str | Text:
    """A number; of texts nobody's words are told."""
    if isinstance(value, float):
        return plain(exact(value))
    return plain(value) if is_number(value) else text("seen.text" if value else "seen.nothing")
