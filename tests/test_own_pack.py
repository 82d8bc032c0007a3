"""A campaign of one's own: a folder of TOML from `pack new`, and no other file touched."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cli_tools import codes, press, read, register_file, unit_of
from test_earlier import filled
from tools import small_register

import loithe_xl
from loithe_xl.cli.generate import LEVELS
from loithe_xl.draw import packs
from loithe_xl.language.issues import Fault
from loithe_xl.pack.packfile import load_files, read_folder
from loithe_xl.register.register import TIERS

JOINED = {"members_total": 20, "members_joined": 15}
SRC = Path(loithe_xl.__file__).parent


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "goi"
    assert press("pack", "new", folder).code == 0
    return folder


def change(pack: Path, file: str, before: str, after: str) -> None:
    path = pack / file
    said = path.read_text(encoding="utf-8")
    assert before in said
    path.write_text(said.replace(before, after), encoding="utf-8")
    packs._loaded_from.cache_clear()


def generate(pack: Path, *more: object, level: str = "district") -> Any:
    known = register_file(pack.parent / "danh-ba.xlsx", small_register({"01.1": 2}))
    given = "--level", level, "--below", "--pack", pack, "--register", known, "--out", pack.parent / "bieu"
    return press("generate", *given, *more)


def forms_of(pack: Path) -> dict[str, Path]:
    answer = generate(pack)
    assert answer.code == 0, answer.said
    return {unit_of(path): path for path in (pack.parent / "bieu").rglob("* 20*.xlsx")}


def faults(pack: Path) -> set[tuple[str, str, str]]:
    return {(each["code"], each["file"], each["field"]) for each in read("pack", "check", pack)["issues"]}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_new_pack_is_sound_and_commented_in_the_users_language(lang: str, tmp_path: Path) -> None:
    folder = tmp_path / "goi"
    assert press("pack", "new", folder, "--lang", lang).code == 0

    found = read("pack", "check", folder)
    said = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.toml"))

    assert codes(found["issues"]) == ["PACK_LAYOUT_UNKEPT"] * 3
    assert [(each["form"], each["inputs"]) for each in found["forms"]] == [("cell", 40), ("base", 2), ("district", 2)]
    assert ("# A campaign" in said, "# Một đợt" in said) == (lang == "en", lang == "vi")
    assert not re.search(r"^#(vi|en) ", said, re.M)
    assert press("pack", "new", folder).code == 2  # what is there stays


def test_a_new_pack_goes_from_the_cell_to_the_districts_report(pack: Path, tmp_path: Path) -> None:
    forms = forms_of(pack)
    cells = [filled(forms[f"01.1.C0{n}"], tmp_path / f"{n}.xlsx", JOINED, pack) for n in (1, 2)]

    assert all(each["ok"] for each in read("validate", *cells, "--pack", pack)["files"])
    assert codes(read("validate", cells[0])["files"][0]["issues"]) == ["PACK_ABSENT"]
    base = read("consolidate", "--into", forms["01.1"], *cells)
    district = read("consolidate", "--into", forms["01"], forms["01.1"])
    report = read("report", forms["01"], "--out", tmp_path / "bc.xlsx")

    assert (base["accepted"], district["values"]["members_joined"]) == (2, 30)
    assert report["values"]["rate_joined"] == 0.75
    assert press("report", forms["01"], "--profile", "khac").code == 2
    made = {
        Path(line).name.split(" ")[0] for line in generate(pack).out.splitlines() if re.search(r" 20[^ ]+\.xlsx$", line)
    }
    assert made == {"01.1.C01", "01.1.C02", "01.K1"}  # blank ones are made again, others stay


def test_a_form_that_carries_no_pack_is_proved_by_the_pack_it_was_made_from(pack: Path) -> None:
    assert generate(pack, level="cell").code == 0  # the first file of a hundred is opened again


def test_of_two_reports_the_one_whose_revision_field_is_higher_counts(pack: Path, tmp_path: Path) -> None:
    forms = forms_of(pack)
    second = filled(forms["01.1.C01"], tmp_path / "a.xlsx", {**JOINED, "submission_number": 2}, pack)
    first = filled(forms["01.1.C01"], tmp_path / "b.xlsx", {**JOINED, "members_joined": 3}, pack)

    done = read("consolidate", "--into", forms["01.1"], second, first)

    assert (done["superseded"], done["values"]["members_joined"]) == (1, 15)


def test_what_a_field_is_called_makes_no_revision(pack: Path, tmp_path: Path) -> None:
    change(pack, "sections/submission.toml", "revision = true", "")
    change(pack, "sections/submission.toml", "submission_number", "revision")
    forms = forms_of(pack)
    sent = [
        filled(forms["01.1.C01"], tmp_path / f"{n}.xlsx", {**JOINED, "members_joined": n, "revision": n}, pack)
        for n in (2, 1)
    ]

    assert read("consolidate", "--into", forms["01.1"], *sent)["conflict"] == 2


@pytest.mark.parametrize(
    ("file", "before", "after", "fault"),
    [
        ("sections/submission.toml", 'kind = "count"\ndefault = 1', 'kind = "text"', "PACK_REVISION_KIND"),
        ("sections/sessions.toml", "required =", "revision = true\nrequired =", "PACK_REVISION_KIND"),
        ("sections/figures.toml", "required = true\nlabel", "revision = true\nlabel", "PACK_REVISION_TWICE"),
    ],
)
def test_faults_of_a_revision_field_are_named(pack: Path, file: str, before: str, after: str, fault: str) -> None:
    change(pack, file, before, after)

    assert (fault, file) in {(code, where) for code, where, _ in faults(pack)}
    assert press("pack", "check", pack).code == 1


def test_a_scheme_may_have_any_name_and_its_tiers_decide(pack: Path) -> None:
    change(pack, "pack.toml", "ba_cap", "Sơ đồ mới")
    change(pack, "pack.toml", "[schemes.Sơ đồ mới]", '[schemes."Sơ đồ mới"]')

    assert generate(pack, "--scheme", "Sơ đồ mới").code == 0
    assert generate(pack).code == 0
    unknown, absent = generate(pack, "--scheme", "2021"), generate(pack, level="province")

    assert (unknown.code, absent.code) == (2, 2)
    assert "Sơ đồ mới" in unknown.err
    assert "district, base, cell" in absent.err


def test_the_command_knows_every_tier_of_the_register() -> None:
    assert sorted(LEVELS) == sorted(TIERS)


def test_without_annex_the_report_is_its_page_alone(pack: Path, tmp_path: Path) -> None:
    report = pack / "report/district.toml"
    report.write_text(report.read_text(encoding="utf-8").partition("[annex]")[0], encoding="utf-8")
    packs._loaded_from.cache_clear()
    forms = forms_of(pack)
    cell = filled(forms["01.K1"], tmp_path / "a.xlsx", JOINED, pack)

    assert read("consolidate", "--into", forms["01"], cell)["accepted"] == 1
    assert read("report", forms["01"], "--out", tmp_path / "bc.xlsx")["tables"] == {"progress": []}
    assert press("validate", forms["01"], "--pack", pack).code == 0


def test_a_pack_may_have_profiles_and_heads_of_its_own(pack: Path) -> None:
    own = (SRC / "texts/report_profiles.toml").read_text(encoding="utf-8").replace("hd36_2018", "rieng")
    (pack / "report/profiles.toml").write_text(own, encoding="utf-8")
    report = pack / "report/district.toml"
    report.write_text('party = "ĐẢNG BỘ MẪU"\n' + report.read_text(encoding="utf-8"), encoding="utf-8")
    packs._loaded_from.cache_clear()
    district = forms_of(pack)["01"]

    assert press("report", district, "--profile", "rieng").code == 0
    refused = press("report", district, "--profile", "hd36_2018")

    assert (refused.code, "rieng" in refused.err) == (2, True)


def test_a_tier_without_wording_is_told_which_have_one(pack: Path) -> None:
    answer = press("report", forms_of(pack)["01.1"])

    assert answer.code == 2
    assert "Huyện" in answer.err


def test_every_fault_of_a_pack_is_named_at_once(pack: Path) -> None:
    change(pack, "pack.toml", 'period = "2026-Q1"', 'period = "Q1"')
    change(pack, "sections/figures.toml", "members_joined <= members_total", "members_joined <= nothing")

    found = faults(pack)

    assert {code for code, _, _ in found} >= {"PACK_PERIOD", "PACK_NAME_UNKNOWN"}
    assert {file for _, file, _ in found} == {"pack.toml", "sections/figures.toml"}
    said = press("pack", "check", pack)
    assert "] pack.toml, period: " in said.out + said.err, "the key, on a screen too"
    assert press("pack", "check", pack.parent / "khong-co").code == 2


def test_freezing_again_brings_the_same_layouts_up_to_date(pack: Path) -> None:
    assert "issued/1" in press("pack", "freeze", pack).out
    assert "đã được lưu giữ" in press("pack", "freeze", pack).out
    change(pack, "sections/figures.toml", "Tổng số đảng viên", "Số đảng viên")
    assert "issued/1" in press("pack", "freeze", pack).out
    change(pack, "sections/sessions.toml", "rows = 12", "rows = 14")
    assert "issued/2" in press("pack", "freeze", pack).out

    editions = load_files(read_folder(pack)).editions

    assert (set(editions.packs), editions.faults) == ({"1", "2"}, ())
    assert (pack / "issued/1/sections/figures.toml").read_text(encoding="utf-8").count("“") == 0
    assert "rows = 12" in (pack / "issued/1/sections/sessions.toml").read_text(encoding="utf-8")
    assert not (pack / "issued/1/report").exists()


def test_a_figure_may_not_mean_something_else_than_it_did(pack: Path) -> None:
    press("pack", "freeze", pack)
    change(pack, "sections/figures.toml", 'id = "members_joined"', 'id = "members_joined"\nkind = "decimal"')

    assert ("PACK_FIGURE_CHANGED", "issued/1", "members_joined") in faults(pack)
    refused = generate(pack)

    assert (refused.code, "members_joined" in refused.err) == (2, True)


def test_a_broken_edition_is_named_with_its_file(pack: Path) -> None:
    press("pack", "freeze", pack)
    change(pack, "issued/1/sections/figures.toml", "rule =", "rull =")

    assert "issued/1/sections/figures.toml" in {file for _, file, _ in faults(pack)}
    with pytest.raises(Fault):
        load_files({path.removeprefix("issued/1/"): data for path, data in read_folder(pack).items() if "/1/" in path})


# Words of the campaign that comes with the program, and why some may stand in the code all the same.
OF_THE_CAMPAIGN = re.compile(r"\bloi_the\b|\bhd36_2018\b|\bhd05_2026\b|[\"']20(21|25)[\"']|[\"']revision[\"']")
ALLOWED = {
    ("consolidation/ledger.py", '"revision"'): "a column of every parent's ledger, whatever the pack",
    ("pack/fields.py", '"revision"'): "the key of a pack's field",
    ("consolidation/receipts.py", '"revision"'): "a rule by which one of two reports counts, as the journal names it",
}


def test_no_campaign_stands_in_the_code() -> None:
    ids = {id for file in ("sections", "derived") for id in _ids(packs.find.pack_folder("loi_the") / file)}
    named = re.compile(rf"[\"']({'|'.join(sorted(map(re.escape, ids), key=len, reverse=True))})[\"']")
    found = set()
    for path in SRC.rglob("*.py"):
        where = path.relative_to(SRC).as_posix()
        if not where.startswith(("demo/", "sample/")):
            code = path.read_text(encoding="utf-8")
            found |= {(where, hit[0]) for pattern in (OF_THE_CAMPAIGN, named) for hit in pattern.finditer(code)}

    assert found == set(ALLOWED)


def _ids(folder: Path) -> set[str]:
    """Ids of two words or more, which nothing else is called by."""
    said = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.toml"))
    return {id for id in re.findall(r'^id = "(\w+)"', said, re.M) if "_" in id}
