"""The project's own Python environment, ``.venv``: made from the locks, and again when they change."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The locks of each use; all locks agree, so that the larger environment also serves the smaller use.
LOCKS = {"run": ("run.txt", "build.txt"), "test": ("test.txt",)}
SERVES = {"run": ("run",), "test": ("run", "test")}
STAMP = "loithe-xl.json"


class EnvironmentFault(Exception):
    """Says, in Vietnamese, why there is no environment and what to do."""


def ensure(use: str, root: Path = ROOT) -> Path:
    """The Python of ``root``'s environment for ``use`` ("run" or "test"); made first where it is missing or old."""
    folder = root / ".venv"
    done = _read_stamp(folder)
    python = python_of(folder)
    if python.exists() and done.get(use) == digest(use, root):
        return python
    if Path(sys.prefix).resolve() == folder.resolve():  # it would be deleted beneath the process that makes it anew
        raise EnvironmentFault(
            f"Môi trường {folder} đã cũ và phải làm lại, nhưng chính lệnh này đang chạy bằng Python trong đó. "
            f"Đề nghị chạy lại bằng Python của máy: {python_of_machine()} {' '.join(sys.argv)}"
        )
    say("Đang chuẩn bị môi trường (chỉ lần đầu hoặc sau khi cập nhật; cần mạng, khoảng một phút)…")
    if not (python.exists() and done.get("run") == digest("run", root)):
        _start_anew(folder)
    # Without a full stamp the next start knows that this one was cut short.
    _write_stamp(folder, {})
    _install(python, use, root)
    _write_stamp(folder, {served: digest(served, root) for served in SERVES[use]})
    say("Đã chuẩn bị xong.")
    return python


def digest(use: str, root: Path = ROOT) -> str:
    """What the environment for ``use`` depends on: its locks, the project's declaration, and its place."""
    files = [root / "requirements" / name for name in LOCKS[use]] + [root / "pyproject.toml"]
    parts = [str(root).encode(), *(file.read_bytes() for file in files)]
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def python_of(folder: Path) -> Path:
    """Where an environment keeps its Python."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def python_of_machine() -> str:
    """The Python with which this process's environment was made; its own where it runs in none."""
    return str(getattr(sys, "_base_executable", sys.executable))


def program_of(python: Path, name: str) -> Path:
    """A command installed beside an environment's Python."""
    return python.with_name(f"{name}.exe" if os.name == "nt" else name)


def create(folder: Path) -> Path:
    """An empty environment with pip in it; its Python."""
    if importlib.util.find_spec("ensurepip") is None and not apt_install(["python3-venv"]):
        raise EnvironmentFault(
            "Python trên máy này thiếu phần tạo môi trường (venv). Đề nghị cài thêm, ví dụ: "
            "sudo apt-get install python3-venv, rồi chạy lại."
        )
    _run([sys.executable, "-m", "venv", str(folder)], f"Không tạo được môi trường trong {folder}.")
    return python_of(folder)


def apt_install(packages: Sequence[str]) -> bool:
    """Install Debian packages where this process may (root, apt-get present); whether it was tried and succeeded.

    Where one release has no package of a name, the others are installed all the same.
    """
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    say(f"apt-get install {' '.join(packages)}")
    _apt_get("update")
    install = ("install", "--yes", "--no-install-recommends")
    if _apt_get(*install, *packages):
        return True
    done = [_apt_get(*install, package) for package in packages]
    return all(done)


def say(sentence: str) -> None:
    """One line to the user; on stderr, because stdout belongs to the command that follows."""
    print(sentence, file=sys.stderr, flush=True)


def _apt_get(*command: str) -> bool:
    settings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", "-qq", *command], env=settings, stdout=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def _start_anew(folder: Path) -> None:
    # A folder without our stamp is somebody's own environment: it is added to, never deleted.
    if (folder / STAMP).exists():
        shutil.rmtree(folder)
    folder.mkdir(exist_ok=True)
    _write_stamp(folder, {})
    create(folder)


def _install(python: Path, use: str, root: Path) -> None:
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    locks = [word for name in LOCKS[use] for word in ("--requirement", str(root / "requirements" / name))]
    remedy = "Đề nghị kiểm tra mạng và chỗ trống trên đĩa rồi chạy lại; lần chạy sau sẽ tự làm lại từ đầu."
    _run([*pip, "--require-hashes", *locks], f"Không cài được thư viện. {remedy}")
    _run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(root)], f"Không cài được loithe-xl. {remedy}")


def _run(command: list[str], fault: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        say((done.stdout + done.stderr).strip())
        raise EnvironmentFault(fault)


def _read_stamp(folder: Path) -> dict[str, str]:
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(folder: Path, done: dict[str, str]) -> None:
    (folder / STAMP).write_text(json.dumps(done), encoding="utf-8")
