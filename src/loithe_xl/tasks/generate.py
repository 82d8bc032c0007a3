"""Forms for the units of a tier, and of every tier beneath: one rendering per form, then a stamp per unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.draw.batch import BatchRenderer
from loithe_xl.draw.render import package, parent_case, salt_of
from loithe_xl.form.inputs import blank, is_blank
from loithe_xl.form.loaded import Loaded
from loithe_xl.form.ownchecks import EMPTY, SILENT
from loithe_xl.form.terms import Term
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity, public_key, sign
from loithe_xl.intake import proving
from loithe_xl.intake.issued import sign_wording
from loithe_xl.intake.openfile import Opened, ParentBook, Unreadable, open_file
from loithe_xl.language.issues import Fault, Issue, Place, issue
from loithe_xl.register.filenames import folder_name, form_name
from loithe_xl.register.register import PARENT_TIERS, Register, Unit
from loithe_xl.system import store
from loithe_xl.tasks.office import Office, beside, shown
from loithe_xl.tasks.sandbox import reader
from loithe_xl.workbook import zipparts

# All that may be wrong with a form in which nothing was typed.
_OF_BLANK_FORMS = {"FIELD_REQUIRED", "CROSS_CHECK_WARNING", "CROSS_CHECK_FAILED", EMPTY, SILENT, "FORM_EARLIER"}


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

    @property
    def own(self) -> Loaded | None:
        """The pack where it does not come with the program: a form without children does not carry it."""
        return self.loaded if self.loaded.embedded else None


def generate(request: Request, office: Office) -> list[Path]:
    """Write every requested form; the paths written, in register order.

    A workbook that is there and holds something, or is none of our blank forms, stays as it is, with a notice.
    """
    private = office.private_key()
    maker = _Maker(request, office, private)
    units = wanted(request)
    paths = [path_of(request, unit) for unit in units]
    walked = office.progress(paths, "generate")
    forms = ((path, maker.make(unit)) for path, unit in zip(walked, units, strict=True))
    kept: set[Path] = set()

    with reader(partial(is_untouched, by=request.own)) as untouched:

        def stays(there: Path) -> bool:
            if untouched(there) is True:
                return False
            kept.add(there)
            return True

        written = list(store.write_many(request.out, forms, partial(_prove, request), stays))
    for path, found in zip(paths, written, strict=True):
        for said in _kept(path) if path in kept else beside(path, found):
            office.notice(said)
    return [found for path, found in zip(paths, written, strict=True) if path not in kept]


def _prove(request: Request, data: bytes) -> None:
    """That what was made is some unit's fresh form; Fault otherwise."""
    zipparts.check(data)
    found = proving.opened(data, by=request.own)
    unit = None if isinstance(found, Unreadable) else request.register.unit(found.identity.unit)
    if isinstance(found, Unreadable) or unit is None or found.unit_form.name != unit.name or not _is_untouched(found):
        raise proving.unproven("")


def is_untouched(path: Path, by: Loaded | None = None) -> bool:
    """Whether a file is a form of ours in which nothing was typed and nothing received; ``by`` as in ``open_file``."""
    return _is_untouched(open_file(path, path.name, by))


def _is_untouched(there: Opened) -> bool:
    if isinstance(there, Unreadable) or (isinstance(there, ParentBook) and there.ledgers.receipts):
        return False
    if not is_blank(there.layout.form, there.inputs):
        return False
    return {found.code for found in there.issues} <= _OF_BLANK_FORMS


def _kept(path: Path) -> tuple[Issue, ...]:
    return (issue("FORM_KEPT", Place(file=shown(path)), name=path.name),)


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
    name, register = form_name(unit, request.term.period), request.register
    if not request.below:
        return request.out / name
    tiers = {request.level, *_tiers_beneath(request.level)}
    kept = [each for each in (unit, *register.ancestors(unit.code)) if each.tier in tiers]
    return request.out.joinpath(*(folder_name(each) for each in reversed(kept)), name)


class _Maker:
    """Makes workbooks: a parent's is rendered, a form without children stamped."""

    def __init__(self, request: Request, office: Office, private: bytes) -> None:
        self.request, self.office, self.private = request, office, private
        self.salt = salt_of(public_key(private))
        self.renderer = BatchRenderer(self.salt)
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
            return package(parent_case(unit_form, blank(form), Ledgers(subtree), {}), self.salt)
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
