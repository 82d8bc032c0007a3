"""Locks put into a finished package: what locking while it is written is held to."""

from __future__ import annotations

import io
import zipfile

from loithe_xl.workbook.protection import Protection
from loithe_xl.workbook.zipparts import entry, joined, parts_of


def lock(package: bytes, protection: Protection) -> bytes:
    """The package with this password on every protected sheet and on the workbook's structure."""
    by_sheet, by_book = _attributes(protection, ""), _attributes(protection, "workbook")
    structure = f'<workbookProtection lockStructure="1"{by_book}/>'.encode()
    parts = []
    if b"<workbookProtection" in zipfile.ZipFile(io.BytesIO(package)).read("xl/workbook.xml"):
        raise ValueError("the package is locked already")
    for part in parts_of(package):
        text = part.text
        if part.name == "xl/workbook.xml":
            part = part.changed(_once(text, b"<bookViews>", structure + b"<bookViews>"))
        elif part.name.startswith("xl/worksheets/sheet") and b"<sheetProtection" in text:
            mark = b'<sheetProtection sheet="1"'
            part = part.changed(_once(text, mark, b"<sheetProtection" + by_sheet.encode() + b' sheet="1"'))
        parts.append(part)
    return joined(map(entry, parts))


def _attributes(protection: Protection, prefix: str) -> str:
    return "".join(f' {name}="{value}"' for name, value in protection.attributes(prefix))


def _once(text: bytes, old: bytes, new: bytes) -> bytes:
    if text.count(old) != 1:
        raise ValueError(f"{old.decode()} stands {text.count(old)} times")
    return text.replace(old, new)
