"""The journal as a file beside the parent: a line per file and run, whatever the run changed.

Each line ends with a fingerprint of itself and the one before. A journal that was damaged or edited by hand is thus
noticed; it is kept, and a new one goes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from loithe_xl.consolidation.journal import JournalEntry
from loithe_xl.language.catalogue import LANGUAGES, text
from loithe_xl.language.cleaning import inert
from loithe_xl.language.issues import Fault, Issue, issue
from loithe_xl.system import disk, store
from loithe_xl.tasks.office import beside

_COLUMNS = ("time", "run", "file", "sha", "unit", "status", "effect", "rule", "said", "check")
MOST_JOURNAL = 8_000_000  # of one file; a longer journal goes on in the next
LONGEST_JOURNAL = 400  # letters of one value
_MARK = b"\xef\xbb\xbf"  # by which Excel knows UTF-8
_END = b"\r\n"
_CHECKED = 12 + len(',""')  # bytes of the last value: a fingerprint of 12 digits


def add(parent: Path, entries: Sequence[JournalEntry], lang: str) -> tuple[Path | None, tuple[Issue, ...]]:
    """Append a run's entries to the journal of ``parent``, whose lock is held: the journal, None when nothing was
    written; and what went wrong, which is never grave, for the parent itself is written already."""
    if not entries:
        return None, ()
    try:
        path, data, noticed = _current(parent)
        written = store.write(path, _continued(data or _head(lang), entries, lang))
        return written, (*noticed, *beside(path, written))
    except Fault as fault:
        return None, (issue("JOURNAL_UNWRITTEN", name=_named(parent, 1).name, why=fault.issues[0].message),)


def _current(parent: Path) -> tuple[Path, bytes, tuple[Issue, ...]]:
    """The file to go on in, what it holds, and that another one was left as it is."""
    number = 1
    while _named(parent, number + 1).exists():
        number += 1
    path = _named(parent, number)
    if not path.exists():
        return path, b"", ()
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    after = _named(parent, number + 1)
    if _last_check(data) is None:
        return after, b"", (issue("JOURNAL_CONTINUED", name=path.name, next=after.name),)
    return (path, data, ()) if len(data) < MOST_JOURNAL else (after, b"", ())


def _named(parent: Path, number: int) -> Path:
    return disk.beside(parent, f"_nhat-ky{'' if number == 1 else f'-{number}'}.csv")


def _head(lang: str) -> bytes:
    return _MARK + _line(text(f"journal.head_{key}").to(lang) for key in _COLUMNS) + _END


def _continued(data: bytes, entries: Iterable[JournalEntry], lang: str) -> bytes:
    """The journal with an entry a line, each with its fingerprint."""
    check, lines = _last_check(data) or b"", [data]
    for entry in entries:
        line = _line(_values(entry, lang))
        check = _fingerprint(check, line)
        lines += (line, check, _END)
    return b"".join(lines)


def _last_check(data: bytes) -> bytes | None:
    """The last line's fingerprint, blank when there is none yet; None when the file is not whole as it was written."""
    head = next((head for lang in LANGUAGES if data.startswith(head := _head(lang))), None)
    if head is None or not data.endswith(_END):
        return None
    check = b""
    for line in data[len(head) :].split(_END)[:-1]:
        check = _fingerprint(check, line[:-_CHECKED])
        if line[-_CHECKED:] != check:
            return None
    return check


def _fingerprint(before: bytes, line: bytes) -> bytes:
    return f',"{hashlib.sha256(before + line).hexdigest()[:12]}"'.encode()


def _values(entry: JournalEntry, lang: str) -> tuple[str, ...]:
    when, run = entry.moment.replace("T", " "), str(entry.run or "")
    status = text(f"form.status_{entry.status.value}").to(lang)
    effect = text(f"journal.effect_{entry.effect.value}").to(lang) if entry.effect else ""
    rule = text(f"journal.rule_{entry.rule.value}").to(lang)
    return when, run, entry.file, entry.sha, entry.unit, status, effect, rule, entry.said.to(lang)


def _line(values: Iterable[str]) -> bytes:
    return ",".join(f'"{_plain(value)}"' for value in values).encode()


def _plain(value: str) -> str:
    """A value on one line, of bounded length, that no spreadsheet program takes for a formula; quotes doubled."""
    said = " ".join(value.split())
    said = said if len(said) <= LONGEST_JOURNAL else said[: LONGEST_JOURNAL - 1] + "…"
    return inert(said).replace('"', '""')
