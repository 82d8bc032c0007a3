"""A figure without a fraction is a whole number, whatever carried it: a cell, a rule or a text."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

N = TypeVar("N", int, Decimal, Fraction, int | Decimal, int | Decimal | Fraction)


def whole(number: N) -> int | N:
    """The number as an int where it has no fraction, else as it is."""
    return int(number) if number == int(number) else number


def cell_number(number: int | Decimal | Fraction) -> int | float:
    """The number as cells and JSON hold it: an int where it has no fraction, else the nearest float."""
    return int(number) if number == int(number) else float(number)
