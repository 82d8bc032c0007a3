from __future__ import annotations

import unicodedata

import pytest

from loithe_xl.workbook.metrics import cut_after, evened, length, lines

VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
MARKS = "\u0300\u0301\u0303\u0309\u0323"


def test_marks_take_no_room():
    for letter in VIETNAMESE + VIETNAMESE.upper():
        for mark in MARKS:
            composed = unicodedata.normalize("NFC", letter + mark)
            assert length(composed, 14) == length(letter, 14)
            assert length(composed, 14, bold=True) == length(letter, 14, bold=True)


def test_every_vietnamese_letter_is_known():
    assert length("ươ", 1000) == 542 + 529
    assert length("Ư", 1000) == 776
    assert length("đ", 1000) == length("d", 1000) == 500
    assert length("abc", 14, bold=True) > length("abc", 14)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("", 1), ("một", 1), ("một\nhai", 2), ("một\n\nhai", 3), ("chi bộ " * 40, 4), ("x" * 200, 4)],
)
def test_lines_are_filled_word_by_word(words: str, wanted: int):
    assert lines(words, 14, 460) == wanted


def test_a_sentence_takes_as_many_lines_as_in_print():
    indent = "\u00a0" * 8
    said = "Đến nay có 68/264 chi bộ đã tổ chức sinh hoạt chính trị (trong đó có 16 chi bộ đã hoàn thành), đạt 25,76%."

    assert lines(indent + said, 14, 455) == 2


@pytest.mark.parametrize("letters", range(1, 700, 7))
def test_a_settled_text_takes_as_many_lines_in_a_wider_column(letters: int):
    words = ("chi bộ đã tổ chức sinh hoạt chính trị theo kế hoạch; " * 14)[:letters].strip()
    said = evened(words, 14, 450, 474)

    assert {lines(said, 14, width) for width in range(450, 475)} == {lines(words, 14, 450)}
    assert said.split() == words.split()


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_text_is_cut_where_its_lines_are_full(count: int):
    words = ("chi bộ đã tổ chức sinh hoạt chính trị theo kế hoạch " * 14).strip()
    first, rest = cut_after(words, 14, 450, count)

    assert f"{first} {rest}" == words
    assert lines(first, 14, 450) == count
    assert lines(f"{first} {rest.split()[0]}", 14, 450) == count + 1
    assert cut_after("một hai", 14, 450, 1) == ("một hai", "")
