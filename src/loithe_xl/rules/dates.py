"""A date as people type it: one rule, and its two readings, Python's and the formulas of the form.

A number is the day that Excel counts by it. A text is a date where it is day, month and year in this order, or year,
month and day: parted by ``/``, ``-`` or ``.``, the same sign twice, the year in four digits, day and month in one or
two, with or without spaces around the signs and at the ends. So 05/03/2023 is 5 March on a PC of any region. Nothing
else is a date, nor is a day that no calendar has. ``ordered`` puts the day first and makes one sign of all; then the
text is a date if the day made of it is written the same. Both steps are the same in both readings.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.daynumbers import END_OF_DAYS, EPOCH, FIRST_DAY, serial

_SPACES = re.compile(" +")
_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_SIGNS = "/-."
_YEAR = 4  # digits


def dated(raw: Raw) -> Raw:
    """The number of the day where a text is a date; anything else stays as it is."""
    if not isinstance(raw, str):
        return raw
    number = read(raw)
    return raw if number is None else number


def read(said: str) -> int | None:
    """The number of the day that a text says; None where it says none."""
    found = _DAY.fullmatch(ordered(said))
    if not found:
        return None
    try:
        number = serial(date(int(found[3]), int(found[2]), int(found[1])))
    except ValueError:
        return None
    return number if FIRST_DAY <= number < END_OF_DAYS else None


def ordered(raw: Raw) -> str:
    """A text with its day first and ``/`` between its parts, be it a date or not; blank where it has no parts."""
    if not isinstance(raw, str) or sum(sign in raw for sign in _SIGNS) != 1:
        return ""
    said = _SPACES.sub(" ", re.sub("[-.]", "/", raw.replace("\u00a0", " "))).strip(" ")
    said = said.replace(" /", "/").replace("/ ", "/")
    if "/" in said[:_YEAR]:
        return said
    end = said.find("/", _YEAR + 1)
    return "" if end < 0 else f"{said[end + 1 :]}/{said[_YEAR + 1 : end]}{said[_YEAR]}{said[:_YEAR]}"


def echoed(number: int) -> str:
    """A day as the form writes it into a cell: 28/02/2023."""
    day = EPOCH + timedelta(days=number)
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def ordered_formula(cell: str) -> str:
    """``ordered`` of a cell as a formula."""
    said = cell
    for old, new in (("\u00a0", " "), ("-", "/"), (".", "/")):
        said = f'SUBSTITUTE({said},"{old}","{new}")'
    said = f'SUBSTITUTE(SUBSTITUTE(TRIM({said})," /","/"),"/ ","/")'
    end = f'FIND("/",{said},6)'
    turned = f'MID({said},{end}+1,32767)&"/"&MID({said},6,{end}-6)&MID({said},5,1)&LEFT({said},4)'
    signs = ",".join(f'FIND("{sign}",{cell})' for sign in _SIGNS)
    first = f'IFERROR(IF(ISERROR(FIND("/",LEFT({said},4))),{turned},{said}),"")'
    return f'IF(ISTEXT({cell}),IF(COUNT({signs})=1,{first},""),"")'


def number_formula(cell: str, first: str) -> str:
    """``dated`` of a cell as a formula, blank for a blank; ``first``: the cell where ``ordered_formula`` stands."""
    sign = f'FIND("/",{first})'
    parts = f"RIGHT({first},4)", f"MID({first},{sign}+1,LEN({first})-{sign}-5)", f"LEFT({first},{sign}-1)"
    number = f"DATE({','.join(f'VALUE({part})' for part in parts)})"
    written = f'"/"&DAY({number})&"/"&MONTH({number})&"/"&YEAR({number})'
    sound = f'EXACT({written},SUBSTITUTE("/"&{first},"/0","/"))*({number}>={FIRST_DAY})*({number}<{END_OF_DAYS})'
    return f'IF(ISNUMBER({cell}),{cell},IFERROR(IF({sound},{number},{cell}&""),{cell}&""))'


def typing_rule(cell: str, first: int, last: int) -> str:
    """What may be typed into a cell, as short as Excel wants it (255 letters): a day of these, be it text or number.

    Year first passes unlooked at; the form's own check tells it better.
    """
    digits = f"COUNT(-MID({cell},2,1))"  # 1 where the day has two
    number = f"DATE(RIGHT({cell},4),MID({cell},3+{digits},LEN({cell})-7-{digits}),LEFT({cell},1+{digits}))"
    middle, half = f"{(first + last) / 2:.1f}", f"{(last - first) / 2:.1f}"
    within = f'IFERROR(ABS({number}-{middle})<={half},MID({cell},5,1)="-")'
    return f"IF(ISNUMBER({cell}),ABS(INT({cell})-{middle})<={half},{within})"
