"""What the made-up offices do at their desks: a cell types into its form, a base collects and consolidates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from loithe_xl.demo.answers import Cast, cell_inputs, own_values
from loithe_xl.draw.batch import BatchRenderer
from loithe_xl.draw.render import salt_of
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.intake.openfile import Unreadable, open_file, with_receipts
from loithe_xl.language.issues import Fault
from loithe_xl.register.register import Unit
from loithe_xl.system import store
from loithe_xl.tasks.consolidate import ConsolidationRequest, consolidate, open_parent, rebuilt
from loithe_xl.tasks.office import Office, shown

MONDAY, FRIDAY, LATE = datetime(2023, 2, 27, 8), datetime(2023, 3, 3, 15), datetime(2023, 3, 7, 9)


@dataclass(frozen=True, slots=True)
class Letter:
    """One cell's form, and where its filled copy goes."""

    form: Path
    target: Path
    unit: Unit
    parts: Cast
    changed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Collection:
    """One base's form, the folder of what it received, and where its consolidated workbook goes."""

    form: Path
    target: Path
    unit: Unit
    received: Path
    twice: bool
    key: Path | None


def filled_form(letter: Letter) -> Path:
    """A cell's filled form, as its secretary's Excel saves it."""
    opened = open_file(letter.form, shown(letter.form))
    if isinstance(opened, Unreadable):
        raise Fault(list(opened.issues))
    inputs = cell_inputs(opened.layout.form, letter.unit, letter.parts)
    inputs = replace(inputs, values={**inputs.values, **dict(letter.changed)})
    letter.target.parent.mkdir(parents=True, exist_ok=True)
    letter.target.write_bytes(_forge(opened.key).form(opened.unit_form, inputs))
    return letter.target


@cache
def _forge(key: str) -> BatchRenderer:
    return BatchRenderer(salt_of(key))


def collected(work: Collection) -> Path:
    """A base's workbook after one delivery, or two."""
    parent = open_parent(work.form)
    start = blank(parent.layout.form)
    typed(work.form, work.target, replace(start, values={**start.values, **own_values(work.unit)}))
    files = sorted(work.received.glob("*.xlsx"))
    half = len(files) // 2 if work.twice else 0
    for delivery, moment in ((files[:half], MONDAY), (files[half:], FRIDAY)):
        if delivery:
            consolidate(ConsolidationRequest(work.target, tuple(delivery)), Office(now=moment, key=work.key))
    return work.target


def typed(form: Path, target: Path, inputs: Inputs) -> None:
    """A parent's form with its own entries typed in."""
    parent = replace(open_parent(form), inputs=inputs)
    target.parent.mkdir(parents=True, exist_ok=True)
    store.write(target, rebuilt(with_receipts(parent, ()), MONDAY))
