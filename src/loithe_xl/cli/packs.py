"""pack new, check and freeze."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from loithe_xl.cli.shell import FAULTY, OK, CommandGroup, argument, command, format_option, say, say_json
from loithe_xl.language.catalogue import text


def add(root: CommandGroup, lang: str) -> None:
    """Register the group ``pack``."""
    group = CommandGroup(name="pack", help=text("cli.help_pack").to(lang), lang=lang)
    group.add_command(command("pack new", lang, partial(_new, lang), argument(lang, "folder", "DIR")))
    pack = argument(lang, "pack", "NAME|DIR")
    group.add_command(command("pack check", lang, partial(_check, lang), pack, format_option(lang)))
    group.add_command(command("pack freeze", lang, partial(_freeze, lang), pack))
    root.add_command(group)


def _new(lang: str, folder: Path) -> int:
    from loithe_xl.tasks import packs
    from loithe_xl.tasks.office import shown

    for path in packs.new(folder, lang):
        say(shown(path))
    say(text("cli.pack_new", folder=shown(folder)).to(lang))
    return OK


def _check(lang: str, pack: Path, form: str) -> int:
    from loithe_xl.language.issues import has_error
    from loithe_xl.tasks import packs
    from loithe_xl.tasks.json_output import pack_json
    from loithe_xl.tasks.text_output import pack_lines

    examined = packs.check(str(pack), lang)
    if form == "json":
        say_json(pack_json(examined, lang))
    else:
        for line in pack_lines(examined, lang):
            say(line)
    return FAULTY if has_error(examined.issues) else OK


def _freeze(lang: str, pack: Path) -> int:
    from loithe_xl.tasks import packs
    from loithe_xl.tasks.office import shown

    made = packs.freeze(str(pack))
    said = text("cli.pack_frozen", folder=shown(made)) if made else text("cli.pack_frozen_already")
    say(said.to(lang))
    return OK
