"""The unit's own texts, put into a finished package without rendering it again; and a password as Excel keeps it.

Only for packages of our own writer: their shape is known and checked here, so no XML is parsed.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from loithe_xl.workbook.address import Address, Scalar
from loithe_xl.workbook.celltext import LONGEST_TEXT, attribute, escaped, escaped_outside, literal, units
from loithe_xl.workbook.sheetfill import Sheets
from loithe_xl.workbook.zipparts import Part, Piece, Pieces, entry, joined, parts_of, piece

_BLOCK = 65_535  # the most a block of deflate stores as it is
_NARROW = 255  # units in an attribute, a property or a formula's text
_FORMULAS = (b"f", b"formula", b"formula1", b"formula2")
_HEADERS = (b"oddHeader", b"oddFooter", b"firstHeader", b"firstFooter")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def replace(package: bytes, marks: Mapping[str, str]) -> bytes:
    """The package with each mark replaced by its text wherever it stands; for many units use ``Master``."""
    return Master(package, marks).stamp(marks)


class Master:
    """A rendered form with marks where units differ: planned once, then stamped for each unit.

    A mark is letters, digits, ``@`` and ``_``; each must occur. One that stands where a number is (write it as a
    number of the book, such as 987650001) is replaced by a number. Fixed texts between marks are compressed once and
    for all; the units' texts go between them uncompressed. Of a sheet whose cells are filled only the blocks of rows in
    which they stand are compressed anew, quickly.
    """

    def __init__(self, package: bytes, marks: Iterable[str]) -> None:
        self._marks = tuple(marks)
        pattern = re.compile("|".join(map(_bounded, sorted(self._marks, key=len, reverse=True)) or ["(?!)"]).encode())
        parts = parts_of(package)
        planned = [_plan(part, pattern) for part in parts]
        self._parts = [part if isinstance(part, _Plan) else entry(part) for part in planned]
        self._sheets = Sheets(parts, {part.name for part in planned if isinstance(part, _Plan)})
        self._slots = {slot for part in self._parts if isinstance(part, _Plan) for slot in part.slots}
        found = {slot.mark for slot in self._slots}
        if found != set(self._marks):
            raise ValueError(f"marks absent from the package: {sorted(set(self._marks) - found)}")

    def stamp(self, marks: Mapping[str, str], cells: Mapping[str, Mapping[Address, Scalar]] | None = None) -> bytes:
        """The package of one unit. Texts of text cells carry no blanks at their ends (Excel would drop them).

        ``cells``: what else differs, by sheet and address: what is typed, or what the formula there comes to. They
        stand on sheets without marks.
        """
        if set(marks) != set(self._marks):
            raise ValueError(f"marks unlike the plan's: {sorted(set(marks) ^ set(self._marks))}")
        written = {slot: _written(slot.write(marks[slot.mark])) for slot in self._slots}
        entries = [entry(part.filled(written)) if isinstance(part, _Plan) else part for part in self._parts]
        for sheet, values in (cells or {}).items():
            place, filled = self._sheets.fill(sheet, values)
            entries[place] = filled
        return joined(entries)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A mark's place: which, and how a text must be written there."""

    mark: str
    write: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A part cut at its marks: ``pieces`` has one more than ``slots``."""

    name: str
    pieces: tuple[Piece, ...]
    slots: tuple[_Slot, ...]

    def filled(self, written: Mapping[_Slot, tuple[bytes, bytes]]) -> Part:
        """The part with each slot's text, given as it is and as a stored block."""
        made = Pieces()
        made.add(self.pieces[0])
        for slot, fixed in zip(self.slots, self.pieces[1:], strict=True):
            made.add_text(*written[slot])
            made.add(fixed)
        return made.part(self.name)


def _plan(part: Part, pattern: re.Pattern[bytes]) -> Part | _Plan:
    text, start = part.text, 0
    texts, slots = [], []
    for match in pattern.finditer(text):
        texts.append(text[start : match.start()])
        slots.append(_Slot(match.group().decode(), _writing(part.name, text, match.start())))
        start = match.end()
    if not slots:
        return part
    texts.append(text[start:])
    return _Plan(part.name, tuple(map(piece, texts)), tuple(slots))


def _writing(name: str, text: bytes, start: int) -> Callable[[str], str]:
    """How a text is written at ``start``: in an attribute, a formula, a print header, a number or plain text."""
    opening = text.rindex(b"<", 0, start)
    if text.find(b">", opening, start) < 0:
        return _as_attribute
    element = re.split(rb"[ >]", text[opening + 1 : start], maxsplit=1)[0]
    if element in _FORMULAS:
        return _as_formula
    if element == b"definedName":
        return _as_constant
    if element in _HEADERS:
        return _as_header
    if element == b"v" and b' t="str"' not in text[text.rindex(b"<c ", 0, start) : start]:
        return _as_number
    return _as_property if name.startswith("docProps/") else _as_text


def _as_text(text: str) -> str:
    return escaped(_fitting(text, LONGEST_TEXT))


def _as_property(text: str) -> str:
    return escaped_outside(_fitting(text, _NARROW))


def _as_attribute(text: str) -> str:
    return attribute(_fitting(text, _NARROW))


def _as_formula(text: str) -> str:
    # A mark in a formula stands inside quotes.
    return escaped_outside(literal(_fitting(text, _NARROW)))


def _as_constant(text: str) -> str:
    # What a name stands for must stay one text.
    return escaped_outside(_fitting(text, _NARROW).replace('"', '""'))


def _as_header(text: str) -> str:
    # Print headers read a single & as a command.
    return escaped_outside(_fitting(text, _NARROW).replace("&", "&&"))


def _as_number(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"a number stands here, not {text!r}")
    return text


def _fitting(text: str, most: int) -> str:
    if units(text) > most or text != text.strip():
        raise ValueError(f"not a text that can be stamped: {text[:80]!r}")
    return text


def _bounded(mark: str) -> str:
    if not re.fullmatch("[A-Za-z0-9@_]+", mark):
        raise ValueError(f"not a mark: {mark!r}")
    # A number must not be found within a longer one; @ bounds itself.
    return mark if mark.startswith("@") and mark.endswith("@") else rf"(?<![\w.]){mark}(?![\w.])"


def _written(text: str) -> tuple[bytes, bytes]:
    """A text as it is, and as uncompressed blocks of a deflate stream."""
    return (own := text.encode()), _stored(own)


def _stored(text: bytes) -> bytes:
    blocks = (text[start : start + _BLOCK] for start in range(0, len(text), _BLOCK))
    return b"".join(struct.pack("<BHH", 0, len(block), _BLOCK - len(block)) + block for block in blocks)
