"""The group ``addin``: the file in the language asked for, faults in words, exit codes; and the script that builds."""

from __future__ import annotations

import runpy
import sys
import zipfile
from pathlib import Path

import pytest
from cli_tools import press, worded

import environment
import loithe
from loithe_xl.addin.setup import diagnosis, installing, windows
from loithe_xl.addin.setup.patient import Finding, Health
from loithe_xl.addin.xlam import sources
from loithe_xl.addin.xlam.package import build_addin
from loithe_xl.language.catalogue import Text

SCRIPT = Path(environment.__file__).with_name("build_addin.py")


def ribbon_of(file: Path) -> str:
    with zipfile.ZipFile(file) as package:
        return package.read("customUI/customUI14.xml").decode()


@pytest.mark.parametrize(
    ("words", "lang", "label"),
    [([], "vi", "Tổng hợp"), (["--lang", "vi"], "vi", "Tổng hợp"), (["--lang", "en"], "en", "Consolidate")],
)
def test_the_file_is_written_and_its_place_told(tmp_path: Path, words: list[str], lang: str, label: str):
    answer = press("addin", "build", "--out", "ra/loithe.xlam", *words, at=tmp_path)

    assert (answer.code, answer.err) == (0, "")
    assert answer.out == {"vi": "Đã ghi ra/loithe.xlam\n", "en": "Wrote ra/loithe.xlam\n"}[lang]
    assert (tmp_path / "ra" / "loithe.xlam").read_bytes() == build_addin(lang)
    assert label in ribbon_of(tmp_path / "ra" / "loithe.xlam")


def test_the_language_may_be_named_before_the_command(tmp_path: Path):
    assert press("--lang", "en", "addin", "build", "--out", "a.xlam", at=tmp_path).code == 0
    assert (tmp_path / "a.xlam").read_bytes() == build_addin("en")


def test_built_again_the_file_stays_as_it_is(tmp_path: Path):
    first, second = (press("addin", "build", "--out", "a.xlam", at=tmp_path) for _ in range(2))

    assert (first.code, second.code) == (0, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlam"]


def test_the_place_must_be_named(tmp_path: Path):
    answer = press("addin", "build", at=tmp_path)

    assert answer.code == 2
    assert "Thiếu --out" in answer.err


def test_a_folder_is_no_place_for_it(tmp_path: Path):
    assert press("addin", "build", "--out", tmp_path).code == 2


def test_faults_of_the_sources_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "addin").mkdir()
    monkeypatch.setattr(sources, "ADDIN_HOMES", (tmp_path / "addin",))
    answer = press("addin", "build", "--out", "a.xlam", at=tmp_path)

    assert answer.code == 3
    assert worded("ADDIN_ABSENT").search(answer.err)
    assert "customUI14.xml" in answer.err and "texts.toml" in answer.err
    assert not (tmp_path / "a.xlam").exists()


@pytest.mark.parametrize("more", [[], ["--lang", "en"]])
def test_the_script_builds_into_dist(monkeypatch: pytest.MonkeyPatch, more: list[str]):
    called: list[list[str]] = []
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *more])
    monkeypatch.setattr(loithe, "main", lambda arguments: called.append(arguments) or 0)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(SCRIPT), run_name="__main__")

    assert ended.value.code == 0
    assert called == [["addin", "build", "--out", str(environment.ROOT / "dist" / "loithe.xlam"), *more]]


@pytest.mark.parametrize("name", ["install", "uninstall", "doctor"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_elsewhere_than_on_windows_the_rest_is_told_to_be_of_no_use(
    monkeypatch: pytest.MonkeyPatch, name: str, lang: str
):
    monkeypatch.setattr(windows.sys, "platform", "linux")
    answer = press("addin", name, "--lang", lang)

    assert (answer.code, answer.out) == (2, "")
    assert worded("ADDIN_WINDOWS_ONLY", lang).search(answer.err)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_installing_tells_what_was_done(monkeypatch: pytest.MonkeyPatch, lang: str):
    monkeypatch.setattr(installing, "install", lambda given: [Text("Đã cài.", f"Installed {given}.")])
    monkeypatch.setattr(installing, "uninstall", lambda: [Text("Đã gỡ.", "Removed.")])
    put, removed = (press("addin", name, "--lang", lang) for name in ("install", "uninstall"))

    assert (put.code, removed.code) == (0, 0)
    assert (put.out, removed.out) == {
        "vi": ("Đã cài.\n", "Đã gỡ.\n"),
        "en": ("Installed en.\n", "Removed.\n"),
    }[lang]


@pytest.mark.parametrize(("verdict", "code"), [(Health.OK, 0), (Health.WARN, 0), (Health.FAIL, 1)])
def test_the_doctor_s_findings_and_exit_code(monkeypatch: pytest.MonkeyPatch, verdict: Health, code: int):
    found = Finding("excel", verdict, Text("Excel 16.", "Excel 16."))
    monkeypatch.setattr(diagnosis, "doctor", lambda: [found])
    told, listed = press("addin", "doctor"), press("addin", "doctor", "--format", "json")

    assert (told.code, listed.code) == (code, code)
    assert "Excel: Excel 16.\n" in told.out
    assert listed.json["checks"] == [{"check": "excel", "verdict": verdict.value, "message": "Excel 16."}]
