"""``status --export``: every direct unit's figures as true tables, totals apart, small figures in the totals alone."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pandas
import pytest
from cli_tools import REQUIRED, held, issue_forms, press, read, type_in
from openpyxl.utils import get_column_letter

from loithe_xl.draw import packs
from loithe_xl.register.register import Register, Unit

LABELS = {id: each.label for id, each in packs.load("loi_the").pack.indicators.items()}
REGISTER = Register(
    (
        Unit("H", "Huyện A", "district"),
        Unit("H.1", "@HYPERLINK(1)", "cell", "H", members=20),
        Unit("H.2", "+84", "cell", "H", members=30),
        Unit("H.3", "Chi bộ “ba”, thôn; 3", "cell", "H", members=10),
    )
)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return issue_forms(tmp_path_factory.mktemp("forms"), REGISTER)


@pytest.fixture(scope="module")
def consolidated(issued: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a district that has two reports of three; a small sensitive figure in one of them."""
    folder = tmp_path_factory.mktemp("district")
    plenty = {**REQUIRED, "members_total": 20, "members_ethnic_area": 7, "reports_revised": 6}
    type_in(issued["H.1"], folder / "mail" / "1.xlsx", plenty, [held(10)])
    type_in(issued["H.2"], folder / "mail" / "2.xlsx", {**plenty, "members_ethnic_area": 2}, [held(11)])
    shutil.copy(issued["H"], folder / "huyen.xlsx")
    done = read("consolidate", "--into", folder / "huyen.xlsx", folder / "mail", "--now", "2023-03-07T08:00")
    assert done["accepted"] == 2, done
    return folder


@pytest.fixture
def parent(consolidated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That district, in a folder where anything may be written."""
    shutil.copytree(consolidated, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return Path("huyen.xlsx")


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(Path(name).read_bytes().decode("utf-8-sig"))))


def frame(sheet: str, name: str = "a.xlsx") -> pandas.DataFrame:
    """A sheet as pandas reads it without a single option."""
    return pandas.read_excel(name, sheet_name=sheet, engine="openpyxl")


UNITS, TOTALS, LONG = "Số liệu đơn vị", "Tổng cộng", "Bảng dài"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_units_add_up_to_the_total_and_to_the_consolidation(parent: Path, lang: str) -> None:
    answer = press("status", parent, "--export", "so-lieu.csv", "--lang", lang)
    assert answer.code == 0 and "so-lieu.csv" in answer.out and "so-lieu_tong.csv" in answer.out

    units, totals = rows("so-lieu.csv"), rows("so-lieu_tong.csv")
    values = read("consolidate", "--into", parent, "mail", "--dry-run")["values"]
    names = {id: label.to(lang) for id, label in LABELS.items()}
    alike = {name for name in names.values() if [*names.values()].count(name) > 1}
    figure, value, withheld = [*totals[0]][-3:]
    for (id, label), total in zip(names.items(), totals, strict=True):
        column = f"{label} ({id})" if label in alike else label
        assert (total[figure], total[value]) == (column, str(values[id])), id
        if not total[withheld]:
            assert sum(int(row[column] or 0) for row in units) == values[id], id
    assert [next(iter(unit.values())) for unit in units] == ["H.1", "H.2", "H.3"]
    assert [id for id, label in names.items() if units[2].get(label)] == [
        "cells_total",
        "cells_not_reported",
    ]  # what the register says


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_small_sensitive_figure_stands_in_the_total_alone(parent: Path, kind: str) -> None:
    """Also where the total stands apart, and in the long table."""
    press("status", parent, "--export", f"a.{kind}", "--heads", "id", "--long")

    if kind == "csv":
        units, totals, long = (pandas.read_csv(f"a{end}.csv") for end in ("", "_tong", "_dai"))
    else:
        units, totals, long = (frame(sheet) for sheet in (UNITS, TOTALS, LONG))
    small, large = "members_ethnic_area", "reports_revised"
    assert units[small].isna().all()
    assert long[long.id == small].value.isna().all()
    totals = totals.set_index("id")
    assert (totals.value[small], totals.withheld[small]) == (9, "units")
    assert (totals.value[large], pandas.isna(totals.withheld[large])) == (12, True)
    assert [*units[large][:2]] == [6, 6] and pandas.isna(units[large][2])
    assert [*long[long.id == large].value[:2]] == [6, 6]


def test_a_total_of_one_unit_s_figure_is_withheld_too(
    issued: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(issued["H"], "huyen.xlsx")
    type_in(issued["H.1"], tmp_path / "1.xlsx", {**REQUIRED, "members_ethnic_area": 2}, [held(10)])
    assert read("consolidate", "--into", "huyen.xlsx", "1.xlsx")["accepted"] == 1

    press("status", "huyen.xlsx", "--export", "a.xlsx", "--heads", "id", "--long")

    totals = frame(TOTALS).set_index("id")
    assert pandas.isna(totals.value["members_ethnic_area"]) and totals.withheld["members_ethnic_area"] == "all"
    whole = openpyxl.load_workbook("a.xlsx")
    column = [cell.value for cell in whole[UNITS][1]].index("members_ethnic_area") + 1
    assert [whole[UNITS].cell(row, column).value for row in (2, 3, 4)] == [None] * 3


def test_heads_by_id_are_those_of_the_json_answers(parent: Path) -> None:
    press("status", parent, "--export", "a.xlsx", "--heads", "id", "--long")
    said = read("status", parent)

    units, totals, long = (frame(sheet) for sheet in (UNITS, TOTALS, LONG))
    assert [*units.columns] == ["unit", "name", "tier", "period", "status", "late", *LABELS]
    assert [*long.columns] == ["unit", "parent", "tier", "period", "id", "value"]
    assert [*totals.columns] == ["unit", "tier", "period", "id", "value", "withheld"]
    assert {*totals.id} <= {*said["values"]}
    assert dict(zip(totals.id, totals.value, strict=True)) == {id: said["values"][id] for id in totals.id}
    assert [*zip(units.unit, units.name, units.status, units.late, strict=True)] == [
        (each["unit"], each["name"], each["status"], each["late"]) for each in said["children"]
    ]
    assert {*units.tier} == {"cell"} and {*totals.tier} == {said["level"]} and {*long.period} == {said["period"]}
    assert {*long.parent} == {"H"}


def test_tables_need_no_cleaning(parent: Path) -> None:
    """As pandas reads them: numbers are numbers, codes and words texts, and blank is what is not known."""
    press("status", parent, "--export", "a.xlsx", "--heads", "id", "--long")

    units, long = frame(UNITS), frame(LONG)
    assert {units[name].dtype.kind for name in LABELS} <= {"i", "f"}
    assert units.late.dtype == bool
    assert len(units) == len(REGISTER.units) - 1 and len(long) == len(units) * len(LABELS)
    wide = long.pivot(index="unit", columns="id", values="value").loc[units.unit, [*LABELS]]
    assert (wide.to_numpy() == units[[*LABELS]].to_numpy())[wide.notna().to_numpy()].all()
    assert (wide.isna().to_numpy() == units[[*LABELS]].isna().to_numpy()).all()
    assert units.members_total.sum() == 40  # no total among the rows


@pytest.mark.parametrize("heads", ["id", "vi"])
def test_power_query_finds_each_table_by_its_name(parent: Path, heads: str) -> None:
    """It asks for true tables by name, or takes a sheet from its first row on: one line of heads, no two alike."""
    press("status", parent, "--export", "a.xlsx", "--heads", heads, "--long")

    book = openpyxl.load_workbook("a.xlsx")
    assert [sheet.title for sheet in book] == [UNITS, TOTALS, LONG]
    for sheet, name in zip(book, ("so_lieu", "tong_cong", "so_lieu_dai"), strict=True):
        whole = f"A1:{get_column_letter(sheet.max_column)}{sheet.max_row}"
        assert {each: sheet.tables[each].ref for each in sheet.tables} == {name: whole}
        heading = [cell.value for cell in sheet[1]]
        assert [each.name for each in sheet.tables[name].tableColumns] == heading
        assert len({each.casefold() for each in heading}) == len(heading)
        assert not sheet.merged_cells.ranges and not sheet.protection.sheet
        assert all("\n" not in each for each in heading)


def test_without_the_long_table_there_are_two(parent: Path, tmp_path: Path) -> None:
    press("status", parent, "--export", "a.xlsx")
    press("status", parent, "--export", "a.csv")

    assert openpyxl.load_workbook("a.xlsx").sheetnames == [UNITS, TOTALS]
    assert sorted(path.name for path in tmp_path.glob("a*")) == ["a.csv", "a.xlsx", "a_tong.csv"]


def test_an_export_is_nobody_s_form(parent: Path) -> None:
    press("status", parent, "--export", "mail/a.xlsx")

    assert len(read("validate", "mail")["files"]) == 2


@pytest.mark.parametrize("option", [("--long",), ("--heads", "id")])
def test_how_tables_look_is_said_of_an_export_only(parent: Path, option: tuple[str, ...]) -> None:
    answer = press("status", parent, *option)

    assert answer.code == 2 and "--export" in answer.err


def test_names_are_no_formulas(parent: Path) -> None:
    press("status", parent, "--export", "a.csv")
    press("status", parent, "--export", "a.xlsx")

    assert [row["Tên đơn vị"] for row in rows("a.csv")] == ["'@HYPERLINK(1)", "'+84", "Chi bộ “ba”, thôn; 3"]
    sheet: Any = openpyxl.load_workbook("a.xlsx").worksheets[0]
    assert [sheet.cell(row, 2).value for row in (2, 3)] == ["@HYPERLINK(1)", "+84"]
    assert [sheet.cell(row, 2).data_type for row in (2, 3)] == ["s", "s"]


def test_the_workbook_says_what_the_text_files_say(parent: Path) -> None:
    for name in ("a.csv", "a.xlsx"):
        press("status", parent, "--export", name, "--long")

    book = openpyxl.load_workbook("a.xlsx")
    for sheet, end in ((UNITS, ""), (TOTALS, "_tong"), (LONG, "_dai")):
        lines = book[sheet].iter_rows(values_only=True)
        said = [["" if value is None else str(value) for value in line] for line in lines]
        told = list(csv.reader(io.StringIO(Path(f"a{end}.csv").read_bytes().decode("utf-8-sig"))))
        assert [[each.removeprefix("'") for each in line] for line in told] == said
    assert isinstance(book[UNITS].cell(2, 7).value, int)


def test_other_endings_and_what_is_written_twice(parent: Path, tmp_path: Path) -> None:
    answer = press("status", parent, "--export", "a.pdf")
    assert answer.code == 2 and "a.pdf" in answer.err and ".xlsx" in answer.err
    assert not (tmp_path / "a.pdf").exists()

    press("status", parent, "--export", "a.xlsx")
    first = Path("a.xlsx").read_bytes()
    assert press("status", parent, "--export", "a.xlsx", "--format", "json").json["children"]
    assert Path("a.xlsx").read_bytes() == first


def test_a_parent_without_reports_has_blank_rows(
    issued: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    press("status", issued["H"], "--export", "a.csv", "--heads", "id")
    assert [(row["cells_total"], row["members_total"]) for row in rows("a.csv")] == [("1", "")] * 3
    totals = {row["id"]: row["value"] for row in rows("a_tong.csv")}
    assert (totals["cells_total"], totals["members_total"]) == ("3", "0")
