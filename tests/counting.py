"""Nothing is counted twice or swallowed: random deliveries to a random tree, run by run, whatever the register becomes.

Every cell has its own digit in what it reports, so that a parent's total itself tells how often each cell is in it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from tally import Tally
from tools import unit_form

from loithe_xl.consolidation.consolidate import consolidate
from loithe_xl.consolidation.decide import decide, prefer, withdraw
from loithe_xl.consolidation.receipts import Decision, Receipt, UnitRow, Verdict
from loithe_xl.draw import packs
from loithe_xl.form.inputs import blank, constants
from loithe_xl.intake.judging import merged, news, settled
from loithe_xl.register.register import Register, Unit
from loithe_xl.workbook.daynumbers import serial

PACK = packs.load("loi_the").pack
KNOWN = constants(PACK, serial(date(2023, 2, 28)))
DIGIT = 8  # a cell counts seven times at most before its digit runs over
TOP = "T"


@dataclass(frozen=True)
class Step:
    """One run at the province: what comes, what the office orders, and the register that is in force."""

    register: Register
    files: tuple[Receipt, ...] = ()
    withdrawn: tuple[str, ...] = ()
    preferred: str = ""


def tree(chance: random.Random) -> Register:
    """A province with districts, bases and cells, some of them straight under a district."""
    units = [Unit(TOP, "Tỉnh", "province")]
    for district in ("01", "02")[: chance.randint(1, 2)]:
        units.append(Unit(district, district, "district", TOP))
        units += [Unit(f"{district}.K{n}", "K", "cell", district) for n in range(chance.randint(0, 2))]
        for base in range(chance.randint(1, 2)):
            code = f"{district}.{base}"
            units.append(Unit(code, code, "base", district))
            units += [Unit(f"{code}.C{n}", "C", "cell", code) for n in range(chance.randint(0, 3))]
    return Register(tuple(units))


def moved(register: Register, chance: random.Random) -> Register:
    """The register with a cell under another superior, or without it."""
    cells, above = register.of_tier("cell"), [*register.of_tier("base"), *register.of_tier("district")]
    if not cells:
        return register
    cell = chance.choice(cells)
    kept = tuple(unit for unit in register.units if unit is not cell)
    return Register(kept if chance.random() < 0.2 else (*kept, replace(cell, parent=chance.choice(above).code)))


def steps(chance: random.Random) -> list[Step]:
    """Some runs: reports of cells, books of bases and districts with any of the units that some register has there,
    books without cells, former books, newer ones, some that no saved time tells apart."""
    first = tree(chance)
    known, found, sent = [first], list[Step](), list[Receipt]()
    for number in range(chance.randint(1, 5)):
        if chance.random() < 0.3:
            known.append(moved(known[-1], chance))
        files = [_report(known, chance, f"{number}-{file}") for file in range(chance.randint(0, 5))]
        files += chance.sample(sent, min(len(sent), chance.randint(0, 2)))
        moment = f"2023-03-{number + 10}T08:00:00"
        files = [replace(each, received_at=moment) for each in {file.sha: file for file in files}.values()]
        sent += files
        units = sorted({each.unit for each in sent})
        taken = (chance.choice(units),) if units and chance.random() < 0.15 else ()
        chosen = chance.choice(files).sha if files and chance.random() < 0.15 else ""
        found.append(Step(known[-1], tuple(files), taken, chosen))
    return found


def _report(known: Sequence[Register], chance: random.Random, name: str) -> Receipt:
    register = chance.choice(known)
    unit = chance.choice([each for each in register.units if each.code != TOP])
    inside = [each for each in register.subtree(unit.code).units if each.code != unit.code and chance.random() < 0.7]
    inside = [] if chance.random() < 0.15 else inside
    rows = [UnitRow(each.code, _figures(each.code, register, inside), {}) for each in inside]
    own = UnitRow(unit.code, _figures(unit.code, register, inside) | {"members_exempt": chance.randint(0, 2)}, {})
    saved = chance.choice(("", *(f"2023-03-0{day}T08:00:00+00:00" for day in (1, 2, 3))))
    return Receipt(
        f"sha {name}",
        f"{unit.code}/{name}.xlsx",
        unit.code,
        Verdict.VALID,
        "",
        chance.choice((1, 1, 1, 2)),
        saved,
        rows=(own, *rows),
        program=chance.choice(("", "libreoffice")),
    )


def _figures(code: str, register: Register, inside: Sequence[Unit]) -> dict[str, int]:
    beneath = {each.code for each in register.subtree(code).units}
    cells = [code] if register.unit(code).tier == "cell" else [each.code for each in inside if each.tier == "cell"]  # type: ignore[union-attr]
    return {"members_total": sum(digit(cell) for cell in cells if cell in beneath)}


def digit(cell: str) -> int:
    """What one cell reports: a one in its own place of the sum."""
    district, part, *rest = cell.split(".")
    place = ("K0", "K1").index(part) if part[0] == "K" else 2 + 3 * int(part) + int(rest[0][1:])
    return int(DIGIT ** (place + 8 * int(district == "02")))


def counts(register: Register, receipts: Sequence[Receipt]) -> dict[str, int]:
    """How often each cell is in the province's total."""
    form = PACK.forms["province"]
    done = consolidate(unit_form(PACK, form, TOP), blank(form), register, receipts)
    total = done.values["members_total"]
    assert isinstance(total, int)
    places = [f"{d}.{part}" for d in ("01", "02") for part in ("K0", "K1", *(f"{b}.C{c}" for b in "01" for c in "012"))]
    return {cell: total // digit(cell) % DIGIT for cell in places}


def walked(run: Sequence[Step]) -> str:
    """What is wrong with these runs, one after the other; blank if nothing."""
    receipts: list[Receipt] = []
    whole: list[Receipt] = []  # the same, with nothing let go
    before = Decision({}, {})
    had: Mapping[str, int] = {}
    for number, step in enumerate(run):
        seen = {each.sha: each for each in step.files}
        receipts, whole = (_after(step, known) for known in (receipts, whole))
        receipts = settled(step.register, TOP, receipts)
        after = decide(step.register, TOP, receipts)
        has = counts(step.register, receipts)
        if max(has.values()) > 1:
            return f"run {number}: counted twice: {has}"
        named = " ".join(each.message.vi for each in news(before, after, receipts, seen, step.withdrawn))
        lost = [cell for cell, times in had.items() if times and not has[cell]]
        if unsaid := [cell for cell in lost if cell not in named]:
            return f"run {number}: stops counting without a word: {unsaid}"
        if absent := [cell for cell, times in has.items() if times and step.register.unit(cell) is None]:
            return f"run {number}: counts, and no register has it: {absent}"
        stand = [each.unit for each in receipts if after.standing[each.sha].status.value in ("accepted", "covered")]
        if swallowed := [cell for cell in stand if has.get(cell, 1) != 1]:
            return f"run {number}: their own report stands, and does not count: {swallowed}"
        before, had = after, has
    return _alike(run, receipts, whole)


def _after(step: Step, known: Sequence[Receipt]) -> list[Receipt]:
    found = merged(known, step.files)
    for unit in step.withdrawn:
        found = withdraw(found, unit)
    return prefer(found, step.preferred) if step.preferred and _valid(found, step.preferred) else found


def _valid(receipts: Sequence[Receipt], sha: str) -> bool:
    return any(each.sha == sha and each.verdict is Verdict.VALID for each in receipts)


def _alike(run: Sequence[Step], receipts: Sequence[Receipt], whole: Sequence[Receipt]) -> str:
    """Whether the result depends on the set alone: not on the order, nor on what was let go on the way."""
    if len({id(step.register) for step in run}) > 1 or not run:
        return ""  # what a former register refused stays refused until it is sent again
    register = run[-1].register
    if counts(register, receipts) != counts(register, whole):
        return "what was let go is missed"
    for order in (whole[::-1], sorted(whole, key=lambda each: each.sha)):
        one, other = decide(register, TOP, whole), decide(register, TOP, order)
        if one.standing != other.standing:
            return "another order, another decision"
    return ""


def run(folder: Path, count: int = 10_000, seed: int = 0) -> Tally:
    """So many random sequences of runs."""
    del folder
    tally = Tally()
    for number in range(count):
        tally.add(f"--seed {seed} case {number}", walked(steps(random.Random(f"{seed}:{number}"))))
    return tally
