"""What Excel makes of what is put into a cell, and what pywin32 lets through."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hosts.excel.com import harm, missing, refused

ERRORS = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
}
NOT_AVAILABLE = "#N/A"
LONGEST, LONGEST_IN_ARRAY, LONGEST_FORMULA = 32_767, 8_203, 8_192
EPOCH, LAST_DAY = datetime(1899, 12, 30), 2_958_465.0
THIS_YEAR = 2024  # Excel takes the clock's for "1/2"
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


class CellError(str):
    """An error value, by its text."""

    __slots__ = ()


class ComTime(datetime):
    """As pywin32's: a datetime with a time zone, so it never equals a naive one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a cell holds after an entry: openpyxl's kind (n s b e f), the value, a format Excel gives unasked."""

    kind: str
    value: Any
    format: str | None = None
    quoted: bool = False


BLANK = Entry("n", None)


def com_time(serial: float) -> ComTime:
    """A serial day as a COM date."""
    moment = EPOCH + timedelta(days=serial)
    moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    return ComTime(*moment.timetuple()[:6], tzinfo=UTC)


def serial(moment: datetime) -> float:
    """A moment as Excel's serial day; its zone is dropped."""
    return (moment.replace(tzinfo=None) - EPOCH) / timedelta(days=1)


def variant(value: Any) -> Any:
    """The value as pywin32 hands it to Excel; raises for what it cannot hand over, or only with harm."""
    if type(value).__module__.partition(".")[0] in ("numpy", "pandas"):
        raise _unconvertible(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        if not -(2**31) <= value < 2**31:
            raise refused(f"type mismatch: VT_I8 {value}")
        return float(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise harm(f"{value} is no number a cell can hold")
        return float(value)
    if isinstance(value, Decimal):
        raise harm(f"Decimal {value} would become a currency, rounded to 4 places")
    if isinstance(value, datetime):
        return value
    raise _unconvertible(value)


def _unconvertible(value: Any) -> TypeError:
    return TypeError(f"Objects of type '{type(value).__name__}' can not be converted to a COM VARIANT")


def spread(data: Any, rows: int, columns: int) -> tuple[list[list[Any]], bool]:
    """The values that ``data`` puts on a range of this size, and whether it was an array.

    Excel repeats a scalar, a single row, a single column; cuts what is too large; fills what is missing with #N/A.
    """
    if not isinstance(data, list | tuple):
        return [[variant(data)] * columns for _ in range(rows)], False
    grid = [list(row) if isinstance(row, list | tuple) else row for row in data]
    if not any(isinstance(row, list) for row in grid):
        grid = [grid]  # one dimension is a row
    if not grid or not all(isinstance(row, list) and row for row in grid) or len({len(row) for row in grid}) > 1:
        raise ValueError("All dimensions must be a sequence of the same size")
    checked = [[variant(value) for value in row] for row in grid]
    if len(checked) == 1:
        checked *= rows
    if len(checked[0]) == 1:
        checked = [row * columns for row in checked]
    lost = CellError(NOT_AVAILABLE)
    checked = [(row + [lost] * columns)[:columns] for row in checked]
    return (checked + [[lost] * columns] * rows)[:rows], True


def enter(value: Any, number_format: str, in_array: bool = False) -> Entry:
    """What a cell of this format holds when the value is assigned to it."""
    if isinstance(value, CellError):
        return Entry("e", str(value))
    if value is None or value == "":
        return BLANK
    if isinstance(value, bool):
        return Entry("b", value)
    if isinstance(value, float):
        # A number in a cell that is formatted as text becomes text.
        return Entry("s", f"{value:.15g}") if number_format == "@" else Entry("n", value)
    if isinstance(value, datetime):
        day = serial(value)
        return Entry("n", day, "m/d/yyyy" if day == int(day) else "m/d/yyyy h:mm")
    if len(value) > (LONGEST_IN_ARRAY if in_array else LONGEST):
        raise refused(f"a text of {len(value)} characters{' in an array' if in_array else ''}")
    return _typed(value, number_format)


def _typed(text: str, number_format: str) -> Entry:
    if text.startswith("'"):
        return Entry("s", text[1:], quoted=True)
    if number_format == "@":
        return Entry("s", text)
    entry = _number(text.strip()) or _moment(text.strip())
    if entry:
        return entry
    word = text.strip().upper()
    if word in ("TRUE", "FALSE"):
        return Entry("b", word == "TRUE")
    if word in ERRORS:
        return Entry("e", word)
    if text[0] in "=+-@" and len(text.strip()) > 1:
        if not text.strip("=+-@ "):
            raise missing(f"what Excel makes of the entry {text!r}")
        return Entry("f", formula({"=": text, "@": "=" + text[1:]}.get(text[0], "=" + text)))
    return Entry("s", text)


def _number(text: str) -> Entry | None:
    given = re.fullmatch(r"(?P<open>\()?(?P<sign>[+-]?) ?(?P<money>\$?)(?P<digits>[\d.,]+)"
                         r"(?P<power>[eE][+-]?\d+)? ?(?P<percent>%?)(?P<close>\))?", text)  # fmt: skip
    if not given or bool(given["open"]) != bool(given["close"]):
        return _fraction(text)
    digits = given["digits"]
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d*)?", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(\.\d{3}){2,}(,\d*)?", digits):
        digits = digits.replace(".", "").replace(",", ".")
    digits = digits.replace(",", ".", 1)
    if not re.fullmatch(r"\d+\.?\d*|\.\d+", digits):
        return None
    number = float(digits + (given["power"] or "")) * (-1 if given["sign"] == "-" or given["open"] else 1)
    if not math.isfinite(number):
        return None
    if given["percent"]:
        return Entry("n", number / 100, "0%" if "." not in digits else "0.00%")
    return Entry("n", number, "$#,##0.00" if given["money"] else "0.00E+00" if given["power"] else None)


def _fraction(text: str) -> Entry | None:
    given = re.fullmatch(r"([+-]?\d+) (\d+)/([1-9]\d*)", text)
    if not given:
        return None
    whole, above, below = map(int, given.groups())
    return Entry("n", whole + math.copysign(above / below, whole), "# ?/?")


def _moment(text: str) -> Entry | None:
    """A date or a time that Excel would see in a text: 1/2, 02/2023, 2023-02, 28-2-2023, 5 Mar, 8:30."""
    clock = re.fullmatch(r"(?:(.+) )?(\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AaPp])[Mm]?)?", text)
    if clock:
        day = _day(clock[1]) if clock[1] else 0.0
        hour = int(clock[2]) % 12 + 12 * (clock[5] in "Pp") if clock[5] else int(clock[2])
        if day is None or hour > 23 or int(clock[3]) > 59 or int(clock[4] or 0) > 59:
            return None
        part = (hour * 3600 + int(clock[3]) * 60 + int(clock[4] or 0)) / 86400
        return Entry("n", day + part, "m/d/yyyy h:mm" if clock[1] else "h:mm")
    found = _day(text)
    return None if found is None else Entry("n", found, "m/d/yyyy")


def _day(text: str) -> float | None:
    named = re.fullmatch(r"(?:(\d{1,2})[- ])?([A-Za-z]{3,9})[- ](\d{1,4})|(\d{1,2})[- ]([A-Za-z]{3,9})", text)
    if named:
        word = (named[2] or named[5]).lower()
        if word[:3] not in MONTHS:
            return None
        month, rest = MONTHS.index(word[:3]) + 1, int(named[3] or named[4])
        if named[1]:
            return _valid(rest, month, int(named[1]))
        return _valid(THIS_YEAR, month, rest) if rest < 32 else _valid(rest, month, 1)
    if not re.fullmatch(r"\d{1,4}([-/])\d{1,4}(\1\d{1,4})?", text):
        return None
    parts = [int(part) for part in re.split("[-/]", text)]
    if len(parts) == 2:
        first, second = parts
        if first > 99:
            return _valid(first, second, 1)
        if second > 99:
            return _valid(second, first, 1)
        return _valid(THIS_YEAR, second, first) or _valid(THIS_YEAR, first, second) or None
    if parts[0] > 99:
        return _valid(*parts)
    return _valid(parts[2], parts[1], parts[0]) or _valid(parts[2], parts[0], parts[1])


def _valid(year: int, month: int, day: int) -> float | None:
    year += 0 if year > 99 else 2000 if year < 30 else 1900
    try:
        return serial(datetime.combine(date(year, month, day), datetime.min.time())) if year >= 1900 else None
    except ValueError:
        return None


def formula(text: str) -> str:
    """The formula, if Excel takes it: English names, commas, A1 addresses, balanced."""
    bare = re.sub(r'"[^"]*"|\'[^\']*\'', "''", text)
    plain = re.sub(r"\{[^}]*\}", "", bare)
    notation = re.search(r"(?<![\w.$!])R(\[-?\d+\]|\d+)?C(\[-?\d+\]|\d+)?(?![\w(])", plain)
    wrong = (
        len(text) > LONGEST_FORMULA
        or '"' in bare
        or ";" in plain
        or bare.count("(") != bare.count(")")
        or (notation and not re.fullmatch(r"RC\d+", notation.group()))
    )
    if wrong:
        raise refused(f"not a formula: {text[:60]}")
    return text
