"""A progress bar on stderr for work that takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from loithe_xl.words import text

T = TypeVar("T")
WORTH_SHOWING = 20


def progress_bar(lang: str) -> Callable[[Sequence[T], str], Iterable[T]]:
    """A function that walks through items and shows how many are done and the time left."""

    def walk(items: Sequence[T], label: str) -> Iterable[T]:
        if len(items) < WORTH_SHOWING:
            return items
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        bar = Progress(*columns, console=Console(stderr=True))

        def steps() -> Iterable[T]:
            with bar:
                yield from bar.track(items, description=text(f"cli.progress_{label}").to(lang))

        return steps()

    return walk
