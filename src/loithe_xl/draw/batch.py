"""Forms without children, by the hundred: each kind is rendered and locked once, then stamped for unit after unit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from loithe_xl.draw.filling import Drawn
from loithe_xl.draw.render import cell_case, package
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.form.unitform import UnitForm
from loithe_xl.workbook.stamp import Master

UNIT_MARK, NAME_MARK, ABOVE_MARK, TOKEN_MARK = "@@UNIT_CODE@@", "@@UNIT_NAME@@", "@@ABOVE_NAME@@", "@@TOKEN@@"


@dataclass(frozen=True, slots=True)
class _Kept:
    master: Master
    drawn: Drawn


class BatchRenderer:
    """Forms of one pack under one salt; each is byte for byte, part by part, what rendering it alone would give."""

    def __init__(self, salt: bytes) -> None:
        self.salt = salt
        self.kept: dict[tuple[object, ...], _Kept] = {}

    def form(self, unit_form: UnitForm, inputs: Inputs | None = None) -> bytes:
        """A unit's form, fresh or with these inputs typed in."""
        kept = self._kept(unit_form)
        marks = {
            UNIT_MARK: unit_form.identity.unit,
            NAME_MARK: unit_form.name,
            TOKEN_MARK: unit_form.token,
            ABOVE_MARK: unit_form.above,
        }
        if not unit_form.above:
            del marks[ABOVE_MARK]
        cells = kept.drawn.filling(cell_case(unit_form, inputs)) if inputs else None
        return kept.master.stamp(marks, cells)

    def _kept(self, unit_form: UnitForm) -> _Kept:
        above = ABOVE_MARK if unit_form.above else ""
        anybody = replace(unit_form.identity, unit=UNIT_MARK)
        key = anybody, above, unit_form.lang, unit_form.seal
        if key not in self.kept:
            stand_in = replace(unit_form, identity=anybody, token=TOKEN_MARK, name=NAME_MARK, above=above)
            case = cell_case(stand_in, blank(unit_form.form))
            marks = [UNIT_MARK, NAME_MARK, TOKEN_MARK, *([ABOVE_MARK] if above else [])]
            self.kept[key] = _Kept(Master(package(case, self.salt), marks), Drawn(case))
        return self.kept[key]
