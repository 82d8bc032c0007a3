"""What typed values change in a form without children: their own cells, and the results that depend on them.

The form is drawn once; for each unit the same drawing gives these cells only. A test holds both to the same bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count, zip_longest

from loithe_xl.draw.beside import faulty_column, field_said, row_help, row_said
from loithe_xl.draw.case import Case
from loithe_xl.draw.checks import counted, list_checks, more
from loithe_xl.draw.days import dates_of, day_values, input_value, number_column
from loithe_xl.draw.foot import reported_rows, state_said
from loithe_xl.draw.panel import (
    LEFT,
    LEVEL,
    MESSAGE,
    RANK,
    REMEDY,
    RIGHT,
    STATE,
    TYPED,
    Panel,
    PanelLine,
    beside_which,
    evaluate_panel,
    typed_in,
)
from loithe_xl.draw.totals import VALUE, shown_figure, totals_rows
from loithe_xl.form.checks import Item
from loithe_xl.form.inputs import Row
from loithe_xl.form.layout import INPUT, STATUS, Slot, TableSlot
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.address import Address, Scalar
from loithe_xl.workbook.ownsheets import (
    CHECK,
    COUNT_CELL,
    FAULTS_SHOWN,
    FAULTS_TOP,
    HIDDEN_CHECKS,
    MORE_ROW,
    TOTALS,
    VERDICT,
    VISIBLE_OF_FORMS,
)

ChangedCells = dict[str, dict[Address, Scalar]]
_NO_ROW: Row = {}


class Drawn:
    """A form as it was drawn, to tell which cells of the same form differ for other inputs."""

    def __init__(self, case: Case) -> None:
        self.panel = evaluate_panel(case)
        self.counted = counted(self.panel)
        self.hints = {id: row_help(self.panel, slot) for id, slot in case.layout.slots.items()}
        self.figures = {id: (row, shown_figure(case, id)) for id, row in totals_rows(case).items()}
        self.sheets = (*(placed.sheet.name for placed in case.layout.sheets), *VISIBLE_OF_FORMS)

    def filling(self, case: Case) -> ChangedCells:
        """The cells, by sheet, that differ from the drawn form: what is typed, and what formulas come to."""
        changes = _Changes(self, evaluate_panel(case))
        changes.find()
        return changes.found


class _Changes:
    """One comparison: the inputs that changed, the lines of the panel that did, and what speaks of either."""

    def __init__(self, drawn: Drawn, panel: Panel) -> None:
        self.drawn, self.old, self.now = drawn, drawn.panel, panel
        self.found: ChangedCells = defaultdict(dict)
        rows = {line.row for line in (*panel.faults, *self.old.faults)}
        both = ((self.now.line(row), self.old.line(row)) for row in rows)
        self.lines = [(line, was) for line, was in both if line != was]

    def find(self) -> None:
        inputs, was, layout = self.now.case.inputs, self.old.case.inputs, self.now.case.layout
        self.typed()
        self.days()
        for id, slot in layout.slots.items():
            self.field(slot, inputs.values.get(id), was.values.get(id))
        for id, table in layout.tables.items():
            self.table(table, inputs.tables.get(id, ()), was.tables.get(id, ()))
        for id, (row, figure) in self.drawn.figures.items():
            if (value := shown_figure(self.now.case, id)) != figure:
                self.found[TOTALS][row, VALUE] = value
        self.reported()
        for line, former in self.lines:
            self.check(line, former)
            self.beside(line.item)
        self.listing()
        if self.now.verdict != self.old.verdict:
            for sheet in self.drawn.sheets:
                self.found[sheet][VERDICT] = self.now.verdict

    def reported(self) -> None:
        """What stands beneath the inputs of the first sheet."""
        case = self.now.case
        first, rows = case.layout.sheets[0].sheet.name, reported_rows(case)
        for id in case.form.foot.figures if rows else ():
            if (value := shown_figure(case, id)) != self.drawn.figures[id][1]:
                self.found[first][rows[id], INPUT] = value
        for id in case.form.foot.states[:1] if rows else ():
            if (said := state_said(case)) != state_said(self.old.case):
                self.found[first][rows[id], INPUT] = said

    def typed(self) -> None:
        """Whether something was typed into a field, or into how many cells of a table."""
        for line in self.now.lines:
            if not line.item.row and line.item.checks[0].own:
                now, was = (typed_in(panel.case, line.item) for panel in (self.now, self.old))
                if now != was:
                    self.found[HIDDEN_CHECKS][line.row, TYPED] = now

    def days(self) -> None:
        """What dates come to on the hidden sheet."""
        layout, cells = self.now.case.layout, self.found[HIDDEN_CHECKS]
        for line in self.now.lines:
            for id in dates_of(layout, line.item):
                now, was = (day_values(layout, each.case.inputs, line.item, id) for each in (self.now, self.old))
                for column, value, former in zip(count(number_column(layout, id) - 1), now, was):
                    if not _same(value, former):
                        cells[line.row, column] = value

    def field(self, slot: Slot, raw: Raw, was: Raw) -> None:
        if not _same(raw, was):
            self.found[slot.sheet][slot.row, slot.column] = input_value(slot.field, raw)
            if slot.field.kind == "date":
                self.status(slot)

    def status(self, slot: Slot) -> None:
        """What stands beside an input."""
        id, row = slot.field.id, slot.row - slot.wide
        raw = self.now.case.inputs.values.get(id)
        self.found[slot.sheet][row, STATUS] = field_said(self.now, slot, raw, self.drawn.hints[id])

    def table(self, slot: TableSlot, rows: Sequence[Row], before: Sequence[Row]) -> None:
        cells = self.found[slot.sheet]
        for row, (typed, was) in enumerate(zip_longest(rows, before, fillvalue=_NO_ROW), slot.top):
            if typed == was or row > slot.bottom:
                continue
            for field in slot.table.columns:
                raw = typed.get(field.id)
                if not _same(raw, was.get(field.id)):
                    cells[row, slot.columns[field.id]] = input_value(field, raw)
            self.row_status(slot, row - slot.top)

    def row_status(self, slot: TableSlot, index: int) -> None:
        """What stands at the end of a table's row, and which of its columns is meant."""
        row = self.now.case.inputs.tables[slot.table.id][index]
        cells, place = self.found[slot.sheet], slot.top + index
        cells[place, slot.status] = row_said(self.now, slot, index, row)
        cells[place, slot.fault] = faulty_column(self.now, slot, index).result

    def check(self, line: PanelLine, was: PanelLine) -> None:
        """One line of the full list on the hidden sheet."""
        cells, row = self.found[HIDDEN_CHECKS], line.row
        cells[row, STATE], cells[row, LEVEL], cells[row, RANK] = line.state, line.level, line.rank
        cells[row, MESSAGE], cells[row, REMEDY] = line.message, line.remedy
        for column, value, former in ((LEFT, line.left, was.left), (RIGHT, line.right, was.right)):
            if value != former:  # only a comparison has these cells
                cells[row, column] = "" if value is None else value

    def beside(self, item: Item) -> None:
        """The input that a changed line speaks of."""
        layout, id = self.now.case.layout, beside_which(item)
        if item.table:
            self.row_status(layout.tables[item.table], item.row)
        elif id in layout.slots:
            self.status(layout.slots[id])

    def listing(self) -> None:
        """The first faults on the visible sheet, and how many there are."""
        cells = self.found[CHECK]
        now, before = ({line.rank: line for line in panel.faults} for panel in (self.now, self.old))
        for number in range(1, FAULTS_SHOWN + 1):
            if now.get(number) != before.get(number):
                for column, value in list_checks(self.now, now.get(number)).items():
                    cells[FAULTS_TOP + number - 1, column] = value
        if (told := counted(self.now)) != self.drawn.counted:
            cells[COUNT_CELL] = told
        if (told := more(self.now)) != more(self.old):
            cells[MORE_ROW, 1] = told


def _same(one: object, other: object) -> bool:
    """TRUE is not 1 in a cell."""
    return one == other and type(one) is type(other)
