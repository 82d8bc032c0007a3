"""``validate --out``: a return slip for each faulty file, every fault as a table; nobody's form is written over."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import REQUIRED, Answer, codes, held, issue_forms, places, press, read, snapshot, type_in
from conftest import Convert

from loithe_xl.draw import packs
from loithe_xl.draw import slips as drawing
from loithe_xl.draw.slips import Slip, SlipLine, Way, slip_sheets
from loithe_xl.language.catalogue import catalogue
from loithe_xl.register.register import Register, Unit
from loithe_xl.tasks import slips
from loithe_xl.workbook.book import Book
from loithe_xl.workbook.writer import render

LIST, FAULTS, SLIPS = "Danh sách phiếu", "Danh sách lỗi", "Phiếu trả lại"
OUT = "phieu-tra-lai.xlsx"
REGISTER = Register(
    (
        Unit("01", "Huyện Thử", "district"),
        *(Unit(f"01.K{number}", f"@Chi bộ {number}", "cell", "01") for number in (1, 2, 10)),
    )
)
NAMES = ("tốt.xlsx", "=sai.xlsx", "sai nữa.xlsx", "nhãn.xlsx", "ảnh.jpg")
EXEMPT = {**REQUIRED, "members_total": 5, "members_exempt": 9}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return issue_forms(tmp_path_factory.mktemp("forms"), REGISTER)


@pytest.fixture(scope="module")
def received(forms: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good form, a wrong one twice over, one whose label was changed, and a picture."""
    folder = tmp_path_factory.mktemp("mail") / "Nguyễn Văn Bí Mật" / "thư"
    type_in(forms["01.K1"], folder / "tốt.xlsx", REQUIRED, [held(10)])
    type_in(forms["01.K10"], folder / "=sai.xlsx", EXEMPT, [held(11)])
    type_in(forms["01.K10"], folder / "sai nữa.xlsx", {**EXEMPT, "members_exempt": -1}, [held(11)])
    book = openpyxl.load_workbook(type_in(forms["01.K2"], folder / "nhãn.xlsx", REQUIRED, [held(12)]))
    _, cell = places(forms["01.K2"])["members_total"][0]
    book.worksheets[0][f"B{cell.lstrip('ABCDEFGH')}"] = "Nhãn khác"
    book.save(folder / "nhãn.xlsx")
    (folder / "ảnh.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    return folder


@pytest.fixture
def mail(received: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What was received, in a folder that may be changed."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(received, tmp_path / "thư"))


@pytest.fixture(scope="module")
def answer(received: Path) -> Answer:
    return press("validate", received, "--out", OUT, "--format", "json", at=received.parent)


@pytest.fixture(scope="module")
def written(received: Path, answer: Answer) -> openpyxl.Workbook:
    assert answer.code == 1
    return openpyxl.load_workbook(received.parent / OUT)


def slip_of(book: openpyxl.Workbook, number: int) -> str:
    """All that stands on the slip that a line of the list leads to."""
    links = [cell.hyperlink for cell in book[LIST]["G"] if cell.hyperlink]
    starts = [int(link.location.rpartition("A")[2]) for link in links] + [book[SLIPS].max_row + 1]
    rows = book[SLIPS].iter_rows(starts[number], starts[number + 1] - 1, values_only=True)
    return "\n".join(str(value) for row in rows for value in row if value is not None)


def table(book: openpyxl.Workbook, sheet: str, name: str) -> list[Mapping[str, Any]]:
    """A table's rows by its own headings, as a program finds it."""
    found = book[sheet].tables[name]
    heads, *rows = ([cell.value for cell in row] for row in book[sheet][found.ref])
    assert [column.name for column in found.tableColumns] == heads
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_each_faulty_file_has_a_line_and_a_slip(written: openpyxl.Workbook) -> None:
    assert written.sheetnames == [LIST, FAULTS, SLIPS]
    lines = table(written, LIST, "danh_sach_phieu")
    assert [(line["Mã đơn vị"], line["Tệp"]) for line in lines] == [
        ("01.K2", "nhãn.xlsx"), ("01.K10", "=sai.xlsx"), ("01.K10", "sai nữa.xlsx"), (None, "ảnh.jpg"),
    ]  # fmt: skip
    assert "Đã kiểm tra 5 tệp: 4 tệp phải trả lại, 1 tệp đạt." in written[LIST]["A2"].value
    slip = slip_of(written, 1)
    assert "PHIẾU TRẢ LẠI BIỂU SỐ LIỆU" in slip
    assert "Kính gửi: @Chi bộ 10 (mã đơn vị 01.K10)" in slip
    assert "HUYỆN THỬ" in slip
    assert "Kỳ báo cáo: tháng 02/2023. Hạn nộp: 05/03/2023." in slip
    assert "Tệp đã nhận: =sai.xlsx" in slip
    assert "(10 so với 5)" in slip, "both values"
    assert "Gửi lại tệp về Huyện Thử trước hạn nộp ngày 05/03/2023" in slip
    assert ("ĐƠN VỊ NHẬN PHIẾU" in slip, "NGƯỜI LẬP PHIẾU" in slip) == (True, True)


def test_faults_stand_as_the_form_is_read(forms: dict[str, Path], tmp_path: Path) -> None:
    wrong = {**REQUIRED, "members_total": 5, "members_exempt": 9, "leaders_total": "ba", "members_away": -1}
    file = type_in(forms["01.K1"], tmp_path / "a.xlsx", wrong, [{**held(12), "attendees": -3}])
    press("validate", file, "--out", tmp_path / OUT)

    rows = table(openpyxl.load_workbook(tmp_path / OUT), FAULTS, "danh_sach_loi")
    places = [(row["Trang"], int(row["Ô"].lstrip("ABCDEFGH"))) for row in rows if row["Mức độ"] == "LỖI"]
    assert places == sorted(places) and len({*places}) > 3
    slip = slip_of(openpyxl.load_workbook(tmp_path / OUT), 0)
    said = [slip.index(f"“{sheet}”, ô") for sheet, _ in dict.fromkeys(places)]
    assert said == sorted(said)


def test_a_slip_says_what_becomes_of_the_file(written: openpyxl.Workbook) -> None:
    said = [slip_of(written, number) for number in (0, 1, 3)]

    assert "1. Không dùng tiếp tệp này." in said[0]
    assert "1. Mở chính tệp đã gửi, sửa các ô nêu trên" in said[1]
    assert "1. Gửi đúng biểu mẫu Excel (.xlsx)" in said[2] and "Kính gửi: Đơn vị đã gửi tệp “ảnh.jpg”" in said[2]


def test_every_fault_of_every_file_is_a_row_of_one_table(written: openpyxl.Workbook, answer: Answer) -> None:
    told = {Path(each["file"]).name: each["issues"] for each in answer.json["files"]}
    rows = table(written, FAULTS, "danh_sach_loi")

    said = sorted(
        (row["Tệp"], row["Ô"] or "", f"{row['Điều cần sửa']} {row['Cách xử lý'] or ''}".strip()) for row in rows
    )
    assert said == sorted((file, each["cell"], each["message"]) for file, issues in told.items() for each in issues)
    assert len(rows) == sum(map(len, told.values())) > 5
    exempt = next(row for row in rows if row["Tệp"] == "=sai.xlsx" and row["Mức độ"] == "LỖI")
    (label,) = {
        layout.label("members_exempt").vi for layout in packs.load("loi_the").layouts.values() if not layout.form.parent
    }
    assert exempt["Nội dung"] == label != ""
    assert exempt["Cách xử lý"].startswith("Đề nghị"), "a pack's check has its remedy apart, too"
    assert (exempt["Kỳ báo cáo"], exempt["Cấp"], exempt["Tên đơn vị"]) == ("2023-02", "Chi bộ", "@Chi bộ 10")
    assert written[FAULTS].tables["danh_sach_loi"].autoFilter.ref == written[FAULTS].tables["danh_sach_loi"].ref
    assert (written[FAULTS]["A1"].value, written[FAULTS].merged_cells.ranges) == ("Tệp", set())


def test_names_are_no_formulas_and_folders_are_not_told(written: openpyxl.Workbook) -> None:
    cells = [cell for sheet in written for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]

    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value.startswith(("=", "@")))
    assert not any("Bí Mật" in cell.value or "thư/" in cell.value for cell in cells)


def test_the_answer_says_where_the_slips_are_and_nothing_else_changes(received: Path, answer: Answer) -> None:
    assert answer.json == {**read("validate", received, at=received.parent), "out": OUT}


def test_equal_files_give_equal_bytes_and_what_was_there_is_kept(received: Path, mail: Path, answer: Answer) -> None:
    first, out = (received.parent / OUT).read_bytes(), mail.parent / OUT
    assert f"Đã ghi phiếu trả lại cho từng đơn vị: {OUT}" in press("validate", mail, "--out", OUT).out
    assert (out.read_bytes(), (out.parent / "ban-cu").exists()) == (first, False)

    (mail / "=sai.xlsx").unlink()
    press("validate", mail, "--out", OUT)
    (kept,) = (out.parent / "ban-cu").iterdir()
    assert (kept.read_bytes(), out.read_bytes() != first) == (first, True)


@pytest.mark.parametrize(
    ("target", "code"), [("form", "OUT_IS_FORM"), ("picture", "OUT_IS_INPUT"), ("phieu.docx", "OUT_ENDING")]
)
def test_no_form_and_nothing_that_is_checked_is_written_over(
    forms: dict[str, Path], mail: Path, target: str, code: str
) -> None:
    picture = (mail / "ảnh.jpg").rename(mail / "ảnh.xlsx")
    out = {"form": forms["01"], "picture": picture}.get(target, Path(target))
    before = snapshot(mail.parent)

    answer = press("validate", mail, "--out", out, "--format", "json")

    assert (answer.code, codes(answer.json["issues"])) == (2, [code])
    assert snapshot(mail.parent) == before


def test_slips_among_what_was_received_are_passed_over(forms: dict[str, Path], mail: Path, tmp_path: Path) -> None:
    assert press("validate", mail, "--out", mail / OUT).code == 1

    again = press("validate", mail, "--out", mail / OUT, "--format", "json")
    assert sorted(Path(each["file"]).name for each in again.json["files"]) == sorted(NAMES)
    assert "Bỏ qua tệp phiếu trả lại" in again.err
    parent = shutil.copy(forms["01"], tmp_path / "huyen.xlsx")
    done = read("consolidate", "--into", parent, mail)
    assert (done["seen"], done["skipped"]) == (5, 1)
    assert OUT not in str(done["children"])


def test_a_form_that_calls_itself_slips_is_passed_over_never(forms: dict[str, Path], tmp_path: Path) -> None:
    """Whatever has an identity, be it a damaged one, is told and judged."""
    book = openpyxl.load_workbook(type_in(forms["01.K1"], tmp_path / "a.xlsx", REQUIRED, [held(10)]))
    book.custom_doc_props.append(openpyxl.packaging.custom.StringProperty(name="loithe_khong_phai_bieu", value="1"))
    book.save(tmp_path / "a.xlsx")
    book["_loithe"]["B1"] = "LT1|"
    book.save(tmp_path / "b.xlsx")

    good, damaged = read("validate", tmp_path / "a.xlsx", tmp_path / "b.xlsx")["files"]
    assert good["unit"] == "01.K1"
    assert codes(damaged["issues"]) == ["TOKEN_CONFLICT"]


def test_where_another_file_of_the_unit_is_right_the_office_is_told(forms: dict[str, Path], mail: Path) -> None:
    type_in(forms["01.K10"], mail / "sửa rồi.xlsx", REQUIRED, [held(11)])
    press("validate", mail, "--out", OUT)

    remarks = [line["Ghi chú"] for line in table(openpyxl.load_workbook(OUT), LIST, "danh_sach_phieu")]
    assert [bool(remark) for remark in remarks] == [False, True, True, False]


def test_a_form_of_which_nothing_can_be_read_has_its_unit_s_name(forms: dict[str, Path], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(type_in(forms["01.K2"], tmp_path / "a.xlsx", REQUIRED, [held(12)]))
    book.worksheets[0].insert_rows(12)
    book.save(tmp_path / "a.xlsx")
    press("validate", tmp_path / "a.xlsx", "--out", tmp_path / OUT)

    slip = slip_of(openpyxl.load_workbook(tmp_path / OUT), 0)
    assert "Kính gửi: @Chi bộ 2 (mã đơn vị 01.K2)" in slip and "1. Không dùng tiếp tệp này." in slip


def test_what_a_stranger_calls_itself_is_told_nowhere(
    received: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "another office"))
    press("validate", received / "tốt.xlsx", received / "=sai.xlsx", "--out", tmp_path / OUT)

    book = openpyxl.load_workbook(tmp_path / OUT)
    assert not any("@Chi bộ" in str(value) for sheet in book for row in sheet.values for value in row)
    first, second = table(book, LIST, "danh_sach_phieu")
    assert first["Ghi chú"] == second["Ghi chú"] == catalogue("slips")["ours"]["vi"]
    assert catalogue("slips")["issued_form"]["vi"] in slip_of(book, 0), "no command of ours on a unit's paper"
    assert "key trust" not in slip_of(book, 0)


def test_blank_cells_are_one_thing_to_do(forms: dict[str, Path], tmp_path: Path) -> None:
    blank = shutil.copy(forms["01.K1"], tmp_path / "trống.xlsx")
    (told,) = read("validate", blank, "--out", tmp_path / OUT)["files"]

    book = openpyxl.load_workbook(tmp_path / OUT)
    wanting = [each["cell"] for each in told["issues"] if each["code"] == "FIELD_REQUIRED"]
    slip = slip_of(book, 0)
    assert f"Còn {len(wanting)} ô bắt buộc chưa nhập" in slip
    assert f"ô {', '.join(wanting)}\n" in slip and "Chưa nhập" not in slip
    assert len(table(book, FAULTS, "danh_sach_loi")) == len(told["issues"]) > len(wanting) > 5


def test_without_faults_there_is_a_list_that_says_so(forms: dict[str, Path], tmp_path: Path) -> None:
    good = type_in(forms["01.K1"], tmp_path / "tốt.xlsx", REQUIRED, [held(10)])
    assert press("validate", good, "--out", tmp_path / OUT).code == 0

    book = openpyxl.load_workbook(tmp_path / OUT)
    assert book.sheetnames == [LIST, FAULTS]
    assert book[LIST]["A5"].value == "Không có tệp nào phải trả lại."


def long_slip(faults: int) -> Slip:
    lines = tuple(SlipLine(f"“1. Số liệu”, ô D{row}", f"Lỗi {row}", f"Sửa {row // 2}") for row in range(faults))
    return Slip("a.xlsx", "01", "Chi bộ", "Huyện", "tháng 02/2023", "05/03/2023", Way.MEND, lines)


def test_every_slip_begins_a_page_and_no_page_is_blank(office: Convert, pdftoppm: str, tmp_path: Path) -> None:
    sheets, places = slip_sheets([long_slip(3), long_slip(70), long_slip(1)], "vi")
    (sheet,) = sheets
    breaks = sheet.print.breaks
    pages = [*zip((0, *breaks), (*breaks, sheet.print.rows), strict=True)]

    assert {row - 1 for _, (row, _) in places} <= {0, *breaks}
    assert all(sum(sheet.heights[row] for row in range(first + 1, last + 1)) < 800 for first, last in pages)
    assert all(sheet.cells[first + 1, 1].value or sheet.cells[first + 1, 3].value for first, _ in pages)
    (tmp_path / "a.xlsx").write_bytes(render(Book(sheets)))
    pdf = office(tmp_path / "a.xlsx", "pdf", tmp_path / "pdf")
    subprocess.run([pdftoppm, "-r", "20", "-png", str(pdf), str(tmp_path / "p")], check=True)
    assert len([*tmp_path.glob("p-*.png")]) == len(pages) > 4


def test_a_remedy_is_said_once_on_a_page(tmp_path: Path) -> None:
    (sheet,), _ = slip_sheets([long_slip(4)], "vi")
    said = [cell.value for (_, column), cell in sheet.cells.items() if column == 4 and cell.style == "text"]

    assert said == ["Sửa 0", "Như trên.", "Sửa 1", "Như trên."]


def test_hundreds_of_slips_fill_more_than_one_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "SLIPS_OF_SHEET", 2)
    sheets, places = slip_sheets([long_slip(1)] * 3, "vi")

    assert [sheet.name for sheet in sheets] == [SLIPS, f"{SLIPS} 2"]
    assert [name for name, _ in places] == [SLIPS, SLIPS, f"{SLIPS} 2"]


def test_forms_that_cannot_serve_any_longer_are_those_whose_remedy_is_the_issued_form() -> None:
    entries = catalogue("issues")
    known = {code for code in entries if code.startswith(("STRUCTURE_", "SHEET_"))}

    said = {code for code in known if "biểu mẫu gốc" in entries[code].get("remedy_vi", "")}
    assert {code for code in said if entries[code]["severity"] == "ERROR"} == slips.ANEW
