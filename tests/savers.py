"""Programs that honest people save a form with: each makes new files of given ones and leaves those alone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import excellike
import openpyxl

from loithe_xl.form.inputs import Inputs
from loithe_xl.intake.openfile import OpenedForm, ParentBook, open_file
from loithe_xl.language.notation import plain
from loithe_xl.reading.received import exact

RESAVE = Path(__file__).with_name("hosts") / "resave.js"
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
SECONDS = 600


@dataclass(frozen=True)
class Programs:
    """``place``: where a program is, by its variable; ``convert``: LibreOffice saves a file as another."""

    place: Callable[[str], str]
    convert: Callable[[Path, Path], Path]


NONE = Programs(str, lambda file, target: target)  # for savers that are no programs
Save = Callable[[Programs, Sequence[Path], Path], list[Path]]  # files, all of different names, into an empty folder


def libreoffice(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """Opened and saved by LibreOffice."""
    return convert(programs, files, out, "xlsx")


def libreoffice_twice(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """Saved by LibreOffice, and once more."""
    return convert(programs, convert(programs, files, out / "once", "xlsx"), out, "xlsx")


def libreoffice_ods(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """Kept as an OpenDocument file in between."""
    return convert(programs, convert(programs, files, out / "ods", "ods"), out, "xlsx")


def openpyxl_once(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """Loaded and saved by openpyxl."""
    out.mkdir(parents=True, exist_ok=True)
    made = [out / file.name for file in files]
    for file, target in zip(files, made, strict=True):
        openpyxl.load_workbook(file).save(target)
    return made


def libreoffice_xls(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """Kept in Excel's old format in between, as our own advice for such files comes to."""
    return convert(programs, convert(programs, files, out / "xls", "xls"), out, "xlsx")


def gnumeric(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """Opened and saved by Gnumeric."""
    out.mkdir(parents=True, exist_ok=True)
    made = [out / file.name for file in files]
    for file, target in zip(files, made, strict=True):
        _run([programs.place("LOITHE_SSCONVERT"), "--export-type=Gnumeric_Excel:xlsx2", str(file), str(target)])
        assert target.exists(), file
    return made


def excel_like(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """With what Excel and SharePoint add to a file."""
    out.mkdir(parents=True, exist_ok=True)
    made = [out / file.name for file in files]
    for file, target in zip(files, made, strict=True):
        excellike.save(file, target)
    return made


def of_node(library: str, variable: str) -> Save:
    """Read and written by a library of web programs; most drop protection, locks or rules."""

    def save(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
        out.mkdir(parents=True, exist_ok=True)
        made = [out / file.name for file in files]
        pairs = json.dumps([(str(file), str(target)) for file, target in zip(files, made, strict=True)])
        command = [programs.place("LOITHE_NODE"), str(RESAVE), library, programs.place(variable)]
        done = subprocess.run(command, input=pairs, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return made

    return save


DIGITS_LOST = "xlsx-populate"  # makes a number of every text that is one

SAVERS: Mapping[str, Save] = {
    "LibreOffice": libreoffice,
    "LibreOffice twice": libreoffice_twice,
    "LibreOffice through ods": libreoffice_ods,
    "LibreOffice through xls": libreoffice_xls,
    "Gnumeric": gnumeric,
    "as Excel": excel_like,
    "openpyxl": openpyxl_once,
    "SheetJS": of_node("SheetJS", "LOITHE_SHEETJS"),
    "SheetJS with dates": of_node("SheetJS with dates", "LOITHE_SHEETJS"),
    "ExcelJS": of_node("ExcelJS", "LOITHE_EXCELJS"),
    DIGITS_LOST: of_node("xlsx-populate", "LOITHE_XLSX_POPULATE"),
}


def survivors(programs: Programs, saver: str, files: Sequence[Path], out: Path) -> list[Path]:
    """The files that are read alike before and after a saver: same unit, same inputs, same figures, same faults."""
    made = SAVERS[saver](programs, files, out)
    digits = saver == DIGITS_LOST
    return [
        file for file, again in zip(files, made, strict=True) if told(file, digits=digits) == told(again, digits=digits)
    ]


def told(file: Path, *, digits: bool = False) -> tuple[object, ...]:
    """All that is read from a file; ``digits``: as if every text that is a number were one."""
    opened = open_file(file, "")
    assert isinstance(opened, OpenedForm), opened.issues
    inputs, values = opened.inputs, opened.values
    if digits:
        tables = {id: tuple(_numbered(row) for row in rows) for id, rows in inputs.tables.items()}
        inputs, values = Inputs(_numbered(inputs.values), tables), _numbered(values)
    receipts = opened.ledgers.receipts if isinstance(opened, ParentBook) else ()
    return opened.token, inputs, values, receipts, opened.issues


def _numbered(values: Mapping[str, object]) -> dict[str, object]:
    def read(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(map(read, value))
        return plain(exact(float(value))) if isinstance(value, str) and NUMBER.fullmatch(value) else value

    return {id: read(value) for id, value in values.items()}


def convert(programs: Programs, files: Sequence[Path], out: Path, form: str) -> list[Path]:
    """The files as LibreOffice saves them in another or the same format."""
    out.mkdir(parents=True, exist_ok=True)
    made = [out / f"{file.stem}.{form}" for file in files]
    assert len(set(made)) == len(made) and not set(made) & set(files), "each file needs its own name"
    for file, target in zip(files, made, strict=True):
        programs.convert(file, target)
    return made


def _run(command: list[str]) -> str:
    """What the command said; when it hangs, it and everything it started is ended."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        return process.communicate(timeout=SECONDS)[0]
    except BaseException:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        raise
