"""What is asked of a file system: names that it takes, files put onto the disk, and the trace of who has one open."""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

TEMPORARY = ".~loithe-"  # how the names of our own unfinished files begin
LONGEST_NAME, _LONGEST_STEM = 255, 150  # bytes: of any name on most file systems; of a name within one of ours


def owner(target: Path) -> str:
    """The file that an office program left beside a workbook which it has open, or had when it was ended; or blank."""
    names = f"~${target.name}", f".~lock.{target.name}#"
    return next((name for name in names if os.path.lexists(target.with_name(name))), "")


def beside(target: Path, end: str) -> Path:
    """The file beside ``target`` whose name goes on with ``end``; a long name is shortened, and its digest told."""
    name = f"{target.stem}{end}"
    stem, room = os.fsencode(target.stem), LONGEST_NAME - len(os.fsencode(end))
    if len(stem) > room:
        mark = f"~{hashlib.sha256(stem).hexdigest()[:8]}"
        name = f"{stem[: room - len(mark)].decode('utf-8', 'ignore')}{mark}{end}"
    return target.with_name(name)


def unfinished(real: Path, owner: Path) -> Path:
    """A new name beside a file for what is to become it; the next run on ``owner`` sweeps it away."""
    return real.with_name(f"{TEMPORARY}{stem_of(owner)}-{secrets.token_hex(8)}.tmp")


def stem_of(target: Path) -> str:
    """What our files beside the target are called after; a long name by its digest."""
    name = target.name.encode("utf-8", "surrogateescape")
    return target.name if len(name) <= _LONGEST_STEM else hashlib.sha256(name).hexdigest()[:32]


def holds(target: Path, data: bytes) -> bool:
    """Whether a file is there and holds just that."""
    try:
        return target.stat().st_size == len(data) and target.read_bytes() == data
    except (FileNotFoundError, PermissionError):
        return False


def take_name(temporary: Path, target: Path) -> None:
    """Rename, but never onto a file that is there; OSError where that cannot be done at once."""
    if os.name == "posix":
        os.link(temporary, target)
        temporary.unlink()
    else:
        temporary.rename(target)


def sync_all() -> None:
    """One order for all that was written and renamed; elsewhere each file is synced by itself."""
    if os.name == "posix":
        os.sync()


def sync_folder(folder: Path) -> None:
    """Make the rename outlast a power cut; where a folder cannot be synced, the file is in place all the same."""
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
