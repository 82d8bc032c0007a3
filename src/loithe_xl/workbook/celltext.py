"""A text as it stands in a workbook's XML: signs that XML or Excel would read otherwise are escaped as Excel does it.

Whatever the text, what is written reads back as ``normal`` has it, by every reader that knows Excel's escapes.
"""

from __future__ import annotations

import re

LONGEST_TEXT = 32_767  # that a cell takes of a text, counted as ``units`` does
_LOST = "\ud800-\udfff\ufffe\uffff"  # halves of letters and no letters: no file keeps them, escaped or not
_NO_XML = "\x00-\x08\x0b-\x1f"  # letters that XML cannot hold
_NONE = re.compile(f"[{_LOST}]")
# All that is escaped, and what would be taken for it. In a cell LibreOffice asks little of an escape; outside of cells
# names may begin so, such as Excel's own _xlnm.
_ODD = re.compile(f"[{_NO_XML}{_LOST}]|_(?=x)")
_ODD_OUTSIDE = re.compile(f"[{_NO_XML}{_LOST}]|_(?=x[0-9A-Fa-f]{{4}}[_{_NO_XML}])")


def normal(words: str) -> str:
    """The text as a workbook can keep it: U+FFFD in the place of what is no letter."""
    return _NONE.sub("\ufffd", words)


def units(words: str) -> int:
    """How long a text is as Excel counts it: letters outside the basic plane are two."""
    return len(words) if words.isascii() else len(words) + sum(letter > "\uffff" for letter in words)


def cut(words: str, most: int) -> str:
    """The beginning of a text that is at most so many units long."""
    if units(words) <= most:
        return words
    return words.encode("utf-16-le", "surrogatepass")[: most * 2].decode("utf-16-le", "ignore")


def coded(words: str) -> str:
    """A cell's text without what XML cannot hold; markup is not looked at."""
    return _ODD.sub(_code, words)


def coded_outside(words: str) -> str:
    """A text of a property, print header, message or formula without what XML cannot hold; markup is not looked at."""
    return _ODD_OUTSIDE.sub(_code, words)


def escaped(words: str) -> str:
    """A cell's text between two tags."""
    return _marked(coded(words))


def escaped_outside(words: str) -> str:
    """A text that is no cell's, between two tags."""
    return _marked(coded_outside(words))


def attribute(words: str) -> str:
    """A text between the quotes of an attribute."""
    return escaped_outside(words).replace('"', "&quot;").replace("\n", "&#xA;").replace("\t", "&#x9;")


def inline(words: str) -> str:
    """The element of a text that stands in its cell."""
    kept = ' xml:space="preserve"' if words != words.strip() else ""
    return f"<is><t{kept}>{escaped(words)}</t></is>"


def literal(words: str) -> str:
    """A text as a formula has it, without its outer quotes.

    No formula holds an escape, for programs differ on them there: what looks like one is put together from two texts,
    and control characters are left out.
    """
    kept = re.sub(f"[{_NO_XML}]", "", normal(words))  # first, for what it parted may look like one
    return _ODD_OUTSIDE.sub('_"&"', kept.replace('"', '""'))


def _marked(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _code(found: re.Match[str]) -> str:
    letter = found[0]
    return "\ufffd" if _NONE.match(letter) else f"_x{ord(letter):04X}_"
