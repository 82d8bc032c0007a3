"""Our own pass over a sheet's XML: each cell's place, type, text, formula and style in the order of the file.

Thousands of files are copies of one form: most of their rows are the same bytes, and are read once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

from loithe_xl.caching import kept
from loithe_xl.reading import sheetparts, strictxml
from loithe_xl.reading.cellstyles import CellStyles
from loithe_xl.reading.inputrules import inputs_in
from loithe_xl.reading.received import InputRule, TooLong, View
from loithe_xl.rules.canonical import LAST_COLUMN, LAST_ROW, shifted
from loithe_xl.workbook.address import Address, column_number

_MOST_KEPT = 4_000_000  # bytes of sheets, and of rows, that are kept
# Letters of a value that is still a cell's, of a formula, and of all that stand for formulas of other cells.
_LONGEST_VALUE, _LONGEST_FORMULA, _MOST_WRITTEN = 100_000, 8_192, 1_500_000
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_PREFIX = re.compile(rb"\s([\w.-]+):[\w.-]+\s*=")
_BOUND = re.compile(rb"\sxmlns:([\w.-]+)\s*=")
_NUMBERED = re.compile(rb"\s*<[\w.:-]+\s[^<>]*?\br\s*=")


@dataclass(slots=True)
class Scan:
    """What the pass found: of cells with content their address, type and text; ? for a type that has no such text."""

    places: list[Address] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    formulas: dict[Address, str] = field(default_factory=dict)  # cells that hold one, and their types
    written: dict[Address, str] = field(default_factory=dict)  # the formulas themselves
    unlocked: set[Address] = field(default_factory=set)  # cells present that their style leaves open
    dated: set[Address] = field(default_factory=set)  # cells that show what they hold as a date or a time
    formats: dict[Address, str] = field(default_factory=dict)  # of cells that may show something else than they hold
    hidden: set[int] = field(default_factory=set)  # rows that nobody sees
    unsized: set[int] = field(default_factory=set)  # rows without a height of their own
    rules: tuple[InputRule, ...] = ()
    view: View = field(default_factory=View)

    def spread(self) -> int:
        """Cells in the rectangle from A1 to the last content."""
        return self.places[-1][0] * max(self.places, key=itemgetter(1))[1] if self.places else 0


@kept(_MOST_KEPT, again=True)
def scan(text: bytes, styles: CellStyles) -> Scan:
    """Read a sheet's part, its cells' styles known; not to be changed, for another sheet may be the same.

    ValueError when it is no plain XML, or cells are out of order.
    """
    head, pieces, tail, prefix = strictxml.sheet(text)
    found, shares, row = Scan(), list[tuple[Address, str]](), 0
    bound = {*_BOUND.findall(head), b"xml"}
    for piece in pieces:
        after = 0 if piece.startswith(b'<row r="') or _NUMBERED.match(piece) else row
        part = _rows(piece, prefix, styles, after)
        if part.last:
            if part.first <= row:
                raise ValueError("rows out of order")
            if not part.prefixes <= bound:
                raise ValueError("a name of no kind")
            row = part.last
            _join(found, part)
            shares += part.shares
    _write_out(shares, found.written)
    found.rules, found.view = sheetparts.around(head + tail)
    for areas, code in sheetparts.conditional(head + tail, styles.conditional):
        found.formats |= dict.fromkeys(inputs_in(areas, dict.fromkeys(found.places)), code)
    if found.view.low:
        found.hidden |= found.unsized
    return found


def _join(found: Scan, part: Scan) -> None:
    if part.unlocked:
        found.unlocked |= part.unlocked
    if part.unsized:
        found.unsized |= part.unsized
    if part.hidden:
        found.hidden |= part.hidden
    if part.dated:
        found.dated |= part.dated
    if part.formats:
        found.formats |= part.formats
    if part.places:
        found.places += part.places
        found.kinds += part.kinds
        found.texts += part.texts
    if part.formulas:
        found.formulas |= part.formulas
        found.written |= part.written


@dataclass(slots=True)
class _Rows(Scan):
    """A few rows by themselves: the numbers of the first and the last (0: there is none), which cells share formulas,
    which prefixes their attributes have."""

    first: int = 0
    last: int = 0
    shares: list[tuple[Address, str]] = field(default_factory=list)
    prefixes: frozenset[bytes] = frozenset()


@kept(_MOST_KEPT, again=True)
def _rows(piece: bytes, prefix: bytes, styles: CellStyles, after: int) -> _Rows:
    """Some rows, the first of which follows row ``after`` where it has no number. ValueError as ``scan``."""
    found = _Rows(prefixes=frozenset(_PREFIX.findall(piece)))
    places, kinds, texts, formulas = found.places, found.kinds, found.texts, found.formulas
    row, at, kind = after, (after, 0), "n"
    shown, within, writing, hint = "", False, False, False
    own = prefix.decode()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, at, kind, shown, within, writing, hint
        name = name.removeprefix(own)
        within = writing = False
        if name == "c":
            here = _address(attributes["r"]) if "r" in attributes else (row, at[1] + 1)
            if here <= at or here[0] != row:
                raise ValueError("cells out of order")
            at, kind = here, attributes.get("t", "n")
            if not styles.locks[style := attributes.get("s", "0")]:
                found.unlocked.add(at)
            if style in styles.dated or kind == "d":
                found.dated.add(at)
            shown = styles.formats.get(style, "")
        elif name == "v" or name == "is":
            within = name == "v"
            places.append(at)
            kinds.append(kind if within == (kind != "inlineStr") else "?")
            texts.append("")
            if shown:
                found.formats[at] = shown
        elif name == "f":
            writing = True
            formulas[at] = kind
            found.written[at] = ""
            if "si" in attributes:
                found.shares.append((at, attributes["si"]))
        elif name in ("t", "rPh"):  # of a text kept inline; that of a phonetic hint does not count
            within, hint = name == "t" and not hint, name == "rPh"
        elif name == "row":
            row = int(attributes.get("r", row + 1))
            if not at[0] < row <= LAST_ROW:
                raise ValueError("rows out of order")
            at = row, 0
            if sheetparts.is_hidden(attributes, "ht", sheetparts.LOWEST):
                found.hidden.add(row)
            elif "ht" not in attributes:
                found.unsized.add(row)
            found.first, found.last = found.first or row, row

    def characters(text: str) -> None:
        if within:
            if len(texts[-1]) > _LONGEST_VALUE:
                raise TooLong("more than a cell holds")
            texts[-1] += text
        elif writing and len(found.written[at]) <= _LONGEST_FORMULA:
            found.written[at] += text

    sheetparts.parse(b"<rows>%b</rows>" % strictxml.rows(piece, prefix), start, characters)
    return found


def _write_out(shares: list[tuple[Address, str]], written: dict[Address, str]) -> None:
    """Give every cell of a shared formula its own: only the first one states it."""
    first: dict[str, Address] = {}
    letters = 0
    for at, number in shares:
        if written[at].strip():
            first.setdefault(number, at)
        elif number in first:
            row, column = first[number]
            letters += len(written[row, column])
            if letters > _MOST_WRITTEN:
                raise TooLong("more shared formulas than any form could come to")
            written[at] = shifted(written[row, column], at[0] - row, at[1] - column)


@lru_cache(maxsize=16_384)
def _address(text: str) -> Address:
    found = _ADDRESS.fullmatch(text)
    if not found:
        raise ValueError(f"not a cell: {text}")
    column = column_number(found[1])
    if column > LAST_COLUMN or int(found[2]) > LAST_ROW:
        raise ValueError(f"outside the sheet: {text}")
    return int(found[2]), column
