"""What a parent remembers: nothing is lost on the way into its workbook and back, and no damage goes unseen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loithe_xl.consolidation.ledger import (
    CELL_LIMIT,
    FILE_COLUMNS,
    FILE_LINE,
    PAST,
    UNIT_COLUMNS,
    Line,
    read_receipts,
    read_register,
    receipt_lines,
    register_lines,
)
from loithe_xl.consolidation.receipts import Receipt, UnitRow, Verdict
from loithe_xl.consolidation.signedlines import LAST_LINE, signed
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Issue, Place, Severity, issue
from loithe_xl.reading import reader
from loithe_xl.register.register import TIERS, Contact, Register, Unit
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook import writer
from loithe_xl.workbook.book import Book, Sheet
from loithe_xl.workbook.ownsheets import HIDDEN_RECEIPTS, HIDDEN_REGISTER

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])
WORDS = st.text(LETTERS, max_size=30)
SAID = st.text(st.one_of(LETTERS, st.just("\n")), min_size=1, max_size=60)
CODES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="|"), min_size=1, max_size=40
)
DAYS = st.one_of(st.none(), st.dates(date(1930, 1, 1), date(2099, 12, 31)))
UNITS = st.builds(
    Unit,
    CODES,
    WORDS,
    st.sampled_from(TIERS),
    st.one_of(st.just(""), CODES),
    WORDS,
    WORDS,
    st.one_of(st.none(), st.integers(0, 9_999_999)),
    DAYS,
    DAYS,
    st.builds(Contact, WORDS, WORDS, WORDS),
)
REGISTERS = st.builds(Register, st.lists(UNITS, max_size=8).map(tuple))
IDS = st.sampled_from(["members_total", "cells_held", "difficulty_03a", "sessions.1", "rate"])
FIGURES = st.one_of(
    st.integers(-(10**12), 10**14),
    st.decimals(-(10**6), 10**6, places=3).filter(lambda number: number != int(number)),
)
ROWS = st.builds(
    UnitRow, CODES, st.dictionaries(IDS, FIGURES), st.dictionaries(st.sampled_from(["a_text", "b_text"]), SAID)
)
MOMENTS = st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds"))
FOUND = st.builds(
    Issue,
    st.sampled_from(["FIELD_REQUIRED", "CROSS_CHECK_FAILED"]),
    st.sampled_from(Severity),
    st.builds(Place, st.just(""), WORDS, st.sampled_from(["", "D12"]), WORDS),
    st.builds(Text, WORDS, WORDS),
)


@st.composite
def receipts(draw: st.DrawFn) -> Receipt:
    """Any receipt; a valid one holds figures or what stands for them, the place of its issues is its own file."""
    file, verdict, digest = draw(WORDS), draw(st.sampled_from(Verdict)), draw(st.sampled_from(["", "0" * 32]))
    return Receipt(
        draw(st.text("0123456789abcdef", min_size=64, max_size=64)),
        file,
        draw(st.one_of(st.just(""), CODES)),
        verdict,
        draw(MOMENTS),
        draw(st.integers(0, 99)),
        draw(st.one_of(st.just(""), MOMENTS)),
        draw(st.one_of(st.none(), st.tuples(st.integers(0, 9), MOMENTS))),
        draw(st.booleans()),
        draw(st.booleans()),
        tuple(draw(st.lists(ROWS, min_size=verdict is Verdict.VALID and not digest, max_size=3))),
        tuple(found.in_file(file) for found in draw(st.lists(FOUND, max_size=3))),
        draw(WORDS),
        draw(st.booleans()),
        digest,
    )


class Lines:
    """Lines as a sheet holds them; a blank cell is absent."""

    def __init__(self, lines: Sequence[Sequence[Raw]]) -> None:
        self.found = {
            (row, column): value
            for row, line in enumerate(lines, 1)
            for column, value in enumerate(line, 1)
            if value not in (None, "")
        }

    def get(self, row: int, column: int) -> Raw:
        """One cell."""
        return self.found.get((row, column))

    def cells(self) -> Iterator[tuple[int, int, Raw]]:
        """Every cell that is not blank."""
        yield from ((row, column, value) for (row, column), value in self.found.items())


def workbook(lines: dict[str, list[Line]]) -> bytes:
    """The lines as hidden sheets of a file, written as forms are."""
    sheets = [Sheet("Nhập")]
    for name, listed in lines.items():
        sheet = Sheet(name, hidden=True)
        for row, line in enumerate(listed, 1):
            for column, value in enumerate(line, 1):
                if value is not None:
                    sheet.put(row, column, value, "hidden_number" if isinstance(value, int) else "hidden")
        sheets.append(sheet)
    return writer.render(Book(sheets))


def grids(data: bytes) -> Any:
    received = reader.read(data)
    assert not isinstance(received, Issue), received
    return received.grids


@given(REGISTERS)
def test_a_register_comes_back_whole(register: Register) -> None:
    assert read_register(Lines(register_lines(register))) == register


@given(REGISTERS)
def test_a_register_kept_before_there_were_contacts_has_none(register: Register) -> None:
    former = [line[:9] for line in register_lines(register)[:-1]]

    found = read_register(Lines(signed(former)))

    assert found == Register(tuple(replace(unit, contact=Contact()) for unit in register.units))


@given(st.lists(receipts(), max_size=4))
def test_receipts_come_back_whole(listed: list[Receipt]) -> None:
    assert read_receipts(Lines(receipt_lines(listed))) == listed


@settings(max_examples=40)
@given(REGISTERS, st.lists(receipts(), max_size=3))
def test_they_come_back_whole_out_of_a_file(register: Register, listed: list[Receipt]) -> None:
    lines = {HIDDEN_REGISTER: register_lines(register), HIDDEN_RECEIPTS: receipt_lines(listed)}

    found = grids(workbook(lines))

    assert read_register(found[HIDDEN_REGISTER]) == register
    assert read_receipts(found[HIDDEN_RECEIPTS]) == listed


AWKWARD = Unit("0077.003.C0012", "Chi bộ “Thử” <1> & 'hai'", "cell", "0077.003", "", "Khối", 12, date(2021, 1, 1))
SOME = [
    Receipt(
        "ab" * 32,
        "BC lan 2 (1).xlsx",
        "0077.003.C0012",
        Verdict.VALID,
        "2023-03-01T08:00:00",
        2,
        "2023-02-28T17:05:09",
        (2, "2023-02-28T17:05:09"),
        True,
        False,
        (
            UnitRow(
                "0077.003.C0012",
                {"members_total": 30, "rate": Decimal("12.5")},
                {"a_text": "Hai dòng\nvà = + - @ 0123 _x0041_"},
            ),
            UnitRow("0077", {}, {}),
        ),
        (issue("FIELD_NEGATIVE", Place("BC lan 2 (1).xlsx", "1. Số liệu", "D9", "members_total"), label="x"),),
    ),
    Receipt("cd" * 32, "=1+1.xlsx", "", Verdict.REFUSED, "2023-03-01T08:00:00"),
]


def test_they_survive_an_honest_save_of_another_program(office: Any, tmp_path: Path) -> None:
    path = tmp_path / "parent.xlsx"
    path.write_bytes(
        workbook({HIDDEN_REGISTER: register_lines(Register((AWKWARD,))), HIDDEN_RECEIPTS: receipt_lines(SOME)})
    )
    (tmp_path / "saved").mkdir()

    found = grids(office(path, "xlsx", tmp_path / "saved").read_bytes())

    assert read_register(found[HIDDEN_REGISTER]) == Register((AWKWARD,))
    assert read_receipts(found[HIDDEN_RECEIPTS]) == SOME


def damages() -> Iterator[tuple[str, list[Line]]]:
    """Every cell changed, emptied or put in; every line lost, doubled or moved."""
    lines = receipt_lines(SOME)
    last = len(lines) - 1
    for row, line in enumerate(lines):
        for column in range(len(line) + 1):
            value = line[column] if column < len(line) else None
            if row == last and column == len(line):
                continue  # beside the fingerprint nothing is read
            other = value + 1 if isinstance(value, int) else f"{value}x" if value else "x"
            yield f"cell {row},{column} changed", changed(lines, row, column, other)
            if value is not None:
                yield f"cell {row},{column} emptied", changed(lines, row, column, None)
        if row < last:
            yield f"line {row} lost", lines[:row] + lines[row + 1 :]
            yield f"line {row} doubled", lines[: row + 1] + lines[row:]
            yield f"line {row} moved", [*lines[:row], lines[row + 1], line, *lines[row + 2 :]]
    yield "cut short", lines[:-1]
    yield "empty", []


def changed(lines: list[Line], row: int, column: int, value: str | int | None) -> list[Line]:
    found = [list(line) for line in lines]
    found[row] += [None] * (column + 1 - len(found[row]))
    found[row][column] = value
    return found


@pytest.mark.parametrize(("what", "lines"), list(damages()), ids=lambda value: value if isinstance(value, str) else "")
def test_damage_is_detected(what: str, lines: list[Line]) -> None:
    found = read_receipts(Lines(lines))

    assert isinstance(found, Issue), what
    assert found.code == "LEDGER_DAMAGED"


@given(REGISTERS.filter(lambda register: register.units), st.data())
def test_a_touched_register_is_detected(register: Register, data: st.DataObject) -> None:
    lines = register_lines(register)
    row = data.draw(st.integers(1, len(register.units)))
    column = data.draw(st.integers(0, len(UNIT_COLUMNS) - 1))
    touched = changed(lines, row, column, f"{lines[row][column] or ''}x")

    found = read_register(Lines(touched))

    assert isinstance(found, Issue)
    assert found.code == "LEDGER_DAMAGED"


def test_line_feeds_of_any_system_are_the_same() -> None:
    """LibreOffice, Excel and Google Sheets write them differently."""
    lines = [
        [part.replace("\n", "\r\n") if isinstance(part, str) else part for part in line] for line in receipt_lines(SOME)
    ]

    found = read_receipts(Lines(lines))

    assert isinstance(found, list)
    assert [each.sha for each in found] == [each.sha for each in SOME]


def test_a_code_cannot_look_like_the_end() -> None:
    register = Register((replace(AWKWARD, code=LAST_LINE.strip("|"), parent=""), replace(AWKWARD, code=FILE_LINE)))

    assert read_register(Lines(register_lines(register))) == register


def test_more_issues_than_a_cell_holds_are_shortened_not_refused() -> None:
    many = tuple(issue("VALUE_OUTSIDE", Place("BC.xlsx", "1. Số liệu", f"J{row}")) for row in range(1000))
    lines = receipt_lines([replace(SOME[0], file="BC.xlsx", issues=many)])

    assert max(len(cell) for line in lines for cell in line if isinstance(cell, str)) <= CELL_LIMIT
    found = read_receipts(Lines(lines))
    assert isinstance(found, list)
    assert 10 < len(found[0].issues) < 1000
    assert found[0].issues == many[: len(found[0].issues)]


def test_a_valid_report_without_figures_is_damage() -> None:
    found = read_receipts(Lines(receipt_lines([replace(SOME[0], rows=())])))

    assert isinstance(found, Issue)
    assert found.code == "LEDGER_DAMAGED"


@pytest.mark.parametrize(
    "written",
    ["1_0", "NaN", "sNaN", "Infinity", "-Infinity", "9E+99999999", "1E5", "9" * 5000, "١٠", " 1", "+1", "0x10", True],
)
def test_only_plain_numbers_are_figures(written: Any) -> None:
    """A fingerprint proves nothing of who wrote it: what no ledger of ours holds is no number."""
    lines = receipt_lines(SOME)[:-1]
    column = lines[0].index("members_total")
    forged = signed(changed(lines, 2, column, written))

    found = read_receipts(Lines(forged))

    assert isinstance(found, Issue) and found.code == "LEDGER_DAMAGED"


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("issues", "[" * 5000),
        ("rank", "[" * 5000),
        ("rank", "[1e400, ''"),
        ("rank", '[1e400, "2023-02-28T17:05:09"]'),
        ("rank", '[1, "hôm qua"]'),
        ("revision", "1_0"),
        ("revision", Decimal("1.5")),
        ("revision", -1),
        ("modified", "hôm qua"),
        ("received", "hôm qua"),
    ],
)
def test_no_line_of_a_file_stops_the_reading(column: str, written: Any) -> None:
    lines = receipt_lines(SOME)[:-1]

    found = read_receipts(Lines(signed(changed(lines, 1, FILE_COLUMNS.index(column), written))))

    assert isinstance(found, Issue) and found.code == "LEDGER_DAMAGED"


@pytest.mark.parametrize("written", ["[" * 5000, "{}", "[1]", '[["", "sha"]]', "[[[[]]]]", "NaN"])
def test_no_cell_of_files_without_figures_stops_the_reading(written: str) -> None:
    lines = receipt_lines(SOME)[:-1]
    assert lines[-1][0] == PAST

    found = read_receipts(Lines(signed(changed(lines, len(lines) - 1, 1, written))))

    assert isinstance(found, Issue) and found.code == "LEDGER_DAMAGED"


def test_receipts_of_an_earlier_version_are_read() -> None:
    """A line for every file, without who saved it and what stands for figures let go."""
    head, file, row, more, *_ = receipt_lines(SOME)
    former = [[*line[:11], *line[13:]] for line in (head, file, row, more)]
    away = [FILE_LINE, None, "cd" * 32, "=1+1.xlsx", "refused", "2023-03-01T08:00:00", 1]

    assert read_receipts(Lines(signed([*former, away]))) == SOME


@pytest.mark.parametrize("number", [Decimal("1E-7"), Decimal("0.000000000001"), Decimal("1E+3"), 10**15, -(10**20)])
def test_every_number_comes_back(number: int | Decimal) -> None:
    rows = (UnitRow("0077", {"members_total": number}, {}),)

    assert read_receipts(Lines(receipt_lines([replace(SOME[0], rows=rows)]))) == [replace(SOME[0], rows=rows)]
