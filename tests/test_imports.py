"""What a command loads before it does anything: click for help; calamine, isal, cryptography for reading; no more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_tools import issue_forms

RUN = """
import sys
before = set(sys.modules)
if sys.argv[1:]:
    from loithe_xl.cli.shell import run
    run(sys.argv[1:])
else:
    import click
print(*(set(sys.modules) - before), sep="\\n", file=sys.stderr)
"""
READING = {"click", "cryptography", "isal", "python_calamine"}
SLOW = {"dataclasses", "importlib.resources", "json", "pathlib", "shutil", "traceback"}


def loaded(*arguments: object) -> set[str]:
    """The modules that a process has loaded at the end of a command; without arguments, after ``import click``."""
    source = Path(__file__).parent.parent / "src"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(source), *sys.path]), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", RUN, *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=True)
    return set(done.stderr.split())


def foreign(modules: set[str]) -> set[str]:
    """The libraries among them. Those with an underscore are parts that another library brought."""
    tops = {name.split(".")[0] for name in modules} - sys.stdlib_module_names - {"loithe_xl", "cython_runtime"}
    return {name for name in tops if not name.startswith("_")}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return issue_forms(tmp_path_factory.mktemp("forms"))


def test_help_loads_its_words_and_click_and_little_of_pythons_own():
    found = loaded("--help")

    assert {name for name in found if name.startswith("loithe_xl")} == {
        "loithe_xl", "loithe_xl.cli", "loithe_xl.cli.localised", "loithe_xl.cli.shell", "loithe_xl.cli.terminal",
        "loithe_xl.language", "loithe_xl.language.catalogue", "loithe_xl.system", "loithe_xl.system.process",
    }  # fmt: skip
    assert foreign(found) == {"click"}
    assert SLOW & (found - loaded()) == set()


def test_the_help_of_a_command_makes_that_command_only():
    found = loaded("key", "--help")

    assert {name for name in found if name.startswith("loithe_xl.cli.")} == {
        "loithe_xl.cli.localised",
        "loithe_xl.cli.shell",
        "loithe_xl.cli.terminal",
        "loithe_xl.cli.keys",
    }


def test_reading_loads_no_library_that_writes_or_analyses(forms: dict[str, Path]):
    cell, base = forms["01.1.C01"], forms["01.1"]

    for command in (("validate", cell), ("status", base), ("consolidate", cell, "--into", base, "--dry-run")):
        assert {"click"} <= foreign(loaded(*command)) <= READING  # what a worker loads for a file stays in the worker


def test_consolidating_loads_the_one_library_that_writes(forms: dict[str, Path]):
    assert foreign(loaded("consolidate", forms["01.1.C01"], "--into", forms["01.1"])) <= {
        *READING, "filelock", "xlsxwriter",
    }  # fmt: skip


# Imports every module, then tells what of the process, and of other people's modules, is not as it was.
IMPORT_ALL = """
import atexit, decimal, importlib, os, pkgutil, signal, sys
import loithe_xl

def outside():
    return {
        "environment": dict(os.environ), "path": [*sys.path], "folder": os.getcwd(), "finders": [*sys.meta_path],
        "placeholders": [name for name, found in sys.modules.items() if found is None], "hook": sys.excepthook,
        "signals": [signal.getsignal(each) for each in signal.valid_signals()], "decimal": str(decimal.getcontext()),
        "recursion": sys.getrecursionlimit(), "bytecode": sys.dont_write_bytecode,
    }

def watched(name):
    genuine = getattr(atexit, name)
    def called(*arguments, **named):
        caller = sys._getframe(1).f_globals["__name__"]
        if caller.startswith("loithe_xl"):
            print(f"{caller}: atexit.{name}")
        return genuine(*arguments, **named)
    return called

def ours(thing):
    return str(getattr(thing, "__module__", "")).startswith("loithe_xl")

before = outside()
atexit.register, atexit.unregister = watched("register"), watched("unregister")
for found in pkgutil.walk_packages(loithe_xl.__path__, "loithe_xl."):
    importlib.import_module(found.name)
print(*(name for name, now in outside().items() if now != before[name]), sep="\\n")
for name, module in sys.modules.copy().items():
    if module is not None and not name.startswith(("loithe_xl", "__main__")):
        classes = [found for found in vars(module).values() if isinstance(found, type) and not ours(found)]
        for place in (module, *classes):
            print(*(f"{name}: {key}" for key, found in vars(place).items() if ours(found)), sep="\\n")
print(*({"xlwings", "pandas", "openpyxl"} & sys.modules.keys()), sep="\\n")
"""


def test_to_import_a_module_changes_nothing_outside_it():
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent / "src")}
    command = [sys.executable, "-c", IMPORT_ALL]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=True)

    assert done.stdout.split() == []
