"""The runtime for office PCs: Windows' wheels by their hashes, a search path of its own, an equal zip each time."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shlex
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
import uv
from batch import Shell
from pcs import Pc

import environment
import lock
import windows_runtime
from loithe_xl.addin.setup import installing, windows
from loithe_xl.addin.setup.installing import install
from loithe_xl.cli import build
from loithe_xl.identity.token import public_key

EMBEDDED = ("LICENSE.txt", "python.exe", "pythonw.exe", "python312.dll", "python312.zip", "python312._pth")
SITE = "python/Lib/site-packages/"


def wheel(folder: Path, name: str, tag: str, files: dict[str, str]) -> Path:
    """A tiny wheel, whole enough for an installer."""
    distribution, version = name.split("-")
    info = f"{distribution}-{version}.dist-info"
    purelib = str(tag == "py3-none-any").lower()
    contents = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {distribution.replace('_', '-')}\nVersion: {version}\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: {purelib}\nTag: {tag}\n",
    }
    record = "".join(f"{path},sha256={_urlsafe(content)},{len(content)}\n" for path, content in contents.items())
    made = folder / f"{name}-{tag}.whl"
    with zipfile.ZipFile(made, "w") as package:
        for path, content in {**contents, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            package.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), content)
    return made


def _urlsafe(content: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@dataclass
class Bench:
    """All that a run needs: wheels in a folder, a lock, an embeddable Python; nothing comes from the network."""

    folder: Path
    links: Path
    lock: Path
    python: Path
    own: Path

    def run(self, *more: str, sha: str = "", out: str = "out") -> int:
        arguments = ["--python", self.python, "--sha256", sha or sha256(self.python), "--out", self.folder / out]
        arguments += ["--lock", self.lock, "--wheel", self.own, "--uv", uv.find_uv_bin(), "--find-links", self.links]
        return windows_runtime.main([str(each) for each in arguments] + list(more))

    def made(self, out: str = "out") -> Path:
        return self.folder / out / "loithe-xl-windows.zip"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    links = tmp_path / "links"
    links.mkdir()
    extension = {"pywin32_system32/pywintypes312.dll": "MZ", "pywin32.pth": "win32\nimport pywin32_bootstrap\n"}
    bridge = {"xlwings/__init__.py": "", "xlwings/pro/__init__.py": "", "xlwings/xlwings_custom_addin.bas": "Sub"}
    wheels = {
        "pywin32==312 ; sys_platform == 'win32'": wheel(links, "pywin32-312", "cp312-cp312-win_amd64", extension),
        "xlwings==0.37.8": wheel(links, "xlwings-0.37.8", "py3-none-any", bridge),
    }
    lines = [f"{asked} \\\n    --hash=sha256:{sha256(file)}\n" for asked, file in wheels.items()]
    lines.append(f"appscript==1.5.0 ; sys_platform == 'darwin' \\\n    --hash=sha256:{'0' * 64}\n")
    (tmp_path / "run.txt").write_text("".join(lines), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "python-3.12.10-embed-amd64.zip", "w") as package:
        for name in EMBEDDED:
            package.writestr(name, f"stands for {name}")
    own = wheel(tmp_path, "loithe_xl-0.1.0", "py3-none-any", {"loithe_xl/__init__.py": "", "loithe_xl/a.toml": "á"})
    return Bench(tmp_path, links, tmp_path / "run.txt", tmp_path / "python-3.12.10-embed-amd64.zip", own)


def test_the_zip_holds_python_the_windows_wheels_and_our_own(bench: Bench, capsys: pytest.CaptureFixture[str]):
    assert bench.run() == 0
    with zipfile.ZipFile(bench.made()) as package:
        names = package.namelist()
    kept = [name.removeprefix(SITE) for name in names if name.startswith(SITE)]
    assert sorted(name for name in names if not name.startswith(SITE)) == sorted(
        [f"python/{name}" for name in EMBEDDED]
        + ["cai-dat.cmd", "dang-nhap.cmd", "go-bo.cmd", "kiem-tra.cmd", "loithe-xl.cmd", "manifest.sha256"]
    )
    assert [name for name in kept if ".dist-info/" not in name] == [
        *("loithe_xl/__init__.py", "loithe_xl/a.toml", "pywin32.pth", "pywin32_system32/pywintypes312.dll"),
        *("xlwings/__init__.py", "xlwings/xlwings_custom_addin.bas"),
    ]
    assert {name.split("/")[1] for name in kept if ".dist-info/" in name} == {"METADATA", "WHEEL"}
    assert names == sorted(names)
    assert sha256(bench.made()) in capsys.readouterr().out


def test_public_keys_travel_in_the_zip_beside_the_manifest(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(windows_runtime, "install", lambda *_: None)
    key = bench.folder / "co-quan.pub"
    key.write_text(public_key(bytes(32)), encoding="ascii")
    assert bench.run("--trust", str(key)) == 0
    with zipfile.ZipFile(bench.made()) as package:
        assert package.read(f"{windows_runtime.KEYS}/co-quan.pub") == key.read_bytes()
        assert "co-quan.pub" not in package.read("manifest.sha256").decode()
    assert windows_runtime.KEYS == installing.KEYS
    assert bench.run("--trust", str(bench.folder / "nowhere.pub")) == 3


def test_python_looks_into_its_own_folders_only_and_reads_pth_files(bench: Bench):
    bench.run()
    with zipfile.ZipFile(bench.made()) as package:
        lines = package.read("python/python312._pth").decode("ascii").split("\r\n")
    assert lines == ["python312.zip", ".", "Lib\\site-packages", "import site", ""]


def test_the_manifest_is_the_one_that_the_program_reads_and_the_zip_installs(bench: Bench):
    bench.run()
    pc = Pc(bench.folder / "pc")
    place = pc.profile / "Downloads" / "loithe-xl-windows"
    with zipfile.ZipFile(bench.made()) as package:
        package.extractall(place)
    assert windows_runtime.MANIFEST == windows.MANIFEST
    assert windows.damaged(place) == []
    listed = (place / windows.MANIFEST).read_text(encoding="utf-8").splitlines()
    assert len(listed) == sum(file.is_file() for file in place.rglob("*")) - 1

    install("vi", pc.windows(place / "python" / "python.exe"))
    assert windows.damaged(pc.windows().home) == []
    assert (pc.windows().home / "cai-dat.cmd").is_file()

    (place / "python" / "pythonw.exe").write_bytes(b"taken by an antivirus program")
    assert windows.damaged(place) == ["python/pythonw.exe"]


def test_equal_input_gives_an_equal_zip(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    bench.run(out="a")
    monkeypatch.setenv("UV_CACHE_DIR", str(bench.folder / "other"))
    bench.run(out="b")
    assert bench.made("a").read_bytes() == bench.made("b").read_bytes()
    with zipfile.ZipFile(bench.made("a")) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.create_system for entry in package.infolist()} == {0}
        assert not any(str(bench.folder).encode() in package.read(name) for name in package.namelist())


def refused(bench: Bench, capsys: pytest.CaptureFixture[str]) -> str:
    """The reason, when nothing was made."""
    assert bench.run() == 3
    assert not bench.made().exists()
    return capsys.readouterr().err


def test_a_wheel_of_another_hash_is_refused(bench: Bench, capsys: pytest.CaptureFixture[str]):
    text = bench.lock.read_text(encoding="utf-8")
    bench.lock.write_text(text.replace(sha256(bench.links / "xlwings-0.37.8-py3-none-any.whl"), "1" * 64))
    assert "ash" in refused(bench, capsys)


def test_a_lock_without_hashes_is_refused(bench: Bench, capsys: pytest.CaptureFixture[str]):
    bench.lock.write_text("xlwings==0.37.8\n", encoding="utf-8")
    assert "hash" in refused(bench, capsys)


def test_a_missing_wheel_is_refused(bench: Bench, capsys: pytest.CaptureFixture[str]):
    (bench.links / "pywin32-312-cp312-cp312-win_amd64.whl").unlink()
    assert "pywin32" in refused(bench, capsys)


def test_a_wheel_of_another_system_will_not_do(bench: Bench, capsys: pytest.CaptureFixture[str]):
    ours = bench.links / "pywin32-312-cp312-cp312-win_amd64.whl"
    ours.rename(bench.links / "pywin32-312-cp312-cp312-manylinux_2_17_x86_64.whl")
    assert "pywin32" in refused(bench, capsys)


def test_sources_will_not_do(bench: Bench, capsys: pytest.CaptureFixture[str]):
    """Building them would need Windows."""
    (bench.links / "xlwings-0.37.8-py3-none-any.whl").unlink()
    source = bench.links / "xlwings-0.37.8.tar.gz"
    with tarfile.open(source, "w:gz") as package:
        content = b"from setuptools import setup; setup(name='xlwings', version='0.37.8')"
        entry = tarfile.TarInfo("xlwings-0.37.8/setup.py")
        entry.size = len(content)
        package.addfile(entry, io.BytesIO(content))
    text = bench.lock.read_text(encoding="utf-8")
    bench.lock.write_text(re.sub(r"(xlwings==0.37.8 \\\n    --hash=sha256:)\w+", rf"\g<1>{sha256(source)}", text))
    assert "no usable wheels" in refused(bench, capsys)


def test_another_python_than_the_one_that_was_meant_is_refused(bench: Bench, capsys: pytest.CaptureFixture[str]):
    assert bench.run(sha="ab" * 32) == 3
    assert sha256(bench.python) in capsys.readouterr().err
    assert not bench.made().exists()
    assert bench.run(sha=sha256(bench.python).upper()) == 0


@pytest.mark.parametrize("missing", ["python312._pth", "pythonw.exe"])
def test_what_is_no_embeddable_python_is_refused(bench: Bench, capsys: pytest.CaptureFixture[str], missing: str):
    with zipfile.ZipFile(bench.python, "w") as package:
        for name in EMBEDDED:
            if name != missing:
                package.writestr(name, "x")
    assert missing in refused(bench, capsys)


def test_what_is_no_zip_or_is_not_there_is_refused(bench: Bench, capsys: pytest.CaptureFixture[str]):
    bench.python.write_bytes(b"<html>not found</html>")
    assert "no zip" in refused(bench, capsys)
    sha = sha256(bench.python)
    bench.python.unlink()
    assert bench.run(sha=sha) == 3
    assert "python-3.12.10-embed-amd64.zip" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["", "abc", "g" * 64])
def test_a_hash_is_one(bench: Bench, given: str):
    with pytest.raises(SystemExit) as stopped:
        windows_runtime.main(["--python", str(bench.python), "--sha256", given])
    assert stopped.value.code == 2


def test_without_a_hash_the_pinned_python_is_meant(bench: Bench, capsys: pytest.CaptureFixture[str]):
    assert windows_runtime.main(["--python", str(bench.python), "--out", str(bench.folder)]) == 3
    assert windows_runtime.PYTHON_SHA256 in capsys.readouterr().err
    assert re.fullmatch("[0-9a-f]{64}", windows_runtime.PYTHON_SHA256)
    assert windows_runtime.PYTHON.rpartition("/")[2] == "python-3.12.10-embed-amd64.zip"


def test_without_a_file_python_is_fetched_and_compared(
    bench: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    monkeypatch.setattr(windows_runtime, "install", lambda *_: None)
    monkeypatch.setattr(
        windows_runtime.urllib.request, "urlopen", lambda url, timeout: asked.append(url) or bench.python.open("rb")
    )
    arguments = ["--out", str(bench.folder / "out"), "--wheel", str(bench.own), "--uv", "uv"]

    assert windows_runtime.main(arguments) == 3
    assert "download it again" in capsys.readouterr().err
    monkeypatch.setattr(windows_runtime, "PYTHON_SHA256", sha256(bench.python))
    assert windows_runtime.main(arguments) == 0
    assert asked == [windows_runtime.PYTHON] * 2
    with zipfile.ZipFile(bench.made()) as package:
        assert package.read("python/python.exe") == b"stands for python.exe"


def test_where_python_cannot_be_fetched_it_is_said_which_file_and_which_hash(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    def unreachable(url: str, timeout: float) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(windows_runtime.urllib.request, "urlopen", unreachable)
    assert windows_runtime.main(["--out", str(tmp_path)]) == 3
    said = capsys.readouterr().err
    assert all(each in said for each in (windows_runtime.PYTHON, windows_runtime.PYTHON_SHA256, "--python"))
    assert not [*tmp_path.iterdir()]


def test_a_path_too_long_for_windows_is_refused(bench: Bench, capsys: pytest.CaptureFixture[str]):
    bench.own = wheel(bench.folder, "loithe_xl-0.1.0", "py3-none-any", {f"loithe_xl/{'a' * 130}.toml": ""})
    assert "a" * 130 in refused(bench, capsys)


def test_double_clicked_files_are_plain_and_call_commands_that_exist(tmp_path: Path):
    windows_runtime.write_commands(tmp_path)
    files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert set(files) == {"cai-dat.cmd", "dang-nhap.cmd", "go-bo.cmd", "kiem-tra.cmd", "loithe-xl.cmd"}
    for name, content in files.items():
        assert content.isascii()
        assert content.count(b"\n") == content.count(b"\r\n")
        assert not re.search(rb"\d>", content.replace(b"2>nul", b"").replace(b"2>&1", b"")), "taken for a stream"
        calls = re.findall(r'"%~dp0python\\python\.exe" -m loithe_xl (.*)\r$', content.decode(), re.M)
        assert len(calls) == {"dang-nhap.cmd": 0, "loithe-xl.cmd": 1}.get(name, 2)
        for call in calls:
            found: click.Command = build("vi")
            for word in shlex.split(re.sub("%.", "", call)):
                assert isinstance(found, click.Group)
                found = found.commands[word]
            assert (name == "loithe-xl.cmd") == isinstance(found, click.Group)


def test_the_guide_speaks_of_the_files_and_options_that_there_are(package: Path):
    guide = (environment.ROOT / "docs" / "cai-dat.md").read_text(encoding="utf-8")
    assert set(re.findall(r"[a-z][\w-]*\.cmd\b", guide)) == {file.name for file in package.glob("*.cmd")}
    for line in re.findall(r"^python3 scripts/windows_runtime\.py(.*)$", guide, re.M):
        windows_runtime._parser().parse_args(shlex.split(line))
    assert windows_runtime.PYTHON.rpartition("/")[2] in guide
    assert {"/yen-lang", "/quiet"} <= set(re.findall(r"`(/[a-z-]+)`", guide))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The unpacked folder, as far as its .cmd files look at it."""
    folder = tmp_path / "bo cai"
    (folder / "python").mkdir(parents=True)
    (folder / "python" / "python.exe").touch()
    (folder / windows.MANIFEST).write_text("0 *python/python.exe\n", encoding="utf-8")
    windows_runtime.write_commands(folder)
    return folder


def console(package: Path, code: int = 0, **more: str) -> Shell:
    places = {name: str(package.parent / name) for name in ("TEMP", "LOCALAPPDATA")}
    for place in places.values():
        Path(place, "loithe-xl").mkdir(parents=True, exist_ok=True)
    settings = {**places, "COMPUTERNAME": "MAY07", "USERNAME": "nguoi dung 2", **more}
    return Shell(settings, lambda command: (code, f"said by {command.partition('-m ')[2]}"))


@pytest.mark.parametrize(("name", "words"), [("cai-dat", "install"), ("go-bo", "uninstall"), ("kiem-tra", "doctor")])
@pytest.mark.parametrize("code", [0, 3])
def test_a_double_click_shows_waits_and_hands_the_code_on(package: Path, name: str, words: str, code: int):
    shell = console(package, code)
    assert shell.run(package / f"{name}.cmd", "--lang", "en") == code
    assert shell.started[0].endswith(f"-m loithe_xl addin {words} --lang en")
    assert shell.shown == [f"said by loithe_xl addin {words} --lang en", "", "pause"]


@pytest.mark.parametrize("switch", ["/yen-lang", "/quiet", "/YEN-LANG"])
@pytest.mark.parametrize("code", [0, 3])
def test_the_silent_switch_asks_nothing_and_leaves_a_log(package: Path, switch: str, code: int):
    shell = console(package, code)
    assert shell.run(package / "cai-dat.cmd", switch, "--lang", "en") == code
    assert shell.shown == []
    log = (package.parent / "TEMP" / "loithe-xl-cai-dat.log").read_text(encoding="utf-8")
    first, said, last = log.splitlines()
    assert "MAY07" in first and "nguoi dung 2" in first
    assert (said.strip(), last) == ("said by loithe_xl addin install --lang en", f'"cai-dat: {code}"')


def test_a_log_may_be_kept_elsewhere_and_a_lost_place_stops_nothing(package: Path):
    shared = package.parent / "share.log"
    shell = console(package, LOITHE_LOG=str(shared))
    assert shell.run(package / "cai-dat.cmd", "/yen-lang") == 0
    assert "addin install" in shared.read_text(encoding="utf-8")

    shell = console(package, LOITHE_LOG="//nowhere/a.log")
    shell.closed = ("//nowhere/a.log",)
    assert shell.run(package / "cai-dat.cmd", "/yen-lang") == 0
    assert "addin install" in (package.parent / "TEMP" / "loithe-xl-cai-dat.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("switch", [(), ("/yen-lang",)])
def test_what_is_not_unpacked_says_so_unless_nobody_listens(package: Path, switch: tuple[str, ...]):
    (package / "python" / "python.exe").unlink()
    for name in ("cai-dat", "go-bo", "kiem-tra"):
        shell = console(package)
        assert shell.run(package / f"{name}.cmd", *switch) == 3
        assert (shell.started, "pause" in shell.shown) == ([], not switch)
    shell = console(package)
    assert shell.run(package / "loithe-xl.cmd", "validate") == 3
    assert len(shell.shown) == 2


def test_at_logon_it_is_installed_once_and_again_for_another_version_or_key(package: Path):
    def logon(code: int = 0) -> int:
        shell = console(package, code)
        assert (shell.run(package / "dang-nhap.cmd"), shell.shown) == (code, [])
        return len(shell.started)

    assert logon(3) == 1, "Excel was open"
    assert [logon(), logon()] == [1, 0]
    (package / "khoa").mkdir()
    (package / "khoa" / "co-quan.pub").write_text("khoa", encoding="ascii")
    assert [logon(), logon()] == [1, 0]
    (package / windows.MANIFEST).write_text("1 *python/python.exe\n", encoding="utf-8")
    assert [logon(), logon()] == [1, 0]


def test_what_is_left_out_is_none_of_what_the_buttons_need():
    needed = {name.split(".")[0] for name in windows.NEEDED} | {"win32com", "pywin32_system32", "win32"}
    assert not needed & set(windows_runtime.LEFT_OUT)
    assert "xlwings/pro" in windows_runtime.LEFT_OUT


def test_the_project_s_lock_has_pywin32_for_windows_and_hashes():
    default = windows_runtime._parser().parse_args(["--python", "x", "--sha256", "0" * 64]).lock
    locked = default.read_text(encoding="utf-8")
    assert re.search(r"^pywin32==\d+ ; sys_platform == 'win32' \\\n    --hash=sha256:", locked, re.M)
    assert re.search(r"^xlwings==[\d.]+ \\\n    --hash=sha256:", locked, re.M)


class Recorder:
    """Stands for ``subprocess.run``: notes every command and makes what it would make."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.commands: list[list[str]] = []

    def __call__(self, command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        self.commands.append([str(word) for word in command])
        if "hatchling" in self.commands[-1]:
            (self.folder / "loithe_xl-0.1.0-py3-none-any.whl").touch()
        return subprocess.CompletedProcess(self.commands[-1], 0)


def test_without_a_named_uv_the_pinned_one_serves_for_the_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shell = Recorder(tmp_path)
    monkeypatch.setattr(environment, "create", lambda folder: folder / "python")
    monkeypatch.setattr(windows_runtime.subprocess, "run", shell)
    with windows_runtime.uv(None) as command:
        python = Path(command[0])
        assert command[1:] == ["-m", "uv"]
    assert shell.commands == [[str(python), "-m", "pip", "install", "--quiet", lock.UV]]
    assert not python.parent.parent.exists()


def test_our_own_wheel_is_built_by_the_project_s_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shell = Recorder(tmp_path)
    monkeypatch.setattr(environment, "ensure", lambda use: Path(f"{use}/python"))
    monkeypatch.setattr(windows_runtime.subprocess, "run", shell)
    assert windows_runtime.build_wheel(tmp_path).name == "loithe_xl-0.1.0-py3-none-any.whl"
    assert shell.commands[0][:4] == [str(Path("run/python")), "-m", "hatchling", "build"]


def test_it_is_a_script(monkeypatch: pytest.MonkeyPatch):
    script = Path(windows_runtime.__file__)
    said = subprocess.run([sys.executable, str(script), "--help"], capture_output=True, text=True, check=True).stdout
    assert "--sha256 HEX" in said
