"""The list of the forms that were made, written beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from loithe_xl.draw.case import period_words
from loithe_xl.draw.sendlist import SentForm, send_book
from loithe_xl.form.terms import Term
from loithe_xl.intake import proving
from loithe_xl.language.catalogue import text
from loithe_xl.language.notation import day
from loithe_xl.register.register import TIER_WORDS, Register, Unit
from loithe_xl.system import store
from loithe_xl.tasks.office import Office, beside, shown
from loithe_xl.workbook import writer


def write_send_list(
    target: Path, made: Sequence[tuple[Unit, Path]], register: Register, term: Term, office: Office
) -> None:
    """Write the units' forms, each with its path, as a list to ``target``; one that was there is kept as a dated copy.

    Equal forms give equal bytes. A notice where the list lay open in Excel, so that the new one is another file.
    """
    book = send_book(list(_rows(target.parent, made, register, term, office.lang)), office.lang)
    written = store.write_over(target, writer.render(book), office.stamp, verify=proving.cells(book, target.name))
    for notice in beside(target, written):
        office.notice(notice)


def _rows(
    folder: Path, made: Sequence[tuple[Unit, Path]], register: Register, term: Term, lang: str
) -> Iterator[SentForm]:
    period, deadline = period_words(term.period).to(lang), day(term.deadline)
    for unit, path in made:
        above, contact = register.unit(unit.parent), unit.contact
        yield SentForm(
            code=unit.code,
            name=unit.name,
            email=contact.email,
            telephone=contact.telephone,
            file=path.name,
            subject=text("sendlist.subject", period=period, name=unit.name, code=unit.code, deadline=deadline).to(lang),
            deadline=deadline,
            period=period,
            tier=TIER_WORDS[unit.tier],
            above_code=unit.parent,
            above=above.name if above else "",
            address=contact.address,
            path=shown(path, folder),
        )
