"""One user's Windows PC: its folders and short names, its programs and registry, marks of the web, the runtime."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pcs import Pc, mark, runtime_in

import loithe_xl
from loithe_xl.addin.setup import windows
from loithe_xl.addin.setup.windows import Ran, Shortcut
from loithe_xl.language.issues import Fault


@pytest.fixture
def pc(tmp_path: Path) -> Pc:
    return Pc(tmp_path)


def test_elsewhere_than_on_windows_it_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(windows.sys, "platform", "linux")
    with pytest.raises(Fault) as fault:
        windows.this_pc()
    assert (fault.value.issues[0].code, fault.value.exit_code) == ("ADDIN_WINDOWS_ONLY", 2)
    assert "chỉ dùng trên Windows" in fault.value.issues[0].message.vi


def test_on_windows_the_pc_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(windows.sys, "platform", "win32")
    monkeypatch.setenv("appdata", "C:\\Users\\x\\AppData\\Roaming")
    found = windows.this_pc()
    assert found.python == Path(sys.executable)
    assert found.settings["APPDATA"] == "C:\\Users\\x\\AppData\\Roaming"


def test_a_folder_that_windows_does_not_name(pc: Pc):
    with pytest.raises(Fault) as fault:
        pc.windows().folder("ONEDRIVE")
    assert (fault.value.issues[0].code, fault.value.exit_code) == ("ADDIN_NO_FOLDER", 3)


def test_the_store_s_python_is_known_by_its_base_too(pc: Pc):
    store = Path("C:/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.12/python.exe")
    assert not pc.windows().packaged
    assert pc.windows(python=store).packaged
    assert pc.windows(base=store).packaged


def test_plain_paths(tmp_path: Path):
    pc = Pc(tmp_path, "Nhân viên", "NHNVIN~1")
    here = pc.windows()
    assert here.plain(pc.python) == pc.python
    assert here.plain(pc.profile / "AppData") == pc.short / "AppData"
    absent = here.home / "temp"
    assert not absent.exists()
    assert here.plain(absent) == pc.short / "AppData" / "Local" / "loithe-xl" / "temp"
    assert here.plain(here.home / "thư mục") is None, "what is not there has no short name"


@pytest.mark.parametrize("sign", list('";&^%!'))
def test_signs_that_cmd_reads_are_not_plain(pc: Pc, sign: str):
    spoilt = pc.drive / f"a{sign}b" / "c"
    spoilt.mkdir(parents=True)
    assert pc.windows().plain(spoilt) is None
    assert pc.windows().plain(spoilt / "new") is None


def test_without_short_names_there_is_no_plain_path(tmp_path: Path):
    pc = Pc(tmp_path, "Nhân viên")
    assert pc.windows().plain(pc.profile / "AppData") is None
    assert pc.windows().plain(pc.windows().home) is None


def test_system_programs_are_called_by_their_full_path(pc: Pc):
    pc.windows().excel_runs()
    pc.windows().powershell("'x'")
    assert all(Path(command[0]).is_relative_to(pc.drive / "Windows" / "System32") for command in pc.commands)


def test_an_open_excel_is_seen(pc: Pc):
    assert not pc.windows().excel_runs()
    pc.excel_open = True
    assert pc.windows().excel_runs()


def test_a_program_is_run_and_heard():
    said = "import os, sys; print('xin chào', os.environ['LOITHE_X'], sys.stdin.read()); sys.exit(4)"
    settings = {"LOITHE_X": "ở đây", "PYTHONUTF8": "1"}
    ran = windows.start([sys.executable, "-c", said], settings)
    assert (ran.code, ran.said.strip()) == (4, "xin chào ở đây")


def test_a_program_waits_for_no_input_and_shows_no_window(monkeypatch: pytest.MonkeyPatch):
    asked: dict[str, Any] = {}
    monkeypatch.setattr(subprocess, "CREATE_NO_WINDOW", 0x08000000, raising=False)

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        asked.update(options)
        return subprocess.CompletedProcess(command, 0, b"")

    monkeypatch.setattr(subprocess, "run", run)
    windows.start(["x"], {})
    assert asked["stdin"] == subprocess.DEVNULL
    assert asked["creationflags"] == 0x08000000


def test_a_program_that_is_not_there_or_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert windows.start([str(tmp_path / "absent.exe")], {}) == Ran(-1, "FileNotFoundError")
    monkeypatch.setattr(windows, "ANSWER_SECONDS", 0.01)
    waiting = "import threading; threading.Event().wait()"
    assert windows.start([sys.executable, "-c", waiting], {}) == Ran(-1, "TimeoutExpired")


def test_shortcuts_are_made_under_plain_names(pc: Pc):
    workshop = pc.drive / "temp"
    workshop.mkdir()
    links = [Shortcut(pc.python, "-m a"), Shortcut(pc.python, "-m b")]
    made = windows.make_links(pc.windows(), links, workshop)
    assert made == [f"{pc.python} -m {name} in {pc.python.parent}".encode() for name in "ab"]
    assert list(workshop.iterdir()) == []
    script = pc.commands[0][-1]
    assert str(pc.drive) not in script, "what varies is never part of the script"
    assert '"' not in script, "which would have to be escaped on its way"
    assert {"-NoProfile", "-NonInteractive"} < set(pc.commands[0])


def test_no_shortcuts_where_powershell_may_not(pc: Pc):
    workshop = pc.drive / "temp"
    workshop.mkdir()
    pc.links_allowed = False
    assert windows.make_links(pc.windows(), [Shortcut(pc.python, "-m a")], workshop) is None
    pc.links_allowed = True
    for answer in (lambda ran: Ran(1, "half done"), lambda ran: [file.unlink() for file in workshop.iterdir()] and ran):
        run = pc.run
        here = replace(pc.windows(), run=lambda *asked, run=run, answer=answer: answer(run(*asked)))
        assert windows.make_links(here, [Shortcut(pc.python, "-m a")], workshop) is None
        assert list(workshop.iterdir()) == []


def test_the_mark_of_the_web_is_taken_off(tmp_path: Path):
    file = tmp_path / "loithe.xlam"
    file.write_bytes(b"x")
    assert not windows.is_blocked(file)
    assert windows.unblock(file) is False
    mark(file)
    assert windows.is_blocked(file)
    assert windows.unblock(file) is True
    assert not windows.is_blocked(file)
    assert file.read_bytes() == b"x"


def test_a_runtime_s_files_are_compared_with_its_manifest(tmp_path: Path):
    assert windows.damaged(tmp_path) is None
    runtime_in(tmp_path)
    assert windows.damaged(tmp_path) == []
    (tmp_path / "python" / "extra.pyc").write_bytes(b"x")
    assert windows.damaged(tmp_path) == []
    (tmp_path / "python" / "python.exe").unlink()
    (tmp_path / "cai-dat.cmd").write_bytes(b"")
    assert windows.damaged(tmp_path) == ["cai-dat.cmd", "python/python.exe"]


def test_a_runtime_settles_in_place_of_a_former_one(tmp_path: Path):
    source, home = tmp_path / "Downloads" / "loithe", tmp_path / "home"
    runtime_in(source, b"new")
    mark(source / "cai-dat.cmd")
    (source / "python" / "__pycache__").mkdir()
    runtime_in(home, b"old")
    (home / "python" / "stale.py").write_bytes(b"x")
    (home / "office.key").write_bytes(b"secret")

    windows.move_in(source, home)

    assert windows.damaged(home) == []
    assert (home / "python/Lib/site-packages/loithe_xl/__init__.py").read_bytes() == b"new"
    assert (home / "office.key").read_bytes() == b"secret"
    assert sorted(file.name for file in home.iterdir()) == ["cai-dat.cmd", windows.MANIFEST, "office.key", "python"]
    assert not (home / "python" / "stale.py").exists()
    assert not (home / "python" / "__pycache__").exists()
    assert windows.damaged(source) == [], "the source stays as it is"


@pytest.mark.parametrize("step", ["python", "python.moi"])
def test_a_former_runtime_survives_a_failed_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str):
    source, home = tmp_path / "source", tmp_path / "home"
    runtime_in(source, b"new")
    runtime_in(home, b"old")
    real = os.rename

    def refused(old: Path, new: Path, **_: Any) -> None:
        if Path(old).name == step:
            raise PermissionError(13, "in use")
        real(old, new)

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", refused)
        with pytest.raises(PermissionError):
            windows.move_in(source, home)
    assert windows.damaged(home) == []
    assert (home / "python/Lib/site-packages/loithe_xl/__init__.py").read_bytes() == b"old"
    windows.move_in(source, home)
    assert (home / "python/Lib/site-packages/loithe_xl/__init__.py").read_bytes() == b"new"
    assert not list(home.glob("python.*"))


def test_a_copy_carries_contents_only(tmp_path: Path):
    """What also copies times and modes, copies streams on Windows, and with them the mark of the web."""
    python = runtime_in(tmp_path / "source")
    os.utime(python, (1, 1))
    windows.move_in(tmp_path / "source", tmp_path / "home")
    assert (tmp_path / "home" / "python" / "python.exe").stat().st_mtime != 1


def test_an_interpreter_tells_what_it_is_and_what_it_lacks():
    settings = {"PYTHONPATH": os.pathsep.join(sys.path)}
    ask = "from loithe_xl.addin.setup.windows import interpreter_told; print(interpreter_told())"
    ran = windows.start([sys.executable, "-B", "-c", ask], settings)
    assert ran.said.isascii()
    told = json.loads(ran.said.splitlines()[-1])
    assert told["version"] == list(sys.version_info[:3])
    assert told["bits"] in (32, 64)
    assert told["xlwings"].count(".") == 2
    expected = [] if sys.platform == "win32" else ["win32com.client"]
    assert list(told["failed"]) == expected


def test_a_first_start_keeps_bytecode_and_excel_s_do_not(monkeypatch: pytest.MonkeyPatch):
    compiled: list[Path] = []
    monkeypatch.setattr(windows.compileall, "compile_dir", lambda folder, **_: compiled.append(folder))
    monkeypatch.setattr(windows, "NEEDED", ())
    for dont_write in (True, False):
        monkeypatch.setattr(windows.sys, "dont_write_bytecode", dont_write)
        windows.interpreter_told()
    assert compiled == [Path(loithe_xl.__file__).parent]


class Key:
    """A registry key as winreg hands it out."""

    def __init__(self, values: dict[str, object]) -> None:
        self.values = list(values.items())

    def __enter__(self) -> Key:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def test_the_registry_is_read_in_both_views_and_only_read(monkeypatch: pytest.MonkeyPatch):
    stored = {
        (2, "A\\B", 1 | 64): {"": "default", "Level": 4},
        (2, "A\\B", 1 | 32): {"level": 1, "Other": b"x"},
    }

    def opened(hive: int, path: str, reserved: int, access: int) -> Key:
        if (hive, path, access) not in stored:
            raise FileNotFoundError(2, path)
        return Key(stored[hive, path, access])

    winreg = SimpleNamespace(
        HKEY_LOCAL_MACHINE=2, HKEY_CURRENT_USER=1, KEY_READ=1, KEY_WOW64_64KEY=64, KEY_WOW64_32KEY=32, OpenKey=opened,
        QueryInfoKey=lambda key: (0, len(key.values), 0), EnumValue=lambda key, number: (*key.values[number], 1),
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "winreg", winreg)
    assert windows._registry("HKLM\\A\\B") == {}
    monkeypatch.setattr(windows.sys, "platform", "win32")
    assert windows._registry("HKLM\\A\\B") == {"": "default", "level": 4, "other": b"x"}
    assert windows._registry("HKCU\\A\\B") == {}


@pytest.mark.parametrize(("answer", "expected"), [("C:\\NHNVIN~1", Path("C:\\NHNVIN~1")), ("", None)])
def test_short_names_are_asked_of_windows(monkeypatch: pytest.MonkeyPatch, answer: str, expected: Path | None):
    def short(path: str, room: Any, size: int) -> int:
        assert (path, size) == ("C:\\Nhân viên", 32768)
        room.value = answer
        return len(answer)

    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=SimpleNamespace(GetShortPathNameW=short)), False)
    assert windows._short(Path("C:\\Nhân viên")) is None
    monkeypatch.setattr(windows.sys, "platform", "win32")
    assert windows._short(Path("C:\\Nhân viên")) == expected
