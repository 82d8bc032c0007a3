"""Writes files so that at every moment either the old or the new one is there, whole."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from loithe_xl.issues import Fault, Place, issue

PATIENCE = 60.0  # seconds to wait for another run
TRIES, PAUSE = 5, 1.0  # for a target open in Excel, and the seconds between
COPIES = "ban-cu"  # the subfolder of dated copies
_LONGEST_STEM = 150  # bytes; most file systems allow a name 255
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
    file = target.with_name(f".~loithe-{_stem(target)}.lock")
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
) -> Path:
    """Put ``data`` into ``target`` and say where they are: there, or beside it when Excel holds the target open.

    Equal bytes leave the file untouched. ``verify`` sees the bytes as read back from the disk and raises when they
    will not do. Whatever fails, the old file is whole; a Fault says why.
    """
    real = _real(target)
    with lock(real), _reported(real):
        if _same(real, data):
            return target
        if real.exists() and not real.stat().st_mode & stat.S_IWUSR:
            raise Fault([issue("STORE_READ_ONLY", Place(file=real.name), name=real.name)], 3)
        temporary = real.with_name(f".~loithe-{_stem(real)}-{secrets.token_hex(8)}.tmp")
        try:
            _write_new(temporary, data, real)
            _confirm(temporary, data, verify, real)
            return target if _replace(temporary, real, pause) else _save_beside(temporary, real, data, now())
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def keep_copy(target: Path, stamp: str) -> Path:
    """Copy ``target`` as it is into ``ban-cu/``, its name followed by ``stamp``; an equal copy is made only once."""
    real = _real(target)
    with _reported(real):
        data = real.read_bytes()
    return write(_free(real.parent / COPIES / real.name, stamp, data), data)


def _real(target: Path) -> Path:
    """The file itself, lest a link be replaced by a file."""
    return Path(os.path.realpath(target))


def _stem(target: Path) -> str:
    """What our files beside the target are called after; a long name by its digest."""
    name = target.name.encode("utf-8", "surrogateescape")
    return target.name if len(name) <= _LONGEST_STEM else hashlib.sha256(name).hexdigest()[:32]


def _sweep(target: Path) -> None:
    """Remove what a killed run left; whoever holds the lock knows that nobody is writing it."""
    ours = re.compile(re.escape(f".~loithe-{_stem(target)}-") + r"[0-9a-f]{16}\.tmp")
    for file in target.parent.iterdir():
        if ours.fullmatch(file.name):
            with suppress(OSError):
                file.unlink()


def _same(target: Path, data: bytes) -> bool:
    try:
        return target.stat().st_size == len(data) and target.read_bytes() == data
    except (FileNotFoundError, PermissionError):
        return False


def _write_new(temporary: Path, data: bytes, model: Path) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if model.exists():
        with suppress(OSError):
            temporary.chmod(stat.S_IMODE(model.stat().st_mode))


def _confirm(temporary: Path, data: bytes, verify: Callable[[bytes], None] | None, target: Path) -> None:
    back = temporary.read_bytes()
    if hashlib.sha256(back).digest() != hashlib.sha256(data).digest():
        raise Fault([issue("STORE_DAMAGED", Place(file=target.name), name=target.name)], 3)
    if verify:
        verify(back)


def _replace(temporary: Path, target: Path, pause: Callable[[float], None]) -> bool:
    """Put the new file in the target's place; False when somebody keeps the target open."""
    for left in reversed(range(TRIES)):
        try:
            temporary.replace(target)
        except PermissionError:  # WinError 5 and 32
            if left:
                pause(PAUSE)
            continue
        _sync_folder(target.parent)
        return True
    return False


def _save_beside(temporary: Path, target: Path, data: bytes, moment: datetime) -> Path:
    beside = _free(target, f"(bản mới {moment:%Y%m%d-%H%M})", data)
    temporary.replace(beside)
    _sync_folder(beside.parent)
    return beside


def _free(target: Path, mark: str, data: bytes) -> Path:
    """``NAME MARK.xlsx``, numbered when a file with other content has that name already."""
    number = 1
    while True:
        end = mark if number == 1 else f"{mark[:-1]}-{number})" if mark.endswith(")") else f"{mark}-{number}"
        path = target.with_name(f"{target.stem} {end}{target.suffix}")
        if not path.exists() or _same(path, data):
            return path
        number += 1


def _sync_folder(folder: Path) -> None:
    """Make the rename outlast a power cut; where a folder cannot be synced, the file is in place all the same."""
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _reported(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # The system's sentence only: its path may be private.
        reason = error.strerror or type(error).__name__
        raise Fault([issue("STORE_UNWRITABLE", Place(file=target.name), name=target.name, reason=reason)], 3) from error
