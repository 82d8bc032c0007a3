"""What a package holds beside cells: whether each part is of a kind that an honest workbook has, and stands where every
program looks for it. Types and relations are read, not searched; wherever a part lies, and whatever it is called.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from zipfile import ZipInfo

from loithe_xl.reading import opc, partkinds, strictxml
from loithe_xl.reading.opc import Relation, Types
from loithe_xl.reading.partkinds import BOOKS
from loithe_xl.reading.unpacking import Parts

# The worst first: beside it the others need not be said.
_ORDER = (
    "FILE_STRICT", "FILE_MACRO", "FILE_DDE", "FILE_ACTIVEX", "FILE_EMBEDDING", "FILE_CUSTOM_UI", "FILE_WEB_ADDIN",
    "FILE_LINKED", "FILE_UNREADABLE", "FILE_FOREIGN_PART", "FILE_TWO_READINGS", "FILE_EXTERNAL_LINK", BOOKS, "",
)  # fmt: skip
_FETCHED = re.compile(r"""\bsrc\s*=\s*["']\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)""", re.IGNORECASE)  # in a VML drawing
_QUERY = b"DataMashup"  # Power Query's own element, which stands in a part of no special type, mostly in UTF-16
_OTHER_LINKS = {"ddeLink": "FILE_DDE", "oleLink": "FILE_EMBEDDING"}  # instead of a workbook
_USUAL = (
    (partkinds.STRINGS, partkinds.STRINGS_TYPE, "xl/sharedstrings.xml"),
    (partkinds.STYLES_RELATION, partkinds.STYLES_TYPE, "xl/styles.xml"),
)


class Judged(NamedTuple):
    """``code``: the worst fault, blank when there is none; ``linked``: that it is links to other workbooks alone, which
    a reader can bear who names the cells that use them."""

    code: str
    linked: bool


class _Frame(NamedTuple):
    names: Mapping[str, ZipInfo]
    types: Types
    related: Mapping[str, tuple[Relation, ...]]  # by the part whose relations they are


@lru_cache(maxsize=1)
def judged(found: Parts) -> Judged:
    """Whether a package is an honest workbook's. ValueError when its types or relations cannot be read.

    Kept, for gate and reader ask one after the other.
    """
    names = {opc.part_key(info.filename): info for info in found.infos}
    sources = {source: name for name in names if (source := opc.source_of(name)) is not None}
    if not {"", opc.BOOK} <= sources.keys():
        raise ValueError("no relations")
    related = {source: opc.relations(found.text(names[name]), source) for source, name in sources.items()}
    frame = _Frame(names, opc.content_types(found.text(names[opc.TYPES_PART])), related)
    faults = {*_kinds(frame), *_hidden(found, frame), "" if _usual(frame) else "FILE_TWO_READINGS"}
    if BOOKS in faults:
        faults |= _links(found, frame)
    worst = min(faults, key=_ORDER.index)
    return Judged("FILE_EXTERNAL_LINK" if worst == BOOKS else worst, worst == BOOKS)


def _kinds(frame: _Frame) -> set[str]:
    """What the parts and relations are called that are foreign."""
    types = {*frame.types.parts.values(), *map(frame.types.of, frame.names)} - {""}
    called = {*map(partkinds.foreign_kind, types), *map(partkinds.foreign_name, frame.names)}
    return called | {_relation(each) for several in frame.related.values() for each in several}


def _relation(relation: Relation) -> str:
    called = partkinds.foreign_kind(relation.type)
    if not relation.outside or relation.type == partkinds.HYPERLINK or called not in ("", "FILE_FOREIGN_PART"):
        return called
    return "FILE_UNREADABLE" if relation.type == partkinds.WORKSHEET else "FILE_LINKED"  # a sheet of the web is none


def _links(found: Parts, frame: _Frame) -> set[str]:
    """What the links lead to that lead to no workbook."""
    named = {name for name in frame.names if name.startswith("xl/externallinks/")}
    typed = {name for name in frame.names if frame.types.of(name) == partkinds.LINK_TYPE}
    led = {each.target for several in frame.related.values() for each in several if each.type == partkinds.LINK}
    called: set[str] = set()
    for name in (named | typed | led) & frame.names.keys():
        if opc.source_of(name) is None:
            within = {element.rpartition(" ")[2] for _, element, _ in strictxml.elements(found.text(frame.names[name]))}
            called |= {code for element, code in _OTHER_LINKS.items() if element in within}
    return called


def _hidden(found: Parts, frame: _Frame) -> set[str]:
    """What parts hold that can hold anything, and what drawings fetch."""
    called: set[str] = set()
    for name, info in frame.names.items():
        kind = frame.types.of(name)
        if kind in partkinds.FREE_TYPES and _QUERY in found.text(info).replace(b"\0", b""):
            called.add("FILE_EXTERNAL_LINK")
        if kind == partkinds.VML and _FETCHED.search(html.unescape(found.text(info).decode(errors="replace"))):
            called.add("FILE_LINKED")
    return called


def _usual(frame: _Frame) -> bool:
    """Whether workbook, shared texts and styles are the parts that every program takes, and there are no others."""
    if [each.target for each in frame.related[""] if each.type == partkinds.DOCUMENT] != [opc.BOOK]:
        return False
    if any(frame.types.of(name) in partkinds.DOCUMENT_TYPES for name in frame.names.keys() - {opc.BOOK}):
        return False
    for relation, kind, usual in _USUAL:
        led = [each.target for each in frame.related[opc.BOOK] if each.type == relation]
        if led != [usual] and (led or usual in frame.names):
            return False
        if any(frame.types.of(name) == kind for name in frame.names.keys() - {usual}):
            return False
    return True
