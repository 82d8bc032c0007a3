"""Each private method of xlsxwriter that we override: without it, or when the library calls it no more, this breaks."""

from __future__ import annotations

import importlib.util
import inspect
import re
import tomllib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import xlsxwriter
from xlsxwriter import xmlwriter

from loithe_xl.workbook import xlsxlib
from loithe_xl.workbook.book import Book, Flow, Formula, Line, Print, Sheet, Validation
from loithe_xl.workbook.protection import Protection
from loithe_xl.workbook.writer import render
from loithe_xl.workbook.zipparts import parts_of

MARKUP, TWICE = "<r><t>đậm</t></r>", "Chi bộ Thôn 1"
LINES = 40


class Written(NamedTuple):
    """A rendered book: the text of each part, and the library's workbook that it was made of."""

    parts: dict[str, str]
    workbook: Any

    @property
    def sheet(self) -> str:
        return self.parts["xl/worksheets/sheet1.xml"]

    @property
    def strings(self) -> str:
        return self.parts["xl/sharedStrings.xml"]

    @property
    def core(self) -> str:
        return self.parts["docProps/core.xml"]


def _example() -> Book:
    page = Sheet("Biểu", print=Print(header="&C&P", first_page_different=True))
    for row, text in enumerate((TWICE, TWICE, MARKUP, "_x và chữ"), 1):
        page.put(row, 1, text)
    page.put(1, 2, "tự gõ", "input_text")
    for row in (2, 3):
        page.put(row, 2, Formula(f"$A{row}&1", "#N/A", ((2, 2), (3, 2))))
    page.validations.append(Validation(((1, 2), (1, 2)), "text", "Chữ", "một\thai", "Sai", maximum=9))
    page.flow = Flow(10, LINES, 1, lambda: (Line([f"Tổ {number}"], ["text"]) for number in range(LINES)))
    created, modified = datetime(2023, 2, 1, 7), datetime(2023, 3, 5, 9, 30)
    return Book([page], title="nửa chữ \ud800", created=created, modified=modified)


def _written(monkeypatch: pytest.MonkeyPatch) -> Written:
    made: list[Any] = []

    class Kept(xlsxlib.Workbook):  # type: ignore[misc]
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            made.append(self)

    with monkeypatch.context() as patch:
        patch.setattr(xlsxlib, "Workbook", Kept)
        package = render(_example(), Protection("khóa", "muối", 1000))
    return Written({part.name: part.text.decode() for part in parts_of(package)}, made[0])


# (class, method): what of the file hangs on it.
HANGS: dict[tuple[str, str], Callable[[Written], object]] = {
    # Equal texts have an entry each, in the order of their cells: a stamped name shifts no other text.
    ("UnsharedStrings", "_get_shared_string_index"): lambda it: it.strings.count(f"<si><t>{TWICE}</t></si>") == 2,
    ("UnsharedStrings", "_sort_string_data"): lambda it: it.strings.index(TWICE) < it.strings.index("chữ"),
    # A text in a cell reads back as it was typed: no markup, and nothing that LibreOffice takes for an escape.
    ("StringsPart", "_xml_rich_si_element"): lambda it: "&lt;r&gt;&lt;t&gt;đậm" in it.strings,
    ("StringsPart", "_escape_control_characters"): lambda it: "_x005F_x và" in it.strings,
    ("Package", "_write_shared_strings_file"): lambda it: "&lt;r&gt;&lt;t&gt;đậm" in it.strings,
    # The saved time may differ from the created one, and nobody is the last author.
    ("CoreProperties", "_write_dcterms_modified"): lambda it: "2023-03-05T09:30:00Z</dcterms:modified>" in it.core,
    ("CoreProperties", "_write_cp_last_modified_by"): lambda it: "lastModifiedBy" not in it.core,
    ("Package", "_write_core_file"): lambda it: "lastModifiedBy" not in it.core,
    # Every part is packed by us, and the cells of a sheet are let go when it is written.
    ("Workbook", "_get_packager"): lambda it: "xl/workbook.xml" in it.parts,
    ("Package", "_filename"): lambda it: "xl/styles.xml" in it.parts,
    ("Package", "_write_worksheet_files"): lambda it: not any(page.table for page in it.workbook.worksheets()),
    # Structure and sheets are locked by a password that the library's own old hash does not hold.
    ("Workbook", "_write_book_views"): lambda it: 'workbookHashValue="khóa"' in it.parts["xl/workbook.xml"],
    ("Worksheet", "_xml_empty_tag"): lambda it: '<sheetProtection algorithmName="SHA-512"' in it.sheet,
    # What may be typed over stands in its cell; results are marked as texts; formulas of an area are stated once.
    ("Worksheet", "_write_cell"): lambda it: "<is><t>tự gõ</t></is>" in it.sheet,
    ("Worksheet", "_xml_formula_element"): lambda it: re.search(r't="str"><f[^>]*>[^<]*</f><v>#N/A', it.sheet),
    ("Worksheet", "_prepare_formula"): lambda it: '<f t="shared" si="0" ref="B2:B3">' in it.sheet,
    # The first page has no header, and a list follows the cells.
    ("Worksheet", "_xml_start_tag"): lambda it: '<headerFooter differentFirst="1"' in it.sheet,
    ("Worksheet", "_write_rows"): lambda it: f"Tổ {LINES - 1}" in it.sheet,
    # In every part: half a letter is no XML, and a tab in an attribute would be read as a blank.
    ("XMLwriter", "_escape_control_characters"): lambda it: "nửa chữ \ufffd" in it.core,
    ("XMLwriter", "_escape_attributes"): lambda it: "một&#x9;hai" in it.sheet,
}  # fmt: skip

NAMES = [".".join(hook) for hook in HANGS]


def _hooks() -> set[tuple[str, str]]:
    """Every private method of the library that is overridden, or replaced for all of its parts."""
    ours = [each for _, each in inspect.getmembers(xlsxlib, inspect.isclass) if each.__module__ == xlsxlib.__name__]
    mended = [each for each in ours if each.__bases__[0].__module__.startswith("xlsxwriter.")]
    found = {(each.__name__, name) for each in mended for name in vars(each) if re.match(r"_[a-z]", name)}
    return found | {("XMLwriter", name) for name in xlsxlib.ESCAPES}


def _genuine_writer() -> type[xmlwriter.XMLwriter]:
    """The library's class as it is, for the one that is loaded may be mended already."""
    spec = importlib.util.find_spec("xlsxwriter.xmlwriter")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.XMLwriter


def test_every_hook_is_guarded():
    assert _hooks() == set(HANGS)


@pytest.mark.parametrize(("owner", "method"), HANGS, ids=NAMES)
def test_the_library_has_the_method_and_calls_it(owner: str, method: str, monkeypatch: pytest.MonkeyPatch):
    base = _genuine_writer() if owner == "XMLwriter" else getattr(xlsxlib, owner).__base__

    assert base.__module__.startswith("xlsxwriter") and callable(getattr(base, method, None))
    assert HANGS[owner, method](_written(monkeypatch))


@pytest.mark.parametrize(("owner", "method"), HANGS, ids=NAMES)
def test_without_the_hook_its_consequence_is_gone(owner: str, method: str, monkeypatch: pytest.MonkeyPatch):
    if owner == "XMLwriter":
        monkeypatch.setitem(xlsxlib.ESCAPES, method, inspect.getattr_static(_genuine_writer(), method))
    else:
        monkeypatch.delattr(getattr(xlsxlib, owner), method)
    holds: object = False
    with suppress(ValueError, AttributeError):  # without some, nothing is written at all
        holds = HANGS[owner, method](_written(monkeypatch))

    assert not holds


def test_the_version_is_pinned_alike_for_building_and_for_running():
    told = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = [name for name in told["project"]["dependencies"] if re.match(r"(xlsxwriter|xlwings)\b", name)]

    assert f"xlsxwriter=={xlsxwriter.__version__}" in pinned
    assert set(pinned) < set(told["build-system"]["requires"])
