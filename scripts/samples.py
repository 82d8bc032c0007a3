"""The workbooks that people meet, one of each kind, out of the demonstration's own campaign."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl

from loithe_xl.demo.offices import LATE
from loithe_xl.demo.story import FORMS_FOLDER, RECEIVED_FOLDER, RESULT, run
from loithe_xl.draw import Case, packs
from loithe_xl.draw.render import cell_case, package, salt_of
from loithe_xl.form.terms import term
from loithe_xl.intake.openfile import Unreadable, open_file
from loithe_xl.language.issues import Fault
from loithe_xl.register.file import sample_register
from loithe_xl.rules.evaluate import Raw
from loithe_xl.tasks.consolidate import ConsolidationRequest, consolidate
from loithe_xl.tasks.generate import Request, generate
from loithe_xl.tasks.office import Office

BASE, CELL = "00.07.001", "00.07.001.C001"
EMPTY_CELL, CELL_FORM, FAULTY_CELL, BASE_CELL = "chi-bo-trong", "chi-bo", "chi-bo-sai", "chi-bo-co-so"
EMPTY_BASE, BASE_FORM, EMPTY_DISTRICT, DISTRICT = "co-so-trong", "co-so", "huyen-trong", "huyen"
PROVINCE, REPORT = "tinh", "bao-cao"
REGISTER, SENDING, SLIPS = "danh-muc", "danh-sach-gui", "phieu-tra-lai"
FAULTS: dict[str, Raw] = {"members_exempt": 400, "leaders_due": -1, "registered": "Có lẽ", "reported_other": None}


def campaign(folder: Path) -> dict[str, Path]:
    """Play the demonstration into a folder; kind -> its workbook there, from an untouched cell form to the slips."""
    os.environ["LOITHE_XL_HOME"] = str(folder / "office")
    demo = folder / "demo"
    run(demo, Office(), lambda said: None, lambda said: None)
    issued, received, result = (demo / name for name in (FORMS_FOLDER, RECEIVED_FOLDER, RESULT))
    above = BASE.rpartition(".")[0]
    district = unit_file(result, above)
    files = {
        EMPTY_CELL: unit_file(issued, CELL),
        CELL_FORM: min(received.glob(f"{BASE}*/BC lan 1*.xlsx")),
        FAULTY_CELL: folder / "sai.xlsx",
        BASE_CELL: min((received / "chi-bo-co-so").glob("*.xlsx")),
        EMPTY_BASE: unit_file(issued, BASE),
        BASE_FORM: unit_file(result, BASE),
        EMPTY_DISTRICT: unit_file(issued, above),
        DISTRICT: district,
        PROVINCE: province(folder / "tinh", district),
        REPORT: next(result.glob("bao-cao*.xlsx")),
        REGISTER: next(issued.glob("danh-muc*.xlsx")),
        SENDING: issued / "danh-sach-gui.xlsx",
        SLIPS: folder / "phieu-tra-lai.xlsx",
    }
    files[FAULTY_CELL].write_bytes(package(case_of(files[CELL_FORM], FAULTS), salt_of("")))
    command = [sys.executable, "-m", "loithe_xl", "validate", str(files[FAULTY_CELL]), "--out", str(files[SLIPS])]
    subprocess.run(command, capture_output=True, check=False)  # which ends with 1, for there are faults
    return files


def unit_file(folder: Path, code: str) -> Path:
    """A unit's workbook somewhere in a folder, whatever follows the code in its name."""
    return min(path for path in folder.rglob(f"{code}[!.]*.xlsx") if path.is_file())


def province(folder: Path, district: Path) -> Path:
    """The province's workbook with one district received."""
    loaded = packs.load("loi_the")
    period = term(loaded, None, None, None)
    request = Request(loaded, sample_register().at(period.cutoff), period, "province", False, (), folder)
    made = min(generate(request, Office()))
    consolidate(ConsolidationRequest(made, (district,)), Office(now=LATE))
    return made


def case_of(path: Path, typed: Mapping[str, Raw] | None = None, session: Mapping[str, Raw] | None = None) -> Case:
    """A cell's form as read from its file, with more typed into it, and into its first session."""
    opened = open_file(path, path.name)
    if isinstance(opened, Unreadable):
        raise Fault(list(opened.issues))
    first, *others = opened.inputs.tables["sessions"]
    tables = {**opened.inputs.tables, "sessions": ({**first, **(session or {})}, *others)}
    inputs = replace(opened.inputs, values={**opened.inputs.values, **(typed or {})}, tables=tables)
    return cell_case(opened.unit_form, inputs)


def visible(path: Path) -> list[str]:
    """The names of a workbook's visible sheets, in order."""
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    finally:
        book.close()
