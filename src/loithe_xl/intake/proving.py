"""What was written is opened and counted again before it takes its place; what does not open so replaces nothing."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TypeVar

from loithe_xl.consolidation.ledger import journal_lines, receipt_lines
from loithe_xl.consolidation.signedlines import SignedLine
from loithe_xl.form.inputs import Inputs
from loithe_xl.form.loaded import Loaded
from loithe_xl.intake import openfile
from loithe_xl.intake.openfile import Opened, OpenedForm, ParentBook, Unreadable
from loithe_xl.language.issues import Fault, Issue, Place, issue
from loithe_xl.reading import guard, reader
from loithe_xl.reading.received import Received
from loithe_xl.rules.evaluate import Flaw, Raw
from loithe_xl.workbook.address import Address
from loithe_xl.workbook.book import Book, Cell, Formula, Link, Sheet
from loithe_xl.workbook.celltext import normal
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import COMPUTED

_T = TypeVar("_T")
Proof = Callable[[bytes], None]  # of a workbook's bytes; raises the Fault that nothing may be replaced


def workbook(meant: OpenedForm, name: str) -> Proof:
    """That a form or a parent opens by the reading that every command uses, as what it is meant to be: the same unit,
    entries, register, receipts and journal, and the same figures from them."""
    return partial(_prove_workbook, meant, name)


def cells(book: Book, name: str) -> Proof:
    """That every cell of a book without a form's identity, such as a report, reads back as it was drawn."""
    return partial(_prove_cells, book, name)


def opened(data: bytes, name: str = "", by: Loaded | None = None) -> Opened:
    """The form or parent in these bytes, as every command reads it; ``by`` as in ``open_file``."""
    return openfile.opened(_read(data, name, COMPUTED), name, by=by)


def unproven(name: str) -> Fault:
    """The Fault for what does not open as it was meant."""
    return Fault([issue("STORE_UNPROVEN", Place(file=name), name=name)], 3)


def _prove_workbook(meant: OpenedForm, name: str, data: bytes) -> None:
    loaded = meant.loaded
    found = opened(data, name, None if isinstance(meant, ParentBook) or not loaded.embedded else loaded)
    if isinstance(found, Unreadable) or not all(_agreements(found, meant)):
        raise unproven(name)


def _agreements(found: OpenedForm, meant: OpenedForm) -> Iterator[bool]:
    yield (found.token, found.unit_form.names) == (meant.token, meant.unit_form.names)
    yield _typed(found.inputs) == _typed(meant.inputs)
    if isinstance(meant, ParentBook):
        yield isinstance(found, ParentBook) and all(_agreeing_ledgers(found, meant))


def _agreeing_ledgers(found: ParentBook, meant: ParentBook) -> Iterator[bool]:
    now, then = found.ledgers, meant.ledgers
    yield set(now.register.units) == set(then.register.units)
    yield _same(now.receipts, then.receipts, receipt_lines)
    yield _same(now.journal, then.journal, journal_lines)
    yield (found.consolidation.rows, found.consolidation.texts) == (meant.consolidation.rows, meant.consolidation.texts)
    # Of own entries that no figure can be made of, nothing is kept.
    yield found.consolidation.values == meant.consolidation.values or _flawed(meant.inputs)


def _same(found: Sequence[_T], meant: Sequence[_T], lines: Callable[[Sequence[_T]], list[SignedLine]]) -> bool:
    """Whether both are told alike: of what is too long for a cell the ledger keeps less."""
    return tuple(found) == tuple(meant) or lines(found) == lines(meant)


def _typed(inputs: Inputs) -> list[tuple[object, ...]]:
    """What a workbook keeps of its entries."""
    rows = ((id, *row.values()) for id, table in inputs.tables.items() for row in table)
    return [tuple(map(_kept, line)) for line in (*inputs.values.items(), *rows)]


def _kept(raw: Raw) -> Raw:
    return None if isinstance(raw, Flaw) or raw == "" else raw


def _flawed(inputs: Inputs) -> bool:
    rows = (row for table in inputs.tables.values() for row in table)
    return any(isinstance(raw, Flaw) for each in (inputs.values, *rows) for raw in each.values())


def _prove_cells(book: Book, name: str, data: bytes) -> None:
    received = _read(data, name)
    for sheet in book.sheets:
        grid = received.grids.get(sheet.name)
        if grid is None or any(not _reads(cell, grid.get(*at)) for at, cell in _drawn(sheet)):
            raise unproven(name)


def _drawn(sheet: Sheet) -> Iterator[tuple[Address, Cell]]:
    """The cells of a sheet, those of its list too, of which none is kept."""
    yield from sheet.cells.items()
    for row, line in enumerate(sheet.flow.draw(), sheet.flow.first) if sheet.flow else ():
        for column, (value, style) in enumerate(zip(line.values, line.styles, strict=True), 1):
            if style:
                yield (row, column), Cell(value, style)


def _reads(cell: Cell, found: Raw) -> bool:
    value = cell.value
    value = value.result if isinstance(value, Formula) else value.text if isinstance(value, Link) else value
    if value is None or value == "":
        return found is None
    if isinstance(value, str):
        return found == normal(value)
    if isinstance(value, date):
        return found == serial(value)
    return isinstance(found, bool | int | Decimal) and float(found) == float(f"{value:.16G}")


def _read(data: bytes, name: str, skip: Container[str] = ()) -> Received:
    package = guard.unwrap(data)
    received = package if isinstance(package, Issue) else reader.read(package, skip)
    if isinstance(received, Issue):
        raise unproven(name) from Fault([received])
    return received
