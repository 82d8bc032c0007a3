"""The tier's report: as a sheet of its own file, from a parent's figures, with what was edited by hand kept."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from loithe_xl.draw.render import page_of, salt_of
from loithe_xl.intake import proving
from loithe_xl.intake.openfile import ParentBook
from loithe_xl.language.catalogue import text
from loithe_xl.language.issues import Fault, Issue, issue
from loithe_xl.pack.spec import Pack
from loithe_xl.reading import guard, reader
from loithe_xl.register.register import TIER_WORDS
from loithe_xl.report import Draft, Edit, Page, read_edits
from loithe_xl.report.sheet import report_book, report_tokens
from loithe_xl.system import disk, pdf, store
from loithe_xl.tasks.consolidate import open_parent
from loithe_xl.tasks.office import Office, beside, ends, shown, spare_forms
from loithe_xl.tasks.sandbox import read_one
from loithe_xl.workbook import protection, writer


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """A composed report and the files it went to."""

    parent: ParentBook
    page: Page
    written: Path | None = None
    pdf: Path | None = None
    issues: tuple[Issue, ...] = ()


def report(path: Path, out: Path | None, profile: str | None, pdf_to: Path | None, office: Office) -> WrittenReport:
    """Compose the report of the parent at ``path`` and write it where asked; without ``out`` it is composed only.

    ``profile``: its form of paper, the pack's first by default. Fault when the parent's tier has no report, the parent
    cannot be read, or ``out`` is one of our forms; what was edited in a former ``out`` is kept.
    """
    if pdf_to:
        ends(pdf_to, ".pdf")
        spare_forms(pdf_to)
    parent = open_parent(path)
    target = out or (_beside(path) if pdf_to else None)
    edits = read_edits(parent.grids) | (_former(target, parent) if target and target.exists() else {})
    page = page_for(parent, edits, profile, office)
    if target is None:
        return WrittenReport(parent, page)
    book = report_book(page, parent.token, office.lang)
    data = writer.render(book, protection.protection(parent.loaded.pack.password, salt_of(parent.key)))
    written = store.write_over(target, data, office.stamp, verify=proving.cells(book, target.name))
    failed = _pdf(written, pdf_to) if pdf_to else None
    made = pdf_to if pdf_to and failed is None else None
    told = *beside(target, written), *_unwritten(page, written), *((failed,) if failed else ())
    return WrittenReport(parent, page, written, made, told)


def _unwritten(page: Page, file: Path) -> list[Issue]:
    """That somebody has yet to write in the report what no figure says."""
    places = [page.heading_of(line) for line in page.unwritten]
    said = "; ".join(f"“{place}”" for place in places)
    return [issue("REPORT_UNWRITTEN", count=len(places), places=said, file=shown(file))] if places else []


def _pdf(report: Path, target: Path) -> Issue | None:
    with suppress(OSError):  # what hinders it here hinders the writing too, and is said then
        target.parent.mkdir(parents=True, exist_ok=True)
    found = pdf.convert(report, target)
    return found.in_file(shown(target)) if found else None


def page_for(parent: ParentBook, edits: Mapping[str, Edit], profile: str | None, office: Office) -> Page:
    """The report of an opened parent; Fault when its tier has none."""
    told = replace(parent.unit_form, lang=office.lang)
    figures = parent.ledgers.register, parent.consolidation
    page = page_of(told, parent.inputs, *figures, Draft(edits, profile, office.now.date()))
    if page is None:
        raise Fault([_unworded(parent.loaded.pack, parent.file)], 2)
    return page


def _unworded(pack: Pack, file: str) -> Issue:
    tiers = [TIER_WORDS[tier] for tier in pack.report if tier in TIER_WORDS]
    known = text("report.tiers", tiers=", ".join(tiers)) if tiers else text("report.no_tier")
    return issue("REPORT_NONE_FOR_TIER", pack=pack.id, file=file, known=known)


def _former(out: Path, parent: ParentBook) -> dict[str, Edit]:
    """What was edited in the report file that is about to be made again; Fault when that file is something else."""
    found = read_one(out, _edited)
    if isinstance(found, Issue):
        raise Fault([issue("REPORT_UNREADABLE", file=out.name, why=found.code), found.in_file(out.name)], 2)
    tokens, edits = found
    if not tokens:
        raise Fault([issue("REPORT_NOT_OURS", file=out.name)], 2)
    if tokens != {parent.token}:
        raise Fault([issue("REPORT_OF_OTHER", file=out.name)], 2)
    return edits


def _edited(path: Path) -> tuple[frozenset[str], dict[str, Edit]] | Issue:
    """The tokens that a file carries as a report's does, none where it is none, and what was edited in it."""
    data = guard.admit(path)
    received = data if isinstance(data, Issue) else reader.read(data)
    if isinstance(received, Issue):
        return received if _is_workbook(path, received) else (frozenset(), {})
    return report_tokens(received), read_edits(received.grids)


def _is_workbook(path: Path, why: Issue) -> bool:
    """Whether a file that cannot be read may be a report all the same."""
    if why.code in ("FILE_PASSWORD", "FILE_NO_ACCESS", "FILE_TOO_LARGE"):
        return True
    with path.open("rb") as file:
        return file.read(4) == b"PK\3\4"


def _beside(path: Path) -> Path:
    return disk.beside(path, "_bao-cao.xlsx")
