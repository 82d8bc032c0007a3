"""Only what is declared travels: marks in every other place of a submission are in no output, message or temporary."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from canaries import MARK, PLACES, Place, marks, marks_in, planted
from cli_tools import REQUIRED, codes, held, issue_forms, press, read, trust, type_in
from tools import small_register

from loithe_xl.system import store
from loithe_xl.workbook.ownsheets import CELLS, HIDDEN_JOURNAL, HIDDEN_RECEIPTS, JOURNAL, RECEIPTS

PLAN = {"planned_date": date(2023, 3, 12)}
REGISTER = small_register({"01.1": len(PLACES), "01.2": 1})
COMMANDS = (
    ("consolidate", "--into", "{parent}", "{mail}"),
    ("validate", "{mail}"),
    ("status", "{parent}"),
    ("report", "{parent}"),
)
BY_NAME = {place.name: place for place in PLACES}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return issue_forms(tmp_path_factory.mktemp("forms"), REGISTER)


class Watch:
    """An office's folder, and everything that runs in it say or write, temporaries included."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.said = folder, ""
        self.written: list[bytes] = []
        (folder / "tmp").mkdir(parents=True)
        monkeypatch.setattr(tempfile, "tempdir", str(folder / "tmp"))
        monkeypatch.setenv("TMPDIR", str(folder / "tmp"))
        monkeypatch.setenv("LOITHE_XL_HOME", str(folder / "key"))
        monkeypatch.setenv("LOITHE_DEBUG", "1")
        monkeypatch.chdir(folder)
        write = store._write_new

        def noting(temporary: Path, data: bytes, model: Path) -> None:
            self.written.append(data)
            write(temporary, data, model)

        monkeypatch.setattr(store, "_write_new", noting)

    def press(self, *arguments: object) -> None:
        """One command; what it says is kept."""
        self.said += press(*arguments).said

    def everything(self, parent: Path, mail: Path) -> None:
        """Every reading command in both languages and shapes, and the report as a file."""
        self.press("consolidate", "--into", parent, mail, "--dry-run")
        for shape, lang in (("text", "vi"), ("json", "en")):
            for command in COMMANDS:
                self.press(
                    *(each.format(parent=parent, mail=mail) for each in command), "--format", shape, "--lang", lang
                )
        self.press("report", parent, "--out", "bc.xlsx")
        for number, file in enumerate(sorted(mail.iterdir()) if mail.is_dir() else [mail]):
            shape, lang = (("text", "vi"), ("json", "en"))[number % 2]
            self.press("repair", file, "--out", f"sach {number}.xlsx", "--format", shape, "--lang", lang)

    def found(self, pattern: re.Pattern[str] = MARK) -> set[tuple[str, str]]:
        """(where, which) of every mark that came out."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        leaked = {(path.name, mark) for path in files for mark in marks_in(path.read_bytes(), pattern)}
        leaked |= {("written", mark) for data in self.written for mark in marks_in(data, pattern)}
        return leaked | {("said", mark) for mark in pattern.findall(self.said)}


def told(found: Iterable[tuple[str, str]], *chosen: dict[Place, str]) -> list[tuple[str, str]]:
    """(where, name of the place) of what came out."""
    places = {mark: place for each in chosen for place, mark in each.items()}
    return sorted((where, places[mark].name) for where, mark in found)


def submissions(forms: dict[str, Path], mail: Path, chosen: dict[Place, str], **values: object) -> None:
    """A file per place, each of its own cell, as good as any but for its mark and ``values``."""
    for number, (place, mark) in enumerate(chosen.items(), 1):
        given = {**REQUIRED, "difficulties_text": f"Ý kiến riêng số {number}", **values}
        file = type_in(forms[f"01.1.C{number:02}"], mail / f"{number}.xlsx", given, [held(10), PLAN])
        file.write_bytes(planted(file.read_bytes(), [(place, mark)]))


@pytest.mark.parametrize("world", ["accepted", "refused", "foreign"])
def test_marks_in_undeclared_places_come_out_nowhere(
    forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: str
) -> None:
    """Of files that count, of files with a fault, and of files that an unknown office issued."""
    mail, chosen = tmp_path / "nhan", marks(world)
    submissions(forms, mail, chosen, **({"members_exempt": 99} if world == "refused" else {}))
    before = {path.name: path.read_bytes() for path in mail.iterdir()}
    watch = Watch(tmp_path / "co quan", monkeypatch)
    if world != "foreign":
        assert trust(forms["01.1"]).code == 0
    parent = Path(
        shutil.copy(
            forms["01.1"] if world != "foreign" else issue_forms(tmp_path / "p", REGISTER)["01.1"], watch.folder
        )
    )

    watch.everything(parent, mail)
    counts = read("consolidate", "--into", parent, mail)

    assert told(watch.found(), chosen) == []
    assert counts["seen"] == len(PLACES)
    assert counts[world] > len(PLACES) / 2, "most of these places are what honest programs leave"
    assert len(counts["texts"]["difficulties_text"]) == counts["accepted"], "what is declared does travel"
    assert {path.name: path.read_bytes() for path in mail.iterdir()} == before


# What a base's own office leaves in its workbook, and no check of structure minds.
LEFT_BY_AN_OFFICE = [
    place
    for place in PLACES
    if re.match(
        r"dc:|app |last|keywords|cat|content|version|title$|custom|note|thread|absolute|who|printer|comment of the",
        place.name,
    )
]


def test_a_base_sends_nothing_of_it_on(
    forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pdftoppm: str, soffice: str
) -> None:
    """Marks in its cells' files and in its own workbook: none is at the district, in the report or in its PDF."""
    cells, chosen, own = tmp_path / "nhan", marks("cells"), marks("own")
    submissions(forms, cells, chosen)
    base = Path(shutil.copy(forms["01.1"], tmp_path / "01.1.xlsx"))
    assert press("consolidate", "--into", base, cells).code in (0, 1)
    assert told({("base", mark) for mark in marks_in(base.read_bytes(), MARK)}, chosen) == []
    base.write_bytes(planted(base.read_bytes(), [(place, own[place]) for place in LEFT_BY_AN_OFFICE]))
    watch = Watch(tmp_path / "huyen", monkeypatch)
    assert trust(forms["01"]).code == 0
    district = Path(shutil.copy(forms["01"], watch.folder))

    watch.everything(district, base)
    watch.press("report", district, "--out", "bc.xlsx", "--pdf", "bc.pdf")
    for tool in ("pdftotext", "pdfinfo"):
        command = [str(Path(pdftoppm).with_name(tool)), "bc.pdf", *(["-"] if tool == "pdftotext" else [])]
        watch.said += subprocess.run(command, capture_output=True, check=True, text=True).stdout

    assert told(watch.found(), chosen, own) == []
    assert read("status", district)["children"][0]["status"] == "accepted"
    assert "Page size" in watch.said, "the PDF was looked into"


def test_a_parent_forgets_what_was_left_in_it(forms: dict[str, Path], tmp_path: Path) -> None:
    """Its workbook is built again from what is declared; only the dated copy is the former file itself."""
    own = marks("parent")
    parent = tmp_path / "01.1.xlsx"
    parent.write_bytes(planted(forms["01.1"].read_bytes(), [(place, own[place]) for place in LEFT_BY_AN_OFFICE]))
    cell = type_in(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED, [held(10), PLAN])

    assert read("consolidate", "--into", parent, cell)["accepted"] == 1

    assert marks_in(parent.read_bytes(), MARK) == set()
    core = openpyxl.load_workbook(parent).properties
    assert (core.creator, core.lastModifiedBy, core.keywords, core.description) == ("loithe-xl", None, None, None)
    assert [path.parent.name for path in tmp_path.rglob("*.xlsx") if marks_in(path.read_bytes(), MARK)] == ["ban-cu"]


def test_names_of_files_stand_in_the_lists_of_receipts_and_cells_and_names_of_folders_nowhere(
    forms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder outside the office's own may tell who works there; by a file's name a report is found again."""
    names = re.compile("quz(?:file|folder)[0-9]{3}")
    mail = tmp_path / "quzfolder001" / "Tải về"
    for number, values in enumerate(({}, {"members_exempt": 99}, {"members_total": 31}), 1):
        type_in(forms["01.1.C01"], mail / f"quzfile{number:03}.xlsx", {**REQUIRED, **values}, [held(10), PLAN])
    (mail / "quzfile004.xlsx").write_bytes((mail / "quzfile001.xlsx").read_bytes()[:9000])
    watch = Watch(tmp_path / "co quan", monkeypatch)
    assert trust(forms["01.1"]).code == 0
    parent = Path(shutil.copy(forms["01.1"], watch.folder))

    watch.press("consolidate", "--into", parent, mail)
    watch.press("status", parent, "--format", "json")
    watch.press("report", parent, "--out", "bc.xlsx")
    said = watch.said

    assert {mark for where, mark in watch.found(names) if where != "said"} == {f"quzfile00{n}" for n in (1, 2, 3, 4)}
    assert "quzfile001" in said
    assert "quzfolder" not in said
    book = openpyxl.load_workbook(parent)
    telling = {
        sheet.title
        for sheet in book.worksheets
        if any(names.search(str(value)) for line in sheet.values for value in line)
    }
    assert telling - {JOURNAL, HIDDEN_JOURNAL} == {RECEIPTS, HIDDEN_RECEIPTS, CELLS}


def test_a_hidden_text_is_no_pack(forms: dict[str, Path], tmp_path: Path) -> None:
    """Something written where a parent keeps its pack: of a pack of the program, nobody reads it."""
    form = type_in(forms["01.1.C01"], tmp_path / "a.xlsx", REQUIRED, [held(10), PLAN]).read_bytes()
    for name in ("hidden sheet: a pack's file", "hidden sheet: a pack"):
        file = tmp_path / "b.xlsx"
        file.write_bytes(planted(form, [(BY_NAME[name], "quzpack001")]))

        answer = press("validate", file, "--format", "json")

        (checked,) = answer.json["files"]
        assert codes(checked["issues"], "ERROR") == []
        assert checked["ok"]
        assert "quzpack001" not in answer.said
