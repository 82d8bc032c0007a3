"""Pictures of workbooks as people see them: in a window on an office PC's screen, and on paper in grey.

``.venv/bin/python scripts/pictures.py FOLDER`` plays the demonstration and draws every visible sheet of one workbook of
each kind into the folder, to be looked at; ``FOLDER FILE...`` those of these workbooks. Without a folder it draws
docs/pictures/*.png anew, those that the guides show. It runs in the environment that ``scripts/test.py`` makes, needs
poppler, and what scripts/window.py needs.
"""

from __future__ import annotations

import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from PIL import Image

import ribbon
from loithe_xl.addin.findings import issue_list, marks
from loithe_xl.demo.offices import LATE
from loithe_xl.draw import form_book
from loithe_xl.intake.openfile import open_file
from loithe_xl.language.catalogue import text
from loithe_xl.workbook import writer
from loithe_xl.workbook.book import Book
from loithe_xl.workbook.ownsheets import ANNEX, CELLS, CHECK, FIGURES, JOURNAL, RECEIPTS
from loithe_xl.workbook.styles import STYLES
from paper import grey_pages, printed
from samples import (
    BASE_FORM,
    CELL_FORM,
    DISTRICT,
    EMPTY_CELL,
    FAULTS,
    FAULTY_CELL,
    REPORT,
    SLIPS,
    campaign,
    case_of,
    visible,
)
from window import AMERICA, VIETNAM, Screen, keep, ready, screen, window

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
RIBBON, MARKED = "phan-bo-tro-thanh-lenh", "phan-bo-tro"  # the add-in's: its ribbon; a form that its button checked


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of the guides: a sheet, by place or name, of a workbook; perhaps after keys and a text."""

    kind: str
    sheet: int | str = 0
    keys: tuple[str, ...] = ()
    typed: str = ""
    region: str = VIETNAM


TOP = ("ctrl+Home",)  # where no hint lies over the cells
AFTER = ("Return", *TOP)  # what was typed is taken
END = ("ctrl+End", "Home", *["Up"] * 9)  # where a short list ends


SHOTS = {
    "bieu-mau": Shot(FAULTY_CELL, keys=TOP),
    "bi-thu-mo-tep": Shot(EMPTY_CELL),
    "bi-thu-ngay": Shot(EMPTY_CELL, 1, AFTER, "05/03/2023", AMERICA),
    "bi-thu-ngay-sai": Shot(EMPTY_CELL, 1, AFTER, "31/02/2023"),
    "bi-thu-kiem-tra": Shot(FAULTY_CELL, CHECK),
    "bi-thu-duoc-nop": Shot(CELL_FORM, keys=TOP),
    "can-bo-tong-hop": Shot(BASE_FORM, keys=TOP),
    "can-bo-phieu-tra-lai": Shot(SLIPS, text("slips.sheet_slips").vi),
    "can-bo-tinh-hinh-nop": Shot(DISTRICT, RECEIPTS),
    "can-bo-so-lieu-don-vi": Shot(DISTRICT, FIGURES),
    "can-bo-chi-bo": Shot(DISTRICT, CELLS),
    "can-bo-nhat-ky": Shot(DISTRICT, JOURNAL),
    "can-bo-bao-cao": Shot(REPORT),
    "can-bo-bieu-so-01": Shot(REPORT, ANNEX),
    "phan-bo-tro-da-kiem-tra": Shot(MARKED, keys=TOP),
    "phan-bo-tro-kiem-tra": Shot(MARKED, CHECK, keys=END),
}


def main(arguments: Sequence[str]) -> int:
    """Make every picture anew."""
    ready()
    with tempfile.TemporaryDirectory(prefix="loithe-pictures-") as folder, screen() as desk:
        work = Path(folder)
        if not arguments:
            files = campaign(work)
            files[MARKED] = checked(files[FAULTY_CELL], work / "da-kiem-tra.xlsx")
            guides(files, desk)
            return 0
        target, *given = map(Path, arguments)
        target.mkdir(parents=True, exist_ok=True)
        files = {plain(path.stem): path for path in given} or campaign(work)
        for number, (kind, path) in enumerate(files.items()):
            for name, picture in on_screen(path, desk):
                picture.save(target / f"{kind}-man-hinh-{name}.png")
            document = target / f"{kind}.pdf"
            sheets = printed(path, document)
            pages = grey_pages(document, work / f"{number}")
            for page, (sheet, drawn) in enumerate(zip(sheets, pages, strict=True), 1):
                drawn.rename(target / f"{kind}-giay-{page:02d}-{plain(sheet)}.png")
            print(f"{kind}: {len(visible(path))} sheets, {len(sheets)} pages")
    return 0


def on_screen(path: Path, desk: Screen) -> Iterator[tuple[str, Image.Image]]:
    """Each visible sheet of a workbook: its number and name, and how it looks."""
    names = visible(path)
    with window(desk, path):
        for number, (name, picture) in enumerate(zip(names, desk.sheets(len(names)), strict=True), 1):
            yield f"{number:02d}-{plain(name)}", picture


def guides(files: Mapping[str, Path], desk: Screen) -> None:
    """The pictures of the guides, and no other, in docs/pictures."""
    for old in PICTURES.glob("*.png"):
        old.unlink()
    for (kind, region), names in groupby(sorted(SHOTS, key=_window_of), lambda name: _window_of(name)[:2]):
        with window(desk, files[kind], region):
            for name in names:
                keep(taken(SHOTS[name], visible(files[kind]), desk), PICTURES / f"{name}.png")
                print(f"{name}.png")
    ribbon.draw(PICTURES / f"{RIBBON}.png")


def _window_of(name: str) -> tuple[str, str, bool]:
    """Whose window a picture is taken of, and whether something is typed into it, which comes last."""
    shot = SHOTS[name]
    return shot.kind, shot.region, bool(shot.typed)


def taken(shot: Shot, sheets: Sequence[str], desk: Screen) -> Image.Image:
    """The window's workbook as the shot wants it."""
    place = shot.sheet if isinstance(shot.sheet, int) else sheets.index(shot.sheet)
    *_, seen = desk.sheets(place + 1)
    if shot.typed:
        desk.type(shot.typed)
    if shot.keys:
        desk.press(*shot.keys)
        seen = desk.settled(unlike=seen)
    return seen


def checked(faulty: Path, target: Path) -> Path:
    """A cell's workbook with faults as the add-in's button leaves it: cells coloured, its list beneath the panel."""
    issues, book = open_file(faulty, faulty.name).issues, form_book(case_of(faulty, FAULTS))
    for name, cells in marks(issues).items():
        sheet = book.sheet(name)
        for at, colour in cells.items():
            own = sheet.cells[at].style
            STYLES[f"{own}, {colour}"] = replace(STYLES[own], fill=colour)
            sheet.cells[at] = replace(sheet.cells[at], style=f"{own}, {colour}")
    listed, check = issue_list(issues, "vi", LATE), book.sheet(CHECK)
    check.cells.update(listed.cells)
    check.heights.update(listed.heights)
    check.merges.extend(listed.merges)
    first = min(row for row, _ in listed.cells)
    check.selection, check.freeze = (first, 1), None
    target.write_bytes(writer.render(Book(book.sheets, book.names, book.title)))
    return target


def plain(name: str) -> str:
    """A name as a file's: no marks, no spaces."""
    bare = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(letter for letter in bare if letter.isascii()).lower()
    return "-".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
