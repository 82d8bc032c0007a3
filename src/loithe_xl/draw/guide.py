"""The guidance sheet: how to fill the form in, and what of the fields' help has no room beside them."""

from __future__ import annotations

from collections.abc import Sequence

from loithe_xl.draw.beside import row_help
from loithe_xl.draw.head import LINE_POINTS, draw_head, is_short, lines_of
from loithe_xl.draw.panel import Panel
from loithe_xl.pack.spec import Field, Section
from loithe_xl.workbook.book import Print, Sheet
from loithe_xl.workbook.ownsheets import GUIDE, VERDICT
from loithe_xl.workbook.styles import STYLES, TAB_LOOK

_WIDTHS = {1: 6, 2: 46, 3: 82}
_LAST = len(_WIDTHS)
_PADDING = 2.5  # points that a row has beyond its lines


def guide_sheet(panel: Panel) -> Sheet:
    """Made of the texts that stand beside the inputs; what is wrong, and what to do, the sheet of checks says."""
    case = panel.case
    sheet = Sheet(GUIDE, print=Print(footer="&C&P/&N"), widths=dict(_WIDTHS), tab_colour=TAB_LOOK)
    draw_head(sheet, panel, _LAST)
    row = VERDICT[0] + 2
    for number, line in enumerate(case.form.intro, 1):
        row = _row(sheet, row, (number, case.say(line)), ("number", "label"))
    row = _row(sheet, row + 1, (case.say("guide_fields"),), ("strong",))
    for column, head in enumerate(("no", "what", "help"), 1):
        sheet.put(row, column, case.say(f"head_{head}"), "head")
    row += 1
    for section in case.form.sections():
        row = _section(sheet, row, panel, section)
    _row(sheet, row + 1, (case.say("guide_checks"),), ("strong",))
    sheet.print = Print(footer="&C&P/&N", fit_tall=is_short(sheet))
    return sheet


def _section(sheet: Sheet, row: int, panel: Panel, section: Section) -> int:
    case = panel.case
    fields = [field for field in _fields(section) if not _said_beside(panel, field)]
    if not fields:
        return row
    row = _row(sheet, row, (case.say(section.title),), ("section",))
    if note := case.say(section.note):
        row = _row(sheet, row, (note,), ("note",))
    for number, field in enumerate(fields, 1):
        told = number, case.say(field.label), case.say(field.help)
        row = _row(sheet, row, told, ("guide_number", "guide", "guide"))
    return row


def _said_beside(panel: Panel, field: Field) -> bool:
    """Whether the row of a field has room for its whole help."""
    slot = panel.case.layout.slots.get(field.id)
    return slot is not None and row_help(panel, slot) == panel.case.say(field.help)


def _row(sheet: Sheet, row: int, values: Sequence[str | int | None], styles: Sequence[str]) -> int:
    """One row as high as its longest text, the last value over all columns that are left; the row beneath."""
    last, lines = len(values), 1
    for column in range(1, _LAST + 1):
        at = min(column, last) - 1
        sheet.put(row, column, values[at] if column <= last else None, styles[at])
    if last < _LAST:
        sheet.merges.append(((row, last), (row, _LAST)))
    size = max(STYLES[style].size for style in styles)
    for column, value in enumerate(values, 1):
        width = _WIDTHS[column] if column < last else sum(_WIDTHS[each] for each in range(last, _LAST + 1))
        style = STYLES[styles[column - 1]]
        lines = max(lines, lines_of(str(value or ""), width, style.size, bold=style.bold))
    sheet.heights[row] = lines * LINE_POINTS * size / 12 + _PADDING
    return row + 1


def _fields(section: Section) -> tuple[Field, ...]:
    return section.table.columns if section.table else section.fields
