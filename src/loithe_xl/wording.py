"""What a form said on the day it was issued: a digest that the issuer signs, so that its words may change afterwards.

A form that no longer says what the program says today is still the form that was issued where this digest agrees.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from loithe_xl.book import Address, address
from loithe_xl.formulatext import tokens
from loithe_xl.received import Received, Value
from loithe_xl.shifts import plain
from loithe_xl.structure import Expected, own_sheets

Spoken = tuple[str, Address, str]  # sheet, cell and what it says


@dataclass(frozen=True, slots=True)
class Wording:
    """``digest`` of what every cell says where nothing is typed; ``own``: the cells that name the unit, as JSON: they
    are not in it, so that one digest serves every unit."""

    digest: str
    own: str


def issued(expected: Expected) -> Wording:
    """Of a form as it is drawn."""
    own = {name: sorted((*page.own_labels, *page.own_formulas)) for name, page in expected.pages.items()}
    said = _said(expected)
    sheets = own_sheets(expected.sheets, expected)
    return Wording(_digest(said, sheets), json.dumps(own, ensure_ascii=False, separators=(",", ":")))


def kept(found: Received, expected: Expected, wording: Wording) -> bool:
    """Whether a received form says what this wording says, at the places of this layout's inputs or elsewhere."""
    own = _cells(wording.own)
    if own is None or found.formulas is None or not expected.pages.keys() <= found.grids.keys():
        return False
    said = []
    for name, page in expected.pages.items():
        besides = page.fields.keys() | own.get(name, frozenset())
        formulas, values = found.formulas[name], found.grids[name].values
        said += [(name, at, f"={tokens(text)}") for at, text in formulas.items() if at not in besides]
        said += [
            (name, at, _plain(value))
            for at, value in values.items()
            if at not in besides and at not in formulas and value not in (None, "")
        ]
    return _digest(said, own_sheets(found.sheet_names, expected)) == wording.digest


def _said(expected: Expected) -> Iterator[Spoken]:
    for name, page in expected.pages.items():
        yield from ((name, at, _plain(label)) for at, label in page.labels.items())
        yield from ((name, at, f"={tokens(formula)}") for at, formula in page.formulas.items())


def _plain(value: Value) -> str:
    """How a cell's words are compared: blanks and the way letters are composed do not count."""
    return f"'{plain(value)}" if isinstance(value, str) else f"{value}"


def _digest(said: Iterable[Spoken], sheets: Collection[str]) -> str:
    lines = sorted(f"{sheet}\t{address(*at)}\t{words}" for sheet, at, words in said)
    return hashlib.sha256("\n".join((*sorted(sheets), "", *lines)).encode()).hexdigest()


def _cells(own: str) -> Mapping[str, frozenset[Address]] | None:
    """The cells that name the unit; None where the text is not ours."""
    try:
        listed = json.loads(own).items()
        return {name: frozenset((int(row), int(column)) for row, column in cells) for name, cells in listed}
    except (ValueError, TypeError, AttributeError):
        return None
