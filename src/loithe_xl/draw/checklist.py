"""Every check as a live formula on a hidden sheet: what the panel shows and what stands beside each input rests on it.

It needs no macro and no Python: rules are the pack's own, in their Excel reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from loithe_xl.draw.case import Case
from loithe_xl.draw.days import (
    columns_meant,
    dates_of,
    day_cells,
    meant_columns,
    number_column,
    references,
    said_column,
)
from loithe_xl.draw.panel import (
    ENTRY,
    ERROR,
    FIRST_CHECK,
    IN_ORDER,
    LEFT,
    LEVEL,
    MESSAGE,
    RANK,
    REMEDY,
    RIGHT,
    STATE,
    TARGET,
    TYPED,
    WANTING,
    WARNING,
    Panel,
    PanelLine,
    level_of,
    message_of,
    typed_in,
)
from loithe_xl.form.checks import Item
from loithe_xl.form.comparison import COUNTED, DATED, GROUPED, SHARED, UNGROUPED, Sides, compared
from loithe_xl.form.ownchecks import ENTRIES
from loithe_xl.pack.spec import Check
from loithe_xl.rules.excel import References, formula, text_literal
from loithe_xl.workbook.address import column_letters
from loithe_xl.workbook.book import Formula, Sheet
from loithe_xl.workbook.daynumbers import END_OF_DAYS, FIRST_DAY
from loithe_xl.workbook.ownsheets import HIDDEN_CHECKS

_TOLD = "$A$1"  # whether the program can tell a locked cell from an open one
_HERE = "\0"  # stands for the number of a line's own row, or for what a sentence is made with
_NOTHING = '""'
_Sides = Sequence[Sides | None]  # of each check of a line


def hidden_checks(panel: Panel) -> Sheet:
    """The full list: state, level, message, both values, remedy, link and rank of every check, as formulas.

    The lines of a table say all the same, each of its own row, so that the file states it once.
    """
    sheet = Sheet(HIDDEN_CHECKS, hidden=True)
    sheet.put(1, 1, Formula(_telling(panel.case), 1), "hidden_number")
    tables = panel.case.layout.tables
    names = _Names(panel)
    state, both = "", list[Sides | None]()
    for line in panel.lines:
        row, item = line.row, line.item
        first = row - item.row
        last = first + (tables[item.table].table.rows if item.table else 1) - 1
        if row == first:
            both = [compared(panel.case.layout, check, item.table) for check in item.checks]
            _texts(sheet, panel.case, item, row, both)
            state = _state_formula(item, names.of(item))
        numbers = (STATE, state.replace(_HERE, f"{row}"), line.state), (RANK, _rank(panel, row), line.rank)
        counted = *numbers, _level_now(line), *_values(line, both, names)
        for style, found in (("hidden_number", counted), ("hidden", _said(panel.case, line, first, both))):
            for column, stated, now in found:
                shared = ((first, column), (last, column)) if last > first else None
                sheet.put(row, column, Formula(stated, now, shared), style)
        sheet.put(row, TARGET, line.target, "hidden")
        if item.table:
            sheet.put(row, ENTRY, item.row + 1, "hidden_number")
        if row == first:
            sheet.put(row, TYPED, _typed(panel.case, item), "hidden_number")
        for column, day in day_cells(panel.case.layout, panel.case.inputs, line, f"${column_letters(ENTRY)}{row}"):
            shared = ((first, column), (last, column)) if last > first else None
            sheet.put(row, column, replace(day, shared=shared), "hidden_number")
    return sheet


def _telling(case: Case) -> str:
    """1 where the program can tell a locked cell from an open one: not all these inputs are locked; this sheet is."""
    ids = [*case.layout.names]
    asked = dict.fromkeys((ids[0], ids[len(ids) // 2], ids[-1]))
    cells = (id if id in case.layout.slots else f"INDEX({id},1)" for id in asked)
    inputs = "*".join(f'CELL("protect",{cell})' for cell in cells)
    return f'IFERROR(({inputs}=0)*(CELL("protect",$B$1)=1),0)'


def stated(panel: Panel, item: Item, row: int) -> str:
    """The formula of a line's state in a row of the hidden list."""
    return _state_formula(item, _Names(panel).of(item)).replace(_HERE, f"{row}")


def _rank(panel: Panel, row: int) -> str:
    """Where a line stands in the visible list."""
    levels = f"$B${FIRST_CHECK}:$B${panel.last}"
    total = {level: f"COUNTIF({levels},{level})" for level in IN_ORDER}
    before = f"IF(B{row}={WARNING},{total[ERROR]}+{total[WANTING]},IF(B{row}={WANTING},{total[ERROR]},0))"
    return f"IF(B{row}=0,0,COUNTIF($B${FIRST_CHECK}:$B{row},B{row})+{before})"


def _level_now(line: PanelLine) -> tuple[int, str, int]:
    # An item's checks stand by weight; a cut input, told after them all, is a warning.
    a, levels = f"A{line.row}", [level_of(check) for check in line.item.checks]
    errors = levels.count(ERROR)
    wanting = f"IF({a}<={errors + levels.count(WANTING)},{WANTING},{WARNING})" if WANTING in levels else f"{WARNING}"
    return LEVEL, f"IF({a}=0,0,IF({a}<={errors},{ERROR},{wanting}))", line.level


def _typed(case: Case, item: Item) -> Formula | None:
    """A formula, in its first row, of how many inputs of a field or a table were typed into; None for a cross-check.

    What a fresh form holds was not typed, and an error was.
    """
    now = typed_in(case, item)
    if item.table:
        columns = "+".join(f"SUMPRODUCT((LEN(TRIM({item.table}.{column}))>0)*1)" for column in item.columns)
        return Formula(f"IFERROR({columns},1)", now)
    field = case.form.fields.get(item.id)
    if field is None:
        return None
    filled = f"(LEN(TRIM({field.id}))>0)*1"
    if field.default is not None:
        filled = f'{filled}*(1-EXACT({field.id}&"",{text_literal(str(field.default))}))'
    return Formula(f"IFERROR({filled},1)", now)


def _values(line: PanelLine, both: _Sides, known: _Names) -> Iterator[tuple[int, str, Decimal | str]]:
    """What the check that failed compares: column, formula and result."""
    if any(both):
        of, here = known.of(line.item), f"{line.row}"
        for column, side, now in ((LEFT, "left", line.left), (RIGHT, "right", line.right)):
            value = '""'
            for number, each in reversed(list(enumerate(both, 1))):
                if each:
                    value = f"IF(A{_HERE}={number},ROUND({formula(getattr(each, side), of)},6),{value})"
            yield column, f'IFERROR({value},"")'.replace(_HERE, here), "" if now is None else now


def _said(case: Case, line: PanelLine, first: int, both: _Sides) -> Iterator[tuple[int, str, str]]:
    """What a line says in words: column, formula and result; the words themselves stand in row ``first``."""
    row, many, start = line.row, len(line.item.checks) + 1, said_column(case.layout)
    for column, begin, now in ((MESSAGE, start, line.message), (REMEDY, start + many, line.remedy)):
        words = f"${column_letters(begin)}${first}:${column_letters(begin + many - 1)}${first}"
        said = f"INDEX({words},1,A{row})&{_valued(case, row, both) if column == MESSAGE and any(both) else _NOTHING}"
        yield column, f'IF(A{row}=0,"",{said})', now


def _valued(case: Case, row: int, both: _Sides) -> str:
    """The formula of what follows a message: both values, where it has them."""
    cells = [f"{column_letters(column)}{row}" for column in (LEFT, RIGHT)]
    kinds = {number: each.kind for number, each in enumerate(both, 1) if each}
    left, right = (_in_words(cell, row, kinds) for cell in cells)
    _, before, between, after = case.say("both_values", message=_HERE, left=_HERE, right=_HERE).split(_HERE)
    parts = text_literal(before), left, text_literal(between), right, text_literal(after)
    return f'IF({cells[0]}="","",{"&".join(parts)})'


def _in_words(cell: str, row: int, kinds: Mapping[int, str]) -> str:
    """The formula of a number as people write it, by the check that failed; as ``Sides.in_words`` says it."""
    plain = f'SUBSTITUTE({cell},".",",")'
    ungrouped = f"({cell}<{GROUPED})+({cell}>={UNGROUPED})+({cell}>INT({cell}))"
    thousands = f'IF({cell}<10^6,"",INT({cell}/10^6)&".")&RIGHT(INT({cell}/1000),3)&"."&RIGHT({cell},3)'
    said = f"IF({ungrouped},{plain},{thousands})" if COUNTED in kinds.values() else plain
    day = f'RIGHT("0"&DAY({cell}),2)&"/"&RIGHT("0"&MONTH({cell}),2)&"/"&YEAR({cell})'
    dated = f"IF(({cell}<{FIRST_DAY})+({cell}>={END_OF_DAYS}),{plain},{day})"
    shared = f'SUBSTITUTE(ROUND({cell}*100,2),".",",")&"%"'
    for kind, words in ((DATED, dated), (SHARED, shared)):
        if numbers := [number for number, each in kinds.items() if each == kind]:
            one_of = "+".join(f"(A{row}={number})" for number in numbers)
            said = f"IF({one_of}>0,{words},{said})"
    return said


def _texts(sheet: Sheet, case: Case, item: Item, row: int, both: _Sides) -> None:
    told = [message_of(case, item, check) for check in item.checks]
    bare = [words.rstrip(".") if each else words for words, each in zip(told, both, strict=True)]  # values follow it
    remedies = [case.say(check.remedy) for check in item.checks]
    for column, said in enumerate(
        [*bare, case.say("cut_fault"), *remedies, case.say("cut_remedy")], said_column(case.layout)
    ):
        sheet.put(row, column, said, "hidden")
    if item.table:
        first, _ = meant_columns(case.layout, item)
        for column, meant in enumerate(columns_meant(case.layout, item), first):
            sheet.put(row, column, meant, "hidden_number")


class _Names:
    """Names of a rule -> Excel; inputs, derived figures and constants all have defined names of the same id."""

    def __init__(self, panel: Panel) -> None:
        typed = column_letters(TYPED)
        self.layout = panel.case.layout
        self.known = {ENTRIES: f"${typed}${FIRST_CHECK}:${typed}${panel.last}", **references(self.layout)}

    def of(self, item: Item) -> References:
        """For one line: a table row's columns are cells of that row."""
        within = {column: in_row(item, column) for column in item.columns} if item.table else {}
        for id in dates_of(self.layout, item) if item.table else ():
            within[id.rpartition(".")[2]] = f"${column_letters(number_column(self.layout, id))}{_HERE}"
        return Itself(self.known | within)


def in_row(item: Item, column: str) -> str:
    """A column's cell in the row of a table's line."""
    return f"INDEX({item.table}.{column},${column_letters(ENTRY)}{_HERE})"


class Itself(dict[str, str]):
    """Every other name stands for itself."""

    def __missing__(self, name: str) -> str:
        return name


def _state_formula(item: Item, names: References) -> str:
    """Which check of a line fails first, counted from 1; 0 for none."""
    said = "0"
    cut = len(item.checks) + 1
    cells = [in_row(item, column) for column in item.columns] if item.table else [item.id]
    if item.table or item.checks[0].own:
        locked = "+".join(f'CELL("protect",{cell})' for cell in cells)
        said = f"IF(IFERROR({locked},0)*{_TOLD}>0,{cut},0)"
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
