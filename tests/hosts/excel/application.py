"""One Excel: its window, its settings, its books, and what it asks the user."""

# ruff: noqa: N802, N803 (the names are COM's)
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hosts.excel.books import Workbook
from hosts.excel.com import Com, Items, harm, missing, refused
from hosts.excel.desk import DESK, Dialog

AUTOMATIC, MANUAL = -4105, -4135
FOLDER, KINDS = 4, {1: "open", 2: "save as", 3: "files", 4: "folder"}
LONGEST_STATUS, LONGEST_PROMPT = 255, 255
LIST_SEPARATOR = 5


def setting(name: str) -> property:
    """A setting of the application; each change is kept on the desk."""

    def read(self: Any) -> Any:
        return self.settings[name]

    def write(self: Any, value: Any) -> None:
        if name == "Calculation":
            if not self.books:
                raise refused("Calculation without an open book")
            if value not in (AUTOMATIC, MANUAL, 2):
                raise refused(f"Calculation = {value}")
        elif not isinstance(value, bool | int):
            raise missing(f"{name} = {value!r}")
        self.settings[name] = value
        DESK.settings.append((name, value))

    return property(read, write)


class Application(Com):
    """An instance of Excel with a window of its own."""

    def __init__(self) -> None:
        DESK.started += 1
        self.number = DESK.started
        self.protected_view = False  # whether the window in front is one of Protected View
        self.settings = {
            "ScreenUpdating": True, "DisplayAlerts": True, "EnableEvents": True, "Interactive": True, "Visible": True,
            "Calculation": AUTOMATIC, "Cursor": -4143, "CutCopyMode": False,
        }  # fmt: skip
        self.status: Any = False
        self.books: list[Workbook] = []  # in the order they were opened
        self.stack: list[Workbook] = []  # the active one last
        self.created = 0
        DESK.applications.insert(0, self)

    ScreenUpdating = setting("ScreenUpdating")
    DisplayAlerts = setting("DisplayAlerts")
    EnableEvents = setting("EnableEvents")
    Interactive = setting("Interactive")
    Visible = setting("Visible")
    Calculation = setting("Calculation")
    Cursor = setting("Cursor")
    CutCopyMode = setting("CutCopyMode")

    Application = property(lambda self: self)
    Name = property(lambda self: "Microsoft Excel")
    Version = property(lambda self: "16.0")
    Hwnd = property(lambda self: 65_536 + self.number * 2)
    pid = property(lambda self: 4_000 + self.number * 4)
    Ready = property(lambda self: True)
    PathSeparator = property(lambda self: os.sep)
    Workbooks = property(lambda self: Workbooks(self))
    ActiveWorkbook = property(lambda self: self.stack[-1] if self.stack and not self.protected_view else None)
    ActiveSheet = property(lambda self: self.stack[-1].active if self.stack else None)
    ActiveWindow = property(lambda self: self.stack[-1].window if self.stack else None)
    Selection = property(lambda self: self.stack[-1].active.selected if self.stack else None)
    ActiveCell = property(lambda self: self.Selection and self.Selection(1))

    @property
    def International(self) -> list[Any]:
        known: list[Any] = [None] * 50
        known[LIST_SEPARATOR] = ","
        return known

    @property
    def StatusBar(self) -> Any:
        return self.status

    @StatusBar.setter
    def StatusBar(self, value: Any) -> None:
        if value is not False and not isinstance(value, str):
            raise missing(f"StatusBar = {value!r}")
        if isinstance(value, str) and len(value) > LONGEST_STATUS:
            raise refused("a status text of more than 255 characters")
        self.status = value
        DESK.status_texts.append(value)

    def to_front(self, book: Workbook) -> None:
        """Makes a book the active one."""
        if book in self.stack:
            self.stack.remove(book)
        self.stack.append(book)
        DESK.note("activate", book.Name)

    def opened(self, book: Workbook, what: str) -> Workbook:
        """Takes a book in, as the active one."""
        self.books.append(book)
        self.stack.append(book)
        DESK.note(what, book.Name, address=book.FullName)
        return book

    def Calculate(self) -> None:
        DESK.note("calculate")
        for book in self.books:
            book.recalculate()

    def Goto(self, Reference: Any = None, Scroll: bool = False) -> None:
        if isinstance(Reference, str) or Reference is None:
            raise missing(f"Goto {Reference!r}")
        Reference.sheet.book.Activate()
        Reference.sheet.Activate()
        Reference.Select()

    def Quit(self) -> None:
        if self.DisplayAlerts and not all(book.saved for book in self.books):
            raise harm("quitting with unsaved books: Excel asks the user")
        DESK.note("quit")
        DESK.applications.remove(self)

    def FileDialog(self, kind: int) -> FileDialog:
        return FileDialog(kind)

    def GetSaveAsFilename(self, InitialFilename: str = "", FileFilter: str = "", FilterIndex=1, Title: str = "") -> Any:
        if not DESK.picks:
            raise harm(f"a dialog that nobody answers: {Title or InitialFilename}")
        given = DESK.picks.popleft()
        if given is not None and len(given) != 1:
            raise harm("a file to save to is one file")
        filters = tuple(zip(*[iter(FileFilter.split(","))] * 2, strict=True))
        DESK.dialogs.append(Dialog("save as", Title, given, start=InitialFilename, filters=filters))
        return given[0] if given else False

    def InputBox(self, Prompt: str, Title: str = "", Default: Any = "", *more: Any) -> Any:
        if more:
            raise missing("InputBox with a place or a type")
        if len(Prompt) > LONGEST_PROMPT:
            raise refused("a prompt of more than 255 characters")
        if not DESK.inputs:
            raise harm(f"an input box that nobody answers: {Prompt}")
        given = DESK.inputs.popleft()
        DESK.dialogs.append(
            Dialog("input", Title, None if given is False else given, start=str(Default), prompt=Prompt)
        )
        return given


class Workbooks(Items):
    """Application.Workbooks, in the order they were opened."""

    def __init__(self, application: Application) -> None:
        super().__init__(application.books)
        self.application = application

    Application = property(lambda self: self.application)
    Parent = property(lambda self: self.application)

    def Add(self) -> Workbook:
        self.application.created += 1
        return self.application.opened(Workbook(self.application, None, f"Book{self.application.created}"), "new book")

    def Open(self, Filename: str, UpdateLinks: Any = None, ReadOnly: Any = None, *rest: Any) -> Workbook:
        if any(value is not None for value in rest):
            raise missing(f"Workbooks.Open with {rest}")
        path = Path(os.path.realpath(Filename))
        if not path.is_file():
            raise refused(f"no such file: {Filename}")
        if any(book.Name.lower() == path.name.lower() for book in self.application.books):
            raise refused(f"a book of that name is open: {path.name}")
        elsewhere = any(book.path == path and not book.read_only for app in DESK.applications for book in app.books)
        try:
            book = Workbook(
                self.application, path, read_only=bool(ReadOnly) or elsewhere or not os.access(path, os.W_OK)
            )
        except Exception as error:
            raise refused(f"the file cannot be opened: {path.name}: {error}") from error
        return self.application.opened(book, "open")


class FileDialog(Com):
    """Application.FileDialog: its answer is what the test scripted."""

    def __init__(self, kind: int) -> None:
        if kind not in KINDS:
            raise refused(f"no such dialog: {kind}")
        self.type = kind
        self.texts = {"Title": "", "InitialFileName": "", "ButtonName": ""}
        self.many = kind == 1
        self.filters = Filters()
        self.picked: list[str] = []

    def _text(name: str) -> property:  # noqa: N805
        return property(lambda self: self.texts[name], lambda self, value: self.texts.update({name: str(value)}))

    Title = _text("Title")
    InitialFileName = _text("InitialFileName")
    ButtonName = _text("ButtonName")
    DialogType = property(lambda self: self.type)
    Filters = property(lambda self: self.filters)

    @property
    def FilterIndex(self) -> int:
        return 1

    @FilterIndex.setter
    def FilterIndex(self, value: int) -> None:
        if not 1 <= value <= self.filters.Count:
            raise refused(f"no filter {value}")

    @property
    def AllowMultiSelect(self) -> bool:
        return self.many

    @AllowMultiSelect.setter
    def AllowMultiSelect(self, value: bool) -> None:
        if value and self.type == FOLDER:
            return  # Excel ignores it: one folder only
        self.many = bool(value)

    def Show(self) -> int:
        if not DESK.picks:
            raise harm(f"a dialog that nobody answers: {self.Title or KINDS[self.type]}")
        given = DESK.picks.popleft()
        if given is not None and len(given) > 1 and not self.many:
            raise harm("several things picked in a dialog that allows one")
        DESK.dialogs.append(
            Dialog(KINDS[self.type], self.Title, given, self.many, self.InitialFileName, tuple(self.filters.pairs))
        )
        self.picked = [str(path) for path in given or ()]
        return -1 if given is not None else 0

    @property
    def SelectedItems(self) -> Items:
        return Items(self.picked)


class Filters(Items):
    """FileDialog.Filters."""

    def __init__(self) -> None:
        super().__init__([])

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return self.items

    def Clear(self) -> None:
        self.items.clear()

    def Add(self, Description: str, Extensions: str, Position: int | None = None) -> None:
        self.items.append((Description, Extensions))
