"""``repair`` as somebody presses it: altered copies of every tier's form, and files that nothing can be done for."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import (
    REQUIRED,
    Answer,
    codes,
    held,
    issue_forms,
    places,
    press,
    put,
    read,
    resaved,
    rewritten,
    saved_at,
    snapshot,
    trust,
    type_in,
    worded,
)
from conftest import Convert
from tampering import Copy
from test_encrypted import agile

from loithe_xl.intake.openfile import open_file
from loithe_xl.language.issues import Issue
from loithe_xl.pack.kinds import YES
from loithe_xl.reading.received import Received
from loithe_xl.report import read_edits
from loithe_xl.rules.evaluate import Raw
from loithe_xl.tasks import repair as task
from loithe_xl.tasks import sandbox
from loithe_xl.tasks.consolidate import open_parent
from loithe_xl.workbook.ownsheets import COMPUTED, HIDDEN, HIDDEN_JOURNAL, HIDDEN_RECEIPTS, HIDDEN_REGISTER, REPORT

MAIN, MEETINGS, WORDS, LEAD = "1. Số liệu", "2. Các buổi sinh hoạt", "3. Khó khăn, kiến nghị", "4. Chỉ đạo"
SHAPE = ["file", "unit", "out", "moved", "left", "issues"]
SAID = "Chi bộ có nhiều đảng viên đi làm ăn xa."
NOON = datetime(2023, 3, 1, 12)
PACKS = Path(__file__).parents[1] / "workbook_templates"
Change = Callable[[Any], None]


@pytest.fixture
def report(forms: dict[str, Path]) -> Path:
    """A chi bộ cơ sở's form, filled."""
    values = {**REQUIRED, "difficulties_text": SAID, "difficulty_05": YES, "documents_issued": 4}
    return type_in(forms["01.K1"], Path("gốc.xlsx"), values, [held(10), held(12, superior="Huyện")], NOON)


def altered(source: Path, change: Change, target: str = "hỏng.xlsx") -> Path:
    """A copy changed in openpyxl, which knows no locks."""
    book = openpyxl.load_workbook(source)
    change(book)
    book.save(target)
    return Path(target)


def repaired(file: Path, out: str = "sạch.xlsx", code: int = 0) -> Any:
    """The JSON answer; the file is as it was."""
    before = file.read_bytes(), file.stat().st_mtime_ns
    answer = press("repair", file, "--out", out, "--format", "json")
    assert answer.code == code, answer.said
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert list(answer.json) == SHAPE
    assert all(list(each) == ["field", "sheet", "cell"] for each in answer.json["moved"])
    assert all(list(each) == ["field", "sheet", "cell", "why"] for each in answer.json["left"])
    return answer.json


def nothing_done(answer: Answer, code: str, lang: str = "vi") -> None:
    assert answer.code == 3, answer.said
    assert worded(code, lang).search(answer.err), answer.err
    assert not Path("sạch.xlsx").exists()


def same_inputs(one: Path, two: Path) -> None:
    first, second = (open_file(path, "x") for path in (one, two))
    assert first.inputs == second.inputs
    assert (first.token, first.unit_form.names) == (second.token, second.unit_form.names)


# ---------------------------------------------------------------- what is moved


def test_an_honest_form_moves_whole(report: Path) -> None:
    found = repaired(report)

    assert (found["file"], found["unit"], found["out"], found["left"]) == ("gốc.xlsx", "01.K1", "sạch.xlsx", [])
    assert {each["field"] for each in found["moved"]} >= {*REQUIRED, "difficulties_text", "sessions.held_date"}
    where = places(report)
    assert all((each["sheet"], each["cell"]) in where[each["field"]] for each in found["moved"])
    same_inputs(report, Path("sạch.xlsx"))
    assert read("validate", "sạch.xlsx")["files"][0]["issues"] == found["issues"]


@pytest.mark.parametrize("program", ["openpyxl", "libreoffice", "twice"])
def test_a_form_that_another_program_saved_moves_whole(report: Path, office: Convert, program: str) -> None:
    copy = resaved(report, Path("op/k.xlsx")) if program != "libreoffice" else office(report, "xlsx", Path("lo"))
    if program == "twice":
        copy = office(copy, "xlsx", Path("lo"))

    found = repaired(copy)

    assert found["left"] == []
    assert open_file(Path("sạch.xlsx"), "x").inputs == open_file(report, "x").inputs


def test_rows_put_in_a_sheet_renamed_a_label_changed_and_a_sheet_gone(report: Path) -> None:
    def change(book: Any) -> None:
        book[MAIN].insert_rows(11, 2)
        book[MAIN]["D11"] = 99
        book[WORDS].title = "Khó khăn"
        book[LEAD]["B16"] = "Nhãn khác"
        del book[MEETINGS]

    file = altered(report, change)
    assert press("validate", file).code == 1

    found = repaired(file, code=1)

    assert [(each["field"], each["sheet"], each["cell"]) for each in found["left"]] == [
        ("", MAIN, "D11"),
        ("sessions", MEETINGS, "B10"),
        ("documents_issued", LEAD, "D16"),
    ]
    inputs, before = (open_file(path, "x").inputs for path in (Path("sạch.xlsx"), report))
    assert inputs.values == {**before.values, "documents_issued": None}
    assert {each["code"] for each in found["issues"]} >= {"CROSS_CHECK_WARNING"}, "a faulty figure is still said"
    again = read("validate", "sạch.xlsx")["files"][0]
    assert {each["code"] for each in again["issues"]} <= {"CROSS_CHECK_WARNING", "CROSS_CHECK_FAILED"}


def test_the_fresh_form_is_the_form_that_was_issued(report: Path, forms: dict[str, Path]) -> None:
    """Locks, lists and formulas are there again; byte for byte what filling the issued form gives."""
    repaired(altered(report, lambda book: book[MAIN].insert_rows(12)), "một.xlsx")
    repaired(Path("một.xlsx"), "hai.xlsx")
    repaired(report, "ba.xlsx")

    assert Path("một.xlsx").read_bytes() == Path("hai.xlsx").read_bytes(), "a repaired form has nothing to repair"
    with zipfile.ZipFile("ba.xlsx") as made, zipfile.ZipFile(forms["01.K1"]) as blank:
        assert made.namelist() == blank.namelist()
        for part in ("xl/workbook.xml", "xl/styles.xml", "docProps/custom.xml", "docProps/app.xml"):
            assert made.read(part) == blank.read(part), part


def test_a_repaired_report_counts_as_its_original_would(report: Path, forms: dict[str, Path]) -> None:
    broken = altered(report, lambda book: book[MAIN].insert_rows(12))
    repaired(broken)
    shutil.copy(forms["01"], "hai.xlsx")

    first = read("consolidate", "--into", forms["01"], "sạch.xlsx", "--now", "2023-03-03T15:00")
    second = read("consolidate", "--into", "hai.xlsx", report, "--now", "2023-03-03T15:00")

    assert first["accepted"] == second["accepted"] == 1
    assert first["values"] == second["values"] and first["texts"] == second["texts"]
    assert read("consolidate", "--into", "hai.xlsx", "sạch.xlsx")["duplicate"] == 1


def test_values_that_cannot_be_trusted_stay_and_are_named(report: Path) -> None:
    where = {id: cells[0] for id, cells in places(report).items()}

    def change(book: Any) -> None:
        for id, value in (("members_total", "=1/0"), ("members_exempt", "vài người"), ("leaders_due", -2)):
            sheet, cell = where[id]
            book[sheet][cell] = value

    found = repaired(altered(report, change), code=1)

    left = {each["field"]: each for each in found["left"]}
    assert set(left) == {"members_total", "members_exempt"}
    assert (left["members_total"]["sheet"], left["members_total"]["cell"]) == where["members_total"]
    assert "không" in left["members_exempt"]["why"] and "vài người" not in str(found)
    assert open_file(Path("sạch.xlsx"), "x").inputs.values["leaders_due"] == -2
    fields = {each["field"]: each["code"] for each in found["issues"]}
    assert fields["leaders_due"] == "FIELD_NEGATIVE", "a fault of the value stays a fault and is said"


def test_values_that_people_see_otherwise_stay_and_are_named(report: Path) -> None:
    """A number under a format that shows another one; a formula that does not come to what was saved."""
    where = places(report)
    cells = {id: where[id][0] for id in ("members_total", "leaders_total", "leaders_due")}
    copy = Copy(report.resolve())
    copy.format(*cells["members_total"], '0"7"')
    copy.cell(*cells["leaders_total"], "><f>2+2</f><v>5</v>")
    copy.cell(*cells["leaders_due"], "><f>2+3</f><v>5</v>")

    found = repaired(copy.save(report.with_name("lạ.xlsx")), code=1)

    left = {each["field"] for each in found["left"]}
    assert left == {"members_total", "leaders_total"}
    assert open_file(Path("sạch.xlsx"), "x").inputs.values["leaders_due"] == 5


@pytest.mark.parametrize("form", ["01.1.C01", "01.K1"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_forms_without_their_hidden_sheet_get_their_names_from_the_heading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, lang: str
) -> None:
    monkeypatch.chdir(tmp_path)
    issued = issue_forms(tmp_path, None, "district", "--lang", lang)
    filled = type_in(issued[form], Path("gốc.xlsx"), REQUIRED)
    file = altered(filled, lambda book: book.remove(book[HIDDEN]))

    assert repaired(file)["left"] == []
    same_inputs(filled, Path("sạch.xlsx"))

    def nameless(book: Any) -> None:
        book.remove(book[HIDDEN])
        for sheet in book:
            sheet["A2"] = None

    found = repaired(altered(filled, nameless), "khác.xlsx")
    assert "REPAIR_NAME_LOST" in codes(found["issues"], "WARNING")
    assert open_file(Path("khác.xlsx"), "x").unit_form.names == (form, "", lang)


def test_the_unit_is_called_as_most_places_call_it(report: Path) -> None:
    """Nobody signed a unit's name: what one place alone says is not carried on."""
    names = open_file(report, "x").unit_form.names

    def hidden(book: Any) -> None:
        book[HIDDEN]["B2"], book[HIDDEN]["B3"], book[HIDDEN]["B4"] = "CANARY", "CANARY", "en"

    def heading(book: Any) -> None:
        book[MAIN]["A2"] = book[MAIN]["A2"].value.replace(names[0], "CANARY")

    def most(book: Any) -> None:
        hidden(book)
        for sheet in book.worksheets[1:]:
            if sheet.title not in (HIDDEN, MAIN):
                sheet["A2"] = None

    for change in (hidden, heading):
        found = repaired(altered(report, change))
        assert open_file(Path("sạch.xlsx"), "x").unit_form.names == names
        assert "REPAIR_NAME_LOST" not in codes(found["issues"])
    found = repaired(altered(report, most))
    assert open_file(Path("sạch.xlsx"), "x").unit_form.names == ("01.K1", "", "vi")
    assert "REPAIR_NAME_LOST" in codes(found["issues"], "WARNING")


@pytest.mark.parametrize("sheet", [HIDDEN, HIDDEN_RECEIPTS, HIDDEN_REGISTER, HIDDEN_JOURNAL])
def test_hidden_sheets_are_found_under_another_name(parent: Path, sheet: str) -> None:
    def rename(book: Any) -> None:
        book[sheet].title = "Sheet9"

    assert repaired(altered(parent, rename))["left"] == []
    assert open_parent(Path("sạch.xlsx")).ledgers.receipts == open_parent(parent).ledgers.receipts


def test_a_computed_sheet_under_another_name_costs_nothing(parent: Path, report: Path) -> None:
    def rename(book: Any) -> None:
        for sheet in book:
            if sheet.title in COMPUTED and not sheet.title.startswith("_"):
                sheet.title = f"{sheet.title} cũ"

    for number, file in enumerate((parent, report)):
        assert repaired(altered(file, rename), f"{number}.xlsx")["left"] == []


def test_a_form_whose_letters_came_apart_is_moved_under_composed_names(report: Path) -> None:
    apart = rewritten(
        report,
        Path("nfd.xlsx"),
        {"xl/sharedStrings.xml": lambda part: unicodedata.normalize("NFD", part.decode()).encode()},
    )

    assert repaired(apart)["left"] == []
    same_inputs(report, Path("sạch.xlsx"))


def test_odd_texts_come_through_as_they_are(report: Path) -> None:
    sheet, cell = places(report)["difficulties_text"][0]
    for number, odd in enumerate(('=cmd|"/c calc"!A1', "  hai  dấu cách  ", "a\nb\tc", "_x000D_ & <b> 😀", "+1")):
        file = put(report, Path(f"{number}.xlsx"), {(sheet, cell): odd})
        before = open_file(file, "x").inputs.values["difficulties_text"]
        assert repaired(file, f"sạch {number}.xlsx")["left"] == []
        assert open_file(Path(f"sạch {number}.xlsx"), "x").inputs.values["difficulties_text"] == before


def test_texts_are_read_as_every_command_reads_them(report: Path) -> None:
    """What is certain moves as what it means, and is told with its place in the file."""
    typed: dict[str, Raw] = {
        "members_total": "12 ",
        "members_exempt": "1.234",
        "registered": "CÓ",
        "difficulties_text": unicodedata.normalize("NFD", SAID),
    }
    file = altered(type_in(report, Path("chữ.xlsx"), typed), lambda book: book[MAIN].insert_rows(9))

    found = repaired(file)

    values = open_file(Path("sạch.xlsx"), "x").inputs.values
    assert {id: values[id] for id in typed} == {
        "members_total": 12,
        "members_exempt": 1234,
        "registered": YES,
        "difficulties_text": SAID,
    }
    told = [each for each in found["issues"] if each["code"].startswith("TYPED_")]
    below = {id: f"D{int(places(report)[id][0][1][1:]) + 1}" for id in typed}
    assert [(each["code"], each["severity"], each["field"], each["cell"]) for each in told] == [
        ("TYPED_NUMBER", "WARNING", "members_total", below["members_total"]),
        ("TYPED_NUMBER", "WARNING", "members_exempt", below["members_exempt"]),
        ("TYPED_CHOICE", "WARNING", "registered", below["registered"]),
    ]
    again = press("repair", file, "--out", "sạch.xlsx")
    assert f"[LƯU Ý] hỏng.xlsx, {MAIN}!{below['members_total']}: " in again.err and "đọc là 12." in again.err
    assert not [code for code in codes(repaired(Path("sạch.xlsx"), "nữa.xlsx")["issues"]) if code.startswith("TYPED")]


def test_a_date_where_a_number_belongs_stays_with_its_reason(report: Path) -> None:
    """Excel makes one of 1/2; so it is with what may be read in two ways."""
    sheet, cell = places(report)["leaders_due"][0]

    def change(book: Any) -> None:
        book[sheet][cell] = date(2023, 2, 1)
        book[sheet][cell].number_format = "dd/mm/yyyy"
        book[sheet][places(report)["leaders_total"][0][1]] = "1,5"

    found = repaired(altered(report, change), code=1)

    left = {each["field"]: each["why"] for each in found["left"]}
    assert set(left) == {"leaders_due", "leaders_total"}
    assert "Ô này đang là một ngày" in left["leaders_due"] and "đề nghị nhập lại vào biểu mới" in left["leaders_due"]
    assert "có thể hiểu khác nhau" in left["leaders_total"]
    values = open_file(Path("sạch.xlsx"), "x").inputs.values
    assert values["leaders_due"] is values["leaders_total"] is None


def test_a_workbook_that_excel_encrypted_of_its_own_accord(report: Path) -> None:
    broken = altered(report, lambda book: book[MAIN].insert_rows(12))
    file = Path("khóa.xlsx")
    file.write_bytes(agile(broken.read_bytes()))

    assert repaired(file)["left"] == []
    same_inputs(report, Path("sạch.xlsx"))


def deadly(path: Path) -> Received | Issue:
    """Stands for the reading of a file: does what the environment says."""
    if os.environ["DANGER"] == "die":
        os._exit(9)
    if os.environ["DANGER"] == "starve":
        bytearray(2**40)
    time.sleep(3600)
    raise AssertionError


@pytest.mark.parametrize(("danger", "code"), [("die", "CRASHED"), ("hang", "TOO_SLOW"), ("starve", "CRASHED")])
def test_a_file_that_ends_or_holds_its_reader(
    report: Path, monkeypatch: pytest.MonkeyPatch, danger: str, code: str
) -> None:
    monkeypatch.setenv("DANGER", danger)
    monkeypatch.setattr(task, "_received", deadly)
    monkeypatch.setattr(sandbox, "OWN_SECONDS", 3.0 if danger == "hang" else 60.0)

    answer = press("repair", report, "--out", "sạch.xlsx")

    nothing_done(answer, f"FILE_{code}")
    assert "gốc.xlsx" in answer.err
    assert multiprocessing.active_children() == []


# ---------------------------------------------------------------- parents


@pytest.fixture
def parent(forms: dict[str, Path], report: Path) -> Path:
    """The district's workbook with two reports, one of them revised, and own entries."""
    known = places(forms["01"])
    cells = {known["documents_issued"][0]: 5, known["assignments.official_role"][1]: "Ban Tuyên giáo"}
    put(forms["01"], forms["01"], cells)
    type_in(forms["01.1.C01"], Path("c.xlsx"), REQUIRED, [held(9)])
    for files in ((report, "c.xlsx"), (type_in(forms["01.K1"], Path("r2.xlsx"), {**REQUIRED, "revision": 2}),)):
        answer = press("consolidate", "--into", forms["01"], *files, "--now", "2023-03-03T15:00")
        assert answer.code == 0, answer.said
    return forms["01"]


def test_a_parent_moves_with_everything_it_received(parent: Path, forms: dict[str, Path]) -> None:
    broken = altered(parent, lambda book: book["1. Chỉ đạo"].insert_rows(12))

    found = repaired(broken)

    assert found["left"] == []
    assert [each["sheet"] for each in found["moved"] if not each["cell"]] == [
        HIDDEN_REGISTER,
        HIDDEN_RECEIPTS,
        HIDDEN_JOURNAL,
    ]
    before, after = (open_parent(path) for path in (parent, Path("sạch.xlsx")))
    assert after.inputs == before.inputs
    assert after.ledgers == before.ledgers
    assert read("status", "sạch.xlsx") == read("status", parent)
    type_in(forms["01.2.C01"], Path("d.xlsx"), REQUIRED)
    figures = [
        read("consolidate", "--into", path, "d.xlsx", "--now", "2023-03-04T09:00")["values"]
        for path in (parent, "sạch.xlsx")
    ]
    assert figures[0] == figures[1]


def test_every_tier_s_parent_moves(forms: dict[str, Path]) -> None:
    for code in ("01", "01.1"):
        file = altered(forms[code], lambda book: book.worksheets[1].insert_rows(9))
        assert repaired(file, f"sạch {code}.xlsx")["left"] == []
        assert open_parent(Path(f"sạch {code}.xlsx")).inputs == open_parent(forms[code]).inputs


@pytest.mark.parametrize(
    ("sheet", "how"), [(HIDDEN_RECEIPTS, "cell"), (HIDDEN_RECEIPTS, "gone"), (HIDDEN_JOURNAL, "row")]
)
def test_a_touched_ledger_is_not_moved_at_all(parent: Path, report: Path, sheet: str, how: str) -> None:
    def touch(book: Any) -> None:
        if how == "cell":
            book[sheet]["F2"] = "khác"
        elif how == "row":
            book[sheet].delete_rows(3)
        else:
            book.remove(book[sheet])

    found = repaired(altered(parent, touch), code=1)

    assert [(each["field"], each["sheet"], each["cell"]) for each in found["left"]] == [("", sheet, "")]
    after = open_parent(Path("sạch.xlsx"))
    assert after.inputs == open_parent(parent).inputs
    assert (after.ledgers.receipts == ()) is (sheet == HIDDEN_RECEIPTS)
    assert (after.ledgers.journal == ()) is (sheet == HIDDEN_JOURNAL)
    assert read("consolidate", "--into", "sạch.xlsx", report, "c.xlsx", "r2.xlsx")["values"]["cells_not_reported"] == 2


@pytest.mark.parametrize("how", ["touched", "gone"])
def test_a_parent_without_its_register_cannot_be_made_again(parent: Path, how: str) -> None:
    def touch(book: Any) -> None:
        if how == "gone":
            book.remove(book[HIDDEN_REGISTER])
        else:
            book[HIDDEN_REGISTER]["B3"] = "Tên khác"

    answer = press("repair", altered(parent, touch), "--out", "sạch.xlsx")

    nothing_done(answer, "SHEET_MISSING" if how == "gone" else "LEDGER_DAMAGED")


def test_sentences_edited_in_a_report_are_kept(parent: Path) -> None:
    edited = altered(parent, _edit, "sửa.xlsx")
    before = read_edits(open_parent(edited).grids)
    assert any(edit.shown == "Câu sửa tay." for edit in before.values())

    repaired(altered(edited, lambda book: book["1. Chỉ đạo"].insert_rows(12)))

    after = read_edits(open_parent(Path("sạch.xlsx")).grids)
    assert {id for id, edit in after.items() if edit.shown == "Câu sửa tay."} == {
        id for id, edit in before.items() if edit.shown == "Câu sửa tay."
    }


def _edit(book: Any) -> None:
    cells = (cell for row in book[REPORT].iter_rows(max_col=1) for cell in row)
    next(cell for cell in cells if isinstance(cell.value, str) and len(cell.value) > 80).value = "Câu sửa tay."


def test_a_parent_of_a_campaign_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack comes out of the workbook itself; a cell's form has none, and says where its pack is missing."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(PACKS / "loi_the", "hoc_tap")
    pack = Path("hoc_tap/pack.toml")
    pack.write_text(pack.read_text(encoding="utf-8").replace('id = "loi_the"', 'id = "hoc_tap"'), encoding="utf-8")
    forms = issue_forms(tmp_path, None, "district", "--pack", tmp_path / "hoc_tap")

    found = repaired(altered(forms["01.1"], lambda book: book["1. Chỉ đạo"].insert_rows(12)))

    assert found["left"] == [] and open_parent(Path("sạch.xlsx")).identity.pack == "hoc_tap"  # type: ignore[union-attr]
    Path("sạch.xlsx").unlink()
    nothing_done(press("repair", forms["01.1.C01"], "--out", "sạch.xlsx"), "PACK_ABSENT")


# ---------------------------------------------------------------- what nothing can be done for


def hopeless(forms: dict[str, Path], report: Path, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Files with the code that says why."""
    with zipfile.ZipFile(forms["01.2.C01"]) as package:
        strange = package.read("docProps/custom.xml")
    yield rewritten(report, tmp_path / "hai mã.xlsx", {"docProps/custom.xml": lambda part: strange}), "TOKEN_CONFLICT"
    token = open_file(report, "x").token.encode()
    parts = ("docProps/custom.xml", "xl/workbook.xml", "xl/sharedStrings.xml")
    for name, now, code in (
        ("không mã", b"", "TOKEN_MISSING"),
        ("mã sửa", token.replace(b"01.K1", b"01.K2"), "TOKEN_FORGED"),
        ("mã hỏng", token[:-30], "TOKEN_MALFORMED"),
    ):
        change = dict.fromkeys(parts, lambda part, now=now: part.replace(token, now))
        yield rewritten(report, tmp_path / f"{name}.xlsx", change), code
    (tmp_path / "ảnh.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
    yield tmp_path / "ảnh.xlsx", "FILE_PICTURE"
    (tmp_path / "cụt.xlsx").write_bytes(report.read_bytes()[:3000])
    yield tmp_path / "cụt.xlsx", "FILE_TRUNCATED"
    with zipfile.ZipFile(shutil.copy(report, tmp_path / "macro.xlsx"), "a") as package:
        package.writestr("xl/vbaProject.bin", b"x")
    yield tmp_path / "macro.xlsx", "FILE_MACRO"
    with zipfile.ZipFile(shutil.copy(report, tmp_path / "bom.xlsx"), "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/a.png", b"\0" * 60_000_000)
    yield tmp_path / "bom.xlsx", "FILE_BOMB"
    yield tmp_path / "không có.xlsx", "PATH_MISSING"
    (tmp_path / "liên kết.xlsx").symlink_to(report.resolve())
    yield tmp_path / "liên kết.xlsx", "FILE_NOT_PLAIN"


def test_files_that_nothing_can_be_done_for(forms: dict[str, Path], report: Path, tmp_path: Path) -> None:
    given = list(hopeless(forms, report, tmp_path))
    before = snapshot(tmp_path)

    for file, code in given:
        for lang in ("vi", "en"):
            nothing_done(press("repair", file, "--out", "sạch.xlsx", "--lang", lang), code, lang)
        answer = press("repair", file, "--out", "sạch.xlsx", "--format", "json")
        assert answer.code == 3
        assert codes(answer.json["issues"]) == [code]
    assert snapshot(tmp_path) == before


def test_a_form_that_a_strange_office_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "other"))
    theirs = issue_forms(tmp_path / "theirs")["01.K1"]
    press("key", "export", tmp_path / "tỉnh.pub")
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "own"))

    nothing_done(press("repair", theirs, "--out", "sạch.xlsx"), "TOKEN_FOREIGN")
    trust(tmp_path / "tỉnh.pub", "--all")
    assert press("repair", theirs, "--out", "sạch.xlsx").code == 0


# ---------------------------------------------------------------- writing and saying


def test_the_file_itself_is_never_written_over(report: Path) -> None:
    before = snapshot(Path())

    for out in (report, report.resolve(), Path("nhan/../gốc.xlsx")):
        Path("nhan").mkdir(exist_ok=True)
        answer = press("repair", report, "--out", out)
        assert answer.code == 2
        assert worded("REPAIR_OUT_SAME").search(answer.err)
    assert snapshot(Path()) == before


def test_what_stood_at_out_is_kept(report: Path) -> None:
    Path("sạch.xlsx").write_bytes(b"mine")

    repaired(report)
    repaired(report)

    assert [copy.read_bytes() for copy in Path("ban-cu").iterdir()] == [b"mine"]
    assert open_file(Path("sạch.xlsx"), "x").identity


def test_the_saved_time_is_that_of_the_file(report: Path, forms: dict[str, Path]) -> None:
    """So that a repaired report is neither newer nor older than what its unit sent."""
    for number, file in enumerate((report, forms["01.K1"], saved_at(report, Path("b.xlsx"), datetime(2023, 3, 2)))):
        repaired(file, f"{number}.xlsx")
        assert open_file(Path(f"{number}.xlsx"), "x").modified == open_file(file, "x").modified


def test_prose_in_both_languages(report: Path) -> None:
    file = altered(report, lambda book: book[MAIN].__setitem__("B11", "Khác"))

    vi = press("repair", file, "--out", "a.xlsx")
    en = press("repair", file, "--out", "b.xlsx", "--lang", "en")

    assert vi.code == en.code == 1
    assert "Đã lập biểu mới cho đơn vị 01.K1 từ hỏng.xlsx: a.xlsx" in vi.out
    assert f"[KHÔNG CHUYỂN] {MAIN}!D11: Nhãn cạnh ô này không còn là" in vi.out
    assert "1 mục không chuyển được" in vi.out and "[LỖI] a.xlsx" in vi.err
    assert f"[NOT MOVED] {MAIN}!D11: The label of this cell" in en.out and "1 things were not" in en.out
    whole = press("repair", report, "--out", "c.xlsx")
    assert whole.code == 0 and "Đã chuyển đủ" in whole.out
    assert "phải sửa trước khi nộp" in vi.out and "Faults of the new form" in en.out
    assert "phải sửa" not in whole.out


def test_wrong_usage(report: Path) -> None:
    assert press("repair", report).code == 2
    assert press("repair").code == 2


def test_nothing_that_was_typed_is_said(report: Path) -> None:
    """Stray texts, texts in the place of numbers, labels typed over: told by their cells."""

    def change(book: Any) -> None:
        book[MAIN]["H5"] = "CANARY-1"
        book[MAIN]["B11"] = "CANARY-2"
        book[MAIN]["D9"] = "CANARY-3"
        book.create_sheet("Nháp")["A1"] = "CANARY-4"

    file = altered(report, change)
    said = (
        press("repair", file, "--out", "a.xlsx").said
        + press("repair", file, "--out", "b.xlsx", "--format", "json").said
    )

    assert "CANARY" not in said and SAID not in said
    assert "Nháp" not in said and f"{MAIN}!H5" in said
    with zipfile.ZipFile("a.xlsx") as made:
        assert not any(b"CANARY" in made.read(part) for part in made.namelist())
