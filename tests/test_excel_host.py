"""The stand-in for a running Excel: genuine xlwings objects, and every nasty habit of Excel once."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwings as xw
from hosts import excel
from tools import fill, make_forms

from loithe_xl.draw import packs

ENTRIES = "1. Số liệu"  # a sheet of the form: D9 and D10 are inputs, A1 is locked and merged, E9 a formula
MEETINGS = "2. Các buổi sinh hoạt"  # what is wrong with a row stands in K10 and beneath, nothing of a blank one


@pytest.fixture(autouse=True)
def desk() -> Iterator[excel.Desk]:
    with excel.desktop() as desk:
        yield desk


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forms")
    made = make_forms(folder / "made")
    fill(made["01.1.C01"], folder / "cell.xlsx")
    shutil.copy(made["01"], folder / "parent.xlsx")
    return folder


@pytest.fixture
def form(forms: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(forms / "cell.xlsx", tmp_path / "Biểu mẫu.xlsx"))


@pytest.fixture
def book(form: Path) -> xw.Book:
    return excel.open_excel(form).books[0]


@pytest.fixture
def plain() -> xw.Sheet:
    """The sheet of a book that was never saved."""
    return excel.new_book(excel.open_excel()).sheets[0]


@pytest.fixture(scope="module")
def password() -> str:
    return packs.load("loi_the").pack.password


def refuses(action: Callable[[], Any], words: str = "Excel|parameter") -> None:
    with pytest.raises(excel.ComError, match=words) as caught:
        action()
    assert caught.value.hresult < 0


def assign(thing: Any, name: str, value: Any) -> Callable[[], None]:
    return lambda: setattr(thing, name, value)


# Windows, books and callers


def test_without_excel_there_is_no_app():
    assert len(xw.apps) == 0
    assert xw.apps.active is None
    with pytest.raises(xw.XlwingsError):
        xw.books.active  # noqa: B018


def test_an_excel_without_a_book_cannot_be_found():
    app = excel.open_excel()

    assert len(xw.apps) == 0
    excel.new_book(app)
    assert list(xw.apps) == [app]


def test_the_objects_are_the_librarys_own(book: xw.Book):
    kinds = {type(thing).__module__ for thing in (book, book.app, book.sheets[0], book.sheets[0].range("A1"))}
    inner = {type(thing.impl).__module__ for thing in (book, book.app, book.sheets[0], book.sheets[0].range("A1"))}

    assert (kinds, inner) == ({"xlwings.main"}, {"xlwings._xlwindows"})
    assert type(book) is xw.Book


def test_two_windows_and_the_one_in_front(form: Path, tmp_path: Path):
    other = Path(shutil.copy(form, tmp_path / "khác.xlsx"))
    first, second = excel.open_excel(form), excel.open_excel(other)

    assert xw.apps.active == second and xw.books.active.name == "khác.xlsx"
    assert first.pid != second.pid and set(xw.apps.keys()) == {first.pid, second.pid}
    excel.active(first.books[0])
    assert xw.books.active.fullname == str(form)
    second.books[0].activate()
    assert xw.apps.active == second


def test_the_order_of_books_is_that_of_opening_and_the_last_is_active(form: Path, tmp_path: Path):
    app = excel.open_excel(form, shutil.copy(form, tmp_path / "b.xlsx"))

    assert [one.name for one in app.books] == [form.name, "b.xlsx"]
    assert app.books.active.name == "b.xlsx"
    app.books[0].activate()
    assert app.books.active.name == form.name
    app.books[0].close()
    assert app.books.active.name == "b.xlsx"


def test_a_file_open_in_another_window_is_read_only_here(form: Path):
    first, second = excel.open_excel(form), excel.open_excel(form)

    assert (first.books[0].api.ReadOnly, second.books[0].api.ReadOnly) == (False, True)


def test_two_books_of_one_name_cannot_be_open(form: Path, tmp_path: Path):
    app = excel.open_excel(form)
    (tmp_path / "there").mkdir()
    same = shutil.copy(form, tmp_path / "there" / form.name)

    refuses(lambda: app.api.Workbooks.Open(same), "of that name")


def test_the_caller_by_the_arguments_of_runpython(form: Path, tmp_path: Path):
    first = excel.open_excel(form)
    excel.open_excel(shutil.copy(form, tmp_path / "other.xlsx"))

    with excel.called_from(first.books[0]):
        assert xw.Book.caller() == first.books[0]
    with pytest.raises(Exception, match="must not be called directly"):
        xw.Book.caller()


def test_a_name_with_an_equals_sign_is_cut_by_the_caller(form: Path, tmp_path: Path):
    app = excel.open_excel(shutil.copy(form, tmp_path / "a=b.xlsx"))

    with excel.called_from(app.books[0]), pytest.raises(KeyError):
        xw.Book.caller()


def test_the_caller_by_mock_and_by_optimized_connection(book: xw.Book):
    excel.optimized_caller(book)
    assert xw.Book.caller() == book
    book.set_mock_caller()
    assert xw.Book.caller() == book


def test_a_book_that_was_never_saved(tmp_path: Path):
    book = excel.new_book(excel.open_excel())

    assert (book.name, book.fullname, book.api.Path) == ("Book1", "Book1", "")
    book.save(tmp_path / "mới.xlsx")
    assert (book.name, book.fullname) == ("mới.xlsx", str(tmp_path / "mới.xlsx"))


def test_a_book_in_a_cloud_folder(book: xw.Book):
    address = "https:" + "//cloud/folder/" + book.name
    excel.pretend_path(book, address)

    assert (book.api.FullName, book.api.Path) == (address, address.rpartition("/")[0])


def test_a_file_that_is_no_workbook_does_not_open(tmp_path: Path):
    broken = tmp_path / "x.xlsx"
    broken.write_bytes(b"PK broken")

    refuses(lambda: excel.open_excel(broken), "cannot be opened")


def test_leaving_the_desk_leaves_nothing_behind():
    assert xw.engines.active.name == "excel"
    names = [one.name for one in xw.engines]
    with excel.desktop():
        pass
    assert [one.name for one in xw.engines] == names


# Saving


def test_a_file_that_calculates_on_opening_counts_as_changed(book: xw.Book, tmp_path: Path):
    assert not book.api.Saved
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    assert excel.open_excel(tmp_path / "empty.xlsx").books[0].api.Saved


def test_saving_writes_what_was_typed_and_clears_the_flag(book: xw.Book, form: Path):
    book.api.Saved = True
    book.sheets[ENTRIES].range("D10").raw_value = 31
    assert not book.api.Saved

    book.save()

    assert book.api.Saved
    assert openpyxl.load_workbook(form)[ENTRIES]["D10"].value == 31
    assert excel.calls("save", book)[0].address == str(form)


def test_a_copy_changes_neither_the_flag_nor_the_bytes_of_the_book(book: xw.Book, form: Path, tmp_path: Path):
    before = form.read_bytes()
    book.api.SaveCopyAs(str(tmp_path / "same.xlsx"))
    assert (tmp_path / "same.xlsx").read_bytes() == before

    book.sheets[ENTRIES].range("D10").raw_value = 31
    book.api.SaveCopyAs(str(tmp_path / "copy.xlsx"))

    assert openpyxl.load_workbook(tmp_path / "copy.xlsx")[ENTRIES]["D10"].value == 31
    assert not book.api.Saved and form.read_bytes() == before


def test_a_saved_book_keeps_what_openpyxl_would_lose(book: xw.Book, form: Path, tmp_path: Path):
    looks, held = excel.looks(book), excel.contents(book)
    book.sheets[ENTRIES].range("D10").row_height = 36.75  # as it is: a change, yet none
    book.save(tmp_path / "again.xlsx")

    again = excel.open_excel(tmp_path / "again.xlsx").books[0]

    assert excel.contents(again) == held
    assert excel.looks(again) == looks
    assert again.sheets[ENTRIES].range("A4").raw_value.startswith("ĐƯỢC NỘP")  # a formula's result
    assert len(again.names) == len(book.names)
    assert again.api.CustomDocumentProperties("loithe_token").Value.startswith("LT1|01.1.C01")


def test_saving_can_fail_and_a_read_only_book_is_not_saved(book: xw.Book, form: Path):
    excel.will_fail("Save")
    refuses(book.save)
    book.save()
    refuses(excel.open_excel(form, read_only=True).books[0].save, "read-only")
    excel.will_fail("SaveCopyAs")
    refuses(lambda: book.api.SaveCopyAs("x.xlsx"))
    refuses(lambda: book.api.SaveCopyAs("no/such/folder.xlsx"))


def test_saving_over_another_file_asks(plain: xw.Sheet, form: Path):
    with excel.faulty("Excel asks"):
        plain.book.api.SaveAs(str(form))
    plain.book.save(form)  # xlwings turns the question off
    assert plain.book.name == form.name


# Reading


@pytest.fixture
def kinds(tmp_path: Path) -> xw.Sheet:
    path = tmp_path / "kinds.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("K")
        sheet.write_row(0, 0, [1, "chữ", True, None])
        sheet.write_datetime(1, 0, datetime(2023, 2, 28), made.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_number(1, 1, -5, made.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_formula(1, 2, "=NA()", value="#N/A")
        sheet.write_formula(2, 0, "=A1+1", value=2)
        sheet.write_formula(2, 1, "=A1>0", value=True)
    return excel.open_excel(path).books[0].sheets["K"]


def test_what_is_read_has_coms_types(kinds: xw.Sheet):
    block = kinds.range("A1:D3").api.Value2

    assert block == ((1.0, "chữ", True, None), (44985.0, -5.0, -2146826246, None), (2.0, True, None, None))
    assert type(block[0][0]) is float and type(block[0][2]) is bool and type(block[2][1]) is bool
    assert kinds.range("A1").raw_value == 1.0
    assert kinds.range("A1:A1").api.Value2 == 1.0
    assert kinds.range("A1:B1").raw_value == ((1.0, "chữ"),)


def test_a_formula_without_a_text_gives_an_empty_text(book: xw.Book):
    assert book.sheets[MEETINGS].range("K10:K11").api.Value2 == (("",), ("",))


def test_dates_are_read_as_coms_dates_or_as_serials(kinds: xw.Sheet):
    value = kinds.range("A2").raw_value

    assert value == datetime(2023, 2, 28, tzinfo=UTC)
    assert kinds.range("A2").api.Value2 == 44985.0
    assert kinds.range("A2").value == datetime(2023, 2, 28)  # xlwings drops the zone
    assert kinds.range("B2").raw_value == -5.0


@pytest.mark.parametrize(
    ("text", "number"),
    [("#NULL!", -2146826288), ("#DIV/0!", -2146826281), ("#VALUE!", -2146826273), ("#REF!", -2146826265),
     ("#NAME?", -2146826259), ("#NUM!", -2146826252), ("#N/A", -2146826246)],
)  # fmt: skip
def test_errors_are_numbers_and_written_back_they_are_plain_numbers(plain: xw.Sheet, text: str, number: int):
    cell = plain.range("A1")
    cell.raw_value = text
    assert cell.raw_value == number and cell.value is None

    cell.raw_value = cell.raw_value

    assert excel.contents(plain.book)["Sheet1"][1, 1] == float(number)


def test_a_result_older_than_a_change_is_not_trusted(kinds: xw.Sheet):
    kinds.range("A3").color = (1, 2, 3)
    assert kinds.range("A3").raw_value == 2.0  # a look changes no result
    kinds.range("A1").raw_value = 5
    with excel.faulty("not recalculated"):
        kinds.range("A3").raw_value  # noqa: B018
    assert kinds.range("A3").formula == "=A1+1"
    kinds.book.app.calculate()
    with excel.faulty("not recalculated"):
        kinds.range("A3:A9").value  # noqa: B018


def test_old_results_can_be_poisoned(kinds: xw.Sheet):
    excel.poison_old_results("old")
    assert kinds.range("A3").raw_value == 2.0
    kinds.range("A1").raw_value = 5

    assert kinds.range("A1:A3").raw_value[0::2] == ((5.0,), ("old",))


def test_a_recalculator_brings_results_up_to_date(kinds: xw.Sheet, tmp_path: Path):
    def recalculator(path: Path) -> Path:
        book = openpyxl.load_workbook(path)
        assert book["K"]["A1"].value == 5 and book["K"]["A3"].value == "=A1+1"
        made = tmp_path / "recalculated.xlsx"
        with xlsxwriter.Workbook(made) as fresh:
            fresh.add_worksheet("K").write_formula("A3", "=A1+1", value=6)
        return made

    excel.recalculate_with(recalculator)
    kinds.range("A1").raw_value = 5
    kinds.book.app.calculate()

    assert kinds.range("A3").raw_value == 6.0


def test_a_formula_that_was_never_calculated_has_no_result(tmp_path: Path):
    made = openpyxl.Workbook()
    made.active["A1"] = "=1+1"
    made.save(tmp_path / "f.xlsx")
    cell = excel.open_excel(tmp_path / "f.xlsx").books[0].sheets[0].range("A1")

    with excel.faulty("never calculated"):
        cell.raw_value  # noqa: B018


def test_formulas_are_read_as_text(kinds: xw.Sheet):
    assert kinds.range("A1:D1").formula == (("1", "chữ", "TRUE", ""),)
    assert kinds.range("A3").formula == "=A1+1"
    assert kinds.range("A2").formula == "44985"


def test_the_used_range_starts_where_something_stands(plain: xw.Sheet):
    assert plain.used_range.address == "$A$1"
    plain.range("C4").raw_value = 1
    plain.range("E2").color = (1, 2, 3)
    assert plain.used_range.address == "$C$2:$E$4"
    assert plain.used_range.last_cell.address == "$E$4"
    plain.range("C4").clear_contents()
    assert plain.used_range.address == "$E$2"


# Writing


@pytest.mark.parametrize(
    ("typed", "held", "number_format"),
    [
        ("1", 1.0, "General"), (" 1.5", 1.5, "General"), ("12,5", 12.5, "General"), ("1,234", 1234.0, "General"),
        ("01", 1.0, "General"), ("-3", -3.0, "General"), ("(4)", -4.0, "General"), ("10%", 0.1, "0%"),
        ("1e5", 100000.0, "0.00E+00"), ("01.10", 1.1, "General"), ("0 1/2", 0.5, "# ?/?"), ("TRUE", True, "General"),
        ("2023-02-28", 44985.0, "m/d/yyyy"), ("28/2/2023", 44985.0, "m/d/yyyy"), ("2023-02", 44958.0, "m/d/yyyy"),
        ("02/2023", 44958.0, "m/d/yyyy"), ("5 Mar 2023", 44990.0, "m/d/yyyy"), ("6:00", 0.25, "h:mm"),
        ("1/2", 45323.0, "m/d/yyyy"), ("#N/A", "#N/A", "General"),
        ("=1+1", "=1+1", "General"), ("+84 912", "=+84 912", "General"), ("- họp", "=- họp", "General"),
        ("@SUM(A1)", "=SUM(A1)", "General"), ("-", "-", "General"), ("=", "'=", "General"), ("'=1", "'=1", "General"),
        ("'01", "01", "General"), ("01.1.C01", "01.1.C01", "General"), ("28.02.2023", "28.02.2023", "General"),
        ("1.2.3", "1.2.3", "General"), ("Tháng 2", "Tháng 2", "General"), ("12-30-5 x", "12-30-5 x", "General"),
    ],
)  # fmt: skip
def test_what_excel_makes_of_a_text(plain: xw.Sheet, typed: str, held: Any, number_format: str):
    plain.range("A1").raw_value = typed

    assert excel.contents(plain.book)["Sheet1"][1, 1] == held
    assert plain.range("A1").number_format == number_format


def test_a_cell_formatted_as_text_keeps_every_text(plain: xw.Sheet):
    plain.range("A1:A4").number_format = "@"
    plain.range("A1:A4").raw_value = [["=1+1"], ["2023-02"], ["01"], [5]]

    assert excel.contents(plain.book)["Sheet1"] == {(1, 1): "'=1+1", (2, 1): "2023-02", (3, 1): "01", (4, 1): "5"}
    assert plain.range("A1").raw_value == "=1+1"


def test_the_apostrophe_is_kept_aside(plain: xw.Sheet):
    plain.range("A1").raw_value = "'=1"

    assert plain.range("A1").raw_value == "=1" and plain.range("A1").api.PrefixCharacter == "'"
    plain.range("A1").raw_value = "x"
    assert plain.range("A1").api.PrefixCharacter == ""


def test_texts_that_are_too_long(plain: xw.Sheet):
    plain.range("A1").raw_value = "x" * 32_767
    refuses(assign(plain.range("A1"), "raw_value", "x" * 32_768))
    plain.range("A1:B1").raw_value = [["x" * 8_203, "y"]]
    refuses(assign(plain.range("A1:B1"), "raw_value", [["x" * 8_204, "y"]]), "in an array")


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1])
def test_whole_numbers_beyond_32_bits_are_refused(plain: xw.Sheet, value: int):
    plain.range("A1").raw_value = 2**31 - 1
    refuses(assign(plain.range("A1"), "raw_value", value), "VT_I8")
    plain.range("A1").raw_value = float(value)
    assert plain.range("A1").raw_value == value


@pytest.mark.parametrize("value", [Decimal("1.5"), float("nan"), float("inf")])
def test_numbers_that_would_be_changed_on_the_way(plain: xw.Sheet, value: Any):
    with excel.faulty():
        plain.range("A1").raw_value = value


def test_types_com_does_not_take(plain: xw.Sheet):
    import numpy

    for value in (numpy.float64(1), numpy.int64(1), datetime(2023, 2, 28).date(), {"a": 1}, object()):
        with pytest.raises(TypeError, match="COM VARIANT"):
            plain.range("A1").raw_value = value
    with pytest.raises(ValueError, match="same size"):
        plain.range("A1:B2").raw_value = [[1, 2], [3]]


def test_a_date_gives_its_format_to_a_plain_cell(plain: xw.Sheet):
    plain.range("A2").number_format = "dd/mm/yyyy"
    plain.range("A1").raw_value = plain.range("A2").value = datetime(2023, 2, 28)

    assert [plain.range(cell).api.Value2 for cell in ("A1", "A2")] == [44985.0, 44985.0]
    assert [plain.range(cell).number_format for cell in ("A1", "A2")] == ["m/d/yyyy", "dd/mm/yyyy"]


def test_an_array_is_fitted_to_the_range_as_excel_does(plain: xw.Sheet):
    plain.range("A1:B3").raw_value = [[1, 2], [3, 4]]
    assert excel.contents(plain.book)["Sheet1"][3, 2] == "#N/A"
    plain.range("A1:B3").raw_value = [1, 2]
    assert plain.range("A1:B3").raw_value == ((1.0, 2.0),) * 3
    plain.range("A1:B1").raw_value = [[7, 8, 9]]
    assert plain.range("A1:C1").raw_value == ((7.0, 8.0, None),)
    plain.range("A1:B2").raw_value = 5
    assert plain.range("A1:B2").raw_value == ((5.0, 5.0),) * 2
    plain.range("A1:B2").raw_value = [[None, ""], (1, 2)]
    assert plain.range("A1:B2").raw_value == ((None, None), (1.0, 2.0))


def test_formulas_are_set_in_english_with_commas_and_a1(plain: xw.Sheet):
    plain.range("A1:B1").formula = [["=SUM(B1,2)", "x"]]
    assert excel.contents(plain.book)["Sheet1"] == {(1, 1): "=SUM(B1,2)", (1, 2): "x"}
    plain.range("A2").formula = '=IF(B1=";R1C1",{1;2},RC1)'
    for wrong in ("=SUM(B1;2)", "=R[1]C", "=R1C1+1", "=SUM(B1", '="a'):
        refuses(assign(plain.range("A1"), "formula", wrong))


def test_a_locked_cell_of_a_protected_sheet_is_not_written(book: xw.Book):
    sheet, before = book.sheets[ENTRIES], excel.contents(book)
    assert (sheet.range("A1").api.Locked, sheet.range("D10").api.Locked) == (True, False)
    assert sheet.range("A10:D10").api.Locked is None

    refuses(assign(sheet.range("C10:D10"), "raw_value", [["x", 5]]), "protected")
    refuses(assign(sheet.range("E10"), "formula", "=1"), "protected")
    refuses(sheet.range("C10:D10").clear_contents, "protected")
    refuses(sheet.clear_contents, "protected")

    assert excel.contents(book) == before
    sheet.range("D10").raw_value = 5
    sheet.range("D10").clear_contents()
    assert sheet.range("D10").raw_value is None


def test_looks_of_a_protected_sheet_are_fixed_but_for_rows_and_columns(book: xw.Book):
    sheet = book.sheets[ENTRIES]
    cell = sheet.range("D10")

    for name, value in (("color", (1, 2, 3)), ("number_format", "0"), ("wrap_text", True)):
        refuses(assign(cell, name, value), "protected")
    refuses(assign(cell.font, "bold", True), "protected")
    refuses(assign(cell.api, "Locked", True), "protected")
    refuses(lambda: cell.borders.set("all", line_style="continuous"), "protected")
    refuses(sheet.range("D10:E10").merge, "protected")
    refuses(cell.clear, "protected")
    refuses(cell.clear_formats, "protected")
    refuses(lambda: cell.add_hyperlink("#A1", "x"), "protected")
    cell.row_height, cell.column_width = 39, 20
    assert (cell.row_height, cell.column_width) == (39, 20)
    assert sheet.api.Protection.AllowFormattingRows and not sheet.api.Protection.AllowFormattingCells


def test_row_heights_need_their_leave(plain: xw.Sheet):
    plain.api.Protect("x")
    refuses(assign(plain.range("A1"), "row_height", 20), "protected")
    refuses(assign(plain.range("A1"), "column_width", 20), "protected")
    refuses(assign(plain.range("A1").api.EntireRow, "Hidden", True), "protected")


def test_what_lies_under_a_merged_cell_is_lost(plain: xw.Sheet):
    plain.range("A1:B2").merge()
    plain.range("A1:B2").raw_value = [["title", None], [None, ""]]
    assert excel.contents(plain.book)["Sheet1"] == {(1, 1): "title"}
    with excel.faulty("under a merged cell"):
        plain.range("B1").raw_value = 1
    refuses(plain.range("A1").clear_contents)
    plain.range("A1:B2").clear_contents()
    assert excel.contents(plain.book)["Sheet1"] == {}


# Protection


def test_only_the_right_password_opens_a_sheet(book: xw.Book, password: str):
    sheet = book.sheets[ENTRIES]

    refuses(lambda: sheet.api.Unprotect(password.upper() + "x"), "not correct")
    refuses(lambda: sheet.api.Unprotect(""), "not correct")
    with excel.faulty("asks the user"):
        sheet.api.Unprotect()
    assert sheet.api.ProtectContents
    sheet.api.Unprotect(password)
    assert not sheet.api.ProtectContents
    sheet.range("A1").raw_value = "now"
    sheet.api.Unprotect("whatever")  # nothing to open


def test_a_sheet_locked_again_is_locked_in_the_file(book: xw.Book, form: Path, password: str, tmp_path: Path):
    sheet = book.sheets[ENTRIES]
    sheet.api.Unprotect(password)
    sheet.api.Protect("Mật khẩu mới", True, True, True, False, False, True, True)
    book.save(tmp_path / "locked.xlsx")

    again = excel.open_excel(tmp_path / "locked.xlsx").books[0]
    fresh, other = again.sheets[ENTRIES].api, again.sheets[1].api

    refuses(lambda: fresh.Unprotect(password))
    assert fresh.Protection.AllowFormattingRows and fresh.Protection.AllowFormattingColumns
    assert fresh.ProtectDrawingObjects and fresh.ProtectScenarios
    fresh.Unprotect("Mật khẩu mới")
    other.Unprotect(password)
    assert (fresh.ProtectContents, other.ProtectContents, again.sheets[2].api.ProtectContents) == (False, False, True)


def test_user_interface_only_lets_programs_write_and_is_not_kept(plain: xw.Sheet, tmp_path: Path):
    plain.api.Protect("x", True, True, True, True)
    plain.range("A1").raw_value = 1
    assert plain.api.ProtectionMode
    plain.book.save(tmp_path / "ui.xlsx")

    again = excel.open_excel(tmp_path / "ui.xlsx").books[0].sheets[0]

    refuses(assign(again.range("A1"), "raw_value", 2), "protected")


def test_a_locked_structure_refuses_sheets(book: xw.Book, password: str, tmp_path: Path):
    for change in (
        lambda: book.sheets.add("x"),
        assign(book.sheets[0], "name", "x"),
        assign(book.sheets[0], "visible", False),
        book.sheets[0].delete,
    ):
        refuses(change, "structure")
    refuses(lambda: book.api.Unprotect("wrong"), "not correct")
    assert book.api.ProtectStructure
    book.api.Unprotect(password)
    book.sheets.add("Kết quả", after=book.sheets[-1])
    book.api.Protect(password, True)
    book.save(tmp_path / "s.xlsx")

    again = excel.open_excel(tmp_path / "s.xlsx").books[0]

    assert again.sheets[-1].name == "Kết quả" and again.api.ProtectStructure
    refuses(lambda: again.api.Unprotect("wrong"))
    again.api.Unprotect(password)


def test_protecting_can_fail(plain: xw.Sheet):
    excel.will_fail("Protect")
    refuses(lambda: plain.api.Protect("x"))
    assert not plain.api.ProtectContents


# Sheets, looks and links


def test_sheets_are_added_named_shown_and_deleted(plain: xw.Sheet):
    book = plain.book
    made = book.sheets.add("Lỗi", after=plain)
    assert book.sheet_names == ["Sheet1", "Lỗi"] and book.sheets.active == made
    assert book.sheets.add(before=made).name == "Sheet2"
    made.visible = False
    assert book.sheets.active.name != "Lỗi" and made.visible == 0
    refuses(made.activate, "hidden")
    made.visible = True
    made.activate()
    refuses(assign(made.api, "Name", "x" * 32))
    refuses(assign(made.api, "Name", "sheet1"), "taken")
    made.delete()
    book.sheets["Sheet2"].visible = False
    refuses(assign(plain, "visible", False), "must show")
    refuses(plain.delete, "must show")


def test_deleting_a_sheet_by_com_asks(plain: xw.Sheet):
    made = plain.book.sheets.add()
    made.range("A1").raw_value = 1
    with excel.faulty("Excel asks"):
        made.api.Delete()


def test_looks_are_set_read_and_cleared(plain: xw.Sheet):
    cells = plain.range("B2:C3")
    cells.color = "#ff8000"
    cells.font.name, cells.font.size, cells.font.bold, cells.font.italic = "Arial", 14, True, True
    cells.font.color = (255, 0, 1)
    cells.horizontal_alignment, cells.vertical_alignment, cells.wrap_text = "center", "top", True
    cells.number_format = "0.0"
    cells.api.Font.Underline, cells.api.IndentLevel, cells.api.Orientation = 2, 1, 90
    cells.api.Locked = False

    cell = plain.range("C3")
    assert (cell.color, cell.font.name, cell.font.size) == ((255, 128, 0), "Arial", 14)
    assert (cell.font.bold, cell.font.italic, cell.font.color) == (True, True, (255, 0, 1))
    assert (cell.horizontal_alignment, cell.vertical_alignment, cell.wrap_text) == ("center", "top", True)
    assert (cell.api.Font.Underline, cell.api.IndentLevel, cell.api.Orientation) == (2, 1, 90)
    assert (cell.api.Locked, plain.range("C3:C4").api.Locked) == (False, None)
    with excel.faulty("cells that differ"):
        plain.range("A1:C3").color  # noqa: B018
    assert plain.range("A1:B2").font.bold is None
    cells.color = None
    assert cell.color is None
    cell.raw_value = 5
    cell.clear_formats()
    assert cell.raw_value == 5 and cell.font.name == "Calibri" and cell.api.Locked
    cells.clear()
    assert excel.looks(plain.book)["Sheet1"].cells == {}


def test_borders_are_set_on_edges_and_inside(plain: xw.Sheet):
    cells = plain.range("B2:C3")
    cells.borders.set("outside", line_style="continuous", weight="medium", color=(255, 0, 0))
    cells.borders.set("inside", line_style="continuous")

    border = excel.looks(plain.book)["Sheet1"].cells[2, 2].border
    assert border == (("medium", 255), ("medium", 255), ("thin", 0), ("thin", 0))
    assert cells.borders["edge_top"].weight == "medium" and cells.borders["inside_vertical"].weight == "thin"
    cells.borders.clear()
    assert set(excel.looks(plain.book)["Sheet1"].cells[2, 2].border) == {None}
    plain.range("E5").borders.set("all", line_style="double")  # a single cell has no inside
    assert plain.range("E5").borders["edge_left"].line_style == "double"


def test_rows_columns_and_merges(plain: xw.Sheet):
    plain.range("A1:A3").row_height = 20
    assert plain.range("A1:A3").row_height == 20.25  # whole pixels
    assert plain.range("A3:A4").row_height is None
    plain.range("A1:C1").column_width = 30
    assert plain.range("C9").column_width == 30 and plain.range("D1").column_width == 8.43
    refuses(assign(plain.range("A1"), "row_height", 410))
    refuses(assign(plain.range("A1"), "column_width", 256))
    plain.range("A2").api.EntireRow.Hidden = True
    assert plain.range("A2").api.EntireRow.Hidden and plain.range("A2").row_height == 0
    plain.range("A5").raw_value, plain.range("B5").raw_value = "kept", "lost"
    with excel.faulty("loses values"):
        plain.range("A5:B6").api.Merge()
    plain.range("A5:B6").merge()  # xlwings turns the question off
    assert plain.range("B6").merge_area.address == "$A$5:$B$6" and plain.range("B6").merge_cells
    assert plain.range("A4:A5").merge_cells is None and not plain.range("A4").merge_cells
    assert excel.contents(plain.book)["Sheet1"] == {(5, 1): "kept"}
    refuses(plain.range("B6:C7").merge)
    plain.range("A5").unmerge()
    assert not plain.range("A5").merge_cells


def test_the_looks_of_cells_under_a_merge_are_read(book: xw.Book):
    assert book.sheets[ENTRIES].range("B1").merge_area.address == "$A$1:$D$1"
    assert book.sheets[ENTRIES].range("D1").font.bold == book.sheets[ENTRIES].range("A1").font.bold is True


def test_a_link_within_the_book_resets_the_font_and_types_its_text(plain: xw.Sheet):
    plain.book.sheets.add("Số liệu 1", after=plain)
    cell = plain.range("A1")
    cell.font.bold, cell.font.size, cell.color = True, 20, (1, 2, 3)

    cell.add_hyperlink("#'Số liệu 1'!B7", "D10", "Bấm để tới ô")

    link = cell.api.Hyperlinks(1)
    assert (link.Address, link.SubAddress, link.ScreenTip) == ("", "'Số liệu 1'!B7", "Bấm để tới ô")
    assert (cell.font.bold, cell.font.size, cell.color, cell.raw_value) == (False, 11, (1, 2, 3), "D10")
    assert cell.api.Font.Underline == 2
    assert excel.follow(cell).address == "$B$7" and excel.follow(cell).sheet.name == "Số liệu 1"
    cell.add_hyperlink("#Số liệu 1!B7", "1/2", "x")
    assert cell.raw_value != "1/2"
    refuses(lambda: excel.follow(cell), "isn't valid")
    cell.clear_contents()
    assert cell.hyperlink == ""  # the link stays, with no address out of the book
    cell.clear()
    with pytest.raises(Exception, match="doesn't seem to contain a hyperlink"):
        cell.hyperlink  # noqa: B018


def test_links_are_kept_in_the_file(plain: xw.Sheet, tmp_path: Path):
    plain.range("A1").add_hyperlink("#Sheet1!B7", "tới", "mẹo")
    plain.book.save(tmp_path / "l.xlsx")
    plain.book.save()

    again = excel.open_excel(shutil.copy(tmp_path / "l.xlsx", tmp_path / "m.xlsx")).books[0]

    assert excel.follow(again.sheets[0].range("A1")).address == "$B$7"
    assert again.sheets[0].api.Range("A1:B9").Hyperlinks.Count == 1
    with zipfile.ZipFile(tmp_path / "m.xlsx") as package:
        assert package.read("xl/worksheets/sheet1.xml").count(b"<hyperlink ") == 1  # twice would need a repair


def test_names(book: xw.Book, plain: xw.Sheet):
    token = book.names["loithe_token"]
    assert token.refers_to.startswith('="LT1|01.1.C01') and "LOITHE_TOKEN" in book.names
    assert "nothing" not in book.names
    name = book.names["members_total"]
    assert name.refers_to_range.address == "$D$9" and name.refers_to_range.sheet.name == ENTRIES
    assert book.sheets[ENTRIES].range("members_total").address == "$D$9"
    assert {one.name for one in book.names} > {"members_total", "'1. Số liệu'!Print_Titles"}
    plain.book.names.add("here", "=Sheet1!$B$2")
    assert plain.range("B2").name.name == "here" and plain.range("B3").name is None
    plain.book.names["here"].delete()
    assert len(plain.book.names) == 0


def test_the_page_and_the_window(plain: xw.Sheet, tmp_path: Path):
    page, window = plain.api.PageSetup, plain.book.app.api.ActiveWindow
    page.Orientation, page.PaperSize, page.LeftMargin, page.PrintArea = 2, 9, 36, "$A$1:$C$3"
    page.Zoom, page.FitToPagesWide, page.FitToPagesTall = False, 1, False
    page.PrintTitleRows = "$1:$2"
    window.DisplayGridlines = False
    window.SplitRow, window.SplitColumn, window.FreezePanes = 2, 1, True
    assert plain.show_gridlines is False and plain.page_setup.print_area == "$A$1:$C$3"
    plain.book.save(tmp_path / "p.xlsx")

    made = openpyxl.load_workbook(tmp_path / "p.xlsx").active

    assert (made.page_setup.orientation, made.page_setup.paperSize, made.page_margins.left) == ("landscape", 9, 0.5)
    assert (made.page_setup.fitToHeight, made.freeze_panes, made.print_title_rows) == (0, "B3", "$1:$2")
    assert made.sheet_properties.pageSetUpPr.fitToPage and not made.sheet_view.showGridLines


def test_a_pdf_per_sheet(book: xw.Book, tmp_path: Path):
    book.sheets[0].api.ExportAsFixedFormat(0, str(tmp_path / "a.pdf"))

    written = (tmp_path / "a.pdf").read_bytes()
    assert written.startswith(b"%PDF-1.4") and written.endswith(b"%%EOF\n") and b"/Count 1" in written
    place = int(written.split(b"startxref\n")[1].split()[0])
    assert written[place:].startswith(b"xref")
    assert excel.calls("export")[0].sheet == book.sheets[0].name
    refuses(lambda: book.sheets["_loithe"].api.ExportAsFixedFormat(0, str(tmp_path / "b.pdf")), "hidden")
    refuses(lambda: book.sheets[0].api.ExportAsFixedFormat(0, str(tmp_path / "no" / "b.pdf")))
    book.api.Worksheets([ENTRIES, "Kiểm tra"]).Select()
    book.api.ActiveSheet.ExportAsFixedFormat(0, str(tmp_path / "two.pdf"))
    assert b"/Count 2" in (tmp_path / "two.pdf").read_bytes()
    book.sheets[1].select()
    book.api.ActiveSheet.ExportAsFixedFormat(0, str(tmp_path / "one"))
    assert b"/Count 1" in (tmp_path / "one.pdf").read_bytes() and book.sheets.active == book.sheets[1]
    refuses(book.api.Worksheets([ENTRIES, "_loithe"]).Select, "hidden")
    excel.will_fail("ExportAsFixedFormat")
    refuses(lambda: book.sheets[0].api.ExportAsFixedFormat(0, str(tmp_path / "b.pdf")))


# The application


def test_message_boxes(book: xw.Book, desk: excel.Desk):
    app = book.app
    assert app.alert("Xong", "Lợi thế", mode="info") == "ok"
    excel.will_answer("cancel", "no")
    assert app.alert("Tiếp?", buttons="ok_cancel") == "cancel"
    assert app.alert("Ghi đè?", "T", "yes_no_cancel", "critical") == "no"
    assert app.alert("Nữa?", buttons="yes_no") == "yes"

    assert desk.alerts[0] == excel.Alert("Xong", "Lợi thế", ("ok",), "info", "ok")
    assert [(one.mode, one.answer) for one in desk.alerts[1:]] == [(None, "cancel"), ("critical", "no"), (None, "yes")]
    excel.will_answer("yes")
    with excel.faulty("no button yes"):
        app.alert("?")


def test_the_status_bar(book: xw.Book, desk: excel.Desk):
    assert book.app.status_bar is False
    book.app.status_bar = "Đang đọc 1/9"
    assert book.app.status_bar == "Đang đọc 1/9"
    book.app.status_bar = False
    assert desk.status_texts == ["Đang đọc 1/9", False]
    refuses(assign(book.app, "status_bar", "x" * 256))


def test_settings_and_their_history(book: xw.Book, desk: excel.Desk):
    app = book.app
    with app.properties(screen_updating=False, calculation="manual", enable_events=False):
        assert (app.calculation, app.screen_updating, app.enable_events) == ("manual", False, False)
    assert (app.calculation, app.screen_updating, app.display_alerts) == ("automatic", True, True)
    assert desk.settings == [
        ("ScreenUpdating", False), ("Calculation", -4135), ("EnableEvents", False),
        ("ScreenUpdating", True), ("Calculation", -4105), ("EnableEvents", True),
    ]  # fmt: skip
    assert isinstance(app.hwnd, int) and app.version.major == 16
    refuses(assign(excel.open_excel(), "calculation", "manual"))


def test_file_dialogs(book: xw.Book, desk: excel.Desk, tmp_path: Path):
    excel.will_pick([tmp_path / "a.xlsx", tmp_path / "b.xlsx"])
    excel.will_pick(None)
    dialog = book.app.api.FileDialog(3)
    dialog.Title, dialog.AllowMultiSelect, dialog.InitialFileName = "Chọn tệp", True, str(tmp_path)
    dialog.Filters.Clear()
    dialog.Filters.Add("Excel", "*.xlsx")

    assert dialog.Show() == -1
    assert list(dialog.SelectedItems) == [str(tmp_path / "a.xlsx"), str(tmp_path / "b.xlsx")]
    assert dialog.SelectedItems(1) == dialog.SelectedItems.Item(1) == str(tmp_path / "a.xlsx")
    assert book.app.api.FileDialog(4).Show() == 0
    assert [one.kind for one in desk.dialogs] == ["files", "folder"]
    assert desk.dialogs[0].filters == (("Excel", "*.xlsx"),) and desk.dialogs[1].given is None
    with excel.faulty("nobody answers"):
        book.app.api.FileDialog(4).Show()
    excel.will_pick(["a", "b"])
    with excel.faulty("allows one"):
        book.app.api.FileDialog(4).Show()


def test_a_name_to_save_under(book: xw.Book, desk: excel.Desk):
    excel.will_pick(["x.xlsx"])
    excel.will_pick(None)

    assert book.app.api.GetSaveAsFilename("a.xlsx", "Excel (*.xlsx),*.xlsx") == "x.xlsx"
    assert book.app.api.GetSaveAsFilename("a.xlsx", "Excel (*.xlsx),*.xlsx") is False
    assert desk.dialogs[0].start == "a.xlsx" and desk.dialogs[0].filters == (("Excel (*.xlsx)", "*.xlsx"),)
    with excel.faulty("nobody answers"):
        book.app.api.GetSaveAsFilename("a.xlsx")


def test_input_boxes(book: xw.Book, desk: excel.Desk):
    excel.will_type("2023-02", False)

    assert book.app.api.InputBox("Kỳ?", "Kỳ", "2023-01") == "2023-02"
    assert book.app.api.InputBox("Kỳ?") is False
    assert desk.dialogs[0] == excel.Dialog("input", "Kỳ", "2023-02", start="2023-01", prompt="Kỳ?")
    with excel.faulty("nobody answers"):
        book.app.api.InputBox("Kỳ?")


def test_selecting_needs_the_sheet_in_front(book: xw.Book):
    other = book.sheets[1]
    refuses(other.range("B2").select, "another sheet")
    other.activate()
    other.range("B2").select()
    assert book.selection.address == "$B$2" and book.app.selection.sheet == other
    refuses(book.sheets["_loithe"].activate, "hidden")


# What the stand-in says of itself


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda sheet: sheet.range("A1").api.Validation, "Range.Validation"),
        (lambda sheet: sheet.range("A1").insert("down"), "Range.Insert"),
        (lambda sheet: sheet.charts, "Worksheet.ChartObjects"),
        (lambda sheet: sheet.book.api.BuiltinDocumentProperties, "Workbook.BuiltinDocumentProperties"),
        (lambda sheet: sheet.book.app.api.GetOpenFilename(), "Application.GetOpenFilename"),
        (lambda sheet: setattr(sheet.api, "Outline", 1), "Worksheet.Outline"),
        (lambda sheet: sheet.range("A1,C3"), "several areas"),
    ],
)
def test_an_unknown_call_raises_and_is_named(plain: xw.Sheet, call: Callable[[xw.Sheet], Any], name: str):
    with excel.faulty(name), pytest.raises(NotImplementedError, match=name):
        call(plain)


def test_a_fault_that_a_catch_all_hid_is_raised_when_the_desk_is_left(form: Path):
    def careless() -> None:
        with excel.desktop(), suppress(Exception):
            excel.open_excel(form).api.Speech.Speak("nothing")

    with pytest.raises(excel.NotStoodIn, match="Speech"):
        careless()


def test_calls_are_counted_with_their_addresses(book: xw.Book):
    sheet = book.sheets[ENTRIES]
    sheet.range("D9:D11").value = [[1], [2], [3]]
    sheet.range("D9:D11").value  # noqa: B018

    written, read = excel.calls("write", book), excel.calls("read", book)

    assert written == [excel.Call("write Value", book.name, ENTRIES, "$D$9:$D$11", 3)]
    assert [(one.what, one.cells) for one in read] == [("read Value", 3)]


def test_opening_and_reading_leaves_the_file_as_it_is(forms: Path):
    files = sorted(forms.rglob("* 20*.xlsx"))
    before = [hashlib.sha256(path.read_bytes()).digest() for path in files]
    for path in files:
        book = excel.open_excel(path).books[0]
        held = excel.contents(book)
        for sheet in book.sheets:
            values = sheet.used_range.api.Value2
            assert len(values) * len(values[0]) >= len(held[sheet.name])

    assert [hashlib.sha256(path.read_bytes()).digest() for path in files] == before
