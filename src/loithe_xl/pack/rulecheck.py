"""Rules within their form: which names they may use and how, what they need, in which order figures are derived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.pack.kinds import KINDS
from loithe_xl.pack.spec import CONSTANTS, Derived, Field, Form, Table
from loithe_xl.rules.syntax import Binary, Call, Choose, Compare, Logic, Name, Node, Not, Number, String, names


class Sort(StrEnum):
    """What a rule's part is: a number, a text, something true or false; ANY for a field whose kind is in doubt."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class RuleScope:
    """The names a rule of ``owner`` (a form or a table) may use.

    ``complete`` is false when some could not be read: then no name is unknown.
    """

    owner: str
    scalars: Mapping[str, Sort]
    columns: Mapping[str, Sort]
    items: Mapping[str, tuple[str, ...]]
    complete: bool = True


_TESTS = frozenset({"sound", "filled", "number", "whole", "one_of"})  # calls that are true or false
_CELL_CALLS = _TESTS | {"length"}
RuleFault = tuple[str, dict[str, str]]


def form_scope(
    form: Form, figures: Iterable[str] = (), unsure: Iterable[str] = (), *, complete: bool = True
) -> RuleScope:
    """The names of a form's rules; ``figures`` are the sums of its children's, ``unsure`` ids of faulty fields."""
    scalars = dict.fromkeys([*CONSTANTS, *figures, *(derived.id for derived in form.derived)], Sort.NUMBER)
    scalars |= {each.id: _sort(each, unsure) for each in form.fields.values()}
    columns = {f"{table.id}.{each.id}": each for table in form.tables.values() for each in table.columns}
    items = {id: each.items for id, each in (form.fields | columns).items() if each.items}
    return RuleScope(form.id, scalars, {id: _sort(each, unsure) for id, each in columns.items()}, items, complete)


def row_scope(table: Table, unsure: Iterable[str] = (), *, complete: bool = True) -> RuleScope:
    """The names of rules that hold within one row of a table: its columns, and the constants."""
    scalars = dict.fromkeys(CONSTANTS, Sort.NUMBER) | {each.id: _sort(each, unsure) for each in table.columns}
    return RuleScope(table.id, scalars, {}, {each.id: each.items for each in table.columns if each.items}, complete)


def condition_faults(rule: Node, scope: RuleScope, place: Place) -> list[Issue]:
    """What is wrong with a rule that must be true or false."""
    return [issue(code, place, **args) for code, args in _read(rule, Sort.TRUTH, scope)]


def figure_faults(rule: Node, scope: RuleScope, place: Place) -> list[Issue]:
    """What is wrong with a rule that must give a number."""
    return [issue(code, place, **args) for code, args in _read(rule, Sort.NUMBER, scope)]


def needs(rule: Node, fields: Mapping[str, Field], derived: Mapping[str, Derived] | None = None) -> tuple[str, ...]:
    """The required numeric fields that a rule rests on, directly or through derived figures, in the form's order."""
    derived = derived or {}
    waiting, seen = set(names(rule)), set[str]()
    while waiting:
        seen.add(name := waiting.pop())
        if name in derived and (inner := derived[name].rule) is not None:
            waiting |= names(inner) - seen
    return tuple(id for id, each in fields.items() if id in seen and each.required == "always" and each.row.numeric)


def in_order(wanted: Sequence[Derived]) -> tuple[tuple[Derived, ...], list[tuple[str, ...]]]:
    """The figures so that each uses only earlier ones, and the ids along every circle; its figures are left out."""
    left = list(wanted)
    done: list[Derived] = []
    circles: list[tuple[str, ...]] = []
    while left:
        waiting = {each.id for each in left}
        ready = next((each for each in left if not waiting & _uses(each)), None)
        if ready is None:
            circles.append(_circle({each.id: _uses(each) & waiting for each in left}))
            left = [each for each in left if each.id not in circles[-1]]
        else:
            left.remove(ready)
            done.append(ready)
    return tuple(done), circles


def _uses(derived: Derived) -> frozenset[str]:
    return names(derived.rule) if derived.rule is not None else frozenset()


def _circle(uses: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """One circle among figures that all wait for another."""
    path = [min(uses)]
    while path.count(path[-1]) == 1:
        path.append(min(uses[path[-1]]))
    return tuple(path[path.index(path[-1]) :])


def _sort(each: Field, unsure: Iterable[str]) -> Sort:
    if each.id in unsure:
        return Sort.ANY
    return Sort.NUMBER if KINDS[each.kind].numeric else Sort.TEXT


def _read(node: Node, wanted: Sort, scope: RuleScope) -> Iterator[RuleFault]:
    """Everything wrong with a part that stands where ``wanted`` is needed."""
    match node:
        case Name(id=name):
            yield from _name(name, wanted, scope)
        case String(value):
            if wanted is not Sort.TEXT:
                yield "PACK_RULE_TEXT", {"name": value}
        case Number(value):
            yield from _fits(Sort.NUMBER, wanted, str(value))
        case Binary(operator, left, right):
            yield from _fits(Sort.NUMBER, wanted, operator)
            yield from (*_read(left, Sort.NUMBER, scope), *_read(right, Sort.NUMBER, scope))
        case Compare(operator, left, right):
            yield from _fits(Sort.TRUTH, wanted, operator)
            yield from _compare(node, scope)
        case Logic(operator, parts):
            yield from _fits(Sort.TRUTH, wanted, operator)
            for part in parts:
                yield from _read(part, Sort.TRUTH, scope)
        case Not(part):
            yield from (*_fits(Sort.TRUTH, wanted, "not"), *_read(part, Sort.TRUTH, scope))
        case Choose(condition, yes, no):
            yield from _read(condition, Sort.TRUTH, scope)
            yield from (*_read(yes, wanted, scope), *_read(no, wanted, scope))
        case Call():
            yield from _call(node, wanted, scope)


def _fits(sort: Sort, wanted: Sort, what: str) -> Iterator[RuleFault]:
    """A truth may stand for a number (1 or 0); nothing else may stand for another."""
    if sort in (wanted, Sort.ANY) or (sort is Sort.TRUTH and wanted is Sort.NUMBER):
        return
    code = {Sort.TRUTH: "PACK_RULE_CONDITION", Sort.TEXT: "PACK_RULE_NUMBER"}.get(wanted, "PACK_RULE_TEXT")
    yield code, {"name": what}


def _name(name: str, wanted: Sort, scope: RuleScope) -> Iterator[RuleFault]:
    if name in scope.scalars:
        yield from _fits(scope.scalars[name], wanted, name)
    elif name in scope.columns:
        yield "PACK_NAME_COLUMN", {"name": name}
    elif scope.complete:
        yield "PACK_NAME_UNKNOWN", {"name": name, "owner": scope.owner}


def _column(node: Node, wanted: Sort | None, scope: RuleScope) -> Iterator[RuleFault]:
    """A name that must be a column; ``wanted`` None takes any."""
    if not isinstance(node, Name):
        yield "PACK_RULE_ROWS", {"name": ""}
    elif node.id in scope.columns:
        if wanted:
            yield from _fits(scope.columns[node.id], wanted, node.id)
    elif node.id in scope.scalars:
        yield "PACK_NAME_SCALAR", {"name": node.id}
    elif scope.complete:
        yield "PACK_NAME_UNKNOWN", {"name": node.id, "owner": scope.owner}


def _compare(node: Compare, scope: RuleScope) -> Iterator[RuleFault]:
    sort = Sort.TEXT if node.on_text else Sort.NUMBER
    yield from (*_read(node.left, sort, scope), *_read(node.right, sort, scope))
    if node.on_text:
        yield from (*_item(node.left, node.right, scope), *_item(node.right, node.left, scope))


def _item(field: Node, other: Node, scope: RuleScope) -> Iterator[RuleFault]:
    """A text that the field it is compared with can never hold."""
    if not isinstance(other, String):
        return
    source = field.arguments[0] if isinstance(field, Call) and field.function == "first" else field
    allowed = scope.items.get(source.id, ()) if isinstance(source, Name) else ()
    if not other.value:
        yield "PACK_RULE_BLANK", {"name": source.id if isinstance(source, Name) else ""}
    elif allowed and other.value not in allowed:
        yield "PACK_RULE_ITEM", {"name": other.value, "allowed": ", ".join(allowed)}


def _call(node: Call, wanted: Sort, scope: RuleScope) -> Iterator[RuleFault]:
    first, sort = node.arguments[0], Sort.NUMBER
    if node.function in _TESTS:
        sort = Sort.TRUTH
    elif node.function == "first":
        sort = Sort.TEXT
    yield from _fits(sort, wanted, f"{node.function}()")
    if node.function in _CELL_CALLS:
        if isinstance(first, Name) and first.id not in scope.scalars:
            yield from _name(first.id, Sort.ANY, scope)
        for item in node.arguments[1:]:
            yield from _item(first, item, scope)
    elif node.function == "month":
        yield from _read(first, Sort.NUMBER, scope)
    elif node.function == "rows":
        yield from _over_rows(first, scope)
        yield from _one_table(names(first), scope)
    elif node.function == "first":
        yield from (*_column(first, Sort.TEXT, scope), *_column(node.arguments[1], Sort.NUMBER, scope))
        yield from _one_table(names(node), scope)
    else:
        yield from _column(first, Sort.NUMBER, scope)


def _over_rows(node: Node, scope: RuleScope) -> Iterator[RuleFault]:
    """``rows`` takes only what Excel can count without array entry."""
    match node:
        case Logic(_, parts):
            for part in parts:
                yield from _over_rows(part, scope)
        case Not(part):
            yield from _over_rows(part, scope)
        case Call("number" | "filled", (Name(),)):
            yield from _column(node.arguments[0], None, scope)
        case Compare(_, Name() as name, String() as value) | Compare(_, String() as value, Name() as name):
            yield from (*_column(name, Sort.TEXT, scope), *_item(name, value, scope))
        case _:
            yield "PACK_RULE_ROWS", {"name": ", ".join(sorted(names(node)))}


def _one_table(used: frozenset[str], scope: RuleScope) -> Iterator[RuleFault]:
    known = sorted(used & scope.columns.keys())
    if len({name.partition(".")[0] for name in known}) > 1:
        yield "PACK_RULE_TABLES", {"name": ", ".join(known)}
