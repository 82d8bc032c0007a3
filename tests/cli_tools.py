"""What the tests of the command line share: commands pressed as a user would, and files touched from outside."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import openpyxl
from jsonschema import Draft202012Validator
from tools import REQUIRED, small_register

import loithe_xl
from loithe_xl.cli.shell import run
from loithe_xl.draw import packs
from loithe_xl.identity.token import fingerprint
from loithe_xl.language.catalogue import LANGUAGES
from loithe_xl.language.issues import catalogue
from loithe_xl.register.register import COLUMNS, TIER_WORDS, Register, Unit

BROKEN = ("Traceback", "Lỗi của chương trình", "A fault of the program")
INDEXED = re.compile(r"INDEX\('([^']+)'!\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+),(\d+),(\d+)\)")
NUMBERS = {id: raw for id, raw in REQUIRED.items() if id != "registered"}
SCHEMA = Path(loithe_xl.__file__).parent / "schema" / "answers.json"
SAVED = "docProps/core.xml"
Change = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Answer:
    """What one command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer of ``--format json``; nothing else may stand on stdout."""
        return json.loads(self.out)

    @property
    def said(self) -> str:
        return self.out + self.err


def press(*arguments: object, at: Path | None = None) -> Answer:
    """Run one command in this process, from the folder ``at``; a traceback or a program's fault fails the test."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err), chdir(at or Path.cwd()):
        code = run([str(each) for each in arguments])
    said = []
    for stream in (out, err):
        stream.flush()
        said.append(stream.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]
    answer = Answer(code, *said)
    assert not any(mark in answer.said for mark in BROKEN), answer.said
    if answer.out and "json" in map(str, arguments):
        as_declared(answer, *map(str, arguments))
    return answer


@cache
def declared() -> dict[str, Any]:
    """The schema of the JSON answers, as it ships."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


@cache
def validator(definition: str) -> Draft202012Validator:
    """What holds an answer against one of the schema's definitions."""
    return Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": declared()["$defs"]})


def as_declared(answer: Answer, *arguments: str) -> str:
    """Fail where an answer is not what the schema says of its command; by which definition it was judged."""
    words = [word for word in arguments if not word.startswith("-") and word not in LANGUAGES]
    named = [name for name in ("_".join(words[:2]), words[0]) if name in declared()["$defs"]]
    could_not = answer.code in (2, 3) and set(answer.json) == {"issues"}
    definition = "fault" if could_not else named[0]
    validator(definition).validate(answer.json)
    return definition


def read(*arguments: object, at: Path | None = None) -> Any:
    """The JSON answer of a reading command."""
    return press(*arguments, "--format", "json", at=at).json


def print_of(file: Path) -> str:
    """The fingerprint of the key in a .pub file, or of the one that signed a workbook."""
    if file.suffix == ".pub":
        return fingerprint(file.read_text(encoding="utf-8").split()[-1])
    with zipfile.ZipFile(file) as package:
        token = re.search(r"LT1\|[^<]+", package.read("docProps/custom.xml").decode())
    assert token
    return fingerprint(token[0].split("|")[-2])


def trust(file: Path, *more: object) -> Answer:
    """Trust the key of a file, as whoever compared it by telephone."""
    return press("key", "trust", file, "--fingerprint", print_of(Path(file)), *more)


def worded(code: str, lang: str = "vi") -> re.Pattern[str]:
    """A pattern that the sentence of an issue code matches, whatever it was filled with."""
    entry = catalogue("issues")[code]
    said = " ".join(part for part in (entry[lang], entry.get(f"remedy_{lang}", "")) if part)
    return re.compile(".*".join(re.escape(piece) for piece in re.split(r"\{\w+\}", said)), re.S)


def label(id: str) -> str:
    """What the program's own pack calls a figure or a text that goes up, in quotes as messages have it."""
    pack = packs.load("loi_the").pack
    return f"“{pack.indicators[id].label.vi if id in pack.indicators else pack.texts[id].vi}”"


def codes(issues: Iterable[Mapping[str, str]], severity: str | None = None) -> list[str]:
    """The codes of issues, sorted; only those of one severity when it is named."""
    return sorted(each["code"] for each in issues if severity in (None, each["severity"]))


def register_file(path: Path, register: Register | None = None) -> Path:
    """A register as an office types it, saved by openpyxl."""
    book = openpyxl.Workbook()
    book.active.append(COLUMNS)
    for unit in (register or small_register()).units:
        line = (unit.code, unit.name, TIER_WORDS[unit.tier], unit.parent, unit.kind, unit.block, unit.members)
        book.active.append((*line, unit.start, unit.end))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def issue_forms(
    folder: Path, register: Register | None = None, level: str = "district", *more: object
) -> dict[str, Path]:
    """Every form beneath ``level``, made by the command; by unit code as the hidden token says."""
    known = register_file(folder / "danh-ba.xlsx", register)
    answer = press("generate", "--level", level, "--below", "--register", known, "--out", folder / "bieu", *more)
    assert answer.code == 0, answer.said
    return {unit_of(path): path for path in (folder / "bieu").rglob("* 20*.xlsx")}


def province(*districts: str) -> Register:
    """A province ``T`` with districts of one base of two cells and one chi bộ cơ sở each."""
    units = [Unit("T", "Tỉnh Thử", "province")]
    for code in districts:
        units.append(Unit(code, f"Huyện {code}", "district", "T"))
        units.append(Unit(f"{code}.1", f"Đảng bộ {code}.1", "base", code))
        units += [Unit(f"{code}.1.C{number}", f"Chi bộ {code}.1.{number}", "cell", f"{code}.1") for number in (1, 2)]
        units.append(Unit(f"{code}.K", f"Chi bộ cơ sở {code}", "cell", code))
    return Register(tuple(units))


def unit_of(path: Path) -> str:
    """The unit that a form says it is of."""
    with zipfile.ZipFile(path) as package:
        token = re.search(r"LT1\|([^|]+)\|", package.read("docProps/custom.xml").decode())
    assert token
    return token[1]


def places(file: Path) -> dict[str, list[tuple[str, str]]]:
    """Defined name -> the cells it reaches as (sheet, cell), its INDEX formulas resolved."""
    with zipfile.ZipFile(file) as package:
        book = package.read("xl/workbook.xml").decode()
    found = {}
    for name, formula in re.findall(r'<definedName name="([^"]+)"[^>]*>([^<]*)<', book):
        ends = INDEXED.findall(html.unescape(formula))
        if ends and INDEXED.sub("", html.unescape(formula)) in ("", ":"):
            cells = [_indexed(*end) for end in ends]
            found[name] = _between(cells[0], cells[-1])
    return found


def type_in(
    form: Path,
    target: Path,
    values: Mapping[str, Any] = REQUIRED,
    sessions: Sequence[Mapping[str, Any]] = (),
    saved: datetime | None = None,
) -> Path:
    """A copy of a form with values typed at its names, and saved at a moment (UTC)."""
    known = places(form)
    cells = {known[id][0]: value for id, value in values.items()}
    for row, session in enumerate(sessions):
        cells |= {known[f"sessions.{id}"][row]: value for id, value in session.items()}
    return put(form, target, cells, saved)


def put(source: Path, target: Path, cells: Mapping[tuple[str, str], Any], saved: datetime | None = None) -> Path:
    """A copy with values in cells by (sheet, cell), whatever they are."""
    with zipfile.ZipFile(source) as package:
        sheets = re.findall(r'<sheet name="([^"]+)"', package.read("xl/workbook.xml").decode())
    parts: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for (sheet, cell), value in cells.items():
        parts[f"xl/worksheets/sheet{sheets.index(html.escape(sheet)) + 1}.xml"].append((cell, value))
    changes = {part: partial(_typed, listed) for part, listed in parts.items()}
    return rewritten(source, target, changes | ({SAVED: partial(_saved, saved)} if saved else {}))


def held(day: int, **more: Any) -> dict[str, Any]:
    """A session held on a day of February 2023, as typed."""
    return {"held_date": date(2023, 2, day), "form": "Chuyên đề", **more}


def rewritten(source: Path, target: Path, changes: Mapping[str, Change]) -> Path:
    """A copy of a package with some parts changed; every change must change something."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(source) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for name, change in changes.items():
        changed = change(parts[name])
        assert changed != parts[name], name
        parts[name] = changed
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target


def saved_at(source: Path, target: Path, moment: datetime) -> Path:
    """A copy that says it was saved at a moment (UTC)."""
    return rewritten(source, target, {SAVED: partial(_saved, moment)})


def resaved(source: Path, target: Path) -> Path:
    """A copy opened and saved by openpyxl."""
    target.parent.mkdir(parents=True, exist_ok=True)
    openpyxl.load_workbook(source).save(target)
    return target


JOURNAL = "_nhat-ky.csv"  # how the names of the file journals end


def snapshot(folder: Path, without: str | None = None) -> dict[str, tuple[str, int]]:
    """Every file beneath a folder, save those whose names end in a certain way: its bytes and its time of change."""
    return {
        path.relative_to(folder).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not (without and path.name.endswith(without))
    }


def _saved(moment: datetime, part: bytes) -> bytes:
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, part)


def _typed(cells: Sequence[tuple[str, Any]], part: bytes) -> bytes:
    for cell, value in cells:
        pattern = rf'<c r="{cell}"( s="\d+")?( t="\w+")?(/>|>.*?</c>)'.encode()
        if isinstance(value, str):
            kind, inner = ' t="inlineStr"', f'<is><t xml:space="preserve">{html.escape(value, quote=False)}</t></is>'
        else:
            number = value.toordinal() - date(1899, 12, 30).toordinal() if isinstance(value, date) else value
            kind, inner = "", "" if value is None else f"<v>{number}</v>"
        said = rf'<c r="{cell}"\g<1>{kind}>'.encode() + inner.replace("\\", r"\\").encode() + b"</c>"
        part, times = re.subn(pattern, said, part, flags=re.S)
        assert times == 1, cell
    return part


def _indexed(sheet: str, left: str, top: str, right: str, bottom: str, row: str, column: str) -> tuple[str, str]:
    assert left == right and column == "1", "an INDEX over one column"
    assert int(row) <= int(bottom), "within its block"
    return sheet, f"{left}{int(top) + int(row) - 1}"


def _between(first: tuple[str, str], last: tuple[str, str]) -> list[tuple[str, str]]:
    assert first[0] == last[0]
    column = re.sub(r"\d", "", first[1])
    rows = range(int(first[1][len(column) :]), int(last[1][len(column) :]) + 1)
    return [(first[0], f"{column}{row}") for row in rows]
