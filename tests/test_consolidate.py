"""Which receipts count, and what they add up to: the rules one by one, on values; ``test_leaves`` has the laws."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from tools import small_register, unit_form

from loithe_xl.consolidation.consolidate import Consolidation, consolidate
from loithe_xl.consolidation.decide import decide, prefer, withdraw
from loithe_xl.consolidation.differences import SHOWN_CHANGES
from loithe_xl.consolidation.receipts import Decision, Receipt, Status, UnitRow, Verdict, unit_row
from loithe_xl.consolidation.similar import same_texts
from loithe_xl.draw import packs
from loithe_xl.form.inputs import blank, constants
from loithe_xl.language.issues import Severity
from loithe_xl.pack.spec import Aggregate
from loithe_xl.register.register import Register, Unit
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.daynumbers import serial

PACK = packs.load("loi_the").pack
KNOWN = constants(PACK, serial(date(2023, 2, 28)))
REGISTER = small_register({"01.1": 2, "01.2": 1}, 1)
DEADLINE = date(2023, 3, 5)


def sent(
    unit: str,
    name: str = "",
    total: int = 10,
    *,
    revision: int = 1,
    modified: str = "2023-03-01T08:00:00",
    at: str = "2023-03-02T08:00:00",
    beneath: Sequence[UnitRow] = (),
    empty: bool = False,
    **figures: int,
) -> Receipt:
    """A valid file of a unit that has ``total`` members."""
    row = UnitRow(unit, {"members_total": total, **figures}, {})
    rows = (row, *beneath)
    return Receipt(
        f"sha {unit}{name}", f"{unit}{name}.xlsx", unit, Verdict.VALID, at, revision, modified, empty=empty, rows=rows
    )


def statuses(receipts: Sequence[Receipt]) -> dict[str, str]:
    """Status by file, the same in whatever order the receipts are given."""
    found = None
    for order in permutations(receipts):
        decided = decide(REGISTER, "01", order)
        shown = {receipt.file: decided.standing[receipt.sha].status.value for receipt in receipts}
        assert found in (None, shown)
        found = shown
    assert found is not None
    return found


def noticed(decided: Decision, receipt: Receipt) -> list[str]:
    return [found.code for found in decided.standing[receipt.sha].issues]


def result(receipts: Sequence[Receipt], register: Register = REGISTER, **inputs: Raw) -> Consolidation:
    form = PACK.forms["district"]
    start = blank(form)
    typed = type(start)({**start.values, **inputs}, start.tables)
    return consolidate(unit_form(PACK, form, "01"), typed, register, receipts)


def test_one_file_counts() -> None:
    assert statuses([sent("01.K1")]) == {"01.K1.xlsx": "accepted"}


def test_the_first_received_of_equal_reports_counts() -> None:
    early, late = sent("01.K1", "b", at="2023-03-01T08:00:00"), sent("01.K1", "a", at="2023-03-02T08:00:00")

    assert statuses([early, late]) == {"01.K1b.xlsx": "accepted", "01.K1a.xlsx": "duplicate"}
    assert noticed(decide(REGISTER, "01", [early, late]), late) == ["SUBMISSION_DUPLICATE"]


def test_equal_figures_are_the_same_report_whatever_their_revision() -> None:
    one, two = sent("01.K1", "a"), sent("01.K1", "b", revision=2, at="2023-03-03T08:00:00")

    assert statuses([one, two]) == {"01.K1a.xlsx": "accepted", "01.K1b.xlsx": "duplicate"}


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        ((2, "2023-03-01T08:00:00"), (1, "2023-03-09T08:00:00"), "a"),
        ((1, "2023-03-01T08:00:00"), (1, "2023-03-01T08:00:01"), "b"),
        ((10, ""), (9, "2023-03-09T08:00:00"), "a"),
    ],
)
def test_revision_then_saved_time(first: tuple[int, str], second: tuple[int, str], winner: str) -> None:
    one = sent("01.K1", "a", 10, revision=first[0], modified=first[1], at="2023-03-05T08:00:00")
    two = sent("01.K1", "b", 11, revision=second[0], modified=second[1])

    expected = {f"01.K1{name}.xlsx": "accepted" if name == winner else "superseded" for name in "ab"}
    assert statuses([one, two]) == expected


def test_what_changed_is_told_and_cut_short() -> None:
    older = sent("01.K1", "a", 10, **{f"difficulty_{n:02}": 0 for n in range(7, 19)})
    newer = sent("01.K1", "b", 12, revision=2, **{f"difficulty_{n:02}": 1 for n in range(7, 19)})

    (found,) = decide(REGISTER, "01", [older, newer]).standing[newer.sha].issues

    assert (found.code, found.severity) == ("SUBMISSION_REVISED", Severity.WARNING)
    assert "“01.K1a.xlsx”" in found.message.vi
    assert "members_total 10 → 12; difficulty_07 0 → 1" in found.message.vi
    assert found.message.vi.count("→") == SHOWN_CHANGES
    assert " …" in found.message.vi


def test_a_base_that_moves_a_figure_from_one_cell_to_another_names_both() -> None:
    """The base's own sums stay the same; the units beneath that differ are told."""

    def cells(one: int, two: int) -> list[UnitRow]:
        return [UnitRow(f"01.1.C0{n}", {"members_total": each}, {}) for n, each in ((1, one), (2, two))]

    older = sent("01.1", "a", 20, beneath=cells(12, 8))
    newer = sent("01.1", "b", 20, beneath=cells(8, 12), modified="2023-03-02T08:00:00")

    (found,) = decide(REGISTER, "01", [older, newer]).standing[newer.sha].issues

    assert "Chi bộ 01.1-1 (01.1.C01); Chi bộ 01.1-2 (01.1.C02)" in found.message.vi


def test_equal_in_both_is_a_conflict_and_an_older_third_stays_superseded() -> None:
    one, two = sent("01.K1", "a", 10), sent("01.K1", "b", 11)
    old = sent("01.K1", "c", 12, modified="2023-02-20T08:00:00")
    again = sent("01.K1", "d", 11, modified="2023-02-01T08:00:00")

    assert statuses([one, two, old, again]) == {
        "01.K1a.xlsx": "conflict",
        "01.K1b.xlsx": "conflict",
        "01.K1c.xlsx": "superseded",
        "01.K1d.xlsx": "conflict",
    }
    decided = decide(REGISTER, "01", [one, two, old])
    assert decided.counted == {}
    (found,) = decided.standing[one.sha].issues
    assert (found.code, found.severity) == ("SUBMISSION_CONFLICT", Severity.ERROR)
    assert "01.K1b.xlsx" in found.message.vi and "01.K1a.xlsx" not in found.message.vi


def test_a_higher_revision_ends_a_conflict() -> None:
    files = [sent("01.K1", "a", 10), sent("01.K1", "b", 11), sent("01.K1", "c", 12, revision=2)]

    assert statuses(files)["01.K1c.xlsx"] == "accepted"
    assert "conflict" not in statuses(files).values()


def test_prefer_lifts_a_file_above_all_that_are_known_but_not_above_a_newer_revision() -> None:
    files = [sent("01.K1", "a", 10), sent("01.K1", "b", 11), sent("01.K1", "c", 12, revision=3)]
    chosen = prefer(files, files[0].sha)
    newer, equal = sent("01.K1", "d", 13, revision=4), sent("01.K1", "e", 14, revision=3)

    assert statuses(chosen)["01.K1a.xlsx"] == "accepted"
    assert statuses([*chosen, equal])["01.K1a.xlsx"] == "accepted"
    assert statuses([*chosen, newer])["01.K1d.xlsx"] == "accepted"
    changed = prefer(chosen, files[1].sha)
    assert statuses(changed)["01.K1b.xlsx"] == "accepted", "the last choice counts"


def test_a_choice_of_one_unit_leaves_those_of_others_alone() -> None:
    files = [sent(unit, name, number) for unit in ("01.K1", "01.1.C01") for name, number in (("a", 10), ("b", 11))]
    both = prefer(prefer(files, files[0].sha), files[2].sha)

    assert [statuses(both)[each.file] for each in files] == ["accepted", "superseded"] * 2
    late = sent("01.1.C01", "c", 12, revision=9)
    chosen = prefer([*files, late], files[0].sha)
    assert statuses([*chosen, sent("01.K1", "d", 13, revision=2)])["01.K1d.xlsx"] == "accepted"


def test_withdrawn_files_are_refused_until_preferred() -> None:
    files = withdraw([sent("01.K1", "a"), sent("01.1.C01")], "01.K1")

    assert statuses(files) == {"01.K1a.xlsx": "refused", "01.1.C01.xlsx": "accepted"}
    assert noticed(decide(REGISTER, "01", files), files[0]) == ["SUBMISSION_WITHDRAWN"]
    assert statuses(prefer(files, files[0].sha))["01.K1a.xlsx"] == "accepted"


def test_refused_and_foreign_files_never_count() -> None:
    bad = Receipt("x", "x.xlsx", "01.K1", Verdict.REFUSED, "2023-03-02T08:00:00")
    strange = Receipt("y", "y.xlsx", "01.K1", Verdict.FOREIGN, "2023-03-02T08:00:00")

    assert statuses([bad, strange, sent("01.K1")]) == {
        "x.xlsx": "refused",
        "y.xlsx": "foreign",
        "01.K1.xlsx": "accepted",
    }


def test_an_ancestors_file_covers_what_is_in_it_unless_it_does_not_stand() -> None:
    cell = sent("01.1.C01", total=10)
    inside = UnitRow("01.1.C01", {"members_total": 10}, {})
    base = sent("01.1", total=10, beneath=[inside])

    assert statuses([cell, base]) == {"01.1.C01.xlsx": "covered", "01.1.xlsx": "accepted"}
    assert noticed(decide(REGISTER, "01", [cell, base]), cell) == []
    empty = sent("01.1", total=0, empty=True)
    assert statuses([cell, empty]) == {"01.1.C01.xlsx": "accepted", "01.1.xlsx": "refused"}
    assert noticed(decide(REGISTER, "01", [empty]), empty) == ["FORM_EMPTY"]
    tied = [sent("01.1", name, total, beneath=[inside]) for name, total in (("a", 10), ("b", 11))]
    assert statuses([cell, *tied])["01.1.C01.xlsx"] == "accepted", "a base in conflict covers nothing"
    assert statuses([cell, sent("01.2")])["01.1.C01.xlsx"] == "accepted", "only an ancestor covers"


def test_covering_warns_of_what_is_absent_and_of_what_differs() -> None:
    cell, other = sent("01.1.C01", total=10), sent("01.1.C02", total=7)
    base = sent("01.1", total=9, beneath=[UnitRow("01.1.C01", {"members_total": 9}, {})])

    decided = decide(REGISTER, "01", [cell, other, base])

    assert noticed(decided, cell) == ["COVERED_DIFFERS"]
    assert "members_total 9 → 10" in decided.standing[cell.sha].issues[0].message.vi
    assert noticed(decided, other) == ["COVERED_ABSENT"]
    assert (decided.standing[cell.sha].status, decided.standing[other.sha].status) == (Status.COVERED, Status.ACCEPTED)
    assert all(
        found.severity is Severity.WARNING for each in (cell, other) for found in decided.standing[each.sha].issues
    )


def test_of_two_ancestors_the_higher_covers() -> None:
    top = Unit("T", "Tỉnh", "province")
    register = Register((top, *(Unit(u.code, u.name, u.tier, u.parent or "T") for u in REGISTER.units)))
    cell = UnitRow("01.1.C01", {"members_total": 9}, {})
    base = UnitRow("01.1", {"members_total": 9}, {})
    files = [sent("01", beneath=[base, cell]), sent("01.1", beneath=[cell]), sent("01.1.C01")]

    decided = decide(register, "T", files)

    assert [decided.standing[each.sha].status.value for each in files] == ["accepted", "covered", "covered"]
    assert all("của Huyện Thử (01);" in decided.standing[each.sha].issues[0].message.vi for each in files[1:])


def test_figures_are_exact_and_independent_of_order() -> None:
    files = [
        Receipt(
            f"s{n}",
            f"{n}.xlsx",
            code,
            Verdict.VALID,
            "2023-03-01T08:00:00",
            rows=(UnitRow(code, {"members_total": value}, {}),),
        )
        for n, (code, value) in enumerate(
            zip(("01.1.C01", "01.1.C02", "01.2.C01", "01.K1"), map(Decimal, ("0.1", "0.2", "0.3", "1e20")), strict=True)
        )
    ]

    totals = {result(order).values["members_total"] for order in permutations(files)}

    assert totals == {Decimal("100000000000000000000.6")}


def test_denominators_come_from_the_register() -> None:
    values = result([]).values

    assert (values["cells_total"], values["units_total"], values["cells_not_reported"]) == (4, 3, 4)
    assert values["rate_cells_held"] == 0
    assert values["rate_members_reported"] is None


def test_more_reported_than_registered_is_an_error_not_a_negative_figure_in_silence() -> None:
    found = result([sent("01.K1", cells_not_started=6, cells_total=6)])

    assert found.values["cells_not_reported"] == -2
    assert [each.code for each in found.issues if each.severity is Severity.ERROR] == ["FIGURE_BELOW_ZERO"]


def test_children_answers_are_counted_not_added_up() -> None:
    """Only the direct children's own answers: a base's cells, or cells that came alone, add nothing."""
    answered = {"plan_issued": 1, "conference_held": 1, "guidance_issued": 0, "officials_assigned": 1}
    base = sent("01.1", total=0, **answered)
    cell = sent("01.2.C01", **answered)

    values = result([base, cell, sent("01.K1", plan_issued=1)]).values

    assert (values["units_plan_issued"], values["units_conference_held"], values["units_total"]) == (2, 1, 3)


def test_own_answers_are_numbers_and_blanks_are_what_domain_says() -> None:
    values = result([], plan_issued="Có", documents_issued=4, plan_number="96").values

    assert (values["plan_issued"], values["conference_held"]) == (1, 0)
    assert (values["documents_issued"], values["reminders_issued"]) == (4, 0)
    assert "plan_number" not in values and "plan_date" not in values


def test_a_direct_child_is_missing_when_no_figure_of_it_counts() -> None:
    found = result([sent("01.1.C01")])

    lines = {child.unit: child.status for child in found.children}
    assert lines == {
        "01.1": Status.ACCEPTED,
        "01.2": Status.MISSING,
        "01.K1": Status.MISSING,
        "01.1.C01": Status.ACCEPTED,
    }
    assert [each.code for each in found.issues] == ["UNIT_MISSING", "UNIT_MISSING"]
    assert {each.severity for each in found.issues} == {Severity.WARNING}


@pytest.mark.parametrize(("at", "late"), [("2023-03-05T23:59:59", False), ("2023-03-06T00:00:00", True)])
def test_late_is_after_the_day_of_the_deadline(at: str, late: bool) -> None:
    child = next(each for each in result([sent("01.K1", at=at)]).children if each.unit == "01.K1")

    assert child.late is late


def test_texts_of_forty_letters_and_more_must_be_a_units_own() -> None:
    long = "Đảng viên đi làm ăn xa nhiều, khó họp đủ."
    assert len(long) >= 40

    def row(unit: str, words: str, id: str = "difficulties_text") -> UnitRow:
        return UnitRow(unit, {}, {id: words})

    assert same_texts([row("a", long), row("b", f"{long.upper()}  "), row("c", "Không có.")]) == {
        "a": ("b",),
        "b": ("a",),
    }
    assert same_texts([row("a", "Không có."), row("b", "Không có.")]) == {}
    assert same_texts([row("a", long), row("b", long, "proposals_text")]) == {}


def test_a_decimal_that_a_form_derives_travels_whole() -> None:
    form = PACK.forms["cell"]
    summed = [each.id for each in form.derived if each.aggregate is Aggregate.SUM]
    row = unit_row("01.1.C01", form, blank(form), {each.id: Decimal("12.5") for each in form.derived})

    assert summed
    assert {row.figures[id] for id in summed} == {Decimal("12.5")}
