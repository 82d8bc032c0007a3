"""What work costs: CPU, time and memory, of this process or another, in turns; and the table that tells it."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run: seconds of CPU and of the clock, and for a process the most memory it held, in MB."""

    cpu: float
    wall: float
    memory: float = 0.0


def measured(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> Cost:
    """What some work in this process costs, after what comes before it."""
    before()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


def interleaved(rounds: int, **works: Callable[[], Cost]) -> Mapping[str, Cost]:
    """The median cost of each work; in every round each has its turn, so that a slow minute is a slow one for all."""
    found: dict[str, list[Cost]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(work())
    return {
        name: Cost(*(statistics.median(getattr(cost, part) for cost in costs) for part in ("cpu", "wall", "memory")))
        for name, costs in found.items()
    }


def process(environment: Mapping[str, str], *arguments: str, answer: list[bytes] | None = None) -> Cost:
    """What one Python process cost, those included that it started and waited for."""
    began = time.perf_counter()
    with (
        tempfile.TemporaryFile() as told,  # progress; worth reading only when the process failed
        subprocess.Popen([sys.executable, *arguments], env=environment, stdout=subprocess.PIPE, stderr=told) as child,
    ):
        assert child.stdout
        said = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            told.seek(0)
            why = told.read().decode(errors="replace")
            raise RuntimeError(f"exit code {child.returncode}: {arguments[:3]}\n{why}")
    if answer is not None:
        answer.append(said)
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ``met`` is None where no bar was set; ``least``: the bar is a least, not a most."""

    what: str
    bar: str
    measured: str
    value: float
    limit: float | None = None
    least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the bar is met."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.least else self.value <= self.limit


def table(rows: Sequence[Row]) -> str:
    """The table in Markdown."""
    lines = ["| what | bar | measured | met |", "|---|---|---|---|"]
    word = {True: "yes", False: "**no**", None: ""}
    return "\n".join([*lines, *(f"| {row.what} | {row.bar} | {row.measured} | {word[row.met]} |" for row in rows)])


def machine() -> str:
    """On what all this was measured."""
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
