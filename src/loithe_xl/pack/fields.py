"""Reading a pack's sections: fields, tables and the checks that belong to them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Place, Severity, wording
from loithe_xl.pack.kinds import KINDS, NO, NOT_AFTER_CUTOFF, SOUND, YES, Aggregate, FieldKind
from loithe_xl.pack.names import LIST_ITEMS, asks_for_a_person
from loithe_xl.pack.rulecheck import condition_faults, needs, row_scope
from loithe_xl.pack.spec import Check, Field, Section, Table
from loithe_xl.pack.toml import Faults, Toml, TomlTable
from loithe_xl.register.register import TIERS
from loithe_xl.rules.syntax import Call, Logic, Name, Node, Not, RuleError, parse

_ALWAYS = "always"
_SHARED = frozenset(
    {"kind", "unit", "required", "aggregate", "travels", "list", "help", "sensitive"}
)  # keys of [defaults]
_TEXTS = ("text", "paragraph")
_ADDED = (Aggregate.SUM, Aggregate.COUNT_YES, Aggregate.COUNT_EACH)  # what arrives above as figures


@dataclass(frozen=True, slots=True)
class Common:
    """What every section of a pack shares: its lists, its units and the campaign's window."""

    lists: Mapping[str, tuple[str, ...]]
    units: Mapping[str, Text]
    start: date
    end: date
    faults: Faults


@dataclass(frozen=True, slots=True)
class ReadCheck:
    """A check over the whole form and where it is stated; its names are resolved within each form."""

    check: Check
    place: Place


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section, its checks over the whole form, and the conditions under which its fields are required."""

    section: Section
    checks: tuple[ReadCheck, ...]
    conditions: tuple[tuple[Node, Place], ...]
    places: tuple[tuple[str, Place], ...]  # id of each field and of the table, and where it is stated
    file: str


@dataclass(frozen=True, slots=True)
class _ReadField:
    field: Field
    place: Place
    condition: tuple[Node, Place] | None


def read_section(block: TomlTable, id: str, common: Common) -> ReadSection:
    """The section of one file; whatever is faulty in it is noted and left out."""
    title, note = block.text("title", required=True), block.text("note")
    defaults = _defaults(block)
    fields = _fields(block, "fields", defaults, common)
    table_block = block.block("table")
    places = [(each.field.id, each.place) for each in fields]
    table = _table(table_block, common) if table_block else None
    if table_block and table:
        places.append((table.id, table_block.place()))
    if bool(fields) == bool(table_block):
        block.fault("PACK_SECTION_SHAPE")
    checks = tuple(found for each in block.blocks("checks") if (found := read_check(each, common)))
    block.close()
    section = Section(id, title, tuple(each.field for each in fields), table, note)
    conditions = tuple(each.condition for each in fields if each.condition)
    return ReadSection(section, checks, conditions, tuple(places), block.file)


def read_check(block: TomlTable, common: Common) -> ReadCheck | None:
    """One [[checks]] entry; None when it has no rule that can be read."""
    id, at = block.id(), block.string("at", required=True)
    severity = block.choice("severity", [each.value for each in Severity])
    code = block.string("code") or ("CROSS_CHECK_WARNING" if severity == "WARNING" else "CROSS_CHECK_FAILED")
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", code):
        block.fault("PACK_CODE", "code", value=code)
    message, remedy = (block.text(name, required=True, short=True) for name in ("message", "remedy"))
    rule = read_rule(block, "rule")
    block.close()
    if rule is None or not severity:
        return None
    return ReadCheck(Check(code, Severity(severity), rule, at, message, remedy, id=id), block.place("rule"))


def read_rule(block: TomlTable, name: str) -> Node | None:
    """The rule under a key; None when it is absent or not in the language."""
    stated = block.string(name, required=True)
    if not stated.strip():
        return None
    try:
        return parse(stated)
    except RuleError as error:
        block.fault("PACK_RULE_SYNTAX", name, fault=str(error))
        return None


def read_unit(block: TomlTable, units: Mapping[str, Text]) -> Text:
    """The unit of a figure: the name of one of the pack's units, or its wording."""
    named = block.table.get("unit")
    if not isinstance(named, str):
        return block.text("unit")
    block.string("unit")
    if named not in units:
        block.fault("PACK_REFERENCE", "unit", value=named, known=", ".join(units))
    return units.get(named, Text(""))


def _defaults(block: TomlTable) -> Toml:
    defaults = block.block("defaults")
    if defaults is None:
        return {}
    for name in defaults.table.keys() - _SHARED:
        defaults.fault("PACK_KEY_UNKNOWN", name, key=name, known=", ".join(sorted(_SHARED)))
    return {name: value for name, value in defaults.table.items() if name in _SHARED}


def _fields(block: TomlTable, name: str, defaults: Toml, common: Common, *, column: bool = False) -> list[_ReadField]:
    found = []
    for each in block.blocks(name):
        each.table = {**defaults, **each.table}
        read = _field(each, common, column=column)
        found += [read] if read else []
    return found


def _field(block: TomlTable, common: Common, *, column: bool) -> _ReadField | None:
    before = len(common.faults.found)
    id, label = block.id(), block.text("label", required=True)
    kind = KINDS.get(block.choice("kind", KINDS.keys()))
    hint, unit = block.text("help", short=True), read_unit(block, common.units)
    required, condition = _required(block)
    items = _items(block, kind, common)
    aggregate, travels = _going_up(block, kind, column=column)
    register, not_after = block.string("register"), block.string("not_after")
    default, sensitive, revision = block.constant("default"), block.boolean("sensitive"), block.boolean("revision")
    head = block.text("short")
    block.close()
    if id and asks_for_a_person(id, label):
        block.fault("PACK_PERSONAL_DATA", id=id)
    if kind and register and (kind.name not in _TEXTS or register not in TIERS):
        block.fault("PACK_CHOICE", "register", value=register, allowed=", ".join(TIERS))
    if kind and not_after and (kind.name != "date" or not_after != "cutoff"):
        block.fault("PACK_CHOICE", "not_after", value=not_after, allowed="cutoff")
    if sensitive and not (travels and aggregate in _ADDED):
        block.fault("PACK_SENSITIVE_STAYS", "sensitive")
    if revision and (column or (kind and kind.name != "count")):
        block.fault("PACK_REVISION_KIND", "revision")
    if kind and default is not None and not _holds(kind, default, items):
        block.fault("PACK_DEFAULT", "default", value=default)
    if not id:
        return None
    if len(common.faults.found) > before:
        common.faults.unsure.add(id)
    kind = kind or KINDS["text"]
    templates = [SOUND, *kind.checks, *([NOT_AFTER_CUTOFF] if not_after else [])]
    checks = _own_checks(id, label, templates, condition or (required == _ALWAYS), items, common)
    told = id, kind.name, label, hint, unit, required, items, aggregate, travels, checks
    field = Field(*told, default, register, sensitive, revision, head)
    place = block.place("required")
    return _ReadField(field, block.place(), (condition, place) if condition else None)


def _required(block: TomlTable) -> tuple[str, Node | None]:
    """ "", "always" or the rule's text; and the rule."""
    if block.table.get("required", False) in (True, False):
        return (_ALWAYS if block.boolean("required") else ""), None
    if not isinstance(block.table["required"], str):
        block.reject("required", "required")
        return "", None
    rule = read_rule(block, "required")
    return (block.table["required"] if rule else ""), rule


def _items(block: TomlTable, kind: FieldKind | None, common: Common) -> tuple[str, ...]:
    if kind and kind.name == "yesno":
        return YES, NO
    named = block.string("list", required=kind is not None and kind.name == "choice")
    if named and kind and kind.name != "choice":
        block.fault("PACK_LIST_KIND", "list", kind=kind.name)
    elif named and named not in common.lists:
        block.fault("PACK_REFERENCE", "list", value=named, known=", ".join(common.lists))
    return common.lists.get(named, ())


def _going_up(block: TomlTable, kind: FieldKind | None, *, column: bool) -> tuple[Aggregate, bool]:
    aggregate = Aggregate(block.choice("aggregate", list(Aggregate), Aggregate.NONE) or Aggregate.NONE)
    travels = block.boolean("travels")
    if column and (travels or aggregate is not Aggregate.NONE):
        block.fault("PACK_COLUMN_STAYS", "travels")
    elif kind and aggregate not in kind.aggregates:
        allowed = ", ".join(each for each in Aggregate if each in kind.aggregates)
        block.fault("PACK_AGGREGATE", "aggregate", kind=kind.name, value=aggregate, allowed=allowed)
    elif aggregate is not Aggregate.NONE and not travels:
        block.fault("PACK_AGGREGATE_STAYS", "travels", value=aggregate)
    elif kind and kind.name in _TEXTS and travels and aggregate is not Aggregate.LIST:
        block.fault("PACK_TEXT_TRAVELS", "travels")
    return aggregate, travels


def _holds(kind: FieldKind, default: int | str, items: Collection[str]) -> bool:
    """Whether a fresh form may hold the default."""
    if kind.name in ("count", "decimal"):
        return isinstance(default, int) and default >= 0
    return isinstance(default, str) and (default in items if items else kind.name in _TEXTS)


def _own_checks(
    id: str,
    label: Text,
    templates: Sequence[tuple[str, str]],
    required: Node | bool,
    items: tuple[str, ...],
    common: Common,
) -> tuple[Check, ...]:
    """A field's own checks in the order they speak: the first of the ``templates`` (code, rule), whether it must be
    filled in, then the others."""
    quoted = ", ".join(map(repr, items)) if len(items) <= LIST_ITEMS else ""
    rules = [
        (code, parse(rule.format(x=id, items=quoted))) for code, rule in templates if quoted or "{items}" not in rule
    ]
    filled: Node = Call("filled", (Name(id),))
    if required:
        rules.insert(1, ("FIELD_REQUIRED", filled if required is True else Logic("or", (Not(required), filled))))
    said = {"label": label, "items": ", ".join(items)}
    said |= {"start": f"{common.start:%d/%m/%Y}", "end": f"{common.end:%d/%m/%Y}"}
    found = []
    for code, rule in rules:
        severity, fault, remedy = wording(code)
        found.append(Check(code, severity, rule, id, fault.fill(**said), remedy.fill(**said), own=True))
    return tuple(found)


def _table(block: TomlTable, common: Common) -> Table | None:
    id, label = block.id(), block.text("label", required=True)
    rows = block.integer("rows", least=1, most=2_000)
    shown = block.integer("shown", rows, least=1, most=rows)  # all where it is not stated
    columns = _fields(block, "columns", _defaults(block), common, column=True)
    checks = [found for each in block.blocks("checks") if (found := read_check(each, common))]
    block.close()
    if not columns:
        block.fault("PACK_KEY_MISSING", "columns", key="columns")
    by_id: dict[str, Field] = {}
    for column in columns:
        if column.field.id in by_id:
            common.faults.add("PACK_ID_TWICE", column.place, id=column.field.id, owner=id)
        by_id[column.field.id] = column.field
    table = Table(id, label, tuple(column.field for column in columns), rows, shown=shown)
    _note_row_faults(block, table, columns, checks, common.faults)
    settled = tuple(replace(each.check, needs=needs(each.check.rule, by_id)) for each in checks)
    return replace(table, checks=settled) if id else None


def _note_row_faults(
    block: TomlTable, table: Table, columns: list[_ReadField], checks: list[ReadCheck], faults: Faults
) -> None:
    """Rules that hold within a row know nothing but the row, so they are judged here, once for all forms."""
    stated = block.table.get("columns")
    complete = isinstance(stated, list) and len(stated) == len(columns)
    scope = row_scope(table, faults.unsure, complete=complete)
    rules = [column.condition for column in columns if column.condition]
    rules += [(each.check.rule, each.place) for each in checks]
    for rule, place in rules:
        faults.note(condition_faults(rule, scope, place))
    for each in checks:
        if each.check.at not in scope.scalars and complete:
            faults.add("PACK_CHECK_AT", each.place, at=each.check.at, owner=table.id)
