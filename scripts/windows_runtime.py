"""Assembles ``loithe-xl-windows.zip``: Python, all libraries and loithe-xl, for office PCs without either.

``python3 scripts/windows_runtime.py`` on any system with network; what it makes installs without. The embeddable Python
is fetched from Python's own site, or named by ``--python`` where that cannot be reached; another one than the pinned
needs its ``--sha256`` as published there. Equal input gives an equal zip.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import environment
from lock import UV

ROOT = environment.ROOT
VERSION, PLATFORM = "3.12", "x86_64-pc-windows-msvc"
PYTHON = "https://www.python.org/ftp/python/3.12.10/python-3.12.10-embed-amd64.zip"  # the last 3.12 that is built
PYTHON_SHA256 = "4acbed6dd1c744b0376e3b1cf57ce906f9dc9e95e68824584c8099a63025a3c3"
PATIENCE = 60  # seconds that Python's site may take to go on
TAG = "python" + VERSION.replace(".", "")
NAME = "loithe-xl-windows"
SITE = PurePosixPath("python/Lib/site-packages")
MANIFEST, KEYS = "manifest.sha256", "khoa"  # loithe_xl.addin.setup.windows and its installer read them
DATE = (1980, 1, 1, 0, 0, 0)
LONGEST = 130  # letters of a path in the zip: with a user's own folder before it, Windows allows 260

# With this file beside it, Python looks here and nowhere else: not into PYTHONPATH, the registry or the user's own
# packages. "import site" has it obey the .pth files of site-packages. pywin32 needs that: nobody runs its
# post-install step here, and it is pywin32.pth that adds its folders to the path and has pywin32_bootstrap tell
# Windows where pywintypes and pythoncom lie (site-packages/pywin32_system32).
PTH = f"{TAG}.zip\r\n.\r\nLib\\site-packages\r\nimport site\r\n"
NEEDED = ("python.exe", "pythonw.exe", f"{TAG}.dll", f"{TAG}.zip", f"{TAG}._pth")

# xlwings PRO with its library, which is under another licence and which nothing here uses; macro files and DLLs that
# nothing here opens and antivirus programs look at askance; what only developers need.
LEFT_OUT = (
    *("xlwings/pro", "xlwings/xlwingslib*", "xlwings/addin/xlwings.xlam", "xlwings/quickstart*", "xlwings*.dll"),
    *("bin", "pandas/tests", "PyWin32.chm", "pythonwin", "isapi", "adodbapi", "win32com/demos", "win32com/test"),
    *("win32/Demos", "win32/test", "win32/libs", "win32/include"),
)
# Notes of the machine that assembles; the manifest says what belongs together.
NOTES = ("RECORD", "direct_url.json", "uv_cache.json", "INSTALLER", "REQUESTED", ".lock")

# Double-clicked by users: ASCII, because cmd.exe reads them in the machine's own code page.
COMMANDS = {"cai-dat": "addin install", "go-bo": "addin uninstall", "kiem-tra": "addin doctor"}
BEGIN = "@echo off\nsetlocal\nchcp 65001 >nul\n"
RUN = '"%~dp0python\\python.exe" -m loithe_xl'
UNLESS_THERE = 'if not exist "%~dp0python\\python.exe" goto missing\n'
MISSING = """echo Hay giai nen toan bo tep zip (Extract All) roi chay lai tep nay.
echo Extract the whole zip file first, then run this file again.
"""
# Where nobody sits before it (/yen-lang or /quiet first), nothing is asked and what is said goes into a log: the one
# that LOITHE_LOG names, such as a file on a share, if that can be written. Redirections stand first, for a digit before
# them would be taken for a stream.
COMMAND = f"""{BEGIN}set quiet=
if /i "%~1"=="/yen-lang" set quiet=1
if /i "%~1"=="/quiet" set quiet=1
{UNLESS_THERE}if defined quiet goto quiet
{RUN} {{arguments}} %*
set code=%errorlevel%
echo.
pause
exit /b %code%
:quiet
set "own=%TEMP%\\loithe-xl-{{name}}.log"
if not defined LOITHE_LOG set "LOITHE_LOG=%own%"
>>"%LOITHE_LOG%" echo "{{name}} %DATE% %TIME% %COMPUTERNAME% %USERNAME%" || set "LOITHE_LOG=%own%"
>>"%LOITHE_LOG%" 2>&1 {RUN} {{arguments}} %2 %3 %4 %5
set code=%errorlevel%
>>"%LOITHE_LOG%" echo "{{name}}: %code%"
exit /b %code%
:missing
if defined quiet exit /b 3
{MISSING}pause
exit /b 3
"""
LINE = f"""{BEGIN}{UNLESS_THERE}{RUN} %*
exit /b
:missing
{MISSING}exit /b 3
"""
# For each logon, from a share: installs once, and again when the folder holds another version or another key. What
# failed, for Excel was open perhaps, is tried at the next logon; what its user took away afterwards stays away.
LOGON = """@echo off
setlocal
set "done=%LOCALAPPDATA%\\loithe-xl\\da-cai.txt"
set "now=%TEMP%\\loithe-xl-bo-cai.txt"
copy /y "%~dp0manifest.sha256" "%now%" >nul
for %%f in ("%~dp0khoa\\*.pub") do >>"%now%" type "%%f"
fc /b "%now%" "%done%" >nul 2>nul
if not errorlevel 1 exit /b 0
call "%~dp0cai-dat.cmd" /yen-lang %*
if errorlevel 1 exit /b %errorlevel%
copy /y "%now%" "%done%" >nul
"""


class Refused(Exception):
    """Why nothing was assembled."""


def main(arguments: Sequence[str]) -> int:
    """0 when the zip is made, 3 when it cannot be."""
    wanted = _parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="loithe-windows-") as place:
            home = Path(place) / NAME
            unpack(wanted.python or fetch(Path(place)), wanted.sha256, home / "python")
            wheel = wanted.wheel or build_wheel(Path(place))
            with uv(wanted.uv) as command:
                index = ["--no-index", "--find-links", str(wanted.find_links)] if wanted.find_links else []
                install(command, wanted.lock, wheel, home / SITE, index)
            tidy(home / SITE)
            write_commands(home)
            count = write_manifest(home)
            add_keys(wanted.trust, home / KEYS)
            wanted.out.mkdir(parents=True, exist_ok=True)
            made = wanted.out / f"{NAME}.zip"
            pack(home, made)
    except (Refused, environment.EnvironmentFault, subprocess.CalledProcessError, OSError) as fault:
        environment.say(str(fault))
        return 3
    print(f"{made}: {count} files, {made.stat().st_size / 1e6:.1f} MB, SHA-256 {_sha256(made)}")
    return 0


def fetch(folder: Path) -> Path:
    """The pinned embeddable Python, from Python's own site; nothing is taken for it before its SHA-256 is compared."""
    target = folder / PYTHON.rpartition("/")[2]
    try:
        with urllib.request.urlopen(PYTHON, timeout=PATIENCE) as answer, target.open("wb") as file:
            shutil.copyfileobj(answer, file)
    except OSError as error:
        why = f"{PYTHON} cannot be fetched here ({error})."
        raise Refused(f"{why} Fetch it on another PC (SHA-256 {PYTHON_SHA256}) and name it by --python.") from error
    return target


def unpack(archive: Path, sha256: str, folder: Path) -> None:
    """The embeddable Python, if it is the one that was meant; its search path becomes ours."""
    if _sha256(archive) != sha256.lower():
        raise Refused(f"{archive.name} has the SHA-256 {_sha256(archive)}, not {sha256.lower()}: download it again.")
    if not zipfile.is_zipfile(archive):
        raise Refused(f"{archive.name} is no zip file: download it again.")
    with zipfile.ZipFile(archive) as opened:
        absent = [name for name in NEEDED if name not in opened.namelist()]
        if absent:
            raise Refused(f"{archive.name} is no embeddable Python {VERSION}: it lacks {', '.join(absent)}.")
        opened.extractall(folder)
    (folder / f"{TAG}._pth").write_bytes(PTH.encode("ascii"))


def build_wheel(folder: Path) -> Path:
    """loithe-xl's own wheel, made by the project's environment."""
    python = environment.ensure("run")
    command = [str(python), "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


@contextmanager
def uv(named: Path | None) -> Iterator[list[str]]:
    """The uv that is named, or the pinned one in an environment of its own.

    pip will not do: for another system it judges markers by this one, and leaves pywin32 out without a word.
    """
    if named:
        yield [str(named)]
        return
    with tempfile.TemporaryDirectory() as folder:
        python = environment.create(Path(folder) / "uv")
        subprocess.run([python, "-m", "pip", "install", "--quiet", UV], check=True)
        yield [str(python), "-m", "uv"]


def install(command: list[str], lock: Path, wheel: Path, target: Path, index: Sequence[str]) -> None:
    """The locked libraries, wheels only and by their hashes, and our own wheel."""
    pip = [*command, "pip", "install", "--quiet", "--no-config", "--python", sys.executable, "--target", str(target)]
    pip += ["--python-platform", PLATFORM, "--python-version", VERSION, "--only-binary", ":all:", "--link-mode", "copy"]
    steps = (["--require-hashes", "--requirement", str(lock), *index], ["--no-deps", "--no-index", str(wheel)])
    for step in steps:
        done = subprocess.run([*pip, *step], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise Refused(done.stdout.strip())


def tidy(site: Path) -> None:
    """Take away what is left out."""
    for pattern in LEFT_OUT:
        for place in list(site.glob(pattern)):
            shutil.rmtree(place) if place.is_dir() else place.unlink()
    for file in site.rglob("*"):
        if file.name in NOTES and (file.parent.name.endswith(".dist-info") or file.parent == site):
            file.unlink()


def write_commands(home: Path) -> None:
    """The files that users double-click, the one for logons, and the command line itself."""
    texts = {name: COMMAND.format(name=name, arguments=arguments) for name, arguments in COMMANDS.items()}
    for name, words in {**texts, "dang-nhap": LOGON, "loithe-xl": LINE}.items():
        (home / f"{name}.cmd").write_bytes(words.replace("\n", "\r\n").encode("ascii"))


def add_keys(files: Sequence[Path], folder: Path) -> None:
    """The public keys that every PC shall trust; the manifest does not name them, so that others may be put beside."""
    for file in files:
        folder.mkdir(exist_ok=True)
        shutil.copyfile(file, folder / file.name)


def write_manifest(home: Path) -> int:
    """The SHA-256 of every file, as ``sha256sum --check`` reads it; how many."""
    files = _files(home)
    long = max(files, key=lambda file: len(_name(home, file)))
    if len(_name(home, long)) > LONGEST:
        raise Refused(f"{_name(home, long)}: a path as long as this may not fit into a user's folder on Windows.")
    lines = [f"{_sha256(file)} *{_name(home, file)}\n" for file in files]
    (home / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")
    return len(files) + 1


def pack(home: Path, target: Path) -> None:
    """The zip: names sorted, dates fixed, made the same on every system."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for file in _files(home):
            entry = zipfile.ZipInfo(_name(home, file), DATE)
            entry.create_system, entry.compress_type = 0, zipfile.ZIP_DEFLATED
            package.writestr(entry, file.read_bytes())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    there = "python-3.12.x-embed-amd64.zip; without it, 3.12.10 is fetched from Python's site"
    parser.add_argument("--python", type=Path, metavar="ZIP", help=there)
    published = "its SHA-256, as published, where it is another than 3.12.10"
    parser.add_argument("--sha256", type=_digest, default=PYTHON_SHA256, metavar="HEX", help=published)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR", help="where the zip goes")
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements" / "run.txt", help="libraries with hashes")
    key = "a public key that every PC shall trust, written by “loithe-xl key export”; may be repeated"
    parser.add_argument("--trust", type=Path, action="append", default=[], metavar="FILE.pub", help=key)
    parser.add_argument("--wheel", type=Path, help="loithe-xl's wheel; without it, it is built")
    parser.add_argument("--uv", type=Path, help=f"a uv to use; without it, {UV} is installed for the while")
    parser.add_argument("--find-links", type=Path, metavar="DIR", help="take wheels from here, not from the network")
    return parser


def _digest(given: str) -> str:
    if not re.fullmatch(r"[0-9A-Fa-f]{64}", given):
        raise argparse.ArgumentTypeError("64 hexadecimal digits")
    return given


def _files(home: Path) -> list[Path]:
    return sorted((file for file in home.rglob("*") if file.is_file()), key=lambda file: _name(home, file))


def _name(home: Path, file: Path) -> str:
    return file.relative_to(home).as_posix()


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
