"""The grammar of sheets and shared texts: what office programs write has one meaning, all else is refused."""

from __future__ import annotations

import pytest

from loithe_xl.reading import strictxml
from loithe_xl.reading.strictxml import MAIN_SPACE, MOST_SHARED, decoded, rows, shared_texts, strict

SPACE = MAIN_SPACE.decode()


def page(rows: str, prefix: str = "", head: str = "", tail: str = "") -> bytes:
    """A sheet with these rows."""
    bound = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    inner = f"<{prefix}sheetData>{rows}</{prefix}sheetData>"
    return f'<{prefix}worksheet {bound}="{SPACE}">{head}{inner}{tail}</{prefix}worksheet>'.encode()


def sheet(text: bytes) -> bytes:
    """A sheet taken apart, judged, and put together again."""
    head, pieces, tail, prefix = strictxml.sheet(text)
    return head + b"".join(rows(piece, prefix) for piece in pieces) + tail


def texts(*items: str, more: str = "", prefix: str = "") -> bytes:
    """Shared texts."""
    bound = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    return f'<{prefix}sst {bound}="{SPACE}"{more}>{"".join(items)}</{prefix}sst>'.encode()


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "<row/>",
        '<row r="1"></row>',
        '<row r="1" spans="1:2" ht="24" customHeight="1"><c r="A1" s="1"/><c r="B1" t="s"><v>0</v></c></row>',
        '<row r="1"><c r="A1"><f t="shared" si="0"/><v>5</v></c><c r="B1" t="str"><f>"a"</f><v></v></c></row>',
        '<row r="1"><c r="A1"><v/></c><c r="B1"></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t>a</t></r><r><t>b</t></r></is></c></row>',
        '<row r="1"><c r="A1"><is><t>a</t><rPh sb="0" eb="1"><t>z</t></rPh><phoneticPr fontId="1"/></is></c></row>',
    ],
)
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_what_programs_write_is_left_as_it_is(rows: str, prefix: str) -> None:
    if prefix:
        rows = rows.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:")
    text = page(rows, prefix, f"<{prefix}sheetPr/>", f"<{prefix}extLst/>")

    assert sheet(text) == text


def test_space_between_cells_is_taken_out_and_space_in_texts_is_not() -> None:
    inline = "<c r='B1'><is><r><t> </t></r>%s<r><t>b</t></r></is></c>"
    spaced = f"<row r='1'>\n <c r='A1' t='str'>\n <v> 1 </v>\n </c>\n {inline % ' '} </row>\n"
    compact = f"<row r='1'>\n <c r='A1' t='str'>\n <v> 1 </v></c>{inline % ''}</row>"

    assert sheet(page(spaced)) == page(compact)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v><f>2</f></c></row>',
        '<row r="1"><c r="A1"><v>1<b/>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1<!-- x --></v></c></row>',
        '<row r="1"><c r="A1"><v><![CDATA[1]]></v></c></row>',
        '<row r="1"><c r="A1"><v>1<?x?></v></c></row>',
        '<row r="1"><c r="A1"><c r="B1"/></c></row>',
        '<row r="1"><row r="2"/></row>',
        '<c r="A1"/>',
        "<v>1</v>",
        "words",
        '<row r="1">words</row>',
        '<row r="1"><c r="A1">words</c></row>',
        '<row r="1"><c r="A1"><is><t>a</t><t>b</t></is></c></row>',
        '<row r="1"><c r="A1"><is><r><t>a</t></r><t>b</t></is></c></row>',
        '<row r="1"><c r="A1"><is>words</is></c></row>',
        '<row r="1"><c r="A1"><x/></c></row>',
        '<row r="1"><C r="A1"/></row>',
        '<row r="1"><y:c r="A1"/></row>',
        '<row r="1"><c xmlns="urn:x" r="A1"/></row>',
        '<row r="1"><c r=">"/></row>',
        "<extLst/>",
        "</sheetData><sheetData>",
    ],
)
def test_what_has_other_meanings_is_refused(rows: str) -> None:
    with pytest.raises(ValueError, match=r"plain order|something else|two places"):
        sheet(page(rows))


@pytest.mark.parametrize(
    "text",
    [
        page("").replace(SPACE.encode(), b"urn:x"),
        page("").replace(b".", b"x"),
        b"<x>" + page("") + b"</x>",
        page("", head="<sheetData/>"),
        page("", head="<cols>", tail="</cols>"),
        page("", head="<x><y/>", tail="</x>"),
        page("", tail="<sheetData/>"),
        page("", head="<!-- x -->"),
        page("", tail="<![CDATA[x]]>"),
        b'<?xml version="1.0" encoding="windows-1258"?>' + page(""),
        page("").decode().encode("utf-16"),
        texts(),
        b"",
        b"<none/>",
    ],
)
def test_what_is_no_sheet_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - one of several sentences
        sheet(text)


def test_a_mark_and_a_declaration_may_stand_before() -> None:
    for start in (
        b"\xef\xbb\xbf",
        b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n',
        b"<?xml version='1.0'?>",
    ):
        assert sheet(start + page("")) == start + page("")


def test_shared_texts_are_read_to_the_letter() -> None:
    items = {
        "<si><t>Mười hai</t></si>": "Mười hai",
        '<si><t xml:space="preserve"> a &amp; &lt;b&gt; &quot;c&apos; &#244;&#xEA; </t></si>': " a & <b> \"c' ôê ",
        "<si><t>dòng một\r\ndòng hai\rba</t></si>": "dòng một\ndòng hai\nba",
        "<si><t>_x0041__x000d_ _xyz_ _x41_</t></si>": "A\r _xyz_ _x41_",
        "<si><t/></si>": "",
        "<si/>": "",
        "<si><t></t></si>": "",
    }
    rich = {
        "<si><r><rPr><b/></rPr><t>Chi </t></r><r><t>bộ</t></r></si>": "Chi bộ",
        '<si><t>漢</t><rPh sb="0" eb="1"><t>かん</t></rPh></si>': "漢",
        "<si> <t>a</t> </si>": "a",
    }

    assert shared_texts(texts(*items)) == list(items.values())
    assert shared_texts(texts(*items, *rich)) == [*items.values(), *rich.values()]
    assert shared_texts(texts("<x:si><x:t>a</x:t></x:si>", prefix="x:")) == ["a"]
    assert shared_texts(texts()) == []


@pytest.mark.parametrize(
    "text",
    [
        texts("<si><t>a</t><t>b</t></si>"),
        texts("<si><x/></si>"),
        texts("<si>a</si>"),
        texts("words"),
        texts("<si><t>a<b/></t></si>"),
        texts("<si><t>a<!-- x --></t></si>"),
        texts('<si xmlns="urn:x"><t>a</t></si>'),
        texts("<si><t>&nbsp;</t></si>"),
        texts("<si><t>\x01</t></si>"),
        texts("<si><y:t>a</y:t></si>"),
        texts(more=f' count="{MOST_SHARED + 1}"'),
        texts(more=f' count="1" uniqueCount="{2**64}"'),
        texts("<si><t>a</t></si>").replace(b"a", b"\xff"),
        texts() + b"<sst/>",
        page(""),
    ],
)
def test_other_texts_are_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - one of several sentences
        shared_texts(text)


def test_plain_parts() -> None:
    assert strict(b"<a>b</a>") == b"<a>b</a>"
    for text in (b"<a><!-- --></a>", b"<?xml?><?x?><a/>", "<a/>".encode("utf-16-le"), b'<?xml encoding="UTF-7"?><a/>'):
        with pytest.raises(ValueError, match="read differently"):
            strict(text)
    assert decoded("a_x005F_b") == "a_b"
