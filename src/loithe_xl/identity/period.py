"""The period that a form reports on: a month, a quarter or a year, of days that every spreadsheet counts."""

from __future__ import annotations

import re
from datetime import date, timedelta

EARLIEST, LATEST = date(1900, 3, 1), date(2999, 12, 31)  # that every spreadsheet program counts alike
_PERIOD = re.compile(r"(19|2[0-9])[0-9]{2}(-(0[1-9]|1[0-2])|-Q[1-4])?")


def is_period(words: str) -> bool:
    """Whether it is written as 2023-02, 2023-Q1 or 2023, and ends on a day that can be counted."""
    return bool(_PERIOD.fullmatch(words)) and EARLIEST <= last_day(words) <= LATEST


def last_day(period: str) -> date:
    """The last day of 2023-02, 2023-Q1 or 2023."""
    year, _, part = period.partition("-")
    month = int(part[1]) * 3 if part.startswith("Q") else int(part or 12)
    return date(int(year) + month // 12, month % 12 + 1, 1) - timedelta(days=1)
