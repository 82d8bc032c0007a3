"""Typed formulas calculated anew, as spreadsheets do or not at all; a saved result counts only where it agrees."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from cli_tools import REQUIRED, held, issue_forms, read, type_in
from hypothesis import given
from hypothesis import strategies as st
from tampering import Copy

from loithe_xl.intake.arithmetic import Incalculable, calculate
from loithe_xl.workbook.address import Address

CELLS: dict[Address, Any] = {(5, 4): 7.0, (6, 4): 3.0, (7, 4): "chữ", (8, 4): None, (9, 4): True, (1, 1): 0.1}
SHEETS = {"": CELLS, "1. Số liệu": {(10, 4): 30.0}}


def cell(sheet: str, at: Address) -> Any:
    if sheet not in SHEETS:
        raise Incalculable
    return SHEETS[sheet].get(at)


def worth(formula: str) -> Any:
    return calculate(formula, cell)


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("5+5", 10),
        (" 5 + 5 ", 10),
        ("2+3*4", 14),
        ("(2+3)*4", 20),
        ("-2^2", 4),
        ("2^3^2", 64),
        ("8/4/2", 1),
        ("10-3-2", 5),
        ("50*10%", 5),
        ("+7", 7),
        ("--7", 7),
        ("1.5E1", 15),
        ("D5+D6", 10),
        ("$D$5+d6", 10),
        ("SUM(D5:D8)", 10),
        ("sum(D5;D6)", 10),
        ("SUM(D8:D5)", 10),
        ("SUM(5,5,D5)", 17),
        ("D8+1", 1),
        ("D9+1", 2),
        ("SUM(D9)", 1),
        ("SUM(D9:D9)", 0),
        ("AVERAGE(D5:D6)", 5),
        ("MIN(D5,D6)", 3),
        ("MAX(D5:D9)", 7),
        ("COUNT(D5:D9)", 2),
        ("PRODUCT(D5,D6)", 21),
        ("ROUND(2.5,0)", 3),
        ("ROUND(-2.5,0)", -3),
        ("ROUND(1234,-2)", 1200),
        ("ROUNDDOWN(2.9,0)", 2),
        ("ROUNDUP(2.1,0)", 3),
        ("INT(-2.5)", -3),
        ("TRUNC(-2.5)", -2),
        ("ABS(-7)", 7),
        ("IF(D5>D6,1,2)", 1),
        ("IF(AND(D5>6,NOT(D6=7)),1,2)", 1),
        ("0.1+0.2=0.3", True),
        ('"a"="A"', True),
        ("D5<>D6", True),
        ("DATE(2023,2,10)", 44967),
        ("'1. Số liệu'!D10-2", 28),
        ('"Có"', "Có"),
        ('"C"&"ó"', "Có"),
        ('"số "&D5', "số 7"),
        ('"dấu ""nháy"""', 'dấu "nháy"'),
    ],
)
def test_plain_formulas_come_to_what_spreadsheets_say(formula: str, result: object):
    assert worth(formula) == result


@pytest.mark.parametrize(
    "formula",
    [
        "RAND()", "RANDBETWEEN(1,9)", "NOW()", "TODAY()", "OFFSET(D5,1,0)", 'INDIRECT("D5")', 'INFO("osversion")',
        'CELL("row",D5)', 'WEBSERVICE("http://x")', "cmd|'/c calc'!A0", "[1]Sheet1!A1", "'[x.xlsx]S'!A1", "RTD(1,2,3)",
        'CALL("a","b","c")', 'HYPERLINK("http://x",5)', "MyFunction(5)", "_xlfn.RANDARRAY()", "Khac!D5",
        "'Trang'!A1:B2",
        "members_total+1", "D:D", "5:5", "SUM(D1:XFD1048576)", "D5:D6", "D7+1", '"5"+5', "1/0", "10^999", "(-1)^0.5",
        "5+", "(5", "5)", "SUM(5", "SUM(,)", "", "5 5", "#REF!", "{1,2}", "SUM((D5,D6))", "D5 D6", "IF(1,2)", "1,5+1",
        "Table1[x]", "@D5", "DATE(1,2,3,4)", "DATE(2023,13,45)", "(" * 200 + "5" + ")" * 200, "-" * 9 + "x",
    ],
)  # fmt: skip
def test_what_changes_or_leads_elsewhere_cannot_be_calculated(formula: str):
    with pytest.raises(Incalculable):
        worth(formula)


SUMS = st.recursive(
    st.integers(0, 999).map(lambda number: (f"{number}", float(number))),
    lambda part: st.tuples(part, st.sampled_from("+-*"), part).map(
        lambda drawn: (
            f"({drawn[0][0]}{drawn[1]}{drawn[2][0]})",
            {"+": float.__add__, "-": float.__sub__, "*": float.__mul__}[drawn[1]](drawn[0][1], drawn[2][1]),
        )
    ),
    max_leaves=12,
)


@given(SUMS)
def test_any_sum_of_products_comes_to_its_value(drawn: tuple[str, float]):
    formula, value = drawn
    assert math.isclose(worth(formula), value)


@given(st.text("0123456789.+-*/^&%()=<>,;:\"!$DSUMIF '", max_size=60))
def test_no_text_breaks_the_calculation(text: str):
    try:
        worth(text)
    except Incalculable:
        return


# Through the command line ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sent")
    return type_in(issue_forms(folder)["01.1.C01"], folder / "nop.xlsx", REQUIRED, [held(10)])


@pytest.mark.parametrize(
    ("content", "code", "severity", "words"),
    [
        ("><f>5+5</f><v>11</v>", "STRUCTURE_FORMULA_STALE", "ERROR", ("tính ra 10", "kết quả 11")),
        ("><f>15*2</f><v>30</v>", "STRUCTURE_FORMULA_TYPED", "WARNING", ()),
        ("><f>RANDBETWEEN(1,30)</f><v>30</v>", "STRUCTURE_FORMULA_UNSURE", "ERROR", ()),
        ("><f>[1]S!A1</f><v>30</v>", "STRUCTURE_FORMULA_UNSURE", "ERROR", ()),
        ("><f>VLOOKUP(1,A1:B2,2)</f><v>30</v>", "STRUCTURE_FORMULA_UNSURE", "ERROR", ()),
        (' t="str"><f>"bí mật"</f><v>30</v>', "STRUCTURE_FORMULA_STALE", "ERROR", ("(chữ)",)),
    ],
)
def test_a_typed_formula_counts_only_where_it_comes_to_what_was_saved(
    sent: Path, tmp_path: Path, content: str, code: str, severity: str, words: tuple[str, ...]
):
    copy = Copy(sent)
    sheet, at = copy.cell(*copy.number(), content)
    copy.save(tmp_path / "x.xlsx")

    [found] = read("validate", tmp_path / "x.xlsx")["files"]

    [named] = [each for each in found["issues"] if each["code"].startswith("STRUCTURE_FORMULA")]
    assert (named["code"], named["severity"], named["sheet"], named["cell"]) == (code, severity, sheet, at)
    assert all(word in named["message"] for word in words)
    assert "bí mật" not in named["message"]
