"""The button that checks: the same issues as for the file, faulty cells marked, each issue listed with a link."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

import fills
import pytest
import xlwings as xw
from cli_tools import rewritten
from fills import UNITS, write
from hosts import excel
from hypothesis import given, settings
from hypothesis import strategies as st
from live import opened, press
from tampering import TAMPERINGS
from tools import REQUIRED, fill, held, make_forms, small_register

from loithe_xl.addin import live
from loithe_xl.addin.findings import LISTED_TOP, led_to
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.intake import openfile
from loithe_xl.intake.openfile import open_file
from loithe_xl.language.issues import Fault, Issue, Severity
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.validate import check
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import CHECK

pytestmark = pytest.mark.usefixtures("desk")
SRC = Path(__file__).parent.parent / "src"
BAD, WARN, INPUT = (0xF8, 0xC9, 0xC4), (0xFF, 0xE3, 0xA3), (0xFF, 0xF9, 0xDB)
JUMP = re.compile(r'=HYPERLINK\("#(.+)!([A-Z]+\d+)","(.+)"\)')


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_forms(tmp_path_factory.mktemp("phat"), small_register())


def listed(book: xw.Book) -> list[tuple[str, str, str, str]]:
    """(level, fault with its remedy, place, formula of the link) of each line of the list."""
    rows = excel.contents(book)[CHECK]
    found = []
    for row in range(LISTED_TOP + 2, max(at[0] for at in rows) + 1):
        level, link, fault, remedy = (rows.get((row, column)) for column in range(1, 5))
        if fault:
            words = match[3] if (match := JUMP.fullmatch(str(link))) else ""
            place = words.replace(", ô ", "!")
            assert led_to(str(link), [sheet.name for sheet in book.sheets]) == (*place.split("!"),) or "!" not in place
            found.append((str(level), " ".join(filter(None, (fault, remedy))), place, str(link or "")))
    return found


def of_file(path: Path) -> list[Issue]:
    [found], skipped = check([path], Office())
    assert skipped == []
    return [each.in_file("") for each in found.issues]


def of_book(path: Path) -> list[Issue]:
    book = opened(path)
    found = live.opened(book, Office().trusted())
    book.close()
    return [each.in_file("") for each in found.issues]


FAULTY: dict[str, Any] = REQUIRED | {"members_exempt": 40, "leaders_due": -1, "registered": "Có lẽ"}


def test_every_issue_is_listed_as_the_command_line_says_it(forms: dict[str, Path], tmp_path: Path):
    path = fill(forms["01.1.C01"], tmp_path / "a.xlsx", FAULTY, [{"held_date": serial(date(2023, 4, 1))}])
    book = opened(path)

    pressed = press(book, "validate")

    expected = of_file(path)
    levels = {Severity.ERROR: "LỖI", Severity.WARNING: "LƯU Ý"}
    places = [f"{each.place.sheet}!{each.place.cell}" if each.place.cell else each.place.sheet for each in expected]
    assert [line[:3] for line in listed(book)] == [
        (levels[each.severity], each.message.vi, place) for each, place in zip(expected, places, strict=True)
    ]
    errors = sum(each.severity is Severity.ERROR for each in expected)
    assert f"Có {errors} lỗi phải sửa" in pressed.said
    assert (book.sheets.active.name, pressed.done) == (CHECK, True)


def test_a_stranger_s_form_is_told_as_the_command_line_tells_it(
    forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A cell's form is listed with its faults; of a parent nothing is read but who signed it."""
    cell, parent = fill(forms["01.1.C01"], tmp_path / "a.xlsx", FAULTY), forms["01.1"]
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(openfile, "read_register", None)
    for path in (cell, parent):
        foreign = of_file(path)[0]
        assert foreign.code == "TOKEN_FOREIGN"
        assert of_book(path) == of_file(path)
        book = opened(path)
        pressed = press(book, "validate")
        told = [line[1] for line in listed(book)] if path == cell else [pressed.said]
        assert any(foreign.message.vi in said for said in told)
    assert not (tmp_path / "elsewhere").exists()


def test_links_lead_to_the_cells(forms: dict[str, Path], tmp_path: Path):
    book = opened(fill(forms["01.1.C01"], tmp_path / "a.xlsx", FAULTY))

    press(book, "validate")

    for _, _, place, link in listed(book):
        sheet, cell, _ = JUMP.fullmatch(link).groups()  # type: ignore[union-attr]
        assert place == f"{sheet.strip(chr(39))}!{cell}"
        assert book.sheets[sheet.strip("'")].range(cell).count == 1


def test_faulty_cells_are_marked_and_mended_ones_get_their_colour_back(forms: dict[str, Path], tmp_path: Path):
    book = opened(fill(forms["01.1.C01"], tmp_path / "a.xlsx", FAULTY))
    layout = live.opened(book).layout
    assert layout
    exempt, choice = (layout.slots[id] for id in ("members_exempt", "registered"))

    press(book, "validate")
    assert book.sheets[exempt.sheet].range(exempt.cell).color == BAD
    assert book.sheets[choice.sheet].range(choice.cell).color == BAD
    book.sheets[exempt.sheet].range(exempt.cell).value = 2
    press(book, "validate")

    assert book.sheets[exempt.sheet].range(exempt.cell).color == INPUT
    assert book.sheets[choice.sheet].range(choice.cell).color == BAD
    told = [place for _, _, place, _ in listed(book)]
    assert f"{exempt.sheet}!{exempt.cell}" not in told
    assert f"{choice.sheet}!{choice.cell}" in told


def test_an_error_covers_a_warning_in_the_same_cell(forms: dict[str, Path], tmp_path: Path):
    book = opened(fill(forms["01.1.C01"], tmp_path / "a.xlsx", FAULTY))
    press(book, "validate")
    levels: dict[str, set[str]] = {}
    for level, _, place, _ in listed(book):
        levels.setdefault(place, set()).add(level)

    both = [place for place, told in levels.items() if len(told) == 2]

    assert both
    assert {book.sheets[place.split("!")[0]].range(place.split("!")[1]).color for place in both} == {BAD}


def test_a_warning_is_amber_and_does_not_hinder(forms: dict[str, Path], tmp_path: Path):
    book = opened(fill(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED, [held(3, form="Khác")]))

    pressed = press(book, "validate")

    assert "Vẫn được nộp" in pressed.said
    assert WARN in {
        book.sheets[place.split("!")[0]].range(place.split("!")[1]).color for _, _, place, _ in listed(book) if place
    }


def test_a_good_form_is_said_to_be_good_and_an_old_list_is_gone(forms: dict[str, Path], tmp_path: Path):
    path = fill(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED | {"reported_other": 23}, [held(3, attendees=27)])
    assert of_file(path) == []
    book = opened(path)
    layout = live.opened(book).layout
    assert layout
    slot = layout.slots["members_exempt"]
    book.sheets[slot.sheet].range(slot.cell).value = 99
    press(book, "validate")
    book.sheets[slot.sheet].range(slot.cell).value = 2

    pressed = press(book, "validate")

    assert "hợp lệ" in pressed.said
    assert listed(book) == []


def test_figures_are_not_changed_and_sheets_stay_locked(forms: dict[str, Path], tmp_path: Path):
    book = opened(fill(forms["01.1.C01"], tmp_path / "a.xlsx", FAULTY))
    before = excel.contents(book)

    press(book, "validate")

    after = excel.contents(book)
    assert {name: cells for name, cells in before.items() if name != CHECK} == {
        name: cells for name, cells in after.items() if name != CHECK
    }
    assert {at: value for at, value in after[CHECK].items() if at[0] < LISTED_TOP} == before[CHECK]
    assert all(page.api.ProtectContents for page in book.sheets)


def test_the_checked_form_may_still_be_handed_in(forms: dict[str, Path], tmp_path: Path):
    path = fill(forms["01.1.C01"], tmp_path / "a.xlsx", FAULTY)
    expected = of_file(path)
    book = opened(path)

    press(book, "validate")
    book.save()

    assert of_file(path) == expected


def test_english_is_spoken_where_it_was_asked_for(forms: dict[str, Path], tmp_path: Path):
    book = opened(fill(forms["01.1.C01"], tmp_path / "a.xlsx", FAULTY))

    pressed = press(book, "validate", "en")

    assert "to mend" in pressed.said
    assert all(re.search(r"[a-z]", said) and "Đề nghị" not in said for _, said, _, _ in listed(book))


NUMBERS = st.one_of(
    st.integers(-2, 60), st.sampled_from(["", "12 ", "1.234", "12,5", "x", "=1", True, None, 2.5, 1e16, -0.5])
)
DAYS = st.one_of(st.none(), st.integers(44_900, 45_100), st.sampled_from(["28/02/2023", 3.25, -1]))


@st.composite
def filled_forms(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    values = {id: draw(NUMBERS) for id in REQUIRED if draw(st.booleans())}
    values["registered"] = draw(st.sampled_from(["Có", "Không", "có", "", None, 1]))
    values["difficulties_text"] = draw(st.sampled_from([None, "Cần tài liệu.", "0123456789", "=1+1", "dòng 1\ndòng 2"]))
    session = st.fixed_dictionaries(
        {"held_date": DAYS, "planned_date": DAYS, "attendees": NUMBERS, "form": st.sampled_from([None, "Khác", "abc"])}
    )
    return values, draw(st.lists(session, max_size=3))


@settings(max_examples=40)
@given(filled_forms())
def test_through_excel_and_through_the_file_the_issues_are_the_same_list(
    forms: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
    filled: tuple[dict[str, Any], list[dict[str, Any]]],
):
    values, sessions = filled
    path = fill(forms["01.1.C01"], tmp_path_factory.mktemp("f") / "a.xlsx", values, sessions)

    assert of_book(path) == of_file(path)


ANY = st.one_of(NUMBERS, DAYS, st.sampled_from(["Có", "Không", "Khác", "=1+1", "0123456789", "dòng 1\ndòng 2", "1e5"]))


@pytest.mark.parametrize("form", sorted(UNITS))
@settings(max_examples=15)
@given(data=st.data())
def test_of_every_form_the_issues_are_the_same_list(
    form: str, forms: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    """Any value in any input: of parents as of cells, in tables as outside them."""
    empty = forms[UNITS[form]]
    layout = open_file(empty, "").layout
    assert layout
    values = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(layout.form.fields, ANY)))
    tables = dict(blank(layout.form).tables)
    for id, table in layout.form.tables.items():
        row = st.fixed_dictionaries({}, optional={column.id: ANY for column in table.columns})
        filled = data.draw(st.lists(row, max_size=2))
        tables[id] = tuple(old | new for old, new in zip_longest(tables[id], filled, fillvalue={}))
    inputs = Inputs({**blank(layout.form).values, **values}, tables)
    path = write(empty, tmp_path_factory.mktemp("f") / "a.xlsx", inputs)

    assert of_book(path) == of_file(path)


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("genuine")
    return fills.fill(make_forms(folder / "forms", small_register()), "cell", 3, folder)


# Of each kind one or two: what is compared is the whole list of issues.
LIKE_THE_FILE = (
    "a field's label is reworded", "a status formula is another", "a formula in an input changes by itself",
    "a formula in an input comes to something else", "a formula stands in an input", "a list is another",
    "a field's name points at another cell", "a row is inserted among the fields", "a sheet is added",
    "a value stands to the right of the form", "an input is locked, as cutting leaves it", "dates count from 1904",
    "a digit stands in a number's format", "a conditional format shows another number", "a row of figures is hidden",
    "a figure is merged over", "an input sheet is hidden", "a text box lies on the inputs",
    "the token's unit is edited", "signed by a stranger",
)  # fmt: skip


@pytest.mark.parametrize("name", LIKE_THE_FILE)
def test_what_was_tampered_with_is_told_alike_through_excel_and_the_file(genuine: Path, tmp_path: Path, name: str):
    [way] = [each for each in TAMPERINGS if each.name == name]
    way.apply(genuine, tmp_path / "a.xlsx")

    found = of_book(tmp_path / "a.xlsx")

    assert {each.code for each in found} & set(way.codes)
    assert found == of_file(tmp_path / "a.xlsx")


def test_what_is_typed_and_not_saved_is_read_too(forms: dict[str, Path], tmp_path: Path):
    book = opened(fill(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED))
    layout = live.opened(book).layout
    assert layout
    slot = layout.slots["members_exempt"]
    book.sheets[slot.sheet].range(slot.cell).value = 99

    found = live.opened(book)
    assert found.inputs.values["members_exempt"] == 99
    assert not book.api.Saved

    book.save()
    assert [each.in_file("") for each in found.issues] == of_file(tmp_path / "a.xlsx")


def test_nothing_is_left_of_the_copy_that_is_read(
    forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    book = opened(fill(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED))

    live.opened(book)

    [copy] = excel.calls("copy", book)
    assert Path(copy.address).parent.parent == tmp_path / "temp"
    assert list((tmp_path / "temp").iterdir()) == []


def test_where_excel_makes_no_copy_what_was_not_looked_at_is_said(forms: dict[str, Path], tmp_path: Path):
    path = fill(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED | {"reported_other": 23}, [held(3, attendees=27)])
    book = opened(path)
    excel.will_fail("SaveCopyAs")

    pressed = press(book, "validate")

    assert "hợp lệ" not in pressed.said
    [(level, said, _, _)] = listed(book)
    assert level == "LƯU Ý"
    assert "cấp trên sẽ kiểm" in said


def test_dates_that_count_from_1904_are_refused_without_a_copy_too(genuine: Path, tmp_path: Path):
    [way] = [each for each in TAMPERINGS if each.name == "dates count from 1904"]
    way.apply(genuine, tmp_path / "a.xlsx")
    book = opened(tmp_path / "a.xlsx")
    excel.will_fail("SaveCopyAs")

    with pytest.raises(Fault) as fault:
        live.opened(book)

    assert [each.code for each in fault.value.issues] == ["FILE_DATE1904"]


def test_a_count_that_excel_turned_into_a_date_is_found_through_excel_too(forms: dict[str, Path], tmp_path: Path):
    book = opened(fill(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED))
    layout = live.opened(book).layout
    assert layout
    slot = layout.slots["leaders_total"]
    book.sheets[slot.sheet].api.Unprotect("loithe")
    cell = book.sheets[slot.sheet].range(slot.cell)
    cell.number_format, cell.raw_value = "d-mmm", 3.0
    book.save()

    expected = of_file(tmp_path / "a.xlsx")
    assert "FIELD_NOT_A_NUMBER" in {each.code for each in expected}
    assert [each.in_file("") for each in live.opened(book).issues] == expected


def test_checking_needs_neither_pandas_nor_the_writing_library():
    code = (
        "import sys; import loithe_xl.addin.clicks, loithe_xl.addin.buttons;"
        "print([name for name in ('pandas', 'xlsxwriter', 'openpyxl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=SRC, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_marking_takes_few_calls(forms: dict[str, Path], tmp_path: Path):
    book = opened(fill(forms["01.1.C01"], tmp_path / "a.xlsx", FAULTY))

    press(book, "validate")

    assert len(excel.calls("write", book)) <= 3
    assert len(excel.calls("read", book)) < 400


def test_cells_side_by_side_are_marked_together(forms: dict[str, Path], tmp_path: Path):
    rows = [{"held_date": serial(date(2023, 4, 1)), "attendees": -1}] * 12
    book = opened(fill(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED, rows))

    press(book, "validate")

    lines = listed(book)
    marked = [place for _, _, place, _ in lines if place.startswith("2.")]
    faulty = {place for level, _, place, _ in lines if level == "LỖI"}
    painted = [call for call in excel.calls("format Interior", book) if call.sheet.startswith("2.")]
    assert len(set(marked)) >= 24 > 4 >= len(painted)
    for place in marked:
        assert book.sheets[place.split("!")[0]].range(place.split("!")[1]).color == (BAD if place in faulty else WARN)
    assert set(marked) - faulty


def test_a_press_says_so_when_the_sheet_of_checks_is_gone(forms: dict[str, Path], tmp_path: Path):
    path = fill(forms["01.1.C01"], tmp_path / "a.xlsx", FAULTY)
    renamed = {"xl/workbook.xml": lambda part: part.replace('name="Kiểm tra"'.encode(), b'name="Khac"')}
    book = opened(rewritten(path, tmp_path / "b.xlsx", renamed))

    pressed = press(book, "validate")

    assert (pressed.done, pressed.mode) == (False, "critical")
    assert CHECK in pressed.said
    assert excel.calls("write", book) == [] == excel.calls("format", book)
