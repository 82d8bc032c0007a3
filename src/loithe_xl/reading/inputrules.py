"""What a form lets users type into its inputs: the rules it states, and what a rule found in a file comes to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from loithe_xl.caching import kept
from loithe_xl.reading.received import InputRule
from loithe_xl.rules.canonical import tokens
from loithe_xl.workbook.address import Address, area, located
from loithe_xl.workbook.book import Validation
from loithe_xl.workbook.ownsheets import HIDDEN_REGISTER

Meaning = tuple[str, ...]  # equal for rules that let the same be typed; empty for a rule that lets everything
_KINDS = {"text": "textLength"}
_MEANT = {"whole": "number", "decimal": "number"}  # Google's programs know no whole numbers; Python checks them anyway
_RANGES = ("between", "notBetween")
_GOOGLE = 'LEFT(CELL("format",'  # in rules that Google's programs write for kinds they do not have
_REGISTER_LISTS = ("LOITHE_", f"{HIDDEN_REGISTER}!".upper())  # by name, or as programs without such names write it
_AREA = re.compile(r"([A-Z]{1,3}[0-9]{1,7})(?::([A-Z]{1,3}[0-9]{1,7}))?")
_SELF = "SELF"  # in a formula: the first cell of its area
_MOST_AREAS = 5_000  # of one rule


def stated(validation: Validation) -> InputRule:
    """The rule as the writer puts it into a file; ValueError for one that no form has."""
    first, last = validation.area
    areas = area(first, last, fixed=False) if first != last else area(first, last, fixed=False).split(":")[0]
    kind = _KINDS.get(validation.kind, validation.kind)
    low, high, source = validation.minimum, validation.maximum, validation.source
    if validation.kind == "custom":
        return InputRule(areas, kind, "between", str(source), "", "stop")
    if validation.kind == "list":
        return InputRule(
            areas, kind, "between", source if isinstance(source, str) else f'"{",".join(source)}"', "", "stop"
        )
    if low is not None and high is not None:
        return InputRule(areas, kind, "between", str(low), str(high), "stop")
    if low is None and high is None:
        raise ValueError(f"a rule without bounds: {validation.title}")
    operator = "lessThanOrEqual" if low is None else "greaterThanOrEqual"
    return InputRule(areas, kind, operator, str(high if low is None else low), "", "stop")


def meaning(rule: InputRule) -> Meaning:
    """What a rule comes to, however it is spelled; a formula's first cell is named alike wherever it stands."""
    kind, operator, first, second, style = rule[1:]
    if kind == "custom" and (found := _AREA.match(rule.areas.replace("$", ""))):
        first = re.sub(rf"(?<![A-Z0-9]){found[1]}(?![0-9])", _SELF, tokens(first))
        operator, second = "between", ""  # LibreOffice gives it a second formula, 0
    return _meaning(kind, operator, first, second, style)


def inputs_in(areas: str, inputs: Mapping[Address, object]) -> Iterator[Address]:
    """The inputs that lie within the areas."""
    for words in areas.split()[:_MOST_AREAS]:
        found = _AREA.fullmatch(words.replace("$", ""))
        if not found:
            continue
        (top, left), (bottom, right) = located(found[1]), located(found[2] or found[1])
        if (bottom - top + 1) * (right - left + 1) <= len(inputs):
            inside = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
            yield from (at for at in inside if at in inputs)
        else:
            yield from (at for at in inputs if top <= at[0] <= bottom and left <= at[1] <= right)


@kept(1_000_000)
def _meaning(kind: str, operator: str, first: str, second: str, style: str) -> Meaning:
    one, two = tokens(first), tokens(second)
    # A form of former days lets dates be typed and nothing else: no figure can come of it that the form does not judge.
    if kind in ("none", "date") or (kind == "custom" and _GOOGLE in one):
        return ()
    if kind == "list":
        items = one.strip('"').split(",") if one.startswith('"') else [one]
        known = not one.startswith('"') and one.startswith(_REGISTER_LISTS)
        return ("list", style, HIDDEN_REGISTER) if known else ("list", style, *(item.strip() for item in items))
    return _MEANT.get(kind, kind), style, operator, _number(one), _number(two) if operator in _RANGES else ""


def _number(bound: str) -> str:
    try:
        return f"{float(bound):.15g}"
    except ValueError:
        return bound
