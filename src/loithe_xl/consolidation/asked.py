"""What some units were never asked, because their forms were issued before a field was there: no figure, and never 0.

A sum goes over those that were asked. What mixes such a sum with figures of others, a rate of it for example, cannot be
told until the last earlier form is replaced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from loithe_xl.consolidation.receipts import Compact, Figures, Receipt
from loithe_xl.form.earlier import later, sent_up
from loithe_xl.pack.spec import CONSTANTS, UNITS_REPORTED, Derived, Form, Pack
from loithe_xl.register.register import Register
from loithe_xl.rules.evaluate import Flaw, Values
from loithe_xl.rules.syntax import names

Lacks = Mapping[str, frozenset[str]]  # figure -> the units whose reports count and that were not asked for it
UNASKED = Flaw("unasked")


class AskedFigures:
    """Which figures today's forms ask of every unit of a register."""

    def __init__(self, pack: Pack, register: Register) -> None:
        self.pack, self.register = pack, register
        self.own: dict[str, frozenset[str]] = {}
        self.found: dict[tuple[str, int | tuple[str, ...], bool], frozenset[str]] = {}

    def lacks(self, receipts: Iterable[Receipt]) -> Lacks:
        """What the units in these reports were not asked.

        Rows of units beneath hold no sensitive figures; whether those were asked, the report's own row tells alone.
        That a figure is not there means so where an issued edition of the pack did not ask for it, and nothing else.
        """
        found: defaultdict[str, set[str]] = defaultdict(set)
        for receipt in receipts:
            for number, row in enumerate(receipt.rows):
                for id in self._lacking(row.unit, row.figures, bool(number)):
                    found[id].add(row.unit)
        asked_later = later(self.pack) if found else ()
        return {id: frozenset(units) for id, units in found.items() if id in asked_later}

    def _lacking(self, code: str, figures: Figures, beneath: bool) -> Collection[str]:
        unit = self.register.unit(code)
        form = self.pack.form_for(unit, self.register) if unit else None
        if form is None:
            return ()
        ids = figures.place if isinstance(figures, Compact) else tuple(figures)
        key = form.id, ids, beneath
        if key not in self.found:
            wanted = self._asked(form) - frozenset(figures)
            self.found[key] = wanted - self.pack.sensitive if beneath else wanted
        return self.found[key]

    def _asked(self, form: Form) -> frozenset[str]:
        """The figures that a unit with this form sends up: of a parent all that are added."""
        if form.id not in self.own:
            self.own[form.id] = frozenset(self.pack.indicators) if form.parent else sent_up(form)
        return self.own[form.id]


def of_answers(form: Form, rows: Mapping[str, Figures | None]) -> Lacks:
    """The counted answers of direct children that some of them were not asked for, though they answered others."""
    answers = [each.id for each in form.derived if each.source == "children"]
    told = {code: row for code, row in rows.items() if row and UNITS_REPORTED in row}
    found = {id: frozenset(code for code, row in told.items() if id not in row) for id in answers}
    return {id: units for id, units in found.items() if units}


def of_units(lacks: Lacks, receipts: Iterable[Receipt]) -> Lacks:
    """What is lacking among the units in these reports."""
    units = frozenset[str]().union(*(receipt.units for receipt in receipts))
    return {id: mine for id, lacking in lacks.items() if (mine := lacking & units)}


def nobody_asked(lacks: Lacks, rows: Iterable[Figures | None]) -> list[str]:
    """The figures that no report that counts has, because none was asked for them."""
    held = [row for row in rows if row is not None]
    return [id for id in lacks if not any(id in row for row in held)]


def told_and_hidden(derived: Iterable[Derived], values: Values, lacks: Lacks) -> tuple[Values, Values]:
    """A form's values without what mixes figures of different units; and these without anything that not all units
    were asked, as the form's checks see them."""
    if not lacks:
        return values, values
    over, mixed = dict(lacks), set[str]()
    for each in derived:
        if each.rule is None:
            continue
        used = names(each.rule) - {*CONSTANTS}
        units = {over.get(name, frozenset()) for name in used}
        if len(units) > 1 or used & mixed:
            mixed.add(each.id)
        elif units and (same := units.pop()):
            over[each.id] = same
    told = {**values, **dict.fromkeys(mixed, UNASKED)}
    return told, {**told, **dict.fromkeys(over, UNASKED)}
