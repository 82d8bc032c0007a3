"""Texts as people paste them: brought into one form, folded to be compared, searched for long numbers."""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_UNSEEN = re.compile("[\u200b\u200e\u2060\ufeff]")  # no width, no meaning in Vietnamese
# Control characters and marks that turn the direction of writing, so that a text shows as what it is not.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
_BROKEN = "\ufffd"  # what a program writes for a letter that it could not read
_SOFT_HYPHEN = "\u00ad"
_ONE_LETTER = str.maketrans({"\u00f0": "đ", "\u0256": "đ"})  # an eth, and an African d: in capitals they look like Đ
_DATE = re.compile(r"(?<!\d)\d{1,2}([./-])\d{1,2}\1\d{4}(?!\d)")
_GROUPS = re.compile(r"\d+(?:[ .-]\d+)*")
_YEAR = re.compile(r"(19|20)\d\d")
_FORMULA = tuple("=+-@＝＋－＠")  # what begins a formula
SHORTEST, _LONGEST = 9, 12  # digits of telephone, card and citizen numbers


def clean(words: str) -> str:
    """A text composed (NFC), without control characters, doubled blanks, blank ends and doubled blank lines."""
    if words.isascii() and words.isprintable() and "  " not in words:
        return words.strip()
    said = _UNSEEN.sub("", _CONTROLS.sub("", _LINE_ENDS.sub("\n", words)))
    lines = "\n".join(line.strip() for line in _BLANKS.sub(" ", said).split("\n"))
    return unicodedata.normalize("NFC", re.sub(r"\n{3,}", "\n\n", lines).strip())


def inert(words: str) -> str:
    """A text that no spreadsheet program takes for a formula when it opens a text file with it."""
    return "'" + words if words.startswith(_FORMULA) else words


def harmed(words: str) -> bool:
    """Whether more than blanks is lost by cleaning, or a letter was lost before."""
    return _BROKEN in words or bool(_CONTROLS.search(words))


def folded(words: str) -> str:
    """What two texts share that differ in case, blanks, line ends, composition or the code of a Đ only."""
    said = " ".join(clean(words).replace(_SOFT_HYPHEN, "").split())
    return unicodedata.normalize("NFC", said.casefold()).translate(_ONE_LETTER)


def has_long_number(words: str) -> bool:
    """Whether a text holds a number of 9 to 12 digits, written in one or parted by blanks, dots or hyphens."""
    if sum(map(str.isdecimal, words)) < SHORTEST:
        return False
    said = _DATE.sub(" / ", words)
    return any(_is_long(re.split(r"\D", run[0])) for run in _GROUPS.finditer(said))


def _is_long(groups: list[str]) -> bool:
    if any(SHORTEST <= len(group) <= _LONGEST for group in groups):
        return True
    return any(_is_parted(groups[start:end]) for start in range(len(groups)) for end in range(start + 2, start + 7))


def _is_parted(groups: list[str]) -> bool:
    """Whether these groups are one number: 0912 345 678, 079.123.456.789; years and lists of small numbers are none."""
    if not SHORTEST <= sum(map(len, groups)) <= _LONGEST or min(map(len, groups)) < 2:
        return False
    whole = groups[0].startswith("0") or min(map(len, groups)) > 2
    return whole and not all(map(_YEAR.fullmatch, groups))
