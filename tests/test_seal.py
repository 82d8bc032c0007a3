"""Forms that say what an earlier version said are still the forms that were issued; what is altered is named."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import fills
import openpyxl
import pytest
import savers
from cli_tools import REQUIRED, codes, held, issue_forms, places, press, put, read, rewritten, type_in
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from tools import NOON, forget_packs, small_register

from loithe_xl.consolidation.ledger import read_register
from loithe_xl.draw import guide
from loithe_xl.draw import packs as loading
from loithe_xl.form.terms import Term
from loithe_xl.identity import keyring, token
from loithe_xl.intake import issued, seal
from loithe_xl.intake.openfile import OpenedForm, Unreadable, open_file
from loithe_xl.intake.structure import Expected, MarkedWords, misplaced
from loithe_xl.language import catalogue
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Issue, Place, Severity
from loithe_xl.pack import find
from loithe_xl.reading import reader
from loithe_xl.reading.received import Received, SheetValues
from loithe_xl.register.register import Register, Unit
from loithe_xl.tasks.generate import Request, generate
from loithe_xl.tasks.office import Office
from loithe_xl.workbook.ownsheets import (
    COMPUTED,
    HIDDEN,
    HIDDEN_CHECKS,
    HIDDEN_REGISTER,
    LANG_CELL,
    RECEIPTS,
    SEAL_ROW,
    TOTALS,
)

FORMS = tuple(fills.UNITS.values())
LABEL = re.compile(r'^label = \{ vi = "', re.MULTILINE)
WORDS = re.compile(r'^\w+ = \{ vi = "', re.MULTILINE)  # also of units, headings, notes
SAID = {"legend": "Chú thích bản cũ", "head_value": "Giá trị", "mark_error": "SAI: ", "unit_yesno": "có hay không"}
OF_FORMS = ("STRUCTURE", "SHEET", "VALUE", "FIELD_CUT")


# Forms of an earlier version ------------------------------------------------------------------------------------------


@contextmanager
def speaking(world: str, folder: Path) -> Iterator[None]:
    """The program and its pack as they may have been worded once: other sentences, labels, and sheets' names."""
    spoken = catalogue.catalogue

    def otherwise(file: str) -> dict[str, Any]:
        found = spoken(file)
        return {**found, **{id: {"vi": vi, "en": vi} for id, vi in SAID.items()}} if file == "form" else found

    with pytest.MonkeyPatch.context() as patch:
        if world in ("sentences", "all"):
            patch.setattr(catalogue, "catalogue", otherwise)
        if world in ("labels", "all"):
            home = shutil.copytree(find._home(), folder / f"packs of {world}")
            patch.setattr(find, "PACK_HOMES", (home,))
            for file in (home / "loi_the" / "pack.toml", *(home / "loi_the" / "sections").iterdir()):
                content = file.read_text(encoding="utf-8")
                said = WORDS.sub(r"\g<0>Xưa: ", content) if world == "all" else LABEL.sub(r"\g<0>Xưa: ", content, 1)
                file.write_text(said, encoding="utf-8")
        if world == "sheets":
            patch.setattr(guide, "GUIDE", "Hướng dẫn cũ")
        forget_packs()
        yield
    forget_packs()


UNSEALED = {"STRUCTURE_LABEL_CHANGED", "STRUCTURE_MORE"}  # a cell's form with other labels than today's
WORLDS = ("sentences", "labels", "all", "sheets")


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    """Reports on forms of every kind that were issued in other words, by world and unit."""
    folder = tmp_path_factory.mktemp("old")
    made = {}
    for world in WORLDS:
        with speaking(world, folder):
            forms = issue_forms(folder / world)
            made[world] = {unit: typed(forms[unit], folder / f"{world} {unit}.xlsx") for unit in FORMS}
    return made


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports on forms that were issued in today's words, by the same office."""
    folder = tmp_path_factory.mktemp("today")
    forms = issue_forms(folder)
    return {unit: typed(forms[unit], folder / f"typed {unit}.xlsx") for unit in FORMS}


def typed(form: Path, target: Path) -> Path:
    """What somebody typed into a form, the rest of the file as it was issued."""
    known = places(form)
    if "members_total" in known:
        return type_in(form, target, REQUIRED, [held(10)])
    return put(form, target, {known["documents_issued"][0]: 7} if "documents_issued" in known else {})


def of_the_form(file: Path) -> list[str]:
    """The codes of what is wrong with a form as a form."""
    return [code for code in codes(read("validate", file)["files"][0]["issues"]) if code.startswith(OF_FORMS)]


def unsealed(file: Path, target: Path) -> Path:
    """The same without its seal."""
    return resealed(file, target, lambda seal: [""] * len(seal))


def resealed(file: Path, target: Path, change: Callable[[list[str]], list[str]]) -> Path:
    """The same with another seal in the place of its own."""
    return put(file, target, dict(zip(_seal_cells(file), change(seal_of(file)), strict=False)))


def seal_of(file: Path) -> list[str]:
    sheet = openpyxl.load_workbook(file)[HIDDEN]
    return [sheet[cell].value for _, cell in _seal_cells(file)]


def _seal_cells(file: Path) -> list[tuple[str, str]]:
    row = openpyxl.load_workbook(file)[HIDDEN][SEAL_ROW]
    return [(HIDDEN, cell.coordinate) for cell in row if cell.value]


@pytest.mark.parametrize("unit", FORMS)
@pytest.mark.parametrize("world", WORLDS)
def test_a_form_of_another_wording_is_accepted(
    old: dict[str, dict[str, Path]], today: dict[str, Path], tmp_path: Path, world: str, unit: str
) -> None:
    file = old[world][unit]
    opened, same = open_file(file, "x"), open_file(today[unit], "x")

    assert of_the_form(file) == []
    assert opened.inputs == same.inputs and opened.identity == same.identity
    assert [each.code for each in opened.issues] == [each.code for each in same.issues]
    told = of_the_form(unsealed(file, tmp_path / "x.xlsx"))
    assert told and set(told) <= {*seal._OF_WORDS, *seal._OF_SHEETS, "STRUCTURE_SHEET_OTHER", "STRUCTURE_MORE"}


def test_where_most_labels_are_others_no_cell_seems_in_its_place(old: dict[str, dict[str, Path]]) -> None:
    received, expected, own = seen(old["all"]["01.1.C01"])

    assert {each.code for each in misplaced(received, expected, own)} == {"STRUCTURE_SHEET_OTHER"}


def test_old_forms_count_beside_new_ones(
    old: dict[str, dict[str, Path]], today: dict[str, Path], tmp_path: Path
) -> None:
    parent = Path(shutil.copy(today["01"], tmp_path / "01.xlsx"))

    sent = (("all", "01.K1"), ("labels", "01.1"))
    found = read(
        "consolidate", "--into", parent, *(old[each][unit] for each, unit in sent), "--now", "2023-03-03T15:00"
    )

    assert (found["accepted"], found["refused"]) == (2, 0)


@pytest.mark.parametrize("saver", savers.SAVERS)
def test_honest_savers_keep_the_seal(
    old: dict[str, dict[str, Path]], request: pytest.FixtureRequest, tmp_path: Path, saver: str
) -> None:
    programs = savers.Programs(str, tmp_path)
    if saver != "openpyxl":
        programs = request.getfixturevalue("savers_programs")
    files = [old[world][unit] for world in ("sentences", "all") for unit in FORMS]

    assert savers.survivors(programs, saver, files, tmp_path) == files


def test_blanks_and_composed_letters_are_no_other_words(old: dict[str, dict[str, Path]], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(old["labels"]["01.K1"])
    for sheet in book.worksheets[:3]:
        sheet["Z5"] = "  "
        sheet["A1"] = unicodedata.normalize("NFD", f"{sheet['A1'].value} ")
        sheet["A2"] = unicodedata.normalize("NFD", f" {sheet['A2'].value}")
    book.save(tmp_path / "x.xlsx")

    assert of_the_form(tmp_path / "x.xlsx") == []


def test_a_blank_cell_says_nothing(old: dict[str, dict[str, Path]]) -> None:
    received, expected, own = seen(old["labels"]["01.1.C01"])
    opened = open_file(old["labels"]["01.1.C01"], "")
    name, grid = next((name, grid) for name, grid in received.grids.items() if name in expected.pages)
    assert isinstance(opened, OpenedForm)

    for blank, told in ((" ", True), ("", True), (None, True), ("x", False)):
        more = replace(received, grids={**received.grids, name: SheetValues({**grid.values, (5, 26): blank})})
        assert issued.as_sealed(more, expected, own, opened.identity, opened.key) is told


# Tampering ------------------------------------------------------------------------------------------------------------


def _label(book: Any) -> None:
    cells = (cell for row in book.worksheets[0].iter_rows(min_row=9, min_col=2, max_col=2) for cell in row)
    next(cell for cell in cells if cell.data_type == "s").value = "Nhãn khác"


def _swapped(book: Any) -> None:
    cells = [cell for row in book.worksheets[0].iter_rows(min_row=9, max_col=2) for cell in row]
    one, two = [cell for cell in cells if cell.data_type == "s" and cell.column == 2][:2]
    one.value, two.value = two.value, one.value


def _heading(book: Any) -> None:
    for sheet in book.worksheets[:2]:
        sheet["A2"] = str(sheet["A2"].value).replace("mã 01", "mã 02")


def _formula(book: Any) -> None:
    _first_formula(book.worksheets[0]).value = "=1"


def _formula_gone(book: Any) -> None:
    _first_formula(book.worksheets[1]).value = "ĐẠT"


def _formula_more(book: Any) -> None:
    book.worksheets[0]["H5"] = "=1+1"


def _value(book: Any) -> None:
    book.worksheets[0]["H5"] = "thêm"


def _sheet(book: Any) -> None:
    book.create_sheet("Nháp")


def _sheet_gone(book: Any) -> None:
    del book[HIDDEN_CHECKS]


def _row(book: Any) -> None:
    book.worksheets[0].insert_rows(9)


def _name(book: Any) -> None:
    name = next(each for each in book.defined_names.values() if "INDEX" in each.attr_text)
    name.attr_text = name.attr_text.replace(",1)", ",2)")


def _rule(book: Any) -> None:
    sheet = book.worksheets[0]
    first = sheet.data_validations.dataValidation[0]
    other = DataValidation("whole", formula1="-5", formula2="99", operator="between", sqref=first.sqref)
    sheet.data_validations.dataValidation[0] = other


def _first_formula(sheet: Worksheet) -> Any:
    return next(cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f")


TAMPERED = {
    "STRUCTURE_LABEL_CHANGED": (_label, _swapped, _heading),
    "STRUCTURE_FORMULA_CHANGED": (_formula, _formula_gone),
    "VALUE_OUTSIDE": (_value,),
    "STRUCTURE_SHEET_EXTRA": (_sheet,),
    "SHEET_MISSING": (_sheet_gone,),
    "STRUCTURE_ROWS_INSERTED": (_row,),
    "STRUCTURE_NAME_CHANGED": (_name,),
    "STRUCTURE_RULE_CHANGED": (_rule,),
}
WAYS = [pytest.param(code, way, id=way.__name__) for code, ways in TAMPERED.items() for way in ways]


@pytest.mark.parametrize("unit", ["01.1.C01", "01"])
@pytest.mark.parametrize(("code", "way"), WAYS)
def test_tampering_with_a_sealed_form_is_named(
    old: dict[str, dict[str, Path]],
    today: dict[str, Path],
    tmp_path: Path,
    code: str,
    way: Callable[[Any], None],
    unit: str,
) -> None:
    """With one of today's words as well as with one of others."""
    for file in (today[unit], old["labels"][unit]):
        book = openpyxl.load_workbook(file)
        way(book)
        book.save(tmp_path / "x.xlsx")

        assert code in {each.code for each in open_file(tmp_path / "x.xlsx", "").issues}


def test_a_parent_built_anew_in_old_words_keeps_its_seal_and_one_built_in_new_words_needs_none(
    old: dict[str, dict[str, Path]], tmp_path: Path
) -> None:
    with speaking("labels", tmp_path):
        parent = Path(shutil.copy(old["labels"]["01"], tmp_path / "01.xlsx"))
        press("consolidate", "--into", parent, old["labels"]["01.K1"], "--now", "2023-03-03T15:00")
    assert open_file(parent, "").ledgers.receipts
    assert of_the_form(parent) == []
    assert of_the_form(resealed_with(parent, tmp_path / "x.xlsx", ["Canary", "Canary"])) != []

    press("consolidate", "--into", parent, old["labels"]["01.1.C01"], "--now", "2023-03-04T15:00")
    assert len(open_file(parent, "").ledgers.receipts) == 2
    assert of_the_form(parent) == []
    press("consolidate", "--into", tmp_path / "x.xlsx", old["labels"]["01.1.C01"], "--now", "2023-03-04T15:00")
    assert "Canary" not in str(seal_of(tmp_path / "x.xlsx"))


def test_a_sheet_that_only_some_parents_have_is_missed_whatever_was_sealed(
    old: dict[str, dict[str, Path]], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(old["labels"]["01"])
    del book[RECEIPTS]
    book.save(tmp_path / "x.xlsx")

    assert of_the_form(tmp_path / "x.xlsx") == ["SHEET_MISSING"]


def test_a_row_put_into_a_form_where_every_label_is_another_is_refused(
    old: dict[str, dict[str, Path]], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(old["all"]["01.K1"])
    _row(book)
    book.save(tmp_path / "x.xlsx")

    assert "STRUCTURE_SHEET_OTHER" in of_the_form(tmp_path / "x.xlsx")
    assert isinstance(open_file(tmp_path / "x.xlsx", ""), Unreadable)


def test_a_formula_outside_or_typed_over_a_sheet_s_own_words_is_another_form(
    old: dict[str, dict[str, Path]], tmp_path: Path
) -> None:
    """Also where it shows nothing."""
    book = openpyxl.load_workbook(old["labels"]["01.K1"])
    _formula_more(book)
    book.save(tmp_path / "x.xlsx")

    assert "STRUCTURE_LABEL_CHANGED" in of_the_form(tmp_path / "x.xlsx")


def test_the_names_of_cells_by_the_register_are_sealed_too(old: dict[str, dict[str, Path]], tmp_path: Path) -> None:
    """Formulas that reach through the register differ from unit to unit and stand in no common digest."""
    file = old["labels"]["01"]
    book = openpyxl.load_workbook(file)
    cells = [cell for sheet in book.worksheets[:2] for row in sheet.iter_rows() for cell in row]
    own = [cell for cell in cells if cell.data_type == "f" and "_loithe_danhba" in cell.value]
    assert own
    own[-1].value = "Đơn vị khác"
    book.save(tmp_path / "x.xlsx")

    assert "STRUCTURE_FORMULA_CHANGED" in of_the_form(tmp_path / "x.xlsx")


@pytest.mark.parametrize("world", ["labels", "all"])
def test_a_formula_typed_into_an_input_is_still_warned_of(
    old: dict[str, dict[str, Path]], tmp_path: Path, world: str
) -> None:
    file = old[world]["01.K1"]
    sheet, cell = places(file)["members_total"][0]
    number = f"xl/worksheets/sheet{openpyxl.load_workbook(file).sheetnames.index(sheet) + 1}.xml"
    typed_in = partial(re.sub, rb'(<c r="%s"[^>]*>)<v>' % cell.encode(), rb"\1<f>15*2</f><v>")
    rewritten(file, tmp_path / "x.xlsx", {number: typed_in})

    assert of_the_form(tmp_path / "x.xlsx") == ["STRUCTURE_FORMULA_TYPED"]
    assert open_file(tmp_path / "x.xlsx", "").inputs == open_file(file, "").inputs


# Seals ----------------------------------------------------------------------------------------------------------------


def test_a_seal_of_another_form_or_term_or_office_is_none(
    old: dict[str, dict[str, Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = old["labels"]["01.1.C01"]
    with speaking("labels", tmp_path):
        other_term = issue_forms(tmp_path / "term", None, "district", "--period", "2023-01")
        monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path / "home"))
        other_key = issue_forms(tmp_path / "key")
    given = {
        "itself": seal_of(file),
        "layout": seal_of(old["labels"]["01.K1"]),
        "term": seal_of(other_term["01.1.C01"]),
        "key": seal_of(other_key["01.1.C01"]),
    }
    assert given["key"][0] == given["itself"][0], "the words are the same"

    told = {name: of_the_form(resealed_with(file, tmp_path / f"{name}.xlsx", seal)) for name, seal in given.items()}

    assert told.pop("itself") == []
    assert {name: set(found) for name, found in told.items()} == dict.fromkeys(told, UNSEALED)


def resealed_with(file: Path, target: Path, seal: list[str]) -> Path:
    book = openpyxl.load_workbook(file)
    for column, value in enumerate(seal, 2):
        book[HIDDEN].cell(SEAL_ROW, column, value)
    book.save(target)
    return target


@pytest.mark.parametrize(
    "own", ["", "{", "[]", '{"1. Số liệu":[]}', '{"1. Số liệu":{"A":"x"}}', '{"1. Số liệu":3}', "{}"]
)
def test_broken_words_of_the_unit_are_not_believed_even_if_signed(
    old: dict[str, dict[str, Path]], tmp_path: Path, own: str
) -> None:
    file = old["labels"]["01.1.C01"]
    opened = open_file(file, "")
    assert isinstance(opened, OpenedForm)
    digest = seal_of(file)[0]
    said = seal.SealedWords(digest, own)
    signature = token.vouch(issued._sealed(said, opened.identity, "vi"), keyring.private_key())

    told = of_the_form(resealed_with(file, tmp_path / "x.xlsx", [digest, signature, own]))

    assert set(told) == UNSEALED


# One form, one digest -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("straight", [0, 3])
def test_a_form_as_read_says_what_was_sealed(tmp_path: Path, lang: str, straight: int) -> None:
    """Every form, in both languages, with registers of several shapes."""
    tree = small_register({"01.1": 3, "01.2": 0}, straight=straight)
    top, *rest = tree.units
    lone = Unit("02", "Huyện  “không” & 'có' @@5%%", "district", "00")
    register = Register((Unit("00", "Tỉnh Thử", "province"), Unit("01", top.name, "district", "00"), *rest, lone))
    term = Term("2023-Q2", date(2023, 6, 30), date(2023, 7, 10))
    made = generate(
        Request(loading.load("loi_the"), register, term, "province", True, (), tmp_path / lang), Office(lang, NOON)
    )
    assert len(made) == len(register.units)

    for path in made:
        received, expected, own = seen(path)
        opened = open_file(path, "")
        assert received.grids[HIDDEN].get(*LANG_CELL) == lang
        assert issued.as_sealed(received, expected, own, opened.identity, opened.key), path


def test_a_seal_is_of_one_term_and_language_and_needs_formulas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issued, "PIECE", 100)  # the unit's own words are kept in pieces, as long as a cell bears
    form = issue_forms(tmp_path)["01"]
    received, expected, own = seen(form)
    opened = open_file(form, "")
    assert len(seal_of(form)) > 10
    hidden = received.grids[HIDDEN].values
    english = {**received.grids, HIDDEN: SheetValues({**hidden, LANG_CELL: "en"})}

    assert issued.as_sealed(received, expected, own, opened.identity, opened.key)
    for other in ({"period": "2023-01"}, {"cutoff": date(2023, 1, 31)}, {"deadline": date(2023, 1, 31)}):
        assert not issued.as_sealed(received, expected, own, replace(opened.identity, **other), opened.key)
    assert not issued.as_sealed(replace(received, grids=english), expected, own, opened.identity, opened.key)
    assert not issued.as_sealed(replace(received, formulas=None), expected, own, opened.identity, opened.key)


def seen(path: Path) -> tuple[Received, Expected, MarkedWords]:
    """A form as read, and today's form of its unit."""
    received, opened = reader.read(path.read_bytes(), COMPUTED), open_file(path, "x")
    assert isinstance(received, Received) and isinstance(opened, OpenedForm)
    grid = received.grids.get(HIDDEN_REGISTER)
    register = read_register(grid) if grid else None
    assert not isinstance(register, Issue)
    return received, *issued.as_issued(opened.unit_form, register)


# What moved between versions besides words ---------------------------------------------------------------------------


def test_a_computed_figure_may_have_stood_in_another_line(forms: dict[str, Path], tmp_path: Path) -> None:
    """A later version has more figures than the form; the name of an input stays where it is."""

    def moved(part: bytes) -> bytes:
        return re.sub(rb"(<definedName name=\"members_due\">[^<]*\$C\$)8<", rb"\g<1>9<", part)

    file = rewritten(forms["01.1.C01"], tmp_path / "a.xlsx", {"xl/workbook.xml": moved})
    assert "STRUCTURE_NAME_CHANGED" not in codes(read("validate", file)["files"][0]["issues"])


def test_a_form_whose_dates_had_a_rule_of_dates_is_what_was_issued(forms: dict[str, Path], tmp_path: Path) -> None:
    """Before dates were typed as texts."""

    def former(part: bytes) -> bytes:
        dated = rb'type="date" \g<1>><formula1>44927</formula1><formula2>44985</formula2>'
        return re.sub(rb'type="custom" ([^>]*)><formula1>.*?</formula1>', dated, part)

    file = rewritten(forms["01.1.C01"], tmp_path / "a.xlsx", {"xl/worksheets/sheet2.xml": former})
    assert "STRUCTURE_RULE_CHANGED" not in codes(read("validate", file)["files"][0]["issues"])


def test_totals_of_another_version_stand_in_other_lines() -> None:
    """They were not typed over where the rest tells that the form is of another version."""
    typed, name = (
        Issue(f"STRUCTURE_{code}", Severity.WARNING, Place(sheet=TOTALS), Text(""))
        for code in ("TOTAL_TYPED", "NAME_CHANGED")
    )
    assert seal.beside_words([typed], Any) == [typed]
    assert seal.beside_words([typed, name], Any) == []
