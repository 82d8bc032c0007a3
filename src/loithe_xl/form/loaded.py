"""A pack as it is used: its layouts by digest and by form, and, where it does not come with the program, its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from loithe_xl.form.earlier import Earlier, changed_figures, earlier
from loithe_xl.form.layout import Layout, place
from loithe_xl.identity.token import encode
from loithe_xl.language.issues import Fault, issue
from loithe_xl.pack.spec import Form, Pack


@dataclass(frozen=True)
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

    def layout_of(self, digest: str) -> Layout | None:
        """The layout with this digest, of today's forms or of those that were issued earlier; None for any other."""
        if digest in self.layouts:
            return self.layouts[digest]
        found = self.earlier.get(digest)
        return found.layout if found else None

    def earlier_of(self, layout: Layout) -> Earlier | None:
        """What today's pack makes of a form that was issued earlier; None for one of today's forms."""
        return None if layout.digest in self.layouts else self.earlier.get(layout.digest)

    @cached_property
    def earlier(self) -> Mapping[str, Earlier]:
        """The forms that were issued by layouts that are no longer today's, by digest."""
        found = {each.layout.digest: each for each in earlier(self.pack)}
        return {digest: each for digest, each in found.items() if digest not in self.layouts}

    def changed(self) -> list[tuple[str, str]]:
        """The figures that mean something else now than in an issued edition, with the edition's name."""
        editions = self.pack.editions.packs.items()
        return [(name, id) for name, edition in editions for id in changed_figures(self.pack, edition)]

    def unkept(self) -> list[Form]:
        """The forms whose layout is in none of the pack's issued editions: after a change they could not be read."""
        kept = {each.layout.digest for each in earlier(self.pack)}
        return [layout.form for digest, layout in self.layouts.items() if digest not in kept]


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


def check_scheme(used: Loaded, scheme: str | None, level: str) -> None:
    """Fault when the pack has no such tier scheme (None: its own), or the scheme has no such tier."""
    schemes = used.pack.schemes
    name = used.pack.scheme if scheme is None else scheme
    if name not in schemes:
        raise Fault([issue("SCHEME_UNKNOWN", pack=used.pack.id, scheme=name, known=", ".join(schemes))], 2)
    if level not in schemes[name].tiers:
        tiers = ", ".join(schemes[name].tiers)
        raise Fault([issue("TIER_NOT_IN_SCHEME", pack=used.pack.id, scheme=name, level=level, tiers=tiers)], 2)
