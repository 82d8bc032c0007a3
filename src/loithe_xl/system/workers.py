"""Workers that may die: what hangs, crashes or eats memory costs one item of the work, not the run."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any, Generic, TypeVar

from loithe_xl.system.process import seldom

_T = TypeVar("_T")
_R = TypeVar("_R")

SECONDS = 30.0  # for one item
MEMORY = 384 * 2**20  # bytes of all workers together, beyond what they inherit: with the run itself below 500 MB
AHEAD = 64  # results that wait for an earlier one, so that memory does not grow with the number of items
BOOKED = 2  # items with a worker: the one it does and the next, so that it need not wait
_MOST = 8  # workers


@dataclass(frozen=True, slots=True)
class Lost:
    """Why an item has no result: its worker ``died`` or was too ``slow`` and was ended, its ``memory`` did not suffice,
    or the work ``failed``, with the ``trace`` that a programmer reads."""

    reason: str
    trace: str = ""


class _Alone(Exception):
    """No process can be started here."""


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    alone: bool  # it has all the memory, and its first item: what fails here fails by itself
    booked: deque[int] = field(default_factory=deque)
    since: float = 0.0
    began: bool = False  # it said that it is there


class Pool(Generic[_T, _R]):
    """Processes that do ``work`` on items; use it in a ``with``. ``work`` and its answers must be picklable.

    All workers together may take ``memory`` bytes beyond what they inherit, each its share. An item that used it up or
    ended its worker is tried once more when no other is worked on, by a fresh worker that has all of it.
    """

    def __init__(
        self, work: Callable[[_T], _R], size: int | None = None, seconds: float = SECONDS, memory: int = MEMORY
    ) -> None:
        self.work, self.seconds, self.memory = work, seconds, memory
        self.size = size or min(_MOST, os.cpu_count() or 1)
        # A fork is ready at once and knows what we know; elsewhere a worker starts anew.
        self.context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self.workers: list[_Worker] = []
        self.suspects: set[int] = set()  # items that were lost once
        self.again: deque[int] = deque()  # those that wait for their second try

    def __enter__(self) -> Pool[_T, _R]:
        return self

    def __exit__(self, *_: object) -> None:
        self._dismiss()

    def map(self, items: Sequence[_T]) -> Iterator[_R | Lost]:
        """The results in the items' order; an item has ``Lost`` in place of a result whatever becomes of the work.

        Work begins at once. Where no process can be started, this one does the work.
        """
        waiting = deque(range(len(items)))
        self.suspects.clear()
        self.again.clear()
        with suppress(_Alone):  # which is met again when the first result is wanted
            self._book(items, waiting, AHEAD)
        return self._results(items, waiting)

    def _results(self, items: Sequence[_T], waiting: deque[int]) -> Iterator[_R | Lost]:
        done: dict[int, _R | Lost] = {}
        alone = False
        for number in range(len(items)):
            try:
                while number not in done and not alone:
                    self._book(items, waiting, number + AHEAD)
                    done.update(self._news(waiting))
            except _Alone:
                alone = True
            if number not in done:  # nobody dies here
                done[number] = Lost("died") if number in self.suspects else _done(self.work, items[number])
            yield done.pop(number)

    def _book(self, items: Sequence[_T], waiting: deque[int], most: int) -> None:
        """Give waiting items to workers that have room; one that is tried again to a worker that is alone."""
        if self.again:
            if not any(worker.booked for worker in self.workers):
                self._dismiss()
                self._hire(self.memory)
                self._give(self.workers[0], self.again.popleft(), items)
            return
        while len(self.workers) < min(self.size, len(waiting)):
            self._hire(self.memory // self.size)
        for round_ in range(1, BOOKED + 1):
            for worker in self.workers:
                if waiting and waiting[0] < most and len(worker.booked) < round_:
                    self._give(worker, waiting.popleft(), items)

    def _give(self, worker: _Worker, number: int, items: Sequence[_T]) -> None:
        if not worker.booked:
            worker.since = time.monotonic()
        worker.booked.append(number)
        with suppress(OSError):  # a dead one is noticed when it is asked
            worker.pipe.send(items[number])

    def _news(self, waiting: deque[int]) -> dict[int, _R | Lost]:
        """What came in by the first deadline."""
        busy = [worker for worker in self.workers if worker.booked]
        first = min(worker.since for worker in busy) + self.seconds
        ready = wait([worker.pipe for worker in busy], max(0.0, first - time.monotonic()))
        found: dict[int, _R | Lost] = {}
        for worker in busy:
            if worker.pipe in ready:
                found |= self._answer(worker, waiting)
            elif time.monotonic() - worker.since >= self.seconds:
                found |= self._lost(worker, waiting, "slow")
        return found

    def _answer(self, worker: _Worker, waiting: deque[int]) -> dict[int, _R | Lost]:
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            return self._lost(worker, waiting, "died")
        worker.since = time.monotonic()
        if answer is None:
            worker.began = True
            return {}
        result, full = answer
        if isinstance(result, Lost) and result.reason == "memory":
            return self._lost(worker, waiting, "memory")
        number = worker.booked.popleft()
        if full or (worker.alone and self.size > 1):
            self._retire(worker, waiting)
        worker.alone = False
        return {number: result}

    def _lost(self, worker: _Worker, waiting: deque[int], reason: str) -> dict[int, _R | Lost]:
        """The item that a worker had in hand is lost, or tried again; those it had not begun wait for another."""
        if not worker.began:  # no item's fault: processes do not live here
            raise _Alone
        number = worker.booked.popleft()
        self._retire(worker, waiting)
        if reason == "slow" or worker.alone:
            return {number: Lost(reason)}
        self.suspects.add(number)
        self.again.append(number)
        return {}

    def _retire(self, worker: _Worker, waiting: deque[int]) -> None:
        waiting.extendleft(reversed(worker.booked))
        self.workers.remove(worker)
        _end(worker)

    def _dismiss(self) -> None:
        for worker in self.workers:
            _end(worker)
        self.workers.clear()

    def _hire(self, memory: int) -> None:
        """One more worker, if there can be more; _Alone when there can be none."""
        try:
            self.workers.append(self._hired(memory))
        except OSError as error:  # no more processes, or none at all
            if not self.workers:
                raise _Alone from error
            self.size = len(self.workers)

    def _hired(self, memory: int) -> _Worker:
        ours, theirs = self.context.Pipe()
        forked = self.context.get_start_method() == "fork"
        others = [*(worker.pipe for worker in self.workers), ours] if forked else []
        limits = memory, math.ceil(self.seconds) + 1
        process = self.context.Process(target=_serve, args=(self.work, theirs, limits, others), daemon=True)
        try:
            with _uninterrupted():
                process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return _Worker(process, ours, memory == self.memory)


def _serve(work: Callable[[Any], Any], pipe: Connection, limits: tuple[int, int], others: Sequence[Connection]) -> None:
    """A worker's whole life: items in, results out, until the other end is closed."""
    for each in others:  # a fork holds them too, and would not notice that the other end is gone
        with suppress(OSError):
            each.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl-C means the run, which ends us
    memory, seconds = limits
    _hush()
    full = _limit(memory) - memory // 4
    seldom()
    with suppress(OSError):
        pipe.send(None)
    while True:
        try:
            item = pipe.recv()
        except (EOFError, OSError):
            return
        _ring(seconds)
        # Packed here, so that what cannot be sent is a fault of the work.
        answer = _done(lambda each: ForkingPickler.dumps((work(each), _held() > full)), item)
        _ring(0)
        pipe.send_bytes(ForkingPickler.dumps((answer, False)) if isinstance(answer, Lost) else answer)


def _done(work: Callable[[_T], _R], item: _T) -> _R | Lost:
    """What the work comes to, whatever it raises."""
    try:
        return work(item)
    except MemoryError:
        return Lost("memory")
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a library's panic is no Exception
        return Lost("failed", "".join(traceback.format_exception(error)))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits: a worker that is just being born would tell of it in its own way, before it can be hushed."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hush() -> None:
    """Say nothing: what a library shouts when it breaks down may quote what it was reading."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)


def _ring(seconds: int) -> None:
    """End this process after so many seconds (0: not at all), though its run be killed; Windows has no such alarm."""
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)


def _limit(memory: int) -> int:
    """No more memory than this much more than now, where the system can be told so; how much that is in all."""
    most = _held() + memory
    if sys.platform != "win32":
        import resource

        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    return most


def _held() -> int:
    """Bytes of addresses this process has now."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 2**30


def _end(worker: _Worker) -> None:
    """Close the pipe, which ends a worker that waits; one that does not listen is killed."""
    worker.pipe.close()
    if worker.booked:
        worker.process.kill()
    worker.process.join(1)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
