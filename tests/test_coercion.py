"""What people type as a text is read where only one reading is possible; nothing is guessed, and readings are told."""

from __future__ import annotations

import shutil
import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_tools import REQUIRED, codes, held, issue_forms, places, press, read, resaved, type_in, worded
from drawing import drawn_case, typed
from hypothesis import given
from hypothesis import strategies as st

from loithe_xl.draw import form_book
from loithe_xl.form.checks import validate
from loithe_xl.form.coercion import coerce, explained
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.form.layout import place
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Issue, Place, Severity, issue
from loithe_xl.language.notation import count, day
from loithe_xl.pack.kinds import KINDS
from loithe_xl.pack.spec import Field, Form, FormSheet, Section, Table
from loithe_xl.rules.evaluate import Flaw, Raw
from loithe_xl.tasks.consolidate import open_parent
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.ownsheets import CHECK

ITEMS = ("Chuyên đề", "Lồng ghép", "Theo tổ đảng", "Khác")
LISTS = {"yesno": ("Có", "Không"), "choice": ITEMS}
FIELDS = tuple(Field(kind, kind, Text(f"Ô {kind}"), items=LISTS.get(kind, ())) for kind in KINDS)
COLUMNS = tuple(Field(f"c_{each.kind}", each.kind, each.label, items=each.items) for each in FIELDS)
FORM = Form(
    "thu",
    "cell",
    Text("Thử"),
    (
        FormSheet("A", (Section("a", Text("A"), FIELDS),)),
        FormSheet("B", (Section("b", Text("B"), table=Table("t", Text("T"), COLUMNS, 3)),)),
    ),
    (),
)
LAYOUT = place(FORM)
BLANKS = ["", " ", "\u00a0", "  \u202f", "\t", "\n", "\u200b", "\ufeff", "\u3000"]


def told(kind: str, raw: Raw, *, dated: bool = False) -> tuple[Raw, list[str], bool]:
    """What a field of one kind comes to, in a table too: its value, the codes told, whether there is a hint."""
    start, slot, table = blank(FORM), LAYOUT.slots[kind], LAYOUT.tables["t"]
    rows = list(start.tables["t"])
    rows[1] = {**rows[1], f"c_{kind}": raw}
    at = {"A": {(slot.row, slot.column)}, "B": {(table.top + 1, table.columns[f"c_{kind}"])}} if dated else {}
    found = coerce(LAYOUT, Inputs({**start.values, kind: raw}, {"t": tuple(rows)}), at)
    value, cell = found.inputs.values[kind], found.inputs.tables["t"][1][f"c_{kind}"]
    first, second = ([each for each in found.issues if each.place.sheet == sheet] for sheet in "AB")
    assert (value, [each.code for each in first]) == (cell, [each.code for each in second])
    assert [each.place.field for each in (*first, *second)] == [kind, f"t.c_{kind}"] * bool(first)
    assert [(each.place.cell) for each in (*first, *second)] == [slot.cell, table.cell(f"c_{kind}", 1)] * bool(first)
    hinted = {sheet for sheet, _ in found.hints}
    assert hinted in (set(), {"A", "B"})
    return value, [each.code for each in first], bool(hinted)


WHOLE = [
    ("12", 12),
    ("12 ", 12),
    (" 12", 12),
    ("\u00a012\u202f", 12),
    ("\u200b12\ufeff", 12),
    ("05", 5),
    ("0", 0),
    ("1.234", 1234),
    ("12.000", 12_000),
    ("12.345.678", 12_345_678),
    ("999999999999999", 999_999_999_999_999),
]
NOT_WHOLE = [
    "1,234",
    "12,0",
    "12,5",
    "1,5",
    "1 234",
    "1\u00a0234",
    "12.5",
    "1.23",
    "1.2345",
    "0.123",
    "1.234,0",
    "1/2",
    "3-4",
]
NOT_WHOLE += [
    "１２",
    "12 người",
    "-3",
    "+3",
    "1e3",
    "1_000",
    "12.",
    ".5",
    "12%",
    "9999999999999999",
    "\u202e12",
    "1\n2",
    "'12",
]


@pytest.mark.parametrize(("said", "number"), WHOLE)
def test_whole_numbers_that_are_certain(said: str, number: int) -> None:
    assert told("count", said) == (number, ["TYPED_NUMBER"], False)


@pytest.mark.parametrize("said", NOT_WHOLE)
def test_whole_numbers_that_are_not(said: str) -> None:
    """They stay what they are, a text: the form's own check refuses it, and the rule is said."""
    assert told("count", said) == (said, [], True)


DECIMAL = [
    ("12,5", Decimal("12.5")),
    ("12,50", Decimal("12.5")),
    ("0,125", Decimal("0.125")),
    ("1.234,5", Decimal("1234.5")),
]
DECIMAL += [("1.234.567", 1_234_567), ("12", 12), ("12,0", 12), (" 3,25 ", Decimal("3.25"))]


@pytest.mark.parametrize(("said", "number"), DECIMAL)
def test_decimals_that_are_certain(said: str, number: Raw) -> None:
    assert told("decimal", said) == (number, ["TYPED_NUMBER"], False)


@pytest.mark.parametrize("said", ["1.234", "1,234", "12,500", "12.5", "1,234.5", "12,5 %", "1 234,5", "１２,5"])
def test_decimals_that_are_not(said: str) -> None:
    """Where English notation gives another number, nobody can know."""
    assert told("decimal", said) == (said, [], True)


DAY = serial(date(2023, 2, 28))
DATES = [
    "28/02/2023",
    "28/2/2023",
    "28-02-2023",
    "28.2.2023",
    "28.02.2023 ",
    "2023-02-28",
    "2023/02/28",
    "2023/02/28 ",
]
TOLD = [
    "2023-02-28 00:00:00",
    "28/02/2023 00:00",
    "\u200e28/02/2023",
    "ngày 28 tháng 02 năm 2023",
    "28 tháng 2 năm 2023",
    "Ngày 28 tháng 2 năm 2023",
]
NO_DATES = [
    "28/2",
    "tháng 2/2023",
    "28/02/23",
    "02/28/2023",
    "30/02/2023",
    "28/02-2023",
    "28 2 2023",
]
NO_DATES += ["44985", "28/02/2023 14:30", "0001-01-01", "28.02.202３", "1/1/1900", "28/02/2023.", "quý 1", "2023"]


@pytest.mark.parametrize("said", DATES)
def test_dates_as_the_form_asks_for_them_need_no_word(said: str) -> None:
    assert told("date", said) == (DAY, [], False)


@pytest.mark.parametrize("said", TOLD)
def test_other_dates_that_are_certain(said: str) -> None:
    assert told("date", said) == (DAY, ["TYPED_DATE"], False)


@pytest.mark.parametrize("said", NO_DATES)
def test_dates_that_are_not(said: str) -> None:
    assert told("date", said) == (said, [], True)


def test_words_without_a_digit_get_no_hint() -> None:
    """The fault of the kind says all there is to say."""
    for kind in ("count", "decimal", "date"):
        assert told(kind, "hôm qua") == ("hôm qua", [], False)


@pytest.mark.parametrize("kind", ["yesno", "choice"])
def test_choices_that_are_certain(kind: str) -> None:
    for item in LISTS[kind]:
        spellings = {f"{item} ", f"\u00a0{item}", item.upper(), item.lower(), unicodedata.normalize("NFD", item)}
        spellings |= {item.replace(" ", "  "), item.replace(" ", "\u00a0"), f"{item}\u200b"}
        assert told(kind, item) == (item, [], False)
        for said in spellings - {item}:
            assert told(kind, said) == (item, ["TYPED_CHOICE"], False), repr(said)


def test_choices_that_are_not() -> None:
    for said in ("co", "khong", "C", "Có rồi", "Yes", "x", "1", "\u202eóC"):
        assert told("yesno", said) == (said, [], False)
    for said in ("chuyen de", "Chuyên", "Khác."):
        assert told("choice", said) == (said, [], False)


def test_two_items_that_differ_in_case_only_are_told_apart_by_it() -> None:
    twins = Form(
        "t",
        "cell",
        Text("T"),
        (FormSheet("A", (Section("a", Text("A"), (Field("x", "choice", Text("X"), items=("a", "A")),)),)),),
        (),
    )
    layout = place(twins)

    for said, expected in (("a", "a"), ("A", "A"), ("a ", "a "), ("A ", "A ")):
        assert coerce(layout, Inputs({"x": said}, {})).inputs.values["x"] == expected


@pytest.mark.parametrize("kind", KINDS)
def test_what_nobody_can_see_is_nothing(kind: str) -> None:
    for said in BLANKS:
        assert told(kind, said) == (None, [], False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("raw", [None, True, Flaw(), Flaw("no_result")])
def test_what_is_no_text_and_no_number_is_left(kind: str, raw: Raw) -> None:
    assert told(kind, raw) == (raw, [], False)


@pytest.mark.parametrize("kind", ["count", "decimal", "date", "yesno", "choice"])
def test_numbers_are_left_as_the_spreadsheet_took_them(kind: str) -> None:
    for raw in (0, 12, 44958, -3, Decimal("1.234"), Decimal("44958.5")):
        assert told(kind, raw) == (raw, [], False)


@pytest.mark.parametrize("kind", ["count", "decimal"])
def test_a_number_shown_as_a_date_is_none(kind: str) -> None:
    """1/2 typed is the first of February, never 44.958; what it becomes is no number when it is read again either."""
    for raw, shown in (
        (44958, "01/02/2023"),
        (Decimal("44958.5"), "01/02/2023"),
        (12, "12/01/1900"),
        (Decimal("0.5"), "31/12/1899"),
    ):
        assert told(kind, raw, dated=True) == (shown, [], True)
        assert told(kind, shown) == (shown, [], True)
    for raw in (-1, 3_000_000):
        assert told(kind, raw, dated=True) == (Flaw(), [], True)


def test_dates_shown_as_dates_are_dates() -> None:
    assert told("date", 44958, dated=True) == (44958, [], False)


@pytest.mark.parametrize("kind", ["text", "paragraph"])
def test_a_number_where_a_text_belongs_is_its_digits(kind: str) -> None:
    assert told(kind, 96) == ("96", [], False)
    assert told(kind, Decimal("12.5")) == ("12,5", [], False)
    assert told(kind, 44958, dated=True) == ("01/02/2023", ["TEXT_WAS_DATE"], False)


NUMBERS = st.integers(0, 10**11)


@given(NUMBERS, st.sampled_from(BLANKS), st.sampled_from(BLANKS))
def test_a_whole_number_in_vietnamese_notation_reads_back(number: int, before: str, after: str) -> None:
    for said in (count(number), str(number)):
        assert told("count", f"{before}{said}{after}")[0] == number


@given(st.decimals(0, 10**8, places=3))
def test_a_decimal_in_vietnamese_notation_reads_back_or_is_left(number: Decimal) -> None:
    said = count(number)

    assert told("decimal", said)[0] in (number, said)


def as_a_vietnamese_reads(said: str) -> Decimal | None:
    """Dots part thousands in threes, a comma begins decimals; written without the patterns of the program."""
    whole, comma, part = said.strip().partition(",")
    first, *threes = whole.split(".")
    grouped = all(len(group) == 3 for group in threes) and (not threes or (len(first) <= 3 and first[0] != "0"))
    if not all(group.isascii() and group.isdecimal() for group in (first, *threes)) or not grouped:
        return None
    if comma and not (part.isascii() and part.isdecimal()):
        return None
    return Decimal("".join((first, *threes)) + (f".{part}" if part else ""))


@given(st.text("0123456789.,", min_size=1, max_size=12), st.sampled_from(["count", "decimal"]))
def test_whatever_is_read_is_what_a_vietnamese_reads(said: str, kind: str) -> None:
    value, issues, _ = told(kind, said)

    if isinstance(value, str):
        assert (value, issues) == (said, [])
    else:
        assert (value, issues) == (as_a_vietnamese_reads(said), ["TYPED_NUMBER"])
        assert kind == "decimal" or isinstance(value, int)


@given(st.dates(date(1901, 1, 1), date(2100, 12, 31)))
def test_a_date_is_read_as_day_and_month(when: date) -> None:
    """Never as month and day, as an American would write it."""
    for said in (f"{when:%Y-%m-%d}", f"{when:%d.%m.%Y}", day(when), f"{when.day}-{when.month}-{when.year}"):
        assert told("date", said)[0] == serial(when)
    american = f"{when:%m/%d/%Y}"
    swapped = serial(date(when.year, when.day, when.month)) if when.day <= 12 else american
    assert told("date", american)[0] == swapped


@given(st.text(max_size=30), st.sampled_from(sorted(KINDS)))
def test_reading_twice_changes_nothing_more(said: str, kind: str) -> None:
    once = told(kind, said)[0]

    assert told(kind, once) == (once, [], told(kind, once)[2])


# ---- through the whole program


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return issue_forms(tmp_path_factory.mktemp("forms"))


PLAN = {"planned_date": date(2023, 3, 12)}
TYPED: dict[str, Any] = {
    **REQUIRED,
    "members_total": "1.034",
    "members_exempt": " 2\u00a0",
    "reported_officeholder": "04",
    "registered": unicodedata.normalize("NFD", "có "),
    "commended_members": "\u00a0",
    "difficulty_01": "CÓ",
}
SESSION = {"held_date": "10.2.2023", "form": "chuyên đề", "attendees": "25 ", "planned_date": "20/02/2023"}


def test_a_form_filled_with_texts_counts_as_one_filled_with_numbers(forms: dict[str, Path], tmp_path: Path) -> None:
    into, other = (Path(shutil.copy(forms["01"], tmp_path / name)) for name in ("01.xlsx", "02.xlsx"))
    file = type_in(forms["01.1.C01"], tmp_path / "a.xlsx", TYPED, [SESSION, PLAN])
    plain = {**REQUIRED, "members_total": 1034, "reported_officeholder": 4, "difficulty_01": "Có"}
    honest = type_in(
        forms["01.1.C01"], tmp_path / "b.xlsx", plain, [held(10, attendees=25, planned_date=date(2023, 2, 20)), PLAN]
    )

    (checked,) = read("validate", file)["files"]
    found, expected = read("consolidate", "--into", into, file), read("consolidate", "--into", other, honest)

    assert checked["ok"]
    assert codes(checked["issues"]) == sorted(["TYPED_NUMBER"] * 4 + ["TYPED_CHOICE"] * 3)
    assert {each["severity"] for each in checked["issues"]} == {"WARNING"}
    assert found["values"] == expected["values"] and found["values"]["members_total"] == 1034
    by_field = {each["field"]: each["message"] for each in checked["issues"]}
    assert "đọc là 1.034." in by_field["members_total"]
    assert "đọc là “Chuyên đề”." in by_field["sessions.form"]
    (child,) = [each for each in found["children"] if each["file"]]
    assert codes(child["issues"]) == codes(checked["issues"]), "the office sees what was read"


UNCERTAIN = [
    ("members_total", "1,034", "FIELD_NOT_A_NUMBER"),
    ("members_total", "1 034", "FIELD_NOT_A_NUMBER"),
    ("members_away", "１２", "FIELD_NOT_A_NUMBER"),
    ("members_away", "3-4", "FIELD_NOT_A_NUMBER"),
    ("registered", "co", "FIELD_NOT_IN_LIST"),
    ("sessions.held_date", "31/02/2023", "FIELD_NOT_A_DATE"),
    ("sessions.held_date", "28/2", "FIELD_NOT_A_DATE"),
    ("sessions.attendees", "12,5", "FIELD_NOT_A_NUMBER"),
]


@pytest.mark.parametrize(("field", "said", "code"), UNCERTAIN)
def test_what_is_uncertain_is_an_error_that_says_the_rule_and_not_the_text(
    forms: dict[str, Path], tmp_path: Path, field: str, said: str, code: str
) -> None:
    table, _, column = field.rpartition(".")
    values = {**REQUIRED, **({} if table else {field: said})}
    session = held(10) | ({column: said} if table else {})
    file = type_in(forms["01.1.C01"], tmp_path / "a.xlsx", values, [session, PLAN])

    (checked,) = read("validate", file)["files"]
    vi, en = (press("validate", file, "--lang", lang) for lang in ("vi", "en"))

    (error,) = [each for each in checked["issues"] if each["severity"] == "ERROR"]
    sheet, cell = places(file)[field][0]
    assert (error["code"], error["sheet"], error["cell"], error["field"]) == (code, sheet, cell, field)
    assert worded(code).search(vi.out) and worded(code, "en").search(en.out)
    assert said not in vi.out + en.out
    if code != "FIELD_NOT_IN_LIST":
        assert "nên không đọc" in error["message"] and "so it is not read" in en.out


def formatted(source: Path, target: Path, field: str, value: object, number_format: str) -> Path:
    """A copy in which a cell holds a value under another number format, as a spreadsheet program leaves it."""
    book = openpyxl.load_workbook(source)
    sheet, cell = places(source)[field][0]
    book[sheet][cell].value = value
    book[sheet][cell].number_format = number_format
    book.save(target)
    return target


@pytest.mark.parametrize("number_format", ["d-mmm", "dd/mm/yyyy", "[$-42A]d/m;@", "m/d/yyyy", "h:mm"])
@pytest.mark.parametrize("field", ["members_away", "sessions.attendees"])
def test_one_half_that_became_a_date_is_never_counted(
    forms: dict[str, Path], tmp_path: Path, field: str, number_format: str
) -> None:
    into = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))
    file = type_in(forms["01.1.C01"], tmp_path / "a.xlsx", {**REQUIRED, "members_total": 90_000}, [held(10), PLAN])
    honest = type_in(forms["01.K1"], tmp_path / "b.xlsx", REQUIRED, [held(10), PLAN])
    file = formatted(file, tmp_path / "c.xlsx", field, 44958, number_format)

    (checked,) = read("validate", file)["files"]
    found = read("consolidate", "--into", into, file, honest)

    (error,) = [each for each in checked["issues"] if each["severity"] == "ERROR"]
    assert (error["code"], error["field"]) == ("FIELD_NOT_A_NUMBER", field)
    assert "Ô này đang là một ngày" in error["message"]
    assert (found["accepted"], found["refused"], found["values"]["members_total"]) == (1, 1, 30)
    assert found["values"]["members_away"] == 0


def test_a_date_in_a_number_format_is_told_and_a_like_number_is_not(forms: dict[str, Path], tmp_path: Path) -> None:
    """Excel keeps the cell's own format: 1/2 typed shows 44,958 there, which a count could be."""
    for value, told in ((44958, True), (44000, False), (45500, False), (264, False)):
        given = {**REQUIRED, "members_total": 90_000, "commended_collectives": value}
        file = type_in(forms["01.1.C01"], tmp_path / "a.xlsx", given, [held(10), PLAN])

        (checked,) = read("validate", file)["files"]

        assert checked["ok"]
        assert ("FIELD_LIKE_A_DATE" in codes(checked["issues"])) == told


def test_a_warning_in_a_row_silences_no_error_of_it() -> None:
    """Neither in Python nor on the form's own panel."""
    inputs = typed("cell", (held_raw(attendees=44958, superior="Ai đó"),), **REQUIRED)
    case = drawn_case("cell", inputs)

    found = {each.code for each in validate(case.layout, inputs, case.values)}

    assert {"FIELD_LIKE_A_DATE", "FIELD_NOT_IN_LIST"} <= found
    check = form_book(case).sheet(CHECK)
    said = {cell.value.result for cell in check.cells.values() if hasattr(cell.value, "result")}
    assert "CHƯA ĐƯỢC NỘP" in said


def held_raw(**more: Raw) -> dict[str, Raw]:
    return {"held_date": serial(date(2023, 2, 10)), "form": "Chuyên đề", **more}


def test_texts_in_a_parents_own_cells_become_the_numbers_they_say(forms: dict[str, Path], tmp_path: Path) -> None:
    """The rebuilt workbook holds numbers; what is uncertain stays as typed, and a second run changes nothing."""
    own = {"documents_issued": "1.005 ", "reminders_issued": "1,5", "plan_issued": "có", "plan_number": " 96\u00a0"}
    into = type_in(forms["01"], tmp_path / "01.xlsx", {**own, "plan_date": "28/02/2023"})
    file = type_in(forms["01.K1"], tmp_path / "a.xlsx", REQUIRED, [held(10)])

    found = read("consolidate", "--into", into, file, "--now", "2023-03-01T08:00")

    assert found["values"]["documents_issued"] == 1005
    assert codes(found["issues"], "ERROR") == ["FIELD_NOT_A_NUMBER"]
    book, known = openpyxl.load_workbook(into), places(into)

    def cell(field: str) -> object:
        sheet, where = known[field][0]
        return book[sheet][where].value

    assert (cell("documents_issued"), cell("reminders_issued"), cell("plan_issued")) == (1005, "1,5", "Có")
    assert (cell("plan_number"), cell("plan_date")) == ("96", "28/02/2023")
    before = into.read_bytes()
    again = read("consolidate", "--into", into, file, "--now", "2023-03-02T08:00")
    assert into.read_bytes() == before
    assert codes(again["issues"], "ERROR") == ["FIELD_NOT_A_NUMBER"]
    for answer in (found, again, read("validate", into)["files"][0]):
        (error,) = [each for each in answer["issues"] if each["severity"] == "ERROR"]
        assert "nên không đọc" in error["message"]
    assert not {"TYPED_NUMBER", "TYPED_DATE", "TYPED_CHOICE"} & set(codes(again["issues"])), "it is a number now"


def test_a_blank_that_nobody_sees_is_no_answer(forms: dict[str, Path], tmp_path: Path) -> None:
    file = type_in(
        forms["01.1.C01"],
        tmp_path / "a.xlsx",
        {**REQUIRED, "leaders_due": "\u00a0", "members_away": "\u200b"},
        [held(10), PLAN],
    )

    errors = [each for each in read("validate", file)["files"][0]["issues"] if each["severity"] == "ERROR"]

    assert [(each["code"], each["field"]) for each in errors] == [("FIELD_REQUIRED", "leaders_due")]


def test_saved_again_by_openpyxl_the_same_is_read(forms: dict[str, Path], tmp_path: Path) -> None:
    file = type_in(forms["01.1.C01"], tmp_path / "a.xlsx", TYPED, [SESSION, PLAN])

    before, after = (read("validate", each)["files"][0] for each in (file, resaved(file, tmp_path / "b.xlsx")))

    assert {**before, "file": ""} == {**after, "file": ""}


def test_a_hint_is_for_the_fault_of_its_cell_only(forms: dict[str, Path]) -> None:
    opened = open_parent(forms["01"])
    start = blank(opened.layout.form)
    found = coerce(
        opened.layout, Inputs({**start.values, "documents_issued": "1,5", "reminders_issued": -1}, start.tables)
    )
    values = all_values(opened.layout.form, found.inputs, {**opened.values}, {**opened.values})
    faults = validate(opened.layout, found.inputs, values)

    changed = [
        each.place.field for each, bare in zip(explained(faults, found.hints), faults, strict=True) if each != bare
    ]

    assert changed == ["documents_issued"]
    assert {"documents_issued", "reminders_issued"} <= {each.place.field for each in faults}


def test_a_hint_is_for_what_could_not_be_read_and_no_other_fault_of_the_cell() -> None:
    place = Place(sheet="A", cell="D9")
    hints = {("A", "D9"): Text("vì sao", "why")}
    unread, other = Issue("FIELD_NOT_A_NUMBER", Severity.ERROR, place, Text("x")), issue("FORM_EMPTY", place)

    hinted, same = explained([unread, other], hints)

    assert "vì sao" in hinted.message.vi
    assert same == other


@pytest.mark.parametrize(
    ("serial", "shown"),
    [(0, "31/12/1899"), (1, "01/01/1900"), (59, "28/02/1900"), (60, "29/02/1900"), (61, "01/03/1900")],
)
def test_the_first_days_are_told_as_excel_shows_them(serial: int, shown: str) -> None:
    """Excel's year 1900 has 29 days in February."""
    read, told_codes, _ = told("text", serial, dated=True)

    assert (read, told_codes) == (shown, ["TEXT_WAS_DATE"])


@pytest.mark.parametrize(
    ("raw", "told_as"), [(Decimal("44985.708333"), ["DATE_WITH_TIME"]), (44985, []), (Decimal("44985.0"), [])]
)
def test_a_time_of_day_behind_a_date_is_told(raw: Raw, told_as: list[str]) -> None:
    assert told("date", raw, dated=True) == (raw, told_as, False)


def test_the_day_that_was_understood_is_named(forms: dict[str, Path], tmp_path: Path) -> None:
    file = type_in(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED, [{**held(10), "held_date": 44985.708}, PLAN])

    [found] = [each for each in read("validate", file)["files"][0]["issues"] if each["code"] == "DATE_WITH_TIME"]

    assert (found["severity"], found["field"]) == ("WARNING", "sessions.held_date")
    assert "28/02/2023" in found["message"]


def test_an_input_that_was_pasted_from_another_file_is_told_what_to_do(forms: dict[str, Path], tmp_path: Path) -> None:
    file = type_in(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED, [held(10), PLAN])
    sheet, cell = places(file)["members_total"][0]
    book = openpyxl.load_workbook(file)
    book[sheet][cell].protection = openpyxl.styles.Protection(locked=True)
    book.save(tmp_path / "b.xlsx")

    [found] = [
        each for each in read("validate", tmp_path / "b.xlsx")["files"][0]["issues"] if each["code"] == "FIELD_CUT"
    ]

    assert found["cell"] == cell
    assert "do cắt, hoặc do dán từ tệp khác" in found["message"]
    assert "không phải làm gì" in found["message"]
