"""The progress bar: for whom it is drawn, what it says, and that it is gone before anything else is said."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from loithe_xl.cli.progress import WORTH_SHOWING, pace, progress_bar
from loithe_xl.system import workers
from loithe_xl.tasks import sandbox
from loithe_xl.tasks.office import Office

ITEMS = list(range(40))


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def on_screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Called by the test itself: what a fixture sets is captured anew when the test begins."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    found = Screen()
    monkeypatch.setattr("sys.stderr", found)
    return found


@pytest.mark.parametrize(
    ("rate", "left", "vi", "en"),
    [
        (None, None, "", ""),
        (3.14159, None, "3,1 tệp/giây", "3.1 files/s"),
        (12.4, 80.0, "12 tệp/giây, còn 1:20", "12 files/s, 1:20 left"),
        (0.5, 3599.2, "0,5 tệp/giây, còn 60:00", "0.5 files/s, 60:00 left"),
        (250.0, 0.0, "250 tệp/giây, còn 0:00", "250 files/s, 0:00 left"),
    ],
)
def test_rate_and_time_left_in_words(rate: float | None, left: float | None, vi: str, en: str):
    assert (pace(rate, left, "vi"), pace(rate, left, "en")) == (vi, en)


@pytest.mark.parametrize(("lang", "said"), [("vi", ("Đọc tệp", "4,0 tệp/giây")), ("en", ("Reading", "4.0 files/s"))])
def test_the_bar_shows_count_rate_and_time_left(monkeypatch: pytest.MonkeyPatch, lang: str, said: tuple[str, str]):
    screen = on_screen(monkeypatch)
    seen: list[int] = []
    walk = progress_bar(lang, lambda: len(seen) / 4)  # four a second

    for item in walk(ITEMS, "consolidate"):
        seen.append(item)

    assert seen == ITEMS
    shown = screen.getvalue()
    assert "40/40" in shown
    assert all(words in shown for words in said)


def test_the_bar_is_drawn_four_times_a_second_at_most(monkeypatch: pytest.MonkeyPatch):
    screen = on_screen(monkeypatch)
    seen: list[int] = []

    for item in progress_bar("vi", lambda: len(seen) / 100)(range(200), "validate"):  # two seconds
        seen.append(item)

    assert seen == list(range(200))
    assert "200/200  100 tệp/giây" in screen.getvalue()
    assert 8 <= screen.getvalue().count("Kiểm tra") <= 10  # the beginning and the end besides


@pytest.mark.parametrize(
    ("count", "said"), [(40, "Kiểm tra 40/40 4,0 tệp/giây\n"), (WORTH_SHOWING - 1, "")], ids=["many", "few"]
)
def test_into_a_file_goes_one_line(count: int, said: str, capsys: pytest.CaptureFixture[str]):
    seen: list[int] = []

    for item in progress_bar("vi", lambda: len(seen) / 4)(range(count), "validate"):
        seen.append(item)

    assert seen == list(range(count))
    assert capsys.readouterr().err == said


def test_few_items_get_no_bar_on_a_screen(monkeypatch: pytest.MonkeyPatch):
    screen = on_screen(monkeypatch)

    assert list(progress_bar("vi")(ITEMS[: WORTH_SHOWING - 1], "validate")) == ITEMS[: WORTH_SHOWING - 1]
    assert screen.getvalue() == ""


def test_the_bar_is_closed_before_the_run_is_said_to_be_stopped(monkeypatch: pytest.MonkeyPatch):
    closed: list[bool] = []

    def walk(items: Sequence[Path], _: str) -> Iterator[Path]:
        try:
            yield from items
        finally:
            closed.append(True)

    def stopped(*_: object) -> Iterator[str]:
        yield "one"
        raise KeyboardInterrupt

    monkeypatch.setattr(workers.Pool, "map", stopped)
    answers = sandbox.read_each([Path("a"), Path("b")], sandbox.FileWork(str), Office(progress=walk), "validate")

    assert next(answers) == "one"
    with pytest.raises(KeyboardInterrupt) as held:  # with all its frames
        next(answers)
    assert closed == [True] and held
