"""Which files a run looks at: folders walked in a stable order, what is passed over said."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loithe_xl.draw.hidden import TOKEN_NAME
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.reading.guard import MOST_BYTES
from loithe_xl.system.disk import TEMPORARY
from loithe_xl.system.store import OLD_COPIES
from loithe_xl.workbook.ownsheets import HIDDEN, NO_FORM

# The file journal of a parent, its continuations, and one saved beside a journal that was open in Excel.
_JOURNAL = re.compile(r".*_nhat-ky(-[0-9]+)?( \(bản mới [0-9-]+\))?\.csv", re.DOTALL)

# Endings of what people send for a form; what such a file really is, the gate tells by its content.
_SENT = frozenset(
    """.xlsx .xls .xlsb .xlsm .xltx .xltm .xlam .et .ods .fods .csv .tsv .pdf .zip .rar .7z .doc .docx .odt .ppt .pptx
    .png .jpg .jpeg .gif .bmp .tif .tiff .webp .heic""".split()
)


# Where a form names itself: the sheet of its identity, and the property. Either may have been lost.
_CUSTOM = "docprops/custom.xml"
_MARKS = (("xl/workbook.xml", HIDDEN.encode()), (_CUSTOM, TOKEN_NAME.encode()))
_LONGEST_PART = 2_000_000  # bytes that are looked at


@dataclass(frozen=True, slots=True)
class Inbox:
    """Files to read in order, files passed over with the reason, and faults of the paths themselves."""

    files: tuple[Path, ...] = ()
    skipped: tuple[tuple[Path, Issue], ...] = ()
    issues: tuple[Issue, ...] = ()


def find(paths: Sequence[Path]) -> Inbox:
    """The files named, and those in the folders named; one that is reached twice counts once.

    A file named itself is read whatever its ending, save what another program or we ourselves left beside it.
    """
    files: dict[Path, Path] = {}  # by where it really lies
    skipped: dict[Path, Issue] = {}
    issues: list[Issue] = []
    for path in paths:
        if not os.path.lexists(path):
            issues.append(issue("PATH_MISSING", Place(file=str(path))))
        elif not path.is_dir():
            _sort(path, _leftover(path.name), files, skipped)
        else:
            for entry, code in _walk(path, issues):
                _sort(entry, code, files, skipped)
    return Inbox(tuple(files.values()), tuple(skipped.items()), tuple(issues))


def _sort(path: Path, code: str, files: dict[Path, Path], skipped: dict[Path, Issue]) -> None:
    if code:
        skipped.setdefault(path, issue(code, Place(file=str(path))))
    else:
        files.setdefault(Path(os.path.realpath(path)), path)


def _walk(folder: Path, issues: list[Issue]) -> Iterator[tuple[Path, str]]:
    """Each file beneath a folder with why it is passed over ("" when it is not); so too each folder left out."""
    left = [_entries(folder, issues)]  # however deep the folders lie
    while left:
        entry = next(left[-1], None)
        if entry is None:
            left.pop()
            continue
        code = _leftover(entry.name) or _passed(entry)
        if code or not entry.is_dir():
            yield entry, code
        else:
            left.append(_entries(entry, issues))


def _entries(folder: Path, issues: list[Issue]) -> Iterator[Path]:
    """What lies in a folder, in its order."""
    try:
        entries = [*folder.iterdir()]
    except OSError:
        issues.append(issue("FOLDER_NO_ACCESS", Place(file=str(folder))))
        return iter(())
    return iter(sorted(entries, key=lambda entry: (unicodedata.normalize("NFC", entry.name), entry.name)))


def _leftover(name: str) -> str:
    if name.startswith("~$") or (name.startswith(".~lock.") and name.endswith("#")):
        return "SKIPPED_OWNER"
    if name.startswith(TEMPORARY):
        return "SKIPPED_TEMPORARY"
    return "SKIPPED_JOURNAL" if _JOURNAL.fullmatch(unicodedata.normalize("NFC", name)) else ""


def _passed(entry: Path) -> str:
    if entry.is_symlink():
        return "SKIPPED_LINK"
    if entry.name.startswith("."):
        return "SKIPPED_HIDDEN"
    if entry.is_dir():
        return "SKIPPED_OLD_COPIES" if entry.name == OLD_COPIES else ""
    return "" if entry.suffix.lower() in _SENT or holds_form(entry) else "SKIPPED_OTHER"


def holds_form(path: Path) -> bool:
    """Whether a file is a workbook that says it is one of our forms, whatever its name; nothing of it is trusted."""
    return _says(path, _MARKS)


def is_no_form(path: Path) -> bool:
    """Whether a file is a workbook that we made and that is nobody's form: return slips, a list, a table."""
    return _says(path, ((_CUSTOM, NO_FORM.encode()),)) and not holds_form(path)


def _says(path: Path, marks: Iterable[tuple[str, bytes]]) -> bool:
    """Whether one of the words stands in the part of a workbook that it is looked for in."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:  # a pipe would wait
            return False
        with path.open("rb") as file:
            if file.read(4) != b"PK\3\4":
                return False
            package = zipfile.ZipFile(file)
            parts = {name.lower(): name for name in package.namelist()}
            return any(part in parts and mark in _begun(package, parts[part]) for part, mark in marks)
    except Exception:  # whatever a damaged package makes the library raise
        return False


def _begun(package: zipfile.ZipFile, part: str) -> bytes:
    with package.open(part) as text:
        return text.read(_LONGEST_PART)
