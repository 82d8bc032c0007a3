"""What the reading commands say in prose, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from loithe_xl.consolidation.receipts import Figure, Status
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.issues import Issue, Severity, has_error
from loithe_xl.language.notation import count, percent
from loithe_xl.tasks.office import shown

if TYPE_CHECKING:  # no command needs what only another one does
    from loithe_xl.intake.openfile import ParentBook
    from loithe_xl.tasks.consolidate import ConsolidationResult
    from loithe_xl.tasks.packs import Examined
    from loithe_xl.tasks.repair import Repaired


def issue_line(found: Issue, lang: str) -> str:
    """[LỖI] file, sheet!cell: fault and remedy; of a pack's file its key stands in the place of the cell."""
    mark = text("cli.mark_error" if found.severity is Severity.ERROR else "cli.mark_warning").to(lang)
    place = found.place
    key = place.field if found.severity is Severity.ERROR and place.file.endswith(".toml") else ""
    where = place.within or key
    told = ", ".join(part for part in (place.file, where) if part)
    return f"[{mark}] {told}: {found.message.to(lang)}" if told else f"[{mark}] {found.message.to(lang)}"


def figure_lines(parent: ParentBook, lang: str, every: bool = False) -> Iterator[str]:
    """The derived figures of a parent and those its units derived, one a line; ``every``: also those that are 0."""
    zero = 0
    for label, value, told in _figures(parent):
        if value == 0 and not every:
            zero += 1
        else:
            yield f"  {label.to(lang)}: {told}"
    if zero:
        yield "  " + text("cli.zero_figures", count=zero).to(lang)


def _figures(parent: ParentBook) -> Iterator[tuple[Text, Figure | None, str]]:
    """Label, value and how it is told."""
    done = parent.consolidation
    for derived in parent.layout.form.derived:
        value = done.values.get(derived.id)
        told = percent(value) if derived.kind == "rate" else "–" if value is None else count(value)
        yield derived.label, value, told
    for indicator in parent.loaded.pack.indicators.values():
        if not indicator.section.vi and indicator.id not in parent.layout.form.derived_by_id:
            value = done.values[indicator.id]
            unasked = value is None and indicator.id in done.lacks
            yield indicator.label, None if unasked else value or 0, "–" if unasked else count(value or 0)


def pack_lines(examined: Examined, lang: str) -> Iterator[str]:
    """A line per fault, a line per form with what it asks, and whether the pack may be used."""
    for found in examined.issues:
        yield issue_line(found, lang)
    for each in examined.forms:
        kept = text("cli.pack_kept" if each.kept else "cli.pack_unkept").to(lang)
        told = {"form": each.form, "title": each.title, "tier": each.tier, "inputs": each.inputs}
        yield text("cli.pack_form", **told, layout=each.layout, kept=kept).to(lang)
    key = "pack_bad" if has_error(examined.issues) else "pack_good"
    yield text(f"cli.{key}", pack=examined.pack, forms=len(examined.forms)).to(lang)


def repair_lines(repaired: Repaired, lang: str) -> Iterator[str]:
    """Where the fresh form is, what was moved sheet by sheet, and each thing that was not with its reason."""
    given = {"file": repaired.file, "unit": repaired.unit, "out": shown(repaired.out)}
    yield text("cli.repaired", **given).to(lang)
    counts = Counter(place.sheet for place in repaired.moved if place.cell)
    for sheet, cells in counts.items():
        yield "  " + text("cli.repair_moved", count=cells, sheet=sheet).to(lang)
    for place in repaired.moved:
        if not place.cell:
            yield "  " + text("cli.repair_whole", sheet=place.sheet).to(lang)
    for found in repaired.left:
        where = "!".join(part for part in (found.place.sheet, found.place.cell) if part)
        yield "  " + text("cli.repair_left", place=where, why=found.message).to(lang)
    key = "repair_some" if repaired.left else "repair_all"
    yield text(f"cli.{key}", moved=counts.total(), left=len(repaired.left)).to(lang)
    faults = sum(found.severity is Severity.ERROR for found in repaired.issues)
    if faults:
        yield text("cli.repair_faulty", count=faults).to(lang)


def run_failed(result: ConsolidationResult) -> bool:
    """Whether a run ends with exit code 1: an ERROR, or a file refused, foreign or in conflict."""
    parent = result.parent
    turned_away = (Status.REFUSED, Status.FOREIGN, Status.CONFLICT)
    found = (*parent.issues, *result.issues, *parent.consolidation.issues)
    return any(result.counts[status] for status in turned_away) or has_error(found)


def standing(parent: ParentBook) -> Text:
    """How many direct units have figures, how many of them came late, and how many have none."""
    rows = parent.consolidation.rows
    late = {child.unit for child in parent.consolidation.children if child.late and child.status is Status.ACCEPTED}
    missing = sum(row is None for row in rows.values())
    told = {"received": len(rows) - missing, "total": len(rows), "late": len(late & rows.keys()), "missing": missing}
    return text("cli.standing", **told)


def status_words(status: Status, lang: str) -> str:
    """A status as users read it."""
    found: Text = text(f"form.status_{status.value}")
    return found.to(lang)
