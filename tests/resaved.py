"""Many random fills through every program that honest people save forms with: accepted, all values the same."""

from __future__ import annotations

from pathlib import Path

import fills
import savers
from tally import Tally
from tools import Calc, make_forms

import programs

BATCH = 40


def run(folder: Path, count: int = 1_000, seed: int = 0) -> Tally:
    """So many fills, spread over the forms, through each saver."""
    tally = Tally()
    found, missing = programs.locate()
    if missing:
        tally.notes.append(f"not tried for want of {', '.join(tool.name for tool in missing)}")
        return tally
    calc = Calc(found["LOITHE_SOFFICE"], found["LOITHE_UNO_PYTHON"])
    used = savers.Programs(found.__getitem__, calc.convert)
    forms = make_forms(folder / "forms")
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        names = list(fills.UNITS)
        made = [fills.fill(forms, names[number % len(names)], seed + number, folder / f"{start}") for number in numbers]
        for saver in savers.SAVERS:
            survived = set(savers.survivors(used, saver, made, folder / f"{start}-{saver}"))
            for number, path in zip(numbers, made, strict=True):
                tally.add(
                    f"--seed {seed} fill {number} through {saver}", "" if path in survived else "it is read otherwise"
                )
    return tally
