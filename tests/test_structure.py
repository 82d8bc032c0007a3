"""A received form is compared with the form as issued: what differs is named, what programs rewrite is the same."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import fills
import pytest
import savers
from hypothesis import given
from hypothesis import strategies as st
from tools import NOON, make_forms, small_register

from loithe_xl.consolidation.ledger import read_register
from loithe_xl.draw import packs
from loithe_xl.draw.marks import SEALED
from loithe_xl.form.terms import Term
from loithe_xl.intake import structure
from loithe_xl.intake.insertions import Shift, find_shifts
from loithe_xl.intake.issued import as_issued
from loithe_xl.intake.openfile import OpenedForm, failed, open_file
from loithe_xl.language.issues import Place, Severity, issue
from loithe_xl.reading import reader
from loithe_xl.reading.cellstyles import CellStyles
from loithe_xl.reading.inputrules import inputs_in, meaning, stated
from loithe_xl.reading.received import InputRule, Received, SheetValues
from loithe_xl.reading.sheetxml import scan
from loithe_xl.register.register import Register, Unit
from loithe_xl.rules.canonical import LAST_COLUMN, LAST_ROW, shifted, tokens
from loithe_xl.tasks.generate import Request, generate
from loithe_xl.tasks.office import Office
from loithe_xl.workbook.address import Address, address, column_letters, located
from loithe_xl.workbook.book import Validation
from loithe_xl.workbook.ownsheets import COMPUTED, HIDDEN_REGISTER

FILLS = int(os.environ.get("LOITHE_FILLS", "1"))  # of each form, through every saver
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PLAIN = CellStyles({"0": True}, frozenset())


# Formulas -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("IF('_loithe'!$B$2=0,\"\",1)", '=IF(_loithe!$B$2=0,"",1)'),  # LibreOffice quotes only where it must
        ("SUM($A$1:$B$2,3)", "sum( a1 : b2 ; 3 )"),
        ("IF(A1,TRUE,FALSE)", "IF(A1,TRUE(),FALSE())"),
        ("A1*0.5+1000", "A1*.50+1E3"),
        ("'Số liệu'!A1", "'So\u0302\u0301 lie\u0323\u0302u'!A1"),
        ("'It''s'!A1", "'IT''S'!A1"),
    ],
)
def test_spellings_of_one_formula(ours: str, theirs: str) -> None:
    assert tokens(ours) == tokens(theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("A1+B2", "A1+B3"),
        ("A1+B2", "A1-B2"),
        ('IF(A1,"LỖI","")', 'IF(A1,"lỗi","")'),
        ('"a b"', '"ab"'),
        ("'_loithe'!B2", "_loithe2!B2"),
        ("'a'!B2", "'a b'!B2"),
        ('"a;b"', '"a,b"'),
        ("A1*0.5", "A1*5"),
        ("A1", ""),
    ],
)
def test_formulas_that_differ(ours: str, theirs: str) -> None:
    assert tokens(ours) != tokens(theirs)


@given(st.integers(1, LAST_ROW), st.integers(1, LAST_COLUMN), st.integers(-2 * LAST_ROW, 2 * LAST_ROW), st.integers())
def test_a_shared_formula_stays_on_the_sheet(row: int, column: int, rows: int, columns: int) -> None:
    """What leaves it comes in again at its other end, and comes back as it went."""
    formula = f"{address(row, column)}+$XFD$1048576+ZZZ9"

    moved = shifted(formula, rows, columns)

    first, *others = moved.split("+")
    assert others == ["$XFD$1048576", "ZZZ9"], "fixed, and a name"
    assert 1 <= located(first)[0] <= LAST_ROW
    assert 1 <= located(first)[1] <= LAST_COLUMN
    assert ((located(first)[0] - row - rows) % LAST_ROW, (located(first)[1] - column - columns) % LAST_COLUMN) == (0, 0)
    assert shifted(moved, -rows, -columns) == formula


def test_no_number_of_a_column_lasts_for_ever() -> None:
    assert [column_letters(column) for column in (-3, 0, 1, 26, 27, 16_384)] == ["", "", "A", "Z", "AA", "XFD"]


@pytest.mark.parametrize("piece", ["'", '"', "''a", "'!", "[[", "1.", "A1+", "(", "E1", "TRUE(", "\u0301"])
def test_a_formula_is_read_once_from_one_end_to_the_other(piece: str) -> None:
    """Twice as long takes about twice as many steps: a look at each letter for each letter would not come to an end."""
    tokens(piece * (300_000 // len(piece)))
    shifted(piece * (100_000 // len(piece)), 1, -1)


def test_a_shared_formula_moves_what_is_not_fixed() -> None:
    formula = "IF($A1=B$2,LOG10(C3)&\"D4\",'Số 5'!E5+_x!$F$6+ten_G7)"

    assert shifted(formula, 2, 1) == "IF($A3=C$2,LOG10(D5)&\"D4\",'Số 5'!F7+_x!$F$6+ten_G7)"


def sheet(cells: str, after: str = "") -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData>{after}</worksheet>'.encode()


def test_every_formula_is_read_however_it_is_kept() -> None:
    rows = (
        '<row r="1"><c r="A1"><f>B1&amp;"x"</f><v>1</v></c><c r="B1" t="str"><f aca="false">C1</f><v></v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" ref="A2:A4" si="3">B2*2</f><v>1</v></c></row>'
        '<row r="3"><c r="A3"><f t="shared" si="3"/><v>1</v></c><c r="B3"><f t="array" ref="B3">SUM(C3)</f></c></row>'
        '<row r="4"><c r="A4"><f t="shared" si="3"></f></c><c r="B4"><f t="shared" si="9"/></c>'
        '<c r="C4"><v>5</v></c></row>'
    )
    found = scan(sheet(rows), PLAIN)

    assert found.written == {
        (1, 1): 'B1&"x"',
        (1, 2): "C1",
        (2, 1): "B2*2",
        (3, 1): "B3*2",
        (3, 2): "SUM(C3)",
        (4, 1): "B4*2",
        (4, 2): "",
    }
    assert found.texts[-1] == "5"


def test_rows_without_numbers_follow_each_other_and_those_out_of_order_are_refused() -> None:
    cell = '<c t="str"><v>a</v></c>'

    found = scan(sheet(f"<row>{cell}{cell}</row><row/><row>{cell}</row>" * 2), PLAIN)
    assert found.places == [(1, 1), (1, 2), (3, 1), (4, 1), (4, 2), (6, 1)]
    found = scan(sheet(f'<row r="7">{cell}</row><row r="9"/><row>{cell}</row>'), PLAIN)
    assert found.places == [(7, 1), (10, 1)]
    for rows in (f'<row r="2">{cell}</row><row r="1"/>', '<row r="2"/><row r="2"/>', '<row r="0"/>'):
        with pytest.raises(ValueError, match="out of order"):
            scan(sheet(rows), PLAIN)


def test_attributes_of_other_kinds_must_be_declared() -> None:
    row = '<row r="1" x14ac:dyDescent="0.25"><c r="A1"><v>1</v></c></row>'
    declared = sheet(row).replace(b"<worksheet", b'<worksheet xmlns:x14ac="urn:x"')

    assert scan(declared, PLAIN).texts == ["1"]
    with pytest.raises(ValueError, match="no kind"):
        scan(sheet(row), PLAIN)


# Rules ----------------------------------------------------------------------------------------------------------------

RULES = (
    f'<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells><x:dataValidations xmlns:x="{MAIN}">'
    '<x:dataValidation type="whole" sqref="A1 B2:B9"><x:formula1>0</x:formula1><x:formula2>9</x:formula2>'
    "</x:dataValidation></x:dataValidations>"
    '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidations>'
    '<x14:dataValidation type="list" errorStyle="warning"> <x14:formula1> <xm:f>\'Một\'!$A$1</xm:f> </x14:formula1>'
    "<xm:sqref>C3</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
)


def test_every_rule_is_read_also_among_the_extensions() -> None:
    found = scan(sheet('<row r="1"><c r="A1"><v>1</v></c></row>', RULES), PLAIN)

    assert found.rules == (
        InputRule("A1 B2:B9", "whole", "between", "0", "9", "stop"),
        InputRule("C3", "list", "between", "'Một'!$A$1", "", "warning"),
    )
    assert found.texts == ["1"]


@pytest.mark.parametrize("inside", ["1" * 1_000_001, "<formula1>", "&unknown;"])
def test_rules_beyond_measure_are_refused(inside: str) -> None:
    after = f"<pageMargins/><dataValidations><dataValidation>{inside}</dataValidation></dataValidations>"
    with pytest.raises(ValueError, match=r"rules than any form|mismatched|undefined"):
        scan(sheet("", after), PLAIN)


def test_words_that_look_like_rules_are_none() -> None:
    words = '<row r="1"><c r="A1" t="inlineStr"><is><t>dataValidations dataValidations</t></is></c></row>'
    after = '<dataValidations count="0"/><headerFooter><oddFooter>x:dataValidations</oddFooter></headerFooter>'

    assert scan(sheet(words, after), PLAIN).rules == ()
    with pytest.raises(ValueError, match="more lists of rules"):
        scan(sheet("", "<x><dataValidations/></x>" * 20), PLAIN)


def rule(kind: str, first: str = "", second: str = "", operator: str = "between", style: str = "stop") -> InputRule:
    return InputRule("A1", kind, operator, first, second, style)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (rule("list", '"Có,Không"'), rule("list", '"Có, Không"', "0", "equal")),  # LibreOffice; through ods
        (rule("list", "loithe_cell"), rule("list", "_loithe_danhba!$A$2:$A$9")),
        (rule("whole", "0", "9"), rule("decimal", "0.0", "9")),  # Google's programs
        (rule("date", "44927", "45046"), rule("date", " 44927.0", "45046")),
        (rule("textLength", "5000", "", "lessThanOrEqual"), rule("textLength", "5000", "0", "lessThanOrEqual")),
    ],
)
def test_spellings_of_one_rule(ours: InputRule, theirs: InputRule) -> None:
    assert meaning(ours) == meaning(theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (rule("list", '"Có,Không"'), rule("list", '"Không,Có"')),
        (rule("list", '"Có,Không"'), rule("list", "$A$1:$A$2")),
        (rule("list", '"Có,Không"'), rule("list", '"CÓ,KHÔNG"')),
        (rule("whole", "0", "9"), rule("whole", "0", "99")),
        (rule("whole", "0", "9"), rule("whole", "0", "9", "notBetween")),
        (rule("whole", "0", "9"), rule("whole", "0", "9", style="warning")),
        (rule("whole", "0", "9"), rule("date", "0", "9")),
        (rule("whole", "0", "9"), rule("custom", "TRUE")),
    ],
)
def test_rules_that_differ(ours: InputRule, theirs: InputRule) -> None:
    assert meaning(ours) != meaning(theirs)


def test_a_rule_that_lets_everything_in_is_none() -> None:
    google = (
        'AND(ISNUMBER(D10),(NOT(OR(NOT(ISERROR(DATEVALUE(D10))),AND(ISNUMBER(D10),LEFT(CELL("format",D10))="D")))))'
    )

    assert meaning(rule("none")) == meaning(rule("custom", google)) == ()


def test_a_rule_is_stated_as_the_writer_writes_it() -> None:
    area = ((3, 2), (9, 2))
    made = Validation(area, "text", "t", "p", "e", maximum=5000)

    assert stated(made) == InputRule("B3:B9", "textLength", "lessThanOrEqual", "5000", "", "stop")
    assert stated(replace(made, area=(area[0], area[0]), minimum=0)).areas == "B3"
    with pytest.raises(ValueError, match="without bounds"):
        stated(replace(made, maximum=None))


def test_the_inputs_of_an_area() -> None:
    inputs = {(row, 4): "x" for row in range(1, 9)}

    assert list(inputs_in("$D$2:D3 D8 E1 nonsense", inputs)) == [(2, 4), (3, 4), (8, 4)]
    assert list(inputs_in("A1:XFD1048576", inputs)) == list(inputs)


# Rows and columns -----------------------------------------------------------------------------------------------------

LABELS: dict[Address, str | int] = {(row, 1): row for row in range(3, 40)} | {
    (row, 2): f"Mục {row}" for row in range(3, 40)
}
LABELS |= {(2, column): f"Cột {column}" for column in range(1, 9)}


def moved(rows: Mapping[int, int], columns: Mapping[int, int]) -> dict[Address, str | int]:
    """The labels after lines came (count > 0) or went, by their first line in the form."""

    def line(number: int, shifts: Mapping[int, int]) -> int | None:
        if any(first <= number < first - count for first, count in shifts.items()):
            return None
        return number + sum(count for first, count in shifts.items() if number >= first)

    places = {(line(row, rows), line(column, columns)): label for (row, column), label in LABELS.items()}
    return {(row, column): label for (row, column), label in places.items() if row and column}


@pytest.mark.parametrize(
    ("rows", "columns", "expected"),
    [
        ({10: 1}, {}, [Shift("rows", True, 10, 1)]),
        ({1: 30}, {}, [Shift("rows", True, 2, 30)]),
        ({10: -3}, {}, [Shift("rows", False, 10, 3)]),
        (
            {10: 2, 20: -1, 30: 4},
            {},
            [Shift("rows", True, 10, 2), Shift("rows", False, 20, 1), Shift("rows", True, 31, 4)],
        ),
        ({}, {4: 1}, [Shift("columns", True, 4, 1)]),
        ({}, {1: 2}, [Shift("columns", True, 1, 2)]),
        ({}, {2: -1}, [Shift("columns", False, 2, 1)]),
    ],
)
def test_lines_that_came_or_went(rows: dict[int, int], columns: dict[int, int], expected: list[Shift]) -> None:
    assert find_shifts(LABELS, moved(rows, columns)) == expected


def test_labels_that_merely_changed_are_no_shift() -> None:
    few = {**LABELS, (10, 2): "khác", (11, 2): "khác", (12, 2): "khác"}
    other = {at: f"{label}?" for at, label in LABELS.items()}

    for values in (LABELS, few, other, {}):
        assert find_shifts(LABELS, values) == []


def test_a_changed_label_beside_an_inserted_row_hides_nothing() -> None:
    values = moved({10: 1}, {}) | {(3, 2): "khác"}

    assert find_shifts(LABELS, values) == [Shift("rows", True, 10, 1)]


# Forms ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_forms(tmp_path_factory.mktemp("forms"))


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    "term",
    [
        Term("2023-02", date(2023, 2, 28), date(2023, 3, 5)),
        Term("2023-Q2", date(2023, 6, 30), date(2023, 7, 10)),
        Term("2022", date(2022, 12, 31), date(2023, 1, 5)),
    ],
    ids=lambda term: term.period,
)
def test_a_form_is_what_was_issued(tmp_path: Path, lang: str, term: Term) -> None:
    """Every form, in any language and term, with registers of every shape."""
    tree = small_register({"01.1": 3, "01.2": 0}, straight=0)
    top, *rest = tree.units
    lone = Unit("02", "Huyện “không” & 'có'", "district", "00")
    register = Register((Unit("00", "Tỉnh Thử", "province"), replace(top, parent="00"), *rest, lone))
    office = Office(lang, NOON)
    made = generate(Request(packs.load("loi_the"), register, term, "province", True, (), tmp_path / lang), office)
    for path in made:
        codes = {each.code for each in open_file(path, "x").issues}
        assert not any(code.startswith("STRUCTURE") for code in codes), (path, codes)
        assert not codes & {"VALUE_OUTSIDE", "SHEET_MISSING", "FIELD_CUT"}, (path, codes)


def received_of(path: Path) -> tuple[Received, structure.Expected, structure.MarkedWords]:
    """A form as read, and the form that its unit was issued."""
    received = reader.read(path.read_bytes(), COMPUTED)
    opened = open_file(path, "x")
    assert isinstance(received, Received) and isinstance(opened, OpenedForm)
    grid = received.grids.get(HIDDEN_REGISTER)
    register = read_register(grid) if grid else None
    assert register is None or isinstance(register, Register)
    return received, *as_issued(opened.unit_form, register)


@pytest.mark.parametrize("form", fills.UNITS)
def test_an_open_workbook_shows_neither_formulas_nor_rules(forms: dict[str, Path], form: str) -> None:
    received, expected, own = received_of(forms[fills.UNITS[form]])
    sheet, page = next(iter(expected.pages.items()))
    nothing = replace(received, formulas={name: {} for name in received.grids}, rules=dict.fromkeys(received.grids, ()))
    unseen = replace(received, formulas=None, rules=None, names={})

    assert structure.compare(received, expected, own) == []
    assert structure.compare(unseen, expected, own) == []
    codes = {each.code for each in structure.compare(nothing, expected, own)}
    assert codes == {"STRUCTURE_FORMULA_CHANGED"}
    assert set(expected.cells[sheet]) >= set(page.labels) | set(page.formulas)


def test_a_stranger_to_the_token_is_named_once(forms: dict[str, Path]) -> None:
    """The unit's own words stand above every sheet."""
    received, expected, own = received_of(forms["01.1.C01"])

    found = structure.compare(received, expected, {**own, SEALED.unit: "01.9"})

    assert [(each.code, each.place.cell) for each in found] == [("STRUCTURE_LABEL_CHANGED", "A2")]


def test_what_is_expected_is_drawn_once(forms: dict[str, Path]) -> None:
    one, two = received_of(forms["01.1.C01"])[1], received_of(forms["01.1.C02"])[1]
    base = received_of(forms["01.1"])[1]

    assert one is two
    opened = open_file(forms["01.1.C01"], "x")
    assert isinstance(opened, OpenedForm)
    assert one is as_issued(replace(opened.unit_form, lang="fr"), None)[0], "as in the first language"
    assert base is not one
    assert base is received_of(forms["01.2"])[1], "registers of different sizes"


def test_many_faults_of_one_kind_are_counted() -> None:
    many = [issue("STRUCTURE_FORMULA_CHANGED", Place(sheet="Một", cell=f"E{row}")) for row in range(1, 31)]
    warned = [issue("FIELD_CUT", Place(sheet="Một", cell=f"D{row}"), label="x") for row in range(1, 8)]
    other = issue("STRUCTURE_FORMULA_CHANGED", Place(sheet="Hai", cell="E1"))

    found = structure.few([*many, other, *warned])

    named = [*many[:5], other, *warned[:5]]
    assert found[: len(named)] == named
    assert {each.code for each in found[len(named) :]} == {"STRUCTURE_MORE"}
    more = [each for each in found if each.code == "STRUCTURE_MORE"]
    assert [(each.severity, each.place.sheet) for each in more] == [(Severity.ERROR, "Một"), (Severity.WARNING, "Một")]
    assert "25" in more[0].message.vi and "E1" in more[0].message.vi
    assert structure.few(many[:5]) == many[:5]


@pytest.mark.parametrize("form", fills.UNITS)
def test_a_sheet_is_another_once_most_of_its_words_are(forms: dict[str, Path], form: str) -> None:
    """Up to half of them, and up to five, each changed label is named."""
    received, expected, own = received_of(forms[fills.UNITS[form]])
    sheet, page = next(iter(expected.pages.items()))
    labels = [*page.labels, *page.own_labels]

    def without(count: int) -> list[str]:
        values = {**received.grids[sheet].values, **{at: f"khác {at}" for at in labels[:count]}}
        changed = replace(received, grids={**received.grids, sheet: SheetValues(values)})
        return [each.code for each in structure.compare(changed, expected, own)]

    half = len(labels) // 2
    assert set(without(half)) == {"STRUCTURE_LABEL_CHANGED"}
    assert without(half + 1) == ["STRUCTURE_SHEET_OTHER"]


@pytest.mark.parametrize("form", fills.UNITS)
def test_labels_whose_letters_and_blanks_a_program_spells_otherwise_are_the_same(
    forms: dict[str, Path], form: str
) -> None:
    received, expected, own = received_of(forms[fills.UNITS[form]])
    grids = dict(received.grids)
    for sheet, page in expected.pages.items():
        values = dict(grids[sheet].values)
        for at in {*page.labels, *page.own_labels}:
            if isinstance(said := values[at], str):
                values[at] = f" {unicodedata.normalize('NFD', said).replace(' ', chr(160) + ' ')} "
        grids[sheet] = SheetValues(values)

    assert structure.compare(replace(received, grids=grids), expected, own) == []


# Honest savers --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(forms: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Submissions of every form, filled in at random."""
    folder = tmp_path_factory.mktemp("filled")
    made = [fills.fill(forms, form, seed, folder) for form in fills.UNITS for seed in range(FILLS)]
    assert not any(failed(open_file(path, "x")) for path in made)
    return made


@pytest.mark.parametrize("saver", savers.SAVERS)
def test_honest_savers_change_nothing(
    savers_programs: savers.Programs, filled: list[Path], tmp_path: Path, saver: str
) -> None:
    assert savers.survivors(savers_programs, saver, filled, tmp_path) == filled
