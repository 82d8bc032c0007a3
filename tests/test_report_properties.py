"""Whatever the figures are: what every sentence of a signed report keeps to."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reporting import DISTRICT, TOP, Given, district_inputs, empty, sample

from loithe_xl.form.inputs import Inputs
from loithe_xl.report import Page

COUNTED = re.compile(r"(?<![\d/.,])([\d.]+)/([\d.]+)(?![\d/])")
PERCENT = re.compile(r"[\d.,]+\s?%")
OFFICE_WORDS = re.compile(r"\b(trang|tệp|ô|sheet|excel|file|cột|dòng)\b", re.IGNORECASE)
NAMES = ("Huyện Thử", "Thị xã Thử", "Đảng ủy Khối Thử", "Đảng ủy Trường Thử", "Thành phố Thử (mẫu)")
TEXTS = ("Xin thêm tài liệu.", "  Còn lúng túng ; ", "Có phải kết luận không?", "- ", "… ", "dài " * 400)

small = st.integers(0, 12)


@st.composite
def districts(draw: st.DrawFn) -> dict[str, int | float | None]:
    """Figures of a district as a consolidation may have them."""
    values: dict[str, Any] = {id: draw(small) for id in sample().consolidation.values if not id.startswith("rate_")}
    total = draw(st.integers(0, 300))
    reported = draw(st.integers(0, total))
    held = draw(st.integers(0, reported))
    completed = draw(st.integers(0, held))
    due = draw(st.integers(0, 3000)) if reported else 0
    told = draw(st.integers(0, due))
    leaders = draw(st.integers(0, due))
    leading, officers = draw(st.integers(0, leaders)), draw(st.integers(0, told))
    units = draw(st.integers(0, 29))
    values |= {"cells_total": total, "cells_not_reported": total - reported, "cells_held": held}
    values |= {
        "cells_completed": completed,
        "cells_in_progress": held - completed,
        "cells_not_started": reported - held,
    }
    values |= {"members_due": due, "members_reported": told, "leaders_due": leaders, "leaders_reported": leading}
    values |= {"reported_officeholder": officers, "reported_other": told - officers}
    answers = [id for id in values if id.startswith("units_")]
    values |= {id: draw(st.integers(0, units)) for id in answers} | {"units_reported": units, "units_total": 29}
    of = {"cells_held": "cells_total", "cells_completed": "cells_total", "members_reported": "members_due"}
    for part, whole in (of | {"leaders_reported": "leaders_due"}).items():
        values[f"rate_{part}"] = values[part] / values[whole] if values[whole] else None
    for id in sample().consolidation.values:
        if id.startswith("difficulty_"):
            values[id] = draw(st.integers(0, min(5, reported)))
    return values


def page_of(values: dict[str, Any], unit: str, typed: bool, words: list[str]) -> Page:
    """The page of a district with these figures; its table's rows would rightly protest."""
    part: Given = replace(sample(), inputs=district_inputs() if typed else empty().inputs)
    cells = [each.code for each in part.register.of_tier("cell")]
    texts = {"difficulties_text": tuple(zip(cells, words, strict=False)), "proposals_text": ((TOP.code, words[0]),)}
    own = (sample() if typed else empty()).consolidation.values  # what the district entered of itself
    values = values | {id: own[id] for id in DISTRICT.fields if id in own}
    done = replace(part.consolidation, values=values, texts=texts if words[0].strip() else {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("loithe_xl.report.page.progress", lambda *_: None)
        return replace(part, consolidation=done, inputs=Inputs(part.inputs.values, part.inputs.tables)).page(
            unit_name=unit
        )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    districts(),
    st.sampled_from(NAMES),
    st.booleans(),
    st.lists(st.sampled_from(TEXTS), min_size=8, max_size=8),
)
def test_every_sentence_of_any_district(values: dict[str, Any], unit: str, typed: bool, words: list[str]):
    page = page_of(values, unit, typed, words)
    reported = values["cells_total"] - values["cells_not_reported"]
    wholes = {values["cells_total"], reported, values["members_due"], values["leaders_due"], values["units_total"]}
    visits = {(3, 6)} if typed else set()

    lines = [line for line in page.body if line.shown]
    assert lines[-1].shown.endswith(".")
    for line in lines:
        shown = line.shown
        if line.style == "heading":
            continue
        ends = "]" if line.to_write else (".", ":", ";", "?")
        assert shown.endswith(ends), shown
        assert not re.search(r"  | [.,;)]|\( |\.\.|None|[{}]", shown), shown
        assert not re.search(r"(?<![\d.,/])0+(?=[ /;.)]|$)", shown), f"nothing is said to be 0: {shown}"
        assert not re.search(
            r"(?<![\d.,/-])[1-9](?![\d./,]*\d)(?= (chi bộ|đảng viên|đơn vị|văn bản|tập thể))", shown
        ), shown
        assert not OFFICE_WORDS.search(shown), shown
        for found in PERCENT.findall(shown):
            assert re.fullmatch(r"100%|\d{1,2},\d\d%|100,00%", found), shown
        for part, whole in COUNTED.findall(re.sub(r"\d\d/\d\d/\d{4}|tháng \d+/\d{4}", "", shown)):
            pair = int(part.replace(".", "")), int(whole.replace(".", ""))
            assert pair in visits or (pair[1] in wholes and 0 < pair[0] <= pair[1]), shown
    said = " ".join(line.shown for line in lines)
    if values["cells_not_reported"] and reported:
        assert f"{values['cells_not_reported']:02} chi bộ chưa gửi" in said
    if values["cells_held"] and values["cells_completed"] < values["cells_total"]:
        left = re.search(r"các chi bộ còn lại \((\d+) chi bộ\)", said)
        assert int(left[1] if left else 0) == values["cells_not_started"], "who has not reported is not left over"
