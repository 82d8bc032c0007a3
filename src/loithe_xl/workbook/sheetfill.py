"""Cells of a finished sheet of our own writer, written anew: what is typed in them, and what their formulas come to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from html import unescape

from loithe_xl.workbook.address import Address, Scalar, located
from loithe_xl.workbook.celltext import escaped, inline
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.numbers import cell_number
from loithe_xl.workbook.zipparts import Part, Piece, Pieces, ZipEntry, deflated, entry, piece

_CELL = re.compile(
    rb'<c r="(?P<name>[A-Z]+[0-9]+)" s="(?P<style>[0-9]+)"[^>]*?'
    rb"(?:/>|>(?P<formula><f(?: [^>]*)?(?:/>|>[^<]*</f>))?.*?</c>)",
    re.S,
)
_ROW_END = re.compile(rb"</row>|<row [^>]*/>")
_BLOCK = 32_768  # of this size at most, unless a row is longer: as far as deflate looks back, shorter ones pack worse
_QUICK, _KEPT = 1, 16  # level of deflate for what serves one unit; so many forms of each sheet are kept
_FORMATS = re.compile(rb"<cellXfs [^>]*>(.*)</cellXfs>", re.S)
_FORMAT = re.compile(rb"<xf [^>]*?(?:/>|[^/]>.*?</xf>)", re.S)
_QUOTED = b' quotePrefix="1"'


@dataclass(frozen=True, slots=True)
class _Spot:
    """A cell's place: which block of the sheet, and where in its text; its name, its format, and its formula if any, as
    an element."""

    block: int
    start: int
    end: int
    name: bytes
    style: int
    formula: bytes | None


class Sheets:
    """The sheets of a package, by name; they are looked through when one is filled for the first time."""

    def __init__(self, parts: Sequence[Part], but: Collection[str] = ()) -> None:
        self._parts = {part.name: (place, part) for place, part in enumerate(parts) if part.name not in but}
        self._named = {part.name: part for part in parts}
        self._sheets: dict[str, tuple[int, _Sheet]] = {}

    def fill(self, name: str, values: Mapping[Address, Scalar]) -> tuple[int, ZipEntry]:
        """The place of a sheet among the parts, and the sheet with these cells; KeyError where it has no such cell."""
        if not self._sheets:
            self._open()
        place, sheet = self._sheets[name]
        return place, sheet.entry(values)

    def _open(self) -> None:
        names = re.findall('<sheet name="([^"]*)"', self._named["xl/workbook.xml"].text.decode())
        typed = typed_formats(self._named["xl/styles.xml"].text)
        for number, name in enumerate(names, 1):
            if found := self._parts.get(f"xl/worksheets/sheet{number}.xml"):
                self._sheets[unescape(name)] = found[0], _Sheet(found[1], typed)


class _Sheet:
    """One sheet, cut into blocks of rows; ``typed``: number of a format -> that of its twin for typed texts."""

    def __init__(self, part: Part, typed: Mapping[int, int]) -> None:
        self.name = part.name
        self.kept: dict[tuple[tuple[Address, str], ...], ZipEntry] = {}
        self.blocks = [_Block(text, typed) for text in _cut(part.text)]
        self.spots = {
            located(found["name"].decode()): _spot(number, found)
            for number, block in enumerate(self.blocks)
            for found in _CELL.finditer(block.text)
        }

    def entry(self, values: Mapping[Address, Scalar]) -> ZipEntry:
        """The sheet with these cells: what is typed, or the result of a formula. KeyError for a cell it has not."""
        # The same are often asked for again: of two forms without faults the checks are the same, whatever is typed.
        asked = tuple([(at, repr(value)) for at, value in values.items()])
        if asked not in self.kept:
            if len(self.kept) >= _KEPT:
                self.kept.clear()
            self.kept[asked] = entry(self._filled(values))
        return self.kept[asked]

    def _filled(self, values: Mapping[Address, Scalar]) -> Part:
        changes = defaultdict[int, list[tuple[_Spot, Scalar]]](list)
        for at, value in values.items():
            spot = self.spots[at]
            changes[spot.block].append((spot, value))
        made = Pieces()
        for number, block in enumerate(self.blocks):
            if number in changes:
                text = block.written(changes[number])
                made.add_text(text, deflated(text, _QUICK))
            else:
                made.add(block.piece)
        return made.part(self.name)


class _Block:
    """Some rows of a sheet, or what stands before or behind all rows."""

    def __init__(self, text: bytes, typed: Mapping[int, int]) -> None:
        self.text, self.typed = text, typed

    @cached_property
    def piece(self) -> Piece:
        """The block as it was drawn."""
        return piece(self.text)

    def written(self, changes: Sequence[tuple[_Spot, Scalar]]) -> bytes:
        """The block's text with these cells."""
        out: list[bytes] = []
        done = 0
        for spot, value in sorted(changes, key=_by_start):
            out += (self.text[done : spot.start], self._cell(spot, value))
            done = spot.end
        return b"".join([*out, self.text[done:]])

    def _cell(self, spot: _Spot, value: Scalar) -> bytes:
        style, kind, content = spot.style, b"", b""
        if spot.formula is not None:
            kind, shown = _result(value)
            content = b"%b<v>%b</v>" % (spot.formula, shown)
        elif value is None or value == "":
            pass
        elif isinstance(value, str):
            style, kind = self.typed.get(style, style), b' t="inlineStr"'
            content = inline(value).encode()
        elif isinstance(value, bool):
            kind, content = b' t="b"', b"<v>%d</v>" % value
        else:
            number = serial(value) if isinstance(value, date) else value
            content = b"<v>%b</v>" % f"{number:.16G}".encode()
        head = b'<c r="%b" s="%d"%b' % (spot.name, style, kind)
        return b"%b>%b</c>" % (head, content) if content else head + b"/>"


def _cut(text: bytes) -> Iterator[bytes]:
    """A sheet's text in blocks, cut behind rows and before what follows them all."""
    start = end = 0
    for row in _ROW_END.finditer(text):
        if end > start and row.end() - start > _BLOCK:
            yield text[start:end]
            start = end
        end = row.end()
    if end > start:
        yield text[start:end]
    yield text[end:]


def typed_formats(styles: bytes) -> dict[int, int]:
    """From ``xl/styles.xml``: the number of each cell format whose twin keeps what is typed a text -> the twin's."""
    listed = _FORMATS.search(styles)
    formats = _FORMAT.findall(listed[1]) if listed else []
    quoted = {each.replace(_QUOTED, b""): number for number, each in enumerate(formats) if _QUOTED in each}
    return {number: quoted[each] for number, each in enumerate(formats) if each in quoted}


def _by_start(found: tuple[_Spot, Scalar]) -> int:
    return found[0].start


def _spot(block: int, found: re.Match[bytes]) -> _Spot:
    return _Spot(block, found.start(), found.end(), found["name"], int(found["style"]), found["formula"])


def _result(value: Scalar) -> tuple[bytes, bytes]:
    """How the result of a formula is marked and written; an empty text is a result, too."""
    if isinstance(value, str):
        return b' t="str"', escaped(value).encode()
    if isinstance(value, Decimal):
        value = cell_number(value)
    return b"", str(value).encode()
