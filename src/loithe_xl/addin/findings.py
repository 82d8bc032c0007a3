"""The add-in's list of what it found in a workbook: beneath the panel of the form's own checks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from loithe_xl.draw.head import LINE_POINTS, lines_of
from loithe_xl.language.catalogue import text
from loithe_xl.language.issues import Issue, Severity
from loithe_xl.language.notation import moment
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.address import Address, located, quoted
from loithe_xl.workbook.book import Formula, Sheet
from loithe_xl.workbook.ownsheets import CHECK, LISTED_TOP
from loithe_xl.workbook.styles import BAD, WARN

PLACE = 6  # the column that says where; the next one jumps there
_SAID = 56 + 13 + 13  # characters: the columns of the message together


def issue_list(issues: Sequence[Issue], lang: str, when: datetime) -> Sheet:
    """The list as the lower part of the sheet of checks: level, message, place and a link that jumps there."""
    sheet = Sheet(CHECK)
    row = LISTED_TOP
    errors = sum(found.severity is Severity.ERROR for found in issues)
    said = {"time": moment(when.isoformat(timespec="seconds")), "errors": errors, "warnings": len(issues) - errors}
    sheet.put(row, 1, text("addin.list_title", **said).to(lang), "strong")
    sheet.merges.append(((row, 1), (row, 7)))
    sheet.heights[row] = 24
    row += 1
    for column, key in enumerate(("no", "level", "issues", "issues", "issues", "place", "jump"), 1):
        sheet.put(row, column, text(f"form.head_{key}").to(lang) if column not in (4, 5) else None, "head")
    sheet.merges.append(((row, 3), (row, 5)))
    for number, found in enumerate(issues, 1):
        _line(sheet, row + number, number, found, lang)
    return sheet


def marks(issues: Sequence[Issue]) -> dict[str, dict[Address, str]]:
    """The colours of the faulty cells: sheet -> cell -> RRGGBB; an error covers a warning."""
    found: dict[str, dict[Address, str]] = {}
    for each in sorted(issues, key=lambda each: each.severity is Severity.ERROR):
        if each.place.cell:
            colour = BAD if each.severity is Severity.ERROR else WARN
            found.setdefault(each.place.sheet, {})[located(each.place.cell)] = colour
    return found


def _line(sheet: Sheet, row: int, number: int, found: Issue, lang: str) -> None:
    level = "mark_error" if found.severity is Severity.ERROR else "mark_warning"
    message = found.message.to(lang)
    where = found.place.within
    style = "listed_bad" if found.severity is Severity.ERROR else "listed_warn"
    sheet.put(row, 1, number, f"{style}_center")
    sheet.put(row, 2, text(f"form.{level}").to(lang).rstrip(": "), f"{style}_center")
    for column in (3, 4, 5):
        sheet.put(row, column, message if column == 3 else None, style)
    sheet.put(row, PLACE, where or None, style)
    sheet.put(row, PLACE + 1, _jump(found, lang) if where else None, "link")
    sheet.merges.append(((row, 3), (row, 5)))
    sheet.heights[row] = min(409, LINE_POINTS * max(lines_of(message, _SAID), lines_of(where, 56), 1) + 6)


def _jump(found: Issue, lang: str) -> Formula:
    target = f"#{quoted(found.place.sheet)}!{found.place.cell or 'A1'}"
    words = text("form.head_jump").to(lang)
    return Formula(f"HYPERLINK({text_literal(target)},{text_literal(words)})", words)
