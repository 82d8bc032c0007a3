"""Every JSON answer is what ``schema/answers.json`` says; ``cli_tools.press`` holds those of all other tests to it."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from cli_tools import Answer, as_declared, declared, held, press, register_file, type_in, validator
from jsonschema import Draft202012Validator, ValidationError
from tools import REQUIRED

from loithe_xl.addin.setup import diagnosis
from loithe_xl.addin.setup.diagnosis import Finding
from loithe_xl.addin.setup.patient import Health
from loithe_xl.cli import shell
from loithe_xl.consolidation.receipts import Status
from loithe_xl.language.catalogue import LANGUAGES, Text
from loithe_xl.language.issues import Severity
from loithe_xl.pack.find import pack_folder

SHARED = {"file", "child", "issue", "told", "values", "figure", "period", "status_word"}  # parts of answers
Given = dict[str, tuple[str, list[object]]]  # what is tried -> the definition, and the words


def answering(group: click.Group, *above: str) -> Iterator[str]:
    """The definition of each command that takes --format."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from answering(command, *above, name)
        elif any("--format" in param.opts for param in command.params):
            yield "_".join((*above, name))


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every description of an object, however deep."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        schema = [*schema.values()]
    if isinstance(schema, list):
        for each in schema:
            yield from objects(each)


def test_the_schema_describes_every_command_that_answers_in_json_and_no_other():
    Draft202012Validator.check_schema(declared())
    described = set(declared()["$defs"]) - SHARED

    assert described == {*answering(shell.build("vi")), "fault"}
    assert {each["$ref"] for each in declared()["anyOf"]} == {f"#/$defs/{name}" for name in described}


def test_no_object_takes_a_key_that_is_not_declared():
    for each in objects(declared()):
        closed = each["additionalProperties"]  # or figures and texts by the ids of a pack's fields
        assert closed is False or set(each.get("properties", {})) <= {"unit", "name", "status", "late"}, each


def test_words_of_the_schema_are_those_of_the_program():
    parts = declared()["$defs"]

    assert parts["status_word"]["enum"] == [each.value for each in Status]
    assert parts["issue"]["properties"]["severity"]["enum"] == [each.value for each in Severity]
    checks = parts["addin_doctor"]["properties"]["checks"]["items"]["properties"]
    assert checks["verdict"]["enum"] == [each.value for each in Health]
    assert {each.value for each in Status} - {"missing"} <= set(parts["consolidate"]["properties"])


@pytest.fixture(scope="module")
def given(issued: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Given:
    """Every reading command on sound, faulty, foreign, absent and empty files."""
    here = tmp_path_factory.mktemp("answers")
    good = type_in(issued["01.K1"], here / "nhan" / "a.xlsx", REQUIRED, [held(10)])
    shutil.copy(good, here / "nhan" / "b.xlsx")
    type_in(issued["01.1.C01"], here / "nhan" / "c.xlsx", {**REQUIRED, "members_exempt": -1})
    (here / "nhan" / "e.xlsx").write_text("x")
    parent, fresh = (Path(shutil.copy(issued["01"], here / name)) for name in ("01.xlsx", "trong.xlsx"))
    faulty = Path(shutil.copytree(pack_folder("loi_the"), here / "goi"))
    (faulty / "pack.toml").write_text("id = 1", encoding="utf-8")
    register, absent = register_file(here / "danh-ba.xlsx"), here / "không có.xlsx"
    return {
        "received": ("validate", ["validate", here / "nhan"]),
        "no path": ("fault", ["validate", absent]),
        "a run": ("consolidate", ["consolidate", "--into", parent, here / "nhan"]),
        "a run on nothing": ("consolidate", ["consolidate", "--into", fresh, here / "nhan" / "e.xlsx", "--dry-run"]),
        "no parent": ("fault", ["consolidate", "--into", absent, good]),
        "a fresh parent": ("status", ["status", fresh]),
        "a parent": ("status", ["status", parent]),
        "no parent to see": ("fault", ["status", absent]),
        "a report": ("report", ["report", parent]),
        "an empty report": ("report", ["report", fresh]),
        "an unknown profile": ("fault", ["report", parent, "--profile", "x"]),
        "a whole form": ("repair", ["repair", good, "--out", here / "moi.xlsx"]),
        "a faulty form": ("repair", ["repair", here / "nhan" / "c.xlsx", "--out", here / "moi-c.xlsx"]),
        "no form": ("fault", ["repair", here / "nhan" / "e.xlsx", "--out", here / "moi-e.xlsx"]),
        "a register": ("register_check", ["register", "check", register]),
        "no register": ("register_check", ["register", "check", here / "nhan" / "e.xlsx"]),
        "a register that is not there": ("register_check", ["register", "check", absent]),
        "a pack": ("pack_check", ["pack", "check", "loi_the"]),
        "a faulty pack": ("pack_check", ["pack", "check", faulty]),
        "no form in it": ("pack_check", ["pack", "check", here]),
        "no pack": ("fault", ["pack", "check", absent]),
        "inputs": ("doctor_layout", ["doctor", "layout", good, here / "nhan" / "e.xlsx", fresh]),
        "a cell": ("doctor_cell", ["doctor", "cell", good, "D12"]),
        "no difference": ("doctor_diff", ["doctor", "diff", good]),
        "two files": ("doctor_diff", ["doctor", "diff", good, issued["01.K1"]]),
        "tokens": ("doctor_token", ["doctor", "token", good, here / "nhan" / "e.xlsx", parent]),
        "no file": ("fault", ["doctor", "token", absent]),
        "buttons elsewhere": ("fault", ["addin", "doctor"]),
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_real_answers_of_every_command_are_as_declared(given: Given, lang: str, monkeypatch: pytest.MonkeyPatch):
    for tried, (definition, words) in given.items():
        answer = press(*words, "--format", "json", "--lang", lang)
        assert as_declared(answer, *map(str, words)) == definition, tried
        with pytest.raises(ValidationError, match="Additional properties"):
            validator(definition).validate(answer.json | {"new": 1})

    found = [Finding("excel", verdict, Text("Excel 16.", "Excel 16.")) for verdict in Health]
    monkeypatch.setattr(diagnosis, "doctor", lambda: found)
    answer = press("addin", "doctor", "--format", "json", "--lang", lang)
    assert as_declared(answer, "addin", "doctor") == "addin_doctor"


def test_a_key_more_or_less_anywhere_is_noticed(given: Given):
    answer = press(*given["received"][1], "--format", "json").json

    for place in (answer, answer["files"][0], answer["files"][-1]["issues"][0]):
        kept = copy.deepcopy(answer)
        place["new"] = 1
        with pytest.raises(ValidationError):
            validator("validate").validate(answer)
        del place["new"]
        assert answer == kept
        for key in list(place):
            value = place.pop(key)
            with pytest.raises(ValidationError):
                validator("validate").validate(answer)
            place[key] = value
    validator("validate").validate(answer)


def test_an_answer_without_its_definition_is_noticed():
    with pytest.raises(IndexError):
        as_declared(Answer(0, "{}", ""), "nonsense")
