"""Measure the program against the bars of its issue: floors, peers and the program itself, interleaved in one run.

``.venv/bin/python scripts/bench.py`` prints the table; ``--json`` prints it as JSON; ``--write docs/performance.md``
puts it between that document's marks; ``--quick`` runs everything once on a few files, to see that it runs and that
all who compute the same figures agree. Medians are of ``--rounds`` rounds; nothing else should be running.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import peers
from loithe_xl import store, zipparts
from loithe_xl.demo.answers import Cast, cell_inputs
from loithe_xl.draw import form_book
from loithe_xl.identity import Identity, new_private_key, public_key, sign
from loithe_xl.layout import COMPUTED, Layout
from loithe_xl.register import Register, Unit
from loithe_xl.submission import Inputs, blank
from loithe_xl.tasks import packs
from loithe_xl.tasks.forge import Forge
from loithe_xl.tasks.generate import Term, term
from loithe_xl.tasks.render import Subject, cell_case, package, parent_case, salt_of

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- bench: scripts/bench.py --write -->", "<!-- end of bench -->"
COMMAND = "import sys; from loithe_xl.cli import main; main()"
WARM = """
import sys, time
from pathlib import Path
from loithe_xl.cli import shell, commands
from loithe_xl.tasks import check, lines, office, told
import cryptography.hazmat.primitives.asymmetric.ed25519, python_calamine, xml.parsers.expat
began = time.process_time(), time.perf_counter()
check.check([Path(sys.argv[1])], office.Office())
print(time.process_time() - began[0], time.perf_counter() - began[1])
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run: seconds of CPU and of the clock, and for a process the most memory it held, in MB."""

    cpu: float
    wall: float
    memory: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ``met`` is None where no bar was set; ``least``: the bar is a least, not a most."""

    what: str
    bar: str
    measured: str
    value: float
    limit: float | None = None
    least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the bar is met."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.least else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    rounds: int = 5
    starts: int = 41
    forms: int = 264
    slow_forms: int = 8  # of those that take 50 ms each
    files: int = 1000
    growth: tuple[int, ...] = (250, 1000, 4000)
    growth_rounds: int = 3


QUICK = Sizes(rounds=1, starts=2, forms=6, slow_forms=2, files=8, growth=(4, 8), growth_rounds=1)


class Campaign:
    """A made-up district of chi bộ cơ sở with their forms, fresh and filled, in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loaded = packs.load("loi_the")
        self.term: Term = term(self.loaded, None, None, None)
        self.key = new_private_key()
        self.forge = Forge(self.loaded, salt_of(public_key(self.key)))
        self.layout: Layout = self.loaded.by_form["base_cell"]

    def units(self, count: int) -> list[Unit]:
        """The district first, then its chi bộ cơ sở."""
        cells = (Unit(f"H.{n:05d}", f"Chi bộ số {n}", "cell", "H", members=12 + n % 30) for n in range(count))
        return [Unit("H", "Huyện Thử", "district"), *cells]

    def subject(self, unit: Unit, layout: Layout) -> Subject:
        """Whose form, signed."""
        when = self.term.period, self.term.cutoff, self.term.deadline
        identity = Identity(unit.code, *when, self.loaded.pack.id, layout.digest)
        return Subject(identity, sign(identity, self.key), unit.name, "Huyện Thử" if unit.parent else "")

    def inputs(self, unit: Unit) -> Inputs:
        """What a unit's secretary typed."""
        some = [f"H.{n:05d}" for n in range(10_000)]
        parts = Cast(frozenset(some[::3]), frozenset(some[::15]), frozenset(), frozenset(some[::2]))
        return cell_inputs(self.layout.form, unit, parts)

    def make(self, unit: Unit, inputs: Inputs | None = None) -> bytes:
        """A unit's form: signed and stamped."""
        return self.forge.form(self.layout, self.subject(unit, self.layout), inputs)

    def received(self, count: int) -> tuple[Path, Path]:
        """A parent's blank form, and a folder with the filled forms of its units."""
        folder = self.folder / f"{count}"
        parent, inbox = folder / "huyen.xlsx", folder / "nhan"
        if not folder.exists():
            units = self.units(count)
            layout = self.loaded.by_form["district"]
            top = self.subject(units[0], layout)
            case = parent_case(self.loaded, layout, top, blank(layout.form), Register(tuple(units)), (), {})
            files = ((inbox / f"{unit.code}.xlsx", self.make(unit, self.inputs(unit))) for unit in units[1:])
            list(store.write_many(inbox, files))
            parent.write_bytes(package(case, self.forge.salt))
        return parent, inbox

    @cached_property
    def added(self) -> dict[str, tuple[str, int, int]]:
        """What the peer adds up: every figure that is typed as a whole number and summed: its sheet and cell."""
        typed = {id: slot for id, slot in self.layout.slots.items() if slot.field.kind == "count"}
        return {
            id: (typed[id].sheet, typed[id].row, typed[id].column) for id in self.loaded.pack.indicators if id in typed
        }

    @cached_property
    def read_sheets(self) -> dict[str, str]:
        """The sheets that a reader needs, each with its part."""
        book = form_book(
            cell_case(self.loaded, self.layout, self.subject(self.units(1)[1], self.layout), blank(self.layout.form))
        )
        parts = {sheet.name: f"xl/worksheets/sheet{number}.xml" for number, sheet in enumerate(book.sheets, 1)}
        return {name: part for name, part in parts.items() if name not in COMPUTED}


class Bench:
    """One run of everything; each method gives its rows of the table, and asserts that those who must agree do."""

    def __init__(self, campaign: Campaign, sizes: Sizes) -> None:
        self.campaign, self.sizes = campaign, sizes
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        home, compiled = campaign.folder / "office", campaign.folder / "compiled"
        self.environment |= {"LOITHE_XL_HOME": str(home), "PYTHONPYCACHEPREFIX": str(compiled), "PYTHONUTF8": "1"}
        self.environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT / "scripts")])
        (home / "trusted").mkdir(parents=True)
        (home / "trusted" / "bench.pub").write_text(public_key(campaign.key), encoding="ascii")

    def rows(self) -> Iterator[Row]:
        """The whole table."""
        for part in (self.start, self.generate, self.consolidate, self.against_pandas, self.growth, self.validate):
            print(f"… {part.__name__}", file=sys.stderr)
            yield from part()

    def start(self) -> Iterator[Row]:
        """The time until help is there."""
        found = interleaved(
            self.sizes.starts,
            bare=lambda: self.process("-c", "pass"),
            help=lambda: self.process("-c", COMMAND, "--help"),
        )
        ratio = found["help"].cpu / found["bare"].cpu
        wall = found["help"].wall / found["bare"].wall
        shown = f"{ratio:.1f}× CPU, {wall:.1f}× wall ({1000 * found['help'].wall:.0f} ms)"
        yield Row("`loithe-xl --help`", "≤ 5× bare Python", shown, max(ratio, wall), 5)

    def generate(self) -> Iterator[Row]:
        """Fresh and filled forms against ready bytes, and against a form written cell by cell."""
        campaign, folder = self.campaign, self.campaign.folder / "written"
        units = campaign.units(self.sizes.forms)[1:]
        inputs = [campaign.inputs(unit) for unit in units]
        slow = [
            form_book(self.case(unit, each)) for unit, each in zip(units[: self.sizes.slow_forms], inputs, strict=False)
        ]
        paths = [folder / f"{unit.code}.xlsx" for unit in units]
        fresh = [campaign.make(unit) for unit in units]
        filled = [campaign.make(unit, each) for unit, each in zip(units, inputs, strict=True)]
        agree_written(
            filled[0], package(self.case(units[0], inputs[0]), campaign.forge.salt), slow[0], self.campaign.folder
        )

        def stamped(given: Sequence[Inputs | None]) -> None:
            made = (campaign.make(unit, each) for unit, each in zip(units, given, strict=True))
            list(store.write_many(folder, zip(paths, made, strict=True), zipparts.check))

        def by_cell() -> None:
            folder.mkdir()
            for path, book in zip(paths, slow, strict=False):
                peers.xlsxwriter_form(book, path)

        def anew(work: Callable[[], None]) -> Callable[[], Cost]:
            return lambda: measured(work, before=lambda: shutil.rmtree(folder, ignore_errors=True))

        found = interleaved(
            self.sizes.rounds,
            fresh=anew(lambda: stamped([None] * len(units))),
            floor=anew(lambda: peers.write_floor(list(zip(paths, fresh, strict=True)))),
            filled=anew(lambda: stamped(inputs)),
            floor_filled=anew(lambda: peers.write_floor(list(zip(paths, filled, strict=True)))),
            slow=anew(by_cell),
        )
        cpu = {name: 1000 * cost.cpu / (len(slow) if name == "slow" else len(units)) for name, cost in found.items()}
        shown = "{:.1f}× ({:.2f} ms; floor {:.2f} ms)"
        for what, name, floor, most in (
            ("identity only", "fresh", "floor", 2),
            ("filled in", "filled", "floor_filled", 10),
        ):
            ratio = cpu[name] / cpu[floor]
            told = shown.format(ratio, cpu[name], cpu[floor])
            yield Row(f"generate, per further file, {what}, CPU", f"≤ {most}× the write floor", told, ratio, most)
        for what, name, limit in (("identity only", "fresh", 50), ("filled in", "filled", None)):
            ratio = cpu["slow"] / cpu[name]
            bar = "≥ 50× faster" if limit else ""
            told = f"{ratio:.0f}× ({cpu['slow']:.0f} ms)"
            yield Row(f"the same against xlsxwriter per file, {what}, CPU", bar, told, ratio, limit, least=True)

    def case(self, unit: Unit, inputs: Inputs) -> Any:
        """One unit's filled form, to be rendered."""
        campaign = self.campaign
        return cell_case(campaign.loaded, campaign.layout, campaign.subject(unit, campaign.layout), inputs)

    def consolidate(self) -> Iterator[Row]:
        """The whole command, and its reading alone, against the barest reading of the same files."""
        count = self.sizes.files
        _, inbox = self.campaign.received(count)
        files, sheets = sorted(inbox.iterdir()), self.campaign.read_sheets
        parts = [*sheets.values(), "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"]
        found = interleaved(
            self.sizes.rounds,
            calamine=lambda: measured(lambda: peers.bare_calamine(files, list(sheets))),
            inflate=lambda: measured(lambda: peers.inflate(files, parts)),
            reading=lambda: self.gathered(count, "--dry-run")[0],
            whole=lambda: self.gathered(count)[0],
        )
        floor = found["calamine"].cpu
        told = "{:.1f}× CPU ({:.2f} ms a file; calamine {:.2f}), {:.1f}× wall"
        for what, name, limit in (("", "whole", 4), (", nothing written (--dry-run)", "reading", None)):
            cost = found[name]
            ratio = cost.cpu / floor
            shown = told.format(
                ratio, 1000 * cost.cpu / count, 1000 * floor / count, cost.wall / found["calamine"].wall
            )
            bar = "≤ 4× bare calamine, CPU" if limit else ""
            yield Row(f"consolidate {count} files, all guards{what}", bar, shown, ratio, limit)
        ratio = floor / found["inflate"].cpu
        yield Row("bare calamine against unpacking the same parts, CPU", "", f"{ratio:.1f}×", ratio)

    def gathered(self, count: int, *more: str) -> tuple[Cost, dict[str, Any]]:
        """One run of the command on a fresh parent: what it cost, and its answer."""
        blank_parent, inbox = self.campaign.received(count)
        target = self.campaign.folder / "tong-hop" / "huyen.xlsx"
        shutil.rmtree(target.parent, ignore_errors=True)
        target.parent.mkdir()
        shutil.copyfile(blank_parent, target)
        answer: list[bytes] = []
        asked = (
            "consolidate",
            str(inbox),
            "--into",
            str(target),
            "--now",
            "2023-03-01T08:00",
            "--format",
            "json",
            *more,
        )
        cost = self.process("-c", COMMAND, *asked, answer=answer)
        said = json.loads(answer[0])
        assert said["seen"] == said["accepted"] == count, {key: said[key] for key in ("seen", "accepted", "refused")}
        return cost, said

    def against_pandas(self) -> Iterator[Row]:
        """Whole processes by the clock: the command with all its guards, a script that only adds."""
        count = self.sizes.forms
        _, inbox = self.campaign.received(count)
        plan = self.campaign.folder / "cells.json"
        plan.write_text(json.dumps(self.campaign.added), encoding="utf-8")
        sums: list[bytes] = []
        script = [str(ROOT / "scripts" / "peers.py"), str(plan), *map(str, sorted(inbox.iterdir()))]
        values = self.gathered(count)[1]["values"]
        found = interleaved(
            self.sizes.rounds,
            ours=lambda: self.gathered(count)[0],
            theirs=lambda: self.process(*script, answer=sums),
        )
        for said in map(json.loads, sums):
            assert said == {id: values[id] for id in said}, "the sums of pandas and of the program differ"
        assert len(json.loads(sums[0])) > 5
        ratio = found["theirs"].wall / found["ours"].wall
        shown = f"{ratio:.1f}× ({found['ours'].wall:.1f} s; pandas {found['theirs'].wall:.1f} s)"
        what = f"consolidate {count} files, whole process, wall, against pandas + openpyxl"
        yield Row(what, "≥ 8× faster", shown, ratio, 8, least=True)

    def growth(self) -> Iterator[Row]:
        """Time per file and memory, from the smallest number of files to the largest."""
        sizes = self.sizes.growth
        runs = {str(count): lambda count=count: self.gathered(count)[0] for count in sizes}
        found = interleaved(self.sizes.growth_rounds, **runs)
        each = {count: 1000 * found[str(count)].cpu / count for count in sizes}
        told = ", ".join(f"{count}: {ms:.2f}" for count, ms in each.items())
        change = abs(each[sizes[-1]] / each[sizes[0]] - 1)
        what = f"{sizes[0]} → {sizes[-1]} files, "
        yield Row(what + "ms of CPU per file", "within 10 %", f"{told} ({100 * change:.0f} %)", change, 0.1)
        memory = [found[str(count)].memory for count in sizes]
        told = ", ".join(f"{count}: {held:.0f} MB" for count, held in zip(sizes, memory, strict=True))
        yield Row(what + "peak memory", "within 50 MB of the start", told, memory[-1] - memory[0], 50)
        yield Row(what + "peak memory, at most", "below 500 MB", f"{max(memory):.0f} MB", max(memory), 500)

    def validate(self) -> Iterator[Row]:
        """Python's part of checking one form, after its imports."""
        file = min(self.campaign.received(self.sizes.forms)[1].iterdir())

        def once() -> Cost:
            answer: list[bytes] = []
            self.process("-c", WARM, str(file), answer=answer)
            cpu, wall = map(float, answer[0].split())
            return Cost(cpu, wall)

        found = interleaved(self.sizes.rounds, once=once)["once"]
        shown = f"{1000 * found.cpu:.0f} ms CPU, {1000 * found.wall:.0f} ms wall"
        yield Row("validate one form, Python's part after imports", "≤ 150 ms", shown, 1000 * found.cpu, 150)

    def process(self, *arguments: str, answer: list[bytes] | None = None) -> Cost:
        """What one Python process cost, those included that it started and waited for."""
        began = time.perf_counter()
        with (
            tempfile.TemporaryFile() as told,  # progress; worth reading only when the process failed
            subprocess.Popen(
                [sys.executable, *arguments], env=self.environment, stdout=subprocess.PIPE, stderr=told
            ) as child,
        ):
            assert child.stdout
            said = child.stdout.read()
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode:
                told.seek(0)
                why = told.read().decode(errors="replace")
                raise RuntimeError(f"exit code {child.returncode}: {arguments[:3]}\n{why}")
        if answer is not None:
            answer.append(said)
        return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024)


def measured(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> Cost:
    """What some work in this process costs, after what comes before it."""
    before()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


def interleaved(rounds: int, **works: Callable[[], Cost]) -> Mapping[str, Cost]:
    """The median cost of each work; in every round each has its turn, so that a slow minute is a slow one for all."""
    found: dict[str, list[Cost]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(work())
    return {
        name: Cost(*(statistics.median(getattr(cost, part) for cost in costs) for part in ("cpu", "wall", "memory")))
        for name, costs in found.items()
    }


def agree_written(stamped: bytes, rendered: bytes, book: Any, folder: Path) -> None:
    """The stamped file is the rendered one, part by part; the peer's file holds the same values."""
    from python_calamine import CalamineWorkbook

    first, second = (zipfile.ZipFile(BytesIO(each)) for each in (stamped, rendered))
    assert first.namelist() == second.namelist()
    assert all(first.read(name) == second.read(name) for name in first.namelist())
    path = folder / "peer.xlsx"
    peers.xlsxwriter_form(book, path)
    ours, theirs = CalamineWorkbook.from_filelike(BytesIO(stamped)), CalamineWorkbook.from_path(str(path))
    for name in ours.sheet_names:
        assert ours.get_sheet_by_name(name).to_python() == theirs.get_sheet_by_name(name).to_python(), name


def table(rows: Sequence[Row]) -> str:
    """The table in Markdown."""
    lines = ["| what | bar | measured | met |", "|---|---|---|---|"]
    word = {True: "yes", False: "**no**", None: ""}
    return "\n".join([*lines, *(f"| {row.what} | {row.bar} | {row.measured} | {word[row.met]} |" for row in rows)])


def machine() -> str:
    """On what all this was measured."""
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description="Measure the program against its bars.")
    parser.add_argument("--quick", action="store_true", help="a few files once, to see that it runs and all agree")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--rounds", type=int, default=Sizes().rounds, help="rounds of which the medians are told")
    parser.add_argument(
        "--write", type=Path, metavar="FILE.md", help="put the table between the marks of this document"
    )
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="loithe-bench-") as folder:
        sizes = QUICK if given.quick else Sizes(rounds=given.rounds)
        rows = list(Bench(Campaign(Path(folder)), sizes).rows())
    if given.json:
        print(
            json.dumps(
                {"machine": machine(), "rows": [{**asdict(row), "met": row.met} for row in rows]},
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        print(f"{machine()}\n\n{table(rows)}")
    if given.write:
        text = given.write.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        after = rest.split(END)[1]
        told = (
            f"{machine()}; medians of {sizes.rounds} rounds, of start {sizes.starts}, of growth {sizes.growth_rounds}."
        )
        given.write.write_text(f"{before}{BEGIN}\n{told}\n\n{table(rows)}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
