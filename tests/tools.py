"""What tests share: offices in a temporary folder, forms filled as a user would, LibreOffice as a partner."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from loithe_xl.draw import packs
from loithe_xl.draw.render import Subject, cell_case, package, salt_of
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.form.terms import Term
from loithe_xl.intake.openfile import open_file, with_receipts
from loithe_xl.register.register import Register, Unit
from loithe_xl.rules.evaluate import Raw
from loithe_xl.tasks.consolidate import open_parent, rebuilt
from loithe_xl.tasks.generate import Request, generate
from loithe_xl.tasks.office import Office
from loithe_xl.workbook.daynumbers import serial

TERM = Term("2023-02", date(2023, 2, 28), date(2023, 3, 5))
NOON = datetime(2023, 3, 1, 12)
REQUIRED: dict[str, Raw] = {
    "members_total": 30,
    "members_exempt": 2,
    "members_transferred_out": 1,
    "leaders_total": 5,
    "leaders_due": 5,
    "leaders_reported": 3,
    "reported_officeholder": 4,
    "reported_other": 10,
    "registered": "Có",
}
HOST = Path(__file__).with_name("hosts") / "calc.py"


class Calc:
    """One LibreOffice process that answers requests; see ``hosts/calc.py``."""

    def __init__(self, soffice: str, python: str, region: str = "") -> None:
        """``region``: of the PC, such as en-US; blank for whatever this one has."""
        self.process = subprocess.Popen(
            [python, str(HOST), soffice, *([region] if region else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self._answer() == {"ready": True}

    def ask(self, op: str, **given: Any) -> dict[str, Any]:
        """One request; fails the test when Calc could not do it."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"op": op, **given}) + "\n")
        self.process.stdin.flush()
        answer = self._answer()
        assert "failed" not in answer, answer
        return answer

    def quit(self) -> None:
        """End the process."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


def small_register(shape: Mapping[str, int] | None = None, straight: int = 1) -> Register:
    """A district ``01`` with bases (code -> number of cells) and ``straight`` chi bộ cơ sở."""
    shape = {"01.1": 2, "01.2": 1} if shape is None else shape
    units = [Unit("01", "Huyện Thử", "district")]
    for base, cells in shape.items():
        units.append(Unit(base, f"Đảng bộ {base}", "base", "01"))
        units += [
            Unit(f"{base}.C{number:02d}", f"Chi bộ {base}-{number}", "cell", base) for number in range(1, cells + 1)
        ]
    units += [Unit(f"01.K{number}", f"Chi bộ cơ sở {number}", "cell", "01") for number in range(1, straight + 1)]
    return Register(tuple(units))


def make_forms(
    out: Path, register: Register | None = None, level: str = "district", office: Office | None = None
) -> dict[str, Path]:
    """Every form of the register's tree beneath ``level``, by unit code."""
    request = Request(packs.load("loi_the"), register or small_register(), TERM, level, True, (), out)
    made = generate(request, office or Office(now=NOON))
    return {path.stem.removesuffix("_2023-02"): path for path in made}


def fill(
    form: Path, target: Path, values: Mapping[str, Raw] = REQUIRED, sessions: Sequence[Mapping[str, Raw]] = ()
) -> Path:
    """A filled copy of a cell's form: what Excel saves after a user typed."""
    opened = open_file(form, form.name)
    assert opened.layout and opened.loaded and opened.identity, opened.issues
    start = blank(opened.layout.form)
    rows = [dict(row) for row in start.tables["sessions"]]
    for number, session in enumerate(sessions):
        rows[number] |= session
    inputs = Inputs({**start.values, **values}, {**start.tables, "sessions": tuple(rows)})
    name, above, lang = opened.names
    case = cell_case(opened.loaded, opened.layout, Subject(opened.identity, opened.token, name, above, lang), inputs)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(package(case, salt_of(opened.key)))
    return target


def type_into(parent: Path, values: Mapping[str, Raw]) -> Path:
    """The parent's workbook with own entries typed in."""
    opened = open_parent(parent)
    inputs = replace(opened.inputs, values={**opened.inputs.values, **values})
    parent.write_bytes(rebuilt(with_receipts(replace(opened, inputs=inputs), opened.receipts), NOON))
    return parent


def held(day: int, **more: Raw) -> dict[str, Raw]:
    """A session held on a day of February 2023."""
    return {"held_date": serial(date(2023, 2, day)), "form": "Chuyên đề", **more}
