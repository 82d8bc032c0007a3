"""Rectangles of cells: every cell in exactly one, so that few writes put everything where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw
from hosts import excel
from hypothesis import given
from hypothesis import strategies as st

from loithe_xl.addin.excel import blocks as rectangles
from loithe_xl.addin.excel import writing
from loithe_xl.addin.excel.blocks import blocks
from loithe_xl.addin.excel.writing import changes, redraw, refresh, unlocked
from loithe_xl.language.issues import Fault
from loithe_xl.workbook import book as drawing

CELLS = st.dictionaries(st.tuples(st.integers(1, 12), st.integers(1, 6)), st.sampled_from("aab"), max_size=40)


@given(CELLS, st.booleans())
def test_every_cell_is_in_exactly_one_rectangle(cells: dict[tuple[int, int], str], alike: bool):
    found = [
        ((block.top + down, block.left + right), value)
        for block in blocks(cells, alike=alike)
        for down, row in enumerate(block.rows)
        for right, value in enumerate(row)
    ]

    assert len(found) == len(cells)
    assert dict(found) == cells


@given(CELLS)
def test_alike_means_one_value(cells: dict[tuple[int, int], str]):
    assert all(len({value for row in block.rows for value in row}) == 1 for block in blocks(cells))


def test_a_full_table_is_one_rectangle_unless_it_is_too_large(monkeypatch: pytest.MonkeyPatch):
    table = {(row, column): row for row in range(3, 103) for column in range(2, 12)}
    assert [block.area for block in blocks(table, alike=False)] == [(3, 2, 102, 11)]

    monkeypatch.setattr(rectangles, "MOST_BLOCK", 250)
    parts = list(blocks(table, alike=False))
    assert [len(block.rows) for block in parts] == [25] * 4


@pytest.fixture
def page(tmp_path: Path) -> Iterator[xw.Sheet]:
    workbook = openpyxl.Workbook()
    workbook.active.title = "Trang"
    workbook.save(tmp_path / "a.xlsx")
    with excel.desktop():
        book = excel.open_excel(tmp_path / "a.xlsx").books.active
        assert book
        yield book.sheets["Trang"]


def drawn(rows: dict[tuple[int, int], object], style: str = "text") -> drawing.Sheet:
    sheet = drawing.Sheet("Trang")
    for at, value in rows.items():
        sheet.put(*at, value, style)  # type: ignore[arg-type]
    return sheet


NASTY = (
    "=1+1",
    "+1",
    "-1",
    "@x",
    "'",
    "''a",
    "1",
    "1/2",
    "12,5",
    "TRUE",
    "1e5",
    "007",
    "10%",
    " a ",
    "a\nb",
    "x" * 9_000,
)


@pytest.mark.parametrize("style", ["text", "label", "hidden"])
@pytest.mark.parametrize("words", NASTY, ids=lambda words: words[:6])
def test_a_text_arrives_as_it_is(words: str, style: str, page: xw.Sheet):
    sheet = drawn({(2, 2): words, (3, 2): words}, style)
    sheet.put(2, 3, 5, "number")
    redraw(page, sheet)

    assert page.range((2, 2)).api.Value2 == words
    assert page.range((3, 2)).api.Value2 == words
    assert not str(page.range((2, 2)).formula).startswith("=") or words.startswith("=")
    assert page.range((2, 2)).api.HasFormula is False


def test_what_stood_beneath_is_gone(page: xw.Sheet):
    redraw(page, drawn({(row, 1): f"dòng {row}" for row in range(1, 9)}))
    redraw(page, drawn({(1, 1): "một"}))

    assert excel.contents(page.book) == {"Trang": {(1, 1): "một"}}
    look = excel.looks(page.book)["Trang"].cells.get((5, 1))
    assert look is None or (look.border == (None,) * 4 and look.fill is None)


@pytest.mark.parametrize("printer", [True, False])
def test_what_is_printed_grows_with_the_sheet_with_or_without_a_printer(page: xw.Sheet, printer: bool):
    sheet = drawn({(row, 1): f"dòng {row}" for row in range(1, 9)})
    if not printer:
        excel.will_fail("PrintArea")

    redraw(page, replace(sheet, name="Trang", print=drawing.Print(rows=8, columns=(1, 3))))

    assert page.page_setup.print_area == "$A$1:$C$8"


def test_pages_begin_where_they_are_drawn_to_and_no_printer_is_needed(page: xw.Sheet):
    sheet = drawn({(row, 1): f"dòng {row}" for row in range(1, 9)})

    def ends(*breaks: int) -> list[int]:
        redraw(page, replace(sheet, name="Trang", print=drawing.Print(rows=8, columns=(1, 3), breaks=breaks)))
        return [each.id for each in page.api.ws.row_breaks.brk]

    assert ends(3, 6) == [3, 6]
    assert ends(5) == [5], "those of a former report are gone"
    excel.will_fail("HPageBreaks")
    assert ends(4) == []


def test_only_what_differs_is_refreshed(page: xw.Sheet):
    before = drawn({(row, column): row * column for row in range(1, 6) for column in range(1, 4)}, "computed_count")
    refresh(page, before, changes(page, before))
    after = drawn({at: cell.value for at, cell in before.cells.items()}, "computed_count")
    after.put(3, 2, 99, "computed_count")

    assert changes(page, after) == {(3, 2): 99}
    assert changes(page, before) == {}


def test_a_formula_is_never_overwritten_by_a_refresh(page: xw.Sheet):
    page.range("B2").formula = "=1+1"
    sheet = drawn({(2, 1): 4})
    sheet.put(2, 2, drawing.Formula("1+1", 2), "computed_count")
    excel.recalculate_with(lambda path: path)
    excel.poison_old_results("chưa tính")

    refresh(page, sheet, changes(page, sheet))

    assert excel.contents(page.book)["Trang"] == {(2, 1): 4.0, (2, 2): "=1+1"}


def test_an_excel_that_keeps_something_else_is_found_out(page: xw.Sheet, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writing, "_kept", lambda value: value)  # as if the apostrophe did not help
    sheet = drawn({(1, 1): "1/2"}, "label")

    with pytest.raises(Fault) as told:
        redraw(page, sheet)

    assert told.value.issues[0].code == "HOST_NOT_KEPT"
    assert told.value.issues[0].place.cell == "A1"


def test_unlocked_says_which_sheet_has_another_password_before_anything_is_written(page: xw.Sheet):
    page.api.Protect("khác", True, True, True, False, False, True, True)

    with pytest.raises(Fault) as told, unlocked(page.book, ["Trang"], "loithe"):
        pytest.fail("it must not come so far")

    assert told.value.issues[0].code == "HOST_PASSWORD"
    assert page.api.ProtectContents
