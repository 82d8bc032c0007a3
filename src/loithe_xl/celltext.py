"""A text as it stands in a sheet's XML: signs that XML or Excel would read otherwise are escaped as Excel does it."""

from __future__ import annotations

import re

# Letters that XML cannot hold, and what looks like one of them escaped.
ODD = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")


def escaped(words: str) -> str:
    """A text between two tags."""
    return ODD.sub(_code, words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inline(words: str) -> str:
    """The element of a text that stands in its cell."""
    kept = ' xml:space="preserve"' if words != words.strip() else ""
    return f"<is><t{kept}>{escaped(words)}</t></is>"


def _code(found: re.Match[str]) -> str:
    letter = found[0]
    return f"_x{ord(letter):04X}_" if len(letter) == 1 else f"_x005F{letter}"
