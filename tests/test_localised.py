"""click speaks Vietnamese: each of its messages is translated, so that a new version's are noticed."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from cli_tools import press

from loithe_xl.cli import shell
from loithe_xl.cli.localised import WordChoice
from loithe_xl.language.catalogue import catalogue

SOURCES = sorted(Path(click.__file__).parent.glob("*.py"))
PROGRAMMERS = {"TypeError", "ValueError", "OSError"}  # what raises these is said to whoever wrote a command
COMPUTED = {"extra['required']": "required"}  # what is asked for by no literal


def asked() -> Iterator[tuple[str, ast.expr]]:
    """Each argument by which click's source asks gettext for a message, and whom the message is for."""
    for source in SOURCES:
        tree = ast.parse(source.read_text(encoding="utf-8"))
        beneath = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("_", "ngettext"):
                above: ast.AST = call
                while not isinstance(above, ast.FunctionDef | ast.Raise):
                    above = beneath[above]
                yield from (
                    (ast.unparse(above.exc.func) if isinstance(above, ast.Raise) else above.name, message)  # type: ignore[union-attr]
                    for message in call.args[: 2 if call.func.id == "ngettext" else 1]
                )


@cache
def messages() -> set[str]:
    """What click can say to a user."""
    told = [message for whom, message in asked() if whom not in {*PROGRAMMERS, "__repr__"}]
    computed = {ast.unparse(each) for each in told if not isinstance(each, ast.Constant)}
    assert computed == set(COMPUTED), "click asks for a message in a new way"
    return {str(each.value) for each in told if isinstance(each, ast.Constant)} | set(COMPUTED.values())


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_every_message_that_click_can_show_is_translated_and_nothing_else():
    assert len(messages()) > 50
    assert set(catalogue("click")) == messages()


@pytest.mark.parametrize("message", sorted(catalogue("click")))
def test_a_translation_fills_in_no_more_than_click_gives(message: str):
    said = catalogue("click")[message]

    assert said and said != message
    assert fields(said) <= fields(message)
    assert said.count("%(") == message.count("%(")


def test_the_language_of_the_last_run_is_not_that_of_the_next():
    assert press("-h").out.startswith("Cách dùng: ")
    assert press("-h", "--lang", "en").out.startswith("Usage: ")
    assert press("-h").out.startswith("Cách dùng: ")


def test_every_choice_of_a_command_offers_the_nearest():
    def walk(group: click.Group) -> Iterator[click.Command]:
        for each in (group, *group.commands.values()):
            if isinstance(each, click.Group) and each is not group:
                yield from walk(each)
            else:
                yield each

    kinds = [type(param.type) for each in walk(shell.build("vi")) for param in each.params]

    assert WordChoice in kinds
    assert click.Choice not in kinds


@pytest.mark.parametrize("words", [[], ["generate"], ["key"], ["key", "trust"]])
def test_h_is_help_everywhere(words: list[str]):
    page = press(*words, "--help")

    assert (page.code, page.err) == (0, "")
    assert press(*words, "-h") == page
    assert "-h, --help" in page.out


@pytest.mark.parametrize("shell_name", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(
    shell_name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("_LOITHE_XL_COMPLETE", f"{shell_name}_complete")
    monkeypatch.setenv("COMP_WORDS", "loithe-xl generate --level di")
    monkeypatch.setenv("COMP_CWORD", "di" if shell_name == "fish" else "3")
    with pytest.raises(SystemExit) as ended:
        shell.run([])

    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "district" in said and "province" not in said
