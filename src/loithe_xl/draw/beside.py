"""What stands beside an input: its help, or its date in words once one is typed, until the first fault takes the place.

A quoted label at the beginning of an own check's message is left out: it stands in the same row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from loithe_xl.draw.case import Case
from loithe_xl.draw.days import columns_meant, date_echo, meant_columns, number_column, references
from loithe_xl.draw.head import lines_of
from loithe_xl.draw.panel import (
    ERROR,
    FAULTLESS,
    FIRST_CHECK,
    LEVEL,
    MESSAGE,
    STATE,
    WANTING,
    WARNING,
    Panel,
    PanelLine,
    level_of,
)
from loithe_xl.form.checks import is_wanting, items
from loithe_xl.form.comparison import DATED, compared
from loithe_xl.form.layout import INPUT, LABEL, NUMBER, STATUS, UNIT, Slot, TableSlot
from loithe_xl.rules.dates import dated
from loithe_xl.rules.evaluate import Raw, is_number
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import area, quoted, reference
from loithe_xl.workbook.book import Formula
from loithe_xl.workbook.daynumbers import FIRST_DAY, day_of
from loithe_xl.workbook.ownsheets import HIDDEN_CHECKS

FIELD_WIDTHS: Mapping[int, float] = {NUMBER: 4.5, LABEL: 52, UNIT: 9.5, INPUT: 12.5, STATUS: 72}
HINT_SIZE = 11  # points of helps and faults
_OPENED, _CLOSED = "“", "” "  # around a label
_ALSO = " · "
_FIGURE, _DAY = "000", "00/00/0000"  # as long as what is compared may be
_GAP = "\0"  # where a number stands in a sentence


def field_status(panel: Panel, slot: Slot, raw: Raw, hint: str) -> Formula:
    """What stands beside a field that holds ``raw``; ``hint``: what of its help its row has room for."""
    calm = text_literal(hint) if hint else '""'
    if slot.field.kind == "date":
        echo, _ = date_echo(references(panel.case.layout)[slot.field.id], raw)
        calm = f'IF({echo}="",{calm},{echo})'
    return Formula(_status(panel, slot.field.id, calm, _needed(panel, hint)), field_said(panel, slot, raw, hint))


def field_said(panel: Panel, slot: Slot, raw: Raw, hint: str) -> str:
    """What that formula comes to."""
    echo = date_echo("", raw)[1] if slot.field.kind == "date" else ""
    return _said(panel, slot.field.id, echo or hint, _needed(panel, hint))


def row_status(panel: Panel, slot: TableSlot, index: int, row: Mapping[str, Raw]) -> Formula:
    """What stands at the end of a table's row: its first fault, else its dates as they were understood."""
    dates = _dates(panel.case, slot, index)
    calm, also = '""', ""
    if dates:
        before, after = _row_dates(panel.case)
        told = f"{text_literal(before)}&{dates}" + (f"&{text_literal(after)}" if after else "")
        calm = f'IF({dates}="","",{told})'
        also = f'&IF({dates}="","",{text_literal(_ALSO)}&{dates})'
    status = _status(panel, f"{slot.table.id}#{index}", calm, "", also)
    return Formula(status, row_said(panel, slot, index, row))


def row_said(panel: Panel, slot: TableSlot, index: int, row: Mapping[str, Raw]) -> str:
    """What that formula comes to."""
    now = []
    for column in slot.table.columns:
        day = dated(row.get(column.id)) if column.kind == "date" else None
        if found := day_of(day) if is_number(day) else None:
            now.append(panel.case.say("row_date", day=f"{found:%d}", month=f"{found:%m}"))
    dates = "; ".join(now)
    calm = panel.case.say("row_dates", dates=dates) if dates else ""
    return _said(panel, f"{slot.table.id}#{index}", calm, "", _ALSO + dates if dates else "")


def faulty_column(panel: Panel, slot: TableSlot, index: int) -> Formula:
    """The number of the column that a table row's first fault means; blank for none."""
    [line] = panel.beside(f"{slot.table.id}#{index}")
    layout, top = panel.case.layout, line.row - index
    first, last = ((top, column) for column in meant_columns(layout, line.item))
    state = reference(HIDDEN_CHECKS, line.row, STATE)
    meant = f"INDEX({quoted(HIDDEN_CHECKS)}!{area(first, last)},1,{state})"
    now = columns_meant(layout, line.item)[line.state - 1] if line.state else ""
    return Formula(f'IF({state}=0,"",{meant})', now)


def row_help(panel: Panel, slot: Slot) -> str:
    """The whole sentences of a field's help that its row has room for, the first one in any case."""
    said = panel.case.say(slot.field.help)
    room = lines_beside(panel, slot)
    shown = ""
    for sentence in _sentences(said):
        longer = f"{shown} {sentence}".strip()
        if shown and _lines(panel, slot, longer) > room:
            break
        shown = longer
    return shown


def lines_beside(panel: Panel, slot: Slot) -> int:
    """How many lines a field's row needs for its label, the first sentence of its help and its longest fault."""
    case = panel.case
    first = _sentences(case.say(slot.field.help))[0]
    found = [lines_of(label_shown(case, slot), FIELD_WIDTHS[LABEL]), _lines(panel, slot, first)]
    for line in panel.beside(slot.field.id):
        found += [_tall(panel, line, number) for number in range(1, len(line.item.checks) + 2)]
    return max(found)


def label_shown(case: Case, slot: Slot) -> str:
    """A field's label with the mark of what must be filled."""
    return case.say(slot.field.label) + (" (*)" if slot.field.required == "always" else "")


def lines_in_row(panel: Panel, slot: TableSlot, width: float) -> int:
    """How many lines of a column ``width`` characters wide a table row's longest fault takes."""
    [line] = panel.beside(f"{slot.table.id}#0")
    return max(_tall(panel, line, number, width) for number in range(1, len(line.item.checks) + 2))


def _tall(panel: Panel, line: PanelLine, number: int, width: float = FIELD_WIDTHS[STATUS]) -> int:
    """The lines that a line of the panel takes beside its input if its check ``number`` finds a fault."""
    checks = line.item.checks
    if number > len(checks):
        return lines_of(panel.mark(ERROR) + panel.case.say("cut_fault"), width, HINT_SIZE)
    check = checks[number - 1]
    if is_wanting(check):
        return 1
    said = panel.case.say(check.message)
    if comparison := compared(panel.case.layout, check, line.item.table):
        value = _DAY if comparison.kind == DATED else _FIGURE
        said = panel.case.say("both_values", message=said.rstrip("."), left=value, right=value)
    said = _bare(said) if _is_own(line) else said
    return lines_of(panel.mark(level_of(check)) + said, width, HINT_SIZE)


def _lines(panel: Panel, slot: Slot, words: str) -> int:
    mark = panel.mark(WANTING) if slot.field.required else ""
    return lines_of(mark + words, FIELD_WIDTHS[STATUS], HINT_SIZE)


def _sentences(words: str) -> list[str]:
    return re.split(r"(?<=[.!?…]) ", words)


def _needed(panel: Panel, hint: str) -> str:
    return panel.mark(WANTING) + hint if hint else panel.case.say("needed")


def _status(panel: Panel, id: str, calm: str, needed: str, also: str = "") -> str:
    """``calm``: where there is no fault; ``needed``: where nothing but a value is wanting, blank: what the line says,
    and ``also``."""
    shown = calm
    for line in reversed(panel.beside(id)):
        level, message = (reference(HIDDEN_CHECKS, line.row, column) for column in (LEVEL, MESSAGE))
        error, warning, wanting = (text_literal(panel.mark(each)) for each in (ERROR, WARNING, WANTING))
        opened, closed, begin = text_literal(_OPENED), text_literal(_CLOSED), len(_CLOSED)
        bare = f"IF(LEFT({message},1)={opened},MID({message},FIND({closed},{message})+{begin},999),{message})"
        bare = f"IFERROR({bare},{message})" if _is_own(line) else message
        said = f"IF({level}={ERROR},{error},{warning})&{bare}"
        if any(map(is_wanting, line.item.checks)):
            blank = text_literal(needed) if needed else f"{wanting}&{message}{also}"
            said = f"IF({level}={WANTING},{blank},{said})"
        shown = f"IF({level}={FAULTLESS},{shown},{said})"
    return shown


def _said(panel: Panel, id: str, calm: str, needed: str, also: str = "") -> str:
    fault = next((line for line in panel.beside(id) if line.level != FAULTLESS), None)
    if fault is None:
        return calm
    if fault.level == WANTING:
        return needed or panel.mark(WANTING) + fault.message + also
    return panel.mark(fault.level) + (_bare(fault.message) if _is_own(fault) else fault.message)


def _is_own(line: PanelLine) -> bool:
    """Whether a line judges one input, so that its messages may begin with the input's label."""
    return bool(line.item.table) or line.item.checks[0].own


def _bare(message: str) -> str:
    """A message without the label that it begins with."""
    return message.partition(_CLOSED)[2] if message.startswith(_OPENED) and _CLOSED in message else message


def _row_dates(case: Case) -> tuple[str, str]:
    """What is said before and after the dates of a row."""
    before, after = case.say("row_dates", dates=_GAP).split(_GAP)
    return before, after


def _dates(case: Case, slot: TableSlot, index: int) -> str:
    """The formula of a table row's days and months; blank where it has no date column."""
    pieces = []
    before, between, after = case.say("row_date", day=_GAP, month=_GAP).split(_GAP)
    for column in (each for each in slot.table.columns if each.kind == "date"):
        first = next(place for place, item in enumerate(items(case.layout), FIRST_CHECK) if item.table == slot.table.id)
        number = reference(HIDDEN_CHECKS, first + index, number_column(case.layout, f"{slot.table.id}.{column.id}"))
        words = f'{text_literal(f"; {before}")}&TEXT(DAY({number}),"00")&{text_literal(between)}'
        words += f'&TEXT(MONTH({number}),"00")' + (f"&{text_literal(after)}" if after else "")
        pieces.append(f'IF(ISNUMBER({number}),IF({number}>={FIRST_DAY},IFERROR({words},""),""),"")')
    return f"MID({'&'.join(pieces)},3,255)" if pieces else ""
