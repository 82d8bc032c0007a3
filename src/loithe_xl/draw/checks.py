"""The visible check panel: the verdict, how many faults, and the first of them with both values, remedy and link."""

from __future__ import annotations

from collections.abc import Mapping

from loithe_xl.book import Condition, Formula, Print, Sheet
from loithe_xl.draw.head import draw_head
from loithe_xl.draw.panel import ERROR, LEFT, LEVEL, MESSAGE, RANK, REMEDY, RIGHT, TARGET, WARNING, Line, Panel
from loithe_xl.excelform import text_literal
from loithe_xl.layout import CHECK

SHOWN = 30  # faults listed on the visible sheet at once
LIST_TOP = 9
COUNT_CELL = (6, 1)


def check_sheet(panel: Panel) -> Sheet:
    """The visible panel: the verdict, how many faults, and the first of them with both values, remedy and link."""
    case = panel.case
    sheet = Sheet(CHECK, print=Print(landscape=True, footer="&C&P/&N"), tab_colour="9B1C1C")
    sheet.widths = {1: 6, 2: 11, 3: 56, 4: 13, 5: 13, 6: 56, 7: 26}
    draw_head(sheet, panel, 7)
    yes, no = (text_literal(case.say(name)) for name in ("submit_yes", "submit_no"))
    count = f"COUNTIF({panel.column(LEVEL)},{{level}})"
    sheet.put(5, 1, Formula(f"IF({count.format(level=ERROR)}=0,{yes},{no})", panel.verdict), "verdict")
    for column in range(4, 8):
        sheet.put(5, column, None, "plain")
    before, middle, after = (case.say(f"faults_{part}") for part in ("before", "middle", "after"))
    parts = (before, count.format(level=ERROR), middle, count.format(level=WARNING), after)
    shown = "&".join(text_literal(part) if number % 2 == 0 else part for number, part in enumerate(parts))
    sheet.put(*COUNT_CELL, Formula(shown, counted(panel)), "strong")
    sheet.merges.append(((6, 1), (6, 7)))
    for column, key in enumerate(("no", "level", "fault", "left", "right", "remedy", "jump"), 1):
        sheet.put(LIST_TOP - 1, column, case.say(f"head_{key}"), "head")
    sheet.heights[LIST_TOP - 1] = 34
    by_rank = {line.rank: line for line in panel.faults}
    for number in range(1, SHOWN + 1):
        _listed(sheet, panel, number, listed(panel, by_rank.get(number)))
    sheet.freeze = (LIST_TOP, 1)
    last = LIST_TOP + SHOWN - 1
    for word, style in (("mark_error", "bad"), ("mark_warning", "warn")):
        sign = text_literal(case.say(word).rstrip(": "))
        sheet.conditions.append(Condition(((LIST_TOP, 1), (last, 7)), f"$B{LIST_TOP}={sign}", style))
    sheet.print = Print(landscape=True, repeat_rows=(LIST_TOP - 1, LIST_TOP - 1), footer="&C&P/&N")
    return sheet


def counted(panel: Panel) -> str:
    """How many faults there are now, in words."""
    before, middle, after = (panel.case.say(f"faults_{part}") for part in ("before", "middle", "after"))
    return f"{before}{panel.count(ERROR)}{middle}{panel.count(WARNING)}{after}"


def listed(panel: Panel, line: Line | None) -> dict[int, str]:
    """What the formulas of one row of the list come to, by column; ``line`` is None for a row that is not needed."""
    if line is None:
        return dict.fromkeys(range(2, 8), "")
    level = panel.mark(line.level).rstrip(": ")
    told = line.message, line.left, line.right, line.remedy, line.target.replace("'", "")
    return dict(enumerate((level, *told), 2))


def _listed(sheet: Sheet, panel: Panel, number: int, now: Mapping[int, str]) -> None:
    row = LIST_TOP + number - 1
    found = f"MATCH({number},{panel.column(RANK)},0)"
    bad, warn = (panel.case.say(name).rstrip(": ") for name in ("mark_error", "mark_warning"))
    level = f"IF(INDEX({panel.column(LEVEL)},{found})={ERROR},{text_literal(bad)},{text_literal(warn)})"
    sheet.put(row, 1, number, "number")
    sheet.put(row, 2, Formula(f'IFERROR({level},"")', now[2]), "number")
    for column, source in ((3, MESSAGE), (4, LEFT), (5, RIGHT), (6, REMEDY)):
        shown = Formula(f'IFERROR(INDEX({panel.column(source)},{found})&"","")', now[column])
        sheet.put(row, column, shown, "number" if source in (LEFT, RIGHT) else "label")
    target = f"INDEX({panel.column(TARGET)},{found})"
    link = f'IFERROR(HYPERLINK("#"&{target},SUBSTITUTE({target},"\'","")),"")'
    sheet.put(row, 7, Formula(link, now[7]), "link")
    sheet.heights[row] = 34
