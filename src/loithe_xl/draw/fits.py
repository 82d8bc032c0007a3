"""Whether Excel takes the formulas that a pack's forms need; found when the pack is loaded, by building them."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from loithe_xl.draw.beside import field_status, row_help
from loithe_xl.draw.case import Case
from loithe_xl.draw.checklist import stated
from loithe_xl.draw.panel import Panel, fresh_panel
from loithe_xl.draw.totals import derived_formula
from loithe_xl.form.checks import Item
from loithe_xl.form.inputs import BLANK
from loithe_xl.form.layout import place
from loithe_xl.form.loaded import Loaded
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.pack.spec import Form, Pack
from loithe_xl.workbook.formulalimits import Excess, excess


def formula_faults(pack: Pack, form: Form, places: Mapping[tuple[str, str], Place]) -> Iterator[Issue]:
    """Every formula of a form that Excel would not take.

    ``places``: where each id is stated, by (kind, id); the kinds are ``input`` (fields, tables, figures) and ``check``.
    """
    panel = fresh_panel_of(pack, form)
    last = panel.last
    for line in panel.lines:
        item = line.item
        found = excess(stated(panel, item, last)) if item.row == 0 else None
        if found and item.table:
            over = _too_many(panel, item, last)
            label, many = form.tables[item.table].label, len(item.checks)
            yield _fault("PACK_TABLE_CHECKS", places["input", item.table], found, table=label, count=many, over=over)
        elif found:
            yield _fault("PACK_FORMULA_LONG", places["input" if item.id in form.fields else "check", item.id], found)
    for id, field in form.fields.items():
        if found := excess(_beside(panel, id)):
            many = len(panel.beside(id))
            yield _fault("PACK_FIELD_CHECKS", places["input", id], found, label=field.label, count=many)
    for derived in form.derived:
        rule, layout = derived.rule, panel.case.layout
        if rule is not None and (found := excess(derived_formula(layout, rule, derived.needs))):
            yield _fault("PACK_FORMULA_LONG", places["input", derived.id], found)


def _beside(panel: Panel, id: str) -> str:
    slot = panel.case.layout.slots[id]
    return field_status(panel, slot, None, row_help(panel, slot)).text


def fresh_panel_of(pack: Pack, form: Form) -> Panel:
    """The panel of nobody's form, for its formulas."""
    layout = place(form)
    nobody = Identity("", "", date.min, date.min, pack.id, layout.digest)
    alone = Loaded(pack, {layout.digest: layout}, {form.id: layout})
    return fresh_panel(Case(UnitForm(alone, nobody, "", "", ""), BLANK, {}))


def _too_many(panel: Panel, item: Item, row: int) -> int:
    """How many of a table's checks have to go before Excel takes the formula of a row."""
    checks = item.checks

    def over(left: int) -> bool:
        return bool(excess(stated(panel, replace(item, checks=checks[:left]), row)))

    left = bisect(range(1, len(checks)), False, key=over)
    return len(checks) - left


def _fault(code: str, where: Place, found: Excess, **args: Text | int) -> Issue:
    return issue(code, where, excess=text(f"spec.over_{found.limit}", found=found.found, most=found.most), **args)
