"""What a parent's ledger says must be what forms can say: its fingerprint proves nothing of who wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loithe_xl.consolidation.receipts import Figures, Receipt, Verdict
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Issue, issue
from loithe_xl.pack.spec import Form, field_indicators
from loithe_xl.register.register import Register
from loithe_xl.rules.syntax import LARGEST

_SHOWN = 5  # units that are named
WHOLE, _NUMBER, _COMPUTED = "whole", "number", "computed"


def impossible(forms: Iterable[Form], register: Register, unit: str, receipts: Iterable[Receipt]) -> list[Issue]:
    """What no honest ledger of ``unit`` holds: units not in its register, figures that no form lets anybody send.

    No strange word is quoted: of units the codes that the register has, of figures nothing.
    """
    kinds = _declared(forms)
    beneath = {each.code for each in register.units} - {unit}
    strange, wrong = False, set[str]()
    for receipt in receipts:
        if receipt.verdict is Verdict.VALID:
            strange = strange or receipt.unit not in beneath  # what stands inside a report, ``decide`` looks at
            wrong |= {row.unit for row in receipt.rows if row.unit in beneath and not _fits(row.figures, kinds)}
    found = [issue("LEDGER_UNITS", unit=unit)] if strange else []
    if wrong:
        units = sorted(wrong)
        found.append(issue("LEDGER_FIGURES", units=", ".join(units[:_SHOWN]) + (" …" if len(units) > _SHOWN else "")))
    return found


def _declared(forms: Iterable[Form]) -> Mapping[str, str]:
    """Every figure that some form sends up, and what it may be: whole, a number, or computed (of any sign)."""
    found: dict[str, str] = {}
    for form in forms:
        for each in form.fields.values():
            if each.travels and each.kind == "yesno":
                found[each.id] = WHOLE
            for figure in field_indicators(each, Text("")):
                found[figure.id] = _NUMBER if each.kind == "decimal" else WHOLE
        for derived in form.derived:
            found.setdefault(derived.id, _COMPUTED)
    return found


def _fits(figures: Figures, kinds: Mapping[str, str]) -> bool:
    for id, figure in figures.items():
        kind = kinds.get(id)
        if kind is None or not -LARGEST < figure < LARGEST or (kind != _COMPUTED and figure < 0):
            return False
        if kind == WHOLE and type(figure) is not int and figure != int(figure):
            return False
    return True
