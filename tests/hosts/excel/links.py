"""Hyperlinks of a range, within the book or out of it."""

# ruff: noqa: N802, N803 (the names are COM's)
from __future__ import annotations

from copy import copy
from typing import Any

from hosts.excel.com import OMITTED, Com, missing, refused
from hosts.excel.values import enter
from openpyxl.styles import Color, Font
from openpyxl.worksheet.hyperlink import Hyperlink as Stored

BLUE, LONGEST_TIP = "FF0563C1", 255


class Hyperlinks(Com):
    """Range.Hyperlinks."""

    def __init__(self, of: Any) -> None:
        self.range = of

    @property
    def items(self) -> list[Hyperlink]:
        return [Hyperlink(self.range, cell) for cell in self.range.existing() if cell.hyperlink]

    @property
    def Count(self) -> int:
        return len(self.items)

    def __call__(self, number: int) -> Hyperlink:
        if not 1 <= number <= self.Count:
            raise refused(f"no hyperlink {number}")
        return self.items[number - 1]

    Item = __call__

    def __iter__(self) -> Any:
        return iter(self.items)

    def Add(self, Anchor: Any, Address: str, SubAddress="", ScreenTip=OMITTED, TextToDisplay=OMITTED) -> Hyperlink:
        if Anchor.rows * Anchor.columns > 1:
            raise missing("a hyperlink on several cells")
        sheet = Anchor.sheet
        sheet.guard("insertHyperlinks", f"a hyperlink in {Anchor.Address}")
        sheet.guard_locked(Anchor, f"a hyperlink in {Anchor.Address}")
        Anchor.changed("link")
        # What follows # in an address is a place within the book.
        address, _, place = Address.partition("#")
        cell = Anchor.own(Anchor.row, Anchor.column)
        cell._hyperlink = Stored(ref=cell.coordinate, location=SubAddress or place or None)
        cell._hyperlink.target = address or None
        # The style "Hyperlink": the book's own font, blue, underlined; bold, size and colour of before are lost.
        font = copy(sheet.book.model._fonts[0])
        cell.font = Font(name=font.name, sz=font.sz, family=font.family, u="single", color=Color(rgb=BLUE))
        link = Hyperlink(Anchor, cell)
        if TextToDisplay is not OMITTED:
            link.TextToDisplay = TextToDisplay
        elif cell._value is None:
            link.TextToDisplay = address or SubAddress or place
        if ScreenTip is not OMITTED:
            link.ScreenTip = ScreenTip
        return link

    def Delete(self) -> None:
        raise missing("Hyperlinks.Delete (it resets the cells' looks; ClearHyperlinks does not)")


class Hyperlink(Com):
    """One cell's link."""

    def __init__(self, of: Any, cell: Any) -> None:
        self.of, self.cell = of, cell

    @property
    def Address(self) -> str:
        return self.cell.hyperlink.target or ""

    @property
    def SubAddress(self) -> str:
        return self.cell.hyperlink.location or ""

    @property
    def Range(self) -> Any:
        return self.of.part(self.cell.row, self.cell.column, 1, 1)

    @property
    def TextToDisplay(self) -> str:
        return "" if self.cell._value is None else str(self.cell._value)

    @TextToDisplay.setter
    def TextToDisplay(self, text: str) -> None:
        # Typed anew, so a text such as "1/2" does not stay one.
        if len(text) > LONGEST_TIP:
            raise missing("a hyperlink's text of more than 255 characters")
        self.Range.put((self.cell.row, self.cell.column), enter(text, self.cell.number_format))
        self.of.sheet.book.changed(True)

    @property
    def ScreenTip(self) -> str:
        return self.cell.hyperlink.tooltip or ""

    @ScreenTip.setter
    def ScreenTip(self, text: str) -> None:
        if len(text) > LONGEST_TIP:
            raise refused("a screen tip of more than 255 characters")
        self.cell.hyperlink.tooltip = text
        self.of.sheet.book.changed(False)
