"""The values of a sheet on which two readings of its cells agree: our own pass over the XML, and calamine's."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import inf, isfinite
from typing import Any

from loithe_xl.caching import kept
from loithe_xl.reading import strictxml
from loithe_xl.reading.received import Value, exact
from loithe_xl.reading.sheetxml import Scan
from loithe_xl.workbook.address import Address
from loithe_xl.workbook.daynumbers import MIDNIGHT

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# A day with or without an hour and its zone; or an hour.
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?|[0-9]{2}:[0-9]{2}[0-9:.]*")
_TIMES = date | time | timedelta
_TEXTS = frozenset(("s", "str", "inlineStr"))
_TRUTHS = {"0": False, "1": True, "false": False, "true": True}


def agreed(found: Scan, theirs: list[list[Any]], strings: list[str]) -> tuple[dict[Address, Value], dict[Address, str]]:
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
            raw = strings[_count(raw)] if kind == "s" else strictxml.decoded(raw)
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
    """A text, by our reading, as it is shown; calamine may keep the ends of lines as they were, or leave out space at
    the ends of pieces that do not say that it counts (as Gnumeric writes them)."""
    if isinstance(their, str) and "".join(ours.split()) == "".join(their.split()):
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


def _other(kind: str, raw: str, their: Any) -> Value:
    """A truth or a date, where both readings agree on it."""
    text = raw.strip()
    if kind == "b" and text in _TRUTHS and their is _TRUTHS[text]:
        return _TRUTHS[text]
    found = _MOMENT.fullmatch(text)
    # calamine knows no zones: such a moment stays a text.
    if kind != "d" or not found or not isinstance(their, _TIMES | str) or (isinstance(their, str) and their != raw):
        raise ValueError("two readings of a cell differ")
    return _moment(text, zoned=isinstance(their, str)) if found[1] else text


def _moment(text: str, *, zoned: bool) -> int | Decimal | str:
    """A day, and its hour as a part of it. Which day an hour of some zone belongs to nobody knows: it stays a text, as
    does a day that there is not."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text
    return text if zoned and moment.time() != time() else exact((moment - MIDNIGHT) / timedelta(days=1))
