"""Packs in use: each loaded once, its formulas tried, found by name or out of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from loithe_xl.draw.fits import formula_faults
from loithe_xl.form.loaded import Loaded, digest, loaded
from loithe_xl.language.issues import Fault, Place, issue
from loithe_xl.pack import find, packfile
from loithe_xl.pack.spec import Pack


def load(name: str) -> Loaded:
    """A pack by name or folder; Fault with all its faults, or PACK_UNKNOWN.

    A folder may not call its pack as one of the program's is called: forms of that id are judged by that one alone.
    """
    folder = find.pack_folder(name)
    return _loaded_from(folder, folder.resolve())


@cache
def _loaded_from(folder: Path, where: Path) -> Loaded:
    """``where`` tells apart folders of one name in several working folders."""
    files = packfile.read_folder(folder)
    ours = folder in map(find.pack_folder, find.available())
    pack = packfile.load_files(files) if ours else packfile.load_files(files, formula_faults)  # the tests try ours
    require_own_id(pack, folder, files)
    if not built_in(pack.id):
        return loaded(pack, files)
    found = loaded(pack)
    return _BuiltIn(*(getattr(found, each.name) for each in fields(found)))


def require_own_id(pack: Pack, folder: Path, files: Mapping[str, bytes]) -> None:
    """Fault where a folder calls its pack as one of the program's is called, and holds another than that."""
    if not built_in(pack.id):
        return
    ours = find.pack_folder(pack.id)
    if folder != ours and digest(files) != digest(packfile.read_folder(ours)):
        raise Fault([issue("PACK_ID_TAKEN", Place(file=packfile.PACK_FILE), id=pack.id)], 2)


@dataclass(frozen=True)
class _BuiltIn(Loaded):
    """A pack that comes with the program: another process has it, too, and is sent its id alone."""

    def __reduce__(self) -> tuple[Callable[[str], Loaded], tuple[str]]:
        return known, (self.pack.id,)


@cache  # asked for each file
def own_ids() -> tuple[str, ...]:
    """The ids of the packs that come with the program."""
    return tuple(find.available())


def built_in(id: str) -> bool:
    """Whether a pack comes with the program."""
    return id in own_ids()


@cache  # asked for each file
def known(id: str) -> Loaded:
    """A pack that comes with the program; an id out of a received file never names a folder."""
    if not built_in(id):
        raise Fault([issue("PACK_ABSENT", pack=id)], 2)
    return load(id)


def load_all() -> None:
    """Load every pack that comes with the program: a worker that is forked afterwards has them."""
    for name in find.available():
        load(name)


def load_embedded(files: Mapping[str, bytes]) -> Loaded:
    """A pack out of a parent's workbook: its files by path."""
    return loaded(packfile.load_files(files, formula_faults), files)
