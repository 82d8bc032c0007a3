"""The sheet of a parent's cells: its rows are the parent's figures, and lead to the files that they came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import REQUIRED, codes, held, issue_forms, press, province, read, type_in
from drawing import IN_TIME, PACK, books
from hypothesis import given, settings
from test_leaves import cascaded, direct, receipt, result, trees
from tools import Calc, small_register

from loithe_xl.consolidation.cells import CellState, cells_beneath
from loithe_xl.consolidation.receipts import Receipt, UnitRow, Verdict
from loithe_xl.draw import ParentCase
from loithe_xl.draw.cells import TOP, CellList
from loithe_xl.draw.columns import TOTAL_ROW, columns_of, main_columns
from loithe_xl.form.inputs import Inputs
from loithe_xl.register.register import Register
from loithe_xl.tasks.sources import links_to
from loithe_xl.workbook.book import Formula, Sheet
from loithe_xl.workbook.ownsheets import CELLS, COUNTS_ROW, FIGURES, LIST_HEAD, SUMMARY_ROW, TOTALS

# ---- what is in it


@settings(max_examples=60)
@given(trees())
def test_the_rows_add_up_to_the_parents_figures_by_whatever_way_they_came(
    tree: tuple[Register, dict[str, Inputs]],
) -> None:
    register, sent = tree
    subtree = register.subtree("01")
    for files in (direct(register, sent), cascaded(register, direct(register, sent))):
        done = result(register, "01", files)
        lines = list(cells_beneath(subtree, "01", files, done.decision))

        assert [line.unit.code for line in lines if line.figures is not None] == [
            line.unit.code for line in lines if line.unit.code in sent
        ]
        assert {line.unit.code for line in lines} == {cell.code for cell in register.cells("01")}
        for id in PACK.main_of_cells:
            assert sum(line.figures.get(id, 0) for line in lines if line.figures) == done.values[id], id


def test_a_cell_is_in_one_of_five_states_and_blank_unless_it_counts() -> None:
    row, other = (UnitRow("01.1.C01", {"members_total": count}, {}) for count in (30, 31))
    base = UnitRow("01.1", {"members_total": 30}, {})
    away = Receipt("r", "hong.xlsx", "01.2", Verdict.REFUSED, IN_TIME)
    straight = [receipt("01.K1", [replace(row, unit="01.K1")], name) for name in ("a", "b")]
    straight[1] = replace(straight[1], rows=(replace(other, unit="01.K1"),))
    register = small_register({"01.1": 2, "01.2": 1}, 2)
    files = [receipt("01.1", [base, row]), away, *straight, receipt("01.K2", [replace(row, unit="01.K2")])]

    decision = result(register, "01", files).decision
    lines = {line.unit.code: line for line in cells_beneath(register, "01", files, decision)}

    assert {code: line.state for code, line in lines.items()} == {
        "01.1.C01": CellState.THROUGH,
        "01.1.C02": CellState.SILENT,
        "01.2.C01": CellState.RETURNED,
        "01.K1": CellState.CONFLICT,
        "01.K2": CellState.OWN,
    }
    assert [code for code, line in lines.items() if line.figures is not None] == ["01.1.C01", "01.K2"]
    assert lines["01.2.C01"].receipt == away
    assert [line.direct for line in lines.values()] == ["01.1", "01.1", "01.2", "01.K1", "01.K2"]


def test_the_sheet_shows_no_sensitive_figure_and_no_zero_for_silence() -> None:
    case, sheet = drawn("received-vi")
    found = CellList(case)

    assert PACK.sensitive.isdisjoint(found.figures)
    for row in range(TOP, found.last + 1):
        state = sheet.cells[row, found.state].value
        figures = [sheet.cells[row, column].value for column in found.figures.values()]
        assert (figures == [None] * len(figures)) == (state == case.say("cell_silent"))
    said = sheet.cells[SUMMARY_ROW, 1].value
    assert isinstance(said, Formula) and case.say("cells_add_up") in str(said.result)


def drawn(name: str) -> tuple[ParentCase, Sheet]:
    case, book = books()[name]
    assert isinstance(case, ParentCase)
    return case, book.sheet(CELLS)


# ---- how it looks


@pytest.mark.parametrize("name", ["base-vi", "district-vi", "province-vi", "received-vi"])
@pytest.mark.parametrize("title", [CELLS, FIGURES])
def test_it_fits_an_office_pc_with_ten_rows_in_sight(name: str, title: str) -> None:
    case, book = books()[name]
    sheet, last = book.sheet(title), main_columns(case) if title == FIGURES else max(book.sheet(title).widths)
    frozen = (sheet.freeze or (1, 1))[0]

    shown = [width for column, width in sheet.widths.items() if column <= last and column not in sheet.hidden_columns]
    assert sum(8 * width + 5 for width in shown) <= 1250
    assert sum(sheet.heights[row] for row in range(1, frozen)) * 4 / 3 + 10 * 20 * 4 / 3 <= 530
    assert sheet.heights[LIST_HEAD] <= 45
    assert sheet.print.columns and sheet.print.columns[1] <= last


def test_columns_of_zeros_alone_are_folded_and_counted_and_the_main_ones_never() -> None:
    case, book = books()["received-vi"]
    assert isinstance(case, ParentCase)
    sheet, columns = book.sheet(FIGURES), columns_of(case)
    zeros = [column for id, column in columns.items() if sheet.cells[TOTAL_ROW, column].value.result in (0, "")]  # type: ignore[union-attr]

    assert set(sheet.hidden_columns) == {column for column in zeros if column > main_columns(case)}
    assert case.say("figures_folded", said="", count=len(sheet.hidden_columns), sheet=TOTALS).strip() in str(
        sheet.cells[SUMMARY_ROW, 1].value
    )
    assert [*columns][: len(PACK.main_of_units)] == list(PACK.main_of_units)
    prompts = {rule.prompt for rule in sheet.validations}
    assert PACK.indicators["members_due"].label.vi in prompts


# ---- links


def test_a_link_names_no_folder_that_the_workbook_does_not_name(tmp_path: Path) -> None:
    folder, into = tmp_path / "Nguyen Van A", tmp_path / "Nguyen Van A" / "ket qua" / "huyen.xlsx"
    lying = {"beneath": folder / "ket qua" / "nhan" / "a.xlsx", "beside": folder / "nhan ve" / "b.xlsx"}
    lying["elsewhere"] = tmp_path / "Tran Thi B" / "c.xlsx"
    named = {"beneath": "ket qua/nhan/a.xlsx", "beside": "nhan ve/b.xlsx", "elsewhere": "c.xlsx"}
    files = [Receipt(sha, named[sha], "01", Verdict.VALID, IN_TIME) for sha in lying]

    assert links_to(files, into, folder, lying) == {"beneath": "nhan/a.xlsx", "beside": "../nhan ve/b.xlsx"}


def test_a_file_that_was_replaced_since_is_not_linked(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"mot")
    sha = "6f9ba8a1d1ae4a8f3ef1b1b1"
    files = [Receipt(sha, "a.xlsx", "01", Verdict.VALID, IN_TIME)]

    assert links_to(files, tmp_path / "huyen.xlsx", tmp_path, {}) == {}


@pytest.fixture(scope="module")
def tiers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """A cell's form in its base's, that in its district's, and a chi bộ cơ sở; each beside what it received."""
    root = tmp_path_factory.mktemp("cap")
    forms = issue_forms(root, province("01"), "province")
    base, district = root / "co so.xlsx", root / "huyen" / "huyen.xlsx"
    district.parent.mkdir()
    type_in(forms["01.1.C2"], root / "nhan" / "BC 2.xlsx", REQUIRED, [held(10)])
    type_in(forms["01.K"], district.parent / "den" / "K.xlsx", REQUIRED, [held(11)])
    base.write_bytes(forms["01.1"].read_bytes())
    district.write_bytes(forms["01"].read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert press("consolidate", "--into", base.name, "nhan").code == 0
        assert press("consolidate", "--into", "huyen/huyen.xlsx", base.name, "huyen/den").code == 0
        yield {"root": root, "base": base, "district": district, "province": forms["T"]}


def test_from_a_figure_of_the_district_three_clicks_lead_to_the_cell_of_the_file(
    tiers: dict[str, Path], calc: Calc
) -> None:
    """The links are followed as LibreOffice reads them."""
    page = openpyxl.load_workbook(tiers["district"])[TOTALS]
    row = next(row for row in range(1, page.max_row + 1) if page.cell(row, 2).value == label("members_total"))
    assert page.cell(row, 3).value is not None

    to_list = follow(calc, tiers["district"], TOTALS, row, 4)
    assert (to_list[0], to_list[1]) == (tiers["district"], CELLS)
    to_base = follow(calc, tiers["district"], CELLS, *named(tiers["district"], "01.1.C2"))
    assert to_base[:2] == (tiers["base"], CELLS)
    assert openpyxl.load_workbook(to_base[0])[CELLS][to_base[2]].value == "01.1.C2"
    to_cell = follow(calc, tiers["base"], CELLS, *named(tiers["base"], "01.1.C2"))

    assert to_cell[0].name == "BC 2.xlsx"
    assert openpyxl.load_workbook(to_cell[0])[to_cell[1]][to_cell[2]].value == REQUIRED["members_total"]


def test_from_a_unit_a_link_leads_to_the_first_of_its_cells_after_sorting_too(
    tiers: dict[str, Path], calc: Calc, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(tiers["district"])
    page, units = book[CELLS], book[FIGURES]
    rows = [[cell.value for cell in line] for line in page.iter_rows(min_row=TOP, max_row=page.max_row)]
    for row, values in enumerate(reversed(rows), TOP):
        for column, value in enumerate(values, 1):
            page.cell(row, column).value = value
    book.save(tmp_path / "xep lai.xlsx")
    row = next(row for row in range(1, units.max_row + 1) if units.cell(row, 2).value == "01.K")

    for file, first in ((tiers["district"], TOP + 2), (tmp_path / "xep lai.xlsx", TOP)):
        _, sheet, cell = follow(calc, file, FIGURES, row, 5)
        assert (sheet, cell) == (CELLS, f"A{first}")


def follow(calc: Calc, file: Path, sheet: str, row: int, column: int) -> tuple[Path, str, str]:
    """Where a click leads: file, sheet and cell."""
    calc.ask("open", path=str(file))
    target = str(calc.ask("link", sheet=sheet, row=row, column=column, password=PACK.password)["target"])
    calc.ask("close")
    path, _, place = target.partition("#")
    found = re.fullmatch(r"\$?'?(.+?)'?[!.]\$?([A-Z]+)\$?([0-9]+)", place)
    assert found, target
    return (file.parent / path).resolve() if path else file, found[1], found[2] + found[3]


def named(file: Path, code: str) -> tuple[int, int]:
    """The row of a cell in a parent's list, and the column of the files."""
    page = openpyxl.load_workbook(file)[CELLS]
    heads = [cell.value for cell in page[LIST_HEAD]]
    return next(row for row in range(TOP, page.max_row + 1) if page.cell(row, 1).value == code), heads.index("Tệp") + 1


def label(id: str) -> str:
    return PACK.indicators[id].label.vi


# ---- filtered, sorted, saved anew


def test_the_list_is_locked_but_may_be_filtered_and_sorted(tiers: dict[str, Path]) -> None:
    page = openpyxl.load_workbook(tiers["district"])[CELLS]

    assert page.protection.sheet and not page.protection.sort and not page.protection.autoFilter
    assert page.auto_filter.ref == f"A{LIST_HEAD}:{page.cell(page.max_row, page.max_column).coordinate}"
    rows = page[page.auto_filter.ref]
    assert all(cell.protection.locked for cell in rows[0])
    assert not any(cell.protection.locked for line in rows[1:] for cell in line)
    (rule,) = [each for each in page.data_validations.dataValidation if each.type == "custom"]
    assert rule.formula1 == "1=0" and str(rule.sqref).startswith(f"A{TOP}:")
    others = [sheet for sheet in openpyxl.load_workbook(tiers["district"]).worksheets if sheet.title != CELLS]
    assert all(sheet.protection.sort and sheet.protection.autoFilter for sheet in others)


def test_sums_are_of_the_rows_in_sight_and_a_changed_list_says_so(tiers: dict[str, Path], calc: Calc) -> None:
    page = openpyxl.load_workbook(tiers["district"])[CELLS]
    row, column = (
        named(tiers["district"], "01.1.C2")[0],
        next(cell.column for cell in page[LIST_HEAD] if cell.value == PACK.indicators["members_total"].short.vi),
    )
    calc.ask("open", path=str(tiers["district"]))
    areas: Any = [[CELLS, SUMMARY_ROW, 1, SUMMARY_ROW, 1], [CELLS, COUNTS_ROW, column, COUNTS_ROW, column]]
    before = calc.ask("fill", read=areas)["areas"]
    after = calc.ask("fill", cells=[[CELLS, row, column, 999]], read=areas)["areas"]
    calc.ask("close")

    assert before[1][0][0] == 2 * REQUIRED["members_total"]
    assert "LỖI" not in before[0][0][0] and "LỖI" in after[0][0][0]


@pytest.mark.parametrize("program", ["LibreOffice", "openpyxl"])
def test_a_filtered_and_sorted_list_saved_anew_is_no_alteration(
    program: str, tiers: dict[str, Path], calc: Calc, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(tiers["district"])
    page = book[CELLS]
    page.auto_filter.add_filter_column(0, ["01.K"])
    for row in range(TOP, page.max_row + 1):
        page.row_dimensions[row].hidden = page.cell(row, 1).value != "01.K"
    sent = tmp_path / "loc.xlsx"
    book.save(sent)
    if program == "LibreOffice":
        sent = calc.convert(sent, tmp_path / "lo" / "loc.xlsx")
        again = openpyxl.load_workbook(sent)[CELLS]
        assert again.auto_filter.ref and "HYPERLINK" in str(again.cell(*named(sent, "01.K")).value)
    above = tmp_path / "tinh.xlsx"
    above.write_bytes(tiers["province"].read_bytes())

    told = read("consolidate", "--into", above, sent)

    assert told["accepted"] == 1
    assert "STRUCTURE_UNSEEN" not in codes(told["issues"])
    page = openpyxl.load_workbook(above)[CELLS]
    assert [page.cell(row, 1).value for row in range(TOP, page.max_row + 1)] == ["01.1.C1", "01.1.C2", "01.K"]
    assert [page.cell(row, 2 + 3).value for row in range(TOP, page.max_row + 1)] == [
        "Chưa gửi", "Qua cấp trên", "Qua cấp trên"
    ]  # fmt: skip
