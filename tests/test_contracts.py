"""Each import contract of pyproject.toml catches what it forbids: tried on a copy, one violation at a time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
# Contract -> a module of the copy, and the import that it must not have.
FORBIDDEN = {
    "layers": ("workbook/book.py", "from loithe_xl.form.layout import Layout"),
    "acyclic": ("draw/head.py", "from loithe_xl.draw.form import form_book"),
    "reading": ("reading/strictxml.py", "from loithe_xl.reading.reader import read"),
    "intake": ("intake/resemblance.py", "from loithe_xl.intake.structure import expected"),
    "workbook": ("workbook/address.py", "from loithe_xl.workbook.writer import render"),
    "pack": ("pack/kinds.py", "from loithe_xl.pack.packfile import load"),
    "addin": ("addin/xlam/sources.py", "from loithe_xl.addin.setup.windows import Windows"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def broken(folder: Path) -> set[str]:
    """The names of the contracts that do not hold."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    settings = {"PYTHONPATH": str(folder / "src"), "PYTHONUTF8": "1", "COLUMNS": "200"}
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, encoding="utf-8", check=False)
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return {contract["name"] for contract in CONTRACTS if f"{contract['name']} BROKEN" in done.stdout}


def test_the_copy_keeps_them_all(copy: Path):
    assert broken(copy) == set()
    assert {contract["id"] for contract in CONTRACTS} == set(FORBIDDEN)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["id"])
def test_what_a_contract_forbids_it_catches(copy: Path, contract: dict[str, str]):
    module, line = FORBIDDEN[contract["id"]]
    file = copy / "src" / "loithe_xl" / module
    before = file.read_text(encoding="utf-8")
    file.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        assert contract["name"] in broken(copy)
    finally:
        file.write_text(before, encoding="utf-8")


def test_a_package_without_a_layer_is_caught(copy: Path):
    package = copy / "src" / "loithe_xl" / "elsewhere"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    try:
        assert broken(copy) == {"Every package has its layer, and imports only downwards"}
    finally:
        shutil.rmtree(package)
