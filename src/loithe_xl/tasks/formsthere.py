"""Which forms lie already where forms are to be made, under whatever names: their units may have been renamed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loithe_xl.form.inputs import is_blank
from loithe_xl.form.loaded import Loaded
from loithe_xl.form.ownchecks import EMPTY, SILENT
from loithe_xl.identity.token import Identity
from loithe_xl.intake.openfile import Opened, ParentBook, Unreadable, open_file
from loithe_xl.register.filenames import safe_code
from loithe_xl.register.register import Unit
from loithe_xl.system.workers import Lost

# All that may be wrong with a form in which nothing was typed.
_OF_BLANK_FORMS = {"FIELD_REQUIRED", "CROSS_CHECK_WARNING", "CROSS_CHECK_FAILED", EMPTY, SILENT, "FORM_EARLIER"}


@dataclass(frozen=True, slots=True)
class FormPlace:
    """Where a unit's form goes: in the folders of the units ``above``, highest first, under the name of ``path``."""

    unit: Unit
    above: Sequence[Unit]
    path: Path


@dataclass(frozen=True, slots=True)
class Other:
    """A form of the unit and term of a place that lies under another name; ``blank``: nothing was typed into it."""

    place: FormPlace
    path: Path
    blank: bool


@dataclass(frozen=True, slots=True)
class FormThere:
    """What a file that lies there is: whose form, None where it is none that can be read; and whether it is blank."""

    identity: Identity | None
    untouched: bool


def look(path: Path, by: Loaded | None = None) -> FormThere:
    """Open a file that lies where a form goes; ``by`` as in ``open_file``."""
    found = open_file(path, path.name, by)
    return FormThere(None if isinstance(found, Unreadable) else found.identity, is_untouched(found))


def is_blank_form(found: FormThere | Lost) -> bool:
    """Whether a file was read to its end and is a form of ours that is blank."""
    return isinstance(found, FormThere) and found.untouched


def under_other_names(
    places: Sequence[FormPlace], out: Path, which: tuple[str, str], read: Callable[[Path], FormThere | Lost]
) -> list[Other]:
    """The forms of these units that lie beneath ``out`` under other names than they would get today.

    A file is looked for by the code that its name begins with; what it is, it says itself. ``which``: period and pack.
    """
    folders, found = _Folders(which[0]), list[Other]()
    for place in places:
        for path in folders.perhaps(out, place.above, place.unit):
            if path == place.path or (place.path.exists() and path.samefile(place.path)):
                continue
            there = read(path)
            identity = None if isinstance(there, Lost) else there.identity
            if identity and (identity.unit, identity.period, identity.pack) == (place.unit.code, *which):
                found.append(Other(place, path, is_blank_form(there)))
    return found


def is_untouched(there: Opened) -> bool:
    """Whether a file is a form of ours in which nothing was typed and nothing received."""
    if isinstance(there, Unreadable) or (isinstance(there, ParentBook) and there.ledgers.receipts):
        return False
    if not is_blank(there.layout.form, there.inputs):
        return False
    return {found.code for found in there.issues} <= _OF_BLANK_FORMS


@dataclass(slots=True)
class _Folders:
    """Files and folders whose names begin with a unit's code, for forms of one period; each folder is listed once."""

    period: str
    _listed: dict[Path, dict[str, list[Path]]] = field(default_factory=dict)

    def perhaps(self, out: Path, above: Iterable[Unit], unit: Unit) -> list[Path]:
        """Workbooks that may be a unit's form: beneath ``out`` in the folders of the units ``above``, highest first."""
        folders = [out]
        for each in above:
            folders = [path for folder in folders for path in self._of(folder, each) if path.is_dir()]
        found = [path for folder in folders for path in self._of(folder, unit)]
        return [path for path in found if path.suffix.lower() == ".xlsx" and path.is_file()]

    def _of(self, folder: Path, unit: Unit) -> Sequence[Path]:
        if folder not in self._listed:
            self._listed[folder] = self._by_code(folder)
        return self._listed[folder].get(safe_code(unit.code), ())

    def _by_code(self, folder: Path) -> dict[str, list[Path]]:
        found: defaultdict[str, list[Path]] = defaultdict(list)
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            first, _, rest = path.name.partition(" ")
            found[first if rest else first.removesuffix(".xlsx").removesuffix(f"_{self.period}")].append(path)
        return dict(found)
