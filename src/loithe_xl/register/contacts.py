"""The contact columns of a register: how an office is reached; what is a person's own is refused or questioned."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from loithe_xl.language.catalogue import catalogue
from loithe_xl.register.register import ADDRESS, EMAIL, TELEPHONE, Contact
from loithe_xl.register.tree import Findings, RegisterEntry

LONGEST_CONTACT = 200  # letters of one entry
_BETWEEN = re.compile(r"\s*[;,/\n]\s*|\s+hoặc\s+")  # several numbers or addresses in one cell
_BESIDE_NUMBER = re.compile(r"(?i)(?<!\w)(đt|tel|fax)(?!\w)|(?<!\w)(máy lẻ|ext)\s*[.:]?\s*\d{1,5}(?!\w)|[:\s().+-]")
_MOBILE = re.compile(r"0[35789]\d{8}")
_EMAIL = re.compile(r"[\w.+-]+@([a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE | re.ASCII)
_PARTS = re.compile(r"[,;/:()–<>-]|\d[\d\s.]{3,}")
_WORDS = range(3, 6)  # of a full name
_COMRADE = re.compile(r"(?i)(?<!\w)(đ[/.]\s?c|đồng chí)(?!\w)")


def read_contact(values: Mapping[str, str], unit: str, row: int, found: Findings) -> Contact:
    """One row's contact from the texts of its contact columns; what is faulty is blank, and told in ``found``.

    ``unit``: the unit's own name, in which a person's name is no fault: offices and schools are called after persons.
    """
    given = {column: " ".join(value.split()) for column, value in values.items()}
    for column, value in given.items():
        fault = _fault(column, value, unit) if value else ""
        if fault:
            found.add(fault, row, column, column=column, longest=LONGEST_CONTACT)
            given[column] = ""
    return Contact(*(given.get(column, "") for column in (TELEPHONE, EMAIL, ADDRESS)))


def question_contacts(entries: Sequence[RegisterEntry], found: Findings) -> None:
    """Warn once of all mobile numbers, and once of all mailboxes that anybody may open: they may be a person's own."""
    mobile = [entry for entry in entries if any(map(_MOBILE.fullmatch, _numbers(entry.unit.contact.telephone)))]
    free = [entry for entry in entries if any(map(_is_free, _BETWEEN.split(entry.unit.contact.email)))]
    for code, asked, column in (("REGISTER_MOBILE", mobile, TELEPHONE), ("REGISTER_EMAIL_FREE", free, EMAIL)):
        if asked:
            found.add_group(code, asked, column, column=column)


def _fault(column: str, value: str, unit: str) -> str:
    if len(value) > LONGEST_CONTACT:
        return "REGISTER_CONTACT_LONG"
    if names_person(value, unit, whole=column != ADDRESS):
        return "REGISTER_CONTACT_PERSON"
    if column == TELEPHONE:
        first, *others = _numbers(value)
        sound = re.fullmatch(r"\d{8,11}", first) and all(re.fullmatch(r"\d{3,11}", other) for other in others)
        return "" if sound else "REGISTER_TELEPHONE_INVALID"
    if column == EMAIL and not all(map(_EMAIL.fullmatch, _BETWEEN.split(value))):
        return "REGISTER_EMAIL_INVALID"
    return ""


def _numbers(value: str) -> list[str]:
    """The telephone numbers of an entry, their signs taken out and +84 read as 0."""
    found = [_BESIDE_NUMBER.sub("", part) for part in _BETWEEN.split(value)]
    return [re.sub(r"^(00)?84(?=\d{9,10}$)", "0", number) for number in found]


def names_person(value: str, unit: str, *, whole: bool) -> bool:
    """Whether an entry looks like a person's: a comrade, a title before a Vietnamese name, a full name by itself (in
    its first part, or where ``whole`` in any), or a mailbox that is called so.

    A street that is called after a person is none: a word (“đường …”) or a number goes before. Nor is what the unit is
    called after.
    """
    if _COMRADE.search(value) or any(_begins_name(value[end:].split()[:2]) for end in _titles(value)):
        return True
    own = _bare(unit)
    parts = [part.split() for part in _PARTS.split(value) if part.strip()]
    names = [part for part in (parts if whole else parts[:1]) if len(part) in _WORDS and _begins_name(part)]
    boxes = [part.split("@")[0] for part in _BETWEEN.split(value) if "@" in part]
    named = [" ".join(name) for name in names] + [box for box in boxes if _mailbox_name().fullmatch(_plain(box))]
    return any(_bare(name) not in own for name in named)


def _titles(value: str) -> Iterator[int]:
    """Where a title ends, behind which a name may stand."""
    titles = "|".join(catalogue("register")["titles"])
    return (found.end() for found in re.finditer(rf"(?<!\w)({titles})[\s.:]+", value, re.IGNORECASE))


def _begins_name(words: Sequence[str]) -> bool:
    """Whether words are a family name and others that begin with capitals."""
    first, *others = words or [""]
    family = first.istitle() or first.isupper()
    others_too = bool(others) and all(word[0].isupper() for word in others)
    return family and first.title() in catalogue("register")["family_names"] and others_too


@cache
def _mailbox_name() -> re.Pattern[str]:
    """A family name, Văn or Thị, a given name and perhaps figures: nguyenvana, tran.thi.b2; but no phanthiet."""
    families = "|".join(map(_bare, catalogue("register")["mailbox_names"]))
    return re.compile(rf"({families})[._-]?(van|thi(?!e))[._-]?(?=[a-z]*[aeiouy])[a-z]{{1,7}}[._-]?\d*")


def _is_free(box: str) -> bool:
    return box.rpartition("@")[2].casefold() in catalogue("register")["free_mail"]


def _plain(words: str) -> str:
    """Small letters without marks; other signs stay."""
    bare = unicodedata.normalize("NFD", words.casefold().replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _bare(words: str) -> str:
    """Small letters without marks or gaps, and figures."""
    return re.sub(r"[^a-z0-9]", "", _plain(words))
