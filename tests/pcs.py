"""A made-up Windows PC in a folder: what its programs answer, what its registry holds, which short names it keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loithe_xl.addin.setup import windows
from loithe_xl.addin.setup.permissions import ALL_TOLD
from loithe_xl.addin.setup.windows import Ran, Windows

HEALTHY = {
    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion": {"currentbuildnumber": "22631"},
    r"HKCR\Excel.Application\CurVer": {"": "Excel.Application.16"},
    r"HKCR\Excel.Application\CLSID": {"": "{00024500-0000-0000-C000-000000000046}"},
    r"HKCR\CLSID\{00024500-0000-0000-C000-000000000046}\LocalServer32": {"": "C:\\Office\\EXCEL.EXE /automation"},
    r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration": {
        "platform": "x86",
        "versiontoreport": "16.0.17928.20114",
    },
}


class Pc:
    """The PC; change what is public, then hand ``windows()`` to what is tested."""

    def __init__(self, root: Path, user: str = "nhanvien", short: str = "") -> None:
        self.drive = root / "C"
        self.profile = self.drive / "Users" / user
        for folder in (self.profile / "AppData" / "Roaming", self.profile / "AppData" / "Local"):
            folder.mkdir(parents=True)
        self.short = self.drive / "Users" / short if short else None
        if self.short:
            self.short.symlink_to(self.profile)
        self.python = python_in(self.drive / "Python312").resolve()
        self.registry: dict[str, Mapping[str, object]] = dict(HEALTHY)
        self.told: dict[str, Any] | str = {"version": [3, 12, 10], "bits": 64, "failed": {}, "xlwings": "0.37.8"}
        self.rules: str | None = ""
        self.silent = False  # a PowerShell that does nothing, and says that all went well
        self.links_allowed = True
        self.excel_open = False
        self.commands: list[list[str]] = []

    def windows(self, python: Path | None = None, base: Path | None = None) -> Windows:
        appdata = self.profile / "AppData"
        settings = {
            "APPDATA": str(appdata / "Roaming"),
            "LOCALAPPDATA": str(appdata / "Local"),
            "USERPROFILE": str(self.profile),
            "SYSTEMROOT": str(self.drive / "Windows"),
            "SYSTEMDRIVE": "C:",
        }
        python = python or self.python
        return Windows(settings, python, base or python, self.run, self.values, self.short_form)

    def run(self, command: Sequence[str], settings: Mapping[str, str]) -> Ran:
        self.commands.append(list(command))
        program = Path(command[0])
        if program.name == "tasklist.exe":
            return Ran(0, '"EXCEL.EXE","4242","Console"' if self.excel_open else "INFO: No tasks are running")
        if program.name == "powershell.exe":
            return self._links(settings) if "CreateShortcut" in command[-1] else self._defender()
        assert program.is_file(), f"{program} cannot be started"
        if isinstance(self.told, str):
            return Ran(1, f"Traceback\n{self.told}\n")
        return Ran(0, json.dumps(self.told) + "\n")

    def values(self, key: str) -> Mapping[str, object]:
        return self.registry.get(key, {})

    def short_form(self, path: Path) -> Path | None:
        if not path.exists():
            return None
        if self.short and path.is_relative_to(self.profile):
            return self.short / path.relative_to(self.profile)
        return path if str(path).isascii() else None

    def _links(self, settings: Mapping[str, str]) -> Ran:
        assert settings["LOITHE_LINKS"].isascii()
        for link in json.loads(settings["LOITHE_LINKS"]) if self.links_allowed else []:
            Path(link["file"]).write_text(f"{link['target']} {link['arguments']} in {link['folder']}", encoding="ascii")
        return Ran(0 if self.links_allowed else 1)

    def _defender(self) -> Ran:
        return (
            Ran(1, "0x800106ba")
            if self.rules is None
            else Ran(0, self.rules if self.silent else f"{self.rules}\r\n{ALL_TOLD}\r\n")
        )


def python_in(folder: Path) -> Path:
    """A stand-in for a Python in a folder; its python.exe."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pythonw.exe").write_bytes(b"MZ without a window")
    (folder / "python.exe").write_bytes(b"MZ")
    return folder / "python.exe"


def runtime_in(folder: Path, marker: bytes = b"first") -> Path:
    """An unpacked runtime with its manifest; its python.exe."""
    python = python_in(folder / "python")
    library = folder / "python" / "Lib" / "site-packages" / "loithe_xl"
    library.mkdir(parents=True)
    (library / "__init__.py").write_bytes(marker)
    (folder / "cai-dat.cmd").write_bytes(b"@echo off\r\n")
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()} *{file.relative_to(folder).as_posix()}" for file in files
    ]
    (folder / windows.MANIFEST).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return python


def mark(file: Path) -> Path:
    """Give a file the mark of the web; the stream, which is a file of its own where there are no streams."""
    stream = Path(f"{file}:{windows.ZONE_STREAM}")
    stream.write_text("[ZoneTransfer]\r\nZoneId=3\r\n", encoding="ascii")
    return stream
