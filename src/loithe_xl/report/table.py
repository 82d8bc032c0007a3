"""The figures of every direct child as a table: grouped by tier, subtotals and totals added up, rates recomputed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from loithe_xl.consolidate import Consolidation
from loithe_xl.receipts import Figure
from loithe_xl.register import Register
from loithe_xl.report.wording import Annex, Column
from loithe_xl.rollup import WITHHELD, shown
from loithe_xl.spec import Pack

if TYPE_CHECKING:
    from pandas import DataFrame

Rate = Fraction | None
Cells = Mapping[str, Figure | Rate | str]  # WITHHELD in the place of a figure that is shown in totals only


@dataclass(frozen=True, slots=True)
class Row:
    """One line. ``kind``: unit, group or total; ``status`` is a unit's receipt status; None is a figure not known."""

    kind: str
    name: str
    cells: Cells
    code: str = ""
    status: str = ""
    late: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows: each group with its subtotal before its units when there is more than one, the total last."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def total(self) -> Row:
        """The total row."""
        return self.rows[-1]

    def units(self, group: str) -> list[Row]:
        """The rows of one group's units."""
        return [row for row in self.rows if row.kind == "unit" and row.group == group]


def progress(annex: Annex, consolidation: Consolidation, register: Register, pack: Pack) -> Table:
    """The table at one unit. Its totals are the consolidation's own figures; anything else is a programmer's fault.

    Small counts that the pack calls sensitive stand in totals only.
    """
    frame = _frame(annex, consolidation, register)
    counts = [column.id for column in annex.columns if column.kind == "count"]
    kept = _kept_back(frame, [id for id in counts if id in pack.sensitive], pack.smallest_shown)
    rows: list[Row] = []
    held = [group for group in annex.groups if (frame["group"] == group.tier).any()]
    for group in held:
        part = frame[frame["group"] == group.tier]
        if len(held) > 1:
            cells = _with_rates(annex, _sums(part, counts), kept["group"])
            rows.append(Row("group", group.label, cells, group=group.tier))
        rows += (_unit_row(annex, line, counts, kept["unit"]) for line in part.to_dict("records"))
    total = _sums(frame, counts)
    for id, value in total.items():
        known = consolidation.values.get(id)
        assert known is None or known == value, f"{id}: rows add up to {value}, the consolidation says {known}"
    rows.append(Row("total", annex.total, _with_rates(annex, total, kept["total"])))
    return Table(annex.columns, tuple(rows))


def _kept_back(frame: DataFrame, sensitive: list[str], least: int) -> dict[str, frozenset[str]]:
    """Kind of row -> the columns in which rows of that kind may show nothing."""
    import pandas

    known = {
        id: shown(
            [
                (group, None if pandas.isna(value) else int(value))
                for group, value in zip(frame["group"], frame[id], strict=True)
            ],
            least,
        )
        for id in sensitive
    }
    return {
        kind: frozenset(id for id, each in known.items() if not getattr(each, kind))
        for kind in ("unit", "group", "total")
    }


def _frame(annex: Annex, consolidation: Consolidation, register: Register) -> DataFrame:
    """One line per direct child, counts as whole numbers that may be absent."""
    import pandas

    counts = {column.id: column for column in annex.columns if column.kind == "count"}
    records = list(_records(counts, consolidation, register))
    frame = pandas.DataFrame.from_records(records, columns=["code", "name", "group", "status", "late", *counts])
    return frame.astype(dict.fromkeys(counts, "Int64"))


def _records(
    counts: Mapping[str, Column], consolidation: Consolidation, register: Register
) -> Iterator[dict[str, Any]]:
    children = {child.unit: child for child in reversed(consolidation.children)}
    for code, figures in consolidation.rows.items():
        unit, child = register.unit(code), children[code]
        silent = len(register.cells(code))
        known = {id: silent if column.register else None for id, column in counts.items()}
        told = known if figures is None else {id: figures.get(id, 0) for id in counts}
        yield {
            "code": code,
            "name": child.name,
            "group": unit.tier if unit else "",
            "status": child.status.value,
            "late": child.late and bool(child.file),
            **told,
        }


def _sums(frame: DataFrame, counts: list[str]) -> dict[str, Figure]:
    return {id: int(frame[id].sum()) for id in counts}


def _unit_row(annex: Annex, line: Mapping[str, Any], counts: list[str], kept: frozenset[str]) -> Row:
    import pandas

    cells = {id: None if pandas.isna(line[id]) else int(line[id]) for id in counts}
    found = _with_rates(annex, cells, kept)
    return Row("unit", line["name"], found, line["code"], line["status"], bool(line["late"]), line["group"])


def _with_rates(annex: Annex, cells: Mapping[str, Figure | None], kept: frozenset[str]) -> Cells:
    """The counts with each rate recomputed beside them, in the columns' order; nothing of those that are kept back."""
    found: dict[str, Figure | Rate | str] = {}
    for column in annex.columns:
        if column.kind == "count":
            value: Figure | Rate = cells[column.id]
        else:
            part, whole = cells.get(column.of), cells.get(column.over)
            value = Fraction(part) / Fraction(whole) if part is not None and whole else None
        secret = not kept.isdisjoint((column.id, column.of, column.over))
        found[column.id] = WITHHELD if secret and value is not None else value
    return found
