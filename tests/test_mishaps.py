"""Kills, failing disks and crowds: whatever happens, a file is the old or the new one, whole, and nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import crowd
import failing
import killing
import pytest
from failing import Failing
from killing import Moment
from scenes import PARENT, Scene, fresh, rehearsed

from loithe_xl.identity import keyring
from loithe_xl.system import store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills, forks and limits are POSIX")
KILLS, STEPS = 12, 4


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Scene]:
    return rehearsed(tmp_path_factory.mktemp("scenes"))


def test_kill_at_any_moment_does_no_harm(played: Mapping[str, Scene], tmp_path: Path) -> None:
    tally = killing.tried(played, tmp_path, KILLS, seed=20230228)

    assert tally.failed == []
    assert tally.tried == KILLS


@pytest.mark.parametrize("scene", ["consolidate", "generate", "report", "key"])
def test_a_kill_in_the_midst_of_writing_is_swept_up_by_the_next_run(
    played: Mapping[str, Scene], tmp_path: Path, scene: str
) -> None:
    assert killing.killed(played[scene], Moment("write", 1), tmp_path) == ""


def test_a_failing_disk_does_no_harm(played: Mapping[str, Scene], tmp_path: Path) -> None:
    tally = failing.tried(played, tmp_path, STEPS)

    assert tally.failed == []
    assert tally.tried > 4 * STEPS


def test_eight_at_once_lose_nothing(tmp_path: Path) -> None:
    assert crowd.run(tmp_path, 1).failed == []


# What is watched is seen: a program that does wrong is caught.


def in_place(target: Path, data: bytes, *_: object, **__: object) -> Path:
    """Writes as most programs do."""
    target.parent.mkdir(exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:
        file.write(data)
    return target


def test_a_parent_written_in_place_would_be_noticed(
    played: Mapping[str, Scene], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "write", in_place)
    monkeypatch.setattr(killing, "WRITERS", killing.WRITERS | {__file__})

    assert "whole" in killing.killed(played["report"], Moment("write", 1), tmp_path)
    assert failing.failed(played["report"], Failing("fdopen", 1), tmp_path) != ""


def test_what_nobody_sweeps_up_would_be_noticed(
    played: Mapping[str, Scene], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_sweep", lambda _: None)
    monkeypatch.setattr(keyring, "_sweep", lambda _: None)

    for scene in ("consolidate", "key"):
        assert ".tmp" in killing.killed(played[scene], Moment("write", 1), tmp_path)


def test_a_fault_without_a_sentence_would_be_noticed(
    played: Mapping[str, Scene], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failing, "SAID", [])

    assert "it said" in failing.failed(played["consolidate"], Failing("fsync", 1), tmp_path)


def test_a_scene_begins_with_the_old_parent(played: Mapping[str, Scene], tmp_path: Path) -> None:
    stage = fresh(played["consolidate"], tmp_path / "x")

    assert played["consolidate"].unfinished(stage) != ""
    (stage / PARENT).write_bytes((stage / PARENT).read_bytes()[:-1])
    assert played["consolidate"].wrong(stage) != ""
