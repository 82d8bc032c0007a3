"""The tasks on the workbook that is open in Excel: the same readings and figures as for a file, put back as values."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from loithe_xl.addin.excel.app import place_of, saved_once, uncalculated
from loithe_xl.addin.excel.blocks import blocks
from loithe_xl.addin.excel.looks import fill
from loithe_xl.addin.excel.reading import formulas, is_marked, read
from loithe_xl.addin.excel.writing import changes, redraw, refresh, unlocked
from loithe_xl.addin.findings import PLACE, issue_list, led_to, marks
from loithe_xl.draw import ParentCase, form_book
from loithe_xl.draw.hidden import TOKEN_NAME
from loithe_xl.identity.trust import Trust
from loithe_xl.intake import inbox, openfile, provenance
from loithe_xl.intake.openfile import Opened, OpenedForm, ParentBook, Unreadable
from loithe_xl.language.issues import Fault, Issue, Place, issue
from loithe_xl.reading.received import Received
from loithe_xl.report import Page, read_edits
from loithe_xl.system import disk, store
from loithe_xl.tasks.consolidate import (
    ConsolidationRequest,
    ConsolidationResult,
    as_parent,
    noted,
    open_parent,
    rebuilt_case,
    sources,
    take_in,
)
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.report import page_for
from loithe_xl.tasks.sandbox import OWN_MEMORY, OWN_SECONDS, read_one, workbook
from loithe_xl.workbook.address import Address, located
from loithe_xl.workbook.book import Book as Drawn
from loithe_xl.workbook.ownsheets import CHECK, COMPUTED, HIDDEN, HIDDEN_RECEIPTS, LISTED_TOP, REDRAWN, REFRESHED
from loithe_xl.workbook.styles import STYLES

if TYPE_CHECKING:
    from loithe_xl.addin.excel.app import Book

# Sheets by which a workbook would rule the bridge.
_SETTINGS = re.compile(r"(loithe|xlwings)\.conf|.*\.py", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LiveReport:
    """The report that now stands in the workbook, and its parent's figures."""

    parent: ParentBook
    page: Page
    copy: Path


def guard(book: Book) -> list[str]:
    """The sheets' names; Fault for a workbook that would rule the bridge. Nothing else is asked of it before."""
    names = [page.name for page in book.sheets]
    for name in filter(_SETTINGS.fullmatch, names):
        raise Fault([issue("HOST_EMBEDDED_SETTINGS", Place(file=book.name), name=book.name, sheet=name)])
    return names


def opened(book: Book, trusted: Trust | None = None) -> Opened:
    """The open workbook as its file would be read, ``trusted`` as for a file; Fault when it is none of our forms."""
    _calculated(book)
    received = _received(book)
    if isinstance(received, Issue):
        return Unreadable(book.name).refused(received)
    found = _form(book, received, trusted)
    return found if received.formulas is not None else found.refused(issue("HOST_PARTLY_READ"))


def _parent(book: Book) -> ParentBook:
    """The open parent by what Excel tells of its cells: figures and receipts, all that is needed to go on with it."""
    _calculated(book)
    return as_parent(_form(book, read(book, COMPUTED, TOKEN_NAME)))


def _calculated(book: Book) -> None:
    """See that the workbook may be one of ours, and that its formulas have their results."""
    names = guard(book)
    if HIDDEN not in names and not is_marked(book, TOKEN_NAME):  # before somebody's thousands of rows are read
        raise Fault([issue("HOST_NOT_OURS", Place(file=book.name), name=book.name)])
    book.app.calculate()  # an entry may be a formula, and the user's Excel may not calculate by itself


def _form(book: Book, received: Received, trusted: Trust | None = None) -> Opened:
    found = openfile.opened(received, book.name, trusted=trusted)
    if found.signed is None and not provenance.tokens_in(received):
        raise Fault([issue("HOST_NOT_OURS", Place(file=book.name), name=book.name)])
    return found


def _received(book: Book) -> Received | Issue:
    """The workbook as the file that it would be if it were saved now, so that a button sees what the superior will.

    Where Excel makes no copy, what Excel itself tells of the cells: nobody looked for formulas and rules then.
    """
    with tempfile.TemporaryDirectory(prefix="loithe-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "loithe.xlsx"
        try:
            book.api.SaveCopyAs(str(copy))
        except Exception:  # Excel says why in its own way
            return read(book, COMPUTED, TOKEN_NAME)
        try:
            found = read_one(copy, workbook, OWN_SECONDS, OWN_MEMORY)
        except Fault as fault:
            return fault.issues[0]
    return found if isinstance(found, Issue) else replace(found, modified=None)


def check(book: Book, office: Office) -> OpenedForm:
    """Every fault of the open workbook, marked in its cells and listed on its sheet of checks."""
    found = opened(book, office.trusted())
    if isinstance(found, Unreadable):
        raise Fault(list(found.issues))
    _list(book, found, office)
    return found


def consolidate(book: Book, paths: Sequence[Path], office: Office) -> ConsolidationResult:
    """Take the files into the open parent: figures, receipts, opinions and report; then save it."""
    path = place_of(book)
    files = inbox.find(paths)
    with store.lock(path):
        result = take_in(_parent(book), files, ConsolidationRequest(path, tuple(paths)), office)
        if result.changed or _unfinished(book, path, result.parent):
            lying = sources(result.parent, path, office, result.places)
            copy = _write(book, path, result.parent, rebuilt_case(result.parent, lying), office)
            result = replace(result, written=path, copy=copy)
        return noted(result, path)


def report(book: Book, office: Office, profile: str | None = None) -> LiveReport:
    """Make the report sheet of the open parent anew, with what was edited by hand kept; then save it."""
    path = place_of(book)
    with store.lock(path):
        parent = _parent(book)
        page = page_for(parent, read_edits(parent.grids), profile, office)
        case = replace(rebuilt_case(parent, sources(parent, path, office)), page=page)
        return LiveReport(parent, page, _write(book, path, parent, case, office))


def status(book: Book) -> ParentBook:
    """The open parent with its receipts; nothing is written."""
    return _parent(book)


def parent_or_none(book: Book) -> ParentBook | None:
    """The open parent; None when something else is open, such as a register or an empty workbook."""
    if not any(page.name == HIDDEN_RECEIPTS for page in book.sheets):
        return None
    return _parent(book)


def _write(book: Book, path: Path, parent: ParentBook, case: ParentCase, office: Office) -> Path:
    """Keep a dated copy, put the drawn values into the open workbook, save it; the copy."""
    with saved_once(book):
        return _written(book, path, parent, case, office)


def _written(book: Book, path: Path, parent: ParentBook, case: ParentCase, office: Office) -> Path:
    drawn = form_book(case)
    names = [name for name in (*REFRESHED, *REDRAWN) if name in {sheet.name for sheet in drawn.sheets}]
    _all_there(book, names)
    changed = {name: changes(book.sheets[name], drawn.sheet(name)) for name in names if name in REFRESHED}
    with unlocked(book, names, case.pack.password), uncalculated(book.app):
        copy = _copy(book, path, office.stamp)
        for name in names:
            page, sheet = book.sheets[name], drawn.sheet(name)
            if name in REDRAWN:
                redraw(page, sheet, REDRAWN[name])
            else:
                refresh(page, sheet, changed[name])
    try:
        book.save()
    except Exception as error:  # Excel says why in its own way; the figures are in the workbook, and not lost
        raise Fault([issue("HOST_NOT_SAVED", Place(file=book.name), name=book.name, copy=copy.name)]) from error
    return copy


def _copy(book: Book, path: Path, stamp: str) -> Path:
    """A dated copy of the parent; where its file cannot be read while Excel has it open, Excel makes the copy."""
    try:
        return store.keep_copy(path, stamp)
    except Fault:
        copy = disk.beside(path.parent / store.OLD_COPIES / path.name, f" {stamp}{path.suffix}")
        try:
            copy.parent.mkdir(exist_ok=True)
            book.api.SaveCopyAs(str(copy))
        except Exception as error:
            raise Fault([issue("HOST_NOT_COPIED", Place(file=book.name), name=book.name, copy=copy.name)]) from error
        return copy


def _unfinished(book: Book, path: Path, parent: ParentBook) -> bool:
    """Whether a run was ended midway, or could not save: a sheet stands unlocked, or the file holds other receipts."""
    pages = [page for page in book.sheets if page.name in REFRESHED or page.name in REDRAWN]
    if not all(page.api.ProtectContents for page in pages):
        return True
    try:
        return open_parent(path).ledgers.receipts != parent.ledgers.receipts
    except Fault:  # some disks give nobody a file that Excel has open
        return False


def _list(book: Book, found: OpenedForm, office: Office) -> None:
    """Mark the faulty cells and take back the marks of the list that stands there."""
    drawn = openfile.fresh_book(found.loaded, found.layout)
    inputs = [sheet.sheet.name for sheet in found.layout.sheets]
    _all_there(book, [CHECK])
    colours: dict[str, dict[Address, str]] = {}  # sheet -> cell -> RRGGBB, blank for none
    for sheet, cell in _listed(book, inputs):
        colours.setdefault(sheet, {})[located(cell)] = _own_fill(drawn, sheet, cell)
    for sheet, cells in marks(found.issues).items():
        if sheet in inputs:
            colours.setdefault(sheet, {}).update(cells)
    with unlocked(book, [CHECK, *colours], found.loaded.pack.password):
        for sheet, cells in colours.items():
            for part in blocks(cells):
                top, left, bottom, right = part.area
                fill(book.sheets[sheet].range((top, left), (bottom, right)), part.rows[0][0])
        redraw(book.sheets[CHECK], issue_list(found.issues, office.lang, office.now), LISTED_TOP)


def _listed(book: Book, inputs: Sequence[str]) -> list[tuple[str, str]]:
    """The cells of these sheets that the list on the sheet of checks names now."""
    page = book.sheets[CHECK]
    last = page.used_range.last_cell.row
    if last < LISTED_TOP:
        return []
    links = formulas(page, (LISTED_TOP, PLACE, last, PLACE))
    return [place for (link,) in links if (place := led_to(str(link or ""), inputs))]


def _own_fill(drawn: Drawn, sheet: str, cell: str) -> str:
    found = drawn.sheet(sheet).cells.get(located(cell))
    return STYLES[found.style].fill if found else ""


def _all_there(book: Book, names: Sequence[str]) -> None:
    there = {page.name for page in book.sheets}
    if absent := [name for name in names if name not in there]:
        raise Fault([issue("HOST_SHEET_ABSENT", Place(sheet=name), sheet=name) for name in absent])
