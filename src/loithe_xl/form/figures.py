"""A form's figures: what was typed, what the pack derives of it, in one mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from loithe_xl.form.inputs import Inputs, rule_values, with_days
from loithe_xl.form.ownchecks import form_values
from loithe_xl.pack.spec import Derived, Form
from loithe_xl.rules.evaluate import Raw, Undefined, Values, evaluate, is_number
from loithe_xl.workbook.numbers import whole


def derive(wanted: Iterable[Derived], values: Values, given: Mapping[str, Raw]) -> dict[str, Raw]:
    """Derived figures by id, in order: ``given`` for those not made by a rule; None where one cannot be computed."""
    found: dict[str, Raw] = {}
    known = {**values, **given}
    for derived in wanted:
        found[derived.id] = known[derived.id] = given[derived.id] if derived.id in given else _derived(derived, known)
    return found


def all_values(form: Form, inputs: Inputs, constants: Mapping[str, Raw], given: Mapping[str, Raw]) -> Values:
    """Everything that rules may name, by id: inputs, columns as tuples, constants, given and derived figures.

    ``given``: figures that no rule makes, such as children's sums; None stands for a figure that cannot be computed.
    """
    inputs = with_days(form, inputs)
    values = rule_values(inputs, {**constants, **form_values(form, inputs), **given})
    return {**values, **derive(form.derived, values, given)}


def _derived(derived: Derived, values: Values) -> Raw:
    if derived.rule is None or not all(is_number(values[name]) for name in derived.needs):
        return None
    try:
        value = evaluate(derived.rule, values)
    except Undefined:
        return None
    return whole(value) if isinstance(value, Decimal) else value
