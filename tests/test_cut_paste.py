"""Cut and paste must not break a form, and the reader must say what happened."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import Calc, fill, held, make_forms

from loithe_xl.draw import packs
from loithe_xl.form.layout import Layout
from loithe_xl.intake.openfile import Opened, open_file

LAYOUT: Layout = packs.load("loi_the").by_form["cell"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cell's form, filled in."""
    folder = tmp_path_factory.mktemp("cut")
    forms = make_forms(folder / "forms")
    return fill(forms["01.1.C01"], folder / "filled.xlsx", sessions=[held(10), held(12)])


def cut(calc: Calc, form: Path, source: tuple[str, int, int], target: tuple[str, int, int], out: Path) -> Opened:
    """The form after one cut and paste, saved by Calc; fails on any broken name or formula."""
    sheets = calc.ask("open", path=str(form))["sheets"]
    before = calc.ask("names")["names"]
    calc.ask("move", source=source, target=target, password="loithe")
    after = calc.ask("names")["names"]
    assert {name for name, text in after.items() if "#REF" in text} == set()
    assert after == before
    for sheet in sheets:
        assert [found for found in calc.ask("formulas", sheet=sheet)["formulas"] if found[3]] == []
    calc.ask("save", path=str(out))
    calc.ask("close")
    return open_file(out, out.name)


def slot(id: str) -> tuple[str, int, int]:
    """Where a field lies."""
    found = LAYOUT.slots[id]
    return found.sheet, found.row, found.column


def test_onto_another_input(calc: Calc, filled: Path, tmp_path: Path) -> None:
    """The source is blank and locked: said, with its cell."""
    opened = cut(calc, filled, slot("members_total"), slot("members_away"), tmp_path / "out.xlsx")

    codes = {(found.code, found.place.field) for found in opened.issues}
    assert ("FIELD_REQUIRED", "members_total") in codes
    assert ("FIELD_CUT", "members_total") in codes


def test_outside_the_form(calc: Calc, filled: Path, tmp_path: Path) -> None:
    """The value stands where the form has nothing: an ERROR with its cell."""
    sheet, row, column = slot("members_total")
    opened = cut(calc, filled, (sheet, row, column), (sheet, row, column + 6), tmp_path / "out.xlsx")

    outside = [found for found in opened.issues if found.code == "VALUE_OUTSIDE"]
    assert [found.place.cell for found in outside] == [f"J{row}"]


def test_within_a_table(calc: Calc, filled: Path, tmp_path: Path) -> None:
    """A cell of a table's column cut to another row leaves the column's name whole."""
    table = LAYOUT.tables["sessions"]
    column = table.columns["held_date"]
    source, target = (table.sheet, table.top, column), (table.sheet, table.top + 9, column)
    opened = cut(calc, filled, source, target, tmp_path / "out.xlsx")

    assert opened.inputs.tables["sessions"][0]["held_date"] is None
    assert opened.inputs.tables["sessions"][9]["held_date"] is not None
    assert ("FIELD_CUT", "sessions.held_date") in {(found.code, found.place.field) for found in opened.issues}
