"""What stands beneath the inputs of a sheet: the way on, the figures that the form reports, and the signatures."""

from __future__ import annotations

from collections.abc import Iterator

from loithe_xl.draw.beside import FIELD_WIDTHS
from loithe_xl.draw.case import Case
from loithe_xl.draw.columns import look_of
from loithe_xl.draw.head import LINE_POINTS, ROW_POINTS, height_of, lines_of
from loithe_xl.draw.panel import Panel
from loithe_xl.draw.totals import VALUE, shown_figure, totals_sheet
from loithe_xl.form.layout import INPUT, LABEL, NUMBER, STATUS, UNIT, PlacedSheet
from loithe_xl.pack.spec import Derived
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import Address, address, quoted
from loithe_xl.workbook.book import Formula, Link, Sheet
from loithe_xl.workbook.ownsheets import CHECK

_TO_SIGN = 3 * ROW_POINTS  # points of the empty row over which one signs


def draw_foot(sheet: Sheet, case: Case, placed: PlacedSheet, last_column: int) -> None:
    """A link to the next sheet to type in, or to the checks; beneath the first sheet of a form without children also
    what it reports and who signs it. Formulas lie beneath the blocks that defined names reach through."""
    row = placed.last + 1  # so near that a repair still tells a last text from what is put in beneath it
    _way_on(sheet, case, placed, row)
    if placed is case.layout.sheets[0] and not case.form.parent:
        row = _reported(sheet, case, row + 2) if case.form.foot.figures else row + 2
        signature_lines(sheet, case, row, last_column)


def signed_totals(panel: Panel) -> Sheet:
    """The sheet of computed figures: a parent's is printed and signed. Of another form that shows beneath its inputs
    what it reports, it is hidden: only formulas need it."""
    case, sheet = panel.case, totals_sheet(panel)
    if case.form.parent:
        signature_lines(sheet, case, max(sheet.heights) + 2, VALUE)
    sheet.hidden = bool(reported_rows(case))
    return sheet


def reported_rows(case: Case) -> dict[str, int]:
    """The row of each figure that the first sheet shows beneath its inputs; a state's is the row of them all."""
    foot = case.form.foot
    if case.form.parent or not foot.figures:
        return {}
    first = case.layout.sheets[0].last + 4
    rows = {id: row for row, id in enumerate(foot.figures, first)}
    return rows | dict.fromkeys(foot.states, first + len(foot.figures))


def state_said(case: Case) -> str:
    """How far the unit is: the label of the state whose figure is 1."""
    states = (case.form.derived_by_id[id] for id in case.form.foot.states)
    return next((case.say(each.label) for each in states if case.values.get(each.id) == 1), "")


def signature_lines(sheet: Sheet, case: Case, row: int, last_column: int) -> None:
    """Who signs the form, side by side over the whole width, each above an empty row to sign in."""
    roles = [case.say(role).split("\n") for role in case.form.foot.signatures]
    if not roles:
        return
    most = max(map(len, roles))  # each line has a row of its own: not every program keeps line feeds in a cell
    for (first, last), role in zip(_parts(sheet, len(roles), last_column), roles, strict=False):
        for place in range(row, row + most + 1):
            words = role[place - row] if place - row < len(role) else None
            for column in range(first, last + 1):
                sheet.put(place, column, words if column == first else None, "signature")
            if last > first:
                sheet.merges.append(((place, first), (place, last)))
    sheet.heights |= dict.fromkeys(range(row, row + most), LINE_POINTS) | {row + most: _TO_SIGN}


def _way_on(sheet: Sheet, case: Case, placed: PlacedSheet, row: int) -> None:
    sheets = case.layout.sheets
    place = next(place for place, each in enumerate(sheets, 1) if each is placed)
    if place < len(sheets):
        following = sheets[place]
        name = following.sheet.name
        link = Link(f"{quoted(name)}!{address(*first_input(following))}", case.say("next_sheet", sheet=name))
    else:
        link = Link(f"{quoted(CHECK)}!A1", case.say("last_sheet"))
    width = 0.0
    for last in range(1, 30):  # as many columns as the words need
        width += sheet.widths.get(last, 9)
        sheet.put(row, last, link if last == 1 else None, "link")
        if lines_of(link.text, width - 2) == 1:
            break
    if last > 1:
        sheet.merges.append(((row, 1), (row, last)))
    sheet.heights[row] = ROW_POINTS


def first_input(placed: PlacedSheet) -> Address:
    """The first cell to type in."""
    for each in placed.sections:
        if each.slots:
            return each.slots[0].row, each.slots[0].column
        if each.table:
            return each.table.top, min(each.table.columns.values())
    return 1, 1


def _reported(sheet: Sheet, case: Case, row: int) -> int:
    """The figures of the foot; the first row beneath them, with one left free."""
    for column in range(NUMBER, STATUS + 1):
        sheet.put(row, column, case.say("reports_title") if column == NUMBER else None, "section")
    sheet.merges.append(((row, NUMBER), (row, STATUS)))
    sheet.heights[row] = ROW_POINTS
    for label, unit, value, style in _lines(case):
        row += 1
        for column, said, look in ((NUMBER, None, "number"), (LABEL, label, "label"), (UNIT, unit, "unit")):
            sheet.put(row, column, said, look)
        sheet.put(row, INPUT, value, style)
        sheet.heights[row] = height_of(lines_of(label, FIELD_WIDTHS[LABEL]))
    if case.form.foot.states:
        sheet.put(row, STATUS, None, "computed_text")
        sheet.merges.append(((row, INPUT), (row, STATUS)))
    return row + 2


def _lines(case: Case) -> Iterator[tuple[str, str, Formula, str]]:
    foot = case.form.foot
    for id in foot.figures:
        figure = case.form.derived_by_id[id]
        yield case.say(figure.label), case.say(figure.unit), Formula(id, shown_figure(case, id)), _style(case, figure)
    if foot.states:
        said = '""'
        for id in reversed(foot.states):
            said = f"IF({id}=1,{text_literal(case.say(case.form.derived_by_id[id].label))},{said})"
        yield case.say("reports_state"), "", Formula(said, state_said(case)), "computed_text"


def _style(case: Case, figure: Derived) -> str:
    return "computed_rate" if figure.kind == "rate" else f"computed_{look_of(case, figure.id)}"


def _parts(sheet: Sheet, count: int, last_column: int) -> list[tuple[int, int]]:
    """The first and last columns of so many parts of a sheet, about equally wide."""
    widths = [sheet.widths.get(column, 9) for column in range(1, last_column + 1)]
    found: list[tuple[int, int]] = []
    first, used = 1, 0.0
    for column, width in enumerate(widths, 1):
        used += width
        left = count - len(found) - 1
        if (used >= sum(widths) * (len(found) + 1) / count and left) or (last_column - column == left and left):
            found.append((first, column))
            first = column + 1
    return [*found, (first, last_column)]
