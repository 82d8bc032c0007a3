"""The figures that a pack wants read first: beside each cell, and in the first columns of units side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from loithe_xl.language.catalogue import Text
from loithe_xl.pack.kinds import Aggregate
from loithe_xl.pack.spec import Form, Pack, field_indicators
from loithe_xl.pack.toml import TomlTable

MOST = {"cells": 8, "units": 12}  # as many as stand side by side on an office PC, and on a sheet of paper


def read_main(main: TomlTable) -> TomlTable | None:
    """The table ``[main]`` of ``pack.toml``, its keys judged for their kind and number; None where there is none."""
    block = main.block("main")
    if block is None:
        return None
    for key, most in MOST.items():
        listed = block.strings(key)
        if len(listed) > most:
            block.fault("PACK_MAIN_MANY", key, most=most)
        for id in dict.fromkeys(each for each in listed if listed.count(each) > 1):
            block.fault("PACK_ID_TWICE", key, id=id, owner=key)
    block.close()
    return block


def main_figures(pack: Pack, block: TomlTable | None) -> Mapping[str, tuple[str, ...]]:
    """The figures by what they stand beside (``cells``, ``units``): as stated, else the first that the forms have.

    A figure that the forms do not have, or a sensitive one, is noted as a fault.
    """
    found = {}
    for key, offered in (("cells", _of_cells(pack)), ("units", _of_units(pack))):
        known = [id for id in dict.fromkeys(offered) if id not in pack.sensitive]
        stated = _judged(block, key, known, pack) if block and block.has(key) else ()
        found[key] = stated or tuple(known[: MOST[key]])
    return found


def _judged(block: TomlTable, key: str, known: Sequence[str], pack: Pack) -> tuple[str, ...]:
    stated = block.strings(key)
    for id in stated:
        if id in pack.sensitive:
            block.fault("PACK_MAIN_SENSITIVE", key, id=id)
        elif id not in known:
            block.fault("PACK_REFERENCE", key, value=id, known=", ".join(known))
    return stated


def _of_cells(pack: Pack) -> Iterable[str]:
    """What cells send up."""
    return (id for form in pack.forms.values() if form.tier == "cell" for id in _sent(form))


def _of_units(pack: Pack) -> Iterable[str]:
    """What is known of each unit at its superior."""
    counted = (each for form in pack.forms.values() if form.parent for each in form.derived)
    yield from (each.id for each in counted if each.source == "register_cells")
    yield from pack.indicators
    yield from (each.id for form in pack.forms.values() for each in form.derived if each.source == "children")


def _sent(form: Form) -> Iterable[str]:
    for field in form.fields.values():
        yield from (each.id for each in field_indicators(field, Text("")))
    yield from (each.id for each in form.derived if each.aggregate is Aggregate.SUM)
