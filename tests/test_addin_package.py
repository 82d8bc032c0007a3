"""The built add-in: equal bytes each time, sound to other programs' readers, every setting of xlwings spoken for."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
import python_calamine
from vba_reader import decompressed, modules, streams

from loithe_xl import __version__
from loithe_xl.addin.xlam import ribbon, sources
from loithe_xl.addin.xlam.package import VBA_PROJECT, build_addin, settings
from loithe_xl.addin.xlam.vbaproject import module_text
from loithe_xl.language.catalogue import LANGUAGES

RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
RIBBON = "customUI/customUI14.xml"


@cache
def built(lang: str = "vi") -> bytes:
    return build_addin(lang)


@cache
def parts(lang: str = "vi") -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(built(lang))) as package:
        return {name: package.read(name) for name in package.namelist()}


@cache
def rows(sheet: str, lang: str = "vi") -> list[tuple[str, str]]:
    return read_rows(built(lang), sheet)


def read_rows(addin: bytes, sheet: str) -> list[tuple[str, str]]:
    """The two columns of a sheet; blank cells are empty texts."""
    book = python_calamine.load_workbook(io.BytesIO(addin))
    return [(str(key), str(value)) for key, value in book.get_sheet_by_name(sheet).to_python()]


def links(part: str, lang: str = "vi") -> dict[str, tuple[str, str]]:
    """Relationships of a part: id -> last word of its type, target."""
    found = ElementTree.fromstring(parts(lang)[part]).findall(f"{RELATIONSHIPS}Relationship")
    return {each.attrib["Id"]: (each.attrib["Type"].rpartition("/")[2], each.attrib["Target"]) for each in found}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_equal_bytes_each_time(lang: str):
    assert build_addin(lang) == built(lang)


def test_no_clock_no_machine_and_no_compression_in_the_bytes():
    with zipfile.ZipFile(io.BytesIO(built())) as package:
        for info in package.infolist():
            assert (info.date_time, info.create_system, info.compress_type) == ((1980, 1, 1, 0, 0, 0), 0, 0)
            assert (info.extra, info.comment) == (b"", b"")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("version", ["Microsoft365", "Office2010"])
def test_the_open_xml_sdk_finds_no_error(tmp_path: Path, ooxml_validator: list[str], lang: str, version: str):
    file = tmp_path / "loithe.xlam"
    file.write_bytes(built(lang))
    command = [*ooxml_validator, str(file), "--officeVersion", version]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert json.loads(done.stdout)["errors"] == []
    assert done.returncode == 0


def test_the_open_xml_sdk_looks_at_the_ribbon(tmp_path: Path, ooxml_validator: list[str]):
    file = tmp_path / "loithe.xlam"
    with zipfile.ZipFile(file, "w") as package:
        for name, content in parts().items():
            package.writestr(name, content.replace(b"onAction=", b"onClick=") if name == RIBBON else content)
    done = subprocess.run([*ooxml_validator, str(file)], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "'onClick' attribute is not declared" in done.stdout


def test_other_programs_give_back_every_module_byte_for_byte():
    written = {module.name: module_text(module) for module in sources.read().modules}
    held = streams(parts()["xl/vbaProject.bin"])

    for name, source in written.items():
        assert decompressed(held[f"VBA/{name}"]) == source.encode("ascii"), name
    assert {path for path in held if path.startswith("VBA/")} == {
        "VBA/_VBA_PROJECT",
        "VBA/dir",
        *(f"VBA/{name}" for name in written),
    }


def test_olevba_finds_the_same_modules_in_the_file():
    written = {module.name: module_text(module) for module in sources.read().modules}

    assert {name.partition(".")[0]: source for name, source in modules(built()).items()} == written


def test_source_lines_end_as_vba_wants_them():
    for module in sources.read().modules:
        text = module_text(module)
        assert text.count("\n") == text.count("\r\n") > 0, module.name
        assert text.count("\r") == text.count("\r\n"), module.name


def test_workbook_and_sheets_are_tied_to_their_modules():
    documents = [module.name for module in sources.read().modules if module.kind == "document"]
    tied = [re.findall(rb'codeName="(\w+)"', parts()[part]) for part in ("xl/workbook.xml", *sheet_parts())]

    assert [[name.encode()] for name in documents] == tied
    assert documents == ["ThisWorkbook", "Sheet1", "Sheet2"]


def sheet_parts() -> list[str]:
    return sorted(name for name in parts() if name.startswith("xl/worksheets/sheet"))


def test_content_types_and_relationships():
    types = parts()["[Content_Types].xml"].decode()

    assert 'PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.addin.macroEnabled.main+xml"' in types
    assert 'Extension="bin" ContentType="application/vnd.ms-office.vbaProject"' in types
    assert 'Extension="png" ContentType="image/png"' in types
    assert ("vbaProject", "vbaProject.bin") in links("xl/_rels/workbook.xml.rels").values()
    assert ("extensibility", RIBBON) in links("_rels/.rels").values()
    assert b"http://schemas.microsoft.com/office/2007/relationships/ui/extensibility" in parts()["_rels/.rels"]


def test_the_project_has_its_name():
    assert f'Name="{VBA_PROJECT}"\r\n'.encode() in streams(parts()["xl/vbaProject.bin"])["PROJECT"]


def test_every_picture_is_shown_and_every_shown_picture_is_there():
    pictures = links("customUI/_rels/customUI14.xml.rels")
    shown = ribbon.pictures_of(parts()[RIBBON])

    assert set(pictures) == shown == set(sources.read().pictures)
    for name, (kind, target) in pictures.items():
        assert (kind, target) == ("image", f"images/{name}.png")
        assert parts()[f"customUI/{target}"].startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(
    ("lang", "label", "other"), [("vi", "Tổng hợp", "Consolidate"), ("en", "Consolidate", "Tổng hợp")]
)
def test_the_ribbon_speaks_one_language(lang: str, label: str, other: str):
    labels = {own.get("label", "") for own in ribbon.texts(parts(lang)[RIBBON]).values()}

    assert any(label in said for said in labels)
    assert not any(other in said for said in labels)


def test_the_english_ribbon_differs_in_its_texts_only():
    def bare(xml: bytes) -> list[tuple[str, dict[str, str]]]:
        elements = ElementTree.fromstring(xml).iter()
        return [(each.tag, {k: v for k, v in each.attrib.items() if k not in ribbon.SPOKEN}) for each in elements]

    assert bare(parts("en")[RIBBON]) == bare(parts("vi")[RIBBON])
    vi, en = (ribbon.texts(parts(lang)[RIBBON]) for lang in LANGUAGES)
    same = {(id, name) for id, own in vi.items() for name, said in own.items() if en[id][name] == said}
    assert same == {("Loithe_tab", "label")}  # the campaign's own name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_texts_stand_in_their_sheet(lang: str):
    assert rows("loithe.text", lang) == list(sources.read(lang).texts.items())


def xlwings_module() -> str:
    [found] = [module.source for module in sources.read().modules if module.name == "xlwings"]
    return found


def test_every_setting_that_xlwings_asks_for_is_given():
    asked = set(re.findall(r'GetConfig\("([^"]+)"', xlwings_module()))
    given = [key for key, _ in rows("loithe.conf")]

    assert len(asked) > 15
    assert asked - set(given) == set()
    assert len(re.findall(r"(?<!Function )GetConfig\(", xlwings_module())) == len(
        re.findall(r'GetConfig\("', xlwings_module())
    ), "a setting is asked for by a name that is not spelt out"


def test_settings_can_be_read_as_xlwings_reads_them():
    given = [key for key, _ in rows("loithe.conf")]

    assert "" not in given  # xlwings reads down to the first gap
    assert given == [key.upper() for key in given]
    assert len(set(given)) == len(given)  # a key that stands twice raises in VBA


def test_settings_are_safe():
    given = dict(rows("loithe.conf"))

    assert given["INTERPRETER_WIN"] == r"%LOCALAPPDATA%\loithe-xl\python\pythonw.exe"
    assert given["PYTHONPATH"] == r"%LOCALAPPDATA%\loithe-xl\python"
    assert given["TEMP DIR"] == "%TEMP%"  # is there on every PC; installing names a folder of our own, and makes it
    for key in ("ADD_WORKBOOK_TO_PYTHONPATH", "USE UDF SERVER", "SHOW CONSOLE", "DEBUG UDFS"):
        assert given[key] == "False", key  # text: VBA turns it into its own False in every language
    for key in ("LICENSE_KEY", "CONDA PATH", "CONDA ENV", "UDF MODULES", "SHAREPOINT_WIN", "INTERPRETER_MAC"):
        assert given[key] == "", key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_language_and_version_stand_in_the_settings(lang: str):
    given = dict(rows("loithe.conf", lang))

    assert given["LOITHE LANG"] == lang
    assert given["LOITHE VERSION"] == __version__


def test_the_interpreter_is_the_one_that_is_named():
    python, temporary = r"C:\loithe-xl\python\pythonw.exe", r"C:\loithe-xl\temp"
    given = dict(read_rows(build_addin("en", python, temporary), "loithe.conf"))

    assert given == settings("en", python, temporary)
    assert (given["INTERPRETER_WIN"], given["TEMP DIR"]) == (python, temporary)
    assert given["PYTHONPATH"] == r"C:\loithe-xl\python"


@pytest.mark.parametrize("path", [r"C:\Người dùng\pythonw.exe", 'C:\\a"b.exe', r"C:\a;b\x.exe", r"C:\a&b\x.exe"])
def test_a_path_that_vba_would_spoil(path: str):
    with pytest.raises(ValueError, match="plain letters"):
        build_addin(interpreter=path)
    with pytest.raises(ValueError, match="plain letters"):
        build_addin(temporary=path)


def test_nothing_of_xlwings_pro_is_built_in():
    folder = Path(str(importlib.util.find_spec("xlwings").origin)).parent  # type: ignore[union-attr]
    theirs = {path.stem for path in (folder / "addin").glob("*.[bc][al]s")} - {"Dictionary"}

    assert {"Remote", "License", "WebClient"} <= theirs
    assert {module.name for module in sources.read().modules} & theirs == set()
