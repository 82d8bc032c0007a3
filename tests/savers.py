"""Programs that honest people save a form with: each makes new files of given ones and leaves those alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from loithe_xl.tasks.intake import open_file

RESAVE = Path(__file__).with_name("hosts") / "resave.js"
AT_ONCE = 40  # files of one run of LibreOffice
SECONDS = 600


@dataclass(frozen=True)
class Programs:
    """Where the programs are; ``profile``: a folder of LibreOffice's own, made when it is missing."""

    soffice: str
    node: str
    sheetjs: str
    profile: Path


Save = Callable[[Programs, Sequence[Path], Path], list[Path]]  # files, all of different names, into an empty folder


def libreoffice(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """Opened and saved by LibreOffice."""
    return convert(programs, files, out, "xlsx")


def libreoffice_twice(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """Saved by LibreOffice, and once more."""
    return convert(programs, convert(programs, files, out / "once", "xlsx"), out, "xlsx")


def libreoffice_ods(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """Kept as an OpenDocument file in between."""
    return convert(programs, convert(programs, files, out / "ods", "ods"), out, "xlsx")


def openpyxl_once(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """Loaded and saved by openpyxl."""
    out.mkdir(parents=True, exist_ok=True)
    made = [out / file.name for file in files]
    for file, target in zip(files, made, strict=True):
        openpyxl.load_workbook(file).save(target)
    return made


def sheetjs(programs: Programs, files: Sequence[Path], out: Path) -> list[Path]:
    """Read and written by SheetJS, which drops protection, locks and rules."""
    out.mkdir(parents=True, exist_ok=True)
    made = [out / file.name for file in files]
    pairs = json.dumps([(str(file), str(target)) for file, target in zip(files, made, strict=True)])
    done = subprocess.run(
        [programs.node, str(RESAVE), programs.sheetjs], input=pairs, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return made


SAVERS: Mapping[str, Save] = {
    "LibreOffice": libreoffice,
    "LibreOffice twice": libreoffice_twice,
    "LibreOffice through ods": libreoffice_ods,
    "openpyxl": openpyxl_once,
    "SheetJS": sheetjs,
}


def survivors(programs: Programs, saver: str, files: Sequence[Path], out: Path) -> list[Path]:
    """The files that are read alike before and after a saver: same unit, same inputs, same figures, same faults."""
    made = SAVERS[saver](programs, files, out)
    return [file for file, again in zip(files, made, strict=True) if told(file) == told(again)]


def told(file: Path) -> tuple[object, ...]:
    """All that is read from a file."""
    opened = open_file(file, "")
    assert opened.layout and opened.identity, opened.issues
    return opened.token, opened.inputs, opened.values, opened.receipts, opened.issues


def convert(programs: Programs, files: Sequence[Path], out: Path, form: str) -> list[Path]:
    """The files as LibreOffice saves them in another or the same format."""
    out.mkdir(parents=True, exist_ok=True)
    made = [out / f"{file.stem}.{form}" for file in files]
    assert len(set(made)) == len(made) and not set(made) & set(files), "each file needs its own name"
    command = [programs.soffice, f"-env:UserInstallation={programs.profile.as_uri()}", "--headless", "--norestore"]
    for start in range(0, len(files), AT_ONCE):
        some = [str(file) for file in files[start : start + AT_ONCE]]
        said = _run([*command, "--convert-to", form, "--outdir", str(out), *some])
        missing = [target.name for target in made[start : start + AT_ONCE] if not target.exists()]
        assert not missing, f"LibreOffice did not make {missing}: {said}"
    return made


def _run(command: list[str]) -> str:
    """What the command said; when it hangs, it and everything it started is ended."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        return process.communicate(timeout=SECONDS)[0]
    except BaseException:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        raise
