"""Small figures of people: where those of single units may stand beside their total, and where only the total may.

A count that is sensitive (the pack says which) and small could tell who is meant, such as one member "screened" in a
cell of three. Leaving out only the small ones would not do: what is left out can be found again by subtraction. So a
sensitive column is shown for every unit or for none: for none as soon as one unit's count is small. Subtotals follow
the same rule among themselves. A total is left out only where fewer than two units are in it, for it would be theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from loithe_xl.consolidation.receipts import Figure

WITHHELD = "…"  # what stands in the place of a figure


@dataclass(frozen=True, slots=True)
class Shown:
    """Whether figures of units, subtotals of groups and the total of one sensitive column may be shown."""

    unit: bool = True
    group: bool = True
    total: bool = True


def disclosed(figures: Iterable[tuple[str, Figure | None]], least: int) -> Shown:
    """What may be shown of one column, given each unit's group and figure (None: not known); see ``is_small``."""
    known = [(group, figure) for group, figure in figures if figure is not None]
    sums: dict[str, Figure] = defaultdict(int)
    for group, figure in known:
        sums[group] += figure
    units = not any(is_small(figure, least) for _, figure in known)
    groups = not any(is_small(figure, least) for figure in sums.values())
    return Shown(units, groups, units or len(known) > 1)


def is_small(figure: Figure, least: int) -> bool:
    """Whether a sensitive count could tell who is meant; nobody is meant by 0."""
    return 0 < figure < least
