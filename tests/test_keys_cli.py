"""Whose forms count, through the command line: strangers, keys trusted for a unit, an office with several PCs."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli_tools import (
    NUMBERS,
    REQUIRED,
    Answer,
    codes,
    held,
    issue_forms,
    press,
    print_of,
    province,
    read,
    register_file,
    rewritten,
    trust,
    type_in,
    worded,
)
from tools import small_register

from loithe_xl.identity import keyring
from loithe_xl.identity.token import fingerprint, public_key, sign
from loithe_xl.intake.openfile import open_file
from loithe_xl.register.register import Register

STRANGER = bytes(range(32))
CODES = {"01.1": "X", "01.1.C01": "k7", "01.1.C02": "k9", "01.2": "B", "01.2.C01": "X1"}
CODED = Register(  # the same tree, with codes that say nothing
    tuple(
        replace(unit, code=CODES.get(unit.code, unit.code), parent=CODES.get(unit.parent, unit.parent))
        for unit in small_register().units
    )
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key folder of the PC that issues forms."""
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory, office: Path) -> dict[str, Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(keyring.HOME, str(office))
        return issue_forms(tmp_path_factory.mktemp("forms"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another PC's key folder, not there yet."""
    monkeypatch.setenv(keyring.HOME, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def resigned(form: Path, target: Path, private: bytes = STRANGER, **changed: Any) -> Path:
    """The form with another token that this key signed, in all three places."""
    opened = open_file(form, "x")
    assert opened.identity
    token = sign(replace(opened.identity, **changed), private).encode()
    parts = ("docProps/custom.xml", "xl/workbook.xml", "xl/sharedStrings.xml")
    return rewritten(form, target, dict.fromkeys(parts, lambda part: part.replace(opened.token.encode(), token)))


def errors(*files: Path) -> list[list[str]]:
    """What is wrong with each file, but that nobody typed anything into it."""
    found = [codes(each["issues"], "ERROR") for each in read("validate", *files)["files"]]
    return [[code for code in each if code not in ("FIELD_REQUIRED", "FORM_EMPTY")] for each in found]


def refused(answer: Answer, code: str) -> None:
    """Wrong usage, told by this code, and nobody is trusted."""
    assert answer.code == 2
    assert worded(code).search(answer.err)
    assert keyring.all_trusted() == ([], [])


# ---------------------------------------------------------------- a stranger


def test_a_stranger_is_told_by_fingerprint_and_never_recommended(forms: dict[str, Path]) -> None:
    file = type_in(forms["01.K1"], Path("a.xlsx"), REQUIRED, [held(10)])
    for command in (("validate", file), ("repair", file, "--out", "b.xlsx")):
        for lang, call in (("vi", "điện"), ("en", "elephone")):
            said = press(*command, "--lang", lang).said
            assert print_of(file) in said and call in said
            assert f"--fingerprint {print_of(file)}" not in said, "no command to copy that trusts it"
            assert str(file) not in said.split("key trust", 1)[1].split("\n", 1)[0]


@pytest.mark.parametrize("arguments", [(), ("--all",)])
def test_nothing_is_trusted_without_a_comparison(
    forms: dict[str, Path], arguments: tuple[str, ...], office: Path
) -> None:
    form = forms["01.1"]
    answer = press("key", "trust", form, *arguments)
    refused(answer, "KEY_UNCONFIRMED")
    assert print_of(form) in answer.err.split("\n", 1)[0], "the fingerprint is shown first"
    for wrong in (fingerprint(public_key(STRANGER)), print_of(form)[:-1], "x", "----"):
        refused(press("key", "trust", form, *arguments, "--fingerprint", wrong), "KEY_FINGERPRINT_OTHER")
    assert errors(form) == [["TOKEN_FOREIGN"]]


def test_a_fingerprint_may_be_typed_in_any_spelling(forms: dict[str, Path]) -> None:
    said = print_of(forms["01"]).replace("-", " ").lower()
    assert press("key", "trust", forms["01"], "--fingerprint", said).code == 0
    assert errors(forms["01"]) == [[]]


def test_at_a_terminal_the_fingerprint_is_asked_for(forms: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    form = forms["01"]
    for typed, code in (("\n", 2), ("0000-0000-0000-0000\n", 2), (f"{print_of(form)}\n", 0)):
        assert not keyring.trusted().keys
        monkeypatch.setattr("sys.stdin", Terminal(typed))
        answer = press("key", "trust", form)
        assert answer.code == code
        assert "điện thoại" in answer.err
    assert errors(form) == [[]]


def test_a_pub_file_says_for_whom_or_is_for_everybody(forms: dict[str, Path], office: Path) -> None:
    file = Path("huyen.pub")
    file.write_text(print_key(office), encoding="ascii")
    refused(trust(file), "KEY_UNIT_NEEDED")
    assert trust(file, "--unit", "01.1").code == 0
    assert errors(forms["01.1"], forms["01.1.C01"], forms["01.2"]) == [[], [], ["TOKEN_FOREIGN"]]
    assert trust(file, "--all").code == 0
    assert errors(forms["01.2"]) == [[]]


def print_key(office: Path) -> str:
    own = keyring.own(office)
    assert own
    return own


# ---------------------------------------------------------------- trusted for a unit


@pytest.mark.parametrize("known", [small_register(), CODED], ids=["codes tell", "codes say nothing"])
def test_a_key_trusted_by_a_base_s_form_speaks_for_that_base_alone(
    known: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv(keyring.HOME, str(tmp_path / "issuer"))
    forms = issue_forms(tmp_path / "f", known)
    monkeypatch.setenv(keyring.HOME, str(home))
    base = "X" if known is CODED else "01.1"
    cells = [unit.code for unit in known.of_tier("cell")]
    files = [type_in(forms[code], Path(f"{code}.xlsx"), REQUIRED, [held(10)]) for code in cells]

    assert trust(forms[base]).code == 0

    told = dict(zip([*cells, "01"], errors(*files, forms["01"]), strict=True))
    assert {code for code, found in told.items() if not found} == {unit.code for unit in known.cells(base)}
    assert {*map(tuple, told.values())} == {(), ("TOKEN_FOREIGN",)}
    shown = press("key", "show").out
    assert f"cho đơn vị {base} và cấp dưới" in shown and print_of(forms[base]) in shown


def test_a_higher_revision_by_a_key_trusted_elsewhere_is_foreign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """One district's key says nothing of another's cells, though the province trusts it."""
    known = province("01", "02")
    monkeypatch.setenv(keyring.HOME, str(tmp_path / "neighbour"))
    theirs = issue_forms(tmp_path / "theirs", known, "province")
    monkeypatch.setenv(keyring.HOME, str(home))
    own = issue_forms(tmp_path / "own", known, "province")
    assert trust(theirs["02"]).code == 0
    type_in(own["01.K"], Path("in/thật.xlsx"), REQUIRED, [held(10)])
    type_in(theirs["01.K"], Path("in/giả.xlsx"), {**REQUIRED, "members_total": 999, "revision": 9}, [held(10)])
    type_in(theirs["02.K"], Path("in/được.xlsx"), REQUIRED, [held(10)])

    found = read("consolidate", "--into", own["T"], "in")

    assert (found["accepted"], found["foreign"], found["values"]["members_total"]) == (2, 1, 60)
    (child,) = (each for each in found["children"] if each["status"] == "foreign")
    assert (child["unit"], codes(child["issues"])) == ("01.K", ["TOKEN_FOREIGN"])
    assert "02" in child["issues"][0]["message"], "for whom it is trusted"


def test_a_key_is_no_longer_trusted(forms: dict[str, Path], office: Path) -> None:
    file = Path("huyen.pub")
    file.write_text(print_key(office), encoding="ascii")
    for named in (print_of(file), print_of(file).lower().replace("-", ""), file, forms["01.K1"]):
        assert trust(forms["01"]).code == 0
        assert errors(forms["01"]) == [[]]
        assert print_of(file) in press("key", "distrust", named).out
        assert errors(forms["01"]) == [["TOKEN_FOREIGN"]]
    refused(press("key", "distrust", print_of(file)), "KEY_NOT_TRUSTED")
    refused(press("key", "distrust", "nowhere.pub"), "KEY_NOT_TRUSTED")


def test_keys_trusted_by_an_earlier_version_stay_so_and_are_told_to_be_without_limit(
    forms: dict[str, Path], home: Path, office: Path
) -> None:
    (home / "trusted").mkdir(parents=True)
    (home / "trusted" / "huyen.pub").write_text(f"# khóa công khai\nLTP1 {print_key(office)}\n", encoding="utf-8")
    assert errors(forms["01"], forms["01.2"]) == [[], []]
    assert f"{print_of(forms['01'])}, cho mọi đơn vị" in press("key", "show").out


# ---------------------------------------------------------------- whose book, whose names


def test_a_stranger_s_book_is_used_and_told(forms: dict[str, Path]) -> None:
    book = Path(shutil.copy(forms["01.1"], "co-so.xlsx"))
    file = type_in(forms["01.1.C01"], Path("a.xlsx"), REQUIRED, [held(10)])
    found = read("consolidate", "--into", book, file)
    (notice,) = (each for each in found["issues"] if each["code"] == "PARENT_FOREIGN")
    assert notice["severity"] == "WARNING" and print_of(book) in notice["message"]
    assert found["accepted"] == 1
    assert worded("PARENT_FOREIGN").search(press("consolidate", "--into", book, file).out)
    trust(forms["01.2"])  # this key, but for another unit
    assert "PARENT_FOREIGN" in codes(read("consolidate", "--into", book, file)["issues"])
    trust(book)
    assert "PARENT_FOREIGN" not in codes(read("consolidate", "--into", book, file)["issues"])


def test_what_a_stranger_calls_a_unit_goes_nowhere(forms: dict[str, Path]) -> None:
    book = Path(shutil.copy(forms["01"], "huyen.xlsx"))
    named = resigned(forms["01.K1"], Path("in/a.xlsx"), unit="Quzxw Văn A")
    known = resigned(forms["01.K1"], Path("in/b.xlsx"))
    answers = [press("validate", "in", *form) for form in ((), ("--format", "json"))]
    answers += [press("consolidate", "--into", book, "in", *form) for form in ((), ("--format", "json"))]
    answers += [press("status", book)]
    assert not any("Quzxw" in answer.said for answer in answers)
    found = read("consolidate", "--into", book, "in")
    assert sorted(f"{each['unit']}" for each in found["children"] if each["status"] == "foreign") == ["01.K1", "None"]
    opened = open_file(book, "x")
    assert {each.unit for each in opened.ledgers.receipts} == {"", "01.K1"}
    for file in Path().rglob("*"):
        if file.is_file() and file not in (named, known):
            assert b"Quzxw" not in file.read_bytes()
    assert not any("Quzxw" in f"{value}" for grid in opened.grids.values() for *_, value in grid.cells())


# ---------------------------------------------------------------- an office with several PCs


def test_a_colleague_s_pc_reads_what_the_office_issued(
    forms: dict[str, Path], office: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [type_in(forms[code], Path(f"in/{code}.xlsx"), REQUIRED, [held(10)]) for code in ("01.K1", "01.1.C01")]
    answer = press("validate", *files)
    assert answer.code == 1
    assert worded("KEY_OF_ISSUER_ABSENT").search(answer.err)
    assert print_of(files[0]) in answer.err
    assert not worded("KEY_OF_ISSUER_ABSENT").search(press("validate", files[0]).err)

    monkeypatch.setenv(keyring.HOME, str(office))
    assert press("key", "export", "co-quan.pub").code == 0
    shown = press("key", "show").out
    monkeypatch.setenv(keyring.HOME, str(home))
    assert print_of(Path("co-quan.pub")) in shown, "what is read out by telephone"
    assert trust(Path("co-quan.pub"), "--all").code == 0

    answer = press("validate", *files)
    assert answer.code == 0 and answer.err == ""
    assert read("consolidate", "--into", Path(shutil.copy(forms["01"], "huyen.xlsx")), "in")["accepted"] == 2
    assert not (home / "office.key").exists(), "the private key stays where forms are issued"


def test_files_of_several_keys_are_no_office_s(forms: dict[str, Path]) -> None:
    mine = shutil.copy(forms["01.K1"], "a.xlsx")
    other = resigned(forms["01.K1"], Path("b.xlsx"))
    for files in ((mine, other), (mine, mine, "c.xlsx")):
        Path("c.xlsx").write_bytes(b"no workbook")
        assert not worded("KEY_OF_ISSUER_ABSENT").search(press("validate", *files).err)


def test_whoever_only_reads_never_gets_a_private_key(forms: dict[str, Path], home: Path) -> None:
    book = Path(shutil.copy(forms["01"], "huyen.xlsx"))
    for command in (
        ("validate", forms["01.K1"]),
        ("consolidate", "--into", book, forms["01.K1"]),
        ("status", book, "--export", "a.csv"),
        ("report", book, "--out", "bc.xlsx"),
        ("repair", forms["01.K1"], "--out", "b.xlsx"),
        ("key", "show"),
        ("key", "distrust", "0000-0000-0000-0000"),
    ):
        press(*command)
        assert not home.exists(), command
    assert "không có khóa ký riêng" in press("key", "show").out


@pytest.mark.parametrize("command", ["generate", "export"])
def test_a_new_private_key_is_told_once(command: str, home: Path) -> None:
    known = register_file(Path("danh-ba.xlsx"))
    issuing = ("generate", "--level", "district", "--register", known, "--out", "out")
    answers = [press(*(issuing if command == "generate" else ("key", "export", f"{number}.pub"))) for number in (1, 2)]
    assert [bool(worded("KEY_MADE").search(answer.err)) for answer in answers] == [True, False]
    own = keyring.own(home)
    assert own and fingerprint(own) in answers[0].err


def test_a_stray_file_among_trusted_keys_stops_nobody(forms: dict[str, Path], home: Path) -> None:
    trust(forms["01"])
    (home / "trusted" / "._huyen.pub").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X")
    book = Path(shutil.copy(forms["01"], "huyen.xlsx"))
    filled = type_in(forms["01.K1"], Path("a.xlsx"), {**NUMBERS, "registered": "Có"}, [held(10)])
    for command in (
        ("validate", filled),
        ("consolidate", "--into", book, filled),
        ("repair", filled, "--out", "b.xlsx"),
        ("key", "show"),
    ):
        answer = press(*command)
        assert answer.code == 0, answer.said
        assert worded("KEY_PASSED_OVER").search(answer.err)
        assert len(re.findall(r"\._huyen\.pub", answer.err)) == 1
