"""What others' programs read in a compound file and a VBA project: olefile, strictly, and oletools' olevba."""

from __future__ import annotations

import io
import warnings

import olefile

with warnings.catch_warnings():
    # On import olevba calls pyparsing by names that pyparsing is about to drop.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    from oletools import olevba


def opened(data: bytes) -> olefile.OleFileIO:
    """The compound file; anything that olefile finds even doubtful raises."""
    ole = olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_UNSURE)
    assert ole.parsing_issues == []
    return ole


def streams(data: bytes) -> dict[str, bytes]:
    """Path -> content of every stream."""
    with opened(data) as ole:
        return {"/".join(path): ole.openstream(path).read() for path in ole.listdir()}


def decompressed(container: bytes) -> bytes:
    """What a compressed container of [MS-OVBA] holds."""
    return bytes(olevba.decompress_stream(bytearray(container)))


def modules(project: bytes) -> dict[str, str]:
    """File name that olevba gives a module (.bas or .cls by its kind) -> its whole source."""
    parser = olevba.VBA_Parser("vbaProject.bin", data=project)
    try:
        return {file: source for _, _, file, source in parser.extract_macros()}
    finally:
        parser.close()
