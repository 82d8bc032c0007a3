"""addin doctor: what stands between a user and the add-in's buttons on this PC; it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from loithe_xl import windows
from loithe_xl.issues import Fault
from loithe_xl.tasks.installing import Plan, ask, built, planned, shortcut_names
from loithe_xl.windows import Windows
from loithe_xl.words import LANGUAGES, Text, text

WINDOWS_8_1, WINDOWS_10, WINDOWS_11 = 9600, 10240, 22000  # builds
EXCEL_2010, EXCEL_2016 = 14, 16
OLDEST_PYTHON = (3, 11)
BLOCK, WARN_USER = "1", "6"  # what a Defender rule may do; 0, 2 and 5 let things pass
# Rules that stop the buttons: Office applications creating child processes; Win32 API calls from Office macros.
RULES = ("d4f940ab-401b-4efc-aadc-ad5f3c50688a", "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b")
_ASK_DEFENDER = """
$ErrorActionPreference = 'Stop'
$told = Get-MpPreference
$ids = @($told.AttackSurfaceReductionRules_Ids)
$actions = @($told.AttackSurfaceReductionRules_Actions)
for ($i = 0; $i -lt $ids.Count; $i++) { '{0}={1}' -f $ids[$i], $actions[$i] }
"""


class Verdict(StrEnum):
    """OK; WARN: may hinder, or could not be seen; FAIL: the buttons cannot work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check: its id, and in one text what was found, what it means and what to do."""

    check: str
    verdict: Verdict
    message: Text


@dataclass(frozen=True, slots=True)
class Patient:
    """What the checks look at: the PC, where things go on it (None: a path cannot be used), what the Python that
    Excel would start tells of itself (None: it did not start, ``reason`` says why), and Office's version ("16.0")."""

    pc: Windows
    plan: Plan | None
    told: Mapping[str, Any] | None
    reason: str
    office: str

    def setting(self, name: str, *keys: str) -> object:
        """The first value of that name in these keys of Office's settings, a policy before the user's own choice."""
        for key in keys:
            for root in (r"HKCU\Software\Policies\Microsoft\Office", r"HKCU\Software\Microsoft\Office"):
                value = self.pc.registry(rf"{root}\{self.office}\{key}").get(name.lower())
                if value is not None:
                    return value
        return None


def doctor(pc: Windows | None = None) -> list[Finding]:
    """The findings of every check, in order; a Fault with exit code 2 elsewhere than on Windows."""
    patient = _examined(pc or windows.this_pc())
    return [check(patient) for check in CHECKS]


def is_sound(findings: Sequence[Finding]) -> bool:
    """Whether no check failed; the exit code is 1 otherwise."""
    return all(found.verdict is not Verdict.FAIL for found in findings)


def doctor_lines(findings: Sequence[Finding], lang: str) -> Iterator[str]:
    """A line per check, and the sum."""
    for found in findings:
        mark, name = text(f"addin_install.mark_{found.verdict}"), text(f"addin_install.{found.check}")
        yield f"[{mark.to(lang)}] {name.to(lang)}: {found.message.to(lang)}"
    failed = sum(found.verdict is Verdict.FAIL for found in findings)
    yield text("addin_install.sum_fail" if failed else "addin_install.sum_ok", count=failed).to(lang)


def doctor_json(findings: Sequence[Finding], lang: str) -> dict[str, Any]:
    """``{"ok", "checks": [{"check", "verdict", "message"}]}``."""
    told = [{"check": each.check, "verdict": each.verdict.value, "message": each.message.to(lang)} for each in findings]
    return {"ok": is_sound(findings), "checks": told}


def _examined(pc: Windows) -> Patient:
    office = f"{_excel_version(pc) or EXCEL_2016}.0"
    try:
        plan = planned(pc)
    except Fault as fault:
        return Patient(pc, None, None, fault.issues[0].code, office)
    told, said = ask(pc, plan.python, "-B")  # nothing is kept: looking changes nothing
    return Patient(pc, plan, told, said, office)


def _excel_version(pc: Windows) -> int:
    said = str(pc.registry(r"HKCR\Excel.Application\CurVer").get("", ""))
    number = said.rpartition(".")[2]
    return int(number) if number.isdigit() else 0


def _found(check: str, answer: str, **args: object) -> Finding:
    """The sentence ``CHECK_ANSWER``; an answer is a verdict, followed by the case where there are several."""
    return Finding(check, Verdict(answer.partition("_")[0]), text(f"addin_install.{check}_{answer}", **args))


def _windows(patient: Patient) -> Finding:
    said = patient.pc.registry(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion").get("currentbuildnumber")
    if not str(said).isdigit():
        return _found("windows", "warn_unknown")
    build = int(str(said))
    answer = "ok" if build >= WINDOWS_10 else "warn" if build >= WINDOWS_8_1 else "fail"
    return _found("windows", answer, build=build, version=11 if build >= WINDOWS_11 else 10)


def _excel(patient: Patient) -> Finding:
    version = _excel_version(patient.pc)
    if not version:
        return _found("excel", "fail_absent")
    office = patient.pc.registry(r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration")
    older = patient.pc.registry(rf"HKLM\SOFTWARE\Microsoft\Office\{patient.office}\Outlook")
    platform = str(office.get("platform") or older.get("bitness") or "")
    bits = text(f"addin_install.bits_{platform if platform in ('x64', 'x86') else 'unknown'}")
    answer = "ok" if version >= EXCEL_2016 else "warn" if version >= EXCEL_2010 else "fail"
    return _found("excel", answer, version=office.get("versiontoreport") or f"{version}.0", bits=bits)


def _paths(patient: Patient) -> Finding:
    if patient.plan is None:
        return _found("paths", "fail")
    shortened = "~" in f"{patient.plan.python}{patient.plan.temporary}"
    return _found("paths", "warn" if shortened else "ok", python=patient.plan.python)


def _whole(patient: Patient) -> Finding:
    faults = windows.damaged(patient.plan.python.parent.parent) if patient.plan else None
    if faults is None:
        return _found("whole", "warn")
    return _found("whole", "fail", count=len(faults), file=faults[0]) if faults else _found("whole", "ok")


def _start(patient: Patient) -> Finding:
    if patient.told is None:
        return _found("start", "fail", reason=patient.reason)
    for name, reason in patient.told["failed"].items():
        if name not in ("win32com.client", "xlwings"):  # they have checks of their own
            return _found("start", "fail_import", name=name, reason=reason)
    return _found("start", "ok")


def _python(patient: Patient) -> Finding:
    if patient.pc.packaged:
        return _found("python", "fail_store")
    if patient.told is None:
        return _found("python", "warn_unknown")
    numbers = patient.told["version"]
    answer = "fail" if tuple(numbers) < OLDEST_PYTHON else "ok" if patient.told["bits"] == 64 else "warn"
    return _found("python", answer, version=".".join(map(str, numbers)))


def _com(patient: Patient) -> Finding:
    if patient.told is None:
        return _found("com", "warn")
    if reason := patient.told["failed"].get("win32com.client"):
        return _found("com", "fail_pywin32", reason=reason)
    number = patient.pc.registry(r"HKCR\Excel.Application\CLSID").get("")
    server = number and patient.pc.registry(rf"HKCR\CLSID\{number}\LocalServer32").get("")
    return _found("com", "ok" if server else "fail")


def _xlwings(patient: Patient) -> Finding:
    from loithe_xl.xlam.sources import XLWINGS

    if patient.told is None:
        return _found("xlwings", "warn")
    version = patient.told["xlwings"] if "xlwings" not in patient.told["failed"] else ""
    return _found("xlwings", "ok" if version == XLWINGS else "fail", version=version or "–", wanted=XLWINGS)


def _addin(patient: Patient) -> Finding:
    file = patient.pc.addin
    if not file.is_file():
        return _found("addin", "fail", file=file)
    if patient.plan is None:
        return _found("addin", "warn_unknown", reason=text("addin_install.paths_fail"))
    try:
        fresh = [built(lang, patient.plan) for lang in LANGUAGES]
    except Fault as fault:
        return _found("addin", "warn_unknown", reason=fault.issues[0].message)
    return _found("addin", "ok" if file.read_bytes() in fresh else "warn")


def _blocked(patient: Patient) -> Finding:
    if windows.is_blocked(patient.pc.addin):
        return _found("blocked", "fail")
    forbidden = patient.setting("BlockContentExecutionFromInternet", r"Excel\Security")
    return _found("blocked", "warn" if forbidden == 1 else "ok")


def _macros(patient: Patient) -> Finding:
    level = patient.setting("VBAWarnings", r"Excel\Security")
    disabled = patient.setting("AllLocationsDisabled", r"Excel\Security\Trusted Locations")
    users = patient.setting("Allow User Locations", r"Common\Security\Trusted Locations")
    trusted, silent = disabled != 1 and users != 0, level in (3, 4)  # signed ones only; none
    if trusted:
        return _found("macros", "warn" if silent else "ok", level=level)
    return _found("macros", "fail" if silent else "warn_untrusted", level=level)


def _addins(patient: Patient) -> Finding:
    if patient.setting("DisableAllAddins", r"Excel\Security") == 1:
        return _found("addins", "fail")
    if patient.setting("RequireAddinSig", r"Excel\Security") == 1:
        return _found("addins", "fail_signed")
    listed = patient.setting(windows.ADDIN, r"Excel\Resiliency\AddinList")
    closed = patient.setting("RestrictToList", r"Excel\Resiliency") == 1
    if str(listed) == "0" or (closed and str(listed) not in ("1", "2")):
        return _found("addins", "fail_list")
    key = rf"HKCU\Software\Microsoft\Office\{patient.office}\Excel\Resiliency\DisabledItems"
    ours = windows.ADDIN.encode("utf-16-le")
    off = any(isinstance(item, bytes) and ours in item.lower() for item in patient.pc.registry(key).values())
    return _found("addins", "warn" if off else "ok")


def _ribbon(patient: Patient) -> Finding:
    name = "NoExtensibilityCustomizationFromDocument"
    hidden = patient.setting(name, r"Common\Toolbars\Excel", r"Common\Toolbars")
    return _found("ribbon", "fail" if hidden == 1 else "ok")


def _defender(patient: Patient) -> Finding:
    root = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
    actions = {rule: str(action) for rule, action in patient.pc.registry(root).items()}
    asked = patient.pc.powershell(_ASK_DEFENDER)
    if asked.code == 0:
        lines = (line.strip().lower().partition("=") for line in asked.said.splitlines())
        actions |= {rule: action for rule, _, action in lines}
    stopping = next((rule for rule in RULES if actions.get(rule) == BLOCK), None)
    if stopping:
        return _found("defender", "fail", rule=stopping)
    if any(actions.get(rule) == WARN_USER for rule in RULES):
        return _found("defender", "warn")
    return _found("defender", "ok" if asked.code == 0 else "warn_unknown")


def _applocker(patient: Patient) -> Finding:
    policies = r"HKLM\SOFTWARE\Policies\Microsoft\Windows"
    signs = (
        ("AppLocker", rf"{policies}\SrpV2\Exe", "enforcementmode", 1),
        ("Software Restriction Policies", rf"{policies}\Safer\CodeIdentifiers", "defaultlevel", 0),
        ("Smart App Control", r"HKLM\SYSTEM\CurrentControlSet\Control\CI\Policy", "verifiedandreputablepolicystate", 1),
    )
    for kind, key, name, value in signs:
        if patient.pc.registry(key).get(name) == value:
            python = patient.plan.python if patient.plan else Path("python.exe")
            return _found("applocker", "warn", kind=kind, python=python)
    return _found("applocker", "ok")


def _onedrive(patient: Patient) -> Finding:
    roaming = str(patient.pc.folder("APPDATA"))
    if roaming.startswith("\\\\"):
        return _found("onedrive", "warn_network", folder=roaming)
    key = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
    documents = str(patient.pc.registry(key).get("personal", ""))
    return _found("onedrive", "warn" if "onedrive" in documents.lower() else "ok")


def _shortcuts(patient: Patient) -> Finding:
    for lang in LANGUAGES:
        names = shortcut_names(lang).values()
        if all((patient.pc.menu / name).is_file() for name in names):
            return _found("shortcuts", "ok", count=len(names))
    return _found("shortcuts", "warn")


CHECKS: Sequence[Callable[[Patient], Finding]] = (
    *(_windows, _excel, _paths, _whole, _start, _python, _com, _xlwings, _addin),
    *(_blocked, _macros, _addins, _ribbon, _defender, _applocker, _onedrive, _shortcuts),
)
