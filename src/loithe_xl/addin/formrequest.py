"""Which forms a click asks for: those beneath the open parent, or those of a register with its own top tier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from loithe_xl.draw import packs
from loithe_xl.form.loaded import Loaded
from loithe_xl.form.terms import Term, term
from loithe_xl.intake.openfile import ParentBook
from loithe_xl.language.catalogue import Text
from loithe_xl.pack import find
from loithe_xl.register.register import TIERS, Register
from loithe_xl.tasks import registers
from loithe_xl.tasks.generate import Request, generate
from loithe_xl.tasks.office import Office


def beneath(parent: ParentBook) -> Request | None:
    """Every form under an open parent, for its own period; None when nothing is under it."""
    identity, register = parent.identity, parent.ledgers.register
    if len(register.subtree(identity.unit).units) < 2:
        return None
    same = Term(identity.period, identity.cutoff, identity.deadline)
    tier = parent.layout.form.tier
    return Request(parent.loaded, register, same, tier, True, (identity.unit,), without=(identity.unit,))


def of_register(path: Path, ask_pack: Callable[[Sequence[Text]], int], ask_period: Callable[[str], str]) -> Request:
    """Every form of a register, from its highest tier down, by a pack that comes with the program.

    ``ask_pack`` is given the packs' titles where there are several, and answers which, counted from 0; ``ask_period``
    is given that pack's own period.
    """
    register = registers.opened(path)
    loaded = _chosen(ask_pack)
    asked = term(loaded, ask_period(loaded.pack.period), None, None)
    known = register.at(asked.cutoff)
    return Request(loaded, known, asked, _top(known), True)


def write(request: Request, folder: Path, office: Office) -> list[Path]:
    """Make the forms in a folder; their paths."""
    return generate(replace(request, out=folder), office)


def _chosen(ask_pack: Callable[[Sequence[Text]], int]) -> Loaded:
    names = find.available()
    if len(names) < 2:
        return packs.load("".join(names))  # which names none, when there is none
    known = [packs.load(name) for name in names]
    return known[ask_pack([loaded.pack.title for loaded in known])]


def _top(register: Register) -> str:
    return min((unit.tier for unit in register.units), key=TIERS.index)
