"""Parts come out alike and are refused alike, whether isal is there (it is the faster) or Python's own zlib serves."""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from collections.abc import Iterator

import pytest

from loithe_xl.reading import unpacking

TEXT = "Giữ trọn lời thề ".encode() * 5_000  # in many pieces


def package(packed: bytes, size: int, crc: int, method: int = zipfile.ZIP_DEFLATED) -> tuple[bytes, zipfile.ZipInfo]:
    """A package of one part, packed as told, of which the directory says the size and check sum that are told."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("a", packed)
    info = zipfile.ZipFile(buffer).infolist()[0]
    info.compress_type, info.file_size, info.CRC = method, size, crc
    return buffer.getvalue(), info


def deflated(text: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(text) + packer.flush()


NOISE = bytes(number * number % 251 for number in range(60_000))
CRC = zlib.crc32(TEXT)
CASES = {
    "whole": (package(deflated(TEXT), len(TEXT), CRC), TEXT),
    "many pieces": (package(deflated(NOISE), len(NOISE), zlib.crc32(NOISE)), NOISE),
    "stored": (package(TEXT, len(TEXT), CRC, zipfile.ZIP_STORED), TEXT),
    "empty": (package(deflated(b""), 0, 0), b""),
    "more behind the end": (package(deflated(TEXT) + b"more", len(TEXT), CRC), TEXT),
    "cut": (package(deflated(TEXT)[:-9], len(TEXT), CRC), None),
    "not packed": (package(b"\xff" * 40, 40, 0), None),
    "another check sum": (package(deflated(TEXT), len(TEXT), CRC + 1), None),
    "shorter than it says": (package(deflated(TEXT), len(TEXT) + 1, CRC), None),
    "longer than it says": (package(deflated(TEXT), len(TEXT) - 1, CRC), None),
    "a bomb": (package(deflated(bytes(50_000_000)), 100, zlib.crc32(bytes(100))), None),
}


@pytest.fixture(params=["isal", "zlib"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param == "zlib":
        monkeypatch.setitem(sys.modules, "isal", None)  # as where it is not installed
    unpacking._zlib.cache_clear()
    yield request.param
    unpacking._zlib.cache_clear()


@pytest.mark.parametrize("case", CASES)
def test_both_libraries_give_the_same(library: str, case: str):
    (data, info), expected = CASES[case]

    assert unpacking._zlib().__name__ == {"isal": "isal.isal_zlib", "zlib": "zlib"}[library]
    if expected is None:
        with pytest.raises(ValueError, match="damaged"):
            unpacking.inflate(data, info)
    else:
        assert unpacking.inflate(data, info) == expected
