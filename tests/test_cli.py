"""The shell itself: help in both languages, wrong usage as a message, exit codes, stdout and stderr kept apart."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from cli_tools import BROKEN, REQUIRED, held, issue_forms, press, type_in, worded

from loithe_xl.cli import shell
from loithe_xl.language.catalogue import LANGUAGES
from loithe_xl.language.issues import Fault, issue

ENGLISH = re.compile(
    r"\b(usage|options?|commands?|arguments?|required|default|error|invalid|missing|such|got|show)\b", re.I
)
COMMANDS = """generate demo validate consolidate status report register register_new register_check register_sample key
key_show key_export key_trust""".split()


def commands(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command and group beneath, by the words that press it."""
    for name, command in group.commands.items():
        yield (*above, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


def spelt() -> list[tuple[str, ...]]:
    return [words for words, _ in commands(shell.build("vi"))]


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return issue_forms(tmp_path_factory.mktemp("forms"))


def test_the_commands_of_the_contract_are_there() -> None:
    assert {"_".join(words) for words in spelt()} >= set(COMMANDS)


@pytest.mark.parametrize("words", spelt(), ids=" ".join)
def test_every_command_and_option_has_help_in_both_languages(words: tuple[str, ...]) -> None:
    pages = {lang: press(*words, "--help", "--lang", lang) for lang in LANGUAGES}
    found = {lang: dict(commands(shell.build(lang)))[words] for lang in LANGUAGES}

    assert {page.code for page in pages.values()} == {0}
    assert pages["vi"].out.startswith(f"Cách dùng: loithe-xl {' '.join(words)} ")
    assert pages["en"].out.startswith(f"Usage: loithe-xl {' '.join(words)} ")
    helps = [found[lang].help for lang in LANGUAGES]
    assert all(helps) and helps[0] != helps[1]
    for one, other in zip(*(found[lang].params for lang in LANGUAGES), strict=True):
        assert getattr(one, "help", "") and getattr(other, "help", ""), one.name
        assert one.help != other.help, one.name  # type: ignore[attr-defined]
        assert one.opts[0] in pages["vi"].out or isinstance(one, click.Argument)
    told = re.sub(r"[(\[].*?[)\]]|--[\w-]+|[A-Z]{2,}[\w.|-]*|loithe-xl.*|^  \w+  ", "", pages["vi"].out, flags=re.M)
    assert not ENGLISH.search(told), ENGLISH.search(told)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_page_lists_every_command(lang: str) -> None:
    page = press("--lang", lang, "--help")
    bare = press("--lang", lang)

    for name in ("generate", "validate", "consolidate", "status", "report", "register", "key", "demo"):
        assert re.search(rf"^  {name} +\S", page.out, re.M)
    assert (page.code, page.err) == (0, "")
    assert (bare.code, bare.out) == (2, "")
    assert bare.err == page.out
    assert press("--version").out.startswith("loithe-xl ")


@pytest.mark.parametrize(
    ("given", "vi", "en"),
    [
        (["nonsense"], "Không có lệnh “nonsense”.", "No such command 'nonsense'."),
        (["key", "nonsense"], "Không có lệnh “nonsense”.", "No such command 'nonsense'."),
        (
            ["regist"],
            "Không có lệnh “regist”. Có phải là 'register' không?",
            "No such command 'regist'. Did you mean 'register'?",
        ),
        (["generate", "--levl", "cell"], "Không có tùy chọn --levl.", "No such option '--levl'."),
        (["generate"], "Thiếu --level.", "Missing option --level."),
        (["validate"], "Thiếu PATH.", "Missing argument PATH."),
        (["status"], "Thiếu PARENT.xlsx.", "Missing argument PARENT.xlsx."),
        (["consolidate", "a.xlsx"], "Thiếu --into.", "Missing option --into."),
        (["consolidate", "--into", "a.xlsx"], "Chưa nêu tệp hoặc thư mục cần tổng hợp.", "No file or folder to"),
        (["key", "trus"], "Có phải là một trong: 'distrust', 'trust'?", "Did you mean one of: 'distrust', 'trust'?"),
        (["generate", "--level", "distrit"], "commune. Có phải là “district” không?", "Did you mean “district”?"),
        (["addin", "build", "--out", "."], "“.” là thư mục.", "'.' is a directory."),
        (["generate", "--level", "tỉnh"], "Chọn một trong: cell, base, district", "Choose one of: cell, base"),
        (["status", "a.xlsx", "--format", "xml"], "Chọn một trong: text, json.", "Choose one of: text, json."),
        (
            ["generate", "--level", "cell", "--cutoff", "28/02/2023"],
            "Giá trị của --cutoff không phải ngày",
            "--cutoff is not a date",
        ),
        (["consolidate", "--into", "a", "b", "--now", "sáng nay"], "--now không phải thời điểm", "--now is not a time"),
        (
            ["consolidate", "--into", "a", "b", "--now", "0001-01-01"],
            "--now không phải thời điểm",
            "--now is not a time",
        ),
        (["generate", "--level"], "Tùy chọn --level thiếu giá trị", "Option '--level' requires an argument"),
        (
            ["generate", "--level", "cell", "--below=1"],
            "Tùy chọn --below không nhận giá trị",
            "Option '--below' does not take a value",
        ),
        (
            ["status", "BC", "lan", "2.xlsx"],
            "Không hiểu phần thừa: lan 2.xlsx.",
            "unexpected extra arguments (lan 2.xlsx)",
        ),
    ],
)
def test_wrong_usage_is_a_message_in_the_users_language(given: list[str], vi: str, en: str) -> None:
    for lang, expected in (("vi", vi), ("en", en)):
        answer = press(*given, *(["--lang", lang] if lang == "en" and given[-1] != "--level" else []))
        if lang == "en" and given[-1] == "--level":
            answer = press("generate", "--lang", "en", "--level")
        assert answer.code == 2
        assert answer.out == ""
        assert expected in answer.err
        assert lang == "en" or not ENGLISH.search(re.sub(r"--\w+|'.*'|loithe-xl.*|Chọn một trong.*", "", answer.err))


@pytest.mark.parametrize("given", [["--lang", "en"], ["--lang=en"]])
def test_the_language_may_stand_anywhere(given: list[str]) -> None:
    words = ["register", "check", "khong-co.xlsx"]
    for place in range(4):
        answer = press(*words[:place], *given, *words[place:])
        assert worded("REGISTER_FILE_MISSING", "en").search(answer.said), (place, answer.said)
    assert worded("REGISTER_FILE_MISSING", "vi").search(press(*words).said)
    assert press(*words, "--lang", "fr").code == 2


def test_exit_codes(forms: dict[str, Path], tmp_path: Path) -> None:
    into = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))
    good = type_in(forms["01.K1"], tmp_path / "k.xlsx", REQUIRED, [held(10)])
    bad = type_in(forms["01.1.C01"], tmp_path / "c.xlsx", {**REQUIRED, "members_exempt": -1})
    (tmp_path / "tep").write_text("x")

    assert press("consolidate", "--into", into, good).code == 0, "missing units and warnings included"
    assert press("validate", good).code == 0
    assert press("validate", bad).code == press("consolidate", "--into", into, bad).code == 1
    assert press("validate", tmp_path / "không có").code == 2
    assert press("status", tmp_path / "tep").code == press("register", "new", tmp_path / "tep" / "a.xlsx").code == 3


def test_json_stands_alone_on_stdout(forms: dict[str, Path], tmp_path: Path) -> None:
    """Progress of many files, passed-over files and faults go elsewhere."""
    folder = tmp_path / "nhan"
    good = type_in(forms["01.K1"], folder / "0.xlsx", REQUIRED, [held(10)])
    for number in range(1, 25):
        shutil.copy(good, folder / f"{number}.xlsx")
    (folder / "~$0.xlsx").write_bytes(b"x")
    into = Path(shutil.copy(forms["01"], tmp_path / "01.xlsx"))
    for command in (
        ("validate", folder),
        ("consolidate", "--into", into, folder),
        ("status", into),
        ("report", into, "--out", tmp_path / "bc.xlsx"),
        ("status", tmp_path / "không có.xlsx"),
    ):
        answer = press(*command, "--format", "json")
        assert isinstance(answer.json, dict)
        assert answer.out.startswith("{") and answer.out.rstrip().endswith("}")
    told = press("validate", folder, "--format", "json")
    assert "Kiểm tra" in told.err and "25/25" in told.err
    assert "Validating" in press("validate", folder, "--lang", "en").err


def test_a_path_called_json_does_not_make_json(tmp_path: Path) -> None:
    answer = press("status", "json", at=tmp_path)

    assert answer.code == 3
    assert answer.out == ""


def test_a_program_fault_is_a_message_and_a_traceback_only_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from loithe_xl.tasks import consolidate

    def broken(path: Path) -> None:
        raise RuntimeError(str(path))

    monkeypatch.setattr(consolidate, "open_parent", broken)
    for lang, mark in (("vi", BROKEN[1]), ("en", BROKEN[2])):
        assert shell.run(["status", str(tmp_path), "--lang", lang]) == 3
        said = capsys.readouterr()
        assert mark in said.err and "RuntimeError" in said.err
        assert "Traceback" not in said.err and str(tmp_path) not in said.err
        assert said.out == ""
    monkeypatch.setenv("LOITHE_DEBUG", "1")
    assert shell.run(["status", "x"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_stopping_is_no_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from loithe_xl.tasks import consolidate

    def stopped(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(consolidate, "open_parent", stopped)

    assert shell.run(["status", "x"]) == 3
    assert "Đã dừng" in capsys.readouterr().err


def test_every_issue_of_a_fault_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from loithe_xl.tasks import consolidate

    def refused(path: Path) -> None:
        raise Fault([issue("UNIT_UNKNOWN", unit=unit) for unit in ("1", "2")], 2)

    monkeypatch.setattr(consolidate, "open_parent", refused)

    assert shell.run(["status", "x", "--format=json"]) == 2
    said = capsys.readouterr()
    assert said.err.count("[LỖI]") == 2
    assert [each["code"] for each in json.loads(said.out)["issues"]] == ["UNIT_UNKNOWN"] * 2


def pressed(*arguments: object, at: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own."""
    known = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **env}
    command = [sys.executable, "-m", "loithe_xl", *map(str, arguments)]
    return subprocess.run(command, cwd=at, env=known, capture_output=True, check=False)


def test_as_a_program_of_its_own(forms: dict[str, Path], tmp_path: Path) -> None:
    """Whatever code page the console has: UTF-8 out, nothing else on stderr, the same exit codes."""
    type_in(forms["01.K1"], tmp_path / "báo cáo.xlsx", REQUIRED, [held(10)])
    shutil.copy(forms["01"], tmp_path / "01.xlsx")
    given = ("consolidate", "--into", "01.xlsx", "báo cáo.xlsx", "--format", "json")

    done = pressed(*given, at=tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONWARNINGS="error")

    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout.decode("utf-8"))
    assert (found["accepted"], found["children"][-1]["file"]) == (1, "báo cáo.xlsx")


def test_a_program_without_arguments_shows_its_help(tmp_path: Path) -> None:
    done = pressed(at=tmp_path)

    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode("utf-8").startswith("Cách dùng: loithe-xl")
    nonsense = pressed("nonsense", at=tmp_path)
    assert (nonsense.returncode, nonsense.stdout) == (2, b"")
    assert "Không có lệnh" in nonsense.stderr.decode("utf-8")
    assert pressed("status", "a.xlsx", at=tmp_path).returncode == 3
