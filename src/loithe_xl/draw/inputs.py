"""The sheets users type in: head, sections of fields one beneath the other, tables with dates echoed in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loithe_xl.draw.case import Case
from loithe_xl.draw.days import date_echo, input_value, number_column, references
from loithe_xl.draw.head import LINE_POINTS, draw_head, lines_of
from loithe_xl.draw.panel import FIRST_CHECK, Panel
from loithe_xl.draw.signs import begins
from loithe_xl.form.checks import items
from loithe_xl.form.layout import HEAD_ROW, INPUT, LABEL, NUMBER, STATUS, UNIT, Placed, PlacedSheet, Slot, TableSlot
from loithe_xl.language.notation import day
from loithe_xl.pack.spec import Field
from loithe_xl.register.register import Register
from loithe_xl.rules.dates import typing_rule
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.address import Address, address, area, quoted, reference
from loithe_xl.workbook.book import Condition, Formula, Print, Sheet, Validation
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import HIDDEN_CHECKS, HIDDEN_REGISTER, REGISTER_FIRST
from loithe_xl.workbook.styles import TAB_FILL

_WIDTHS = {NUMBER: 4.5, LABEL: 46, UNIT: 9.5, INPUT: 12.5, STATUS: 72}
TABLE_WIDTHS = {"count": 11, "decimal": 11, "yesno": 11, "choice": 14, "date": 13, "text": 24, "paragraph": 40}
_GAP = 3  # points of a note's row that holds none


def input_sheet(case: Case, placed: PlacedSheet, panel: Panel) -> Sheet:
    """One input sheet of the form."""
    last_column = max([STATUS] + [each.table.status for each in placed.sections if each.table])
    landscape = placed.sheet.landscape or last_column > STATUS
    sheet = Sheet(placed.sheet.name, print=Print(landscape=landscape, footer="&C&P/&N"), tab_colour=TAB_FILL)
    sheet.widths = _widths(placed)
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
    if any(each.slots for each in placed.sections):
        for column, key in ((NUMBER, "no"), (LABEL, "what"), (UNIT, "unit"), (INPUT, "value"), (STATUS, "checked")):
            sheet.put(HEAD_ROW, column, case.say(f"head_{key}"), "head")
        sheet.freeze = (HEAD_ROW + 1, 1)
    sheet.print = _print(sheet, placed, landscape)
    sheet.selection = first_input(placed)
    _conditions(sheet, case, placed)
    return sheet


def first_input(placed: PlacedSheet) -> Address:
    """The first cell to type in."""
    for each in placed.sections:
        if each.slots:
            return each.slots[0].row, each.slots[0].column
        if each.table:
            return each.table.top, min(each.table.columns.values())
    return HEAD_ROW, 1


def _section_heading(sheet: Sheet, case: Case, placed: Placed, last_column: int) -> None:
    sheet.put(placed.row, 1, case.say(placed.section.title), "section")
    for column in range(2, last_column + 1):
        sheet.put(placed.row, column, None, "section")
    sheet.merges.append(((placed.row, 1), (placed.row, last_column)))
    sheet.heights[placed.row] = 20
    row, note = placed.row + 1, case.say(placed.section.note)
    width = sum(sheet.widths.get(column, 9) for column in range(1, last_column + 1))
    for column in range(1, last_column + 1):
        sheet.put(row, column, note if column == 1 and note else None, "note")
    sheet.merges.append(((row, 1), (row, last_column)))
    sheet.heights[row] = LINE_POINTS * lines_of(note, width) + 4 if note else _GAP


def _field(sheet: Sheet, case: Case, slot: Slot, number: int, panel: Panel) -> None:
    raw = case.inputs.values.get(slot.field.id)
    row = slot.row - 1 if slot.wide else slot.row
    sheet.put(row, NUMBER, number, "number")
    label = case.say(slot.field.label)
    if slot.field.required == "always":
        label += " (*)"
    sheet.put(row, LABEL, label, "label")
    echo, echoed = ("", "")
    if slot.field.kind == "date":
        echo, echoed = date_echo(references(case.layout)[slot.field.id], raw)
    sheet.put(row, STATUS, panel.status_formula(slot.field.id, echo, echoed), "status")
    if slot.wide:
        sheet.put(row, UNIT, None, "label")
        sheet.put(row, INPUT, None, "label")
        sheet.merges.append(((row, LABEL), (row, INPUT)))
        sheet.put(slot.row, NUMBER, None, "number")
        _input(sheet, case, slot.field, slot.row, slot.column, raw)
        for column in range(LABEL + 1, STATUS + 1):
            sheet.put(slot.row, column, None, slot.field.row.style)
        sheet.merges.append(((slot.row, LABEL), (slot.row, STATUS)))
        sheet.heights[slot.row] = 8 * LINE_POINTS
    else:
        unit = case.say("unit_yesno") if slot.field.kind == "yesno" else case.say(slot.field.unit)
        sheet.put(row, UNIT, unit, "unit")
        _input(sheet, case, slot.field, slot.row, slot.column, raw)
    sheet.heights[row] = LINE_POINTS * max(
        2, lines_of(label, _WIDTHS[LABEL])
    )  # a fault beside the input may take two lines


def _table(sheet: Sheet, case: Case, slot: TableSlot, panel: Panel) -> None:
    head = slot.top - 1
    sheet.put(head, 1, case.say("head_no"), "head")
    rows = case.inputs.tables.get(slot.table.id, ())
    for field in slot.table.columns:
        column = slot.columns[field.id]
        sheet.put(head, column, case.say(field.label), "head")
        if field.id in slot.echoes:
            sheet.put(head, slot.echoes[field.id], case.say("head_name" if field.register else "head_echo"), "head")
    sheet.put(head, slot.status, case.say("head_checked"), "head")
    sheet.heights[head] = LINE_POINTS * 3 + 4
    for index in range(slot.table.rows):
        row = slot.top + index
        filled = rows[index] if index < len(rows) else {}
        sheet.put(row, 1, index + 1, "number")
        for field in slot.table.columns:
            _input_cell(sheet, field, row, slot.columns[field.id], filled.get(field.id))
            if field.id in slot.echoes:
                sheet.put(row, slot.echoes[field.id], _echo(case, slot, field, index, filled.get(field.id)), "status")
        sheet.put(row, slot.status, panel.status_formula(f"{slot.table.id}#{index}"), "status")
        sheet.heights[row] = LINE_POINTS * 2
    for field in slot.table.columns:
        column = slot.columns[field.id]
        found = _validation(case, field, ((slot.top, column), (slot.bottom, column)))
        if found:
            sheet.validations.append(found)


def _widths(placed: PlacedSheet) -> dict[int, float]:
    """The columns of a sheet; one that tables and fields share is as wide as either needs."""
    tables = [each.table for each in placed.sections if each.table]
    fields = any(each.slots for each in placed.sections)
    found: dict[int, float] = dict(_WIDTHS) if fields or not tables else {NUMBER: _WIDTHS[NUMBER]}
    for slot in tables:
        for column, width in _table_widths(slot):
            found[column] = max(found.get(column, 0), width)
    return found


def _table_widths(slot: TableSlot) -> Iterator[tuple[int, float]]:
    for field in slot.table.columns:
        yield slot.columns[field.id], 22 if field.register else TABLE_WIDTHS[field.kind]
        if field.id in slot.echoes:
            yield slot.echoes[field.id], 34 if field.register else 15
    yield slot.status, 34


def _input(sheet: Sheet, case: Case, field: Field, row: int, column: int, raw: Raw) -> None:
    _input_cell(sheet, field, row, column, raw)
    found = _validation(case, field, ((row, column), (row, column)))
    if found:
        sheet.validations.append(found)


def _input_cell(sheet: Sheet, field: Field, row: int, column: int, raw: Raw) -> None:
    sheet.put(row, column, input_value(field, raw), field.row.style)


def _validation(case: Case, field: Field, where: tuple[Address, Address]) -> Validation | None:
    prompt = case.say(field.help)
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
    return Validation(where, kind, _short(title, 32), _short(prompt or title, 255), error, source, minimum, maximum)


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
    """What is shown beside a table's cell: a date in words, or the name of the unit whose code was chosen."""
    name = f"INDEX({slot.table.id}.{field.id},{index + 1})"
    if not field.register:
        first = next(row for row, item in enumerate(items(case.layout), FIRST_CHECK) if item.table == slot.table.id)
        column = number_column(case.layout, f"{slot.table.id}.{field.id}")
        return Formula(*date_echo(reference(HIDDEN_CHECKS, first + index, column), raw))
    register = case.register
    unit = register.unit(raw) if isinstance(raw, str) else None
    last = last_row(register)
    codes, names = register_columns(last)
    return Formula(f'IFERROR(INDEX({names},MATCH({name},{codes},0)),"")', unit.name if unit else "")


def _print(sheet: Sheet, placed: PlacedSheet, landscape: bool) -> Print:
    tables = [each.table for each in placed.sections if each.table]
    repeat = (HEAD_ROW, HEAD_ROW) if not tables else (tables[0].top - 1, tables[0].top - 1)
    return Print(landscape=landscape, repeat_rows=repeat, footer="&C&P/&N")


def _conditions(sheet: Sheet, case: Case, placed: PlacedSheet) -> None:
    """Red where the status beside an input tells an error, amber where a warning; deeper yellow where it is needed."""
    said = {"bad": ["mark_error"], "warn": ["mark_warning"], "missing": ["needed", "mark_wanting"]}
    words = {style: [case.say(key) for key in keys] for style, keys in said.items()}
    for each in placed.sections:
        for field in each.slots:
            row = field.row - field.wide
            for where in ((field.row, field.column), (row, STATUS)):
                _looks(sheet, (where, where), f"$E{row}", words)
        if each.table:
            slot, letters = each.table, area((1, each.table.status), (1, each.table.status)).split("$")[1]
            columns = slot.columns.values()
            _looks(sheet, ((slot.top, min(columns)), (slot.bottom, slot.status)), f"${letters}{slot.top}", words)


def _looks(sheet: Sheet, where: tuple[Address, Address], status: str, words: Mapping[str, list[str]]) -> None:
    """Each style where the status begins as its words do."""
    for style, own in words.items():
        others = [word for other, listed in words.items() if other != style for word in listed]
        sheet.conditions.append(Condition(where, begins(status, own, others, 3), style))


def _short(words: str, limit: int) -> str:
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"
