"""A parent's receipt list: who sent what and when, and nothing of it lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from loithe_xl.consolidation.consolidate import Child
from loithe_xl.consolidation.receipts import Status
from loithe_xl.draw.case import Case, ParentCase
from loithe_xl.draw.head import LINE_POINTS, draw_head, lines_of
from loithe_xl.draw.panel import Panel
from loithe_xl.draw.totals import shown_figure
from loithe_xl.form.ownchecks import CHILDREN
from loithe_xl.language.notation import moment
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import reference
from loithe_xl.workbook.book import Condition, Flow, Line, Print, Sheet
from loithe_xl.workbook.celltext import LONGEST_TEXT, cut
from loithe_xl.workbook.ownsheets import COUNTS_ROW, LIST_HEAD, RECEIPTS, SUMMARY_ROW
from loithe_xl.workbook.styles import TAB_LOOK

MOST_ROWS = 10_000  # that colours reach: rows may come while the workbook is open in Excel
RECEIPT_WIDTHS = {1: 6, 2: 20, 3: 40, 4: 14, 5: 9, 6: 34, 7: 18, 8: 60}
LOOKS = {Status.ACCEPTED: "good", Status.MISSING: "missing", Status.REFUSED: "bad", Status.FOREIGN: "bad"}
LOOKS |= {Status.CONFLICT: "bad", Status.COVERED: "warn"}


def receipts_sheet(case: ParentCase, panel: Panel) -> Sheet:
    """Status, lateness, file and time of every direct child, of deeper units seen, and of files turned away."""
    sheet = Sheet(RECEIPTS, print=Print(landscape=True, footer="&C&P/&N"), widths=dict(RECEIPT_WIDTHS))
    sheet.tab_colour = TAB_LOOK
    draw_head(sheet, panel, 8)
    sheet.put(SUMMARY_ROW, 1, _summary(case), "strong")
    sheet.merges.append(((SUMMARY_ROW, 1), (SUMMARY_ROW, 8)))
    for column, name in enumerate(CHILDREN, 1):
        sheet.put(COUNTS_ROW, column, shown_figure(case, name), "unseen")
    heads = ("no", "code", "unit_name", "state", "late", "file", "received", "issues")
    for column, key in enumerate(heads, 1):
        sheet.put(LIST_HEAD, column, case.say(f"head_{key}"), "head")
    children = case.consolidation.children
    sheet.flow = Flow(LIST_HEAD + 1, len(children), len(heads), lambda: _receipts(case, children))
    last = LIST_HEAD + MOST_ROWS
    for status, style in LOOKS.items():
        sign = text_literal(case.say(f"status_{status.value}"))
        sheet.conditions.append(Condition(((LIST_HEAD + 1, 4), (last, 4)), f"$D{LIST_HEAD + 1}={sign}", style))
    sheet.freeze = (LIST_HEAD + 1, 1)
    sheet.print = Print(landscape=True, repeat_rows=(LIST_HEAD, LIST_HEAD), footer="&C&P/&N")
    return sheet


def children_names() -> dict[str, str]:
    """Direct defined names of what the panel counts; the cells are locked, so nothing can cut them."""
    return {name: reference(RECEIPTS, COUNTS_ROW, column) for column, name in enumerate(CHILDREN, 1)}


def _receipts(case: Case, children: Sequence[Child]) -> Iterator[Line]:
    styles = ("number", "text", "text", "text_center", "text_center", "text", "text", "text")
    for number, child in enumerate(children, 1):
        said = "\n".join(dict.fromkeys(case.say(found.message) for found in child.issues))
        late = case.say("yes") if child.late and child.file else ""
        received = moment(child.received_at)
        file = PurePath(child.file).name
        state = case.say(f"status_{child.status.value}")
        values = (number, child.unit, child.name, state, late, file, received, cut(said, LONGEST_TEXT))
        tall = max(lines_of(child.name, 40), lines_of(said, 60), lines_of(file, 34))
        yield Line(values, styles, min(409, LINE_POINTS * tall + 3))


def _summary(case: ParentCase) -> str:
    rows = case.consolidation.rows
    direct = {each.unit: each for each in reversed(case.consolidation.children) if each.unit in rows}.values()
    received = sum(rows[each.unit] is not None for each in direct)
    late = sum(each.late and each.status is Status.ACCEPTED for each in direct)
    return case.say("receipts_line", received=received, total=len(direct), late=late, left=len(direct) - received)
