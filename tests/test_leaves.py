"""The law of the product: a parent is the sum of the leaves received, by whatever way and in whatever order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tools import small_register, unit_form

from loithe_xl.consolidation.consolidate import Consolidation, consolidate, rows_sent_up
from loithe_xl.consolidation.receipts import Receipt, UnitRow, Verdict, unit_row
from loithe_xl.draw import packs
from loithe_xl.form.checks import validate
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, blank, constants
from loithe_xl.form.layout import place
from loithe_xl.pack.kinds import NO, YES
from loithe_xl.register.register import Register, Unit
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.daynumbers import serial

PACK = packs.load("loi_the").pack
CUTOFF = date(2023, 2, 28)
KNOWN = constants(PACK, serial(CUTOFF))
DEADLINE = date(2023, 3, 5)

registers = st.builds(
    small_register,
    st.dictionaries(st.sampled_from(["01.1", "01.2", "01.3", "01.4"]), st.integers(0, 5), max_size=4),
    st.integers(0, 3),
)


@st.composite
def cell_inputs(draw: st.DrawFn, unit: Unit, register: Register) -> Inputs:
    """A cell's answers without an ERROR."""
    form = PACK.form_for(unit, register)
    assert form
    total = draw(st.integers(1, 60))
    exempt = draw(st.integers(0, total))
    out = draw(st.integers(0, total - exempt))
    due = total - exempt - out
    leaders = draw(st.integers(0, due))
    reported = draw(st.integers(0, due))
    office = draw(st.integers(0, reported))
    values: dict[str, Raw] = {
        **blank(form).values,
        "members_total": total,
        "members_exempt": exempt,
        "members_transferred_out": out,
        "leaders_total": leaders,
        "leaders_due": leaders,
        "leaders_reported": min(leaders, reported),
        "reported_officeholder": office,
        "reported_other": reported - office,
        "registered": draw(st.sampled_from([YES, NO])),
        "difficulty_01": draw(st.sampled_from([YES, NO, None])),
        "commended_members": draw(st.one_of(st.none(), st.integers(0, 9))),
        "difficulties_text": draw(st.sampled_from([None, "Khó bố trí thời gian.", "Đảng viên đi làm ăn xa."])),
    }
    if "plan_issued" in form.fields:
        values["plan_issued"] = draw(st.sampled_from([YES, NO, None]))
        values["plan_number"], values["plan_date"] = "12-KH/ĐU", serial(date(2023, 2, 6))
    rows = [dict(row) for row in blank(form).tables["sessions"]]
    for number in range(draw(st.integers(0, 3))):
        day = serial(date(2023, draw(st.integers(1, 4)), draw(st.integers(1, 28))))
        held = day <= serial(CUTOFF) and draw(st.booleans())
        form_name = draw(st.sampled_from(["Chuyên đề", "Lồng ghép", "Theo tổ đảng", "Khác"]))
        superior = draw(st.sampled_from([None, "Không", "Cơ sở", "Huyện", "Tỉnh"]))
        rows[number] |= {"planned_date": day}
        if held:
            rows[number] |= {"held_date": day, "form": form_name, "superior": superior}
    return Inputs(values, {**blank(form).tables, "sessions": tuple(rows)})


@st.composite
def trees(draw: st.DrawFn) -> tuple[Register, dict[str, Inputs]]:
    """An uneven register, and the inputs of the cells that sent something."""
    register = draw(registers)
    cells = register.of_tier("cell")
    sent = [cell for cell in cells if draw(st.booleans())]
    return register, {cell.code: draw(cell_inputs(cell, register)) for cell in sent}


def receipt(unit: str, rows: Sequence[UnitRow], name: str = "", at: str = "2023-03-01T08:00:00") -> Receipt:
    """A valid file of a unit."""
    return Receipt(f"{unit}{name}", name or f"{unit}.xlsx", unit, Verdict.VALID, at, rows=tuple(rows))


def leaf(unit: Unit, register: Register, inputs: Inputs) -> UnitRow:
    """What one cell sends."""
    form = PACK.form_for(unit, register)
    assert form
    values = all_values(form, inputs, KNOWN, {})
    assert not [found for found in validate(place(form), inputs, values) if found.severity.value == "ERROR"]
    return unit_row(unit.code, form, inputs, values)


def result(register: Register, parent: str, receipts: Sequence[Receipt]) -> Consolidation:
    """The parent's figures from these files."""
    unit = register.unit(parent)
    assert unit
    form = PACK.form_for(unit, register)
    assert form
    subtree = register.subtree(parent)
    return consolidate(unit_form(PACK, form, parent), blank(form), subtree, receipts)


def direct(register: Register, sent: dict[str, Inputs]) -> list[Receipt]:
    """Every cell's file."""
    rows = {code: leaf(register.unit(code), register, inputs) for code, inputs in sent.items()}  # type: ignore[arg-type]
    return [receipt(code, [row]) for code, row in rows.items()]


def cascaded(register: Register, files: Sequence[Receipt]) -> list[Receipt]:
    """The files of the bases that received something, and of the chi bộ cơ sở."""
    found = []
    for unit in register.children("01"):
        beneath = [each for each in files if each.unit in {cell.code for cell in register.cells(unit.code)}]
        if unit.tier == "cell":
            found += beneath
        elif beneath:
            found.append(receipt(unit.code, base_rows(register, unit.code, beneath)))
    return found


def base_rows(register: Register, code: str, files: Sequence[Receipt]) -> tuple[UnitRow, ...]:
    """What a base sends up after it received these files."""
    form = PACK.forms["base"]
    done = result(register, code, files)
    return rows_sent_up(PACK, form, blank(form), done)


def figures(done: Consolidation) -> tuple[object, object]:
    """What must not depend on the way taken; counts of children's own answers do."""
    values = {id: value for id, value in done.values.items() if not id.startswith("units_")}
    return values, done.texts


@settings(max_examples=150)
@given(trees())
def test_parent_is_the_sum_of_the_leaves_received(tree: tuple[Register, dict[str, Inputs]]) -> None:
    """Every added figure equals the plain sum over the cells' files, denominators come from the register."""
    register, sent = tree
    files = direct(register, sent)

    done = result(register, "01", files)

    for id in PACK.indicators:
        if id not in ("cells_total", "cells_not_reported"):
            assert done.values[id] == sum(each.rows[0].figures[id] for each in files), id
    assert done.values["cells_total"] == len(register.of_tier("cell"))
    assert done.values["units_total"] == len(register.children("01"))
    states = ("cells_completed", "cells_in_progress", "cells_not_started", "cells_not_reported")
    assert done.values["cells_total"] == sum(done.values[id] or 0 for id in states)
    assert done.values["cells_not_reported"] == len(register.of_tier("cell")) - len(files)


@settings(max_examples=150)
@given(trees())
def test_cells_through_bases_equal_cells_direct(tree: tuple[Register, dict[str, Inputs]]) -> None:
    """cells → bases → district equals cells → district."""
    register, sent = tree
    files = direct(register, sent)

    assert figures(result(register, "01", cascaded(register, files))) == figures(result(register, "01", files))


@settings(max_examples=100)
@given(trees(), st.randoms())
def test_order_names_and_repeats_change_nothing(
    tree: tuple[Register, dict[str, Inputs]], chance: random.Random
) -> None:
    """The same reports in another order, under other names, some of them twice: the same figures."""
    register, sent = tree
    files = direct(register, sent)
    again = [receipt(each.unit, each.rows, f"Copy of {each.unit}.xlsx", "2023-03-02T09:00:00") for each in files[::2]]
    mixed = [*files, *again]
    chance.shuffle(mixed)

    assert figures(result(register, "01", mixed)) == figures(result(register, "01", files))


@settings(max_examples=100)
@given(trees())
def test_overlaps_count_once(tree: tuple[Register, dict[str, Inputs]]) -> None:
    """A base's file beside the files of its own cells: nothing is counted twice."""
    register, sent = tree
    files = direct(register, sent)
    both = {each.sha: each for each in [*cascaded(register, files), *files]}

    assert figures(result(register, "01", list(both.values()))) == figures(result(register, "01", files))


@settings(max_examples=100)
@given(trees())
def test_rates_are_recomputed_never_averaged(tree: tuple[Register, dict[str, Inputs]]) -> None:
    """Each rate is its two counts divided; no denominator, no rate."""
    register, sent = tree

    values = result(register, "01", cascaded(register, direct(register, sent))).values

    for rate, over, under in (
        ("rate_cells_held", "cells_held", "cells_total"),
        ("rate_cells_completed", "cells_completed", "cells_total"),
        ("rate_members_reported", "members_reported", "members_due"),
        ("rate_leaders_reported", "leaders_reported", "leaders_due"),
    ):
        below, found = values[under], values[rate]
        if below:
            assert found is not None
            assert abs(found * below - (values[over] or 0)) < 1e-9
        else:
            assert found is None
