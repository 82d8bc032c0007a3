"""What cmd.exe does with the few commands that the .cmd files of the Windows package hold; any other fails the test."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_REDIRECTED = re.compile(r'^(>>"(?P<file>[^"]*)"(?: 2>&1)? )(?P<rest>.*)$')
_SILENT = re.compile(r" (?:2?>nul)")
_VARIABLE = re.compile(r"%(?:(~dp0|~1|[1-9]|\*)|(\w+)%)")


class Left(Exception):
    """A file was left by ``exit``."""


@dataclass
class Shell:
    """A console: its variables (names in capitals), what it showed, which programs it started.

    ``program``: a program's exit code and what it says, by its command line; ``closed``: files that nobody may write.
    """

    settings: dict[str, str]
    program: Callable[[str], tuple[int, str]]
    closed: tuple[str, ...] = ()
    shown: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    code: int = 0

    def run(self, file: Path, *arguments: str) -> int:
        """Run a file; the exit code that it leaves."""
        kept = dict(self.settings)
        lines = file.read_text(encoding="ascii").splitlines()
        labels = {line[1:]: number for number, line in enumerate(lines) if line.startswith(":")}
        number = 0
        try:
            while number < len(lines):
                target = "" if lines[number].startswith(":") else self._line(lines[number], file, arguments)
                number = labels[target] if target else number + 1
        except Left:
            pass
        self.settings = kept  # every file begins with setlocal
        return self.code

    def _line(self, line: str, file: Path, arguments: tuple[str, ...]) -> str:
        """Do one line; the label to go to, if any."""
        if loop := re.fullmatch(r'for %%f in \("([^"]*)"\) do (.*)', line):
            pattern = self._path(self._filled(loop[1], file, arguments))
            for found in sorted(pattern.parent.glob(pattern.name)) if pattern.parent.is_dir() else ():
                self._do(self._filled(loop[2].replace("%%f", str(found)), file, arguments))
            return ""
        return self._do(self._filled(line, file, arguments))

    def _filled(self, line: str, file: Path, arguments: tuple[str, ...]) -> str:
        def value(found: re.Match[str]) -> str:
            own, name = found.groups()
            if name:
                return str(self.code) if name.lower() == "errorlevel" else self.settings.get(name.upper(), "")
            numbered = dict(enumerate(arguments, 1))
            return {"~dp0": f"{file.parent}\\", "*": " ".join(arguments), "~1": numbered.get(1, "")}.get(
                own, numbered.get(int(own), "") if own.isdigit() else ""
            )

        return _VARIABLE.sub(value, line)

    def _do(self, line: str) -> str:
        first, _, otherwise = line.partition(" || ")
        target = self._redirected(first)
        if otherwise and self.code:
            target = self._redirected(otherwise)
        return target

    def _redirected(self, line: str) -> str:
        found = _REDIRECTED.match(line)
        if not found:
            return self._plain(_SILENT.sub("", line))
        if found["file"] in self.closed:
            self.code = 1  # and the command is not begun
            return ""
        shown = len(self.shown)
        target = self._plain(found["rest"])
        with self._path(found["file"]).open("a", encoding="utf-8") as log:
            log.writelines(f"{said}\n" for said in self.shown[shown:])
        del self.shown[shown:]
        return target

    def _plain(self, line: str) -> str:
        word, _, rest = line.partition(" ")
        match word:
            case "@echo" | "setlocal" | "chcp":
                return ""
            case "set":
                name, _, value = rest.strip('"').partition("=")
                self.settings[name.upper()] = value
            case "if":
                return self._if(rest)
            case "goto":
                return rest
            case "exit":
                self.code = int(rest.removeprefix("/b") or self.code)
                raise Left
            case "echo" | "echo.":
                self.shown.append(rest)
                self.code = 0
            case "pause":
                self.shown.append("pause")
            case "copy" | "type" | "fc" | "call":
                self._file_command(word, re.findall(r'"([^"]*)"', rest), rest)
            case _:
                assert word.startswith('"'), line
                self.started.append(line)
                self.code, said = self.program(line)
                self.shown.append(said)
        return ""

    def _if(self, rest: str) -> str:
        negated, said = rest.startswith("not "), rest.removeprefix("not ")
        if found := re.fullmatch(r'/i "([^"]*)"=="([^"]*)" (.*)', said):
            holds = found[1].lower() == found[2].lower()
        elif found := re.fullmatch(r'exist "([^"]*)" (.*)', said):
            holds = self._path(found[1]).exists()
        elif found := re.fullmatch(r"defined (\w+) (.*)", said):
            holds = bool(self.settings.get(found[1].upper()))
        else:
            found = re.fullmatch(r"errorlevel (\d) (.*)", said)
            assert found, rest
            holds = self.code >= int(found[1])
        return self._do(found[found.re.groups]) if holds != negated else ""

    def _file_command(self, word: str, files: list[str], rest: str) -> None:
        paths = [self._path(file) for file in files]
        if word == "call":
            self.run(paths[0], *rest.partition('" ')[2].split())
        elif word == "copy":
            paths[1].write_bytes(paths[0].read_bytes())
            self.code = 0
        elif word == "type":
            self.shown.append(paths[0].read_text(encoding="utf-8"))
        else:
            there = all(path.exists() for path in paths)
            self.code = 2 if not there else int(paths[0].read_bytes() != paths[1].read_bytes())

    def _path(self, name: str) -> Path:
        return Path(name.replace("\\", "/"))
