"""A book as the bytes of an xlsx file; the same book gives the same bytes."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from loithe_xl.workbook.address import Address, area, from_zero
from loithe_xl.workbook.book import Book, Cell, Formula, Link, ListObject, Print, Sheet, Validation
from loithe_xl.workbook.celltext import units
from loithe_xl.workbook.charts import bar_chart
from loithe_xl.workbook.formats import colours, numbered, whole
from loithe_xl.workbook.formulalimits import LETTERS, require_plain
from loithe_xl.workbook.numbers import cell_number
from loithe_xl.workbook.protection import Protection
from loithe_xl.workbook.styles import FONT, STYLES
from loithe_xl.workbook.zipparts import entry, joined

_MM = 25.4  # millimetres in an inch
_A4 = 9
_FAR = 999_999_999_999_999  # the largest number Excel keeps exactly
_LAST_DAY = 2_958_465  # 31/12/9999
_FORMULA_LIMIT, _RULE_LIMIT, _ERROR_LIMIT, _HEIGHT_LIMIT, _WIDTH_LIMIT, _ROWS = LETTERS, 255, 225, 409, 255, 1_048_576
_BREAKS = 1023
_BOUNDS = {"whole": (-_FAR, _FAR), "decimal": (-_FAR, _FAR), "date": (1, _LAST_DAY)}
_AUTHOR = "loithe-xl"
_OPTIONS: dict[str, Any] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    # Column widths count digits of the file's font; Times New Roman 12 has 8 pixels a digit, 21 a row.
    "default_column_width": 72,
    "default_row_height": 21,
}


def render(book: Book, protection: Protection | None = None) -> bytes:
    """The workbook as bytes, locked if asked. What Excel could not open raises: it is a fault of who drew the book."""
    from loithe_xl.workbook.xlsxlib import Workbook  # late: who only reads need not wait for the library

    font = {"font_name": FONT, "font_size": 12, "font_family": 1, "font_scheme": "none"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the library warns, then writes a broken or shortened file
        try:
            workbook = Workbook(io.BytesIO(), {**_OPTIONS, "default_format_properties": font})
            workbook.protection = protection
            _Writing(book, workbook).run()
        except Warning as warning:
            raise ValueError(str(warning)) from warning
    return joined(entry(part) for part in workbook.parts())


class _Writing:
    """One run: the library's workbook and its format objects, one per named style."""

    def __init__(self, book: Book, workbook: Any) -> None:
        self.book = book
        self.workbook = workbook
        self.formats: dict[tuple[str, bool, bool], Any] = {}

    def run(self) -> None:
        book = self.book
        times = {"created": book.created, "modified": book.modified}
        self.workbook.set_properties({"title": book.title, "author": _AUTHOR, **times})
        for name, value in book.custom.items():
            _done(self.workbook.set_custom_property(name, value, "text"), name)
        pages = [self.workbook.add_worksheet(sheet.name) for sheet in book.sheets]
        for sheet, page in zip(book.sheets, pages, strict=True):
            self.sheet(sheet, page)
        if book.sheets[book.active].hidden:
            raise ValueError(f"the active sheet is hidden: {book.sheets[book.active].name}")
        pages[book.active].activate()
        tables = [table.name for sheet in book.sheets for table in sheet.tables]
        _require_unlike([*book.names, *tables])
        for name, formula in book.names.items():
            require_plain(formula, _FORMULA_LIMIT, name)
            _done(self.workbook.define_name(name, f"={formula}"), name)
        self.workbook.close()

    def sheet(self, sheet: Sheet, page: Any) -> None:
        _shape(sheet, page)
        for first, last in sheet.merges:
            style = self.format(sheet.cells[first].style) if first in sheet.cells else None
            _done(page.merge_range(*from_zero(first), *from_zero(last), "", style), sheet.name)
        headed = {at for table in sheet.tables for at in self.table(table, sheet, page)}
        for (row, column), cell in sheet.cells.items():
            if (row, column) in headed:
                continue
            _done(self.cell(page, row - 1, column - 1, cell), f"{sheet.name} {(row, column)}")
        for validation in sheet.validations:
            first, last = validation.area
            _done(page.data_validation(*from_zero(first), *from_zero(last), _validation(validation)), validation.title)
        for condition in sheet.conditions:
            first, last = condition.area
            require_plain(condition.formula, _FORMULA_LIMIT, sheet.name)
            look = self.format(condition.style, conditional=True)
            rule = {"type": "formula", "criteria": f"={condition.formula}", "format": look}
            _done(page.conditional_format(*from_zero(first), *from_zero(last), rule), sheet.name)
        for chart in sheet.charts:
            _done(page.insert_chart(*from_zero(chart.anchor), bar_chart(self.workbook, chart, sheet.name)), chart.title)
        if sheet.flow and sheet.flow.count:
            page.flow_from(sheet.flow, self.format)
        _print(page, sheet.print)

    def cell(self, page: Any, row: int, column: int, cell: Cell) -> Any:
        """Write one cell by its value's own type, so that no text ever becomes a number, a formula or a web link."""
        value, style = cell.value, self.format(cell.style)
        # Where people type, a text that is entered again as it stands (F2, Enter) must stay one.
        typed = None if STYLES[cell.style].locked else numbered(style, self.format(cell.style, quoted=True))
        if isinstance(value, Formula):
            return self.formula(page, row, column, cell.style, value)
        if isinstance(value, Link):
            return page.write_url(row, column, f"internal:{value.target}", style, value.text)
        if value is None or value == "":
            return page.write_blank(row, column, None, style)
        if isinstance(value, bool):
            return page.write_boolean(row, column, value, style)
        if isinstance(value, str):
            write = page.write_inline if typed else page.write_string
            return write(row, column, value, typed or style)
        if isinstance(value, date):
            return page.write_datetime(row, column, value, style)
        return page.write_number(row, column, value, style)

    def formula(self, page: Any, row: int, column: int, style: str, formula: Formula) -> Any:
        text, result = page.spelled(formula, (row + 1, column + 1)), formula.result
        require_plain(text, _FORMULA_LIMIT, page.name)
        if STYLES[style].quote_prefix:
            raise ValueError(f"Excel would show the formula as text: {text}")
        if isinstance(result, Decimal):
            result = cell_number(result)
        return page.write_formula(row, column, text, self.format(style), result)

    def format(self, name: str, *, conditional: bool = False, quoted: bool = False) -> Any:
        """The library's format of a style; in a conditional format only colours and weight count.

        ``quoted``: what stands in it stays a text.
        """
        key = name, conditional, quoted or STYLES[name].quote_prefix
        if key not in self.formats:
            style = replace(STYLES[name], quote_prefix=key[-1])
            properties = colours(style) if conditional else whole(style)
            self.formats[key] = self.workbook.add_format(properties)
        return self.formats[key]

    def table(self, table: ListObject, sheet: Sheet, page: Any) -> list[Address]:
        """Make an area a table, and write its headings, which the library insists on doing; where they stand."""
        (row, first), last = table.area
        headed = [(row, column) for column in range(first, last[1] + 1)]
        heads = [sheet.cells[at] for at in headed]
        if not all(isinstance(head.value, str) and head.value.isprintable() and head.value.strip() for head in heads):
            raise ValueError(f"a heading of the table {table.name} is no text of one line")
        columns = [{"header": head.value, "header_format": self.format(head.style)} for head in heads]
        given = {"name": table.name, "columns": columns, "style": None, "banded_rows": False}
        _done(page.add_table(row - 1, first - 1, *from_zero(last), given), table.name)
        return headed


def _shape(sheet: Sheet, page: Any) -> None:
    """Sizes, panes, visibility and protection of a sheet."""
    for column, width in sheet.widths.items():
        _most(width, _WIDTH_LIMIT, sheet.name)
        options = {"hidden": column in sheet.hidden_columns}
        _done(page.set_column(column - 1, column - 1, width, None, options), sheet.name)
    for column in sorted(set(sheet.hidden_columns) - set(sheet.widths)):
        _done(page.set_column(column - 1, column - 1, None, None, {"hidden": True}), sheet.name)
    for row, height in sheet.heights.items():
        _most(height, _HEIGHT_LIMIT, sheet.name)
        _done(page.set_row(row - 1, height, None, {"hidden": row in sheet.hidden_rows}), sheet.name)
    if sheet.freeze and sheet.freeze != (1, 1):
        page.freeze_panes(*from_zero(sheet.freeze))
    # Of a merged cell the whole is selected, or Excel frames only a corner of it.
    last = dict(sheet.merges).get(sheet.selection, sheet.selection)
    page.set_selection(*from_zero(sheet.selection), *from_zero(last))
    page.hide_gridlines(1 if sheet.gridlines else 2)
    page.set_zoom(sheet.zoom)
    if sheet.tab_colour:
        page.set_tab_color(f"#{sheet.tab_colour}")
    if sheet.hidden:
        page.hide()
    if sheet.filter:
        first, last = sheet.filter
        _done(page.autofilter(*from_zero(first), *from_zero(last)), sheet.name)
        # An open list holds links and codes: Excel would mark each of them as a fault.
        listed = area(first, last, fixed=False)
        page.ignore_errors({"formula_unlocked": listed, "number_stored_as_text": listed})
    if sheet.protected:
        allowed = ("format_columns", "format_rows", *(("sort", "autofilter") if sheet.filter else ()))
        page.protect("", dict.fromkeys(allowed, True))


def _print(page: Any, setup: Print) -> None:
    """A4, margins, repeated rows, header and footer, print area."""
    (page.set_landscape if setup.landscape else page.set_portrait)()
    page.set_paper(_A4)
    top, bottom, left, right = (round(margin / _MM, 4) for margin in setup.margins)
    page.set_margins(left, right, top, bottom)
    page.center_horizontally()
    page.first_page_different = setup.first_page_different
    if setup.header:
        page.set_header(setup.header)
    if setup.footer:
        page.set_footer(setup.footer)
    if setup.repeat_columns:
        page.repeat_columns(setup.repeat_columns[0] - 1, setup.repeat_columns[1] - 1)
    if setup.scale:
        page.set_print_scale(setup.scale)
    elif setup.fit_wide:
        page.fit_to_pages(1, int(setup.fit_tall))
    if setup.repeat_rows:
        page.repeat_rows(setup.repeat_rows[0] - 1, setup.repeat_rows[1] - 1)
    _most(len(setup.breaks), _BREAKS, page.name)
    page.set_h_pagebreaks([*setup.breaks])
    if setup.columns or setup.rows:
        first, last = setup.columns or (page.dim_colmin + 1, page.dim_colmax + 1)
        _done(page.print_area(0, first - 1, (setup.rows or _ROWS) - 1, last - 1), page.name)


def _validation(rule: Validation) -> dict[str, Any]:
    """A rule as the library wants it: the message beside the cell, the refusal, and what may be typed."""
    _most(units(rule.error), _ERROR_LIMIT, rule.title)
    options: dict[str, Any] = {
        "validate": {"text": "length"}.get(rule.kind, rule.kind),
        **({"input_title": rule.title, "input_message": rule.prompt} if rule.prompt else {}),
        "error_title": rule.title,
        "error_message": rule.error,
        "error_type": "stop",
    }
    if rule.kind in ("list", "custom"):
        return options | {"source" if rule.kind == "list" else "value": _source(rule.source)}
    low, high = rule.minimum, rule.maximum
    if low is None and high is None:
        if rule.kind == "text":
            return options | {"validate": "any"}
        low, high = _BOUNDS[rule.kind]
    if low is not None and high is not None:
        return options | {"criteria": "between", "minimum": _bound(low), "maximum": _bound(high)}
    if low is not None:
        return options | {"criteria": ">=", "value": _bound(low)}
    return options | {"criteria": "<=", "value": _bound(high)}


def _source(source: tuple[str, ...] | str) -> list[str] | str:
    if isinstance(source, str):
        require_plain(source, _RULE_LIMIT, source)
        return f"={source}"
    if not source or any(not item or item != item.strip() or set(item) & set(',"') for item in source):
        raise ValueError(f"not a list that Excel can hold in a rule: {source}")
    return list(source)


def _bound(bound: int | float | str | None) -> Any:
    if not isinstance(bound, str):
        return bound
    require_plain(bound, _RULE_LIMIT, bound)
    return f"={bound}"


def _done(code: object, where: str) -> None:
    if code not in (0, None):
        raise ValueError(f"xlsxwriter refused ({code}): {where}")


def _most(value: float, most: int, where: str) -> None:
    if value > most:
        raise ValueError(f"{value} is more than Excel's {most}: {where}")


def _require_unlike(names: list[str]) -> None:
    if len({name.casefold() for name in names}) < len(names):
        raise ValueError("two names of cells or tables differ at most in case")
