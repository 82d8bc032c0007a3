"""Installs what the tests need and runs them all: ruff, mypy, import-linter, pytest.

Without arguments everything; with arguments (``python3 scripts/test.py tests/test_syntax.py``) only pytest with them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("loithe-xl needs Python 3.11 or later; this is Python {}.{}.".format(*sys.version_info[:2]))

import environment
import programs

# In this order; pytest comes last, so that its closing line ends the output.
CHECKS = (("ruff", "check"), ("ruff", "format", "--check"), ("mypy",), ("lint-imports",))
PYTEST = ("pytest", "-n", "2", "--dist", "loadfile")  # a file's LibreOffice and forms are started once


def main(arguments: list[str]) -> int:
    """0 when everything holds; 1 when a check or a test fails; 3 when the tests cannot be run."""
    try:
        python = environment.ensure("test")
    except environment.EnvironmentFault as fault:
        environment.say(str(fault))
        return 3
    found, missing = programs.locate()
    for tool in missing:
        consequence = "required in CI" if os.environ.get("CI") else "its tests will be skipped"
        environment.say(f"{tool.name} is missing ({tool.serves}): {consequence}.")
    if missing and os.environ.get("CI"):
        return 3
    settings = os.environ | found | {"PYTHONUTF8": "1"}
    commands = [("pytest", *arguments)] if arguments else [*CHECKS, PYTEST]
    failed = [" ".join(command) for command in commands if not _passes(python, command, settings)]
    if failed:
        environment.say(f"FAILED: {'; '.join(failed)}")
    return 1 if failed else 0


def _passes(python: Path, command: tuple[str, ...], settings: dict[str, str]) -> bool:
    environment.say(f"--- {' '.join(command)}")
    program = environment.program_of(python, command[0])
    return subprocess.run([program, *command[1:]], cwd=environment.ROOT, env=settings, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
