"""A small count that could tell who is meant stands in totals only, and cannot be found again by subtraction."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import REQUIRED, held, issue_forms, read, type_in
from hypothesis import given as for_all
from hypothesis import strategies as st
from reporting import PACK, given, receipts
from tools import small_register

from loithe_xl.consolidation.receipts import Receipt
from loithe_xl.consolidation.suppression import WITHHELD, Shown, disclosed
from loithe_xl.language.issues import Fault
from loithe_xl.pack.find import pack_folder
from loithe_xl.pack.kinds import Aggregate
from loithe_xl.pack.packfile import load_files, read_folder
from loithe_xl.pack.reportread import read_wording
from loithe_xl.pack.reportspec import Wording
from loithe_xl.pack.spec import Pack
from loithe_xl.report import Page, page_json
from loithe_xl.report.annex import annex_sheet
from loithe_xl.workbook.ownsheets import ANNEX, FIGURES

ID, RATE, PLAIN = "screened_removed", "rate_removed", "members_due"
COLUMNS = f"""
[[annex.columns]]
id = "{ID}"
label = "Đưa ra khỏi Đảng"
kind = "count"

[[annex.columns]]
id = "{RATE}"
label = "Tỷ lệ đưa ra"
kind = "rate"
of = "{ID}"
over = "{PLAIN}"
"""


# ---- the rule


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([], Shown()),
        ([("a", 0), ("a", 0)], Shown()),
        ([("a", 5), ("a", 0), ("b", 7)], Shown()),
        ([("a", 1), ("a", 9)], Shown(unit=False)),
        ([("a", 4), ("a", 4), ("b", 90)], Shown(unit=False)),
        ([("a", 1), ("b", 90)], Shown(unit=False, group=False)),
        ([("a", 1), ("a", 2), ("b", 90)], Shown(unit=False, group=False)),
        ([("a", 1)], Shown(unit=False, group=False, total=False)),
        ([("a", 1), ("a", None), ("b", None)], Shown(unit=False, group=False, total=False)),
        ([("a", 1), ("a", None), ("b", 0)], Shown(unit=False, group=False)),
    ],
)
def test_a_column_is_shown_for_all_or_for_none(figures: list[tuple[str, int | None]], expected: Shown) -> None:
    assert disclosed(figures, 5) == expected


def published(figures: list[tuple[str, int | None]], least: int) -> object:
    """What a reader of the table sees of a column."""
    known = disclosed(figures, least)
    totals = {group: sum(value or 0 for of, value in figures if of == group) for group, _ in figures}
    return (
        [value if known.unit or value is None else WITHHELD for _, value in figures],
        totals if known.group else WITHHELD,
        sum(totals.values()) if known.total else WITHHELD,
    )


def near(figures: list[tuple[str, int | None]]) -> Iterator[list[tuple[str, int | None]]]:
    """The same table with a little moved from one known unit to another."""
    places = [number for number, (_, value) in enumerate(figures) if value is not None]
    if len(places) == 1:
        group = figures[places[0]][0]
        for other in range(1, 9):
            yield [*figures[: places[0]], (group, other), *figures[places[0] + 1 :]]
    for one, two in permutations(places, 2):
        for step in (1, 2):
            moved = [value for _, value in figures]
            if (moved[one] or 0) >= step:
                moved[one], moved[two] = (moved[one] or 0) - step, (moved[two] or 0) + step
                yield [(group, value) for (group, _), value in zip(figures, moved, strict=True)]


UNITS = st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.integers(0, 9)), min_size=1, max_size=6)


@for_all(UNITS, st.integers(3, 6))
def test_nobody_can_reckon_a_small_count_from_what_is_published(
    figures: list[tuple[str, int | None]], least: int
) -> None:
    """For each small count there is another table, published just the same, in which it is another one."""
    seen = published(figures, least)
    alike = [other for other in near(figures) if published(other, least) == seen]

    for number, (_, value) in enumerate(figures):
        if value is not None and 0 < value < least:
            assert any(other[number][1] != value for other in alike), (figures, seen)


# ---- in a report


@cache
def pack(columns: str = COLUMNS) -> Pack:
    """The campaign with sensitive columns in the table of its report."""
    files = read_folder(pack_folder("loi_the"))
    said = files["report/district.toml"].decode()
    return load_files(
        {**files, "report/district.toml": said.replace("# Direct children", f"{columns}\n# Direct children").encode()}
    )


def sent(figures: Mapping[str, int]) -> tuple[Receipt, ...]:
    """What the sample's cells sent, the sensitive figure as stated by cell."""
    changed = []
    for receipt in receipts():
        row = receipt.rows[0]
        removed = figures.get(receipt.unit, 0)
        own = {**row.figures, ID: removed, "screened_reviewed": removed}
        changed.append(replace(receipt, rows=(replace(row, figures=own),)))
    return tuple(changed)


def page(figures: Mapping[str, int]) -> Page:
    return given(sent(figures)).page(pack=pack())


def cells(page: Page, kind: str, id: str = ID) -> list[Any]:
    return [row.cells[id] for row in page.table.rows if row.kind == kind]


UNITS_OF = [receipt.unit for receipt in receipts()]


def test_one_small_count_hides_the_units_and_leaves_the_total() -> None:
    told = page({UNITS_OF[0]: 1, UNITS_OF[100]: 20})

    assert set(cells(told, "unit")) == {WITHHELD, None}, "… or not known, where nothing was received"
    assert cells(told, "total") == [21]
    assert set(cells(told, "unit", RATE)) == {WITHHELD, None}
    assert cells(told, "total", RATE)[0] * cells(told, "total", PLAIN)[0] == 21
    assert not {WITHHELD} & set(cells(told, "unit", PLAIN)), "other columns stay"
    rows = page_json(told)["tables"]["progress"]
    assert {row[ID] for row in rows} == {row[RATE] for row in rows} == {None}
    assert page_json(told)["values"][ID] == 21


def test_large_counts_and_none_are_shown() -> None:
    told = page({UNITS_OF[0]: 8, UNITS_OF[100]: 20})

    assert set(cells(told, "unit")) == {0, 8, 20, None}
    assert not any(WITHHELD in row.cells.values() for row in told.table.rows)
    assert page({}).table.total.cells[ID] == 0


def test_a_small_subtotal_hides_all_subtotals() -> None:
    """A chi bộ cơ sở is a group of its own kind; with the total, one subtotal would give the other."""
    straight = next(unit for unit in UNITS_OF if unit.count(".") == 2)
    told = page({UNITS_OF[0]: 40, straight: 2})

    assert (set(cells(told, "group")), cells(told, "total")) == ({WITHHELD}, [42])
    assert set(cells(told, "group", RATE)) == {WITHHELD}


def test_the_printed_annex_says_what_the_sign_means() -> None:
    pages = [page(figures) for figures in ({}, {UNITS_OF[0]: 1})]
    quiet, told = (annex_sheet(each).unroll() for each in pages if each.annex)

    def words(sheet: Any) -> list[str]:
        return [cell.value for cell in sheet.cells.values() if isinstance(cell.value, str)]

    assert WITHHELD in words(told) and WITHHELD not in words(quiet)
    assert any(said.startswith("Dấu “…”") for said in words(told))
    assert not any(said.startswith("Dấu “…”") for said in words(quiet))
    assert told.print.rows == quiet.print.rows + 1, "it is printed"
    column = next(at[1] for at, cell in told.cells.items() if cell.value == "Đưa ra khỏi Đảng")
    assert [cell.value for at, cell in told.cells.items() if at[1] == column and isinstance(cell.value, int)] == [1]


def test_the_sentence_of_the_whole_district_stays() -> None:
    said = "\n".join(page_json(page({UNITS_OF[0]: 1}))["sentences"])

    assert "01 đảng viên không còn đủ tư cách, đã đưa ra khỏi Đảng" in said


# ---- as data


def test_what_the_campaign_calls_sensitive() -> None:
    expected = {"screened_reviewed", "screened_helped", "screened_removed", "members_ethnic_area", "reports_revised"}

    assert (PACK.sensitive, PACK.smallest_shown) == (expected, 5)
    wording = read_wording(PACK, "district")
    assert isinstance(wording, Wording)
    shown_by_unit = {each.id for each in (*wording.annex.columns, *wording.annex.chart.series)}
    assert not shown_by_unit & PACK.sensitive, "nothing of it is shown by unit at all"


DERIVED = """
[[derived]]
id = "members_kept"
label = "Không sàng lọc"
rule = "members_total - screened_removed"
aggregate = "sum"

[[derived]]
id = "members_kept_share"
kind = "rate"
label = "Tỷ lệ"
rule = "members_kept / members_total"
"""


def changed(file: str, old: str, new: str) -> dict[str, bytes]:
    files = read_folder(pack_folder("loi_the"))
    assert old in files[file].decode(), file
    return {**files, file: files[file].decode().replace(old, new, 1).encode()}


def test_what_rests_on_a_sensitive_figure_is_sensitive() -> None:
    """Otherwise it could be reckoned from the difference."""
    files = changed("derived/cell.toml", "[[derived]]", DERIVED + "\n[[derived]]")

    assert load_files(files).sensitive - PACK.sensitive == {"members_kept", "members_kept_share"}


def test_a_derived_figure_can_be_marked_itself() -> None:
    id = 'id = "cells_held_as_registered"'
    marked = load_files(changed("derived/cell.toml", id, f"{id}\nsensitive = true"))
    rate = 'id = "members_kept_share"'
    cleared = DERIVED.replace(rate, f"{rate}\nsensitive = false")
    freed = load_files(changed("derived/cell.toml", "[[derived]]", f"{cleared}\n[[derived]]"))

    resting = {"cells_held_as_registered_with_province", "subordinate_as_registered_with_province"}
    assert marked.sensitive - PACK.sensitive == {"cells_held_as_registered", *resting}
    assert freed.sensitive - PACK.sensitive == {"members_kept"}


@pytest.mark.parametrize("marked", [True, False])
def test_a_figure_is_sensitive_in_every_form_or_in_none(marked: bool) -> None:
    again = """
title = "Thêm"

[[fields]]
id = "commended_members"
kind = "count"
aggregate = "sum"
travels = true
label = "Khen"
help = "Khen."
"""
    files = changed("forms/any_parent.toml", 'sections = ["', 'sections = ["them", "')
    files["sections/them.toml"] = (again + "sensitive = true\n" * marked).encode()

    with pytest.raises(Fault) as caught:
        load_files(files)
    # A superior that enters what its cells send up would lose one of the two, marked or not.
    assert {each.code for each in caught.value.issues} == {"PACK_FIELD_LOST"} | (
        {"PACK_ID_CONFLICT"} if marked else set()
    )


def test_choices_of_a_sensitive_field_are_sensitive_each() -> None:
    form = next(iter(PACK.forms.values()))
    sheet = form.sheets[0]
    field = replace(
        form.fields["members_away"],
        id="kind",
        kind="choice",
        items=("a", "b"),
        aggregate=Aggregate.COUNT_EACH,
        sensitive=True,
    )
    own = replace(sheet, sections=(replace(sheet.sections[0], fields=(field,)),))
    small = replace(PACK, forms={"x": replace(form, sheets=(own,), derived=())})

    assert small.sensitive == {"kind", "kind.1", "kind.2"}


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        (
            "report/district.toml",
            'id = "cells_completed", label',
            'id = "screened_removed", label',
            "PACK_SENSITIVE_CHART",
        ),
        (
            "sections/opinions.toml",
            'id = "proposals_text"',
            'id = "proposals_text"\nsensitive = true',
            "PACK_SENSITIVE_STAYS",
        ),
        ("sections/sessions.toml", 'id = "attendees"', 'id = "attendees"\nsensitive = true', "PACK_SENSITIVE_STAYS"),
        ("sections/strengthening.toml", "sensitive = true", 'sensitive = "có"', "PACK_VALUE_KIND"),
        ("pack.toml", 'cells = ["members_total"', 'cells = ["screened_removed"', "PACK_MAIN_SENSITIVE"),
        ("pack.toml", 'units = ["cells_total"', 'units = ["screened_removed"', "PACK_MAIN_SENSITIVE"),
        ("pack.toml", "smallest_shown = 5", "smallest_shown = 2", "PACK_NUMBER_BOUNDS"),
    ],
)
def test_a_pack_that_cannot_keep_it_is_refused(file: str, old: str, new: str, code: str) -> None:
    files = changed(file, old, new)
    if code == "PACK_SENSITIVE_CHART":
        said = files[file].decode().replace("# Direct children", f"{COLUMNS}\n# Direct children")
        files[file] = said.encode()

    with pytest.raises(Fault) as caught:
        load_files(files)

    assert [each.code for each in caught.value.issues] == [code]
    assert caught.value.issues[0].place.file == file


# ---- through the whole program


def test_report_file_prose_and_json_show_the_total_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack of one's own whose table asks for screened members by unit."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(pack_folder("loi_the"), "goi")
    for file, old, new in (
        ("pack.toml", 'id = "loi_the"', 'id = "sang_loc"'),
        ("report/district.toml", "# Direct children", f"{COLUMNS}\n# Direct children"),
    ):
        said = Path("goi", file).read_text(encoding="utf-8")
        Path("goi", file).write_text(said.replace(old, new, 1), encoding="utf-8")
    forms = issue_forms(tmp_path / "f", small_register({"01.1": 1, "01.2": 1}, 2), "district", "--pack", "./goi")
    counts = {"01.1.C01": 1, "01.2.C01": 7, "01.K1": 0, "01.K2": 2}
    for unit, removed in counts.items():
        values = {**REQUIRED, "members_total": 90, "screened_reviewed": removed, ID: removed}
        type_in(forms[unit], tmp_path / "nhan" / f"{unit}.xlsx", values, [held(10)])
    read("consolidate", "--into", forms["01"], "nhan")

    told = read("report", forms["01"], "--out", "bc.xlsx")

    assert (told["values"][ID], {row[ID] for row in told["tables"]["progress"]}) == (10, {None})
    for file in (forms["01"], Path("bc.xlsx")):
        annex = openpyxl.load_workbook(file)[ANNEX]
        (head,) = [cell for line in annex.iter_rows() for cell in line if cell.value == "Đưa ra khỏi Đảng"]
        column = [annex.cell(row, head.column).value for row in range(head.row + 1, annex.max_row)]
        assert column[:-1] == [WITHHELD] * 6 and column[-1] == 10  # two groups, four units, the total
    rows = openpyxl.load_workbook(forms["01"])[FIGURES]
    short = PACK.indicators[ID].short.vi
    (head,) = [cell for line in rows.iter_rows() for cell in line if cell.value == short]
    kept = [rows.cell(row, head.column).value for row in range(head.row + 2, rows.max_row + 1)]
    assert sorted(kept) == [0, 1, 2, 7], "the working book keeps its rows"
