"""A received workbook as values: what every cell holds, what is wrong with it, and what the file says of itself.

Every cell is read twice, by calamine and by our own pass over the XML; where the two differ the file is refused.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Container
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

from loithe_xl.language.catalogue import text
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.reading import strictxml
from loithe_xl.reading.agreement import agreed
from loithe_xl.reading.cellstyles import CellStyles, read_styles
from loithe_xl.reading.contents import judged
from loithe_xl.reading.opc import BOOK, part_key, relations, relations_of
from loithe_xl.reading.partkinds import WORKSHEET
from loithe_xl.reading.received import MOST_BLANK, MOST_CELLS, Received, SheetValues, TooLong, View, named
from loithe_xl.reading.sheetparts import drawings
from loithe_xl.reading.sheetxml import Scan, scan
from loithe_xl.reading.unpacking import parts
from loithe_xl.workbook.ownsheets import TOTALS
from loithe_xl.workbook.zipparts import entry, joined, parts_of

_MOST_XML, _SHORT = 8_000_000, 8_000  # bytes of a part that is read whole; and of one that is kept
_LETTERS = re.compile(r"[^\W\d_]+")
_EXTENT = re.compile(rb"""<([\w.-]+:)?dimension\s[^<>]*?ref\s*=\s*["']([^"'<>]*)["'][^<>]*(?:/>|></\1?dimension>)""")
_COMMON = re.compile(rb"[A-Z]+[0-9]+(?::[A-Z]+[0-9]+)?")
_ABSENT = b"<none/>"  # stands for a part that is not there
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_EXTENDED = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# What a broken file makes the libraries raise. Where memory is short, whoever watches must know.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, ET.ParseError, ValueError, LookupError, OverflowError,
    NotImplementedError, EOFError, RecursionError,
)  # fmt: skip


class _Refused(Exception):
    """Carries an issue out of the depths of a file."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue


def read(data: bytes, skip: Container[str] = (), about: bool = True) -> Received | Issue:
    """What a workbook that passed the gate holds, or why it cannot be read; never raises for what the bytes are.

    Sheets named in ``skip`` are left out (pages that hold nothing typed cost as much time as those that do), and
    without ``about`` the properties of the file.
    """
    try:
        return _read(_Package(data), skip, about)
    except _Refused as refused:
        return refused.issue
    except TooLong:
        return issue("FILE_TOO_LONG")
    except _BROKEN:
        return issue("FILE_UNREADABLE")


class _Package:
    """The parts of a file by name, unpacked when asked for."""

    def __init__(self, data: bytes) -> None:
        self.data, self._parts = data, parts(data)
        self._infos = {part_key(info.filename): info for info in self._parts.infos}

    def text(self, name: str) -> bytes:
        """A part; an absent one is an empty document."""
        info = self._infos.get(part_key(name))
        return self._parts.text(info) if info else _ABSENT

    def linked(self) -> bool:
        """Whether it has links to other workbooks; ValueError when it is no package."""
        return judged(self._parts).linked

    def led(self, kind: str) -> str:
        """The part to which the package itself has a relation of this kind; blank when there is none, or several."""
        found = [each.target for each in relations(self.text(relations_of("")), "") if each.type.endswith(f"/{kind}")]
        return found[0] if len(found) == 1 else ""

    def xml(self, name: str) -> ET.Element:
        """A small part as a tree, which must not be changed."""
        text = self.text(name)
        if len(text) > _MOST_XML:
            raise TooLong("a part too long to be read whole")
        return _tree(text) if len(text) <= _SHORT else ET.fromstring(text)


@lru_cache(maxsize=32)
def _tree(text: bytes) -> ET.Element:
    """A short part, kept: many files share their lists of parts."""
    return ET.fromstring(text)


def _read(package: _Package, skip: Container[str], about: bool) -> Received:
    linked = package.linked()
    book = package.xml(BOOK)
    if any(each.get("date1904", "0") not in ("0", "false") for each in book.findall("{*}workbookPr")):
        raise _Refused(issue("FILE_DATE1904"))
    styles = read_styles(strictxml.strict(package.text("xl/styles.xml")))
    shared = package.text("xl/sharedstrings.xml")
    strings = [] if shared == _ABSENT else strictxml.shared_texts(shared)
    names, pages = _sheets(package, book)
    computed = {TOTALS: pages[TOTALS]} if TOTALS in pages and TOTALS in skip else {}
    pages = {name: part for name, part in pages.items() if name not in skip}
    scans = {name: scan(package.text(part), styles) for name, part in pages.items()}
    for name, found in scans.items():
        # Before calamine, which lays out the whole rectangle in memory.
        # A parent's records grow with its units, but they fill theirs.
        if found.spread() > max(MOST_CELLS, MOST_BLANK * len(found.places)):
            raise _Refused(_too_wide(name, names, book))
    theirs = _theirs(package, pages)
    values = {name: agreed(found, theirs.pop(name), strings) for name, found in scans.items()}
    return Received(
        grids={name: SheetValues(cells) for name, (cells, _) in values.items()},
        custom=_custom(package) if about else {},
        names=_names(book),
        modified=_modified(package),
        sheet_names=names,
        flawed={name: flawed for name, (_, flawed) in values.items()},
        unlocked={name: found.unlocked for name, found in scans.items()},
        dated={name: found.dated for name, found in scans.items()},
        formulas={name: found.written for name, found in (scans | _glanced(package, computed, styles)).items()},
        rules={name: found.rules for name, found in scans.items()},
        program=_program(package),
        views={name: _view(package, book, name, pages[name], found) for name, found in scans.items()},
        linked=linked,
    )


def _glanced(package: _Package, pages: dict[str, str], styles: CellStyles) -> dict[str, Scan]:
    """Sheets of which only the formulas matter; one that is broken costs nothing."""
    try:
        return {name: scan(package.text(part), styles) for name, part in pages.items()}
    except _BROKEN:
        return {}


def _sheets(package: _Package, book: ET.Element) -> tuple[tuple[str, ...], dict[str, str]]:
    """All sheets' names in order, and of those with cells the part that holds them."""
    targets = {
        each.id: each.target if each.type == WORKSHEET else ""
        for each in relations(package.text(relations_of(BOOK)), BOOK)
    }
    lists = book.findall(f"{_MAIN}sheets")
    if book.tag != f"{_MAIN}workbook" or len(lists) != 1 or any(each.tag != f"{_MAIN}sheet" for each in lists[0]):
        raise ValueError("no plain list of sheets")
    names = [each.attrib["name"] for each in lists[0]]
    links = [targets[each.attrib[f"{{{_OFFICE}}}id"]] for each in lists[0]]
    pages = {name: part for name, part in zip(names, links, strict=True) if part}
    if not pages or len(set(names)) < len(names) or len(set(pages.values())) < len(pages):
        raise ValueError("no sheets, or two of one name or in one part")
    return tuple(names), pages


def _too_wide(name: str, names: tuple[str, ...], book: ET.Element) -> Issue:
    """The sheets of a form are those to which defined names lead; another is named by its number alone, for its name is
    somebody's own words."""
    own = any(f"'{name}'!" in formula or formula.startswith(f"{name}!") for formula in _names(book).values())
    told = f"“{name}”" if own else text("form.sheet_at", number=names.index(name) + 1)
    return issue("FILE_TOO_WIDE", Place(sheet=name if own else ""), sheet=told)


def _theirs(package: _Package, pages: dict[str, str]) -> dict[str, list[list[Any]]]:
    """What calamine reads. It gives up where a sheet states its extent in a way of its own (``1:43``, ``A:E``); that is
    a hint and nothing else, so without it calamine is asked again."""
    try:
        return _calamine(package.data, tuple(pages))
    except ValueError:
        stated = {part: text for part in pages.values() if (text := _unhinted(package.text(part))) is not None}
        if not stated:
            raise
        kept = ((part_key(part.name), part) for part in parts_of(package.data))
        changed = [part.changed(stated[name]) if name in stated else part for name, part in kept]
        return _calamine(joined(map(entry, changed)), tuple(pages))


def _unhinted(text: bytes) -> bytes | None:
    """A sheet without its extent, where this is stated in no common way."""
    head, mark, rest = text.partition(b"sheetData")
    found = _EXTENT.search(head)
    if not found or _COMMON.fullmatch(found[2]):
        return None
    return head[: found.start()] + head[found.end() :] + mark + rest


def _calamine(data: bytes, sheets: tuple[str, ...]) -> dict[str, list[list[Any]]]:
    """Each sheet's rows from A1 on, as calamine reads them; ValueError when it cannot."""
    import python_calamine

    try:
        with python_calamine.load_workbook(io.BytesIO(data)) as book:
            # Without skip_empty_area=False everything would shift to the first cell in use.
            return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in sheets}
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as fault:  # the library's panics are no Exception
        raise ValueError(f"calamine: {fault}") from None


def _view(package: _Package, book: ET.Element, name: str, part: str, found: Scan) -> View:
    """What of a sheet is seen otherwise than it is held."""
    states = [each.get("state", "visible") for each in book.iter(f"{_MAIN}sheet") if each.get("name") == name]
    above = drawings(package.xml, part) if found.view.drawn else ()
    return replace(found.view, visible=states == ["visible"], formats=found.formats, rows=found.hidden, drawings=above)


def _names(book: ET.Element) -> dict[str, str]:
    found = {}
    for each in book.findall(f"{_MAIN}definedNames/{_MAIN}definedName"):
        if "localSheetId" not in each.attrib:
            found[each.attrib["name"]] = named(strictxml.decoded(each.text or ""))
    return found


def _custom(package: _Package) -> dict[str, str]:
    properties = package.xml(package.led("custom-properties"))
    return {each.attrib["name"]: strictxml.decoded(each[0].text or "") if len(each) else "" for each in properties}


def _modified(package: _Package) -> datetime | None:
    stated = package.xml(package.led("metadata/core-properties")).findtext("{http://purl.org/dc/terms/}modified")
    try:
        moment = datetime.fromisoformat((stated or "").strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _program(package: _Package) -> str:
    """Who saved the file; that this cannot be told is no fault of a form."""
    try:
        stated = package.xml(package.led("extended-properties")).findtext(f"{_EXTENDED}Application") or ""
    except (ValueError, ET.ParseError):
        return ""
    return " ".join(_LETTERS.findall(stated.partition("/")[0][:100])).lower()
