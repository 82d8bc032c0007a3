"""A pack's own author: what a pack's forms ask and where it is wrong; the edition kept from which forms are issued."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loithe_xl.draw import packs
from loithe_xl.draw.fits import formula_faults
from loithe_xl.form.loaded import Loaded, loaded
from loithe_xl.language.catalogue import LANGUAGES
from loithe_xl.language.issues import Fault, Issue, Place, has_error, issue
from loithe_xl.pack import find, packfile
from loithe_xl.pack.packfile import ISSUED
from loithe_xl.pack.spec import Form
from loithe_xl.system import store
from loithe_xl.tasks.office import shown

SAMPLE = Path(__file__).parents[1] / "sample" / "pack"
NOT_OF_FORMS = (f"{ISSUED}/", "report/")  # what an edition does not keep: no form rests on it


@dataclass(frozen=True, slots=True)
class FormSummary:
    """What one form is: for whom, how many cells may be filled in, its layout, and whether an edition keeps it."""

    form: str
    title: str
    tier: str
    inputs: int
    layout: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """A pack's forms, none where it could not be read, and everything wrong with it or to be looked at."""

    pack: str
    forms: tuple[FormSummary, ...]
    issues: tuple[Issue, ...]


def new(folder: Path, lang: str) -> list[Path]:
    """Write a small pack, complete as it is, with comments in ``lang``; its files. Fault where the folder holds any."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Fault([issue("PACK_FOLDER_TAKEN", Place(file=shown(folder)), folder=shown(folder))], 2)
    made = []
    for source in sorted(SAMPLE.rglob("*.toml")):
        target = folder / source.relative_to(SAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        said = _commented(source.read_text(encoding="utf-8"), lang)
        made.append(store.write_new(target, said.encode()))
    return made


def _commented(said: str, lang: str) -> str:
    """A sample's file with its comments of one language: each begins with ``#vi`` or ``#en``."""
    others = tuple(f"#{other} " for other in LANGUAGES if other != lang)
    kept = (line for line in said.splitlines(keepends=True) if not line.startswith(others))
    return "".join(f"# {line.removeprefix(f'#{lang} ')}" if line.startswith(f"#{lang} ") else line for line in kept)


def check(name: str, lang: str = "vi") -> Examined:
    """A pack by name or folder, with every fault by file and key; Fault (exit code 2) where there is none."""
    folder = find.pack_folder(name)
    try:
        files = packfile.read_folder(folder)
        found = loaded(packfile.load_files(files, formula_faults))
        packs.require_own_id(found.pack, folder, files)
    except Fault as fault:
        if not has_error(each for each in fault.issues if each.place.file):
            raise
        return Examined(folder.name, (), tuple(fault.issues))
    unkept = {form.id for form in found.unkept()}
    forms = tuple(_asked(found, form, unkept, lang) for form in found.pack.forms.values())
    return Examined(found.pack.id, forms, (*found.pack.warnings, *edition_issues(found)))


def edition_issues(found: Loaded) -> tuple[Issue, ...]:
    """What is to be said of a pack's issued editions: faults in them, forms that none of them keeps, and ids that mean
    something else now."""
    told = list(found.pack.editions.faults)
    told += (
        issue("PACK_FIGURE_CHANGED", Place(file=f"{ISSUED}/{edition}", field=id), id=id, edition=edition)
        for edition, id in found.changed()
    )
    told += (issue("PACK_LAYOUT_UNKEPT", Place(file=f"forms/{form.id}.toml"), form=form.id) for form in found.unkept())
    return tuple(told)


def freeze(name: str) -> Path | None:
    """Keep the pack as it is now as an edition, and say where; None where that is done already.

    An edition with the same layouts is brought up to date; any other stays as it is. Fault where the pack has faults.
    """
    folder = find.pack_folder(name)
    files = packfile.read_folder(folder)
    now = loaded(packfile.load_files(files))
    kept = {path: content for path, content in files.items() if not path.startswith(NOT_OF_FORMS)}
    target = folder / ISSUED / _edition(now)
    held = {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*.toml")}
    if held == kept:
        return None
    for path, content in kept.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        store.write(target / path, content)
    for path in held.keys() - kept.keys():
        (target / path).unlink()
    return target


def _edition(now: Loaded) -> str:
    """The name of the edition that has today's layouts, or of a new one."""
    for name, pack in now.pack.editions.packs.items():
        if loaded(pack).layouts.keys() == now.layouts.keys():
            return name
    taken = [*now.pack.editions.packs, *(each.place.file.split("/")[1] for each in now.pack.editions.faults)]
    return str(1 + max([0, *(int(name) for name in taken if name.isdecimal())]))


def _asked(found: Loaded, form: Form, unkept: set[str], lang: str) -> FormSummary:
    layout = found.layout(form)
    return FormSummary(
        form.id, form.title.to(lang), form.tier, len(layout.inputs), layout.digest, form.id not in unkept
    )
