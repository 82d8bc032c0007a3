"""The first reading of rules: Excel's meaning of blank, text, number, date and error, in Python."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loithe_xl.rules.evaluate import (
    Flaw,
    Raw,
    Undefined,
    evaluate,
    is_filled,
    is_number,
    is_whole,
    round_half_up,
    truth,
)
from loithe_xl.rules.syntax import parse
from loithe_xl.workbook.daynumbers import day_of, serial

HELD = {
    "sessions.held_date": (serial(date(2023, 3, 5)), None, serial(date(2023, 2, 20)), "x"),
    "sessions.form": ("Lồng ghép", "Khác", "Chuyên đề", "Khác"),
    "sessions.superior": ("Tỉnh", "Huyện", None, "Huyện"),
    "sessions.attendees": (12, None, Decimal("8"), "nine"),
}
decimals = st.decimals(-10_000, 10_000, places=4)


def holds(rule: str, **values: Any) -> bool:
    return truth(parse(rule), values)


def value(rule: str, **values: Any) -> Any:
    return evaluate(parse(rule), values)


# Numbers


def test_decimals_compare_as_people_expect():
    assert holds("0.1 + 0.2 == 0.3")
    assert holds("x + y == z", x=Decimal("0.1"), y=Decimal("0.2"), z=Decimal("0.3"))


def test_what_floats_leave_behind_makes_no_difference():
    assert holds("x == 0.3", x=Decimal("0.30000000000000004"))
    assert not holds("x > 0.3", x=Decimal("0.30000000000000004"))
    assert holds("x > 0.3", x=Decimal("0.300001"))


@given(decimals, decimals)
def test_exactly_one_order_holds(left: Decimal, right: Decimal):
    assert sum(holds(f"a_a {sign} b_b", a_a=left, b_b=right) for sign in ("<", "==", ">")) == 1


@given(decimals, decimals)
def test_opposites_never_agree(left: Decimal, right: Decimal):
    for sign, opposite in (("<", ">="), ("<=", ">"), ("==", "!=")):
        assert holds(f"a_a {sign} b_b", a_a=left, b_b=right) != holds(f"a_a {opposite} b_b", a_a=left, b_b=right)
        assert holds(f"not a_a {sign} b_b", a_a=left, b_b=right) != holds(f"a_a {sign} b_b", a_a=left, b_b=right)


@given(decimals, decimals, decimals)
def test_sums_do_not_depend_on_their_order(a: Decimal, b: Decimal, c: Decimal):
    assert holds("a_a + b_b + c_c == c_c + (b_b + a_a)", a_a=a, b_b=b, c_c=c)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_rounding_takes_any_number(number: Decimal):
    assert abs(round_half_up(number) - number) <= Decimal("0.0000005")


def test_a_number_beyond_all_measure_is_compared_and_does_not_crash():
    assert not holds("x <= 30", x=Decimal("1E+300"))
    assert is_whole(Decimal("1E+300"))


def test_halves_round_away_from_zero():
    assert round_half_up(Decimal("0.0000005")) == Decimal("0.000001")
    assert round_half_up(Decimal("-0.0000005")) == Decimal("-0.000001")


def test_a_division_by_zero_has_no_value():
    assert value("x / 4", x=1) == Decimal("0.25")
    with pytest.raises(Undefined):
        value("x / y", x=1, y=None)


@pytest.mark.parametrize("raw", [None, "", "12", "Có", True])
def test_what_is_no_number_counts_as_nothing(raw: Raw):
    assert value("x + 1", x=raw) == 1
    assert not is_number(raw)


def test_numbers_and_whole_numbers():
    assert is_number(0)
    assert is_number(Decimal("0.5"))
    assert is_whole(Decimal("3.0"))
    assert not is_whole(Decimal("3.5"))
    assert not is_whole("3")
    assert not is_number(Flaw())


# Blank, text, lists


@pytest.mark.parametrize(("raw", "filled"), [(None, False), ("", False), ("   ", False), (" a ", True), (0, True)])
def test_spaces_are_blank(raw: Raw, filled: bool):
    assert is_filled(raw) is filled
    assert holds("filled(x)", x=raw) is filled


def test_texts_are_compared_letter_by_letter():
    assert holds("x == 'Có'", x="Có")
    assert not holds("x == 'Có'", x="có")
    assert holds("x != 'Có'", x=None)
    assert not holds("x == '5'", x=5)


def test_a_list_is_taken_by_the_letter():
    rule = "one_of(x, 'Có', 'Không')"

    assert holds(rule, x="Không")
    assert not any(holds(rule, x=raw) for raw in ("không", "Có ", None, 1))


def test_the_length_of_a_text():
    assert value("length(x)", x="Khó khăn") == 8
    assert value("length(x)", x=12) == 0


# Logic


@given(st.booleans(), st.booleans())
def test_de_morgan(a: bool, b: bool):
    given_ = {"a_a": int(a), "b_b": int(b)}

    assert holds("not (a_a == 1 and b_b == 1)", **given_) == holds("a_a != 1 or b_b != 1", **given_)


def test_truth_is_one_or_zero():
    assert value("(x > 1) + (x > 2)", x=2) == 1


def test_both_sides_are_looked_at_as_excel_does():
    # A spreadsheet multiplies and adds truths: an error on either side is an error of the whole.
    for rule in ("x == 1 and 1 / y > 0", "x == 1 or 1 / y > 0"):
        for x in (0, 1):
            with pytest.raises(Undefined):
                holds(rule, x=x, y=0)


def test_only_the_branch_taken_is_looked_at():
    assert value("1 / y if y != 0 else 0", y=0) == 0


# Errors in cells


@pytest.mark.parametrize("rule", ["x > 1", "x == 'Có'", "filled(x)", "length(x) > 1", "one_of(x, 'Có')", "not x > 1"])
def test_an_error_in_a_cell_has_no_value(rule: str):
    with pytest.raises(Undefined):
        holds(rule, x=Flaw())


def test_an_error_in_a_cell_can_be_told():
    assert not holds("sound(x)", x=Flaw())
    assert holds("sound(x)", x=None)
    assert not holds("number(x)", x=Flaw())
    assert not holds("whole(x)", x=Flaw())


# Columns


def test_columns_count_numbers_only():
    assert value("count(sessions.held_date)", **HELD) == 2
    assert value("sum(sessions.attendees)", **HELD) == 20
    assert value("max(sessions.attendees)", **HELD) == 12
    assert value("min(sessions.attendees)", **HELD) == 8


def test_an_empty_column_is_nothing():
    empty: dict[str, Any] = {"t.a": (None, "x"), "t.b": ("y", "z")}

    assert [value(f"{name}(t.a)", **empty) for name in ("count", "sum", "min", "max")] == [0, 0, 0, 0]
    assert value("first(t.b, t.a)", **empty) == ""
    assert value("first(t.b, t.a)", **{**empty, "t.a": (Flaw(), None)}) == ""


def test_the_first_is_the_earliest_and_then_the_upper_one():
    assert value("first(sessions.form, sessions.held_date)", **HELD) == "Chuyên đề"
    same = {"t.day": (9, 5, 5), "t.form": ("a", "b", "c")}
    assert value("first(t.form, t.day)", **same) == "b"


def test_rows_for_which_a_condition_holds():
    rule = "rows(number(sessions.held_date) and sessions.superior == 'Huyện')"

    assert value(rule, **HELD) == 0
    assert value("rows(number(sessions.held_date) and not filled(sessions.superior))", **HELD) == 1
    assert value("rows(sessions.form == 'Khác' or sessions.superior == 'Tỉnh')", **HELD) == 3


def test_an_error_in_a_column_has_no_value_but_can_be_counted_around():
    flawed = {"t.a": (1, Flaw(), 3)}

    assert value("count(t.a)", **flawed) == 2
    for function in ("sum", "min", "max"):
        with pytest.raises(Undefined):
            value(f"{function}(t.a)", **flawed)


@given(st.lists(st.none() | decimals | st.text(max_size=3), min_size=1, max_size=24))
def test_a_columns_figures_agree(cells: list[Any]):
    column = {"t.a": tuple(cells)}
    numbers = [cell for cell in cells if isinstance(cell, Decimal)]

    assert value("rows(number(t.a))", **column) == value("count(t.a)", **column) == len(numbers)
    assert value("sum(t.a)", **column) == sum(numbers)
    if numbers:
        assert value("min(t.a)", **column) <= value("max(t.a)", **column)


# Dates


def test_excels_days():
    assert serial(date(2023, 2, 28)) == 44985
    assert day_of(44985) == date(2023, 2, 28)
    assert day_of(Decimal("44985.75")) == date(2023, 2, 28)
    assert day_of(0) is None
    assert day_of(10**9) is None


@given(st.dates(date(1900, 3, 1), date(9999, 12, 31)))
def test_every_day_has_its_number(day: date):
    assert day_of(serial(day)) == day


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_months_follow_one_another_over_years(day: date):
    later = (day.replace(day=1) + timedelta(days=32)).replace(day=1)

    assert value("month(b_b) - month(a_a)", a_a=serial(day), b_b=serial(later)) == 1


@pytest.mark.parametrize("raw", [None, 0, 60, "01/02/2023", 2_958_466])
def test_a_month_of_no_date_is_0(raw):
    assert value("month(x)", x=raw) == 0
