"""A date is read day first on a PC of any region, by the form and by Python alike."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest
from drawing import drawn_case
from hypothesis import given
from hypothesis import strategies as st
from tools import Calc

from loithe_xl.draw.render import package
from loithe_xl.rules.dates import dated, echoed, number_formula, ordered, ordered_formula, read, typing_rule
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.book import Book, Formula, Sheet
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.writer import render

DAYS = st.dates(date(1900, 3, 1), date(9999, 12, 31))
WANTED = serial(date(2023, 3, 5))


@pytest.mark.parametrize(
    "said",
    ["05/03/2023", "5/3/2023", "5-3-2023", "05.03.2023", " 5 / 3 / 2023 ", "2023-03-05", "2023/3/5", "\u00a05/3/2023"],
)
def test_day_month_year_is_read_as_such(said: str) -> None:
    assert read(said) == WANTED


NO_DATES = ["", "5/3", "5/3/23", "3/15/2023", "31/02/2023", "5/3-2023", "5/3/2023.", "5/3/2023/1", "005/3/2023"]
NO_DATES += ["5/3/02023", "1 5/3/2023", "+5/3/2023", "5/3/2023 14:00", "٥/3/2023", "１/3/2023", "/3/2023", "5//2023"]
NO_DATES += [
    "44990",
    "5e0/3/2023",
    "20230/3/5",
    "2023x3/5",
    "1/1/1900",
    "hôm nay",
    "5/3/2023\n",
    "0/3/2023",
    "5/0/2023",
]


@pytest.mark.parametrize("said", NO_DATES)
def test_nothing_else_is_a_date(said: str) -> None:
    assert read(said) is None and dated(said) == said


@given(DAYS, st.sampled_from("/-."))
def test_every_day_reads_back_however_it_is_written(day: date, sign: str) -> None:
    for parts in ((f"{day.day}", f"{day.month}", f"{day:%Y}"), (f"{day:%d}", f"{day:%m}", f"{day:%Y}")):
        for said in (sign.join(parts), f" {sign.join(reversed(parts))} "):
            assert read(said) == serial(day)
    assert read(echoed(serial(day))) == serial(day)


# ---- the same in a spreadsheet


def texts(chance: Random) -> list[Raw]:
    """What people type, nearly right, and nonsense."""
    day, month = (chance.choice(("0", "00", "5", "05", "12", "29", "30", "31", "13", "005", "1 2")) for _ in range(2))
    year = chance.choice(("2023", "2024", "1900", "1899", "0023", "23", "10000", "9999", "2023 ", "20 23"))
    sign = chance.choice(("/", "-", ".", " / ", "- ", "//", "x"))
    soup = "".join(chance.choice("0123456789/-. \u00a0+eE,%x") for _ in range(chance.randint(0, 14)))
    right = chance.choice("/-.").join((chance.choice(("1", "09", "28")), chance.choice(("2", "10")), "2023"))
    return [
        right,
        sign.join((day, month, year)),
        sign.join((year, month, day)),
        soup,
        f" {soup}",
        chance.randint(-5, 99_999),
    ]


def test_spreadsheet_and_python_read_alike(calc: Calc, tmp_path: Path) -> None:
    chance = Random(2023)
    said = [*(raw for _ in range(240) for raw in texts(chance)), "05/03/2023", "2023-3-5", "#", "=", "x" * 300, "TRUE"]
    sheet = Sheet("Ngày", protected=False)
    for row, raw in enumerate(said, 1):
        sheet.put(row, 1, raw, "input_date")
        sheet.put(row, 2, Formula(ordered_formula(f"$A{row}"), ""), "hidden_number")
        sheet.put(row, 3, Formula(number_formula(f"$A{row}", f"$B{row}"), ""), "hidden_number")
    path = tmp_path / "dates.xlsx"
    path.write_bytes(render(Book([sheet])))
    calc.ask("open", path=str(path))
    (first, number) = calc.ask("fill", cells=[], read=[["Ngày", 1, c, len(said), c] for c in (2, 3)])["areas"]
    calc.ask("close")

    theirs = [(one[0], other[0]) for one, other in zip(first, number, strict=True)]
    assert theirs == [(ordered(raw), dated(raw)) for raw in said]
    assert sum(isinstance(raw, str) and isinstance(dated(raw), int) for raw in said) > 50


@pytest.mark.parametrize("cell", ["D8", "AB1234"])
def test_the_rule_of_typing_is_as_short_as_excel_takes_it(cell: str) -> None:
    assert len(typing_rule(cell, 1, 2_958_465)) <= 255


@pytest.mark.parametrize("region", ["en-US", "vi-VN"])
def test_what_is_typed_is_read_day_first_in_either_region(
    region: str, soffice: str, uno_python: str, tmp_path: Path
) -> None:
    """As at the keyboard: a form's date cells, and a cell for numbers, which shows what the region makes of it."""
    case = drawn_case("cell")
    table = case.layout.tables["sessions"]
    path, host = tmp_path / "form.xlsx", Calc(soffice, uno_python, region)
    path.write_bytes(package(case, b"0123456789abcdef"))
    try:
        host.ask("open", path=str(path))
        number = case.layout.slots["members_total"]
        other = host.ask("type", sheet=number.sheet, row=number.row, column=number.column, words="05/02/2023")
        for row, said in enumerate(("05/02/2023", "5.2.2023", "2023-02-05", "15/02/2023")):
            at = {"sheet": table.sheet, "row": table.top + row, "column": table.columns["held_date"]}
            assert host.ask("type", **at, words=said)["shown"] == said
        echoes = [table.sheet, table.top, table.status, table.top + 3, table.status]
        read = [row[0] for row in host.ask("fill", read=[echoes])["areas"][0]]
    finally:
        host.ask("close")
        host.quit()

    needed = "CẦN NHẬP: “Hình thức” · "
    assert read == [f"{needed}05 tháng 02"] * 3 + [f"{needed}15 tháng 02"]
    assert other["number"] == serial(date(2023, 5, 2) if region == "en-US" else date(2023, 2, 5))
