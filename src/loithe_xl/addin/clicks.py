"""A click, from Excel or from a shortcut: the button it names is run on its workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from loithe_xl.addin.excel import app
from loithe_xl.addin.frame import broken_message
from loithe_xl.language.catalogue import LANGUAGES, text
from loithe_xl.language.issues import Fault
from loithe_xl.system import process


def press(click: str) -> None:
    """What the add-in's VBA runs: ``"validate vi"``, a button's function and the language, on the calling workbook."""
    name, _, lang = click.partition(" ")
    _pressed(app.caller, name, lang)


def start(arguments: Sequence[str]) -> int:
    """Run a button on the active workbook of the running Excel, from a shortcut: 0; 1 work failed; 2 no such button."""
    name, lang = (*arguments, "", "")[:2]
    return _pressed(app.active, name, lang)


def _pressed(find: Callable[[], app.Book], name: str, lang: str) -> int:
    from loithe_xl.addin.buttons import BUTTONS

    process.leave_working_folder()
    process.seldom()
    lang = lang if lang in LANGUAGES else "vi"
    if name not in BUTTONS:
        app.shout(text("addin.no_button", name=name).to(lang), "loithe-xl")
        return 2
    # Where no workbook is to be had, or Excel itself is gone, the system's own message box speaks.
    try:
        book = find()
        return 0 if BUTTONS[name](book, lang) else 1
    except Fault as fault:
        app.shout("\n\n".join(found.message.to(lang) for found in fault.issues), "loithe-xl")
    except Exception as error:
        app.shout(broken_message(name, error).to(lang), "loithe-xl")
    return 1
