"""What validate, consolidate and status tell a clerk: faults first, then whom to call, and last what to do next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from loithe_xl.consolidation.receipts import Status
from loithe_xl.consolidation.todo import NOT_TAKEN, ToDo, UnitCall, to_do
from loithe_xl.language.catalogue import text
from loithe_xl.language.issues import Issue, Severity
from loithe_xl.language.notation import moment
from loithe_xl.tasks.fault_output import ALTERED, FileFindings, fault_lines, note_lines, typed_path
from loithe_xl.tasks.office import shown
from loithe_xl.tasks.text_output import figure_lines, standing, status_words
from loithe_xl.workbook.ownsheets import RECEIPTS

if TYPE_CHECKING:  # no command needs what only another one does
    from loithe_xl.consolidation.consolidate import Child
    from loithe_xl.intake.openfile import ParentBook
    from loithe_xl.tasks.consolidate import ConsolidationResult
    from loithe_xl.tasks.validate import Checked

_TOLD_WITH_CALLS = frozenset({"UNIT_MISSING", "SUBMISSION_CONFLICT"})
MOST_CALLS = 20  # units to call that are told without --verbose
_MOVABLE = ALTERED | {"STRUCTURE_SHEET_EXTRA"}  # from such forms repair moves what was typed into a fresh one


def validate_lines(
    files: Sequence[Checked], paths: Sequence[Path], slips: Path | None, lang: str, every: bool = False
) -> Iterator[str]:
    """What was found in files that were given as ``paths``; ``slips``: where their return slips were written;
    ``every``: nothing shortened (--verbose)."""
    found = [FileFindings(each.file, each.unit, each.name, each.issues) for each in files]
    bad = sorted((each for each in found if each.bad), key=lambda each: each.order)
    noted = [each for each in found if each.issues and not each.bad]
    clean = [each for each in found if not each.issues]
    yield from fault_lines(bad, lang, every)
    yield from note_lines(found, lang, every)
    yield from _good_lines([each.called() for each in clean], "files_clean", lang, every)
    yield ""
    told = {"files": len(found), "good": len(found) - len(bad), "noted": len(noted), "bad": len(bad)}
    yield text("cli.validated", **told).to(lang)
    if bad:
        yield text("cli.send_back", count=len(bad), files="; ".join(_short(each) for each in bad)).to(lang)
    yield from _repair_lines(bad, lang)
    given = _given(paths)
    if slips:
        yield text("cli.slips_written", file=shown(slips)).to(lang)
    elif bad and given:
        yield text("cli.slips", command=f"loithe-xl validate {given} --out phieu-tra-lai.xlsx").to(lang)
    if len(bad) < len(found) and given:
        parent = text("cli.some_parent").to(lang)
        yield text("cli.next_above", command=f"loithe-xl consolidate --into {parent} {given}").to(lang)


def consolidate_lines(result: ConsolidationResult, lang: str, every: bool = False) -> Iterator[str]:
    """What was received and what is wrong, what the parent's figures come to, whom to call, and what to do next.

    A file whose only fault is told with its unit's call is not told twice; ``every``: nothing shortened (--verbose).
    """
    parent, now = result.parent, _of_run(result)
    tasks = to_do(parent.consolidation, result.beside)
    away = [child for child in now if child.status in NOT_TAKEN]
    called = {(call.unit, name) for call in tasks.calls for name in call.files}
    told = [each for each in away if every or len(_errors(each)) > 1 or (each.unit, _name(each.file)) not in called]
    taken = [child for child in now if child.status not in NOT_TAKEN]
    beside = _by_file(each for each in _beside(result) if every or each.code not in _TOLD_WITH_CALLS)
    yield from fault_lines(beside, lang, every)
    yield from fault_lines(_findings([*told, *taken]), lang, every)
    yield from note_lines([*beside, *_findings(taken)], lang, every)
    yield from _good_lines([each.called() for each in _findings(taken) if not each.issues], "files_taken", lang, every)
    yield from figure_lines(parent, lang, every)
    yield ""
    yield from _to_do_lines(tasks, lang, every)
    altered = [each for each in _findings(away) if (each.unit, _name(each.file)) in called]
    yield from _repair_lines(altered, lang)
    parts = [f"{status_words(status, lang)} {number}" for status, number in result.counts.items() if number]
    yield text("cli.consolidated", seen=result.seen, parts="; ".join(parts) or "0").to(lang)
    yield standing(parent).to(lang)
    yield _written(result, lang)
    yield from _next_lines(parent, lang)


def status_lines(parent: ParentBook, lang: str, every: bool = False) -> Iterator[str]:
    """Whom to call, who is all right, which files need nothing, and how many units that is."""
    found = to_do(parent.consolidation)
    yield from _to_do_lines(found, lang, True)
    yield text("cli.settled", count=len(found.settled)).to(lang)
    for child in found.settled:
        late = text("cli.late").to(lang) if child.late and child.file else ""
        parts = (child.unit, child.name, status_words(child.status, lang) + late, child.file, moment(child.received_at))
        yield "    " + " | ".join(part for part in parts if part)
    yield from note_lines(_findings(found.settled), lang, every)
    counted = Counter(child.status for child in parent.consolidation.children)
    yield ""
    yield "; ".join(f"{status_words(status, lang)}: {counted[status]}" for status in Status if counted[status])
    yield standing(parent).to(lang)
    yield from _next_lines(parent, lang)


def _of_run(result: ConsolidationResult) -> list[Child]:
    """The lines of this run's files. A unit's line may be of an earlier run's file, when what came now is older."""
    sent = {receipt.unit for receipt in result.parent.ledgers.receipts if receipt.sha in result.statuses}
    return [
        child
        for child in result.children
        if child.sha in result.statuses or (child.status is Status.ACCEPTED and child.unit in sent)
    ]


def _beside(result: ConsolidationResult) -> Iterator[Issue]:
    """What is told of the parent and of the run, beside the lines of files."""
    yield from dict.fromkeys((*result.parent.issues, *result.issues, *result.parent.consolidation.issues))


def _by_file(issues: Iterable[Issue]) -> list[FileFindings]:
    found: defaultdict[str, list[Issue]] = defaultdict(list)
    for each in issues:
        found[each.place.file].append(each)
    return [FileFindings(file, issues=tuple(told)) for file, told in found.items()]


def _errors(child: Child) -> list[Issue]:
    return [found for found in child.issues if found.severity is Severity.ERROR]


def _name(file: str) -> str:
    return PurePath(file).name


def _findings(children: Iterable[Child]) -> list[FileFindings]:
    return [FileFindings(each.file, each.unit, each.name, each.issues) for each in children]


def _good_lines(called: Sequence[str], key: str, lang: str, every: bool) -> Iterator[str]:
    if called:
        yield text(f"cli.{key}", count=len(called)).to(lang)
    yield from (f"    {each}" for each in called if every)


def _to_do_lines(found: ToDo, lang: str, every: bool) -> Iterator[str]:
    """Whom to call and what to say, a line per unit, and the files that need nothing."""
    yield text("cli.to_do" if found.calls else "cli.nothing_to_do", count=len(found.calls)).to(lang)
    shown_calls = found.calls if every or len(found.calls) <= MOST_CALLS + 1 else found.calls[:MOST_CALLS]
    for call in shown_calls:
        yield "    " + _call_line(call, lang)
    if len(shown_calls) < len(found.calls):
        yield "    " + text("cli.more_calls", count=len(found.calls) - len(shown_calls), sheet=RECEIPTS).to(lang)
    if found.idle:
        reasons = Counter(each.why.to(lang) for each in found.idle)
        told = "; ".join(text("cli.idle_reason", count=count, why=why).to(lang) for why, count in reasons.items())
        yield text("cli.idle_files", count=len(found.idle), reasons=told).to(lang)
    for each in found.idle:
        perhaps = each.perhaps
        if every or perhaps:
            hint = text("todo.hint", unit=perhaps.unit, name=perhaps.name).to(lang) if perhaps else each.why.to(lang)
            yield f"    {FileFindings(each.child.file, each.child.unit, each.child.name).called()}: {hint}"


def _call_line(call: UnitCall, lang: str) -> str:
    sent = text("todo.sent_yes" if call.sent else "todo.sent_no").to(lang)
    who = f"{call.unit} {call.name}".strip()
    files = f" ({', '.join(call.files)})" if call.files else ""
    if call.status is Status.MISSING:
        return f"{who}: {call.fault.to(lang)}" + (f" {call.remedy.to(lang)}" if call.hinted else "")
    return f"{who}: {sent}{files}. {call.fault.to(lang)} {call.remedy.to(lang)}".rstrip()


def _short(found: FileFindings) -> str:
    name = PurePath(found.file).name
    return f"{name} ({found.unit})" if found.unit else name


def _repair_lines(bad: Sequence[FileFindings], lang: str) -> Iterator[str]:
    """The forms that were altered and can be mended here, with the command for the first."""
    altered = [each for each in bad if any(found.code in _MOVABLE for found in each.issues)]
    if not altered:
        return
    yield text("cli.may_repair", count=len(altered), files="; ".join(_short(each) for each in altered)).to(lang)
    path = PurePath(altered[0].file)
    given, out = typed_path(str(path)), typed_path(str(path.with_name(f"{path.stem}-chua.xlsx")))
    if given:
        yield "    " + f"loithe-xl repair {given} --out {out}"


def _given(paths: Sequence[Path]) -> str:
    """The paths as they may be typed again; blank where there are many, or one cannot be."""
    said = [typed_path(shown(path)) for path in paths]
    return " ".join(said) if all(said) and len(said) <= 3 else ""


def _written(result: ConsolidationResult, lang: str) -> str:
    """What was written, in a line: the parent, its former version, the journal."""
    if result.written is None:
        told = [text("cli.unchanged", file=result.parent.file)]
    else:
        told = [text("cli.written_parent", file=shown(result.written))]
        told += [text("cli.copied", file=shown(result.copy))] if result.copy else []
    told += [text("cli.journal", file=shown(result.journal))] if result.journal else []
    return " ".join(each.to(lang) for each in told)


def _next_lines(parent: ParentBook, lang: str) -> Iterator[str]:
    """The command that follows: the report where the form has one, else how it stands."""
    given = typed_path(parent.file)
    if given:
        worded = parent.layout.form.tier in parent.loaded.pack.report
        yield text("cli.next", command=f"loithe-xl {'report' if worded else 'status'} {given}").to(lang)
