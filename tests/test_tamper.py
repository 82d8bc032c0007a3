"""Every way to tamper with a genuine submission of any form is named with its cell; what honest programs do is not."""

from __future__ import annotations

from pathlib import Path

import fills
import pytest
from tampering import HARMLESS, TAMPERINGS, Copy, Tampering, shift
from tampering import genuine as untouched
from tools import Calc, make_forms

from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.identity import keyring
from loithe_xl.intake.openfile import Opened, OpenedForm, ParentBook, Unreadable, failed, open_file, refusal
from loithe_xl.language.issues import Issue, Severity

PARENTS = ("base", "district")
WARNED = {"STRUCTURE_SHEET_ORDER", "STRUCTURE_FORMULA_TYPED", "FIELD_CUT", "STRUCTURE_UNSEEN", "STRUCTURE_MERGED_OVER"}
WARNED |= {
    "STRUCTURE_SHEET_HIDDEN",
    "STRUCTURE_SHEET_FOREIGN",
    "STRUCTURE_DRAWING",
    "STRUCTURE_TOTAL_TYPED",
}  # what is counted all the same
CASES = [
    pytest.param(form, way, id=f"{form}: {way.name}")
    for way in TAMPERINGS
    for form in fills.UNITS
    if form in PARENTS or not way.parents_only
]


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A submission of each form: inputs of all kinds, parents with what they received."""
    folder = tmp_path_factory.mktemp("genuine")
    forms = make_forms(folder / "forms")
    made = {form: fills.fill(forms, form, 3, folder) for form in fills.UNITS}
    assert not any(failed(untouched(path)) for path in made.values())
    return made


def found(file: Path, source: Path) -> tuple[Opened, list[Issue]]:
    """A file as read, and what is wrong with it that is not wrong with the genuine one."""
    opened = open_file(file, "x")
    foreign = refusal(opened.signed, keyring.trusted()) if opened.signed else None
    before = untouched(source).issues
    return opened, [each for each in (*opened.issues, *([foreign] if foreign else [])) if each not in before]


def ledgers(opened: Opened) -> Ledgers | None:
    return opened.ledgers if isinstance(opened, ParentBook) else None


@pytest.mark.parametrize(("form", "way"), CASES)
def test_tampering_is_named_with_its_cell(genuine: dict[str, Path], tmp_path: Path, form: str, way: Tampering) -> None:
    where = way.apply(genuine[form], tmp_path / "x.xlsx")

    opened, issues = found(tmp_path / "x.xlsx", genuine[form])

    named = [each for each in issues if each.code in way.codes and (each.place.sheet, each.place.cell) == where]
    assert named, issues
    of_the_form = [each for each in issues if each.code.startswith(("STRUCTURE", "SHEET", "VALUE", "FIELD_CUT"))]
    assert len(of_the_form) <= way.places, "one root fault does not flood"
    refused = failed(opened) or "TOKEN_FOREIGN" in way.codes
    assert refused == (not WARNED & set(way.codes))
    assert refused == any(each.severity is Severity.ERROR for each in issues)


def test_there_are_enough_ways() -> None:
    assert len({way.name for way in TAMPERINGS}) == len(TAMPERINGS)
    for parents_only in (False, True):
        assert sum(way.parents_only <= parents_only for way in TAMPERINGS) >= 30


@pytest.mark.parametrize("form", fills.UNITS)
@pytest.mark.parametrize("way", HARMLESS, ids=lambda way: way.name)
def test_what_honest_programs_do_is_no_fault(
    genuine: dict[str, Path], tmp_path: Path, form: str, way: Tampering
) -> None:
    way.apply(genuine[form], tmp_path / "x.xlsx")

    opened, issues = found(tmp_path / "x.xlsx", genuine[form])

    before = untouched(genuine[form])
    assert issues == []
    assert isinstance(opened, OpenedForm)
    assert (opened.inputs, opened.values, ledgers(opened)) == (before.inputs, before.values, ledgers(before))


@pytest.mark.parametrize("form", fills.UNITS)
def test_an_own_parent_with_faults_of_its_own_is_still_read(
    genuine: dict[str, Path], tmp_path: Path, form: str
) -> None:
    """A label, formula or rule is put right by building the workbook anew; only what hides values stops the run."""
    copy = Copy(genuine[form])
    copy.text(*copy.label(copy.slots[0]), "khác")
    copy.save(tmp_path / "x.xlsx")
    one, _ = found(tmp_path / "x.xlsx", genuine[form])
    shift(copy, copy.slots[0].sheet, row=12, by=2)
    copy.save(tmp_path / "y.xlsx")
    two, _ = found(tmp_path / "y.xlsx", genuine[form])

    assert isinstance(one, OpenedForm) and one.values == untouched(genuine[form]).values
    assert isinstance(two, Unreadable)


@pytest.mark.parametrize("form", ["base_cell", "base"])
@pytest.mark.parametrize(
    ("axis", "first", "count", "code", "cell"),
    [
        ("rows", 12, 1, "STRUCTURE_ROWS_INSERTED", "A12"),
        ("rows", 11, -2, "STRUCTURE_ROWS_DELETED", "A11"),
        ("columns", 3, 2, "STRUCTURE_COLUMNS_INSERTED", "C1"),
        ("columns", 3, -1, "STRUCTURE_COLUMNS_DELETED", "C1"),
    ],
)
def test_lines_that_a_program_inserts_or_deletes(
    genuine: dict[str, Path],
    tmp_path: Path,
    calc: Calc,
    form: str,
    axis: str,
    first: int,
    count: int,
    code: str,
    cell: str,
) -> None:
    """The program moves merges, rules, names and the formulas of every sheet along; that is one fault all the same."""
    layout = untouched(genuine[form]).layout
    assert layout
    for placed in layout.sheets[:2]:
        calc.ask("open", path=str(genuine[form]))
        calc.ask("lines", sheet=placed.sheet.name, axis=axis, first=first, count=count, password="loithe")
        calc.ask("save", path=str(tmp_path / "x.xlsx"))
        calc.ask("close")

        _, issues = found(tmp_path / "x.xlsx", genuine[form])
        assert [(each.code, each.place.sheet, each.place.cell) for each in issues] == [(code, placed.sheet.name, cell)]
