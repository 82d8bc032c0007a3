from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from reporting import LATE, REGISTER, TOP, empty, given, receipts, sample

from loithe_xl.report.table import ReportTable


def table_of(**changed: int) -> ReportTable:
    return sample().with_values(**changed).page().table


def test_the_total_row_is_the_consolidation():
    table, values = table_of(), sample().consolidation.values

    total = table.total.cells
    assert total["cells_total"] == values["cells_total"] == 264
    assert total["cells_held"] == 68
    assert total["rate_cells_held"] == Fraction(68, 264)
    for column in table.columns:
        if column.kind == "count":
            assert total[column.id] == values[column.id]
            assert sum(row.cells[column.id] or 0 for row in table.rows if row.kind == "unit") == total[column.id]
            assert sum(row.cells[column.id] or 0 for row in table.rows if row.kind == "group") == total[column.id]


def test_rows_that_do_not_add_up_are_a_programmers_fault():
    with pytest.raises(AssertionError, match="cells_held"):
        table_of(cells_held=69)


def test_every_row_is_whole():
    for row in table_of().rows:
        cells = row.cells
        parts = ("cells_completed", "cells_in_progress", "cells_not_started", "cells_not_reported")
        assert sum(cells[id] or 0 for id in parts) == cells["cells_total"]
        whole = cells["cells_total"]
        assert whole
        if cells["cells_held"] is not None:
            assert cells["rate_cells_held"] == Fraction(cells["cells_held"]) / Fraction(whole)


def test_cells_that_report_straight_to_the_district_come_after_the_bases():
    rows = table_of().rows

    kinds = [(row.kind, row.group) for row in rows]
    assert kinds[0] == ("group", "base")
    assert [row.name for row in rows if row.kind == "group"] == ["Đảng bộ cơ sở", "Chi bộ cơ sở"]
    assert kinds.index(("group", "cell")) == kinds.index(("unit", "cell")) - 1
    assert kinds[-1] == ("total", "")
    codes = [row.code for row in rows if row.kind == "unit"]
    assert codes == [unit.code for unit in REGISTER.children(TOP.code)]


def test_of_a_missing_unit_only_the_register_speaks():
    silent = REGISTER.children(TOP.code)[1]
    under = {cell.code for cell in REGISTER.cells(silent.code)}

    table = given(each for each in receipts() if each.unit not in under).page().table

    row = next(row for row in table.rows if row.code == silent.code)
    assert row.status == "missing"
    assert row.cells["cells_total"] == row.cells["cells_not_reported"] == len(under)
    known = {"cells_total", "cells_not_reported"}
    assert {id: value for id, value in row.cells.items() if id not in known and value is not None} == {}


def test_before_anything_came_every_cell_is_not_reported():
    total = empty().page().table.total.cells

    assert total["cells_not_reported"] == total["cells_total"] == 264
    assert total["cells_held"] is None, "of nobody is anything known, and that is not 0"
    assert total["rate_members_reported"] is None


def test_one_group_alone_has_no_subtotal():
    only = [unit for unit in REGISTER.subtree(TOP.code).units if unit.tier != "cell" or unit.parent != TOP.code]
    register = replace(REGISTER, units=tuple(only))
    done = given()
    rows = {code: row for code, row in done.consolidation.rows.items() if register.unit(code)}
    values = dict.fromkeys(done.consolidation.values)
    part = replace(done, register=register, consolidation=replace(done.consolidation, rows=rows, values=values))

    assert {row.kind for row in part.page().table.rows} == {"unit", "total"}


def test_lateness_is_told():
    heard = {each.unit for each in receipts()}
    straight = next(unit for unit in REGISTER.children(TOP.code) if unit.code in heard)
    sent = [replace(each, received_at=LATE) if each.unit == straight.code else each for each in receipts()]

    late = [row for row in given(sent).page().table.rows if row.late]

    assert [(row.code, row.status) for row in late] == [(straight.code, "accepted")]
