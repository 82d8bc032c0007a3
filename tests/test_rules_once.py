"""Rules once: what a form's formulas say in a real spreadsheet is what Python says, for any input."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from drawing import drawn_case, received
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tools import TERM, Calc

from loithe_xl.draw import Case, form_book, packs
from loithe_xl.draw.checks import counted, list_checks, more
from loithe_xl.draw.panel import FIRST_CHECK, MESSAGE, STATE, Panel, evaluate_panel
from loithe_xl.draw.render import cell_case, package
from loithe_xl.draw.totals import VALUE, totals_rows
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, blank, constants
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity
from loithe_xl.pack.spec import Field
from loithe_xl.reading.received import exact
from loithe_xl.rules.evaluate import Raw
from loithe_xl.rules.syntax import names
from loithe_xl.workbook.book import Book, Formula
from loithe_xl.workbook.daynumbers import EPOCH, serial
from loithe_xl.workbook.ownsheets import (
    CHECK,
    COUNT_CELL,
    FAULTS_SHOWN,
    FAULTS_TOP,
    HIDDEN_CHECKS,
    MORE_ROW,
    TOTALS,
    VERDICT,
)

LOADED = packs.load("loi_the")
LAYOUT = LOADED.by_form["base_cell"]  # the fullest form of a cell
FILLED_ROWS = 3  # of each table
SALT = b"0123456789abcdef"


def case_of(inputs: Inputs) -> Case:
    """The unit's form with these inputs."""
    identity = Identity("01.K1", TERM.period, TERM.cutoff, TERM.deadline, "loi_the", LAYOUT.digest)
    return cell_case(UnitForm(LOADED, identity, "LT1|…", "Chi bộ “Thử” <1>", "Huyện ủy"), inputs)


@pytest.fixture(scope="module")
def opened(calc: Calc, tmp_path_factory: pytest.TempPathFactory) -> Calc:
    """Calc with a fresh form open."""
    path = tmp_path_factory.mktemp("rules") / "form.xlsx"
    path.write_bytes(package(case_of(blank(LAYOUT.form)), SALT))
    calc.ask("open", path=str(path))
    return calc


TEXTS = ("Có", "Không", "có", "x", "  ", "12", "Khác", "=1+1", "Chuyên đề")
CUTOFF = serial(TERM.cutoff)


def said(day: int, chance: Random) -> str:
    """A day as somebody types it, right in most cases."""
    when, sign = EPOCH + timedelta(days=day), chance.choice("/-.")
    parts = [f"{when.day:{chance.choice(('', '02'))}}", f"{when.month:{chance.choice(('', '02'))}}", f"{when.year}"]
    if chance.random() < 0.1:
        parts[chance.randrange(3)] = chance.choice(("0", "31", "13", "1 ", " 2", "3x", "", "23", "02023", "9999"))
    return sign.join(parts if chance.random() < 0.8 else reversed(parts))


def anything(chance: Random) -> Raw:
    """Text, whole numbers, dates as day numbers, decimals."""
    numbers = (chance.randint(-3, 40), CUTOFF + chance.randint(-60, 60), Decimal(chance.randint(-200, 4000)) / 100)
    return chance.choice((chance.choice(TEXTS), *numbers, Decimal("0.30000000000000004")))


def cell_of(field: Field, chance: Random) -> Raw:
    """Mostly what belongs in the cell, sometimes nothing, sometimes anything."""
    if chance.random() < 0.15:
        return None
    if chance.random() < 0.05:
        return anything(chance)
    match field.kind:
        case "yesno" | "choice":
            return chance.choice(field.items)
        case "date":
            day = CUTOFF + chance.randint(-80, 80)
            return chance.choice((day, said(day, chance), said(day, chance)))
        case "count":
            return chance.randint(0, 40)
    return chance.choice(("Chi bộ", "5-KH/ĐU"))


def random_inputs(seed: int) -> Inputs:
    """A form filled at random, decimals, blanks and nonsense included; the same for the same seed.

    A seed and not a strategy per cell: thousands of draws per example would take longer than the spreadsheet.
    """
    chance = Random(seed)
    start = blank(LAYOUT.form)
    values = {id: cell_of(field, chance) for id, field in LAYOUT.form.fields.items()}
    tables = {}
    for table in LAYOUT.form.tables.values():
        rows = [dict(row) for row in start.tables[table.id]]
        for row in rows[: chance.randint(0, FILLED_ROWS)]:
            row.update({column.id: cell_of(column, chance) for column in table.columns})
        tables[table.id] = tuple(rows)
    return Inputs(values, tables)


def cells_to_set(inputs: Inputs) -> list[list[Any]]:
    """Every input as Calc is to hold it."""
    cells: list[list[Any]] = []
    for id, slot in LAYOUT.slots.items():
        cells.append([slot.sheet, slot.row, slot.column, plain(inputs.values[id])])
    for id, table in LAYOUT.tables.items():
        for number, row in enumerate(inputs.tables[id][:FILLED_ROWS]):
            cells += [[table.sheet, table.top + number, table.columns[c], plain(raw)] for c, raw in row.items()]
    return cells


def plain(raw: Raw) -> str | float | None:
    """A value as JSON has it; a date is its day number."""
    return raw if raw is None or isinstance(raw, str) else float(raw)  # type: ignore[arg-type]


@settings(max_examples=1000 if os.environ.get("CI") else 100, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_spreadsheet_and_python_agree(opened: Calc, seed: int) -> None:
    """The state of every check, the verdict and every derived figure: zero differences."""
    inputs = random_inputs(seed)
    values = all_values(LAYOUT.form, inputs, constants(LOADED.pack, serial(TERM.cutoff)), {})
    panel = evaluate_panel(case_of(inputs))
    states = [HIDDEN_CHECKS, FIRST_CHECK, STATE, panel.last, STATE]
    rows = totals_rows(panel.case)
    derived = [TOTALS, min(rows.values()), VALUE, max(rows.values()), VALUE]
    shown = [CHECK, FAULTS_TOP, 1, MORE_ROW, 4]

    answer = opened.ask(
        "fill", cells=cells_to_set(inputs), read=[states, derived, [CHECK, *VERDICT, *COUNT_CELL], shown]
    )

    theirs = [int(row[0]) for row in answer["areas"][0]]
    ours = [line.state for line in panel.lines]
    assert differences(panel, inputs, ours, theirs) == []
    for each in LAYOUT.form.derived:
        (figure,), value = answer["areas"][1][rows[each.id] - derived[1]], values[each.id]
        assert figure == "" if value is None else abs(Decimal(str(figure)) - value) < Decimal("1e-9"), each.id  # type: ignore[operator]
    assert answer["areas"][2] == [[panel.verdict], [counted(panel)]]
    by_rank = {line.rank: line for line in panel.faults}
    listed = [[*list_checks(panel, by_rank.get(number + 1)).values()] for number in range(FAULTS_SHOWN)]
    assert answer["areas"][3] == [*listed, [more(panel), "", "", ""]]


TAILS = (30.000000000000004, 29.999999999999996, 30.00000000000006, 30.00000000000004, 29.99999999999994, 30.0001, 12.5)


@pytest.mark.parametrize("stored", TAILS)
def test_what_floats_leave_behind_is_read_alike(opened: Calc, stored: float) -> None:
    """The form and Python call the same numbers whole: those that show none of their decimals."""
    start = blank(LAYOUT.form)
    inputs = replace(start, values={**start.values, "members_total": exact(stored)})
    panel = evaluate_panel(case_of(inputs))
    slot = LAYOUT.slots["members_total"]
    states = [HIDDEN_CHECKS, FIRST_CHECK, STATE, panel.last, STATE]
    cells = [*cells_to_set(start), [slot.sheet, slot.row, slot.column, stored]]

    answer = opened.ask("fill", cells=cells, read=[states])

    assert (
        differences(panel, inputs, [line.state for line in panel.lines], [int(row[0]) for row in answer["areas"][0]])
        == []
    )


LARGE = (999, 1000, 12_345, 999_999, 1_000_000, 7_654_321, 10**9, 1_234.5, 0.1 + 0.2)


@pytest.mark.parametrize("many", LARGE)
def test_both_values_are_told_as_python_tells_them(opened: Calc, many: float) -> None:
    """Thousands apart with a full stop, decimals after a comma, whatever the computer's own signs are; days as days."""
    start = blank(LAYOUT.form)
    first, *rest = start.tables["sessions"]
    row = {**first, "planned_date": CUTOFF - 5, "attendees": exact(many / 2)}
    other = {
        **first,
        "held_date": CUTOFF - 5,
        "form": "Khác",
        "note": "Vườn",
        "attendees": 1,
        "reports_presented": exact(many),
    }
    values = {
        **start.values,
        "members_total": exact(many / 2),
        "members_exempt": exact(many),
        "members_transferred_out": 0,
    }
    inputs = Inputs(values, {**start.tables, "sessions": (row, other, *rest[1:])})
    panel = evaluate_panel(case_of(inputs))
    area = [HIDDEN_CHECKS, FIRST_CHECK, MESSAGE, panel.last, MESSAGE]

    answer = opened.ask("fill", cells=cells_to_set(inputs), read=[area])

    assert [said for (said,) in answer["areas"][0]] == [line.message for line in panel.lines]
    assert sum(" so với " in line.message for line in panel.lines) >= 1


def differences(panel: Panel, inputs: Inputs, ours: list[int], theirs: list[int]) -> list[str]:
    """Each check on which they do not agree, with the cells it looks at."""
    found = []
    for line, our, their in zip(panel.lines, ours, theirs, strict=True):
        if our != their:
            row = inputs.tables[line.item.table][line.item.row] if line.item.table else {}
            used = {name: inputs.values.get(name) for check in line.item.checks for name in names(check.rule)}
            found.append(f"{line.item.id} row {line.item.row}: Python {our}, spreadsheet {their}: {row or used}")
    return found


def compare_results(calc: Calc, book: Book, path: Path) -> int:
    """Every formula's stored result against a recalculation by the spreadsheet; how many were compared."""
    calc.ask("open", path=str(path))
    compared = 0
    for sheet in book.sheets:
        theirs = {
            (row, column): (value, error)
            for row, column, value, error in calc.ask("formulas", sheet=sheet.name)["formulas"]
        }
        ours = {where: cell.value for where, cell in sheet.cells.items() if isinstance(cell.value, Formula)}
        assert set(theirs) == set(ours), sheet.name
        for where, formula in ours.items():
            value, error = theirs[where]
            assert error == 0, (sheet.name, where, formula.text)
            if isinstance(formula.result, str):
                assert value == formula.result, (sheet.name, where, formula.text)
            else:
                assert abs(float(formula.result) - value) < 1e-9, (sheet.name, where, formula.text)
        compared += len(ours)
    calc.ask("close")
    return compared


FILLED = {
    "members_total": 12,
    "members_exempt": 20,
    "registered": "Có",
    "reported_other": Decimal("2.5"),
    "plan_issued": "Có",
}


@pytest.mark.parametrize("filled", [{}, FILLED], ids=["fresh", "filled"])
def test_stored_results_are_true(calc: Calc, tmp_path: Path, filled: dict[str, Raw]) -> None:
    """What a cautious viewer shows without recalculating is what recalculation gives."""
    start = blank(LAYOUT.form)
    rows = list(start.tables["sessions"])
    if filled:
        rows[0] = {**rows[0], "held_date": serial(TERM.cutoff) + 3, "superior": "Ai đó"}
    inputs = Inputs({**start.values, **filled}, {**start.tables, "sessions": tuple(rows)})
    book = form_book(case_of(inputs))
    path = tmp_path / "form.xlsx"
    path.write_bytes(package(case_of(inputs), SALT))

    assert compare_results(calc, book, path) > 300


@pytest.mark.parametrize("received_already", [False, True])
def test_stored_results_of_a_parent_are_true(calc: Calc, tmp_path: Path, received_already: bool) -> None:
    """Empty, and with units silent and a file returned: the verdict and what it rests on."""
    case = drawn_case("district", received=received() if received_already else ())
    path = tmp_path / "parent.xlsx"
    path.write_bytes(package(case, SALT))

    assert compare_results(calc, form_book(case), path) > 300
