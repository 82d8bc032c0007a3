"""The frame of every command: language, help in Vietnamese, wrong usage and data faults as messages, exit codes."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import click

from loithe_xl import __version__
from loithe_xl.issues import Fault
from loithe_xl.words import LANGUAGES, text

OK, FAULTY, USAGE, NOTHING_DONE = 0, 1, 2, 3


def run(arguments: Sequence[str]) -> int:
    """The exit code of one run: 0 well, 1 data faults, 2 wrong usage, 3 nothing could be done."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    lang = language(arguments)
    try:
        result = build(lang).main(list(arguments), prog_name="loithe-xl", standalone_mode=False)
        return int(result or OK)
    except click.UsageError as error:
        say_error(usage_message(error, lang))
        if error.ctx:
            say_error(text("cli.see_help", command=error.ctx.command_path).to(lang))
        return USAGE
    except Fault as fault:
        return _fault(fault, arguments, lang)
    except (click.Abort, KeyboardInterrupt):
        say_error(text("cli.stopped").to(lang))
        return NOTHING_DONE
    except Exception as error:
        if os.environ.get("LOITHE_DEBUG"):
            traceback.print_exc()
        say_error(text("cli.broken", kind=type(error).__name__).to(lang))
        return NOTHING_DONE


def language(arguments: Sequence[str]) -> str:
    """The language asked for, known before the help texts are built; Vietnamese by default."""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        value = following if argument == "--lang" else argument.partition("--lang=")[2]
        if value in LANGUAGES:
            return value
    return "vi"


def say(line: str = "") -> None:
    """One line of the answer."""
    click.echo(line)


def say_error(line: str) -> None:
    """One line beside the answer: progress, faults, wrong usage."""
    click.echo(line, err=True)


def say_json(answer: dict[str, Any]) -> None:
    """The whole answer as JSON."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def build(lang: str) -> click.Group:
    """All commands, their help in ``lang``."""
    from loithe_xl.cli import commands, keys, making, registers

    root = Group(name="loithe-xl", help=text("cli.help", version=__version__).to(lang), lang=lang)
    root.params.append(lang_option(lang))
    shown = text("cli.version").to(lang)
    root = click.version_option(__version__, message="%(prog)s %(version)s", help=shown)(root)
    for module in (making, commands, registers, keys):
        module.add(root, lang)
    return root


def lang_option(lang: str) -> click.Option:
    """--lang, read before parsing and accepted everywhere."""
    shown = text("cli.option_lang").to(lang)
    return click.Option(["--lang"], type=click.Choice(LANGUAGES), default=lang, help=shown, expose_value=False)


class _Localised:
    """Headings of help pages in the user's language."""

    lang: str

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=text("cli.usage").to(self.lang) + " ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [param.get_help_record(ctx) for param in self.get_params(ctx)]  # type: ignore[attr-defined]
        with formatter.section(text("cli.options").to(self.lang)):
            formatter.write_dl([record for record in records if record])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option:
            option.help = text("cli.option_help").to(self.lang)
        return option


class Command(_Localised, click.Command):
    """A command whose help is in ``lang``."""

    def __init__(self, *args: Any, lang: str = "vi", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lang = lang


class Group(_Localised, click.Group):
    """A group whose help is in ``lang``."""

    def __init__(self, *args: Any, lang: str = "vi", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lang = lang

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(text("cli.commands").to(self.lang)):
            formatter.write_dl([(name, each.get_short_help_str(100)) for name, each in commands if each])


def command(name: str, lang: str, function: Callable[..., int | None], *params: click.Parameter) -> Command:
    """A command from its function and parameters; its help is ``cli.help_<name>``."""
    shown = text(f"cli.help_{name.replace(' ', '_')}").to(lang)
    return Command(name.split()[-1], callback=function, params=[*params, lang_option(lang)], help=shown, lang=lang)


def option(lang: str, *names: str, **settings: Any) -> click.Option:
    """An option with its help ``cli.option_<name>``."""
    key = names[0].lstrip("-").replace("-", "_")
    return click.Option(list(names), help=text(f"cli.option_{key}").to(lang), **settings)


def format_option(lang: str) -> click.Option:
    """--format text|json."""
    return option(lang, "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


def usage_message(error: click.UsageError, lang: str) -> str:
    """click's complaint in the user's language."""
    if lang == "en":
        return error.format_message()
    given: dict[str, str] = {}
    match error:
        case click.NoSuchOption():
            key, given = "no_such_option", {"name": error.option_name}
        case click.MissingParameter():
            name = (error.param.opts[0] if error.param.opts else error.param.name or "") if error.param else ""
            key, given = "missing_parameter", {"name": name}
        case click.BadParameter():
            name = (error.param.opts[0] if error.param.opts else "") if error.param else ""
            kind = error.param.type if error.param else None
            choices = ", ".join(map(str, kind.choices)) if isinstance(kind, click.Choice) else ""
            key, given = ("bad_choice" if choices else "bad_value"), {"name": name, "choices": choices}
        case click.BadOptionUsage():
            key, given = "bad_option", {"name": error.option_name}
        case _:
            key, given = "bad_usage", {"said": error.format_message()}
    return text(f"cli.{key}", **given).to(lang)


def _fault(fault: Fault, arguments: Sequence[str], lang: str) -> int:
    from loithe_xl.tasks.lines import issue_line
    from loithe_xl.tasks.told import issue_json

    for found in fault.issues:
        say_error(issue_line(found, lang))
    if "json" in arguments or "--format=json" in arguments:
        say_json({"issues": [issue_json(found, lang) for found in fault.issues]})
    return fault.exit_code
