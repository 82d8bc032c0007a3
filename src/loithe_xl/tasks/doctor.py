"""Why a file was read as it was: its inputs, a cell, its differences from its form, its tokens. Files are only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from loithe_xl.form.loaded import Loaded
from loithe_xl.identity.trust import Trust
from loithe_xl.intake import examined
from loithe_xl.intake.disclosure import NOTHING_THERE, Told
from loithe_xl.intake.examined import Apart, CellSeen, Difference, ExaminedInput, TokenPlace
from loithe_xl.intake.openfile import held, opened, refusal
from loithe_xl.intake.provenance import identified
from loithe_xl.language.issues import Fault, Issue, Place, issue
from loithe_xl.reading import guard
from loithe_xl.reading.received import Received
from loithe_xl.tasks.office import Office, shown
from loithe_xl.tasks.sandbox import read_one
from loithe_xl.workbook.address import Address
from loithe_xl.workbook.ownsheets import COMPUTED

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[_T]):
    """What there is to say of one file, and why there is no more; ``sealed``: it says what its issuer signed."""

    found: tuple[_T, ...] = ()
    issues: tuple[Issue, ...] = ()
    unit: str = ""
    digest: str = ""  # of the layout
    sealed: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class Unlike:
    """An input in which two files of one form differ."""

    entry: ExaminedInput
    other: Told


def layout(
    paths: Sequence[Path], office: Office, by: Loaded | None = None, *, plainly: bool = False
) -> list[Answer[ExaminedInput]]:
    """Each file's inputs as they were read; ``by``: the only pack to read it by, ``plainly``: with texts that somebody
    typed."""
    return [_examined(path, partial(_entries, plainly=plainly), office, by) for path in paths]


def tokens(paths: Sequence[Path], office: Office) -> list[Answer[TokenPlace]]:
    """What each file says of its form in three places, and who signed it."""
    return [_read(path, _Tokens(office.trusted())) for path in paths]


def cell(
    path: Path, sheet: str, at: Address, office: Office, by: Loaded | None = None, *, plainly: bool = False
) -> Answer[CellSeen]:
    """One cell; without a sheet's name that of each input sheet. ``by``, ``plainly`` as in ``layout``."""
    look = partial(_cells, sheet=sheet, at=at, by=by, trusted=office.trusted(), plainly=plainly)
    return _examined(path, look, office, by, frozenset())


def diff(path: Path, office: Office, by: Loaded | None = None, *, plainly: bool = False) -> Answer[Difference]:
    """In which a file differs from the form that was issued. ``by``, ``plainly`` as in ``layout``."""
    return _examined(path, partial(_differences, plainly=plainly), office, by)


def compare(
    one: Path, other: Path, office: Office, by: Loaded | None = None, *, plainly: bool = False
) -> Answer[Unlike]:
    """The inputs in which two files of one form differ; texts that are not told are compared all the same."""
    left, right = layout([one, other], office, by, plainly=plainly)
    issues = (*left.issues, *right.issues)
    if not left.found or not right.found:
        return Answer(issues=issues, file=left.file)
    if left.digest != right.digest:
        return Answer(issues=(issue("DOCTOR_OTHER_FORM", file=right.file),), file=left.file)
    return Answer(tuple(_unlike(left.found, right.found)), issues, left.unit, left.digest, file=left.file)


def _unlike(left: Sequence[ExaminedInput], right: Sequence[ExaminedInput]) -> Iterator[Unlike]:
    ours, theirs = ({(each.id, each.row): each for each in entries} for entries in (left, right))
    for key, known in (theirs | ours).items():
        one, other = (each[key].read if key in each else NOTHING_THERE for each in (ours, theirs))
        if one != other:
            yield Unlike(replace(known, read=one), other)


def _examined(
    path: Path,
    look: Callable[[Apart], Answer[_T]],
    office: Office,
    by: Loaded | None,
    skip: frozenset[str] = COMPUTED,
) -> Answer[_T]:
    return _read(path, _Look(look, office.trusted(), by, skip))


def _read(path: Path, work: Callable[[Path], Answer[_T]]) -> Answer[_T]:
    """By a worker that may die; a file that breaks it is told so. Fault for a file that is not there."""
    if not path.exists():
        raise Fault([issue("PATH_MISSING", Place(file=shown(path)))], 2)
    try:
        found = read_one(path, work)
    except Fault as fault:
        found = Answer(issues=tuple(fault.issues))
    return replace(found, file=shown(path))


@dataclass(frozen=True, slots=True)
class _Look(Generic[_T]):
    """A worker's task: a file beside its form, and what ``look`` makes of both."""

    look: Callable[[Apart], Answer[_T]]
    trusted: Trust
    by: Loaded | None
    skip: frozenset[str]

    def __call__(self, path: Path) -> Answer[_T]:
        received = _received(path, self.skip)
        found = received if isinstance(received, Issue) else examined.apart(received, self.trusted, self.by)
        if isinstance(found, Issue):
            return Answer(issues=(found,))
        answer = self.look(found)
        return replace(answer, unit=found.unit_form.identity.unit, digest=found.layout.digest)


@dataclass(frozen=True, slots=True)
class _Tokens:
    """A worker's task: the tokens of a file, be they of a form that is known or not."""

    trusted: Trust

    def __call__(self, path: Path) -> Answer[TokenPlace]:
        received = _received(path, COMPUTED)
        if isinstance(received, Issue):
            return Answer(issues=(received,))
        signed = identified(received)
        stranger = signed if isinstance(signed, Issue) else refusal(signed, self.trusted)
        return Answer(tuple(examined.token_places(received, self.trusted)), (stranger,) if stranger else ())


def _entries(found: Apart, plainly: bool) -> Answer[ExaminedInput]:
    entries, issues = examined.entries(found, plainly=plainly)
    return Answer(tuple(entries), tuple(issues))


def _differences(found: Apart, plainly: bool) -> Answer[Difference]:
    differing = tuple(examined.differences(found, plainly=plainly))
    return Answer(differing, tuple(each.fault for each in differing), sealed=examined.sealed(found))


def _cells(found: Apart, sheet: str, at: Address, by: Loaded | None, trusted: Trust, plainly: bool) -> Answer[CellSeen]:
    faults = opened(found.received, "", by=by, trusted=trusted).issues
    seen = tuple(examined.cells(found, sheet, at, list(faults), plainly=plainly))
    absent = () if seen else (issue("DOCTOR_SHEET_ABSENT", sheets=", ".join(found.expected.pages)),)
    return Answer(seen, absent or tuple(fault for each in seen for fault in each.issues))


def _received(path: Path, skip: frozenset[str]) -> Received | Issue:
    data = guard.fetch(path)
    return data if isinstance(data, Issue) else held(data, skip)
