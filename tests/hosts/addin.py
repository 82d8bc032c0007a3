"""The built add-in, loaded into LibreOffice: buttons pressed as a user would, up to the command that Python would get.

    with Addin(soffice, uno_python, path_of_the_xlam) as addin:
        pressed = addin.press("validate", path_of_a_workbook)
        pressed.commands  # ("import loithe_xl.addin; loithe_xl.addin.press('validate vi')",): what RunPython was given
        pressed.boxes     # the message boxes shown: none when all is well

``soffice`` and ``uno_python`` are the fixtures of those names. Paths must be absolute. The interpreter in the add-in's
settings must be a file that exists, or every click is refused: ``build_addin(lang, interpreter=sys.executable)``. The
workbook is opened read-only beside whatever else has it open, and closed again. A refused click has boxes, no commands.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST = Path(__file__).with_name("vba.py")
KINDS = ("python", "box", "bar", "ribbon")  # of notes, in the order of Pressed
PAIR, NOTE = "\x01", "\x02"  # between kind and words of a note, and after each


@dataclass(frozen=True)
class Pressed:
    """What one click led to."""

    commands: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    bar: tuple[str, ...] = ()  # texts of the status bar; "" gives it back to Excel
    refreshed: tuple[str, ...] = ()  # one for each time the ribbon was told to ask anew


class Addin:
    """One LibreOffice process with the add-in in it; see ``hosts/vba.py``."""

    def __init__(self, soffice: str, python: str, path: Path) -> None:
        self.process = subprocess.Popen(
            [python, str(HOST), soffice], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        try:
            assert self._answer() == {"ready": True}
            self.load(path)
        except BaseException:
            self.quit()
            raise

    def __enter__(self) -> Addin:
        return self

    def __exit__(self, *_: object) -> None:
        self.quit()

    def load(self, path: Path) -> None:
        """Another add-in in place of this one."""
        self.path = path
        loaded = self.ask("load", path=str(path))
        self.modules: dict[str, str] = loaded["modules"]
        self.sheets: list[str] = loaded["sheets"]
        assert self.call("Desk.Load") == "loaded"
        self.notes()

    @contextmanager
    def in_front(self, workbook: Path | None) -> Iterator[None]:
        """Meanwhile the workbook is open and the active one; None: there is none."""
        path = str(workbook) if workbook else ""
        if path:
            self.ask("open", path=path)
        try:
            self.call("Desk.Front", path)
            yield
        finally:
            self.call("Desk.Front", "")
            if path:
                self.ask("close", path=path)

    def press(self, button: str, workbook: Path | None) -> Pressed:
        """A click on the ribbon's button of that name, a workbook in front; None: none is open.

        ``settings`` then holds how Excel is left: events, alerts, redrawing, calculation, pointer.
        """
        with self.in_front(workbook):
            self.notes()
            self.settings = self.call("Desk.Press", f"Loithe_{button}")
            notes = self.notes()
        said = {kind: tuple(words for each, words in notes if each == kind) for kind in KINDS}
        assert sum(map(len, said.values())) == len(notes), notes
        return Pressed(*said.values())

    def call(self, macro: str, *arguments: str) -> str:
        """What a macro (``Module.Function``) answers; fails for none: some module does not compile then."""
        answer = self.ask("call", macro=macro, arguments=arguments)["answer"]
        silent = f"{macro} answers {answer!r}: some module does not compile, or the macro failed"
        assert isinstance(answer, str), silent
        assert answer, silent
        return answer

    def notes(self) -> list[tuple[str, str]]:
        """What the stubs recorded since the last time: their kind and words."""
        recorded = self.call("Desk.Notes").split(NOTE)[1:-1]
        return [(kind, words) for kind, _, words in (each.partition(PAIR) for each in recorded)]

    def ask(self, op: str, **given: Any) -> dict[str, Any]:
        """One request; fails the test when LibreOffice could not do it."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"op": op, **given}) + "\n")
        self.process.stdin.flush()
        answer = self._answer()
        assert "failed" not in answer, answer
        return answer

    def quit(self) -> None:
        """End the process, LibreOffice with it."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer
