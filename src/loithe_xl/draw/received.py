"""A parent's receipt list: who sent what and when, and nothing of it lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from loithe_xl.consolidation.consolidate import Child
from loithe_xl.consolidation.receipts import Status
from loithe_xl.consolidation.todo import IdleFile, ToDo, UnitCall, to_do, told_faults
from loithe_xl.draw.case import Case, ParentCase
from loithe_xl.draw.head import ROW_POINTS, draw_head, height_of, lines_of
from loithe_xl.draw.panel import Panel
from loithe_xl.draw.totals import shown_figure
from loithe_xl.form.ownchecks import CHILDREN
from loithe_xl.language.catalogue import text
from loithe_xl.language.issues import Severity
from loithe_xl.language.notation import moment
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import address, reference
from loithe_xl.workbook.book import Condition, Flow, Line, Print, Sheet
from loithe_xl.workbook.celltext import LONGEST_TEXT, cut
from loithe_xl.workbook.ownsheets import COUNTS_ROW, LIST_HEAD, RECEIPTS, SUMMARY_ROW
from loithe_xl.workbook.styles import TAB_LOOK

MOST_ROWS = 10_000  # that colours reach: rows may come while the workbook is open in Excel
_CODE, _NAME, _STATE, _CAME, _WRONG, _TELL = range(2, 8)  # columns, after that of the number
RECEIPT_WIDTHS = {1: 5, _CODE: 14, _NAME: 22, _STATE: 13, _CAME: 22, _WRONG: 38, _TELL: 36}
LOOKS = {Status.ACCEPTED: "good", Status.MISSING: "missing", Status.REFUSED: "bad", Status.FOREIGN: "bad"}
LOOKS |= {Status.CONFLICT: "bad", Status.COVERED: "warn"}
_STYLES = ("number", "text", "text", "text_center", "text", "text", "text")
_HIGHEST = 409  # points of a row
_Told = tuple[str, str, str, str, str, str]  # code, name, state, what came, what is wrong, what to do


def receipts_sheet(case: ParentCase, panel: Panel) -> Sheet:
    """What is to be done about the units beneath, each once: whom to call and what to say, who is all right, and the
    files that need nothing."""
    sheet = Sheet(RECEIPTS, print=Print(landscape=True, footer="&C&P/&N"), widths=dict(RECEIPT_WIDTHS))
    sheet.tab_colour = TAB_LOOK
    draw_head(sheet, panel, _TELL)
    sheet.put(SUMMARY_ROW, 1, _summary(case), "strong")
    sheet.merges.append(((SUMMARY_ROW, 1), (SUMMARY_ROW, _TELL)))
    for column, name in enumerate(CHILDREN, 1):
        sheet.put(COUNTS_ROW, column, shown_figure(case, name), "unseen")
    for column, key in enumerate(("no", "code", "unit_name", "status", "came", "wrong", "tell"), 1):
        sheet.put(LIST_HEAD, column, case.say(f"head_{key}"), "head")
    found = to_do(case.consolidation)
    parts = [found.calls, *(part for part in (found.settled, found.idle) if part)]
    count = len(parts) + sum(map(len, parts))
    sheet.flow = Flow(LIST_HEAD + 1, count, _TELL, lambda: _listed(case, found))
    last = LIST_HEAD + MOST_ROWS
    for status, style in LOOKS.items():
        sign = text_literal(case.say(f"status_{status.value}"))
        condition = f"{address(LIST_HEAD + 1, _STATE)}={sign}"
        sheet.conditions.append(Condition(((LIST_HEAD + 1, _STATE), (last, _STATE)), condition, style))
    sheet.freeze = (LIST_HEAD + 1, 1)
    sheet.print = Print(landscape=True, repeat_rows=(LIST_HEAD, LIST_HEAD), footer="&C&P/&N")
    return sheet


def children_names() -> dict[str, str]:
    """Direct defined names of what the panel counts; the cells are locked, so nothing can cut them."""
    return {name: reference(RECEIPTS, COUNTS_ROW, column) for column, name in enumerate(CHILDREN, 1)}


def _listed(case: Case, found: ToDo) -> Iterator[Line]:
    """The three parts of the list, each beneath its own heading; the first is there always."""
    yield _part(case, "calls" if found.calls else "no_calls", len(found.calls))
    yield from (_line(number, _call(case, call)) for number, call in enumerate(found.calls, 1))
    if found.settled:
        yield _part(case, "settled", len(found.settled))
        yield from (_line(number, _settled(case, child)) for number, child in enumerate(found.settled, 1))
    if found.idle:
        yield _part(case, "idle", len(found.idle))
        yield from (_line(number, _idle(case, each)) for number, each in enumerate(found.idle, 1))


def _part(case: Case, key: str, count: int) -> Line:
    words = text(f"todo.part_{key}", count=count).to(case.lang)
    return Line((words, *[None] * (_TELL - 1)), ["part"] * _TELL, ROW_POINTS)


def _line(number: int, told: _Told) -> Line:
    values = [cut(each, LONGEST_TEXT) for each in told]
    tall = max(lines_of(words, RECEIPT_WIDTHS[column]) for column, words in enumerate(values, _CODE))
    return Line((number, *values), _STYLES, min(_HIGHEST, height_of(tall)))


def _call(case: Case, call: UnitCall) -> _Told:
    """A unit to call: its own row says what became of what it sent."""
    state = Status.REFUSED if call.status is Status.FOREIGN else call.status  # the register knows whose it is
    came = "\n".join(_came(case, line) for line in call.lines)
    faults = [*dict.fromkeys(fault for line in call.lines for fault, _ in told_faults(line.issues, case.lang))]
    many = text("cli.file_faults", count=len(faults)).to(case.lang)
    wrong = "\n".join((f"{many}:", *(f"– {each}" for each in faults))) if len(faults) > 1 else call.fault.to(case.lang)
    unit = case.register.unit(call.unit)
    number = unit.contact.telephone if unit else ""
    reached = text("todo.telephone", number=number).to(case.lang) if number else ""
    name = f"{call.name}\n{reached}".rstrip()
    return call.unit, name, case.say(f"status_{state.value}"), came, wrong, call.remedy.to(case.lang)


def _settled(case: Case, child: Child) -> _Told:
    notes = [*told_faults(child.issues, case.lang), *told_faults(child.issues, case.lang, Severity.WARNING)]
    wrong, tell = (
        ("\n".join(dict.fromkeys(part for part in each if part)) for each in zip(*notes, strict=True))
        if notes
        else ("", "")
    )
    return child.unit, child.name, case.say(f"status_{child.status.value}"), _came(case, child), wrong, tell


def _idle(case: Case, each: IdleFile) -> _Told:
    child, perhaps = each.child, each.perhaps
    wrong = "\n".join(fault for fault, _ in told_faults(child.issues, case.lang))
    tell = text("todo.no_need", why=each.why).to(case.lang)
    if perhaps:
        tell = f"{tell} {text('todo.hint', unit=perhaps.unit, name=perhaps.name).to(case.lang)}"
    return child.unit, child.name, case.say(f"status_{child.status.value}"), _came(case, child), wrong, tell


def _came(case: Case, child: Child) -> str:
    """A file's name, and when it came; late where it did."""
    if not child.file:
        return ""
    late = text("cli.late").to(case.lang) if child.late else ""
    return f"{PurePath(child.file).name}\n{moment(child.received_at)}{late}"


def _summary(case: ParentCase) -> str:
    rows = case.consolidation.rows
    direct = {each.unit: each for each in reversed(case.consolidation.children) if each.unit in rows}.values()
    received = sum(rows[each.unit] is not None for each in direct)
    late = sum(each.late and each.status is Status.ACCEPTED for each in direct)
    return case.say("receipts_line", received=received, total=len(direct), late=late, left=len(direct) - received)
