"""The message catalogue: every sentence a user reads, in Vietnamese and English, kept in ``texts/*.toml``."""

from __future__ import annotations

import os.path
from functools import cache
from typing import Any, NamedTuple

LANGUAGES = ("vi", "en")
# Without pathlib and importlib.resources: what they import takes longer than all the rest of --help.
_FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "texts")  # noqa: PTH118, PTH120


class Text(NamedTuple):
    """One sentence in both languages; an absent English wording falls back to Vietnamese."""

    vi: str
    en: str = ""

    def to(self, lang: str) -> str:
        """The wording in ``lang`` ("vi" or "en")."""
        return self.en if lang == "en" and self.en else self.vi

    def fill(self, **args: object) -> Text:
        """Both wordings with ``{name}`` replaced; an argument that is a Text fills each language with its own."""
        return Text(*(wording.format(**_spoken(args, lang)) for wording, lang in zip(self, LANGUAGES, strict=True)))

    def then(self, more: Text) -> Text:
        """Both wordings, each followed by that of ``more``."""
        english = f"{self.to('en')} {more.to('en')}".strip() if self.en or more.en else ""
        return Text(f"{self.vi} {more.vi}".strip(), english)


def text(key: str, **args: object) -> Text:
    """The sentence ``file.name`` of the catalogue, filled in; KeyError for an unknown key (a programmer's fault)."""
    file, name = key.split(".", 1)
    return read_text(catalogue(file)[name]).fill(**args)


def read_text(entry: Any) -> Text:
    """A Text from its TOML form: a plain string (Vietnamese) or a table with ``vi`` and ``en``."""
    if isinstance(entry, str):
        return Text(entry)
    return Text(entry["vi"], entry.get("en", ""))


@cache
def catalogue(file: str) -> dict[str, Any]:
    """The parsed ``texts/<file>.toml``; for ``issues`` all ``issues*.toml`` together."""
    import tomllib

    names = [f"{file}.toml"]
    if file == "issues":
        names = sorted(name for name in os.listdir(_FOLDER) if name.startswith("issues"))  # noqa: PTH208
    merged: dict[str, Any] = {}
    for name in names:
        with open(os.path.join(_FOLDER, name), "rb") as stream:  # noqa: PTH118, PTH123
            merged |= tomllib.load(stream)
    return merged


def _spoken(args: dict[str, object], lang: str) -> dict[str, object]:
    return {name: value.to(lang) if isinstance(value, Text) else value for name, value in args.items()}
