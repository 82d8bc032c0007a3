"""Days as spreadsheets count them: a number for each day from 1900 on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

EPOCH = date(1899, 12, 30)
MIDNIGHT = datetime.combine(EPOCH, time())  # when all days begin to be counted


FIRST_DAY, END_OF_DAYS = 61, 2_958_466


def serial(day: date) -> int:
    """A date as Excel counts days."""
    return (day - EPOCH).days


def day_of(number: Decimal | int) -> date | None:
    """The date of an Excel serial number; None outside 1/3/1900 to 31/12/9999, where spreadsheets disagree."""
    return EPOCH + timedelta(days=int(number)) if FIRST_DAY <= number < END_OF_DAYS else None
