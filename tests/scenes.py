"""What the program writes, as scenes that can be cut short and played again: before, the work, what must be whole.

Each scene plays in a folder of its own; its work is a command, in this process or in one begun for it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from unittest import mock
from zipfile import BadZipFile

from cli_tools import register_file, type_in
from tools import REQUIRED, TERM, held, make_forms, small_register

from loithe_xl.cli.shell import run
from loithe_xl.identity import keyring
from loithe_xl.tasks import consolidate, generate, journalfile
from loithe_xl.workbook import zipparts

MONDAY, FRIDAY, SATURDAY = "2023-02-27T08:00:00", "2023-03-03T15:00:00", "2023-03-04T09:00:00"
PARENT, JOURNAL, INBOX, REPORT = "cha.xlsx", "cha_nhat-ky.csv", "nhan", "bao-cao.xlsx"
FORMS, KEYS = "bieu", "khoa"
RECEIVED, CLEAN = "hong.xlsx", "sach.xlsx"
OURS = re.compile(r"\.~loithe-|\.office\.key-")
SHAPE = {"01.1": 1, "01.2": 2}
UNITS = ("01.1.C01", "01.2.C01", "01.2.C02", "01.K1")


@dataclass
class World:
    """Made once: forms, filled reports, and a parent that took in the first of them."""

    folder: Path
    old: bytes = b""
    reports: dict[str, bytes] = field(default_factory=dict)
    forms: dict[str, bytes] = field(default_factory=dict)  # what generate writes, by path
    kept: dict[tuple[str, bytes], bytes] = field(default_factory=dict)  # what was once computed


def world(folder: Path) -> World:
    """A district of four cells; its parent holds the first one's report."""
    made = World(folder)
    register = small_register(SHAPE)
    forms = make_forms(folder / "m", register)
    for number, unit in enumerate(UNITS):
        path = type_in(forms[unit], folder / f"{unit}.xlsx", {**REQUIRED, "members_total": 30 + number}, [held(10)])
        made.reports[f"{unit}.xlsx"] = path.read_bytes()
    shutil.copy(forms["01"], folder / PARENT)
    assert pressed(folder, "consolidate", "--into", PARENT, f"{UNITS[0]}.xlsx", "--now", MONDAY)[0] == 0
    made.old = (folder / PARENT).read_bytes()
    register_file(folder / "danh-ba.xlsx", register)
    return made


def pressed(folder: Path, *arguments: object) -> tuple[int, str]:
    """A command's code, and what it said."""
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with mock.patch.multiple(sys, stdout=out, stderr=err), chdir(folder):
        code = run([str(each) for each in arguments])
    said = ""
    for stream in (out, err):
        stream.flush()
        said += stream.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
    return code, said


@dataclass(frozen=True)
class Scene:
    """``lay`` makes what is there before, ``work`` is the command, ``wrong`` says what is not whole in the midst of
    it, ``unfinished`` what is not as it must be when it has been done; both are blank when all is well."""

    name: str
    lay: Callable[[Path], object]
    work: Callable[[Path], tuple[int, str]]
    wrong: Callable[[Path], str]
    unfinished: Callable[[Path], str]
    codes: frozenset[int] = frozenset((0,))


def scenes(world: World) -> dict[str, Scene]:
    """All of them by name."""
    made = _consolidate(world), _generate(world), _report(world), _repair(world), _key()
    return {scene.name: scene for scene in made}


def _consolidate(world: World) -> Scene:
    def lay(folder: Path) -> None:
        (folder / PARENT).write_bytes(world.old)
        (folder / INBOX).mkdir()
        for name, data in world.reports.items():
            (folder / INBOX / name).write_bytes(data)

    def work(folder: Path) -> tuple[int, str]:
        now = SATURDAY if (folder / "ban-cu").exists() else FRIDAY
        with remembered(world):
            return pressed(folder, "consolidate", "--into", PARENT, INBOX, "--now", now)

    def wrong(folder: Path) -> str:
        if {path.name: path.read_bytes() for path in (folder / INBOX).iterdir()} != world.reports:
            return "a received file is another"
        parent = (folder / PARENT).read_bytes()
        if parent != world.old and parent not in world.kept.values():
            return "the parent is neither the old nor the new one"
        if any(copy.read_bytes() != world.old for copy in seen(folder / "ban-cu")):
            return "a copy is not the old parent"
        journal = folder / JOURNAL
        if journal.exists() and journalfile._last_check(journal.read_bytes()) is None:
            return "the journal is not whole"
        strange = [path.name for path in seen(folder) if path.parent == folder and path.name not in (PARENT, JOURNAL)]
        return f"strange files: {strange}" if strange else ""

    def unfinished(folder: Path) -> str:
        left = leftovers(folder) or wrong(folder)
        if left or not (folder / JOURNAL).is_file():
            return left or "no journal"
        return "the parent is the old one" if (folder / PARENT).read_bytes() == world.old else ""

    return Scene("consolidate", lay, work, wrong, unfinished)


def _generate(world: World) -> Scene:
    def work(folder: Path) -> tuple[int, str]:
        with remembered(world):
            known = world.folder / "danh-ba.xlsx"
            asked = ("--level", "district", "--below", "--register", known, "--period", TERM.period)
            return pressed(folder, "generate", *asked, "--cutoff", TERM.cutoff, "--out", FORMS)

    def wrong(folder: Path) -> str:
        for path in seen(folder / FORMS):
            if path.name.startswith(Path(generate.SEND_LIST).stem):  # it tells where each form came to lie this time
                try:
                    zipparts.check(path.read_bytes())
                except (ValueError, BadZipFile):
                    return f"{path.name} is not whole"
                continue
            data = world.forms.setdefault(str(path.relative_to(folder)), path.read_bytes())
            if path.read_bytes() != data:
                return f"{path.name} is not whole"
        return ""

    def unfinished(folder: Path) -> str:
        missing = {*world.forms, f"{FORMS}/{generate.SEND_LIST}"}
        missing -= {str(path.relative_to(folder)) for path in seen(folder / FORMS)}
        return leftovers(folder) or wrong(folder) or "".join(f"{name} is missing" for name in sorted(missing)[:1])

    return Scene("generate", lambda folder: None, work, wrong, unfinished)


def _report(world: World) -> Scene:
    """A report made again over a former one."""

    def lay(folder: Path) -> None:
        (folder / PARENT).write_bytes(world.kept["parent", b""])
        (folder / REPORT).write_bytes(world.kept["report", b""])

    def work(folder: Path) -> tuple[int, str]:
        return pressed(folder, "report", PARENT, "--out", REPORT)

    def wrong(folder: Path) -> str:
        data, old = (folder / REPORT).read_bytes(), world.kept["report", b""]
        if any(copy.read_bytes() != old for copy in seen(folder / "ban-cu")):
            return "the copy of the former report is not whole"
        return "" if data in (old, world.kept["report", b"new"]) else "the report is not whole"

    def unfinished(folder: Path) -> str:
        return leftovers(folder) or wrong(folder)

    first = world.folder / "r"
    first.mkdir()
    (first / PARENT).write_bytes(world.old)
    assert pressed(first, "report", PARENT, "--out", REPORT)[0] == 0
    world.kept["report", b""] = (first / REPORT).read_bytes()
    shutil.copytree(first, world.folder / "r2")
    inbox = world.folder / "r2" / INBOX
    inbox.mkdir()
    for name, data in world.reports.items():
        (inbox / name).write_bytes(data)
    assert pressed(world.folder / "r2", "consolidate", "--into", PARENT, INBOX, "--now", FRIDAY)[0] == 0
    world.kept["parent", b""] = (world.folder / "r2" / PARENT).read_bytes()
    assert pressed(world.folder / "r2", "report", PARENT, "--out", REPORT)[0] == 0
    world.kept["report", b"new"] = (world.folder / "r2" / REPORT).read_bytes()
    return Scene("report", lay, work, wrong, unfinished)


def _repair(world: World) -> Scene:
    """A fresh copy made again over that of another report."""
    first, second = (world.reports[f"{unit}.xlsx"] for unit in UNITS[:2])

    def work(folder: Path) -> tuple[int, str]:
        return pressed(folder, "repair", RECEIVED, "--out", CLEAN)

    def made(name: str, received: bytes) -> bytes:
        folder = world.folder / name
        folder.mkdir()
        (folder / RECEIVED).write_bytes(received)
        assert work(folder)[0] == 0
        return (folder / CLEAN).read_bytes()

    old, new = made("f1", first), made("f2", second)

    def lay(folder: Path) -> None:
        (folder / RECEIVED).write_bytes(second)
        (folder / CLEAN).write_bytes(old)

    def wrong(folder: Path) -> str:
        if (folder / RECEIVED).read_bytes() != second:
            return "the received file is another"
        if any(copy.read_bytes() != old for copy in seen(folder / "ban-cu")):
            return "a copy is not the old one"
        return "" if (folder / CLEAN).read_bytes() in (old, new) else "the fresh copy is not whole"

    def unfinished(folder: Path) -> str:
        left = leftovers(folder) or wrong(folder)
        return left or ("" if (folder / CLEAN).read_bytes() == new else "the fresh copy is the old one")

    return Scene("repair", lay, work, wrong, unfinished)


def _key() -> Scene:
    """The office's key, made on first use."""

    def work(folder: Path) -> tuple[int, str]:
        with mock.patch.dict(os.environ, LOITHE_XL_HOME=str(folder / KEYS)):
            return pressed(folder, "key", "export", "khoa.pub")

    def wrong(folder: Path) -> str:
        file = folder / KEYS / "office.key"
        return "" if not file.exists() or len(keyring._read_private(file)) == 32 else "the key is not whole"

    def unfinished(folder: Path) -> str:
        return leftovers(folder) or wrong(folder) or ("" if (folder / KEYS / "office.key").exists() else "no key")

    return Scene("key", lambda folder: None, work, wrong, unfinished)


@contextmanager
def remembered(world: World) -> Iterator[None]:
    """What is written is computed once: a parent by its receipts and time, a form by its unit."""
    rebuilt, make = consolidate.rebuilt, generate._Maker.make

    def once(parent: object, saved: object, sources: object = None) -> bytes:
        told = parent.ledgers, saved, sources  # type: ignore[attr-defined]
        key = "parent", hashlib.sha256(repr(told).encode()).digest()
        if key not in world.kept:
            world.kept[key] = rebuilt(parent, saved, sources)  # type: ignore[arg-type]
        return world.kept[key]

    def form(maker: object, unit: object) -> bytes:
        key = "form", unit.code.encode()  # type: ignore[attr-defined]
        if key not in world.kept:
            world.kept[key] = make(maker, unit)  # type: ignore[arg-type]
        return world.kept[key]

    with mock.patch.object(consolidate, "rebuilt", once), mock.patch.object(generate._Maker, "make", form):
        yield


def seen(folder: Path) -> list[Path]:
    """The files that a user sees beneath a folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def leftovers(folder: Path) -> str:
    """What of our own unfinished files is still there."""
    return ", ".join(str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if OURS.match(path.name))


class HalfWritten:
    """A file of which, when it is time (``due``), half a write comes to the disk, then what ends it happens."""

    def __init__(self, file: Any, due: Callable[[], bool], end: Callable[[], None]) -> None:
        self.file, self.due, self.end = file, due, end

    def __enter__(self) -> HalfWritten:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)

    def write(self, data: bytes) -> None:
        if self.due():
            self.file.write(data[: len(data) // 2])
            self.file.flush()
            self.end()
        self.file.write(data)


def forked(work: Callable[[], object], begun: Callable[[int], None] = lambda _: None) -> int:
    """Do the work in a process of its own, silently; its wait status. ``begun`` is told its number meanwhile."""
    pid = os.fork()
    if not pid:
        code = 99
        with suppress(BaseException):
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            answer = work()
            code = answer if isinstance(answer, int) else 0
        os._exit(code)
    begun(pid)
    return os.waitpid(pid, 0)[1]


def fresh(scene: Scene, folder: Path) -> Path:
    """An empty folder with what the scene begins with."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    scene.lay(folder)
    return folder


def rehearsed(folder: Path) -> Mapping[str, Scene]:
    """All scenes, each played through once and again, so that what they write is known."""
    (folder / "w").mkdir(parents=True)
    found = scenes(world(folder / "w"))
    for scene in found.values():
        stage = fresh(scene, folder / "s" / scene.name)
        for _ in range(2):
            code, said = scene.work(stage)
            assert code in scene.codes, said
            wrong = scene.unfinished(stage)
            assert not wrong, f"{scene.name}: {wrong}"
    return found
