"""The language of rules: what it takes, what it refuses, and which names a rule uses."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loithe_xl.rules.evaluate import evaluate
from loithe_xl.rules.excel import formula
from loithe_xl.rules.syntax import (
    FUNCTIONS,
    Binary,
    Call,
    Choose,
    Compare,
    Logic,
    Name,
    Node,
    Not,
    Number,
    RuleError,
    String,
    columns_used,
    names,
    parse,
)

ids = st.from_regex(r"[a-z]{3}_[a-z0-9]{1,6}", fullmatch=True)
columns = st.builds("{}.{}".format, ids, ids)
literals = st.integers(0, 10**6).map(str) | st.decimals(0, 999, places=3).map(str)


def written(function: str, inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return inside.map(lambda said: f"{function}({said})")


numbers = st.recursive(
    ids | literals | columns.map("sum({})".format),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
    max_leaves=5,
)
conditions = st.recursive(
    st.builds("{} {} {}".format, numbers, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers)
    | st.builds("{} == 'Có'".format, ids)
    | written("filled", ids),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner) | inner.map("not ({})".format)
    ),
    max_leaves=4,
)


def spoken(node: Node) -> str:
    """The rule again, from its tree."""
    match node:
        case Number(value):
            return f"{value:f}"
        case String(value):
            return repr(value)
        case Name(id=name):
            return name
        case Binary(operator, left, right):
            return f"({spoken(left)} {operator} {spoken(right)})"
        case Compare(operator, left, right):
            return f"{spoken(left)} { {'=': '==', '<>': '!='}.get(operator, operator) } {spoken(right)}"
        case Logic(operator, parts):
            return "(" + f" {operator} ".join(f"({spoken(part)})" for part in parts) + ")"
        case Not(part):
            return f"not ({spoken(part)})"
        case Choose(condition, yes, no):
            return f"({spoken(yes)} if {spoken(condition)} else {spoken(no)})"
        case Call(function, arguments):
            return f"{function}({', '.join(map(spoken, arguments))})"
    raise AssertionError(node)


def words(rule: str) -> set[str]:
    """Every name in a rule's text, found without the parser."""
    bare = re.sub(r"'[^']*'", "", rule)
    found = re.findall(r"[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)?", bare)
    return {word for word in found if word not in FUNCTIONS and word not in ("and", "or", "not", "if", "else")}


@given(conditions)
def test_a_rule_uses_the_names_it_spells(rule: str):
    assert names(parse(rule)) == words(rule)


@given(conditions)
def test_a_rule_can_be_written_again_from_its_tree(rule: str):
    node = parse(rule)

    assert parse(spoken(node)) == node


def test_comparisons_take_excels_spelling():
    assert parse("members_reported <= members_due") == Compare("<=", Name("members_reported"), Name("members_due"))
    assert parse("registered != 'Có'") == Compare("<>", Name("registered"), String("Có"))
    assert parse("count(sessions.held_date) == 0") == Compare(
        "=", Call("count", (Name("sessions.held_date"),)), Number(Decimal(0))
    )


def test_decimals_keep_their_digits():
    assert parse("0.1") == Number(Decimal("0.1"))


def test_a_minus_sign_is_a_subtraction():
    assert parse("-members") == Binary("-", Number(Decimal(0)), Name("members"))


def test_a_choice_keeps_its_three_parts():
    assert parse("1 if filled(note_text) else 2") == Choose(
        Call("filled", (Name("note_text"),)), Number(Decimal(1)), Number(Decimal(2))
    )


def test_columns_are_told_from_fields():
    rule = parse("members_total >= 30 or first(sessions.form, sessions.held_date) == 'Khác'")

    assert columns_used(rule) == {"sessions.form", "sessions.held_date"}
    assert names(rule) - columns_used(rule) == {"members_total"}


REFUSED = {
    "invalid syntax": [
        "",
        "   ",
        "members <",
        "members := 1",
        "members; leaders",
        "members = leaders",
    ],
    "not in the language": [
        "1 < members < 5",
        "None",
        "members in (1, 2)",
        "members is 1",
        "members ** 2",
        "members // 2",
        "members % 2",
        "members[0]",
        "sessions.held.date",
        "(lambda: 1)()",
        "[x for x in members]",
        "f'{members}'",
        "b'bytes'",
        "1j",
        "...",
        "~members",
        "+members",
        "members.count()",
        "sum(members=1)",
        "sum(*members)",
        "1e400",
        "9999999999999999",
        "1000000000000000",
    ],
    "True/False are not in the language; compare instead": [
        "True",
        "members == True",
    ],
    "unknown function __import__": [
        "__import__('os')",
    ],
    "unknown function open": [
        "open('x')",
    ],
    "sum takes 1 to 1 arguments": [
        "sum()",
        "sum(a_b, c_d)",
    ],
    "sum takes the name of a field first": [
        "sum(1)",
    ],
    "count takes the name of a field first": [
        "count('x')",
    ],
    "filled takes the name of a field first": [
        "filled(1 + 1)",
    ],
    "one_of takes 2 to 40 arguments": [
        "one_of(kind_of)",
    ],
    "one_of takes quoted texts after the field": [
        "one_of(kind_of, other)",
        'one_of(kind_of, "a", other)',
        'one_of(kind_of, other, "a")',
    ],
    "texts are compared with == or != only": [
        "form_of < 'Khác'",
        "form_of >= first(sessions.form, sessions.held_date)",
    ],
    # Each Python says it in its own words.
    "": [
        "members\x00",
        "(" * 500 + "1" + ")" * 500,
    ],
    "too long or unreadable": [
        "1" + " + 1" * 20_000,
        "1" + " + 1" * 201,
    ],
}


@pytest.mark.parametrize(
    ("said", "rule"),
    [(said, rule) for said, rules in REFUSED.items() for rule in rules],
    ids=lambda each: repr(each[:30]),
)
def test_what_is_not_in_the_language_is_refused(said: str, rule: str):
    with pytest.raises(RuleError) as caught:
        parse(rule)
    assert said in str(caught.value) and str(caught.value)


def test_the_largest_number_and_the_deepest_rule_there_are():
    """Excel keeps 15 digits; what is deeper than any formula is refused before it stops the program."""
    assert parse("999999999999999") == Number(Decimal(999_999_999_999_999))
    assert parse("1" + " + 1" * 198)


@pytest.mark.parametrize("rule", [" members > 0", "\tmembers > 0", "members > 0\n"])
def test_blanks_around_a_rule_are_nothing(rule: str):
    assert parse(rule) == parse("members > 0")


@pytest.mark.parametrize("rule", ["members" + " + members" * 140, "not " * 140 + "registered == 'Có'"])
def test_what_is_in_the_language_can_be_judged_and_written(rule: str):
    """However deep it goes: neither reading ends in the depths."""
    node = parse(rule)
    assert evaluate(node, {"members": 2, "registered": "Có"}) in (282, 1)
    assert formula(node, _References())
    assert names(node)


class _References(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name
