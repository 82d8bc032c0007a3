"""Whom to call after a run and what to tell them: a function of the receipt list and of which files count."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from loithe_xl.consolidation.consolidate import Child
from loithe_xl.consolidation.receipts import Compact, Decision, Receipt, Status, UnitRow, Verdict
from loithe_xl.consolidation.todo import natural, to_do
from loithe_xl.language.issues import Place, fault_and_remedy, issue

MONDAY, FRIDAY = "2023-02-27T09:00:00", "2023-03-03T15:00:00"


def line(unit: str, status: Status, file: str = "", *codes: Any, at: str = MONDAY, name: str = "") -> Child:
    """A line of a receipt list; ``codes``: of its faults, or issues themselves."""
    issues = tuple(issue(each, Place(file=file)) if isinstance(each, str) else each for each in codes)
    return Child(
        unit, name or (f"Chi bộ {unit}" if unit else ""), status, False, file, file, at if file else "", issues
    )


def consolidated(*children: Child, counted: tuple[tuple[str, ...], ...] = ()) -> Any:
    """What a parent 01 came to; ``counted``: the units of each report that counts, its own first."""
    rows = {units[0]: tuple(UnitRow(unit, Compact({}), {}) for unit in units) for units in counted}
    receipts = {unit: Receipt(unit, unit, unit, Verdict.VALID, MONDAY, rows=each) for unit, each in rows.items()}
    return SimpleNamespace(unit="01", children=children, decision=Decision({}, receipts))


def calls(done: Any, *beside: Child) -> list[tuple[str, Status, bool]]:
    return [(call.unit, call.status, call.sent) for call in to_do(done, beside).calls]


def test_who_has_no_figure_is_called_once_and_nobody_else():
    done = consolidated(
        line("01.10", Status.MISSING),
        line("01.2", Status.MISSING),
        line("01.3", Status.ACCEPTED, "c.xlsx"),
        line("01.4", Status.CONFLICT, "d.xlsx", issue("SUBMISSION_CONFLICT", others="d2.xlsx")),
        line("01.3.C1", Status.COVERED, "cov.xlsx"),
        line("01.2", Status.REFUSED, "b.xlsx", "FILE_TRUNCATED"),
        line("01.3", Status.REFUSED, "old.xlsx", "FILE_DAMAGED"),
        line("01.3.C1", Status.REFUSED, "pdf.xlsx", "FILE_PDF"),
        line("", Status.REFUSED, "x.pdf", "FILE_PDF"),
        line("", Status.FOREIGN, "y.xlsx", issue("UNIT_FOREIGN", parent="01")),
        line("01", Status.FOREIGN, "self.xlsx", issue("UNIT_FOREIGN", parent="01")),
        counted=(("01.3", "01.3.C1"),),
    )

    found = to_do(done)

    assert calls(done) == [
        ("01.2", Status.REFUSED, True),
        ("01.4", Status.CONFLICT, True),
        ("01.10", Status.MISSING, False),
    ]
    assert found.calls[0].fault.vi == "Tệp bị cụt, có thể do tải hoặc chép chưa xong."
    assert found.calls[0].remedy.vi == "Đề nghị xin đơn vị gửi lại tệp."
    assert found.calls[0].files == ("b.xlsx",)
    assert [child.unit for child in found.settled] == ["01.3"]
    assert {each.child.file for each in found.idle} == {
        *("cov.xlsx", "old.xlsx", "pdf.xlsx", "x.pdf", "y.xlsx", "self.xlsx"),
    }
    lines = len(found.settled) + len(found.idle) + sum(max(len(call.files), 1) for call in found.calls)
    assert lines == len(done.children) - 1  # 01.2 has two lines and one call


def test_a_lost_figure_calls_though_its_file_is_covered():
    lost = issue("COVERED_LOST", units="01.3.C2", above="01.3", file="c.xlsx")
    done = consolidated(
        line("01.3", Status.ACCEPTED, "c.xlsx"), line("01.3.C1", Status.COVERED, "p.xlsx", lost), counted=(("01.3",),)
    )

    (call,) = to_do(done).calls

    assert (call.unit, call.status) == ("01.3.C1", Status.COVERED)
    assert call.remedy.vi == "Đề nghị báo 01.3 tổng hợp lại và nộp bổ sung."


def test_the_latest_file_that_was_turned_away_speaks():
    done = consolidated(
        line("01.2", Status.MISSING),
        line("01.2", Status.REFUSED, "a.xlsx", "FILE_PDF"),
        line("01.2", Status.REFUSED, "b.xlsx", "FILE_EMPTY", "FILE_PDF", at=FRIDAY),
    )

    (call,) = to_do(done).calls

    assert call.fault.vi == "Tệp rỗng (0 byte). Ngoài ra còn 1 lỗi."
    assert call.files == ("a.xlsx", "b.xlsx")


def test_faults_of_what_was_typed_send_to_the_forms_own_sheet_of_checks():
    blank = issue("FIELD_REQUIRED", Place("a.xlsx", "1. Số liệu", "D10", "x"), label="X")
    wrong = issue("FIELD_NEGATIVE", Place("a.xlsx", "1. Số liệu", "D12", "y"), label="Y")
    untouched = to_do(consolidated(line("01.2", Status.REFUSED, "a.xlsx", blank, blank))).calls[0]
    faulty = to_do(consolidated(line("01.2", Status.REFUSED, "a.xlsx", blank, wrong))).calls[0]

    assert untouched.fault.vi == "Còn 2 ô bắt buộc chưa nhập, có thể biểu chưa được điền."
    assert faulty.fault.vi == "2 lỗi trong biểu, trước hết: 1. Số liệu!D12: “Y” không được là số âm."
    assert "“Kiểm tra”" in faulty.remedy.vi


def test_a_file_that_came_after_the_one_that_counts_may_be_a_correction():
    done = consolidated(
        line("01.3", Status.ACCEPTED, "c.xlsx"),
        line("01.3", Status.REFUSED, "before.xlsx", "FILE_PDF"),
        line("01.3", Status.REFUSED, "later.xlsx", "FILE_PDF", at=FRIDAY),
        counted=(("01.3",),),
    )

    why = {each.child.file: each.why.vi for each in to_do(done).idle}

    assert "bản sửa" not in why["before.xlsx"] and "bản sửa" in why["later.xlsx"]


@pytest.mark.parametrize(
    ("file", "unit"),
    [
        ("BC 01.2.C3 lan 1.xls", "01.2.C3"),
        ("01-2 thang 2.xls", "01.2"),
        ("cb khu pho 10.ods", "01.10"),
        ("Chi bo KHU PHO 1.zip", "01.1"),
        ("khu pho.pdf", ""),
        ("01.3 bao cao.pdf", ""),  # sent, so nobody is missing
        ("01.2.C3 va 01.10.xls", ""),
    ],
)
def test_a_name_hints_at_a_unit_that_sent_nothing_and_counts_for_none(file: str, unit: str):
    names = {"01.1": "Chi bộ khu phố 1", "01.10": "Chi bộ khu phố 10", "01.2": "Đảng ủy xã Đông", "01.2.C3": "Chi bộ 3"}
    missing = [line(code, Status.MISSING, name=name) for code, name in names.items()]
    done = consolidated(*missing, line("01.3", Status.ACCEPTED, "c.xlsx"), counted=(("01.3",),))
    before = calls(done)

    found = to_do(done, [line("", Status.REFUSED, file, "FILE_UNKNOWN")])

    assert calls(done, line("", Status.REFUSED, file, "FILE_UNKNOWN")) == before
    assert [each.perhaps.unit if each.perhaps else "" for each in found.idle] == [unit]
    assert {call.unit for call in found.calls if file in call.fault.vi} == ({unit} if unit else set())


def test_numbers_stand_in_their_order():
    said = ["01.10", "01.2", "01", "a10", "a9", "", "01.2.C1"]

    assert sorted(said, key=natural) == ["", "01", "01.2", "01.2.C1", "01.10", "a9", "a10"]


def test_fault_and_remedy_come_apart_as_they_were_joined():
    told = issue("COVERED_LOST", units="U", above="A", file="F")
    fault, remedy = fault_and_remedy(told)

    assert [fault.then(remedy).vi, fault.then(remedy).en] == [*told.message]
    assert remedy.en.startswith("Ask A") and not fault.en.endswith("resubmit.")
    assert fault_and_remedy(issue("UNIT_WITHDRAWN", unit="U", file="F"))[1].vi == ""
