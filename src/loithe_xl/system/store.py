"""Writes files so that at every moment either the old or the new one is there, whole."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from itertools import islice
from pathlib import Path

from loithe_xl.language.issues import Fault, Place, issue, system_fault
from loithe_xl.system import disk

PATIENCE = 60.0  # seconds to wait for another run
_TRIES, PAUSE = 5, 1.0  # for a target open in Excel, and the seconds between
OLD_COPIES = "ban-cu"  # the folder of a file's dated former copies
TOGETHER = 256  # files that are committed at once
REOPENED = 100  # of so many files one is verified
_mine = threading.local()  # what this thread has locked


def _now() -> datetime:
    return datetime.now().astimezone()


@contextmanager
def lock(target: Path, timeout: float = PATIENCE) -> Iterator[None]:
    """Be the only one, in this and other processes, to change ``target``; the same thread may enter again.

    What a killed run left beside the target is swept away on entering.
    """
    import filelock

    target = _real(target)
    held: set[Path] = _mine.__dict__.setdefault("held", set())
    if target in held:
        yield
        return
    file = target.with_name(f"{disk.TEMPORARY}{disk.stem_of(target)}.lock")
    guard = filelock.FileLock(file, timeout=timeout)
    with _reported(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            guard.acquire()
        except filelock.Timeout as error:
            raise Fault([issue("STORE_LOCKED", Place(file=target.name), name=target.name)], 3) from error
    held.add(target)
    try:
        with _reported(target):
            _sweep(target)
        yield
    finally:
        held.discard(target)
        if os.name == "posix":
            # While it is still ours: who waits on the removed file notices and starts anew. Windows removes it itself.
            with suppress(OSError):
                file.unlink()
        guard.release()


def write(
    target: Path,
    data: bytes,
    verify: Callable[[bytes], None] | None = None,
    *,
    pause: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] = _now,
    of: Path | None = None,
) -> Path:
    """Put ``data`` into ``target`` and say where they are: there, or beside it when a program holds the target open.

    Equal bytes leave the file untouched. ``verify`` sees the bytes as read back from the disk and raises when they
    will not do. Whatever fails, the old file is whole; a Fault says why. ``of``: the file that the target is a copy
    of, whose lock serves, and whose next run sweeps away what is left if this one is killed.
    """
    real = _real(target)
    own = _real(of) if of else real
    with lock(own), _reported(real):
        if disk.holds(real, data):
            return target
        if real.exists() and not real.stat().st_mode & stat.S_IWUSR:
            raise Fault([issue("STORE_READ_ONLY", Place(file=real.name), name=real.name)], 3)
        temporary = disk.unfinished(real, own)
        try:
            real.parent.mkdir(exist_ok=True)
            _write_new(temporary, data, real)
            _confirm(temporary, data, verify, real)
            if not (real.exists() and disk.owner(real)) and _replace(temporary, real, pause):
                return target
            return _save_beside(temporary, real, data, now())
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def write_new(target: Path, data: bytes) -> Path:
    """Write what is made once, as ``write`` does: a Fault where a file with other content has that name."""
    if target.exists() and not disk.holds(target, data):
        raise Fault([issue("STORE_TAKEN", Place(file=target.name), name=target.name)], 3)
    return write(target, data)


def write_over(target: Path, data: bytes, stamp: str, verify: Callable[[bytes], None] | None = None) -> Path:
    """As ``write``, with what stood there before kept as ``keep_copy`` does, once ``verify`` has seen the new bytes."""
    with lock(target):
        if verify and not disk.holds(_real(target), data):
            verify(data)
        if target.exists() and not disk.holds(target, data):
            keep_copy(target, stamp)
        return write(target, data)


def write_many(
    folder: Path,
    files: Iterable[tuple[Path, bytes]],
    verify: Callable[[bytes], None] | None = None,
    stays: Callable[[Path], bool] = lambda there: False,
) -> Iterator[Path]:
    """Write files anywhere under ``folder`` and say, in their order, where each one is.

    ``stays`` is asked of a file that is there with other content: whether it is left as it is.

    For hundreds of new files: one lock, and the disk is told once for many of them. What was there before goes the
    way of ``write``. All bytes are read back; of a hundred files ``verify`` sees one. A run that is cut short leaves
    whole files only: the last hundreds may be absent.
    """
    folder, files = _real(folder), iter(files)
    run = folder / (folder.name or "tep")
    with lock(run):
        staging = folder / f"{disk.TEMPORARY}{disk.stem_of(run)}-{secrets.token_hex(8)}.tmp"
        try:
            with _reported(folder):
                staging.mkdir()
            while placed := _together(islice(files, TOGETHER), staging, verify, stays):
                yield from placed
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def keep_copy(target: Path, stamp: str) -> Path:
    """Copy ``target`` as it is into ``ban-cu/``, its name followed by ``stamp``; an equal copy is made only once."""
    real = _real(target)
    with _reported(real):
        data = real.read_bytes()
    return write(_free(real.parent / OLD_COPIES / real.name, stamp, data), data, of=real)


@contextmanager
def workshop(target: Path) -> Iterator[Path]:
    """A folder beside ``target`` in which another program may make it; what a killed run left of one is swept away."""
    with lock(target):
        folder = disk.unfinished(_real(target), _real(target))
        with _reported(target):
            folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _real(target: Path) -> Path:
    """The file itself, lest a link be replaced by a file."""
    return Path(os.path.realpath(target))


def _sweep(target: Path) -> None:
    """Remove what a killed run left; whoever holds the lock knows that nobody is writing it."""
    ours = re.compile(re.escape(f"{disk.TEMPORARY}{disk.stem_of(target)}-") + r"[0-9a-f]{16}\.tmp")
    copies = target.parent / OLD_COPIES
    for file in (*target.parent.iterdir(), *(copies.iterdir() if copies.is_dir() else ())):
        if ours.fullmatch(file.name):
            with suppress(OSError):
                shutil.rmtree(file) if file.is_dir() else file.unlink()


def _together(
    files: Iterable[tuple[Path, bytes]],
    staging: Path,
    verify: Callable[[bytes], None] | None,
    stays: Callable[[Path], bool],
) -> list[Path]:
    """Write some files of ``write_many``; no new one takes its name before all of them are on the disk."""
    placed: list[Path] = []
    staged: dict[int, Path] = {}
    for number, (target, data) in enumerate(files):
        placed.append(target)
        if os.path.lexists(target):
            placed[number] = _over(target, data, verify, stays)
            continue
        staged[number] = staging / f"{number}.tmp"
        with _reported(target):
            _put(staged[number], data, at_once=os.name != "posix")
            _confirm(staged[number], data, verify if number % REOPENED == 0 else None, target)
    disk.sync_all()
    for folder in {placed[number].parent for number in staged}:
        with _reported(folder):
            folder.mkdir(parents=True, exist_ok=True)
    for number, temporary in staged.items():
        placed[number] = _settle(temporary, placed[number], stays)
    disk.sync_all()
    return placed


def _over(target: Path, data: bytes, verify: Callable[[bytes], None] | None, stays: Callable[[Path], bool]) -> Path:
    """Replace a file that was there, unless it stays; nobody changes it between the look and the writing."""
    with lock(target):
        return target if disk.holds(target, data) or stays(target) else write(target, data, verify)


def _settle(temporary: Path, target: Path, stays: Callable[[Path], bool]) -> Path:
    """Give a file of ``write_many`` its name, which nobody else took meanwhile; else it goes the way of the others."""
    with suppress(OSError):
        disk.take_name(temporary, target)
        return target
    return _over(target, temporary.read_bytes(), None, stays)


def _put(temporary: Path, data: bytes, *, at_once: bool = True) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        if at_once:
            file.flush()
            os.fsync(file.fileno())


def _write_new(temporary: Path, data: bytes, model: Path) -> None:
    _put(temporary, data)
    if model.exists():
        with suppress(OSError):
            temporary.chmod(stat.S_IMODE(model.stat().st_mode))


def _confirm(temporary: Path, data: bytes, verify: Callable[[bytes], None] | None, target: Path) -> None:
    back = temporary.read_bytes()
    if back != data:
        raise Fault([issue("STORE_DAMAGED", Place(file=target.name), name=target.name)], 3)
    if verify:
        verify(back)


def _replace(temporary: Path, target: Path, pause: Callable[[float], None]) -> bool:
    """Put the new file in the target's place; False when somebody keeps the target open."""
    for left in reversed(range(_TRIES)):
        try:
            temporary.replace(target)
        except PermissionError:  # WinError 5 and 32
            if left:
                pause(PAUSE)
            continue
        disk.sync_folder(target.parent)
        return True
    return False


def _save_beside(temporary: Path, target: Path, data: bytes, moment: datetime) -> Path:
    beside = _free(target, f"(bản mới {moment:%Y%m%d-%H%M})", data)
    temporary.replace(beside)
    disk.sync_folder(beside.parent)
    return beside


def _free(target: Path, mark: str, data: bytes) -> Path:
    """``NAME MARK.xlsx``, numbered when a file with other content has that name already."""
    number = 1
    while True:
        end = mark if number == 1 else f"{mark[:-1]}-{number})" if mark.endswith(")") else f"{mark}-{number}"
        path = disk.beside(target, f" {end}{target.suffix}")
        if not path.exists() or disk.holds(path, data):
            return path
        number += 1


def _reported(target: Path) -> AbstractContextManager[None]:
    return system_fault("STORE_UNWRITABLE", Place(file=target.name), name=target.name)
