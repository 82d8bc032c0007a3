"""Forms for the units of a tier, and of every tier beneath: one rendering per form, then a stamp per unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.draw.batch import BatchRenderer
from loithe_xl.draw.render import package, parent_case, salt_of
from loithe_xl.form.inputs import blank
from loithe_xl.form.loaded import Loaded
from loithe_xl.form.terms import Term
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity, public_key, sign
from loithe_xl.intake import proving
from loithe_xl.intake.issued import sign_wording
from loithe_xl.intake.openfile import Unreadable
from loithe_xl.language.issues import Fault, Issue, Place, issue
from loithe_xl.register.filenames import folder_name, form_name
from loithe_xl.register.register import PARENT_TIERS, Register, Unit
from loithe_xl.system import store
from loithe_xl.tasks.formsthere import FormPlace, Other, is_blank_form, is_untouched, look, under_other_names
from loithe_xl.tasks.office import Office, beside, shown
from loithe_xl.tasks.sandbox import reader
from loithe_xl.tasks.sendlist import write_send_list
from loithe_xl.workbook import zipparts

SEND_LIST = "danh-sach-gui.xlsx"


@dataclass(frozen=True, slots=True)
class Request:
    """Which forms to make, from which register, into which folder."""

    loaded: Loaded
    register: Register
    term: Term
    level: str
    below: bool = False
    units: tuple[str, ...] = ()
    out: Path = Path()
    without: tuple[str, ...] = ()  # units that need no form
    rows: int = 0  # that each table shows at least, as far as it has them

    @property
    def own(self) -> Loaded | None:
        """The pack where it does not come with the program: a form without children does not carry it."""
        return self.loaded if self.loaded.embedded else None

    @property
    def send_list(self) -> Path:
        """Where the list of forms to send out stands."""
        return self.out / SEND_LIST


def generate(request: Request, office: Office) -> list[Path]:
    """Write every requested form; the paths written, in register order. Beside several forms stands the list of them,
    ``send_list``; a single one needs none, and leaves the list of the others as it is.

    A workbook that holds something of a unit's form, whatever it is called, or that is none of our blank forms, stays
    as it is, with a notice, and its unit gets no new form.
    """
    private = office.private_key()
    maker = _Maker(request, office, private)
    with reader(partial(look, by=request.own)) as read:
        places = [FormPlace(unit, _folders(request, unit), path_of(request, unit)) for unit in wanted(request)]
        others = under_other_names(places, request.out, (request.term.period, request.loaded.pack.id), read)
        held = {other.place.unit.code for other in others if not other.blank}
        free = [place for place in places if place.unit.code not in held]
        kept = [other.path for other in others if not other.blank]

        def stays(there: Path) -> bool:
            if is_blank_form(read(there)):
                return False
            kept.append(there)
            return True

        walked = office.progress([place.path for place in free], "generate")
        forms = ((path, maker.make(place.unit)) for path, place in zip(walked, free, strict=True))
        written = list(store.write_many(request.out, forms, partial(_prove, request), stays))
    made = [(place, found) for place, found in zip(free, written, strict=True) if place.path not in kept]
    for notice in _notices(kept, others, made):
        office.notice(notice)
    if len(made) > 1:
        listed = [(place.unit, found) for place, found in made]
        write_send_list(request.send_list, listed, request.register, request.term, office)
    return [found for _, found in made]


def _notices(kept: Sequence[Path], others: Sequence[Other], made: Sequence[tuple[FormPlace, Path]]) -> Iterator[Issue]:
    for path in kept:
        yield issue("FORM_KEPT", Place(file=shown(path)), name=path.name)
    for place, found in made:
        yield from beside(place.path, found)
    for other in others:
        if other.blank:
            yield issue("FORM_SPARE", Place(file=shown(other.path)), name=other.path.name, target=other.place.path.name)


def _prove(request: Request, data: bytes) -> None:
    """That what was made is some unit's fresh form; Fault otherwise."""
    zipparts.check(data)
    found = proving.opened(data, by=request.own)
    unit = None if isinstance(found, Unreadable) else request.register.unit(found.identity.unit)
    if isinstance(found, Unreadable) or unit is None or found.unit_form.name != unit.name or not is_untouched(found):
        raise proving.unproven("")


def wanted(request: Request) -> list[Unit]:
    """The units whose forms are asked for; Fault when there is none or a named unit is unknown."""
    register, found = request.register, []
    unknown = [code for code in request.units if register.unit(code) is None]
    if unknown:
        raise Fault([issue("UNIT_UNKNOWN", unit=code) for code in unknown], 2)
    limits = [set(_codes(register, code)) for code in request.units]
    tiers = {request.level, *(_tiers_beneath(request.level) if request.below else ())}
    top = [unit for unit in register.units if unit.tier == request.level]
    beneath = {code for unit in top for code in _codes(register, unit.code)}
    for unit in register.units:
        if unit.code in request.without:
            continue
        if unit.tier in tiers and unit.code in beneath and (not limits or any(unit.code in limit for limit in limits)):
            found.append(unit)
    if not found:
        raise Fault([issue("NO_UNIT_OF_TIER", level=request.level)], 2)
    return found


def path_of(request: Request, unit: Unit) -> Path:
    """Where a unit's form goes: with ``below`` a folder per unit, inside its superior's."""
    folders = (folder_name(each) for each in _folders(request, unit))
    return request.out.joinpath(*folders, form_name(unit, request.term.period))


def _folders(request: Request, unit: Unit) -> list[Unit]:
    """The units in whose folders a unit's form lies, highest first."""
    tiers = {request.level, *_tiers_beneath(request.level)} if request.below else ()
    return [each for each in reversed((unit, *request.register.ancestors(unit.code))) if each.tier in tiers]


class _Maker:
    """Makes workbooks: a parent's is rendered, a form without children stamped."""

    def __init__(self, request: Request, office: Office, private: bytes) -> None:
        self.request, self.office, self.private = request, office, private
        self.salt = salt_of(public_key(private))
        self.renderer = BatchRenderer(self.salt, request.rows)
        self.seals: dict[tuple[str, ...], tuple[str, ...]] = {}

    def make(self, unit: Unit) -> bytes:
        loaded, register = self.request.loaded, self.request.register
        form = loaded.pack.form_for(unit, register)
        if form is None:
            raise Fault([issue("NO_FORM", unit=unit.code, pack=loaded.pack.id)], 2)
        above = register.unit(unit.parent)
        term = self.request.term
        which = loaded.pack.id, loaded.layout(form).digest, loaded.digest
        identity = Identity(unit.code, term.period, term.cutoff, term.deadline, *which)
        names = unit.name, above.name if above else "", self.office.lang
        subtree = register.subtree(unit.code) if form.parent else None
        unit_form = self._sealed(UnitForm(loaded, identity, sign(identity, self.private), *names), subtree)
        if subtree:
            case = parent_case(unit_form, blank(form), Ledgers(subtree), {})
            return package(replace(case, rows=self.request.rows), self.salt)
        return self.renderer.form(unit_form)

    def _sealed(self, unit_form: UnitForm, subtree: Register | None) -> UnitForm:
        """The form with the seal of its wording: one for all units whose forms say the same."""
        tiers = dict.fromkeys(unit.tier for unit in subtree.units) if subtree else {}
        key = unit_form.identity.digest, str(bool(unit_form.above)), *tiers
        if key not in self.seals:
            self.seals[key] = sign_wording(unit_form, subtree, self.private)
        return replace(unit_form, seal=self.seals[key])


def _tiers_beneath(level: str) -> Iterator[str]:
    for tier, above in PARENT_TIERS.items():
        if level in above:
            yield tier
            yield from _tiers_beneath(tier)


def _codes(register: Register, code: str) -> Sequence[str]:
    return [unit.code for unit in register.subtree(code).units]
