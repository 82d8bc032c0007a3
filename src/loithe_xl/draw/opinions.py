"""The opinions that a parent's units sent: every text whole, with its unit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from loithe_xl.draw.case import ParentCase
from loithe_xl.draw.head import draw_head, height_of, lines_of
from loithe_xl.draw.panel import Panel
from loithe_xl.workbook.book import Flow, Line, Print, Sheet
from loithe_xl.workbook.ownsheets import LIST_HEAD, OPINIONS
from loithe_xl.workbook.styles import TAB_LOOK

_WIDTHS = {1: 5, 2: 15, 3: 32, 4: 26, 5: 72}
_NAME, _SAID = 3, 5  # the columns whose texts may be long
_HEADS = ("no", "code", "unit_name", "what", "opinion")
_STYLES = ("number", "text", "text", "text", "text")


def opinions_sheet(case: ParentCase, panel: Panel) -> Sheet:
    """Every text that units sent, whole, with its unit."""
    setup = Print(landscape=True, repeat_rows=(LIST_HEAD, LIST_HEAD), footer="&C&P/&N")
    sheet = Sheet(OPINIONS, print=setup, widths=dict(_WIDTHS), tab_colour=TAB_LOOK)
    sheet.tab_colour = TAB_LOOK
    draw_head(sheet, panel, len(_HEADS))
    for column, key in enumerate(_HEADS, 1):
        sheet.put(LIST_HEAD, column, case.say(f"head_{key}"), "head")
    said = sum(map(len, case.consolidation.texts.values()))
    sheet.flow = Flow(LIST_HEAD + 1, said, len(_HEADS), lambda: _opinions(case)) if said else None
    if not said:
        sheet.put(LIST_HEAD + 1, 1, case.say("no_opinions"), "plain")
        sheet.merges.append(((LIST_HEAD + 1, 1), (LIST_HEAD + 1, len(_HEADS))))
    sheet.freeze = (LIST_HEAD + 1, 1)
    return sheet


def _opinions(case: ParentCase) -> Iterator[Line]:
    number = count(1)
    for id, listed in case.consolidation.texts.items():
        what = case.say(case.pack.texts[id])
        for code, words in listed:
            unit = case.register.unit(code)
            name = unit.name if unit else ""
            tall = max(lines_of(words, _WIDTHS[_SAID]), lines_of(name, _WIDTHS[_NAME]))
            yield Line((next(number), code, name, what, words), _STYLES, min(409, height_of(tall)))
