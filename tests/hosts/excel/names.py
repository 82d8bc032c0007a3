"""Defined names of a book or of one sheet."""

# ruff: noqa: N802 (the names are COM's)
from __future__ import annotations

import re
from typing import Any

from hosts.excel.com import Com, missing, refused
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

# Sheet!$A$1:$B$2, and the form our own books use: INDEX(Sheet!$A$1:$Z$200,12,5).
PLACE = re.compile(r"(?:'((?:[^']|'')+)'|([^\W\d][\w.]*))!(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)")
INDEXED = re.compile(r"INDEX\((.+),(\d+),(\d+)\)")


def quoted(sheet: str) -> str:
    """A sheet's name as it stands in a reference."""
    plain = re.fullmatch(r"[^\W\d][\w.]*", sheet) and not re.fullmatch(r"[A-Za-z]{1,3}\d+", sheet)
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"


def place_of(book: Any, text: str) -> Any:
    """The range a reference speaks of, or None."""
    indexed = INDEXED.fullmatch(text)
    if indexed:
        block = place_of(book, indexed[1])
        return block and block(int(indexed[2]), int(indexed[3]))
    found = PLACE.fullmatch(text)
    if not found:
        return None
    name = (found[1] or found[2]).replace("''", "'")
    sheets = [sheet for sheet in book.sheets if sheet.Name.lower() == name.lower()]
    return sheets[0].Range(found[3]) if sheets else None


class Names(Com):
    """Workbook.Names (all), or Worksheet.Names (of that sheet only)."""

    def __init__(self, book: Any, sheet: Any = None) -> None:
        self.book, self.sheet = book, sheet

    @property
    def items(self) -> list[Name]:
        found = [] if self.sheet else [Name(self.book, None, one) for one in self.book.model.defined_names.values()]
        for sheet in [self.sheet] if self.sheet else self.book.sheets:
            found += [Name(self.book, sheet, one) for one in sheet.ws.defined_names.values()]
            for name, text in (("Print_Area", sheet.ws.print_area), ("Print_Titles", sheet.ws.print_titles)):
                if text:
                    found.append(Name(self.book, sheet, DefinedName(name, attr_text=text)))
        return sorted(found, key=lambda one: one.Name.lower())

    @property
    def Count(self) -> int:
        return len(self.items)

    def __call__(self, key: Any) -> Name:
        if not isinstance(key, str):
            if not 1 <= key <= self.Count:
                raise refused(f"no name {key}")
            return self.items[int(key) - 1]
        for one in self.items:
            if one.Name.lower() == key.lower():
                return one
        raise refused(f"no name {key}")

    Item = __call__

    def __iter__(self) -> Any:
        return iter(self.items)

    def Add(self, name: str, refers_to: Any) -> Name:
        if not re.fullmatch(r"[^\W\d][\w.]*", name) or re.fullmatch(r"[A-Za-z]{1,3}\d+", name):
            raise refused(f"not a name: {name}")
        if not isinstance(refers_to, str) or not refers_to.startswith("="):
            raise missing(f"a name that refers to {refers_to!r}")
        if name == "Print_Area" and self.sheet:
            self.sheet.ws.print_area = refers_to.rpartition("!")[2]
            self.book.changed(True)
            return Name(self.book, self.sheet, DefinedName(name, attr_text=self.sheet.ws.print_area))
        kept = self.sheet.ws.defined_names if self.sheet else self.book.model.defined_names
        kept[name] = DefinedName(name, attr_text=refers_to[1:])
        self.book.changed(True)
        return Name(self.book, self.sheet, kept[name])

    def of(self, cells: Any) -> Name:
        """The name of exactly this range."""
        text = f"{quoted(cells.sheet.Name)}!{cells.Address}"
        for one in self.items:
            if one.RefersTo == f"={text}":
                return one
        raise refused(f"{text} has no name")


class Name(Com):
    """One defined name."""

    def __init__(self, book: Any, sheet: Any, stored: DefinedName) -> None:
        self.book, self.sheet, self.stored = book, sheet, stored

    @property
    def Name(self) -> str:
        return f"{quoted(self.sheet.Name)}!{self.stored.name}" if self.sheet else self.stored.name

    @property
    def RefersTo(self) -> str:
        return f"={self.stored.attr_text}"

    @RefersTo.setter
    def RefersTo(self, text: str) -> None:
        if not text.startswith("="):
            raise missing(f"a name that refers to {text!r}")
        self.stored.attr_text = text[1:]
        self.book.changed(True)

    Value = property(lambda self: self.RefersTo)

    @property
    def RefersToRange(self) -> Any:
        found = place_of(self.book, self.stored.attr_text)
        if found is None:
            raise refused(f"{self.Name} is not a range")
        return found

    @property
    def Visible(self) -> bool:
        return not self.stored.hidden

    @Visible.setter
    def Visible(self, value: bool) -> None:
        self.stored.hidden = not value
        self.book.changed(False)

    def Delete(self) -> None:
        kept = self.sheet.ws.defined_names if self.sheet else self.book.model.defined_names
        if self.stored.name not in kept:
            raise missing(f"deleting {self.Name}")
        del kept[self.stored.name]
        self.book.changed(True)


def address(row: int, column: int) -> str:
    """A cell's address without dollars."""
    return f"{get_column_letter(column)}{row}"
