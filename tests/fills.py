"""Forms filled in at random, as whole workbooks: valid, and with texts that programs like to change."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from tools import NOON, TERM

from loithe_xl.consolidation.receipts import Status
from loithe_xl.draw.packs import load
from loithe_xl.draw.render import cell_case, package, salt_of
from loithe_xl.form.checks import validate
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, blank, constants
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import Loaded
from loithe_xl.intake.openfile import OpenedForm, ParentBook, open_file, with_receipts
from loithe_xl.language.issues import Place, Severity
from loithe_xl.pack.kinds import NO, YES
from loithe_xl.pack.spec import Field, Form
from loithe_xl.rules.evaluate import Raw
from loithe_xl.tasks.consolidate import ConsolidationRequest, consolidate, rebuilt
from loithe_xl.tasks.office import Office
from loithe_xl.workbook.address import located
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import HIDDEN, SEAL_ROW

UNITS = {"cell": "01.1.C01", "base_cell": "01.K1", "base": "01.1", "district": "01"}  # form -> unit of small_register
TEXTS = (
    "Khó bố trí thời gian.",
    "012",
    "1.234",
    "12,5",
    "=1+1",
    "+84 912 345",
    "@đồng chí",
    "'dấu nháy",
    'nói: "vâng" & <thôi>',
    "dòng một\ndòng hai",
    "  thụt đầu,  hai dấu cách  ",
    "Kie\u0302\u0301n nghi\u0323\u0302",
    "28/02/2023",
    "TRUE",
    "1E5",
    "#N/A",
    "𝒳 \U0001f1fb\U0001f1f3 “ngoặc” – gạch",
    "ô 100%",
    "x" * 900,
)


def random_inputs(loaded: Loaded, layout: Layout, seed: int) -> Inputs:
    """A form without an ERROR: all kinds of fields filled, what breaks a rule left blank again."""
    chance, form = random.Random(f"{layout.form.id}{seed}"), layout.form
    values = {field.id: _raw(field, chance) for field in form.fields.values()} | _members(form, chance)
    tables = dict(blank(form).tables)
    for id, table in form.tables.items():
        rows = [dict(row) for row in tables[id]]
        for number in range(chance.randint(0, 4)):
            rows[number] = {column.id: _raw(column, chance) for column in table.columns}
        tables[id] = tuple(rows)
    inputs = Inputs(values, tables)
    for _ in range(20):
        faulty = _faulty(loaded, layout, inputs)
        if not faulty:
            return inputs
        inputs = _without(inputs, faulty, layout)
    raise AssertionError(f"no valid fill from seed {seed}: {faulty}")


def write(form: Path, target: Path, inputs: Inputs) -> Path:
    """A unit's workbook with these inputs, as Excel would leave it."""
    opened = open_file(form, form.name)
    assert isinstance(opened, OpenedForm), opened.issues
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(opened, ParentBook):
        target.write_bytes(rebuilt(with_receipts(replace(opened, inputs=inputs), opened.ledgers.receipts), NOON))
        return target
    hidden = opened.grids[HIDDEN].cells()
    seal = tuple(str(value) for row, column, value in hidden if row == SEAL_ROW and column > 1)
    unit_form = replace(opened.unit_form, seal=seal)
    target.write_bytes(package(cell_case(unit_form, inputs), salt_of(opened.key)))
    return target


def fill(forms: Mapping[str, Path], form: str, seed: int, folder: Path) -> Path:
    """One random submission of a form (a key of ``UNITS``) in a folder; a parent has taken in what cells sent it."""
    loaded = load("loi_the")
    target = folder / f"{form}-{seed}.xlsx"
    inputs = random_inputs(loaded, loaded.by_form[form], seed)
    if not loaded.by_form[form].form.parent:
        return write(forms[UNITS[form]], target, inputs)
    folder.mkdir(parents=True, exist_ok=True)
    target.write_bytes(forms[UNITS[form]].read_bytes())
    sent = [fill(forms, "cell", seed + 1, folder / f"{form}-{seed}")]
    sent += [fill(forms, "base_cell", seed + 1, folder / f"{form}-{seed}")] if form == "district" else []
    result = consolidate(ConsolidationRequest(target, tuple(sent)), Office(now=NOON))
    assert result.counts[Status.ACCEPTED] == len(sent), result
    return write(target, target, inputs)


def _faulty(loaded: Loaded, layout: Layout, inputs: Inputs) -> list[Place]:
    pack, form = loaded.pack, layout.form
    given: dict[str, Raw] = dict.fromkeys([*pack.indicators, *form.derived_by_id], 0) if form.parent else {}
    values = all_values(form, inputs, constants(pack, serial(TERM.cutoff)), given)
    return [each.place for each in validate(layout, inputs, values) if each.severity is Severity.ERROR]


def _without(inputs: Inputs, faulty: list[Place], layout: Layout) -> Inputs:
    """The same with each faulty row blank, and each faulty field as in a fresh form, with its section if need be."""
    start = blank(layout.form)
    values, tables = dict(inputs.values), {id: list(rows) for id, rows in inputs.tables.items()}
    for place in faulty:
        id, _, column = place.field.partition(".")
        if column:
            row = located(place.cell)[0] - layout.tables[id].top
            tables[id][row] = start.tables[id][row]
        elif values[id] != start.values[id]:
            values[id] = start.values[id]
        else:
            section = next(each for each in layout.form.sections() if id in {field.id for field in each.fields})
            values |= {field.id: start.values[field.id] for field in section.fields}
    return Inputs(values, {id: tuple(rows) for id, rows in tables.items()})


def _raw(field: Field, chance: random.Random) -> Raw:
    if field.required != "always" and chance.random() < 0.3:
        return None
    match field.kind:
        case "yesno" | "choice":
            return chance.choice(field.items)
        case "date":
            return serial(date(2023, 2, chance.randint(1, 28)))
        case "decimal":
            return Decimal(chance.randint(0, 99_999)) / 100
        case "count":
            return chance.choice((0, 1, 2, 3, 12, 4_821))
    return "01.1.C01" if field.register else chance.choice(TEXTS)


def _members(form: Form, chance: random.Random) -> dict[str, Raw]:
    """Numbers of members that agree with one another, where the form asks for them."""
    if "members_total" not in form.fields:
        return {}
    due = chance.randint(3, 60)
    leaders, reported = chance.randint(0, due), chance.randint(0, due)
    office = chance.randint(0, reported)
    return {
        "members_total": due + 3,
        "members_exempt": 2,
        "members_transferred_out": 1,
        "leaders_total": leaders,
        "leaders_due": leaders,
        "leaders_reported": min(leaders, reported),
        "reported_officeholder": office,
        "reported_other": reported - office,
        "registered": chance.choice((YES, NO)),
    }
