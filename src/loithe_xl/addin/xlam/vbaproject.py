"""A VBA project as Excel stores it (vbaProject.bin), written from the published specification [MS-OVBA]."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from loithe_xl.addin.xlam.compoundfile import compound_file
from loithe_xl.addin.xlam.compression import compress
from loithe_xl.addin.xlam.vbatext import lines

ModuleKind: TypeAlias = Literal["standard", "class", "document"]

CODE_PAGE = 1252
LANGUAGE = 0x0409  # the one language of VBA itself, whatever Excel speaks
WIN32 = 1  # known to every VBA, of 64 bits too; the source is compiled anew anyway
PROJECT_ID = "{7B6B2C5E-1F0D-4C2B-9B57-3A5C1D0E8F46}"
_SEED = 0x15  # of the encryption; fixed, as is the id: equal sources make equal bytes

# The libraries beside VBA and Excel, which Excel itself adds to every project. They are found by id and version;
# the path, where Windows and Office have them usually, is only a hint.
LIBRARIES = {
    "stdole": "*\\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\\Windows\\System32\\stdole2.tlb#OLE Automation",
    "Office": "*\\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
    "C:\\Program Files\\Common Files\\Microsoft Shared\\OFFICE16\\MSO.DLL#Microsoft Office 16.0 Object Library",
}
TAKEN = {"vba", "excel", "stdole", "office", "dir"}  # libraries' names, and the stream beside the modules

# The classes that Excel names as the base of what a module stands for; "class" is any class without one.
WORKBOOK = "0{00020819-0000-0000-C000-000000000046}"
SHEET = "0{00020820-0000-0000-C000-000000000046}"
PLAIN_CLASS = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
WORKBOOK_MODULE = "ThisWorkbook"

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
MODULE_NAME, PROJECT_NAME = 31, 128  # characters
ATTRIBUTE = re.compile(r"Attribute\s+(VB_\w+)\s*=\s*(.*?)\s*", re.IGNORECASE)
EXPORT_HEAD = re.compile(r"VERSION\s+[\d.]+\s+CLASS\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Module:
    """One module: its name, its source (any line ends, with or without attributes) and what kind it is.

    "document" is the workbook when the name is ThisWorkbook, else a sheet: the name is that part's codeName.
    """

    name: str
    source: str
    kind: ModuleKind


def vba_project(name: str, modules: Sequence[Module]) -> bytes:
    """The vbaProject.bin of an unprotected project with these modules, in this order.

    Raises ValueError for a name that VBA does not take, for a source that is not ASCII or names another module in its
    attributes, and for a source that cannot be compressed (no real one).
    """
    _check_names(name, [module.name for module in modules])
    streams = {f"VBA/{module.name}": _module_stream(module) for module in modules}
    streams |= {
        "PROJECT": _project(name, modules),
        "PROJECTwm": _name_map(modules),
        "VBA/dir": compress(_dir(name, modules)),
        # 2.3.4.1: no version's cache is here, so every version compiles the source.
        "VBA/_VBA_PROJECT": struct.pack("<HHBH", 0x61CC, 0xFFFF, 0, 0),
    }
    return compound_file(streams)


def module_text(module: Module) -> str:
    """The whole text of the module's stream: all attributes in Excel's order, then the code; every line ends in CRLF.

    Of a .cls export the head (VERSION … END) goes. An attribute of the source stays as it is; ValueError as above.
    """
    _check_ascii(module)
    code = _without_export_head(module)
    own: list[tuple[str, str]] = []
    while code and (match := ATTRIBUTE.fullmatch(code[0])):
        own.append((match[1], match[2]))
        del code[0]

    expected = _attributes(module)
    given = {attribute.lower(): value for attribute, value in own}
    if given.get("vb_name", expected["VB_Name"]) != expected["VB_Name"]:
        raise ValueError(f"module {module.name}: the source calls itself {given['vb_name']}")
    header = [f"Attribute {attribute} = {given.get(attribute.lower(), expected[attribute])}" for attribute in expected]
    known = {attribute.lower() for attribute in expected}
    header += [f"Attribute {attribute} = {value}" for attribute, value in own if attribute.lower() not in known]
    return "".join(f"{line}\r\n" for line in (*header, *code))


def _module_stream(module: Module) -> bytes:
    stream = compress(module_text(module).encode("ascii"))
    at = 1
    while at < len(stream):
        (head,) = struct.unpack_from("<H", stream, at)
        if not head & 0x8000:
            # Allowed by the specification; but Excel writes no such chunk, and is said to drop a module that has one.
            raise ValueError(f"module {module.name}: the source does not compress")
        at += (head & 0x0FFF) + 3
    return stream


def _check_names(project: str, modules: Sequence[str]) -> None:
    taken = set(TAKEN)
    for name, longest in ((project, PROJECT_NAME), *((module, MODULE_NAME) for module in modules)):
        if not IDENTIFIER.fullmatch(name) or len(name) > longest:
            raise ValueError(f"{name!r} is no VBA name of at most {longest} characters")
        if name.lower() in taken:
            raise ValueError(f"{name!r} is taken")
        taken.add(name.lower())


def _check_ascii(module: Module) -> None:
    for number, line in enumerate(lines(module.source), start=1):
        for sign in line:
            if not (" " <= sign <= "~" or sign == "\t"):
                raise ValueError(
                    f"module {module.name}, line {number}: {sign!r} (U+{ord(sign):04X}) is not plain ASCII"
                )


def _without_export_head(module: Module) -> list[str]:
    code = lines(module.source)
    if not (code and EXPORT_HEAD.fullmatch(code[0])):
        return code
    ends = [number for number, line in enumerate(code) if line.strip().upper() == "END"]
    if not ends or module.kind == "standard":
        raise ValueError(f"module {module.name}: the head of an exported class, in a {module.kind} module or unended")
    return code[ends[0] + 1 :]


def _attributes(module: Module) -> dict[str, str]:
    name = {"VB_Name": f'"{module.name}"'}
    if module.kind == "standard":
        return name
    document = module.kind == "document"
    base = (WORKBOOK if module.name == WORKBOOK_MODULE else SHEET) if document else PLAIN_CLASS
    return name | {
        "VB_Base": f'"{base}"',
        "VB_GlobalNameSpace": "False",
        "VB_Creatable": "False",
        "VB_PredeclaredId": str(document),
        "VB_Exposed": str(document),
        "VB_TemplateDerived": "False",
        "VB_Customizable": str(document),
    }


def _project(name: str, modules: Sequence[Module]) -> bytes:
    """The PROJECT stream, 2.3.1."""
    item = {"standard": "Module={}", "class": "Class={}", "document": "Document={}/&H00000000"}
    text = [
        f'ID="{PROJECT_ID}"',
        *(item[module.kind].format(module.name) for module in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{_encrypted(bytes(4))}"',  # nobody protects the project
        f'DPB="{_encrypted(bytes(1))}"',  # no password
        f'GC="{_encrypted(bytes([0xFF]))}"',  # visible
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
    ]
    return "".join(f"{line}\r\n" for line in text).encode("ascii")


def _encrypted(data: bytes) -> str:
    """Data encryption, 2.4.3.2, as hexadecimal digits; the bytes that nobody reads are zero."""
    key = sum(PROJECT_ID.encode("ascii")) & 0xFF
    encrypted, last = bytearray([_SEED, _SEED ^ 2, _SEED ^ key]), key
    for byte in bytes((_SEED & 6) // 2) + struct.pack("<I", len(data)) + data:
        encrypted.append(byte ^ (encrypted[-2] + last & 0xFF))
        last = byte
    return encrypted.hex().upper()


def _name_map(modules: Sequence[Module]) -> bytes:
    """The PROJECTwm stream, 2.3.3."""
    names = (module.name for module in modules)
    return b"".join(name.encode("ascii") + b"\0" + name.encode("utf-16-le") + b"\0\0" for name in names) + b"\0\0"


def _dir(name: str, modules: Sequence[Module]) -> bytes:
    """The dir stream, 2.3.4.2, before compression."""
    return b"".join((*_information(name), *_references(), *_modules(modules), _record(0x0010)))


def _information(name: str) -> Iterator[bytes]:
    yield _record(0x0001, _long(WIN32))
    yield _record(0x0002, _long(LANGUAGE))
    yield _record(0x0014, _long(LANGUAGE))
    yield _record(0x0003, _short(CODE_PAGE))
    yield _record(0x0004, name.encode("ascii"))
    yield _record(0x0005) + _record(0x0040)  # description, in both encodings
    yield _record(0x0006) + _record(0x003D)  # help file
    yield _record(0x0007, _long(0))  # help context
    yield _record(0x0008, _long(0))  # library flags
    yield _short(0x0009) + _long(4) + _long(1) + _short(0)  # version 1.0; here the 4 is no size
    yield _record(0x000C) + _record(0x003C)  # constants of conditional compilation


def _references() -> Iterator[bytes]:
    for name, library in LIBRARIES.items():
        library_id = library.encode("ascii")
        yield _record(0x0016, name.encode("ascii")) + _record(0x003E, name.encode("utf-16-le"))
        yield _record(0x000D, _long(len(library_id)) + library_id + _long(0) + _short(0))


def _modules(modules: Sequence[Module]) -> Iterator[bytes]:
    yield _record(0x000F, _short(len(modules)))
    yield _record(0x0013, _short(0xFFFF))  # cookie, here and below: so on write
    for module in modules:
        name, wide = module.name.encode("ascii"), module.name.encode("utf-16-le")
        yield _record(0x0019, name) + _record(0x0047, wide)
        yield _record(0x001A, name) + _record(0x0032, wide)  # the name of its stream
        yield _record(0x001C) + _record(0x0048)  # description
        yield _record(0x0031, _long(0))  # where the source begins: no cache stands before it
        yield _record(0x001E, _long(0))  # help context
        yield _record(0x002C, _short(0xFFFF))
        yield _record(0x0021 if module.kind == "standard" else 0x0022)
        yield _record(0x002B)


def _record(number: int, content: bytes = b"") -> bytes:
    return _short(number) + _long(len(content)) + content


def _short(value: int) -> bytes:
    return struct.pack("<H", value)


def _long(value: int) -> bytes:
    return struct.pack("<I", value)
