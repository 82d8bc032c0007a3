"""The table of our own sheets says what is drawn; no other place knows their names."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

from drawing import FORMS, books
from reporting import sample

from loithe_xl.draw.form import form_book
from loithe_xl.register.register import TIER_WORDS
from loithe_xl.tasks import repair
from loithe_xl.workbook.book import Book, Formula
from loithe_xl.workbook.ownsheets import (
    HIDDEN_RECEIPTS,
    LEDGERS,
    OWN_SHEETS,
    REDRAWN,
    REFRESHED,
    TOTALS,
    VERDICT,
    VISIBLE_OF_FORMS,
)

ROOT = Path(__file__).resolve().parent.parent
TABLE = [(each.name, each.hidden) for each in OWN_SHEETS]


def own(book: Book) -> list[tuple[str, bool]]:
    """The sheets after the input sheets, as they stand."""
    names = {name for name, _ in TABLE}
    return [(sheet.name, sheet.hidden) for sheet in book.sheets if sheet.name in names]


def test_a_parent_with_its_report_has_every_sheet_of_the_table_in_its_order():
    case, _ = books()["received-vi"]
    book = form_book(replace(case, page=sample().page()))

    assert own(book) == TABLE
    assert [sheet.name for sheet in book.sheets][-len(TABLE) :] == [name for name, _ in TABLE]


def test_a_form_of_a_cell_has_those_that_are_not_of_parents_alone():
    for form in FORMS:
        case, book = books()[f"{form}-vi"]
        if not case.form.parent:
            # What a cell reports stands beneath its figures: their sheet is there for the formulas alone.
            own_ones = [(each.name, each.hidden or each.name == TOTALS) for each in OWN_SHEETS if not each.of_parents]
            assert own(book) == own_ones


def test_the_verdict_stands_where_it_is_said_on_every_visible_sheet_of_a_form():
    case, book = books()["faulty-vi"]
    said = case.say("submit_no")

    for name in (*(placed.sheet.name for placed in case.layout.sheets), *VISIBLE_OF_FORMS):
        verdict = book.sheet(name).cells[VERDICT].value
        assert isinstance(verdict, Formula) and verdict.result == said, name


def test_above_the_first_row_that_comes_and_goes_nothing_does():
    (_, fresh), (_, later) = books()["district-vi"], books()["received-vi"]

    for name, first in REDRAWN.items():
        if first > 1:
            heads = [
                {at: cell.style for at, cell in book.sheet(name).cells.items() if at[0] < first}
                for book in (fresh, later)
            ]
            assert heads[0] == heads[1], name
            assert any(at[0] == first for at in later.sheet(name).cells), name
    assert not {*REFRESHED} & {*REDRAWN}


def test_repair_reads_every_ledger():
    assert repair._LEDGERS.keys() == LEDGERS


def test_vba_tells_a_parent_by_the_sheet_of_its_receipts():
    names = [
        found
        for file in sorted((ROOT / "addin" / "vba").iterdir())
        for found in re.findall(r'"(_loithe\w*)"', file.read_text(encoding="ascii"))
    ]

    assert names == [HIDDEN_RECEIPTS]


def test_no_other_module_spells_the_name_of_one():
    names = {each.name for each in OWN_SHEETS}
    spelled = {
        (path.name, node.value)
        for folder in ("src", "scripts")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in names
    }

    tier = ("register.py", TIER_WORDS["cell"])  # what a cell is called is also what its sheet is
    assert spelled == {("ownsheets.py", name) for name in names} | {tier}
