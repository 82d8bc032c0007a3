"""The figures of a parent as columns: which stand side by side, in what order, how they are called and how wide."""

from __future__ import annotations

from functools import lru_cache

from loithe_xl.draw.case import Case
from loithe_xl.draw.head import PADDING, lines_of, room_of
from loithe_xl.language.catalogue import Text, text
from loithe_xl.workbook.address import Address, column_letters, quoted
from loithe_xl.workbook.book import Sheet, Validation
from loithe_xl.workbook.celltext import cut
from loithe_xl.workbook.metrics import length, lines
from loithe_xl.workbook.ownsheets import FIGURES, LIST_HEAD

TOTAL_ROW = LIST_HEAD + 1  # of the sums over the units, beneath the headings; the units follow
FIRST_FIGURE = 6  # column of the units' figures: what they are stands before it
HEAD_POINTS = 45.0  # three lines of headings
_DIGIT, _MARGIN = 8.5, 0.7  # pixels of a character of a column on screen, at most; its own margin, in characters

_LINES, _SIZE, _NARROWEST, _STEP = 3, 11, 7.3, 0.2  # so narrow a column still holds 999.999
_SHRUNK = 4 / 3  # times its column a name may be to become smaller rather than take a second line
_MESSAGE, _TITLE = 255, 32  # letters that Excel shows beside a chosen cell


def columns_of(case: Case) -> dict[str, int]:
    """Figure id -> its column beside the units: first those that the pack wants first, then what is summed and the
    units' own counted answers, section by section."""
    derived = [each.id for each in case.form.derived if each.source == "register_cells"]
    ids = dict.fromkeys([*derived, *case.pack.indicators, *answers_of(case)])
    first = [id for id in case.pack.main_of_units if id in ids]
    rest = [id for id in ids if id not in first]
    sections = list(dict.fromkeys(section_of(case, id).vi for id in rest))
    rest.sort(key=lambda id: sections.index(section_of(case, id).vi))
    return {id: number for number, id in enumerate([*first, *rest], FIRST_FIGURE)}


def main_columns(case: Case) -> int:
    """The last column of the figures that come first."""
    found = columns_of(case)
    return max((found[id] for id in case.pack.main_of_units if id in found), default=FIRST_FIGURE - 1)


def answers_of(case: Case) -> list[str]:
    """What a child itself says; of one whose own file is not there nothing is known, and nothing is shown."""
    return [each.id for each in case.form.derived if each.source in ("children", "reported")]


def section_of(case: Case, id: str) -> Text:
    """The section of the forms that asks for a figure; of those that follow from others one of their own."""
    known = case.pack.indicators.get(id)
    return known.section if known and known.section.vi else text("form.progress")


def total_cell(case: Case, id: str) -> str:
    """Where the sum of a figure over the units stands, as a formula names it."""
    return f"{quoted(FIGURES)}!${column_letters(columns_of(case)[id])}${TOTAL_ROW}"


def label_of(case: Case, id: str) -> Text:
    """What a figure of the parent's form, or one that units send up, is called."""
    derived = case.form.derived_by_id.get(id)
    return derived.label if derived else case.pack.indicators[id].label


def head_of(case: Case, id: str) -> Text:
    """What a figure is called over a narrow column: its short name, or its label where it has none."""
    known = case.form.derived_by_id.get(id) or case.pack.indicators[id]
    return known.short if known.short.vi else known.label


def look_of(case: Case, id: str) -> str:
    """The ending of the style in which a figure is shown."""
    return "decimal" if id in case.pack.fractional else "count"


def put_head(sheet: Sheet, case: Case, id: str, at: Address, button: int = 0) -> None:
    """A figure's heading: short words in a column that holds them, the whole label beside them once they are chosen.

    ``button``: pixels that the button of a filter takes.
    """
    head, label = case.say(head_of(case, id)), case.say(label_of(case, id))
    sheet.put(*at, head, "head_small")
    sheet.widths[at[1]] = width_of(head, button)
    if head != label:
        title = cut(case.say(section_of(case, id)), _TITLE)
        sheet.validations.append(Validation((at, at), "text", title, cut(label, _MESSAGE), ""))


@lru_cache(1024)
def width_of(head: str, button: int = 0) -> float:
    """How many characters wide a column must be for three lines of a heading, none of its words broken."""
    width = _NARROWEST
    while _broken(head, _points(width, button)):
        width = round(width + _STEP, 1)
    return width


def fitted(words: str, width: float) -> int:
    """How many lines a name takes in a column: of one a little too long for one line the letters become smaller."""
    return 1 if length(words, 12) <= _SHRUNK * room_of(width) else lines_of(words, width)


def points_of(width: float) -> float:
    """What a column has room for, in points, where it is narrowest."""
    return (width * 7 + 5) * 0.75 - PADDING


def _broken(head: str, points: float) -> bool:
    """Whether a heading takes too many lines, or a word of it two."""
    broken = any(length(word, _SIZE, bold=True) > points for word in head.split(" "))
    return broken or lines(head, _SIZE, points, bold=True) > _LINES


def _points(width: float, button: int) -> float:
    return points_of(width) - 0.75 * button


def pixels(width: float) -> float:
    """How wide a column of so many characters is on screen at 100 %, whichever program shows it."""
    return _DIGIT * (width + _MARGIN)


def width_in(pixels: float) -> float:
    """The characters of a column that is so many pixels wide."""
    return round(pixels / _DIGIT - _MARGIN, 1)
