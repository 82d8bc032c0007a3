"""--quiet and --verbose: what is left unsaid, and a log that can be sent, with nothing in it of what was worked on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from cli_tools import held, press, type_in
from tools import REQUIRED

from loithe_xl import __version__
from loithe_xl.cli import shell
from loithe_xl.language.catalogue import LANGUAGES
from loithe_xl.system import log

SECRET = "Nguyễn Văn Bí Mật"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office's folder of its own: keys that are there stay there."""
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def received(issued: dict[str, Path], tmp_path: Path) -> Path:
    """Many files: one of them faulty, one that is no form."""
    folder = tmp_path / SECRET
    good = type_in(issued["01.1.C01"], folder / "0.xlsx", REQUIRED, [held(10)])
    for number in range(1, 23):
        shutil.copy(good, folder / f"{number}.xlsx")
    type_in(issued["01.1.C02"], folder / f"{SECRET}.xlsx", {**REQUIRED, "members_exempt": -4711})
    (folder / "ghi chú.xlsx").write_text(SECRET, encoding="utf-8")
    return folder


def commands(group: click.Group) -> Iterator[click.Command]:
    for each in group.commands.values():
        yield each
        if isinstance(each, click.Group):
            yield from commands(each)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_command_takes_both(lang: str):
    root = shell.build(lang)

    for each in (root, *commands(root)):
        assert {"-q", "--quiet", "-v", "--verbose"} <= {name for param in each.params for name in param.opts}, each.name


def test_the_log_holds_counts_codes_times_and_versions_and_nothing_of_the_files(home: Path, received: Path):
    told = press("validate", received, "--verbose")
    plain = press("validate", received)

    written = (home / log.LOG_NAME).read_text(encoding="utf-8")
    assert told.code == plain.code == 1
    assert len(told.out.splitlines()) > len(plain.out.splitlines()), "nothing is shortened"
    assert all(line in told.err for line in written.splitlines())
    assert str(home / log.LOG_NAME) in told.err
    for said in (f"loithe-xl validate {__version__} --verbose", "Kiểm tra: 25/25 tệp", "mã kết thúc 1", "Python 3."):
        assert said in written
    assert re.search(r"^  FILE_TEXT: 1$", written, re.M)
    assert re.search(r"^  FIELD_\w+: \d+$", written, re.M)
    assert re.search(r"^  loi_the \S{16}$", written, re.M)
    assert re.search(r"^  hết \d+,\d\d giây$", written, re.M)
    for secret in (*SECRET.split(), "01.1", "4711", ".xlsx", str(received.parent), "ghi chú"):
        assert secret not in written, secret


def test_what_became_of_files_is_counted(home: Path, issued: dict[str, Path], received: Path, tmp_path: Path):
    into = shutil.copy(issued["01.1"], tmp_path / "so.xlsx")

    press("consolidate", "--into", into, received, "-v", "--lang", "en")

    written = (home / log.LOG_NAME).read_text(encoding="utf-8")
    assert re.search(r"^\S+ \S+ loithe-xl consolidate \S+ --into --lang --verbose$", written, re.M)
    assert all(f"\n  {said}" in written for said in ("accepted: 1", "duplicate: 22", "refused: 2", "exit code 1"))
    assert "Reading: 25/25 files" in written


def test_without_verbose_nothing_is_logged_and_quiet_verbose_only_writes(home: Path, received: Path):
    loud = press("validate", received)
    assert not (home / log.LOG_NAME).exists()

    quiet = press("--quiet", "validate", received)
    assert (quiet.code, quiet.out) == (loud.code, loud.out)
    assert "25/25" in loud.err and "25/25" not in quiet.err

    silent = press("-q", "validate", received, "-v")
    assert silent.err == quiet.err
    assert "mã kết thúc 1" in (home / log.LOG_NAME).read_text(encoding="utf-8")


def test_quiet_lists_no_files_but_tells_what_is_wrong(home: Path, tmp_path: Path):
    told = press("generate", "--level", "cell", "--unit", "00.07.001.C001", "--out", tmp_path / "a")
    quiet = press("generate", "--level", "cell", "--unit", "00.07.001.C001", "--out", tmp_path / "b", "-q")

    assert ".xlsx" in told.out
    assert quiet.out.splitlines() == told.out.replace("/a", "/b").splitlines()[-1:]
    missing = press("status", tmp_path / "không có.xlsx", "-q")
    assert (missing.code, missing.err) == (3, press("status", tmp_path / "không có.xlsx").err)


def test_a_fault_of_the_data_is_counted_by_its_code_and_one_of_the_program_by_its_lines(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from loithe_xl.tasks import consolidate

    assert press("status", tmp_path / SECRET, "-v").code == 3
    written = (home / log.LOG_NAME).read_text(encoding="utf-8")
    assert "PATH_MISSING: 1" in written and "mã kết thúc 3" in written

    def broken(path: Path) -> None:
        raise RuntimeError(str(path))

    monkeypatch.setattr(consolidate, "open_parent", broken)
    assert shell.run(["status", str(tmp_path / SECRET)]) == 3
    written = (home / log.LOG_NAME).read_text(encoding="utf-8")
    assert str(home / log.LOG_NAME) in capsys.readouterr().err
    assert "RuntimeError" in written and "  test_runlog.py:" in written
    assert SECRET not in written


def test_a_long_log_is_begun_anew_and_where_none_can_be_written_nothing_breaks(tmp_path: Path):
    path = log.append(tmp_path, ["x" * log.MOST_LOG])
    log.append(tmp_path, ["y"])
    assert path.read_text(encoding="utf-8") == "y\n"
    log.append(tmp_path, ["z"])
    assert path.read_text(encoding="utf-8") == "y\nz\n"

    (tmp_path / "tep").write_text("")
    assert log.append(tmp_path / "tep", ["y"]).name == log.LOG_NAME


def test_the_version_is_the_first_line_and_verbose_tells_what_it_stands_on():
    short, long = press("-V").out, press("--version", "--verbose").out

    assert short == press("--version").out == f"loithe-xl {__version__}\n"
    assert long.startswith(short)
    assert (
        re.search(r"^  Python 3\.", long, re.M)
        and "  click 8." in long
        and re.search(r"^  loi_the \S{16}$", long, re.M)
    )
