"""Measure the program against its bars: floors, peers and the program itself, interleaved in one run.

``.venv/bin/python scripts/bench.py`` prints the table; ``--json`` prints it as JSON; ``--write docs/performance.md``
puts it between that document's marks; ``--quick`` runs everything once on a few files, to see that it runs and that
all who compute the same figures agree. Medians are of ``--rounds`` rounds; nothing else should be running.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import peers
import steps
from campaign import Campaign
from costs import Cost, Row, interleaved, machine, measured, process, table
from loithe_xl.draw import form_book
from loithe_xl.draw.render import cell_case, package
from loithe_xl.form.inputs import Inputs
from loithe_xl.identity.token import public_key
from loithe_xl.register.register import Unit
from loithe_xl.system import store
from loithe_xl.workbook import zipparts

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- bench: scripts/bench.py --write -->", "<!-- end of bench -->"
COMMAND = "import sys; from loithe_xl.cli import main; main()"
ANSWER = ("--now", "2023-03-01T08:00", "--format", "json")
WARM = """
import sys, time
from pathlib import Path
from loithe_xl.cli import shell, commands
from loithe_xl.tasks import json_output, office, text_output, validate
import cryptography.hazmat.primitives.asymmetric.ed25519, python_calamine, xml.parsers.expat
began = time.process_time(), time.perf_counter()
validate.check([Path(sys.argv[1])], office.Office())
print(time.process_time() - began[0], time.perf_counter() - began[1])
"""


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
        parts = (
            self.start,
            self.generate,
            self.consolidate,
            self.reading,
            self.against_pandas,
            self.growth,
            self.validate,
        )
        for part in parts:
            print(f"… {part.__name__}", file=sys.stderr)
            yield from part()

    def start(self) -> Iterator[Row]:
        """The time until help is there."""
        found = interleaved(
            self.sizes.starts,
            bare=lambda: process(self.environment, "-c", "pass"),
            help=lambda: process(self.environment, "-c", COMMAND, "--help"),
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
        some = zip(units[: self.sizes.slow_forms], inputs, strict=False)
        slow = [form_book(self.case(unit, each)) for unit, each in some]
        paths = [folder / f"{unit.code}.xlsx" for unit in units]
        fresh = [campaign.make(unit) for unit in units]
        filled = [campaign.make(unit, each) for unit, each in zip(units, inputs, strict=True)]
        direct = package(self.case(units[0], inputs[0]), campaign.renderer.salt)
        peers.agree(filled[0], direct, slow[0], campaign.folder)

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
        infos = zipfile.ZipFile(BytesIO(filled[0])).infolist()
        told = f"{len(filled[0]) / 1000:.0f} KB, {sum(info.file_size for info in infos) / 1000:.0f} KB unpacked"
        yield Row("one form, filled in", "", told, len(filled[0]))
        for what, name, limit in (("identity only", "fresh", 50), ("filled in", "filled", None)):
            ratio = cpu["slow"] / cpu[name]
            bar = "≥ 50× faster" if limit else ""
            told = f"{ratio:.0f}× ({cpu['slow']:.0f} ms)"
            yield Row(f"the same against xlsxwriter per file, {what}, CPU", bar, told, ratio, limit, least=True)

    def case(self, unit: Unit, inputs: Inputs) -> Any:
        """One unit's filled form, to be rendered."""
        campaign = self.campaign
        return cell_case(campaign.unit_form(unit, campaign.layout), inputs)

    def consolidate(self) -> Iterator[Row]:
        """The whole command, and its reading alone, against the barest reading of the same files."""
        count = self.sizes.files
        _, inbox = self.campaign.received(count)
        files, sheets = sorted(inbox.iterdir()), self.campaign.read_sheets
        parts = [*sheets.values(), "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"]
        found = interleaved(
            self.sizes.rounds,
            calamine=lambda: measured(lambda: peers.bare_calamine(files, list(sheets))),
            every=lambda: measured(lambda: peers.bare_calamine(files)),
            inflate=lambda: measured(lambda: peers.inflate(files, parts)),
            reading=lambda: self.result(count, "--dry-run")[0],
            whole=lambda: self.result(count)[0],
        )
        floor = found["calamine"].cpu
        told = "{:.1f}× CPU ({:.2f} ms a file; calamine {:.2f}), {:.1f}× wall"
        for what, name, limit in (("", "whole", 4), (", nothing written (--dry-run)", "reading", None)):
            cost = found[name]
            ratio = cost.cpu / floor
            each, wall = 1000 / count, cost.wall / found["calamine"].wall
            shown = told.format(ratio, each * cost.cpu, each * floor, wall)
            bar = "≤ 4× bare calamine, CPU" if limit else ""
            yield Row(f"consolidate {count} files, all guards{what}", bar, shown, ratio, limit)
        ratio = found["whole"].cpu / found["every"].cpu
        told = f"{ratio:.1f}× CPU ({1000 * found['every'].cpu / count:.2f} ms a file)"
        yield Row("the same against bare calamine reading every sheet, the computed ones too", "", told, ratio)
        ratio = floor / found["inflate"].cpu
        yield Row("bare calamine against unpacking the same parts, CPU", "", f"{ratio:.1f}×", ratio)

    def result(self, count: int, *more: str) -> tuple[Cost, dict[str, Any]]:
        """One run of the command on a fresh parent: what it cost, and its answer."""
        blank_parent, inbox = self.campaign.received(count)
        target = self.campaign.folder / "tong-hop" / "huyen.xlsx"
        shutil.rmtree(target.parent, ignore_errors=True)
        target.parent.mkdir()
        shutil.copyfile(blank_parent, target)
        answer: list[bytes] = []
        asked = ("consolidate", str(inbox), "--into", str(target), *ANSWER, *more)
        cost = process(self.environment, "-c", COMMAND, *asked, answer=answer)
        said = json.loads(answer[0])
        assert said["seen"] == said["accepted"] == count, {key: said[key] for key in ("seen", "accepted", "refused")}
        return cost, said

    def reading(self) -> Iterator[Row]:
        """Where the time goes, step by step, beside calamine's."""
        _, inbox = self.campaign.received(self.sizes.files)
        found = steps.costs(sorted(inbox.iterdir()), self.campaign.loaded)
        floor = found["calamine"]
        yield Row("reading one file, all steps", "", f"{sum(found.values()):.2f} ms", sum(found.values()))
        for step, cost in found.items():
            yield Row(f"– {step}", "", f"{cost:.2f} ms ({cost / floor:.2f}× calamine)", cost)

    def against_pandas(self) -> Iterator[Row]:
        """Whole processes by the clock: the command with all its guards, a script that only adds."""
        count = self.sizes.forms
        _, inbox = self.campaign.received(count)
        plan = self.campaign.folder / "cells.json"
        plan.write_text(json.dumps(self.campaign.added), encoding="utf-8")
        sums: list[bytes] = []
        script = [str(ROOT / "scripts" / "peers.py"), str(plan), *map(str, sorted(inbox.iterdir()))]
        values = self.result(count)[1]["values"]
        found = interleaved(
            self.sizes.rounds,
            ours=lambda: self.result(count)[0],
            theirs=lambda: process(self.environment, *script, answer=sums),
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
        runs = {str(count): lambda count=count: self.result(count)[0] for count in sizes}
        found = interleaved(self.sizes.growth_rounds, **runs)
        cpu = {count: 1000 * found[str(count)].cpu for count in sizes}
        each = {count: ms / count for count, ms in cpu.items()}
        told = ", ".join(f"{count}: {ms:.2f}" for count, ms in each.items())
        change = abs(each[sizes[-1]] / each[sizes[0]] - 1)
        what = f"{sizes[0]} → {sizes[-1]} files, "
        yield Row(what + "ms of CPU per file", "within 10 %", f"{told} ({100 * change:.0f} %)", change, 0.1)
        further = [(cpu[more] - cpu[count]) / (more - count) for count, more in pairwise(sizes)]
        told = " and ".join(f"{ms:.2f}" for ms in further)
        change = further[-1] / further[0] - 1
        yield Row(what + "ms of CPU for each further file", "", f"{told} ({100 * change:+.0f} %)", change)
        memory = [found[str(count)].memory for count in sizes]
        told = ", ".join(f"{count}: {held:.0f} MB" for count, held in zip(sizes, memory, strict=True))
        yield Row(what + "peak memory", "within 50 MB of the start", told, memory[-1] - memory[0], 50)
        yield Row(what + "peak memory, at most", "below 500 MB", f"{max(memory):.0f} MB", max(memory), 500)

    def validate(self) -> Iterator[Row]:
        """Python's part of checking one form, after its imports."""
        file = min(self.campaign.received(self.sizes.forms)[1].iterdir())

        def once() -> Cost:
            answer: list[bytes] = []
            process(self.environment, "-c", WARM, str(file), answer=answer)
            cpu, wall = map(float, answer[0].split())
            return Cost(cpu, wall)

        found = interleaved(self.sizes.rounds, once=once)["once"]
        shown = f"{1000 * found.wall:.0f} ms wall, a worker begun and ended"
        yield Row("validate one form, Python's part after imports", "≤ 150 ms", shown, 1000 * found.wall, 150)


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
        said = {"machine": machine(), "rows": [{**asdict(row), "met": row.met} for row in rows]}
        print(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        print(f"{machine()}\n\n{table(rows)}")
    if given.write:
        text = given.write.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        after = rest.split(END)[1]
        told = f"{machine()}; medians of {sizes.rounds} rounds, start {sizes.starts}, growth {sizes.growth_rounds}"
        given.write.write_text(f"{before}{BEGIN}\n{told}.\n\n{table(rows)}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
