"""Nothing is counted twice or swallowed, as an office presses it: moved cells, books without cells, forged books."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import JOURNAL, REQUIRED, codes, held, issue_forms, press, rewritten, saved_at, type_in
from tools import NOON, small_register, type_into

from loithe_xl.consolidation.receipts import Receipt, UnitRow
from loithe_xl.draw import packs
from loithe_xl.intake.opened import ParentBook
from loithe_xl.intake.openfile import with_receipts
from loithe_xl.intake.parents import consolidated
from loithe_xl.pack.find import pack_folder
from loithe_xl.register.register import Register
from loithe_xl.tasks.consolidate import open_parent, rebuilt
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import FIGURES

MONDAY, FRIDAY = "2023-03-02T08:00", "2023-03-03T15:00"


def told(into: Path, *more: object, now: str = FRIDAY, code: int = 0) -> Any:
    """One run's answer."""
    answer = press("consolidate", "--into", into, "--now", now, *more, "--format", "json")
    assert answer.code == code, answer.said
    return answer.json


def sent(form: Path, name: str, **values: Any) -> Path:
    return type_in(form, Path("nhan", name), {**REQUIRED, **values}, [held(10)])


def said(answer: Any, code: str) -> list[str]:
    """What the run says under a code, and which severity it has."""
    return [f"{each['severity']} {each['message']}" for each in answer["issues"] if each["code"] == code]


def test_a_cell_that_moved_is_counted_once_and_both_books_are_named(forms: dict[str, Path], tmp_path: Path) -> None:
    """It moved from 01.1 to 01.2: 01.1 sends its former book, 01.2 one with the cell in it."""
    units = small_register().units
    moved = Register(tuple(replace(unit, parent="01.2") if unit.code == "01.1.C02" else unit for unit in units))
    later = issue_forms(tmp_path / "sau", moved)
    reports = [sent(forms[f"01.1.C0{n}"], f"{n}.xlsx") for n in (1, 2)]
    told(forms["01.1"], *reports, now=MONDAY)
    told(later["01.2"], reports[1], sent(later["01.2.C01"], "3.xlsx"), now=MONDAY)

    for district, wrong, right in (
        (forms["01"], later["01.2"], forms["01.1"]),
        (later["01"], forms["01.1"], later["01.2"]),
    ):
        told(district, right, now=MONDAY)
        found = told(district, wrong, code=1)

        assert (found["refused"], found["values"]["members_total"], found["values"]["cells_not_reported"]) == (1, 60, 2)
        line = found["children"][-1]
        assert (line["status"], codes(line["issues"], "ERROR")) == ("refused", ["BOOK_UNIT_TWICE"])
        message = line["issues"][-1]["message"]
        assert "01.1.C02" in message and right.name in message
        assert wrong.name in line["file"]


def test_cells_that_reported_count_on_beside_a_book_without_them(forms: dict[str, Path]) -> None:
    """The base typed its own answers and consolidated nothing; whoever is not in its book is named in that run."""
    cells = [sent(forms[f"01.1.C0{n}"], f"{n}.xlsx") for n in (1, 2)]
    base = type_into(
        forms["01.1"], {"plan_issued": "Có", "plan_number": "5-KH/ĐU", "plan_date": serial(date(2023, 2, 6))}
    )
    shutil.copy(forms["01"], "khac.xlsx")
    told(forms["01"], *cells, now=MONDAY)

    answer = press("consolidate", "--into", forms["01"], base, "--now", FRIDAY, "--format", "json", "--dry-run")
    prose = press("consolidate", "--into", forms["01"], base, "--now", FRIDAY)
    again = told(Path("khac.xlsx"), base, now=MONDAY)
    other = told(Path("khac.xlsx"), *cells)

    found = answer.json
    assert (found["values"]["members_total"], found["values"]["units_plan_issued"]) == (60, 1)
    assert [
        unit in text for unit, text in zip(("01.1.C01", "01.1.C02"), said(found, "COVERED_ABSENT"), strict=True)
    ] == [True] * 2
    assert re.search(r"C01\b.*\n.*01\.1\.C02", prose.out)
    assert (again["values"]["members_total"], other["values"]) == (0, found["values"]), "whoever comes first"
    lines = [child for child in other["children"] if child["unit"] in ("01.1.C01", "01.1.C02")]
    assert [(each["status"], codes(each["issues"]).count("COVERED_ABSENT")) for each in lines] == [("accepted", 1)] * 2


def test_a_newer_book_with_fewer_cells_is_an_error_that_names_them(forms: dict[str, Path]) -> None:
    cells = [sent(forms[f"01.1.C0{n}"], f"{n}.xlsx") for n in (1, 2)]
    told(forms["01.1"], *cells, now=MONDAY)
    told(forms["01"], forms["01.1"], now=MONDAY)
    told(forms["01.1"], "--withdraw", "01.1.C02", now=FRIDAY)

    found = told(forms["01"], forms["01.1"], now="2023-03-04T08:00", code=1)

    assert (found["values"]["members_total"], found["accepted"]) == (30, 1)
    (stopped,) = said(found, "UNIT_STOPPED")
    assert stopped.startswith("ERROR") and "01.1.C02" in stopped
    assert told(forms["01"], forms["01.1"], now="2023-03-05T08:00")["values"]["members_total"] == 30, "told once"


def test_pictures_are_told_and_leave_the_parent_as_it_is(forms: dict[str, Path]) -> None:
    sent(forms["01.K1"], "a.xlsx")
    told(forms["01"], "nhan")
    for number in range(3):
        Path("nhan", f"ảnh {number}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([number]) * 40)
    before = forms["01"].read_bytes()

    found = told(forms["01"], "nhan", code=1)

    assert (found["accepted"], found["refused"]) == (1, 3)
    assert [codes(child["issues"]) for child in found["children"][-3:]] == [["FILE_PICTURE"]] * 3
    assert forms["01"].read_bytes() == before
    assert not [
        child for child in press("status", forms["01"], "--format", "json").json["children"] if "nh 0" in str(child)
    ]
    journal = forms["01"].with_name(f"{forms['01'].stem}{JOURNAL}").read_text(encoding="utf-8-sig")
    assert journal.count(".png") == 3


def test_two_pictures_of_the_same_bytes_have_a_line_each(forms: dict[str, Path]) -> None:
    Path("nhan").mkdir()
    for name in ("ảnh 1.png", "ảnh 2.png"):
        Path("nhan", name).write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))

    found = told(forms["01"], "nhan", code=1)

    assert (found["seen"], found["refused"], found["duplicate"]) == (2, 2, 0)
    journal = forms["01"].with_name(f"{forms['01'].stem}{JOURNAL}").read_text(encoding="utf-8-sig")
    lines = [line for line in journal.splitlines() if ".png" in line]
    assert [("nh 1.png" in line, "nh 2.png" in line) for line in lines] == [(True, False), (True, True)], lines


def test_sensitive_figures_stop_at_the_cells_own_superior(forms: dict[str, Path]) -> None:
    """Only totals go further; they and every other figure are what cells sent straight would come to."""
    small = {"screened_reviewed": 2, "screened_helped": 1, "screened_removed": 1}
    cells = [sent(forms[f"01.1.C0{n}"], f"{n}.xlsx", **small) for n in (1, 2)]
    told(forms["01.1"], *cells, now=MONDAY)
    shutil.copy(forms["01"], "thang.xlsx")
    straight = told(Path("thang.xlsx"), *cells)["values"]

    found = told(forms["01"], forms["01.1"])["values"]

    assert [found[id] for id in small] == [4, 2, 2]
    different = {id for id in found if found[id] != straight[id]}
    assert all(id.startswith("units_") for id in different), "children's own answers only"
    (book,) = open_parent(forms["01"]).ledgers.receipts
    assert [row.unit for row in book.rows] == ["01.1", "01.1.C01", "01.1.C02"]
    assert book.rows[0].figures["screened_removed"] == 2
    assert not any(id in row.figures for row in book.rows[1:] for id in small)
    assert all(row.figures["members_total"] == 30 for row in book.rows[1:])
    kept = {each.unit: each for each in open_parent(forms["01.1"]).ledgers.receipts}
    assert kept["01.1.C01"].rows[0].figures["screened_removed"] == 1, "its own superior has it"


def _figure(id: str, value: int | Decimal) -> Callable[[ParentBook], ParentBook]:
    def change(opened: ParentBook) -> ParentBook:
        first, *others = opened.ledgers.receipts
        row = first.rows[0]
        rows = (UnitRow(row.unit, {**row.figures, id: value}, row.texts), *first.rows[1:])
        return with_receipts(opened, [replace(first, rows=rows), *others])

    return change


def _unit(code: str) -> Callable[[ParentBook], ParentBook]:
    def change(opened: ParentBook) -> ParentBook:
        first, *others = opened.ledgers.receipts
        strange = Receipt(
            "5" * 64, "x.xlsx", code, first.verdict, first.received_at, rows=(replace(first.rows[0], unit=code),)
        )
        return with_receipts(opened, [first, *others, strange])

    return change


def _register(code: str, **more: str) -> Callable[[ParentBook], ParentBook]:
    def change(opened: ParentBook) -> ParentBook:
        units = (replace(each, **more) if each.code == code else each for each in opened.ledgers.register.units)  # type: ignore[arg-type]
        return consolidated(opened, replace(opened.ledgers, register=Register(tuple(units))))

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_figure("members_total", -5), "LEDGER_FIGURES"),
        (_figure("members_total", Decimal("0.5")), "LEDGER_FIGURES"),
        (_figure("registered", Decimal("1.5")), "LEDGER_FIGURES"),
        (_figure("members_total", 10**40 - 1), "LEDGER_FIGURES"),
        (_figure("no_such_field", 1), "LEDGER_FIGURES"),
        (_unit("ZZZ"), "LEDGER_UNITS"),
        (_unit("01.2.C01"), "LEDGER_UNITS"),
        (_register("01.1.C01", parent="01.2"), ""),
        (_register("01.1.C01", tier="base"), "REGISTER_OTHER"),
        (_register("01.1.C02", tier="district"), "REGISTER_OTHER"),
    ],
    ids=[
        "negative",
        "half a member",
        "half a cell",
        "too many",
        "no field",
        "no unit",
        "another's unit",
        "another superior",
        "another tier",
        "a tier above",
    ],
)
def test_a_book_whose_hidden_records_were_changed_is_refused_by_name(
    forms: dict[str, Path], change: Callable[[ParentBook], ParentBook], code: str
) -> None:
    """With a right fingerprint: it proves nothing of who wrote it."""
    told(forms["01.1"], sent(forms["01.1.C01"], "1.xlsx"), now=MONDAY)
    forms["01.1"].write_bytes(rebuilt(change(open_parent(forms["01.1"])), NOON))

    found = told(forms["01"], forms["01.1"], code=1)

    line = next(child for child in found["children"] if child["file"])
    assert (line["unit"], line["status"], line["file"]) == ("01.1", "refused", forms["01.1"].name)
    assert not code or code in codes(line["issues"], "ERROR")
    assert found["values"]["members_total"] == 0
    assert "Nguyen" not in str(found) and "ZZZ" not in str(found)


def test_of_two_programs_a_few_hours_decide_nothing(forms: dict[str, Path]) -> None:
    """LibreOffice writes local time as if it were UTC: what it saved first looks saved later."""

    def by(program: str, number: int, moment: datetime) -> Path:
        typed = sent(forms["01.K1"], f"{number}.xlsx", members_total=number)
        named = f"<Application>{program}</Application>".encode()
        parts = {"docProps/app.xml": lambda part: re.sub(b"<Application>.*?</Application>", named, part)}
        signed = rewritten(typed, Path("n", typed.name), parts)
        return saved_at(signed, Path("gui", f"{number}.xlsx"), moment)

    first = by("LibreOffice/7.4", 30, datetime(2023, 3, 1, 19, 16))
    second = by("Microsoft Excel 16", 31, datetime(2023, 3, 1, 14, 0))
    third = by("Microsoft Excel 15", 32, datetime(2023, 3, 1, 15, 0))
    shutil.copy(forms["01"], "khac.xlsx")

    told(forms["01"], first)
    found = told(forms["01"], second, code=1)

    assert (found["values"]["members_total"], found["conflict"]) == (0, 1)
    assert said(found, "UNIT_STOPPED") and said(found, "SUBMISSION_CONFLICT"), "of the file that came before, too"
    assert told(Path("khac.xlsx"), third, second)["values"]["members_total"] == 32, "two sane times decide"


def test_decimal_figures_add_up_in_every_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cell → base → district: JSON, the units' sheet and the ledger say the same, to the last digit."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(pack_folder("loi_the"), "goi", ignore=shutil.ignore_patterns("issued"))  # a campaign of its own
    for file, old, new in (
        ("pack.toml", 'id = "loi_the"', 'id = "thap_phan"'),
        ("sections/strengthening.toml", 'id = "commended_members"', 'id = "commended_members"\nkind = "decimal"'),
    ):
        text = Path("goi", file).read_text(encoding="utf-8")
        Path("goi", file).write_text(text.replace(old, new, 1), encoding="utf-8")
    forms = issue_forms(tmp_path / "f", small_register({"01.1": 2}, 1), "district", "--pack", "./goi")
    amounts = {"01.1.C01": 12.5, "01.1.C02": 0.1, "01.K1": 0.2}
    files = {code: sent(forms[code], f"{code}.xlsx", commended_members=amount) for code, amount in amounts.items()}
    told(forms["01.1"], files["01.1.C01"], files["01.1.C02"], now=MONDAY)

    found = told(forms["01"], forms["01.1"], files["01.K1"])

    assert found["values"]["commended_members"] == 12.8
    kept = {each.unit: each for each in open_parent(forms["01"]).ledgers.receipts}
    expected = {"01.1": Decimal("12.6"), "01.K1": Decimal("0.2")}
    assert {code: each.rows[0].figures["commended_members"] for code, each in kept.items()} == expected
    assert kept["01.1"].rows[1].figures["commended_members"] == Decimal("12.5")
    sheet = openpyxl.load_workbook(forms["01"], data_only=True)[FIGURES]
    (head,) = [cell for line in sheet.iter_rows() for cell in line if cell.value == "Đảng viên được khen"]
    assert [sheet.cell(row, head.column).value for row in range(head.row + 1, head.row + 4)] == [12.8, 12.6, 0.2]


def test_only_declared_figures_travel(forms: dict[str, Path]) -> None:
    """Not rates, and nothing that a cell computes for itself."""
    told(forms["01"], sent(forms["01.K1"], "a.xlsx"))
    (kept,) = open_parent(forms["01"]).ledgers.receipts

    pack = packs.load("loi_the").pack
    own = {each.id for each in pack.forms["base_cell"].fields.values() if each.kind == "yesno"}
    assert set(kept.rows[0].figures) <= {*pack.indicators, *own}
    assert not any(id.startswith("rate_") for id in kept.rows[0].figures)


def test_refused_files_stand_in_one_order_whatever_order_they_came_in(forms: dict[str, Path]) -> None:
    names = ["b.xlsx", "a.xlsx", "c.xlsx"]
    files = [sent(forms["01.K1"], name, members_exempt=-n - 1) for n, name in enumerate(names)]
    shutil.copy(forms["01"], "khac.xlsx")

    one, other = told(forms["01"], *files, code=1), told(Path("khac.xlsx"), *files[::-1], code=1)

    lines = [[child["file"] for child in answer["children"] if child["file"]] for answer in (one, other)]
    assert lines[0] == lines[1] == [f"nhan/{name}" for name in sorted(names)]
