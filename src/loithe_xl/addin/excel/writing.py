"""Values put into an open workbook: in few writes, at the drawn addresses, read back and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from loithe_xl.addin.excel.blocks import CellBlock, blocks
from loithe_xl.addin.excel.looks import dress, undress
from loithe_xl.addin.excel.reading import block, value_of
from loithe_xl.language.issues import Fault, Place, issue
from loithe_xl.workbook import address
from loithe_xl.workbook import book as drawing
from loithe_xl.workbook.address import Address, area
from loithe_xl.workbook.book import Formula, Link
from loithe_xl.workbook.daynumbers import MIDNIGHT
from loithe_xl.workbook.ownsheets import FIGURES, FILTERED
from loithe_xl.workbook.styles import STYLES, TEXT

if TYPE_CHECKING:
    from loithe_xl.addin.excel.app import Book, Range, Sheet

_LONGEST = 8_000  # letters of a text within a write of many cells; longer ones go alone (older Excels lose them)
HEIGHT = 15.0  # points of a row that nothing stands in


@contextmanager
def unlocked(book: Book, names: Iterable[str], password: str) -> Iterator[None]:
    """Meanwhile these sheets may be written; afterwards each is protected as it was generated, even one that was not:
    somebody took an unknown password off, or a run was ended midway.

    Fault, before anything is written, where the password is another.
    """
    pages = [book.sheets[name] for name in names]
    book.sheets.active.select()  # of sheets selected together Excel neither locks nor unlocks any
    try:
        for page in pages:
            if page.api.ProtectContents:
                _unprotect(page, password)
        yield
    finally:
        failed = [page for page in pages if not _locked(page, password)]
        if failed:
            raise Fault([issue("HOST_NOT_LOCKED", Place(sheet=page.name), sheet=page.name) for page in failed])


def _locked(page: Sheet, password: str) -> bool:
    """Protect a sheet as it was generated; whether that went well."""
    with suppress(Exception):  # each is tried, even where another could not be
        if not page.api.ProtectContents:
            # Drawing objects, contents, scenarios; columns and rows may be resized, a list that has buttons for it
            # sorted and filtered.
            listed = page.name in FILTERED
            no = [False] * 5  # inserting and deleting
            page.api.Protect(password, True, True, True, False, False, True, True, *no, listed, listed)
        return True
    return False


def changes(page: Sheet, drawn: drawing.Sheet) -> dict[Address, Any]:
    """What differs between the plain values of a sheet whose shape is fixed and what is drawn; formulas do not count.

    Around the cells that differ the others in the same rectangle come along, so that few writes serve.
    """
    wanted = {at: cell.value for at, cell in drawn.cells.items() if not isinstance(cell.value, Formula | Link)}
    formulas = drawn.cells.keys() - wanted.keys()
    last = page.used_range.last_cell
    bottom, right = max(last.row, *(row for row, _ in wanted)), max(last.column, *(column for _, column in wanted))
    now = {
        (row, column): value_of(raw)
        for row, line in enumerate(block(page, (1, 1, bottom, right)), 1)
        for column, raw in enumerate(line, 1)
        if (row, column) not in formulas
    }
    changed = [at for at in now if now[at] != value_of(_native(wanted.get(at)))]
    if not changed:
        return {}
    rows, columns = [at[0] for at in changed], [at[1] for at in changed]
    box = min(rows), min(columns), max(rows), max(columns)
    return {at: wanted.get(at) for at in now if box[0] <= at[0] <= box[2] and box[1] <= at[1] <= box[3]}


def refresh(page: Sheet, drawn: drawing.Sheet, changed: Mapping[Address, Any]) -> None:
    """Write the ``changes`` of a sheet; its formulas and looks stay."""
    if changed and drawn.hidden:
        # Rows move, and a number in a cell formatted as text would become a text.
        page.range(min(changed), max(changed)).number_format = "General"
    _put(page, changed, frozenset() if drawn.hidden else _texts(drawn))
    if page.name == FIGURES:
        _fold(page, drawn)


def _fold(page: Sheet, drawn: drawing.Sheet) -> None:
    """Hide the columns that the drawing hides, and no other: one that holds figures now must be seen."""
    for column, width in drawn.widths.items():
        top, folded = page.range((1, column)), column in drawn.hidden_columns
        if (top.column_width == 0) is not folded:
            top.column_width = 0 if folded else width


def redraw(page: Sheet, drawn: drawing.Sheet, top: int = 1) -> None:
    """Make a sheet whose rows come and go look as drawn from row ``top`` on: values, looks, heights, merged cells."""
    if page.name in FILTERED and page.api.FilterMode:
        page.api.ShowAllData()  # Excel would write into the rows in sight alone
    last = page.used_range.last_cell
    cells = {at: cell for at, cell in drawn.cells.items() if at[0] >= top}
    merges = [merge for merge in drawn.merges if merge[0][0] >= top]
    end = max([last.row, top, *(row for row, _ in cells), *(row for row in drawn.heights)])
    wide = max([last.column, *(column for _, column in cells)])
    region = list(_within((top, 1), (end, wide)))
    whole = page.range((top, 1), (end, wide))
    whole.unmerge()
    undress(whole)
    covered = {at: first for first, to in merges for at in _within(first, to)}
    looks = {at: cells[found].style for at in region if (found := covered.get(at, at)) in cells}
    for part in blocks(looks):
        dress(_range(page, part), STYLES[part.rows[0][0]])
    for part in blocks({(row, 1): drawn.heights.get(row, HEIGHT) for row in range(top, end + 1)}):
        _range(page, part).row_height = part.rows[0][0]
    anchors = {at: cell.value for at, cell in cells.items() if covered.get(at, at) == at}
    formulas = {at: f"={value.text}" for at, value in anchors.items() if isinstance(value, Formula)}
    values = {at: value for at, value in anchors.items() if at not in formulas}
    _put(page, {at: values.get(at) for at in region}, _texts(drawn))
    for part in blocks(_filled_up(formulas, values), alike=False):
        _range(page, part).formula = part.rows
    for first, to in merges:
        page.range(first, to).merge()
    if drawn.print.rows and drawn.print.columns:
        left, right = drawn.print.columns
        _print_only(page, (1, left), (drawn.print.rows, right))
    with suppress(Exception):  # without any printer Excel knows no pages, and breaks them by itself when there is one
        page.api.ResetAllPageBreaks()
        for row in drawn.print.breaks:
            page.api.HPageBreaks.Add(page.range((row + 1, 1)).api)


def _print_only(page: Sheet, first: Address, last: Address) -> None:
    """Set the sheet's print area."""
    try:
        page.page_setup.print_area = area(first, last)
    except Exception:  # without any printer Excel refuses page settings; the name that it keeps them under is free
        page.names.add("Print_Area", f"={page.range(first, last).get_address(include_sheetname=True)}")


def _filled_up(formulas: Mapping[Address, str], values: Mapping[Address, Any]) -> dict[Address, str]:
    """The formulas, and between those of one column its blank cells, so that one write serves a column."""
    found = dict(formulas)
    for column in {at[1] for at in formulas}:
        rows = [at[0] for at in formulas if at[1] == column]
        between = [(row, column) for row in range(min(rows), max(rows))]
        found |= {at: "" for at in between if at not in formulas and values.get(at) is None}
    return found


def _put(page: Sheet, cells: Mapping[Address, Any], plain: frozenset[Address]) -> None:
    """Write values and read them back. ``plain``: cells formatted as text, which keep every text as it is."""
    given = {at: _native(value) for at, value in cells.items()}
    alone = {at for at, value in given.items() if isinstance(value, str) and len(value) > _LONGEST}
    marked = {at: value if at in plain else _kept(value) for at, value in given.items()}
    for part in blocks({at: value for at, value in marked.items() if at not in alone}, alike=False):
        _range(page, part).raw_value = part.rows
    for at in alone:
        page.range(at).raw_value = marked[at]
    # An Excel that took a mark for a part of the text, or a text for a number, is told once more in the other way.
    for at, wanted in _unlike(page, given):
        page.range(at).raw_value = _kept(wanted) if at in plain else wanted
    if wrong := list(_unlike(page, given)):
        place = Place(sheet=page.name, cell=address.address(*wrong[0][0]))
        raise Fault([issue("HOST_NOT_KEPT", place, sheet=page.name, cell=place.cell)])


def _unlike(page: Sheet, given: Mapping[Address, Any]) -> Iterator[tuple[Address, Any]]:
    """The cells that do not hold what was written, with what they should."""
    for part in list(blocks(given, alike=False)):
        for row, (now, wanted) in enumerate(zip(block(page, part.area), part.rows, strict=True), part.top):
            for column, (found, value) in enumerate(zip(now, wanted, strict=True), part.left):
                if value_of(found) != value_of(value) or type(found) is int:
                    yield (row, column), value


def _native(value: Any) -> Any:
    """A value as Excel takes it: numbers and days as float, no empty text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float | Decimal):
        return float(value)
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time())
        return (moment - MIDNIGHT).total_seconds() / 86_400
    raise TypeError(f"not a cell's value: {type(value).__name__}")


def _kept(value: Any) -> Any:
    """A text under the apostrophe that makes Excel take it as it is: never a formula, a number or a date."""
    return f"'{value}" if isinstance(value, str) else value


def _texts(drawn: drawing.Sheet) -> frozenset[Address]:
    return frozenset(at for at, cell in drawn.cells.items() if STYLES[cell.style].number == TEXT)


def _within(first: Address, last: Address) -> Iterator[Address]:
    return ((row, column) for row in range(first[0], last[0] + 1) for column in range(first[1], last[1] + 1))


def _range(page: Sheet, part: CellBlock) -> Range:
    top, left, bottom, right = part.area
    return page.range((top, left), (bottom, right))


def _unprotect(page: Sheet, password: str) -> None:
    try:
        page.api.Unprotect(password)
    except Exception as error:  # Excel's only answer to a wrong password
        raise Fault([issue("HOST_PASSWORD", Place(sheet=page.name), sheet=page.name)]) from error
    if page.api.ProtectContents:
        raise Fault([issue("HOST_PASSWORD", Place(sheet=page.name), sheet=page.name)])
