"""The register of Party organisations: units in a tree, each in force for a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

CODE, NAME, TIER, PARENT = "Mã đơn vị", "Tên đơn vị", "Cấp", "Mã cấp trên"
KIND, BLOCK, MEMBERS, START, END = "Loại hình", "Khối", "Số đảng viên", "Từ ngày", "Đến ngày"
COLUMNS = (CODE, NAME, TIER, PARENT, KIND, BLOCK, MEMBERS, START, END)
TELEPHONE, EMAIL, ADDRESS = "Điện thoại cơ quan", "Thư điện tử cơ quan", "Địa chỉ cơ quan"
CONTACT_COLUMNS = (TELEPHONE, EMAIL, ADDRESS)  # may be absent
REQUIRED = (CODE, NAME, TIER, PARENT)

TIER_WORDS = {"province": "Tỉnh", "district": "Huyện", "base": "Cơ sở", "commune": "Xã", "cell": "Chi bộ"}
TIERS = tuple(TIER_WORDS)
PARENT_TIERS: Mapping[str, tuple[str, ...]] = {
    "province": (),
    "district": ("province",),
    "base": ("district",),
    "commune": ("province",),
    "cell": ("district", "base", "commune"),
}
_FOREVER = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Contact:
    """How an office is reached, never a person: texts to print as its register has them, blank where it has none."""

    telephone: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """One organisation while it has this name, tier and parent; ``start`` and ``end`` are inclusive, None = open.

    ``contact`` is in the office's register and in what of it a parent's workbook embeds (the parent and what is beneath
    it). A form without children carries no register: it knows its superior's contact only if that is told when issued.
    """

    code: str
    name: str
    tier: str
    parent: str = ""
    kind: str = ""
    block: str = ""
    members: int | None = None
    start: date | None = None
    end: date | None = None
    contact: Contact = Contact()

    @property
    def first_day(self) -> int:
        """The first day in force as an ordinal; 0 when open."""
        return self.start.toordinal() if self.start else 0

    @property
    def last_day(self) -> int:
        """The last day in force as an ordinal; the calendar's last when open."""
        return self.end.toordinal() if self.end else _FOREVER

    def meets(self, other: Unit) -> bool:
        """Whether both are in force on some common day."""
        return self.first_day <= other.last_day and other.first_day <= self.last_day


@dataclass(frozen=True, slots=True)
class Register:
    """Units in register order. Codes are unique on any one day, so take ``at(day)`` before counting anything."""

    units: tuple[Unit, ...]
    _by_code: dict[str, Unit] = field(init=False, repr=False, compare=False)
    _named: dict[str, list[int]] = field(init=False, repr=False, compare=False)  # code -> places in the order
    _beneath: dict[str, list[int]] = field(init=False, repr=False, compare=False)  # superior's code -> places

    def __post_init__(self) -> None:
        latest: dict[str, Unit] = {}
        named: defaultdict[str, list[int]] = defaultdict(list)
        beneath: defaultdict[str, list[int]] = defaultdict(list)
        for place, unit in enumerate(self.units):
            if unit.code not in latest or unit.first_day >= latest[unit.code].first_day:
                latest[unit.code] = unit
            named[unit.code].append(place)
            beneath[unit.parent].append(place)
        for name, value in (("_by_code", latest), ("_named", dict(named)), ("_beneath", dict(beneath))):
            object.__setattr__(self, name, value)

    def at(self, day: date) -> Register:
        """The units in force that day."""
        today = day.toordinal()
        return Register(tuple(unit for unit in self.units if unit.first_day <= today <= unit.last_day))

    def unit(self, code: str) -> Unit | None:
        """The unit with that code (its latest form), or None."""
        return self._by_code.get(code)

    def children(self, code: str) -> tuple[Unit, ...]:
        """The units directly beneath, in register order."""
        return tuple(self.units[place] for place in self._beneath.get(code, ())) if code else ()

    def subtree(self, code: str) -> Register:
        """The unit and everything beneath it, in register order; empty for an unknown code."""
        return Register(self._at_or_beneath(code))

    def ancestors(self, code: str) -> tuple[Unit, ...]:
        """The units above, nearest first, as far as this register knows them."""
        found: list[Unit] = []
        seen = {code}
        unit = self.unit(code)
        while unit and unit.parent not in seen and (unit := self.unit(unit.parent)):
            seen.add(unit.code)
            found.append(unit)
        return tuple(found)

    def is_base_cell(self, unit: Unit) -> bool:
        """Whether it is a chi bộ cơ sở: a cell whose parent, known to this register, is a district."""
        parent = self.unit(unit.parent)
        return unit.tier == "cell" and parent is not None and parent.tier == "district"

    def cells(self, code: str) -> tuple[Unit, ...]:
        """The cells at or beneath a unit."""
        return tuple(unit for unit in self._at_or_beneath(code) if unit.tier == "cell")

    def of_tier(self, tier: str) -> tuple[Unit, ...]:
        """The units of one tier, in register order."""
        return tuple(unit for unit in self.units if unit.tier == tier)

    def roots(self) -> tuple[Unit, ...]:
        """The units whose parent is blank or not in this register."""
        return tuple(unit for unit in self.units if unit.parent not in self._by_code)

    def _at_or_beneath(self, code: str) -> tuple[Unit, ...]:
        places = set(self._named.get(code, ()))
        for each in self._codes_beneath(code) if places else ():
            places.update(self._beneath.get(each, ()))
        return tuple(self.units[place] for place in sorted(places))

    def _codes_beneath(self, code: str) -> set[str]:
        codes: set[str] = set()
        waiting = [code]
        while waiting:
            if (current := waiting.pop()) not in codes:
                codes.add(current)
                waiting += [child.code for child in self.children(current)]
        return codes
