"""How a sheet is printed and shown: PageSetup, the window, and a PDF."""

# ruff: noqa: N802, N803 (the names are COM's)
from __future__ import annotations

from pathlib import Path
from typing import Any

from hosts.excel.com import Com, missing, refused
from hosts.excel.desk import DESK
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.pagebreak import Break

INCH = 72
ORIENTATIONS = {1: "portrait", 2: "landscape"}


def page_part(name: str, part: str, to_com: Any = lambda value: value, from_com: Any = lambda value: value) -> property:
    """A property of PageSetup over an attribute of one of openpyxl's parts of a sheet."""

    def read(self: Any) -> Any:
        return to_com(getattr(getattr(self.sheet.ws, part), name))

    def write(self: Any, value: Any) -> None:
        setattr(getattr(self.sheet.ws, part), name, from_com(value))
        self.sheet.changed(f"format PageSetup {name}")

    return property(read, write)


def margin(name: str) -> property:
    """A margin: points for COM, inches in the file."""
    return page_part(name, "page_margins", lambda inches: inches * INCH, lambda points: points / INCH)


class HPageBreaks(Com):
    """Worksheet.HPageBreaks: where a new page was made to begin."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet

    Count = property(lambda self: len(self.sheet.ws.row_breaks.brk))

    def Add(self, Before: Any) -> None:
        if DESK.fails("HPageBreaks"):
            raise refused("Unable to get the HPageBreaks property of the Worksheet class")
        self.sheet.guard(None, "HPageBreaks.Add")
        self.sheet.ws.row_breaks.append(Break(id=Before.Row - 1))


class PageSetup(Com):
    """Worksheet.PageSetup; Excel allows it on a protected sheet too."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet

    Orientation = page_part(
        "orientation", "page_setup", lambda name: 2 if name == "landscape" else 1, ORIENTATIONS.__getitem__
    )
    PaperSize = page_part("paperSize", "page_setup", lambda size: int(size or 1))
    LeftMargin = margin("left")
    RightMargin = margin("right")
    TopMargin = margin("top")
    BottomMargin = margin("bottom")
    HeaderMargin = margin("header")
    FooterMargin = margin("footer")
    CenterHorizontally = page_part("horizontalCentered", "print_options", bool, bool)
    CenterVertically = page_part("verticalCentered", "print_options", bool, bool)
    PrintGridlines = page_part("gridLines", "print_options", bool, bool)

    @property
    def fitted(self) -> Any:
        return self.sheet.ws.sheet_properties.pageSetUpPr

    @property
    def Zoom(self) -> int | bool:
        return False if self.fitted and self.fitted.fitToPage else int(self.sheet.ws.page_setup.scale or 100)

    @Zoom.setter
    def Zoom(self, value: int | bool) -> None:
        if value is not False and not 10 <= value <= 400:
            raise refused(f"a zoom of {value}")
        self.fitted.fitToPage = value is False
        if value is not False:
            self.sheet.ws.page_setup.scale = int(value)
        self.sheet.changed("format PageSetup Zoom")

    FitToPagesWide = page_part("fitToWidth", "page_setup", lambda n: False if n == 0 else n or 1, int)
    FitToPagesTall = page_part("fitToHeight", "page_setup", lambda n: False if n == 0 else n or 1, int)

    @property
    def PrintArea(self) -> str:
        return (self.sheet.ws.print_area or "").rpartition("!")[2]

    @PrintArea.setter
    def PrintArea(self, value: str) -> None:
        if DESK.fails("PrintArea"):
            raise refused("Unable to set the PrintArea property of the PageSetup class")
        self.sheet.ws.print_area = value or None
        self.sheet.changed("format PageSetup PrintArea")

    @property
    def PrintTitleRows(self) -> str:
        rows = self.sheet.ws.print_title_rows
        return "" if not rows else ":".join("$" + row.strip("$") for row in rows.split(":"))

    @PrintTitleRows.setter
    def PrintTitleRows(self, value: str) -> None:
        self.sheet.ws.print_title_rows = value.replace("$", "") or None
        self.sheet.changed("format PageSetup PrintTitleRows")


class Window(Com):
    """A book's window: what it shows is the active sheet."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.scroll: tuple[int, int] = (1, 1)
        self.split: tuple[int, int] | None = None

    @property
    def view(self) -> Any:
        return self.book.ActiveSheet.ws.sheet_view

    Caption = property(lambda self: self.book.Name)
    Visible = property(lambda self: True)

    @property
    def ScrollRow(self) -> int:
        return self.scroll[0]

    @ScrollRow.setter
    def ScrollRow(self, row: int) -> None:
        self.scroll = (row, self.scroll[1])

    @property
    def ScrollColumn(self) -> int:
        return self.scroll[1]

    @ScrollColumn.setter
    def ScrollColumn(self, column: int) -> None:
        self.scroll = (self.scroll[0], column)

    @property
    def DisplayGridlines(self) -> bool:
        return self.view.showGridLines is not False

    @DisplayGridlines.setter
    def DisplayGridlines(self, value: bool) -> None:
        self.view.showGridLines = bool(value)
        self.book.ActiveSheet.changed("format DisplayGridlines")

    @property
    def Zoom(self) -> int:
        return int(self.view.zoomScale or 100)

    @Zoom.setter
    def Zoom(self, value: int) -> None:
        self.view.zoomScale = int(value)
        self.book.ActiveSheet.changed("format Zoom")

    @property
    def frozen(self) -> tuple[int, int]:
        """Rows and columns that stay in sight."""
        corner = self.book.ActiveSheet.ws.freeze_panes
        row, column = coordinate_to_tuple(corner) if corner else (1, 1)
        return row - 1, column - 1

    @property
    def SplitRow(self) -> int:
        return self.split[0] if self.split else self.frozen[0]

    @SplitRow.setter
    def SplitRow(self, rows: int) -> None:
        self.split = (rows, self.SplitColumn)

    @property
    def SplitColumn(self) -> int:
        return self.split[1] if self.split else self.frozen[1]

    @SplitColumn.setter
    def SplitColumn(self, columns: int) -> None:
        self.split = (self.SplitRow, columns)

    @property
    def FreezePanes(self) -> bool:
        return self.book.ActiveSheet.ws.freeze_panes is not None

    @FreezePanes.setter
    def FreezePanes(self, value: bool) -> None:
        sheet = self.book.ActiveSheet
        if value and self.scroll != (1, 1):
            raise missing("freezing a window that is scrolled")
        rows, columns = self.split or (sheet.selected.row - 1, sheet.selected.column - 1)
        sheet.ws.freeze_panes = f"{get_column_letter(columns + 1)}{rows + 1}" if value and (rows or columns) else None
        self.split = None
        sheet.changed("format FreezePanes")


def export(sheets: list[Any], kind: int, path: str) -> None:
    """ExportAsFixedFormat: a PDF of one page per sheet that only says the sheet's number."""
    if kind != 0:
        raise missing(f"ExportAsFixedFormat of type {kind}")
    target = Path(path if Path(path).suffix else f"{path}.pdf")
    if DESK.fails("ExportAsFixedFormat") or not target.parent.is_dir() or not sheets:
        raise refused(f"the document was not saved: {target}")
    if any(sheet.Visible != -1 for sheet in sheets):
        raise refused("a hidden sheet is not printed")
    target.write_bytes(pdf([f"sheet {sheet.Index}" for sheet in sheets]))
    for sheet in sheets:
        DESK.note("export", sheet.book.Name, sheet.Name, str(target))


def pdf(pages: list[str]) -> bytes:
    """A small PDF with a line of text per page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            f" /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out, starts = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        starts.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()
