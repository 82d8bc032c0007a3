"""The sheet of a parent's figures: a row for each direct unit beneath, and their sums as formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from loithe_xl.consolidation.receipts import Figures, Status
from loithe_xl.draw.case import ParentCase
from loithe_xl.draw.cells import CellList
from loithe_xl.draw.columns import (
    FIRST_FIGURE,
    HEAD_POINTS,
    TOTAL_ROW,
    answers_of,
    columns_of,
    fitted,
    look_of,
    main_columns,
    points_of,
    put_head,
    section_of,
)
from loithe_xl.draw.head import ROW_POINTS, draw_head, height_of
from loithe_xl.draw.panel import Panel
from loithe_xl.workbook.address import column_letters
from loithe_xl.workbook.book import Flow, Formula, Line, Print, Sheet
from loithe_xl.workbook.metrics import length
from loithe_xl.workbook.ownsheets import COUNTS_ROW, FIGURES, LIST_HEAD, SUMMARY_ROW, TOTALS
from loithe_xl.workbook.styles import TAB_LOOK

_CODE, _NAME, _STATUS, _CELLS = 2, 3, 4, 5  # columns
_WIDTHS = {1: 3.5, _CODE: 11.0, _NAME: 25.5, _STATUS: 9.5, _CELLS: 7.5}


def figures_sheet(case: ParentCase, panel: Panel) -> Sheet:
    """One row per direct child of the register, received or not, with a total row on top.

    The main figures come first, and on paper alone; of the others those that are 0 everywhere are folded.
    """
    columns, last = columns_of(case), TOTAL_ROW + max(1, len(case.consolidation.rows))
    known = {code: row or case.consolidation.absent[code] for code, row in case.consolidation.rows.items()}
    sheet = Sheet(FIGURES, widths=dict(_WIDTHS), tab_colour=TAB_LOOK)
    main = main_columns(case)
    heads = {1: "no", _CODE: "code", _NAME: "unit_name", _STATUS: "state", _CELLS: "cells"}
    for column, key in heads.items():
        sheet.put(LIST_HEAD, column, case.say(f"head_{key}"), "head_small")
    for id, column in columns.items():
        put_head(sheet, case, id, (LIST_HEAD, column))
    draw_head(sheet, panel, main)
    for column in range(1, FIRST_FIGURE):
        sheet.put(TOTAL_ROW, column, case.say("total") if column == _NAME else None, "total_label")
    for id, column in columns.items():
        letters = column_letters(column)
        cells = f"{letters}{TOTAL_ROW + 1}:{letters}{last}"
        total = Formula(f"SUM({cells})", sum(row.get(id, 0) for row in known.values()))
        if id in case.consolidation.lacks and not any(id in row for row in known.values()):
            total = Formula(f'IF(COUNT({cells})=0,"",SUM({cells}))', "")  # nobody was asked
        sheet.put(TOTAL_ROW, column, total, f"sum_{look_of(case, id)}")
    sheet.hidden_columns = tuple(
        column for id, column in columns.items() if column > main and not any(row.get(id) for row in known.values())
    )
    _say(sheet, case, main)
    sheet.flow = Flow(
        TOTAL_ROW + 1, len(case.consolidation.rows), max(columns.values()), lambda: _children(case, known)
    )
    sheet.heights |= {LIST_HEAD: HEAD_POINTS} | dict.fromkeys((SUMMARY_ROW, COUNTS_ROW, TOTAL_ROW), ROW_POINTS)
    sheet.freeze = (TOTAL_ROW, _NAME + 1)
    sheet.print = Print(True, repeat_rows=(LIST_HEAD, TOTAL_ROW), columns=(1, main), rows=last, footer="&C&P/&N")
    return sheet


def _say(sheet: Sheet, case: ParentCase, main: int) -> None:
    """What the sheet comes to and what is folded, and over the columns the sections of the forms."""
    rows = case.consolidation.rows
    said = case.say("figures_line", received=sum(row is not None for row in rows.values()), total=len(rows))
    if folded := len(sheet.hidden_columns):
        said = case.say("figures_folded", said=said, count=folded, sheet=TOTALS)
    sheet.put(SUMMARY_ROW, 1, said, "strong")
    sheet.merges.append(((SUMMARY_ROW, 1), (SUMMARY_ROW, main)))
    named = [(column, section_of(case, id)) for id, column in columns_of(case).items() if column > main]
    groups = [(section, [column for column, _ in found]) for section, found in groupby(named, key=lambda each: each[1])]
    first = [(case.say("figures_main"), list(range(FIRST_FIGURE, main + 1)))] if main >= FIRST_FIGURE else []
    for words, listed in [*first, *((case.say(section), columns) for section, columns in groups)]:
        room = sum(points_of(sheet.widths[column]) for column in listed if column not in sheet.hidden_columns)
        shown = words if length(words, 11, bold=True) <= room else None  # else a chosen heading tells it
        for column in listed:
            sheet.put(COUNTS_ROW, column, shown if column == listed[0] else None, "head_group")
        if listed[1:]:
            sheet.merges.append(((COUNTS_ROW, listed[0]), (COUNTS_ROW, listed[-1])))


def _children(case: ParentCase, known: Mapping[str, Figures]) -> Iterator[Line]:
    """A child's figures. Of a unit that sent nothing the register's own are known, and nothing else."""
    ids, answers = list(columns_of(case)), frozenset([*answers_of(case), *case.consolidation.lacks])
    looks = [f"unit_{look_of(case, id)}" for id in ids]
    states = {child.unit: child.status for child in case.consolidation.children}
    listed = CellList(case)
    for number, (code, row) in enumerate(case.consolidation.rows.items(), 1):
        unit = case.register.unit(code)
        status = Status.MISSING if row is None else states[code]
        name = unit.name if unit else ""
        told = known[code]
        found = [told.get(id, None if id in answers else 0) for id in ids]
        figures = found if row is not None else [each or None for each in found]
        state = case.say(f"status_{status.value}")
        values = (number, code, name, state, listed.link(code), *figures)
        tall = fitted(name, _WIDTHS[_NAME]), fitted(state, _WIDTHS[_STATUS])
        styles = ("number", "text_name", *("text" if lines > 1 else "text_name" for lines in tall), "jump", *looks)
        yield Line(values, styles, height_of(max(tall)))
