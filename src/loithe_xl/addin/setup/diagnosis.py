"""addin doctor: what stands between a user and the add-in's buttons on this PC; it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from loithe_xl.addin.setup import permissions, programs, windows
from loithe_xl.addin.setup.installing import ask, planned
from loithe_xl.addin.setup.patient import Finding, Health, Patient, excel_version
from loithe_xl.addin.setup.programs import EXCEL_2016
from loithe_xl.addin.setup.windows import Windows
from loithe_xl.language.catalogue import text
from loithe_xl.language.issues import Fault

CHECKS: Sequence[Callable[[Patient], Finding]] = (*programs.PROGRAM_CHECKS, *permissions.PERMISSION_CHECKS)


def doctor(pc: Windows | None = None) -> list[Finding]:
    """The findings of every check, in order; a Fault with exit code 2 elsewhere than on Windows."""
    patient = _examined(pc or windows.this_pc())
    return [check(patient) for check in CHECKS]


def is_sound(findings: Sequence[Finding]) -> bool:
    """Whether no check failed; the exit code is 1 otherwise."""
    return all(found.verdict is not Health.FAIL for found in findings)


def doctor_lines(findings: Sequence[Finding], lang: str) -> Iterator[str]:
    """A line per check, and the sum."""
    for found in findings:
        mark, name = text(f"addin_install.mark_{found.verdict}"), text(f"addin_install.{found.check}")
        yield f"[{mark.to(lang)}] {name.to(lang)}: {found.message.to(lang)}"
    failed = sum(found.verdict is Health.FAIL for found in findings)
    yield text("addin_install.sum_fail" if failed else "addin_install.sum_ok", count=failed).to(lang)


def doctor_json(findings: Sequence[Finding], lang: str) -> dict[str, Any]:
    """``{"ok", "checks": [{"check", "verdict", "message"}]}``."""
    told = [{"check": each.check, "verdict": each.verdict.value, "message": each.message.to(lang)} for each in findings]
    return {"ok": is_sound(findings), "checks": told}


def _examined(pc: Windows) -> Patient:
    office = f"{excel_version(pc) or EXCEL_2016}.0"
    try:
        plan = planned(pc)
    except Fault as fault:
        return Patient(pc, None, None, fault.issues[0].code, office)
    told, said = ask(pc, plan.python, "-B")  # nothing is kept: looking changes nothing
    return Patient(pc, plan, told, said, office)
