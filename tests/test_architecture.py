"""The rules of the house that no linter knows: sizes, owners of libraries, nothing of one machine in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "loithe_xl"
MODULES = sorted(SRC.rglob("*.py"))
MODULE_LINES, FUNCTION_LINES = 300, 60
FEW_WORDS = 14  # nodes of a function's syntax tree
MADE_OF_ONE = ("cli/", "addin/excel/")  # packages that are the face of one library, click and xlwings
MADE_BY_TOOLS = re.compile(r"\.(?!ci$)|(build|dist|node_modules|__pycache__|loithe-demo)$")

# Namespaces that file formats prescribe, and the standards that the documents cite. A registry never belongs here.
KNOWN_HOSTS = {"schemas.openxmlformats.org", "json-schema.org", "schemas.microsoft.com", "purl.org", "www.w3.org"}
KNOWN_HOSTS |= {"www.wps.cn", "customschemas.google.com", "schemas.onlyoffice.com"}
KNOWN_HOSTS |= {"openoffice.org", "purl.oclc.org", "keepachangelog.com", "semver.org"}
KNOWN_HOSTS.add("www.python.org")  # publishes the embeddable Python that office PCs get

LOCKED = re.compile(r"[a-z0-9-]+==\S+( ;.*)? \\|    --hash=sha256:\w{64}( \\)?")


@cache
def parsed(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"), module.name)


def named(module: Path) -> str:
    return module.relative_to(SRC).as_posix()


def imported(module: Path) -> Iterator[str]:
    """Top-level names of everything a module imports, wherever in it."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


@cache
def owners() -> dict[str, set[str]]:
    """Third-party package -> the modules of ours that import it; those of a package made of it count as one."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for module in MODULES:
        for name in imported(module):
            if name not in sys.stdlib_module_names and name != "loithe_xl":
                found[name].add(next((room for room in MADE_OF_ONE if named(module).startswith(room)), named(module)))
    return dict(found)


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {re.split(r"[<>=!~ \[;]", line)[0].lower() for line in project["dependencies"]}


def kept_files() -> list[Path]:
    """Every file that is, or would be, in the repository; without git, every file that no tool made."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        folders = ((file, file.relative_to(ROOT).parent.parts) for file in ROOT.rglob("*"))
        files = [file for file, parents in folders if not any(map(MADE_BY_TOOLS.match, parents))]
    return [file for file in files if file.is_file()]


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_is_small_and_says_what_it_is(module: Path):
    lines = module.read_text(encoding="utf-8").count("\n")

    assert lines <= MODULE_LINES, f"{named(module)} has {lines} lines: split it by meaning"
    assert ast.get_docstring(parsed(module)), f"{named(module)} does not say what it is"


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_function_fits_a_screen(module: Path):
    functions = [node for node in ast.walk(parsed(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}

    assert {name: lines for name, lines in long.items() if lines > FUNCTION_LINES} == {}


# Verbs that say on every tier what they say on the others (a command, its task, its button), and what is left of names
# with two meanings: nothing may be added here.
SAID_TWICE = {
    *"add check compare consolidate distrust export generate load parse press read read_register report run".split(),
    *"start status trust validate write".split(),
    *"beside cells count differences entries in_order later lines noted opened rows stated told".split(),
    *"tokens unlocked whole workbook".split(),
}


def public_names() -> dict[str, set[str]]:
    """Every public name of a module's top level -> the modules that define it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for module in MODULES:
        for node in parsed(module).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names = [node.name]
            else:
                targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", node)]
                each = [part for target in targets for part in getattr(target, "elts", [target])]
                names = [part.id for part in each if isinstance(part, ast.Name)]
            for name in names:
                if not name.startswith("_"):
                    found[name].add(named(module))
    return dict(found)


def test_a_public_name_has_one_meaning():
    twice = {name: sorted(modules) for name, modules in public_names().items() if len(modules) > 1}

    assert {name: modules for name, modules in twice.items() if name not in SAID_TWICE} == {}
    assert SAID_TWICE - twice.keys() == set(), "no longer said twice: take it from the list"


LEANS = re.compile(r"(The same\b|Of\b|Likewise|Those\b|Another\b|As above|Also\b)")


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_docstring_stands_alone(module: Path):
    """Whoever is sent to one function need not read the one above it first."""
    kinds = ast.FunctionDef | ast.ClassDef | ast.Module
    said = {
        getattr(node, "name", ""): ast.get_docstring(node) or ""
        for node in ast.walk(parsed(module))
        if isinstance(node, kinds)
    }

    assert {name: words for name, words in said.items() if LEANS.match(words)} == {}


def test_a_library_has_one_importing_module():
    assert {name: sorted(modules) for name, modules in owners().items() if len(modules) > 1} == {}


def test_what_is_imported_is_declared_and_the_other_way_round():
    distributions = packages_distributions()
    used = {distributions.get(name, [name])[0].lower() for name in owners()}

    assert used - declared() == set(), "imported, but not declared in pyproject.toml"
    assert declared() - used == set(), "declared in pyproject.toml, but imported nowhere"


def test_every_declared_library_is_locked_with_hashes_and_without_an_address():
    for lock in (ROOT / "requirements").glob("*.txt"):
        lines = lock.read_text(encoding="utf-8").splitlines()
        stray = [line for line in lines if not LOCKED.fullmatch(line)]
        assert stray == [], lock.name
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8"), re.M))
    assert declared() - locked == set(), "declared, but not locked: run scripts/lock.py"
    assert '"resolved"' not in (ROOT / "requirements" / "node" / "package-lock.json").read_text(encoding="utf-8")


def test_nothing_of_one_machine_is_kept():
    places = ["/".join(("", *parts)) for parts in (("work", ""), ("tmp", "venv"))]  # in pieces, not to be found here
    strange = []
    for file in kept_files():
        content = file.read_bytes().decode("utf-8", errors="ignore")
        hosts = set(re.findall(r"https?://([\w.-]+\w)", content)) - KNOWN_HOSTS
        hosts = {host for host in hosts if not host.endswith((".invalid", ".example"))}  # reserved: nobody's
        found = sorted(hosts) + [place for place in places if place in content]
        if found:
            strange.append((file.relative_to(ROOT).as_posix(), found))

    assert strange == []


def spelled(function: ast.FunctionDef) -> str:
    """What a function does, whatever it calls its own names; blank for a few words that anybody would write."""
    written = "".join(map(ast.dump, function.body[1:] if ast.get_docstring(function) else function.body))
    own = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
    own |= set(re.findall(r"Name\(id='(\w+)', ctx=Store", written))
    met: dict[str, str] = {}
    return re.sub(
        r"(?<=Name\(id=')\w+",
        lambda found: met.setdefault(found[0], f"name{len(met)}") if found[0] in own else found[0],
        written if written.count("(") > FEW_WORDS else "",
    )


def test_no_function_stands_twice():
    """Two modules that need the same have it from one that lies beneath both."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for module in MODULES:
        for node in ast.walk(parsed(module)):
            if isinstance(node, ast.FunctionDef) and (words := spelled(node)):
                found[words].append(f"{named(module)}: {node.name}")

    assert [places for places in found.values() if len(places) > 1] == []
