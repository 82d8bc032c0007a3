"""A package's parts as they are packed: taken out, changed, and put together without packing anything twice."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LOCAL = struct.Struct("<4s5H3I2H")  # zip's header before each part
_CENTRAL = struct.Struct("<4s6H3I5HI")  # zip's directory entry, but for its last number: where the part stands
_END = struct.Struct("<4s4H2IH")
CLOSELY, QUICKLY = 9, 6  # levels of deflate: of long lists the ninth is twice the time for a fortieth of the size
_DATE = 33  # 1 January 1980 in zip's counting
_LAST_BLOCK = b"\x03\x00"  # deflate's end, holding nothing


@dataclass(frozen=True, slots=True)
class Part:
    """One part, as it is compressed; ``method`` and ``crc`` as zip has them."""

    name: str
    packed: bytes
    crc: int
    size: int
    method: int = zipfile.ZIP_DEFLATED

    @property
    def text(self) -> bytes:
        """What it holds."""
        return zlib.decompress(self.packed, -15) if self.method else self.packed

    def changed(self, text: bytes, level: int = CLOSELY) -> Part:
        """This part with another text."""
        deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
        return Part(self.name, deflate.compress(text) + deflate.flush(), zlib.crc32(text), len(text))


@dataclass(frozen=True, slots=True)
class Piece:
    """A fixed text, deflated by itself. ``carry``: four tables that tell what it makes of the check sum before it."""

    packed: bytes
    size: int
    crc: int
    carry: tuple[Sequence[int], Sequence[int], Sequence[int], Sequence[int]]


def piece(text: bytes) -> Piece:
    """A check sum carries through a text bit by bit: what each bit becomes is found once, then looked up."""
    crc = zlib.crc32(text)
    bits = [zlib.crc32(text, 1 << bit) ^ crc for bit in range(32)]
    tables = []
    for byte in range(4):
        table = [0] * 256
        for number in range(1, 256):
            lowest = number & -number
            table[number] = table[number ^ lowest] ^ bits[8 * byte + lowest.bit_length() - 1]
        tables.append(table)
    return Piece(deflated(text), len(text), crc, (tables[0], tables[1], tables[2], tables[3]))


def deflated(text: bytes, level: int = CLOSELY) -> bytes:
    """A piece of a deflate stream that ends on a byte and leans on nothing before it."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    return deflate.compress(text) + deflate.flush(zlib.Z_SYNC_FLUSH)


class Pieces:
    """A part that grows by pieces, fixed ones and others."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._crc = self._size = 0

    def add(self, piece: Piece) -> None:
        """Let a fixed text follow."""
        crc, (one, two, three, four) = self._crc, piece.carry
        self._crc = one[crc & 255] ^ two[crc >> 8 & 255] ^ three[crc >> 16 & 255] ^ four[crc >> 24] ^ piece.crc
        self._size += piece.size
        self._packed.append(piece.packed)

    def add_text(self, text: bytes, packed: bytes) -> None:
        """Let a text follow; ``packed``: it, in whole blocks of a deflate stream."""
        self._crc = zlib.crc32(text, self._crc)
        self._size += len(text)
        self._packed.append(packed)

    def part(self, name: str) -> Part:
        """The part that they make."""
        return Part(name, b"".join([*self._packed, _LAST_BLOCK]), self._crc, self._size)


class Packing(io.StringIO):
    """A part that is being written: what is packed already takes little room."""

    def __init__(self, name: str, level: int = CLOSELY) -> None:
        super().__init__()
        self.name, self._packed, self._crc, self._size = name, [b""], 0, 0
        self._deflate = zlib.compressobj(level, zlib.DEFLATED, -15)

    def pack(self, more: str = "") -> None:
        """Pack what was written, and ``more`` behind it."""
        text = (self.getvalue() + more).encode()
        self.seek(0)
        self.truncate()
        self._crc, self._size = zlib.crc32(text, self._crc), self._size + len(text)
        self._packed.append(self._deflate.compress(text))

    def part(self) -> Part:
        """The part, which is written."""
        self.pack()
        return Part(self.name, b"".join([*self._packed, self._deflate.flush()]), self._crc, self._size)


def check(package: bytes) -> None:
    """Read every part of a package; ValueError when one is damaged."""
    damaged = zipfile.ZipFile(io.BytesIO(package)).testzip()
    if damaged:
        raise ValueError(f"damaged: {damaged}")


def parts_of(package: bytes) -> list[Part]:
    """The parts of a package, in its order."""
    found = []
    for info in zipfile.ZipFile(io.BytesIO(package)).infolist():
        name, extra = struct.unpack_from("<HH", package, info.header_offset + 26)
        start = info.header_offset + _LOCAL.size + name + extra
        packed = package[start : start + info.compress_size]
        found.append(Part(info.filename, packed, info.CRC, info.file_size, info.compress_type))
    return found


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """A part as it stands in a package: header, name and data; and its line of the directory, without its place."""

    local: bytes
    line: bytes
    name: bytes


def entry(part: Part) -> ZipEntry:
    """A part as it goes into a package."""
    name = part.name.encode("ascii")
    sizes = part.crc, len(part.packed), part.size, len(name)
    head = _LOCAL.pack(b"PK\3\4", 20, 0, part.method, 0, _DATE, *sizes, 0)
    line = _CENTRAL.pack(b"PK\1\2", 20, 20, 0, part.method, 0, _DATE, *sizes, 0, 0, 0, 0, 0)
    return ZipEntry(b"".join((head, name, part.packed)), line, name)


def joined(entries: Iterable[ZipEntry]) -> bytes:
    """The package of these parts; the same give the same bytes."""
    out: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for entry in entries:
        out.append(entry.local)
        directory += (entry.line, offset.to_bytes(4, "little"), entry.name)
        offset += len(entry.local)
    listing = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, len(out), len(out), len(listing), offset, 0)
    return b"".join([*out, listing, end])
