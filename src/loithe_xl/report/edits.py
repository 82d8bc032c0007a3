"""Lines of a report and what was typed over them: read from the sheet, kept, and flagged when their figures move.

A line edited by hand stays as it was typed. It is flagged once today's wording differs from the wording it was edited
from, and the flag goes when the line is touched again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from loithe_xl.form.inputs import Grid, Grids
from loithe_xl.rules.evaluate import Flaw, Raw
from loithe_xl.workbook.numbers import whole
from loithe_xl.workbook.ownsheets import REPORT

LEFT_HALF, RIGHT_HALF = 1, 2  # columns of printed text
NUMBER_ROW = 4  # of the document's number, on the left, and its place and date
TRACES = {LEFT_HALF: 15, RIGHT_HALF: 19}  # first of four hidden columns: id, base, generated, and shown when last drawn


@dataclass(frozen=True, slots=True)
class Edit:
    """What was typed over a line, and the generated wording it was typed over."""

    generated: str
    shown: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One text of the page. ``generated`` is today's wording, ``base`` the wording that ``shown`` was edited from."""

    id: str
    style: str
    generated: str
    shown: str
    edited: bool = False
    moved: bool = False
    base: str = ""

    @property
    def deleted(self) -> bool:
        """Whether the line was emptied by hand."""
        return self.edited and not self.shown

    @property
    def to_write(self) -> bool:
        """Whether it is a place that only a person can fill, still as it was generated."""
        return self.style == "to_write" and not self.edited


def read_edits(grids: Grids) -> dict[str, Edit]:
    """What was edited on the report sheet: by line id, wherever the lines stand now. Nothing when there is no sheet.

    Rows put in between lines count as lines of their own, named after the line above them.
    """
    if REPORT not in grids:
        return {}
    grid, found = grids[REPORT], _Found()
    for row in sorted({row for row, _, _ in grid.cells()}):
        for column, trace in TRACES.items():
            found.add(grid, row, column, trace)
    return found.edits()


def squash(words: str) -> str:
    """The words without anything that spacing alone changes."""
    return " ".join(words.split())


def _edited(edit: Edit, id: str, style: str, said: str) -> ReportLine:
    """An edited line; ``said``: what would be generated today."""
    moved = core(said) != core(edit.generated)
    return ReportLine(id, style, said, edit.shown, edited=True, moved=moved, base=edit.generated)


class Edited:
    """Puts what was edited by hand in the place of what is generated."""

    def __init__(self, edits: Mapping[str, Edit]) -> None:
        self.left = {id: edit for id, edit in edits.items() if squash(edit.shown) != squash(edit.generated)}

    def line(self, id: str, style: str, text: str | None) -> ReportLine | None:
        """The line to show; None when nothing is said today and nothing was edited."""
        if text is not None:
            return self.fixed(id, style, text)
        edit = self._edit(id, "")
        return _edited(edit, id, style, "") if edit else None

    def fixed(self, id: str, style: str, text: str | None) -> ReportLine:
        """A line that always has its place, blank or not."""
        said = text or ""
        edit = self._edit(id, said)
        return _edited(edit, id, style, said) if edit else ReportLine(id, style, said, said, base=said)

    def _edit(self, id: str, said: str) -> Edit | None:
        """What was edited by hand in a line; None where it says what is said today."""
        edit = self.left.pop(id, None)
        return None if edit is None or squash(edit.shown) == squash(said) else edit

    def beneath(self, prefix: str, style: str) -> Iterator[ReportLine]:
        """Edited lines of a list or section that are not generated today."""
        for id in [id for id in self.left if id.startswith(prefix) and not _is_added(id)]:
            if (line := self.line(id, style, None)) is not None:
                yield line

    def after(self, anchor: str) -> Iterator[ReportLine]:
        """Rows that were put in beneath a line, in their order."""
        number = 1
        while (id := f"{anchor}+{number}") in self.left:
            if line := self.line(id, "paragraph", ""):
                yield line
            number += 1


@dataclass(slots=True)
class _Found:
    """Reads lines row by row; a long line runs over several rows of the same id."""

    read: dict[str, list[tuple[str, ...]]]
    last: str

    def __init__(self) -> None:
        self.read, self.last = {}, ""

    def add(self, grid: Grid, row: int, column: int, trace: int) -> None:
        shown = _text(grid.get(row, column)).strip()
        id, *traces = (_text(grid.get(row, trace + step)) for step in range(4))
        if id:
            self.read.setdefault(id, []).append((shown, *traces))
            self.last = id if column == LEFT_HALF else self.last
        elif column == LEFT_HALF and shown and "." in self.last:
            anchor, _, number = self.last.rpartition("+") if _is_added(self.last) else (self.last, "", "0")
            self.last = f"{anchor}+{int(number) + 1}"
            self.read[self.last] = [(shown, "", "", "")]

    def edits(self) -> dict[str, Edit]:
        found = {}
        for id, rows in self.read.items():
            shown, base, generated, drawn = (
                " ".join(part for part in parts if part) for parts in zip(*rows, strict=True)
            )
            touched = squash(shown) != squash(drawn)
            base = generated if touched else base
            if touched or squash(shown) != squash(base):
                found[id] = Edit(base, shown)
        return found


def core(words: str) -> str:
    """The words without the sign that closes them, which only tells the place in a list."""
    return squash(words).rstrip(" .;,")


def _is_added(id: str) -> bool:
    return id.rpartition("+")[2].isdigit() and "+" in id


def _text(raw: Raw) -> str:
    if raw is None or isinstance(raw, Flaw):
        return ""
    return str(whole(raw) if isinstance(raw, Decimal) else raw)
