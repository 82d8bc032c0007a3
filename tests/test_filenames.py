"""Names of units' files: good on any system and in mail, one per unit, the code first and the period last."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tools import TERM

from loithe_xl.draw import packs
from loithe_xl.register.file import sample_register
from loithe_xl.register.filenames import LONGEST_FOLDER, LONGEST_STEM, folder_name, form_name, safe_code, short_name
from loithe_xl.register.register import Unit
from loithe_xl.tasks.generate import Request, path_of

NASTY = st.sampled_from(
    """Chi bộ|chi  bộ\n|CON|nul.|a/b|..|. |c:"*?|<x>|\x00\x1f|\u200b|~$|%1|#|Đảng bộ xã Mẫu An|Trường Trung học
    cơ sở|-|=1+1|\U0001f600|ﬁ|Ａ|2023-02|.xlsx|'""".split("|")
)
NAMES = st.lists(NASTY | st.text(max_size=20), min_size=1, max_size=9).map(" ".join)
CODES = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from(["CON", "lpt1.x", "ban-cu", ".a", "-a", "a b", "a", "a.", "~$a", "Đ.01", "đ.01x", "x" * 40, "A-B"]),
    st.from_regex(r"[ab][/\\:b]{1,3}(-[0-9a-f]{8})?", fullmatch=True),
)
PERIODS = st.sampled_from(["2023-02", "2023-Q1", "2023"])


def unit(code: str, name: str = "Chi bộ khu phố 1") -> Unit:
    """A cell."""
    return Unit(code, name, "cell", "00")


def holds_on_any_system(name: str) -> None:
    """What Windows, FAT and mail programs ask of a name."""
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
    assert name == name.strip() and not name.endswith(".") and not name.startswith((".", "~", "-"))
    assert name.split(".")[0].split(" ")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "LPT1", "COM1"}
    assert name == unicodedata.normalize("NFC", name) and len(name.encode()) <= 255
    assert all(unicodedata.category(sign)[0] in "LNPS" or sign == " " for sign in name)


@pytest.mark.parametrize(
    ("code", "name", "file"),
    [
        ("00.07.001.C001", "Chi bộ khu phố 1", "00.07.001.C001 CB khu phố 1 2023-02.xlsx"),
        ("00.07.001", "Đảng bộ xã Mẫu An", "00.07.001 ĐB xã Mẫu An 2023-02.xlsx"),
        ("00.07", "Huyện ủy Mẫu Đông", "00.07 HU Mẫu Đông 2023-02.xlsx"),
        ("1", "ĐẢNG ỦY Khối các cơ quan", "1 ĐU Khối các cơ quan 2023-02.xlsx"),
        ("2", "Chi bộ cơ sở Trường Trung học cơ sở A", "2 CBCS Trường THCS A 2023-02.xlsx"),
        ("3", "Đảng uỷ phường 1", "3 ĐU phường 1 2023-02.xlsx"),
        ("4", "Chi bộ “Ban/Đội: số <1>”\t*", "4 CB Ban Đội số 1 2023-02.xlsx"),
        ("5", "Chi bộ A – B.", "5 CB A B 2023-02.xlsx"),
        ("6", unicodedata.normalize("NFD", "Chi bộ Ấp Bắc"), "6 CB Ấp Bắc 2023-02.xlsx"),
        ("7", "???", "7 2023-02.xlsx"),
        ("8", "Chi bộ " + "Rất dài " * 20, "8 CB" + " Rất dài" * 8 + " Rất 2023-02.xlsx"),
    ],
)
def test_a_name_says_code_unit_and_period(code: str, name: str, file: str) -> None:
    assert form_name(unit(code, name), "2023-02") == file


def test_words_within_words_are_not_abbreviated() -> None:
    assert short_name("Chi bộitrường, đảng bộ") == "Chi bộitrường, ĐB"


@given(CODES, NAMES, PERIODS)
def test_any_name_is_good_everywhere(code: str, name: str, period: str) -> None:
    file, folder = form_name(unit(code, name), period), folder_name(unit(code, name))

    for each in (file, folder):
        holds_on_any_system(each)
        assert each.split(" ")[0].removesuffix(".xlsx") == safe_code(code)
    assert file.endswith(f" {period}.xlsx")
    assert len(file) <= LONGEST_STEM + len(".xlsx") and len(folder) <= max(LONGEST_FOLDER, len(safe_code(code)))


@given(CODES, CODES, NAMES, NAMES, PERIODS)
def test_two_units_never_share_a_name(one: str, other: str, name: str, another: str, period: str) -> None:
    """Also where capitals and composed letters are one, as on Windows and macOS; a register has no such two codes."""

    def alike(code: str) -> str:
        return unicodedata.normalize("NFC", code.strip().casefold())

    assume(alike(one) != alike(other))
    names = {form_name(unit(one, name), period), form_name(unit(other, another), period)}
    folders = {folder_name(unit(one, name)), folder_name(unit(other, another))}

    for found in (names, folders):
        assert len({unicodedata.normalize("NFD", each.upper()) for each in found}) == 2


@given(CODES.filter(lambda code: re.fullmatch(r"[\w.]{1,40}", code, re.ASCII) and code[0] != "." and code[-1] != "."))
def test_a_plain_code_stays_as_it_is(code: str) -> None:
    assert safe_code(code) == code or re.match(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", code, re.IGNORECASE)


@pytest.mark.parametrize("code", ["LPT1", "lpt0", "COM9", "nul", "LPT3.x", "ban-cu", "x-0123abcd", "a b", "a%1", "[1]"])
def test_a_code_that_is_no_name_is_marked(code: str) -> None:
    assert re.fullmatch(r".+-[0-9a-f]{8}", safe_code(code)) and safe_code(code) != code


@given(st.lists(st.tuples(CODES, NAMES), max_size=5))
def test_names_outlast_a_zip(units: list[tuple[str, str]]) -> None:
    names = {f"{folder_name(unit(*each))}/{form_name(unit(*each), '2023-02')}" for each in units}
    package = BytesIO()
    with zipfile.ZipFile(package, "w") as written:
        for name in names:
            written.writestr(name, b"")

    assert {*zipfile.ZipFile(package).namelist()} == names


def test_the_samples_paths_are_short_enough_for_excel() -> None:
    """Excel opens no path of more than 218 letters."""
    register = sample_register()
    request = Request(
        packs.load("loi_the"), register, TERM, "province", True, out=Path("C:/Users/Administrator/Documents")
    )
    paths = [path_of(request, each).as_posix() for each in register.units]

    assert max(map(len, paths)) <= 218
    assert len({path.casefold() for path in paths}) == len(register.units)
    assert sorted(paths) == sorted(paths, key=lambda path: [part.split(" ")[0] for part in path.split("/")])
