"""The Open XML SDK, Microsoft's own reading of the format, finds no error in any kind of file that is generated."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from tools import REQUIRED, fill, held, make_forms, small_register, type_into

from loithe_xl.register.register import Register, Unit
from loithe_xl.tasks import registers
from loithe_xl.tasks.consolidate import ConsolidationRequest, consolidate
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.report import report
from loithe_xl.tasks.slips import write_slips
from loithe_xl.tasks.validate import check

KINDS = (
    "register-new register-sample province district base cell base_cell filled-cell consolidated-base "
    "consolidated-district report english-district return-slips"
).split()
OFFICE = Office(now=datetime(2023, 3, 1, 12))
SAID = {
    "difficulties_text": 'Chi bộ “Thử” <1> & "2": khó bố trí\nđủ mặt đảng viên trong một buổi sinh hoạt chung.',
    "proposals_text": "=1+1 @SUM(A1) ]]> &amp; _x0041_ 😀",
}
PLAN = {"plan_issued": "Có", "plan_number": "96", "plan_date": 44959}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One file of each kind."""
    folder = tmp_path_factory.mktemp("ooxml")
    files = {f"register-{name}": folder / f"{name}.xlsx" for name in ("new", "sample")}
    for name, path in files.items():
        registers.make(path, sample=name == "register-sample")
    forms = make_forms(folder / "forms", with_province(), "province", OFFICE)
    files |= {"province": forms["00"], "cell": forms["01.1.C01"], "base_cell": forms["01.K1"]}
    files |= {"district": copied(forms["01"], folder), "base": copied(forms["01.1"], folder)}
    sent = [fill(forms["01.1.C01"], folder / "sent" / "a.xlsx", sessions=[held(10, superior="Tỉnh"), held(12)])]
    straight = fill(forms["01.K1"], folder / "sent" / "b.xlsx", {**REQUIRED, **SAID, **PLAN}, [held(20)])
    faulty = fill(forms["01.1.C02"], folder / "sent" / "c.xlsx", {"members_total": 1, "members_exempt": 5})
    base, district = forms["01.1"], forms["01"]
    consolidate(ConsolidationRequest(base, (*sent, faulty)), OFFICE)
    consolidate(ConsolidationRequest(type_into(district, PLAN), (base, straight)), OFFICE)
    files |= {"filled-cell": straight, "consolidated-base": base, "consolidated-district": district}
    files["report"] = folder / "report.xlsx"
    report(district, files["report"], "hd36_2018", None, OFFICE)
    files["return-slips"] = write_slips(check([*sent, faulty], OFFICE)[0], folder / "slips.xlsx", OFFICE)
    english = make_forms(folder / "english", office=Office(lang="en", now=OFFICE.now))
    return files | {"english-district": english["01"]}


def with_province() -> Register:
    """The small district under a province."""
    top, *rest = small_register().units
    return Register((Unit("00", "Tỉnh Thử", "province"), Unit(top.code, top.name, top.tier, "00"), *rest))


def copied(path: Path, folder: Path) -> Path:
    """A copy that later steps leave alone."""
    target = folder / f"fresh-{path.name}"
    target.write_bytes(path.read_bytes())
    return target


def test_every_kind_was_made(made: dict[str, Path]) -> None:
    assert set(made) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_no_error(made: dict[str, Path], ooxml_validator: list[str], kind: str) -> None:
    done = subprocess.run([*ooxml_validator, str(made[kind])], capture_output=True, text=True, check=False)

    assert json.loads(done.stdout)["errors"] == []
    assert done.returncode == 0


@pytest.mark.parametrize("kind", ["base_cell", "consolidated-district", "report"])
def test_no_error_as_excel_2010_reads_it(made: dict[str, Path], ooxml_validator: list[str], kind: str) -> None:
    command = [*ooxml_validator, str(made[kind]), "--officeVersion", "Office2010"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert json.loads(done.stdout)["errors"] == []
