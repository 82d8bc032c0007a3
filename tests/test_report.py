from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from reporting import DISTRICT, PACK, TOP, Given, empty, given, matches_golden, sample

from loithe_xl.form.inputs import Inputs
from loithe_xl.language.catalogue import catalogue
from loithe_xl.pack.reportread import faults
from loithe_xl.pack.spec import Pack
from loithe_xl.report import Edit, Page, page_json
from loithe_xl.workbook.daynumbers import serial

FIRST_RULE = "sections/2/lines/0/choices/0/when"
FIRST_KEY = "sections[results].lines[received].choices[1].when"
HELD = (
    "Đến nay có 68/264 chi bộ đã tổ chức sinh hoạt chính trị (trong đó có 16 chi bộ đã hoàn thành), đạt tỷ lệ 25,76%."
)


def said(page: Page) -> dict[str, str]:
    return {line.id: line.shown for line in page.lines()}


def worded(**values: int) -> dict[str, str]:
    """The sample's lines with other figures; its table's rows still say what was sent, and would rightly protest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("loithe_xl.report.page.progress", lambda *_: None)
        return said(sample().with_values(**values).page())


def with_inputs(part: Given, **values: Any) -> Given:
    return replace(part, inputs=Inputs({**part.inputs.values, **values}, part.inputs.tables))


def with_texts(part: Given, field: str, *texts: tuple[str, str]) -> Given:
    changed = {**part.consolidation.texts, field: texts}
    return replace(part, consolidation=replace(part.consolidation, texts=changed))


def changed_pack(change: Any, tier: str = "district") -> Pack:
    report = copy.deepcopy({"profiles": catalogue("report_profiles"), **PACK.report})
    change(report[tier])
    return replace(PACK, report=report)


def codes(pack: Pack) -> list[tuple[str, str]]:
    return [(found.code, found.place.field) for found in faults(pack)]


def test_the_sample_district_says_what_the_article_says():
    words = said(sample().page())

    assert words["results.held"] == HELD
    assert words["leadership.plan"].startswith(
        "Ban Thường vụ Huyện ủy đã ban hành Kế hoạch số 96, ngày 02/02/2023 về tổ chức"
    )


def test_the_report_opens_and_closes_as_a_party_paper():
    page = sample().page()
    shown = [line.shown for line in page.body if line.shown]

    assert page.titles[1].shown.startswith("kết quả thực hiện"), "the subject begins with a small letter"
    assert shown[0].startswith("Thực hiện Hướng dẫn số 06-HD/TU, ngày 12/01/2023 của Ban Thường vụ Tỉnh ủy về tổ chức")
    assert shown[0].endswith("Ban Thường vụ Huyện ủy báo cáo kết quả thực hiện như sau:")
    assert shown[-1].startswith("Trên đây là báo cáo kết quả thực hiện đợt sinh hoạt chính trị")
    assert shown[-1].endswith("Ban Thường vụ Huyện ủy kính báo cáo Ban Thường vụ Tỉnh ủy.")
    headings = [line.shown for line in page.body if line.style == "heading"]
    assert headings == [
        "I- CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO",
        "II- KẾT QUẢ THỰC HIỆN",
        "III- ĐÁNH GIÁ CHUNG",
        "1. Ưu điểm",
        "2. Hạn chế, khó khăn",
        "3. Nguyên nhân",
        "IV- NHIỆM VỤ TRONG THỜI GIAN TỚI",
        "V- KIẾN NGHỊ, ĐỀ XUẤT",
    ]


def test_only_a_person_judges():
    """Strengths and causes are places to fill: flagged while they are not, and no sentence of the report's JSON."""
    page = sample().page()
    assert [line.id for line in page.unwritten] == ["strengths.to_write", "causes.to_write"]
    assert all(line.shown[0] == "[" and line.shown[-1] == "]" for line in page.unwritten)
    assert not any("[" in said for said in page_json(page)["sentences"])

    typed = {line.id: Edit(line.shown, "Các chi bộ đã tổ chức nghiêm túc.") for line in page.unwritten[:1]}
    after = sample().page(typed)
    assert [line.id for line in after.unwritten] == ["causes.to_write"]
    assert "Các chi bộ đã tổ chức nghiêm túc." in page_json(after)["sentences"]
    assert "strengths.own" in {line.id for line in after.body}, "a blank line to go on with"


def test_what_nobody_entered_is_a_place_to_fill_and_no_claim():
    page = empty().page()

    wanted = ["leadership", "strengths", "difficulties", "causes", "proposals"]
    assert [line.id for line in page.unwritten] == [f"{part}.to_write" for part in wanted]
    told = " ".join(page_json(page)["sentences"])
    assert "đã ban hành" not in told and "đã tổ chức" not in told


def test_golden_page():
    page = sample().page(today=date(2023, 3, 6))

    matches_golden("report_page.txt", (f"{line.id} [{line.style}] {line.shown}".rstrip() for line in page.lines()))


def test_golden_page_before_anything_came():
    page = empty().page()

    matches_golden("report_empty.txt", (f"{line.id} [{line.style}] {line.shown}".rstrip() for line in page.lines()))


def test_no_figure_is_ever_none():
    unknown = sample().with_values(**dict.fromkeys(sample().consolidation.values))
    for part in (sample(), empty(), unknown):
        for line in part.page().lines():
            assert "None" not in line.shown
            assert "{" not in line.shown
            assert "  " not in line.shown


def test_a_sentence_without_its_figure_is_left_out():
    words = said(sample().with_values(rate_leaders_reported=None).page())

    assert "results.leaders" not in words
    assert "results.members" in words


@pytest.mark.parametrize(
    ("values", "id", "start"),
    [
        ({"cells_held": 3, "cells_completed": 0}, "results.held", "Đến nay có 03/264 chi bộ đã tổ chức sinh hoạt"),
        ({"cells_held": 0}, "results.held", "Đến nay chưa có chi bộ nào"),
        (
            {"cells_completed": 264, "cells_held": 264, "rate_cells_completed": 1},
            "results.held",
            "Đến nay có 264/264 chi bộ đã tổ chức sinh hoạt chính trị và tất cả đã hoàn thành, đạt tỷ lệ 100%.",
        ),
        ({"cells_form_other": 2}, "results.forms", "Về hình thức tổ chức"),
        ({"commended_members": 1234}, "results.commended", "Trong đợt sinh hoạt, đã biểu dương, khen thưởng 1.234"),
    ],
)
def test_figures_choose_the_wording(values: dict[str, int], id: str, start: str):
    assert worded(**values)[id].startswith(start)


def test_a_plan_is_cited_as_typed_and_never_made_up():
    def plan(**values: Any) -> str:
        return said(with_inputs(sample(), **values).page()).get("leadership.plan", "")

    assert "Kế hoạch số 96-KH/HU, ngày 02/02/2023" in plan(plan_number="96-KH/HU")
    assert "Kế hoạch số 96, ngày" in plan(plan_number=96)
    assert "đã ban hành kế hoạch về" in plan(plan_number=None)
    assert plan(plan_issued=None) == ""


def test_difficulties_are_ranked_and_those_of_nobody_left_out():
    page = sample().page()
    listed = [line.shown for line in page.body if line.id.startswith("difficulties.ranking.difficulty")]

    counts = [int(match[1]) for line in listed if (match := re.search(r"\((\d+)/242 chi bộ đã báo cáo\)[;.]$", line))]
    assert counts == sorted(counts, reverse=True)
    assert 0 not in counts
    assert len(counts) == len(listed)
    assert [line[-1] for line in listed] == [";"] * (len(listed) - 1) + ["."]
    assert len(listed) == sum(bool(value) for id, value in page.values.items() if id.startswith("difficulty_"))


def test_after_five_difficulties_the_others_stand_together():
    named = {f"difficulty_{number:02}": 60 - number for number in (1, 2, 5, 6, 7, 8, 9)}
    page = sample().with_values(**named).page()

    lines = [line for line in page.body if line.id.startswith("difficulties.ranking.") and line.style == "item"]
    assert [line.id.rpartition(".")[2] for line in lines] == [*list(named)[:5], "rest"]
    assert lines[-1].shown == (
        "- Các khó khăn khác (số chi bộ nêu): phân vân chủ trì có phải kết luận ưu, khuyết điểm của từng đảng viên hay "
        "không (52); công tác quán triệt văn bản của cấp trên còn hạn chế (51)."
    )
    six = sample().with_values(**{**named, "difficulty_09": 0}).page()
    assert sum(line.id.startswith("difficulties.ranking.difficulty") for line in six.body) == 6, (
        "a sixth alone is named"
    )


def test_a_difficulty_of_which_some_were_not_asked_is_of_no_number_of_cells():
    lacking = frozenset({sample().register.of_tier("cell")[0].code})
    done = replace(sample().consolidation, lacks={"difficulty_05": lacking})

    words = said(replace(sample(), consolidation=done).page())
    assert words["difficulties.ranking.difficulty_05"].endswith("không có ở địa phương (35 chi bộ).")
    assert words["difficulties.ranking.difficulty_01"].endswith("(66/242 chi bộ đã báo cáo);")


def test_a_difficulty_declared_later_and_named_more_often_comes_first():
    page = sample().with_values(difficulty_01=5, difficulty_02=45, difficulty_05=45, difficulty_08=9).page()

    listed = [line.id.rpartition(".")[2] for line in page.body if line.id.startswith("difficulties.ranking.difficulty")]
    assert listed == ["difficulty_02", "difficulty_05", "difficulty_08", "difficulty_01"]


def test_own_words_come_first_and_what_most_wrote_alike_before_the_rest():
    """Whatever the order in which they came."""
    cells = [unit.code for unit in sample().register.of_tier("cell")]
    single = [(cells[0], "Thiếu tài liệu"), (cells[1], "Thiếu kinh phí")]
    pair = [(code, "Gửi mẫu sớm") for code in cells[2:4]]
    many = [(code, "Đổi ngày họp") for code in cells[4:7]]
    page = with_texts(sample(), "proposals_text", single[0], (TOP.code, "Của huyện"), single[1], *pair, *many).page()

    lines = [line.shown.rstrip(";.") for line in page.body if line.id.startswith("proposals.proposals.")][1:]
    assert [line.rpartition(": ")[2].removeprefix("- ") for line in lines] == [
        "Của huyện",
        "Đổi ngày họp",
        "Gửi mẫu sớm",
        "Thiếu tài liệu",
        "Thiếu kinh phí",
    ]


@pytest.mark.parametrize("length", [600, 601, 604, 605])
def test_a_long_opinion_is_cut_after_the_last_whole_word(length: int):
    """Up to 600 letters stand as they are; beyond, the last word that is whole within them is the last one."""
    words = ("chín chữ " * 100)[: length - 1].strip(" ") + "x" * 9
    said_by = sample().register.of_tier("cell")[0].code
    page = with_texts(sample(), "proposals_text", (said_by, words[:length])).page()

    shown = said(page)[f"proposals.proposals.{said_by}"].partition(": ")[2].rstrip(".;")
    if length <= 600:
        assert shown == words[:length]
    else:
        kept = shown.removesuffix(" …")
        assert words.startswith(kept + " ") and len(kept) <= 600
        assert len(kept) + 1 + len(words[len(kept) + 1 :].partition(" ")[0]) > 600, "no further word fits"


def test_opinions_are_grouped_shortened_and_none_is_lost():
    cells = [unit.code for unit in sample().register.of_tier("cell")]
    alike = [(code, "Đề nghị gửi tài liệu. ") for code in cells[:3]]
    own, others = (TOP.code, "Ý kiến\ncủa huyện"), [(code, f"Ý kiến {code}") for code in cells[3:21]]
    page = with_texts(sample(), "proposals_text", own, *alike, *others).page()

    lines = [line.shown for line in page.body if line.id.startswith("proposals.proposals.")]
    assert lines[0] == "Ban Thường vụ Huyện ủy tổng hợp kiến nghị, đề xuất như sau:"
    assert lines[1] == "- Ý kiến của huyện;"
    assert lines[2].endswith("và 02 đơn vị khác: Đề nghị gửi tài liệu;")
    assert lines[-1] == "- Và 14 kiến nghị khác (tại Biểu số 02 kèm theo)."
    assert len(lines) == 1 + 6 + 1
    long = with_texts(sample(), "proposals_text", (cells[30], "dài " * 400)).page()
    shown = next(line.shown for line in long.body if line.id == f"proposals.proposals.{cells[30]}")
    assert len(shown) < 700
    assert shown.endswith("dài …;")
    assert [line.shown for line in long.body if line.id == "proposals.proposals.more"] == [
        "- Các kiến nghị trên được ghi đầy đủ tại Biểu số 02 kèm theo."
    ]
    ((label, listed),) = [(listing.label, listing.opinions) for listing in long.listings]
    assert label == PACK.texts["proposals_text"].vi
    assert ("dài " * 400).strip() in [words for _, words in listed], "and there it is whole"


def test_the_second_annex_lists_every_opinion_and_is_added_only_then():
    cells = sample().register.of_tier("cell")
    few = [(cell.code, f"Ý kiến {number}") for number, cell in enumerate(cells[:6])]
    alike = [(cell.code, "Giống nhau") for cell in cells[10:23]]
    own = (TOP.code, "Của huyện")

    none = with_texts(with_texts(sample(), "proposals_text", *few), "difficulties_text").page()
    assert none.listings == ()
    assert "Biểu số 02" not in " ".join(said(none).values())

    (listing,) = with_texts(sample(), "proposals_text", *few, *alike, own).page().listings
    assert [words for _, words in listing.opinions] == ["Của huyện", "Giống nhau", *(words for _, words in few)]
    assert [name for name, _ in listing.opinions][:1] == ["Ban Thường vụ Huyện ủy"]
    assert listing.opinions[1][0].count(";") == 9 and listing.opinions[1][0].endswith(" và 03 đơn vị khác")


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ("{name} còn lúng túng.", "còn lúng túng"),
        ("Ở {name}, đảng viên cao tuổi viết chậm", "đảng viên cao tuổi viết chậm"),
        ("{NAME}: xin thêm tài liệu;", "xin thêm tài liệu"),
        ("{name}A còn lúng túng", "{name}A còn lúng túng"),
        ("{name}", "{name}"),
        ("Đề nghị {name} được gia hạn", "Đề nghị {name} được gia hạn"),
    ],
)
def test_a_units_name_is_not_said_twice(written: str, listed: str):
    cell = sample().register.of_tier("cell")[0]
    names = {"name": cell.name, "NAME": cell.name.upper()}
    page = with_texts(sample(), "proposals_text", (cell.code, written.format(**names))).page()

    shown = said(page)[f"proposals.proposals.{cell.code}"].rstrip(".;")
    assert shown == f"- {cell.name} (Đảng bộ thị trấn Mẫu Trung): {listed.format(**names)}"


def test_a_question_keeps_its_own_sign():
    cell = sample().register.of_tier("cell")[0].code
    page = with_texts(sample(), "proposals_text", (cell, "Có phải kết luận từng người không?")).page()

    assert said(page)[f"proposals.proposals.{cell}"].endswith("không?")


def test_a_text_is_never_read_as_a_template():
    cell = sample().register.of_tier("cell")[0].code
    page = with_texts(sample(), "proposals_text", (cell, "Ghi {cells_held} và {x}")).page()

    assert "Ghi {cells_held} và {x}." in said(page)[f"proposals.proposals.{cell}"]


def test_screening_is_said_of_the_district_only_and_not_while_few_reported():
    few = given(()).with_values(screened_reviewed=1, screened_helped=1, screened_removed=0)
    many = sample().with_values(screened_reviewed=2, screened_helped=1, screened_removed=0)

    assert "results.screening" not in said(few.page())
    assert said(many.page())["results.screening"] == (
        "Về rà soát, sàng lọc, toàn Đảng bộ huyện có 02 đảng viên thuộc diện rà soát, phát hiện; "
        "01 đảng viên được phân công giáo dục, giúp đỡ."
    )
    assert not any(column.id.startswith("screened") for column in many.page().table.columns)


@pytest.mark.parametrize(
    ("unit", "above", "issuer", "superior", "number", "place"),
    [
        ("Huyện Bắc Thử", "Tỉnh Thử", "HUYỆN ỦY BẮC THỬ", "ĐẢNG BỘ TỈNH THỬ", "-BC/HU", "Bắc Thử, "),
        ("Huyện Thử (mẫu)", "Tỉnh Thử (mẫu)", "HUYỆN ỦY THỬ (mẫu)", "ĐẢNG BỘ TỈNH THỬ (mẫu)", "-BC/HU", "Thử, "),
        ("Đảng bộ huyện Thử", "Tỉnh ủy Thử", "HUYỆN ỦY THỬ", "ĐẢNG BỘ TỈNH THỬ", "-BC/HU", "Thử, "),
        ("Thị xã Thử", "", "THỊ ỦY THỬ", "ĐẢNG BỘ TỈNH …………………", "-BC/ThU", "Thử, "),
        ("Thành phố Thử", "Tỉnh Thử", "THÀNH ỦY THỬ", "ĐẢNG BỘ TỈNH THỬ", "-BC/ThU", "Thử, "),
        ("Đảng ủy Khối Thử", "Tỉnh Thử", "ĐẢNG ỦY KHỐI THỬ", "ĐẢNG BỘ TỈNH THỬ", "-BC/ĐUK", "……………, "),
        ("Đảng ủy xã Thử", "Tỉnh Thử", "ĐẢNG ỦY XÃ THỬ", "ĐẢNG BỘ TỈNH THỬ", "-BC/ĐU", "Thử, "),
        ("Đảng bộ xã Thử", "Huyện Thử", "ĐẢNG ỦY XÃ THỬ", "ĐẢNG BỘ HUYỆN THỬ", "-BC/ĐU", "Thử, "),
        ("Đảng bộ Trường Thử", "Đảng ủy Khối Thử", "ĐẢNG ỦY TRƯỜNG THỬ", "ĐẢNG BỘ KHỐI THỬ", "-BC/ĐU", "……………, "),
        ("Đảng bộ phường Thử", "Thành phố Thử", "ĐẢNG ỦY PHƯỜNG THỬ", "ĐẢNG BỘ THÀNH PHỐ THỬ", "-BC/ĐU", "Thử, "),
        ("Đảng ủy Trường Thử", "Tỉnh Thử", "ĐẢNG ỦY TRƯỜNG THỬ", "ĐẢNG BỘ TỈNH THỬ", "-BC/ĐU", "……………, "),
    ],
)
def test_heads_follow_the_name_in_the_register(
    unit: str, above: str, issuer: str, superior: str, number: str, place: str
):
    part = replace(sample(), register=replace(sample().register, units=sample().register.units))
    if unit.startswith("Đảng ủy"):
        units = tuple(replace(each, kind="") if each.code == TOP.code else each for each in part.register.units)
        part = replace(part, register=replace(part.register, units=units))
    words = said(part.page(unit_name=unit, above_name=above))

    assert words["issuer"] == issuer
    assert words["above"] == superior
    assert words["number"].endswith(number)
    assert words["place_date"].startswith(place)


@pytest.mark.parametrize(("unit", "area"), [("Đảng ủy Trường Thử", ""), ("Đảng ủy Khối Thử", " Khối")])
def test_a_sentence_about_an_office_without_an_area_has_no_gap(unit: str, area: str):
    """“trong toàn Đảng bộ .” is no sentence; nor is any other with a blank text in it."""
    units = tuple(replace(each, kind="") if each.code == TOP.code else each for each in sample().register.units)
    part = replace(sample(), register=replace(sample().register, units=units)).with_values(
        screened_reviewed=3, admitted_members=4
    )
    words = said(part.page(unit_name=unit))

    assert words["leadership.plan"].endswith(f" trong toàn Đảng bộ{area}.")
    assert words["results.admitted"] == f"Trong thời gian này, toàn Đảng bộ{area} đã kết nạp 04 đảng viên mới."
    assert not [line for line in words.values() if " ." in line or " ," in line or "  " in line]


def test_no_enumeration_says_zero():
    """What is 0 is left out of a list of counts, with the sentence when nothing is left."""
    silent = dict.fromkeys(("cells_form_integrated", "cells_attended_by_base", "cells_attended_by_province"), 0)
    silent |= {"reported_officeholder": 0, "cells_not_reported": 0, "leaders_reported": 0}
    words = worded(**silent, screened_reviewed=2, screened_helped=0, screened_removed=0)

    assert words["results.forms"].endswith(", có 22 chi bộ sinh hoạt chuyên đề, 23 chi bộ sinh hoạt theo tổ đảng.")
    assert words["results.attended"].endswith("có mặt ở mỗi buổi): cấp ủy cấp huyện dự tại 13 chi bộ.")
    assert words["results.progress"] == "Còn 52 chi bộ đang thực hiện và 174 chi bộ chưa tổ chức."
    assert words["results.members"].endswith("; gồm 417 đảng viên không giữ chức vụ.")
    assert words["results.screening"] == (
        "Về rà soát, sàng lọc, toàn Đảng bộ huyện có 02 đảng viên thuộc diện rà soát, phát hiện."
    )
    assert "results.leaders" not in words
    formless = {id: 0 for id in sample().consolidation.values if id.startswith("cells_form")}
    assert "results.forms" not in worded(**formless)
    for lines in (said(sample().page()), said(empty().page()), said(given(()).page()), words):
        for line in lines.values():
            assert not re.search(r"(^|[ :,;])0(/\d| chi bộ| đảng viên| đơn vị| văn bản)", line), line


def test_only_cells_known_not_to_have_begun_are_called_left():
    """The 22 that sent nothing are not among those “left” or “not begun”: they are said once, and asked to report."""
    words = said(sample().page())
    assert words["results.progress"] == (
        "Trong các chi bộ đã báo cáo, 52 chi bộ đang thực hiện và 174 chi bộ chưa tổ chức."
    )
    assert words["tasks.cells_left"] == (
        "Chỉ đạo các chi bộ còn lại (174 chi bộ) và 52 chi bộ chưa hoàn thành tiếp tục tổ chức sinh hoạt trong tháng "
        "3/2023, bảo đảm hoàn thành trước ngày 30/04/2023."
    )
    assert words["tasks.not_reported"] == "Yêu cầu 22 chi bộ chưa gửi biểu số liệu khẩn trương báo cáo."
    assert "196" not in " ".join(words.values())
    whole = worded(cells_not_reported=0, cells_not_started=196)
    assert "các chi bộ còn lại (196 chi bộ) và 52 chi bộ chưa hoàn thành" in whole["tasks.cells_left"]
    assert "tasks.not_reported" not in whole


def test_a_pack_cannot_say_no_for_those_who_did_not_answer():
    """Whatever a pack words: a sentence that counts answers waits for all of them, or says how many there are."""

    def other(report: dict[str, Any]) -> None:
        report["figures"]["units_without_plan"] = "units_total - units_plan_issued"
        texts = {
            "bare": "{units_plan_issued}",
            "rest": "{units_without_plan}",
            "told": "{units_plan_issued} {units_reported}",
        }
        report["sections"][1]["lines"] += [{"id": id, "text": text} for id, text in texts.items()]

    def shown(**values: int) -> dict[str, str]:
        words = said(sample().with_values(**values).page(pack=changed_pack(other)))
        return {id: words.get(f"leadership.{id}", "") for id in ("bare", "rest", "told")}

    assert shown() == {"bare": "", "rest": "", "told": "08 08"}
    assert shown(units_reported=29) == {"bare": "08", "rest": "21", "told": "08 29"}


def test_a_bare_name_is_headed_by_the_units_kind():
    assert said(sample().page(unit_name="Bắc Thử"))["issuer"] == "HUYỆN ỦY BẮC THỬ"


def test_place_and_date():
    assert said(sample().page())["place_date"].replace("\u00a0", "_") == "Mẫu Đông, ngày _____ tháng 3 năm 2023"
    assert said(sample().page(today=date(2023, 2, 5)))["place_date"] == "Mẫu Đông, ngày 05 tháng 02 năm 2023"


def test_the_office_chooses_how_committee_is_spelt():
    def other(report: dict[str, Any]) -> None:
        report["spelling"] = "UỶ"

    text = json.dumps(said(sample().page(pack=changed_pack(other))), ensure_ascii=False)
    assert "HUYỆN UỶ" in text
    assert "ủy" not in text.replace("ủy ban", "").lower()


def test_recipients_and_the_last_sentence_end_as_the_profile_says():
    page = sample().page()

    ends = [line.shown[-1] for line in page.recipients[1:]]
    assert ends == [","] * (len(ends) - 1) + ["."]
    assert page.recipients[-1].shown == "- Lưu Văn phòng Huyện ủy."
    assert [line.shown for line in page.body if line.shown][-1].endswith(".")
    assert page.signature[-1].shown == ""


def test_json_has_values_sentences_and_the_table():
    told = page_json(sample().page())

    assert set(told) == {"values", "sentences", "tables"}
    assert HELD in told["sentences"]
    assert not any(line.startswith(("I.", "II.")) or not line for line in told["sentences"])
    assert told["values"]["cells_held"] == 68
    assert told["values"]["rate_cells_held"] == pytest.approx(68 / 264)
    rows = told["tables"]["progress"]
    assert sum(row["cells_total"] for row in rows) == 264
    assert set(rows[0]) >= {"unit", "name", "status", "late", "cells_held", "rate_cells_held"}
    assert json.loads(json.dumps(told)) == told
    assert page_json(empty().page())["values"]["rate_members_reported"] is None


def test_an_unknown_profile_or_tier_is_named():
    assert [found.code for found in sample().composed(profile="hd05_2026")] == ["REPORT_PROFILE_UNKNOWN"]
    assert "hd36_2018" in sample().composed(profile="hd05_2026")[0].message.vi
    assert [found.code for found in sample().composed(tier="province")] == ["REPORT_TIER_UNWORDED"]


def test_the_packs_own_wording_is_sound():
    assert faults(PACK) == []


def set_in(path: str, value: Any) -> Any:
    def change(report: dict[str, Any]) -> None:
        *way, last = (int(part) if part.isdigit() else part for part in path.split("/"))
        place: Any = report
        for part in way:
            place = place[part]
        place[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "code", "field"),
    [
        ("subject", "Kết quả {nothing}", "PACK_NAME_UNKNOWN", "subject"),
        ("type", "", "PACK_BLANK", "type"),
        ("colour", "x", "PACK_KEY_UNKNOWN", "colour"),
        (FIRST_RULE, "cells_heldd > 0", "PACK_NAME_UNKNOWN", FIRST_KEY),
        (FIRST_RULE, "cells_held >", "PACK_RULE_SYNTAX", FIRST_KEY),
        (FIRST_RULE, "cells_held", "PACK_RULE_CONDITION", FIRST_KEY),
        ("sections/5/lines/0/figures", "trouble_*", "PACK_REFERENCE", "sections[difficulties].lines[ranking].figures"),
        ("sections/5/lines/1/field", "members_total", "PACK_CHOICE", "sections[difficulties].lines[opinions].field"),
        ("figures/cells_reported", "cells_total - nothing", "PACK_NAME_UNKNOWN", "figures.cells_reported"),
        ("percent", "25.76 %", "PACK_CHOICE", "percent"),
        ("annex/chart/lag", "cells_held", "PACK_CHOICE", "annex.chart.lag"),
        ("opinions/own", "{names}", "PACK_NAME_UNKNOWN", "opinions.own"),
        ("annex/columns/1/id", "held", "PACK_CHOICE", "annex.columns[held].id"),
        ("annex/chart/series/0/colour", "green", "PACK_CHOICE", "annex.chart.series[cells_completed].colour"),
        ("signature", {"authority": "x"}, "PACK_KEY_MISSING", "signature.position"),
    ],
)
def test_faults_of_the_wording_are_named_by_key(path: str, value: Any, code: str, field: str):
    pack = changed_pack(set_in(path, value))

    assert codes(pack) == [(code, field)]
    assert isinstance(sample().composed(pack=pack), list)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("hd36_2018/pitch", "much", "PACK_VALUE_KIND"),
        ("hd36_2018/margins/left", 900, "PACK_NUMBER_BOUNDS"),
        ("hd36_2018/looks/type", {"size": 99}, "PACK_NUMBER_BOUNDS"),
        ("hd36_2018/looks/extra", {"size": 12}, "PACK_KEY_UNKNOWN"),
    ],
)
def test_faults_of_a_profile_are_named(path: str, value: Any, code: str):
    assert [found for found, _ in codes(changed_pack(set_in(path, value), "profiles"))] == [code]


def test_a_tier_without_a_parents_form_cannot_be_reported():
    pack = replace(PACK, forms={id: form for id, form in PACK.forms.items() if form is not DISTRICT})

    assert codes(pack) == [("PACK_REFERENCE", "")]


# ------------------------------------------------------------------ what was edited by hand


def edited(id: str, generated: str, shown: str) -> Any:
    return next(line for line in sample().page({id: Edit(generated, shown)}).lines() if line.id == id)


def test_an_edit_is_kept_while_its_figures_stand():
    line = edited("results.held", HELD, "Có 68 chi bộ đã sinh hoạt.")

    assert (line.shown, line.generated, line.edited, line.moved) == ("Có 68 chi bộ đã sinh hoạt.", HELD, True, False)


def test_an_edit_is_flagged_when_its_figures_moved():
    line = edited("results.held", HELD.replace("68", "60"), "Có 60 chi bộ đã sinh hoạt.")

    assert (line.shown, line.edited, line.moved, line.generated) == ("Có 60 chi bộ đã sinh hoạt.", True, True, HELD)
    assert line.base == HELD.replace("68", "60")


def test_what_reads_as_today_is_no_edit():
    line = edited("results.held", "Câu cũ.", f" {HELD.replace(' ', '  ')}\n")

    assert (line.shown, line.edited, line.moved) == (HELD, False, False)


def test_a_deleted_sentence_stays_deleted():
    page = sample().page({"results.held": Edit(HELD, "")})

    line = next(line for line in page.body if line.id == "results.held")
    assert line.deleted
    assert HELD not in page_json(page)["sentences"]


def test_an_edit_of_a_sentence_that_is_no_longer_said_is_kept_in_its_place():
    ids = [line.id for line in sample().page({"results.revised": Edit("Có 3 bản.", "Có ba bản.")}).body]

    assert ids.index("results.leaders") < ids.index("results.revised") < ids.index("results.annex")
    line = edited("results.revised", "Có 3 bản.", "Có ba bản.")
    assert (line.edited, line.moved, line.generated) == (True, True, "")


def test_an_edited_list_item_that_is_no_longer_listed_stays_in_the_list():
    id = "difficulties.ranking.difficulty_22"
    ids = [line.id for line in sample().page({id: Edit("- A: 1 chi bộ;", "- B;")}).body]

    place = ids.index(id)
    assert ids[place - 1].startswith("difficulties.ranking.")
    assert ids[place + 1].startswith("difficulties.opinions.")


def test_only_the_sign_that_closes_an_item_is_no_move():
    listed = [line for line in sample().page().body if line.id.startswith("difficulties.ranking.difficulty")]
    last = listed[-1]

    line = edited(last.id, last.shown[:-1] + ";", "- Viết lại;")
    assert (line.edited, line.moved) == (True, False)


def test_rows_put_in_follow_their_line():
    page = sample().page({"results.held+1": Edit("", "Thêm một."), "results.held+2": Edit("", "Thêm hai.")})

    ids = [line.id for line in page.body]
    place = ids.index("results.held")
    assert ids[place + 1 : place + 3] == ["results.held+1", "results.held+2"]


def test_no_edit_is_ever_lost():
    strange = {"gone.line": Edit("cũ", "mới"), "results.nothing": Edit("a", "b"), "gone.line+1": Edit("", "c")}

    shown = [line.shown for line in sample().page(strange).body]
    assert {"mới", "b", "c"} <= set(shown)


def test_heads_and_signature_can_be_edited_too():
    edits = {
        "number": Edit("Số \u00a0\u00a0\u00a0\u00a0\u00a0-BC/HU", "Số 05-BC/HU"),
        "signer": Edit("", "Họ và tên"),
        "recipient_1": Edit("- Ban Thường vụ Tỉnh ủy (để báo cáo),", "- Thường trực Tỉnh ủy,"),
    }
    words = said(sample().page(edits))

    assert words["number"] == "Số 05-BC/HU"
    assert words["signer"] == "Họ và tên"
    assert words["recipient_1"] == "- Thường trực Tỉnh ủy,"


def test_conference_date_is_worded():
    page = with_inputs(sample(), conference_date=serial(date(2023, 2, 8))).page()

    assert said(page)["leadership.conference"].endswith("vào ngày 08/02/2023.")
