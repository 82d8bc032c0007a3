"""The frame of every command: language, help in Vietnamese, wrong usage and data faults as messages, exit codes."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from loithe_xl import __version__
from loithe_xl.issues import Fault
from loithe_xl.words import LANGUAGES, text

OK, FAULTY, USAGE, NOTHING_DONE = 0, 1, 2, 3


def run(arguments: Sequence[str]) -> int:
    """The exit code of one run: 0 well, 1 data faults, 2 wrong usage, 3 nothing could be done."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    lang = language(arguments)
    try:
        result = build(lang).main(list(arguments), prog_name="loithe-xl", standalone_mode=False)
        return int(result or OK)
    except click.UsageError as error:
        if error.ctx and _lacks_command(error):
            say_error(error.ctx.get_help())
            return USAGE
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
    return next((value for value in _asked(arguments, "--lang") if value in LANGUAGES), "vi")


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
    from loithe_xl.cli import commands, keys, making, registers, repair

    root = Group(name="loithe-xl", help=text("cli.help", version=__version__).to(lang), lang=lang)
    shown = text("cli.version").to(lang)
    root = click.version_option(__version__, message="%(prog)s %(version)s", help=shown)(root)
    for module in (making, commands, repair, registers, keys):
        module.add(root, lang)
    return root


def lang_option(lang: str) -> click.Option:
    """--lang, read before parsing and accepted everywhere."""
    shown = text("cli.option_lang").to(lang)
    made = _Option(["--lang"], type=click.Choice(LANGUAGES), default=lang, help=shown, expose_value=False)
    made.lang = lang
    return made


class _Option(click.Option):
    """An option that says in the user's language what click would say in English."""

    lang: str

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Spelling and help."""
        said = self.help or ""
        if self.required:
            said += " " + text("cli.required").to(self.lang)
        elif self.show_default:
            said += " " + text("cli.default", value=str(self.default)).to(self.lang)
        spelt = self.opts[0] if self.is_flag else f"{self.opts[0]} {self.make_metavar(ctx)}"
        return spelt, said


class _Localised:
    """Headings of help pages in the user's language."""

    lang: str

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = {"[OPTIONS]": "cli.usage_options", "COMMAND [ARGS]...": "cli.usage_command"}
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        pieces = [text(words[piece]).to(self.lang) if piece in words else piece for piece in pieces]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=text("cli.usage").to(self.lang) + " ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self._section("options", click.Option, ctx, formatter)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self._section("arguments", click.Argument, ctx, formatter)

    def _section(
        self, heading: str, kind: type[click.Parameter], ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        found: list[click.Parameter] = [each for each in self.get_params(ctx) if isinstance(each, kind)]  # type: ignore[attr-defined]
        if records := [record for each in found if (record := each.get_help_record(ctx))]:
            with formatter.section(text(f"cli.{heading}").to(self.lang)):
                formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option:
            option.help = text("cli.option_help").to(self.lang)
        return option


class Command(_Localised, click.Command):
    """A command whose help is in ``lang``."""

    allow_extra_args = True

    def __init__(self, *args: Any, lang: str = "vi", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lang = lang

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, unless something is left over."""
        if ctx.args:
            raise click.UsageError(text("cli.too_many", given=" ".join(ctx.args)).to(self.lang), ctx)
        return super().invoke(ctx)


class Group(_Localised, click.Group):
    """A group whose help is in ``lang``."""

    def __init__(self, *args: Any, lang: str = "vi", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lang = lang
        self.params.append(lang_option(lang))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their first sentence."""
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
    made = _Option(list(names), help=text(f"cli.option_{key}").to(lang), **settings)
    made.lang = lang
    return made


def argument(lang: str, name: str, metavar: str, **settings: Any) -> click.Argument:
    """An argument with its help ``cli.argument_<name>``."""
    said = text(f"cli.argument_{name}").to(lang)
    return click.Argument([name], type=click.Path(path_type=Path), metavar=metavar, help=said, **settings)


def format_option(lang: str) -> click.Option:
    """--format text|json."""
    return option(lang, "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


def usage_message(error: click.UsageError, lang: str) -> str:
    """click's complaint in the user's language."""
    given: dict[str, str] = {}
    match error:
        case click.exceptions.NoSuchCommand():
            key, given = "no_such_command", {"name": error.command_name}
        case click.NoSuchOption():
            key, given = "no_such_option", {"name": error.option_name}
        case click.MissingParameter():
            key, given = "missing_parameter", {"name": _spelt(error.param)}
        case click.BadParameter():
            kind = error.param.type if error.param else None
            choices = ", ".join(map(str, kind.choices)) if isinstance(kind, click.Choice) else ""
            given = {"name": _spelt(error.param), "choices": choices}
            known = {"datetime": "bad_date", "time": "bad_time"}
            key = "bad_choice" if choices else known.get(kind.name if kind else "", "bad_value")
        case click.BadOptionUsage():
            key, given = "bad_option", {"name": error.option_name}
        case _:
            return error.format_message()  # our own words
    return text(f"cli.{key}", **given).to(lang)


def _lacks_command(error: click.UsageError) -> bool:
    """Whether a group was named and none of its commands."""
    plain = type(error) is click.UsageError and error.ctx is not None and isinstance(error.ctx.command, click.Group)
    return plain or isinstance(error, click.exceptions.NoArgsIsHelpError)


def _spelt(param: click.Parameter | None) -> str:
    """A parameter as the user writes it: --level, PATH..."""
    if param is None:
        return ""
    return (param.metavar or "").rstrip(".") if isinstance(param, click.Argument) else param.opts[0]


def _asked(arguments: Sequence[str], name: str) -> Iterator[str]:
    """The values given to an option, before anything is parsed."""
    for number, each in enumerate(arguments):
        if each == name:
            yield from arguments[number + 1 : number + 2]
        elif each.startswith(f"{name}="):
            yield each.partition("=")[2]


def _fault(fault: Fault, arguments: Sequence[str], lang: str) -> int:
    from loithe_xl.tasks.lines import issue_line
    from loithe_xl.tasks.told import issue_json

    for found in fault.issues:
        say_error(issue_line(found, lang))
    if "json" in _asked(arguments, "--format"):
        say_json({"issues": [issue_json(found, lang) for found in fault.issues]})
    return fault.exit_code
