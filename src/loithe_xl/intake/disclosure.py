"""What may be told of a cell without what somebody wrote: numbers, days, choices of a list, lengths of texts."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from decimal import Decimal

from loithe_xl.form.checks import TEXT_KINDS
from loithe_xl.pack.spec import Field
from loithe_xl.reading.display import seen
from loithe_xl.rules.evaluate import Flaw, Raw, is_number
from loithe_xl.workbook.daynumbers import day_of

_LITERAL = re.compile(r'"[^"]*(?:"|$)|\\.')  # of a format or a formula
_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Told:
    """A cell's value as far as it may be told.

    ``stored``: blank, number, text, truth, error or formula; ``value``: None where it is not told, an ISO date for a
    day; ``length``: letters of a text, digits of a number among texts; ``digest``: of a value that is not told, so that
    two can be compared.
    """

    stored: str
    value: int | Decimal | str | bool | None = None
    length: int | None = None
    digest: str = field(default="", repr=False)


NOTHING_THERE = Told("blank")


def told(raw: Raw, of: Field | None = None, plainly: bool = False) -> Told:
    """A value as far as it may be told: numbers, days and choices of a list; of anything else its length."""
    if raw is None or raw == "":
        return NOTHING_THERE
    if isinstance(raw, Flaw):
        return Told("error")
    if isinstance(raw, bool):
        return Told("truth", raw)
    if isinstance(raw, str):
        known = plainly or (of is not None and raw in of.items)
        return Told("text", raw, len(raw)) if known else Told("text", None, len(raw), _digest(raw))
    if of and of.kind in TEXT_KINDS and not plainly:
        return Told("number", None, len(str(raw)), _digest(str(raw)))
    day = day_of(raw) if of and of.kind == "date" and isinstance(raw, int) else None
    return Told("number", day.isoformat() if day else raw)


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def seen_number(code: str, raw: Raw, plainly: bool) -> str | None:
    """What is seen of a number where it is another one, without the words of its format."""
    said = seen(code, raw) if code and isinstance(raw, int | Decimal) and is_number(raw) else None
    return said if said is None or plainly else _WORDS.sub("…", said)


def without_texts(words: str) -> str:
    """A format or a formula without the texts in it."""
    return _LITERAL.sub('"…"', words)
