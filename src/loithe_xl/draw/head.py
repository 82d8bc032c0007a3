"""The lines above every sheet, and how high a row must be."""

from __future__ import annotations

from functools import lru_cache

from loithe_xl.draw.case import Case, period_words
from loithe_xl.draw.panel import Panel
from loithe_xl.draw.signs import begins
from loithe_xl.form.layout import INPUT, STATUS, UNIT
from loithe_xl.language.notation import day
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import Address, address, quoted
from loithe_xl.workbook.book import Condition, Formula, Link, Sheet
from loithe_xl.workbook.metrics import lines
from loithe_xl.workbook.ownsheets import CHECK, VERDICT

LINE_POINTS = 16.5  # points of one line of 12-point type
PADDING = 6  # points that Excel keeps free at a cell's sides


def draw_head(sheet: Sheet, panel: Panel, last_column: int) -> None:
    """The five lines above every sheet: title, campaign, unit, period, and the verdict with a link to the panel.

    Formulas stand in column 1 only: the other columns may lie inside the block of a defined name.
    """
    case = panel.case
    unit = case.say("unit_line", name=case.unit_form.name, code=case.identity.unit)
    if case.unit_form.above:
        unit = case.say("unit_line_above", unit=unit, above=case.unit_form.above)
    period = case.say(
        "period_line",
        period=period_words(case.identity.period),
        cutoff=day(case.identity.cutoff),
        deadline=day(case.identity.deadline),
    )
    lines = ((case.say(case.form.title), "title"), (case.say(case.pack.campaign), "subtitle"), (unit, "strong"))
    for row, (words, style) in enumerate((*lines, (period, "lead")), 1):
        sheet.put(row, 1, words, style)
        sheet.merges.append(((row, 1), (row, last_column)))
        sheet.heights[row] = 24 if row == 1 else 18
    split = last_column - 1 if last_column < INPUT else UNIT if last_column == STATUS else last_column - 4
    row, _ = VERDICT
    sheet.put(*VERDICT, Formula(f"{quoted(CHECK)}!{address(*VERDICT, fixed=True)}", panel.verdict), "verdict")
    sheet.merges.append((VERDICT, (row, split)))
    for column in range(split + 1, last_column + 1):
        sheet.put(row, column, None, "link")
    sheet.put(row, split + 1, Link(f"{quoted(CHECK)}!A1", case.say("see_panel")), "link")
    if split + 1 < last_column:
        sheet.merges.append(((row, split + 1), (row, last_column)))
    sheet.heights[row] = 26
    _verdict_look(sheet, case, VERDICT, (row, split))


def _verdict_look(sheet: Sheet, case: Case, first: Address, last: Address) -> None:
    """Dark where the form may not be submitted, amber where something is to be looked at; green only what is clear."""
    verdict = address(*VERDICT, fixed=True)
    good = case.say("submit_yes")
    noted = case.say("submit_noted", count="\0").partition("\0")[0]  # as far as it never changes
    may, clear = begins(verdict, [good, noted], [case.say("submit_no")], 4), f"{verdict}={text_literal(good)}"
    for rule, style in ((f"NOT({may})", "blocked"), (clear, "clear"), (f"AND({may},NOT({clear}))", "noted")):
        sheet.conditions.append(Condition((first, last), rule, style))


@lru_cache(4096)
def lines_of(words: str, width: float) -> int:
    """How many lines a text of 12 points takes in a column ``width`` characters wide."""
    return lines(words, 12, (width * 7 + 5) * 0.75 - PADDING)
