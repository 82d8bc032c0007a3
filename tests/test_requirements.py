"""Requirements of the articles that no module's own tests show whole; docs/coverage.md names each of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from drawing import IN_TIME, LOADED, PACK, books, drawn_case, own_row, tree, typed
from tools import REQUIRED, TERM, held, unit_form

from loithe_xl.consolidation.consolidate import consolidate
from loithe_xl.consolidation.receipts import Receipt, UnitRow, Verdict, unit_row
from loithe_xl.draw import form_book
from loithe_xl.form.checks import validate
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, blank, constants
from loithe_xl.pack.kinds import NO, YES
from loithe_xl.pack.spec import Field
from loithe_xl.register.file import sample_register
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import CHECK, FIGURES, LIST_HEAD, OPINIONS, VERDICT

KNOWN = constants(PACK, serial(TERM.cutoff))
OWN_SAID = "Chi bộ đông đảng viên, nhiều đồng chí đi làm ăn xa nên khó bố trí thời gian."


def fields() -> list[Field]:
    """Every input of every form."""
    forms = PACK.forms.values()
    columns = [each for form in forms for table in form.tables.values() for each in table.columns]
    return [*(each for form in forms for each in form.fields.values()), *columns]


def cell_values(*sessions: dict[str, Raw], **values: Raw) -> dict[str, Raw]:
    """The figures of a cell with these answers."""
    form = PACK.forms["cell"]
    found = all_values(form, typed("cell", sessions, **{**REQUIRED, **values}), KNOWN, {})
    return {each.id: found[each.id] for each in form.derived}  # type: ignore[misc]


def sent(form: str, unit: str, *sessions: dict[str, Raw], **values: Raw) -> Receipt:
    """A cell's file."""
    row = own_row(form, unit, typed(form, sessions, **{**REQUIRED, **values}))
    return Receipt(unit, f"{unit}.xlsx", unit, Verdict.VALID, IN_TIME, rows=(row,))


def parent_sent(form: str, unit: str, **values: Raw) -> Receipt:
    """A parent's file with own entries and nothing beneath it."""
    inputs = typed(form, **values)
    given = dict.fromkeys([*PACK.indicators, *PACK.forms[form].derived_by_id], 0)
    row = unit_row(unit, PACK.forms[form], inputs, all_values(PACK.forms[form], inputs, KNOWN, given))
    return Receipt(unit, f"{unit}.xlsx", unit, Verdict.VALID, IN_TIME, rows=(row,))


def consolidated(parent: str, form: str, *files: Receipt) -> dict[str, object]:
    """The parent's figures from these files."""
    subtree, empty = tree().subtree(parent), blank(PACK.forms[form])
    return dict(consolidate(unit_form(PACK, PACK.forms[form], parent), empty, subtree, files).values)


def test_figures_are_cumulative_up_to_a_cutoff_that_every_sheet_shows() -> None:
    """S0-07: what lies after the cut-off is an ERROR, what lies before it counts from the first day on."""
    drawn = books()["cell-vi"][1]
    for sheet in drawn.sheets:
        if not sheet.hidden:
            head = [str(cell.value) for (row, _), cell in sheet.cells.items() if row < VERDICT[0]]
            assert [said for said in head if "Số liệu đến ngày 28/02/2023" in said], sheet.name
    late = typed("cell", ({"held_date": serial(date(2023, 3, 1)), "form": "Khác", "note": "x"},), **REQUIRED)
    codes = {
        each.code for each in validate(LOADED.by_form["cell"], late, all_values(PACK.forms["cell"], late, KNOWN, {}))
    }
    assert "FIELD_DATE_AFTER_CUTOFF" in codes
    assert cell_values({"held_date": serial(date(2023, 1, 1)), "form": "Khác"})["cells_held"] == 1


def test_publication_is_not_the_cutoff() -> None:
    """S1-01: the report's date is the day it is written, its figures are those of the cut-off."""
    page = drawn_case("district").page
    assert page
    said = {line.id: line.shown for line in page.lines()}
    assert "28/02/2023" in said["subject"]
    assert "28" not in said["place_date"]
    assert page.cutoff == TERM.cutoff


def test_opinions_are_listed_whole_with_their_unit() -> None:
    """S0-11."""
    file = sent("cell", "01.1.C01", difficulties_text=OWN_SAID, proposals_text="Gửi mẫu.")
    drawn = form_book(drawn_case("base", received=(file,))).sheet(OPINIONS)
    rows = [[drawn.cells[row, column].value for column in (2, 3, 5)] for row in (LIST_HEAD + 1, LIST_HEAD + 2)]

    assert rows == [["01.1.C01", "Chi bộ 01.1-1", OWN_SAID], ["01.1.C01", "Chi bộ 01.1-1", "Gửi mẫu."]]


def test_each_session_tells_whether_the_secretary_chaired_and_concluded() -> None:
    """S0-17."""
    columns = {each.id: each for each in PACK.forms["cell"].tables["sessions"].columns}

    for id in ("chaired_by_secretary", "concluded_by_secretary"):
        assert columns[id].items == (YES, NO)
    assert "Không cần kết luận từng đảng viên" in columns["concluded_by_secretary"].help.vi


def test_the_forms_ask_for_self_review_and_judge_nobody() -> None:
    """S0-18: counts, dates, choices and texts of the unit; no field is about one member."""
    intro = " ".join(line.vi for line in PACK.forms["cell"].intro)
    assert "tự rà soát, soi rọi là chính" in intro
    assert "không mục nào đánh giá từng người" in intro
    assert {each.kind for each in fields()} <= {"count", "yesno", "choice", "date", "text", "paragraph"}
    assert {each.id for each in fields() if each.kind == "paragraph"} == {"difficulties_text", "proposals_text"}


def test_units_are_counted_by_their_own_answers_each_indicator_apart() -> None:
    """S0-06, S1-09, S1-11: x of n with n from the register; a district's own answer counts once at the province."""
    base = parent_sent("base", "01.1", conference_held=YES, plan_issued=YES, plan_number="1", guidance_issued=YES)
    straight = sent("base_cell", "01.K1", conference_held=YES, officials_assigned=YES)
    found = consolidated("01", "district", base, straight)

    counted = ("plan_issued", "conference_held", "guidance_issued", "officials_assigned")
    assert [found[f"units_{id}"] for id in counted] == [1, 2, 1, 1]
    assert found["units_total"] == 3
    above = consolidated("00", "province", parent_sent("district", "01", conference_held=NO, officials_assigned=YES))
    assert [above[f"units_{id}"] for id in counted] == [0, 0, 0, 1]
    assert above["units_total"] == 1


def test_a_cell_says_whether_it_is_registered_apart_from_its_planned_date() -> None:
    """S1-12: every cell has a planned date, some are on the list; the base sees which."""
    planned = {"planned_date": serial(date(2023, 3, 5))}
    files = [sent("cell", "01.1.C01", planned), sent("cell", "01.1.C02", planned, registered=NO)]
    assert consolidated("01.1", "base", *files)["cells_registered"] == 1

    drawn = form_book(drawn_case("base", received=tuple(files))).sheet(FIGURES)
    label = PACK.indicators["cells_registered"].short.vi
    assert label == "Chi bộ đăng ký"
    at = next(at for at, cell in drawn.cells.items() if cell.value == label)
    (prompt,) = (rule.prompt for rule in drawn.validations if rule.area[0] == at)
    assert "Chi bộ được đăng ký tổ chức sinh hoạt chính trị" in prompt
    column = at[1]
    assert [(drawn.cells[row, 2].value, drawn.cells[row, column].value) for row in (9, 10)] == [
        ("01.1.C01", 1),
        ("01.1.C02", 0),
    ]


def test_the_provinces_visits_are_counted_inside_those_held_as_registered() -> None:
    """S1-15: neither a visit to a late or unregistered session nor one to a chi bộ cơ sở is in the sentence."""
    planned, guest = serial(date(2023, 2, 20)), {"superior": "Tỉnh"}
    as_registered = {**held(22), "planned_date": planned, **guest}
    late = {**held(22), "planned_date": serial(date(2023, 1, 25)), **guest}
    alone = {**held(21), "planned_date": planned}
    files = (
        sent("cell", "01.1.C01", alone, as_registered),
        sent("cell", "01.1.C02", late),
        sent("cell", "01.2.C01", as_registered, registered=NO),
        sent("base_cell", "01.K1", as_registered),
    )
    found = consolidated("01", "district", *files)

    assert (found["cells_registered"], found["cells_held_as_registered"]) == (3, 2)
    assert found["cells_attended_by_province"] == 4
    assert found["cells_held_as_registered_with_province"] == 2
    assert found["subordinate_as_registered_with_province"] == 1


def test_attendance_is_counted_by_the_tier_of_the_superior() -> None:
    """S1-15: by any held session, never by one that is only planned."""
    found = cell_values(held(10, superior="Tỉnh"), held(12, superior="Cơ sở"), {"superior": "Huyện"})

    assert [found[f"cells_attended_by_{tier}"] for tier in ("base", "district", "province")] == [1, 0, 1]


def test_a_large_cell_may_hold_several_sessions_and_completes_with_its_last_member() -> None:
    """S1-16: 27 are due."""
    sessions = [held(3), held(10), held(17)]

    assert PACK.forms["cell"].tables["sessions"].rows >= 24
    assert cell_values(*sessions, reported_other=22)["cells_completed"] == 0
    assert cell_values(*sessions, reported_other=23)["cells_completed"] == 1
    assert cell_values(*sessions, reported_other=23)["cells_held"] == 1


def test_those_working_away_are_counted_exempt_or_not() -> None:
    """S1-19: an absentee leaves the denominator only when exempted."""
    away = cell_values(members_away=9)
    assert away["members_due"] == cell_values()["members_due"] == 27
    assert {"members_away", "members_away_exempt", "difficulty_05"} <= set(PACK.indicators)


def test_elderly_members_who_still_attend_stay_in_the_denominator() -> None:
    """S1-20."""
    assert cell_values(members_elderly=12)["members_due"] == cell_values()["members_due"] == 27
    assert "difficulty_04a" in PACK.indicators


def test_a_difficulty_named_in_a_cell_is_counted_up_to_the_province() -> None:
    """S0-12 to S0-15, S1-21 to S1-23, S3-09, S4-11: one row up each tier, by cells."""
    ids = [id for id in PACK.forms["cell"].fields if id.startswith("difficulty_")]
    files = [sent("cell", "01.1.C01", **dict.fromkeys(ids, YES)), sent("cell", "01.1.C02", difficulty_01=YES)]
    for parent, form in (("01.1", "base"), ("01", "district"), ("00", "province")):
        found = consolidated(parent, form, *files)
        assert [found[id] for id in ids] == [2, *[1] * 23], parent


def test_no_narrative_is_filled_in_beforehand() -> None:
    """S1-26: a fresh form holds the number of the submission and nothing else."""
    for form in PACK.forms.values():
        assert {id: raw for id, raw in blank(form).values.items() if raw is not None} == {"revision": 1}


@pytest.mark.parametrize(("said", "warned"), [(OWN_SAID, True), ("Không có ý kiến.", False)])
def test_identical_texts_of_two_units_draw_a_warning(said: str, warned: bool) -> None:
    """S1-26: letter case and spaces do not hide a copy; short phrases are nobody's."""
    files = (
        sent("cell", "01.1.C01", difficulties_text=said),
        sent("cell", "01.1.C02", difficulties_text=f" {said.upper()}  "),
    )
    done = consolidate(
        unit_form(PACK, PACK.forms["base"], "01.1"), blank(PACK.forms["base"]), tree().subtree("01.1"), files
    )
    codes = {child.unit: [found.code for found in child.issues] for child in done.children}

    assert codes == dict.fromkeys(["01.1.C01", "01.1.C02"], ["TEXT_IDENTICAL"] if warned else [])


def test_names_of_units_come_from_the_register_only() -> None:
    """S2-02: nobody types a unit's name, and a cell is assigned by a code chosen from the register."""
    assert not [each.id for each in fields() if "Tên" in each.label.vi]
    assert {each.id for each in fields() if each.register} == {"cell"}
    case = drawn_case("base")
    renamed = replace(case, unit_form=replace(case.unit_form, name="Đảng bộ thị xã Khác"))
    assert "Đảng bộ thị xã Khác" in str(form_book(renamed).sheet(CHECK).cells[2, 1].value)


def test_leaders_are_counted_apart_and_within_the_members() -> None:
    """S2-04: their own numerator and denominator; more leaders than members is an ERROR."""
    found = consolidated("01.1", "base", sent("cell", "01.1.C01"))
    assert (found["leaders_reported"], found["leaders_due"], found["rate_leaders_reported"]) == (3, 5, Decimal("0.6"))
    assert (found["members_reported"], found["members_due"]) == (14, 27)
    form, layout = PACK.forms["cell"], LOADED.by_form["cell"]
    wrong = typed("cell", (held(3),), **{**REQUIRED, "leaders_total": 31})
    found_at = {each.place.field for each in validate(layout, wrong, all_values(form, wrong, KNOWN, {}))}
    assert "leaders_total" in found_at


def test_admission_and_the_stages_of_screening_are_counts() -> None:
    """S2-08."""
    ids = ("screened_reviewed", "screened_helped", "screened_removed", "admitted_members")
    found = consolidated("01.1", "base", sent("cell", "01.1.C01", **dict(zip(ids, (3, 2, 1, 4), strict=True))))

    assert [found[id] for id in ids] == [3, 2, 1, 4]
    assert {PACK.forms["cell"].fields[id].kind for id in ids} == {"count"}


def test_two_types_of_report_add_up_to_those_who_reported() -> None:
    """S2-10."""
    assert cell_values(reported_officeholder=4, reported_other=10)["members_reported"] == 14


def test_every_tier_assigns_its_own_officials() -> None:
    """S3-07: a base's table of assignments stands beside the district's and says of which tier a role is."""
    for id in ("base", "base_cell", "district", "province"):
        columns = {each.id: each for each in PACK.forms[id].tables["assignments"].columns}
        assert columns["official_tier"].items == ("Tỉnh", "Huyện", "Cơ sở")
        assert not any(each.travels for each in columns.values())


def test_the_register_keeps_place_and_block_of_a_cell() -> None:
    """S4-11, S4-17."""
    cells = sample_register().of_tier("cell")

    assert {"Thôn", "Bản", "Tổ dân phố", "Cơ quan"} <= {cell.kind for cell in cells}
    assert {"Nông thôn", "Cơ quan"} <= {cell.block for cell in cells}


def test_what_travels_upward_is_declared() -> None:
    """Counts, codes and the two texts; a note, a plan's number or an assignment never leaves its unit."""
    inputs: Inputs = typed(
        "base_cell", (held(3, note="ghi riêng"),), **REQUIRED, plan_issued=YES, plan_number="5-KH/ĐU"
    )
    row: UnitRow = own_row("base_cell", "01.K1", inputs)

    assert set(row.texts) <= set(PACK.texts) == {"difficulties_text", "proposals_text"}
    assert "ghi riêng" not in repr(row)
    assert "5-KH" not in repr(row)
    assert all(not isinstance(figure, str) for figure in row.figures.values())
