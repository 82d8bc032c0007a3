"""The demonstration tells the article's story with true figures, in a folder of its own and nowhere else."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cli_tools import trust
from tools import TERM

from loithe_xl import demo
from loithe_xl.cli.shell import run
from loithe_xl.demo.answers import COMPLETED, HELD, REGISTERED_HELD, REGISTERED_LEFT, SILENT_UNITS, cast, cell_inputs
from loithe_xl.demo.story import DAMAGED, FORMS_FOLDER, MARKER, RECEIVED_FOLDER, RESULT
from loithe_xl.draw import packs
from loithe_xl.form.checks import validate
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import constants
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Severity
from loithe_xl.register.file import sample_register
from loithe_xl.workbook.daynumbers import serial

HELD_SENTENCE = "Đến nay có 68/264 chi bộ đã tổ chức sinh hoạt chính trị (trong đó có 16 chi bộ đã hoàn thành)"
KEPT = {"ban-cu", "khoa", MARKER}  # former versions of the parents, the demonstration's own key, its mark


@dataclass(frozen=True)
class Played:
    """What one run wrote, said and answered."""

    out: Path
    code: int
    said: list[str]

    @property
    def district(self) -> Path:
        """The district's workbook."""
        return next((self.out / RESULT).glob("00.07 *.xlsx"))


def called(arguments: Sequence[str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of one command, in this process."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        code = run(arguments)
    out, err = (stream.buffer.getvalue().decode() for stream in streams)  # type: ignore[attr-defined]
    return code, out, err


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The demonstration, run into a folder that an earlier run left behind."""
    out = tmp_path_factory.mktemp("demo") / "loithe-demo"
    (out / RESULT).mkdir(parents=True)
    (out / MARKER).touch()
    (out / RESULT / "cu.xlsx").write_bytes(b"of an earlier run")
    code, said, _ = called(["demo", "--out", str(out), "--verbose"])
    return Played(out, code, said.splitlines())


def json_of(*arguments: str) -> Any:
    code, out, err = called([*arguments, "--format", "json"])
    assert code == 0, err
    return json.loads(out)


def test_it_ends_with_the_four_figures_of_the_story(played: Played) -> None:
    assert played.code == 0
    assert re.findall(r"\d+(?:,\d+%)?", played.said[-1]) == ["264", "68", "16", "25,76%"]
    assert played.said[-2].startswith(HELD_SENTENCE)
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert "\n".join(["```", *played.said[-2:], "```"]) in readme


def test_it_tells_its_six_steps_in_order(played: Played) -> None:
    steps = [line for line in played.said if line.startswith("Bước")]

    assert [step.partition(".")[0] for step in steps] == [f"Bước {number}" for number in range(1, len(steps) + 1)]
    assert len(steps) >= 5
    assert " 285 " in steps[0], "a district, 20 bases and 264 cells"
    assert re.search(r"\b243 .* 21 ", steps[1])


def test_it_tells_the_story_in_few_lines_and_names_files_on_request(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = [line for line in played.said if not line.startswith("Đã ghi ")]
    assert len(played.said) - len(story) > 500
    assert 10 <= len(story) <= 15
    for folder in (FORMS_FOLDER, RECEIVED_FOLDER, RESULT):
        assert any(folder in line for line in story)

    monkeypatch.setattr(demo, "run", lambda out, office, say, wrote: (say(Text("kể")), wrote(Text("tệp"))))
    assert called(["demo", "--out", str(tmp_path)])[1].splitlines() == ["kể"]
    assert called(["demo", "--out", str(tmp_path), "--verbose"])[1].splitlines() == ["kể", "tệp"]


def test_it_names_each_file_it_wrote(played: Played) -> None:
    named = {Path(line.removeprefix("Đã ghi ")).resolve() for line in played.said if line.startswith("Đã ghi ")}
    there = {path.resolve() for path in played.out.rglob("*") if path.is_file() and not KEPT & set(path.parts)}
    journals = {path for path in there if path.name.endswith("_nhat-ky.csv")}

    assert named == there - journals
    assert len(journals) == 21, "one beside each parent"
    assert len({path.suffix for path in there} & {".xlsx"}) == 1
    assert len(list((played.out / FORMS_FOLDER).rglob("* 2023-02.xlsx"))) == 285


def test_a_second_run_replaces_what_the_first_left(played: Played) -> None:
    assert not (played.out / RESULT / "cu.xlsx").exists()


@pytest.mark.parametrize("content", ["quy-che.docx", ".loithe"])
def test_a_foreign_folder_is_refused_and_stays_as_it_is(tmp_path: Path, content: str) -> None:
    (tmp_path / content).write_bytes(b"mine")

    code, out, err = called(["demo", "--out", str(tmp_path)])

    assert code == 2
    assert out == ""
    assert "--out" in err
    assert [path.name for path in tmp_path.iterdir()] == [content]
    assert (tmp_path / content).read_bytes() == b"mine"


def test_the_folders_of_the_offices_are_received_under_any_name(played: Played) -> None:
    names = [path.name for path in (played.out / RECEIVED_FOLDER).rglob("*.xlsx")]

    assert len(names) == 243 + 3, "a second revision, a copy and a damaged file besides"
    assert DAMAGED in names
    assert not any(re.search(r"C\d{3}", name) for name in names), "no name gives its unit away"


def test_the_district_workbook_is_valid_once_its_key_is_trusted(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOITHE_XL_HOME", str(tmp_path))

    code, out, _ = called(["validate", str(played.district), "--format", "json"])
    assert code == 1
    assert [found["code"] for found in json.loads(out)["files"][0]["issues"]] == ["TOKEN_FOREIGN"]

    assert trust(played.district).code == 0
    (file,) = json_of("validate", str(played.district))["files"]
    assert (file["unit"], file["level"], file["period"], file["ok"]) == ("00.07", "district", "2023-02", True)
    assert not [found for found in file["issues"] if found["severity"] == "ERROR"]


def test_everybodys_receipt_is_listed(played: Played) -> None:
    children = json_of("status", str(played.district))["children"]
    statuses = Counter(child["status"] for child in children)

    assert set(statuses) <= {"accepted", "missing", "covered"}
    direct = [child for child in children if child["unit"].count(".") == 2]
    assert len(direct) == 29, "20 bases and 9 chi bộ cơ sở"
    assert statuses["accepted"] + statuses["missing"] == 29
    assert statuses["covered"] == 1
    late = [child for child in children if child["late"] and child["status"] == "accepted"]
    assert len(late) == 1
    assert all(child["received_at"].startswith("2023-03-07") for child in late)


def test_report_and_receipts_agree(played: Played) -> None:
    children = json_of("status", str(played.district))["children"]
    report = json_of("report", str(played.district))
    values, rows = report["values"], report["tables"]["progress"]

    story = ("cells_total", "cells_held", "cells_completed", "cells_in_progress", "cells_not_reported")
    assert [values[id] for id in story] == [264, HELD, COMPLETED, HELD - COMPLETED, SILENT_UNITS]
    assert values["cells_not_started"] == 264 - HELD - SILENT_UNITS
    registered = values["cells_registered"], values["cells_held_as_registered"]
    assert registered == (REGISTERED_HELD + REGISTERED_LEFT, REGISTERED_HELD)
    assert not {73, 69, 68}.intersection(registered), "the articles say these of a province, not of this district"
    assert values["rate_cells_held"] == pytest.approx(68 / 264)
    assert values["units_total"] == len(rows) == 29
    for id in (*story, "cells_not_started", "members_due", "members_reported"):
        assert sum(row[id] or 0 for row in rows) == values[id], id
    told = {child["unit"]: (child["name"], child["status"]) for child in children if child["status"] != "covered"}
    assert {row["unit"]: (row["name"], row["status"]) for row in rows} == told
    assert f"{HELD_SENTENCE}, đạt tỷ lệ 25,76%." in report["sentences"]


def test_a_run_over_what_was_received_again_changes_no_byte(played: Played) -> None:
    before = played.district.read_bytes()
    bases = [str(path) for path in (played.out / RESULT).glob("00.07.0*/*.xlsx")]

    answer = json_of("consolidate", "--into", str(played.district), *bases)

    assert answer["accepted"] == answer["seen"] == 20
    assert played.district.read_bytes() == before
    assert answer["values"] == json_of("report", str(played.district))["values"]


def test_figures_are_those_of_the_cells_that_sent_something(played: Played) -> None:
    """The sum over the made-up answers themselves, past every file."""
    pack = packs.load("loi_the").pack
    register = sample_register().at(TERM.cutoff)
    cells = register.cells("00.07")
    parts, known, sums = cast(cells), constants(pack, serial(TERM.cutoff)), Counter[str]()
    for cell in cells:
        form = pack.form_for(cell, register)
        if form and cell.code not in parts.silent:
            values = all_values(form, cell_inputs(form, cell, parts), known, {})
            sums.update({id: int(values[id]) for id in ("members_due", "members_reported", "cells_held")})  # type: ignore[arg-type]

    values = json_of("report", str(played.district))["values"]
    assert {id: values[id] for id in sums} == dict(sums)


def test_the_made_up_answers_are_the_same_everywhere_and_without_fault() -> None:
    pack = packs.load("loi_the")
    register = sample_register().at(TERM.cutoff)
    cells = register.cells("00.07")
    parts, known = cast(cells), constants(pack.pack, serial(TERM.cutoff))

    assert parts == cast(cells)
    assert (len(parts.held), len(parts.completed), len(parts.silent)) == (68, 16, 21)
    assert parts.completed <= parts.held
    assert parts.held.isdisjoint(parts.silent)
    for cell in cells:
        form = pack.pack.form_for(cell, register)
        assert form
        inputs = cell_inputs(form, cell, parts)
        found = validate(pack.layout(form), inputs, all_values(form, inputs, known, {}))
        assert [each for each in found if each.severity is Severity.ERROR] == [], cell.code
