"""Everything needed to draw one unit's workbook at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from loithe_xl.consolidation.consolidate import Consolidation
from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.form.inputs import Inputs
from loithe_xl.form.layout import Layout
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity
from loithe_xl.language.catalogue import Text, text
from loithe_xl.pack.spec import Form, Pack, Table
from loithe_xl.register.register import Register
from loithe_xl.report import Page
from loithe_xl.rules.evaluate import Values, is_filled


@dataclass(frozen=True, slots=True)
class Case:
    """A unit's form with what was typed into it. ``values``: all that rules may name, for these inputs."""

    unit_form: UnitForm
    inputs: Inputs
    values: Values
    saved: datetime | None = field(default=None, kw_only=True)  # UTC; None for a fresh form
    rows: int = field(default=0, kw_only=True)  # that every table shows at least

    @property
    def pack(self) -> Pack:
        """The campaign's pack."""
        return self.unit_form.pack

    @property
    def layout(self) -> Layout:
        """Where the form's inputs lie."""
        return self.unit_form.layout

    @property
    def form(self) -> Form:
        """The form that is drawn."""
        return self.unit_form.form

    @property
    def identity(self) -> Identity:
        """Whose form it is, for which term."""
        return self.unit_form.identity

    @property
    def lang(self) -> str:
        """The workbook's language."""
        return self.unit_form.lang

    @property
    def register(self) -> Register:
        """The units that drop-downs offer: of a parent those of its ledgers, of any other form none."""
        return Register(())

    def say(self, words: Text | str, **args: object) -> str:
        """A Text, or a sentence of ``texts/form.toml`` by name, in the workbook's language."""
        found = words if isinstance(words, Text) else text(f"form.{words}", **args)
        return found.to(self.lang)


@dataclass(frozen=True, slots=True)
class ParentCase(Case):
    """A parent's workbook: also its ledgers, what they come to, and its report where its tier has one.

    ``sources``: where received files lie, as links from the workbook's own folder, by their SHA-256.
    """

    ledgers: Ledgers
    consolidation: Consolidation
    page: Page | None
    sources: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def register(self) -> Register:
        """The units that the parent's workbook embeds."""
        return self.ledgers.register


def period_words(period: str) -> Text:
    """2023-02 -> tháng 02/2023; 2023-Q1 -> quý I/2023; 2023 -> năm 2023."""
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        return text("form.period_quarter", quarter=("I", "II", "III", "IV")[int(part[1]) - 1], year=year)
    return text("form.period_month", month=part, year=year) if part else text("form.period_year", year=year)


def rows_shown(table: Table, wanted: int) -> int:
    """How many rows of a table are in sight: as many as the pack says, or that doubled until ``wanted`` have room.

    The others are folded, so that a form prints no empty pages.
    """
    shown = table.shown or table.rows
    while shown < min(wanted, table.rows):
        shown *= 2
    return min(shown, table.rows)


def rows_wanted(case: Case) -> int:
    """How many rows a table must show at least: one more than any is filled, or what was asked for."""
    every = (row for rows in case.inputs.tables.values() for row in enumerate(rows, 2))
    return max([case.rows, *(free for free, row in every if any(map(is_filled, row.values())))])
