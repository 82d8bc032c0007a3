"""Runs a command and tells what it needed: ``python measured.py <command>…`` prints its code, seconds and megabytes.

A process of its own, for a process begins with the memory that its parent once had.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

BETWEEN = 0.2  # seconds between two looks at the memory of all processes


@dataclass(frozen=True)
class Measured:
    """What a command said and needed; ``megabytes``: of the largest process among it and those it began; ``together``:
    of all of them at once, memory that they share counted once (0 where the system does not tell)."""

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float
    together: float = 0.0


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

    start, together = time.perf_counter(), 0.0
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdout=out, stderr=err)
        while True:
            try:
                process.wait(BETWEEN)
                break
            except subprocess.TimeoutExpired:
                together = max(together, sum(_megabytes(pid) for pid in _family(process.pid)))
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode("utf-8"))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Measured(process.returncode, *said, time.perf_counter() - start, peak, together)


def _family(pid: int) -> list[int]:
    """A process and all that came of it, as far as the system tells."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def _megabytes(pid: int) -> float:
    """A process's share of memory: what it shares with others is divided among them."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    found = _run(sys.argv[1:])
    sys.stdout.write(json.dumps({name: getattr(found, name) for name in found.__dataclass_fields__}))
