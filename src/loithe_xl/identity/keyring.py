"""The office's keys: its own private key, made when it first issues forms, and the public keys of offices it trusts."""

from __future__ import annotations

import glob
import os
import re
import secrets
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from loithe_xl.identity.token import decode, encode, fingerprint, new_private_key, public_key
from loithe_xl.identity.trust import Scope, Trust
from loithe_xl.language.issues import Fault, Issue, Place, issue, system_fault

HOME = "LOITHE_XL_HOME"
_PRIVATE, _PUBLIC, _UNIT = "LTK1", "LTP1", "unit"  # what a line of a key file begins with
_LONGEST, _LONGEST_LIST = 4096, 2**20  # bytes that are read of a key file, and of one that may list units
_PRIVATE_COMMENT = "# loithe-xl: khóa ký riêng của cơ quan, không gửi cho ai / private signing key, never send it"
_PUBLIC_COMMENT = "# loithe-xl: khóa công khai / public key {label}"


def folder() -> Path:
    """The office's key folder: ``LOITHE_XL_HOME``, or where programs of this system keep a user's data."""
    if named := os.environ.get(HOME):
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("loithe-xl", appauthor=False))


def private_key(path: Path | None = None) -> bytes:
    """The private key in ``path`` (the office's own by default), made when the file does not exist."""
    path = path or _own()
    with _reported(path):
        if not path.exists():
            text = f"{_PRIVATE_COMMENT}\n{_PRIVATE} {encode(new_private_key())}\n"
            _create(path, text.encode("utf-8"))
        _sweep(path)
        return _read_private(path)


def own(home: Path | None = None) -> str | None:
    """The office's own public key; None where no form was ever issued. Nothing is made."""
    path = _own(home)
    with _reported(path):
        return public_key(_read_private(path)) if path.exists() else None


def trusted(home: Path | None = None) -> Trust:
    """Whose tokens count: the office's own for any unit, and those in ``trusted/`` as far as each is trusted."""
    keys: dict[str, tuple[Scope, ...] | None] = {}
    for held in all_trusted(home)[0]:
        before = keys.get(held.key, ())
        keys[held.key] = None if before is None or held.scopes is None else (*before, *held.scopes)
    mine = own(home)
    return Trust({**keys, mine: None} if mine else keys)


@dataclass(frozen=True, slots=True)
class Held:
    """A file of ``trusted/``: a public key and the units for which it may speak, None for any."""

    file: Path
    key: str
    scopes: tuple[Scope, ...] | None = None


def all_trusted(home: Path | None = None) -> tuple[list[Held], list[Issue]]:
    """The files of ``trusted/``; and of each that is no key, such as a Mac's ``._x.pub``, that it was passed over."""
    found, damaged = list[Held](), list[Issue]()
    for file in sorted((home or folder()).joinpath("trusted").glob("*.pub")):
        try:
            held = _held(file)
        except OSError:
            held = None
        if held:
            found.append(held)
        else:
            damaged.append(issue("KEY_PASSED_OVER", Place(file=file.name), folder=file.parent))
    return found, damaged


def trust(public: str, label: str, scope: Scope | None = None, home: Path | None = None) -> Held:
    """Trust a public key (bare, or the text of a key file) for a unit and what is under it, or for any unit.

    What it was trusted for before, it stays trusted for.
    """
    key = _public_in(public)
    if key is None:
        raise Fault([issue("KEY_NOT_PUBLIC")], 2)
    before = next((held for held in all_trusted(home)[0] if held.key == key), None)
    if before and (before.scopes is None or scope in before.scopes):
        return before
    name = re.sub(r"[^\w]+", "-", label).strip("-")[:40] or "key"
    file = before.file if before else (home or folder()) / "trusted" / f"{name}-{fingerprint(key)}.pub"
    others = [each for each in (before and before.scopes) or () if scope and each.unit != scope.unit]
    held = Held(file, key, (*others, scope) if scope else None)
    with _reported(file):
        _put(file, _public_text(held, label).encode("utf-8"))
    return held


def distrust(key: str, home: Path | None = None) -> list[Path]:
    """Take a key out of ``trusted/``; the files that held it."""
    files = [held.file for held in all_trusted(home)[0] if held.key == key]
    for file in files:
        with _reported(file):
            file.unlink()
    return files


def adopt(file: Path, home: Path | None = None) -> Held | Issue:
    """Trust the key in a file that came with the installation, as the file says; an Issue when it is no key."""
    try:
        given = _held(file)
    except OSError:
        given = None
    if given is None:
        return issue("KEY_PASSED_OVER", Place(file=file.name), folder=file.parent)
    scopes: tuple[Scope | None, ...] = given.scopes or (None,)
    return [trust(given.key, file.stem, scope, home) for scope in scopes][-1]


def export(path: Path | None = None) -> str:
    """The office's public key for another office to trust; the private key is made on first use."""
    return public_key(private_key(path))


def read_public(path: Path) -> str:
    """The public key in a file: bare, or as a file of ``trusted/`` with its comment."""
    with _reported(path):
        key = _public_in(_read(path, _LONGEST_LIST))
    if key is None:
        raise Fault([issue("KEY_NOT_PUBLIC", Place(file=path.name))], 2)
    return key


def _own(home: Path | None = None) -> Path:
    return (home or folder()) / "office.key"


def _public_text(held: Held, label: str) -> str:
    label = " ".join(label.split())
    lines = [f"{_PUBLIC_COMMENT.format(label=label).rstrip()} ({fingerprint(held.key)})", f"{_PUBLIC} {held.key}"]
    for scope in held.scopes or ():
        codes = [scope.unit, *sorted(scope.beneath - {scope.unit})]
        lines.append(" ".join((_UNIT, *(quote(code, safe="") for code in codes))))
    return "".join(f"{line}\n" for line in lines)


def _read_private(path: Path) -> bytes:
    raw = _key_in(_lines(_read(path)), _PRIVATE)
    if raw is None:
        raise Fault([issue("KEY_DAMAGED", Place(file=path.name), file=path.name)], 3)
    return raw


def _held(file: Path) -> Held | None:
    """What a file of ``trusted/`` says; None when it is no such file, or not whole."""
    if file.stat().st_size > _LONGEST_LIST:
        return None
    text = _read(file, _LONGEST_LIST)
    key, scopes = _public_in(text), list[Scope]()
    for word, *codes in _lines(text)[1:]:
        if word != _UNIT or not codes:
            return None
        unit, *beneath = map(unquote, codes)
        scopes.append(Scope(unit, frozenset(beneath)))
    return Held(file, key, tuple(scopes) or None) if key else None


def _public_in(text: str) -> str | None:
    raw = decode(text.strip(), 32) or _key_in(_lines(text)[:1], _PUBLIC)
    return encode(raw) if raw else None


def _lines(text: str) -> list[list[str]]:
    """The words of each line of a key file; comments and blank lines do not count."""
    return [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _key_in(lines: list[list[str]], kind: str) -> bytes | None:
    """The one key line."""
    if len(lines) != 1 or len(lines[0]) != 2 or lines[0][0] != kind:
        return None
    return decode(lines[0][1], 32)


def _read(path: Path, most: int = _LONGEST) -> str:
    with path.open("rb") as file:
        # Notepad puts a mark before the text; a file of another kind may be of any size.
        return file.read(most).decode("utf-8-sig", errors="replace")


def _put(path: Path, data: bytes) -> None:
    """Write a whole public file in place of a former one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(6)}.tmp")
    try:
        _write_new(temporary, data, 0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _create(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a whole file that did not exist; when somebody else was first, theirs stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(6)}.tmp")
    try:
        _write_new(temporary, data, mode)
        try:
            # A second name comes into being at once, with all its content, and only if there is none.
            path.hardlink_to(temporary)
        except FileExistsError:
            return
        except OSError:  # a file system without links, such as a USB stick's
            with suppress(FileExistsError):
                _write_new(path, data, mode)
    finally:
        temporary.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Remove what a killed run left: once the file is there, nobody needs another beginning of it."""
    for file in path.parent.glob(f".{glob.escape(path.name)}-{'[0-9a-f]' * 12}.tmp"):
        with suppress(OSError):
            file.unlink()


def _write_new(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _reported(path: Path) -> AbstractContextManager[None]:
    return system_fault("KEY_UNREADABLE", Place(file=path.name), file=path.name)
