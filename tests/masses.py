"""Thousands of files at once: every one is counted, memory is below the limit, and reading more takes no more of it.

What grows is the parent alone, which keeps a row of figures for each unit.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from hostile import _parts, packed, typed_into
from measured import loithe
from tally import Tally
from tools import NOON, REQUIRED, TERM, held, small_register

from loithe_xl.draw import packs
from loithe_xl.intake.openfile import OpenedForm, open_file
from loithe_xl.register.register import Register
from loithe_xl.tasks.generate import Request, generate
from loithe_xl.tasks.office import Office

MOST = 500  # megabytes of all processes together
# Megabytes that one more file may cost: what is said of it; its row in the parent, read again before that is replaced.
READING, KEEPING = 0.02, 0.04
SLACK = 20  # megabytes
STEPS = (250, 1_000, 4_000)


def run(folder: Path, count: int = STEPS[-1], seed: int = 0) -> Tally:
    """Validate and consolidate a sixteenth, a quarter and all of so many files."""
    tally = Tally()
    steps = [max(1, count // 16), max(1, count // 4), count]
    bases = max(1, count // 100)
    register = small_register({f"01.{number}": -(-count // bases) for number in range(1, bases + 1)}, straight=0)
    parent = submissions(folder, register, count)
    peaks: dict[str, list[float]] = {"validate": [], "consolidate": []}
    for step in steps:
        inbox = folder / f"nhan-{step}"
        inbox.mkdir()
        for path in sorted((folder / "gui").iterdir())[:step]:
            (inbox / path.name).hardlink_to(path)
        shutil.copy(parent, folder / "cha.xlsx")
        read = loithe(folder, "validate", inbox.name)
        found = loithe(folder, "consolidate", "--into", "cha.xlsx", inbox.name, "--format", "json")
        needed = f"largest process {found.megabytes:.0f} MB, together {found.together:.0f} MB"
        tally.notes.append(f"{step:,} files: {found.seconds:.0f} s, {needed}; only read: {read.megabytes:.0f} MB")
        tally.add(f"{step} files", _wrong(found.code, found.out, found.err, step, found.megabytes, found.together))
        peaks["validate"].append(read.megabytes)
        peaks["consolidate"].append(found.megabytes)
    for command, each in (("validate", READING), ("consolidate", KEEPING)):
        growth, most = peaks[command][-1] - peaks[command][0], SLACK + each * (steps[-1] - steps[0])
        wrong = f"{steps[-1]} files need {growth:.0f} MB more than {steps[0]}" if growth > most else ""
        tally.add(f"{command} is flat", wrong)
    return tally


def _wrong(code: int, out: str, err: str, files: int, *megabytes: float) -> str:
    if code != 0:
        return f"it ended with {code}: {err[-300:]}"
    answer = json.loads(out)
    if answer["accepted"] != files or answer["values"]["members_total"] != sum(30 + n % 7 for n in range(files)):
        return f"{answer['accepted']} accepted, {answer['values']['members_total']} members"
    return "" if max(megabytes) < MOST else f"{max(megabytes):.0f} MB"


def submissions(folder: Path, register: Register, count: int) -> Path:
    """So many filled forms in the folder ``gui``, stamped rather than typed; the district's workbook."""
    loaded, office = packs.load("loi_the"), Office(now=NOON)
    request = Request(loaded, register, TERM, "district", False, (), folder / "huyen")
    (parent,) = generate(request, office)
    generate(Request(loaded, register, TERM, "cell", False, (), folder / "trong"), office)
    forms = sorted((folder / "trong").iterdir())[:count]
    (folder / "gui").mkdir()
    places = _places(forms[0])
    for number, form in enumerate(forms):
        parts = dict(_parts(form.read_bytes()))
        for id, raw in _typed(number):
            part, cell = places[id]
            parts[part] = typed_into(parts[part], cell, raw)
        (folder / "gui" / form.name).write_bytes(packed(parts))
        form.unlink()
    return parent


def _typed(number: int) -> Iterator[tuple[str, object]]:
    yield from {**REQUIRED, "members_total": 30 + number % 7}.items()
    yield from ((f"sessions.{id}", raw) for id, raw in held(10).items())


def _places(form: Path) -> dict[str, tuple[str, str]]:
    """Part and cell of each field of a form."""
    opened = open_file(form, form.name)
    assert isinstance(opened, OpenedForm)
    sheets: Sequence[str] = [placed.sheet.name for placed in opened.layout.sheets]
    wanted = [id for id, _ in _typed(0)]
    found = {id: opened.layout.place_of(id) for id in wanted}
    return {id: (f"xl/worksheets/sheet{sheets.index(sheet) + 1}.xml", cell) for id, (sheet, cell) in found.items()}
