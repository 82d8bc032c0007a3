"""From raw rows to a register: every fault is named with its cell, all at once, and one root fault does not flood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from loithe_xl.language.cleaning import folded
from loithe_xl.language.issues import Issue, Place, has_error, issue
from loithe_xl.register.contacts import question_contacts, read_contact
from loithe_xl.register.register import (
    BLOCK,
    CODE,
    COLUMNS,
    CONTACT_COLUMNS,
    END,
    KIND,
    MEMBERS,
    NAME,
    PARENT,
    REQUIRED,
    START,
    TELEPHONE,
    TIER,
    TIER_WORDS,
    Register,
    Unit,
)
from loithe_xl.register.tree import Findings, RegisterEntry, judge
from loithe_xl.workbook.address import address

LONGEST_CODE = 40
MOST_MEMBERS = 9_999_999
_BREAKS = "\t\n\r\u00a0"  # in a name only worth a warning
_TIER_OF = {folded(word): tier for tier, word in TIER_WORDS.items()}


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as read from a sheet: its number from 1 and its values by column number from 1; row 1 is the header."""

    number: int
    values: Mapping[int, object]


def check(rows: Iterable[RawRow], sheet: str) -> tuple[Register | None, list[Issue]]:
    """The register in these rows and every fault of it; None in its place when any fault is an ERROR."""
    header, *body = list(rows) or [RawRow(1, {})]
    found = Findings(sheet, {})
    _read_header(header, found)
    if has_error(found.issues):
        return None, found.issues
    entries = [_read_row(row, found) for row in body if any(_filled(value) for value in row.values.values())]
    if not entries:
        found.add("REGISTER_EMPTY", 2, CODE)
        return None, found.issues
    judge(entries, _numbers(body, found.columns[CODE]), found)
    question_contacts(entries, found)
    if has_error(found.issues):
        return None, found.issues
    return Register(tuple(entry.unit for entry in entries)), found.issues


def _read_header(header: RawRow, found: Findings) -> None:
    titles = {folded(title): title for title in (*COLUMNS, *CONTACT_COLUMNS)}
    for column, value in sorted(header.values.items()):
        title = titles.get(folded(value)) if isinstance(value, str) else None
        if title in found.columns:
            cell = Place(sheet=found.sheet, cell=address(1, column))
            found.issues.append(issue("REGISTER_COLUMN_TWICE", cell, column=title))
        elif title:
            found.columns[title] = column
    for column, title in enumerate(COLUMNS, 1):
        if title not in found.columns:
            code = "REGISTER_COLUMN_MISSING" if title in REQUIRED else "REGISTER_COLUMN_ABSENT"
            cell = Place(sheet=found.sheet, cell=address(1, column))
            found.issues.append(issue(code, cell, column=title))


def _read_row(row: RawRow, found: Findings) -> RegisterEntry:
    def value(column: str) -> object:
        return row.values.get(found.columns.get(column, 0))

    before = len(found.issues)
    code = _code(value(CODE), CODE, row.number, found)
    parent = _code(value(PARENT), PARENT, row.number, found)
    tier = _tier(value(TIER), row.number, found)
    start, end = (_day(value(column), column, row.number, found) for column in (START, END))
    if start and end and end < start:
        found.add("REGISTER_DATES_REVERSED", row.number, END)
    sound = len(found.issues) == before
    name, kind, block = (_text(value(column), column, row.number, found) for column in (NAME, KIND, BLOCK))
    if re.search(r"\s\s|[^\S ]", name):
        found.add("REGISTER_NAME_SPACES", row.number, NAME)
    members = _members(value(MEMBERS), row.number, found)
    told = {column: _contact_text(value(column), column, row.number, found) for column in CONTACT_COLUMNS}
    contact = read_contact(told, name, row.number, found)
    return RegisterEntry(row.number, Unit(code, name, tier, parent, kind, block, members, start, end, contact), sound)


def _code(value: object, column: str, row: int, found: Findings) -> str:
    if not _filled(value):
        if column == CODE:
            found.add("REGISTER_VALUE_BLANK", row, column, column=column)
        return ""
    if not isinstance(value, str):
        found.add("REGISTER_CODE_NOT_TEXT", row, column, column=column)
        return ""
    code = _clean(value)
    if len(code) > LONGEST_CODE or "|" in code or any(_invisible(letter) for letter in code):
        found.add("REGISTER_CODE_INVALID", row, column, column=column, longest=LONGEST_CODE)
        return ""
    return code


def _tier(value: object, row: int, found: Findings) -> str:
    tier = _TIER_OF.get(folded(value), "") if isinstance(value, str) else ""
    if not _filled(value):
        found.add("REGISTER_VALUE_BLANK", row, TIER, column=TIER)
    elif not tier:
        found.add("REGISTER_TIER_UNKNOWN", row, TIER, words=", ".join(TIER_WORDS.values()))
    return tier


def _text(value: object, column: str, row: int, found: Findings) -> str:
    if not _filled(value):
        if column == NAME:
            found.add("REGISTER_VALUE_BLANK", row, column, column=column)
        return ""
    if not isinstance(value, str) or any(_invisible(letter) and letter not in _BREAKS for letter in value):
        found.add("REGISTER_NOT_TEXT", row, column, column=column)
        return ""
    return _clean(value)


def _contact_text(value: object, column: str, row: int, found: Findings) -> str:
    if column == TELEPHONE and isinstance(value, int | float):
        found.add("REGISTER_CODE_NOT_TEXT", row, column, column=column)
        return ""
    return _text(value, column, row, found)


def _members(value: object, row: int, found: Findings) -> int | None:
    if not _filled(value):
        return None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,7}", value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_MEMBERS:
        return value
    found.add("REGISTER_MEMBERS_INVALID", row, MEMBERS)
    return None


def _day(value: object, column: str, row: int, found: Findings) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or not _filled(value):
        return value if isinstance(value, date) else None
    # Of texts only the ISO form is certain: 05/03/2023 is 3 May on half of the PCs.
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    found.add("REGISTER_DATE_INVALID", row, column, column=column)
    return None


def _numbers(rows: Iterable[RawRow], column: int) -> frozenset[float]:
    """The codes that lost their zeros by being typed as numbers."""
    values = (row.values.get(column) for row in rows)
    return frozenset(float(value) for value in values if isinstance(value, int | float))


def _filled(value: object) -> bool:
    return bool(_clean(value)) if isinstance(value, str) else value is not None


def _clean(value: str) -> str:
    return unicodedata.normalize("NFC", value).strip()


def _invisible(letter: str) -> bool:
    """Control, format and unassigned characters, and every space but the plain one."""
    return unicodedata.category(letter)[0] in "CZ" and letter != " "
