"""Cells gathered into rectangles, so that few calls reach them all: each call goes to another program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from loithe_xl.workbook.address import Address

_T = TypeVar("_T")
MOST_BLOCK = 50_000  # of one rectangle


@dataclass(frozen=True, slots=True)
class CellBlock:
    """A rectangle of values: its first cell and its rows."""

    top: int
    left: int
    rows: tuple[tuple[Any, ...], ...]

    @property
    def area(self) -> tuple[int, int, int, int]:
        """Top, left, bottom, right."""
        return self.top, self.left, self.top + len(self.rows) - 1, self.left + len(self.rows[0]) - 1


def blocks(cells: Mapping[Address, _T], *, alike: bool = True) -> Iterator[CellBlock]:
    """The cells gathered into rectangles; ``alike``: each of one value only. Every cell is in exactly one."""
    runs: dict[tuple[int, int], list[tuple[int, tuple[_T, ...]]]] = {}  # (left, right) -> rows
    for row, left, values in _runs(cells, alike):
        runs.setdefault((left, left + len(values)), []).append((row, values))
    for (left, right), lines in runs.items():
        start = 0
        most = max(1, MOST_BLOCK // (right - left))
        for end in range(1, len(lines) + 1):
            broken = end == len(lines) or lines[end][0] != lines[end - 1][0] + 1 or end - start == most
            if broken or (alike and lines[end][1] != lines[start][1]):
                yield CellBlock(lines[start][0], left, tuple(values for _, values in lines[start:end]))
                start = end


def _runs(cells: Mapping[Address, _T], alike: bool) -> Iterator[tuple[int, int, tuple[_T, ...]]]:
    """Cells beside each other, row by row: (row, first column, values)."""
    run: list[_T] = []
    before: Address = (0, 0)
    for at in sorted(cells):
        if run and (at != (before[0], before[1] + 1) or (alike and cells[at] != run[-1])):
            yield before[0], before[1] - len(run) + 1, tuple(run)
            run = []
        run.append(cells[at])
        before = at
    if run:
        yield before[0], before[1] - len(run) + 1, tuple(run)
