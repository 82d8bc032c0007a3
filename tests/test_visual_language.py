"""docs/visual-language.md is what the styles are; and the forms: heights, colours, the way on, signatures."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Convert
from drawing import FORMS, drawn_case, typed
from tools import held

from loithe_xl.draw import Case, form_book
from loithe_xl.draw.head import LINE_POINTS, ROW_POINTS
from loithe_xl.draw.render import package
from loithe_xl.form.layout import HEAD_ROW, INPUT, STATUS
from loithe_xl.workbook import styles
from loithe_xl.workbook.address import address
from loithe_xl.workbook.book import Book, Condition, Formula, Link, Sheet
from loithe_xl.workbook.ownsheets import CHECK, TOTALS
from loithe_xl.workbook.styles import STYLES

PAGE = (Path(__file__).parent.parent / "docs" / "visual-language.md").read_text(encoding="utf-8")
PIXELS = 4 / 3  # of a point
READABLE = 4.5


def colours() -> dict[str, str]:
    """The colours of the styles' module by their names."""
    return {name: value for name, value in vars(styles).items() if re.fullmatch("[0-9A-F]{6}", str(value))}


def test_the_page_names_every_colour_of_the_styles() -> None:
    told: dict[str, str] = {}
    for line in PAGE.splitlines():
        if line.startswith("| `"):
            values, names, _ = line.strip("| ").split(" | ")
            told |= dict(zip(re.findall("`(\\w+)`", names), re.findall("`(\\w+)`", values), strict=True))
    assert told == colours()


def test_every_style_uses_these_colours_only() -> None:
    known = {*colours().values(), "000000", "FFFFFF", "", "888888", "FBF5F1", "7A1F1F"}
    assert {each for style in STYLES.values() for each in (style.fill, style.colour, style.line)} <= known


def test_type_on_its_ground_can_be_read() -> None:
    poor = {
        name: round(contrast(style.colour, style.fill or "FFFFFF"), 1)
        for name, style in STYLES.items()
        if not name.startswith("hidden") and contrast(style.colour, style.fill or "FFFFFF") < READABLE
    }
    assert poor == {}


def contrast(one: str, other: str) -> float:
    """As WCAG 2 reckons it."""
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("form", FORMS)
def test_heads_are_low_and_rows_have_whole_lines(form: str) -> None:
    case = drawn_case(form)
    book = form_book(case)
    for placed in case.layout.sheets:
        sheet = book.sheet(placed.sheet.name)
        assert sheet.freeze
        frozen = sum(sheet.heights.get(row, 15.75) for row in range(1, sheet.freeze[0])) * PIXELS
        assert frozen <= (150 if sheet.freeze[0] == HEAD_ROW + 1 else 260), (sheet.name, frozen)
        slots = [slot for slot in case.layout.slots.values() if slot.sheet == sheet.name]
        rows = {slot.row - slot.wide for slot in slots}
        rows |= {row for each in placed.sections if each.table for row in range(each.table.top, each.table.bottom + 1)}
        for row in rows:
            assert ((sheet.heights[row] - ROW_POINTS) / LINE_POINTS).is_integer(), (sheet.name, row)
        low = sum(sheet.heights[row] == ROW_POINTS for row in rows)
        assert low >= len(rows) / 3, "most rows hold one line"


def test_of_a_tables_row_only_the_cell_that_is_meant_is_coloured() -> None:
    """Its faults: a choice of no list in one row, no form in another, more who presented than were there in a third."""
    rows = (held(10, superior="Xã"), held(11, form=None), held(12, attendees=7, reports_presented=12))
    case = drawn_case("cell", typed("cell", rows))
    sheet, table = form_book(case).sheet(case.layout.tables["sessions"].sheet), case.layout.tables["sessions"]
    for index, (column, style) in enumerate((("superior", "bad"), ("form", "missing"), ("reports_presented", "warn"))):
        row = table.top + index
        coloured = {
            id: found for id, place in table.columns.items() if (found := looks(sheet, row, place, table.fault))
        }
        assert coloured == {column: [style]}
        assert looks(sheet, row, table.status, table.fault) == [style]


def looks(sheet: Sheet, row: int, column: int, fault: int) -> list[str]:
    """The styles that conditions give to a cell, by the results of the formulas that they look at."""
    return [each.style for each in sheet.conditions if covers(each, row, column) and holds(sheet, each, row, column)]


def covers(condition: Condition, row: int, column: int) -> bool:
    (top, left), (bottom, right) = condition.area
    return top <= row <= bottom and left <= column <= right


def holds(sheet: Sheet, condition: Condition, row: int, column: int) -> bool:
    """Of a condition of these sheets: the column it asks for, and how a cell's text begins."""
    for letters in re.findall(r"\$([A-Z]+)\d+=COLUMN\(", condition.formula):
        if result(sheet, row, letters) != column:
            return False
    found = re.findall(r'LEFT\(\$([A-Z]+)\d+,(\d+)\)="(.*?)"', condition.formula)
    return any(str(result(sheet, row, letters))[: int(count)].lower() == said.lower() for letters, count, said in found)


def result(sheet: Sheet, row: int, letters: str) -> object:
    column = next(number for number in range(1, 40) if address(1, number)[:-1] == letters)
    value = sheet.cells[row, column].value
    assert isinstance(value, Formula)
    return value.result


@pytest.mark.parametrize("form", FORMS)
def test_each_input_sheet_leads_to_the_next_and_the_last_to_the_checks(form: str) -> None:
    case = drawn_case(form)
    book = form_book(case)
    names = [placed.sheet.name for placed in case.layout.sheets]
    for placed, following in zip(case.layout.sheets, [*names[1:], CHECK], strict=True):
        link = book.sheet(placed.sheet.name).cells[placed.last + 1, 1]
        assert isinstance(link.value, Link) and STYLES[link.style].locked
        target, _, cell = link.value.target.partition("!")
        assert target == f"'{following}'"
        assert following == CHECK or (book.sheet(following).selection == coordinates(cell))


def coordinates(cell: str) -> tuple[int, int]:
    letters, digits = re.fullmatch("([A-Z]+)(\\d+)", cell).groups()  # type: ignore[union-attr]
    return int(digits), next(number for number in range(1, 40) if address(1, number)[:-1] == letters)


def words(book: Book, name: str) -> set[str]:
    return {cell.value for cell in book.sheet(name).cells.values() if isinstance(cell.value, str)}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_printed_has_a_place_to_sign(form: str) -> None:
    case = drawn_case(form)
    book = form_book(case)
    signed = TOTALS if case.form.parent else case.layout.sheets[0].sheet.name
    assert len(case.form.foot.signatures) == 2
    assert {line for each in case.form.foot.signatures for line in each.vi.split("\n")} <= words(book, signed)


def test_a_secretary_sees_what_his_form_reports_and_no_sheet_of_all_figures() -> None:
    typed_in = {"members_total": 90, "members_exempt": 4, "members_transferred_out": 2}
    typed_in |= {"reported_officeholder": 5, "reported_other": 50}
    case = drawn_case("cell", typed("cell", (held(10),), **typed_in))
    book = form_book(case)
    sheet, last = book.sheets[0], case.layout.sheets[0].last
    said = [sheet.cells[last + 4 + line, INPUT].value for line in range(4)]

    assert book.sheet(TOTALS).hidden
    assert [str(each.result)[:6] for each in said if isinstance(each, Formula)] == ["84", "55", "0.6547", "Chi bộ"]
    state = said[3]
    assert isinstance(state, Formula) and state.result == "Chi bộ đang thực hiện"
    assert ((last + 7, INPUT), (last + 7, STATUS)) in sheet.merges
    assert not form_book(drawn_case("district")).sheet(TOTALS).hidden


def test_a_cells_input_sheets_print_on_a_page_each() -> None:
    case = drawn_case("cell")
    book = form_book(case)
    assert [book.sheet(placed.sheet.name).print.fit_tall for placed in case.layout.sheets] == [True] * 3
    district = form_book(drawn_case("district"))
    assigned = district.sheet("2. Phân công")
    assert assigned.print.fit_tall, "of 200 rows 20 are in sight"
    many = form_book(replace(drawn_case("district"), rows=200)).sheet("2. Phân công")
    assert not many.print.fit_tall, "200 rows would be too small to read"


def folded(case: Case) -> int:
    """How many rows of the assignments are folded."""
    slot = case.layout.tables["assignments"]
    rows = form_book(case).sheet(slot.sheet).hidden_rows
    assert rows == frozenset(range(slot.bottom - len(rows) + 1, slot.bottom + 1)), "the last ones"
    return len(rows)


def test_a_table_shows_as_many_rows_as_are_filled_or_asked_for() -> None:
    case = drawn_case("base_cell")
    assert folded(case) == 180
    for number, hidden in ((19, 180), (20, 160), (45, 120), (200, 0)):
        typed = [{**row, "official_role": "Ban Tổ chức"} for row in case.inputs.tables["assignments"][:number]]
        blank = case.inputs.tables["assignments"][number:]
        inputs = replace(case.inputs, tables={**case.inputs.tables, "assignments": (*typed, *blank)})
        assert folded(replace(case, inputs=inputs)) == hidden, number
    assert folded(replace(case, rows=60)) == 120
    notes = [form_book(replace(case, rows=rows)).sheet("5. Phân công").cells[8, 1].value for rows in (0, 60)]
    assert notes[0] == notes[1] and "Bỏ ẩn" in str(notes[0]), "what is printed in a form changes never"
    assert not form_book(case).sheet("2. Các buổi sinh hoạt").hidden_rows


@pytest.mark.parametrize(("name", "most"), [("cell", 5), ("base_cell", 9)])
def test_a_printed_form_has_no_empty_pages(
    name: str, most: int, office: Convert, pdftoppm: str, tmp_path: Path
) -> None:
    (tmp_path / "a.xlsx").write_bytes(package(drawn_case(name), b""))
    pdf = office(tmp_path / "a.xlsx", "pdf", tmp_path / "pdf")
    subprocess.run([pdftoppm, "-r", "20", "-png", str(pdf), str(tmp_path / "p")], check=True)
    assert len([*tmp_path.glob("p-*.png")]) <= most
