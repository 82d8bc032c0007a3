"""Which files a run looks at: folders walked in a stable order, what is passed over said."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loithe_xl.issues import Issue, Place, issue

OLD_COPIES = "ban-cu"  # the folder of a parent's dated former copies
TEMPORARY = ".~loithe-"  # how the names of our own unfinished files begin
# The file journal of a parent, its continuations, and one saved beside a journal that was open in Excel.
_JOURNAL = re.compile(r".*_nhat-ky(-[0-9]+)?( \(bản mới [0-9-]+\))?\.csv", re.DOTALL)

# Endings of what people send for a form; what such a file really is, the gate tells by its content.
_SENT = frozenset(
    """.xlsx .xls .xlsb .xlsm .xltx .xltm .xlam .et .ods .fods .csv .tsv .pdf .zip .rar .7z .doc .docx .odt .ppt .pptx
    .png .jpg .jpeg .gif .bmp .tif .tiff .webp .heic""".split()
)


@dataclass(frozen=True, slots=True)
class Found:
    """Files to read in order, files passed over with the reason, and faults of the paths themselves."""

    files: tuple[Path, ...] = ()
    skipped: tuple[tuple[Path, Issue], ...] = ()
    issues: tuple[Issue, ...] = ()


def find(paths: Sequence[Path]) -> Found:
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
    return Found(tuple(files.values()), tuple(skipped.items()), tuple(issues))


def _sort(path: Path, code: str, files: dict[Path, Path], skipped: dict[Path, Issue]) -> None:
    if code:
        skipped.setdefault(path, issue(code, Place(file=str(path))))
    else:
        files.setdefault(Path(os.path.realpath(path)), path)


def _walk(folder: Path, issues: list[Issue]) -> Iterator[tuple[Path, str]]:
    """Each file beneath a folder with why it is passed over ("" when it is not); so too each folder left out."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: (unicodedata.normalize("NFC", entry.name), entry.name))
    except OSError:
        issues.append(issue("FOLDER_NO_ACCESS", Place(file=str(folder))))
        return
    for entry in entries:
        code = _leftover(entry.name) or _passed(entry)
        if code or not entry.is_dir():
            yield entry, code
        else:
            yield from _walk(entry, issues)


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
    return "" if entry.suffix.lower() in _SENT else "SKIPPED_OTHER"
