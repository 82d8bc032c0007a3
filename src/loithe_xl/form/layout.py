"""Where every input lies: ``place`` turns a form into addresses; what is written there is what is read there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from loithe_xl.language.catalogue import Text
from loithe_xl.pack.spec import Field, Form, FormSheet, Section, Table
from loithe_xl.workbook.address import Address, address, column_letters, quoted

HEAD_ROW = 6  # the heading of the input columns; the unit's head stands above
NUMBER, LABEL, UNIT, INPUT, STATUS = 1, 2, 3, 4, 5  # columns of a sheet of fields


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one scalar input lies. A ``wide`` one takes a row of its own under its label, over LABEL..STATUS."""

    field: Field
    sheet: str
    row: int
    column: int
    wide: bool = False

    @property
    def cell(self) -> str:
        """D12."""
        return address(self.row, self.column)


@dataclass(frozen=True, slots=True)
class TableSlot:
    """Where one table lies: ``top`` is its first row to fill; ``echoes`` are columns that tell the name of a unit,
    ``fault`` is the hidden one, beyond all of the sheet, that tells which column a row's first fault means."""

    table: Table
    sheet: str
    top: int
    columns: dict[str, int]
    echoes: dict[str, int]
    status: int
    fault: int

    @property
    def bottom(self) -> int:
        """The last row to fill."""
        return self.top + self.table.rows - 1

    def cell(self, column: str, row: int) -> str:
        """The address of a column's cell in the table's ``row`` (from 0)."""
        return address(self.top + row, self.columns[column])


@dataclass(frozen=True, slots=True)
class Placed:
    """One section on its sheet: its heading's row, beneath it a row for its note, then its inputs.

    The note's row is there with and without a note, so that wording moves no address.
    """

    section: Section
    row: int
    slots: tuple[Slot, ...] = ()
    table: TableSlot | None = None


@dataclass(frozen=True, slots=True)
class PlacedSheet:
    """One input sheet: its sections and its last used row."""

    sheet: FormSheet
    sections: tuple[Placed, ...]
    last: int


@dataclass(frozen=True, eq=False)
class Layout:
    """All addresses of one form; equal only to itself, so that what follows from it can be kept beside it."""

    form: Form
    sheets: tuple[PlacedSheet, ...]

    def __reduce__(self) -> tuple[type[Layout], tuple[Form, tuple[PlacedSheet, ...]]]:
        return Layout, (self.form, self.sheets)  # what follows is made anew where it arrives

    @cached_property
    def slots(self) -> dict[str, Slot]:
        """Every scalar input by field id, in form order."""
        return {slot.field.id: slot for placed in self._sections() for slot in placed.slots}

    @cached_property
    def tables(self) -> dict[str, TableSlot]:
        """Every table by id, in form order."""
        return {placed.table.table.id: placed.table for placed in self._sections() if placed.table}

    @cached_property
    def digest(self) -> str:
        """12 hex digits over ids, kinds and addresses of the inputs; wording does not count."""
        lines = [f"{slot.field.id}|{slot.field.kind}|{slot.sheet}|{slot.cell}" for slot in self.slots.values()]
        for table in self.tables.values():
            for column in table.table.columns:
                where = f"{table.sheet}|{table.cell(column.id, 0)}|{table.table.rows}"
                lines.append(f"{table.table.id}.{column.id}|{column.kind}|{where}")
        return hashlib.sha256("\n".join([self.form.id, *lines]).encode()).hexdigest()[:12]

    @cached_property
    def names(self) -> dict[str, str]:
        """Defined name -> formula, one per input.

        Each goes through INDEX over its own column from a locked cell above to a locked cell below, so that cutting
        and pasting an input leaves the name whole; a direct reference would become ``#REF!``.
        """
        ends = {placed.sheet.name: placed.last + 1 for placed in self.sheets}
        found = {
            slot.field.id: _indexed(slot.sheet, slot.column, slot.row, ends[slot.sheet]) for slot in self.slots.values()
        }
        for table in self.tables.values():
            for id, column in table.columns.items():
                first, last = (
                    _indexed(table.sheet, column, row, ends[table.sheet]) for row in (table.top, table.bottom)
                )
                found[f"{table.table.id}.{id}"] = f"{first}:{last}"
        return found

    @cached_property
    def inputs(self) -> frozenset[tuple[str, Address]]:
        """Every (sheet, address) a user may type in."""
        scalar = {(slot.sheet, (slot.row, slot.column)) for slot in self.slots.values()}
        for table in self.tables.values():
            rows = range(table.top, table.bottom + 1)
            scalar |= {(table.sheet, (row, column)) for row in rows for column in table.columns.values()}
        return frozenset(scalar)

    @cached_property
    def _by_sheet(self) -> dict[str, frozenset[Address]]:
        names = {sheet for sheet, _ in self.inputs}
        return {name: frozenset(where for sheet, where in self.inputs if sheet == name) for name in names}

    def inputs_of(self, sheet: str) -> frozenset[Address]:
        """The addresses of one sheet that a user may type in."""
        return self._by_sheet.get(sheet, frozenset())

    def place_of(self, id: str) -> tuple[str, str]:
        """(sheet, cell) of a field, or of a table's first row for ``table.column``."""
        if id in self.slots:
            return self.slots[id].sheet, self.slots[id].cell
        table, _, column = id.partition(".")
        slot = self.tables[table]
        return slot.sheet, slot.cell(column or slot.table.columns[0].id, 0)

    def label(self, id: str) -> Text:
        """What the form calls a field, or a table's column by ``table.column``; blank where it has none of that id."""
        table, _, column = id.rpartition(".")
        if not table:
            return self.slots[id].field.label if id in self.slots else Text("")
        columns = self.tables[table].table.columns if table in self.tables else ()
        return next((each.label for each in columns if each.id == column), Text(""))

    def _sections(self) -> Iterator[Placed]:
        for sheet in self.sheets:
            yield from sheet.sections


def place(form: Form) -> Layout:
    """The addresses of a form's inputs: sections one beneath the other.

    Wording moves none of them; equal ids, kinds and addresses give the same ``digest``. Nothing is raised.
    """
    return Layout(form, tuple(_place_sheet(sheet, form.parent) for sheet in form.sheets))


def _place_sheet(sheet: FormSheet, named: bool) -> PlacedSheet:
    tables = [each.table for each in sheet.sections if each.table]
    beyond = max([STATUS, *(_columns(table, named)[2] for table in tables)]) + 1
    row = HEAD_ROW + 1  # so that no table's first row has one digit: ExcelJS would shift its dates' rules
    placed: list[Placed] = []
    for section in sheet.sections:
        if section.table:
            columns, echoes, status = _columns(section.table, named)
            table = TableSlot(section.table, sheet.name, row + 3, columns, echoes, status, beyond)
            placed.append(Placed(section, row, table=table))
            row = table.bottom + 2
            continue
        slots: list[Slot] = []
        line = row + 2
        for field in section.fields:
            wide = field.kind == "paragraph"
            slots.append(Slot(field, sheet.name, line + wide, LABEL if wide else INPUT, wide))
            line += 1 + wide
        placed.append(Placed(section, row, slots=tuple(slots)))
        row = line
    return PlacedSheet(sheet, tuple(placed), row - 1)


def _columns(table: Table, named: bool) -> tuple[dict[str, int], dict[str, int], int]:
    """The columns of inputs, of units' names, and of what is said of a row.

    ``named``: the workbook embeds its register, so that a unit's code can be echoed by its name.
    """
    columns: dict[str, int] = {}
    echoes: dict[str, int] = {}
    column = 2
    for each in table.columns:
        columns[each.id] = column
        column += 1
        if each.register and named:
            echoes[each.id] = column
            column += 1
    return columns, echoes, column


def _indexed(sheet: str, column: int, row: int, last: int) -> str:
    letters = column_letters(column)
    return f"INDEX({quoted(sheet)}!${letters}$1:${letters}${last},{row},1)"
