"""Figures in words: sentences filled from a consolidation, and the texts of units as lines; nothing edited yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loithe_xl.consolidation.asked import UNASKED, told_and_hidden
from loithe_xl.consolidation.consolidate import Consolidation
from loithe_xl.form.inputs import Inputs, rule_values
from loithe_xl.form.unitform import UnitForm
from loithe_xl.language.catalogue import Text
from loithe_xl.language.notation import count, day, percent
from loithe_xl.pack.reportspec import Choice, Opinions, Ranking, ReportPart, Sentence, ToWrite, Wording
from loithe_xl.pack.sentences import PARTS, PLACEHOLDER
from loithe_xl.pack.spec import UNITS_REPORTED, Derived, Form
from loithe_xl.register.register import Register
from loithe_xl.report.opinions import Opinion, shortened, unit_name
from loithe_xl.rules.evaluate import Raw, Undefined, evaluate, is_number, truth
from loithe_xl.rules.syntax import names
from loithe_xl.workbook.daynumbers import day_of

Gathered = Mapping[str, Sequence[Opinion]]  # field of texts -> what units wrote in it


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A line that may stand in the body: its id, its kind and today's wording (None: not said today)."""

    id: str
    style: str
    text: str | None


class Facts:
    """Everything a sentence may name, worded in Vietnamese notation."""

    def __init__(
        self,
        unit_form: UnitForm,
        inputs: Inputs,
        consolidation: Consolidation,
        wording: Wording,
        texts: Mapping[str, str],
    ) -> None:
        pack, form, constants = unit_form.pack, unit_form.form, unit_form.constants
        self.pack, self.consolidation, self.texts = pack, consolidation, texts
        self.spelling, self.space, self.digits = wording.words["spelling"], wording.words["percent"], wording.digits
        self.answers = _resting_on_answers(form, wording)
        self.rates = {id for id, each in form.derived_by_id.items() if each.kind == "rate"}
        self.fields = form.fields
        self.inputs = inputs
        got = [row is not None for row in consolidation.rows.values()]
        self.silent = consolidation.values.get(UNITS_REPORTED) != len(got)
        counted: dict[str, Raw] = {"units_received": sum(got), "units_missing": len(got) - sum(got)}
        self.numbers: dict[str, Raw] = {**consolidation.values, **counted}
        self.known = {**dict.fromkeys(pack.indicators), **constants, **self.numbers, **rule_values(inputs, {})}
        self.untold = _untold(form, inputs, consolidation)
        mixed = _mixed(wording, consolidation)
        for id, rule in wording.figures.items():
            if id in mixed or not self.untold.isdisjoint(names(rule)):
                self.untold.add(id)
                continue
            try:
                value: Raw | str = evaluate(rule, self.known)
            except Undefined:
                value = None
            self.numbers[id] = self.known[id] = value

    def fill(self, template: str, **extra: str) -> str | None:
        """The sentence with every name replaced; None when one of its figures is not known.

        A text that is blank (an office without an area) leaves no gap: the space before it goes too.
        """
        for name in PLACEHOLDER.findall(template):
            if self.texts.get(name) == "" and name not in extra:
                template = template.replace(f" {{{name}}}", "").replace(f"{{{name}}}", "")
        found = {name: extra.get(name) or self._worded(name) for name in PLACEHOLDER.findall(template)}
        if any(worded is None for worded in found.values()):
            return None
        said = PLACEHOLDER.sub(lambda match: found[match[1]] or "", template)
        said = said.replace("  ", " ").strip()
        if self.spelling == "UỶ":
            said = said.replace("ủy", "uỷ").replace("ỦY", "UỶ").replace("Ủy", "Uỷ")
        return said

    def count(self, number: int | Decimal) -> str:
        """A count as the office writes it."""
        return count(number, self.digits)

    def choose(self, choices: tuple[Choice, ...]) -> str | None:
        """The first sentence whose rule holds and whose figures are known; None when there is none."""
        for choice in choices:
            if self._holds(choice) and self._whole(choice) and (said := self._said(choice)) is not None:
                return said
        return None

    def _said(self, choice: Choice) -> str | None:
        answered = self._answered(choice)
        if not choice.parts:
            return self.fill(choice.text, **answered)
        held = (self.fill(part.text, **answered) for part in choice.parts if self._holds(part))
        *first, last = [said for said in held if said is not None] or [""]
        listed = choice.last.join([choice.between.join(first), last]) if first else last
        return self.fill(choice.text, **answered, **{PARTS: listed}) if listed else None

    def _whole(self, choice: Choice) -> bool:
        """Whether it says, where it counts what units answered and some have not, how many have."""
        counted = _named(choice) & self.answers
        silent = self.silent or not counted.isdisjoint(self.consolidation.lacks)
        return not silent or not counted or UNITS_REPORTED in _named(choice)

    def _answered(self, choice: Choice) -> dict[str, str]:
        """The number of units that answered what a sentence counts, where some were not asked all of it."""
        counted = _named(choice) & self.answers
        if counted.isdisjoint(self.consolidation.lacks):
            return {}
        rows = self.consolidation.rows.values()
        return {UNITS_REPORTED: self.count(sum(row is not None and counted <= row.keys() for row in rows))}

    def _holds(self, choice: Choice) -> bool:
        if choice.when is None:
            return True
        try:
            return self.untold.isdisjoint(names(choice.when)) and truth(choice.when, self.known)
        except Undefined:
            return False

    def _worded(self, name: str) -> str | None:
        if name in self.texts:
            return self.texts[name]
        field = self.fields.get(name)
        raw = self.numbers.get(name)
        if field and field.kind not in ("count", "decimal") and name not in self.pack.indicators:
            raw = self.inputs.values.get(name)
            if field.kind == "date":
                when = day_of(raw) if is_number(raw) else None
                return day(when) if when else None
            return str(raw).strip() or None if isinstance(raw, str | int | Decimal) else None
        if not is_number(raw):
            return None
        return percent(raw, self.space) if name in self.rates else self.count(raw)


def _resting_on_answers(form: Form, wording: Wording) -> set[str]:
    """The figures that count what direct children answered, and those that are made of them."""
    found = {each.id for each in form.derived if each.source == "children"}
    rules = {**{each.id: each.rule for each in form.derived if each.rule}, **wording.figures}
    while more := {id for id, rule in rules.items() if id not in found and names(rule) & found}:
        found |= more
    return found


def _named(choice: Choice) -> set[str]:
    """The names in a sentence and in its parts."""
    texts = choice.text, *(part.text for part in choice.parts)
    return {name for each in texts for name in PLACEHOLDER.findall(each)}


def _untold(form: Form, inputs: Inputs, consolidation: Consolidation) -> set[str]:
    """The names of which no rule can say anything: inputs that an earlier edition's form has not, what nobody was asked
    for, what comes to 0 where some were not asked, and what mixes figures of different units."""
    columns = {f"{table.id}.{each.id}" for table in form.tables.values() for each in table.columns}
    values = consolidation.values
    held = {*rule_values(inputs, {}), *values}
    absent = {id for id in (*form.fields, *form.derived_by_id, *columns) if id not in held}
    hidden = (id for id, each in consolidation.rule_values.items() if each == UNASKED)
    return {*absent, *(id for id in hidden if not values.get(id))}


def _mixed(wording: Wording, consolidation: Consolidation) -> set[str]:
    """The report's own figures that are made of sums over different units."""
    figures = [Derived(id, Text(""), "count", "rule", rule) for id, rule in wording.figures.items()]
    told, _ = told_and_hidden(figures, {}, consolidation.lacks)
    return {id for id, each in told.items() if each == UNASKED}


def slots(
    part: ReportPart, facts: Facts, opinions: Gathered, register: Register, unit: str
) -> Iterator[list[BodyLine]]:
    """The lines of one section, entry by entry, as they read today. ``opinions``: of each field."""
    for entry in part.entries:
        id = f"{part.id}.{entry.id}"
        match entry:
            case Sentence():
                yield [BodyLine(id, "paragraph", facts.choose(entry.choices))]
            case ToWrite():
                yield [BodyLine(id, "to_write", facts.fill(entry.text))]
            case Ranking():
                yield _ranking(entry, id, facts)
            case Opinions():
                yield _opinions(entry, id, facts, opinions[entry.field], register, unit)


def says_all(entry: Opinions, opinions: Sequence[Opinion]) -> bool:
    """Whether the body says all of what units wrote."""
    return len(opinions) <= entry.limit and all(len(each.text) <= entry.letters for each in opinions)


def _ranking(entry: Ranking, id: str, facts: Facts) -> list[BodyLine]:
    """How many named each difficulty, most first; those that nobody named are left out."""
    named: dict[str, int | Decimal] = {}
    for figure in facts.pack.indicators:
        value = facts.numbers.get(figure)
        if figure.startswith(entry.prefix) and isinstance(value, int | Decimal) and value > 0:
            named[figure] = value
    if not named:
        return [BodyLine(f"{id}.none", "paragraph", facts.choose(entry.none))]
    ranked = sorted(named, key=lambda figure: -named[figure])
    # A last line for a single one would say no less by naming it.
    most = entry.limit if len(ranked) > entry.limit + 1 else len(ranked)
    items: dict[str, str | None] = {}
    for figure in ranked[:most]:
        template = entry.partial if figure in facts.consolidation.lacks else entry.item
        label = facts.pack.indicators[figure].label.vi
        items[figure] = facts.fill(template, label=label, count=facts.count(named[figure]))
    if rest := ranked[most:]:
        labels = [(_small(facts.pack.indicators[figure].label.vi), facts.count(named[figure])) for figure in rest]
        listed = [facts.fill(entry.short, label=label, count=said) or "" for label, said in labels]
        items["rest"] = facts.fill(entry.rest, items="; ".join(listed))
    return [BodyLine(f"{id}.intro", "paragraph", facts.fill(entry.intro)), *_items(id, items)]


def _opinions(
    entry: Opinions, id: str, facts: Facts, opinions: Sequence[Opinion], register: Register, unit: str
) -> list[BodyLine]:
    """The first opinions as lines; what does not fit is counted, never silently dropped."""
    items: dict[str, str | None] = {}
    for each in opinions[: entry.limit]:
        code, said = each.units[0], shortened(each.text, entry.letters)
        template = entry.own if each.own else entry.shared if each.others else entry.item
        name = unit_name(register, code, unit)
        items[code] = facts.fill(template, unit=name, text=said, others=facts.count(each.others))
    if left := sum(len(each.units) for each in opinions[entry.limit :]):
        items["more"] = facts.fill(entry.more, left=facts.count(left))
    elif entry.whole and not says_all(entry, opinions):
        items["more"] = facts.fill(entry.whole)
    intro = facts.fill(entry.intro) if items else None
    return [BodyLine(f"{id}.intro", "paragraph", intro), *_items(id, items)]


def _items(id: str, items: Mapping[str, str | None]) -> list[BodyLine]:
    """The lines of a list, each closed by its sign; a question keeps its own."""
    last = len(items) - 1
    return [
        BodyLine(f"{id}.{part}", "item", said and said + ("" if said[-1] in "?!" else "." if place == last else ";"))
        for place, (part, said) in enumerate(items.items())
    ]


def _small(label: str) -> str:
    """A label within a sentence: its first letter small."""
    return label[:1].lower() + label[1:]
