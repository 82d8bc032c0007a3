"""Where a genuine submission can carry what nobody declared: one place each, with a mark to look for everywhere else.

Each place changes the parts of a finished package as Excel, another program or a curious hand would.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

Parts = dict[str, bytes]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
RELATED = f"{OFFICE}/relationships"
MICROSOFT = "http://schemas.microsoft.com/office"
CORE, APP, CUSTOM, BOOK, STRINGS, STYLES = (
    "docProps/core.xml",
    "docProps/app.xml",
    "docProps/custom.xml",
    "xl/workbook.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
)


@dataclass(frozen=True)
class Place:
    """One place: its name, and what puts a mark there. ``package``: the change is to the package's own bytes."""

    name: str
    plant: Callable[[Parts, str], None]
    package: Callable[[bytes, str], bytes] | None = None


def planted(source: bytes, places: Iterable[tuple[Place, str]]) -> bytes:
    """The package with a mark in each of the places."""
    chosen = list(places)
    with zipfile.ZipFile(io.BytesIO(source)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for place, mark in chosen:
        before = dict(parts)
        place.plant(parts, mark)
        assert place.package or parts != before, place.name
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    data = buffer.getvalue()
    for place, mark in chosen:
        if place.package:
            data = place.package(data, mark)
        assert holds(data, mark), place.name
    return data


def holds(data: bytes, mark: str) -> bool:
    """Whether a mark stands anywhere in a file."""
    return bool(marks_in(data, re.compile(re.escape(mark))))


def marks_in(data: bytes, pattern: re.Pattern[str]) -> set[str]:
    """What of a pattern of ASCII letters stands in a file's bytes, or in what its package holds; in UTF-16 too."""
    found: set[str] = set()
    for piece in pieces(data):
        for said in (piece, piece.replace(b"\0", b"")):
            found |= set(pattern.findall(said.decode("latin-1")))
    return found


def pieces(data: bytes) -> Iterator[bytes]:
    """The file's bytes; of a package also every part, unpacked."""
    yield data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                yield from pieces(package.read(name))


# ---- how parts are changed


def sheet(name: str) -> Callable[[Parts], str]:
    """The part of the sheet called so."""

    def part(parts: Parts) -> str:
        listed = re.findall(r'<sheet name="([^"]+)"', parts[BOOK].decode())
        return f"xl/worksheets/sheet{listed.index(name) + 1}.xml"

    return part


def first_sheet(parts: Parts) -> str:
    """The first sheet's part."""
    return "xl/worksheets/sheet1.xml"


def before(part: str | Callable[[Parts], str], at: str, said: str) -> Callable[[Parts, str], None]:
    """Put ``said`` (``{}`` is the mark) before the first place that ``at`` matches."""

    def plant(parts: Parts, mark: str) -> None:
        name = part if isinstance(part, str) else part(parts)
        text = parts[name].decode()
        where = re.search(at, text)
        assert where, (name, at)
        parts[name] = (text[: where.start()] + said.replace("{}", mark) + text[where.start() :]).encode()

    return plant


def instead(part: str | Callable[[Parts], str], of: str, said: str) -> Callable[[Parts, str], None]:
    """Put ``said`` (``{}`` is the mark) in the place of the first match of ``of``; ``\\1`` is its group."""

    def plant(parts: Parts, mark: str) -> None:
        name = part if isinstance(part, str) else part(parts)
        text, times = re.subn(of, said.replace("{}", mark), parts[name].decode(), count=1, flags=re.S)
        assert times, (name, of)
        parts[name] = text.encode()

    return plant


def added(part: str, content: str, kind: str, owner: str = "", relation: str = "") -> Callable[[Parts, str], None]:
    """A part of its own with the mark in it, declared, and related to ``owner`` where that is said."""

    def plant(parts: Parts, mark: str) -> None:
        parts[part] = content.replace("{}", mark).encode()
        before("[Content_Types].xml", "</Types>", f'<Override PartName="/{part}" ContentType="{kind}"/>')(parts, "")
        if owner:
            relate(parts, owner, part, relation)

    return plant


def relate(parts: Parts, owner: str, part: str, relation: str) -> str:
    """A relationship from ``owner`` to ``part``; its id."""
    folder, _, name = owner.rpartition("/")
    where = f"{folder}/_rels/{name}.rels"
    empty = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    text = parts.get(where, empty.encode()).decode()
    id = f"rIdC{text.count('<Relationship ') + 1}"
    one = f'<Relationship Id="{id}" Type="{relation}" Target="/{part}"/>'
    parts[where] = text.replace("</Relationships>", f"{one}</Relationships>").encode()
    return id


def all_of(*plants: Callable[[Parts, str], None]) -> Callable[[Parts, str], None]:
    """Several changes with one mark."""

    def plant(parts: Parts, mark: str) -> None:
        for each in plants:
            each(parts, mark)

    return plant


def cell(row: int, column: str, part: Callable[[Parts], str] = first_sheet) -> Callable[[Parts, str], None]:
    """A text in a cell where the form has none, on the sheet's last row or below."""
    said = f'<row r="{row}"><c r="{column}{row}" t="inlineStr"><is><t>{{}}</t></is></c></row>'
    return before(part, "</sheetData>", said)


def nothing(parts: Parts, mark: str) -> None:
    """No part is changed."""


def zip_comment(data: bytes, mark: str) -> bytes:
    """A comment behind the package's directory."""
    head, said = data[:-2], mark.encode()
    assert data[-2:] == b"\0\0"
    return head + struct.pack("<H", len(said)) + said


def core(name: str) -> Place:
    """A document property of the standard set."""
    tag = name if ":" in name else f"cp:{name}"
    if name == "dc:creator":
        return Place(name, instead(CORE, "<dc:creator>[^<]*<", "<dc:creator>{}<"))
    return Place(name, before(CORE, "</cp:coreProperties>", f"<{tag}>{{}}</{tag}>"))


def app(name: str) -> Place:
    """A document property of Office's own set."""
    return Place(f"app {name}", before(APP, "</Properties>", f"<{name}>{{}}</{name}>"))


def custom(name: str, pid: int) -> Callable[[Parts, str], None]:
    """A property of the user's own."""
    user = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
    said = f'<property fmtid="{user}" pid="{pid}" name="{name}"><vt:lpwstr>{{}}</vt:lpwstr></property>'
    return before(CUSTOM, "</Properties>", said)


def attributed(name: str, attribute: str) -> Callable[[Parts, str], None]:
    """An attribute of the workbook's ``workbookPr``."""
    return instead(BOOK, "<workbookPr ", f'<workbookPr {attribute}="{{}}" ')


COMMENTS = (
    f'<comments xmlns="{MAIN}"><authors><author>{{}}</author></authors><commentList><comment ref="D10" authorId="0">'
    "<text><r><t>{}</t></r></text></comment></commentList></comments>"
)
THREADED = (
    f'<ThreadedComments xmlns="{MICROSOFT}/spreadsheetml/2018/threadedcomments"><threadedComment ref="D10" '
    'dT="2023-02-28T00:00:00.00" personId="{00000000-0000-0000-0000-000000000001}" '
    'id="{00000000-0000-0000-0000-000000000002}"><text>{}</text></threadedComment></ThreadedComments>'
)
PERSONS = (
    f'<personList xmlns="{MICROSOFT}/spreadsheetml/2018/threadedcomments"><person displayName="{{}}" '
    'id="{00000000-0000-0000-0000-000000000001}" userId="{}" providerId="AD"/></personList>'
)
DRAWING = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:absoluteAnchor><xdr:pos x="0" y="0"/>'
    '<xdr:ext cx="9" cy="9"/><xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="{}" descr="{}"/><xdr:cNvSpPr/></xdr:nvSpPr>'
    "<xdr:spPr/><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>{}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    "<xdr:clientData/></xdr:absoluteAnchor></xdr:wsDr>"
)
COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
PATH = (
    f'<mc:AlternateContent xmlns:mc="{COMPATIBLE}"><mc:Choice Requires="x15"><x15ac:absPath xmlns:x15ac="{MICROSOFT}/'
    'spreadsheetml/2010/11/ac" url="C:\\\\Users\\\\{}\\\\Documents\\\\"/></mc:Choice></mc:AlternateContent>'
)
XML = "application/xml"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_XML = (
    f'<worksheet xmlns="{MAIN}">'
    '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row></sheetData></worksheet>'
)


def extra_sheet(name: str, state: str) -> Callable[[Parts, str], None]:
    """A sheet of its own, with the mark in its cell; ``{}`` in the name is the mark."""

    def plant(parts: Parts, mark: str) -> None:
        part = "xl/worksheets/sheet99.xml"
        added(part, SHEET_XML, f"{SPREADSHEET}.worksheet+xml")(parts, mark)
        id = relate(parts, BOOK, part, f"{RELATED}/worksheet")
        one = f'<sheet name="{name.replace("{}", mark)}" sheetId="99"{state} r:id="{id}"/>'
        before(BOOK, "</sheets>", one)(parts, "")

    return plant


def renamed(parts: Parts, mark: str) -> None:
    """The guidance sheet under another name."""
    instead(BOOK, "Hướng dẫn", "{}")(parts, mark)


def commented(parts: Parts, mark: str) -> None:
    """A note with its author on an input."""
    added(
        "xl/comments1.xml", COMMENTS, f"{SPREADSHEET}.comments+xml", "xl/worksheets/sheet1.xml", f"{RELATED}/comments"
    )(parts, mark)


def threaded(parts: Parts, mark: str) -> None:
    """A conversation on an input, and who takes part."""
    kind = "application/vnd.ms-excel"
    owner, relation = "xl/worksheets/sheet1.xml", f"{MICROSOFT}/2017/10/relationships"
    added(
        "xl/threadedComments/threadedComment1.xml",
        THREADED,
        f"{kind}.threadedcomments+xml",
        owner,
        f"{relation}/threadedComment",
    )(parts, mark)
    added("xl/persons/person.xml", PERSONS, f"{kind}.person+xml", BOOK, f"{relation}/person")(parts, mark)


def formula_in(parts: Parts, mark: str) -> None:
    """A formula in an input: its result is a figure, its text is nobody's business."""
    instead(
        first_sheet,
        r'(<c r="D13"[^>]*?)(?: t="\w+")?(?:/>|>.*?</c>)',
        r"\1><f>IF(LEN(&quot;{}&quot;)&gt;0,0,0)</f><v>0</v></c>",
    )(parts, mark)


HIDDEN = sheet("_loithe")
ROWS_END, SHEET_ONE = "</sheetData>", "xl/worksheets/sheet1.xml"
BEFORE_RULES = "<conditionalFormatting|<dataValidations"
DRAWN = "application/vnd.openxmlformats-officedocument.drawing+xml"
PACK_ROW = (
    '<row r="6"><c r="A6" t="inlineStr"><is><t>pack.toml</t></is></c>'
    '<c r="B6" t="inlineStr"><is><t>{} = 1</t></is></c></row>'
)
SCENARIO = '<scenarios><scenario name="{}" user="{}" comment="{}"><inputCells r="D10" val="5"/></scenario></scenarios>'
OWN_FORMAT = '<numFmts count="1"><numFmt numFmtId="199" formatCode="&quot;{}&quot;0"/></numFmts>'
RANGE = '<protectedRanges><protectedRange name="{}" sqref="A1"/></protectedRanges>'
USERS = f'<users xmlns="{MAIN}"><userInfo guid="1" name="{{}}"/></users>'
LABELS = '<labels><label id="{}" name="{}"/></labels>'


def spoken(cell: str) -> str:
    """A cell with the mark as its text."""
    return f'<c r="{cell}" t="inlineStr"><is><t>{{}}</t></is></c>'


PLACES: tuple[Place, ...] = (
    *map(
        core,
        (
            "dc:creator",
            "lastModifiedBy",
            "keywords",
            "dc:description",
            "dc:subject",
            "category",
            "contentStatus",
            "version",
        ),
    ),
    Place("title", instead(CORE, "<dc:title>[^<]*<", "<dc:title>{}<")),
    *map(app, ("Company", "Manager", "HyperlinkBase", "Template", "AppVersion")),
    Place("titles of parts", instead(APP, "<vt:lpstr>1. Số liệu<", "<vt:lpstr>{}<")),
    Place("custom property", custom("Người lập", 90)),
    Place("name of a custom property", custom("{}", 91)),
    Place("note and its author", commented),
    Place("threaded comment and person", threaded),
    Place("shape", added("xl/drawings/drawing1.xml", DRAWING, DRAWN, SHEET_ONE, f"{RELATED}/drawing")),
    Place("undeclared cell below an input sheet", cell(900, "B")),
    Place("undeclared cell beside the inputs", instead(first_sheet, r'(<c r="E12".*?</c>)', rf"\1{spoken('K12')}")),
    Place("undeclared number format", before(STYLES, "<fonts", OWN_FORMAT)),
    Place("name of a style", before(STYLES, "</cellStyles>", '<cellStyle name="{}" xfId="0"/>')),
    Place("font", instead(STYLES, '<name val="[^"]*"', '<name val="{}"')),
    Place("computed sheet", cell(900, "B", sheet("Tổng hợp"))),
    Place("sheet of checks", cell(900, "B", sheet("Kiểm tra"))),
    Place("hidden list of checks", cell(9000, "B", sheet("_loithe_kiemtra"))),
    Place("hidden sheet: name of the unit", instead(HIDDEN, r'<c r="B2"[^>]*>.*?</c>', spoken("B2"))),
    Place("hidden sheet: name above", instead(HIDDEN, r'<c r="B3"[^>]*>.*?</c>', spoken("B3"))),
    Place("hidden sheet: beside the seal", cell(5, "Z", HIDDEN)),
    Place("hidden sheet: a pack's file", cell(6, "A", HIDDEN)),
    Place("hidden sheet: a pack", before(HIDDEN, ROWS_END, PACK_ROW)),
    Place("sheet of its own", extra_sheet("Thêm", "")),
    Place("hidden sheet of its own", extra_sheet("Ẩn", ' state="veryHidden"')),
    Place("name of a sheet", extra_sheet("{}", "")),
    Place("sheet renamed", renamed),
    Place("defined name", before(BOOK, "</definedNames>", '<definedName name="nguoi_lap">"{}"</definedName>')),
    Place("name of a defined name", before(BOOK, "</definedNames>", '<definedName name="{}">1</definedName>')),
    Place(
        "comment of a defined name",
        before(BOOK, "</definedNames>", '<definedName name="nguoi" comment="{}">1</definedName>'),
    ),
    Place("header and footer", instead(first_sheet, "<oddFooter>[^<]*<", "<oddFooter>&amp;L{}<")),
    Place("validation's prompt", instead(first_sheet, ' prompt="[^"]*"', ' prompt="{}"')),
    Place("validation's error", instead(first_sheet, ' error="[^"]*"', ' error="{}"')),
    Place("list of a validation", instead(first_sheet, '<formula1>"Có,Không"<', '<formula1>"Có,Không,{}"<')),
    Place(
        "conditional format", instead(first_sheet, r"<formula>LEFT\(\$E10,3\)=\"LỖI\"<", '<formula>LEFT($E10,3)="{}"<')
    ),
    Place("tip of a link", instead(first_sheet, "<hyperlink ", '<hyperlink tooltip="{}" ')),
    Place("absolute path", before(BOOK, "<bookViews>", PATH)),
    Place("who reserved the file", before(BOOK, "<workbookPr ", '<fileSharing userName="{}"/>')),
    Place("code name of the workbook", attributed("codeName", "codeName")),
    Place("code name of a sheet", instead(first_sheet, "<sheetPr>", '<sheetPr codeName="{}">')),
    Place("scenario and its user", before(first_sheet, BEFORE_RULES, SCENARIO)),
    Place("protected range", before(first_sheet, BEFORE_RULES, RANGE)),
    Place(
        "extension list of a sheet",
        before(first_sheet, "</worksheet>", '<extLst><ext uri="{}"><x>{}</x></ext></extLst>'),
    ),
    Place(
        "printer settings",
        added(
            "xl/printerSettings/printerSettings1.bin",
            "\\\\\\\\may-in\\\\{}",
            f"{SPREADSHEET}.printerSettings",
            SHEET_ONE,
            f"{RELATED}/printerSettings",
        ),
    ),
    Place("custom XML", added("customXml/item1.xml", "<nguoi>{}</nguoi>", XML, BOOK, f"{RELATED}/customXml")),
    Place("web publishing", added("xl/webPublish.xml", "<x>{}</x>", XML)),
    Place("label of sensitivity", added("docMetadata/LabelInfo.xml", LABELS, XML)),
    Place(
        "revision log and its users",
        added("xl/revisions/userNames.xml", USERS, f"{SPREADSHEET}.userNames+xml", BOOK, f"{RELATED}/usernames"),
    ),
    Place("unused shared text", before(STRINGS, "</sst>", "<si><t>{}</t></si>")),
    Place("phonetic reading", before(STRINGS, "</sst>", '<si><t>x</t><rPh sb="0" eb="1"><t>{}</t></rPh></si>')),
    Place("formula in an input", formula_in),
    Place("theme", instead("xl/theme/theme1.xml", '<a:theme ([^>]*)name="[^"]*"', r'<a:theme \1name="{}"')),
    Place("comment in markup", before(APP, "</Properties>", "<!-- {} -->")),
    Place("comment of the package", nothing, zip_comment),
    Place("part that nothing names", lambda parts, mark: parts.update({f"xl/{mark}.bin": mark.encode()})),
    Place("picture", lambda parts, mark: parts.update({"xl/media/image1.png": b"\x89PNG\r\n\x1a\n" + mark.encode()})),
    Place("thumbnail", lambda parts, mark: parts.update({"docProps/thumbnail.jpeg": b"\xff\xd8\xff" + mark.encode()})),
)


MARK = re.compile(r"quz[a-z]+[0-9]{3}")


def marks(world: str, places: Iterable[Place] = PLACES) -> dict[Place, str]:
    """A mark for each place: a word that stands nowhere else."""
    return {place: f"quz{world}{number:03}" for number, place in enumerate(places, 1)}
