"""What a form calls its unit and the unit's superior: nobody signed that, so its places are heard together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import takewhile

from loithe_xl.form.inputs import Grids
from loithe_xl.intake.resemblance import comparable
from loithe_xl.language.catalogue import text
from loithe_xl.register.register import Register
from loithe_xl.workbook.ownsheets import ABOVE_CELL, HIDDEN, LANG_CELL, NAME_CELL

_GAP = "@@"  # where a name stands in a sentence
_TOP = 8  # rows of a sheet among which its heading stands


def names_of(code: str, grids: Grids, register: Register | None, lang: str) -> tuple[str, str]:
    """Unit and superior of a form in one language: as most of the hidden sheet and the headings say, the unit's code
    and no superior where they do not agree; a parent's own name stands in its ``register``."""
    heard = Counter((*_kept(grids), *_headings(grids, code, lang))).most_common(2)
    agreed = len(heard) == 1 or (len(heard) == 2 and heard[0][1] > heard[1][1])
    name, above = heard[0][0] if agreed else (code, "")
    own = register.unit(code) if register else None
    return own.name if own else name, above


def agreed_names(code: str, grids: Grids) -> tuple[str, str]:
    """Unit and superior as the hidden sheet and the heading of each sheet have them, where all say the same; blank
    where one says something else, or there is no heading: what stands in one place alone is told to nobody."""
    hidden = grids.get(HIDDEN)
    lang = str(hidden.get(*LANG_CELL) or "") if hidden else ""
    kept, heard = {*_kept(grids)}, {*_headings(grids, code, lang, _TOP)}
    return next(iter(kept)) if len(kept) == 1 and kept == heard else ("", "")


def _kept(grids: Grids) -> Iterator[tuple[str, str]]:
    """Unit and superior as the hidden sheet has them, if it does."""
    kept = grids.get(HIDDEN)
    if kept and (name := kept.get(*NAME_CELL)):
        yield comparable(str(name)), comparable(str(kept.get(*ABOVE_CELL) or ""))


def _headings(grids: Grids, code: str, lang: str, rows: int = 1_048_576) -> Iterator[tuple[str, str]]:
    """Unit and superior as the line above each sheet has them, within so many rows."""
    line = text("form.unit_line", name=_GAP, code=code)
    lines = (text("form.unit_line_above", unit=line, above=_GAP), line)
    patterns = [re.compile("(.+?)".join(map(re.escape, each.to(lang).split(_GAP)))) for each in lines]
    for grid in grids.values():
        first = takewhile(lambda cell: cell[0] <= rows, grid.cells())
        said = (comparable(raw) for _, _, raw in first if isinstance(raw, str))
        matches = (match for raw in said for pattern in patterns if (match := pattern.fullmatch(raw)))
        if found := next(matches, None):
            yield found[1], found[2] if found.re.groups > 1 else ""
