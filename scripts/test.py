"""Installs what the tests need and runs them all: ruff, mypy, import-linter, pytest.

Without arguments everything; ``--fast``: what ends in about a minute; with others (``python3 scripts/test.py
tests/test_syntax.py``) only pytest with them. ``scripts/check.py`` has these and more as verbs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import check


def main(arguments: Sequence[str]) -> int:
    """0 when everything holds; 1 when a check or a test fails; 3 when the tests cannot be run."""
    return check.main(["fast"] if list(arguments) == ["--fast"] else ["test", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
