"""What is judged once for many forms is judged as if it were alone."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from drawing import LOADED

from loithe_xl.form.checks import item_values, state, states
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, blank, constants
from loithe_xl.form.layout import Layout
from loithe_xl.rules.evaluate import Flaw, Raw
from loithe_xl.workbook.daynumbers import serial

VALUES: tuple[Raw, ...] = (
    None,
    None,
    None,
    0,
    1,
    True,
    Decimal("1.0"),
    7,
    44_990,
    45_100,
    Flaw(),
    "Có",
    "Khác",
    "x" * 50,
)


def typed(layout: Layout, chance: random.Random) -> Inputs:
    """A form with anything anywhere; most rows of tables are blank, and one and the same."""
    form = layout.form
    fresh = blank(form)
    values = {id: chance.choice(VALUES) for id in fresh.values}
    tables = {
        id: tuple({column: chance.choice(VALUES) for column in row} if chance.random() < 0.1 else row for row in rows)
        for id, rows in fresh.tables.items()
    }
    return replace(fresh, values=values, tables=tables)


@pytest.mark.parametrize("name", ["cell", "base_cell", "base"])
def test_every_item_has_the_state_it_has_alone(name: str) -> None:
    layout, chance = LOADED.by_form[name], random.Random(5)
    given = dict.fromkeys([*LOADED.pack.indicators, *layout.form.derived_by_id], 3) if layout.form.parent else {}
    for number in range(60):
        cutoff = serial(date(2023, 2, 1) + timedelta(days=number))
        inputs = typed(layout, chance)
        values = all_values(layout.form, inputs, constants(LOADED.pack, cutoff), given)
        for item, found in states(layout, inputs, values):
            assert found == state(item, item_values(item, values, inputs)), (item.id, item.row)


def test_equal_rows_under_another_cutoff_and_true_beside_one_are_judged_apart() -> None:
    layout = LOADED.by_form["cell"]
    form = layout.form
    rows = [dict(row) for row in blank(form).tables["sessions"]]
    held = {**rows[0], "held_date": serial(date(2023, 3, 10)), "form": "Chuyên đề", "attendees": 1}
    rows[:2] = held, {**held, "attendees": True}
    inputs = replace(blank(form), tables={**blank(form).tables, "sessions": tuple(rows)})

    found = []
    for cutoff in (date(2023, 3, 1), date(2023, 3, 31)):
        values = all_values(form, inputs, constants(LOADED.pack, serial(cutoff)), {})
        found.append([number for item, number in states(layout, inputs, values) if item.table == "sessions"][:2])
    assert found[0][0] > 0 == found[1][0]  # held after the cut-off, held before it
    assert found[1][1] > 0  # TRUE is no number
