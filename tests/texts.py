"""Texts that are hard to keep, and workbooks that hold them in every kind of cell: what is written is what is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from tally import Tally

from loithe_xl.reading import reader
from loithe_xl.reading.received import Received
from loithe_xl.rules.excel import text_literal
from loithe_xl.workbook.book import Book, Flow, Formula, Line, Sheet
from loithe_xl.workbook.celltext import normal
from loithe_xl.workbook.stamp import Master
from loithe_xl.workbook.writer import render

# What is read as an escape, stands across two of them, or cannot be kept.
PIECES = """_ x _x _x0041_ x0041_ 0041_ _x005F_ _x005F _x005f_x0041_ _x000D_ _xD83D_ _xDE00_ _xFFFF_ _x0000_ <r> </r>
    & &amp; " ' = < > A 😀 ệ""".split()
PIECES += ["\0", "\1", "\x0b", "\x1f", "\r", "\n", "\t", " ", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffd"]
PIECES += ["\ufffe", "\uffff", "\ud800", "\udfff", "\ud83d\ude00", "\U0001fffe", "\U0010ffff"]
HARD = (
    "_x0041_", "_x005F_x0041_", "_x005F_x005F_x0041_", "_x00_x0041_", "_x0041_x0041_", "_x005F\x01", "\x01x0041_",
    "_x_x005F_", "\ufffe\uffff", "\ud800", "a\udfffb", "\ud83d\ude00", "\0", "\r\n", "_xD83D__xDE00_", "<r>a</r>",
    "_\x01x0041_", "_x\r0041_",
)  # fmt: skip
MARK, TOGETHER = "@@TEXT@@", 500


def run(folder: Path, count: int, seed: int) -> Tally:
    """So many random texts, in five kinds of cells each, and of a hundred one stamped and typed into a form."""
    del folder
    tally, random = Tally(), Random(seed)
    for start in range(0, count, TOGETHER):
        texts = [made(random) for _ in range(min(TOGETHER, count - start))]
        wrong = dict(misread(texts)) | dict(misstamped(texts[::100]))
        for words in texts:
            tally.add(f"--seed {seed} {words!a}", wrong.get(words, ""))
    return tally


def made(random: Random) -> str:
    """A text of the hard pieces or of any letters at all."""
    if random.random() < 0.7:
        return "".join(random.choices(PIECES, k=random.randint(1, 8)))
    return "".join(chr(random.randrange(random.choice((0x100, 0x3000, 0x110000)))) for _ in range(random.randint(1, 6)))


def drawn(texts: Sequence[str]) -> Book:
    """The texts in every kind of cell: shared, typed, a formula's result, a long list's."""
    page = Sheet("Ô")
    for row, words in enumerate(texts, 1):
        page.put(row, 1, words)
        page.put(row, 2, words, "input_text")
        page.put(row, 3, Formula('"a"', words))
    flow = Flow(1, len(texts), 1, lambda: (Line((words,), ("text",)) for words in texts))
    return Book([page, Sheet("Dài", flow=flow)])


def misread(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The texts that are read otherwise than they were written, and as what."""
    found = read(render(drawn(texts)))
    for row, words in enumerate(texts, 1):
        cells = [found.grids["Ô"].get(row, column) for column in (1, 2, 3)]
        cells.append(found.grids["Dài"].get(row, 1))
        if cells != [normal(words)] * 4:
            yield words, ascii(cells)


def misstamped(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The same of forms made out to a unit of that name, in whose cells it was typed, too."""
    page, blank = Sheet("Ô"), Sheet("Nhập")
    page.put(1, 1, MARK)
    page.put(2, 1, Formula(text_literal(MARK), MARK))
    blank.put(1, 1, None, "input_text")
    blank.put(2, 1, Formula('""', ""))
    master = Master(render(Book([page, blank])), [MARK])
    for words in texts:
        if words != words.strip():
            continue
        found = read(master.stamp({MARK: words}, {"Nhập": {(1, 1): words, (2, 1): words}}))
        cells = [found.grids["Ô"].get(1, 1), *(found.grids["Nhập"].get(row, 1) for row in (1, 2))]
        assert found.formulas
        if cells != [normal(words)] * 3 or found.formulas["Ô"][2, 1] != text_literal(words):
            yield words, ascii(cells)


def read(data: bytes) -> Received:
    """A workbook that both readings read alike."""
    found = reader.read(data)
    assert isinstance(found, Received), found
    return found
