"""The journal of each run: what was seen, decided and by which rule; on a sheet of the parent and in a file beside."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import (
    JOURNAL,
    REQUIRED,
    codes,
    held,
    issue_forms,
    press,
    read,
    resaved,
    saved_at,
    snapshot,
    type_in,
    worded,
)
from conftest import Convert
from drawing import drawn_case, received
from hypothesis import given
from hypothesis import strategies as st
from tools import small_register, type_into

from loithe_xl.addin.live import REDRAWN, REFRESHED
from loithe_xl.consolidation.decide import decide, of_run, prefer, withdraw
from loithe_xl.consolidation.journal import KEPT, Effect, JournalEntry, Run, entries, latest, runs
from loithe_xl.consolidation.ledger import journal_lines, read_journal
from loithe_xl.consolidation.receipts import Receipt, Rule, Status, UnitRow, Verdict
from loithe_xl.draw import form_book
from loithe_xl.draw.hidden import hidden_journal
from loithe_xl.language.catalogue import Text, catalogue
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.reading import reader
from loithe_xl.tasks import journalfile
from loithe_xl.tasks.consolidate import ConsolidationRequest, consolidate, open_parent
from loithe_xl.tasks.office import Office
from loithe_xl.workbook import writer as writing
from loithe_xl.workbook.book import Book, Formula, Sheet
from loithe_xl.workbook.ownsheets import HIDDEN_JOURNAL, LIST_HEAD, SUMMARY_ROW
from loithe_xl.workbook.ownsheets import JOURNAL as SHEET

REGISTER = small_register()
MONDAY, FRIDAY, LATE = "2023-02-27T08:00", "2023-03-03T15:00", "2023-03-07T09:00"
EARLY = "2023-03-01T08:00:00+00:00"
HEAD = ["Thời điểm", "Lượt", "Tệp", "SHA-256", "Mã đơn vị", "Tình trạng", "Số liệu", "Quy tắc", "Quy tắc và lý do"]
LONG = "Chi bộ có nhiều đảng viên đi làm ăn xa, khó bố trí buổi sinh hoạt đủ mặt."


# ---------------------------------------------------------------- the rules, on values


def sent(unit: str, name: str, total: int = 10, **more: Any) -> Receipt:
    """A valid file of a unit that has ``total`` members."""
    given_: dict[str, Any] = {"modified": EARLY, "rows": (UnitRow(unit, {"members_total": total}, {}),), **more}
    sha = f"{unit}{name}".encode().hex().ljust(64, "0")
    return Receipt(sha, f"thư đến/{name}.xlsx", unit, Verdict.VALID, FRIDAY, **given_)


def away(name: str, verdict: Verdict, *found: str) -> Receipt:
    issues = tuple(issue(code, Place(f"{name}.xlsx"), file=name, fingerprint="", why="") for code in found)
    return Receipt(name.encode().hex().ljust(64, "0"), f"{name}.xlsx", "", verdict, FRIDAY, issues=issues)


def run(before: Sequence[Receipt], after: Sequence[Receipt], seen: Sequence[Receipt] = (), number: int = 1) -> Run:
    decided, decision = (decide(REGISTER, "01", known) for known in (before, after))
    return Run(LATE, number, of_run(decision, seen), before, after, decided, decision)


def told(before: Sequence[Receipt], after: Sequence[Receipt], seen: Sequence[Receipt] = ()) -> dict[str, JournalEntry]:
    """What a run changed, by file without its ending."""
    new, _ = entries(run(before, after, seen))
    return {entry.file.removesuffix(".xlsx"): entry for entry in new}


def said(entry: JournalEntry) -> tuple[str, str, str, str]:
    return entry.status.value, entry.rule.value, entry.effect.value, entry.said.vi


def test_a_file_alone_and_files_turned_away() -> None:
    noted = replace(sent("01.K1", "a"), issues=(issue("UNIT_BY_PARTS"),))
    many = ["FILE_EMPTY", "FILE_PDF", "FILE_TEXT", "FILE_PDF", "FILE_MACRO", "FILE_DTD", "FILE_BOMB", "FILE_ODS"]
    refused = away("b", Verdict.REFUSED, "UNIT_BY_PARTS", *many)
    found = told((), [noted, refused, away("c", Verdict.FOREIGN, "TOKEN_FOREIGN"), sent("01.1.C01", "d")])

    assert said(found["a"]) == (
        "accepted", "sound", "counts",
        "Nhận: mã nhận dạng đúng, không có lỗi. 1 điều cần lưu ý, ghi ở trang “Tình hình nộp”.",
    )  # fmt: skip
    assert said(found["d"]) == ("accepted", "sound", "counts", "Nhận: mã nhận dạng đúng, không có lỗi.")
    where = "ghi ở trang “Tình hình nộp”."
    assert said(found["b"])[:3] == ("refused", "faults", "")
    assert found["b"].said.vi == f"Trả lại vì 8 lỗi, {where}", "errors only"
    assert said(found["c"]) == ("foreign", "faults", "", f"Không tính vì 1 lỗi, {where}")
    assert found["a"].file == "a.xlsx", "no folder"
    assert found["a"].sha == noted.sha[:12] and found["a"].unit == "01.K1"
    assert (found["a"].moment, found["a"].run) == (LATE, 1)


def test_a_higher_revision_and_a_later_saved_time() -> None:
    one = sent("01.K1", "a")
    two, three = sent("01.K1", "b", 11, revision=2), sent("01.K1", "c", 12, modified="2023-03-01T08:00:07+00:00")

    higher = told([one], [one, two])
    assert said(higher["b"]) == (
        "accepted", "revision", "counts", "Nhận, thay cho tệp “a.xlsx”: Lần nộp 2 cao hơn 1."
    )  # fmt: skip
    assert said(higher["a"]) == (
        "superseded", "revision", "dropped", "Đã thay bằng tệp “b.xlsx”: Lần nộp 1 thấp hơn 2."
    )  # fmt: skip
    later = told([one], [one, three])
    assert later["c"].said.vi == (
        "Nhận, thay cho tệp “a.xlsx”: cùng Lần nộp, lưu sau (01/03/2023 08:00:07 so với 01/03/2023 08:00:00, giờ UTC)."
    )
    assert (later["a"].rule, later["a"].effect) == (Rule.SAVED, Effect.DROPPED)
    assert "lưu trước (01/03/2023 08:00:00 so với 01/03/2023 08:00:07" in later["a"].said.vi
    old = told([one], [one, sent("01.K1", "d", 9, modified="2023-02-28T08:00:00+00:00")])
    assert old["d"].said.vi.endswith("lưu trước (28/02/2023 08:00:00 so với 01/03/2023 08:00:00, giờ UTC).")
    assert set(old) == {"d"}, "nothing new of the file that counts on"
    never = told([one], [one, sent("01.K1", "e", 9, modified="")])
    assert {entry.rule for entry in never.values()} == {Rule.UNDATED} and set(never) == {"a", "e"}
    assert "thời điểm lưu không cho biết chắc tệp nào mới hơn" in never["e"].said.vi
    # The older of three is beaten by the winner, whatever stands between.
    assert told((), [one, two, three])["a"].said.vi == "Đã thay bằng tệp “b.xlsx”: Lần nộp 1 thấp hơn 2."


def test_the_same_figures_and_a_conflict_that_the_office_ends() -> None:
    one, same, other = sent("01.K1", "a"), sent("01.K1", "b", revision=3), sent("01.K1", "c", 11)

    assert said(told([one], [one, same])["b"]) == (
        "duplicate", "same", "", "Trùng: số liệu giống hệt tệp “a.xlsx”, chỉ tính một lần."
    )  # fmt: skip
    both = told([one], [one, other])
    assert said(both["a"]) == (
        "conflict", "equal", "dropped",
        "Mâu thuẫn với tệp “c.xlsx”: số liệu khác nhau, cùng Lần nộp 1 và cùng thời điểm lưu; "
        "chưa tính tệp nào cho đến khi chọn bằng --prefer.",
    )  # fmt: skip
    assert both["c"].said.vi.startswith("Mâu thuẫn với tệp “a.xlsx”")
    chosen = told([one, other], prefer([one, other], other.sha))
    assert said(chosen["c"]) == (
        "accepted", "preferred", "counts", "Nhận thay cho tệp “a.xlsx” theo lựa chọn của cơ quan (--prefer)."
    )  # fmt: skip
    assert said(chosen["a"]) == (
        "superseded", "preferred", "", "Đã thay bằng tệp “c.xlsx” theo lựa chọn của cơ quan (--prefer)."
    )  # fmt: skip


def test_the_offices_choice_is_named_only_where_it_was_needed() -> None:
    """Of a preferred file, one that it beats anyway, one that needed the choice, and one that beats it."""
    old, two = sent("01.K1", "a", 9), sent("01.K1", "b", 10, revision=2)
    three, four = sent("01.K1", "c", 11, revision=3), sent("01.K1", "d", 12, revision=4)
    chosen = prefer([old, two, three], two.sha)
    found = told([old, two, three], chosen)

    assert found["b"].rule is found["c"].rule is Rule.PREFERRED
    assert "a" not in found, "superseded before, superseded now"
    assert decide(REGISTER, "01", chosen).standing[old.sha].ruling.rule is Rule.REVISION
    later = told(chosen, [*chosen, four])
    assert (later["d"].rule, later["b"].rule) == (Rule.REVISION, Rule.REVISION)
    assert later["b"].said.vi == "Đã thay bằng tệp “d.xlsx”: Lần nộp 2 thấp hơn 4."


def test_what_the_office_orders_is_an_entry_even_where_no_status_moves() -> None:
    one = sent("01.K1", "a")
    chosen = prefer([one], one.sha)

    assert said(told([one], chosen, [one])["a"]) == (
        "accepted", "preferred", "", "Nhận theo lựa chọn của cơ quan (--prefer)."
    )  # fmt: skip
    assert told(chosen, prefer(chosen, one.sha), [one]) == {}
    back = told([one], withdraw([one], "01.K1"))
    assert said(back["a"]) == ("refused", "withdrawn", "dropped", "Rút theo lệnh của cơ quan (--withdraw).")


def test_a_base_that_covers_its_cells() -> None:
    cell, base = sent("01.1.C01", "a"), sent("01.1", "b")
    base = replace(base, rows=(*base.rows, *cell.rows))

    found = told([cell], [cell, base])

    assert found["b"].effect is Effect.COUNTS
    assert said(found["a"]) == (
        "covered", "above", "dropped", "Đã có trong biểu của cấp trên trực tiếp (mã 01.1, tệp “b.xlsx”)."
    )  # fmt: skip
    assert told([base], [cell, base])["a"].effect is Effect.NONE, "it never counted"


def test_a_copy_of_the_same_bytes_has_its_line_where_its_first_one_has() -> None:
    one = sent("01.K1", "a")
    copy = replace(one, file="khác/a (1).xlsx")

    assert said(told((), [one], [one, copy])["a (1)"]) == (
        "duplicate", "copy", "", "Trùng: giống hệt tệp “a.xlsx” trong lượt này, chỉ xét một lần."
    )  # fmt: skip
    new, known = entries(run([one], [one], [copy, one], 0))
    assert new == ()
    assert [(entry.file, entry.status) for entry in known] == [
        ("a (1).xlsx", Status.ACCEPTED),
        ("a.xlsx", Status.DUPLICATE),
    ]
    turned = away("x", Verdict.REFUSED, "FILE_PDF")
    twice = told((), [turned], [turned, replace(turned, file="y.xlsx")])
    assert {name: entry.status for name, entry in twice.items()} == dict.fromkeys("xy", Status.REFUSED)


def test_nothing_new_is_nothing_in_the_parent_and_a_line_per_file_for_the_file() -> None:
    seen = [sent("01.K1", "a"), sent("01.1.C01", "b"), away("c", Verdict.REFUSED, "FILE_PDF")]

    new, known = entries(run(seen, seen, seen[1:], 0))

    assert new == ()
    assert [(entry.file, entry.run, entry.effect) for entry in known] == [
        ("c.xlsx", 0, Effect.NONE),
        ("b.xlsx", 0, Effect.NONE),
    ]


def test_the_order_of_reading_leaves_no_trace() -> None:
    seen = [sent("01.K1", "a"), sent("01.K1", "b", 11, revision=2), sent("01.1.C01", "c"), sent("01.1", "d")]
    expected = entries(run((), seen, seen))

    for order in permutations(seen):
        assert entries(run((), order, order)) == expected


def test_every_sentence_is_worded_in_both_languages() -> None:
    known = catalogue("journal")

    assert all(entry["vi"].strip() and entry["en"].strip() for entry in known.values())
    assert {f"rule_{rule.value}" for rule in Rule} <= set(known)
    assert {f"effect_{effect.value}" for effect in Effect if effect} <= set(known)


# ---------------------------------------------------------------- remembered


ENTRIES = st.builds(
    JournalEntry,
    st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds")),
    st.integers(1, 9999),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=30),
    st.text("0123456789abcdef", min_size=12, max_size=12),
    st.sampled_from(["", "01.K1", "01"]),
    st.sampled_from(Status),
    st.sampled_from(Rule),
    st.builds(Text, st.sampled_from(["Nhận.", "=1+1"]), st.sampled_from(["", "Accepted."])),
    st.sampled_from(Effect),
)


@given(st.lists(ENTRIES, max_size=4))
def test_the_journal_comes_back_as_it_was(listed: list[JournalEntry]) -> None:
    assert read_journal(grid_of(listed)) == listed


def test_a_touched_journal_is_noticed() -> None:
    listed = [JournalEntry(FRIDAY, 1, "a.xlsx", "0" * 12, "01.K1", Status.ACCEPTED, Rule.SOUND, Text("Nhận.", "Yes."))]
    found = grid_of(listed)

    for at, value in (((2, 3), "b.xlsx"), ((2, 2), 2), ((2, 9), "Trả lại.")):
        assert found.values[at] != value
        touched = read_journal(type(found)({**found.values, at: value}))
        assert isinstance(touched, Issue) and touched.code == "LEDGER_DAMAGED"


def grid_of(listed: Sequence[JournalEntry]) -> Any:
    """The journal's hidden sheet as a file gives it back."""
    sheet = Sheet(HIDDEN_JOURNAL, hidden=True)
    for row, line in enumerate(journal_lines(listed), 1):
        for column, value in enumerate(line, 1):
            if value is not None:
                sheet.put(row, column, value, "hidden_number" if isinstance(value, int) else "hidden")
    found = reader.read(writing.render(Book([Sheet("Nhập"), sheet])))
    assert not isinstance(found, Issue)
    return found.grids[HIDDEN_JOURNAL]


# ---------------------------------------------------------------- on the command line


def filled(forms: dict[str, Path], code: str, name: str, **values: Any) -> Path:
    return type_in(forms[code], Path("nhan", name), {**REQUIRED, **values}, [held(10)])


def consolidated(into: Path, *more: object, now: str = FRIDAY, code: int = 0) -> Any:
    answer = press("consolidate", "--into", into, "--now", now, *more, "--format", "json")
    assert answer.code == code, answer.said
    return answer.json


def lines(parent: Path, name: str = JOURNAL) -> list[list[str]]:
    """The file journal beside a parent, without its heading and fingerprints."""
    raw = parent.with_name(f"{parent.stem}{name}").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\r\n")
    head, *found = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert head == [*HEAD, "Mã kiểm"]
    assert all(re.fullmatch("[0-9a-f]{12}", line[-1]) for line in found)
    return [line[:-1] for line in found]


def shown(parent: Path) -> list[tuple[Any, ...]]:
    """The rows of the parent's journal sheet."""
    page = openpyxl.load_workbook(parent)[SHEET]
    return [row for row in page.iter_rows(min_row=LIST_HEAD + 1, max_col=8, values_only=True) if row[0]]


def test_a_run_is_told_on_the_sheet_and_in_the_file(forms: dict[str, Path]) -> None:
    filled(forms, "01.K1", "k.xlsx")
    consolidated(forms["01"], "nhan", now=MONDAY)
    filled(forms, "01.K1", "k2.xlsx", members_total=33, revision=2)
    filled(forms, "01.1.C01", "c.xlsx", members_exempt=-1)
    told_ = consolidated(forms["01"], "nhan", now=FRIDAY, code=1)

    assert [row[:7] for row in shown(forms["01"])] == [
        (2, "03/03/2023 15:00", "c.xlsx", "01.1.C01", "Chi bộ 01.1-1", "Bị trả lại", None),
        (2, "03/03/2023 15:00", "k.xlsx", "01.K1", "Chi bộ cơ sở 1", "Đã có bản mới hơn", "Thôi tính"),
        (2, "03/03/2023 15:00", "k2.xlsx", "01.K1", "Chi bộ cơ sở 1", "Đã nhận", "Được tính"),
        (1, "27/02/2023 08:00", "k.xlsx", "01.K1", "Chi bộ cơ sở 1", "Đã nhận", "Được tính"),
    ], "the newest run on top"
    assert SHEET not in open_parent(forms["01"]).grids, "no figure is read from it, so it is not read at all"
    assert shown(forms["01"])[1][7] == "Đã thay bằng tệp “k2.xlsx”: Lần nộp 1 thấp hơn 2."
    listed = lines(forms["01"])
    assert [line[:3] for line in listed] == [
        ["2023-02-27 08:00:00", "1", "k.xlsx"],
        ["2023-03-03 15:00:00", "2", "c.xlsx"],
        ["2023-03-03 15:00:00", "2", "k.xlsx"],
        ["2023-03-03 15:00:00", "2", "k2.xlsx"],
    ]
    shas = {child["file"]: child["sha256"][:12] for child in told_["children"] if child["file"]}
    assert listed[3][3:] == [
        shas["nhan/k2.xlsx"], "01.K1", "Đã nhận", "Được tính", "Lần nộp",
        "Nhận, thay cho tệp “k.xlsx”: Lần nộp 2 cao hơn 1. "
        "1 điều cần lưu ý, ghi ở trang “Tình hình nộp”.",
    ]  # fmt: skip
    assert listed[1][-1] == "Trả lại vì 2 lỗi, ghi ở trang “Tình hình nộp”."


def test_a_second_identical_run_is_told_in_the_file_alone(forms: dict[str, Path]) -> None:
    filled(forms, "01.K1", "k.xlsx")
    shutil.copy("nhan/k.xlsx", "nhan/k (1).xlsx")
    consolidated(forms["01"], "nhan", now=MONDAY)
    parent, before = forms["01"].read_bytes(), lines(forms["01"])

    again = consolidated(forms["01"], "nhan", now=LATE)

    assert forms["01"].read_bytes() == parent
    assert len(before) == again["seen"] == 2
    assert lines(forms["01"]) == before + [["2023-03-07 09:00:00", "", *line[2:6], "", *line[7:]] for line in before]


def test_the_command_says_where_the_journal_is(forms: dict[str, Path]) -> None:
    filled(forms, "01.K1", "k.xlsx")
    line = f"Nhật ký các lượt tổng hợp: 01{JOURNAL}\n"

    assert line not in press("consolidate", "--into", forms["01"], "nhan", "--dry-run").out
    assert line in press("consolidate", "--into", forms["01"], "nhan").out
    assert line in press("consolidate", "--into", forms["01"], "nhan").out, "also when nothing is new"


def test_a_dry_run_leaves_no_line(forms: dict[str, Path]) -> None:
    filled(forms, "01.K1", "k.xlsx")
    consolidated(forms["01"], "nhan", "--dry-run")

    assert not list(Path().glob(f"*{JOURNAL}"))
    assert shown(forms["01"]) == []


def test_orders_of_the_office_are_told(forms: dict[str, Path]) -> None:
    one, two = filled(forms, "01.K1", "a.xlsx"), filled(forms, "01.K1", "b.xlsx", members_total=31)
    consolidated(forms["01"], "nhan", now=MONDAY, code=1)
    consolidated(forms["01"], "--prefer", two, now=FRIDAY)
    consolidated(forms["01"], "--withdraw", "01.K1", now=LATE)
    consolidated(forms["01"], "--prefer", one, now="2023-03-08T09:00")

    assert [(row[0], row[2], row[5], row[6]) for row in shown(forms["01"])] == [
        (4, "a.xlsx", "Đã nhận", "Được tính"),
        (3, "a.xlsx", "Bị trả lại", None),
        (3, "b.xlsx", "Bị trả lại", "Thôi tính"),
        (2, "a.xlsx", "Đã có bản mới hơn", None),
        (2, "b.xlsx", "Đã nhận", "Được tính"),
        (1, "a.xlsx", "Mâu thuẫn", None),
        (1, "b.xlsx", "Mâu thuẫn", None),
    ]
    assert [line[7] for line in lines(forms["01"])][-3:] == [
        "lệnh rút của cơ quan (--withdraw)",
        "lệnh rút của cơ quan (--withdraw)",
        "lựa chọn của cơ quan (--prefer)",
    ]


def test_one_set_in_any_order_is_one_parent_with_one_journal(forms: dict[str, Path]) -> None:
    """Byte for byte, when the clock and the names are the same."""
    files = [filled(forms, "01.K1", "a.xlsx"), filled(forms, "01.1.C01", "b.xlsx"), filled(forms, "01.1.C02", "c.xlsx")]
    files.append(saved_at(files[0], Path("nhan/d.xlsx"), datetime(2023, 3, 1, 8)))
    files.append(filled(forms, "01.K1", "e.xlsx", members_total=40, revision=2))
    found = set()
    for number, order in enumerate((files, files[::-1], files[2:] + files[:2])):
        into = Path(shutil.copy(forms["01"], f"n{number}.xlsx"))
        consolidated(into, *order)
        found.add((into.read_bytes(), tuple(map(tuple, lines(into)))))

    assert len(found) == 1


def test_the_journal_lives_on_through_other_programs_and_own_entries(forms: dict[str, Path], office: Convert) -> None:
    filled(forms, "01.K1", "a.xlsx")
    consolidated(forms["01"], "nhan/a.xlsx", now=MONDAY)
    first = open_parent(forms["01"]).ledgers.journal
    copies = [
        resaved(forms["01"], Path("op/01.xlsx")),
        office(forms["01"], "xlsx", Path("lo")),
        type_into(Path(shutil.copy(forms["01"], "own.xlsx")), {"documents_issued": 3}),
    ]
    filled(forms, "01.1.C01", "b.xlsx")

    for copy in copies:
        assert open_parent(copy).ledgers.journal == first
        consolidated(copy, "nhan/b.xlsx")
        journal = open_parent(copy).ledgers.journal
        assert journal[:1] == first
        assert [(entry.run, entry.file) for entry in journal] == [(1, "a.xlsx"), (2, "b.xlsx")]
        assert runs(journal) == 2


def test_a_parent_without_its_journal_goes_on_and_says_so(forms: dict[str, Path]) -> None:
    """Somebody deleted its sheets: that is told as a fault of the parent, which never keeps it from counting."""
    filled(forms, "01.K1", "a.xlsx")
    consolidated(forms["01"], "nhan")
    assert runs(open_parent(forms["01"]).ledgers.journal) == 1
    without(forms["01"])
    filled(forms, "01.1.C01", "b.xlsx")

    found = consolidated(forms["01"], "nhan", code=1)

    assert "JOURNAL_ABSENT" in codes(found["issues"], "WARNING")
    assert codes(found["issues"], "ERROR") == ["SHEET_MISSING", "SHEET_MISSING"]
    assert found["values"]["members_total"] == 60
    assert [entry.file for entry in open_parent(forms["01"]).ledgers.journal] == ["b.xlsx"]
    assert codes(consolidated(forms["01"], "nhan")["issues"], "ERROR") == []


def without(parent: Path) -> None:
    book = openpyxl.load_workbook(parent)
    book.remove(book[HIDDEN_JOURNAL])
    book.remove(book[SHEET])
    book.save(parent)


def test_a_damaged_journal_refuses_the_parent_as_any_ledger_does(forms: dict[str, Path]) -> None:
    consolidated(forms["01"], filled(forms, "01.K1", "a.xlsx"))
    book = openpyxl.load_workbook(forms["01"])
    book[HIDDEN_JOURNAL]["C2"] = "khác.xlsx"
    book.save(forms["01"])

    answer = press("status", forms["01"])

    assert answer.code == 3
    assert worded("LEDGER_DAMAGED").search(answer.err)


def test_an_english_parent_has_an_english_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    forms = issue_forms(tmp_path, None, "district", "--lang", "en")
    consolidated(forms["01"], filled(forms, "01.K1", "a.xlsx"))

    listed = next(tmp_path.rglob(f"*{JOURNAL}")).read_text(encoding="utf-8-sig")

    assert listed.startswith('"Time","Run","File","SHA-256","Code","Status"')
    assert "Accepted: its identity is right, no errors." in listed
    assert shown(forms["01"])[0][7].startswith("Accepted: its identity")


# ---------------------------------------------------------------- the file


def test_only_names_of_files_and_counts_get_into_the_journal(forms: dict[str, Path]) -> None:
    """No folder, no text that anybody typed, no figure; the sheet and the file alike."""
    secret = Path("Thư mục kín của Ban")
    secret.mkdir()
    filled(forms, "01.K1", "a.xlsx", difficulties_text="CANARY-TEXT " + LONG, members_total=777777)
    filled(forms, "01.1.C01", "b.xlsx", registered="CANARY-CHOICE")
    for name in ("a.xlsx", "b.xlsx"):
        Path("nhan", name).rename(secret / name)
    consolidated(forms["01"], secret.resolve(), code=1)

    opened = openpyxl.load_workbook(forms["01"])
    cells = [str(cell.value) for name in (SHEET, HIDDEN_JOURNAL) for row in opened[name].iter_rows() for cell in row]
    everything = "\n".join([*cells, Path("01" + JOURNAL).read_text(encoding="utf-8-sig")])
    for canary in ("CANARY", "777777", secret.name, str(Path().resolve()), os.sep + "a.xlsx", LONG):
        assert canary not in everything
    assert "a.xlsx" in everything


@pytest.mark.parametrize(
    "name", ["=cmd|' C calc'!A1.xlsx", "+1.xlsx", "-1.xlsx", "@SUM(1).xlsx", " =1+1.xlsx", "＝1.xlsx"]
)
def test_a_name_that_looks_like_a_formula_stays_a_text(forms: dict[str, Path], name: str) -> None:
    filled(forms, "01.K1", name)

    consolidated(forms["01"], "nhan")

    assert lines(forms["01"])[0][2] == f"'{' '.join(name.split())}"
    assert shown(forms["01"])[0][2].strip() == name.strip()


def test_values_stay_on_one_line_and_are_bounded() -> None:
    said_ = Text('Tệp “a”\r\nvà "b"\t' + "x" * 5000)
    entry = JournalEntry(FRIDAY, 1, "a\nb.xlsx", "0" * 12, "01", Status.ACCEPTED, Rule.SOUND, said_)

    written = journalfile._continued(journalfile._head("vi"), [entry], "vi").decode("utf-8-sig")

    assert written.count("\r\n") == 2
    line = list(csv.reader(written.splitlines()))[1]
    assert line[2] == "a b.xlsx"
    assert line[8].startswith('Tệp “a” và "b" xxx') and len(line[8]) == journalfile.LONGEST_JOURNAL


def spoil(how: str, path: Path) -> None:
    raw = path.read_bytes()
    changed = {
        "value": raw.replace("Đã nhận".encode(), "Đã nhận rồi".encode(), 1),
        "line": b"".join(raw.splitlines(keepends=True)[:1] + raw.splitlines(keepends=True)[2:]),
        "cut": raw[:-5],
        "mark": raw[3:],
        "excel": raw.decode("utf-8-sig").replace('"', "").replace(",", ";").encode("utf-8-sig"),
        "ansi": raw.decode("utf-8-sig").encode("cp1258", "replace"),
        "more": raw + b'"a","b"\r\n',
        "empty": b"",
    }[how]
    assert changed != raw
    path.write_bytes(changed)


@pytest.mark.parametrize("how", ["value", "line", "cut", "mark", "excel", "ansi", "more", "empty"])
def test_a_journal_that_was_touched_is_kept_and_goes_on_in_a_new_one(forms: dict[str, Path], how: str) -> None:
    filled(forms, "01.K1", "a.xlsx")
    consolidated(forms["01"], "nhan", now=MONDAY)
    consolidated(forms["01"], "nhan", now=MONDAY)
    first = Path("01" + JOURNAL)
    spoil(how, first)
    kept = first.read_bytes()

    answer = press("consolidate", "--into", forms["01"], "nhan", "--now", FRIDAY)
    second = consolidated(forms["01"], "nhan", now=LATE)

    assert worded("JOURNAL_CONTINUED").search(answer.out)
    assert answer.code == 0
    assert "JOURNAL_CONTINUED" not in codes(second["issues"]), "said once"
    assert first.read_bytes() == kept
    assert [line[0] for line in lines(forms["01"], "_nhat-ky-2.csv")] == ["2023-03-03 15:00:00", "2023-03-07 09:00:00"]


def test_a_long_journal_goes_on_in_the_next_file(forms: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    filled(forms, "01.K1", "a.xlsx")
    consolidated(forms["01"], "nhan", now=MONDAY)
    monkeypatch.setattr(journalfile, "MOST_JOURNAL", Path("01" + JOURNAL).stat().st_size)

    found = consolidated(forms["01"], "nhan", now=FRIDAY)

    assert "JOURNAL_CONTINUED" not in codes(found["issues"]), "nothing is wrong with it"
    assert [len(lines(forms["01"], name)) for name in (JOURNAL, "_nhat-ky-2.csv")] == [1, 1]


def test_a_journal_that_cannot_be_written_costs_nothing_else(forms: dict[str, Path]) -> None:
    filled(forms, "01.K1", "a.xlsx")
    consolidated(forms["01"], "nhan", now=MONDAY)
    Path("01" + JOURNAL).chmod(0o444)
    filled(forms, "01.1.C01", "b.xlsx")

    found = consolidated(forms["01"], "nhan")

    warning = next(each for each in found["issues"] if each["code"] == "JOURNAL_UNWRITTEN")
    assert warning["severity"] == "WARNING"
    assert warning["message"].count("01_nhat-ky.csv") == 2 and "Read-only" in warning["message"]
    assert len(lines(forms["01"])) == 1
    assert [row[2] for row in shown(forms["01"])] == ["b.xlsx", "a.xlsx"]
    assert read("status", forms["01"])["children"] == found["children"]


def test_consolidating_the_folder_again_passes_the_journal_over(forms: dict[str, Path]) -> None:
    Path("o").mkdir()
    into = Path(shutil.copy(forms["01"], "o/tổng.xlsx"))
    type_in(forms["01.K1"], Path("o/k.xlsx"))
    consolidated(into, "o")

    for paths in (["o"], ["o/k.xlsx", f"o/tổng{JOURNAL}"]):
        found = consolidated(into, *paths)
        assert (found["seen"], found["accepted"], found["refused"]) == (1, 1, 0)
        assert "SKIPPED_JOURNAL" in codes(found["issues"], "WARNING")


def test_runs_at_once_leave_every_line_whole(forms: dict[str, Path]) -> None:
    """Threads of one process share the parent's lock as processes do."""
    from concurrent.futures import ThreadPoolExecutor

    files = [filled(forms, code, f"{code}.xlsx") for code in ("01.K1", "01.1.C01", "01.1.C02", "01.2.C01")]
    orders = [ConsolidationRequest(forms["01"], (file,)) for file in files] * 2
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda order: consolidate(order, Office(now=datetime(2023, 3, 3, 15))), orders))

    listed = lines(forms["01"])
    assert sorted(line[2] for line in listed) == sorted(file.name for file in files * 2)
    assert sorted(line[1] for line in listed if line[1]) == ["1", "2", "3", "4"]
    assert journalfile._last_check(Path("01" + JOURNAL).read_bytes()) is not None
    assert snapshot(Path(), without=".xlsx").keys() == {"01" + JOURNAL}


# ---------------------------------------------------------------- drawn, and written into an open workbook


def drawn() -> tuple[Book, Book]:
    """A district's workbook before and after a run."""
    return form_book(drawn_case("district")), form_book(drawn_case("district", received=received()))


def test_the_sheet_prints_on_one_page_wide_with_its_heading_on_every_page() -> None:
    sheet = drawn()[1].sheet(SHEET)

    assert sheet.print.landscape and sheet.print.fit_wide and sheet.print.repeat_rows == (LIST_HEAD, LIST_HEAD)
    assert sheet.protected and not sheet.hidden
    assert drawn()[0].sheet(SHEET).cells[SUMMARY_ROW, 1].value == "Chưa có lượt tổng hợp nào."


def test_rows_are_high_enough_for_what_they_say() -> None:
    long = "Báo cáo của chi bộ tháng 2 năm 2023 (đã sửa theo góp ý của Ban Tuyên giáo).xlsx"
    case = drawn_case("district", received=tuple(replace(each, file=long) for each in received()))
    one, two = form_book(drawn_case("district", received=received())).sheet(SHEET), form_book(case).sheet(SHEET)

    assert two.heights[10] > one.heights[10]


def test_an_open_workbook_gets_the_whole_journal() -> None:
    """What live writing leaves alone is the same before and after a run, formulas apart."""
    before, after = drawn()

    assert HIDDEN_JOURNAL in REFRESHED and SHEET in REDRAWN
    for name, top in ((SHEET, REDRAWN[SHEET]),):
        above = [_plain(book.sheet(name), top) for book in (before, after)]
        assert above[0] == above[1] and above[0]
        assert before.sheet(name).conditions == after.sheet(name).conditions
        assert before.sheet(name).widths == after.sheet(name).widths
    hidden = hidden_journal(drawn_case("district")).unroll()
    assert hidden.hidden and before.sheet(HIDDEN_JOURNAL).cells == hidden.cells


def _plain(sheet: Sheet, top: int) -> dict[Any, Any]:
    return {
        at: cell for at, cell in sheet.cells.items() if at[0] < top and not isinstance(cell.value, Formula)
    }  # the verdict is a formula


def test_a_cells_form_has_no_journal() -> None:
    names = {sheet.name for sheet in form_book(drawn_case("cell")).sheets}

    assert names.isdisjoint({SHEET, HIDDEN_JOURNAL})


def test_a_workbook_keeps_the_latest_of_a_long_journal() -> None:
    """So that it stays openable; the file beside it keeps all."""
    one = JournalEntry(FRIDAY, 1, "a.xlsx", "0" * 12, "01.K1", Status.ACCEPTED, Rule.SOUND, Text("Nhận.", "Yes."))
    listed = [replace(one, run=number) for number in range(KEPT + 3)]

    assert latest(listed) == tuple(listed[3:]) and latest(listed[:2]) == tuple(listed[:2])
