"""Return slips as sheets: of each file that was refused a page to print, with what to mend and what to do then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from loithe_xl.draw.head import LINE_POINTS, PADDING
from loithe_xl.language.catalogue import text
from loithe_xl.workbook.address import Address
from loithe_xl.workbook.book import Print, Sheet
from loithe_xl.workbook.metrics import lines
from loithe_xl.workbook.ownsheets import CHECK
from loithe_xl.workbook.styles import TAB_LOOK, page_style

WIDTHS = {1: 5, 2: 19, 3: 32, 4: 24}
_TITLE = page_style(16, "center", bold=True, italic=False, underline=False, locked=True)
_HALF, _WHOLE = (2, 4), sum(WIDTHS.values())
_SCALE = 95  # per cent: an office without Times New Roman has wider letters
_PAGE = 770  # points of rows that a page holds at that scale, with room to spare
_ROW, _TALL = 20, 409
SLIPS_OF_SHEET = 400  # with two or three pages each they stay below Excel's 1,023 breaks


class Way(StrEnum):
    """What a unit does about its file: mends its cells, fills in its form anew, or sends the right form at all."""

    MEND = "mend"
    ANEW = "anew"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One thing to mend: where (sheets and cells in words), what is wrong, and what to do."""

    place: str
    fault: str
    remedy: str

    @property
    def said(self) -> list[str]:
        """All three, as they stand beside each other."""
        return [self.place, self.fault, self.remedy]


@dataclass(frozen=True, slots=True)
class Slip:
    """One file that goes back: its bare name, whose it is as far as that is known, what must be mended and what may be.

    ``period`` and ``deadline`` in words; ``remark``: what the office should know before it sends the slip.
    """

    file: str
    code: str
    name: str
    above: str
    period: str
    deadline: str
    way: Way
    faults: tuple[SlipLine, ...]
    notes: tuple[SlipLine, ...] = ()
    remark: str = ""


def slip_sheets(slips: Sequence[Slip], lang: str) -> tuple[list[Sheet], list[tuple[str, Address]]]:
    """The slips in their order, each beginning a page, on as many sheets as they need; and where each begins."""
    sheets: list[Sheet] = []
    places: list[tuple[str, Address]] = []
    for start in range(0, len(slips), SLIPS_OF_SHEET):
        number = len(sheets) + 1
        key = text("slips.sheet_slips_next", number=number) if sheets else text("slips.sheet_slips")
        drawing = _Drawing(Sheet(key.to(lang), widths=dict(WIDTHS), protected=False, tab_colour=TAB_LOOK), lang)
        for slip in slips[start : start + SLIPS_OF_SHEET]:
            places.append((drawing.sheet.name, drawing.slip(slip)))
        sheets.append(drawing.done())
    return sheets, places


@dataclass(slots=True)
class _Drawing:
    """A sheet of slips while it is drawn: its next row, how much of the page is used, where pages end."""

    sheet: Sheet
    lang: str
    row: int = 1
    used: float = 0
    breaks: list[int] = field(default_factory=list)

    def slip(self, slip: Slip) -> Address:
        """Draw one slip on a page of its own; where it begins."""
        if self.row > 1:
            self._turn()
        first = self.row
        self._head(slip)
        self._wide(self._say("because", count=len(slip.faults)), _style("left"))
        self._table_head()
        self._lines(slip.faults, slip)
        if slip.notes:
            if self.used + _ROW + _tallest(slip.notes[0].said) > _PAGE:
                self._go_on(slip)
            self._wide(self._say("notes"), "total_label")
            self._lines(slip.notes, slip)
        self._foot(slip)
        return first, 1

    def done(self) -> Sheet:
        """The sheet, with its pages."""
        margins = (15.0, 12.0, 20.0, 12.0)
        whole = (1, len(WIDTHS))
        self.sheet.print = Print(
            margins=margins, columns=whole, rows=self.row - 1, fit_wide=False, scale=_SCALE, breaks=tuple(self.breaks)
        )
        return self.sheet

    def _head(self, slip: Slip) -> None:
        say = self._say
        self._halves(slip.above.upper(), say("party"), _style("center", bold=True))
        self._halves("", say("day_line"), _style("center", italic=True))
        self._wide(say("title"), _TITLE, 40)
        if not slip.name and not slip.code:
            to = say("to_sender", file=slip.file)
        else:
            to = say("to_code" if slip.code and slip.name else "to_unit", name=slip.name or slip.code, code=slip.code)
        self._wide(to, _style("left", bold=True))
        if slip.period:
            self._wide(say("term", period=slip.period, deadline=slip.deadline), _style("left"))
        self._wide(say("received", file=slip.file), _style("left"))

    def _table_head(self) -> None:
        for column, key in enumerate(("form.head_no", "slips.head_place", "slips.head_fault", "slips.head_remedy"), 1):
            self.sheet.put(self.row, column, text(key).to(self.lang), "head")
        self._next(_ROW)

    def _lines(self, listed: Sequence[SlipLine], slip: Slip) -> None:
        """Lines of the table; a remedy that stands above already is not said again on the same page."""
        above = ""
        for number, line in enumerate(listed, 1):
            said = line.said
            if self.used + _tallest(said) > _PAGE:
                self._go_on(slip)
                self._table_head()
            elif line.remedy and line.remedy == above:
                said[-1] = self._say("as_above")
            above = line.remedy
            self.sheet.put(self.row, 1, number, "number")
            for column, words in enumerate(said, 2):
                self.sheet.put(self.row, column, words, "text")
            self._next(_tallest(said))

    def _foot(self, slip: Slip) -> None:
        """What to do and the signatures, on one page."""
        say = self._say
        above = slip.above or say("sender")
        send = (
            say("do_send", above=above, deadline=slip.deadline) if slip.deadline else say("do_send_soon", above=above)
        )
        steps = (say(f"do_{slip.way}"), say("do_check", sheet=CHECK), send)
        tall = sum(row_height(lines_in(step, _WHOLE)) for step in steps)
        if self.used + tall + 7 * _ROW > _PAGE:
            self._go_on(slip)
        self._wide(say("asked"), _style("left", bold=True), 26)
        for step in steps:
            self._wide(step, _style("block"))
        self._halves(say("signed_unit"), say("signed_office"), _style("center", bold=True), 30)
        self._halves(say("sign_here"), say("sign"), _style("center", italic=True))
        self._halves("", "", _style("center"), 50)

    def _wide(self, words: str, style: str, height: float = 0) -> None:
        self._merged(1, len(WIDTHS), words, style)
        self._next(height or row_height(lines_in(words, _WHOLE)))

    def _halves(self, left: str, right: str, style: str, height: float = 0) -> None:
        split, last = _HALF
        self._merged(1, split, left, style)
        self._merged(split + 1, last, right, style)
        wide = sum(WIDTHS[column] for column in range(1, split + 1))
        self._next(height or row_height(lines_in(left, wide)))

    def _merged(self, first: int, last: int, words: str, style: str) -> None:
        self.sheet.put(self.row, first, words or None, style)
        for column in range(first + 1, last + 1):
            self.sheet.put(self.row, column, None, style)
        self.sheet.merges.append(((self.row, first), (self.row, last)))

    def _next(self, height: float) -> None:
        self.sheet.heights[self.row] = height
        self.used += height
        self.row += 1

    def _turn(self) -> None:
        self.breaks.append(self.row - 1)
        self.used = 0

    def _go_on(self, slip: Slip) -> None:
        """Begin another page of the same slip."""
        self._turn()
        self._wide(self._say("next_page", unit=slip.name or slip.code or slip.file), _style("left", italic=True))

    def _say(self, key: str, **args: object) -> str:
        return text(f"slips.{key}", **args).to(self.lang)


def _style(align: str, *, bold: bool = False, italic: bool = False) -> str:
    return page_style(12, align, bold=bold, italic=italic, underline=False, locked=True)


def _tallest(said: Sequence[str]) -> float:
    """The height of a line of the table."""
    return row_height(max(lines_in(words, WIDTHS[column]) for column, words in enumerate(said, 2)))


@lru_cache(4096)
def lines_in(words: str, width: float) -> int:
    """How many lines a text of 12 points takes in a column ``width`` digits of that type wide, eight pixels each."""
    return lines(
        words, 12, (width * 8 + 5) * 0.72 - PADDING
    )  # of three quarters of a point a pixel: some room to spare


def row_height(count: int) -> float:
    """Points of a row with so many lines."""
    return min(_TALL, _ROW + LINE_POINTS * (count - 1))
