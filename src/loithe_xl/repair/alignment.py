"""Where the rows and columns of a form's sheet lie in a received one, whatever was inserted, deleted or moved there.

Landmarks are what the form itself writes: labels, headings, running numbers. A row or column is found by texts that
stand once in the form and once in the received sheet; what they do not settle stays unknown, and is never guessed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cached_property

from loithe_xl.form.inputs import Grid
from loithe_xl.form.layout import NUMBER
from loithe_xl.intake.resemblance import compared_as
from loithe_xl.rules.evaluate import is_filled
from loithe_xl.workbook.address import Address

# Of one sheet of the form: text or number of each cell it fills, by address; "" where something is typed or computed.
Landmarks = Mapping[Address, str | int]


class Alignment:
    """One sheet of the form laid over one received sheet."""

    def __init__(self, marks: Landmarks, grid: Grid) -> None:
        self.grid = grid
        self.texts = {at: said for at, raw in marks.items() if (said := compared_as(raw))}
        self.numbers = {row: raw for (row, column), raw in marks.items() if column == NUMBER and isinstance(raw, int)}
        self.here: dict[str, list[Address]] = defaultdict(list)
        self.filled: dict[int, set[int]] = defaultdict(set)  # received row -> its columns that hold something
        for row, column, raw in grid.cells():
            if is_filled(raw):
                self.filled[row].add(column)
            if said := compared_as(raw):
                self.here[said].append((row, column))

    @cached_property
    def columns(self) -> dict[int, int]:
        """Form column -> received column, where two of its texts agree, or one and a neighbour, or both neighbours."""
        once = Counter(self.texts.values())
        votes: dict[int, Counter[int]] = defaultdict(Counter)
        for (_, column), said in self.texts.items():
            if once[said] == len(self.here.get(said, ())) == 1:
                votes[column][self.here[said][0][1]] += 1
        voted = {}
        for column, counted in votes.items():
            where, most = counted.most_common(1)[0]
            if 2 * most > counted.total():
                voted[column] = where, most
        shifts = {column: where - column for column, (where, _) in voted.items()}
        found = {}
        for column in range(1, max(voted, default=0) + 1):
            beside = set(_beside(shifts, column))
            if column in voted:
                where, most = voted[column]
                if most > 1 or shifts[column] in beside:
                    found[column] = where
            elif len(beside) == 1:
                found[column] = column + beside.pop()
        return found

    @cached_property
    def rows(self) -> dict[int, int]:
        """Form row -> received row, of rows whose texts are found once in their columns; a row that stands out of
        order only where its running number came with it."""
        once = Counter((said, column) for (_, column), said in self.texts.items())
        votes: dict[int, set[int]] = defaultdict(set)
        for (row, column), said in self.texts.items():
            where = [at[0] for at in self.here.get(said, ()) if at[1] == self.columns.get(column)]
            if once[said, column] == len(where) == 1:
                votes[row].add(where[0])
        voted = {row: found.pop() for row, found in votes.items() if len(found) == 1}
        return {row: where for row, where in voted.items() if self.numbered(row, where) or _in_order(voted, row)}

    def numbered(self, row: int, where: int) -> bool:
        """Whether the running number of a form row stands in the received row ``where``."""
        number = self.numbers.get(row)
        return number is not None and NUMBER in self.columns and self.grid.get(where, self.columns[NUMBER]) == number

    def near(self, row: int) -> int | None:
        """Where a form row should be by the nearest known rows on both sides; None where these disagree."""
        shifts = set(_beside({known: where - known for known, where in self.rows.items()}, row))
        return row + shifts.pop() if len(shifts) == 1 else None

    def next_known(self, row: int) -> tuple[int, int] | None:
        """The next form row beneath ``row`` that is found, and where; None beneath the last."""
        later = [known for known in self.rows if known > row]
        return (min(later), self.rows[min(later)]) if later else None


def _beside(shifts: Mapping[int, int], at: int) -> list[int]:
    """The shifts of the nearest known neighbours on either side."""
    before = max((known for known in shifts if known < at), default=None)
    after = min((known for known in shifts if known > at), default=None)
    return [shifts[known] for known in (before, after) if known is not None]


def _in_order(rows: Mapping[int, int], row: int) -> bool:
    return all((known < row) == (where < rows[row]) for known, where in rows.items() if known != row)
