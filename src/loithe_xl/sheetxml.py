"""Our own pass over a sheet's XML: each cell's place, type, text, formula and style in the order of the file, and the
rules of what may be typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from loithe_xl.book import Address
from loithe_xl.cellstyles import CellStyles
from loithe_xl.formulatext import shifted
from loithe_xl.received import Rule

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_LONGEST_FORMULA, _MOST_SHARED = 8_192, 20_000  # letters of a formula; cells that share formulas
_LONGEST_RULES, _LONGEST_PREFIX, _MOST_PIECES = 1_000_000, 32, 16  # letters; letters; elements with rules
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CELL_PARTS = {f"{_MAIN}:{name}": name for name in ("c", "v", "f", "is", "t", "row")}
# Where a sheet's cells are over: these follow them, whatever they hold.
_AFTER_CELLS = frozenset(
    """sheetCalcPr sheetProtection protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews
    mergeCells conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter
    rowBreaks colBreaks customProperties cellWatches ignoredErrors drawing legacyDrawing extLst
    AlternateContent""".split()
)


@dataclass(slots=True)
class Scan:
    """What the pass found: of cells with content their address, type and text; ? for a type that has no such text."""

    places: list[Address] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    formulas: dict[Address, str] = field(default_factory=dict)  # cells that hold one, and their types
    written: dict[Address, str] = field(default_factory=dict)  # the formulas themselves
    locked: dict[Address, bool] = field(default_factory=dict)  # every cell present
    dated: set[Address] = field(default_factory=set)  # cells that show what they hold as a date or a time
    rules: tuple[Rule, ...] = ()

    def spread(self) -> int:
        """Cells in the rectangle from A1 to the last content."""
        return self.places[-1][0] * max(column for _, column in self.places) if self.places else 0


def scan(text: bytes, styles: CellStyles) -> Scan:
    """Read a sheet's part, its cells' styles known. ValueError when cells are out of order."""
    from xml.parsers import expat

    found = Scan()
    places, kinds, texts, formulas, locked = found.places, found.kinds, found.texts, found.formulas, found.locked
    locks, dates, dated = styles.locks, styles.dated, found.dated
    written, shares = found.written, list[tuple[Address, str]]()
    row, at, kind = 0, (0, 0), "n"
    begun = within = writing = hint = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, at, kind, begun, within, writing, hint
        name = _CELL_PARTS.get(name) or name.rpartition(":")[2]
        within = writing = False
        if name == "c":
            here = _address(attributes["r"]) if "r" in attributes else (row, at[1] + 1)
            if here <= at or here[0] != row:
                raise ValueError("cells out of order")
            at, kind = here, attributes.get("t", "n")
            locked[at] = locks[style := attributes.get("s", "0")]
            if style in dates or kind == "d":
                dated.add(at)
        elif name == "v" or name == "is":
            within = name == "v"
            places.append(at)
            kinds.append(kind if within == (kind != "inlineStr") else "?")
            texts.append("")
        elif name == "f":
            writing = True
            formulas[at] = kind
            written[at] = ""
            if "si" in attributes:
                shares.append((at, attributes["si"]))
        elif name in ("t", "rPh"):  # of a text kept inline; that of a phonetic hint does not count
            within, hint = name == "t" and not hint, name == "rPh"
        elif name == "row":
            row = int(attributes.get("r", row + 1))
            if not at[0] < row <= _LAST_ROW:
                raise ValueError("rows out of order")
            at = row, 0
        elif name == "sheetData":
            begun = True
        elif begun and name in _AFTER_CELLS:
            parser.StartElementHandler = parser.CharacterDataHandler = None

    def characters(text: str) -> None:
        if within:
            texts[-1] += text
        elif writing and len(written[at]) <= _LONGEST_FORMULA:
            written[at] += text

    parser = expat.ParserCreate(namespace_separator=":")
    parser.StartElementHandler, parser.CharacterDataHandler = start, characters
    _parse(parser, text)
    _write_out(shares, written)
    found.rules = tuple(rule for piece in _pieces(text, b"dataValidations") for rule in _rules(piece))
    return found


def _parse(parser: Any, text: bytes) -> None:
    from xml.parsers import expat

    parser.buffer_text = True
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


@lru_cache(maxsize=256)
def _rules(piece: bytes) -> tuple[Rule, ...]:
    """The rules of one element that lists them; kept, for the files of one form state the same ones.

    Those for longer lists stand among the extensions, where Excel keeps each formula one element deeper.
    """
    from xml.parsers import expat

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
        if into:
            found[-1][into] += text

    if len(piece) > _LONGEST_RULES:
        raise ValueError("longer rules than any form could come to")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = start, characters
    try:
        parser.Parse(piece, True)
    except expat.ExpatError as fault:
        raise ValueError(str(fault)) from fault
    return tuple(
        Rule(
            each["sqref"].strip(),
            each.get("type", "none"),
            each.get("operator", "between"),
            each["formula1"].strip(),
            each["formula2"].strip(),
            each.get("errorStyle", "stop"),
        )
        for each in found
    )


def _write_out(shares: list[tuple[Address, str]], written: dict[Address, str]) -> None:
    """Give every cell of a shared formula its own: only the first one states it."""
    first: dict[str, Address] = {}
    for at, number in shares[:_MOST_SHARED]:
        if written[at].strip():
            first.setdefault(number, at)
        elif number in first:
            row, column = first[number]
            written[at] = shifted(written[row, column], at[0] - row, at[1] - column)


@lru_cache(maxsize=65_536)
def _address(text: str) -> Address:
    found = _ADDRESS.fullmatch(text)
    if not found:
        raise ValueError(f"not a cell: {text}")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    if column > _LAST_COLUMN or int(found[2]) > _LAST_ROW:
        raise ValueError(f"outside the sheet: {text}")
    return int(found[2]), column
