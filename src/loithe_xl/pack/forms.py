"""Reading a pack's forms and derived figures, and judging every rule within the forms that use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.issues import Place
from loithe_xl.pack.fields import Common, ReadCheck, ReadSection, read_check, read_rule, read_unit
from loithe_xl.pack.foot import Foot
from loithe_xl.pack.footread import foot_faults, read_foot
from loithe_xl.pack.kinds import Aggregate
from loithe_xl.pack.names import sheet_fault
from loithe_xl.pack.rulecheck import RuleScope, condition_faults, figure_faults, form_scope, in_order, needs
from loithe_xl.pack.spec import UNITS_REPORTED, Check, Derived, Form, FormSheet, Pack, Section
from loithe_xl.pack.toml import Faults, TomlTable
from loithe_xl.register.register import TIERS
from loithe_xl.rules.syntax import Node

SOURCES = ("rule", "register_cells", "register_units", "children")
_KINDS = ("count", "rate")


@dataclass(frozen=True, slots=True)
class ReadDerived:
    """A derived figure and where it is stated."""

    derived: Derived
    place: Place


@dataclass(frozen=True, slots=True)
class ReadForm:
    """A form whose rules are not judged yet, with all it is made of; ``files`` are those that state it."""

    form: Form
    place: Place
    sections: tuple[ReadSection, ...]
    checks: tuple[ReadCheck, ...]
    derived: tuple[ReadDerived, ...]
    files: frozenset[str]

    def places(self) -> dict[tuple[str, str], Place]:
        """Where each field, table and figure (``input``) and each check over the whole form (``check``) is stated."""
        inputs = [*(each for section in self.sections for each in section.places)]
        inputs += [(each.derived.id, each.place) for each in self.derived]
        checks = {("check", each.check.id): each.place for each in self.checks}
        return {("input", id): place for id, place in inputs} | checks


@dataclass(frozen=True, slots=True)
class _Part:
    """What one form's own file says; ``under`` and ``parent`` are None where it says nothing."""

    block: TomlTable
    extends: str
    title: Text
    tier: str
    under: tuple[str, ...] | None
    parent: bool | None
    intro: tuple[Text, ...]
    foot: Foot
    sheets: tuple[FormSheet, ...]
    sections: tuple[ReadSection, ...]
    derived: tuple[ReadDerived, ...]
    checks: tuple[ReadCheck, ...]
    files: frozenset[str]


def read_group(block: TomlTable, common: Common) -> tuple[ReadDerived, ...]:
    """The derived figures of one file."""
    found = tuple(read for each in block.blocks("derived") if (read := _derived(each, common)))
    block.close()
    return found


def read_forms(
    blocks: Mapping[str, TomlTable],
    sections: Mapping[str, ReadSection],
    groups: Mapping[str, tuple[ReadDerived, ...]],
    common: Common,
) -> dict[str, ReadForm]:
    """Every form by the name of its file."""
    parts = {id: _part(block, sections, groups, common) for id, block in blocks.items()}
    return {id: _form(id, _whole(id, parts, common.faults), part.sheets) for id, part in parts.items()}


def checked_form(read: ReadForm, pack: Pack, faults: Faults) -> Form:
    """The form with its checks and figures judged, ordered, and told what they need."""
    form = read.form
    _note_repeats(read, faults)
    _note_revisions(read, faults)
    scope = form_scope(form, pack.indicators if form.parent else (), faults.unsure, complete=faults.complete)
    for check in read.checks:
        faults.note(condition_faults(check.check.rule, scope, check.place))
        _note_at(check, form, scope, faults)
    for section in read.sections:
        for rule, place in section.conditions:
            faults.note(condition_faults(rule, scope, place))
    for each in read.derived:
        if each.derived.rule is not None:
            faults.note(figure_faults(each.derived.rule, scope, each.place))
        if each.derived.source != "rule" and not form.parent:
            faults.add("PACK_SOURCE_LEAF", each.place, source=each.derived.source, form=form.id)
    ordered, circles = in_order(form.derived)
    for circle in circles:
        place = next(each.place for each in read.derived if each.derived.id == circle[0])
        faults.add("PACK_CIRCLE", place, circle=" → ".join(circle))
    by_id = {each.id: each for each in ordered}
    foot_faults(form.foot, by_id, read.place, faults)

    def needed(rule: Node | None) -> tuple[str, ...]:
        return needs(rule, form.fields, by_id) if rule is not None else ()

    derived = tuple(replace(each, needs=needed(each.rule)) for each in ordered)
    checks: tuple[Check, ...] = tuple(replace(each.check, needs=needed(each.check.rule)) for each in read.checks)
    return replace(form, derived=derived, checks=checks)


def _derived(block: TomlTable, common: Common) -> ReadDerived | None:
    before = len(common.faults.found)
    id, label, unit = block.id(), block.text("label", required=True), read_unit(block, common.units)
    kind, source = block.choice("kind", _KINDS, "count"), block.choice("source", SOURCES, "rule")
    aggregate = Aggregate(block.choice("aggregate", (Aggregate.NONE, Aggregate.SUM), Aggregate.NONE) or Aggregate.NONE)
    rule = read_rule(block, "rule") if source == "rule" else None
    of = block.string("of", required=True) if source == "children" else ""
    head = block.text("short")
    marked = block.boolean("sensitive")
    sensitive = marked if block.has("sensitive") else None
    if aggregate is Aggregate.SUM and (kind == "rate" or source != "rule"):
        what = kind if kind == "rate" else source
        block.fault("PACK_AGGREGATE", "aggregate", kind=what, value=aggregate, allowed=Aggregate.NONE)
    block.close()
    if not id:
        return None
    if len(common.faults.found) > before:
        common.faults.unsure.add(id)
    said = id, label, kind or "count", source or "rule", rule, of, aggregate
    return ReadDerived(Derived(*said, unit=unit, sensitive=sensitive, short=head), block.place())


def _part(
    block: TomlTable,
    sections: Mapping[str, ReadSection],
    groups: Mapping[str, tuple[ReadDerived, ...]],
    common: Common,
) -> _Part:
    extends = block.string("extends")
    title = block.text("title", required=not extends)
    tier = block.choice("tier", TIERS) if block.has("tier") or not extends else ""
    under = block.strings("under") if block.has("under") else None
    for above in under or ():
        if above not in TIERS:
            block.fault("PACK_CHOICE", "under", value=above, allowed=", ".join(TIERS))
    parent = block.boolean("parent") if block.has("parent") else None
    intro, foot = block.texts("intro"), read_foot(block)
    sheets, used = [], list[str]()
    for each in block.blocks("sheets"):
        ids = _known(each, "sections", sections, common.faults)
        sheets.append(_sheet(each, tuple(sections[id].section for id in ids)))
        used += ids
    names = _known(block, "derived", groups, common.faults)
    checks = tuple(found for each in block.blocks("checks") if (found := read_check(each, common)))
    block.close()
    return _Part(
        block,
        extends,
        title,
        tier,
        under,
        parent,
        intro,
        foot,
        tuple(sheets),
        tuple(sections[id] for id in used),
        tuple(each for name in names for each in groups[name]),
        checks,
        frozenset({block.file, *(f"sections/{id}.toml" for id in used), *(f"derived/{name}.toml" for name in names)}),
    )


def _known(block: TomlTable, room: str, known: Mapping[str, object], faults: Faults) -> list[str]:
    """The names under the key ``room`` that are files of the folder so called."""
    names = block.strings(room)
    for name in names:
        if name not in known and f"{room}/{name}.toml" not in faults.unread:
            block.fault("PACK_REFERENCE", room, value=name, known=", ".join(known))
            faults.complete = False
    return [name for name in names if name in known]


def _sheet(block: TomlTable, sections: tuple[Section, ...]) -> FormSheet:
    sheet = FormSheet(block.string("name", required=True), sections, block.boolean("landscape"))
    block.close()
    if not block.table.get("sections"):
        block.fault("PACK_KEY_MISSING", "sections", key="sections")
    return sheet


def _whole(id: str, parts: Mapping[str, _Part], faults: Faults, seen: tuple[str, ...] = ()) -> _Part:
    """A form's part with everything of the form it extends before its own."""
    own = parts[id]
    if not own.extends:
        return own
    if own.extends not in parts or own.extends in (*seen, id):
        if f"forms/{own.extends}.toml" not in faults.unread:
            others = ", ".join(name for name in parts if name not in (*seen, id))
            own.block.fault("PACK_REFERENCE", "extends", value=own.extends, known=others)
        faults.complete = False
        return own
    base = _whole(own.extends, parts, faults, (*seen, id))
    return replace(
        own,
        title=own.title if own.title.vi else base.title,
        tier=own.tier or base.tier,
        under=base.under if own.under is None else own.under,
        parent=base.parent if own.parent is None else own.parent,
        intro=base.intro + own.intro,
        foot=own.foot.after(base.foot),
        sheets=base.sheets + own.sheets,
        sections=base.sections + own.sections,
        derived=base.derived + own.derived,
        checks=base.checks + own.checks,
        files=base.files | own.files,
    )


def _form(id: str, part: _Part, own: Sequence[FormSheet]) -> ReadForm:
    names: list[str] = []
    for sheet in part.sheets:
        code = sheet_fault(sheet.name, names) if sheet.name.strip() else ""
        if code and any(sheet is each for each in own):
            part.block.fault(code, f"sheets[{sheet.name}]", name=sheet.name)
        names.append(sheet.name)
    if not part.sheets:
        part.block.fault("PACK_KEY_MISSING", "sheets", key="sheets")
    checks = tuple(check for section in part.sections for check in section.checks) + part.checks
    read = tuple(_with_reported(part.derived))
    derived = tuple(each.derived for each in read)
    form = Form(
        id,
        part.tier,
        part.title,
        part.sheets,
        derived,
        tuple(each.check for each in checks),
        part.under or (),
        bool(part.parent),
        part.intro,
        part.foot,
    )
    return ReadForm(form, part.block.place(), part.sections, checks, read, part.files)


def _with_reported(stated: Sequence[ReadDerived]) -> Iterator[ReadDerived]:
    """The figures with the number of units that answered, before the first that counts their answers."""
    first = next((each for each in stated if each.derived.source == "children"), None)
    for each in stated:
        if each is first:
            label, unit, short = (text(f"spec.{each}") for each in ("units_reported", "unit", "units_reported_short"))
            yield ReadDerived(Derived(UNITS_REPORTED, label, "count", "reported", unit=unit, short=short), each.place)
        yield each


def _note_at(check: ReadCheck, form: Form, scope: RuleScope, faults: Faults) -> None:
    known = check.check.at in form.fields or check.check.at in scope.columns
    if not known and scope.complete:
        faults.add("PACK_CHECK_AT", check.place, at=check.check.at, owner=form.id)


def _note_revisions(read: ReadForm, faults: Faults) -> None:
    """A second field of one form that would say which report of its unit it is."""
    places = dict(place for section in read.sections for place in section.places)
    first, *more = [each.id for each in read.form.fields.values() if each.revision] or [""]
    for id in more:
        faults.add("PACK_REVISION_TWICE", places[id], id=id, other=first, owner=read.form.id)


def _note_repeats(read: ReadForm, faults: Faults) -> None:
    """Ids that stand twice in one form: fields, tables and figures among themselves, checks among themselves."""
    stated = [(id, place) for section in read.sections for id, place in section.places]
    stated += [(each.derived.id, each.place) for each in read.derived]
    row_checks = [
        (check.id, Place(section.file, field=f"table.checks[{check.id}]"))
        for section in read.sections
        if section.section.table
        for check in section.section.table.checks
    ]
    checks = [(each.check.id, each.place) for each in read.checks] + row_checks
    for group in (stated, checks):
        seen: set[str] = set()
        for id, place in group:
            if id in seen:
                faults.add("PACK_ID_TWICE", place, id=id, owner=read.form.id)
            seen.add(id)
