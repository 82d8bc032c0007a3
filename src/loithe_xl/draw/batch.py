"""Forms without children, by the hundred: each kind is rendered and locked once, then stamped for unit after unit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from loithe_xl.draw.filling import Drawn
from loithe_xl.draw.render import Subject, cell_case, package
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import Loaded
from loithe_xl.workbook.stamp import Master

UNIT_MARK, NAME_MARK, ABOVE_MARK, TOKEN_MARK = "@@UNIT_CODE@@", "@@UNIT_NAME@@", "@@ABOVE_NAME@@", "@@TOKEN@@"


@dataclass(frozen=True, slots=True)
class _Kept:
    master: Master
    drawn: Drawn


class Forge:
    """One pack's forms under one salt; each is byte for byte, part by part, what rendering it alone would give."""

    def __init__(self, loaded: Loaded, salt: bytes) -> None:
        self.loaded, self.salt = loaded, salt
        self.kept: dict[tuple[object, ...], _Kept] = {}

    def form(self, layout: Layout, subject: Subject, inputs: Inputs | None = None) -> bytes:
        """A unit's form, fresh or with these inputs typed in."""
        kept = self._kept(layout, subject)
        marks = {
            UNIT_MARK: subject.identity.unit,
            NAME_MARK: subject.name,
            TOKEN_MARK: subject.token,
            ABOVE_MARK: subject.above,
        }
        if not subject.above:
            del marks[ABOVE_MARK]
        cells = kept.drawn.filling(cell_case(self.loaded, layout, subject, inputs)) if inputs else None
        return kept.master.stamp(marks, cells)

    def _kept(self, layout: Layout, subject: Subject) -> _Kept:
        stand_in = replace(
            subject,
            identity=replace(subject.identity, unit=UNIT_MARK),
            token=TOKEN_MARK,
            name=NAME_MARK,
            above=ABOVE_MARK if subject.above else "",
        )
        key = layout.digest, stand_in
        if key not in self.kept:
            case = cell_case(self.loaded, layout, stand_in, blank(layout.form))
            marks = [UNIT_MARK, NAME_MARK, TOKEN_MARK, *([ABOVE_MARK] if subject.above else [])]
            self.kept[key] = _Kept(Master(package(case, self.salt), marks), Drawn(case))
        return self.kept[key]
