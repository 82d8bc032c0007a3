"""A click from end to end: the built add-in's VBA in LibreOffice, the command it gives, Python on the open workbook."""

from __future__ import annotations

import ast
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from cli_tools import press as command
from cli_tools import read as command_json
from hosts import excel
from hosts.addin import Addin
from live import NOW, clock, opened, received
from tools import REQUIRED, fill

from loithe_xl.addin.buttons import BUTTONS
from loithe_xl.addin.xlam.package import build_addin
from loithe_xl.language.issues import fault_and_remedy
from loithe_xl.report.sheet import PARENT_COLUMN
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.report import report as make_report
from loithe_xl.tasks.validate import check
from loithe_xl.workbook.ownsheets import ANNEX, CHECK, LISTED_TOP, RECEIPTS, REPORT, TOTALS

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture(scope="module")
def ribbon(soffice: str, uno_python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addin]:
    path = tmp_path_factory.mktemp("addin") / "loithe.xlam"
    path.write_bytes(build_addin("vi", interpreter=sys.executable))
    with Addin(soffice, uno_python, path) as found:
        yield found


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Path], Path]:
    return received(tmp_path_factory.mktemp("huyen"))


@pytest.fixture
def parent(district: tuple[dict[str, Path], Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(district[0]["01"], tmp_path / "Tổng hợp huyện (bản 1).xlsx"))


def clicked(ribbon: Addin, button: str, path: Path, pick: Any = None) -> xw.Book:
    """Click in LibreOffice, then run what it recorded in Python, on the workbook in the stand-in for Excel."""
    pressed = ribbon.press(button, path)
    assert (pressed.boxes, len(pressed.commands)) == ((), 1)
    book = opened(path)
    if pick is not None:
        excel.will_pick(pick)
    ast.parse(pressed.commands[0])
    with chdir(path.parent), clock(), excel.called_from(book):
        exec(pressed.commands[0], {})
    return book


def figures(cells: dict[tuple[int, int], Any]) -> dict[tuple[int, int], Any]:
    return {at: value for at, value in cells.items() if value is not None}


def test_validate_lists_what_the_command_line_lists(
    ribbon: Addin, district: tuple[dict[str, Path], Path], tmp_path: Path
):
    path = fill(district[0]["01.1.C01"], tmp_path / "BC lần 2.xlsx", REQUIRED | {"members_exempt": 40})
    [expected], _ = check([path], Office())

    book = clicked(ribbon, "validate", path)

    listed: dict[int, set[str]] = {}  # a fault and its remedy stand side by side
    for (row, _), value in excel.contents(book)[CHECK].items():
        if row > LISTED_TOP + 1:
            listed.setdefault(row, set()).add(str(value))
    assert expected.issues
    assert len(listed) == len(expected.issues)
    for each in expected.issues:
        fault, remedy = (said.vi for said in fault_and_remedy(each))
        assert [row for row in listed.values() if {fault, remedy} <= row], each


def test_consolidate_gives_the_figures_of_the_command_line_cell_by_cell(
    ribbon: Addin, parent: Path, district: tuple[dict[str, Path], Path]
):
    other = Path(shutil.copy(parent, parent.with_name("lệnh.xlsx")))
    with chdir(parent.parent):
        expected = command_json("consolidate", "--into", other, district[1], "--now", NOW.isoformat())

    book = clicked(ribbon, "consolidate_folder", parent, [district[1]])

    by_command = excel.contents(excel.open_excel(other).books.active)
    by_click = excel.contents(book)
    for sheet, cells in by_command.items():
        assert figures(by_click[sheet]) == figures(cells), sheet
    with chdir(parent.parent):
        again = command_json("consolidate", "--into", parent, district[1], "--dry-run", "--now", NOW.isoformat())
    assert again["values"] == expected["values"]
    assert [child["status"] for child in again["children"]] == [child["status"] for child in expected["children"]]


def test_the_report_is_that_of_the_command_line_cell_by_cell(
    ribbon: Addin, parent: Path, district: tuple[dict[str, Path], Path]
):
    with chdir(parent.parent):
        command("consolidate", "--into", parent, district[1], "--now", NOW.isoformat())
    expected = json.loads(command("report", parent, "--format", "json").out)["sentences"]
    by_task = make_report(parent, parent.with_name("báo cáo.xlsx"), "hd36_2018", None, Office(now=NOW)).written
    assert by_task  # what the command runs, on the clicks' day

    book = clicked(ribbon, "report", parent)

    by_click = excel.contents(book)
    lines = [str(value) for at, value in sorted(by_click[REPORT].items()) if at[1] in (1, 2)]
    printed = " ".join(" ".join(lines).split())
    assert expected
    assert [sentence for sentence in expected if " ".join(sentence.split()) not in printed] == []
    by_command = excel.contents(excel.open_excel(by_task).books.active)
    del by_command[REPORT][1, PARENT_COLUMN]  # whose report a file is; the parent's own sheet need not say
    for sheet in (REPORT, ANNEX):
        assert figures(by_click[sheet]) == figures(by_command[sheet]), sheet


@pytest.mark.parametrize("button", sorted(BUTTONS))
def test_every_button_of_the_ribbon_reaches_its_function(
    button: str, ribbon: Addin, parent: Path, monkeypatch: pytest.MonkeyPatch
):
    called = []
    monkeypatch.setitem(BUTTONS, button, lambda book, lang: called.append((book.name, lang)) or True)

    clicked(ribbon, button, parent)

    assert called == [(parent.name, "vi")]


def test_what_the_ribbon_offers_is_what_python_has(ribbon: Addin):
    from xml.etree import ElementTree

    from loithe_xl.addin.xlam import sources

    root = ElementTree.fromstring(sources.read().ribbon)
    offered = {each.get("id", "").removeprefix("Loithe_") for each in root.iter() if each.get("onAction")}
    assert offered == set(BUTTONS)


def test_receipts_come_to_the_front(ribbon: Addin, parent: Path):
    assert clicked(ribbon, "status", parent).sheets.active.name == RECEIPTS


def test_a_workbook_that_names_an_interpreter_is_refused_before_anything_runs(ribbon: Addin, parent: Path):
    (parent.parent / "loithe.conf").write_text('"INTERPRETER_WIN","C:\\evil\\python.exe"\n', encoding="ascii")

    pressed = ribbon.press("validate", parent)

    assert pressed.commands == ()
    assert len(pressed.boxes) == 1


def test_totals_of_the_open_workbook_are_still_formulas(
    ribbon: Addin, parent: Path, district: tuple[dict[str, Path], Path]
):
    before = {
        at
        for at, value in excel.contents(excel.open_excel(parent).books.active)[TOTALS].items()
        if str(value)[:1] == "="
    }

    book = clicked(ribbon, "consolidate_folder", parent, [district[1]])

    assert before == {at for at, value in excel.contents(book)[TOTALS].items() if str(value)[:1] == "="}
