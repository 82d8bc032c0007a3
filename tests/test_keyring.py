"""The key folder: made on first use, once, and never guessed at when damaged."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from loithe_xl.identity import keyring
from loithe_xl.identity.token import fingerprint, public_key
from loithe_xl.identity.trust import Scope
from loithe_xl.language.issues import Fault, Issue, Severity

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def fault_of(fault: pytest.ExceptionInfo[Fault]) -> tuple[str, int]:
    return fault.value.issues[0].code, fault.value.exit_code


def test_the_folder_is_the_system_s_unless_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keyring.folder() == home
    monkeypatch.delenv("LOITHE_XL_HOME")
    assert keyring.folder().name == "loithe-xl"


def test_the_office_s_key_is_made_once(home: Path) -> None:
    key = keyring.private_key()
    assert len(key) == 32
    assert keyring.private_key() == key
    assert [file.name for file in home.iterdir()] == ["office.key"]
    comment, line = (home / "office.key").read_text(encoding="utf-8").splitlines()
    assert comment.startswith("#")
    assert line.startswith("LTK1 ")


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_the_owner_reads_the_key(home: Path) -> None:
    keyring.private_key()
    assert stat.S_IMODE((home / "office.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_named_key_is_made_where_it_is_named(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "khóa" / "huyện.key"
    key = keyring.private_key(path)
    assert keyring.private_key(path) == key
    assert keyring.private_key() != key
    assert keyring.own() == public_key(keyring.private_key())
    assert keyring.trusted().keys == {keyring.own(): None}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# only a comment\n",
        b"LTK1 short\n",
        b"LTK1 " + b"A" * 43 + b"\nLTK1 " + b"A" * 43,
        b"\x00\xff" * 5000,
        b"LTP1 " + b"A" * 43,
    ],
)
def test_a_damaged_key_is_named_and_left_alone(home: Path, content: bytes) -> None:
    home.mkdir()
    (home / "office.key").write_bytes(content)
    for use in (keyring.private_key, keyring.trusted, keyring.export, keyring.own):
        with pytest.raises(Fault) as fault:
            use()
        assert fault_of(fault) == ("KEY_DAMAGED", 3)
    assert "office.key" in fault.value.issues[0].message.vi
    assert (home / "office.key").read_bytes() == content


def test_a_key_saved_by_notepad_is_read(home: Path) -> None:
    key = keyring.private_key()
    text = (home / "office.key").read_text(encoding="utf-8")
    (home / "office.key").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert keyring.private_key() == key


def test_a_folder_in_the_key_s_place(home: Path) -> None:
    (home / "office.key").mkdir(parents=True)
    with pytest.raises(Fault) as fault:
        keyring.private_key()
    assert fault_of(fault) == ("KEY_UNREADABLE", 3)


def test_a_key_that_cannot_be_written_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Fault) as fault:
        keyring.private_key()
    assert fault_of(fault) == ("KEY_UNREADABLE", 3)
    assert list(home.iterdir()) == []


def test_without_hard_links_the_first_key_stays_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", unsupported)
    key = keyring.private_key()
    keyring._create(home / "office.key", b"another")
    assert keyring.private_key() == key
    assert [file.name for file in home.iterdir()] == ["office.key"]


def test_who_comes_second_takes_the_first_s_key(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = keyring.private_key()
    # Both found no key: the second has looked before the first wrote.
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert keyring.private_key() == first


def test_eight_at_once_get_one_key(home: Path) -> None:
    command = [sys.executable, "-c", "from loithe_xl.identity.keyring import private_key; print(private_key().hex())"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(8)]
    keys = {process.communicate()[0].strip() for process in started}
    assert keys == {keyring.private_key().hex()}
    assert [file.name for file in home.iterdir()] == ["office.key"]


def test_nobody_is_trusted_before_there_is_a_key(home: Path) -> None:
    assert keyring.own() is None
    assert keyring.trusted().keys == {}
    assert not home.exists()


def test_an_exported_key_is_trusted_elsewhere(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = keyring.export()
    assert own == public_key(keyring.private_key())
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "other"))
    file = keyring.trust(own, "Huyện ủy / Mẫu: ..").file
    assert file.parent == tmp_path / "other" / "trusted"
    assert keyring.trusted().keys == {own: None}
    assert keyring.trust(file.read_text(encoding="utf-8"), "tên khác").file == file
    assert len(list(file.parent.iterdir())) == 1
    text = file.read_text(encoding="utf-8")
    assert "Huyện ủy / Mẫu" in text
    assert fingerprint(own) in text


def test_a_public_key_is_read_from_a_file_with_and_without_a_comment(tmp_path: Path) -> None:
    key = public_key(KEY)
    (tmp_path / "bare.pub").write_text(key + "\n", encoding="ascii")
    for file in (tmp_path / "bare.pub", keyring.trust(key, "Huyện ủy", Scope("01", frozenset({"01.1"}))).file):
        assert keyring.read_public(file) == key
    (tmp_path / "private.pub").write_text("LTK1 " + "A" * 43, encoding="ascii")
    for name, code in (("private.pub", "KEY_NOT_PUBLIC"), ("nowhere.pub", "KEY_UNREADABLE")):
        with pytest.raises(Fault) as fault:
            keyring.read_public(tmp_path / name)
        assert fault.value.issues[0].code == code


def test_a_label_cannot_leave_the_folder(home: Path) -> None:
    file = keyring.trust(public_key(KEY), "../../x\n# y").file
    assert file.parent == home / "trusted"
    assert keyring.trusted().keys == {public_key(KEY): None}


@pytest.mark.parametrize("text", ["", "xin chào", "A" * 42, "LTK1 " + "A" * 43, "# LTP1 " + "A" * 43])
def test_what_is_no_public_key_is_not_trusted(text: str) -> None:
    with pytest.raises(Fault) as fault:
        keyring.trust(text, "x")
    assert fault_of(fault) == ("KEY_NOT_PUBLIC", 2)
    assert keyring.trusted().keys == {}


@pytest.mark.parametrize(
    "content",
    [
        b"\0\5\x16\7\0\2\0\0Mac OS X        ",
        "LTP1 hỏng\n".encode(),
        b"",
        b"LTP1 " + b"A" * 43 + b"\nunit\n",
        b"LTP1 " + b"A" * 43 + b"\nallow 01\n",
        b"LTP1 " + b"A" * 43 + b"\n" * 2**20 + b"unit 01.1 01.1",
    ],
)
def test_what_lies_among_trusted_keys_and_is_none_is_passed_over_and_told(home: Path, content: bytes) -> None:
    kept = keyring.trust(public_key(KEY), "A")
    (home / "trusted" / "._A.pub").write_bytes(content)
    (home / "trusted" / "folder.pub").mkdir()
    assert keyring.trusted().keys == {public_key(KEY): None}
    held, found = keyring.all_trusted()
    assert held == [kept]
    assert [(each.code, each.severity, each.place.file) for each in found] == [
        ("KEY_PASSED_OVER", Severity.WARNING, "._A.pub"),
        ("KEY_PASSED_OVER", Severity.WARNING, "folder.pub"),
    ]


def test_a_key_is_trusted_for_units_one_after_another_then_for_any_then_no_longer(home: Path) -> None:
    key, first = public_key(KEY), Scope("01.1", frozenset({"01.1.C01", "mã có dấu", "# 2"}))
    file = keyring.trust(key, "A", first).file
    assert keyring.trusted().keys == {key: (first,)}
    assert keyring.trust(key, "B", Scope("01.2")).file == file
    assert keyring.trusted().keys == {key: (first, Scope("01.2"))}
    now = Scope("01.1", frozenset({"01.1.C02"}))
    keyring.trust(key, "A", now)
    assert keyring.trusted().keys == {key: (Scope("01.2"), now)}, "as it is known today"
    assert keyring.trust(key, "C").scopes is None
    assert keyring.trust(key, "A", first).scopes is None, "what was trusted for any unit stays so"
    assert keyring.trusted().keys == {key: None}
    assert [each.name for each in (home / "trusted").iterdir()] == [file.name]
    assert keyring.distrust(key) == [file]
    assert keyring.distrust(key) == []
    assert keyring.trusted().keys == {}


def test_a_key_that_two_files_hold_is_trusted_for_both_and_distrusted_with_both(home: Path) -> None:
    key = public_key(KEY)
    keyring.trust(key, "A", Scope("01.1"))
    (home / "trusted" / "copied.pub").write_text(f"LTP1 {key}\nunit 01.2\n", encoding="ascii")
    trust = keyring.trusted()
    assert [trust.speaks(key, unit) for unit in ("01.1", "01.2", "01.3")] == [True, True, False]
    assert len(keyring.distrust(key)) == 2


def test_keys_of_an_installation_are_adopted_as_they_say(home: Path, tmp_path: Path) -> None:
    bare, limited, spoilt = (tmp_path / f"{name}.pub" for name in ("bare", "limited", "spoilt"))
    bare.write_text(public_key(KEY), encoding="ascii")
    other = public_key(bytes(32))
    limited.write_text(f"# Huyện\nLTP1 {other}\nunit 01\nunit 02 02.1\n", encoding="utf-8")
    spoilt.write_bytes(b"\0")
    for _ in range(2):
        for file in (bare, limited):
            assert isinstance(keyring.adopt(file), keyring.Held)
    assert keyring.trusted().keys == {public_key(KEY): None, other: (Scope("01"), Scope("02", frozenset({"02.1"})))}
    assert len(list((home / "trusted").iterdir())) == 2
    for file in (spoilt, tmp_path / "nowhere.pub"):
        found = keyring.adopt(file)
        assert isinstance(found, Issue) and found.code == "KEY_PASSED_OVER"
