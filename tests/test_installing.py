"""addin install, uninstall and doctor on made-up PCs."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
from pcs import Pc, mark, runtime_in

from loithe_xl.addin.buttons import BUTTONS
from loithe_xl.addin.setup import diagnosis, installing, permissions, windows
from loithe_xl.addin.setup.diagnosis import doctor, doctor_json, doctor_lines, is_sound
from loithe_xl.addin.setup.installing import buttons, install, lasts, shortcut_names, uninstall
from loithe_xl.addin.setup.patient import Finding, Health
from loithe_xl.addin.xlam.package import build_addin
from loithe_xl.identity import keyring
from loithe_xl.identity.token import fingerprint, public_key
from loithe_xl.identity.trust import Scope
from loithe_xl.language.catalogue import LANGUAGES, Text, catalogue, text
from loithe_xl.language.issues import Fault
from loithe_xl.system import store

NAMES_VI = """Kiểm tra, Tạo biểu mẫu, Tổng hợp, Tổng hợp từng tệp, Theo dõi nộp, Lập báo cáo, Xuất PDF, Nhật ký,
Trợ giúp"""


@pytest.fixture
def pc(tmp_path: Path) -> Pc:
    return Pc(tmp_path)


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file.relative_to(folder)): (file.read_bytes(), file.stat().st_mtime_ns) for file in files}


def keys(lines: list[Text]) -> list[str]:
    """Which sentences of the catalogue were said."""
    known = {key: entry["vi"].split("{")[0] for key, entry in catalogue("addin_install").items() if "vi" in entry}
    return [next(key for key, start in known.items() if start and line.vi.startswith(start)) for line in lines]


def fault_of(act: Callable[[], object]) -> tuple[str, int]:
    with pytest.raises(Fault) as fault:
        act()
    return fault.value.issues[0].code, fault.value.exit_code


@contextmanager
def held_open(monkeypatch: pytest.MonkeyPatch, *held: Path) -> Iterator[None]:
    """Windows refuses to replace, move or remove what a program has open."""

    def refusing(real: Callable[..., Any]) -> Callable[..., Any]:
        def act(path: Path, *more: Any, **options: Any) -> Any:
            if any(Path(each) in held for each in (path, *more)):
                raise PermissionError(13, "in use")
            return real(path, *more, **options)

        return act

    with monkeypatch.context() as patch:
        patch.setattr(store, "PAUSE", 0)
        for name in ("replace", "rename", "unlink"):
            patch.setattr(os, name, refusing(getattr(os, name)))
        yield


def test_buttons_are_those_of_the_ribbon_and_of_the_functions():
    assert list(buttons("vi").values()) == [name.strip() for name in (NAMES_VI.replace("tệp,", "tệp…,")).split(",")]
    assert buttons("en")["consolidate_folder"] == "Consolidate"
    assert set(buttons("vi")) == set(buttons("en")) == set(BUTTONS)
    assert sorted(shortcut_names("vi").values()) == sorted(f"{name.strip()}.lnk" for name in NAMES_VI.split(","))
    for lang in LANGUAGES:
        assert len(set(shortcut_names(lang).values())) == len(buttons(lang))


def test_install_puts_the_add_in_and_the_shortcuts_into_a_bare_profile(pc: Pc):
    here = pc.windows()
    lines = install("vi", here)

    roaming = pc.profile / "AppData" / "Roaming" / "Microsoft"
    assert here.addin == roaming / "Excel" / "XLSTART" / "loithe.xlam"
    python, temporary = pc.python.with_name("pythonw.exe"), here.home / "temp"
    assert here.addin.read_bytes() == build_addin("vi", interpreter=str(python), temporary=str(temporary))
    assert temporary.is_dir()
    menu = roaming / "Windows" / "Start Menu" / "Programs" / "loithe-xl"
    assert sorted(file.name for file in menu.iterdir()) == sorted(shortcut_names("vi").values())
    started = f"{python} -m loithe_xl.addin validate vi in {python.parent}"
    assert (menu / "Kiểm tra.lnk").read_text() == started
    assert keys(lines) == ["added", "linked", "started", "open"]
    assert sorted(here.addin.parent.iterdir()) == [here.addin]


def test_installed_again_nothing_changes(pc: Pc):
    install("vi", pc.windows())
    before = snapshot(pc.drive)
    assert keys(install("vi", pc.windows())) == ["added", "linked", "started", "open"]
    assert snapshot(pc.drive) == before


def test_installed_in_another_language(pc: Pc):
    install("vi", pc.windows())
    install("en", pc.windows())
    assert sorted(file.name for file in pc.windows().menu.iterdir()) == sorted(shortcut_names("en").values())
    assert "validate en" in (pc.windows().menu / "Validate.lnk").read_text()
    assert {found.verdict for found in doctor(pc.windows()) if found.check in ("addin", "shortcuts")} == {Health.OK}


def test_a_python_without_a_windowless_one(pc: Pc):
    pc.python.with_name("pythonw.exe").unlink()
    install("vi", pc.windows())
    assert (pc.windows().menu / "Kiểm tra.lnk").read_text().startswith(f"{pc.python} ")


def test_a_runtime_unpacked_in_downloads_moves_to_where_it_lasts(pc: Pc):
    source = pc.profile / "Downloads" / "loithe-xl-windows"
    here = pc.windows(runtime_in(source))
    before = snapshot(source)

    assert keys(install("vi", here)) == ["settled", "added", "linked", "started", "open"]

    home = pc.profile / "AppData" / "Local" / "loithe-xl"
    settled = home / "python" / "pythonw.exe"
    expected = build_addin("vi", interpreter=str(settled), temporary=str(home / "temp"))
    assert here.addin.read_bytes() == expected
    assert windows.damaged(home) == []
    assert snapshot(source) == before
    again = pc.windows(home / "python" / "python.exe")
    assert keys(install("vi", again)) == ["added", "linked", "started", "open"]
    assert keys(install("vi", pc.windows())) == ["added", "linked", "started", "open"], "another Python"
    assert here.addin.read_bytes() == expected, "a settled runtime is preferred"


def test_a_runtime_outside_the_user_s_folders_stays(pc: Pc):
    place = pc.drive / "Program Files" / "loithe-xl"
    install("vi", pc.windows(runtime_in(place)))
    assert not (pc.windows().home / "python").exists()
    python, temporary = place / "python" / "pythonw.exe", pc.windows().home / "temp"
    assert pc.windows().addin.read_bytes() == build_addin("vi", interpreter=str(python), temporary=str(temporary))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("C:\\loithe-xl", True),
        ("C:\\Program Files\\loithe-xl", True),
        ("C:\\Users\\nhanvien\\Downloads\\x", False),
        ("c:\\users\\NHANVIEN\\Desktop", False),
        ("E:\\loithe-xl", False),
        ("\\\\maychu\\chung\\loithe-xl", False),
    ],
)
def test_which_places_last(place: str, expected: bool):
    assert lasts(PureWindowsPath(place), PureWindowsPath("C:\\Users\\nhanvien"), "C:") is expected


def test_the_system_drive_lasts_too_where_profiles_lie_elsewhere():
    profile = PureWindowsPath("D:\\Users\\nhanvien")
    assert lasts(PureWindowsPath("C:\\loithe-xl"), profile, "C:")
    assert not lasts(PureWindowsPath("E:\\loithe-xl"), profile, "C:")


def test_public_keys_come_with_the_runtime(pc: Pc, tmp_path: Path):
    """Every PC of the office trusts its key; none gets a private one."""
    source = pc.profile / "Downloads" / "loithe-xl-windows"
    python, own = runtime_in(source), public_key(bytes(32))
    (source / "khoa").mkdir()
    (source / "khoa" / "co-quan.pub").write_text(own + "\n", encoding="ascii")
    (source / "khoa" / "._co-quan.pub").write_bytes(b"\0\5\x16\7")

    for _ in range(2):
        lines = install("vi", pc.windows(python))
        assert keys(lines)[:3] == ["settled", "key_passed_over", "key_adopted"]
        assert fingerprint(own) in lines[2].vi

    home = pc.windows().home
    assert keyring.trusted(home).keys == {own: None}
    assert keyring.own(home) is None
    assert windows.damaged(home) == []
    assert keys(install("vi", pc.windows(home / "python" / "python.exe")))[0] == "added", "from where it settled"
    here = replace(pc.windows(python), settings={**pc.windows().settings, "LOITHE_XL_HOME": str(tmp_path / "chung")})
    install("vi", here)
    assert keyring.trusted(tmp_path / "chung").keys == {own: None}


def test_a_runtime_that_is_not_whole_is_not_installed(pc: Pc):
    source = pc.profile / "Downloads" / "loithe"
    python = runtime_in(source)
    (source / "python" / "Lib" / "site-packages" / "loithe_xl" / "__init__.py").unlink()
    assert fault_of(lambda: install("vi", pc.windows(python))) == ("ADDIN_DAMAGED", 3)
    assert not pc.windows().home.exists()
    assert not pc.windows().addin.exists()


def test_the_store_s_python_is_refused(pc: Pc):
    here = pc.windows(base=Path("C:/Program Files/WindowsApps/Python/python.exe"))
    assert fault_of(lambda: install("vi", here)) == ("ADDIN_STORE_PYTHON", 3)
    assert not here.addin.exists()


def test_a_name_with_marks_goes_by_its_short_form(tmp_path: Path):
    pc = Pc(tmp_path, "Nhân viên", "NHNVIN~1")
    here = pc.windows(runtime_in(pc.profile / "Downloads" / "loithe"))
    install("vi", here)
    home = pc.short / "AppData" / "Local" / "loithe-xl"
    expected = build_addin("vi", interpreter=str(home / "python" / "pythonw.exe"), temporary=str(home / "temp"))
    assert here.addin.read_bytes() == expected
    assert (pc.profile / "AppData" / "Local" / "loithe-xl" / "temp").is_dir()
    assert (here.menu / "Kiểm tra.lnk").read_text().startswith(f"{home / 'python' / 'pythonw.exe'} ")


def test_a_name_with_marks_and_no_short_form_is_told_the_remedy_which_helps(tmp_path: Path):
    pc = Pc(tmp_path, "Nhân viên")
    source = pc.profile / "Downloads" / "loithe"
    here = pc.windows(runtime_in(source))
    with pytest.raises(Fault) as fault:
        install("vi", here)
    assert (fault.value.issues[0].code, fault.value.exit_code) == ("ADDIN_PATH_NOT_PLAIN", 3)
    assert "C:\\loithe-xl\\cai-dat.cmd" in fault.value.issues[0].message.vi
    assert not here.home.exists(), "nothing is copied in vain"
    assert not here.addin.exists()

    place = pc.drive / "loithe-xl"
    install("vi", pc.windows(runtime_in(place)))
    python = str(place / "python" / "pythonw.exe")
    assert here.addin.read_bytes() == build_addin("vi", interpreter=python, temporary=str(place / "temp"))
    assert (place / "temp").is_dir()
    assert is_sound(doctor(pc.windows(place / "python" / "python.exe")))
    uninstall(pc.windows(place / "python" / "python.exe"))
    assert not (place / "temp").exists()


def test_another_python_below_a_name_with_marks_is_told_too(tmp_path: Path):
    pc = Pc(tmp_path, "Nhân viên")
    assert fault_of(lambda: install("vi", pc.windows())) == ("ADDIN_PATH_NOT_PLAIN", 3)


def test_an_add_in_that_excel_holds_open_is_not_doubled(pc: Pc, monkeypatch: pytest.MonkeyPatch):
    here = pc.windows()
    here.addin.parent.mkdir(parents=True)
    here.addin.write_bytes(b"old")
    with held_open(monkeypatch, here.addin):
        assert fault_of(lambda: install("vi", here)) == ("ADDIN_IN_USE", 3)
        assert fault_of(lambda: uninstall(here)) == ("ADDIN_IN_USE", 3)
    assert [(file.name, file.read_bytes()) for file in here.addin.parent.iterdir()] == [("loithe.xlam", b"old")]
    install("vi", here)
    assert here.addin.read_bytes() != b"old"


def test_the_same_add_in_held_open_is_no_fault(pc: Pc, monkeypatch: pytest.MonkeyPatch):
    install("vi", pc.windows())
    with held_open(monkeypatch, pc.windows().addin):
        install("vi", pc.windows())


def test_a_runtime_in_use_is_not_replaced(pc: Pc, monkeypatch: pytest.MonkeyPatch):
    home = pc.windows().home
    runtime_in(home, b"old")
    here = pc.windows(runtime_in(pc.profile / "Downloads" / "loithe", b"new"))
    with held_open(monkeypatch, home / "python"):
        assert fault_of(lambda: install("vi", here)) == ("ADDIN_IN_USE", 3)
    assert windows.damaged(home) == []
    install("vi", here)
    assert (home / "python/Lib/site-packages/loithe_xl/__init__.py").read_bytes() == b"new"


def test_a_full_disk_is_told(pc: Pc, monkeypatch: pytest.MonkeyPatch):
    here = pc.windows(runtime_in(pc.profile / "Downloads" / "loithe"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(windows, "move_in", full)
    assert fault_of(lambda: install("vi", here)) == ("STORE_UNWRITABLE", 3)


def test_the_mark_of_the_web_on_a_copied_add_in_goes(pc: Pc):
    here = pc.windows()
    here.addin.parent.mkdir(parents=True)
    here.addin.write_bytes(b"from a mail")
    stream = mark(here.addin)
    install("vi", here)
    assert not stream.exists()


def test_without_powershell_the_rest_is_installed(pc: Pc):
    pc.links_allowed = False
    assert keys(install("vi", pc.windows())) == ["added", "not_linked", "started", "open"]
    assert pc.windows().addin.is_file()
    assert not pc.windows().menu.exists()


@pytest.mark.parametrize("told", ["ModuleNotFoundError: No module named 'loithe_xl'", {"xlwings": "ImportError"}])
def test_a_program_that_does_not_start_is_told(pc: Pc, told: Any):
    pc.told = told if isinstance(told, str) else {**pc.told, "failed": told}  # type: ignore[dict-item]
    assert keys(install("vi", pc.windows())) == ["added", "linked", "not_started", "open"]


def test_an_open_excel_must_be_started_again(pc: Pc):
    pc.excel_open = True
    assert keys(install("vi", pc.windows()))[-1] == "restart"


def test_uninstall_takes_away_what_install_put_and_nothing_else(pc: Pc):
    here = pc.windows(runtime_in(pc.profile / "Downloads" / "loithe"))
    theirs = {
        here.addin.with_name("PERSONAL.XLSB"): b"theirs",
        here.menu / "của tôi.lnk": b"theirs",
        here.home / "office.key": b"secret",
        here.home / "temp" / "của tôi.txt": b"theirs",
    }
    for file, content in theirs.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    install("vi", here)
    (here.home / "temp" / "xlwings-1.log").write_bytes(b"x")

    assert keys(uninstall(here)) == ["removed", "unlinked", "kept"]

    assert all(file.read_bytes() == content for file, content in theirs.items())
    left = [file.name for folder in (here.addin.parent, here.menu, here.home / "temp") for file in folder.iterdir()]
    assert sorted(left) == ["PERSONAL.XLSB", "của tôi.lnk", "của tôi.txt"]
    assert windows.damaged(here.home) == []


def test_uninstall_leaves_no_empty_folder_and_says_what_was_absent(pc: Pc):
    install("en", pc.windows())
    assert keys(uninstall(pc.windows())) == ["removed", "unlinked"]
    assert not pc.windows().menu.exists()
    assert not pc.windows().home.exists()
    assert keys(uninstall(pc.windows())) == ["absent", "no_links"]


@pytest.mark.parametrize("act", [lambda: install("vi"), uninstall, doctor], ids=["install", "uninstall", "doctor"])
def test_elsewhere_than_on_windows(act: Callable[[], object], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(windows.sys, "platform", "linux")
    assert fault_of(act) == ("ADDIN_WINDOWS_ONLY", 2)


# The doctor. A case is a sentence of the catalogue and the PC that it is said of.

OFFICE = r"HKCU\Software\Microsoft\Office\16.0"
POLICY = r"HKCU\Software\Policies\Microsoft\Office\16.0"
MACHINE = r"HKLM\SOFTWARE\Policies\Microsoft\Windows"
CHILD = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
Case = Callable[[Pc], None]


def holds(key: str, **values: object) -> Case:
    return lambda pc: pc.registry.update({key: values})


def lacks(key: str) -> Case:
    return lambda pc: pc.registry.pop(key) and None


def told(**more: object) -> Case:
    return lambda pc: pc.told.update(more)  # type: ignore[union-attr]


def silent(pc: Pc) -> None:
    pc.told = "ModuleNotFoundError: No module named 'loithe_xl'"


def defended(rules: str | None) -> Case:
    return lambda pc: setattr(pc, "rules", rules)


def both(*cases: Case) -> Case:
    def act(pc: Pc) -> None:
        for case in cases:
            case(pc)

    return act


def healthy(pc: Pc) -> None:
    """As ``Pc`` is made, with the add-in installed."""


def from_the_zip(pc: Pc) -> None:
    pc.python = runtime_in(pc.drive / "loithe-xl")


def quarantined(pc: Pc) -> None:
    from_the_zip(pc)
    (pc.drive / "loithe-xl" / "python" / "pythonw.exe").write_bytes(b"")


def moved(pc: Pc) -> None:
    pc.python = runtime_in(pc.drive / "elsewhere")


def served(program: str) -> Case:
    return holds(r"HKCR\CLSID\{00024500-0000-0000-C000-000000000046}\LocalServer32", **{"": program})


def office_key(pc: Pc) -> None:
    keyring.private_key(pc.windows().keys / "office.key")


def trusting(*units: str) -> Case:
    return lambda pc: keyring.trust(public_key(bytes(32)), "A", *map(Scope, units), home=pc.windows().keys) and None


def stray(pc: Pc) -> None:
    (pc.windows().keys / "trusted" / "._A.pub").write_bytes(b"\0\5\x16\7")


def spoilt_key(pc: Pc) -> None:
    office_key(pc)
    (pc.windows().keys / "office.key").write_bytes(b"LTK1")


def addin_gone(pc: Pc) -> None:
    pc.windows().addin.unlink()


CASES: list[tuple[str, Case]] = [
    ("windows_ok", healthy),
    ("windows_warn", holds(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion", currentbuildnumber="9600")),
    ("windows_warn_unknown", lacks(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion")),
    ("windows_fail", holds(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion", currentbuildnumber="7601")),
    ("excel_ok", healthy),
    ("excel_warn", holds(r"HKCR\Excel.Application\CurVer", **{"": "Excel.Application.14"})),
    ("excel_fail", holds(r"HKCR\Excel.Application\CurVer", **{"": "Excel.Application.12"})),
    ("excel_fail_absent", lacks(r"HKCR\Excel.Application\CurVer")),
    ("paths_ok", healthy),
    ("whole_ok", from_the_zip),
    ("whole_warn", healthy),
    ("whole_fail", quarantined),
    ("start_ok", healthy),
    ("start_fail", silent),
    ("start_fail_import", told(failed={"pandas": "ImportError: DLL load failed"})),
    ("python_ok", healthy),
    ("python_warn", told(bits=32)),
    ("python_warn_unknown", silent),
    ("python_fail", told(version=[3, 10, 4])),
    ("com_ok", healthy),
    ("com_warn", silent),
    ("com_warn_other", served('"C:\\Program Files\\Kingsoft\\WPS Office\\wps.exe" /Automation')),
    ("com_warn_other", served("C:\\EXCEL.EXE\\et.exe")),
    ("com_ok", served('"C:\\Program Files\\Microsoft Office\\Root\\Office16\\EXCEL.EXE" /automation')),
    ("com_fail", lacks(r"HKCR\CLSID\{00024500-0000-0000-C000-000000000046}\LocalServer32")),
    ("com_fail", lacks(r"HKCR\Excel.Application\CLSID")),
    ("com_fail_pywin32", told(failed={"win32com.client": "ImportError: DLL load failed"})),
    ("xlwings_ok", healthy),
    ("xlwings_warn", silent),
    ("xlwings_fail", told(xlwings="0.37.9")),
    ("xlwings_fail", told(failed={"xlwings": "ModuleNotFoundError: No module named 'xlwings'"})),
    ("keys_warn_none", healthy),
    ("keys_ok", office_key),
    ("keys_ok", both(office_key, trusting("01.1"))),
    ("keys_ok_reads", trusting()),
    ("keys_ok_reads", trusting("01.1")),
    ("keys_warn_two", both(office_key, trusting())),
    ("keys_warn_damaged", both(trusting(), stray)),
    ("keys_warn_damaged", spoilt_key),
    ("addin_ok", healthy),
    ("addin_warn", moved),
    ("addin_fail", addin_gone),
    ("blocked_ok", healthy),
    ("blocked_warn", holds(rf"{POLICY}\Excel\Security", blockcontentexecutionfrominternet=1)),
    ("blocked_fail", lambda pc: mark(pc.windows().addin) and None),
    ("macros_ok", healthy),
    ("macros_ok", holds(rf"{OFFICE}\Excel\Security", vbawarnings=2)),
    ("macros_warn", holds(rf"{OFFICE}\Excel\Security", vbawarnings=4)),
    ("macros_warn", holds(rf"{POLICY}\Excel\Security", vbawarnings=3)),
    ("macros_warn_untrusted", holds(rf"{OFFICE}\Excel\Security\Trusted Locations", alllocationsdisabled=1)),
    ("macros_warn_untrusted", holds(rf"{POLICY}\Common\Security\Trusted Locations", **{"allow user locations": 0})),
    (
        "macros_fail",
        both(
            holds(rf"{POLICY}\Excel\Security\Trusted Locations", alllocationsdisabled=1),
            holds(rf"{POLICY}\Excel\Security", vbawarnings=4),
        ),
    ),
    ("addins_ok", healthy),
    ("addins_ok", holds(rf"{OFFICE}\Excel\Resiliency\DisabledItems", a="x:\\other.xlam".encode("utf-16-le"))),
    ("addins_warn", holds(rf"{OFFICE}\Excel\Resiliency\DisabledItems", a="c:\\LOITHE.xlam".encode("utf-16-le"))),
    ("addins_warn_twice", holds(rf"{OFFICE}\Excel\Options", open1='/R "C:\\Users\\x\\AddIns\\LoiThe.xlam"')),
    ("addins_warn_twice", holds(rf"{OFFICE}\Excel\Options", open="loithe.xlam")),
    ("addins_ok", holds(rf"{OFFICE}\Excel\Options", open='/R "C:\\x\\other.xlam"', openas="loithe.xlam")),
    ("addins_ok", lambda pc: holds(rf"{OFFICE}\Excel\Options", open2=f'"{pc.windows().addin}"')(pc)),
    ("addins_fail", holds(rf"{OFFICE}\Excel\Security", disablealladdins=1)),
    ("addins_fail", holds(rf"{POLICY}\Excel\Security", disablealladdins=1)),
    ("addins_fail_signed", holds(rf"{POLICY}\Excel\Security", requireaddinsig=1)),
    ("addins_fail_list", holds(rf"{POLICY}\Excel\Resiliency", restricttolist=1)),
    ("addins_fail_list", holds(rf"{POLICY}\Excel\Resiliency\AddinList", **{"loithe.xlam": "0"})),
    (
        "addins_ok",
        both(
            holds(rf"{POLICY}\Excel\Resiliency", restricttolist=1),
            holds(rf"{POLICY}\Excel\Resiliency\AddinList", **{"loithe.xlam": "1"}),
        ),
    ),
    ("ribbon_ok", healthy),
    ("ribbon_fail", holds(rf"{POLICY}\Common\Toolbars\Excel", noextensibilitycustomizationfromdocument=1)),
    ("ribbon_fail", holds(rf"{POLICY}\Common\Toolbars", noextensibilitycustomizationfromdocument=1)),
    ("defender_ok", healthy),
    ("defender_ok", defended(f"{CHILD.upper()}=2\n56a863a9-875e-4185-98a7-b882c64b5ce5=1\n")),
    ("defender_warn", defended(f"{CHILD}=6\n")),
    ("defender_warn_unknown", defended(None)),
    ("defender_warn_unknown", lambda pc: setattr(pc, "silent", True)),
    ("defender_fail", defended(f"x=0\n{CHILD.upper()}=1\r\n")),
    ("defender_fail", defended("92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b=1")),
    (
        "defender_fail",
        both(
            defended(None),
            holds(
                r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
                **{CHILD: "1"},
            ),
        ),
    ),
    ("applocker_ok", healthy),
    ("applocker_warn", holds(rf"{MACHINE}\SrpV2\Exe", enforcementmode=1)),
    ("applocker_ok", holds(rf"{MACHINE}\SrpV2\Exe", enforcementmode=0)),
    ("applocker_warn", holds(rf"{MACHINE}\Safer\CodeIdentifiers", defaultlevel=0)),
    ("applocker_warn", holds(r"HKLM\SYSTEM\CurrentControlSet\Control\CI\Policy", verifiedandreputablepolicystate=1)),
    ("onedrive_ok", healthy),
    (
        "onedrive_warn",
        holds(
            r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders",
            personal="C:\\Users\\nhanvien\\OneDrive - CQ\\Documents",
        ),
    ),
    ("shortcuts_ok", healthy),
    ("shortcuts_warn", lambda pc: next(pc.windows().menu.iterdir()).unlink()),
]


def found(pc: Pc, check: str) -> Finding:
    """The answer of one check alone; all of them would build the add-in each time."""
    [answer] = [each for each in diagnosis.CHECKS if each.__name__ == f"_{check}"]
    return answer(diagnosis._examined(pc.windows()))


def said(answer: Finding) -> str:
    """Which sentence of the catalogue it is: of those that fit, the one with most words of its own."""
    fitting = {}
    for key, entry in catalogue("addin_install").items():
        pieces = re.split(r"\{\w+\}", entry["vi"])
        if key.startswith(f"{answer.check}_") and re.fullmatch(".*".join(map(re.escape, pieces)), answer.message.vi):
            fitting[len("".join(pieces))] = key
    return fitting[max(fitting)]


@pytest.mark.parametrize(("key", "case"), CASES, ids=[f"{number}-{key}" for number, (key, _) in enumerate(CASES)])
def test_a_check_answers(pc: Pc, key: str, case: Case):
    check, verdict = key.split("_")[:2]
    if check in ("addin", "blocked", "shortcuts"):
        install("vi", pc.windows())
    case(pc)
    answer = found(pc, check)
    assert (answer.verdict, said(answer)) == (verdict, key)


def test_every_sentence_of_the_doctor_is_said_somewhere_above():
    checks = {check.__name__.removeprefix("_") for check in diagnosis.CHECKS}
    sentences = {key for key in catalogue("addin_install") if key.split("_")[0] in checks and "_" in key}
    elsewhere = {"paths_warn", "paths_fail", "python_fail_store", "addin_warn_unknown", "onedrive_warn_network"}
    assert {key for key, _ in CASES} | elsewhere == sentences


def test_a_healthy_pc_is_sound_and_every_check_has_its_name(pc: Pc):
    from_the_zip(pc)
    install("vi", pc.windows())
    office_key(pc)
    before = snapshot(pc.drive)
    findings = doctor(pc.windows())
    assert {each.verdict for each in findings} == {Health.OK}
    assert is_sound(findings)
    assert len({each.check for each in findings}) == len(diagnosis.CHECKS)
    assert snapshot(pc.drive) == before, "a doctor changes nothing"
    assert pc.commands[-2][1] == "-B", "looking changes nothing"


def test_the_doctor_of_a_bare_pc_speaks(tmp_path: Path):
    pc = Pc(tmp_path)
    pc.registry.clear()
    pc.told = "cannot"
    pc.rules = None
    findings = doctor(pc.windows())
    failed = {each.check for each in findings if each.verdict is Health.FAIL}
    assert failed == {"excel", "start", "addin"}
    assert not pc.windows().home.exists()
    assert not is_sound(findings)


def test_paths_by_their_short_form_or_not_at_all(tmp_path: Path):
    shortened = Pc(tmp_path / "a", "Nhân viên", "NHNVIN~1")
    install("vi", shortened.windows(runtime_in(shortened.profile / "Downloads" / "x")))
    assert said(found(shortened, "paths")) == "paths_warn"
    assert found(shortened, "addin").verdict is Health.OK

    spoilt = Pc(tmp_path / "b", "Nhân viên")
    spoilt.windows().addin.parent.mkdir(parents=True)
    spoilt.windows().addin.write_bytes(b"x")
    assert [said(found(spoilt, check)) for check in ("paths", "addin")] == ["paths_fail", "addin_warn_unknown"]
    assert said(found(spoilt, "python")) == "python_warn_unknown"
    assert said(found(spoilt, "applocker")) == "applocker_ok"


def test_the_store_s_python_and_a_server_s_profile(pc: Pc, monkeypatch: pytest.MonkeyPatch):
    here = pc.windows(base=Path("C:/Program Files/WindowsApps/Python/python.exe"))
    assert "python_fail_store" in [said(each) for each in doctor(here)]
    server = windows.Windows(
        {**here.settings, "APPDATA": "\\\\maychu\\nhanvien\\AppData"}, pc.python, pc.python, pc.run, pc.values,
        pc.short_form,
    )  # fmt: skip
    assert "onedrive_warn_network" in [said(each) for each in doctor(server)]


def test_sources_that_cannot_be_built_are_told_not_raised(pc: Pc, monkeypatch: pytest.MonkeyPatch):
    install("vi", pc.windows())

    def faulty(*_: object) -> bytes:
        raise Fault([installing.issue("ADDIN_STORE_PYTHON")], 3)

    monkeypatch.setattr(permissions, "built", faulty)
    assert said(found(pc, "addin")) == "addin_warn_unknown"


@pytest.mark.parametrize("number", ["14", "15", "16"])
def test_settings_are_those_of_the_installed_office(pc: Pc, number: str):
    pc.registry[r"HKCR\Excel.Application\CurVer"] = {"": f"Excel.Application.{number}"}
    pc.registry[rf"HKCU\Software\Microsoft\Office\{number}.0\Excel\Security"] = {"disablealladdins": 1}
    assert found(pc, "addins").verdict is Health.FAIL


def test_a_policy_goes_before_the_user_s_choice(pc: Pc):
    pc.registry[rf"{POLICY}\Excel\Security"] = {"disablealladdins": 0}
    pc.registry[rf"{OFFICE}\Excel\Security"] = {"disablealladdins": 1}
    assert found(pc, "addins").verdict is Health.OK


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_doctor_s_lines_and_json(pc: Pc, lang: str):
    findings = doctor(pc.windows())
    lines = list(doctor_lines(findings, lang))
    assert len(lines) == len(findings) + 1
    broken = text("addin_install.mark_fail").to(lang)
    assert sum(line.startswith(f"[{broken}] ") for line in lines) == 1
    assert lines[-1] == text("addin_install.sum_fail", count=1).to(lang)
    answer = doctor_json(findings, lang)
    assert answer["ok"] is False
    assert {each["check"]: each["verdict"] for each in answer["checks"]}["addin"] == "fail"
    install(lang, pc.windows())
    assert list(doctor_lines(doctor(pc.windows()), lang))[-1] == text("addin_install.sum_ok").to(lang)


def test_the_bits_of_excel_are_told(pc: Pc):
    assert found(pc, "excel").message.vi.endswith(", 32 bit.")
    del pc.registry[r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"]
    assert "không rõ" in found(pc, "excel").message.vi
    pc.registry[r"HKLM\SOFTWARE\Microsoft\Office\16.0\Outlook"] = {"bitness": "x64"}
    assert found(pc, "excel").message.vi.endswith(", 64 bit.")


def test_every_sentence_is_in_both_languages_and_whole():
    for key, entry in catalogue("addin_install").items():
        assert set(entry) == set(LANGUAGES), key
        for wording in entry.values():
            assert unicodedata.is_normalized("NFC", wording), key
            assert wording == wording.strip(), key
        fields = [sorted(re.findall(r"\{\w+\}", wording)) for wording in entry.values()]
        assert fields[0] == fields[1], key
