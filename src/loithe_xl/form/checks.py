"""Right or wrong: the checks of a form, in the order its panel shows them, and the issues they find."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from loithe_xl.caching import owned
from loithe_xl.form.comparison import compared
from loithe_xl.form.inputs import Inputs, with_days
from loithe_xl.form.layout import Layout
from loithe_xl.form.ownchecks import EMPTY, form_checks
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.cleaning import has_long_number
from loithe_xl.language.issues import Issue, Place, Severity, issue
from loithe_xl.language.legacyfont import legacy_font
from loithe_xl.pack.spec import Check, Field
from loithe_xl.rules.dates import echoed
from loithe_xl.rules.evaluate import Raw, Undefined, Values, is_number, truth
from loithe_xl.rules.syntax import names
from loithe_xl.workbook.daynumbers import day_of
from loithe_xl.workbook.ownsheets import RECEIPTS

States = dict[tuple[object, ...], int]
FEW_NAMES, FEW_LETTERS, KEPT_STATES = 3, 40, 50_000  # of what is judged once: names looked at, letters, how many
TEXT_KINDS = ("text", "paragraph")
WITH_TIME = "FIELD_DATE_WITH_TIME"


@dataclass(frozen=True, eq=False)
class Item:
    """One line of the check panel: checks that speak in order, the first fault silences the rest. Equal only to itself.

    ``row`` is the table's row (from 0) when ``table`` is set; names in its rules are column ids then.
    """

    id: str
    sheet: str
    cell: str
    checks: tuple[Check, ...]
    table: str = ""
    row: int = 0
    columns: tuple[str, ...] = ()


def is_warning(check: Check) -> bool:
    """Whether a check lets the form be counted."""
    return check.severity is Severity.WARNING


def is_wanting(check: Check) -> bool:
    """Whether a check finds a blank and nothing else: not yet done, which is no mistake."""
    return check.code == "FIELD_REQUIRED"


def _by_weight(checks: Iterable[Check]) -> tuple[Check, ...]:
    """What was typed and is wrong speaks before what is still blank, and no warning silences either."""
    return tuple(sorted(checks, key=lambda each: (is_warning(each), is_wanting(each))))


@owned
def items(layout: Layout) -> tuple[Item, ...]:
    """Every line of the panel: fields, then rows of tables, then cross-checks, then what every form is asked."""
    found = [
        Item(slot.field.id, slot.sheet, slot.cell, _by_weight(slot.field.checks)) for slot in layout.slots.values()
    ]
    for slot in layout.tables.values():
        checks = _by_weight([check for column in slot.table.columns for check in column.checks] + [*slot.table.checks])
        first = slot.table.columns[0].id
        for row in range(slot.table.rows):
            found.append(
                Item(
                    slot.table.id,
                    slot.sheet,
                    slot.cell(first, row),
                    checks,
                    slot.table.id,
                    row,
                    tuple(slot.columns),
                )
            )
    for check in layout.form.checks:
        sheet, cell = layout.place_of(check.at)
        found.append(Item(check.id, sheet, cell, (check,)))
    for check in form_checks(layout.form):
        sheet = layout.sheets[0].sheet.name if check.code == EMPTY else RECEIPTS
        found.append(Item(check.id, sheet, "A1", (check,)))
    return tuple(found)


def item_values(item: Item, values: Values, inputs: Inputs) -> Values:
    """The values an item's rules see: for a table row, its own cells under the bare column ids."""
    return ChainMap(inputs.tables[item.table][item.row], values) if item.table else values  # type: ignore[arg-type]


def states(layout: Layout, inputs: Inputs, values: Values) -> list[tuple[Item, int]]:
    """Every item with its state; rows of one table that hold the same are judged once."""
    found: list[tuple[Item, int]] = []
    inputs = with_days(layout.form, inputs)
    listed, known = items(layout), _known(layout)
    head, former, number = listed[0], None, 0
    for item in listed:
        if item.table:
            row = inputs.tables[item.table][item.row]
            if item.row == 0:
                head, former = item, None
            if row is not former:  # blank rows are one and the same
                former, number = row, _row_state(known, head, row, values)
            found.append((item, number))
        elif asked := _asked(item):
            found.append((item, _known_state(known, item, tuple([values[name] for name in asked]), values)))
        else:
            found.append((item, state(item, values)))
    return found


@owned
def _known(layout: Layout) -> States:
    """The states that a layout's items were found in, by what they saw."""
    return {}


def _row_state(known: States, head: Item, row: Mapping[str, Raw], values: Values) -> int:
    """The state of a table's row; ``head``: the item of its first row, for all are judged alike."""
    seen = (*row.values(), *[values[name] for name in _besides(head)])
    return _known_state(known, head, seen, ChainMap(row, values))  # type: ignore[arg-type]


def _known_state(known: States, item: Item, seen: tuple[object, ...], values: Values) -> int:
    """The state of an item that looks at few values: hundreds of forms hold the same, so each is judged once."""
    key = (item, seen, tuple(map(type, seen)))  # TRUE is not 1
    found = known.get(key)
    if found is None:
        found = state(item, values)
        if any(isinstance(value, str) and len(value) > FEW_LETTERS for value in seen):
            return found
        if len(known) >= KEPT_STATES:
            known.clear()
        known[key] = found
    return found


@owned
def _named(item: Item) -> frozenset[str]:
    """The names that an item's checks look at."""
    return frozenset(name for check in item.checks for name in (*names(check.rule), *check.needs))


@owned
def _besides(item: Item) -> tuple[str, ...]:
    """The names that a row's checks look at outside the row."""
    return tuple(sorted(_named(item) - {*item.columns}))


@owned
def _asked(item: Item) -> tuple[str, ...] | None:
    """The names that an item's checks look at; None where they are many, or columns."""
    found = _named(item)
    columns = any("." in name for name in found)
    return None if columns or len(found) > FEW_NAMES else tuple(sorted(found))


def state(item: Item, values: Values) -> int:
    """0 when all of the item's checks hold, else the number (from 1) of the first that fails."""
    return next((number for number, check in enumerate(item.checks, 1) if fails(check, values)), 0)


def fails(check: Check, values: Values) -> bool:
    """Whether a check finds a fault; silent while a number it needs is absent."""
    if not all(is_number(values[name]) for name in check.needs):
        return False
    try:
        return not truth(check.rule, values)
    except Undefined:
        return check.own


def validate(layout: Layout, inputs: Inputs, values: Values) -> list[Issue]:
    """Every fault of one form's inputs, in the order of its panel; an empty list when it may be sent.

    ``inputs``: as ``coerce`` gives them; ``values``: as from ``all_values``. Each issue says sheet, cell and field id.
    """
    found: list[Issue] = []
    inputs = with_days(layout.form, inputs)
    for item, number in states(layout, inputs, values):
        if number:
            seen = item_values(item, values, inputs)
            found += _row_issues(layout, item, seen) if item.table else [_item_issue(layout, item, number, seen)]
    return [*found, *_text_issues(layout, inputs)]


def fault_of(layout: Layout, item: Item, check: Check, values: Values) -> Text:
    """What a check finds, with both values where it compares two; ``values``: as from ``item_values``."""
    comparison = compared(layout, check, item.table)
    both = comparison.values(values) if comparison else None
    if not comparison or not both:
        return check.message
    bare = Text(check.message.vi.rstrip("."), check.message.en.rstrip("."))
    left, right = map(comparison.in_words, both)
    return text("form.both_values", message=bare, left=left, right=right)


def _item_issue(layout: Layout, item: Item, number: int, values: Values) -> Issue:
    check = item.checks[number - 1]
    place = Place(sheet=item.sheet, cell=item.cell, field=check.at) if check.at else Place()  # the whole form
    field = layout.slots[item.id].field if item.id in layout.slots else None
    return _issue(check, place, fault_of(layout, item, check, values), values, field)


def _row_issues(layout: Layout, item: Item, values: Values) -> list[Issue]:
    """One issue per column at most: its first fault."""
    found: dict[str, Issue] = {}
    for check in item.checks:
        if check.at not in found and fails(check, values):
            cell = layout.tables[item.table].cell(check.at, item.row)
            place = Place(sheet=item.sheet, cell=cell, field=f"{item.table}.{check.at}")
            column = layout.tables[item.table].table.column(check.at)
            found[check.at] = _issue(check, place, fault_of(layout, item, check, values), values, column)
    return list(found.values())


def _issue(check: Check, place: Place, fault: Text, values: Values, field: Field | None) -> Issue:
    raw = values[check.at] if check.code == WITH_TIME else None
    if field and is_number(raw) and day_of(raw):  # as whoever reads a cell shown as a date tells it
        return issue("DATE_WITH_TIME", place, label=field.label, read=echoed(int(raw)))
    said = text("form.fault_remedy", fault=fault, remedy=check.remedy) if check.remedy.vi else fault
    return Issue(check.code, check.severity, place, said, check.remedy)


def _text_issues(layout: Layout, inputs: Inputs) -> Iterator[Issue]:
    """What is wrong with the texts themselves: numbers of people's papers, letters of an old font."""
    for slot in layout.slots.values():
        place = Place(sheet=slot.sheet, cell=slot.cell, field=slot.field.id)
        yield from _text_faults(slot.field, inputs.values[slot.field.id], place)
    for table in layout.tables.values():
        columns = [column for column in table.table.columns if column.kind in TEXT_KINDS]
        for number, row in enumerate(inputs.tables[table.table.id] if columns else ()):
            for column in columns:
                if row[column.id] is not None:
                    place = Place(
                        sheet=table.sheet, cell=table.cell(column.id, number), field=f"{table.table.id}.{column.id}"
                    )
                    yield from _text_faults(column, row[column.id], place)


def _text_faults(field: Field, raw: Raw, place: Place) -> Iterator[Issue]:
    if field.kind not in TEXT_KINDS or field.register or not isinstance(raw, str):
        return  # a unit's code may be a long number
    if has_long_number(raw):
        yield issue("TEXT_LONG_NUMBER", place, label=field.label)
    if font := legacy_font(raw):
        yield issue("TEXT_LEGACY_FONT", place, label=field.label, font=font)
