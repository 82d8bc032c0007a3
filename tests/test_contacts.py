"""The contact columns of a register: an office's are read, a person's refused, doubtful ones asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawing import drawn_case

from loithe_xl.draw import ParentCase, form_book
from loithe_xl.language.issues import Severity
from loithe_xl.register.check import RawRow, check
from loithe_xl.register.register import COLUMNS, CONTACT_COLUMNS, Contact, Register
from loithe_xl.workbook.ownsheets import RECEIPTS

HEAD = (*COLUMNS, *CONTACT_COLUMNS)
TELEPHONE, EMAIL, ADDRESS = "JKL"


def given(*contacts: tuple[object, object, object], name: str = "Đảng bộ xã Mẫu An") -> list[RawRow]:
    """A register of units of one district with these contacts, from row 2 on."""
    rows = [("01", "Huyện Thử", "Huyện", None), *((f"01.{n}", name, "Cơ sở", "01") for n in range(1, len(contacts)))]
    made = [{**dict(enumerate(row, 1)), **dict(enumerate(told, 10))} for row, told in zip(rows, contacts, strict=True)]
    return [RawRow(number, values) for number, values in enumerate([dict(enumerate(HEAD, 1)), *made], 1)]


def faults(*contacts: tuple[object, object, object], name: str = "Đảng bộ xã Mẫu An") -> list[tuple[str, str]]:
    return [(found.code, found.place.cell) for found in check(given(*contacts, name=name), "Danh mục")[1]]


def test_an_office_s_contact_is_read_as_it_is() -> None:
    register, issues = check(
        given((" 0252.3811222 ; 0252 3 811 223 máy lẻ 12", "vanthu@huyen.example", "Số 1,\nKP 2")), "S"
    )

    assert issues == []
    assert register
    assert register.units[0].contact == Contact(
        "0252.3811222 ; 0252 3 811 223 máy lẻ 12", "vanthu@huyen.example", "Số 1, KP 2"
    )


def test_the_columns_stand_anywhere_and_may_be_absent() -> None:
    head = [ADDRESS_HEAD, "Ghi chú", *COLUMNS[:4], " thư điện tử  CƠ QUAN "]
    row = ["Thôn 1", "gọi anh Tám 0912345678", "01", "Huyện Thử", "Huyện", None, "vp@huyen.example"]

    register, issues = check([RawRow(1, dict(enumerate(head, 1))), RawRow(2, dict(enumerate(row, 1)))], "S")

    assert register
    assert register.units[0].contact == Contact("", "vp@huyen.example", "Thôn 1")
    assert {found.code for found in issues} == {"REGISTER_COLUMN_ABSENT"}
    assert not any(column in found.message.vi for found in issues for column in CONTACT_COLUMNS)
    twice = check([RawRow(1, dict(enumerate([*head, ADDRESS_HEAD], 1)))], "S")[1]
    assert [found.place.cell for found in twice if found.code == "REGISTER_COLUMN_TWICE"] == ["H1"]


ADDRESS_HEAD = CONTACT_COLUMNS[2]
PERSON = "REGISTER_CONTACT_PERSON"


@pytest.mark.parametrize(
    ("at", "value", "code"),
    [
        (TELEPHONE, "0252 3811222 - Lê Thị Bé Ba", PERSON),
        (TELEPHONE, "Đ/c Hà 0252 3811222", PERSON),
        (TELEPHONE, "gặp ông Lê Hoa: 0252 3811222", PERSON),
        (TELEPHONE, "NGUYỄN VĂN AN", PERSON),
        (TELEPHONE, "0252 3811222 hỏi văn thư", "REGISTER_TELEPHONE_INVALID"),
        (TELEPHONE, "3811", "REGISTER_TELEPHONE_INVALID"),
        (TELEPHONE, "[-]", "REGISTER_TELEPHONE_INVALID"),
        (TELEPHONE, 2523811222, "REGISTER_CODE_NOT_TEXT"),
        (TELEPHONE, "02523811222\u200b", "REGISTER_NOT_TEXT"),
        (TELEPHONE, " ".join(["0252 3811222;"] * 20) + " 0252 3811222", "REGISTER_CONTACT_LONG"),
        (EMAIL, "nguyenvana@gmail.com", PERSON),
        (EMAIL, "van.thu@x.example; tran.thi.ba2@x.example", PERSON),
        (EMAIL, "Nguyễn Văn An <vp@x.example>", PERSON),
        (EMAIL, "vanthu.xa", "REGISTER_EMAIL_INVALID"),
        (EMAIL, "văn.thư@x.example", "REGISTER_EMAIL_INVALID"),
        (EMAIL, "=cmd|x@x.example", "REGISTER_EMAIL_INVALID"),
        (EMAIL, 5, "REGISTER_NOT_TEXT"),
        (ADDRESS, "nhà đồng chí Tám, thôn 1", PERSON),
        (ADDRESS, "Bà Lê Hoa, thôn 1", PERSON),
        (ADDRESS, "Nguyễn Văn An, thôn 1", PERSON),
        (ADDRESS, "Thôn 1 " * 30, "REGISTER_CONTACT_LONG"),
    ],
)
def test_what_is_no_office_s_is_an_error_by_its_cell(at: str, value: object, code: str) -> None:
    contact = tuple(value if column == at else None for column in (TELEPHONE, EMAIL, ADDRESS))

    register, issues = check(given(contact), "S")  # type: ignore[arg-type]

    assert register is None
    assert [(found.code, found.place.cell, found.severity) for found in issues] == [(code, f"{at}2", Severity.ERROR)]
    assert CONTACT_COLUMNS["JKL".index(at)] in issues[0].message.vi
    assert str(value) not in issues[0].message.vi + issues[0].message.en


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (TELEPHONE, "(0252) 3.811.222 máy lẻ 101 / 3811223"),
        (TELEPHONE, "+84 252 3811222 hoặc 1900 1234"),
        (TELEPHONE, "ĐT: 069.123.456; Fax 0252 3811223"),
        (EMAIL, "phanthiet@tinh.example; doan-thanh.nien@x.gov.vn"),
        (EMAIL, "to.cong_tac@x.example"),
        (EMAIL, "thcs.nguyenvancu@x.example"),
        (ADDRESS, "12 Nguyễn Văn Cừ, phường 1"),
        (ADDRESS, "Đường Hai Bà Trưng, quận 1"),
        (ADDRESS, "Trường Tiểu học Lê Văn Tám"),
        (ADDRESS, "Bà Rịa, Hà Nội"),
        (ADDRESS, "Thôn 1, liên hệ Văn phòng"),
    ],
)
def test_offices_that_are_called_after_persons_and_ways_to_write_are_let_pass(at: str, value: str) -> None:
    contact = tuple(value if column == at else None for column in (TELEPHONE, EMAIL, ADDRESS))

    register, issues = check(given(contact), "S")  # type: ignore[arg-type]

    assert issues == []
    assert register and value in (register.units[0].contact.telephone, *_texts(register))


def _texts(register: Register) -> tuple[str, str]:
    return register.units[0].contact.email, register.units[0].contact.address


def test_a_unit_s_own_name_is_no_person_s() -> None:
    school = (None, "nguyenvancu@x.example", "Nguyễn Văn Cừ")

    assert faults((None, None, None), school, name="Chi bộ Trường THCS Nguyễn Văn Cừ") == []
    assert faults((None, None, None), school) == [(PERSON, "K3"), (PERSON, "L3")]


def test_mobile_numbers_and_free_mail_are_asked_about_once() -> None:
    own = ("0912 345 678", "dangbo.mauan@gmail.com", None)

    register, issues = check(given(own, own, (None, None, None), ("+84 912345678", "a@Gmail.com", None)), "S")

    assert register
    assert [(found.code, found.place.cell, found.severity) for found in issues] == [
        ("REGISTER_MOBILE", "J2", Severity.WARNING),
        ("REGISTER_EMAIL_FREE", "K2", Severity.WARNING),
    ]
    assert all("2-3, 5" in found.message.vi for found in issues)


def test_who_is_to_be_called_stands_with_the_office_s_number() -> None:
    """In the first part of a parent's list of receipts; a unit without a number with its name alone."""
    case = drawn_case("district")
    assert isinstance(case, ParentCase)
    units = [
        replace(unit, contact=Contact("0252 0000 101") if unit.tier == "base" else Contact())
        for unit in case.register.units
    ]
    case = replace(case, ledgers=replace(case.ledgers, register=Register(tuple(units))))

    sheet = form_book(case).sheet(RECEIPTS)
    cells = sheet.unroll().cells
    told = {
        cell.value: cells[row, 3].value for (row, column), cell in cells.items() if column == 2 and (row, 3) in cells
    }
    missing = [child for child in case.consolidation.children if child.status.value == "missing"]
    tiers = {unit.code: unit.tier for unit in units}
    assert {tiers[child.unit] for child in missing} == {"base", "cell"}
    for child in missing:
        expected = "\nĐiện thoại: 0252 0000 101" if tiers[child.unit] == "base" else ""
        assert told[child.unit] == f"{child.name}{expected}"
