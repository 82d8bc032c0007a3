"""Draw docs/pictures/*.png: the ribbon, and the first page of each kind of sheet of the demonstration's own workbooks.

Run it in the environment that ``scripts/test.py`` makes: ``.venv/bin/python scripts/pictures.py``. LibreOffice and
poppler are needed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageChops

import ribbon
from loithe_xl.addin.findings import issue_list, marks
from loithe_xl.demo.offices import LATE
from loithe_xl.demo.story import FORMS_FOLDER, RECEIVED_FOLDER, RESULT, run
from loithe_xl.draw import Case, form_book
from loithe_xl.draw.render import cell_case, package, salt_of
from loithe_xl.intake.openfile import Unreadable, open_file
from loithe_xl.language.issues import Fault, Issue
from loithe_xl.report.sheet import report_book
from loithe_xl.rules.evaluate import Raw
from loithe_xl.system import pdf
from loithe_xl.tasks.consolidate import open_parent, rebuilt_case
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.report import report
from loithe_xl.workbook import writer
from loithe_xl.workbook.book import Book, Print, Sheet
from loithe_xl.workbook.ownsheets import CHECK
from loithe_xl.workbook.styles import STYLES

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
WINDOWS = "cua-so-"  # what scripts/window.py draws
DPI = 70
FAULTS: dict[str, Raw] = {"members_exempt": 40, "leaders_due": -1, "registered": "Có lẽ", "reported_other": None}


def main() -> int:
    """Make every picture anew."""
    with tempfile.TemporaryDirectory(prefix="loithe-pictures-") as folder:
        demo = Path(folder) / "demo"
        run(demo, Office(), lambda said: None)
        for old in PICTURES.glob("*.png"):
            if not old.name.startswith(WINDOWS):
                old.unlink()
        empty = min((demo / FORMS_FOLDER).rglob("*.C001 *.xlsx"))
        filled = min((demo / RECEIVED_FOLDER).rglob("BC lan 1*.xlsx"))
        straight = min((demo / RECEIVED_FOLDER / "chi-bo-co-so").glob("*.xlsx"))
        for kind, path in (("chi-bo-trong", empty), ("chi-bo", filled), ("chi-bo-co-so", straight)):
            draw(kind, form_book(case_of(path)), Path(folder))
        district = min((demo / RESULT).glob("* 2023-02.xlsx"))
        base = min((demo / RESULT).glob("*/* 2023-02.xlsx"))
        for kind, path in (("co-so", base), ("huyen", district)):
            draw(kind, parent_book(path), Path(folder))
        reported = report(district, None, "hd36_2018", None, Office(now=LATE))
        draw("bao-cao", report_book(reported.page, reported.parent.token, "vi"), Path(folder))
        marked, listed = checked_books(filled, Path(folder) / "sai.xlsx")
        draw("phan-bo-tro-da-kiem-tra", marked, Path(folder), only=marked.sheets[0].name)
        draw("phan-bo-tro", listed, Path(folder))
        ribbon.draw(PICTURES / "phan-bo-tro-ribbon.png")
    return 0


def case_of(path: Path, typed: Mapping[str, Raw] | None = None, session: Mapping[str, Raw] | None = None) -> Case:
    """A cell's form as read from its file, with more typed into it, and into its first session."""
    opened = open_file(path, path.name)
    if isinstance(opened, Unreadable):
        raise Fault(list(opened.issues))
    first, *others = opened.inputs.tables["sessions"]
    tables = {**opened.inputs.tables, "sessions": ({**first, **(session or {})}, *others)}
    inputs = replace(opened.inputs, values={**opened.inputs.values, **(typed or {})}, tables=tables)
    return cell_case(opened.unit_form, inputs)


def parent_book(path: Path) -> Book:
    """A parent's workbook as read from its file."""
    return form_book(rebuilt_case(open_parent(path)))


def checked_books(path: Path, faulty: Path) -> tuple[Book, Book]:
    """A cell's workbook with faults typed in (kept as ``faulty``), as the add-in leaves it; its list."""
    case = case_of(path, FAULTS)
    faulty.write_bytes(package(case, salt_of("")))
    issues, book = open_file(faulty, faulty.name).issues, form_book(case)
    for name, cells in marks(issues).items():
        sheet = book.sheet(name)
        for at, colour in cells.items():
            own = sheet.cells[at].style
            STYLES[f"{own}, {colour}"] = replace(STYLES[own], fill=colour)
            sheet.cells[at] = replace(sheet.cells[at], style=f"{own}, {colour}")
    return book, Book([_listed(issues, book)])


def _listed(issues: Sequence[Issue], book: Book) -> Sheet:
    """The add-in's list alone, which in a form stands beneath the panel of checks."""
    sheet = replace(issue_list(issues, "vi", LATE), print=Print(landscape=True))
    sheet.widths.update(book.sheet(CHECK).widths)
    top = min(row for row, _ in sheet.cells)
    moved = {(row - top + 1, column): cell for (row, column), cell in sheet.cells.items()}
    heights = {row - top + 1: height for row, height in sheet.heights.items()}
    merges = [((first[0] - top + 1, first[1]), (last[0] - top + 1, last[1])) for first, last in sheet.merges]
    return replace(sheet, cells=moved, heights=heights, merges=merges)


def draw(kind: str, book: Book, folder: Path, only: str = "") -> None:
    """One PNG per visible sheet, or of one: all others hidden, printed by LibreOffice, first page as a picture."""
    shown = [sheet.name for sheet in book.sheets if not sheet.hidden and only in ("", sheet.name)]
    for number, name in enumerate(shown, 1):
        # LibreOffice prints hidden sheets too where they have a print area.
        sheets = [each if each.name == name else replace(each, hidden=True, print=Print()) for each in book.sheets]
        index = next(place for place, sheet in enumerate(sheets) if sheet.name == name)
        path = folder / f"{kind}-{number}-{plain(name)}.xlsx"
        path.write_bytes(writer.render(replace(book, sheets=sheets, active=index)))
        failed = pdf.convert(path, path.with_suffix(".pdf"))
        if failed:
            sys.exit(failed.message.vi)
        target = PICTURES / path.stem
        command = ["pdftoppm", "-png", "-r", str(DPI), "-f", "1", "-l", "1", "-singlefile"]
        subprocess.run([*command, str(path.with_suffix(".pdf")), str(target)], check=True)
        if kind.startswith("phan-bo-tro"):
            trim(target.with_suffix(".png"))
        print(target.with_suffix(".png").name)


def trim(picture: Path) -> None:
    """Take the empty paper beneath away."""
    page = Image.open(picture).convert("RGB")
    box = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
    if box:
        page.crop((0, 0, page.width, min(page.height, box[3] + box[1]))).save(picture)


def plain(name: str) -> str:
    """A sheet's name as a file's: no marks, no spaces."""
    bare = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return (
        "".join(letter for letter in bare if letter.isascii())
        .lower()
        .replace(" ", "-")
        .replace(",", "")
        .replace(".", "")
    )


if __name__ == "__main__":
    sys.exit(main())
