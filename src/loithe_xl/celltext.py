"""A text as it stands in a sheet's XML: signs that XML or Excel would read otherwise are escaped as Excel does it."""

from __future__ import annotations

import re

_STRANGE = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPED = re.compile("(_x[0-9A-Fa-f]{4}_)")


def escaped(words: str) -> str:
    """A text between two tags."""
    if not _STRANGE.search(words):
        return words
    words = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _ESCAPED.sub(r"_x005F\1", words))
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inline(words: str) -> str:
    """The element of a text that stands in its cell."""
    kept = ' xml:space="preserve"' if words != words.strip() else ""
    return f"<is><t{kept}>{escaped(words)}</t></is>"
