"""What tests of the forms share: each form as a Book, fresh and with figures, and its sheets as a few lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from tools import REQUIRED, TERM, held, small_register

from loithe_xl.consolidation.consolidate import rows_sent_up
from loithe_xl.consolidation.decide import decide, of_run
from loithe_xl.consolidation.journal import JournalEntry, Run, entries
from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.consolidation.receipts import Receipt, UnitRow, Verdict, unit_row
from loithe_xl.draw import Case, form_book, packs
from loithe_xl.draw.render import cell_case, parent_case
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, blank, constants
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity
from loithe_xl.language.issues import Place, issue
from loithe_xl.register.register import Register, Unit
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.address import Address, address, area, column_letters, column_number
from loithe_xl.workbook.book import Book, Formula, Link, Sheet, Validation
from loithe_xl.workbook.daynumbers import serial

LOADED = packs.load("loi_the")
PACK = LOADED.pack
TOKEN = "LT1|token"
UNITS = {"cell": "01.1.C01", "base_cell": "01.K1", "base": "01.1", "district": "01", "province": "00"}
FORMS = tuple(UNITS)
BOOKS = [f"{name}-{lang}" for name in (*FORMS, "faulty", "received") for lang in ("vi", "en")]
IN_TIME, LATE = "2023-03-01T08:00:00", "2023-03-07T09:00:00"


def tree() -> Register:
    """A province over a district of two bases, three cells and one chi bộ cơ sở."""
    top, *rest = small_register().units
    return Register((Unit("00", "Tỉnh Thử", "province"), replace(top, parent="00"), *rest))


def drawn_case(form: str, inputs: Inputs | None = None, received: tuple[Receipt, ...] = (), lang: str = "vi") -> Case:
    """The case of one unit's form: fresh unless inputs or receipts are given; what was received is in its journal."""
    register, layout = tree(), LOADED.by_form[form]
    unit = register.unit(UNITS[form])
    assert unit
    above = register.unit(unit.parent)
    identity = Identity(unit.code, TERM.period, TERM.cutoff, TERM.deadline, PACK.id, layout.digest)
    unit_form = UnitForm(LOADED, identity, TOKEN, unit.name, above.name if above else "", lang)
    inputs = inputs or blank(layout.form)
    if layout.form.parent:
        told = noted(received, register, unit.code)
        return parent_case(unit_form, inputs, Ledgers(register.subtree(unit.code), tuple(received), tuple(told)), {})
    return cell_case(unit_form, inputs)


def noted(receipts: tuple[Receipt, ...], register: Register, parent: str) -> tuple[JournalEntry, ...]:
    """What the run that brought these receipts changed."""
    before, after = (decide(register.subtree(parent), parent, known) for known in ((), receipts))
    return entries(Run(LATE, 1, of_run(after, receipts), (), receipts, before, after))[0]


def typed(form: str, sessions: tuple[dict[str, Raw], ...] = (), **values: Raw) -> Inputs:
    """The form's inputs with these typed in."""
    start = blank(PACK.forms[form])
    tables = dict(start.tables)
    if sessions:
        rows = [dict(row) for row in start.tables["sessions"]]
        for number, session in enumerate(sessions):
            rows[number] |= session
        tables["sessions"] = tuple(rows)
    return Inputs({**start.values, **values}, tables)


def faulty_inputs() -> Inputs:
    """A chi bộ cơ sở that got many things wrong."""
    wrong: dict[str, Raw] = {**REQUIRED, "members_total": 12, "members_exempt": 20, "members_elderly": -1}
    wrong |= {"reported_other": "mười", "registered": "co", "plan_issued": "Có", "difficulties_text": "x" * 5000}
    return typed("base_cell", (held(10, superior="Ai đó"), {"held_date": serial(TERM.cutoff) + 3}), **wrong)


def own_row(form: str, unit: str, inputs: Inputs) -> UnitRow:
    """What a cell sends up."""
    known = constants(PACK, serial(TERM.cutoff))
    return unit_row(unit, PACK.forms[form], inputs, all_values(PACK.forms[form], inputs, known, {}))


def received() -> tuple[Receipt, ...]:
    """What a district got: a base in time, a chi bộ cơ sở late, a file turned away; the other base is missing."""
    said = typed("cell", (held(10, superior="Huyện"),), **REQUIRED, difficulty_01="Có", proposals_text="Gửi mẫu.")
    cell = Receipt("a" * 64, "a.xlsx", "01.1.C01", Verdict.VALID, IN_TIME, rows=(own_row("cell", "01.1.C01", said),))
    base = drawn_case("base", typed("base", conference_held="Có"), (cell,))
    assert base.consolidation
    rows = rows_sent_up(PACK, base.form, base.inputs, base.consolidation)
    done = typed("base_cell", (held(20),), **{**REQUIRED, "reported_other": 23}, plan_issued="Có")
    straight = (own_row("base_cell", "01.K1", done),)
    refused = (issue("TOKEN_MISSING", Place("c.xlsx")),)
    return (
        Receipt("b" * 64, "thang 2/BC co so.xlsx", "01.1", Verdict.VALID, IN_TIME, rows=rows),
        Receipt("c" * 64, "c.xlsx", "", Verdict.REFUSED, IN_TIME, issues=refused),
        Receipt("d" * 64, "BC lan 1.xlsx", "01.K1", Verdict.VALID, LATE, rows=straight),
    )


@cache
def books() -> dict[str, tuple[Case, Book]]:
    """Every form fresh in both languages, a faulty one, and a district that received something."""
    cases = {}
    for name in BOOKS:
        form, _, lang = name.rpartition("-")
        if form == "faulty":
            cases[name] = drawn_case("base_cell", faulty_inputs(), lang=lang)
        elif form == "received":
            cases[name] = drawn_case("district", received=received(), lang=lang)
        else:
            cases[name] = drawn_case(form, lang=lang)
    return {name: (case, form_book(case)) for name, case in cases.items()}


def outline(sheet: Sheet, rows: range, formulas: bool = False) -> Iterator[str]:
    """A sheet as text: how it is set up, then one line per row, each cell with its style and content."""
    orientation = "landscape" if sheet.print.landscape else "portrait"
    yield f"# {sheet.name} ({orientation}, starts at {address(*sheet.selection)}, scrolls from {sheet.freeze})"
    yield "widths " + " ".join(f"{column_letters(column)}={wide:g}" for column, wide in sorted(sheet.widths.items()))
    for row in rows:
        cells = [(where, cell) for where, cell in sorted(sheet.cells.items()) if where[0] == row]
        told = [f"{column_letters(where[1])}:{cell.style}{content(cell.value, formulas)}" for where, cell in cells]
        if told:
            yield f"{row} ({sheet.heights.get(row, 0):g}) " + " · ".join(told)


def content(value: object, formulas: bool) -> str:
    """What a cell holds, after a space; a formula as its result unless it is asked for."""
    if isinstance(value, Formula):
        return f" ={value.text} -> {value.result!r}" if formulas else f" ={value.result!r}"
    if isinstance(value, Link):
        return f" → {value.target}"
    return "" if value is None else f" {value!r}"


def rule_line(rule: Validation) -> str:
    """A validation without its prompt, which is the field's help."""
    bounds = rule.source or (rule.minimum, rule.maximum)
    return f"{area(*rule.area, fixed=False)} {rule.kind} {bounds} “{rule.title}”"


def blocks(formula: str) -> list[tuple[str, Address, Address]]:
    """The areas that a defined name reaches through INDEX: sheet, first and last cell."""
    found = []
    for sheet, *ends in re.findall(r"INDEX\('((?:[^']|'')+)'!\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+),", formula):
        first, last = ((int(row), column_number(letters)) for letters, row in zip(ends[::2], ends[1::2], strict=True))
        found.append((sheet.replace("''", "'"), first, last))
    return found
