"""One user's Windows PC: where things lie on it, what it says of itself, and the few changes made to it."""

from __future__ import annotations

import compileall
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path

from loithe_xl.identity.keyring import HOME
from loithe_xl.language.issues import Fault, issue

_NAME = "loithe-xl"  # of our folders
ADDIN = "loithe.xlam"
MANIFEST = "manifest.sha256"  # beside the folder "python" of an assembled runtime; lines as sha256sum writes them
ANSWER_SECONDS = 120  # a program that is asked something has so long
ZONE_STREAM = "Zone.Identifier"  # the stream that says "came from the internet"
# What a button needs; the names are imported here only to say whether they can be.
NEEDED = ("loithe_xl.addin", "xlwings", "pandas", "openpyxl", "xlsxwriter", "python_calamine", "win32com.client")
_SPOILT = frozenset('";&^%!')  # xlwings and cmd.exe read these as signs of their own
_VIEWS = ("KEY_WOW64_64KEY", "KEY_WOW64_32KEY")  # a 32-bit Excel writes into the other one
_HIVES = {"HKCU": "HKEY_CURRENT_USER", "HKLM": "HKEY_LOCAL_MACHINE", "HKCR": "HKEY_CLASSES_ROOT"}
# WshShortcut spoils names beyond the ANSI code page: the files get plain names here, their own when they are moved.
_LINKS = """
$ErrorActionPreference = 'Stop'
$shell = New-Object -ComObject WScript.Shell
foreach ($one in ($env:LOITHE_LINKS | ConvertFrom-Json)) {
    $link = $shell.CreateShortcut($one.file)
    $link.TargetPath = $one.target
    $link.Arguments = $one.arguments
    $link.WorkingDirectory = $one.folder
    $link.Save()
}
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A program's exit code, negative when it could not be started or did not end, and what it said."""

    code: int
    said: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut: what it starts."""

    target: Path
    arguments: str


@dataclass(frozen=True, slots=True)
class Windows:
    """The PC. ``settings`` are its environment variables, ``python`` the running interpreter, ``base`` the one that
    it was made from; the functions touch the system, and tests put others in their place.

    ``run(command, settings)`` starts a program; ``registry(key)`` gives a key's values by name ("" is the default
    value), none for an absent key; ``short(path)`` is a path's 8.3 form, None where the disk keeps none.
    """

    settings: Mapping[str, str]
    python: Path
    base: Path
    run: Callable[[Sequence[str], Mapping[str, str]], Ran]
    registry: Callable[[str], Mapping[str, object]]
    short: Callable[[Path], Path | None]

    def folder(self, variable: str) -> Path:
        """The folder that an environment variable names; a Fault without it."""
        if named := self.settings.get(variable):
            return Path(named)
        raise Fault([issue("ADDIN_NO_FOLDER", name=variable)], 3)

    @property
    def addin(self) -> Path:
        """The add-in where Excel opens it by itself; a trusted location unless that is switched off."""
        return self.folder("APPDATA") / "Microsoft" / "Excel" / "XLSTART" / ADDIN

    @property
    def menu(self) -> Path:
        """Our folder in the user's Start menu."""
        return self.folder("APPDATA") / "Microsoft" / "Windows" / "Start Menu" / "Programs" / _NAME

    @property
    def home(self) -> Path:
        """The user's own place for the runtime; the office's keys lie there too."""
        return self.folder("LOCALAPPDATA") / _NAME

    @property
    def keys(self) -> Path:
        """The folder of the office's keys, where ``keyring`` looks for them."""
        named = self.settings.get(HOME)
        return Path(named) if named else self.home

    @property
    def packaged(self) -> bool:
        """Whether Python is the Store's: what that writes below AppData, no other program sees."""
        return any("windowsapps" in str(place).lower() for place in (self.python, self.base))

    def system(self, *parts: str) -> str:
        """A program of Windows itself, by its full path: no folder on the search path can put another first."""
        return str(self.folder("SYSTEMROOT").joinpath("System32", *parts))

    def powershell(self, script: str, settings: Mapping[str, str] | None = None) -> Ran:
        """Run a fixed script; what varies reaches it as environment variables, never as part of its text."""
        program = self.system("WindowsPowerShell", "v1.0", "powershell.exe")
        return self.run([program, "-NoProfile", "-NonInteractive", "-Command", script.strip()], settings or {})

    def excel_runs(self) -> bool:
        """Whether an Excel is open."""
        asked = self.run([self.system("tasklist.exe"), "/FI", "IMAGENAME eq EXCEL.EXE", "/NH", "/FO", "CSV"], {})
        return "excel.exe" in asked.said.lower()

    def plain(self, path: Path) -> Path | None:
        """A path that VBA and cmd.exe hand on unspoilt, if need be by its 8.3 form; None where it has none.

        What does not exist yet has no 8.3 form of its own; its folder has.
        """
        for form in (path, self.short(path)):
            if form and _is_plain(str(form)):
                return form
        above = self.plain(path.parent) if _is_plain(path.name) and path.parent != path else None
        return above / path.name if above else None


def this_pc() -> Windows:
    """The PC that runs this; a Fault with exit code 2 where it is no Windows."""
    if sys.platform != "win32":
        raise Fault([issue("ADDIN_WINDOWS_ONLY")], 2)
    settings = {name.upper(): value for name, value in os.environ.items()}
    base = Path(getattr(sys, "_base_executable", sys.executable))
    return Windows(settings, Path(sys.executable), base, start, _registry, _short)


def start(command: Sequence[str], settings: Mapping[str, str]) -> Ran:
    """Run a program without a window, its input empty, and wait for it."""
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    environment = {**os.environ, **settings}
    try:
        done = subprocess.run(
            list(command), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=ANSWER_SECONDS, creationflags=hidden, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return Ran(-1, type(error).__name__)
    return Ran(done.returncode, done.stdout.decode("utf-8", "replace"))


def make_links(pc: Windows, links: Sequence[Shortcut], workshop: Path) -> list[bytes] | None:
    """The shortcuts as files' content, in order, made in ``workshop`` (an ASCII path); None when Windows refuses."""
    files = [workshop / f"{number}.lnk" for number in range(len(links))]
    told = [
        {"file": str(file), "target": str(link.target), "arguments": link.arguments, "folder": str(link.target.parent)}
        for file, link in zip(files, links, strict=True)
    ]
    try:
        ran = pc.powershell(_LINKS, {"LOITHE_LINKS": json.dumps(told)})
        return [file.read_bytes() for file in files] if ran.code == 0 else None
    except OSError:
        return None
    finally:
        for file in files:
            with suppress(OSError):
                file.unlink()


def is_blocked(path: Path) -> bool:
    """Whether the file carries the mark of the web."""
    return _mark(path).exists()


def unblock(path: Path) -> bool:
    """Take the mark of the web off; whether it was there."""
    try:
        _mark(path).unlink()
    except OSError:  # not there, or a disk that keeps no marks
        return False
    return True


def damaged(home: Path) -> list[str] | None:
    """Files of an assembled runtime that are gone or changed, by their path in it; None where there is no manifest."""
    manifest = home / MANIFEST
    if not manifest.is_file():
        return None
    lines = [line.split(" *", 1) for line in manifest.read_text(encoding="utf-8").splitlines()]
    return [name for digest, name in lines if _digest(home / name) != digest]


def move_in(source: Path, home: Path) -> None:
    """Put the runtime in ``source`` into ``home``, in place of a former one; other files there stay.

    Contents only: a copy carries no mark of the web. Whatever fails, the former runtime is whole.
    """
    new, old = home / "python.moi", home / "python.cu"
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    bytecode = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source / "python", new, copy_function=shutil.copyfile, ignore=bytecode)
    current = home / "python"
    if current.exists():
        current.rename(old)
    try:
        new.rename(current)
    except OSError:
        if old.exists():
            old.rename(current)
        raise
    for file in (*source.glob("*.cmd"), source / MANIFEST):
        shutil.copyfile(file, home / file.name)
    shutil.rmtree(old, ignore_errors=True)


def interpreter_told() -> str:
    """What the running interpreter is, as JSON in ASCII: version, bits, xlwings' version, imports that failed and why.

    It imports all that the buttons import, and keeps their bytecode, so that the first click need not wait for it.
    """
    if not sys.dont_write_bytecode:
        compileall.compile_dir(Path(__file__).parents[2], quiet=2)
    failed = {}
    for name in NEEDED:
        try:
            import_module(name)
        except Exception as error:
            failed[name] = f"{type(error).__name__}: {error}"
    told = {"version": list(sys.version_info[:3]), "bits": struct.calcsize("P") * 8, "failed": failed}
    return json.dumps({**told, "xlwings": _version("xlwings")})


def _is_plain(path: str) -> bool:
    return path.isascii() and not _SPOILT & set(path)


def _mark(path: Path) -> Path:
    return Path(f"{path}:{ZONE_STREAM}")


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _registry(key: str) -> Mapping[str, object]:
    found: dict[str, object] = {}
    if sys.platform == "win32":
        import winreg

        hive, _, path = key.partition("\\")
        for view in _VIEWS:
            access = winreg.KEY_READ | getattr(winreg, view)
            with suppress(OSError), winreg.OpenKey(getattr(winreg, _HIVES[hive]), path, 0, access) as opened:
                for number in range(winreg.QueryInfoKey(opened)[1]):
                    name, value, _kind = winreg.EnumValue(opened, number)
                    found.setdefault(name.lower(), value)
    return found


def _short(path: Path) -> Path | None:
    if sys.platform == "win32":
        import ctypes

        room = ctypes.create_unicode_buffer(32768)
        length = ctypes.windll.kernel32.GetShortPathNameW(str(path), room, len(room))
        return Path(room.value) if 0 < length < len(room) else None
    return None
