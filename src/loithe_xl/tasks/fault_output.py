"""What was found in files, as lines of prose: grouped by fault, in natural order, what is alike said once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from loithe_xl.consolidation.todo import natural, told_faults
from loithe_xl.language.catalogue import text
from loithe_xl.language.issues import Issue, Severity, has_error

FAULTS_TOLD, NOTES_TOLD, FILES_TOLD = 5, 6, 8  # of one file, of a run, of one fault; the rest only with --verbose
# Faults of a form of which what is printed was altered.
ALTERED = frozenset(
    f"STRUCTURE_{what}"
    for what in "SHEET_OTHER ROWS_INSERTED ROWS_DELETED COLUMNS_INSERTED COLUMNS_DELETED LABEL_CHANGED FORMULA_CHANGED"
    " RULE_CHANGED NAME_CHANGED".split()
) | {"SHEET_MISSING"}
_REPEATED = "SUBMISSION_DUPLICATE"  # nothing is to be done about it
_PLAIN = re.compile(r"[^\"$`\\%!\x00-\x1f]+")  # letters that mean themselves between double quotes, in cmd.exe and sh


@dataclass(frozen=True, slots=True)
class FileFindings:
    """What was found in one file. ``unit``: its code, with its name; both blank where nobody knows."""

    file: str
    unit: str = ""
    name: str = ""
    issues: tuple[Issue, ...] = ()

    @property
    def order(self) -> tuple[object, ...]:
        """A key that puts files in natural order of their units, those of nobody last."""
        return not self.unit, natural(self.unit), natural(self.file)

    @property
    def bad(self) -> bool:
        """Whether the file cannot be used."""
        return has_error(self.issues)

    def called(self) -> str:
        """The file with the unit that sent it."""
        return " – ".join(part for part in (self.file, f"{self.unit} {self.name}".strip()) if part)


def fault_lines(files: Iterable[FileFindings], lang: str, every: bool = False) -> Iterator[str]:
    """The files that cannot be used, those with the same faults together; ``every``: all faults of each."""
    groups: defaultdict[tuple[str, ...], list[FileFindings]] = defaultdict(list)
    for found in sorted((each for each in files if each.bad), key=lambda each: each.order):
        groups[tuple(" ".join(told).rstrip() for told in told_faults(found.issues, lang))].append(found)
    mark = text("cli.mark_error").to(lang)
    for faults, alike in groups.items():
        if len(alike) == 1:
            told = faults[0] if len(faults) == 1 else text("cli.file_faults", count=len(faults)).to(lang)
            yield f"[{mark}] {alike[0].called()}: {told}"
            yield from _indented(faults if len(faults) > 1 else (), FAULTS_TOLD, lang, every)
        else:
            yield f"[{mark}] {text('cli.many_files', count=len(alike)).to(lang)} {faults[0]}"
            yield from _indented(faults[1:], FAULTS_TOLD, lang, every)
            yield from _indented([each.called() for each in alike], FILES_TOLD, lang, every)


def note_lines(files: Iterable[FileFindings], lang: str, every: bool = False) -> Iterator[str]:
    """What is only to be looked at, a note of several files once with their number; ``every``: all of them."""
    notes: defaultdict[tuple[bool, str], list[tuple[FileFindings, str]]] = defaultdict(list)
    for found in sorted(files, key=lambda each: each.order):
        for each in found.issues:
            if each.severity is Severity.WARNING and (every or each.code != _REPEATED):
                notes[bool(each.place.cell), each.message.to(lang)].append((found, each.place.within))
    mark, left = text("cli.mark_warning").to(lang), 0
    for number, ((typed, message), places) in enumerate(sorted(notes.items(), key=lambda each: _rank(*each))):
        if typed and number >= NOTES_TOLD and not every:
            left += 1
            continue
        named = [" – ".join(part for part in (found.called(), place) if part) for found, place in places]
        if len(named) == 1:
            yield f"[{mark}] {named[0]}: {message}"
            continue
        yield f"[{mark}] {text('cli.many_files', count=len({found.file for found, _ in places})).to(lang)} {message}"
        yield from _indented(named if every else (), 0, lang, every)
    if left:
        yield f"[{mark}] {text('cli.more_notes', count=left).to(lang)}"


def _rank(note: tuple[bool, str], places: Sequence[tuple[FileFindings, str]]) -> tuple[bool, int]:
    """What files are beside others comes before what was typed in them, what is frequent before the rest."""
    return note[0], -len({found.file for found, _ in places})


def typed_path(path: str) -> str:
    """A path as it may be typed behind a command, in cmd.exe and in sh; blank where no quotes say that to both."""
    return f'"{path}"' if _PLAIN.fullmatch(path) and not path.startswith("-") else ""


def _indented(lines: Sequence[str], most: int, lang: str, every: bool) -> Iterator[str]:
    shown = lines if every or len(lines) <= most + 1 else lines[:most]
    for line in shown:
        yield f"    {line}"
    if len(shown) < len(lines):
        yield f"    {text('cli.more_lines', count=len(lines) - len(shown)).to(lang)}"
