"""Hostile files, by kind: most are a genuine submission with one thing wrong with it, the rest never were one.

A kind says what must become of it: refused with its code, or counted with exactly the figures that it holds.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import places
from measured import loithe
from msoffcrypto.format.ooxml import OOXMLFile
from tally import Tally
from tools import REQUIRED, TERM, held, make_forms, small_register

from loithe_xl.consolidation import ledger
from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.consolidation.receipts import Receipt, Verdict
from loithe_xl.consolidation.signedlines import signed
from loithe_xl.draw import hidden, packs, render
from loithe_xl.draw.render import cell_case, parent_case
from loithe_xl.form.inputs import blank
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity import keyring
from loithe_xl.identity.token import Identity, new_private_key, parse, sign
from loithe_xl.intake import issued
from loithe_xl.intake.openfile import OpenedForm, open_file
from loithe_xl.intake.seal import SealedWords
from loithe_xl.register.register import Register, Unit
from loithe_xl.tasks.consolidate import open_parent

BOOK, RELS, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
STYLES, STRINGS, CUSTOM, CORE = "xl/styles.xml", "xl/sharedStrings.xml", "docProps/custom.xml", "docProps/core.xml"
FIRST, SECOND, THIRD = (f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3))
PICTURES, LINKS = "xl/media/", "xl/externalLinks/"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FIELD = "members_total"  # the figure that is tampered with, and its cell
MEMBERS = 30
MEMORY = 500  # megabytes of all processes together


@dataclass(frozen=True)
class Sent:
    """A genuine submission, the form it was typed into, another unit's form, and a district's key."""

    unit: str
    data: bytes
    form: Path
    other: Path
    key: bytes

    @property
    def parts(self) -> dict[str, bytes]:
        return dict(_parts(self.data))

    @property
    def token(self) -> str:
        found = re.search(rb"LT1\|[^<]+", self.parts[CUSTOM])
        assert found
        return found[0].decode()

    @property
    def cell(self) -> str:
        return place(FIELD, self.form)[1]


@dataclass(frozen=True)
class Kind:
    """``codes``: one of these refuses it; without any it counts, with the genuine figures and these others."""

    name: str
    make: Callable[[Sent], bytes]
    codes: tuple[str, ...] = ()
    figures: Mapping[str, int] = field(default_factory=dict)
    either: bool = False  # either will do


KINDS: list[Kind] = []


def refused(
    name: str, *codes: str, either: bool = False
) -> Callable[[Callable[[Sent], bytes]], Callable[[Sent], bytes]]:
    """Add a kind that must be refused with one of these codes."""
    return _adding(lambda make: Kind(name, make, codes))


def counted(name: str, **figures: int) -> Callable[[Callable[[Sent], bytes]], Callable[[Sent], bytes]]:
    """Add a kind that counts, with these figures instead of the genuine ones."""
    return _adding(lambda make: Kind(name, make, (), figures))


def _adding(
    kind: Callable[[Callable[[Sent], bytes]], Kind],
) -> Callable[[Callable[[Sent], bytes]], Callable[[Sent], bytes]]:
    def add(make: Callable[[Sent], bytes]) -> Callable[[Sent], bytes]:
        KINDS.append(kind(make))
        return make

    return add


def sent(unit: str, form: Path, other: Path, key: bytes) -> Sent:
    """A unit's form filled in: what is expected, and a text."""
    typed = {**REQUIRED, FIELD: MEMBERS, "difficulties_text": f"Khó khăn của {unit}: đảng viên đi làm ăn xa, ít người."}
    parts = dict(_parts(form.read_bytes()))
    names = re.findall(r'<sheet name="([^"]+)"', parts[BOOK].decode())
    for id, raw in [*typed.items(), *((f"sessions.{id}", raw) for id, raw in held(10).items())]:
        sheet, cell = place(id, form)
        name = f"xl/worksheets/sheet{names.index(html.escape(sheet)) + 1}.xml"
        parts[name] = typed_into(parts[name], cell, raw)
    return Sent(unit, packed(parts), form, other, key)


def typed_into(part: bytes, cell: str, raw: object) -> bytes:
    """A sheet with a number or a text typed into a cell."""
    words = (
        f' t="inlineStr"><is><t>{html.escape(raw, quote=False)}</t></is>' if isinstance(raw, str) else f"><v>{raw}</v>"
    )
    part, times = re.subn(
        rf'(<c r="{cell}" s="\d+")/>'.encode(), lambda found: found[1] + words.encode() + b"</c>", part
    )
    assert times == 1, cell
    return part


@cache
def _places(form: Path) -> Mapping[str, tuple[str, str]]:
    return {id: cells[0] for id, cells in places(form).items()}


def place(id: str, form: Path) -> tuple[str, str]:
    """Sheet and cell of a field (of a table's column: its first cell)."""
    return _places(form)[id]


@lru_cache(maxsize=4)
def _parts(data: bytes) -> tuple[tuple[str, bytes], ...]:
    package = zipfile.ZipFile(io.BytesIO(data))
    return tuple((name, package.read(name)) for name in package.namelist())


# ---------------------------------------------------------------------------------------------- packages


@dataclass(frozen=True)
class Entry:
    """One part of a zip; what is not None is said instead of the truth; ``local_``: before the part"""

    name: bytes
    content: bytes
    method: int = 8
    flags: int = 0x800
    crc: int | None = None
    packed: bytes | None = None
    size: int | None = None
    packed_size: int | None = None
    extra: bytes = b""
    local_name: bytes | None = None
    local_size: int | None = None
    local_flags: int | None = None
    local_method: int | None = None
    local_extra: bytes = b""
    behind: bytes = b""  # between this part and the next
    at: int | None = None  # where the directory says that it begins
    listed: bool = True


@lru_cache(maxsize=128)
def deflated(content: bytes) -> bytes:
    """Packed as zip packs."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def package(entries: Iterable[Entry], comment: bytes = b"", before: bytes = b"") -> bytes:
    """A zip of these parts, written by hand."""
    out, directory, count = bytearray(before), bytearray(), 0
    for each in entries:
        packed = each.packed
        if packed is None:
            packed = deflated(each.content) if each.method == 8 else each.content
        crc = zlib.crc32(each.content) if each.crc is None else each.crc
        size = len(each.content) if each.size is None else each.size
        packed_size = len(packed) if each.packed_size is None else each.packed_size
        at = len(out) if each.at is None else each.at
        name = each.name if each.local_name is None else each.local_name
        local_size = size if each.local_size is None else each.local_size
        local_flags = each.flags if each.local_flags is None else each.local_flags
        local_method = each.method if each.local_method is None else each.local_method
        fixed = (20, local_flags, local_method, 0, 33, crc, min(packed_size, 0xFFFFFFFF), local_size)
        out += struct.pack("<4s5H3I2H", b"PK\3\4", *fixed, len(name), len(each.local_extra))
        out += name + each.local_extra + packed + each.behind
        if each.listed:
            count += 1
            sizes = (crc, packed_size, size, len(each.name), len(each.extra), 0, 0, 0, 0, at)
            directory += struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, each.flags, each.method, 0, 33, *sizes)
            directory += each.name + each.extra
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(out), len(comment))
    return bytes(out + directory + end) + comment


def entries(parts: Mapping[str, bytes]) -> list[Entry]:
    return [Entry(name.encode(), content) for name, content in parts.items()]


def packed(parts: Mapping[str, bytes | None]) -> bytes:
    """An honest zip of these parts, without those that are None."""
    return package(entries({name: content for name, content in parts.items() if content is not None}))


def plus(sent: Sent, changed: Mapping[str, bytes | None]) -> bytes:
    """The submission with parts added, replaced or (None) left out."""
    return packed({**sent.parts, **changed})


def edited(sent: Sent, part: str, old: str, new: str, times: int = 1) -> bytes:
    """The submission with words in one part replaced, which stand there so many times."""
    text = sent.parts[part].decode()
    assert text.count(old) == times, (part, old, text.count(old))
    return plus(sent, {part: text.replace(old, new).encode()})


def lying(sent: Sent, part: str, **lies: object) -> bytes:
    """The submission with one part's records saying something else."""
    return package([replace(each, **lies) if each.name.decode() == part else each for each in entries(sent.parts)])


def the_cell(sent: Sent) -> tuple[str, str]:
    """The tampered cell as it stands, and its style."""
    found = re.search(rf'<c r="{sent.cell}" s="(\d+)">.*?</c>', sent.parts[FIRST].decode())
    assert found
    return found[0], found[1]


def with_cell(sent: Sent, written: str) -> bytes:
    """The submission with the cell written otherwise; @ stands for its address and style."""
    cell, style = the_cell(sent)
    return edited(sent, FIRST, cell, written.replace("@", f'r="{sent.cell}" s="{style}"'))


def with_value(sent: Sent, value: str, kind: str = "") -> bytes:
    """The submission with another value in the cell."""
    return with_cell(sent, f"<c @{kind}><v>{value}</v></c>")


def the_row(sent: Sent) -> str:
    found = re.search(rf'<row r="{sent.cell[1:]}".*?</row>', sent.parts[FIRST].decode())
    assert found
    return found[0]


# ---------------------------------------------------------------------------------------- what never was a form


def plainly(name: str, code: str, data: bytes) -> None:
    """A file that has nothing to do with a submission."""
    KINDS.append(Kind(name, lambda _: data, (code,)))


def ole(*streams: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(name.encode("utf-16-le") for name in streams)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    return package(entries(parts))


plainly("nothing at all", "FILE_EMPTY", b"")
plainly("zeros", "FILE_DAMAGED", bytes(10_000))
plainly("noise", "FILE_UNKNOWN", bytes(range(256)) * 40)
plainly("png picture", "FILE_PICTURE", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(60))
plainly("jpeg picture", "FILE_PICTURE", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(60))
plainly("gif picture", "FILE_PICTURE", b"GIF89a" + bytes(60))
plainly("bmp picture", "FILE_PICTURE", b"BM" + bytes(60))
plainly("tiff picture", "FILE_PICTURE", b"II*\0" + bytes(60))
plainly("webp picture", "FILE_PICTURE", b"RIFF\x10\0\0\0WEBPVP8 " + bytes(60))
plainly("heic picture", "FILE_PICTURE", b"\0\0\0\x18ftypheic" + bytes(60))
plainly("pdf", "FILE_PDF", b"%PDF-1.7\n1 0 obj\n")
plainly("csv", "FILE_TEXT", "Mã đơn vị;Số đảng viên\n01;30\n".encode())
plainly("text in utf-16", "FILE_TEXT", "Mã đơn vị\t30".encode("utf-16"))
plainly("web page", "FILE_TEXT", b"<html><table><tr><td>30</td></tr></table></html>")
plainly(
    "xml spreadsheet of 2003",
    "FILE_TEXT",
    b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
)
plainly("old xls", "FILE_OLD_XLS", ole("Root Entry", "Workbook"))
plainly("old doc", "FILE_OTHER_DOCUMENT", ole("Root Entry", "WordDocument"))
plainly("docx", "FILE_OTHER_DOCUMENT", zipped({TYPES: b"<Types/>", "word/document.xml": b"<document/>"}))
plainly("pptx", "FILE_OTHER_DOCUMENT", zipped({TYPES: b"<Types/>", "ppt/presentation.xml": b"<presentation/>"}))
plainly("ods", "FILE_ODS", zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}))
plainly("xlsb", "FILE_XLSB", zipped({TYPES: b"<Types/>", "xl/workbook.bin": b"\1"}))
plainly("rar", "FILE_ARCHIVE", b"Rar!\x1a\7\1\0" + bytes(60))
plainly("7z", "FILE_ARCHIVE", b"7z\xbc\xaf\x27\x1c" + bytes(60))
plainly("gzip", "FILE_ARCHIVE", b"\x1f\x8b\x08" + bytes(60))
plainly("empty zip", "FILE_ARCHIVE", package([]))
plainly("owner file under another name", "FILE_UNKNOWN", b"\x0aLe Thi B".ljust(55, b"\0") + bytes(110))


@refused("unrelated workbook", "TOKEN_MISSING")
def _(sent: Sent) -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "Danh sách trực cơ quan"
    book.save(out := io.BytesIO())
    return out.getvalue()


@refused("zip that holds the submission", "FILE_ARCHIVE")
def _(sent: Sent) -> bytes:
    return zipped({"bieu.xlsx": sent.data})


@refused("submission with a password", "FILE_PASSWORD")
def _(sent: Sent) -> bytes:
    OOXMLFile(io.BytesIO(sent.data)).encrypt("bí mật", out := io.BytesIO())
    return out.getvalue()


@counted("submission that excel encrypted by itself")
def _(sent: Sent) -> bytes:
    OOXMLFile(io.BytesIO(sent.data)).encrypt("VelvetSweatshop", out := io.BytesIO())
    return out.getvalue()


@refused("bomb that excel encrypted by itself", "FILE_BOMB")
def _(sent: Sent) -> bytes:
    OOXMLFile(io.BytesIO(plus(sent, {f"{PICTURES}a": bytes(20_000_000)}))).encrypt(
        "VelvetSweatshop", out := io.BytesIO()
    )
    return out.getvalue()


def _more(members: int) -> dict[str, int]:
    """The figures that change with the cell's."""
    return {FIELD: members, "members_due": members - 3}


# ------------------------------------------------------------------------------------------------ the package


@refused("cut in the middle", "FILE_TRUNCATED")
def _(sent: Sent) -> bytes:
    return sent.data[: len(sent.data) // 2]


@refused("cut after one kilobyte", "FILE_TRUNCATED")
def _(sent: Sent) -> bytes:
    return sent.data[:1024]


@refused("cut before the last record", "FILE_TRUNCATED")
def _(sent: Sent) -> bytes:
    return sent.data[:-22]


@refused("cut within the last record", "FILE_TRUNCATED", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    return sent.data[:-5]


@refused("first byte missing", "FILE_UNKNOWN", "FILE_TEXT")
def _(sent: Sent) -> bytes:
    return sent.data[1:]


@refused("something before the first part", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    return package(entries(sent.parts), before=b"PK\3\4" + bytes(26))


@refused("a program before the first part", "FILE_UNKNOWN")
def _(sent: Sent) -> bytes:
    return package(entries(sent.parts), before=b"MZ" + bytes(100))


@counted("a comment behind the last record")
def _(sent: Sent) -> bytes:
    return package(entries(sent.parts), comment="đã quét vi-rút".encode())


@refused("a second directory in the comment", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    whole = package(entries(sent.parts))
    directory = whole[whole.index(b"PK\1\2") : -22]
    second = directory + whole[-22:-6] + struct.pack("<IH", len(whole), 0)
    return whole[:-2] + struct.pack("<H", len(second)) + second


@refused("two packages one after the other", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    return with_value(sent, "999") + sent.data


@refused("a wrong checksum", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    return lying(sent, FIRST, crc=0x12345678)


@refused("a flipped bit in a part", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    at = sent.data.index(FIRST.encode()) + len(FIRST) + 2000
    return sent.data[:at] + bytes([sent.data[at] ^ 0x10]) + sent.data[at + 1 :]


@refused("a part longer than declared", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    text = sent.parts[FIRST]
    return lying(sent, FIRST, packed=deflated(text + b" " * 12_000_000), size=len(text))


@refused("a part shorter than declared", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    return lying(sent, FIRST, size=len(sent.parts[FIRST]) + 1)


@refused("a part that is not deflated at all", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    return lying(sent, FIRST, packed=b"\xff" * 500)


@refused("a part of two names", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    return lying(sent, FIRST, local_name=SECOND.encode())


@refused("two parts of one name", "FILE_PART_NAMES")
def _(sent: Sent) -> bytes:
    forged = zipfile.ZipFile(io.BytesIO(with_value(sent, "999"))).read(FIRST)
    return package([*entries(sent.parts), Entry(FIRST.encode(), forged)])


@refused("two parts whose names differ in case", "FILE_PART_NAMES")
def _(sent: Sent) -> bytes:
    forged = zipfile.ZipFile(io.BytesIO(with_value(sent, "999"))).read(FIRST)
    return package([*entries(sent.parts), Entry(b"xl/worksheets/Sheet1.xml", forged)])


@refused("a name that says another one beside it", "FILE_PART_NAMES")
def _(sent: Sent) -> bytes:
    """Info-ZIP's Unicode path: some programs take that name, some the plain one."""
    forged = zipfile.ZipFile(io.BytesIO(with_value(sent, "999"))).read(FIRST)
    plain = b"xl/a.xml"
    body = struct.pack("<BI", 1, zlib.crc32(plain)) + FIRST.encode()
    return package(
        [*entries(sent.parts), Entry(plain, forged, flags=0, extra=struct.pack("<2sH", b"up", len(body)) + body)]
    )


for label, odd in {
    "climbs": "xl/../../evil.xml",
    "is absolute": "/etc/passwd",
    "has backslashes": "xl\\evil.xml",
    "has a nul": "xl/evil.xml\0.png",
    "has a drive": "C:/evil.xml",
    "climbs in the end": "xl/..",
}.items():
    KINDS.append(
        Kind(
            f"a name that {label}",
            lambda sent, odd=odd: package([*entries(sent.parts), Entry(odd.encode(), b"")]),
            ("FILE_PART_NAMES",),
        )
    )


@refused("a part behind a password", "FILE_PASSWORD")
def _(sent: Sent) -> bytes:
    return lying(sent, FIRST, flags=0x801)


for flag, what in ((0x20, "a patch"), (0x40, "strongly encrypted"), (0x2000, "masked")):

    @refused(f"a part that calls itself {what}", "FILE_DAMAGED")
    def _(sent: Sent, flag: int = flag) -> bytes:
        return lying(sent, FIRST, flags=0x800 | flag)


@refused("a part packed in a rare way", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    import bz2

    return lying(sent, FIRST, method=12, packed=bz2.compress(sent.parts[FIRST]))


@counted("parts that are not packed")
def _(sent: Sent) -> bytes:
    return package([replace(each, method=0) for each in entries(sent.parts)])


@counted("sizes behind the parts, as programs write that cannot look back")
def _(sent: Sent) -> bytes:
    made = []
    for each in entries(sent.parts):
        tail = struct.pack("<4s3I", b"PK\7\10", zlib.crc32(each.content), 0, len(each.content))
        made.append(replace(each, flags=0x808, behind=tail))
    return package(made)


@refused("sizes behind a part that are not its own", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    return lying(sent, FIRST, flags=0x808, size=10, behind=struct.pack("<4s3I", b"PK\7\10", 0, 10, 10))


@refused("sizes of a large zip that are lies", "FILE_DAMAGED", "FILE_TRUNCATED", "FILE_BOMB")
def _(sent: Sent) -> bytes:
    extra = struct.pack("<HHQQ", 1, 16, 2**40, 2**40)
    return lying(sent, FIRST, size=0xFFFFFFFF, packed_size=0xFFFFFFFF, extra=extra)


@refused("a part that begins beyond the end", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    return lying(sent, FIRST, at=2**31)


@refused("two parts in the same bytes", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    """One is called what the other is; the second begins inside the first."""
    inner = package([Entry(b"xl/media/b", b"x" * 50, method=0)])[:-90]
    whole = [Entry(b"xl/media/a", inner, method=0), *entries(sent.parts)]
    start = 30 + len("xl/media/a")
    return package([*whole, Entry(b"xl/media/b", b"x" * 50, method=0, at=start, packed=b"", packed_size=50)])


@counted("bytes between two parts that belong to none")
def _(sent: Sent) -> bytes:
    return lying(sent, FIRST, behind=b"\0" * 100)


@counted("a part that the directory does not list")
def _(sent: Sent) -> bytes:
    forged = zipfile.ZipFile(io.BytesIO(with_value(sent, "999"))).read(FIRST)
    return package(
        [
            Entry(TYPES.encode(), sent.parts[TYPES]),
            Entry(FIRST.encode(), forged, listed=False),
            *entries(sent.parts)[1:],
        ]
    )


@refused("a bomb of zeros", "FILE_BOMB")
def _(sent: Sent) -> bytes:
    return plus(sent, {f"{PICTURES}a": bytes(20_000_000)})


@refused("a bomb of many parts", "FILE_BOMB")
def _(sent: Sent) -> bytes:
    return plus(sent, {f"{PICTURES}{number}": bytes(500_000) for number in range(60)})


@refused("a bomb in a bomb", "FILE_BOMB")
def _(sent: Sent) -> bytes:
    inner = zipped({f"{number}": bytes(100_000) for number in range(300)})
    return plus(sent, {f"{PICTURES}a.zip": inner, f"{PICTURES}b": bytes(20_000_000)})


@refused("a bomb whose parts quote each other", "FILE_BOMB", "FILE_DAMAGED")
def _(sent: Sent) -> bytes:
    """Each part's packed bytes run on through those behind it, so that the same zeros come out again and again."""
    zeros = deflated(bytes(3_000_000))
    names = [f"{PICTURES}{number:02d}".encode() for number in range(20)]
    made = [Entry(names[-1], b"", packed=zeros, size=3_000_000)]
    chain = (
        struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0x800, 8, 0, 33, 0, len(zeros), 3_000_000, len(names[-1]), 0)
        + names[-1]
        + zeros
    )
    for name in reversed(names[:-1]):
        quoted = struct.pack("<BHH", 0, len(chain) - len(zeros), 0xFFFF ^ (len(chain) - len(zeros))) + chain
        made.insert(
            0, Entry(name, b"", packed=quoted[:5], packed_size=len(quoted), size=3_000_000 + len(chain) - len(zeros))
        )
        chain = (
            struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0x800, 8, 0, 33, 0, len(quoted), 0, len(name), 0)
            + name
            + quoted[:5]
            + chain
        )
        if len(chain) > 60_000:
            break
    return package([*entries(sent.parts), *made])


@refused("1,001 parts", "FILE_TOO_MANY_PARTS")
def _(sent: Sent) -> bytes:
    return plus(sent, {f"{PICTURES}{number}": b"" for number in range(1_001)})


@refused("65,000 parts", "FILE_TOO_MANY_PARTS")
def _(sent: Sent) -> bytes:
    return package(
        [*entries(sent.parts), *(Entry(f"{PICTURES}{number}".encode(), b"", method=0) for number in range(65_000))]
    )


# ------------------------------------------------------------------------------------------- what a form never has


for label, code, added in (
    ("a macro", "FILE_MACRO", {"xl/vbaProject.bin": b"\1"}),
    ("a macro sheet of excel 4", "FILE_MACRO", {"xl/macrosheets/sheet1.xml": b"<a/>"}),
    ("an external link", "FILE_EXTERNAL_LINK", {f"{LINKS}externalLink1.xml": b"<a><externalBook/></a>"}),
    ("a dde link", "FILE_DDE", {f"{LINKS}externalLink1.xml": b'<a><ddeLink ddeService="cmd"/></a>'}),
    ("a data connection", "FILE_EXTERNAL_LINK", {"xl/connections.xml": b"<connections/>"}),
    ("a web query", "FILE_EXTERNAL_LINK", {"xl/queryTables/queryTable1.xml": b"<queryTable/>"}),
    ("an ole object", "FILE_EMBEDDING", {"xl/embeddings/oleObject1.bin": b"\1"}),
    ("an activex control", "FILE_ACTIVEX", {"xl/activeX/activeX1.xml": b"<a/>"}),
):  # fmt: skip
    KINDS.append(Kind(f"a submission with {label}", lambda sent, added=added: plus(sent, added), (code,)))


@refused("a macro under another name", "FILE_MACRO")
def _(sent: Sent) -> bytes:
    type_ = '<Override PartName="/xl/a.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    return packed({**sent.parts, TYPES: sent.parts[TYPES].replace(b"</Types>", type_.encode()), "xl/a.bin": b"\1"})


@refused("strict office open xml", "FILE_STRICT")
def _(sent: Sent) -> bytes:
    return edited(sent, BOOK, MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")


@counted("xml of somebody's own beside the sheets")
def _(sent: Sent) -> bytes:
    return plus(sent, {"customXml/item1.xml": b"<members_total>999</members_total>"})


@counted("a comment on the cell")
def _(sent: Sent) -> bytes:
    return plus(sent, {"xl/comments1.xml": f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'.encode()})


# ------------------------------------------------------------- the same wherever it lies, and whatever it is called

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office"
FORMAT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PACKAGE_RELS = "_rels/.rels"


def led(
    sent: Sent, kind: str, target: str = "khac/l1.xml", rels: str = RELS, *, outside: bool = False, **parts: bytes
) -> dict[str, bytes]:
    """The submission's parts with one more relation, and with parts (their names' slashes written as ``__``)."""
    mode = ' TargetMode="External"' if outside else ""
    given = {name.replace("__", "/").replace("_xml", ".xml"): text for name, text in parts.items()}
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    link = f'<Relationship Id="rIdX" Type="{kind}" Target="{html.escape(target)}"{mode}/></Relationships>'
    text = sent.parts.get(rels, empty).replace(b"</Relationships>", link.encode())
    assert b"rIdX" in text
    return {**sent.parts, **given, rels: text}


def typed(parts: Mapping[str, bytes], name: str, kind: str) -> dict[str, bytes]:
    """The same with the type of one part stated."""
    type_ = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'.encode()
    return {**parts, TYPES: parts[TYPES].replace(b"</Types>", type_)}


BOOK_LINK = f'<externalLink xmlns="{MAIN}"><externalBook/></externalLink>'.encode()
DDE_LINK = f'<x:externalLink xmlns:x="{MAIN}"><x:ddeLink ddeService="cmd" ddeTopic="a"/></x:externalLink>'.encode()
QUERY = '<DataMashup xmlns="http://schemas.microsoft.com/DataMashup">UEsDBA==</DataMashup>'.encode("utf-16")
OLE_LINK = f'<externalLink xmlns="{MAIN}"><oleLink progId="Package"/></externalLink>'.encode()
FOREIGN: dict[str, tuple[str, Callable[[Sent], Mapping[str, bytes]]]] = {
    "a macro": ("FILE_MACRO", lambda sent: led(sent, f"{MICROSOFT}/2006/relationships/vbaProject")),
    "a macro's signature": (
        "FILE_MACRO",
        lambda sent: led(sent, f"{MICROSOFT}/2020/07/relationships/vbaProjectSignatureV3"),
    ),
    "a macro sheet": ("FILE_MACRO", lambda sent: led(sent, f"{MICROSOFT}/2006/relationships/xlMacrosheet")),
    "a dialog sheet": ("FILE_MACRO", lambda sent: led(sent, f"{OFFICE}/dialogsheet")),
    "a macro of another program": ("FILE_MACRO", lambda sent: led(sent, "http://schemas.onlyoffice.com/jsaProject")),
    "a macro that its relation alone tells": (
        "FILE_MACRO",
        lambda sent: led(sent, f"{MICROSOFT}/2006/relationships/vba&#80;roject", "../docProps/app.xml"),
    ),
    "a macro type in references": (
        "FILE_MACRO",
        lambda sent: typed(sent.parts, "xl/a.bin", "application/vnd.ms-office.vba&#x50;roject"),
    ),
    "a macro type in capitals": (
        "FILE_MACRO",
        lambda sent: typed(sent.parts, "xl/a.bin", "APPLICATION/VND.MS-OFFICE.VBAPROJECT; a=b"),
    ),
    "an add-in's type": (
        "FILE_MACRO",
        lambda sent: typed(sent.parts, "xl/a.xml", "application/vnd.ms-excel.addin.macro&#69;nabled.main+xml"),
    ),
    "an external link": (
        "FILE_EXTERNAL_LINK",
        lambda sent: led(sent, f"{OFFICE}/externalLink", xl__khac__l1_xml=BOOK_LINK),
    ),
    "a dde link": ("FILE_DDE", lambda sent: led(sent, f"{OFFICE}/externalLink", xl__khac__l1_xml=DDE_LINK)),
    "a dde link that its type alone tells": (
        "FILE_DDE",
        lambda sent: typed({**sent.parts, "khac.xml": DDE_LINK}, "khac.xml", f"{FORMAT}.externalLink+xml"),
    ),
    "an ole link": ("FILE_EMBEDDING", lambda sent: led(sent, f"{OFFICE}/externalLink", xl__khac__l1_xml=OLE_LINK)),
    "an ole object": (
        "FILE_EMBEDDING",
        lambda sent: led(sent, f"{OFFICE}/oleObject", rels="xl/worksheets/_rels/sheet1.xml.rels"),
    ),
    "an embedded workbook": ("FILE_EMBEDDING", lambda sent: led(sent, f"{OFFICE}/package")),
    "an ole object at another computer": (
        "FILE_EMBEDDING",
        lambda sent: led(
            sent, f"{OFFICE}/oleObject", "file:///\\\\server\\a.xlsx", "xl/drawings/_rels/a.xml.rels", outside=True
        ),
    ),
    "an activex control": (
        "FILE_ACTIVEX",
        lambda sent: led(sent, f"{OFFICE}/control", rels="xl/worksheets/_rels/sheet1.xml.rels"),
    ),
    "an activex control's data": (
        "FILE_ACTIVEX",
        lambda sent: led(sent, f"{MICROSOFT}/2006/relationships/activeXControlBinary"),
    ),
    "a connection": ("FILE_EXTERNAL_LINK", lambda sent: led(sent, f"{OFFICE}/connections")),
    "a web query": (
        "FILE_EXTERNAL_LINK",
        lambda sent: led(sent, f"{OFFICE}/queryTable", rels="xl/tables/_rels/t.xml.rels"),
    ),
    "functions of a server": ("FILE_EXTERNAL_LINK", lambda sent: led(sent, f"{OFFICE}/volatileDependencies")),
    "a data model": ("FILE_EXTERNAL_LINK", lambda sent: led(sent, f"{OFFICE}/powerPivotData")),
    "maps of an xml source": ("FILE_EXTERNAL_LINK", lambda sent: led(sent, f"{OFFICE}/xmlMaps")),
    "a query in utf-16": (
        "FILE_EXTERNAL_LINK",
        lambda sent: led(sent, f"{OFFICE}/customXml", "../customXml/item1.xml", customXml__item1_xml=QUERY),
    ),
    "commands of its own": (
        "FILE_CUSTOM_UI",
        lambda sent: led(
            sent,
            f"{MICROSOFT}/2006/relationships/ui/extensibility",
            "customUI/customUI.xml",
            PACKAGE_RELS,
            customUI__customUI_xml=b'<customUI onLoad="a"/>',
        ),
    ),
    "newer commands of its own": (
        "FILE_CUSTOM_UI",
        lambda sent: led(sent, f"{MICROSOFT}/2007/relationships/ui/extensibility", "docProps/app.xml", PACKAGE_RELS),
    ),
    "attached toolbars": ("FILE_CUSTOM_UI", lambda sent: led(sent, f"{MICROSOFT}/2006/relationships/attachedToolbars")),
    "a web application": (
        "FILE_WEB_ADDIN",
        lambda sent: led(sent, f"{MICROSOFT}/2011/relationships/webextensiontaskpanes", "a/b.xml", PACKAGE_RELS),
    ),
    "a picture of another computer": (
        "FILE_LINKED",
        lambda sent: led(
            sent, f"{OFFICE}/image", "\\\\server\\chung\\a.png", "xl/drawings/_rels/drawing1.xml.rels", outside=True
        ),
    ),
    "a picture of another computer that calls itself inside": (
        "FILE_LINKED",
        lambda sent: led(sent, f"{OFFICE}/image", "file://server/a.png", "xl/drawings/_rels/drawing1.xml.rels"),
    ),
    "a picture in a drawing of old, of another computer": (
        "FILE_LINKED",
        lambda sent: typed(
            {**sent.parts, "xl/a.vml": b'<xml><v:imagedata src="&#92;&#92;server&#92;a.png"/></xml>'},
            "xl/a.vml",
            "application/vnd.openxmlformats-officedocument.vmlDrawing",
        ),
    ),
    "properties of another computer": (
        "FILE_LINKED",
        lambda sent: led(
            sent, f"{OFFICE}/extended-properties", "http://example.invalid/a.xml", PACKAGE_RELS, outside=True
        ),
    ),
    "a template of another computer": (
        "FILE_LINKED",
        lambda sent: led(sent, f"{OFFICE}/attachedTemplate", "http://example.invalid/a.xltx", outside=True),
    ),
    "a relation nobody knows": ("FILE_FOREIGN_PART", lambda sent: led(sent, "http://example.invalid/kind")),
    "a part nobody knows": ("FILE_FOREIGN_PART", lambda sent: typed(sent.parts, "xl/a.xml", "application/x-a")),
    "relations that are no list": (
        "FILE_UNREADABLE",
        lambda sent: {
            **sent.parts,
            RELS: sent.parts[RELS].replace(b"<Relationship ", b"<a><Relationship ", 1).replace(b"</Rel", b"</a></Rel"),
        },
    ),
    "another workbook than the usual one": (
        "FILE_TWO_READINGS",
        lambda sent: {
            **typed(sent.parts, "xl/workbook2.xml", f"{FORMAT}.sheet.main+xml"),
            "xl/workbook2.xml": sent.parts[BOOK],
            PACKAGE_RELS: sent.parts[PACKAGE_RELS].replace(b"xl/workbook.xml", b"xl/workbook2.xml"),
        },
    ),
    "two workbooks": (
        "FILE_TWO_READINGS",
        lambda sent: {
            **led(sent, f"{OFFICE}/officeDocument", "xl/workbook2.xml", PACKAGE_RELS),
            "xl/workbook2.xml": sent.parts[BOOK],
        },
    ),
    "another list of texts than the usual one": (
        "FILE_TWO_READINGS",
        lambda sent: {
            **sent.parts,
            "xl/sharedStrings2.xml": sent.parts[STRINGS],
            RELS: sent.parts[RELS].replace(b"sharedStrings.xml", b"sharedStrings2.xml"),
        },
    ),
    "two lists of texts": (
        "FILE_TWO_READINGS",
        lambda sent: {**led(sent, f"{OFFICE}/sharedStrings", "texts.xml"), "xl/texts.xml": sent.parts[STRINGS]},
    ),
    "a second list of texts to which nothing leads": (
        "FILE_TWO_READINGS",
        lambda sent: typed(
            {**sent.parts, "xl/texts.xml": sent.parts[STRINGS]}, "xl/texts.xml", f"{FORMAT}.sharedStrings+xml"
        ),
    ),
    "a list of texts to which nothing leads": (
        "FILE_TWO_READINGS",
        lambda sent: {**sent.parts, RELS: re.sub(rb"<Relationship [^>]*sharedStrings[^>]*>", b"", sent.parts[RELS])},
    ),
    "other styles than the usual ones": (
        "FILE_TWO_READINGS",
        lambda sent: {
            **sent.parts,
            "xl/s.xml": sent.parts[STYLES],
            RELS: sent.parts[RELS].replace(b'"styles.xml"', b'"/xl/s.xml"'),
        },
    ),
    "two styles": (
        "FILE_TWO_READINGS",
        lambda sent: {**led(sent, f"{OFFICE}/styles", "s.xml"), "xl/s.xml": sent.parts[STYLES]},
    ),
}
for label, (code, changed) in FOREIGN.items():
    KINDS.append(Kind(f"{label}, wherever it lies", lambda sent, changed=changed: packed(changed(sent)), (code,)))


@counted("a link to a page of the web, a label and somebody's own part")
def _(sent: Sent) -> bytes:
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    parts = led(sent, f"{OFFICE}/hyperlink", "http://example.invalid/", rels, outside=True)
    kind = f"{MICROSOFT}/2020/02/relationships/classificationlabels"
    label = f'<Relationship Id="rIdL" Type="{kind}" Target="docMetadata/L.xml"/>'
    own = f'<Relationship Id="rIdC" Type="{OFFICE}/customXml" Target="customXml/item1.xml"/></Relationships>'
    parts[PACKAGE_RELS] = parts[PACKAGE_RELS].replace(b"</Relationships>", (label + own).encode())
    parts |= {"customXml/item1.xml": b"<members_total>999</members_total>", "docMetadata/L.xml": b"<labelList/>"}
    return packed(typed(parts, "docMetadata/L.xml", "application/vnd.ms-office.classificationlabels+xml"))


@counted("the type of a workbook with macros, and none in it")
def _(sent: Sent) -> bytes:
    macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    return edited(sent, TYPES, f"{FORMAT}.sheet.main+xml", macro)


# ----------------------------------------------------------------------------------------------- whole documents


@refused("a dtd in the sheet", "FILE_DTD")
def _(sent: Sent) -> bytes:
    return edited(sent, FIRST, "<worksheet ", "<!DOCTYPE worksheet><worksheet ")


@refused("an entity for a value", "FILE_DTD")
def _(sent: Sent) -> bytes:
    cell, _ = the_cell(sent)
    text = sent.parts[FIRST].decode().replace(cell, cell.replace(f">{MEMBERS}<", ">&n;<"))
    return plus(sent, {FIRST: text.replace("<worksheet ", '<!DOCTYPE a [<!ENTITY n "999">]><worksheet ').encode()})


@refused("a file of this computer for a value", "FILE_DTD")
def _(sent: Sent) -> bytes:
    return edited(sent, STRINGS, "<sst ", '<!DOCTYPE a [<!ENTITY n SYSTEM "file:///etc/hostname">]><sst ')


@refused("a billion laughs", "FILE_DTD")
def _(sent: Sent) -> bytes:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return edited(sent, BOOK, "<workbook ", f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><workbook ')


@refused("a dtd in utf-16", "FILE_DTD")
def _(sent: Sent) -> bytes:
    return plus(sent, {STYLES: '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16")})


for part in (FIRST, BOOK, STYLES, STRINGS, CUSTOM, RELS):
    KINDS.append(
        Kind(
            f"{part} nested 100,000 deep", lambda sent, part=part: _deep(sent, part), ("FILE_UNREADABLE",), either=True
        )
    )


def _deep(sent: Sent, part: str) -> bytes:
    text = sent.parts[part]
    at = text.rindex(b"</")
    return plus(sent, {part: text[:at] + b"<a>" * 100_000 + b"</a>" * 100_000 + text[at:]})


@refused("an attribute of nine million letters", "FILE_UNREADABLE", "FILE_BOMB")
def _(sent: Sent) -> bytes:
    noise = "".join(f"{number:x}" for number in range(1_500_000))
    return edited(sent, FIRST, "<sheetData>", f'<sheetData a="{noise}">')


@refused("letters that are no utf-8", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return plus(sent, {FIRST: sent.parts[FIRST].replace(b"<f>", b"<f>\xff\xfe", 1)})


@refused("texts that are no utf-8", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return plus(sent, {STRINGS: sent.parts[STRINGS].replace(b"</t>", b"\xc3\x28</t>", 1)})


@refused("a sheet in utf-16", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return plus(sent, {FIRST: sent.parts[FIRST].decode().replace("UTF-8", "UTF-16").encode("utf-16")})


@refused("a sheet in a code page", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return plus(sent, {FIRST: sent.parts[FIRST].replace(b'encoding="UTF-8"', b'encoding="windows-1258"', 1)})


@refused("texts in utf-7", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return plus(sent, {STRINGS: sent.parts[STRINGS].replace(b'encoding="UTF-8"', b'encoding="UTF-7"', 1)})


@counted("a byte order mark before the sheet")
def _(sent: Sent) -> bytes:
    return plus(sent, {FIRST: b"\xef\xbb\xbf" + sent.parts[FIRST]})


@refused("a sheet of another namespace", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return edited(sent, FIRST, f'xmlns="{MAIN}"', 'xmlns="urn:x"')


for part, codes in {
    TYPES: ("FILE_ARCHIVE",),
    BOOK: ("FILE_NOT_WORKBOOK",),
    RELS: ("FILE_UNREADABLE",),
    STYLES: ("FILE_UNREADABLE",),
    STRINGS: ("FILE_UNREADABLE",),
    FIRST: ("FILE_UNREADABLE",),
}.items():
    KINDS.append(Kind(f"{part} is missing", lambda sent, part=part: plus(sent, {part: None}), codes))
    if part != BOOK:
        KINDS.append(
            Kind(
                f"{part} is cut",
                lambda sent, part=part: plus(sent, {part: sent.parts[part][:-9]}),
                ("FILE_UNREADABLE",),
            )
        )


@refused("a sheet from the web", "FILE_UNREADABLE", "SHEET_MISSING")
def _(sent: Sent) -> bytes:
    return edited(
        sent, RELS, 'Target="worksheets/sheet1.xml"', 'Target="http://example.invalid/s.xml" TargetMode="External"'
    )


@refused("a sheet from this computer", "FILE_UNREADABLE", "SHEET_MISSING")
def _(sent: Sent) -> bytes:
    return edited(sent, RELS, 'Target="worksheets/sheet1.xml"', 'Target="file:///etc/passwd"')


@refused("two sheets in one part", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return edited(sent, RELS, 'Target="worksheets/sheet2.xml"', 'Target="worksheets/sheet1.xml"')


@refused("two sheets of one name", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return edited(sent, BOOK, 'name="2. Các buổi sinh hoạt"', 'name="1. Số liệu"')


@refused("two links of one number", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return edited(sent, RELS, 'Id="rId2"', 'Id="rId1"')


@refused("two sheets changed places", "STRUCTURE_SHEET_OTHER")
def _(sent: Sent) -> bytes:
    book = sent.parts[BOOK].decode().replace('r:id="rId1"', 'r:id="rIdX"').replace('r:id="rId2"', 'r:id="rId1"')
    return plus(sent, {BOOK: book.replace('r:id="rIdX"', 'r:id="rId2"').encode()})


@refused("a second list of sheets", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return edited(
        sent,
        BOOK,
        "<definedNames>",
        '<sheets><sheet name="1. Số liệu" sheetId="99" r:id="rId2"/></sheets><definedNames>',
    )


@counted("a sheet that is very hidden")
def _(sent: Sent) -> bytes:
    return edited(sent, BOOK, 'name="2. Các buổi sinh hoạt"', 'name="2. Các buổi sinh hoạt" state="veryHidden"')


@refused("the calendar of 1904", "FILE_DATE1904")
def _(sent: Sent) -> bytes:
    return edited(sent, BOOK, "<workbookPr ", '<workbookPr date1904="1" ')


@counted("65,000 names")
def _(sent: Sent) -> bytes:
    names = "".join(f'<definedName name="n{number}">{number * 7919}</definedName>' for number in range(65_000))
    return edited(sent, BOOK, "<definedNames>", f"<definedNames>{names}")


# ------------------------------------------------------------------------------------------------- the cells


for label, value in {
    "a comment": "3<!-- x -->0",
    "cdata": "<![CDATA[30]]>",
    "an instruction": "3<?x y?>0",
    "an element": "3<b/>0",
    "a value": "3<v>0</v>",
    "an unknown entity": "3&x;0",
}.items():
    KINDS.append(
        Kind(f"{label} inside a number", lambda sent, value=value: with_value(sent, value), ("FILE_UNREADABLE",))
    )

for value in (
    "1E309",
    "-1E309",
    "NaN",
    "INF",
    "1_000",
    "３０",
    "٣٠",
    "0x10",
    "--30",
    "30,5",
    "1/2",
    "3 0",
    " 30 ",
    "30đ",
    "#VALUE!",
    "1e",
    ".",
):
    KINDS.append(Kind(f"the number {value}", lambda sent, value=value: with_value(sent, value), ("FILE_UNREADABLE",)))

for value, meant in {
    "+31": 31,
    "3.1E1": 31,
    "31.0": 31,
    "31.": 31,
    "31.000000000000001": 31,
    "0031": 31,
    "310E-1": 31,
}.items():
    KINDS.append(Kind(f"the number {value!r}", lambda sent, value=value: with_value(sent, value), (), _more(meant)))


@refused("a number written in references", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    """calamine reads 3, all others 30."""
    return with_value(sent, "3&#48;")


@refused("a number too small to be one", "FIELD_NOT_WHOLE", "FIELD_NOT_A_NUMBER", "CROSS_CHECK_FAILED")
def _(sent: Sent) -> bytes:
    return with_value(sent, "3E-320")


@refused("a number too large to be kept", "FIELD_ERROR_VALUE", "FIELD_TOO_LARGE", "FIELD_NOT_A_NUMBER")
def _(sent: Sent) -> bytes:
    return with_value(sent, "3E300")


@refused("a negative number", "FIELD_NEGATIVE")
def _(sent: Sent) -> bytes:
    return with_value(sent, "-30")


@refused("an error for a value", "FIELD_ERROR_VALUE")
def _(sent: Sent) -> bytes:
    return with_value(sent, "#REF!", ' t="e"')


@refused("a truth for a number", "FIELD_NOT_A_NUMBER")
def _(sent: Sent) -> bytes:
    return with_value(sent, "1", ' t="b"')


for index in ("999999", "-1", "1E1", "3.0", "٣", "", "4294967296"):
    KINDS.append(
        Kind(
            f"the shared text {index!r}",
            lambda sent, index=index: with_value(sent, index, ' t="s"'),
            ("FILE_UNREADABLE",),
        )
    )


@refused("a type that no cell has", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return with_value(sent, "30", ' t="zz"')


@refused("two values in one cell", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return with_cell(sent, "<c @><v>30</v><v>999</v></c>")


@refused("a value before its formula", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return with_cell(sent, "<c @><v>30</v><f>999</f></c>")


@refused("a value and a text in one cell", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return with_cell(sent, '<c @ t="inlineStr"><v>30</v><is><t>999</t></is></c>')


@refused("an inline text that is not inline", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return with_value(sent, "30", ' t="inlineStr"')


@refused("a cell in a cell", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return with_cell(sent, f"<c @><c r={chr(34)}{sent.cell}{chr(34)}><v>999</v></c><v>30</v></c>")


@refused("a cell twice", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return with_cell(sent, "<c @><v>30</v></c><c @><v>999</v></c>")


@refused("a row twice", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    row = the_row(sent)
    return edited(sent, FIRST, row, row + row.replace(f"<v>{MEMBERS}</v>", "<v>999</v>"))


@refused("cells out of order", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    cell, _ = the_cell(sent)
    before = re.search(rf'<c r="C{sent.cell[1:]}".*?</c>', the_row(sent))
    assert before
    return edited(sent, FIRST, before[0] + cell, cell + before[0])


@refused("rows out of order", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    row = the_row(sent)
    return edited(sent, FIRST, row, f'<row r="999"><c r="A999"/></row>{row}')


for address in ("d10", "$D$10", "D010", "XFE10", "D1048577", "D0", "R10C4", "Đ10", "D٣", ""):
    KINDS.append(
        Kind(
            f"the address {address!r}", lambda sent, address=address: _readdressed(sent, address), ("FILE_UNREADABLE",)
        )
    )


def _readdressed(sent: Sent, address: str) -> bytes:
    cell, _ = the_cell(sent)
    return edited(sent, FIRST, cell, cell.replace(f'r="{sent.cell}"', f'r="{address}"'))


@refused("a cell of another namespace", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return with_cell(sent, '<x:c xmlns:x="urn:x" @><x:v>999</x:v></x:c>')


@refused("a value of another namespace", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return with_cell(sent, '<c @><v xmlns="urn:x">999</v></c>')


@refused("a choice between two rows", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    row, space = the_row(sent), "http://schemas.openxmlformats.org/markup-compatibility/2006"
    other = row.replace(f"<v>{MEMBERS}</v>", "<v>999</v>")
    choice = f'<mc:AlternateContent xmlns:mc="{space}"><mc:Choice Requires="x">{other}</mc:Choice><mc:Fallback>{row}'
    return edited(sent, FIRST, row, f"{choice}</mc:Fallback></mc:AlternateContent>")


@refused("a second table of cells", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    more = f'<sheetData><row r="{sent.cell[1:]}"><c r="{sent.cell}"><v>999</v></c></row></sheetData>'
    return edited(sent, FIRST, "</sheetData>", f"</sheetData>{more}")


@refused("a table of cells before the table", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    more = f'<sheetData><row r="{sent.cell[1:]}"><c r="{sent.cell}"><v>999</v></c></row></sheetData>'
    return edited(sent, FIRST, "<sheetData>", f"{more}<sheetData>")


@counted("a cell behind the table")
def _(sent: Sent) -> bytes:
    more = f'<extLst><ext uri="x"><row r="{sent.cell[1:]}"><c r="{sent.cell}"><v>999</v></c></row></ext></extLst>'
    return edited(sent, FIRST, "</worksheet>", f"{more}</worksheet>")


@counted("a sheet that says it is larger than it is")
def _(sent: Sent) -> bytes:
    text = re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:XFD1048576"/>', sent.parts[FIRST])
    return plus(sent, {FIRST: text})


@counted("a sheet that says it is one cell")
def _(sent: Sent) -> bytes:
    text = re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1"/>', sent.parts[FIRST])
    return plus(sent, {FIRST: text})


@refused("texts that are said to be four billion", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    text = re.sub(
        rb'(unique)?[cC]ount="\d+"',
        lambda found: (
            (found[1] or b"").replace(b"unique", b"unique") + (b"Count" if found[1] else b"count") + b'="4294967295"'
        ),
        sent.parts[STRINGS],
        count=2,
    )
    return plus(sent, {STRINGS: text})


@counted("styles that are said to be four billion")
def _(sent: Sent) -> bytes:
    text, times = re.subn(rb'\scount="\d+"', b' count="4294967295"', sent.parts[STYLES])
    assert times > 5
    return plus(sent, {STYLES: text})


@counted("all cells of a sheet merged")
def _(sent: Sent) -> bytes:
    text = re.sub(rb"<mergeCells.*?</mergeCells>", b"", sent.parts[SECOND])
    merged = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    after = re.search(rb"</sheetData>(<sheetProtection[^>]*/>)?", text)
    assert after
    return plus(sent, {SECOND: text[: after.end()] + merged + text[after.end() :]})


@refused("a value in the last cell of all", "FILE_TOO_WIDE")
def _(sent: Sent) -> bytes:
    return edited(sent, FIRST, "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


@refused("a value in the last column", "VALUE_OUTSIDE", "FILE_TOO_WIDE")
def _(sent: Sent) -> bytes:
    row = the_row(sent)
    return edited(sent, FIRST, row, row.replace("</row>", f'<c r="XFD{sent.cell[1:]}"><v>1</v></c></row>'))


@refused("a value in the last row", "VALUE_OUTSIDE", "FILE_TOO_WIDE")
def _(sent: Sent) -> bytes:
    return edited(sent, FIRST, "</sheetData>", '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')


@counted("100,000 rows of blank cells")
def _(sent: Sent) -> bytes:
    rows = "".join(f'<row r="{row}" ht="{(row * 7919) % 400}"><c r="A{row}"/></row>' for row in range(1_000, 101_000))
    return edited(sent, FIRST, "</sheetData>", f"{rows}</sheetData>")


@counted("a million rows of nothing")
def _(sent: Sent) -> bytes:
    return edited(
        sent, FIRST, "</sheetData>", "".join(f'<row r="{row}"/>' for row in range(1_000, 1_040_000)) + "</sheetData>"
    )


@refused("200,000 cells outside the form", "FILE_TOO_WIDE", "VALUE_OUTSIDE", "FILE_BOMB")
def _(sent: Sent) -> bytes:
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{letter}{row}"><v>{(row * 7919) % 9973}</v></c>' for letter in "ABCDE")
        + "</row>"
        for row in range(1_000, 41_000)
    )
    return edited(sent, FIRST, "</sheetData>", f"{rows}</sheetData>")


@refused("200,000 rules of what may be typed", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    rules = "".join(
        f'<dataValidation type="whole" sqref="A{n}"><formula1>{n * 7919}</formula1></dataValidation>'
        for n in range(1, 200_000)
    )
    return edited(sent, THIRD, "</worksheet>", f'<dataValidations count="1">{rules}</dataValidations></worksheet>')


@refused("figures in cells that look like dates", "FIELD_NOT_A_NUMBER")
def _(sent: Sent) -> bytes:
    """A style with a date's format; the number stays the number."""
    cell, style = the_cell(sent)
    styles = sent.parts[STYLES].decode()
    formats = re.search(r"<cellXfs count=\"\d+\">(.*?)</cellXfs>", styles, re.S)
    assert formats
    one = re.findall(r"<xf [^>]*/>|<xf .*?</xf>", formats[1], re.S)
    dated = re.sub(r'numFmtId="\d+"', 'numFmtId="14"', one[int(style)])
    styles = styles.replace("</cellXfs>", f"{dated}</cellXfs>")
    text = sent.parts[FIRST].decode().replace(cell, cell.replace(f's="{style}"', f's="{len(one)}"'))
    return plus(sent, {STYLES: styles.encode(), FIRST: text.encode()})


@counted("results that were forged")
def _(sent: Sent) -> bytes:
    """Every cached number of a formula is another; figures are computed from what was typed."""
    parts = sent.parts
    changed = {
        name: re.sub(rb"(</f><v>)\d+", rb"\g<1>999", text)
        for name, text in parts.items()
        if name.startswith("xl/worksheets/")
    }
    return plus(sent, changed)


@refused("a formula without a result", "FIELD_ERROR_VALUE", "FIELD_NO_RESULT")
def _(sent: Sent) -> bytes:
    return with_cell(sent, "<c @><f>15+15</f></c>")


@counted("a formula that is a sum", **_more(31))
def _(sent: Sent) -> bytes:
    return with_cell(sent, "<c @><f>15+16</f><v>31</v></c>")


@refused("a formula with the result of another", "STRUCTURE_FORMULA_STALE")
def _(sent: Sent) -> bytes:
    return with_cell(sent, "<c @><f>15+16</f><v>30</v></c>")


for label, formula in {
    "another file": "[1]Sheet1!$A$1",
    "another program": "cmd|'/c calc'!A0",
    "the web": 'WEBSERVICE("http://example.invalid/")',
    "a call of a library": 'CALL("Shell32","ShellExecuteA","JJCCCCJ",0,"open","calc","","",5)',
    "no end": "A1+" * 5_000 + "1",
}.items():
    KINDS.append(
        Kind(
            f"a formula that is {label}",
            lambda sent, formula=formula: with_cell(sent, f"<c @><f>{html.escape(formula)}</f><v>31</v></c>"),
            ("STRUCTURE_FORMULA_UNSURE", "FILE_UNREADABLE"),
        )
    )


def _dated(sent: Sent, moment: str) -> bytes:
    """The first day that a session was held, as a web program keeps it."""
    address = place("sessions.held_date", sent.form)[1]
    text, times = re.subn(
        rf'<c r="{address}" s="(\d+)"><v>\d+</v>'.encode(),
        lambda found: f'<c r="{address}" s="{found[1].decode()}" t="d"><v>{moment}</v>'.encode(),
        sent.parts[SECOND],
    )
    assert times == 1
    return plus(sent, {SECOND: text})


@counted("a day in a zone, at midnight")
def _(sent: Sent) -> bytes:
    return _dated(sent, "2023-02-10T00:00:00.000Z")


@refused("a day in a zone, at another hour", "FIELD_NOT_A_DATE")
def _(sent: Sent) -> bytes:
    return _dated(sent, "2023-02-09T17:00:00.000Z")


@refused("an hour of no day", "FIELD_NOT_A_DATE")
def _(sent: Sent) -> bytes:
    return _dated(sent, "17:00:00")


@counted("an extent in whole rows")
def _(sent: Sent) -> bytes:
    return plus(sent, {FIRST: re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="1:43"/>', sent.parts[FIRST])})


@counted("runs of rich text and phonetic hints", registered=0, cells_registered=0)
def _(sent: Sent) -> bytes:
    return _registered(
        sent, '<is><r><rPr><b/></rPr><t>Kh</t></r><r><t>ông</t></r><rPh sb="0" eb="1"><t>Có</t></rPh></is>'
    )


@counted("a text in letters written as codes", registered=0, cells_registered=0)
def _(sent: Sent) -> bytes:
    return _registered(sent, "<is><t>_x004B_h&#244;ng</t></is>")


@refused("two texts in one cell", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return _registered(sent, "<is><t>Kh</t><t>ông</t></is>")


def _registered(sent: Sent, inner: str) -> bytes:
    address = places(sent.form)["registered"][0][1]
    text, times = re.subn(
        rf'(<c r="{address}"[^>]*>)<is>.*?</is>', lambda found: found[1] + inner, sent.parts[FIRST].decode()
    )
    assert times == 1
    return plus(sent, {FIRST: text.encode()})


# ------------------------------------------------------------------------------------------------ the identity


def retokened(sent: Sent, token: str, parts: Iterable[str] = (CUSTOM, BOOK, STRINGS)) -> bytes:
    """The submission with another token in some of its three places."""
    changed = {}
    for part in parts:
        text = sent.parts[part]
        assert sent.token.encode() in text
        changed[part] = text.replace(sent.token.encode(), html.escape(token, quote=False).encode())
    return plus(sent, changed)


def resigned(sent: Sent, **other: object) -> bytes:
    """The submission with another identity, properly signed by the office."""
    found = parse(sent.token)
    assert isinstance(found, tuple)
    return retokened(sent, sign(replace(found[0], **other), sent.key))


@refused("no token", "TOKEN_MISSING")
def _(sent: Sent) -> bytes:
    return retokened(sent, "")


for part in (CUSTOM, BOOK, STRINGS):
    KINDS.append(Kind(f"the token missing in {part}", lambda sent, part=part: retokened(sent, "", [part])))
    KINDS.append(
        Kind(
            f"another unit's token in {part}",
            lambda sent, part=part: retokened(sent, _their_token(sent), [part]),
            ("TOKEN_CONFLICT",),
        )
    )


def _their_token(sent: Sent) -> str:
    with zipfile.ZipFile(sent.other) as package:
        found = re.search(rb"LT1\|[^<]+", package.read(CUSTOM))
    assert found
    return found[0].decode()


@refused("a token with another unit written into it", "TOKEN_FORGED")
def _(sent: Sent) -> bytes:
    return retokened(sent, sent.token.replace(f"|{sent.unit}|", "|01.K1|"))


@refused("a token with a letter of its signature changed", "TOKEN_FORGED", "TOKEN_MALFORMED")
def _(sent: Sent) -> bytes:
    return retokened(sent, sent.token[:-10] + ("A" if sent.token[-10] != "A" else "B") + sent.token[-9:])


@refused("a token with another one's signature", "TOKEN_FORGED")
def _(sent: Sent) -> bytes:
    return retokened(sent, f"{sent.token.rpartition('|')[0]}|{_their_token(sent).rpartition('|')[2]}")


@refused("half a token", "TOKEN_MALFORMED", "TOKEN_FORGED")
def _(sent: Sent) -> bytes:
    return retokened(sent, sent.token[: len(sent.token) // 2])


@refused("a token twice as long", "TOKEN_MALFORMED")
def _(sent: Sent) -> bytes:
    return retokened(sent, sent.token + sent.token)


@refused("a token of a hundred thousand letters", "TOKEN_MALFORMED")
def _(sent: Sent) -> bytes:
    return retokened(sent, sent.token + "A" * 100_000)


@refused("a token with look-alike letters", "TOKEN_MALFORMED")
def _(sent: Sent) -> bytes:
    return retokened(sent, sent.token.replace("01.K", "01.К"))


@refused("a token with full-width digits", "TOKEN_MALFORMED")
def _(sent: Sent) -> bytes:
    return retokened(sent, sent.token.replace("|01.", "|０１."))


@refused("a token with an invisible letter", "TOKEN_MALFORMED")
def _(sent: Sent) -> bytes:
    return retokened(sent, sent.token.replace("|01.", "|\u200b01."))


@refused("a token of a later version", "TOKEN_VERSION")
def _(sent: Sent) -> bytes:
    return retokened(sent, sent.token.replace("LT1|", "LT2|"))


@refused("a token of a foreign office", "TOKEN_FOREIGN")
def _(sent: Sent) -> bytes:
    found = parse(sent.token)
    assert isinstance(found, tuple)
    return retokened(sent, sign(found[0], new_private_key()))


@refused("a token of another period", "PERIOD_WRONG")
def _(sent: Sent) -> bytes:
    return resigned(sent, period="2023-03", cutoff=date(2023, 3, 31), deadline=date(2023, 4, 5))


@refused("a token of another day", "PERIOD_WRONG")
def _(sent: Sent) -> bytes:
    return resigned(sent, cutoff=date(2023, 2, 27))


@refused("a token of another campaign", "PACK_OTHER")
def _(sent: Sent) -> bytes:
    return resigned(sent, pack="hoc_tap")


@refused("a token of a campaign that is a path", "PACK_OTHER")
def _(sent: Sent) -> bytes:
    return resigned(sent, pack="../../etc")


@refused("a token of a form that was never issued", "LAYOUT_UNKNOWN")
def _(sent: Sent) -> bytes:
    return resigned(sent, digest="0123456789ab")


@refused("a token of a unit that does not exist", "UNIT_FOREIGN")
def _(sent: Sent) -> bytes:
    return resigned(sent, unit="99.K1")


@refused("a token of the parent itself", "UNIT_FOREIGN", "TIER_WRONG")
def _(sent: Sent) -> bytes:
    return resigned(sent, unit="01")


@refused("a token of a unit that is a formula", "UNIT_FOREIGN")
def _(sent: Sent) -> bytes:
    return resigned(sent, unit="=cmd|'/c calc'!A0")


# ------------------------------------------------------------------------- what breaks its reader, or takes it long


def book_with(sent: Sent, lines: Sequence[Sequence[str | int | None]]) -> bytes:
    """A base's book, signed by the office, whose ledger of receipts says these lines and agrees with its digest."""
    loaded, unit = packs.load("loi_the"), "77.1"
    layout = next(each for each in loaded.layouts.values() if each.form.tier == "base" and each.form.parent)
    identity = Identity(unit, TERM.period, TERM.cutoff, TERM.deadline, loaded.pack.id, layout.digest)
    register = Register((Unit(unit, "Đảng bộ xã", "base"), Unit(f"{unit}.1", "Chi bộ", "cell", unit)))
    unit_form = UnitForm(loaded, identity, sign(identity, sent.key), "Đảng bộ xã", "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hidden, "receipt_lines", lambda _: signed([list(line) for line in lines]))
        case = parent_case(unit_form, blank(layout.form), Ledgers(register), {})
        return render.package(case, bytes(16))


def received(**told: str | int | None) -> tuple[list[str], list[str | int | None], list[str | int | None]]:
    """Lines of one file received, with one figure of its one unit."""
    file = {"row": ledger.FILE_LINE, "unit": "77.1.1", "sha": "0" * 64, "file": "a.xlsx", "verdict": "valid"}
    file |= {"received": "2023-03-01T00:00:00", **{id: each for id, each in told.items() if id != FIELD}}
    part = [ledger.PART, "77.1.1", *[None] * (len(ledger.FILE_COLUMNS) - 2), told.get(FIELD, 10)]
    return [*ledger.FILE_COLUMNS, FIELD], [file.get(id) for id in ledger.FILE_COLUMNS], part


DEEP = "[" * 14_000 + "]" * 14_000
for what, told in {
    "issues of brackets": {"issues": DEEP},
    "a rank of brackets": {"rank": DEEP},
    "a rank without end": {"rank": '[1e400, ""]'},
    "a rank of 6,000 digits": {"rank": f'[{"9" * 6_000}, ""]'},
    "a revision of 6,000 digits": {"revision": "9" * 6_000},
    "a figure of 6,000 digits": {FIELD: "9" * 6_000},
    "a figure that is none": {FIELD: "sNaN"},
    "a figure without end": {FIELD: "-Infinity"},
    "a figure beyond all": {FIELD: "9E+99999999"},
    "a figure below all": {FIELD: "1E-99999999"},
    "a figure of a thousand groups": {FIELD: "1_0" * 1_000},
}.items():
    KINDS.append(
        Kind(
            f"a book with {what}",
            lambda sent, told=told: book_with(sent, received(**told)),
            ("UNIT_FOREIGN", "LEDGER_DAMAGED", "FILE_FAILED"),
        )
    )


@refused("a seal of brackets", "STRUCTURE_LABEL_CHANGED")
def _(sent: Sent) -> bytes:
    opened = open_file(sent.form, "x")
    assert isinstance(opened, OpenedForm)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(issued.seal, "issued", lambda _: SealedWords("0" * 64, DEEP))
        kept = issued.sign_wording(opened.unit_form, None, sent.key)
    unit_form = replace(opened.unit_form, seal=kept)
    data = render.package(cell_case(unit_form, blank(opened.layout.form)), bytes(16))
    parts = dict(_parts(data))
    return packed({**parts, STRINGS: parts[STRINGS].replace("Đảng".encode(), "Hội".encode())})


@refused("a shared formula that leads off the sheet", "VALUE_OUTSIDE")
def _(sent: Sent) -> bytes:
    """The second of its cells lies left of the first."""
    first = '<row r="5000"><c r="J5000"><f t="shared" ref="A5000:J5001" si="0">A1+B2</f><v>1</v></c></row>'
    second = '<row r="5001"><c r="A5001"><f t="shared" si="0"/><v>1</v></c></row>'
    return edited(sent, FIRST, "</sheetData>", f"{first}{second}</sheetData>")


@refused("20,000 cells that share a formula of 8,000 letters", "FILE_TOO_LONG")
def _(sent: Sent) -> bytes:
    first = f'<row r="5000"><c r="A5000"><f t="shared" ref="A5000:A25000" si="0">A1{"+B1" * 2_600}</f></c></row>'
    others = "".join(f'<row r="{row}"><c r="A{row}"><f t="shared" si="0"/></c></row>' for row in range(5_001, 25_000))
    return edited(sent, FIRST, "</sheetData>", f"{first}{others}</sheetData>")


@refused("a rule of apostrophes", "STRUCTURE_RULE_CHANGED")
def _(sent: Sent) -> bytes:
    return ruled(sent, sent.cell, html.escape("'" * 900_000, quote=False))


@refused("rules for 5,000 areas of no input each", "FILE_TOO_LONG")
def _(sent: Sent) -> bytes:
    return ruled(sent, " ".join(["Z1:XFD900000"] * 5_000), "1", 12)


def ruled(sent: Sent, areas: str, formula: str, times: int = 1) -> bytes:
    """The submission with one more rule, so many times."""
    rule = f'<dataValidation type="custom" sqref="{areas}"><formula1>{formula}</formula1></dataValidation>'
    text = sent.parts[FIRST].decode()
    assert text.count("</dataValidations>") == 1
    return plus(sent, {FIRST: text.replace("</dataValidations>", f"{rule * times}</dataValidations>").encode()})


@refused("a number format of brackets", "FILE_TOO_LONG")
def _(sent: Sent) -> bytes:
    text = sent.parts[STYLES].decode()
    more = f'<numFmts count="1"><numFmt numFmtId="900" formatCode="{"[" * 200_000}"/>'
    return plus(sent, {STYLES: re.sub(r"<numFmts[^>]*>", more, text, count=1).encode()})


for part, close, more in (
    (BOOK, "</definedNames>", '<definedName name="n%07d">%d</definedName>'),
    (STYLES, "</cellXfs>", '<xf numFmtId="0" fontId="%d" fillId="%d"/>'),
):
    KINDS.append(
        Kind(
            f"nine million letters in {part}",
            lambda sent, part=part, close=close, more=more: edited(
                sent, part, close, "".join(more % (n, n * 7919) for n in range(9_000_000 // len(more))) + close
            ),
            ("FILE_TOO_LONG", "FILE_BOMB"),
        )
    )


@refused("a value of eight million letters", "FILE_TOO_LONG")
def _(sent: Sent) -> bytes:
    return with_cell(sent, f'<c @ t="str"><v>{"a" * 8_000_000}</v></c>')


@refused("a number of 6,000 digits", "FIELD_TOO_LARGE", "FIELD_NOT_A_NUMBER", "FIELD_ERROR_VALUE", "FILE_UNREADABLE")
def _(sent: Sent) -> bytes:
    return with_value(sent, "9" * 6_000)


@counted("a number of 6,000 decimals", members_total=MEMBERS)
def _(sent: Sent) -> bytes:
    return with_value(sent, f"{MEMBERS}.{'0' * 6_000}")


# ------------------------------------------------------------------------------------------- where a file lies


@dataclass(frozen=True)
class Spot:
    """A path that is hostile by itself; ``codes`` as in ``Kind``, and "skipped"."""

    name: str
    lay: Callable[[Path, Sent], Path]
    codes: tuple[str, ...] = ()


SPOTS: list[Spot] = []
SKIPPED = ("skipped",)


def spot(name: str, *codes: str) -> Callable[[Callable[[Path, Sent], Path]], Callable[[Path, Sent], Path]]:
    def add(lay: Callable[[Path, Sent], Path]) -> Callable[[Path, Sent], Path]:
        SPOTS.append(Spot(name, lay, codes))
        return lay

    return add


def _laid(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@spot("a name of 250 bytes")
def _(folder: Path, sent: Sent) -> Path:
    return _laid(folder / f"{'đ' * 120}{sent.unit[-3:]}.xlsx", sent.data)


@spot("a path of 1,000 letters")
def _(folder: Path, sent: Sent) -> Path:
    return _laid(folder.joinpath(*[f"{'thư mục ' * 12}{number}" for number in range(10)], "a.xlsx"), sent.data)


@spot("a name of two lines")
def _(folder: Path, sent: Sent) -> Path:
    return _laid(folder / "dòng một\ndòng hai.xlsx", sent.data)


@spot("a name that reads backwards")
def _(folder: Path, sent: Sent) -> Path:
    return _laid(folder / "bao-cao-\u202excod.xlsx", sent.data)


@spot("a name that is a formula")
def _(folder: Path, sent: Sent) -> Path:
    return _laid(folder / "=cmd|' c calc'!A0.xlsx", sent.data)


@spot("a name that is no utf-8")
def _(folder: Path, sent: Sent) -> Path:
    return _laid(Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.xlsx")), sent.data)


@spot("a name in decomposed letters")
def _(folder: Path, sent: Sent) -> Path:
    return _laid(folder / "Chi bo\u0302\u0323.xlsx", sent.data)


@spot("a folder named like a file")
def _(folder: Path, sent: Sent) -> Path:
    return _laid(folder / "thu-muc.xlsx" / "bên trong.xlsx", sent.data)


@spot("excel's owner file", "skipped")
def _(folder: Path, sent: Sent) -> Path:
    return _laid(folder / "~$01.K1.xlsx", sent.data)


@spot("libreoffice's lock file", "skipped")
def _(folder: Path, sent: Sent) -> Path:
    return _laid(folder / ".~lock.01.K1.xlsx#", sent.data)


@spot("our own unfinished file", "skipped")
def _(folder: Path, sent: Sent) -> Path:
    return _laid(folder / ".~loithe-01.xlsx-0123456789abcdef.tmp", sent.data)


@spot("a link to a submission", "skipped")
def _(folder: Path, sent: Sent) -> Path:
    target = _laid(folder.parent / "xa" / "gốc.xlsx", sent.data)
    (folder / "liên kết.xlsx").symlink_to(target)
    return folder / "liên kết.xlsx"


@spot("a link to itself", "skipped")
def _(folder: Path, sent: Sent) -> Path:
    (folder / "vòng.xlsx").symlink_to(folder / "vòng.xlsx")
    return folder / "vòng.xlsx"


@spot("a folder that leads to itself", "skipped")
def _(folder: Path, sent: Sent) -> Path:
    (folder / "vòng").symlink_to(folder, target_is_directory=True)
    return folder / "vòng"


@spot("a pipe", "FILE_NOT_PLAIN")
def _(folder: Path, sent: Sent) -> Path:
    os.mkfifo(folder / "ống.xlsx")
    return folder / "ống.xlsx"


@spot("five gigabytes of nothing", "FILE_TOO_LARGE")
def _(folder: Path, sent: Sent) -> Path:
    with (folder / "to.xlsx").open("wb") as file:
        file.write(sent.data)
        file.truncate(5_000_000_000)
    return folder / "to.xlsx"


@spot("sixty megabytes of a submission", "FILE_TOO_LARGE")
def _(folder: Path, sent: Sent) -> Path:
    with (folder / "vừa.xlsx").open("wb") as file:
        file.write(sent.data)
        file.truncate(60_000_000)
    return folder / "vừa.xlsx"


# ------------------------------------------------------------------------------------------------- all at once


@dataclass(frozen=True)
class Run:
    """What one run over all of them said and kept; ``files`` tells which file is which case."""

    answer: Mapping[str, Any]
    receipts: tuple[Receipt, ...]
    files: Mapping[str, str]
    honest: Receipt
    megabytes: float
    together: float
    seconds: float
    untouched: bool

    def wrong(self, case: Kind | Spot) -> str:
        """What became of a case otherwise than it should; blank when all is well."""
        mine = [each for each in self.receipts if each.file == self.files[case.name]]
        if case.codes == SKIPPED:
            return "it was read" if mine else ""
        if len(mine) != 1:
            return f"{len(mine)} receipts"
        (receipt,) = mine
        found = sorted({each.code for each in receipt.issues if each.severity == "ERROR"})
        if case.codes and not (receipt.verdict is Verdict.VALID and isinstance(case, Kind) and case.either):
            fine = receipt.verdict is not Verdict.VALID and not receipt.rows and set(found) & set(case.codes)
            return "" if fine else f"{receipt.verdict}, {found} for {case.codes}"
        expected = {**self.honest.rows[0].figures, **(case.figures if isinstance(case, Kind) else {})}
        if receipt.verdict is not Verdict.VALID:
            return f"{receipt.verdict}, {found}"
        figures = dict(receipt.rows[0].figures)
        other = {
            id: (figures.get(id), expected.get(id))
            for id in {*figures, *expected}
            if figures.get(id) != expected.get(id)
        }
        return f"other figures: {other}" if other else ""


@dataclass(frozen=True)
class Post:
    """What came in one day: a folder of hostile files with an honest one, and the parent that they are for."""

    folder: Path
    parent: Path
    inbox: Path
    files: Mapping[str, str]


def _may_count(case: Kind | Spot) -> bool:
    return not case.codes or (isinstance(case, Kind) and case.either)


def arrived(folder: Path) -> Post:
    """All cases and an honest file in one folder; what may count has a unit of its own."""
    cases: list[Kind | Spot] = [*KINDS, *SPOTS]
    forms = make_forms(folder / "forms", small_register({}, straight=3 + sum(map(_may_count, cases))))
    inbox, key = folder / "nhận", keyring.private_key()
    inbox.mkdir()
    genuine = (sent(unit, forms[unit], forms["01.K1"], key) for unit in forms if unit not in ("01", "01.K1"))
    honest, refused_ones = next(genuine), next(genuine)
    (inbox / "thật.xlsx").write_bytes(honest.data)
    files = {}
    for number, case in enumerate(cases):
        base = next(genuine) if _may_count(case) else refused_ones
        path = inbox / f"{number:03}.xlsx"
        if isinstance(case, Kind):
            path.write_bytes(case.make(base))
        else:
            path = case.lay(inbox, base)
        files[case.name] = os.fsencode(path.relative_to(folder)).decode("utf-8", "replace")
    return Post(folder, forms["01"], inbox, files)


def consolidated(folder: Path) -> Run:
    """What the command makes of all of them."""
    post = arrived(folder)
    before = looks(post.inbox)
    done = loithe(folder, "consolidate", "--into", post.parent, post.inbox.name, "--format", "json")
    assert done.code == 1 and len(done.err.splitlines()) == 1, done.err  # the bar alone: no library may shout
    receipts = tuple(open_parent(post.parent).ledgers.receipts)
    (true,) = [each for each in receipts if each.file == "nhận/thật.xlsx"]
    untouched = looks(post.inbox) == before
    return Run(json.loads(done.out), receipts, post.files, true, done.megabytes, done.together, done.seconds, untouched)


def run(folder: Path, count: int = 0, seed: int = 0) -> Tally:
    """Every case once."""
    tally = Tally()
    found = consolidated(folder)
    for case in [*KINDS, *SPOTS]:
        tally.add(case.name, found.wrong(case))
    tally.add("the honest file beside them", "" if found.honest.verdict is Verdict.VALID else "it does not count")
    most = max(found.megabytes, found.together)
    tally.add("memory", "" if most < MEMORY else f"{most:.0f} MB")
    tally.notes.append(
        f"{len(KINDS)} kinds of content, {len(SPOTS)} of place; all in one run of {found.seconds:.0f} s, "
        f"its largest process {found.megabytes:.0f} MB, together {found.together:.0f} MB"
    )
    return tally


def run_untouched(folder: Path, count: int = 0, seed: int = 0) -> Tally:
    """After every reading command each received file is the same: bytes, names, times, kind."""
    tally, post = Tally(), arrived(folder)
    before = looks(post.inbox)
    for command in (
        ("validate", post.inbox.name),
        ("consolidate", "--into", post.parent, post.inbox.name, "--dry-run"),
        ("consolidate", "--into", post.parent, post.inbox.name),
        ("consolidate", "--into", post.parent, post.inbox.name),
        ("status", post.parent),
        ("report", post.parent, "--out", "bc.xlsx"),
        *(("repair", path, "--out", "sach.xlsx") for path in sorted(post.inbox.glob("*.xlsx"))[:: max(count, 1)][:20]),
    ):
        loithe(folder, *command)
        after = looks(post.inbox)
        for path in sorted({*before, *after}):
            same = before.get(path) == after.get(path)
            tally.add(f"{Path(path).name!r} after {command[0]}", "" if same else "it is another")
    return tally


def looks(inbox: Path) -> dict[str, object]:
    """Every entry beneath a folder: kind, size, times and, where it is no giant, its bytes."""
    found: dict[str, object] = {}
    for folder, folders, files in os.walk(inbox):
        for path in (Path(folder, name) for name in (*folders, *files)):
            state = path.lstat()
            plain = stat.S_ISREG(state.st_mode) and state.st_size < 100_000_000
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if plain else ""
            found[str(path)] = (state.st_mode, state.st_size, state.st_mtime_ns, state.st_ino, digest)
    return found
