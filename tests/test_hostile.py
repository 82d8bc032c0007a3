"""Hostile files among honest ones: each is refused with its reason or counts as what it holds; nothing falls over."""

from __future__ import annotations

import os

import pytest
from hostile import KINDS, MEMORY, SKIPPED, SPOTS, Kind, Run, Spot, consolidated

from loithe_xl.consolidation.receipts import Verdict

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes, links and names of any bytes are POSIX")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return consolidated(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("case", [*KINDS, *SPOTS], ids=[case.name for case in [*KINDS, *SPOTS]])
def test_it_is_refused_by_name_or_counts_as_what_it_holds(run: Run, case: Kind | Spot) -> None:
    assert run.wrong(case) == ""


def test_the_honest_file_beside_them_counts(run: Run) -> None:
    assert run.honest.verdict is Verdict.VALID


def test_what_is_no_report_is_passed_over_and_all_else_is_counted(run: Run) -> None:
    skipped = sum(spot.codes == SKIPPED for spot in SPOTS)

    assert run.answer["skipped"] == skipped
    assert run.answer["seen"] == len(KINDS) + len(SPOTS) - skipped + 1


def test_all_processes_together_needed_no_more_memory_than_is_promised(run: Run) -> None:
    assert max(run.megabytes, run.together) < MEMORY


def test_what_was_received_is_as_it_was(run: Run) -> None:
    assert run.untouched


def test_there_are_enough_kinds() -> None:
    names = [case.name for case in [*KINDS, *SPOTS]]
    assert len(set(names)) == len(names)
    assert len(KINDS) >= 101
