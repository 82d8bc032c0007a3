"""Lists drawn while they are written: what stands in the file is what cells would have put there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal

import openpyxl
import pytest
from locking import lock

from loithe_xl.reading import reader
from loithe_xl.reading.received import Received
from loithe_xl.workbook.book import Book, Flow, Formula, Line, Sheet
from loithe_xl.workbook.protection import protection
from loithe_xl.workbook.writer import render
from loithe_xl.workbook.zipparts import Packing, parts_of

STYLES = ("number", "text", "text", "computed_count", "hidden_text")
TEXTS = ("Chi bộ Thôn 1", "", "a & b < c > d", "_x0041_", " hai đầu ", "một\nhai", "=1+1", '"', "\x07", "007", "😀")
NUMBERS = (0, 12, -3, Decimal("12.5"), 10**14, None)


def lines(count: int) -> Iterator[Line]:
    for number in range(1, count + 1):
        values = (number, TEXTS[number % len(TEXTS)], f"Đơn vị {number}", NUMBERS[number % len(NUMBERS)], "ẩn")
        yield Line(values, (*STYLES[:-1], None if number % 3 else STYLES[-1]), (None, 16.5, 15.75, 409)[number % 4])


def sheet(count: int = 200) -> Sheet:
    found = Sheet("Danh sách")
    found.put(1, 1, "Tiêu đề", "title")
    found.merges.append(((1, 1), (1, 5)))
    found.flow = Flow(3, count, 5, lambda: lines(count))
    return found


def book(*sheets: Sheet) -> bytes:
    return render(Book([Sheet("Đầu"), *sheets]))


def read(data: bytes) -> Received:
    found = reader.read(data)
    assert isinstance(found, Received)
    return found


def test_a_flow_is_read_as_cells_are():
    flowing, drawn = book(sheet()), book(sheet().unroll())

    # openpyxl leaves Excel's escapes of a text in its own cell as they are; all else it tells.
    assert read(flowing).grids == read(drawn).grids
    pages = [openpyxl.load_workbook(io.BytesIO(data))["Danh sách"] for data in (flowing, drawn)]
    looks = [{at: (cell.data_type, tuple(cell._style)) for at, cell in page._cells.items()} for page in pages]
    assert looks[0] == looks[1]
    assert len(looks[0]) > 800
    heights = [{row: found.height for row, found in page.row_dimensions.items()} for page in pages]
    assert heights[0] == heights[1]
    assert pages[0].dimensions == pages[1].dimensions == "A1:E202"


def test_all_around_a_flow_is_as_around_cells():
    around = []
    for data in (book(sheet()), book(sheet().unroll())):
        text = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet2.xml")
        around.append((text.partition(b"<sheetData>")[0], text.partition(b"</sheetData>")[2]))
    assert around[0] == around[1]


def test_lines_are_drawn_one_after_another_and_none_is_kept():
    class Value(str):
        """Counts how many of its kind there are."""

        alive = most = 0

        def __init__(self, _: str) -> None:
            Value.alive += 1
            Value.most = max(Value.most, Value.alive)

        def __del__(self) -> None:
            Value.alive -= 1

    found = Sheet("Dài", flow=Flow(1, 5000, 1, lambda: (Line([Value("x")], ["text"]) for _ in range(5000))))
    book(found)

    assert Value.most <= 2


@pytest.mark.parametrize(
    ("flow", "why"),
    [
        (Flow(1, 3, 5, lambda: lines(2)), "not as many lines"),
        (Flow(1, 2, 5, lambda: lines(3)), "not as many lines"),
        (Flow(1, 1, 1, lambda: iter([Line(["x" * 32_768], ["text"])])), "longer than a cell"),
        (Flow(1, 1, 1, lambda: iter([Line(["x"], ["input_text"])])), "nobody types"),
        (Flow(1, 1, 1, lambda: iter([Line(["x"], ["text"])]), sortable=True), "nobody sorts locked cells"),
        (Flow(1, 1, 1, lambda: iter([Line([Formula("1+1", 2)], ["number"])])), "formulas of texts only"),
        (Flow(1_048_576, 2, 5, lambda: lines(2)), "more than a sheet holds"),
    ],
)
def test_what_excel_could_not_open_is_not_written(flow: Flow, why: str):
    with pytest.raises(ValueError, match=why):
        book(Sheet("Danh sách", flow=flow))


def test_locked_while_it_is_written_or_afterwards_it_is_the_same_workbook():
    key, found = protection("Mật khẩu 1", bytes(16), 10), Book([sheet(), Sheet("Mở", protected=False)])

    one, two = (
        {part.name: part.text for part in parts_of(data)} for data in (render(found, key), lock(render(found), key))
    )

    assert one == two
    assert b"hashValue" in one["xl/worksheets/sheet1.xml"]
    assert b"sheetProtection" not in one["xl/worksheets/sheet2.xml"]
    assert b"<workbookProtection" in one["xl/workbook.xml"]


def test_what_is_packed_in_pieces_is_whole():
    file = Packing("a.xml")
    file.write("một ")
    file.pack("hai ")
    file.write("ba")

    part = file.part()

    assert (part.name, part.text.decode(), part.size) == ("a.xml", "một hai ba", len("một hai ba".encode()))
