"""What a command says where nobody listens, and of names that would rewrite the screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_tools import press
from tools import REQUIRED, fill

from loithe_xl.cli.terminal import visible, visible_json

MEAN = "\x1b]0;x\x07\r\n\u202etxt\x9b2J.xlsx"
posix = pytest.mark.skipif(os.name != "posix", reason="a shell's redirections")


@pytest.fixture
def sent(issued: dict[str, Path], tmp_path: Path) -> Path:
    return fill(issued["01.1.C01"], tmp_path / "nhan" / MEAN, {**REQUIRED, "members_total": 5})


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_no_name_moves_the_cursor(sent: Path, lang: str) -> None:
    answer = press("validate", sent.parent, sent.parent / "không\x1b có", "--lang", lang)
    answer_here = press("validate", sent.parent, "--lang", lang)

    said = answer.said + answer_here.said
    assert "\\u001b]0;x\\u0007\\u000d\\u000a\\u202etxt\\u009b2J.xlsx" in answer_here.said
    assert not [letter for letter in said if letter in "\x1b\x07\r\u202e\x9b"]


def test_json_stays_json(sent: Path) -> None:
    answer = press("validate", sent.parent, "--format", "json")

    assert Path(answer.json["files"][0]["file"]).name == MEAN
    assert not [letter for letter in answer.out if letter in "\x1b\x07\r\u202e\x9b"]


def test_what_is_harmless_is_shown_as_it_is() -> None:
    words = "Chi bộ “Lê Lợi” – 25,76 % 😀"
    assert visible(words) == words
    told = json.dumps({words: ["\u2028\x7f", 1]}, ensure_ascii=False, indent=2)
    assert json.loads(visible_json(told)) == json.loads(told)
    assert "\x7f" not in visible_json(told)


def run(shell: str, folder: Path) -> tuple[int, str]:
    """A shell line in which $RUN is the program; its code, and what it said."""
    program = f"'{sys.executable}' -m loithe_xl"
    source = Path(__file__).parent.parent / "src"
    environment = {**os.environ, "RUN": program, "PYTHONPATH": str(source), "PYTHONFAULTHANDLER": ""}
    command = ["bash", "-c", shell]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@posix
@pytest.mark.parametrize(
    ("command", "closed", "expected"),
    [
        ("--version", ">&-", 0),
        ("validate nhan", "2>&-", 1),
        ("validate nhan --format json", "<&- >&- 2>&-", 1),
        ("validate lạ", ">&- 2>&-", 2),
    ],
)
def test_closed_streams_change_no_exit_code(sent: Path, command: str, closed: str, expected: int) -> None:
    code, said = run(f"eval $RUN {command} {closed}", sent.parent.parent)

    assert code == expected
    assert "Traceback" not in said and "Exception" not in said


@posix
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("validate nhan", 1),
        ("validate nhan --format json", 1),
        ("validate lạ", 2),
        ("--help", 0),
        ("key -h", 0),
        ("--version", 0),
        ("key", 2),
    ],
)
def test_a_reader_that_goes_away_changes_no_exit_code(sent: Path, command: str, expected: int) -> None:
    _, said = run(f"exec 3>&2; (eval $RUN {command} 2>&1; echo code $? >&3) | true", sent.parent.parent)

    assert f"code {expected}" in said
    assert "Traceback" not in said and "Errno" not in said
