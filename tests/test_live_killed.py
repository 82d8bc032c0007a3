"""Python is killed while it writes into Excel: the next press does the whole work or none, and never another figure."""

from __future__ import annotations

import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from hosts import excel
from live import opened, press, received

from loithe_xl.workbook.ownsheets import HIDDEN_JOURNAL, JOURNAL

pytestmark = pytest.mark.usefixtures("desk")
DAMAGED = "Phần số liệu ẩn của biểu tổng hợp đã bị sửa hoặc hỏng"


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    forms, inbox = received(tmp_path_factory.mktemp("huyen"))
    return forms["01"], inbox


def consolidated(book: xw.Book, inbox: Path, life: int | None = None) -> str:
    """What a press says; ``life``: after so many calls its process is killed."""
    excel.will_be_killed(life)
    with chdir(Path(book.fullname).parent):
        try:
            return press(book, "consolidate_folder", pick=[inbox]).said
        except excel.Killed:
            return ""
        finally:
            excel.will_be_killed(None)


def figures(book: xw.Book) -> dict[str, Any]:
    """All that stands in the workbook but its journal: a run that was killed has its lines there, too."""
    return {name: cells for name, cells in excel.contents(book).items() if name not in (JOURNAL, HIDDEN_JOURNAL)}


def test_a_press_after_one_that_was_killed_counts_right_or_says_that_it_cannot(
    district: tuple[Path, Path], tmp_path: Path
):
    form, inbox = district
    whole = opened(Path(shutil.copy(form, tmp_path / "một lần.xlsx")))
    excel.DESK.calls.clear()
    consolidated(whole, inbox)
    called = [call.what for call in excel.DESK.calls]
    locks = [at for at, what in enumerate(called) if what == "protect"]
    moments = [at for at, what in enumerate(called) if what.startswith("write")] + [locks[0], locks[-1]]

    good = 0
    for life in (*moments, called.index("save")):
        parent = Path(shutil.copy(form, tmp_path / f"{life}.xlsx"))
        issued = parent.read_bytes()
        book = opened(parent)
        excel.poison_old_results()  # the stand-in cannot recalculate what is half written
        assert consolidated(book, inbox, life) == ""
        assert parent.read_bytes() == issued  # saved as the last thing

        said = consolidated(book, inbox)

        if DAMAGED in said:
            assert parent.read_bytes() == issued
            continue
        good += 1
        assert "đã ghi vào tệp và lưu lại" in said, (life, said)
        assert figures(book) == figures(whole), life
        assert all(page.api.ProtectContents for page in book.sheets), life
    assert good > len(moments) / 2
