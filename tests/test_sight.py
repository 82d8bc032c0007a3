"""What a person sees is what is counted: formats that show another number, and cells that nobody sees."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from cli_tools import REQUIRED, held, issue_forms, press, read, type_in
from hypothesis import given
from hypothesis import strategies as st
from tampering import Copy, wps_sheet

from loithe_xl.reading.display import seen
from loithe_xl.reading.received import exact
from loithe_xl.workbook.daynumbers import serial

DAY = serial(date(2023, 2, 10))

# Number formats -------------------------------------------------------------------------------------------------------

OTHER = [
    ('0"7"', 10, "107"),
    ('"77"', 10, "77"),
    ("0\\7", 10, "107"),
    ("07", 10, "107"),
    ("0%", 10, "1000%"),
    ("0.00%", 1, "100,00%"),
    (";;;", 10, ""),
    (";", 5, ""),
    ('""', 10, ""),
    (" ", 10, " "),
    (";;;", 0, ""),
    ("0,", 10, "0"),
    ("#,##0,", 12_345, "12"),
    ("0.0,,", 12_345_678, "12,3"),
    ('[Red]"77"', 10, "77"),
    ('[=10]"77";0', 10, "77"),
    ('[<5]0;"77"', 10, "77"),
    ('[>5]0"0";0', 10, "100"),
    ('0;-0;"5"', 0, "5"),
    ("0.00E+00", 12_345, "1,23E+4"),
    ("0E+0", 12, "1E+1"),
    ('"-"0', 10, "-10"),
    ('0" nghìn"', 10, "10 nghìn"),
    ('0"k"', 10, "10k"),
    ('0"."00', 1_234, "12.34"),
    ("0\\.0", 12, "1.2"),
    ("0\\.000", 12, "0.012"),
    ("00-00", 1_234, "12-34"),
    ('0"O"', 1, "1O"),
    ('0"½"', 10, "10½"),
    ('0"７"', 1, "1７"),
    ("[$7]0", 1, "71"),
    ("[$7-409]0", 1, "71"),
    ("*70", 10, "710"),
    ("@@", 10, "1010"),
    ('"7"General', 1, "71"),
    ('# ??/"2"', 10, "10 2"),
    ("0", Decimal("12.5"), "13"),
    ("0.0", Decimal("12.34"), "12,3"),
    ("# ?/2", Decimal("12.3"), "12 1/2 "),
    ('"01/01/2023"', DAY, "01/01/2023"),
    ('dd"/03/2023"', DAY, "10/03/2023"),
    ('@"7"', "1", "17"),
    ('0;0;0;"77"', "10", "77"),
    ("@@", "1", "11"),
    (";;;", "Có", ""),
    ("0" * 300, 1, ""),
]
SAME = [
    ("General", Decimal("12.345")),
    ("0", 10),
    ("#,##0", 1_234_567),
    ("#.##0", 10),
    ("0.00", 10),
    ("0.", 10),
    ("0.###", Decimal("12.5")),
    ("#,##0.00", Decimal("12.345")),
    ("@", 10),
    ("@", "Có"),
    ("#,##0;[Red]#,##0", -5),
    ("#", 0),
    ("#,###", 0),
    ("0;-0;;@", 0),
    ("0;-0;;@", "Có"),
    ("[Blue][>0]0;[Red]0", 3),
    ('[>100]0" (nhiều)";0', 200),
    (r"[>=1000000]0\.000\.000;[>=1000]0\.000;0", 1_234_567),
    ("# ##0", 1_234),
    ("#'##0", 1_234),
    ("000", 7),
    ("?", 5),
    ('0" đảng viên"', 30),
    ('General" người"', 30),
    ("$#,##0", 10),
    ('_-* #,##0.00 [$₫-42A]_-;-* #,##0.00 [$₫-42A]_-;_-* "-"?? [$₫-42A]_-;_-@_-', 12),
    ('_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)', 0),
    ("# ?/?", Decimal("12.5")),
    ("# ??/16", Decimal("12.5")),
    ("0.00E+00", 30),
    ("##0.0E+0", 1_200),
    ("0.00%", 0),
    ("[DBNum1]General", 10),
    ("G/通用格式", 10),
    ("[h]:mm", 3),
    ("dd/mm/yyyy", DAY),
    ('[$-42A]"Ngày "dd" tháng "mm" năm "yyyy', DAY),
    ('dd"/"mm"/20"yy', DAY),
    ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", DAY),
    ("[$-1010000]d/m/yyyy;@", DAY),
]


@pytest.mark.parametrize(("code", "value", "shown"), OTHER)
def test_a_format_that_shows_something_else_is_found(code: str, value: int | Decimal | str, shown: str):
    assert seen(code, value) == shown


@pytest.mark.parametrize(("code", "value"), SAME)
def test_a_format_that_shows_the_same_is_let_pass(code: str, value: int | Decimal | str):
    assert seen(code, value) is None


NUMBERS = st.integers(0, 10**14)
HONEST = st.sampled_from(["0", "#,##0", "0.00", "#,##0.00", "General", "# ##0", "#", "#,###", "00", "0.0#", "??0"])
AROUND = st.sampled_from(
    ["", "[Red]", "_(", "_-", "* ", '" "', '"người"', '" đảng viên"', "[$₫-42A]", "$", "\\ ", "_)"]
)


@given(HONEST, AROUND, AROUND, st.sampled_from(["", ";-0", ';-0;"-"', ";[Red](0);;@"]), NUMBERS)
def test_words_and_colours_around_digits_are_honest(code: str, before: str, behind: str, more: str, number: int):
    assert seen(before + code + behind + more, number) is None


@given(HONEST, st.text("0123456789", min_size=1, max_size=3), st.booleans(), NUMBERS.filter(bool))
def test_digits_of_a_format_are_never_taken_for_the_numbers_own(code: str, digits: str, behind: bool, number: int):
    """Wherever they stand, but for those that leave the number as it is to read."""
    said = f'"{digits}"'
    assert seen(code + said if behind else said + code, number) is not None


@given(st.text('0#?.,%@;"\\_*[]<>=EGenralRd/ymh7 -k', max_size=40), st.one_of(NUMBERS, st.text("Có10", max_size=4)))
def test_no_format_breaks_the_reading(code: str, value: int | str):
    shown = seen(code, value)
    assert shown is None or isinstance(shown, str)


# Numbers --------------------------------------------------------------------------------------------------------------


@given(st.floats(-1e15, 1e15))
def test_a_number_is_what_a_spreadsheet_shows_of_it(number: float):
    assert exact(number) == Decimal(f"{number:.15g}")


@pytest.mark.parametrize(
    ("stored", "number"),
    [(30.000000000000004, 30), (29.999999999999996, 30), (0.1 + 0.2, Decimal("0.3")), (30.0001, Decimal("30.0001"))],
)
def test_what_floats_leave_behind_is_no_decimal(stored: float, number: int | Decimal):
    assert (exact(stored), type(exact(stored))) == (number, type(number))


# Through the command line ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sent")
    values = REQUIRED | {"members_total": 10, "members_exempt": 0, "members_transferred_out": 0, "leaders_total": 4}
    values |= {"leaders_due": 4, "reported_officeholder": 1, "reported_other": 2}
    return type_in(issue_forms(folder)["01.1.C01"], folder / "nop.xlsx", values, [held(10)])


def validated(file: Path) -> list[tuple[str, str, str]]:
    """(code, severity, message) of what the command says of a file."""
    [found] = read("validate", file)["files"]
    return [(each["code"], each["severity"], each["message"]) for each in found["issues"]]


def test_the_cell_the_number_and_what_is_seen_are_named(sent: Path, tmp_path: Path):
    copy = Copy(sent)
    sheet, cell = copy.number()
    copy.format(sheet, cell, '0"7 Nguyễn Văn A"')

    answer = press("validate", copy.save(tmp_path / "x.xlsx"))

    assert answer.code == 1
    assert f"{sheet}!{cell}" in answer.said
    assert "lưu 10 nhưng" in answer.said
    assert "thấy 107 …;" in answer.said
    assert "Nguyễn" not in answer.said


@pytest.mark.parametrize("content", ["><v>10.000000000000002</v>", "><f>7.1+2.9</f><v>10.000000000000002</v>"])
def test_a_floating_tail_counts_as_what_is_shown(sent: Path, tmp_path: Path, content: str):
    before, copy = validated(sent), Copy(sent)
    copy.cell(*copy.number(), content)

    found = validated(copy.save(tmp_path / "x.xlsx"))

    assert [each for each in found if each not in before and each[0] != "STRUCTURE_FORMULA_TYPED"] == []
    copy.cell(*copy.number(), "><v>10.0001</v>")
    assert "FIELD_NOT_WHOLE" in {code for code, *_ in validated(copy.save(tmp_path / "y.xlsx"))}


def test_a_choice_that_shows_as_another_is_named(sent: Path, tmp_path: Path):
    copy = Copy(sent)
    slot = copy.layout.slots["registered"]
    copy.format(slot.sheet, slot.cell, ';;;"Không"')

    [found] = [each for each in validated(copy.save(tmp_path / "x.xlsx")) if each[0] == "STRUCTURE_FORMAT_OTHER"]

    assert found[1] == "ERROR"
    assert "Không" not in found[2]


@pytest.mark.parametrize(
    ("around", "hidden"),
    [
        ('<sheetFormatPr defaultRowHeight="15.75" zeroHeight="1"/>', "rows"),
        ('<sheetFormatPr defaultRowHeight="15.75" defaultColWidth="0"/>', "columns"),
    ],
)
def test_rows_and_columns_may_be_hidden_by_default(sent: Path, tmp_path: Path, around: str, hidden: str):
    copy = Copy(sent)
    sheet, _ = copy.number()
    part = copy.part(sheet)
    copy.edit(part, "<sheetFormatPr[^>]*/>", around)
    if hidden == "rows":
        copy.edit(part, r' ht="[\d.]+" customHeight="1"', "", count=0)
    else:
        copy.edit(part, "<cols>.*</cols>", "")

    found = {code for code, *_ in validated(copy.save(tmp_path / "x.xlsx"))}

    assert "STRUCTURE_UNSEEN" in found


@pytest.mark.parametrize(("state", "said"), [("visible", True), ("hidden", False), ("veryHidden", False)])
def test_a_sheet_of_wps_with_figures_that_is_shown_is_told_by_its_number(
    sent: Path, tmp_path: Path, state: str, said: bool
):
    copy = Copy(sent)
    wps_sheet(copy)
    copy.parts["xl/workbook.xml"] = copy.parts["xl/workbook.xml"].replace("veryHidden", state)
    cells = '<row r="1"><c r="A1"><v>77</v></c></row>'
    copy.edit("xl/worksheets/sheet99.xml", "<sheetData/>", f"<sheetData>{cells}</sheetData>")

    found = [each for each in validated(copy.save(tmp_path / "x.xlsx")) if each[0] == "STRUCTURE_SHEET_FOREIGN"]

    assert bool(found) == said
    assert not any("Wps" in message for *_, message in found)
