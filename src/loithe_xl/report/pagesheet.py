"""The printed page of a report as a sheet, with the traces of edits beside it.

The page has two columns, the heads' left and right half. A paragraph lies over both in merged cells: only so do two
heads stand side by side above text of full width, in every program. Merged cells do not grow, so each row is made as
high as its text needs; beside it a formula says when a sentence typed over it has become too long. Pages are broken
here, between lines: a heading goes with what follows it, the signature with the last sentence, no line stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import floor

from loithe_xl.language.catalogue import text
from loithe_xl.language.notation import GAP
from loithe_xl.pack.profile import Look
from loithe_xl.report import Page, ReportLine
from loithe_xl.report.edits import LEFT_HALF, NUMBER_ROW, RIGHT_HALF, TRACES
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import address
from loithe_xl.workbook.book import Formula, Print, Sheet
from loithe_xl.workbook.metrics import cut_after, evened, lines
from loithe_xl.workbook.ownsheets import REPORT
from loithe_xl.workbook.styles import page_style

FIT, NOTE = 3, 4
PARENT_COLUMN = max(TRACES.values()) + 4  # the hidden column whose first cell names the parent
_WIDTHS = {LEFT_HALF: 35, RIGHT_HALF: 41.25, FIT: 16, NOTE: 60}  # 285 + 335 pixels: 164 mm
POINTS = {LEFT_HALF: 206, RIGHT_HALF: 243}  # that text may fill of a column, with a little to spare
TIGHT, SAFE = 474, 450  # the same of both columns: at best, and where a program sets type wider
HIGHEST = 409  # points; Excel's limit for a row
NOTE_POINTS, NOTE_PITCH = 350, 15.0  # of the notes: the column's width, a line's height
LETTER = 6.4  # points of an average letter at 14, for the warning beside a row
INDENTED = frozenset({"heading", "paragraph", "item", "to_write"})
MILLIMETRE = 72 / 25.4  # in points
A4_POINTS, SPARE = 842, 14  # of a page: its height, and what is left free for programs that set rows higher
NARROW = 440  # of a piece that goes on: its last line must not run over in any program
FEWEST = 2  # lines of a paragraph on either side of a page's end
SIGNED_LINES = 4  # blank lines between the title and the name
_NUMBER = re.compile(r"Số\s*(\d+)\s*-")


def page_sheet(page: Page, lang: str) -> Sheet:
    """The page; the notes beside it in ``lang``."""
    return _Drawing(page, lang).sheet()


@dataclass(slots=True)
class _Drawing:
    """The page while it is drawn, row by row."""

    page: Page
    lang: str
    drawn: Sheet
    row: int
    used: float  # points of the page that is being filled
    breaks: list[int]
    whole: float  # points that a page has

    def __init__(self, page: Page, lang: str) -> None:
        self.page, self.lang, self.row = page, lang, 1
        self.used, self.breaks = 0.0, []
        top, bottom = page.profile.margins[:2]
        self.whole = A4_POINTS - (top + bottom) * MILLIMETRE - SPARE
        hidden = (*(column for first in TRACES.values() for column in range(first, first + 4)), PARENT_COLUMN)
        self.drawn = Sheet(REPORT, widths=dict(_WIDTHS), hidden_columns=hidden, tab_colour="9B1C1C")

    def sheet(self) -> Sheet:
        page = self.page
        self.beside()
        self.heads()
        self.body()
        self.foot()
        last = self.row - 1
        self.deleted()
        header = f'&C&"Times New Roman,Regular"&{page.profile.page_number}&P'
        self.drawn.selection = (NUMBER_ROW, LEFT_HALF)
        self.drawn.print = Print(
            margins=page.profile.margins,
            header=header,
            first_page_different=True,
            columns=(LEFT_HALF, RIGHT_HALF),
            rows=last,
            breaks=tuple(self.breaks),
        )
        return self.drawn

    def beside(self) -> None:
        """The headings of the columns that are not printed."""
        self.drawn.put(1, FIT, self.say("head_fit"), "report_head")
        self.drawn.put(1, NOTE, self.say("head_note"), "report_head")

    def heads(self) -> None:
        """Left and right head side by side, then type and subject over the whole width."""
        above, issuer, star, number = self.page.left
        party, place_date = self.page.right
        for left, right in ((above, party), (issuer, None), (star, None), (number, place_date)):
            self.pair(left, right, "center")
        self.space(10)
        for line in self.page.titles:
            self.wide(line, "center")
        self.space(10)

    def body(self) -> None:
        """One paragraph a row, a little room after each; a long one, or one over a page's end, over several rows."""
        said = [line for line in self.page.body if not line.deleted]
        for number, line in enumerate(said):
            if self.used + self.together(said[number:]) > self.whole:
                self.turn()
            self.wide(line, "left" if line.style == "heading" else "justify")
            after = said[number + 1].style if number + 1 < len(said) else ""
            apart = after == "heading" != line.style and line.shown
            self.space(self.page.profile.gap * (2 if apart else 1))

    def together(self, said: Sequence[ReportLine]) -> float:
        """Points of what stands on one page: lines that lead to the next with the beginning of that one, the last line
        with the foot."""
        points = 0.0
        for number, line in enumerate(said):
            words, pitch = self.set(line)
            count = lines(words, self.look(line).size, SAFE, bold=self.look(line).bold)
            leads = line.style == "heading" or line.shown.endswith(":")
            last = number == len(said) - 1
            points += pitch * (count if leads or last or count < 2 * FEWEST else FEWEST)
            if last:
                return points + self.page.profile.gap + self.foot_points()
            if not leads:
                return points
            points += self.page.profile.gap
        return points

    def turn(self) -> None:
        """Begin a new page."""
        if self.used:
            self.breaks.append(self.row - 1)
            self.used = 0.0

    def foot(self) -> None:
        """Who receives the report on the left, the signature on the right."""
        self.space(self.page.profile.pitch / 2)
        for left, signed in self.signed():
            self.pair(left, signed, "left")

    def signed(self) -> Iterator[tuple[ReportLine | None, ReportLine | None]]:
        """The rows of the foot."""
        authority, position, signer = self.page.signature
        yield from zip_longest(self.page.recipients, (authority, position, *[None] * SIGNED_LINES, signer))

    def foot_points(self) -> float:
        """How high the foot is."""
        return self.page.profile.pitch / 2 + sum(self.tall(left, right) for left, right in self.signed())

    def deleted(self) -> None:
        """Beneath the printed page: what was deleted by hand, so that it stays deleted and can be taken back."""
        gone = [line for line in self.page.body if line.deleted]
        if not gone:
            return
        self.space(30)
        self.drawn.put(self.row, NOTE, self.say("deleted_head"), "report_head")
        self.drawn.heights[self.row] = 32
        self.row += 1
        for line in gone:
            self.put(line, LEFT_HALF, "", self.style(line, "justify"))
            self.drawn.merges.append(((self.row, LEFT_HALF), (self.row, RIGHT_HALF)))
            self.drawn.heights[self.row] = min(HIGHEST, NOTE_PITCH * lines(self.noted(line), 11, NOTE_POINTS))
            self.note(line)
            self.row += 1

    def pair(self, left: ReportLine | None, right: ReportLine | None, align: str) -> None:
        """One row of both halves, as high as the longer text needs."""
        for line, column, way in ((left, LEFT_HALF, align), (right, RIGHT_HALF, "center")):
            if line is not None:
                self.put(line, column, line.shown, self.style(line, way))
        self.height(self.tall(left, right))
        self.note(*(line for line in (left, right) if line))
        self.row += 1

    def tall(self, left: ReportLine | None, right: ReportLine | None) -> float:
        """How high a row of both halves must be."""
        heights = [self.page.profile.pitch]
        for line, column in ((left, LEFT_HALF), (right, RIGHT_HALF)):
            if line is not None:
                look = self.look(line)
                pitch = self.page.profile.pitch * look.size / 14
                heights.append(pitch * lines(line.shown, look.size, POINTS[column], bold=look.bold))
        return min(HIGHEST, max(heights))

    def set(self, line: ReportLine) -> tuple[str, float]:
        """A text as it is set over the whole width, and the height of its lines."""
        look = self.look(line)
        indent = GAP * self.page.profile.indent if line.style in INDENTED and line.shown else ""
        pitch = max(self.page.profile.pitch * look.size / 14, self.page.profile.pitch)
        if look.bold or "\n" in line.shown:
            return f"{indent}{line.shown}", pitch
        return evened(f"{indent}{line.shown}", look.size, SAFE, TIGHT), pitch

    def wide(self, line: ReportLine, align: str) -> None:
        """A text over the whole width: in as many rows as the page's end and Excel's highest row make needful."""
        look = self.look(line)
        rest, pitch = self.set(line)
        first = True
        while rest or first:
            count = lines(rest, look.size, SAFE, bold=look.bold)
            room, most = floor((self.whole - self.used) / pitch), floor(HIGHEST / pitch)
            taken = min(count, most) if count <= room else min(room, most, count - FEWEST)
            if taken < min(count, FEWEST) and self.used:
                self.turn()
                continue
            piece, rest = (rest, "") if taken >= count else cut_after(rest, look.size, NARROW, max(1, taken))
            self.piece(line, piece, align, pitch, first=first)
            first = False

    def piece(self, line: ReportLine, said: str, align: str, pitch: float, *, first: bool) -> None:
        """One row of a text over the whole width."""
        look = self.look(line)
        rows, at_best = (lines(said, look.size, width, bold=look.bold) for width in (SAFE, TIGHT))
        # Lines are spread over the row's height only where every program makes the same number of them.
        way = "block" if align == "justify" and rows != at_best else align
        self.put(line, LEFT_HALF, said, self.style(line, way), first=first)
        self.drawn.merges.append(((self.row, LEFT_HALF), (self.row, RIGHT_HALF)))
        self.height(min(HIGHEST, rows * pitch))
        if align == "justify":
            room = max(len(said), floor(rows * SAFE / LETTER))
            rule = f'IF(LEN({address(self.row, LEFT_HALF)})>{room},{text_literal(self.say("long"))},"")'
            self.drawn.put(self.row, FIT, Formula(rule, ""), "report_fit")
        if first:
            self.note(line)
        self.row += 1

    def put(self, line: ReportLine, column: int, said: str, style: str, *, first: bool = True) -> None:
        """The text and, hidden beside it, what is needed to tell later what was typed over it."""
        self.drawn.put(self.row, column, said or None, style)
        traces = (line.id, line.base, line.generated) if first else (line.id, "", "")
        for step, trace in enumerate((*traces, said.strip())):
            if trace:
                self.drawn.put(self.row, TRACES[column] + step, trace, "hidden_text")

    def note(self, *noted: ReportLine) -> None:
        """What the writer should know of a line."""
        found = [words for line in noted if (words := self.noted(line))]
        if not found:
            return
        if head := self.drawn.cells.get((self.row, NOTE)):
            found.insert(0, str(head.value))
        said = " ".join(found)
        style = "report_moved" if any(line.moved or line.to_write for line in noted) else "report_note"
        # In a low row a long note runs on to the right instead of being cut.
        fits = NOTE_PITCH * lines(said, 11, NOTE_POINTS) <= self.drawn.heights[self.row]
        self.drawn.put(self.row, NOTE, said, style if fits else f"{style}_line")

    def noted(self, line: ReportLine) -> str:
        """The note of one line; blank when there is none."""
        digits = self.page.profile.number_digits
        if line.deleted:
            key = "deleted_moved" if line.moved and line.generated else "deleted"
            return self.say(key, words=line.generated or line.base)
        if line.moved:
            return self.say("moved", words=line.generated) if line.generated else self.say("gone")
        if line.style == "number" and (given := _NUMBER.match(line.shown)) and len(given[1]) < digits:
            return self.say("digits", digits=digits, example=given[1].zfill(digits))
        if line.to_write:
            return self.say("to_write")
        if line.edited and line.base:
            return self.say("edited")
        return self.say("own") if line.id.endswith(".own") and not line.shown else ""

    def space(self, points: float) -> None:
        """A row of nothing."""
        self.height(points)
        self.row += 1

    def height(self, points: float) -> None:
        """Make the row so high; the page is filled by as much."""
        self.drawn.heights[self.row] = points
        self.used += points

    def style(self, line: ReportLine, align: str) -> str:
        """The style's name for a line of the page."""
        look = self.look(line)
        marks = {"bold": look.bold, "italic": look.italic, "underline": look.underline}
        return page_style(look.size, align, **marks, locked=False)

    def look(self, line: ReportLine) -> Look:
        """The type of a line; what somebody has yet to write stands out."""
        look = self.page.profile.looks["paragraph" if line.style == "to_write" else line.style]
        return replace(look, italic=True) if line.to_write else look

    def say(self, name: str, **args: object) -> str:
        """A sentence of ``texts/report.toml`` in the notes' language."""
        return text(f"report.{name}", **args).to(self.lang)
