"""Rows and columns that were inserted into a sheet or taken out of it, told by where the form's own words now stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from loithe_xl.intake.resemblance import comparable
from loithe_xl.reading.received import Value
from loithe_xl.workbook.address import Address

Axis = Literal["rows", "columns"]
Labels = Mapping[Address, Value]
_Line = tuple[int, list[tuple[Address, Value]]]  # a row's or column's number, and its labels
_MOST = 250  # lines at once
_AHEAD = 4  # lines that must be found again behind a shift
_ENOUGH = 0.75  # of a line's labels


@dataclass(frozen=True, slots=True)
class Shift:
    """So many lines that came (``inserted``) or went, from line ``first`` on: of the file, or of the form if gone."""

    axis: Axis
    inserted: bool
    first: int
    count: int


def find_shifts(labels: Labels, values: Labels) -> list[Shift]:
    """What was inserted or taken out, so that ``labels`` stand in ``values`` where they do; empty if that is not why.

    Only an explanation that finds most of the missing labels again counts; rows and columns are not mixed.
    """
    missing = sum(not alike(values.get(at), label) for at, label in labels.items())
    if missing < 2:
        return []
    walked = [_walk(labels, values, axis, missing) for axis in ("rows", "columns")]
    found, lost = min(walked, key=lambda each: each[1])
    return found if 2 * lost < missing else []


def alike(value: Value, label: Value) -> bool:
    """Whether a cell says what the form says there: blanks and the way letters are composed do not count."""
    if value == label:
        return True
    return isinstance(value, str) and isinstance(label, str) and comparable(value) == comparable(label)


def _walk(labels: Labels, values: Labels, axis: Axis, missing: int) -> tuple[list[Shift], int]:
    """The shifts along one axis, and how many of the missing labels are missing then; given up at half of them."""
    lines = _lines(labels, axis)
    found: list[Shift] = []
    offset = number = lost = 0
    while number < len(lines) and 2 * lost < missing:
        step = 0 if _fits(lines[number], offset, values, axis) else _step(lines, number, offset, values, axis)
        if step:
            first = lines[number][0]
            found.append(Shift(axis, step > 0, first + (offset if step > 0 else 0), abs(step)))
            offset += step
            while step < 0 and lines[number][0] < first - step:
                number += 1
            continue
        lost += sum(not alike(values.get(_moved(at, offset, axis)), label) for at, label in lines[number][1])
        number += 1
    return found, lost


def _lines(labels: Labels, axis: Axis) -> list[_Line]:
    lines: dict[int, list[tuple[Address, Value]]] = {}
    for at, label in labels.items():
        lines.setdefault(at[axis == "columns"], []).append((at, label))
    return sorted(lines.items())


def _step(lines: list[_Line], number: int, offset: int, values: Labels, axis: Axis) -> int:
    """How many lines came (positive) or went (negative) here; 0 when the lines behind are not found again."""
    first = lines[number][0]
    for count in range(1, _MOST + 1):
        if _all_fit(lines[number : number + _AHEAD], offset + count, values, axis):
            return count
        behind = [line for line in lines[number + 1 : number + 1 + count + _AHEAD] if line[0] >= first + count]
        if _all_fit(behind[:_AHEAD], offset - count, values, axis):
            return -count
    return 0


def _all_fit(lines: list[_Line], offset: int, values: Labels, axis: Axis) -> bool:
    return bool(lines) and all(_fits(line, offset, values, axis) for line in lines)


def _fits(line: _Line, offset: int, values: Labels, axis: Axis) -> bool:
    there = sum(alike(values.get(_moved(at, offset, axis)), label) for at, label in line[1])
    return there >= _ENOUGH * len(line[1])


def _moved(at: Address, offset: int, axis: Axis) -> Address:
    return (at[0] + offset, at[1]) if axis == "rows" else (at[0], at[1] + offset)
