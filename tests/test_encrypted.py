"""Workbooks behind a password: opened where Excel encrypted them of its own accord, refused by name elsewhere."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_tools import codes, read
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.format.ooxml import OOXMLFile
from tools import fill, make_forms

from loithe_xl.addin.xlam.compoundfile import compound_file
from loithe_xl.language.issues import Issue
from loithe_xl.reading import guard
from loithe_xl.reading.encrypted import DEFAULT_PASSWORD, unlocked


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A parent and the bytes of one of its units' filled forms."""
    folder = tmp_path_factory.mktemp("forms")
    forms = make_forms(folder)
    return forms["01"], fill(forms["01.K1"], folder / "đã điền.xlsx").read_bytes()


def agile(data: bytes, password: str = DEFAULT_PASSWORD) -> bytes:
    """As Excel has encrypted since 2010."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def standard(data: bytes, password: str = DEFAULT_PASSWORD) -> bytes:
    """As Excel 2007 encrypted, from [MS-OFFCRYPTO] 2.3.4.5 to 2.3.4.9: AES-128, SHA-1, 50,000 rounds."""
    salt, secret = bytes(range(16)), b"verify the key !"
    digest = hashlib.sha1(salt + password.encode("utf-16-le")).digest()
    for number in range(50_000):
        digest = hashlib.sha1(struct.pack("<I", number) + digest).digest()
    digest = hashlib.sha1(digest + bytes(4)).digest()
    key = hashlib.sha1(bytes(a ^ b for a, b in zip(digest.ljust(64, b"\0"), b"\x36" * 64, strict=True))).digest()[:16]

    def sealed(plain: bytes) -> bytes:
        cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
        return cipher.update(plain + bytes(-len(plain) % 16)) + cipher.finalize()

    provider = "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    header = struct.pack("<8I", 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0) + provider
    verifier = struct.pack("<I", 16) + salt + sealed(secret) + struct.pack("<I", 20)
    info = struct.pack("<HHII", 3, 2, 0x24, len(header)) + header + verifier + sealed(hashlib.sha1(secret).digest())
    return compound_file({"EncryptionInfo": info, "EncryptedPackage": struct.pack("<Q", len(data)) + sealed(data)})


def bomb(data: bytes) -> bytes:
    with zipfile.ZipFile(out := io.BytesIO(data), "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/a", bytes(50_000_000))
    return out.getvalue()


@pytest.mark.parametrize("encrypt", [agile, standard])
def test_what_excel_encrypted_of_its_own_accord_is_read(
    filled: tuple[Path, bytes], tmp_path: Path, encrypt: Callable[[bytes], bytes]
):
    """The same figures, under the digest of the bytes that were sent."""
    parent, data = filled
    for name, content in (("phẳng.xlsx", data), ("khóa.xlsx", encrypt(data))):
        (tmp_path / name).write_bytes(content)

    plain, locked = (
        read("consolidate", "--into", parent, tmp_path / name, "--dry-run") for name in ("phẳng.xlsx", "khóa.xlsx")
    )

    assert locked["accepted"] == plain["accepted"] == 1
    assert locked["values"] == plain["values"]
    (child,) = [each for each in locked["children"] if each["file"]]
    assert child["sha256"] == hashlib.sha256((tmp_path / "khóa.xlsx").read_bytes()).hexdigest()


@pytest.mark.parametrize("encrypt", [agile, standard])
def test_a_password_of_ones_own_is_refused_by_name(
    filled: tuple[Path, bytes], tmp_path: Path, encrypt: Callable[[bytes, str], bytes]
):
    (tmp_path / "a.xlsx").write_bytes(encrypt(filled[1], "Bí mật"))

    (found,) = read("validate", tmp_path / "a.xlsx")["files"]

    assert codes(found["issues"]) == ["FILE_PASSWORD"]
    assert "xóa mật khẩu" in found["issues"][0]["message"]


def code_of(data: bytes) -> str | None:
    found = guard.unwrap(data)
    return found.code if isinstance(found, Issue) else None


def test_what_was_encrypted_passes_the_same_gate(filled: tuple[Path, bytes]):
    _, data = filled
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<document/>")

    assert guard.unwrap(agile(data)) == data
    assert code_of(agile(bomb(data))) == "FILE_BOMB"
    assert code_of(standard(word.getvalue())) == "FILE_OTHER_DOCUMENT"
    assert code_of(standard(data[:-30])) == "FILE_PASSWORD", "what comes out is no package: another key, or damage"


def test_a_broken_or_greedy_container_is_refused(filled: tuple[Path, bytes]):
    locked = agile(filled[1])
    slow = locked.replace(b'spinCount="100000"', b'spinCount="9999999"')[: len(locked)]
    assert slow != locked

    assert unlocked(slow) is None
    assert unlocked(locked.replace(b"<?xml", b"<!DOCTYPE")) is None
    for size in range(600, len(locked), len(locked) // 6):
        assert unlocked(locked[:size]) is None
        assert code_of(locked[:size]) in ("FILE_PASSWORD", "FILE_OTHER_DOCUMENT")
