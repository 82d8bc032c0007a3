"""A progress bar on stderr for work that takes long: how many are done, how many a second, the time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from math import ceil
from typing import TypeVar

import click

from loithe_xl.cli.shell import say_error
from loithe_xl.cli.terminal import is_quiet, run_log
from loithe_xl.language.catalogue import text

_T = TypeVar("_T")
WORTH_SHOWING = 20
A_SECOND = 4  # times that the bar is drawn: drawing takes its time from the work


def progress_bar(lang: str, clock: Callable[[], float] = time.monotonic) -> Callable[[Sequence[_T], str], Iterable[_T]]:
    """A function that walks through items and shows how far it is: a bar to whoever looks, one line into a file."""

    def walk(items: Sequence[_T], label: str) -> Iterable[_T]:
        shown: Iterable[_T] = items
        if len(items) >= WORTH_SHOWING and not is_quiet():
            show = _drawn if sys.stderr.isatty() else _told
            shown = show(items, text(f"cli.progress_{label}").to(lang), lang, clock)
        log = run_log()
        return log.timed(shown, label, len(items)) if log else shown

    return walk


def pace(rate: float | None, left: float | None, lang: str) -> str:
    """How many files a second and how much longer; what cannot be told yet is left out."""
    said = []
    if rate:
        shown = f"{rate:.1f}" if rate < 10 else f"{rate:.0f}"
        said.append(text("cli.progress_rate", rate=shown if lang == "en" else shown.replace(".", ",")).to(lang))
    if left is not None:
        minutes, seconds = divmod(ceil(left), 60)
        said.append(text("cli.progress_left", time=f"{minutes}:{seconds:02}").to(lang))
    return ", ".join(said)


def _told(items: Sequence[_T], label: str, lang: str, clock: Callable[[], float]) -> Iterable[_T]:
    """One line when all is done; what draws bars takes longer to load than it takes to read the first files."""
    began = clock()
    yield from items
    taken = clock() - began
    rate = pace(len(items) / taken if taken > 0 else None, None, lang)
    say_error(f"{label} {len(items)}/{len(items)} {rate}".rstrip())


def _drawn(items: Sequence[_T], label: str, lang: str, clock: Callable[[], float]) -> Iterable[_T]:
    began = drawn = clock()

    def told(_: object) -> str:
        rate = bar.pos / taken if (taken := clock() - began) > 0 else 0
        return pace(rate, (len(items) - bar.pos) / rate if rate and not bar.finished else None, lang)

    bar = click.progressbar(
        length=len(items),
        label=label,
        file=sys.stderr,
        bar_template="%(label)s %(bar)s %(info)s",
        fill_char="█",
        empty_char="░",
        show_pos=True,
        show_percent=False,
        show_eta=False,  # ``told`` says it as we write times
        item_show_func=told,
    )
    with bar:
        waiting = 0
        for item in items:
            yield item
            waiting += 1
            if clock() - drawn >= 1 / A_SECOND:
                bar.update(waiting)
                waiting, drawn = 0, clock()
        bar.update(waiting)
