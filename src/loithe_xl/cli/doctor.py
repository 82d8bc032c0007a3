"""doctor layout, cell, diff and token."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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
    say_json,
)
from loithe_xl.cli.terminal import count
from loithe_xl.language.catalogue import text

if TYPE_CHECKING:
    from loithe_xl.form.loaded import Loaded
    from loithe_xl.tasks.doctor import Answer
    from loithe_xl.tasks.office import Office

CELL = re.compile(r"(?:(?P<sheet>.+)!)?\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>[1-9][0-9]{0,6})")


def add(root: CommandGroup, lang: str) -> None:
    """Register the group ``doctor``."""
    group = CommandGroup(name="doctor", help=text("cli.help_doctor").to(lang), lang=lang)
    files = partial(argument, lang, "files", "FILE...", nargs=-1, required=True)
    values, shape = option(lang, "--values", "plainly", is_flag=True), format_option(lang)
    by = option(lang, "--pack", metavar="NAME|DIR")
    where = argument(lang, "cell", "[SHEET!]CELL", type=str)
    one = argument(lang, "file", "FILE")
    group.add_command(command("doctor layout", lang, partial(_layout, lang), files(), by, values, shape))
    group.add_command(command("doctor cell", lang, partial(_cell, lang), one, where, by, values, shape))
    group.add_command(command("doctor diff", lang, partial(_diff, lang), files(), by, values, shape))
    group.add_command(command("doctor token", lang, partial(_token, lang), files(), shape))
    root.add_command(group)


def _layout(lang: str, files: Sequence[Path], pack: str | None, plainly: bool, form: str) -> int:
    from loithe_xl.tasks import doctor
    from loithe_xl.tasks import doctor_output as output

    answers = doctor.layout(files, _office(lang), _loaded(pack), plainly=plainly)
    return _answered(answers, output.entry_json, output.layout_lines, form, lang)


def _cell(lang: str, file: Path, cell: str, pack: str | None, plainly: bool, form: str) -> int:
    from loithe_xl.tasks import doctor
    from loithe_xl.tasks import doctor_output as output
    from loithe_xl.workbook.address import located

    found = CELL.fullmatch(cell)
    if not found:
        raise click.UsageError(text("cli.bad_cell").to(lang))
    sheet = (found["sheet"] or "").removeprefix("'").removesuffix("'")
    at = located(f"{found['column'].upper()}{found['row']}")
    answers = [doctor.cell(file, sheet, at, _office(lang), _loaded(pack), plainly=plainly)]
    return _answered(answers, output.cell_json, output.cell_lines, form, lang)


def _diff(lang: str, files: Sequence[Path], pack: str | None, plainly: bool, form: str) -> int:
    from loithe_xl.tasks import doctor
    from loithe_xl.tasks import doctor_output as output

    if len(files) > 2:
        raise click.UsageError(text("cli.diff_two").to(lang))
    if len(files) == 2:
        compared = [doctor.compare(files[0], files[1], _office(lang), _loaded(pack), plainly=plainly)]
        return _answered(compared, output.unlike_json, output.unlike_lines, form, lang)
    answers = [doctor.diff(files[0], _office(lang), _loaded(pack), plainly=plainly)]
    return _answered(answers, output.difference_json, output.diff_lines, form, lang)


def _token(lang: str, files: Sequence[Path], form: str) -> int:
    from loithe_xl.tasks import doctor
    from loithe_xl.tasks import doctor_output as output

    return _answered(doctor.tokens(files, _office(lang)), output.token_json, output.token_lines, form, lang)


def _office(lang: str) -> Office:
    from loithe_xl.tasks.office import Office

    return Office(lang=lang, notice=noticing(lang))


def _loaded(pack: str | None) -> Loaded | None:
    from loithe_xl.draw import packs

    return packs.load(pack) if pack else None


def _answered(
    answers: Sequence[Answer[Any]],
    one: Callable[[Any, str], dict[str, Any]],
    lines: Callable[[Answer[Any], str], Iterator[str]],
    form: str,
    lang: str,
) -> int:
    from loithe_xl.language.issues import has_error
    from loithe_xl.tasks.doctor_output import answers_json

    count(found.code for answer in answers for found in answer.issues)
    if form == "json":
        say_json(answers_json(answers, one, lang))
    else:
        for answer in answers:
            for line in lines(answer, lang):
                say(line)
    return FAULTY if any(has_error(answer.issues) for answer in answers) else OK
