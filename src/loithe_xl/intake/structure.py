"""Whether a received form is still the form that was issued: its sheets, words, formulas, lists and other rules.

Protection is never asked for, and what a program may lose in saving (rules, names) may be absent; what is there must
say what the form says. No figure ever depends on any of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import ne

from loithe_xl.form.layout import HEAD_ROW, Layout
from loithe_xl.intake.formulacheck import changed_formulas, changed_names, linked, respelt
from loithe_xl.intake.insertions import Shift, alike, find_shifts
from loithe_xl.intake.sight import WPS, foreign_sheets, typed_totals, unseen
from loithe_xl.intake.typedformulas import typed_formulas
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.reading.inputrules import Meaning, inputs_in, meaning, stated
from loithe_xl.reading.received import InputRule, Received, Value
from loithe_xl.workbook.address import Address, address
from loithe_xl.workbook.book import Book, Cell, Formula, Link
from loithe_xl.workbook.ownsheets import TOTALS, VISIBLE_OF_PARENTS

MarkedWords = Mapping[str, str]  # what stands for a unit's own words in the form, and those words
_NAMED = 5  # faults of one kind and sheet that are named one by one
_VARYING = "loithe_"  # how names begin that differ from unit to unit: the token, the units of a tier
_SHIFT_CODES = {
    ("rows", True): "STRUCTURE_ROWS_INSERTED",
    ("rows", False): "STRUCTURE_ROWS_DELETED",
    ("columns", True): "STRUCTURE_COLUMNS_INSERTED",
    ("columns", False): "STRUCTURE_COLUMNS_DELETED",
}


@dataclass(frozen=True, slots=True)
class ExpectedSheet:
    """One input sheet as issued: words and formulas where nothing is typed, and what may be typed where something is.

    ``own_labels`` and ``own_formulas`` hold marks; ``rules`` and ``fields`` are by input cell; ``stated`` are the
    rules as the form states them, by their areas; ``counts`` are the inputs of whole numbers.
    """

    labels: Mapping[Address, Value]
    formulas: Mapping[Address, str]
    own_labels: Mapping[Address, str]
    own_formulas: Mapping[Address, str]
    rules: Mapping[Address, Meaning]
    stated: Collection[tuple[str, Meaning]]
    fields: Mapping[Address, str]
    counts: frozenset[Address]


@dataclass(frozen=True, slots=True)
class Expected:
    """A form as issued; ``cells``: of each input sheet those at which it says something itself, and its inputs."""

    sheets: tuple[str, ...]
    pages: Mapping[str, ExpectedSheet]
    names: Mapping[str, tuple[str, Place]]  # defined name -> its formula, and the input that it names
    cells: Mapping[str, frozenset[Address]]
    parent: bool
    respelt: Mapping[str, str]  # a defined name as Excel's old format has it -> the name, both in capitals
    totals: frozenset[Address]  # what is computed on the sheet of totals


def expected(book: Book, layout: Layout, marks: Collection[str]) -> Expected:
    """What the form drawn as ``book`` must still be when it comes back; ``marks`` stand for the unit's own words."""
    fields: dict[str, dict[Address, str]] = {placed.sheet.name: {} for placed in layout.sheets}
    counts: set[tuple[str, Address]] = set()
    for slot in layout.slots.values():
        fields[slot.sheet][slot.row, slot.column] = slot.field.id
        counts |= {(slot.sheet, (slot.row, slot.column))} if slot.field.kind == "count" else set()
    for table in layout.tables.values():
        for each in table.table.columns:
            for row in range(table.top, table.bottom + 1):
                at = row, table.columns[each.id]
                fields[table.sheet][at] = f"{table.table.id}.{each.id}"
                counts |= {(table.sheet, at)} if each.kind == "count" else set()
    whole = {name: frozenset(at for sheet, at in counts if sheet == name) for name in fields}
    pages = {name: _page(book, name, inputs, whole[name], marks) for name, inputs in fields.items()}
    cells = {
        name: frozenset((*page.labels, *page.formulas, *page.own_labels, *page.own_formulas, *page.fields))
        for name, page in pages.items()
    }
    names = {
        name: (formula, Place("", *layout.place_of(name), name) if name in layout.names else Place())
        for name, formula in book.names.items()
        if not name.startswith(_VARYING)
    }
    sheets = tuple(sheet.name for sheet in book.sheets)
    computed = book.sheet(TOTALS).cells.items() if TOTALS in sheets else ()
    totals = frozenset(at for at, cell in computed if isinstance(cell.value, Formula) and at[0] > HEAD_ROW)
    return Expected(sheets, pages, names, cells, layout.form.parent, respelt(book.names), totals)


def compare(found: Received, expected: Expected, own: MarkedWords) -> list[Issue]:
    """Every difference; where cells no longer stand in their places, only that is said."""
    return misplaced(found, expected, own) or changed(found, expected, own)


def misplaced(found: Received, expected: Expected, own: MarkedWords) -> list[Issue]:
    """Input sheets that are gone, and rows or columns inserted or taken out: no value has its place then."""
    gone = [name for name in expected.pages if name not in found.grids]
    absent = [issue("SHEET_MISSING", Place(sheet=name), sheet=name) for name in gone]
    if absent:
        return absent
    issues = []
    for name, page in expected.pages.items():
        values = found.grids[name].values
        if _differing(values, page.labels) > 1:
            issues += _moved(name, _labels(page, own), values)
    return issues


def changed(found: Received, expected: Expected, own: MarkedWords) -> list[Issue]:
    """What differs cell by cell, where every cell is in its place."""
    issues = [*_sheets(found.sheet_names, expected), *foreign_sheets(found)]
    absent = tuple(f"{name.upper()}!" for name in expected.sheets if name not in found.sheet_names)
    said: set[tuple[Address, Value]] = set()
    for name, page in expected.pages.items():
        issues += _changed_labels(found, name, page, own, said)
        if found.formulas is not None:
            meant = {**page.formulas, **{at: filled(marked, own) for at, marked in page.own_formulas.items()}}
            issues += changed_formulas(name, meant, found.formulas[name], expected.respelt, absent)
            issues += typed_formulas(found, name, found.formulas[name], page.fields, expected.pages)
        if found.rules is not None:
            issues += _changed_rules(found.rules[name], name, page)
        issues += unseen(found, name, page.fields, page.counts)
    if found.linked and found.formulas is not None:
        issues += linked(found.formulas, {name: page.fields for name, page in expected.pages.items()})
    issues += typed_totals(found, expected.totals)
    return [*issues, *changed_names(expected.names, found.names, expected.respelt)]


def own_sheets(names: Iterable[str], expected: Expected) -> list[str]:
    """The sheets that a form of this kind has or should not have: without those that only some have."""
    known = VISIBLE_OF_PARENTS if expected.parent else frozenset()
    return [name for name in names if name not in known and not name.startswith(WPS)]


def few(issues: Iterable[Issue]) -> list[Issue]:
    """The issues, but of many with one code on one sheet only the first are named, the others counted."""
    found: list[Issue] = []
    seen: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Issue] = {}
    for each in issues:
        key = each.code, each.place.sheet
        seen[key] += 1
        first.setdefault(key, each)
        if seen[key] <= _NAMED:
            found.append(each)
    for (_, sheet), one in first.items():
        left = seen[one.code, sheet] - _NAMED
        if left > 0:
            more = issue("STRUCTURE_MORE", Place(sheet=sheet), sheet=sheet, count=left, cell=one.place.cell)
            found.append(replace(more, severity=one.severity))
    return found


def _page(
    book: Book, name: str, fields: Mapping[Address, str], counts: frozenset[Address], marks: Collection[str]
) -> ExpectedSheet:
    sheet = book.sheet(name)
    labels: dict[Address, Value] = {}
    formulas: dict[Address, str] = {}
    own_labels, own_formulas = dict[Address, str](), dict[Address, str]()
    for at, cell in sheet.cells.items():
        words = _words(cell)
        if at in fields or words is None or words == "":
            continue
        its_own = isinstance(words, str) and any(mark in words for mark in marks)
        if isinstance(cell.value, Formula):
            (own_formulas if its_own else formulas)[at] = str(words)
        elif its_own:
            own_labels[at] = str(words)
        else:
            labels[at] = words
    rules = [stated(each) for each in sheet.validations]
    by_cell = {at: meant for rule in rules if (meant := meaning(rule)) for at in inputs_in(rule.areas, fields)}
    return ExpectedSheet(
        labels,
        formulas,
        own_labels,
        own_formulas,
        by_cell,
        {(rule.areas, meaning(rule)) for rule in rules},
        fields,
        counts,
    )


def _words(cell: Cell) -> Value:
    """What a cell of the form says: text, number or the formula itself."""
    value = cell.value
    if isinstance(value, Formula | Link):
        return value.text
    if value is None or isinstance(value, str | int):
        return value
    raise ValueError(f"not what a form says of itself: {value!r}")


def _differing(found: Mapping[Address, object], said: Mapping[Address, object]) -> int:
    """How many cells say something else."""
    return sum(map(ne, map(found.get, said), said.values()))


def _labels(page: ExpectedSheet, own: MarkedWords) -> dict[Address, Value]:
    return {**page.labels, **{at: filled(words, own) for at, words in page.own_labels.items()}}


def filled(words: str, own: MarkedWords) -> str:
    """What the form says to one unit: its own words where the marks stand."""
    for mark, said in own.items():
        words = words.replace(mark, said)
    return words


def _moved(sheet: str, labels: Mapping[Address, Value], values: Mapping[Address, Value]) -> list[Issue]:
    """What was inserted or taken out; one issue for the sheet where most of what it says is something else."""
    shifts = find_shifts(labels, values)
    other = sum(not alike(values.get(at), label) for at, label in labels.items())
    if shifts or other <= max(_NAMED, len(labels) / 2):
        return [_shift_issue(sheet, each) for each in shifts]
    return [issue("STRUCTURE_SHEET_OTHER", Place(sheet=sheet), sheet=sheet, count=other)]


def _shift_issue(sheet: str, shift: Shift) -> Issue:
    rows = shift.axis == "rows"
    where = address(shift.first, 1) if rows else address(1, shift.first)
    line = str(shift.first) if rows else where[:-1]
    code = _SHIFT_CODES[shift.axis, shift.inserted]
    return issue(code, Place(sheet=sheet, cell=where), sheet=sheet, line=line, count=shift.count)


def _sheets(names: tuple[str, ...], expected: Expected) -> Iterator[Issue]:
    absent = [name for name in expected.sheets if name not in names]
    extra = [name for name in own_sheets(names, expected) if name not in expected.sheets]
    yield from (issue("SHEET_MISSING", Place(sheet=name), sheet=name) for name in absent)
    # A renamed sheet is one fault, not two.
    # Its name is somebody's own words.
    for name in extra[len(absent) :]:
        yield issue("STRUCTURE_SHEET_EXTRA", number=names.index(name) + 1)
    due = [name for name in expected.sheets if name in names]
    there = [name for name in names if name in expected.sheets]
    moved = [name for name, other in zip(there, due, strict=True) if name != other]
    if moved:
        yield issue("STRUCTURE_SHEET_ORDER", Place(sheet=moved[0]), sheet=moved[0])


def _changed_labels(
    found: Received, sheet: str, page: ExpectedSheet, own: MarkedWords, said: set[tuple[Address, Value]]
) -> Iterator[Issue]:
    """One issue per row; the unit's own words, which stand on every sheet, are named on one."""
    values = found.grids[sheet].values
    rows: dict[int, list[str]] = {}
    labels = _labels(page, own)
    if not _differing(values, labels):  # of most forms that is all
        return
    for at, label in labels.items():
        value = values.get(at)
        if value == label or alike(value, label) or (at, value) in said:
            continue
        if at in page.own_labels:
            said.add((at, value))
        rows.setdefault(at[0], []).append(address(*at))
    for cells in rows.values():
        yield issue("STRUCTURE_LABEL_CHANGED", Place(sheet=sheet, cell=cells[0]), cells=", ".join(cells))


def _changed_rules(found: tuple[InputRule, ...], sheet: str, page: ExpectedSheet) -> Iterator[Issue]:
    """One issue per rule that lets something else be typed, at the first of its cells."""
    for rule in found:
        meant = meaning(rule)
        if not meant or (rule.areas, meant) in page.stated:
            continue
        for at in inputs_in(rule.areas, page.fields):
            if page.rules.get(at) != meant:
                yield issue("STRUCTURE_RULE_CHANGED", Place(sheet=sheet, cell=address(*at), field=page.fields[at]))
                break
