"""What units wrote, for the report: alike ones together, without what their list says already, none of them lost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from loithe_xl.register.register import Register

DROPPED = " .;,"  # around a unit's text, where the list puts its own signs
BULLET = re.compile(r"^(?:[-–•+*](?:\s+|(?=[^\W\d]|[-–•+*]|$)))+")  # close to a figure it is a sign, and stays
NAMED = 10  # units that an annex names where they wrote alike


@dataclass(frozen=True, slots=True)
class Opinion:
    """One text and the codes of the units that wrote it alike, as they came; ``own``: the reporting unit is one."""

    text: str
    units: tuple[str, ...]
    own: bool

    @property
    def others(self) -> int:
        """How many wrote it besides the one that is named."""
        return len(self.units) - 1


def gathered(said: Iterable[tuple[str, str]], register: Register, unit: str) -> list[Opinion]:
    """The opinions in pairs of a unit's code and its text: own words first, then what most units wrote alike."""
    alike: dict[str, list[tuple[str, str]]] = {}
    for code, words in said:
        if text := own_words(words, register, code):
            alike.setdefault(text.casefold(), []).append((code, text))
    found = []
    for group in alike.values():
        units = tuple(sorted((code for code, _ in group), key=lambda code: code != unit))
        found.append(Opinion(group[0][1], units, units[0] == unit))
    return sorted(found, key=lambda each: (not each.own, -len(each.units)))


def own_words(words: str, register: Register, code: str) -> str:
    """A text without its bullet, the sign at its end, and the name of its unit, which the list puts before it."""
    text = BULLET.sub("", " ".join(words.split())).strip(DROPPED)
    known = register.unit(code)
    name = " ".join(known.name.split()) if known else ""
    if not name or name.casefold() not in text.casefold():  # of thousands few need the search below
        return text
    named = re.compile(rf"^(?:(?:ở|tại)\s+)?{re.escape(name)}(?!\w)[\s,:–-]*", re.IGNORECASE)
    return named.sub("", text) or text


def unit_name(register: Register, code: str, unit: str) -> str:
    """A unit's name, with that of its superior when that is not the reporting unit."""
    found = register.unit(code)
    if found is None:
        return code
    above = register.unit(found.parent) if found.parent != unit else None
    return f"{found.name} ({above.name})" if above else found.name


def shortened(words: str, letters: int) -> str:
    """At most so many letters, cut between words."""
    if len(words) <= letters:
        return words
    return words[:letters].rsplit(" ", 1)[0].rstrip(DROPPED) + " …"
