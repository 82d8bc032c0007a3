"""Everything needed to draw one unit's workbook at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from loithe_xl.consolidation.consolidate import Consolidation
from loithe_xl.consolidation.journal import Entry
from loithe_xl.consolidation.receipts import Receipt
from loithe_xl.form.inputs import Inputs
from loithe_xl.form.layout import Layout
from loithe_xl.identity.token import Identity
from loithe_xl.language.catalogue import Text, text
from loithe_xl.pack.spec import Form, Pack
from loithe_xl.register.register import Register
from loithe_xl.report import Page
from loithe_xl.rules.evaluate import Values


@dataclass(frozen=True, slots=True)
class Case:
    """A unit, its form, its identity and its figures.

    ``values`` are all rule values of the inputs; what follows the language is for parents only.
    """

    pack: Pack
    layout: Layout
    identity: Identity
    token: str
    unit_name: str
    above_name: str
    inputs: Inputs
    values: Values
    lang: str = "vi"
    register: Register | None = None
    consolidation: Consolidation | None = None
    receipts: tuple[Receipt, ...] = ()
    page: Page | None = None
    saved: datetime | None = None  # UTC; None for a fresh form
    embedded: tuple[tuple[str, tuple[str, ...]], ...] = ()  # files of a pack that is not built in, in pieces
    journal: tuple[Entry, ...] = ()
    seal: tuple[str, ...] = ()  # of the wording of a fresh form: digest, signature, the unit's own words in pieces

    @property
    def form(self) -> Form:
        """The form that is drawn."""
        return self.layout.form

    def say(self, words: Text | str, **args: object) -> str:
        """A Text, or a sentence of ``texts/form.toml`` by name, in the workbook's language."""
        found = words if isinstance(words, Text) else text(f"form.{words}", **args)
        return found.to(self.lang)


def period_words(period: str) -> Text:
    """2023-02 -> tháng 02/2023; 2023-Q1 -> quý I/2023; 2023 -> năm 2023."""
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        return text("form.period_quarter", quarter=("I", "II", "III", "IV")[int(part[1]) - 1], year=year)
    return text("form.period_month", month=part, year=year) if part else text("form.period_year", year=year)


def day(value: date) -> str:
    """28/02/2023."""
    return value.strftime("%d/%m/%Y")
