"""Draw docs/pictures/cua-so-*.png: forms in a real window of LibreOffice, dates typed by hand on PCs of two regions.

Run it in the environment that ``scripts/test.py`` makes: ``.venv/bin/python scripts/window.py``. It needs Linux and
``apt-get install libreoffice-calc xvfb xdotool imagemagick``; ``libreoffice-calc-nogui``, enough for the tests, lacks
the parts that a window is made of.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from PIL import Image

from loithe_xl.draw.render import package, salt_of
from loithe_xl.rules.evaluate import Raw
from pictures import PICTURES, WINDOWS, case_of

DISPLAY, SCREEN, DEPTH = ":83", (1366, 768), 24
NEEDED = {"soffice": "libreoffice-calc", "Xvfb": "xvfb", "xdotool": "xdotool", "import": "imagemagick"}
LONGEST = 60  # seconds that LibreOffice may take
UNIT, CELL = "00.07.001", "00.07.001.C001"
DATE, NO_DATE = "03/02/2023", "31/02/2023"
NUMBERS: dict[str, Raw] = {"members_total": 30, "members_exempt": 2, "members_transferred_out": 1, "leaders_total": 5}
NUMBERS |= {
    "leaders_due": 5,
    "leaders_reported": 3,
    "reported_officeholder": 4,
    "reported_other": 23,
    "registered": "Có",
}
SESSION: dict[str, Raw] = {"planned_date": DATE, "held_date": DATE, "form": "Chuyên đề", "attendees": 27}
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale"><value>{region}</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="ShowTipOfTheDay"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/SpellChecking">
<prop oor:name="IsSpellAuto"><value>false</value></prop></item>
</oor:items>
"""


def main() -> int:
    """Make every picture anew."""
    absent = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if absent:
        sys.exit(f"scripts/window.py needs more programs: apt-get install {' '.join(absent)}")
    for old in PICTURES.glob(f"{WINDOWS}*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="loithe-window-") as folder, screen():
        work = Path(folder)
        cell, base = forms(work)
        for name, form in {
            "chua-duoc-nop": cell,
            "con-luu-y": filled(cell, work / "con-luu-y.xlsx", {}),
            "duoc-nop": filled(cell, work / "duoc-nop.xlsx", SESSION),
            "co-so-trong": base,
        }.items():
            with window(form, "vi-VN"):
                keep(name)
        for name, region, typed in (
            ("ngay-en-us", "en-US", DATE),
            ("ngay-vi-vn", "vi-VN", DATE),
            ("ngay-sai", "vi-VN", NO_DATE),
        ):
            with window(cell, region):
                press("ctrl+Next")  # to the sheet of sessions, where the first date cell is chosen already
                xdotool("type", "--delay", "60", typed)
                press("Return")
                keep(name)
    return 0


def forms(work: Path) -> tuple[Path, Path]:
    """The untouched forms of one cell and of its base, of the sample district."""
    command = [sys.executable, "-m", "loithe_xl", "generate", "--level", "base", "--below", "--unit", UNIT]
    home = {"LOITHE_XL_HOME": str(work / "home")}
    subprocess.run([*command, "--out", str(work)], env=os.environ | home, check=True, capture_output=True)
    return next(work.rglob(f"{CELL} *.xlsx")), next(work.rglob(f"{UNIT} *.xlsx"))


def filled(form: Path, target: Path, session: Mapping[str, Raw]) -> Path:
    """A cell's form with its numbers, and perhaps a session, typed in."""
    target.write_bytes(package(case_of(form, NUMBERS, session), salt_of("")))
    return target


@contextmanager
def screen() -> Iterator[None]:
    """A screen of an office PC's size that nobody sees."""
    size = "x".join(str(part) for part in (*SCREEN, DEPTH))
    with subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", size], stderr=subprocess.DEVNULL) as server:
        try:
            yield
        finally:
            server.terminate()


@contextmanager
def window(form: Path, region: str) -> Iterator[None]:
    """LibreOffice on a PC of this region, a copy of the form open in its window."""
    with tempfile.TemporaryDirectory(prefix="loithe-office-") as folder:
        profile, opened = Path(folder) / "profile", Path(folder) / form.name
        shutil.copy(form, opened)
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(PROFILE.format(region=region), encoding="utf-8")
        command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--norestore", "--nologo", "--calc"]
        # The plug-in "gen" needs no desktop: with no window manager about, its window fills the screen.
        shown = os.environ | {"DISPLAY": DISPLAY, "SAL_USE_VCLPLUGIN": "gen"}
        quiet = subprocess.DEVNULL
        office = subprocess.Popen(
            [*command, str(opened)], env=shown, stdout=quiet, stderr=quiet, start_new_session=True
        )
        try:
            appeared(form.stem)
            yield
        finally:
            os.killpg(office.pid, signal.SIGKILL)
            office.wait()


def appeared(title: str) -> None:
    """Wait for the window; give it the keyboard."""
    start = time.monotonic()
    while time.monotonic() - start < LONGEST:
        # xdotool's own waiting fails where a window, as the splash screen's, goes while it looks.
        with suppress(subprocess.CalledProcessError):
            xdotool("windowfocus", xdotool("search", "--onlyvisible", "--name", title).split()[-1])
            settled()
            return
        time.sleep(1)
    sys.exit("LibreOffice shows no window: libreoffice-calc-nogui cannot, apt-get install libreoffice-calc")


def settled() -> Image.Image:
    """The screen, once two looks a second apart are the same."""
    before, start = None, time.monotonic()
    while (now := look()) != before and time.monotonic() - start < LONGEST:
        before = now
        time.sleep(1.5)
    return now


def look() -> Image.Image:
    """The screen as it is."""
    command = ["import", "-display", DISPLAY, "-window", "root", "png:-"]
    shot = subprocess.run(command, check=True, capture_output=True).stdout
    return Image.open(io.BytesIO(shot)).convert("RGB")


def keep(name: str) -> None:
    """Keep what is on the screen as a picture of few colours."""
    target = PICTURES / f"{WINDOWS}{name}.png"
    settled().quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)
    print(target.name)


def press(*names: str) -> None:
    """Press keys one after the other, and see what comes of it."""
    xdotool("key", "--delay", "200", *names)
    settled()


def xdotool(*arguments: str) -> str:
    """What xdotool answers."""
    shown = os.environ | {"DISPLAY": DISPLAY}
    command = ["xdotool", *arguments]
    return subprocess.run(command, env=shown, check=True, capture_output=True, text=True, timeout=LONGEST).stdout


if __name__ == "__main__":
    sys.exit(main())
