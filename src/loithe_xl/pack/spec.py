"""What a pack says: campaign, forms, fields, checks and derived figures, as frozen values; no file, no address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Issue, Severity
from loithe_xl.pack.campaign import Document, Scheme
from loithe_xl.pack.foot import Foot
from loithe_xl.pack.kinds import KINDS, Aggregate, FieldKind
from loithe_xl.register.register import Register, Unit
from loithe_xl.rules.syntax import Node, may_be_fraction, names

CONSTANTS = ("campaign_start", "campaign_end", "cutoff")
UNITS_REPORTED = "units_reported"  # stands beside whatever counts the answers of direct children


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that must hold, where the user is sent when it does not, and what is said then.

    ``needs``: fields that must hold numbers, else the check stays silent. ``own``: a field's own check (kind, required,
    list, window); it fails on an error cell, where a cross-check stays silent.
    """

    code: str
    severity: Severity
    rule: Node
    at: str  # field id, or column id within its table
    message: Text
    remedy: Text = Text("")
    needs: tuple[str, ...] = ()
    own: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One input: ``required`` is "", "always" or a rule; ``travels`` says it may go up a tier (default: it stays).

    ``sensitive``: a small count of it could tell who is meant; see ``consolidation.suppression``.
    """

    id: str
    kind: str
    label: Text
    help: Text = Text("")
    unit: Text = Text("")
    required: str = ""
    items: tuple[str, ...] = ()
    aggregate: Aggregate = Aggregate.NONE
    travels: bool = False
    checks: tuple[Check, ...] = ()
    default: int | str | None = None
    register: str = ""  # list of unit codes of this tier, from the embedded register, instead of ``items``
    sensitive: bool = False
    revision: bool = False  # which report of its unit a form is: of two the higher counts
    short: Text = Text("")  # its label over a narrow column; blank: the label itself

    @property
    def row(self) -> FieldKind:
        """The kind's row."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """A fixed number of like rows; ``checks`` hold within one row, their names are column ids.

    ``shown``: how many of its rows a fresh form shows, 0 for all; the others are there, folded.
    """

    id: str
    label: Text
    columns: tuple[Field, ...]
    rows: int
    checks: tuple[Check, ...] = ()
    shown: int = 0

    def column(self, id: str) -> Field:
        """The column called ``id``; KeyError when absent."""
        return next(column for column in self.columns if column.id == id)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled block of a sheet: either fields one beneath the other, or one table."""

    id: str
    title: Text
    fields: tuple[Field, ...] = ()
    table: Table | None = None
    note: Text = Text("")


@dataclass(frozen=True, slots=True)
class FormSheet:
    """A sheet users type in."""

    name: str
    sections: tuple[Section, ...]
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure that is computed.

    ``kind``: count or rate. ``source``: "rule" (``rule`` over the form's names), "register_cells" / "register_units"
    (units in force at the cut-off: cells at or beneath, direct children), "children" (direct children whose own
    field ``of`` is Có) or "reported" (those whose own answers are known at all; no pack states it, it comes with the
    former). ``aggregate`` SUM goes up; NONE is recomputed at each tier. ``sensitive`` as of a field; None: if it rests
    on a sensitive figure; ``short`` as of a field.
    """

    id: str
    label: Text
    kind: str
    source: str
    rule: Node | None = None
    of: str = ""
    aggregate: Aggregate = Aggregate.NONE
    needs: tuple[str, ...] = ()
    unit: Text = Text("")
    sensitive: bool | None = None
    short: Text = Text("")


@dataclass(frozen=True)
class Form:
    """One tier's form. ``under``: tiers of the unit above for which this form is meant (empty: any)."""

    id: str
    tier: str
    title: Text
    sheets: tuple[FormSheet, ...]
    derived: tuple[Derived, ...]  # in an order in which each uses only earlier ones
    checks: tuple[Check, ...] = ()  # cross-checks over the whole form
    under: tuple[str, ...] = ()
    parent: bool = False
    intro: tuple[Text, ...] = ()
    foot: Foot = field(default_factory=Foot)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every scalar input by id, in form order."""
        return {field.id: field for section in self.sections() for field in section.fields}

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Every table by id, in form order."""
        return {section.table.id: section.table for section in self.sections() if section.table}

    @cached_property
    def derived_by_id(self) -> dict[str, Derived]:
        """Every derived figure by id."""
        return {derived.id: derived for derived in self.derived}

    @cached_property
    def revision(self) -> str:
        """The field that says which report of its unit a form is; blank where none does."""
        return next((each.id for each in self.fields.values() if each.revision), "")

    def sections(self) -> Iterator[Section]:
        """Every section, in form order."""
        for sheet in self.sheets:
            yield from sheet.sections


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure that goes up the tiers and is added there; ``short`` as of a field."""

    id: str
    label: Text
    unit: Text
    section: Text
    short: Text = Text("")


@dataclass(frozen=True, slots=True)
class Editions:
    """What a pack was when forms were sent out, by the editions' names, and what keeps some from being read."""

    packs: Mapping[str, Pack] = field(default_factory=dict)
    faults: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class Pack:
    """One campaign: everything that is data. ``read_editions`` reads its issued editions, seldom asked for."""

    id: str
    title: Text
    campaign: Text
    start: date
    end: date
    password: str
    period: str
    deadline_days: int
    scheme: str
    forms: dict[str, Form]
    documents: tuple[Document, ...] = ()
    schemes: Mapping[str, Scheme] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict)  # the wording per tier, checked by ``reportread``
    warnings: tuple[Issue, ...] = ()  # what its loading noticed and let pass
    smallest_shown: int = 5  # of sensitive counts of single units; smaller ones are shown in totals only
    main_of_cells: tuple[str, ...] = ()  # the figures that stand beside each cell in a list of cells
    main_of_units: tuple[str, ...] = ()  # those that come first where units stand side by side
    read_editions: Callable[[], Editions] = field(default=Editions, compare=False, repr=False)

    @cached_property
    def editions(self) -> Editions:
        """The editions of the pack from which forms were sent out, read once."""
        return self.read_editions()

    @cached_property
    def bases(self) -> tuple[Text, ...]:
        """How each document is cited, in the pack's order."""
        return tuple(document.cited for document in self.documents)

    def form_for(self, unit: Unit, register: Register) -> Form | None:
        """The form that a unit fills in, by its tier and the tier above it; None when the pack has none."""
        above = register.unit(unit.parent) if unit.parent else None
        for form in self.forms.values():
            if form.tier == unit.tier and (not form.under or above is None or above.tier in form.under):
                return form
        return None

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Every figure that is added up, over all forms, in form order: inputs first, then derived ones."""
        found: dict[str, Indicator] = {}
        for form in self.forms.values():
            for section in form.sections():
                for each in section.fields:
                    for indicator in field_indicators(each, section.title):
                        found.setdefault(indicator.id, indicator)
        for form in self.forms.values():
            for derived in form.derived:
                if derived.aggregate is Aggregate.SUM:
                    found.setdefault(
                        derived.id, Indicator(derived.id, derived.label, derived.unit, Text(""), derived.short)
                    )
        return found

    @cached_property
    def sensitive(self) -> frozenset[str]:
        """The figures whose small counts could tell who is meant: those marked, and whatever is derived from them."""
        fields = (each for form in self.forms.values() for each in form.fields.values() if each.sensitive)
        found = {part for each in fields for part in (each.id, *(of.id for of in field_indicators(each, Text(""))))}
        derived = [each for form in self.forms.values() for each in form.derived]
        while more := [each.id for each in derived if each.id not in found and _rests_on(each, found)]:
            found |= set(more)
        return frozenset(found)

    @cached_property
    def fractional(self) -> frozenset[str]:
        """The figures that need not be whole: decimal fields and columns, and what is derived from them or divided."""
        forms = self.forms.values()
        found = {each.id for form in forms for each in form.fields.values() if each.kind == "decimal"}
        tables = [table for form in forms for table in form.tables.values()]
        found |= {f"{table.id}.{each.id}" for table in tables for each in table.columns if each.kind == "decimal"}
        rules = [(each.id, each.rule) for form in forms for each in form.derived if each.rule]
        while more := {id for id, rule in rules if id not in found and may_be_fraction(rule, found)}:
            found |= more
        return frozenset(found)

    @cached_property
    def texts(self) -> dict[str, Text]:
        """Label of every text that goes up as a list with its unit."""
        return {
            each.id: each.label
            for form in self.forms.values()
            for each in form.fields.values()
            if each.aggregate is Aggregate.LIST and each.travels
        }


def _rests_on(derived: Derived, sensitive: set[str]) -> bool:
    if derived.sensitive is not None:
        return derived.sensitive
    return not sensitive.isdisjoint(names(derived.rule) if derived.rule else {derived.of})


def field_indicators(each: Field, section: Text) -> Iterator[Indicator]:
    """The figures that one field sends up: none, one, or one per choice."""
    if not each.travels or each.aggregate in (Aggregate.NONE, Aggregate.LIST):
        return
    if each.aggregate is Aggregate.COUNT_EACH:
        for number, item in enumerate(each.items, 1):
            label, short = (Text(f"{name.vi}: {item}", f"{name.en}: {item}") for name in (each.label, each.short))
            yield Indicator(f"{each.id}.{number}", label, each.unit, section, short if each.short.vi else Text(""))
    else:
        yield Indicator(each.id, each.label, each.unit, section, each.short)
