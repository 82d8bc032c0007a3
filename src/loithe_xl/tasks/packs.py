"""Packs in use: loaded once, with the layout of each form and what each form holds, found by layout digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from loithe_xl import packs, specfile
from loithe_xl.issues import Fault, issue
from loithe_xl.layout import Layout, place
from loithe_xl.spec import Form, Pack


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pack, its layouts by digest and by form id, and its files when it is not built in."""

    pack: Pack
    layouts: Mapping[str, Layout]
    by_form: Mapping[str, Layout]
    embedded: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def layout(self, form: Form) -> Layout:
        """The layout of one of the pack's forms."""
        return self.by_form[form.id]


PIECE = 30_000  # letters of a pack's file per cell


@cache
def load(name: str) -> Loaded:
    """A pack by name or folder; Fault with all its faults, or PACK_UNKNOWN."""
    files = specfile.read_folder(packs.pack_folder(name))
    pack = specfile.load_files(files)
    embedded = () if pack.id in packs.available() and name == pack.id else _pieces(files)
    return _loaded(pack, embedded)


def known(id: str) -> Loaded:
    """A pack that comes with the program; an id out of a received file never names a folder."""
    if id not in packs.available():
        raise Fault([issue("PACK_ABSENT", pack=id)], 2)
    return load(id)


def load_embedded(files: Mapping[str, bytes]) -> Loaded:
    """A pack out of a parent's workbook: its files by path."""
    return _loaded(specfile.load_files(files), _pieces(files))


def _loaded(pack: Pack, embedded: tuple[tuple[str, tuple[str, ...]], ...]) -> Loaded:
    by_form = {form.id: place(form) for form in pack.forms.values()}
    return Loaded(pack, {layout.digest: layout for layout in by_form.values()}, by_form, embedded)


def _pieces(files: Mapping[str, bytes]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for path, content in sorted(files.items()):
        words = content.decode("utf-8-sig")
        found.append((path, tuple(words[start : start + PIECE] for start in range(0, len(words), PIECE))))
    return tuple(found)


def check_scheme(loaded: Loaded, scheme: str) -> None:
    """Fault when the pack has no such tier scheme."""
    if scheme != loaded.pack.scheme:
        known = loaded.pack.scheme
        raise Fault([issue("SCHEME_UNKNOWN", pack=loaded.pack.id, scheme=scheme, known=known)], 2)
