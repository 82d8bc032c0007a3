"""The law of figures: every sheet, answer, export or sentence that shows a figure shows one and the same value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools import TERM, small_register, unit_form

from loithe_xl.consolidation.consolidate import Consolidation, consolidate, rows_sent_up
from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.consolidation.receipts import Receipt, Verdict, unit_row
from loithe_xl.draw import ParentCase, form_book
from loithe_xl.draw.columns import TOTAL_ROW, columns_of
from loithe_xl.draw.packs import load_embedded
from loithe_xl.draw.render import parent_case
from loithe_xl.draw.totals import VALUE, totals_rows
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, blank, constants
from loithe_xl.form.loaded import Loaded
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity
from loithe_xl.intake.openfile import ParentBook
from loithe_xl.language.notation import count, percent
from loithe_xl.pack import packfile
from loithe_xl.pack.find import pack_folder
from loithe_xl.pack.kinds import NO, YES, Aggregate
from loithe_xl.pack.spec import Field, Form
from loithe_xl.register.register import Register, Unit
from loithe_xl.report import page_json
from loithe_xl.rules.evaluate import Raw
from loithe_xl.tasks.consolidate import ConsolidationResult
from loithe_xl.tasks.export import tables
from loithe_xl.tasks.json_output import consolidate_json, number_json
from loithe_xl.workbook.address import column_letters
from loithe_xl.workbook.book import Book, Formula, Sheet
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import FIGURES, TOTALS

Number = int | Decimal
QUESTIONS = ("plan_issued", "conference_held", "guidance_issued", "officials_assigned")
MORE = """
[[fields]]
id = "hours"
kind = "decimal"
required = false
label = { vi = "Số giờ sinh hoạt", en = "Hours" }

[[fields]]
id = "place_kind"
kind = "choice"
list = "session_form"
required = false
aggregate = "count_each"
label = { vi = "Nơi sinh hoạt", en = "Place" }
"""


@cache
def loaded() -> Loaded:
    """The built-in pack with a decimal and a choice that go up, a column for each in the annex, and a sentence for
    every figure there is."""
    files = {path: content.decode() for path, content in packfile.read_folder(pack_folder("loi_the")).items()}
    files["pack.toml"] = files["pack.toml"].replace('id = "loi_the"', 'id = "luat"')
    files["sections/members.toml"] += MORE
    pack = packfile.load_files({path: text.encode() for path, text in files.items()})
    ids = dict.fromkeys([*pack.indicators, *pack.forms["district"].derived_by_id])
    lines = ""
    for id in ids:
        beside = " {units_reported}" if id.startswith("units_") else ""
        lines += f'[[sections.lines]]\nid = "say_{id}"\ntext = "{id} {{{id}}}{beside}."\n' if "." not in id else ""
    heading = 'heading = "II. Kết quả thực hiện"\n'
    column = '\n[[annex.columns]]\nid = "hours"\nlabel = "Số giờ"\nkind = "count"\n'
    report = files["report/district.toml"].replace(heading, heading + lines)
    files["report/district.toml"] = report.replace("\n[[annex.columns]]", column + "\n[[annex.columns]]", 1)
    return load_embedded({path: text.encode() for path, text in files.items()})


def answer(draw: st.DrawFn, field: Field) -> Raw:
    """Something that may be typed into one field."""
    match field.kind:
        case "count":
            return draw(st.one_of(st.none(), st.integers(0, 2000)))
        case "decimal":
            return draw(st.one_of(st.none(), st.decimals(0, 100, places=2)))
        case "yesno" | "choice":
            return draw(st.sampled_from([*field.items, None]))
        case "date":
            return serial(TERM.cutoff)
    return draw(st.sampled_from([None, "Khó bố trí thời gian."]))


class World:
    """A district: ``typed`` by every unit whose own file counts there or in its base's book, ``own``: the direct units
    that sent a file of their own, and its workbook. No dataclass, which a failing test would print whole."""

    def __init__(self, register: Register, typed: Mapping[str, Inputs], own: frozenset[str], case: ParentCase) -> None:
        self.register, self.typed, self.own, self.case = register, typed, own, case

    def __repr__(self) -> str:
        return f"World(own={sorted(self.own)}, typed={sorted(self.typed)})"

    @property
    def done(self) -> Consolidation:
        """The district's figures."""
        return self.case.consolidation


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """An uneven tree; each base is silent, known through its cells alone, or sends its book."""
    shape = draw(st.dictionaries(st.sampled_from(["01.1", "01.2", "01.3"]), st.integers(0, 2), min_size=1))
    register = small_register(shape, draw(st.integers(0, 2)))
    typed: dict[str, Inputs] = {}
    files: list[Receipt] = []
    own: set[str] = set()
    for unit in register.children("01"):
        way = draw(st.sampled_from(["silent", "own", "parts"]))
        cells = [each for each in register.cells(unit.code) if draw(st.booleans())] if unit.tier == "base" else []
        if way == "silent":
            continue
        beneath = [draw(filled(cell, register, typed)) for cell in cells]
        if way == "parts" and unit.tier == "base":
            files += beneath
        else:
            own.add(unit.code)
            files.append(draw(filled(unit, register, typed, tuple(beneath))))
    form = loaded().pack.forms["district"]
    inputs = draw(answers(form))
    layout = loaded().by_form["district"]
    identity = Identity("01", TERM.period, TERM.cutoff, TERM.deadline, "luat", layout.digest)
    case = parent_case(
        UnitForm(loaded(), identity, "LT1|…", "Huyện Thử", "Tỉnh"), inputs, Ledgers(register, tuple(files)), {}
    )
    return World(register, typed, frozenset(own), case)


@st.composite
def answers(draw: st.DrawFn, form: Form) -> Inputs:
    """Every own answer of a form at random."""
    start = blank(form)
    tables = dict(start.tables)
    if "sessions" in tables and draw(st.booleans()):
        held = {"planned_date": serial(TERM.cutoff) - 9, "held_date": serial(TERM.cutoff) - 5, "form": "Chuyên đề"}
        tables["sessions"] = ({**tables["sessions"][0], **held}, *tables["sessions"][1:])
    return Inputs(start.values | {each.id: answer(draw, each) for each in form.fields.values()}, tables)


@st.composite
def filled(
    draw: st.DrawFn, unit: Unit, register: Register, typed: dict[str, Inputs], beneath: tuple[Receipt, ...] = ()
) -> Receipt:
    """A unit's file, noted in ``typed``."""
    pack = loaded().pack
    form = pack.form_for(unit, register)
    assert form
    inputs = typed[unit.code] = draw(answers(form))
    known = constants(pack, serial(TERM.cutoff))
    if form.parent:
        subtree = register.subtree(unit.code)
        done = consolidate(unit_form(pack, form, unit.code), inputs, subtree, beneath)
        rows = rows_sent_up(pack, form, inputs, done)
    else:
        rows = (unit_row(unit.code, form, inputs, all_values(form, inputs, known, {})),)
    return Receipt(unit.code, f"{unit.code}.xlsx", unit.code, Verdict.VALID, "2023-03-01T08:00:00", rows=rows)


def expected(world: World) -> dict[str, Number]:
    """Every count at the district, added up from what was typed and the register, by nothing of the product."""
    pack, register = loaded().pack, world.register
    cells = {code: each for code, each in world.typed.items() if register.unit(code).tier == "cell"}  # type: ignore[union-attr]
    found: dict[str, Number] = {}
    for field in pack.forms["cell"].fields.values():
        said = [each.values[field.id] for each in cells.values()]
        match field.aggregate:
            case Aggregate.SUM:
                found[field.id] = sum(each for each in said if isinstance(each, int | Decimal))
            case Aggregate.COUNT_YES:
                found[field.id] = said.count(YES)
            case Aggregate.COUNT_EACH:
                found |= {f"{field.id}.{place}": said.count(item) for place, item in enumerate(field.items, 1)}
    direct = [unit.code for unit in register.children("01")]
    told = [world.typed[code].values for code in direct if code in world.own]
    found |= {f"units_{id}": sum(values[id] == YES for values in told) for id in QUESTIONS}
    found |= {"units_reported": len(told), "units_total": len(direct), "cells_total": len(register.of_tier("cell"))}
    return found


@settings(max_examples=20)
@given(worlds())
def test_every_place_shows_the_same_figure(world: World) -> None:
    """“Tổng hợp”, “Số liệu đơn vị”, hidden names, the answers, the export, the report's sentences and its annex."""
    values, book = world.done.values, form_book(world.case)

    for id, value in expected(world).items():
        assert values[id] == value, id
    ids = [*loaded().pack.indicators, *world.case.form.derived_by_id]
    assert set(ids) <= values.keys()
    assert told_in_json(world) == {id: number_json(value) for id, value in values.items()}
    assert page_of(world)["values"] == told_in_json(world)
    for id in ids:
        for place, shown in places(world, book, id):
            assert shown == values[id], (id, place)


def places(world: World, book: Book, id: str) -> list[tuple[str, object]]:
    """Where a figure of the district is shown, and what is shown there; a rate that is not known is a blank."""
    found: list[tuple[str, object]] = []
    row = totals_rows(world.case)[id]
    assert book.names[id] == f"'{TOTALS}'!$C${row}"
    found.append(("Tổng hợp", result(book.sheet(TOTALS), row, VALUE)))
    column = columns_of(world.case).get(id)
    if column:
        sheet = book.sheet(FIGURES)
        total = sheet.cells[TOTAL_ROW, column].value
        assert isinstance(total, Formula)
        letters, last = column_letters(column), TOTAL_ROW + len(world.done.rows)
        assert total.text == f"SUM({letters}{TOTAL_ROW + 1}:{letters}{max(last, TOTAL_ROW + 1)})"
        found.append(("total row", total.result))
        each = [result(sheet, place, column) for place in range(TOTAL_ROW + 1, last + 1)]
        found.append(("rows", sum(one for one in each if isinstance(one, int | Decimal))))
    if (said := sentence(world, id)) is not None:
        found.append(("report", said))
    return found


def result(sheet: Sheet, row: int, column: int) -> object:
    """What a cell shows; None for a blank."""
    cell = sheet.cells.get((row, column))
    value = cell.value.result if cell and isinstance(cell.value, Formula) else cell.value if cell else None
    return None if value == "" else value


def sentence(world: World, id: str) -> object:
    """The figure that the report's own sentence about it names, if there is one."""
    page = world.case.page
    assert page
    value = world.done.values[id]
    said = next((line.shown for line in page.body if line.id == f"results.say_{id}"), None)
    if said is None:
        return None
    shown = said.removeprefix(f"{id} ").rstrip(".").split(" ")
    worded = [percent(value), count(value)]  # type: ignore[arg-type]
    assert " ".join(shown[: 2 if shown[-1] == "%" else 1]) in worded, said
    return value


def page_of(world: World) -> dict[str, object]:
    assert world.case.page
    return page_json(world.case.page)


def told_in_json(world: World) -> dict[str, object]:
    """The values of ``consolidate --format json``."""
    values: dict[str, object] = consolidate_json(ConsolidationResult(opened(world), {}, 0, ()), "vi")["values"]
    return values


def opened(world: World) -> ParentBook:
    """The district's workbook as it is read."""
    case = world.case
    kept = {"unit_form": case.unit_form, "key": "", "inputs": case.inputs, "ledgers": case.ledgers}
    return ParentBook(file="huyen.xlsx", **kept, consolidation=world.done)  # type: ignore[arg-type]


@settings(max_examples=10)
@given(worlds())
def test_the_export_adds_up_to_the_same_figures(world: World) -> None:
    """The total is the figure itself, decimals to the last digit."""
    frame = tables(opened(world), "id").totals.set_index("id")

    assert [*frame.index] == [*loaded().pack.indicators]
    for id in frame.index:
        withheld = frame.withheld[id] == "all"
        assert pandas.isna(frame.value[id]) if withheld else frame.value[id] == number_json(world.done.values[id]), id


@settings(max_examples=20)
@given(worlds())
def test_a_unit_known_through_its_cells_alone_has_answered_nothing(world: World) -> None:
    """Its cells count; its own answers are blank in the list by unit, neither yes nor no."""
    sheet, columns = form_book(world.case).sheet(FIGURES), columns_of(world.case)

    for row, (code, figures) in enumerate(world.done.rows.items(), TOTAL_ROW + 1):
        for id in ("units_reported", *(f"units_{each}" for each in QUESTIONS)):
            shown = result(sheet, row, columns[id])
            assert (shown is not None) == (code in world.own), (code, id)
            if code in world.own:
                said = True if id == "units_reported" else world.typed[code].values[id.removeprefix("units_")] == YES
                assert shown == said
        if figures is None:
            assert code not in world.own


@pytest.mark.parametrize("left", [0, 1, 2])
def test_the_report_names_those_who_answered_when_some_did_not(left: int) -> None:
    """Silence is no “no”: x of n is never said of all units while some have not answered."""
    register = small_register({"01.1": 1, "01.2": 1}, 0)
    pack = loaded().pack
    form = pack.forms["base"]
    files = []
    for unit in register.children("01")[left:]:
        start = blank(form)
        inputs = replace(start, values=start.values | {"plan_issued": YES, "conference_held": NO})
        done = consolidate(unit_form(pack, form, unit.code), inputs, register.subtree(unit.code), ())
        rows = rows_sent_up(pack, form, inputs, done)
        files.append(Receipt(unit.code, "", unit.code, Verdict.VALID, "2023-03-01T08:00:00", rows=rows))
    layout = loaded().by_form["district"]
    identity = Identity("01", TERM.period, TERM.cutoff, TERM.deadline, "luat", layout.digest)
    district = UnitForm(loaded(), identity, "LT1|…", "Huyện Thử", "Tỉnh")
    page = parent_case(district, blank(layout.form), Ledgers(register, tuple(files)), {}).page
    assert page

    said = [line.shown for line in page.body if line.id == "leadership.units"]
    wanted = {
        0: ["Ở cơ sở, có 02/02 tổ chức cơ sở đảng đã ban hành kế hoạch."],
        1: ["Ở cơ sở, có 01/02 tổ chức cơ sở đảng đã báo cáo, trong đó 01 đơn vị đã ban hành kế hoạch."],
        2: [],
    }
    assert said == wanted[left]
    assert not any(re.search(r"\b0+/\d", line.shown) for line in page.body if ".say_" not in line.id)
