"""What a Book says is what the file holds, whoever opens it; what Excel could not open is refused."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from loithe_xl.reading.reader import read
from loithe_xl.reading.received import Received
from loithe_xl.workbook.address import quoted
from loithe_xl.workbook.book import (
    Book,
    Cell,
    Chart,
    ChartSeries,
    Condition,
    Formula,
    Link,
    ListObject,
    Print,
    Sheet,
    Validation,
)
from loithe_xl.workbook.styles import STYLES
from loithe_xl.workbook.writer import render

SHEET = "Số 'A' liệu"
TEXTS = [
    "=1+1",
    "+1",
    "@SUM(A1)",
    "=cmd|' /c calc'!A1",
    "www.thu-huyen.vn",
    "mailto:a@b",
    "007",
    "1,5",
    "1/2",
    "<b>&\"'",
    "a\nb",
]
AWKWARD = ["<r><t>đậm</t></r>", "_x0041_", "có\x0bthẻ", "  thụt  ", "Đảng bộ \U0001f1fb\U0001f1f3"]
MODERN = {"XLOOKUP(1,A1:A2,B1:B2)", "UNIQUE(A1:A3)", "{SUM(A1:A3)}", "IFNA(A1,0)", "=A1"}


def example() -> Book:
    """A book with one of everything."""
    book = Book(title="Biểu mẫu", custom={"loithe": "LT1|abc"}, created=datetime(2023, 2, 1, 7, 30), active=1)
    cover = Sheet("Hướng dẫn", protected=False, gridlines=True, zoom=120)
    cover.put(1, 1, "Đọc trước", "title")
    page = Sheet(SHEET, tab_colour="9B1C1C", freeze=(3, 2), selection=(5, 2), hidden_columns=(9, 10))
    page.merges.append(((1, 1), (1, 4)))
    page.merges.append(((5, 2), (5, 3)))
    page.put(1, 1, "BIỂU SỐ 1", "title")
    page.put(2, 1, 12, "input_count")
    page.put(2, 2, Decimal("25.76"), "input_decimal")
    page.put(2, 3, date(2023, 2, 28), "input_date")
    page.put(2, 4, True)
    page.put(3, 1, None, "input_text")
    page.put(4, 1, Formula("A2*2", 24), "computed_count")
    page.put(4, 2, Formula("A2/3", Decimal(12) / 7), "computed_rate")
    page.put(4, 3, Formula('IF(A2>0,"Đủ & đúng","")', "Đủ & đúng"), "computed_text")
    page.put(4, 4, Formula('IF(A2>0,"","thiếu")', ""), "computed_text")
    for row, result in ((40, "<"), (41, ""), (42, 3)):
        page.put(row, 1, Formula(f'IF($A$2<$B{row},"<","")&A$1', result, ((40, 1), (42, 1))), "computed_text")
    page.put(5, 1, Link(f"{quoted(SHEET)}!B2", "Đến ô"), "link")
    for number, text in enumerate(TEXTS + AWKWARD):
        page.put(10 + number, 1, text, "input_text")
    page.widths |= {1: 40, 9: 5}
    page.heights |= {1: 30, 4: 22.5}
    page.validations += [
        Validation(((2, 1), (2, 1)), "whole", "Số", "Nhập số\nnguyên", "Sai", minimum=0, maximum="A4"),
        Validation(((2, 2), (2, 2)), "decimal", "Số", "Nhập số", "Sai", minimum=0),
        Validation(((2, 3), (2, 3)), "date", "Ngày", "Nhập", "Sai", maximum="DATE(2023,12,31)"),
        Validation(((3, 1), (3, 1)), "text", "Chữ", "Nhập", "Dài quá", maximum=500),
        Validation(((3, 2), (3, 2)), "list", "Chọn", "Chọn", "Sai", source=("Có", "Không")),
        Validation(((3, 3), (3, 3)), "list", "Chọn", "Chọn", "Sai", source="muc_chon"),
        Validation(((3, 4), (3, 4)), "text", "Chữ", "Chỉ là lời nhắc", ""),
        Validation(((3, 5), (3, 5)), "whole", "Số", "Số bất kỳ", "Sai"),
    ]
    page.conditions += [Condition(((2, 1), (4, 4)), "$A2>10", "bad"), Condition(((2, 1), (4, 4)), "$A2>5", "warn")]
    page.print = Print(True, (20, 15, 30, 10), (1, 2), "&C&P", "&L&D", True, (1, 4), rows=30)
    page.put(50, 1, "Đơn vị", "head")
    page.put(50, 2, "Số <7>", "head")
    page.put(51, 1, "Chi bộ 1", "text")
    page.put(51, 2, 7, "computed_count")
    page.tables.append(ListObject(((50, 1), (51, 2)), "so_lieu"))
    hidden = Sheet("_ẩn", hidden=True)
    for row, name in enumerate(("Chi bộ 1", "Chi bộ 2"), 2):
        hidden.put(row, 1, name)
        hidden.put(row, 2, row)
        hidden.put(row, 3, Formula(f"B{row}+1", row + 1))
    hidden.put(1, 2, "Xong", "head")
    hidden.put(1, 3, "Chưa", "head")
    bars = ChartSeries((1, 2), ((2, 2), (3, 2)), "1F3A5F"), ChartSeries((1, 3), ((2, 3), (3, 3)), "FFFFFF", True)
    cover.charts.append(Chart((3, 1), "Tiến độ", ((2, 1), (3, 1)), bars, (640, 300), "_ẩn"))
    book.sheets += [cover, page, hidden]
    book.names = {"members.total": f"INDEX({quoted(SHEET)}!$A$1:$D$9,2,1)", "khóa": '"LT1|abc"'}
    book.names["muc_chon"] = "'_ẩn'!$A$2:$A$3"
    return book


@pytest.fixture(scope="module")
def package() -> bytes:
    return render(example())


@pytest.fixture(scope="module")
def opened(package: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(package))


def part(package: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(package)).read(name).decode()


def one(change: Callable[[Sheet, Book], object]) -> Book:
    """A book of one sheet, changed."""
    sheet = Sheet("A")
    book = Book([sheet])
    change(sheet, book)
    return book


def test_values_keep_their_type(package: bytes):
    received = read(package)

    assert isinstance(received, Received)
    grid = received.grids[SHEET]
    assert [grid.get(2, column) for column in (1, 2, 3, 4)] == [12, Decimal("25.76"), 44985, True]
    assert [grid.get(10 + number, 1) for number in range(len(TEXTS + AWKWARD))] == TEXTS + AWKWARD
    assert grid.get(3, 1) is None


def test_nothing_typed_becomes_a_formula_a_link_or_a_number(opened: openpyxl.Workbook):
    page = opened[SHEET]

    for number, text in enumerate(TEXTS):
        cell = page.cell(10 + number, 1)
        assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)
        assert cell.quotePrefix
        assert cell.number_format == "@"


def test_formulas_carry_their_true_result(package: bytes, opened: openpyxl.Workbook):
    received = read(package)

    assert isinstance(received, Received)
    grid = received.grids[SHEET]
    assert [grid.get(4, 1), grid.get(4, 3), grid.get(4, 4)] == [24, "Đủ & đúng", None]
    assert grid.get(4, 2) == Decimal(f"{12 / 7:.15g}"), "what Excel keeps of it"
    assert received.flawed[SHEET] == {}, "an empty text is a result, too"
    assert opened[SHEET]["C4"].value == '=IF(A2>0,"Đủ & đúng","")'
    assert '<c r="D4"' in part(package, "xl/worksheets/sheet2.xml")


def test_a_shared_formula_is_stated_once(package: bytes, opened: openpyxl.Workbook):
    marks = 't="shared" si="0"'
    sheet = part(package, "xl/worksheets/sheet2.xml")

    for row in (40, 41, 42):
        assert opened[SHEET].cell(row, 1).value == f'=IF($A$2<$B{row},"<","")&A$1'
    assert f'<f {marks} ref="A40:A42">IF($A$2&lt;$B40,"&lt;","")&amp;A$1</f><v>&lt;</v>' in sheet
    assert sheet.count(f"<f {marks}/>") == 2
    assert f't="str"><f {marks}/><v></v>' in sheet
    assert f"<f {marks}/><v>3</v>" in sheet


def test_a_link_jumps_inside_the_workbook(opened: openpyxl.Workbook):
    cell = opened[SHEET]["A5"]

    assert (cell.value, cell.hyperlink.location, cell.hyperlink.target) == ("Đến ô", "'Số ''A'' liệu'!B2", None)


def test_the_sheets_look(opened: openpyxl.Workbook):
    page = opened[SHEET]

    assert [str(area) for area in page.merged_cells.ranges] == ["A1:D1", "B5:C5"]
    assert (page.row_dimensions[1].height, page.row_dimensions[4].height) == (30, 22.5)
    assert page.column_dimensions["A"].width == pytest.approx(40.625)
    assert page.column_dimensions["I"].hidden
    assert page.freeze_panes == "B3"
    assert page.sheet_view.selection[-1].sqref == "B5:C5", "of a merged cell all is selected"
    assert page.sheet_properties.tabColor.rgb == "FF9B1C1C"
    assert page.sheet_view.showGridLines is False
    assert opened["Hướng dẫn"].sheet_view.showGridLines is not False
    assert (page.sheet_view.zoomScale, opened["Hướng dẫn"].sheet_view.zoomScale) == (None, 120)
    assert [sheet.sheet_state for sheet in opened] == ["visible", "visible", "hidden"]
    assert opened.active.title == SHEET


def test_every_style_is_written_as_it_is_described():
    sheet = Sheet("A")
    for row, name in enumerate(STYLES, 1):
        sheet.put(row, 1, "x", name)
    page = openpyxl.load_workbook(io.BytesIO(render(Book([sheet]))))["A"]

    for row, (name, style) in enumerate(STYLES.items(), 1):
        cell = page.cell(row, 1)
        assert (cell.font.name, cell.font.sz, cell.font.b, cell.font.i) == (
            "Times New Roman", style.size, style.bold, style.italic,
        ), name  # fmt: skip
        assert cell.font.color.rgb == f"FF{style.colour}", name
        assert (cell.fill.fgColor.rgb if cell.fill.fill_type else "") == (f"FF{style.fill}" if style.fill else ""), name
        assert (cell.protection.locked, cell.quotePrefix, cell.number_format) == (
            style.locked, style.quote_prefix or not style.locked, style.number,
        ), name  # fmt: skip
        assert (cell.alignment.textRotation, bool(cell.alignment.wrapText)) == (style.rotation, style.wrap), name
        assert bool(cell.border.left.style) == style.border, name


def test_protected_sheets_let_sizes_be_changed_and_nothing_else(opened: openpyxl.Workbook):
    protection = opened[SHEET].protection

    assert protection.sheet
    assert protection.objects
    assert protection.scenarios
    assert not (protection.formatColumns or protection.formatRows)
    kept = ("formatCells", "insertRows", "insertColumns", "deleteRows", "deleteColumns", "sort", "autoFilter")
    assert all(getattr(protection, name) for name in kept)
    assert not (protection.selectLockedCells or protection.selectUnlockedCells)
    assert not opened["Hướng dẫn"].protection.sheet


def test_validations_say_what_may_be_typed(opened: openpyxl.Workbook):
    rules = {str(rule.sqref): rule for rule in opened[SHEET].data_validations.dataValidation}
    said = {
        place: (rule.type, rule.operator, rule.formula1, rule.formula2, rule.errorStyle, rule.allowBlank)
        for place, rule in rules.items()
    }

    assert said == {
        "A2": ("whole", None, "0", "A4", None, True),
        "B2": ("decimal", "greaterThanOrEqual", "0", None, None, True),
        "C2": ("date", "lessThanOrEqual", "DATE(2023,12,31)", None, None, True),
        "A3": ("textLength", "lessThanOrEqual", "500", None, None, True),
        "B3": ("list", None, '"Có,Không"', None, None, True),
        "C3": ("list", None, "muc_chon", None, None, True),
        "D3": (None, None, None, None, None, True),
        "E3": ("whole", None, "-999999999999999", "999999999999999", None, True),
    }
    assert (rules["A2"].promptTitle, rules["A2"].prompt, rules["A2"].error) == ("Số", "Nhập số\nnguyên", "Sai")
    assert all(rule.showInputMessage for rule in rules.values())


def test_conditions_colour_in_their_order(opened: openpyxl.Workbook):
    (rules,) = opened[SHEET].conditional_formatting
    bad, warn = rules.rules

    assert str(rules.sqref) == "A2:D4"
    assert (bad.formula, bad.priority, bad.dxf.fill.bgColor.rgb) == (["$A2>10"], 1, "FFF8C9C4")
    assert (bad.dxf.font.color.rgb, bool(bad.dxf.font.b)) == ("FF7A0000", STYLES["bad"].bold)
    assert (warn.formula, warn.priority, warn.dxf.fill.bgColor.rgb) == (["$A2>5"], 2, "FFFFE3A3")


def test_names_and_properties(package: bytes, opened: openpyxl.Workbook):
    received = read(package)

    assert isinstance(received, Received)
    assert received.names == {
        "members.total": "INDEX('Số ''A'' liệu'!$A$1:$D$9,2,1)",
        "khóa": "LT1|abc",
        "muc_chon": "'_ẩn'!$A$2:$A$3",
    }
    assert received.custom == {"loithe": "LT1|abc"}
    properties = opened.properties
    assert (properties.creator, properties.title, properties.lastModifiedBy) == ("loithe-xl", "Biểu mẫu", None)
    assert properties.created == properties.modified == datetime(2023, 2, 1, 7, 30)
    assert "absPath" not in part(package, "xl/workbook.xml")


def test_print_set_up(package: bytes, opened: openpyxl.Workbook):
    page = opened[SHEET]

    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (None, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    margins = page.page_margins
    inches = [margins.top, margins.bottom, margins.left, margins.right]
    assert inches == pytest.approx([0.7874, 0.5906, 1.1811, 0.3937])
    assert (page.print_title_rows, page.print_area) == ("$1:$2", "'Số ''A'' liệu'!$A$1:$D$30")
    assert (page.oddHeader.center.text, page.oddFooter.left.text) == ("&P", "&D")
    assert page.HeaderFooter.differentFirst
    assert page.print_options.horizontalCentered
    assert opened["Hướng dẫn"].page_setup.orientation == "portrait"


def test_the_chart_is_native_stacked_and_ours(package: bytes):
    chart = part(package, "xl/charts/chart1.xml")

    assert '<c:barDir val="bar"/><c:grouping val="percentStacked"/>' in chart
    assert '<a:solidFill><a:srgbClr val="1F3A5F"/>' in chart
    assert '<a:pattFill prst="wdUpDiag">' in chart
    assert chart.count('<c:showVal val="1"/>') == 2, "each part of a bar says its figure"
    assert chart.count('<c:numFmt formatCode="0;;"') == 2, "and none where it is 0"
    inks = re.findall(r'<c:dLbls>.*?<a:srgbClr val="(\w+)"', chart)
    assert inks == ["FFFFFF", "000000"], "white upon dark, black upon light"
    assert re.findall(r"<c:f>(.*?)</c:f>", chart)[:3] == ["_ẩn!$B$1", "_ẩn!$A$2:$A$3", "_ẩn!$B$2:$B$3"]
    assert re.findall(r"<c:v>(.*?)</c:v>", chart)[:5] == ["Xong", "Chi bộ 1", "Chi bộ 2", "2", "3"], "figures beside"
    assert "Tiến độ" in chart
    assert 'typeface="Times New Roman"' in chart
    assert '<c:legendPos val="b"/>' in chart
    assert '<c:plotVisOnly val="0"/>' in chart or "plotVisOnly" not in chart, "the figures lie on a hidden sheet"


def test_a_table_is_one_for_excel_and_its_heads_are_the_cells(package: bytes, opened: openpyxl.Workbook):
    page = opened[SHEET]
    (table,) = page.tables.values()
    heads = [page.cell(50, column) for column in (1, 2)]

    assert (table.displayName, table.ref, table.autoFilter.ref) == ("so_lieu", "A50:B51", "A50:B51")
    assert [column.name for column in table.tableColumns] == [cell.value for cell in heads] == ["Đơn vị", "Số <7>"]
    assert all(cell.font.b and cell.fill.fgColor.rgb == f"FF{STYLES['head'].fill}" for cell in heads)
    assert part(package, "xl/sharedStrings.xml").count("Số &lt;7&gt;") == 1
    assert [page.cell(51, column).value for column in (1, 2)] == ["Chi bộ 1", 7]


def test_equal_texts_are_not_shared():
    book = one(lambda sheet, _: (sheet.put(1, 1, "Có"), sheet.put(2, 1, "Có")))

    assert part(render(book), "xl/sharedStrings.xml").count("<t>Có</t>") == 2


def test_the_same_book_gives_the_same_bytes(package: bytes):
    program = (
        "import hashlib; from loithe_xl.workbook.writer import render; from test_writer import example;"
        "print(hashlib.sha256(render(example())).hexdigest())"
    )
    tests, src = Path(__file__).parent, Path(__file__).parent.parent / "src"
    said = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(map(str, (src, tests)))}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        said.add(done.stdout.strip())

    assert said == {hashlib.sha256(package).hexdigest()}


def test_the_open_xml_sdk_finds_no_error(package: bytes, ooxml_validator: list[str], tmp_path: Path):
    file = tmp_path / "mau.xlsx"
    file.write_bytes(package)
    done = subprocess.run([*ooxml_validator, str(file)], capture_output=True, text=True, check=False)

    assert json.loads(done.stdout)["errors"] == []


def rule(**changes: object) -> Callable[[Sheet, Book], object]:
    """A sheet with one validation."""
    given = {"area": ((1, 1), (1, 1)), "kind": "list", "title": "T", "prompt": "P", "error": "E", "source": ("a",)}
    return lambda sheet, _: sheet.validations.append(Validation(**{**given, **changes}))


def tables(*names: str, heads: tuple[object, ...] = ("Mã", "Tên"), rows: int = 2) -> Callable[[Sheet, Book], object]:
    """A sheet with tables beside each other."""

    def change(sheet: Sheet, _: Book) -> None:
        for number, name in enumerate(names):
            for column, head in enumerate(heads, 2 * number + 1):
                sheet.cells[1, column] = Cell(head)  # type: ignore[arg-type]
            sheet.tables.append(ListObject(((1, 2 * number + 1), (rows, 2 * number + 2)), name))

    return change


FAULTS: dict[str, Callable[[Sheet, Book], object]] = {
    "sheet name of 32": lambda sheet, _: setattr(sheet, "name", "x" * 32),
    "sheet name with a colon": lambda sheet, _: setattr(sheet, "name", "a:b"),
    "two sheets of one name": lambda _, book: book.sheets.append(Sheet("a")),
    "active sheet hidden": lambda sheet, _: setattr(sheet, "hidden", True),
    "row of 410 points": lambda sheet, _: sheet.heights.update({1: 410}),
    "column of 256": lambda sheet, _: sheet.widths.update({1: 256}),
    "text of 32768": lambda sheet, _: sheet.put(1, 1, "x" * 32_768),
    "cell beyond the last column": lambda sheet, _: sheet.put(1, 16_385, "x"),
    "unknown style": lambda sheet, _: sheet.put(1, 1, "x", "nosuch"),
    "formula of 8193": lambda sheet, _: sheet.put(1, 1, Formula("1+" * 4_096 + "1")),
    "formula shown as text": lambda sheet, _: sheet.put(1, 1, Formula("1+1", 2), "input_text"),
    "merge of one cell": lambda sheet, _: sheet.merges.append(((1, 1), (1, 1))),
    "overlapping merges": lambda sheet, _: sheet.merges.extend([((1, 1), (1, 2)), ((1, 2), (1, 3))]),
    "list of 256 characters": rule(source=("x" * 127, "y" * 128)),
    "list item with a comma": rule(source=("a,b",)),
    "empty list": rule(source=()),
    "list formula of 256": rule(source="A" * 256),
    "title of 33": rule(title="x" * 33),
    "prompt of 256": rule(prompt="x" * 256),
    "error of 226": rule(error="x" * 226),
    "modern function in a condition": lambda sheet, _: sheet.conditions.append(
        Condition(((1, 1), (1, 1)), "ISFORMULA(A1)", "bad")
    ),
    "modern function in a rule": rule(kind="whole", minimum="XLOOKUP(1,A1,A2)"),
    "modern function in a name": lambda _, book: book.names.update({"a.b": "SORT(A1:A2)"}),
    "two names alike": lambda _, book: book.names.update({"a.b": "1", "A.B": "2"}),
    "name like a cell": lambda _, book: book.names.update({"AB12": "1"}),
    "name with a blank": lambda _, book: book.names.update({"a b": "1"}),
    "property of 256": lambda _, book: setattr(book, "custom", {"t": "x" * 256}),
    "table without a row": tables("t", rows=1),
    "table with a blank heading": tables("t", heads=("Mã", " ")),
    "table with a number as heading": tables("t", heads=("Mã", 2023)),
    "table with a heading of two lines": tables("t", heads=("Mã", "Tên\nđơn vị")),
    "table with two headings alike": tables("t", heads=("Mã", "MÃ")),
    "two tables alike": tables("t", "T"),
    "table like a cell": tables("AB12"),
    "table with a blank in its name": tables("a b"),
    "table like a name": lambda sheet, book: (tables("t")(sheet, book), book.names.update({"T": "1"})),
    "header of 256": lambda sheet, _: setattr(sheet, "print", Print(header="&C" + "x" * 254)),
    **{f"formula {text}": lambda sheet, _, text=text: sheet.put(1, 1, Formula(text)) for text in sorted(MODERN)},
}


@pytest.mark.parametrize("change", FAULTS.values(), ids=FAULTS.keys())
def test_what_excel_could_not_open_is_refused(change: Callable[[Sheet, Book], object]):
    with pytest.raises(Exception, match=r".") as raised:
        render(one(change))

    assert not isinstance(raised.value, Warning)


def test_tables_stand_beside_each_other():
    page = openpyxl.load_workbook(io.BytesIO(render(one(tables("a", "b")))))["A"]

    assert [(table.name, table.ref) for table in page.tables.values()] == [("a", "A1:B2"), ("b", "C1:D2")]


def test_the_limits_themselves_are_kept():
    def full(sheet: Sheet, book: Book) -> None:
        sheet.name = "x" * 31
        sheet.heights[1] = 409
        sheet.put(1, 1, "x" * 32_767)
        rule(title="x" * 32, prompt="x" * 255, error="x" * 225, source=("x" * 127, "y" * 127))(sheet, book)
        book.custom = {"t": "x" * 255}

    received = read(render(one(full)))

    assert isinstance(received, Received)
    assert received.grids["x" * 31].get(1, 1) == "x" * 32_767
