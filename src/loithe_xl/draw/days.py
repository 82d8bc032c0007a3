"""What the dates of a form come to, as the form itself reads them: beside the checks on the hidden sheet.

Every date input has two cells there, in the row of its line: its text with the day first, then the number of the day.
Rules and echoes look at the number, never at what was typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from loithe_xl.caching import owned
from loithe_xl.draw.panel import FIRST_CHECK, TYPED, PanelLine
from loithe_xl.form.checks import Item, items
from loithe_xl.form.inputs import Inputs
from loithe_xl.form.layout import Layout
from loithe_xl.pack.spec import Field
from loithe_xl.rules.dates import dated, echoed, number_formula, ordered, ordered_formula
from loithe_xl.rules.evaluate import Flaw, Raw, is_number, is_whole
from loithe_xl.workbook.address import Scalar, area, quoted
from loithe_xl.workbook.book import Formula
from loithe_xl.workbook.daynumbers import FIRST_DAY, day_of
from loithe_xl.workbook.ownsheets import HIDDEN_CHECKS

ORDERED = TYPED + 1  # of the first date of a line; its number one further


def number_column(layout: Layout, id: str) -> int:
    """The hidden column that holds the number of a date: ``plan_date`` or ``sessions.held_date``."""
    table, _, column = id.rpartition(".")
    beside = _dates(layout)[table] if table else (id,)
    return ORDERED + 2 * beside.index(column or id) + 1


@owned
def said_column(layout: Layout) -> int:
    """The first column after those: messages stand from there."""
    return ORDERED + 2 * max([1, *(len(dates) for dates in _dates(layout).values())])


def columns_meant(layout: Layout, item: Item) -> tuple[int, ...]:
    """The column of a table that each check of its rows means; 0 for the last, which finds that something was cut."""
    return (*(layout.tables[item.table].columns[check.at] for check in item.checks), 0)


def meant_columns(layout: Layout, item: Item) -> tuple[int, int]:
    """The hidden columns, first and last, in which those numbers stand: after messages and remedies."""
    many = len(item.checks) + 1
    first = said_column(layout) + 2 * many
    return first, first + many - 1


@owned
def references(layout: Layout) -> Mapping[str, str]:
    """Every date under its name in rules -> the cells where its number stands, which nothing can cut."""
    found = {}
    for row, item in enumerate(items(layout), FIRST_CHECK):
        if item.row == 0:
            rows = layout.tables[item.table].table.rows if item.table else 1
            for id in dates_of(layout, item):
                column = number_column(layout, id)
                reached = area((row, column), (row + rows - 1, column))
                found[id] = f"{quoted(HIDDEN_CHECKS)}!{reached if item.table else reached.split(':')[0]}"
    return found


def dates_of(layout: Layout, item: Item) -> tuple[str, ...]:
    """The dates of a line, under their names in rules."""
    if item.table:
        return tuple(f"{item.table}.{column}" for column in _dates(layout)[item.table])
    return (item.id,) if item.id in layout.slots and layout.slots[item.id].field.kind == "date" else ()


def day_cells(layout: Layout, inputs: Inputs, line: PanelLine, here: str) -> Iterator[tuple[int, Formula]]:
    """The cells of a line's dates, by column; ``here``: what stands before a table row's number in its row."""
    for id in dates_of(layout, line.item):
        column = number_column(layout, id)
        cell = f"INDEX({id},{here})" if line.item.table else id
        first, number = day_values(layout, inputs, line.item, id)
        letters = area((line.row, column - 1), (line.row, column - 1), fixed=False).split(":")[0]
        yield column - 1, Formula(ordered_formula(cell), first)
        yield column, Formula(number_formula(cell, f"${letters}"), number)


def day_values(layout: Layout, inputs: Inputs, item: Item, id: str) -> tuple[str, str | int | Decimal]:
    """What the formulas of one date come to now."""
    if item.table:
        column = id.rpartition(".")[2]
        field, raw = layout.tables[item.table].table.column(column), inputs.tables[item.table][item.row][column]
    else:
        field, raw = layout.slots[id].field, inputs.values.get(id)
    kept, number = input_value(field, raw), dated(raw)
    first = ordered(kept) if isinstance(kept, str) else ""
    if is_number(number):
        return first, number
    return first, str(kept).upper() if isinstance(kept, bool) else str(kept or "")


def input_value(field: Field, raw: Raw) -> Scalar:
    """What an input's cell holds: a date as people type it, and nothing where an error was read."""
    if field.kind == "date" and is_whole(raw) and day_of(raw):  # type: ignore[arg-type]
        return echoed(int(raw))  # type: ignore[arg-type]
    return None if isinstance(raw, Flaw) else raw


def date_echo(number: str, raw: Raw) -> tuple[str, str]:
    """A date repeated in words beside it, as formula and result; ``number``: where its number stands."""
    words = f'"ngày "&TEXT(DAY({number}),"00")&" tháng "&TEXT(MONTH({number}),"00")&" năm "&YEAR({number})'
    formula = f'IF(ISNUMBER({number}),IF({number}>={FIRST_DAY},IFERROR({words},""),""),"")'
    day = dated(raw)
    found = day_of(day) if is_number(day) else None
    return formula, f"ngày {found:%d} tháng {found:%m} năm {found.year}" if found else ""


@owned
def _dates(layout: Layout) -> Mapping[str, tuple[str, ...]]:
    """The columns of dates, by table."""
    return {
        id: tuple(column.id for column in slot.table.columns if column.kind == "date")
        for id, slot in layout.tables.items()
    }
