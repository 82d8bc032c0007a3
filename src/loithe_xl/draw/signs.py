"""How a formula tells what a cell says: by the first letters of the words that the catalogue has for it."""

from __future__ import annotations

from collections.abc import Sequence

from loithe_xl.rules.excel import text_literal


def begins(cell: str, words: Sequence[str], others: Sequence[str], letters: int) -> str:
    """The formula of whether a cell's text begins as one of ``words`` does and none of ``others``.

    It looks at ``letters`` letters, at more where that does not tell them apart; capitals do not count, as in Excel.
    ValueError where no number of letters does.
    """
    for count in range(letters, max(map(len, words)) + letters):
        signs: dict[str, str] = {}
        for word in words:
            signs.setdefault(word[:count].lower(), word[:count])
        if not any(other.lower().startswith(sign) for sign in signs for other in others):
            found = [f"LEFT({cell},{len(sign)})={text_literal(sign)}" for sign in signs.values()]
            return found[0] if len(found) == 1 else f"OR({','.join(found)})"
    raise ValueError(f"{words} cannot be told from {others} by how they begin")
