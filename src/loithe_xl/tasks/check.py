"""Validate received or own files: every fault of every file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loithe_xl import inbox
from loithe_xl.issues import Issue
from loithe_xl.tasks.intake import Opened, open_file, refusal
from loithe_xl.tasks.office import Office, shown


def check(paths: Sequence[Path], office: Office) -> tuple[list[Opened], list[Issue]]:
    """Each file as read, its issues with it; and what was skipped or not found."""
    found = inbox.find(paths)
    trusted = office.trusted()
    files = []
    for path in office.progress(found.files, "validate"):
        opened = open_file(path, shown(path))
        foreign = refusal(opened, trusted)
        files.append(opened.refused(foreign) if foreign else opened)
    return files, [*found.issues, *(why for _, why in found.skipped)]
