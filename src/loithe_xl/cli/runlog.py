"""The log of one run with --verbose: steps, counts of files and of issue codes, times, versions; nothing of a file."""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import TypeVar

import click
from click.core import ParameterSource

from loithe_xl import __version__
from loithe_xl.cli.localised import PROGRAM
from loithe_xl.identity import keyring
from loithe_xl.language.catalogue import text
from loithe_xl.language.issues import Fault
from loithe_xl.system import log
from loithe_xl.tasks.office import local_time

_T = TypeVar("_T")


class RunLog:
    """What is said and kept of one run; a context manager, which writes it when the run ends, well or not."""

    def __init__(self, context: click.Context, lang: str, say: Callable[[str], None]) -> None:
        self.lang, self.say = lang, say
        self.began = time.monotonic()
        self.lines: list[str] = []
        self.words: Counter[str] = Counter()
        given = [
            param.opts[-1]
            for param in context.command.params
            if context.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE
            and isinstance(param, click.Option)
        ]
        self._note(" ".join([f"{local_time():%Y-%m-%d %H:%M:%S}", context.command_path, __version__, *given]))
        for line in versions():
            self._note(line)

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        del kind, trace
        if isinstance(error, Fault):
            self.count(found.code for found in error.issues)
            self.done(error.exit_code)
        elif error:
            self._note(f"  {type(error).__name__}")
        for word, times in sorted(self.words.items()):
            self._note(f"  {word}: {times}")
        self._say("ended", seconds=_seconds(time.monotonic() - self.began, self.lang))
        self.say(text("cli.logged", log=log.append(keyring.folder(), self.lines)).to(self.lang))

    def count(self, words: Iterable[str]) -> None:
        """Count what is told by a code: issues, what became of files."""
        self.words.update(words)

    def done(self, code: int) -> int:
        """The exit code, noted."""
        self._say("code", code=code)
        return code

    def timed(self, items: Iterable[_T], label: str, total: int) -> Iterator[_T]:
        """The items of a step; how many were done and how long it took is noted, also when it is broken off."""
        began, done = time.monotonic(), 0
        try:
            for item in items:
                yield item
                done += 1
        finally:
            step, taken = text(f"cli.progress_{label}").to(self.lang), time.monotonic() - began
            self._say("step", step=step, done=done, total=total, seconds=_seconds(taken, self.lang))

    def _say(self, key: str, **given: object) -> None:
        self._note("  " + text(f"cli.log_{key}", **given).to(self.lang))

    def _note(self, line: str) -> None:
        self.lines.append(line)
        self.say(line)


def ignored(line: str) -> None:
    """With --quiet, the log is written and not said."""
    del line


def versions() -> Iterator[str]:
    """What the program stands on, a line each: Python and the system, the libraries, the packs that come with it."""
    from loithe_xl.form.loaded import digest
    from loithe_xl.pack import find, packfile

    yield f"  Python {platform.python_version()}, {platform.system()} {platform.release()} {platform.machine()}"
    yield "  " + ", ".join(_libraries())
    for name in find.available():
        yield f"  {name} {digest(packfile.read_folder(find.pack_folder(name)))}"


def broken(error: Exception) -> Path:
    """Write where in the program an exception happened; the log's path."""
    return log.note_fault(keyring.folder(), f"{local_time():%Y-%m-%d %H:%M:%S}", f"{PROGRAM} {__version__}", error)


def _libraries() -> Iterator[str]:
    """The libraries that the program is installed with, each with its version."""
    try:
        asked = metadata.requires(PROGRAM) or []
    except metadata.PackageNotFoundError:
        return
    for line in asked:
        name = line.replace("<", "=").replace(">", "=").replace(";", "=").replace(" ", "=").partition("=")[0]
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield f"{name} –"


def _seconds(taken: float, lang: str) -> str:
    return f"{taken:.2f}" if lang == "en" else f"{taken:.2f}".replace(".", ",")
