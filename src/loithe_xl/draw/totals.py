"""The computed sheets: figures of this unit, and for a parent those of every unit beneath, with totals as formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loithe_xl.consolidation.asked import UNASKED
from loithe_xl.consolidation.receipts import Figures, Status
from loithe_xl.draw.case import Case, ParentCase
from loithe_xl.draw.checklist import Itself
from loithe_xl.draw.days import references
from loithe_xl.draw.head import LINE_POINTS, draw_head, lines_of
from loithe_xl.draw.panel import Panel
from loithe_xl.form.layout import Layout
from loithe_xl.language.catalogue import Text, text
from loithe_xl.pack.spec import Derived
from loithe_xl.rules.evaluate import is_number
from loithe_xl.rules.excel import formula
from loithe_xl.rules.syntax import Node
from loithe_xl.workbook.address import column_letters, quoted
from loithe_xl.workbook.book import Flow, Formula, Line, Print, Sheet
from loithe_xl.workbook.ownsheets import FIGURES, TOTALS

FIRST_TOTAL = 8  # first row under the headings of both sheets
_CODE, _NAME, _STATUS, VALUE = 2, 3, 4, 3  # columns
_WIDTHS = {1: 6, 2: 78, 3: 18}


@dataclass(frozen=True, slots=True)
class TotalsLine:
    """One line of the totals: a derived figure, or the sum of a column of the children's figures."""

    id: str
    label: Text
    section: Text
    derived: Derived | None = None


def figures(case: Case) -> tuple[TotalsLine, ...]:
    """The lines of the totals sheet: derived figures first, then for a parent the sums of what its children sent."""
    form = case.form
    heading = text("form.computed")
    found = [TotalsLine(each.id, each.label, heading, each) for each in form.derived]
    if form.parent:
        computed = {each.id for each in form.derived}
        sums = [each for each in case.pack.indicators.values() if each.id not in computed]
        progress = text("form.progress")  # what units derived themselves belongs to no section, and comes first
        sums.sort(key=lambda each: bool(each.section.vi))
        found += [TotalsLine(each.id, each.label, each.section if each.section.vi else progress) for each in sums]
    return tuple(found)


def totals_names(case: Case) -> dict[str, str]:
    """Direct defined names of the computed cells (they are locked, so nothing can cut them)."""
    return {id: f"{quoted(TOTALS)}!$C${row}" for id, row in totals_rows(case).items()}


def totals_rows(case: Case) -> dict[str, int]:
    """Figure -> its row on the totals sheet; its value stands in column VALUE."""
    return {each.id: row for row, each in _rows(case) if isinstance(each, TotalsLine)}


def shown_figure(case: Case, id: str) -> int | Decimal | str:
    """What a computed figure comes to now; blank where it cannot be said."""
    now = case.values.get(id)
    if isinstance(case, ParentCase) and id in case.consolidation.lacks:  # the sum over those that were asked
        now = case.consolidation.values.get(id)
    return now if is_number(now) else ""


def totals_sheet(panel: Panel) -> Sheet:
    """Every computed figure with a formula that a reader can follow."""
    case = panel.case
    sheet = Sheet(TOTALS, print=Print(footer="&C&P/&N", repeat_rows=(7, 7)), widths=dict(_WIDTHS), tab_colour="6B6B6B")
    draw_head(sheet, panel, 3)
    for column, key in enumerate(("no", "what", "value"), 1):
        sheet.put(FIRST_TOTAL - 1, column, case.say(f"head_{key}"), "head")
    number = 0
    for row, each in _rows(case):
        if isinstance(each, Text):
            for column in (1, 2, 3):
                sheet.put(row, column, case.say(each) if column == 1 else None, "section")
            sheet.merges.append(((row, 1), (row, 3)))
            continue
        number += 1
        sheet.put(row, 1, number, "number")
        sheet.put(row, 2, case.say(each.label), "label")
        rate = each.derived is not None and each.derived.kind == "rate"
        sheet.put(row, VALUE, _computed(case, each), "computed_rate" if rate else f"computed_{_look(case, each.id)}")
        sheet.heights[row] = LINE_POINTS * lines_of(case.say(each.label), _WIDTHS[2]) + 4
    sheet.freeze = (FIRST_TOTAL, 1)
    return sheet


def figures_sheet(case: ParentCase, panel: Panel) -> Sheet:
    """One row per direct child of the register, received or not, with a total row on top."""
    columns = columns_of(case)
    sheet = Sheet(FIGURES, print=Print(landscape=True, footer="&C&P/&N"), tab_colour="6B6B6B")
    sheet.widths = {1: 6, _CODE: 20, _NAME: 40, _STATUS: 14} | dict.fromkeys(columns.values(), 8.5)
    draw_head(sheet, panel, 12)
    heads = {1: "no", _CODE: "code", _NAME: "unit_name", _STATUS: "state"}
    for column, key in heads.items():
        sheet.put(FIRST_TOTAL - 1, column, case.say(f"head_{key}"), "head")
    labels = {each.id: each.label for each in figures(case)}
    for id, column in columns.items():
        sheet.put(FIRST_TOTAL - 1, column, case.say(labels[id]), "head_turned")
    sheet.heights[FIRST_TOTAL - 1] = 240
    last = FIRST_TOTAL + max(1, len(case.consolidation.rows))
    for column in (1, _CODE, _NAME, _STATUS):
        sheet.put(FIRST_TOTAL, column, case.say("total") if column == _NAME else None, "total_label")
    known = {code: row or case.consolidation.absent[code] for code, row in case.consolidation.rows.items()}
    for id, column in columns.items():
        letters = column_letters(column)
        cells = f"{letters}{FIRST_TOTAL + 1}:{letters}{last}"
        total = Formula(f"SUM({cells})", sum(row.get(id, 0) for row in known.values()))
        if id in case.consolidation.lacks and not any(id in row for row in known.values()):
            total = Formula(f'IF(COUNT({cells})=0,"",SUM({cells}))', "")  # nobody was asked
        sheet.put(FIRST_TOTAL, column, total, f"total_{_look(case, id)}")
    sheet.flow = Flow(
        FIRST_TOTAL + 1, len(case.consolidation.rows), max(columns.values()), lambda: _children(case, known)
    )
    sheet.freeze = (FIRST_TOTAL + 1, _STATUS + 1)
    repeated = (FIRST_TOTAL - 1, FIRST_TOTAL), (1, _NAME)
    sheet.print = Print(True, repeat_rows=repeated[0], repeat_columns=repeated[1], scale=65, footer="&C&P/&N")
    return sheet


def _children(case: ParentCase, known: Mapping[str, Figures]) -> Iterator[Line]:
    """A child's figures. Of a unit that sent nothing the register's own are known, and nothing else."""
    ids, answers = list(columns_of(case)), frozenset([*_answers(case), *case.consolidation.lacks])
    styles = ("number", "text", "text", "text", *(f"computed_{_look(case, id)}" for id in ids))
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


def _look(case: Case, id: str) -> str:
    return "decimal" if id in case.pack.fractional else "count"


def _rows(case: Case) -> Iterator[tuple[int, TotalsLine | Text]]:
    row, section = FIRST_TOTAL, None
    for each in figures(case):
        if each.section != section:
            section = each.section
            yield row, section
            row += 1
        yield row, each
        row += 1


def _computed(case: Case, figure: TotalsLine) -> Formula | int | Decimal | str:
    derived = figure.derived
    now = shown_figure(case, figure.id)
    if derived is None or derived.source in ("children", "reported"):
        return Formula(f"{_total_cell(case, figure.id)}", now)
    if derived.rule is None or case.values.get(figure.id) == UNASKED:  # a formula would tell what nobody knows
        return now
    return Formula(derived_formula(case.layout, derived.rule, derived.needs), now)


def derived_formula(layout: Layout, rule: Node, needs: Sequence[str]) -> str:
    """The formula of a derived figure: blank while a number that it rests on is."""
    names = Itself(references(layout))
    text = f'IFERROR({formula(rule, names)},"")'
    return f'IF(COUNT({",".join(names[id] for id in needs)})<{len(needs)},"",{text})' if needs else text


def _total_cell(case: Case, id: str) -> str:
    return f"{quoted(FIGURES)}!${column_letters(columns_of(case)[id])}${FIRST_TOTAL}"
