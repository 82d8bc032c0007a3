"""The buttons: each asks what it must, runs the task that the command line runs, and says what came of it.

A function under ``@button`` is one; its name is the control's on the ribbon, ``Loithe_<name>``.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from loithe_xl import __version__
from loithe_xl.addin import live
from loithe_xl.addin.dialogs import Click, Stopped
from loithe_xl.addin.excel import app
from loithe_xl.addin.frame import BUTTONS as BUTTONS
from loithe_xl.addin.frame import button
from loithe_xl.consolidation.todo import to_do
from loithe_xl.intake.openfile import OpenedForm, ParentBook
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.issues import Issue, Severity
from loithe_xl.tasks.consolidate import ConsolidationResult
from loithe_xl.tasks.office import ends
from loithe_xl.tasks.text_output import standing, status_words
from loithe_xl.workbook.ownsheets import (
    ANNEX,
    ANNEX_OPINIONS,
    CHART,
    CHECK,
    GUIDE,
    JOURNAL,
    LISTED_TOP,
    RECEIPTS,
    REPORT,
    TITLE_CELL,
)

MOST_NOTICES = 5  # told in one message


@button
def validate(click: Click) -> None:
    """Check the open workbook: mark its faulty cells and list every issue."""
    with click.working():
        found = live.check(click.book, click.office)
    if not found.issues:
        return click.say(text("addin.valid"))
    click.show(CHECK, f"A{LISTED_TOP}")
    errors, warnings = _levels(found)
    said = [text("addin.found", errors=errors, warnings=warnings, sheet=CHECK, row=LISTED_TOP)]
    return click.say(*said, *([] if errors else [text("addin.may_submit", warnings=warnings)]))


@button
def consolidate_folder(click: Click) -> None:
    """Take the reports of a folder into the open parent."""
    app.place_of(click.book)
    _consolidate(click, (click.folder("pick_folder"),))


@button
def consolidate_files(click: Click) -> None:
    """Take chosen reports into the open parent."""
    app.place_of(click.book)
    _consolidate(click, click.files("pick_files"))


@button
def report(click: Click) -> None:
    """Make the report sheet of the open parent anew."""
    with click.working():
        made = live.report(click.book, click.office)
    click.show(REPORT)
    moved = sum(line.moved for line in made.page.body)
    said = [text("addin.reported", sheet=REPORT, copy=made.copy.name)]
    said += [text("addin.moved", count=moved)] if moved else []
    unwritten = len(made.page.unwritten)
    click.say(*said, *([text("addin.unwritten", count=unwritten)] if unwritten else []))


@button
def status(click: Click) -> None:
    """Show who sent, who is late and who is missing."""
    with click.working():
        parent = live.status(click.book)
    click.show(RECEIPTS)
    click.say(standing(parent), _to_call(parent))


@button
def generate(click: Click) -> None:
    """Make the forms of the tiers beneath: of the open parent, or of a register that the user chooses."""
    from loithe_xl.addin import formrequest

    with click.working():
        parent = live.parent_or_none(click.book)
    if parent:
        given = formrequest.beneath(parent)
    else:
        register = click.files("pick_register")[0]
        app.require_saved(click.book.app, register)
        ask_pack, ask_period = partial(click.choice, "ask_pack"), partial(click.words, "ask_period")
        given = formrequest.of_register(register, ask_pack, ask_period)
    if given is None:
        return click.say(text("addin.none_beneath"))
    folder = click.folder("pick_out")
    noticed: list[Issue] = []
    with click.working():
        made = formrequest.write(given, folder, replace(click.office, notice=noticed.append))
    told = [found.message for found in noticed[:MOST_NOTICES]]
    told += [text("addin.and_more", count=len(noticed) - MOST_NOTICES)] if len(noticed) > MOST_NOTICES else []
    return click.say(text("addin.made", count=len(made), folder=folder), *told)


@button
def pdf(click: Click) -> None:
    """Export the report and its annexes that say something as one PDF."""
    there = {page.name for page in click.book.sheets}
    if REPORT not in there:
        return click.say(text("addin.pdf_none", sheet=REPORT), grave=True)
    start = app.place_of(click.book)
    target = app.ask_target(click.book.app, start.with_name(f"{start.stem}_bao-cao.pdf"), _filter(click))
    if target is None:
        raise Stopped
    ends(target, ".pdf")
    annexed = ANNEX_OPINIONS in there and click.book.sheets[ANNEX_OPINIONS].range(TITLE_CELL).value
    try:
        app.export(click.book, (REPORT, ANNEX, CHART, *([ANNEX_OPINIONS] if annexed else [])), target)
    except Exception:  # Excel's only way to say that it could not
        return click.say(text("addin.pdf_failed", path=target), grave=True)
    return click.say(text("addin.pdf_done", path=target))


@button
def help(click: Click) -> None:
    """Say what the buttons do, with the form's own guide behind it."""
    with suppress(Exception):  # a workbook of somebody else has no guide
        click.show(GUIDE)
    click.say(text("addin.help", version=__version__))


@button
def journal(click: Click) -> None:
    """Show what every run received and decided."""
    if JOURNAL not in {page.name for page in click.book.sheets}:
        return click.say(text("addin.journal_none", sheet=JOURNAL), grave=True)
    return click.show(JOURNAL)


def _consolidate(click: Click, paths: Sequence[Path]) -> None:
    with click.working():
        done = live.consolidate(click.book, paths, click.office)
    click.show(RECEIPTS)
    parts = "; ".join(f"{status_words(status, click.lang)} {count}" for status, count in done.counts.items() if count)
    said = [text("addin.taken_in", seen=done.seen, parts=parts or "0", skipped=done.skipped), standing(done.parent)]
    said += [text("addin.saved", copy=done.copy.name)] if done.copy else [text("addin.nothing_new")]
    click.say(*said, *_warnings(done), _to_call(done.parent))


def _warnings(done: ConsolidationResult) -> list[Text]:
    errors, _ = _levels(done.parent)
    worth_telling = [each for each in done.issues if each.severity is Severity.ERROR or each.code == "PARENT_FOREIGN"]
    told = [found.message for found in worth_telling][:3]
    return [*told, *([text("addin.own_faults", errors=errors)] if errors else [])]


def _to_call(parent: ParentBook) -> Text:
    """How many units are to be called, and where it stands what to tell them."""
    return text("addin.to_call", count=len(to_do(parent.consolidation).calls), sheet=RECEIPTS)


def _levels(found: OpenedForm) -> tuple[int, int]:
    errors = sum(each.severity is Severity.ERROR for each in found.issues)
    return errors, len(found.issues) - errors


def _filter(click: Click) -> str:
    return text("addin.pdf_filter").to(click.lang)
