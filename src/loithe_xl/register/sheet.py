"""The register as a workbook that the office edits: the list on the first sheet, its guide on the second."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from math import ceil

from loithe_xl.language.catalogue import catalogue, text
from loithe_xl.register.check import LONGEST_CODE, MOST_MEMBERS
from loithe_xl.register.contacts import LONGEST_CONTACT
from loithe_xl.register.register import (
    ADDRESS,
    CODE,
    COLUMNS,
    CONTACT_COLUMNS,
    EMAIL,
    END,
    MEMBERS,
    PARENT,
    START,
    TELEPHONE,
    TIER,
    TIER_WORDS,
    Unit,
)
from loithe_xl.workbook.book import Book, Print, Sheet, Validation
from loithe_xl.workbook.ownsheets import NO_FORM

LAST_LISTED = 5000
_FIRST_EMPTY_PRINT = 36  # rows that an empty list prints
_HEADS = (*COLUMNS, *CONTACT_COLUMNS)
_WIDTHS = (17, 44, 10, 16, 14, 17, 10, 12, 12, 18, 28, 44)
_GUIDE_WIDTHS = (20, 30, 8, 11, 11, 11, 8, 10, 10, 13, 17, 17)  # all of them in sight on an office's screen
_STYLES = {TIER: "input_choice", MEMBERS: "input_count", START: "register_date", END: "register_date"}
_LINE, _LETTERS = 20, 130  # a guide line's height in points; how many letters fit in it


def register_book(units: Iterable[Unit], example: bool, sample: bool) -> Book:
    """The units as a register; ``example`` adds rows to imitate to the guide, ``sample`` marks it as made up."""
    mark = text("register.sample_mark").vi if sample else ""
    title = text("register.title").vi
    return Book(
        sheets=[_list(tuple(units), mark), _guide(example, mark)],
        title=f"{title} - {mark}" if sample else title,
        custom={NO_FORM: "1"},
    )


def _list(units: tuple[Unit, ...], mark: str) -> Sheet:
    sheet = Sheet(
        text("register.list_name").vi,
        freeze=(2, 1),
        selection=(2, 1),
        protected=False,
        tab_colour="9B1C1C",
        gridlines=True,
    )
    for column, header in enumerate(_HEADS, 1):
        sheet.widths[column] = _WIDTHS[column - 1]
        sheet.put(1, column, header, "head")
    sheet.heights[1] = 2 * _LINE
    # Blank rows are made ready too: a code typed into a cell not formatted as text would lose its zeros.
    for row in range(2, max(LAST_LISTED, len(units) + 1) + 1):
        values = _values(units[row - 2]) if row - 2 < len(units) else (None,) * len(_HEADS)
        for column, (header, value) in enumerate(zip(_HEADS, values, strict=True), 1):
            sheet.put(row, column, value, _STYLES.get(header, "input_text"))
    sheet.validations = list(_validations(max(LAST_LISTED, len(units) + 1)))
    sheet.print = Print(
        landscape=True,
        repeat_rows=(1, 1),
        header=f"&C{mark}" if mark else "",
        footer="&C&P/&N",
        columns=(1, len(COLUMNS)),  # the others would make the print too small to read
        rows=len(units) + 1 if units else _FIRST_EMPTY_PRINT,
    )
    return sheet


def _values(unit: Unit) -> tuple[str | int | date | None, ...]:
    word = TIER_WORDS[unit.tier]
    texts = (unit.code, unit.name, word, unit.parent or None, unit.kind or None, unit.block or None)
    contact = unit.contact
    reached = (contact.telephone or None, contact.email or None, contact.address or None)
    return (*texts, unit.members, unit.start, unit.end, *reached)


def _validations(last: int) -> Iterable[Validation]:
    rules: dict[str, tuple[str, tuple[str, ...], int | str | None, int | str | None]] = {
        CODE: ("text", (), 1, LONGEST_CODE),
        TIER: ("list", tuple(TIER_WORDS.values()), None, None),
        PARENT: ("text", (), 1, LONGEST_CODE),
        MEMBERS: ("whole", (), 0, MOST_MEMBERS),
        START: ("date", (), "DATE(1930,1,1)", "DATE(2099,12,31)"),
        END: ("date", (), "DATE(1930,1,1)", "DATE(2099,12,31)"),
    }
    said = {TELEPHONE: "telephone", EMAIL: "email", ADDRESS: "address"}
    rules |= dict.fromkeys(said, ("text", (), 1, LONGEST_CONTACT))
    for header, (kind, source, low, high) in rules.items():
        column = _HEADS.index(header) + 1
        prompt = text(f"register.prompt_{said.get(header, kind)}").vi
        error = text(f"register.error_{said.get(header, kind)}").vi
        yield Validation(((2, column), (last, column)), kind, header, prompt, error, source, low, high)


def _guide(example: bool, mark: str) -> Sheet:
    sheet = Sheet(text("register.guide_name").vi, protected=False)
    sheet.widths = dict(enumerate(_GUIDE_WIDTHS, 1))
    sheet.print = Print(landscape=True, header=f"&C{mark}" if mark else "", footer="&C&P/&N")
    row = _line(sheet, 1, text("register.title").vi, "title")
    if mark:
        row = _line(sheet, row, f"{mark}: {text('register.sample_note').vi}", "bad")
    for key in ("how_rows", "how_codes", "how_tree", "how_check"):
        row = _line(sheet, row, text(f"register.{key}").vi, "lead")
    row = _line(sheet, row + 1, text("register.columns_title").vi, "section")
    for header, meaning in zip(_HEADS, catalogue("register")["meanings"], strict=True):
        sheet.put(row, 1, header, "label_strong")
        row = _line(sheet, row, meaning, "label", first=2)
    if example:
        row = _line(sheet, row + 1, text("register.example_title").vi, "section")
        for values, style in [(_HEADS, "head"), *((values, "text") for values in catalogue("register")["example"])]:
            for column, value in enumerate(values, 1):
                sheet.put(row, column, value, style)
            sheet.heights[row] = (2 if style == "head" else 1) * _LINE
            row += 1
    return sheet


def _line(sheet: Sheet, row: int, words: str, style: str, first: int = 1) -> int:
    """Words over the sheet's whole width from column ``first``; the next row."""
    last = len(_HEADS)
    for column in range(first, last + 1):
        sheet.put(row, column, words if column == first else None, style)
    sheet.merges.append(((row, first), (row, last)))
    lines = ceil(len(words) / (_LETTERS + 15 * (first == 1)))
    sheet.heights[row] = max(1, lines) * _LINE + (6 if style in ("title", "section") else 0)
    return row + 1
