"""The office's keys: shown, exported, and others' trusted."""

from __future__ import annotations

from pathlib import Path

from loithe_xl import keyring, store
from loithe_xl.identity import fingerprint
from loithe_xl.issues import Fault, Issue
from loithe_xl.tasks.intake import Opened
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.reading import read_each


def listed() -> list[tuple[str, str]]:
    """("own" or "trusted", fingerprint) of every key this office accepts."""
    own = keyring.export()
    others = sorted(keyring.trusted() - {own})
    return [("own", fingerprint(own)), *(("trusted", fingerprint(key)) for key in others)]


def export(path: Path) -> Path:
    """Write the office's public key to a file that another office can trust."""
    return store.write_new(path, (keyring.export() + "\n").encode())


def trust(path: Path) -> str:
    """Trust the key in a .pub file, or the one that signed a workbook; its fingerprint."""
    key = _key_in(path)
    keyring.trust(key, path.stem)
    return fingerprint(key)


def _key_in(path: Path) -> str:
    if path.suffix.lower() == ".xlsx":
        ((key, issues),) = read_each([path], _signer, Office(), "validate")
        if key:
            return key
        raise Fault(list(issues), 2)
    return keyring.read_public(path)


def _signer(opened: Opened) -> tuple[str, tuple[Issue, ...]]:
    """The public key that signed a workbook; without one, why."""
    return opened.key, opened.issues
