"""Bad input gets a message with what to do next, never a traceback; one bad file never stops the others."""

from __future__ import annotations

import os
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
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
    read,
    register_file,
    rewritten,
    snapshot,
    type_in,
    worded,
)
from conftest import Convert
from tools import small_register

from loithe_xl.draw import packs
from loithe_xl.identity import keyring
from loithe_xl.identity.token import Identity, sign
from loithe_xl.intake.openfile import BrokenParent, open_file
from loithe_xl.language.catalogue import text
from loithe_xl.register.register import Register, Unit
from loithe_xl.workbook.ownsheets import HIDDEN, HIDDEN_RECEIPTS, HIDDEN_REGISTER

PACKS = Path(__file__).parents[1] / "workbook_templates"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
Make = Callable[[dict[str, Path], Path], Path]


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return issue_forms(tmp_path_factory.mktemp("forms"))


@pytest.fixture(scope="module")
def other_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second campaign: the first one's folder under another id."""
    folder = tmp_path_factory.mktemp("pack") / "hoc_tap"
    shutil.copytree(PACKS / "loi_the", folder)
    main = folder / "pack.toml"
    main.write_text(main.read_text(encoding="utf-8").replace('id = "loi_the"', 'id = "hoc_tap"'), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory, other_pack: Path) -> dict[str, Path]:
    """The second campaign's forms."""
    return issue_forms(tmp_path_factory.mktemp("theirs"), None, "district", "--pack", other_pack)


def tokened(form: Path, target: Path, **changed: Any) -> Path:
    """The form with another identity, properly signed by the office, in all three places."""
    opened = open_file(form, "x")
    assert opened.identity
    token = sign(replace(opened.identity, **changed), keyring.private_key())
    parts = {}
    with zipfile.ZipFile(form) as package:
        for name in package.namelist():
            if opened.token.encode() in package.read(name):
                parts[name] = lambda part: part.replace(opened.token.encode(), token.encode())
    assert len(parts) == 3, "custom property, hidden sheet (through the shared strings), defined name"
    return rewritten(form, target, parts)


def resheet(form: Path, target: Path, sheet: str, change: Callable[[Any], None]) -> Path:
    """The form with one sheet changed and saved by openpyxl."""
    book = openpyxl.load_workbook(form)
    change(book[sheet])
    book.save(target)
    return target


def unrelated(forms: dict[str, Path], target: Path) -> Path:
    book = openpyxl.Workbook()
    book.active["A1"] = "Danh sách trực cơ quan"
    book.save(target)
    return target


def text_file(forms: dict[str, Path], target: Path) -> Path:
    target.write_text("Mã;Tên\n", encoding="utf-8")
    return target


def picture(forms: dict[str, Path], target: Path) -> Path:
    target.write_bytes(PICTURE)
    return target


def empty_file(forms: dict[str, Path], target: Path) -> Path:
    target.write_bytes(b"")
    return target


def cut_short(forms: dict[str, Path], target: Path) -> Path:
    target.write_bytes(forms["01.K1"].read_bytes()[:9000])
    return target


def other_layout(forms: dict[str, Path], target: Path) -> Path:
    return tokened(forms["01.K1"], target, digest="0123456789ab")


def other_period(forms: dict[str, Path], target: Path) -> Path:
    return tokened(forms["01.K1"], target, period="2023-03", cutoff=date(2023, 3, 31))


def other_cutoff(forms: dict[str, Path], target: Path) -> Path:
    return tokened(forms["01.K1"], target, cutoff=date(2023, 2, 20))


def other_tier(forms: dict[str, Path], target: Path) -> Path:
    filled = type_in(forms["01.1"], target.with_suffix(".tmp"), {"documents_issued": 1})
    tokened(filled, target, unit="01.K1")
    filled.unlink()
    return target


def tokens_apart(forms: dict[str, Path], target: Path) -> Path:
    """The custom property of one form in the file of another."""
    with zipfile.ZipFile(forms["01.2.C01"]) as package:
        strange = package.read("docProps/custom.xml")
    return rewritten(forms["01.K1"], target, {"docProps/custom.xml": lambda part: strange})


def token_edited(forms: dict[str, Path], target: Path) -> Path:
    token = open_file(forms["01.K1"], "x").token
    parts = ("docProps/custom.xml", "xl/workbook.xml", "xl/sharedStrings.xml")
    edit = lambda part: part.replace(token.encode(), token.replace("01.K1", "01.K2").encode())  # noqa: E731
    return rewritten(forms["01.K1"], target, dict.fromkeys(parts, edit))


def token_taken_out(forms: dict[str, Path], target: Path) -> Path:
    token = open_file(forms["01.K1"], "x").token
    parts = ("docProps/custom.xml", "xl/workbook.xml", "xl/sharedStrings.xml")
    return rewritten(forms["01.K1"], target, dict.fromkeys(parts, lambda part: part.replace(token.encode(), b"")))


def sheet_renamed(forms: dict[str, Path], target: Path) -> Path:
    def rename(sheet: Any) -> None:
        sheet.title = "Trang khác"

    return resheet(type_in(forms["01.K1"], target), target, "1. Số liệu", rename)


def words_for_numbers(forms: dict[str, Path], target: Path) -> Path:
    return type_in(forms["01.K1"], target, {**REQUIRED, "members_total": "ba mươi"})


def negative(forms: dict[str, Path], target: Path) -> Path:
    return type_in(forms["01.K1"], target, {**REQUIRED, "leaders_reported": -1})


def more_than_due(forms: dict[str, Path], target: Path) -> Path:
    return type_in(forms["01.K1"], target, {**REQUIRED, "reported_other": 99})


def blank_form(forms: dict[str, Path], target: Path) -> Path:
    return Path(shutil.copy(forms["01.K1"], target))


def error_cells(forms: dict[str, Path], target: Path) -> Path:
    sheet, cell = places(forms["01.K1"])["members_total"][0]
    return resheet(forms["01.K1"], target, sheet, lambda page: page.__setitem__(cell, "=1/0"))


def ledger_touched(forms: dict[str, Path], target: Path) -> Path:
    return resheet(forms["01.1"], target, HIDDEN_REGISTER, lambda sheet: sheet.__setitem__("B3", "Chi bộ đổi tên"))


REFUSED: list[tuple[Make, str]] = [
    (text_file, "FILE_TEXT"),
    (picture, "FILE_PICTURE"),
    (empty_file, "FILE_EMPTY"),
    (cut_short, "FILE_TRUNCATED"),
    (unrelated, "TOKEN_MISSING"),
    (token_taken_out, "TOKEN_MISSING"),
    (tokens_apart, "TOKEN_CONFLICT"),
    (token_edited, "TOKEN_FORGED"),
    (other_layout, "LAYOUT_UNKNOWN"),
    (sheet_renamed, "SHEET_MISSING"),
    (words_for_numbers, "FIELD_NOT_A_NUMBER"),
    (negative, "FIELD_NEGATIVE"),
    (more_than_due, "CROSS_CHECK_FAILED"),
    (blank_form, "FIELD_REQUIRED"),
    (error_cells, "FIELD_ERROR_VALUE"),
    (ledger_touched, "LEDGER_DAMAGED"),
]
ONLY_AT_A_PARENT: list[tuple[Make, str]] = [
    (other_period, "PERIOD_WRONG"),
    (other_cutoff, "PERIOD_WRONG"),
    (other_tier, "TIER_WRONG"),
]


def blanks_told(issues: list[dict[str, str]], lang: str) -> str:
    """What prose says of required cells that are blank: how many, the first five of them, and what to do."""
    blank = [f"{each['sheet']}!{each['cell']}" for each in issues if each["code"] == "FIELD_REQUIRED"]
    assert len(blank) == 9
    said = text("todo.blank", count=9, cells=f"{', '.join(blank[:5])} …").to(lang)
    return f"{said} {text('todo.fill').to(lang)}"


@pytest.mark.parametrize(("make", "code"), REFUSED, ids=[make.__name__ for make, _ in REFUSED])
def test_validate_names_what_is_wrong(forms: dict[str, Path], tmp_path: Path, make: Make, code: str) -> None:
    file = make(forms, tmp_path / "tệp nhận.xlsx")
    before = file.read_bytes()

    answer = press("validate", file, "--format", "json")
    vi, en = (press("validate", file, "--lang", lang) for lang in ("vi", "en"))

    (found,) = answer.json["files"]
    assert code in codes(found["issues"], "ERROR")
    assert answer.code == vi.code == en.code == 1
    assert not found["ok"]
    for answer, lang in ((vi, "vi"), (en, "en")):  # a cross-check's words are its pack's
        if code == "FIELD_REQUIRED":
            assert blanks_told(found["issues"], lang) in answer.out
        else:
            assert code == "CROSS_CHECK_FAILED" or worded(code, lang).search(answer.out)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("make", "code"), [*REFUSED, *ONLY_AT_A_PARENT], ids=[make.__name__ for make, _ in [*REFUSED, *ONLY_AT_A_PARENT]]
)
def test_one_bad_file_is_refused_and_the_others_count(
    forms: dict[str, Path], tmp_path: Path, make: Make, code: str
) -> None:
    into = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))
    (tmp_path / "nhan").mkdir()
    make(forms, tmp_path / "nhan" / "a tệp.xlsx")
    type_in(forms["01.1.C01"], tmp_path / "nhan" / "b tốt.xlsx", REQUIRED, [held(10)])

    answer = press("consolidate", "--into", into, tmp_path / "nhan", "--format", "json", at=tmp_path)

    found = answer.json
    assert answer.code == 1
    assert (found["accepted"], found["refused"], found["foreign"]) == (1, 1, 0)
    assert found["values"]["members_total"] == 30
    (child,) = [child for child in found["children"] if child["status"] == "refused"]
    assert code in codes(child["issues"], "ERROR")
    assert child["file"] == "nhan/a tệp.xlsx"
    assert not re.search(re.escape(str(tmp_path)), answer.said), "no absolute path is told"


def test_a_wrong_period_is_the_one_fault_that_is_told(forms: dict[str, Path], tmp_path: Path) -> None:
    """A form of another period is not judged further; both periods are named."""
    into = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))
    other_period(forms, tmp_path / "a.xlsx")

    (child,) = [each for each in read("consolidate", "--into", into, tmp_path / "a.xlsx")["children"] if each["file"]]

    assert codes(child["issues"]) == ["PERIOD_WRONG"]
    assert "2023-03" in child["issues"][0]["message"] and "2023-02" in child["issues"][0]["message"]


def test_a_unit_that_changed_its_tier_sends_the_wrong_form(tmp_path: Path) -> None:
    """Issued as a base's form; in the parent's register the unit is a cell."""
    was = Register((*small_register().units, Unit("01.9", "Đảng bộ 01.9", "base", "01")))
    now = Register((*small_register().units, Unit("01.9", "Chi bộ 01.9", "cell", "01")))
    old, new = issue_forms(tmp_path / "was", was), issue_forms(tmp_path / "now", now)

    found = read("consolidate", "--into", new["01"], old["01.9"])

    assert [codes(each["issues"]) for each in found["children"] if each["status"] == "refused"] == [["TIER_WRONG"]]


def test_a_form_of_another_campaign_is_refused_by_name(
    forms: dict[str, Path], theirs: dict[str, Path], tmp_path: Path
) -> None:
    into = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))
    type_in(theirs["01.K1"], tmp_path / "nhan" / "a.xlsx", REQUIRED, [held(10)])
    shutil.copy(theirs["01.1"], tmp_path / "nhan" / "b.xlsx")

    found = read("consolidate", "--into", into, tmp_path / "nhan")

    refused = [each for each in found["children"] if each["status"] == "refused"]
    assert [codes(each["issues"]) for each in refused] == [["PACK_OTHER"], ["PACK_OTHER"]]
    assert "hoc_tap" in refused[0]["issues"][0]["message"] and "loi_the" in refused[0]["issues"][0]["message"]


def test_a_pack_of_ones_own_travels_in_the_parents(
    theirs: dict[str, Path], tmp_path: Path, office: Convert, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the pack's folder far away: base and district consolidate, report status and survive re-saving."""
    monkeypatch.chdir(tmp_path)
    type_in(theirs["01.1.C01"], Path("a.xlsx"), REQUIRED, [held(10)])
    type_in(theirs["01.K1"], Path("b.xlsx"), REQUIRED, [held(10)])
    base, district = (Path(shutil.copy(theirs[code], f"{code}.xlsx")) for code in ("01.1", "01"))

    assert read("consolidate", "--into", base, "a.xlsx")["accepted"] == 1
    again = office(base, "xlsx", Path("lo"))
    found = read("consolidate", "--into", district, again, "b.xlsx")
    assert (found["accepted"], found["values"]["members_total"]) == (2, 60)
    assert read("consolidate", "--into", office(district, "xlsx", Path("lo")), base)["duplicate"] == 1
    assert press("status", district).code == 0
    assert press("report", district, "--out", "bc.xlsx").code == 0
    assert read("validate", base)["files"][0]["ok"]

    cell = press("validate", "a.xlsx", "--format", "json")
    assert codes(cell.json["files"][0]["issues"]) == ["PACK_ABSENT"]
    assert "hoc_tap" in cell.json["files"][0]["issues"][0]["message"]
    assert worded("PACK_ABSENT", "en").search(press("validate", "a.xlsx", "--lang", "en").out)


def test_a_cells_form_carries_no_pack(theirs: dict[str, Path]) -> None:
    cell, base = (openpyxl.load_workbook(theirs[code])[HIDDEN] for code in ("01.1.C01", "01.1"))

    assert cell.max_row < 6
    assert base.max_row > 20


def test_a_pack_inside_a_received_file_is_not_believed(forms: dict[str, Path], tmp_path: Path) -> None:
    """A sender's own pack under the campaign's name, without its checks: every command reads by the program's."""
    into = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))

    def smuggle(sheet: Any) -> None:
        for row, path in enumerate(sorted((PACKS / "loi_the").rglob("*.toml")), 6):
            words = path.read_text(encoding="utf-8").replace('severity = "ERROR"', 'severity = "WARNING"')
            for column, value in enumerate((path.relative_to(PACKS / "loi_the").as_posix(), words), 1):
                sheet.cell(row, column, value)

    bad = type_in(forms["01.K1"], tmp_path / "x.xlsx", {**REQUIRED, "reported_other": 99})
    resheet(bad, tmp_path / "a.xlsx", HIDDEN, smuggle)

    assert read("consolidate", "--into", into, tmp_path / "a.xlsx")["refused"] == 1
    expected = codes(read("validate", bad)["files"][0]["issues"], "ERROR")
    assert expected
    assert codes(read("validate", tmp_path / "a.xlsx")["files"][0]["issues"], "ERROR") == expected
    clean = tmp_path / "sạch.xlsx"
    assert codes(read("repair", tmp_path / "a.xlsx", "--out", clean)["issues"], "ERROR") == expected
    resheet(forms["01.1"], tmp_path / "b.xlsx", HIDDEN, smuggle)  # a parent's form as well
    book = open_file(tmp_path / "b.xlsx", "b")
    assert book.loaded is packs.known("loi_the")


def test_a_pack_inside_a_file_is_the_one_that_was_signed(
    theirs: dict[str, Path], other_pack: Path, tmp_path: Path
) -> None:
    """A parent's own pack changed by whoever carried it; a token of an earlier version, which signed no pack."""
    parent = theirs["01.1"]

    def soften(sheet: Any) -> None:
        for line in sheet.iter_rows(min_row=6, min_col=2):
            for cell in line:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace('severity = "ERROR"', 'severity = "WARNING"')

    resheet(parent, tmp_path / "a.xlsx", HIDDEN, soften)
    tokened(parent, tmp_path / "b.xlsx", pack_digest="")
    for name, code in (("a.xlsx", "PACK_EMBEDDED"), ("b.xlsx", "PACK_UNSIGNED")):
        assert codes(read("validate", tmp_path / name)["files"][0]["issues"], "ERROR") == [code]
        for command in (("status",), ("report",), ("consolidate", tmp_path / "k.xlsx", "--into")):
            answer = press(*command, tmp_path / name)
            assert answer.code == 3 and worded(code).search(answer.err)
        given = read("validate", "--pack", other_pack, tmp_path / name, parent, theirs["01.1.C01"])["files"]
        found = [codes(each["issues"], "ERROR") for each in given[:2]]
        assert found == [["FORM_EMPTY"], ["FORM_EMPTY"]], "judged by the pack that was named"
        assert "PACK_ABSENT" not in codes(given[2]["issues"])


def test_a_folder_may_not_take_the_id_of_a_pack_of_the_program(tmp_path: Path) -> None:
    shutil.copytree(PACKS / "loi_the", tmp_path / "goi")
    assert packs.load(str(tmp_path / "goi")).digest == "", "the same pack"
    shutil.copytree(tmp_path / "goi", tmp_path / "khac")
    main = tmp_path / "khac" / "pack.toml"
    main.write_text(main.read_text(encoding="utf-8").replace("title", "# Sửa\ntitle", 1), encoding="utf-8")

    answer = press("generate", "--level", "district", "--pack", tmp_path / "khac", "--out", tmp_path / "out")

    assert answer.code == 2
    assert worded("PACK_ID_TAKEN").search(answer.err)
    assert not (tmp_path / "out").exists()


def test_a_pack_id_is_never_a_folder(forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(PACKS / "loi_the", tmp_path / "here")
    monkeypatch.chdir(tmp_path)
    tokened(forms["01.K1"], Path("a.xlsx"), pack="here")

    assert codes(read("validate", "a.xlsx")["files"][0]["issues"], "ERROR") == ["PACK_ABSENT"]


def test_a_parent_that_is_none(forms: dict[str, Path], tmp_path: Path) -> None:
    """Corrupt or unrelated: nothing can be done (3). A cell's form: wrong usage (2). Whatever the command."""
    file = type_in(forms["01.K1"], tmp_path / "k.xlsx", REQUIRED, [held(10)])
    corrupt = tmp_path / "hỏng.xlsx"
    corrupt.write_bytes(forms["01"].read_bytes()[:20_000])
    damaged = ledger_touched({"01.1": forms["01"]}, tmp_path / "sửa.xlsx")
    parents = [
        (corrupt, "FILE_TRUNCATED", 3),
        (unrelated(forms, tmp_path / "lạ.xlsx"), "TOKEN_MISSING", 3),
        (picture(forms, tmp_path / "ảnh.xlsx"), "FILE_PICTURE", 3),
        (damaged, "LEDGER_DAMAGED", 3),
        (tokens_apart({**forms, "01.K1": forms["01"]}, tmp_path / "hai mã.xlsx"), "TOKEN_CONFLICT", 3),
        (tmp_path / "nơi khác" / "không có.xlsx", "PATH_MISSING", 3),
        (forms["01.K1"], "PARENT_NOT_A_PARENT", 2),
    ]
    before = snapshot(tmp_path)
    for parent, code, expected in parents:
        for command in (("consolidate", file, "--into"), ("status",), ("report",)):
            for lang in ("vi", "en"):
                answer = press(*command, parent, "--lang", lang)
                assert answer.code == expected, (parent, command, answer.said)
                assert worded(code, lang).search(answer.err), (parent, command, answer.said)
                assert answer.out == ""
            told = press(*command, parent, "--format", "json")
            assert code in codes(told.json["issues"])
    assert snapshot(tmp_path) == before, "and nothing was made on the way"


@pytest.mark.parametrize("sheet", [HIDDEN_REGISTER, HIDDEN_RECEIPTS])
@pytest.mark.parametrize("how", ["value", "row", "gone"])
def test_a_touched_ledger_is_noticed(forms: dict[str, Path], tmp_path: Path, sheet: str, how: str) -> None:
    into = Path(shutil.copy(forms["01.1"], tmp_path / "p.xlsx"))
    press("consolidate", "--into", into, type_in(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED, [held(10)]))

    def touch(page: Any) -> None:
        if how == "value":
            page["B3"] = "9"
        elif how == "row":
            page.delete_rows(3)
        else:
            page.parent.remove(page)

    broken = resheet(into, tmp_path / "q.xlsx", sheet, touch)

    assert press("status", into).code == 0
    answer = press("status", broken)
    assert answer.code == 3
    assert worded("SHEET_MISSING" if how == "gone" else "LEDGER_DAMAGED").search(answer.err)


def test_a_ledger_with_a_matching_digest_but_nonsense_in_it(forms: dict[str, Path], tmp_path: Path) -> None:
    """Somebody who computes the digest anew still gets a message."""
    from loithe_xl.consolidation.signedlines import signed

    into = Path(shutil.copy(forms["01.1"], tmp_path / "p.xlsx"))
    press("consolidate", "--into", into, type_in(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED, [held(10)]))
    for sheet, cell, value in (
        (HIDDEN_RECEIPTS, "F2", "hôm qua"),
        (HIDDEN_RECEIPTS, "E2", "tốt"),
        (HIDDEN_RECEIPTS, "G2", "hai"),
        (HIDDEN_RECEIPTS, "K2", "[1]"),
        (HIDDEN_REGISTER, "C3", "phường"),
        (HIDDEN_REGISTER, "G3", "nhiều"),
    ):

        def forge(page: Any, cell: str = cell, value: str = value) -> None:
            page[cell] = value
            lines = [list(line) for line in page.iter_rows(values_only=True)]
            page.cell(len(lines), 2, signed(lines[:-1])[-1][1])

        answer = press("status", resheet(into, tmp_path / "q.xlsx", sheet, forge))
        assert answer.code == 3, (sheet, cell)
        assert worded("LEDGER_DAMAGED").search(answer.err), (sheet, cell, answer.said)


def test_a_missing_folder_is_wrong_usage(forms: dict[str, Path], tmp_path: Path) -> None:
    into = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))
    for command in (("validate",), ("consolidate", "--into", into)):
        answer = press(*command, tmp_path / "không có")
        assert answer.code == 2
        assert worded("PATH_MISSING").search(answer.err)
        assert "không có" in answer.err
    assert into.read_bytes() == forms["01"].read_bytes()


def test_an_empty_folder_is_nothing_to_do(forms: dict[str, Path], tmp_path: Path) -> None:
    into = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))
    (tmp_path / "trống").mkdir()

    assert read("validate", tmp_path / "trống") == {"files": []}
    found = press("consolidate", "--into", into, tmp_path / "trống", "--format", "json")
    assert (found.code, found.json["seen"]) == (0, 0)
    assert into.read_bytes() == forms["01"].read_bytes()


def test_an_unwritable_output_of_the_report(forms: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("x")

    answer = press("report", forms["01"], "--out", tmp_path / "tep" / "bc.xlsx")

    assert answer.code == 3
    assert worded("STORE_UNWRITABLE").search(answer.err)


def test_a_read_only_parent_is_left_alone_and_said(forms: dict[str, Path], tmp_path: Path) -> None:
    into = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))
    file = type_in(forms["01.K1"], tmp_path / "a.xlsx", REQUIRED, [held(10)])
    into.chmod(0o444)

    answer = press("consolidate", "--into", into, file)

    assert answer.code == 3
    assert worded("STORE_READ_ONLY").search(answer.err)
    assert into.read_bytes() == forms["01"].read_bytes()


def test_a_register_that_is_none(tmp_path: Path) -> None:
    for name, content in (("a.xlsx", b"x"), ("b.xlsx", PICTURE)):
        (tmp_path / name).write_bytes(content)
        answer = press("generate", "--level", "cell", "--register", tmp_path / name, "--out", tmp_path / "o")
        assert answer.code == 1
        assert worded("REGISTER_NOT_XLSX").search(answer.err)
    assert not (tmp_path / "o").exists()


def test_a_code_too_long_for_a_token_is_said(tmp_path: Path) -> None:
    code = "Ấp Ngã Hậu, xã Tân Bình, huyện"
    known = register_file(tmp_path / "r.xlsx", Register((Unit(code, "Huyện", "district"),)))

    answer = press("generate", "--level", "district", "--register", known, "--out", tmp_path / "o")

    assert answer.code == 3
    assert worded("TOKEN_TOO_LONG").search(answer.err)


def test_keys_that_are_none(tmp_path: Path, forms: dict[str, Path]) -> None:
    (tmp_path / "a.pub").write_text("xin chào", encoding="utf-8")
    (tmp_path / "b.pub").write_bytes(b"\xff\xfe\0")
    for name, code, exit_code in (
        ("a.pub", "KEY_NOT_PUBLIC", 2),
        ("b.pub", "KEY_NOT_PUBLIC", 2),
        ("c.pub", "KEY_UNREADABLE", 3),
    ):
        answer = press("key", "trust", tmp_path / name)
        assert answer.code == exit_code
        assert worded(code).search(answer.err)
    answer = press("key", "trust", unrelated(forms, tmp_path / "lạ.xlsx"))
    assert answer.code == 2
    assert worded("TOKEN_MISSING").search(answer.err)


def test_an_identity_is_what_the_tests_think() -> None:
    """The helper above must change only what it says."""
    assert "|".join(Identity.__dataclass_fields__) == "unit|period|cutoff|deadline|pack|digest|pack_digest"


@pytest.mark.parametrize(
    ("id", "value"),
    [("members_total", 12345678901234567890), ("revision", 10**15), ("difficulties_text", "chữ " * 10_000)],
)
def test_what_no_spreadsheet_program_can_keep_is_refused(
    forms: dict[str, Path], tmp_path: Path, id: str, value: object
) -> None:
    """Written into the parent it would come out changed, and the parent would not open again."""
    into = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))
    file = type_in(forms["01.K1"], tmp_path / "a.xlsx", {**REQUIRED, id: value}, [held(10)])
    longest = type_in(
        forms["01.1.C01"], tmp_path / "b.xlsx", {**REQUIRED, "difficulties_text": "x" * 32_767}, [held(10)]
    )

    found = read("consolidate", "--into", into, file, longest)

    assert (found["refused"], found["accepted"]) == (1, 1)
    assert read("status", into)["children"] == found["children"]
    (child,) = [each for each in found["children"] if each["status"] == "refused"]
    assert [each["field"] for each in child["issues"] if each["severity"] == "ERROR"] == [id]


def test_large_figures_survive_the_ledger(forms: dict[str, Path], tmp_path: Path) -> None:
    """Sums of sums beyond what a number cell keeps: base into district, district read again."""
    into, base = (Path(shutil.copy(forms[code], tmp_path / f"{code}.xlsx")) for code in ("01", "01.1"))
    big = {**REQUIRED, "commended_collectives": 999_999_999_999_991}
    files = [type_in(forms[f"01.1.C0{n}"], tmp_path / f"{n}.xlsx", big, [held(10)]) for n in (1, 2)]

    assert read("consolidate", "--into", base, *files)["accepted"] == 2
    found = read("consolidate", "--into", into, base)

    assert found["values"]["commended_collectives"] == 1_999_999_999_999_982
    assert read("status", into)["children"] == found["children"]


@pytest.mark.skipif(sys.platform != "linux", reason="names of bytes are Linux's")
def test_names_in_another_code_page(forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpacked from a package made on an old PC: read, named as well as may be, kept in the parent."""
    monkeypatch.chdir(tmp_path)
    into = Path(shutil.copy(forms["01"], "01.xlsx"))
    type_in(forms["01.K1"], Path("a.xlsx"), REQUIRED, [held(10)])
    strange = Path(os.fsdecode(b"B\xe1o c\xe1o.xlsx"))
    Path("a.xlsx").rename(strange)
    Path(os.fsdecode(b"~$B\xe1o.xlsx")).write_bytes(b"x")

    assert read("validate", ".")["files"][-1]["file"] == "B\ufffdo c\ufffdo.xlsx"
    found = read("consolidate", "--into", into, ".")
    assert found["accepted"] == 1
    assert read("status", into)["children"] == found["children"]
    assert press("consolidate", "--into", into, strange, "--prefer", strange).code == 0
    assert strange.exists()


def test_of_a_parent_with_a_broken_ledger_its_entries_and_its_register_are_known(
    forms: dict[str, Path], tmp_path: Path
) -> None:
    def touch(page: Any) -> None:
        page["B1"] = "9"

    broken = open_file(resheet(forms["01.1"], tmp_path / "q.xlsx", HIDDEN_RECEIPTS, touch), "q.xlsx")

    assert isinstance(broken, BrokenParent)
    assert "LEDGER_DAMAGED" in {each.code for each in broken.issues}
    assert broken.register.unit("01.1.C01") and broken.inputs.values["documents_issued"] is None
