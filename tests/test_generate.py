"""Forms out: which units, where to, for which term, and what a fresh form is like when somebody opens it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from cli_tools import issue_forms, places, press, province, register_file, snapshot, unit_of, worded
from openpyxl.cell import MergedCell
from openpyxl.utils import get_column_letter
from tools import make_forms, small_register

from loithe_xl.cli.generate import FEW
from loithe_xl.intake.openfile import OpenedForm, ParentBook, open_file
from loithe_xl.register.register import Register, Unit

ODD = '“Lý Tự Trọng” & Con\'s <số "1">'  # quotes of both kinds and what XML must escape
CODE = "0077.003.C0012"


def unseen() -> Register:
    """An uneven tree: leading zeros, dots, a base without cells, a base with one, two chi bộ cơ sở."""
    return Register(
        (
            Unit("0077", f"Huyện ủy {ODD}", "district"),
            Unit("0077.003", f"Đảng bộ {ODD}", "base", "0077", "Đảng bộ cơ sở", "Nông thôn"),
            Unit(CODE, f"Chi bộ {ODD}", "cell", "0077.003"),
            Unit("0077.004", "Đảng bộ xã chưa có chi bộ", "base", "0077"),
            Unit("0077.000.C0001", f"Chi bộ cơ sở {ODD}", "cell", "0077"),
            Unit("0077.000.C0002", "Chi bộ cơ sở Trường THPT", "cell", "0077"),
        )
    )


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The forms of a register nobody saw before."""
    return issue_forms(tmp_path_factory.mktemp("odd"), unseen())


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province's register as a file."""
    return register_file(tmp_path_factory.mktemp("register") / "danh-ba.xlsx", province("01", "02"))


@pytest.mark.parametrize(
    ("level", "units"),
    [
        ("cell", {"01.1.C1", "01.1.C2", "01.K", "02.1.C1", "02.1.C2", "02.K"}),
        ("base", {"01.1", "02.1"}),
        ("district", {"01", "02"}),
        ("province", {"T"}),
    ],
)
def test_a_level_alone_gives_that_tiers_workbooks(known: Path, tmp_path: Path, level: str, units: set[str]) -> None:
    answer = press("generate", "--level", level, "--register", known, "--out", tmp_path, "--verbose")

    made = sorted(tmp_path.glob("* 2023-02.xlsx"))
    assert answer.code == 0
    assert {unit_of(path) for path in made} == units
    assert all(path.name in answer.out for path in made)
    assert len(made) == len(units)


def test_many_forms_are_named_on_request_only(known: Path, tmp_path: Path) -> None:
    """And what the program's own pack leaves open is for who writes packs, not for who issues forms."""
    given = ("generate", "--level", "district", "--below", "--register", known)

    few, all_ = press(*given, "--out", tmp_path / "a"), press(*given, "--out", tmp_path / "b", "--verbose")

    forms = [path.name for path in (tmp_path / "a").rglob("* 20*.xlsx")]
    assert len(forms) > FEW
    assert [name for name in forms if name in few.out] == []
    assert [name for name in forms if name not in all_.out] == []
    assert len(few.out.splitlines()) <= 3
    assert not worded("PACK_DOCUMENT_SYMBOL").search(few.err + all_.err)
    assert worded("PACK_DOCUMENT_SYMBOL").search(press("pack", "check", "loi_the").said)


def test_below_gives_every_tier_a_folder_per_unit(known: Path, tmp_path: Path) -> None:
    press("generate", "--level", "province", "--below", "--register", known, "--out", tmp_path)

    folders = {unit_of(path): path.parent.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("* 2023-02.xlsx")}
    assert folders["T"] == "T Tỉnh Thử"
    assert folders["01.1.C2"] == "T Tỉnh Thử/01 Huyện 01/01.1 ĐB 01.1/01.1.C2 CB 01.1.2"
    assert folders["02.K"] == "T Tỉnh Thử/02 Huyện 02/02.K CBCS 02"
    assert len(folders) == len(set(folders.values())) == 11


def test_unit_limits_to_units_and_what_is_under_them(known: Path, tmp_path: Path) -> None:
    limits = ("--unit", "01.1", "--unit", "02.K")
    press("generate", "--level", "district", "--below", "--register", known, "--out", tmp_path / "a", *limits)
    press("generate", "--level", "cell", "--register", known, "--out", tmp_path / "b", "--unit", "01")

    assert {unit_of(path) for path in (tmp_path / "a").rglob("* 2023-02.xlsx")} == {
        "01.1",
        "01.1.C1",
        "01.1.C2",
        "02.K",
    }
    assert {unit_of(path) for path in (tmp_path / "b").rglob("* 2023-02.xlsx")} == {"01.1.C1", "01.1.C2", "01.K"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("--level", "cell", "--unit", "99"), "UNIT_UNKNOWN"),
        (("--level", "district", "--unit", "01.1"), "NO_UNIT_OF_TIER"),
        (("--level", "commune"), "TIER_NOT_IN_SCHEME"),
        (("--level", "district", "--scheme", "2025"), "SCHEME_UNKNOWN"),
        (("--level", "commune", "--scheme", "2025"), "SCHEME_UNKNOWN"),
        (("--level", "district", "--pack", "khong_co"), "PACK_UNKNOWN"),
        (("--level", "district", "--period", "02/2023"), "PERIOD_MALFORMED"),
        (("--level", "district", "--period", "2023-13"), "PERIOD_MALFORMED"),
        (("--level", "district", "--period", "٢٠٢٣"), "PERIOD_MALFORMED"),
        (("--level", "district", "--period", "0000"), "PERIOD_MALFORMED"),
        (("--level", "district", "--period", "9999"), "PERIOD_MALFORMED"),
        (("--level", "district", "--cutoff", "9999-12-31"), "DAY_IMPOSSIBLE"),
        (("--level", "district", "--cutoff", "0001-01-01"), "DAY_IMPOSSIBLE"),
        (("--level", "district", "--cutoff", "2023-02-28", "--deadline", "2023-02-27"), "DEADLINE_BEFORE_CUTOFF"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_written(
    known: Path, tmp_path: Path, given: tuple[str, ...], code: str
) -> None:
    for lang in ("vi", "en"):
        answer = press("generate", *given, "--register", known, "--out", tmp_path / "out", "--lang", lang)

        assert answer.code == 2
        assert worded(code, lang).search(answer.err)
        assert answer.out == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("given", "term"),
    [
        ((), ("2023-02", date(2023, 2, 28), date(2023, 3, 5))),
        (("--period", "2024-02"), ("2024-02", date(2024, 2, 29), date(2024, 3, 5))),
        (("--period", "2023-12"), ("2023-12", date(2023, 12, 31), date(2024, 1, 5))),
        (("--period", "2023-Q1"), ("2023-Q1", date(2023, 3, 31), date(2023, 4, 5))),
        (("--period", "2023"), ("2023", date(2023, 12, 31), date(2024, 1, 5))),
        (("--cutoff", "2023-02-20"), ("2023-02", date(2023, 2, 20), date(2023, 2, 25))),
        (("--cutoff", "2023-02-20", "--deadline", "2023-02-20"), ("2023-02", date(2023, 2, 20), date(2023, 2, 20))),
    ],
)
def test_a_term_is_the_packs_unless_it_is_named(
    known: Path, tmp_path: Path, given: tuple[str, ...], term: tuple[str, date, date]
) -> None:
    press("generate", "--level", "cell", "--unit", "01.K", "--register", known, "--out", tmp_path, *given)

    path = next(tmp_path.iterdir())
    identity = open_file(path, path.name).identity
    assert identity
    assert (identity.period, identity.cutoff, identity.deadline) == term
    assert path.name == f"01.K CBCS 01 {term[0]}.xlsx"


def test_only_units_in_force_at_the_cutoff_get_a_form(tmp_path: Path) -> None:
    ended = Unit("01.K9", "Chi bộ đã sáp nhập", "cell", "01", end=date(2023, 2, 27))
    coming = Unit("01.K8", "Chi bộ sắp lập", "cell", "01", start=date(2023, 3, 1))
    register = Register((*small_register().units, ended, coming))

    assert not {"01.K8", "01.K9"} & set(issue_forms(tmp_path / "feb", register))
    march = issue_forms(tmp_path / "march", register, "district", "--period", "2023-03")
    assert "01.K8" in march
    assert "01.K9" not in march


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Twice here, once more in another process with other hashes, time zone and folder."""
    known = register_file(tmp_path / "danh-ba.xlsx", unseen())
    given = ("generate", "--level", "district", "--below", "--register", known, "--key", tmp_path / "khoa.key")
    press(*given, "--out", tmp_path / "a")
    press(*given, "--out", tmp_path / "b")
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}
    command = [sys.executable, "-m", "loithe_xl", *map(str, given), "--out", "c"]
    env["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()
    digests = [{name: sha for name, (sha, _) in snapshot(tmp_path / folder).items()} for folder in "abc"]
    assert digests[0] == digests[1] == digests[2]
    assert len(set(digests[0].values())) == 7  # six forms and their list


def test_a_second_run_leaves_the_files_alone(odd: dict[str, Path]) -> None:
    folder = odd["0077"].parents[2]
    before = snapshot(folder)
    issue_forms(folder, unseen())

    after = snapshot(folder)
    after.pop("danh-ba.xlsx"), before.pop("danh-ba.xlsx")
    assert after == before


def test_an_unseen_register_gives_one_workbook_per_unit(odd: dict[str, Path]) -> None:
    assert set(odd) == {unit.code for unit in unseen().units}
    for unit in unseen().units:
        opened = open_file(odd[unit.code], "x")
        assert opened.identity.unit == unit.code
        assert opened.unit_form.name == unit.name
        sheet = openpyxl.load_workbook(odd[unit.code]).worksheets[0]
        head = [str(value) for row in sheet.iter_rows(max_row=7, values_only=True) for value in row if value]
        assert any(unit.name in shown for shown in head)


def test_a_parent_holds_its_whole_subtree_and_nothing_else(odd: dict[str, Path]) -> None:
    for code, beneath in (("0077", 6), ("0077.003", 2), ("0077.004", 1)):
        register = open_file(odd[code], "x").ledgers.register
        assert register
        assert len(register.units) == beneath
        assert register.unit(code).name == unseen().unit(code).name  # type: ignore[union-attr]


@pytest.mark.parametrize("code", ["0077", "0077.003", CODE, "0077.000.C0001"])
def test_every_input_is_reached_through_its_defined_name(odd: dict[str, Path], code: str) -> None:
    """The unlocked cells of the input sheets are exactly those that names reach, each by one name."""
    book = openpyxl.load_workbook(odd[code])
    reached = [cell for cells in places(odd[code]).values() for cell in cells]

    assert len(reached) == len(set(reached))
    sheets = {sheet for sheet, _ in reached}
    unlocked = {
        (name, f"{get_column_letter(cell.column)}{cell.row}")
        for name in sheets
        for row in book[name].iter_rows()
        for cell in row
        if not cell.protection.locked and not isinstance(cell, MergedCell)
    }
    assert set(reached) == unlocked
    layout = open_file(odd[code], "x").layout
    assert layout
    columns = {f"{id}.{each.id}" for id, table in layout.form.tables.items() for each in table.columns}
    assert set(places(odd[code])) == {*layout.form.fields, *columns}


def test_the_core_fields_have_names(odd: dict[str, Path]) -> None:
    cell = set(places(odd[CODE]))
    own = set(places(odd["0077.000.C0001"]))
    district = set(places(odd["0077"]))

    assert {"members_total", "difficulty_22", "sessions.held_date", "registered", "revision"} <= cell
    assert cell < own
    assert {"plan_issued", "assignments.official_role", "documents_issued"} <= own - cell
    assert own - cell <= district


@pytest.mark.parametrize("code", ["0077", "0077.003", CODE, "0077.000.C0001"])
def test_a_form_opens_on_its_first_sheet_with_the_cursor_in_the_first_input(odd: dict[str, Path], code: str) -> None:
    book = openpyxl.load_workbook(odd[code])
    sheet = book.worksheets[0]
    inputs = [cell for cells in places(odd[code]).values() for name, cell in cells if name == sheet.title]
    first = min(inputs, key=lambda cell: (sheet[cell].row, sheet[cell].column))

    assert book.active is sheet
    assert sheet.sheet_view.tabSelected
    assert [each.sheet_view.tabSelected for each in book.worksheets[1:] if each.sheet_view.tabSelected] == []
    assert {selection.activeCell for selection in sheet.sheet_view.selection} == {first}


def test_every_visible_sheet_is_protected_and_the_structure_locked(odd: dict[str, Path]) -> None:
    for path in odd.values():
        book = openpyxl.load_workbook(path)
        assert all(sheet.protection.sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        assert book.security.lockStructure


def test_two_codes_that_make_one_file_name_do_not_meet(tmp_path: Path) -> None:
    register = Register(
        (
            Unit("01", "Huyện", "district"),
            *(Unit(code, f"Chi bộ {code}", "cell", "01") for code in ("A/1", "A:1", "A 1", "CON", "ĐB1", "A-1")),
        )
    )

    made = issue_forms(tmp_path, register)

    assert len({path.as_posix().casefold() for path in made.values()}) == 7


def test_an_output_beneath_a_file_is_a_message(known: Path, tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("x")
    for command in (
        ("generate", "--level", "base", "--register", known, "--out", tmp_path / "tep" / "bieu"),
        ("register", "sample", tmp_path / "tep" / "danh-ba.xlsx"),
        ("register", "new", tmp_path / "tep" / "sau" / "danh-ba.xlsx"),
        ("key", "export", tmp_path / "tep" / "khoa.pub"),
    ):
        answer = press(*command)
        assert answer.code == 3, command
        assert worded("STORE_UNWRITABLE").search(answer.err), command
        assert worded("STORE_UNWRITABLE", "en").search(press(*command, "--lang", "en").err)
    assert (tmp_path / "tep").read_text() == "x"


def test_a_key_file_that_cannot_be_made_is_a_message(known: Path, tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("x")
    given = ("generate", "--level", "base", "--register", known, "--out", tmp_path, "--key", tmp_path / "tep" / "k")

    answer = press(*given)

    assert answer.code == 3
    assert worded("KEY_UNREADABLE").search(answer.err)


def test_a_faulty_register_gives_every_fault_and_no_form(tmp_path: Path) -> None:
    lost, twice = Unit("01.1", "Cơ sở", "base", "99"), Unit("01", "Nữa", "cell", "01.1")
    broken = Register((Unit("01", "Huyện", "district"), lost, twice))
    known = register_file(tmp_path / "danh-ba.xlsx", broken)

    answer = press("generate", "--level", "district", "--register", known, "--out", tmp_path / "out")

    assert answer.code == 1
    assert answer.err.count("[LỖI]") >= 2
    assert "danh-ba.xlsx" in answer.err
    assert not (tmp_path / "out").exists()
    missing = press("generate", "--level", "district", "--register", tmp_path / "khong-co.xlsx")
    assert missing.code != 0
    assert "khong-co.xlsx" in missing.err


def test_a_faulty_pack_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "pack.toml").write_text("id = 'x'\n[", encoding="utf-8")

    answer = press("generate", "--level", "district", "--pack", tmp_path / "pack", "--out", tmp_path / "out")

    assert answer.code == 2
    assert worded("PACK_TOML_SYNTAX").search(answer.err)


def test_without_a_register_the_sample_serves(tmp_path: Path) -> None:
    answer = press("generate", "--level", "district", "--out", tmp_path)

    opened = open_file(next(tmp_path.iterdir()), "x")
    assert answer.code == 0
    assert len(opened.ledgers.register.of_tier("cell")) == 264


def test_a_form_open_in_excel_is_saved_beside_and_said(
    known: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from loithe_xl.tasks import generate

    target = tmp_path / "T Tỉnh Thử 2023-02.xlsx"
    beside = tmp_path / "T Tỉnh Thử 2023-02 (bản mới 20230301-1200).xlsx"
    press("generate", "--level", "province", "--register", known, "--out", tmp_path, "--lang", "en")
    monkeypatch.setattr(generate.store, "write", lambda path, data, verify: beside)

    answer = press("generate", "--level", "province", "--register", known, "--out", tmp_path)

    assert answer.code == 0
    assert worded("STORE_SAVED_BESIDE").search(answer.err)
    assert beside.name in answer.out and beside.name in answer.err
    assert target.name in answer.err


def test_forms_in_english_are_read_the_same(known: Path, tmp_path: Path) -> None:
    given = ("--level", "cell", "--unit", "01.K", "--register", known)
    press("generate", *given, "--out", tmp_path / "vi")
    press("generate", *given, "--out", tmp_path / "en", "--lang", "en")

    opened = [open_file(next((tmp_path / lang).iterdir()), "x") for lang in ("vi", "en")]
    assert [each.unit_form.lang for each in opened] == ["vi", "en"]
    assert opened[0].token == opened[1].token
    assert opened[0].inputs == opened[1].inputs


def test_names_and_codes_that_look_like_escapes(tmp_path: Path) -> None:
    """Excel reads _x0041_ as A: what a register says stands in every form, a parent's too, as it is."""
    units = (
        Unit("H_x0041_", "Huyện _x005F_x0041_", "district"),
        Unit("H_x0041_.1", "Đảng bộ _x0041_x0042_", "base", "H_x0041_"),
        Unit("H_x0041_.1._xABCD_", 'Chi bộ _x000D_ <r>"_x0041_"</r>', "cell", "H_x0041_.1"),
    )
    forms = make_forms(tmp_path, Register(units))

    found = [open_file(path, path.name) for path in forms.values()]
    read = {(each.identity.unit, each.unit_form.name) for each in found if isinstance(each, OpenedForm)}
    assert read == {(unit.code, unit.name) for unit in units}
    assert {each.ledgers.register.units for each in found if isinstance(each, ParentBook)} == {units, units[1:]}
