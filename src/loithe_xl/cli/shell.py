"""The frame of every command: language, help in Vietnamese, wrong usage and data faults as messages, exit codes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from loithe_xl import __version__
from loithe_xl.cli.terminal import ready, settle, tell, visible, visible_json
from loithe_xl.language.catalogue import LANGUAGES, text
from loithe_xl.system import process

if TYPE_CHECKING:
    from loithe_xl.language.issues import Fault, Issue

OK, FAULTY, USAGE, NOTHING_DONE = 0, 1, 2, 3

# Command -> the module that makes it, which is loaded when the command is asked for.
HOMES = {
    "generate": "generate",
    "demo": "generate",
    "validate": "commands",
    "consolidate": "commands",
    "status": "commands",
    "report": "commands",
    "repair": "repair",
    "register": "registers",
    "key": "keys",
    "addin": "addins",
}


def run(arguments: Sequence[str]) -> int:
    """The exit code of one run: 0 well, 1 data faults, 2 wrong usage, 3 nothing could be done."""
    process.seldom()
    ready()
    try:
        return _run(arguments, language(arguments))
    finally:
        settle()


def _run(arguments: Sequence[str], lang: str) -> int:
    try:
        result = _root(lang).main(list(arguments), prog_name="loithe-xl", standalone_mode=False)
        return int(result or OK)
    except click.UsageError as error:
        from loithe_xl.cli.usage import usage_lines

        for line in "\n".join(usage_lines(error, lang)).split("\n"):  # a page of help is one of them
            say_error(line)
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        say_error(text("cli.stopped").to(lang))
        return NOTHING_DONE
    except Exception as error:
        return _failed(error, arguments, lang)


def language(arguments: Sequence[str]) -> str:
    """The language asked for, known before the help texts are built; Vietnamese by default."""
    return next((value for value in _asked(arguments, "--lang") if value in LANGUAGES), "vi")


def say(line: str = "") -> None:
    """One line of the answer."""
    tell(visible(line))


def say_error(line: str) -> None:
    """One line beside the answer: progress, faults, wrong usage."""
    tell(visible(line), err=True)


def noticing(lang: str) -> Callable[[Issue], None]:
    """What says each notice of a run beside its answer."""
    from loithe_xl.tasks.text_output import issue_line

    return lambda found: say_error(issue_line(found, lang))


def say_json(answer: dict[str, Any]) -> None:
    """The whole answer as JSON, a piece at a time: of thousands of files it is long."""
    import json
    from itertools import islice

    pieces = json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(answer)
    while said := "".join(islice(pieces, 4096)):
        tell(visible_json(said), nl=False)
    tell("")


def build(lang: str) -> click.Group:
    """All commands, their help in ``lang``."""
    root = _root(lang)
    for name in HOMES:
        root.get_command(click.Context(root), name)
    return root


def _root(lang: str) -> click.Group:
    """The program; it makes a command when that is asked for."""
    settings = {"terminal_width": _width()}
    root = _Root("loithe-xl", help=text("cli.help", version=__version__).to(lang), lang=lang, context_settings=settings)
    shown = text("cli.version").to(lang)
    return click.version_option(__version__, message="%(prog)s %(version)s", help=shown)(root)


def _width() -> int:
    """Letters in a line of help, as click counts them; click's own count imports every kind of archive first."""
    try:
        columns = int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size().columns
    except (ValueError, OSError):
        columns = 80
    return max(min(columns, 80) - 2, 50)


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
        """The commands with their first sentence, none of them made for it."""
        above = [self.name] if ctx.parent and self.name else []
        lines = []
        for name in self.list_commands(ctx):
            said = _help_of([*above, name], self.lang)
            lines.append((name, click.Command(name, help=said).get_short_help_str(100)))
        with formatter.section(text("cli.commands").to(self.lang)):
            formatter.write_dl(lines)


class _Root(Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in HOMES and cmd_name not in self.commands:
            import_module(f"loithe_xl.cli.{HOMES[cmd_name]}").add(self, self.lang)
        return super().get_command(ctx, cmd_name)


def command(name: str, lang: str, function: Callable[..., int | None], *params: click.Parameter) -> Command:
    """A command from its function and parameters; its help is ``cli.help_<name>``."""
    shown = _help_of(name.split(), lang)
    return Command(name.split()[-1], callback=function, params=[*params, lang_option(lang)], help=shown, lang=lang)


def _help_of(words: Sequence[str], lang: str) -> str:
    return text(f"cli.help_{'_'.join(words)}").to(lang)


def option(lang: str, *names: str, said: str = "", **settings: Any) -> click.Option:
    """An option with its help ``cli.option_<name>``, or another name's."""
    key = said or names[0].lstrip("-").replace("-", "_")
    made = _Option(list(names), help=text(f"cli.option_{key}").to(lang), **settings)
    made.lang = lang
    return made


def argument(lang: str, name: str, metavar: str, **settings: Any) -> click.Argument:
    """An argument with its help ``cli.argument_<name>``."""
    from pathlib import Path

    said = text(f"cli.argument_{name}").to(lang)
    return click.Argument([name], type=click.Path(path_type=Path), metavar=metavar, help=said, **settings)


def format_option(lang: str) -> click.Option:
    """--format text|json."""
    return option(lang, "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


def _asked(arguments: Sequence[str], name: str) -> Iterator[str]:
    """The values given to an option, before anything is parsed."""
    for number, each in enumerate(arguments):
        if each == name:
            yield from arguments[number + 1 : number + 2]
        elif each.startswith(f"{name}="):
            yield each.partition("=")[2]


def _failed(error: Exception, arguments: Sequence[str], lang: str) -> int:
    """What a fault says, or that the program is broken."""
    from loithe_xl.language.issues import Fault

    if isinstance(error, Fault):
        return _fault(error, arguments, lang)
    if os.environ.get("LOITHE_DEBUG"):
        import traceback

        traceback.print_exception(error)
    say_error(text("cli.broken", kind=type(error).__name__).to(lang))
    return NOTHING_DONE


def _fault(fault: Fault, arguments: Sequence[str], lang: str) -> int:
    from loithe_xl.tasks.json_output import issue_json
    from loithe_xl.tasks.text_output import issue_line

    for found in fault.issues:
        say_error(issue_line(found, lang))
    if "json" in _asked(arguments, "--format"):
        say_json({"issues": [issue_json(found, lang) for found in fault.issues]})
    return fault.exit_code
