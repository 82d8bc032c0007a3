"""The sheet of totals: every computed figure of this unit, each with a formula that a reader can follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loithe_xl.consolidation.asked import UNASKED
from loithe_xl.draw.case import Case, ParentCase
from loithe_xl.draw.cells import CellList
from loithe_xl.draw.checklist import Itself
from loithe_xl.draw.columns import columns_of, look_of, total_cell
from loithe_xl.draw.days import references
from loithe_xl.draw.head import ROW_POINTS, draw_head, height_of, lines_of
from loithe_xl.draw.panel import Panel
from loithe_xl.form.layout import Layout
from loithe_xl.language.catalogue import Text, text
from loithe_xl.pack.spec import Derived
from loithe_xl.rules.evaluate import is_number
from loithe_xl.rules.excel import formula
from loithe_xl.rules.syntax import Node
from loithe_xl.workbook.address import quoted, reference
from loithe_xl.workbook.book import Formula, Link, Print, Sheet
from loithe_xl.workbook.ownsheets import CELLS, FIGURES, LIST_HEAD, TOTALS
from loithe_xl.workbook.styles import TAB_LOOK

FIRST_TOTAL = 7  # first row under the headings
VALUE = 3  # column
_WIDTHS = {1: 6, 2: 60, 3: 40}
_SEE, _SEE_WIDTH = 4, 20  # of a parent: where the rows behind a figure stand


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
    repeated = Print(footer="&C&P/&N", repeat_rows=(FIRST_TOTAL - 1, FIRST_TOTAL - 1))
    sheet = Sheet(TOTALS, print=repeated, widths=dict(_WIDTHS), tab_colour=TAB_LOOK)
    behind = _behind(case) if isinstance(case, ParentCase) else {}
    sheet.widths |= {VALUE: _SEE_WIDTH, _SEE: _SEE_WIDTH} if behind else {}
    last = max(sheet.widths)
    draw_head(sheet, panel, last)
    for column, key in enumerate(("no", "what", "value", "behind")[:last], 1):
        sheet.put(FIRST_TOTAL - 1, column, case.say(f"head_{key}"), "head")
    number = 0
    for row, each in _rows(case):
        if isinstance(each, Text):
            for column in range(1, last + 1):
                sheet.put(row, column, case.say(each) if column == 1 else None, "section")
            sheet.merges.append(((row, 1), (row, last)))
            sheet.heights[row] = ROW_POINTS
            continue
        number += 1
        sheet.put(row, 1, number, "number")
        sheet.put(row, 2, case.say(each.label), "label")
        rate = each.derived is not None and each.derived.kind == "rate"
        sheet.put(row, VALUE, _computed(case, each), "computed_rate" if rate else f"computed_{look_of(case, each.id)}")
        if behind:
            sheet.put(row, _SEE, behind.get(each.id), "link" if each.id in behind else "label")
        sheet.heights[row] = height_of(lines_of(case.say(each.label), _WIDTHS[2]))
    sheet.freeze = (FIRST_TOTAL, 1)
    return sheet


def _behind(case: ParentCase) -> dict[str, Link]:
    """Where the rows stand that a figure is the sum of: the cells, else the units."""
    cells, units = CellList(case).figures, columns_of(case)
    found = {id: Link(reference(FIGURES, LIST_HEAD, column), case.say("see_units")) for id, column in units.items()}
    summed = (id for id in cells if id not in case.form.derived_by_id)
    return found | {id: Link(reference(CELLS, LIST_HEAD, cells[id]), case.say("see_cells")) for id in summed}


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
        return Formula(total_cell(case, figure.id), now)
    if derived.rule is None or case.values.get(figure.id) == UNASKED:  # a formula would tell what nobody knows
        return now
    return Formula(derived_formula(case.layout, derived.rule, derived.needs), now)


def derived_formula(layout: Layout, rule: Node, needs: Sequence[str]) -> str:
    """The formula of a derived figure: blank while a number that it rests on is."""
    names = Itself(references(layout))
    text = f'IFERROR({formula(rule, names)},"")'
    return f'IF(COUNT({",".join(names[id] for id in needs)})<{len(needs)},"",{text})' if needs else text
