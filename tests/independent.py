"""A second opinion on what a workbook holds, from the file format's specification (ECMA-376) and the standard library.

It shares no line with the program. Where the format gives bytes no one meaning it says so: nothing may be read there.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")  # xsd:double, without INF and NaN
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # ST_Xstring

Cells = Mapping[tuple[int, int], object]  # int, Decimal, str, bool or ERROR; blank ones left out
ERROR = "an error value"


class Unclear(Exception):
    """The bytes have no one meaning."""


def read(data: bytes, skip: frozenset[str] = frozenset()) -> dict[str, Cells]:
    """Every worksheet's cells by its name; Unclear where the specification does not say what they are."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        parts = {info.filename: package.read(info) for info in package.infolist()}
        names = {name.lower(): name for name in parts}
        if len(names) < len(package.infolist()):
            raise Unclear("two parts of one name")
        return _sheets({low: parts[name] for low, name in names.items()}, skip)
    except Unclear:
        raise
    except Exception as error:
        raise Unclear(f"{type(error).__name__}: {error}") from error


def _sheets(parts: Mapping[str, bytes], skip: frozenset[str]) -> dict[str, Cells]:
    book = _tree(parts["xl/workbook.xml"])
    texts = _shared(parts["xl/sharedstrings.xml"]) if "xl/sharedstrings.xml" in parts else ()
    _tree(parts["xl/styles.xml"])
    if book.tag != f"{MAIN}workbook":
        raise Unclear("no workbook")
    pr = book.find(f"{MAIN}workbookPr")
    if pr is not None and pr.get("date1904", "0") not in ("0", "false"):
        raise Unclear("the 1904 calendar")
    targets: dict[str, str] = {}
    for each in _tree(parts["xl/_rels/workbook.xml.rels"]):
        if each.tag != RELATION or each.attrib["Id"] in targets:
            raise Unclear("a strange relation")
        if each.get("TargetMode", "Internal") == "Internal" and each.attrib["Type"] == f"{OFFICE}/worksheet":
            targets[each.attrib["Id"]] = posixpath.normpath(posixpath.join("/xl", each.attrib["Target"]))[1:].lower()
    lists = book.findall(f"{MAIN}sheets")
    if len(lists) != 1:
        raise Unclear("no list of sheets, or two")
    found: dict[str, Cells] = {}
    used: list[str] = []
    for each in lists[0]:
        name, link = each.attrib["name"], each.attrib[f"{{{OFFICE}}}id"]
        if each.tag != f"{MAIN}sheet" or name in found:
            raise Unclear("a strange sheet")
        if link not in targets:
            continue
        used.append(targets[link])
        found[name] = {} if name in skip else _resolved(_cells(parts[targets[link]]), texts)
    if len(set(used)) < len(used):
        raise Unclear("two sheets in one part")
    return found


@lru_cache(maxsize=64)
def _tree(text: bytes) -> ET.Element:
    if b"<!DOCTYPE" in text or "<!DOCTYPE".encode("utf-16-le") in text or "<!DOCTYPE".encode("utf-16-be") in text:
        raise Unclear("a DTD")
    return ET.fromstring(text)


@lru_cache(maxsize=64)
def _shared(text: bytes) -> tuple[str | None, ...]:
    tree = _tree(text)
    if tree.tag != f"{MAIN}sst":
        raise Unclear("no shared strings")
    return tuple(_string(each) for each in tree if each.tag == f"{MAIN}si")


def _string(element: ET.Element) -> str | None:
    """CT_Rst: one text, or runs of text; phonetic hints do not count. None when it is neither."""
    said, runs = [], False
    for each in element:
        if each.tag == f"{MAIN}t" and not said and not len(each):
            said.append(each.text or "")
        elif each.tag == f"{MAIN}r" and (runs or not said):
            inner = [part for part in each if part.tag == f"{MAIN}t"]
            if len(inner) != 1 or len(inner[0]) or any(part.tag not in (f"{MAIN}t", f"{MAIN}rPr") for part in each):
                return None
            runs = True
            said.append(inner[0].text or "")
        elif each.tag not in (f"{MAIN}rPh", f"{MAIN}phoneticPr"):
            return None
        _nothing_beside(each.tail)
    _nothing_beside(element.text)
    return ESCAPED.sub(lambda code: chr(int(code[1], 16)), "".join(said))


@lru_cache(maxsize=64)
def _cells(text: bytes) -> tuple[tuple[tuple[int, int], str, object], ...]:
    """Address, type and content of every cell that holds something."""
    tree = _tree(text)
    data = tree.findall(f"{MAIN}sheetData")
    if tree.tag != f"{MAIN}worksheet" or len(data) != 1:
        raise Unclear("no sheet, or one with two tables")
    found = []
    before = 0
    for line in data[0]:
        row = int(_plain(line.get("r", str(before + 1))))
        if line.tag != f"{MAIN}row" or not before < row <= 1_048_576:
            raise Unclear("a strange row")
        before, last = row, 0
        for cell in line:
            if cell.tag == f"{MAIN}extLst":
                continue
            column = _column(cell.attrib["r"], row) if "r" in cell.attrib else last + 1
            if cell.tag != f"{MAIN}c" or not last < column <= 16_384:
                raise Unclear("a strange cell")
            last = column
            content = _content(cell)
            if content is not None:
                found.append(((row, column), cell.get("t", "n"), content))
        _nothing_beside(line.text, line.tail, *(cell.tail for cell in line))
    _nothing_beside(data[0].text)
    return tuple(found)


def _content(cell: ET.Element) -> object:
    """The text of ``v``, or the string of ``is``; None when there is neither."""
    tags = [each.tag.removeprefix(MAIN) for each in cell]
    if any(tag not in ("f", "v", "is", "extLst") for tag in tags) or len(set(tags)) < len(tags):
        raise Unclear("a strange part of a cell")
    _nothing_beside(cell.text, *(each.tail for each in cell))
    for each in cell:
        if each.tag in (f"{MAIN}v", f"{MAIN}f") and len(each):
            raise Unclear("elements inside a value")
    value, inline = cell.find(f"{MAIN}v"), cell.find(f"{MAIN}is")
    if value is not None and inline is not None:
        raise Unclear("two values")
    if inline is not None:
        said = _string(inline)
        if said is None or cell.get("t") != "inlineStr":
            raise Unclear("a strange inline string")
        return said
    if value is not None and cell.get("t") == "inlineStr":
        raise Unclear("an inline string that is not inline")
    return None if value is None else value.text or ""


def _resolved(cells: tuple[tuple[tuple[int, int], str, object], ...], texts: tuple[str | None, ...]) -> Cells:
    found: dict[tuple[int, int], object] = {}
    for at, kind, content in cells:
        value = _value(kind, str(content), texts)
        if not isinstance(value, str) or value.strip():
            found[at] = value
    return found


def _value(kind: str, content: str, texts: tuple[str | None, ...]) -> object:
    text = content.strip(" \t\r\n")
    match kind:
        case "n":
            if not text:
                return ""
            if not NUMBER.fullmatch(text) or abs(float(text)) == float("inf"):
                raise Unclear(f"no number: {text[:20]!r}")
            return Decimal(f"{float(text):.15g}")
        case "s":
            said = texts[_plain(text)]
            if said is None:
                raise Unclear("a strange shared string")
            return said
        case "str":
            return ESCAPED.sub(lambda code: chr(int(code[1], 16)), content)
        case "inlineStr":
            return content
        case "b":
            return {"1": True, "0": False, "true": True, "false": False}[text]
        case "e":
            return ERROR
        case "d":
            return Decimal(f"{(datetime.fromisoformat(text) - datetime(1899, 12, 30)).total_seconds() / 86400:.15g}")
    raise Unclear(f"a cell of type {kind[:20]!r}")


def _plain(text: str) -> int:
    if not re.fullmatch("[0-9]+", text.strip(" \t\r\n")):
        raise Unclear(f"no plain number: {text[:20]!r}")
    return int(text)


def _column(address: str, row: int) -> int:
    found = re.fullmatch(r"([A-Z]{1,3})([1-9][0-9]*)", address)
    if not found or int(found[2]) != row:
        raise Unclear(f"not a cell of this row: {address[:20]!r}")
    number = 0
    for letter in found[1]:
        number = number * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter) + 1
    return number


def _nothing_beside(*texts: str | None) -> None:
    if any(text and text.strip() for text in texts):
        raise Unclear("words where none belong")
