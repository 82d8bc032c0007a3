"""key show, export, trust and distrust."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loithe_xl.cli.shell import OK, CommandGroup, argument, command, noticing, option, say, say_error
from loithe_xl.language.catalogue import Text, text

if TYPE_CHECKING:
    from loithe_xl.tasks.keys import Offer


def add(root: CommandGroup, lang: str) -> None:
    """Register the group ``key``."""
    group = CommandGroup(name="key", help=text("cli.help_key").to(lang), lang=lang)
    file = argument(lang, "file", "FILE")
    unit = option(lang, "--unit", said="key_unit", metavar="CODE")
    every = option(lang, "--all", "everybody", said="key_all", is_flag=True)
    confirmed = option(lang, "--fingerprint", metavar="XXXX-XXXX-XXXX-XXXX")
    group.add_command(command("key show", lang, partial(_show, lang)))
    group.add_command(command("key export", lang, partial(_export, lang), argument(lang, "file", "FILE.pub")))
    group.add_command(command("key trust", lang, partial(_trust, lang), file, confirmed, unit, every))
    named = argument(lang, "key", "FINGERPRINT|FILE", type=str)
    group.add_command(command("key distrust", lang, partial(_distrust, lang), named))
    root.add_command(group)


def _show(lang: str) -> int:
    from loithe_xl.tasks import keys
    from loithe_xl.tasks.office import Office

    own, others = keys.list_keys(Office(lang=lang, notice=noticing(lang)))
    say(text("cli.key_own", print=own).to(lang) if own else text("cli.key_none").to(lang))
    for print_, units in others.items():
        say(text("cli.key_trusted", print=print_, units=_for(units)).to(lang))
    return OK


def _export(lang: str, file: Path) -> int:
    from loithe_xl.tasks import keys
    from loithe_xl.tasks.office import Office, shown

    say(text("cli.written", file=shown(keys.export(file, Office(lang=lang, notice=noticing(lang))))).to(lang))
    return OK


def _trust(lang: str, file: Path, fingerprint: str | None, unit: str | None, everybody: bool) -> int:
    from loithe_xl.tasks import keys

    offered = keys.offer(file, unit, everybody)
    asked = _for((offered.scope.unit,) if offered.scope else ())
    say_error(text("cli.key_offered", print=offered.fingerprint, units=asked).to(lang))
    units = keys.trust(offered, fingerprint or _asked(offered, lang))
    say(text("cli.key_now_trusted", print=offered.fingerprint, units=_for(units)).to(lang))
    return OK


def _distrust(lang: str, key: str) -> int:
    from loithe_xl.tasks import keys

    say(text("cli.key_no_longer", print=keys.distrust(key)).to(lang))
    return OK


def _asked(offered: Offer, lang: str) -> str:
    """The fingerprint as somebody at the terminal types it; Fault where nobody sits there."""
    from loithe_xl.language.issues import Fault, issue

    if sys.stdin is None or not sys.stdin.isatty():
        raise Fault([issue("KEY_UNCONFIRMED", fingerprint=offered.fingerprint)], 2)
    answer: str = click.prompt(text("cli.key_ask").to(lang), default="", show_default=False, err=True)
    return answer


def _for(units: tuple[str, ...]) -> Text:
    """The units that a key may speak for, in words."""
    return text("cli.key_units", units=", ".join(units)) if units else text("cli.key_any")
