"""Whether a received form's formulas and defined names are those of the form, however a program spells them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from loithe_xl.language.catalogue import text
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.rules.canonical import foreign, renamed, tokens
from loithe_xl.workbook.address import Address, address
from loithe_xl.workbook.ownsheets import TOTALS

Formulas = Mapping[Address, str]
# One reference that leads nowhere, on whatever sheet.
_NOWHERE = re.compile(r"=?(?:(?:'(?:[^']|'')*'|[^\W\d][\w.]*|#REF)!)?(?=.*#REF!)(?:#REF!|[$A-Z0-9:])*")

_TOTAL = re.compile(rf"'?{TOTALS}'?!\$?[A-Z]+\$?[0-9]+")  # a computed figure, whose line may move from issue to issue


def respelt(names: Iterable[str]) -> Mapping[str, str]:
    """Each of our names that has another spelling once LibreOffice kept it as .xls (``sessions_x``): that spelling ->
    the name, both in capitals. None where two names would become one."""
    listed = {*names}
    flat = {_flattened(name): name.upper() for name in listed}
    return {other: name for other, name in flat.items() if other != name} if len(flat) == len(listed) else {}


def changed_formulas(
    sheet: str, meant: Formulas, found: Formulas, names: Mapping[str, str], absent: Collection[str]
) -> Iterator[Issue]:
    """Where a sheet's formulas are others. ``names``: as ``respelt`` has them. What names an ``absent`` sheet (in
    capitals, with its mark) is no fault of its own: the program makes of it what it can."""
    for at, formula in meant.items():
        said = found.get(at, "")
        if said == formula:
            continue
        ours, theirs = tokens(formula), tokens(said)
        if theirs != ours and renamed(theirs, names) != ours and not any(name in ours for name in absent):
            yield issue("STRUCTURE_FORMULA_CHANGED", Place(sheet=sheet, cell=address(*at)))


def changed_names(
    meant: Mapping[str, tuple[str, Place]], found: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[Issue]:
    """Names that lead elsewhere. One that is gone, or that a web editor left leading nowhere, is no fault: nothing is
    read by names."""
    flat = {_flattened(name): formula for name, formula in found.items()}
    for name, (formula, place) in meant.items():
        said = found.get(name) or (flat.get(_flattened(name)) if names else "")
        if not said or said == formula or _NOWHERE.fullmatch(said):
            continue
        if renamed(tokens(said), names) != tokens(formula):
            totals = _TOTAL.fullmatch(formula) and _TOTAL.fullmatch(said)
            yield issue("STRUCTURE_NAME_CHANGED", Place(sheet=TOTALS) if totals else place, name=name)


def linked(found: Mapping[str, Formulas], inputs: Mapping[str, Collection[Address]]) -> Iterator[Issue]:
    """The links of a workbook that has some: the inputs of each sheet that take something from them, for typing these
    over is enough; where there are none, that there are links."""
    used = {name: [at for at in sorted(cells) if foreign(found[name].get(at, ""))] for name, cells in inputs.items()}
    for name, cells in used.items():
        if cells:
            listed = text("form.linked_cells", sheet=name, cells=", ".join(address(*at) for at in cells))
            yield issue("FILE_EXTERNAL_LINK", Place(sheet=name, cell=address(*cells[0]))).saying(listed)
    if not any(used.values()):
        yield issue("FILE_EXTERNAL_LINK")


def _flattened(name: str) -> str:
    """A defined name as it comes back from Excel's old format, in capitals."""
    return name.upper().replace(".", "_")
