"""The stable JSON shapes of every reading command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from loithe_xl.consolidation.receipts import Status
from loithe_xl.language.issues import Issue, has_error
from loithe_xl.report import page_json
from loithe_xl.tasks.office import shown
from loithe_xl.workbook.numbers import cell_number

if TYPE_CHECKING:  # no command needs what only another one does
    from loithe_xl.consolidation.consolidate import Child
    from loithe_xl.intake.openfile import ParentBook
    from loithe_xl.tasks.consolidate import ConsolidationResult
    from loithe_xl.tasks.packs import Examined
    from loithe_xl.tasks.repair import Repaired
    from loithe_xl.tasks.report import WrittenReport
    from loithe_xl.tasks.validate import Checked


def issue_json(found: Issue, lang: str) -> dict[str, str]:
    """One issue."""
    place = found.place
    where = {"sheet": place.sheet, "cell": place.cell, "field": place.field}
    return {"code": found.code, "severity": found.severity.value, **where, "message": found.message.to(lang)}


def pack_json(examined: Examined, lang: str) -> dict[str, Any]:
    """A pack's forms with what they ask, and its faults with the file of each."""
    told = [{"file": each.place.file, **issue_json(each, lang)} for each in examined.issues]
    return {"pack": examined.pack, "forms": [asdict(each) for each in examined.forms], "issues": told}


def validate_json(files: list[Checked], lang: str) -> dict[str, Any]:
    """``{"files": [...]}``."""
    return {"files": [_file_json(checked, lang) for checked in files]}


def status_json(parent: ParentBook, lang: str) -> dict[str, Any]:
    """Whose figures, of which period and cut-off, and the receipt list."""
    return {**_figures_json(parent), "children": children_json(parent.consolidation.children, lang)}


def _figures_json(parent: ParentBook) -> dict[str, Any]:
    identity = parent.identity
    return {
        "unit": identity.unit,
        "level": parent.layout.form.tier,
        "period": identity.period,
        "cutoff": identity.cutoff.isoformat(),
        "values": {id: number_json(value) for id, value in parent.consolidation.values.items()},
    }


def consolidate_json(result: ConsolidationResult, lang: str) -> dict[str, Any]:
    """Values, texts, children and the closed count of this run."""
    parent = result.parent
    done = parent.consolidation
    missing = sum(child.status is Status.MISSING for child in done.children)
    return {
        **_figures_json(parent),
        "texts": {id: [{"unit": unit, "text": said} for unit, said in listed] for id, listed in done.texts.items()},
        "children": children_json(result.children, lang),
        "issues": [issue_json(found, lang) for found in (*parent.issues, *done.issues, *result.issues)],
        "seen": result.seen,
        **{status.value: count for status, count in result.counts.items()},
        "skipped": result.skipped,
        "missing": missing,
    }


def children_json(children: Iterable[Child], lang: str) -> list[dict[str, Any]]:
    """The receipt list."""
    return [
        {
            "unit": child.unit or None,
            "name": child.name or None,
            "status": child.status.value,
            "late": child.late,
            "file": child.file or None,
            "sha256": None if child.sha.startswith("?") else child.sha or None,
            "received_at": child.received_at or None,
            "issues": [issue_json(found, lang) for found in child.issues],
        }
        for child in children
    ]


def report_json(reported: WrittenReport) -> dict[str, Any]:
    """Values, sentences and tables of a report."""
    answer: dict[str, Any] = page_json(reported.page)
    return answer


def repair_json(repaired: Repaired, lang: str) -> dict[str, Any]:
    """What was moved, with its place in the fresh form; what was left and why, with its place in the file."""
    return {
        "file": repaired.file,
        "unit": repaired.unit,
        "out": shown(repaired.out),
        "moved": [{"field": place.field, "sheet": place.sheet, "cell": place.cell} for place in repaired.moved],
        "left": [
            {"field": found.place.field, "sheet": found.place.sheet, "cell": found.place.cell}
            | {"why": found.message.to(lang)}
            for found in repaired.left
        ],
        "issues": [issue_json(found, lang) for found in repaired.issues],
    }


def number_json(value: int | Decimal | None) -> int | float | None:
    """A figure as JSON has it; whole numbers stay whole."""
    return None if value is None else cell_number(value)


def _file_json(checked: Checked, lang: str) -> dict[str, Any]:
    return {
        "file": checked.file,
        "unit": checked.unit or None,
        "period": checked.period or None,
        "level": checked.level or None,
        "ok": not has_error(checked.issues),
        "issues": [issue_json(found, lang) for found in checked.issues],
    }
