"""Disks that fail: the Nth opening, writing, flushing, renaming … of each command fails, or there is no more room.

Whatever fails, the old file is whole; the command says so in Vietnamese and ends with 3, or could do without.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from cli_tools import worded
from scenes import HalfWritten, Scene, forked, fresh, rehearsed
from tally import Tally

from loithe_xl.system import store

STEPS = ("open", "fdopen", "fsync", "replace", "link", "mkdir", "unlink", "chmod", "rmdir")
FAULTS = {"full": errno.ENOSPC, "broken": errno.EIO, "forbidden": errno.EACCES}
SAID = [worded(code) for code in ("STORE_UNWRITABLE", "STORE_DAMAGED", "STORE_READ_ONLY", "KEY_UNREADABLE")]
NOTHING_DONE = 3


class Failing:
    """Stands for one function of ``os``: counts its calls and fails in the ``at``-th (or, ``ever``, from it on)."""

    def __init__(self, step: str, at: int = 0, fault: str = "full", ever: bool = False) -> None:
        self.step, self.at, self.fault, self.ever = step, at, fault, ever
        self.real: Callable[..., object] = getattr(os, step)
        self.calls = 0

    def __call__(self, *given: object, **named: object) -> object:
        if self.step == "open" and not int(given[1]) & os.O_CREAT:  # type: ignore[call-overload]
            return self.real(*given, **named)
        if self.step == "fdopen":
            file = self.real(*given, **named)
            return HalfWritten(file, self._due, self._fail) if "w" in str(given[1:]) else file
        if self._due():
            self._fail()
        return self.real(*given, **named)

    def _due(self) -> bool:
        self.calls += 1
        return self.calls == self.at or (self.ever and 0 < self.at < self.calls)

    def _fail(self) -> None:
        raise OSError(FAULTS[self.fault], os.strerror(FAULTS[self.fault]))


def run(folder: Path, count: int = 0, seed: int = 0) -> Tally:
    """Every step of every command fails once, in each way, and from then on; ``count`` limits the tries of a scene."""
    return tried(rehearsed(folder), folder, count)


def tried(played: Mapping[str, Scene], folder: Path, count: int = 0) -> Tally:
    """The same, with scenes played through before."""
    tally = Tally()
    for scene in played.values():
        for failing in _plan(scene, folder / "p", count):
            ways = "and from then on " if failing.ever else ""
            what = f"{scene.name}: {failing.step} {failing.at} {ways}{failing.fault}"
            tally.add(what, failed(scene, failing, folder / "f"))
    for scene in played.values():
        for size in _sizes(scene, folder / "p", count):
            tally.add(f"{scene.name}: no file longer than {size} bytes", limited(scene, size, folder / "f"))
    for scene in played.values():
        for wrong in small_disk(scene, folder / "disk"):
            tally.add(f"{scene.name}: a disk with no room", wrong)
    return tally


def failed(scene: Scene, failing: Failing, folder: Path) -> str:
    """Why a failing step did harm; blank when it did none."""
    stage = fresh(scene, folder)
    with mock.patch.object(os, failing.step, failing), _no_pauses():
        code, said = scene.work(stage)
    return _judged(scene, stage, code, said, failing.step in ("unlink", "rmdir"))


def limited(scene: Scene, size: int, folder: Path) -> str:
    """The same where the system itself writes no more than so many bytes of a file."""
    stage = fresh(scene, folder)

    def work() -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return scene.work(stage)[0]

    code = os.waitstatus_to_exitcode(forked(work))
    return _judged(scene, stage, code, None, False)


def small_disk(scene: Scene, folder: Path) -> Iterator[str]:
    """The same on a real file system of a few pages' room, where one may be mounted here."""
    folder.mkdir(parents=True, exist_ok=True)
    for room in (16, 64, 200):
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], capture_output=True).returncode:
            return
        try:
            stage = fresh(scene, folder / "a")
            free = shutil.disk_usage(folder).free - room * 1024
            filler = folder / "filler"
            filler.write_bytes(bytes(max(0, free)))
            code, said = scene.work(stage)
            yield _judged(scene, stage, code, said, False, filler.unlink)
        finally:
            subprocess.run(["umount", folder], check=True)


def _judged(
    scene: Scene, stage: Path, code: int, said: str | None, may_stay: bool, mend: Callable[[], None] = lambda: None
) -> str:
    """What is wrong after a failure; ``may_stay``: whoever could not remove a file may leave it until the next run."""
    wrong = scene.wrong(stage)
    if wrong:
        return wrong
    if code == NOTHING_DONE:
        if said is not None and not any(pattern.search(said) for pattern in SAID):
            return f"it said: {said[-200:]}"
    elif code not in scene.codes:
        return f"it ended with {code}: {(said or '')[-300:]}"
    if not may_stay and (left := [path.name for path in stage.rglob(".~loithe-*")]):
        return f"left behind: {left}"
    mend()
    code, said = scene.work(stage)
    return scene.unfinished(stage) if code in scene.codes else f"the next run ended with {code}: {said[-200:]}"


def _plan(scene: Scene, folder: Path, count: int) -> Iterator[Failing]:
    for step in STEPS:
        counting = Failing(step)
        stage = fresh(scene, folder)
        with mock.patch.object(os, step, counting):
            scene.work(stage)
        numbers = range(1, counting.calls + 1)
        for at in numbers[:: max(1, -(-len(numbers) * len(STEPS) // count))] if count else numbers:
            faults = tuple(FAULTS) if not count else (tuple(FAULTS)[at % 3],)
            for fault in faults:
                yield Failing(step, at, fault)
            if not count:
                yield Failing(step, at, "full", ever=True)


def _sizes(scene: Scene, folder: Path, count: int) -> list[int]:
    """Sizes below that of the largest file that a scene writes."""
    stage = fresh(scene, folder)
    scene.work(stage)
    largest = max(path.stat().st_size for path in stage.rglob("*") if path.is_file())
    tries = 3 if count else 20
    return [largest * number // tries for number in range(tries)]


@contextmanager
def _no_pauses() -> Iterator[None]:
    with mock.patch.object(store, "PAUSE", 0.0):
        yield
