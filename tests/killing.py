"""Work cut short by ``kill -9``, at each line that writes, in the midst of what is written, and at any moment.

Afterwards everything is old or new, whole; the next run completes, and nothing of the killed one is left.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from unittest import mock

from scenes import HalfWritten, Scene, forked, fresh, rehearsed
from tally import Tally

from loithe_xl.identity import keyring
from loithe_xl.system import store
from loithe_xl.tasks import journalfile

WRITERS = frozenset(str(module.__file__) for module in (store, keyring, journalfile))
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Moment:
    """When: at the ``number``-th line of what writes, in its ``number``-th write, or after ``seconds``."""

    way: str
    number: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"after {self.seconds:.3f} s" if self.way == "time" else f"{self.way} {self.number}"


def run(folder: Path, count: int, seed: int = 0) -> Tally:
    """So many kills, over all scenes; every line and write of each once, if so many are asked for."""
    return tried(rehearsed(folder), folder, count, seed)


def tried(played: Mapping[str, Scene], folder: Path, count: int, seed: int = 0) -> Tally:
    """The same, with scenes played through before."""
    tally = Tally()
    for scene, moment in _plan(played, folder / "p", count, random.Random(seed)):
        tally.add(f"--seed {seed} {scene.name}, killed {moment}", killed(scene, moment, folder / "k"))
    return tally


def killed(scene: Scene, moment: Moment, folder: Path) -> str:
    """Why a kill did harm; blank when it did none."""
    stage = fresh(scene, folder)
    if moment.way == "time":
        forked(lambda: scene.work(stage)[0], lambda pid: _kill(pid, moment.seconds))
    else:
        forked(lambda: _cut(lambda: scene.work(stage)[0], moment))
    wrong = scene.wrong(stage)
    if wrong:
        return wrong
    code, said = scene.work(stage)
    if code not in scene.codes:
        return f"the next run ended with {code}: {said[-200:]}"
    return scene.unfinished(stage)


def _plan(
    played: Mapping[str, Scene], folder: Path, count: int, chance: random.Random
) -> Iterator[tuple[Scene, Moment]]:
    """Moments of all scenes, the exact ones first, shuffled and cut to the number asked for."""
    exact, timed = [], []
    for scene in played.values():
        lines, writes, seconds = _length(scene, folder)
        assert lines > 10 and writes, scene.name
        exact += [(scene, Moment("line", number)) for number in range(1, lines + 1)]
        exact += [(scene, Moment("write", number)) for number in range(1, writes + 1)]
        timed += [(scene, seconds)]
    chance.shuffle(exact)
    exact = exact[: count // 2]
    yield from exact
    for _ in range(count - len(exact)):
        scene, seconds = chance.choice(timed)
        yield scene, Moment("time", 0, chance.random() * seconds * 1.1)


def _length(scene: Scene, folder: Path) -> tuple[int, int, float]:
    """Lines and writes of a scene's work that write, and its seconds."""
    stage = fresh(scene, folder)
    lines, writes = _Counter(), _Counter()
    start = time.perf_counter()
    forked(lambda: scene.work(stage)[0])
    seconds = time.perf_counter() - start
    stage = fresh(scene, folder)
    with _watched(lines, writes):
        code, said = scene.work(stage)
    assert code in scene.codes, said
    return lines.number, writes.number, seconds


class _Counter:
    """Counts, and at a number does something once."""

    def __init__(self, at: int = 0, then: Callable[[], None] = lambda: None) -> None:
        self.number, self.at, self.then = 0, at, then

    def step(self) -> bool:
        self.number += 1
        return self.number == self.at


def _cut(work: Callable[[], int], moment: Moment) -> int:
    """Do the work and be killed in the midst of it."""
    here = os.getpid()
    last = _Counter(moment.number)
    with _watched(*((last, _Counter()) if moment.way == "line" else (_Counter(), last)), here):
        return work()


class _watched:  # noqa: N801 - used like a function
    """Count lines of the modules that write, and what is written through ``os.fdopen``; at its number kill ``pid``."""

    def __init__(self, lines: _Counter, writes: _Counter, pid: int = 0) -> None:
        self.lines, self.writes, self.pid = lines, writes, pid

    def __enter__(self) -> None:
        self.patch = mock.patch.object(os, "fdopen", self._opened(os.fdopen))
        self.patch.start()
        sys.settrace(self._frame)

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)
        self.patch.stop()

    def _frame(self, frame: FrameType, event: str, _: object) -> object:
        return self._line if frame.f_code.co_filename in WRITERS else None

    def _line(self, frame: FrameType, event: str, _: object) -> object:
        if event == "line" and self.lines.step():
            self._end()
        return self._line

    def _end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def _opened(self, real: Callable[..., object]) -> Callable[..., object]:
        def fdopen(descriptor: int, mode: str = "r", *more: object, **named: object) -> object:
            file = real(descriptor, mode, *more, **named)
            if "w" in mode and sys._getframe(1).f_code.co_filename in WRITERS:
                return HalfWritten(file, self.writes.step, self._end)
            return file

        return fdopen


def _kill(pid: int, seconds: float) -> None:
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
