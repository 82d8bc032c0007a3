"""Formulas as what they mean: however a program spells a formula when it saves it again, it becomes one text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from loithe_xl.book import address, located

# Texts, and sheets' names in quotes: what stands in them stays as it is. Everything else is spelled in one way.
_KEPT = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*'!)""")
_IDLE = re.compile(r"[\s$]+")
_TRUTH = re.compile(r"(?<![\w.])(TRUE|FALSE)\(\)")
_LONG_NUMBER = re.compile(r"(?<![\w.!])([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=E))(E[+-]?[0-9]+)?(?![\w.(!])")
_REFERENCE = re.compile(r"(?<![\w.$])(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\w(.!])")


@lru_cache(16_384)
def tokens(formula: str) -> str:
    """The formula (with or without ``=``) in the one spelling that is compared; not a formula to be calculated.

    Alike become: letter case, spaces, ``$``, quotes around a sheet's name, ``;`` for ``,``, ``TRUE()`` for ``TRUE``,
    ``1.50`` for ``1.5``, and letters with their marks composed or not.
    """
    pieces = _KEPT.split(unicodedata.normalize("NFC", formula.strip().removeprefix("=")))
    pieces[::2] = [_spelled(piece) for piece in pieces[::2]]
    pieces[1::2] = [_sheet(piece) if piece.endswith("!") else piece for piece in pieces[1::2]]
    return "".join(pieces)


def shifted(formula: str, rows: int, columns: int) -> str:
    """What a formula becomes in a cell so many rows further down and columns to the right, as in a shared formula."""

    def moved(found: re.Match[str]) -> str:
        row, column = located(found[2] + found[4])
        letters = found[2] if found[1] else address(1, column + columns)[:-1]
        return f"{found[1]}{letters}{found[3]}{row if found[3] else row + rows}"

    pieces = _KEPT.split(formula)
    pieces[::2] = [_REFERENCE.sub(moved, piece) for piece in pieces[::2]]
    return "".join(pieces)


def _spelled(piece: str) -> str:
    piece = _IDLE.sub("", piece).upper().replace(";", ",")
    return _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.15g}", _TRUTH.sub(r"\1", piece))


def _sheet(piece: str) -> str:
    return piece[1:-2].replace("''", "'").upper() + "!"
