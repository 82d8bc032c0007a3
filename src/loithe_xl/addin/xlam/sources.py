"""What the add-in is made of: ribbon, VBA, texts and icons of ``addin/``, and the VBA that comes with xlwings."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loithe_xl.addin.xlam import ribbon
from loithe_xl.addin.xlam.vbaproject import Module, ModuleKind
from loithe_xl.addin.xlam.vbatext import lines, procedures
from loithe_xl.language.catalogue import LANGUAGES
from loithe_xl.language.issues import Fault, Issue, Place, issue

# An installed copy carries them beside its modules; a checkout keeps them at its root.
_HERE = Path(__file__).resolve().parents[2]  # of the whole program
ADDIN_HOMES = (_HERE / "addin_sources", _HERE.parents[1] / "addin")

XLWINGS = "0.37.8"  # whose VBA is built in; pyproject.toml asks for the same
PROJECT = "loithe"  # what that VBA names its settings sheet and file after
DOCUMENTS = ("ThisWorkbook", "Sheet1", "Sheet2")  # the modules that stand for the workbook and its sheets
_VENDORED: tuple[tuple[str, str, ModuleKind], ...] = (
    ("Dictionary", "addin/Dictionary.cls", "class"),
    ("xlwings", "xlwings_custom_addin.bas", "standard"),
)

# An add-in's procedures are open to all: a formula or a picture's macro in somebody's workbook must not make use of
# them. Those that our modules call stay public, and whatever starts, writes, reads or tells something asks first:
# whether a guarded click is just starting Python, or just looking around; the reader of files, whether it is the log.
_SEEN = ("FileExists", "ExpandEnvironmentStrings", "GetDirectoryConfigFilePath")
_CALLED = {"RunPython", *_SEEN}
_STARTS = ("RunPython", "ExecuteWindows", "SaveConfigToFile")
_ASKING = (
    dict.fromkeys(_STARTS, "Not LoitheGranted()")
    | dict.fromkeys(_SEEN, "Not LoitheAtWork()")
    | {"ReadFile": 'Not FileName Like "*\\xlwings-*.log"'}
)
_DENIED = 70  # VBA's own "Permission denied"
_REPLACED = {
    'Const PROJECT_NAME As String = "myaddin"': f'Const PROJECT_NAME As String = "{PROJECT}"',
    # Without a path Windows would look for it in the folder that Excel is in first.
    'WScript.Run("cmd.exe /C " &': 'WScript.Run(LoitheShell() & " /C " &',
    # Nothing is to be added to Python's path: so no path of a workbook stands on the command line, xlwings is imported
    # when we want it, and without -B what is compiled is kept.
    '" -B -c ""import xlwings.utils;xlwings.utils.prepare_sys_path(\\""" & PYTHONPATH & "\\""); " & PythonCommand': (
        '" -c """ & PythonCommand'
    ),
    # When Python could not run we say so, in the user's language, and the log stays for whoever looks into it; the
    # library would show the log, in English, and delete it.
    "Call ShowError(LOG_FILE)\n        ExecuteWindows = -1": (
        "' loithe: the log stays\n        ExecuteWindows = -1: Exit Function"
    ),
}
# Calls into xlwings' own DLL and into Windows, none of which ours can reach: security rules forbid Office to make them,
# and look for their declarations. From the first words up to the second, and what stands there instead.
_CUT = (
    ("#If VBA7 Then\n    #If Mac Then\n", "Public Const XLWINGS_VERSION", ""),
    (
        "            XLPy.SetAttr ",
        "        Else\n            RunPython = ExecuteWindows(",
        f"            Err.Raise {_DENIED}\n",
    ),
    ("Function XLPyCommand()\n", "'Attribute VB_Name = \"Config", ""),
)
_DECLARED = re.compile(r"^( *)(?:Public )?((?:Declare (?:PtrSafe )?)?(?:Function|Sub) )(\w+)", re.MULTILINE)
_HEADER = re.compile(r"^(?:\w+ )?(?:Function|Sub) (\w+)\((?:.*_\n)*.*\n", re.MULTILINE)

_OPTION_EXPLICIT = re.compile(r"\s*Option\s+Explicit\s*('.*)?", re.IGNORECASE)
# Where VBA names a text: as what it says, or as why it refuses.
_SAID = re.compile(r'\bLoitheSay[ (]+("[^"]*")|\bLoitheRefusal = (.*)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sources:
    """All parts, in one language: the ribbon's XML, modules in order, texts by key, PNG bytes by picture name."""

    ribbon: bytes
    modules: tuple[Module, ...]
    texts: Mapping[str, str]
    pictures: Mapping[str, bytes]


def read(lang: str = "vi", home: Path | None = None) -> Sources:
    """The sources in ``home`` (default: those of this copy), checked; Fault with every fault of them."""
    home = home or next((each for each in ADDIN_HOMES if each.is_dir()), ADDIN_HOMES[0])
    needed = (ribbon.RIBBON_FILE, "texts.toml", *(f"vba/{name}.cls" for name in DOCUMENTS))
    absent = [issue("ADDIN_ABSENT", Place(file=name)) for name in needed if not (home / name).is_file()]
    if absent:
        raise Fault(absent, 3)
    contents = {file.name: file.read_bytes() for file in _modules_in(home / "vba")}
    faults = [fault for name, content in contents.items() for fault in _vba_faults(name, content)]
    own = tuple(_module(name, content) for name, content in contents.items())
    vendored = _vendored(faults)
    words = _texts(home / "texts.toml", faults)
    faults += _unsaid(own, words.get("vba", {}))
    pictures = {file.stem: file.read_bytes() for file in sorted((home / "icons").glob("*.png"))}
    xml = (home / ribbon.RIBBON_FILE).read_bytes()
    called: dict[str, int] = {}
    for module in own:
        called |= procedures(module.source) if module.kind == "standard" else {}
    found = ribbon.lint(xml, pictures, called)
    faults += found or _untranslated(xml, words.get("ribbon", {}))
    if faults:
        raise Fault(faults, 3)
    return Sources(
        ribbon.spoken(xml, words["ribbon"] if lang == "en" else {}),
        (*own, *vendored),
        {key: wording[lang] for key, wording in words["vba"].items()},
        pictures,
    )


def _modules_in(folder: Path) -> list[Path]:
    """The documents' modules first, as Excel lists them, then standard and class modules by name."""
    documents = [folder / f"{name}.cls" for name in DOCUMENTS]
    others = [*sorted(folder.glob("*.bas")), *sorted(folder.glob("*.cls"))]
    return documents + [file for file in others if file not in documents]


def _module(name: str, content: bytes) -> Module:
    stem, _, extension = name.rpartition(".")
    kind: ModuleKind = "standard" if extension == "bas" else "document" if stem in DOCUMENTS else "class"
    return Module(stem, content.decode("ascii", "replace"), kind)


def _vba_faults(name: str, content: bytes) -> Iterator[Issue]:
    """VBA source has no encoding: other letters would come out differently on every machine."""
    found = lines(content.decode("utf-8", "replace"))
    for number, line in enumerate(found, 1):
        if not line.isascii():
            yield issue("ADDIN_NOT_ASCII", Place(file=f"vba/{name}"), line=number)
    if not any(map(_OPTION_EXPLICIT.fullmatch, found)):
        yield issue("ADDIN_NOT_EXPLICIT", Place(file=f"vba/{name}"))


def _vendored(faults: list[Issue]) -> tuple[Module, ...]:
    """xlwings' own modules, named for our project and shut to others; xlwings itself is not imported."""
    try:
        version = importlib.metadata.version("xlwings")
        found = importlib.util.find_spec("xlwings")
    except importlib.metadata.PackageNotFoundError:
        version, found = "", None
    if version != XLWINGS or found is None or found.origin is None:
        faults.append(issue("ADDIN_XLWINGS", found=version or "-", wanted=XLWINGS))
        return ()
    folder = Path(found.origin).parent
    sources = {name: (folder / path).read_bytes().decode("ascii") for name, path, _ in _VENDORED}
    sources["xlwings"] = _shut(_replaced(sources["xlwings"].replace("\r\n", "\n")))
    return tuple(Module(name, sources[name], kind) for name, _, kind in _VENDORED)


def _replaced(source: str) -> str:
    """xlwings' module with what ours says in place of its own."""
    for given, wanted in _REPLACED.items():
        if source.count(given) != 1:
            raise ValueError(f"xlwings has another way of {given}")
        source = source.replace(given, wanted)
    for start, end, wanted in _CUT:
        if source.count(start) != 1 or source.count(end) != 1:
            raise ValueError(f"xlwings has another way of {start}")
        before, _, rest = source.partition(start)
        source = before + wanted + rest[rest.index(end) :]
    return source


def _shut(source: str) -> str:
    """xlwings' module, private but for what ours call, and asking before it does anything."""
    asking: list[str] = []

    def ask(header: re.Match[str]) -> str:
        if (unless := _ASKING.get(header[1])) is None:
            return header[0]
        asking.append(header[1])
        return f"{header[0]}    If {unless} Then Err.Raise {_DENIED}\n"

    private = _DECLARED.sub(
        lambda found: found[0] if found[3] in _CALLED else f"{found[1]}Private {found[2]}{found[3]}", source
    )
    shut = _HEADER.sub(ask, private)
    if sorted(asking) != sorted(_ASKING):
        raise ValueError("xlwings starts Python in another way")
    return shut


def _texts(file: Path, faults: list[Issue]) -> dict[str, dict[str, dict[str, str]]]:
    """``ribbon``: control id -> attribute -> English; ``vba``: key -> language -> text."""
    place = Place(file=file.name)
    try:
        read: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        faults.append(issue("ADDIN_TEXTS_SYNTAX", place, fault=str(error)))
        return {}
    for key, wording in read.get("vba", {}).items():
        if not all(wording.get(lang, "").strip() for lang in LANGUAGES):
            faults.append(issue("ADDIN_TEXT_LANGUAGE", place, key=key))
    return {"ribbon": read.get("ribbon", {}), "vba": read.get("vba", {})}


def _unsaid(modules: tuple[Module, ...], known: Mapping[str, object]) -> Iterator[Issue]:
    """Texts that VBA asks for and nobody wrote."""
    for module in modules:
        extension = "bas" if module.kind == "standard" else "cls"
        for number, line in enumerate(lines(module.source), 1):
            for key in re.findall('"([^"]+)"', " ".join(map("".join, _SAID.findall(line)))):
                if key not in known:
                    yield issue("ADDIN_TEXT_ABSENT", Place(file=f"vba/{module.name}.{extension}"), line=number, key=key)


def _untranslated(xml: bytes, english: Mapping[str, Mapping[str, str]]) -> Iterator[Issue]:
    """The ribbon and its English say the same things, no more and no less."""
    said = {(id, name) for id, own in ribbon.texts(xml).items() for name in own}
    translated = {(id, name) for id, own in english.items() for name, wording in own.items() if wording.strip()}
    for id, name in sorted(said - translated):
        yield issue("ADDIN_ENGLISH_ABSENT", Place(file="texts.toml"), id=id, name=name)
    for id, name in sorted(translated - said):
        yield issue("ADDIN_ENGLISH_EXTRA", Place(file="texts.toml"), id=id, name=name)
