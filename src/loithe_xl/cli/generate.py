"""generate and demo."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path

import click

from loithe_xl.cli.progress import progress_bar
from loithe_xl.cli.shell import OK, Group, command, noticing, option, say
from loithe_xl.language.catalogue import text

LEVELS = ("cell", "base", "district", "province", "commune")
DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(path_type=Path)


def add(root: Group, lang: str) -> None:
    """Register both commands."""

    root.add_command(
        command(
            "generate",
            lang,
            partial(_generate, lang),
            option(lang, "--level", type=click.Choice(LEVELS), required=True),
            option(lang, "--register", type=FILE, metavar="FILE.xlsx"),
            option(lang, "--pack", default="loi_the", show_default=True, metavar="NAME|DIR"),
            option(lang, "--scheme", type=click.Choice(["2021", "2025"]), default="2021", show_default=True),
            option(lang, "--period", metavar="PERIOD"),
            option(lang, "--cutoff", type=DAY, metavar="YYYY-MM-DD"),
            option(lang, "--deadline", type=DAY, metavar="YYYY-MM-DD"),
            option(lang, "--unit", "units", multiple=True, metavar="CODE"),
            option(lang, "--below", is_flag=True),
            option(lang, "--out", type=FILE, default=Path(), metavar="DIR"),
            option(lang, "--key", type=FILE, metavar="FILE"),
        )
    )
    root.add_command(
        command(
            "demo",
            lang,
            partial(_demo, lang),
            option(lang, "--out", type=FILE, default=Path("loithe-demo"), show_default=True, metavar="DIR"),
        )
    )


def _generate(
    lang: str,
    level: str,
    register: Path | None,
    pack: str,
    scheme: str,
    period: str | None,
    cutoff: datetime | None,
    deadline: datetime | None,
    units: tuple[str, ...],
    below: bool,
    out: Path,
    key: Path | None,
) -> int:
    from loithe_xl.draw import packs
    from loithe_xl.form import terms
    from loithe_xl.form.loaded import check_scheme
    from loithe_xl.tasks import generate as task
    from loithe_xl.tasks import registers
    from loithe_xl.tasks.office import Office, shown

    notice = noticing(lang)
    loaded = packs.load(pack)
    for found in loaded.pack.warnings:
        notice(found)
    check_scheme(loaded, scheme)
    term = terms.term(loaded, period, _day(cutoff), _day(deadline))
    known = registers.opened(register).at(term.cutoff)
    office = Office(lang=lang, key=key, progress=progress_bar(lang), notice=notice)
    written = task.generate(task.Request(loaded, known, term, level, below, units, out), office)
    for path in written:
        say(shown(path))
    say(text("cli.generated", count=len(written), folder=shown(out)).to(lang))
    return OK


def _demo(lang: str, out: Path) -> int:
    from loithe_xl import demo
    from loithe_xl.tasks.office import Office

    demo.run(out, Office(lang=lang, progress=progress_bar(lang)), lambda said: say(said.to(lang)))
    return OK


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None
