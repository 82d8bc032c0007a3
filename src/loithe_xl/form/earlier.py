"""Forms that were sent out by an earlier edition of their pack, and what today's pack can make of them.

Such a form is read, judged and drawn as it was issued. Its figures go up by today's rules, as far as they rest on what
it asked; what it did not ask is no figure at all, and never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from loithe_xl.form.layout import Layout, place
from loithe_xl.language.catalogue import Text
from loithe_xl.pack.kinds import Aggregate
from loithe_xl.pack.rulecheck import needs
from loithe_xl.pack.spec import CONSTANTS, Check, Derived, Field, Form, FormSheet, Pack, Section, field_indicators
from loithe_xl.rules.syntax import names


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """One such form. ``layout``: by which a file is read; of a parent, whose computed sheets are always made anew, it
    has today's figures and checks already. ``counted``: the same inputs with today's figures, for what goes up.
    ``unasked``: how today's fields are called that it did not ask for."""

    layout: Layout
    counted: Form
    unasked: tuple[Text, ...]


def earlier(pack: Pack) -> Iterator[Earlier]:
    """Every form of the pack's issued editions, as today's pack reads it; those that did not change included."""
    for form in (form for edition in pack.editions.packs.values() for form in edition.forms.values()):
        now = successor(form, pack)
        counted = _counted(form, now, pack)
        asked = _unchanged(form, now)
        lacking = [each.label for id, each in _inputs(now).items() if id not in asked] if now else []
        drawn = counted if form.parent else form
        yield Earlier(place(drawn), counted, tuple(dict.fromkeys(lacking)))


def successor(form: Form, pack: Pack) -> Form | None:
    """The form that a pack has today in the place of an earlier one: of its id, else for the same units, else of its
    tier; None where there is none."""
    alike = [each for each in pack.forms.values() if (each.tier, each.parent) == (form.tier, form.parent)]
    ranked = sorted(alike, key=lambda each: (each.id != form.id, each.under != form.under))
    return ranked[0] if ranked else None


def later(pack: Pack) -> frozenset[str]:
    """The figures that go up today and that some issued form did not ask of its units, or not with this meaning."""
    found: set[str] = set()
    for each in earlier(pack):
        now = successor(each.counted, pack)
        found |= sent_up(now) - sent_up(each.counted) if now else set()
    return frozenset(found)


def changed_figures(pack: Pack, edition: Pack) -> list[str]:
    """The figures that go up under one id in both and mean something else in the ``edition``: they cannot be added."""
    now, then = _meanings(pack), _meanings(edition)
    return [id for id, meaning in then.items() if id in now and now[id] != meaning]


def figures_ever(pack: Pack) -> frozenset[str]:
    """The figures that go up by some issued edition of the pack."""
    return frozenset(id for edition in pack.editions.packs.values() for id in _meanings(edition))


def _meanings(pack: Pack) -> dict[str, tuple[str, ...]]:
    """What each figure that goes up is: how a field of a kind makes it, of which item of its list; or derived."""
    found: dict[str, tuple[str, ...]] = {}
    for form in pack.forms.values():
        found |= dict.fromkeys(sent_up(form) - form.fields.keys(), ("derived",))
        for field in form.fields.values():
            for number, id in enumerate(figures_of(field)):
                found[id] = (field.kind, field.aggregate, *field.items[number : number + 1])
    return found


def sent_up(form: Form) -> frozenset[str]:
    """The figures that a form's unit sends up of its own: what is added, and answers that are counted."""
    derived = {each.id for each in form.derived if each.aggregate is Aggregate.SUM}
    return frozenset(derived.union(*(figures_of(each) for each in form.fields.values())))


def figures_of(field: Field) -> list[str]:
    """The figures that one field sends up: of a list one per item, in its order; of an answer that travels its own."""
    if field.travels and field.kind == "yesno":
        return [field.id]
    return [each.id for each in field_indicators(field, Text(""))]


def _counted(form: Form, now: Form | None, pack: Pack) -> Form:
    """The form's own inputs with the figures and checks that today's form has and that rest on what it asked."""
    known = {*CONSTANTS, *_unchanged(form, now), *(pack.indicators if form.parent else ())}
    kept: dict[str, Derived] = {}
    for derived in now.derived if now else ():
        if derived.rule is None or names(derived.rule) <= known:
            needed = needs(derived.rule, form.fields, kept) if derived.rule is not None else ()
            kept[derived.id] = replace(derived, needs=needed)
            known.add(derived.id)
    places = {*form.fields, *_columns(form)}
    checks = [each for each in (now.checks if now else ()) if names(each.rule) <= known and each.at in places]
    told = known | places
    return replace(
        form,
        sheets=tuple(_sheet(sheet, pack, told) for sheet in form.sheets),
        derived=tuple(kept.values()),
        checks=tuple(replace(each, needs=needs(each.rule, form.fields, kept)) for each in checks),
    )


def _sheet(sheet: FormSheet, pack: Pack, known: set[str]) -> FormSheet:
    meant = {id: each for form in pack.forms.values() for id, each in form.fields.items()}

    def section(each: Section) -> Section:
        return replace(each, fields=tuple(_as_meant(field, meant.get(field.id), known) for field in each.fields))

    return replace(sheet, sections=tuple(section(each) for each in sheet.sections))


def _as_meant(field: Field, now: Field | None, known: set[str]) -> Field:
    """The field, travelling only where it means today what it meant, with the checks that can be told from what is
    known."""
    same = now is not None and _alike(field, now)
    return replace(field, travels=field.travels and same, checks=tuple(_told(field.checks, known)))


def _alike(one: Field, other: Field) -> bool:
    """Whether figures of two fields of one id may be added: of a list that is counted, each item keeps its place."""
    if (one.kind, one.aggregate, one.travels) != (other.kind, other.aggregate, other.travels):
        return False
    pairs = zip(one.items, other.items, strict=False)
    return one.aggregate is not Aggregate.COUNT_EACH or all(mine == theirs for mine, theirs in pairs)


def _told(checks: Iterable[Check], known: set[str]) -> Iterator[Check]:
    return (each for each in checks if names(each.rule) <= known)


def _unchanged(form: Form, now: Form | None) -> set[str]:
    """The inputs of today's form that the earlier one asked for as inputs of the same kind."""
    asked = {id: each.kind for id, each in _inputs(form).items()}
    return {id for id, each in _inputs(now).items() if asked.get(id) == each.kind} if now else set()


def _inputs(form: Form) -> dict[str, Field]:
    return {**form.fields, **_columns(form)}


def _columns(form: Form) -> dict[str, Field]:
    return {f"{table.id}.{each.id}": each for table in form.tables.values() for each in table.columns}
