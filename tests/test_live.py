"""The buttons on a workbook open in Excel: the same figures, issues and report as the command line, cell by cell."""

from __future__ import annotations

import re
import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw
from cli_tools import press as command
from cli_tools import read as command_json
from cli_tools import snapshot
from conftest import Convert
from drawing import books
from hosts import excel
from live import NOW, Pressed, press, received
from live import opened as opened_anew
from reporting import sample
from tools import REQUIRED, fill, held

from loithe_xl.addin import live
from loithe_xl.identity.token import fingerprint
from loithe_xl.intake.openfile import open_file
from loithe_xl.report.sheet import report_sheets
from loithe_xl.workbook.ownsheets import (
    ANNEX,
    CELLS,
    FIGURES,
    HIDDEN_JOURNAL,
    JOURNAL,
    LIST_HEAD,
    OPINIONS,
    RECEIPTS,
    REPORT,
)
from loithe_xl.workbook.styles import STYLES

pytestmark = pytest.mark.usefixtures("desk")
WRITTEN = (*live.REFRESHED, *live.REDRAWN)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Path]]:
    """An empty district's workbook, the folder of received files, and all forms."""
    folder = tmp_path_factory.mktemp("huyen")
    forms, inbox = received(folder)
    return forms["01"], inbox, forms


def test_no_format_of_a_redrawn_sheet_depends_on_the_pc_s_separators():
    """Excel reads a format that comes from outside by the system's own signs: a bare comma or point would turn over."""
    _, book = books()["received-vi"]
    sheets = [*book.sheets, *(sheet.unroll() for sheet in report_sheets(sample().page(), "vi"))]
    styles = {cell.style for sheet in sheets if sheet.name in live.REDRAWN for cell in sheet.cells.values()}

    assert {name for name in styles if name.startswith("annex_count")}
    for name in styles:
        bare = re.sub(r'\\.|"[^"]*"', "", STYLES[name].number)
        assert not set(bare) & set(",."), (name, STYLES[name].number)


@pytest.fixture
def parent(district: tuple[Path, Path, dict[str, Path]], tmp_path: Path) -> Path:
    return Path(shutil.copy(district[0], tmp_path / "huyện tổng hợp.xlsx"))


@pytest.fixture
def inbox(district: tuple[Path, Path, dict[str, Path]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(district[1], tmp_path / "nhan"))


def opened(path: Path) -> xw.Book:
    for app in list(xw.apps):
        for book in list(app.books):
            if book.fullname == str(path):
                book.close()
    return opened_anew(path)


def contents_of(path: Path) -> dict[str, dict[tuple[int, int], Any]]:
    """What every cell of a file holds, as the stand-in tells it."""
    app = excel.open_excel(path)
    found = excel.contents(app.books.active)
    app.books.active.close()
    return found


def looks_of(path: Path) -> dict[str, excel.SheetLooks]:
    app = excel.open_excel(path)
    found = excel.looks(app.books.active)
    app.books.active.close()
    return found


def by_command(parent: Path, inbox: Path, *more: str) -> Path:
    """The same consolidation by the command line, on a copy beside the parent."""
    copy = parent.with_name("bằng lệnh.xlsx")
    shutil.copy(parent, copy)
    with chdir(parent.parent):
        command("consolidate", "--into", copy, inbox, "--now", NOW.isoformat(), *more)
    return copy


def consolidated(parent: Path, inbox: Path) -> tuple[xw.Book, Pressed]:
    book = opened(parent)  # in another folder than the working one, from which the command names files
    return book, press(book, "consolidate_folder", pick=[inbox])


def test_a_parent_that_a_stranger_signed_is_told_by_its_fingerprint(
    parent: Path, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "elsewhere"))
    for file in sorted(inbox.iterdir())[1:]:
        file.unlink()

    _, pressed = consolidated(parent, inbox)

    assert pressed.done and fingerprint(open_file(parent, "x").key) in pressed.said


def test_consolidate_gives_every_cell_that_the_command_line_gives(parent: Path, inbox: Path):
    expected = contents_of(by_command(parent, inbox))

    book, pressed = consolidated(parent, inbox)

    assert pressed.done
    found = excel.contents(book)
    for sheet in expected:
        assert {
            at: (found[sheet].get(at), value) for at, value in expected[sheet].items() if found[sheet].get(at) != value
        } == {}, sheet
        assert found[sheet].keys() - expected[sheet].keys() == set(), sheet


def test_what_was_written_looks_as_the_command_line_draws_it(parent: Path, inbox: Path):
    expected = looks_of(by_command(parent, inbox))

    book, _ = consolidated(parent, inbox)

    found = excel.looks(book)
    for sheet in (RECEIPTS, CELLS, OPINIONS, REPORT, ANNEX):
        there = {at for at, value in contents_of(parent)[sheet].items() if value is not None}
        strange = {
            at: (found[sheet].cells.get(at), expected[sheet].cells[at])
            for at in there
            if found[sheet].cells.get(at) != expected[sheet].cells[at]
        }
        assert strange == {}, sheet
        assert found[sheet].merges == expected[sheet].merges, sheet
        heights = {
            row: abs(found[sheet].heights.get(row, 15) - height) for row, height in expected[sheet].heights.items()
        }
        assert {row: by for row, by in heights.items() if by > 0.75} == {}, sheet  # programs round to whole pixels


def test_a_filtered_list_is_written_whole_and_columns_are_shown_once_they_hold_figures(parent: Path, inbox: Path):
    file = openpyxl.load_workbook(parent)
    page = file[CELLS]
    page.auto_filter.add_filter_column(0, ["01.K1"])
    for row in range(LIST_HEAD + 1, page.max_row + 1):
        page.row_dimensions[row].hidden = page.cell(row, 1).value != "01.K1"
    file.save(parent)
    expected = openpyxl.load_workbook(by_command(parent, inbox))

    _, pressed = consolidated(parent, inbox)

    assert pressed.done
    found, before = openpyxl.load_workbook(parent), hidden(file[FIGURES])
    assert hidden(found[FIGURES]) == hidden(expected[FIGURES]) != before
    page = found[CELLS]
    assert not any(page.row_dimensions[row].hidden for row in range(1, page.max_row + 1))
    assert page.protection.sheet and not page.protection.sort and not page.protection.autoFilter
    assert found[FIGURES].protection.sort and found[FIGURES].protection.autoFilter


def hidden(page: Any) -> set[int]:
    """The columns that are not to be seen."""
    runs = ((each.min, each.max) for each in page.column_dimensions.values() if each.hidden)
    return {column for first, last in runs for column in range(first, last + 1)}


def test_what_a_second_run_takes_away_is_gone(parent: Path, inbox: Path, district: tuple[Path, Path, dict[str, Path]]):
    """Revised reports without opinions: fewer rows than stood there, as the command line leaves them."""
    again = inbox.parent / "lần 2"
    for code in ("01.1.C02", "01.2.C01", "01.K2"):
        fill(district[2][code], again / f"{code}.xlsx", REQUIRED | {"revision": 2}, [held(20)])
    expected = by_command(parent, inbox)
    with chdir(parent.parent):
        command("consolidate", "--into", expected, again, "--now", NOW.isoformat())
    consolidated(parent, inbox)
    before = excel.contents(opened(parent))[OPINIONS]

    book, pressed = consolidated(parent, again)

    assert pressed.done
    found, wanted = excel.contents(book), contents_of(expected)
    assert max(at[0] for at in found[OPINIONS]) < max(at[0] for at in before)
    for sheet in wanted.keys() - {JOURNAL, HIDDEN_JOURNAL}:  # which name the file that was consolidated into
        assert found[sheet] == wanted[sheet], sheet


def test_few_writes_and_only_where_figures_are_drawn(parent: Path, inbox: Path):
    book, _ = consolidated(parent, inbox)

    writes = excel.calls("write", book)
    assert {call.sheet for call in writes} <= set(WRITTEN)
    assert len(writes) <= 3 * len(WRITTEN), [f"{call.sheet}!{call.address}" for call in writes]


def test_what_came_in_is_never_touched_and_the_former_parent_is_kept(parent: Path, inbox: Path):
    before, former = snapshot(inbox), parent.read_bytes()

    _, pressed = consolidated(parent, inbox)

    assert snapshot(inbox) == before
    [copy] = (parent.parent / "ban-cu").iterdir()
    assert copy.read_bytes() == former
    assert copy.name in pressed.said
    assert not list(parent.parent.glob(".~*"))


def test_the_message_tells_what_came_of_every_file(parent: Path, inbox: Path):
    _, pressed = consolidated(parent, inbox)

    counts = command_json("consolidate", "--into", parent, inbox, "--dry-run", "--now", NOW.isoformat())
    assert f"Đã xem {counts['seen']} tệp" in pressed.said
    for status, words in (("accepted", "Đã nhận"), ("refused", "Bị trả lại"), ("duplicate", "Trùng")):
        assert f"{words} {counts[status]}" in pressed.said
    assert pressed.mode == "info"


def test_the_saved_workbook_is_what_the_command_line_reads(parent: Path, inbox: Path):
    expected = command_json("status", by_command(parent, inbox))

    consolidated(parent, inbox)

    assert command_json("status", parent) == expected


def test_a_second_press_finds_nothing_new_and_writes_nothing(parent: Path, inbox: Path):
    consolidated(parent, inbox)
    before = parent.read_bytes()

    book = opened(parent)
    excel.DESK.calls.clear()
    with chdir(parent.parent):
        pressed = press(book, "consolidate_folder", pick=[inbox])

    assert "Không có gì mới" in pressed.said
    assert excel.calls("write", book) == []
    assert parent.read_bytes() == before


def test_own_entries_not_yet_saved_are_read_kept_and_saved(parent: Path, inbox: Path, office: Convert, tmp_path: Path):
    excel.recalculate_with(lambda book: office(book, "xlsx", tmp_path))
    book = opened(parent)
    sheet, cell = open_file(parent, "").layout.place_of("documents_issued")
    book.sheets[sheet].range(cell).value = 7

    with chdir(parent.parent):
        assert press(book, "consolidate_folder", pick=[inbox]).done

    assert book.sheets[sheet].range(cell).value == 7
    typed = contents_of(parent)[sheet]
    assert 7.0 in typed.values()


def test_protection_and_the_ways_of_excel_are_as_before(parent: Path, inbox: Path):
    app = excel.open_excel(parent)
    book = app.books.active
    app.calculation = "semiautomatic"
    before = app.screen_updating, app.enable_events, app.display_alerts, app.calculation

    with chdir(parent.parent):
        press(book, "consolidate_folder", pick=[inbox])

    assert (app.screen_updating, app.enable_events, app.display_alerts, app.calculation) == before
    assert app.status_bar is False or app.status_bar is None
    for page in book.sheets:
        assert page.api.ProtectContents, page.name
        page.api.Unprotect("loithe")


def test_a_fault_in_the_middle_gives_everything_back_too(parent: Path, inbox: Path):
    app = excel.open_excel(parent)
    before, former = (app.screen_updating, app.enable_events, app.display_alerts, app.calculation), parent.read_bytes()
    excel.will_fail("Save")

    with chdir(parent.parent):
        pressed = press(app.books.active, "consolidate_folder", pick=[inbox])

    assert (pressed.done, pressed.mode) == (False, "critical")
    assert "không lưu được" in pressed.said
    assert (app.screen_updating, app.enable_events, app.display_alerts, app.calculation) == before
    assert all(page.api.ProtectContents for page in app.books.active.sheets)
    assert parent.read_bytes() == former


def test_what_could_not_be_saved_is_saved_by_the_next_press(parent: Path, inbox: Path):
    expected = command_json("status", by_command(parent, inbox))
    book = opened(parent)
    excel.will_fail("Save")
    with chdir(parent.parent):
        assert "không lưu được" in press(book, "consolidate_folder", pick=[inbox]).said

        again = press(book, "consolidate_folder", pick=[inbox])

    assert "đã ghi vào tệp và lưu lại" in again.said
    assert command_json("status", parent) == expected


def test_progress_is_told_in_the_status_bar(parent: Path, inbox: Path, desk: excel.Desk):
    consolidated(parent, inbox)

    assert any("đang đọc tệp 3/" in str(told) for told in desk.status_texts)


def test_chosen_files_alone_are_taken_in(parent: Path, inbox: Path):
    book = opened(parent)

    pressed = press(book, "consolidate_files", pick=[inbox / "BC 1.xlsx", inbox / "BC 2.xlsx"])

    assert "Đã xem 2 tệp: Đã nhận 2" in pressed.said


@pytest.mark.parametrize(
    "words", ["=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-2+3", "'", "1/2", "TRUE", "007", "1e5"]
)
def test_a_text_stays_the_text_that_was_typed(words: str, parent: Path, district, tmp_path: Path):
    cell = fill(district[2]["01.1.C01"], tmp_path / "n" / "a.xlsx", REQUIRED | {"difficulties_text": words})

    book, pressed = consolidated(parent, cell.parent)

    assert pressed.done, pressed.said
    assert words in [
        str(value).removeprefix("'") if words != "'" else value[1:]
        for value in excel.contents(book)[OPINIONS].values()
        if isinstance(value, str)
    ]
    assert {call.what for call in excel.calls("write Formula", book) if call.sheet == OPINIONS} == set()
    command("status", parent)


def test_the_report_says_what_the_command_line_says_and_keeps_what_was_edited(parent: Path, inbox: Path):
    consolidated(parent, inbox)
    expected = command_json("report", parent)["sentences"]

    book = opened(parent)
    pressed = press(book, "report")

    assert pressed.done
    texts = [str(value) for at, value in sorted(excel.contents(book)[REPORT].items()) if at[1] == 1]
    printed = " ".join(" ".join(texts).split())
    assert [sentence for sentence in expected if " ".join(sentence.split()) not in printed] == []
    assert f"Còn {printed.count('[Nêu')} chỗ cấp ủy phải tự viết" in pressed.said


def test_a_sentence_edited_by_hand_survives_the_next_report_and_is_flagged(parent: Path, inbox: Path, district):
    late = inbox.parent / "muon"
    late.mkdir()
    (inbox / "BC 4.xlsx").rename(late / "BC 4.xlsx")
    book, _ = consolidated(parent, inbox)
    contents = excel.contents(book)[REPORT]
    at = next(at for at, value in contents.items() if at[1] == 1 and "chi bộ đã tổ chức" in str(value))
    # As long as what it takes the place of: the stand-in calculates only formulas that stand where they were drawn.
    said = "Câu do huyện tự viết lại về tiến độ, sau khi đã trao đổi với từng tổ chức cơ sở đảng trong toàn huyện."
    book.sheets[REPORT].range(at).value = said

    assert press(book, "report").done
    with chdir(parent.parent):
        assert press(book, "consolidate_folder", pick=[late]).done
    pressed = press(book, "report")

    found = excel.contents(book)[REPORT]
    assert any("Câu do huyện tự viết lại" in str(value) for value in found.values())
    assert "câu sửa tay có số liệu đã thay đổi" in pressed.said


def test_receipts_are_shown_and_nothing_is_written(parent: Path, inbox: Path):
    consolidated(parent, inbox)
    book = opened(parent)
    excel.DESK.calls.clear()

    pressed = press(book, "status")

    told = command("status", parent).out.splitlines()
    (standing,) = [line for line in told if line.startswith("Đã có số liệu")]
    count = int(told[0].rpartition("liên hệ ")[2].split()[0])
    assert standing in pressed.said and f"liên hệ {count} đơn vị" in pressed.said, "the ribbon and the command line"
    assert book.sheets.active.name == RECEIPTS
    assert excel.calls("write", book) == [] == excel.calls("format", book)
