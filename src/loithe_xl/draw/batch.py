"""Forms without children, by the hundred: each kind is rendered and locked once, then stamped for unit after unit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from loithe_xl.draw.case import Case, rows_shown, rows_wanted
from loithe_xl.draw.filling import Drawn
from loithe_xl.draw.marks import STAMPED
from loithe_xl.draw.render import cell_case, package
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.form.unitform import UnitForm
from loithe_xl.workbook.stamp import Master


@dataclass(frozen=True, slots=True)
class _Kept:
    master: Master
    drawn: Drawn


class BatchRenderer:
    """Forms of one pack under one salt, whose tables show at least ``rows`` rows.

    Each is byte for byte, part by part, what rendering it alone would give.
    """

    def __init__(self, salt: bytes, rows: int = 0) -> None:
        self.salt, self.rows = salt, rows
        self.kept: dict[tuple[object, ...], _Kept] = {}

    def form(self, unit_form: UnitForm, inputs: Inputs | None = None) -> bytes:
        """A unit's form, fresh or with these inputs typed in."""
        case = replace(cell_case(unit_form, inputs), rows=self.rows) if inputs else None
        kept = self._kept(unit_form, case)
        marks = {
            STAMPED.unit: unit_form.identity.unit,
            STAMPED.name: unit_form.name,
            STAMPED.token: unit_form.token,
            STAMPED.above: unit_form.above,
        }
        if not unit_form.above:
            del marks[STAMPED.above]
        cells = kept.drawn.filling(case) if case else None
        return kept.master.stamp(marks, cells)

    def _kept(self, unit_form: UnitForm, filled: Case | None) -> _Kept:
        above = STAMPED.above if unit_form.above else ""
        anybody = replace(unit_form.identity, unit=STAMPED.unit)
        rows = rows_wanted(filled) if filled else self.rows
        shown = (rows_shown(table, rows) for table in unit_form.form.tables.values())
        key = anybody, above, unit_form.lang, unit_form.seal, *shown
        if key not in self.kept:
            stand_in = replace(unit_form, identity=anybody, token=STAMPED.token, name=STAMPED.name, above=above)
            case = replace(cell_case(stand_in, blank(unit_form.form)), rows=rows)
            marks = [STAMPED.unit, STAMPED.name, STAMPED.token, *([STAMPED.above] if above else [])]
            self.kept[key] = _Kept(Master(package(case, self.salt), marks), Drawn(case))
        return self.kept[key]
