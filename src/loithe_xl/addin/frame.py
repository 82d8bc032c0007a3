"""The frame of every button: who called, what went wrong as a message, and nothing that a user cannot understand."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path

from loithe_xl.addin import live
from loithe_xl.addin.dialogs import Click, Stopped
from loithe_xl.addin.excel import app
from loithe_xl.identity import keyring
from loithe_xl.language.catalogue import LANGUAGES, Text, text
from loithe_xl.language.issues import Fault
from loithe_xl.system import log
from loithe_xl.tasks.office import local_time

ButtonWork = Callable[[Click], None]
Button = Callable[..., bool]
BUTTONS: dict[str, Button] = {}  # by the name of its function: every one that is defined
MOST_FAULTS = 8  # told in one message


def button(work: ButtonWork) -> Button:
    """Make a function a button, which takes the open workbook and the language, and enter it among ``BUTTONS``.

    It tells the user whatever went wrong, and returns False when it could not do its work.
    """

    @wraps(work)
    def pressed(book: app.Book, lang: str = "vi") -> bool:
        click = Click(book, work.__name__, lang if lang in LANGUAGES else "vi")
        try:
            live.guard(book)
            work(click)
            return True
        except Stopped:
            click.say(text("addin.stopped"))
        except Fault as fault:
            click.say(*(found.message for found in fault.issues[:MOST_FAULTS]), grave=True)
        except Exception as error:
            click.say(broken_message(work.__name__, error), grave=True)
        return False

    BUTTONS[work.__name__] = pressed
    return pressed


def broken_message(name: str, error: Exception) -> Text:
    """The message of a fault of the program: its kind, and the log that now says where it happened."""
    return text("addin.broken", kind=type(error).__name__, log=_note(name, error))


def _note(name: str, error: Exception) -> Path:
    """Write where in the program it happened to the log, without a word of what was being worked on."""
    return log.note_fault(keyring.folder(), f"{local_time():%Y-%m-%d %H:%M:%S}", name, error)
