"""loithe.xlam from its sources: a workbook of two sheets, with the VBA project, the ribbon and its pictures put in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree

from loithe_xl import __version__
from loithe_xl.addin.xlam import ribbon, sources
from loithe_xl.addin.xlam.vbaproject import vba_project
from loithe_xl.workbook import writer
from loithe_xl.workbook.book import Book, Sheet
from loithe_xl.workbook.ownsheets import REPORT

_NAME = "loithe.xlam"
BUILT = Path(__file__).resolve().with_name(_NAME)  # the Vietnamese one, in an installed copy only
# On a PC where nobody installed it otherwise; xlwings expands environment variables.
INTERPRETER = r"%LOCALAPPDATA%\loithe-xl\python\pythonw.exe"
_TEMPORARY = r"%TEMP%"
VBA_PROJECT = "LoitheXL"
SETTINGS, _TEXTS = f"{sources.PROJECT}.conf", "loithe.text"

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_VBA_LINK = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_RIBBON_LINK = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_ADDIN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
_MORE_TYPES = {"bin": "application/vnd.ms-office.vbaProject", "png": "image/png"}
_WORKBOOK, _VBA, _RIBBON = "xl/workbook.xml", "xl/vbaProject.bin", f"customUI/{ribbon.RIBBON_FILE}"
_CLOUDS = ("ONEDRIVE_CONSUMER", "ONEDRIVE_COMMERCIAL", "SHAREPOINT")
_DATE = (1980, 1, 1, 0, 0, 0)


def build_addin(
    lang: str = "vi", interpreter: str = INTERPRETER, temporary: str = _TEMPORARY, home: Path | None = None
) -> bytes:
    """The add-in as a file; equal sources give equal bytes.

    ``interpreter`` is the Python that Excel starts, ``temporary`` a folder that exists by then, ``home`` that of the
    sources (default: this copy's). Fault for faulty sources; ValueError for a path that VBA would spoil on its way.
    """
    for path in (interpreter, temporary):
        if not path.isascii() or set(path) & set('";&^'):
            raise ValueError(f"VBA hands on plain letters only: {path}")
    parts = sources.read(lang, home)
    rows = settings(lang, interpreter, temporary), parts.texts
    book = Book(
        [_sheet(*each) for each in zip((SETTINGS, _TEXTS), rows, strict=True)], title=f"loithe-xl {__version__}"
    )
    with zipfile.ZipFile(io.BytesIO(writer.render(book))) as plain:
        package = {name: plain.read(name) for name in plain.namelist()}
    _name_modules(package)
    _declare(package)
    package[_VBA] = vba_project(VBA_PROJECT, parts.modules)
    _link(package, "xl/_rels/workbook.xml.rels", [("loitheVba", _VBA_LINK, "vbaProject.bin")])
    package[_RIBBON] = parts.ribbon
    _link(package, "_rels/.rels", [("loitheRibbon", _RIBBON_LINK, _RIBBON)])
    shown = [(name, f"{_OFFICE}/image", f"images/{name}.png") for name in parts.pictures]
    _link(package, f"customUI/_rels/{ribbon.RIBBON_FILE}.rels", shown)
    package |= {f"customUI/images/{name}.png": picture for name, picture in parts.pictures.items()}
    return _zip(package)


def settings(lang: str, interpreter: str, temporary: str) -> dict[str, str]:
    """Every setting that xlwings' VBA asks for, and our own: what is not here, a file beside a workbook could set.

    Booleans are text: as cells they would be spelt in Excel's language.
    """
    return {
        "INTERPRETER_WIN": interpreter,
        "INTERPRETER_MAC": "",
        "INTERPRETER": "",
        # Where Python starts; a blank would put whatever folder is the current one on its path.
        "PYTHONPATH": str(PureWindowsPath(interpreter).parent),
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        "TEMP DIR": temporary,
        "SHOW CONSOLE": "False",
        "SHOW_ERROR_POPUPS": "True",
        "USE UDF SERVER": "False",
        "UDF MODULES": "",
        "DEBUG UDFS": "False",
        "CONDA PATH": "",
        "CONDA ENV": "",
        "LICENSE_KEY": "",
        **{f"{place}_{system}": "" for place in _CLOUDS for system in ("WIN", "MAC")},
        "LOITHE LANG": lang,
        "LOITHE VERSION": __version__,
        "LOITHE REPORT SHEET": REPORT,
    }


def _sheet(name: str, rows: Mapping[str, str]) -> Sheet:
    """Keys and values from A1 down, without a gap: where the first cell is blank, xlwings stops reading."""
    sheet = Sheet(name, widths={1: 36, 2: 100}, protected=False)
    for row, pair in enumerate(rows.items(), 1):
        for column, said in enumerate(pair, 1):
            sheet.put(row, column, said)
    return sheet


def _name_modules(package: dict[str, bytes]) -> None:
    """Tie workbook and sheets to the modules that stand for them."""
    workbook, *pages = sources.DOCUMENTS
    root = ElementTree.fromstring(package[_WORKBOOK])
    root.find(f"{{{_MAIN}}}workbookPr").set("codeName", workbook)  # type: ignore[union-attr]
    package[_WORKBOOK] = _xml(root)
    for number, name in enumerate(pages, 1):
        part = f"xl/worksheets/sheet{number}.xml"
        root = ElementTree.fromstring(package[part])
        properties = root.find(f"{{{_MAIN}}}sheetPr")
        if properties is None:
            properties = ElementTree.Element(f"{{{_MAIN}}}sheetPr")
            root.insert(0, properties)
        properties.set("codeName", name)
        package[part] = _xml(root)


def _declare(package: dict[str, bytes]) -> None:
    """Say what the workbook is now, and what the parts are that it did not have."""
    root = ElementTree.fromstring(package["[Content_Types].xml"])
    for declared in root.iter(f"{{{_TYPES}}}Override"):
        if declared.get("PartName") == f"/{_WORKBOOK}":
            declared.set("ContentType", _ADDIN_TYPE)
    for extension, kind in _MORE_TYPES.items():
        root.insert(0, ElementTree.Element(f"{{{_TYPES}}}Default", Extension=extension, ContentType=kind))
    package["[Content_Types].xml"] = _xml(root)


def _link(package: dict[str, bytes], part: str, links: Iterable[tuple[str, str, str]]) -> None:
    """Add relationships (id, type, target) to a part that may not be there yet."""
    empty = ElementTree.Element(f"{{{_LINKS}}}Relationships")
    root = ElementTree.fromstring(package[part]) if part in package else empty
    for id, kind, target in links:
        ElementTree.SubElement(root, f"{{{_LINKS}}}Relationship", Id=id, Type=kind, Target=target)
    package[part] = _xml(root)


def _xml(root: ElementTree.Element) -> bytes:
    """The part's text, its own namespace without a prefix, as Excel writes it."""
    ElementTree.register_namespace("", root.tag[1:].partition("}")[0])
    ElementTree.register_namespace("r", _OFFICE)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _zip(parts: Mapping[str, bytes]) -> bytes:
    """The parts as they are, not compressed: the bytes do not depend on anybody's compression library."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = 0  # whatever system builds it
            package.writestr(info, content)
    return buffer.getvalue()
