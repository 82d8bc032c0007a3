"""The command line: arguments in, prose or JSON out, exit codes as promised; everything else is in ``tasks``."""

from __future__ import annotations

import sys

from loithe_xl.cli.shell import build, run
from loithe_xl.system import process

__all__ = ["build", "main"]


def main() -> None:
    """Run the program with the process's arguments and exit with its code."""
    process.leave_working_folder()
    sys.exit(run(sys.argv[1:]))
