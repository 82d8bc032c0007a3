"""key show, export and trust."""

from __future__ import annotations

from pathlib import Path

from loithe_xl.cli.shell import OK, Group, argument, command, say
from loithe_xl.words import text


def add(root: Group, lang: str) -> None:
    """Register the group ``key``."""
    group = Group(name="key", help=text("cli.help_key").to(lang), lang=lang)

    def show() -> int:
        from loithe_xl.tasks import keys

        for label, print_ in keys.listed():
            say(text(f"cli.key_{label}", print=print_).to(lang))
        return OK

    def export(file: Path) -> int:
        from loithe_xl.tasks import keys
        from loithe_xl.tasks.office import shown

        say(text("cli.written", file=shown(keys.export(file))).to(lang))
        return OK

    def trust(file: Path) -> int:
        from loithe_xl.tasks import keys

        say(text("cli.key_now_trusted", print=keys.trust(file)).to(lang))
        return OK

    group.add_command(command("key show", lang, show))
    group.add_command(command("key export", lang, export, argument(lang, "file", "FILE.pub")))
    group.add_command(command("key trust", lang, trust, argument(lang, "file", "FILE")))
    root.add_command(group)
