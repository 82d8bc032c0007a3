"""What a contributor does, by verbs: ``python3 scripts/check.py lint``, on Windows ``py scripts\\check.py lint``.

lint    ruff, mypy, import-linter
fix     ruff mends what it can and formats
golden  writes tests/golden anew; look at the difference
fast    lint and the test files that cost little, in about a minute
test    lint and all tests; with arguments only pytest with them
packs   loads every campaign in workbook_templates
costs   measures test files (all, or those named) for tests/costs.toml

The environment is made when it is needed, as by scripts/loithe.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("loithe-xl needs Python 3.11 or later; this is Python {}.{}.".format(*sys.version_info[:2]))

import tomllib

import environment
import programs

TESTS = environment.ROOT / "tests"
COSTS = TESTS / "costs.toml"
FAST = 4  # seconds of CPU, its start among them: a test file that takes more is left out of the fast run
HEAD = f"""# Seconds of CPU that each test file takes, alone and with its start. `scripts/check.py costs` measures them.
# The costliest are begun first, so that two workers end together; those of at most {FAST} are the fast run.
"""

Command = tuple[str, ...]
LINT: tuple[Command, ...] = (("ruff", "check"), ("ruff", "format", "--check"), ("mypy",), ("lint-imports",))
FIX: tuple[Command, ...] = (("ruff", "check", "--fix"), ("ruff", "format"))
GOLDEN = ("tests/test_draw.py", "tests/test_report.py", "tests/test_reportsheet.py")  # that compare with tests/golden
PACKS = "from loithe_xl.draw import packs; packs.ready()"
# A file's LibreOffice and forms are started once; files are begun in the order of their collection.
PYTEST: Command = ("pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")


def main(arguments: Sequence[str]) -> int:
    """0 when everything holds; 1 when a check or a test fails; 2 for an unknown verb; 3 when nothing can be run."""
    verb, *rest = arguments or [""]
    if verb not in VERBS:
        environment.say(str(__doc__))
        return 2
    try:
        return VERBS[verb](rest)
    except environment.EnvironmentFault as fault:
        environment.say(str(fault))
        return 3


def costs() -> dict[str, int]:
    """Test file -> the seconds of CPU that it takes, as tests/costs.toml has them."""
    return tomllib.loads(COSTS.read_text(encoding="utf-8"))


def fast_files() -> list[str]:
    """The test files of the fast run, the costliest first."""
    known = costs()
    return [f"tests/{name}" for name in sorted(known, key=lambda name: (-known[name], name)) if known[name] <= FAST]


def _lint(_: Sequence[str]) -> int:
    return _run(LINT)


def _fix(_: Sequence[str]) -> int:
    return _run(FIX)


def _packs(_: Sequence[str]) -> int:
    return _run([("python", "-c", PACKS)])


def _golden(_: Sequence[str]) -> int:
    return _run([("pytest", "-q", *GOLDEN)], {"LOITHE_UPDATE_GOLDEN": "1"})


def _fast(_: Sequence[str]) -> int:
    return _run([*LINT, (*PYTEST, *fast_files())])


def _test(arguments: Sequence[str]) -> int:
    settings = _programs()
    if settings is None:
        return 3
    return _run([("pytest", *arguments)] if arguments else [*LINT, PYTEST], settings)


def _programs() -> dict[str, str] | None:
    """Where the programs are that tests need, missing ones named; none in CI if one is missing."""
    environment.ensure("test")  # before programs are installed for it
    found, missing = programs.locate()
    for tool in missing:
        consequence = "required in CI" if os.environ.get("CI") else "its tests will be skipped"
        environment.say(f"{tool.name} is missing ({tool.serves}): {consequence}.")
    return None if missing and os.environ.get("CI") else found


def _costs(names: Sequence[str]) -> int:
    """Measure files one after the other and keep what they took; 1 when a file has become too slow for the fast run."""
    settings, known = _programs(), costs() if COSTS.exists() else {}
    there = sorted(file.name for file in TESTS.glob("test_*.py"))
    measured: dict[str, int] = {}
    failed = 0
    for name in [Path(name).name for name in names] or there:
        start = _spent()
        failed |= _run([("pytest", "-q", f"tests/{name}")], settings or {})
        measured[name] = max(1, round(_spent() - start))
        environment.say(f"{name}: {measured[name]} s")
    now = {name: (known | measured)[name] for name in there if name in known | measured}
    lines = [f'"{name}" = {now[name]}\n' for name in sorted(now, key=lambda name: (-now[name], name))]
    COSTS.write_text(HEAD + "\n" + "".join(lines), encoding="utf-8", newline="\n")
    for name, seconds in measured.items():
        if known.get(name, FAST) <= FAST < seconds:
            environment.say(f"{name} takes {seconds} s, more than {FAST}: no longer in the fast run.")
            failed = 1
    return failed


def _spent() -> float:
    """Seconds of CPU that ended processes took; of the clock on Windows, which does not tell."""
    times = os.times()
    return time.monotonic() if os.name == "nt" else times.children_user + times.children_system


def _run(commands: Sequence[Command], settings: Mapping[str, str] | None = None) -> int:
    """Run all, whichever fails; 1 when one has failed."""
    python = environment.ensure("test")
    surroundings = os.environ | {"PYTHONUTF8": "1"} | dict(settings or {})
    failed = [" ".join(command[:3]) for command in commands if not _passes(python, command, surroundings)]
    if failed:
        environment.say(f"FAILED: {'; '.join(failed)}")
    return 1 if failed else 0


def _passes(python: Path, command: Command, settings: Mapping[str, str]) -> bool:
    environment.say(f"--- {' '.join(command)}")
    program = python if command[0] == "python" else environment.program_of(python, command[0])
    return subprocess.run([program, *command[1:]], cwd=environment.ROOT, env=settings, check=False).returncode == 0


VERBS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "lint": _lint,
    "fix": _fix,
    "golden": _golden,
    "fast": _fast,
    "test": _test,
    "packs": _packs,
    "costs": _costs,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
