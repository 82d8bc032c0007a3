"""The folder of a clerk's last day: 57 files of a small district, each made of a genuine form or of none."""

from __future__ import annotations

import io
import os
import shutil
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import excellike
import openpyxl
import pytest
import tampering
from cli_tools import held, issue_forms, press, put, register_file, resaved, type_in
from msoffcrypto.format.ooxml import OOXMLFile
from tools import REQUIRED, small_register

from loithe_xl.register.register import Register

SHAPE = {"01.1": 2, "01.2": 3, "01.3": 2}
STRAIGHT = 33  # chi bộ cơ sở
HONEST = 20  # of them, that sent one good report at least
INBOX, LATE, PARENT = "nhan ve", "den sau", "01.xlsx"
FRIDAY, TUESDAY = "2023-03-03T15:00", "2023-03-07T09:00"  # the deadline is the Sunday between
FILES = 57
# Unit -> a word of the fault that the clerk must be told: exactly these units need a call.
CALLS = {
    "01.3": "chưa có số liệu nào",
    "01.K21": "cụt",
    "01.K22": "in sẵn",
    "01.K23": "chèn thêm",
    "01.K24": "quy tắc nhập",
    "01.K25": "công thức",
    "01.K26": "lỗi tính toán",
    "01.K27": "không được là số âm",
    "01.K28": "bắt buộc chưa nhập",
    "01.K29": "kỳ báo cáo",
    "01.K30": "khác số liệu",
    "01.K31": "khóa",
    "01.K32": "Chưa gửi",
    "01.K33": "Chưa gửi",
}
# File -> a word of its fault: none of these tells which unit sent it, or that unit has figures already.
NOBODYS = {
    "BC 01.K21 thang 2.xlsx": "cụt",
    "rong.xlsx": "rỗng",
    "chup man hinh.xlsx": "ảnh",
    "ban in.xlsx": "PDF",
    "cong van.xlsx": "Word",
    "gui ca goi.xlsx": "nén",
    "may cu.xls": "Excel cũ",
    "libre.ods": "OpenDocument",
    "co mat khau.xlsx": "mật khẩu",
    "tu lap.xlsx": "mã nhận dạng",
    "xuat ra.xlsx": "văn bản",
    "toan so khong.xlsx": "hỏng",
    "bang tinh web.xls": "văn bản",
    "01.K5 tai do.xlsx": "cụt",
    "huyen ban.xlsx": "không thuộc",
}
REFUSED_COVERED = "BC C02 sai.xlsx"  # of a cell whose base has its figures already
ALTERED = ("01.K22", "01.K23", "01.K24")  # that repair can mend


@dataclass(frozen=True)
class Day:
    """Where it all lies, and who sent which file of the 57 (blank where the file does not tell)."""

    folder: Path
    senders: Mapping[str, str]


def register() -> Register:
    """The district: three bases, and many chi bộ cơ sở."""
    return small_register(SHAPE, STRAIGHT)


def make(folder: Path, convert: Callable[[Path, str, Path], Path]) -> Day:
    """Everything in a folder; ``convert`` as the fixture ``office``."""
    forms = issue_forms(folder / "phat", register())
    known = folder / "phat" / "danh-ba.xlsx"
    inbox, scratch = folder / INBOX, folder / "nhap"
    for each in (inbox, scratch, folder / LATE):
        each.mkdir()
    shutil.copy(forms["01"], folder / PARENT)
    desk = _Desk(forms, inbox, scratch)
    _honest(desk, convert)
    _bases(desk, known, folder)
    _faulty(desk)
    _other_offices(desk, known, folder)
    _rubbish(desk, convert)
    type_in(forms["01.K33"], folder / LATE / "BC K33.xlsx", REQUIRED, [held(10)])
    senders = {path.name: desk.senders.get(path.name, "") for path in sorted(inbox.iterdir())}
    return Day(folder, senders | {"BC K33.xlsx": "01.K33"})


class _Desk:
    """Where forms are filled in."""

    def __init__(self, forms: Mapping[str, Path], inbox: Path, scratch: Path) -> None:
        self.forms, self.inbox, self.scratch = forms, inbox, scratch
        self.senders: dict[str, str] = {}

    def sent(self, unit: str, name: str = "", **values: object) -> Path:
        """A unit's form filled in and sent; without a session it is good and something is noted."""
        return self.keep(
            unit, type_in(self.forms[unit], self.inbox / (name or f"BC {unit}.xlsx"), {**REQUIRED, **values})
        )

    def typed(self, unit: str) -> Path:
        """A unit's form filled in, not sent yet."""
        return type_in(self.forms[unit], self.scratch / f"{unit}.xlsx", REQUIRED, [held(10)])

    def keep(self, unit: str, path: Path) -> Path:
        self.senders[path.name] = unit
        return path


def _honest(desk: _Desk, convert: Callable[[Path, str, Path], Path]) -> None:
    """Good reports, as honest people name, save and repeat them."""
    names = {
        1: "00 BC lần 1 (1).xlsx",
        2: unicodedata.normalize("NFD", "Báo cáo tháng hai.xlsx"),
        3: "BC",
        4: "BC4.XLSX",
    }
    for number in [*range(1, 5), *range(8, HONEST + 1)]:
        desk.sent(f"01.K{number}", names.get(number, ""))
    office, once, like = (desk.typed(f"01.K{number}") for number in (5, 6, 7))
    saved = convert(office, "xlsx", desk.scratch / "libre")
    desk.keep("01.K5", Path(shutil.move(saved, desk.inbox / "BC K5 libre.xlsx")))
    desk.keep("01.K6", resaved(once, desk.inbox / "BC K6.xlsx"))
    excellike.save(like, desk.keep("01.K7", desk.inbox / "BC K7.xlsx"))
    first = desk.inbox / names[1]
    desk.keep("01.K1", Path(shutil.copy(first, desk.inbox / "Copy of BC.xlsx")))
    desk.keep("01.K2", resaved(desk.inbox / names[2], desk.inbox / "BC K2 gui lai.xlsx"))
    desk.keep("01.K8", Path(shutil.copy(desk.inbox / "BC 01.K8.xlsx", desk.inbox / "BC 01.K8 (2).xlsx")))
    desk.sent("01.K3", "BC K3 lan 2.xlsx", revision=2, members_total=31)
    later = type_in(desk.forms["01.K4"], desk.inbox / "BC K4 sua.xlsx", {**REQUIRED, "members_total": 32}, (), _at(25))
    desk.keep("01.K4", later)
    put(desk.inbox / names[4], desk.scratch / "4.xlsx", {}, _at(20))
    shutil.move(desk.scratch / "4.xlsx", desk.inbox / names[4])


def _at(day: int) -> datetime:
    return datetime(2023, 2, day, 8)


def _bases(desk: _Desk, known: Path, folder: Path) -> None:
    """A base that consolidated, one whose cells sent their reports past it, one that sent its form empty."""
    base = Path(shutil.copy(desk.forms["01.1"], folder / "01.1.xlsx"))
    cells = [type_in(desk.forms[f"01.1.C0{number}"], desk.scratch / f"C{number}.xlsx", REQUIRED) for number in (1, 2)]
    assert press("consolidate", "--into", base, *cells, "--now", FRIDAY).code == 0
    desk.keep("01.1", Path(shutil.move(base, desk.inbox / "TH dang bo 1.xlsx")))
    desk.keep("01.1.C01", Path(shutil.copy(cells[0], desk.inbox / "BC C01.xlsx")))
    desk.sent("01.1.C02", REFUSED_COVERED, members_exempt=-1)
    desk.sent("01.2.C01")
    desk.sent("01.2.C02")
    desk.keep("01.3", Path(shutil.copy(desk.forms["01.3"], desk.inbox / "TH dang bo 3.xlsx")))


def _faulty(desk: _Desk) -> None:
    """Reports whose unit is known and that cannot count."""
    (desk.inbox / "BC 01.K21 thang 2.xlsx").write_bytes(desk.typed("01.K21").read_bytes()[:5000])
    changes = {
        *(("01.K22", tampering.section), ("01.K23", tampering.row_inserted), ("01.K24", tampering.rule_pasted)),
        *(("01.K25", tampering.formula_volatile), ("01.K26", tampering.input_error)),
    }
    for unit, change in sorted(changes, key=lambda each: each[0]):
        copy = tampering.Copy(desk.typed(unit))
        change(copy)
        copy.save(desk.keep(unit, desk.inbox / f"BC {unit}.xlsx"))
    desk.sent("01.K27", members_exempt=-1, leaders_due=9)
    desk.keep("01.K28", Path(shutil.copy(desk.forms["01.K28"], desk.inbox / "BC 01.K28.xlsx")))
    for members in (30, 33):
        name = f"BC K30 {members}.xlsx"
        desk.keep(
            "01.K30",
            type_in(desk.forms["01.K30"], desk.inbox / name, {**REQUIRED, "members_total": members}, (), _at(20)),
        )
    (desk.inbox / "01.K5 tai do.xlsx").write_bytes(desk.typed("01.K5").read_bytes()[:9000])


def _other_offices(desk: _Desk, known: Path, folder: Path) -> None:
    """Forms of another period, of another key, of another district."""
    asked = ("generate", "--level", "cell", "--register", known)
    before = ("--period", "2023-01", "--cutoff", "2023-01-31", "--deadline", "2023-02-05")
    (january,) = _issued(folder / "thang-1", *asked, "--unit", "01.K29", *before)
    desk.keep("01.K29", type_in(january, desk.inbox / "BC thang 1.xlsx", REQUIRED))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOITHE_XL_HOME", str(folder / "khoa-khac"))
        (theirs,) = _issued(folder / "khac", *asked, "--unit", "01.K31")
    desk.keep("01.K31", type_in(theirs, desk.inbox / "BC khoa khac.xlsx", REQUIRED))
    other = register_file(folder / "02.xlsx", Register(tuple(_renamed())))
    (foreign,) = _issued(folder / "02", "generate", "--level", "cell", "--register", other, "--unit", "02.K1")
    desk.keep("02.K1", type_in(foreign, desk.inbox / "huyen ban.xlsx", REQUIRED))


def _renamed() -> list:  # type: ignore[type-arg]
    from dataclasses import replace

    units = small_register({}, 1).units
    return [replace(each, code=each.code.replace("01", "02"), parent=each.parent.replace("01", "02")) for each in units]


def _issued(out: Path, *command: object) -> list[Path]:
    assert press(*command, "--out", out).code == 0
    return sorted(out.rglob("*.xlsx"))


def _rubbish(desk: _Desk, convert: Callable[[Path, str, Path], Path]) -> None:
    """What lies in such a folder and is no form."""
    inbox, form = desk.inbox, desk.typed("01.K32")
    (inbox / "rong.xlsx").write_bytes(b"")
    (inbox / "chup man hinh.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(3000))
    (inbox / "ban in.xlsx").write_bytes(b"%PDF-1.5\n" + os.urandom(3000))
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<w/>")
    (inbox / "cong van.xlsx").write_bytes(word.getvalue())
    with zipfile.ZipFile(inbox / "gui ca goi.xlsx", "w") as package:
        package.write(form, "BC.xlsx")
    for form_of, name in (("xls", "may cu.xls"), ("ods", "libre.ods")):
        shutil.move(convert(form, form_of, desk.scratch / form_of), inbox / name)
    OOXMLFile(io.BytesIO(form.read_bytes())).encrypt("bí mật", out := io.BytesIO())
    (inbox / "co mat khau.xlsx").write_bytes(out.getvalue())
    book = openpyxl.Workbook()
    book.active.append(["Chi bộ cơ sở 32", 30])
    book.save(inbox / "tu lap.xlsx")
    (inbox / "xuat ra.xlsx").write_text("don vi;so\n01;30\n", encoding="utf-8")
    (inbox / "bang tinh web.xls").write_text("<html><table><tr><td>30</td></tr></table></html>", encoding="utf-8")
    (inbox / "toan so khong.xlsx").write_bytes(bytes(4000))
