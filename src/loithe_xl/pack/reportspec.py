"""What a pack says about a tier's report, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loithe_xl.rules.syntax import Node

COMMA = ", "


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence and the rule under which it stands (None: always)."""

    text: str
    when: Node | None = None
    parts: tuple[Choice, ...] = ()  # an enumeration: those whose rule holds stand in the place of ``{parts}``
    between: str = COMMA
    last: str = COMMA  # between the last two


@dataclass(frozen=True, slots=True)
class Sentence:
    """One paragraph; of its choices the first that fits."""

    id: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ToWrite:
    """A place that only a person can fill: what to write there, while nothing else stands in its section."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Figures whose ids begin with ``prefix``, the largest first, zeros left out.

    ``limit`` of them are lines, the others stand together in a last one. ``item`` names of how many the figure is,
    ``partial`` does not: some were not asked.
    """

    id: str
    prefix: str
    intro: str
    item: str
    partial: str
    limit: int
    rest: str
    short: str
    none: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Opinions:
    """What units wrote in one field, each as a line; at most ``limit`` lines of at most ``letters`` letters.

    The last line says how many are ``more``, or that shortened ones stand elsewhere as a ``whole``.
    """

    id: str
    field: str
    intro: str
    own: str
    item: str
    shared: str
    limit: int
    letters: int
    more: str
    whole: str


Entry = Sentence | ToWrite | Ranking | Opinions


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A section of the report; an opening or a close has no heading."""

    id: str
    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Issuer:
    """How an organisation whose name begins with one of ``starts`` heads its documents, by its committee, and those of
    its subordinates, as their ``organisation``."""

    starts: tuple[str, ...]
    head: str
    organisation: str
    committee: str
    area: str
    symbol: str
    placeless: bool


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who receives the report, from a day on."""

    items: tuple[str, ...]
    start: date | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the annex. ``register``: known of a unit that sent nothing."""

    id: str
    label: str
    kind: str
    register: bool = False
    of: str = ""
    over: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Direct children of one tier."""

    tier: str
    label: str
    together: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the chart's bars."""

    id: str
    label: str
    colour: str
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class ChartWording:
    """The bars of the table's units, those first whose ``lag`` is the lowest rate; ``rest`` names the bar of those for
    which there is no room."""

    title: str
    together: str
    rest: str
    lag: Column | None
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """The table by direct child, and its chart."""

    title: str
    subject: str
    note: str
    total: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    chart: ChartWording | None


@dataclass(frozen=True, slots=True)
class OpinionsAnnex:
    """The list of all opinions; ``own`` and ``shared`` name the reporting unit and several that wrote alike."""

    title: str
    subject: str
    note: str
    own: str
    shared: str
    none: str


@dataclass(frozen=True, slots=True)
class Wording:
    """One tier's report; ``words`` are its single texts by key (``signature.position`` …), ``digits`` how many a count
    has at least."""

    words: Mapping[str, str]
    digits: int
    recipients: tuple[Recipients, ...]
    issuers: tuple[Issuer, ...]
    figures: Mapping[str, Node]
    sections: tuple[ReportPart, ...]
    annex: Annex | None
    opinions: OpinionsAnnex | None
