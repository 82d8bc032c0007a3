"""The campaign's pack against the fixed contract: ids, required, ERRORs, what travels, and the figures it makes."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loithe_xl.form.checks import fails
from loithe_xl.form.figures import all_values, derive
from loithe_xl.form.inputs import Inputs, blank, constants, rule_values
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Severity
from loithe_xl.pack.find import pack_folder
from loithe_xl.pack.kinds import Aggregate
from loithe_xl.pack.packfile import load
from loithe_xl.pack.spec import Check, Field, Form, Pack
from loithe_xl.register.register import Register, Unit
from loithe_xl.rules.evaluate import Raw, Undefined, is_number, truth
from loithe_xl.workbook.daynumbers import serial

NUMBERED = "01 02 03a 03b 04a 04b 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22".split()
DIFFICULTIES = [f"difficulty_{number}" for number in NUMBERED]
COUNTS = """
    members_total members_exempt members_transferred_out members_away members_away_exempt members_elderly
    members_ethnic_area members_retired members_worker members_freelance leaders_total leaders_due reported_officeholder
    reported_other leaders_reported reports_revised commended_members commended_collectives screened_reviewed
    screened_helped screened_removed admitted_members
""".split()
TEXTS = ["difficulties_text", "proposals_text"]
CELL = {*COUNTS, *DIFFICULTIES, *TEXTS, "registered", "revision"}
OWN_COUNTED = {"plan_issued", "conference_held", "guidance_issued", "officials_assigned"}
OWN_STAYING = {"plan_number", "plan_date", "conference_date", "documents_issued", "reminders_issued"}
OWN = OWN_COUNTED | OWN_STAYING
SESSIONS = """
    planned_date held_date form attendees reports_presented chaired_by_secretary concluded_by_secretary superior
""".split()
ASSIGNMENTS = "official_role official_tier cell visits_expected visits_attended written_report_sent".split()
LEAF = """
    members_due members_reported cells_total cells_registered cells_held cells_completed cells_in_progress
    cells_not_started cells_not_reported cells_held_as_registered cells_form_thematic cells_form_integrated
    cells_form_party_group cells_form_other cells_attended_by_base cells_attended_by_district
    cells_attended_by_province cells_held_as_registered_with_province subordinate_as_registered_with_province
""".split()
RATES = {"rate_cells_held", "rate_members_reported", "rate_leaders_reported", "rate_cells_completed"}
ABOVE = {"cells_total", "cells_not_reported"}
COUNTED = ("plan_issued", "conference_held", "guidance_issued", "officials_assigned")
UNITS = {f"units_{id}" for id in ("total", "reported", *COUNTED)}
REQUIRED = set(
    """
    members_total members_exempt members_transferred_out leaders_total leaders_due leaders_reported
    reported_officeholder reported_other registered
    """.split()
)
CUTOFF = serial(date(2023, 2, 28))


@cache
def pack() -> Pack:
    return load(pack_folder("loi_the"))


def cell() -> Form:
    return pack().forms["cell"]


def every_field(form: Form) -> dict[str, Field]:
    columns = {f"{table.id}.{each.id}": each for table in form.tables.values() for each in table.columns}
    return {**form.fields, **columns}


def cross_checks(form: Form) -> list[Check]:
    return [*form.checks, *(check for table in form.tables.values() for check in table.checks)]


# The contract


def test_the_campaign():
    found = pack()

    assert (found.id, found.campaign.vi) == ("loi_the", "Giữ trọn lời thề đảng viên")
    assert (found.start, found.end) == (date(2023, 1, 1), date(2023, 4, 30))
    assert (found.period, found.deadline_days, found.scheme) == ("2023-02", 5, "2021")
    assert found.schemes["2021"].tiers == ("province", "district", "base", "cell")
    assert (found.schemes["2021"].start, found.schemes["2021"].end) == (date(2021, 1, 1), date(2025, 6, 30))
    assert list(found.forms) == ["cell", "base_cell", "base", "district", "province"]


def test_the_documents_are_cited_as_given():
    assert [cited.vi for cited in pack().bases] == [
        "Hướng dẫn số 06-HD/TU, ngày 12/01/2023 của Ban Thường vụ Tỉnh ủy",
        "Kế hoạch số 96, ngày 02/02/2023 của Ban Thường vụ Huyện ủy",
    ]
    assert pack().documents[1].symbol == ""
    assert [found.code for found in pack().warnings] == ["PACK_DOCUMENT_SYMBOL"]


def test_a_cells_form_has_exactly_the_contracts_ids():
    assert set(cell().fields) == CELL
    assert [each.id for each in cell().tables["sessions"].columns] == [*SESSIONS, "note"]
    assert list(cell().tables) == ["sessions"]
    assert cell().tables["sessions"].rows == 24
    assert {each.id for each in cell().derived} == {*LEAF, *RATES}


def test_a_base_cells_form_has_the_own_fields_too():
    form = pack().forms["base_cell"]

    assert set(form.fields) == CELL | OWN
    assert list(form.tables) == ["sessions", "assignments"]
    assert {each.id for each in form.derived} == {*LEAF, *RATES}
    assert not form.parent


@pytest.mark.parametrize("id", ["base", "district", "province"])
def test_a_parents_form_has_the_own_fields_and_texts(id: str):
    form = pack().forms[id]

    assert set(form.fields) == OWN | {*TEXTS, "revision"}
    assert [each.id for each in form.tables["assignments"].columns] == ASSIGNMENTS
    assert form.tables["assignments"].rows == 200
    # A base's children are cells, which have no own fields to count.
    assert {each.id for each in form.derived} == ABOVE | RATES | (set() if id == "base" else UNITS)
    assert form.parent


def test_value_lists():
    sessions = cell().tables["sessions"]

    assert sessions.column("form").items == ("Chuyên đề", "Lồng ghép", "Theo tổ đảng", "Khác")
    assert sessions.column("superior").items == ("Không", "Cơ sở", "Huyện", "Tỉnh")
    assert cell().fields["registered"].items == ("Có", "Không")
    assert pack().forms["base"].tables["assignments"].column("official_tier").items == ("Tỉnh", "Huyện", "Cơ sở")
    assert pack().forms["base"].tables["assignments"].column("cell").register == "cell"


def test_required_is_what_the_contract_says_and_nothing_else():
    stated = {id: each.required for id, each in every_field(pack().forms["base_cell"]).items() if each.required}

    assert {id for id, required in stated.items() if required == "always"} == REQUIRED
    assert {id: required for id, required in stated.items() if required != "always"} == {
        "plan_number": 'plan_issued == "Có"',
        "plan_date": 'plan_issued == "Có"',
        "conference_date": 'conference_held == "Có"',
        "sessions.form": "number(held_date)",
    }


def test_error_checks_are_what_the_contract_says_and_nothing_else():
    within_total = [
        f"members_{of} <= members_total" for of in "away elderly ethnic_area retired worker freelance".split()
    ]
    errors = {
        "members_total > 0",
        "members_exempt + members_transferred_out <= members_total",
        "members_away_exempt <= members_exempt",
        *within_total,
        "leaders_total <= members_total",
        "leaders_due <= leaders_total",
        "leaders_reported <= leaders_due",
        "leaders_reported <= members_reported",
        "members_reported <= members_due",
    }
    from loithe_xl.rules.syntax import parse

    for form in pack().forms.values():
        found = {check.rule for check in cross_checks(form) if check.severity is Severity.ERROR}
        assert found == ({parse(rule) for rule in errors} if form.tier == "cell" else set())


def test_only_the_date_held_is_bound_to_the_cutoff():
    bound = [
        id
        for id, each in every_field(pack().forms["base_cell"]).items()
        if any(check.code == "FIELD_DATE_AFTER_CUTOFF" for check in each.checks)
    ]
    assert bound == ["sessions.held_date"]


def test_what_travels():
    for form in pack().forms.values():
        travelling = {id for id, each in every_field(form).items() if each.travels}
        wanted = {*COUNTS, *DIFFICULTIES, *TEXTS, "registered"} if form.tier == "cell" else set(TEXTS)
        assert travelling == wanted | (OWN_COUNTED if form.id != "cell" else set())


def test_how_figures_go_up():
    fields = pack().forms["base_cell"].fields
    ways = {way: {id for id, each in fields.items() if each.aggregate is way} for way in Aggregate}

    assert ways[Aggregate.SUM] == set(COUNTS)
    assert ways[Aggregate.COUNT_YES] == {*DIFFICULTIES, "registered"}
    assert ways[Aggregate.LIST] == set(TEXTS)
    assert ways[Aggregate.NONE] == OWN | {"revision"}
    assert set(pack().indicators) == {*COUNTS, *DIFFICULTIES, "registered", *LEAF}
    assert set(pack().texts) == set(TEXTS)


def test_denominators_come_from_the_register():
    for id in ("base", "district", "province"):
        derived = pack().forms[id].derived_by_id
        assert derived["cells_total"].source == "register_cells"
        assert all(each.aggregate is Aggregate.NONE for each in derived.values())
    district = pack().forms["district"].derived_by_id
    assert district["units_total"].source == "register_units"
    assert {each.of for each in district.values() if each.source == "children"} == OWN_COUNTED


def test_which_form_a_unit_gets():
    units = Register(
        (
            Unit("T", "Tỉnh", "province"),
            Unit("H", "Huyện", "district", "T"),
            Unit("B", "Đảng bộ", "base", "H"),
            Unit("C", "Chi bộ", "cell", "B"),
            Unit("K", "Chi bộ cơ sở", "cell", "H"),
        )
    )
    found = [form.id for unit in units.units if (form := pack().form_for(unit, units))]

    assert found == ["province", "district", "base", "cell", "base_cell"]


# Wording


def wordings() -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = [("campaign", pack().campaign), ("title", pack().title)]
    for form in pack().forms.values():
        found += [(form.id, form.title), *((f"{form.id} intro", line) for line in form.intro)]
        found += [(f"{form.id} {section.id}", section.title) for section in form.sections()]
        found += [(f"{table.id}", table.label) for table in form.tables.values()]
        found += [(f"{id} label", each.label) for id, each in every_field(form).items()]
        found += [(f"{id} help", each.help) for id, each in every_field(form).items()]
        found += [(each.id, each.label) for each in form.derived]
        found += [(f"{each.id} unit", each.unit) for each in form.derived]
        for check in cross_checks(form):
            found += [(f"{check.id} message", check.message), (f"{check.id} remedy", check.remedy)]
    return found


def test_every_wording_is_there_in_both_languages():
    missing = {key for key, said in wordings() if not said.vi.strip() or not said.en.strip()}
    assert not missing


def test_sentences_end_and_say_what_to_do():
    for form in pack().forms.values():
        for check in cross_checks(form):
            assert check.message.vi.endswith(".")
            assert check.remedy.vi.endswith(".")
        assert all(each.help.vi.endswith(".") for each in every_field(form).values())
        assert all(each.help.vi != each.label.vi for each in every_field(form).values())


def test_counts_have_units():
    for form in pack().forms.values():
        assert all(each.unit.vi for each in every_field(form).values() if each.kind == "count")


def test_nothing_asks_about_a_person():
    labels = "\n".join(each.label.vi.lower() for form in pack().forms.values() for each in every_field(form).values())
    assert not any(words in labels for words in ("họ tên", "họ và tên", "ngày sinh", "cccd", "số thẻ", "địa chỉ"))


def test_difficulties_keep_the_articles_words():
    said = {number: cell().fields[f"difficulty_{number}"].label.vi.lower() for number in NUMBERED}
    words = {
        "01": "lúng túng trong quy trình",
        "02": "chi bộ đông đảng viên",
        "03a": "chưa liên hệ sát",
        "03b": "chưa đầy đủ chức trách, nhiệm vụ được bầu cử, bổ nhiệm",
        "04a": "lớn tuổi, già yếu",
        "04b": "vùng đồng bào dân tộc thiểu số",
        "05": "đi làm ăn xa",
        "06": "công nhân, lao động sản xuất trực tiếp",
        "07": "nặng tính kiểm điểm",
        "08": "kết luận ưu, khuyết điểm của từng đảng viên",
        "09": "quán triệt văn bản",
        "10": "chưa đi sâu công tác xây dựng đảng, đoàn thể",
        "11": "chưa sát tình hình tư tưởng",
        "12": "chưa đầy đủ các nội dung khắc phục",
        "13": "trọng tâm",
        "14": "điều hành sinh hoạt của bí thư",
        "15": "ghi chép",
        "16": "thiếu sự phân công trách nhiệm",
        "17": "tổ chức thực hiện nghị quyết",
        "18": "phát triển đảng viên",
        "19": "họp chuyên môn",
        "20": "tỷ lệ dự sinh hoạt không ổn định",
        "21": "thời sự",
        "22": "cuối năm",
    }
    assert set(words) == set(NUMBERED)
    assert not {number: said[number] for number in NUMBERED if words[number] not in said[number]}


# Figures of one cell


def session(**cells: Raw) -> dict[str, Raw]:
    none: dict[str, Raw] = dict.fromkeys([*SESSIONS, "note"])
    return {**none, **cells}


def filled(*sessions: dict[str, Raw], **values: Raw) -> Inputs:
    usual: dict[str, Raw] = {
        "members_total": 20,
        "members_exempt": 2,
        "members_transferred_out": 1,
        "leaders_total": 3,
        "leaders_due": 3,
        "leaders_reported": 3,
        "reported_officeholder": 4,
        "reported_other": 13,
        "registered": "Có",
    }
    empty = blank(cell())
    rows = sessions + (session(),) * (24 - len(sessions))
    return Inputs({**empty.values, **usual, **values}, {"sessions": rows})


def figures(inputs: Inputs) -> dict[str, Raw]:
    values = all_values(cell(), inputs, constants(pack(), CUTOFF), {})
    return {each.id: values[each.id] for each in cell().derived}  # type: ignore[misc]


def day(month: int, number: int) -> int:
    return serial(date(2023, month, number))


def test_a_completed_cell():
    found = figures(filled(session(planned_date=day(2, 10), held_date=day(2, 12), form="Chuyên đề", superior="Huyện")))

    assert {id for id, figure in found.items() if figure == 1} == {
        "cells_total",
        "cells_registered",
        "cells_held",
        "cells_completed",
        "cells_held_as_registered",
        "cells_form_thematic",
        "cells_attended_by_district",
        *RATES,
    }
    assert (found["members_due"], found["members_reported"]) == (17, 17)
    assert found["cells_in_progress"] == found["cells_not_started"] == found["cells_not_reported"] == 0


def test_a_cell_under_way():
    found = figures(filled(session(held_date=day(2, 12), form="Khác"), reported_other=5))

    assert (found["cells_held"], found["cells_completed"], found["cells_in_progress"]) == (1, 0, 1)
    assert found["cells_form_other"] == 1
    # No planned date: nothing to have kept to.
    assert found["cells_held_as_registered"] == 0


def test_a_cell_not_begun():
    found = figures(filled(session(planned_date=day(3, 12)), reported_officeholder=0, reported_other=0))

    assert (found["cells_held"], found["cells_not_started"], found["cells_in_progress"]) == (0, 1, 0)
    assert found["rate_members_reported"] == 0


def test_form_and_superior_are_those_of_the_earliest_session_and_of_any():
    found = figures(
        filled(
            session(held_date=day(2, 20), form="Khác", superior="Tỉnh"),
            session(held_date=day(2, 5), form="Lồng ghép", superior="Không"),
            session(planned_date=day(2, 1), superior="Huyện"),
        )
    )

    assert (found["cells_form_integrated"], found["cells_form_other"]) == (1, 0)
    assert (found["cells_attended_by_province"], found["cells_attended_by_district"]) == (1, 0)


@pytest.mark.parametrize(
    ("planned", "held", "registered", "kept"),
    [
        ((2, 28), (2, 1), "Có", 1),
        ((2, 1), (2, 28), "Có", 1),
        ((3, 1), (2, 28), "Có", 1),
        ((1, 31), (2, 1), "Có", 0),
        ((2, 1), (2, 28), "Không", 0),
        ((2, 1), (2, 28), None, 0),
    ],
)
def test_held_as_registered_goes_by_months(planned: tuple[int, int], held: tuple[int, int], registered: Raw, kept: int):
    inputs = filled(session(planned_date=day(*planned), held_date=day(*held), form="Khác"), registered=registered)

    assert figures(inputs)["cells_held_as_registered"] == kept


def test_a_cell_without_anyone_due_has_no_rate():
    inputs = filled(
        members_total=3, members_exempt=3, members_transferred_out=0, reported_officeholder=0, reported_other=0
    )

    assert figures(inputs)["rate_members_reported"] is None


def test_a_figure_waits_for_the_numbers_it_rests_on():
    held = session(held_date=day(2, 12), form="Khác")
    found = figures(filled(held, members_exempt=None))

    assert found["members_due"] is None
    assert found["cells_completed"] is None
    assert found["cells_held"] == 1
    completed = cell().derived_by_id["cells_completed"]
    assert set(completed.needs) == {
        "members_total",
        "members_exempt",
        "members_transferred_out",
        "reported_officeholder",
        "reported_other",
    }


@given(
    st.lists(
        st.builds(
            session,
            planned_date=st.none() | st.integers(CUTOFF - 50, CUTOFF + 50),
            held_date=st.none() | st.integers(CUTOFF - 50, CUTOFF),
            form=st.sampled_from(["Chuyên đề", "Lồng ghép", "Theo tổ đảng", "Khác"]),
            superior=st.sampled_from([None, "Không", "Cơ sở", "Huyện", "Tỉnh"]),
        ),
        max_size=24,
    ),
    st.integers(0, 13),
    st.sampled_from(["Có", "Không"]),
)
def test_a_cell_is_in_exactly_one_state(sessions: list[dict[str, Raw]], reported: int, registered: str):
    found: dict[str, Any] = figures(filled(*sessions, reported_other=reported, registered=registered))

    assert found["cells_completed"] + found["cells_in_progress"] + found["cells_not_started"] == 1
    assert found["cells_completed"] <= found["cells_held"] <= found["cells_total"]
    forms = ("thematic", "integrated", "party_group", "other")
    assert sum(found[f"cells_form_{form}"] for form in forms) == found["cells_held"]
    assert found["cells_held_as_registered"] <= min(found["cells_held"], found["cells_registered"])


# Figures above


def above(form: str, **sums: Raw) -> dict[str, Raw]:
    given_: dict[str, Raw] = {**dict.fromkeys(pack().indicators, 0), **sums}
    return derive(pack().forms[form].derived, given_, {"cells_total": given_["cells_total"]})


def test_the_district_of_the_article():
    sums: dict[str, Raw] = {"cells_total": 264, "cells_held": 68, "cells_completed": 16, "cells_in_progress": 52}
    found = above("district", **sums, cells_not_started=100)

    assert found["cells_not_reported"] == 96
    assert round(float(str(found["rate_cells_held"])), 4) == 0.2576
    assert found["rate_members_reported"] is None


# Checks


def spoken(inputs: Inputs, form: Form | None = None) -> set[str]:
    """The ids of the cross-checks that speak."""
    form = form or cell()
    values = all_values(form, inputs, constants(pack(), CUTOFF), {})
    found = {check.id for check in form.checks if fails(check, values)}
    for table in form.tables.values():
        for row in inputs.tables[table.id]:
            found |= {check.id for check in table.checks if fails(check, {**values, **row})}
    return found


GOOD = session(planned_date=day(2, 10), held_date=day(2, 12), form="Chuyên đề")


def test_a_well_filled_cell_draws_nothing():
    assert spoken(filled(GOOD)) == set()


CELL_CASES: list[tuple[str, tuple[dict[str, Raw], ...], dict[str, Raw]]] = [
    ("members_none", (GOOD,), {"members_total": 0}),
    ("exempt_within_total", (GOOD,), {"members_total": 2}),
    ("away_within_total", (GOOD,), {"members_away": 21}),
    ("away_exempt_within_exempt", (GOOD,), {"members_away": 5, "members_away_exempt": 3}),
    ("away_exempt_within_away", (GOOD,), {"members_away_exempt": 1}),
    ("elderly_within_total", (GOOD,), {"members_elderly": 21}),
    ("ethnic_area_within_total", (GOOD,), {"members_ethnic_area": 21}),
    ("retired_within_total", (GOOD,), {"members_retired": 21}),
    ("worker_within_total", (GOOD,), {"members_worker": 21}),
    ("freelance_within_total", (GOOD,), {"members_freelance": 21}),
    ("occupations_within_total", (GOOD,), {"members_retired": 11, "members_worker": 10}),
    ("leaders_within_total", (GOOD,), {"leaders_total": 21}),
    ("leaders_due_within_leaders", (GOOD,), {"leaders_due": 4}),
    ("leaders_due_within_due", (GOOD,), {"leaders_total": 18, "leaders_due": 18}),
    ("leaders_reported_within_due", (GOOD,), {"leaders_reported": 4}),
    ("leaders_reported_within_reported", (GOOD,), {"reported_officeholder": 1, "reported_other": 1}),
    ("leaders_reported_within_officeholders", (GOOD,), {"reported_officeholder": 2, "reported_other": 15}),
    ("reported_within_due", (GOOD,), {"reported_other": 14}),
    ("reports_revised_within_reported", (GOOD,), {"reports_revised": 18}),
    ("commended_within_total", (GOOD,), {"commended_members": 21}),
    ("reviewed_within_total", (GOOD,), {"screened_reviewed": 21}),
    ("helped_within_reviewed", (GOOD,), {"screened_helped": 1}),
    ("removed_within_reviewed", (GOOD,), {"screened_removed": 1}),
    ("large_cell_difficulty_in_small_cell", (GOOD,), {"difficulty_02": "Có"}),
    ("reports_without_session", (), {}),
    ("no_session_planned", (), {}),
    ("unfinished_without_next_session", (GOOD,), {"reported_other": 12}),
    ("party_group_in_small_cell", ({**GOOD, "form": "Theo tổ đảng"},), {}),
    ("attendees_within_total", ({**GOOD, "attendees": 21},), {}),
    ("presented_within_reported", ({**GOOD, "attendees": 19, "reports_presented": 18},), {}),
    ("presented_within_attendees", ({**GOOD, "attendees": 9, "reports_presented": 10},), {}),
    ("other_form_without_note", ({**GOOD, "form": "Khác"},), {}),
    ("planned_date_overdue", (GOOD, session(planned_date=CUTOFF)), {}),
    ("figures_without_held_date", (GOOD, session(planned_date=day(3, 1), attendees=3)), {}),
]


@pytest.mark.parametrize(
    ("id", "sessions", "values"), CELL_CASES, ids=lambda case: case if isinstance(case, str) else ""
)
def test_each_check_of_a_cell_speaks(id: str, sessions: tuple[dict[str, Raw], ...], values: dict[str, Raw]):
    assert id in spoken(filled(*sessions, **values))


def test_every_check_of_a_cell_is_tried():
    assert {check.id for check in cross_checks(cell())} == {id for id, _, _ in CELL_CASES}


def test_what_makes_a_check_content():
    large: dict[str, Raw] = {"members_total": 30, "members_exempt": 10, "members_transferred_out": 3}
    grouped = {**GOOD, "form": "Theo tổ đảng"}
    later = session(planned_date=CUTOFF + 1)

    assert spoken(filled(grouped, **large, difficulty_02="Có")) == set()
    assert spoken(filled(GOOD, later, reported_other=12)) == set()
    assert spoken(filled({**GOOD, "form": "Khác", "note": "Trực tuyến"})) == set()


def test_a_check_is_silent_until_its_numbers_are_there():
    assert "exempt_within_total" not in spoken(filled(GOOD, members_total=None))
    assert "reported_within_due" not in spoken(filled(GOOD, reported_other=None, reported_officeholder=40))


def parent_inputs(*assignments: dict[str, Raw], **values: Raw) -> Inputs:
    empty = blank(pack().forms["base"])
    none: dict[str, Raw] = dict.fromkeys(ASSIGNMENTS)
    rows = tuple({**none, **row} for row in assignments) + (none,) * (200 - len(assignments))
    return Inputs({**empty.values, **values}, {"assignments": rows})


ROLE: dict[str, Raw] = {"official_role": "Ban Tuyên giáo", "cell": "01.1"}
PARENT_CASES: list[tuple[str, tuple[dict[str, Raw], ...], dict[str, Raw]]] = [
    ("plan_number_without_plan", (), {"plan_number": "96"}),
    ("plan_number_without_plan", (), {"plan_date": CUTOFF, "plan_issued": "Không"}),
    ("plan_date_after_cutoff", (), {"plan_issued": "Có", "plan_number": "96", "plan_date": CUTOFF + 1}),
    ("conference_date_without_conference", (), {"conference_date": CUTOFF}),
    ("conference_date_after_cutoff", (), {"conference_held": "Có", "conference_date": CUTOFF + 1}),
    ("assigned_without_rows", (), {"officials_assigned": "Có"}),
    ("rows_without_assigned", (ROLE,), {}),
    ("role_missing", ({"cell": "01.1"},), {}),
    ("cell_missing", ({"official_role": "Ban Tổ chức"},), {"officials_assigned": "Có"}),
    ("visits_within_expected", ({**ROLE, "visits_expected": 1, "visits_attended": 2},), {"officials_assigned": "Có"}),
    ("report_without_visit", ({**ROLE, "written_report_sent": "Có"},), {"officials_assigned": "Có"}),
]


@pytest.mark.parametrize(("id", "rows", "values"), PARENT_CASES, ids=lambda case: case if isinstance(case, str) else "")
def test_each_check_of_a_parent_speaks_alone(id: str, rows: tuple[dict[str, Raw], ...], values: dict[str, Raw]):
    sums: dict[str, Raw] = dict.fromkeys(pack().indicators, 0)
    form = pack().forms["base"]
    inputs = parent_inputs(*rows, **values)
    seen = all_values(form, inputs, constants(pack(), CUTOFF), {**sums, "cells_total": 0})
    found = {check.id for check in form.checks if fails(check, seen)}
    for row in inputs.tables["assignments"]:
        found |= {check.id for check in form.tables["assignments"].checks if fails(check, {**seen, **row})}

    assert found == {id}
    assert {check.id for check in cross_checks(form)} == {case[0] for case in PARENT_CASES}


# Fields


@pytest.mark.parametrize(
    ("id", "raw", "code"),
    [
        ("members_total", None, "FIELD_REQUIRED"),
        ("members_total", "  ", "FIELD_REQUIRED"),
        ("members_total", "mười", "FIELD_NOT_A_NUMBER"),
        ("members_total", -1, "FIELD_NEGATIVE"),
        ("members_away", "x", "FIELD_NOT_A_NUMBER"),
        ("members_away", None, ""),
        ("registered", "có", "FIELD_NOT_IN_LIST"),
        ("registered", None, "FIELD_REQUIRED"),
        ("difficulty_01", None, ""),
        ("difficulty_01", 1, "FIELD_NOT_IN_LIST"),
        ("sessions.held_date", CUTOFF, ""),
        ("sessions.held_date", CUTOFF + 1, "FIELD_DATE_AFTER_CUTOFF"),
        ("sessions.held_date", serial(date(2022, 12, 31)), "FIELD_DATE_OUTSIDE"),
        ("sessions.held_date", "28/02/2023", "FIELD_NOT_A_DATE"),
        ("sessions.planned_date", serial(date(2023, 4, 30)), ""),
        ("sessions.planned_date", serial(date(2023, 5, 1)), "FIELD_DATE_OUTSIDE"),
        ("sessions.form", None, ""),
        ("difficulties_text", "bất kỳ", ""),
    ],
)
def test_a_field_finds_its_first_fault(id: str, raw: Raw, code: str):
    name = id.rpartition(".")[2]
    row: dict[str, Raw] = {**session(), name: raw, **constants(pack(), CUTOFF)}
    checks = every_field(cell())[id].checks

    assert next((check.code for check in checks if fails(check, row)), "") == code


@pytest.mark.parametrize(
    ("issued", "number", "code"), [("Có", None, "FIELD_REQUIRED"), ("Có", "96", ""), (None, None, "")]
)
def test_a_plans_number_is_required_once_it_is_issued(issued: Raw, number: Raw, code: str):
    checks = pack().forms["base"].fields["plan_number"].checks
    values = rule_values(parent_inputs(plan_issued=issued, plan_number=number), {})

    assert next((check.code for check in checks if fails(check, values)), "") == code


def test_the_form_is_required_in_a_session_that_was_held():
    checks = cell().tables["sessions"].column("form").checks
    spoken_of = [check.code for check in checks if fails(check, session(held_date=CUTOFF))]

    assert spoken_of == ["FIELD_REQUIRED"]


def test_no_rule_of_the_pack_lacks_a_value_in_a_blank_form():
    for form in pack().forms.values():
        given_: dict[str, Raw] = dict.fromkeys(pack().indicators, 0) if form.parent else {}
        given_ |= {each.id: 0 for each in form.derived if each.source != "rule"}
        values = all_values(form, blank(form), constants(pack(), CUTOFF), given_)
        for check in form.checks:
            if all(is_number(values[name]) for name in check.needs):  # type: ignore[arg-type]
                try:
                    truth(check.rule, values)
                except Undefined:
                    pytest.fail(f"{form.id} {check.id}")
