"""One unit's whole workbook as a Book, composed of its sheets; the same for a fresh form and for one with figures."""

from __future__ import annotations

from datetime import datetime

from loithe_xl.draw.case import Case, ParentCase
from loithe_xl.draw.cells import cells_sheet
from loithe_xl.draw.checklist import hidden_checks
from loithe_xl.draw.checks import check_sheet
from loithe_xl.draw.figures import figures_sheet
from loithe_xl.draw.foot import signed_totals
from loithe_xl.draw.guide import guide_sheet
from loithe_xl.draw.head import form_title
from loithe_xl.draw.hidden import TOKEN_NAME, hidden_journal, identity_sheet, received_sheet, register_sheet
from loithe_xl.draw.inputs import input_sheet, register_names
from loithe_xl.draw.journal import journal_sheet
from loithe_xl.draw.opinions import opinions_sheet
from loithe_xl.draw.panel import evaluate_panel
from loithe_xl.draw.received import children_names, receipts_sheet
from loithe_xl.draw.totals import totals_names
from loithe_xl.pack.spec import CONSTANTS
from loithe_xl.report.sheet import report_sheets
from loithe_xl.rules.evaluate import is_number
from loithe_xl.workbook.book import Book


def form_book(case: Case, *, flowing: bool = False) -> Book:
    """A unit's whole workbook: input sheets, what a parent received, computed figures, checks, guidance, hidden sheets.

    ``flowing``: lists of units are left to be drawn while they are written.
    """
    panel = evaluate_panel(case)
    sheets = [input_sheet(case, placed, panel) for placed in case.layout.sheets]
    match case:
        case ParentCase():
            sheets += [receipts_sheet(case, panel), figures_sheet(case, panel)]
            sheets += [cells_sheet(case, panel), signed_totals(panel)]
            sheets += [opinions_sheet(case, panel), *(report_sheets(case.page, case.lang) if case.page else ())]
            sheets += [check_sheet(panel), guide_sheet(panel), journal_sheet(case, panel)]
            sheets += [hidden_checks(panel), identity_sheet(case), register_sheet(case)]
            sheets += [received_sheet(case), hidden_journal(case)]
        case _:
            sheets += [signed_totals(panel), check_sheet(panel), guide_sheet(panel)]
            sheets += [hidden_checks(panel), identity_sheet(case)]
    if not flowing:
        sheets = [sheet.unroll() for sheet in sheets]
    title, custom = form_title(case), {TOKEN_NAME: case.unit_form.token}
    return Book(sheets, _names(case), title, custom, _created(case), case.saved)


def _names(case: Case) -> dict[str, str]:
    days = {name: case.values[name] for name in CONSTANTS}
    constants = {name: str(day) for name, day in days.items() if is_number(day)}
    token = {TOKEN_NAME: f'"{case.unit_form.token}"'}
    units = children_names() if isinstance(case, ParentCase) else {}
    return case.layout.names | totals_names(case) | constants | token | register_names(case) | units


def _created(case: Case) -> datetime:
    """A fixed moment, so that equal input gives equal bytes."""
    return datetime.combine(case.identity.cutoff, datetime.min.time())
