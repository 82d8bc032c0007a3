"""Where the files that a parent received lie now, as links from the folder of its workbook."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from loithe_xl.consolidation.receipts import Receipt
from loithe_xl.reading.guard import bytes_digest
from loithe_xl.workbook.celltext import normal


def links_to(receipts: Iterable[Receipt], into: Path, folder: Path, seen: Mapping[str, Path]) -> dict[str, str]:
    """Relative links by the files' SHA-256, with ``/``, to those that lie there with the very same bytes.

    ``into``: the parent's workbook; ``folder``: from which it names files; ``seen``: files of this run, by their
    SHA-256. A link names no folder that the workbook does not name already, or that is not beneath its own: others may
    name people, and the workbook goes on to other offices.
    """
    found = {}
    for receipt in receipts:
        path = seen.get(receipt.sha) or _lying(receipt, (folder, into.parent))
        if path and (link := _link(path, into, receipt.file)):
            found[receipt.sha] = link
    return found


def _lying(receipt: Receipt, folders: Iterable[Path]) -> Path | None:
    paths = (folder / receipt.file for folder in folders)
    return next((path for path in paths if path.is_file() and bytes_digest(path) == receipt.sha), None)


def _link(path: Path, into: Path, named: str) -> str:
    """The way from the workbook to the file; blank where it leads through folders that stay unnamed, or is no text."""
    try:
        way = PurePosixPath(Path(os.path.relpath(path, into.parent)).as_posix())
        str(way).encode()
    except ValueError:  # another drive; letters of another code page
        return ""
    beyond = [part for part in way.parts if part != ".."]
    if len(beyond) < len(way.parts) and PurePosixPath(named).parts[-len(beyond) :] != tuple(map(normal, beyond)):
        return ""
    return str(way)
