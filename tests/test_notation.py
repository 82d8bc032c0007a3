from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loithe_xl.language.notation import (
    count,
    day,
    day_in_words,
    fraction,
    moment,
    month_in_words,
    open_day_in_words,
    percent,
)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        *[(0, "0"), (7, "7"), (264, "264"), (1234, "1.234"), (1000000, "1.000.000"), (100, "100"), (-1234, "-1.234")],
        *[(Decimal("1234.50"), "1.234,5"), (Decimal("3E+3"), "3.000"), (None, "–")],
    ],
)
def test_counts_are_grouped_by_points(number: int | Decimal | None, said: str):
    assert count(number) == said


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (Fraction(68, 264), "25,76%"),
        (Decimal(68) / Decimal(264), "25,76%"),
        (Fraction(1, 800), "0,13%"),  # 0,125: half goes up
        (Decimal("0.99999"), "100,00%"),  # nearly all is not all
        (1, "100%"),
        (0, "0%"),
        (Decimal("0.5"), "50,00%"),
        (Decimal("0.505"), "50,50%"),
        (12, "1.200,00%"),
        (None, "–"),
    ],
)
def test_rates_have_two_decimals_unless_they_are_none_or_all(rate: Decimal | Fraction | int | None, said: str):
    assert percent(rate) == said


@given(st.integers(-(10**12), 10**12))
def test_a_count_can_be_read_back(number: int):
    assert int(count(number).replace(".", "")) == number


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_rate_is_rounded_half_up(part: int, whole: int):
    said = percent(Fraction(part, whole)).removesuffix("%").replace(".", "").replace(",", ".")
    exact = Fraction(part, whole) * 100

    assert abs(Fraction(said) - exact) <= Fraction(1, 200)
    if exact.denominator in (1, 2, 4, 5, 8, 10, 20, 25, 40, 50, 100, 125, 200):
        assert Decimal(said) == (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert ("," in percent(Fraction(part, whole))) == (exact not in (0, 100))


def test_the_sign_of_a_rate_may_stand_apart():
    assert percent(Fraction(68, 264), " ") == "25,76 %"
    assert percent(1, " ") == "100 %"


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (1, "01"), (9, "09"), (10, "10"), (1234, "1.234"), (Decimal("2.5"), "2,5"), (None, "–")],
)
def test_a_count_may_have_two_digits_at_least(number: int | Decimal | None, said: str):
    assert count(number, 2) == said


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (date(2023, 2, 5), "ngày 05 tháng 02 năm 2023"),
        (date(2023, 1, 31), "ngày 31 tháng 01 năm 2023"),
        (date(2023, 3, 9), "ngày 09 tháng 3 năm 2023"),
        (date(2023, 11, 10), "ngày 10 tháng 11 năm 2023"),
    ],
)
def test_days_below_ten_and_months_one_and_two_take_a_zero(when: date, words: str):
    assert day_in_words(when) == words
    assert words.endswith(month_in_words(when))


def test_an_open_day_leaves_room_to_write():
    assert open_day_in_words(date(2023, 3, 5)).replace("\u00a0", "_") == "ngày _____ tháng 3 năm 2023"


def test_dates_and_fractions():
    assert day(date(2023, 2, 28)) == "28/02/2023"
    assert day(date(2023, 1, 2)) == "02/01/2023"
    assert fraction(68, 264) == "68/264"
    assert fraction(1068, 2264) == "1.068/2.264"


def test_a_moment_is_written_day_first():
    assert moment("2023-03-03T15:00:00") == "03/03/2023 15:00"
    assert moment("") == ""
