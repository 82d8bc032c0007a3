"""The desk a test sits at: which Excels run, what was called, what was shown, and what the user will answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call that reached Excel: ``what`` as "read Value", "write Value"; ``cells`` it spoke of."""

    what: str
    book: str = ""
    sheet: str = ""
    address: str = ""
    cells: int = 0


class Killed(BaseException):
    """The process that speaks to Excel is ended, in the midst of whatever it does."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A message box: its texts, the names of its buttons, its picture (info, critical, None), the answer."""

    prompt: str
    title: str
    buttons: tuple[str, ...]
    mode: str | None
    answer: str


@dataclass(frozen=True, slots=True)
class Dialog:
    """A file dialog or an input box that was shown, with what the user gave (None: cancelled)."""

    kind: str
    title: str
    given: Any
    many: bool = False
    start: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    prompt: str = ""  # of an input box


class Desk:
    """The state shared by all windows; one per process, cleared by every test."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """An empty desk: no Excel runs, nothing was said."""
        self.applications: list[Any] = []  # front window first
        self.calls: list[Call] = []
        self.alerts: list[Alert] = []
        self.dialogs: list[Dialog] = []
        self.settings: list[tuple[str, Any]] = []  # (ScreenUpdating …, value) in the order they were set
        self.status_texts: list[Any] = []
        self.faults: list[Exception] = []
        self.answers: deque[str] = deque()
        self.picks: deque[Any] = deque()
        self.inputs: deque[Any] = deque()
        self.failing: set[str] = set()
        self.life: int | None = None  # calls that still reach Excel before the process is killed; None: no end
        self.recalculator: Callable[[Path], Path] | None = None
        self.poison: Any = None  # what a result older than the last change reads as; None: reading it is a fault
        self.started = 0

    def fault(self, fault: Any) -> Any:
        """Keeps and returns a fault of the tested code."""
        self.faults.append(fault)
        return fault

    def note(self, what: str, book: str = "", sheet: str = "", address: str = "", cells: int = 0) -> None:
        """Keeps a call; a killed process makes none."""
        if self.life is not None:
            if self.life <= 0:
                raise Killed
            self.life -= 1
        self.calls.append(Call(what, book, sheet, address, cells))

    def fails(self, name: str) -> bool:
        """Whether this call was told to fail; once."""
        told = name in self.failing
        self.failing.discard(name)
        return told

    def application(self, hwnd: int) -> Any:
        """The Excel with this window."""
        return next(app for app in self.applications if app.Hwnd == hwnd)

    def to_front(self, hwnd: int) -> None:
        """That Excel's window comes before all others."""
        front = self.application(hwnd)
        self.applications.remove(front)
        self.applications.insert(0, front)


DESK = Desk()
