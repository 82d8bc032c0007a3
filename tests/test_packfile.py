"""A pack is data: a second campaign loads without Python, and every fault of a pack is named with file and key."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loithe_xl.draw.fits import formula_faults
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Fault, Issue, Severity
from loithe_xl.pack.kinds import Aggregate
from loithe_xl.pack.names import is_address
from loithe_xl.pack.packfile import load, load_files
from loithe_xl.pack.spec import Pack
from loithe_xl.register.register import Register, Unit
from loithe_xl.workbook.ownsheets import OWN_SHEETS

# A made-up second campaign: planting trees, two tiers.
SMALL = {
    "pack.toml": """
id = "trong_cay"
title = "Bộ biểu mẫu Tết trồng cây"
campaign = { vi = "Tết trồng cây", en = "Tree planting" }
start = 2024-01-01
end = 2024-03-31
period = "2024-Q1"
deadline_days = 3
password = "cay"
scheme = "hai_cap"
forms = ["chi_bo", "huyen"]

[schemes.hai_cap]
tiers = ["district", "cell"]
start = 2024-01-01

[lists]
species = ["Keo", "Bạch đàn", "Khác"]

[units]
tree = { vi = "cây", en = "trees" }

[[documents]]
type = "Kế hoạch"
number = "05"
symbol = "KH/HU"
date = 2024-01-05
issuer = "Ban Thường vụ Huyện ủy"
""",
    "sections/trees.toml": """
title = "Số cây"

[defaults]
kind = "count"
unit = "tree"
aggregate = "sum"
travels = true

[[fields]]
id = "trees_planned"
required = true
label = { vi = "Số cây dự kiến", en = "Trees planned" }

[[fields]]
id = "trees_planted"
required = true
label = { vi = "Số cây đã trồng", en = "Trees planted" }
help = "Đếm số cây đã trồng."

[[checks]]
id = "planted_within_planned"
severity = "WARNING"
at = "trees_planted"
rule = "trees_planted <= trees_planned"
message = "Trồng nhiều hơn dự kiến."
remedy = "Đề nghị kiểm tra lại."
""",
    "sections/facts.toml": """
title = "Tình hình"

[[fields]]
id = "joined"
kind = "yesno"
aggregate = "count_yes"
travels = true
label = "Có tham gia"

[[fields]]
id = "main_species"
kind = "choice"
list = "species"
aggregate = "count_each"
travels = true
label = { vi = "Loài chính", en = "Main species" }

[[fields]]
id = "other_species"
kind = "text"
required = 'main_species == "Khác"'
label = "Loài khác"

[[fields]]
id = "opinion"
kind = "paragraph"
aggregate = "list"
travels = true
label = "Ý kiến"
""",
    "sections/days.toml": """
title = "Các ngày trồng"

[table]
id = "planting_days"
rows = 5
label = "Ngày trồng"

[[table.columns]]
id = "planted_on"
kind = "date"
not_after = "cutoff"
label = "Ngày"

[[table.columns]]
id = "species"
kind = "choice"
list = "species"
required = "number(planted_on)"
label = "Loài"

[[table.columns]]
id = "people"
kind = "count"
required = true
label = "Số người"

[[table.checks]]
id = "people_without_day"
severity = "WARNING"
at = "people"
rule = "number(planted_on) or people == 0"
message = "Có số người mà chưa có ngày."
remedy = "Đề nghị ghi ngày."
""",
    "derived/leaf.toml": """
[[derived]]
id = "trees_missing"
unit = "tree"
label = "Số cây còn thiếu"
rule = "trees_due - trees_planted"
aggregate = "sum"

[[derived]]
id = "trees_due"
unit = "tree"
label = "Số cây phải trồng"
rule = "trees_planned if count(planting_days.planted_on) > 0 else 0"
aggregate = "sum"
""",
    "derived/all.toml": """
[[derived]]
id = "rate_planted"
kind = "rate"
label = "Tỷ lệ đã trồng"
rule = "trees_planted / trees_planned"
""",
    "derived/above.toml": """
[[derived]]
id = "units_joined"
label = "Đơn vị tham gia"
source = "children"
of = "joined"
""",
    "forms/chi_bo.toml": """
title = "Báo cáo trồng cây"
tier = "cell"
under = ["district"]
intro = ["Dòng một.", { vi = "Dòng hai.", en = "Line two." }]
derived = ["leaf", "all"]

[[sheets]]
name = "Số cây"
sections = ["trees", "facts"]

[[sheets]]
name = "Ngày"
sections = ["days"]
landscape = true
""",
    "forms/huyen.toml": """
title = "Tổng hợp trồng cây"
tier = "district"
parent = true
derived = ["above", "all"]

[[sheets]]
name = "Chung"
sections = ["own"]
""",
    "sections/own.toml": """
title = "Việc của huyện"

[[fields]]
id = "plan_issued"
kind = "yesno"
travels = true
label = "Có kế hoạch"

[[fields]]
id = "opinion"
kind = "paragraph"
aggregate = "list"
travels = true
label = "Ý kiến"
""",
}


def encoded(files: dict[str, str]) -> dict[str, bytes]:
    return {path: said.encode() for path, said in files.items()}


def faults(files: dict[str, str]) -> list[Issue]:
    with pytest.raises(Fault) as caught:
        load_files(encoded(files), formula_faults)
    assert caught.value.exit_code == 2
    return caught.value.issues


def changed(file: str, old: str, new: str) -> dict[str, str]:
    assert SMALL[file].count(old) >= 1, f"{file} has no {old}"
    return {**SMALL, file: SMALL[file].replace(old, new, 1)}


def without(file: str) -> dict[str, str]:
    return {path: said for path, said in SMALL.items() if path != file}


@pytest.fixture
def small() -> Pack:
    return load_files(encoded(SMALL))


def test_a_second_campaign_needs_no_python(tmp_path: Path):
    for path, said in SMALL.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(said, encoding="utf-8")

    pack = load(tmp_path)

    assert (pack.id, pack.campaign) == ("trong_cay", Text("Tết trồng cây", "Tree planting"))
    assert (pack.start, pack.end, pack.period, pack.deadline_days) == (
        date(2024, 1, 1),
        date(2024, 3, 31),
        "2024-Q1",
        3,
    )
    assert list(pack.forms) == ["chi_bo", "huyen"]
    assert pack.schemes["hai_cap"].tiers == ("district", "cell")
    assert pack.bases == (Text("Kế hoạch số 05-KH/HU, ngày 05/01/2024 của Ban Thường vụ Huyện ủy", pack.bases[0].en),)
    assert pack.report == {}
    assert pack.warnings == ()
    units = Register((Unit("1", "Huyện", "district"), Unit("1.1", "Chi bộ", "cell", "1")))
    assert [pack.form_for(unit, units).id for unit in units.units] == ["huyen", "chi_bo"]  # type: ignore[union-attr]


def test_fields_tables_and_sheets_are_as_stated(small: Pack):
    form = small.forms["chi_bo"]

    assert [sheet.name for sheet in form.sheets] == ["Số cây", "Ngày"]
    assert [sheet.landscape for sheet in form.sheets] == [False, True]
    assert list(form.fields) == [
        "trees_planned",
        "trees_planted",
        "joined",
        "main_species",
        "other_species",
        "opinion",
    ]
    planned = form.fields["trees_planned"]
    assert (planned.kind, planned.unit, planned.required) == ("count", Text("cây", "trees"), "always")
    assert (planned.aggregate, planned.travels) == (Aggregate.SUM, True)
    assert form.fields["joined"].items == ("Có", "Không")
    assert form.fields["main_species"].items == ("Keo", "Bạch đàn", "Khác")
    assert form.fields["other_species"].required == 'main_species == "Khác"'
    assert form.tables["planting_days"].rows == 5
    assert form.intro == (Text("Dòng một."), Text("Dòng hai.", "Line two."))
    assert small.forms["huyen"].parent


def test_a_field_checks_itself_in_order(small: Pack):
    form = small.forms["chi_bo"]

    def codes(id: str) -> list[str]:
        return [check.code for check in form.fields[id].checks]

    assert codes("trees_planted") == [
        "FIELD_ERROR_VALUE",
        "FIELD_REQUIRED",
        "FIELD_NOT_A_NUMBER",
        "FIELD_NOT_WHOLE",
        "FIELD_NEGATIVE",
        "FIELD_LIKE_A_DATE",
    ]
    assert codes("other_species") == ["FIELD_ERROR_VALUE", "FIELD_REQUIRED"]
    assert codes("joined") == ["FIELD_ERROR_VALUE", "FIELD_NOT_IN_LIST"]
    day = form.tables["planting_days"].column("planted_on")
    assert [check.code for check in day.checks] == [
        "FIELD_ERROR_VALUE",
        "FIELD_NOT_A_DATE",
        "FIELD_DATE_OUTSIDE",
        "FIELD_DATE_WITH_TIME",
        "FIELD_DATE_AFTER_CUTOFF",
    ]
    every = [check for field in form.fields.values() for check in field.checks]
    assert all(check.own and check.at for check in every)
    assert {check.code for check in every if check.severity is Severity.WARNING} == {"FIELD_LIKE_A_DATE"}
    required = form.fields["trees_planted"].checks[1]
    assert required.message.vi == "Chưa nhập “Số cây đã trồng”."
    assert required.message.en == "“Trees planted” is blank."
    assert required.remedy.vi.startswith("Đề nghị nhập")
    choice = form.fields["main_species"].checks[1]
    assert choice.remedy.vi.endswith("Keo, Bạch đàn, Khác.")
    assert "01/01/2024 – 31/03/2024" in day.checks[2].message.vi


def test_figures_stand_in_an_order_that_can_be_computed(small: Pack):
    assert [each.id for each in small.forms["chi_bo"].derived] == ["trees_due", "trees_missing", "rate_planted"]


def test_needs_are_the_required_numbers_beneath_a_rule(small: Pack):
    form = small.forms["chi_bo"]

    assert form.derived_by_id["trees_missing"].needs == ("trees_planned", "trees_planted")
    assert form.derived_by_id["trees_due"].needs == ("trees_planned",)
    assert form.checks[0].needs == ("trees_planned", "trees_planted")
    assert form.tables["planting_days"].checks[0].needs == ("people",)
    # Above, the same names are sums: nothing there can be blank.
    assert small.forms["huyen"].derived_by_id["rate_planted"].needs == ()


def test_indicators_have_their_units(small: Pack):
    found = small.indicators

    assert list(found) == [
        "trees_planned",
        "trees_planted",
        "joined",
        "main_species.1",
        "main_species.2",
        "main_species.3",
        "trees_due",
        "trees_missing",
    ]
    assert found["trees_due"].unit == Text("cây", "trees")
    assert found["main_species.2"].label == Text("Loài chính: Bạch đàn", "Main species: Bạch đàn")
    assert list(small.texts) == ["opinion"]


def test_a_form_may_extend_another():
    files = changed("pack.toml", '["chi_bo", "huyen"]', '["chi_bo", "chi_bo_xa", "huyen"]')
    files["forms/chi_bo_xa.toml"] = """
extends = "chi_bo"
under = ["commune"]
intro = ["Dòng ba."]
[[sheets]]
name = "Thêm"
sections = ["more"]
"""
    files["sections/more.toml"] = 'title = "Thêm"\n[[fields]]\nid = "extra"\nkind = "count"\nlabel = "Thêm"\n'

    form = load_files(encoded(files)).forms["chi_bo_xa"]

    assert (form.tier, form.under, form.title.vi) == ("cell", ("commune",), "Báo cáo trồng cây")
    assert [sheet.name for sheet in form.sheets] == ["Số cây", "Ngày", "Thêm"]
    assert [line.vi for line in form.intro] == ["Dòng một.", "Dòng hai.", "Dòng ba."]
    assert "extra" in form.fields
    assert "trees_due" in form.derived_by_id
    assert [check.id for check in form.checks] == ["planted_within_planned"]
    # The form that is extended need not be one that units get.
    files["pack.toml"] = files["pack.toml"].replace('"chi_bo", ', "")
    assert list(load_files(encoded(files)).forms) == ["chi_bo_xa", "huyen"]


def test_a_document_without_a_symbol_is_kept_as_given():
    pack = load_files(encoded(changed("pack.toml", 'symbol = "KH/HU"\n', "")))

    assert pack.bases[0].vi == "Kế hoạch số 05, ngày 05/01/2024 của Ban Thường vụ Huyện ủy"
    assert [(found.code, found.severity) for found in pack.warnings] == [("PACK_DOCUMENT_SYMBOL", Severity.WARNING)]


def test_notepads_byte_order_mark_and_decomposed_letters_do_no_harm():
    files = encoded(SMALL)
    files["pack.toml"] = b"\xef\xbb\xbf" + files["pack.toml"]
    files["sections/facts.toml"] = files["sections/facts.toml"].replace("Khác".encode(), "Kha\u0301c".encode())

    assert load_files(files).forms["chi_bo"].fields["other_species"].label.vi == "Loài khác"


@dataclass(frozen=True)
class Case:
    """A change of the small pack, the fault it must draw, and where."""

    file: str
    old: str
    new: str
    code: str
    key: str

    @property
    def name(self) -> str:
        return f"{self.code}-{self.key or self.new[:20]}"


PACK, TREES, FACTS, DAYS = "pack.toml", "sections/trees.toml", "sections/facts.toml", "sections/days.toml"
LEAF, ABOVE, CELL, DISTRICT = "derived/leaf.toml", "derived/above.toml", "forms/chi_bo.toml", "forms/huyen.toml"
CHECK = "trees_planted <= trees_planned"
PLANTED = "fields[trees_planted]"
RULE = "checks[planted_within_planned].rule"
DUE = "trees_planned if count(planting_days.planted_on) > 0 else 0"
ROW = "number(planted_on) or people == 0"
ROW_KEY = "table.checks[people_without_day].rule"
JOINED = 'aggregate = "count_yes"\ntravels = true\nlabel = "Có tham gia"'
SCHEMES = "[schemes.hai_cap]"
SPECIES = '["Keo", "Bạch đàn", "Khác"]'

CASES = [
    # the campaign
    Case(PACK, 'password = "cay"\n', "", "PACK_KEY_MISSING", "password"),
    Case(PACK, 'password = "cay"', 'password = "  "', "PACK_BLANK", "password"),
    Case(PACK, 'password = "cay"', "password = 7", "PACK_VALUE_KIND", "password"),
    Case(PACK, 'password = "cay"', 'pasword = "cay"\npassword = "cay"', "PACK_KEY_UNKNOWN", "pasword"),
    Case(PACK, "deadline_days = 3", "deadline_days = -1", "PACK_NUMBER_BOUNDS", "deadline_days"),
    Case(PACK, "deadline_days = 3", "deadline_days = true", "PACK_VALUE_KIND", "deadline_days"),
    Case(PACK, "end = 2024-03-31", "end = 2023-12-31", "PACK_DATES_ORDER", "end"),
    Case(PACK, "end = 2024-03-31", "end = 2024-03-31T00:00:00", "PACK_VALUE_KIND", "end"),
    Case(PACK, "2024-Q1", "2024-Q5", "PACK_PERIOD", "period"),
    Case(PACK, "2024-Q1", "1800-Q2", "PACK_PERIOD", "period"),
    Case(PACK, "2024-Q1", "1900-02", "PACK_PERIOD", "period"),
    Case(PACK, "2024-Q1", "3000", "PACK_PERIOD", "period"),
    Case(PACK, 'scheme = "hai_cap"', 'scheme = "ba_cap"', "PACK_CHOICE", "scheme"),
    Case(PACK, '["district", "cell"]', '["district", "chi_bo"]', "PACK_CHOICE", "schemes.hai_cap.tiers"),
    Case(
        PACK,
        "start = 2024-01-01\n\n[l",
        "start = 2024-01-01\nend = 2023-01-01\n\n[l",
        "PACK_DATES_ORDER",
        "hai_cap.end",
    ),
    Case(PACK, '"huyen"]', '"huyen", "tinh"]', "PACK_REFERENCE", "forms"),
    Case(PACK, '["chi_bo", "huyen"]', '["chi_bo"]', "PACK_FILE_UNUSED", ""),
    Case(PACK, "date = 2024-01-05", 'date = "05/01/2024"', "PACK_VALUE_KIND", "documents[1].date"),
    Case(PACK, 'id = "trong_cay"', 'id = "Trồng cây"', "PACK_ID_FORM", "id"),
    # lists
    Case(PACK, SPECIES, '["Keo, Thông", "Khác"]', "PACK_LIST_LETTERS", "lists.species"),
    Case(PACK, SPECIES, '["Keo ", "Khác"]', "PACK_LIST_LETTERS", "lists.species"),
    Case(PACK, SPECIES, '["Keo", "Keo", "Khác"]', "PACK_LIST_REPEATED", "lists.species"),
    Case(PACK, SPECIES, '["12", "Khác"]', "PACK_LIST_NUMBER", "lists.species"),
    Case(PACK, SPECIES, '["1e5", "Khác"]', "PACK_LIST_NUMBER", "lists.species"),
    Case(PACK, SPECIES, '["=Keo", "Khác"]', "PACK_LIST_NUMBER", "lists.species"),
    Case(PACK, SPECIES, '["True", "Khác"]', "PACK_LIST_NUMBER", "lists.species"),
    Case(PACK, SPECIES, f'["{"k" * 251}", "Khác"]', "PACK_LIST_LONG", "lists.species"),
    Case(PACK, SPECIES, str([f"k{n}" for n in range(40)]), "PACK_LIST_LONG", "lists.species"),
    Case(PACK, SPECIES, "[]", "PACK_LIST_EMPTY", "lists.species"),
    Case(PACK, "[lists]", '[lists]\nyesno = ["Không", "Có"]', "PACK_CHOICE", "lists.yesno"),
    # fields
    Case(
        TREES, 'label = { vi = "Số cây đã trồng", en = "Trees planted" }\n', "", "PACK_KEY_MISSING", f"{PLANTED}.label"
    ),
    Case(TREES, 'vi = "Số cây đã trồng", ', "", "PACK_BLANK", f"{PLANTED}.label"),
    Case(TREES, 'vi = "Số cây đã', 'fr = "x", vi = "Số cây đã', "PACK_VALUE_KIND", f"{PLANTED}.label"),
    Case(TREES, '"Đếm số cây đã trồng."', f'"{"a" * 256}"', "PACK_TEXT_LONG", f"{PLANTED}.help"),
    Case(TREES, 'kind = "count"', 'kind = "integer"', "PACK_CHOICE", f"{PLANTED}.kind"),
    Case(TREES, 'aggregate = "sum"', 'aggregate = "average"', "PACK_CHOICE", f"{PLANTED}.aggregate"),
    Case(TREES, 'aggregate = "sum"', 'aggregate = "count_yes"', "PACK_AGGREGATE", f"{PLANTED}.aggregate"),
    Case(TREES, "travels = true", "travels = false", "PACK_AGGREGATE_STAYS", f"{PLANTED}.travels"),
    Case(TREES, 'unit = "tree"', 'unit = "bush"', "PACK_REFERENCE", f"{PLANTED}.unit"),
    Case(TREES, 'unit = "tree"', 'unit = "tree"\nlable = "x"', "PACK_KEY_UNKNOWN", "defaults.lable"),
    Case(TREES, 'help = "Đếm', 'hint = "Đếm', "PACK_KEY_UNKNOWN", f"{PLANTED}.hint"),
    Case(
        TREES,
        'id = "trees_planted"\nrequired = true',
        'id = "trees_planted"\nrequired = 1',
        "PACK_VALUE_KIND",
        "required",
    ),
    Case(TREES, 'id = "trees_planned"', 'id = "trees_planted"', "PACK_ID_TWICE", PLANTED),
    Case(TREES, 'help = "Đếm', 'default = -1\nhelp = "Đếm', "PACK_DEFAULT", f"{PLANTED}.default"),
    Case(TREES, 'help = "Đếm', 'list = "species"\nhelp = "Đếm', "PACK_LIST_KIND", f"{PLANTED}.list"),
    Case(TREES, 'help = "Đếm', 'register = "cell"\nhelp = "Đếm', "PACK_CHOICE", f"{PLANTED}.register"),
    Case(TREES, 'help = "Đếm', 'not_after = "cutoff"\nhelp = "Đếm', "PACK_CHOICE", f"{PLANTED}.not_after"),
    Case(FACTS, 'list = "species"\n', "", "PACK_KEY_MISSING", "fields[main_species].list"),
    Case(FACTS, 'list = "species"', 'list = "tree"', "PACK_REFERENCE", "fields[main_species].list"),
    Case(FACTS, JOINED, JOINED + '\ndefault = "Co"', "PACK_DEFAULT", "fields[joined].default"),
    Case(FACTS, 'aggregate = "list"\n', "", "PACK_TEXT_TRAVELS", "fields[opinion].travels"),
    Case(FACTS, 'label = "Loài khác"', 'register = "chi_bo"\nlabel = "x"', "PACK_CHOICE", "[other_species].register"),
    Case(FACTS, '[[fields]]\nid = "opinion"', '[table]\nid = "opinion"', "PACK_SECTION_SHAPE", ""),
    Case(DAYS, "rows = 5", "rows = 0", "PACK_NUMBER_BOUNDS", "table.rows"),
    Case(DAYS, 'id = "people"', 'id = "species"', "PACK_ID_TWICE", "table.columns[species]"),
    Case(
        DAYS, 'kind = "count"', 'kind = "count"\ntravels = true', "PACK_COLUMN_STAYS", "table.columns[people].travels"
    ),
    Case(DAYS, 'kind = "count"', 'kind = "count"\naggregate = "sum"', "PACK_COLUMN_STAYS", "table.columns[people]"),
    # decency: no data of one person
    Case(FACTS, 'id = "other_species"', 'id = "planter_full_name"', "PACK_PERSONAL_DATA", "[planter_full_name]"),
    Case(FACTS, 'id = "other_species"', 'id = "birth_year"', "PACK_PERSONAL_DATA", "[birth_year]"),
    Case(FACTS, 'label = "Loài khác"', 'label = "Họ và tên người trồng"', "PACK_PERSONAL_DATA", "[other_species]"),
    Case(FACTS, 'label = "Loài khác"', 'label = "Số CCCD"', "PACK_PERSONAL_DATA", "[other_species]"),
    Case(FACTS, 'label = "Loài khác"', 'label = "Ngày sinh"', "PACK_PERSONAL_DATA", "[other_species]"),
    Case(DAYS, 'label = "Số người"', 'label = "Số thẻ đảng viên"', "PACK_PERSONAL_DATA", "table.columns[people]"),
    # rules
    Case(TREES, CHECK, "trees_planted <=", "PACK_RULE_SYNTAX", RULE),
    Case(TREES, CHECK, "trees_planted <= trees_planned <= 5", "PACK_RULE_SYNTAX", RULE),
    Case(TREES, CHECK, "trees_planted <= bushes", "PACK_NAME_UNKNOWN", RULE),
    Case(TREES, CHECK, "trees_planted", "PACK_RULE_CONDITION", RULE),
    Case(TREES, CHECK, "trees_planted and trees_planned > 1", "PACK_RULE_CONDITION", RULE),
    Case(TREES, CHECK, "trees_planted <= planting_days.people", "PACK_NAME_COLUMN", RULE),
    Case(TREES, CHECK, "trees_planted <= sum(trees_planned)", "PACK_NAME_SCALAR", RULE),
    Case(TREES, CHECK, "trees_planted <= joined", "PACK_RULE_TEXT", RULE),
    Case(TREES, CHECK, "trees_planted == 'Có'", "PACK_RULE_NUMBER", RULE),
    Case(TREES, CHECK, "joined == 'có'", "PACK_RULE_ITEM", RULE),
    Case(TREES, CHECK, "one_of(main_species, 'Keo', 'Thông')", "PACK_RULE_ITEM", RULE),
    Case(TREES, CHECK, "main_species != ''", "PACK_RULE_BLANK", RULE),
    Case(TREES, CHECK, "rows(planting_days.people > 3) == 0", "PACK_RULE_ROWS", RULE),
    Case(TREES, CHECK, "rows(planting_days.species == 'Thông') == 0", "PACK_RULE_ITEM", RULE),
    Case(TREES, CHECK, "rows(filled(joined)) == 0", "PACK_NAME_SCALAR", RULE),
    Case(TREES, CHECK, "sum(planting_days.species) == 0", "PACK_RULE_TEXT", RULE),
    Case(TREES, CHECK, "first(planting_days.people, planting_days.planted_on) == 'Keo'", "PACK_RULE_NUMBER", RULE),
    Case(TREES, 'at = "trees_planted"', 'at = "trees"', "PACK_CHECK_AT", "checks[planted_within_planned]"),
    Case(TREES, 'severity = "WARNING"', 'severity = "NOTE"', "PACK_CHOICE", "severity"),
    Case(TREES, 'severity = "WARNING"', 'severity = "WARNING"\ncode = "x"', "PACK_CODE", "code"),
    Case(
        TREES,
        'message = "Trồng nhiều hơn dự kiến."\n',
        "",
        "PACK_KEY_MISSING",
        "checks[planted_within_planned].message",
    ),
    Case(TREES, 'remedy = "Đề nghị kiểm tra lại."\n', "", "PACK_KEY_MISSING", "checks[planted_within_planned].remedy"),
    Case(
        FACTS,
        "'main_species == \"Khác\"'",
        "'main_species == \"khác\"'",
        "PACK_RULE_ITEM",
        "fields[other_species].required",
    ),
    Case(
        FACTS,
        "'main_species == \"Khác\"'",
        "'specie == \"Khác\"'",
        "PACK_NAME_UNKNOWN",
        "fields[other_species].required",
    ),
    Case(DAYS, ROW, "number(planted_on) or trees_planted == 0", "PACK_NAME_UNKNOWN", ROW_KEY),
    Case(DAYS, ROW, "number(planting_days.planted_on)", "PACK_NAME_UNKNOWN", ROW_KEY),
    Case(
        DAYS,
        'required = "number(planted_on)"',
        'required = "number(day)"',
        "PACK_NAME_UNKNOWN",
        "columns[species].required",
    ),
    Case(DAYS, 'at = "people"', 'at = "trees_planted"', "PACK_CHECK_AT", ROW_KEY),
    Case(DAYS, 'id = "people_without_day"', 'id = "planted_within_planned"', "PACK_ID_TWICE", "table.checks"),
    # derived figures
    Case(LEAF, DUE, "trees_missing + 1", "PACK_CIRCLE", "derived[trees_"),
    Case(LEAF, DUE, "trees_due + 1", "PACK_CIRCLE", "derived[trees_due]"),
    Case(LEAF, DUE, "trees_foreseen", "PACK_NAME_UNKNOWN", "derived[trees_due]"),
    Case(LEAF, DUE, "'Keo'", "PACK_RULE_TEXT", "derived[trees_due]"),
    Case(LEAF, f'rule = "{DUE}"', 'source = "register_cells"', "PACK_AGGREGATE", "derived[trees_due]"),
    Case(
        LEAF,
        f'rule = "{DUE}"\naggregate = "sum"',
        'source = "register_cells"',
        "PACK_SOURCE_LEAF",
        "derived[trees_due]",
    ),
    Case(
        LEAF,
        'label = "Số cây phải trồng"',
        'kind = "rate"\nlabel = "x"',
        "PACK_AGGREGATE",
        "derived[trees_due].aggregate",
    ),
    Case(LEAF, 'id = "trees_due"', 'id = "joined"', "PACK_ID_TWICE", "derived[joined]"),
    Case(ABOVE, 'of = "joined"\n', "", "PACK_KEY_MISSING", "derived[units_joined].of"),
    Case(ABOVE, 'of = "joined"', 'of = "join"', "PACK_REFERENCE", "derived[units_joined]"),
    Case(ABOVE, 'source = "children"', 'source = "child"', "PACK_CHOICE", "derived[units_joined].source"),
    # the figures that come first
    Case(PACK, SCHEMES, '[main]\ncells = ["trees"]\n\n[schemes.hai_cap]', "PACK_REFERENCE", "main.cells"),
    Case(PACK, SCHEMES, '[main]\nunits = ["joined", "rate"]\n[schemes.hai_cap]', "PACK_REFERENCE", "main.units"),
    Case(PACK, SCHEMES, '[main]\ncells = ["joined", "joined"]\n[schemes.hai_cap]', "PACK_ID_TWICE", "main.cells"),
    Case(PACK, SCHEMES, f"[main]\ncells = {['joined'] * 9}\n[schemes.hai_cap]", "PACK_MAIN_MANY", "main.cells"),
    Case(PACK, SCHEMES, '[main]\ncell = ["joined"]\n[schemes.hai_cap]', "PACK_KEY_UNKNOWN", "main.cell"),
    # forms
    Case(CELL, 'tier = "cell"', 'tier = "chi_bo"', "PACK_CHOICE", "tier"),
    Case(CELL, '["district"]', '["huyen"]', "PACK_CHOICE", "under"),
    Case(CELL, 'title = "Báo cáo trồng cây"\n', "", "PACK_KEY_MISSING", "title"),
    Case(CELL, '"facts"]', '"fact"]', "PACK_REFERENCE", "sheets[Số cây].sections"),
    Case(CELL, '"leaf"', '"leaves"', "PACK_REFERENCE", "derived"),
    Case(CELL, '["trees", "facts"]', "[]", "PACK_KEY_MISSING", "sheets[Số cây].sections"),
    Case(CELL, 'name = "Ngày"', f'name = "{"N" * 32}"', "PACK_SHEET_LONG", "sheets["),
    Case(CELL, 'name = "Ngày"', 'name = "Ngày/tháng"', "PACK_SHEET_LETTERS", "sheets["),
    Case(CELL, 'name = "Ngày"', 'name = "\'Ngày"', "PACK_SHEET_LETTERS", "sheets["),
    Case(CELL, 'name = "Ngày"', 'name = "SỐ CÂY"', "PACK_SHEET_TAKEN", "sheets["),
    Case(CELL, 'name = "Ngày"', 'name = "Kiểm tra"', "PACK_SHEET_TAKEN", "sheets["),
    Case(CELL, 'tier = "cell"', 'extends = "x"\ntier = "cell"', "PACK_REFERENCE", "extends"),
    Case(CELL, 'tier = "cell"', 'extends = "chi_bo"\ntier = "cell"', "PACK_REFERENCE", "extends"),
    Case(DISTRICT, 'tier = "district"', 'tier = "cell"', "PACK_FORMS_OVERLAP", ""),
    Case(DISTRICT, "parent = true", "parent = false", "PACK_SOURCE_LEAF", "derived[units_joined]"),
    Case(DISTRICT, '"all"]', '"leaf"]', "PACK_NAME_UNKNOWN", "derived[trees_due]"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_fault_is_named_with_its_place(case: Case):
    found = faults(changed(case.file, case.old, case.new))

    assert any(
        each.code == case.code and case.key in each.place.field and each.place.file.endswith(".toml") for each in found
    ), [(each.code, each.place) for each in found]
    assert all(each.severity is Severity.ERROR and each.message.vi and each.message.en for each in found)
    assert all("{" not in each.message.vi for each in found)


def test_the_figures_that_come_first_are_those_stated_or_else_the_first_there_are():
    pack = load_files(encoded(changed(PACK, SCHEMES, '[main]\ncells = ["joined"]\n[schemes.hai_cap]')))

    assert pack.main_of_cells == ("joined",)
    assert load_files(encoded(SMALL)).main_of_cells[:3] == ("trees_planned", "trees_planted", "joined")
    assert pack.main_of_units[:2] == ("trees_planned", "trees_planted")
    assert len(pack.main_of_units) <= 12


@pytest.mark.parametrize("name", [*(each.name for each in OWN_SHEETS), "History"])
@pytest.mark.parametrize("written", [str, str.upper, str.lower])
def test_no_sheet_of_a_pack_is_called_as_one_of_ours(name: str, written: Callable[[str], str]):
    found = faults(changed(CELL, 'name = "Ngày"', f'name = "{written(name)}"'))

    expected = "PACK_SHEET_LETTERS" if name.startswith("_") else "PACK_SHEET_TAKEN"
    refused = [each for each in found if each.code == expected]
    assert [(each.place.file, each.place.field) for each in refused] == [(CELL, f"sheets[{written(name)}]")]


def test_faults_name_the_file_they_are_in():
    [found] = faults(changed(TREES, CHECK, "trees_planted <= bushes"))

    assert (found.place.file, found.place.field) == (TREES, RULE)
    assert "bushes" in found.message.vi
    assert "chi_bo" in found.message.vi


@pytest.mark.parametrize(
    "id",
    ["a1", "kk01", "xfd1048576", "r", "c", "r1", "c2", "r1c1", "rc", "Trees", "1tree", "in", "true", "cutoff", "sum"],
)
def test_ids_that_excel_or_rules_would_misread_are_refused(id: str):
    files = changed(FACTS, 'id = "other_species"', f'id = "{id}"')

    assert any(
        each.code in ("PACK_ID_FORM", "PACK_ID_ADDRESS", "PACK_ID_RESERVED") and f"fields[{id}].id" == each.place.field
        for each in faults(files)
    )


@pytest.mark.parametrize(
    "id", ["a1", "xfd1", "abc123", "xfd1048576", "r", "c", "rc", "r12", "c7", "r1c1", "r1c", "rc1"]
)
def test_addresses_in_both_notations(id: str):
    assert is_address(id)


@pytest.mark.parametrize(
    "id", ["xfe1", "abcd1", "a1048577", "a", "ab", "row", "col", "members_1", "r_1", "a1b", "rc_1"]
)
def test_names_that_are_no_addresses(id: str):
    assert not is_address(id)


@given(data=st.data())
def test_nothing_written_in_a_pack_makes_its_loading_crash(data: st.DataObject):
    file = data.draw(st.sampled_from(list(SMALL)))
    lines = SMALL[file].split("\n")
    number = data.draw(st.sampled_from([number for number, line in enumerate(lines) if " = " in line]))
    key = lines[number].partition(" = ")[0]
    values = (
        "1",
        "-1",
        '"x"',
        '""',
        "[]",
        '[""]',
        "[[1]]",
        "{}",
        "{ vi = 1 }",
        "true",
        "1.5",
        "1979-05-27",
        '"a1"',
        None,
    )
    value = data.draw(st.sampled_from(values))
    lines[number] = f"{key} = {value}" if value else ""

    with suppress(Fault):  # anything else is a traceback for whoever wrote the pack
        load_files(encoded({**SMALL, file: "\n".join(lines)}))


def test_broken_toml_is_named_with_its_line_and_does_not_flood():
    files = changed(TREES, 'severity = "WARNING"', "severity = WARNING")
    files["derived/all.toml"] += "rule = ="

    found = faults(files)

    # The names that the unreadable file would have brought are not reported as unknown.
    assert [(each.code, each.place.file) for each in found] == [
        ("PACK_TOML_SYNTAX", "derived/all.toml"),
        ("PACK_TOML_SYNTAX", TREES),
    ]
    line = files[TREES][: files[TREES].index("severity")].count("\n") + 1
    assert f"Dòng {line} " in found[1].message.vi


def test_faults_of_all_files_are_reported_together():
    files = changed(TREES, CHECK, "trees_planted <= bushes")
    files[PACK] = files[PACK].replace("deadline_days = 3", "deadline_days = -3")
    files[LEAF] = files[LEAF].replace("trees_due - trees_planted", "trees_due -")
    files[CELL] = files[CELL].replace('name = "Ngày"', 'name = "a:b"')

    assert {each.code for each in faults(files)} == {
        "PACK_NAME_UNKNOWN",
        "PACK_NUMBER_BOUNDS",
        "PACK_RULE_SYNTAX",
        "PACK_SHEET_LETTERS",
    }


def test_one_id_keeps_one_meaning_in_all_forms():
    files = changed("sections/own.toml", 'id = "plan_issued"', 'id = "joined"')

    assert [(each.code, each.place.field) for each in faults(files)] == [("PACK_ID_CONFLICT", "fields[joined]")]


@pytest.mark.parametrize("asked", ["sum", "count_yes", "count_each"])
def test_what_a_superior_enters_itself_is_no_sum_of_those_beneath(asked: str):
    """One number cannot be both: own 10 and the children's 3 + 4 + 1 under one id, and one of them would be lost."""
    kinds = {"sum": 'kind = "count"', "count_yes": 'kind = "yesno"', "count_each": 'kind = "choice"\nlist = "species"'}
    field = f'[[fields]]\nid = "own_count"\n{kinds[asked]}\naggregate = "{asked}"\ntravels = true\nlabel = "Việc"\n\n'
    files = changed("sections/own.toml", "[[fields]]", field + "[[fields]]")

    (found,) = faults(files)
    assert (found.code, found.place.file, found.place.field) == (
        "PACK_FIELD_LOST",
        "sections/own.toml",
        "fields[own_count]",
    )
    assert "“own_count”" in found.message.vi and "huyen" in found.message.vi and asked in found.message.vi


def test_a_figure_added_up_from_beneath_is_not_computed_from_own_entries_above():
    own = """
[[fields]]
id = "own_trees"
kind = "count"
label = "Cây của huyện"
"""
    again = """
[[derived]]
id = "trees_due"
label = "Số cây phải trồng"
rule = "{}"
aggregate = "sum"
"""
    lost = {**SMALL, "sections/own.toml": SMALL["sections/own.toml"] + own}
    kept = {**lost, "derived/above.toml": SMALL["derived/above.toml"] + again.format("trees_planned")}
    lost["derived/above.toml"] = SMALL["derived/above.toml"] + again.format("trees_planned + own_trees")

    assert [(each.code, each.place.field) for each in faults(lost)] == [("PACK_DERIVED_LOST", "derived[trees_due]")]
    load_files(encoded(kept))


def test_one_function_takes_columns_of_one_table():
    files = changed(TREES, CHECK, "rows(number(planting_days.people) and number(other_days.people)) == 0")
    files["sections/other.toml"] = (
        SMALL[DAYS].replace("planting_days", "other_days").replace("people_without", "other_without")
    )
    files[CELL] = files[CELL].replace('["days"]', '["days", "other"]')

    assert [each.code for each in faults(files)] == ["PACK_RULE_TABLES"]


def test_files_that_no_form_uses_are_named():
    files = {**SMALL, "section/typo.toml": 'title = "x"', "sections/left.toml": SMALL[FACTS]}

    assert {(each.code, each.place.file) for each in faults(files)} == {
        ("PACK_FILE_UNUSED", "section/typo.toml"),
        ("PACK_FILE_UNUSED", "sections/left.toml"),
    }


@pytest.mark.parametrize("file", [path for path in SMALL if path != "pack.toml"])
def test_a_missing_file_is_named_where_it_is_asked_for(file: str):
    name = Path(file).stem

    assert any(each.code == "PACK_REFERENCE" and f"“{name}”" in each.message.vi for each in faults(without(file)))


def test_a_file_that_is_not_utf8_is_named():
    files = encoded(SMALL)
    files[TREES] += "# cây\n".encode("utf-16-le")

    with pytest.raises(Fault) as caught:
        load_files(files)

    assert [(each.code, each.place.file) for each in caught.value.issues] == [("PACK_NOT_UTF8", TREES)]


def test_a_folder_without_a_pack_is_refused(tmp_path: Path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(Fault) as caught:
            load(folder)
        assert [each.code for each in caught.value.issues] == ["PACK_FILE_MISSING"]
        assert caught.value.exit_code == 2


def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path):
    (tmp_path / "pack.toml").mkdir()  # a folder where a file belongs

    with pytest.raises(Fault) as caught:
        load(tmp_path)

    assert [each.code for each in caught.value.issues] == ["PACK_UNREADABLE"]
    assert str(tmp_path) in os.fspath(caught.value.issues[0].place.file)


def test_faults_of_a_report_wording_are_named_on_loading():
    with pytest.raises(Fault) as caught:
        load_files(encoded({**SMALL, "report/district.toml": 'title = "Báo cáo"\n'}))

    places = {(found.code, found.place.file, found.place.field) for found in caught.value.issues}
    assert ("PACK_KEY_MISSING", "report/district.toml", "subject") in places
    assert ("PACK_KEY_UNKNOWN", "report/district.toml", "title") in places
