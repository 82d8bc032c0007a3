"""The scripts: an environment is made once, made again when it must be, and its faults are told in words."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from conftest import costliest_first
from tools import Calc, NoAnswerError

import check
import environment
import handout
import keyboard
import paper
import programs
import screen
import window
from loithe_xl.intake.opened import OpenedForm
from loithe_xl.intake.openfile import open_file
from loithe_xl.workbook.daynumbers import day_of

SCRIPTS = Path(environment.__file__).parent


class Shell:
    """Stands for ``subprocess.run``: notes every command, makes the Python that venv would make, fails where told."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands: list[list[str]] = []
        self.failing = ""

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.commands.append([str(word) for word in command])
        if "venv" in command:
            python = environment.python_of(self.root / ".venv")
            python.parent.mkdir(parents=True)
            python.touch()
        failed = bool(self.failing) and any(self.failing in word for word in self.commands[-1])
        return subprocess.CompletedProcess(command, int(failed), "", "no network" if failed else "")

    def installed(self) -> list[str]:
        """The locks that pip was told to install."""
        words = [word for command in self.commands for word in command]
        return [Path(word).name for word in words if word.endswith(".txt")]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A checkout with locks, in which nothing is really run."""
    (tmp_path / "requirements").mkdir()
    for name in ("requirements/run.txt", "requirements/build.txt", "requirements/test.txt", "pyproject.toml"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    shell = Shell(tmp_path)
    monkeypatch.setattr(environment.subprocess, "run", shell)
    return shell


def test_an_environment_is_made_once(shell: Shell):
    python = environment.ensure("run", shell.root)

    assert python == environment.python_of(shell.root / ".venv")
    assert shell.installed() == ["run.txt", "build.txt"]
    assert "--require-hashes" in shell.commands[1]
    assert {"--no-deps", "--no-build-isolation", str(shell.root)} <= set(shell.commands[2])

    shell.commands.clear()
    assert environment.ensure("run", shell.root) == python
    assert shell.commands == []


@pytest.mark.parametrize("changed", ["requirements/run.txt", "requirements/build.txt", "pyproject.toml"])
def test_a_changed_lock_makes_it_anew(shell: Shell, changed: str):
    environment.ensure("run", shell.root)
    leftover = shell.root / ".venv" / "old"
    leftover.touch()
    shell.commands.clear()
    (shell.root / changed).write_text("click==9", encoding="utf-8")

    environment.ensure("run", shell.root)

    assert shell.installed() == ["run.txt", "build.txt"]
    assert not leftover.exists()


def test_a_moved_checkout_makes_it_anew(shell: Shell, tmp_path: Path):
    environment.ensure("run", shell.root)
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in (".venv", "requirements", "pyproject.toml"):
        (tmp_path / name).rename(moved / name)
    shell.root = moved
    shell.commands.clear()

    environment.ensure("run", moved)

    assert shell.installed() == ["run.txt", "build.txt"]


@pytest.mark.parametrize("step", ["venv", "--require-hashes", "--editable"])
def test_an_installation_that_failed_is_done_again(shell: Shell, step: str):
    shell.failing = step
    with pytest.raises(environment.EnvironmentFault):
        environment.ensure("run", shell.root)

    shell.failing = ""
    shell.commands.clear()
    environment.ensure("run", shell.root)

    assert "venv" in shell.commands[0]
    assert shell.installed() == ["run.txt", "build.txt"]


def test_an_interrupted_installation_is_done_again(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    def interrupted(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if "--editable" in command:
            raise KeyboardInterrupt
        return shell(command)

    monkeypatch.setattr(environment.subprocess, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.ensure("run", shell.root)
    monkeypatch.setattr(environment.subprocess, "run", shell)
    shell.commands.clear()

    environment.ensure("run", shell.root)

    assert "venv" in shell.commands[0]


def test_the_tests_environment_also_serves_the_program(shell: Shell):
    environment.ensure("test", shell.root)
    shell.commands.clear()
    environment.ensure("run", shell.root)

    assert shell.commands == []


def test_the_program_s_environment_is_added_to_for_tests(shell: Shell):
    environment.ensure("run", shell.root)
    shell.commands.clear()
    environment.ensure("test", shell.root)

    assert not any("venv" in command for command in shell.commands)
    assert shell.installed() == ["test.txt"]


def test_a_broken_stamp_counts_as_none(shell: Shell):
    environment.ensure("run", shell.root)
    (shell.root / ".venv" / environment.STAMP).write_text('{"run": ', encoding="utf-8")
    shell.commands.clear()

    environment.ensure("run", shell.root)

    assert shell.installed() == ["run.txt", "build.txt"]


def test_somebody_s_own_environment_is_not_deleted(shell: Shell):
    own = shell.root / ".venv" / "own"
    own.parent.mkdir()
    own.touch()

    environment.ensure("run", shell.root)

    assert own.exists()
    assert "run" in json.loads((shell.root / ".venv" / environment.STAMP).read_text(encoding="utf-8"))


def test_a_python_without_venv_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(environment, "apt_install", lambda packages: False)

    with pytest.raises(environment.EnvironmentFault, match="python3-venv"):
        environment.create(tmp_path / "env")


def loithe(*arguments: str) -> int:
    """The exit code of scripts/loithe.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["loithe.py", *arguments])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(SCRIPTS / "loithe.py"), run_name="__main__")
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))

    assert loithe("demo") == 2
    assert "Python 3.11" in capsys.readouterr().err


@pytest.mark.parametrize(("ended", "passed_on"), [(0, 0), (1, 1), (2, 2), (3, 3), (-9, 137)])
def test_arguments_and_exit_code_are_passed_on(monkeypatch: pytest.MonkeyPatch, ended: int, passed_on: int):
    called: list[list[str]] = []

    def run(command: list[object], **_: object) -> SimpleNamespace:
        called.append([str(word) for word in command])
        return SimpleNamespace(returncode=ended)

    monkeypatch.setattr(environment, "ensure", lambda use: environment.python_of(Path("env")))
    monkeypatch.setattr(subprocess, "run", run)

    assert loithe("validate", "HỒ SƠ", "--format", "json") == passed_on
    program = environment.program_of(environment.python_of(Path("env")), "loithe-xl")
    assert called == [[str(program), "validate", "HỒ SƠ", "--format", "json"]]


def test_no_environment_is_a_message_and_exit_code_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def ensure(use: str) -> Path:
        raise environment.EnvironmentFault("Không cài được thư viện.")

    monkeypatch.setattr(environment, "ensure", ensure)

    assert loithe("demo") == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "Không cài được thư viện.\n"


@pytest.fixture
def no_tools(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Nothing but Python is on this machine, and nothing can be installed; the commands that test.py then runs."""
    commands: list[list[str]] = []

    def run(command: list[object], **_: object) -> SimpleNamespace:
        commands.append([str(word) for word in command])
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(environment, "ensure", lambda use: environment.python_of(Path("env")))
    monkeypatch.setattr(programs, "locate", lambda: ({}, list(programs.TOOLS)))
    monkeypatch.setattr(subprocess, "run", run)
    return commands


def run_tests(*arguments: str) -> int:
    return int(runpy.run_path(str(SCRIPTS / "test.py"))["main"](list(arguments)))


def test_in_ci_a_missing_tool_is_a_failure(
    no_tools: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("CI", "true")

    assert run_tests() == 3
    assert no_tools == []
    assert "LibreOffice is missing" in capsys.readouterr().err


def test_elsewhere_a_missing_tool_is_named_and_all_checks_run(
    no_tools: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delenv("CI", raising=False)

    assert run_tests() == 0
    assert [Path(command[0]).stem for command in no_tools] == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]
    assert "LibreOffice is missing" in capsys.readouterr().err


def test_with_arguments_only_pytest_runs(no_tools: list[list[str]], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CI", raising=False)

    assert run_tests("tests/test_syntax.py", "-k", "blank") == 0
    assert [command[1:] for command in no_tools] == [["tests/test_syntax.py", "-k", "blank"]]


def test_every_failed_check_is_named_and_none_stops_the_next(
    no_tools: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delenv("CI", raising=False)
    noted = subprocess.run

    def run(command: list[object], **_: object) -> SimpleNamespace:
        noted(command)
        return SimpleNamespace(returncode=int("pytest" not in str(command[0])))

    monkeypatch.setattr(subprocess, "run", run)

    assert run_tests() == 1
    assert len(no_tools) == 5
    assert "FAILED: ruff check; ruff format --check; mypy; lint-imports\n" in capsys.readouterr().err


def test_a_package_that_a_release_has_not_keeps_no_other_from_being_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def apt_get(*command: str) -> bool:
        asked.append(tuple(word for word in command if not word.startswith("-")))
        return "absent" not in command

    monkeypatch.setattr(environment, "_apt_get", apt_get)
    monkeypatch.setattr(environment.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(environment.os, "geteuid", lambda: 0, raising=False)

    assert not environment.apt_install(["absent", "there"])
    assert asked == [("update",), ("install", "absent", "there"), ("install", "absent"), ("install", "there")]
    assert environment.apt_install(["there"])


def test_fonts_without_vietnamese_letters_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(programs.shutil, "which", lambda name: name)
    monkeypatch.setattr(programs, "_succeeds", lambda *command: bool(asked.append(command[-1])))

    assert programs.find_fonts() is None
    assert asked == ["Liberation Serif:charset=1ec1"]


def test_the_drawing_of_windows_names_the_packages_it_misses(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(window.shutil, "which", lambda program: None if program in ("Xvfb", "import") else program)

    with pytest.raises(SystemExit, match=r"apt-get install xvfb imagemagick$"):
        window.ready()


def test_the_drawing_of_windows_tells_of_an_office_without_windows(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(window, "LONGEST", 0)

    with pytest.raises(SystemExit, match="libreoffice-calc-nogui cannot"):
        window.Screen(":0").appeared("biểu")


def test_a_sheet_is_measured_as_a_screen_shows_it():
    sheet = openpyxl.Workbook().active
    for row in range(1, 31):
        sheet.cell(row, 1, row)
        sheet.row_dimensions[row].height = 30
    sheet["A5"], sheet.freeze_panes = "A to C", "A4"
    sheet.merge_cells("A5:C5")
    sheet.row_dimensions[2].hidden = sheet.row_dimensions[30].hidden = True
    sheet.column_dimensions["A"].width, sheet.column_dimensions["C"].width = 10.625, 100
    sheet.column_dimensions["B"].hidden = True
    sheet.column_dimensions["Z"].width, sheet["Z1"] = 50, "hidden"
    sheet.column_dimensions["Z"].hidden = True

    assert screen.fit(sheet) == screen.Fit("Sheet", frozen=80, seen=11, rows=26, width=885)


def test_the_pages_of_a_document_know_their_sheets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    told = (
        '<page number="1"/><page number="2"/><page number="3"/><item page="1">A &amp; B</item><item page="3">C</item>'
    )
    monkeypatch.setattr(paper.pdf, "convert", lambda path, target: None)
    monkeypatch.setattr(paper.subprocess, "run", lambda command, **_: SimpleNamespace(stdout=told))

    assert paper.printed(tmp_path / "a.xlsx", tmp_path / "a.pdf") == ["A & B", "A & B", "C"]


def test_the_secretarys_sheet_is_as_its_texts_say_and_prints_on_one_page(soffice: str, tmp_path: Path):
    del soffice

    kept, anew = (openpyxl.load_workbook(file) for file in (handout.HANDOUT, BytesIO(handout.handout())))
    assert list(kept.active.values) == list(anew.active.values)
    assert paper.printed(handout.HANDOUT, tmp_path / "a.pdf") == ["Hướng dẫn"]


def test_a_form_is_filled_in_the_order_of_its_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "home"))
    path, answers = keyboard.form(tmp_path)
    opened = open_file(path, path.name)
    assert isinstance(opened, OpenedForm)
    told = keyboard.texts(opened.layout, answers)

    steps = keyboard.steps(path, told)

    assert [word for words in steps.values() for word in words if word] == [told[place] for place in sorted(told)]
    assert len(steps) == 3
    assert all(words[-1] for words in steps.values()), "nobody goes on through inputs that stay empty"
    (day,) = {row["held_date"] for row in answers.tables["sessions"]} - {None}
    assert f"{day_of(day):%d/%m/%Y}" in steps[opened.layout.tables["sessions"].sheet]


# Verbs of a contributor -----------------------------------------------------------------------------------------------


def spoken(commands: list[list[str]]) -> list[str]:
    """Each command without the place of its program."""
    return [" ".join([Path(command[0]).stem, *command[1:]]) for command in commands]


LINT = ["ruff check", "ruff format --check", "mypy", "lint-imports"]


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("lint", LINT),
        ("fix", ["ruff check --fix", "ruff format"]),
        ("golden", ["pytest -q tests/test_draw.py tests/test_report.py tests/test_reportsheet.py"]),
        ("test", [*LINT, "pytest -n 2 --dist loadfile --no-loadscope-reorder"]),
        ("packs", ["python -c from loithe_xl.draw import packs; packs.ready()"]),
    ],
)
def test_a_verb_runs_its_commands(
    no_tools: list[list[str]], monkeypatch: pytest.MonkeyPatch, verb: str, expected: list[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)

    assert check.main([verb]) == 0
    assert spoken(no_tools) == expected


def test_goldens_are_named_by_the_files_that_compare_with_them() -> None:
    users = {file.name for file in check.TESTS.glob("test_*.py") if "golden(" in file.read_text(encoding="utf-8")}

    assert users - {"test_scripts.py"} == {Path(file).name for file in check.GOLDEN}


def test_goldens_are_written_anew(monkeypatch: pytest.MonkeyPatch, no_tools: list[list[str]]) -> None:
    settings: list[dict[str, str]] = []

    def run(command: list[object], **given: dict[str, str]) -> SimpleNamespace:
        settings.append(given["env"])
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", run)

    assert check.main(["golden"]) == 0
    assert settings[0]["LOITHE_UPDATE_GOLDEN"] == "1"


@pytest.mark.parametrize("arguments", [[], ["tset"], ["--help"]])
def test_without_a_verb_that_is_one_all_are_named(
    no_tools: list[list[str]], capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert check.main(arguments) == 2
    assert no_tools == []
    said = capsys.readouterr().err
    assert all(f"\n{verb} " in said for verb in check.VERBS)


def test_the_fast_run_is_the_checks_and_the_files_that_cost_little(no_tools: list[list[str]]) -> None:
    assert run_tests("--fast") == 0

    *first, last = spoken(no_tools)
    assert first == LINT
    files = last.removeprefix("pytest -n 2 --dist loadfile --no-loadscope-reorder ").split()
    assert {Path(file).name for file in files} == {name for name, cost in check.costs().items() if cost <= check.FAST}
    assert "tests/test_syntax.py" in files
    assert "tests/test_seal.py" not in files


def test_every_test_file_is_known_to_be_fast_or_slow() -> None:
    files = {file.name for file in check.TESTS.glob("test_*.py")}

    assert files == set(check.costs()), "run scripts/check.py costs FILE for a new one; strike out one that is gone"


def test_the_costliest_files_are_begun_first() -> None:
    costs = {"test_a.py": 3, "test_b.py": 90, "test_c.py": 5}
    files = [SimpleNamespace(path=Path(name)) for name in ("test_a.py", "test_a.py", "test_b.py", "test_c.py")]

    assert [item.path.name for item in costliest_first(files, costs)] == [
        "test_b.py",
        "test_c.py",
        "test_a.py",
        "test_a.py",
    ]


def test_a_fast_file_that_has_become_slow_is_found_by_measuring(
    no_tools: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, spent = tmp_path / "costs.toml", iter([0.0, 2.2, 2.2, 32.0])
    table.write_text('"test_syntax.py" = 1\n"test_store.py" = 2\n"test_gone.py" = 2\n', encoding="utf-8")
    monkeypatch.setattr(check, "COSTS", table)
    monkeypatch.setattr(check, "_spent", lambda: next(spent))

    assert check.main(["costs", "tests/test_syntax.py", "tests/test_store.py"]) == 1
    assert check.costs() == {"test_store.py": 30, "test_syntax.py": 2}
    assert "test_store.py takes 30 s, more than" in capsys.readouterr().err
    assert check.fast_files() == ["tests/test_syntax.py"]


def test_an_environment_is_not_made_anew_beneath_the_process_that_runs_in_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = environment.ensure("run", shell.root).parents[1]
    monkeypatch.setattr(sys, "prefix", str(folder))
    shell.commands.clear()
    assert environment.ensure("run", shell.root)
    (shell.root / "pyproject.toml").write_text("changed", encoding="utf-8")

    with pytest.raises(environment.EnvironmentFault) as told:
        environment.ensure("run", shell.root)

    assert shell.commands == []
    assert (folder / environment.STAMP).exists()
    assert environment.python_of_machine() in str(told.value)
    assert not environment.python_of_machine().startswith(str(environment.ROOT / ".venv"))


# LibreOffice as a partner ---------------------------------------------------------------------------------------------


class Dying(Calc):
    """A LibreOffice that gives no answer so many times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def ask(self, op: str, **given: Any) -> dict[str, Any]:
        if self.times:
            self.times -= 1
            raise NoAnswerError
        Path(given["target"]).touch()
        return {}


def test_an_accident_of_libreoffice_is_tried_once_more_and_named_as_its_own(tmp_path: Path) -> None:
    assert Dying(1).convert(tmp_path / "a.xlsx", tmp_path / "lo" / "a.ods").exists()
    with pytest.raises(NoAnswerError):
        Dying(2).convert(tmp_path / "a.xlsx", tmp_path / "lo" / "b.ods")
