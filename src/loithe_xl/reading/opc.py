"""The frame of a package (Open Packaging Conventions): of what type each part is, and which part leads to which."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from loithe_xl.caching import kept
from loithe_xl.reading import strictxml

TYPES_PART = "[content_types].xml"
BOOK = "xl/workbook.xml"
_SPACE = "http://schemas.openxmlformats.org/package/2006/"
_MOST = 1_000_000  # bytes of such a part
_RELATIONS = re.compile(r"(?:(.*)/)?_rels/([^/]*)\.rels")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\\\\")  # a scheme, a server


class Relation(NamedTuple):
    """``target``: the name of the part that it leads to, as ``folded``; blank where it leads ``outside``."""

    id: str
    type: str
    target: str
    outside: bool


class Types(NamedTuple):
    """The types that a package declares, in small letters: by the ending of names, and of single parts."""

    endings: Mapping[str, str]
    parts: Mapping[str, str]

    def of(self, name: str) -> str:
        """The type of the part of this name, as ``folded``; blank when none is declared."""
        return self.parts.get(name) or self.endings.get(name.rpartition(".")[2], "")


def part_key(name: str) -> str:
    """A part's name as names are compared: percent signs read, small letters, no slash before it."""
    return (unquote(name) if "%" in name else name).lower().lstrip("/")


def source_of(name: str) -> str | None:
    """The part whose relations stand in the part of this name, blank: the package itself; None: no relations do."""
    found = _RELATIONS.fullmatch(name)
    return found and posixpath.join(found[1] or "", found[2])


def relations_of(source: str) -> str:
    """The name of the part with a part's relations."""
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


@kept(500_000)
def content_types(text: bytes) -> Types:
    """What the list of types says; ValueError when it is no plain list, or two entries are of one thing."""
    endings: dict[str, str] = {}
    parts: dict[str, str] = {}
    for name, entry in _listed(text, "content-types", "Types"):
        into, key = (endings, "Extension") if name == "Default" else (parts, "PartName")
        kind = entry.get("ContentType", "").partition(";")[0].strip().lower()
        of = part_key(entry.get(key, ""))
        if name not in ("Default", "Override") or not of or not kind or into.setdefault(of, kind) != kind:
            raise ValueError("a strange type")
    return Types(endings, parts)


@kept(500_000)
def relations(text: bytes, source: str) -> tuple[Relation, ...]:
    """The relations of a part; ValueError when they are no plain list, or two have one number."""
    found: dict[str, Relation] = {}
    for name, entry in _listed(text, "relationships", "Relationships"):
        if name != "Relationship" or not {"Id", "Type", "Target"} <= entry.keys() or entry["Id"] in found:
            raise ValueError("a strange relation")
        target = entry["Target"].strip()
        outside = entry.get("TargetMode", "Internal") != "Internal" or bool(_ELSEWHERE.match(target))
        path = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target))
        found[entry["Id"]] = Relation(entry["Id"], entry["Type"].strip(), "" if outside else part_key(path), outside)
    return tuple(found.values())


def _listed(text: bytes, space: str, root: str) -> Iterable[tuple[str, Mapping[str, str]]]:
    """The entries of a list: name without the namespace, and attributes. ValueError when it is something else."""
    if len(text) > _MOST:
        raise ValueError("a list too long")
    (_, first, _), *entries = strictxml.elements(text)
    if first != f"{_SPACE}{space} {root}" or any(depth > 1 for depth, _, _ in entries):
        raise ValueError("no such list")
    return [(name.removeprefix(f"{_SPACE}{space} "), attributes) for _, name, attributes in entries]
