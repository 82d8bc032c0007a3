"""doctor: why a file was read as it was, without a word of what somebody wrote."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import REQUIRED, held, places, press, print_of, read, rewritten, snapshot, trust, type_in
from hostile import KINDS, sent
from openpyxl.styles import Protection
from tools import make_forms, small_register

from loithe_xl.identity import keyring
from loithe_xl.workbook.address import address
from loithe_xl.workbook.ownsheets import HIDDEN, TOKEN_CELL

CELL = "01.1.C01"
WRITTEN = {**REQUIRED, "members_total": "1.030", "difficulties_text": "Ông Quzx kể lại"}
SESSION = held(10, superior="Quzy")


@pytest.fixture
def typed(forms: dict[str, Path]) -> Path:
    """A cell's report with texts of somebody's own, in the working directory."""
    return type_in(forms[CELL], Path("a.xlsx"), WRITTEN, [SESSION])


def changed(file: Path, target: str, change: Any) -> Path:
    book = openpyxl.load_workbook(file)
    change(book)
    book.save(target)
    return Path(target)


def one(*arguments: object) -> dict[str, Any]:
    """The answer of doctor for one file."""
    (file,) = read("doctor", *arguments)["files"]
    return file


def entry(file: dict[str, Any], id: str, row: int | None = None) -> dict[str, Any]:
    (found,) = [each for each in file["found"] if (each["id"], each["row"]) == (id, row)]
    return found


def test_layout_tells_each_input_its_place_and_what_was_read(typed: Path) -> None:
    file = one("layout", typed)
    known = places(typed)

    assert (file["file"], file["unit"]) == ("a.xlsx", CELL)
    assert [each["code"] for each in file["issues"]] == ["TYPED_NUMBER"]
    total = entry(file, "members_total")
    assert (total["sheet"], total["cell"], total["kind"]) == (*known["members_total"][0], "count")
    assert total["held"] == {"stored": "text", "value": None, "length": 5}
    assert total["read"] == {"stored": "number", "value": 1030, "length": None}
    assert entry(file, "registered")["read"]["value"] == "Có"
    assert entry(file, "leaders_due")["read"]["value"] == 5
    assert entry(file, "members_away")["read"] == {"stored": "blank", "value": None, "length": None}
    assert entry(file, "sessions.held_date", 1)["read"]["value"] == "2023-02-10"
    assert entry(file, "difficulties_text")["read"] == {"stored": "text", "value": None, "length": 15}
    assert not [each for each in file["found"] if each["row"] == 2], "blank rows are left out"


@pytest.mark.parametrize("verb", ["layout", "cell", "diff", "two", "token"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_what_somebody_wrote_is_told_only_when_it_is_asked_for(typed: Path, verb: str, form: str) -> None:
    def write(book: Any) -> None:
        book.worksheets[0]["A10"], book.worksheets[0]["C11"] = "Nhãn Quzz", '=1&"Quzw"'
        book.worksheets[0]["D12"].number_format = '0"Quzv"'
        book.create_sheet("Quzu")

    altered = changed(typed, "b.xlsx", write)
    other = type_in(typed, Path("c.xlsx"), {"difficulties_text": "Bà Quzt", "leaders_due": 4})
    where = "'3. Khó khăn, kiến nghị'!" + places(typed)["difficulties_text"][0][1]
    asked = {
        "layout": [("layout", typed)],
        "cell": [("cell", typed, where), ("cell", altered, "D12"), ("cell", altered, "C11")],
        "diff": [("diff", altered)],
        "two": [("diff", typed, other)],
        "token": [("token", altered)],
    }[verb]

    said = "".join(press("doctor", *each, "--format", form).said for each in asked)
    assert "Quz" not in said
    if verb != "token":
        assert "Quz" in "".join(press("doctor", *each, "--values").said for each in asked)


def test_a_number_among_texts_is_told_by_its_length(forms: dict[str, Path]) -> None:
    """It may be a person's."""
    file = type_in(forms[CELL], Path("a.xlsx"), {**REQUIRED, "difficulties_text": 38095012345})

    found = entry(one("layout", file), "difficulties_text")
    assert found["held"] == {"stored": "number", "value": None, "length": 11}
    assert found["read"]["value"] is None
    assert "38095012345" not in press("doctor", "diff", file, type_in(forms[CELL], Path("b.xlsx"))).said


def test_a_cell_is_told_with_all_that_is_known_of_it(typed: Path) -> None:
    sheet, cell = places(typed)["members_total"][0]
    (seen,) = one("cell", typed, f"{sheet}!{cell}")["found"]

    assert (seen["sheet"], seen["cell"], seen["field"], seen["kind"]) == (sheet, cell, "members_total", "count")
    assert (seen["held"]["length"], seen["read"]["value"], seen["issued"], seen["formula"]) == (5, 1030, None, None)
    assert (seen["locked"], seen["hidden"], seen["format"]) == (False, False, "#,##0")
    assert [each["code"] for each in seen["issues"]] == ["TYPED_NUMBER"]


def test_a_cell_hidden_locked_shown_otherwise_and_with_a_formula_is_told_so(typed: Path) -> None:
    sheet, cell = places(typed)["leaders_due"][0]

    def change(book: Any) -> None:
        found = book[sheet][cell]
        found.number_format, found.protection = '0"7"', Protection(locked=True)
        book[sheet].row_dimensions[found.row].hidden = True
        book[sheet]["D11"] = "=1+1"

    altered = changed(typed, "b.xlsx", change)
    (seen,) = one("cell", altered, f"'{sheet}'!${cell[0]}${cell[1:]}")["found"]
    assert (seen["locked"], seen["hidden"], seen["shown"], seen["format"]) == (True, True, "57", '0"…"')
    assert {"STRUCTURE_FORMAT_OTHER", "STRUCTURE_UNSEEN", "FIELD_CUT"} <= {each["code"] for each in seen["issues"]}
    (typed_in,) = one("cell", altered, f"{sheet}!D11")["found"]
    assert typed_in["formula"] == "1+1"
    assert typed_in["held"]["stored"] in ("error", "number")


def test_a_locked_cell_is_told_with_what_the_form_says_there(typed: Path) -> None:
    sheet, _ = places(typed)["members_total"][0]
    (label,) = one("cell", typed, f"{sheet}!C10")["found"]
    heading = one("cell", typed, "A2")["found"]

    assert (label["issued"], label["locked"], label["field"], label["read"]) == ("đảng viên", True, None, None)
    assert len(heading) == 3, "of each input sheet"
    assert all(CELL in each["issued"] for each in heading), "the unit's own words among them"


def test_a_computed_sheet_s_cell_is_told_too_and_an_absent_sheet_is_a_fault(typed: Path) -> None:
    (seen,) = one("cell", typed, "Kiểm tra!A1")["found"]
    assert seen["held"]["stored"] == "text"

    answer = press("doctor", "cell", typed, "Không có!A1")
    assert answer.code == 1
    assert "1. Số liệu" in answer.out


@pytest.mark.parametrize("cell", ["D", "12", "", "D12:D14", "!D12"])
def test_what_is_no_cell_is_wrong_usage(typed: Path, cell: str) -> None:
    assert press("doctor", "cell", typed, cell).code == 2


def test_a_form_as_it_was_issued_does_not_differ(forms: dict[str, Path], typed: Path) -> None:
    for file in (typed, forms["01"], forms["01.1"]):
        assert (one("diff", file)["found"], one("diff", file)["sealed"]) == ([], True)
        assert press("doctor", "diff", file).code == 0


def test_every_difference_is_told_with_what_was_issued(typed: Path) -> None:
    def change(book: Any) -> None:
        for row in (*range(9, 12), *range(14, 21)):
            book.worksheets[0].cell(row, 2, "khác")
        book.create_sheet("Nháp")

    answer = press("doctor", "diff", changed(typed, "b.xlsx", change), "--format", "json")
    (file,) = answer.json["files"]

    labels = [each for each in file["found"] if each["code"] == "STRUCTURE_LABEL_CHANGED"]
    assert answer.code == 1
    assert len(labels) >= 8, "none is left out for their number"
    assert all(each["issued"] and each["held"]["length"] == 4 for each in labels)
    assert "STRUCTURE_SHEET_EXTRA" in {each["code"] for each in file["found"]}
    assert not file["sealed"]


def test_where_cells_were_moved_that_alone_is_told(typed: Path) -> None:
    moved = changed(typed, "b.xlsx", lambda book: book.worksheets[0].insert_rows(9))

    assert [each["code"] for each in one("diff", moved)["found"]] == ["STRUCTURE_ROWS_INSERTED"]
    layout = one("layout", moved)
    assert (layout["found"], [each["code"] for each in layout["issues"]]) == ([], ["STRUCTURE_ROWS_INSERTED"])


def test_two_files_of_one_form_differ_in_their_inputs(forms: dict[str, Path], typed: Path) -> None:
    other = type_in(forms[CELL], Path("b.xlsx"), {**WRITTEN, "difficulties_text": "Bà Quzx kể lại.", "leaders_due": 4})
    file = one("diff", typed, other)

    told = {(each["id"], each["row"]): (each["one"]["value"], each["other"]["value"]) for each in file["found"]}
    assert told.pop(("leaders_due", None)) == (5, 4)
    assert told.pop(("difficulties_text", None)) == (None, None), "of one length, and not the same"
    assert told.pop(("sessions.held_date", 1)) == ("2023-02-10", None)
    assert set(told) == {("sessions.form", 1), ("sessions.superior", 1)}
    same = press("doctor", "diff", typed, Path(shutil.copy(typed, "c.xlsx")))
    assert (same.code, same.out.splitlines()) == (0, ["Hai tệp có số liệu nhập như nhau."])
    assert press("doctor", "diff", typed, forms["01"]).code == 1
    assert press("doctor", "diff", typed, other, typed).code == 2


def test_a_token_is_told_from_its_three_places(typed: Path) -> None:
    found = one("token", typed)["found"]

    assert [each["place"] for each in found] == ["property", "name", "cell"]
    assert {(each["valid"], each["trusted"], each["unit"], each["period"]) for each in found} == {
        (True, True, CELL, "2023-02")
    }
    assert {each["fingerprint"] for each in found} == {print_of(typed)}
    assert "cả 3 nơi nói như nhau" in press("doctor", "token", typed).out


def test_places_that_disagree_or_are_gone_are_told(typed: Path, forms: dict[str, Path]) -> None:
    other = openpyxl.load_workbook(forms["01.1.C02"])[HIDDEN][address(*TOKEN_CELL)].value

    def change(book: Any) -> None:
        book[HIDDEN][address(*TOKEN_CELL)] = other
        del book.defined_names["loithe_token"]

    answer = press("doctor", "token", changed(typed, "b.xlsx", change), "--format", "json")
    (file,) = answer.json["files"]
    assert answer.code == 1
    assert [(each["found"], each["unit"]) for each in file["found"]] == [
        (True, CELL),
        (False, None),
        (True, "01.1.C02"),
    ]
    assert [each["code"] for each in file["issues"]] == ["TOKEN_CONFLICT"]
    assert "các nơi nói khác nhau" in press("doctor", "token", "b.xlsx").out


def test_a_false_signature_is_told(typed: Path) -> None:
    def forge(part: bytes) -> bytes:
        return re.sub(rb"LT1\|01\.1\.C01", b"LT1|01.1.C02", part)

    file = rewritten(typed, Path("b.xlsx"), {"docProps/custom.xml": forge})
    first = one("token", file)["found"][0]
    assert (first["found"], first["valid"], first["unit"], first["trusted"]) == (True, False, None, False)


def test_a_stranger_s_words_are_not_told(
    typed: Path, forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "nơi khác"))

    file = one("token", typed)
    assert {(each["valid"], each["trusted"], each["unit"]) for each in file["found"]} == {(True, False, None)}
    assert [each["code"] for each in file["issues"]] == ["TOKEN_FOREIGN"]
    assert [each["code"] for each in one("layout", forms["01"])["issues"]] == ["TOKEN_FOREIGN"]
    assert trust(typed).code == 0
    assert {each["trusted"] for each in one("token", typed)["found"]} == {True}


def test_every_kind_of_value_has_words_in_both_languages(typed: Path) -> None:
    for lang in ("vi", "en"):
        said = press("doctor", "layout", typed, "--lang", lang).out
        assert f"{date(2023, 2, 10):%d/%m/%Y}" in said
        assert press("doctor", "cell", typed, "D12", "--lang", lang).code == 0
        assert press("doctor", "diff", typed, "--lang", lang).code == 0
        assert press("doctor", "token", typed, "--lang", lang).code == 0


def test_damaged_and_hostile_files_are_told_with_their_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample of all kinds: no verb breaks its worker, whatever the file holds."""
    monkeypatch.chdir(tmp_path)
    forms = make_forms(tmp_path / "forms", small_register({}, straight=2))
    genuine = sent("01.K2", forms["01.K2"], forms["01.K1"], keyring.private_key())
    files = []
    for number, kind in enumerate(KINDS[::29]):
        files.append(Path(f"{number:03}.xlsx"))
        files[-1].write_bytes(kind.make(genuine))
    before = snapshot(tmp_path)

    answers = [read("doctor", verb, *files)["files"] for verb in ("layout", "token")]
    answers += [read("doctor", "diff", file)["files"] for file in files]
    answers += [read("doctor", "cell", file, "D12")["files"] for file in files]

    told = [file for answer in answers for file in answer]
    assert len(told) == 4 * len(files) >= 16
    assert all(file["found"] or file["issues"] for file in told if file["layout"] is None)
    assert "FILE_FAILED" not in {each["code"] for file in told for each in file["issues"]}
    assert snapshot(tmp_path) == before


def test_a_file_that_is_not_there_is_wrong_usage(typed: Path) -> None:
    assert press("doctor", "layout", "không có.xlsx").code == 2
    assert press("doctor", "token", typed, "không có.xlsx").code == 2
