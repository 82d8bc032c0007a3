"""Every visible sheet fits an office PC's screen of 1366 by 768, and no text is longer than its cell.

Reckoned from the sheets as they are drawn: columns and rows in points, texts by the letters' own widths. The report
and its annexes are pages of paper with rules of their own (test_report, test_reportsheet).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from drawing import FORMS, drawn_case, received, typed
from tools import REQUIRED, held

from loithe_xl.draw import Case, ParentCase, form_book
from loithe_xl.draw.panel import Panel, evaluate_panel
from loithe_xl.draw.render import parent_case
from loithe_xl.form.checks import is_wanting
from loithe_xl.form.comparison import DATED, compared
from loithe_xl.form.layout import STATUS
from loithe_xl.language.issues import Place, issue
from loithe_xl.register.register import Register
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.address import Address
from loithe_xl.workbook.book import Formula, Link, Sheet
from loithe_xl.workbook.metrics import length, lines
from loithe_xl.workbook.ownsheets import (
    ANNEX,
    ANNEX_OPINIONS,
    CHART,
    CHECK,
    COUNT_CELL,
    FAULTS_TOP,
    FIGURES,
    MORE_ROW,
    REPORT,
)
from loithe_xl.workbook.styles import COUNT, STYLES, Style

WIDE, HIGH, ROWS = 1250, 530, 10  # pixels of a sheet that are seen, and rows of data that must be among them
ROW, OTHER_ROW, OTHER_COLUMN = 20, 15.75, 9  # points of a row of one line; of a row, characters of a column, unset
MARGIN, INDENT, LINE = 4, 7, 16.5 / 12  # points beside a text; per indent; points of a line for each of type
LARGEST = "999.999"  # members that a district may count
CONTRAST = 4.5
UNSURE = 0.94  # of a column: what fits it only just may take a line more
SIDEWAYS = {FIGURES}  # tables of a column per figure, beside a unit's name that stays in sight
DIGIT, NARROW = 8, 7.75  # pixels for each character that a column is wide; in programs whose letters are narrower
PAPER = (REPORT, ANNEX, CHART, ANNEX_OPINIONS)
LONG = "Đảng bộ Trung tâm Giáo dục nghề nghiệp – GDTX thị trấn Mẫu Trung"

# What does not fit yet, and why; each goes when it fits, none comes.
UNDONE = {"Số liệu đơn vị": "six digits and one name over its columns need more room"}
HEAD_UNDONE = (1, 2, 3)  # rows of the head that become smaller than can be read where names are long


def in_use() -> Case:
    """A district with long names and long texts: files that count, one late, one turned away for many faults."""
    faults = tuple(issue(code, Place("x.xlsx")) for code in ("TOKEN_MISSING", "FILE_PDF", "FILE_MACRO"))
    file = "Báo cáo của chi bộ tháng 2 năm 2023 (đã sửa theo góp ý của Ban Tuyên giáo).xlsx"
    sent = [replace(each, file=file, issues=faults if each.issues else ()) for each in received()]
    case = drawn_case("district", received=tuple(sent))
    assert isinstance(case, ParentCase)
    named = Register(tuple(replace(unit, name=f"{LONG} {unit.code}") for unit in case.ledgers.register.units))
    unit_form = replace(case.unit_form, name=LONG, above=LONG)
    return parent_case(unit_form, case.inputs, replace(case.ledgers, register=named), {})


def faulty() -> Case:
    wrong = held(10, superior="Trung ương", attendees=1234567, reports_presented=12345678)
    values: dict[str, Raw] = {**REQUIRED, "members_exempt": 400, "registered": "Có lẽ", "reports_revised": 123456}
    return drawn_case("cell", typed("cell", (wrong,) * 24, **values))


@cache
def cases() -> dict[str, Case]:
    fresh = {form: drawn_case(form) for form in FORMS}
    return {**fresh, "faulty cell": faulty(), "district in use": in_use()}


@cache
def sheets(name: str) -> tuple[Sheet, ...]:
    drawn = form_book(cases()[name]).sheets
    return tuple(sheet for sheet in drawn if not sheet.hidden and sheet.name not in PAPER)


NAMES = (*FORMS, "faulty cell", "district in use")


def pixels(points: float) -> float:
    return points / 0.75


def column_points(sheet: Sheet, first: int, last: int, digit: float = NARROW) -> float:
    """Points of columns; Excel gives each character that a column is wide the widest digit of Times New Roman 12."""
    return sum((sheet.widths.get(at, OTHER_COLUMN) * digit + 5) * 0.75 for at in range(first, last + 1))


def row_points(sheet: Sheet, first: int, last: int) -> float:
    return sum(sheet.heights.get(at, OTHER_ROW) for at in range(first, last + 1))


def areas(sheet: Sheet) -> dict[Address, Address]:
    """Merged cells: first -> last."""
    return dict(sheet.merges)


def said(value: object) -> str:
    """What a cell shows of a text."""
    if isinstance(value, Formula):
        value = value.result
    if isinstance(value, Link):
        value = value.text
    return value if isinstance(value, str) else ""


def texts(sheet: Sheet) -> Iterator[tuple[Address, str, Style]]:
    for at, cell in sheet.cells.items():
        if words := said(cell.value):
            yield at, words, STYLES[cell.style]


def needed(words: str, style: Style, wide: float) -> tuple[int, bool]:
    """Lines that a text takes in a cell so wide, and whether the longest of its words fits one."""
    room = wide - MARGIN - INDENT * style.indent
    longest = max((length(word, style.size, bold=style.bold) for word in words.split()), default=0)
    if style.rotation:
        return 1, True
    if not style.wrap:
        whole = length(words, style.size, bold=style.bold)
        return 1, whole <= room * (4 / 3 if style.shrink else 1)  # a little smaller is still read
    return lines(words, style.size, room, bold=style.bold), longest <= room


def content(sheet: Sheet, at: Address) -> object:
    return sheet.cells[at].value if at in sheet.cells else None


def cut(sheet: Sheet, at: Address, words: str, style: Style) -> str:
    """What is wrong with a text in its cell; blank where it fits."""
    last = areas(sheet).get(at, at)
    if last == at and not style.wrap and style.align == "left":  # it runs on over blank cells
        right = last[1]
        while right + 1 in sheet.widths and not content(sheet, (at[0], right + 1)):
            right += 1
        last = at[0], right
    wide = column_points(sheet, at[1], last[1])
    many, whole = needed(words, style, wide)
    high = row_points(sheet, at[0], last[0])
    merged_or_set = last != at or at[0] in sheet.heights  # Excel makes other rows high enough itself
    if not whole and not (style.shrink and at[0] in HEAD_UNDONE):
        return f"{at} a word or line is wider than its cell: {words[:60]}"
    if merged_or_set and high < 409 and many * style.size * LINE > high + 2:
        return f"{at} {many} lines in {high} points: {words[:60]}"
    return ""


def of(name: str) -> list[Sheet]:
    return [sheet for sheet in sheets(name) if sheet.name not in UNDONE]


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_is_no_wider_than_the_screen(name: str) -> None:
    for sheet in of(name):
        last = max(column for _, column in sheet.cells)
        shown = [at for at in range(1, last + 1) if at not in sheet.hidden_columns]
        wide = sum(pixels(column_points(sheet, at, at, DIGIT)) for at in shown)
        frozen = pixels(column_points(sheet, 1, sheet.freeze[1] - 1, DIGIT)) if sheet.freeze else 0
        assert frozen <= WIDE / 3, (sheet.name, frozen)
        assert wide <= WIDE or sheet.name in SIDEWAYS, (sheet.name, wide)


@pytest.mark.parametrize("name", NAMES)
def test_ten_rows_of_data_are_in_sight(name: str) -> None:
    for sheet in of(name):
        frozen = pixels(row_points(sheet, 1, sheet.freeze[0] - 1)) if sheet.freeze else 0
        assert frozen + ROWS * pixels(ROW) <= HIGH, (sheet.name, frozen)


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_longer_than_its_cell(name: str) -> None:
    found = [f"{sheet.name} {fault}" for sheet in of(name) for cell in texts(sheet) if (fault := cut(sheet, *cell))]
    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_what_a_check_may_say_beside_an_input_has_room(name: str) -> None:
    """Of all that its checks can find, values included, the longest."""
    case = cases()[name]
    drawn = {sheet.name: sheet for sheet in of(name)}
    layout, panel = case.layout, evaluate_panel(case)
    found = []
    for id, slot in layout.slots.items():
        if sheet := drawn.get(slot.sheet):
            style = STYLES[sheet.cells[slot.row - slot.wide, STATUS].style]
            for words in told(case, panel, id):
                found.append(f"{sheet.name} {cut(sheet, (slot.row - slot.wide, STATUS), words, style)}")
    assert [fault for fault in found if "points" in fault or "wider" in fault] == []


def told(case: Case, panel: Panel, id: str) -> Iterator[str]:
    """Everything that may stand beside an input."""
    for line in panel.beside(id):
        for check in line.item.checks:
            if not is_wanting(check):
                sides = compared(case.layout, check, line.item.table)
                value = "28/02/2023" if sides and sides.kind == DATED else "999"
                words = re.sub(r"^“[^”]*” ", "", check.message.vi) if check.own else check.message.vi  # its row says it
                yield f"LƯU Ý: {words}" + (f" ({value} so với {value})" if sides else "")


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_wider_than_its_column(name: str) -> None:
    """A district's largest figure would be ##### in a column too narrow for it."""
    for sheet in of(name):
        for (row, column), cell in sheet.cells.items():
            style = STYLES[cell.style]
            if style.number == COUNT and (row, column) not in areas(sheet):
                room = column_points(sheet, column, column) - INDENT * style.indent - 3
                assert length(LARGEST, style.size, bold=style.bold) <= room, (sheet.name, row, column)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_of_one_line_is_no_higher_than_it_must_be(name: str) -> None:
    for sheet in of(name):
        lists = {row for row in range(FAULTS_TOP, MORE_ROW + 1) if sheet.name == CHECK} | {COUNT_CELL[0]}
        rows: dict[int, list[tuple[int, float]]] = {}
        for at, words, style in texts(sheet):
            last = areas(sheet).get(at, at)
            many, _ = needed(words, style, UNSURE * column_points(sheet, at[1], last[1]))
            rows.setdefault(at[0], []).append((many, style.size))
        for id, slot in cases()[name].layout.slots.items():
            for words in told(cases()[name], evaluate_panel(cases()[name]), id) if slot.sheet == sheet.name else ():
                row = slot.row - slot.wide
                many, _ = needed(words, STYLES[sheet.cells[row, STATUS].style], column_points(sheet, STATUS, STATUS))
                rows[row].append((many, 11))
        blank = {at[0] for at, cell in sheet.cells.items() if cell.style == "input_paragraph"}
        for row, found in rows.items():
            if (
                row not in lists | blank
                and max(many for many, _ in found) == 1
                and max(size for _, size in found) <= 12
            ):
                assert sheet.heights.get(row, OTHER_ROW) <= ROW, (sheet.name, row)


def brightness(colour: str) -> float:
    """Relative luminance, as the web's rules for contrast have it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", [name for name in STYLES if not name.startswith(("hidden", "unseen"))])
def test_every_style_can_be_read_on_its_fill(name: str) -> None:
    style = STYLES[name]
    dark, light = sorted((brightness(style.colour), brightness(style.fill or "FFFFFF")))
    assert (light + 0.05) / (dark + 0.05) >= CONTRAST


def test_every_condition_can_be_read_in_the_cells_it_colours() -> None:
    """Its letters on the cells' own fill, and theirs on its fill, where it has only one of both."""
    for name in NAMES:
        for sheet in sheets(name):
            for each in sheet.conditions:
                rule, cell = STYLES[each.style], sheet.cells.get(each.area[0])
                own = STYLES[cell.style] if cell else Style()
                ink = rule.colour if rule.colour != Style().colour else own.colour
                dark, light = sorted((brightness(ink), brightness(rule.fill or own.fill or "FFFFFF")))
                assert (light + 0.05) / (dark + 0.05) >= CONTRAST, (sheet.name, each)


def test_what_is_not_yet_done_only_shrinks() -> None:
    drawn = {sheet.name for name in NAMES for sheet in sheets(name)}
    assert {*UNDONE} <= drawn
    assert {*UNDONE} <= {"Số liệu đơn vị"} and set(HEAD_UNDONE) <= {1, 2, 3}
