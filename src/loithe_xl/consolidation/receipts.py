"""What an office has received: one Receipt per file ever seen, with the figures of its unit and of those beneath."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from loithe_xl.caching import kept
from loithe_xl.form.inputs import Inputs
from loithe_xl.language.issues import Issue
from loithe_xl.pack.kinds import YES, Aggregate
from loithe_xl.pack.spec import Field, Form
from loithe_xl.rules.evaluate import Raw, Values, is_number, number_of
from loithe_xl.workbook.numbers import whole

_PLACES = 12  # of a decimal figure that travels; more are no figure that anybody typed
Figure = int | Decimal
Figures = Mapping[str, Figure]


class Compact(Mapping[str, Figure]):
    """Figures of one unit among thousands: their ids are kept once for all units that have the same."""

    __slots__ = ("_places", "_values")

    def __init__(self, figures: Mapping[str, Figure]) -> None:
        self._places = _places(tuple(figures))
        self._values = tuple(figures.values())

    def __getitem__(self, id: str) -> Figure:
        return self._values[self._places[id]]

    def get(self, id: str, default: Any = None) -> Any:
        """The figure, or ``default`` where there is none."""
        place = self._places.get(id)
        return default if place is None else self._values[place]

    @property
    def place(self) -> int:
        """Equal for figures of the same ids, as long as both are there."""
        return id(self._places)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._values)

    def __reduce__(self) -> tuple[type[Compact], tuple[dict[str, Figure]]]:
        return Compact, (dict(self),)


@kept(1_000_000)
def _places(ids: tuple[str, ...]) -> dict[str, int]:
    return {id: place for place, id in enumerate(ids)}


class Verdict(StrEnum):
    """What the reading of one file came to, before it is compared with others."""

    VALID = "valid"
    REFUSED = "refused"
    FOREIGN = "foreign"


class Status(StrEnum):
    """Where a file or unit stands."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    FOREIGN = "foreign"
    CONFLICT = "conflict"
    COVERED = "covered"
    MISSING = "missing"


class Rule(StrEnum):
    """By which rule a file stands where it does."""

    SOUND = "sound"  # the only report of its unit, and nothing is wrong with it
    FAULTS = "faults"  # what was found in the file itself
    REVISION = "revision"  # of two reports the higher revision
    SAVED = "saved"  # of two reports of one revision the later saved
    PREFERRED = "preferred"  # the office chose (--prefer)
    WITHDRAWN = "withdrawn"  # the office took it back (--withdraw)
    SAME = "same"  # the same figures as another file of the unit
    COPY = "copy"  # the same bytes as another file of the run
    EQUAL = "equal"  # two reports of one revision, saved at one time
    UNDATED = "undated"  # two reports of one revision whose saved times tell nothing for certain
    ABOVE = "above"  # a report of a superior unit counts, and the unit's figures are in it
    UNKEPT = "unkept"  # it would count, but its figures were let go when a newer report came


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rule with what it compared: ``mine`` is of this file, ``theirs`` of the ``other`` one (a file's name)."""

    rule: Rule
    other: str = ""
    mine: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit's travelling figures and texts."""

    unit: str
    figures: Figures
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One file ever seen, told apart by the SHA-256 of its bytes.

    ``rows``: first the unit's own totals, then every unit beneath whose figures are in them. ``modified`` and
    ``received_at`` are ISO texts (seconds); ``modified`` is the saved time where it is evidence, else blank (see
    ``versions``), ``program`` who set it. ``rank`` is set by --prefer: the key the file is lifted to; ``passed`` are
    the others of its unit that were known then. ``empty``: a parent's form that holds nothing (of earlier versions; it
    is refused now). ``digest`` stands for rows that are kept no longer, or not all of them.
    """

    sha: str
    file: str
    unit: str
    verdict: Verdict
    received_at: str
    revision: int = 1
    modified: str = ""
    rank: tuple[int, str] | None = None
    withdrawn: bool = False
    empty: bool = False
    rows: tuple[UnitRow, ...] = ()
    issues: tuple[Issue, ...] = ()
    program: str = ""
    passed: bool = False
    digest: str = ""

    @property
    def key(self) -> tuple[int, str, bool]:
        """Which of two files of one unit is the newer: revision, then saved time, then the office's preference."""
        if self.rank is None:
            return self.revision, self.modified, False
        revision, modified = max(self.rank, (self.revision, self.modified))
        return revision, modified, True

    @property
    def content(self) -> str:
        """What two files of one unit must share to be the same report."""
        return self.digest or rows_digest(self.rows)

    @property
    def units(self) -> frozenset[str]:
        """The units whose figures are in it."""
        return frozenset(row.unit for row in self.rows)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one file stands, by which rule, what was noticed beside its own faults, and the rows of it that are needed
    from now on, whatever may come."""

    status: Status
    ruling: Ruling
    issues: tuple[Issue, ...] = ()
    kept: tuple[UnitRow, ...] = ()

    def noticing(self, *told: Issue) -> Standing:
        """This standing, with more that was noticed."""
        return Standing(self.status, self.ruling, (*self.issues, *told), self.kept)


Seen = tuple[Receipt, Standing]  # a file of one run


@dataclass(frozen=True, slots=True)
class Decision:
    """Which receipts count: the standing of each file by its SHA-256; the counted ones by unit."""

    standing: Mapping[str, Standing]
    counted: Mapping[str, Receipt]

    @property
    def units(self) -> dict[str, Receipt]:
        """Every unit whose figures count, with the report in which they stand."""
        return {row.unit: receipt for receipt in self.counted.values() for row in receipt.rows}


def ids_of(receipts: Iterable[Receipt]) -> frozenset[str]:
    """The figures that any row of the receipts has."""
    rows = (row.figures for receipt in receipts for row in receipt.rows)
    kinds = {each.place if isinstance(each, Compact) else id(each): each for each in rows}
    return frozenset[str]().union(*kinds.values())


def rows_digest(rows: Iterable[UnitRow]) -> str:
    """Equal for equal figures and texts of the same units in the same order, however the numbers are written."""
    found = hashlib.sha256()
    for row in rows:
        figures = sorted((id, _same(figure)) for id, figure in row.figures.items())
        found.update(repr((row.unit, figures, sorted(row.texts.items()))).encode())
    return found.hexdigest()[:32]


def _same(figure: Figure) -> str:
    return str(figure) if isinstance(figure, int) else f"{figure.normalize():f}"


def without(rows: Iterable[UnitRow], ids: Collection[str]) -> tuple[UnitRow, ...]:
    """The rows of units beneath as they go up a tier: without the figures that only totals may tell."""
    return tuple(
        UnitRow(row.unit, Compact({id: row.figures[id] for id in row.figures if id not in ids}), row.texts)
        for row in rows
    )


def unit_row(unit: str, form: Form, inputs: Inputs, values: Values) -> UnitRow:
    """What a unit sends up, of its declared fields and nothing else. ``values`` as from ``form.figures.all_values``."""
    figures: dict[str, Figure] = {}
    texts: dict[str, str] = {}
    for field in form.fields.values():
        raw = inputs.values.get(field.id)
        figures.update(_field_figures(field, raw))
        if field.travels and field.aggregate is Aggregate.LIST and isinstance(raw, str) and raw.strip():
            texts[field.id] = unicodedata.normalize("NFC", raw.strip())
    for derived in form.derived:
        value = values[derived.id]
        if derived.aggregate is Aggregate.SUM and is_number(value):
            figures[derived.id] = value
    return UnitRow(unit, Compact(figures), texts)


def _field_figures(field: Field, raw: Raw) -> Iterator[tuple[str, Figure]]:
    if not field.travels:
        return
    match field.aggregate:
        case Aggregate.SUM:
            yield field.id, whole(round(number_of(raw), _PLACES))
        case Aggregate.COUNT_YES:
            yield field.id, int(raw == YES)
        case Aggregate.COUNT_EACH:
            for position, item in enumerate(field.items, 1):
                yield f"{field.id}.{position}", int(raw == item)
        case Aggregate.NONE if field.kind == "yesno":
            yield field.id, int(raw == YES)
