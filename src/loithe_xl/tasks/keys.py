"""The office's keys: shown, exported; others' trusted once somebody compared them, and no longer trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.identity import keyring
from loithe_xl.identity.token import fingerprint
from loithe_xl.identity.trust import Scope
from loithe_xl.intake.openfile import BrokenParent, Opened, ParentBook
from loithe_xl.language.issues import Fault, Issue, issue
from loithe_xl.register.register import Register
from loithe_xl.system import store
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.sandbox import FileWork, read_each


@dataclass(frozen=True, slots=True)
class Offer:
    """A key that may be trusted, where it comes from, and for which unit: None for any."""

    key: str
    label: str
    scope: Scope | None

    @property
    def fingerprint(self) -> str:
        """What is compared by telephone."""
        return fingerprint(self.key)


def list_keys(office: Office) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    """The fingerprint of the office's own key, None where it has none; and of each other key that it trusts, with the
    units that it is limited to. Nothing is made."""
    own, trust = keyring.own(), office.trusted()
    others = sorted((fingerprint(key), trust.units(key)) for key in trust.keys if key != own)
    return fingerprint(own) if own else None, dict(others)


def export(path: Path, office: Office) -> Path:
    """Write the office's public key to a file that another office can trust; a key is made where there is none."""
    office.private_key()
    return store.write_new(path, (keyring.export() + "\n").encode())


def offer(path: Path, unit: str | None, everybody: bool) -> Offer:
    """The key in a .pub file, or the one that signed a workbook, for one unit and what is under it.

    A workbook's own unit where none is named; Fault for a .pub file with neither a unit nor ``everybody``.
    """
    signed = _in_workbook(path) if path.suffix.lower() == ".xlsx" else None
    key = signed.key if signed else keyring.read_public(path)
    if everybody:
        return Offer(key, path.stem, None)
    if signed:
        return Offer(key, path.stem, _scope(signed, unit))
    if unit:
        return Offer(key, path.stem, Scope(unit))
    raise Fault([issue("KEY_UNIT_NEEDED")], 2)


def trust(offered: Offer, confirmed: str) -> tuple[str, ...]:
    """Trust a key whose fingerprint was confirmed; the units that it is now trusted for, none for any.

    Fault when what was confirmed is the fingerprint of another key.
    """
    if _plain(confirmed) != _plain(offered.fingerprint):
        raise Fault([issue("KEY_FINGERPRINT_OTHER", fingerprint=offered.fingerprint)], 2)
    if offered.key == keyring.own():
        return ()
    held = keyring.trust(offered.key, offered.label, offered.scope)
    return tuple(scope.unit for scope in held.scopes or ())


def distrust(named: str) -> str:
    """Trust a key no longer: by its fingerprint, a .pub file or a workbook that it signed; its fingerprint."""
    path = Path(named)
    if path.exists():
        key = _in_workbook(path).key if path.suffix.lower() == ".xlsx" else keyring.read_public(path)
        wanted = fingerprint(key)
    else:
        wanted = named
    keys = {held.key for held in keyring.all_trusted()[0] if _plain(fingerprint(held.key)) == _plain(wanted)}
    if not keys:
        raise Fault([issue("KEY_NOT_TRUSTED")], 2)
    for key in keys:
        keyring.distrust(key)
    return fingerprint(keys.pop())


def _plain(print_: str) -> str:
    """A fingerprint however it was typed."""
    return re.sub(r"[\s.:–-]", "", print_).upper()


@dataclass(frozen=True, slots=True)
class _Signer:
    """Who signed a workbook, for which unit, with which register in it; blank, with why, where nobody did."""

    key: str
    unit: str
    register: Register
    issues: tuple[Issue, ...]


def _scope(signer: _Signer, unit: str | None) -> Scope:
    """A unit, the workbook's own by default, with what its embedded register has under it."""
    code = unit or signer.unit
    return Scope(code, frozenset(each.code for each in signer.register.subtree(code).units) - {code})


def _in_workbook(path: Path) -> _Signer:
    (found,) = read_each([path], FileWork(_signer), Office(), "validate")
    if found.key:
        return found
    raise Fault(list(found.issues), 2)


def _signer(opened: Opened) -> _Signer:
    """What a worker tells of a workbook."""
    match opened:
        case ParentBook(ledgers=Ledgers(register=register)) | BrokenParent(register=register):
            embedded = register
        case _:
            embedded = Register(())
    signed = opened.signed
    return _Signer(signed.key if signed else "", signed.identity.unit if signed else "", embedded, opened.issues)
