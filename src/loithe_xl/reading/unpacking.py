"""The parts of a received package, unpacked, with sizes and check sums verified; a bomb gives no more than it says."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

_HEAD = b"PK\3\4"
_PIECE = 8_192  # bytes that are unpacked at a time
_SHORT, _MOST_KEPT = 400_000, 4_000_000  # bytes of a part, and of all, that are kept unpacked


class Parts:
    """A package's parts, each unpacked when asked for; short ones are kept for whoever asks next."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
        self._kept: dict[int, bytes] = {}
        self._room = _MOST_KEPT

    def text(self, info: zipfile.ZipInfo) -> bytes:
        """One part, as ``inflate`` has it."""
        text = self._kept.get(info.header_offset)
        if text is None:
            text = inflate(self.data, info)
            if len(text) <= _SHORT and len(text) <= self._room:
                self._kept[info.header_offset] = text
                self._room -= len(text)
        return text

    def beginning(self, info: zipfile.ZipInfo) -> bytes:
        """How a part begins. All of it is verified, but of a long one no more than a piece is held at a time."""
        if info.file_size <= _SHORT:
            return self.text(info)
        pieces = _pieces(self.data, info)
        first = next(pieces, b"")
        for _ in pieces:
            pass
        return first


@lru_cache(maxsize=1)
def parts(data: bytes) -> Parts:
    """The parts of a package; of the last one they are kept, for gate and reader ask one after the other."""
    return Parts(data)


def inflate(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """One part of the package, its size and checksum verified; ValueError when it is damaged."""
    return b"".join(_pieces(data, info))


def _pieces(data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part, unpacked piece by piece; ValueError at the end, if not before, when it is damaged."""
    zlib = _zlib()
    packed = _packed(data, info)
    stored = info.compress_type == zipfile.ZIP_STORED
    inflater, size, crc = zlib.decompressobj(-15), 0, 0
    for start in range(0, len(packed), _PIECE):
        piece = packed[start : start + _PIECE]
        try:
            # Never much more than is declared, however much a bomb would give.
            text = piece if stored else inflater.decompress(piece, info.file_size + 1)
        except zlib.error as fault:
            raise ValueError("a part is damaged") from fault
        size, crc = size + len(text), zlib.crc32(text, crc)
        yield text
        if size > info.file_size or inflater.eof:
            break
    if size != info.file_size or crc != info.CRC:
        raise ValueError("a part is damaged")


@cache
def _zlib() -> Any:
    """The module that unpacks: isal takes a third of zlib's time, and of its check sum's a tenth.

    Where isal has no wheel (Windows on ARM), Python's own does the same.
    """
    try:
        from isal import isal_zlib
    except ImportError:
        import zlib

        return zlib
    return isal_zlib


def _packed(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """A part as it is packed; ValueError when it is not where the directory says."""
    head = data[info.header_offset : info.header_offset + 30]
    if len(head) < 30 or not head.startswith(_HEAD):
        raise ValueError("no part begins here")
    name, extra = struct.unpack_from("<HH", head, 26)
    start = info.header_offset + 30 + name
    if data[start - name : start] != info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437"):
        raise ValueError("a part has two names")
    return data[start + extra : start + extra + info.compress_size]
