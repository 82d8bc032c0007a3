"""Whose forms count: by the register where there is one, by what was known on the day of trust where there is none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loithe_xl.identity.trust import Scope, Trust
from loithe_xl.register.register import Register, Unit

REGISTER = Register(
    (
        Unit("H", "Huyện", "district"),
        Unit("A", "Cơ sở A", "base", "H"),
        Unit("B", "Cơ sở B", "base", "H"),
        Unit("A.1", "Chi bộ dời sang B", "cell", "B"),
        Unit("7", "Chi bộ", "cell", "A"),
    )
)


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """Trees with codes that say nothing of who is under whom."""
    codes = draw(st.lists(st.text("01.-A", min_size=1, max_size=4), min_size=2, max_size=12, unique=True))
    above = [draw(st.integers(0, place)) for place in range(len(codes) - 1)]
    units = [Unit(codes[0], "", "district")]
    return Register((*units, *(Unit(code, "", "base", codes[at]) for code, at in zip(codes[1:], above, strict=True))))


@given(registers(), st.data())
def test_with_a_register_a_key_speaks_for_its_unit_s_subtree_and_nobody_else(known: Register, data: st.DataObject):
    unit = data.draw(st.sampled_from(known.units)).code
    stale = frozenset(data.draw(st.lists(st.sampled_from([each.code for each in known.units]))))
    trust = Trust({"key": (Scope(unit, stale),)}).within(known)
    spoken = {each.code for each in known.units if trust.speaks("key", each.code)}
    assert spoken == {each.code for each in known.subtree(unit).units}


@given(registers(), st.data())
def test_without_a_register_a_key_speaks_for_what_its_form_had_beneath(known: Register, data: st.DataObject):
    unit = data.draw(st.sampled_from(known.units)).code
    beneath = {each.code for each in known.subtree(unit).units}
    trust = Trust({"key": (Scope(unit, frozenset(beneath)),)})
    for each in known.units:
        written = each.code.startswith(unit) and not each.code[len(unit) :][:1].isalnum()
        assert trust.speaks("key", each.code) == (each.code in beneath or written)


def test_a_code_written_under_another_is_under_it_and_a_longer_number_is_not():
    trust = Trust({"key": (Scope("01.1"),)})
    assert [trust.speaks("key", unit) for unit in ("01.1", "01.1.C01", "01.1-2", "01.10", "01.1A", "01", "")] == [
        *(True, True, True, False, False, False, False)
    ]


def test_the_register_knows_better_than_a_code():
    trust = Trust({"key": (Scope("A", frozenset({"A.1"})),)})
    assert trust.speaks("key", "A.1")
    assert not trust.within(REGISTER).speaks("key", "A.1")
    assert trust.within(REGISTER).speaks("key", "7")


def test_strangers_keys_and_keys_for_any_unit():
    trust = Trust({"own": None, "key": (Scope("A"), Scope("B"))})
    assert trust.speaks("own", "anything")
    assert not trust.speaks("stranger", "A")
    assert not Trust().speaks("", "")
    assert [trust.units(key) for key in ("own", "key", "stranger")] == [(), ("A", "B"), ()]
    assert trust.and_of("parent").speaks("parent", "C")
    assert trust.and_of().keys == trust.keys


def test_only_a_code_of_the_register_is_told():
    assert [Trust({}, REGISTER).known(code) for code in ("A", "Nguyễn Văn A", "")] == ["A", "", ""]
    assert Trust().known("A") == ""
