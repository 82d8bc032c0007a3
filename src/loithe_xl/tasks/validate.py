"""Validate received or own files: every fault of every file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loithe_xl.form.loaded import Loaded
from loithe_xl.identity.token import fingerprint
from loithe_xl.identity.trust import Trust
from loithe_xl.intake import inbox
from loithe_xl.intake.openfile import Opened, Unreadable
from loithe_xl.language.issues import Issue, issue
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.sandbox import FileWork, read_each


@dataclass(frozen=True, slots=True)
class Checked:
    """What there is to say of one file; unit, period and level are blank where the file does not tell."""

    file: str
    unit: str = ""
    period: str = ""
    level: str = ""
    issues: tuple[Issue, ...] = ()
    stranger: str = ""  # the key that signed it, where this office trusts it for no unit


def check(paths: Sequence[Path], office: Office, by: Loaded | None = None) -> tuple[list[Checked], list[Issue]]:
    """Each file with its issues, judged by one pack where it is given; and what was skipped or not found."""
    found = inbox.find(paths)
    trusted = office.trusted()
    files = list(read_each(found.files, FileWork(_Checker(trusted), by, trusted), office, "validate"))
    return files, [*found.issues, *(why for _, why in found.skipped), *_without_key(files)]


@dataclass(frozen=True, slots=True)
class _Checker:
    """How a file that was read is told, where these keys are trusted."""

    trusted: Trust

    def __call__(self, opened: Opened) -> Checked:
        level = "" if isinstance(opened, Unreadable) else opened.layout.form.tier
        signed = opened.signed
        if signed is None:
            return Checked(opened.file, opened.unit, level=level, issues=opened.issues)
        period, stranger = signed.identity.period, signed.key if signed.key not in self.trusted.keys else ""
        return Checked(opened.file, opened.unit, period, level, opened.issues, stranger)


def _without_key(files: Sequence[Checked]) -> list[Issue]:
    """That this PC lacks the issuer's public key, when one unknown key signed all of several files."""
    keys = {checked.stranger for checked in files}
    if len(files) < 2 or len(keys) > 1 or not all(keys):
        return []
    return [issue("KEY_OF_ISSUER_ABSENT", count=len(files), fingerprint=fingerprint(keys.pop()))]
