"""A parent's journal: what each run received and decided, by which rule; the newest run on top."""

from __future__ import annotations

from loithe_xl.consolidation.journal import JournalEntry, runs
from loithe_xl.draw.case import ParentCase
from loithe_xl.draw.head import draw_head, height_of, lines_of
from loithe_xl.draw.panel import Panel
from loithe_xl.draw.received import LOOKS, MOST_ROWS
from loithe_xl.language.catalogue import text
from loithe_xl.language.notation import moment
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.book import Condition, Flow, Line, Print, Sheet
from loithe_xl.workbook.ownsheets import JOURNAL, LIST_HEAD, SUMMARY_ROW
from loithe_xl.workbook.styles import TAB_LOOK

_WIDTHS = {1: 5, 2: 16.5, 3: 22, 4: 15, 5: 22, 6: 15, 7: 10, 8: 44}
_STATUS = 6  # the column that is coloured
_STYLES = ("number", "text_center", "text", "text", "text", "text_center", "text_center", "text")


def journal_sheet(case: ParentCase, panel: Panel) -> Sheet:
    """Run, time, file, unit, status and rule of every file whose standing a run changed."""
    sheet = Sheet(
        JOURNAL, print=Print(landscape=True, repeat_rows=(LIST_HEAD, LIST_HEAD), footer="&C&P/&N"), widths=dict(_WIDTHS)
    )
    sheet.tab_colour = TAB_LOOK
    draw_head(sheet, panel, len(_WIDTHS))
    sheet.put(SUMMARY_ROW, 1, told := _summary(case), "lead")
    sheet.heights[SUMMARY_ROW] = height_of(lines_of(told, sum(_WIDTHS.values())))
    sheet.merges.append(((SUMMARY_ROW, 1), (SUMMARY_ROW, len(_WIDTHS))))
    heads = ("run", "time", "file", "unit", "unit_name", "status", "effect", "said")
    for column, key in enumerate(heads, 1):
        sheet.put(LIST_HEAD, column, text(f"journal.head_{key}").to(case.lang), "head")
    newest = sorted(case.ledgers.journal, key=lambda entry: -entry.run)
    sheet.flow = Flow(LIST_HEAD + 1, len(newest), len(heads), lambda: (_line(case, entry) for entry in newest))
    for status, style in LOOKS.items():
        sign = text_literal(case.say(f"status_{status.value}"))
        area = (LIST_HEAD + 1, _STATUS), (LIST_HEAD + MOST_ROWS, _STATUS)
        sheet.conditions.append(Condition(area, f"$F{LIST_HEAD + 1}={sign}", style))
    every = (LIST_HEAD + 1, 1), (LIST_HEAD + MOST_ROWS, len(_WIDTHS))
    run = f"$A{LIST_HEAD + 1}"
    sheet.conditions.append(Condition(every, f'AND({run}<>"",INT({run}/2)*2={run})', "band"))
    sheet.freeze = (LIST_HEAD + 1, 1)
    return sheet


def _line(case: ParentCase, entry: JournalEntry) -> Line:
    unit = case.register.unit(entry.unit)
    name, said = unit.name if unit else "", entry.said.to(case.lang)
    status = case.say(f"status_{entry.status.value}")
    effect = text(f"journal.effect_{entry.effect.value}").to(case.lang) if entry.effect else ""
    values = (entry.run, moment(entry.moment), entry.file, entry.unit, name, status, effect, said)
    tall = max(lines_of(str(value), _WIDTHS[column]) for column, value in enumerate(values, 1))
    return Line(values, _STYLES, min(409, height_of(tall)))


def _summary(case: ParentCase) -> str:
    journal = case.ledgers.journal
    if not journal:
        return text("journal.nothing").to(case.lang)
    latest = max(journal, key=lambda entry: entry.run).moment
    return text("journal.summary", runs=runs(journal), time=moment(latest)).to(case.lang)
