"""register new, check and sample."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from loithe_xl.cli.shell import FAULTY, OK, CommandGroup, argument, command, format_option, say, say_json
from loithe_xl.cli.terminal import count
from loithe_xl.language.catalogue import text


def add(root: CommandGroup, lang: str) -> None:
    """Register the group ``register``."""
    group = CommandGroup(name="register", help=text("cli.help_register").to(lang), lang=lang)

    target = argument(lang, "file", "FILE.xlsx")
    group.add_command(command("register new", lang, partial(_make, lang, sample=False), target))
    group.add_command(command("register sample", lang, partial(_make, lang, sample=True), target))
    group.add_command(command("register check", lang, partial(_check, lang), target, format_option(lang)))
    root.add_command(group)


def _make(lang: str, file: Path, *, sample: bool) -> int:
    from loithe_xl.tasks import registers
    from loithe_xl.tasks.office import shown

    written = registers.make(file, sample=sample)
    say(text("cli.written", file=shown(written)).to(lang))
    return OK


def _check(lang: str, file: Path, form: str) -> int:
    from loithe_xl.language.issues import has_error
    from loithe_xl.tasks import registers
    from loithe_xl.tasks.json_output import issue_json
    from loithe_xl.tasks.text_output import issue_line

    register, issues = registers.check(file)
    count(found.code for found in issues)
    counted = len(register.units) if register else 0
    if form == "json":
        say_json({"units": counted, "issues": [issue_json(found, lang) for found in issues]})
    else:
        for found in issues:
            say(issue_line(found, lang))
        say(text("cli.register_bad" if has_error(issues) else "cli.register_good", units=counted).to(lang))
    return FAULTY if has_error(issues) else OK
