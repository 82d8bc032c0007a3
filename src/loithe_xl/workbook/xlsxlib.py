"""The xlsxwriter library, mended where it falls short of what forms need; the one module that imports it.

It is slow to come, so whoever writes imports this module when there is something to write. What is overridden here is
private to the library: its version is pinned, and ``tests/test_xlsxlib.py`` says of each method what hangs on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter import worksheet
from xlsxwriter.core import Core
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings, SharedStringTable
from xlsxwriter.xmlwriter import XMLwriter

from loithe_xl.workbook.address import Address, address, area
from loithe_xl.workbook.book import Flow, Formula
from loithe_xl.workbook.celltext import LONGEST_TEXT, attribute, coded, coded_outside, units
from loithe_xl.workbook.formulalimits import sharable
from loithe_xl.workbook.protection import Protection
from loithe_xl.workbook.sheetflow import rows
from loithe_xl.workbook.zipparts import CLOSELY, QUICKLY, Packing, Part


class InlineText(NamedTuple):
    """A cell with a text of its own: in the shared list it would shift every text after it."""

    string: str
    format: Any


class Shared(str):
    """A formula of a whole area, stated in its first cell; ``marks``: the attributes that say so."""

    stated = False
    marks = ""


def shared(formula: Formula, at: Address, number: int) -> Shared:
    """What a cell of an area that shares a formula holds: the first states it, the others name it by its number."""
    if formula.shared is None or not sharable(formula.text):
        raise ValueError(f"Excel lets no cells share it: {formula.text}")
    first, last = formula.shared
    found = Shared(formula.text if at == first else address(*first))
    found.stated, found.marks = at == first, f't="shared" si="{number}"'
    if found.stated:
        found.marks += f' ref="{area(first, last, fixed=False)}"'
    return found


class Worksheet(worksheet.Worksheet):  # type: ignore[misc]
    """A sheet that may end in a long list, and that is locked as it is written."""

    def __init__(self) -> None:
        super().__init__()
        self.areas: dict[tuple[Address, Address], int] = {}
        self.first_page_different = False
        self.protection: Protection | None = None
        self.flow: Flow | None = None

    def spelled(self, formula: Formula, at: Address) -> str:
        """The text of a formula as the cell holds it: of a shared one the first cell states it for its area."""
        if formula.shared is None:
            return formula.text
        return shared(formula, at, self.areas.setdefault(formula.shared, len(self.areas)))

    def write_inline(self, row: int, column: int, string: str, style: Any) -> int:
        """Write a text that stands in its cell; as the library's own, not 0 when it cannot."""
        if units(string) > LONGEST_TEXT:
            return -2
        code: int = self._write_blank(row, column, None, style)
        self.table[row][column] = InlineText(string, style)
        return code

    def flow_from(self, flow: Flow, style: Callable[[str], Any]) -> None:
        """Let a list follow the cells, drawn while the sheet is packed; ``style``: formats by name."""
        self.flow, self.style = flow, lambda name: style(name)._get_xf_index()
        for row, column in ((flow.first, 1), (flow.first + flow.count - 1, flow.columns)):
            if self._check_dimensions(row - 1, column - 1):
                raise ValueError(f"{self.name}: {flow.count} lines are more than a sheet holds")

    def _write_cell(self, row: int, column: int, cell: Any) -> None:
        if isinstance(cell, InlineText):
            attributes = [("r", address(row + 1, column + 1)), ("s", cell.format._get_xf_index())]
            string = coded(cell.string)
            self._xml_inline_string(string, string != string.strip(), attributes)
        else:
            super()._write_cell(row, column, cell)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        # The writer lets only old functions through, and the library's search for younger ones is slow.
        return formula if isinstance(formula, Shared) else formula.removeprefix("=")

    def _xml_formula_element(self, formula: str, result: Any, attributes: Any = ()) -> None:
        # An empty text is a result: unmarked, readers would take the cell for not calculated. And a typed “#N/A” is
        # a text, which the library takes for an error.
        said = isinstance(result, str)
        own = [*(each for each in attributes if each[0] != "t"), ("t", "str")] if said else attributes
        shown = coded(result) if isinstance(result, str) else result
        if not isinstance(formula, Shared):
            super()._xml_formula_element(formula, shown, own)
            return
        rest = f">{self._escape_data(formula)}</f>" if formula.stated else "/>"
        marks = "".join(f' {name}="{value}"' for name, value in own)
        self.fh.write(f"<c{marks}><f {formula.marks}{rest}<v>{self._escape_data(shown)}</v></c>")

    def _xml_start_tag(self, tag: str, attributes: Any = ()) -> None:
        if tag == "headerFooter" and self.first_page_different:
            attributes = [("differentFirst", 1), *attributes]
        super()._xml_start_tag(tag, attributes)

    def _write_rows(self) -> None:
        if self.flow is None:
            super()._write_rows()
            return
        last = self.dim_rowmax  # type: ignore[has-type]
        self.dim_rowmax = self.flow.first - 2
        super()._write_rows()
        self.dim_rowmax = last
        for text in rows(self.flow, self.style, self.default_row_height):
            self.fh.pack(text)

    def _xml_empty_tag(self, tag: str, attributes: Any = ()) -> None:
        if tag == "sheetProtection" and self.protection:
            attributes = [*self.protection.attributes(), *attributes]
        super()._xml_empty_tag(tag, attributes)


class UnsharedStrings(SharedStringTable):  # type: ignore[misc]
    """One entry per cell: equal texts sharing one would shift the list from unit to unit, and stamping with it."""

    def _get_shared_string_index(self, string: str) -> int:
        self.string_array.append(string)
        self.count = self.unique_count = len(self.string_array)
        return self.count - 1

    def _sort_string_data(self) -> None:
        pass


class StringsPart(SharedStrings):  # type: ignore[misc]
    """A typed ``<r>…</r>`` is text, not markup."""

    _escape_control_characters = staticmethod(coded)

    def _xml_rich_si_element(self, string: str) -> None:
        self._xml_si_element(string)


class CoreProperties(Core):  # type: ignore[misc]
    """Nobody is the last author, and the saved time may differ from the created one."""

    def _write_dcterms_modified(self) -> None:
        saved = self.properties.get("modified")
        if saved:
            self.iso_date = f"{saved:%Y-%m-%dT%H:%M:%S}Z"
        super()._write_dcterms_modified()

    def _write_cp_last_modified_by(self) -> None:
        pass


class Package(Packager):  # type: ignore[misc]
    """Each part is packed by us as it is written; the library gets none of them to put into an archive."""

    def __init__(self) -> None:
        super().__init__()
        self.packed: list[Packing] = []

    def _filename(self, xml_filename: str) -> Packing:
        self.packed.append(Packing(xml_filename))
        return self.packed[-1]

    def _write_worksheet_files(self) -> None:
        for number, page in enumerate(self.workbook.worksheets(), 1):
            file = Packing(f"xl/worksheets/sheet{number}.xml", QUICKLY if page.flow else CLOSELY)
            self.packed.append(file)
            page._set_xml_writer(file)
            page._assemble_xml_file()
            page.table.clear()
            file.pack()

    def _write_shared_strings_file(self) -> None:
        if self.workbook.str_table.count:
            strings = StringsPart()
            strings.string_table = self.workbook.str_table
            strings._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            strings._assemble_xml_file()

    def _write_core_file(self) -> None:
        core = CoreProperties()
        core._set_properties(self.workbook.doc_properties)
        core._set_xml_writer(self._filename("docProps/core.xml"))
        core._assemble_xml_file()


def _coded(data: Any) -> Any:
    return coded_outside(data) if isinstance(data, str) else data


def _attribute(page: Any, value: Any) -> Any:
    del page
    return attribute(value) if isinstance(value, str) else value


# The library's own escapes do not all read back, and in attributes it has none; every part has them of one class.
ESCAPES = {"_escape_control_characters": staticmethod(_coded), "_escape_attributes": _attribute}


class Workbook(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook whose structure may be locked, and whose parts are had one by one."""

    worksheet_class = Worksheet

    def __init__(self, *args: Any) -> None:
        for name, escape in ESCAPES.items():
            setattr(XMLwriter, name, escape)
        super().__init__(*args)
        self.str_table = UnsharedStrings()
        self.packer = Package()
        self.protection: Protection | None = None

    def parts(self) -> list[Part]:
        """The closed workbook's parts."""
        return [file.part() for file in self.packer.packed]

    def add_worksheet(self, name: str | None = None, worksheet_class: Any = None) -> Any:
        """A new sheet, locked as the workbook is."""
        page = super().add_worksheet(name, worksheet_class)
        page.protection = self.protection
        return page

    def _get_packager(self) -> Any:
        return self.packer

    def _write_book_views(self) -> None:
        if self.protection:
            attributes = [("lockStructure", 1), *self.protection.attributes("workbook")]
            self._xml_empty_tag("workbookProtection", attributes)
        super()._write_book_views()
