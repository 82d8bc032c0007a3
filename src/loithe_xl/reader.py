"""A received workbook as values: what every cell holds, what is wrong with it, and what the file says of itself.

Every cell is read twice, by calamine and by our own pass over the XML; where the two differ the file is refused.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Container
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import inf, isfinite
from typing import Any
from xml.etree import ElementTree as ET

from loithe_xl import plainxml
from loithe_xl.book import Address
from loithe_xl.cellstyles import read_styles
from loithe_xl.issues import Issue, Place, issue
from loithe_xl.kept import kept
from loithe_xl.received import MOST_CELLS, Grid, Received, TooLong, Value, View, exact, named
from loithe_xl.sheetparts import drawings
from loithe_xl.sheetxml import Scan, scan
from loithe_xl.unpacking import parts

_MOST_XML, _SHORT = 32_000_000, 8_000  # bytes of a part that is read whole; and of one that is kept
_DAY_ZERO = datetime(1899, 12, 30)
_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_TIMES = (date, time, timedelta)
_TEXTS = frozenset(("s", "str", "inlineStr"))
_ABSENT = b"<none/>"  # stands for a part that is not there
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_EXTENDED = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TRUTHS = {"0": False, "1": True, "false": False, "true": True}
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
        self._infos = {info.filename.lower(): info for info in self._parts.infos}

    def text(self, name: str) -> bytes:
        """A part; an absent one is an empty document."""
        info = self._infos.get(name.lower())
        return self._parts.text(info) if info else _ABSENT

    def xml(self, name: str) -> ET.Element:
        """A small part as a tree, which must not be changed."""
        text = self.text(name)
        if len(text) > _MOST_XML:
            raise ValueError("a part too long to be read whole")
        return _tree(text) if len(text) <= _SHORT else ET.fromstring(text)


@lru_cache(maxsize=32)
def _tree(text: bytes) -> ET.Element:
    """A short part, kept: many files share their lists of parts."""
    return ET.fromstring(text)


def _read(package: _Package, skip: Container[str], about: bool) -> Received:
    package.xml("[Content_Types].xml")
    book = package.xml("xl/workbook.xml")
    if any(each.get("date1904", "0") not in ("0", "false") for each in book.findall("{*}workbookPr")):
        raise _Refused(issue("FILE_DATE1904"))
    styles = read_styles(plainxml.plain(package.text("xl/styles.xml")))
    shared = package.text("xl/sharedStrings.xml")
    strings = [] if shared == _ABSENT else plainxml.shared_texts(shared)
    names, pages = _sheets(package, book)
    pages = {name: part for name, part in pages.items() if name not in skip}
    scans = {name: scan(package.text(part), styles) for name, part in pages.items()}
    for name, found in scans.items():
        # Before calamine, which lays out the whole rectangle in memory.
        if found.spread() > MOST_CELLS:
            raise _Refused(issue("FILE_TOO_WIDE", Place(sheet=name), sheet=name))
    theirs = _calamine(package.data, tuple(pages))
    joined = {name: _joined(found, theirs.pop(name), strings) for name, found in scans.items()}
    return Received(
        grids={name: Grid(values) for name, (values, _) in joined.items()},
        custom=_custom(package) if about else {},
        names=_names(book),
        modified=_modified(package),
        sheet_names=names,
        flawed={name: flawed for name, (_, flawed) in joined.items()},
        unlocked={name: found.unlocked for name, found in scans.items()},
        dated={name: found.dated for name, found in scans.items()},
        formulas={name: found.written for name, found in scans.items()},
        rules={name: found.rules for name, found in scans.items()},
        program=_program(package),
        views={name: _view(package, book, name, pages[name], found) for name, found in scans.items()},
    )


def _sheets(package: _Package, book: ET.Element) -> tuple[tuple[str, ...], dict[str, str]]:
    """All sheets' names in order, and of those with cells the part that holds them."""
    targets: dict[str, str] = {}
    for each in package.xml("xl/_rels/workbook.xml.rels"):
        if each.tag != _RELATION or each.attrib["Id"] in targets:
            raise ValueError("a strange relation")
        inside = each.get("TargetMode", "Internal") == "Internal" and each.attrib["Type"] == f"{_OFFICE}/worksheet"
        target = posixpath.normpath(posixpath.join("/xl", each.attrib["Target"]))[1:].lower()
        targets[each.attrib["Id"]] = target if inside else ""
    lists = book.findall(f"{_MAIN}sheets")
    if book.tag != f"{_MAIN}workbook" or len(lists) != 1 or any(each.tag != f"{_MAIN}sheet" for each in lists[0]):
        raise ValueError("no plain list of sheets")
    names = [each.attrib["name"] for each in lists[0]]
    links = [targets[each.attrib[f"{{{_OFFICE}}}id"]] for each in lists[0]]
    pages = {name: part for name, part in zip(names, links, strict=True) if part}
    if not pages or len(set(names)) < len(names) or len(set(pages.values())) < len(pages):
        raise ValueError("no sheets, or two of one name or in one part")
    return tuple(names), pages


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


def _joined(
    found: Scan, theirs: list[list[Any]], strings: list[str]
) -> tuple[dict[Address, Value], dict[Address, str]]:
    """The values on which both readings agree, and the flawed cells; ValueError where the readings differ."""
    values: dict[Address, Value] = {}
    flawed = {at: "no_result" for at, kind in found.formulas.items() if kind == "n"}
    known, high, wide = 0, len(theirs), len(theirs[0]) if theirs else 0
    before = (0, 0)
    for at, kind, raw in zip(found.places, found.kinds, found.texts, strict=True):
        row, column = at
        their = theirs[row - 1][column - 1] if row <= high and column <= wide else ""
        if at == before:
            raise ValueError("a cell with two values")
        before = at
        if kind == "e":
            flawed[at] = "error"
        if kind in _TEXTS:
            raw = strings[_count(raw)] if kind == "s" else plainxml.decoded(raw)
        if their == "":
            _blank(kind, raw)
            continue
        known += 1
        if kind in _TEXTS:  # most cells by far
            values[at] = raw if raw == their else _text(raw, their)
        elif kind == "n":
            values[at] = _number(raw, their)
            flawed.pop(at, None)
        else:
            values[at] = _other(kind, raw, their)
    if known != sum(wide - read.count("") for read in theirs):
        raise ValueError("calamine found a value where there is no cell")
    return values, flawed


def _blank(kind: str, raw: str) -> None:
    """Make sure that a cell which calamine calls blank is one: an error, an empty text or nothing."""
    if not (kind == "e" or (kind in ("n", *_TEXTS) and not raw.strip())):
        raise ValueError("two readings of a blank cell differ")


def _count(raw: str) -> int:
    """A number of a shared text."""
    if not (raw.isascii() and raw.isdecimal()):
        raise ValueError("no number of a text")
    return int(raw)


def _text(ours: str, their: Any) -> str:
    """A text, by our reading; calamine may keep the ends of lines as they were, or leave out space at both ends."""
    if isinstance(their, str) and ours.split() == their.split():
        return ours
    raise ValueError("two readings of a text differ")


def _number(raw: str, their: Any) -> int | Decimal:
    """A number, by our reading: calamine rounds moments, and makes some of numbers that are none."""
    number, found = _read_number(raw)
    if not (number == their or isinstance(their, _TIMES)):
        raise ValueError("two readings of a number differ")
    return found


@kept(1_000_000)
def _read_number(raw: str) -> tuple[float, int | Decimal]:
    """A number as a spreadsheet has it and as it is shown; ValueError when these letters are none."""
    raw = raw.strip()
    number = float(raw) if _NUMBER.fullmatch(raw) else inf
    if not isfinite(number):
        raise ValueError("no number")
    return number, exact(number)


def _other(kind: str, raw: str, their: Any) -> int | Decimal | bool:
    """A truth or a date, where both readings agree on it."""
    text = raw.strip()
    if kind == "b" and text in _TRUTHS and their is _TRUTHS[text]:
        return _TRUTHS[text]
    if kind == "d" and isinstance(their, _TIMES):
        return exact((datetime.fromisoformat(text) - _DAY_ZERO) / timedelta(days=1))
    raise ValueError("two readings of a cell differ")


def _view(package: _Package, book: ET.Element, name: str, part: str, found: Scan) -> View:
    """What of a sheet is seen otherwise than it is held."""
    states = [each.get("state", "visible") for each in book.iter(f"{_MAIN}sheet") if each.get("name") == name]
    above = drawings(package.xml, part) if found.view.drawn else ()
    return replace(found.view, visible=states == ["visible"], formats=found.formats, rows=found.hidden, drawings=above)


def _names(book: ET.Element) -> dict[str, str]:
    found = {}
    for each in book.findall(f"{_MAIN}definedNames/{_MAIN}definedName"):
        if "localSheetId" not in each.attrib:
            found[each.attrib["name"]] = named(plainxml.decoded(each.text or ""))
    return found


def _custom(package: _Package) -> dict[str, str]:
    properties = package.xml("docProps/custom.xml")
    return {each.attrib["name"]: plainxml.decoded(each[0].text or "") if len(each) else "" for each in properties}


def _modified(package: _Package) -> datetime | None:
    stated = package.xml("docProps/core.xml").findtext("{http://purl.org/dc/terms/}modified")
    try:
        moment = datetime.fromisoformat((stated or "").strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _program(package: _Package) -> str:
    """Who saved the file; that this cannot be told is no fault of a form."""
    try:
        stated = package.xml("docProps/app.xml").findtext(f"{_EXTENDED}Application") or ""
    except (ValueError, ET.ParseError):
        return ""
    return " ".join(_LETTERS.findall(stated.partition("/")[0][:100])).lower()
