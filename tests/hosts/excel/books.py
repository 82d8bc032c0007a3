"""Workbooks: files in the window, their structure and how they are saved."""

# ruff: noqa: N802, N803 (the names are COM's)
from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from hosts.excel import files
from hosts.excel.com import E_INVALIDARG, OMITTED, Com, ComError, Items, harm, missing, refused
from hosts.excel.desk import DESK
from hosts.excel.names import Names
from hosts.excel.pages import Window, export
from hosts.excel.protection import Secret, secret
from hosts.excel.sheets import Worksheet
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.protection import WorkbookProtection

XLSX = 51


class Workbook(Com):
    """One open book; ``path`` is None until it is saved for the first time."""

    def __init__(self, application: Any, path: Path | None, name: str = "", read_only: bool = False) -> None:
        self.application, self.path, self.new_name, self.read_only = application, path, name, read_only
        self.shown_path: str | None = None
        self.in_cloud = self.auto_save = False  # a synced workbook, which may save by itself
        self.bytes = path.read_bytes() if path else None
        self.model = files.load(path) if path else files.fresh()
        self.sheets = [Worksheet(self, ws) for ws in self.model.worksheets]
        chosen = self.model.worksheets.index(self.model.active) if self.model.active in self.model.worksheets else 0
        self.active = self.sheets[chosen]
        if self.active.Visible != -1:
            self.active = next(sheet for sheet in self.sheets if sheet.Visible == -1)
        self.group = [self.active]  # the sheets selected together
        # A file that asks to be calculated on opening counts as changed the moment it is open.
        self.saved = not (path and self.model.calculation.fullCalcOnLoad and self._calculates())
        self.untouched, self.stale = path is not None, False
        self.window = Window(self)

    Application = property(lambda self: self.application)
    Parent = property(lambda self: self.application)
    Name = property(lambda self: self.path.name if self.path else self.new_name)
    ReadOnly = property(lambda self: self.read_only)
    FileFormat = property(lambda self: XLSX)
    Names = property(lambda self: Names(self))
    Worksheets = property(lambda self: Worksheets(self))
    Sheets = property(lambda self: Worksheets(self))
    ActiveSheet = property(lambda self: self.active)
    Windows = property(lambda self: Items([self.window]))
    Date1904 = property(lambda self: self.model.epoch == CALENDAR_MAC_1904)
    HasVBProject = property(lambda self: False)
    IsAddin = property(lambda self: False)

    @property
    def FullName(self) -> str:
        return self.shown_path or (str(self.path) if self.path else self.new_name)

    @property
    def Path(self) -> str:
        if self.shown_path:
            return self.shown_path.rpartition("/")[0]
        return str(self.path.parent) if self.path else ""

    @property
    def AutoSaveOn(self) -> bool:
        return self.auto_save

    @AutoSaveOn.setter
    def AutoSaveOn(self, value: bool) -> None:
        if not self.in_cloud:
            raise refused("only a workbook in the cloud saves by itself")
        DESK.note(f"auto save {'on' if value else 'off'}", self.Name)
        self.auto_save = value

    @property
    def Saved(self) -> bool:
        return self.saved

    @Saved.setter
    def Saved(self, value: bool) -> None:
        self.saved = bool(value)

    @property
    def digit_width(self) -> int:
        """Pixels of a digit in the book's own font: 7 in 11 points, 8 in the 12 and 13 points of office papers."""
        return 7 if (self.model._fonts[0].sz or 11) < 12 else 8

    @property
    def CustomDocumentProperties(self) -> Properties:
        return Properties(self.model.custom_doc_props)

    def changed(self, content: bool) -> None:
        """After any change the book is unsaved; after one of contents its results are old."""
        self.saved = self.untouched = False
        self.stale = self.stale or content

    def place(self, sheet: Worksheet, before: Any, after: Any) -> None:
        """Puts a sheet before or after another."""
        self.sheets.remove(sheet)
        index = self.sheets.index(before) if before is not None else self.sheets.index(after) + 1
        self.sheets.insert(index, sheet)
        self.model._sheets = [one.ws for one in self.sheets]

    def _calculates(self, anew: bool = True) -> bool:
        """Whether there is a formula; not ``anew``: one without a result."""
        return any(
            cell.data_type == "f" and (anew or (cell.row, cell.column) not in sheet.ws.results)
            for sheet in self.sheets
            for cell in sheet.cells()
        )

    def select(self, sheets: list[Worksheet]) -> None:
        """Selects these sheets together; the first is the active one."""
        if any(sheet.Visible != -1 for sheet in sheets):
            raise refused("a hidden sheet cannot be selected")
        self.group = sheets
        if self.active not in sheets:
            self.active = sheets[0]
        DESK.note("select sheets", self.Name, ", ".join(sheet.Name for sheet in sheets))

    def leave(self, sheet: Worksheet) -> None:
        """Another sheet comes to the front when this one is hidden or gone."""
        if self.active is sheet:
            self.active = next(one for one in self.sheets if one.Visible == -1)
        self.group = [one for one in self.group if one is not sheet] or [self.active]

    def Activate(self) -> None:
        self.application.to_front(self)

    # Structure

    @property
    def ProtectStructure(self) -> bool:
        return bool(self.model.security and self.model.security.lockStructure)

    @property
    def ProtectWindows(self) -> bool:
        return bool(self.model.security and self.model.security.lockWindows)

    def guard_structure(self, what: str) -> None:
        if self.ProtectStructure:
            raise refused(f"the workbook's structure is protected: {what}")

    def Unprotect(self, Password: str | None = None) -> None:
        DESK.note("unprotect structure", self.Name)
        if not self.ProtectStructure:
            return
        kept = self.model.security
        held = Secret(kept.workbookHashValue, kept.workbookSaltValue, kept.workbookSpinCount, kept.workbookPassword)
        if held and Password is None:
            raise harm(f"{self.Name}: Excel asks the user for the password")
        if DESK.fails("Unprotect") or not held.fits(Password or ""):
            raise refused("the password you supplied is not correct")
        self.model.security = WorkbookProtection()
        self.changed(False)

    def Protect(self, Password: str | None = None, Structure: Any = OMITTED, Windows: bool = False) -> None:
        DESK.note("protect structure", self.Name)
        if DESK.fails("Protect"):
            raise refused("Protect method of Workbook class failed")
        if self.ProtectStructure or Structure is not True or Windows:
            raise missing("Workbook.Protect but of the structure of an open book")
        hashed = secret(Password)
        self.model.security = WorkbookProtection(
            lockStructure=True, workbookAlgorithmName="SHA-512" if hashed else None,
            workbookHashValue=hashed.hash, workbookSaltValue=hashed.salt, workbookSpinCount=hashed.spins,
        )  # fmt: skip
        self.changed(False)

    # Files

    def Save(self) -> None:
        if self.path is None:
            raise missing("Workbook.Save of a book that has no file")
        if self.read_only:
            raise refused(f"{self.Name} is read-only")
        self._written("save", self.path)
        self.saved = True

    def SaveAs(self, Filename: str, FileFormat: int = XLSX, Password: Any = None) -> None:
        target = Path(Filename)
        if FileFormat != XLSX or target.suffix != ".xlsx" or Password:
            raise missing(f"SaveAs as {FileFormat} {target.suffix}, or with a password")
        if target.exists() and self.application.DisplayAlerts:
            raise harm(f"saving over {target.name}: Excel asks the user")
        if any(book is not self and book.Name.lower() == target.name.lower() for book in self.application.books):
            raise refused(f"a book of that name is open: {target.name}")
        self._written("save", target)
        self.path, self.saved, self.read_only = target, True, False

    def SaveCopyAs(self, Filename: str) -> None:
        self._written("copy", Path(Filename))

    def _written(self, what: str, target: Path) -> None:
        call = {"save": "Save", "copy": "SaveCopyAs"}[what]
        if DESK.fails(call) or not target.parent.is_dir() or target.is_dir():
            raise refused(f"cannot write {target}")
        if any(book.path == target for app in DESK.applications for book in app.books if book is not self):
            raise refused(f"{target} is open")
        DESK.note(what, self.Name, address=str(target))
        if self.untouched and self.bytes is not None:
            target.write_bytes(self.bytes)
        else:
            self.write(target)

    def write(self, target: Path) -> None:
        """The book as a file, at once or not at all."""
        self.model.active = self.sheets.index(self.active)
        for sheet in self.sheets:
            sheet.ws.sheet_view.tabSelected = sheet in self.group
        handle, name = tempfile.mkstemp(suffix=".xlsx", dir=target.parent)
        os.close(handle)
        try:
            files.save(self.model, Path(name), with_results=not self.stale)
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)

    def Close(self, SaveChanges: Any = OMITTED, *_: Any) -> None:
        if SaveChanges is OMITTED and not self.saved and self.application.DisplayAlerts:
            raise harm(f"closing {self.Name} with changes: Excel asks the user")
        if SaveChanges is True:
            self.Save()
        DESK.note("close", self.Name)
        self.application.books.remove(self)
        self.application.stack.remove(self)

    def ExportAsFixedFormat(self, Type: int, Filename: str, *_: Any, **__: Any) -> None:
        export([sheet for sheet in self.sheets if sheet.Visible == -1], Type, Filename)

    def recalculate(self) -> None:
        """Fresh results of every formula, by the recalculator that the test plugged in."""
        if DESK.recalculator is None or not (self.stale or self._calculates(anew=False)):
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "book.xlsx"
            self.write(copy)
            done = files.load(DESK.recalculator(copy))
        for sheet, fresh in zip(self.sheets, done.worksheets, strict=True):
            sheet.ws.results = fresh.results
        self.stale = False


class Worksheets(Items):
    """Workbook.Worksheets."""

    def __init__(self, book: Workbook) -> None:
        super().__init__(book.sheets)
        self.book = book

    Parent = property(lambda self: self.book)
    Application = property(lambda self: self.book.application)

    def Add(self, Before: Any = None, After: Any = None, Count: int = 1, Type: Any = None) -> Worksheet:
        self.book.guard_structure("adding a sheet")
        taken = {sheet.Name.lower() for sheet in self.book.sheets}
        number = next(number for number in range(1, 1000) if f"sheet{number}" not in taken)
        ws = self.book.model.create_sheet(f"Sheet{number}")
        ws.results = {}
        sheet = Worksheet(self.book, ws)
        self.book.sheets.append(sheet)
        self.book.place(sheet, self.book.active if Before is None and After is None else Before, After)
        self.book.active = sheet
        self.book.group = [sheet]
        sheet.changed("add sheet")
        return sheet

    def Item(self, key: Any) -> Any:
        if isinstance(key, list | tuple):
            return Several(self.book, [super(Worksheets, self).Item(one) for one in key])
        return super().Item(key)


class Several(Items):
    """Several sheets, as by ``Worksheets(["a", "b"])``."""

    def __init__(self, book: Workbook, sheets: list[Worksheet]) -> None:
        super().__init__(sheets)
        self.book = book

    def Select(self, Replace: bool = True) -> None:
        self.book.select(list(self.items) if Replace else [*self.book.group, *self.items])


class Properties(Items):
    """Workbook.CustomDocumentProperties, read only."""

    def __init__(self, stored: Any) -> None:
        super().__init__([Property(one) for one in stored.props])

    def Item(self, key: Any) -> Any:
        found = [one for one in self.items if one.Name == key]
        if not found:
            raise ComError(E_INVALIDARG, "The parameter is incorrect.", None, None)
        return found[0]


class Property(Com):
    """One document property."""

    def __init__(self, stored: Any) -> None:
        self.stored = stored

    Name = property(lambda self: self.stored.name)
    Value = property(lambda self: self.stored.value)
