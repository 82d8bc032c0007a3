"""validate, consolidate, status and report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from loithe_xl.cli.generate import FILE_TYPE
from loithe_xl.cli.localised import WordChoice, badly_written
from loithe_xl.cli.progress import progress_bar
from loithe_xl.cli.shell import (
    FAULTY,
    OK,
    CommandGroup,
    argument,
    command,
    format_option,
    noticing,
    option,
    say,
    say_error,
    say_json,
)
from loithe_xl.cli.terminal import count, is_verbose
from loithe_xl.language.catalogue import text

FIRST_YEAR, LAST_YEAR = 1901, 2999  # of a file's saved time


class Moment(click.ParamType[datetime]):
    """A time in ISO 8601, with or without seconds and zone; a zone is dropped: the office's clock is meant."""

    name = "time"

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time, without its zone."""
        try:
            moment = datetime.fromisoformat(value).replace(tzinfo=None, microsecond=0)
        except ValueError:
            raise badly_written("bad_time", self.lang, param, ctx) from None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise badly_written("bad_time", self.lang, param, ctx)
        return moment


def add(root: CommandGroup, lang: str) -> None:
    """Register the four commands."""

    shape, held = format_option(lang), argument(lang, "parent", "PARENT.xlsx")
    paths = argument(lang, "paths", "PATH...", nargs=-1, required=True)
    by = option(lang, "--pack", metavar="NAME|DIR")
    slips = option(lang, "--out", said="slips", type=FILE_TYPE, metavar="FILE.xlsx")
    root.add_command(command("validate", lang, partial(_validate, lang), paths, by, slips, shape))
    root.add_command(
        command(
            "consolidate",
            lang,
            lambda **given: _consolidate(lang, _ConsolidateOptions(**given)),
            argument(lang, "paths", "PATH...", nargs=-1),
            option(lang, "--into", type=FILE_TYPE, required=True, metavar="PARENT.xlsx"),
            option(lang, "--dry-run", is_flag=True),
            option(lang, "--prefer", "preferred", type=FILE_TYPE, metavar="FILE"),
            option(lang, "--withdraw", "withdrawn", multiple=True, metavar="CODE"),
            option(lang, "--now", type=Moment(lang), metavar="TIME"),
            shape,
        )
    )
    export = option(lang, "--export", type=FILE_TYPE, metavar="FILE")
    heads = option(lang, "--heads", type=WordChoice(("id", "vi"), lang))
    long = option(lang, "--long", is_flag=True)
    root.add_command(command("status", lang, partial(_status, lang), held, export, heads, long, shape))
    profiles = option(lang, "--profile", metavar="NAME")
    out = option(lang, "--out", type=FILE_TYPE, metavar="FILE.xlsx")
    pdf = option(lang, "--pdf", type=FILE_TYPE, metavar="FILE.pdf")
    root.add_command(command("report", lang, partial(_report, lang), held, out, profiles, pdf, shape))


def _validate(lang: str, paths: tuple[Path, ...], pack: str | None, out: Path | None, form: str) -> int:
    from loithe_xl.draw import packs
    from loithe_xl.language.issues import Fault, has_error
    from loithe_xl.tasks.clerk_output import validate_lines
    from loithe_xl.tasks.json_output import validate_json
    from loithe_xl.tasks.office import Office, beside, shown
    from loithe_xl.tasks.text_output import issue_line
    from loithe_xl.tasks.validate import check

    by = packs.load(pack) if pack else None
    if out:
        from loithe_xl.tasks.slips import require_free, write_slips

        require_free(out, paths)
    office = Office(lang=lang, progress=progress_bar(lang), notice=noticing(lang))
    files, skipped = check(paths, office, by)
    if has_error(skipped):
        raise Fault(skipped, 2)
    written = write_slips(files, out, office) if out else None
    count(found.code for opened in files for found in opened.issues)
    for found in skipped:
        say_error(issue_line(found, lang))
    if form == "json":
        say_json(validate_json(files, lang) | ({"out": shown(written)} if written else {}))
    else:
        for line in validate_lines(files, paths, written, lang, is_verbose()):
            say(line)
    for found in beside(out, written) if out and written else ():
        say_error(issue_line(found, lang))
    return FAULTY if any(has_error(opened.issues) for opened in files) else OK


@dataclass(frozen=True, slots=True)
class _ConsolidateOptions:
    """What was given to ``consolidate``, by the names of its arguments and options."""

    paths: tuple[Path, ...]
    into: Path
    dry_run: bool
    preferred: Path | None
    withdrawn: tuple[str, ...]
    now: datetime | None
    form: str


def _consolidate(lang: str, given: _ConsolidateOptions) -> int:
    from loithe_xl.tasks.clerk_output import consolidate_lines
    from loithe_xl.tasks.consolidate import ConsolidationRequest, consolidate
    from loithe_xl.tasks.json_output import consolidate_json
    from loithe_xl.tasks.office import Office, local_time
    from loithe_xl.tasks.text_output import run_failed

    if not given.paths and not given.preferred and not given.withdrawn:
        raise click.UsageError(text("cli.nothing_given").to(lang))
    office = Office(lang=lang, now=given.now or local_time(), progress=progress_bar(lang), notice=noticing(lang))
    request = ConsolidationRequest(given.into, given.paths, given.dry_run, given.preferred, given.withdrawn)
    result = consolidate(request, office)
    count(status.value for status, times in result.counts.items() for _ in range(times))
    count(found.code for child in result.children for found in child.issues)
    count(found.code for found in result.issues)
    if given.form == "json":
        say_json(consolidate_json(result, lang))
    else:
        for line in consolidate_lines(result, lang, is_verbose()):
            say(line)
    return FAULTY if run_failed(result) else OK


def _status(lang: str, parent: Path, export: Path | None, heads: str | None, long: bool, form: str) -> int:
    from loithe_xl.tasks.clerk_output import status_lines
    from loithe_xl.tasks.consolidate import open_parent
    from loithe_xl.tasks.export import export as write
    from loithe_xl.tasks.json_output import status_json
    from loithe_xl.tasks.office import Office, shown

    if not export and (heads or long):
        raise click.UsageError(text("cli.only_with", options="--heads, --long", other="--export").to(lang))
    opened = open_parent(parent)
    office = Office(lang=lang, notice=noticing(lang))
    written = write(opened, parent, export, office, heads or lang, long=long) if export else []
    if form == "json":
        say_json(status_json(opened, lang))
    else:
        for line in status_lines(opened, lang, is_verbose()):
            say(line)
        for path in written:
            say(text("cli.written", file=shown(path)).to(lang))
    return OK


def _report(lang: str, parent: Path, out: Path | None, profile: str | None, pdf: Path | None, form: str) -> int:
    from loithe_xl.language.issues import has_error
    from loithe_xl.tasks.json_output import report_json
    from loithe_xl.tasks.office import Office, shown
    from loithe_xl.tasks.report import report
    from loithe_xl.tasks.text_output import issue_line

    reported = report(parent, out, profile, pdf, Office(lang=lang))
    count(found.code for found in reported.issues)
    if form == "json":
        say_json(report_json(reported))
    else:
        for sentence in report_json(reported)["sentences"]:
            say(sentence)
    for found in reported.issues:
        say_error(issue_line(found, lang))
    for path in (reported.written, reported.pdf):
        if path and form == "text":
            say(text("cli.written", file=shown(path)).to(lang))
    return FAULTY if has_error(reported.issues) else OK
