"""The gate: what a received file is by its content; anything but a plain, whole, unencrypted xlsx gets its reason."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from loithe_xl.language.issues import Issue, issue
from loithe_xl.reading.contents import judged
from loithe_xl.reading.encrypted import unlocked
from loithe_xl.reading.unpacking import Parts, parts

MOST_BYTES = 50_000_000  # of a file
MOST_UNPACKED = 200_000_000
MOST_PARTS = 1_000
_MOST_DIGESTED = 2_000_000_000  # bytes, some seconds
_BOMB_RATIO, _BOMB_FLOOR = 100, 10_000_000
_OLE, _ZIP, _ZIP_END = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\3\4", b"PK\5\6"
_BLOCK = 512  # bytes of a disk
_END_REACH = 65_557  # how far before the end zip's last record may begin
_MAGIC = (
    ("FILE_PDF", (b"%PDF",)),
    ("FILE_PICTURE", (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")),
    ("FILE_ARCHIVE", (_ZIP_END, b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")),
)
# In a part's flags: a patch, strongly encrypted, its header masked; some programs look there, some do not.
_OTHERWISE = 0x2060
_OTHER_NAME = b"up"  # Info-ZIP's second name of a part, which only some programs take
_DTD = "<!DOCTYPE"
_ODD = re.compile(r"[\\\0:]|^/|(?:^|/)\.\.(?:/|$)")  # in a part's name
# The outermost element, before which alone a document type can be declared.
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml\s[^<>]*\?>)?\s*<[A-Za-z]")


def admit(path: Path, *, links: bool = False) -> bytes | Issue:
    """The package in a file, read once, or why ``unwrap`` refuses it. Never raises for what the file is or holds."""
    data = fetch(path)
    package = data if isinstance(data, Issue) else unwrap(data, links=links)
    return package.in_file(str(path)) if isinstance(package, Issue) else package


def fetch(path: Path) -> bytes | Issue:
    """The bytes of a plain file of bearable size, whatever they are."""
    data = _fetch(path)
    return issue(data) if isinstance(data, str) else data


def unwrap(data: bytes, *, links: bool = False) -> bytes | Issue:
    """The package that these bytes are or, encrypted by Excel of its own accord, hold; or why they are refused.

    ``links``: those to other workbooks pass, for a reader who says so himself and takes nothing from them.
    """
    code = _fault(data, links=links)
    if code == "FILE_PASSWORD" and data.startswith(_OLE):
        package = unlocked(data)
        if package is not None:
            data, code = package, _fault(package, links=links)
    return issue(code) if code else data


def inspect(data: bytes) -> Issue | None:
    """Why these bytes are refused; None when they may be read as they are."""
    code = _fault(data)
    return issue(code) if code else None


def bytes_digest(path: Path) -> str:
    """The SHA-256 of a plain file that is not read otherwise; blank when it cannot be read or is enormous."""
    try:
        with _opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            return hashlib.file_digest(file, "sha256").hexdigest() if size <= _MOST_DIGESTED else ""
    except (OSError, ValueError):
        return ""


def _fetch(path: Path) -> bytes | str:
    """The bytes of a plain file, or an issue code."""
    try:
        with _opened(path) as file:
            size = os.fstat(file.fileno()).st_size  # room for all that may come is not taken before it comes
            data = file.read(min(size, MOST_BYTES) + 1)
            data += file.read(MOST_BYTES + 1 - len(data)) if size < len(data) <= MOST_BYTES else b""
    except _NotPlain:
        return "FILE_NOT_PLAIN"
    except (OSError, ValueError):
        return "FILE_NO_ACCESS"
    return "FILE_TOO_LARGE" if len(data) > MOST_BYTES else data


class _NotPlain(ValueError):
    """A link, folder, pipe or device."""


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedReader]:
    """A plain file, open; never waits on a pipe, nor follows a link, even one that took the file's place meanwhile."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise _NotPlain
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise _NotPlain
        yield file


def _fault(data: bytes, *, links: bool = False) -> str | None:
    if not data:
        return "FILE_EMPTY"
    if data.startswith(_OLE):
        return _ole(data)
    if not data.startswith(_ZIP):
        return _other(data)
    try:
        found = parts(data)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
        return "FILE_DAMAGED" if _ZIP_END in data[-_END_REACH:] else "FILE_TRUNCATED"
    sound = _names(found.infos) or _sizes(found.infos, data) or _kind(found) or _contents(found)
    return sound or _foreign(found, links=links)


def _ole(data: bytes) -> str:
    """An old container: encrypted xlsx, old Excel, or another old document."""
    if _wide("EncryptedPackage") in data:
        return "FILE_PASSWORD"
    old = _wide("Workbook") in data or (_wide("Book") in data and _wide("WordDocument") not in data)
    return "FILE_OLD_XLS" if old else "FILE_OTHER_DOCUMENT"


def _other(data: bytes) -> str:
    for code, magics in _MAGIC:
        if data.startswith(magics):
            return code
    if (data.startswith(b"RIFF") and data[8:12] == b"WEBP") or data[4:12] in (b"ftypheic", b"ftypmif1", b"ftypavif"):
        return "FILE_PICTURE"
    if not data[:_BLOCK].strip(b"\0"):  # what a disk gives that lost the file, or a download that never began
        return "FILE_DAMAGED"
    if _ZIP.startswith(data):
        return "FILE_TRUNCATED"
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "FILE_UNKNOWN"
    return "FILE_TEXT"


def _names(infos: list[zipfile.ZipInfo]) -> str | None:
    """Too many parts, or names that two programs could take for different parts."""
    if len(infos) > MOST_PARTS:
        return "FILE_TOO_MANY_PARTS"
    names = [info.orig_filename for info in infos]
    if any(_OTHER_NAME in info.extra for info in infos):
        return "FILE_PART_NAMES"
    odd = any(_ODD.search(name) for name in names)
    return "FILE_PART_NAMES" if odd or len({unquote(name).casefold() for name in names}) < len(names) else None


def _sizes(infos: list[zipfile.ZipInfo], data: bytes) -> str | None:
    total = sum(info.file_size for info in infos)
    if total > MOST_UNPACKED or (total > _BOMB_FLOOR and total > _BOMB_RATIO * len(data)):
        return "FILE_BOMB"
    if any(info.flag_bits & 1 for info in infos):
        return "FILE_PASSWORD"
    methods = {info.compress_type for info in infos}
    odd = methods - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or any(info.flag_bits & _OTHERWISE for info in infos)
    return "FILE_DAMAGED" if odd else None


def _kind(found: Parts) -> str | None:
    """What sort of document the package is."""
    names = {info.filename.lower(): info for info in found.infos}
    if "mimetype" in names:
        return "FILE_ODS" if b"opendocument.spreadsheet" in _text(names["mimetype"], found) else "FILE_OTHER_DOCUMENT"
    if "[content_types].xml" not in names:
        return "FILE_ARCHIVE"
    if "xl/workbook.bin" in names:
        return "FILE_XLSB"
    if "xl/workbook.xml" not in names:
        return "FILE_OTHER_DOCUMENT" if _some(names, ("word/", "ppt/", "visio/")) else "FILE_NOT_WORKBOOK"
    return None


def _contents(found: Parts) -> str | None:
    """Every part unpacked once: damage, DTDs, the Strict dialect."""
    infos, data = found.infos, found.data
    # A second directory, or anything before the first part, is a second file for another program.
    if data[-_END_REACH:].count(_ZIP_END) > 1 or min(info.header_offset for info in infos) > 0 or _overlap(infos):
        return "FILE_DAMAGED"
    for info in infos:
        name = info.filename.lower()
        try:
            begins = found.beginning(info)
            media = name.startswith("xl/media/") and not name.endswith(".rels")
            if not media and not _PROLOG.match(begins) and _has_dtd(found.text(info)):
                return "FILE_DTD"
            if name == "xl/workbook.xml" and b"http://purl.oclc.org/ooxml" in found.text(info):
                return "FILE_STRICT"
        except ValueError:
            return "FILE_DAMAGED"
    return None


def _foreign(found: Parts, *, links: bool) -> str | None:
    """What an honest workbook does not have, or not there; ``links`` to other workbooks may be borne."""
    try:
        code, linked = judged(found)
    except ValueError:
        return "FILE_UNREADABLE"
    return None if links and linked else code or None


def _overlap(infos: list[zipfile.ZipInfo]) -> bool:
    """Whether two parts lie in the same bytes."""
    spans = sorted((info.header_offset, info.header_offset + 30 + info.compress_size) for info in infos)
    return any(end > start for (_, end), (start, _) in pairwise(spans))


def _has_dtd(text: bytes) -> bool:
    """Whether a part declares a document type."""
    if text[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
        return any(_DTD.encode(code) in text for code in ("utf-16-le", "utf-16-be"))
    return _DTD.encode() in text


def _text(info: zipfile.ZipInfo, found: Parts) -> bytes:
    """A part, or nothing when it is damaged."""
    try:
        return found.text(info)
    except ValueError:
        return b""


def _some(names: Iterable[str], beginnings: tuple[str, ...]) -> bool:
    return any(name.startswith(beginnings) for name in names)


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")
