"""What a user reads in Vietnamese is Vietnamese: no English word, no id of ours, one way to write what has two."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
CATALOGUE = sorted((ROOT / "src" / "loithe_xl" / "texts").glob("*.toml"))
PACK = ROOT / "workbook_templates" / "loi_the"
SAMPLE = ROOT / "src" / "loithe_xl" / "sample" / "pack"
PACKS = sorted(file for folder in (PACK, SAMPLE) for file in folder.rglob("*.toml") if "issued" not in file.parts)
# Whoever writes a pack or builds the add-in reads keys of TOML and parts of files; everybody else must not.
OF_AUTHORS = {"issues_pack.toml", "issues_pack_place.toml", "spec.toml", "issues_addin_build.toml"}

_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx]"
_VOWELS = "aáàảãạăắằẳẵặâấầẩẫậeéèẻẽẹêếềểễệiíìỉĩịoóòỏõọôốồổỗộơớờởỡợuúùủũụưứừửữựyýỳỷỹỵ"
SYLLABLE = re.compile(rf"(?:{_ONSET})?[{_VOWELS}]{{1,3}}(?:ch|nh|ng|[cmnpt])?", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:_[^\W\d_]+)*")
QUOTED = re.compile(r"“[^”]*”|\{[^}]*\}|%\w+%")  # what a menu, a key or a text is called, and what is filled in
TYPED = re.compile(r"--?[a-z][\w-]*|\bloithe-xl(?: [a-z]+)*|[\w.-]*\.[a-z]{2,5}\b|[\w-]+/[\w./-]*", re.IGNORECASE)
# Names that an office reads on its screen: programs, kinds of files, keys.
NAMES = """
    Excel Windows Microsoft Office LibreOffice OneDrive SharePoint Apple Numbers Apps WPS Word PowerPoint
    OpenDocument Python python PowerShell Defender Ctrl Enter OK PDF csv XML TOML json USB VBA UTF UTC Unicode Z
    MB SHA DDE OLE ActiveX DTD macro Macro virus web byte ASCII xlwings pywin winver loithe Store vanthu Times New
    Roman D TT S B C T X HĐND LĐ QL ĐVT
""".split()
MENUS = """
    menu Menu Start File Files Program Options Add Manage Disabled Items Enable Content Trust Center Trusted
    Locations Settings Quick Repair Modify Documents Save As Unmerge Cells Date Text Name Manager Paste Special
    Values Properties Read Review Unprotect Sheet Unblock Unhide
""".split()
COMMANDS = "validate consolidate report issued".split()
CHOICES = "cell base commune district province text json id".split()  # of options, told beside them in Vietnamese
OFFICE = {*NAMES, *MENUS, *COMMANDS}


def wordings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every Vietnamese text of a file, with where it stands."""
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, str) and (key == "vi" or key.endswith("_vi")):
                yield f"{path}.{key}", each
            else:
                yield from wordings(each, f"{path}.{key}")
    elif isinstance(value, list):
        for each in value:
            yield from wordings(each, path)


def of_file(file: Path) -> list[tuple[str, str]]:
    return [*wordings(tomllib.loads(file.read_text(encoding="utf-8")))]


def foreign(said: str) -> list[str]:
    """The words of a text that are no Vietnamese syllables, what is quoted or typed as it stands apart."""
    plain = TYPED.sub(" ", QUOTED.sub(" ", said))
    return [word for word in WORD.findall(plain) if not SYLLABLE.fullmatch(word)]


@pytest.mark.parametrize("file", [*CATALOGUE, *PACKS], ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_english_word_and_no_id_stands_in_a_vietnamese_sentence(file: Path) -> None:
    allowed = OFFICE | ({*CHOICES} if file.name == "cli.toml" else set())
    found = {place: words for place, said in of_file(file) if (words := {*foreign(said)} - allowed)}
    assert file.name in OF_AUTHORS or found == {}


OURS = re.compile(r"[a-z]+_[a-z_]+|[A-Z]{2,}_[A-Z_]+")


def test_no_id_of_ours_is_quoted_to_an_office() -> None:
    """Not between quotation marks either; whoever writes packs is told their keys."""
    found = [
        f"{file.name}{place}: {word}"
        for file in (*CATALOGUE, *PACKS)
        if file.name not in OF_AUTHORS
        for place, said in of_file(file)
        for word in OURS.findall(re.sub(r"\{[^}]*\}|[\w-]+\.[a-z]{2,5}\b", "", said))
    ]
    assert found == []


WRONG = {
    "Hãy": "Đề nghị",
    "danh bạ": "danh mục",
    "phát biểu": "cấp biểu mẫu",
    "muộn": "chậm",
    "khoá": "khóa",
    "xoá": "xóa",
    "hoá": "hóa",
    "tuỳ": "tùy",
    "uỷ": "ủy",
    "đảm bảo": "bảo đảm",
    "phải báo cáo": "thuộc diện báo cáo",
    "chưa gửi báo cáo": "chưa gửi biểu số liệu",
    "lượt phân công": "phụ trách … chi bộ",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_has_one_name_has_no_other(wrong: str) -> None:
    """Articles keep their own words: difficulties, and what the report quotes of them."""
    found = [
        f"{file.name}{place}: {said}"
        for file in (*CATALOGUE, *PACKS)
        if not file.name.startswith(("difficulties_", "doctor"))
        for place, said in of_file(file)
        if re.search(rf"(?<!không )\b{wrong}\b", said, re.IGNORECASE)
    ]
    assert found == []
