"""One unit's workbook as bytes: drawn, written and locked; a fresh form and a parent with figures alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from loithe_xl.consolidation.consolidate import Consolidation, consolidate
from loithe_xl.consolidation.journal import Entry
from loithe_xl.consolidation.receipts import Receipt
from loithe_xl.draw import Case, form_book
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, constants
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import Loaded
from loithe_xl.identity.token import Identity, derive
from loithe_xl.language.issues import Fault
from loithe_xl.register.register import TIERS, Register
from loithe_xl.report import Edit, Page, compose
from loithe_xl.rules.evaluate import Values
from loithe_xl.workbook import protection, writer
from loithe_xl.workbook.daynumbers import serial


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose workbook: its identity and token, the names shown on it, and the issuer's seal of its wording."""

    identity: Identity
    token: str
    name: str
    above: str
    lang: str = "vi"
    seal: tuple[str, ...] = ()


def cell_case(loaded: Loaded, layout: Layout, subject: Subject, inputs: Inputs) -> Case:
    """A form without children."""
    known = constants(loaded.pack, serial(subject.identity.cutoff))
    values = all_values(layout.form, inputs, known, {})
    return _case(loaded, layout, subject, inputs, values)


def parent_case(
    loaded: Loaded,
    layout: Layout,
    subject: Subject,
    inputs: Inputs,
    register: Register,
    receipts: Sequence[Receipt],
    edits: Mapping[str, Edit],
    done: Consolidation | None = None,
    journal: Sequence[Entry] = (),
) -> Case:
    """A parent's workbook with everything it ever received; ``done``: its figures, where they are known already."""
    identity, kept = subject.identity, by_tier(register)
    if done is None:
        known = constants(loaded.pack, serial(identity.cutoff))
        given = loaded.pack, layout.form, kept, identity.unit
        done = consolidate(*given, inputs, known, receipts, identity.deadline)
    page = page_of(loaded, layout, subject, inputs, kept, done, edits)
    told = tuple(receipts), page, tuple(journal)
    return _case(loaded, layout, subject, inputs, done.rule_values, kept, done, *told)


def page_of(
    loaded: Loaded,
    layout: Layout,
    subject: Subject,
    inputs: Inputs,
    register: Register,
    done: Consolidation,
    edits: Mapping[str, Edit],
    profile: str = "hd36_2018",
    today: date | None = None,
) -> Page | None:
    """The tier's report; None where the pack words none for it."""
    tier = layout.form.tier
    if tier not in loaded.pack.report:
        return None
    page = compose(
        loaded.pack,
        done,
        register,
        subject.identity,
        subject.name,
        subject.above,
        inputs,
        edits,
        tier=tier,
        profile=profile,
        today=today,
        lang=subject.lang,
    )
    if not isinstance(page, Page):
        raise Fault(page, 2)
    return page


def package(case: Case, salt: bytes) -> bytes:
    """The case's workbook, its sheets and structure locked with the pack's published password."""
    return writer.render(form_book(case, flowing=True), protection.protection(case.pack.password, salt))


def salt_of(key: str) -> bytes:
    """The salt of every lock set under one office's public key: equal input gives equal bytes, one hash serves all."""
    return derive(key.encode(), "protection")[:16]


def by_tier(register: Register) -> Register:
    """The register with the units of a tier together, so that a drop-down can point at them."""
    return Register(tuple(sorted(register.units, key=lambda unit: TIERS.index(unit.tier))))


def _case(
    loaded: Loaded,
    layout: Layout,
    subject: Subject,
    inputs: Inputs,
    values: Values,
    register: Register | None = None,
    done: Consolidation | None = None,
    receipts: tuple[Receipt, ...] = (),
    page: Page | None = None,
    journal: tuple[Entry, ...] = (),
) -> Case:
    return Case(
        loaded.pack,
        layout,
        subject.identity,
        subject.token,
        subject.name,
        subject.above,
        inputs,
        values,
        subject.lang,
        register,
        done,
        receipts,
        page,
        embedded=loaded.embedded if register else (),
        journal=journal,
        seal=subject.seal,
    )
