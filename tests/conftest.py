"""What all tests share: LibreOffice and the validator (skipped where absent, failed in CI), and a key folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import savers
from cli_tools import issue_forms
from hypothesis import HealthCheck, settings
from tools import Calc

import check
import programs

if TYPE_CHECKING:
    from hosts.excel import Desk

Convert = Callable[[Path, str, Path], Path]

# No deadlines anywhere: a slow machine is not a fault. In CI the same examples every time.
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever two workers begin last is short, so that they end together."""
    items[:] = costliest_first(items, check.costs())


def costliest_first(items: Sequence[pytest.Item], costs: Mapping[str, int]) -> list[pytest.Item]:
    """Tests by the cost of their files, each file's in their own order."""
    return sorted(items, key=lambda item: -costs.get(item.path.name, 0))


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
def calc(soffice: str, uno_python: str) -> Iterator[Calc]:
    """LibreOffice Calc, one for all tests of a worker."""
    host = Calc(soffice, uno_python)
    yield host
    host.quit()


@pytest.fixture(scope="session")
def savers_programs(calc: Calc) -> savers.Programs:
    """The programs that honest people save forms with."""
    return savers.Programs(_place, calc.convert)


@pytest.fixture(scope="session")
def office(calc: Calc) -> Convert:
    """``convert(file, format, folder)``: LibreOffice re-saves the file as "pdf", "ods" …; the new file."""

    def convert(file: Path, form: str, folder: Path) -> Path:
        return calc.convert(file, folder / f"{file.stem}.{form}")

    return convert


def _place(variable: str) -> str:
    tool = next(tool for tool in programs.TOOLS if tool.variable == variable)
    place = os.environ.get(variable) or tool.find()
    if place is None:
        missing = f"{tool.name} is missing; scripts/test.py installs it where it may"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return place
