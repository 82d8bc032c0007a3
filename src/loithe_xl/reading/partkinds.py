"""The kinds of parts and of relations that office programs write into an honest workbook; and what the rest is called.

Whatever is not listed is refused: what starts, fetches or hides something can be called anything, what is harmless is
known. Lists by program: Excel 2007 to 365, LibreOffice, Gnumeric, WPS, Google Sheets, Numbers, ONLYOFFICE.
"""

from __future__ import annotations

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships/"
_MICROSOFT = "http://schemas.microsoft.com/office/"
_WPS = "http://www.wps.cn/officeDocument/"  # WPS adds kinds of its own with every version
_FORMAT = "application/vnd.openxmlformats-officedocument."
_SHEET = f"{_FORMAT}spreadsheetml."

DOCUMENT, STRINGS, STYLES_RELATION = f"{_OFFICE}officeDocument", f"{_OFFICE}sharedStrings", f"{_OFFICE}styles"
WORKSHEET, HYPERLINK, LINK = f"{_OFFICE}worksheet", f"{_OFFICE}hyperlink", f"{_OFFICE}externalLink"
STRICT = "http://purl.oclc.org/ooxml/"
VML, LINK_TYPE = f"{_FORMAT}vmldrawing", f"{_SHEET}externallink+xml"
STRINGS_TYPE, STYLES_TYPE = f"{_SHEET}sharedstrings+xml", f"{_SHEET}styles+xml"
DOCUMENT_TYPES = frozenset(
    {
        f"{_SHEET}sheet.main+xml",
        f"{_SHEET}template.main+xml",
        "application/vnd.ms-excel.sheet.macroenabled.main+xml",  # .xlsm: what macros it has is another part
        "application/vnd.ms-excel.template.macroenabled.main+xml",
    }
)
FREE_TYPES = frozenset({"application/xml", "text/xml"})  # parts that can hold anything


def _all(prefix: str, names: str) -> set[str]:
    return {prefix + name for name in names.split()}


RELATIONS = frozenset(
    _all(
        _OFFICE,
        """officeDocument extended-properties custom-properties metadata/core-properties metadata/thumbnail customXml
        customXmlProps worksheet chartsheet theme themeOverride styles sharedStrings calcChain sheetMetadata hyperlink
        pivotCacheDefinition pivotCacheRecords pivotTable table comments drawing vmlDrawing image chart chartUserShapes
        ctrlProp printerSettings customProperty diagramColors diagramData diagramLayout diagramQuickStyle usernames
        revisionHeaders revisionLog""",
    )
    | _all(
        _PACKAGE,
        """metadata/core-properties metadata/thumbnail digital-signature/origin digital-signature/signature
        digital-signature/certificate""",
    )
    | _all(
        _MICROSOFT,
        """2006/relationships/wsSortMap 2007/relationships/slicer 2007/relationships/slicerCache
        2007/relationships/diagramDrawing 2007/relationships/hdphoto 2011/relationships/timeline
        2011/relationships/timelineCache 2011/relationships/chartStyle 2011/relationships/chartColorStyle
        2014/relationships/chartEx 2017/06/relationships/rdArray 2017/06/relationships/rdRichValue
        2017/06/relationships/rdRichValueStructure 2017/06/relationships/rdRichValueTypes
        2017/06/relationships/rdSupportingPropertyBag 2017/06/relationships/rdSupportingPropertyBagStructure
        2017/06/relationships/richStyles 2017/10/relationships/person 2017/10/relationships/threadedComment
        2019/04/relationships/namedSheetView 2019/05/relationships/documenttasks
        2020/02/relationships/classificationlabels 2022/10/relationships/richValueRel
        2022/11/relationships/FeaturePropertyBag""",
    )
    | {
        "http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/core-properties",
        "http://customschemas.google.com/relationships/workbookmetadata",
        "http://schemas.onlyoffice.com/workbookComments",
    }
)

PART_TYPES = (
    DOCUMENT_TYPES
    | FREE_TYPES
    | _all(
        _SHEET,
        """worksheet+xml chartsheet+xml styles+xml sharedstrings+xml calcchain+xml sheetmetadata+xml comments+xml
        table+xml pivottable+xml pivotcachedefinition+xml pivotcacherecords+xml printersettings customproperty
        usernames+xml revisionheaders+xml revisionlog+xml""",
    )
    | _all(
        _FORMAT,
        """theme+xml themeoverride+xml extended-properties+xml custom-properties+xml customxmlproperties+xml
        drawing+xml vmldrawing drawingml.chart+xml drawingml.chartshapes+xml drawingml.diagramdata+xml
        drawingml.diagramlayout+xml drawingml.diagramstyle+xml drawingml.diagramcolors+xml""",
    )
    | _all(
        "application/vnd.openxmlformats-package.",
        """relationships+xml core-properties+xml digital-signature-origin digital-signature-xmlsignature+xml
        digital-signature-certificate""",
    )
    | _all(
        "application/vnd.ms-excel.",
        """threadedcomments+xml person+xml controlproperties+xml slicer+xml slicercache+xml timeline+xml
        timelinecache+xml namedsheetviews+xml rdrichvalue+xml rdrichvaluestructure+xml rdrichvaluetypes+xml rdarray+xml
        richstyles+xml rdsupportingpropertybag+xml rdsupportingpropertybagstructure+xml richvaluerel+xml
        featurepropertybag+xml documenttasks+xml wssortmap+xml""",
    )
    | _all(
        "application/vnd.ms-office.",
        """classificationlabels+xml chartstyle+xml chartcolorstyle+xml chartex+xml drawingml.diagramdrawing+xml
        documenttasks+xml""",
    )
    | {"application/octet-stream", "application/binary", "application/inkml+xml"}
)
_OF_WPS = (_WPS, "application/vnd.wps-officedocument.")

# What foreign parts and relations are called, by what stands in their type; the worst first.
BOOKS = "books"  # links to other workbooks, and to nothing else
_CALLED = (
    ("FILE_STRICT", (STRICT,)),
    ("FILE_MACRO", ("vba", "macro", "dialogsheet", "jsaproject", "jsproject", "jdedata", "script")),
    ("FILE_ACTIVEX", ("activex", "relationships/control")),
    ("FILE_CUSTOM_UI", ("extensibility", "customization", "customui", "toolbar")),
    ("FILE_WEB_ADDIN", ("webextension",)),
    (BOOKS, ("externallink",)),
    ("FILE_EXTERNAL_LINK", ("connection", "querytable", "volatile", "xmlmaps", "singlecells", "powerpivot",
                            "model+data", "customdata", "webimage")),
    ("FILE_EMBEDDING", ("oleobject", "relationships/package", "msword", "wordprocessing", "presentation",
                        "spreadsheetml.sheet", "application/pdf")),
)  # fmt: skip
# The same by the beginning of a part's name.
_NAMED = (
    ("FILE_MACRO", ("xl/vbaproject", "xl/macrosheets/")),
    ("FILE_EMBEDDING", ("xl/embeddings/",)),
    ("FILE_ACTIVEX", ("xl/activex/",)),
    (BOOKS, ("xl/externallinks/",)),
    ("FILE_EXTERNAL_LINK", ("xl/connections.xml", "xl/querytables/")),
)


def foreign_kind(kind: str) -> str:
    """The issue code for a type of part (in small letters) or of relation that no honest workbook has; else blank."""
    if kind in PART_TYPES or kind in RELATIONS or kind.startswith("image/"):
        return ""
    small = kind.lower()
    called = next((code for code, words in _CALLED if any(word in small for word in words)), "")
    return called or ("" if kind.startswith(_OF_WPS) else "FILE_FOREIGN_PART")


def foreign_name(name: str) -> str:
    """The issue code for a part's name that no honest workbook has, whatever leads to it; else blank."""
    return next((code for code, beginnings in _NAMED if name.startswith(beginnings)), "")
