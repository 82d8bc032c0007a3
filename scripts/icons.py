"""Draw addin/icons/*.png, the pictures on the ribbon's buttons: ``.venv/bin/python scripts/icons.py``.

One picture of 64 pixels a side for each button. Excel draws a large button at 32 pixels, 40 to 64 on screens of 125 to
200 %, an item of a menu at half of that; it takes only one picture, and a larger one made smaller stays sharp. Needs
Pillow.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parent.parent / "addin" / "icons"
SIZE, FINER = 64, 8  # drawn so many times larger, then averaged
RED, GOLD, AMBER, GREEN = "#9B1C1C", "#E9A825", "#C98A12", "#2E7D46"
INK, LINES, PAPER, SHADE = "#5B5350", "#B9AFAA", "#FFFFFF", "#F3DCD2"
NOTHING = "#00000000"  # takes away what is beneath: a rim that fits a light ribbon and a dark one

Point = tuple[float, float]
Picture = Callable[["Sheet"], None]
PICTURES: dict[str, Picture] = {}  # by the name of its function: every one that is defined


class Sheet:
    """A transparent square of 64 units a side, from the top left corner, with the shapes that all pictures share."""

    def __init__(self) -> None:
        self.image = Image.new("RGBA", (SIZE * FINER, SIZE * FINER))
        self._pen = ImageDraw.Draw(self.image)

    def done(self) -> Image.Image:
        """The picture in its real size."""
        return self.image.reduce(FINER)

    def area(self, points: Sequence[Point], fill: str) -> None:
        """A filled polygon."""
        self._pen.polygon([(x * FINER, y * FINER) for x, y in points], fill=fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: str, corner: float = 0) -> None:
        """A filled box, its corners rounded."""
        edges = (left * FINER, top * FINER, right * FINER - 1, bottom * FINER - 1)
        self._pen.rounded_rectangle(edges, corner * FINER, fill=fill)

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """A filled circle."""
        self._pen.ellipse([part * FINER for part in (x - radius, y - radius, x + radius, y + radius)], fill=fill)

    def stroke(self, points: Sequence[Point], width: float, colour: str) -> None:
        """A line with round ends and corners."""
        for start, end in pairwise(points):
            ends = [(x * FINER, y * FINER) for x, y in (start, end)]
            self._pen.line(ends, fill=colour, width=round(width * FINER))
        for x, y in points:
            self.dot(x, y, width / 2, colour)

    def arc(self, x: float, y: float, radius: float, start: float, end: float, width: float, colour: str) -> None:
        """A part of a circle's line, its middle at ``radius``; degrees from three o'clock, clockwise."""
        outer = radius + width / 2
        edges = [part * FINER for part in (x - outer, y - outer, x + outer, y + outer)]
        self._pen.arc(edges, start, end, fill=colour, width=round(width * FINER))

    def paper(self, left: float, top: float, right: float, bottom: float, fold: float = 10) -> None:
        """A sheet of paper with a folded corner."""
        edge = 2.5
        outline = [(left, top), (right - fold, top), (right, top + fold), (right, bottom), (left, bottom)]
        self.area(outline, INK)
        inner = [(left + edge, top + edge), (right - fold - 1, top + edge), (right - edge, top + fold + 1)]
        self.area([*inner, (right - edge, bottom - edge), (left + edge, bottom - edge)], PAPER)
        self.area([(right - fold - 1, top + 1), (right - 1, top + fold + 1), (right - fold - 1, top + fold + 1)], INK)

    def text(self, left: float, right: float, rows: Sequence[float], colour: str = LINES) -> None:
        """Lines of writing, each a stroke."""
        for row in rows:
            self.stroke([(left, row), (right, row)], 3, colour)

    def badge(self, x: float, y: float, radius: float, fill: str) -> None:
        """A coloured disc in front of everything, with a rim that sets it off."""
        self.dot(x, y, radius + 2.5, NOTHING)
        self.dot(x, y, radius, fill)

    def sigma(self, x: float, y: float, size: float, colour: str, width: float) -> None:
        """The sign of a sum, its middle at (x, y)."""
        half, wide = size / 2, size * 0.4
        corners = [(x + wide, y - half), (x - wide, y - half), (x + wide * 0.35, y), (x - wide, y + half)]
        self.stroke([*corners, (x + wide, y + half)], width, colour)


def picture(draw: Picture) -> Picture:
    """Make a function that draws on a sheet the picture of the button of its name."""
    PICTURES[draw.__name__] = draw
    return draw


@picture
def validate(sheet: Sheet) -> None:
    """A form with a tick."""
    sheet.paper(8, 3, 50, 61, 12)
    sheet.text(17, 30, (15,), RED)
    sheet.text(17, 41, (26, 36))
    sheet.text(17, 25, (46,))
    sheet.badge(45, 45, 16, GREEN)
    sheet.stroke([(37.5, 45.5), (43, 51), (53, 39.5)], 5, PAPER)


@picture
def generate(sheet: Sheet) -> None:
    """New forms, one behind the other."""
    sheet.paper(20, 2, 56, 48, 10)
    sheet.box(5.5, 10.5, 48.5, 63.5, NOTHING)
    sheet.paper(8, 13, 46, 61, 11)
    sheet.text(16, 27, (25,), RED)
    sheet.text(16, 38, (35,))
    sheet.text(16, 26, (45,))
    sheet.badge(46, 46, 15, RED)
    sheet.stroke([(46, 38), (46, 54)], 5, PAPER)
    sheet.stroke([(38, 46), (54, 46)], 5, PAPER)


@picture
def consolidate_folder(sheet: Sheet) -> None:
    """A folder of reports, added up."""
    sheet.box(3, 10, 30, 30, AMBER, 4)
    sheet.box(3, 16, 61, 56, AMBER, 4)
    sheet.box(9, 12, 55, 40, PAPER, 2)
    sheet.box(3, 24, 61, 57, GOLD, 4)
    sheet.sigma(32, 40.5, 22, RED, 5)


@picture
def consolidate_files(sheet: Sheet) -> None:
    """Some reports, added up."""
    sheet.paper(23, 2, 60, 50, 11)
    sheet.box(1.5, 9.5, 47.5, 64, NOTHING)
    sheet.paper(4, 12, 45, 62, 12)
    sheet.sigma(24, 41, 24, RED, 5.5)


@picture
def status(sheet: Sheet) -> None:
    """The list of units: sent, late, missing."""
    sheet.box(4, 5, 60, 59, INK, 5)
    sheet.box(6.5, 7.5, 57.5, 56.5, PAPER, 3)
    for row, colour in ((17.5, GREEN), (32, GOLD), (46.5, RED)):
        sheet.dot(17, row, 5.5, colour)
        sheet.stroke([(29, row), (49, row)], 4, LINES)


@picture
def report(sheet: Sheet) -> None:
    """A page with its heading, figures and words."""
    sheet.paper(9, 2, 55, 62, 12)
    sheet.box(17, 11, 36, 16, RED, 2)
    sheet.text(18, 46, (24,))
    for left, top, colour in ((17, 42, GOLD), (28, 35, RED), (39, 30, GREEN)):
        sheet.box(left, top, left + 8, 54, colour, 1)


@picture
def pdf(sheet: Sheet) -> None:
    """A page that bears the letters PDF."""
    sheet.paper(11, 2, 53, 62, 12)
    sheet.text(19, 34, (13,))
    sheet.text(19, 45, (54,))
    sheet.box(2, 20, 62, 46, RED, 4)
    sheet.stroke([(11, 40), (11, 26), (15, 26)], 4, PAPER)
    sheet.arc(15, 30, 4, -90, 90, 4, PAPER)
    sheet.stroke([(15, 34), (11, 34)], 4, PAPER)
    sheet.stroke([(29, 26), (26, 26), (26, 40), (29, 40)], 4, PAPER)
    sheet.arc(29, 33, 7, -90, 90, 4, PAPER)
    sheet.stroke([(53, 26), (44, 26), (44, 40)], 4, PAPER)
    sheet.stroke([(44, 33), (51, 33)], 4, PAPER)


@picture
def journal(sheet: Sheet) -> None:
    """A book of what was done, and when."""
    sheet.box(9, 3, 53, 61, RED, 5)
    sheet.box(18, 3, 20.5, 61, SHADE)
    sheet.stroke([(28, 15), (44, 15)], 4, SHADE)
    sheet.stroke([(28, 25), (38, 25)], 4, SHADE)
    sheet.badge(45, 45, 15.5, INK)
    sheet.dot(45, 45, 12, PAPER)
    sheet.stroke([(45, 37.5), (45, 45.5), (50.5, 48.5)], 3.5, RED)


@picture
def help(sheet: Sheet) -> None:
    """A question."""
    sheet.dot(32, 32, 29, RED)
    sheet.arc(32, 25, 9.5, -190, 50, 6, PAPER)
    sheet.dot(22.6, 26.6, 3, PAPER)
    sheet.stroke([(38.1, 32.3), (32, 38), (32, 41)], 6, PAPER)
    sheet.dot(32, 50.5, 3.8, PAPER)


def drawn(name: str) -> Image.Image:
    """A button's picture; the same pixels each time."""
    sheet = Sheet()
    PICTURES[name](sheet)
    return sheet.done()


def main() -> int:
    """Draw every picture anew."""
    ICONS.mkdir(exist_ok=True)
    for old in ICONS.glob("*.png"):
        old.unlink()
    for name in PICTURES:
        drawn(name).save(ICONS / f"{name}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
