"""Wrong usage in the user's language, where click would speak English."""

from __future__ import annotations

import click

from loithe_xl.language.catalogue import text


def usage_lines(error: click.UsageError, lang: str) -> list[str]:
    """What is wrong and where help is; a group whose command is absent shows its help."""
    if error.ctx and _lacks_command(error):
        return [error.ctx.get_help()]
    said = [_message(error, lang)]
    return [*said, text("cli.see_help", command=error.ctx.command_path).to(lang)] if error.ctx else said


def _message(error: click.UsageError, lang: str) -> str:
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
