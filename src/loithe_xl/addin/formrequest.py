"""Which forms a click asks for: those beneath the open parent, or those of a register with its own top tier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from loithe_xl.draw import packs
from loithe_xl.form.terms import Term, term
from loithe_xl.intake.openfile import Opened
from loithe_xl.register.register import TIERS, Register
from loithe_xl.tasks import registers
from loithe_xl.tasks.generate import Request, generate
from loithe_xl.tasks.office import Office

PACK = "loi_the"


def beneath(parent: Opened) -> Request | None:
    """Every form under an open parent, for its own period; None when nothing is under it."""
    assert parent.identity and parent.loaded and parent.register and parent.layout
    identity = parent.identity
    if len(parent.register.subtree(identity.unit).units) < 2:
        return None
    same = Term(identity.period, identity.cutoff, identity.deadline)
    tier = parent.layout.form.tier
    return Request(parent.loaded, parent.register, same, tier, True, (identity.unit,), without=(identity.unit,))


def of_register(path: Path, ask_period: Callable[[str], str]) -> Request:
    """Every form of a register, from its highest tier down; ``ask_period`` is given the pack's own period."""
    loaded = packs.load(PACK)
    register = registers.opened(path)
    asked = term(loaded, ask_period(loaded.pack.period), None, None)
    known = register.at(asked.cutoff)
    return Request(loaded, known, asked, _top(known), True)


def write(request: Request, folder: Path, office: Office) -> list[Path]:
    """Make the forms in a folder; their paths."""
    return generate(replace(request, out=folder), office)


def _top(register: Register) -> str:
    return min((unit.tier for unit in register.units), key=TIERS.index)
