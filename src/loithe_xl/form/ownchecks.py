"""What every form is asked, whatever its pack says: that it says something, and of a parent that all its units do."""

from __future__ import annotations

from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.language.issues import wording
from loithe_xl.pack.spec import Check, Form
from loithe_xl.rules.evaluate import Raw, is_filled
from loithe_xl.rules.syntax import parse

# Names of figures that only these checks know; no pack can give a field such a name.
ENTRIES = "_entries"  # inputs in which something was typed
CHILDREN = TOTAL, RECEIVED, RETURNED = ("_children_total", "_children_received", "_children_returned")
EMPTY, SILENT, TURNED_AWAY = "FORM_EMPTY", "UNITS_SILENT", "FILES_RETURNED"
_CODES = frozenset({EMPTY, SILENT, TURNED_AWAY})


def form_checks(form: Form) -> tuple[Check, ...]:
    """Where a form asks for nothing, and a parent in any case, an empty one must not pass."""
    found = []
    if form.parent:
        found.append(_check(EMPTY, f"{ENTRIES} > 0 or {RECEIVED} > 0"))
        found.append(_check(SILENT, f"{RECEIVED} >= {TOTAL}"))
        found.append(_check(TURNED_AWAY, f"{RETURNED} <= 0"))
    elif not any(each.required == "always" for each in form.fields.values()):
        found.append(_check(EMPTY, f"{ENTRIES} > 0"))
    return tuple(found)


def form_values(form: Form, inputs: Inputs) -> dict[str, Raw]:
    """The figures that own checks name, by name, as far as inputs tell; a parent's as if it had no units."""
    return {ENTRIES: _entries(form, inputs), **(dict.fromkeys(CHILDREN, 0) if form.parent else {})}


def _entries(form: Form, inputs: Inputs) -> int:
    defaults = blank(form).values
    found = sum(is_filled(raw) and raw != defaults[id] for id, raw in inputs.values.items())
    return found + sum(is_filled(raw) for rows in inputs.tables.values() for row in rows for raw in row.values())


def _check(code: str, rule: str) -> Check:
    severity, fault, remedy = wording(code)
    return Check(code, severity, parse(rule), "", fault, remedy, id=code)
