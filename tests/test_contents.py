"""What honest programs write beside cells is borne, wherever it lies; what is in no list is named."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from test_guard import BOOK, PLAIN, TYPES, part, rebuilt

from loithe_xl.language.issues import Issue
from loithe_xl.reading import partkinds
from loithe_xl.reading.guard import inspect, unwrap

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS, PACKAGE = "xl/_rels/workbook.xml.rels", "_rels/.rels"
EMPTY = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
LINK = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook/></externalLink>'


def code(changes: Mapping[str, bytes | None]) -> str:
    found = inspect(rebuilt(changes))
    return found.code if found else ""


def led(kind: str, rels: str = RELS, target: str = "a.xml", mode: str = "") -> dict[str, bytes | None]:
    text = EMPTY if rels not in (RELS, PACKAGE) else part(rels)
    link = f'<Relationship Id="rIdX" Type="{kind}" Target="{target}"{mode}/></Relationships>'
    return {rels: text.replace(b"</Relationships>", link.encode())}


def typed(kind: str, name: str = "xl/a.xml") -> dict[str, bytes | None]:
    one = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    return {TYPES: part(TYPES).replace(b"</Types>", one.encode()), name: b"<a/>"}


ONCE = {partkinds.DOCUMENT, partkinds.STRINGS, partkinds.STYLES_RELATION}
VENDORS = [
    "http://www.wps.cn/officeDocument/2020/cellImage",
    "http://www.wps.cn/officeDocument/2023/relationships/customStorage",
    "http://www.wps.cn/officeDocument/2023/relationships/woinfos",
]


@pytest.mark.parametrize("kind", sorted({*partkinds.RELATIONS, *VENDORS} - ONCE))
def test_relations_of_honest_programs(kind: str) -> None:
    assert code(led(kind)) == code(led(kind, "xl/worksheets/_rels/sheet1.xml.rels")) == code(led(kind, PACKAGE)) == ""


HONEST_TYPES = {*partkinds.PART_TYPES, "image/png", "image/x-emf", "application/vnd.wps-officedocument.cellimage+xml"}


@pytest.mark.parametrize(
    "kind", sorted(HONEST_TYPES - partkinds.DOCUMENT_TYPES - {partkinds.STRINGS_TYPE, partkinds.STYLES_TYPE})
)
def test_types_of_honest_programs(kind: str) -> None:
    assert code(typed(kind)) == ""


@pytest.mark.parametrize(
    "kind",
    [
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        "application/vnd.ms-excel.template.macroEnabled.main+xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
    ],
)
def test_a_workbook_of_each_type_without_macros(kind: str) -> None:
    usual = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

    assert usual in part(TYPES)
    assert code({TYPES: part(TYPES).replace(usual, kind.encode())}) == ""


def test_a_type_by_ending_counts_where_a_part_has_that_ending() -> None:
    """SheetJS lists types of parts that are in no file of its own."""
    binary = b'<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    types = {TYPES: part(TYPES).replace(b"</Types>", binary)}

    assert code(types) == ""
    assert code({**types, "xl/a.bin": b"a"}) == "FILE_MACRO"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (f"{OFFICE}/hyperlink", ""),
        (f"{OFFICE}/image", "FILE_LINKED"),
        (f"{OFFICE}/chart", "FILE_LINKED"),
        (f"{OFFICE}/oleObject", "FILE_EMBEDDING"),
        (f"{OFFICE}/externalLinkPath", "FILE_EXTERNAL_LINK"),
        (f"{OFFICE}/video", "FILE_LINKED"),
        (f"{OFFICE}/worksheet", "FILE_UNREADABLE"),
    ],
)
def test_only_hyperlinks_lead_out(kind: str, expected: str) -> None:
    assert (
        code(led(kind, "xl/drawings/_rels/a.xml.rels", "http://example.invalid/a", ' TargetMode="External"'))
        == expected
    )


def test_links_to_workbooks_are_borne_by_who_asks_for_it() -> None:
    link = {**led(partkinds.LINK, target="khac/a.xml"), "xl/khac/a.xml": LINK}
    worse = {**link, "xl/khac/a.xml": LINK.replace(b"externalBook", b"ddeLink")}

    assert code(link) == "FILE_EXTERNAL_LINK"
    assert isinstance(unwrap(rebuilt(link), links=True), bytes)
    for other in (worse, {**link, "xl/connections.xml": b"<a/>"}, {**link, "xl/vbaProject.bin": b"a"}):
        assert isinstance(unwrap(rebuilt(other), links=True), Issue)


def test_drawings_of_old_may_refer_to_what_the_file_holds() -> None:
    vml = typed(partkinds.VML, "xl/a.vml")

    assert code({**vml, "xl/a.vml": b'<xml><v:imagedata o:relid="rId1"/><br></xml>'}) == ""
    assert code({**vml, "xl/a.vml": b'<xml><v:imagedata src="&#x66;ile://a/b"/></xml>'}) == "FILE_LINKED"


@pytest.mark.parametrize("gone", [RELS, PACKAGE])
def test_without_relations_nothing_is_a_workbook(gone: str) -> None:
    assert code({gone: None}) == "FILE_UNREADABLE"


def test_names_in_other_letters_are_the_usual_parts() -> None:
    texts = part(RELS).replace(b"sharedStrings.xml", b"SharedStrings.xml")

    assert code({RELS: texts, "xl/sharedStrings.xml": None, "xl/SharedStrings.xml": part("xl/sharedStrings.xml")}) == ""
    assert code({RELS: part(RELS).replace(b'Target="styles', b'Target="/xl/%73tyles')}) == ""
    assert BOOK in rebuilt({}).decode("latin-1")
    assert inspect(PLAIN) is None


USUAL = {
    "workbook": (PACKAGE, partkinds.DOCUMENT, b"xl/workbook.xml"),
    "texts": (RELS, partkinds.STRINGS, b"sharedStrings.xml"),
    "styles": (RELS, partkinds.STYLES_RELATION, b"styles.xml"),
}


@pytest.mark.parametrize(("rels", "kind", "usual"), USUAL.values(), ids=USUAL.keys())
def test_what_two_programs_could_look_for_in_two_places(rels: str, kind: str, usual: bytes) -> None:
    """Some follow the relation, some take the usual name."""
    text = part(rels)
    one = re.search(rb"<Relationship [^>]*" + re.escape(usual) + rb"[^>]*>", text)
    assert one

    assert code({rels: text.replace(usual, b"other.xml")}) == "FILE_TWO_READINGS"
    assert code({rels: text.replace(one[0], b"")}) == "FILE_TWO_READINGS"
    assert code(led(kind, rels, "other.xml")) == "FILE_TWO_READINGS"


@pytest.mark.parametrize("kind", [*sorted(partkinds.DOCUMENT_TYPES), partkinds.STRINGS_TYPE, partkinds.STYLES_TYPE])
def test_a_second_part_of_a_kind_that_stands_once(kind: str) -> None:
    assert code(typed(kind)) == "FILE_TWO_READINGS"
