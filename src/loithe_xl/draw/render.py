"""One unit's workbook as bytes: drawn, written and locked; a fresh form and a parent with figures alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from loithe_xl.consolidation.consolidate import Consolidation, consolidate
from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.draw import Case, ParentCase, form_book
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import derived_bytes
from loithe_xl.language.issues import Fault
from loithe_xl.register.register import TIERS, Register
from loithe_xl.report import Draft, Edit, Page, compose
from loithe_xl.workbook import protection, writer


def cell_case(unit_form: UnitForm, inputs: Inputs) -> Case:
    """A form without children, with these inputs."""
    return Case(unit_form, inputs, all_values(unit_form.form, inputs, unit_form.constants, {}))


def parent_case(
    unit_form: UnitForm,
    inputs: Inputs,
    ledgers: Ledgers,
    edits: Mapping[str, Edit],
    done: Consolidation | None = None,
) -> ParentCase:
    """A parent's workbook with everything it ever received; ``done``: its figures, where they are known already."""
    ledgers = replace(ledgers, register=by_tier(ledgers.register))
    if done is None:
        done = consolidate(unit_form, inputs, ledgers.register, ledgers.receipts)
    page = page_of(unit_form, inputs, ledgers.register, done, Draft(edits))
    return ParentCase(unit_form, inputs, done.rule_values, ledgers, done, page)


def page_of(unit_form: UnitForm, inputs: Inputs, register: Register, done: Consolidation, draft: Draft) -> Page | None:
    """The tier's report; None where the pack words none for it."""
    if unit_form.form.tier not in unit_form.pack.report:
        return None
    page = compose(unit_form, inputs, register, done, draft)
    if not isinstance(page, Page):
        raise Fault(page, 2)
    return page


def package(case: Case, salt: bytes) -> bytes:
    """The case's workbook, its sheets and structure locked with the pack's published password."""
    return writer.render(form_book(case, flowing=True), protection.protection(case.pack.password, salt))


def salt_of(key: str) -> bytes:
    """The salt of every lock set under one office's public key: equal input gives equal bytes, one hash serves all."""
    return derived_bytes(key.encode(), "protection")[:16]


def by_tier(register: Register) -> Register:
    """The register with the units of a tier together, so that a drop-down can point at them."""
    return Register(tuple(sorted(register.units, key=lambda unit: TIERS.index(unit.tier))))
