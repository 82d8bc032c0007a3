"""A second spreadsheet beside LibreOffice: Gnumeric computes every formula anew and comes to what the file says."""

from __future__ import annotations

import re
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from drawing import books
from python_calamine import CalamineWorkbook
from test_rules_once import case_of, random_inputs

from loithe_xl.draw import form_book
from loithe_xl.workbook.book import Book, Formula
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.writer import render

SEEDS = (0, 27, 44, 53)  # among them what once made the two readings differ: 0.1 + 0.2, dates before March 1900
NAMES = ("cell-en", "base_cell-vi", "base-vi", "faulty-vi", "faulty-en", "received-vi")
_RESULT = re.compile(rb"(<f(?: [^>]*)?>[^<]*</f>|<f [^>]*/>)<v>[^<]*</v>")
_SUMPRODUCT = re.compile(rb'(<c r="([A-Z]+[0-9]+)"[^>]*>)<f>([^<]*SUMPRODUCT[^<]*)</f>')


def without_results(package: bytes, path: Path) -> None:
    """The file without a single stored result.

    Excel computes a SUMPRODUCT as an array of itself; Gnumeric does where the cell says so.
    """
    path.write_bytes(package)
    with zipfile.ZipFile(path) as given:
        parts = {name: given.read(name) for name in given.namelist()}
    with zipfile.ZipFile(path, "w") as bare:
        for name, content in parts.items():
            if name.startswith("xl/worksheets/"):
                content = _SUMPRODUCT.sub(rb'\1<f t="array" ref="\2">\3</f>', _RESULT.sub(rb"\1", content))
            bare.writestr(name, content)


def drawn(name: str) -> Book:
    return form_book(case_of(random_inputs(int(name)))) if name.isdigit() else books()[name][1]


@pytest.mark.parametrize("name", [*NAMES, *map(str, SEEDS)])
def test_gnumeric_computes_what_the_file_says(name: str, ssconvert: str, tmp_path: Path):
    book, bare, computed = drawn(name), tmp_path / "bare.xlsx", tmp_path / "computed.xlsx"
    without_results(render(book), bare)
    command = [ssconvert, "--recalc", "--export-type=Gnumeric_Excel:xlsx2", str(bare), str(computed)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)

    opened, compared = CalamineWorkbook.from_path(str(computed)), 0
    for sheet in book.sheets:
        found = {where: cell.value for where, cell in sheet.cells.items() if isinstance(cell.value, Formula)}
        rows = opened.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False) if found else []
        for (row, column), formula in found.items():
            theirs = rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[row - 1]) else ""
            where = sheet.name, row, column, formula.text[:200], theirs, formula.result
            if isinstance(theirs, date):
                theirs = serial(theirs)
            if isinstance(formula.result, str):
                assert theirs == formula.result, where
            else:
                assert isinstance(theirs, int | float), where
                assert abs(Decimal(repr(theirs)) - Decimal(str(formula.result))) <= Decimal("1e-9"), where
            compared += 1
    assert compared > 20
