"""A pack as it is used: its layouts by digest and by form, and, where it does not come with the program, its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from loithe_xl.form.layout import Layout, place
from loithe_xl.identity.token import encode
from loithe_xl.language.issues import Fault, issue
from loithe_xl.pack.spec import Form, Pack


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


def digest(files: Mapping[str, bytes]) -> str:
    """What a token says of a pack's files; how their lines end, a re-save may change."""
    said = json.dumps([(path, _words(files[path])) for path in sorted(files)], ensure_ascii=False)
    return encode(hashlib.sha256(said.encode()).digest())[:16]


def loaded(pack: Pack, files: Mapping[str, bytes] | None = None) -> Loaded:
    """A pack with the layouts of its forms; ``files``: where it does not come with the program, its files by path."""
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


def check_scheme(used: Loaded, scheme: str) -> None:
    """Fault when the pack has no such tier scheme."""
    if scheme != used.pack.scheme:
        known = used.pack.scheme
        raise Fault([issue("SCHEME_UNKNOWN", pack=used.pack.id, scheme=scheme, known=known)], 2)
