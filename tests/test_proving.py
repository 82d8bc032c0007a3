"""Nothing is replaced by what would not open again as what it was meant to be; whatever files and texts are called."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from cli_tools import press, snapshot, worded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_celltext import TEXTS
from texts import HARD
from tools import NOON, REQUIRED, fill, make_forms, small_register

from loithe_xl.consolidation.receipts import Receipt, UnitRow, Verdict
from loithe_xl.draw.render import cell_case, package
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import sign
from loithe_xl.intake import proving
from loithe_xl.intake.openfile import OpenedForm, ParentBook, open_file, with_receipts
from loithe_xl.language.issues import Fault, issue
from loithe_xl.reading import reader
from loithe_xl.register.register import Register
from loithe_xl.tasks.consolidate import ConsolidationRequest, consolidate, open_parent, rebuilt
from loithe_xl.tasks.export import export
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.repair import repair
from loithe_xl.tasks.report import report
from loithe_xl.workbook import celltext
from loithe_xl.workbook.celltext import normal

TEXT = "difficulties_text"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small district's forms."""
    return make_forms(tmp_path_factory.mktemp("forms"), small_register({"01.1": 1}))


@pytest.fixture
def parent(issued: dict[str, Path], tmp_path: Path) -> Path:
    path = tmp_path / "cha.xlsx"
    path.write_bytes(issued["01"].read_bytes())
    return path


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A writer that leaves as it is what will be read as an escaped letter."""
    with monkeypatch.context() as patch:
        patch.setattr(celltext, "_ODD", re.compile("(?!)"))
        yield


def test_a_parent_that_would_read_otherwise_replaces_nothing(
    issued: dict[str, Path], parent: Path, careless: None
) -> None:
    sent = fill(issued["01.1.C01"], parent.parent / "nhan" / "_x0041_.xlsx")
    before = parent.read_bytes()

    answer = press("consolidate", sent, "--into", parent)

    assert answer.code == 3
    assert worded("STORE_UNPROVEN").search(answer.err)
    assert parent.read_bytes() == before
    assert not [file for file in parent.parent.rglob("*") if file.name.startswith(".~loithe")]


def test_a_parent_over_a_limit_of_the_reading_replaces_nothing(
    issued: dict[str, Path], parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written today must not be too large tomorrow."""
    sent = fill(issued["01.1.C01"], parent.parent / "nhan" / "a.xlsx")
    before = parent.read_bytes()

    def outgrown(opened: ParentBook, saved: datetime, sources: Mapping[str, str]) -> bytes:
        monkeypatch.setattr(reader, "MOST_CELLS", 50)
        monkeypatch.setattr(reader, "MOST_BLANK", 0)
        return rebuilt(opened, saved, sources)

    monkeypatch.setattr("loithe_xl.tasks.consolidate.rebuilt", outgrown)
    with pytest.raises(Fault) as fault:
        consolidate(ConsolidationRequest(parent, (sent,)), Office(now=NOON))

    assert (fault.value.issues[0].code, fault.value.exit_code) == ("STORE_UNPROVEN", 3)
    assert parent.read_bytes() == before


def named(register: Register, ending: str) -> Register:
    return Register(tuple(replace(unit, name=f"{unit.name} {ending}") for unit in register.units))


@pytest.mark.parametrize("command", ["generate", "report", "status", "repair"])
def test_no_command_puts_an_untrue_workbook_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    register = named(small_register({"01.1": 1}), "_x0041_")
    forms = make_forms(tmp_path / "bieu", register)
    sent = fill(forms["01.1.C01"], tmp_path / "a.xlsx", {**REQUIRED, TEXT: "_x0042_"})
    run = {
        "generate": lambda: make_forms(tmp_path / "khac", register),
        "report": lambda: report(forms["01"], tmp_path / "ra.xlsx", "hd36_2018", None, Office()),
        "status": lambda: export(open_parent(forms["01"]), forms["01"], tmp_path / "ra.xlsx", Office()),
        "repair": lambda: repair(sent, tmp_path / "ra.xlsx", Office()),
    }[command]
    before = snapshot(tmp_path)
    monkeypatch.setattr(celltext, "_ODD", re.compile("(?!)"))

    with pytest.raises(Fault) as fault:
        run()

    assert (fault.value.issues[0].code, fault.value.exit_code) == ("STORE_UNPROVEN", 3)
    assert snapshot(tmp_path) == before


def stranger_s(issued: dict[str, Path], target: Path, unit: str) -> Path:
    """A form that another office made out to a unit of its own."""
    opened = open_file(issued["01.1.C01"], "")
    assert isinstance(opened, OpenedForm)
    identity = replace(opened.identity, unit=unit)
    unit_form = UnitForm(opened.loaded, identity, sign(identity, bytes(32)), "Chi bộ lạ", "")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(package(cell_case(unit_form, opened.inputs), bytes(16)))
    return target


def test_whatever_files_units_and_opinions_are_called_the_parent_opens(issued: dict[str, Path], parent: Path) -> None:
    folder = parent.parent / "nhan"
    for number, name in enumerate((*(words.replace("/", "") for words in HARD), os.fsdecode(b"\xff\xfe"))):
        with suppress(OSError, ValueError):  # no system takes every name
            sent = {**REQUIRED, "members_total": 30 + number, TEXT: HARD[number % 8]}
            fill(issued["01.1.C01"], folder / f"{name}.xlsx", sent)
    for number, words in enumerate(("\ufffe\uffff", "_x005F_x0041_", "\x1b]0;x", "a\r\nb")):
        stranger_s(issued, folder / f"la-{number}.xlsx", words)

    first = press("consolidate", folder, "--into", parent, "--now", "2023-03-01T10:00:00")
    again = press("consolidate", folder, "--into", parent, "--now", "2023-03-02T10:00:00")

    assert (first.code, again.code) in ((0, 0), (1, 1)), first.said
    assert press("status", parent).code == 0
    received = open_parent(parent).ledgers.receipts
    assert len(received) == len(list(folder.iterdir()))
    assert {normal(os.fsencode(each.name).decode("utf-8", "replace")) for each in folder.iterdir()} == {
        Path(each.file).name for each in received
    }


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=12, max_size=12))
def test_a_parent_with_any_texts_at_all_is_what_was_meant(
    issued: dict[str, Path], texts: list[tuple[str, str, str]]
) -> None:
    opened = open_parent(issued["01"])
    receipts = [
        Receipt(
            sha=f"{number:064}",
            file=normal(file),
            unit="" if number % 2 else "01.1.C01",
            verdict=Verdict.FOREIGN if number % 2 else Verdict.VALID,
            received_at="2023-03-01T10:00:00",
            rows=() if number % 2 else (UnitRow("01.1.C01", {"members_total": number}, {TEXT: normal(said)}),),
            issues=(issue("UNIT_FOREIGN", parent=file).in_file(normal(file)),),
        )
        for number, (file, unit, said) in enumerate(texts)
    ]
    meant = with_receipts(opened, receipts)

    proving.workbook(meant, "cha.xlsx")(rebuilt(meant, NOON))
