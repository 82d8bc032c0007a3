"""What tests share: offices in a temporary folder, forms filled as a user would, LibreOffice as a partner."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Timer
from typing import Any

from loithe_xl.draw import packs
from loithe_xl.draw.render import cell_case, package, salt_of
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.form.layout import place
from loithe_xl.form.loaded import Loaded
from loithe_xl.form.terms import Term
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity
from loithe_xl.intake.openfile import OpenedForm, open_file, with_receipts
from loithe_xl.pack.spec import Form, Pack
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
SECONDS = 180  # that LibreOffice may take for one request; then it hangs
FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xls": "MS Excel 97",
    "ods": "calc8",
    "fods": "OpenDocument Spreadsheet Flat XML",
    "pdf": "calc_pdf_Export",
}


class NoAnswerError(Exception):
    """LibreOffice failed, not what it was asked about."""


class Calc:
    """One LibreOffice process that answers requests; see ``hosts/calc.py``."""

    def __init__(self, soffice: str, python: str, region: str = "") -> None:
        """``region``: of the PC, such as en-US; blank for whatever this one has."""
        self.command = [python, str(HOST), soffice, *([region] if region else [])]
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        assert self._answer() == {"ready": True}

    def ask(self, op: str, **given: Any) -> dict[str, Any]:
        """One request; fails the test when Calc could not do it. A Calc that has died is started anew, empty."""
        if self.process.poll() is not None:
            self._start()
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"op": op, **given}) + "\n")
        self.process.stdin.flush()
        answer = self._answer()
        assert "failed" not in answer, answer
        return answer

    def convert(self, file: Path, target: Path) -> Path:
        """The file as LibreOffice saves it in the format of the target's name.

        A LibreOffice that gives no answer is tried once more: its own accidents are not the product's.
        """
        assert target != file, "the original must stay as it is"
        target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        given = {"path": str(file.resolve()), "target": str(target.resolve()), "form": FILTERS[target.suffix[1:]]}
        try:
            self.ask("convert", **given)
        except NoAnswerError:
            self.ask("convert", **given)
        assert target.exists(), f"LibreOffice made no {target}"
        return target

    def quit(self) -> None:
        """End the process."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    def _answer(self) -> dict[str, Any]:
        """The next answer; when it hangs, it and everything it started is ended."""
        assert self.process.stdout
        watch = Timer(SECONDS, self._end)
        watch.start()
        try:
            said = self.process.stdout.readline()
        finally:
            watch.cancel()
        if not said:
            self._end()
            raise NoAnswerError(f"LibreOffice ended, or gave no answer in {SECONDS} seconds")
        answer: dict[str, Any] = json.loads(said)
        return answer

    def _end(self) -> None:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()


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
    out: Path,
    register: Register | None = None,
    level: str = "district",
    office: Office | None = None,
    pack: str = "loi_the",
) -> dict[str, Path]:
    """Every form of the register's tree beneath ``level``, by unit code."""
    request = Request(packs.load(pack), register or small_register(), TERM, level, True, (), out)
    made = generate(request, office or Office(now=NOON))
    return {path.name.split(" ")[0]: path for path in made}


def forget_packs() -> None:
    """Read packs anew, for they may lie elsewhere now."""
    for cached in (packs.own_ids, packs.known, packs._loaded_from):
        cached.cache_clear()


def fill(
    form: Path, target: Path, values: Mapping[str, Raw] = REQUIRED, sessions: Sequence[Mapping[str, Raw]] = ()
) -> Path:
    """A filled copy of a cell's form: what Excel saves after a user typed, without the seal of its wording."""
    opened = open_file(form, form.name)
    assert isinstance(opened, OpenedForm), opened.issues
    start = blank(opened.layout.form)
    rows = [dict(row) for row in start.tables["sessions"]]
    for number, session in enumerate(sessions):
        rows[number] |= session
    inputs = Inputs({**start.values, **values}, {**start.tables, "sessions": tuple(rows)})
    case = cell_case(opened.unit_form, inputs)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(package(case, salt_of(opened.key)))
    return target


def unit_form(pack: Pack, form: Form, unit: str, term: Term = TERM, *names: str) -> UnitForm:
    """A unit's form of a pack, with no other form beside it; ``names``: of the unit and of its superior."""
    layout = place(form)
    identity = Identity(unit, term.period, term.cutoff, term.deadline, pack.id, layout.digest)
    name, above, *_ = *names, "", ""
    return UnitForm(Loaded(pack, {layout.digest: layout}, {form.id: layout}), identity, "LT1|…", name, above)


def type_into(parent: Path, values: Mapping[str, Raw]) -> Path:
    """The parent's workbook with own entries typed in."""
    opened = open_parent(parent)
    inputs = replace(opened.inputs, values={**opened.inputs.values, **values})
    parent.write_bytes(rebuilt(with_receipts(replace(opened, inputs=inputs), opened.ledgers.receipts), NOON))
    return parent


def held(day: int, **more: Raw) -> dict[str, Raw]:
    """A session held on a day of February 2023."""
    return {"held_date": serial(date(2023, 2, day)), "form": "Chuyên đề", **more}
