"""A report as sheets: the printed page with its traces of edits, and the annex with table and chart.

The page has two columns, the heads' left and right half. A paragraph lies over both in merged cells: only so do two
heads stand side by side above text of full width, in every program. Merged cells do not grow, so each row is made as
high as its text needs; beside it a formula says when a sentence typed over it has become too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from math import floor

from loithe_xl.identity.token import VERSION
from loithe_xl.language.catalogue import text
from loithe_xl.language.notation import GAP
from loithe_xl.reading.received import Received
from loithe_xl.report import Page, ReportLine
from loithe_xl.report.annex import annex_sheet
from loithe_xl.report.edits import LEFT_HALF, RIGHT_HALF, TRACES
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import address
from loithe_xl.workbook.book import Book, Formula, Print, Sheet
from loithe_xl.workbook.metrics import lines
from loithe_xl.workbook.ownsheets import REPORT
from loithe_xl.workbook.styles import page_style

REPORT_TOKEN = "loithe_report"
FIT, NOTE = 3, 4
PARENT_COLUMN = max(TRACES.values()) + 4  # the hidden column whose first cell names the parent
_WIDTHS = {LEFT_HALF: 35, RIGHT_HALF: 41.25, FIT: 20, NOTE: 76}  # 285 + 335 pixels: 164 mm
POINTS = {LEFT_HALF: 206, RIGHT_HALF: 243}  # that text may fill of a column, with a little to spare
TIGHT, SAFE = 464, 455  # the same of both columns: at best, and where a program sets type wider
HIGHEST = 409  # points; Excel's limit for a row
NOTE_POINTS, NOTE_PITCH = 445, 15.0  # of the notes: the column's width, a line's height
LETTER = 6.4  # points of an average letter at 14, for the warning beside a row
INDENTED = frozenset({"heading", "paragraph", "item"})
SIGNED_LINES = 4  # blank lines between the title and the name
_SENTENCES = re.compile(r"(?<=[.;!?…])\s+")
_NUMBER = re.compile(r"Số\s*(\d+)\s*-")


def report_sheets(page: Page, lang: str) -> list[Sheet]:
    """The page and its annex. Only the notes beside them speak ``lang``: the report is a Vietnamese document."""
    return [_Drawing(page, lang).sheet(), *([annex_sheet(page, page.annex)] if page.annex else [])]


def report_book(page: Page, token: str, lang: str) -> Book:
    """The report and its annex as a workbook of its own, marked with its parent's token; unlocked, to be edited."""
    created = datetime.combine(page.cutoff, datetime.min.time())
    title = f"{page.titles[0].shown} {page.titles[1].shown}"
    sheets = report_sheets(page, lang)
    sheets[0].put(1, PARENT_COLUMN, token, "hidden_text")
    return Book(sheets, title=title, custom={REPORT_TOKEN: token}, created=created)


def report_tokens(received: Received) -> frozenset[str]:
    """The tokens of the parents that a workbook is a report of: in its property, which programs may drop, and hidden
    on the page, wherever that cell is now."""
    grid = received.grids.get(REPORT)
    hidden = (str(value) for _, column, value in grid.cells() if column > NOTE) if grid else ()
    found = (received.custom.get(REPORT_TOKEN, ""), *(words for words in hidden if words.startswith(f"{VERSION}|")))
    return frozenset(filter(None, map(str.strip, found)))


@dataclass(slots=True)
class _Drawing:
    """The page while it is drawn, row by row."""

    page: Page
    lang: str
    drawn: Sheet
    row: int

    def __init__(self, page: Page, lang: str) -> None:
        self.page, self.lang, self.row = page, lang, 1
        hidden = (*(column for first in TRACES.values() for column in range(first, first + 4)), PARENT_COLUMN)
        self.drawn = Sheet(REPORT, widths=dict(_WIDTHS), hidden_columns=hidden, tab_colour="9B1C1C")

    def sheet(self) -> Sheet:
        page = self.page
        self.beside()
        self.heads()
        self.body()
        self.foot()
        number = next(row for row, line in self.rows() if line == page.left[3].id)
        last = self.row - 1
        self.deleted()
        header = f'&C&"Times New Roman,Regular"&{page.profile.page_number}&P'
        self.drawn.selection = (number, LEFT_HALF)
        self.drawn.print = Print(
            margins=page.profile.margins,
            header=header,
            first_page_different=True,
            columns=(LEFT_HALF, RIGHT_HALF),
            rows=last,
        )
        return self.drawn

    def rows(self) -> Iterator[tuple[int, str]]:
        """Each row and the id of the line on its left side."""
        for (row, column), cell in self.drawn.cells.items():
            if column == TRACES[LEFT_HALF]:
                yield row, str(cell.value)

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
        """One paragraph a row, a little room after each; a long one over several rows."""
        for line in self.page.body:
            if line.deleted:
                continue
            self.wide(line, "left" if line.style == "heading" else "justify")
            self.space(self.page.profile.gap)

    def foot(self) -> None:
        """Who receives the report on the left, the signature on the right."""
        authority, position, signer = self.page.signature
        self.space(self.page.profile.pitch / 2)
        right = (authority, position, *[None] * SIGNED_LINES, signer)
        for left, signed in zip_longest(self.page.recipients, right):
            self.pair(left, signed, "left")

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
        heights = [self.page.profile.pitch]
        for line, column, way in ((left, LEFT_HALF, align), (right, RIGHT_HALF, "center")):
            if line is None:
                continue
            look = self.page.profile.looks[line.style]
            self.put(line, column, line.shown, self.style(line, way))
            pitch = self.page.profile.pitch * look.size / 14
            heights.append(pitch * lines(line.shown, look.size, POINTS[column], bold=look.bold))
        self.drawn.heights[self.row] = min(HIGHEST, max(heights))
        self.note(*(line for line in (left, right) if line))
        self.row += 1

    def wide(self, line: ReportLine, align: str) -> None:
        """A text over the whole width: as many rows as Excel's highest row makes needful."""
        look = self.page.profile.looks[line.style]
        indent = GAP * self.page.profile.indent if line.style in INDENTED else ""
        pitch = max(self.page.profile.pitch * look.size / 14, self.page.profile.pitch)
        most = floor(HIGHEST / pitch)
        for number, piece in enumerate(_pieces(line.shown, look.size, most)):
            said = f"{indent}{piece}" if piece and not number else piece
            rows, at_best = (lines(said, look.size, width, bold=look.bold) for width in (SAFE, TIGHT))
            # Lines are spread over the row's height only where every program makes the same number of them.
            way = "block" if align == "justify" and rows != at_best else align
            self.put(line, LEFT_HALF, said, self.style(line, way), first=not number)
            self.drawn.merges.append(((self.row, LEFT_HALF), (self.row, RIGHT_HALF)))
            self.drawn.heights[self.row] = min(HIGHEST, rows * pitch)
            if align == "justify":
                room = max(len(said), floor(rows * SAFE / LETTER))
                rule = f'IF(LEN({address(self.row, LEFT_HALF)})>{room},{text_literal(self.say("long"))},"")'
                self.drawn.put(self.row, FIT, Formula(rule, ""), "report_fit")
            if not number:
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
        style = "report_moved" if any(line.moved for line in noted) else "report_note"
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
        if line.edited and line.base:
            return self.say("edited")
        return self.say("own") if line.id.endswith(".own") and not line.shown else ""

    def space(self, points: float) -> None:
        """A row of nothing."""
        self.drawn.heights[self.row] = points
        self.row += 1

    def style(self, line: ReportLine, align: str) -> str:
        """The style's name for a line of the page."""
        look = self.page.profile.looks[line.style]
        marks = {"bold": look.bold, "italic": look.italic, "underline": look.underline}
        return page_style(look.size, align, **marks, locked=False)

    def say(self, name: str, **args: object) -> str:
        """A sentence of ``texts/report.toml`` in the notes' language."""
        return text(f"report.{name}", **args).to(self.lang)


def _pieces(words: str, size: float, most: int) -> list[str]:
    """The text in pieces of at most ``most`` lines, cut at sentence ends, or between words of a longer sentence."""
    if lines(words, size, SAFE) <= most - 1:
        return [words]
    pieces = [""]
    for sentence in _SENTENCES.split(words):
        parts = [sentence] if lines(sentence, size, SAFE) <= most - 1 else sentence.split(" ")
        for part in parts:
            longer = f"{pieces[-1]} {part}".strip()
            if pieces[-1] and lines(longer, size, SAFE) > most - 1:
                pieces.append(part)
            else:
                pieces[-1] = longer
    return pieces
