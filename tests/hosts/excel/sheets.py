"""Worksheets: their cells, their protection, their place in the book."""

# ruff: noqa: N802, N803 (the names are COM's)
from __future__ import annotations

import re
from typing import Any

from hosts.excel.com import Com, harm, missing, refused
from hosts.excel.desk import DESK
from hosts.excel.held import MOST
from hosts.excel.names import Names, place_of
from hosts.excel.pages import HPageBreaks, PageSetup, export
from hosts.excel.protection import Secret, secret
from hosts.excel.ranges import LAST_COLUMN, LAST_ROW, Range
from openpyxl.utils import column_index_from_string
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.protection import SheetProtection

STATES = {"visible": -1, "hidden": 0, "veryHidden": 2}
ALLOWED = {
    "AllowFormattingCells": "formatCells", "AllowFormattingColumns": "formatColumns",
    "AllowFormattingRows": "formatRows", "AllowInsertingColumns": "insertColumns",
    "AllowInsertingRows": "insertRows", "AllowInsertingHyperlinks": "insertHyperlinks",
    "AllowDeletingColumns": "deleteColumns", "AllowDeletingRows": "deleteRows", "AllowSorting": "sort",
    "AllowFiltering": "autoFilter", "AllowUsingPivotTables": "pivotTables",
}  # fmt: skip


class Protection(Com):
    """Worksheet.Protection: what users may do on the protected sheet."""

    def __init__(self, stored: SheetProtection) -> None:
        self.stored = stored

    for _name, _flag in ALLOWED.items():
        locals()[_name] = property(lambda self, flag=_flag: not getattr(self.stored, flag))


class Worksheet(Com):
    """One sheet over openpyxl's."""

    def __init__(self, book: Any, ws: Any) -> None:
        self.book, self.ws = book, ws
        self.by_user_only = False  # UserInterfaceOnly; not kept in files
        try:
            edges = range_boundaries(ws.sheet_view.selection[0].activeCell) if ws.sheet_view.selection else (1, 1)
        except (TypeError, ValueError):
            edges = (1, 1)
        self.selected = Range(self, edges[1], edges[0])

    Application = property(lambda self: self.book.Application)
    Parent = property(lambda self: self.book)
    CodeName = property(lambda self: self.ws.sheet_properties.codeName or "")
    Index = property(lambda self: self.book.sheets.index(self) + 1)
    Names = property(lambda self: Names(self.book, self))
    PageSetup = property(PageSetup)
    HPageBreaks = property(HPageBreaks)
    Cells = property(lambda self: Range(self, 1, 1, LAST_ROW, LAST_COLUMN))
    Rows = property(lambda self: self.Cells.Rows)
    Columns = property(lambda self: self.Cells.Columns)

    @property
    def Name(self) -> str:
        return self.ws.title

    @Name.setter
    def Name(self, name: str) -> None:
        self.book.guard_structure("renaming a sheet")
        if not 0 < len(name) <= 31 or re.search(r"[\\/?*\[\]:]|^'|'$", name):
            raise refused(f"not a sheet's name: {name}")
        if any(other.Name.lower() == name.lower() for other in self.book.sheets if other is not self):
            raise refused(f"the name is taken: {name}")
        if name != self.ws.title and self.ws._cells:
            raise missing("renaming a sheet that formulas may name")
        self.ws.title = name
        self.changed("rename")

    @property
    def Visible(self) -> int:
        return STATES[self.ws.sheet_state]

    @Visible.setter
    def Visible(self, value: int) -> None:
        self.book.guard_structure("hiding or showing a sheet")
        state = "visible" if value in (True, -1) else "hidden" if value in (False, 0) else "veryHidden"
        if state != "visible" and [one for one in self.book.sheets if one.Visible == -1] == [self]:
            raise refused("a book must show a sheet")
        self.ws.sheet_state = state
        self.changed("visible")
        if state != "visible":
            self.book.leave(self)

    def cells(self) -> list[Any]:
        return list(self.ws._cells.values())

    def changed(self, what: str) -> None:
        DESK.note(what, self.book.Name, self.Name)
        self.book.changed(False)

    # Cells

    def Range(self, first: Any, last: Any = None) -> Range:
        begin = self._range(first)
        if last is None:
            return begin
        end = self._range(last)
        top, left = min(begin.row, end.row), min(begin.column, end.column)
        bottom = max(begin.row + begin.rows, end.row + end.rows)
        right = max(begin.column + begin.columns, end.column + end.columns)
        return Range(self, top, left, bottom - top, right - left)

    def _range(self, given: Any) -> Range:
        if isinstance(given, Range):
            if given.sheet is not self:
                raise refused("a range of another sheet")
            return given
        text = str(given).replace("$", "")
        if "," in text or " " in text:
            raise missing(f"the range {given!r} of several areas")
        cells = re.fullmatch(r"([A-Za-z]{1,3})(\d+)(?::([A-Za-z]{1,3})(\d+))?", text)
        if cells:
            left, top = column_index_from_string(cells[1].upper()), int(cells[2])
            right = column_index_from_string(cells[3].upper()) if cells[3] else left
            bottom = int(cells[4]) if cells[4] else top
            rows, columns = abs(bottom - top) + 1, abs(right - left) + 1
            return Range(self, min(top, bottom), min(left, right), rows, columns)
        across = re.fullmatch(r"([A-Za-z]{1,3}):([A-Za-z]{1,3})", text)
        if across:
            left, right = (column_index_from_string(letter.upper()) for letter in across.groups())
            return Range(self, 1, left, LAST_ROW, right - left + 1, "columns")
        down = re.fullmatch(r"(\d+):(\d+)", text)
        if down:
            return Range(self, int(down[1]), 1, int(down[2]) - int(down[1]) + 1, LAST_COLUMN, "rows")
        for name in (*self.Names, *self.book.Names):
            if name.stored.name.lower() == text.lower() and name.sheet in (None, self):
                found = place_of(self.book, name.stored.attr_text)
                if found is not None and found.sheet is self:
                    return found
        raise refused(f"no such range: {given}")

    @property
    def UsedRange(self) -> Range:
        used = [place for place, cell in self.ws._cells.items() if cell._value is not None or cell.has_style]
        if not used:
            return Range(self, 1, 1)
        rows, columns = zip(*used, strict=True)
        return Range(self, min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1)

    def result(self, row: int, column: int) -> Any:
        """What a formula gave; a result older than the last change is a fault of whoever reads it."""
        if DESK.poison is not None and (self.book.stale or (row, column) not in self.ws.results):
            return DESK.poison
        if self.book.stale:
            raise harm(f"{self.Name}!R{row}C{column}: the formula was not recalculated since the last change")
        if (row, column) not in self.ws.results:
            raise harm(f"{self.Name}!R{row}C{column}: the formula was never calculated")
        return self.ws.results[row, column]

    def select(self, cells: Range) -> None:
        if self.book.active is not self:
            raise refused("Select method of Range class failed: another sheet is active")
        self.selected = cells
        cells.note("select")

    def Activate(self) -> None:
        if self.Visible != -1:
            raise refused("a hidden sheet cannot be activated")
        self.book.active = self
        if self not in self.book.group:
            self.book.group = [self]
        DESK.note("activate", self.book.Name, self.Name)

    def Select(self, Replace: bool = True) -> None:
        self.book.select([self] if Replace else [*self.book.group, self])

    # Protection

    @property
    def guarded(self) -> bool:
        return bool(self.ws.protection.sheet) and not self.by_user_only

    def guard(self, flag: str | None, what: str) -> None:
        """Refuses on a protected sheet, unless the flag allows it; no flag: never allowed."""
        if self.guarded and (flag is None or getattr(self.ws.protection, flag)):
            raise refused(f"the sheet is protected: {what}")

    def guard_locked(self, cells: Range, what: str) -> None:
        """Refuses when a cell is locked and the sheet protected."""
        if self.guarded and (
            cells.rows * cells.columns > MOST or any(cell.protection.locked for cell in cells.looked_at())
        ):
            raise refused(f"the cell is on a protected sheet: {what}")

    @property
    def _secret(self) -> Secret:
        kept = self.ws.protection
        return Secret(kept.hashValue, kept.saltValue, kept.spinCount, kept.password)

    ProtectContents = property(lambda self: bool(self.ws.protection.sheet))
    ProtectDrawingObjects = property(lambda self: bool(self.ws.protection.objects))
    ProtectScenarios = property(lambda self: bool(self.ws.protection.scenarios))
    ProtectionMode = property(lambda self: self.by_user_only)
    Protection = property(lambda self: Protection(self.ws.protection))

    @property
    def EnableSelection(self) -> int:
        kept = self.ws.protection
        return -4142 if kept.selectUnlockedCells else 1 if kept.selectLockedCells else 0

    @EnableSelection.setter
    def EnableSelection(self, value: int) -> None:
        self.ws.protection.selectLockedCells = value in (1, -4142)
        self.ws.protection.selectUnlockedCells = value == -4142
        self.changed("format EnableSelection")

    def _alone(self) -> None:
        if len(self.book.group) > 1:
            raise refused("of sheets selected together none is locked or unlocked")

    def Unprotect(self, Password: str | None = None) -> None:
        DESK.note("unprotect", self.book.Name, self.Name)
        self._alone()
        if not self.ws.protection.sheet:
            return
        if self._secret and Password is None:
            raise harm(f"{self.Name}: Excel asks the user for the password")
        if DESK.fails("Unprotect") or not self._secret.fits(Password or ""):
            raise refused("the password you supplied is not correct")
        kept = self.ws.protection
        chosen = {"selectLockedCells": kept.selectLockedCells, "selectUnlockedCells": kept.selectUnlockedCells}
        self.ws.protection = SheetProtection(**chosen)
        self.by_user_only = False
        self.book.changed(False)

    def Protect(
        self, Password: str | None = None, DrawingObjects=True, Contents=True, Scenarios=True, UserInterfaceOnly=False,
        AllowFormattingCells=False, AllowFormattingColumns=False, AllowFormattingRows=False,
        AllowInsertingColumns=False, AllowInsertingRows=False, AllowInsertingHyperlinks=False,
        AllowDeletingColumns=False, AllowDeletingRows=False, AllowSorting=False, AllowFiltering=False,
        AllowUsingPivotTables=False,
    ) -> None:  # fmt: skip
        given = locals()
        DESK.note("protect", self.book.Name, self.Name)
        self._alone()
        if DESK.fails("Protect"):
            raise refused("Protect method of Worksheet class failed")
        if not Contents:
            raise missing("Protect without contents")
        kept = self.ws.protection
        if kept.sheet and not (self._secret and Password is not None and self._secret.fits(Password)):
            raise missing("Protect on a protected sheet with another password")
        hashed = secret(Password)
        self.ws.protection = SheetProtection(
            sheet=True, objects=bool(DrawingObjects), scenarios=bool(Scenarios),
            selectLockedCells=kept.selectLockedCells, selectUnlockedCells=kept.selectUnlockedCells,
            algorithmName="SHA-512" if hashed else None, hashValue=hashed.hash, saltValue=hashed.salt,
            spinCount=hashed.spins, **{flag: not given[name] for name, flag in ALLOWED.items()},
        )  # fmt: skip
        self.by_user_only = bool(UserInterfaceOnly)
        self.book.changed(False)

    # In the book

    def ResetAllPageBreaks(self) -> None:
        self.guard(None, "ResetAllPageBreaks")
        self.ws.row_breaks.brk.clear()

    # Filters

    @property
    def FilterMode(self) -> bool:
        """Whether a filter hides rows now."""
        return bool(self.ws.auto_filter.ref and self.ws.auto_filter.filterColumn)

    def ShowAllData(self) -> None:
        self.guard(None, "ShowAllData")
        if not self.FilterMode:
            raise refused("ShowAllData method of Worksheet class failed")
        _, top, _, bottom = range_boundaries(self.ws.auto_filter.ref)
        self.ws.auto_filter.filterColumn = []
        for row in range(top + 1, bottom + 1):
            self.ws.row_dimensions[row].hidden = False
        self.changed("show all data")

    def Delete(self) -> None:
        self.book.guard_structure("deleting a sheet")
        if self.Application.DisplayAlerts and self.ws._cells:
            raise harm(f"deleting {self.Name}: Excel asks the user")
        if [one for one in self.book.sheets if one.Visible == -1] == [self]:
            raise refused("a book must show a sheet")
        DESK.note("delete sheet", self.book.Name, self.Name)
        self.book.sheets.remove(self)
        self.book.model.remove(self.ws)
        self.book.leave(self)
        self.book.changed(True)

    def Move(self, Before: Any = None, After: Any = None) -> None:
        self.book.guard_structure("moving a sheet")
        self.book.place(self, Before, After)
        self.changed("move sheet")

    def ExportAsFixedFormat(self, Type: int, Filename: str, *_: Any, **__: Any) -> None:
        # The active sheet of a group stands for the whole group.
        export(self.book.group if self is self.book.active else [self], Type, Filename)
