"""Where a command speaks, and how much: streams that may be closed, foreign words that must not rewrite a screen."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from loithe_xl.cli.runlog import RunLog

_STREAMS = ("stdout", "stderr")
_GONE = (errno.EPIPE, errno.EBADF, errno.EINVAL)  # nobody reads any more; Windows says the last
# Control characters, ends of lines among them, and marks that turn the direction of writing.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]")


def open_streams() -> None:
    """Make both streams fit for every letter; where there is none (pythonw, a scheduled task) nothing is said."""
    for name in _STREAMS:
        stream = getattr(sys, name)
        if stream is None or stream.closed:
            _silence(name)
        else:
            stream.reconfigure(encoding="utf-8", errors="replace")


def tell(words: str, *, err: bool = False, nl: bool = True) -> None:
    """Write; once nobody reads any more, the work goes on in silence."""
    with _Heard("stderr" if err else "stdout"):
        click.echo(words, err=err, nl=nl)


def flush() -> None:
    """Write what is left, so that the interpreter's end does not change the exit code."""
    for name in _STREAMS:
        with _Heard(name):
            getattr(sys, name).flush()


def visible(words: str) -> str:
    """A line in which nothing moves the cursor, begins another line or turns the direction of writing."""
    return _UNSEEN.sub(lambda letter: f"\\u{ord(letter[0]):04x}", words)


def visible_json(piece: str) -> str:
    """A piece of JSON in which nothing moves the cursor; outside of its texts only ends of lines are such."""
    return "\n".join(map(visible, piece.split("\n")))


def noted(context: click.Context, param: click.Parameter, value: bool) -> None:
    """Remember that --quiet or --verbose was given."""
    if value:
        context.meta[str(param.name)] = True  # whether it stands before the command or behind it


def is_quiet() -> bool:
    """Whether the user wants no progress and no lists."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get("quiet"))


def is_verbose() -> bool:
    """Whether the user wants everything, nothing shortened."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get("verbose"))


def run_log() -> RunLog | None:
    """The log of this run, where one is kept."""
    context = click.get_current_context(silent=True)
    log: RunLog | None = context.meta.get("log") if context else None
    return log


def count(words: Iterable[str]) -> None:
    """Count issue codes and the like in the log of this run, where one is kept."""
    if log := run_log():
        log.count(words)


class _Heard:
    """Bears that a stream's reader went away."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        del kind, trace
        gone = isinstance(error, ValueError) or (isinstance(error, OSError) and error.errno in _GONE)
        if gone:
            _silence(self.name)
        return gone


def _silence(name: str) -> None:
    """Put nothing in the place of a stream, and of what it writes to: what is left in it would fail again.

    Help loads no pathlib.
    """
    nothing = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(nothing.fileno(), getattr(sys, name).fileno())
    setattr(sys, name, nothing)
