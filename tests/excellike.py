"""Saves a form as Excel 365 does in an office with SharePoint: the parts and spellings that it adds, none of its bugs.

What Excel writes was taken from files of its own; this is no Excel, but every habit here is one of its habits.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
BOOK, TYPES, STRINGS, STYLES = "xl/workbook.xml", "[Content_Types].xml", "xl/sharedStrings.xml", "xl/styles.xml"
BUILT_IN = {"0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "@": 49}  # formats that Excel names by number
KEPT = ' xml:space="preserve"'
PROPERTY = (
    '<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{}" name="{}"><vt:lpwstr>{}</vt:lpwstr></property>'
)
LABEL = "MSIP_Label_0a1b2c3d-0000-0000-0000-000000000000"
Parts = dict[str, str]


def save(source: Path, target: Path) -> None:
    """One file, as Excel would save it."""
    with zipfile.ZipFile(source) as package:
        raw = {name: package.read(name) for name in package.namelist()}
    parts = {name: text.decode() for name, text in raw.items()}
    binary = {"xl/printerSettings/printerSettings1.bin": b"\0P\0r\0i\0n\0t" * 20}
    _texts(parts)
    _formats(parts)
    for number, name in enumerate(sorted(name for name in parts if name.startswith("xl/worksheets/sheet")), 1):
        _sheet(parts, name, number)
    _book(parts)
    _beside(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {**parts, **binary}.items():
            package.writestr(name, text)
    target.write_bytes(buffer.getvalue())


def _texts(parts: Parts) -> None:
    """All texts shared, in the order of the cells; blanks at the ends marked."""
    known = [found[1] or "" for found in re.finditer(r"<si>(.*?)</si>|<si/>", parts.get(STRINGS, ""), re.S)]
    listed: dict[str, int] = {}

    def text(found: re.Match[str]) -> str:
        item = known[int(found[3])] if found[3] else found[2]
        plain = re.fullmatch(r"<t(?: [^>]*)?>([^<]*)</t>", item)
        if plain:
            item = f"<t{KEPT if plain[1] != plain[1].strip() else ''}>{plain[1]}</t>"
        return f'<c{found[1]} t="s"><v>{listed.setdefault(item, len(listed))}</v></c>'

    cell = r'<c((?: (?!t=)\w+="[^"]*")*)(?: t="(?:inlineStr|s)")>(?:<is>(.*?)</is>|<v>(\d+)</v>)</c>'
    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        parts[name] = re.sub(cell, text, parts[name], flags=re.S)
    items = "".join(f"<si>{item}</si>" for item in listed)
    parts[STRINGS] = f'{_head()}<sst xmlns="{MAIN}" count="{len(listed)}" uniqueCount="{len(listed)}">{items}</sst>'


def _formats(parts: Parts) -> None:
    """Common number formats by their numbers alone."""
    for id, code in re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/>', parts[STYLES]):
        if (number := BUILT_IN.get(html.unescape(code))) is not None:
            parts[STYLES] = parts[STYLES].replace(f'numFmtId="{id}"', f'numFmtId="{number}"')
    parts[STYLES] = re.sub(r'<numFmt numFmtId="\d{1,2}" [^>]*/>', "", parts[STYLES])
    left = parts[STYLES].count("<numFmt ")
    parts[STYLES] = re.sub(
        r'<numFmts count="\d+">(</numFmts>)?', lambda f: "" if f[1] else f'<numFmts count="{left}">', parts[STYLES]
    )


def _sheet(parts: Parts, name: str, number: int) -> None:
    """Marks of revisions, names without needless quotes, a printer's settings, extensions."""
    text = parts[name]
    marks = (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="xr"'
        f' xmlns:xr="{MICROSOFT}/spreadsheetml/2014/revision"'
        f' xr:uid="{{00000000-0001-0000-0{number:02}00-000000000000}}"'
    )
    text = re.sub(r"<worksheet\b", lambda found: found[0] + marks, text, count=1)
    bare = re.compile(r"'([A-Za-z_][\w.]*)'!", re.ASCII)
    text = re.sub(r"<f>[^<]*</f>", lambda found: bare.sub(r"\1!", found[0]), text)
    text = re.sub(
        r"<dataValidation ", f'<dataValidation xr:uid="{{00000000-0002-0000-0{number:02}00-000000000000}}" ', text
    )
    rels = name.replace("worksheets/", "worksheets/_rels/") + ".rels"
    _relate(parts, rels, "rIdP", f"{OFFICE}/printerSettings", "../printerSettings/printerSettings1.bin")
    text = re.sub(r"<pageSetup\b", '<pageSetup r:id="rIdP"', text) if "xmlns:r=" in text else text
    ends = '<extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"/></extLst></worksheet>'
    parts[name] = text if "<extLst" in text else text.replace("</worksheet>", ends)


def _book(parts: Parts) -> None:
    """Where it lay, which version saved it, the chain in which it calculates."""
    path = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice '
        f'Requires="x15"><x15ac:absPath xmlns:x15ac="{MICROSOFT}/spreadsheetml/2010/11/ac" url="C:\\Bao cao\\"/>'
        "</mc:Choice></mc:AlternateContent>"
        f'<xr:revisionPtr xmlns:xr="{MICROSOFT}/spreadsheetml/2014/revision" revIDLastSave="0" documentId="13_a"/>'
    )
    parts[BOOK] = re.sub(r"<workbookPr\b[^>]*/>", lambda found: found[0] + path, parts[BOOK], count=1)
    first = re.findall(r'<c r="(\w+)"[^>]*><f>', parts["xl/worksheets/sheet1.xml"])
    chain = "".join(f'<c r="{cell}" i="1"/>' for cell in first)
    _add(parts, "xl/calcChain.xml", f"{SHEET}.calcChain+xml", f'<calcChain xmlns="{MAIN}">{chain}</calcChain>')
    _relate(parts, "xl/_rels/workbook.xml.rels", "rIdK", f"{OFFICE}/calcChain", "calcChain.xml")
    _add(parts, "xl/metadata.xml", f"{SHEET}.sheetMetadata+xml", f'<metadata xmlns="{MAIN}"/>')
    _relate(parts, "xl/_rels/workbook.xml.rels", "rIdM", f"{OFFICE}/sheetMetadata", "metadata.xml")
    people = f'<personList xmlns="{MICROSOFT}/spreadsheetml/2018/threadedcomments"/>'
    _add(parts, "xl/persons/person.xml", "application/vnd.ms-excel.person+xml", people)
    _relate(
        parts, "xl/_rels/workbook.xml.rels", "rIdN", f"{MICROSOFT}/2017/10/relationships/person", "persons/person.xml"
    )


def _beside(parts: Parts) -> None:
    """What SharePoint, the office's labels and printers add."""
    label = f'<clbl:labelList xmlns:clbl="{MICROSOFT}/2020/mipLabelMetadata"><clbl:label id="a"/></clbl:labelList>'
    _add(parts, "docMetadata/LabelInfo.xml", "application/vnd.ms-office.classificationlabels+xml", label)
    kind = f"{MICROSOFT}/2020/02/relationships/classificationlabels"
    _relate(parts, "_rels/.rels", "rIdL", kind, "docMetadata/LabelInfo.xml")
    parts["customXml/item1.xml"] = (
        '<p:properties xmlns:p="http://schemas.microsoft.com/office/2006/metadata/properties"/>'
    )
    _relate(parts, "xl/_rels/workbook.xml.rels", "rIdX", f"{OFFICE}/customXml", "../customXml/item1.xml")
    store = (
        '<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" ds:itemID="{0}"/>'
    )
    kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    _add(parts, "customXml/itemProps1.xml", kind, store)
    _relate(parts, "customXml/_rels/item1.xml.rels", "rId1", f"{OFFICE}/customXmlProps", "itemProps1.xml")
    added = "".join(
        PROPERTY.format(number, name, said)
        for number, (name, said) in enumerate(((f"{LABEL}_Enabled", "true"), ("ContentTypeId", "0x0101")), 80)
    )
    custom = "docProps/custom.xml"
    parts[custom] = parts[custom].replace("</Properties>", f"{added}</Properties>")
    app = "docProps/app.xml"
    parts[app] = re.sub("<Application>[^<]*<", "<Application>Microsoft Excel<", parts[app])
    default = '<Default Extension="bin" ContentType="' + f"{SHEET}.printerSettings" + '"/>'
    parts[TYPES] = re.sub(r"(<Types [^>]*>)", lambda found: found[0] + default, parts[TYPES], count=1)


def _add(parts: Parts, name: str, kind: str, text: str) -> None:
    parts[name] = _head() + text
    override = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    parts[TYPES] = parts[TYPES].replace("</Types>", override)


def _relate(parts: Parts, rels: str, id: str, kind: str, target: str) -> None:
    one = f'<Relationship Id="{id}" Type="{kind}" Target="{target}"/></Relationships>'
    parts[rels] = parts.get(rels, RELATIONS).replace("</Relationships>", one)


def _head() -> str:
    return '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
