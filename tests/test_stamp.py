"""A stamped file is the file that would have been rendered; the lock opens with its password only."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from random import Random

import openpyxl
import pytest
from locking import lock
from tools import TERM

from loithe_xl.draw import packs
from loithe_xl.draw.batch import BatchRenderer
from loithe_xl.draw.render import cell_case, package
from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity
from loithe_xl.pack.spec import Field, Form
from loithe_xl.reading.reader import read
from loithe_xl.reading.received import Received
from loithe_xl.rules.evaluate import Flaw, Raw
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.book import Book, Formula, Link, Print, Sheet, Validation
from loithe_xl.workbook.protection import Protection, protection
from loithe_xl.workbook.stamp import Master, replace
from loithe_xl.workbook.writer import render

LOADED = packs.load("loi_the")
SALT = bytes(range(16))
HOST = Path(__file__).with_name("hosts") / "calc.py"
MARKS = {"name": "@@NAME@@", "code": "@@CODE@@", "token": "@@TOKEN@@", "due": "987650001", "note": "@@NOTE@@"}
UNITS: Mapping[str, Mapping[str, str]] = {
    "plain": {"name": "Chi bộ thôn Đông", "code": "01.1.C01", "token": "LT1|abc-_=", "due": "0", "note": ""},
    "awkward": {
        "name": 'Chi bộ "Lê Lợi" & <Trần>',
        "code": "0077.003.C0012",
        "token": "LT1|" + "x" * 240,
        "due": "1234",
        "note": "dòng 1\ndòng 2",
    },
    "like an escape": {
        "name": "Chi bộ _x005F_x0041_ \x07\ufffe",
        "code": "_x0041_",
        "token": "LT1|a_xemZ_ _x0041_ _x12ab",
        "due": "3",
        "note": "_x000D_\rx",
    },
    "equal texts": {"name": "Có", "code": "Có", "token": "Có", "due": "7", "note": "Có"},
    "like a mark": {"name": "@@CODE@@", "code": "@@NAME@@", "token": "$1 \\1", "due": "987650002", "note": "&amp;"},
}


def book(name: str, code: str, token: str, due: str, note: str) -> Book:
    """A form whose head, formulas, properties, messages and print header tell the unit."""
    page = Sheet("Nhập", print=Print(header="&C" + name.replace("&", "&&"), first_page_different=True))
    page.put(1, 1, name, "title")
    page.put(2, 1, f"{code} – {name} – {code}")
    page.put(3, 1, int(due), "computed_count")
    page.put(3, 2, 9876500019)
    page.put(4, 1, Formula(text_literal(f"Đơn vị: {name}"), f"Đơn vị: {name}"), "computed_text")
    page.put(4, 2, Formula("A3", int(due)), "computed_count")
    page.put(5, 1, Link("'Nhập'!A1", f"Về {code}"), "link")
    page.put(6, 1, note or "x", "text") if note else page.put(6, 1, "", "text")
    page.put(7, 1, "Có")
    page.put(8, 1, Decimal("0.5"))
    page.validations.append(Validation(((3, 1), (3, 1)), "whole", "Số", f"Của {name}", "Sai", minimum=0))
    hidden = Sheet("_loithe", hidden=True)
    hidden.put(1, 1, token)
    return Book([page, hidden], {"ma": f'"{token}"', "so": "'Nhập'!$A$3"}, "Biểu", {"loithe": token})


def parts(package: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(package))
    return {info.filename: archive.read(info) for info in archive.infolist()}


@pytest.fixture(scope="module")
def master() -> bytes:
    return lock(render(book(**MARKS)), protection("mật khẩu", SALT, 10))


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_a_stamped_file_is_the_rendered_file_part_by_part(master: bytes, unit: Mapping[str, str]):
    stamped = Master(master, MARKS.values()).stamp({MARKS[field]: text for field, text in unit.items()})
    filled = {**unit, "note": unit["note"] or MARKS["note"]}
    rendered = parts(lock(render(book(**filled)), protection("mật khẩu", SALT, 10)))
    if not unit["note"]:  # an empty text stays a text cell
        rendered = {name: text.replace(MARKS["note"].encode(), b"") for name, text in rendered.items()}

    assert list(parts(stamped)) == list(rendered)
    assert parts(stamped) == rendered


def test_one_plan_serves_many_units_and_repeats_itself(master: bytes):
    plan = Master(master, MARKS.values())
    first, second = ({MARKS[field]: text for field, text in UNITS[unit].items()} for unit in ("plain", "awkward"))
    once = plan.stamp(first)
    plan.stamp(second)

    assert plan.stamp(first) == once == replace(master, first)


def test_stamping_gives_the_same_bytes_in_another_process(master: bytes):
    unit = {MARKS[field]: text for field, text in UNITS["awkward"].items()}
    program = (
        "import hashlib; from loithe_xl.workbook.stamp import *; from loithe_xl.workbook.writer import render;"
        "from locking import lock;"
        "from test_stamp import *;"
        "m = lock(render(book(**MARKS)), protection('mật khẩu', SALT, 10));"
        "print(hashlib.sha256(replace(m, {MARKS[f]: t for f, t in UNITS['awkward'].items()})).hexdigest())"
    )
    tests, src = Path(__file__).parent, Path(__file__).parent.parent / "src"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONUTF8": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(map(str, (src, tests)))
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == hashlib.sha256(replace(master, unit)).hexdigest()


def test_a_stamped_file_reads_as_the_unit(master: bytes):
    unit = UNITS["awkward"]
    received = read(replace(master, {MARKS[field]: text for field, text in unit.items()}))

    assert isinstance(received, Received)
    grid = received.grids["Nhập"]
    assert (grid.get(1, 1), grid.get(3, 1), grid.get(4, 2)) == (unit["name"], 1234, 1234)
    assert grid.get(4, 1) == f"Đơn vị: {unit['name']}"
    assert grid.get(3, 2) == 9876500019, "a longer number that begins like a mark"
    assert received.custom["loithe"] == received.names["ma"] == unit["token"] == received.grids["_loithe"].get(1, 1)


def test_parts_without_marks_keep_their_compressed_bytes(master: bytes):
    stamped = replace(master, {MARKS[field]: text for field, text in UNITS["plain"].items()})
    archive = zipfile.ZipFile(io.BytesIO(master))
    start = archive.getinfo("xl/styles.xml").header_offset
    size = archive.getinfo("xl/styles.xml").compress_size

    assert master[start : start + 30 + len("xl/styles.xml") + size] in stamped
    assert {info.date_time for info in zipfile.ZipFile(io.BytesIO(stamped)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_mark_must_be_there_and_be_given(master: bytes):
    with pytest.raises(ValueError, match="@@NOWHERE@@"):
        Master(master, ["@@NOWHERE@@"])
    with pytest.raises(ValueError, match="unlike"):
        Master(master, ["@@NAME@@"]).stamp({"@@NAME@@": "x", "@@CODE@@": "y"})
    with pytest.raises(ValueError, match="not a mark"):
        Master(master, ["a<b"])


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("due", "mười"),
        ("due", "1e5"),
        ("name", " đầu dòng"),
        ("token", "x" * 256),
    ],
)
def test_what_would_not_stand_there_unchanged_is_refused(master: bytes, field: str, text: str):
    with pytest.raises(ValueError, match=r"not a text|a number stands"):
        replace(master, {MARKS[key]: value for key, value in {**UNITS["plain"], field: text}.items()})


def test_the_hash_is_excels():
    # Both opened in LibreOffice 7.4 with these passwords and no other.
    assert protection("loithe", SALT, 1_000) == Protection(
        "06EIgTF44mLZpX1uNgVJFqzZtn0xBoYl8YC9c9A08b5N6AJpsd2c2DcaLtDLC2KdPrXyBsPFI//vpQNA3/WE+Q==",
        "AAECAwQFBgcICQoLDA0ODw==",
        1_000,
    )
    assert protection("Mật khẩu", SALT) == Protection(
        "mOiZx8goWDfB6rS+rhIaQ3FhyoFRWfI+ZVTA1ykS+Mde/dDoAk0zc14RrayJoqXJwd8emYr+bj3KzndrjBjdgg==",
        "AAECAwQFBgcICQoLDA0ODw==",
        100_000,
    )


def test_sheets_and_structure_are_locked():
    open_page = Sheet("Mở", protected=False)
    page = Sheet("Khóa")
    page.put(1, 1, '<sheetProtection sheet="1"', "text")
    key = protection("a", SALT, 10)
    locked = parts(lock(render(Book([open_page, page])), key))
    opened = openpyxl.load_workbook(io.BytesIO(lock(render(Book([open_page, page])), key)))

    assert b"sheetProtection" not in locked["xl/worksheets/sheet1.xml"]
    found = opened["Khóa"].protection
    assert (found.algorithmName, found.hashValue, found.saltValue, found.spinCount) == (
        "SHA-512", key.hash, key.salt, 10,
    )  # fmt: skip
    assert opened.security.lockStructure
    assert (opened.security.workbookAlgorithmName, opened.security.workbookHashValue) == ("SHA-512", key.hash)
    order = re.findall(r"<(workbookPr|workbookProtection|bookViews)\b", locked["xl/workbook.xml"].decode())
    assert order == ["workbookPr", "workbookProtection", "bookViews"]


ODD: list[Raw] = [
    None,
    0,
    12,
    -1,
    Decimal("0.5"),
    Decimal("12.000"),
    10**14,
    True,
    Flaw(),
    44985,
    "",
    " thụt ",
    "Có",
    "=1+1",
]
ODD += ["dòng 1\ndòng 2", "@@UNIT_NAME@@", "_x0041_", "<b>&amp;\"'", "\x07\uffff", "03a", "x" * 5000, "TRUE", "#N/A"]
CHILDLESS = [form.id for form in LOADED.pack.forms.values() if not form.parent]


def odd_inputs(form: Form, chance: Random, odd: float = 0.3) -> Inputs:
    """A form as people fill it in: much of it right, some of it anything."""

    def typed(field: Field, was: Raw) -> Raw:
        if chance.random() < 0.4:
            return was
        right: dict[str, list[Raw]] = {"date": [44985, 44960], "yesno": ["Có", "Không"], "choice": list(field.items)}
        return chance.choice(ODD if chance.random() < odd else right.get(field.kind, [3, 20, "Chữ"]))

    fresh = blank(form)
    rows = {
        table.id: tuple({field.id: typed(field, None) for field in table.columns} for _ in fresh.tables[table.id])
        for table in form.tables.values()
    }
    return Inputs({id: typed(form.fields[id], was) for id, was in fresh.values.items()}, rows)


@pytest.mark.parametrize("id", CHILDLESS)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_filled_form_is_the_one_that_would_have_been_rendered_part_by_part(id: str, lang: str):
    chance, layout, renderer = Random(id + lang), LOADED.by_form[id], BatchRenderer(SALT)
    assert CHILDLESS == ["cell", "base_cell"]
    for number in range(8):
        name, above = chance.choice([("Chi bộ “A” & <B>", "Đảng bộ"), ("Có", "Có"), ("Chi bộ 1", "")])
        identity = Identity(f"01.C{number}", TERM.period, TERM.cutoff, TERM.deadline, "loi_the", layout.digest)
        unit_form = UnitForm(LOADED, identity, f"LT1|{number}", name, above, lang)
        inputs = odd_inputs(layout.form, chance) if number else blank(layout.form)
        rendered = parts(package(cell_case(unit_form, inputs), SALT))
        stamped = parts(renderer.form(unit_form, inputs))

        assert list(stamped) == list(rendered)
        assert [part for part in rendered if stamped[part] != rendered[part]] == []
        if not number:
            assert stamped == parts(renderer.form(unit_form))


@pytest.mark.parametrize("id", CHILDLESS)
def test_a_filled_form_opens_in_libreoffice_and_says_the_same(id: str, office: Callable[..., Path], tmp_path: Path):
    layout = LOADED.by_form[id]
    identity = Identity("01.C1", TERM.period, TERM.cutoff, TERM.deadline, "loi_the", layout.digest)
    inputs = odd_inputs(layout.form, Random(id), odd=0)
    file = tmp_path / "bieu.xlsx"
    file.write_bytes(BatchRenderer(SALT).form(UnitForm(LOADED, identity, "LT1|1", "Chi bộ 1", "Đảng bộ"), inputs))
    ours, theirs = (
        openpyxl.load_workbook(each, data_only=True) for each in (file, office(file, "xlsx", tmp_path / "x"))
    )

    for sheet in ours.sheetnames:
        cells = {cell.coordinate: cell.value for row in ours[sheet].iter_rows() for cell in row if cell.value}
        assert len(cells) > 3
        assert {at: theirs[sheet][at].value for at in cells} == cells, sheet


def test_a_cell_that_the_form_has_not_is_never_filled(master: bytes):
    unit = {MARKS[field]: text for field, text in UNITS["plain"].items()}
    with pytest.raises(KeyError):
        Master(master, MARKS.values()).stamp(unit, {"Nhập": {(99, 1): 1}})
    with pytest.raises(KeyError):
        Master(master, MARKS.values()).stamp(unit, {"Không có": {(1, 1): 1}})


def test_a_locked_package_is_not_locked_twice(master: bytes):
    with pytest.raises(ValueError, match="locked already"):
        lock(master, protection("a", SALT, 10))


def test_the_password_opens_a_sheet_in_libreoffice(soffice: str, uno_python: str, tmp_path: Path):
    file = tmp_path / "khoa.xlsx"
    file.write_bytes(lock(render(book(**UNITS["plain"])), protection("Mật khẩu 1", SALT)))
    move = {"op": "move", "source": ["Nhập", 7, 1], "target": ["Nhập", 9, 1]}
    asked = [{"op": "open", "path": str(file)}, {**move, "password": "mật khẩu 1"}, {**move, "password": "Mật khẩu 1"}]
    lines = "".join(json.dumps(each) + "\n" for each in asked)
    done = subprocess.run([uno_python, str(HOST), soffice], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]

    assert "failed" in answers[2], "another password"
    assert answers[3] == {"moved": True}


def test_the_open_xml_sdk_finds_no_error(master: bytes, ooxml_validator: list[str], tmp_path: Path):
    file = tmp_path / "mau.xlsx"
    file.write_bytes(replace(master, {MARKS[field]: text for field, text in UNITS["awkward"].items()}))
    done = subprocess.run([*ooxml_validator, str(file)], capture_output=True, text=True, check=False)

    assert json.loads(done.stdout)["errors"] == []
