"""Excel's limits of a formula: named when a pack is loaded, raised by the writer, and not a step too early."""

from __future__ import annotations

from datetime import date

import pytest
from test_packfile import SMALL, encoded, faults

from loithe_xl.draw import Case, form_book, packs
from loithe_xl.draw.checklist import stated
from loithe_xl.draw.fits import formula_faults, fresh_panel_of
from loithe_xl.form.checks import items
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import blank, constants
from loithe_xl.form.layout import place
from loithe_xl.form.loaded import loaded
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity
from loithe_xl.pack.find import available
from loithe_xl.pack.packfile import load_files
from loithe_xl.pack.spec import Pack
from loithe_xl.workbook.book import Book, Formula, Sheet
from loithe_xl.workbook.daynumbers import serial
from loithe_xl.workbook.formulalimits import LETTERS, Excess, excess, sharable
from loithe_xl.workbook.writer import render

DAYS = "sections/days.toml"
COLUMN = '[[table.columns]]\nid = "more_{}"\nkind = "{}"\nlabel = "Cột {}"\n\n'


def nested(levels: int) -> str:
    return "IF(1," * levels + "0" + ",0)" * levels


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        (nested(64), None),
        (nested(65), Excess("levels", 65, 64)),
        ("(" * 70 + "1" + ")" * 70, None),
        (f'"{"a" * 255}"', None),
        (f'"{"a" * 256}"', Excess("literal", 256, 255)),
        (f'"{"a" * 254}"""', None),
        (f'"{"😀" * 128}"', Excess("literal", 256, 255)),
        (f"SUM({','.join('1' * 255)})", None),
        (f"SUM({','.join('1' * 256)})", Excess("arguments", 256, 255)),
        ('IF("(((,,,"="",' + nested(63) + ")", None),
        (f"SUM('{'(' * 90}'!A1)", None),
        ("1+" * 4095 + "10", None),
        ("1+" * 4096 + "1", Excess("letters", LETTERS + 1, LETTERS)),
    ],
)
def test_what_excel_takes_of_one_formula(formula: str, found: Excess | None):
    assert excess(formula) == found

    book = Book([Sheet("A", protected=False)])
    book.sheets[0].put(1, 1, Formula(formula, 0))
    if found is None:
        render(book)
    else:
        with pytest.raises(ValueError, match=str(found.most)):
            render(book)


@pytest.mark.parametrize(
    ("formula", "allowed"),
    [
        ("IF(A1>0,INDEX(t.c,$I1),0)", True),
        ("'Trang 1'!A1+1", False),
        ("Trang!A1+1", False),
        ('"a!b"&A1', True),
        ("SUM({1,2})", False),
        ("SUM(INDEX(a,1):INDEX(a,2))", False),
    ],
)
def test_what_cells_may_share(formula: str, allowed: bool):
    assert sharable(formula) is allowed

    sheet = Sheet("A", protected=False)
    for row in (1, 2):
        sheet.put(row, 1, Formula(formula, 0, ((1, 1), (2, 1))))
    if allowed:
        render(Book([sheet]))
    else:
        with pytest.raises(ValueError, match="share"):
            render(Book([sheet]))


def widened(kind: str, number: int) -> dict[str, str]:
    """The small pack, its table with so many more columns."""
    columns = "".join(COLUMN.format(each, kind, each) for each in range(number))
    return {**SMALL, DAYS: SMALL[DAYS].replace("[[table.checks]]", columns + "[[table.checks]]", 1)}


def fresh_case(pack: Pack) -> Case:
    """A fresh form of a cell."""
    form = pack.forms["chi_bo"]
    used, inputs = loaded(pack), blank(form)
    identity = Identity("1", "2024-Q1", date(2024, 3, 31), date(2024, 4, 3), pack.id, used.layout(form).digest)
    values = all_values(form, inputs, constants(pack, serial(identity.cutoff)), {})
    return Case(UnitForm(used, identity, "LT1|…", "Chi bộ", "Huyện"), inputs, values)


def fits(files: dict[str, str]) -> bool:
    try:
        load_files(encoded(files), formula_faults)
    except Exception:
        return False
    return True


@pytest.mark.parametrize("kind", ["yesno", "count", "text"])
def test_a_table_with_too_many_checks_is_named_when_the_pack_is_loaded(kind: str):
    """The widest table that fits is written; with one more column the pack is refused, and says how far it is off."""
    low, high = 0, 60
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(widened(kind, middle)) else (low, middle)

    pack = load_files(encoded(widened(kind, low)), formula_faults)
    render(form_book(fresh_case(pack)))  # the writer refuses what Excel would
    (found,) = faults(widened(kind, high))
    assert (found.code, found.place.file, found.place.field) == ("PACK_TABLE_CHECKS", DAYS, "table")
    assert "“Ngày trồng”" in found.message.vi and ", thừa " in found.message.vi
    assert "64" in found.message.vi or "8192" in found.message.vi
    over = faults(widened(kind, 60))[0].message.vi.partition(", thừa ")[2].partition(":")[0]
    assert int(over) > int(found.message.vi.partition(", thừa ")[2].partition(":")[0]) >= 1


def test_all_that_is_too_long_is_named_at_once():
    files = widened("yesno", 60)
    files["derived/leaf.toml"] += f"""
[[derived]]
id = "long_one"
label = "Dài"
rule = "{"(1 if trees_planned > 0 else " * 70}0{")" * 70}"
"""
    check = '[[checks]]\nid = "c_{0}"\nseverity = "WARNING"\nat = "trees_planted"\nrule = "trees_planted >= {0}"\n'
    text = 'message = "Thiếu."\nremedy = "Đề nghị xem lại."\n\n'
    files["sections/trees.toml"] += "\n" + "".join(check.format(number) + text for number in range(70))

    assert {(each.code, each.place.file, each.place.field) for each in faults(files)} == {
        ("PACK_TABLE_CHECKS", DAYS, "table"),
        ("PACK_FORMULA_LONG", "derived/leaf.toml", "derived[long_one]"),
        ("PACK_FIELD_CHECKS", "sections/trees.toml", "fields[trees_planted]"),
    }


def test_the_packs_of_the_program_keep_a_distance():
    for name in available():
        pack = packs.load(name).pack
        for form in pack.forms.values():
            panel = fresh_panel_of(pack, form)
            assert not [item.id for item in items(place(form)) if excess(f"IF(1,{stated(panel, item, 9999)},0)")]
