"""Where a task runs: whose key signs, which keys are trusted, what time it is, how progress is shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TypeVar

from loithe_xl.identity import keyring
from loithe_xl.identity.token import fingerprint, public_key
from loithe_xl.identity.trust import Trust
from loithe_xl.intake.inbox import holds_form
from loithe_xl.language.issues import Fault, Issue, Place, issue
from loithe_xl.system import disk
from loithe_xl.workbook.celltext import normal

_T = TypeVar("_T")
Progress = Callable[[Sequence[_T], str], Iterable[_T]]


def silently(items: Sequence[_T], label: str) -> Iterable[_T]:
    """Progress that shows nothing."""
    del label
    return items


def local_time() -> datetime:
    """The office's clock, as its staff read it."""
    return datetime.now().astimezone().replace(tzinfo=None)


def unheard(found: Issue) -> None:
    """A notice that nobody hears."""
    del found


@dataclass(frozen=True, slots=True)
class Office:
    """The surroundings of one run. ``lang`` is that of generated workbooks and reports."""

    lang: str = "vi"
    now: datetime = field(default_factory=local_time)
    key: Path | None = None
    progress: Callable[[Sequence[Path], str], Iterable[Path]] = silently
    notice: Callable[[Issue], None] = unheard
    folder: Path = Path()  # from which a workbook names the files that it received

    @property
    def moment(self) -> str:
        """The run's time, to the second."""
        return self.now.isoformat(timespec="seconds")

    @property
    def stamp(self) -> str:
        """The run's time as the name of a dated copy has it: 20230303-150000."""
        return f"{self.now:%Y%m%d-%H%M%S}"

    def private_key(self) -> bytes:
        """The key that signs, made on first use, with a notice: on a PC that only reads, nobody wants one."""
        fresh = self.key is None and keyring.own() is None
        private = keyring.private_key(self.key)
        if fresh:
            self.notice(issue("KEY_MADE", fingerprint=fingerprint(public_key(private))))
        return private

    def trusted(self) -> Trust:
        """Whose forms this office accepts: its own, those of keys it trusts, and those of a named key file."""
        for found in keyring.all_trusted()[1]:
            self.notice(found)
        own = (public_key(self.private_key()),) if self.key else ()
        return keyring.trusted().and_of(*own)


def beside(target: Path, written: Path) -> tuple[Issue, ...]:
    """The notice that the target lay open in Excel, so that the new version is another file."""
    if written == target:
        return ()
    place, lock = Place(file=shown(target)), disk.owner(target)
    told = issue("STORE_SAVED_BESIDE", place, name=target.name, beside=written.name)
    return (told, issue("STORE_OWNED", place, name=target.name, lock=lock)) if lock else (told,)


def ends(path: Path, ending: str) -> None:
    """A Fault (exit code 2) for a file to be written whose name ends otherwise: it may be a file of another kind."""
    if path.suffix.lower() != ending:
        raise Fault([issue("OUT_ENDING", Place(file=shown(path)), name=path.name, ending=ending)], 2)


def spare_forms(path: Path) -> None:
    """A Fault (exit code 2) where what is to be written over is a form, issued or received."""
    if holds_form(path):
        raise Fault([issue("OUT_IS_FORM", Place(file=shown(path)), name=path.name)], 2)


def shown(path: Path, folder: Path = Path()) -> str:
    """A path as users see it: relative to the folder, the working one by default; on another drive only its name."""
    try:
        name = Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        name = path.name
    # Letters of another code page (a package unpacked elsewhere) fit neither a console nor a workbook.
    return normal(os.fsencode(name).decode("utf-8", "replace"))


def name_kept(path: Path, folder: Path = Path()) -> str:
    """A received file as the parent's workbook names it: folders outside this one may name people, and the workbook
    goes on to other offices."""
    name = shown(path, folder)
    return PurePosixPath(name).name if name.startswith("../") else name
