"""Nothing is counted twice or swallowed, whatever comes in whatever order; what a parent remembers stays bounded."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations

import counting
import pytest
import weekly
from hypothesis import given, settings
from hypothesis import strategies as st
from tools import small_register

from loithe_xl.consolidation import versions
from loithe_xl.consolidation.decide import decide, prefer, withdraw
from loithe_xl.consolidation.ledger import PAST, receipt_lines
from loithe_xl.consolidation.receipts import Decision, Receipt, Status, UnitRow, Verdict
from loithe_xl.intake.judging import merged, news, settled
from loithe_xl.register.register import Register, Unit

REGISTER = small_register({"01.1": 3, "01.2": 2}, 1)
EARLY, LATER = "2023-03-01T08:00:00+00:00", "2023-03-01T15:16:00+00:00"


def sent(unit: str, name: str = "", total: int = 10, inside: Sequence[str] = (), **more: object) -> Receipt:
    """A valid file of a unit, with ten members in each unit inside."""
    rows = (UnitRow(unit, {"members_total": total}, {}), *(UnitRow(each, {"members_total": 10}, {}) for each in inside))
    at, file = "2023-03-02T08:00:00", f"{unit}{name}.xlsx"
    return replace(Receipt(f"sha {unit}{name}", file, unit, Verdict.VALID, at, 1, EARLY, rows=rows), **more)  # type: ignore[arg-type]


def judged(receipts: Sequence[Receipt], register: Register = REGISTER) -> Decision:
    """What is decided, the same in whatever order the receipts are given."""
    found = [decide(register, "01", order) for order in permutations(receipts)]
    assert all((each.standing, set(each.units)) == _first(found) for each in found)
    return found[0]


def _first(found: Sequence[Decision]) -> tuple[object, ...]:
    return found[0].standing, set(found[0].units)


def codes(decided: Decision, receipt: Receipt) -> list[str]:
    return [found.code for found in decided.standing[receipt.sha].issues]


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_each_cell_counts_once_and_who_stops_counting_is_named(chance: random.Random) -> None:
    """Random trees, books, former books, moved cells and books without cells: see ``counting``."""
    assert counting.walked(counting.steps(chance)) == ""


def test_a_unit_that_moved_and_stands_in_two_books_counts_once_and_both_files_are_named() -> None:
    """Its new superior's book has it, and its former one's still does."""
    moved = Register(tuple(replace(u, parent="01.2") if u.code == "01.1.C03" else u for u in REGISTER.units))
    former = sent("01.1", total=30, inside=["01.1.C01", "01.1.C02", "01.1.C03"])
    newer = sent("01.2", total=20, inside=["01.1.C03", "01.2.C01"])

    decided = judged([former, newer], moved)

    assert {file: here.status.value for file, here in decided.standing.items()} == {
        former.sha: "refused",
        newer.sha: "accepted",
    }
    assert codes(decided, former) == ["BOOK_UNIT_TWICE"]
    said = decided.standing[former.sha].issues[0].message.vi
    assert "01.1.C03" in said and newer.file in said and "01.1.C01" not in said
    assert decided.standing[former.sha].issues[0].place.file == former.file
    by_itself = judged([former, sent("01.1.C03")], moved)
    assert codes(by_itself, former) == ["BOOK_UNIT_TWICE"] and set(by_itself.units) == {"01.1.C03"}
    before = judged([newer], REGISTER)
    assert codes(before, newer) == ["BOOK_UNIT_ELSEWHERE"], "so is one of a register that this office has not yet"


@pytest.mark.parametrize("inside", [["ZZZ"], ["01.2.C01"], ["01"], ["01.1.C01", "01.1.C01"], ["01.1"]])
def test_a_book_may_hold_only_units_beneath_its_own_each_once(inside: list[str]) -> None:
    book = sent("01.1", inside=inside)

    decided = judged([book])

    assert decided.counted == {} and codes(decided, book) == ["BOOK_UNIT_ELSEWHERE"]
    assert "ZZZ" not in decided.standing[book.sha].issues[0].message.vi, "no strange word is quoted"


def test_a_report_of_no_unit_of_the_register_is_foreign() -> None:
    book = sent("ZZZ")

    assert judged([book]).standing[book.sha].status is Status.FOREIGN


def test_a_book_without_cells_covers_none_of_them_and_says_so_whoever_comes_first() -> None:
    cells, base = [sent("01.1.C01"), sent("01.1.C02")], sent("01.1", total=0)

    decided = judged([*cells, base])

    assert {here.status.value for here in decided.standing.values()} == {"accepted"}
    assert [codes(decided, each) for each in cells] == [["COVERED_ABSENT"]] * 2
    told = news(judged(cells), decided, [*cells, base], {base.sha})
    assert [each.code for each in told] == ["COVERED_ABSENT"] * 2, "in the run that brought the book"
    assert "01.1.C01" in told[0].message.vi and "01.1.C02" in told[1].message.vi


def test_what_a_covered_book_alone_holds_is_named_when_it_stops_counting() -> None:
    """A district's book holds an older state of a base that also sent its own."""
    register = Register((Unit("T", "Tỉnh", "province"), *(replace(u, parent=u.parent or "T") for u in REGISTER.units)))
    base = sent("01.1", total=30, inside=["01.1.C01", "01.1.C02", "01.1.C03"])
    district = sent("01", total=10, inside=["01.1", "01.1.C01"])
    before, after = (decide(register, "T", known) for known in ([base], [base, district]))

    assert (after.standing[base.sha].status, set(after.units)) == (Status.COVERED, {"01", "01.1", "01.1.C01"})
    told = news(before, after, [base, district], {district.sha})
    assert [each.code for each in told] == ["COVERED_LOST", "COVERED_DIFFERS", "UNIT_STOPPED", "UNIT_STOPPED"]
    assert "Chi bộ 01.1-2 (01.1.C02), Chi bộ 01.1-3 (01.1.C03)" in told[0].message.vi
    assert [each.severity.value for each in told] == ["ERROR", "WARNING", "ERROR", "ERROR"]


def test_a_newer_book_without_a_unit_names_it() -> None:
    one = sent("01.1", "a", 20, ["01.1.C01", "01.1.C02"])
    two = sent("01.1", "b", 10, ["01.1.C01"], revision=2)

    told = news(judged([one]), judged([one, two]), [one, two], {two.sha})

    assert [(each.code, each.severity.value) for each in told] == [("UNIT_STOPPED", "ERROR")]
    assert "01.1.C02" in told[0].message.vi and one.file in told[0].message.vi
    taken = withdraw([two], "01.1")
    told = news(judged([two]), judged(taken), taken, set(), ("01.1",))
    assert {(each.code, each.severity.value) for each in told} == {("UNIT_WITHDRAWN", "WARNING")}


def test_figures_that_only_totals_tell_are_not_said_to_differ() -> None:
    cell = sent("01.1.C01")
    whole = replace(cell, rows=(UnitRow("01.1.C01", {"members_total": 10, "screened_removed": 1}, {}),))

    decided = judged([whole, sent("01.1", inside=["01.1.C01"])])

    assert (decided.standing[whole.sha].status, codes(decided, whole)) == (Status.COVERED, [])


# ---------------------------------------------------------------- which is the newest


@pytest.mark.parametrize(
    ("one", "two", "wins"),
    [
        ((EARLY, ""), (LATER, ""), "b"),
        ((EARLY, "microsoft excel"), (LATER, "microsoft excel"), "b"),
        ((EARLY, "microsoft excel"), (LATER, "libreoffice"), ""),
        ((LATER, "microsoft excel"), (EARLY, "libreoffice"), ""),
        (("2023-02-27T07:00:00+00:00", "microsoft excel"), (EARLY, "libreoffice"), "b"),
        ((EARLY, "microsoft excel"), ("", "microsoft excel"), ""),
        (("", ""), ("", ""), ""),
        ((EARLY, ""), (EARLY, ""), ""),
    ],
)
def test_a_saved_time_decides_where_it_is_evidence(one: tuple[str, str], two: tuple[str, str], wins: str) -> None:
    files = [
        sent("01.K1", name, 30 + n, modified=moment, program=program)
        for n, (name, (moment, program)) in enumerate(zip("ab", (one, two), strict=True))
    ]

    decided = judged(files)

    assert [receipt.file for receipt in decided.counted.values()] == ([f"01.K1{wins}.xlsx"] if wins else [])
    if not wins:
        assert {here.status for here in decided.standing.values()} == {Status.CONFLICT}


@pytest.mark.parametrize(
    ("saved", "sound"),
    [
        ("2023-03-02T07:59:00+00:00", True),
        ("2023-02-10T07:59:00+00:00", True),
        ("2023-03-02T08:09:00+00:00", True),
        ("2023-03-02T15:16:00+00:00", False),
        ("2033-03-01T08:00:00+00:00", False),
        ("2019-03-01T08:00:00+00:00", False),
        ("2023-02-28T00:00:00+00:00", False),
        ("", False),
    ],
)
def test_a_saved_time_is_no_evidence_before_the_campaign_after_the_receipt_or_as_issued(
    saved: str, sound: bool
) -> None:
    found = versions.evidence(saved, date(2023, 1, 1), date(2023, 2, 28), "2023-03-02T08:00:00+00:00")

    assert found == (saved if sound else "")


def test_a_third_report_ends_a_conflict_only_if_it_is_newer_than_both() -> None:
    one, two = sent("01.K1", "a", 30), sent("01.K1", "b", 31, modified="")
    later = sent("01.K1", "c", 32, modified=LATER)

    assert judged([one, two, later]).counted == {}, "nothing tells the second and the third apart"
    assert judged([one, two, later]).standing[one.sha].status is Status.SUPERSEDED
    assert set(judged([one, two, replace(later, revision=2)]).counted) == {"01.K1"}


def test_the_choice_for_one_unit_leaves_that_for_another_and_an_unknown_report_asks_again() -> None:
    files = [sent(unit, name, total) for unit in ("01.K1", "01.2.C01") for name, total in (("a", 10), ("b", 11))]
    chosen = prefer(prefer(files, files[0].sha), files[3].sha)

    assert {each.file for each in judged(chosen).counted.values()} == {"01.K1a.xlsx", "01.2.C01b.xlsx"}
    again = prefer(chosen, files[1].sha)
    assert {each.file for each in judged(again).counted.values()} == {"01.K1b.xlsx", "01.2.C01b.xlsx"}
    undated = sent("01.K1", "c", 12, modified="")
    assert set(judged([*again, undated]).counted) == {"01.2.C01"}, "it was not known when the office chose"
    known = prefer([*again, undated], files[1].sha)
    assert judged(known).counted["01.K1"].file == "01.K1b.xlsx"


def test_a_choice_stands_above_its_own_units_reports_only() -> None:
    files = [sent("01.K1", "a", 10), sent("01.K1", "b", 11), sent("01.2.C01", "c", 12, revision=5)]
    chosen = prefer(files, files[0].sha)

    newer = sent("01.K1", "d", 13, revision=2)

    assert judged([*chosen, newer]).counted["01.K1"].file == newer.file


def test_a_figure_that_only_one_of_two_reports_has_is_told_from_nothing() -> None:
    older = sent("01.K1", "a", 10)
    newer = replace(
        sent("01.K1", "b", 10, revision=2), rows=(UnitRow("01.K1", {"members_total": 10, "admitted_members": 2}, {}),)
    )

    (found,) = judged([older, newer]).standing[newer.sha].issues

    assert "Thay đổi: admitted_members – → 2." in found.message.vi


# ---------------------------------------------------------------- what is remembered


def kept(receipts: Sequence[Receipt], *seen: Receipt) -> list[Receipt]:
    return settled(REGISTER, "01", merged(receipts, seen))


def test_of_former_reports_a_line_is_kept_and_one_row_of_the_last() -> None:
    inside = ["01.1.C01", "01.1.C02"]
    files = [sent("01.1", name, 20 + n, inside, revision=n + 1) for n, name in enumerate("abcd")]
    receipts: list[Receipt] = []
    for file in files:
        receipts = kept(receipts, file)

    assert [len(each.rows) for each in receipts] == [0, 0, 1, 3]
    assert receipts == kept([], *files), "together or one by one"
    assert kept(receipts, *files) == receipts, "files that come again are let go again"
    decided = judged(receipts)
    assert [decided.standing[each.sha].status.value for each in receipts] == ["superseded"] * 3 + ["accepted"]
    assert "members_total 22 → 23" in decided.standing[files[3].sha].issues[0].message.vi
    same = kept(receipts, sent("01.1", "copy", 21, inside, revision=2))
    assert judged(same).standing["sha 01.1copy"].status is Status.SUPERSEDED


def test_units_that_alone_differ_are_told_though_the_totals_are_equal() -> None:
    older = sent("01.1", "a", 20, ["01.1.C01", "01.1.C02"])
    newer = sent("01.1", "b", 20, ["01.1.C01", "01.1.C03"], revision=2)

    receipts = kept(kept([], older), newer)

    assert (
        "Chi bộ 01.1-2 (01.1.C02); Chi bộ 01.1-3 (01.1.C03)"
        in judged(receipts).standing[newer.sha].issues[0].message.vi
    )


def test_a_former_report_counts_again_only_when_it_is_read_again() -> None:
    one, two = sent("01.K1", "a", 10), sent("01.K1", "b", 11)
    third = sent("01.K1", "c", 12, revision=2)
    receipts = kept([], one, two, third)
    assert [len(each.rows) for each in receipts] == [1, 0, 1]

    read = merged(receipts, [two])
    chosen = settled(REGISTER, "01", prefer(read, two.sha))
    assert judged(chosen).counted["01.K1"].rows == two.rows
    gone = settled(REGISTER, "01", withdraw(chosen, "01.K1"))
    assert judged(gone).counted == {} and not any(each.rows for each in gone)
    lost = [replace(each, verdict=Verdict.FOREIGN, rows=()) if each.file == third.file else each for each in receipts]
    lost = settled(REGISTER, "01", [replace(each, modified=LATER) if each.file == two.file else each for each in lost])
    decided = judged(lost)
    assert (decided.counted, decided.standing[two.sha].status) == ({}, Status.REFUSED), (
        "never a guess, never the one before"
    )
    assert codes(decided, two) == ["FIGURES_NOT_KEPT"]
    assert judged(kept(lost, replace(two, modified=LATER))).counted["01.K1"].rows == two.rows


def test_a_covered_report_counts_again_when_its_superiors_does_no_more() -> None:
    cell, base = sent("01.1.C01"), sent("01.1", "a", 10, ["01.1.C01"])
    newer = sent("01.1", "b", 0, revision=2)

    receipts = kept(kept(kept([], cell), base), newer)

    assert set(judged(receipts).units) == {"01.1", "01.1.C01"}
    assert judged(receipts).counted["01.1.C01"].rows == cell.rows


def test_files_without_figures_share_cells_and_come_back_in_their_order() -> None:
    many = [
        Receipt(f"{n:064}", f"thư mục/ảnh {n}.xlsx", "", Verdict.REFUSED, "2023-03-01T08:00:00") for n in range(5000)
    ]
    lines = receipt_lines([*many, sent("01.K1")])

    assert sum(line[0] == PAST for line in lines) < 10 and len(lines) < 15


def test_a_file_that_could_not_be_opened_loses_its_line_when_its_name_is_read_well() -> None:
    locked = Receipt("?0123456789abcdef", "nhan/a.xlsx", "", Verdict.REFUSED, "2023-03-01T08:00:00")
    other = replace(locked, sha="?fedcba9876543210", file="nhan/b.xlsx")
    strange = replace(locked, sha="x", verdict=Verdict.FOREIGN)
    good = replace(sent("01.K1"), file="nhan/a.xlsx")

    assert merged([locked, other, strange], [good]) == [other, strange, good]


def test_a_year_of_weekly_books_is_no_larger_than_a_week() -> None:
    """Of a small province the sizes; ``scripts/faults.py`` has the whole one, with its file."""
    register = weekly.province(3, 3, 10)

    sizes = [weekly.spread(receipt_lines(each)) for each in weekly.remembered(register, 52)]

    assert sizes[-1] <= 1.2 * sizes[0]
