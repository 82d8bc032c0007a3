"""Eight at once on one parent: each brings another unit's report, and none of them is lost."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cli_tools import type_in
from scenes import FRIDAY, JOURNAL, PARENT, leftovers, pressed, seen
from tally import Tally
from tools import REQUIRED, held, make_forms, small_register

from loithe_xl.consolidation.receipts import Verdict
from loithe_xl.tasks import journalfile
from loithe_xl.tasks.consolidate import open_parent

AT_ONCE = 8


def run(folder: Path, count: int = 20, seed: int = 0) -> Tally:
    """So many rounds."""
    tally = Tally()
    forms = make_forms(folder / "m", small_register({"01.1": 4}, straight=AT_ONCE - 4))
    units = [unit for unit in forms if unit.startswith(("01.1.C", "01.K"))]
    reports = [
        type_in(forms[unit], folder / f"{unit}.xlsx", {**REQUIRED, "members_total": 30 + number}, [held(10)])
        for number, unit in enumerate(units)
    ]
    for number in range(count):
        stage = folder / f"{number}"
        stage.mkdir()
        (stage / PARENT).write_bytes(forms["01"].read_bytes())
        tally.add(f"round {number + 1}", _round(stage, reports, units))
    return tally


def _round(stage: Path, reports: Sequence[Path], units: Sequence[str]) -> str:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in reports}
    gate, start = os.pipe()
    workers = [_begun(stage, report, gate, start) for report in reports]
    os.close(gate)
    os.close(start)  # all at once
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in workers]
    if codes != [0] * len(reports):
        return f"they ended with {codes}"
    parent = open_parent(stage / PARENT)
    counted = {
        each.unit: each.rows[0].figures["members_total"]
        for each in parent.ledgers.receipts
        if each.verdict is Verdict.VALID
    }
    if counted != {unit: 30 + number for number, unit in enumerate(units)}:
        return f"counted: {counted}"
    if parent.consolidation.values["members_total"] != sum(counted.values()):
        return "the sum is another"
    journal = (stage / JOURNAL).read_bytes()
    if journalfile._last_check(journal) is None or journal.count(b"\r\n") < len(reports):
        return "the journal is not whole"
    if any(open_parent(copy).identity != parent.identity for copy in seen(stage / "ban-cu")):
        return "a copy is not whole"
    if {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in reports} != before:
        return "a received file is another"
    return leftovers(stage)


def _begun(stage: Path, report: Path, gate: int, start: int) -> int:
    """A process that waits at the gate and then takes one report in."""
    pid = os.fork()
    if pid:
        return pid
    code = 99
    with suppress(BaseException):
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.close(start)
        os.read(gate, 1)
        code = pressed(stage, "consolidate", "--into", PARENT, report, "--now", FRIDAY)[0]
    os._exit(code)
