"""Workers that may die: results in order, and what hangs, crashes or eats memory costs one item."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from loithe_xl.system import workers
from loithe_xl.system.workers import AHEAD, Lost, Pool


def doubled(number: int) -> int:
    return number * 2


class Panic(BaseException):
    """As libraries in Rust raise it."""


def asked(megabytes: int) -> int:
    """The process that could hold so much."""
    return os.getpid() if bytearray(megabytes * 2**20) else 0


def hoarding(megabytes: int, kept: list[bytearray] = []) -> int:  # noqa: B006
    """The process that keeps so much, and all that it kept before."""
    kept.append(bytearray(megabytes * 2**20))
    return os.getpid()


def strange(item: str) -> str:
    match item:
        case "die":
            os._exit(7)
        case "abort":
            faulthandler.disable()  # or it would print what is meant to happen
            os.abort()
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            time.sleep(3600)
        case "memory":
            return str(len(bytearray(2**40)))
        case "eat":
            kept = []
            while True:
                kept.append(bytearray(2**24))
        case "raise":
            raise ValueError("a programmer's fault")
        case "deep":
            return strange(item)
        case "panic":
            raise Panic
        case "unsent":
            return (letter for letter in item)  # type: ignore[return-value]
    return item.upper()


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 3 * AHEAD])
def test_results_come_in_order(size: int, count: int):
    with Pool(doubled, size) as pool:
        assert list(pool.map(range(count))) == [number * 2 for number in range(count)]


@pytest.mark.parametrize("item", ["die", "abort", "kill"])
def test_what_ends_a_worker_costs_itself_alone(item: str):
    items = ["a", "b", item, "c", item, item, "d", "e"]

    with Pool(strange, 2) as pool:
        found = list(pool.map(items))

    assert found == [Lost("died") if each == item else each.upper() for each in items]


def test_what_hangs_is_ended():
    with Pool(strange, 2, seconds=1.5) as pool:
        assert list(pool.map(["a", "hang", "b", "c", "hang"])) == ["A", Lost("slow"), "B", "C", Lost("slow")]


@pytest.mark.parametrize("item", ["memory", "eat"])
def test_what_eats_memory_costs_itself_alone(item: str):
    with Pool(strange, 1, memory=2**27) as pool:
        assert list(pool.map(["a", item, "b"])) == ["A", Lost("memory"), "B"]


@pytest.mark.parametrize("item", ["raise", "deep", "panic", "unsent"])
def test_what_the_work_raises_costs_its_item_alone(item: str):
    with Pool(strange, 2) as pool:
        first, lost, last = pool.map(["a", item, "b"])

    assert (first, last) == ("A", "B")
    assert isinstance(lost, Lost)
    assert (lost.reason, "Traceback" in lost.trace) == ("failed", True)


def test_what_needs_more_than_its_share_gets_all_of_it_alone():
    """So does what a worker that had grown full was given; who ran out of memory works on nothing else."""
    with Pool(asked, 4, memory=2**27) as pool:
        found = list(pool.map([1, 60, 1, 60, 300, 1]))

    assert [isinstance(each, int) for each in found] == [True, True, True, True, False, True]
    assert found[4] == Lost("memory")
    assert len({found[0], found[1], found[3]}) == 3, "a worker of its own"


def test_a_worker_that_grew_is_replaced():
    """What it keeps of one item is not missing for the next."""
    with Pool(hoarding, 1, memory=2**27) as pool:
        assert not any(isinstance(each, Lost) for each in pool.map([24] * 20))
        (first,), (second,), (third,) = (list(pool.map([size])) for size in (1, 110, 1))
    assert first == second != third


def test_who_died_once_is_not_tried_here(monkeypatch: pytest.MonkeyPatch):
    """Where no more processes can be started, what ended one would end the run."""
    real, calls = multiprocessing.process.BaseProcess.start, iter(range(10))

    def start(process: multiprocessing.process.BaseProcess) -> None:
        if next(calls) > 1:
            raise BlockingIOError(11, "no more processes")
        real(process)

    with Pool(strange, 2) as pool, monkeypatch.context() as patch:
        patch.setattr(multiprocessing.process.BaseProcess, "start", start)
        assert list(pool.map(["a", "die", "b", "raise"]))[:3] == ["A", Lost("died"), "B"]


def test_nobody_is_left_behind():
    with Pool(strange, 3, seconds=1.5) as pool:
        answers = pool.map(["a", "b", "hang", "c", "hang"])
        assert next(answers) == "A"
        pids = [worker.process.pid for worker in pool.workers]

    assert pids
    assert multiprocessing.active_children() == []
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_workers_that_start_anew_do_the_same():
    with Pool(doubled, 2) as pool:
        pool.context = multiprocessing.get_context("spawn")
        assert list(pool.map(range(5))) == [0, 2, 4, 6, 8]
    with Pool(strange, 1) as pool:
        pool.context = multiprocessing.get_context("spawn")
        assert list(pool.map(["a", "die", "b"])) == ["A", Lost("died"), "B"]


def test_where_no_process_can_be_started_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch):
    def refused(_: object) -> None:
        raise BlockingIOError(11, "no more processes")

    with Pool(pid, 2) as pool, monkeypatch.context() as patch:
        patch.setattr(multiprocessing.process.BaseProcess, "start", refused)
        assert set(pool.map(range(5))) == {os.getpid()}
    assert multiprocessing.active_children() == []


def test_where_processes_end_before_they_begin_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch):
    """No item is to blame for that."""
    monkeypatch.setattr(workers, "_serve", lambda *_: os._exit(1))

    with Pool(pid, 2) as pool:
        assert set(pool.map(range(5))) == {os.getpid()}
    assert multiprocessing.active_children() == []


def test_fewer_processes_than_wanted_are_enough(monkeypatch: pytest.MonkeyPatch):
    real, calls = multiprocessing.process.BaseProcess.start, iter(range(10))

    def start(process: multiprocessing.process.BaseProcess) -> None:
        if next(calls):
            raise BlockingIOError(11, "no more processes")
        real(process)

    with Pool(pid, 3) as pool, monkeypatch.context() as patch:
        patch.setattr(multiprocessing.process.BaseProcess, "start", start)
        (one,) = set(pool.map(range(9)))
    assert one != os.getpid()


@pytest.mark.skipif(os.name != "posix", reason="alarms are POSIX")
def test_a_worker_that_nobody_watches_ends_itself():
    """As when the run itself was killed."""
    with Pool(strange, 1, seconds=0) as pool:
        answers = pool.map(["hang", "b"])
        pool.seconds = 60
        assert list(answers) == [Lost("died"), "B"]


def test_the_pool_does_not_run_far_ahead(tmp_path: Path):
    with Pool(_noted(tmp_path), 2) as pool:
        answers = pool.map([str(tmp_path / str(number)) for number in range(5 * AHEAD)])
        next(answers)
        assert len(list(tmp_path.iterdir())) <= AHEAD + 1
        assert len(list(answers)) == 5 * AHEAD - 1


def _noted(_: Path):
    return touched


def pid(_: int) -> int:
    return os.getpid()


def touched(item: str) -> str:
    Path(item).touch()
    return item
