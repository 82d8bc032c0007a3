"""The check panel: every check as a live formula on a hidden sheet, and a short list of what is wrong on a visible one.

It needs no macro and no Python: rules are the pack's own, in their Excel reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from loithe_xl.book import Formula, Sheet, column_letters, quoted, reference
from loithe_xl.draw.case import Case
from loithe_xl.excelform import References, formula, text_literal
from loithe_xl.layout import HIDDEN_CHECKS, Layout
from loithe_xl.spec import Check
from loithe_xl.validate import Item, is_warning, items, plain, side_values, sides, states
from loithe_xl.words import text

PANEL_VERDICT = "$A$5"
FIRST = 2  # first row of the hidden list
STATE, LEVEL, MESSAGE, LEFT, RIGHT, REMEDY, TARGET, RANK, ENTRY = range(1, 10)  # ENTRY: number of a table's row
SAID = 10  # messages from this column, remedies from as many columns further
OK, ERROR, WARNING = 0, 1, 2
_HERE = "\0"  # stands for the number of a line's own row


@dataclass(frozen=True, slots=True)
class Line:
    """One item with what its formulas come to now."""

    item: Item
    row: int
    state: int
    level: int
    message: str
    left: str
    right: str
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
    lines: tuple[Line, ...]
    faults: tuple[Line, ...]

    @property
    def verdict(self) -> str:
        """ĐƯỢC NỘP or CHƯA ĐƯỢC NỘP, for the present inputs."""
        return self.case.say("submit_no" if self.count(ERROR) else "submit_yes")

    @property
    def last(self) -> int:
        """The hidden list's last row."""
        return FIRST + len(self.lines) - 1

    def column(self, column: int) -> str:
        """One column of the hidden list as a fixed area."""
        letters = column_letters(column)
        return f"{quoted(HIDDEN_CHECKS)}!${letters}${FIRST}:${letters}${self.last}"

    def count(self, level: int) -> int:
        """How many faults of a level there are now."""
        return sum(line.level == level for line in self.faults)

    def beside(self, id: str) -> list[Line]:
        """The lines that speak beside an input: its own, then the cross-checks that send the user there."""
        return [self.line(row) for row in _beside(self.case.layout)[id]]

    def line(self, row: int) -> Line:
        """The line in a row of the hidden list."""
        return self.lines[row - FIRST]

    def status_formula(self, id: str, echo: str = "", echoed: str = "") -> Formula:
        """What stands beside an input: its first fault, its own or a cross-check's; ``echo`` where there is none."""
        shown = echo or '""'
        for line in reversed(self.beside(id)):
            level, message = (reference(HIDDEN_CHECKS, line.row, column) for column in (LEVEL, MESSAGE))
            said = f"IF({level}={ERROR},{text_literal(self.mark(ERROR))},{text_literal(self.mark(WARNING))})&{message}"
            shown = f"IF({level}={OK},{shown},{said})"
        return Formula(shown, self.status(id, echoed))

    def status(self, id: str, echoed: str = "") -> str:
        """What that formula comes to now."""
        faults = (self.mark(line.level) + line.message for line in self.beside(id) if line.level != OK)
        return next(faults, echoed)

    def mark(self, level: int) -> str:
        """The word that tells a level."""
        return self.case.say("mark_error" if level == ERROR else "mark_warning")


def evaluate_panel(case: Case) -> Panel:
    """Every line of the panel with its present state."""
    lines = list(_faultless(case.layout))
    found = [
        (row, item, number)
        for row, (item, number) in enumerate(states(case.layout, case.inputs, case.values), FIRST)
        if number
    ]
    levels = [_level(item.checks[number - 1]) for _, item, number in found]
    last = {ERROR: 0, WARNING: levels.count(ERROR)}  # errors are listed first
    for (row, item, number), level in zip(found, levels, strict=True):
        last[level] += 1
        lines[row - FIRST] = _fault(case, row, item, number, level, last[level])
    return Panel(case, tuple(lines), tuple(lines[row - FIRST] for row, _, _ in found))


def hidden_checks(panel: Panel) -> Sheet:
    """The full list: state, level, message, both values, remedy, link and rank of every check, as formulas.

    The lines of a table say all the same, each of its own row, so that the file states it once.
    """
    sheet = Sheet(HIDDEN_CHECKS, hidden=True)
    tables = panel.case.layout.tables
    total = f"COUNTIF($B${FIRST}:$B${panel.last},{ERROR})"
    state = ""
    for line in panel.lines:
        row, item = line.row, line.item
        first = row - item.row
        last = first + (tables[item.table].table.rows if item.table else 1) - 1
        if row == first:
            _texts(sheet, panel.case, item.checks, row)
            state = _state_formula(item)
        rank = f"IF(B{row}=0,0,COUNTIF($B${FIRST}:$B{row},B{row})+IF(B{row}={WARNING},{total},0))"
        numbers = (STATE, state.replace(_HERE, f"{row}"), line.state), (RANK, rank, line.rank), _level_now(line)
        for style, found in (("hidden_number", numbers), ("hidden", _said(line, first))):
            for column, stated, now in found:
                shared = ((first, column), (last, column)) if last > first else None
                sheet.put(row, column, Formula(stated, now, shared), style)
        sheet.put(row, TARGET, line.target, "hidden")
        if item.table:
            sheet.put(row, ENTRY, item.row + 1, "hidden_number")
    return sheet


def _level_now(line: Line) -> tuple[int, str, int]:
    # An item's checks that are errors come first; a cut input, told after them all, is a warning.
    errors = sum(not is_warning(check) for check in line.item.checks)
    return LEVEL, f"IF(A{line.row}=0,0,IF(A{line.row}<={errors},{ERROR},{WARNING}))", line.level


def _said(line: Line, first: int) -> Iterator[tuple[int, str, str]]:
    """What a line says in words: column, formula and result; the words themselves stand in row ``first``."""
    row, item, many = line.row, line.item, len(line.item.checks) + 1
    for column, start, now in ((MESSAGE, SAID, line.message), (REMEDY, SAID + many, line.remedy)):
        words = f"${column_letters(start)}${first}:${column_letters(start + many - 1)}${first}"
        yield column, f'IF(A{row}=0,"",INDEX({words},1,A{row})&"")', now
    compared = sides(item.checks[0].rule) if not item.table and not item.checks[0].own else None
    for column, side, now in ((LEFT, 0, line.left), (RIGHT, 1, line.right)):
        if compared:
            number = f'SUBSTITUTE(ROUND({formula(compared[side], _references(item))},6)&"",".",",")'
            yield column, f'IF(A{row}=0,"",IFERROR({number},""))', now


@cache
def _faultless(layout: Layout) -> tuple[Line, ...]:
    return tuple(Line(item, row, 0, OK, "", "", "", "", 0) for row, item in enumerate(items(layout), FIRST))


def _fault(case: Case, row: int, item: Item, number: int, level: int, rank: int) -> Line:
    check = item.checks[number - 1]
    left, right = _both(item, case)
    return Line(item, row, number, level, case.say(check.message), left, right, case.say(check.remedy), rank)


@cache
def _beside(layout: Layout) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = {}
    for line in _faultless(layout):
        found.setdefault(beside_which(line.item), []).append(line.row)
    return found


def beside_which(item: Item) -> str:
    """Beside which input a line speaks: ``table#row``, or a field's id."""
    return f"{item.table}#{item.row}" if item.table else item.checks[0].at


def _level(check: Check) -> int:
    return WARNING if is_warning(check) else ERROR


def _texts(sheet: Sheet, case: Case, checks: tuple[Check, ...], row: int) -> None:
    cut = (text("form.cut_fault"), text("form.cut_remedy"))
    messages = [*(check.message for check in checks), cut[0]]
    remedies = [*(check.remedy for check in checks), cut[1]]
    for column, said in enumerate([*messages, *remedies], SAID):
        sheet.put(row, column, case.say(said), "hidden")


def _references(item: Item) -> References:
    """Names of a rule -> Excel; inputs, derived figures and constants all have defined names of the same id."""
    return _Names(item)


class _Names(dict[str, str]):
    """A name stands for itself, but a table row's columns are cells of that row."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item

    def __missing__(self, name: str) -> str:
        if self.item.table and name in self.item.columns:
            return f"INDEX({self.item.table}.{name},${column_letters(ENTRY)}{_HERE})"
        return name


def stated(item: Item, row: int) -> str:
    """The formula of a line's state in a row of the hidden list."""
    return _state_formula(item).replace(_HERE, f"{row}")


def fresh_panel(case: Case) -> Panel:
    """The panel of a form in which nothing is judged yet, for whoever asks for its formulas only."""
    return Panel(case, _faultless(case.layout), ())


def _state_formula(item: Item) -> str:
    """Which check of a line fails first, counted from 1; 0 for none."""
    names = _references(item)
    said = "0"
    cut = len(item.checks) + 1
    cells = [names[column] for column in item.columns] if item.table else [item.id]
    if item.table or item.checks[0].own:
        locked = "+".join(f'CELL("protect",{cell})' for cell in cells)
        said = f"IF(IFERROR({locked},0)>0,{cut},0)"
    for number, check in reversed(list(enumerate(item.checks, 1))):
        said = f"IF({_fails(check, names)},{number},{said})"
    return said


def _fails(check: Check, names: References) -> str:
    holds = formula(check.rule, names)
    if check.own:
        return f"IFERROR({holds},0)=0"
    failing = f"IFERROR({holds},1)=0"
    if check.needs:
        return f"IF(COUNT({','.join(names[name] for name in check.needs)})<{len(check.needs)},0,{failing})"
    return failing


def _both(item: Item, case: Case) -> tuple[str, str]:
    check = item.checks[0]
    both = None if check.own or item.table else side_values(check.rule, case.values)
    return (plain(both[0]), plain(both[1])) if both else ("", "")
