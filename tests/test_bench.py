"""The benchmarks run, and those who compute the same figures agree; how long anything takes is not looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import bench

WHAT = [
    "--help",
    "identity only",
    "filled in",
    "xlsxwriter",
    "calamine",
    "pandas",
    "ms of CPU per file",
    "each further file",
    "memory",
    "validate",
]


def test_a_quick_run_measures_every_bar(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    document = tmp_path / "x.md"
    document.write_text(f"Đầu.\n{bench.BEGIN}\ncũ\n{bench.END}\nCuối.\n", encoding="utf-8")

    assert bench.main(["--quick", "--json", "--write", str(document)]) == 0

    said = json.loads(capsys.readouterr().out)
    rows = said["rows"]
    assert [word for word in WHAT if not any(word in row["what"] + row["bar"] for row in rows)] == []
    differences = ("memory", "each further file")  # may be none among a few files
    assert all(row["value"] > 0 or any(word in row["what"] for word in differences) for row in rows)
    assert sum(row["met"] is not None for row in rows) >= 9
    written = document.read_text(encoding="utf-8")
    assert written.startswith(f"Đầu.\n{bench.BEGIN}\n") and written.endswith(f"{bench.END}\nCuối.\n")
    assert "cũ" not in written
    assert all(row["measured"] in written for row in rows)


def test_a_bar_is_met_from_its_own_side():
    assert bench.Row("a", "≤ 2×", "", 2.0, 2).met is True
    assert bench.Row("a", "≤ 2×", "", 2.1, 2).met is False
    assert bench.Row("a", "≥ 8×", "", 8.0, 8, least=True).met is True
    assert bench.Row("a", "≥ 8×", "", 7.9, 8, least=True).met is False
    assert bench.Row("a", "", "", 7.9).met is None


def test_the_document_has_the_place_for_the_table():
    text = (bench.ROOT / "docs" / "performance.md").read_text(encoding="utf-8")

    assert text.count(bench.BEGIN) == text.count(bench.END) == 1
    assert text.index(bench.BEGIN) < text.index(bench.END)
