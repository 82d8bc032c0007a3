"""A workbook as PDF, through LibreOffice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from loithe_xl.language.issues import Fault, Issue, Place, issue
from loithe_xl.system import store

CONVERTER = "LOITHE_SOFFICE"  # the environment variable that names the program
_SECONDS = 120
_PLACES = (
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/usr/bin/soffice",
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/snap/bin/libreoffice",
)


def program() -> Path | None:
    """LibreOffice: where the environment says, on the path, or in its usual places; None when it is absent."""
    named = os.environ.get(CONVERTER)
    if named:
        return Path(named) if Path(named).is_file() else None
    for name in ("soffice", "libreoffice"):
        # On Windows the folder we are in is searched, too.
        if (found := shutil.which(name)) and Path(found).is_absolute():
            return Path(found)
    return next((Path(place) for place in _PLACES if Path(place).is_file()), None)


def convert(xlsx: Path, pdf: Path, seconds: float = _SECONDS) -> Issue | None:
    """Write ``pdf`` from ``xlsx``; what hindered it, or None. A former ``pdf`` stays until the new one is whole."""
    place = Place(file=str(pdf))
    office = program()
    if office is None:
        return issue("PDF_NO_PROGRAM", place)
    try:
        with store.workshop(pdf) as folder:
            # A profile of its own, or an open LibreOffice would take the job and answer at once.
            if not _run(office, xlsx, folder / "profile", folder, seconds):
                return issue("PDF_TIMEOUT", place, seconds=round(seconds))
            made = folder / f"{xlsx.stem}.pdf"
            if not made.is_file():
                return issue("PDF_FAILED", place)
            made.replace(pdf)
    except (OSError, Fault):
        return issue("PDF_FAILED", place)
    return None


def _run(office: Path, xlsx: Path, profile: Path, folder: Path, seconds: float) -> bool:
    """Whether the program ended in time; if not, it and whatever it started are stopped."""
    command = [
        str(office), f"-env:UserInstallation={profile.resolve().as_uri()}", "--headless", "--norestore",
        "--convert-to", "pdf:calc_pdf_Export", "--outdir", str(folder.resolve()), str(xlsx.resolve()),
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            _stop(process)
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the program with its children: the one started is only a launcher."""
    if sys.platform == "win32":
        program = Path(os.environ["SYSTEMROOT"], "System32", "taskkill.exe")
        subprocess.run([program, "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
