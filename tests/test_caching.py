"""What is not made twice takes no more than so much memory, whatever a file holds."""

from __future__ import annotations

import gc
import pickle
import re
import weakref
from pathlib import Path

import pytest

import loithe_xl
from loithe_xl.caching import Kept, kept, owned
from loithe_xl.draw import packs
from loithe_xl.form.checks import items, validate
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import blank
from loithe_xl.form.layout import place
from loithe_xl.pack.spec import CONSTANTS
from loithe_xl.reading import agreement, inputrules, strictxml
from loithe_xl.reading.received import InputRule
from loithe_xl.rules import canonical
from loithe_xl.rules.evaluate import evaluate
from loithe_xl.rules.syntax import parse

# Where received files are read; and the caches there that count entries, for what they hold is short.
READING = """\
    guard contents opc agreement unpacking encrypted reader strictxml sheetxml sheetparts cellstyles numberformat
    display canonical inputrules structure insertions seal sight coercion typedformulas arithmetic legacyfont
    cleaning inputs ledger receipts journal token salvage alignment openfile issued repair""".split()
COUNTED = {
    "contents.judged", "display._seen_number", "token._pair", "numberformat.sections",
    "strictxml._pattern", "reader._tree", "sheetxml._address", "coercion._by_fold", "unpacking._zlib",
    "unpacking.parts",
}  # fmt: skip


def test_it_is_made_once_and_forgotten_when_it_is_much():
    made: list[str] = []

    @kept(10_000)
    def upper(words: str, more: tuple[bytes, ...] = ()) -> str:
        made.append(words)
        return words.upper()

    assert (upper("a"), upper("a"), made) == ("A", "A", ["a"])
    assert upper("b" * 2_000) == "B" * 2_000
    upper("b" * 2_000)
    assert len(made) == 3, "very long ones are not kept"
    for number in range(1_000):
        upper(f"{number:01000}")
        assert sum(len(key[0]) for key in upper.known) < 10_000  # type: ignore[attr-defined]
    upper("c", (bytes(20_000),))
    assert ("c", (bytes(20_000),)) not in upper.known  # type: ignore[attr-defined]


def test_nothing_is_an_answer_too():
    made: list[int] = []

    @kept(1_000)
    def nothing(number: int) -> None:
        made.append(number)

    assert (nothing(1), nothing(1), made) == (None, None, [1])


def test_a_fault_is_no_answer():
    @kept(1_000)
    def broken(_: str) -> None:
        raise ValueError("broken")

    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            broken("a")
    assert not broken.known  # type: ignore[attr-defined]


def test_what_is_asked_once_is_not_kept_where_most_never_come_back():
    made: list[str] = []

    @kept(10_000, again=True)
    def upper(words: str) -> str:
        made.append(words)
        return words.upper()

    assert [upper("a"), upper("a"), upper("a")] == ["A"] * 3
    assert made == ["a", "a"]
    upper("b")
    assert [key for (key,) in upper.known] == ["a"]  # type: ignore[attr-defined]


def test_what_follows_from_a_value_goes_with_it():
    class Value:
        pass

    made: list[Value] = []

    @owned
    def answer(value: Value) -> None:
        made.append(value)

    one, other = Value(), Value()
    assert [answer(each) for each in (one, one, other)] == [None] * 3
    assert made == [one, other]
    made.clear()
    gone = weakref.ref(one)
    del one
    gc.collect()
    assert gone() is None


def test_a_layout_and_a_rule_leave_behind_what_was_made_of_them_and_stay_what_they_are():
    layout = packs.load("loi_the").by_form["cell"]
    tree = parse("members + 1 > 2")
    assert items(layout) is items(layout)
    assert evaluate(tree, {"members": 5}) == evaluate(tree, {"members": 5}) == 1

    sent, same = pickle.loads(pickle.dumps((layout, tree)))

    assert {*vars(sent)} == {"form", "sheets"} and sent.digest == layout.digest
    assert (same, hash(same)) == (tree, hash(tree)) and not hasattr(same, "made")


def test_no_layout_outlives_its_pack():
    """Workbooks bring ever new packs: what was kept of one goes with it."""
    layout = place(packs.load("loi_the").pack.forms["cell"])
    values = all_values(layout.form, blank(layout.form), dict.fromkeys(CONSTANTS), {})
    validate(layout, blank(layout.form), values)
    gone = weakref.ref(layout)

    del layout
    gc.collect()

    assert gone() is None


def test_what_files_hold_is_kept_by_bytes():
    """As many formulas, rules, texts and numbers as a file of 3 MB may hold, each as long as may be."""
    for number in range(300):
        canonical.tokens(f"{number}" + "+A1" * 2_700)
        inputrules.meaning(InputRule("A1", "custom", "between", f"{number}" + "+B1" * 2_700, "", "stop"))
        strictxml._kept_whole(b"<a>%b</a>" % (b"%d" % number * 20_000))
        agreement._read_number(f"0.{number}" + "0" * 20_000)
    for function in (canonical.tokens, inputrules._meaning, strictxml._kept_whole, agreement._read_number):
        known = function.known  # type: ignore[attr-defined]
        assert isinstance(known, Kept)
        assert (
            sum(len(part) for key in known for part in key if isinstance(part, str | bytes)) <= known.most <= 2_000_000
        )


def test_every_other_cache_is_known():
    """A new one is bounded by bytes, or stands above."""
    home, found = Path(loithe_xl.__file__).parent, set()
    for path in home.rglob("*.py"):
        if path.stem in READING:
            text = path.read_text(encoding="utf-8")
            names = re.findall(r"^@(?:lru_)?cache\b.*\ndef (\w+)", text, re.MULTILINE)
            found |= {f"{path.stem}.{name}" for name in names}
            assert " = lru_cache(" not in text
    assert found == COUNTED
