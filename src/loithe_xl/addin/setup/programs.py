"""The doctor's checks of Windows, Excel, our Python and the office's keys: whether all is there and as it should be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import PureWindowsPath

from loithe_xl.addin.setup import windows
from loithe_xl.addin.setup.patient import Finding, Patient, excel_version, found
from loithe_xl.identity import keyring
from loithe_xl.identity.token import fingerprint
from loithe_xl.language.catalogue import text
from loithe_xl.language.issues import Fault

WINDOWS_8_1, WINDOWS_10, WINDOWS_11 = 9600, 10240, 22000  # builds
EXCEL_2010, EXCEL_2016 = 14, 16
OLDEST_PYTHON = (3, 11)


def _windows(patient: Patient) -> Finding:
    said = patient.pc.registry(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion").get("currentbuildnumber")
    if not str(said).isdigit():
        return found("windows", "warn_unknown")
    build = int(str(said))
    answer = "ok" if build >= WINDOWS_10 else "warn" if build >= WINDOWS_8_1 else "fail"
    return found("windows", answer, build=build, version=11 if build >= WINDOWS_11 else 10)


def _excel(patient: Patient) -> Finding:
    version = excel_version(patient.pc)
    if not version:
        return found("excel", "fail_absent")
    office = patient.pc.registry(r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration")
    older = patient.pc.registry(rf"HKLM\SOFTWARE\Microsoft\Office\{patient.office}\Outlook")
    platform = str(office.get("platform") or older.get("bitness") or "")
    bits = text(f"addin_install.bits_{platform if platform in ('x64', 'x86') else 'unknown'}")
    answer = "ok" if version >= EXCEL_2016 else "warn" if version >= EXCEL_2010 else "fail"
    return found("excel", answer, version=office.get("versiontoreport") or f"{version}.0", bits=bits)


def _paths(patient: Patient) -> Finding:
    if patient.plan is None:
        return found("paths", "fail")
    shortened = "~" in f"{patient.plan.python}{patient.plan.temporary}"
    return found("paths", "warn" if shortened else "ok", python=patient.plan.python)


def _whole(patient: Patient) -> Finding:
    faults = windows.damaged(patient.plan.python.parent.parent) if patient.plan else None
    if faults is None:
        return found("whole", "warn")
    return found("whole", "fail", count=len(faults), file=faults[0]) if faults else found("whole", "ok")


def _start(patient: Patient) -> Finding:
    if patient.told is None:
        return found("start", "fail", reason=patient.reason)
    for name, reason in patient.told["failed"].items():
        if name not in ("win32com.client", "xlwings"):  # they have checks of their own
            return found("start", "fail_import", name=name, reason=reason)
    return found("start", "ok")


def _python(patient: Patient) -> Finding:
    if patient.pc.packaged:
        return found("python", "fail_store")
    if patient.told is None:
        return found("python", "warn_unknown")
    numbers = patient.told["version"]
    answer = "fail" if tuple(numbers) < OLDEST_PYTHON else "ok" if patient.told["bits"] == 64 else "warn"
    return found("python", answer, version=".".join(map(str, numbers)))


def _com(patient: Patient) -> Finding:
    if patient.told is None:
        return found("com", "warn")
    if reason := patient.told["failed"].get("win32com.client"):
        return found("com", "fail_pywin32", reason=reason)
    number = patient.pc.registry(r"HKCR\Excel.Application\CLSID").get("")
    server = number and patient.pc.registry(rf"HKCR\CLSID\{number}\LocalServer32").get("")
    if not server:
        return found("com", "fail")
    path = re.match(r'"([^"]*)"|(.*?\.exe)(?=\s|$)', f"{server}", re.IGNORECASE)
    program = PureWindowsPath((path and (path[1] or path[2])) or f"{server}").name.lower()
    return found("com", "ok" if program == "excel.exe" else "warn_other", program=program)


def _xlwings(patient: Patient) -> Finding:
    from loithe_xl.addin.xlam.sources import XLWINGS

    if patient.told is None:
        return found("xlwings", "warn")
    version = patient.told["xlwings"] if "xlwings" not in patient.told["failed"] else ""
    return found("xlwings", "ok" if version == XLWINGS else "fail", version=version or "–", wanted=XLWINGS)


def _keys(patient: Patient) -> Finding:
    """Whether this PC issues forms or only reads them, and whose it reads."""
    home = patient.pc.keys
    damaged = [each.place.file for each in keyring.all_trusted(home)[1]]
    try:
        own, trust = keyring.own(home), keyring.trusted(home)
    except Fault as fault:
        return found("keys", "warn_damaged", files=fault.issues[0].place.file, folder=home)
    if damaged:
        return found("keys", "warn_damaged", files=", ".join(damaged), folder=home / "trusted")
    others = {key: trust.units(key) for key in sorted(trust.keys) if key != own}
    told = ", ".join(f"{fingerprint(key)} ({', '.join(units) or '*'})" for key, units in others.items()) or "–"
    mine = fingerprint(own) if own else ""
    if not own:
        return found("keys", "ok_reads" if others else "warn_none", others=told)
    return found("keys", "warn_two" if () in others.values() else "ok", own=mine, others=told)


PROGRAM_CHECKS: Sequence[Callable[[Patient], Finding]] = (
    *(_windows, _excel, _paths, _whole, _start, _python, _com, _xlwings, _keys),
)
