"""What a form said on the day it was issued: a digest that the issuer signs, so that its words may change afterwards.

A form that no longer says what the program says today is still the form that was issued where this digest agrees.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass

from loithe_xl.intake.resemblance import comparable
from loithe_xl.intake.structure import Expected, MarkedWords, filled, own_sheets
from loithe_xl.language.issues import Issue
from loithe_xl.reading.received import Received, Value
from loithe_xl.rules.canonical import renamed, tokens
from loithe_xl.workbook.address import Address, address, located
from loithe_xl.workbook.ownsheets import TOTALS

Words = Mapping[Address, str]  # what a sheet's cells say, each in the one way that is compared
# Faults that may be today's words alone: no rule, no name, no order of sheets.
_OF_WORDS = frozenset({"STRUCTURE_LABEL_CHANGED", "STRUCTURE_FORMULA_CHANGED", "VALUE_OUTSIDE"})
_OF_SHEETS = frozenset({"SHEET_MISSING", "STRUCTURE_SHEET_EXTRA"})


@dataclass(frozen=True, slots=True)
class SealedWords:
    """``digest`` of what every cell says where nothing is typed, but for those that name the unit; ``own``: what those
    say, with marks for the unit's words, as JSON. So one wording serves every unit."""

    digest: str
    own: str


def issued(expected: Expected) -> SealedWords:
    """What a form says as it is drawn."""
    said = {name: _said(page.labels, page.formulas) for name, page in expected.pages.items()}
    own = {name: _said(page.own_labels, page.own_formulas) for name, page in expected.pages.items()}
    listed = {name: {address(*at): words for at, words in sorted(page.items())} for name, page in own.items()}
    written = json.dumps(listed, ensure_ascii=False, separators=(",", ":"))
    return SealedWords(_digest(said, own_sheets(expected.sheets, expected)), written)


def still_says(found: Received, expected: Expected, wording: SealedWords, own: MarkedWords) -> bool:
    """Whether a received form says what this wording says to a unit with these words: all of it, and nothing else.

    Of ``expected``, today's form of the same layout, only the places of inputs count.
    """
    listed = _own(wording.own)
    if listed is None or found.formulas is None or not expected.pages.keys() <= found.grids.keys():
        return False
    formulas, grids = found.formulas, found.grids
    said = {
        name: _found(grids[name].values, formulas[name], page.fields, expected.respelt)
        for name, page in expected.pages.items()
    }
    for name, words in listed.items():
        for at, marked in words.items():
            if said.get(name, {}).pop(at, "") != _spelled(filled(marked, own)):
                return False
    return _digest(said, own_sheets(found.sheet_names, expected)) == wording.digest


def beside_words(issues: Collection[Issue], expected: Expected) -> list[Issue]:
    """A form's faults that no other wording explains; they stay whatever was sealed.

    A form of another version has its totals in other lines, too.
    """
    left = [each for each in issues if not _of_words(each, expected)]
    other = len(left) < len(issues)
    return [each for each in left if not (other and each.code == "STRUCTURE_TOTAL_TYPED")]


def _of_words(each: Issue, expected: Expected) -> bool:
    """Sheets that only some parents have are in no digest; a computed figure may stand in another line today."""
    if each.code == "STRUCTURE_NAME_CHANGED":
        return each.place.sheet == TOTALS
    return each.code in _OF_WORDS or (each.code in _OF_SHEETS and bool(own_sheets([each.place.sheet], expected)))


def _said(labels: Mapping[Address, Value], formulas: Mapping[Address, str]) -> dict[Address, str]:
    """What a page of the form says."""
    words = {at: _words(label) for at, label in labels.items()}
    return words | {at: _spelled(f"={formula}") for at, formula in formulas.items()}


def _found(
    values: Mapping[Address, Value],
    formulas: Mapping[Address, str],
    fields: Container[Address],
    respelt: Mapping[str, str],
) -> dict[Address, str]:
    """What a received sheet says where nothing is typed."""
    words = {at: _words(value) for at, value in values.items() if at not in fields}
    for at, formula in formulas.items():
        if at not in fields:
            words[at] = renamed(_spelled(f"={formula}"), respelt)
    return {at: said for at, said in words.items() if said != _words(None)}


def _words(value: Value) -> str:
    """A cell's words as they are compared: blanks and the way letters are composed do not count."""
    return f"{value}" if value is not None and not isinstance(value, str) else _spelled(f"'{value or ''}")


def _spelled(words: str) -> str:
    """A formula or a text, as its first character tells, in the one way that is compared."""
    return f"={tokens(words)}" if words.startswith("=") else f"'{comparable(words[1:])}"


def _digest(said: Mapping[str, Words], sheets: Collection[str]) -> str:
    lines = sorted(f"{name}\t{address(*at)}\t{words}" for name, page in said.items() for at, words in page.items())
    return hashlib.sha256("\n".join((*sorted(sheets), "", *lines)).encode()).hexdigest()


def _own(listed: str) -> Mapping[str, Words] | None:
    """What the unit's own cells say, with marks; None where the text is not ours."""
    try:
        return {
            name: {located(cell): str(words) for cell, words in cells.items()}
            for name, cells in json.loads(listed).items()
        }
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
