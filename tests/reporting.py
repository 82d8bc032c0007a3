"""What tests of the report share: figures of the sample district, its page, a sheet as the grid it is read back as."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tools import TERM, unit_form

from loithe_xl.consolidation.consolidate import Consolidation, consolidate
from loithe_xl.consolidation.receipts import Receipt, Verdict, unit_row
from loithe_xl.draw import packs
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, blank, constants
from loithe_xl.pack.kinds import NO, YES
from loithe_xl.pack.spec import Form
from loithe_xl.register.file import sample_register
from loithe_xl.register.register import Register
from loithe_xl.report import Draft, Edit, Page, compose
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.book import Formula, Link, Sheet
from loithe_xl.workbook.daynumbers import serial

PACK = packs.load("loi_the").pack
CUTOFF, DEADLINE = date(2023, 2, 28), date(2023, 3, 5)
KNOWN = constants(PACK, serial(CUTOFF))
GOLDEN = Path(__file__).with_name("golden")
IN_TIME, LATE = "2023-03-01T08:00:00", "2023-03-07T09:00:00"
REGISTER = sample_register().at(CUTOFF)
TOP = REGISTER.of_tier("district")[0]
HELD = frozenset({*range(0, 264, 4), 1, 5})  # 68 cells, by their place in the register
COMPLETED = frozenset(range(16, 264, 16))  # 16 of them
SILENT = frozenset(range(3, 264, 12))
SUPERIORS = (None, "Không", "Cơ sở", "Huyện", "Tỉnh")
DISTRICT = next(form for form in PACK.forms.values() if form.tier == "district")


@dataclass(frozen=True)
class Given:
    """What a report is composed from."""

    consolidation: Consolidation
    inputs: Inputs
    register: Register = field(default_factory=lambda: REGISTER.subtree(TOP.code))

    def page(self, edits: Mapping[str, Edit] | None = None, **more: Any) -> Page:
        """The page; fails the test when there is none."""
        page = self.composed(edits, **more)
        assert isinstance(page, Page), page
        return page

    def composed(self, edits: Mapping[str, Edit] | None = None, **more: Any) -> Any:
        """What ``compose`` answers."""
        said = {"unit_name": TOP.name, "above_name": "Tỉnh Mẫu (mẫu)", "pack": PACK, "tier": "district"} | more
        pack, unit, above, tier = (said.pop(key) for key in ("pack", "unit_name", "above_name", "tier"))
        form = unit_form(pack, pack.forms[tier], TOP.code, TERM, unit, above)
        return compose(form, self.inputs, self.register, self.consolidation, Draft(edits or {}, **said))

    def with_values(self, **values: int | None) -> Given:
        """The same with other figures at the parent; the table's rows stay."""
        changed = {**self.consolidation.values, **values}
        return replace(self, consolidation=replace(self.consolidation, values=changed))


def cell_inputs(number: int, form: Form) -> Inputs:
    """What the cell of that number in the register wrote; see ``HELD`` and ``COMPLETED``."""
    total = 10 + number % 25
    reported = total - 1 if number in COMPLETED else 4 if number in HELD else 0
    values: dict[str, Raw] = {
        **blank(form).values,
        **{"members_total": total, "members_exempt": 1, "members_transferred_out": 0},
        **{"leaders_total": 2, "leaders_due": 2, "leaders_reported": min(reported, 2)},
        **{"reported_officeholder": min(reported, 2), "reported_other": max(reported - 2, 0)},
        **{"registered": YES if number % 4 == 0 else NO, "commended_members": int(number % 40 == 0)},
        **{"difficulty_01": YES if number % 3 == 0 else NO, "difficulty_02": YES if total >= 30 else NO},
        **{"difficulty_05": YES if number % 7 == 0 else NO},
    }
    if number in (8, 9, 20):
        values["difficulties_text"] = "Đảng viên đi làm ăn xa nên khó bố trí buổi sinh hoạt đủ mặt."
    if number % 30 == 1:
        values["proposals_text"] = f"Đề nghị gửi thêm tài liệu (lần {number})."
    if "plan_issued" in form.fields:
        values |= {"plan_issued": YES, "plan_number": "12-KH/CB", "plan_date": serial(date(2023, 2, 6))}
    rows = [dict(row) for row in blank(form).tables["sessions"]]
    held = serial(date(2023, 2, 1 + number % 28)) if number in HELD else None
    rows[0] |= {"planned_date": serial(date(2023, 2, 20)), "held_date": held}
    if held:
        rows[0] |= {"form": ("Chuyên đề", "Lồng ghép", "Theo tổ đảng")[number % 3], "superior": SUPERIORS[number % 5]}
    return Inputs(values, {**blank(form).tables, "sessions": tuple(rows)})


def district_inputs() -> Inputs:
    """The district's own entries, after the article: plan no. 96 of 02/02/2023, conference, officials assigned."""
    start = blank(DISTRICT)
    values: dict[str, Raw] = {
        **start.values,
        **{"plan_issued": YES, "plan_number": "96", "plan_date": serial(date(2023, 2, 2))},
        **{"conference_held": YES, "conference_date": serial(date(2023, 2, 8))},
        **{"officials_assigned": YES, "documents_issued": 4, "reminders_issued": 2},
        "proposals_text": "Đề nghị hướng dẫn thêm về hình thức sinh hoạt đối với chi bộ đông đảng viên.",
    }
    rows = list(start.tables["assignments"])
    for number, role in enumerate(("Thường trực Huyện ủy", "Ban Tuyên giáo", "Ban Tổ chức")):
        rows[number] = {**rows[number], "official_role": role, "visits_expected": 2, "visits_attended": number}
    return Inputs(values, {**start.tables, "assignments": tuple(rows)})


@cache
def receipts() -> tuple[Receipt, ...]:
    """What the sample's cells sent: 68 of 264 held, 16 of them completed, 22 silent."""
    found = []
    for number, cell in enumerate(REGISTER.cells(TOP.code)):
        form = PACK.form_for(cell, REGISTER)
        assert form
        if number not in SILENT:
            inputs = cell_inputs(number, form)
            row = unit_row(cell.code, form, inputs, all_values(form, inputs, KNOWN, {}))
            found.append(Receipt(f"{number:064x}", f"{number}.xlsx", cell.code, Verdict.VALID, IN_TIME, rows=(row,)))
    return tuple(found)


def given(sent: Iterable[Receipt] | None = None, inputs: Inputs | None = None) -> Given:
    """The sample district after it received ``sent`` (default: everything)."""
    inputs = inputs or district_inputs()
    register = REGISTER.subtree(TOP.code)
    sent = receipts() if sent is None else sent
    done = consolidate(unit_form(PACK, DISTRICT, TOP.code), inputs, register, tuple(sent))
    return Given(done, inputs)


@cache
def sample() -> Given:
    """The sample district with everything received."""
    return given()


def empty() -> Given:
    """The sample district on the day its workbook was made."""
    return given((), blank(DISTRICT))


class SheetGrid:
    """A drawn sheet as it is read back, with what a user typed into it."""

    def __init__(self, sheet: Sheet, typed: Mapping[tuple[int, int], Raw] | None = None) -> None:
        self.found: dict[tuple[int, int], Raw] = {}
        for where, cell in sheet.cells.items():
            value = cell.value.result if isinstance(cell.value, Formula) else cell.value
            assert not isinstance(value, Link | float | date)
            self.found[where] = value
        self.found |= typed or {}

    def get(self, row: int, column: int) -> Raw:
        """One cell."""
        return self.found.get((row, column))

    def cells(self) -> Iterator[tuple[int, int, Raw]]:
        """Every cell that is not blank."""
        yield from ((row, column, raw) for (row, column), raw in self.found.items() if raw not in (None, ""))


def matches_golden(name: str, lines: Iterable[str]) -> None:
    """Compare with tests/golden/NAME; LOITHE_UPDATE_GOLDEN=1 writes it instead."""
    said, file = "\n".join(lines) + "\n", GOLDEN / name
    if os.environ.get("LOITHE_UPDATE_GOLDEN") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_text(said, encoding="utf-8", newline="\n")
    assert said == file.read_text(encoding="utf-8"), f"{name} differs; look at it, then scripts/check.py golden"
