"""The documents cannot lie: what they name exists, and what exists is named."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
import string
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

import pictures
from loithe_xl.cli import build
from loithe_xl.consolidation.receipts import Status
from loithe_xl.language.catalogue import text

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "loithe_xl"
REQUIREMENTS = {"S0": 20, "S1": 27, "S2": 16, "S3": 10, "S4": 19}
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


class Row(NamedTuple):
    """One line of docs/coverage.md."""

    id: str
    what: str
    state: str
    where: str
    test: str
    note: str


def coverage() -> list[Row]:
    lines = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\|\s*S\d", line)]
    return [Row(*row) for row in cells]


def quoted(text: str) -> list[str]:
    """What stands in backquotes, outside of blocks."""
    return re.findall(r"`([^`]+)`", re.sub(r"(?ms)^```.*?^```", "", text))


@cache
def functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_requirement_stands_once_in_the_coverage():
    expected = [f"{article}-{number:02}" for article, most in REQUIREMENTS.items() for number in range(1, most + 1)]

    assert [row.id for row in coverage()] == expected
    assert len(expected) == 92


def test_a_requirement_is_done_with_place_and_test_or_planned():
    for row in coverage():
        assert row.what, row.id
        assert row.state in ("done", "planned"), row.id
        if row.state == "planned":
            assert (row.where, row.test) == ("", ""), f"{row.id} is planned, but names a place"
        else:
            assert row.note == "", f"{row.id} is done; nothing is left to note"
            assert quoted(row.where), f"{row.id} is done, but names no place"
            assert quoted(row.test), f"{row.id} is done, but names no test"


def test_places_and_tests_of_what_is_done_exist():
    for row in coverage():
        for place in quoted(row.where):
            assert (ROOT / place).exists(), f"{row.id}: {place}"
        for test in quoted(row.test):
            file, _, name = test.partition("::")
            assert (ROOT / file).is_file(), f"{row.id}: {file}"
            assert name.startswith("test_"), f"{row.id}: {test}"
            assert name in functions(ROOT / file), f"{row.id}: {test}"


@cache
def commands(lang: str = "vi") -> dict[str, click.Command]:
    """Every command by its full path: ``register new``."""
    found: dict[str, click.Command] = {}

    def walk(group: click.Group, path: str) -> None:
        for name, command in group.commands.items():
            found[f"{path}{name}"] = command
            if isinstance(command, click.Group):
                walk(command, f"{path}{name} ")

    walk(build(lang), "")
    return found


def shown_commands(document: Path) -> Iterator[list[str]]:
    """The words after ``loithe-xl`` or ``scripts/loithe.py`` on every line of every code block."""
    for block in re.findall(r"^```[a-z]*\n(.*?)^```", document.read_text(encoding="utf-8"), re.M | re.S):
        for line in block.replace("\\\n", " ").splitlines():
            called = re.match(r"(?:\$ )?(?:loithe-xl|(?:python3 |py )scripts[/\\]loithe\.py)\s+(.*)", line)
            if called:
                yield shlex.split(called[1], comments=True)


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the words name, and the words after it."""
    command: click.Command = build("vi")
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        assert rest[0] in command.commands, f"there is no command {' '.join(words)}"
        command = command.commands[rest.pop(0)]
    return command, rest


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_and_options_that_a_document_shows_exist(document: Path):
    for words in shown_commands(document):
        command, rest = resolved(words)
        options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        options |= {"--help", *(name for parameter in build("vi").params for name in parameter.opts)}
        for word in rest:
            if word.startswith("--"):
                assert word.partition("=")[0] in options, f"{' '.join(words)}: no option {word}"


def test_the_readme_shows_how_to_call_it():
    assert len(list(shown_commands(ROOT / "README.md"))) >= 10


def test_every_command_stands_in_a_document():
    told = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)

    assert [path for path in commands() if f"loithe-xl {path}" not in told] == []


@pytest.mark.parametrize(
    "document",
    [*DOCUMENTS, *(ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"))],
    ids=lambda path: path.name,
)
def test_links_and_pictures_lead_somewhere(document: Path):
    linked = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    missing = [path for path in linked if not path.startswith("https://") and not (document.parent / path).exists()]

    assert missing == []


def test_the_clerks_guide_tells_every_status_with_its_word():
    guide = (ROOT / "docs" / "can-bo-tong-hop.md").read_text(encoding="utf-8")

    for status in Status:
        assert f"| {text(f'form.status_{status}').vi} | `{status}` |" in guide, status


def test_the_readme_begins_with_english_one_click_away_a_picture_and_a_page_for_each_reader():
    top = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## ")[0]

    assert "[English](#in-english)" in top
    assert len(re.findall(r"^!\[", top, re.M)) == 1
    for page in ("bi-thu", "can-bo-tong-hop", "cai-dat", "bo-bieu-mau"):
        assert f"(docs/{page}.md)" in top, page


def test_every_picture_is_drawn_by_the_script_and_shown_in_a_document():
    kept = {path.name for path in (ROOT / "docs" / "pictures").iterdir()}
    shown = {
        Path(path).name
        for document in DOCUMENTS
        for path in re.findall(r"\]\(([^)#\s]+\.png)", document.read_text(encoding="utf-8"))
    }

    assert kept == shown == {f"{name}.png" for name in (*pictures.SHOTS, pictures.RIBBON)}


def test_files_and_modules_that_the_developers_guide_names_exist():
    guide = (ROOT / "docs" / "developer.md").read_text(encoding="utf-8")
    named = {name for name in quoted(guide) if "/" in name and " " not in name and "*" not in name}
    made = {".cache/", "dist/loithe.xlam", "loithe_xl/workbook_templates/"}  # by the scripts, in the wheel

    assert {name for name in named - made if not (ROOT / name).exists() and not (SRC / name).exists()} == set()
    rows = dict(re.findall(r"^\| `([a-z.]+)` \| (.*) \|$", guide, re.M))
    packages = {
        file.parent: file.parent.relative_to(SRC).as_posix().replace("/", ".") for file in SRC.rglob("*/__init__.py")
    }
    assert sorted(packages.values()) == sorted(rows)
    for folder, package in packages.items():
        told = set(re.findall(r"`([a-z_]+)`", rows[package]))
        assert told == {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"}, package


@pytest.mark.parametrize(
    "document", [*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "addin" / "README.md"], ids=lambda path: path.name
)
def test_code_that_a_document_names_exists(document: Path):
    packages = {file.parent.name for file in SRC.glob("*/__init__.py")}
    kept = [*ROOT.glob("*.py"), *(path for part in ("src", "scripts", "tests") for path in (ROOT / part).rglob("*.py"))]
    named = quoted(document.read_text(encoding="utf-8"))
    files = {name for name in named if re.fullmatch(r"[\w/]+\.py", name)}
    modules = {name for name in named if re.fullmatch(r"[a-z]+(\.\w+)+", name) and name.split(".")[0] in packages}

    assert {name for name in files if not any(path.as_posix().endswith(f"/{name}") for path in kept)} == set()
    assert {name for name in modules if not _is_there(name)} == set()


def _is_there(name: str) -> bool:
    """Whether a dotted name is a module of ours, or something in one."""
    for found in (f"loithe_xl.{name}", f"loithe_xl.{name.rpartition('.')[0]}"):
        with suppress(ModuleNotFoundError):
            module = importlib.import_module(found)
            return found.endswith(name) or hasattr(module, name.rpartition(".")[2])
    return False


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_command_and_option_has_its_help(lang: str):
    for path, command in commands(lang).items():
        assert command.help, f"{path} is missing its help"
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{path} {parameter.opts[0]} is missing its help"


@cache
def worded() -> list[tuple[str, str, dict[str, Any]]]:
    """Every issue code with its file and its entry."""
    files = sorted((SRC / "texts").glob("issues*.toml"))
    read = [(file.name, tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]
    return [(name, code, entry) for name, entries in read for code, entry in entries.items()]


@cache
def program_text() -> str:
    packs = sorted((ROOT / "workbook_templates").rglob("*.toml"))
    return "\n".join(file.read_text(encoding="utf-8") for file in [*sorted(SRC.rglob("*.py")), *packs])


def test_an_issue_code_is_worded_once():
    codes = Counter(code for _, code, _ in worded())

    assert {code: times for code, times in codes.items() if times > 1} == {}


@pytest.mark.parametrize(("file", "code", "entry"), worded(), ids=[code for _, code, _ in worded()])
def test_an_issue_code_is_whole_and_used(file: str, code: str, entry: dict[str, Any]):
    assert set(entry) - {"severity"} in ({"vi", "en"}, {"vi", "en", "remedy_vi", "remedy_en"}), file
    assert entry["severity"] in ("ERROR", "WARNING")
    for wording in (wording for key, wording in entry.items() if key != "severity"):
        assert wording == wording.strip()
        assert wording.endswith((".", "?", "”", ")"))
        assert unicodedata.is_normalized("NFC", wording)
    assert placeholders(entry["vi"]) == placeholders(entry["en"])
    used = re.search(rf"[\"']{code}[\"']", program_text()) is not None
    assert used, f"nothing says {code}"


def placeholders(wording: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(wording) if name}


def test_every_issue_that_the_program_raises_is_worded():
    known = {code for _, code, _ in worded()}
    calls = [
        node.args[0].value
        for module in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "issue"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]

    assert calls
    assert {code for code in calls if code not in known} == set()
