"""What all tests share: LibreOffice and the validator (skipped where absent, failed in CI), and a key folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import savers
from cli_tools import issue_forms
from hypothesis import HealthCheck, settings

import programs

if TYPE_CHECKING:
    from hosts.excel import Desk

Convert = Callable[[Path, str, Path], Path]

# No deadlines anywhere: a slow machine is not a fault. In CI the same examples every time.
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session", autouse=True)
def office_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh key folder per worker: no test reads or writes the keys of whoever runs it."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOITHE_XL_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def issued(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The forms of a district with two bases and a chi bộ cơ sở, as they went out."""
    return issue_forms(tmp_path_factory.mktemp("issued"))


@pytest.fixture
def forms(issued: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Copies of the forms in a folder of its own, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    return {code: Path(shutil.copy(path, f"{code}.xlsx")) for code, path in issued.items()}


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The stand-in for Excel, which calculates our workbooks; see ``hosts/excel``."""
    from hosts import excel
    from live import recomputed

    with excel.desktop() as found:
        excel.recalculate_with(recomputed)
        yield found


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice's program."""
    return _place("LOITHE_SOFFICE")


@pytest.fixture(scope="session")
def uno_python() -> str:
    """A Python with LibreOffice's ``uno`` module."""
    return _place("LOITHE_UNO_PYTHON")


@pytest.fixture(scope="session")
def pdftoppm() -> str:
    """Poppler's renderer; its kin (pdftotext, pdfinfo) lie beside it."""
    return _place("LOITHE_PDFTOPPM")


@pytest.fixture(scope="session")
def ssconvert() -> str:
    """Gnumeric's program that converts and recalculates workbooks."""
    return _place("LOITHE_SSCONVERT")


@pytest.fixture(scope="session")
def ooxml_validator() -> list[str]:
    """The Open XML SDK validator's command; takes one file, prints JSON, exits with 0 for a valid file."""
    return [_place("LOITHE_NODE"), _place("LOITHE_OOXML_VALIDATOR")]


@pytest.fixture(scope="session")
def savers_programs(tmp_path_factory: pytest.TempPathFactory) -> savers.Programs:
    """The programs that honest people save forms with."""
    profile = tmp_path_factory.mktemp("savers") / "profile"
    return savers.Programs(_place, profile)


@pytest.fixture(scope="session")
def office(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """``convert(file, format, folder)``: LibreOffice re-saves the file as "pdf", "ods" …; the new file."""
    profile = tmp_path_factory.mktemp("libreoffice")

    def convert(file: Path, form: str, folder: Path) -> Path:
        made = folder / f"{file.stem}.{form.partition(':')[0]}"
        assert made != file, "the original must stay as it is"
        made.unlink(missing_ok=True)
        command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        said = _run([*command, "--convert-to", form, "--outdir", str(folder), str(file)])
        assert made.exists(), f"LibreOffice made no {made.name}: {said}"
        return made

    return convert


def _run(command: list[str], seconds: float = 180) -> str:
    """What the command said; when it hangs, it and everything it started is ended."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        raise


def _place(variable: str) -> str:
    tool = next(tool for tool in programs.TOOLS if tool.variable == variable)
    place = os.environ.get(variable) or tool.find()
    if place is None:
        missing = f"{tool.name} is missing; scripts/test.py installs it where it may"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return place
