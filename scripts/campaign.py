"""A made-up campaign of any size, for the benchmarks."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.demo.answers import Cast, cell_inputs
from loithe_xl.draw import form_book, packs
from loithe_xl.draw.batch import BatchRenderer
from loithe_xl.draw.render import cell_case, package, parent_case, salt_of
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.form.layout import Layout
from loithe_xl.form.terms import Term, term
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity, new_private_key, public_key, sign
from loithe_xl.intake.issued import sign_wording
from loithe_xl.pack.kinds import Aggregate
from loithe_xl.register.register import Register, Unit
from loithe_xl.system import store
from loithe_xl.workbook.ownsheets import COMPUTED


class Campaign:
    """A made-up district of chi bộ cơ sở with their forms, fresh and filled, in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loaded = packs.load("loi_the")
        self.term: Term = term(self.loaded, None, None, None)
        self.key = new_private_key()
        self.renderer = BatchRenderer(salt_of(public_key(self.key)))
        self.layout: Layout = self.loaded.by_form["base_cell"]

    def units(self, count: int) -> list[Unit]:
        """The district first, then its chi bộ cơ sở."""
        cells = (Unit(f"H.{n:05d}", f"Chi bộ số {n}", "cell", "H", members=12 + n % 30) for n in range(count))
        return [Unit("H", "Huyện Thử", "district"), *cells]

    def unit_form(self, unit: Unit, layout: Layout) -> UnitForm:
        """Whose form, signed."""
        when = self.term.period, self.term.cutoff, self.term.deadline
        identity = Identity(unit.code, *when, self.loaded.pack.id, layout.digest)
        names = unit.name, "Huyện Thử" if unit.parent else "", "vi"
        seal = self.seal if layout is self.layout else ()
        return UnitForm(self.loaded, identity, sign(identity, self.key), *names, seal)

    @cached_property
    def seal(self) -> tuple[str, ...]:
        """What the forms say, sealed once for all."""
        when = self.term.period, self.term.cutoff, self.term.deadline
        identity = Identity("H", *when, self.loaded.pack.id, self.layout.digest)
        return sign_wording(UnitForm(self.loaded, identity, "", "H", "Huyện Thử"), None, self.key)

    def inputs(self, unit: Unit) -> Inputs:
        """What a unit's secretary typed."""
        some = [f"H.{n:05d}" for n in range(10_000)]
        parts = Cast(frozenset(some[::3]), frozenset(some[::15]), frozenset(), frozenset(some[::2]))
        return cell_inputs(self.layout.form, unit, parts)

    def make(self, unit: Unit, inputs: Inputs | None = None) -> bytes:
        """A unit's form: signed and stamped."""
        return self.renderer.form(self.unit_form(unit, self.layout), inputs)

    def received(self, count: int) -> tuple[Path, Path]:
        """A parent's blank form, and a folder with the filled forms of its units."""
        folder = self.folder / f"{count}"
        parent, inbox = folder / "huyen.xlsx", folder / "nhan"
        if not folder.exists():
            units = self.units(count)
            layout = self.loaded.by_form["district"]
            top = self.unit_form(units[0], layout)
            case = parent_case(top, blank(layout.form), Ledgers(Register(tuple(units))), {})
            files = ((inbox / f"{unit.code}.xlsx", self.make(unit, self.inputs(unit))) for unit in units[1:])
            list(store.write_many(inbox, files))
            parent.write_bytes(package(case, self.renderer.salt))
        return parent, inbox

    @cached_property
    def added(self) -> dict[str, tuple[str, int, int, int, str]]:
        """What the peer adds up: figure -> its sheet, first row, last row, column; and how: ``sum`` of numbers, forms
        that say ``yes``, forms with ``any`` number."""
        hows, found = {Aggregate.SUM: "sum", Aggregate.COUNT_YES: "yes"}, {}
        for id, slot in self.layout.slots.items():
            if id in self.loaded.pack.indicators and slot.field.aggregate in hows:
                found[id] = slot.sheet, slot.row, slot.row, slot.column, hows[slot.field.aggregate]
        sessions = self.layout.tables["sessions"]
        rows = sessions.top, sessions.bottom
        return {**found, "cells_held": (sessions.sheet, *rows, sessions.columns["held_date"], "any")}

    @cached_property
    def read_sheets(self) -> dict[str, str]:
        """The sheets that a reader needs, each with its part."""
        book = form_book(cell_case(self.unit_form(self.units(1)[1], self.layout), blank(self.layout.form)))
        parts = {sheet.name: f"xl/worksheets/sheet{number}.xml" for number, sheet in enumerate(book.sheets, 1)}
        return {name: part for name, part in parts.items() if name not in COMPUTED}
