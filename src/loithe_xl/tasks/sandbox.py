"""Received files are read where they can do no harm: by workers that may die, each file reduced to a small answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from loithe_xl.form.loaded import Loaded
from loithe_xl.identity.trust import Trust
from loithe_xl.intake.openfile import Opened, open_file, unread
from loithe_xl.language.issues import Fault, Issue, Place, issue
from loithe_xl.reading import guard
from loithe_xl.reading.reader import read as read_package
from loithe_xl.reading.received import Received
from loithe_xl.system.workers import MEMORY, SECONDS, Lost, Pool
from loithe_xl.tasks.office import Office, shown
from loithe_xl.workbook.ownsheets import COMPUTED

OWN_SECONDS, OWN_MEMORY = 4 * SECONDS, 4 * MEMORY  # for an office's own workbook, which holds thousands of units
A = TypeVar("A")
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class FileWork(Generic[A]):
    """All that a worker does with a received file, and all that it knows; it and its answers are picklable and small.

    ``by`` and ``trusted`` as in ``open_file``; ``named`` tells how a file is called.
    """

    answer: Callable[[Opened], A]
    by: Loaded | None = None
    trusted: Trust | None = None
    named: Callable[[Path], str] = shown

    def __call__(self, path: Path) -> A:
        """The answer for a file that can be read to its end, faulty or not."""
        return self.answer(open_file(path, self.named(path), self.by, self.trusted))

    def lost(self, path: Path, why: Lost) -> A:
        """The answer for a file that could not be read to its end."""
        return self.answer(unread(path, self.named(path), _why(why)))


def read_each(paths: Sequence[Path], work: FileWork[A], office: Office, label: str) -> Iterator[A]:
    """The answer for each file, in order, with progress under this label.

    A file that ends its worker, keeps it too long or breaks it is refused for that.
    """
    with Pool(work, seconds=SECONDS) as pool:
        walked = office.progress(paths, label)
        try:
            for found, path in zip(pool.map(paths), walked, strict=True):
                yield work.lost(path, found) if isinstance(found, Lost) else found
        finally:  # whoever stops the run is told so beneath the bar, not through it
            if isinstance(walked, Generator):
                walked.close()


def read_one(path: Path, work: Callable[[Path], _R], seconds: float = SECONDS, memory: int = MEMORY) -> _R:
    """What ``work`` makes of one file, by a worker too: it and what it makes are picklable. A Fault stays one."""
    with reader(work, seconds, memory) as read:
        found = read(path)
    if isinstance(found, Lost):
        raise Fault([_why(found, seconds)])
    return found


def workbook(path: Path) -> Received | Issue:
    """Work for a worker: what one workbook holds, or why it cannot be read."""
    data = guard.admit(path)
    return data if isinstance(data, Issue) else read_package(data, COMPUTED)


def read_own(path: Path, work: Callable[[Path], _R]) -> _R:
    """What ``work`` makes of the office's own workbook, which grows with its units; Fault where it cannot be read."""
    with reader(work, OWN_SECONDS, OWN_MEMORY) as read:
        found = read(path)
    if isinstance(found, Lost):
        traced(found)
        raise Fault([issue("PARENT_LOST", Place(file=shown(path)), seconds=int(OWN_SECONDS))])
    return found


@contextmanager
def reader(
    work: Callable[[Path], _R], seconds: float | None = None, memory: int | None = None
) -> Iterator[Callable[[Path], _R | Lost]]:
    """One worker for files that come one after the other."""
    with Pool(_Faulty(work), 1, seconds or SECONDS, memory or MEMORY) as pool:

        def read(path: Path) -> _R | Lost:
            (found,) = pool.map([path])
            if isinstance(found, Fault):
                raise found
            return found

        yield read


@dataclass(frozen=True, slots=True)
class _Faulty(Generic[_R]):
    """Work that tells its Fault rather than raise it."""

    work: Callable[[Path], _R]

    def __call__(self, path: Path) -> _R | Fault:
        try:
            return self.work(path)
        except Fault as fault:
            return fault


def _why(lost: Lost, seconds: float = SECONDS) -> Issue:
    traced(lost)
    match lost.reason:
        case "slow":
            return issue("FILE_TOO_SLOW", seconds=int(seconds))
        case "failed":
            return issue("FILE_FAILED")
    return issue("FILE_CRASHED")


def traced(lost: Lost) -> None:
    """Show a programmer where reading broke."""
    if lost.trace and sys.stderr and os.environ.get("LOITHE_DEBUG"):
        sys.stderr.write(lost.trace)
