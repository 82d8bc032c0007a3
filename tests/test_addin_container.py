"""The add-in as other programs see it: a second file with another container, and an analysis of all its VBA."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import vba_reader
from pyopenvba import ExcelFile
from pyvbaanalysis import DiagnosticSeverity, analyze_workbook

from addin_container import PROJECT, other_container
from loithe_xl.addin.xlam.package import build_addin
from loithe_xl.addin.xlam.sources import read


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Our file and the one of the other container."""
    folder = tmp_path_factory.mktemp("addin")
    ours, theirs = folder / "loithe.xlam", folder / "loithe-b.xlam"
    ours.write_bytes(build_addin())
    theirs.write_bytes(other_container(ours.read_bytes()))
    return ours, theirs


def code(file: Path) -> dict[str, list[str]]:
    """Each module's lines, as olevba reads them; attributes are the container's own."""
    with zipfile.ZipFile(file) as package:
        found = vba_reader.modules(package.read(PROJECT))
    return {
        name.rpartition(".")[0]: [line for line in source.splitlines() if not line.startswith("Attribute ")]
        for name, source in found.items()
    }


def test_both_containers_hold_the_same_modules(files: tuple[Path, Path]):
    ours, theirs = map(code, files)

    assert ours == theirs
    assert set(ours) == {module.name for module in read().modules}
    assert len(ours["xlwings"]) > 900


def test_only_the_container_differs(files: tuple[Path, Path]):
    ours, theirs = (zipfile.ZipFile(io.BytesIO(file.read_bytes())) for file in files)

    assert ours.namelist() == theirs.namelist()
    assert [name for name in ours.namelist() if ours.read(name) != theirs.read(name)] == [PROJECT]
    for file in files:
        with ExcelFile(file) as book:
            assert book.validate() == []
            assert [each.name for each in book.references()] == ["stdole", "Office"]


def test_an_analysis_of_the_whole_project_finds_the_planted_fault_alone(tmp_path: Path, files: tuple[Path, Path]):
    """Names, arguments, types of Excel's own objects: no error in any module, no warning in ours."""
    with ExcelFile(files[0]) as book:
        planted = book.get_module("LoitheMain") + "\r\nPrivate Sub Planted()\r\n    LoitheNowhere 1\r\nEnd Sub\r\n"
        book.set_module("LoitheMain", planted)
        book.save(tmp_path / "planted.xlam")

    found = [(module, each) for module, all_ in analyze_workbook(tmp_path / "planted.xlam").items() for each in all_]
    errors = [(module, each.code) for module, each in found if each.severity is DiagnosticSeverity.ERROR]
    warned = {module for module, each in found if each.severity is DiagnosticSeverity.WARNING}
    assert len(errors) == 1 and errors[0][0] == "LoitheMain", errors
    assert warned <= {"xlwings"}
