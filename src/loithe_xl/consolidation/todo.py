"""What a person must do after a run: which units to call and what to tell them, and which files need nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from loithe_xl.consolidation.consolidate import Child, Consolidation
from loithe_xl.consolidation.receipts import Status
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.issues import Issue, Severity, fault_and_remedy, has_error
from loithe_xl.workbook.ownsheets import CHECK

NOT_TAKEN = (Status.CONFLICT, Status.REFUSED, Status.FOREIGN)  # the first of a unit's files says how it stands
_LEAST_WORDS = 3  # of a unit's name that is long enough to be looked for in a file's
_WANTING, _CELLS_NAMED = "FIELD_REQUIRED", 5
_GAP = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True, slots=True)
class UnitCall:
    """A unit that somebody must speak to.

    ``status``: MISSING where nothing came; REFUSED, FOREIGN or CONFLICT where all that came was turned away; COVERED or
    ACCEPTED where its file holds figures that are lost. ``fault``: what is wrong, in a sentence; ``remedy``: what to
    tell the unit; ``lines``: what came of it; ``hinted``: nothing came of it, but a file of
    nobody resembles it.
    """

    unit: str
    name: str
    status: Status
    fault: Text
    remedy: Text
    lines: tuple[Child, ...] = ()
    hinted: bool = False

    @property
    def sent(self) -> bool:
        """Whether anything came of the unit."""
        return bool(self.lines)

    @property
    def files(self) -> tuple[str, ...]:
        """The names of what came of it."""
        return tuple(PurePath(line.file).name for line in self.lines)


@dataclass(frozen=True, slots=True)
class IdleFile:
    """A file about which nothing must be done, and why; ``perhaps``: the unit to call that its name resembles, a hint
    and no more."""

    child: Child
    why: Text
    perhaps: UnitCall | None = None


@dataclass(frozen=True, slots=True)
class ToDo:
    """All lines of a receipt list, each once: units to call, lines that are all right, files that need nothing."""

    calls: tuple[UnitCall, ...]
    settled: tuple[Child, ...]
    idle: tuple[IdleFile, ...]


def to_do(done: Consolidation, beside: Sequence[Child] = ()) -> ToDo:
    """Whom to call at a parent.

    ``done``: its receipt list and which files count; ``beside``: lines that a run tells and the list does not keep
    (files that are no workbooks).
    A unit is called if none of its figures count, or if a file of it holds figures that are lost. A file whose unit is
    unknown makes no call: at most it is hinted at. All stand in natural order of codes (1, 2, 10) and names.
    """
    units = done.decision.units
    open_lines: defaultdict[str, list[Child]] = defaultdict(list)
    settled: list[Child] = []
    idle: list[Child] = []
    for child in (*done.children, *beside):
        away = child.status in NOT_TAKEN
        theirs = child.unit not in ("", done.unit) and child.unit not in units
        if child.status is Status.MISSING or (away and theirs) or _is_lost(child):
            open_lines[child.unit].append(child)
        elif away or child.status is Status.COVERED:
            idle.append(child)
        else:
            settled.append(child)
    calls, perhaps = _hinted([_call(lines) for lines in open_lines.values()], idle)
    counted = {unit: receipt.received_at for unit, receipt in units.items()}
    wanted = any(not call.sent for call in calls)
    files = [IdleFile(child, _why(child, counted, wanted), perhaps.get(child.sha)) for child in idle]
    right = [child for child in settled if child.unit not in open_lines]
    return ToDo(
        tuple(sorted(calls, key=lambda call: natural(call.unit))),
        tuple(sorted(right, key=lambda child: natural(child.unit))),
        tuple(sorted(files, key=lambda each: (natural(each.child.unit), natural(each.child.file)))),
    )


def natural(words: str) -> tuple[tuple[bool, int, str], ...]:
    """A key that puts 2 before 10, and numbers before letters."""
    parts = re.split(r"([0-9]+)", words)
    return tuple((not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts if part)


def short_fault(issues: Sequence[Issue]) -> tuple[Text, Text]:
    """The faults of one file that was turned away in a sentence, and what to tell its unit."""
    faults = [found for found in issues if found.severity is Severity.ERROR] or list(issues)
    if not faults:
        return Text(""), Text("")
    first, remedy = fault_and_remedy(faults[0])
    typed = [found for found in faults if found.place.cell and not found.code.startswith("STRUCTURE_")]
    if typed and len(typed) == len(faults):
        return _typed_fault(typed), text("todo.mend", sheet=CHECK)
    if len(faults) > 1:
        first = text("todo.more", fault=first, count=len(faults) - 1)
    return first, remedy


def told_faults(issues: Sequence[Issue], lang: str, severity: Severity = Severity.ERROR) -> Iterator[tuple[str, str]]:
    """The issues of one file as fault, with its place, and remedy; required cells that are blank are one of them."""
    wanting = [found for found in issues if found.code == _WANTING]
    if len(wanting) > 1 and severity is Severity.ERROR:
        cells = ", ".join(found.place.within for found in wanting[:_CELLS_NAMED])
        more = " …" if len(wanting) > _CELLS_NAMED else ""
        yield text("todo.blank", count=len(wanting), cells=cells + more).to(lang), text("todo.fill").to(lang)
    for found in issues:
        if found.severity is severity and not (found.code == _WANTING and len(wanting) > 1):
            fault, remedy = (each.to(lang) for each in fault_and_remedy(found))
            yield f"{found.place.within}: {fault}" if found.place.within else fault, remedy


def _typed_fault(faults: Sequence[Issue]) -> Text:
    """Faults in what was typed: where the first is, and how many; blanks alone are told as such."""
    if all(found.code == _WANTING for found in faults):
        return text("todo.wanting", count=len(faults))
    first = next(found for found in faults if found.code != _WANTING)
    told = {"place": first.place.within, "fault": fault_and_remedy(first)[0]}
    return text("todo.figures", count=len(faults), **told) if len(faults) > 1 else text("todo.figure", **told)


def _is_lost(child: Child) -> bool:
    """Whether a file that is covered, or counts, holds figures of others that do not count."""
    return child.status in (Status.COVERED, Status.ACCEPTED) and has_error(child.issues)


def _call(lines: Sequence[Child]) -> UnitCall:
    """One unit's call, by the gravest and latest of its files."""
    files = [line for line in lines if line.file]
    if not files:
        return UnitCall(lines[0].unit, lines[0].name, Status.MISSING, text("todo.missing"), text("todo.remind"))
    first = max(files, key=lambda line: (_weight(line), line.received_at, line.file))
    fault, remedy = short_fault(first.issues)
    return UnitCall(first.unit, first.name, first.status, fault, remedy, tuple(files))


def _weight(line: Child) -> int:
    return -NOT_TAKEN.index(line.status) if line.status in NOT_TAKEN else 1


def _why(child: Child, counted: Mapping[str, str], wanted: bool) -> Text:
    """Why nothing must be done about a file.

    ``counted``: when each unit's counted file came; ``wanted``: whether a unit sent nothing, and might mean this file.
    """
    if child.status is Status.COVERED:
        return text("todo.covered")
    if child.unit in counted:
        return text("todo.counted_before" if child.received_at > counted[child.unit] else "todo.counted")
    if child.status is Status.FOREIGN:
        return text("todo.foreign")
    return text("todo.anybodys" if wanted else "todo.nobody")


def _hinted(calls: Sequence[UnitCall], idle: Sequence[Child]) -> tuple[list[UnitCall], dict[str, UnitCall]]:
    """The calls, a unit that sent nothing told of the file that resembles it; and these units by file (SHA-256)."""
    missing = _Missing([call for call in calls if not call.sent])
    found: dict[str, Child] = {}
    perhaps: dict[str, UnitCall] = {}
    for child in idle:
        alike = None if child.unit else missing.resembled(PurePath(child.file).stem)
        if alike:
            found.setdefault(alike.unit, child)
            perhaps[child.sha] = alike
    return [_told_of(call, found[call.unit]) if call.unit in found else call for call in calls], perhaps


def _told_of(call: UnitCall, child: Child) -> UnitCall:
    fault = text("todo.missing_hint", file=PurePath(child.file).name)
    return replace(call, fault=fault, remedy=text("todo.remind_hint"), hinted=True)


class _Missing:
    """Units that sent nothing, by the words of their codes and of their names: thousands of files are looked up."""

    def __init__(self, calls: Sequence[UnitCall]) -> None:
        self.codes = {tuple(_plain(call.unit).split()): call for call in calls}
        self.names: defaultdict[tuple[str, ...], list[UnitCall]] = defaultdict(list)
        for call in calls:
            words = tuple(_plain(call.name).split())
            if len(words) >= _LEAST_WORDS:
                self.names[words].append(call)
        self.longest = max(map(len, (*self.codes, *self.names)), default=0)

    def resembled(self, stem: str) -> UnitCall | None:
        """The one unit whose code, else whole name, stands in a file's name; None where there is none, or are two."""
        said = _plain(stem).split()
        ends = [(start, end) for start in range(len(said)) for end in range(start + 1, start + self.longest + 1)]
        runs = {tuple(said[start:end]): None for start, end in ends if end <= len(said)}
        codes = sorted((run for run in runs if run in self.codes), key=len)
        if codes:  # “01.1” stands in “01.1.C02” too
            *shorter, longest = codes
            return self.codes[longest] if all(longest[: len(each)] == each for each in shorter) else None
        named = [call for run in runs for call in self.names.get(run, ())]
        return named[0] if len(named) == 1 else None


def _plain(words: str) -> str:
    """Small letters without marks, and figures; one blank between what is neither, “chi bộ” as files abbreviate it."""
    bare = unicodedata.normalize("NFD", words.casefold().replace("đ", "d"))
    said = _GAP.sub(" ", "".join(letter for letter in bare if not unicodedata.combining(letter))).strip()
    return said.replace("chi bo ", "cb ")
