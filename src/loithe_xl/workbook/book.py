"""A workbook as a value: what the writer turns into a file and what tests compare as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from loithe_xl.workbook.address import Address, Scalar, address


@dataclass(frozen=True, slots=True)
class Formula:
    """An Excel formula (no leading ``=``, English names, comma separators) with its true result beside it.

    ``shared``: an area of cells, first and last, that hold the same formula, each relative to its own place; the file
    states it once.
    """

    text: str
    result: str | int | float | Decimal = ""
    shared: tuple[Address, Address] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A jump inside the workbook: ``target`` as ``'Sheet'!A1``."""

    target: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and the name of its style (a key of ``styles.STYLES``)."""

    value: Scalar | Formula | Link = None
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Validation:
    """What Excel lets a user type in an area, and what it says.

    ``kind``: ``list`` (``source`` is the tuple of items, or a formula text), ``whole``, ``decimal``, ``date``, ``text``
    (length), ``custom`` (``source`` is a formula text, relative to the area's first cell). ``minimum``/``maximum``:
    number or formula text; either may be None.
    """

    area: tuple[Address, Address]
    kind: str
    title: str
    prompt: str
    error: str
    source: tuple[str, ...] | str = ()
    minimum: int | float | str | None = None
    maximum: int | float | str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A conditional format: where ``formula`` (relative to the area's first cell) is true, ``style`` shows."""

    area: tuple[Address, Address]
    formula: str
    style: str


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One part of every bar: the cell of its title, the area of its values, its colour RRGGBB, lined or plain."""

    title: Address
    values: tuple[Address, Address]
    colour: str
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart of bars that are all of one length, each part with its figure; placed at ``anchor``."""

    anchor: Address
    title: str
    categories: tuple[Address, Address]
    series: tuple[ChartSeries, ...]
    size: tuple[int, int] = (900, 420)  # pixels
    sheet: str = ""  # where the data lie; blank: the chart's own sheet


@dataclass(frozen=True, slots=True)
class Print:
    """How a sheet prints: A4, one page wide unless ``scale`` (%) is set; margins in mm: top, bottom, left, right."""

    landscape: bool = False
    margins: tuple[float, float, float, float] = (15, 15, 15, 10)
    repeat_rows: tuple[int, int] | None = None
    header: str = ""
    footer: str = ""
    first_page_different: bool = False
    columns: tuple[int, int] | None = None  # print only these columns
    fit_wide: bool = True
    fit_tall: bool = False  # on one page
    rows: int | None = None  # last row of the print area
    repeat_columns: tuple[int, int] | None = None
    scale: int = 0
    breaks: tuple[int, ...] = ()  # rows after which a new page begins; fitted to a width, Excel may break elsewhere


@dataclass(frozen=True, slots=True)
class ListObject:
    """A true table of Excel (it calls it a ListObject), with filter buttons and a name that other programs ask for.

    ``area``: its first heading and its last value; at least one row lies beneath the headings, of cells or of a
    ``Flow``. The headings are the sheet's own cells: texts of one line, none blank, no two alike whatever their case.
    ``name``: letters, digits and ``_``, no defined name and no other table's.
    """

    area: tuple[Address, Address]
    name: str


class Line(NamedTuple):
    """A row of a list from column 1 on: values with their styles (None: no cell), and its height in points."""

    values: Sequence[str | int | Decimal | Formula | None]
    styles: Sequence[str | None]
    height: float | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A list down to the sheet's end, from the row ``first`` on: each line is drawn when it is written, for thousands
    of them as cells would take hundreds of megabytes.

    ``sortable``: its cells are unlocked, all of them, for Excel sorts no locked cell on a protected sheet.
    """

    first: int
    count: int
    columns: int
    draw: Callable[[], Iterator[Line]]
    sortable: bool = False


@dataclass(slots=True)
class Sheet:
    """One sheet; built up cell by cell by the drawing modules, then only read."""

    name: str
    cells: dict[Address, Cell] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)  # column -> characters
    heights: dict[int, float] = field(default_factory=dict)  # row -> points
    merges: list[tuple[Address, Address]] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    print: Print = field(default_factory=Print)
    freeze: Address | None = None  # first cell that scrolls
    selection: Address = (1, 1)
    hidden: bool = False
    hidden_columns: tuple[int, ...] = ()
    hidden_rows: frozenset[int] = frozenset()  # rows that have a height
    protected: bool = True
    tab_colour: str = ""
    gridlines: bool = False
    zoom: int = 100  # per cent
    flow: Flow | None = None
    tables: list[ListObject] = field(default_factory=list)
    filter: tuple[Address, Address] | None = None  # first heading and last cell of a list with filter buttons

    def put(self, row: int, column: int, value: Scalar | Formula | Link, style: str = "plain") -> None:
        """Set one cell."""
        self.cells[row, column] = Cell(value, style)

    def unroll(self) -> Sheet:
        """This sheet with its list drawn: every line as cells."""
        if self.flow:
            for row, line in enumerate(self.flow.draw(), self.flow.first):
                for column, (value, style) in enumerate(zip(line.values, line.styles, strict=True), 1):
                    if style:
                        self.put(row, column, value, style)
                if line.height is not None:
                    self.heights[row] = line.height
            self.flow = None
        return self


@dataclass(slots=True)
class Book:
    """Sheets in order, defined names (name -> formula text), fixed document properties, the active sheet's index."""

    sheets: list[Sheet] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    title: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    created: datetime = datetime(2023, 1, 1)
    modified: datetime | None = None  # the saved time inside the file, UTC; None: as created
    active: int = 0

    def sheet(self, name: str) -> Sheet:
        """The sheet called ``name``; KeyError when absent."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)

    def lines(self) -> Iterator[str]:
        """The book as text, one line a cell, for goldens and diffs."""
        for sheet in self.sheets:
            yield f"# {sheet.name}"
            for (row, column), cell in sorted(sheet.cells.items()):
                yield f"{address(row, column)} [{cell.style}] {_shown(cell.value)}"
        for name, formula in sorted(self.names.items()):
            yield f"{name} = {formula}"


def _shown(value: Scalar | Formula | Link) -> str:
    if isinstance(value, Formula):
        return f"={value.text} -> {value.result!r}"
    if isinstance(value, Link):
        return f"link {value.target} {value.text!r}"
    return repr(value)
