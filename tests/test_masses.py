"""Many files: in whatever order and under whatever names they come; and however many there are."""

from __future__ import annotations

import os
from pathlib import Path

import masses
import pytest
import reorder

from loithe_xl.tasks import consolidate


def test_order_names_and_repeats_change_nothing(tmp_path: Path) -> None:
    tally = reorder.run(tmp_path, 8, seed=20230228)

    assert tally.failed == []
    assert tally.tried == 8


def test_a_parent_that_depends_on_order_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        consolidate, "merged", lambda before, seen: [*{each.sha: each for each in (*before, *seen)}.values()]
    )

    assert reorder.run(tmp_path, 3, seed=20230228).failed != []


@pytest.mark.skipif(os.name != "posix", reason="what a process needs is told by POSIX")
def test_memory_stays_flat(tmp_path: Path) -> None:
    tally = masses.run(tmp_path, 80)

    assert tally.failed == []
    assert tally.tried == 5
