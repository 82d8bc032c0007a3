"""repair."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from loithe_xl.cli.generate import FILE_TYPE
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
from loithe_xl.cli.terminal import count


def add(root: CommandGroup, lang: str) -> None:
    """Register the command."""
    root.add_command(
        command(
            "repair",
            lang,
            partial(_repair, lang),
            argument(lang, "file", "FILE"),
            option(lang, "--out", type=FILE_TYPE, required=True, metavar="CLEAN.xlsx"),
            option(lang, "--pack", metavar="NAME|DIR"),
            format_option(lang),
        )
    )


def _repair(lang: str, file: Path, out: Path, pack: str | None, form: str) -> int:
    from loithe_xl.draw import packs
    from loithe_xl.tasks.json_output import repair_json
    from loithe_xl.tasks.office import Office
    from loithe_xl.tasks.repair import repair
    from loithe_xl.tasks.text_output import issue_line, repair_lines

    repaired = repair(file, out, Office(lang=lang, notice=noticing(lang)), packs.load(pack) if pack else None)
    count(found.code for found in (*repaired.left, *repaired.issues))
    if form == "json":
        say_json(repair_json(repaired, lang))
    else:
        for line in repair_lines(repaired, lang):
            say(line)
    for found in repaired.issues:
        say_error(issue_line(found, lang))
    return FAULTY if repaired.left else OK
