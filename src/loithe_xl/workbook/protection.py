"""What locks a sheet and a workbook's structure: hash, salt and rounds."""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Protection:
    """A password as Excel keeps it: SHA-512, salted, hashed over and over; both texts are base64."""

    hash: str
    salt: str
    spins: int

    def attributes(self, prefix: str = "") -> list[tuple[str, str | int]]:
        """As a sheet's element has it; with the prefix ``workbook``, as the workbook's."""
        names = ["algorithmName", "hashValue", "saltValue", "spinCount"]
        if prefix:
            names = [prefix + name[0].upper() + name[1:] for name in names]
        return list(zip(names, ("SHA-512", self.hash, self.salt, self.spins), strict=True))


@cache
def protection(password: str, salt: bytes, spins: int = 100_000) -> Protection:
    """The protection for a password (ECMA-376 part 1, 18.3.1.85); takes 50 ms, so kept."""
    digest = hashlib.sha512(salt + password.encode("utf-16-le")).digest()
    for turn in range(spins):
        digest = hashlib.sha512(digest + struct.pack("<I", turn)).digest()
    return Protection(base64.b64encode(digest).decode(), base64.b64encode(salt).decode(), spins)
