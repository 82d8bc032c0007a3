"""Types and relations of a package are what an XML parser reads, whatever letters they are written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loithe_xl.reading import opc
from loithe_xl.reading.opc import Relation, content_types, part_key, relations, relations_of, source_of

SPACE = "http://schemas.openxmlformats.org/package/2006"


def listed(*entries: str) -> bytes:
    return f'<Relationships xmlns="{SPACE}/relationships">{"".join(entries)}</Relationships>'.encode()


def types(*entries: str) -> bytes:
    return f'<?xml version="1.0"?><Types xmlns="{SPACE}/content-types">{"".join(entries)}</Types>'.encode()


def test_a_relation_leads_from_its_part() -> None:
    found = relations(
        listed(
            '<Relationship Id="a" Type="k" Target="../media/%C3%A1nh.PNG"/>',
            '<Relationship Id="b" Type="k" Target="/xl/Styles.xml" TargetMode="Internal"/>',
            '<Relationship Id="c" Type="k&#69;" Target="a.xml" TargetMode="External"/>',
            '<Relationship Id="d" Type="k" Target="\\\\server\\a.png"/>',
            '<Relationship Id="e" Type="k" Target="file:///a.png"/>',
            '<Relationship Id="f" Type="k" Target="//server/a.png"/>',
            '<Relationship Id="g" Type="k" Target="../../../a.xml"/>',
        ),
        "xl/drawings/drawing1.xml",
    )

    assert [each.target for each in found] == ["xl/media/ánh.png", "xl/styles.xml", "", "", "", "", "a.xml"]
    assert [each.outside for each in found] == [False, False, True, True, True, True, False]
    assert found[2] == Relation("c", "kE", "", True)


def test_prefixes_and_utf_16_are_read() -> None:
    one = '<a:Relationship Id="1" Type="k" Target="b"/>'
    text = f'<a:Relationships xmlns:a="{SPACE}/relationships">{one}</a:Relationships>'

    for data in (text.encode(), f'<?xml version="1.0" encoding="utf-16"?>{text}'.encode("utf-16")):
        assert relations(data, "") == (Relation("1", "k", "b", False),)


def test_an_encoding_that_nobody_knows_is_no_xml() -> None:
    with pytest.raises(ValueError, match="unknown encoding"):
        content_types(types().replace(b'"1.0"', b'"1.0" encoding="x-none"'))


def test_the_type_of_a_part_is_its_own_or_that_of_its_ending() -> None:
    found = content_types(
        types(
            '<Default Extension="XML" ContentType="application/XML"/>',
            '<Default Extension="xml" ContentType="application/xml"/>',
            '<Override PartName="/xl/w%6Frkbook.xml" ContentType="A/B; charset=utf-8"/>',
        )
    )

    assert found.of("xl/workbook.xml") == "a/b"
    assert found.of("xl/a.xml") == "application/xml"
    assert found.of("xl/a.bin") == found.of("xl/xml") == ""


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<none/>",
        listed()[:-1],
        listed('<Relationship Id="a" Type="k"/>'),
        listed('<Relationship Id="a" Type="k" Target="x"/>' * 2),
        listed('<x><Relationship Id="a" Type="k" Target="x"/></x>'),
        listed('<Relationship xmlns="urn:x" Id="a" Type="k" Target="x"/>'),
        listed().replace(b"2006", b"2007"),
        b" " * 1_000_001 + listed(),
    ],
)
def test_what_is_no_list_of_relations(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        relations(text, "")


@pytest.mark.parametrize(
    "text",
    [
        types('<Default Extension="xml"/>'),
        types('<Override ContentType="a"/>'),
        types('<Default Extension="x" ContentType="a"/><Default Extension="X" ContentType="b"/>'),
        types('<Override PartName="/a" ContentType="a"/><Override PartName="/%61" ContentType="b"/>'),
        types('<Other Extension="x" ContentType="a"/>'),
        types("<x><y/></x>"),
    ],
)
def test_what_is_no_list_of_types(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        content_types(text)


@given(st.from_regex(r"([a-z]+/){0,3}[a-z]+\.[a-z]+", fullmatch=True))
def test_a_parts_relations_are_found_from_it_and_it_from_them(part: str) -> None:
    assert source_of(relations_of(part)) == part == part_key(f"/{part.upper()}")
    assert source_of(part) is None


def test_the_packages_own_relations() -> None:
    assert relations_of("") == "_rels/.rels"
    assert source_of("_rels/.rels") == ""
    assert source_of("xl/_rels/workbook.xml.rels") == opc.BOOK
