"""The list of a parent's cells: each with its superiors, its state, its main figures, and the place they came from.

It can be filtered and sorted though its sheet is locked: for that its cells are unlocked, so a rule refuses what is
typed into them and the line above says when its figures no longer add up. Nobody reads it; each run makes it anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

from loithe_xl.consolidation.cells import CellLine, CellState, cells_beneath, cells_in_order
from loithe_xl.draw.case import ParentCase
from loithe_xl.draw.columns import (
    HEAD_POINTS,
    columns_of,
    fitted,
    head_of,
    look_of,
    pixels,
    put_head,
    total_cell,
    width_in,
    width_of,
)
from loithe_xl.draw.head import PADDING, ROW_POINTS, draw_head, height_of
from loithe_xl.draw.panel import Panel
from loithe_xl.form.layout import Layout
from loithe_xl.register.filenames import short_name
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import address, area, column_letters, quoted
from loithe_xl.workbook.book import Condition, Flow, Formula, Line, Print, Sheet, Validation
from loithe_xl.workbook.celltext import units
from loithe_xl.workbook.formulalimits import LITERAL
from loithe_xl.workbook.metrics import length
from loithe_xl.workbook.ownsheets import CELLS, COUNTS_ROW, LIST_HEAD, SUMMARY_ROW
from loithe_xl.workbook.styles import TAB_LOOK

_CODE_AT, _NAME_AT = 1, 2
TOP = LIST_HEAD + 1  # the first cell's row
_CODE, _STATE, _PLACE = 13.5, 10.5, 9.5  # widths, in characters
_SCREEN = 1_290  # pixels that LibreOffice shows of a sheet; in Excel the same columns take less
# How name, superiors from the nearest on, and file share what is left, by the number of superiors.
_SHARES = {0: (0.6, 0.4), 1: (0.475, 0.305, 0.22), 2: (0.36, 0.25, 0.17, 0.22)}
_LOOKS = {CellState.OWN: "good", CellState.RETURNED: "bad", CellState.CONFLICT: "bad", CellState.SILENT: "missing"}
_BUTTON = 20  # pixels that the button of a filter takes of its heading
_LINK, _ENDING = 11, 5  # the size of a link, in points; letters kept of the end of a file's name
_NO_LINK = frozenset("#%?*")  # letters of a file's name that programs read otherwise in a link


class CellList:
    """The cells of one parent, and the columns in which they stand."""

    def __init__(self, case: ParentCase) -> None:
        self.case = case
        self.register, self.parent = case.register, case.identity.unit
        self.ordered = list(cells_in_order(self.register, self.parent))
        self.depth = max((len(between) for _, between in self.ordered), default=0)
        self.state = _NAME_AT + self.depth + 1
        ids = [id for id in case.pack.main_of_cells if id in case.pack.indicators]
        self.figures = {id: column for column, id in enumerate(ids, self.state + 1)}
        self.file = self.state + len(ids) + 1
        self.place, self.key = self.file + 1, self.file + 2
        self.last = max(TOP, LIST_HEAD + len(self.ordered))

    @cached_property
    def widths(self) -> tuple[float, ...]:
        """How wide name, superiors (from the nearest on) and file are, so that the whole list fits a screen."""
        figures = (width_of(self.case.say(head_of(self.case, id)), _BUTTON) for id in self.figures)
        left = _SCREEN - sum(pixels(width) for width in (_CODE, _STATE, _PLACE, *figures))
        shares = _SHARES[min(self.depth, max(_SHARES))]
        return tuple(width_in(left * share) for share in shares)

    @cached_property
    def per_unit(self) -> Counter[str]:
        """How many cells each direct unit has, itself included where it is one."""
        return Counter(between[-1].code if between else unit.code for unit, between in self.ordered)

    def link(self, code: str) -> Formula | None:
        """A jump from a direct unit to the first of its cells, wherever that stands after sorting."""
        if not (count := self.per_unit[code]):
            return None
        letters, said = column_letters(self.key), self.case.say("cells_of_unit", count=count)
        keys = f"{quoted(CELLS)}!${letters}$1:${letters}${self.last}"
        target = f'"#{quoted(CELLS)}!A"&MATCH({text_literal(code)},{keys},0)'
        return Formula(f"HYPERLINK({target},{text_literal(said)})", said)

    def rows(self, column: int) -> str:
        """The cells of a column as a formula names them."""
        return area((TOP, column), (self.last, column), fixed=True)


def cells_sheet(case: ParentCase, panel: Panel) -> Sheet:
    """One row per cell of the register in force beneath the parent, ordered by superior, with filter buttons."""
    found, lines = CellList(case), list(_lines(case))
    sheet = Sheet(CELLS, tab_colour=TAB_LOOK, hidden_columns=(found.key,))
    _heads(sheet, found)
    draw_head(sheet, panel, found.place)
    _sums(sheet, found, lines)
    top, end = (TOP, 1), (found.last, found.key)
    sheet.filter = ((LIST_HEAD, 1), end)
    sheet.validations.append(Validation((top, end), "custom", "", "", case.say("cells_typed"), "1=0"))
    for state, look in _LOOKS.items():
        sign = text_literal(case.say(f"cell_{state.value}"))
        rule = f"${column_letters(found.state)}{TOP}={sign}"
        sheet.conditions.append(Condition(((TOP, found.state), (found.last, found.state)), rule, look))
    flow = Flow(TOP, len(lines), found.key, lambda: _drawn(found, lines), sortable=True)
    sheet.flow = flow if lines else None
    sheet.heights |= {SUMMARY_ROW: ROW_POINTS, COUNTS_ROW: ROW_POINTS, LIST_HEAD: HEAD_POINTS}
    sheet.freeze = (TOP, _NAME_AT + 1)
    sheet.print = Print(
        True, repeat_rows=(LIST_HEAD, LIST_HEAD), columns=(1, found.place), rows=found.last, footer="&C&P/&N"
    )
    return sheet


def _lines(case: ParentCase) -> Iterator[CellLine]:
    return cells_beneath(case.register, case.identity.unit, case.ledgers.receipts, case.consolidation.decision)


def _heads(sheet: Sheet, found: CellList) -> None:
    case = found.case
    for id, column in found.figures.items():
        put_head(sheet, case, id, (LIST_HEAD, column), _BUTTON)
    widths = found.widths
    levels = {len(between) - number: unit.tier for _, between in found.ordered for number, unit in enumerate(between)}
    heads = {_CODE_AT: (case.say("head_code"), _CODE), _NAME_AT: (case.say("head_name"), widths[0])}
    for level in range(found.depth):  # the unit directly beneath the parent stands last
        tier = case.say(f"tier_{levels[found.depth - level]}")
        heads[_NAME_AT + 1 + level] = tier, widths[min(level + 1, len(widths) - 2)]
    heads[found.state] = case.say("head_state"), _STATE
    heads |= {found.file: (case.say("head_file"), widths[-1]), found.place: (case.say("head_origin"), _PLACE)}
    heads[found.key] = case.say("head_key"), _PLACE
    for column, (words, width) in heads.items():
        sheet.put(LIST_HEAD, column, words, "head_small")
        sheet.widths[column] = width


def _sums(sheet: Sheet, found: CellList, lines: list[CellLine]) -> None:
    """The figures of the rows that are in sight; and whether all rows still come to the parent's own figures."""
    case = found.case
    for column in range(1, found.place + 1):
        sheet.put(COUNTS_ROW, column, case.say("cells_sum") if column == _CODE_AT else None, "total_label")
    sheet.merges.append(((COUNTS_ROW, _CODE_AT), (COUNTS_ROW, found.state)))
    for id, column in found.figures.items():
        total = sum(line.figures.get(id, 0) for line in lines if line.figures)
        formula = Formula(f"SUBTOTAL(9,{found.rows(column)})", total)
        sheet.put(COUNTS_ROW, column, formula, f"list_sum_{look_of(case, id)}")
    said = case.say("cells_line", received=sum(line.figures is not None for line in lines), total=len(lines))
    same = [
        f"ROUND(SUM({found.rows(column)})-N({total_cell(case, id)}),6)=0"
        for id, column in found.figures.items()
        if id in columns_of(case) and id not in case.form.derived_by_id
    ]
    good, bad = (f"{said} {case.say(key)}" for key in ("cells_add_up", "cells_changed"))
    whole = Formula(f"IF(AND({','.join(same)}),{text_literal(good)},{text_literal(bad)})", good) if same else said
    sheet.put(SUMMARY_ROW, 1, whole, "strong")
    sheet.merges.append(((SUMMARY_ROW, 1), (SUMMARY_ROW, found.place)))
    if same:
        sheet.conditions.append(
            Condition(((SUMMARY_ROW, 1), (SUMMARY_ROW, found.place)), f"NOT(AND({','.join(same)}))", "bad")
        )


def _drawn(found: CellList, lines: list[CellLine]) -> Iterator[Line]:
    """The cells' rows: of one that is silent no figure, and never 0."""
    case, origins = found.case, _Origins(found)
    numbers = (f"list_{look_of(case, id)}" for id in found.figures)
    styles = ["list_center", *numbers, "list_link", "list_place", "list_key"]
    bare = [*styles[:-3], "list_file", *styles[-2:]]
    for line in lines:
        over = [*[""] * (found.depth - len(line.between)), *(_short(unit.name) for unit in line.between)]
        figures = [line.figures.get(id) if line.figures else None for id in found.figures]
        file, place = origins.of(line)
        told = (line.unit.code, line.unit.name, *over, case.say(f"cell_{line.state.value}"))
        tall, names = 1, []
        for words, width in zip((line.unit.name, *over), found.widths, strict=False):
            taken = fitted(words, width)
            names.append("list_text" if taken > 1 else "list_name")
            tall = max(tall, taken)
        looks = ("list_text", *names, *(styles if isinstance(file, Formula) else bare))
        yield Line((*told, *figures, file, place, line.direct), looks, height_of(tall))


class _Origins:
    """Where the figures of each cell were read: file, sheet and cell."""

    def __init__(self, found: CellList) -> None:
        self.found, self.case = found, found.case
        self.inside: dict[str, dict[str, int]] = {}  # parent -> cell -> its row in the list of that parent's file

    def of(self, line: CellLine) -> tuple[Formula | str, str]:
        """The file, a link to it while it is known where it lies; and the sheet and cell in it."""
        receipt = line.receipt
        if receipt is None:
            return "", ""
        at = self.place(line, receipt.unit) if line.figures is not None else None
        place, said = (f"{quoted(at[0])}!{at[1]}", f"{at[0]}, {at[1]}") if at else ("", "")
        name, path = PurePosixPath(receipt.file).name, self.case.sources.get(receipt.sha, "")
        room = 0.75 * pixels(self.found.widths[-1]) - PADDING
        shown = name if length(name, _LINK) <= room else _shortened(name, room)
        target = text_literal(f"{path}#{place}" if place else path)
        if not path or _NO_LINK & set(path) or units(target) > LITERAL:
            return shown, said
        return Formula(f"HYPERLINK({target},{text_literal(shown)})", shown), said

    def place(self, line: CellLine, unit: str) -> tuple[str, str] | None:
        """Sheet and cell: its main input in its own form; in a superior's file its row of this very list."""
        if line.state is CellState.OWN:
            form = self.case.pack.form_for(line.unit, self.found.register)
            layout = self.case.unit_form.loaded.by_form[form.id] if form else None
            return _main_input(layout, list(self.found.figures)) if layout else None
        if unit not in self.inside:
            ordered = enumerate(cells_in_order(self.found.register, unit), TOP)
            self.inside[unit] = {cell.code: row for row, (cell, _) in ordered}
        return CELLS, address(self.inside[unit][line.unit.code], _CODE_AT)


def _shortened(name: str, room: float) -> str:
    """A file's name without its middle: the receipts, and the link itself, have all of it."""
    end = name[-_ENDING:]
    begin = next((name[:most] for most in range(len(name), 0, -1) if length(f"{name[:most]}…{end}", _LINK) <= room), "")
    return f"{begin.rstrip()}…{end}"


@lru_cache(4096)
def _short(name: str) -> str:
    """A superior's name with the usual abbreviations; it returns with each of its cells."""
    return short_name(name)


def _main_input(layout: Layout, ids: list[str]) -> tuple[str, str] | None:
    """The first input that the list shows, or else the form's first."""
    slots = [layout.slots[id] for id in ids if id in layout.slots] or list(layout.slots.values())
    return (slots[0].sheet, slots[0].cell) if slots else None
