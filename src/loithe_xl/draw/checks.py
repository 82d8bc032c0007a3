"""The visible check panel: the verdict, how many faults, and the first of them with both values, remedy and link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loithe_xl.draw.head import draw_head
from loithe_xl.draw.panel import (
    ERROR,
    LEFT,
    LEVEL,
    MESSAGE,
    RANK,
    REMEDY,
    RIGHT,
    TARGET,
    WANTING,
    WARNING,
    Panel,
    PanelLine,
)
from loithe_xl.form.checks import is_wanting
from loithe_xl.form.ownchecks import CHILDREN, RECEIVED, RETURNED, TOTAL
from loithe_xl.rules.evaluate import number_of
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.book import Condition, Formula, Print, Sheet
from loithe_xl.workbook.ownsheets import CHECK, COUNT_CELL, FAULTS_SHOWN, FAULTS_TOP, UNITS_ROW, VERDICT
from loithe_xl.workbook.styles import TAB_LOOK

_MARK = "\0"  # stands for a formula within a sentence


def check_sheet(panel: Panel) -> Sheet:
    """The visible panel: the verdict, how many faults, and the first of them with both values, remedy and link."""
    case = panel.case
    sheet = Sheet(CHECK, print=Print(landscape=True, footer="&C&P/&N"), tab_colour=TAB_LOOK)
    sheet.widths = {1: 6, 2: 11, 3: 56, 4: 13, 5: 13, 6: 56, 7: 26}
    draw_head(sheet, panel, 7)
    sheet.put(*VERDICT, Formula(_verdict(panel), panel.verdict), "verdict")
    sheet.put(*COUNT_CELL, Formula(_counting(panel), counted(panel)), "strong")
    if case.form.parent:
        sheet.put(UNITS_ROW, 1, units_told(panel), "strong")
    sheet.merges += [((row, 1), (row, 7)) for row in (COUNT_CELL[0], UNITS_ROW)]
    for column, key in enumerate(("no", "level", "fault", "left", "right", "remedy", "jump"), 1):
        sheet.put(FAULTS_TOP - 1, column, case.say(f"head_{key}"), "head")
    sheet.heights[FAULTS_TOP - 1] = 34
    by_rank = {line.rank: line for line in panel.faults}
    for number in range(1, FAULTS_SHOWN + 1):
        _listed(sheet, panel, number, list_checks(panel, by_rank.get(number)))
    sheet.freeze = (FAULTS_TOP, 1)
    last = FAULTS_TOP + FAULTS_SHOWN - 1
    for word, style in (("mark_error", "bad"), ("mark_warning", "warn"), ("mark_wanting", "missing")):
        sign = text_literal(case.say(word).rstrip(": "))
        sheet.conditions.append(Condition(((FAULTS_TOP, 1), (last, 7)), f"$B{FAULTS_TOP}={sign}", style))
    sheet.print = Print(landscape=True, repeat_rows=(FAULTS_TOP - 1, FAULTS_TOP - 1), footer="&C&P/&N")
    return sheet


def _verdict(panel: Panel) -> str:
    """One of the three states as a formula."""
    yes, no = (text_literal(panel.case.say(name)) for name in ("submit_yes", "submit_no"))
    noted = told(panel.case.say("submit_noted", count=_MARK), panel.counting(WARNING))
    blocked = f"{panel.counting(ERROR)}+{panel.counting(WANTING)}>0"
    return f"IF({blocked},{no},IF({panel.counting(WARNING)}=0,{yes},{noted}))"


def counted(panel: Panel) -> str:
    """How many faults there are now, in words."""
    wanting, errors, warnings = (panel.count(level) for level in (WANTING, ERROR, WARNING))
    if not panel.faults:
        return panel.case.say("faults_none")
    blank = {line.item.sheet for line in panel.faults if line.level == WANTING}
    pages = [placed.sheet.name for placed in panel.case.layout.sheets if placed.sheet.name in blank]
    sheets = panel.case.say("faults_sheets", sheets=", ".join(pages)) if pages else ""
    return panel.case.say("faults_left", wanting=wanting, sheets=sheets, errors=errors, warnings=warnings)


def _counting(panel: Panel) -> str:
    """The formula of that sentence."""
    case = panel.case
    wanting, errors, warnings = (panel.counting(level) for level in (WANTING, ERROR, WARNING))
    pages: dict[str, list[int]] = {placed.sheet.name: [] for placed in case.layout.sheets}
    for line in panel.lines:
        if any(map(is_wanting, line.item.checks)):
            pages[line.item.sheet].append(line.row)
    asked = {name: _wanting(panel, rows) for name, rows in pages.items() if rows}
    sheets = '""'
    if asked:
        blank = (f'IF({number}=0,"",{text_literal(f", {name}")})' for name, number in asked.items())
        named = told(case.say("faults_sheets", sheets=_MARK), f"MID({'&'.join(blank)},3,255)")
        sheets = f'IF({wanting}=0,"",{named})'
    args = dict.fromkeys(("wanting", "sheets", "errors", "warnings"), _MARK)
    left = told(case.say("faults_left", **args), wanting, sheets, errors, warnings)
    none = text_literal(case.say("faults_none"))
    return f"IF({wanting}+{errors}+{warnings}=0,{none},{left})"


def _wanting(panel: Panel, rows: Sequence[int]) -> str:
    """How many of these rows of the hidden list want something; most of them lie beneath one another."""
    starts = [row for row in rows if row - 1 not in rows]
    ends = [row for row in rows if row + 1 not in rows]
    spans = (panel.column(LEVEL, first, last) for first, last in zip(starts, ends, strict=True))
    return "+".join(f"COUNTIF({span},{WANTING})" for span in spans)


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
        return dict.fromkeys(range(2, 8), "")
    level = panel.mark(line.level).rstrip(": ")
    said = line.message, line.left, line.right, line.remedy, line.target.replace("'", "")
    return dict(enumerate((level, *said), 2))


def _listed(sheet: Sheet, panel: Panel, number: int, now: Mapping[int, str]) -> None:
    row = FAULTS_TOP + number - 1
    found = f"MATCH({number},{panel.column(RANK)},0)"
    bad, warn, need = (text_literal(panel.mark(level).rstrip(": ")) for level in (ERROR, WARNING, WANTING))
    level = f"INDEX({panel.column(LEVEL)},{found})"
    level = f"IF({level}={ERROR},{bad},IF({level}={WANTING},{need},{warn}))"
    sheet.put(row, 1, number, "number")
    sheet.put(row, 2, Formula(f'IFERROR({level},"")', now[2]), "number")
    for column, source in ((3, MESSAGE), (4, LEFT), (5, RIGHT), (6, REMEDY)):
        shown = Formula(f'IFERROR(INDEX({panel.column(source)},{found})&"","")', now[column])
        sheet.put(row, column, shown, "number" if source in (LEFT, RIGHT) else "label")
    target = f"INDEX({panel.column(TARGET)},{found})"
    link = f'IFERROR(HYPERLINK("#"&{target},SUBSTITUTE({target},"\'","")),"")'
    sheet.put(row, 7, Formula(link, now[7]), "link")
    sheet.heights[row] = 34
