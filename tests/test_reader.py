"""Whoever saved the file, the same values come out; what two readers understand differently is refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from locking import lock

from loithe_xl.language.issues import Issue
from loithe_xl.reading import reader
from loithe_xl.reading.guard import inspect
from loithe_xl.reading.reader import read
from loithe_xl.reading.received import Received, SheetValues
from loithe_xl.workbook.book import Book, Formula, Sheet
from loithe_xl.workbook.protection import protection
from loithe_xl.workbook.writer import render

Convert = Callable[[Path, str, Path], Path]
SHEET, TOKEN = "Nhập", "LT1|" + "aZ9-_" * 40 + "=="
PAGE = "xl/worksheets/sheet1.xml"


def example() -> bytes:
    page = Sheet(SHEET, selection=(4, 3))
    page.put(3, 2, "Tiêu đề", "title")  # nothing in A1: what is read must not shift
    page.put(4, 3, 12, "input_count")
    page.put(5, 3, Decimal("25.76"), "input_decimal")
    page.put(6, 3, date(2023, 2, 28), "input_date")
    page.put(7, 3, "=cmd|'x'!A1", "input_text")
    page.put(8, 3, " thụt, 12 ", "input_text")
    page.put(9, 3, None, "input_choice")
    page.put(10, 3, Formula("C4*2", 24), "computed_count")
    page.put(11, 3, Formula('IF(C4>0,"","thiếu")', ""), "computed_text")
    page.put(12, 3, True, "input_choice")
    page.put(13, 3, "dòng 1\ndòng 2 “ngoặc” \U0001f1fb\U0001f1f3", "input_text")
    hidden = Sheet("_loithe", hidden=True)
    hidden.put(2, 2, TOKEN, "hidden")
    book = Book([page, hidden], {"ma": f'"{TOKEN}"', "so_luong": f"'{SHEET}'!$C$4"}, custom={"loithe": TOKEN})
    return lock(render(book), protection("a", bytes(16), 10))


EXAMPLE = example()
VALUES = {
    (3, 2): "Tiêu đề",
    (4, 3): 12,
    (5, 3): Decimal("25.76"),
    (6, 3): 44985,
    (7, 3): "=cmd|'x'!A1",
    (8, 3): " thụt, 12 ",
    (10, 3): 24,
    (12, 3): True,
    (13, 3): "dòng 1\ndòng 2 “ngoặc” \U0001f1fb\U0001f1f3",
}


def with_parts(**parts: str | bytes) -> bytes:
    """The example with parts replaced; their names' slashes written as ``__``, dots as ``_``."""
    archive = zipfile.ZipFile(io.BytesIO(EXAMPLE))
    wanted = {re.sub(r"\W", "_", name): name for name in archive.namelist()}
    changed = {wanted[name]: text for name, text in parts.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in archive.namelist():
            made.writestr(name, changed.get(name, archive.read(name)))
    return buffer.getvalue()


def part(name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(EXAMPLE)).read(name).decode()


def with_cells(rows: str, after: str = "") -> bytes:
    """The example with other cells on its first sheet."""
    text = re.sub(r"(?s)<sheetData>.*</sheetData>", lambda _: f"<sheetData>{rows}</sheetData>{after}", part(PAGE))
    return with_parts(xl_worksheets_sheet1_xml=text)


def received(data: bytes) -> Received:
    found = read(data)
    assert isinstance(found, Received), found
    return found


def refused(data: bytes) -> str:
    found = read(data)
    assert isinstance(found, Issue), found
    return found.code


def test_our_own_file_comes_back_as_it_was():
    found = received(EXAMPLE)

    assert dict(found.grids[SHEET].values) == VALUES
    assert {type(value) for value in found.grids[SHEET].values.values()} == {str, int, Decimal, bool}
    assert list(found.grids[SHEET].cells()) == [(*at, value) for at, value in VALUES.items()]
    assert found.grids[SHEET].get(9, 3) is found.grids[SHEET].get(999, 999) is None
    assert found.sheet_names == (SHEET, "_loithe")
    assert found.custom == {"loithe": TOKEN}
    assert found.names == {"ma": TOKEN, "so_luong": f"'{SHEET}'!$C$4"}
    assert found.modified == datetime(2023, 1, 1, tzinfo=UTC)
    assert found.flawed == {SHEET: {}, "_loithe": {}}


def test_locked_and_open_cells_are_told_apart():
    assert received(EXAMPLE).unlocked[SHEET] == {(row, 3) for row in (4, 5, 6, 7, 8, 9, 12, 13)}


def test_cells_that_show_dates_are_told_apart():
    """As in a form whose date cells had a date's format."""
    name = "xl_styles_xml"
    shown = part("xl/styles.xml").replace('<xf numFmtId="166"', '<xf numFmtId="14"', 1)

    assert received(EXAMPLE).dated == {SHEET: set(), "_loithe": set()}
    assert received(with_parts(**{name: shown})).dated == {SHEET: {(6, 3)}, "_loithe": set()}


def same_texts(found: Received) -> None:
    assert found.grids["_loithe"].get(2, 2) == TOKEN
    assert found.custom["loithe"] == TOKEN
    assert found.names["ma"] == TOKEN


def test_libreoffice_twice_and_through_ods(office: Convert, tmp_path: Path):
    first, second, third = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    for folder in (first, second, third):
        folder.mkdir()
    file = tmp_path / "mau.xlsx"
    file.write_bytes(EXAMPLE)
    once = office(file, "xlsx", first)
    twice = office(once, "xlsx", second)
    through = office(office(file, "ods", third), "xlsx", third)

    for saved in (once, twice, through):
        data = saved.read_bytes()
        assert inspect(data) is None
        found = received(data)
        assert dict(found.grids[SHEET].values) == VALUES
        assert found.flawed[SHEET] == {}
        same_texts(found)
        assert found.unlocked[SHEET] >= {(row, 3) for row in (4, 5, 6, 7, 8, 9, 12, 13)}
        assert (10, 3) not in found.unlocked[SHEET]


def test_openpyxl_keeps_all_but_results():
    book = openpyxl.load_workbook(io.BytesIO(EXAMPLE))
    buffer = io.BytesIO()
    book.save(buffer)
    found = received(buffer.getvalue())

    assert inspect(buffer.getvalue()) is None
    computed = {(10, 3), (11, 3)}
    assert dict(found.grids[SHEET].values) == {at: value for at, value in VALUES.items() if at not in computed}
    assert found.flawed[SHEET] == dict.fromkeys(computed, "no_result")
    assert found.unlocked == received(EXAMPLE).unlocked
    same_texts(found)


def test_prefixed_names_and_cells_without_addresses_are_read():
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    text = (
        f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>một</x:t></x:is></x:c>'
        "<x:c><x:v>2</x:v></x:c></x:row><x:row><x:c/><x:c><x:f>1+2</x:f><x:v>3</x:v></x:c></x:row></x:sheetData>"
        '<x:sheetProtection sheet="1"/></x:worksheet>'
    )
    found = received(with_parts(xl_worksheets_sheet1_xml=text))

    assert dict(found.grids[SHEET].values) == {(1, 1): "một", (1, 2): 2, (2, 2): 3}


# Excel dates lie where calamine has its doubts: before 1 March 1900, beyond 9999, negative, between milliseconds.
DAYS = ["-1", "0", "0.5", "1", "59", "60", "61", "44985", "44985.5", "44985.123456789", "2958465", "2958466", "1E+15"]


@pytest.mark.parametrize("raw", DAYS)
@pytest.mark.parametrize("style", [0, "date"])
def test_numbers_stay_numbers_in_cells_that_look_like_dates(raw: str, style: int | str):
    if style == "date":
        style = int(re.findall(r'<c r="C6" s="(\d+)"', part(PAGE))[0])
    found = received(with_cells(f'<row r="1"><c r="A1" s="{style}"><v>{raw}</v></c></row>'))

    value = found.grids[SHEET].get(1, 1)
    assert value == Decimal(raw)
    assert isinstance(value, int) == (Decimal(raw) == int(Decimal(raw)))


def test_dates_written_as_such_are_day_numbers():
    rows = '<row r="1"><c r="A1" t="d"><v>2023-02-28</v></c><c r="B1" t="d"><v>2023-02-28T12:00:00</v></c></row>'
    found = received(with_cells(rows))

    grid = found.grids[SHEET]
    assert [grid.get(1, 1), grid.get(1, 2)] == [44985, Decimal("44985.5")]
    assert found.dated[SHEET] == {(1, 1), (1, 2)}, "whatever their style"


def test_errors_and_formulas_without_result_are_flawed_not_blank():
    rows = (
        '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C2"><f>1+1</f></c>'
        '<c r="D2"><f>1+1</f><v></v></c><c r="E2" t="str"><f>""</f><v></v></c><c r="F2"><v/></c><c r="G2"/>'
        '<c r="H2"><f t="shared" si="0"/><v>5</v></c></row>'
    )
    found = received(with_cells(rows))

    assert found.flawed[SHEET] == {(2, 1): "error", (2, 2): "error", (2, 3): "no_result", (2, 4): "no_result"}
    assert dict(found.grids[SHEET].values) == {(2, 8): 5}


def test_texts_are_kept_to_the_letter():
    texts = ["12 ", "1.234", "１２", "1_000", "TRUE", "#N/A", "\u00a0", "e\u0302\u0301", "a\tb"]
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c></row>'
        for row, text in enumerate(texts, 1)
    )
    grid = received(with_cells(rows)).grids[SHEET]

    assert [grid.get(row, 1) for row in range(1, len(texts) + 1)] == texts


def test_rich_text_is_its_letters():
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t xml:space="preserve">Chi </t></r><r><t>bộ</t></r>'
        '<rPh sb="0" eb="1"><t>zz</t></rPh></is></c></row>'
    )

    assert received(with_cells(rows)).grids[SHEET].get(1, 1) == "Chi bộ"


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2"><v>1&#50;</v></c></row>',  # calamine reads 1
        '<row r="2"><c r="A2"><v>1<!-- x -->2</v></c></row>',
        '<row r="2"><c r="A2" t="str"><v><![CDATA[a<b]]></v></c></row>',  # calamine reads nothing
        '<row r="2"><c r="A2"><v>1<?x y?>2</v></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><t><![CDATA[a<b]]></t></is></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><extLst/><row r="3"><c r="A3"><v>2</v></c></row>',  # calamine reads on
        '<row r="2"><c r="A2"><v>1</v><v>2</v></c></row>',
        '<row r="2"><c r="A2"><v>1_000</v></c></row>',
        '<row r="2"><c r="A2"><v>１２</v></c></row>',
        '<row r="2"><c r="A2"><v>0x10</v></c></row>',
        '<row r="2"><c r="A2"><v>inf</v></c></row>',
        '<row r="2"><c r="A2"><v>1e999</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>999999</v></c></row>',
        '<row r="2"><c r="A2" t="b"><v>maybe</v></c></row>',
        '<row r="2"><c r="A2" t="d"><v>28/02/2023</v></c></row>',
        '<row r="2"><c r="A2" t="zz"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><is><t>x</t></is></c></row>',
        '<row r="2"><c r="A2" s="9999"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="A5"><v>1</v></c></row>',
        '<row r="2"><c r="$A$2"><v>1</v></c></row>',
        '<row r="2"><c r="a2"><v>1</v></c></row>',
        '<row r="2"><c r="XFE2"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c>',
    ],
)
def test_what_two_readers_understand_differently_is_refused(rows: str):
    assert refused(with_cells(rows)) == "FILE_UNREADABLE"


def test_comments_among_the_shared_texts_are_refused():
    strings = part("xl/sharedStrings.xml").replace("Tiêu đề", "Tiêu<!-- x --> đề")

    assert refused(with_parts(xl_sharedStrings_xml=strings)) == "FILE_UNREADABLE"


@pytest.mark.parametrize("kind", ["s", "str", "inlineStr"])
@pytest.mark.parametrize("theirs", ["Tiêu đề khác", "", 5.0])
def test_texts_are_read_twice(monkeypatch: pytest.MonkeyPatch, kind: str, theirs: object):
    """Whatever kind of text: where calamine reads another one the file is refused."""
    said = {
        "s": '<c r="A1" t="s"><v>0</v></c>',
        "str": '<c r="A1" t="str"><v>Tiêu đề</v></c>',
        "inlineStr": '<c r="A1" t="inlineStr"><is><t>Tiêu đề</t></is></c>',
    }[kind]
    data = with_cells(f'<row r="1">{said}</row>')
    assert received(data).grids[SHEET].get(1, 1) == "Tiêu đề"
    real = reader._calamine

    def calamine(data: bytes, sheets: tuple[str, ...]) -> object:
        return {**real(data, sheets), SHEET: [[theirs]]}

    monkeypatch.setattr(reader, "_calamine", calamine)
    assert refused(data) == "FILE_UNREADABLE"


def test_ends_of_lines_and_space_at_the_ends_are_read_by_us():
    rows = '<row r="1"><c r="A1" t="str"><v> a\r\nb </v></c><c r="B1" t="inlineStr"><is><t>c\r\nd</t></is></c></row>'
    grid = received(with_cells(rows)).grids[SHEET]

    assert [grid.get(1, 1), grid.get(1, 2)] == [" a\nb ", "c\nd"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("xl__rels_workbook_xml_rels", 'Target="worksheets/sheet2.xml"', 'Target="worksheets/sheet1.xml"'),
        ("xl__rels_workbook_xml_rels", 'Id="rId2"', 'Id="rId1"'),
        ("xl__rels_workbook_xml_rels", "<Relationship ", '<x:Relationship xmlns:x="urn:x" '),
        ("xl_workbook_xml", "</sheets>", "</sheets><sheets/>"),
        ("xl_workbook_xml", "<sheet ", '<x:sheet xmlns:x="urn:x" '),
        ("xl_workbook_xml", 'name="_loithe"', f'name="{SHEET}"'),
        ("xl_workbook_xml", "r:id=", "id="),
        ("_Content_Types__xml", "</Types>", ""),
        ("xl_workbook_xml", 'encoding="UTF-8"', 'encoding="x-none"'),
    ],
)
def test_a_book_of_two_meanings_is_refused(name: str, old: str, new: str):
    text = {re.sub(r"\W", "_", each): each for each in zipfile.ZipFile(io.BytesIO(EXAMPLE)).namelist()}[name]
    assert old in part(text)

    assert refused(with_parts(**{name: part(text).replace(old, new, 1)})) == "FILE_UNREADABLE"


def test_cells_hidden_behind_the_sheet_do_not_count():
    row = '<row r="2"><c r="A2"><v>1</v></c></row>'
    hidden = '<extLst><ext uri="x"><row r="1"><c r="A1"><v>7</v></c></row></ext></extLst>'
    found = received(with_cells(row, hidden))

    assert dict(found.grids[SHEET].values) == {(2, 1): 1}


def test_a_value_at_the_end_of_the_world_is_refused_before_memory_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader, "_calamine", lambda *_: pytest.fail("calamine would lay out every cell"))
    found = read(
        with_cells('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    )

    assert isinstance(found, Issue)
    assert (found.code, found.place.sheet) == ("FILE_TOO_WIDE", SHEET)
    assert SHEET in found.message.vi


@pytest.mark.parametrize(("last", "code"), [(40, ""), (41, "FILE_TOO_WIDE")])
def test_a_filled_sheet_may_be_as_large_as_its_use_makes_it(monkeypatch: pytest.MonkeyPatch, last: int, code: str):
    """What a parent keeps has a row for each unit; what costs memory is a rectangle that holds next to nothing."""
    monkeypatch.setattr(reader, "MOST_CELLS", 30)
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in (*range(1, 10), last))
    found = read(with_cells(rows))

    assert (found.code if isinstance(found, Issue) else "") == code


def test_formatted_but_blank_cells_far_away_are_no_fault():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'

    assert dict(received(with_cells(rows)).grids[SHEET].values) == {(1, 1): 1}


def test_the_1904_calendar_is_refused():
    book = part("xl/workbook.xml").replace("<workbookPr ", '<workbookPr date1904="1" ')

    assert refused(with_parts(xl_workbook_xml=book)) == "FILE_DATE1904"


def test_a_panic_of_the_library_costs_one_file(monkeypatch: pytest.MonkeyPatch):
    import python_calamine

    class PanicException(BaseException):
        """What Rust raises: no Exception."""

    def panics(_: object) -> None:
        raise PanicException

    monkeypatch.setattr(python_calamine, "load_workbook", panics)

    assert refused(EXAMPLE) == "FILE_UNREADABLE"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("xl_workbook_xml", "<workbook"),
        ("xl_workbook_xml", "<workbook/>"),
        ("xl_styles_xml", "<a></b>"),
        ("xl__rels_workbook_xml_rels", "<Relationships/>"),
        ("docProps_custom_xml", "<Properties><property/></Properties>"),
        ("xl_worksheets_sheet1_xml", b"\xff\xfe<\0"),
    ],
)
def test_a_broken_part_is_said(name: str, text: str | bytes):
    assert refused(with_parts(**{name: text})) == "FILE_UNREADABLE"


@pytest.mark.parametrize("stated", ["", "hôm qua", "0001-01-01T00:00:00+14:00"])
def test_a_strange_saved_time_is_no_fault(stated: str):
    core = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", lambda found: found[1] + stated, part("docProps/core.xml"))

    assert received(with_parts(docProps_core_xml=core)).modified is None


@pytest.mark.parametrize(
    ("stated", "program"),
    [
        ("<Application>LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2</Application>", "libreoffice"),
        ("<Application>Microsoft Macintosh Excel</Application>", "microsoft macintosh excel"),
        ("<Application>Microsoft Excel 16.0300</Application>", "microsoft excel"),
        ("<Application/>", ""),
        ("", ""),
        ("</wrong>", ""),
    ],
)
def test_who_saved_a_file_is_told_without_its_version(stated: str, program: str):
    found = re.sub("(?s)<Application>.*?</Application>", lambda _: stated, part("docProps/app.xml"))

    assert received(EXAMPLE).program == "microsoft excel"
    assert received(with_parts(docProps_app_xml=found)).program == program


def test_saved_times_are_compared_in_utc():
    core = part("docProps/core.xml")
    core = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", r"\g<1>2023-03-01T07:30:00+07:00", core)

    assert received(with_parts(docProps_core_xml=core)).modified == datetime(2023, 3, 1, 0, 30, tzinfo=UTC)


def test_names_of_one_sheet_are_not_the_workbooks():
    local = '<definedName name="ma" localSheetId="0">"giả"</definedName><definedName name="nhay">"a""b"</definedName>'
    book = part("xl/workbook.xml").replace("<definedNames>", f"<definedNames>{local}")
    names = received(with_parts(xl_workbook_xml=book)).names

    assert names == {"ma": TOKEN, "nhay": 'a"b', "so_luong": f"'{SHEET}'!$C$4"}


def test_sheets_that_nobody_asks_for_are_left_out():
    found = read(EXAMPLE, skip={SHEET})

    assert isinstance(found, Received)
    assert set(found.grids) == set(found.unlocked) == set(found.flawed) == {"_loithe"}
    assert found.sheet_names == (SHEET, "_loithe")


def test_a_sheet_named_with_quotes_and_signs_is_found():
    sheet = Sheet("Số & 'liệu' <1>")
    sheet.put(1, 1, "x")

    assert received(render(Book([sheet]))).grids["Số & 'liệu' <1>"].get(1, 1) == "x"


def test_random_damage_never_raises():
    for at in range(0, len(EXAMPLE), 13):
        found = read(EXAMPLE[:at] + bytes([EXAMPLE[at] ^ 0x21]) + EXAMPLE[at + 1 :])
        assert isinstance(found, Issue | Received)


def test_an_empty_grid_is_blank_everywhere():
    assert SheetValues().get(1, 1) is None
    assert list(SheetValues().cells()) == []


EMPTY = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="0" uniqueCount="0"'


@pytest.mark.parametrize("texts", [f"{EMPTY}/>", f"{EMPTY}></sst>", f"<?xml version='1.0'?>\n{EMPTY} />\n"])
def test_a_list_without_texts_in_one_tag_or_two(texts: str):
    page = re.sub(
        "(?s)<sheetData>.*</sheetData>", "<sheetData><row r='1'><c r='A1'><v>7</v></c></row></sheetData>", part(PAGE)
    )
    data = with_parts(xl_sharedStrings_xml=texts, xl_worksheets_sheet1_xml=page, xl_worksheets_sheet2_xml=page)

    assert dict(received(data).grids[SHEET].values) == {(1, 1): 7}
    assert refused(with_parts(xl_sharedStrings_xml=f"{texts}<a/>", xl_worksheets_sheet1_xml=page)) == "FILE_UNREADABLE"


def test_blanks_between_pieces_of_a_text_that_are_not_marked_count():
    """Gnumeric and axlsx mark none; Excel shows them all the same."""
    runs = "<r><t>Thiếu kinh phí </t></r><r><rPr><b/></rPr><t>và người dự</t></r>"
    found = received(with_cells(f'<row r="1"><c r="A1" t="inlineStr"><is>{runs}</is></c></row>'))

    assert found.grids[SHEET].get(1, 1) == "Thiếu kinh phí và người dự"


@pytest.mark.parametrize("extent", ["1:43", "A:E", "", "A1:", "$A$1:$B$2", "Nhập!A1", "C3:A1", "A1 B2", "#REF!"])
def test_the_extent_of_a_sheet_is_a_hint(extent: str):
    text, times = re.subn('<dimension ref="[^"]*"/>', f'<dimension ref="{extent}"/>', part(PAGE))
    assert times == 1

    assert dict(received(with_parts(xl_worksheets_sheet1_xml=text)).grids[SHEET].values) == VALUES


def test_without_a_hint_what_cannot_be_read_stays_unread():
    text = re.sub('<dimension ref="[^"]*"/>', '<dimension ref="1:43"/>', part(PAGE))

    assert refused(with_parts(xl_worksheets_sheet1_xml=text.replace("<v>12</v>", "<v>1x2</v>"))) == "FILE_UNREADABLE"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023-02-10", 44967),
        ("2023-02-10T00:00:00", 44967),
        ("2023-02-10T00:00:00.000Z", 44967),
        ("2023-02-10T00:00:00Z", 44967),
        ("2023-02-10T00:00:00+07:00", 44967),
        ("2023-02-10T06:00:00", Decimal("44967.25")),
        ("2023-02-09T17:00:00.000Z", "2023-02-09T17:00:00.000Z"),
        ("2023-02-10T06:00:00+07:00", "2023-02-10T06:00:00+07:00"),
        ("2023-02-31T00:00:00Z", "2023-02-31T00:00:00Z"),
        ("06:00:00", "06:00:00"),
    ],
)
def test_moments_with_and_without_a_zone(written: str, meant: object):
    """At midnight it is that day. Another hour of some zone may be the day before or after: it stays what it is."""
    found = received(with_cells(f'<row r="1"><c r="A1" t="d"><v>{written}</v></c><c r="B1"><v>5</v></c></row>'))

    assert dict(found.grids[SHEET].values) == {(1, 1): meant, (1, 2): 5}


@pytest.mark.parametrize("written", ["30", "20230210", "Z", "10/02/2023", "2023-02-10T", "1e3"])
def test_what_is_no_moment_is_refused(written: str):
    assert refused(with_cells(f'<row r="1"><c r="A1" t="d"><v>{written}</v></c></row>')) == "FILE_UNREADABLE"


def test_properties_are_where_the_relations_lead():
    """.NET programs keep them under names of their own."""
    moved = "package/services/metadata/core-properties/0a1b.psmdcp"
    archive = zipfile.ZipFile(io.BytesIO(EXAMPLE))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in archive.namelist():
            text = archive.read(name)
            if name.endswith(".rels") or name.startswith("["):
                text = text.replace(b"docProps/core.xml", moved.encode())
            made.writestr(moved if name == "docProps/core.xml" else name, text)

    assert received(buffer.getvalue()).modified == datetime(2023, 1, 1, tzinfo=UTC)
