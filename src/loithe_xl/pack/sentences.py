"""Reads the sentences of a report out of a pack's TOML: templates whose names are known, choices, enumerations."""

from __future__ import annotations

import re

from loithe_xl.pack.fields import read_rule
from loithe_xl.pack.reportspec import COMMA, Choice
from loithe_xl.pack.rulecheck import RuleScope, condition_faults, form_scope
from loithe_xl.pack.spec import Form, Pack
from loithe_xl.pack.toml import TomlTable
from loithe_xl.rules.syntax import Node

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
PARTS = "parts"  # stands for the enumeration in a sentence that has one
_TEXTS = frozenset(
    "unit committee committee_above area campaign campaign_end next_month basis bases cutoff deadline blank symbol "
    "place date name".split()
)
_COUNTED = frozenset({"units_received", "units_missing"})  # direct children, by whether anything of them counts


class SentenceReader:
    """Reads sentences, knowing which names they and their rules may use. ``own``: the report's own figures."""

    def __init__(self, form: Form, pack: Pack) -> None:
        self.form, self.pack = form, pack
        self.own: dict[str, Node] = {}

    @property
    def scope(self) -> RuleScope:
        """The names of rules: the form's, the sums of its children's figures, and the report's own."""
        return form_scope(self.form, [*self.pack.indicators, *_COUNTED, *self.own], complete=True)

    def template(self, block: TomlTable, key: str, *extra: str, required: bool = True) -> str:
        """A sentence, blank where it may be absent and is; every name in it must be known."""
        said = block.string(key, required=required)
        self._names(block, key, said, extra)
        return said

    def templates(self, block: TomlTable, key: str) -> tuple[str, ...]:
        """A required list of sentences."""
        said = block.strings(key, required=True)
        self._names(block, key, " ".join(said), ())
        return said

    def choices(self, block: TomlTable, name: str) -> tuple[Choice, ...]:
        """The sentences of an array, of which the first stands that fits."""
        found = []
        for each in block.blocks(name):
            found.append(self.choice(each))
            each.close()
        return tuple(found)

    def choice(self, block: TomlTable) -> Choice:
        """A sentence, its condition and, where it enumerates, the parts of the enumeration."""
        if not block.has("parts"):
            return Choice(self.template(block, "text"), self.condition(block))
        text, when, parts = self.template(block, "text", PARTS), self.condition(block), self.choices(block, "parts")
        if f"{{{PARTS}}}" not in text or not parts:
            block.fault("PACK_REPORT_PARTS", "text" if parts else "parts")
        between = block.string("between") or COMMA
        return Choice(text, when, parts, between, block.string("last") or between)

    def condition(self, block: TomlTable) -> Node | None:
        """The rule under which a sentence stands; None: always."""
        rule = read_rule(block, "when") if block.has("when") else None
        if rule is not None:
            block.faults.note(condition_faults(rule, self.scope, block.place("when")))
        return rule

    def _names(self, block: TomlTable, key: str, said: str, extra: tuple[str, ...]) -> None:
        known = {*_TEXTS, *self.scope.scalars, *extra}
        for name in PLACEHOLDER.findall(said):
            if name not in known:
                block.fault("PACK_NAME_UNKNOWN", key, name=name, owner=self.form.id)
