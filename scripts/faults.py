"""Tries the faults that the program promises to bear, and prints a line for each kind: tried, passed, failed, seconds.

``python3 scripts/faults.py`` makes a short run of every row; ``--full`` the numbers that docs/reliability.md tells;
``--rows 1,7 --count 500 --seed 3`` so many tries of some rows. Ends with 1 when anything failed, and says how to
try that again. ``--write docs/reliability.md`` puts the lines into the document's table; those of other rows stay.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
SHOWN = 10  # failures of a row that are told
BEGIN, END = "<!-- faults: scripts/faults.py --write -->", "<!-- end of faults -->"
HEAD = ["| # | what is tried | tries | passed | failed | seconds |", "|---|---|---|---|---|---|"]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]


@dataclass(frozen=True)
class Row:
    """One promise. ``work`` takes a folder, a number of tries and a seed; ``short`` and ``full`` are numbers of tries
    (0: as many as there are kinds)."""

    what: str
    work: Callable[[Path, int, int], Any]
    short: int
    full: int


def of(module: str, name: str = "run") -> Callable[[Path, int, int], Any]:
    """A function of one of the tests' modules."""
    return lambda folder, count, seed: getattr(importlib.import_module(module), name)(folder, count, seed)


def tests(file: str, chosen: str) -> Callable[[Path, int, int], Any]:
    """The tests of a file whose names hold these words, each of their cases a try."""

    def work(folder: Path, count: int, seed: int) -> Any:
        del count, seed
        tally, report = importlib.import_module("tally").Tally(), folder / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            str(ROOT / "tests" / file),
            "-k",
            chosen,
            f"--junitxml={report}",
        ]
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        for case in ET.parse(report).iter("testcase"):
            if case.find("skipped") is None:
                wrong = next((each.get("message", "") for each in case if each.tag in ("failure", "error")), "")
                tally.add(case.get("name", ""), wrong[:300])
        return tally

    return work


def laws(folder: Path, count: int, seed: int) -> Any:
    """The laws of adding up, on so many random trees each."""
    tally = importlib.import_module("tally").Tally()
    for name in ("test_parent_is_the_sum_of_the_leaves_received", "test_cells_through_bases_equal_cells_direct"):
        wrong = held(name, count, seed, tally)
        if wrong:
            tally.failed.append(f"--seed {seed} {name}: {wrong}")
    return tally


def held(name: str, count: int, seed: int, tally: Any) -> str:
    """Whether one law holds on random trees; each tree is a try."""
    import hypothesis

    module = importlib.import_module("test_leaves")
    law = getattr(module, name).hypothesis.inner_test

    def counted(tree: Any) -> None:
        tally.tried += 1
        law(tree)

    chosen = hypothesis.settings(
        max_examples=count, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    try:
        hypothesis.seed(seed)(chosen(hypothesis.given(tree=module.trees())(counted)))()
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:500]
    return ""


ROWS: dict[int, Row] = {
    1: Row("hostile files: refused by name, or counted as what they hold", of("hostile"), 0, 0),
    2: Row("submissions changed at random: read as they are, or refused", of("fuzz"), 300, 100_000),
    3: Row("tampering: named with its cell", tests("test_tamper.py", "tampering_is_named"), 0, 0),
    4: Row("honest re-saves: accepted, values identical", of("resaved"), 8, 1_000),
    5: Row("a parent is the sum of its leaves, through bases or directly", laws, 100, 10_000),
    6: Row("order, names, repeats and a second run change nothing", of("reorder"), 10, 1_000),
    7: Row("kill -9: old or new, whole; the next run completes", of("killing"), 20, 1_000),
    8: Row("the Nth step of writing fails, no room: old or new, whole, and said", of("failing"), 8, 0),
    9: Row("eight at once on one parent: nothing lost", of("crowd"), 1, 20),
    10: Row("received files: bytes, names and times unchanged", of("hostile", "run_untouched"), 0, 0),
    11: Row("marks in undeclared places: in no output", tests("test_canaries.py", ""), 0, 0),
    12: Row("thousands of files: memory flat, below 500 MB", of("masses"), 160, 4_000),
    13: Row(
        "each cell counts once, who stops counting is named, in any order of reports",
        of("counting"),
        200,
        20_000,
    ),
    14: Row("books sent again every week: the parent opens, no larger than after the first", of("weekly"), 8, 52),
    15: Row("every text there is, in every place of a workbook: read as it was written", of("texts"), 1_000, 500_000),
    16: Row("a workbook that would not open as it was meant: replaces nothing", tests("test_proving.py", ""), 0, 0),
}


def main(arguments: list[str]) -> int:
    """0 when every try passed."""
    given = _given(arguments)
    failures = 0
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        os.environ["LOITHE_XL_HOME"] = str(Path(folder) / "home")
        print(" row    tried   passed   failed   seconds", flush=True)
        for number in given.rows:
            failures += _tried(number, given, Path(folder) / str(number))
    return 1 if failures else 0


def write(document: Path, number: int, line: str) -> None:
    """Put a row's line into the table between the marks; the lines of other rows stay."""
    before, rest = document.read_text(encoding="utf-8").split(BEGIN)
    table, after = rest.split(END)
    lines = {int(found[1]): found[0] for found in re.finditer(r"^\| (\d+) \|.*$", table, re.MULTILINE)}
    lines[number] = line
    listed = "\n".join([*HEAD, *(lines[each] for each in sorted(lines))])
    document.write_text(f"{before}{BEGIN}\n{listed}\n{END}{after}", encoding="utf-8")


def _tried(number: int, given: argparse.Namespace, folder: Path) -> int:
    """Try one row and print its line; how many tries failed."""
    row = ROWS[number]
    folder.mkdir()
    start = time.perf_counter()
    count = given.count if given.count is not None else row.full if given.full else row.short
    tally = row.work(folder, count, given.seed)
    seconds = time.perf_counter() - start
    figures = f"{tally.tried:9,}{tally.passed:9,}{len(tally.failed):9,}{seconds:10,.0f}"
    print(f"{number:4}{figures}   {row.what}", flush=True)
    if given.write:
        counted = f"{tally.tried:,} | {tally.passed:,} | {len(tally.failed):,} | {seconds:,.0f}"
        write(given.write, number, f"| {number} | {row.what} | {counted} |")
    for note in tally.notes:
        print(f"      {note}", flush=True)
    for failed in tally.failed[:SHOWN]:
        print(f"      FAILED {failed}", flush=True)
    if len(tally.failed) > SHOWN:
        print(f"      … and {len(tally.failed) - SHOWN} more", flush=True)
    return len(tally.failed)


def _given(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--rows", type=_rows, default=list(ROWS), help="numbers of rows, such as 1,2,7")
    parser.add_argument("--count", type=int, help="so many tries of each row")
    parser.add_argument("--seed", type=int, default=0, help="which random tries")
    parser.add_argument("--full", action="store_true", help="the full numbers of tries")
    parser.add_argument("--write", type=Path, metavar="FILE", help="a document whose table is to tell it")
    return parser.parse_args(arguments)


def _rows(words: str) -> list[int]:
    return [number for number in ROWS if str(number) in words.split(",")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
