"""``status --export``: every direct unit's figures as one table, adding up, with small figures in the total alone."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import REQUIRED, held, issue_forms, press, read, type_in

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


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A district with two reports of three; a small sensitive figure in one of them."""
    monkeypatch.chdir(tmp_path)
    forms = issue_forms(tmp_path / "forms", REGISTER)
    plenty = {**REQUIRED, "members_total": 20, "members_ethnic_area": 7, "reports_revised": 6}
    type_in(forms["H.1"], tmp_path / "mail" / "1.xlsx", plenty, [held(10)])
    type_in(forms["H.2"], tmp_path / "mail" / "2.xlsx", {**plenty, "members_ethnic_area": 2}, [held(11)])
    done = read("consolidate", "--into", forms["H"], "mail", "--now", "2023-03-07T08:00")
    assert done["accepted"] == 2, done
    return forms["H"]


def rows(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_units_add_up_to_the_total_and_to_the_consolidation(parent: Path, lang: str) -> None:
    answer = press("status", parent, "--export", "so-lieu.csv", "--lang", lang)
    assert answer.code == 0 and "so-lieu.csv" in answer.out

    *units, total = rows(Path("so-lieu.csv").read_bytes())
    values = read("consolidate", "--into", parent, "mail", "--dry-run")["values"]
    names = {id: label.to(lang) for id, label in LABELS.items()}
    alike = {name for name in names.values() if [*names.values()].count(name) > 1}
    for id, label in names.items():
        column = f"{label} ({id})" if label in alike else label
        said = [row[column] for row in units]
        assert total[column] == str(values[id]), id
        if "…" not in said:
            assert sum(int(each or 0) for each in said) == values[id], id
    assert next(iter(units[0].values())) == "H.1"
    assert [id for id, label in names.items() if units[2].get(label)] == [
        "cells_total",
        "cells_not_reported",
    ]  # what the register says


def test_a_small_sensitive_figure_stands_in_the_total_alone(parent: Path) -> None:
    press("status", parent, "--export", "so-lieu.csv")

    *units, total = rows(Path("so-lieu.csv").read_bytes())
    small, large = (LABELS[id].vi for id in ("members_ethnic_area", "reports_revised"))
    assert [row[small] for row in units] == ["…", "…", ""]
    assert (total[small], total[large]) == ("9", "12")
    assert [row[large] for row in units] == ["6", "6", ""]


def test_names_are_no_formulas(parent: Path) -> None:
    press("status", parent, "--export", "a.csv")
    press("status", parent, "--export", "a.xlsx")

    *units, _ = rows(Path("a.csv").read_bytes())
    assert [row["Tên đơn vị"] for row in units] == ["'@HYPERLINK(1)", "'+84", "Chi bộ “ba”, thôn; 3"]
    sheet: Any = openpyxl.load_workbook("a.xlsx").worksheets[0]
    assert [sheet.cell(row, 2).value for row in (2, 3)] == ["@HYPERLINK(1)", "+84"]
    assert [sheet.cell(row, 2).data_type for row in (2, 3)] == ["s", "s"]


def test_the_workbook_says_what_the_text_file_says(parent: Path) -> None:
    for name in ("a.csv", "a.xlsx"):
        press("status", parent, "--export", name)

    sheet: Any = openpyxl.load_workbook("a.xlsx").worksheets[0]
    said = [["" if value is None else str(value) for value in line] for line in sheet.iter_rows(values_only=True)]
    told = list(csv.reader(io.StringIO(Path("a.csv").read_bytes().decode("utf-8-sig"))))
    assert [[each.removeprefix("'") for each in line] for line in told] == said
    assert isinstance(sheet.cell(2, 6).value, int)
    assert not sheet.protection.sheet


def test_other_endings_and_what_is_written_twice(parent: Path, tmp_path: Path) -> None:
    answer = press("status", parent, "--export", "a.pdf")
    assert answer.code == 2 and "a.pdf" in answer.err and ".xlsx" in answer.err
    assert not (tmp_path / "a.pdf").exists()

    press("status", parent, "--export", "a.xlsx")
    first = Path("a.xlsx").read_bytes()
    assert press("status", parent, "--export", "a.xlsx", "--format", "json").json["children"]
    assert Path("a.xlsx").read_bytes() == first


def test_a_parent_without_reports_has_blank_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    forms = issue_forms(tmp_path / "forms", REGISTER)

    press("status", forms["H"], "--export", "a.csv")
    *units, total = rows(Path("a.csv").read_bytes())
    cells, members = LABELS["cells_total"].vi, LABELS["members_total"].vi
    assert [(row[cells], row[members]) for row in (*units, total)] == [("1", ""), ("1", ""), ("1", ""), ("3", "0")]
