"""``status`` and ``report``: the same children, figures in sentences, and what an office edited by hand."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import (
    REQUIRED,
    codes,
    held,
    issue_forms,
    places,
    press,
    put,
    read,
    resaved,
    snapshot,
    type_in,
    worded,
)
from conftest import Convert

from loithe_xl.pack.kinds import YES
from loithe_xl.workbook.ownsheets import REPORT

NOW = "2023-03-03T15:00"
HELD = "Đến nay có 01/04 chi bộ đã tổ chức sinh hoạt chính trị"
HAND = "Huyện ủy đánh giá: bước đầu đã có chi bộ tổ chức sinh hoạt."
CHILD = ["unit", "name", "status", "late", "file", "sha256", "received_at", "issues"]


@pytest.fixture
def forms(forms: dict[str, Path]) -> dict[str, Path]:
    """The forms; the district has received one cell's report."""
    type_in(forms["01.K1"], Path("nhan/a.xlsx"), REQUIRED, [held(10)])
    assert read("consolidate", "--into", forms["01"], "nhan/a.xlsx", "--now", NOW)["accepted"] == 1
    return forms


def more(forms: dict[str, Path]) -> None:
    """A second cell's report comes in: the figures move."""
    type_in(forms["01.1.C01"], Path("nhan/b.xlsx"), REQUIRED, [held(11)])
    assert read("consolidate", "--into", forms["01"], "nhan/b.xlsx", "--now", NOW)["accepted"] == 1


def cells(file: Path) -> Iterator[Any]:
    """The filled cells of a file's report sheet."""
    sheet = openpyxl.load_workbook(file)[REPORT]
    return (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str))


def edited(file: Path, start: str, words: str) -> Path:
    """The file with the sentence that begins so typed over, saved by openpyxl."""
    book = openpyxl.load_workbook(file)
    (cell,) = [
        c for row in book[REPORT].iter_rows(max_col=1) for c in row if str(c.value or "").strip().startswith(start)
    ]
    cell.value = words
    book.save(file)
    return file


def printed(file: Path) -> list[str]:
    """What stands in the first column of the report sheet."""
    return [cell.value.strip() for cell in cells(file) if cell.column == 1]


def test_status_is_the_children_of_the_last_run(forms: dict[str, Path]) -> None:
    type_in(forms["01.2.C01"], Path("nhan/c.xlsx"), {**REQUIRED, "members_exempt": -1})
    Path("nhan/d.xlsx").write_bytes(b"?")
    run = read("consolidate", "--into", forms["01"], "nhan", "--now", "2023-03-08T08:00")
    before = snapshot(Path())

    answer = press("status", forms["01"], "--format", "json")

    assert (answer.code, answer.err) == (0, "")
    shared = ("unit", "level", "period", "cutoff", "values", "children")
    assert answer.json == {key: run[key] for key in shared}
    assert all(list(child) == CHILD for child in answer.json["children"])
    assert {child["status"] for child in answer.json["children"]} == {"accepted", "missing", "refused"}
    assert snapshot(Path()) == before, "a reading command writes nothing"


def test_status_in_prose(forms: dict[str, Path]) -> None:
    type_in(forms["01.1.C01"], Path("nhan/muộn.xlsx"), REQUIRED, [held(11)])
    read("consolidate", "--into", forms["01"], "nhan/muộn.xlsx", "--now", "2023-03-08T08:00")

    vi, en = press("status", forms["01"]), press("status", forms["01"], "--lang", "en")

    assert vi.code == en.code == 0
    line = next(line for line in vi.out.splitlines() if line.startswith("    01.1.C01"))
    assert "chậm" in line and "nhan/muộn.xlsx" in line and "08/03/2023 08:00" in line
    assert "(late)" in en.out
    assert "    01.2 Đảng bộ 01.2: Chưa gửi biểu số liệu." in vi.out
    assert vi.out.index("VIỆC PHẢI LÀM: liên hệ 1 đơn vị") < vi.out.index("ĐÃ CÓ SỐ LIỆU: ")


def test_status_of_a_fresh_parent_is_all_missing(forms: dict[str, Path]) -> None:
    children = read("status", forms["01.1"])["children"]

    assert [(child["unit"], child["status"]) for child in children] == [
        ("01.1.C01", "missing"),
        ("01.1.C02", "missing"),
    ]


def test_the_report_as_json(forms: dict[str, Path]) -> None:
    figures = read("consolidate", "--into", forms["01"], "nhan")["values"]
    before = snapshot(Path())

    answer = press("report", forms["01"], "--format", "json")

    found = answer.json
    assert list(found) == ["values", "sentences", "tables"]
    assert found["values"] == figures
    assert any(sentence.startswith(HELD) and "25,00%" in sentence for sentence in found["sentences"])
    (table,) = found["tables"].values()
    assert [row["unit"] for row in table] == ["01.1", "01.2", "01.K1"]
    assert (answer.code, snapshot(Path())) == (0, before), "without --out nothing is written"


def test_the_report_in_prose_and_as_a_file(forms: dict[str, Path]) -> None:
    answer = press("report", forms["01"], "--out", "bao cao/bc.xlsx")

    assert answer.code == 0
    assert HELD in answer.out
    assert "Đã ghi bao cao/bc.xlsx" in answer.out
    assert any(line.startswith(HELD) for line in printed(Path("bao cao/bc.xlsx")))
    assert any(line.startswith(HELD) for line in printed(forms["01"])), "and in the district's own workbook"


def test_the_rate_stands_in_a_sentence_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven cells of which two held: 28,57%."""
    from tools import small_register

    monkeypatch.chdir(tmp_path)
    forms = issue_forms(tmp_path, small_register({"01.1": 6}, 1))
    for code in ("01.K1", "01.1.C01"):
        type_in(forms[code], Path("n", f"{code}.xlsx"), REQUIRED, [held(10)])
    read("consolidate", "--into", forms["01"], "n")

    assert any("02/07 chi bộ" in said and "28,57%" in said for said in read("report", forms["01"])["sentences"])


def test_the_profile_may_be_named(forms: dict[str, Path]) -> None:
    press("report", forms["01"], "--out", "a.xlsx")
    answer = press("report", forms["01"], "--out", "b.xlsx", "--profile", "hd36_2018")

    assert answer.code == 0
    assert printed(Path("a.xlsx")) == printed(Path("b.xlsx"))


def test_an_unknown_profile_is_wrong_usage(forms: dict[str, Path]) -> None:
    for lang in ("vi", "en"):
        answer = press("report", forms["01"], "--out", "bc.xlsx", "--profile", "nd30", "--lang", lang)
        assert answer.code == 2
        assert worded("REPORT_PROFILE_UNKNOWN", lang).search(answer.err)
        assert "hd36_2018" in answer.err
    assert not Path("bc.xlsx").exists()


def test_a_sentence_edited_by_hand_is_kept_and_flagged_when_figures_move(forms: dict[str, Path]) -> None:
    out = Path("bc.xlsx")
    press("report", forms["01"], "--out", out)
    edited(out, HELD, HAND)

    press("report", forms["01"], "--out", out)
    assert HAND in printed(out)
    assert not any(line.startswith(HELD) for line in printed(out))
    notes = [cell.value for cell in cells(out)]
    assert any("Đã sửa tay." in note for note in notes)
    assert not any("số liệu đã đổi" in note for note in notes)

    more(forms)
    answer = press("report", forms["01"], "--out", out)
    assert HAND in printed(out) and HAND in answer.out
    flagged = [cell.value for cell in cells(out) if "số liệu đã đổi" in cell.value]
    assert len(flagged) == 1
    assert "có 02/04 chi bộ đã tổ chức" in flagged[0]
    assert any("02/04" in sentence or HAND in sentence for sentence in read("report", forms["01"])["sentences"])


def test_a_sentence_edited_in_the_districts_workbook_survives_consolidation(forms: dict[str, Path]) -> None:
    edited(forms["01"], HELD, HAND)

    more(forms)

    assert HAND in printed(forms["01"])
    assert any("số liệu đã đổi" in cell.value for cell in cells(forms["01"]))
    assert HAND in read("report", forms["01"])["sentences"]


def test_a_report_saved_again_by_other_programs_keeps_its_edits(forms: dict[str, Path], office: Convert) -> None:
    out = Path("bc.xlsx")
    press("report", forms["01"], "--out", out)
    edited(out, HELD, HAND)
    for copy in (resaved(out, Path("op/bc.xlsx")), office(out, "xlsx", Path("lo"))):
        assert press("report", forms["01"], "--out", copy).code == 0
        assert HAND in printed(copy)


def test_the_same_report_again_changes_no_byte(forms: dict[str, Path]) -> None:
    press("report", forms["01"], "--out", "bc.xlsx")
    before = snapshot(Path())

    press("report", forms["01"], "--out", "bc.xlsx")

    assert snapshot(Path()) == before


def test_a_file_that_is_no_report_of_this_parent_is_never_overwritten(
    forms: dict[str, Path], issued: dict[str, Path]
) -> None:
    """Not an office's own workbook, a form, the parent itself, a note; nor another period's report."""
    book = openpyxl.Workbook()
    book.active["A1"] = "Lịch công tác"
    book.save("lich.xlsx")
    Path("ghi chu.xlsx").write_text("x")
    later = issue_forms(Path("sau").resolve(), None, "district", "--period", "2023-03")
    press("report", later["01"], "--out", "thang 3.xlsx")
    refusals = {
        "lich.xlsx": "REPORT_NOT_OURS",
        "ghi chu.xlsx": "REPORT_NOT_OURS",
        "01.K1.xlsx": "REPORT_NOT_OURS",
        "01.xlsx": "REPORT_NOT_OURS",
        "thang 3.xlsx": "REPORT_OF_OTHER",
    }
    before = snapshot(Path())
    for name, code in refusals.items():
        for lang in ("vi", "en"):
            answer = press("report", forms["01"], "--out", name, "--lang", lang)
            assert answer.code == 2
            assert worded(code, lang).search(answer.err)
            assert name in answer.err
    assert snapshot(Path()) == before


def test_a_file_beside_the_parent_is_not_overwritten_for_a_pdf(forms: dict[str, Path]) -> None:
    """``--pdf`` alone writes the workbook too, beside the parent: what stands there is looked at first."""
    Path("01_bao-cao.xlsx").write_text("x")

    answer = press("report", forms["01"], "--pdf", "bc.pdf")

    assert answer.code == 2
    assert worded("REPORT_NOT_OURS").search(answer.err)
    assert Path("01_bao-cao.xlsx").read_text() == "x"


def test_a_pdf_through_libreoffice(forms: dict[str, Path], soffice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOITHE_SOFFICE", soffice)

    answer = press("report", forms["01"], "--out", "bc.xlsx", "--pdf", "moi/bc.pdf")

    assert answer.code == 0
    assert Path("moi/bc.pdf").read_bytes().startswith(b"%PDF")
    assert "moi/bc.pdf" in answer.out
    assert Path("bc.xlsx").exists()


def test_without_libreoffice_the_report_is_written_and_the_way_is_told(
    forms: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOITHE_SOFFICE", str(Path("khong-co")))

    answer = press("report", forms["01"], "--out", "bc.xlsx", "--pdf", "bc.pdf", "--format", "json")

    assert answer.code == 0
    assert worded("PDF_NO_PROGRAM").search(answer.err)
    assert list(answer.json) == ["values", "sentences", "tables"]
    assert Path("bc.xlsx").exists() and not Path("bc.pdf").exists()


def test_a_pdf_that_cannot_be_made_ends_with_1(
    forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lame = tmp_path / "soffice"
    lame.write_text("#!/bin/sh\nexit 1\n")
    lame.chmod(0o755)
    monkeypatch.setenv("LOITHE_SOFFICE", str(lame))

    answer = press("report", forms["01"], "--out", "bc.xlsx", "--pdf", "bc.pdf")

    assert answer.code == 1
    assert worded("PDF_FAILED").search(answer.err)
    assert Path("bc.xlsx").exists()


def test_a_base_has_no_report(forms: dict[str, Path]) -> None:
    for lang in ("vi", "en"):
        answer = press("report", forms["01.1"], "--out", "bc.xlsx", "--lang", lang)
        assert answer.code == 2
        assert worded("REPORT_NONE_FOR_TIER", lang).search(answer.err)
    assert not Path("bc.xlsx").exists()


def test_a_report_open_in_excel_is_saved_beside_and_said(
    forms: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from loithe_xl.tasks import report

    beside = Path("bc (bản mới 20230303-1500).xlsx")
    monkeypatch.setattr(report.store, "write", lambda path, data: beside)

    answer = press("report", forms["01"], "--out", "bc.xlsx")

    assert answer.code == 0
    assert worded("STORE_SAVED_BESIDE").search(answer.err)
    assert beside.name in answer.out


def test_own_entries_of_the_district_are_worded(forms: dict[str, Path]) -> None:
    known = places(forms["01"])
    own = {"plan_issued": YES, "plan_number": "96", "plan_date": date(2023, 2, 2)}
    put(forms["01"], forms["01"], {known[id][0]: value for id, value in own.items()})

    said = " ".join(read("report", forms["01"])["sentences"])

    assert "số 96" in said
    assert "02/02/2023" in said or "02/2/2023" in said
    assert "96-" not in said, "a symbol that was not given is not made up"


def test_the_report_file_carries_no_office_path_and_no_name(forms: dict[str, Path], tmp_path: Path) -> None:
    press("report", forms["01"], "--out", "bc.xlsx")
    for file in (Path("bc.xlsx"), forms["01"]):
        with zipfile.ZipFile(file) as package:
            content = b"".join(package.read(name) for name in package.namelist())
        assert str(tmp_path).encode() not in content
        assert b"loithe-xl</dc:creator>" in content


def test_a_revised_report_shows_up_in_status(forms: dict[str, Path]) -> None:
    type_in(forms["01.K1"], Path("nhan/sau.xlsx"), {**REQUIRED, "members_total": 31, "revision": 2}, [held(10)])
    read("consolidate", "--into", forms["01"], "nhan", "--now", NOW)

    child = next(each for each in read("status", forms["01"])["children"] if each["unit"] == "01.K1")

    assert child["file"] == "nhan/sau.xlsx"
    assert "SUBMISSION_REVISED" in codes(child["issues"])
    assert "nhan/a.xlsx" in press("status", forms["01"]).out


def test_a_report_without_its_properties_keeps_its_edits(forms: dict[str, Path]) -> None:
    """ExcelJS, Gnumeric and the Document Inspector drop them; the page names its parent itself, hidden."""
    out = Path("bc.xlsx")
    press("report", forms["01"], "--out", out)
    edited(out, HELD, HAND)
    book = openpyxl.load_workbook(out)
    book.custom_doc_props = type(book.custom_doc_props)()
    book["Báo cáo"].insert_rows(1, 2)
    book.save(out)
    assert b"loithe_report" not in out.read_bytes()

    answer = press("report", forms["01"], "--out", out)

    assert answer.code == 0, answer.said
    assert any(HAND in str(cell.value) for row in openpyxl.load_workbook(out)["Báo cáo"].iter_rows() for cell in row)


def test_a_report_that_cannot_be_read_is_told_as_such(forms: dict[str, Path]) -> None:
    out = Path("bc.xlsx")
    press("report", forms["01"], "--out", out)
    out.write_bytes(out.read_bytes()[:2_000])
    before = snapshot(Path())

    answer = press("report", forms["01"], "--out", out)

    assert answer.code == 2
    assert worded("REPORT_UNREADABLE").search(answer.err)
    assert worded("FILE_TRUNCATED").search(answer.err)
    assert snapshot(Path()) == before


@pytest.mark.parametrize(
    "command", [("status", "--export", "x.csv"), ("status", "--export", "x.xlsx"), ("report", "--pdf", "x.pdf")]
)
@pytest.mark.parametrize("unit", ["01.K1", "01.1"])
def test_nothing_is_written_over_a_form(forms: dict[str, Path], command: tuple[str, str, str], unit: str) -> None:
    """Issued or received, whatever it is called."""
    name, option, target = command
    shutil.copy(forms[unit], target)
    before = snapshot(Path())

    answer = press(name, forms["01"], option, target)

    assert answer.code == 2
    assert worded("OUT_IS_FORM").search(answer.err)
    assert target in answer.err
    assert snapshot(Path()) == before


def test_a_text_file_says_which_one_is_for_excel(forms: dict[str, Path]) -> None:
    csv, xlsx = (press("status", forms["01"], "--export", f"x.{kind}") for kind in ("csv", "xlsx"))

    assert worded("EXPORT_CODES").search(csv.err)
    assert (csv.code, xlsx.code, xlsx.err) == (0, 0, "")


def test_what_the_committee_must_write_itself_is_said_and_is_no_fault(forms: dict[str, Path]) -> None:
    answer = press("report", forms["01"], "--out", "bc.xlsx")

    assert (answer.code, worded("REPORT_UNWRITTEN").search(answer.err) is not None) == (0, True)
    assert "“1. Ưu điểm”" in answer.err and "bc.xlsx" in answer.err
    for place in [said.strip() for said in printed(Path("bc.xlsx")) if said.strip().startswith("[Nêu")]:
        edited(Path("bc.xlsx"), place, f"Cấp ủy viết: {place[1:-1].lower()}.")
    again = press("report", forms["01"], "--out", "bc.xlsx")
    assert not worded("REPORT_UNWRITTEN").search(again.err)
    assert "Cấp ủy viết: nêu ưu điểm" in again.out
