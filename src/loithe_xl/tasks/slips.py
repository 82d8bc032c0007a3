"""Return slips: what goes back to each unit, and every fault as a table, in one workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from string import ascii_uppercase

from loithe_xl.consolidation.todo import natural
from loithe_xl.draw.case import period_words
from loithe_xl.draw.faultlist import ListedFault, faults_book
from loithe_xl.draw.slips import Slip, SlipLine, Way
from loithe_xl.intake import inbox, proving
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.issues import Fault, Issue, Place, Severity, fault_and_remedy, has_error, issue
from loithe_xl.language.notation import day
from loithe_xl.register.register import TIER_WORDS
from loithe_xl.system import store
from loithe_xl.tasks.fault_output import ALTERED
from loithe_xl.tasks.office import Office, ends, shown, spare_forms
from loithe_xl.tasks.validate import Checked
from loithe_xl.workbook import writer
from loithe_xl.workbook.celltext import LONGEST_TEXT, cut

# Faults after which the file itself cannot serve any longer: their remedy is the form as it was issued.
ANEW = ALTERED | {"STRUCTURE_FORMAT_OTHER"}
# Faults that may lie with the office that reads, not with the unit that sent.
_PERHAPS_OURS = frozenset("TOKEN_FOREIGN TOKEN_VERSION LAYOUT_UNKNOWN PACK_ABSENT FILE_TOO_SLOW FILE_NO_ACCESS".split())
_WANTING = "FIELD_REQUIRED"
_CELLS_NAMED = 12  # of a sheet, where one fault stands in many


def require_free(out: Path, paths: Sequence[Path]) -> None:
    """A Fault (exit code 2) where slips may not be written to ``out``: another kind of file is meant, or it is a form
    or one of the files in ``paths`` that are to be checked. Earlier slips may be replaced."""
    ends(out, ".xlsx")
    spare_forms(out)
    if out.exists() and not inbox.is_no_form(out) and any(out.samefile(each) for each in inbox.find(paths).files):
        raise Fault([issue("OUT_IS_INPUT", Place(file=shown(out)), name=out.name)], 2)


def write_slips(files: Sequence[Checked], out: Path, office: Office) -> Path:
    """Write a slip for each file that has an ERROR, and all faults of all files, as ``.xlsx``; where it was written.

    What stood there before is kept as a dated copy. Equal files give equal bytes.
    """
    book = faults_book(_slips(files, office.lang), [*_listed(files, office.lang)], _good(files), office.lang)
    return store.write_over(out, writer.render(book), office.stamp, verify=proving.cells(book, out.name))


def _slips(files: Sequence[Checked], lang: str) -> list[Slip]:
    fine = {(each.unit, each.period) for each in files if each.unit and not has_error(each.issues)}
    return [_slip(each, (each.unit, each.period) in fine, lang) for each in _in_order(files) if has_error(each.issues)]


def _slip(checked: Checked, served: bool, lang: str) -> Slip:
    """``served``: another file of the unit is all right."""
    found = sorted(checked.issues, key=_as_read)
    errors, notes = (
        [each for each in found if each.severity is severity] for severity in (Severity.ERROR, Severity.WARNING)
    )
    remarks = (("other_good", served), ("ours", any(each.code in _PERHAPS_OURS for each in errors)))
    return Slip(
        PurePath(checked.file).name,
        checked.unit,
        checked.name,
        checked.above,
        period_words(checked.period).to(lang) if checked.period else "",
        day(checked.deadline) if checked.deadline else "",
        _way(checked, errors),
        tuple(_gathered(errors, lang)),
        tuple(_gathered(notes, lang)),
        " ".join(text(f"slips.{key}").to(lang) for key, holds in remarks if holds),
    )


def _way(checked: Checked, errors: Sequence[Issue]) -> Way:
    if not checked.unit:
        return Way.FORM
    return Way.ANEW if not checked.level or any(each.code in ANEW for each in errors) else Way.MEND


def _gathered(found: Sequence[Issue], lang: str) -> Iterator[SlipLine]:
    """What is said more than once, once with all of its places; cells that are still blank as one thing to do."""
    places: defaultdict[tuple[Text, Text], dict[str, list[str]]] = defaultdict(dict)
    wanting = sum(each.code == _WANTING for each in found)
    for each in found:
        fault, remedy = fault_and_remedy(each)
        if each.code == _WANTING and wanting > 1:
            fault = text("slips.wanting", count=wanting)
        if each.code == "TOKEN_FOREIGN":  # what to do about it is said to the office that reads, not to the unit
            remedy = text("slips.issued_form")
        places[fault, remedy].setdefault(each.place.sheet, []).append(each.place.cell)
    for (fault, remedy), sheets in places.items():
        told = "; ".join(_place(sheet, cells, lang) for sheet, cells in sheets.items())
        yield SlipLine(_cell_text(told), _cell_text(fault.to(lang)), _cell_text(remedy.to(lang)))


def _place(sheet: str, cells: Sequence[str], lang: str) -> str:
    named = [cell for cell in dict.fromkeys(cells) if cell]
    if not sheet:
        return text("slips.place_file").to(lang)
    if not named:
        return text("slips.place_sheet", sheet=sheet).to(lang)
    told = ", ".join(named[:_CELLS_NAMED]) + (" …" if len(named) > _CELLS_NAMED else "")
    return text("slips.place_cell", sheet=sheet, cells=told).to(lang)


def _listed(files: Sequence[Checked], lang: str) -> Iterator[ListedFault]:
    for checked in _in_order(files):
        tier = TIER_WORDS.get(checked.level, "")
        about = (PurePath(checked.file).name, checked.unit, checked.name, tier, checked.period)
        for found in sorted(checked.issues, key=lambda each: (each.severity is not Severity.ERROR, *_as_read(each))):
            level = text("cli.mark_error" if found.severity is Severity.ERROR else "cli.mark_warning")
            label = checked.labels.get(found.place.field, Text(""))
            fault, remedy = fault_and_remedy(found)
            where = (found.place.sheet, found.place.cell)
            said = (*about, level.to(lang), *where, *(each.to(lang) for each in (label, fault, remedy)))
            yield ListedFault(*map(_cell_text, said))


def _as_read(found: Issue) -> tuple[object, ...]:
    """What is said of the whole file first, then sheet by sheet from its top."""
    place = found.place
    return natural(place.sheet), natural(place.cell.lstrip(ascii_uppercase)), natural(place.cell)


def _in_order(files: Sequence[Checked]) -> list[Checked]:
    """By units' codes, 2 before 10; files of which nobody knows whose they are, last."""
    return sorted(files, key=lambda each: (not each.unit, natural(each.unit), natural(each.file)))


def _good(files: Sequence[Checked]) -> int:
    return sum(not has_error(each.issues) for each in files)


def _cell_text(words: str) -> str:
    return cut(words, LONGEST_TEXT)
