"""What the forms of a pack say against one another, and what would be lost between them; found when it is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Place
from loithe_xl.pack.forms import ReadForm
from loithe_xl.pack.kinds import Aggregate
from loithe_xl.pack.spec import Form, Pack, field_indicators
from loithe_xl.pack.toml import Faults
from loithe_xl.register.register import TIERS
from loithe_xl.rules.syntax import names


def note_between_forms(pack: Pack, forms: Sequence[ReadForm], faults: Faults) -> None:
    """One id with two meanings, two forms for the same units, an unknown ``of``, figures lost on their way up."""
    meant: dict[str, object] = {}
    for read in forms:
        for id, meaning, place in _meanings(read):
            if meant.setdefault(id, meaning) != meaning and id not in faults.unsure:
                faults.add("PACK_ID_CONFLICT", place, id=id)
    for number, read in enumerate(forms):
        for other in forms[:number]:
            tiers = set(read.form.under or TIERS) & set(other.form.under or TIERS)
            if read.form.tier == other.form.tier and tiers:
                faults.add("PACK_FORMS_OVERLAP", read.place, other=other.form.id, tiers=", ".join(sorted(tiers)))
    fields = [each for form in pack.forms.values() for each in form.fields.values()]
    counted = {each.id for each in fields if each.kind == "yesno" and each.travels}
    for read in forms:
        for derived in read.derived:
            of = derived.derived.of
            if of and of not in counted and of not in faults.unsure and faults.complete:
                faults.add("PACK_REFERENCE", derived.place, value=of, known=", ".join(sorted(counted)))
    _note_lost(forms, faults)


def _meanings(read: ReadForm) -> Iterator[tuple[str, object, Place]]:
    """What each id stands for above: the same in every form, or sums would mix."""
    for each in read.derived:
        yield each.derived.id, ("derived", each.derived.kind), each.place
    for section in read.sections:
        places = dict(section.places)
        for field in section.section.fields:
            yield field.id, (field.kind, field.aggregate, field.travels, field.items, field.sensitive), places[field.id]


def _note_lost(forms: Sequence[ReadForm], faults: Faults) -> None:
    """Figures that a parent enters itself under the id of a sum: one number cannot be both, so one would be lost."""
    asked: dict[tuple[str, str, Place], list[str]] = {}
    for read in forms:
        if read.form.parent:
            for section in read.sections:
                places = dict(section.places)
                for each in section.section.fields:
                    if any(field_indicators(each, Text(""))):
                        asked.setdefault((each.id, each.aggregate, places[each.id]), []).append(read.form.id)
            beneath = {id for other in forms if _below(other.form, read.form) for id in _summed(other.form)}
            for derived in read.derived:
                id = derived.derived.id
                if derived.derived.aggregate is Aggregate.SUM and id in beneath and _own(id, read.form):
                    faults.add("PACK_DERIVED_LOST", derived.place, id=id, form=read.form.id)
    for (id, aggregate, place), by in asked.items():
        faults.add("PACK_FIELD_LOST", place, id=id, value=aggregate, forms=", ".join(by))


def _below(form: Form, other: Form) -> bool:
    return form.tier in TIERS and other.tier in TIERS and TIERS.index(form.tier) > TIERS.index(other.tier)


def _summed(form: Form) -> set[str]:
    """The derived figures that a form sends up."""
    return {each.id for each in form.derived if each.aggregate is Aggregate.SUM}


def _own(id: str, form: Form) -> bool:
    """Whether a derived figure rests on what is entered in the form itself."""
    inputs = {*form.fields, *(f"{table.id}.{each.id}" for table in form.tables.values() for each in table.columns)}
    waiting, seen = {id}, set[str]()
    while waiting:
        seen.add(name := waiting.pop())
        derived = form.derived_by_id.get(name)
        if derived is not None and derived.rule is not None:
            waiting |= names(derived.rule) - seen
    return not inputs.isdisjoint(seen)
