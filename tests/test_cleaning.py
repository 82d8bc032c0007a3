"""Texts as people paste them: brought into one form, letters of old fonts recognised, nothing of it ever a formula."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import tomllib
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import REQUIRED, codes, held, issue_forms, places, press, put, read, type_in
from conftest import Convert
from hypothesis import given
from hypothesis import strategies as st
from tools import small_register

from loithe_xl.consolidation.receipts import UnitRow
from loithe_xl.consolidation.similar import same_texts
from loithe_xl.language import legacyfont
from loithe_xl.language.cleaning import clean, folded, harmed, has_long_number
from loithe_xl.language.legacyfont import TCVN3, VNI, legacy_font
from loithe_xl.register.register import Register, Unit
from loithe_xl.workbook.book import Book, Sheet
from loithe_xl.workbook.ownsheets import OPINIONS
from loithe_xl.workbook.styles import STYLES
from loithe_xl.workbook.writer import render

ROOT = Path(__file__).resolve().parent.parent
PLAN = {"planned_date": date(2023, 3, 12)}
LONG = "Chi bộ có nhiều đảng viên đi làm ăn xa, khó bố trí buổi sinh hoạt đủ mặt."


# ---- one form

CLEANED = [
    ("trong toàn thị  xã", "trong toàn thị xã"),  # S2, as it was printed
    ("  Đảng\u00a0viên\t đi ", "Đảng viên đi"),
    (unicodedata.normalize("NFD", "Giữ trọn lời thề"), "Giữ trọn lời thề"),
    ("một\r\nhai\rba\x0bbốn\u2028năm", "một\nhai\nba\nbốn\nnăm"),
    ("một \n\n\n\n hai", "một\n\nhai"),
    ("a\u200bb\ufeff\u2060c\u200e", "abc"),
    ("\t=1+1", "=1+1"),
    ("\u00a0", ""),
]


@pytest.mark.parametrize(("said", "expected"), CLEANED)
def test_texts_are_brought_into_one_form_without_loss(said: str, expected: str) -> None:
    assert clean(said) == expected
    assert not harmed(said)


@pytest.mark.parametrize(
    "said", ["a\x07b", "a\u202eb", "a\u2066b", "a\x85".replace("\x85", "\x86"), "phát tri\ufffdn", "a\x1bb"]
)
def test_what_is_lost_is_told(said: str) -> None:
    assert harmed(said)
    assert all(unicodedata.category(letter)[0] != "C" for letter in clean(said))
    assert ("\ufffd" in clean(said)) == ("\ufffd" in said), "a lost letter is not hidden"


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_and_no_letter_is_lost(said: str) -> None:
    once = clean(said)

    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "  " not in once and once == once.strip()

    def letters(words: str) -> list[str]:
        composed = unicodedata.normalize("NFC", words)
        return [letter for letter in composed if letter.isalnum() or letter in "=+-@"]

    assert letters(once) == letters(unicodedata.normalize("NFC", once))
    assert sorted(letters(once)) == sorted(letters(said)) or not unicodedata.is_normalized("NFC", said) or harmed(said)


@given(st.sampled_from([LONG, "Đề nghị gửi mẫu.", "SINH HOẠT"]), st.sampled_from(["NFC", "NFD"]), st.booleans())
def test_what_differs_in_case_blanks_or_composition_folds_to_one(said: str, form: Any, loud: bool) -> None:
    other = unicodedata.normalize(form, said.upper() if loud else said).replace(" ", " \u00a0 ")

    assert folded(f"\n{other}\u200b ") == folded(said)


def test_a_text_arrives_in_one_form(tmp_path: Path) -> None:
    """NFD letters and doubled blanks are nothing to tell; control characters are."""
    forms = issue_forms(tmp_path / "f")
    said = unicodedata.normalize("NFD", "Đảng  viên\u00a0đi làm\r\năn xa ")
    quiet = type_in(forms["01.1.C01"], tmp_path / "a.xlsx", {**REQUIRED, "difficulties_text": said}, [held(10), PLAN])
    loud = type_in(
        forms["01.1.C02"], tmp_path / "b.xlsx", {**REQUIRED, "proposals_text": "Gửi_x0007_ mẫu"}, [held(10), PLAN]
    )

    first, second = read("validate", quiet, loud)["files"]
    found = read("consolidate", "--into", forms["01"], quiet, loud)

    assert first["issues"] == []
    assert codes(second["issues"], "WARNING") == ["TEXT_CLEANED"] and second["ok"]
    assert found["texts"]["difficulties_text"] == [{"unit": "01.1.C01", "text": "Đảng viên đi làm\năn xa"}]
    assert found["texts"]["proposals_text"] == [{"unit": "01.1.C02", "text": "Gửi mẫu"}]


# ---- long numbers

LONG_NUMBERS = [
    "Gọi 0912345678",
    "212345678",
    "079123456789.",
    "0912.345.678",
    "0912 345 678",
    "0912-345-678",
    "09 12 34 56 78",
]
LONG_NUMBERS += [
    "079 123 456 789",
    "+84 912 345 678",
    "024 3825 1234",
    "năm 2023 0912345678",
    "212.345.678",
    "a0912345678b",
]
NO_LONG_NUMBERS = [
    "12345678",
    "1234567890123",
    "28.02.2023 05.03.2023",
    "từ 28-02-2023 đến 05/03/2023",
    "năm 2021 2022 2023",
]
NO_LONG_NUMBERS += [
    "Kế hoạch số 05-KH/HU ngày 02/02/2023",
    "68/264 chi bộ, 25,76 %",
    "30 25 12 40 11",
    "1 2 3 4 5 6 7 8 9 10 11",
]
NO_LONG_NUMBERS += [
    "nhiệm kỳ 2020-2025, 2015-2020",
    "12.345.678 đồng",
    "784-QĐ/TU, 395-QĐ/HU, 320-CV/TU, 262-KH/HU",
    "",
]


@pytest.mark.parametrize("said", LONG_NUMBERS)
def test_numbers_of_phones_and_cards_are_found(said: str) -> None:
    assert has_long_number(said)


@pytest.mark.parametrize("said", NO_LONG_NUMBERS)
def test_other_numbers_are_not(said: str) -> None:
    assert not has_long_number(said)


def test_a_long_number_in_any_text_draws_a_warning(tmp_path: Path) -> None:
    """In texts that travel and in notes that stay; a unit's code is none."""
    codes_ = Register((*small_register().units, Unit("0012345678901", "Chi bộ mã dài", "cell", "01")))
    forms = issue_forms(tmp_path / "f", codes_)
    session = held(10, note="Số 079 123 456 789")
    cell = type_in(
        forms["01.1.C01"], tmp_path / "a.xlsx", {**REQUIRED, "proposals_text": "Gọi 0912.345.678"}, [session, PLAN]
    )
    known = places(forms["01"])
    row = {known["assignments.cell"][0]: "0012345678901"[:12], known["assignments.official_role"][0]: "Ban Tổ chức"}
    district = put(forms["01"], tmp_path / "b.xlsx", row)

    first, second = read("validate", cell, district)["files"]

    found = [(each["code"], each["field"]) for each in first["issues"]]
    assert found == [("TEXT_LONG_NUMBER", "proposals_text"), ("TEXT_LONG_NUMBER", "sessions.note")]
    assert not any("0912" in each["message"] or "079" in each["message"] for each in first["issues"])
    assert "TEXT_LONG_NUMBER" not in codes(second["issues"])


def test_a_long_number_where_no_text_belongs_is_a_fault_of_its_own_kind(tmp_path: Path) -> None:
    forms = issue_forms(tmp_path / "f")
    typed = {**REQUIRED, "members_total": "số 0912345678", "registered": "0912345678"}
    file = type_in(forms["01.1.C01"], tmp_path / "a.xlsx", typed, [held(10), PLAN])

    found = codes(read("validate", file)["files"][0]["issues"])

    assert {"FIELD_NOT_A_NUMBER", "FIELD_NOT_IN_LIST"} <= set(found)
    assert "TEXT_LONG_NUMBER" not in found


# ---- letters of old fonts

TO_TCVN3: dict[str, str] = {}
for code, letter in legacyfont._TCVN3.items():
    TO_TCVN3[letter.upper() if letter in TO_TCVN3 else letter] = code
TO_VNI = {letter: code for code, letter in legacyfont._VNI.items()}
KNOWN = [  # as old documents hold them
    ("Đảng viên", "§¶ng viªn", "Ñaûng vieân"),
    ("Kết quả thực hiện", "KÕt qu¶ thùc hiÖn", "Keát quaû thöïc hieän"),
    ("những khó khăn, vướng mắc", "nh÷ng khã kh¨n, v\u00adíng m¾c", "nhöõng khoù khaên, vöôùng maéc"),
    ("sinh hoạt chính trị", "sinh ho¹t chÝnh trÞ", "sinh hoaït chính trò"),
    ("Kiến nghị", "KiÕn nghÞ", "Kieán nghò"),
    ("rộng rãi ở cơ sở", "réng r·i ë c¬ së", "roäng raõi ôû cô sôû"),
]


def in_tcvn3(said: str) -> str:
    """Capitals with a tone by the codes of small letters, as a font of capitals has them."""
    return "".join(TO_TCVN3.get(letter, TO_TCVN3.get(letter.lower(), letter)) for letter in said)


def in_vni(said: str) -> str:
    return "".join(
        TO_VNI.get(letter) or (TO_VNI[letter.lower()].upper() if letter.lower() in TO_VNI else letter)
        for letter in said
    )


@cache
def corpus() -> tuple[str, ...]:
    """Every sentence of the repository that is written in Vietnamese: texts, packs, documents, the sample register."""
    found: dict[str, None] = {}

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield from value.splitlines()
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from texts(each)

    for file in [*ROOT.glob("src/**/*.toml"), *ROOT.glob("workbook_templates/**/*.toml")]:
        found |= dict.fromkeys(texts(tomllib.loads(file.read_text(encoding="utf-8"))))
    for file in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("addin/**/*.md"), *ROOT.glob("src/**/*.csv")]:
        found |= dict.fromkeys(file.read_text(encoding="utf-8").splitlines())
    return tuple(line.strip() for line in found if line.strip())


def vietnamese(least: int) -> list[str]:
    """Lines of the corpus with so many words that Vietnamese letters mark."""
    return [line for line in corpus() if sum(not word.isascii() for word in re.findall(r"\w+", line)) >= least]


def test_no_text_of_ours_is_taken_for_an_old_font() -> None:
    """Also decomposed, in capitals, without blanks at its ends; and every line of code and of test data."""
    for line in corpus():
        for said in (line, line.upper(), line.lower()):
            assert legacy_font(said) == "", said
    sources = [*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/*.py"), *ROOT.glob("tests/golden/*")]
    ours = {"legacyfont.py", "test_cleaning.py"}
    lines = {
        line for file in sources if file.name not in ours for line in file.read_text(encoding="utf-8").splitlines()
    }
    assert [line for line in lines if legacy_font(line)] == []
    assert len(corpus()) > 1000 and len(vietnamese(1)) > 800


@pytest.mark.parametrize(
    "said", ["10 µm", "§ 5 và § 6", "«Giữ trọn lời thề»", "a · b · c", "25 °C, 3 × 4 m²", "½ số đảng viên", "µm", "·"]
)
def test_signs_are_no_letters_of_an_old_font(said: str) -> None:
    assert legacy_font(said) == ""


@pytest.mark.parametrize(
    "said", ["Krông Bông, Ê-đê, Đắk Lắk, Pờ Tó, Rờ Kơi", "Müller, São Paulo, café, naïve, El Niño", "Có", "là", ""]
)
def test_names_of_other_tongues_are_none_either(said: str) -> None:
    assert legacy_font(said) == ""


@pytest.mark.parametrize(("said", "tcvn3", "vni"), KNOWN)
def test_known_texts_in_old_fonts(said: str, tcvn3: str, vni: str) -> None:
    assert (in_tcvn3(said), in_vni(said)) == (tcvn3, vni), "the tables are the published ones"
    assert (legacy_font(said), legacy_font(tcvn3), legacy_font(vni)) == ("", TCVN3, VNI)


@pytest.mark.parametrize(("encode", "name"), [(in_tcvn3, TCVN3), (in_vni, VNI)])
def test_our_own_sentences_in_an_old_font_are_recognised(encode: Any, name: str) -> None:
    """Of lines with four marked words or more at most one in 200 is missed, and none is given the other name."""
    lines = vietnamese(4)

    found = [legacy_font(encode(line)) for line in lines]

    assert len(lines) > 600
    assert found.count("") <= len(lines) / 200
    assert set(found) <= {"", name}


def test_the_tables_hold_every_letter_once() -> None:
    letters = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"

    assert set(letters) == set(legacyfont._VNI.values()) == set(legacyfont._TCVN3.values())
    assert len(set(legacyfont._VNI.values())) == len(legacyfont._VNI)


def test_a_text_in_an_old_font_is_told_and_kept_as_it_is(tmp_path: Path) -> None:
    forms = issue_forms(tmp_path / "f")
    values = {**REQUIRED, "difficulties_text": in_tcvn3(LONG), "proposals_text": in_vni("Đề nghị gửi mẫu báo cáo.")}
    file = type_in(
        forms["01.1.C01"], tmp_path / "a.xlsx", values, [held(10, note=in_vni("Chi bộ đông đảng viên")), PLAN]
    )

    (checked,) = read("validate", file)["files"]
    found = read("consolidate", "--into", forms["01"], file)

    assert checked["ok"]
    told = {each["field"]: each["message"] for each in checked["issues"] if each["code"] == "TEXT_LEGACY_FONT"}
    assert list(told) == ["difficulties_text", "proposals_text", "sessions.note"]
    assert [name in message for name, message in zip((TCVN3, VNI, VNI), told.values(), strict=True)] == [True] * 3
    assert "Unicode" in told["difficulties_text"]
    assert found["texts"]["difficulties_text"][0]["text"] == in_tcvn3(LONG)


# ---- the same text in two units' files


def test_texts_that_differ_in_spelling_only_are_the_same() -> None:
    loud = unicodedata.normalize("NFD", LONG.upper()).replace(" ", "\u00a0 ").replace(",", ",\r\n")
    rows = [UnitRow("a", {}, {"x": LONG}), UnitRow("b", {}, {"x": loud}), UnitRow("c", {}, {"x": LONG[:39]})]

    assert same_texts(rows) == {"a": ("b",), "b": ("a",)}
    assert same_texts([UnitRow(unit, {}, {"x": " " * 40 + LONG[:20]}) for unit in "ab"]) == {}, "blanks are no letters"


def test_a_text_copied_between_cells_of_two_bases_is_seen_at_the_district(tmp_path: Path) -> None:
    """No base can see it; within one base its own office has been warned already."""
    forms = issue_forms(tmp_path / "f", small_register({"01.1": 2, "01.2": 2}))
    texts = {"01.1.C01": LONG, "01.1.C02": f"{LONG} Xong.", "01.2.C01": LONG.upper(), "01.2.C02": f"{LONG} Đã rõ."}
    for cell, said in texts.items():
        type_in(forms[cell], tmp_path / f"{cell}.xlsx", {**REQUIRED, "difficulties_text": said}, [held(10), PLAN])
    for base in ("01.1", "01.2"):
        quiet = read("consolidate", "--into", forms[base], *tmp_path.glob(f"{base}.C*.xlsx"))
        assert not any("IDENTICAL" in code for child in quiet["children"] for code in codes(child["issues"]))

    found = read("consolidate", "--into", forms["01"], forms["01.1"], forms["01.2"])

    children = {child["unit"]: child["issues"] for child in found["children"]}
    for base, pair in (("01.1", "01.1.C01 = 01.2.C01"), ("01.2", "01.2.C01 = 01.1.C01")):
        (warning,) = [each for each in children[base] if each["code"] == "TEXT_IDENTICAL_BENEATH"]
        assert f"({pair})" in warning["message"] and warning["severity"] == "WARNING"
        assert LONG[:20] not in warning["message"]


def test_a_text_copied_within_one_base_is_its_own_offices_matter(tmp_path: Path) -> None:
    forms = issue_forms(tmp_path / "f")
    files = [
        type_in(forms[f"01.1.C0{n}"], tmp_path / f"{n}.xlsx", {**REQUIRED, "difficulties_text": LONG}, [held(10), PLAN])
        for n in (1, 2)
    ]

    base = read("consolidate", "--into", forms["01.1"], *files)
    district = read("consolidate", "--into", forms["01"], forms["01.1"])

    assert [codes(child["issues"]) for child in base["children"]] == [["TEXT_IDENTICAL"]] * 2
    assert [codes(child["issues"]) for child in district["children"] if child["file"]] == [[]]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("- Gửi mẫu.", "Gửi mẫu"),
        ("-Gửi mẫu", "Gửi mẫu"),
        ("• – Gửi mẫu", "Gửi mẫu"),
        ("- 2 mẫu", "2 mẫu"),
        ("-2 điểm", "-2 điểm"),
    ],
)
def test_a_list_has_one_bullet_and_a_sign_stays(tmp_path: Path, said: str, shown: str) -> None:
    forms = issue_forms(tmp_path / "f")
    file = type_in(forms["01.K1"], tmp_path / "a.xlsx", {**REQUIRED, "proposals_text": said}, [held(10), PLAN])
    read("consolidate", "--into", forms["01"], file)

    assert f"- Chi bộ cơ sở 1: {shown}." in read("report", forms["01"])["sentences"]


# ---- nothing becomes a formula

PAYLOADS = [
    "=cmd|'/c calc'!A1",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "=1+1",
    "+1",
    "-2",
]
PAYLOADS += ['=HYPERLINK("file:///c:/x","mồi")', "\t=1+1", "\r\n=1+1", "＝1+1", "{=1+1}", "'=1+1"]


def sheets_xml(file: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(file) as package:
        for name in package.namelist():
            if name.startswith(("xl/worksheets/", "xl/workbook.xml", "xl/charts/")):
                yield name, package.read(name).decode()


def assert_texts_only(file: Path) -> list[str]:
    """No formula of the file holds a payload, and every cell that begins like a formula is a text that stays one."""
    for name, xml in sheets_xml(file):
        for formula in re.findall(r"<(?:f|definedName|formula\d?)[^>]*>([^<]*)<", xml):
            assert not re.search(r"cmd|calc'|^=?1\+1|c:/x|mồi", formula), (name, formula)
    found = []
    for sheet in openpyxl.load_workbook(file).worksheets:
        for cell in (cell for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)):
            if cell.data_type != "f" and clean(cell.value).startswith(("=", "+", "-", "@", "＝")):
                assert (cell.data_type, cell.quotePrefix) == ("s", True), (sheet.title, cell.coordinate, cell.value)
                found.append(clean(cell.value))
    return found


def test_texts_that_look_like_formulas_stay_texts_all_the_way(
    tmp_path: Path, office: Convert, pdftoppm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a cell's form to its base, the district, the report, its annex, JSON, prose and PDF."""
    monkeypatch.chdir(tmp_path)
    shape = {"01.1": len(PAYLOADS)}
    known = small_register(shape)
    named = Register(
        tuple(
            Unit(**{**{s: getattr(u, s) for s in u.__slots__}, "name": f"@SUM(1+1) {u.name}"})
            if u.tier != "district"
            else u
            for u in known.units
        )
    )
    forms = issue_forms(tmp_path / "f", named)
    for number, payload in enumerate(PAYLOADS, 1):
        values = {**REQUIRED, "difficulties_text": payload, "proposals_text": f"{payload} đề nghị"}
        type_in(
            forms[f"01.1.C{number:02}"], tmp_path / "nhan" / f"={number}.xlsx", values, [held(10, note=payload), PLAN]
        )
    base = type_in(
        forms["01.1"],
        tmp_path / "01.1.xlsx",
        {"plan_issued": "Có", "plan_number": "=1+1", "plan_date": date(2023, 2, 6), "proposals_text": "=1+1"},
    )
    district = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))

    checked = read("validate", "nhan")
    told = read("consolidate", "--into", base, "nhan")
    above = read("consolidate", "--into", district, base)
    reported = read("report", district, "--out", "bc.xlsx", "--pdf", "bc.pdf")
    prose = press("report", district).out

    assert all(each["ok"] for each in checked["files"])
    expected = sorted(clean(each) for each in PAYLOADS)
    for answer in (told, above):
        assert sorted(each["text"] for each in answer["texts"]["difficulties_text"]) == expected
        json.dumps(answer)
    for file in (base, district):
        listed = assert_texts_only(file)
        # Among the opinions, and in the hidden record of what was received.
        for payload in (each for each in expected if each[0] in "=+-@"):
            assert listed.count(payload) >= 2 and listed.count(f"{payload} đề nghị") >= 2, (file, payload)
    assert any("@SUM(1+1)" in name for name in assert_texts_only(Path("bc.xlsx")))
    said = "\n".join(reported["sentences"])
    assert "=cmd|'/c calc'!A1" in said and "=cmd|'/c calc'!A1" in prose
    opinions = openpyxl.load_workbook(district)[OPINIONS]
    assert {clean(each) for each in PAYLOADS} <= {cell.value for line in opinions.iter_rows() for cell in line}
    again = office(district, "xlsx", tmp_path / "lo")
    assert read("status", again)["children"] == read("status", district)["children"]
    pages = subprocess.run(
        [Path(pdftoppm).with_name("pdftotext"), "bc.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "=cmd|'/ccalc'!A1" in "".join(pages.split())


def test_a_text_typed_where_a_number_belongs_is_kept_as_a_text(tmp_path: Path) -> None:
    forms = issue_forms(tmp_path)
    parent = type_in(
        forms["01"], tmp_path / "01.xlsx", {"documents_issued": "=1+1", "plan_date": "@SUM(1)", "guidance_issued": "+1"}
    )

    read("consolidate", "--into", parent, type_in(forms["01.K1"], tmp_path / "a.xlsx", REQUIRED, [held(10)]))

    book, known = openpyxl.load_workbook(parent), places(parent)
    for field, said in (("documents_issued", "=1+1"), ("plan_date", "@SUM(1)"), ("guidance_issued", "+1")):
        sheet, where = known[field][0]
        cell = book[sheet][where]
        assert (cell.value, cell.data_type, cell.quotePrefix) == (said, "s", True)


@pytest.mark.parametrize("style", [name for name, style in STYLES.items() if not style.locked])
def test_where_people_type_a_text_is_quoted_and_a_number_is_not(style: str) -> None:
    sheet = Sheet("A")
    sheet.put(1, 1, "=1+1", style)
    sheet.put(2, 1, 12, style)
    sheet.put(3, 1, None, style)

    page = openpyxl.load_workbook(io.BytesIO(render(Book([sheet]))))["A"]

    assert (page["A1"].value, page["A1"].data_type, page["A1"].quotePrefix) == ("=1+1", "s", True)
    assert [page[cell].quotePrefix or False for cell in ("A2", "A3")] == [STYLES[style].quote_prefix] * 2
