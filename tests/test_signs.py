"""Colours follow the words of the catalogue, however it words them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from drawing import drawn_case, faulty_inputs

from loithe_xl.draw.form import form_book
from loithe_xl.draw.signs import begins
from loithe_xl.form.layout import STATUS
from loithe_xl.language import catalogue
from loithe_xl.workbook.address import Address, address
from loithe_xl.workbook.book import Book, Formula, Sheet
from loithe_xl.workbook.ownsheets import VERDICT

# Words that begin alike, and one level that is told in two ways.
OTHERWISE = {
    "mark_error": "Sai: ",
    "mark_warning": "Sai sót nhỏ: ",
    "mark_wanting": "PHẢI GHI: ",
    "needed": "Hãy điền",
    "submit_yes": "NỘP ĐƯỢC",
    "submit_noted": "NỘP ĐƯỢC, xem lại {count} điều",
    "submit_no": "NỘP CHƯA ĐƯỢC",
}
STYLES = {"mark_error": "bad", "mark_warning": "warn", "mark_wanting": "missing", "needed": "missing"}


def reworded(patch: pytest.MonkeyPatch) -> None:
    spoken = catalogue.catalogue

    def otherwise(file: str) -> dict[str, Any]:
        found = spoken(file)
        return (
            {**found, **{key: {"vi": said, "en": said} for key, said in OTHERWISE.items()}} if file == "form" else found
        )

    patch.setattr(catalogue, "catalogue", otherwise)


def holds(rule: str, said: str) -> bool:
    """Whether one of a rule's LEFT(cell,n)="words" holds, as Excel compares."""
    found = re.findall(r'LEFT\(\$?[A-Z]+\$?[0-9]+,(\d+)\)="([^"]*)"', rule)
    assert found
    return any(said[: int(count)].lower() == words.lower() for count, words in found)


def looks(sheet: Sheet, where: Address, said: str) -> list[str]:
    """The styles that the conditions of a cell give it while the cell of its status says this."""
    over = [each for each in sheet.conditions if each.area[0] <= where <= each.area[1] and each.area[0][1] <= where[1]]
    return [each.style for each in over if "LEFT(" in each.formula and holds(each.formula, said)]


def statuses(book: Book, names: list[str]) -> list[tuple[Sheet, Address, str]]:
    found = []
    for name in names:
        sheet = book.sheet(name)
        for at, cell in sheet.cells.items():
            if at[1] == STATUS and cell.style == "status" and isinstance(cell.value, Formula):
                found.append((sheet, at, str(cell.value.result)))
    return found


@pytest.mark.parametrize("words", [{}, OTHERWISE], ids=["today", "otherwise"])
def test_what_stands_beside_an_input_has_the_colour_of_its_word(
    words: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if words:
        reworded(monkeypatch)
    case = drawn_case("base_cell", faulty_inputs())
    said = {key: case.say(key) for key in STYLES}
    seen = set()

    book = form_book(case)
    for sheet, at, status in statuses(book, [placed.sheet.name for placed in case.layout.sheets]):
        told = max((word for word in said.values() if status.startswith(word)), key=len, default="")
        expected = [STYLES[key] for key, word in said.items() if word == told]
        assert looks(sheet, at, status) == expected, (address(*at), status)
        seen |= {*expected}

    assert seen == {"bad", "warn", "missing"}


@pytest.mark.parametrize("words", [{}, OTHERWISE], ids=["today", "otherwise"])
def test_the_verdict_is_dark_where_a_form_may_not_be_submitted_and_only_there(
    words: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if words:
        reworded(monkeypatch)
    case = drawn_case("cell")
    sheet = form_book(case).sheets[0]
    blocked = next(each for each in sheet.conditions if each.style == "blocked")

    assert blocked.area[0] == VERDICT and blocked.formula.startswith("NOT(")
    dark = {key: not holds(blocked.formula, case.say(key, count=3)) for key in OTHERWISE if key.startswith("submit")}
    assert dark == {"submit_yes": False, "submit_noted": False, "submit_no": True}


def test_as_few_letters_as_tell_words_apart() -> None:
    assert begins("A1", ["LỖI: "], ["LƯU Ý: "], 3) == 'LEFT(A1,3)="LỖI"'
    assert begins("A1", ["LỖI: "], ["lỗi nhẹ"], 3) == 'LEFT(A1,4)="LỖI:"'
    assert begins("A1", ["Cần", "CẦN GHI", "Hãy"], [], 3) == 'OR(LEFT(A1,3)="Cần",LEFT(A1,3)="Hãy")'
    with pytest.raises(ValueError, match="cannot be told"):
        begins("A1", ["LỖI"], ["LỖI NHẸ"], 3)
