"""The compression of VBA source, written from the published specification [MS-OVBA] 2.4.1."""

from __future__ import annotations

import struct

CHUNK = 4096  # bytes that are compressed together
PACKED, RAW = 0xB000, 0x3000  # the upper four bits of a chunk's head; the others are its size


def compress(data: bytes) -> bytes:
    """The data as a compressed container.

    Raises ValueError for a last chunk of 3641 to 4095 bytes without repetition: the format cannot say where it ends.
    """
    chunks = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    return b"\x01" + b"".join(map(_compressed_chunk, chunks))


def _compressed_chunk(chunk: bytes) -> bytes:
    packed, at = bytearray(), 0
    while at < len(chunk):
        flags, tokens = 0, bytearray()
        for bit in range(8):
            if at == len(chunk):
                break
            distance, length = _longest_match(chunk, at)
            if length:
                flags |= 1 << bit
                tokens += struct.pack("<H", (distance - 1) << (16 - _distance_bits(at)) | (length - 3))
            else:
                tokens.append(chunk[at])
            at += length or 1
        packed.append(flags)
        packed += tokens
    if len(packed) <= CHUNK:
        return struct.pack("<H", PACKED | (len(packed) - 1)) + packed
    if len(chunk) < CHUNK:
        raise ValueError(f"the last {len(chunk)} bytes do not compress")
    return struct.pack("<H", RAW | (CHUNK - 1)) + chunk


def _longest_match(chunk: bytes, at: int) -> tuple[int, int]:
    """Distance and length of the longest, then nearest, earlier run that is repeated from `at` on; (0, 0) if none."""
    most = min((0xFFFF >> _distance_bits(at)) + 3, len(chunk) - at)
    distance, length, before = 0, 2, at
    while length < most:
        # Only a longer run counts, and it may reach into what it repeats.
        found = chunk.rfind(chunk[at : at + length + 1], 0, before + length)
        if found < 0:
            break
        length += 1
        while length < most and chunk[found + length] == chunk[at + length]:
            length += 1
        distance, before = at - found, found
    return (distance, length) if distance else (0, 0)


def _distance_bits(at: int) -> int:
    """How many bits of a copy token hold the distance, 2.4.1.3.19.1; the others hold the length."""
    return max((at - 1).bit_length(), 4)
