"""No green that lies: a form that says nothing, or not all, is not shown as ready."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from cli_tools import issue_forms, press, type_in
from drawing import IN_TIME, drawn_case, own_row, received, typed
from tools import REQUIRED, held

from loithe_xl.consolidation.receipts import Receipt, Verdict
from loithe_xl.draw import Case, form_book
from loithe_xl.draw.beside import row_said
from loithe_xl.draw.days import date_echo
from loithe_xl.draw.panel import ERROR, WANTING, WARNING, evaluate_panel
from loithe_xl.form.inputs import Row
from loithe_xl.form.layout import INPUT, STATUS
from loithe_xl.form.ownchecks import CHILDREN, EMPTY, SILENT, TURNED_AWAY
from loithe_xl.language.issues import Place, issue
from loithe_xl.pack.kinds import YES
from loithe_xl.rules.evaluate import Raw, evaluate
from loithe_xl.rules.syntax import parse
from loithe_xl.workbook.book import Formula
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import CHECK, COUNT_CELL, FAULTS_TOP, HIDDEN_CHECKS, UNITS_ROW

NO, YES_ALL = "CHƯA ĐƯỢC NỘP", "ĐƯỢC NỘP"
PLANNED: dict[str, Raw] = {"planned_date": serial(date(2023, 2, 9))}
DONE: dict[str, Raw] = {**REQUIRED, "reported_officeholder": 5, "reported_other": 22}
NONE_YET: dict[str, Raw] = {**REQUIRED, "leaders_reported": 0, "reported_officeholder": 0, "reported_other": 0}
LATER: dict[str, Raw] = {"planned_date": serial(date(2023, 3, 9))}


def verdict(case: Case) -> str:
    """What stands at the head of every sheet."""
    return evaluate_panel(case).verdict


def found(case: Case) -> set[str]:
    """The ids of the lines that found something."""
    return {line.item.id for line in evaluate_panel(case).faults}


def cell(*sessions: dict[str, Raw], **values: Raw) -> Case:
    return drawn_case("cell", typed("cell", sessions, **values))


def sent(unit: str, name: str = "", verdict: Verdict = Verdict.VALID) -> Receipt:
    """A base's or a cell's file as the district has it."""
    rows = (own_row("cell", unit, typed("cell", (held(10),), **DONE)),) if verdict is Verdict.VALID else ()
    told = () if rows else (issue("TOKEN_MISSING", Place("x.xlsx")),)
    return Receipt((name or unit).ljust(64, "x"), f"{unit}.xlsx", unit, verdict, IN_TIME, rows=rows, issues=told)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (cell(), NO),
        (cell(**REQUIRED), "ĐƯỢC NỘP – CÒN 2 LƯU Ý"),
        (cell({**held(10), **PLANNED}, **DONE), YES_ALL),
        (cell(LATER, **NONE_YET), YES_ALL),
        (cell(LATER, **REQUIRED), "ĐƯỢC NỘP – CÒN 1 LƯU Ý"),
        (cell(**NONE_YET), "ĐƯỢC NỘP – CÒN 1 LƯU Ý"),
        (cell(LATER, **{**NONE_YET, "members_total": 0, "members_exempt": 0, "members_transferred_out": 0}), NO),
    ],
    ids=[
        "untouched",
        "first sheet alone",
        "done",
        "honestly none yet",
        "reported without a session",
        "blank",
        "nobody",
    ],
)
def test_a_cell_is_green_only_when_nothing_is_left(case: Case, said: str) -> None:
    assert verdict(case) == said


@pytest.mark.parametrize("form", ["base", "district", "province"])
def test_an_untouched_parent_is_refused_as_empty(form: str) -> None:
    case = drawn_case(form)
    assert verdict(case) == NO
    assert found(case) == {EMPTY, SILENT}
    assert verdict(drawn_case(form, typed(form, plan_issued="Không"))) == "ĐƯỢC NỘP – CÒN 1 LƯU Ý"
    assert verdict(drawn_case(form, typed(form, revision=1))) == NO, "what a fresh form holds was not typed"


def test_a_parent_is_green_only_with_all_its_units_and_no_file_returned() -> None:
    both = sent("01.1.C01"), sent("01.1.C02")
    assert found(drawn_case("base", received=both[:1])) == {SILENT}
    assert verdict(drawn_case("base", received=both)) == YES_ALL
    returned = sent("", "?", Verdict.REFUSED)
    assert found(drawn_case("base", received=(*both, returned))) == {TURNED_AWAY}
    assert verdict(drawn_case("base", received=(*both, returned))) == "ĐƯỢC NỘP – CÒN 1 LƯU Ý"
    mended = sent("01.1.C01", "?", Verdict.REFUSED)
    assert verdict(drawn_case("base", received=(*both, mended))) == YES_ALL, "the unit sent a good one besides"


def test_the_parent_s_panel_counts_its_units() -> None:
    case = drawn_case("district", received=received())
    book = form_book(case)
    told = book.sheet(CHECK).cells[UNITS_ROW, 1].value
    assert isinstance(told, Formula)
    assert told.result == "Đã có số liệu của 2/3 đơn vị trực thuộc, còn 1 đơn vị; 1 tệp bị trả lại."
    for name, number in zip(CHILDREN, (3, 2, 1), strict=True):
        sheet, column, row = re.fullmatch(r"'(.+)'!\$([A-C])\$(\d+)", book.names[name]).groups()  # type: ignore[union-attr]
        assert book.sheet(sheet).cells[int(row), ord(column) - 64].value == number


def test_what_is_blank_is_counted_and_not_scolded() -> None:
    """Red is for what was typed and is wrong; the list still leads to every blank cell."""
    case = cell()
    panel, book = evaluate_panel(case), form_book(case)
    needed = [field.id for field in case.form.fields.values() if field.required == "always"]

    assert (panel.count(ERROR), panel.count(WANTING), panel.count(WARNING)) == (0, len(needed), 1)
    slots = [case.layout.slots[id] for id in needed]
    beside = [book.sheet(slot.sheet).cells[slot.row, STATUS].value for slot in slots]
    assert all(isinstance(each, Formula) and str(each.result).startswith("CẦN NHẬP: ") for each in beside)
    told = book.sheet(CHECK).cells[COUNT_CELL].value
    assert isinstance(told, Formula) and isinstance(told.result, str)
    assert told.result.startswith("Còn 9 ô phải nhập (trang 1. Số liệu), 1 điều nên xem lại. Bấm vào ô ở cột B")
    jumps = [book.sheet(CHECK).cells[row, 2].value for row in range(FAULTS_TOP, FAULTS_TOP + len(needed))]
    cells = [case.layout.slots[id].cell for id in needed]
    assert [jump.result for jump in jumps if isinstance(jump, Formula)] == [f"1. Số liệu, ô {at}" for at in cells]
    first = case.layout.slots[needed[0]]
    looks = [each for each in book.sheet(first.sheet).conditions if each.area[0] == (first.row, INPUT)]
    assert {each.style for each in looks} == {"bad", "warn", "missing"} and STATUS == 5


def test_a_row_names_what_it_wants_after_what_is_wrong_in_it() -> None:
    row = held(10, superior=YES)
    asked: Row = {"held_date": row["held_date"]}
    wanting, wrong = (said_of_row(each) for each in (asked, {**row, "form": None}))
    assert wanting == "CẦN NHẬP: “Hình thức” · 10 tháng 02", "and how its date was understood"
    assert wrong.startswith("LỖI: không có trong danh sách"), "the coloured cell tells which column is meant"


def said_of_row(row: Row) -> str:
    case = cell(row, **DONE)
    return row_said(evaluate_panel(case), case.layout.tables["sessions"], 0, row)


def test_prose_tells_the_third_state_and_json_counts_the_form(tmp_path: Path) -> None:
    forms = issue_forms(tmp_path / "forms")
    noted = type_in(forms["01.1.C01"], tmp_path / "noted.xlsx", {**REQUIRED})
    answer = press("validate", noted)
    assert answer.code == 0
    assert len(re.findall(r"^\[LƯU Ý\] .*noted.xlsx – 01.1.C01 Chi bộ", answer.out, re.M)) == 2
    assert "1 dùng được (trong đó 1 còn điều nên xem lại)" in answer.out
    assert press("validate", noted, "--format", "json").json["files"][0]["ok"] is True


# ---- both readings round and echo alike, and ask only programs that can tell


def test_both_values_of_a_cross_check_are_rounded_as_the_form_rounds_them() -> None:
    """As a pasted 0.1 + 0.2 has it: the form shows 20,3."""
    case = cell({**held(10), **PLANNED}, **{**DONE, "members_exempt": Decimal("30.30000000000000004")})
    assert any(line.message.endswith(" (31,3 so với 30).") for line in evaluate_panel(case).faults)


def test_a_day_before_the_calendars_agree_is_echoed_by_neither() -> None:
    formula, echoed = date_echo("x", 13)
    assert echoed == "" and "IF(x>=61," in formula
    assert date_echo("x", 61)[1] == "ngày 01 tháng 03 năm 1900"


def test_a_text_is_as_long_as_excel_counts_it() -> None:
    assert evaluate(parse("length(x)"), {"x": "\U0001f600ab"}) == 4


def test_a_cut_input_is_told_only_where_the_program_can_tell_a_locked_cell() -> None:
    sheet = form_book(cell()).sheet(HIDDEN_CHECKS)
    asked = sheet.cells[1, 1].value
    assert isinstance(asked, Formula) and asked.result == 1 and asked.text.endswith('=0)*(CELL("protect",$B$1)=1),0)')
    column = [each.value for (_, at), each in sheet.cells.items() if at == 1]
    states = [value.text for value in column if isinstance(value, Formula)]
    cut = [text for text in states[1:] if "CELL(" in text]
    assert cut and all(")*$A$1>0," in text for text in cut)
