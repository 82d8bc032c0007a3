"""The running Excel: which workbook is meant, what it says and asks; the one module that imports xlwings."""

from __future__ import annotations

import atexit
import ctypes
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from loithe_xl.identity import keyring
from loithe_xl.language.issues import Fault, Place, issue

if TYPE_CHECKING:
    from xlwings import App as App
    from xlwings import Book as Book
    from xlwings import Range as Range
    from xlwings import Sheet as Sheet

FOLDER, FILES = 4, 3  # Excel's kinds of file dialog
LONGEST_PROMPT = 255  # letters of a question that is answered by typing; Excel refuses longer ones
_TRIES = 200  # to reach an Excel that says it is busy
# The library takes these in where it finds them, for tables that nobody here asks it for: most of its starting time.
_UNUSED = ("numpy", "pandas", "matplotlib", "PIL", "polars")
_QUIET = {"screen_updating": False, "enable_events": False, "display_alerts": False}


@cache
def connect() -> ModuleType:
    """The library, loaded when a workbook is asked for: beside no table library, with types of Excel that are ours
    alone, and such that no other Excel ends with this Python."""
    types = _own_types() if sys.platform == "win32" else None
    try:
        with _absent(_UNUSED):
            try:
                return import_module("xlwings")
            except Exception:
                if not types:
                    raise
                shutil.rmtree(types, ignore_errors=True)  # half written by a process that was ended
                return import_module("xlwings")
    finally:
        _spare_others()


def _own_types() -> Path:
    """Where pywin32 keeps Excel's types as it compiles them: all programs share its usual folder, and may break it."""
    folder = keyring.folder() / "gen_py" / f"{sys.version_info[0]}.{sys.version_info[1]}"
    win32com: Any = import_module("win32com")
    win32com.__gen_path__ = str(folder)
    sys.modules["win32com.gen_py"].__path__ = [str(folder)]
    return folder


@contextmanager
def _absent(libraries: Sequence[str]) -> Iterator[None]:
    """Meanwhile an import of these finds none, unless it is loaded already."""
    placeholders: dict[str, Any] = {name: None for name in libraries if name not in sys.modules}
    sys.modules.update(placeholders)
    try:
        yield
    finally:
        for name in placeholders:
            del sys.modules[name]


def _spare_others() -> None:
    """Take back what the library does when Python ends: it kills every Excel that shows no workbook, anybody's."""
    if engine := sys.modules.get("xlwings._xlwindows"):
        atexit.unregister(engine.cleanup)


def caller() -> Book:
    """The workbook whose button was pressed; Fault when Excel cannot tell."""
    xlwings = connect()
    try:
        found: Book = xlwings.Book.caller()
        return found
    except Exception as error:
        if type(error) is Exception:  # so the library says that nobody called it from a workbook
            raise Fault([issue("HOST_NO_BOOK")]) from error
        raise


def active() -> Book:
    """The active workbook of the one running Excel, for whoever starts us without a button; Excel is awake then."""
    connect()
    with _few_tries():
        return _active()


@contextmanager
def _few_tries() -> Iterator[None]:
    """The library asks an Excel that is busy, or in which somebody types, again and again for ever: not here."""
    engine: Any = sys.modules.get("xlwings._xlwindows")
    try:
        if engine:
            engine.N_COM_ATTEMPTS = _TRIES
        yield
    except Fault:
        raise
    except Exception as error:
        raise Fault([issue("HOST_BUSY")]) from error
    finally:
        if engine:
            engine.N_COM_ATTEMPTS = 0


def _active() -> Book:
    running: list[App] = list(connect().apps)
    if not running:
        raise Fault([issue("HOST_NO_EXCEL")])
    if len(running) > 1:
        raise Fault([issue("HOST_TWO_EXCELS", count=len(running))])
    found = running[0].books.active if len(running[0].books) else None
    if found is None or found.api is None:  # the window in front is one of Protected View
        raise Fault([issue("HOST_NO_BOOK")])
    for name in _QUIET:  # a start that was ended midway may have left Excel still, and no VBA put that right
        setattr(running[0], name, True)
    return found


def place_of(book: Book) -> Path:
    """Where the workbook's file lies; Fault for one that was never saved, lies online or may not be written."""
    place = Place(file=book.name)
    if not book.api.Path:
        raise Fault([issue("HOST_UNSAVED", place, name=book.name)])
    try:
        path = Path(book.fullname)
    except Exception as error:  # the library could not tell which local file an online one is
        raise Fault([issue("HOST_ONLINE", place, name=book.name)]) from error
    if not path.is_file():
        raise Fault([issue("HOST_ONLINE", place, name=book.name)])
    if book.api.ReadOnly or not os.access(path, os.W_OK):
        raise Fault([issue("HOST_READ_ONLY", place, name=book.name)])
    return path


def require_saved(app: App, path: Path) -> None:
    """Fault when this file is open with changes that only Excel knows."""
    for book in app.books:
        with suppress(OSError, connect().XlwingsError):  # one that lies online is none of the files here
            if not book.api.Saved and Path(book.fullname).samefile(path):
                raise Fault([issue("HOST_CHANGED", Place(file=book.name), name=book.name)])


@contextmanager
def quiet(app: App) -> Iterator[None]:
    """Meanwhile Excel neither redraws, asks nor runs events; whatever happens, it is left as it was."""
    before = {name: getattr(app, name) for name in _QUIET}
    try:
        for name, value in _QUIET.items():
            setattr(app, name, value)
        yield
    finally:
        for name, value in reversed(before.items()):
            with suppress(Exception):  # each is given back, even where another cannot be
                setattr(app, name, value)
        with suppress(Exception):
            tell_user(app, None)


@contextmanager
def uncalculated(app: App) -> Iterator[None]:
    """Meanwhile nothing is recalculated, afterwards everything.

    It must end before the workbook is saved, for Excel keeps the way of calculating in the file.
    """
    before = app.calculation
    app.calculation = "manual"
    try:
        yield
    finally:
        app.calculation = before
    app.calculate()


@contextmanager
def saved_once(book: Book) -> Iterator[None]:
    """Meanwhile Excel does not save by itself, as it does of its own accord with workbooks in the cloud."""
    saving = False
    with suppress(Exception):  # older Excels do not know it
        saving = book.api.AutoSaveOn is True
    if saving:
        book.api.AutoSaveOn = False
    try:
        yield
    finally:
        if saving:
            with suppress(Exception):
                book.api.AutoSaveOn = True


def tell_user(app: App, words: str | None) -> None:
    """A line in the status bar; None gives it back to Excel."""
    app.status_bar = False if words is None else words


def alert(app: App, words: str, title: str, *, grave: bool = False) -> None:
    """A message that waits for OK."""
    app.alert(words, title, "ok", "critical" if grave else "info")


def shout(words: str, title: str) -> None:
    """A message box with words and a title by the system itself, where there is no Excel to show one."""
    if sys.platform == "win32":
        ctypes.windll.user32.MessageBoxW(None, words, title, 0x10 | 0x10000 | 0x40000)  # an error, in front, on top
    elif sys.stderr:
        sys.stderr.write(f"{title}: {words}\n")


def export(book: Book, sheets: Sequence[str], target: Path) -> None:
    """Print these sheets together into one PDF; whatever Excel raises when it cannot."""
    shown = book.sheets.active.name
    there = [page.name for page in book.sheets if page.name in sheets]
    try:
        book.api.Worksheets(there).Select()
        book.api.ActiveSheet.ExportAsFixedFormat(0, str(target))
    finally:
        book.sheets[shown].select()


def ask_text(app: App, words: str, title: str, default: str) -> str | None:
    """What the user typed; None when he gave up."""
    # No more arguments: it asks for text anyway; None would be Null to Excel, and pywin32 drops what is given by name.
    given = app.api.InputBox(words, title, default)
    return None if given is False else str(given).strip()


def ask_paths(app: App, kind: int, title: str, start: Path | None = None) -> tuple[Path, ...]:
    """The files or the folder that the user chose; none when he gave up."""
    dialog = app.api.FileDialog(kind)
    dialog.Title = title
    dialog.AllowMultiSelect = kind == FILES
    if start:
        dialog.InitialFileName = f"{start}{os.sep}"
    if not dialog.Show():
        return ()
    chosen = dialog.SelectedItems
    return tuple(Path(str(chosen.Item(number))) for number in range(1, chosen.Count + 1))


def ask_target(app: App, start: Path, kind: str) -> Path | None:
    """Where to save: a path that the user confirmed; None when he gave up. ``kind`` is Excel's file filter."""
    given: Any = app.api.GetSaveAsFilename(str(start), kind)
    return Path(str(given)) if given else None
