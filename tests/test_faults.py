"""The script of all faults: every promise has its row and its line, and a failure is told and ends with 1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tally import Tally

import faults


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path))  # the script sets its own


def test_every_promise_has_a_row() -> None:
    assert list(faults.ROWS) == list(range(1, 17))
    assert {number: row.full for number, row in faults.ROWS.items() if row.full} == {
        2: 100_000,
        4: 1_000,
        5: 10_000,
        6: 1_000,
        7: 1_000,
        9: 20,
        12: 4_000,
        13: 20_000,
        14: 52,
        15: 500_000,
    }


def test_a_line_tells_what_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert faults.main(["--rows", "5", "--count", "4"]) == 0
    assert re.search(r"^ +5 +8 +8 +0 +\d+   a parent is the sum", capsys.readouterr().out, re.M)


def test_a_failure_ends_with_1_and_says_how_to_try_it_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(folder: Path, count: int, seed: int) -> Tally:
        tally = Tally(notes=[f"{count} of seed {seed}"])
        for number in range(count):
            tally.add(f"--seed {seed} example {number}", "it broke" if number % 2 else "")
        return tally

    monkeypatch.setitem(faults.ROWS, 7, faults.Row("kills", work, 4, 1_000))

    assert faults.main(["--rows", "7", "--seed", "3"]) == 1
    said = capsys.readouterr().out
    assert re.search(r"^ +7 +4 +2 +2 +0   kills$", said, re.M)
    assert "4 of seed 3" in said and "FAILED --seed 3 example 1: it broke" in said
    assert faults.main(["--rows", "7", "--full"]) == 1
    assert "… and 490 more" in capsys.readouterr().out


def test_a_document_s_table_is_filled_run_by_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What other runs tried stays; a row that is tried again has one line."""
    document = tmp_path / "x.md"
    document.write_text(f"Trước | 3 |\n\n{faults.BEGIN}\n{faults.END}\n\nSau\n", encoding="utf-8")

    def work(folder: Path, count: int, seed: int) -> Tally:
        del folder, seed
        return Tally(count, ["one"] * (count == 5))

    for number in (2, 10):
        monkeypatch.setitem(faults.ROWS, number, faults.Row(f"kind {number}", work, 1, 1))
    codes = [
        faults.main(["--rows", row, "--count", count, "--write", str(document)])
        for row, count in (("10", "4"), ("2", "1000"), ("10", "5"))
    ]

    table = [
        "| 2 | kind 2 | 1,000 | 1,000 | 0 | 0 |",
        "| 10 | kind 10 | 5 | 4 | 1 | 0 |",
    ]
    said = "\n".join([faults.BEGIN, *faults.HEAD, *table, faults.END])
    assert document.read_text(encoding="utf-8") == f"Trước | 3 |\n\n{said}\n\nSau\n"
    assert codes == [0, 0, 1]


def test_the_document_on_reliability_has_a_table_and_tells_every_row() -> None:
    said = (faults.ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")

    assert said.count(faults.BEGIN) == said.count(faults.END) == 1
    assert re.findall(r"^(\d+)\. \*\*", said, re.M) == [str(number) for number in faults.ROWS]
    for name in re.findall(r"`(tests/[\w.]+|scripts/[\w.]+)`", said):
        assert (faults.ROOT / name).exists(), name


def test_cases_of_the_tests_are_tries(tmp_path: Path) -> None:
    tally = faults.tests("test_notation.py", "")(tmp_path, 0, 0)

    assert tally.tried > 5 and tally.failed == []


def test_a_law_that_does_not_hold_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import test_leaves

    monkeypatch.setattr(test_leaves.test_cells_through_bases_equal_cells_direct.hypothesis, "inner_test", broken)

    (failed,) = faults.laws(tmp_path, 3, 0).failed
    assert "test_cells_through_bases_equal_cells_direct: AssertionError" in failed


def broken(tree: object) -> None:
    raise AssertionError("no such sum")
