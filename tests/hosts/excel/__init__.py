"""A running Excel for tests on any system: genuine xlwings objects over an imitation of Excel's COM objects.

``with excel.desktop():`` (or a fixture of it) gives an empty desk; ``excel.open_excel(path, …)`` starts an Excel. Only
COM and Windows are imitated: ``xlwings.main`` and ``xlwings._xlwindows`` are the library's own. Where Excel would do
something nasty the stand-in does it too, or raises ``HostFault``; what it does not know raises ``NotStoodIn``
(a NotImplementedError). Either is raised again when the desk is left, so that no catch-all hides it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import xlwings as xw
from hosts.excel.application import Application
from hosts.excel.com import ComError, HostFault, NotStoodIn
from hosts.excel.desk import DESK, Alert, Call, Desk, Dialog, Killed
from hosts.excel.facts import Look, SheetLooks, contents, follow, looks
from hosts.excel.values import ComTime
from hosts.excel.windows import engine

__all__ = [
    "DESK", "Alert", "Call", "ComError", "ComTime", "Desk", "Dialog", "HostFault", "Killed", "Look", "NotStoodIn",
    "SheetLooks", "active", "called_from", "calls", "contents", "desktop", "faulty", "follow", "looks", "new_book",
    "open_excel", "optimized_caller", "poison_old_results", "pretend_path", "protected_view", "recalculate_with",
    "will_answer", "will_be_killed", "will_fail", "will_pick", "will_type",
]  # fmt: skip


@contextmanager
def desktop() -> Iterator[Desk]:
    """An empty desk with xlwings' Windows engine; leaving it raises the first fault that was not forgiven.

    A button changes its process's folder and search path, which are its own: here they are given back.
    """
    genuine = engine()
    DESK.clear()
    ours, before = xw.Engine(impl=genuine.engine), xw.engines.active
    named = dict(xw.engines.engines_by_name)
    xw.engines.add(ours)
    xw.engines.active = ours
    try:
        with (
            mock.patch.object(xw, "_xlwindows", genuine, create=True),
            mock.patch.dict(os.environ),
            mock.patch.object(sys, "path", [*sys.path]),
            chdir(Path.cwd()),
        ):
            yield DESK
    finally:
        xw.engines.engines.remove(ours)
        xw.engines.engines_by_name = named
        xw.engines.active = before
        genuine.BOOK_CALLER = None
        if "_mock_caller" in vars(xw.Book):
            del xw.Book._mock_caller
        faults = DESK.faults
        DESK.clear()
    if faults:
        raise faults[0]


def open_excel(*paths: Path | str, read_only: bool = False) -> xw.App:
    """Starts an Excel in front of all others with these files open; the last one is active."""
    app = xw.App(impl=engine().App(xl=Application()))
    for path in paths:
        app.impl.xl.Workbooks.Open(str(path), None, read_only)
    return app


def new_book(app: xw.App) -> xw.Book:
    """A book that was never saved."""
    return app.books.add()


def protected_view(app: xw.App) -> None:
    """A window of Protected View comes to the front: no workbook is active, though some are open."""
    app.api.protected_view = True


def active(book: xw.Book) -> xw.Book:
    """The user clicks on this book: its window comes to the front."""
    DESK.to_front(book.app.hwnd)
    book.api.Activate()
    return book


def pretend_path(book: xw.Book, fullname: str) -> None:
    """The book's FullName and Path become this (as those of a book in a cloud folder); saving keeps its true file."""
    book.api.shown_path = fullname


@contextmanager
def called_from(book: xw.Book) -> Iterator[None]:
    """Inside, ``xw.Book.caller()`` answers as in a process that RunPython started from this book."""
    given = ["-c", f"--wb={book.name}", "--from_xl=1", "--app=Microsoft Excel", f"--hwnd={book.app.hwnd}"]
    with mock.patch("xlwings.main.sys", SimpleNamespace(platform="win32", argv=given)):
        yield


def optimized_caller(book: xw.Book) -> None:
    """``xw.Book.caller()`` answers as with OPTIMIZED_CONNECTION, until the desk is left."""
    engine().BOOK_CALLER = book.api


@contextmanager
def faulty(words: str = "") -> Iterator[None]:
    """Inside, a fault with these words in its message must happen; it is forgiven."""
    before = len(DESK.faults)
    try:
        yield
    except (HostFault, NotStoodIn) as fault:
        if fault not in DESK.faults:
            raise
    new = DESK.faults[before:]
    del DESK.faults[before:]
    if len(new) != 1 or words not in str(new[0]):
        raise AssertionError(f"not the fault that was expected: {new}")


def will_answer(*buttons: str) -> None:
    """The next message boxes are answered so (ok, cancel, yes, no); all others by their first button."""
    DESK.answers.extend(buttons)


def will_pick(paths: Iterable[Path | str] | None) -> None:
    """The next file dialog gives these paths; None: the user cancels."""
    DESK.picks.append(None if paths is None else [str(path) for path in paths])


def will_type(*texts: Any) -> None:
    """The next input boxes give these; False: the user cancels."""
    DESK.inputs.extend(texts)


def will_fail(call: str) -> None:
    """The next call of this name raises ComError: Save, SaveCopyAs, Protect, Unprotect, PrintArea,
    ExportAsFixedFormat.
    """
    DESK.failing.add(call)


def will_be_killed(calls: int | None) -> None:
    """After so many calls that read, write, lock or save, no other reaches Excel; None: the next process runs."""
    DESK.life = calls


def poison_old_results(value: Any = "☠ kết quả cũ") -> None:
    """From now on a result older than the last change reads as this instead of being a fault.

    For code that reads whole sheets and must not use formulas: were one used, the poison would show in the figures.
    """
    DESK.poison = value


def recalculate_with(recalculator: Callable[[Path], Path]) -> None:
    """``app.calculate()`` gives each open book as a file to this, and takes the results of the file it answers."""
    DESK.recalculator = recalculator


def calls(start: str = "", book: xw.Book | None = None) -> list[Call]:
    """The calls whose name starts so ("write", "read", "format", "save" …), of one book or of all."""
    return [call for call in DESK.calls if call.what.startswith(start) and (book is None or call.book == book.name)]
