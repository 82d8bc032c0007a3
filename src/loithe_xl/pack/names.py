"""What a pack may call things: ids that are names in Excel and in rules, sheet names, list items, no personal data."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence

from loithe_xl.language.catalogue import Text
from loithe_xl.pack.spec import CONSTANTS, UNITS_REPORTED
from loithe_xl.rules.syntax import FUNCTIONS
from loithe_xl.workbook.address import column_number
from loithe_xl.workbook.celltext import units
from loithe_xl.workbook.ownsheets import OWN_SHEETS

ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
LIST_LETTERS = 255  # of a list written inside a validation
LIST_ITEMS = 39  # of one_of
SHEET_LETTERS = 31
SHOWN_LETTERS = 255  # of an input message

_A1 = re.compile(r"([a-z]{1,3})(\d+)")
_R1C1 = re.compile(r"r\d*(c\d*)?|c\d*")
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
_RESERVED = frozenset({*CONSTANTS, *FUNCTIONS, UNITS_REPORTED, "true", "false", "print_area", "print_titles"})
_HISTORY = "History"  # Excel has a sheet of this name itself
_PERSONAL_IDS = ("full_name", "birth", "citizen", "card_number", "identity_number", "passport", "phone", "ethnicity")
_PERSONAL_LABELS = (
    "họ và tên",
    "họ tên",
    "họ, tên",
    "ngày sinh",
    "năm sinh",
    "ngày, tháng, năm sinh",
    "cccd",
    "cmnd",
    "căn cước",
    "chứng minh nhân dân",
    "số thẻ",
    "số điện thoại",
    "full name",
    "date of birth",
    "birth date",
    "birthday",
    "card number",
    "citizen number",
)


def id_fault(id: str) -> str:
    """The code of what is wrong with an id; blank when it may be used."""
    if not ID.fullmatch(id):
        return "PACK_ID_FORM"
    if is_address(id):
        return "PACK_ID_ADDRESS"
    return "PACK_ID_RESERVED" if id in _RESERVED or keyword.iskeyword(id) else ""


def is_address(id: str) -> bool:
    """Whether Excel could read it as a cell, a row or a column, in A1 or R1C1 notation."""
    if _R1C1.fullmatch(id):
        return True
    found = _A1.fullmatch(id)
    if not found:
        return False
    letters, row = found.groups()
    return column_number(letters.upper()) <= _LAST_COLUMN and int(row) <= _LAST_ROW


def asks_for_a_person(id: str, label: Text) -> bool:
    """Whether a field would hold data of one person."""
    words = f"{label.vi}\n{label.en}".lower()
    return any(part in id for part in _PERSONAL_IDS) or any(part in words for part in _PERSONAL_LABELS)


def sheet_fault(name: str, others: Sequence[str]) -> str:
    """The code of what is wrong with a sheet's name beside the ``others``; blank when it may be used."""
    if units(name) > SHEET_LETTERS:
        return "PACK_SHEET_LONG"
    if name != name.strip() or name[0] in "'_" or name[-1] == "'" or re.search(r"[\[\]:*?/\\\x00-\x1f]", name):
        return "PACK_SHEET_LETTERS"
    taken = _HISTORY, *(each.name for each in OWN_SHEETS), *others  # Excel tells names apart without regard to case
    return "PACK_SHEET_TAKEN" if name.lower() in (each.lower() for each in taken) else ""


def list_faults(items: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(code, what) for everything that keeps a list from working as a drop-down and in a rule."""
    for item in items:
        if item != item.strip() or not item or re.search(r"[,;\"\x00-\x1f]", item):
            yield "PACK_LIST_LETTERS", item
        elif not _stays_text(item):
            yield "PACK_LIST_NUMBER", item
    for item in sorted({item for item in items if items.count(item) > 1}):
        yield "PACK_LIST_REPEATED", item
    if len(",".join(items)) > LIST_LETTERS or len(items) > LIST_ITEMS:
        yield "PACK_LIST_LONG", str(len(",".join(items)))
    if not items:
        yield "PACK_LIST_EMPTY", ""


def _stays_text(item: str) -> bool:
    """Whether Excel keeps it as text when it is chosen, not as a number, a date, TRUE or a formula."""
    if item[0] in "=+-@" or item.lower() in ("true", "false"):
        return False
    return bool(re.search(r"[^\W\d_]", item)) and not re.fullmatch(r"\d.*[eE:]\d*", item)
