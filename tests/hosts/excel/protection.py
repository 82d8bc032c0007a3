"""Passwords of sheets and books as Excel keeps them: SHA-512, salted, spun; older files the 16-bit hash."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from dataclasses import dataclass
from functools import cache

from openpyxl.utils.protection import hash_password

SPINS = 100_000


@dataclass(frozen=True, slots=True)
class Secret:
    """A password's hash; no ``hash`` and no ``short``: there is no password."""

    hash: str | None = None
    salt: str | None = None
    spins: int | None = None
    short: str | None = None

    def __bool__(self) -> bool:
        return bool(self.hash or self.short)

    def fits(self, password: str) -> bool:
        """Whether this is the password."""
        if self.hash:
            return _spun(password, self.salt or "", self.spins or 0) == self.hash
        return not self.short or hash_password(password).upper() == self.short.upper()


def secret(password: str | None) -> Secret:
    """A password hashed anew, under a salt of this process."""
    if not password:
        return Secret()
    return Secret(_spun(password, _salt(), SPINS), _salt(), SPINS)


@cache
def _salt() -> str:
    return base64.b64encode(os.urandom(16)).decode()


@cache
def _spun(password: str, salt: str, spins: int) -> str:
    digest = hashlib.sha512(base64.b64decode(salt) + password.encode("utf-16-le")).digest()
    for turn in range(spins):
        digest = hashlib.sha512(digest + struct.pack("<I", turn)).digest()
    return base64.b64encode(digest).decode()
