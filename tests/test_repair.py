"""What a repair moves out of an altered form, on values: for each input its own value or none; every loss is said."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from drawing import FORMS, LOADED, drawn_case
from hypothesis import given, settings
from hypothesis import strategies as st

from loithe_xl.draw import form_book
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.form.layout import HEAD_ROW, INPUT, LABEL, NUMBER, Layout
from loithe_xl.pack.spec import Field
from loithe_xl.reading.received import Received, SheetValues
from loithe_xl.repair.alignment import Alignment, Landmarks
from loithe_xl.repair.salvage import Salvaged, salvage
from loithe_xl.tasks.repair import _said, drawn_marks
from loithe_xl.workbook.address import Address, located
from loithe_xl.workbook.book import Formula, Link
from loithe_xl.workbook.daynumbers import EPOCH

Cells = dict[Address, Any]
MAIN, MEETINGS, WORDS = "1. Số liệu", "2. Các buổi sinh hoạt", "3. Khó khăn, kiến nghị"

FIRST_DATE = 44958  # above all numbers of other inputs


@dataclass
class Bench:
    """A filled form as values that a test alters, and its repair."""

    layout: Layout
    marks: dict[str, Landmarks]
    others: dict[str, set[str]]
    inputs: Inputs
    sheets: dict[str, Cells]
    locked: dict[str, dict[Address, bool]]
    flawed: dict[str, dict[Address, str]]

    def repaired(self) -> Salvaged:
        grids = {name: SheetValues(dict(sorted(cells.items()))) for name, cells in self.sheets.items()}
        names = tuple(self.sheets)
        unlocked = {name: {at for at, locked in cells.items() if not locked} for name, cells in self.locked.items()}
        received = Received(grids, {}, {}, None, names, self.flawed, unlocked)
        return salvage(self.layout, self.marks, received, self.others)

    def shift(self, sheet: str, axis: int, at: int, by: int) -> None:
        """Insert (``by`` 1) or delete (-1) a row (axis 0) or a column (axis 1)."""
        for held in (self.sheets, self.locked, self.flawed):
            cells = held.get(sheet, {})
            moved: dict[Address, Any] = {}
            for where, value in cells.items():
                if by < 0 and where[axis] == at:
                    continue
                place = list(where)
                place[axis] += by * (where[axis] >= at)
                moved[place[0], place[1]] = value
            held[sheet] = moved  # type: ignore[assignment]


@cache
def filled(form: str) -> tuple[Layout, dict[str, Landmarks], Inputs, dict[str, Cells], dict[str, set[str]]]:
    """A form with a value of its own in every input, as a file gives it back."""
    layout = LOADED.by_form[form]
    fresh = form_book(drawn_case(form))
    marks = {placed.sheet.name: drawn_marks(fresh, placed.sheet.name, layout) for placed in layout.sheets}
    values = values_of(layout)
    start = blank(layout.form)
    given_ = {id: next(values)(slot.field) for id, slot in layout.slots.items()}
    tables = {
        id: tuple({column.id: next(values)(column) for column in table.table.columns} for _ in start.tables[id][:-3])
        + start.tables[id][-3:]
        for id, table in layout.tables.items()
    }
    inputs = Inputs(given_, tables)
    book = form_book(drawn_case(form, inputs))
    sheets = {}
    for placed in layout.sheets:
        cells = {at: plain(cell.value) for at, cell in book.sheet(placed.sheet.name).cells.items()}
        sheets[placed.sheet.name] = {at: raw for at, raw in cells.items() if raw not in (None, "")}
    others = {sheet.name: _said(sheet) for sheet in fresh.sheets if sheet.name not in marks}
    return layout, marks, inputs, sheets, others


def bench(form: str = "base_cell") -> Bench:
    layout, marks, inputs, sheets, others = filled(form)
    copies = {name: dict(cells) for name, cells in sheets.items()}
    locked = {name: {at: at not in layout.inputs_of(name) for at in marks[name]} for name in marks}
    return Bench(layout, marks, others, inputs, copies, locked, {})


def values_of(layout: Layout) -> Iterator[Callable[[Field], Any]]:
    """Values that no other input holds, as far as its kind allows."""
    number = 1000
    while True:
        number += 1

        def value(field: Field, own: int = number) -> Any:
            match field.kind:
                case "date":
                    return FIRST_DATE + own % 40
                case "text" | "paragraph":
                    return f"giá trị {own}"
                case "yesno" | "choice":
                    return field.items[own % len(field.items)]
            return own

        yield value


def plain(value: Any) -> Any:
    if isinstance(value, Formula):
        return value.result
    if isinstance(value, Link):
        return value.text
    return (value - EPOCH).days if hasattr(value, "year") else value


def codes(done: Salvaged) -> dict[str, str]:
    """Field -> why it was left."""
    return {found.place.field or f"{found.place.sheet}!{found.place.cell}": found.code for found in done.left}


def flat(inputs: Inputs) -> dict[str, Any]:
    found = dict(inputs.values)
    for table, rows in inputs.tables.items():
        found |= {f"{table}.{id}#{number}": raw for number, row in enumerate(rows) for id, raw in row.items()}
    return found


def never_wrong(made: Bench, done: Salvaged) -> None:
    """Each input holds its own value or none; where it lost one, the reason is given."""
    before, after = flat(made.inputs), flat(done.inputs)
    said = {found.place.field for found in done.left}
    start = flat(blank(made.layout.form))
    for id, value in before.items():
        if after[id] == value:
            continue
        assert after[id] == start[id], f"{id} got a value of something else"
        name = id.partition("#")[0]
        seen = {
            (sheet, at) for sheet, cells in made.sheets.items() for at, raw in cells.items() if raw in spellings(value)
        }
        told = {(found.place.sheet, located(found.place.cell or "A1")) for found in done.left}
        assert said & {name, name.partition(".")[0]} or seen & told, f"{id} was lost and nothing said"
    moved = {place.field for place in done.moved}
    assert moved <= {id.partition("#")[0] for id in before}


def everything_but(made: Bench, done: Salvaged, *lost: str) -> None:
    """All values moved, save those of some fields."""
    never_wrong(made, done)
    before, after = flat(made.inputs), flat(done.inputs)
    assert {id for id in before if after[id] != before[id]} == set(lost)


@pytest.mark.parametrize("form", FORMS)
def test_an_untouched_form_moves_whole(form: str) -> None:
    made = bench(form)

    done = made.repaired()

    assert done.left == ()
    assert done.inputs == made.inputs
    assert list(dict.fromkeys(place.sheet for place in done.moved)) == [each.sheet.name for each in made.layout.sheets]
    assert len(done.moved) == sum(raw is not None for raw in flat(made.inputs).values())
    assert all(located(place.cell) in made.layout.inputs_of(place.sheet) for place in done.moved)


def places(cells: Cells, axis: int) -> Iterator[int]:
    """Every place of a row or column down to the first rows of a table, and a few of its long rest."""
    last = max(where[axis] for where in cells)
    yield from (at for at in range(1, last + 2) if at < 45 or at > last - 2 or at % 50 == 0)


@pytest.mark.parametrize("form", ["base_cell", "district"])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_row_or_a_column_put_in_anywhere_costs_little(form: str, axis: int) -> None:
    """Never a wrong value; all of them for a row, save between the last label and its text beneath."""
    for name, cells in bench(form).sheets.items():
        for at in places(cells, axis):
            made = bench(form)
            made.shift(name, axis, at, 1)
            done = made.repaired()
            never_wrong(made, done)
            if axis == 0 and at != under_the_last_label(made.layout, name):
                assert done.left == (), (name, at)
                assert done.inputs == made.inputs, (name, at)


def under_the_last_label(layout: Layout, name: str) -> int:
    """The row of a sheet's last input where it is a wide one: nothing beneath it tells how far it went down."""
    last = [slot for slot in layout.slots.values() if slot.sheet == name][-1:]
    return last[0].row if last and last[0].wide else 0


@pytest.mark.parametrize("form", ["base_cell", "district"])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_row_or_a_column_taken_out_costs_what_stood_there(form: str, axis: int) -> None:
    for name, cells in bench(form).sheets.items():
        for at in places(cells, axis):
            made = bench(form)
            made.shift(name, axis, at, -1)
            never_wrong(made, made.repaired())


def test_a_row_put_in_is_told_with_what_stands_in_it() -> None:
    made = bench()
    made.shift(MAIN, 0, 14, 1)
    made.sheets[MAIN][14, LABEL], made.sheets[MAIN][14, INPUT] = "Dòng tự thêm", 99

    done = made.repaired()

    everything_but(made, done)
    assert codes(done) == {f"{MAIN}!B14": "REPAIR_OUTSIDE", f"{MAIN}!D14": "REPAIR_OUTSIDE"}


def test_a_row_put_into_a_table_is_told_with_what_stands_in_it() -> None:
    made = bench()
    table = made.layout.tables["sessions"]
    made.shift(MEETINGS, 0, table.top + 2, 1)
    made.sheets[MEETINGS][table.top + 2, 2] = 44999

    done = made.repaired()

    everything_but(made, done)
    assert codes(done) == {f"{MEETINGS}!B{table.top + 2}": "REPAIR_OUTSIDE"}


def test_a_changed_label_leaves_its_input_alone() -> None:
    made = bench()
    slot = made.layout.slots["members_exempt"]
    made.sheets[MAIN][slot.row, LABEL] = "Nhãn khác"

    done = made.repaired()

    everything_but(made, done, "members_exempt")
    (found,) = done.left
    assert (found.code, found.place.sheet, found.place.cell) == ("REPAIR_LABEL_CHANGED", MAIN, slot.cell)
    assert "Nhãn khác" not in found.message.vi, "never a text's content"


def test_spacing_and_composed_letters_of_a_label_do_not_matter() -> None:
    import unicodedata

    made = bench()
    slot = made.layout.slots["members_exempt"]
    label = made.sheets[MAIN][slot.row, LABEL]
    made.sheets[MAIN][slot.row, LABEL] = unicodedata.normalize("NFD", f" {label}  ")

    everything_but(made, made.repaired())


def test_labels_that_were_swapped_are_no_labels() -> None:
    made = bench()
    one, two = (made.layout.slots[id].row for id in ("members_exempt", "leaders_total"))
    cells = made.sheets[MAIN]
    cells[one, LABEL], cells[two, LABEL] = cells[two, LABEL], cells[one, LABEL]

    done = made.repaired()

    everything_but(made, done, "members_exempt", "leaders_total")
    assert set(codes(done).values()) == {"REPAIR_LABEL_UNCERTAIN"}


def test_rows_that_were_moved_with_their_labels_and_numbers_are_found() -> None:
    """Sorted, or cut and put in elsewhere."""
    made = bench()
    one, two = (made.layout.slots[id].row for id in ("members_exempt", "leaders_total"))
    cells = made.sheets[MAIN]
    for column in range(NUMBER, 6):
        first, second = cells.pop((one, column), None), cells.pop((two, column), None)
        cells |= {at: raw for at, raw in (((two, column), first), ((one, column), second)) if raw is not None}

    everything_but(made, made.repaired())


def test_a_label_that_stands_twice_is_nobodys() -> None:
    made = bench()
    slot = made.layout.slots["members_exempt"]
    made.sheets[MAIN][60, LABEL] = made.sheets[MAIN][slot.row, LABEL]
    made.sheets[MAIN][60, INPUT] = 77

    done = made.repaired()

    never_wrong(made, done)
    # Its neighbours on both sides and its number settle which of the two is meant.
    assert done.inputs.values["members_exempt"] == made.inputs.values["members_exempt"]
    assert codes(done) == {f"{MAIN}!D60": "REPAIR_OUTSIDE"}
    made.sheets[MAIN][slot.row, NUMBER] = 999
    assert codes(made.repaired())["members_exempt"] == "REPAIR_LABEL_UNCERTAIN"


def test_a_sheet_under_another_name_is_found_by_what_it_says() -> None:
    made = bench()
    made.sheets = {f"Trang {number}": cells for number, cells in enumerate(made.sheets.values())}
    made.locked = {}

    everything_but(made, done := made.repaired())
    assert done.left == ()


def test_sheets_that_swapped_their_names_are_found() -> None:
    made = bench()
    made.sheets[MAIN], made.sheets[WORDS] = made.sheets[WORDS], made.sheets[MAIN]
    made.locked = {}

    done = made.repaired()

    everything_but(made, done)
    assert done.left == ()


def test_a_copy_of_a_sheet_beside_it_is_said_and_two_copies_without_it_are_nobodys() -> None:
    made = bench()
    made.sheets["1. Số liệu (2)"] = dict(made.sheets[MAIN])

    done = made.repaired()
    assert codes(done) == {"!": "REPAIR_SHEET_EXTRA"}  # its name is somebody's own words
    everything_but(made, done)
    made.sheets["1. Số liệu (3)"] = made.sheets.pop(MAIN)
    done = made.repaired()
    never_wrong(made, done)
    assert {code for field, code in codes(done).items() if "!" not in field} == {"REPAIR_SHEET_ABSENT"}


def test_a_sheet_that_is_gone_costs_its_inputs() -> None:
    made = bench()
    del made.sheets[MEETINGS]

    done = made.repaired()

    never_wrong(made, done)
    assert codes(done) == {"sessions": "REPAIR_SHEET_ABSENT"}
    assert done.left[0].place.sheet == MEETINGS


def test_a_sheet_whose_content_is_another_is_not_believed_by_its_name() -> None:
    made = bench()
    made.sheets[MEETINGS] = {(1, 1): "Danh sách", (12, 2): 44999}

    done = made.repaired()

    never_wrong(made, done)
    assert codes(done) == {"sessions": "REPAIR_SHEET_UNCERTAIN", f"{MEETINGS}!": "REPAIR_SHEET_EXTRA"}


def test_a_wide_input_under_its_label() -> None:
    """A row put in between them: the one that is filled counts, two leave it open."""
    made = bench()
    slot = made.layout.slots["difficulties_text"]
    made.shift(WORDS, 0, slot.row, 1)
    everything_but(made, made.repaired())

    made.sheets[WORDS][slot.row, LABEL] = "dòng thứ hai"
    done = made.repaired()
    everything_but(made, done, "difficulties_text")
    assert codes(done)["difficulties_text"] == "REPAIR_LABEL_UNCERTAIN"


def test_a_row_that_holds_more_than_a_text_is_no_wide_input() -> None:
    """As when the last one's row is gone, and another line of somebody's stands in its place."""
    made = bench()
    slot = made.layout.slots["proposals_text"]
    made.sheets[WORDS][slot.row, LABEL], made.sheets[WORDS][slot.row, INPUT] = "Dòng khác", 5

    done = made.repaired()

    everything_but(made, done, "proposals_text")
    assert codes(done)["proposals_text"] == "REPAIR_LABEL_UNCERTAIN"


def test_a_table_ends_where_the_next_section_begins() -> None:
    made = bench()
    table = made.layout.tables["sessions"]
    heading = (table.bottom + 2, 1)
    made.marks = {**made.marks, MEETINGS: {**made.marks[MEETINGS], heading: "Mục sau", (heading[0] + 1, 1): 1}}
    made.sheets[MEETINGS] |= {heading: "Mục sau", (heading[0] + 1, 1): 1}

    everything_but(made, made.repaired())


def test_a_changed_heading_alone_costs_nothing() -> None:
    made = bench()
    made.sheets[MAIN][HEAD_ROW, INPUT] = "Số"

    done = made.repaired()

    everything_but(made, done)
    assert done.left == ()


def test_a_table_without_its_heading_or_numbers_stays() -> None:
    for broken in ("heading", "numbers"):
        made = bench()
        table = made.layout.tables["sessions"]
        for row, column in list(made.sheets[MEETINGS]):
            if (broken == "heading" and row == table.top - 1) or (
                broken == "numbers" and column == NUMBER and row >= 8
            ):
                del made.sheets[MEETINGS][row, column]
        done = made.repaired()
        never_wrong(made, done)
        assert codes(done)["sessions"] in ("REPAIR_TABLE_UNCERTAIN", "REPAIR_ROWS_UNCERTAIN"), broken
        assert not [place for place in done.moved if place.sheet == MEETINGS]


def test_rows_of_a_table_that_are_gone_are_named() -> None:
    made = bench()
    table = made.layout.tables["sessions"]
    for _ in range(3):
        made.shift(MEETINGS, 0, table.top + 4, -1)
    made.sheets[MEETINGS][table.top, NUMBER] = 24

    done = made.repaired()

    never_wrong(made, done)
    (found,) = (each for each in done.left if each.code == "REPAIR_ROWS_UNCERTAIN")
    assert "số thứ tự 1, 5–7, 24 " in found.message.vi


def test_flawed_and_impossible_values_stay_and_faulty_ones_move() -> None:
    made = bench()
    slots = {id: (made.layout.slots[id].row, INPUT) for id in ("members_total", "members_exempt", "leaders_total")}
    registered = made.layout.slots["registered"]
    del made.sheets[MAIN][slots["members_total"]]
    made.flawed[MAIN] = {slots["members_total"]: "error"}
    made.sheets[MAIN][slots["members_exempt"]] = -4
    made.sheets[MAIN][slots["leaders_total"]] = "vài"
    made.sheets[registered.sheet][registered.row, registered.column] = "co"

    done = made.repaired()

    assert done.inputs.values["members_exempt"] == -4, "a fault of the value, to be mended in the fresh form"
    assert codes(done) == {
        "members_total": "REPAIR_VALUE_FLAWED",
        "leaders_total": "REPAIR_VALUE_KIND",
        "registered": "REPAIR_VALUE_KIND",
    }
    assert {id: done.inputs.values[id] for id in codes(done)} == dict.fromkeys(codes(done))
    assert "vài" not in "".join(found.message.vi for found in done.left)
    made.sheets[MAIN][slots["members_exempt"]] = 10**15
    assert codes(made.repaired())["members_exempt"] == "REPAIR_VALUE_FLAWED"


def test_a_table_s_flawed_cell_is_named_with_its_own_place() -> None:
    made = bench()
    table = made.layout.tables["sessions"]
    made.shift(MEETINGS, 0, 3, 1)
    made.sheets[MEETINGS][table.top + 2, table.columns["form"]] = "Khác lạ"

    (found,) = made.repaired().left

    assert (found.code, found.place.field) == ("REPAIR_VALUE_KIND", "sessions.form")
    assert located(found.place.cell) == (table.top + 2, table.columns["form"])


def test_an_input_that_was_cut_away_is_told() -> None:
    made = bench()
    where = made.layout.slots["members_exempt"].row, INPUT
    del made.sheets[MAIN][where]
    assert made.repaired().left == (), "an open blank cell was left blank"

    made.locked[MAIN][where] = True
    assert codes(made.repaired()) == {"members_exempt": "REPAIR_CUT"}
    del made.locked[MAIN][where]
    assert codes(made.repaired()) == {"members_exempt": "REPAIR_CUT"}
    made.locked = {}
    assert made.repaired().left == (), "a program that drops every lock is honest"


def test_a_blank_that_had_a_default_stays_blank() -> None:
    made = bench()
    slot = made.layout.slots["revision"]
    del made.sheets[slot.sheet][slot.row, slot.column]

    done = made.repaired()

    assert done.inputs.values["revision"] is None
    assert "revision" not in {place.field for place in done.moved}


def test_stray_cells_are_named() -> None:
    made = bench()
    made.sheets[MAIN][3, 9] = "ghi chú"
    made.sheets[MAIN][70, 2] = 12
    made.sheets[MAIN][71, 2] = "   "

    assert codes(made.repaired()) == {f"{MAIN}!I3": "REPAIR_OUTSIDE", f"{MAIN}!B70": "REPAIR_OUTSIDE"}


def test_a_value_that_moved_into_a_blank_cell_of_the_form_is_named() -> None:
    made = bench("district")
    sheet, slot = "1. Chỉ đạo", made.layout.slots["proposals_text"]
    made.sheets[sheet][slot.row + 2, LABEL] = made.sheets[sheet].pop((slot.row, LABEL))

    done = made.repaired()

    assert codes(done) == {f"{sheet}!B{slot.row + 2}": "REPAIR_OUTSIDE"}


def test_labels_that_a_form_has_twice_are_settled_by_their_neighbours() -> None:
    """A pack may word two lines of a sheet alike; the running number and both neighbours tell which is which."""
    made = bench()
    one, two = (made.layout.slots[id].row for id in ("members_exempt", "leaders_total"))
    same = made.sheets[MAIN][one, LABEL]
    made.marks = {**made.marks, MAIN: {**made.marks[MAIN], (two, LABEL): same}}
    made.sheets[MAIN][two, LABEL] = same
    everything_but(made, done := made.repaired())
    assert done.left == ()

    made.shift(MAIN, 0, one, 1)
    done = made.repaired()
    never_wrong(made, done)
    value = f"{MAIN}!D{one + 1}"
    expected = {"members_exempt": "REPAIR_LABEL_UNCERTAIN", value: "REPAIR_OUTSIDE"}
    assert codes(done) == expected, "a row more on one side only"


EDITS = st.tuples(
    st.sampled_from(["insert row", "delete row", "insert column", "delete column", "text", "number", "copy", "swap"]),
    st.integers(0, 10**6),
)


@settings(max_examples=50)
@given(st.sampled_from(["base_cell", "district"]), st.lists(EDITS, min_size=1, max_size=6))
def test_whatever_is_done_to_a_form_no_value_lands_in_another_place(form: str, edits: list[tuple[str, int]]) -> None:
    made = bench(form)
    for how, seed in edits:
        alter(made, how, random.Random(seed))

    never_wrong(made, made.repaired())


def alter(made: Bench, how: str, chance: random.Random) -> None:
    """One change as a careless user makes it."""
    name = chance.choice(list(made.sheets))
    cells = made.sheets[name]
    last = max(row for row, _ in cells)
    row, other = chance.randint(1, last + 1), chance.randint(1, last + 1)
    if how.endswith("row") or how.endswith("column"):
        axis = int(how.endswith("column"))
        made.shift(name, axis, chance.randint(1, 9) if axis else row, 1 if how.startswith("insert") else -1)
    elif how in ("text", "number"):
        texts = [at for at, raw in cells.items() if isinstance(raw, str) and at not in inputs_now(made, cells)]
        at = chance.choice(sorted(texts))
        cells[at] = "chữ khác" if how == "text" else 5
    elif how == "copy":
        cells |= {(last + 3, column): raw for (from_, column), raw in list(cells.items()) if from_ == row}
    else:
        wide = {where[0] for where in inputs_now(made, cells) if len([at for at in cells if at[0] == where[0]]) == 1}
        if wide & {row, other}:
            return  # a text under another label is that label's, whoever put it there
        both = {row: other, other: row}
        moved = {(both.get(at[0], at[0]), at[1]): raw for at, raw in cells.items()}
        made.sheets[name] = moved


def spellings(raw: Any) -> list[Any]:
    """A value as inputs have it and, where it may be a date, as its cell does."""
    return [raw, f"{EPOCH + timedelta(raw):%d/%m/%Y}"] if isinstance(raw, int) and raw >= FIRST_DATE else [raw]


def inputs_now(made: Bench, cells: Cells) -> set[Address]:
    """Cells that hold what a user typed, wherever they are by now."""
    values = {str(spelling) for raw in flat(made.inputs).values() for spelling in spellings(raw)}
    return {at for at, raw in cells.items() if str(raw) in values}


def test_columns_and_rows_that_nothing_settles_stay_unknown() -> None:
    over = Alignment({(1, 1): "A", (1, 2): "B", (2, 1): "C", (3, 1): "D"}, SheetValues({(1, 1): "A", (5, 1): "C"}))

    assert over.columns == {1: 1}
    assert over.rows == {1: 1, 2: 5}
    assert over.near(3) == 6, "after the last that is known"
    assert Alignment({(1, 1): "A", (3, 1): "B"}, SheetValues({(1, 1): "A", (9, 1): "B"})).near(2) is None
    assert Alignment({(1, 1): "A"}, SheetValues({(1, 1): "A"})).columns == {}, "one text alone tells nothing"
    column = {(row, 1): said for row, said in enumerate("ABCD", 1)}
    torn = SheetValues({(1, 1): "A", (2, 1): "B", (3, 3): "C", (4, 3): "D"})
    assert Alignment(column, torn).columns == {}, "two say this, two say that"
    heading = {(1, 1): "A", (1, 2): "B", (2, 1): "C", (2, 2): "D"}
    torn = SheetValues({(1, 1): "A", (2, 2): "B", (5, 1): "C", (5, 2): "D"})
    assert Alignment(heading, torn).rows == {2: 5}, "a row in two places is in none"


def test_marks_are_of_the_language_asked_for() -> None:
    layout = LOADED.by_form["cell"]
    vi, en = (drawn_marks(form_book(drawn_case("cell", lang=lang)), MAIN, layout) for lang in ("vi", "en"))

    assert vi.keys() == en.keys() and vi != en
    assert {vi[at] for at in layout.inputs_of(MAIN)} == {""}
    assert (8, 2) not in vi, "a heading reaches over cells that hold nothing"
