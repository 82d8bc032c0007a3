"""Forms issued by an earlier edition of a pack are read by it; what they did not ask for is no figure, and never 0."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from cli_tools import codes, issue_forms, press, province, read, register_file, unit_of
from hypothesis import given, settings
from hypothesis import strategies as st
from live import opened
from test_pack_guide import example
from tools import REQUIRED, small_register

from loithe_xl.addin import live
from loithe_xl.consolidation.consolidate import consolidate
from loithe_xl.consolidation.receipts import Receipt, Verdict, unit_row
from loithe_xl.draw import packs
from loithe_xl.draw.render import cell_case, package, salt_of
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, blank, constants
from loithe_xl.form.loaded import Loaded, loaded
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity
from loithe_xl.intake.openfile import OpenedForm, open_file
from loithe_xl.pack import find
from loithe_xl.pack.packfile import load_files
from loithe_xl.register.register import Register, Unit
from loithe_xl.rules.evaluate import Raw
from loithe_xl.tasks.office import Office

NEW = """
[[fields]]
id = "trees_planted"
label = { vi = "Số cây đã trồng", en = "Trees planted" }
help = { vi = "Ghi số cây.", en = "How many." }
"""
RATE = """
[[derived]]
id = "trees_per_household"
kind = "rate"
label = { vi = "Cây trên mỗi hộ", en = "Trees per household" }
rule = "trees_planted / households_joined"
"""
SECTION, ABOVE = "sections/households.toml", "derived/above.toml"


def put(folder: Path, files: Mapping[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def add(folder: Path, path: str, more: str, before: str = "") -> None:
    """Put TOML into one of a pack's files, at its end or before a line."""
    file = folder / path
    said = file.read_text(encoding="utf-8")
    at = said.index(before) if before else len(said)
    file.write_text(f"{said[:at]}{more}\n{said[at:]}", encoding="utf-8")


def filled(form: Path, target: Path, values: Mapping[str, Raw], by: Path | None = None) -> Path:
    """A filled copy of a cell's form: what Excel saves after a user typed."""
    opened = open_file(form, form.name, packs.load(str(by)) if by else None)
    assert isinstance(opened, OpenedForm), opened.issues
    start = blank(opened.layout.form)
    case = cell_case(opened.unit_form, Inputs({**start.values, **values}, start.tables))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(package(case, salt_of(opened.key)))
    return target


REGISTER = Register(
    (Unit("1", "Huyện Thử", "district"), *(Unit(f"1.{n}", f"Chi bộ {n}", "cell", "1") for n in range(1, 5)))
)
OLD, FULL = {"households_total": 10, "households_joined": 8}, {"households_total": 20, "households_joined": 10}


def issue(pack: Path, out: Path, *more: object) -> dict[str, Path]:
    """Every form that the pack, as it is now, sends out; by unit."""
    known = register_file(out.parent / "danh-ba.xlsx", REGISTER)
    given = "--level", "district", "--below", "--pack", pack, "--register", known, "--scheme", "2021", "--out", out
    packs._loaded_from.cache_clear()
    answer = press("generate", *given, *more)
    assert answer.code == 0, answer.said
    return {unit_of(path): path for path in out.rglob("* 20*.xlsx")}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The guide's pack before it was changed, its forms kept."""
    folder = put(tmp_path / "goi", example())
    assert press("pack", "freeze", folder).code == 0
    return folder


@pytest.fixture
def forms(pack: Path, tmp_path: Path) -> tuple[dict[str, Path], dict[str, Path]]:
    """The forms sent out by the earlier edition, and those by the pack with a field and a rate more."""
    earlier = issue(pack, tmp_path / "cu")
    grow(pack)
    return earlier, issue(pack, tmp_path / "moi")


def grow(pack: Path) -> None:
    add(pack, SECTION, NEW, '[[fields]]\nid = "place"')
    add(pack, ABOVE, RATE)


def sent(forms: tuple[dict[str, Path], dict[str, Path]], pack: Path, to: Path) -> list[Path]:
    """Cell 1 by an earlier form, cells 2 and 3 by today's."""
    earlier, now = forms
    return [
        filled(earlier["1.1"], to / "a.xlsx", OLD, pack),
        filled(now["1.2"], to / "b.xlsx", {**FULL, "trees_planted": 5}, pack),
        filled(now["1.3"], to / "c.xlsx", FULL, pack),
    ]


def test_what_an_earlier_form_did_not_ask_is_no_figure(
    forms: tuple[dict[str, Path], dict[str, Path]], pack: Path, tmp_path: Path
) -> None:
    files = sent(forms, pack, tmp_path / "nhan")
    parent = forms[1]["1"]

    checked = read("validate", *files, "--pack", pack)
    first = read("consolidate", "--into", parent, files[0])
    done = read("consolidate", "--into", parent, *files[1:])

    assert [codes(each["issues"]) for each in checked["files"]] == [["FORM_EARLIER"], [], []]
    assert all(each["ok"] for each in checked["files"])
    assert "Số cây đã trồng" in checked["files"][0]["issues"][0]["message"]
    assert (first["values"]["households_total"], first["values"]["trees_planted"]) == (10, None)
    assert (done["accepted"], done["values"]["households_total"], done["values"]["trees_planted"]) == (2, 50, 5)
    assert done["values"]["trees_per_household"] is None  # trees of two cells over households of three
    told = {each["unit"]: codes(each["issues"]) for each in read("status", parent)["children"]}
    assert told == {"1.1": ["FORM_EARLIER"], "1.2": [], "1.3": [], "1.4": []}
    assert press("status", parent, "--export", tmp_path / "so.csv").code == 0
    with (tmp_path / "so.csv").open(encoding="utf-8-sig") as file:
        trees = {line["Mã đơn vị"]: line["Số cây đã trồng"] for line in csv.DictReader(file)}
    assert trees == {"1.1": "", "1.2": "5", "1.3": "0", "1.4": ""}
    with (tmp_path / "so_tong.csv").open(encoding="utf-8-sig") as file:
        assert "5" in next(line for line in csv.reader(file) if "Số cây đã trồng" in line)


def test_the_rate_is_told_once_every_report_was_asked(
    forms: tuple[dict[str, Path], dict[str, Path]], pack: Path, tmp_path: Path
) -> None:
    files = sent(forms, pack, tmp_path / "nhan")
    late = filled(forms[1]["1.1"], tmp_path / "nhan" / "d.xlsx", {**OLD, "trees_planted": 9}, pack)
    press("consolidate", "--into", forms[1]["1"], *files)

    done = read("consolidate", "--into", forms[1]["1"], late, "--prefer", late)

    assert done["values"]["trees_planted"] == 14
    assert done["values"]["trees_per_household"] == pytest.approx(14 / 28)
    said = [each["message"] for child in done["children"] for each in child["issues"]]
    assert any("“Số cây đã trồng” – → 9" in each for each in said), said


def test_an_earlier_parent_reads_its_forms_and_takes_no_other(
    forms: tuple[dict[str, Path], dict[str, Path]], pack: Path, tmp_path: Path
) -> None:
    """It carries the pack of its day, signed: what a later form asks it cannot know, and says so."""
    files = sent(forms, pack, tmp_path / "nhan")

    done = read("consolidate", "--into", forms[0]["1"], *files)

    assert (done["accepted"], done["refused"], done["values"]["households_total"]) == (1, 2, 10)
    assert "trees_planted" not in done["values"]
    refused = [each for child in done["children"] for each in child["issues"] if child["status"] == "refused"]
    assert set(codes(refused)) == {"LAYOUT_UNKNOWN"}


def test_an_earlier_form_is_compared_with_what_was_issued(
    forms: tuple[dict[str, Path], dict[str, Path]], pack: Path, tmp_path: Path
) -> None:
    form = filled(forms[0]["1.1"], tmp_path / "a.xlsx", OLD, pack)
    book = openpyxl.load_workbook(form)
    book["1. Số liệu"]["B10"] = "Nhãn khác"
    book.save(form)

    found = read("validate", form, "--pack", pack)["files"][0]
    mended = press("repair", form, "--out", tmp_path / "moi.xlsx", "--pack", pack)

    assert "STRUCTURE_LABEL_CHANGED" in codes(found["issues"])
    assert (mended.code, mended.out.count("[KHÔNG CHUYỂN]")) == (1, 1), mended.said
    [again] = read("validate", tmp_path / "moi.xlsx", "--pack", pack)["files"]
    assert codes(again["issues"]) == ["FIELD_REQUIRED", "FORM_EARLIER"]


@pytest.mark.parametrize(("before", "after"), [('kind = "choice"', 'kind = "text"'), ('aggregate = "count_each"', "")])
def test_a_field_that_became_another_counts_no_more(before: str, after: str, tmp_path: Path, pack: Path) -> None:
    earlier = issue(pack, tmp_path / "cu")
    form = filled(earlier["1.1"], tmp_path / "a.xlsx", {**OLD, "place": "Thôn"}, pack)
    section = pack / SECTION
    said = section.read_text(encoding="utf-8").replace(before, after)
    if "text" in after:
        said = said.replace('list = "place"\n', "").replace(
            'aggregate = "count_each"', 'aggregate = "none"\ntravels = false'
        )
    else:
        said = said.replace('list = "place"\n', 'list = "place"\naggregate = "none"\ntravels = false\n')
    section.write_text(said, encoding="utf-8")
    parent = issue(pack, tmp_path / "moi")["1"]

    done = read("consolidate", "--into", parent, form)

    assert (done["accepted"], done["values"]["households_total"]) == (1, 10)
    assert not [id for id in done["values"] if id.startswith("place")]


FIELD = """
[[fields]]
id = "members_trained"
kind = "count"
unit = "member"
aggregate = "sum"
travels = true
label = { vi = "Số đảng viên được tập huấn", en = "Members trained" }
help = { vi = "Ghi số đảng viên.", en = "How many." }
"""


@contextmanager
def at_home(folder: Path) -> Iterator[Path]:
    """The packs that come with the program are those in a folder where they may be changed."""
    if not folder.exists():
        shutil.copytree(find.pack_folder("loi_the"), folder / "loi_the")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(find, "PACK_HOMES", (folder,))
        renew()
        yield folder
    renew()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with at_home(tmp_path / "bo") as found:
        yield found


@pytest.fixture(scope="module")
def sent_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province's forms as they went out, and as they go out with a field more; and the pack that has it."""
    folder = tmp_path_factory.mktemp("tinh")
    with at_home(folder / "bo") as place:
        issue_forms(folder / "cu", province("T1"), "province")
        grown(place)
        issue_forms(folder / "moi", province("T1"), "province")
    return folder


@pytest.fixture
def both(sent_twice: Path, tmp_path: Path) -> Iterator[list[dict[str, Path]]]:
    """Copies of both, by unit."""
    copies = [Path(shutil.copytree(sent_twice / name, tmp_path / name)) for name in ("cu", "moi")]
    with at_home(sent_twice / "bo"):
        yield [{unit_of(path): path for path in (copy / "bieu").rglob("* 20*.xlsx")} for copy in copies]


def renew() -> None:
    """What a new process does: nothing is known of any pack."""
    packs._loaded_from.cache_clear()
    packs.known.cache_clear()


def grown(home: Path, more: str = FIELD) -> None:
    add(home / "loi_the", "sections/members.toml", more)
    renew()


@pytest.mark.parametrize("parents_of", ["cu", "moi"])
def test_from_the_cell_to_the_province_what_was_not_asked_is_no_figure(
    parents_of: str, both: list[dict[str, Path]], tmp_path: Path
) -> None:
    """Parents that were sent out before the field was there take both kinds of forms as well."""
    earlier, now = both
    parents = earlier if parents_of == "cu" else now
    trained = {**REQUIRED, "members_trained": 7}
    cells = [
        filled(earlier["T1.1.C1"], tmp_path / "a.xlsx", REQUIRED),
        filled(now["T1.1.C2"], tmp_path / "b.xlsx", trained),
    ]
    alone = filled(earlier["T1.K"], tmp_path / "c.xlsx", REQUIRED)

    base = read("consolidate", "--into", parents["T1.1"], *cells)
    district = read("consolidate", "--into", parents["T1"], parents["T1.1"], alone)
    top = read("consolidate", "--into", parents["T"], parents["T1"])

    for done, accepted in ((base, 2), (district, 2), (top, 1)):
        assert (done["accepted"], done["refused"]) == (accepted, 0), done
        assert done["values"]["members_trained"] == 7
    assert [each["values"]["members_total"] for each in (base, district, top)] == [60, 90, 90]
    report = read("report", parents["T1"])
    assert report["values"]["members_trained"] == 7
    assert press("repair", cells[0], "--out", tmp_path / "moi.xlsx").code == 0
    assert press("validate", tmp_path / "moi.xlsx", parents["T1.1"], parents["T1"]).code == 0


def test_where_nobody_was_asked_no_report_up_to_the_province_says_0(
    both: list[dict[str, Path]], tmp_path: Path
) -> None:
    earlier, now = both
    cell = filled(earlier["T1.1.C1"], tmp_path / "a.xlsx", REQUIRED)

    base = read("consolidate", "--into", now["T1.1"], cell)
    district = read("consolidate", "--into", now["T1"], now["T1.1"])
    top = read("consolidate", "--into", now["T"], now["T1"])

    assert [each["values"]["members_trained"] for each in (base, district, top)] == [None] * 3
    assert read("consolidate", "--into", now["T1"], now["T1.1"])["accepted"] == 1  # as it stands in its ledger
    sheet = openpyxl.load_workbook(now["T1"])["Số liệu đơn vị"]
    [column] = [cell.column for cell in sheet[7] if cell.value == "Số đảng viên được tập huấn"]
    assert [sheet.cell(row, column).value for row in (9, 10)] == [None, None]


def test_a_parent_outlives_a_field_that_was_taken_out(home: Path, tmp_path: Path) -> None:
    original = (home / "loi_the" / "sections/members.toml").read_text(encoding="utf-8")
    grown(home)
    press("pack", "freeze", "loi_the")
    forms = issue_forms(tmp_path / "cu", small_register({"T1.1": 2}, 0))
    cells = [filled(forms[f"T1.1.C0{n}"], tmp_path / f"{n}.xlsx", {**REQUIRED, "members_trained": n}) for n in (1, 2)]
    press("consolidate", "--into", forms["T1.1"], cells[0])
    (home / "loi_the" / "sections/members.toml").write_text(original, encoding="utf-8")
    renew()

    base = read("consolidate", "--into", forms["T1.1"], cells[1])
    district = read("consolidate", "--into", forms["01"], forms["T1.1"])

    assert (base["accepted"], base["values"]["members_total"]) == (1, 60)
    assert (district["accepted"], district["values"]["members_total"]) == (1, 60)
    assert "members_trained" not in {**base["values"], **district["values"]}


def test_without_an_edition_kept_the_form_is_refused(home: Path, tmp_path: Path) -> None:
    shutil.rmtree(home / "loi_the" / "issued")
    renew()
    forms = issue_forms(tmp_path / "cu", small_register({}, 1))
    form = filled(forms["01.K1"], tmp_path / "a.xlsx", REQUIRED)
    grown(home)

    found = read("validate", form)["files"][0]

    assert codes(found["issues"]) == ["LAYOUT_UNKNOWN"]
    assert press("pack", "check", "loi_the").out.count("chưa được lưu giữ") == 5


def test_the_forms_of_the_pack_that_comes_with_the_program_are_kept() -> None:
    """Whoever changes a form keeps what was sent out: loithe-xl pack freeze workbook_templates/loi_the"""
    assert packs.load("loi_the").unkept() == []
    assert packs.load("loi_the").pack.editions.faults == ()


def test_doctor_reads_a_form_by_the_edition_that_issued_it(
    forms: tuple[dict[str, Path], dict[str, Path]], pack: Path, tmp_path: Path
) -> None:
    earlier, now, _ = sent(forms, pack, tmp_path / "nhan")
    by = ("--pack", pack)

    old, new = (file["found"] for file in read("doctor", "layout", earlier, now, *by)["files"])
    assert {each["id"] for each in new} - {each["id"] for each in old} == {"trees_planted"}
    assert {each["id"]: each["read"]["value"] for each in old}["households_joined"] == 8
    assert read("doctor", "diff", earlier, *by)["files"][0]["found"] == []
    assert read("doctor", "cell", earlier, "D9", *by)["files"][0]["found"]
    assert codes(read("doctor", "diff", earlier, now, *by)["files"][0]["issues"]) == ["DOCTOR_OTHER_FORM"]
    assert codes(read("doctor", "layout", earlier)["files"][0]["issues"]) == ["PACK_ABSENT"]


@settings(max_examples=25)
@given(st.data())
def test_neither_order_nor_mixture_of_editions_moves_a_figure(data: st.DataObject) -> None:
    """A sum goes over whoever was asked; a rate is told where both its figures go over the same units."""
    editions = both_editions()
    now = editions[1]
    asked = data.draw(st.lists(st.booleans(), min_size=1, max_size=4))
    figures = [(data.draw(st.integers(1, 50)), data.draw(st.integers(0, 9))) for _ in asked]
    files = []
    for number, (new, (joined, trees)) in enumerate(zip(asked, figures, strict=True), 1):
        layout = now.layout_of(editions[new].by_form["chi_bo"].digest)
        assert layout
        earlier = now.earlier_of(layout)
        form = earlier.counted if earlier else layout.form
        typed = {"households_total": 60, "households_joined": joined, **({"trees_planted": trees} if new else {})}
        inputs = Inputs({**blank(form).values, **typed}, blank(form).tables)
        row = unit_row(f"1.{number}", form, inputs, all_values(form, inputs, KNOWN, {}))
        files.append(
            Receipt(f"{number}", f"{number}", f"1.{number}", Verdict.VALID, "2024-03-31T08:00:00", rows=(row,))
        )
    above = now.pack.forms["huyen"]
    identity = Identity("1", "2024-Q1", date(2024, 3, 31), date(2024, 4, 3), now.pack.id, now.by_form["huyen"].digest)
    parent = UnitForm(now, identity, "LT1|t", "Huyện", "")

    done = consolidate(parent, blank(above), REGISTER, data.draw(st.permutations(files))).values

    trees = [each for new, (_, each) in zip(asked, figures, strict=True) if new]
    joined = sum(each for each, _ in figures)
    assert done["households_joined"] == joined
    assert done["trees_planted"] == (sum(trees) if trees else None)
    rate = done["trees_per_household"]
    assert (None if rate is None else float(rate)) == (pytest.approx(sum(trees) / joined) if all(asked) else None)


@cache
def both_editions() -> list[Loaded]:
    return [loaded(load_files(files)) for files in (kept_pack(), kept_pack(grown=True))]


def kept_pack(grown: bool = False) -> dict[str, bytes]:
    """The guide's pack with one edition kept; and with the field and the rate that came after it."""
    files = {**example(), **{f"issued/1/{path}": content for path, content in example().items()}}
    if grown:
        before = b'[[fields]]\nid = "place"'
        files[SECTION] = files[SECTION].replace(before, NEW.encode() + before)
        files[ABOVE] += RATE.encode()
    return files


KNOWN = constants(loaded(load_files(example())).pack, 45382)


@pytest.mark.usefixtures("desk")
def test_the_open_workbook_of_an_earlier_form_is_checked_and_marked_as_it_was_issued(
    both: list[dict[str, Path]], tmp_path: Path
) -> None:
    form = filled(both[0]["T1.1.C1"], tmp_path / "a.xlsx", {**REQUIRED, "leaders_due": 99})
    book = opened(form)

    found = live.check(book, Office())

    assert {each.code for each in found.issues} >= {"FORM_EARLIER", "CROSS_CHECK_FAILED"}
    [by_file] = read("validate", form)["files"]
    assert codes(by_file["issues"]) == sorted(each.code for each in found.issues)
    book.close()
