"""The sheet of a parent's figures: a row for each direct unit beneath, and their sums as formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loithe_xl.consolidation.receipts import Figures, Status
from loithe_xl.draw.case import Case, ParentCase
from loithe_xl.draw.head import LINE_POINTS, draw_head, lines_of
from loithe_xl.draw.panel import Panel
from loithe_xl.language.catalogue import Text
from loithe_xl.workbook.address import column_letters, quoted
from loithe_xl.workbook.book import Flow, Formula, Line, Print, Sheet
from loithe_xl.workbook.ownsheets import FIGURES
from loithe_xl.workbook.styles import TAB_LOOK

TOTAL_ROW = 8  # of the sums, beneath the headings; the units follow
_CODE, _NAME, _STATUS = 2, 3, 4  # columns


def figures_sheet(case: ParentCase, panel: Panel) -> Sheet:
    """One row per direct child of the register, received or not, with a total row on top."""
    columns = columns_of(case)
    sheet = Sheet(FIGURES, print=Print(landscape=True, footer="&C&P/&N"), tab_colour=TAB_LOOK)
    sheet.widths = {1: 6, _CODE: 20, _NAME: 40, _STATUS: 14} | dict.fromkeys(columns.values(), 8.5)
    draw_head(sheet, panel, 12)
    heads = {1: "no", _CODE: "code", _NAME: "unit_name", _STATUS: "state"}
    for column, key in heads.items():
        sheet.put(TOTAL_ROW - 1, column, case.say(f"head_{key}"), "head")
    for id, column in columns.items():
        sheet.put(TOTAL_ROW - 1, column, case.say(label_of(case, id)), "head_turned")
    sheet.heights[TOTAL_ROW - 1] = 240
    last = TOTAL_ROW + max(1, len(case.consolidation.rows))
    for column in (1, _CODE, _NAME, _STATUS):
        sheet.put(TOTAL_ROW, column, case.say("total") if column == _NAME else None, "total_label")
    known = {code: row or case.consolidation.absent[code] for code, row in case.consolidation.rows.items()}
    for id, column in columns.items():
        letters = column_letters(column)
        cells = f"{letters}{TOTAL_ROW + 1}:{letters}{last}"
        total = Formula(f"SUM({cells})", sum(row.get(id, 0) for row in known.values()))
        if id in case.consolidation.lacks and not any(id in row for row in known.values()):
            total = Formula(f'IF(COUNT({cells})=0,"",SUM({cells}))', "")  # nobody was asked
        sheet.put(TOTAL_ROW, column, total, f"total_{look_of(case, id)}")
    sheet.flow = Flow(
        TOTAL_ROW + 1, len(case.consolidation.rows), max(columns.values()), lambda: _children(case, known)
    )
    sheet.freeze = (TOTAL_ROW + 1, _STATUS + 1)
    repeated = (TOTAL_ROW - 1, TOTAL_ROW), (1, _NAME)
    sheet.print = Print(True, repeat_rows=repeated[0], repeat_columns=repeated[1], scale=65, footer="&C&P/&N")
    return sheet


def _children(case: ParentCase, known: Mapping[str, Figures]) -> Iterator[Line]:
    """A child's figures. Of a unit that sent nothing the register's own are known, and nothing else."""
    ids, answers = list(columns_of(case)), frozenset([*_answers(case), *case.consolidation.lacks])
    styles = ("number", "text", "text", "text", *(f"computed_{look_of(case, id)}" for id in ids))
    states = {child.unit: child.status for child in case.consolidation.children}
    for number, (code, row) in enumerate(case.consolidation.rows.items(), 1):
        unit = case.register.unit(code)
        status = Status.MISSING if row is None else states[code]
        name = unit.name if unit else ""
        told = known[code]
        found = [told.get(id, None if id in answers else 0) for id in ids]
        figures = found if row is not None else [each or None for each in found]
        values = (number, code, name, case.say(f"status_{status.value}"), *figures)
        yield Line(values, styles, LINE_POINTS * lines_of(name, 40) + 3)


def columns_of(case: Case) -> dict[str, int]:
    """Figure id -> column of the children's figures: what is summed, and the children's own counted answers."""
    derived = [each.id for each in case.form.derived if each.source == "register_cells"]
    ids = dict.fromkeys([*derived, *case.pack.indicators, *_answers(case)])
    return {id: number for number, id in enumerate(ids, _STATUS + 1)}


def _answers(case: Case) -> list[str]:
    """What a child itself says; of one whose own file is not there nothing is known, and nothing is shown."""
    return [each.id for each in case.form.derived if each.source in ("children", "reported")]


def total_cell(case: Case, id: str) -> str:
    """Where the sum of a figure over the units stands, as a formula names it."""
    return f"{quoted(FIGURES)}!${column_letters(columns_of(case)[id])}${TOTAL_ROW}"


def label_of(case: Case, id: str) -> Text:
    """What a figure of the parent's form, or one that units send up, is called."""
    derived = case.form.derived_by_id.get(id)
    return derived.label if derived else case.pack.indicators[id].label


def look_of(case: Case, id: str) -> str:
    """The ending of the style in which a figure is shown."""
    return "decimal" if id in case.pack.fractional else "count"
