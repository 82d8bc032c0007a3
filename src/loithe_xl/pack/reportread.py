"""Reads the wording of a tier's report out of a pack's TOML; every fault is named by file and key."""

from __future__ import annotations

import re

from loithe_xl.language.catalogue import catalogue
from loithe_xl.language.issues import Issue
from loithe_xl.pack.fields import read_rule
from loithe_xl.pack.profile import PROFILES, profile_faults
from loithe_xl.pack.reportspec import (
    COMMA,
    Annex,
    Choice,
    Column,
    Group,
    Issuer,
    Opinions,
    Ranking,
    ReportPart,
    Sentence,
    Series,
    Wording,
)
from loithe_xl.pack.rulecheck import RuleScope, condition_faults, figure_faults, form_scope
from loithe_xl.pack.spec import Form, Pack
from loithe_xl.pack.toml import Faults, TomlTable
from loithe_xl.register.register import TIERS
from loithe_xl.rules.syntax import Node

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_TEXTS = frozenset(
    "unit committee committee_above area campaign basis bases cutoff deadline blank symbol place date name".split()
)
PARTS = "parts"  # stands for the enumeration in a sentence that has one
_COUNTED = frozenset({"units_received", "units_missing"})  # direct children, by whether anything of them counts
_COLOUR = re.compile(r"[0-9A-F]{6}")
_WORDS = (
    "party",
    "above_blank",
    "star",
    "number",
    "place_date",
    "place_blank",
    "type",
    "subject",
    "dashes",
    "spelling",
)


def faults(pack: Pack) -> list[Issue]:
    """Everything wrong with a pack's report wording and profiles, for its loading."""
    tiers = [name for name in pack.report if name != PROFILES]
    return profile_faults(pack) + [
        found for tier in tiers if not isinstance(read := read_wording(pack, tier), Wording) for found in read
    ]


def read_wording(pack: Pack, tier: str) -> Wording | list[Issue]:
    """The wording of one tier's report, or its faults. The pack must have a table for that tier."""
    found = Faults()
    main = TomlTable({**catalogue("report_heads"), **pack.report[tier]}, f"report/{tier}.toml", "", found)
    form = next((each for each in pack.forms.values() if each.tier == tier and each.parent), None)
    if form is None:
        main.fault(
            "PACK_REFERENCE", value=tier, known=", ".join(each.tier for each in pack.forms.values() if each.parent)
        )
        return list(found.found)
    reader = _Reader(form, pack)
    words = {key: reader.template(main, key) for key in _WORDS}
    signature, recipients = main.block("signature"), main.block("recipients")
    for name, block, keys in (
        ("signature", signature, ("authority", "position")),
        ("recipients", recipients, ("heading",)),
    ):
        if block is None:
            main.fault("PACK_KEY_MISSING", name, key=name)
            continue
        words |= {f"{name}.{key}": reader.template(block, key) for key in keys}
    items = reader.templates(recipients, "items") if recipients else ()
    issuers = tuple(reader.issuer(each) for each in main.blocks("issuers"))
    figures = reader.figures(main)
    sections = tuple(reader.section(each) for each in main.blocks("sections"))
    annex = reader.annex(main)
    for block in (signature, recipients, main):
        if block:
            block.close()
    if found.found:
        return list(found.found)
    return Wording(words, items, issuers, figures, sections, annex)


class _Reader:
    """Reads the parts of one tier's wording, knowing which names its sentences and rules may use."""

    def __init__(self, form: Form, pack: Pack) -> None:
        self.form, self.pack = form, pack
        self.own: dict[str, Node] = {}

    @property
    def scope(self) -> RuleScope:
        """The names of rules: the form's, the sums of its children's figures, and the report's own."""
        return form_scope(self.form, [*self.pack.indicators, *_COUNTED, *self.own], complete=True)

    def template(self, block: TomlTable, key: str, *extra: str) -> str:
        """A required sentence; every name in it must be known."""
        said = block.string(key, required=True)
        self._names(block, key, said, extra)
        return said

    def templates(self, block: TomlTable, key: str) -> tuple[str, ...]:
        """A required list of sentences."""
        said = block.strings(key, required=True)
        self._names(block, key, " ".join(said), ())
        return said

    def issuer(self, block: TomlTable) -> Issuer:
        """One way to head documents."""
        found = Issuer(
            block.strings("starts", required=True),
            self.template(block, "head"),
            block.string("committee", required=True),
            block.string("area"),
            block.string("symbol", required=True),
            block.boolean("placeless"),
        )
        block.close()
        return found

    def figures(self, main: TomlTable) -> dict[str, Node]:
        """The report's own figures; each may use those above it."""
        block = main.block("figures")
        if block is None:
            return self.own
        for id in block.table:
            if (rule := read_rule(block, id)) is not None:
                block.faults.note(figure_faults(rule, self.scope, block.place(id)))
                self.own[id] = rule
        return self.own

    def section(self, block: TomlTable) -> ReportPart:
        """One section with its lines."""
        id, heading = block.id(), self.template(block, "heading")
        entries = tuple(self._entry(each) for each in block.blocks("lines"))
        block.close()
        return ReportPart(id, heading, entries)

    def _entry(self, block: TomlTable) -> Sentence | Ranking | Opinions:
        entry: Sentence | Ranking | Opinions
        match block.choice("kind", ("sentence", "ranking", "opinions"), "sentence"):
            case "ranking":
                entry = self._ranking(block)
            case "opinions":
                entry = self._opinions(block)
            case _:
                entry = self._sentence(block)
        block.close()
        return entry

    def _sentence(self, block: TomlTable) -> Sentence:
        if block.has("choices"):
            return Sentence(block.id(), self._choices(block, "choices"))
        return Sentence(block.id(), (self._choice(block),))

    def _ranking(self, block: TomlTable) -> Ranking:
        pattern = block.string("figures", required=True)
        prefix = pattern.removesuffix("*")
        if not any(id.startswith(prefix) for id in self.pack.indicators):
            block.fault("PACK_REFERENCE", "figures", value=pattern, known=", ".join(self.pack.indicators))
        intro, item = self.template(block, "intro"), self.template(block, "item", "label", "count")
        return Ranking(block.id(), prefix, intro, item, self._choices(block, "none"))

    def _opinions(self, block: TomlTable) -> Opinions:
        return Opinions(
            block.id(),
            block.choice("field", self.pack.texts),
            self.template(block, "intro"),
            self.template(block, "own", "text"),
            self.template(block, "item", "text"),
            self.template(block, "shared", "text", "others"),
            block.integer("limit", least=1, most=500),
            block.integer("letters", least=40, most=5000),
            self.template(block, "more", "left"),
        )

    def annex(self, main: TomlTable) -> Annex | None:
        """The table and its chart; None where the report has no table."""
        block = main.block("annex")
        if block is None:
            return None
        chart = block.block("chart")
        columns = tuple(self._column(each) for each in block.blocks("columns"))
        counts = [each.id for each in columns if each.kind == "count"]
        found = Annex(
            title=self.template(block, "title"),
            subject=self.template(block, "subject"),
            note=self.template(block, "note"),
            total=self.template(block, "total"),
            columns=columns,
            groups=tuple(_group(each) for each in block.blocks("groups")),
            chart=self.template(chart, "title") if chart else "",
            together=self.template(chart, "together", "label", "count") if chart else "",
            series=tuple(
                _series(each, counts, self.pack.sensitive) for each in (chart.blocks("series") if chart else ())
            ),
        )
        for part in (chart, block):
            if part:
                part.close()
        return found

    def _column(self, block: TomlTable) -> Column:
        kind = block.choice("kind", ("count", "rate"))
        known = [*self.pack.indicators, *self.form.derived_by_id]
        id = block.id() if kind == "rate" else block.choice("id", known)
        of, over = (block.choice(key, known) if kind == "rate" else "" for key in ("of", "over"))
        column = Column(id, block.string("label", required=True), kind, block.boolean("register"), of, over)
        block.close()
        return column

    def _choices(self, block: TomlTable, name: str) -> tuple[Choice, ...]:
        found = []
        for each in block.blocks(name):
            found.append(self._choice(each))
            each.close()
        return tuple(found)

    def _choice(self, block: TomlTable) -> Choice:
        """A sentence, its condition and, where it enumerates, the parts of the enumeration."""
        if not block.has("parts"):
            return Choice(self.template(block, "text"), self._condition(block))
        text, when, parts = self.template(block, "text", PARTS), self._condition(block), self._choices(block, "parts")
        if f"{{{PARTS}}}" not in text or not parts:
            block.fault("PACK_REPORT_PARTS", "text" if parts else "parts")
        between = block.string("between") or COMMA
        return Choice(text, when, parts, between, block.string("last") or between)

    def _condition(self, block: TomlTable) -> Node | None:
        rule = read_rule(block, "when") if block.has("when") else None
        if rule is not None:
            block.faults.note(condition_faults(rule, self.scope, block.place("when")))
        return rule

    def _names(self, block: TomlTable, key: str, said: str, extra: tuple[str, ...]) -> None:
        known = {*_TEXTS, *self.scope.scalars, *extra}
        for name in PLACEHOLDER.findall(said):
            if name not in known:
                block.fault("PACK_NAME_UNKNOWN", key, name=name, owner=self.form.id)


def _group(block: TomlTable) -> Group:
    found = Group(block.choice("tier", TIERS), block.string("label", required=True), block.boolean("together"))
    block.close()
    return found


def _series(block: TomlTable, counts: list[str], sensitive: frozenset[str]) -> Series:
    label, colour = block.string("label", required=True), block.string("colour", required=True)
    if not _COLOUR.fullmatch(colour):
        block.fault("PACK_CHOICE", "colour", value=colour, allowed="RRGGBB")
    found = Series(block.choice("id", counts), label, colour)
    if found.id in sensitive:
        block.fault("PACK_SENSITIVE_CHART", "id", id=found.id)  # a bar of a single unit cannot be left out
    block.close()
    return found
