"""What stands around the rows of a sheet's XML: the rules of what may be typed, and what hides cells from sight."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from xml.etree import ElementTree as ET

from loithe_xl.caching import kept
from loithe_xl.reading.received import InputRule, TooLong, View
from loithe_xl.workbook.address import Address, located

LOWEST, _NARROWEST = 2.0, 0.3  # points, letters: less cannot be read
_LONGEST_RULES, _LONGEST_PREFIX, _MOST_PIECES = 1_000_000, 32, 16  # letters; letters; elements of one name
_LAST_COLUMN, _MOST_MERGES, _MOST_AREAS, _LONGEST_FORMULA = 16_384, 20_000, 20_000, 8_192
_TRUE = ("1", "true")
_FORMAT = re.compile(rb"<(?:[\w.-]+:)?sheetFormatPr\s[^<>]*")
_OWN_FORMAT = re.compile(rb"<(?:[\w.-]+:)?numFmt\s")
_DRAWN = re.compile(rb"<(?:[\w.-]+:)?drawing\s")
_DRAWING = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing"
_AREA = re.compile(r"([A-Z]{1,3}[1-9][0-9]{0,6}):([A-Z]{1,3}[1-9][0-9]{0,6})")


def around(text: bytes) -> tuple[tuple[InputRule, ...], View]:
    """The rules and the view of a sheet whose rows were taken out. ValueError when they are not well-formed."""
    rules = tuple(rule for piece in _pieces(text, b"dataValidations") for rule in _rules(piece))
    if sum(rule.areas.count(" ") + 1 for rule in rules) > _MOST_AREAS:
        raise TooLong("rules for more areas than any form has inputs")
    pieces = (*_pieces(text, b"cols"), *_pieces(text, b"mergeCells"))
    default = _FORMAT.search(text)
    return rules, replace(
        _view(pieces, default[0].rstrip(b"/") + b"/>" if default else b""),
        drawn=b"drawing" in text and bool(_DRAWN.search(text)),
    )


@kept(2_000_000)
def _view(pieces: tuple[bytes, ...], default: bytes) -> View:
    """Hidden columns and merged cells; kept, for the files of one form have the same ones."""
    columns: list[tuple[int, int, bool]] = []
    merges: list[tuple[Address, Address]] = []
    low = narrow = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal low, narrow
        name = name.rpartition(":")[2]
        if name == "col":
            hidden = is_hidden(attributes, "width", _NARROWEST)
            columns.append((int(attributes["min"]), int(attributes["max"]), hidden))
        elif name == "mergeCell" and (found := _AREA.fullmatch(attributes["ref"])) and len(merges) < _MOST_MERGES:
            merges.append((located(found[1]), located(found[2])))
        elif name == "sheetFormatPr":
            low = attributes.get("zeroHeight", "0") in _TRUE
            narrow = is_hidden(attributes, "defaultColWidth", _NARROWEST)

    for piece in (*pieces, default):
        if piece:
            parse(b"<view>%b</view>" % piece, start, lambda _: None)
    hidden = [(first, last) for first, last, hides in columns if hides]
    if narrow:
        seen = sorted((first, last) for first, last, _ in columns)
        edges = [0, *(edge for pair in seen for edge in pair), _LAST_COLUMN + 1]
        hidden += [
            (last + 1, first - 1) for last, first in zip(edges[::2], edges[1::2], strict=True) if first - last > 1
        ]
    return View(columns=tuple(hidden), merges=tuple(merges), low=low)


def conditional(text: bytes, codes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The areas of a sheet that may take another number format by a condition, and the format.

    ``codes``: of the looks that the workbook lists. Newer conditions bring theirs along, and name their areas behind.
    """
    if not codes and not (b"numFmt" in text and _OWN_FORMAT.search(text)):
        return
    areas, found, waiting, within = "", list[tuple[str, str]](), list[str](), False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal areas, within
        name = name.rpartition(":")[2]
        within = name == "sqref"
        if name == "conditionalFormatting":
            areas = attributes.get("sqref", "")
            waiting.clear()
        elif name == "cfRule" and (code := codes.get(attributes.get("dxfId", ""))):
            found.append((areas, code))
        elif name == "numFmt":
            waiting.append(attributes.get("formatCode", ""))

    def characters(words: str) -> None:
        if within:
            found.extend((words, code) for code in waiting)

    parse(text, start, characters)
    yield from found


def drawings(xml: Callable[[str], ET.Element], page: str) -> tuple[Address, ...]:
    """Where shapes and pictures on the sheet of this part begin; ``xml`` gives a part.

    A drawing without any is what some programs add to every sheet.
    """
    folder, _, name = page.rpartition("/")
    found = []
    for each in xml(f"{folder}/_rels/{name}.rels"):
        if each.get("Type") == _DRAWING and each.get("TargetMode", "Internal") == "Internal":
            target = posixpath.normpath(posixpath.join("/", folder, each.attrib["Target"]))[1:]
            for start in xml(target).iterfind("{*}*/{*}from"):
                row, column = (int(start.findtext(f"{{*}}{axis}") or 0) for axis in ("row", "col"))
                found.append((row + 1, column + 1))
    return tuple(found)


def is_hidden(attributes: Mapping[str, str], size: str, least: float) -> bool:
    """Whether a row or a column with these attributes is hidden, or too small to be seen."""
    if not attributes or not (attributes.keys() & {"hidden", size}):
        return False
    try:
        small = float(attributes.get(size, least)) < least
    except ValueError:
        small = False
    return small or attributes.get("hidden", "0") in _TRUE


def parse(text: bytes, start: Callable[[str, dict[str, str]], None], characters: Callable[[str], None]) -> None:
    """Hand a document's beginnings of elements and its letters over. ValueError when it is not well-formed."""
    from xml.parsers import expat

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = start, characters
    try:
        parser.Parse(text, True)
    except expat.ExpatError as fault:
        raise ValueError(str(fault)) from fault


def _pieces(text: bytes, name: bytes) -> Iterator[bytes]:
    """The elements of a name, whatever prefix it has, as they stand in a document.

    The reader refuses comments, and all else in which such words could stand and mean nothing.
    """
    at, opened = text.find(name), 0
    while at >= 0:
        start, behind = text.rfind(b"<", max(0, at - _LONGEST_PREFIX), at), at + len(name)
        prefix = text[start + 1 : at] if start >= 0 else b"?"
        if not prefix or (prefix.endswith(b":") and not prefix.startswith(b"/")):
            opened += 1
            if opened > _MOST_PIECES:
                raise ValueError("more lists of rules than any form could come to")
            close = b"</" + prefix + name + b">"
            end = text.find(close, behind)
            if end >= 0:
                behind = end + len(close)
                yield text[start:behind]
        at = text.find(name, behind)


@kept(2_000_000)
def _rules(piece: bytes) -> tuple[InputRule, ...]:
    """The rules of one element that lists them; kept, for the files of one form state the same ones.

    Those for longer lists stand among the extensions, where Excel keeps each formula one element deeper.
    """
    found: list[dict[str, str]] = []
    into = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal into
        name = name.rpartition(":")[2]
        if name == "dataValidation":
            found.append({"formula1": "", "formula2": "", "sqref": ""} | attributes)
        if name != "f":
            into = name if found and name in ("formula1", "formula2", "sqref") else ""

    def characters(text: str) -> None:
        if into == "sqref" or (into and len(found[-1][into]) <= _LONGEST_FORMULA):
            found[-1][into] += text

    if len(piece) > _LONGEST_RULES:
        raise ValueError("longer rules than any form could come to")
    parse(piece, start, characters)
    return tuple(
        InputRule(
            each["sqref"].strip(),
            each.get("type", "none"),
            each.get("operator", "between"),
            each["formula1"].strip(),
            each["formula2"].strip(),
            each.get("errorStyle", "stop"),
        )
        for each in found
    )
