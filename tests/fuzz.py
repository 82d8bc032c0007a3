"""Genuine submissions changed at random, in their XML and in their raw bytes: read as they are now, or refused.

Every example has a number; ``judge(number)`` makes and judges it again. What is right, ``independent`` says.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import independent
from cli_tools import type_in
from tally import Tally
from tools import REQUIRED, fill, held, make_forms, small_register

from loithe_xl.consolidation.receipts import Verdict
from loithe_xl.intake.openfile import Unreadable, opened, receipt_of
from loithe_xl.language.issues import Issue, has_error
from loithe_xl.reading import guard, reader
from loithe_xl.reading.received import Received
from loithe_xl.system.workers import Lost, Pool
from loithe_xl.tasks.consolidate import open_parent
from loithe_xl.workbook.address import address
from loithe_xl.workbook.ownsheets import COMPUTED

VALUES = {
    **REQUIRED,
    "difficulty_05": "Có",
    "difficulties_text": "Khó bố trí <thời gian> & nói: “vâng”; 12,5 _x0041_ 100%",
    "proposals_text": "dòng một\ndòng hai",
    "plan_issued": "Có",
    "plan_number": "007",
    "plan_date": 44960,
}
COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
# What a careless or a cunning hand would put into a sheet.
SNIPPETS = [
    "<!-- x -->", "<![CDATA[9]]>", "<?x y?>", "&#57;", "&amp;", "&lt;", "&x;", " ", "\n", "\0", "9", "-", ".", "e5",
    "E999", "_", "٣",
    "９", "+", "NaN", "<v>9</v>", "<v/>", "<v><v>9</v></v>", "<f>1+1</f>", "<f/>", "<is><t>x</t></is>", "<is/>",
    "<t>x</t>", "<b/>",
    "<si><t>x</t></si>", "<si/>", "<r><t>x</t></r>", "<rPh sb='0' eb='1'><t>zz</t></rPh>", "<row>", "</row>",
    "<row/>", "<c/>", "<c>", "</c>",
    '<c r="D10"><v>999</v></c>', '<row r="10"><c r="D10"><v>999</v></c></row>',
    '<row r="99999"><c r="D99999"><v>9</v></c></row>',
    '<c r="XFD10"/>', '<x:c xmlns:x="urn:x" r="D10"><x:v>9</x:v></x:c>', '<c xmlns="urn:x"><v>9</v></c>',
    '<v xmlns="urn:x">9</v>',
    "<extLst>", "</extLst>", "<extLst/>", "<sheetData>", "</sheetData>", "<sheetData/>", "<sheetPr/>",

    f'<mc:AlternateContent xmlns:mc="{COMPATIBLE}"><mc:Choice Requires="x">',
    "</mc:Choice></mc:AlternateContent>", "<worksheet>", "</worksheet>", "<!DOCTYPE a>", "<!ENTITY a 'b'>",
    '<dimension ref="A1:B2"/>',
    '<mergeCell ref="A1:XFD1048576"/>', '<c r="D10" t="s"><v>1</v></c>', '<c r="D10" t="str"><v>30</v></c>',
]  # fmt: skip
ATTRIBUTES = [
    'r="D11"', 'r="d10"', 'r="$D$10"', 'r="A1"', 'r="XFE1"', 'r="0"', 'r="-1"', 'r="1e1"', 'r=" 10 "', 'r="10 "',
    't="s"', 't="str"', 't="n"',
    't="b"', 't="e"', 't="d"', 't="inlineStr"', 't=""', 't=" n "', 's="0"', 's="13"', 's="9999"', 's="-1"', 's=""',
    'xml:space="preserve"',
    'xmlns="urn:x"', 'x:r="D10"', 'x:t="s"', 'hidden="1"', 'date1904="1"', 'state="veryHidden"',
    'TargetMode="External"', 'r:id="rId1"', 'Id="rId1"',
    'name="1. Số liệu"', 'Target="worksheets/sheet1.xml"', 'count="4294967295"', 'uniqueCount="0"', 'spans="1:1"',
    'ref="A1:XFD1048576"',
]  # fmt: skip
VALUES_WRITTEN = [
    "9", "-1", "0", "30", "1E309", "NaN", "INF", "1_000", "９", "0x10", "+30", " 30 ", "3E1", "30.", ".5", "-0",
    "1e-400", "", " ", "Có", "Không", "2", "99999", "1/2", "12,5", "TRUE", "true", "#N/A", "_x0041_", "_x0030_",
    "2023-02-28", "&#51;0", "3&#48;", "\t30\n",
]  # fmt: skip
PARTS = {  # how often each is changed
    "xl/worksheets/sheet1.xml": 30, "xl/worksheets/sheet2.xml": 12, "xl/worksheets/sheet3.xml": 15,
    "xl/worksheets/sheet4.xml": 10,
    "xl/worksheets/sheet10.xml": 4, "xl/sharedStrings.xml": 20, "xl/workbook.xml": 8, "xl/_rels/workbook.xml.rels": 5,
    "xl/styles.xml": 4,
    "[Content_Types].xml": 3, "docProps/custom.xml": 3, "docProps/core.xml": 2, "_rels/.rels": 2,
}  # fmt: skip
TOKEN = re.compile(r"<[^>]*>|[^<]+")
CHUNK = 25  # examples of one errand to a worker


@dataclass(frozen=True)
class Bench:
    """Genuine submissions of one unit, as three programs write them, and what reads them."""

    parent: object
    files: Mapping[str, bytes]
    unit: str


def bench(folder: Path) -> Bench:
    """Forms of a small district, one of them filled in."""
    forms = make_forms(folder, small_register({"01.1": 1}))
    ours = fill(forms["01.K1"], folder / "ours.xlsx", VALUES, [held(10, attendees=20), held(11)])
    typed = VALUES | {"plan_date": date(2023, 2, 3)}
    inline = type_in(forms["01.K1"], folder / "inline.xlsx", typed, [{"held_date": date(2023, 2, 10), "form": "Khác"}])
    import openpyxl

    openpyxl.load_workbook(ours).save(folder / "openpyxl.xlsx")
    files = {path.stem: path.read_bytes() for path in (ours, inline, folder / "openpyxl.xlsx")}
    return Bench(open_parent(forms["01"]), files, "01.K1")


class Judge:
    """Makes and judges examples of one run; ``seed`` tells runs apart."""

    def __init__(self, bench: Bench, seed: int) -> None:
        self.bench, self.seed = bench, seed

    def __call__(self, numbers: Sequence[int]) -> list[tuple[str, str]]:
        """Outcome and, when it is wrong, why, of each example."""
        return [self.one(number) for number in numbers]

    def one(self, number: int) -> tuple[str, str]:
        data, did = self.example(number)
        try:
            outcome, wrong = self.judged(data)
        except Exception as error:  # the program may raise for nothing that a file holds
            outcome, wrong = "raised", f"{type(error).__name__}: {error}"
        return outcome, f"{did}: {wrong}" if wrong else ""

    def example(self, number: int) -> tuple[bytes, str]:
        """The example's bytes, and what was done to make them."""
        chance = random.Random(f"{self.seed}:{number}")
        name = chance.choice(list(self.bench.files))
        data = self.bench.files[name]
        if chance.random() < 0.25:
            for _ in range(chance.choice((1, 1, 1, 2, 4))):
                data, did = _raw(data, chance)
            return data, f"{name}, bytes: {did}"
        parts = dict(_parts(data))
        done = []
        for _ in range(chance.choice((1, 1, 1, 1, 2, 3))):
            known = [part for part in PARTS if part in parts]
            part = chance.choices(known, [PARTS[each] for each in known])[0]
            parts[part], did = _changed(parts[part], chance, parts)
            done.append(f"{part}: {did}")
        return _zipped(parts), f"{name}, " + "; ".join(done)

    def judged(self, data: bytes) -> tuple[str, str]:
        package = guard.unwrap(data)
        received = package if isinstance(package, Issue) else reader.read(package, COMPUTED)
        if isinstance(received, Issue):
            return received.code, ""
        try:
            second = independent.read(data, COMPUTED)
        except independent.Unclear as why:
            return "wrong", f"read, though {why}"
        for sheet, cells in second.items():
            if sheet not in COMPUTED:
                ours = _told(received, sheet)
                if ours != cells:
                    return "wrong", f"{sheet}: {_difference(ours, cells)}"
        return self._whole(received)

    def _whole(self, received: Received) -> tuple[str, str]:
        """The way through identity and form: whatever is counted is the genuine unit's."""
        found = opened(received, "x", "0" * 64, self.bench.parent.loaded)
        if isinstance(found, Unreadable) or has_error(found.issues):
            return "refused by its content", ""
        if found.identity.unit != self.bench.unit:
            return "wrong", "another unit's"
        receipt_of(found, Verdict.VALID, "2023-03-01T12:00:00")
        return "accepted", ""


def _told(received: Received, sheet: str) -> dict[tuple[int, int], object]:
    """What the program makes of a sheet; nothing but space is nothing, and an error is one."""
    if sheet not in received.grids:
        return {}
    found: dict[tuple[int, int], object] = {
        at: value for at, value in received.grids[sheet].values.items() if not isinstance(value, str) or value.strip()
    }
    return found | {at: independent.ERROR for at, flaw in received.flawed[sheet].items() if flaw == "error"}


def run(folder: Path, count: int, seed: int = 0) -> Tally:
    """So many examples."""
    tally = Tally()
    outcomes = tried(bench(folder), seed, count, tally)
    tally.notes.append(", ".join(f"{name} {number:,}" for name, number in outcomes.most_common()))
    return tally


def tried(bench: Bench, seed: int, count: int, tally: Tally, workers: int | None = None) -> Counter[str]:
    """Judge examples 0 … count-1; one that ends or blocks its worker has failed."""
    outcomes: Counter[str] = Counter()
    chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    with Pool(Judge(bench, seed), workers, seconds=30.0 * CHUNK) as pool:
        for chunk, found in zip(chunks, pool.map(chunks), strict=True):
            if isinstance(found, Lost):
                outcomes[found.reason] += len(chunk)
                tally.tried += len(chunk) - 1
                tally.add(f"--seed {seed} examples {chunk.start} to {chunk.stop - 1}", found.reason)
                continue
            for number, (outcome, wrong) in zip(chunk, found, strict=True):
                outcomes[outcome] += 1
                tally.add(f"--seed {seed} example {number}", wrong)
    return outcomes


def _difference(ours: Mapping[tuple[int, int], object], theirs: Mapping[tuple[int, int], object]) -> str:
    places = sorted(at for at in {*ours, *theirs} if ours.get(at) != theirs.get(at))
    return ", ".join(f"{address(*at)} {ours.get(at)!r} for {theirs.get(at)!r}" for at in places[:3])


@lru_cache(maxsize=8)
def _parts(data: bytes) -> tuple[tuple[str, bytes], ...]:
    package = zipfile.ZipFile(io.BytesIO(data))
    return tuple((name, package.read(name)) for name in package.namelist())


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def _changed(text: bytes, chance: random.Random, parts: Mapping[str, bytes]) -> tuple[bytes, str]:
    """A part with one change, of letters or of what XML is made of."""
    if not text:  # an earlier change left nothing of it
        return text, "nothing to change"
    if chance.random() < 0.15:
        return _raw(text, chance, zipped=False)
    if chance.random() < 0.03:
        return chance.choice(ENCODINGS)(text.decode(errors="replace"))
    words = text.decode(errors="replace")
    tokens = TOKEN.findall(words)
    at = chance.randrange(len(tokens))
    way = chance.choice(WAYS)
    return "".join(way(tokens, at, chance)).encode(errors="replace"), f"{way.__name__} at {at} {tokens[at][:30]!r}"


def dropped(tokens: list[str], at: int, chance: random.Random) -> list[str]:
    return tokens[:at] + tokens[at + chance.choice((1, 1, 2, 3, 4)) :]


def doubled(tokens: list[str], at: int, chance: random.Random) -> list[str]:
    length = chance.choice((1, 2, 3, 4, 4, 8))
    return tokens[: at + length] + tokens[at : at + length] + tokens[at + length :]


def element_doubled(tokens: list[str], at: int, chance: random.Random) -> list[str]:
    start, end = _element(tokens, at)
    return tokens[:end] + tokens[start:end] + tokens[end:]


def element_dropped(tokens: list[str], at: int, chance: random.Random) -> list[str]:
    start, end = _element(tokens, at)
    return tokens[:start] + tokens[end:]


def element_moved(tokens: list[str], at: int, chance: random.Random) -> list[str]:
    start, end = _element(tokens, at)
    left = tokens[:start] + tokens[end:]
    to = chance.randrange(len(left) + 1) if chance.random() < 0.5 else min(len(left), start + chance.randrange(12))
    return left[:to] + tokens[start:end] + left[to:]


def element_wrapped(tokens: list[str], at: int, chance: random.Random) -> list[str]:
    start, end = _element(tokens, at)
    name = chance.choice(("extLst", "x", "row", "c", "v", "is", "r", "t", "si", "sheetData", "f"))
    return [*tokens[:start], f"<{name}>", *tokens[start:end], f"</{name}>", *tokens[end:]]


def put_in(tokens: list[str], at: int, chance: random.Random) -> list[str]:
    snippet, token = chance.choice(SNIPPETS), tokens[at]
    if not token.startswith("<"):
        inside = chance.randrange(len(token) + 1)
        return [*tokens[:at], token[:inside], snippet, token[inside:], *tokens[at + 1 :]]
    return [*tokens[:at], snippet, *tokens[at:]]


def reworded(tokens: list[str], at: int, chance: random.Random) -> list[str]:
    at = next((place for place in range(at, len(tokens)) if not tokens[place].startswith("<")), at)
    return [*tokens[:at], chance.choice(VALUES_WRITTEN), *tokens[at + 1 :]]


def attributed(tokens: list[str], at: int, chance: random.Random) -> list[str]:
    """An attribute added, changed or left out in the next opening tag."""
    at = next((place for place in range(at, len(tokens)) if re.match(r"<\w", tokens[place])), 0)
    token, given = tokens[at], chance.choice(ATTRIBUTES)
    name = given.split("=")[0]
    there = re.compile(rf'\s{re.escape(name)}="[^"]*"')
    if chance.random() < 0.2:
        token = re.sub(r'\s[\w:]+="[^"]*"', "", token, count=1)
    elif there.search(token) and chance.random() < 0.9:
        token = there.sub(lambda _: f" {given}", token)
    else:
        token = re.sub(r"(/?>)$", lambda end: f" {given}{end[1]}", token)
    return [*tokens[:at], token, *tokens[at + 1 :]]


def renamed(tokens: list[str], at: int, chance: random.Random) -> list[str]:
    start, end = _element(tokens, at)
    found = re.match(r"<([\w:]+)", tokens[start])
    if not found:
        return tokens
    old = found[1]
    new = chance.choice(
        (f"x:{old}", old.upper(), f"{old}x", "c", "v", "f", "is", "t", "row", "si", "r", "rPh", "extLst")
    )
    made = [
        re.sub(rf"^(</?){re.escape(old)}\b", lambda tag: tag[1] + new, each)
        for each in (tokens[start], tokens[end - 1])
    ]
    if end - start == 1:
        return [*tokens[:start], made[0], *tokens[end:]]
    return [*tokens[:start], made[0], *tokens[start + 1 : end - 1], made[1], *tokens[end:]]


def respaced(tokens: list[str], at: int, chance: random.Random) -> list[str]:
    """Another namespace, or prefixes for all."""
    if chance.random() < 0.5:
        return [*tokens[:at], re.sub(r'xmlns="[^"]*"', 'xmlns="urn:x"', tokens[at]), *tokens[at + 1 :]]
    prefixed = [re.sub(r"^(</?)(?=[A-Za-z]+\b(?!:))", r"\1x:", each) for each in tokens]
    return [re.sub(r"\bxmlns=", "xmlns:x=", each, count=1) for each in prefixed]


WAYS: list[Callable[[list[str], int, random.Random], list[str]]] = [
    dropped, doubled, element_doubled, element_dropped, element_moved, element_wrapped, put_in, put_in, put_in,
    reworded, reworded, reworded, attributed, attributed, renamed, respaced,
]  # fmt: skip


def _element(tokens: list[str], at: int) -> tuple[int, int]:
    """Where the element that begins at or after a place begins and ends."""
    start = next((place for place in range(at, len(tokens)) if re.match(r"<\w", tokens[place])), 0)
    depth = 0
    for place in range(start, len(tokens)):
        token = tokens[place]
        depth += bool(re.match(r"<\w", token)) - bool(token.startswith("</")) - bool(re.match(r"<\w.*/>$", token, re.S))
        if depth <= 0:
            return start, place + 1
    return start, start + 1


def _said(name: str, encoding: str = "", mark: bytes = b"") -> Callable[[str], tuple[bytes, str]]:
    def encoded(words: str) -> tuple[bytes, str]:
        words = re.sub(r'encoding="[^"]*"', f'encoding="{name}"', words, count=1)
        return mark + words.encode(encoding or name, errors="replace"), f"as {name}"

    return encoded


ENCODINGS = [
    _said("UTF-16"), _said("UTF-16", "utf-16-le"), _said("UTF-16", "utf-16-be", b"\xfe\xff"),
    _said("UTF-8", "utf-8", b"\xef\xbb\xbf"),
    _said("ISO-8859-1"), _said("windows-1258"), _said("UTF-7", "utf-7"), _said("US-ASCII"), _said("UTF-8", "latin-1"),
    _said("UTF-8", "utf-16"),
    _said("utf-32"), _said("x-none", "utf-8"), _said("ISO-8859-1", "utf-8"),
]  # fmt: skip


def _raw(data: bytes, chance: random.Random, zipped: bool = True) -> tuple[bytes, str]:
    """Bytes changed without regard to what they mean; in a package, often where its directory is."""
    if not data:  # an earlier change left nothing of it
        return data, "nothing to change"
    marks = [found.start() for found in re.finditer(b"PK(?:\1\2|\3\4|\5\6)", data)] if zipped else []
    at = chance.choice(marks) + chance.randrange(60) if marks and chance.random() < 0.6 else chance.randrange(len(data))
    at = min(at, len(data) - 1)
    length = chance.choice((1, 1, 2, 4, 8, 100))
    match chance.choice(("flip", "set", "drop", "double", "move", "insert", "cut", "number")):
        case "flip":
            return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :], f"flip at {at}"
        case "set":
            return data[:at] + bytes([chance.choice((0, 1, 0xFF, chance.randrange(256)))]) + data[
                at + 1 :
            ], f"set at {at}"
        case "drop":
            return data[:at] + data[at + length :], f"drop {length} at {at}"
        case "double":
            return data[: at + length] + data[at:], f"double {length} at {at}"
        case "move":
            to, left = chance.randrange(len(data)), data[:at] + data[at + length :]
            return left[:to] + data[at : at + length] + left[to:], f"move {length} from {at} to {to}"
        case "insert":
            return data[:at] + chance.randbytes(length) + data[at:], f"insert {length} at {at}"
        case "cut":
            return data[:at], f"cut at {at}"
    number = chance.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\1\0\0\0", chance.randbytes(4)))
    return data[:at] + number + data[at + 4 :], f"number at {at}"
