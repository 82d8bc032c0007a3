"""Every cell beneath a parent, silent ones too: its figures that count, and the file in which they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from loithe_xl.consolidation.receipts import Decision, Figures, Receipt, Status
from loithe_xl.register.register import Register, Unit


class CellState(StrEnum):
    """What a parent knows of a cell."""

    OWN = "own"  # its own file counts
    THROUGH = "through"  # it is counted in the file of a unit between it and the parent
    CONFLICT = "conflict"  # two files stand against each other, and none counts
    RETURNED = "returned"  # its file, or that of a unit between, was turned away
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class CellLine:
    """One cell: the units between it and the parent, nearest first; ``figures``: None where none count, never 0;
    ``receipt``: the file that holds them, or else the one that was turned away."""

    unit: Unit
    between: tuple[Unit, ...]
    state: CellState
    figures: Figures | None = None
    receipt: Receipt | None = None

    @property
    def direct(self) -> str:
        """The code of the unit directly beneath the parent, the cell itself or one above it."""
        return self.between[-1].code if self.between else self.unit.code


def cells_in_order(register: Register, parent: str) -> Iterator[tuple[Unit, tuple[Unit, ...]]]:
    """The cells beneath a unit with the units between, nearest first: those of one superior stand together, superiors
    and cells in the register's order."""
    waiting: list[tuple[Unit, tuple[Unit, ...]]] = [(unit, ()) for unit in reversed(register.children(parent))]
    seen: set[str] = {parent}
    while waiting:
        unit, between = waiting.pop()
        if unit.code in seen:
            continue
        seen.add(unit.code)
        if unit.tier == "cell":
            yield unit, between
        waiting += [(each, (unit, *between)) for each in reversed(register.children(unit.code))]


def cells_beneath(
    register: Register, parent: str, receipts: Sequence[Receipt], decision: Decision
) -> Iterator[CellLine]:
    """A line for each cell of the register beneath ``parent``, in the order of ``cells_in_order``."""
    counted = {row.unit: (row.figures, receipt) for receipt in decision.counted.values() for row in receipt.rows}
    away = _turned_away(receipts, decision)
    for unit, between in cells_in_order(register, parent):
        if unit.code in counted:
            figures, receipt = counted[unit.code]
            state = CellState.OWN if receipt.unit == unit.code else CellState.THROUGH
            yield CellLine(unit, between, state, figures, receipt)
            continue
        refused = [each for code in (unit.code, *(over.code for over in between)) for each in away.get(code, ())]
        if not refused or any(over.code in counted for over in between):
            refused = away.get(unit.code, [])
        state = CellState.SILENT
        if refused:
            conflict = decision.standing[refused[0].sha].status is Status.CONFLICT
            state = CellState.CONFLICT if conflict else CellState.RETURNED
        yield CellLine(unit, between, state, None, refused[0] if refused else None)


def _turned_away(receipts: Iterable[Receipt], decision: Decision) -> dict[str, list[Receipt]]:
    """The files that count for nobody, by their units, the latest received first."""
    found: defaultdict[str, list[Receipt]] = defaultdict(list)
    for receipt in sorted(receipts, key=lambda each: (each.received_at, each.sha), reverse=True):
        if decision.standing[receipt.sha].status in (Status.REFUSED, Status.FOREIGN, Status.CONFLICT):
            found[receipt.unit].append(receipt)
    return found
