"""Numbers, dates, choices and texts as people type them: read where only one reading is possible, else left a fault.

What is certain, by the field's kind, once blanks and invisible characters around the text are taken away:

whole number  ASCII digits, or groups of three parted by dots: ``12``, ``05``, ``1.234``, ``12.345.678``. A dot can only
              part thousands here, for a whole number has no decimals in any notation. A comma never can (``1,234``,
              ``12,0``: in Vietnam it begins decimals), and a blank may part two numbers (``1 234``).
decimal       the same, and decimals after a comma: ``12,5``, ``1.234,5``; but not where English notation gives another
              number: ``1.234``, ``1,234`` and ``12,500`` are left.
date          what the form itself reads (``dates``), without a word: ``05/03/2023`` is 5 March; and, with a WARNING,
              ``ngày 5 tháng 3 năm 2023``, or such a date with a midnight behind it.
choice        exactly one item of the list, but for case, blanks and how letters are composed: ``CÓ``, not ``co``.

A date number with a time of day keeps its day, with a WARNING.

Never read: signs, units, full-width digits, two-digit years, days without a year. What was read is told by a WARNING;
the rest keeps the ERROR of its kind, with the rule. A number that is shown as a date where a number belongs (``1/2``
typed) is a date and no number. Values that a spreadsheet program itself took for numbers or dates are never touched.

The form's own checks in Excel and ``form.checks`` judge the very same raw values by one rule; this reading comes before
both of them and only on intake, so that the form on screen stays the stricter of the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from loithe_xl.form.checks import TEXT_KINDS
from loithe_xl.form.inputs import Inputs, Row
from loithe_xl.form.layout import Layout, TableSlot
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.cleaning import clean, folded, harmed
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.language.notation import count, day, plain
from loithe_xl.pack.spec import Field
from loithe_xl.rules import dates
from loithe_xl.rules.evaluate import Flaw, Raw, is_number
from loithe_xl.workbook.address import Address, address
from loithe_xl.workbook.daynumbers import END_OF_DAYS, EPOCH, FIRST_DAY
from loithe_xl.workbook.numbers import whole

Hints = Mapping[tuple[str, str], Text]  # (sheet, cell) -> why what stands there was not read
Dated = Mapping[str, Container[Address]]

_MOST_DIGITS = 15  # more are lost in a spreadsheet
_VIETNAMESE = re.compile(r"([0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]+))?")
_ENGLISH = re.compile(r"([0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
_IN_WORDS = re.compile(r"(?:ngày )?([0-9]{1,2}) tháng ([0-9]{1,2}) năm ([0-9]{4})", re.IGNORECASE)
_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?$")
# As a web program keeps a day: with an hour, of some zone.
_MOMENT = re.compile(r"(?:([0-9]{4}-[0-9]{2}-[0-9]{2})T)?([0-9]{2}:[0-9]{2})[0-9:.]*(Z|[+-][0-9]{2}:?[0-9]{2})?")
_NUMBERS = ("count", "decimal")
_HINTED = frozenset({"FIELD_NOT_A_NUMBER", "FIELD_NOT_A_DATE", "FIELD_ERROR_VALUE"})


@dataclass(frozen=True, slots=True)
class Typed:
    """Inputs with everything certain read, a WARNING for each, and hints for what stays a fault."""

    inputs: Inputs
    issues: tuple[Issue, ...] = ()
    hints: Hints = field(default_factory=dict)


def coerce(layout: Layout, inputs: Inputs, dated: Dated | None = None) -> Typed:
    """The inputs of one form as judging and adding up take them, with a WARNING for each that was read from a text.

    ``inputs``: as they lie in the file; ``dated``: cells shown as a date, where known. What has more than one reading
    stays as it was typed, for the checks to refuse.
    """
    reading = _Reading(dated or {})
    values = {
        slot.field.id: reading.of(slot.field, inputs.values[slot.field.id], slot.sheet, (slot.row, slot.column))
        for slot in layout.slots.values()
    }
    tables = {}
    for table in layout.tables.values():
        rows = inputs.tables[table.table.id]
        blank = [*map(id, filter(_is_blank, {id(row): row for row in rows}.values()))]  # most rows, one and the same
        tables[table.table.id] = tuple(
            row if id(row) in blank else _row(reading, table, number, row) for number, row in enumerate(rows, table.top)
        )
    return Typed(Inputs(values, tables), tuple(reading.issues), reading.hints)


def _is_blank(row: Row) -> bool:
    return all(raw is None for raw in row.values())


def _row(reading: _Reading, table: TableSlot, number: int, row: Row) -> Row:
    """One filled row of a table, which stands in this row of its sheet."""
    return {
        each.id: reading.of(each, row[each.id], table.sheet, (number, table.columns[each.id]), f"{table.table.id}.")
        for each in table.table.columns
    }


def explained(found: Iterable[Issue], hints: Hints) -> list[Issue]:
    """The issues of ``form.checks``, each with its hint where there is one."""
    return [
        _with_hint(each, hints[each.place.sheet, each.place.cell])
        if each.code in _HINTED and (each.place.sheet, each.place.cell) in hints
        else each
        for each in found
    ]


def _with_hint(found: Issue, hint: Text) -> Issue:
    remedy = found.remedy.then(hint) if found.remedy.vi else found.remedy
    return replace(found, message=found.message.then(hint), remedy=remedy)


class _Reading:
    """The reading of one form: what was told on the way."""

    def __init__(self, dated: Dated) -> None:
        self.dated = dated
        self.issues: list[Issue] = []
        self.hints: dict[tuple[str, str], Text] = {}

    def of(self, field: Field, raw: Raw, sheet: str, at: Address, within: str = "") -> Raw:
        """What one input holds; ``within``: before the field's id, where it is a column."""
        if raw is None or isinstance(raw, Flaw | bool):
            return raw
        place = Place(sheet=sheet, cell=address(*at), field=within + field.id)
        if is_number(raw):
            return self._number(field, raw, place, dated=at in self.dated.get(sheet, ()))
        said = clean(raw)  # type: ignore[arg-type]
        if not said:
            return None
        if field.kind in TEXT_KINDS:
            if harmed(raw):  # type: ignore[arg-type]
                self._tell("TEXT_CLEANED", field, place)
            return said
        return self._text(field, raw, said, place)

    def _text(self, field: Field, raw: Raw, said: str, place: Place) -> Raw:
        """A text where a number, a date or a choice belongs."""
        if field.kind not in _READ:
            kept = raw in field.items or harmed(str(raw))
            read = raw if kept else _by_fold(field.items).get(folded(said), raw)
            if read != raw:
                self._tell("TYPED_CHOICE", field, place, read=read)
            return read
        if field.kind == "date" and (day := dates.read(str(raw))) is not None:
            return day
        code, reading, shown, hint = _READ[field.kind]
        found = None if harmed(str(raw)) else reading(said)
        if found is not None:
            self._tell(code, field, place, read=shown(found))
            return found
        if moment := _MOMENT.fullmatch(said):
            self.hints[place.sheet, place.cell] = text("typed.moment", found=" ".join(filter(None, moment.groups())))
        elif re.search(r"\d", said):
            self._hint(place, hint)
        return raw

    def _number(self, field: Field, raw: int | Decimal, place: Place, *, dated: bool) -> Raw:
        """A number as the spreadsheet has it; shown as a date, it is none where a number or a text belongs."""
        if field.kind in TEXT_KINDS:
            if dated and (seen := _seen(raw)):
                self._tell("TEXT_WAS_DATE", field, place, read=seen)
                return seen
            return plain(raw)
        if dated and field.kind == "date" and raw != int(raw) and (seen := _seen(raw)):
            self._tell("DATE_WITH_TIME", field, place, read=seen)
        if not dated or field.kind not in _NUMBERS:
            return raw
        self._hint(place, "was_date")
        return _seen(raw) or Flaw()

    def _tell(self, code: str, field: Field, place: Place, **args: object) -> None:
        self.issues.append(issue(code, place, label=field.label, **args))

    def _hint(self, place: Place, name: str) -> None:
        self.hints[place.sheet, place.cell] = text(f"typed.{name}")


def _whole(said: str) -> int | None:
    """A whole number in Vietnamese notation."""
    found = _VIETNAMESE.fullmatch(said)
    if not found or found[2] or len(said) > _MOST_DIGITS:
        return None
    return int(found[1].replace(".", ""))


def _decimal(said: str) -> int | Decimal | None:
    """A number in Vietnamese notation that is no other one in English notation."""
    read, other = _VIETNAMESE.fullmatch(said), _ENGLISH.fullmatch(said)
    if not read or len(said) > _MOST_DIGITS:
        return None
    number = _value(read[1].replace(".", ""), read[2])
    if other and _value(other[1].replace(",", ""), other[2]) != number:
        return None
    return whole(number.normalize())


def _value(whole: str, part: str | None) -> Decimal:
    return Decimal(f"{whole}.{part or 0}")


def _day(said: str) -> int | None:
    """A date as Excel counts days."""
    if found := _IN_WORDS.fullmatch(said):
        said = "/".join(found.groups())
    return dates.read(_MIDNIGHT.sub("", said))


@lru_cache(maxsize=256)
def _by_fold(items: tuple[str, ...]) -> Mapping[str, str]:
    """Each item by what it shares with its other spellings; two that share it are not there."""
    shared = [folded(item) for item in items]
    return {key: item for key, item in zip(shared, items, strict=True) if shared.count(key) == 1}


def _seen(raw: int | Decimal) -> str:
    """A number as a cell shows it that is formatted as a date; blank where it could show none."""
    leap = raw < FIRST_DAY  # Excel's year 1900 has a day too many: 29 February, which is number 60
    if int(raw) == FIRST_DAY - 1:
        return "29/02/1900"
    return day(EPOCH + timedelta(days=int(raw) + leap)) if 0 <= raw < END_OF_DAYS else ""


# Kind -> the warning of what was read, how it is read and told, and the rule that is said where it is not.
_READ: Mapping[str, tuple[str, Callable[[str], int | Decimal | None], Callable[[int | Decimal], str], str]] = {
    "count": ("TYPED_NUMBER", _whole, count, "whole"),
    "decimal": ("TYPED_NUMBER", _decimal, count, "decimal"),
    "date": ("TYPED_DATE", _day, _seen, "date"),
}
