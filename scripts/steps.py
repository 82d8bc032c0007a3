"""Where the time of reading one file goes, step by step, in ms of CPU; nested steps are counted once."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from loithe_xl.form.loaded import Loaded
from loithe_xl.intake import openfile
from loithe_xl.reading import guard, reader, strictxml

STEPS: dict[str, tuple[tuple[Any, str], ...]] = {
    "bytes from the disk": ((guard, "fetch"),),
    "the gate: every part unpacked and verified": ((guard, "unwrap"),),
    "calamine": ((reader, "_calamine"),),
    "our own pass over the cells": ((reader, "scan"),),
    "the texts that cells share": ((strictxml, "shared_texts"),),
    "both readings compared": ((reader, "agreed"),),
    "lists of parts, names, styles, properties": ((reader, "read"),),
    "identity and its signature": ((openfile, "identified"),),
    "compared with the form as issued": ((openfile, "differences"), (openfile, "cut_cells")),
    "inputs taken out, typed texts read": ((openfile, "extract"), (openfile, "coerce")),
    "figures computed, checks judged": ((openfile, "_judged"),),
}
REST = "digest, and what joins all this"


def costs(files: Sequence[Path], by: Loaded) -> dict[str, float]:
    """Step -> ms of CPU per file, over files that were not read before."""
    first, others = files[: len(files) // 8], files[len(files) // 8 :]
    for file in first:
        openfile.open_file(file, file.name, by)  # what is loaded and compiled once
    clock = _Clock()
    with clock.watching():
        began = time.process_time_ns()
        for file in others:
            openfile.open_file(file, file.name, by)
        whole = time.process_time_ns() - began
    each = {step: clock.spent[step] / 1e6 / len(others) for step in STEPS}
    return {**each, REST: whole / 1e6 / len(others) - sum(each.values())}


class _Clock:
    """Adds up the time of functions, without that of others that they call."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, int] = defaultdict(int)
        self._inner = [0]

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While inside, the steps' functions are timed."""
        with ExitStack() as stack:
            for step, functions in STEPS.items():
                for module, name in functions:
                    timed = self._timed(step, getattr(module, name))
                    stack.enter_context(mock.patch.object(module, name, timed))
            yield

    def _timed(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.process_time_ns()
            self._inner.append(0)
            try:
                return function(*arguments, **named)
            finally:
                taken = time.process_time_ns() - began
                self.spent[step] += taken - self._inner.pop()
                self._inner[-1] += taken

        return timed
