"""Whatever a text is, each way in which it gets into a workbook gives it back, in each reading."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from conftest import Convert
from hypothesis import example, given, settings
from hypothesis import strategies as st
from texts import HARD, PIECES, drawn, misread, misstamped, read

from loithe_xl.form.inputs import extract
from loithe_xl.identity.token import Identity, parse, public_key, sign
from loithe_xl.intake.openfile import open_file
from loithe_xl.reading.received import SheetValues
from loithe_xl.reading.strictxml import decoded
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.book import Book, Chart, ChartSeries, Link, Print, Sheet, Validation
from loithe_xl.workbook.celltext import attribute, cut, escaped, escaped_outside, literal, normal, units
from loithe_xl.workbook.writer import render
from loithe_xl.workbook.zipparts import parts_of

LETTERS = st.integers(0, 0x10FFFF).map(chr)
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join) | st.text(LETTERS, min_size=1)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=8, max_size=60))
@example(list(HARD))
@example([chr(letter) for letter in (*range(0x300), *range(0xD7F0, 0xE010), *range(0xFDD0, 0x10010))])
def test_what_is_written_is_read(texts: list[str]):
    assert dict(misread(texts)) == {}


def test_every_letter_there_is():
    every = [chr(letter) for letter in range(0x110000)]
    texts = ["a" + "".join(every[start : start + 0x1000]) + "z" for start in range(0, len(every), 0x1000)]
    assert dict(misread(texts)) == {}


@settings(max_examples=15, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=10))
@example(list(HARD))
def test_what_is_stamped_and_filled_is_read(texts: list[str]):
    assert dict(misstamped(texts)) == {}


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("\t\n&<>\"'")
def test_any_xml_parser_reads_an_attribute_and_an_element(words: str):
    cell = ET.fromstring(f'<a b="{attribute(words)}"><b>{escaped(words)}</b><b>{escaped_outside(words)}</b></a>')
    for found in (cell.get("b"), cell[0].text, cell[1].text):
        assert decoded(found or "") == normal(words)


@given(TEXTS)
def test_a_formula_holds_no_escape_and_no_control_character(words: str):
    said = text_literal(words)
    assert escaped_outside(said).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">") == said
    shown = "".join(part.replace('""', '"') for part in said[1:-1].split('"&"'))
    kept = "".join(letter for letter in normal(words) if letter >= " " or letter in "\t\n")
    assert shown == kept or '"&"' in words
    assert literal(words) == said[1:-1]


def test_foreign_words_in_every_other_part(tmp_path: Path):
    """Titles, properties, names, print headers, messages, chart titles: well-formed, whatever they say."""
    for words in HARD:
        page = Sheet("Ô", print=Print(header=f"&C{words}", footer=f"&L{words}"))
        page.put(1, 1, 1)
        page.validations.append(Validation(((1, 1), (1, 1)), "whole", words, words, words, minimum=0))
        page.put(2, 1, Link("'Ô'!A1", words), "link")
        title = ChartSeries((1, 1), ((1, 1), (1, 1)), "0B4D0B")
        page.charts.append(Chart((3, 3), words, ((1, 1), (1, 1)), (title,), (400, 300)))
        names = {"chu": text_literal(words)}
        data = render(Book([page], names, words, {"loithe": words}))
        for part in parts_of(data):
            ET.fromstring(part.text)
        found = read(data)
        assert found.custom["loithe"] == normal(words)
        assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["Ô"]


def test_a_token_never_looks_like_an_escape():
    """Programs differ on what they make of one in a property or a name, so that two places would not agree."""
    for number in (*range(20), 4401):  # with this key the first signature holds one
        private = number.to_bytes(32, "big")
        code = f"X_x0041_x{number:04X}_" if number < 20 else "A"
        identity = Identity(code, "2023-02", date(2023, 2, 28), date(2023, 3, 5), "p", "0" * 12)
        token = sign(identity, private)
        assert not re.search("_x.{4}_", token)
        assert "_x" not in token or "_x" in public_key(private), "it stands in a file as it is"
        found = parse(token)
        assert isinstance(found, tuple) and found[0] == identity
    assert sign(identity, private) == sign(identity, private)


def test_libreoffice_reads_the_same(office: Convert, tmp_path: Path):
    """Its own format has no control characters."""
    texts = [words for words in (*HARD, "a_xemZ_", "_x12_34_") if "\r" not in words and "\0" not in words]
    source = tmp_path / "a.xlsx"
    source.write_bytes(render(drawn(texts)))
    told = [
        ["".join(cell.itertext()).strip() for cell in row.iterfind("{*}table-cell")][:2]
        for row in ET.parse(office(source, "fods", tmp_path)).iter(
            "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table-row"
        )
    ]
    assert told[: len(texts)] == [[normal(words).replace("\1", "")] * 2 for words in texts]


@pytest.mark.parametrize(("words", "long"), [("abc", 3), ("ệ", 1), ("a😀b", 4), ("", 0)])
def test_length_is_counted_as_excel_does(words: str, long: int):
    assert units(words) == long
    assert cut(words, 100) == words
    assert units(cut("😀" * 10, 5)) == 4


def test_a_text_longer_than_excel_s_cell_in_utf_16_is_no_entry(issued: dict[str, Path], tmp_path: Path):
    """Of letters outside the basic plane half as many fit: more would be mended away by Excel in the parent."""
    form = open_file(issued["01.1.C01"], "")
    slot = form.layout.slots["difficulties_text"]
    for words, kept in (("😀" * 16_383, True), ("😀" * 16_384, False), ("a" * 32_767, True)):
        grids = {**form.grids, slot.sheet: SheetValues({(slot.row, slot.column): words})}
        inputs = extract(grids, form.layout)
        assert inputs
        assert (inputs.values["difficulties_text"] == words) is kept
