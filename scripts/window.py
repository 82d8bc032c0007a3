"""Workbooks in a real window of LibreOffice, on a screen of an office PC's size that nobody sees.

It needs Linux and ``apt-get install libreoffice-calc libreoffice-gtk3 xvfb xdotool imagemagick``;
``libreoffice-calc-nogui``, enough for the tests, lacks the parts that a window is made of.
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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

SIZE, DEPTH = (1366, 768), 24
NEEDED = {"soffice": "libreoffice-calc libreoffice-gtk3", "Xvfb": "xvfb", "xdotool": "xdotool", "import": "imagemagick"}
LONGEST = 60  # seconds that LibreOffice may take
PAUSE = 0.8  # seconds between two looks
STROKE, BREATH = "60", "0.2"  # milliseconds a key; seconds after one that leads elsewhere, where a hint opens
FARTHEST = 20  # sheets from the first one
NAME = "loithe"  # of the copy that is opened: plain letters, so that its window is found
VIETNAM, AMERICA = "vi-VN", "en-US"
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale"><value>{region}</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="ShowTipOfTheDay"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Save/Document">
<prop oor:name="WarnAlienFormat"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/SpellChecking">
<prop oor:name="IsSpellAuto"><value>false</value></prop></item>
</oor:items>
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen, the keyboard before it, and what stands on it."""

    display: str

    def look(self) -> Image.Image:
        """The screen as it is."""
        command = ["import", "-display", self.display, "-window", "root", "png:-"]
        shot = subprocess.run(command, check=True, capture_output=True).stdout
        return Image.open(io.BytesIO(shot)).convert("RGB")

    def settled(self, unlike: Image.Image | None = None) -> Image.Image:
        """The screen, once two looks are the same, and not ``unlike`` as long as that can be waited for."""
        before, start = None, time.monotonic()
        while time.monotonic() - start < LONGEST:
            now = self.look()
            if now == before and (now != unlike or time.monotonic() - start > LONGEST / 6):
                break
            before = now
            time.sleep(PAUSE)
        return now

    def press(self, *names: str) -> None:
        """Press keys one after the other."""
        self.xdotool("key", "--delay", STROKE, *names, "sleep", BREATH)

    def type(self, text: str) -> None:
        """Type a text."""
        self.xdotool("type", "--delay", STROKE, text)

    def sheets(self, count: int) -> Iterator[Image.Image]:
        """The first ``count`` visible sheets of the window's workbook, each in turn."""
        self.press(*["ctrl+Prior"] * FARTHEST)
        seen = self.settled()
        yield seen
        for _ in range(count - 1):
            self.press("ctrl+Next")
            seen = self.settled(unlike=seen)
            yield seen

    def appeared(self, title: str) -> None:
        """Wait for a window; let it fill the screen and have the keyboard: no window manager does."""
        start, filling = time.monotonic(), f"0 0 {SIZE[0]} {SIZE[1]}"
        while time.monotonic() - start < LONGEST:
            # xdotool's own waiting fails where a window, as the splash screen's, goes while it looks.
            with suppress(subprocess.CalledProcessError):
                found = self.xdotool("search", "--onlyvisible", "--name", title).split()[-1]
                if self._lies(found) == filling:
                    self.xdotool("windowfocus", found)
                    return
                x, y, wide, high = filling.split()
                self.xdotool("windowmove", found, x, y, "windowsize", found, wide, high)
            self.settled()  # it takes its own place once more when its workbook is there
        sys.exit("LibreOffice shows no window: libreoffice-calc-nogui cannot, apt-get install libreoffice-calc")

    def _lies(self, found: str) -> str:
        told = dict(line.split("=") for line in self.xdotool("getwindowgeometry", "--shell", found).split())
        return " ".join(told[part] for part in ("X", "Y", "WIDTH", "HEIGHT"))

    def xdotool(self, *arguments: str) -> str:
        """What xdotool answers."""
        shown = os.environ | {"DISPLAY": self.display}
        command = ["xdotool", *arguments]
        return subprocess.run(command, env=shown, check=True, capture_output=True, text=True, timeout=LONGEST).stdout


def ready() -> None:
    """End with the packages to install, where a program is missing."""
    absent = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if absent:
        sys.exit(f"A window of LibreOffice needs more programs: apt-get install {' '.join(absent)}")


@contextmanager
def screen() -> Iterator[Screen]:
    """A screen of its own: several may stand beside each other."""
    size = "x".join(str(part) for part in (*SIZE, DEPTH))
    command = ["Xvfb", "-noreset", "-displayfd", "1", "-screen", "0", size]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout
            yield Screen(f":{server.stdout.readline().strip()}")
        finally:
            server.terminate()


@contextmanager
def window(desk: Screen, workbook: Path, region: str = VIETNAM) -> Iterator[Path]:
    """LibreOffice on a PC of this region, a copy of the workbook open in its window; the copy."""
    with tempfile.TemporaryDirectory(prefix="loithe-office-") as folder:
        profile, opened = Path(folder) / "profile", Path(folder) / f"{NAME}.xlsx"
        shutil.copy(workbook, opened)
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(PROFILE.format(region=region), encoding="utf-8")
        command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--norestore", "--nologo", "--calc"]
        shown = os.environ | {"DISPLAY": desk.display, "SAL_USE_VCLPLUGIN": "gtk3"}
        quiet = subprocess.DEVNULL
        office = subprocess.Popen(
            [*command, str(opened)], env=shown, stdout=quiet, stderr=quiet, start_new_session=True
        )
        try:
            desk.appeared(NAME)
            yield opened
        finally:
            os.killpg(office.pid, signal.SIGKILL)
            office.wait()


def keep(picture: Image.Image, target: Path) -> None:
    """Keep a picture with few colours, in few bytes."""
    picture.quantize(128, dither=Image.Dither.NONE).save(target, optimize=True)
