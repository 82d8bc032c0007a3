"""Registers as files: the sample, the empty one, what Excel and LibreOffice re-save, and what is no register."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from loithe_xl.language.issues import Issue
from loithe_xl.reading import guard, reader
from loithe_xl.register import file
from loithe_xl.register.file import read_register, sample_register
from loithe_xl.register.register import COLUMNS, CONTACT_COLUMNS, TIER_WORDS, Contact, Register, Unit
from loithe_xl.register.sheet import LAST_LISTED, register_book
from loithe_xl.tasks import registers, sandbox
from loithe_xl.workbook.writer import render

DISTRICT = "00.07"


def saved(path: Path, *rows: tuple[Any, ...], header: tuple[str, ...] = COLUMNS) -> Path:
    """A register as somebody typed it into a plain workbook."""
    workbook = openpyxl.Workbook()
    for row in (header, *rows):
        workbook.active.append(row)
    workbook.save(path)
    return path


def refusal(path: Path) -> tuple[str, str]:
    register, issues = read_register(path)
    assert register is None
    assert len(issues) == 1
    return issues[0].code, issues[0].place.file


def repacked(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def test_the_sample_is_an_uneven_district_of_264_cells() -> None:
    register = sample_register()
    cells, bases = register.cells(DISTRICT), register.of_tier("base")
    assert len(cells) == len(register.of_tier("cell")) == 264
    assert (len(bases), sum(map(register.is_base_cell, cells))) == (20, 9)
    assert [unit.tier for unit in register.units[:2]] == ["province", "district"]
    assert all("(mẫu)" in unit.name for unit in register.units[:2])
    sizes = sorted(len(register.children(base.code)) for base in bases)
    assert sizes[0] <= 4
    assert sizes[-1] >= 25
    assert {unit.block for unit in cells} == {
        "Nông thôn",
        "Cơ quan",
        "Doanh nghiệp",
        "Lực lượng vũ trang",
        "Trường học",
    }
    assert all(unit.kind for unit in register.units)
    assert len({unit.name for unit in register.units}) == len(register.units)
    assert any('"' in unit.name for unit in register.units)


def test_the_sample_s_contacts_exist_nowhere() -> None:
    """No number of 0252 goes on with a zero, and nobody can own a name that ends with .example."""
    register = sample_register()
    reached = [unit for unit in register.units if unit.contact != Contact()]

    assert {unit.code for unit in reached} > {unit.code for unit in register.units if unit.tier != "cell"}
    for unit in reached:
        assert re.fullmatch(r"0252 0000 \d{3}", unit.contact.telephone)
        assert unit.contact.email.endswith(".example")
        assert unit.contact.address.endswith("(mẫu)")


def test_a_register_of_former_days_is_read(tmp_path: Path) -> None:
    """Offices keep theirs: the list was called “Danh bạ”, and had neither contacts nor today's tone marks."""
    path = saved(
        tmp_path / "danh ba.xlsx",
        ("04", "Huyện uỷ B", "Huyện", None, "Huyện uỷ", None, 900, None, None),
        ("04.1", "Đảng bộ xã C", "Cơ sở", "04", None, None, None, datetime(2021, 9, 1), None),
    )
    workbook = openpyxl.load_workbook(path)
    workbook.active.title = "Danh bạ"
    workbook.save(path)

    register, issues = read_register(path)

    assert issues == []
    assert register
    assert register.units[0] == Unit("04", "Huyện uỷ B", "district", "", "Huyện uỷ", "", 900)
    assert register.units[1].start == date(2021, 9, 1)


def test_the_sample_adds_up() -> None:
    register = sample_register()
    members = [unit.members or 0 for unit in register.of_tier("cell")]
    assert (min(members), max(members)) == (3, 120)
    for unit in register.units:
        assert unit.members == sum(cell.members or 0 for cell in register.cells(unit.code))


@pytest.mark.parametrize("sample", [True, False])
def test_a_written_register_reads_back_the_same(tmp_path: Path, sample: bool) -> None:
    units = (*sample_register().units, Unit("00.08", "Huyện Cũ", "district", "00", end=date(2022, 12, 31)))
    path = tmp_path / "danh ba.xlsx"
    path.write_bytes(render(register_book(units, example=True, sample=sample)))
    assert read_register(path) == (Register(units), [])
    assert ("DỮ LIỆU MẪU" in " ".join(register_book(units, True, sample).lines())) is sample


def test_the_header_is_exactly_the_columns_and_the_mark_is_elsewhere() -> None:
    book = register_book(sample_register().units, example=False, sample=True)
    first, guide = book.sheets
    assert tuple(first.cells[1, column].value for column in range(1, 13)) == (*COLUMNS, *CONTACT_COLUMNS)
    assert first.print.columns == (1, 9)
    assert not first.protected
    assert first.freeze == (2, 1)
    assert first.print.landscape
    assert first.print.repeat_rows == (1, 1)
    assert "DỮ LIỆU MẪU" in first.print.header
    assert "DỮ LIỆU MẪU" in book.title
    assert any("DỮ LIỆU MẪU" in str(cell.value) for cell in guide.cells.values())


def test_an_empty_register_has_drop_downs_text_codes_and_an_example_that_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    path.write_bytes(render(register_book((), example=True, sample=False)))
    assert refusal(path) == ("REGISTER_EMPTY", "new.xlsx")
    workbook = openpyxl.load_workbook(path)
    sheet, guide = workbook.worksheets
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules[f"C2:C{LAST_LISTED}"].formula1 == '"' + ",".join(TIER_WORDS.values()) + '"'
    assert {rules[f"{column}2:{column}{LAST_LISTED}"].type for column in "HI"} == {"date"}
    assert {sheet[cell].number_format for cell in ("A2", "D2", f"A{LAST_LISTED}", f"D{LAST_LISTED}")} == {"@"}
    assert {rules[f"{column}2:{column}{LAST_LISTED}"].promptTitle for column in "JKL"} == {*CONTACT_COLUMNS}
    assert [column.value for column in sheet[1]] == [*COLUMNS, *CONTACT_COLUMNS]
    said = {cell.value for row in guide.iter_rows() for cell in row}
    assert {*COLUMNS, *CONTACT_COLUMNS, "04.01.003.C01"} <= said


def test_the_example_imitates_a_register_without_a_fault(tmp_path: Path) -> None:
    guide = register_book((), example=True, sample=False).sheets[1]
    start = max(row for (row, column), cell in guide.cells.items() if (column, cell.value) == (2, COLUMNS[1]))
    rows = [tuple(guide.cells[row, column].value for column in range(1, 13)) for row in range(start + 1, start + 7)]
    shown = [
        (*row[:7], *(datetime.strptime(f"{day}", "%d/%m/%Y") if day else None for day in row[7:9]), *row[9:])
        for row in rows
    ]
    register, issues = read_register(saved(tmp_path / "example.xlsx", *shown, header=(*COLUMNS, *CONTACT_COLUMNS)))
    assert issues == []
    assert register is not None
    assert len(register.of_tier("cell")) == 3
    assert [bool(unit.contact.email) for unit in register.units] == [True] * 3 + [False] * 3


def test_what_libreoffice_re_saves_is_the_same(tmp_path: Path, office: Callable[[Path, str, Path], Path]) -> None:
    units = (*sample_register().units[:8], Unit("00.08", "Huyện Cũ", "district", "00", end=date(2022, 12, 31)))
    path = tmp_path / "mau.xlsx"
    path.write_bytes(render(register_book(units, example=True, sample=True)))
    (tmp_path / "again").mkdir()
    assert read_register(office(path, "xlsx", tmp_path / "again")) == (Register(units), [])


def test_faults_come_with_file_sheet_and_cell(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "x.xlsx", (7, "Huyện", "Huyện"), ("07.C1", "Chi bộ", "Chi bộ", "08"), ("#N/A", "N", "Huyện")
    )
    register, issues = read_register(path)
    assert register is None
    places = [(each.code, each.place.file, each.place.sheet, each.place.cell) for each in issues]
    assert ("REGISTER_CODE_NOT_TEXT", "x.xlsx", "Sheet", "A2") in places
    assert ("REGISTER_CODE_NOT_TEXT", "x.xlsx", "Sheet", "A4") in places
    assert ("REGISTER_PARENT_MISSING", "x.xlsx", "Sheet", "D3") in places


def test_only_the_first_sheet_counts_and_formulas_by_their_values(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ("07", "Huyện Mẫu", "Huyện"))
    workbook = openpyxl.load_workbook(path)
    workbook.create_sheet("Ghi chú").append(("không", "phải", "danh mục"))
    workbook.active["E2"] = '="Huyện"&" ủy"'
    workbook.save(path)
    register, issues = read_register(path)
    assert issues == []
    assert register is not None
    assert register.units == (Unit("07", "Huyện Mẫu", "district"),)


def test_a_stray_cell_at_the_end_of_the_sheet_costs_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ("07", "Huyện Mẫu", "Huyện"))
    workbook = openpyxl.load_workbook(path)
    workbook.active["XFD1048576"].number_format = "@"
    workbook.save(path)
    register, issues = read_register(path)
    assert issues == []
    assert register is not None


def test_files_that_are_no_workbook(tmp_path: Path) -> None:
    good = saved(tmp_path / "good.xlsx", ("07", "Huyện", "Huyện"))
    contents = {
        "empty.xlsx": b"",
        "text.xlsx": b"M\xc3\xa3",
        "password.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
        assert refusal(tmp_path / name) == ("REGISTER_NOT_XLSX", name)
    (tmp_path / "cut.xlsx").write_bytes(good.read_bytes()[:-200])
    assert refusal(tmp_path / "cut.xlsx")[0] == "REGISTER_UNREADABLE"
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as package:
        package.writestr("word/document.xml", "<w/>")
    assert refusal(tmp_path / "other.xlsx")[0] == "REGISTER_NOT_XLSX"
    assert refusal(tmp_path / "nowhere.xlsx")[0] == "REGISTER_FILE_MISSING"
    assert refusal(tmp_path)[0] == "REGISTER_UNREADABLE"


def test_packages_the_library_stumbles_over(tmp_path: Path) -> None:
    good = saved(tmp_path / "good.xlsx", ("07", "Huyện", "Huyện"))
    broken = repacked(good, tmp_path / "broken.xlsx", lambda name, data: b"<x" if "sheet1" in name else data)
    assert refusal(broken)[0] == "REGISTER_UNREADABLE"
    strict = repacked(
        good,
        tmp_path / "strict.xlsx",
        lambda name, data: data.replace(b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"),
    )
    assert refusal(strict)[0] == "REGISTER_STRICT_FORMAT"
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    merged = repacked(good, tmp_path / "merged.xlsx", lambda name, data: data.replace(b"</sheetData>", merge))
    assert read_register(merged) == read_register(good)


FORGIVEN: dict[str, tuple[str, bytes, bytes]] = {
    "an underline that says 1": ("xl/styles.xml", b"<sz ", b'<u val="1"/><sz '),
    "a family of fonts that is none": ("xl/styles.xml", b'<family val="2"', b'<family val="34"'),
    "an empty fill": ("xl/styles.xml", b"<fills count=", b"<fills><fill/></fills><fills count="),
    "a pattern of no kind": ("xl/styles.xml", b'patternType="gray125"', b'patternType="grey"'),
    "an odd date": ("docProps/core.xml", b"Z</dcterms:created>", b" SA</dcterms:created>"),
    "a view of no kind": ("xl/worksheets/sheet1.xml", b"<sheetView ", b'<sheetView view="sideways" '),
    "a name of nothing": (
        "xl/workbook.xml", b"<calcPr", b'<definedNames><definedName name="_xlnm.Print_Area" localSheetId="7">#REF!'
        b"</definedName></definedNames><calcPr",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FORGIVEN)
def test_what_excel_forgives_does_not_matter(tmp_path: Path, fault: str) -> None:
    good = saved(tmp_path / "a.xlsx", ("07", "Huyện Mẫu", "Huyện"), ("07.C", "Chi bộ", "Chi bộ", "07", "", "", 12.0))
    part, old, new = FORGIVEN[fault]
    times: list[int] = []

    def change(name: str, data: bytes) -> bytes:
        times.append(data.count(old) if name == part else 0)
        return data.replace(old, new, 1) if name == part else data

    odd = repacked(good, tmp_path / "b.xlsx", change)

    assert sum(times), part
    register, issues = read_register(odd)
    assert issues == []
    assert register
    assert register.units[1] == Unit("07.C", "Chi bộ", "cell", "07", members=12)


def test_a_property_without_a_name_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    data = render(replace(register_book(sample_register().units[:3], example=True, sample=True), custom={"a": "b"}))
    path.write_bytes(data)
    odd = repacked(path, tmp_path / "b.xlsx", lambda _, data: data.replace(b' name="a"', b""))
    assert read_register(odd) == (Register(sample_register().units[:3]), [])


@pytest.mark.parametrize("link", ["xl/externalLinks/externalLink1.xml", "xl/vbaProject.bin", "xl/embeddings/a.bin"])
def test_an_office_s_own_workbook_may_hold_more_than_cells(tmp_path: Path, link: str) -> None:
    """Nobody runs it or follows it; the cells are read."""
    good = saved(tmp_path / "a.xlsx", ("07", "Huyện Mẫu", "Huyện"))
    with zipfile.ZipFile(good, "a") as package:
        package.writestr(link, b"<x/>")
    assert read_register(good)[0] == Register((Unit("07", "Huyện Mẫu", "district"),))


def test_what_our_own_reading_does_not_know_the_forgiving_one_reads(tmp_path: Path) -> None:
    good = saved(tmp_path / "a.xlsx", ("07", "Huyện Mẫu", "Huyện", "", "", "", 12.5 - 0.5, date(2022, 1, 2)))
    odd = repacked(good, tmp_path / "b.xlsx", lambda _, data: data.replace(b"<sheetData>", b"<sheetData><!-- x -->"))
    assert isinstance(reader.read(odd.read_bytes()), Issue)
    assert read_register(odd) == read_register(good)
    assert read_register(good)[0] == Register(
        (Unit("07", "Huyện Mẫu", "district", members=12, start=date(2022, 1, 2)),)
    )


def test_errors_truths_times_and_days_before_1904_are_what_they_are(tmp_path: Path) -> None:
    rows = [("07", "Huyện", "Huyện", "", "", "", True), ("08", "Huyện 8", "Huyện", "", "", "", "#N/A"),
            ("09", "Huyện 9", "Huyện", *[""] * 4, "#REF!"), ("10", "Huyện 10", "Huyện", *[""] * 4, time(3, 4)),
            (date(2023, 1, 2), "Huyện 11", "Huyện"), (7.5, "Huyện 12", "Huyện")]  # fmt: skip
    register, issues = read_register(saved(tmp_path / "a.xlsx", *rows))
    assert register is None
    assert [(each.code.removeprefix("REGISTER_"), each.place.cell) for each in issues] == [
        ("MEMBERS_INVALID", "G2"), ("MEMBERS_INVALID", "G3"), ("DATE_INVALID", "H4"), ("DATE_INVALID", "H5"),
        ("CODE_NOT_TEXT", "A6"), ("CODE_NOT_TEXT", "A7"),
    ]  # fmt: skip
    workbook = openpyxl.load_workbook(saved(tmp_path / "b.xlsx", ("07", "Huyện", "Huyện", "", "", "", 3, "")))
    workbook.epoch = CALENDAR_MAC_1904
    workbook.active["H2"] = date(2022, 1, 2)
    workbook.save(tmp_path / "b.xlsx")
    assert read_register(tmp_path / "b.xlsx")[0] == Register(
        (Unit("07", "Huyện", "district", members=3, start=date(2022, 1, 2)),)
    )


def test_an_eth_is_the_letter_that_it_looks_like(tmp_path: Path) -> None:
    for letter in "ÐðƉɖĐđ":
        header = tuple(title.replace("Đ", letter).replace("đ", letter) for title in COLUMNS)
        rows = [("07", "Huyện Mẫu", "Huyện", "", "", "", "", "", date(2022, 1, 2)),
                ("07.B", "Đảng bộ A", "Cơ sở", "07", "", "", "", "", date(2022, 1, 2))]  # fmt: skip
        register, issues = read_register(saved(tmp_path / "a.xlsx", *rows, header=header))
        assert register, (letter, issues)
        assert [each.code for each in issues] == []
        assert [unit.end for unit in register.units] == [date(2022, 1, 2)] * 2


def test_a_register_of_millions_of_cells_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = saved(tmp_path / "good.xlsx", ("07", "Huyện", "Huyện"))
    cells = "".join(f'<c r="{column}{{0}}"><v>1</v></c>' for column in "ABCDEFGHIJ")
    rows = "".join(f'<row r="{row}">{cells.format(row)}</row>' for row in range(3, 40_000)).encode()
    vast = repacked(good, tmp_path / "vast.xlsx", lambda _, data: data.replace(b"</sheetData>", rows + b"</sheetData>"))
    monkeypatch.setattr(sandbox, "MEMORY", 2**25)  # and as much as it takes

    register, issues = registers.check(vast)

    assert register is None
    assert [(each.code, each.place.file) for each in issues] == [("REGISTER_TOO_LARGE", "vast.xlsx")]
    assert registers.check(good)[0]


def test_files_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = saved(tmp_path / "good.xlsx", *((f"{n:03}", "Huyện", "Huyện") for n in range(30)))
    for where, limit, value in (
        (guard, "MOST_BYTES", 100),
        (guard, "MOST_UNPACKED", 100),
        (file, "MOST_UNITS", 30),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(where, limit, value)
            assert refusal(good)[0] == "REGISTER_TOO_LARGE"
    assert read_register(good)[0] is not None


def test_the_register_s_file_stays_as_it_is(tmp_path: Path) -> None:
    path = saved(tmp_path / "good.xlsx", ("07", "Huyện", "Huyện"))
    before = path.read_bytes(), path.stat().st_mtime_ns
    read_register(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_register_s_workbook_is_valid(tmp_path: Path, ooxml_validator: list[str]) -> None:
    for name, units in (("new", ()), ("sample", sample_register().units)):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(render(register_book(units, example=True, sample=bool(units))))
        done = subprocess.run([*ooxml_validator, str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_equal_registers_are_equal_bytes() -> None:
    units = sample_register().units[:30]
    data = render(register_book(units, example=True, sample=True))
    assert data == render(register_book(units, example=True, sample=True))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert not re.search(rb"sheetProtection", b"".join(package.read(name) for name in package.namelist()))
