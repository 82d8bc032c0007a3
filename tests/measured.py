"""Runs a command and tells what it needed: ``python measured.py <command>…`` prints its code, seconds and megabytes.

A process of its own, for a process begins with the memory that its parent once had.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """What a command said and needed; ``megabytes``: of the largest process among it and those it began."""

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float


def loithe(folder: Path, *arguments: object, **more: str) -> Measured:
    """A command of the program, in a folder."""
    return measured([sys.executable, "-m", "loithe_xl", *map(str, arguments)], folder, more)


def measured(command: Sequence[str], folder: Path, more: Mapping[str, str] | None = None) -> Measured:
    """Run a command in a folder, with this process's modules and ``more`` variables."""
    path = os.pathsep.join(each for each in sys.path if each)
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", **(more or {})}
    done = subprocess.run(
        [sys.executable, __file__, *command], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return Measured(**json.loads(done.stdout))


def _run(command: Sequence[str]) -> Measured:
    import resource

    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Measured(done.returncode, done.stdout, done.stderr, time.perf_counter() - start, peak)


if __name__ == "__main__":
    found = _run(sys.argv[1:])
    sys.stdout.write(json.dumps({name: getattr(found, name) for name in found.__dataclass_fields__}))
