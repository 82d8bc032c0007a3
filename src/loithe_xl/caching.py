"""What was made of texts that came before, so that it need not be made again; never of more than so many bytes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from sys import getsizeof
from typing import ParamSpec, TypeVar, cast

K = TypeVar("K")
V = TypeVar("V")
P = ParamSpec("P")


class Kept(dict[K, V]):
    """Answers by what was asked. All are dropped when it all comes to more than ``most`` bytes; what is very long
    is not taken in."""

    def __init__(self, most: int) -> None:
        self.most, self.held = most, 0

    def keep(self, key: K, value: V, size: int) -> None:
        """Remember a value of so many bytes."""
        if size > self.most // 8:
            return
        if self.held + size > self.most:
            self.clear()
            self.held = 0
        self.held += size
        self[key] = value


def kept(most: int) -> Callable[[Callable[P, V]], Callable[P, V]]:
    """Remember what a function of texts and small values made of them, by position."""

    def keeping(make: Callable[P, V]) -> Callable[P, V]:
        known = Kept[Hashable, V](most)

        @wraps(make)
        def remembered(*given: P.args, **_: P.kwargs) -> V:
            found = known.get(given, known)  # nothing that is made is ``known`` itself
            if found is known:
                found = make(*given)  # type: ignore[call-arg]
                known.keep(given, found, sum(map(_bytes, given)))
            return cast("V", found)

        remembered.known = known  # type: ignore[attr-defined]
        return remembered

    return keeping


def _bytes(given: object) -> int:
    return getsizeof(given) + (sum(map(getsizeof, given)) if isinstance(given, tuple) else 0)
