"""Our own pass over a sheet's XML: each cell's place, type, text and style, in the order of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from loithe_xl.book import Address
from loithe_xl.cellstyles import CellStyles

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
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
    locked: dict[Address, bool] = field(default_factory=dict)  # every cell present
    dated: set[Address] = field(default_factory=set)  # cells that show what they hold as a date or a time

    def spread(self) -> int:
        """Cells in the rectangle from A1 to the last content."""
        return self.places[-1][0] * max(column for _, column in self.places) if self.places else 0


def scan(text: bytes, styles: CellStyles) -> Scan:
    """Read a sheet's part, its cells' styles known. ValueError when cells are out of order."""
    from xml.parsers import expat

    found = Scan()
    places, kinds, texts, formulas, locked = found.places, found.kinds, found.texts, found.formulas, found.locked
    locks, dates, dated = styles.locks, styles.dated, found.dated
    row, at, kind = 0, (0, 0), "n"
    begun = within = hint = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, at, kind, begun, within, hint
        name = _CELL_PARTS.get(name) or name.rpartition(":")[2]
        within = False
        if name == "c":
            here = _address(attributes["r"]) if "r" in attributes else (row, at[1] + 1)
            if here <= at or here[0] != row:
                raise ValueError("cells out of order")
            at, kind = here, attributes.get("t", "n")
            style = attributes.get("s", "0")
            locked[at] = locks[style]
            if style in dates or kind == "d":
                dated.add(at)
        elif name == "v":
            within = True
            places.append(at)
            kinds.append("?" if kind == "inlineStr" else kind)
            texts.append("")
        elif name == "f":
            formulas[at] = kind
        elif name == "is":
            places.append(at)
            kinds.append(kind if kind == "inlineStr" else "?")
            texts.append("")
        elif name == "t":  # of a text kept inline; a phonetic hint's does not count
            within, hint = not hint, False
        elif name == "rPh":
            hint = True
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

    parser = expat.ParserCreate(namespace_separator=":")
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = start, characters
    try:
        parser.Parse(text, True)
    except expat.ExpatError as fault:
        raise ValueError(str(fault)) from fault
    return found


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
