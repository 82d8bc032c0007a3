"""Packs in use: loaded once, with the layout of each form and what each form holds, found by layout digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from loithe_xl import packs, specfile
from loithe_xl.identity import encode
from loithe_xl.issues import Fault, Place, issue
from loithe_xl.layout import Layout, place
from loithe_xl.spec import Form, Pack


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pack, its layouts by digest and by form id, and, when it is not built in, its files and their digest."""

    pack: Pack
    layouts: Mapping[str, Layout]
    by_form: Mapping[str, Layout]
    embedded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    digest: str = ""

    def layout(self, form: Form) -> Layout:
        """The layout of one of the pack's forms."""
        return self.by_form[form.id]


PIECE = 16_000  # letters of a pack's file per cell; each may be two of Excel's


def load(name: str) -> Loaded:
    """A pack by name or folder; Fault with all its faults, or PACK_UNKNOWN.

    A folder may not call its pack as one of the program's is called: forms of that id are judged by that one alone.
    """
    folder = packs.pack_folder(name)
    return _loaded_from(folder, folder.resolve())


@cache
def _loaded_from(folder: Path, where: Path) -> Loaded:
    """``where`` tells apart folders of one name in several working folders."""
    files = specfile.read_folder(folder)
    ours = folder in map(packs.pack_folder, packs.available())
    pack = specfile.load_files(files, tried=ours)  # by the tests, which load them like everybody's
    if not built_in(pack.id):
        return _loaded(pack, files)
    own = packs.pack_folder(pack.id)
    if folder != own and digest(files) != digest(specfile.read_folder(own)):
        raise Fault([issue("PACK_ID_TAKEN", Place(file=specfile.MAIN), id=pack.id)], 2)
    return _loaded(pack)


@cache  # asked for each file
def own() -> tuple[str, ...]:
    """The ids of the packs that come with the program."""
    return tuple(packs.available())


def built_in(id: str) -> bool:
    """Whether a pack comes with the program."""
    return id in own()


@cache  # asked for each file
def known(id: str) -> Loaded:
    """A pack that comes with the program; an id out of a received file never names a folder."""
    if not built_in(id):
        raise Fault([issue("PACK_ABSENT", pack=id)], 2)
    return load(id)


def ready() -> None:
    """Load every pack that comes with the program: a worker that is forked afterwards has them."""
    for name in packs.available():
        load(name)


def load_embedded(files: Mapping[str, bytes]) -> Loaded:
    """A pack out of a parent's workbook: its files by path."""
    return _loaded(specfile.load_files(files), files)


def digest(files: Mapping[str, bytes]) -> str:
    """What a token says of a pack's files; how their lines end, a re-save may change."""
    said = json.dumps([(path, _words(files[path])) for path in sorted(files)], ensure_ascii=False)
    return encode(hashlib.sha256(said.encode()).digest())[:16]


def _loaded(pack: Pack, files: Mapping[str, bytes] | None = None) -> Loaded:
    by_form = {form.id: place(form) for form in pack.forms.values()}
    own = (_pieces(files), digest(files)) if files else ()
    return Loaded(pack, {layout.digest: layout for layout in by_form.values()}, by_form, *own)


def _pieces(files: Mapping[str, bytes]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for path, content in sorted(files.items()):
        words = _words(content)
        found.append((path, tuple(words[start : start + PIECE] for start in range(0, len(words), PIECE))))
    return tuple(found)


def _words(content: bytes) -> str:
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def check_scheme(loaded: Loaded, scheme: str) -> None:
    """Fault when the pack has no such tier scheme."""
    if scheme != loaded.pack.scheme:
        known = loaded.pack.scheme
        raise Fault([issue("SCHEME_UNKNOWN", pack=loaded.pack.id, scheme=scheme, known=known)], 2)
