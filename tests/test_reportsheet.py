from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from reporting import SheetGrid, empty, given, matches_golden, receipts, sample

from loithe_xl.reading import reader
from loithe_xl.reading.received import Received
from loithe_xl.report import Edit, Page, read_edits
from loithe_xl.report.chart import MOST_BARS, bars_of
from loithe_xl.report.edits import LEFT_HALF, NUMBER_ROW, RIGHT_HALF, TRACES
from loithe_xl.report.page import Listing
from loithe_xl.report.pagesheet import FIT, HIGHEST, NOTE
from loithe_xl.report.sheet import REPORT_TOKEN, report_book
from loithe_xl.report.sheet import report_sheets as flowing_sheets
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook import writer
from loithe_xl.workbook.book import Formula, Sheet
from loithe_xl.workbook.metrics import lines
from loithe_xl.workbook.ownsheets import ANNEX, ANNEX_OPINIONS, CHART, REPORT, TITLE_CELL
from loithe_xl.workbook.styles import STYLES

HELD = "results.held"


def report_sheets(page: Page, lang: str) -> list[Sheet]:
    """Page and annex, every line of the annex drawn."""
    return [sheet.unroll() for sheet in flowing_sheets(page, lang)]


def drawn(page: Page) -> Sheet:
    return report_sheets(page, "vi")[0]


def place(sheet: Sheet, id: str) -> tuple[int, int]:
    """The cell that shows a line."""
    for (row, column), cell in sheet.cells.items():
        for shown, trace in TRACES.items():
            if column == trace and cell.value == id:
                return row, shown
    raise KeyError(id)


def shown(sheet: Sheet, id: str) -> str:
    return str(sheet.cells[place(sheet, id)].value or "").strip()


def typed(page: Page, **changes: Raw) -> dict[str, Edit]:
    """What is read back after a user typed into lines of the drawn page (``results__held`` for results.held)."""
    sheet = drawn(page)
    cells = {place(sheet, id.replace("__", ".")): value for id, value in changes.items()}
    return read_edits({REPORT: SheetGrid(sheet, cells)})


def test_golden_sheets():
    page = sample().page()
    report, annex, chart, opinions = report_sheets(page, "vi")

    hidden = {column for first in TRACES.values() for column in range(first, first + 4)}
    report.cells = {where: cell for where, cell in report.cells.items() if where[1] not in hidden and where[1] != FIT}
    book = report_book(page, "token", "vi")
    matches_golden("report_book.txt", replace(book, sheets=[report, annex, chart, opinions]).lines())


def test_an_untouched_sheet_has_no_edits():
    assert typed(sample().page()) == {}
    assert typed(empty().page()) == {}
    assert read_edits({}) == {}


def test_what_was_typed_is_kept_and_flagged_once_figures_move():
    before = given(receipts()[:200]).page()
    edits = typed(before, results__held="Có nhiều chi bộ đã tổ chức.", number="Số 05-BC/HU")

    after = sample().page(edits)

    line = next(line for line in after.body if line.id == HELD)
    assert (line.shown, line.edited, line.moved) == ("Có nhiều chi bộ đã tổ chức.", True, True)
    assert after.left[3].shown == "Số 05-BC/HU"
    assert not after.left[3].moved
    sheet = drawn(after)
    row, _ = place(sheet, HELD)
    assert sheet.cells[row, NOTE].style.startswith("report_moved")
    assert str(sheet.cells[row, NOTE].value).endswith(line.generated)
    assert "68/264" in line.generated


def test_the_flag_stays_until_the_sentence_is_touched_again():
    first = typed(given(receipts()[:200]).page(), results__held="Câu của tôi.")
    moved = sample().page(first)

    again = sample().page(typed(moved))
    assert next(line for line in again.body if line.id == HELD).moved

    touched = sample().page(typed(again, results__held="Câu của tôi, đã xem lại."))
    line = next(line for line in touched.body if line.id == HELD)
    assert (line.shown, line.edited, line.moved) == ("Câu của tôi, đã xem lại.", True, False)


def test_typing_the_new_wording_ends_the_edit():
    moved = sample().page(typed(given(receipts()[:200]).page(), results__held="Câu của tôi."))
    wording = next(line.generated for line in moved.body if line.id == HELD)

    line = next(line for line in sample().page(typed(moved, results__held=wording)).body if line.id == HELD)
    assert (line.shown, line.edited) == (wording, False)


def test_a_deleted_sentence_waits_below_the_printed_page():
    page = sample().page(typed(sample().page(), results__held=None))

    sheet = drawn(page)
    row, _ = place(sheet, HELD)
    assert sheet.print.rows is not None
    assert row > sheet.print.rows
    assert "25,76%" in str(sheet.cells[row, NOTE].value)
    assert sample().page(typed(page)).body == page.body
    back = sample().page(typed(page, results__held="Đã trở lại."))
    assert shown(drawn(back), HELD) == "Đã trở lại."
    assert place(drawn(back), HELD)[0] < row


def test_the_blank_line_of_each_section_can_be_written_on():
    page = sample().page(typed(sample().page(), tasks__own="Thêm một nhiệm vụ."))

    line = next(line for line in page.body if line.id == "tasks.own")
    assert (line.shown, line.edited, line.moved) == ("Thêm một nhiệm vụ.", True, False)


def test_rows_put_in_by_hand_are_lines_of_their_own():
    sheet = drawn(sample().page())
    row, _ = place(sheet, HELD)

    def pushed(where: tuple[int, int]) -> tuple[int, int]:
        return (where[0] + 2, where[1]) if where[0] > row else where

    moved = {pushed(where): cell for where, cell in sheet.cells.items()}
    sheet.cells = moved
    edits = read_edits(
        {REPORT: SheetGrid(sheet, {(row + 1, LEFT_HALF): "Câu chèn một.", (row + 2, LEFT_HALF): "Câu chèn hai."})}
    )

    assert edits == {f"{HELD}+1": Edit("", "Câu chèn một."), f"{HELD}+2": Edit("", "Câu chèn hai.")}
    again = sample().page(edits)
    assert typed(again) == edits  # and they are there the next time


def test_a_blank_row_is_no_line_and_the_next_one_typed_is_kept():
    sheet = drawn(sample().page())
    row, _ = place(sheet, HELD)
    sheet.cells = {(at[0] + 4, at[1]) if at[0] > row else at: cell for at, cell in sheet.cells.items()}
    written = {
        (row + 1, LEFT_HALF): "  ",
        (row + 3, LEFT_HALF): "Câu sau dòng trống.",
        (row + 4, LEFT_HALF): "Câu cuối.",
    }
    edits = read_edits({REPORT: SheetGrid(sheet, written)})

    assert edits == {f"{HELD}+1": Edit("", "Câu sau dòng trống."), f"{HELD}+2": Edit("", "Câu cuối.")}
    again = sample().page(edits)
    assert typed(again) == edits
    shown = [line.shown for line in again.body]
    assert shown.index("Câu cuối.") == shown.index("Câu sau dòng trống.") + 1


def test_numbers_and_errors_in_a_line_do_no_harm():
    assert typed(sample().page(), number=5)["number"].shown == "5"


def test_a_long_text_runs_over_several_rows_and_comes_back_whole():
    text = " ".join(f"Câu thứ {number} của một đoạn rất dài, có nhiều chữ để phải xuống dòng." for number in range(90))
    page = sample().page(typed(sample().page(), results__held=text))

    sheet = drawn(page)
    rows = [row for (row, column), cell in sheet.cells.items() if column == TRACES[LEFT_HALF] and cell.value == HELD]
    assert len(rows) > 1
    assert all(sheet.heights[row] <= HIGHEST for row in rows)
    assert typed(page)[HELD].shown == text
    assert sample().page(typed(page)).body == page.body


def test_a_sentence_without_end_is_cut_between_words():
    text = "rất dài " * 900
    page = sample().page(typed(sample().page(), results__held=text))

    assert typed(page)[HELD].shown == text.strip()


def test_every_row_is_as_high_as_its_text_and_none_too_high():
    sheet = drawn(sample().page())

    assert max(sheet.heights.values()) <= HIGHEST
    row, _ = place(sheet, HELD)
    assert sheet.heights[row] == 2 * 18.75
    assert sheet.heights[place(sheet, "leadership.plan")[0]] == 2 * 18.75
    assert sheet.heights[place(sheet, "opening.opening")[0]] == 4 * 18.75


def test_a_formula_warns_of_a_sentence_that_no_longer_fits():
    sheet = drawn(sample().page())
    row, _ = place(sheet, HELD)

    warning = sheet.cells[row, FIT].value
    assert isinstance(warning, Formula)
    assert f"LEN(A{row})>" in warning.text
    assert warning.result == ""


def test_only_lines_of_the_page_are_unlocked():
    report, *annexes = report_sheets(sample().page(), "vi")

    open_cells = {where for where, cell in report.cells.items() if not STYLES[cell.style].locked}
    assert {column for _, column in open_cells} == {LEFT_HALF, RIGHT_HALF}
    wanted = (HELD, "number", "place_date", "signer", "recipient_2", "subject")
    assert {place(report, id) for id in wanted} <= open_cells
    assert all(STYLES[cell.style].locked for annex in annexes for cell in annex.cells.values())
    assert all(sheet.protected for sheet in (report, *annexes))
    assert report.selection == place(report, "number")


def test_a_number_of_one_digit_is_noted():
    for said, noted in (("Số 5-BC/HU", True), ("Số 05-BC/HU", False), ("Số 123-BC/HU", False)):
        sheet = drawn(sample().page({"number": Edit("Số \u00a0-BC/HU", said)}))
        note = str(sheet.cells.get((place(sheet, "number")[0], NOTE), "") or "")
        assert ("ít nhất 2 chữ số" in note) is noted


def test_notes_speak_the_language_asked_for_and_the_page_vietnamese():
    report, *_ = report_sheets(sample().page({HELD: Edit("cũ", "mới")}), "en")

    assert "Edited by hand" in str(report.cells[place(report, HELD)[0], NOTE].value)
    assert shown(report, "type") == "BÁO CÁO"


def test_the_annex_ends_with_the_total_and_repeats_its_heading():
    annex = report_sheets(sample().page(), "vi")[1]

    assert annex.name == ANNEX
    assert annex.print.landscape
    assert annex.print.repeat_rows
    head = annex.print.repeat_rows[0]
    assert annex.cells[head, 2].value == "Tên đơn vị"
    last = annex.print.rows
    assert last
    assert [annex.cells[last, column].value for column in (2, 3, 4, 9)] == ["Tổng cộng", 264, 68, "25,76%"]


def test_the_annex_is_for_the_superior_and_names_the_report():
    """What the office alone needs, who is late, does not go up; number and day are those of the report's head."""
    page = sample().page({"number": Edit("Số \u00a0-BC/HU", "Số 05-BC/HU")}, today=date(2023, 3, 6))
    annex = report_sheets(page, "vi")[1]

    assert "Tình trạng nộp" not in {cell.value for cell in annex.cells.values()}
    assert annex.cells[3, 1].value == (
        "TIẾN ĐỘ THỰC HIỆN ĐỢT SINH HOẠT CHÍNH TRỊ “GIỮ TRỌN LỜI THỀ ĐẢNG VIÊN”\nTHEO TỔ CHỨC CƠ SỞ ĐẢNG"
    )
    note = annex.cells[4, 1].value
    assert isinstance(note, Formula)
    assert note.result == (
        "(Kèm theo Báo cáo số 05-BC/HU, ngày 06 tháng 3 năm 2023 của Ban Thường vụ Huyện ủy; "
        "số liệu tính đến ngày 28/02/2023)"
    )


def test_the_chart_shows_every_cell_once_and_who_lags_first():
    page = sample().page()
    sheet = next(sheet for sheet in report_sheets(page, "vi") if sheet.name == CHART)
    (chart,) = sheet.charts

    bars = list(bars_of(page))
    assert sum(sum(bar.values) for bar in bars) == 264
    rates = [Fraction(sum(bar.values[:2]), sum(bar.values)) for bar in bars]
    assert rates == sorted(rates) and rates[0] < rates[-1]
    assert "Chi bộ cơ sở (9)" in {bar.name for bar in bars}
    (row, first), (_, last) = chart.categories
    assert [sheet.cells[row, column].value for column in range(first, last + 1)] == [bar.name for bar in bars]
    assert [each.hatched for each in chart.series] == [False, False, False, True]
    for number, each in enumerate(chart.series):
        (line, start), (_, end) = each.values
        drawn = [sheet.cells[line, column].value for column in range(start, end + 1)]
        assert drawn == [bar.values[number] for bar in bars]
    hidden = {column for (_, column), cell in sheet.cells.items() if cell.style.startswith("hidden")}
    assert hidden == set(sheet.hidden_columns)
    assert min(hidden) > (sheet.print.columns or (0, 0))[1]
    beneath = range(chart.anchor[0], (sheet.print.rows or 0) + 1)
    assert sum(sheet.heights[row] for row in beneath) >= chart.size[1] * 0.75


def test_shades_of_the_chart_differ_in_grey():
    annex, weights = sample().page().annex, (0.299, 0.587, 0.114)
    assert annex and annex.chart
    colours = [bytes.fromhex(each.colour) for each in annex.chart.series if not each.hatched]
    grey = [sum(part * weight for part, weight in zip(colour, weights, strict=True)) for colour in colours]

    assert grey == sorted(grey)
    assert all(later - former > 60 for former, later in pairwise(grey))


def test_bars_for_which_there_is_no_room_stand_together():
    page = sample().page()
    units = [row for row in page.table.rows if row.kind == "unit" and row.group == "base"]
    table = replace(page.table, rows=(*(units[number % len(units)] for number in range(40)), page.table.total))

    bars = list(bars_of(replace(page, table=table)))
    assert len(bars) == MOST_BARS + 1
    assert bars[-1].name == f"Các đơn vị còn lại ({40 - MOST_BARS})"
    wanted = sum(int(row.cells["cells_total"] or 0) for row in table.rows[:-1])
    assert sum(sum(bar.values) for bar in bars) == wanted


def test_the_second_annex_is_there_for_what_the_report_has_no_room_for():
    """Always in the parent's workbook, which may get some while it is open; in the report's file only when needed."""
    full, few = sample().page(), replace(sample().page(), listings=())

    sheets = {sheet.name: sheet for sheet in report_sheets(full, "vi")}
    opinions = sheets[ANNEX_OPINIONS]
    heads, *listed = [cell.value for (_, column), cell in sorted(opinions.cells.items()) if column == 3 and cell.value]
    assert heads == "Nội dung ý kiến, kiến nghị"
    assert listed == [words for listing in full.listings for _, words in listing.opinions]
    assert opinions.cells[TITLE_CELL].value == "BIỂU SỐ 02"
    blank = next(sheet for sheet in report_sheets(few, "vi") if sheet.name == ANNEX_OPINIONS)
    assert TITLE_CELL not in blank.cells
    names = [[sheet.name for sheet in report_book(page, "t", "vi").sheets] for page in (full, few, empty().page())]
    assert names[0] == [REPORT, ANNEX, CHART, ANNEX_OPINIONS]
    assert names[1] == [REPORT, ANNEX, CHART]
    assert names[2] == [REPORT, ANNEX], "of nobody is anything known: nothing to draw"


def test_an_opinion_longer_than_a_page_goes_on_in_the_next_row():
    words = " ".join(f"từ{number}" for number in range(2000))
    page = replace(sample().page(), listings=(Listing("Ý kiến", (("Chi bộ", words), ("Chi bộ hai", "ngắn"))),))

    sheet = next(sheet for sheet in report_sheets(page, "vi") if sheet.name == ANNEX_OPINIONS)
    shown = [str(cell.value) for (row, column), cell in sorted(sheet.cells.items()) if column == 3 and row > 7]
    assert " ".join(shown) == f"{words} ngắn"
    assert max(sheet.heights.values()) <= HIGHEST
    assert [sheet.cells[row, 1].value for row in range(8, 8 + len(shown))][-1] == "2"


# ------------------------------------------------------------------ pages


def pages(sheet: Sheet) -> list[list[int]]:
    """The printed rows, page by page, as they are broken."""
    rows = range(1, (sheet.print.rows or 0) + 1)
    ends = [0, *sheet.print.breaks, rows[-1]]
    return [[row for row in rows if before < row <= end] for before, end in pairwise(ends)]


def ids(sheet: Sheet, row: int) -> str:
    cell = sheet.cells.get((row, TRACES[LEFT_HALF]))
    return str(cell.value) if cell else ""


def crowded(number: int) -> Page:
    """A page with opinions of growing length."""
    cells = [unit.code for unit in sample().register.of_tier("cell")][:6]
    texts = {"difficulties_text": tuple((code, f"từ{at} " * (3 * number + 17 * at)) for at, code in enumerate(cells))}
    part = sample()
    return replace(part, consolidation=replace(part.consolidation, texts=texts)).page()


@pytest.mark.parametrize("number", [0, 6, 20, 25, 60])
def test_pages_are_filled_and_no_line_stands_alone(number: int):
    page = crowded(number)
    sheet = drawn(page)
    heights = [sum(sheet.heights[row] for row in rows) for rows in pages(sheet)]
    room = 842 - 40 / 25.4 * 72

    assert len(heights) > 2
    assert max(heights) <= room, "no program breaks a page where we do not"
    assert min(heights[:-2]) > room - 4 * 18.75 - 20, "and none ends far above its margin"
    shown = {line.id: line for line in page.body}
    for rows in pages(sheet)[:-1]:
        last = next(ids(sheet, row) for row in reversed(rows) if ids(sheet, row))
        assert shown[last].style != "heading"
        assert not shown[last].shown.endswith(":")
    final = [ids(sheet, row) for row in pages(sheet)[-1]]
    assert "close.close" in final and "recipients" in final, "the signature does not stand alone"
    for line in page.body:
        parts = [row for row in range(1, sheet.print.rows or 0) if ids(sheet, row) == line.id and line.shown]
        assert len(parts) == 1 or all(sheet.heights[row] >= 2 * 18.75 for row in parts), line.id
    assert typed(page) == {}


@pytest.mark.parametrize("length", [81, 150, 166, 312])
def test_a_paragraph_has_as_many_lines_in_every_program(length: int):
    """A text whose end just fits is made to begin a line more, so that nothing is cut and no gap is left."""
    words = ("chi bộ đã tổ chức sinh hoạt chính trị theo kế hoạch; " * 9)[:length].strip()
    page = sample().page({HELD: Edit(HELD, words)})
    sheet = drawn(page)

    at = place(sheet, HELD)
    said = str(sheet.cells[at].value)
    rows = sheet.heights[at[0]] / 18.75
    assert {lines(said, 14, width) for width in (450, 458, 466, 474)} == {rows}
    assert sheet.cells[at].style == "page_14_justify"
    assert " ".join(said.split()) == words


# ------------------------------------------------------------------ real files


def test_the_file_says_whose_report_it_is_and_can_be_edited_in_another_program(tmp_path: Path):
    data = writer.render(report_book(sample().page(), "the token", "vi"))
    received = reader.read(data)
    assert isinstance(received, Received), received
    assert received.custom[REPORT_TOKEN] == "the token"
    assert read_edits(received.grids) == {}

    book = openpyxl.load_workbook(io.BytesIO(data))
    cell = next(cell for row in book[REPORT].iter_rows() for cell in row if "68/264" in str(cell.value))
    assert "25,76%" in cell.value
    cell.value = "Câu gõ trong chương trình khác."
    book.save(tmp_path / "edited.xlsx")

    edited = reader.read((tmp_path / "edited.xlsx").read_bytes())
    assert isinstance(edited, Received), edited
    assert {id: edit.shown for id, edit in read_edits(edited.grids).items()} == {HELD: cell.value}


def test_the_same_page_gives_the_same_bytes():
    first, second = (writer.render(report_book(sample().page(), "t", "vi")) for _ in range(2))
    assert first == second


def test_the_printed_page(office: Callable[[Path, str, Path], Path], pdftoppm: str, tmp_path: Path):
    file = tmp_path / "report.xlsx"
    file.write_bytes(writer.render(report_book(sample().page(today=date(2023, 3, 6)), "t", "vi")))

    pdf = office(file, "pdf", tmp_path)
    words = subprocess.run(
        [str(Path(pdftoppm).with_name("pdftotext")), "-layout", str(pdf), "-"], capture_output=True, check=True
    ).stdout.decode()
    pages = words.split("\f")
    first = " ".join(pages[0].split())
    assert "HUYỆN ỦY MẪU ĐÔNG (mẫu)" in first
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in first
    assert "Mẫu Đông, ngày 06 tháng 3 năm 2023" in first
    assert pages[1].split()[0] == "2"  # the page number, from the second page on
    everything = " ".join(words.split())
    page = sample().page(today=date(2023, 3, 6))
    numbers = {str(number) for number in range(1, len(pages) + 1)}
    plain = " ".join(word for word in everything.split() if word not in numbers)
    for line in page.body:
        wanted = " ".join(word for word in line.shown.split() if word not in numbers)
        assert wanted in plain, line.id  # nothing is cut
    assert "Đã sửa" not in everything
    assert "Dòng trống" not in everything
    annex = " ".join(" ".join(pages[-5:]).split())
    assert "BIỂU SỐ 01" in " ".join(words.split())
    ends = [number for number, said in enumerate(pages) if "BIỂU SỐ 01" in said]
    assert ends[0] == len(drawn(page).print.breaks) + 1, "its pages end where we ended them"
    assert words.count("(Kèm theo Báo cáo số") == 3
    assert "BIỂU SỐ 02" in pages[-2] and " ".join(pages[-2].split()).startswith(str(len(pages) - 1))
    assert "264 68 16 52" in annex
    size = subprocess.run(
        [str(Path(pdftoppm).with_name("pdfinfo")), str(pdf)], capture_output=True, check=True
    ).stdout.decode()
    assert "A4" in size


def test_annexes_name_the_report_by_what_is_typed_on_the_page(
    office: Callable[[Path, str, Path], Path], tmp_path: Path
):
    file = tmp_path / "report.xlsx"
    file.write_bytes(writer.render(report_book(sample().page(), "t", "vi")))
    typed = openpyxl.load_workbook(file)  # which forgets results, so that they are calculated anew
    typed[REPORT].cell(NUMBER_ROW, LEFT_HALF).value = "Số 07-BC/HU"
    typed[REPORT].cell(NUMBER_ROW, RIGHT_HALF).value = "Nơi Thử, ngày 09 tháng 3 năm 2023"
    typed.save(file)

    book = openpyxl.load_workbook(office(file, "xlsx", tmp_path / "tinh"), data_only=True)
    notes = [book[name].cell(4, 1).value for name in (ANNEX, CHART, ANNEX_OPINIONS)]
    said = "(Kèm theo Báo cáo số 07-BC/HU, ngày 09 tháng 3 năm 2023 của Ban Thường vụ Huyện ủy"
    assert notes == [f"{said}; số liệu tính đến ngày 28/02/2023)"] * 2 + [f"{said})"]


def test_the_validator_finds_no_error(ooxml_validator: list[str], tmp_path: Path):
    file = tmp_path / "report.xlsx"
    edits: Mapping[str, Edit] = {HELD: Edit("cũ", "mới"), "results.members": Edit("a", "")}
    file.write_bytes(writer.render(report_book(sample().page(edits), "t", "vi")))

    run = subprocess.run([*ooxml_validator, str(file)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("count", [0, 1, 40])
def test_an_annex_of_any_length(count: int):
    page = sample().page()
    units = [row for row in page.table.rows if row.kind == "unit"]
    table = replace(page.table, rows=(*(units[number % len(units)] for number in range(count)), page.table.total))

    sheets = {sheet.name: sheet for sheet in report_sheets(replace(page, table=table), "vi")}

    assert sheets[ANNEX].print.rows == 6 + count + 1
    assert len(sheets[CHART].charts) == (1 if count else 0)
    assert all(chart.size[1] * 0.75 < 400 for chart in sheets[CHART].charts)
    book = report_book(replace(page, table=table), "t", "vi")
    assert (CHART in [sheet.name for sheet in book.sheets]) == bool(count)
    writer.render(book)
