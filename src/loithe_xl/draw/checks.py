"""The visible check panel: the verdict, what to do next, and the first faults, each with the cell to go to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loithe_xl.draw.head import ROW_POINTS, draw_head, height_of, lines_of, points_wide
from loithe_xl.draw.panel import (
    ENTRY,
    ERROR,
    LEVEL,
    MESSAGE,
    RANK,
    REMEDY,
    TARGET,
    WANTING,
    WARNING,
    Panel,
    PanelLine,
    message_of,
)
from loithe_xl.form.checks import is_wanting
from loithe_xl.form.comparison import compared
from loithe_xl.form.ownchecks import CHILDREN, RECEIVED, RETURNED, TOTAL
from loithe_xl.language.notation import day
from loithe_xl.rules.evaluate import number_of
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import address, quoted
from loithe_xl.workbook.book import Condition, Formula, Print, Sheet
from loithe_xl.workbook.ownsheets import (
    ABOVE_CELL,
    CHECK,
    COUNT_CELL,
    FAULTS_SHOWN,
    FAULTS_TOP,
    HIDDEN,
    MORE_ROW,
    UNITS_ROW,
    VERDICT,
)
from loithe_xl.workbook.styles import TAB_LOOK

FAULT_WIDTHS = {1: 11, 2: 24, 3: 66, 4: 51}  # level, jump, fault, remedy: of the add-in's own list beneath as well
FAULT_HEADS = ("level", "jump", "fault", "remedy")
_LAST = len(FAULT_HEADS)
_MARK = "\0"  # stands for a formula within a sentence
_PAPER = 770, 500  # points of a page across that are printed on
_LONGEST = "28/02/2023"  # of a value that a check compares; a count of seven digits is shorter


def check_sheet(panel: Panel) -> Sheet:
    """The visible panel: the verdict, what to do next, and the first faults with both values, remedy and link."""
    case = panel.case
    sheet = Sheet(CHECK, widths=dict(FAULT_WIDTHS), tab_colour=TAB_LOOK)
    draw_head(sheet, panel, _LAST)
    sheet.put(*VERDICT, Formula(_verdict(panel), panel.verdict), "verdict")
    sheet.put(*COUNT_CELL, Formula(_counting(panel), counted(panel)), "strong")
    if case.form.parent:
        sheet.put(UNITS_ROW, 1, units_told(panel), "strong")
    sheet.put(MORE_ROW, 1, Formula(_more(panel), more(panel)), "plain")
    sheet.merges += [((row, 1), (row, _LAST)) for row in (COUNT_CELL[0], UNITS_ROW, MORE_ROW)]
    sheet.heights |= dict.fromkeys((UNITS_ROW, FAULTS_TOP - 1, MORE_ROW), ROW_POINTS)
    sheet.heights[COUNT_CELL[0]] = height_of(2)
    for column, key in enumerate(FAULT_HEADS, 1):
        sheet.put(FAULTS_TOP - 1, column, case.say(f"head_{key}"), "head")
    height = _height(panel)
    by_rank = {line.rank: line for line in panel.faults}
    for number in range(1, FAULTS_SHOWN + 1):
        _listed(sheet, panel, number, list_checks(panel, by_rank.get(number)))
        sheet.heights[FAULTS_TOP + number - 1] = height
    _looks(sheet, panel)
    sheet.print = Print(landscape=True, footer="&C&P/&N", rows=FAULTS_TOP + _printed(sheet) - 1)
    return sheet


def _printed(sheet: Sheet) -> int:
    """How many lines of the list are printed: as many as one page holds, for rows without a fault must print nothing
    and how many there are is told above them."""
    wide, high = _PAPER
    shrunk = min(1, wide / points_wide(sheet.widths.values()))
    left = high / shrunk - sum(sheet.heights[row] for row in range(1, FAULTS_TOP))
    return min(FAULTS_SHOWN, int(left / sheet.heights[FAULTS_TOP]))


def _looks(sheet: Sheet, panel: Panel) -> None:
    """Lines around the rows that are needed, and the colour of their first cell."""
    last = FAULTS_TOP + FAULTS_SHOWN - 1
    level = f"$A{FAULTS_TOP}"
    for mark, style in ((ERROR, "bad"), (WARNING, "warn"), (WANTING, "missing")):
        sign = text_literal(level_word(panel, mark))
        sheet.conditions.append(Condition(((FAULTS_TOP, 1), (last, 1)), f"{level}={sign}", style))
    sheet.conditions.append(Condition(((FAULTS_TOP, 1), (last, _LAST)), f'{level}<>""', "ruled"))


def _height(panel: Panel) -> float:
    """Points that any line of the list may need: whatever the form can say fits."""
    case = panel.case
    said, remedies = [case.say("cut_fault")], [case.say("cut_remedy")]
    for line in panel.lines:
        for check in line.item.checks if not line.item.row else ():
            message = message_of(case, line.item, check)
            if compared(case.layout, check, line.item.table):
                message = case.say("both_values", message=message.rstrip("."), left=_LONGEST, right=_LONGEST)
            said.append(case.say("row_said", row=999, message=message) if line.item.table else message)
            remedies.append(case.say(check.remedy))
    columns = ((3, said), (4, remedies))
    return height_of(max(lines_of(words, FAULT_WIDTHS[at]) for at, told in columns for words in told))


def _verdict(panel: Panel) -> str:
    """One of the three states as a formula."""
    yes, no = (text_literal(panel.case.say(name)) for name in ("submit_yes", "submit_no"))
    noted = told(panel.case.say("submit_noted", count=_MARK), panel.counting(WARNING))
    blocked = f"{panel.counting(ERROR)}+{panel.counting(WANTING)}>0"
    return f"IF({blocked},{no},IF({panel.counting(WARNING)}=0,{yes},{noted}))"


def counted(panel: Panel) -> str:
    """What is left to do, or what comes next where nothing is, in words."""
    case = panel.case
    wanting, errors, warnings = (panel.count(level) for level in (WANTING, ERROR, WARNING))
    if not wanting and not errors:
        after = case.say("next_keep")
        if case.unit_form.above:
            after = case.say("next_send", above=case.unit_form.above, deadline=day(case.identity.deadline))
        return case.say("faults_noted", count=warnings, next=after) if warnings else case.say("faults_none", next=after)
    blank = {line.item.sheet for line in panel.faults if line.level == WANTING}
    pages = [placed.sheet.name for placed in case.layout.sheets if placed.sheet.name in blank]
    sheets = case.say("faults_sheets", sheets=", ".join(pages)) if pages else ""
    parts = [case.say("left_wanting", count=wanting, sheets=sheets)] if wanting else []
    found = (("left_errors", errors), ("left_warnings", warnings))
    parts += [case.say(key, count=number) for key, number in found if number]
    return case.say("faults_left", parts=", ".join(parts))


def _counting(panel: Panel) -> str:
    """The formula of that sentence."""
    case = panel.case
    wanting, errors, warnings = (panel.counting(level) for level in (WANTING, ERROR, WARNING))
    parts = ("left_wanting", wanting, _pages(panel)), ("left_errors", errors), ("left_warnings", warnings)
    said = [
        f'IF({given[0]}=0,"",", "&{told(case.say(key, count=_MARK, sheets=_MARK), *given)})' for key, *given in parts
    ]
    left = told(case.say("faults_left", parts=_MARK), f"MID({'&'.join(said)},3,999)")
    after = text_literal(case.say("next_keep"))
    if case.unit_form.above:
        above = f"{quoted(HIDDEN)}!{address(*ABOVE_CELL, fixed=True)}"  # whose letters no formula has to quote
        after = told(case.say("next_send", above=_MARK, deadline=day(case.identity.deadline)), above)
    noted = told(case.say("faults_noted", count=_MARK, next=_MARK), warnings, after)
    none = told(case.say("faults_none", next=_MARK), after)
    return f"IF({wanting}+{errors}>0,{left},IF({warnings}>0,{noted},{none}))"


def _pages(panel: Panel) -> str:
    """The formula of the sheets on which something is still to be filled in."""
    case = panel.case
    pages: dict[str, list[int]] = {placed.sheet.name: [] for placed in case.layout.sheets}
    for line in panel.lines:
        if any(map(is_wanting, line.item.checks)):
            pages[line.item.sheet].append(line.row)
    asked = {name: _wanting(panel, rows) for name, rows in pages.items() if rows}
    if not asked:
        return '""'
    blank = "&".join(f'IF({number}=0,"",{text_literal(f", {name}")})' for name, number in asked.items())
    named = told(case.say("faults_sheets", sheets=_MARK), f"MID({blank},3,255)")
    return f'IF({panel.counting(WANTING)}=0,"",{named})'


def _wanting(panel: Panel, rows: Sequence[int]) -> str:
    """How many of these rows of the hidden list want something; most of them lie beneath one another."""
    starts = [row for row in rows if row - 1 not in rows]
    ends = [row for row in rows if row + 1 not in rows]
    spans = (panel.column(LEVEL, first, last) for first, last in zip(starts, ends, strict=True))
    return "+".join(f"COUNTIF({span},{WANTING})" for span in spans)


def more(panel: Panel) -> str:
    """How many faults the list has no line for, in words; blank where it has one for each."""
    left = len(panel.faults) - FAULTS_SHOWN
    return panel.case.say("faults_more", count=left) if left > 0 else ""


def _more(panel: Panel) -> str:
    """The formula of that sentence."""
    every = "+".join(panel.counting(level) for level in (WANTING, ERROR, WARNING))
    said = told(panel.case.say("faults_more", count=_MARK), f"({every}-{FAULTS_SHOWN})")
    return f'IF({every}>{FAULTS_SHOWN},{said},"")'


def units_told(panel: Panel) -> Formula:
    """The line that tells how many of a parent's units have figures, and how many files were returned."""
    values = panel.case.values
    total, received, returned = (int(number_of(values[name])) for name in CHILDREN)  # type: ignore[arg-type]
    now = panel.case.say("units_line", received=received, total=total, left=total - received, returned=returned)
    marked = panel.case.say("units_line", **dict.fromkeys(("received", "total", "left", "returned"), _MARK))
    return Formula(told(marked, RECEIVED, TOTAL, f"({TOTAL}-{RECEIVED})", RETURNED), now)


def told(marked: str, *parts: str) -> str:
    """The formula of a sentence in which formulas stand at its marks, in order."""
    said = [text_literal(piece) if piece else "" for piece in marked.split(_MARK)]
    return "&".join(filter(None, (piece for pair in zip(said, (*parts, ""), strict=True) for piece in pair)))


def list_checks(panel: Panel, line: PanelLine | None) -> dict[int, str]:
    """What the formulas of one row of the list come to, by column; ``line`` is None for a row that is not needed."""
    if line is None:
        return dict.fromkeys(range(1, _LAST + 1), "")
    say, message = panel.case.say, line.message
    if line.item.table:
        message = say("row_said", row=line.item.row + 1, message=message)
    where = say("place_cell", sheet=line.item.sheet, cell=line.item.cell)
    return dict(enumerate((level_word(panel, line.level), where, message, line.remedy), 1))


def level_word(panel: Panel, level: int) -> str:
    """How grave a fault is, in capitals: LỖI, CẦN NHẬP or LƯU Ý."""
    return panel.mark(level).rstrip(": ")


def _listed(sheet: Sheet, panel: Panel, number: int, now: Mapping[int, str]) -> None:
    """One row of the list: the fault that stands at this place among all."""
    row, say = FAULTS_TOP + number - 1, panel.case.say
    found = f"MATCH({number},{panel.column(RANK)},0)"
    bad, warn, need = (text_literal(level_word(panel, level)) for level in (ERROR, WARNING, WANTING))
    level = f"INDEX({panel.column(LEVEL)},{found})"
    level = f"IF({level}={ERROR},{bad},IF({level}={WANTING},{need},{warn}))"
    target = f"INDEX({panel.column(TARGET)},{found})"
    _, between, after = say("place_cell", sheet=_MARK, cell=_MARK).split(_MARK)
    where = f'SUBSTITUTE(SUBSTITUTE({target},"\'",""),"!",{text_literal(between)})'
    where = f"{where}&{text_literal(after)}" if after else where
    entry, message = (f"INDEX({panel.column(column)},{found})" for column in (ENTRY, MESSAGE))
    at = told(say("row_said", row=_MARK, message=""), entry)
    told_all = level, f'HYPERLINK("#"&{target},{where})', f'IF({entry}>0,{at},"")&{message}'
    remedy = f'INDEX({panel.column(REMEDY)},{found})&""'
    styles = "fault_level", "fault_jump", "fault", "fault"
    for column, (said, style) in enumerate(zip((*told_all, remedy), styles, strict=True), 1):
        sheet.put(row, column, Formula(f'IFERROR({said},"")', now[column]), style)
