"""What adds up: what the files that count come to at the parent, and where every unit stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from loithe_xl.consolidation.asked import (
    UNASKED,
    AskedFigures,
    Lacks,
    nobody_asked,
    of_answers,
    of_units,
    told_and_hidden,
)
from loithe_xl.consolidation.decide import between, decide
from loithe_xl.consolidation.receipts import (
    Compact,
    Decision,
    Figure,
    Figures,
    Receipt,
    Status,
    UnitRow,
    unit_row,
    without,
)
from loithe_xl.consolidation.remedies import issues_of
from loithe_xl.consolidation.similar import copied
from loithe_xl.form.figures import all_values, derive
from loithe_xl.form.inputs import Inputs
from loithe_xl.form.ownchecks import RECEIVED, RETURNED, TOTAL
from loithe_xl.form.unitform import UnitForm
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.language.notation import plain
from loithe_xl.pack.kinds import YES
from loithe_xl.pack.spec import UNITS_REPORTED, Form, Pack
from loithe_xl.register.register import Register
from loithe_xl.rules.evaluate import Raw, Values, is_number
from loithe_xl.rules.syntax import names


@dataclass(frozen=True, slots=True)
class Child:
    """One line of the receipt list."""

    unit: str
    name: str
    status: Status
    late: bool = False
    file: str = ""
    sha: str = ""
    received_at: str = ""
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Consolidation:
    """A parent's figures. ``values``: every numeric id, None for a rate without denominator; ``rows``: figures per
    direct child, None where nothing of it counts; ``absent``: what the register alone says of those; ``rule_values``:
    everything that the form's rules may name; ``lacks``: figures that some units were never asked for."""

    unit: str
    values: Mapping[str, Figure | None]
    texts: Mapping[str, tuple[tuple[str, str], ...]]
    children: tuple[Child, ...]
    rows: Mapping[str, Figures | None]
    issues: tuple[Issue, ...]
    decision: Decision
    absent: Mapping[str, Figures] = field(default_factory=dict)
    rule_values: Values = field(default_factory=dict)
    lacks: Lacks = field(default_factory=dict)


def consolidate(unit_form: UnitForm, inputs: Inputs, register: Register, receipts: Sequence[Receipt]) -> Consolidation:
    """The figures of a parent's form from its own inputs, its register subtree and everything it ever received.

    Counts are int or Decimal, rates fractions of 1, None where nothing can be computed; faults of files are issues.
    """
    pack, form, parent = unit_form.pack, unit_form.form, unit_form.identity.unit
    decision = decide(register, parent, receipts, pack)
    summed = _Summed(pack, form)
    lacks = AskedFigures(pack, register).lacks(decision.counted.values())
    rows = _child_rows(summed, register, parent, decision, lacks)
    lacks = {**lacks, **of_answers(form, rows)}
    given = given_values(pack, form, register, parent, rows)
    given[RETURNED] = sum(_is_open(receipt, decision) for receipt in receipts)
    given |= dict.fromkeys(nobody_asked(lacks, rows.values()), UNASKED)
    values, seen = told_and_hidden(form.derived, all_values(form, inputs, unit_form.constants, given), lacks)
    children = _children(register, parent, receipts, decision, rows, unit_form)
    return Consolidation(
        parent,
        numbers(pack, form, inputs, values),
        _texts(decision, parent, inputs, pack),
        children,
        rows,
        tuple(_parent_issues(form, children, values)),
        decision,
        {code: summed.nothing(len(register.cells(code))) for code, row in rows.items() if row is None},
        seen,
        lacks,
    )


def _is_open(receipt: Receipt, decision: Decision) -> bool:
    """Whether a file was turned away and nothing of its unit, if that is known, counts otherwise."""
    turned_away = decision.standing[receipt.sha].status in (Status.REFUSED, Status.FOREIGN, Status.CONFLICT)
    return turned_away and receipt.unit not in decision.units


def rows_sent_up(pack: Pack, form: Form, inputs: Inputs, done: Consolidation) -> tuple[UnitRow, ...]:
    """What a parent sends up: its own totals, then every unit beneath whose figures are in them.

    Of those beneath no figure goes further that could tell who is meant: it is in the totals.
    """
    own = unit_row(done.unit, form, inputs, done.rule_values)
    sums = {id: done.values[id] or 0 for id in pack.indicators if done.values[id] is not None or id not in done.lacks}
    rows = (row for receipt in done.decision.counted.values() for row in receipt.rows)
    beneath = without(sorted(rows, key=lambda row: row.unit), pack.sensitive)
    return (UnitRow(own.unit, {**sums, **own.figures}, own.texts), *beneath)


def given_values(
    pack: Pack, form: Form, register: Register, parent: str, rows: Mapping[str, Figures | None]
) -> dict[str, Raw]:
    """Sums of the counted figures, the register's denominators and the counts of children: what rules build on."""
    given: dict[str, Raw] = {id: _total(rows.values(), id) for id in pack.indicators}
    given[TOTAL], given[RECEIVED] = len(rows), sum(row is not None for row in rows.values())
    for derived in form.derived:
        match derived.source:
            case "register_cells":
                given[derived.id] = len(register.cells(parent))
            case "register_units":
                given[derived.id] = len(rows)
            case "children" | "reported":
                given[derived.id] = _total(rows.values(), derived.id)
            case _:
                given.pop(derived.id, None)
    return given


def numbers(pack: Pack, form: Form, inputs: Inputs, values: Mapping[str, object]) -> dict[str, Figure | None]:
    """Every aggregated, derived and own numeric id at this unit."""
    found: dict[str, Figure | None] = {}
    for id in [*pack.indicators, *(derived.id for derived in form.derived)]:
        if id in values:
            raw = values[id]
            found[id] = raw if is_number(raw) else None
    for each in form.fields.values():
        raw = inputs.values.get(each.id)
        if each.kind == "yesno":
            found[each.id] = int(raw == YES)
        elif each.kind in ("count", "decimal"):
            blank = each.row.blank if not each.required else None
            found[each.id] = raw if is_number(raw) else blank  # type: ignore[assignment]
    return found


def _child_rows(
    summed: _Summed, register: Register, parent: str, decision: Decision, lacks: Lacks
) -> dict[str, Figures | None]:
    """The summed figures of each direct child, from its own file or from those beneath it."""
    direct = [unit.code for unit in register.children(parent)]
    found: dict[str, Figures | None] = dict.fromkeys(direct)
    parts: dict[str, list[Receipt]] = defaultdict(list)
    for unit, receipt in decision.counted.items():
        path = [unit, *between(register, unit, parent)]
        parts[path[-1]].append(receipt)
    for code, receipts in parts.items():
        own = summed.answers(register, code, decision.counted[code]) if code in decision.counted else {}
        found[code] = summed.figures(len(register.cells(code)), receipts, own, lacks)
    return found


class _Summed:
    """What a direct child comes to: of the form is found once what is the same for thousands of children."""

    def __init__(self, pack: Pack, form: Form) -> None:
        self.pack = pack
        self.indicators = tuple(pack.indicators)
        self.counted = tuple((each.id, each.of) for each in form.derived if each.source == "children")
        self.cells = tuple(each.id for each in form.derived if each.source == "register_cells")
        of_children = {each.id for each in form.derived if each.source in ("children", "reported", "register_units")}
        rules = [each for each in form.derived if each.source in ("rule", "register_cells")]
        self.derived = [each for each in rules if not (each.rule and names(each.rule) & of_children)]
        self.empty: dict[int, Figures] = {}

    def answers(self, register: Register, code: str, receipt: Receipt) -> Figures:
        """What a child that sent a file of its own answered to the questions that are counted, and that it did.

        A unit of which only the units beneath have reported has answered nothing, and that is no “no”.
        """
        unit, own = register.unit(code), receipt.rows[0].figures
        form = self.pack.form_for(unit, register) if unit else None
        told = {id: own[of] for id, of in self.counted if form and of in form.fields and of in own}
        return {UNITS_REPORTED: 1, **told} if told else {}

    def figures(self, cells: int, receipts: Sequence[Receipt], own: Figures, lacks: Lacks | None = None) -> Figures:
        """A child's sums, its own counted answers, and the figures that the form derives from sums and register."""
        rows = [receipt.rows[0].figures for receipt in receipts]
        mine = of_units(lacks, receipts) if lacks else {}
        unasked = nobody_asked(mine, rows)
        figures: dict[str, Figure] = {id: _total(rows, id) for id in self.indicators if id not in unasked}
        given: dict[str, Raw] = dict.fromkeys(self.cells, cells)
        derived = derive(self.derived, {**figures, **given, **dict.fromkeys(unasked, UNASKED)}, given)
        figures |= {id: raw for id, raw in told_and_hidden(self.derived, derived, mine)[0].items() if is_number(raw)}
        return Compact({**figures, **own})

    def nothing(self, cells: int) -> Figures:
        """The figures of a child that sent nothing."""
        if cells not in self.empty:
            self.empty[cells] = self.figures(cells, (), {})
        return self.empty[cells]


def _total(rows: Iterable[Figures | None], id: str) -> Figure:
    total = sum(row.get(id, 0) for row in rows if row)
    return total if isinstance(total, int) or total != int(total) else int(total)


def _texts(decision: Decision, parent: str, inputs: Inputs, pack: Pack) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {id: [] for id in pack.texts}
    for id in found:
        raw = inputs.values.get(id)
        if isinstance(raw, str) and raw.strip():
            found[id].append((parent, raw.strip()))
        rows = [row for receipt in decision.counted.values() for row in receipt.rows if id in row.texts]
        found[id] += sorted((row.unit, row.texts[id]) for row in rows)
    return {id: tuple(listed) for id, listed in found.items()}


def _children(
    register: Register,
    parent: str,
    receipts: Sequence[Receipt],
    decision: Decision,
    rows: Mapping[str, Figures | None],
    unit_form: UnitForm,
) -> tuple[Child, ...]:
    """One line per direct child, one per deeper unit whose file was seen, one per refused or foreign file."""
    similar = copied(decision.counted.values())

    def line(unit: str, receipt: Receipt) -> Child:
        known, here = register.unit(unit), decision.standing[receipt.sha]
        found = [*issues_of(receipt, unit_form.pack), *here.issues]
        if here.status is Status.ACCEPTED:
            found += similar.get(receipt.sha, ())
        late = _is_late(receipt, unit_form.identity.deadline)
        name = known.name if known else ""
        return Child(unit, name, here.status, late, receipt.file, receipt.sha, receipt.received_at, tuple(found))

    leading: dict[str, Receipt] = {}
    for status in (Status.CONFLICT, Status.COVERED, Status.ACCEPTED):
        leading |= {each.unit: each for each in receipts if decision.standing[each.sha].status is status}
    found = []
    for unit in register.children(parent):
        code = unit.code
        if code in leading:
            found.append(line(code, leading[code]))
        elif rows[code] is not None:
            found.append(Child(code, unit.name, Status.ACCEPTED, issues=(issue("UNIT_BY_PARTS", Place()),)))
        else:
            found.append(Child(code, unit.name, Status.MISSING))
    found += [line(code, leading[code]) for code in sorted(leading) if code not in rows]
    refused = [each for each in receipts if decision.standing[each.sha].status in (Status.REFUSED, Status.FOREIGN)]
    return in_order(*found, *(line(each.unit, each) for each in refused))


def in_order(*children: Child) -> tuple[Child, ...]:
    """The lines as they stand: of files turned away at the end, in an order that does not depend on their arrival."""
    away = [each for each in children if each.status in (Status.REFUSED, Status.FOREIGN)]
    others = [each for each in children if each.status not in (Status.REFUSED, Status.FOREIGN)]
    return (*others, *sorted(away, key=lambda each: (each.unit, each.received_at, each.file, each.sha)))


def turned_away(receipt: Receipt, deadline: date) -> Child:
    """The line of a file that belongs to nobody, and of which nothing is kept."""
    late, moment = _is_late(receipt, deadline), receipt.received_at
    return Child("", "", Status.REFUSED, late, receipt.file, receipt.sha, moment, receipt.issues)


def _is_late(receipt: Receipt, deadline: date) -> bool:
    return date.fromisoformat(receipt.received_at[:10]) > deadline


def _parent_issues(form: Form, children: Sequence[Child], values: Mapping[str, object]) -> list[Issue]:
    found = [
        issue("UNIT_MISSING", Place(), unit=child.unit, name=child.name)
        for child in children
        if child.status is Status.MISSING
    ]
    for derived in form.derived:
        value = values[derived.id]
        if isinstance(value, int | Decimal) and value < 0:
            found.append(issue("FIGURE_BELOW_ZERO", Place(field=derived.id), label=derived.label, value=plain(value)))
    return found
