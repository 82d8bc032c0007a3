"""How a Party document is laid out on paper: sizes, margins, pitch, read from a pack's ``report/profiles.toml``.

A pack without that file uses the program's own, ``texts/report_profiles.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loithe_xl.language.catalogue import catalogue
from loithe_xl.language.issues import Issue, issue
from loithe_xl.pack.spec import Pack
from loithe_xl.pack.toml import Faults, TomlTable
from loithe_xl.workbook.styles import PAGE_SIZES

PROFILES = "profiles"
ELEMENTS = tuple(
    "party above issuer star number place_date type subject dashes heading paragraph item "
    "authority position signer recipients recipient".split()
)
Margins = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """The type of one element."""

    size: int
    bold: bool = False
    italic: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One layout rule. Margins (top, bottom, left, right) in mm, ``pitch`` and ``gap`` in points.

    ``indent``: spaces before a paragraph; ``number_digits``: least digits of the document's number.
    """

    id: str
    margins: Margins
    landscape: Margins
    pitch: float
    gap: float
    indent: int
    item_end: str
    last_end: str
    number_digits: int
    page_number: int
    looks: Mapping[str, Look]


def read_profile(pack: Pack, id: str | None = None) -> Profile | list[Issue]:
    """The profile called ``id``, the first there is without one; REPORT_PROFILE_UNKNOWN with the names there are, or
    the faults of its table."""
    known = pack.report.get(PROFILES) or catalogue("report_profiles")
    id = next(iter(known)) if id is None else id
    if id not in known:
        return [issue("REPORT_PROFILE_UNKNOWN", profile=id, known=", ".join(known))]
    found = Faults()
    outer = TomlTable(known, f"report/{PROFILES}.toml", "", found)
    block = outer.block(id)
    looks = block.block("looks") if block else None
    if block is None or looks is None:
        outer.fault("PACK_KEY_MISSING", id, key="looks")
        return list(found.found)
    profile = Profile(
        id,
        _margins(block, "margins"),
        _margins(block, "landscape"),
        _points(block, "pitch"),
        _points(block, "gap"),
        block.integer("indent", least=0, most=40),
        block.string("item_end", required=True),
        block.string("last_end", required=True),
        block.integer("number_digits", least=1, most=6),
        block.integer("page_number", least=PAGE_SIZES[0], most=PAGE_SIZES[-1]),
        {name: _look(each) for name in ELEMENTS if (each := _required(looks, name))},
    )
    looks.close()
    block.close()
    return list(found.found) or profile


def profile_faults(pack: Pack) -> list[Issue]:
    """Everything wrong with a pack's profiles, for its loading."""
    ids = pack.report.get(PROFILES, {})
    return [found for id in ids if not isinstance(read := read_profile(pack, id), Profile) for found in read]


def _required(block: TomlTable, name: str) -> TomlTable | None:
    found = block.block(name)
    if found is None and not block.has(name):
        block.fault("PACK_KEY_MISSING", name, key=name)
    return found


def _look(block: TomlTable) -> Look:
    size = block.integer("size", least=PAGE_SIZES[0], most=PAGE_SIZES[-1])
    found = Look(size, block.boolean("bold"), block.boolean("italic"), block.boolean("underline"))
    block.close()
    return found


def _margins(block: TomlTable, name: str) -> Margins:
    inner = _required(block, name)
    if inner is None:
        return 0, 0, 0, 0
    top, bottom, left, right = (inner.integer(side, least=0, most=100) for side in ("top", "bottom", "left", "right"))
    inner.close()
    return top, bottom, left, right


def _points(block: TomlTable, name: str) -> float:
    """A number of points, whole or not."""
    value = block.table.get(name)
    if isinstance(value, int | float) and 0 <= value <= 100:
        block.asked.add(name)
        return float(value)
    block.reject(name, "integer")
    return 0
