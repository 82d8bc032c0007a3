"""The lines above every sheet, and how high a row must be."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from loithe_xl.draw.case import Case, period_words
from loithe_xl.draw.panel import Panel
from loithe_xl.draw.signs import begins
from loithe_xl.language.notation import day
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import Address, address, quoted
from loithe_xl.workbook.book import Condition, Formula, Link, Sheet
from loithe_xl.workbook.metrics import lines
from loithe_xl.workbook.ownsheets import CHECK, VERDICT

LINE_POINTS = 16.5  # points of one line of 12-point type
ROW_POINTS = 20  # points of a row that holds one line
# Pixels of a character of width; columns of LibreOffice are 3 % narrower, letters on a screen a little wider.
DIGIT, NARROWEST = 8, 0.955
LITTLE_MORE = 1.25  # than a page: printed a little smaller it fits
PADDING = 6  # points that Excel keeps free at a cell's sides
_TITLE, _UNIT, _STEPS = 1, 2, 3  # rows; the verdict's is ``VERDICT``
_HEIGHTS = {_TITLE: 22.5, _UNIT: 16.5, _STEPS: 18, VERDICT[0]: 21}
_OTHER = 9  # characters of a column whose width nobody set


def draw_head(sheet: Sheet, panel: Panel, last_column: int) -> None:
    """The four lines above every sheet: its name and form; the unit; what to do, by when; the verdict, linked.

    The sheet's widths must be set. Formulas stand in column 1 only: the other columns may lie inside the block of a
    defined name.
    """
    case = panel.case
    widths = [sheet.widths.get(column, _OTHER) for column in range(1, last_column + 1)]
    split = _middle(widths)
    form = case.say("form_line", form=form_title(case), campaign=case.say(case.pack.campaign), period=_period(case))
    _spread(sheet, (_TITLE, 1), split, sheet.name, "title")
    _spread(sheet, (_TITLE, split + 1), last_column, form, "form")
    _spread(sheet, (_UNIT, 1), last_column, unit_line(case), "unit_name")
    _spread(sheet, (_STEPS, 1), split, _steps(case), "steps")
    days = {"cutoff": day(case.identity.cutoff), "deadline": day(case.identity.deadline)}
    due = case.say("due_line", **days)
    _spread(sheet, (_STEPS, split + 1), last_column, due, "due")
    verdict = Formula(f"{quoted(CHECK)}!{address(*VERDICT, fixed=True)}", panel.verdict)
    _spread(sheet, VERDICT, split, verdict, "verdict")
    if sheet.name != CHECK:
        panel_link = Link(f"{quoted(CHECK)}!A1", case.say("see_panel"))
        _spread(sheet, (VERDICT[0], split + 1), last_column, panel_link, "link")
    sheet.heights |= _HEIGHTS
    needed = LINE_POINTS * lines_of(due, sum(widths[split:]), bold=True)
    sheet.heights[_STEPS] = max(sheet.heights[_STEPS], needed)
    _verdict_look(sheet, case, VERDICT, (VERDICT[0], split))


def form_title(case: Case) -> str:
    """What the form calls itself; a parent's with its name."""
    title = case.say(case.form.title)
    return case.say("form_of_unit", form=title, unit=case.unit_form.name) if case.form.parent else title


def unit_line(case: Case) -> str:
    """The unit, its code and its superior."""
    unit = case.say("unit_line", name=case.unit_form.name, code=case.identity.unit)
    return case.say("unit_line_above", unit=unit, above=case.unit_form.above) if case.unit_form.above else unit


def _steps(case: Case) -> str:
    """What to do with the form, in order; the last of it where to send it."""
    kind = "steps_parent" if case.form.parent else "steps_form"
    above = case.unit_form.above
    return case.say(kind, last=case.say("steps_send", above=above) if above else case.say("steps_keep"))


def _period(case: Case) -> str:
    return period_words(case.identity.period).to(case.lang)


def _middle(widths: list[float]) -> int:
    """The last column of the left half: of all columns but the last the one that ends nearest to the middle."""
    ends = list(accumulate(widths))
    return 1 + min(range(max(1, len(ends) - 1)), key=lambda place: abs(ends[place] - ends[-1] / 2))


def _spread(sheet: Sheet, first: Address, last_column: int, value: str | Formula | Link, style: str) -> None:
    """One cell over the columns as far as ``last_column``."""
    row, column = first
    for each in range(column, last_column + 1):
        sheet.put(row, each, value if each == column else None, style)
    if last_column > column:
        sheet.merges.append((first, (row, last_column)))


def _verdict_look(sheet: Sheet, case: Case, first: Address, last: Address) -> None:
    """Dark where the form may not be submitted, amber where something is to be looked at; green only what is clear."""
    verdict = address(*VERDICT, fixed=True)
    good = case.say("submit_yes")
    noted = case.say("submit_noted", count="\0").partition("\0")[0]  # as far as it never changes
    may, clear = begins(verdict, [good, noted], [case.say("submit_no")], 4), f"{verdict}={text_literal(good)}"
    for rule, style in ((f"NOT({may})", "blocked"), (clear, "clear"), (f"AND({may},NOT({clear}))", "noted")):
        sheet.conditions.append(Condition((first, last), rule, style))


@lru_cache(4096)
def lines_of(words: str, width: float, size: float = 12, *, bold: bool = False) -> int:
    """How many lines a text of ``size`` points takes in a column ``width`` characters wide."""
    return lines(words, size, room_of(width), bold=bold)


def room_of(width: float) -> float:
    """Points of type that a column ``width`` characters wide has room for in every program."""
    return points_wide([width]) * NARROWEST - PADDING


def points_wide(widths: Iterable[float]) -> float:
    """Points that columns so many characters wide take together."""
    return sum((width * DIGIT + 5) * 0.75 for width in widths)


def height_of(count: int) -> float:
    """Points of a row whose longest text runs over ``count`` lines."""
    return ROW_POINTS + LINE_POINTS * (count - 1)


def is_short(sheet: Sheet, landscape: bool = False) -> bool:
    """Whether what is seen of a sheet is no more than a page holds that is printed as wide as it is, or hardly more."""
    wide, tall = (785, 510) if landscape else (525, 757)  # points
    page = tall * points_wide(sheet.widths.values()) / wide
    return sum(height for row, height in sheet.heights.items() if row not in sheet.hidden_rows) <= LITTLE_MORE * page
