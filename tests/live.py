"""What the tests of the add-in share: offices with received files, and buttons pressed in the stand-in for Excel."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import xlwings as xw
from hosts import excel
from tools import REQUIRED, fill, held, make_forms, small_register

from loithe_xl.addin.buttons import BUTTONS
from loithe_xl.draw.render import cell_case, package, salt_of
from loithe_xl.intake.openfile import ParentBook, Unreadable, open_file
from loithe_xl.tasks.consolidate import rebuilt

NOW = datetime(2023, 3, 4, 9, 30)


@dataclass(frozen=True)
class Pressed:
    """What a press came to: its answer, and the last message that was shown."""

    done: bool
    said: str
    mode: str | None


def received(folder: Path, straight: int = 2) -> tuple[dict[str, Path], Path]:
    """Forms of a small district, and a folder of what its cells sent: one is not valid, one lies."""
    forms = make_forms(folder / "phat", small_register({"01.1": 3, "01.2": 2}, straight))
    inbox = folder / "nhan"
    cells = [code for code in forms if ".C" in code or ".K" in code]
    for number, code in enumerate(cells):
        values = REQUIRED | {"difficulties_text": f"Khó khăn thứ {number} của chi bộ: cần tài liệu tham khảo sớm hơn."}
        sessions = [held(3 + number)] if number % 3 else []
        fill(forms[code], inbox / f"BC {number}.xlsx", values | ({} if number else {"members_exempt": 99}), sessions)
    shutil.copy(inbox / "BC 1.xlsx", inbox / "BC 1 (bản sao).xlsx")
    (inbox / "anh.xlsx").write_bytes(b"\xff\xd8\xff\xe0 not a workbook")
    return forms, inbox


def recomputed(path: Path) -> Path:
    """One of our files with the true result beside every formula: what Excel's own calculation would give."""
    found = open_file(path, path.name)
    if isinstance(found, Unreadable):
        return path
    done = path.with_name("recomputed.xlsx")
    if isinstance(found, ParentBook):
        done.write_bytes(rebuilt(found, NOW))
    else:
        done.write_bytes(package(cell_case(found.unit_form, found.inputs), salt_of(found.key)))
    return done


def someone_elses(path: Path) -> Path:
    """A workbook that is none of ours."""
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "Bảng chấm công"
    workbook.save(path)
    return path


def opened(path: Path, *, read_only: bool = False) -> xw.Book:
    """The file, open in an Excel of its own, in front of all others."""
    book = excel.open_excel(path, read_only=read_only).books.active
    assert book is not None
    return book


@contextmanager
def clock(moment: datetime = NOW) -> Iterator[None]:
    """The office's clock stands still."""
    with mock.patch("loithe_xl.addin.dialogs.local_time", return_value=moment):
        yield


def press(book: xw.Book, button: str, lang: str = "vi", pick: Any = None) -> Pressed:
    """Press a button by its function; ``pick``: what the user chooses in the next file dialog."""
    if pick is not None:
        excel.will_pick(pick)
    before = len(excel.DESK.alerts)
    with clock():
        done = BUTTONS[button](book, lang)
    alerts = excel.DESK.alerts[before:]
    assert len(alerts) <= 1, alerts
    return Pressed(done, alerts[0].prompt if alerts else "", alerts[0].mode if alerts else None)
