"""``consolidate`` as an office presses it: what counts, what each unit's status is, and what never changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import unicodedata
from datetime import date, datetime
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
    label,
    places,
    press,
    province,
    put,
    read,
    resaved,
    saved_at,
    snapshot,
    trust,
    type_in,
    worded,
)
from conftest import Convert
from tools import small_register

from loithe_xl.pack.kinds import NO, YES
from loithe_xl.register.register import Register, Unit

MONDAY, FRIDAY, LATE = "2023-02-27T08:00", "2023-03-03T15:00", "2023-03-07T09:00"
SHAPE = """unit level period cutoff values texts children issues seen accepted refused duplicate superseded foreign
conflict covered skipped missing""".split()
CHILD = ["unit", "name", "status", "late", "file", "sha256", "received_at", "issues"]
STATUSES = ("accepted", "refused", "duplicate", "superseded", "foreign", "conflict", "covered")
CORE = """members_total members_exempt members_transferred_out members_away members_away_exempt members_elderly
members_ethnic_area members_retired members_worker members_freelance leaders_total leaders_due reported_officeholder
reported_other leaders_reported reports_revised commended_members commended_collectives screened_reviewed
screened_helped screened_removed admitted_members registered members_due members_reported cells_total cells_registered
cells_held cells_completed cells_in_progress cells_not_started cells_not_reported cells_held_as_registered
cells_form_thematic cells_form_integrated cells_form_party_group cells_form_other cells_attended_by_base
cells_attended_by_district cells_attended_by_province rate_cells_held rate_members_reported rate_leaders_reported
rate_cells_completed plan_issued conference_held guidance_issued officials_assigned documents_issued reminders_issued
units_total units_plan_issued units_conference_held units_officials_assigned""".split()
CORE += [
    f"difficulty_{code}"
    for code in """01 02 03a 03b 04a 04b 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22""".split()
]
OWN = {
    "plan_issued": YES,
    "plan_number": "96",
    "plan_date": date(2023, 2, 2),
    "conference_held": YES,
    "conference_date": date(2023, 2, 8),
    "officials_assigned": YES,
    "documents_issued": 5,
    "proposals_text": "Huyện đề nghị tỉnh cung cấp mẫu báo cáo.",
}
LONG = "Chi bộ có nhiều đảng viên đi làm ăn xa, khó bố trí buổi sinh hoạt đủ mặt."


def told(into: Path, *more: object, now: str = FRIDAY, code: int = 0) -> Any:
    """One run's JSON; the counts of this run close."""
    answer = press("consolidate", "--into", into, "--now", now, *more, "--format", "json")
    found = answer.json
    assert answer.code == code, answer.said
    assert list(found) == SHAPE
    assert all(list(child) == CHILD for child in found["children"])
    assert found["seen"] == sum(found[status] for status in STATUSES)
    return found


def counted(answer: Any) -> dict[str, int]:
    """The statuses of a run that are not zero."""
    return {status: answer[status] for status in STATUSES if answer[status]}


def by_unit(answer: Any) -> dict[str, Any]:
    """The children by unit; every unit has one line beside those of files turned away."""
    lines = [child for child in answer["children"] if child["status"] not in ("refused", "foreign")]
    found = {child["unit"]: child for child in lines}
    assert len(found) == len(lines), "a unit is listed twice"
    return found


def sent(forms: dict[str, Path], code: str, name: str, *sessions: dict[str, Any], **values: Any) -> Path:
    """A unit's filled form under a name, in the folder ``nhan``."""
    return type_in(forms[code], Path("nhan", name), {**REQUIRED, **values}, sessions)


def everything(forms: dict[str, Path]) -> dict[str, Path]:
    """All four cells' reports: three held, one of them complete."""
    return {
        "01.1.C01": sent(forms, "01.1.C01", "a.xlsx", held(10), reported_other=23, difficulties_text=LONG),
        "01.1.C02": sent(forms, "01.1.C02", "b.xlsx", held(11, form="Lồng ghép", superior="Huyện"), members_total=40),
        "01.2.C01": sent(forms, "01.2.C01", "c.xlsx", registered=NO, difficulty_05=YES),
        "01.K1": sent(
            forms,
            "01.K1",
            "d.xlsx",
            held(12, form="Khác", superior="Tỉnh"),
            plan_issued=NO,
            **{"conference_held": YES, "conference_date": date(2023, 2, 3)},
        ),
    }


def test_the_json_shape_and_the_figures(forms: dict[str, Path]) -> None:
    everything(forms)

    found = told(forms["01"], "nhan")

    assert (found["unit"], found["level"]) == ("01", "district")
    assert (found["period"], found["cutoff"]) == ("2023-02", "2023-02-28")
    assert counted(found) == {"accepted": 4}
    assert set(CORE) <= set(found["values"])
    expected = {
        "members_total": 130,
        "members_due": 118,
        "members_reported": 27 + 14 * 3,
        "registered": 3,
        "cells_total": 4,
        "cells_registered": 3,
        "cells_held": 3,
        "cells_completed": 1,
        "cells_in_progress": 2,
        "cells_not_started": 1,
        "cells_not_reported": 0,
        "cells_form_thematic": 1,
        "cells_form_integrated": 1,
        "cells_form_other": 1,
        "cells_attended_by_district": 1,
        "cells_attended_by_province": 1,
        "difficulty_05": 1,
        "rate_cells_held": 0.75,
        "rate_cells_completed": 0.25,
        "units_total": 3,
        "units_conference_held": 1,
        "units_plan_issued": 0,
        "plan_issued": 0,
        "documents_issued": 0,
    }
    assert {id: found["values"][id] for id in expected} == expected
    assert found["values"]["rate_members_reported"] == pytest.approx(69 / 118)
    assert found["texts"]["difficulties_text"] == [{"unit": "01.1.C01", "text": LONG}]
    assert found["texts"]["proposals_text"] == []


def test_a_rate_without_denominator_is_null(forms: dict[str, Path]) -> None:
    sent(forms, "01.K1", "a.xlsx", leaders_total=0, leaders_due=0, leaders_reported=0)

    values = told(forms["01"], "nhan")["values"]

    assert values["rate_leaders_reported"] is None
    assert values["rate_cells_held"] == 0


def test_children_are_one_per_direct_child_deeper_unit_and_file_turned_away(forms: dict[str, Path]) -> None:
    sent(forms, "01.1.C01", "a.xlsx", held(10))
    sent(forms, "01.K1", "b.xlsx", members_exempt=-1)
    Path("nhan", "thư.xlsx").write_bytes(b"not a workbook")

    found = told(forms["01"], "nhan", code=1)

    lines = [(child["unit"], child["status"]) for child in found["children"]]
    assert lines == [
        ("01.1", "accepted"),
        ("01.2", "missing"),
        ("01.K1", "missing"),
        ("01.1.C01", "accepted"),
        (None, "refused"),
        ("01.K1", "refused"),
    ]
    assert (found["missing"], found["accepted"], found["refused"]) == (2, 1, 2)
    parts, nothing, cell, stray = (found["children"][number] for number in (0, 1, 3, 4))
    assert codes(parts["issues"]) == ["UNIT_BY_PARTS"]
    assert (nothing["file"], nothing["sha256"], nothing["received_at"], nothing["late"]) == (None, None, None, False)
    assert nothing["name"] == "Đảng bộ 01.2"
    assert (cell["file"], cell["received_at"]) == ("nhan/a.xlsx", "2023-03-03T15:00:00")
    assert len(cell["sha256"]) == len(stray["sha256"]) == 64
    assert codes(stray["issues"], "ERROR")
    assert codes(found["issues"]) == ["UNIT_MISSING", "UNIT_MISSING"]


def test_late_is_received_after_the_deadline(forms: dict[str, Path]) -> None:
    """The deadline is 05/03; the first run that saw the bytes counts, whatever comes later."""
    sent(forms, "01.1.C01", "a.xlsx", held(10))
    sent(forms, "01.1.C02", "b.xlsx", held(10))
    told(forms["01"], "nhan/a.xlsx", now="2023-03-05T23:59")
    told(forms["01"], "nhan/b.xlsx", now="2023-03-06T00:00")

    found = by_unit(told(forms["01"], "nhan", now=LATE))

    assert found["01.1.C01"]["late"] is False
    assert found["01.1.C02"]["late"] is True
    assert found["01.1.C02"]["received_at"] == "2023-03-06T00:00:00"


def test_deliveries_accumulate(forms: dict[str, Path]) -> None:
    """Monday and Friday are what all at once is."""
    files = list(everything(forms).values())
    shutil.copy(forms["01"], "một.xlsx")
    monday = told(forms["01"], *files[:2], now=MONDAY)
    friday = told(forms["01"], *files[2:], now=FRIDAY)
    once = told(Path("một.xlsx"), *files)

    assert monday["values"]["cells_not_reported"] == 2
    assert (monday["seen"], friday["seen"]) == (2, 2)
    assert friday["values"] == once["values"]
    assert friday["texts"] == once["texts"]
    assert [(child["unit"], child["status"]) for child in friday["children"]] == [
        (child["unit"], child["status"]) for child in once["children"]
    ]


def test_a_parent_built_again_is_saved_later_than_before_whatever_the_clock_says(forms: dict[str, Path]) -> None:
    """So that of a base's two versions the superior takes the second."""
    files = [file for unit, file in everything(forms).items() if unit.startswith("01.1.")]
    base = forms["01.1"]
    told(base, files[0], now=FRIDAY)
    first = Path(shutil.copy(base, "lần một.xlsx"))
    told(base, *files[1:], now=MONDAY)

    answer = told(forms["01"], first, base)

    assert (answer["accepted"], answer["superseded"], answer["conflict"]) == (1, 1, 0)
    assert answer["values"]["cells_not_reported"] == answer["values"]["cells_total"] - len(files)


def test_order_names_and_folders_do_not_matter(forms: dict[str, Path]) -> None:
    files = list(everything(forms).values())
    shutil.copy(forms["01"], "hai.xlsx")
    Path("khac", "sâu").mkdir(parents=True)
    renamed = [
        Path(shutil.copy(file, Path("khac", "sâu", f"BC lan 2 ({number}).XLSX")))
        for number, file in enumerate(reversed(files))
    ]

    first, second = told(forms["01"], *files), told(Path("hai.xlsx"), *renamed)

    assert first["values"] == second["values"]
    assert first["texts"] == second["texts"]
    assert counted(first) == counted(second)


def test_nothing_new_changes_no_byte(forms: dict[str, Path]) -> None:
    everything(forms)
    first = told(forms["01"], "nhan")
    before = snapshot(Path(), without=JOURNAL)

    second = told(forms["01"], "nhan", now=LATE)

    assert snapshot(Path(), without=JOURNAL) == before
    assert second["values"] == first["values"]
    assert counted(second) == {"accepted": 4}, "accepted before, accepted again"
    assert "giữ nguyên" in press("consolidate", "--into", forms["01"], "nhan").out
    assert snapshot(Path(), without=JOURNAL) == before


def test_the_former_parent_is_kept_as_a_dated_copy(forms: dict[str, Path]) -> None:
    former = forms["01"].read_bytes()
    sent(forms, "01.K1", "a.xlsx")

    answer = press("consolidate", "--into", forms["01"], "nhan", "--now", FRIDAY)

    copies = list(Path("ban-cu").iterdir())
    assert [copy.read_bytes() for copy in copies] == [former]
    assert "20230303-150000" in copies[0].name
    assert copies[0].name in answer.out
    assert sorted(path.name for path in Path().iterdir() if path.name.startswith(".")) == []


def test_a_dry_run_writes_nothing(forms: dict[str, Path]) -> None:
    everything(forms)
    before = snapshot(Path())

    dry = told(forms["01"], "nhan", "--dry-run")

    assert snapshot(Path()) == before
    wet = told(forms["01"], "nhan")
    assert snapshot(Path()) != before
    assert dry == wet


def test_received_files_stay_as_they_are(forms: dict[str, Path]) -> None:
    everything(forms)
    Path("nhan", "hỏng.xlsx").write_bytes(forms["01.1"].read_bytes()[:3000])
    os.utime("nhan/a.xlsx", (1_600_000_000, 1_600_000_000))
    before = snapshot(Path("nhan"))

    told(forms["01"], "nhan", code=1)

    assert snapshot(Path("nhan")) == before


def test_the_parent_among_the_files_received_is_passed_over(forms: dict[str, Path]) -> None:
    """A folder that holds the parent itself, owner files, links and notes."""
    Path("o").mkdir()
    into = Path(shutil.copy(forms["01"], "o/tổng.xlsx"))
    type_in(forms["01.K1"], Path("o/k.xlsx"))
    for name in ("~$k.xlsx", ".~lock.k.xlsx#", "ghi chú.docx.txt"):
        Path("o", name).write_bytes(b"x")
    Path("o/link.xlsx").symlink_to("k.xlsx")

    for _ in range(2):
        found = told(into, "o")
        assert (found["seen"], found["accepted"]) == (1, 1)
    assert found["skipped"] == 7, "the parent, its journal and old copies, three files that are none, a link"
    expected = ["JOURNAL", "LINK", "OLD_COPIES", "OTHER", "OWNER", "OWNER"]
    said = [code for code in codes(found["issues"]) if code.startswith("SKIPPED")]
    assert said == [f"SKIPPED_{code}" for code in expected]


def test_the_same_report_again_is_a_duplicate(forms: dict[str, Path], office: Convert) -> None:
    """The same bytes under another name, in one run or later, and copies that other programs saved."""
    first = sent(forms, "01.K1", "a.xlsx", held(10), difficulties_text=LONG)
    shutil.copy(first, "nhan/a (1).xlsx")

    found = told(forms["01"], "nhan")
    assert counted(found) == {"accepted": 1, "duplicate": 1}
    assert codes(found["issues"], "WARNING").count("SUBMISSION_DUPLICATE") == 1
    again = [press("consolidate", "--into", forms["01"], "nhan", *more).out for more in ((), ("--verbose",))]
    assert all("Trùng 1" in out for out in again)
    assert ["Trùng số liệu" in out for out in again] == [False, True], "nothing is to be done about it"

    resaved(first, Path("sau/openpyxl.xlsx"))
    office(first, "xlsx", Path("sau")).rename("sau/libreoffice.xlsx")
    later = told(forms["01"], "sau", now=LATE)
    assert counted(later) == {"duplicate": 2}
    assert later["values"] == found["values"]
    child = by_unit(later)["01.K1"]
    assert (child["status"], child["file"], child["late"]) == ("accepted", by_unit(found)["01.K1"]["file"], False)
    assert codes(later["issues"], "WARNING").count("SUBMISSION_DUPLICATE") == 2
    assert later["values"]["members_total"] == 30


def test_a_higher_revision_wins_whenever_it_comes(forms: dict[str, Path]) -> None:
    one = sent(forms, "01.K1", "lần 1.xlsx", held(10))
    two = sent(forms, "01.K1", "lần 2.xlsx", held(10), members_total=33, revision=2, difficulties_text=LONG)
    saved_at(one, Path("muon/lần 1.xlsx"), datetime(2023, 3, 2))  # saved later, yet the older revision
    shutil.copy(forms["01"], "hai.xlsx")

    told(forms["01"], one)
    found = told(forms["01"], two)
    other = told(Path("hai.xlsx"), two)
    again = told(Path("hai.xlsx"), "muon")

    assert counted(found) == {"accepted": 1} and counted(again) == {"superseded": 1}
    assert (
        found["values"]["members_total"] == other["values"]["members_total"] == again["values"]["members_total"] == 33
    )
    warning = next(each for each in by_unit(found)["01.K1"]["issues"] if each["code"] == "SUBMISSION_REVISED")
    assert warning["severity"] == "WARNING"
    assert f"{label('members_total')} 30 → 33" in warning["message"]
    assert label("difficulties_text") in warning["message"]
    assert LONG not in warning["message"]
    assert by_unit(found)["01.K1"]["file"].endswith("lần 2.xlsx")


def test_of_equal_revisions_the_later_saved_wins_and_the_change_is_told(forms: dict[str, Path]) -> None:
    early = saved_at(sent(forms, "01.K1", "x.xlsx", held(10)), Path("n/a.xlsx"), datetime(2023, 3, 1, 8))
    late = saved_at(
        sent(forms, "01.K1", "y.xlsx", held(10), reported_other=11), Path("n/b.xlsx"), datetime(2023, 3, 1, 9)
    )

    for order in ((early, late), (late, early)):
        shutil.copy(forms["01"], "p.xlsx")
        told(Path("p.xlsx"), order[0])
        answer = press("consolidate", "--into", "p.xlsx", order[1], "--now", FRIDAY)
        found = told(Path("p.xlsx"), *order)
        assert counted(found) == {"accepted": 1, "superseded": 1}
        assert found["values"]["reported_other"] == 11
        child = by_unit(found)["01.K1"]
        assert child["file"] == "n/b.xlsx"
        assert child["issues"][-1]["code"] == "SUBMISSION_REVISED"
        assert child["issues"][-1]["severity"] == "WARNING"
        assert f"{label('reported_other')} 10 → 11" in child["issues"][-1]["message"]
        assert f"{label('reported_other')} 10 → 11" in answer.out, "told in prose too, whichever of the two came last"


def test_equal_in_both_is_a_conflict_until_one_is_preferred(forms: dict[str, Path]) -> None:
    first = sent(forms, "01.K1", "a.xlsx", held(10))
    second = sent(forms, "01.K1", "b.xlsx", held(10), members_total=31)

    found = told(forms["01"], "nhan", code=1)
    assert counted(found) == {"conflict": 2}
    assert found["values"]["cells_not_reported"] == 4
    assert by_unit(found)["01.K1"]["status"] == "conflict"
    assert codes(by_unit(found)["01.K1"]["issues"], "ERROR") == ["SUBMISSION_CONFLICT"]

    chosen = told(forms["01"], "--prefer", second)
    assert counted(chosen) == {"accepted": 1}
    assert chosen["values"]["members_total"] == 31
    assert counted(told(forms["01"], "nhan")) == {"accepted": 1, "superseded": 1}
    other = told(forms["01"], "nhan", "--prefer", first.resolve())
    assert other["values"]["members_total"] == 30


def test_a_base_beside_its_cells_covers_them(forms: dict[str, Path]) -> None:
    """The base's file counts; what it lacks or tells otherwise is a warning with both values."""
    files = everything(forms)
    changed = sent(forms, "01.1.C01", "a2.xlsx", held(10), reported_other=23, members_total=31)
    told(forms["01.1"], files["01.1.C01"], now=MONDAY)

    found = told(forms["01"], forms["01.1"], changed, files["01.1.C02"])

    assert counted(found) == {"accepted": 2, "covered": 1}
    assert found["values"]["members_total"] == 30 + 40, "a book covers what is in it"
    assert found["values"]["cells_not_reported"] == 2
    one, two = (by_unit(found)[code] for code in ("01.1.C01", "01.1.C02"))
    assert (one["status"], two["status"]) == ("covered", "accepted")
    assert (one["issues"][-1]["code"], one["issues"][-1]["severity"]) == ("COVERED_DIFFERS", "WARNING")
    assert f"{label('members_total')} 30 → 31" in one["issues"][-1]["message"]
    assert codes(two["issues"], "WARNING").count("COVERED_ABSENT") == 1
    assert "01.1" in two["issues"][-1]["message"]


def test_a_cell_that_agrees_with_its_base_is_covered_without_a_word(forms: dict[str, Path]) -> None:
    files = everything(forms)
    told(forms["01.1"], files["01.1.C01"], now=MONDAY)

    found = told(forms["01"], files["01.1.C01"], forms["01.1"])

    assert by_unit(found)["01.1.C01"]["status"] == "covered"
    assert codes(by_unit(found)["01.1.C01"]["issues"]) == []


def test_a_base_that_sends_again_replaces_its_former_report(forms: dict[str, Path]) -> None:
    """Monday's and Friday's consolidation of one base, both sent up as the program wrote them: no conflict."""
    files = everything(forms)
    told(forms["01.1"], files["01.1.C01"], now=MONDAY)
    shutil.copy(forms["01.1"], "thứ hai.xlsx")
    told(forms["01.1"], files["01.1.C02"], now=FRIDAY)

    told(forms["01"], "thứ hai.xlsx")
    found = told(forms["01"], forms["01.1"])

    assert counted(found) == {"accepted": 1}
    assert found["values"]["members_total"] == 70
    assert f"{label('members_total')} 30 → 70" in by_unit(found)["01.1"]["issues"][-1]["message"]
    assert counted(told(forms["01"], "thứ hai.xlsx")) == {"superseded": 1}


def test_an_empty_base_form_counts_for_nothing_and_hides_nothing(forms: dict[str, Path]) -> None:
    files = everything(forms)
    shutil.copy(forms["01.1"], "trống.xlsx")

    found = told(forms["01"], "trống.xlsx", *files.values(), code=1)

    assert counted(found) == {"accepted": 4, "refused": 1}
    assert found["values"]["members_total"] == 130
    lines = [(child["status"], codes(child["issues"], "ERROR")) for child in found["children"] if child["file"]]
    assert lines[-1] == ("refused", ["FORM_EMPTY"])
    assert press("validate", "trống.xlsx").code == 1


def test_a_unit_whose_workbook_is_empty_has_sent_nothing(forms: dict[str, Path]) -> None:
    """Also where it received what does not count."""
    bad = sent(forms, "01.1.C01", "xấu.xlsx", held(10), reported_other=40)
    told(forms["01.1"], bad, code=1)
    shutil.copy(forms["01.2"], "trống.xlsx")

    found = told(forms["01"], "trống.xlsx", forms["01.1"], code=1)

    assert counted(found) == {"refused": 2}
    assert found["missing"] == 3
    assert [child["status"] for child in found["children"] if child["unit"] in ("01.1", "01.2")] == [
        "missing",
        "missing",
        "refused",
        "refused",
    ]
    assert "FORM_EMPTY" not in codes(found["issues"], "ERROR"), "the district's own workbook is only not begun yet"


def test_a_foreign_unit_and_a_foreign_key(
    forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another district's cell; and a cell of ours whose form another office signed, until its key is trusted."""
    strange = issue_forms(tmp_path / "khac", province("09"), "province")["09.K"]
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "other"))
    theirs = issue_forms(tmp_path / "theirs")["01.K1"]
    press("key", "export", tmp_path / "tỉnh.pub")
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    type_in(strange, Path("nhan/lạ.xlsx"), REQUIRED)
    type_in(theirs, Path("nhan/khóa lạ.xlsx"), {**REQUIRED, "members_exempt": -1})
    type_in(theirs, Path("nhan/khóa lạ 2.xlsx"), REQUIRED, [held(10)])

    found = told(forms["01"], "nhan", code=1)
    assert counted(found) == {"foreign": 3}
    assert found["values"]["cells_not_reported"] == 4
    issues = [(child["unit"], codes(child["issues"])) for child in found["children"] if child["status"] == "foreign"]
    assert issues == [(None, ["UNIT_FOREIGN"])] + [("01.K1", ["TOKEN_FOREIGN"])] * 2
    assert "09.K" not in str(found), "what a stranger's form says of itself goes nowhere"
    assert found["missing"] == 3

    assert trust(tmp_path / "tỉnh.pub", "--all").code == 0
    trusted = told(forms["01"], "nhan", now=LATE, code=1)
    assert counted(trusted) == {"accepted": 1, "foreign": 1, "refused": 1}
    child = next(child for child in trusted["children"] if child["status"] == "accepted")
    assert (child["unit"], child["received_at"], child["late"]) == ("01.K1", "2023-03-03T15:00:00", False)
    assert "Khóa được tin cậy" in press("key", "show").out


def test_the_key_that_signed_the_parent_is_trusted(
    forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A base that never made a key consolidates the forms its district sent."""
    sent(forms, "01.1.C01", "a.xlsx", held(10))
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "no keys here"))

    assert counted(told(forms["01.1"], "nhan")) == {"accepted": 1}
    assert not (tmp_path / "no keys here").exists()


def test_a_refused_report_counts_for_nothing_until_it_is_sent_again(forms: dict[str, Path]) -> None:
    bad = sent(forms, "01.K1", "xấu.xlsx", held(10), reported_other=40)
    good = saved_at(sent(forms, "01.K1", "x.xlsx", held(10)), Path("sau/tốt.xlsx"), datetime(2023, 3, 2))

    refused = told(forms["01"], bad, code=1)
    assert refused["values"]["members_total"] == 0
    lines = [(child["status"], child["file"]) for child in refused["children"] if child["unit"] == "01.K1"]
    assert lines == [("missing", None), ("refused", "nhan/xấu.xlsx")]

    found = told(forms["01"], good)
    lines = [(child["status"], child["file"]) for child in found["children"] if child["unit"] == "01.K1"]
    assert lines == [("accepted", "sau/tốt.xlsx"), ("refused", "nhan/xấu.xlsx")]
    assert found["values"]["members_total"] == 30


def test_withdraw_takes_back_what_a_unit_sent(forms: dict[str, Path]) -> None:
    files = everything(forms)
    told(forms["01"], "nhan")

    found = told(forms["01"], "--withdraw", "01.K1")
    assert found["seen"] == 0
    assert found["values"]["cells_not_reported"] == 1
    lines = [
        (child["status"], codes(child["issues"], "ERROR")) for child in found["children"] if child["unit"] == "01.K1"
    ]
    assert lines == [("missing", []), ("refused", ["SUBMISSION_WITHDRAWN"])]

    again = told(forms["01"], files["01.K1"], code=1)
    assert counted(again) == {"refused": 1}, "withdrawn stays withdrawn"
    back = told(forms["01"], "--prefer", files["01.K1"])
    assert back["values"]["cells_not_reported"] == 0

    unknown = press("consolidate", "--into", forms["01"], "--withdraw", "01.9")
    assert unknown.code == 2
    assert worded("NOTHING_TO_WITHDRAW").search(unknown.err)


@pytest.mark.parametrize("name", ["không có.xlsx", "xấu.xlsx", "~$a.xlsx"])
def test_a_file_that_cannot_be_preferred_is_wrong_usage(forms: dict[str, Path], name: str) -> None:
    sent(forms, "01.K1", "a.xlsx", held(10))
    sent(forms, "01.K1", "xấu.xlsx", members_exempt=-1)
    Path("nhan/~$a.xlsx").write_bytes(b"x")
    before = snapshot(Path())

    answer = press("consolidate", "--into", forms["01"], "nhan/a.xlsx", "--prefer", Path("nhan", name))

    assert answer.code == 2
    assert worded("PATH_MISSING" if name.startswith("không") else "PREFER_NOT_VALID").search(answer.err)
    assert snapshot(Path()) == before


def test_own_inputs_typed_by_hand_survive(forms: dict[str, Path], office: Convert) -> None:
    """Typed before the first run and between runs, saved by the program itself, openpyxl or LibreOffice."""
    files = list(everything(forms).values())
    rows = {f"assignments.{id}": value for id, value in (("official_role", "Ban Tuyên giáo"), ("visits_expected", 3))}
    known = places(forms["01"])
    typed = put(forms["01"], Path("own.xlsx"), {known[id][0]: value for id, value in {**OWN, **rows}.items()})

    first = told(typed, *files[:1])
    assert {id: first["values"][id] for id in ("plan_issued", "conference_held", "documents_issued")} == {
        "plan_issued": 1,
        "conference_held": 1,
        "documents_issued": 5,
    }
    assert first["texts"]["proposals_text"] == [{"unit": "01", "text": OWN["proposals_text"]}]

    put(typed, Path("more.xlsx"), {known["documents_issued"][0]: 6, known["reminders_issued"][0]: 2})
    second = told(Path("more.xlsx"), files[1])
    again = office(Path("more.xlsx"), "xlsx", Path("lo"))
    third = told(again, files[2])
    resaved(again, Path("op.xlsx"))
    fourth = told(Path("op.xlsx"), files[3])

    for found in (second, third, fourth):
        assert found["values"]["documents_issued"] == 6
        assert found["values"]["reminders_issued"] == 2
        assert found["values"]["plan_issued"] == 1
        assert found["texts"]["proposals_text"][0]["text"] == OWN["proposals_text"]
    assert fourth["values"]["members_total"] == 130
    book = openpyxl.load_workbook("op.xlsx")
    (sheet, cell), *_ = known["assignments.official_role"]
    assert book[sheet][cell].value == "Ban Tuyên giáo"
    (sheet, cell), *_ = known["plan_number"]
    assert book[sheet][cell].value == "96", "a text stays a text"


def test_errors_in_the_parents_own_inputs_never_block(forms: dict[str, Path]) -> None:
    everything(forms)
    known = places(forms["01"])
    faulty = {known["plan_issued"][0]: YES, known["documents_issued"][0]: -4, known["reminders_issued"][0]: "vài"}
    parent = put(forms["01"], Path("p.xlsx"), faulty)

    found = told(parent, "nhan", code=1)

    assert counted(found) == {"accepted": 4}
    assert found["values"]["members_total"] == 130
    fields = {each["field"] for each in found["issues"] if each["severity"] == "ERROR"}
    assert fields == {"plan_number", "plan_date", "documents_issued", "reminders_issued"}
    answer = press("consolidate", "--into", parent, "nhan")
    assert answer.code == 1
    assert worded("FIELD_NEGATIVE").search(answer.out)
    (sheet, cell), *_ = known["reminders_issued"]
    assert openpyxl.load_workbook(parent)[sheet][cell].value == "vài", "what was typed is still there to be mended"


def test_a_fresh_parent_is_not_called_empty_once_it_holds_something(forms: dict[str, Path]) -> None:
    sent(forms, "01.K1", "a.xlsx", held(10))

    assert "FORM_EMPTY" not in codes(told(forms["01"], "nhan")["issues"])


def test_children_of_units_that_are_cells_and_bases_at_once(forms: dict[str, Path]) -> None:
    """A chi bộ cơ sở is a cell in cells_total and a unit in units_total; its own answers are counted."""
    sent(forms, "01.K1", "k.xlsx", held(10), plan_issued=YES, plan_number="3-KH/CB", plan_date=date(2023, 2, 6))

    values = told(forms["01"], "nhan")["values"]

    assert (values["cells_total"], values["units_total"]) == (4, 3)
    assert (values["cells_held"], values["units_plan_issued"]) == (1, 1)


def own_answers(forms: dict[str, Path], code: str, **values: Any) -> None:
    """A parent's own entries, typed into its workbook."""
    known = places(forms[code])
    put(forms[code], forms[code], {known[id][0]: value for id, value in values.items()})


def test_cells_through_bases_equal_cells_direct(forms: dict[str, Path]) -> None:
    """By real files, the uneven tree whole or with a unit missing."""
    files = everything(forms)
    own_answers(forms, "01.1", **OWN)
    told(forms["01.1"], "nhan/a.xlsx", "nhan/b.xlsx")
    told(forms["01.2"], "nhan/c.xlsx")
    for left_out in (set(), {"01.2.C01"}, {"01.K1"}):
        shutil.copy(forms["01"], "qua.xlsx")
        shutil.copy(forms["01"], "thẳng.xlsx")
        bases = [forms["01.1"], *([] if "01.2.C01" in left_out else [forms["01.2"]])]
        own = [] if "01.K1" in left_out else [files["01.K1"]]
        through = told(Path("qua.xlsx"), *bases, *own)
        direct = told(Path("thẳng.xlsx"), *(file for code, file in files.items() if code not in left_out))

        same = [id for id in through["values"] if not id.startswith("units_") or id == "units_total"]
        assert {id: through["values"][id] for id in same} == {id: direct["values"][id] for id in same}
        assert through["texts"]["difficulties_text"] == direct["texts"]["difficulties_text"]
        assert through["values"]["units_plan_issued"] == 1
        assert direct["values"]["units_plan_issued"] == 0


def test_districts_into_a_province(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """cells → bases → districts → province; units_* count the direct children and are never summed upward."""
    monkeypatch.chdir(tmp_path)
    forms = issue_forms(tmp_path, province("01", "02", "03"), "province")
    for district in ("01", "02"):
        for cell in (f"{district}.1.C1", f"{district}.1.C2", f"{district}.K"):
            type_in(
                forms[cell],
                Path(district, f"{cell}.xlsx"),
                {**REQUIRED, "difficulties_text": f"{cell}: {LONG}"},
                [held(10)],
            )
        told(forms[f"{district}.1"], f"{district}/{district}.1.C1.xlsx", f"{district}/{district}.1.C2.xlsx")
        told(forms[district], forms[f"{district}.1"], f"{district}/{district}.K.xlsx")
    own_answers(forms, "01", **OWN)
    own_answers(forms, "01.1", conference_held=YES, conference_date=date(2023, 2, 3))

    found = told(forms["T"], forms["01"], forms["02"])

    values = found["values"]
    assert (found["level"], counted(found), found["missing"]) == ("province", {"accepted": 2}, 1)
    assert (values["members_total"], values["cells_held"]) == (180, 6)
    assert (values["cells_total"], values["cells_not_reported"], values["cells_not_started"]) == (9, 3, 0)
    assert (values["units_total"], values["units_plan_issued"], values["units_conference_held"]) == (3, 1, 1)
    assert values["rate_cells_held"] == pytest.approx(6 / 9)
    said = found["texts"]["difficulties_text"]
    assert {each["unit"] for each in said} == {f"{d}.{c}" for d in ("01", "02") for c in ("1.C1", "1.C2", "K")}
    assert found["texts"]["proposals_text"] == [{"unit": "01", "text": OWN["proposals_text"]}]

    beneath = told(forms["T"], "01/01.K.xlsx", forms["02.1"])
    assert counted(beneath) == {"covered": 2}
    assert beneath["values"] == values


def test_eight_of_fourteen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """8 districts held a conference and 8, not all the same, assigned officials; of 14, received or not."""
    monkeypatch.chdir(tmp_path)
    codes_ = [f"{number:02d}" for number in range(1, 15)]
    register = Register(
        (Unit("T", "Tỉnh Thử", "province"), *(Unit(code, f"Huyện {code}", "district", "T") for code in codes_))
    )
    forms = issue_forms(tmp_path, register, "province")
    for number, code in enumerate(codes_[:12]):
        met, named = number < 8, 3 <= number < 11
        own_answers(
            forms,
            code,
            conference_held=YES if met else NO,
            conference_date=date(2023, 2, 6) if met else None,
            officials_assigned=YES if named else NO,
        )

    found = told(forms["T"], *(forms[code] for code in codes_[:12]))

    values = found["values"]
    assert (values["units_conference_held"], values["units_officials_assigned"], values["units_total"]) == (8, 8, 14)
    assert found["missing"] == 2


def test_identical_long_texts_of_two_units_are_a_warning(forms: dict[str, Path]) -> None:
    sent(forms, "01.1.C01", "a.xlsx", held(10), difficulties_text=LONG)
    sent(forms, "01.1.C02", "b.xlsx", held(10), difficulties_text=f"  {LONG.upper()} ")
    sent(forms, "01.2.C01", "c.xlsx", held(10), difficulties_text="Không có.")
    sent(forms, "01.K1", "d.xlsx", held(10), difficulties_text="Không có.")

    found = by_unit(told(forms["01"], "nhan"))

    warned = {unit for unit, child in found.items() if "TEXT_IDENTICAL" in codes(child["issues"], "WARNING")}
    assert warned == {"01.1.C01", "01.1.C02"}


def test_copies_of_parents_that_other_programs_saved_consolidate_alike(forms: dict[str, Path], office: Convert) -> None:
    """A base's and the district's workbook, with figures in them, through openpyxl and LibreOffice."""
    files = everything(forms)
    told(forms["01.1"], files["01.1.C01"])
    expected = told(forms["01"], forms["01.1"], files["01.K1"])
    base = [resaved(forms["01.1"], Path("op/base.xlsx")), office(forms["01.1"], "xlsx", Path("lo"))]
    district = [resaved(forms["01"], Path("op/01.xlsx")), office(forms["01"], "xlsx", Path("lo"))]

    for copy in district:
        found = told(copy, *base, forms["01.1"])
        assert counted(found) == {"accepted": 1, "duplicate": 2}
        assert found["values"] == expected["values"]
        assert found["texts"] == expected["texts"]
        assert read("status", copy)["children"] == found["children"]


def test_a_text_that_looks_like_a_formula_stays_a_text(forms: dict[str, Path], office: Convert) -> None:
    evil = '=cmd|"/c calc"!A1'
    sent(forms, "01.K1", "a.xlsx", held(10), difficulties_text=evil, proposals_text="+1+1 & <b> “ngoặc”")

    found = told(forms["01"], "nhan")

    assert found["texts"]["difficulties_text"] == [{"unit": "01.K1", "text": evil}]
    again = told(office(forms["01"], "xlsx", Path("lo")), "nhan")
    assert again["texts"] == found["texts"]
    book = openpyxl.load_workbook(forms["01"])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == evil]
    assert cells and all(cell.data_type == "s" for cell in cells)


def test_prose_in_both_languages(forms: dict[str, Path]) -> None:
    everything(forms)
    Path("nhan/hỏng.xlsx").write_bytes(b"PK\x03\x04")

    vi = press("consolidate", "--into", forms["01"], "nhan", "--now", FRIDAY)
    en = press("consolidate", "--into", forms["01"], "nhan", "--now", FRIDAY, "--lang", "en")

    assert vi.code == en.code == 1
    assert "Đã xem 5 tệp" in vi.out and "5 files" in en.out
    assert "[LỖI] nhan/hỏng.xlsx" in vi.out and "[ERROR] nhan/hỏng.xlsx" in en.out
    assert "Tỷ lệ chi bộ đã tổ chức sinh hoạt: 75,00%" in vi.out
    assert "Đã ghi 01.xlsx" in vi.out and "stays as it was" in en.out


def test_a_parent_open_in_excel_is_saved_beside_and_said(
    forms: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from loithe_xl.tasks import consolidate

    sent(forms, "01.K1", "a.xlsx", held(10))
    beside = Path("01 (bản mới 20230303-1500).xlsx")
    monkeypatch.setattr(consolidate.store, "write", lambda path, data, **_: beside)

    answer = press("consolidate", "--into", forms["01"], "nhan")
    found = told(forms["01"], "nhan")

    assert worded("STORE_SAVED_BESIDE").search(answer.out)
    assert beside.name in answer.out
    assert "STORE_SAVED_BESIDE" in codes(found["issues"], "WARNING")


def test_units_that_left_the_register_are_foreign(forms: dict[str, Path], tmp_path: Path) -> None:
    """A parent knows its own register; a form issued from a later one is not of its tree."""
    grown = Register((*small_register().units, Unit("01.K9", "Chi bộ mới lập", "cell", "01")))
    later = issue_forms(tmp_path / "later", grown)
    type_in(later["01.K9"], Path("nhan/mới.xlsx"), REQUIRED)

    found = told(forms["01"], "nhan", code=1)

    assert [(child["unit"], codes(child["issues"])) for child in found["children"] if child["status"] == "foreign"] == [
        (None, ["UNIT_FOREIGN"])
    ]


def test_texts_in_decomposed_letters_are_the_same_report(forms: dict[str, Path]) -> None:
    """What a Mac typed and what a PC typed."""
    for name, form in (("a.xlsx", "NFC"), ("b.xlsx", "NFD")):
        sent(forms, "01.K1", name, held(10), difficulties_text=unicodedata.normalize(form, LONG))  # type: ignore[arg-type]

    found = told(forms["01"], "nhan")

    assert counted(found) == {"accepted": 1, "duplicate": 1}
    assert found["texts"]["difficulties_text"] == [{"unit": "01.K1", "text": LONG}]


def test_four_runs_at_once_on_one_parent_lose_nothing(forms: dict[str, Path]) -> None:
    files = everything(forms).values()
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-m", "loithe_xl", "consolidate", "--into", str(forms["01"]), "--now", FRIDAY]
    runs = [subprocess.Popen([*command, str(file)], env=env, stdout=subprocess.DEVNULL) for file in files]

    assert [run.wait(120) for run in runs] == [0, 0, 0, 0]
    children = read("status", forms["01"])["children"]
    assert sorted(child["unit"] for child in children if child["file"]) == sorted(everything(forms))
    assert told(forms["01"], *files)["values"]["members_total"] == 130


def test_a_folder_outside_the_working_directory_is_not_kept(
    forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folders may name people, and the workbook goes on to other offices."""
    paper = type_in(forms["01.1.C01"], tmp_path / "thư của một người" / "BC.xlsx", REQUIRED, [])
    (tmp_path / "noi-lam").mkdir()
    parent = Path(shutil.copy(forms["01"], tmp_path / "noi-lam"))
    monkeypatch.chdir(tmp_path / "noi-lam")

    now = told(parent, paper)["children"]

    assert [child["file"] for child in now if child["file"]] == ["BC.xlsx"]
    assert read("status", parent)["children"] == now
