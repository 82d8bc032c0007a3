"""Validate received or own files: every fault of every file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from loithe_xl.form.loaded import Loaded
from loithe_xl.identity.token import fingerprint
from loithe_xl.identity.trust import Trust
from loithe_xl.intake import inbox
from loithe_xl.intake.openfile import Opened, Unreadable, is_passed_over
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Issue, issue
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.sandbox import FileWork, read_each


@dataclass(frozen=True, slots=True)
class Checked:
    """What there is to say of one file; unit, period and level are blank where the file does not tell.

    ``stranger``: the key that signed it, where this office trusts it for no unit; ``name``, ``above``: of the unit and
    of its superior, as the file has them, blank of a stranger's; ``labels``: of the fields that issues lie in, by id.
    """

    file: str
    unit: str = ""
    period: str = ""
    level: str = ""
    issues: tuple[Issue, ...] = ()
    stranger: str = ""
    name: str = ""
    above: str = ""
    deadline: date | None = None
    labels: Mapping[str, Text] = field(default_factory=dict)


def check(paths: Sequence[Path], office: Office, by: Loaded | None = None) -> tuple[list[Checked], list[Issue]]:
    """Each file with its issues, judged by one pack where it is given; and what was skipped or not found."""
    found = inbox.find(paths)
    trusted = office.trusted()
    read = list(read_each(found.files, FileWork(_Checker(trusted), by, trusted), office, "validate"))
    files = [each for each in read if not is_passed_over(each.issues)]
    passed = [why for each in read if is_passed_over(each.issues) for why in each.issues]
    return files, [*found.issues, *(why for _, why in found.skipped), *passed, *_without_key(files)]


@dataclass(frozen=True, slots=True)
class _Checker:
    """How a file that was read is told, where these keys are trusted."""

    trusted: Trust

    def __call__(self, opened: Opened) -> Checked:
        signed = opened.signed
        if signed is None:
            return Checked(opened.file, opened.unit, issues=opened.issues)
        identity = signed.identity
        stranger = "" if signed.key in self.trusted.keys else signed.key
        told = Checked(opened.file, opened.unit, identity.period, issues=opened.issues, stranger=stranger)
        told = replace(told, name=opened.name, above=opened.above, deadline=identity.deadline)
        if isinstance(opened, Unreadable):
            return told
        labels = {id: opened.layout.label(id) for id in {each.place.field for each in opened.issues}}
        return replace(told, level=opened.layout.form.tier, labels=labels)


def _without_key(files: Sequence[Checked]) -> list[Issue]:
    """That this PC lacks the issuer's public key, when one unknown key signed all of several files."""
    keys = {checked.stranger for checked in files}
    if len(files) < 2 or len(keys) > 1 or not all(keys):
        return []
    return [issue("KEY_OF_ISSUER_ABSENT", count=len(files), fingerprint=fingerprint(keys.pop()))]
