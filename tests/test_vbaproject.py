from __future__ import annotations

import ast
import random
import re
import struct
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vba_reader import decompressed, modules, streams

from loithe_xl.addin import xlam
from loithe_xl.addin.xlam.compression import compress
from loithe_xl.addin.xlam.vbaproject import Module, ModuleKind, module_text, vba_project

BAS = "Option Explicit\n\nPublic Sub Press()\n    Debug.Print 1\nEnd Sub\n"
CLS = """VERSION 1.0 CLASS
BEGIN
  MultiUse = -1  'True
END
Attribute VB_Name = "Events"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = True
Attribute VB_Exposed = False
Attribute VB_Description = "Says \\"what\\""
Option Explicit

Public Sub Press()
Attribute Press.VB_Description = "Presses"
End Sub
"""
PROJECT = [
    Module("ThisWorkbook", "Private Sub Workbook_Open()\nEnd Sub", "document"),
    Module("Sheet1", "", "document"),
    Module("Main", BAS, "standard"),
    Module("Events", CLS, "class"),
]
DOCUMENT = """Attribute VB_Name = "{}"
Attribute VB_Base = "0{{{}-0000-0000-C000-000000000046}}"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = True
Attribute VB_Exposed = True
Attribute VB_TemplateDerived = False
Attribute VB_Customizable = True
"""
CLASS = """Attribute VB_Name = "Plain"
Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = False
Attribute VB_Exposed = False
Attribute VB_TemplateDerived = False
Attribute VB_Customizable = False
"""


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def hard_text(size: int) -> str:
    """Plain ASCII in which next to nothing is repeated."""
    return "".join(random.Random(2).choices([chr(code) for code in range(33, 127)], k=size))


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def decrypted(text: str, project_id: str) -> bytes:
    """Data decryption, [MS-OVBA] 2.4.3.3."""
    seed, version, key, *rest = bytes.fromhex(text)
    assert version ^ seed == 2
    assert key ^ seed == sum(project_id.encode()) % 256
    plain, last, before, after = [], key ^ seed, version, key
    for byte in rest:
        last = byte ^ (before + last) % 256
        before, after = after, byte
        plain.append(last)
    ignored = (seed & 6) // 2
    (length,) = struct.unpack_from("<I", bytes(plain), ignored)
    assert len(plain) == ignored + 4 + length
    return bytes(plain[ignored + 4 :])


def records(data: bytes) -> list[tuple[int, bytes]]:
    """The records of a dir stream."""
    found, at = [], 0
    while at < len(data):
        number, size = struct.unpack_from("<HI", data, at)
        if number == 9:  # the version: what stands here is no size, [MS-OVBA] 2.3.4.2.1.11
            assert size == 4
            size = 6
        found.append((number, data[at + 6 : at + 6 + size]))
        at += 6 + size
    return found


# Compression


@pytest.mark.parametrize(
    ("data", "container"),
    [
        (b"abcdefghijklmnopqrstuv.", "0119B000616263646566676800696A6B6C6D6E6F70007172737475762E"),
        (b"a" * 73, "0103B002614500"),
    ],
)
def test_the_specified_examples_compress_as_specified(data: bytes, container: str):
    """[MS-OVBA] 3.2.1 and 3.2.3."""
    assert compress(data) == bytes.fromhex(container)


def test_the_specified_example_with_several_matches_compresses_as_well():
    """[MS-OVBA] 3.2.2: of equally long matches its authors did not take the nearest, as their own algorithm does."""
    data = b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
    theirs = bytes.fromhex(
        "012FB000236161616263646582660070616768696A013808616B6C00306D6E6F700671027004107273747576107778797A003C"
    )
    ours = compress(data)

    assert decompressed(ours) == decompressed(theirs) == data
    assert len(ours) == len(theirs)


@given(st.binary(max_size=3000))
def test_any_short_data_comes_back(data: bytes):
    assert decompressed(compress(data)) == data


@given(st.text("ab \n", max_size=500), st.integers(1, 60), st.binary(max_size=20))
def test_repetitive_data_comes_back(unit: str, times: int, tail: bytes):
    data = unit.encode() * times + tail

    assert decompressed(compress(data)) == data


@given(
    st.lists(st.sampled_from(["Public Sub Press(ByRef control As Object)", "End Sub", "' ", "    x = x + 1"])),
    st.integers(0, 2**32),
    st.integers(0, 4),
    st.integers(-3, 3),
)
def test_text_around_whole_chunks_comes_back(words: list[str], seed: int, chunks: int, more: int):
    chance = random.Random(seed)
    text = "\r\n".join(chance.choices(words or ["x"], k=3000)).encode()
    data = (text * 20)[: max(0, 4096 * chunks + more)]

    assert decompressed(compress(data)) == data


@pytest.mark.parametrize("size", [0, 1, 2, 3, 3640, 4096, 4097, 8192, 3 * 4096 + 3640])
def test_data_without_repetition_comes_back(size: int):
    container = compress(noise(size))

    assert decompressed(container) == noise(size)
    assert len(container) <= 1 + size + size // 8 + 1 + 2 * (size // 4096 + 1)


def test_a_whole_chunk_that_does_not_compress_is_stored_raw():
    assert compress(noise(4096)) == b"\x01\xff\x3f" + noise(4096)


@pytest.mark.parametrize("size", [3641, 4095, 4096 + 3641])
def test_a_part_of_a_chunk_that_does_not_compress_is_refused(size: int):
    """The format would fill it up with zeros: [MS-OVBA] 2.4.1.3.10."""
    with pytest.raises(ValueError, match="do not compress"):
        compress(noise(size))


@pytest.mark.parametrize("before", [1, 15, 16, 17, 32, 33, 511, 512, 513, 2047, 2048, 2049, 3000])
def test_a_long_repetition_is_cut_where_the_token_ends(before: int):
    data = (noise(before) * 2 + b"\0" * 4096)[:4096]

    assert decompressed(compress(data)) == data


# Modules


def test_olevba_reads_every_module_exactly():
    assert modules(vba_project("Example", PROJECT)) == {
        "ThisWorkbook.cls": crlf(DOCUMENT.format("ThisWorkbook", "00020819"))
        + "Private Sub Workbook_Open()\r\nEnd Sub\r\n",
        "Sheet1.cls": crlf(DOCUMENT.format("Sheet1", "00020820")),
        "Main.bas": 'Attribute VB_Name = "Main"\r\n' + crlf(BAS),
        "Events.cls": module_text(PROJECT[3]),
    }


def test_an_exported_class_loses_its_head_and_keeps_its_attributes():
    own = CLASS.replace("Plain", "Events").replace("PredeclaredId = False", "PredeclaredId = True")
    code = CLS.partition("Exposed = False\n")[2]

    assert module_text(PROJECT[3]) == crlf(own + code)


def test_a_class_and_a_standard_module_get_the_attributes_they_lack():
    assert module_text(Module("Plain", "Option Explicit", "class")) == crlf(CLASS) + "Option Explicit\r\n"
    assert module_text(Module("M", 'attribute vb_name="M"\n\nX', "standard")) == 'Attribute VB_Name = "M"\r\n\r\nX\r\n'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_make_no_difference(end: str):
    assert module_text(Module("Events", CLS.replace("\n", end), "class")) == module_text(PROJECT[3])
    assert module_text(Module("Main", BAS.replace("\n", end).removesuffix(end), "standard")).count("\r\n") == 6


def test_what_xlwings_ships_comes_back_packed():
    """The two modules that the add-in takes from xlwings as they are."""
    folder = Path(next(iter(find_spec("xlwings").submodule_search_locations)))
    vendored = [
        Module("xlwings", (folder / "xlwings_custom_addin.bas").read_bytes().decode("ascii"), "standard"),
        Module("Dictionary", (folder / "addin" / "Dictionary.cls").read_bytes().decode("ascii"), "class"),
    ]
    found = modules(vba_project("Example", vendored))

    assert list(found) == ["xlwings.bas", "Dictionary.cls"]
    assert list(found.values()) == [module_text(module) for module in vendored]
    assert found["xlwings.bas"].split("\r\n") == [*vendored[0].source.splitlines(), ""]
    assert "VERSION 1.0" not in found["Dictionary.cls"]


@given(st.text("aA1 \"'_\t\r\n", max_size=2000))
def test_any_plain_source_comes_back(source: str):
    module = Module("Main", "Option Explicit\n" + source, "standard")

    assert modules(vba_project("Example", [module])) == {"Main.bas": module_text(module)}


# Streams


def test_the_streams_are_those_of_the_specification():
    found = streams(vba_project("Example", PROJECT))

    names = ["VBA/ThisWorkbook", "VBA/Sheet1", "VBA/Main", "VBA/Events"]
    assert sorted(found) == sorted([*names, "PROJECT", "PROJECTwm", "VBA/_VBA_PROJECT", "VBA/dir"])
    assert found["VBA/_VBA_PROJECT"] == bytes.fromhex("CC61FFFF000000")
    assert decompressed(found["VBA/Main"]).decode("ascii") == module_text(PROJECT[2])
    wide = b"M\0a\0i\0n\0\0\0"
    assert found["PROJECTwm"].endswith(b"Main\0" + wide + b"Events\0E\0v\0e\0n\0t\0s\0\0\0" + b"\0\0")
    assert found["PROJECTwm"].startswith(b"ThisWorkbook\0T\0h\0")


def test_the_project_is_listed_visible_and_unprotected():
    text = streams(vba_project("Example", PROJECT))["PROJECT"].decode("ascii")
    secret = dict(re.findall(r'^(CMG|DPB|GC)="([0-9A-F]+)"\r$', text, re.M))
    project_id = re.search(r'^ID="({[0-9A-F-]{36}})"\r\n', text)[1]

    assert decrypted(secret["CMG"], project_id) == bytes(4), "protected"
    assert decrypted(secret["DPB"], project_id) == bytes(1), "has a password"
    assert decrypted(secret["GC"], project_id) == b"\xff", "hidden"
    for name, value in secret.items():
        text = text.replace(f'{name}="{value}"', f"{name}=…")
    assert text.partition("\r\n")[2] == crlf(
        "Document=ThisWorkbook/&H00000000\nDocument=Sheet1/&H00000000\nModule=Main\nClass=Events\n"
        'Name="Example"\nHelpContextID="0"\nVersionCompatible32="393222000"\nCMG=…\nDPB=…\nGC=…\n\n'
        "[Host Extender Info]\n&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000\n\n"
        "[Workspace]\nThisWorkbook=0, 0, 0, 0, C\nSheet1=0, 0, 0, 0, C\nMain=0, 0, 0, 0, C\nEvents=0, 0, 0, 0, C\n"
    )


def test_the_decryption_above_is_the_specified_one():
    """The example of [MS-OVBA] 3.1.6: a visible project without a password."""
    project_id = "{917DED54-440B-4FD1-A5C1-74ACF261E600}"

    assert decrypted("0705D8E3D8EDDBF1DBF1DBF1DBF1", project_id) == bytes(4)
    assert decrypted("0E0CD1ECDFF4E7F5E7F5E7", project_id) == bytes(1)
    assert decrypted("1517CAF1D6F9D7F9D706", project_id) == b"\xff"


def test_the_dir_stream_has_every_record_in_its_order():
    found = records(decompressed(streams(vba_project("Example", PROJECT))["VBA/dir"]))
    numbers = [number for number, _ in found]

    information = [0x01, 0x02, 0x14, 0x03, 0x04, 0x05, 0x40, 0x06, 0x3D, 0x07, 0x08, 0x09, 0x0C, 0x3C]
    reference = [0x16, 0x3E, 0x0D]
    module = [0x19, 0x47, 0x1A, 0x32, 0x1C, 0x48, 0x31, 0x1E, 0x2C, None, 0x2B]
    kinds = [0x22, 0x22, 0x21, 0x22]
    listed = [kind if number is None else number for kind in kinds for number in module]
    assert numbers == [*information, *reference * 2, 0x0F, 0x13, *listed, 0x10]

    content = dict(found[: len(information)])
    assert content[0x01] == struct.pack("<I", 1)
    assert content[0x02] == content[0x14] == struct.pack("<I", 0x409)
    assert content[0x03] == struct.pack("<H", 1252)
    assert content[0x04] == b"Example"
    texts = [(name.decode(), wide.decode("utf-16-le")) for name, wide in pairs(found, 0x16, 0x3E)]
    assert texts == [("stdole", "stdole"), ("Office", "Office")]
    for number, wide in ((0x19, 0x47), (0x1A, 0x32)):
        names = [(name.decode(), other.decode("utf-16-le")) for name, other in pairs(found, number, wide)]
        assert names == [(module.name, module.name) for module in PROJECT]
    assert [value for number, value in found if number == 0x0F] == [struct.pack("<H", 4)]
    assert {value for number, value in found if number == 0x31} == {bytes(4)}
    assert {value for number, value in found if number in (0x13, 0x2C)} == {b"\xff\xff"}


def pairs(found: list[tuple[int, bytes]], first: int, second: int) -> list[tuple[bytes, bytes]]:
    ones, others = ([value for number, value in found if number == wanted] for wanted in (first, second))
    return list(zip(ones, others, strict=True))


def test_the_references_are_ole_automation_and_office():
    found = records(decompressed(streams(vba_project("Example", PROJECT))["VBA/dir"]))
    libraries = []
    for number, value in found:
        if number == 0x0D:
            (size,) = struct.unpack_from("<I", value)
            assert value[4 + size :] == bytes(6)
            libraries.append(value[4 : 4 + size].decode("ascii"))

    grammar = r"\*\\G(\{[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\})#(\d+\.\d+)#0#[^#]+#[^#]+"
    assert [re.fullmatch(grammar, library).groups() for library in libraries] == [
        ("{00020430-0000-0000-C000-000000000046}", "2.0"),
        ("{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}", "2.0"),
    ]


def test_equal_sources_make_equal_bytes():
    assert vba_project("Example", PROJECT) == vba_project("Example", list(PROJECT))


def test_forty_modules_come_back():
    many = [Module(f"Module{n}", BAS * n, "standard" if n % 2 else "class") for n in range(40)]

    assert list(modules(vba_project("Example", many)).values()) == [module_text(module) for module in many]


# What a programmer may do wrong


@pytest.mark.parametrize("name", ["", "1a", "_a", "a b", "a-b", "Tệp", "a" * 32, "Excel", "VBA", "stdole", "Dir"])
def test_a_module_needs_a_name_of_its_own(name: str):
    with pytest.raises(ValueError, match=re.escape(repr(name))):
        vba_project("Example", [Module(name, BAS, "standard")])


@pytest.mark.parametrize("name", ["", "Loi The", "a" * 129, "Office"])
def test_a_project_needs_a_name(name: str):
    with pytest.raises(ValueError, match=re.escape(repr(name))):
        vba_project(name, PROJECT)


@pytest.mark.parametrize(("project", "names"), [("Example", ("Main", "MAIN")), ("Main", ("main",))])
def test_names_differ_by_more_than_case(project: str, names: tuple[str, ...]):
    with pytest.raises(ValueError, match=f"{names[-1]!r} is taken"):
        vba_project(project, [Module(name, BAS, "standard") for name in names])


def test_the_longest_names_are_accepted():
    assert list(modules(vba_project("b" * 128, [Module("a" * 31, BAS, "standard")]))) == ["a" * 31 + ".bas"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("\r\n' Tổng hợp", r"module Main, line 2: 'ổ' \(U\+1ED5\)"),
        ("x = 1\rx = \x00", r"module Main, line 2: '\\x00' \(U\+0000\)"),
        ("a\nb\n\x0c", r"module Main, line 3: '\\x0c' \(U\+000C\)"),
        ("'\x7f", r"line 1: '\\x7f' \(U\+007F\)"),
    ],
)
def test_only_plain_ascii_is_source(source: str, said: str):
    with pytest.raises(ValueError, match=said):
        vba_project("Example", [Module("Main", source, "standard")])


@pytest.mark.parametrize(
    ("kind", "source", "said"),
    [
        ("standard", 'Attribute VB_Name = "Other"\n', 'module Main: the source calls itself "Other"'),
        ("class", 'Attribute VB_Name = "main"\n', 'module Main: the source calls itself "main"'),
        ("standard", CLS, "module Main: the head of an exported class"),
        ("class", "VERSION 1.0 CLASS\nBEGIN\n", "module Main: the head of an exported class"),
        ("class", hard_text(4096), "module Main: the source does not compress"),
    ],
)
def test_a_source_that_does_not_fit_is_refused(kind: ModuleKind, source: str, said: str):
    with pytest.raises(ValueError, match=said):
        vba_project("Example", [Module("Main", source, kind)])


def test_no_other_program_and_no_other_library_is_needed():
    imported = set()
    for name in ("compoundfile", "compression", "vbaproject", "vbatext"):
        for node in ast.walk(ast.parse((Path(xlam.__path__[0]) / f"{name}.py").read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module)

    ours = {name for name in imported if name.startswith("loithe_xl.addin.xlam.")}
    assert {name.split(".")[0] for name in imported - ours} <= sys.stdlib_module_names
    assert not imported & {"subprocess", "os", "shutil"}
