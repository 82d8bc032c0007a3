"""What typed values change in a form without children: their own cells, and the results that depend on them.

The form is drawn once; for each unit the same drawing gives these cells only. A test holds both to the same bytes.
"""

from __future__ import annotations

from collections import defaultdict

from loithe_xl.book import Address, Scalar
from loithe_xl.draw.case import Case
from loithe_xl.draw.checks import COUNT_CELL, LIST_TOP, SHOWN, counted, listed
from loithe_xl.draw.inputs import date_echo, input_value
from loithe_xl.draw.panel import LEFT, LEVEL, MESSAGE, RANK, REMEDY, RIGHT, STATE, Panel, evaluate_panel
from loithe_xl.draw.totals import VALUE, shown, totals_rows
from loithe_xl.layout import CHECK, GUIDE, HIDDEN_CHECKS, STATUS, TOTALS, Slot, TableSlot

VERDICT = (5, 1)  # on every visible sheet
Cells = dict[str, dict[Address, Scalar]]


class Drawn:
    """A form as it was drawn, to tell which cells of the same form differ for other inputs."""

    def __init__(self, case: Case) -> None:
        self.panel = evaluate_panel(case)
        self.rows = totals_rows(case)
        self.sheets = (*(placed.sheet.name for placed in case.layout.sheets), TOTALS, CHECK, GUIDE)

    def filling(self, case: Case) -> Cells:
        """Those cells, by sheet: what is typed, and what formulas come to."""
        panel, found = evaluate_panel(case), defaultdict[str, dict[Address, Scalar]](dict)
        _Changes(self, panel, found).find()
        return found


class _Changes:
    """One comparison: the lines of the panel first, then the inputs that changed or that a changed line speaks of."""

    def __init__(self, drawn: Drawn, panel: Panel, found: Cells) -> None:
        self.drawn, self.old, self.now, self.found = drawn, drawn.panel, panel, found
        self.spoken = {id for id, lines in panel.beside.items() if lines != self.old.beside[id]}

    def find(self) -> None:
        for slot in self.now.case.layout.slots.values():
            self.field(slot)
        for table in self.now.case.layout.tables.values():
            self.table(table)
        for id, row in self.drawn.rows.items():
            value = shown(self.now.case, id)
            if value != shown(self.old.case, id):
                self.found[TOTALS][row, VALUE] = value
        self.checks()
        self.listing()
        if self.now.verdict != self.old.verdict:
            for sheet in self.drawn.sheets:
                self.found[sheet][VERDICT] = self.now.verdict

    def field(self, slot: Slot) -> None:
        id, cells = slot.field.id, self.found[slot.sheet]
        raw, was = (panel.case.inputs.values.get(id) for panel in (self.now, self.old))
        changed = not _same(raw, was)
        if changed:
            cells[slot.row, slot.column] = input_value(slot.field, raw)
        if changed or id in self.spoken:
            echoed = date_echo(id, raw)[1] if slot.field.kind == "date" else ""
            cells[slot.row - slot.wide, STATUS] = self.now.status(id, echoed)

    def table(self, slot: TableSlot) -> None:
        rows, before = (panel.case.inputs.tables.get(slot.table.id, ()) for panel in (self.now, self.old))
        cells = self.found[slot.sheet]
        for index in range(slot.table.rows):
            row, key = slot.top + index, f"{slot.table.id}#{index}"
            typed, blank = (each[index] if index < len(each) else {} for each in (rows, before))
            for field in slot.table.columns if typed != blank else ():
                raw = typed.get(field.id)
                if not _same(raw, blank.get(field.id)):
                    cells[row, slot.columns[field.id]] = input_value(field, raw)
                    if field.id in slot.echoes:
                        cells[row, slot.echoes[field.id]] = date_echo("", raw)[1]
            if key in self.spoken:
                cells[row, slot.status] = self.now.status(key)

    def checks(self) -> None:
        """The full list on the hidden sheet."""
        cells = self.found[HIDDEN_CHECKS]
        for line, was in zip(self.now.lines, self.old.lines, strict=True):
            if line != was:
                cells[line.row, STATE], cells[line.row, LEVEL] = line.state, line.level
                cells[line.row, MESSAGE], cells[line.row, REMEDY] = line.message, line.remedy
                cells[line.row, RANK] = line.rank
                for column, value, former in ((LEFT, line.left, was.left), (RIGHT, line.right, was.right)):
                    if value != former:  # only a comparison has these cells
                        cells[line.row, column] = value

    def listing(self) -> None:
        """The first faults on the visible sheet, and how many there are."""
        cells = self.found[CHECK]
        now, before = ({line.rank: line for line in panel.lines if line.rank} for panel in (self.now, self.old))
        for number in range(1, SHOWN + 1):
            if now.get(number) != before.get(number):
                for column, value in listed(self.now, now.get(number)).items():
                    cells[LIST_TOP + number - 1, column] = value
        if counted(self.now) != counted(self.old):
            cells[COUNT_CELL] = counted(self.now)


def _same(one: object, other: object) -> bool:
    """TRUE is not 1 in a cell."""
    return one == other and type(one) is type(other)
