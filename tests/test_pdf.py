"""PDF through LibreOffice: whole, or a reason; never a hang, never a program left behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from loithe_xl.language.issues import Severity
from loithe_xl.system import pdf
from loithe_xl.workbook.book import Book, Sheet
from loithe_xl.workbook.writer import render

posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    sheet = Sheet("A")
    sheet.put(1, 1, "Đảng bộ huyện Thử")
    file = tmp_path / "báo cáo tháng 2.xlsx"
    file.write_bytes(render(Book([sheet])))
    return file


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program in LibreOffice's place."""
    file = folder / "soffice"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    monkeypatch.setenv(pdf.CONVERTER, str(file))


def test_a_workbook_becomes_a_pdf(workbook: Path, soffice: str, pdftoppm: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(pdf.CONVERTER, soffice)
    made = workbook.with_name("in ra.pdf")

    assert pdf.convert(workbook, made) is None

    text = subprocess.run([Path(pdftoppm).with_name("pdftotext"), made, "-"], capture_output=True, check=True).stdout
    assert text.decode().split() == "Đảng bộ huyện Thử".split()
    assert sorted(file.name for file in workbook.parent.iterdir()) == ["báo cáo tháng 2.xlsx", "in ra.pdf"]


def test_without_the_program_it_is_said(workbook: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(pdf.CONVERTER, str(workbook.parent / "không có"))

    found = pdf.convert(workbook, workbook.with_suffix(".pdf"))

    assert found
    assert (found.code, found.severity) == ("PDF_NO_PROGRAM", Severity.WARNING)


def test_the_program_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(pdf.CONVERTER, raising=False)
    monkeypatch.setattr(pdf.shutil, "which", lambda name: str(tmp_path / name) if name == "libreoffice" else None)

    assert pdf.program() == tmp_path / "libreoffice"


@posix
def test_a_program_that_makes_nothing_leaves_the_former_pdf(workbook: Path, monkeypatch: pytest.MonkeyPatch):
    stand_in(workbook.parent, monkeypatch, "exit 0")
    former = workbook.with_suffix(".pdf")
    former.write_bytes(b"cu")

    found = pdf.convert(workbook, former)

    assert found
    assert (found.code, found.severity) == ("PDF_FAILED", Severity.ERROR)
    assert former.read_bytes() == b"cu"


@posix
def test_a_hanging_program_is_ended_with_its_children(workbook: Path, monkeypatch: pytest.MonkeyPatch):
    held = workbook.parent / "pipe"
    os.mkfifo(held)
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    stand_in(workbook.parent, monkeypatch, f"exec 3>'{held}'; echo began >&3; sleep 600 & wait")

    found = pdf.convert(workbook, workbook.with_suffix(".pdf"), seconds=1)

    assert found
    assert found.code == "PDF_TIMEOUT"
    said = [os.read(reader, 100) for _ in range(2) if select.select([reader], [], [], 30)[0]]
    os.close(reader)
    assert said == [b"began\n", b""]  # its end: nobody is left who holds it


def test_a_folder_that_cannot_be_written_is_said(workbook: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(pdf.CONVERTER, sys.executable)

    found = pdf.convert(workbook, workbook.parent / "không có" / "a.pdf")

    assert found
    assert found.code == "PDF_FAILED"


@posix
def test_what_a_killed_run_left_is_swept_by_the_next(workbook: Path, monkeypatch: pytest.MonkeyPatch):
    """The half-made file and the program's profile lie in one folder, beside the target."""
    held = workbook.parent / "pipe"
    os.mkfifo(held)
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    stand_in(workbook.parent, monkeypatch, f"echo $$ > '{held}'; exec sleep 600")
    program = (
        "from pathlib import Path; from loithe_xl.system import pdf; "
        f"pdf.convert(Path({str(workbook)!r}), Path('a.pdf'))"
    )
    run = subprocess.Popen([sys.executable, "-c", program], cwd=workbook.parent, start_new_session=True)
    assert select.select([reader], [], [], 60)[0]
    run.kill()
    run.wait()
    os.kill(int(os.read(reader, 100)), signal.SIGKILL)
    os.close(reader)
    left = [file.name for file in workbook.parent.iterdir() if file.name.startswith(".~loithe-")]
    assert any(name.endswith(".tmp") for name in left)

    stand_in(workbook.parent, monkeypatch, "exit 0")
    pdf.convert(workbook, workbook.with_name("a.pdf"))

    assert not [file.name for file in workbook.parent.iterdir() if file.name.startswith(".~loithe-")]
