"""The doctor's checks of the add-in's file and of what Excel, Windows and the organisation let it do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PureWindowsPath

from loithe_xl.addin.setup import windows
from loithe_xl.addin.setup.installing import built, shortcut_names
from loithe_xl.addin.setup.patient import Finding, Patient, found
from loithe_xl.language.catalogue import LANGUAGES, text
from loithe_xl.language.issues import Fault

_BLOCK, WARN_USER = "1", "6"  # what a Defender rule may do; 0, 2 and 5 let things pass
# Rules that stop the buttons: Office applications creating child processes; Win32 API calls from Office macros.
RULES = ("d4f940ab-401b-4efc-aadc-ad5f3c50688a", "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b")
ALL_TOLD = "all rules told"  # a PowerShell that does nothing ends well, too
_ASK_DEFENDER = f"""
$ErrorActionPreference = 'Stop'
$told = Get-MpPreference
$ids = @($told.AttackSurfaceReductionRules_Ids)
$actions = @($told.AttackSurfaceReductionRules_Actions)
for ($i = 0; $i -lt $ids.Count; $i++) {{ '{{0}}={{1}}' -f $ids[$i], $actions[$i] }}
'{ALL_TOLD}'
"""


def _addin(patient: Patient) -> Finding:
    file = patient.pc.addin
    if not file.is_file():
        return found("addin", "fail", file=file)
    if patient.plan is None:
        return found("addin", "warn_unknown", reason=text("addin_install.paths_fail"))
    try:
        fresh = [built(lang, patient.plan) for lang in LANGUAGES]
    except Fault as fault:
        return found("addin", "warn_unknown", reason=fault.issues[0].message)
    return found("addin", "ok" if file.read_bytes() in fresh else "warn")


def _blocked(patient: Patient) -> Finding:
    if windows.is_blocked(patient.pc.addin):
        return found("blocked", "fail")
    forbidden = patient.setting("BlockContentExecutionFromInternet", r"Excel\Security")
    return found("blocked", "warn" if forbidden == 1 else "ok")


def _macros(patient: Patient) -> Finding:
    level = patient.setting("VBAWarnings", r"Excel\Security")
    disabled = patient.setting("AllLocationsDisabled", r"Excel\Security\Trusted Locations")
    users = patient.setting("Allow User Locations", r"Common\Security\Trusted Locations")
    trusted, silent = disabled != 1 and users != 0, level in (3, 4)  # signed ones only; none
    if trusted:
        return found("macros", "warn" if silent else "ok", level=level)
    return found("macros", "fail" if silent else "warn_untrusted", level=level)


def _addins(patient: Patient) -> Finding:
    if patient.setting("DisableAllAddins", r"Excel\Security") == 1:
        return found("addins", "fail")
    if patient.setting("RequireAddinSig", r"Excel\Security") == 1:
        return found("addins", "fail_signed")
    listed = patient.setting(windows.ADDIN, r"Excel\Resiliency\AddinList")
    closed = patient.setting("RestrictToList", r"Excel\Resiliency") == 1
    if str(listed) == "0" or (closed and str(listed) not in ("1", "2")):
        return found("addins", "fail_list")
    key = rf"HKCU\Software\Microsoft\Office\{patient.office}\Excel\Resiliency\DisabledItems"
    ours = windows.ADDIN.encode("utf-16-le")
    if any(isinstance(item, bytes) and ours in item.lower() for item in patient.pc.registry(key).values()):
        return found("addins", "warn")
    other = next(_opened_besides(patient), None)
    return found("addins", "warn_twice", file=other) if other else found("addins", "ok")


def _opened_besides(patient: Patient) -> Iterator[str]:
    """Other files of the add-in's name that Excel is to open at its start, as a tick among its add-ins has it do."""
    options = patient.pc.registry(rf"HKCU\Software\Microsoft\Office\{patient.office}\Excel\Options")
    for name, value in options.items():
        if re.fullmatch(r"open[0-9]*", name):
            file = re.sub(r"/[A-Za-z] ", "", f"{value}").strip().strip('"')
            same = file.lower() == str(patient.pc.addin).lower()
            if PureWindowsPath(file).name.lower() == windows.ADDIN and not same:
                yield file


def _ribbon(patient: Patient) -> Finding:
    name = "NoExtensibilityCustomizationFromDocument"
    hidden = patient.setting(name, r"Common\Toolbars\Excel", r"Common\Toolbars")
    return found("ribbon", "fail" if hidden == 1 else "ok")


def _defender(patient: Patient) -> Finding:
    root = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
    actions = {rule: str(action) for rule, action in patient.pc.registry(root).items()}
    asked = patient.pc.powershell(_ASK_DEFENDER)
    whole = asked.code == 0 and asked.said.strip().endswith(ALL_TOLD)
    if whole:
        actions |= dict(line.split("=", 1) for line in asked.said.lower().split() if "=" in line)
    stopping = next((rule for rule in RULES if actions.get(rule) == _BLOCK), None)
    if stopping:
        return found("defender", "fail", rule=stopping)
    if any(actions.get(rule) == WARN_USER for rule in RULES):
        return found("defender", "warn")
    return found("defender", "ok" if whole else "warn_unknown")


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
            return found("applocker", "warn", kind=kind, python=python)
    return found("applocker", "ok")


def _onedrive(patient: Patient) -> Finding:
    roaming = str(patient.pc.folder("APPDATA"))
    if roaming.startswith("\\\\"):
        return found("onedrive", "warn_network", folder=roaming)
    key = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
    documents = str(patient.pc.registry(key).get("personal", ""))
    return found("onedrive", "warn" if "onedrive" in documents.lower() else "ok")


def _shortcuts(patient: Patient) -> Finding:
    for lang in LANGUAGES:
        names = shortcut_names(lang).values()
        if all((patient.pc.menu / name).is_file() for name in names):
            return found("shortcuts", "ok", count=len(names))
    return found("shortcuts", "warn")


PERMISSION_CHECKS: Sequence[Callable[[Patient], Finding]] = (
    *(_addin, _blocked, _macros, _addins, _ribbon, _defender, _applocker, _onedrive, _shortcuts),
)
