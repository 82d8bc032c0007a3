"""The figures of every direct child as a table: grouped by tier, subtotals and totals added up, rates recomputed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from loithe_xl.consolidation.asked import Lacks
from loithe_xl.consolidation.consolidate import Consolidation
from loithe_xl.consolidation.receipts import Figure
from loithe_xl.consolidation.suppression import WITHHELD, disclosed
from loithe_xl.pack.reportspec import Annex, Column
from loithe_xl.pack.spec import Pack
from loithe_xl.register.register import Register

Rate = Fraction | None
Counts = Mapping[str, Figure | None]
RowCells = Mapping[str, Figure | Rate | str]  # WITHHELD in the place of a figure that is shown in totals only


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line. ``kind``: unit, group or total; ``status`` is a unit's receipt status; None is a figure not known."""

    kind: str
    name: str
    cells: RowCells
    code: str = ""
    status: str = ""
    late: bool = False
    group: str = ""


Units = Sequence[tuple[TableRow, Counts]]


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Columns and rows: each group with its subtotal before its units when there is more than one, the total last."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]

    @property
    def total(self) -> TableRow:
        """The total row."""
        return self.rows[-1]

    def units(self, group: str) -> list[TableRow]:
        """The rows of one group's units."""
        return [row for row in self.rows if row.kind == "unit" and row.group == group]


def progress(annex: Annex, consolidation: Consolidation, register: Register, pack: Pack) -> ReportTable:
    """The table at one unit. Its totals are the consolidation's own figures; anything else is a programmer's fault.

    Small counts that the pack calls sensitive stand in totals only.
    """
    units = list(_units(annex, consolidation, register))
    counts = [column.id for column in annex.columns if column.kind == "count"]
    kept = _kept_back(units, [id for id in counts if id in pack.sensitive], pack.smallest_shown)
    parts = [(group, [unit for unit in units if unit[0].group == group.tier]) for group in annex.groups]
    held = [(group, part) for group, part in parts if part]
    rows: list[TableRow] = []
    mixed = partial(_mixed, annex, consolidation.lacks, register)
    for group, part in held:
        if len(held) > 1:
            cells = _with_rates(annex, _sums(part, counts), kept["group"], mixed(part))
            rows.append(TableRow("group", group.label, cells, group=group.tier))
        rows += (replace(row, cells=_with_rates(annex, told, kept["unit"], mixed([(row, told)]))) for row, told in part)
    total = _sums(units, counts)
    for id, value in total.items():
        known = consolidation.values.get(id)
        assert known is None or known == (value or 0), f"{id}: rows add up to {value}, the consolidation says {known}"
    rows.append(TableRow("total", annex.total, _with_rates(annex, total, kept["total"], mixed(units))))
    return ReportTable(annex.columns, tuple(rows))


def _units(annex: Annex, consolidation: Consolidation, register: Register) -> Iterator[tuple[TableRow, Counts]]:
    """A row without cells per direct child, and its counts; None where one is not known."""
    counts = {column.id: column for column in annex.columns if column.kind == "count"}
    children = {child.unit: child for child in reversed(consolidation.children)}
    for code, figures in consolidation.rows.items():
        unit, child = register.unit(code), children[code]
        silent = 0 if figures is not None else len(register.cells(code))
        known: Counts = {id: silent if column.register else None for id, column in counts.items()}
        told = known if figures is None else {id: figures.get(id) for id in counts}
        group, late = unit.tier if unit else "", child.late and bool(child.file)
        yield TableRow("unit", child.name, {}, code, child.status.value, late, group), told


def _kept_back(units: Units, sensitive: Iterable[str], least: int) -> dict[str, frozenset[str]]:
    """Kind of row -> the columns in which rows of that kind may show nothing."""
    known = {id: disclosed([(row.group, counts[id]) for row, counts in units], least) for id in sensitive}
    return {
        kind: frozenset(id for id, each in known.items() if not getattr(each, kind))
        for kind in ("unit", "group", "total")
    }


def _sums(units: Units, ids: Iterable[str]) -> Counts:
    """The sums of what is known; None where nothing is known of any unit: that is not 0."""
    found: dict[str, Figure | None] = {}
    for id in ids:
        known = [value for _, counts in units if (value := counts[id]) is not None]
        found[id] = sum(known) if known or not units else None
    return found


def _mixed(annex: Annex, lacks: Lacks, register: Register, units: Units) -> frozenset[str]:
    """The rates over these units whose two counts are not over the same ones: some were not asked for one of them;
    and the counts for which none of them was asked."""
    if not lacks:
        return frozenset()
    codes = {each.code for row, _ in units for each in register.subtree(row.code).units}
    over = {id: lacking & codes for id, lacking in lacks.items()}
    rates = [each for each in annex.columns if each.kind != "count"]
    differing = [each.id for each in rates if over.get(each.of, frozenset()) != over.get(each.over, frozenset())]
    nowhere = [id for id, lacking in over.items() if lacking and all(counts.get(id) is None for _, counts in units)]
    return frozenset([*differing, *nowhere])


def _with_rates(annex: Annex, cells: Counts, kept: frozenset[str], mixed: frozenset[str] = frozenset()) -> RowCells:
    """The counts with each rate recomputed beside them, in the columns' order; nothing of those that are kept back,
    and nothing of those that are ``mixed``."""
    found: dict[str, Figure | Rate | str] = {}
    for column in annex.columns:
        if column.kind == "count":
            value: Figure | Rate = cells[column.id]
        else:
            part, whole = cells.get(column.of), cells.get(column.over)
            value = Fraction(part) / Fraction(whole) if part is not None and whole else None
        value = None if column.id in mixed else value
        secret = not kept.isdisjoint((column.id, column.of, column.over))
        found[column.id] = WITHHELD if secret and value is not None else value
    return found
