"""Formulas and names as other programs spell them, broken names, and links to other workbooks."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from cli_tools import REQUIRED, codes, held, issue_forms, places, press, read, type_in
from tampering import Copy
from tools import small_register

from loithe_xl.intake.formulacheck import changed_formulas, changed_names, linked, respelt
from loithe_xl.intake.openfile import open_file
from loithe_xl.language.issues import Place
from loithe_xl.rules.canonical import foreign, renamed, tokens

LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NAMES = respelt(["sessions.held", "sessions", "plan.no.", "members_total"])


# How names are spelled ------------------------------------------------------------------------------------------------


def test_dots_that_the_old_format_cannot_keep() -> None:
    assert NAMES == {"SESSIONS_HELD": "SESSIONS.HELD", "PLAN_NO_": "PLAN.NO."}


def test_two_names_that_would_become_one_are_told_apart() -> None:
    assert respelt(["a.b", "a_b"]) == {}
    assert respelt(["a.b", "A.B_c", "a_b.c"]) == {}


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        ("SUM(sessions_held)+1.5", True),
        ("SUM(sessions.held)+1.5", True),
        ("SUM(sessions_held)+1_5", False),
        ("SUM(sessions_held2)+1.5", False),
        ("SUM(sessions_held!A1)+1.5", False),
        ("sessions_held(1)+1.5", False),
        ('SUM("sessions_held")+1.5', False),
    ],
)
def test_a_formula_by_the_name_it_means(theirs: str, same: bool) -> None:
    found = list(changed_formulas("s", {(2, 3): "SUM(sessions.held)+1.5"}, {(2, 3): theirs}, NAMES, ()))

    assert [each.place for each in found] == ([] if same else [Place(sheet="s", cell="C2")])


def test_a_text_that_looks_like_a_name_stays() -> None:
    assert renamed(tokens('IF(sessions_held,"SESSIONS_HELD",1)'), NAMES) == 'IF(SESSIONS.HELD,"SESSIONS_HELD",1)'


# Names that lead nowhere ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "#REF!",
        "=#REF!",
        "'1. Số liệu'!#REF!",
        "a!#REF!",
        "#REF!$D$10",
        "#REF!#REF!",
        "'a''b'!$D$5:#REF!",
        "#REF!:#REF!",
    ],
)
def test_a_name_that_leads_nowhere_is_as_one_that_is_gone(said: str) -> None:
    meant = {"sessions.held": ("'1'!$D$5", Place(field="x"))}

    assert list(changed_names(meant, {"sessions.held": said}, NAMES)) == []
    assert list(changed_names(meant, {"sessions_held": said}, NAMES)) == []
    assert list(changed_names(meant, {}, NAMES)) == []


@pytest.mark.parametrize(
    "said", ["'1'!$D$6", "'#REF!'!$D$5", "IF(1,'1'!$D$6,#REF!)", "#REF!+'1'!$D$6", "30", '"#REF!"', "'1'!$D$5,#REF!"]
)
def test_a_name_that_leads_elsewhere_is_a_fault(said: str) -> None:
    meant = {"sessions.held": ("'1'!$D$5", Place(field="x"))}

    for name in ("sessions.held", "sessions_held"):
        (found,) = changed_names(meant, {name: said}, NAMES)
        assert (found.code, found.place.field) == ("STRUCTURE_NAME_CHANGED", "x")


# Links to other workbooks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("[1]Sheet1!$A$1", True),
        ("SUM('[12]Số liệu'!A1:A3)", True),
        ("1+[2]!ten", True),
        ("Bang1[cot]", False),
        ("Bang1[[1]]", False),
        ("A1", False),
        ('IF(A1,"[1]","")', False),
    ],
)
def test_formulas_that_lead_to_another_workbook(formula: str, told: bool) -> None:
    assert foreign(formula) == told


def test_where_no_input_uses_a_link_the_link_itself_is_told() -> None:
    (found,) = linked({"s": {(1, 1): "[1]A!B1"}}, {"s": [(2, 2)]})

    assert (found.code, found.place) == ("FILE_EXTERNAL_LINK", Place())


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return issue_forms(tmp_path_factory.mktemp("forms"), small_register())["01.K1"]


def pasted(form: Path, *fields: str) -> Path:
    """A form in which figures were pasted from another workbook, as formulas."""
    copy = Copy(type_in(form, Path("điền.xlsx"), REQUIRED, [held(10)]))
    for field in fields:
        sheet, cell = places(form)[field][0]
        copy.cell(sheet, cell, f"><f>[1]Sheet1!$A$1</f><v>{REQUIRED[field]}</v>")
    copy.edit(
        "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        f'<Relationship Id="rIdX" Type="{LINK}" Target="externalLinks/externalLink1.xml"/></Relationships>',
    )
    copy.parts["xl/externalLinks/externalLink1.xml"] = f'<externalLink xmlns="{MAIN}"><externalBook/></externalLink>'
    copy.parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{LINK}Path" Target="file:///C:/khac.xlsx" TargetMode="External"/></Relationships>'
    )
    return copy.save(Path("dán.xlsx"))


def test_the_inputs_that_use_a_link_are_named_and_repair_moves_all_others(form: Path) -> None:
    sent = pasted(form, "members_total", "leaders_due")
    cells = [places(form)[field][0] for field in ("members_total", "leaders_due")]

    done = press("validate", sent)
    (named,) = [each for each in open_file(sent, "x").issues if each.code == "FILE_EXTERNAL_LINK"]
    assert done.code == 1
    assert (named.place.sheet, named.place.cell) == cells[0]
    assert all(cell in named.message.vi and cell in named.message.en for _, cell in cells)
    fresh = press("repair", sent, "--out", "sạch.xlsx", "--format", "json")
    assert [each["cell"] for each in fresh.json["left"]] == [cell for _, cell in cells]
    given = open_file(Path("điền.xlsx"), "x").inputs
    assert open_file(Path("sạch.xlsx"), "x").inputs == replace(
        given, values={**given.values, "members_total": None, "leaders_due": None}
    )
    assert "FILE_EXTERNAL_LINK" not in codes(read("validate", "sạch.xlsx")["files"][0]["issues"])


def test_typing_over_is_enough(form: Path) -> None:
    """The program drops the link with the last cell that used it."""
    copy = Copy(pasted(form, "members_total"))
    for name in [name for name in copy.parts if "externalLinks" in name]:
        del copy.parts[name]
    copy.edit("xl/_rels/workbook.xml.rels", r'<Relationship Id="rIdX"[^>]*/>', "")
    copy.cell(*places(form)["members_total"][0], f"><v>{REQUIRED['members_total']}</v>")

    assert open_file(copy.save(Path("gõ.xlsx")), "x").issues == open_file(Path("điền.xlsx"), "x").issues


def test_a_sheet_of_somebodys_own_is_named_by_its_place(form: Path) -> None:
    """Wherever it is told: its name may be a person's."""
    copy = Copy(type_in(form, Path("điền.xlsx"), REQUIRED, [held(10)]))
    copy.edit("xl/workbook.xml", "</sheets>", '<sheet name="Nguyễn Văn A" sheetId="99" r:id="rIdX"/></sheets>')
    kind = LINK.replace("externalLink", "worksheet")
    copy.edit(
        "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        f'<Relationship Id="rIdX" Type="{kind}" Target="a.xml"/></Relationships>',
    )
    number = len(copy.names) + 1
    for name, row in (
        ("a.xlsx", '<row r="5"><c r="B5"><v>1</v></c></row>'),
        ("b.xlsx", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    ):
        copy.parts["xl/a.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{row}</sheetData></worksheet>'
        copy.save(Path(name))

    said = [press("validate", "a.xlsx"), press("validate", "b.xlsx"), press("repair", "a.xlsx", "--out", "c.xlsx")]
    for done, code in zip(said, ("STRUCTURE_SHEET_EXTRA", "FILE_TOO_WIDE", "REPAIR_SHEET_EXTRA"), strict=True):
        assert code in done.said or re.search(rf"thứ {number}\b", html.unescape(done.said)), done.said
        assert "Nguyễn" not in done.said
    assert [each.code for each in open_file(Path("a.xlsx"), "x").issues if each.code.startswith("STRUCTURE")] == [
        "STRUCTURE_SHEET_EXTRA"
    ]


def test_a_form_that_lost_its_identity_with_all_that_is_hidden_is_recognised(form: Path) -> None:
    """As Apple Numbers saves one."""
    filled = type_in(form, Path("điền.xlsx"), REQUIRED, [held(10)])
    book = openpyxl.load_workbook(filled)
    for sheet in [sheet for sheet in book if sheet.sheet_state != "visible"]:
        book.remove(sheet)
    book.defined_names.clear()
    for name in list(book.custom_doc_props.names):
        del book.custom_doc_props[name]
    book.save("mất.xlsx")
    other = openpyxl.Workbook()
    other.active["A1"] = "Danh sách trực cơ quan"
    other.save("khác.xlsx")

    (lost,), (strange,) = (open_file(Path(name), "x").issues for name in ("mất.xlsx", "khác.xlsx"))
    assert (lost.code, strange.code) == ("TOKEN_MISSING", "TOKEN_MISSING")
    assert "Apple Numbers" in lost.message.vi and "Apple Numbers" not in strange.message.vi


def test_a_moment_of_another_zone_is_named_with_what_was_found(form: Path) -> None:
    copy = Copy(type_in(form, Path("điền.xlsx"), REQUIRED, [held(10)]))
    sheet, cell = places(form)["sessions.held_date"][0]
    copy.cell(sheet, cell, ' t="d"><v>2023-02-09T17:00:00.000Z</v>')

    (found,) = [each for each in open_file(copy.save(Path("x.xlsx")), "x").issues if each.code == "FIELD_NOT_A_DATE"]
    assert (found.place.sheet, found.place.cell) == (sheet, cell)
    assert "2023-02-09 17:00 Z" in found.message.vi and "2023-02-09 17:00 Z" in found.message.en
