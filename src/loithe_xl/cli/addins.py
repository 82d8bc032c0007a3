"""addin build, install, uninstall and doctor."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from loithe_xl.cli.shell import FAULTY, OK, CommandGroup, command, format_option, option, say, say_error, say_json
from loithe_xl.language.catalogue import text


def add(root: CommandGroup, lang: str) -> None:
    """Register the group ``addin``."""
    group = CommandGroup(name="addin", help=text("cli.help_addin").to(lang), lang=lang)
    file = click.Path(path_type=Path, dir_okay=False)
    out = option(lang, "--out", type=file, required=True, metavar="FILE.xlam")
    group.add_command(command("addin build", lang, partial(_build, lang), out))
    group.add_command(command("addin install", lang, partial(_install, lang)))
    group.add_command(command("addin uninstall", lang, partial(_uninstall, lang)))
    group.add_command(command("addin doctor", lang, partial(_doctor, lang), format_option(lang)))
    root.add_command(group)


def _build(lang: str, out: Path) -> int:
    from loithe_xl.addin.xlam.package import build_addin
    from loithe_xl.system import store
    from loithe_xl.tasks.office import beside, ends, shown
    from loithe_xl.tasks.text_output import issue_line

    ends(out, ".xlam")
    written = store.write(out, build_addin(lang))
    for found in beside(out, written):
        say_error(issue_line(found, lang))
    say(text("cli.written", file=shown(written)).to(lang))
    return OK


def _install(lang: str) -> int:
    from loithe_xl.addin.setup.installing import install

    for done in install(lang):
        say(done.to(lang))
    return OK


def _uninstall(lang: str) -> int:
    from loithe_xl.addin.setup.installing import uninstall

    for done in uninstall():
        say(done.to(lang))
    return OK


def _doctor(lang: str, form: str) -> int:
    from loithe_xl.addin.setup.diagnosis import doctor, doctor_json, doctor_lines, is_sound

    findings = doctor()
    if form == "json":
        say_json(doctor_json(findings, lang))
    else:
        for line in doctor_lines(findings, lang):
            say(line)
    return OK if is_sound(findings) else FAULTY
