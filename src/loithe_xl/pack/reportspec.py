"""What a pack says about a tier's report, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
class Ranking:
    """Figures whose ids begin with ``prefix``, each as a line with its label, the largest first, zeros left out."""

    id: str
    prefix: str
    intro: str
    item: str
    none: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Opinions:
    """What units wrote in one field, each as a line; at most ``limit`` lines of at most ``letters`` letters."""

    id: str
    field: str
    intro: str
    own: str
    item: str
    shared: str
    limit: int
    letters: int
    more: str


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A section of the report."""

    id: str
    heading: str
    entries: tuple[Sentence | Ranking | Opinions, ...]


@dataclass(frozen=True, slots=True)
class Issuer:
    """How an organisation whose name begins with one of ``starts`` heads its documents."""

    starts: tuple[str, ...]
    head: str
    committee: str
    area: str
    symbol: str
    placeless: bool


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


@dataclass(frozen=True, slots=True)
class Annex:
    """The table by direct child, and its chart where it has ``series``."""

    title: str
    subject: str
    note: str
    total: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    chart: str
    together: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """One tier's report; ``words`` are its single texts by key (``signature.position`` …)."""

    words: Mapping[str, str]
    recipients: tuple[str, ...]
    issuers: tuple[Issuer, ...]
    figures: Mapping[str, Node]
    sections: tuple[ReportPart, ...]
    annex: Annex | None
