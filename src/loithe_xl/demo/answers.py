"""What the made-up units of the demonstration write into their forms: the same answers on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from loithe_xl.form.inputs import Inputs, blank
from loithe_xl.pack.kinds import NO, YES
from loithe_xl.pack.spec import Form
from loithe_xl.register.register import Unit
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.daynumbers import serial

HELD, COMPLETED, SILENT_UNITS = 68, 16, 21
REGISTERED_HELD, REGISTERED_LEFT = 24, 17  # of the district alone: the 73 and 69 of the articles are a province's
_SEED = 2023
FIRST_MEETING, LAST_MEETING = date(2023, 2, 3), date(2023, 2, 28)
FIRST_PLAN, LAST_PLAN = date(2023, 3, 1), date(2023, 4, 20)
_FORMS, SUPERIORS = ("Chuyên đề", "Lồng ghép", "Theo tổ đảng"), ("Không", "Không", "Cơ sở", "Cơ sở", "Huyện", "Tỉnh")
DIFFICULTIES = ("01", "02", "03a", "03b", "04a", "04b", "05", "06", "07", "08")
_OPINIONS = (
    "{name} có nhiều đảng viên đi làm ăn xa nên khó bố trí buổi sinh hoạt đủ mặt.",
    "{name} còn lúng túng ở khâu trình tự các bước của buổi sinh hoạt.",
    "Ở {name}, đảng viên cao tuổi viết báo cáo còn chậm, cần thêm thời gian.",
)
PROPOSALS = (
    "{name} đề nghị cấp trên gửi chương trình chi tiết của một buổi sinh hoạt mẫu.",
    "{name} đề nghị hướng dẫn rõ chủ trì có phải kết luận với từng đảng viên hay không.",
)
ROLES = ("Thường trực Huyện ủy", "Ủy viên Ban Thường vụ Huyện ủy", "Huyện ủy viên", "Ban Tuyên giáo", "Ban Tổ chức")


@dataclass(frozen=True, slots=True)
class Cast:
    """Which cells play which part, by code."""

    held: frozenset[str]
    completed: frozenset[str]
    silent: frozenset[str]
    registered: frozenset[str]


def cast(cells: Sequence[Unit]) -> Cast:
    """The parts of the sample's cells: 68 held, 16 of them completed, 21 sent nothing, 41 were registered."""
    drawn = Random(_SEED).sample([cell.code for cell in cells], len(cells))
    held, silent = drawn[:HELD], drawn[HELD : HELD + SILENT_UNITS]
    registered = held[-REGISTERED_HELD:] + drawn[-REGISTERED_LEFT:]
    return Cast(frozenset(held), frozenset(held[:COMPLETED]), frozenset(silent), frozenset(registered))


def cell_inputs(form: Form, unit: Unit, parts: Cast) -> Inputs:
    """A cell's form, filled in without a fault."""
    chance = Random(f"{_SEED}{unit.code}")
    start = blank(form)
    values: dict[str, Raw] = {**start.values, **_members(unit, parts, chance)}
    values["registered"] = YES if unit.code in parts.registered else NO
    for code in DIFFICULTIES:
        values[f"difficulty_{code}"] = YES if chance.random() < 0.2 else NO
    if chance.random() < 0.15:
        values["difficulties_text"] = chance.choice(_OPINIONS).format(name=unit.name)
    if chance.random() < 0.1:
        values["proposals_text"] = chance.choice(PROPOSALS).format(name=unit.name)
    if "plan_issued" in form.fields:
        values |= own_values(unit, chance)
    tables = {**start.tables, "sessions": _sessions(form, unit, parts, values, chance)}
    return Inputs(values, tables)


def own_values(unit: Unit, chance: Random | None = None) -> dict[str, Raw]:
    """The own fields of a base, or of a chi bộ cơ sở."""
    chance = chance or Random(f"{_SEED}{unit.code}")
    planned, met = chance.random() < 0.8, chance.random() < 0.6
    return {
        "plan_issued": YES if planned else NO,
        "plan_number": f"{chance.randint(5, 60):02d}-KH/ĐU" if planned else None,
        "plan_date": serial(date(2023, 2, chance.randint(3, 20))) if planned else None,
        "conference_held": YES if met else NO,
        "conference_date": serial(date(2023, 2, chance.randint(6, 24))) if met else None,
        "guidance_issued": YES if chance.random() < 0.7 else NO,
        "officials_assigned": YES if chance.random() < 0.6 else NO,
        "documents_issued": chance.randint(1, 6),
        "reminders_issued": chance.randint(0, 3),
    }


def district_inputs(form: Form, cells: Sequence[Unit]) -> Inputs:
    """The district's own entries, after the article: plan no. 96 of 02/02/2023, conference, officials assigned."""
    start = blank(form)
    values: dict[str, Raw] = {
        **start.values,
        "plan_issued": YES,
        "plan_number": "96",
        "plan_date": serial(date(2023, 2, 2)),
        "conference_held": YES,
        "conference_date": serial(date(2023, 2, 8)),
        "guidance_issued": YES,
        "officials_assigned": YES,
        "documents_issued": 4,
        "reminders_issued": 2,
        "proposals_text": "Đề nghị Tỉnh ủy hướng dẫn thêm về hình thức sinh hoạt đối với chi bộ đông đảng viên.",
    }
    rows = list(start.tables["assignments"])
    for number, cell in enumerate(cells[::22][: len(rows)]):
        told = {"official_role": ROLES[number % len(ROLES)], "official_tier": "Huyện", "cell": cell.code}
        rows[number] = {**rows[number], **told, "visits_expected": 2, "visits_attended": number % 3 and 1}
    return Inputs(values, {**start.tables, "assignments": tuple(rows)})


def _members(unit: Unit, parts: Cast, chance: Random) -> dict[str, Raw]:
    total = max(unit.members or 12, 3)
    exempt, away = chance.randint(0, total // 8), chance.randint(0, total // 10)
    moved = chance.randint(0, total // 15)
    due = total - exempt - moved
    leaders = chance.randint(0, due // 2)
    reported = 0
    if unit.code in parts.completed:
        reported = due
    elif unit.code in parts.held:
        reported = chance.randint(due // 3, due - 1)
    officeholders = min(reported, leaders)
    return {
        "members_total": total,
        "members_exempt": exempt,
        "members_transferred_out": moved,
        "members_away": away,
        "members_away_exempt": min(away, exempt),
        "members_elderly": chance.randint(0, total // 4),
        "members_retired": chance.randint(0, total // 4),
        "leaders_total": leaders,
        "leaders_due": leaders,
        "leaders_reported": officeholders,
        "reported_officeholder": officeholders,
        "reported_other": reported - officeholders,
    }


def _sessions(
    form: Form, unit: Unit, parts: Cast, values: dict[str, Raw], chance: Random
) -> tuple[dict[str, Raw], ...]:
    rows: list[dict[str, Raw]] = [dict(row) for row in blank(form).tables["sessions"]]
    if unit.code not in parts.held:
        rows[0]["planned_date"] = serial(_some_day(FIRST_PLAN, LAST_PLAN, chance))
        return tuple(rows)
    held = _some_day(FIRST_MEETING, LAST_MEETING, chance)
    presented = int(values["reported_officeholder"] or 0) + int(values["reported_other"] or 0)  # type: ignore[arg-type]
    total = int(values["members_total"] or 0)  # type: ignore[arg-type]
    rows[0] |= {
        "planned_date": serial(held - timedelta(days=chance.randint(0, 2))),
        "held_date": serial(held),
        "form": chance.choice(_FORMS if total >= 30 else _FORMS[:2]),
        "attendees": max(presented, total - 2),
        "reports_presented": presented,
        "chaired_by_secretary": YES,
        "concluded_by_secretary": YES if chance.random() < 0.9 else NO,
        "superior": chance.choice(SUPERIORS),
    }
    if unit.code not in parts.completed:
        rows[1]["planned_date"] = serial(_some_day(FIRST_PLAN, LAST_PLAN, chance))
    return tuple(rows)


def _some_day(first: date, last: date, chance: Random) -> date:
    return first + timedelta(days=chance.randint(0, (last - first).days))
