"""Where a button works: the open workbook, its language, and the ways to speak with the user."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import TypeVar

from loithe_xl.addin.excel import app
from loithe_xl.language.catalogue import Text, text
from loithe_xl.tasks.office import Office, local_time

_T = TypeVar("_T")


class Stopped(Exception):
    """The user gave up in a dialog."""


@dataclass(frozen=True, slots=True)
class Click:
    """One press of a button. ``button`` is its function's name."""

    book: app.Book
    button: str
    lang: str

    @property
    def office(self) -> Office:
        """Whose keys and clock; progress goes to the status bar."""
        return Office(lang=self.lang, now=local_time(), progress=self.walk, folder=self._folder() or Path())

    def say(self, *words: Text, grave: bool = False) -> None:
        """A message that waits for OK, a paragraph for each sentence."""
        name = text(f"addin.button_{self.button}")
        title = text("addin.title", button=name).to(self.lang)
        app.alert(self.book.app, "\n\n".join(each.to(self.lang) for each in words), title, grave=grave)

    def walk(self, items: Sequence[_T], label: str) -> Iterable[_T]:
        """The items one by one, the status bar telling how far it is."""
        key = "making" if label == "generate" else "reading"
        for number, item in enumerate(items, 1):
            app.tell_user(self.book.app, text(f"addin.{key}", number=number, total=len(items)).to(self.lang))
            yield item

    @contextmanager
    def working(self) -> Iterator[None]:
        """Meanwhile Excel keeps still."""
        with app.quiet(self.book.app):
            app.tell_user(self.book.app, text("addin.working").to(self.lang))
            yield

    def folder(self, key: str) -> Path:
        """A folder that the user chooses."""
        return self._chosen(app.FOLDER, key)[0]

    def files(self, key: str) -> tuple[Path, ...]:
        """Files that the user chooses."""
        return self._chosen(app.FILES, key)

    def words(self, key: str, default: str) -> str:
        """A line that the user types."""
        return self._typed(text(f"addin.{key}").to(self.lang), default)

    def choice(self, key: str, options: Sequence[Text]) -> int:
        """Which of the options the user means, counted from 0: he types its number, and is asked until it is one."""
        question = text(f"addin.{key}").to(self.lang)
        room = (app.LONGEST_PROMPT - len(question)) // len(options) - 1
        listed = [f"{number}. {option.to(self.lang)}" for number, option in enumerate(options, 1)]
        asked = "\n".join((question, *(shorten(line, room, placeholder="…") for line in listed)))
        numbers = [str(number) for number, _ in enumerate(options, 1)]
        while (given := self._typed(asked, "")) not in numbers:
            pass
        return numbers.index(given)

    def show(self, sheet: str, cell: str = "A1") -> None:
        """Bring a sheet to the front."""
        page = self.book.sheets[sheet]
        page.activate()
        page.range(cell).select()

    def _typed(self, question: str, default: str) -> str:
        title = text("addin.title", button=text(f"addin.button_{self.button}")).to(self.lang)
        given = app.ask_text(self.book.app, question, title, default)
        if given is None:
            raise Stopped
        return given

    def _folder(self) -> Path | None:
        """The workbook's, from which files are named; never the working one, for anybody's files lie there."""
        with suppress(Exception):  # online
            return Path(self.book.fullname).parent if self.book.api.Path else None
        return None

    def _chosen(self, kind: int, key: str) -> tuple[Path, ...]:
        chosen = app.ask_paths(self.book.app, kind, text(f"addin.{key}").to(self.lang), self._folder())
        if not chosen:
            raise Stopped
        return chosen
