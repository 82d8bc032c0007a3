"""The library that speaks with Excel: loaded when a workbook is asked for, and alone with its types."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from loithe_xl.addin.excel import app
from loithe_xl.identity import keyring

SRC = Path(__file__).resolve().parent.parent / "src"


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    app.connect.cache_clear()
    yield
    app.connect.cache_clear()


def test_the_library_comes_without_table_libraries_and_hides_none_from_others():
    code = (
        "import sys; from loithe_xl.addin.excel import app; app.connect();"
        "print(*({'xlwings', 'numpy', 'pandas', 'PIL'} & sys.modules.keys())); import numpy"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=SRC, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["xlwings"]


def test_it_is_loaded_once(monkeypatch: pytest.MonkeyPatch):
    loaded: list[str] = []
    monkeypatch.setattr(app, "import_module", lambda name: loaded.append(name) or ModuleType(name))

    assert app.connect() is app.connect()
    assert loaded == ["xlwings"]


def _on_windows(monkeypatch: pytest.MonkeyPatch, *, failures: int) -> list[Path]:
    """On a PC where xlwings fails to come so often; the folders of types in which pywin32 looked each time."""
    com, types = ModuleType("win32com"), ModuleType("win32com.gen_py")
    looked: list[Path] = []

    def import_module(name: str) -> ModuleType:
        if name == "win32com":
            return com
        looked.extend(Path(each) for each in types.__path__)
        if len(looked) <= failures:
            raise AttributeError("half written")
        return ModuleType(name)

    modules = {"win32com.gen_py": types}
    pc = SimpleNamespace(platform="win32", version_info=sys.version_info, modules=modules)
    monkeypatch.setattr(app, "sys", pc)
    monkeypatch.setattr(app, "import_module", import_module)
    return looked


def test_types_that_a_killed_process_left_half_written_are_made_anew(monkeypatch: pytest.MonkeyPatch):
    folder = keyring.folder() / "gen_py"
    looked = _on_windows(monkeypatch, failures=1)
    half = folder / f"{sys.version_info[0]}.{sys.version_info[1]}" / "half.py"
    half.parent.mkdir(parents=True)
    half.touch()

    assert app.connect().__name__ == "xlwings"
    assert looked == [half.parent] * 2
    assert not half.parent.exists()


def test_a_library_that_does_not_come_at_all_is_a_fault_and_is_tried_again_next_time(monkeypatch: pytest.MonkeyPatch):
    _on_windows(monkeypatch, failures=2)

    with pytest.raises(AttributeError, match="half written"):
        app.connect()
    assert app.connect().__name__ == "xlwings"
