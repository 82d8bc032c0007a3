"""generate and demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from loithe_xl.cli.localised import WordChoice, badly_written
from loithe_xl.cli.progress import progress_bar
from loithe_xl.cli.shell import OK, CommandGroup, command, noticing, option, say
from loithe_xl.cli.terminal import is_quiet, is_verbose
from loithe_xl.language.catalogue import Text, text

LEVELS = ("cell", "base", "district", "province", "commune")  # the register's tiers; a pack's scheme has some of them
FEW = 5  # forms that are named one by one without --verbose
FILE_TYPE = click.Path(path_type=Path)


class Day(click.ParamType[date]):
    """A day as 2023-02-28."""

    name = "date"

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day."""
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            raise badly_written("bad_date", self.lang, param, ctx) from None


def add(root: CommandGroup, lang: str) -> None:
    """Register both commands."""
    root.add_command(
        command(
            "generate",
            lang,
            lambda **given: _generate(lang, _GenerateOptions(**given)),
            option(lang, "--level", type=WordChoice(LEVELS, lang), required=True),
            option(lang, "--register", type=FILE_TYPE, metavar="FILE.xlsx"),
            option(lang, "--pack", said="pack_or_ours", metavar="NAME|DIR"),
            option(lang, "--scheme", metavar="NAME"),
            option(lang, "--period", metavar="PERIOD"),
            option(lang, "--cutoff", type=Day(lang), metavar="YYYY-MM-DD"),
            option(lang, "--deadline", type=Day(lang), metavar="YYYY-MM-DD"),
            option(lang, "--unit", "units", multiple=True, metavar="CODE"),
            option(lang, "--below", is_flag=True),
            option(lang, "--rows", type=click.IntRange(0, 2_000), default=0, metavar="N"),
            option(lang, "--out", type=FILE_TYPE, default=Path(), metavar="DIR"),
            option(lang, "--key", type=FILE_TYPE, metavar="FILE"),
        )
    )
    root.add_command(
        command(
            "demo",
            lang,
            partial(_demo, lang),
            option(lang, "--out", type=FILE_TYPE, default=Path("loithe-demo"), show_default=True, metavar="DIR"),
        )
    )


@dataclass(frozen=True, slots=True)
class _GenerateOptions:
    """What was given to ``generate``, by the names of its options."""

    level: str
    register: Path | None
    pack: str | None
    scheme: str | None
    period: str | None
    cutoff: date | None
    deadline: date | None
    units: tuple[str, ...]
    below: bool
    rows: int
    out: Path
    key: Path | None


def _generate(lang: str, given: _GenerateOptions) -> int:
    from loithe_xl.draw import packs
    from loithe_xl.form import terms
    from loithe_xl.form.loaded import check_scheme
    from loithe_xl.language.issues import Fault, has_error
    from loithe_xl.pack import find
    from loithe_xl.tasks import generate as task
    from loithe_xl.tasks import registers
    from loithe_xl.tasks.office import Office, shown
    from loithe_xl.tasks.packs import edition_issues

    notice = noticing(lang)
    loaded = packs.load(find.default() if given.pack is None else given.pack)
    told = edition_issues(loaded) if loaded.embedded else ()
    if has_error(told):
        raise Fault(list(told), 2)
    # What was left open in the program's own pack is for who writes packs: ``pack check`` tells.
    for found in (*(loaded.pack.warnings if loaded.embedded else ()), *told):
        notice(found)
    check_scheme(loaded, given.scheme, given.level)
    term = terms.term(loaded, given.period, given.cutoff, given.deadline)
    known = registers.opened(given.register).at(term.cutoff)
    office = Office(lang=lang, key=given.key, progress=progress_bar(lang), notice=notice)
    request = task.Request(loaded, known, term, given.level, given.below, given.units, given.out, rows=given.rows)
    written = task.generate(request, office)
    if is_verbose() or (len(written) <= FEW and not is_quiet()):
        for path in written:
            say(shown(path))
    say(text("cli.generated", count=len(written), folder=shown(given.out)).to(lang))
    if len(written) > 1:
        say(text("cli.send_list", file=shown(request.send_list)).to(lang))
    return OK


def _demo(lang: str, out: Path) -> int:
    from loithe_xl import demo
    from loithe_xl.tasks.office import Office

    def told(said: Text) -> None:
        say(said.to(lang))

    def wrote(said: Text) -> None:
        if is_verbose():
            told(said)

    demo.run(out, Office(lang=lang, progress=progress_bar(lang)), told, wrote)
    return OK
