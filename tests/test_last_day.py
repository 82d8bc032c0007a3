"""A clerk's last day: of 57 files each bad one is named with its fault, and who needs a call is called, nobody else."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import lastday
import openpyxl
import pytest
from cli_tools import Answer, label, press, read
from lastday import ALTERED, CALLS, FILES, FRIDAY, INBOX, NOBODYS, PARENT, REFUSED_COVERED, TUESDAY

from loithe_xl.consolidation.todo import natural
from loithe_xl.workbook.ownsheets import LIST_HEAD, RECEIPTS

WINDOW = 30  # lines that a command window shows
MOST_VALIDATE, MOST_CONSOLIDATE = 55, 80  # lines; 113 and 89 before faults were grouped
ONE_BY_ONE = {"01.K29", "01.K30"}  # units whose files are sound, each by itself
IDS = re.compile(r"\b[a-z]+_[a-z0-9_]+\b|\b[A-Z]{3,}_[A-Z_]+\b(?!\.xlsx)")


@dataclass(frozen=True)
class Said:
    """What the commands said on that day, one after the other."""

    day: lastday.Day
    validate: Answer
    consolidate: Answer
    everything: Answer
    status: Answer

    def sent(self, unit: str) -> set[str]:
        """The names of the files that a unit sent, as far as they tell."""
        return {name for name, sender in self.day.senders.items() if sender == unit}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, office: Callable[[Path, str, Path], Path]) -> Said:
    day = lastday.make(tmp_path_factory.mktemp("ngay cuoi"), office)
    shutil.copy(day.folder / PARENT, day.folder / "02.xlsx")
    into = ("consolidate", INBOX, "--now", FRIDAY, "--into")
    return Said(
        day,
        press("validate", INBOX, at=day.folder),
        press(*into, PARENT, at=day.folder),
        press(*into, "02.xlsx", "--verbose", at=day.folder),
        press("status", PARENT, at=day.folder),
    )


def block(answer: Answer, name: str) -> str:
    """All that is said of a file: the line that it stands in, what is indented beneath, and the fault above it."""
    lines = answer.out.splitlines()
    found = []
    for number, line in enumerate(lines):
        if name in line and line.startswith(("[", "    ")):
            head = max(n for n in range(number + 1) if not lines[n].startswith("    "))
            end = next((n for n in range(number + 1, len(lines)) if not lines[n].startswith("    ")), len(lines))
            found += lines[head:end] if line.startswith("[") else [lines[head], line]
    return "\n".join(found)


def calls(answer: Answer) -> dict[str, str]:
    """Unit -> what is said of it in the list of what is to be done."""
    _, _, rest = answer.out.partition("VIỆC PHẢI LÀM")
    lines = rest.splitlines()[1:]
    end = next(number for number, line in enumerate(lines) if not line.startswith("    "))
    return {line.split()[0]: line for line in lines[:end]}


def test_the_folder_is_what_it_should_be(said: Said) -> None:
    assert len(list((said.day.folder / INBOX).iterdir())) == FILES
    assert (said.validate.code, said.consolidate.code, said.status.code) == (1, 1, 0)


def test_each_bad_file_is_named_with_its_fault_and_a_remedy(said: Said) -> None:
    bad = {name: word for unit, word in CALLS.items() for name in said.sent(unit)} | NOBODYS
    del bad["BC K33.xlsx"]  # comes on Tuesday
    bad[REFUSED_COVERED] = "số âm"
    alone = {name for name in bad if said.day.senders.get(name) not in ONE_BY_ONE} - {"huyen ban.xlsx"}

    for answer, names in ((said.validate, alone), (said.consolidate, set(bad))):
        wrong = {name: block(answer, name) for name in names if bad[name] not in block(answer, name)}
        assert wrong == {}
        assert [name for name in names if "Đề nghị" not in block(answer, name)] == []
    reported = {
        Path(each["file"]).name for each in read("validate", INBOX, at=said.day.folder)["files"] if not each["ok"]
    }
    assert reported == alone, "JSON knows no other, and nothing else is called bad"


def test_exactly_the_units_that_need_it_are_called(said: Said) -> None:
    found = calls(said.consolidate)

    assert list(found) == sorted(CALLS, key=natural), "once each, 2 before 10"
    assert {unit: line for unit, line in found.items() if CALLS[unit] not in line and unit != "01.K21"} == {}
    assert all(name in found[unit] for unit in CALLS for name in said.sent(unit) if unit not in ("01.K30", "01.K33"))
    assert list(calls(said.status)) == list(found)


def test_a_file_of_nobody_is_a_hint_and_never_a_count(said: Said) -> None:
    line = calls(said.consolidate)["01.K21"]

    assert "có thể là" in line and "BC 01.K21 thang 2.xlsx" in line
    assert "Có thể là của 01.K21" in block(said.consolidate, "BC 01.K21 thang 2.xlsx")
    assert "01.K5 tai do.xlsx: Có thể là" not in said.consolidate.out, "K5 has sent a good one"


def test_the_counts_add_up(said: Said) -> None:
    files, good, noted, bad = map(int, re.findall(r"\d+", said.validate.out.partition("Đã kiểm tra ")[2])[:4])
    (line,) = [line for line in said.consolidate.out.splitlines() if line.startswith("Đã xem")]
    seen, *parts = map(int, re.findall(r"\d+", line))

    assert (files, good + bad) == (FILES, FILES) and noted <= good
    assert (seen, sum(parts)) == (FILES, FILES)
    (standing,) = [line for line in said.consolidate.out.splitlines() if line.startswith("Đã có số liệu")]
    received, total, late, missing = map(int, re.findall(r"\d+", standing))
    assert (received + missing, missing, late) == (total, len(CALLS), 0)


def test_the_last_lines_tell_everything(said: Said) -> None:
    validate, consolidate = (answer.out.splitlines()[-WINDOW:] for answer in (said.validate, said.consolidate))

    assert all(any(unit in line for line in consolidate) for unit in CALLS)
    assert all(any(name in line for line in validate) for name in NOBODYS if name != "huyen ban.xlsx")
    assert any("Đã kiểm tra 57 tệp" in line for line in validate)
    assert any("Đã xem 57 tệp" in line for line in consolidate)
    assert validate[-1].endswith(f'loithe-xl consolidate --into BIEU_TONG_HOP.xlsx "{INBOX}"')
    assert consolidate[-1].endswith(f'loithe-xl report "{PARENT}"')


def test_few_lines_say_it(said: Said) -> None:
    lines = [len(answer.out.splitlines()) for answer in (said.validate, said.consolidate)]

    assert lines[0] <= MOST_VALIDATE and lines[1] <= MOST_CONSOLIDATE, lines


def test_what_is_alike_is_said_once_with_its_number(said: Said) -> None:
    repeated = "Chưa ghi ngày dự kiến tổ chức buổi sinh hoạt nào."

    for answer in (said.validate, said.consolidate):
        (line,) = [line for line in answer.out.splitlines() if repeated in line]
        assert re.search(r"× \d\d tệp: " + repeated, line)
    assert "× 2 tệp: Tệp bị cụt" in said.validate.out
    assert said.validate.out.count("BC 01.K28.xlsx – 01.K28 Chi bộ cơ sở 28: Còn 9 ô bắt buộc chưa nhập") == 1
    assert "BC 01.K12.xlsx" not in said.consolidate.out and "BC 01.K12.xlsx" in said.everything.out


def test_no_id_no_code_and_no_verdict_for_files_that_came(said: Said) -> None:
    for answer in (said.validate, said.consolidate, said.everything, said.status):
        assert IDS.findall(answer.out) == []
        assert "ĐƯỢC NỘP" not in answer.out
    assert f"{label('members_total')} 30 → 31" in said.consolidate.out


def test_the_commands_can_be_copied(said: Said, tmp_path: Path) -> None:
    """The one for a repair is followed, for the first form that was altered: then its unit needs no call."""
    (tmp_path / INBOX).mkdir()
    (file,) = said.sent(ALTERED[0])
    shutil.copy(said.day.folder / INBOX / file, tmp_path / INBOX)
    shutil.copy(said.day.folder / PARENT, tmp_path / PARENT)
    (line,) = [line for line in said.consolidate.out.splitlines() if "loithe-xl repair" in line]
    program, *words = shlex.split(line)
    named = re.findall(
        r"BC (01\.K\d+)\.xlsx \(", next(each for each in said.consolidate.out.splitlines() if "sửa cấu trúc" in each)
    )
    assert (program, tuple(named)) == ("loithe-xl", ALTERED)

    assert press(*words, at=tmp_path).code == 0
    mended = press("consolidate", words[-1], "--into", PARENT, "--now", FRIDAY, at=tmp_path)

    assert list(calls(mended)) == sorted(set(CALLS) - {ALTERED[0]}, key=natural)


def test_who_came_late_is_told_and_called_no_more(said: Said, tmp_path: Path) -> None:
    shutil.copy(said.day.folder / PARENT, tmp_path / PARENT)
    late = press("consolidate", said.day.folder / lastday.LATE, "--into", PARENT, "--now", TUESDAY, at=tmp_path)
    status = press("status", PARENT, at=tmp_path)

    assert late.code == 0, "faults of former runs are not this one's"
    assert set(calls(late)) == set(CALLS) - {"01.K33"}
    assert "(1 gửi chậm)" in late.out
    assert re.search(r"01\.K33 \| .*\(chậm\)", status.out)


def test_the_receipts_begin_with_the_same_calls(said: Said) -> None:
    """Three parts: whom to call, who is all right, what needs nothing; no unit or file in two of them."""
    sheet = openpyxl.load_workbook(said.day.folder / PARENT)[RECEIPTS]
    parts: list[list[list[str]]] = []
    for values in sheet.iter_rows(min_row=LIST_HEAD + 1, values_only=True):
        row = [str(value or "") for value in values]
        if re.match(r"[ABC]\. ", row[0]):
            parts.append([])
            assert set(row[1:]) == {""}
            count = int(re.findall(r"\d+", row[0])[0])
        else:
            parts[-1].append(row)
            assert int(row[0]) == len(parts[-1]) <= count
    to_call, settled, idle = parts

    assert [row[1] for row in to_call] == sorted(CALLS, key=natural)
    assert {row[1]: row for row in to_call if CALLS[row[1]] not in row[5] and row[1] != "01.K21"} == {}
    assert all(row[6] for row in to_call), "each is told what to say"
    states = {row[1]: row[3] for row in to_call}
    assert states.pop("01.K30") == "Mâu thuẫn"
    sent_nothing = {"01.K21", "01.K32", "01.K33"}
    assert {unit for unit, state in states.items() if state == "Chưa nộp"} == sent_nothing
    assert {states[unit] for unit in states.keys() - sent_nothing} == {"Bị trả lại"}
    assert not {row[1] for row in to_call} & {row[1] for row in (*settled, *idle)}
    assert {row[4].partition("\n")[0] for row in idle} >= {REFUSED_COVERED, "BC C01.xlsx", "huyen ban.xlsx"}
    assert all(row[6].startswith("Không cần làm gì") for row in idle)
