"""The hidden sheets: identity, the embedded register, and for a parent everything it ever received and decided."""

from __future__ import annotations

from loithe_xl.consolidation.ledger import journal_lines, receipt_lines, register_lines
from loithe_xl.consolidation.signedlines import SignedLine as Values
from loithe_xl.draw.case import Case, ParentCase
from loithe_xl.workbook.book import Flow, Line, Sheet
from loithe_xl.workbook.ownsheets import (
    HIDDEN,
    HIDDEN_JOURNAL,
    HIDDEN_RECEIPTS,
    HIDDEN_REGISTER,
    PACK_FROM,
    SEAL_ROW,
)

IDENTITY_MARK = "loithe-xl"
_STYLES: dict[type, str | None] = {int: "hidden_number", str: "hidden_text", type(None): None}


def identity_sheet(case: Case) -> Sheet:
    """The token in one of its three places, the names that a fresh rendering needs again, the seal of the wording."""
    sheet = Sheet(HIDDEN, hidden=True, widths={1: 14, 2: 60})
    of = case.unit_form
    lines = ((IDENTITY_MARK, of.token), ("đơn vị", of.name), ("cấp trên", of.above), ("lang", of.lang))
    for row, line in enumerate(lines, 1):
        for column, value in enumerate(line, 1):
            sheet.put(row, column, value or None, "hidden_text")
    for column, value in enumerate(of.seal, 2):
        sheet.put(SEAL_ROW, column, value, "hidden_text")
    embedded = of.loaded.embedded if isinstance(case, ParentCase) else ()
    for row, (path, pieces) in enumerate(embedded, PACK_FROM):
        for column, value in enumerate((path, *pieces), 1):
            sheet.put(row, column, value, "hidden_text")
    return sheet


def register_sheet(case: ParentCase) -> Sheet:
    """The unit's subtree of the register."""
    return _listed(HIDDEN_REGISTER, register_lines(case.ledgers.register))


def received_sheet(case: ParentCase) -> Sheet:
    """Every receipt with the figures it brought."""
    return _listed(HIDDEN_RECEIPTS, receipt_lines(case.ledgers.receipts))


def hidden_journal(case: ParentCase) -> Sheet:
    """What each run decided, in both languages."""
    return _listed(HIDDEN_JOURNAL, journal_lines(case.ledgers.journal))


def _listed(name: str, lines: list[Values]) -> Sheet:
    drawn = Flow(1, len(lines), max(map(len, lines)), lambda: map(_line, lines))
    return Sheet(name, hidden=True, flow=drawn)


def _line(values: Values) -> Line:
    return Line(values, [_STYLES[type(value)] for value in values])


TOKEN_NAME = "loithe_token"
