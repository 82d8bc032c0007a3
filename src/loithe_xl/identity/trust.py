"""Whose forms count at an office: public keys, and the units for which each of them may speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from loithe_xl.register.register import Register


@dataclass(frozen=True, slots=True)
class Scope:
    """A unit and what is under it, as far as that was known on the day the key was trusted."""

    unit: str
    beneath: frozenset[str] = frozenset()

    def holds(self, unit: str, register: Register | None = None) -> bool:
        """Whether a unit is this one or under it: as the register says, or else by what was known, or by a code that
        is written as this one with more behind (``00.07`` and ``00.07.003``)."""
        if unit == self.unit:
            return True
        if register and register.unit(self.unit):
            return self.unit in {above.code for above in register.ancestors(unit)}
        written = unit.startswith(self.unit) and not unit[len(self.unit)].isalnum()
        return written or unit in self.beneath


@dataclass(frozen=True, slots=True)
class Trust:
    """Public keys and their scopes, None for any unit; ``register``: of the office that asks, where it has one."""

    keys: Mapping[str, tuple[Scope, ...] | None] = field(default_factory=dict)
    register: Register | None = None

    def speaks(self, key: str, unit: str) -> bool:
        """Whether a form of that unit counts when that key signed it."""
        scopes = self.keys.get(key, ())
        return scopes is None or any(scope.holds(unit, self.register) for scope in scopes)

    def units(self, key: str) -> tuple[str, ...]:
        """The units that a key is limited to; none for a key that is not, and for a stranger's."""
        return tuple(scope.unit for scope in self.keys.get(key) or ())

    def known(self, unit: str) -> str:
        """A unit's code if the office's register has it, else blank: what a stranger calls a unit is quoted nowhere."""
        return unit if self.register and self.register.unit(unit) else ""

    def within(self, register: Register) -> Trust:
        """This trust of an office whose register is known, so that scopes follow its tree."""
        return replace(self, register=register)

    def and_of(self, *keys: str) -> Trust:
        """This trust, and besides the given public keys for any unit."""
        return replace(self, keys={**self.keys, **dict.fromkeys(keys)})
