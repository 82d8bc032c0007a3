"""Forms as Excel shows them: what may be typed where, what is locked, what prints, and that no formula can break."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from drawing import (
    BOOKS,
    FORMS,
    LOADED,
    PACK,
    TERM,
    UNITS,
    blocks,
    books,
    drawn_case,
    outline,
    received,
    rule_line,
    tree,
    typed,
)
from hypothesis import given
from hypothesis import strategies as st
from reporting import matches_golden
from tools import held

from loithe_xl.consolidation.receipts import Status
from loithe_xl.draw import Case, ParentCase, form_book
from loithe_xl.draw.days import date_echo, references
from loithe_xl.draw.inputs import first_input
from loithe_xl.draw.panel import evaluate_panel
from loithe_xl.draw.render import package
from loithe_xl.form.comparison import compared
from loithe_xl.form.layout import STATUS, Layout, TableSlot, place
from loithe_xl.reading.reader import read
from loithe_xl.reading.received import Received
from loithe_xl.register.filenames import short_name
from loithe_xl.rules.dates import typing_rule
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import Address, address, quoted
from loithe_xl.workbook.book import Book, Formula, Link, Sheet, Validation
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.formulalimits import OLD_FUNCTIONS
from loithe_xl.workbook.ownsheets import (
    ANNEX,
    ANNEX_OPINIONS,
    CHART,
    CHECK,
    FAULTS_SHOWN,
    FAULTS_TOP,
    FIGURES,
    GUIDE,
    HIDDEN_CHECKS,
    JOURNAL,
    LIST_HEAD,
    OPINIONS,
    RECEIPTS,
    REPORT,
    SUMMARY_ROW,
    TOTALS,
    VERDICT,
)
from loithe_xl.workbook.styles import STYLES
from loithe_xl.workbook.writer import render

FRESH = [f"{form}-vi" for form in FORMS]
PRINTED = {REPORT, ANNEX, CHART, ANNEX_OPINIONS}  # Vietnamese in every workbook; the page is open to its writer
VIETNAMESE = re.compile("[à-ỹÀ-ỸăâđêôơưĂÂĐÊÔƠƯ]")
STRING, SHEET = re.compile(r'"(?:[^"]|"")*"'), re.compile(r"'(?:[^']|'')*'")
PROMPT, TITLE, ERROR, LITERAL, CELL, FORMULA = 255, 32, 225, 255, 32_767, 8192  # letters that Excel takes
DEEPEST, HIGHEST, WIDEST = 64, 409, 255  # nested functions; points of a row; letters of a column
SCRIPT = """
import hashlib, sys
from pathlib import Path
from tools import *
from loithe_xl.tasks.consolidate import ConsolidationRequest, consolidate
folder = Path(sys.argv[1])
forms = make_forms(folder / "forms")
sent = [fill(forms[code], folder / f"{code}.xlsx", sessions=[held(10)]) for code in ("01.1.C01", "01.K1")]
consolidate(ConsolidationRequest(forms["01"], tuple(sent)), Office(now=NOON))
for path in sorted(folder.rglob("*.xlsx")):
    if "ban-cu" not in path.parts:
        print(path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
"""


def book(name: str) -> Book:
    return books()[name][1]


def layout(name: str) -> Layout:
    return books()[name][0].layout


def input_sheets(name: str) -> list[Sheet]:
    return [book(name).sheet(placed.sheet.name) for placed in layout(name).sheets]


def formulas(drawn: Book) -> Iterator[tuple[str, str]]:
    """Where each formula of any sort stands, and its text."""
    for sheet in drawn.sheets:
        for where, cell in sheet.cells.items():
            if isinstance(cell.value, Formula):
                yield f"{sheet.name}!{address(*where)}", cell.value.text
        for condition in sheet.conditions:
            yield f"{sheet.name}: condition", condition.formula
        for rule in sheet.validations:
            for part in (rule.source, rule.minimum, rule.maximum):
                if isinstance(part, str):
                    yield f"{sheet.name}: validation", part
    yield from drawn.names.items()


def texts(sheet: Sheet) -> Iterator[tuple[Address, str]]:
    """Everything a sheet shows."""
    for where, cell in sheet.cells.items():
        value = cell.value
        shown = value.result if isinstance(value, Formula) else value.text if isinstance(value, Link) else value
        if isinstance(shown, str):
            yield where, shown


def depth(formula: str) -> int:
    """How deep its brackets are nested."""
    deep = most = 0
    for letter in STRING.sub("", formula):
        deep += (letter == "(") - (letter == ")")
        most = max(most, deep)
    return most


def covered(sheet: Sheet, inputs: set[Address]) -> set[Address]:
    """The inputs with the cells that are merged into them; and a list that may be sorted."""
    found = set(inputs)
    if sheet.filter:
        (head, left), (bottom, right) = sheet.filter
        found |= {(row, column) for row in range(head + 1, bottom + 1) for column in range(left, right + 1)}
    for (top, left), (bottom, right) in sheet.merges:
        if (top, left) in inputs:
            found |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
    return found


# ---------------------------------------------------------------- goldens


@pytest.mark.parametrize("form", ["cell", "base"])
def test_golden_inputs(form: str) -> None:
    """The input sheets as they are seen, a table by its heading and first row, then what each cell lets in."""
    found: list[str] = []
    for placed, sheet in zip(layout(f"{form}-vi").sheets, input_sheets(f"{form}-vi"), strict=True):
        tables = [each.table for each in placed.sections if each.table]
        last = tables[0].top if tables else placed.last
        found += outline(sheet, range(1, last + 1))
        found += [f"  {rule_line(rule)}" for rule in sheet.validations]
    matches_golden(f"form_{form}_inputs.txt", found)


def test_golden_check_head() -> None:
    """The panel of a faulty form down to its third fault, with its formulas."""
    matches_golden("form_check_head.txt", outline(book("faulty-vi").sheet(CHECK), range(1, FAULTS_TOP + 3), True))


def test_golden_names() -> None:
    """How formulas reach the inputs of the fullest cell form, its figures and constants."""
    names = book("base_cell-vi").names
    matches_golden("form_names.txt", (f"{name} = {formula}" for name, formula in names.items()))


def test_golden_received() -> None:
    """What a parent shows of its children: receipts, figures of a few columns, opinions, the journal."""
    drawn = book("received-vi")
    lines = list(outline(drawn.sheet(RECEIPTS), range(6, 20)))
    figures = drawn.sheet(FIGURES)
    some = {where: cell for where, cell in figures.cells.items() if where[1] <= 12 and where[0] > 5}
    lines += outline(Sheet(figures.name, some, freeze=figures.freeze, print=figures.print), range(6, 20), True)
    lines += outline(drawn.sheet(OPINIONS), range(6, 20))
    lines += outline(drawn.sheet(JOURNAL), range(6, 20))
    matches_golden("form_received.txt", lines)


# ---------------------------------------------------------------- formulas that cannot break


@pytest.mark.parametrize("name", BOOKS)
def test_no_formula_lies_inside_the_block_of_a_name(name: str) -> None:
    """Excel could call such a formula circular."""
    drawn = book(name)
    holding = {
        (sheet.name, where)
        for sheet in drawn.sheets
        for where, cell in sheet.cells.items()
        if isinstance(cell.value, Formula)
    }
    areas = {area for formula in layout(name).names.values() for area in blocks(formula)}
    inside = [
        (sheet, address(row, column))
        for sheet, (row, column) in sorted(holding)
        for block, first, last in areas
        if sheet == block and first[0] <= row <= last[0] and first[1] <= column <= last[1]
    ]

    assert len(areas) > 5
    assert inside == []


@pytest.mark.parametrize("name", FRESH)
def test_every_input_has_a_name_that_reaches_it_and_goes_from_locked_to_locked(name: str) -> None:
    """Both ends of each block are cells that cannot be cut, so that cutting an input leaves the name whole."""
    placed = layout(name)
    ends: set[tuple[str, Address]] = set()
    for formula in placed.names.values():
        for sheet, first, last in blocks(formula):
            ends |= {(sheet, first), (sheet, last)}

    assert set(placed.names) == {*placed.slots, *(f"{id}.{c}" for id, t in placed.tables.items() for c in t.columns)}
    assert placed.names.items() <= book(name).names.items()
    assert ends.isdisjoint(placed.inputs)
    for id, slot in placed.slots.items():
        (sheet, first, _), row = blocks(placed.names[id])[0], int(placed.names[id].rsplit(",", 2)[1])
        assert (sheet, first[0] + row - 1, first[1]) == (slot.sheet, slot.row, slot.column)


@pytest.mark.parametrize("name", BOOKS)
def test_formulas_are_of_excel_2010_and_short_enough(name: str) -> None:
    for where, formula in formulas(book(name)):
        bare = SHEET.sub("", STRING.sub("", formula))
        assert set(re.findall(r"([A-Z][A-Z0-9_.]*)\(", bare)) <= OLD_FUNCTIONS, where
        assert not re.search(r"\b(TRUE|FALSE)\b|_xl|#REF|[{}@\[\]]", bare), where
        assert len(formula) <= FORMULA, where
        assert depth(formula) <= DEEPEST, where
        assert all(len(said) - 2 <= LITERAL for said in STRING.findall(formula)), where


@pytest.mark.parametrize("form", FORMS)
def test_what_the_rows_of_a_table_have_in_common_is_stated_once(form: str) -> None:
    """As openpyxl and our own pass over the file read it, each row holds the formula that was drawn for it."""
    drawn = book(f"{form}-vi")
    file = render(drawn)
    number = [sheet.name for sheet in drawn.sheets].index(HIDDEN_CHECKS) + 1
    part = zipfile.ZipFile(io.BytesIO(file)).read(f"xl/worksheets/sheet{number}.xml")
    cells = drawn.sheet(HIDDEN_CHECKS).cells
    formulas = {at: cell.value.text for at, cell in cells.items() if isinstance(cell.value, Formula)}
    shared = {cell.value.shared for cell in cells.values() if isinstance(cell.value, Formula)} - {None}
    theirs = openpyxl.load_workbook(io.BytesIO(file))[HIDDEN_CHECKS]
    found = read(file)

    tables = [slot.table for slot in LOADED.by_form[form].tables.values() if slot.table.rows > 1]
    dates = sum(column.kind == "date" for table in tables for column in table.columns)
    items = [
        line.item for line in evaluate_panel(books()[f"{form}-vi"][0]).lines if line.item.table and not line.item.row
    ]
    valued = sum(any(compared(LOADED.by_form[form], check, item.table) for check in item.checks) for item in items)
    assert len(shared) == 5 * len(tables) + 2 * dates + 2 * valued
    assert part.count(b'<f t="shared"') - part.count(b"/><v>") == len(shared)
    assert {at: theirs.cell(*at).value for at in formulas} == {at: f"={text}" for at, text in formulas.items()}
    assert isinstance(found, Received)
    assert found.formulas
    assert found.formulas[HIDDEN_CHECKS] == formulas


@pytest.mark.parametrize("name", BOOKS)
def test_formulas_name_only_what_there_is(name: str) -> None:
    """Every bare word in a formula is a defined name or a function, every quoted one a sheet."""
    drawn = book(name)
    known = {each.casefold() for each in drawn.names}
    sheets = {quoted(sheet.name) for sheet in drawn.sheets}
    for where, formula in formulas(drawn):
        bare = STRING.sub("", formula)
        assert set(SHEET.findall(bare)) <= sheets, where
        words = re.findall(r"(?<![$A-Za-z0-9_.!])[a-z_][a-z0-9_.]*(?![(!])", SHEET.sub("", bare))
        assert {word.casefold() for word in words} <= known, where


# ---------------------------------------------------------------- typing


def rules(name: str) -> list[tuple[Sheet, Validation]]:
    return [(sheet, rule) for sheet in input_sheets(name) for rule in sheet.validations]


@pytest.mark.parametrize("name", [*FRESH, *(f"{form}-en" for form in FORMS)])
def test_each_input_but_free_text_has_one_rule_and_a_message(name: str) -> None:
    ruled: dict[tuple[str, Address], int] = {}
    for sheet, rule in rules(name):
        (top, left), (bottom, right) = rule.area
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                ruled[sheet.name, (row, column)] = ruled.get((sheet.name, (row, column)), 0) + 1
        assert len(rule.prompt) <= PROMPT
        assert not rule.prompt.endswith("…"), f"cut short: {rule.prompt}"
        assert 0 < len(rule.title) <= TITLE
        assert 0 < len(rule.error) <= ERROR
        if isinstance(rule.source, tuple):
            assert len(",".join(rule.source)) <= LITERAL

    assert set(ruled.values()) == {1}
    assert set(ruled) == layout(name).inputs


def test_dates_are_bounded_by_the_campaign_and_held_ones_by_the_cutoff() -> None:
    table = layout("cell-vi").tables["sessions"]
    bounds = {rule.area[0]: rule.source for _, rule in rules("cell-vi") if rule.kind == "custom"}
    planned, held_ = ((table.top, table.columns[id]) for id in ("planned_date", "held_date"))

    assert bounds[planned] == typing_rule(address(*planned), serial(PACK.start), serial(PACK.end))
    assert bounds[held_] == typing_rule(address(*held_), serial(PACK.start), serial(TERM.cutoff))


def test_the_drop_down_of_cells_is_the_parents_own_register() -> None:
    case, drawn = books()["district-vi"]
    table = case.layout.tables["assignments"]
    top = table.top, table.columns["cell"]
    rule = next(rule for sheet, rule in rules("district-vi") if (sheet.name, rule.area[0]) == (table.sheet, top))
    assert isinstance(rule.source, str)
    sheet, first, last = re.findall(r"'(.+)'!\$A\$(\d+):\$A\$(\d+)", drawn.names[rule.source])[0]
    listed = [drawn.sheet(sheet).cells[row, 1].value for row in range(int(first), int(last) + 1)]

    assert rule.kind == "list"
    assert listed == [unit.code for unit in tree().subtree("01").units if unit.tier == "cell"]


@pytest.mark.parametrize("name", [*FRESH, *(f"{form}-en" for form in FORMS)])
def test_every_word_of_a_help_stands_in_its_row_or_is_said_while_its_cell_is_chosen(name: str) -> None:
    case = books()[name][0]
    prompts = {(sheet.name, rule.area[0]): rule.prompt for sheet, rule in rules(name)}
    for slot in layout(name).slots.values():
        status = book(name).sheet(slot.sheet).cells[slot.row - slot.wide, STATUS].value
        assert isinstance(status, Formula) and isinstance(status.result, str)
        shown = status.result.removeprefix(case.say("mark_wanting"))
        left = prompts.get((slot.sheet, (slot.row, slot.column)), "")
        assert f"{shown} {left}".strip() == case.say(slot.field.help)
        assert shown, "the first sentence has room in any case"


def echoing(name: str) -> Iterator[tuple[Sheet, TableSlot, str]]:
    for table in layout(name).tables.values():
        for column in table.table.columns:
            if column.kind == "date":
                yield book(name).sheet(table.sheet), table, column.id


def test_each_date_is_echoed_beside_it() -> None:
    seen = 0
    for name in FRESH:
        numbers = {id: where.split("!")[1] for id, where in references(layout(name)).items()}
        for sheet, table, id in echoing(name):
            seen += 1
            column, first = re.match(r"\$([A-Z]+)\$(\d+):", numbers[f"{table.table.id}.{id}"]).groups()  # type: ignore[union-attr]
            for row in range(table.table.rows):
                echo = sheet.cells[table.top + row, table.status].value
                assert isinstance(echo, Formula)
                assert f"DAY('{HIDDEN_CHECKS}'!${column}${int(first) + row})" in echo.text
        for slot in layout(name).slots.values():
            if slot.field.kind == "date":
                status = book(name).sheet(slot.sheet).cells[slot.row, slot.column + 1].value
                assert isinstance(status, Formula)
                assert f"DAY('{HIDDEN_CHECKS}'!{numbers[slot.field.id]})" in status.text
    assert seen >= 2


def test_a_swapped_date_is_seen_at_once() -> None:
    drawn = form_book(drawn_case("cell", typed("cell", ({"planned_date": serial(date(2023, 4, 3))}, held(5)))))
    table = layout("cell-vi").tables["sessions"]
    sheet = drawn.sheet(table.sheet)
    shown = [sheet.cells[table.top + row, table.status].value for row in range(2)]

    assert [each.result for each in shown if isinstance(each, Formula)] == [
        "Máy hiểu là: 03 tháng 04",
        "Máy hiểu là: 05 tháng 02",
    ]


@given(st.dates(date(1900, 3, 1)))
def test_an_echo_reads_any_date(day: date) -> None:
    assert date_echo("x", serial(day))[1] == f"ngày {day.day:02} tháng {day.month:02} năm {day.year}"


@pytest.mark.parametrize("raw", [None, "05/03", 0, -1, 3_000_000])
def test_an_echo_of_no_date_is_blank(raw: Any) -> None:
    assert date_echo("x", raw)[1] == ""


# ---------------------------------------------------------------- locked, opened, printed


@pytest.mark.parametrize("name", BOOKS)
def test_only_inputs_are_unlocked(name: str) -> None:
    for sheet in book(name).sheets:
        inputs = {where for on, where in layout(name).inputs if on == sheet.name}
        open_ = {where for where, cell in sheet.cells.items() if not STYLES[cell.style].locked}
        if sheet.name == REPORT:
            assert open_
            continue
        assert open_ == covered(sheet, inputs), sheet.name
        assert sheet.protected


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    """Three workbooks as another library reads them."""
    found = {}
    for name in ("base_cell-vi", "base-vi", "received-vi"):
        case: Case = books()[name][0]
        found[name] = openpyxl.load_workbook(io.BytesIO(package(case, b"0123456789abcdef")))
    return found


@pytest.mark.parametrize("name", ["base_cell-vi", "base-vi", "received-vi"])
def test_the_file_is_locked_the_same(files: dict[str, Any], name: str) -> None:
    workbook = files[name]
    assert workbook.security.lockStructure
    for sheet in workbook.worksheets:
        assert sheet.protection.sheet, sheet.title
        assert sheet.protection.algorithmName == "SHA-512"
        assert sheet.protection.spinCount == 100_000
        inputs = {where for on, where in layout(name).inputs if on == sheet.title}
        rows = sheet.iter_rows() if sheet.title != REPORT else ()
        open_ = {(cell.row, cell.column) for row in rows for cell in row if not cell.protection.locked}
        assert open_ == covered(book(name).sheet(sheet.title), inputs) or sheet.title == REPORT


@pytest.mark.parametrize("name", ["base_cell-vi", "base-vi", "received-vi"])
def test_a_form_opens_on_its_first_sheet_in_its_first_input(files: dict[str, Any], name: str) -> None:
    workbook, placed = files[name], layout(name).sheets
    assert workbook.active.title == placed[0].sheet.name == workbook.sheetnames[0]
    for each in placed:
        view = workbook[each.sheet.name].sheet_view
        active = [spot.activeCell for spot in view.selection if spot.pane in (None, view.pane and view.pane.activePane)]
        first = min(where for sheet, where in layout(name).inputs if sheet == each.sheet.name)
        assert active == [address(*first)]
        assert first == first_input(each)


@pytest.mark.parametrize("name", ["base_cell-vi", "base-vi", "received-vi"])
def test_every_visible_sheet_prints_on_a4_and_one_page_wide(files: dict[str, Any], name: str) -> None:
    for sheet in files[name].worksheets:
        if sheet.sheet_state != "visible":
            continue
        assert int(sheet.page_setup.paperSize) == 9, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        pages = sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight
        tall = (
            {0, 1} if sheet.title[0].isdigit() or sheet.title == GUIDE else {0}
        )  # one a little longer than a page prints on one
        wide, high = (1 if number is None else int(number) for number in pages)
        assert wide == 1 and high in tall, sheet.title


@pytest.mark.parametrize("name", BOOKS)
def test_everything_fits_into_excel(name: str) -> None:
    drawn = book(name)
    titles = [sheet.name for sheet in drawn.sheets]
    assert len({title.casefold() for title in titles}) == len(titles)
    for sheet in drawn.sheets:
        assert len(sheet.name) <= 31
        assert not re.search(r"[\[\]:*?/\\]", sheet.name)
        assert max(sheet.heights.values(), default=0) <= HIGHEST
        assert max(sheet.widths.values(), default=0) <= WIDEST
        assert {cell.style for cell in sheet.cells.values()} <= set(STYLES)
        for where, said in texts(sheet):
            assert len(said) <= CELL, (sheet.name, where)
        spread = [where for first, last in sheet.merges for where in inside(first, last)]
        assert len(spread) == len(set(spread)), f"{sheet.name}: merged areas overlap"
        assert not [where for where in set(spread) - {first for first, _ in sheet.merges} if filled(sheet, where)]


def inside(first: Address, last: Address) -> Iterator[Address]:
    for row in range(first[0], last[0] + 1):
        for column in range(first[1], last[1] + 1):
            yield row, column


def filled(sheet: Sheet, where: Address) -> bool:
    """Whether something would be hidden under a merged cell."""
    return where in sheet.cells and sheet.cells[where].value is not None


# ---------------------------------------------------------------- the panel, the guide, the totals


def test_the_panel_lists_errors_first_with_both_values_and_a_link() -> None:
    case, drawn = books()["faulty-vi"]
    panel, sheet = evaluate_panel(case), drawn.sheet(CHECK)
    listed = [
        [said(sheet, row, column) for column in range(1, 5)] for row in range(FAULTS_TOP, FAULTS_TOP + FAULTS_SHOWN)
    ]
    listed = [row for row in listed if row[0]]

    levels = [row[0] for row in listed]
    assert levels == sorted(levels, key=["LỖI", "CẦN NHẬP", "LƯU Ý"].index)
    assert len(listed) == panel.count(1) + panel.count(2) + panel.count(3) <= FAULTS_SHOWN
    both = next(row for row in listed if row[2].startswith("Số được miễn sinh hoạt đảng cộng"))
    assert both[1] == f"1. Số liệu, ô {case.layout.slots['members_exempt'].cell}"
    assert both[2].endswith(" lớn hơn tổng số đảng viên (21 so với 12).")
    assert both[3] == "Đề nghị kiểm tra lại ba ô: tổng số, được miễn, tạm chuyển ra ngoài."
    assert said(sheet, *VERDICT) == "CHƯA ĐƯỢC NỘP"


def said(sheet: Sheet, row: int, column: int) -> str:
    value = sheet.cells[row, column].value
    return str(value.result) if isinstance(value, Formula) else str(value or "")


def test_a_form_filled_without_fault_may_be_submitted() -> None:
    values = {"members_total": 30, "members_exempt": 2, "members_transferred_out": 1, "leaders_total": 5}
    values |= {"leaders_due": 5, "leaders_reported": 3, "reported_officeholder": 4, "reported_other": 23}
    done = typed("cell", (held(10, planned_date=serial(date(2023, 2, 9))),), **values, registered="Có")
    sheet = form_book(drawn_case("cell", done)).sheet(CHECK)

    assert said(sheet, *VERDICT) == "ĐƯỢC NỘP"
    assert [said(sheet, FAULTS_TOP, column) for column in range(1, 5)] == [""] * 4


@pytest.mark.parametrize("name", FRESH)
def test_the_guide_explains_what_has_no_room_beside_its_cell_and_repeats_nothing(name: str) -> None:
    """What a check says stands on the sheet of checks, and a section's note once above its fields."""
    case, drawn = books()[name]
    shown = {words for _, words in texts(drawn.sheet(GUIDE))}
    fields = [*case.form.fields.values(), *(column for t in case.form.tables.values() for column in t.columns)]
    formulas = [
        cell.value.text
        for placed in case.layout.sheets
        for cell in drawn.sheet(placed.sheet.name).cells.values()
        if isinstance(cell.value, Formula)
    ]
    beside = {field.help.vi for field in fields if any(text_literal(field.help.vi) in each for each in formulas)}
    checks = [*case.form.checks, *(check for table in case.form.tables.values() for check in table.checks)]

    left = [field for field in fields if field.help.vi not in beside]
    assert {words.vi for field in left for words in (field.label, field.help)} <= shown
    assert beside and not beside & shown
    assert not {words.vi for check in checks for words in (check.message, check.remedy)} & shown
    assert {line.vi for line in case.form.intro} <= {*shown, ""}
    told = [words for _, words in texts(drawn.sheet(GUIDE)) if words.count(" ") > 5]
    assert len(told) == len({*told})


@pytest.mark.parametrize("name", BOOKS)
def test_every_computed_figure_has_its_line_its_label_and_its_name(name: str) -> None:
    case, drawn = books()[name]
    sheet = drawn.sheet(TOTALS)
    for derived in case.form.derived:
        where = re.fullmatch(r"'.+'!\$C\$(\d+)", drawn.names[derived.id])
        assert where, derived.id
        row = int(where[1])
        assert said(sheet, row, 2) == case.say(derived.label)
        shown = sheet.cells[row, 3].value
        value = shown.result if isinstance(shown, Formula) else shown
        expected = case.values[derived.id]
        assert value == ("" if expected is None else expected), derived.id


def test_a_parent_has_a_row_for_each_unit_of_its_register() -> None:
    case, drawn = books()["received-vi"]
    sheet = drawn.sheet(FIGURES)
    codes = [cell.value for (row, column), cell in sorted(sheet.cells.items()) if column == 2 and row > 8]

    assert codes == [unit.code for unit in tree().children("01")] == ["01.1", "01.2", "01.K1"]
    assert isinstance(case, ParentCase)
    statuses = {child.unit: child.status for child in case.consolidation.children}
    assert statuses["01.2"] is Status.MISSING
    assert [said(sheet, row, 4) for row in (9, 10, 11)] == ["Đã nhận", "Chưa nộp", "Đã nhận"]


def test_totals_over_units_are_sums_that_a_reader_can_follow() -> None:
    case, drawn = books()["received-vi"]
    sheet = drawn.sheet(FIGURES)
    assert isinstance(case, ParentCase)
    for (row, _), cell in sheet.cells.items():
        if row == 8 and isinstance(cell.value, Formula):
            assert re.fullmatch(r"SUM\([A-Z]+9:[A-Z]+11\)", cell.value.text)
    assert drawn.names["members_total"] == f"'{TOTALS}'!$C${row_of(drawn, 'members_total')}"
    total = drawn.sheet(TOTALS).cells[row_of(drawn, "members_total"), 3].value
    assert isinstance(total, Formula)
    assert total.text.startswith(f"'{FIGURES}'!$")
    assert total.result == case.consolidation.values["members_total"] == 60


def row_of(drawn: Book, name: str) -> int:
    return int(drawn.names[name].rpartition("$")[2])


def test_what_was_received_is_listed_with_its_reason() -> None:
    _, drawn = books()["received-vi"]
    sheet = drawn.sheet(RECEIPTS)
    rows = [[said(sheet, row, column) for column in range(1, 8)] for row in range(LIST_HEAD + 1, LIST_HEAD + 8)]

    parts = {number: row[0] for number, row in enumerate(rows) if row[1] == "" and row[3] == ""}
    assert [*parts] == [0, 2, 5] and [words[:2] for words in parts.values()] == ["A.", "B.", "C."]
    assert [rows[number][3] for number in (1, 3, 4, 6)] == ["Chưa nộp", "Đã nhận", "Đã nhận", "Bị trả lại"]
    assert rows[1][1:3] == ["01.2", "Đảng bộ 01.2"] and rows[1][5].startswith("Chưa gửi")
    assert rows[3][4] == "BC co so.xlsx\n01/03/2023 08:00"
    assert rows[4][4].endswith("(chậm)"), "one day after the deadline is late"
    assert rows[6][5].startswith("Tệp không có mã nhận dạng") and rows[6][6].startswith("Không cần làm gì")
    assert (LIST_HEAD + 8, 1) not in sheet.cells
    assert said(sheet, SUMMARY_ROW, 1).startswith("Đã có số liệu của 2/3 đơn vị trực thuộc (1 đơn vị gửi chậm)")


# ---------------------------------------------------------------- English


def allowed() -> list[str]:
    """Vietnamese that an English form keeps: list items, verdict words, names of sheets and units, the term itself."""
    items = {item for form in PACK.forms.values() for field in form.fields.values() for item in field.items}
    items |= {i for form in PACK.forms.values() for t in form.tables.values() for c in t.columns for i in c.items}
    sheets = {sheet.name for name in BOOKS for sheet in book(name).sheets}
    words = {"ĐƯỢC NỘP", "CHƯA ĐƯỢC NỘP", "LỖI", "LƯU Ý", "chi bộ cơ sở", "CHI BỘ CƠ SỞ"}
    names = {said for unit in tree().units for said in (unit.name, short_name(unit.name))}
    return sorted(items | sheets | words | names, key=len, reverse=True)


@pytest.mark.parametrize("name", [name for name in BOOKS if name.endswith("-en")])
def test_an_english_form_has_no_vietnamese_labels(name: str) -> None:
    case = books()[name][0]
    typed_in = {str(raw) for raw in case.inputs.values.values()}
    typed_in |= {str(raw) for rows in case.inputs.tables.values() for row in rows for raw in row.values()}
    typed_in |= {
        said
        for listed in (case.consolidation.texts.values() if isinstance(case, ParentCase) else ())
        for _, said in listed
    }
    left = []
    for sheet in book(name).sheets:
        for where, words in texts(sheet):
            if sheet.name in PRINTED or (sheet.hidden and sheet.name != HIDDEN_CHECKS) or words in typed_in:
                continue
            for known in allowed():
                words = words.replace(known, "")
            words = re.sub(r"ngày \d\d tháng \d\d năm \d{4}", "", words)  # a date in words reads so everywhere
            if VIETNAMESE.search(words) or words == "TT":
                left.append((sheet.name, address(*where), words))

    assert left == []


@pytest.mark.parametrize("form", FORMS)
def test_rules_speak_english_too(form: str) -> None:
    for _, rule in rules(f"{form}-en"):
        said = f"{rule.title} {rule.prompt} {rule.error}"
        for known in allowed():
            said = said.replace(known, "")
        assert not VIETNAMESE.search(said), said


# ---------------------------------------------------------------- the same every time


def test_the_same_case_gives_the_same_book() -> None:
    for form in ("cell", "district"):
        got = received() if form == "district" else ()
        assert list(form_book(drawn_case(form, received=got)).lines()) == list(
            form_book(drawn_case(form, received=got)).lines()
        )


def test_drawing_changes_no_input() -> None:
    case = books()["faulty-vi"][0]
    before = hashlib.sha256(repr(case.inputs).encode()).hexdigest()
    form_book(case)
    assert hashlib.sha256(repr(case.inputs).encode()).hexdigest() == before


def test_equal_input_gives_equal_bytes_in_two_processes(tmp_path: Path) -> None:
    """Same key, hashes seeded differently: forms, filled forms and a consolidated parent."""
    found = []
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "LOITHE_XL_HOME": str(tmp_path / "home")}
        env["PYTHONPATH"] = os.pathsep.join(["src", "tests"])
        root, out = Path(__file__).parent.parent, tmp_path / "out"
        command = [sys.executable, "-c", SCRIPT, str(out)]
        done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=True)
        found.append(done.stdout)
        out.rename(tmp_path / f"out-{seed}")

    assert len(found[0].splitlines()) == 10
    assert found[0] == found[1]


def test_nothing_of_this_machine_or_moment_is_in_a_form(tmp_path: Path) -> None:
    data = package(books()["received-vi"][0], b"0123456789abcdef")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for trace in (Path.home(), Path.cwd()):
        assert str(trace).encode() not in whole or str(trace) == "/"
    assert re.findall(rb"<dc:creator>(.*?)</dc:creator>", whole) == [b"loithe-xl"]


def test_every_form_of_the_pack_is_drawn_here() -> None:
    assert set(FORMS) == set(PACK.forms) == set(UNITS)
    assert place(PACK.forms["cell"]).digest == LOADED.by_form["cell"].digest
