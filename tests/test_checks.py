"""``validate``: the JSON shape, every ERROR with its code and place, warnings that keep a file ok, honest re-saves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import (
    NUMBERS,
    REQUIRED,
    codes,
    held,
    issue_forms,
    places,
    press,
    province,
    read,
    resaved,
    snapshot,
    trust,
    type_in,
    worded,
)
from conftest import Convert

from loithe_xl.pack.kinds import NO, YES

CELL, OWN, BASE = "01.1.C01", "01.K1", "01.1"
SHAPE = ["file", "unit", "period", "level", "ok", "issues"]
ISSUE = ["code", "severity", "sheet", "cell", "field", "message"]
GOOD = {**REQUIRED, "members_away": 5, "members_away_exempt": 1, "commended_members": 2, "difficulty_03b": YES}
PLAN = {"planned_date": date(2023, 3, 12)}
TEXT = "Đảng viên đi làm ăn xa, khó bố trí buổi sinh hoạt đủ mặt."


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return issue_forms(tmp_path_factory.mktemp("forms"))


@pytest.fixture(scope="module")
def good(forms: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cell's form as a careful secretary fills it."""
    target = tmp_path_factory.mktemp("good") / "BC lần 1.xlsx"
    return type_in(forms[CELL], target, {**GOOD, "difficulties_text": TEXT}, [held(10, attendees=25), PLAN])


def checked(file: Path) -> dict[str, Any]:
    """What ``validate --format json`` says of one file."""
    answer = press("validate", file, "--format", "json")
    found: dict[str, Any] = answer.json["files"][0]
    assert answer.code == (0 if found["ok"] else 1)
    assert found["ok"] == (not codes(found["issues"], "ERROR"))
    return found


def test_the_json_shape(good: Path, forms: dict[str, Path]) -> None:
    answer = press("validate", good, forms[BASE], "--format", "json", at=good.parent)

    found = answer.json
    assert list(found) == ["files"]
    cell, base = found["files"]
    assert list(cell) == list(base) == SHAPE
    assert cell == {"file": good.name, "unit": CELL, "period": "2023-02", "level": "cell", "ok": True, "issues": []}
    assert (base["unit"], base["level"], base["ok"]) == (BASE, "base", False)
    assert codes(base["issues"]) == ["FORM_EMPTY", "UNITS_SILENT"]
    assert codes(base["issues"], "ERROR") == ["FORM_EMPTY"]
    assert [list(each) for each in base["issues"]] == [ISSUE, ISSUE]
    assert (answer.code, answer.err) == (1, "")


def test_files_are_named_relative_to_the_working_directory(good: Path) -> None:
    above = read("validate", good, at=good.parent.parent)["files"][0]["file"]
    beneath = read("validate", ".", at=good.parent)["files"][0]["file"]

    assert above == f"{good.parent.name}/{good.name}"
    assert beneath == good.name


def test_prose_says_what_may_be_sent(good: Path, forms: dict[str, Path], tmp_path: Path) -> None:
    bad = type_in(forms[CELL], tmp_path / "thiếu.xlsx", {**NUMBERS, "members_exempt": -1})

    vi, en = (press("validate", good, bad, "--lang", lang) for lang in ("vi", "en"))

    assert vi.code == en.code == 1
    assert "1 tệp" in next(line for line in vi.out.splitlines() if line.startswith("Dùng được"))
    assert "ĐƯỢC NỘP" not in vi.out, "that is for who has still to send it"
    assert "2 tệp: 1 dùng được (trong đó 0 còn điều nên xem lại), 1 phải sửa." in vi.out
    assert "2 files: 1 fit for use (0 of them with something to look at), 1 to mend." in en.out
    sheet, cell = places(bad)["members_exempt"][0]
    for answer, mark in ((vi, "LỖI"), (en, "ERROR")):
        first, *rest = [line for line in answer.out.splitlines() if line.startswith(f"[{mark}]") or "    " in line]
        assert first.startswith(f"[{mark}] ") and bad.name in first and f"{CELL} Chi bộ 01.1-1" in first
        assert any(line.startswith(f"    {sheet}!{cell}: ") for line in rest)
    assert worded("FIELD_NEGATIVE").search(vi.out)
    assert worded("FIELD_NEGATIVE", "en").search(en.out)
    assert not worded("FIELD_NEGATIVE").search(en.out)


def one_more(id: str, value: object) -> dict[str, object]:
    return {**REQUIRED, id: value}


FIELDS: list[tuple[str, object, str]] = [
    *((id, None, "FIELD_REQUIRED") for id in REQUIRED),
    *((id, "năm", "FIELD_NOT_A_NUMBER") for id in ("members_total", "members_away", "commended_members", "revision")),
    ("reported_other", "12 người", "FIELD_NOT_A_NUMBER"),
    ("members_exempt", 1.5, "FIELD_NOT_WHOLE"),
    ("commended_members", 0.5, "FIELD_NOT_WHOLE"),
    ("members_transferred_out", -1, "FIELD_NEGATIVE"),
    ("leaders_reported", -3, "FIELD_NEGATIVE"),
    ("admitted_members", -1, "FIELD_NEGATIVE"),
    ("registered", "có lẽ", "FIELD_NOT_IN_LIST"),
    ("registered", "Yes", "FIELD_NOT_IN_LIST"),
    ("difficulty_22", "x", "FIELD_NOT_IN_LIST"),
]


@pytest.mark.parametrize(("id", "value", "code"), FIELDS)
def test_a_fields_fault_has_its_code_and_place(
    forms: dict[str, Path], tmp_path: Path, id: str, value: object, code: str
) -> None:
    file = type_in(forms[CELL], tmp_path / "a.xlsx", one_more(id, value), [held(10), PLAN])

    found = checked(file)

    errors = [each for each in found["issues"] if each["severity"] == "ERROR"]
    sheet, cell = places(file)[id][0]
    assert [(each["code"], each["sheet"], each["cell"], each["field"]) for each in errors] == [(code, sheet, cell, id)]
    assert worded(code).search(errors[0]["message"])
    assert not found["ok"]


CROSS: list[tuple[Mapping[str, object], str]] = [
    (
        {"members_exempt": 20, "members_transferred_out": 11, "reported_officeholder": 0, "reported_other": 0},
        "members_exempt",
    ),
    ({"members_away": 10, "members_away_exempt": 3}, "members_away_exempt"),
    ({"members_away": 31}, "members_away"),
    ({"members_elderly": 31}, "members_elderly"),
    ({"members_ethnic_area": 31}, "members_ethnic_area"),
    ({"members_retired": 31}, "members_retired"),
    ({"members_worker": 31}, "members_worker"),
    ({"members_freelance": 31}, "members_freelance"),
    ({"leaders_total": 31}, "leaders_total"),
    ({"leaders_due": 6}, "leaders_due"),
    ({"leaders_due": 2}, "leaders_reported"),
    ({"reported_officeholder": 2, "reported_other": 0}, "leaders_reported"),
    ({"reported_officeholder": 10, "reported_other": 18}, "reported_officeholder"),
]


@pytest.mark.parametrize(("given", "at"), CROSS)
def test_figures_that_contradict_each_other_are_an_error(
    forms: dict[str, Path], tmp_path: Path, given: Mapping[str, object], at: str
) -> None:
    file = type_in(forms[CELL], tmp_path / "a.xlsx", {**REQUIRED, **given}, [held(10), PLAN])

    found = checked(file)

    errors = [each for each in found["issues"] if each["severity"] == "ERROR" and each["field"] == at]
    assert errors, found["issues"]
    sheet, cell = places(file)[at][0]
    assert {(each["sheet"], each["cell"]) for each in errors} == {(sheet, cell)}
    assert not found["ok"]


def test_both_values_of_a_cross_check_are_told(forms: dict[str, Path], tmp_path: Path) -> None:
    file = type_in(
        forms[CELL], tmp_path / "a.xlsx", {**REQUIRED, "members_total": 40, "reported_other": 34}, [held(10)]
    )

    errors = [each for each in checked(file)["issues"] if each["severity"] == "ERROR"]

    assert len(errors) == 1
    assert "38" in errors[0]["message"] and "37" in errors[0]["message"]


SESSIONS: list[tuple[Mapping[str, object], str, str]] = [
    ({"held_date": "hôm qua", "form": "Chuyên đề"}, "held_date", "FIELD_NOT_A_DATE"),
    ({"planned_date": "13/13/2023"}, "planned_date", "FIELD_NOT_A_DATE"),
    ({"held_date": date(2022, 12, 31), "form": "Chuyên đề"}, "held_date", "FIELD_DATE_OUTSIDE"),
    ({"planned_date": date(2023, 5, 3)}, "planned_date", "FIELD_DATE_OUTSIDE"),
    ({"held_date": date(2023, 3, 1), "form": "Chuyên đề"}, "held_date", "FIELD_DATE_AFTER_CUTOFF"),
    ({"held_date": date(2023, 2, 3)}, "form", "FIELD_REQUIRED"),
    (held(3, form="Trực tuyến"), "form", "FIELD_NOT_IN_LIST"),
    (held(3, superior="Trung ương"), "superior", "FIELD_NOT_IN_LIST"),
    (held(3, chaired_by_secretary="x"), "chaired_by_secretary", "FIELD_NOT_IN_LIST"),
    (held(3, attendees=-1), "attendees", "FIELD_NEGATIVE"),
    (held(3, reports_presented="ba"), "reports_presented", "FIELD_NOT_A_NUMBER"),
]


@pytest.mark.parametrize(("session", "column", "code"), SESSIONS)
def test_a_sessions_fault_has_its_code_and_place(
    forms: dict[str, Path], tmp_path: Path, session: Mapping[str, object], column: str, code: str
) -> None:
    file = type_in(forms[CELL], tmp_path / "a.xlsx", REQUIRED, [held(10), PLAN, session])

    errors = [each for each in checked(file)["issues"] if each["severity"] == "ERROR"]

    sheet, cell = places(file)[f"sessions.{column}"][2]
    where = (code, sheet, cell, f"sessions.{column}")
    assert [(each["code"], each["sheet"], each["cell"], each["field"]) for each in errors] == [where]


OWN_FIELDS: list[tuple[Mapping[str, object], list[str]]] = [
    ({"plan_issued": YES}, ["plan_date", "plan_number"]),
    ({"plan_issued": YES, "plan_number": "12-KH/ĐU", "plan_date": date(2023, 2, 6)}, []),
    ({"plan_issued": NO}, []),
    ({"conference_held": YES}, ["conference_date"]),
    ({"conference_held": YES, "conference_date": date(2021, 2, 6)}, ["conference_date"]),
    ({"documents_issued": -1}, ["documents_issued"]),
    ({"guidance_issued": "rồi"}, ["guidance_issued"]),
]


@pytest.mark.parametrize(("given", "at"), OWN_FIELDS)
def test_own_fields_of_a_chi_bo_co_so_and_of_a_base(
    forms: dict[str, Path], tmp_path: Path, given: Mapping[str, object], at: list[str]
) -> None:
    own = type_in(forms[OWN], tmp_path / "own.xlsx", {**REQUIRED, **given}, [held(10), PLAN])
    base = type_in(forms[BASE], tmp_path / "base.xlsx", given)

    for file in (own, base):
        errors = [each["field"] for each in checked(file)["issues"] if each["severity"] == "ERROR"]
        assert sorted(errors) == at


WARNINGS: list[tuple[Mapping[str, object], list[Mapping[str, object]], str]] = [
    ({}, [PLAN], "sessions.held_date"),
    ({}, [held(3, form="Khác"), PLAN], "sessions.note"),
    ({"members_total": 20}, [held(3, form="Theo tổ đảng"), PLAN], "sessions.form"),
    ({}, [held(3), {"planned_date": date(2023, 2, 20)}], "sessions.held_date"),
    ({}, [held(3, attendees=31), PLAN], "sessions.attendees"),
    ({}, [], "sessions.planned_date"),
    ({"members_away": 0, "members_away_exempt": 1}, [held(3), PLAN], "members_away_exempt"),
    ({"difficulties_text": "Gọi số 0912345678 để hỏi thêm"}, [held(3), PLAN], "difficulties_text"),
]


@pytest.mark.parametrize(("given", "sessions", "at"), WARNINGS)
def test_a_warning_keeps_a_file_acceptable(
    forms: dict[str, Path],
    tmp_path: Path,
    given: Mapping[str, object],
    sessions: list[Mapping[str, object]],
    at: str,
) -> None:
    found = checked(type_in(forms[CELL], tmp_path / "a.xlsx", {**REQUIRED, **given}, sessions))

    assert found["ok"]
    assert at in [each["field"] for each in found["issues"]]
    assert {each["severity"] for each in found["issues"]} == {"WARNING"}


def test_blank_optional_fields_are_no_fault(forms: dict[str, Path], tmp_path: Path) -> None:
    """Only what DOMAIN names is required; a cell that has not begun sends nine answers and a planned date."""
    nothing_yet = {**dict.fromkeys(NUMBERS, 0), "members_total": 12, "registered": NO}

    found = checked(type_in(forms[CELL], tmp_path / "a.xlsx", nothing_yet, [PLAN]))

    assert found["issues"] == []


@pytest.mark.parametrize("code", [CELL, OWN])
def test_an_empty_form_names_each_answer_that_is_due(forms: dict[str, Path], code: str) -> None:
    errors = [each for each in checked(forms[code])["issues"] if each["severity"] == "ERROR"]

    assert sorted(each["field"] for each in errors) == sorted(REQUIRED)
    assert {each["code"] for each in errors} == {"FIELD_REQUIRED"}


def test_dates_typed_with_a_time_or_as_numbers_are_read(forms: dict[str, Path], tmp_path: Path) -> None:
    """A time of day on a date, or a date that lost its format, is still the day."""
    file = type_in(forms[CELL], tmp_path / "a.xlsx", REQUIRED, [held(3, held_date=44960), PLAN])
    late = type_in(forms[CELL], tmp_path / "b.xlsx", REQUIRED, [held(3, planned_date=44960.75), PLAN])

    assert checked(file)["ok"] and checked(late)["ok"]


def test_values_outside_the_inputs_are_an_error(forms: dict[str, Path], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(type_in(forms[CELL], tmp_path / "typed.xlsx"))
    sheet = book.worksheets[0]
    sheet["K40"] = 12
    book.save(tmp_path / "a.xlsx")

    errors = [each for each in checked(tmp_path / "a.xlsx")["issues"] if each["severity"] == "ERROR"]

    assert [(each["code"], each["sheet"], each["cell"]) for each in errors] == [("VALUE_OUTSIDE", sheet.title, "K40")]


@pytest.mark.parametrize("times", [1, 2])
def test_a_form_saved_again_by_openpyxl_says_the_same(good: Path, tmp_path: Path, times: int) -> None:
    file = good
    for number in range(times):
        file = resaved(file, tmp_path / f"{number}.xlsx")

    assert {**checked(file), "file": ""} == {**checked(good), "file": ""}


def test_forms_saved_again_by_libreoffice_say_the_same(
    good: Path, forms: dict[str, Path], office: Convert, tmp_path: Path
) -> None:
    """A good form, a faulty one and two parents' workbooks; the good one twice."""
    faulty = type_in(forms[OWN], tmp_path / "faulty.xlsx", {**REQUIRED, "members_exempt": -1, "plan_issued": YES})
    for file in (good, faulty, forms[BASE], forms["01"]):
        before, after = checked(file), checked(office(file, "xlsx", tmp_path / "lo"))
        assert {**after, "file": ""} == {**before, "file": ""}
    again = office(tmp_path / "lo" / good.name, "xlsx", tmp_path / "lo2")
    assert checked(again)["issues"] == []


def test_folders_are_walked_and_what_is_passed_over_is_said(good: Path, tmp_path: Path) -> None:
    (tmp_path / "sâu" / "hơn").mkdir(parents=True)
    for name in ("a.xlsx", "sâu/hơn/b.xlsx"):
        (tmp_path / name).write_bytes(good.read_bytes())
    for name in ("~$a.xlsx", ".~lock.a.xlsx#", "ghi chú.txt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "a.xlsx")

    answer = press("validate", tmp_path, "--format", "json")

    assert [Path(each["file"]).name for each in answer.json["files"]] == ["a.xlsx", "b.xlsx"]
    assert answer.err.count("[LƯU Ý]") == 4
    assert answer.code == 0


def test_received_files_stay_as_they_are(good: Path, forms: dict[str, Path]) -> None:
    before = snapshot(good.parent), snapshot(forms["01"].parent)

    press("validate", good.parent, forms["01"].parent)

    assert (snapshot(good.parent), snapshot(forms["01"].parent)) == before


def test_a_missing_path_is_wrong_usage(good: Path, tmp_path: Path) -> None:
    for lang in ("vi", "en"):
        answer = press("validate", good, tmp_path / "khong-co", "--lang", lang)
        assert answer.code == 2
        assert worded("PATH_MISSING", lang).search(answer.err)
        assert "khong-co" in answer.err
        assert answer.out == ""
    assert codes(press("validate", tmp_path / "khong-co", "--format", "json").json["issues"]) == ["PATH_MISSING"]


def test_a_form_of_an_unknown_office_is_foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: Path) -> None:
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "elsewhere"))

    found = checked(good)

    assert codes(found["issues"]) == ["TOKEN_FOREIGN"]
    assert "key trust" in found["issues"][0]["message"]
    assert trust(good).code == 0
    assert checked(good)["ok"]


def test_every_tier_is_named(tmp_path: Path) -> None:
    forms = issue_forms(tmp_path, province("01"), "province")

    found = read("validate", *(forms[code] for code in ("T", "01", "01.1", "01.K")))["files"]

    assert [each["level"] for each in found] == ["province", "district", "base", "cell"]
    assert [each["unit"] for each in found] == ["T", "01", "01.1", "01.K"]
