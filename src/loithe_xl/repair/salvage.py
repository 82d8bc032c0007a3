"""The inputs of an altered form that can be trusted: each found by the form's own label beside it, and moved as it is;
whatever is not certain stays behind with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from loithe_xl.form.checks import fails
from loithe_xl.form.coercion import Typed, coerce
from loithe_xl.form.inputs import Inputs, extract
from loithe_xl.form.layout import LABEL, NUMBER, Layout, Slot, TableSlot
from loithe_xl.intake.resemblance import compared_as, words_of
from loithe_xl.intake.sight import shows_other
from loithe_xl.intake.typedformulas import is_unsure
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.language.notation import spans
from loithe_xl.pack.spec import Field
from loithe_xl.reading.received import Received, SheetValues, Value
from loithe_xl.repair.alignment import Alignment, Landmarks
from loithe_xl.rules.evaluate import Flaw, Raw, is_filled
from loithe_xl.workbook.address import Address, address, located

# Checks that a value of another kind fails; faults of a value of the right kind are mended in the fresh form.
KIND_FAULTS = frozenset({"FIELD_NOT_A_NUMBER", "FIELD_NOT_A_DATE", "FIELD_NOT_IN_LIST"})
Spot = tuple[str, Address]  # sheet and address
Matched = tuple[Address, Address]  # of an input: its address in the form, and in the received sheet


@dataclass(frozen=True, slots=True)
class Salvaged:
    """The inputs as they go into a fresh form; the places there of those that held something; why others were left,
    with their places in the received file; and what was read otherwise than it was typed."""

    inputs: Inputs
    moved: tuple[Place, ...]
    left: tuple[Issue, ...]
    read: tuple[Issue, ...] = ()


def salvage(
    layout: Layout, marks: Mapping[str, Landmarks], received: Received, others: Mapping[str, Set[str]]
) -> Salvaged:
    """What can be moved. ``marks``: of each input sheet what the form itself fills; ``others``: the texts of the form's
    other sheets, which need no moving."""
    spots: dict[Spot, Spot] = {}
    left: list[Issue] = []
    given = given_sheets(layout, marks, received.grids)
    # How a sheet is told: by the form's own name, for any other is somebody's own words.
    told = {sheet: sheet if sheet in marks or sheet in others else name for name, sheet in given.items() if sheet}
    for name, sheet in given.items():
        if sheet is None:
            left += _without_sheet(layout, name, name in received.grids)
            continue
        over = Alignment(marks[name], received.grids[sheet])
        for found in _found(layout, name, told[sheet], over):
            if isinstance(found, Issue):
                left.append(found)
            else:
                spots[name, found[0]] = sheet, found[1]
        left += _strays(
            over, marks[name], told[sheet], {at: of for (form, of), (_, at) in spots.items() if form == name}
        )
    left += _extra(marks, others, received, {*others, *given.values()})
    return _judged(layout, received, spots, left, told)


def given_sheets(
    layout: Layout, marks: Mapping[str, Landmarks], grids: Mapping[str, SheetValues]
) -> dict[str, str | None]:
    """Input sheet -> the received sheet that holds it: the one of its name, else the only one with most of its texts;
    None where none does, or several do."""
    said = {name: words_of(listed.values()) for name, listed in marks.items()}
    here = {name: words_of(raw for _, _, raw in grid.cells()) for name, grid in grids.items()}
    found: dict[str, str | None] = {}
    for placed in layout.sheets:
        name = placed.sheet.name
        own = said[name].difference(*(texts for other, texts in said.items() if other != name))
        held = {each: len(own & texts) for each, texts in here.items()}
        most = [each for each, count in held.items() if 2 * count >= len(own)]
        named = name in most or (not most and held.get(name, 0))
        found[name] = name if named else most[0] if len(most) == 1 else None
    return found


def _found(layout: Layout, name: str, sheet: str, over: Alignment) -> Iterator[Matched | Issue]:
    """Each input of one sheet with where it is, or why it cannot be told."""
    for slot in layout.slots.values():
        if slot.sheet == name:
            yield _scalar(slot, sheet, over)
    for table in layout.tables.values():
        if table.sheet == name:
            yield from _table(table, sheet, over)


def _scalar(slot: Slot, sheet: str, over: Alignment) -> Matched | Issue:
    """One input with its label: beside it, or above a wide one."""
    top = slot.row - slot.wide
    where, label, column = over.rows.get(top), over.texts.get((top, LABEL)), over.columns.get(slot.column)
    near = over.near(top)
    if where is None and near and compared_as(over.grid.get(near, over.columns.get(LABEL, 0))) == label:
        where = near if over.numbered(top, near) else None
    cell = address((near or top) + slot.wide, column or slot.column)
    place = Place(sheet=sheet, cell=cell, field=slot.field.id)
    if where is None:
        times = len(over.here.get(label or "", ()))
        code = "REPAIR_LABEL_UNCERTAIN" if times else "REPAIR_LABEL_CHANGED" if near else "REPAIR_LABEL_ABSENT"
        return issue(code, place, label=slot.field.label)
    if column is None:
        return issue("REPAIR_COLUMN_UNCERTAIN", place, label=slot.field.label)
    row = _beneath(over, top, where, column) if slot.wide else where
    if row is None:
        return issue("REPAIR_LABEL_UNCERTAIN", place, label=slot.field.label)
    return (slot.row, slot.column), (row, column)


def _beneath(over: Alignment, label: int, where: int, column: int) -> int | None:
    """The row of a wide input under its label: the next one, unless rows were put in or taken out there; then the only
    one that is filled. Nothing else stands in its row."""
    after = over.next_known(label)
    if after is None or after[1] - where == after[0] - label:
        rows = [where + 1]
    else:
        rows = list(range(where + 1, after[1])) if after[0] - label == 2 else []
    filled = [row for row in rows if is_filled(over.grid.get(row, column))]
    if not rows or len(filled) > 1 or any(over.filled[row] - {column} for row in rows):
        return None
    return filled[0] if filled else where + 1


def _table(table: TableSlot, sheet: str, over: Alignment) -> Iterator[Matched | Issue]:
    """A table's rows by their running numbers, between its heading and what follows it."""
    head, number = over.rows.get(table.top - 1), over.columns.get(NUMBER)
    place = Place(sheet=sheet, cell=table.cell(table.table.columns[0].id, 0), field=table.table.id)
    if head is None or number is None:
        yield issue("REPAIR_TABLE_UNCERTAIN", place, label=table.table.label)
        return
    after = over.next_known(table.top - 1)
    rows: dict[object, list[int]] = {}
    for row, at, raw in over.grid.cells():
        if at == number and row > head and (after is None or row < after[1]):
            rows.setdefault(raw, []).append(row)
    unknown = [column for column in table.table.columns if table.columns[column.id] not in over.columns]
    for column in unknown:
        where = Place(sheet=sheet, cell=table.cell(column.id, 0), field=f"{table.table.id}.{column.id}")
        yield issue("REPAIR_COLUMN_UNCERTAIN", where, label=column.label)
    lost = []
    for index in range(table.table.rows):
        if len(found := rows.get(index + 1, [])) != 1:
            lost.append(index + 1)
            continue
        for at in table.columns.values():
            if at in over.columns:
                yield (table.top + index, at), (found[0], over.columns[at])
    if lost:
        yield issue("REPAIR_ROWS_UNCERTAIN", place, label=table.table.label, rows=spans(lost))


def _strays(over: Alignment, marks: Landmarks, sheet: str, used: Mapping[Address, Address]) -> Iterator[Issue]:
    """Cells of a received sheet that hold something where the form has nothing. ``used``: received -> form address."""
    rows = {where: row for row, where in over.rows.items()} | {at[0]: of[0] for at, of in used.items()}
    unknown = sorted({row for row, _ in marks} - set(rows.values()))
    rows = {where: row for row in unknown if (where := over.near(row))} | rows
    columns = {where: column for column, where in over.columns.items()}
    numbers, texts = set(over.numbers.values()), set(over.texts.values())
    for row, column, raw in over.grid.cells():
        if not is_filled(raw) or (row, column) in used or (rows.get(row), columns.get(column)) in marks:
            continue
        if (columns.get(column) == NUMBER and raw in numbers) or compared_as(raw) in texts or _is_status(raw):
            continue  # what the form itself wrote, and now stands elsewhere
        yield issue("REPAIR_OUTSIDE", Place(sheet=sheet, cell=address(row, column)))


def _is_status(raw: Raw) -> bool:
    """Whether a text is what the form says beside a faulty input."""
    return isinstance(raw, str) and raw.startswith(tuple(text(f"form.mark_{key}").vi for key in ("error", "warning")))


def _without_sheet(layout: Layout, name: str, there: bool) -> Iterator[Issue]:
    code = "REPAIR_SHEET_UNCERTAIN" if there else "REPAIR_SHEET_ABSENT"
    ids = [id for id, slot in layout.slots.items() if slot.sheet == name]
    for id in [*ids, *(id for id, table in layout.tables.items() if table.sheet == name)]:
        _, cell = layout.place_of(id)
        yield issue(code, Place(sheet=name, cell=cell, field=id), sheet=name)


def _extra(
    marks: Mapping[str, Landmarks], others: Mapping[str, Set[str]], received: Received, known: Set[str | None]
) -> Iterator[Issue]:
    """Sheets that are not the form's. One that says most of what another sheet of the form does, and less of what an
    input sheet does, is that one under another name."""
    inputs = [words_of(listed.values()) for listed in marks.values()]
    for name, grid in received.grids.items():
        said = words_of(raw for _, _, raw in grid.cells())
        copied = max(len(texts & said) for texts in inputs)
        renamed = any(len(texts & said) > max(copied, len(texts) / 2) for texts in others.values())
        if name not in known and not renamed and any(is_filled(raw) for _, _, raw in grid.cells()):
            place = Place(sheet=name if name in marks or name in others else "")
            yield issue("REPAIR_SHEET_EXTRA", place, number=received.sheet_names.index(name) + 1)


def _judged(
    layout: Layout, received: Received, spots: Mapping[Spot, Spot], left: list[Issue], told: Mapping[str, str]
) -> Salvaged:
    """The values at the spots, read as every form is read; flawed and impossible ones are left too."""
    open_somewhere = not all(_locked(received, spot) for spot in spots.values())
    moved, kept = [], dict(spots)
    settled = _read(layout, received, spots)
    for field, name, at, raw in _cells(layout, settled.inputs):
        if at not in spots:
            continue
        sheet, where = spots[at]
        place = Place(sheet=told[sheet], cell=address(*where), field=name)
        fault = next(
            (check for check in field.checks if check.code in KIND_FAULTS and fails(check, {check.at: raw})), None
        )
        if isinstance(raw, Flaw):
            left.append(issue("REPAIR_VALUE_FLAWED", place, label=field.label))
        elif fault:
            why = fault.message.then(settled.hints.get((at[0], address(*at[1])), Text("")))
            left.append(issue("REPAIR_VALUE_KIND", place, why=why))
        elif is_filled(raw) and (shows_other(received, sheet, where) or is_unsure(received, sheet, where)):
            left.append(issue("REPAIR_VALUE_DOUBTFUL", place, label=field.label))
        elif is_filled(raw):
            moved.append(Place(sheet=at[0], cell=address(*at[1]), field=name))
            continue
        elif open_somewhere and _locked(received, spots[at]):
            left.append(issue("REPAIR_CUT", place, label=field.label))
        else:
            continue
        del kept[at]
    order = [placed.sheet.name for placed in layout.sheets]
    moved.sort(key=lambda place: order.index(place.sheet))
    typed = _read(layout, received, kept)
    fresh = {
        id: slot.field.default for id, slot in layout.slots.items() if (slot.sheet, (slot.row, slot.column)) not in kept
    }
    inputs = Inputs({**typed.inputs.values, **fresh}, typed.inputs.tables)
    return Salvaged(inputs, tuple(moved), tuple(left), tuple(_in_file(each, kept, told) for each in typed.issues))


def _in_file(read: Issue, spots: Mapping[Spot, Spot], told: Mapping[str, str]) -> Issue:
    """An issue of the form as read, with its place in the received file."""
    sheet, where = spots[read.place.sheet, located(read.place.cell)]
    return replace(read, place=replace(read.place, sheet=told[sheet], cell=address(*where)))


def _read(layout: Layout, received: Received, spots: Mapping[Spot, Spot]) -> Typed:
    """The inputs as they would be read if they stood at the form's own addresses."""
    values: dict[str, dict[Address, Value]] = {placed.sheet.name: {} for placed in layout.sheets}
    flaws: dict[str, dict[Address, str]] = {}
    dated: dict[str, set[Address]] = {}
    for (sheet, at), (given, where) in spots.items():
        values[sheet][at] = received.grids[given].get(*where)
        if what := received.flawed.get(given, {}).get(where):
            flaws.setdefault(sheet, {})[at] = what
        if where in received.dated.get(given, ()):
            dated.setdefault(sheet, set()).add(at)
    inputs = extract({sheet: SheetValues(found) for sheet, found in values.items()}, layout, flaws)
    return coerce(layout, inputs, dated)


def _cells(layout: Layout, inputs: Inputs) -> Iterator[tuple[Field, str, Spot, Raw]]:
    """Every input cell of a form: its field, its name, its place and what it holds."""
    for id, slot in layout.slots.items():
        yield slot.field, id, (slot.sheet, (slot.row, slot.column)), inputs.values[id]
    for id, table in layout.tables.items():
        for index, row in enumerate(inputs.tables[id]):
            for column in table.table.columns:
                at = table.sheet, (table.top + index, table.columns[column.id])
                yield column, f"{id}.{column.id}", at, row[column.id]


def _locked(received: Received, spot: Spot) -> bool:
    """Whether a cell is locked, as the traces of cut and paste are among open ones."""
    return spot[1] not in received.unlocked.get(spot[0], ())
