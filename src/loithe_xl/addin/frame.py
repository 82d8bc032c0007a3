"""The frame of every button: who called, what went wrong as a message, and nothing that a user cannot understand."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from pathlib import Path

from loithe_xl import garbage, keyring, safepath
from loithe_xl.addin.desk import Desk, Stopped
from loithe_xl.host import excel
from loithe_xl.issues import Fault
from loithe_xl.tasks import live
from loithe_xl.tasks.office import local_time
from loithe_xl.words import LANGUAGES, Text, text

Work = Callable[[Desk], None]
Button = Callable[..., bool]
MOST_FAULTS = 8  # told in one message
MOST_LOG = 200_000  # bytes; an older log is begun anew


def button(work: Work) -> Button:
    """A button's function of the open workbook and the language; False when it could not do its work, and said so."""

    @wraps(work)
    def pressed(book: excel.Book, lang: str = "vi") -> bool:
        desk = Desk(book, work.__name__, lang if lang in LANGUAGES else "vi")
        try:
            live.guard(book)
            work(desk)
            return True
        except Stopped:
            desk.say(text("addin.stopped"))
        except Fault as fault:
            desk.say(*(found.message for found in fault.issues[:MOST_FAULTS]), grave=True)
        except Exception as error:
            desk.say(_broken(work.__name__, error), grave=True)
        return False

    return pressed


def press(click: str) -> None:
    """What the add-in's VBA runs: ``"validate vi"``, a button's function and the language, on the calling workbook."""
    name, _, lang = click.partition(" ")
    _pressed(excel.caller, name, lang)


def start(arguments: Sequence[str]) -> int:
    """The same for the active workbook of the running Excel, from a shortcut: 0, 1 when the work failed, 2 unknown."""
    name, lang = (*arguments, "", "")[:2]
    return _pressed(excel.active, name, lang)


def _pressed(find: Callable[[], excel.Book], name: str, lang: str) -> int:
    from loithe_xl.addin.buttons import BUTTONS

    safepath.settle()
    garbage.seldom()
    lang = lang if lang in LANGUAGES else "vi"
    if name not in BUTTONS:
        excel.shout(text("addin.no_button", name=name).to(lang), "loithe-xl")
        return 2
    # Where no workbook is to be had, or Excel itself is gone, the system's own message box speaks.
    try:
        book = find()
        return 0 if BUTTONS[name](book, lang) else 1
    except Fault as fault:
        excel.shout("\n\n".join(found.message.to(lang) for found in fault.issues), "loithe-xl")
    except Exception as error:
        excel.shout(_broken(name, error).to(lang), "loithe-xl")
    return 1


def _broken(name: str, error: Exception) -> Text:
    return text("addin.broken", kind=type(error).__name__, log=_note(name, error))


def _note(name: str, error: Exception) -> Path:
    """Write where in the program it happened to the log, without a word of what was being worked on."""
    log = keyring.folder() / "loithe-xl.log"
    frames = (
        f"  {Path(each.filename).name}:{each.lineno} {each.name}" for each in traceback.extract_tb(error.__traceback__)
    )
    told = "\n".join((f"{local_time():%Y-%m-%d %H:%M:%S} {name} {type(error).__name__}", *frames))
    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        mode = "a" if log.exists() and log.stat().st_size < MOST_LOG else "w"
        with log.open(mode, encoding="utf-8") as stream:
            stream.write(told + "\n")
    return log
