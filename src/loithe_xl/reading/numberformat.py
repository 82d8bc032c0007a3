"""A cell's number format as its sections (ECMA-376 part 1, 18.8.31): for positive numbers, negative ones, zero and
texts, or by conditions; in each, places for digits among letters that are shown as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

LONGEST_FORMAT = 255  # letters; no program writes more
_BRACKET = re.compile(r"\[([^\]]*)\]")
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
_GENERAL = re.compile(r"general|standard|g/[^;\"\\\[]*", re.IGNORECASE)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_HALVES = re.compile(r"AM/PM|A/P", re.IGNORECASE)
_TIMES = frozenset("ymdhsgeb")
_PLACES = frozenset("0#?")


class FormatPiece(NamedTuple):
    """A piece of a section; ``kind``: said (shown as it is), bare (an unquoted digit, shown too), place, time, general,
    or one of ``. , % / E @``."""

    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class FormatSection:
    """What stands between two semicolons, and for which numbers where it says so."""

    tokens: tuple[FormatPiece, ...]
    condition: tuple[str, Decimal] | None = None

    def has(self, *kinds: str) -> bool:
        """Whether a token of these kinds is in it."""
        return any(token.kind in kinds for token in self.tokens)


@lru_cache(4_096)
def sections(code: str) -> tuple[tuple[FormatSection, ...], FormatSection | None]:
    """The sections for numbers, and the one for texts where there is one."""
    found: list[FormatSection] = []
    tokens: list[FormatPiece] = []
    condition = None
    for token in (*_tokens(code), FormatPiece(";")):
        if token.kind == ";":
            found.append(FormatSection(tuple(tokens), condition))
            tokens, condition = [], None
        elif token.kind == "if":
            operator, limit = _CONDITION.fullmatch(token.text).groups()  # type: ignore[union-attr]
            condition = operator, Decimal(limit)
        else:
            tokens.append(token)
    if len(found) > 3:
        return tuple(found[:3]), found[3]
    if found[-1].has("@") and not found[-1].has("place"):
        return tuple(found[:-1]) or tuple(found), found[-1]
    return tuple(found), None


def _tokens(code: str) -> Iterator[FormatPiece]:
    at, end = 0, len(code)
    while at < end:
        sign, step = code[at], 1
        if sign == '"':
            behind = code.find('"', at + 1)
            step = (behind if behind > 0 else end) + 1 - at
            yield FormatPiece("said", code[at + 1 : at + step].removesuffix('"'))
        elif sign in "\\_*" and at + 1 < end:
            step = 2
            if sign != "_":  # a blank as wide as the letter
                yield FormatPiece("said", code[at + 1])
        elif sign == "[" and (bracket := _BRACKET.match(code, at)):
            step = len(bracket[0])
            yield from _bracket(bracket[1])
        elif general := _GENERAL.match(code, at):
            step = len(general[0])
            yield FormatPiece("general")
        elif sign in _PLACES:
            yield FormatPiece("place", sign)
        elif sign in ".,%/@;":
            yield FormatPiece(sign, sign)
        elif sign in "eE" and code[at + 1 : at + 2] in ("+", "-"):
            step = 2
            yield FormatPiece("E", code[at : at + 2])
        elif halves := _HALVES.match(code, at):
            step = len(halves[0])
            yield FormatPiece("time", "")
        elif sign.lower() in _TIMES:
            while code[at + step : at + step + 1].lower() == sign.lower():
                step += 1
            yield FormatPiece("time", sign.lower() * step)
        else:
            yield FormatPiece("bare" if sign.isdecimal() else "said", sign)
        at += step


def _bracket(inside: str) -> Iterator[FormatPiece]:
    """A currency, a condition or elapsed time; colours and ways to write digits change no number."""
    if inside.startswith("$"):
        yield FormatPiece("said", inside[1:].partition("-")[0])
    elif _CONDITION.fullmatch(inside):
        yield FormatPiece("if", inside)
    elif _ELAPSED.fullmatch(inside):
        yield FormatPiece("time", "")


def chosen(sections: tuple[FormatSection, ...], number: Decimal) -> FormatSection:
    """The section that shows a number that is not below zero."""
    first, *others = sections
    if first.condition:
        if _holds(first.condition, number):
            return first
    elif not others or number > 0 or (len(others) == 1 and not others[0].condition):
        return first
    if others and others[0].condition and _holds(others[0].condition, number):
        return others[0]
    return others[-1] if others else first


def _holds(condition: tuple[str, Decimal], number: Decimal) -> bool:
    operator, limit = condition
    return (number < limit and operator in ("<", "<=", "<>")) or (
        (number > limit and operator in (">", ">=", "<>")) or (number == limit and operator in ("=", "<=", ">="))
    )
