"""What the benchmarks are measured against: floors that nothing can beat, and programs as a competent user writes them.

Run by itself it is the consolidator of such a user: ``python scripts/peers.py LAYOUT.json FILE...`` adds with pandas
and openpyxl what stands in the named cells of every file, checks nothing, and prints the sums.
"""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

REOPENED = 100  # one file of so many is reopened and read whole


def write_floor(files: Sequence[tuple[Path, bytes]]) -> None:
    """Ready bytes put into one folder: each read back and its CRC compared, the folder committed once."""
    folder = files[0][0].parent
    folder.mkdir(parents=True)
    for number, (path, data) in enumerate(files):
        temporary = folder / f"{number}.tmp"
        temporary.write_bytes(data)
        if zlib.crc32(temporary.read_bytes()) != zlib.crc32(data):
            raise OSError("read back differently")
        if number % REOPENED == 0 and zipfile.ZipFile(temporary).testzip():
            raise OSError("damaged")
        temporary.replace(path)
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def inflate(files: Sequence[Path], parts: Sequence[str]) -> int:
    """The parts that a reader needs, unpacked with the standard library; their size in bytes."""
    size = 0
    for file in files:
        with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as package:
            size += sum(len(package.read(part)) for part in parts)
    return size


def bare_calamine(files: Sequence[Path], sheets: Sequence[str] | None = None) -> int:
    """Every value of these sheets (of all, if none is named), read with calamine and thrown away; how many rows."""
    from python_calamine import CalamineWorkbook

    rows = 0
    for file in files:
        with CalamineWorkbook.from_path(str(file)) as book:
            for sheet in book.sheet_names if sheets is None else sheets:
                rows += len(book.get_sheet_by_name(sheet).to_python(skip_empty_area=False))
    return rows


def xlsxwriter_form(book: Any, path: Path) -> None:
    """One form written cell by cell with xlsxwriter. What stands in it is handed over: only the writing is measured.

    In memory, and without the library's search for functions younger than Excel 2010, which takes ten times as long.
    """
    import xlsxwriter

    from loithe_xl.workbook.book import Formula, Link
    from loithe_xl.workbook.formats import colours, whole
    from loithe_xl.workbook.styles import STYLES

    workbook = xlsxwriter.Workbook(path, {"in_memory": True})
    formats = {name: workbook.add_format(whole(style)) for name, style in STYLES.items()}
    looks = {name: workbook.add_format(colours(style)) for name, style in STYLES.items()}
    pages = {sheet.name: workbook.add_worksheet(sheet.name) for sheet in book.sheets}
    for sheet in book.sheets:
        page = pages[sheet.name]
        page._prepare_formula = lambda formula, *_: formula.removeprefix("=")
        for column, width in sheet.widths.items():
            page.set_column(column - 1, column - 1, width)
        for row, height in sheet.heights.items():
            page.set_row(row - 1, height)
        for (top, left), (bottom, right) in sheet.merges:
            page.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
        for (row, column), cell in sheet.cells.items():
            at, style, value = (row - 1, column - 1), formats[cell.style], cell.value
            if isinstance(value, Formula):
                result = value.result if isinstance(value.result, str) else float(value.result)
                page.write_formula(*at, value.text, style, result)
            elif isinstance(value, Link):
                page.write_url(*at, f"internal:{value.target}", style, value.text)
            elif isinstance(value, str) and value:
                page.write_string(*at, value, style)
            else:
                page.write(*at, value, style)
        for rule in sheet.conditions:
            (top, left), (bottom, right) = rule.area
            look = {"type": "formula", "criteria": f"={rule.formula}", "format": looks[rule.style]}
            page.conditional_format(top - 1, left - 1, bottom - 1, right - 1, look)
        for rule in sheet.validations:
            (top, left), (bottom, right) = rule.area
            page.data_validation(top - 1, left - 1, bottom - 1, right - 1, _validation(rule))
        page.protect("", {"format_columns": True})
        if sheet.hidden:
            page.hide()
    for name, formula in book.names.items():
        workbook.define_name(name, f"={formula}")
    workbook.close()


def _validation(rule: Any) -> dict[str, Any]:
    said = {"input_title": rule.title, "input_message": rule.prompt, "error_message": rule.error}
    if rule.kind == "list":
        return said | {"validate": "list", "source": rule.source if isinstance(rule.source, str) else list(rule.source)}
    kind = {"text": "length"}.get(rule.kind, rule.kind)
    low, high = (0 if rule.minimum is None else rule.minimum), (9_999_999 if rule.maximum is None else rule.maximum)
    return said | {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}


def pandas_sums(files: Sequence[str], cells: Mapping[str, tuple[str, int, int, int, str]]) -> dict[str, int]:
    """What pandas and openpyxl add up over files: figure -> sheet, first row, last row, column (from 1), and how."""
    import pandas

    sums = dict.fromkeys(cells, 0)
    sheets = sorted({sheet for sheet, *_ in cells.values()})
    for file in files:
        frames = pandas.read_excel(file, sheet_name=sheets, header=None, engine="openpyxl")
        for id, (sheet, first, last, column, how) in cells.items():
            values = frames[sheet].iloc[first - 1 : last, column - 1]
            if how == "sum":
                sums[id] += int(values.fillna(0).sum())
            else:
                sums[id] += int((values == "Có").any() if how == "yes" else values.notna().any())
    return sums


def agree(stamped: bytes, rendered: bytes, book: Any, folder: Path) -> None:
    """The stamped file is the rendered one, part by part; the peer's file holds the same values."""
    from python_calamine import CalamineWorkbook

    first, second = (zipfile.ZipFile(io.BytesIO(each)) for each in (stamped, rendered))
    assert first.namelist() == second.namelist()
    assert all(first.read(name) == second.read(name) for name in first.namelist())
    path = folder / "peer.xlsx"
    xlsxwriter_form(book, path)
    ours, theirs = CalamineWorkbook.from_filelike(io.BytesIO(stamped)), CalamineWorkbook.from_path(str(path))
    for name in ours.sheet_names:
        assert _values(ours, name) == _values(theirs, name), name


def _values(book: Any, name: str) -> list[list[Any]]:
    """A sheet's values as far as the last row that says anything: blank texts at its end one writer leaves out."""
    rows: list[list[Any]] = book.get_sheet_by_name(name).to_python()
    while rows and all(value == "" for value in rows[-1]):
        rows.pop()
    return rows


if __name__ == "__main__":
    print(json.dumps(pandas_sums(sys.argv[2:], json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
