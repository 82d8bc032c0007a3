"""What Excel takes of one formula: its functions, length, levels of calls, arguments, letters of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from loithe_xl.workbook.celltext import units

LETTERS, _LEVELS, ARGUMENTS, LITERAL = 8192, 64, 255, 255
_PARTS = re.compile(r"""("(?:[^"]|"")*")|'(?:[^']|'')*'|([A-Za-z0-9_.]*\()|(\))|(,)""")
_QUOTED = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'(?!!)')

_TEXT, _FUNCTION = re.compile(r'"[^"]*"'), re.compile(r"[A-Z_][A-Z0-9_.]*(?=\()")

# What formulas may use: all of it is in Excel 2010, and in LibreOffice.
OLD_FUNCTIONS = frozenset(
    """ABS AND CELL CHOOSE COLUMN COUNT COUNTA COUNTIF COUNTIFS DATE DAY EXACT FIND HYPERLINK IF IFERROR INDEX INT
    ISBLANK ISERROR ISNUMBER ISTEXT LEFT LEN LOWER MATCH MAX MID MIN MONTH N NOT OR PROPER RIGHT ROUND ROW ROWS SIGN
    SUBSTITUTE SUBTOTAL SUM SUMIF SUMPRODUCT TEXT TRIM UPPER VALUE YEAR""".split()
)


@dataclass(frozen=True, slots=True)
class Excess:
    """A limit that a formula passes: ``letters``, ``levels``, ``arguments`` or ``literal``; how much there is."""

    limit: str
    found: int
    most: int


@lru_cache(16_384)
def excess(formula: str) -> Excess | None:
    """The first limit that a formula (without ``=``) passes; None when Excel takes it.

    Beyond the limits a program may write such a formula, and Excel takes it out of the file when it opens it.
    """
    if (length := units(formula)) > LETTERS:
        return Excess("letters", length, LETTERS)
    if length <= LITERAL and formula.count("(") <= _LEVELS:
        return None  # too short for any of the others
    levels = arguments = literal = 0
    calls: list[int] = []  # arguments so far of every bracket that is open; 0 where it is no function's
    for text, opened, closed, comma in _PARTS.findall(formula):
        if text:
            literal = max(literal, units(text[1:-1].replace('""', '"')))
        elif opened:
            calls.append(int(opened != "("))
            levels = max(levels, sum(map(bool, calls)))
        elif closed and calls:
            arguments = max(arguments, calls.pop())
        elif comma and calls and calls[-1]:
            calls[-1] += 1
    found = (
        Excess("levels", levels, _LEVELS),
        Excess("arguments", arguments, ARGUMENTS),
        Excess("literal", literal, LITERAL),
    )
    return next((each for each in found if each.found > each.most), None)


@lru_cache(16_384)
def sharable(formula: str) -> bool:
    """Whether cells may share it: with no reference to a sheet, no list of constants and no range of results."""
    bare = _QUOTED.sub("", formula)
    return not any(sign in bare for sign in ("!", "{", "):", ":INDEX("))


@lru_cache(16_384)  # the workbooks of one form hold the same thousands
def require_plain(formula: str, most: int, where: str) -> None:
    """See that Excel 2010 takes a formula (without ``=``) of at most so many letters as it stands, or ValueError.

    Array formulas and younger functions would need marks in the file that nobody writes here. ``where`` is told.
    """
    if (length := units(formula)) > most:
        raise ValueError(f"{length} is more than Excel's {most}: {where}")
    if over := excess(formula):
        raise ValueError(f"{over.found} {over.limit} are more than Excel's {over.most}: {where}")
    if formula.startswith(("=", "{")) or not OLD_FUNCTIONS.issuperset(_FUNCTION.findall(_TEXT.sub("", formula))):
        raise ValueError(f"not a plain formula of Excel 2010: {formula}")
