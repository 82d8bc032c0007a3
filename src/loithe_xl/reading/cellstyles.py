"""What a workbook's cell styles say of the cells that wear them: whether they lock, and how they show numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from loithe_xl.caching import kept
from loithe_xl.reading.received import TooLong

# Formats that a file names by number alone (ECMA-376 part 1, 18.8.30): dates and times of all languages.
_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
# The others that a file names by number alone and that are more than digits; what shows every value as it is.
_NUMBERED = {"1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%", "11": "0.00E+00"}
_NUMBERED |= {"12": "# ?/?", "13": "# ??/??", "48": "##0.0E+0"}
_PLAIN = frozenset({"", "General", "@"})
_MOST_KEPT, _LONGEST, _LONGEST_FORMAT = 200_000, 8_000_000, 255  # bytes; bytes; letters, as Excel has it
# What stands in a format without meaning a part of a date: quoted or escaped text, a space as wide as a letter, a
# filler, and brackets that hold a colour, a currency or a condition. Elapsed time ([h], [mm], [s]) is kept.
_SAID = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTER = re.compile(r"[dmyhs]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class CellStyles:
    """What a workbook's cell styles say, by their numbers in the file.

    ``locks``: whether each locks; ``dated``: those that show a date or a time; ``formats``: number formats of those
    that may show something else than is stored; ``conditional``: such formats that
    conditions give, by their own numbers.

    Equal only to itself, so that what was read under it is quickly found again.
    """

    locks: Mapping[str, bool]
    dated: frozenset[str]
    formats: Mapping[str, str] = field(default_factory=dict)
    conditional: Mapping[str, str] = field(default_factory=dict)


def shows_date(code: str) -> bool:
    """Whether a custom number format shows a date or a time."""
    return bool(_DATE_LETTER.search(_SAID.sub("", code)))


def read_styles(styles: bytes) -> CellStyles:
    """The styles of a file's ``xl/styles.xml``. KeyError, ParseError when broken, TooLong when there are too many."""
    if len(styles) > _LONGEST:
        raise TooLong("more styles than any program writes")
    return _kept_styles(styles) if len(styles) <= _MOST_KEPT else _read_styles(styles)


def _read_styles(styles: bytes) -> CellStyles:
    tree = ET.fromstring(styles)
    custom = {each.attrib["numFmtId"]: each.attrib["formatCode"] for each in tree.iterfind("{*}numFmts/{*}numFmt")}
    if any(len(code) > _LONGEST_FORMAT for code in custom.values()):
        raise TooLong("a number format longer than Excel takes")
    formats = tree.find("{*}cellXfs")
    locks, dated, codes = {}, set(), {}
    for number, each in enumerate(formats if formats is not None else [ET.Element("xf")]):
        protection, shown = each.find("{*}protection"), each.get("numFmtId", "0")
        locks[str(number)] = protection is None or protection.get("locked", "1") in ("1", "true")
        if shows_date(custom[shown]) if shown in custom else int(shown) in _BUILT_IN:
            dated.add(str(number))
        if (code := custom.get(shown, _NUMBERED.get(shown, ""))) not in _PLAIN:
            codes[str(number)] = code
    given = {
        str(number): form.attrib["formatCode"]
        for number, dxf in enumerate(tree.iterfind("{*}dxfs/{*}dxf"))
        if (form := dxf.find("{*}numFmt")) is not None and form.attrib["formatCode"] not in _PLAIN
    }
    return CellStyles(locks, frozenset(dated), codes, given)


_kept_styles = kept(1_600_000)(_read_styles)  # many files share theirs
