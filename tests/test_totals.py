"""A parent's computed sheets: totals are sums that a reader can follow, and agree with the figures everywhere."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from test_leaves import cascaded, direct, trees
from test_rules_once import compare_results
from tools import TERM, Calc, small_register

from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.consolidation.receipts import Receipt
from loithe_xl.draw import form_book, packs
from loithe_xl.draw.columns import TOTAL_ROW, columns_of
from loithe_xl.draw.render import package, parent_case
from loithe_xl.draw.totals import figures
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity
from loithe_xl.register.register import Register
from loithe_xl.workbook.book import Book, Formula
from loithe_xl.workbook.ownsheets import FIGURES, TOTALS

LOADED = packs.load("loi_the")
LAYOUT = LOADED.by_form["district"]
IDENTITY = Identity("01", TERM.period, TERM.cutoff, TERM.deadline, "loi_the", LAYOUT.digest)


def district(register: Register, receipts: list[Receipt]) -> tuple[Book, bytes, dict[str, object]]:
    """The district's workbook after these files, its bytes and its values."""
    unit_form = UnitForm(LOADED, IDENTITY, "LT1|…", "Huyện Thử", "Tỉnh")
    case = parent_case(unit_form, blank(LAYOUT.form), Ledgers(register, tuple(receipts)), {})
    values: dict[str, object] = dict(case.consolidation.values)
    shown = {each.id: row for row, each in enumerate(figures(case))}
    assert set(shown) >= set(LOADED.pack.indicators)
    columns = columns_of(case)
    sheet = form_book(case).sheet(FIGURES)
    for id in LOADED.pack.indicators:
        total = sheet.cells[TOTAL_ROW, columns[id]].value
        assert isinstance(total, Formula)
        assert total.result == values[id], id
    return form_book(case), package(case, b"0" * 16), values


@settings(max_examples=15)
@given(trees())
def test_the_total_row_is_the_figure(tree: tuple[Register, dict[str, Inputs]]) -> None:
    """Under every heading the total of the units' rows is the parent's figure, units that sent nothing included."""
    register, sent = tree

    book, _, values = district(register, cascaded(register, direct(register, sent)))

    sheet = book.sheet(TOTALS)
    computed = [cell.value for cell in sheet.cells.values() if isinstance(cell.value, Formula)]
    assert computed
    assert values["cells_total"] == len(register.of_tier("cell"))


def test_stored_results_of_a_parent_are_true(calc: Calc, tmp_path: Path) -> None:
    """Recalculated by a spreadsheet, every formula of a consolidated district says what the file says."""
    register = small_register({"01.1": 3, "01.2": 2}, 2)
    sent: dict[str, Inputs] = {}
    for number, cell in enumerate(register.of_tier("cell")[:-1]):
        form = LOADED.pack.form_for(cell, register)
        assert form
        start = blank(form)
        answers = {"members_total": 10 + number, "members_exempt": 1, "members_transferred_out": 0, "leaders_total": 2}
        more = {"leaders_due": 2, "leaders_reported": 1, "reported_officeholder": 1, "reported_other": number}
        sent[cell.code] = Inputs({**start.values, **answers, **more, "registered": "Có"}, start.tables)
    book, data, _ = district(register, cascaded(register, direct(register, sent)))
    path = tmp_path / "district.xlsx"
    path.write_bytes(data)

    assert compare_results(calc, book, path) > 300
