"""What is not made twice takes no more than so much memory, whatever a file holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import loithe_xl
from loithe_xl.caching import Kept, kept
from loithe_xl.reading import agreement, inputrules, strictxml
from loithe_xl.reading.received import Rule
from loithe_xl.rules import canonical

# Where received files are read; and the caches there that count entries, for what they hold is short.
READING = """\
    guard contents opc agreement unpacking encrypted reader strictxml sheetxml sheetparts cellstyles numberformat
    display canonical inputrules structure insertions seal sight coercion typedformulas arithmetic legacyfont
    cleaning inputs ledger receipts journal token salvage alignment openfile issued repair""".split()
COUNTED = {
    "contents.judged", "display._seen_number", "token._pair", "issued._expected", "numberformat.sections",
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


def test_what_files_hold_is_kept_by_bytes():
    """As many formulas, rules, texts and numbers as a file of 3 MB may hold, each as long as may be."""
    for number in range(300):
        canonical.tokens(f"{number}" + "+A1" * 2_700)
        inputrules.meaning(Rule("A1", "custom", "between", f"{number}" + "+B1" * 2_700, "", "stop"))
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
