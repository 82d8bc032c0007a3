"""What a user may do wrong: another workbook, none, an unsaved one, a password of somebody else, a dialog given up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import xlwings as xw
from cli_tools import codes, register_file
from cli_tools import read as command_json
from hosts import excel
from live import clock, opened, press, received, someone_elses
from tools import make_forms, small_register

from loithe_xl import addin
from loithe_xl.addin import live
from loithe_xl.addin.buttons import BUTTONS
from loithe_xl.identity import keyring
from loithe_xl.language.catalogue import catalogue
from loithe_xl.language.issues import Fault, issue
from loithe_xl.workbook.ownsheets import GUIDE, JOURNAL, REPORT

pytestmark = pytest.mark.usefixtures("desk")
ON_A_FORM = ("validate", "consolidate_folder", "consolidate_files", "report", "status")
THAT_WRITE = ("consolidate_folder", "consolidate_files", "report")


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Path], Path]:
    return received(tmp_path_factory.mktemp("huyen"))


@pytest.fixture
def parent(district: tuple[dict[str, Path], Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(district[0]["01"], tmp_path / "huyện.xlsx"))


def untouched(book: xw.Book) -> bool:
    return not excel.calls("write", book) and not excel.calls("format", book)


@pytest.mark.parametrize("button", ON_A_FORM)
def test_another_workbook_is_named_and_left_alone(button: str, tmp_path: Path):
    book = opened(someone_elses(tmp_path / "chấm công.xlsx"))

    pressed = press(book, button, pick=[tmp_path] if button.startswith("consolidate") else None)

    assert (pressed.done, pressed.mode) == (False, "critical")
    assert "chấm công.xlsx" in pressed.said
    assert "không phải biểu mẫu" in pressed.said
    assert untouched(book)
    assert excel.calls("read", book) == [] == excel.calls("calculate")  # it may be large


def test_a_cell_form_is_no_parent(district: tuple[dict[str, Path], Path], tmp_path: Path):
    book = opened(district[0]["01.1.C01"])

    pressed = press(book, "consolidate_folder", pick=[tmp_path])

    assert not pressed.done
    assert untouched(book)


def test_a_form_used_far_outside_is_not_read_to_its_end(district: tuple[dict[str, Path], Path]):
    book = opened(district[0]["01.1.C01"])
    page = book.sheets[0]
    page.api.Unprotect("loithe")
    page.range((400_000, 8)).value = "x"
    excel.recalculate_with(lambda path: path)

    pressed = press(book, "validate")

    assert "quá xa ngoài biểu mẫu" in pressed.said
    assert max((call.cells for call in excel.calls("read", book)), default=0) < 100_000


@pytest.mark.parametrize("button", THAT_WRITE)
def test_a_workbook_never_saved_is_asked_to_be_saved(button: str):
    book = excel.new_book(excel.open_excel())

    pressed = press(book, button)

    assert "chưa được lưu lần nào" in pressed.said


@pytest.mark.parametrize("button", THAT_WRITE)
def test_a_read_only_workbook_is_said_before_anything_is_asked(button: str, parent: Path, desk: excel.Desk):
    book = opened(parent, read_only=True)

    pressed = press(book, button)

    assert "chỉ đọc" in pressed.said
    assert untouched(book)
    assert desk.dialogs == []


def test_a_workbook_that_lies_online_is_asked_to_be_brought_home(parent: Path):
    book = opened(parent)
    excel.pretend_path(book, "https://example.invalid/personal/Documents/huyện.xlsx")

    pressed = press(book, "report")

    assert "OneDrive" in pressed.said
    assert untouched(book)


@pytest.mark.parametrize("button", ["validate", "report", "consolidate_folder"])
def test_another_password_is_said_and_nothing_is_written(button: str, parent: Path, district):
    book = opened(parent)
    for page in book.sheets:
        page.api.Unprotect("loithe")
        page.api.Protect("mật khẩu khác", True, True, True, False, False, True, True)
    excel.DESK.calls.clear()

    pressed = press(book, button, pick=[district[1]] if button == "consolidate_folder" else None)

    assert (pressed.done, pressed.mode) == (False, "critical")
    assert "mật khẩu khác" in pressed.said
    assert untouched(book)
    assert all(page.api.ProtectContents for page in book.sheets)
    assert not (parent.parent / "ban-cu").exists()


def test_sheets_that_somebody_unlocked_are_locked_as_they_were_generated(parent: Path):
    book = opened(parent)
    book.sheets[REPORT].api.Unprotect("loithe")

    assert press(book, "report").done

    assert book.sheets[REPORT].api.ProtectContents
    book.sheets[REPORT].api.Unprotect("loithe")


@pytest.mark.parametrize("button", ["consolidate_folder", "consolidate_files", "pdf"])
def test_giving_up_in_a_dialog_changes_nothing(button: str, parent: Path):
    book = opened(parent)
    excel.will_pick(None)

    pressed = press(book, button)

    assert pressed.said == "Đã dừng theo yêu cầu; chưa thay đổi gì."
    assert (pressed.done, pressed.mode) == (False, "info")
    assert untouched(book)


@pytest.mark.parametrize("name", ["loithe.conf", "LOITHE.CONF", "x.py", "Mã.PY"])
@pytest.mark.parametrize("button", ON_A_FORM)
def test_a_workbook_that_would_rule_the_bridge_is_refused(name: str, button: str, parent: Path, tmp_path: Path):
    book = opened(parent)
    book.api.Unprotect("loithe")
    book.sheets.add(name)
    excel.recalculate_with(lambda path: path)
    excel.DESK.calls.clear()
    with clock(), pytest.raises(Exception, match="HOST_EMBEDDED_SETTINGS"):
        live.opened(book)

    assert untouched(book)


def test_of_two_excels_the_calling_one_is_meant(parent: Path, tmp_path: Path):
    other = opened(someone_elses(tmp_path / "khác.xlsx"))
    book = opened(parent)
    excel.active(other)

    with excel.called_from(book):
        addin.press("status vi")

    assert book.sheets.active.name == "Tình hình nộp"
    assert len(other.sheets) == 1


def test_without_a_button_two_excels_are_one_too_many(parent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    opened(someone_elses(tmp_path / "khác.xlsx"))
    book = opened(parent)

    assert addin.start(["status"]) == 1

    assert "2 chương trình Excel" in capsys.readouterr().err
    assert untouched(book)


def test_without_a_button_the_one_excel_is_taken(parent: Path):
    book = opened(parent)

    assert addin.start(["status", "en"]) == 0

    assert "without figures" in excel.DESK.alerts[-1].prompt
    assert book.sheets.active.name == "Tình hình nộp"


def test_without_excel_it_is_said_by_other_means(capsys: pytest.CaptureFixture[str]):
    assert addin.start(["validate", "vi"]) == 1
    assert "Excel chưa chạy" in capsys.readouterr().err

    addin.press("validate vi")
    assert "Chưa có tệp nào mở" in capsys.readouterr().err


def test_without_a_button_an_excel_left_still_by_a_killed_start_wakes_up(parent: Path):
    app = opened(parent).app
    app.screen_updating = app.display_alerts = app.enable_events = False

    assert addin.start(["status"]) == 0

    assert (app.screen_updating, app.display_alerts, app.enable_events) == (True, True, True)


def test_without_a_button_a_window_of_protected_view_is_said(parent: Path, capsys: pytest.CaptureFixture[str]):
    excel.protected_view(opened(parent).app)

    assert addin.start(["validate", "vi"]) == 1

    assert "Cho phép chỉnh sửa" in capsys.readouterr().err


def test_an_excel_that_went_away_is_told_by_other_means(
    parent: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def gone(*_: object, **__: object) -> None:
        raise excel.ComError(-2147023174, "The RPC server is unavailable.")

    opened(parent)
    monkeypatch.setattr(live, "status", gone)
    monkeypatch.setattr("loithe_xl.addin.excel.app.alert", gone)

    assert addin.start(["status", "vi"]) == 1
    assert "KHÔNG lưu" in capsys.readouterr().err


def test_every_button_has_the_name_that_its_messages_bear_and_none_has_another():
    named = {key.removeprefix("button_") for key in catalogue("addin") if key.startswith("button_")}

    assert named == set(BUTTONS)


def test_an_unknown_button_is_named(capsys: pytest.CaptureFixture[str]):
    assert addin.start(["destroy"]) == 2
    assert "destroy" in capsys.readouterr().err


def test_an_unexpected_fault_is_told_plainly_and_logged_without_a_word_of_the_work(
    parent: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise RuntimeError("Bí mật của chi bộ 4711")

    monkeypatch.setattr(live, "status", broken)
    pressed = press(opened(parent), "status")

    log = keyring.folder() / "loithe-xl.log"
    assert (pressed.done, pressed.mode) == (False, "critical")
    assert "RuntimeError" in pressed.said
    assert "KHÔNG lưu" in pressed.said
    assert "RuntimeError" in log.read_text(encoding="utf-8")
    assert "Bí mật" not in log.read_text(encoding="utf-8") + pressed.said


def test_forms_for_the_units_beneath_are_made(parent: Path, tmp_path: Path):
    book = opened(parent)
    out = tmp_path / "phat"

    pressed = press(book, "generate", pick=[out])

    made = sorted(out.rglob("* 20*.xlsx"))
    assert f"Đã tạo {len(made)} biểu mẫu" in pressed.said
    answer = command_json("validate", *made)
    units = {each["unit"] for each in answer["files"]}
    assert units == {"01.1", "01.2", "01.1.C01", "01.1.C02", "01.1.C03", "01.2.C01", "01.2.C02", "01.K1", "01.K2"}
    found = {code for each in answer["files"] for code in codes(each["issues"], "ERROR")}
    assert found <= {"FIELD_REQUIRED", "FORM_EMPTY"}
    assert untouched(book)


def test_forms_are_made_from_a_register_for_the_period_that_was_typed(tmp_path: Path):
    register = register_file(tmp_path / "danh mục.xlsx")
    book = opened(someone_elses(tmp_path / "khác.xlsx"))
    excel.will_pick([register])
    excel.will_type("2023-03")

    pressed = press(book, "generate", pick=[tmp_path / "phat"])

    made = list((tmp_path / "phat").rglob("* 2023-03.xlsx"))
    assert {path.name.split(" ")[0] for path in made} == {unit.code for unit in small_register().units}
    assert f"Đã tạo {len(made)} biểu mẫu" in pressed.said


def test_a_register_that_is_open_and_not_saved_is_asked_to_be_saved(tmp_path: Path):
    book = opened(register_file(tmp_path / "danh mục.xlsx"))
    book.sheets[0].range("B2").value = "Huyện đổi tên"

    pressed = press(book, "generate", pick=[tmp_path / "danh mục.xlsx"])
    assert (pressed.done, "chưa lưu" in pressed.said) == (False, True)

    book.save()
    excel.will_pick([tmp_path / "danh mục.xlsx"])
    excel.will_type(False)
    assert "Đã dừng" in press(book, "generate").said


@pytest.mark.parametrize("typed", [False, "tháng ba", ""])
def test_a_strange_period_or_none_makes_no_form(typed: object, tmp_path: Path):
    register = register_file(tmp_path / "danh mục.xlsx")
    excel.will_pick([register])
    excel.will_type(typed)

    pressed = press(opened(someone_elses(tmp_path / "khác.xlsx")), "generate", pick=[tmp_path / "phat"])

    if typed == "":
        assert pressed.done  # the pack's own period
        return
    assert not pressed.done
    assert not (tmp_path / "phat").exists()


def test_a_parent_with_nothing_beneath_is_told_so(tmp_path: Path):
    forms = make_forms(tmp_path, small_register({"01.1": 0}, 0))

    assert "không có cấp dưới" in press(opened(forms["01.1"]), "generate").said


def test_report_and_annex_become_one_pdf(parent: Path, tmp_path: Path):
    book = opened(parent)
    target = tmp_path / "ra.pdf"

    pressed = press(book, "pdf", pick=[target])

    assert pressed.done, pressed.said
    assert str(target) in pressed.said
    assert target.read_bytes().startswith(b"%PDF")
    assert untouched(book)


def test_a_pdf_takes_the_place_of_no_workbook(parent: Path, tmp_path: Path):
    other = Path(shutil.copy(parent, tmp_path / "khác.xlsx"))

    pressed = press(opened(parent), "pdf", pick=[other])

    assert (pressed.done, "đuôi .pdf" in pressed.said) == (False, True)
    assert other.read_bytes() == parent.read_bytes()


def test_a_pdf_that_cannot_be_written_is_said(parent: Path, tmp_path: Path):
    excel.will_fail("ExportAsFixedFormat")

    pressed = press(opened(parent), "pdf", pick=[tmp_path / "ra.pdf"])

    assert (pressed.mode, "không xuất được PDF" in pressed.said) == ("critical", True)


def test_a_workbook_without_a_report_has_no_pdf(district: tuple[dict[str, Path], Path]):
    assert "Lập báo cáo" in press(opened(district[0]["01.1"]), "pdf").said


def test_help_says_what_each_button_does_and_opens_the_guide(district: tuple[dict[str, Path], Path], tmp_path: Path):
    book = opened(district[0]["01.1.C01"])
    assert "Kiểm tra" in press(book, "help").said
    assert book.sheets.active.name == GUIDE

    assert "Consolidate" in press(opened(someone_elses(tmp_path / "khác.xlsx")), "help", "en").said


def test_the_journal_comes_to_the_front_with_what_the_runs_decided(
    parent: Path, district: tuple[dict[str, Path], Path]
):
    book = opened(parent)
    assert press(book, "consolidate_folder", pick=[district[1]]).done

    pressed = press(book, "journal")

    assert (pressed.done, pressed.said) == (True, "")
    assert book.sheets.active.name == JOURNAL
    told = {str(value) for value in excel.contents(book)[JOURNAL].values()}
    assert {file.name for file in district[1].iterdir()} <= told
    assert (parent.parent / f"{parent.stem}_nhat-ky.csv").is_file()


def test_a_cell_form_has_no_journal(district: tuple[dict[str, Path], Path]):
    assert "Nhật ký" in press(opened(district[0]["01.1.C01"]), "journal").said


def test_others_excels_are_left_alone_when_python_ends():
    """The library would then kill every Excel without a workbook window: one of Protected View, another user's."""
    code = (
        "import atexit; forgotten = []; atexit.unregister = forgotten.append;"
        "from hosts.excel.windows import engine; found = engine();"
        "from loithe_xl.addin.excel.app import connect; connect(); assert found.cleanup in forgotten"
    )
    path = os.pathsep.join([str(Path(__file__).parent), *(place for place in sys.path if place)])
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, check=False)

    assert done.returncode == 0


def test_an_excel_that_does_not_answer_is_said_to_be_busy(
    parent: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def rejected(*_: object) -> None:
        raise excel.ComError(-2147418111, "Call was rejected by callee.")

    opened(parent)
    engine = sys.modules["xlwings._xlwindows"]
    monkeypatch.setattr(engine, "App", rejected)

    assert addin.start(["status", "vi"]) == 1

    assert "Excel đang bận" in capsys.readouterr().err
    assert engine.N_COM_ATTEMPTS == 0


@pytest.mark.parametrize("button", ["validate", "report", "help", "generate", "pdf", "journal"])
def test_a_sheet_that_would_choose_the_file_is_refused_by_every_button(button: str, parent: Path):
    book = opened(parent)
    book.api.Unprotect("loithe")
    book.sheets.add("xlwings.conf")
    excel.DESK.calls.clear()

    pressed = press(book, button)

    assert (pressed.done, "xlwings.conf" in pressed.said) == (False, True)
    assert untouched(book)


def test_sheets_selected_together_hinder_nothing(parent: Path):
    book = opened(parent)
    book.api.Worksheets([page.name for page in book.sheets][:3]).Select()

    assert press(book, "report").done


def test_what_cannot_be_locked_again_is_said_and_all_others_are(parent: Path):
    book = opened(parent)
    excel.will_fail("Protect")

    pressed = press(book, "report")

    assert (pressed.done, "không khóa lại được" in pressed.said) == (False, True)
    assert sum(not page.api.ProtectContents for page in book.sheets) == 1


def test_where_nobody_may_read_the_open_file_excel_makes_the_copy(parent: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object) -> Path:
        raise Fault([issue("STORE_UNWRITABLE", name="x", reason="in use")], 3)

    monkeypatch.setattr("loithe_xl.system.store.keep_copy", refused)
    book = opened(parent)

    assert press(book, "report").done
    [copy] = (parent.parent / "ban-cu").iterdir()
    assert copy.name in excel.DESK.alerts[-1].prompt
    command_json("status", copy)

    excel.will_fail("SaveCopyAs")
    assert "chưa ghi gì" in press(book, "report").said


def test_a_workbook_that_saves_by_itself_does_not_do_so_halfway(parent: Path):
    book = opened(parent)
    book.api.in_cloud = book.api.auto_save = True

    assert press(book, "report").done

    done = [call.what.split()[0] for call in excel.DESK.calls if call.what.split()[0] in ("auto", "write", "save")]
    assert (done[0], set(done[1:-2]), done[-2:]) == ("auto", {"write"}, ["save", "auto"])
    assert book.api.AutoSaveOn
