"""Where packs lie: those that come with the program, by name, and any other by its folder."""

from __future__ import annotations

import tomllib
from pathlib import Path

from loithe_xl.language.issues import Fault, issue

# An installed copy carries the packs beside its modules; a checkout keeps them at its root.
_HERE = Path(__file__).resolve().parents[1]  # of the whole program
PACK_HOMES = (_HERE / "workbook_templates", _HERE.parents[1] / "workbook_templates")


def pack_folder(name: str) -> Path:
    """The folder of the pack called ``name``, or the folder that ``name`` itself is; Fault when there is neither.

    A pack that comes with the program wins over a folder of the same name: ``./NAME`` means the folder.
    """
    known = available()
    if name in known:
        return _home() / name
    given = Path(name)
    if name and given.is_dir():
        return given
    raise Fault([issue("PACK_UNKNOWN", name=name, known=", ".join(known))], 2)


def available() -> list[str]:
    """The names of the packs that come with the program, sorted."""
    home = _home()
    return sorted(folder.name for folder in home.iterdir() if [*folder.glob("*.toml")]) if home.is_dir() else []


def default() -> str:
    """The pack that is meant where none is named, as ``default.toml`` beside the packs says; without it the first."""
    stated = _home() / "default.toml"
    named = tomllib.loads(stated.read_text(encoding="utf-8"))["pack"] if stated.is_file() else ""
    known = available()
    return str(named) if named in known else known[0]


def _home() -> Path:
    return next((home for home in PACK_HOMES if home.is_dir()), PACK_HOMES[0])
