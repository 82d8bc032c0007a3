"""The register as a tree, and the check of its rows: every fault with its cell, no flood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loithe_xl.language.issues import Issue, Severity
from loithe_xl.register.check import RawRow, check
from loithe_xl.register.register import COLUMNS, PARENT_TIERS, TIER_WORDS, TIERS, Register, Unit

GOOD = """
00           | Tỉnh Mẫu             | Tỉnh    |           |
00.07        | Huyện "Mẫu"          | Huyện   | 00        |
00.07.003    | Đảng bộ xã Mẫu An    | Cơ sở   | 00.07     |
00.07.003.C1 | Chi bộ thôn 1        | Chi bộ  | 00.07.003 |
00.07.003.C2 | Chi bộ thôn 2        | Chi bộ  | 00.07.003 |
00.07.C05    | Chi bộ cơ sở Kho bạc | Chi bộ  | 00.07     |
"""


def rows(table: str, header: Iterable[str] = COLUMNS) -> list[RawRow]:
    """A register from a picture of it; blank values are None, as a workbook gives them."""
    lines = [line.split("|") for line in table.strip().splitlines()]
    titles: dict[int, object] = dict(enumerate(header, 1))
    body: list[dict[int, object]] = [
        {column: value.strip() or None for column, value in enumerate(line, 1)} for line in lines
    ]
    return [RawRow(number, values) for number, values in enumerate([titles, *body], 1)]


def changed(table: str, cells: Mapping[str, object]) -> list[RawRow]:
    """The table with single cells (``D4``) replaced by raw values."""
    made = [RawRow(row.number, dict(row.values)) for row in rows(table)]
    for cell, value in cells.items():
        made[int(cell[1:]) - 1].values[ord(cell[0]) - 64] = value  # type: ignore[index]
    return made


def found(given_rows: list[RawRow]) -> list[tuple[str, str]]:
    return [(each.code, each.place.cell) for each in check(given_rows, "Danh mục")[1]]


def good(table: str = GOOD) -> Register:
    register, issues = check(rows(table), "Danh mục")
    assert issues == []
    assert register is not None
    return register


def codes(units: Iterable[Unit]) -> list[str]:
    return [unit.code for unit in units]


def test_a_good_register_keeps_zeros_and_quotes() -> None:
    register = good()
    assert register.units[1] == Unit("00.07", 'Huyện "Mẫu"', "district", "00")
    assert codes(register.roots()) == ["00"]


def test_ways_through_the_tree() -> None:
    register = good()
    cell, own = register.unit("00.07.003.C1"), register.unit("00.07.C05")
    assert cell is not None
    assert own is not None
    assert codes(register.children("00.07")) == ["00.07.003", "00.07.C05"]
    assert codes(register.ancestors("00.07.003.C1")) == ["00.07.003", "00.07", "00"]
    assert codes(register.cells("00.07")) == ["00.07.003.C1", "00.07.003.C2", "00.07.C05"]
    assert codes(register.cells("00.07.C05")) == ["00.07.C05"]
    assert codes(register.subtree("00.07.003").units) == ["00.07.003", "00.07.003.C1", "00.07.003.C2"]
    assert codes(register.subtree("00.07.003").roots()) == ["00.07.003"]
    assert codes(register.of_tier("base")) == ["00.07.003"]
    assert (register.is_base_cell(own), register.is_base_cell(cell)) == (True, False)
    assert register.unit("00.7") is None
    assert register.subtree("00.7").units == register.children("") == register.ancestors("00") == ()


def test_validity_is_inclusive_and_a_unit_may_change_over_time() -> None:
    body = changed(
        "07|Huyện Mẫu|Huyện||\n07.1|Đảng bộ A|Cơ sở|07|\n07.2|Đảng bộ B|Cơ sở|07|\n"
        "07.1.C1|Chi bộ cũ|Chi bộ|07.1|\n07.1.C1|Chi bộ mới|Chi bộ|07.2|",
        {"I5": datetime(2023, 2, 28), "H6": date(2023, 3, 1), "I6": "2023-12-31"},
    )
    register, issues = check(body, "Danh mục")
    assert issues == []
    assert register is not None
    assert codes(register.at(date(2023, 2, 28)).cells("07.1")) == ["07.1.C1"]
    assert codes(register.at(date(2023, 3, 1)).cells("07.1")) == []
    assert codes(register.at(date(2023, 3, 1)).cells("07.2")) == ["07.1.C1"]
    assert codes(register.at(date(2023, 12, 31)).cells("07.2")) == ["07.1.C1"]
    assert register.at(date(2024, 1, 1)).cells("07") == ()
    newest = register.unit("07.1.C1")
    assert newest is not None
    assert newest.name == "Chi bộ mới"
    assert [unit.name for unit in register.subtree("07.1").units] == ["Đảng bộ A", "Chi bộ cũ"]


def test_the_tiers_of_2025_and_several_roots() -> None:
    register = good("01|Tỉnh A|Tỉnh||\n02|Tỉnh B|Tỉnh||\n01.1|Xã C|Xã|01|\n01.1.C1|Chi bộ D|Chi bộ|01.1|")
    assert codes(register.roots()) == ["01", "02"]
    assert not register.is_base_cell(register.units[3])


def test_texts_are_composed_and_stripped_and_columns_may_stand_anywhere() -> None:
    table = "Tỉnh |\u00a0Tỉnh Mâ\u0303u \u0309 | 007 ||"
    register, issues = check(rows(table, ["Cấp", " tên  đơn vị ", "Mã đơn vị", "Mã cấp trên"]), "S")
    assert register is not None
    assert register.units == (Unit("007", "Tỉnh Mẫu \u0309", "province"),)
    assert [each.severity for each in issues] == [Severity.WARNING] * 5


@pytest.mark.parametrize(
    ("cells", "code", "at"),
    [
        ({"A5": None}, "REGISTER_VALUE_BLANK", "A5"),
        ({"B4": "  "}, "REGISTER_VALUE_BLANK", "B4"),
        ({"C4": None}, "REGISTER_VALUE_BLANK", "C4"),
        ({"A5": 7}, "REGISTER_CODE_NOT_TEXT", "A5"),
        ({"D5": 7.003}, "REGISTER_CODE_NOT_TEXT", "D5"),
        ({"A5": "x" * 41}, "REGISTER_CODE_INVALID", "A5"),
        ({"A5": "00|1"}, "REGISTER_CODE_INVALID", "A5"),
        ({"A5": "00\x071"}, "REGISTER_CODE_INVALID", "A5"),
        ({"A5": "00\u200b1"}, "REGISTER_CODE_INVALID", "A5"),
        ({"D5": "00\n1"}, "REGISTER_CODE_INVALID", "D5"),
        ({"B5": 12}, "REGISTER_NOT_TEXT", "B5"),
        ({"E5": "Th\x01ôn"}, "REGISTER_NOT_TEXT", "E5"),
        ({"B5": "Chi bộ  hai cách"}, "REGISTER_NAME_SPACES", "B5"),
        ({"B5": "Chi bộ\nhai dòng"}, "REGISTER_NAME_SPACES", "B5"),
        ({"C5": "Tổ"}, "REGISTER_TIER_UNKNOWN", "C5"),
        ({"C5": 3}, "REGISTER_TIER_UNKNOWN", "C5"),
        ({"C5": "Cơ sở"}, "REGISTER_TIER_WRONG", "C5"),
        ({"D2": "00.07"}, "REGISTER_CIRCLE", "D2"),
        ({"D5": "00.99"}, "REGISTER_PARENT_MISSING", "D5"),
        ({"D5": None}, "REGISTER_PARENT_BLANK", "D5"),
        ({"D4": None}, "REGISTER_ROOT_LOWER", "D4"),
        ({"A6": "00.07.003.C1"}, "REGISTER_CODE_DUPLICATE", "A6"),
        ({"A6": "00.07.003.C1", "H6": date(2023, 1, 1)}, "REGISTER_DATES_OVERLAP", "H6"),
        ({"H6": date(2023, 3, 1), "I6": date(2023, 2, 28)}, "REGISTER_DATES_REVERSED", "I6"),
        ({"G6": -1}, "REGISTER_MEMBERS_INVALID", "G6"),
        ({"G6": 1.5}, "REGISTER_MEMBERS_INVALID", "G6"),
        ({"G6": "mười"}, "REGISTER_MEMBERS_INVALID", "G6"),
        ({"G6": True}, "REGISTER_MEMBERS_INVALID", "G6"),
        ({"G6": float("nan")}, "REGISTER_MEMBERS_INVALID", "G6"),
        ({"H6": "05/03/2023"}, "REGISTER_DATE_INVALID", "H6"),
        ({"H6": "2023-02-30"}, "REGISTER_DATE_INVALID", "H6"),
        ({"I6": 44985}, "REGISTER_DATE_INVALID", "I6"),
        ({"I4": date(2022, 1, 1), "H5": date(2023, 1, 1), "I6": date(2021, 1, 1)}, "REGISTER_PARENT_NEVER", "H5"),
        ({"I4": date(2022, 1, 1), "I6": date(2021, 1, 1)}, "REGISTER_PARENT_ENDS", "I5"),
    ],
)
def test_each_fault_is_named_once_with_its_cell(cells: dict[str, object], code: str, at: str) -> None:
    assert found(changed(GOOD, cells)) == [(code, at)]


def test_members_that_are_certain_are_read() -> None:
    register, issues = check(changed(GOOD, {"G5": 12.0, "G6": " 7 ", "G7": 0}), "S")
    assert issues == []
    assert register is not None
    assert [unit.members for unit in register.units[3:]] == [12, 7, 0]


def test_all_faults_at_once_and_no_register() -> None:
    register, issues = check(changed(GOOD, {"A3": "x|", "B4": None, "G5": -1, "D7": "lạc"}), "S")
    assert register is None
    assert {each.place.cell for each in issues} == {"A3", "B4", "G5", "D7", "D4"}


def test_a_warning_leaves_the_register() -> None:
    register, issues = check(changed(GOOD, {"B5": "Chi  bộ"}), "S")
    assert register is not None
    assert register.units[3].name == "Chi  bộ"
    assert [each.severity for each in issues] == [Severity.WARNING]


@pytest.mark.parametrize("column", range(4))
def test_a_missing_column_is_one_fault(column: int) -> None:
    header = list(COLUMNS)
    header[column] = "Ghi chú"
    register, issues = check(rows(GOOD, header), "S")
    assert register is None
    assert [(each.code, each.place.cell) for each in issues] == [("REGISTER_COLUMN_MISSING", f"{'ABCD'[column]}1")]
    assert COLUMNS[column] in issues[0].message.vi


def test_optional_columns_may_be_absent_and_no_column_may_be_there_twice() -> None:
    register, issues = check(rows(GOOD, COLUMNS[:8]), "S")
    assert register is not None
    assert [(each.code, each.severity) for each in issues] == [("REGISTER_COLUMN_ABSENT", Severity.WARNING)]
    twice = check(rows(GOOD, [*COLUMNS[:8], "Mã đơn vị", "Đến ngày"]), "S")[1]
    assert [(each.code, each.place.cell) for each in twice] == [("REGISTER_COLUMN_TWICE", "I1")]


@pytest.mark.parametrize("body", ["", " | | | "])
def test_an_empty_register(body: str) -> None:
    assert found(rows(body)) == [("REGISTER_EMPTY", "A2")]


def test_no_rows_at_all() -> None:
    assert {code for code, _ in found([])} == {"REGISTER_COLUMN_MISSING", "REGISTER_COLUMN_ABSENT"}


def test_blank_rows_between_units_do_not_count() -> None:
    body = rows(GOOD)
    body.insert(3, RawRow(99, {1: None, 2: " ", 7: None}))
    assert found(body) == []


BIG = "07|Huyện Mẫu|Huyện||\n07.1|Đảng bộ A|Cơ sở|07|\n" + "\n".join(
    f"07.1.C{n}|Chi bộ {n}|Chi bộ|07.1|" for n in range(50)
)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"A3": "07.9"}, [("REGISTER_PARENT_MISSING", "D4")]),
        ({"A3": 7.1}, [("REGISTER_CODE_NOT_TEXT", "A3")]),
        ({"C3": "Chi bộ"}, [("REGISTER_TIER_WRONG", "C4")]),
        ({"C3": "Cơ quan"}, [("REGISTER_TIER_UNKNOWN", "C3")]),
        ({"D3": "07.1"}, [("REGISTER_CIRCLE", "D3")]),
        ({"I3": date(2022, 1, 1)}, [("REGISTER_PARENT_ENDS", "I4")]),
        ({"I3": date(2022, 1, 1), "I2": date(2021, 1, 1)}, [("REGISTER_PARENT_ENDS", c) for c in ("I3", "I4")]),
    ],
)
def test_one_root_fault_does_not_flood(cells: dict[str, object], expected: list[tuple[str, str]]) -> None:
    issues = check(changed(BIG, cells), "S")[1]
    assert [(each.code, each.place.cell) for each in issues] == expected
    if expected[-1][1].endswith("4"):
        assert "4-53" in issues[-1].message.vi, "the rows concerned are all listed"


def test_a_circle_is_named_with_its_chain_and_without_what_hangs_on_it() -> None:
    body = changed(BIG, {"D2": "07.1.C0", "D3": "07", "D4": "07.1"})
    issues = [each for each in check(body, "S")[1] if each.code == "REGISTER_CIRCLE"]
    assert [each.place.cell for each in issues] == ["D2"]
    assert "07 → 07.1.C0 → 07.1 → 07" in issues[0].message.vi


def test_parents_in_turn_cover_a_child() -> None:
    turns = "07|Huyện|Huyện||\n1|Cũ|Cơ sở|07|\n1|Mới|Cơ sở|07|\nC|Chi bộ|Chi bộ|1|"
    held = {"I3": date(2022, 12, 31), "H4": date(2023, 1, 1)}
    assert found(changed(turns, held)) == []
    assert found(changed(turns, {**held, "H4": date(2023, 1, 2)})) == [("REGISTER_PARENT_ENDS", "I5")]


def test_every_sentence_is_there_in_both_languages() -> None:
    for each in _all_issues():
        assert each.message.vi
        assert each.message.en
        assert each.message.vi != each.message.en


def _all_issues() -> list[Issue]:
    return check(changed(GOOD, {"A3": "x|", "B4": 4, "G5": -1, "D7": "lạc", "C6": "?", "H2": "nay"}), "S")[1]


@st.composite
def trees(draw: st.DrawFn) -> Register:
    """A random forest in random register order, some units in force for a time only."""
    units = [Unit(f"{n:03}", f"Đơn vị {n}", "province") for n in range(draw(st.integers(1, 2)))]
    for n in range(len(units), draw(st.integers(3, 30))):
        tier = draw(st.sampled_from([tier for tier in TIERS[1:] if _parents(units, tier)]))
        end = draw(st.none() | st.dates(date(2023, 1, 1), date(2023, 12, 31)))
        parent = draw(st.sampled_from(_parents(units, tier)))
        units.append(Unit(f"{n:03}", f"Đơn vị {n}", tier, parent.code, end=end))
    return Register(tuple(draw(st.permutations(units))))


def _parents(units: Iterable[Unit], tier: str) -> list[Unit]:
    return [unit for unit in units if unit.tier in PARENT_TIERS[tier]]


@given(trees())
def test_laws_of_subtrees(register: Register) -> None:
    position = {unit: index for index, unit in enumerate(register.units)}
    for unit in register.units:
        subtree = register.subtree(unit.code)
        above = {ancestor.code for ancestor in register.ancestors(unit.code)}
        expected = {u for u in register.units if u == unit or unit in register.ancestors(u.code)}
        assert set(subtree.units) == expected
        assert [position[u] for u in subtree.units] == sorted(position[u] for u in subtree.units)
        assert subtree.roots() == (unit,)
        assert subtree.subtree(unit.code) == subtree
        assert not above & set(codes(subtree.units))
        parts = [u for child in register.children(unit.code) for u in register.cells(child.code)]
        assert set(register.cells(unit.code)) == {*parts, *([unit] if unit.tier == "cell" else [])}
    assert {u for root in register.roots() for u in register.subtree(root.code).units} == set(register.units)


@given(trees(), st.dates(date(2022, 12, 1), date(2024, 1, 31)))
def test_laws_of_days(register: Register, day: date) -> None:
    today = register.at(day)
    assert today.at(day) == today
    assert set(today.units) == {unit for unit in register.units if unit.end is None or day <= unit.end}


@given(trees())
def test_what_the_check_accepts_is_the_same_tree(register: Register) -> None:
    made = [RawRow(1, dict(enumerate(COLUMNS, 1)))]
    for number, unit in enumerate(register.units, 2):
        values = (unit.code, unit.name, TIER_WORDS[unit.tier], unit.parent, None, None, unit.members, None, unit.end)
        made.append(RawRow(number, dict(enumerate(values, 1))))
    again, issues = check(made, "S")
    assert again == register
    assert {each.code for each in issues} <= {"REGISTER_PARENT_ENDS"}


def test_four_thousand_units_are_one_pass() -> None:
    bases = [Unit(f"{n:03}", "Đảng bộ", "base", "07") for n in range(100)]
    cells = [Unit(f"{n:05}", "Chi bộ", "cell", f"{n % 100:03}") for n in range(4000)]
    register = Register((Unit("07", "Huyện", "district"), *bases, *cells))
    assert sum(len(register.cells(base.code)) for base in bases) == len(register.cells("07")) == 4000


@pytest.mark.parametrize(("one", "other"), [("H.a", "H.A"), ("Đ1", "đ1"), ("00.07.003.c1", "00.07.003.C1")])
def test_codes_that_differ_in_capitals_only_are_one_file(one: str, other: str) -> None:
    table = f"{GOOD.rstrip()}\n{one} | Chi bộ thôn 8 | Chi bộ | 00.07.003 |\n"
    table += "" if other in GOOD else f"{other} | Chi bộ thôn 9 | Chi bộ | 00.07.003 |\n"

    assert [code for code, _ in found(rows(table))] == ["REGISTER_CODE_TWICE"]
