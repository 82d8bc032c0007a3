"""The check panel as values: every line with its present state, the verdict, and what stands beside each input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loithe_xl.caching import owned
from loithe_xl.draw.case import Case
from loithe_xl.form.checks import Item, fault_of, is_wanting, is_warning, item_values, items, states
from loithe_xl.form.comparison import compared
from loithe_xl.form.inputs import with_days
from loithe_xl.form.layout import Layout
from loithe_xl.pack.spec import Check
from loithe_xl.rules.evaluate import Flaw, Values, is_filled
from loithe_xl.workbook.address import column_letters, quoted
from loithe_xl.workbook.ownsheets import HIDDEN_CHECKS

FIRST_CHECK = 2  # first row of the hidden list
STATE, LEVEL, MESSAGE, LEFT, RIGHT, REMEDY, TARGET, RANK, ENTRY, TYPED = range(1, 11)  # ENTRY: a table row's number
FAULTLESS, ERROR, WARNING, WANTING = range(4)  # WANTING: still blank, which is no mistake
IN_ORDER = (ERROR, WANTING, WARNING)  # as the list shows them


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One item with what its formulas come to now; ``left``, ``right``: what a check compares, None where none does."""

    item: Item
    row: int
    state: int
    level: int
    message: str
    left: Decimal | None
    right: Decimal | None
    remedy: str
    rank: int

    @property
    def target(self) -> str:
        """Where the panel's link jumps."""
        return f"{quoted(self.item.sheet)}!{self.item.cell}"


@dataclass(frozen=True, slots=True)
class Panel:
    """The evaluated lines of one case; ``faults``: those of them that found one, first to last."""

    case: Case
    lines: tuple[PanelLine, ...]
    faults: tuple[PanelLine, ...]

    @property
    def verdict(self) -> str:
        """CHƯA ĐƯỢC NỘP, ĐƯỢC NỘP – CÒN n LƯU Ý or ĐƯỢC NỘP, for the present inputs."""
        if self.count(ERROR) or self.count(WANTING):
            return self.case.say("submit_no")
        noted = self.count(WARNING)
        return self.case.say("submit_noted", count=noted) if noted else self.case.say("submit_yes")

    @property
    def last(self) -> int:
        """The hidden list's last row."""
        return FIRST_CHECK + len(self.lines) - 1

    def column(self, column: int, first: int = FIRST_CHECK, last: int = 0) -> str:
        """One column of the hidden list, or some of its rows, as a fixed area."""
        letters = column_letters(column)
        return f"{quoted(HIDDEN_CHECKS)}!${letters}${first}:${letters}${last or self.last}"

    def counting(self, level: int) -> str:
        """The formula of how many faults of a level there are."""
        return f"COUNTIF({self.column(LEVEL)},{level})"

    def count(self, level: int) -> int:
        """How many faults of a level there are now."""
        return sum(line.level == level for line in self.faults)

    def beside(self, id: str) -> list[PanelLine]:
        """The lines that speak beside an input: its own, then the cross-checks that send the user there."""
        return [self.line(row) for row in _beside(self.case.layout).get(id, ())]

    def line(self, row: int) -> PanelLine:
        """The line in a row of the hidden list."""
        return self.lines[row - FIRST_CHECK]

    def mark(self, level: int) -> str:
        """The word that tells a level."""
        return self.case.say({ERROR: "mark_error", WARNING: "mark_warning", WANTING: "mark_wanting"}[level])


def evaluate_panel(case: Case) -> Panel:
    """Every line of the panel with its present state."""
    lines = list(_faultless(case.layout))
    found = [
        (row, item, number)
        for row, (item, number) in enumerate(states(case.layout, case.inputs, case.values), FIRST_CHECK)
        if number
    ]
    levels = [level_of(item.checks[number - 1]) for _, item, number in found]
    last = {level: sum(map(levels.count, IN_ORDER[:at])) for at, level in enumerate(IN_ORDER)}
    inputs = with_days(case.form, case.inputs) if found else case.inputs
    for (row, item, number), level in zip(found, levels, strict=True):
        last[level] += 1
        seen = item_values(item, case.values, inputs)
        lines[row - FIRST_CHECK] = _fault(case, row, item, number, seen, last[level])
    return Panel(case, tuple(lines), tuple(lines[row - FIRST_CHECK] for row, _, _ in found))


def typed_in(case: Case, item: Item) -> int:
    """What that formula comes to now."""
    if not item.table:
        raw = case.inputs.values.get(item.id)
        field = case.form.fields.get(item.id)
        return int(field is not None and is_filled(raw) and raw != field.default)
    cells = [raw for row in case.inputs.tables[item.table] for raw in row.values()]
    return 1 if any(isinstance(raw, Flaw) for raw in cells) else sum(map(is_filled, cells))


@owned
def _faultless(layout: Layout) -> tuple[PanelLine, ...]:
    return tuple(
        PanelLine(item, row, 0, FAULTLESS, "", None, None, "", 0) for row, item in enumerate(items(layout), FIRST_CHECK)
    )


def _fault(case: Case, row: int, item: Item, number: int, values: Values, rank: int) -> PanelLine:
    check = item.checks[number - 1]
    comparison = compared(case.layout, check, item.table)
    left, right = (comparison and comparison.values(values)) or (None, None)
    said = case.say(fault_of(case.layout, item, check, values)) if left is not None else message_of(case, item, check)
    return PanelLine(item, row, number, level_of(check), said, left, right, case.say(check.remedy), rank)


def message_of(case: Case, item: Item, check: Check) -> str:
    """What a line says, without values; of what is still blank only its name, for its level says the rest."""
    if not is_wanting(check):
        return case.say(check.message)
    label = (case.form.tables[item.table].column(check.at) if item.table else case.form.fields[item.id]).label
    return f"“{case.say(label)}”"


@owned
def _beside(layout: Layout) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = {}
    for line in _faultless(layout):
        if where := beside_which(line.item):
            found.setdefault(where, []).append(line.row)
    return found


def beside_which(item: Item) -> str:
    """Beside which input a line speaks: ``table#row``, or a field's id; blank for the whole form."""
    return f"{item.table}#{item.row}" if item.table else item.checks[0].at


def fresh_panel(case: Case) -> Panel:
    """The panel of a form in which nothing is judged yet, for whoever asks for its formulas only."""
    return Panel(case, _faultless(case.layout), ())


def level_of(check: Check) -> int:
    """The level of what a check finds."""
    return WARNING if is_warning(check) else WANTING if is_wanting(check) else ERROR
