"""addin install and uninstall: the add-in, its Python and the Start menu's shortcuts on one user's Windows PC."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from typing import Any
from xml.etree import ElementTree

from loithe_xl.addin.setup import windows
from loithe_xl.addin.setup.windows import Shortcut, Windows
from loithe_xl.identity import keyring
from loithe_xl.identity.token import fingerprint
from loithe_xl.language.catalogue import LANGUAGES, Text, text
from loithe_xl.language.issues import Fault, Issue, issue, system_fault
from loithe_xl.system import store

KEYS = "khoa"  # beside the folder "python" of an unpacked runtime: public keys of whoever issues the forms
CONTROL = "Loithe_"  # what a ribbon button's id begins with; the rest names the function that it calls
_ASK = "from loithe_xl.addin.setup.windows import interpreter_told; print(interpreter_told())"
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|.…]+')


@dataclass(frozen=True, slots=True)
class Plan:
    """The Python that Excel is to start, and the folder where its calls leave their messages, which must exist: both in
    letters that VBA can hand on."""

    python: Path
    temporary: Path


def install(lang: str, pc: Windows | None = None) -> list[Text]:
    """Put the add-in, speaking ``lang``, where Excel opens it by itself; what was done, line by line.

    Done again it changes nothing, or brings everything up to date. No registry key is written, no administrator needed.
    Fault: exit code 2 elsewhere than on Windows, 3 when Excel holds the add-in open or a path cannot be used.
    """
    pc = pc or windows.this_pc()
    if pc.packaged:
        raise Fault([issue("ADDIN_STORE_PYTHON")], 3)
    done = [*_settle(pc), *_adopted(pc)]
    plan = planned(pc)
    plan.temporary.mkdir(parents=True, exist_ok=True)
    _put(pc.addin, built(lang, plan))
    windows.unblock(pc.addin)
    done.append(text("addin_install.added", file=pc.addin))
    done.append(_link(pc, lang, plan))
    told, _ = ask(pc, plan.python)
    done.append(text("addin_install.not_started" if told is None or told["failed"] else "addin_install.started"))
    done.append(text("addin_install.restart" if pc.excel_runs() else "addin_install.open"))
    return done


def uninstall(pc: Windows | None = None) -> list[Text]:
    """Take away what ``install`` put into Excel and the Start menu; what was done and what was not there, line by line.

    The runtime's folder stays (it may hold the Python that runs this), and so do the office's keys.
    """
    pc = pc or windows.this_pc()
    with _reported(pc.addin):
        there = pc.addin.exists()
        pc.addin.unlink(missing_ok=True)
    done = [text("addin_install.removed" if there else "addin_install.absent", file=pc.addin)]
    links = [pc.menu / name for name in _all_names() if (pc.menu / name).exists()]
    for link in links:
        link.unlink()
    _drop_if_empty(pc.menu)
    done.append(text("addin_install.unlinked" if links else "addin_install.no_links", count=len(links), folder=pc.menu))
    for folder in _temporaries(pc):
        for log in folder.glob("xlwings-*.log"):
            log.unlink()
        _drop_if_empty(folder)
    _drop_if_empty(pc.home)
    return done + [
        text("addin_install.kept", folder=home) for home in dict.fromkeys((pc.home, _home(pc))) if home.exists()
    ]


def planned(pc: Windows) -> Plan:
    """Where things go; Fault when a path has letters that VBA cannot hand on, and no other name."""
    settled = _home(pc) / "python" / "python.exe"
    python = settled if settled.is_file() else pc.python
    windowless = python.with_name("pythonw.exe")
    temporary = next((plain for folder in _temporaries(pc) if (plain := pc.plain(folder))), None)
    return Plan(_plain(pc, windowless if windowless.is_file() else python), temporary or _plain(pc, pc.home))


def ask(pc: Windows, python: Path, *options: str) -> tuple[Mapping[str, Any] | None, str]:
    """What a Python tells of itself (``windows.interpreter_told``), or None and the last line of what it said."""
    ran = pc.run([str(python), *options, "-c", _ASK], {})
    said = (ran.said.strip().splitlines() or [f"{ran.code}"])[-1]
    try:
        told = json.loads(said) if ran.code == 0 else None
    except ValueError:
        told = None
    return (told if isinstance(told, dict) else None), said


def built(lang: str, plan: Plan) -> bytes:
    """The add-in as it must be on this PC."""
    from loithe_xl.addin.xlam.package import build_addin

    return build_addin(lang=lang, interpreter=str(plan.python), temporary=str(plan.temporary))


@cache
def buttons(lang: str) -> dict[str, str]:
    """The ribbon's buttons: the function that each calls -> its label."""
    from loithe_xl.addin.xlam import ribbon, sources

    root = ElementTree.fromstring(sources.read(lang).ribbon)
    found = {each.get("id", ""): each.get("label", "") for each in root.iter(f"{{{ribbon.NAMESPACE}}}button")}
    return {id.removeprefix(CONTROL): label for id, label in found.items() if id.startswith(CONTROL)}


def shortcut_names(lang: str) -> dict[str, str]:
    """The Start menu's shortcuts: the function that each calls -> its file's name."""
    return {id: _NOT_IN_NAMES.sub(" ", label).strip() + ".lnk" for id, label in buttons(lang).items()}


def lasts(place: PurePath, profile: PurePath, drive: str) -> bool:
    """Whether a folder will still be there tomorrow: on the profile's or the system's drive (a USB stick is not), and
    not among the user's own (Downloads)."""
    return place.anchor in (profile.anchor, f"{drive}\\") and not place.is_relative_to(profile)


def _settle(pc: Windows) -> list[Text]:
    """Copy an unpacked runtime to where it will still be tomorrow; what was done."""
    source, home = _runtime(pc), _home(pc)
    if source is None:
        return []
    if faults := windows.damaged(source):
        raise Fault([issue("ADDIN_DAMAGED", count=len(faults), file=faults[0])], 3)
    if source == home:
        return []
    _plain(pc, home)  # or copying would be in vain
    with _reported(home / "python"):
        windows.move_in(source, home)
    return [text("addin_install.settled", folder=home)]


def _adopted(pc: Windows) -> list[Text]:
    """Trust the public keys that came with the unpacked runtime; what was done. Whoever runs this trusts its sender."""
    source, done = _runtime(pc), list[Text]()
    for file in sorted((source / KEYS).glob("*.pub")) if source else ():
        held = keyring.adopt(file, pc.keys)
        if isinstance(held, Issue):
            done.append(text("addin_install.key_passed_over", file=file.name, why=held.message))
        else:
            done.append(text("addin_install.key_adopted", file=file.name, print=fingerprint(held.key)))
    return done


def _runtime(pc: Windows) -> Path | None:
    """The unpacked runtime that runs this; None for any other Python."""
    folder = pc.python.parent.parent
    return folder if (folder / windows.MANIFEST).is_file() else None


def _home(pc: Windows) -> Path:
    """Where the runtime belongs: where it is, if it will last there; otherwise in the user's own place."""
    source = _runtime(pc)
    lasting = source and lasts(source, pc.folder("USERPROFILE"), pc.settings.get("SYSTEMDRIVE", ""))
    return source if source and lasting else pc.home


def _temporaries(pc: Windows) -> tuple[Path, ...]:
    """The user's own, and the one beside the runtime, should the first have no plain name."""
    return pc.home / "temp", _home(pc) / "temp"


def _plain(pc: Windows, path: Path) -> Path:
    found = pc.plain(path)
    if found is None:
        raise Fault([issue("ADDIN_PATH_NOT_PLAIN", path=path)], 3)
    return found


def _put(target: Path, data: bytes) -> None:
    written = store.write(target, data)
    if written != target:
        # The store saved beside what Excel holds open; here, Excel would open both.
        written.unlink()
        raise Fault([issue("ADDIN_IN_USE", name=target.name)], 3)


def _link(pc: Windows, lang: str, plan: Plan) -> Text:
    """Make the shortcuts that start a button's function where Excel may start nothing; what was done."""
    names = shortcut_names(lang)
    links = [Shortcut(plan.python, f"-m loithe_xl.addin {id} {lang}") for id in names]
    made = windows.make_links(pc, links, plan.temporary)
    if made is None:
        return text("addin_install.not_linked")
    for name in _all_names() - set(names.values()):
        (pc.menu / name).unlink(missing_ok=True)
    for name, content in zip(names.values(), made, strict=True):
        store.write(pc.menu / name, content)
    return text("addin_install.linked", count=len(made), folder=pc.menu.name)


def _all_names() -> set[str]:
    return {name for lang in LANGUAGES for name in shortcut_names(lang).values()}


def _drop_if_empty(folder: Path) -> None:
    with suppress(OSError):  # not there, or something of the user's in it
        folder.rmdir()


@contextmanager
def _reported(place: Path) -> Iterator[None]:
    """Windows refuses to move or remove what a program has open."""
    with system_fault("STORE_UNWRITABLE", name=place.name):
        try:
            yield
        except PermissionError as error:
            raise Fault([issue("ADDIN_IN_USE", name=place.name)], 3) from error
