"""Texts as they are compared: what does not count when two are laid beside each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from loithe_xl.rules.evaluate import Raw


def comparable(text: str) -> str:
    """A text without what does not count when two are compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def compared_as(raw: Raw) -> str:
    """A text as it is compared: composed letters, single spaces; blank for what is none."""
    return comparable(raw) if isinstance(raw, str) else ""


def words_of(cells: Iterable[Raw]) -> set[str]:
    """What some cells say, as it is compared."""
    return {compared_as(raw) for raw in cells} - {""}
