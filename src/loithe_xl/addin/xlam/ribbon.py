"""The ribbon's XML: what Excel would refuse without a word, found before it is built in.

The schema ([MS-CUSTOMUI2], namespace 2009/07) says which elements and attributes there are. What it does not say, and
Excel punishes by showing no tab or a dead button, is checked here: ids, sources that exclude each other, pictures,
callbacks.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers import expat

from loithe_xl.language.issues import Issue, Place, issue

RIBBON_FILE = "customUI14.xml"
NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
PREFIX = "Loithe"  # of every callback: add-ins share one name space, and the first of a name answers
SPOKEN = ("label", "screentip", "supertip", "description", "title")

# Elements that only hold others have no id; every other has exactly one of id, idQ, idMso.
_FRAMES = frozenset(
    """customUI ribbon tabs commands qat sharedControls documentControls contextualTabs contextMenus
    dialogBoxLauncher""".split()
)
_CONTROLS = frozenset(
    """tab tabSet group box buttonGroup separator menuSeparator button toggleButton checkBox editBox comboBox dropDown
    gallery item menu dynamicMenu splitButton labelControl control command contextMenu""".split()
)
_IDS = ("id", "idQ", "idMso")
_PICTURES = ("image", "imageMso", "getImage")

# Parameters of a callback: the control (or the ribbon) first, the answer ByRef last.
_ON_ACTION = {"button": 1, "toggleButton": 2, "checkBox": 2, "gallery": 3, "dropDown": 3, "command": 2}
_OF_ITEMS = re.compile("getItem(ID|Label|Image|Screentip|Supertip)")  # these are also told which item

_LIMITS = {"keytip": 3, "description": 4096}
_LIMIT = 1024  # of every id and every other text


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    attributes: Mapping[str, str]
    line: int

    @property
    def id(self) -> str:
        return next((self.attributes[name] for name in _IDS if name in self.attributes), "")


def lint(xml: bytes, pictures: Collection[str], procedures: Mapping[str, int]) -> list[Issue]:
    """Every fault of a ribbon, in the order of its lines.

    ``pictures`` are the names that ``image`` may give; ``procedures`` maps what the modules hold to parameter counts.
    """
    try:
        root, elements = _read(xml)
    except expat.ExpatError as fault:
        return [issue("RIBBON_SYNTAX", Place(file=RIBBON_FILE), line=fault.lineno, fault=expat.ErrorString(fault.code))]
    if root != f"{NAMESPACE} customUI":
        return [issue("RIBBON_NAMESPACE", Place(file=RIBBON_FILE), found=root, wanted=NAMESPACE)]
    known = {name.lower(): count for name, count in procedures.items()}  # to VBA, letters of either case are one
    seen: Counter[str] = Counter()
    found: list[Issue] = []
    for element in elements:
        found += _identity(element, seen)
        found += _texts(element)
        found += _sources(element, pictures)
        found += _callbacks(element, known)
    return found


def spoken(xml: bytes, words: Mapping[str, Mapping[str, str]]) -> bytes:
    """The ribbon with other texts: ``words`` maps an id to its attributes; what it leaves out stays as it is."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.fromstring(xml)
    for _, (prefix, uri) in ElementTree.iterparse(io.BytesIO(xml), ["start-ns"]):
        if prefix:
            root.set(f"xmlns:{prefix}", uri)  # an idQ needs it; the library keeps only what names of its own need
    for element in root.iter():
        for name, said in words.get(element.get("id", ""), {}).items():
            element.set(name, said)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def texts(xml: bytes) -> dict[str, dict[str, str]]:
    """What the ribbon says: id -> attribute -> text."""
    said: dict[str, dict[str, str]] = {}
    for element in _read(xml)[1]:
        if own := {name: element.attributes[name] for name in SPOKEN if name in element.attributes}:
            said[element.id] = own
    return said


def pictures_of(xml: bytes) -> set[str]:
    """The names of the pictures that the ribbon shows."""
    return {element.attributes["image"] for element in _read(xml)[1] if "image" in element.attributes}


def _read(xml: bytes) -> tuple[str, list[_Element]]:
    """The root's full name, and all elements with their lines."""
    elements: list[_Element] = []
    names: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        names.append(name)
        short = name.removeprefix(f"{NAMESPACE} ")
        elements.append(_Element(short, attributes, parser.CurrentLineNumber))

    parser.StartElementHandler = start
    parser.Parse(xml, True)
    return names[0], elements


def _identity(element: _Element, seen: Counter[str]) -> Iterator[Issue]:
    """An element that is known, with one id of its own."""
    if element.name not in _FRAMES | _CONTROLS:
        yield _fault("RIBBON_ELEMENT", element, name=element.name)
        return
    given = [name for name in _IDS if name in element.attributes]
    if element.name in _CONTROLS and not given:
        yield _fault("RIBBON_NO_ID", element, name=element.name)
    if len(given) > 1:
        yield _fault("RIBBON_EXCLUDED", element, names=", ".join(given))
    own = element.attributes.get("id")
    if own is not None:
        seen[own] += 1
        if seen[own] > 1:
            yield _fault("RIBBON_ID_TWICE", element)
        if len(own) > _LIMIT or not re.fullmatch(r"[A-Za-z_][\w.-]*", own, re.ASCII):
            yield _fault("RIBBON_BAD_ID", element, limit=_LIMIT)


def _texts(element: _Element) -> Iterator[Issue]:
    """Texts that say something and fit."""
    for name in (*SPOKEN, "keytip"):
        said = element.attributes.get(name)
        if said is not None and not said.strip():
            yield _fault("RIBBON_EMPTY", element, name=name)
        limit = _LIMITS.get(name, _LIMIT)
        if said is not None and len(said) > limit:
            yield _fault("RIBBON_TOO_LONG", element, name=name, limit=limit)


def _sources(element: _Element, pictures: Collection[str]) -> Iterator[Issue]:
    """One source for each property, and a picture that is there."""
    given = element.attributes
    for name in given:
        static = name[3:4].lower() + name[4:]
        if name.startswith("get") and static in given and name not in _PICTURES:
            yield _fault("RIBBON_EXCLUDED", element, names=f"{static}, {name}")
    shown = [name for name in _PICTURES if name in given]
    if len(shown) > 1:
        yield _fault("RIBBON_EXCLUDED", element, names=", ".join(shown))
    if "image" in given and given["image"] not in pictures:
        yield _fault("RIBBON_PICTURE", element, picture=given["image"])


def _callbacks(element: _Element, known: Mapping[str, int]) -> Iterator[Issue]:
    """Callbacks that are ours, are there, and take what Excel hands over."""
    for name, procedure in element.attributes.items():
        if not re.match("(get|on)[A-Z]|loadImage$", name):
            continue
        if not re.fullmatch(rf"{PREFIX}\w+", procedure):
            yield _fault("RIBBON_CALLBACK_PREFIX", element, name=name, procedure=procedure, prefix=PREFIX)
        wanted, count = _parameters(element.name, name), known.get(procedure.lower())
        if count is None:
            yield _fault("RIBBON_CALLBACK_MISSING", element, name=name, procedure=procedure)
        elif count != wanted:
            told = {"name": name, "procedure": procedure, "count": count, "wanted": wanted}
            yield _fault("RIBBON_CALLBACK_PARAMETERS", element, **told)


def _parameters(element: str, attribute: str) -> int:
    if attribute == "onAction":
        return _ON_ACTION.get(element, 1)
    if attribute == "onLoad":
        return 1
    return 3 if _OF_ITEMS.fullmatch(attribute) else 2


def _fault(code: str, element: _Element, **args: object) -> Issue:
    return issue(code, Place(file=RIBBON_FILE, field=element.id), line=element.line, id=element.id, **args)
