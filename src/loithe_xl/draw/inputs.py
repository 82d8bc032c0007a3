"""The sheets users type in: head, sections of fields one beneath the other, tables, and what stands beneath them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loithe_xl.draw.beside import (
    FIELD_WIDTHS,
    HINT_SIZE,
    faulty_column,
    field_status,
    label_shown,
    lines_beside,
    lines_in_row,
    row_help,
    row_status,
)
from loithe_xl.draw.case import Case, rows_shown, rows_wanted
from loithe_xl.draw.days import input_value
from loithe_xl.draw.foot import draw_foot, first_input
from loithe_xl.draw.head import LINE_POINTS, ROW_POINTS, draw_head, height_of, is_short, lines_of
from loithe_xl.draw.panel import Panel
from loithe_xl.draw.signs import begins
from loithe_xl.form.layout import HEAD_ROW, INPUT, LABEL, NUMBER, STATUS, UNIT, Placed, PlacedSheet, Slot, TableSlot
from loithe_xl.language.notation import day
from loithe_xl.pack.spec import Field
from loithe_xl.register.register import Register
from loithe_xl.rules.dates import typing_rule
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.address import Address, address, column_letters, quoted
from loithe_xl.workbook.book import Condition, Formula, Print, Sheet, Validation
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import HIDDEN_REGISTER, REGISTER_FIRST
from loithe_xl.workbook.styles import TAB_FILL

TABLE_WIDTHS = {"count": 8, "decimal": 9, "yesno": 8, "choice": 12, "date": 11.5, "text": 15, "paragraph": 30}
_CODE, _NAME, _TOLD = 17, 27, 50.5  # characters of a unit's code, its name, and what is said of a row
_PARAGRAPH = 8  # lines
_LOOKS = {"bad": ["mark_error"], "warn": ["mark_warning"], "missing": ["needed", "mark_wanting"]}


def input_sheet(case: Case, placed: PlacedSheet, panel: Panel) -> Sheet:
    """One input sheet of the form."""
    tables = [each.table for each in placed.sections if each.table]
    fields = any(each.slots for each in placed.sections)
    last_column = max([STATUS] * fields + [slot.status for slot in tables])
    landscape = placed.sheet.landscape or last_column > STATUS
    sheet = Sheet(placed.sheet.name, tab_colour=TAB_FILL, widths=_widths(placed))
    draw_head(sheet, panel, last_column)
    sheet.put(HEAD_ROW - 1, 1, case.say("legend"), "legend")
    sheet.merges.append(((HEAD_ROW - 1, 1), (HEAD_ROW - 1, last_column)))
    number = 0
    for each in placed.sections:
        for slot in each.slots:
            number += 1
            _field(sheet, case, slot, number, panel)
        if each.table:
            _table(sheet, case, each.table, panel)
        _section_heading(sheet, case, each, last_column)
    if fields and not placed.sections[0].table:
        for column, key in ((NUMBER, "no"), (LABEL, "what"), (UNIT, "unit"), (INPUT, "value"), (STATUS, "beside")):
            sheet.put(HEAD_ROW, column, case.say(f"head_{key}"), "head")
        sheet.freeze, repeat = (HEAD_ROW + 1, 1), HEAD_ROW
    else:  # the head of a table that stands first stays in sight, and its rows' numbers
        sheet.freeze, repeat = (tables[0].top, 2), tables[0].top - 1
    draw_foot(sheet, case, placed, last_column)
    sheet.print = Print(
        landscape=landscape, repeat_rows=(repeat, repeat), footer="&C&P/&N", fit_tall=is_short(sheet, landscape)
    )
    sheet.selection = first_input(placed)
    _conditions(sheet, case, placed)
    return sheet


def _section_heading(sheet: Sheet, case: Case, placed: Placed, last_column: int) -> None:
    """The heading, and beneath it the note. Without a note the heading takes its row too, and where a table stands
    first that of the heads of fields: no row is a sliver."""
    note, slot = case.say(placed.section.note), placed.table
    if slot and 0 < slot.table.shown < slot.table.rows:  # told alike whatever is shown: a label never changes
        note = f"{note} {case.say('more_rows')}".strip()
    first = HEAD_ROW if placed.table and placed.row == HEAD_ROW + 1 else placed.row
    last = placed.row if note else placed.row + 1
    for row in range(first, last + 1):
        for column in range(1, last_column + 1):
            words = case.say(placed.section.title) if (row, column) == (first, 1) else None
            sheet.put(row, column, words, "section")
        sheet.heights[row] = ROW_POINTS / (last - first + 1)
    sheet.merges.append(((first, 1), (last, last_column)))
    if note:
        row = placed.row + 1
        for column in range(1, last_column + 1):
            sheet.put(row, column, note if column == 1 else None, "note")
        sheet.merges.append(((row, 1), (row, last_column)))
        width = sum(sheet.widths.get(column, 9) for column in range(1, last_column + 1))
        sheet.heights[row] = height_of(lines_of(note, width, HINT_SIZE))


def _field(sheet: Sheet, case: Case, slot: Slot, number: int, panel: Panel) -> None:
    raw = case.inputs.values.get(slot.field.id)
    row = slot.row - 1 if slot.wide else slot.row
    hint = row_help(panel, slot)
    sheet.put(row, NUMBER, number, "number")
    sheet.put(row, LABEL, label_shown(case, slot), "label")
    sheet.put(row, STATUS, field_status(panel, slot, raw, hint), "status")
    left = case.say(slot.field.help)[len(hint) :].strip()
    _input(sheet, case, slot.field, (slot.row, slot.column), raw, left)
    if slot.wide:
        sheet.put(row, UNIT, None, "label")
        sheet.put(row, INPUT, None, "label")
        sheet.merges.append(((row, LABEL), (row, INPUT)))
        sheet.put(slot.row, NUMBER, None, "number")
        for column in range(LABEL + 1, STATUS + 1):
            sheet.put(slot.row, column, None, slot.field.row.style)
        sheet.merges.append(((slot.row, LABEL), (slot.row, STATUS)))
        sheet.heights[slot.row] = _PARAGRAPH * LINE_POINTS
    else:
        unit = case.say("unit_yesno") if slot.field.kind == "yesno" else case.say(slot.field.unit)
        sheet.put(row, UNIT, unit, "unit")
    sheet.heights[row] = height_of(lines_beside(panel, slot))


def _table(sheet: Sheet, case: Case, slot: TableSlot, panel: Panel) -> None:
    head, heads = slot.top - 1, {1: case.say("head_no"), slot.status: case.say("head_checked")}
    sheet.put(head, slot.fault, case.say("head_meant"), "head")
    rows = case.inputs.tables.get(slot.table.id, ())
    for field in slot.table.columns:
        words = case.say(field.short) or case.say(field.label)
        heads[slot.columns[field.id]] = words + (" (*)" if field.required else "")
        if field.id in slot.echoes:
            heads[slot.echoes[field.id]] = case.say("head_name")
    for column, words in heads.items():
        sheet.put(head, column, words, "head")
    tall = max(lines_of(words, sheet.widths[column], bold=True) for column, words in heads.items())
    sheet.heights[head] = height_of(tall)
    height = height_of(lines_in_row(panel, slot, sheet.widths[slot.status]))
    seen = rows_shown(slot.table, rows_wanted(case))
    sheet.hidden_rows |= frozenset(range(slot.top + seen, slot.bottom + 1))
    for index in range(slot.table.rows):
        row = slot.top + index
        filled = rows[index] if index < len(rows) else {}
        sheet.put(row, 1, index + 1, "number")
        for field in slot.table.columns:
            _input_cell(sheet, field, row, slot.columns[field.id], filled.get(field.id))
            if field.id in slot.echoes:
                sheet.put(row, slot.echoes[field.id], _echo(case, slot, field, index, filled.get(field.id)), "echo")
        sheet.put(row, slot.status, row_status(panel, slot, index, filled), "status")
        sheet.put(row, slot.fault, faulty_column(panel, slot, index), "unseen")
        sheet.heights[row] = height
    sheet.hidden_columns = (*sheet.hidden_columns, slot.fault)
    for field in slot.table.columns:
        column = slot.columns[field.id]
        found = _validation(case, field, ((slot.top, column), (slot.bottom, column)), case.say(field.help))
        if found:
            sheet.validations.append(found)


def _widths(placed: PlacedSheet) -> dict[int, float]:
    """The columns of a sheet; one that tables and fields share is as wide as either needs."""
    tables = [each.table for each in placed.sections if each.table]
    fields = any(each.slots for each in placed.sections)
    found: dict[int, float] = dict(FIELD_WIDTHS) if fields else {NUMBER: FIELD_WIDTHS[NUMBER]}
    for slot in tables:
        for column, width in _table_widths(slot):
            found[column] = max(found.get(column, 0), width)
    return found


def _table_widths(slot: TableSlot) -> Iterator[tuple[int, float]]:
    for field in slot.table.columns:
        yield slot.columns[field.id], _CODE if field.register else TABLE_WIDTHS[field.kind]
        if field.id in slot.echoes:
            yield slot.echoes[field.id], _NAME
    yield slot.status, _TOLD


def _input(sheet: Sheet, case: Case, field: Field, at: Address, raw: Raw, prompt: str) -> None:
    _input_cell(sheet, field, *at, raw)
    found = _validation(case, field, (at, at), prompt)
    if found:
        sheet.validations.append(found)


def _input_cell(sheet: Sheet, field: Field, row: int, column: int, raw: Raw) -> None:
    sheet.put(row, column, input_value(field, raw), field.row.style)


def _validation(case: Case, field: Field, where: tuple[Address, Address], prompt: str) -> Validation | None:
    """What may be typed; ``prompt``: what is said beside the cell while it is chosen, blank for nothing."""
    if field.kind in ("text", "paragraph") and not field.register and not prompt:
        return None
    minimum: int | str | None = None
    maximum: int | str | None = None
    source: tuple[str, ...] | str = ()
    kind = field.row.validation
    match kind:
        case "whole" | "decimal":
            minimum, maximum = 0, 9_999_999
            error = case.say("error_number")
        case "date":
            last = max(case.pack.end, case.identity.cutoff)
            if any(check.code == "FIELD_DATE_AFTER_CUTOFF" for check in field.checks):
                last = case.identity.cutoff
            kind, source = "custom", typing_rule(address(*where[0]), serial(case.pack.start), serial(last))
            error = case.say("error_date", first=day(case.pack.start), last=day(last))
        case "list":
            source, error = field.items, case.say("error_list")
        case _:
            error = case.say("error_text")
            maximum = 5000
            if field.register and case.register.of_tier(field.register):
                kind, source, error = "list", f"loithe_{field.register}", case.say("error_register")
    title = case.say(field.label)
    return Validation(where, kind, _short(title, 32), _short(prompt, 255), error, source, minimum, maximum)


def register_names(case: Case) -> dict[str, str]:
    """A defined name per tier for the codes that drop-downs offer; the embedded register keeps a tier together.

    A name and not an area: Excel 2007's file format lets a list on another sheet be reached in no other way.
    """
    found = {}
    for tier in sorted({unit.tier for unit in case.register.units}):
        rows = [row for row, unit in enumerate(case.register.units, REGISTER_FIRST) if unit.tier == tier]
        found[f"loithe_{tier}"] = f"{quoted(HIDDEN_REGISTER)}!$A${rows[0]}:$A${rows[-1]}"
    return found


def last_row(register: Register) -> int:
    """The row of the last unit where a register is embedded."""
    return REGISTER_FIRST + len(register.units) - 1


def register_columns(last: int | str) -> tuple[str, str]:
    """Codes and names of the embedded register, down to row ``last``, as fixed areas."""
    code, name = (f"{quoted(HIDDEN_REGISTER)}!${letter}${REGISTER_FIRST}:${letter}${last}" for letter in "AB")
    return code, name


def _echo(case: Case, slot: TableSlot, field: Field, index: int, raw: Raw) -> Formula:
    """The name of the unit whose code was chosen."""
    register = case.register
    unit = register.unit(raw) if isinstance(raw, str) else None
    codes, names = register_columns(last_row(register))
    code = f"INDEX({slot.table.id}.{field.id},{index + 1})"
    return Formula(f'IFERROR(INDEX({names},MATCH({code},{codes},0)),"")', unit.name if unit else "")


def _conditions(sheet: Sheet, case: Case, placed: PlacedSheet) -> None:
    """Red where the status beside an input tells an error, amber where a warning; deeper yellow where it is needed.

    Of a table's row only the cell that its first fault means is coloured, and the row's status.
    """
    for each in placed.sections:
        for field in each.slots:
            row, calm = field.row - field.wide, [case.say(field.field.help)]
            for where in ((field.row, field.column), (row, STATUS)):
                _looks(sheet, case, (where, where), f"$E{row}", calm)
        if each.table:
            slot, columns = each.table, each.table.columns.values()
            status, fault = (f"${column_letters(column)}{slot.top}" for column in (slot.status, slot.fault))
            first, calm = (slot.top, min(columns)), [case.say("row_dates", dates="")]
            here = f"{fault}=COLUMN({address(*first)})"
            _looks(sheet, case, (first, (slot.bottom, max(columns))), status, calm, here)
            _looks(sheet, case, ((slot.top, slot.status), (slot.bottom, slot.status)), status, calm)


def _looks(
    sheet: Sheet, case: Case, where: tuple[Address, Address], status: str, calm: Sequence[str], also: str = ""
) -> None:
    """Each style where the status begins as its words do, and ``also`` holds; ``calm``: how it begins without fault."""
    words = {style: [case.say(key) for key in keys] for style, keys in _LOOKS.items()}
    for style, own in words.items():
        others = [word for other, listed in words.items() if other != style for word in listed]
        rule = begins(status, own, [*others, *filter(None, calm)], 3)
        sheet.conditions.append(Condition(where, f"AND({also},{rule})" if also else rule, style))


def _short(words: str, limit: int) -> str:
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"
