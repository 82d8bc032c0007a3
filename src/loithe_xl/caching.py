"""What need not be made again: of a value, kept in the value itself; of texts, never of more than so many bytes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from sys import getsizeof
from typing import ParamSpec, TypeVar, cast

K = TypeVar("K")
V = TypeVar("V")
Owner = TypeVar("Owner")
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


def owned(make: Callable[[Owner], V]) -> Callable[[Owner], V]:
    """Remember what a function made of a value that is equal only to itself, in that value: both go together.

    The value has a ``__dict__``, and leaves what it holds behind when it is pickled.
    """
    name = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def remembered(owner: Owner) -> V:
        mine = owner.__dict__
        if name not in mine:
            mine[name] = make(owner)
        return cast("V", mine[name])

    return remembered


class MetAgain(Kept[K, V]):
    """Answers to what was asked twice; of what is asked first only its hash is kept."""

    _MOST_MET = 50_000

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.met: set[int] = set()

    def keep(self, key: K, value: V, size: int) -> None:
        """Remember a value of so many bytes, if its key was met before."""
        if len(self.met) > self._MOST_MET:
            self.met.clear()
        met = hash(key)
        if met in self.met:
            super().keep(key, value, size)
        self.met.add(met)


def kept(most: int, *, again: bool = False) -> Callable[[Callable[P, V]], Callable[P, V]]:
    """Remember what a function of texts and small values made of them, by position; ``again``: of those alone that it
    was given twice, for most of them never come back."""

    def keeping(make: Callable[P, V]) -> Callable[P, V]:
        known: Kept[Hashable, V] = MetAgain(most) if again else Kept(most)

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
