"""Rules once: what a form's formulas say in a real spreadsheet is what Python says, for any input."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loithe_xl.book import Book, Formula
from loithe_xl.draw import Case, form_book
from loithe_xl.draw.panel import FIRST, STATE, evaluate_panel
from loithe_xl.evaluate import Raw, serial
from loithe_xl.identity import Identity
from loithe_xl.layout import CHECK, HIDDEN_CHECKS, TOTALS
from loithe_xl.spec import Field
from loithe_xl.submission import Inputs, blank, constants
from loithe_xl.tasks import packs
from loithe_xl.tasks.render import Subject, cell_case, package
from loithe_xl.validate import all_values
from tools import TERM, Calc

LOADED = packs.load("loi_the")
LAYOUT = LOADED.by_form["base_cell"]  # the fullest form of a cell
SALT = b"0123456789abcdef"


def case_of(inputs: Inputs) -> Case:
    """The unit's form with these inputs."""
    identity = Identity("01.K1", TERM.period, TERM.cutoff, TERM.deadline, "loi_the", LAYOUT.digest)
    return cell_case(LOADED, LAYOUT, Subject(identity, "LT1|…", "Chi bộ “Thử” <1>", "Huyện ủy"), inputs)


@pytest.fixture(scope="module")
def calc(soffice: str, uno_python: str) -> Iterator[Calc]:
    """LibreOffice Calc."""
    host = Calc(soffice, uno_python)
    yield host
    host.quit()


@pytest.fixture(scope="module")
def opened(calc: Calc, tmp_path_factory: pytest.TempPathFactory) -> Calc:
    """Calc with a fresh form open."""
    path = tmp_path_factory.mktemp("rules") / "form.xlsx"
    path.write_bytes(package(case_of(blank(LAYOUT.form)), SALT))
    calc.ask("open", path=str(path))
    return calc


texts = st.sampled_from(["Có", "Không", "có", "x", "  ", "12", "Khác", "=1+1", "Chuyên đề"])
numbers = st.one_of(
    st.integers(-3, 40),
    st.integers(serial(TERM.cutoff) - 60, serial(TERM.cutoff) + 60),
    st.decimals(-2, 40, places=2, allow_nan=False),
    st.just(Decimal("0.30000000000000004")),
)


def cells_of(field: Field) -> st.SearchStrategy[Raw]:
    """Mostly what belongs in the cell, sometimes anything."""
    match field.kind:
        case "yesno" | "choice":
            right: st.SearchStrategy[Raw] = st.sampled_from(field.items)
        case "date":
            right = st.integers(serial(TERM.cutoff) - 80, serial(TERM.cutoff) + 80)
        case "count":
            right = st.integers(0, 40)
        case _:
            right = st.sampled_from(["Chi bộ", "5-KH/ĐU"])
    anything: st.SearchStrategy[Raw] = st.one_of(st.none(), texts, numbers)
    return st.one_of(right, right, right, st.none(), anything)


@st.composite
def fills(draw: st.DrawFn) -> Inputs:
    """A form filled at random: decimals, blanks and nonsense included."""
    start = blank(LAYOUT.form)
    values: dict[str, Raw] = {id: draw(cells_of(field)) for id, field in LAYOUT.form.fields.items()}
    tables = {}
    for table in LAYOUT.form.tables.values():
        rows = [dict(row) for row in start.tables[table.id]]
        for row in rows[: draw(st.integers(0, 3))]:
            row.update({column.id: draw(cells_of(column)) for column in table.columns})
        tables[table.id] = tuple(rows)
    return Inputs(values, tables)


def cells_to_set(inputs: Inputs) -> list[list[Any]]:
    """Every input as Calc is to hold it."""
    cells: list[list[Any]] = []
    for id, slot in LAYOUT.slots.items():
        cells.append([slot.sheet, slot.row, slot.column, plain(inputs.values[id])])
    for id, table in LAYOUT.tables.items():
        for number, row in enumerate(inputs.tables[id][:4]):
            cells += [[table.sheet, table.top + number, table.columns[c], plain(raw)] for c, raw in row.items()]
    return cells


def plain(raw: Raw) -> str | float | None:
    """A value as JSON has it; a date is its day number."""
    return raw if raw is None or isinstance(raw, str) else float(raw)  # type: ignore[arg-type]


@settings(max_examples=1000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(inputs=fills())
def test_spreadsheet_and_python_agree(opened: Calc, inputs: Inputs) -> None:
    """The state of every check, the verdict and every derived figure: zero differences."""
    values = all_values(LAYOUT.form, inputs, constants(LOADED.pack, serial(TERM.cutoff)), {})
    panel = evaluate_panel(case_of(inputs))
    states = [HIDDEN_CHECKS, FIRST, STATE, panel.last, STATE]
    derived = [TOTALS, 9, 3, 8 + len(LAYOUT.form.derived), 3]

    answer = opened.ask("fill", cells=cells_to_set(inputs), read=[states, derived, [CHECK, 5, 1, 5, 1]])

    theirs = [int(row[0]) for row in answer["areas"][0]]
    ours = [line.state for line in panel.lines]
    assert {panel.lines[n].item.id: (o, t) for n, (o, t) in enumerate(zip(ours, theirs, strict=True)) if o != t} == {}
    for each, (shown,) in zip(LAYOUT.form.derived, answer["areas"][1], strict=True):
        value = values[each.id]
        assert shown == "" if value is None else abs(Decimal(str(shown)) - value) < Decimal("1e-9"), each.id  # type: ignore[operator]
    assert answer["areas"][2][0][0] == panel.verdict


def compare_results(calc: Calc, book: Book, path: Path) -> int:
    """Every formula's stored result against a recalculation by the spreadsheet; how many were compared."""
    calc.ask("open", path=str(path))
    compared = 0
    for sheet in book.sheets:
        theirs = {(row, column): (value, error) for row, column, value, error in calc.ask("formulas", sheet=sheet.name)["formulas"]}
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


FILLED = {"members_total": 12, "members_exempt": 20, "registered": "Có", "reported_other": Decimal("2.5"), "plan_issued": "Có"}


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
