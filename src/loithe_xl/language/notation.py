"""Vietnamese notation: figures, rates and dates as Party documents write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

ABSENT = "–"
GAP = "\u00a0"  # a space that neither breaks a line nor is stretched by justification
_SMALL_MONTHS = 2  # months up to this one take a leading zero when written in words


def count(number: int | Decimal | None, digits: int = 1) -> str:
    """1.234; decimals after a comma: 1.234,5; "–" for None. ``digits``: at least so many of a whole number but 0."""
    if number is None:
        return ABSENT
    whole, _, decimals = f"{Decimal(number).normalize():,f}".partition(".")
    whole = whole.replace(",", ".")
    return f"{whole},{decimals}" if decimals else whole.zfill(digits) if number else whole


def percent(rate: Decimal | Fraction | int | None, space: str = "") -> str:
    """A rate (1 = all) as ``25,76%``, half rounded up; "–" for None. ``space``: what stands before the sign.

    Two decimals always, so that the figures of a document are of one kind; but none and all are ``0%`` and ``100%``,
    and only what is exactly so: nearly all is ``100,00%``.
    """
    if rate is None:
        return ABSENT
    exact = Fraction(rate) * 100
    if exact in (0, 100):
        return f"{exact}{space}%"
    hundredths = (abs(exact.numerator) * 200 + exact.denominator) // (2 * exact.denominator)
    whole, rest = divmod(hundredths, 100)
    return f"{'-' if exact < 0 else ''}{count(whole)},{rest:02}{space}%"


def fraction(part: int | Decimal, whole: int | Decimal) -> str:
    """68/264."""
    return f"{count(part)}/{count(whole)}"


def day(value: date) -> str:
    """28/02/2023."""
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def day_in_words(value: date) -> str:
    """``ngày 05 tháng 02 năm 2023``: a leading zero below day 10 and for months 1 and 2, so that none can be added."""
    return f"ngày {value.day:02} {month_in_words(value)}"


def open_day_in_words(value: date) -> str:
    """``ngày … tháng 02 năm 2023``: a date with room for the day, to be filled in by hand."""
    return f"ngày {GAP * 5} {month_in_words(value)}"


def month_in_words(value: date) -> str:
    """``tháng 02 năm 2023``, ``tháng 3 năm 2023``."""
    month = f"{value.month:02}" if value.month <= _SMALL_MONTHS else str(value.month)
    return f"tháng {month} năm {value.year}"


def month_of(value: date, later: int = 0) -> str:
    """``tháng 3/2023``: the month of a day, or so many later."""
    year, month = divmod(value.year * 12 + value.month - 1 + later, 12)
    return f"tháng {month + 1}/{year}"


def moment(iso: str) -> str:
    """``2023-03-03T15:00:00`` as 03/03/2023 15:00; blank stays blank."""
    return f"{datetime.fromisoformat(iso):%d/%m/%Y %H:%M}" if iso else ""


def plain(number: Decimal | int) -> str:
    """A number as people write it in Vietnam, without grouping: 12 or 12,5."""
    return f"{Decimal(number).normalize():f}".replace(".", ",")


def plain_or_dash(number: Decimal | int | None) -> str:
    """A number without grouping, and a dash for what is no figure because it was never asked for."""
    return ABSENT if number is None else plain(number)


def spans(numbers: Iterable[int], dash: str = ABSENT) -> str:
    """5, 6, 7 and 30 as ``5–7, 30``, with this dash."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}{dash}{last}" if last > first else f"{first}" for first, last in runs)
