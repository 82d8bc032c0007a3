"""Fill a cell's form in a real window by keyboard alone, as on PCs of two regions, and count what it takes.

``.venv/bin/python scripts/keyboard.py`` prints a table in Markdown. Every press of the keys that make the text counts,
and Tab, which leads from input to input; the answers are the demonstration's, of a cell that has met once and will
again. It needs what scripts/window.py needs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import MergedCell

from loithe_xl.demo.answers import cast, cell_inputs
from loithe_xl.draw import packs
from loithe_xl.form.inputs import Inputs, blank, with_days
from loithe_xl.form.layout import Layout
from loithe_xl.form.terms import term
from loithe_xl.intake.openfile import Unreadable, open_file
from loithe_xl.pack.spec import Field
from loithe_xl.register.file import sample_register
from loithe_xl.register.register import Unit
from loithe_xl.rules.evaluate import Raw, is_filled
from loithe_xl.tasks.generate import Request, generate
from loithe_xl.tasks.office import Office
from loithe_xl.workbook.daynumbers import day_of
from loithe_xl.workbook.ownsheets import VERDICT
from samples import BASE
from window import AMERICA, VIETNAM, Screen, ready, screen, window

SPARE = 208, 256  # numbers of keys that no keyboard of ours has
Steps = Mapping[str, tuple[str, ...]]  # sheet -> what is typed into each input up to the last one that is filled


@dataclass(frozen=True, slots=True)
class Fill:
    """What filling a form took, and what the form said at its end."""

    region: str
    presses: tuple[int, ...]  # on each sheet
    seconds: float
    verdict: str


def letters_of(desk: Screen, texts: Iterable[str]) -> None:
    """Give the keyboard a key for each letter beyond ASCII: keys that xdotool makes while it types come too late."""
    letters = sorted({letter for text in texts for letter in text if not letter.isascii()})
    keys = "".join(
        f"key <I{number}> {{ [ U{ord(letter):04X} ] }};" for number, letter in zip(range(*SPARE), letters, strict=False)
    )
    keymap = f"""xkb_keymap {{
        xkb_keycodes {{ include "evdev+aliases(qwerty)" }}; xkb_types {{ include "complete" }};
        xkb_compat {{ include "complete" }}; xkb_symbols {{ include "pc+us" {keys} }};
    }};"""
    subprocess.run(["xkbcomp", "-w0", "-", desk.display], input=keymap, text=True, check=True)


def form(folder: Path) -> tuple[Path, Inputs]:
    """An untouched form, and the answers of its cell."""
    loaded, register = packs.load("loi_the"), sample_register()
    period = term(loaded, None, None, None)
    register = register.at(period.cutoff)
    unit = next(each for each in register.units if each.code == BASE)
    cells = register.cells(str(unit.parent))
    parts = cast(cells)
    cell: Unit = next(each for each in cells if each.parent == BASE and each.code in parts.held - parts.completed)
    made = generate(Request(loaded, register, period, "cell", False, (cell.code,), folder), Office())
    return min(made), cell_inputs(loaded.by_form["cell"].form, cell, parts)


def texts(layout: Layout, inputs: Inputs) -> dict[tuple[str, int, int], str]:
    """What is typed where: that which a fresh form does not hold already. (sheet, row, column) -> text."""
    fresh, found = blank(layout.form), {}
    for id, slot in layout.slots.items():
        if is_filled(inputs.values[id]) and inputs.values[id] != fresh.values[id]:
            found[slot.sheet, slot.row, slot.column] = typed(slot.field, inputs.values[id])
    for id, table in layout.tables.items():
        for number, row in enumerate(inputs.tables[id]):
            for column in table.table.columns:
                if is_filled(row[column.id]) and row[column.id] != fresh.tables[id][number][column.id]:
                    place = table.sheet, table.top + number, table.columns[column.id]
                    found[place] = typed(column, row[column.id])
    return found


def typed(field: Field, raw: Raw) -> str:
    """A value as one types it."""
    if field.kind == "date" and isinstance(raw, int | Decimal) and (day := day_of(raw)):
        return f"{day:%d/%m/%Y}"
    return str(raw)


def steps(path: Path, said: Mapping[tuple[str, int, int], str]) -> Steps:
    """The inputs of each sheet in the order in which Tab leads to them: row by row."""
    found: dict[str, tuple[str, ...]] = {}
    for sheet in openpyxl.load_workbook(path).worksheets:
        inputs = [
            (cell.row, cell.column)
            for row in sheet.iter_rows()
            for cell in row
            if not isinstance(cell, MergedCell) and not cell.protection.locked
        ]
        words = [said.get((sheet.title, *at), "") for at in inputs]
        filled = [place for place, word in enumerate(words) if word]
        if sheet.sheet_state == "visible" and filled:
            found[sheet.title] = tuple(words[: filled[-1] + 1])
    return found


def fill(desk: Screen, path: Path, region: str, told: Steps, answers: Inputs) -> Fill:
    """Type all of it; what the saved file then says."""
    with window(desk, path, region) as opened:
        start = time.monotonic()
        for number, words in enumerate(told.values()):
            if number:
                desk.press("ctrl+Next")
                desk.settled()
            for word in words:
                if word:
                    desk.type(word)
                desk.press("Tab")
        seconds = time.monotonic() - start
        before = opened.stat().st_mtime_ns
        desk.press("ctrl+s")
        desk.settled()
        read = open_file(opened, opened.name)
        if opened.stat().st_mtime_ns == before or isinstance(read, Unreadable):
            sys.exit(f"{region}: the form was not saved")
        if with_days(read.layout.form, read.inputs) != answers:
            sys.exit(f"{region}: the form does not say what was typed")
        sheet = openpyxl.load_workbook(opened, data_only=True).worksheets[0]
    presses = tuple(sum(len(word) + 1 for word in words) for words in told.values())
    return Fill(region, presses, seconds, str(sheet.cell(*VERDICT).value))


def lines(filled: Iterator[Fill]) -> Iterator[str]:
    """The table."""
    yield "| PC set to | key presses | of them on each sheet | sheet changes | robot's seconds | the form says |"
    yield "|---|---|---|---|---|---|"
    for each in filled:
        parts = " + ".join(map(str, each.presses))
        changes = len(each.presses) - 1
        yield f"| {each.region} | {sum(each.presses)} | {parts} | {changes} | {each.seconds:.0f} | {each.verdict} |"


def main() -> int:
    """Print the table."""
    ready()
    with tempfile.TemporaryDirectory(prefix="loithe-keyboard-") as folder, screen() as desk:
        os.environ["LOITHE_XL_HOME"] = f"{folder}/office"
        path, answers = form(Path(folder))
        opened = open_file(path, path.name)
        assert not isinstance(opened, Unreadable)
        told = steps(path, texts(opened.layout, answers))
        letters_of(desk, (word for words in told.values() for word in words))
        for line in lines(fill(desk, path, region, told, answers) for region in (VIETNAM, AMERICA)):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
