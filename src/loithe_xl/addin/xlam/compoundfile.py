"""Compound files of version 3, written from the published specification [MS-CFB]."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

SECTOR, MINI_SECTOR, CUTOFF = 512, 64, 4096
LARGEST_STREAM = 0x8000_0000  # bytes; [MS-CFB] 2.6.1, version 3
NAME_UNITS = 31

SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
FREE, _END, FAT, DIFAT = 0xFFFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FFFD, 0xFFFF_FFFC  # [MS-CFB] 2.1
NO_ENTRY = 0xFFFF_FFFF
NUMBERS = SECTOR // 4  # sector numbers that one sector of a table holds
IN_HEADER = 109  # FAT sectors that the header itself lists
STORAGE, STREAM, ROOT = 1, 2, 5
RED, BLACK = 0, 1

HEADER = struct.Struct(f"<8s16x5H6x9I{IN_HEADER}I")
_ENTRY = struct.Struct("<64sHBB3I16xI16xIQ")
EMPTY_ENTRY = _ENTRY.pack(b"", 0, 0, 0, NO_ENTRY, NO_ENTRY, NO_ENTRY, 0, 0, 0)

Storage: TypeAlias = "bytes | dict[str, Storage]"  # a stream, or a storage with its members


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """The compound file with these streams: path -> content, "/" between storages ("VBA/dir").

    Class ids and times are zero and everything is laid out in the directory's own order: equal streams make equal
    bytes. Raises ValueError for a path that cannot be, for two that are one, and for a stream over 2 GiB.
    """
    directory = _Directory()
    child = directory.siblings(_tree(streams))
    sectors, minis = directory.sectors, directory.minis
    mini_stream = sectors.add(bytes(minis.content))
    root = _Entry("Root Entry", ROOT, BLACK, child=child, start=mini_stream, size=len(minis.content))
    directory.entries[0] = root.packed()

    mini_fat = _numbers(minis.chain)
    mini_fat_start = sectors.add(mini_fat)
    entries = directory.entries + [EMPTY_ENTRY] * (-len(directory.entries) % (SECTOR // _ENTRY.size))
    directory_start = sectors.add(b"".join(entries))

    body = len(sectors.chain)
    fats, difats = _table_sectors(body)
    fat = _numbers([*sectors.chain, *[FAT] * fats, *[DIFAT] * difats])
    fat_places = list(range(body, body + fats))
    difat_start = body + fats if difats else _END
    listed = [*fat_places[:IN_HEADER], *[FREE] * (IN_HEADER - fats)]
    header = HEADER.pack(
        *(SIGNATURE, 0x003E, 3, 0xFFFE, 9, 6),  # version 3, little-endian, sectors of 2**9 and 2**6 bytes
        *(0, fats, directory_start, 0, CUTOFF),
        *(mini_fat_start, len(mini_fat) // SECTOR, difat_start, difats),
        *listed,
    )
    return b"".join([header, sectors.content, fat, _difat(fat_places[IN_HEADER:], difat_start)])


class _Sectors:
    """Chains of sectors of one size: their content, and for each sector the number of the next."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.content = bytearray()
        self.chain: list[int] = []

    def add(self, content: bytes) -> int:
        """Append the content as one chain; the number of its first sector, or END for no content."""
        if not content:
            return _END
        start, count = len(self.chain), -(-len(content) // self.size)
        self.content += content.ljust(count * self.size, b"\0")
        self.chain += [*range(start + 1, start + count), _END]
        return start


class _Directory:
    """The directory entries, and the sectors that their streams fill."""

    def __init__(self) -> None:
        self.entries = [b""]  # the root's place: it is written last
        self.sectors = _Sectors(SECTOR)
        self.minis = _Sectors(MINI_SECTOR)

    def siblings(self, nodes: dict[str, Storage]) -> int:
        """Add the members of one storage as a red-black tree; the number of its topmost entry."""
        ordered = sorted(nodes.items(), key=lambda item: _rank(item[0]))
        for (name, _), (following, _) in pairwise(ordered):
            if _rank(name) == _rank(following):
                raise ValueError(f"{name!r} and {following!r} are one name in a compound file")
        return self._subtree(ordered, (len(ordered) + 1).bit_length() - 1)

    def _subtree(self, ordered: list[tuple[str, Storage]], full_levels: int) -> int:
        # Halving fills every level but the lowest; that one alone is red, so all paths have equally many black entries.
        if not ordered:
            return NO_ENTRY
        middle = len(ordered) // 2
        name, node = ordered[middle]
        number = len(self.entries)
        self.entries.append(b"")
        left = self._subtree(ordered[:middle], full_levels - 1)
        right = self._subtree(ordered[middle + 1 :], full_levels - 1)
        colour = BLACK if full_levels > 0 else RED
        if isinstance(node, dict):
            entry = _Entry(name, STORAGE, colour, left, right, child=self.siblings(node))
        else:
            sectors = self.minis if len(node) < CUTOFF else self.sectors
            entry = _Entry(name, STREAM, colour, left, right, start=sectors.add(node), size=len(node))
        self.entries[number] = entry.packed()
        return number


@dataclass(frozen=True, slots=True)
class _Entry:
    """A directory entry: a storage or stream, its neighbours in the tree, and where its bytes lie."""

    name: str
    kind: int
    colour: int
    left: int = NO_ENTRY
    right: int = NO_ENTRY
    child: int = NO_ENTRY
    start: int = 0
    size: int = 0

    def packed(self) -> bytes:
        """Its bytes, as they stand in the file."""
        units = self.name.encode("utf-16-le")
        tree = self.colour, self.left, self.right, self.child
        return _ENTRY.pack(units, len(units) + 2, self.kind, *tree, 0, self.start, self.size)


def _tree(streams: Mapping[str, bytes]) -> dict[str, Storage]:
    root: dict[str, Storage] = {}
    for path, content in streams.items():
        if len(content) > LARGEST_STREAM:
            raise ValueError(f"{path!r}: {len(content)} bytes are too many for a stream")
        *storages, last = path.split("/")
        for part in (*storages, last):
            if not part or len(part.encode("utf-16-le")) > 2 * NAME_UNITS or re.search(r"[\\:!\0]", part):
                raise ValueError(f"{path!r}: {part!r} is no name of a storage or stream")
        place = root
        for part in storages:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                raise ValueError(f"{path!r}: {part!r} is a stream and a storage")
            place = inner
        if last in place:
            raise ValueError(f"{path!r}: {last!r} is a stream and a storage")
        place[last] = bytes(content)
    return root


def _rank(name: str) -> tuple[int, list[str]]:
    """The order of siblings, [MS-CFB] 2.6.4: the shorter first, then by upper-cased UTF-16 units."""
    units = struct.unpack(f"<{len(name.encode('utf-16-le')) // 2}H", name.encode("utf-16-le"))
    # Simple case conversion: a letter whose upper case is two letters (like the German sharp s) stays itself.
    return len(units), [upper if len(upper := chr(unit).upper()) == 1 else chr(unit) for unit in units]


def _table_sectors(body: int) -> tuple[int, int]:
    """How many FAT and DIFAT sectors a file with so many other sectors needs: the tables list themselves too."""
    fats = difats = -1
    needed = (0, 0)
    while needed != (fats, difats):
        fats, difats = needed
        more = -(-(body + fats + difats) // NUMBERS)
        needed = (more, -(-max(0, more - IN_HEADER) // (NUMBERS - 1)))
    return needed


def _numbers(numbers: list[int]) -> bytes:
    """Sector numbers as whole sectors of a table."""
    padded = numbers + [FREE] * (-len(numbers) % NUMBERS)
    return struct.pack(f"<{len(padded)}I", *padded)


def _difat(places: list[int], start: int) -> bytes:
    """The DIFAT sectors, from sector `start` on: each lists 127 FAT sectors, then the next DIFAT sector."""
    parts = [places[first : first + NUMBERS - 1] for first in range(0, len(places), NUMBERS - 1)]
    sectors = [
        [*part, *[FREE] * (NUMBERS - 1 - len(part)), start + number if number < len(parts) else _END]
        for number, part in enumerate(parts, start=1)
    ]
    return b"".join(map(_numbers, sectors))
