"""What generate leaves beside the forms: the list to send from; and what it does where a unit was renamed since."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas
import pytest
from cli_tools import press, unit_of, worded
from tools import NOON, REQUIRED, TERM, fill, held

from loithe_xl.draw import packs
from loithe_xl.draw.sendlist import TABLE_NAME, SentForm, send_book
from loithe_xl.form.terms import Term
from loithe_xl.intake import proving
from loithe_xl.language.issues import Fault, Issue
from loithe_xl.register.register import Contact, Register, Unit
from loithe_xl.tasks.generate import Request, generate
from loithe_xl.tasks.office import Office, shown
from loithe_xl.workbook.writer import render

LIST = "danh-sach-gui.xlsx"
UNITS = (
    Unit("01", "Huyện Thử", "district"),
    Unit("01.1", "=Đảng bộ <xã> A", "base", "01", contact=Contact("0252 0000 102")),
    Unit("01.1.C01", "Chi bộ thôn 1", "cell", "01.1"),
    Unit("01.2", "Đảng bộ xã B", "base", "01", contact=Contact(email="xa-b@huyen.example", address="Số 1 đường A")),
)


def made(folder: Path, units: tuple[Unit, ...] = UNITS, limits: tuple[str, ...] = (), term: Term = TERM) -> list[Issue]:
    """What is noticed where all forms of a register are made in ``bieu``."""
    told: list[Issue] = []
    request = Request(packs.load("loi_the"), Register(units), term, "base", True, limits, folder / "bieu")
    generate(request, Office(now=NOON, notice=told.append))
    return told


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once")
    made(folder)
    return folder


@pytest.fixture
def out(once: Path, tmp_path: Path) -> Path:
    """A folder with the forms and their list, to change."""
    shutil.copytree(once / "bieu", tmp_path / "bieu")
    return tmp_path


def listed(folder: Path) -> pandas.DataFrame:
    return pandas.read_excel(folder / "bieu" / LIST, dtype=str, keep_default_na=False, engine="openpyxl")


def test_a_row_for_each_form_says_where_it_goes_and_by_when(out: Path) -> None:
    rows = listed(out)

    assert [*rows["Mã đơn vị"]] == ["01.1", "01.1.C01", "01.2"]
    assert [*rows["Tên đơn vị"]] == [unit.name for unit in UNITS[1:]]
    assert [*rows["Thư điện tử cơ quan"]] == ["", "", "xa-b@huyen.example"]
    assert [*rows["Điện thoại cơ quan"]] == ["0252 0000 102", "", ""]
    assert [*rows["Địa chỉ cơ quan"]] == ["", "", "Số 1 đường A"]
    assert [*rows["Cấp trên"]] == ["Huyện Thử", "=Đảng bộ <xã> A", "Huyện Thử"]
    assert [*rows["Cấp"]] == ["Cơ sở", "Chi bộ", "Cơ sở"]
    assert {*rows["Hạn gửi"]} == {"05/03/2023"} and {*rows["Kỳ báo cáo"]} == {"tháng 02/2023"}
    assert rows["Tiêu đề thư"][1] == ("Biểu số liệu tháng 02/2023: Chi bộ thôn 1 (mã 01.1.C01), hạn gửi 05/03/2023")
    for code, name, path in zip(rows["Mã đơn vị"], rows["Tên tệp"], rows["Đường dẫn"], strict=True):
        assert unit_of(out / "bieu" / path) == code
        assert Path(path).name == name


def test_the_list_is_one_true_table_of_texts(once: Path) -> None:
    book = openpyxl.load_workbook(once / "bieu" / LIST)
    (sheet,) = book.worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row]

    assert {*sheet.tables} == {TABLE_NAME} and sheet.tables[TABLE_NAME].ref == "A1:M4"
    assert not sheet.merged_cells.ranges
    assert len({cell.value for cell in sheet[1]}) == sheet.max_column == 13
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert all(cell.quotePrefix for row in sheet.iter_rows(min_row=2) for cell in row if cell.value)


def test_the_list_is_passed_over_where_received_files_are_looked_for(out: Path) -> None:
    """So is a register; neither by its name."""
    shutil.move(out / "bieu" / LIST, out / "bieu" / "01.1.C01 CB thôn 1 2023-02.xlsx")
    assert press("register", "sample", out / "bieu" / "bc.xlsx").code == 0

    answer = press("validate", out / "bieu", "--format", "json")

    assert sorted(each["unit"] for each in answer.json["files"]) == ["01.1", "01.1.C01", "01.2"]
    assert len(worded("SKIPPED_SLIPS").findall(answer.err)) == 2


def test_equal_lists_are_equal_bytes_and_former_ones_are_kept(out: Path) -> None:
    before = (out / "bieu" / LIST).read_bytes()
    made(out)
    assert (out / "bieu" / LIST).read_bytes() == before
    assert not (out / "bieu" / "ban-cu").exists()

    made(out, UNITS, ("01.1",))

    assert [*listed(out)["Mã đơn vị"]] == ["01.1", "01.1.C01"]
    (copy,) = (out / "bieu" / "ban-cu").iterdir()
    assert copy.read_bytes() == before


def test_a_single_form_leaves_the_list_as_it_is(out: Path) -> None:
    before = (out / "bieu" / LIST).read_bytes()
    made(out, UNITS, ("01.2",))

    assert (out / "bieu" / LIST).read_bytes() == before


def test_a_list_that_reads_otherwise_is_not_put_in_place() -> None:
    meant, other = (send_book([SentForm(*letters)], "vi") for letters in ("abcdefghijklm", "abcdefghijklx"))

    proving.cells(meant, LIST)(render(meant))
    with pytest.raises(Fault):
        proving.cells(meant, LIST)(render(other))


def test_a_list_that_is_long_stays_small() -> None:
    row = SentForm(*["Chi bộ thôn 1 xã Mẫu An"] * 13)
    data = render(send_book([row] * 3000, "vi"))

    assert len(data) < 400_000
    assert zipfile.ZipFile(BytesIO(data)).testzip() is None


RENAMED = tuple(replace(unit, name=f"{unit.name} mới") if unit.code in ("01.1", "01.1.C01") else unit for unit in UNITS)


def forms(out: Path, code: str) -> dict[str, Path]:
    """The forms of a unit by their names, wherever they lie."""
    return {path.name: path for path in (out / "bieu").rglob("* 2023-02.xlsx") if unit_of(path) == code}


def test_a_form_that_holds_something_stays_where_its_unit_was_renamed(out: Path) -> None:
    """Its base was renamed too, so that it lies in another folder."""
    (old,) = forms(out, "01.1.C01").values()
    fill(old, old, REQUIRED, [held(3)])
    before = old.read_bytes()

    told = made(out, RENAMED)

    assert [*forms(out, "01.1.C01").values()] == [old] and old.read_bytes() == before
    assert [each.place.file for each in told if each.code == "FORM_KEPT"] == [shown(old)]
    assert "01.1.C01" not in [*listed(out)["Mã đơn vị"]]


def test_a_blank_form_under_a_former_name_is_named(out: Path) -> None:
    (old,) = forms(out, "01.1.C01")
    new = "01.1.C01 CB thôn 1 mới 2023-02.xlsx"

    told = made(out, RENAMED)

    assert {*forms(out, "01.1.C01")} == {old, new}
    assert [each.code for each in told] == ["FORM_SPARE", "FORM_SPARE"]
    assert old in told[1].message.vi and new in told[1].message.vi
    assert new in [*listed(out)["Tên tệp"]]


def test_a_form_of_the_names_before_is_found(out: Path) -> None:
    """CODE_PERIOD.xlsx in a folder called by the code alone."""
    (today,) = forms(out, "01.1.C01").values()
    folder = out / "bieu" / "01.1" / "01.1.C01"
    folder.mkdir(parents=True)
    old = Path(shutil.move(today, folder / "01.1.C01_2023-02.xlsx"))
    fill(old, old, REQUIRED, [held(3)])

    told = made(out)

    assert not today.exists()
    assert [each.place.file for each in told if each.code == "FORM_KEPT"] == [shown(old)]


def test_only_the_same_unit_and_period_is_meant(out: Path) -> None:
    """What begins with the code and is another's, of another month or no form, hinders nothing."""
    (today,) = forms(out, "01.1.C01").values()
    (other,) = forms(out, "01.2").values()
    shutil.copy(other, today.with_name("01.1.C01 thật ra là 01.2.xlsx"))
    (today.with_name("01.1.C01 ghi chú.xlsx")).write_bytes(b"Dear all")
    (today.with_name("01.1.C01 thư.xlsx")).mkdir()

    told = made(out, RENAMED, (), Term("2023-03", date(2023, 3, 31), date(2023, 4, 5)))

    assert told == []
    assert len(list((out / "bieu").rglob("01.1.C01 * 2023-03.xlsx"))) == 1
