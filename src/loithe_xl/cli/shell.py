"""The frame of every command: language, help in Vietnamese, wrong usage and data faults as messages, exit codes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from loithe_xl import __version__
from loithe_xl.cli.localised import COMPLETING, PROGRAM, Argument, Option, WordChoice, said_by_click, speak, wrong
from loithe_xl.cli.terminal import count, flush, is_quiet, noted, open_streams, tell, visible, visible_json
from loithe_xl.language.catalogue import LANGUAGES, text
from loithe_xl.system import process

if TYPE_CHECKING:
    from loithe_xl.language.issues import Fault, Issue

OK, FAULTY, USAGE, NOTHING_DONE = 0, 1, 2, 3

# Command -> the module that makes it, which is loaded when the command is asked for.
_HOMES = {
    "generate": "generate",
    "demo": "generate",
    "validate": "commands",
    "consolidate": "commands",
    "status": "commands",
    "report": "commands",
    "repair": "repair",
    "register": "registers",
    "pack": "packs",
    "key": "keys",
    "addin": "addins",
    "doctor": "doctor",
}


def run(arguments: Sequence[str]) -> int:
    """The exit code of one run: 0 well, 1 data faults, 2 wrong usage, 3 nothing could be done."""
    process.seldom()
    open_streams()
    try:
        return _run(arguments, language(arguments))
    finally:
        flush()


def _run(arguments: Sequence[str], lang: str) -> int:
    try:
        return _pressed(list(arguments), lang)
    except click.UsageError as error:
        for line in wrong(error, lang).expandtabs(2).split("\n"):
            say_error(line)
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        say_error(text("cli.stopped").to(lang))
        return NOTHING_DONE
    except Exception as error:
        return _failed(error, arguments, lang)


def _pressed(arguments: list[str], lang: str) -> int:
    """Run the command. click's own ``main`` would end the process with 1 when a reader goes away."""
    root = _root(lang)
    if COMPLETING in os.environ:  # a shell asks how a word goes on; click answers it
        root.main(arguments, prog_name=PROGRAM)
    try:
        with root.make_context(PROGRAM, arguments, obj=tuple(arguments)) as context:
            return int(root.invoke(context) or OK)
    except click.exceptions.Exit as done:
        return done.exit_code


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

    def noticed(found: Issue) -> None:
        count([found.code])
        say_error(issue_line(found, lang))

    return noticed


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
    for name in _HOMES:
        root.get_command(click.Context(root), name)
    return root


def _root(lang: str) -> click.Group:
    """The program; it makes a command when that is asked for."""
    speak(lang)
    settings = {"terminal_width": _width(), "help_option_names": ["-h", "--help"]}
    return _Root(PROGRAM, help=text("cli.help", version=__version__).to(lang), lang=lang, context_settings=settings)


def _width() -> int:
    """Letters in a line of help, as click counts them; click's own count imports every kind of archive first."""
    try:
        columns = int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size().columns
    except (ValueError, OSError):
        columns = 80
    return max(min(columns, 80) - 2, 50)


def _everywhere(lang: str) -> list[click.Parameter]:
    """The options that every command takes: --lang, which is read before parsing; --quiet and --verbose."""
    return [
        option(lang, "--lang", type=WordChoice(LANGUAGES, lang), default=lang, expose_value=False),
        option(lang, "-q", "--quiet", said="quiet", is_flag=True, expose_value=False, callback=noted),
        option(lang, "-v", "--verbose", said="verbose", is_flag=True, expose_value=False, callback=noted),
    ]


def _shown_help(context: click.Context, param: click.Parameter, value: bool) -> None:
    """Say the page of help; who no longer reads it changes no exit code."""
    del param
    if value and not context.resilient_parsing:
        tell("\n".join(map(visible, context.get_help().split("\n"))))
        context.exit()


class Command(click.Command):
    """A command in ``lang``."""

    def __init__(self, *args: Any, lang: str = "vi", **kwargs: Any) -> None:
        super().__init__(*args, **{"options_metavar": text("cli.usage_options").to(lang), **kwargs})
        self.lang = lang

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """click's, said as everything is."""
        found = super().get_help_option(ctx)
        if found:
            found.callback = _shown_help
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; with a log of it where one is wanted."""
        if isinstance(self, click.Group) or not ctx.meta.get("verbose"):
            return super().invoke(ctx)
        from loithe_xl.cli.runlog import RunLog, ignored

        with RunLog(ctx, self.lang, ignored if is_quiet() else say_error) as log:
            ctx.meta["log"] = log
            return log.done(super().invoke(ctx))


class CommandGroup(Command, click.Group):
    """A group of commands in ``lang``."""

    def __init__(self, *args: Any, lang: str = "vi", **kwargs: Any) -> None:
        super().__init__(*args, lang=lang, subcommand_metavar=text("cli.usage_command").to(lang), **kwargs)
        self.params += _everywhere(lang)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their first sentence, none of them made for it."""
        above = [self.name] if ctx.parent and self.name else []
        lines = []
        for name in self.list_commands(ctx):
            said = _help_of([*above, name], self.lang)
            lines.append((name, click.Command(name, help=said).get_short_help_str(100)))
        with formatter.section(said_by_click("Commands", self.lang)):
            formatter.write_dl(lines)


class _Root(CommandGroup):
    """The group of all commands."""

    def __init__(self, *args: Any, lang: str, **kwargs: Any) -> None:
        super().__init__(*args, lang=lang, **kwargs)
        version = option(lang, "-V", "--version", said="version", is_flag=True, expose_value=False, is_eager=True)
        version.callback = _shown_version
        self.params.append(version)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_HOMES)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:  # click offers only what is made
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=_HOMES, ctx=ctx) from None

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _HOMES and cmd_name not in self.commands:
            import_module(f"loithe_xl.cli.{_HOMES[cmd_name]}").add(self, self.lang)
        return super().get_command(ctx, cmd_name)


def _shown_version(context: click.Context, param: click.Parameter, value: bool) -> None:
    """The version; with --verbose beside it those of what it stands on."""
    del param
    if not value or context.resilient_parsing:
        return
    say(f"{PROGRAM} {__version__}")
    if {"-v", "--verbose"} & set(context.obj):
        from loithe_xl.cli.runlog import versions

        for line in versions():
            say(line)
    context.exit()


def command(name: str, lang: str, function: Callable[..., int | None], *params: click.Parameter) -> Command:
    """A command from its function and parameters; its help is ``cli.help_<name>``."""
    shown = _help_of(name.split(), lang)
    return Command(name.split()[-1], callback=function, params=[*params, *_everywhere(lang)], help=shown, lang=lang)


def _help_of(words: Sequence[str], lang: str) -> str:
    return text(f"cli.help_{'_'.join(words)}").to(lang)


def option(lang: str, *names: str, said: str = "", **settings: Any) -> click.Option:
    """An option with its help ``cli.option_<name>``, or another name's."""
    key = said or names[0].lstrip("-").replace("-", "_")
    return Option(list(names), help=text(f"cli.option_{key}").to(lang), **settings)


def argument(lang: str, name: str, metavar: str, **settings: Any) -> click.Argument:
    """An argument with its help ``cli.argument_<name>``; a path, unless its type is given."""
    from pathlib import Path

    said = text(f"cli.argument_{name}").to(lang)
    return Argument([name], metavar=metavar, help=said, **{"type": click.Path(path_type=Path), **settings})


def format_option(lang: str) -> click.Option:
    """--format text|json."""
    return option(lang, "--format", "form", type=WordChoice(["text", "json"], lang), default="text", show_default=True)


def _asked(arguments: Sequence[str], name: str) -> Iterator[str]:
    """The values given to an option, before anything is parsed."""
    for number, each in enumerate(arguments):
        if each == name:
            yield from arguments[number + 1 : number + 2]
        elif each.startswith(f"{name}="):
            yield each.partition("=")[2]


def _failed(error: Exception, arguments: Sequence[str], lang: str) -> int:
    """What a fault says, or that the program is broken and which log now says where."""
    from loithe_xl.language.issues import Fault

    if isinstance(error, Fault):
        return _fault(error, arguments, lang)
    if os.environ.get("LOITHE_DEBUG"):
        import traceback

        traceback.print_exception(error)
    from loithe_xl.cli.runlog import broken

    say_error(text("cli.broken", kind=type(error).__name__, log=broken(error)).to(lang))
    return NOTHING_DONE


def _fault(fault: Fault, arguments: Sequence[str], lang: str) -> int:
    from loithe_xl.tasks.json_output import issue_json
    from loithe_xl.tasks.text_output import issue_line

    for found in fault.issues:
        say_error(issue_line(found, lang))
    if "json" in _asked(arguments, "--format"):
        say_json({"issues": [issue_json(found, lang) for found in fault.issues]})
    return fault.exit_code
