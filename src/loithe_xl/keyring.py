"""The office's keys: its own private key, made on first use, and the public keys of offices it trusts."""

from __future__ import annotations

import glob
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from loithe_xl.identity import decode, encode, fingerprint, new_private_key, public_key
from loithe_xl.issues import Fault, Place, issue

HOME = "LOITHE_XL_HOME"
_PRIVATE, _PUBLIC = "LTK1", "LTP1"  # what a key line begins with
_PRIVATE_COMMENT = "# loithe-xl: khoá ký riêng của cơ quan, không gửi cho ai / private signing key, never send it"
_PUBLIC_COMMENT = "# loithe-xl: khoá công khai / public key {label}"


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


def trusted(extra: Iterable[str] = ()) -> frozenset[str]:
    """The public keys whose tokens count: ``extra``, the office's own if it has one, and those in ``trusted/``."""
    keys = set(extra)
    if _own().exists():
        with _reported(_own()):
            keys.add(public_key(_read_private(_own())))
    return frozenset(keys | set(_trusted_files().values()))


def trust(public: str, label: str) -> Path:
    """Trust a public key (bare, or the text of a file of ``trusted/``); the file that now holds it."""
    key = _public_in(public)
    if key is None:
        raise Fault([issue("KEY_NOT_PUBLIC")], 2)
    for file, known in _trusted_files().items():
        if known == key:
            return file
    name = re.sub(r"[^\w]+", "-", label).strip("-")[:40] or "key"
    file = folder() / "trusted" / f"{name}-{fingerprint(key)}.pub"
    with _reported(file):
        _create(file, _public_text(key, label).encode("utf-8"), mode=0o644)
    return file


def export(path: Path | None = None) -> str:
    """The office's public key for another office to trust; the private key is made on first use."""
    return public_key(private_key(path))


def read_public(path: Path) -> str:
    """The public key in a file: bare, or as a file of ``trusted/`` with its comment."""
    with _reported(path):
        key = _public_in(_read(path))
    if key is None:
        raise Fault([issue("KEY_NOT_PUBLIC", Place(file=path.name))], 2)
    return key


def _own() -> Path:
    return folder() / "office.key"


def _public_text(key: str, label: str) -> str:
    label = " ".join(label.split())
    return f"{_PUBLIC_COMMENT.format(label=label).rstrip()} ({fingerprint(key)})\n{_PUBLIC} {key}\n"


def _read_private(path: Path) -> bytes:
    raw = _key_in(_read(path), _PRIVATE)
    if raw is None:
        raise Fault([issue("KEY_DAMAGED", Place(file=path.name), file=path.name)], 3)
    return raw


def _trusted_files() -> dict[Path, str]:
    found: dict[Path, str] = {}
    for file in sorted((folder() / "trusted").glob("*.pub")):
        with _reported(file):
            key = _public_in(_read(file))
        if key is None:
            raise Fault([issue("KEY_DAMAGED", Place(file=file.name), file=file.name)], 3)
        found[file] = key
    return found


def _public_in(text: str) -> str | None:
    raw = decode(text.strip(), 32) or _key_in(text, _PUBLIC)
    return encode(raw) if raw else None


def _key_in(text: str, kind: str) -> bytes | None:
    """The one key line of a key file; comments and blank lines do not count."""
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if len(lines) != 1 or len(lines[0]) != 2 or lines[0][0] != kind:
        return None
    return decode(lines[0][1], 32)


def _read(path: Path) -> str:
    with path.open("rb") as file:
        # Notepad puts a mark before the text; a file of another kind may be of any size.
        return file.read(4096).decode("utf-8-sig", errors="replace")


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


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Fault([issue("KEY_UNREADABLE", Place(file=path.name), file=path.name)], 3) from error
