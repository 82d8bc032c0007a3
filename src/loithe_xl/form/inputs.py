"""What a received workbook says: its inputs as values, read at the layout's addresses and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from loithe_xl.form.layout import Layout, TableSlot
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.pack.spec import CONSTANTS, Form, Pack
from loithe_xl.rules.dates import dated
from loithe_xl.rules.evaluate import Flaw, Raw, is_filled
from loithe_xl.workbook.address import Address, address
from loithe_xl.workbook.celltext import LONGEST_TEXT, normal, units
from loithe_xl.workbook.daynumbers import serial


class Grid(Protocol):
    """One sheet's values, rows and columns from 1."""

    def get(self, row: int, column: int) -> Raw:
        """The value, None when blank."""

    def cells(self) -> Iterator[tuple[int, int, Raw]]:
        """Every cell that is not blank."""


Grids = Mapping[str, Grid]
Row = Mapping[str, Raw]
MOST_OUTSIDE = 100  # that are named one by one
BEYOND_NUMBERS = 10**15  # more digits are lost
Flaws = Mapping[str, Mapping[Address, str]]  # sheet -> address -> what is wrong with the cell


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything typed into one form: scalars by field id, and each table's rows in place (blank rows included)."""

    values: Mapping[str, Raw]
    tables: Mapping[str, tuple[Row, ...]]

    def filled(self) -> bool:
        """Whether anything was typed."""
        scalars = any(is_filled(raw) for raw in self.values.values())
        return scalars or any(is_filled(raw) for rows in self.tables.values() for row in rows for raw in row.values())


BLANK = Inputs({}, {})


def blank(form: Form) -> Inputs:
    """The inputs of a fresh form: nothing but the fields' defaults."""
    values: dict[str, Raw] = {field.id: field.default for field in form.fields.values()}
    return Inputs(values, {table.id: (_no_row(table.columns),) * table.rows for table in form.tables.values()})


def with_days(form: Form, inputs: Inputs) -> Inputs:
    """The inputs with every text that is a date as its day's number, by the form's own rule; most hold none."""
    said = {id: raw for id, raw in inputs.values.items() if isinstance(raw, str)}
    values = {id: dated(raw) for id, raw in said.items() if form.fields[id].kind == "date"}
    tables = {}
    for id, rows in inputs.tables.items():
        columns = [column.id for column in form.tables[id].columns if column.kind == "date"]
        if any(isinstance(row[column], str) for row in rows for column in columns):
            tables[id] = tuple(_with_days(row, columns) for row in rows)
    if not values and not tables:
        return inputs
    return Inputs({**inputs.values, **values}, {**inputs.tables, **tables})


def _with_days(row: Row, columns: Sequence[str]) -> Row:
    said = {column: dated(row[column]) for column in columns if isinstance(row[column], str)}
    return {**row, **said} if said else row  # blank rows are one and the same


def is_blank(form: Form, inputs: Inputs) -> bool:
    """Whether nothing was typed into a form."""
    defaults = blank(form).values
    typed = any(raw not in (None, defaults[id]) for id, raw in inputs.values.items())
    cells = (raw for rows in inputs.tables.values() for row in rows for raw in row.values())
    return not typed and all(raw is None for raw in cells)


def extract(grids: Grids, layout: Layout, flaws: Flaws | None = None) -> Inputs:
    """The inputs found at the layout's addresses; KeyError where an input sheet is not there (see ``misplaced``)."""
    found: dict[tuple[str, Address], Raw] = {}
    for sheet in layout.sheets:
        name = sheet.sheet.name
        inputs = layout.inputs_of(name)
        cells = (((row, column), raw) for row, column, raw in grids[name].cells())
        found |= {(name, at): _possible(raw) for at, raw in cells if at in inputs}
        found |= {(name, at): Flaw(what) for at, what in (flaws or {}).get(name, {}).items() if at in inputs}
    values = {slot.field.id: found.get((slot.sheet, (slot.row, slot.column))) for slot in layout.slots.values()}
    return Inputs(values, {table.table.id: _rows(table, found) for table in layout.tables.values()})


def _rows(table: TableSlot, found: Mapping[tuple[str, Address], Raw]) -> tuple[Row, ...]:
    """A table's rows; most are blank."""
    blank, rows = _no_row(table.table.columns), range(table.top, table.bottom + 1)
    filled = {row for sheet, (row, _) in found if sheet == table.sheet}
    return tuple(
        {id: found.get((table.sheet, (row, at))) for id, at in table.columns.items()} if row in filled else blank
        for row in rows
    )


def _possible(raw: Raw) -> Raw:
    """The value, unless no spreadsheet program could keep it: what is written into a parent must come out the same."""
    if isinstance(raw, str):
        return Flaw() if units(raw) > LONGEST_TEXT else normal(raw)
    lost = isinstance(raw, int | Decimal) and not -BEYOND_NUMBERS < raw < BEYOND_NUMBERS
    return Flaw() if lost else raw


def outside(grids: Grids, known: Mapping[str, Collection[Address]]) -> list[Issue]:
    """VALUE_OUTSIDE for each cell of an input sheet that holds something where the form has nothing, up to so many.

    ``known``: of each input sheet the cells at which the form says something, and its inputs.
    """
    found: list[Issue] = []
    for name, addresses in known.items():
        for row, column, raw in grids[name].cells() if name in grids else ():
            if (row, column) not in addresses and is_filled(raw):
                found.append(issue("VALUE_OUTSIDE", Place(sheet=name, cell=address(row, column))))
                if len(found) == MOST_OUTSIDE:
                    return found
    return found


def cut_cells(layout: Layout, unlocked: Mapping[str, Set[Address]]) -> list[Issue]:
    """FIELD_CUT for inputs that became locked while others stayed open: the trace of cut and paste.

    A form has a cell, open, at every input; what was cut leaves a default one behind, locked, or none at all. Where no
    input is open, a program dropped the marks on re-saving: that is honest.
    """
    cut: set[tuple[str, Address]] = set()
    for name in {sheet.sheet.name for sheet in layout.sheets}:
        cut |= {(name, at) for at in layout.inputs_of(name) - unlocked.get(name, frozenset())}
    if not cut or len(cut) == len(layout.inputs):
        return []
    found = []
    for slot in layout.slots.values():
        if (slot.sheet, (slot.row, slot.column)) in cut:
            place = Place(sheet=slot.sheet, cell=slot.cell, field=slot.field.id)
            found.append(issue("FIELD_CUT", place, label=slot.field.label))
    for table in layout.tables.values():
        found += _cut_in_table(table, cut)
    return found


def _cut_in_table(table: TableSlot, cut: set[tuple[str, Address]]) -> Iterator[Issue]:
    for column in table.table.columns:
        for row in range(table.table.rows):
            if (table.sheet, (table.top + row, table.columns[column.id])) in cut:
                place = Place(sheet=table.sheet, cell=table.cell(column.id, row), field=f"{table.table.id}.{column.id}")
                yield issue("FIELD_CUT", place, label=column.label)


def constants(pack: Pack, cutoff: int) -> dict[str, Raw]:
    """The names every rule may use besides fields: the campaign's window and the cut-off, as Excel day numbers."""
    return dict(zip(CONSTANTS, (serial(pack.start), max(serial(pack.end), cutoff), cutoff), strict=True))


def rule_values(inputs: Inputs, others: Mapping[str, Raw]) -> dict[str, Raw | tuple[Raw, ...]]:
    """Inputs, table columns and ``others`` under the names rules use."""
    found: dict[str, Raw | tuple[Raw, ...]] = {**others, **inputs.values}
    for table, rows in inputs.tables.items():
        if rows:
            for column in rows[0]:
                found[f"{table}.{column}"] = tuple(row[column] for row in rows)
    return found


def _no_row(columns: tuple[object, ...]) -> Row:
    return {column.id: None for column in columns}  # type: ignore[attr-defined]
