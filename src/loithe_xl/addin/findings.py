"""The add-in's list of what it found in a workbook: beneath the panel of the form's own checks, in its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from loithe_xl.draw.checks import FAULT_HEADS, FAULT_WIDTHS
from loithe_xl.draw.head import height_of, lines_of
from loithe_xl.language.catalogue import text
from loithe_xl.language.issues import Issue, Severity, fault_and_remedy
from loithe_xl.language.notation import moment
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import Address, located, quoted
from loithe_xl.workbook.book import Formula, Sheet
from loithe_xl.workbook.celltext import literal
from loithe_xl.workbook.ownsheets import CHECK, LISTED_TOP
from loithe_xl.workbook.styles import BAD, WARN

_LEVEL, PLACE, _FAULT, _REMEDY = range(1, 5)  # PLACE: the column that says where, and jumps there
_JUMPS, _CELL = 'HYPERLINK("#', re.compile(r"[A-Z]+[0-9]+")


def issue_list(issues: Sequence[Issue], lang: str, when: datetime) -> Sheet:
    """The list as the lower part of the sheet of checks: level, a link that jumps to the place, fault and remedy."""
    sheet = Sheet(CHECK)
    row = LISTED_TOP
    errors = sum(found.severity is Severity.ERROR for found in issues)
    said = {"time": moment(when.isoformat(timespec="seconds")), "errors": errors, "warnings": len(issues) - errors}
    sheet.put(row, 1, text("addin.list_title", **said).to(lang), "strong")
    sheet.merges.append(((row, 1), (row, len(FAULT_HEADS))))
    sheet.heights[row] = 24
    row += 1
    for column, key in enumerate(FAULT_HEADS, 1):
        sheet.put(row, column, text(f"form.head_{key}").to(lang), "head")
    for number, found in enumerate(issues, 1):
        _line(sheet, row + number, found, lang)
    return sheet


def marks(issues: Sequence[Issue]) -> dict[str, dict[Address, str]]:
    """The colours of the faulty cells: sheet -> cell -> RRGGBB; an error covers a warning."""
    found: dict[str, dict[Address, str]] = {}
    for each in sorted(issues, key=lambda each: each.severity is Severity.ERROR):
        if each.place.cell:
            colour = BAD if each.severity is Severity.ERROR else WARN
            found.setdefault(each.place.sheet, {})[located(each.place.cell)] = colour
    return found


def led_to(formula: str, sheets: Sequence[str]) -> tuple[str, str] | None:
    """The sheet, one of these, and the cell to which a formula of the column ``PLACE`` jumps; None for any other."""
    for sheet in sheets:
        before, found, after = formula.partition(f"{_quoted_target(sheet)}!")
        if found and before.endswith(_JUMPS) and (match := _CELL.match(after)):
            return sheet, match[0]
    return None


def _line(sheet: Sheet, row: int, found: Issue, lang: str) -> None:
    bad = found.severity is Severity.ERROR
    level = text("form.mark_error" if bad else "form.mark_warning").to(lang).rstrip(": ")
    fault, remedy = (said.to(lang) for said in fault_and_remedy(found))
    sheet.put(row, _LEVEL, level, "listed_bad_center" if bad else "listed_warn_center")
    sheet.put(row, PLACE, _jump(found, lang) if found.place.sheet else None, "link")
    sheet.put(row, _FAULT, fault, "text")
    sheet.put(row, _REMEDY, remedy or None, "text")
    columns = ((PLACE, _where(found, lang)), (_FAULT, fault), (_REMEDY, remedy))
    sheet.heights[row] = min(409, height_of(max(lines_of(said, FAULT_WIDTHS[at]) for at, said in columns)))


def _where(found: Issue, lang: str) -> str:
    """The sheet and the cell, or the sheet alone; blank where the whole workbook is meant."""
    place = found.place
    return text("form.place_cell", sheet=place.sheet, cell=place.cell).to(lang) if place.cell else place.sheet


def _jump(found: Issue, lang: str) -> Formula:
    words = _where(found, lang)
    target = f"{_quoted_target(found.place.sheet)}!{found.place.cell or 'A1'}"
    return Formula(f'{_JUMPS}{target}",{text_literal(words)})', words)


def _quoted_target(sheet: str) -> str:
    """A sheet's name as it stands in the text that a link is given."""
    return literal(quoted(sheet))
