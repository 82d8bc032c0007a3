"""Formulas as what they mean: however a program spells a formula when it saves it again, it becomes one text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from loithe_xl.caching import kept
from loithe_xl.workbook.address import column_letters, located

# Texts, and sheets' names in quotes: what stands in them stays as it is. Everything else is spelled in one way.
# Whatever opens is taken in to its end, for a quote that is looked at twice makes millions of looks.
_KEPT = re.compile(r"""("(?:[^"]|"")*+(?:"|\Z)|'(?:[^']|'')*+(?:'!?|\Z))""")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_TEXT = re.compile(r"""("(?:[^"]|"")*+(?:"|\Z))""")
_NAME = re.compile(r"(?<![\w.!])[^\W\d][\w.]*+(?![(!])")
_FOREIGN = re.compile(r"(?<![\w\][])\[[0-9]+\]")
_IDLE = re.compile(r"[\s$]+")
_TRUTH = re.compile(r"(?<![\w.])(TRUE|FALSE)\(\)")
_LONG_NUMBER = re.compile(r"(?<![\w.!])([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=E))(E[+-]?[0-9]+)?(?![\w.(!])")
_REFERENCE = re.compile(r"(?<![\w.$])(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\w(.!])")


@kept(2_000_000)
def tokens(formula: str) -> str:
    """The formula (with or without ``=``) in the one spelling that is compared; not a formula to be calculated.

    Alike become: letter case, spaces, ``$``, quotes around a sheet's name, ``;`` for ``,``, ``TRUE()`` for ``TRUE``,
    ``1.50`` for ``1.5``, and letters with their marks composed or not.
    """
    pieces = _KEPT.split(unicodedata.normalize("NFC", formula.strip().removeprefix("=")))
    pieces[::2] = [_spelled(piece) for piece in pieces[::2]]
    pieces[1::2] = [_quoted(piece) for piece in pieces[1::2]]
    return "".join(pieces)


def renamed(spelled: str, names: Mapping[str, str]) -> str:
    """A formula that ``tokens`` has spelled, with these names (in capitals) for others; never in a text."""
    pieces = _TEXT.split(spelled)
    pieces[::2] = [_NAME.sub(lambda found: names.get(found[0], found[0]), piece) for piece in pieces[::2]]
    return "".join(pieces)


def foreign(formula: str) -> bool:
    """Whether a formula takes something from another workbook: ``[1]Sheet1!A1``."""
    return any(map(_FOREIGN.search, _TEXT.split(formula)[::2]))


def shifted(formula: str, rows: int, columns: int) -> str:
    """What a formula becomes in a cell so many rows further down and columns to the right, as in a shared formula.

    What leaves the sheet comes in again at its other end, as in Excel.
    """

    def moved(found: re.Match[str]) -> str:
        row, column = located(found[2] + found[4])
        if row > LAST_ROW or column > LAST_COLUMN:
            return found[0]  # a name that only looks like a cell
        letters = found[2] if found[1] else column_letters((column - 1 + columns) % LAST_COLUMN + 1)
        return f"{found[1]}{letters}{found[3]}{row if found[3] else (row - 1 + rows) % LAST_ROW + 1}"

    pieces = _KEPT.split(formula)
    pieces[::2] = [_REFERENCE.sub(moved, piece) for piece in pieces[::2]]
    return "".join(pieces)


def _spelled(piece: str) -> str:
    piece = _IDLE.sub("", piece).upper().replace(";", ",")
    return _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.15g}", _TRUTH.sub(r"\1", piece))


def _quoted(piece: str) -> str:
    """A text stays as it is, a sheet's name loses its quotes, an apostrophe is only itself."""
    if piece.startswith('"'):
        return piece
    return piece[1:-2].replace("''", "'").upper() + "!" if piece.endswith("'!") else _spelled(piece)
