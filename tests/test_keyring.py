"""The key folder: made on first use, once, and never guessed at when damaged."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from loithe_xl import keyring
from loithe_xl.identity import fingerprint, public_key
from loithe_xl.issues import Fault

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
    path = tmp_path / "khoá" / "huyện.key"
    key = keyring.private_key(path)
    assert keyring.private_key(path) == key
    assert keyring.private_key() != key
    assert public_key(key) not in keyring.trusted()
    assert keyring.trusted([public_key(key)]) == {public_key(key), public_key(keyring.private_key())}


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
    for use in (keyring.private_key, keyring.trusted, keyring.export):
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
    command = [sys.executable, "-c", "from loithe_xl.keyring import private_key; print(private_key().hex())"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(8)]
    keys = {process.communicate()[0].strip() for process in started}
    assert keys == {keyring.private_key().hex()}
    assert [file.name for file in home.iterdir()] == ["office.key"]


def test_nobody_is_trusted_before_there_is_a_key(home: Path) -> None:
    assert keyring.trusted() == frozenset()
    assert not home.exists()


def test_an_exported_key_is_trusted_elsewhere(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = keyring.export()
    assert own == public_key(keyring.private_key())
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "other"))
    file = keyring.trust(own, "Huyện ủy / Mẫu: ..")
    assert file.parent == tmp_path / "other" / "trusted"
    assert keyring.trusted() == {own}
    assert keyring.trust(file.read_text(encoding="utf-8"), "tên khác") == file
    assert len(list(file.parent.iterdir())) == 1
    text = file.read_text(encoding="utf-8")
    assert "Huyện ủy / Mẫu" in text
    assert fingerprint(own) in text


def test_a_public_key_is_read_from_a_file_with_and_without_a_comment(tmp_path: Path) -> None:
    key = public_key(KEY)
    (tmp_path / "bare.pub").write_text(key + "\n", encoding="ascii")
    for file in (tmp_path / "bare.pub", keyring.trust(key, "Huyện ủy")):
        assert keyring.read_public(file) == key
    (tmp_path / "private.pub").write_text("LTK1 " + "A" * 43, encoding="ascii")
    for name, code in (("private.pub", "KEY_NOT_PUBLIC"), ("nowhere.pub", "KEY_UNREADABLE")):
        with pytest.raises(Fault) as fault:
            keyring.read_public(tmp_path / name)
        assert fault.value.issues[0].code == code


def test_a_label_cannot_leave_the_folder(home: Path) -> None:
    file = keyring.trust(public_key(KEY), "../../x\n# y")
    assert file.parent == home / "trusted"
    assert keyring.trusted() == {public_key(KEY)}


@pytest.mark.parametrize("text", ["", "xin chào", "A" * 42, "LTK1 " + "A" * 43, "# LTP1 " + "A" * 43])
def test_what_is_no_public_key_is_not_trusted(text: str) -> None:
    with pytest.raises(Fault) as fault:
        keyring.trust(text, "x")
    assert fault_of(fault) == ("KEY_NOT_PUBLIC", 2)
    assert keyring.trusted() == frozenset()


def test_a_damaged_trusted_key_is_named(home: Path) -> None:
    file = keyring.trust(public_key(KEY), "A")
    file.write_text("LTP1 hỏng\n", encoding="utf-8")
    with pytest.raises(Fault) as fault:
        keyring.trusted()
    assert fault_of(fault) == ("KEY_DAMAGED", 3)
    assert file.name in fault.value.issues[0].message.en
