"""Ways to tamper with a genuine submission: each edits the parts of its package, and says what must be answered.

``TAMPERINGS`` must be named with their code and cell (most are refused, some only warned of); ``HARMLESS`` must change
nothing, for honest programs do the same.
"""

from __future__ import annotations

import html
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from loithe_xl.form.layout import Layout, Slot, TableSlot
from loithe_xl.identity.token import sign
from loithe_xl.intake.openfile import Opened, OpenedForm, open_file
from loithe_xl.pack.spec import Field
from loithe_xl.workbook.address import address, column_letters, located
from loithe_xl.workbook.ownsheets import (
    CHECK,
    GUIDE,
    HIDDEN,
    HIDDEN_CHECKS,
    HIDDEN_RECEIPTS,
    HIDDEN_REGISTER,
    LANG_CELL,
    NAME_CELL,
    TOTALS,
)

Where = tuple[str, str]  # sheet, cell; either may be blank
STRANGER = bytes(range(32))  # a private key that nobody trusts


@lru_cache(8)
def genuine(source: Path) -> Opened:
    """A submission that nobody touched, as read; kept, for many copies are made of one."""
    return open_file(source, "x")


class Copy:
    """A genuine submission while it is tampered with: its parts by name, and where things lie in its form."""

    def __init__(self, source: Path) -> None:
        with zipfile.ZipFile(source) as package:
            self.parts = {name: package.read(name).decode() for name in package.namelist()}
        self.opened = genuine(source)
        assert isinstance(self.opened, OpenedForm), self.opened.issues
        self.layout: Layout = self.opened.layout
        self.slots: list[Slot] = [slot for slot in self.layout.slots.values() if not slot.wide]
        self.table: TableSlot = next(iter(self.layout.tables.values()))
        self.names = [
            html.unescape(name) for name in re.findall(r'<sheet name="([^"]+)"', self.parts["xl/workbook.xml"])
        ]

    def save(self, target: Path) -> Path:
        """Write the package with its parts as they are now."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
            for name, text in self.parts.items():
                package.writestr(name, text)
        return target

    def part(self, sheet: str) -> str:
        """The part that holds a sheet."""
        return f"xl/worksheets/sheet{self.names.index(sheet) + 1}.xml"

    def edit(self, part: str, pattern: str, by: str | Callable[[re.Match[str]], str], count: int = 1) -> None:
        """Replace in a part; fails where nothing would change."""
        before = self.parts[part]
        self.parts[part] = re.sub(pattern, by, before, count=count, flags=re.S)
        assert self.parts[part] != before, pattern

    def cell(self, sheet: str, cell: str, content: str) -> Where:
        """Give a cell other content, its attributes (but the style) included: ``t="str"><v>x</v>``."""
        pattern = rf'<c r="{cell}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'
        part = self.part(sheet)
        if not re.search(pattern, self.parts[part], re.S):
            row = located(cell)[0]
            self.edit(part, rf'(<row r="{row}"(?:[^>]*[^/])?>.*?)(</row>)', rf'\1<c r="{cell}"/>\2')
        self.edit(part, pattern, lambda found: f'<c r="{cell}"{found[1] or ""}{content}</c>')
        return sheet, cell

    def text(self, sheet: str, cell: str, words: str) -> Where:
        """Let a cell hold a text."""
        return self.cell(sheet, cell, f' t="inlineStr"><is><t>{html.escape(words)}</t></is>')

    def formula(self, sheet: str, cell: str, change: Callable[[str], str]) -> Where:
        """Give a cell another formula, made of its own."""
        pattern = rf'(<c r="{cell}"[^>]*><f[^>]*>)(.*?)(</f>)'
        self.edit(self.part(sheet), pattern, lambda found: found[1] + change(found[2]) + found[3])
        return sheet, cell

    def rule(self, sheet: str, cells: str, pattern: str, by: str) -> Where:
        """Change the rule of an area, its ``<dataValidation …>`` element as text."""

        def changed(found: re.Match[str]) -> str:
            assert re.search(pattern, found[0]), found[0]
            return re.sub(pattern, by, found[0])

        self.edit(self.part(sheet), rf'<dataValidation [^>]*sqref="{cells}"[^>]*>.*?</dataValidation>', changed)
        return sheet, cells.split(":")[0]

    def number(self) -> Where:
        """The first input that holds a number larger than zero."""
        values = self.opened.inputs.values
        slot = next(each for each in self.slots if each.field.kind == "count" and values[each.field.id])
        return slot.sheet, slot.cell

    def format(self, sheet: str, cell: str, code: str) -> Where:
        """Give a cell another number format."""
        styles = self.parts["xl/styles.xml"]
        number = str(190 + len(re.findall(r"<numFmt ", styles)))
        entry = f'<numFmt numFmtId="{number}" formatCode="{html.escape(code)}"/>'.replace("\\", r"\\")
        if "<numFmts" in styles:
            self.edit("xl/styles.xml", "</numFmts>", entry + "</numFmts>")
        else:
            self.edit("xl/styles.xml", "(<styleSheet[^>]*>)", rf"\1<numFmts>{entry}</numFmts>")
        return self.styled(sheet, cell, numFmtId=number)

    def styled(self, sheet: str, cell: str, **attributes: str) -> Where:
        """Give a cell a style of its own: its former one with other attributes."""
        listed = re.search("<cellXfs.*?</cellXfs>", self.parts["xl/styles.xml"], re.S)
        was = re.search(rf'<c r="{cell}" s="(\d+)"', self.parts[self.part(sheet)])
        assert listed and was
        every = re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", listed[0], re.S)
        new = every[int(was[1])]
        for name, value in attributes.items():
            new = re.sub(rf' {name}="[^"]*"', f' {name}="{value}"', new, count=1)
        self.edit("xl/styles.xml", "</cellXfs>", new + "</cellXfs>")
        self.edit(self.part(sheet), rf'(<c r="{cell}" s=)"\d+"', rf'\1"{len(every)}"')
        return sheet, cell

    def label(self, slot: Slot) -> Where:
        """The cell that says what an input is."""
        return slot.sheet, address(slot.row, 2)

    def status(self, slot: Slot) -> Where:
        """The cell beside an input that says what is wrong."""
        return slot.sheet, address(slot.row, 5)

    def of(self, wanted: Callable[[Field], bool]) -> tuple[str, str]:
        """Sheet and area of the first input of a kind: a scalar's cell or a table's column."""
        for slot in self.slots:
            if wanted(slot.field):
                return slot.sheet, slot.cell
        for table in self.layout.tables.values():
            for column in table.table.columns:
                if wanted(column):
                    return table.sheet, f"{table.cell(column.id, 0)}:{table.cell(column.id, table.table.rows - 1)}"
        raise AssertionError("the form has no such field")


Change = Callable[[Copy], Where]


@dataclass(frozen=True)
class Tampering:
    """One way; ``codes``: the answer must be one of these issues, at the place that ``change`` names.

    ``places``: of the form that it touches; each may be named, and nothing else.
    """

    name: str
    codes: tuple[str, ...]
    change: Change
    parents_only: bool = False
    places: int = 1

    def apply(self, source: Path, target: Path) -> Where:
        """Write the tampered copy; the sheet and cell that must be named."""
        copy = Copy(source)
        where = self.change(copy)
        copy.save(target)
        return where


TAMPERINGS: list[Tampering] = []
HARMLESS: list[Tampering] = []


def tampering(name: str, *codes: str, parents_only: bool = False, places: int = 1) -> Callable[[Change], Change]:
    """Enter a way into the list."""

    def enter(change: Change) -> Change:
        TAMPERINGS.append(Tampering(name, codes, change, parents_only, places))
        return change

    return enter


def harmless(name: str) -> Callable[[Change], Change]:
    """Enter what must not matter."""

    def enter(change: Change) -> Change:
        HARMLESS.append(Tampering(name, (), change))
        return change

    return enter


HONEST_FORMATS = (
    "General", "0", "#,##0", "0.00", "#.##0", "#,##0.00", "@", "# ##0", "000", "[Red]0", "[Color 10]#,##0;[Red]-#,##0",
    '_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)', '_-* #,##0.00 [$₫-42A]_-;-* #,##0.00 [$₫-42A]_-;_-* "-"??_-;_-@_-',
    '0" đảng viên"', 'General" người"', r"[>=1000000]0\.000\.000;[>=1000]0\.000;0", "# ?/?", "0;-0;;@",
    "[DBNum1]General", "#,##0_);(#,##0)", "$#,##0", "0 ",
)  # fmt: skip
LABEL, FORMULA, RULE = "STRUCTURE_LABEL_CHANGED", "STRUCTURE_FORMULA_CHANGED", "STRUCTURE_RULE_CHANGED"

# What the form says -------------------------------------------------------------------------------------------------


@tampering("a field's label is reworded", LABEL)
def label_reworded(copy: Copy) -> Where:
    return copy.text(*copy.label(copy.slots[0]), "Tổng số đảng viên và quần chúng (*)")


@tampering("a field's label is deleted", LABEL)
def label_deleted(copy: Copy) -> Where:
    return copy.cell(*copy.label(copy.slots[1]), ">")


@tampering("a label becomes a number", LABEL)
def label_number(copy: Copy) -> Where:
    return copy.cell(*copy.label(copy.slots[-1]), "><v>12</v>")


@tampering("a label becomes a formula", LABEL)
def label_formula(copy: Copy) -> Where:
    return copy.cell(*copy.label(copy.slots[2]), ' t="str"><f>"Số đảng"&amp;" viên"</f><v>Số đảng viên</v>')


@tampering("two labels change places", LABEL, places=2)
def labels_swapped(copy: Copy) -> Where:
    (sheet, one), (_, two) = (copy.label(slot) for slot in copy.slots[:2])
    part = copy.part(sheet)
    texts = [re.search(rf'<c r="{cell}"[^>]*>(<v>\d+</v>)', copy.parts[part]) for cell in (one, two)]
    assert texts[0] and texts[1]
    for cell, text in zip((one, two), reversed(texts), strict=True):
        copy.cell(sheet, cell, f' t="s">{text[1]}')  # type: ignore[index]
    return sheet, one


@tampering("the number before a field is another", LABEL)
def field_number(copy: Copy) -> Where:
    return copy.cell(copy.slots[3].sheet, address(copy.slots[3].row, 1), "><v>99</v>")


@tampering("a unit of measure is another", LABEL)
def measure(copy: Copy) -> Where:
    slot = next(slot for slot in copy.slots if slot.field.unit.vi or slot.field.kind == "yesno")
    return copy.text(slot.sheet, address(slot.row, 3), "nghìn người")


@tampering("a section's heading is reworded", LABEL)
def section(copy: Copy) -> Where:
    placed = copy.layout.sheets[0]
    return copy.text(placed.sheet.name, address(placed.sections[0].row, 1), "I. Mục khác")


@tampering("a column's heading is reworded", LABEL)
def column_heading(copy: Copy) -> Where:
    return copy.text(copy.slots[0].sheet, "D6", "Số liệu năm trước")


@tampering("a table's heading is reworded", LABEL)
def table_heading(copy: Copy) -> Where:
    column = copy.table.columns[copy.table.table.columns[1].id]
    return copy.text(copy.table.sheet, address(copy.table.top - 1, column), "Cột khác")


@tampering("a table's row has another number", LABEL)
def row_number(copy: Copy) -> Where:
    return copy.cell(copy.table.sheet, address(copy.table.top + 4, 1), "><v>7</v>")


@tampering("the title is reworded", LABEL)
def title(copy: Copy) -> Where:
    return copy.text(copy.layout.sheets[0].sheet.name, "A1", "BIỂU KHÁC")


@tampering("the campaign is another", LABEL)
def campaign(copy: Copy) -> Where:
    sheet = copy.layout.sheets[0].sheet.name
    return copy.text(sheet, "E1", "Đợt sinh hoạt khác")


@tampering("the unit above the form is another", LABEL)
def unit_line(copy: Copy) -> Where:
    return copy.text(copy.layout.sheets[0].sheet.name, "A2", "Chi bộ khác (mã 09.9.C99)")


@tampering("the deadline above the form is another", LABEL)
def due_line(copy: Copy) -> Where:
    return copy.text(copy.layout.sheets[0].sheet.name, "E3", "Hạn gửi: 31/12/2023")


@tampering("another superior is named as whom the form goes to", LABEL)
def steps_line(copy: Copy) -> Where:
    return copy.text(copy.layout.sheets[0].sheet.name, "A3", "4. Gửi về Đảng ủy khác")


@tampering("the legend is deleted", LABEL)
def legend(copy: Copy) -> Where:
    return copy.cell(copy.layout.sheets[1].sheet.name, "A5", ">")


# What the form computes ---------------------------------------------------------------------------------------------


@tampering("a status formula is another", FORMULA)
def status_other(copy: Copy) -> Where:
    return copy.formula(*copy.status(copy.slots[0]), lambda text: text.replace("=0", "=9", 1))


@tampering("a status formula looks at another row", FORMULA)
def status_row(copy: Copy) -> Where:
    return copy.formula(*copy.status(copy.slots[1]), lambda text: re.sub(r"\$B\$\d+", "$B$2000", text, count=1))


@tampering("a status formula looks at another sheet", FORMULA)
def status_sheet(copy: Copy) -> Where:
    return copy.formula(*copy.status(copy.slots[2]), lambda text: text.replace(f"'{HIDDEN_CHECKS}'", f"'{GUIDE}'", 1))


@tampering("a word in a status formula is another", FORMULA)
def status_word(copy: Copy) -> Where:
    return copy.formula(*copy.status(copy.slots[0]), lambda text: text.replace("LỖI", "tốt", 1))


@tampering("a status formula is typed over", FORMULA)
def status_typed(copy: Copy) -> Where:
    return copy.text(*copy.status(copy.slots[1]), "đạt")


@tampering("a status formula is deleted", FORMULA)
def status_deleted(copy: Copy) -> Where:
    return copy.cell(*copy.status(copy.slots[-1]), ">")


@tampering("a status formula gives way to its result", FORMULA)
def status_result(copy: Copy) -> Where:
    return copy.cell(*copy.status(copy.slots[0]), ' t="str"><v></v>')


@tampering("the verdict is typed over", FORMULA)
def verdict(copy: Copy) -> Where:
    return copy.text(copy.layout.sheets[0].sheet.name, "A4", "ĐƯỢC NỘP")


@tampering("what tells the faulty column of a table's row is typed over", FORMULA)
def fault_column(copy: Copy) -> Where:
    cell = address(copy.table.top + 1, copy.table.fault)
    return copy.cell(copy.table.sheet, cell, "><v>0</v>")


@tampering("a table's status formula is another", FORMULA)
def table_status(copy: Copy) -> Where:
    cell = address(copy.table.top + 2, copy.table.status)
    return copy.formula(copy.table.sheet, cell, lambda text: text.replace("=0", "&lt;&gt;0", 1))


@tampering("an echo beside a table is another", FORMULA, parents_only=True)
def table_echo(copy: Copy) -> Where:
    table = next(table for table in copy.layout.tables.values() if table.echoes)
    cell = address(table.top + 1, next(iter(table.echoes.values())))
    return copy.formula(table.sheet, cell, lambda text: re.sub(r"(\d)(?=[,)])", r"\g<1>1", text, count=1))


@tampering("a shared formula spreads over the status column", FORMULA)
def shared(copy: Copy) -> Where:
    one, two = copy.slots[:2]
    sheet, first = copy.status(one)
    _, second = copy.status(two)
    text = re.search(rf'<c r="{first}"[^>]*><f>(.*?)</f>', copy.parts[copy.part(sheet)], re.S)
    assert text
    copy.cell(sheet, first, f' t="str"><f t="shared" ref="{first}:{second}" si="0">{text[1]}</f><v></v>')
    return copy.cell(sheet, second, ' t="str"><f t="shared" si="0"/><v></v>')


@tampering("an array formula stands for a status formula", FORMULA)
def array(copy: Copy) -> Where:
    sheet, cell = copy.status(copy.slots[0])
    return copy.cell(sheet, cell, f' t="str"><f t="array" ref="{cell}">IF(1=1,"","")</f><v></v>')


@tampering("a formula stands in an input", "STRUCTURE_FORMULA_TYPED")
def formula_typed(copy: Copy) -> Where:
    slot = next(slot for slot in copy.slots if slot.field.id == "revision")
    return copy.cell(slot.sheet, slot.cell, "><f>3-2</f><v>1</v>")


@tampering("a formula in an input changes by itself", "STRUCTURE_FORMULA_UNSURE")
def formula_volatile(copy: Copy) -> Where:
    return copy.cell(*copy.number(), "><f>RANDBETWEEN(1,9)</f><v>4</v>")


@tampering("a formula in an input comes to something else", "STRUCTURE_FORMULA_STALE")
def formula_stale(copy: Copy) -> Where:
    return copy.cell(*copy.number(), "><f>5+5</f><v>11</v>")


@tampering("a total is typed over", "STRUCTURE_TOTAL_TYPED")
def total_typed(copy: Copy) -> Where:
    found = re.findall(r'<c r="(C\d+)"[^>]*><f>', copy.parts[copy.part(TOTALS)])
    return copy.cell(TOTALS, found[-1], "><v>999</v>")


@tampering("a total is a number in a formula's place", "STRUCTURE_TOTAL_TYPED")
def total_formula(copy: Copy) -> Where:
    found = re.findall(r'<c r="(C\d+)"[^>]*><f>', copy.parts[copy.part(TOTALS)])
    return copy.cell(TOTALS, found[0], "><f>999+0</f><v>999</v>")


# What may be typed --------------------------------------------------------------------------------------------------


def _is_list(field: Field) -> bool:
    return field.kind in ("yesno", "choice")


@tampering("a list has an item more", RULE)
def list_longer(copy: Copy) -> Where:
    return copy.rule(*copy.of(_is_list), '"</formula1>', ',Một phần"</formula1>')


@tampering("a list has an item less", RULE)
def list_shorter(copy: Copy) -> Where:
    return copy.rule(*copy.of(_is_list), r',[^,]*"</formula1>', '"</formula1>')


@tampering("a list is another", RULE)
def list_other(copy: Copy) -> Where:
    return copy.rule(*copy.of(_is_list), r"<formula1>.*</formula1>", '<formula1>"Yes,No"</formula1>')


@tampering("a list points at cells", RULE)
def list_cells(copy: Copy) -> Where:
    return copy.rule(*copy.of(_is_list), r"<formula1>.*</formula1>", "<formula1>$A$1:$A$3</formula1>")


@tampering("anything may stand for a list", RULE)
def list_free(copy: Copy) -> Where:
    sheet, cells = copy.of(_is_list)
    copy.rule(sheet, cells, r"<formula1>.*</formula1>", "<formula1>TRUE</formula1>")
    return copy.rule(sheet, cells, 'type="list"', 'type="custom"')


@tampering("a number may be larger", RULE)
def number_bound(copy: Copy) -> Where:
    cells = copy.of(lambda field: field.kind == "count")
    return copy.rule(*cells, r"<formula2>.*</formula2>", "<formula2>99999999999</formula2>")


@tampering("a number may be negative", RULE)
def number_sign(copy: Copy) -> Where:
    return copy.rule(*copy.of(lambda field: field.kind == "count"), "<formula1>0<", "<formula1>-9<")


@tampering("a number must lie outside its bounds", RULE)
def number_operator(copy: Copy) -> Where:
    cells = copy.of(lambda field: field.kind == "count")
    return copy.rule(*cells, 'type="whole"', 'type="whole" operator="notBetween"')


@tampering("a date may be of another year", RULE)
def date_bound(copy: Copy) -> Where:
    return copy.rule(*copy.of(lambda field: field.kind == "date"), r"&lt;=[\d.]+", "&lt;=99999")


@tampering("a rule of another kind is pasted over an input", RULE)
def rule_pasted(copy: Copy) -> Where:
    sheet, cells = copy.of(_is_list)
    copy.rule(sheet, cells, r"<formula1>.*</formula1>", "<formula1>0</formula1><formula2>9</formula2>")
    return copy.rule(sheet, cells, 'type="list"', 'type="whole"')


@tampering("a rule only warns", RULE)
def rule_warns(copy: Copy) -> Where:
    return copy.rule(*copy.of(_is_list), 'type="list"', 'type="list" errorStyle="warning"')


@tampering("another rule stands among the extensions", RULE)
def rule_extension(copy: Copy) -> Where:
    sheet, cells = copy.of(_is_list)
    extend(copy, sheet, cells, f"'{GUIDE}'!$A$1:$A$9")
    return sheet, cells.split(":")[0]


# What is seen of it --------------------------------------------------------------------------------------------------

FORMAT, UNSEEN = "STRUCTURE_FORMAT_OTHER", "STRUCTURE_UNSEEN"


@tampering("a digit stands in a number's format", FORMAT)
def format_digit(copy: Copy) -> Where:
    return copy.format(*copy.number(), '0"7"')


@tampering("a format shows another number", FORMAT)
def format_instead(copy: Copy) -> Where:
    return copy.format(*copy.number(), '[Red]"77"')


@tampering("a format shows a count as percent", FORMAT)
def format_percent(copy: Copy) -> Where:
    where = copy.number()
    copy.styled(*where, numFmtId="9")
    return where


@tampering("a format leaves out thousands", FORMAT)
def format_thousands(copy: Copy) -> Where:
    return copy.format(*copy.number(), "#,##0,")


@tampering("a format shows nothing", FORMAT)
def format_nothing(copy: Copy) -> Where:
    return copy.format(*copy.number(), ";;;")


@tampering("a format by condition shows another number", FORMAT)
def format_condition(copy: Copy) -> Where:
    return copy.format(*copy.number(), '[>=0]0"0";0')


@tampering("a conditional format shows another number", FORMAT)
def format_conditional(copy: Copy) -> Where:
    sheet, cell = copy.number()
    dxf = r'<dxf><numFmt numFmtId="201" formatCode="&quot;77&quot;"/></dxf></dxfs>'
    number = len(re.findall("<dxf>", copy.parts["xl/styles.xml"]))
    copy.edit("xl/styles.xml", "</dxfs>", dxf)
    rule = (
        f'<conditionalFormatting sqref="{cell}"><cfRule type="expression" dxfId="{number}" priority="900">'
        "<formula>TRUE</formula></cfRule></conditionalFormatting>"
    )
    copy.edit(copy.part(sheet), "<dataValidations", rule + r"\g<0>")
    return sheet, cell


@tampering("a row of figures is hidden", UNSEEN)
def row_hidden(copy: Copy) -> Where:
    sheet, cell = copy.number()
    copy.edit(copy.part(sheet), f'<row r="{located(cell)[0]}"', r'\g<0> hidden="1"')
    return sheet, cell


@tampering("a row of figures has no height", UNSEEN)
def row_low(copy: Copy) -> Where:
    sheet, cell = copy.number()
    copy.edit(
        copy.part(sheet),
        rf'(<row r="{located(cell)[0]}"[^>]*?)( ht="[\d.]+")?( customHeight="1")?>',
        r'\1 ht="0" customHeight="1">',
    )
    return sheet, cell


@tampering("the column of figures is hidden", UNSEEN, "STRUCTURE_MORE", places=9)
def column_hidden(copy: Copy) -> Where:
    sheet, _ = copy.number()
    copy.edit(copy.part(sheet), '<col min="4" max="4"', r'\g<0> hidden="1"')
    filled = (
        slot for slot in copy.slots if slot.sheet == sheet and copy.opened.inputs.values[slot.field.id] is not None
    )
    return sheet, next(filled).cell


@tampering("a figure is merged over", "STRUCTURE_MERGED_OVER")
def merged_over(copy: Copy) -> Where:
    sheet, cell = copy.number()
    row, column = located(cell)
    merge = rf'<mergeCell ref="{address(row, column - 1)}:{cell}"/></mergeCells>'
    copy.edit(copy.part(sheet), "</mergeCells>", merge)
    return sheet, cell


@tampering("an input sheet is hidden", "STRUCTURE_SHEET_HIDDEN")
def sheet_hidden(copy: Copy) -> Where:
    sheet, _ = copy.number()
    copy.edit("xl/workbook.xml", rf'<sheet name="{re.escape(sheet)}"', r'\g<0> state="hidden"')
    return sheet, ""


@tampering("a text box lies on the inputs", "STRUCTURE_DRAWING")
def text_box(copy: Copy) -> Where:
    sheet, cell = copy.number()
    row, column = located(cell)
    box = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor>'
        f"<xdr:from><xdr:col>{column - 1}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row - 1}</xdr:row>"
        f"<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff>"
        f"<xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:sp><xdr:nvSpPr><xdr:cNvPr id='2' name='x'/>"
        "<xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr/><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>77</a:t></a:r></a:p></xdr:txBody>"
        "</xdr:sp><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
    )
    draw(copy, sheet, box)
    return sheet, cell


# Names, rows, columns, sheets ---------------------------------------------------------------------------------------


@tampering("a field's name points at another cell", "STRUCTURE_NAME_CHANGED")
def name_moved(copy: Copy) -> Where:
    slot = copy.slots[0]
    copy.edit(
        "xl/workbook.xml", rf'(<definedName name="{slot.field.id}">[^<]*?,)(\d+)(,1\)</definedName>)', r"\g<1>40\3"
    )
    return slot.sheet, slot.cell


@tampering("a row is inserted among the fields", "STRUCTURE_ROWS_INSERTED")
def row_inserted(copy: Copy) -> Where:
    return shift(copy, copy.slots[2].sheet, row=copy.slots[2].row, by=1)


@tampering("three rows are inserted above everything", "STRUCTURE_ROWS_INSERTED")
def rows_above(copy: Copy) -> Where:
    return shift(copy, copy.slots[0].sheet, row=1, by=3)


@tampering("a row is inserted into a table", "STRUCTURE_ROWS_INSERTED")
def table_row_inserted(copy: Copy) -> Where:
    return shift(copy, copy.table.sheet, row=copy.table.top + 5, by=1)


@tampering("a field's row is deleted", "STRUCTURE_ROWS_DELETED")
def row_deleted(copy: Copy) -> Where:
    return shift(copy, copy.slots[2].sheet, row=copy.slots[2].row, by=-1)


@tampering("rows of a table are deleted", "STRUCTURE_ROWS_DELETED")
def table_rows_deleted(copy: Copy) -> Where:
    return shift(copy, copy.table.sheet, row=copy.table.top + 3, by=-4)


@tampering("a column is inserted before the inputs", "STRUCTURE_COLUMNS_INSERTED")
def column_inserted(copy: Copy) -> Where:
    return shift(copy, copy.slots[0].sheet, column=4, by=1)


@tampering("a column is inserted before everything", "STRUCTURE_COLUMNS_INSERTED")
def column_first(copy: Copy) -> Where:
    return shift(copy, copy.table.sheet, column=1, by=1)


@tampering("a column of a table is deleted", "STRUCTURE_COLUMNS_DELETED")
def column_deleted(copy: Copy) -> Where:
    return shift(copy, copy.table.sheet, column=3, by=-1)


@tampering("an input sheet is deleted", "SHEET_MISSING")
def sheet_deleted(copy: Copy) -> Where:
    return drop_sheet(copy, copy.layout.sheets[-1].sheet.name)


@tampering("the hidden checks are deleted", "SHEET_MISSING")
def checks_deleted(copy: Copy) -> Where:
    return drop_sheet(copy, HIDDEN_CHECKS)


@tampering("the identity's sheet is deleted", "SHEET_MISSING")
def identity_deleted(copy: Copy) -> Where:
    return drop_sheet(copy, HIDDEN)


@tampering("the guide is deleted", "SHEET_MISSING")
def guide_deleted(copy: Copy) -> Where:
    return drop_sheet(copy, GUIDE)


@tampering("an input sheet is renamed", "SHEET_MISSING")
def sheet_renamed(copy: Copy) -> Where:
    return rename_sheet(copy, copy.layout.sheets[0].sheet.name)


@tampering("the sheet of checks is renamed", "SHEET_MISSING")
def checks_renamed(copy: Copy) -> Where:
    return rename_sheet(copy, CHECK)


@tampering("two sheets exchange their names", "STRUCTURE_SHEET_OTHER", places=2)
def sheets_exchanged(copy: Copy) -> Where:
    one, two = (f'<sheet name="{placed.sheet.name}"' for placed in copy.layout.sheets[:2])
    book = copy.parts["xl/workbook.xml"]
    copy.parts["xl/workbook.xml"] = book.replace(one, "@@").replace(two, one).replace("@@", two)
    return copy.layout.sheets[0].sheet.name, ""


@tampering("a sheet is added", "STRUCTURE_SHEET_EXTRA")
def sheet_added(copy: Copy) -> Where:
    copy.parts["xl/worksheets/sheet99.xml"] = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    link = f'<Relationship Id="rId99" Type="{kind}" Target="worksheets/sheet99.xml"/>'
    copy.edit("xl/_rels/workbook.xml.rels", "</Relationships>", f"{link}</Relationships>")
    copy.edit("xl/workbook.xml", "</sheets>", '<sheet name="Ghi chú" sheetId="99" r:id="rId99"/></sheets>')
    return "", ""  # its name is somebody's own words


@tampering("a name of the old format's spelling leads elsewhere", "STRUCTURE_NAME_CHANGED")
def flat_name_astray(copy: Copy) -> Where:
    found = re.findall(r'<definedName name="(\w+\.\w+)"', copy.parts["xl/workbook.xml"])
    name = next(each for each in found if each.split(".")[0] == copy.table.table.id)
    flat = f'<definedName name="{name.replace(".", "_")}">$B$2</definedName>'
    copy.edit("xl/workbook.xml", f'<definedName name="{re.escape(name)}"[^>]*>[^<]*</definedName>', flat)
    sheet, cell = copy.table.sheet, copy.table.cell(name.split(".")[1], 0)
    return sheet, cell


@tampering("two sheets change places", "STRUCTURE_SHEET_ORDER")
def sheets_moved(copy: Copy) -> Where:
    copy.edit("xl/workbook.xml", r"(<sheets>)(<sheet [^>]*>)(<sheet [^>]*>)", r"\1\3\2")
    return copy.names[1], ""


# What stands where nothing should ------------------------------------------------------------------------------------


@tampering("a value stands to the right of the form", "VALUE_OUTSIDE")
def value_right(copy: Copy) -> Where:
    return copy.cell(copy.slots[0].sheet, address(copy.slots[0].row, 11), "><v>5</v>")


@tampering("a value hides in a blank cell of the form", "VALUE_OUTSIDE")
def value_merged(copy: Copy) -> Where:
    placed = copy.layout.sheets[0]
    return copy.text(placed.sheet.name, address(placed.sections[0].row, 3), "ẩn")


@tampering("a value stands below the form", "VALUE_OUTSIDE")
def value_below(copy: Copy) -> Where:
    sheet = copy.slots[0].sheet
    copy.edit(copy.part(sheet), "</sheetData>", '<row r="5000"><c r="B5000"><v>5</v></c></row></sheetData>')
    return sheet, "B5000"


@tampering("a value stands at the end of the world", "FILE_TOO_WIDE")
def value_far(copy: Copy) -> Where:
    sheet = copy.slots[0].sheet
    copy.edit(copy.part(sheet), "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>5</v></c></row></sheetData>')
    return sheet, ""


@tampering("an input is locked, as cutting leaves it", "FIELD_CUT")
def input_locked(copy: Copy) -> Where:
    slot = copy.slots[0]
    copy.edit(copy.part(slot.sheet), rf'<c r="{slot.cell}" s="\d+"', f'<c r="{slot.cell}" s="0"')
    return slot.sheet, slot.cell


@tampering("an input shows an error", "FIELD_ERROR_VALUE")
def input_error(copy: Copy) -> Where:
    slot = copy.slots[0]
    return copy.cell(slot.sheet, slot.cell, ' t="e"><f>1/0</f><v>#DIV/0!</v>')


@tampering("dates count from 1904", "FILE_DATE1904")
def other_calendar(copy: Copy) -> Where:
    copy.edit("xl/workbook.xml", "<workbookPr ", '<workbookPr date1904="1" ')
    return "", ""


# Who it says it is ---------------------------------------------------------------------------------------------------


def retoken(copy: Copy, token: str) -> Where:
    """Another token in all three places."""
    for name, text in copy.parts.items():
        copy.parts[name] = text.replace(copy.opened.token, token)
    return "", ""


def _reworded(copy: Copy, old: str, new: str) -> Where:
    assert old in copy.opened.token
    return retoken(copy, copy.opened.token.replace(old, new, 1))


@tampering("the token's unit is edited", "TOKEN_FORGED")
def token_unit(copy: Copy) -> Where:
    return _reworded(copy, f"|{copy.opened.identity.unit}|", "|01.9|")  # type: ignore[union-attr]


@tampering("the token's period is edited", "TOKEN_FORGED")
def token_period(copy: Copy) -> Where:
    return _reworded(copy, "|2023-02|", "|2023-03|")


@tampering("the token's layout is edited", "TOKEN_FORGED")
def token_layout(copy: Copy) -> Where:
    return _reworded(copy, copy.layout.digest, "0123456789ab")


@tampering("the token is of another version", "TOKEN_VERSION")
def token_version(copy: Copy) -> Where:
    return _reworded(copy, "LT1|", "LT9|")


@tampering("the token is cut short", "TOKEN_MALFORMED")
def token_short(copy: Copy) -> Where:
    return retoken(copy, copy.opened.token[:-9])


@tampering("the token is gone", "TOKEN_MISSING")
def token_gone(copy: Copy) -> Where:
    return retoken(copy, "")


@tampering("two tokens disagree", "TOKEN_CONFLICT")
def tokens_apart(copy: Copy) -> Where:
    copy.edit("docProps/custom.xml", re.escape(copy.opened.token), copy.opened.token.replace("2023", "2024", 1))
    return "", ""


@tampering("a layout that the pack never issued", "LAYOUT_UNKNOWN")
def strange_layout(copy: Copy) -> Where:
    return retoken(copy, sign(replace(copy.opened.identity, digest="0123456789ab"), STRANGER))


@tampering("a pack that nobody has", "PACK_ABSENT")
def strange_pack(copy: Copy) -> Where:
    return retoken(copy, sign(replace(copy.opened.identity, pack="khac"), STRANGER))


@tampering("a period that is none", "TOKEN_MALFORMED")
def strange_period(copy: Copy) -> Where:
    return retoken(copy, sign(replace(copy.opened.identity, period="x-Qz"), STRANGER))


@tampering("a cut-off before every calendar", "TOKEN_MALFORMED")
def strange_cutoff(copy: Copy) -> Where:
    return retoken(copy, sign(replace(copy.opened.identity, cutoff=date(1, 1, 1)), STRANGER))


@tampering("the language is marked as another", "STRUCTURE_SHEET_OTHER", places=2)
def strange_language(copy: Copy) -> Where:
    copy.text(HIDDEN, address(*LANG_CELL), "en")
    return copy.layout.sheets[0].sheet.name, ""


@tampering("the unit's name in the hidden sheet is another", LABEL, places=3)  # a parent's titles have it too
def strange_name(copy: Copy) -> Where:
    copy.text(HIDDEN, address(*NAME_CELL), "Chi bộ khác")
    return copy.layout.sheets[0].sheet.name, "A2"


@tampering("signed by a stranger", "TOKEN_FOREIGN")
def strange_key(copy: Copy) -> Where:
    return retoken(copy, sign(copy.opened.identity, STRANGER))


@tampering("signed for another unit by a stranger", "TOKEN_FOREIGN")
def strange_unit(copy: Copy) -> Where:
    return retoken(copy, sign(replace(copy.opened.identity, unit="01.9"), STRANGER))


@tampering("the embedded register is edited", "LEDGER_DAMAGED", parents_only=True)
def register_edited(copy: Copy) -> Where:
    copy.text(HIDDEN_REGISTER, "B3", "Chi bộ đổi tên")
    return "", ""


@tampering("the receipts are edited", "LEDGER_DAMAGED", parents_only=True)
def receipts_edited(copy: Copy) -> Where:
    copy.text(HIDDEN_RECEIPTS, "A1", "khác")
    return "", ""


@tampering("the receipts are deleted", "SHEET_MISSING", parents_only=True)
def receipts_deleted(copy: Copy) -> Where:
    return drop_sheet(copy, HIDDEN_RECEIPTS)


# What must not matter -------------------------------------------------------------------------------------------------


@harmless("no sheet is protected")
def unprotected(copy: Copy) -> Where:
    for sheet in copy.names:
        copy.edit(copy.part(sheet), "<sheetProtection[^>]*/>", "")
    copy.edit("xl/workbook.xml", "<workbookProtection[^>]*/>", "")
    return "", ""


@harmless("there are no rules")
def no_rules(copy: Copy) -> Where:
    for placed in copy.layout.sheets:
        copy.edit(copy.part(placed.sheet.name), "<dataValidations.*</dataValidations>", "")
    return "", ""


@harmless("one rule is gone")
def one_rule_less(copy: Copy) -> Where:
    copy.edit(copy.part(copy.slots[0].sheet), "<dataValidation .*?</dataValidation>", "")
    return "", ""


@harmless("the fields' names are gone")
def no_names(copy: Copy) -> Where:
    copy.edit("xl/workbook.xml", r'<definedName name="(?!loithe_token)[^"]*"[^>]*>[^<]*</definedName>', "", count=0)
    return "", ""


@harmless("a web editor left the fields' names broken")
def broken_names(copy: Copy) -> Where:
    broken = iter(["#REF!", "'1. Số liệu'!#REF!", "#REF!$D$10", "'1. Số liệu'!$D$10:#REF!"] * 300)
    names = r'(<definedName name="(?!loithe_)[^"]*"[^>]*>)[^<]*'
    copy.edit("xl/workbook.xml", names, lambda found: found[1] + next(broken), count=0)
    return "", ""


@harmless("names and formulas are spelled as in Excel's old format")
def flat_names(copy: Copy) -> Where:
    found = re.findall(r'<definedName name="(\w+\.\w+)"', copy.parts["xl/workbook.xml"])
    dotted = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(found, key=len, reverse=True)))})(?![\w.])")

    def flat(found: re.Match[str]) -> str:
        return dotted.sub(lambda name: name[0].replace(".", "_"), found[0])

    copy.edit("xl/workbook.xml", "<definedName [^>]*>[^<]*</definedName>", flat, count=0)
    for part in map(copy.part, copy.names):
        copy.parts[part] = re.sub("<f>[^<]*</f>", flat, copy.parts[part])
    return "", ""


@harmless("no cell is locked")
def all_open(copy: Copy) -> Where:
    copy.edit("xl/styles.xml", "<cellXfs.*</cellXfs>", lambda found: re.sub(r"<protection[^>]*/>", "", found[0]))
    return "", ""


@harmless("hidden sheets are shown")
def all_shown(copy: Copy) -> Where:
    copy.edit("xl/workbook.xml", ' state="hidden"', "", count=0)
    return "", ""


@harmless("the saved results are forged")
def results_forged(copy: Copy) -> Where:
    for sheet in copy.names:
        part = copy.part(sheet)
        copy.parts[part] = re.sub(r"(</f>)<v>[^<]*</v>", r"\1<v>777</v>", copy.parts[part])
    return "", ""


@harmless("the saved results are gone")
def results_gone(copy: Copy) -> Where:
    for sheet in copy.names:
        part = copy.part(sheet)
        copy.parts[part] = re.sub(r' t="str">(<f>[^<]*</f>)<v>[^<]*</v>', r">\1", copy.parts[part])
    return "", ""


@harmless("rows and columns have other sizes")
def sizes(copy: Copy) -> Where:
    for placed in copy.layout.sheets:
        copy.edit(copy.part(placed.sheet.name), r' (ht|width)="[\d.]+"', r' \1="33"', count=0)
    return "", ""


@harmless("merged cells are parted")
def parted(copy: Copy) -> Where:
    for placed in copy.layout.sheets:
        copy.edit(copy.part(placed.sheet.name), "<mergeCells.*</mergeCells>", "")
    return "", ""


@harmless("formulas are spelled otherwise")
def spelling(copy: Copy) -> Where:
    for placed in copy.layout.sheets:
        part = copy.part(placed.sheet.name)
        copy.edit(part, f"'{HIDDEN_CHECKS}'", HIDDEN_CHECKS, count=0)
        copy.edit(part, r"(<f>)IF\(", r"\1 If( ", count=0)
    return "", ""


@harmless("labels are composed otherwise")
def decomposed(copy: Copy) -> Where:
    for slot in copy.slots:
        label = html.escape(slot.field.label.vi, quote=False)
        copy.edit("xl/sharedStrings.xml", re.escape(label), unicodedata.normalize("NFD", label))
    return "", ""


@harmless("a list's spelling is another program's")
def list_spelling(copy: Copy) -> Where:
    sheet, cells = copy.of(_is_list)
    copy.rule(sheet, cells, 'type="list"', 'type="list" operator="equal" errorStyle="stop"')
    copy.rule(sheet, cells, "</formula1>", "</formula1><formula2>0</formula2>")
    return "", ""


@harmless("a list is kept twice, as Excel keeps items with signs")
def list_kept_twice(copy: Copy) -> Where:
    twice = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:x12ac="http://schemas.microsoft.com/office/spreadsheetml/2011/1/ac"><mc:Choice Requires="x12ac">'
        r"<x12ac:list>\1</x12ac:list></mc:Choice><mc:Fallback>\g<0></mc:Fallback></mc:AlternateContent>"
    )
    copy.rule(*copy.of(_is_list), r'<formula1>"(.*)"</formula1>', twice)
    return "", ""


@harmless("a list stands among the extensions")
def list_extension(copy: Copy) -> Where:
    extend(copy, *copy.of(_is_list))
    return "", ""


@harmless("numbers are shown as other honest programs show them")
def honest_formats(copy: Copy) -> Where:
    where = copy.number()
    for code in HONEST_FORMATS:
        copy.format(*where, code)
    return where


@harmless("a blank input has a strange format")
def blank_formats(copy: Copy) -> Where:
    blank = next(slot for slot in copy.slots if copy.opened.inputs.values[slot.field.id] is None)
    return copy.format(blank.sheet, blank.cell, '"77"')


@harmless("a hidden row holds nothing")
def blank_row_hidden(copy: Copy) -> Where:
    seen = copy.table.table.shown or copy.table.table.rows
    copy.edit(copy.part(copy.table.sheet), f'<row r="{copy.table.top + seen - 1}"', r'\g<0> hidden="1"')
    return "", ""


@harmless("a drawing with nothing in it, as Google's programs add it")
def empty_drawing(copy: Copy) -> Where:
    space = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
    draw(copy, copy.slots[0].sheet, f'<xdr:wsDr xmlns:xdr="{space}"/>')
    return "", ""


@harmless("a sheet of WPS Office's own")
def wps_sheet(copy: Copy) -> Where:
    sheet_added(copy)
    copy.edit("xl/workbook.xml", 'name="Ghi chú"', 'name="WpsReserved_CellImgList" state="veryHidden"')
    return "", ""


# Tools ----------------------------------------------------------------------------------------------------------------


def extend(copy: Copy, sheet: str, cells: str, source: str = "") -> None:
    """Move a list's rule to where Excel keeps those that older programs cannot read; ``source``: of another list."""
    part = copy.part(sheet)
    found = re.search(
        rf'<dataValidation [^>]*sqref="{cells}"[^>]*><formula1>(.*?)</formula1></dataValidation>', copy.parts[part]
    )
    assert found
    copy.parts[part] = copy.parts[part].replace(found[0], "")
    rule = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        f'<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>{source or found[1]}</xm:f></x14:formula1>'
        f"<xm:sqref>{cells}</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    copy.edit(part, "</worksheet>", rule + "</worksheet>")


def draw(copy: Copy, sheet: str, drawing: str) -> None:
    """Lay a drawing on a sheet."""
    copy.parts["xl/drawings/drawing99.xml"] = drawing
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = copy.part(sheet).replace("worksheets/", "worksheets/_rels/") + ".rels"
    assert rels not in copy.parts
    copy.parts[rels] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId99" Type="{kind}/drawing" Target="../drawings/drawing99.xml"/></Relationships>'
    )
    copy.edit(copy.part(sheet), "</worksheet>", f'<drawing xmlns:r="{kind}" r:id="rId99"/></worksheet>')
    content = "application/vnd.openxmlformats-officedocument.drawing+xml"
    override = f'<Override PartName="/xl/drawings/drawing99.xml" ContentType="{content}"/></Types>'
    copy.edit("[Content_Types].xml", "</Types>", override)


def drop_sheet(copy: Copy, sheet: str) -> Where:
    """Take a sheet out of the workbook, its part left behind."""
    copy.edit("xl/workbook.xml", rf'<sheet name="{re.escape(sheet)}"[^>]*/>', "")
    return sheet, ""


def rename_sheet(copy: Copy, sheet: str) -> Where:
    """Give a sheet another name, wherever the workbook names it."""
    for name in copy.parts:
        if name.startswith(("xl/workbook", "xl/worksheets/")):
            copy.parts[name] = copy.parts[name].replace(f"'{sheet}'!", "'Trang khác'!")
    copy.edit("xl/workbook.xml", f'<sheet name="{re.escape(sheet)}"', '<sheet name="Trang khác"')
    return sheet, ""


def shift(copy: Copy, sheet: str, *, row: int = 0, column: int = 0, by: int) -> Where:
    """Insert (``by`` > 0) or delete rows or columns as Excel does: cells, merges and rules move along."""
    first, gone = row or column, range(row or column, (row or column) - min(by, 0))

    def moved(cell: str) -> str:
        at = list(located(cell))
        axis = 0 if row else 1
        if at[axis] in gone:
            return ""
        at[axis] += by if at[axis] >= first else 0
        return address(*at)

    def area(words: str) -> str:
        ends = [moved(cell) or cell for cell in words.split(":")]
        return ":".join(ends)

    part = copy.part(sheet)
    cells, behind = copy.parts[part].split("</sheetData>")
    rows = []
    for found in re.finditer(r'<row r="(\d+)"([^>]*?)(/>|>(.*?)</row>)', cells, re.S):
        number = int(found[1])
        if row and number in gone:
            continue
        number += by if row and number >= first else 0
        inner = re.sub(
            r'<c r="([A-Z]+\d+)"([^>]*?)(/>|>.*?</c>)',
            lambda cell: f'<c r="{moved(cell[1])}"{cell[2]}{cell[3]}' if moved(cell[1]) else "",
            found[4] or "",
            flags=re.S,
        )
        rows.append(f'<row r="{number}">{inner}</row>')
    behind = re.sub(r'(<mergeCell ref|sqref)="([^"]*)"', lambda ref: f'{ref[1]}="{area(ref[2])}"', behind)
    before = cells[: cells.index("<sheetData>")]
    copy.parts[part] = f"{before}<sheetData>{''.join(rows)}</sheetData>{behind}"
    return sheet, address(first, 1) if row else f"{column_letters(first)}1"
