"""What lies beside a workbook is never run: not by the process that a button starts, nor by its workers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tools import make_forms, small_register

from loithe_xl.system import process

TESTS = Path(__file__).parent
SETTINGS = "PYTHONSAFEPATH", "NoDefaultCurrentDirectoryInExePath"
LATE = "colorsys"  # a module of Python's own that nobody has loaded by then

# As RunPython has it, up to the stand-in for Excel, and in the worst of folders: "-c" puts "" on the path.
BUTTON = f"""
import sys
import loithe_xl.addin
from hosts import excel
with excel.desktop():
    import os; here = os.getcwd()
    book = excel.open_excel(sys.argv[1]).books.active
    with excel.called_from(book):
        loithe_xl.addin.press("help vi")
    assert os.getcwd() == here
    os.chdir(os.path.dirname(sys.argv[1])) # as a dialog of Windows may
    import {LATE}
    print({LATE}.__file__)
"""
WORKERS = """
import multiprocessing, os, sys
from loithe_xl.system import process
from loithe_xl.system.workers import Pool
process.leave_working_folder()
os.chdir(sys.argv[1])
with Pool(abs, 1) as pool:
    pool.context = multiprocessing.get_context("spawn")
    print(list(pool.map([-1])))
"""


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A folder with a module for every name of Python's own; each notes that it was run."""
    folder = tmp_path / "nhận"
    folder.mkdir()
    for name in sys.stdlib_module_names | {"loithe_xl", "openpyxl", "xlwings"}:
        trap = f"open({str(tmp_path / 'run')!r}, 'a').write({name!r})\nraise SystemExit(99)\n"
        (folder / f"{name}.py").write_text(trap, encoding="utf-8")
    return folder


def run(code: str, *arguments: object) -> str:
    """The program's answer; its modules are found as an installed copy's are, the folder it starts in is another."""
    path = os.pathsep.join([str(TESTS), *(place for place in sys.path if place)])
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    environment |= {"PYTHONPATH": path, "PYTHONUTF8": "1"}
    command = [sys.executable, "-B", "-c", code, *map(str, arguments)]
    done = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_button_loads_nothing_from_the_workbooks_folder(trapped: Path):
    issued = make_forms(trapped.parent / "phat", small_register({"01.1": 1}, 0), "base")
    form = issued["01.1"].rename(trapped / "a.xlsx")

    assert Path(run(BUTTON, form)).parent != trapped
    assert not (trapped.parent / "run").exists()


def test_a_worker_that_starts_anew_loads_nothing_from_the_working_folder(trapped: Path):
    assert run(WORKERS, trapped) == "[1]"
    assert not (trapped.parent / "run").exists()


def test_the_trap_catches_whoever_looks_there(trapped: Path):
    with pytest.raises(AssertionError):
        run(f"import os, sys; os.chdir(sys.argv[1]); import {LATE}", trapped)

    assert (trapped.parent / "run").read_text(encoding="utf-8") == LATE


@pytest.mark.parametrize("program", [process._HOME, "/elsewhere"])
def test_the_working_folder_leaves_the_path_unless_the_program_lies_there(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(process, "_HOME", program)
    monkeypatch.chdir(tmp_path if program == "/elsewhere" else program)
    monkeypatch.setattr(sys, "path", ["", str(Path.cwd()), ".js", "/python/lib"])
    for name in SETTINGS:
        monkeypatch.setenv(name, "")

    process.leave_working_folder()

    assert sys.path == [*([] if program == "/elsewhere" else [program]), "/python/lib"]
    assert all(os.environ[name] for name in SETTINGS)
