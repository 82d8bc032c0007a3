"""Every kind of file that is not a plain workbook is refused by what it is, whatever it is called."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from loithe_xl.language.catalogue import catalogue
from loithe_xl.language.issues import Issue, Severity
from loithe_xl.reading import guard
from loithe_xl.reading.guard import admit, inspect
from loithe_xl.workbook.book import Book, Sheet
from loithe_xl.workbook.writer import render

BINARY = b'<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
MACRO = b'<Override PartName="/xl/a.bin" ContentType="application/vnd.ms-office.vba&#80;roject"/>'
TYPES, BOOK, SHEET = "[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"


def plain() -> bytes:
    sheet = Sheet("A")
    sheet.put(1, 1, "Mười hai")
    return render(Book([sheet]))


PLAIN = plain()


def rebuilt(changes: Mapping[str, bytes | None] | None = None, data: bytes = PLAIN) -> bytes:
    """The package with parts added, replaced or (None) left out."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()} | dict(changes or {})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            if text is not None:
                made.writestr(name, text)
    return buffer.getvalue()


def part(name: str, data: bytes = PLAIN) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read(name)


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return buffer.getvalue()


def ole(*streams: str) -> bytes:
    """An old container whose directory names these streams."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(name.encode("utf-16-le") for name in streams)


def with_flag(data: bytes, flag: int) -> bytes:
    """The flag set in the directory's first entry."""
    at = data.index(b"PK\1\2") + 8
    return data[:at] + struct.pack("<H", flag) + data[at + 2 :]


def flipped() -> bytes:
    """One byte changed inside the compressed text of the sheet."""
    info = zipfile.ZipFile(io.BytesIO(PLAIN)).getinfo(SHEET)
    at = info.header_offset + 30 + len(SHEET) + info.compress_size // 2
    return PLAIN[:at] + bytes([PLAIN[at] ^ 0x55]) + PLAIN[at + 1 :]


def longer_than_declared() -> bytes:
    """A part that holds more than the directory says, its checksum right for what is declared."""
    text = part(SHEET)
    data = rebuilt({SHEET: text + b" " * 1_000_000})
    at = data.index(SHEET.encode(), data.index(b"PK\1\2")) - 46
    short = struct.pack("<I", zlib.crc32(text)), struct.pack("<I", len(text))
    return data[: at + 16] + short[0] + data[at + 20 : at + 24] + short[1] + data[at + 28 :]


def with_second_directory() -> bytes:
    """A copy of the directory in the comment: which of the two counts depends on the program."""
    start = PLAIN.index(b"PK\1\2")
    directory, end = PLAIN[start:-22], PLAIN[-22:]
    second = directory + end[:16] + struct.pack("<I", len(PLAIN)) + end[20:]
    return PLAIN[:-2] + struct.pack("<H", len(second)) + second


def renamed(old: str, new: str, entry: bytes) -> bytes:
    """The directory (or the part itself) calls a part otherwise."""
    at = PLAIN.index(old.encode(), PLAIN.index(entry))
    return PLAIN[:at] + new.encode() + PLAIN[at + len(old) :]


def overlapping() -> bytes:
    """A part that is stored whole, and a second one that begins within it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        inner = zipped(**{"xl/media/b": b"x"})[: 30 + len("xl/media/b") + 1]
        for name, text in {"xl/media/a": inner, "xl/media/b": b"x"}.items():
            made.writestr(name, text)
        for name in zipfile.ZipFile(io.BytesIO(PLAIN)).namelist():
            made.writestr(name, part(name))
    data = buffer.getvalue()
    at = data.index(b"xl/media/b", data.index(b"PK\1\2")) - 4
    return data[:at] + struct.pack("<I", 30 + len("xl/media/a")) + data[at + 4 :]


def other_name() -> bytes:
    """Info-ZIP's field with a Unicode name, which only some programs look at."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in zipfile.ZipFile(io.BytesIO(PLAIN)).namelist():
            made.writestr(name, part(name))
        info, said = zipfile.ZipInfo("xl/a.xml"), struct.pack("<BI", 1, zlib.crc32(b"xl/a.xml")) + SHEET.encode()
        info.extra = struct.pack("<2sH", b"up", len(said)) + said
        made.writestr(info, "<a/>")
    return buffer.getvalue()


LINK = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><%s/></externalLink>'
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
LOOSE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"

REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("FILE_EMPTY", lambda: b""),
    "encrypted xlsx": ("FILE_PASSWORD", lambda: ole("Root Entry", "EncryptionInfo", "EncryptedPackage")),
    "old xls": ("FILE_OLD_XLS", lambda: ole("Root Entry", "Workbook")),
    "older xls": ("FILE_OLD_XLS", lambda: ole("Root Entry", "Book")),
    "old doc": ("FILE_OTHER_DOCUMENT", lambda: ole("Root Entry", "WordDocument", "My Book")),
    "ods": ("FILE_ODS", lambda: zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content=b"")),
    "odt": ("FILE_OTHER_DOCUMENT", lambda: zipped(mimetype=b"application/vnd.oasis.opendocument.text")),
    "xlsb": ("FILE_XLSB", lambda: rebuilt({BOOK: None, "xl/workbook.bin": b"\1"})),
    "docx": ("FILE_OTHER_DOCUMENT", lambda: zipped(**{TYPES: b"<Types/>", "word/document.xml": b"<document/>"})),
    "package without a workbook": ("FILE_NOT_WORKBOOK", lambda: rebuilt({BOOK: None})),
    "pdf": ("FILE_PDF", lambda: b"%PDF-1.7\n1 0 obj"),
    "png": ("FILE_PICTURE", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "jpeg": ("FILE_PICTURE", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF"),
    "webp": ("FILE_PICTURE", lambda: b"RIFF\x10\0\0\0WEBPVP8 "),
    "heic": ("FILE_PICTURE", lambda: b"\0\0\0\x18ftypheic\0\0\0\0"),
    "csv": ("FILE_TEXT", lambda: "Mã đơn vị;Số đảng viên\n01;30\n".encode()),
    "utf-16 text": ("FILE_TEXT", lambda: "Mã đơn vị\t30".encode("utf-16")),
    "web page": ("FILE_TEXT", lambda: b"<html><table><tr><td>30</td></tr></table></html>"),
    "zip": ("FILE_ARCHIVE", lambda: zipped(**{"bieu.xlsx": PLAIN})),
    "empty zip": ("FILE_ARCHIVE", lambda: zipped()),
    "rar": ("FILE_ARCHIVE", lambda: b"Rar!\x1a\7\1\0"),
    "noise": ("FILE_UNKNOWN", lambda: bytes(range(256)) * 8),
    "zeros": ("FILE_DAMAGED", lambda: bytes(4096)),
    "macro": ("FILE_MACRO", lambda: rebuilt({"xl/vbaProject.bin": b"\1"})),
    "macro of another name": (
        "FILE_MACRO",
        lambda: rebuilt({TYPES: part(TYPES).replace(b"</Types>", MACRO + b"</Types>")}),
    ),
    "a binary workbook's type, and a binary part": (
        "FILE_MACRO",
        lambda: rebuilt({TYPES: part(TYPES).replace(b"<Default ", BINARY + b"<Default ", 1), "xl/x.bin": b"x"}),
    ),
    "old macro sheet": ("FILE_MACRO", lambda: rebuilt({"xl/macrosheets/sheet1.xml": b"<a/>"})),
    "external link": (
        "FILE_EXTERNAL_LINK",
        lambda: rebuilt({"xl/externalLinks/externalLink1.xml": LINK % b"externalBook"}),
    ),
    "data connection": ("FILE_EXTERNAL_LINK", lambda: rebuilt({"xl/connections.xml": b"<connections/>"})),
    "dde": ("FILE_DDE", lambda: rebuilt({"xl/externalLinks/externalLink1.xml": LINK % b"ddeLink"})),
    "ole object": ("FILE_EMBEDDING", lambda: rebuilt({"xl/embeddings/oleObject1.bin": b"\1"})),
    "activex": ("FILE_ACTIVEX", lambda: rebuilt({"xl/activeX/activeX1.xml": b"<a/>"})),
    "truncated": ("FILE_TRUNCATED", lambda: PLAIN[: len(PLAIN) // 2]),
    "cut at its last record": ("FILE_TRUNCATED", lambda: PLAIN[:-22]),
    "broken directory": ("FILE_DAMAGED", lambda: PLAIN.replace(b"PK\1\2", b"PK\1\3")),
    "flipped bytes": ("FILE_DAMAGED", flipped),
    "more than declared": ("FILE_DAMAGED", longer_than_declared),
    "a part with two names": ("FILE_DAMAGED", lambda: renamed(SHEET, SHEET.replace("1", "2"), b"PK\3\4")),
    "two directories": ("FILE_DAMAGED", with_second_directory),
    "two parts in the same bytes": ("FILE_DAMAGED", overlapping),
    "a second name beside a part's": ("FILE_PART_NAMES", other_name),
    "something before the first part": ("FILE_DAMAGED", lambda: PLAIN[:30] + PLAIN),
    "1,001 parts": ("FILE_TOO_MANY_PARTS", lambda: rebuilt({f"xl/media/{n}": b"" for n in range(1_001)})),
    "two parts of one name": ("FILE_PART_NAMES", lambda: rebuilt({SHEET.upper(): b"<worksheet/>"})),
    "climbing name": ("FILE_PART_NAMES", lambda: rebuilt({"xl/../../etc/passwd": b""})),
    "absolute name": ("FILE_PART_NAMES", lambda: rebuilt({"/xl/a.xml": b""})),
    "backslashes": ("FILE_PART_NAMES", lambda: renamed("docProps/app.xml", "docProps\\app.xml", b"PK\1\2")),
    "bomb": ("FILE_BOMB", lambda: rebuilt({"xl/media/a": bytes(20_000_000)})),
    "zip password": ("FILE_PASSWORD", lambda: with_flag(PLAIN, 1)),
    "dtd": ("FILE_DTD", lambda: rebuilt({SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]>' + part(SHEET)})),
    "dtd in utf-16": ("FILE_DTD", lambda: rebuilt({SHEET: '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")})),
    "dtd in relations": ("FILE_DTD", lambda: rebuilt({"_rels/.rels": b"<!DOCTYPE a><a/>"})),
    "strict": ("FILE_STRICT", lambda: rebuilt({BOOK: part(BOOK).replace(LOOSE, STRICT)})),
}


@pytest.mark.parametrize(("code", "make"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("name", ["chi-bo.xlsx", "ảnh.png"])
def test_a_file_is_refused_by_what_it_is(code: str, make: Callable[[], bytes], name: str, tmp_path: Path):
    file = tmp_path / name
    file.write_bytes(make())
    found = admit(file)

    assert isinstance(found, Issue)
    assert (found.code, found.severity, found.place.file) == (code, Severity.ERROR, str(file))


@pytest.mark.parametrize("name", ["chi-bo.xlsx", "chi bộ.PDF", "không đuôi"])
def test_a_workbook_is_admitted_whatever_it_is_called(name: str, tmp_path: Path):
    file = tmp_path / name
    file.write_bytes(PLAIN)

    assert admit(file) == PLAIN
    assert inspect(PLAIN) is None


def test_stored_parts_and_comments_in_media_are_no_fault():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
        for name in zipfile.ZipFile(io.BytesIO(PLAIN)).namelist():
            made.writestr(name, part(name))
        made.writestr("xl/media/image1.svg", b"<!DOCTYPE svg><svg/>")

    assert inspect(buffer.getvalue()) is None


def test_links_folders_and_pipes_are_not_read(tmp_path: Path):
    file, link, folder = tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path / "c.xlsx"
    file.write_bytes(PLAIN)
    folder.mkdir()
    strange = [folder]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "d.xlsx")
        strange.append(tmp_path / "d.xlsx")
    try:
        link.symlink_to(file)
        strange.append(link)
    except OSError:
        pass  # Windows lets only some users make links

    for path in strange:
        found = admit(path)
        assert isinstance(found, Issue)
        assert found.code == "FILE_NOT_PLAIN"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are POSIX")
def test_nobody_waits_for_a_digest(tmp_path: Path):
    os.mkfifo(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").symlink_to(tmp_path / "a.xlsx")
    (tmp_path / "c.xlsx").write_bytes(b"x")
    with (tmp_path / "d.xlsx").open("wb") as file:
        file.truncate(3_000_000_000)

    assert [guard.bytes_digest(tmp_path / f"{name}.xlsx") for name in "abde"] == ["", "", "", ""]
    assert guard.bytes_digest(tmp_path / "c.xlsx") == hashlib.sha256(b"x").hexdigest()


def test_a_file_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As whoever may read everything cannot be refused, the system's refusal is made."""
    file = tmp_path / "a.xlsx"
    file.write_bytes(PLAIN)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    found = admit(file)

    assert isinstance(found, Issue)
    assert found.code == "FILE_NO_ACCESS"
    assert guard.bytes_digest(file) == ""


def test_a_file_that_grows_meanwhile_is_read_as_one_moment_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A copy in progress is cut short, and one that never ends is not read to its end."""
    file, real = tmp_path / "a.xlsx", os.fstat
    file.write_bytes(PLAIN[:3000])

    def growing(more: bytes) -> Callable[[int], os.stat_result]:
        coming = [more]

        def fstat(descriptor: int) -> os.stat_result:
            with file.open("ab") as out:
                out.write(coming.pop() if coming else b"")
            return real(descriptor)

        return fstat

    found = []
    for more in (b"", PLAIN[3000:], bytes(60_000_000)):
        with monkeypatch.context() as patch:
            patch.setattr(os, "fstat", growing(more))
            found.append(admit(file))

    assert [each.code if isinstance(each, Issue) else each for each in found] == [
        "FILE_TRUNCATED",
        PLAIN,
        "FILE_TOO_LARGE",
    ]


def test_an_absent_or_closed_file_is_said(tmp_path: Path):
    found = admit(tmp_path / "không có.xlsx")

    assert isinstance(found, Issue)
    assert found.code == "FILE_NO_ACCESS"


def test_a_huge_file_is_not_read_whole(tmp_path: Path):
    file = tmp_path / "a.xlsx"
    with file.open("wb") as out:
        out.write(PLAIN)
        out.truncate(50_000_001)
    found = admit(file)

    assert isinstance(found, Issue)
    assert found.code == "FILE_TOO_LARGE"


def test_no_cut_or_change_of_a_workbook_raises():
    for size in range(0, len(PLAIN), 97):
        assert inspect(PLAIN[:size]) is not None
    for at in range(0, len(PLAIN), 61):
        inspect(PLAIN[:at] + bytes([PLAIN[at] ^ 0xFF]) + PLAIN[at + 1 :])


def test_every_code_of_the_gate_is_worded_and_met():
    worded = {code for code in catalogue("issues") if code.startswith("FILE_")}
    met = {code for code, _ in REFUSED.values()} | {"FILE_NOT_PLAIN", "FILE_NO_ACCESS", "FILE_TOO_LARGE"}

    assert met - worded == set()
