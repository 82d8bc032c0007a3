"""The guidance sheet: how to fill the form in, then every field with its help and every check with its remedy."""

from __future__ import annotations

from collections.abc import Iterator

from loithe_xl.draw.head import LINE_POINTS, draw_head, lines_of
from loithe_xl.draw.panel import Panel
from loithe_xl.pack.spec import Check, Field, Section
from loithe_xl.workbook.book import Print, Sheet
from loithe_xl.workbook.ownsheets import GUIDE, VERDICT
from loithe_xl.workbook.styles import TAB_LOOK

_WIDTHS = {1: 6, 2: 46, 3: 74}


def guide_sheet(panel: Panel) -> Sheet:
    """Made from the same texts that the checks use."""
    case = panel.case
    sheet = Sheet(GUIDE, print=Print(footer="&C&P/&N"), widths=dict(_WIDTHS), tab_colour=TAB_LOOK)
    draw_head(sheet, panel, 3)
    row = VERDICT[0] + 2
    for number, line in enumerate(case.form.intro, 1):
        sheet.put(row, 1, number, "number")
        sheet.put(row, 2, case.say(line), "label")
        sheet.put(row, 3, None, "label")
        sheet.merges.append(((row, 2), (row, 3)))
        sheet.heights[row] = LINE_POINTS * lines_of(case.say(line), _WIDTHS[2] + _WIDTHS[3]) + 4
        row += 1
    row = _titled(sheet, row + 1, case.say("guide_fields"), [case.say(f"head_{key}") for key in ("no", "what", "help")])
    for section in case.form.sections():
        row = _lines(
            sheet, row, case.say(section.title), [(case.say(e.label), case.say(e.help)) for e in _fields(section)]
        )
    heads = [case.say(f"head_{key}") for key in ("no", "fault", "remedy")]
    row = _titled(sheet, row + 1, case.say("guide_checks"), heads)
    rules = [(case.say(check.message), case.say(check.remedy)) for check in _checks(panel)]
    _lines(sheet, row, case.say("guide_cross"), rules)
    return sheet


def _titled(sheet: Sheet, row: int, title: str, heads: list[str]) -> int:
    sheet.put(row, 1, title, "strong")
    sheet.merges.append(((row, 1), (row, 3)))
    for column, head in enumerate(heads, 1):
        sheet.put(row + 1, column, head, "head")
    return row + 2


def _lines(sheet: Sheet, row: int, title: str, lines: list[tuple[str, str]]) -> int:
    sheet.put(row, 1, title, "section")
    for column in (2, 3):
        sheet.put(row, column, None, "section")
    sheet.merges.append(((row, 1), (row, 3)))
    for number, (left, right) in enumerate(lines, 1):
        line = row + number
        sheet.put(line, 1, number, "number")
        sheet.put(line, 2, left, "label")
        sheet.put(line, 3, right, "label")
        sheet.heights[line] = LINE_POINTS * max(lines_of(left, _WIDTHS[2]), lines_of(right, _WIDTHS[3])) + 4
    return row + len(lines) + 1


def _fields(section: Section) -> tuple[Field, ...]:
    return section.table.columns if section.table else section.fields


def _checks(panel: Panel) -> Iterator[Check]:
    yield from panel.case.form.checks
    for table in panel.case.form.tables.values():
        yield from table.checks
