"""What to do about a fault, told apart again: a ledger keeps whole sentences, a pack knows how its checks' end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from loithe_xl.caching import owned
from loithe_xl.consolidation.receipts import Receipt
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Issue
from loithe_xl.pack.spec import Check, Pack


def issues_of(receipt: Receipt, pack: Pack) -> list[Issue]:
    """The issues of a file, each with the remedy that a check of the pack ends in, if it was kept as one sentence."""
    known = _remedies(pack)
    endings = tuple(known)
    return [
        replace(found, remedy=_ending(found, known))
        if not found.remedy.vi and found.message.vi.endswith(endings)
        else found
        for found in receipt.issues
    ]


def _ending(found: Issue, known: dict[str, Text]) -> Text:
    return max((each for end, each in known.items() if found.message.vi.endswith(end)), key=lambda each: len(each.vi))


@owned
def _remedies(pack: Pack) -> dict[str, Text]:
    """The remedies that the pack itself words, by their Vietnamese."""
    return {check.remedy.vi: check.remedy for check in _checks(pack) if check.remedy.vi and not check.own}


def _checks(pack: Pack) -> Iterator[Check]:
    for form in pack.forms.values():
        listed: list[Sequence[Check]] = [form.checks, *(field.checks for field in form.fields.values())]
        for table in form.tables.values():
            listed += [table.checks, *(column.checks for column in table.columns)]
        for checks in listed:
            yield from checks
