"""Rows of cells under a fingerprint: what was lost or changed is noticed, whoever saved the file meanwhile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from decimal import InvalidOperation

from loithe_xl.form.inputs import Grid
from loithe_xl.language.issues import Issue, issue
from loithe_xl.rules.evaluate import Raw

SignedLine = list[str | int | None]
LAST_LINE = "|hết|"  # no code of a unit may hold a bar


def signed(lines: list[SignedLine]) -> list[SignedLine]:
    """The lines, closed by one that holds their fingerprint."""
    return [*lines, [LAST_LINE, _digest(lines)]]


def _digest(lines: Sequence[Sequence[Raw]]) -> str:
    """A fingerprint against accidents, the same after any honest re-save."""
    found, before = hashlib.sha256(), "["
    for line in lines:  # as JSON has them all together
        told = json.dumps([_plain(value) for value in _trimmed(line)], ensure_ascii=False)
        found.update(f"{before}{told}".encode())
        before = ", "
    found.update(b"]" if lines else b"[]")
    return found.hexdigest()


def _plain(value: Raw) -> str | None:
    return None if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")


def _trimmed(line: Sequence[Raw]) -> list[Raw]:
    values = [value if value != "" else None for value in line]
    while values and values[-1] is None:
        values.pop()
    return values


def verified(grid: Grid, width: int | None) -> list[SignedLine] | Issue:
    """A sheet's lines, each as wide (None: as the first); LEDGER_DAMAGED where they are not as they were signed."""
    lines = list(_lines(grid))
    try:
        end = next(number for number, line in enumerate(lines) if line and line[0] == LAST_LINE)
        if _digest(lines[:end]) != lines[end][1]:
            return issue("LEDGER_DAMAGED")
    except (StopIteration, IndexError, InvalidOperation):
        return issue("LEDGER_DAMAGED")
    columns = width or len(_trimmed(lines[0]))
    return [[*line, *[None] * (columns - len(line))][:columns] for line in lines[:end]]


def _lines(grid: Grid) -> Iterator[SignedLine]:
    cells: dict[int, dict[int, Raw]] = {}
    for row, column, value in grid.cells():
        cells.setdefault(row, {})[column] = value
    for row in range(1, max(cells, default=0) + 1):
        found = cells.get(row, {})
        yield [found.get(column) for column in range(1, max(found, default=0) + 1)]  # type: ignore[misc]
