"""docs/packs.md says what the loader knows: its example works; its keys, kinds, functions and sources are all."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from tools import TERM, unit_form

from loithe_xl.consolidation.consolidate import consolidate
from loithe_xl.consolidation.receipts import Receipt, Verdict, unit_row
from loithe_xl.draw import form_book, packs
from loithe_xl.draw.render import cell_case
from loithe_xl.form.checks import validate
from loithe_xl.form.figures import all_values
from loithe_xl.form.inputs import Inputs, blank, constants
from loithe_xl.form.loaded import loaded
from loithe_xl.form.terms import Term
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity
from loithe_xl.language.issues import Severity
from loithe_xl.pack import toml
from loithe_xl.pack.fields import read_check
from loithe_xl.pack.find import pack_folder
from loithe_xl.pack.forms import SOURCES
from loithe_xl.pack.kinds import KINDS, Aggregate
from loithe_xl.pack.packfile import load, load_files
from loithe_xl.pack.profile import read_profile
from loithe_xl.pack.spec import CONSTANTS, Pack
from loithe_xl.register.register import TIERS, Register, Unit
from loithe_xl.rules import syntax
from loithe_xl.tasks.packs import new
from loithe_xl.workbook.daynumbers import serial

GUIDE = (Path(__file__).parent.parent / "docs" / "packs.md").read_text(encoding="utf-8")
INTRODUCTION = (Path(__file__).parent.parent / "docs" / "bo-bieu-mau.md").read_text(encoding="utf-8")
KNOWN_TABLES = {
    "`pack.toml`": ("pack.toml", ""),
    "`pack.toml`, `[main]`": ("pack.toml", "main"),
    "`pack.toml`, `[schemes.*]`": ("pack.toml", "schemes.*"),
    "`pack.toml`, `[[documents]]`": ("pack.toml", "documents[]"),
    "`sections/*.toml`": ("sections", ""),
    "`sections/*.toml`, `[[fields]]`": ("sections", "fields[]"),
    "`sections/*.toml`, `[table]`": ("sections", "table"),
    "`sections/*.toml`, `[[checks]]`": ("sections", "checks[]"),
    "`derived/*.toml`, `[[derived]]`": ("derived", "derived[]"),
    "`forms/*.toml`": ("forms", ""),
    "`forms/*.toml`, `[[sheets]]`": ("forms", "sheets[]"),
    "`report/TIER.toml`": ("report", ""),
    "`report/TIER.toml`, `[signature]`": ("report", "signature"),
    "`report/TIER.toml`, `[recipients]`": ("report", "recipients"),
    "`report/TIER.toml`, `[[recipients.later]]`": ("report", "recipients.later[]"),
    "`report/TIER.toml`, `[[issuers]]`": ("report", "issuers[]"),
    "`report/TIER.toml`, `[[sections]]`": ("report", "sections[]"),
    "`report/TIER.toml`, `[[sections.lines]]`": ("report", "sections[].lines[]"),
    "`report/TIER.toml`, `[annex]`": ("report", "annex"),
    "`report/TIER.toml`, `[[annex.columns]]`": ("report", "annex.columns[]"),
    "`report/TIER.toml`, `[[annex.groups]]`": ("report", "annex.groups[]"),
    "`report/TIER.toml`, `[annex.chart]`": ("report", "annex.chart"),
    "`report/TIER.toml`, `[[annex.chart.series]]`": ("report", "annex.chart.series[]"),
    "`report/TIER.toml`, `[opinions]`": ("report", "opinions"),
    "`report/profiles.toml`, `[*]`": ("profiles", "*"),
}
SAME = {
    ("sections", "table.columns[]"): ("sections", "fields[]"),
    ("sections", "table.checks[]"): ("sections", "checks[]"),
}
ONE_KEY = {("derived", "")}  # files that hold nothing but a list


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, cell by cell."""
    part = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", GUIDE, re.M | re.S)
    assert part, heading
    rows = [line.strip("|").split("|") for line in part[1].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def named(rows: list[list[str]]) -> list[str]:
    """What stands in backquotes in the first column."""
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row[0])]


@cache
def example() -> dict[str, bytes]:
    """The files of the guide's pack."""
    found = re.findall(r"^```toml\n# (\S+\.toml)\n(.*?)^```", GUIDE, re.M | re.S)
    return {path: content.encode() for path, content in found}


@cache
def asked() -> dict[tuple[str, str], set[str]]:
    """Every key that the loader asks for, by folder and block, over the guide's pack and the built-in one."""
    seen: dict[tuple[str, str], set[str]] = {}
    close = toml.TomlTable.close

    def noting(self: toml.TomlTable) -> None:
        block = re.sub(r"\[[^\]]*\]", "[]", re.sub(r"^schemes\..*", "schemes.*", self.key))
        where = self.file.split("/")[0], re.sub(r"(\.lines\[\])\..*", r"\1", block)
        if self.file == "report/profiles.toml":
            where = "profiles", re.sub(r"^\w+", "*", block)
        seen.setdefault(SAME.get(where, where), set()).update(self.asked)
        close(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(toml.TomlTable, "close", noting)
        load_files(example())
        read_profile(load(pack_folder("loi_the")))
    return {where: keys for where, keys in seen.items() if not where[1].startswith("*.")}


def test_the_example_loads_without_a_warning() -> None:
    pack = load_files(example())

    assert (pack.id, list(pack.forms)) == ("chu_nhat_xanh", ["chi_bo", "huyen"])
    assert pack.warnings == ()


def test_the_example_works_from_a_folder(tmp_path: Path) -> None:
    for path, content in example().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    found = packs.load(str(tmp_path))
    form = found.pack.forms["chi_bo"]
    layout = found.layout(form)
    identity = Identity("1.1", "2024-Q1", found.pack.end, found.pack.end, found.pack.id, layout.digest)
    of = UnitForm(found, identity, "LT1|t", "Chi bộ", "Huyện")

    drawn = form_book(cell_case(of, blank(form)))

    assert [sheet.name for sheet in drawn.sheets[:2]] == ["1. Số liệu", "2. Các buổi"]
    assert {path for path, _ in found.embedded} == set(example())


def filled(pack: Pack, total: int, joined: int, place: str, *, held: bool) -> Inputs:
    start = blank(pack.forms["chi_bo"])
    rows = [dict(row) for row in start.tables["sundays"]]
    if held:
        rows[0] |= {"held_on": serial(pack.start), "people": 5}
    values = {**start.values, "households_total": total, "households_joined": joined, "place": place}
    return Inputs(values, {"sundays": tuple(rows)})


def test_the_example_adds_up() -> None:
    pack = load_files(example())
    form, above = pack.forms["chi_bo"], pack.forms["huyen"]
    known = constants(pack, serial(pack.end))
    register = Register((Unit("1", "Huyện", "district"), *(Unit(f"1.{n}", "Chi bộ", "cell", "1") for n in (1, 2, 3))))
    sent = {"1.1": filled(pack, 40, 30, "Thôn", held=True), "1.2": filled(pack, 10, 10, "Cơ quan", held=False)}
    files = []
    for unit, inputs in sent.items():
        values = all_values(form, inputs, known, {})
        assert validate(loaded(pack).layout(form), inputs, values) == []
        row = unit_row(unit, form, inputs, values)
        files.append(Receipt(unit, unit, unit, Verdict.VALID, "2024-03-31T08:00:00", rows=(row,)))

    of = unit_form(pack, above, "1", Term(TERM.period, pack.end, TERM.deadline))
    done = consolidate(of, blank(above), register, files).values

    assert (done["households_total"], done["households_joined"]) == (50, 40)
    assert (done["cells_total"], done["cells_held"], done["place.1"], done["place.2"]) == (3, 1, 1, 1)
    assert float(done["rate_cells_held"] or 0) == pytest.approx(1 / 3)


def test_the_vietnamese_introduction_adds_a_field_and_its_check_to_a_new_pack(tmp_path: Path) -> None:
    new(tmp_path / "ngay-sach", "vi")
    (block,) = re.findall(r"^```toml\n(.*?)^```", INTRODUCTION, re.M | re.S)
    (file,) = re.findall(r"cuối `([^`]+)`", INTRODUCTION)
    with (tmp_path / "ngay-sach" / file).open("a", encoding="utf-8") as figures:
        figures.write(f"\n{block}")

    pack = load(tmp_path / "ngay-sach")

    form = pack.forms["cell"]
    start = blank(form)
    inputs = replace(start, values={**start.values, "members_total": 30, "members_joined": 20, "members_young": 21})
    values = all_values(form, inputs, constants(pack, serial(pack.end)), {})
    [found] = validate(loaded(pack).layout(form), inputs, values)
    assert (found.code, found.severity) == ("CROSS_CHECK_FAILED", Severity.ERROR)
    assert "Số dưới 35 tuổi lớn hơn số tham gia (21 so với 20)." in found.message.vi
    assert "members_young" in pack.indicators


@pytest.mark.parametrize("heading", KNOWN_TABLES)
def test_the_keys_are_those_of_the_loader(heading: str) -> None:
    told = named(table(f"Keys of {heading}"))
    assert sorted(dict.fromkeys(told)) == sorted(asked()[KNOWN_TABLES[heading]])


def test_no_kind_of_block_is_left_out() -> None:
    assert set(asked()) - ONE_KEY == set(KNOWN_TABLES.values())


def test_kinds_and_how_they_go_up_are_those_of_the_code() -> None:
    told = {named([row])[0]: set(re.findall(r"`(\w+)`", row[2])) for row in table("Kinds")}

    assert told == {kind.name: {str(way) for way in kind.aggregates} for kind in KINDS.values()}


def test_aggregates_and_sources_are_those_of_the_code() -> None:
    assert named(table("Aggregates")) == list(Aggregate)
    assert named(table("Sources")) == list(SOURCES)


def test_functions_are_those_of_the_code_with_as_many_arguments() -> None:
    told = {call.partition("(")[0]: call.count(",") + 1 for call in named(table("Rules"))}

    assert set(told) == set(syntax.FUNCTIONS)
    for name, arguments in told.items():
        fewest, most = syntax.FUNCTIONS[name]
        assert fewest <= arguments <= most, name
    for call in named(table("Rules")):
        if "condition" not in call:
            assert syntax.parse(call)


def test_words_and_limits_are_those_of_the_code() -> None:
    assert [word for word in (*CONSTANTS, *TIERS, *Severity) if f"`{word}`" not in GUIDE] == []
    signs = re.findall(r"Comparisons: `(.+?)`", GUIDE)[0].split()
    assert [syntax.parse(f"a {sign} b").operator for sign in signs] == list(syntax.COMPARISONS.values())  # type: ignore[union-attr]
    assert f"at most {toml.SHOWN_LETTERS} letters" in GUIDE


@pytest.mark.parametrize(("severity", "code"), [("ERROR", "CROSS_CHECK_FAILED"), ("WARNING", "CROSS_CHECK_WARNING")])
def test_a_check_without_a_code_has_the_one_the_guide_says(severity: str, code: str) -> None:
    stated = {"id": "c", "at": "x", "severity": severity, "rule": "1 == 1", "message": "Sai.", "remedy": "Sửa."}
    read = read_check(toml.TomlTable(stated, "f", "checks[c]", toml.Faults()), None)  # type: ignore[arg-type]

    assert read
    assert read.check.code == code
    assert f"`{code}`" in GUIDE
