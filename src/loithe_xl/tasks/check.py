"""Validate received or own files: every fault of every file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loithe_xl import inbox
from loithe_xl.issues import Issue
from loithe_xl.tasks.intake import Opened
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.packs import Loaded
from loithe_xl.tasks.reading import read_each


@dataclass(frozen=True, slots=True)
class Checked:
    """What there is to say of one file; unit, period and level are blank where the file does not tell."""

    file: str
    unit: str = ""
    period: str = ""
    level: str = ""
    issues: tuple[Issue, ...] = ()


def check(paths: Sequence[Path], office: Office, by: Loaded | None = None) -> tuple[list[Checked], list[Issue]]:
    """Each file with its issues, judged by one pack where it is given; and what was skipped or not found."""
    found = inbox.find(paths)
    files = list(read_each(found.files, _checked, office, "validate", by, trusted=office.trusted()))
    return files, [*found.issues, *(why for _, why in found.skipped)]


def _checked(opened: Opened) -> Checked:
    level = opened.layout.form.tier if opened.layout else ""
    unit, period = (opened.identity.unit, opened.identity.period) if opened.identity else ("", "")
    return Checked(opened.file, unit, period, level, opened.issues)
