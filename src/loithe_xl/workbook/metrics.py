"""How long a text is in Times New Roman and over how many lines it runs, so that a row can be made high enough."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

_REGULAR = {
    180: "'", 250: " ,.\u00a0", 278: "/:;\\ijlt", 333: "!()-I[]`fr‘’", 408: '"', 444: "?acezâê“”", 389: "Js",
    500: "#$*0123456789_bdghknopquvxyđ–", 529: "ơ", 542: "ư", 556: "FPS", 564: "+<=>", 611: "ELTZ", 667: "BCR",
    722: "ADGHKNOQUVXYwĐƠ", 776: "Ư", 778: "&m", 833: "%", 889: "M", 944: "W", 1000: "—…",
}  # fmt: skip
_BOLD = {
    250: " ,.\u00a0", 278: "'/\\il", 333: "!()-:;[]`fjt‘’", 389: "Is", 444: "cerz",
    500: "#$*0123456789?J_agovxy“”–", 554: "ơ", 556: "Sbdhknpquđ", 570: "+<=>", 600: "ư", 611: "FP", 667: "BELTZ",
    722: "ACDNRUVXYwĐ", 778: "GHKOQƠ", 796: "Ư", 833: "&m", 944: "M", 1000: "%W—…",
}  # fmt: skip
_MOST_SPACES = 64
_UNKNOWN = 722  # thousandths of the size: rather too wide than too narrow


def length(words: str, size: float, *, bold: bool = False) -> float:
    """Points that a text takes on one line."""
    return _thousandths(words, bold) * size / 1000


def lines(words: str, size: float, width: float, *, bold: bool = False) -> int:
    """Lines that a text takes in a column of ``width`` points, at least one; line feeds in it count."""
    return sum(_lines_of(part, size, width, bold) for part in words.split("\n"))


def cut_after(words: str, size: float, width: float, count: int) -> tuple[str, str]:
    """A text of one paragraph cut after so many lines: what fills them, and the rest (blank: there is none)."""
    space, used, taken = length(" ", size), 0.0, 1
    said = words.split(" ")
    for number, word in enumerate(said):
        long = _width(word, False) * size / 1000
        if used and used + long > width:
            used, taken = 0.0, taken + 1
            if taken > count:
                return " ".join(said[:number]), " ".join(said[number:])
        used += long + space
    return words, ""


def evened(words: str, size: float, narrow: float, wide: float) -> str:
    """A text of one paragraph that takes as many lines in the narrow as in the wide column, however a program sets it.

    Where its end just fits on a line, its last two words are kept together and made longer by spaces that nobody sees,
    so that they begin the next line everywhere. As it was where that does not help.
    """
    if lines(words, size, narrow) == lines(words, size, wide):
        return words
    *before, last, end = ["", "", *words.split(" ")]
    for spaces in range(1, _MOST_SPACES):
        held = " ".join([*before, f"{last}\u00a0{end}" + "\u00a0" * spaces]).strip(" ")
        if lines(held, size, narrow) == lines(held, size, wide):
            return held
    return words


def _lines_of(words: str, size: float, width: float, bold: bool) -> int:
    space = length(" ", size, bold=bold)
    found, used = 1, 0.0
    for word in words.split(" "):
        long = _width(word, bold) * size / 1000
        if used and used + long > width:
            found, used = found + 1, 0.0
        # A word wider than the column is broken by letters.
        while long > width:
            found, long = found + 1, long - width
        used += long + space
    return found


def _thousandths(words: str, bold: bool) -> int:
    table = _widths(bold)
    return sum(table.get(letter, _UNKNOWN) for letter in _plain(words))


@lru_cache(16_384)
def _width(word: str, bold: bool) -> int:
    """The width of a single word, in thousandths of the size; kept, for words return in thousands of units' names."""
    return _thousandths(word, bold)


def _plain(words: str) -> str:
    """The letters without their marks, which take no room; ơ and ư are letters of their own."""
    kept = (mark for mark in unicodedata.normalize("NFD", words) if not unicodedata.combining(mark) or mark == "\u031b")
    return unicodedata.normalize("NFC", "".join(kept))


@cache
def _widths(bold: bool) -> dict[str, int]:
    return {letter: wide for wide, letters in (_BOLD if bold else _REGULAR).items() for letter in letters}
