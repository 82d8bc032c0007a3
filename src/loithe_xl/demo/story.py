"""The steps of the demonstration, each the very task that a command or a button runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from loithe_xl.consolidation.receipts import Status
from loithe_xl.demo.answers import Cast, cast, district_inputs
from loithe_xl.demo.offices import FRIDAY, LATE, Collection, Letter, collected, filled_form, typed
from loithe_xl.draw import packs
from loithe_xl.form.terms import term
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.issues import Fault, has_error, issue
from loithe_xl.language.notation import percent
from loithe_xl.register.file import sample_register
from loithe_xl.register.filenames import folder_name
from loithe_xl.register.register import Register, Unit
from loithe_xl.system import pdf
from loithe_xl.tasks import registers
from loithe_xl.tasks.consolidate import ConsolidationRequest, consolidate
from loithe_xl.tasks.generate import Request, generate, wanted
from loithe_xl.tasks.office import Office, shown
from loithe_xl.tasks.report import report
from loithe_xl.tasks.validate import check

Job = TypeVar("Job", Letter, Collection)
FORMS_FOLDER, RECEIVED_FOLDER, RESULT = "1-bieu-mau", "2-nhan-ve", "3-ket-qua"
TWICE = 5  # bases that consolidate in two deliveries
MARKER, DAMAGED = ".loithe-demo", "BC bi hong.xlsx"
Say = Callable[[Text], None]


def run(out: Path, office: Office, say: Say, wrote: Say) -> None:
    """Play the whole campaign into ``out``; only a folder that an earlier run made is replaced.

    ``say`` hears the story, ``wrote`` of each file that was written.
    """
    _clear(out)
    stage = _Stage(out, office, say, wrote)
    stage.forms()
    stage.fill()
    stage.validate()
    stage.bases()
    stage.district()
    stage.report()


class _Stage:
    """The sample district while it goes through the campaign."""

    def __init__(self, out: Path, office: Office, say: Say, wrote: Say) -> None:
        self.out, self.office, self.say, self.wrote = out, office, say, wrote
        self.loaded = packs.load("loi_the")
        self.term = term(self.loaded, None, None, None)
        self.register: Register = sample_register().at(self.term.cutoff)
        self.top: Unit = self.register.of_tier("district")[0]
        self.cells = self.register.cells(self.top.code)
        self.parts: Cast = cast(self.cells)
        self.paths: dict[str, Path] = {}
        self.base_files: dict[str, Path] = {}

    def forms(self) -> None:
        """Step 1: the register and a form for every unit."""
        self._wrote(registers.make(self.out / FORMS_FOLDER / "danh-muc-mau.xlsx", sample=True))
        request = Request(self.loaded, self.register, self.term, "district", True, (), self.out / FORMS_FOLDER)
        for unit, path in zip(wanted(request), generate(request, self.office), strict=True):
            self.paths[unit.code] = path
            self._wrote(path)
        self._wrote(request.send_list)
        self._told("demo_forms", count=len(self.paths), folder=self.out / FORMS_FOLDER)

    def fill(self) -> None:
        """Step 2: the cells fill their forms in and mail them back, under whatever names."""
        sent = [cell for cell in self.cells if cell.code not in self.parts.silent]
        jobs = [self._letter(unit, f"BC lan 1 ({number}).xlsx") for number, unit in enumerate(sent, 1)]
        again = next(cell for cell in sent if cell.parent != self.top.code)
        changed = (("revision", 2), ("commended_members", 1))
        jobs.append(replace(self._letter(again, "BC lan 2 - ban cuoi.xlsx"), changed=changed))
        self._share_out(filled_form, jobs, "fill")
        folder = jobs[-1].target.parent
        first = _first(folder)
        copy, damaged = folder / f"Copy of {first.name}", folder / DAMAGED
        shutil.copyfile(first, copy)
        damaged.write_bytes(first.read_bytes()[:5000])
        for path in (copy, damaged):
            self._wrote(path)
        self._told("demo_filled", count=len(sent), silent=len(self.parts.silent), folder=self.out / RECEIVED_FOLDER)

    def _letter(self, unit: Unit, name: str) -> Letter:
        above = self.register.unit(unit.parent)
        folder = folder_name(above) if above and above.tier == "base" else "chi-bo-co-so"
        return Letter(self.paths[unit.code], self.out / RECEIVED_FOLDER / folder / name, unit, self.parts)

    def validate(self) -> None:
        """Step 3: one folder is checked, a damaged file in it."""
        folder = next(path.parent for path in (self.out / RECEIVED_FOLDER).rglob(DAMAGED))
        files, _ = check([folder], self.office)
        bad = sum(has_error(opened.issues) for opened in files)
        self._told("demo_checked", folder=folder, files=len(files), bad=bad)

    def bases(self) -> None:
        """Step 4: each base adds its own entries and consolidates; some already on Monday, and again on Friday."""
        bases = [unit for unit in self.register.children(self.top.code) if unit.tier == "base"]
        jobs = []
        for number, unit in enumerate(bases):
            form, received = self.paths[unit.code], self.out / RECEIVED_FOLDER / folder_name(unit)
            self.base_files[unit.code] = self.out / RESULT / received.name / form.name
            jobs.append(Collection(form, self.base_files[unit.code], unit, received, number < TWICE, self.office.key))
        self._share_out(collected, jobs, "consolidate")
        self._told("demo_bases", count=len(bases), twice=TWICE)

    def district(self) -> None:
        """Step 5: the district receives its bases (one of them late) and its chi bộ cơ sở."""
        path = self.paths[self.top.code]
        target = self.out / RESULT / path.name
        typed(path, target, district_inputs(self.loaded.pack.forms["district"], self.cells))
        files = list(self.base_files.values())
        consolidate(
            ConsolidationRequest(target, (*files[:-1], self.out / RECEIVED_FOLDER / "chi-bo-co-so")),
            replace(self.office, now=FRIDAY),
        )
        straight = _first(self.out / RECEIVED_FOLDER / files[0].parent.name)
        done = consolidate(ConsolidationRequest(target, (files[-1], straight)), replace(self.office, now=LATE))
        self.target = target
        counts = {status: number for status, number in done.counts.items() if number}
        self._wrote(target)
        self._told("demo_district", accepted=counts.get(Status.ACCEPTED, 0), covered=counts.get(Status.COVERED, 0))

    def report(self) -> None:
        """Step 6: the district's report, and the four figures of the story."""
        out = self.out / RESULT / "bao-cao-huyen.xlsx"
        wanted = out.with_suffix(".pdf") if pdf.program() else None
        office = replace(self.office, now=LATE)
        reported = report(self.target, out, None, wanted, office)
        for path in (reported.written, reported.pdf):
            if path:
                self._wrote(path)
        self._told("demo_report", file=reported.pdf or out)
        for name in (FORMS_FOLDER, RECEIVED_FOLDER, RESULT):
            self._told(f"demo_folder_{name[0]}", folder=self.out / name)
        self._told("demo_status", file=self.target)
        done = reported.parent.consolidation
        for line in reported.page.body:
            if "sinh hoạt chính trị (trong đó" in line.shown:
                self.say(Text(line.shown))
        values = done.values
        whole, held, completed = (values[id] for id in ("cells_total", "cells_held", "cells_completed"))
        self.say(
            text("cli.demo_end", total=whole, held=held, completed=completed, rate=percent(values["rate_cells_held"]))
        )

    def _share_out(self, work: Callable[[Job], Path], jobs: Sequence[Job], label: str) -> None:
        """Many like jobs over all processors, as many offices work at once."""
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            done = pool.map(work, jobs)
            for _, path in zip(self.office.progress([job.form for job in jobs], label), done, strict=True):
                self._wrote(path)

    def _wrote(self, path: Path) -> None:
        self.wrote(text("cli.written", file=shown(path)))

    def _told(self, key: str, **args: object) -> None:
        told = {name: shown(value) if isinstance(value, Path) else value for name, value in args.items()}
        self.say(text(f"cli.{key}", **told))


def _first(folder: Path) -> Path:
    return min(folder.glob("BC lan 1*"))


def _clear(out: Path) -> None:
    if out.exists():
        if not (out / MARKER).exists() and any(out.iterdir()):
            raise Fault([issue("DEMO_FOLDER_IN_USE", folder=shown(out))], 2)
        shutil.rmtree(out)
    out.mkdir(parents=True)
    (out / MARKER).write_text("", encoding="ascii")
