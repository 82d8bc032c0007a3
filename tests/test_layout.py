"""Addresses: each input has its own, its name reaches it; a layout's digest moves with them and with nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loithe_xl.draw import packs
from loithe_xl.form.layout import HEAD_ROW, Layout, Placed, place
from loithe_xl.language.catalogue import Text
from loithe_xl.pack.kinds import KINDS
from loithe_xl.pack.spec import Field, Form, FormSheet, Section, Table
from loithe_xl.workbook.address import Address

PACK = packs.load("loi_the").pack
FORMS = list(PACK.forms)


def field(id: str, kind: str = "count", **more: str) -> Field:
    return Field(id, kind, Text(f"Số {id}"), **more)


def form(*sheets: FormSheet, parent: bool = False) -> Form:
    return Form("thu", "cell", Text("Biểu thử"), sheets, (), parent=parent)


SMALL = form(
    FormSheet(
        "Nhập",
        (
            Section("a", Text("Phần A"), (field("total"), field("said", "paragraph"), field("day", "date"))),
            Section("b", Text("Phần B"), (field("yes", "yesno"),)),
        ),
    ),
    FormSheet(
        "Bảng", (Section("t", Text("Bảng"), table=Table("rows", Text("Dòng"), (field("when", "date"), field("n")), 5)),)
    ),
)


def with_sheets(change: Callable[[FormSheet], FormSheet]) -> Form:
    return replace(SMALL, sheets=tuple(change(sheet) for sheet in SMALL.sheets))


def with_sections(change: Callable[[Section], Section]) -> Form:
    return with_sheets(lambda sheet: replace(sheet, sections=tuple(change(each) for each in sheet.sections)))


def with_fields(change: Callable[[Field], Field]) -> Form:
    return with_sections(lambda section: replace(section, fields=tuple(change(each) for each in section.fields)))


def with_table(change: Callable[[Table], Table]) -> Form:
    return with_sections(lambda section: replace(section, table=section.table and change(section.table)))


# ---------------------------------------------------------------- addresses


def test_fields_stand_one_beneath_the_other_a_paragraph_under_its_label() -> None:
    slots = place(SMALL).slots

    assert {id: (slot.sheet, slot.cell) for id, slot in slots.items()} == {
        "total": ("Nhập", "D9"),
        "said": ("Nhập", "B11"),
        "day": ("Nhập", "D12"),
        "yes": ("Nhập", "D15"),
    }
    assert slots["said"].wide
    assert not slots["total"].wide


def test_a_tables_status_is_its_last_column() -> None:
    table = place(SMALL).tables["rows"]
    assert table.fault == 6, "beyond the columns of fields, whatever else the sheet holds"

    assert (table.top, table.bottom) == (10, 14)
    assert (table.columns, table.echoes, table.status) == ({"when": 2, "n": 3}, {}, 4)
    assert table.cell("n", 2) == "C12"


def test_a_place_is_found_by_field_table_or_column() -> None:
    layout = place(SMALL)

    assert layout.place_of("day") == ("Nhập", "D12")
    assert layout.place_of("rows") == ("Bảng", "B10")
    assert layout.place_of("rows.n") == ("Bảng", "C10")


def test_a_unit_is_echoed_by_its_name_only_where_the_register_is_at_hand() -> None:
    table = Table("rows", Text("Dòng"), (field("cell", "text", register="cell"), field("n")), 2)
    sheet = FormSheet("Bảng", (Section("t", Text("Bảng"), table=table),))

    assert place(form(sheet, parent=True)).tables["rows"].echoes == {"cell": 3}
    assert place(form(sheet)).tables["rows"].echoes == {}


@pytest.mark.parametrize("id", FORMS)
def test_every_input_of_the_pack_has_an_address_of_its_own(id: str) -> None:
    of_form = PACK.forms[id]
    layout = place(of_form)
    rows = sum(table.rows * len(table.columns) for table in of_form.tables.values())

    assert len(layout.inputs) == len(of_form.fields) + rows
    assert list(layout.slots) == list(of_form.fields)
    assert list(layout.tables) == list(of_form.tables)


kinds = st.sampled_from(sorted(KINDS))
sections = st.one_of(
    st.builds(lambda found: ("fields", found), st.lists(kinds, min_size=1, max_size=5)),
    st.builds(lambda found, rows: ("table", found, rows), st.lists(kinds, min_size=1, max_size=5), st.integers(1, 6)),
)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Sheets of fields and tables of any kinds."""
    number, sheets = 0, []
    for position in range(draw(st.integers(1, 3))):
        made = []
        for found in draw(st.lists(sections, min_size=1, max_size=4)):
            number += 1
            of = tuple(field(f"f{number}_{place}", kind) for place, kind in enumerate(found[1]))
            table = Table(f"t{number}", Text("T"), of, found[2]) if found[0] == "table" else None
            made.append(Section(f"s{number}", Text("S"), () if table else of, table))
        sheets.append(FormSheet(f"Trang {position} 'đầu'", tuple(made)))
    return form(*sheets, parent=draw(st.booleans()))


def taken(placed: Placed) -> Iterator[Address]:
    """Every cell a section needs for itself: its heading, its inputs, what is said beside them."""
    yield placed.row, 1
    for slot in placed.slots:
        yield slot.row, slot.column
        yield slot.row - slot.wide, 1
    if table := placed.table:
        for row in range(table.top - 1, table.bottom + 1):
            yield from (
                (row, column)
                for column in (1, *table.columns.values(), *table.echoes.values(), table.status, table.fault)
            )


@given(forms())
def test_nothing_lies_on_anything_else(any_form: Form) -> None:
    layout = place(any_form)

    for sheet in layout.sheets:
        spots = [spot for placed in sheet.sections for spot in set(taken(placed))]
        assert len(spots) == len(set(spots))
        assert min(row for row, _ in spots) > HEAD_ROW
        assert max(row for row, _ in spots) <= sheet.last
        order = [placed.row for placed in sheet.sections]
        assert order == sorted(order)


@given(forms())
def test_every_name_reaches_its_inputs_and_its_block_ends_outside_them(any_form: Form) -> None:
    layout = place(any_form)

    reached = [spot for formula in layout.names.values() for spot in cells(formula)]
    assert len(reached) == len(set(reached))
    assert set(reached) == layout.inputs
    for formula in layout.names.values():
        for sheet, letters, last, row in parts(formula):
            assert 1 < row < last
            assert (sheet, (1, column(letters))) not in layout.inputs
            assert (sheet, (last, column(letters))) not in layout.inputs


def parts(formula: str) -> list[tuple[str, str, int, int]]:
    """Sheet, column letters, last row of the block and row reached, for each INDEX of a name."""
    found = re.findall(r"INDEX\('((?:[^']|'')+)'!\$([A-Z]+)\$1:\$\2\$(\d+),(\d+),1\)", formula)
    return [(sheet.replace("''", "'"), letters, int(last), int(row)) for sheet, letters, last, row in found]


def cells(formula: str) -> Iterator[tuple[str, Address]]:
    """The cells that a name reaches."""
    ends = parts(formula)
    for row in range(ends[0][3], ends[-1][3] + 1):
        yield ends[0][0], (row, column(ends[0][1]))


def column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def test_names_are_the_ids() -> None:
    assert list(place(SMALL).names) == ["total", "said", "day", "yes", "rows.when", "rows.n"]
    assert place(SMALL).names["day"] == "INDEX('Nhập'!$D$1:$D$16,12,1)"
    assert place(SMALL).names["rows.n"] == "INDEX('Bảng'!$C$1:$C$16,10,1):INDEX('Bảng'!$C$1:$C$16,14,1)"


# ---------------------------------------------------------------- the digest

OTHER = Text("Khác hẳn", "Quite different")
WORDING = {
    "title": replace(SMALL, title=OTHER, intro=(OTHER,)),
    "section": with_sections(lambda section: replace(section, title=OTHER, note=OTHER)),
    "label": with_fields(lambda each: replace(each, label=OTHER, help=OTHER, unit=OTHER)),
    "table label": with_table(lambda table: replace(table, label=OTHER)),
    "what goes up": with_fields(lambda each: replace(each, travels=True)),
    "what is required": with_fields(lambda each: replace(each, required="always")),
    "landscape": with_sheets(lambda sheet: replace(sheet, landscape=True)),
}
MEANING = {
    "form id": replace(SMALL, id="khac"),
    "field id": with_fields(lambda each: replace(each, id=f"{each.id}_2")),
    "kind": with_fields(lambda each: replace(each, kind="decimal") if each.id == "total" else each),
    "sheet name": with_sheets(lambda sheet: replace(sheet, name=f"{sheet.name} 2")),
    "order": with_sections(lambda section: replace(section, fields=section.fields[::-1])),
    "a field more": with_sections(
        lambda section: replace(section, fields=(*section.fields, field("more"))) if section.id == "b" else section
    ),
    "rows": with_table(lambda table: replace(table, rows=6)),
    "column id": with_table(lambda table: replace(table, columns=(table.columns[0], field("m")))),
    "column kind": with_table(lambda table: replace(table, columns=(table.columns[0], field("n", "text")))),
    "column order": with_table(lambda table: replace(table, columns=table.columns[::-1])),
    "table id": with_table(lambda table: replace(table, id="lines")),
}


@pytest.mark.parametrize("what", WORDING)
def test_the_digest_does_not_mind_wording(what: str) -> None:
    assert WORDING[what] != SMALL
    assert place(WORDING[what]).digest == place(SMALL).digest


@pytest.mark.parametrize("what", MEANING)
def test_the_digest_moves_with_ids_kinds_and_addresses(what: str) -> None:
    assert place(MEANING[what]).digest != place(SMALL).digest


def test_digests_tell_the_packs_forms_apart_and_fit_a_token() -> None:
    digests = {place(each).digest for each in PACK.forms.values()}

    assert len(digests) == len(PACK.forms)
    assert all(re.fullmatch("[0-9a-f]{12}", digest) for digest in digests)


def test_a_layout_is_equal_only_to_itself() -> None:
    """So that what follows from one can be kept beside it."""
    one, other = place(SMALL), place(SMALL)

    assert one != other
    assert one.digest == other.digest
    assert isinstance(one, Layout)
