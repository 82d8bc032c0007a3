"""What a person does not see of a form's inputs as they are: numbers under strange formats, cells hidden or covered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal

from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.language.notation import plain
from loithe_xl.reading.display import seen
from loithe_xl.reading.received import Received, Value, View
from loithe_xl.rules.evaluate import is_filled, is_number, is_whole
from loithe_xl.workbook.address import Address, address
from loithe_xl.workbook.ownsheets import TOTALS

WPS = "WpsReserved_"  # how WPS Office names sheets of its own
_SIGNS = frozenset(".,-−%‰+/ ")
_LONGEST = 24  # letters of a number that are quoted
_DIGITS = 15  # of a text that is quoted as a number


def unseen(found: Received, name: str, fields: Mapping[Address, str], counts: Set[Address]) -> Iterator[Issue]:
    """The faults of one input sheet; ``fields``: its inputs, by their cells. Only those that hold something matter.

    ``counts``: inputs of whole numbers; that theirs has decimals is told as such, whether they are seen or not.
    """
    view = found.views.get(name)
    if view is None:
        return
    held = {at: raw for at, raw in found.grids[name].values.items() if at in fields and is_filled(raw)}
    yield from (issue("STRUCTURE_DRAWING", Place(sheet=name, cell=address(*at))) for at in view.drawings)
    if held and not view.visible:
        yield issue("STRUCTURE_SHEET_HIDDEN", Place(sheet=name), sheet=name)
    covered = set(_covered(view, held))
    for at, raw in held.items():
        broken = at in counts and is_number(raw) and not is_whole(raw)
        shown = None if broken else _shown(view.formats.get(at, ""), raw)
        hidden = at[0] in view.rows or any(first <= at[1] <= last for first, last in view.columns)
        if shown is not None or hidden or at in covered:
            place = Place(sheet=name, cell=address(*at), field=fields[at])
            if shown is not None:
                yield issue("STRUCTURE_FORMAT_OTHER", place, stored=_stored(raw), shown=_quoted(shown))
            if at in covered:
                yield issue("STRUCTURE_MERGED_OVER", place)
            elif hidden and view.visible:
                yield issue("STRUCTURE_UNSEEN", place)


def shows_other(found: Received, sheet: str, at: Address) -> bool:
    """Whether a cell shows something else than it holds."""
    view = found.views.get(sheet)
    return view is not None and _shown(view.formats.get(at, ""), found.grids[sheet].get(*at)) is not None


def foreign_sheets(found: Received) -> Iterator[Issue]:
    """Sheets of WPS Office's own are hidden where it made them."""
    for number, name in enumerate(found.sheet_names, 1):
        grid, view = found.grids.get(name), found.views.get(name)
        if name.startswith(WPS) and grid and grid.values and view and view.visible:
            yield issue("STRUCTURE_SHEET_FOREIGN", number=number)


def typed_totals(found: Received, totals: Set[Address]) -> Iterator[Issue]:
    """Totals that were typed over: nobody reads them, but on paper they stand.

    Where most are none of ours, the sheet is of another version, or of a program that keeps no formulas.
    """
    formulas = (found.formulas or {}).get(TOTALS, {})
    typed = [at for at in totals if not any(map(str.isalpha, formulas.get(at, "")))]
    if 2 * len(typed) < len(totals):
        yield from (issue("STRUCTURE_TOTAL_TYPED", Place(sheet=TOTALS, cell=address(*at))) for at in sorted(typed))


def _covered(view: View, held: Mapping[Address, Value]) -> Iterator[Address]:
    """The cells that lie under another one with which they were merged."""
    for (top, left), (bottom, right) in view.merges:
        if (bottom - top + 1) * (right - left + 1) <= len(held):
            inside = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
            yield from (at for at in inside if at in held and at != (top, left))
        else:
            yield from (at for at in held if top <= at[0] <= bottom and left <= at[1] <= right and at != (top, left))


def _shown(code: str, raw: Value) -> str | None:
    """What is seen of a value where it is something else; truths are seen as they are."""
    return seen(code, raw) if code and (isinstance(raw, str) or is_number(raw)) else None


def _stored(raw: Value) -> str | Text:
    """A number; of texts nobody's words are told."""
    if isinstance(raw, int | Decimal):
        return plain(raw)
    said = str(raw).strip()
    return said if said.isdecimal() and len(said) <= _DIGITS else text("seen.text")


def _quoted(shown: str) -> str | Text:
    """What is shown, as far as it is a number: the words of a format are its author's."""
    said = "".join(letter if _of_numbers(letter) else "…" if letter.isalpha() else "" for letter in shown)
    said = re.sub(r"…[… ]*", "…", said).strip()[:_LONGEST]
    if not shown.strip():
        return text("seen.nothing")
    return said if any(map(str.isnumeric, said)) else text("seen.text")


def _of_numbers(letter: str) -> bool:
    return letter in _SIGNS or unicodedata.numeric(letter, None) is not None
