"""click in the user's language: its own words out of ``texts/click.toml``, its parameters as the user writes them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Any

import click

from loithe_xl.language.catalogue import catalogue, text

PROGRAM = "loithe-xl"
COMPLETING = "_LOITHE_XL_COMPLETE"  # set by a shell that asks how a word goes on


def speak(lang: str) -> None:
    """Let click say its own words in ``lang``: each of its modules asks gettext for them, under these two names."""
    one = partial(said_by_click, lang=lang)

    def many(single: str, plural: str, count: int) -> str:
        return one(single if count == 1 else plural)

    if COMPLETING in os.environ:
        import_module("click.shell_completion")
    for name in [name for name in sys.modules if name.startswith("click.")]:
        module = vars(sys.modules[name])
        module.update({asked: answer for asked, answer in (("_", one), ("ngettext", many)) if asked in module})


def said_by_click(message: str, lang: str) -> str:
    """One of click's messages in ``lang``; as click has it, where we have no other words."""
    said: str = message if lang == "en" else catalogue("click").get(message, message)
    return said


def wrong(error: click.UsageError, lang: str) -> str:
    """What is wrong, and where help is; of a group whose command is absent, its help."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError) or not error.ctx:
        return error.format_message()
    if type(error) is click.UsageError and isinstance(error.ctx.command, click.Group):
        return error.ctx.get_help()
    return f"{error.format_message()}\n{text('cli.see_help', command=error.ctx.command_path).to(lang)}"


def badly_written(key: str, lang: str, param: click.Parameter | None, ctx: click.Context | None) -> click.UsageError:
    """What ``cli.<key>`` says of an option's value."""
    name = param.get_error_hint(ctx) if param else ""
    return click.UsageError(text(f"cli.{key}", name=name).to(lang), ctx)


class WordChoice(click.Choice[str]):
    """Some words, of which the nearest is offered to whoever mistypes one."""

    def __init__(self, choices: Sequence[str], lang: str) -> None:
        super().__init__(choices)
        self.lang = lang

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        """Which there are."""
        del param, ctx
        return text("cli.bad_choice", choices=", ".join(self.choices)).to(self.lang)

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Which there are, and which is near."""
        from difflib import get_close_matches

        near = get_close_matches(str(value), self.choices, n=1)
        offered = [text("cli.nearest", choice=each).to(self.lang) for each in near]
        return " ".join([text("cli.bad_choice", choices=", ".join(self.choices)).to(self.lang), *offered])


class Option(click.Option):
    """An option that is called by its long name where it is wrong."""

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """That name."""
        del ctx
        return max(self.opts, key=len)


class Argument(click.Argument):
    """An argument that is called as the page of help calls it."""

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Its word there, of which there may be several."""
        del ctx
        return (self.metavar or "").rstrip(".")
