"""The workbook of what validate found: which slips there are, and every fault as a table to sort, filter and mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from loithe_xl.draw.slips import Slip, lines_in, row_height, slip_sheets
from loithe_xl.language.catalogue import text
from loithe_xl.workbook.address import Address, address, quoted
from loithe_xl.workbook.book import Book, Flow, Line, Link, ListObject, Print, Sheet
from loithe_xl.workbook.ownsheets import NO_FORM
from loithe_xl.workbook.styles import TAB_LOOK

_LIST_WIDTHS = {"code": 14, "name": 30, "file": 30, "errors": 11, "notes": 14, "remark": 26, "slip": 13}
_FAULT_WIDTHS = {
    **{"file": 15, "code": 12, "name": 15, "tier": 8, "period": 11, "level": 9, "sheet": 12, "cell": 6, "field": 14},
    **{"fault": 23, "remedy": 18},
}
_CENTERED = ("tier", "period", "level", "cell")
_LIST_HEAD = 4
LIST_NAME, FAULTS_NAME = "danh_sach_phieu", "danh_sach_loi"


class ListedFault(NamedTuple):
    """One fault of one file, in words; ``period`` as 2023-02."""

    file: str
    code: str
    name: str
    tier: str
    period: str
    level: str
    sheet: str
    cell: str
    field: str
    fault: str
    remedy: str


def faults_book(slips: Sequence[Slip], faults: Sequence[ListedFault], good: int, lang: str) -> Book:
    """The list of slips, the table of faults, and the slips themselves; ``good``: files that are all right."""
    sheets, places = slip_sheets(slips, lang)
    pages = [_slips_list(slips, places, good, lang), _faults_sheet(faults, lang), *sheets]
    return Book(pages, title=text("slips.book").to(lang), custom={NO_FORM: "1"})


def _slips_list(slips: Sequence[Slip], places: Sequence[tuple[str, Address]], good: int, lang: str) -> Sheet:
    first = (_LIST_HEAD + 1, 1)
    sheet = Sheet(_say("sheet_list", lang), protected=False, freeze=first, selection=first, tab_colour=TAB_LOOK)
    last = len(_LIST_WIDTHS)
    faults = _say("sheet_faults", lang)
    line = _say("list_line", lang, files=len(slips) + good, bad=len(slips), good=good, faults=faults)
    for row, words, style, height in ((1, _say("list_title", lang), "title", 30), (2, line, "plain", 37)):
        sheet.put(row, 1, words, style)
        sheet.merges.append(((row, 1), (row, last)))
        sheet.heights[row] = height
    _put_heads(sheet, _LIST_HEAD, _LIST_WIDTHS, lang)
    for row, (slip, (name, at)) in enumerate(zip(slips, places, strict=True), _LIST_HEAD + 1):
        who = slip.name or ("" if slip.code else _say("no_unit", lang))
        said: tuple[str | int, ...] = (slip.code, who, slip.file, len(slip.faults), len(slip.notes), slip.remark)
        for column, value in enumerate(said, 1):
            sheet.put(row, column, value, "number" if isinstance(value, int) else "text")
        sheet.put(row, last, Link(f"{quoted(name)}!{address(*at)}", _say("open_slip", lang)), "link")
        wide = [_LIST_WIDTHS[key] for key in ("code", "name", "file", "remark")]
        sheet.heights[row] = _height(zip((slip.code, who, slip.file, slip.remark), wide, strict=True))
    if not slips:
        sheet.put(_LIST_HEAD + 1, 1, _say("list_none", lang), "text")
    sheet.tables.append(ListObject(((_LIST_HEAD, 1), (_LIST_HEAD + max(1, len(slips)), last)), LIST_NAME))
    sheet.print = Print(landscape=True, repeat_rows=(_LIST_HEAD, _LIST_HEAD), footer="&C&P/&N")
    return sheet


def _faults_sheet(faults: Sequence[ListedFault], lang: str) -> Sheet:
    sheet = Sheet(_say("sheet_faults", lang), protected=False, freeze=(2, 1), selection=(2, 1), tab_colour=TAB_LOOK)
    _put_heads(sheet, 1, _FAULT_WIDTHS, lang)
    last = len(_FAULT_WIDTHS)
    sheet.flow = Flow(2, len(faults), last, lambda: _lines(faults)) if faults else None
    sheet.tables.append(ListObject(((1, 1), (1 + max(1, len(faults)), last)), FAULTS_NAME))
    sheet.print = Print(landscape=True, repeat_rows=(1, 1), footer="&C&P/&N")
    return sheet


def _lines(faults: Sequence[ListedFault]) -> Iterator[Line]:
    styles = ["text_center" if name in _CENTERED else "text" for name in _FAULT_WIDTHS]
    for found in faults:
        yield Line(found, styles, _height(zip(found, _FAULT_WIDTHS.values(), strict=True)))


def _put_heads(sheet: Sheet, row: int, widths: dict[str, int], lang: str) -> None:
    for column, (key, width) in enumerate(widths.items(), 1):
        sheet.put(row, column, _say(f"head_{key}", lang), "head")
        sheet.widths[column] = width
    sheet.heights[row] = 37


def _height(cells: Iterable[tuple[str, int]]) -> float:
    return row_height(max(lines_in(words, width) for words, width in cells))


def _say(key: str, lang: str, **args: object) -> str:
    return text(f"slips.{key}", **args).to(lang)
