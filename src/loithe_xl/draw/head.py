"""The lines above every sheet, and how high a row must be."""

from __future__ import annotations

from functools import lru_cache

from loithe_xl.draw.case import day, period_words
from loithe_xl.draw.panel import PANEL_VERDICT, Panel
from loithe_xl.form.layout import INPUT, STATUS, UNIT
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import Address, quoted
from loithe_xl.workbook.book import Condition, Formula, Link, Sheet
from loithe_xl.workbook.metrics import lines
from loithe_xl.workbook.ownsheets import CHECK

LINE = 16.5  # points of one line of 12-point type
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
    sheet.put(5, 1, Formula(f"{quoted(CHECK)}!{PANEL_VERDICT}", panel.verdict), "verdict")
    sheet.merges.append(((5, 1), (5, split)))
    for column in range(split + 1, last_column + 1):
        sheet.put(5, column, None, "link")
    sheet.put(5, split + 1, Link(f"{quoted(CHECK)}!A1", case.say("see_panel")), "link")
    if split + 1 < last_column:
        sheet.merges.append(((5, split + 1), (5, last_column)))
    sheet.heights[5] = 26
    _verdict_look(sheet, case.say("submit_yes"), (5, 1), (5, split))


def _verdict_look(sheet: Sheet, good: str, first: Address, last: Address) -> None:
    """Dark where the form may not be submitted, amber where something is to be looked at; green only what is clear."""
    may, clear = f"LEFT($A$5,4)={text_literal('ĐƯỢC')}", f"$A$5={text_literal(good)}"
    for rule, style in ((f"NOT({may})", "blocked"), (clear, "clear"), (f"AND({may},NOT({clear}))", "noted")):
        sheet.conditions.append(Condition((first, last), rule, style))


@lru_cache(4096)
def lines_of(words: str, width: float) -> int:
    """How many lines a text of 12 points takes in a column ``width`` characters wide."""
    return lines(words, 12, (width * 7 + 5) * 0.75 - PADDING)
