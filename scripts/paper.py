"""A workbook on paper: LibreOffice's PDF of it, whose pages know their sheets, and its pages in grey."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

from loithe_xl.system import pdf

DPI = 60


def printed(path: Path, target: Path) -> list[str]:
    """Print the whole workbook into the PDF ``target``; the sheet of each page."""
    failed = pdf.convert(path, target)
    if failed:
        sys.exit(failed.message.vi)
    told = subprocess.run(
        ["pdftohtml", "-xml", "-i", "-stdout", str(target)], check=True, capture_output=True, encoding="utf-8"
    ).stdout
    pages = len(re.findall(r"<page number=", told))
    begins = {int(page): unescape(name) for page, name in re.findall(r'<item page="(\d+)">(.*?)</item>', told)}
    sheets: list[str] = []
    for page in range(1, pages + 1):
        sheets.append(begins.get(page) or sheets[-1])
    return sheets


def grey_pages(document: Path, folder: Path) -> list[Path]:
    """Every page of a PDF as an office's printer shows it, in order."""
    folder.mkdir(parents=True)
    subprocess.run(["pdftoppm", "-gray", "-png", "-r", str(DPI), str(document), str(folder / "p")], check=True)
    return sorted(folder.glob("*.png"))
