"""Both values of a fault in words, and what the list of checks says first, last and where nothing is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from drawing import LOADED, drawn_case, typed
from tools import REQUIRED, held

from loithe_xl.draw import Case, form_book
from loithe_xl.draw.beside import row_said
from loithe_xl.draw.checks import FAULT_WIDTHS, counted, list_checks, more
from loithe_xl.draw.head import LINE_POINTS, lines_of
from loithe_xl.draw.panel import evaluate_panel
from loithe_xl.form.comparison import COUNTED, DATED, SHARED, Sides, compared
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Severity
from loithe_xl.pack.spec import Check
from loithe_xl.rules.evaluate import Raw
from loithe_xl.rules.syntax import Number, parse
from loithe_xl.workbook.book import Formula
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import CHECK, COUNT_CELL, FAULTS_SHOWN, FAULTS_TOP, MORE_ROW
from loithe_xl.workbook.styles import STYLES

LAYOUT = LOADED.by_form["base_cell"]
DONE: dict[str, Raw] = {**REQUIRED, "registered": "Có"}


def check(rule: str) -> Check:
    return Check("X", Severity.WARNING, parse(rule), "", Text("Sai."), Text("Sửa."))


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (COUNTED, "7", "7"),
        (COUNTED, "999", "999"),
        (COUNTED, "1234567", "1.234.567"),
        (COUNTED, "12.50", "12,5"),
        (COUNTED, "1234.5", "1234,5"),
        (COUNTED, "-3", "-3"),
        (COUNTED, "1000000000", "1000000000"),
        (DATED, "44985", "28/02/2023"),
        (DATED, "12", "12"),
        (SHARED, "0.2576", "25,76%"),
        (SHARED, "1", "100%"),
    ],
)
def test_a_value_is_written_by_its_kind(kind: str, value: str, said: str) -> None:
    side = Number(Decimal(0))
    assert Sides(side, side, kind).in_words(Decimal(value)) == said


@pytest.mark.parametrize(
    ("rule", "table", "kind"),
    [
        ("members_reported <= members_due", "", COUNTED),
        (
            "not number(attendees) or not number(reports_presented) or reports_presented <= attendees",
            "sessions",
            COUNTED,
        ),
        ("not number(held_date) or held_date < cutoff + 1", "sessions", DATED),
        ("max(sessions.held_date) <= campaign_end", "", DATED),
        ("not number(plan_date) or plan_date < cutoff + 1", "", DATED),
        ("cutoff - plan_date <= 30", "", COUNTED),
        ("rate_cells_held <= 1", "", SHARED),
        ('registered != "Có" or members_total >= 30', "", COUNTED),
        ("members_total > 0", "", ""),
        ('registered == "Có"', "", ""),
        ("filled(plan_number) or filled(plan_date)", "", ""),
    ],
)
def test_what_a_rule_compares_is_found_with_its_kind(rule: str, table: str, kind: str) -> None:
    """Against zero and between texts the message says all."""
    found = compared(LAYOUT, check(rule), table)
    assert (found.kind if found else "") == kind


def test_a_day_that_a_time_may_follow_is_told_as_the_day() -> None:
    found = compared(LAYOUT, check("plan_date < cutoff + 1"))
    assert found and found.right == parse("cutoff")


def test_a_row_s_fault_names_its_row_and_both_values() -> None:
    row = held(10, attendees=7, reports_presented=12)
    case = drawn_case("cell", typed("cell", (held(9, attendees=20, reports_presented=1), row), **DONE))
    panel = evaluate_panel(case)
    line = next(line for line in panel.faults if line.item.row == 1)

    level, where, fault, remedy = list_checks(panel, line).values()

    assert (level, where) == ("LƯU Ý", f"2. Các buổi sinh hoạt, ô {line.item.cell}")
    assert fault == "Dòng 2: Số đã trình bày lớn hơn số dự (12 so với 7)."
    assert remedy == "Đề nghị kiểm tra lại hai ô này."
    table = case.layout.tables["sessions"]
    assert row_said(panel, table, 1, case.inputs.tables["sessions"][1]) == f"LƯU Ý: {fault.partition(': ')[2]}"


def finished(form: str = "cell", **more: Raw) -> Case:
    values = {"members_total": 30, "members_exempt": 2, "members_transferred_out": 1, "leaders_total": 5}
    values |= {"leaders_due": 5, "leaders_reported": 3, "reported_officeholder": 4, "reported_other": 23}
    session = held(10, planned_date=serial(date(2023, 2, 9)))
    return drawn_case(form, typed(form, (session,), **values, registered="Có", **more))


def test_where_nothing_is_left_the_next_step_is_told() -> None:
    above = finished()
    noted = finished(reports_revised=28)
    top = replace(above, unit_form=replace(above.unit_form, above=""))

    due = "Lưu tệp (Ctrl+S) rồi gửi về Đảng bộ 01.1, chậm nhất ngày 05/03/2023."
    assert counted(evaluate_panel(above)) == f"Không còn lỗi. {due}"
    assert counted(evaluate_panel(noted)) == (
        f"Không còn lỗi, gửi được. Còn 1 điều nên xem lại trước khi gửi: bấm vào ô ở cột B. {due}"
    )
    assert counted(evaluate_panel(top)) == "Không còn lỗi. Lưu tệp (Ctrl+S)."


def test_what_is_left_is_told_without_what_is_not() -> None:
    wrong = finished(members_away=31)
    assert counted(evaluate_panel(wrong)) == "Còn 1 lỗi phải sửa. Bấm vào ô ở cột B để đến chỗ cần sửa."


def test_faults_without_a_line_of_their_own_are_counted() -> None:
    rows = tuple({"held_date": serial(date(2023, 2, 1)), "form": "Hội thảo"} for _ in range(24))
    few, many = drawn_case("cell"), drawn_case("cell", typed("cell", rows, members_total=-1))
    sheet, panel = form_book(many).sheet(CHECK), evaluate_panel(many)

    assert more(evaluate_panel(few)) == ""
    left = len(panel.faults) - FAULTS_SHOWN
    said = sheet.cells[MORE_ROW, 1].value
    assert left > 0 and isinstance(said, Formula)
    assert said.result == f"Và {left} điều nữa, hiện ra khi sửa xong các điều trên."


@pytest.mark.parametrize("form", ["cell", "base_cell", "base", "district"])
def test_a_row_that_is_not_needed_shows_nothing_and_any_that_is_has_room(form: str) -> None:
    """Lines and colours come with the fault; only the cell that says how grave it is has a colour."""
    case = drawn_case(form)
    sheet = form_book(case).sheet(CHECK)
    rows = range(FAULTS_TOP, FAULTS_TOP + FAULTS_SHOWN)
    for row in rows:
        styles = [STYLES[sheet.cells[row, column].style] for column in FAULT_WIDTHS]
        assert not any(style.border or style.fill for style in styles)
    for each in sheet.conditions:
        (top, _), (_, right) = each.area
        assert top < FAULTS_TOP or right == 1 or not STYLES[each.style].fill
    longest = {3: [], 4: []}
    for item in {line.item.checks: line.item for line in evaluate_panel(case).lines}.values():
        for each in item.checks:
            valued = " (28/02/2023 so với 28/02/2023)" if compared(case.layout, each, item.table) else ""
            longest[3].append(f"{'Dòng 999: ' if item.table else ''}{each.message.vi}{valued}")
            longest[4].append(each.remedy.vi)
    for column, told in longest.items():
        assert all(lines_of(words, FAULT_WIDTHS[column]) * LINE_POINTS <= sheet.heights[FAULTS_TOP] for words in told)
    assert sheet.cells[COUNT_CELL].style == "strong"
