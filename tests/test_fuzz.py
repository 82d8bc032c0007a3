"""Submissions changed at random are read as they are now, or refused; what that is, another reading says."""

from __future__ import annotations

import io
import zipfile

import fuzz
import independent
import pytest
from fuzz import Bench, Judge
from tally import Tally

from loithe_xl.workbook.ownsheets import COMPUTED

EXAMPLES, SEED = 300, 20230228


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return fuzz.bench(tmp_path_factory.mktemp("fuzz"))


def test_a_changed_submission_is_read_as_it_is_or_refused(bench: Bench) -> None:
    tally = Tally()
    outcomes = fuzz.tried(bench, SEED, EXAMPLES, tally)

    assert tally.failed == []
    assert tally.tried == sum(outcomes.values()) == EXAMPLES
    assert outcomes["accepted"] > EXAMPLES / 10
    assert sum(outcomes[code] for code in outcomes if code.startswith("FILE_")) > EXAMPLES / 4


def test_genuine_submissions_are_read_alike_by_both(bench: Bench) -> None:
    for data in bench.files.values():
        assert Judge(bench, 0).judged(data) == ("accepted", "")


def test_an_example_is_made_again_from_its_number(bench: Bench) -> None:
    first, again, other = (Judge(bench, seed).example(7) for seed in (1, 1, 2))

    assert first == again != other


def test_a_wrong_figure_would_be_noticed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge's own test: a reader that gets one cell wrong, and one that reads what has no meaning."""
    judge, data = Judge(bench, 0), bench.files["ours"]
    real = fuzz.reader.read

    def careless(data: bytes, skip: object) -> object:
        found = real(data, skip)
        found.grids["1. Số liệu"].values[9, 4] = 31
        return found

    monkeypatch.setattr(fuzz.reader, "read", careless)
    assert judge.judged(data) == ("wrong", "1. Số liệu: D9 31 for Decimal('30')")
    monkeypatch.setattr(fuzz.reader, "read", lambda *_: real(data, COMPUTED))
    package = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: package.read(name) for name in package.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"<v>30</v>", b"<v>3<v>0</v></v>")
    assert judge.judged(fuzz._zipped(parts)) == ("wrong", "read, though elements inside a value")


def test_the_other_reading_knows_the_format() -> None:
    assert independent.ESCAPED.sub(lambda code: chr(int(code[1], 16)), "_x0041__x000D_") == "A\r"
    with pytest.raises(independent.Unclear):
        independent.read(b"PK")
