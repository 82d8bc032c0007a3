"""The log that a user can send: what the program did and where it broke, without a word of what was worked on."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

LOG_NAME = "loithe-xl.log"
MOST_LOG = 200_000  # bytes; a longer log is begun anew


def append(folder: Path, lines: Iterable[str]) -> Path:
    """Write lines to the end of the folder's log; its path, also where nothing can be written."""
    log = folder / LOG_NAME
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        mode = "a" if log.exists() and log.stat().st_size < MOST_LOG else "w"
        with log.open(mode, encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in lines)
    return log


def note_fault(folder: Path, when: str, what: str, error: BaseException) -> Path:
    """Write when, in doing what, and where in the program an exception happened; its own words may quote a file."""
    passed = traceback.extract_tb(error.__traceback__)
    frames = (f"  {Path(each.filename).name}:{each.lineno} {each.name}" for each in passed)
    return append(folder, [f"{when} {what} {type(error).__name__}", *frames])
