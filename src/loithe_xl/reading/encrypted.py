"""Workbooks that Excel encrypted of its own accord: they open with the password that it uses then."""

from __future__ import annotations

import io
import logging

# Old versions of Excel encrypt a workbook whose structure is locked with this password, and try it on opening.
DEFAULT_PASSWORD = "VelvetSweatshop"
MOST_SPINS = 1_000_000  # rounds of hashing; Excel makes 100,000


def unlocked(data: bytes) -> bytes | None:
    """The package inside an encrypted container, where Excel's default password opens it; None where it does not.

    Never longer than the container; never raises for what the bytes are (MemoryError excepted).
    """
    import msoffcrypto

    logging.getLogger("olefile").setLevel(logging.CRITICAL)  # a broken container is our message to tell, not its
    if b"<!DOCTYPE" in data:
        return None
    package = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        if file.info.get("spinValue", 0) > MOST_SPINS:
            return None
        file.load_key(password=DEFAULT_PASSWORD, verify_password=True)
        file.decrypt(package)
    except MemoryError:
        raise
    except Exception:  # the library has a fault of its own for every way in which a container can be broken
        return None
    return package.getvalue() if len(package.getvalue()) <= len(data) else None
