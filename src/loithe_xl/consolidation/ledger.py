"""How a parent's workbook remembers: its register, its receipts and its journal as rows of cells, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from loithe_xl.consolidation.journal import Effect, JournalEntry
from loithe_xl.consolidation.receipts import Compact, Figure, Receipt, Rule, Status, UnitRow, Verdict
from loithe_xl.consolidation.signedlines import SignedLine as Line
from loithe_xl.consolidation.signedlines import signed, verified
from loithe_xl.form.inputs import Grid
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Issue, Place, Severity, issue
from loithe_xl.register.register import TIERS, Contact, Register, Unit
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.celltext import units

_TREE_COLUMNS = ("code", "name", "tier", "parent", "kind", "block", "members", "start", "end")
UNIT_COLUMNS = (*_TREE_COLUMNS, "telephone", "email", "address")
_FORMER_COLUMNS = (
    *("row", "unit", "sha", "file", "verdict", "received", "revision", "modified", "rank", "marks", "issues"),
)
FILE_COLUMNS = (*_FORMER_COLUMNS, "file:program", "file:digest")  # no figure's id holds a colon
RUN_COLUMNS = ("moment", "run", "file", "sha", "unit", "status", "rule", "effect", "vi", "en")
FILE_LINE, PART, PAST = "tệp", "đơn vị", "tệp cũ"  # no code of a unit may hold a bar
# Of lines nobody here wrote.
_STRANGE = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, InvalidOperation, OverflowError, RecursionError,
)  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,20})?")
_DIGITS = re.compile(r"[0-9]{1,18}")
_MARKS = (("W", "withdrawn"), ("E", "empty"), ("P", "passed"))
_CHUNKS = len(_FORMER_COLUMNS) - 1  # cells of a line of files without figures
EXACT = 10**15  # whole numbers below it are kept by every spreadsheet program
CELL_LIMIT = 30_000  # letters; Excel's own limit is 32,767


@dataclass(frozen=True, slots=True)
class Ledgers:
    """All that a parent remembers: its part of the register, every file ever received, and what its runs decided."""

    register: Register
    receipts: tuple[Receipt, ...] = ()
    journal: tuple[JournalEntry, ...] = ()


def register_lines(register: Register) -> list[Line]:
    """The register as rows under a heading, every value a text."""
    lines: list[Line] = [list(UNIT_COLUMNS)]
    for unit in register.units:
        start, end = (day.isoformat() if day else None for day in (unit.start, unit.end))
        members = None if unit.members is None else str(unit.members)
        told: Line = [unit.code, unit.name, unit.tier, unit.parent, unit.kind, unit.block, members, start, end]
        contact = unit.contact
        told += [contact.telephone, contact.email, contact.address]
        lines.append([value or None for value in told])
    return signed(lines)


def read_register(grid: Grid) -> Register | Issue:
    """The register out of its sheet; LEDGER_DAMAGED when it was touched."""
    lines = verified(grid, len(UNIT_COLUMNS))
    if isinstance(lines, Issue):
        return lines
    try:
        return Register(tuple(_unit(line) for line in lines[1:]))
    except _STRANGE:
        return issue("LEDGER_DAMAGED")


def receipt_lines(receipts: Sequence[Receipt]) -> list[Line]:
    """The receipts as rows under a heading: one per file, one per unit whose figures it holds.

    Files of which no figures are kept stand many in one cell: what was refused or replaced may come to any number.
    """
    figures = list(dict.fromkeys(id for each in receipts for row in each.rows for id in row.figures))
    texts = list(dict.fromkeys(id for each in receipts for row in each.rows for id in row.texts))
    lines: list[Line] = [[*FILE_COLUMNS, *figures, *(f"text:{id}" for id in texts)]]
    for bare, listed in groupby(receipts, key=lambda each: not each.rows):
        if bare:
            lines += _past_lines(listed)
            continue
        for receipt in listed:
            lines.append(_file_line(receipt))
            for row in receipt.rows:
                numbers = [_told(row.figures.get(id)) for id in figures]
                beside: Line = [None] * (len(FILE_COLUMNS) - 2)
                lines.append([PART, row.unit, *beside, *numbers, *(row.texts.get(id) for id in texts)])
    return signed(lines)


def read_receipts(grid: Grid) -> list[Receipt] | Issue:
    """The receipts out of their sheet; LEDGER_DAMAGED when it was touched, or says what nobody here writes."""
    lines = verified(grid, None)
    if isinstance(lines, Issue):
        return lines
    columns = FILE_COLUMNS if tuple(lines[0][: len(FILE_COLUMNS)]) == FILE_COLUMNS else _FORMER_COLUMNS
    ids = [str(value) for value in lines[0][len(columns) :] if value]
    found: list[tuple[list[Any], list[UnitRow]]] = []
    try:
        for line in lines[1:]:
            if line[0] == FILE_LINE:
                found.append((_of_line(line[1 : len(columns)]), []))
            elif line[0] == PAST:
                found += ((values, []) for cell in line[1:] if cell for values in _of_cell(str(cell)))
            else:
                found[-1][1].append(_unit_row(line, line[len(columns) :], ids))
        return [_receipt(values, tuple(rows)) for values, rows in found]
    except _STRANGE:
        return issue("LEDGER_DAMAGED")


def journal_lines(journal: Sequence[JournalEntry]) -> list[Line]:
    """The journal as rows under a heading, oldest run first."""
    lines: list[Line] = [list(RUN_COLUMNS)]
    for each in journal:
        told = each.moment, each.run, each.file, each.sha, each.unit, each.status.value, each.rule.value
        lines.append([value or None for value in (*told, each.effect.value, *each.said)])
    return signed(lines)


def read_journal(grid: Grid) -> list[JournalEntry] | Issue:
    """The journal out of its sheet; LEDGER_DAMAGED when it was touched."""
    lines = verified(grid, len(RUN_COLUMNS))
    if isinstance(lines, Issue):
        return lines
    try:
        return [_journal_entry(line) for line in lines[1:]]
    except _STRANGE:
        return issue("LEDGER_DAMAGED")


def _journal_entry(line: Line) -> JournalEntry:
    moment, run, file, sha, unit, status, rule, effect, vi, en = (str(value or "") for value in line)
    datetime.fromisoformat(moment)
    told = Status(status), Rule(rule), Text(vi, en), Effect(effect)
    return JournalEntry(moment, _digits(run), file, sha, unit, *told)


def _unit(line: Line) -> Unit:
    code, name, tier, parent, kind, block, members, start, end, *contact = (str(value or "") for value in line)
    since, until = (date.fromisoformat(day) if day else None for day in (start, end))
    if tier not in TIERS:
        raise ValueError(tier)
    count = _digits(members) if members else None
    return Unit(code, name, tier, parent, kind, block, count, since, until, Contact(*contact))


def _file_line(receipt: Receipt) -> Line:
    values = _values(receipt, CELL_LIMIT)
    rank, told = values[7], values[9]
    values[7] = json.dumps(rank) if rank else None
    values[9] = _json(told) if told else None
    return [FILE_LINE, *(None if value == "" else value for value in values)]


def _past_lines(receipts: Iterable[Receipt]) -> Iterator[Line]:
    """The files' values as JSON, in as few cells as hold them."""
    cells: list[str] = []
    listed: list[str] = []
    for receipt in receipts:
        entry = _json(_values(receipt, CELL_LIMIT - 2 * len(FILE_COLUMNS)))
        if listed and sum(map(units, listed)) + len(listed) + 2 + units(entry) > CELL_LIMIT:
            cells.append(f"[{','.join(listed)}]")
            listed = []
        listed.append(entry)
    cells.append(f"[{','.join(listed)}]")
    for start in range(0, len(cells), _CHUNKS):
        yield [PAST, *cells[start : start + _CHUNKS]]


def _values(receipt: Receipt, limit: int) -> list[Any]:
    """What is kept of a file, in the order of FILE_COLUMNS; its last issues are left out where a cell is too small."""
    told = [[e.code, e.severity.value, e.place.sheet, e.place.cell, e.place.field, *e.message] for e in receipt.issues]
    marks = "".join(letter for letter, name in _MARKS if getattr(receipt, name))
    values: list[Any] = [
        receipt.unit,
        receipt.sha,
        receipt.file,
        receipt.verdict.value,
        receipt.received_at,
        receipt.revision,
    ]
    values += [receipt.modified, receipt.rank, marks, told, receipt.program, receipt.digest]
    while told and units(_json(values)) > limit:
        told.pop()
    return values


def _of_line(line: Sequence[Any]) -> list[Any]:
    """What was kept of a file, in the order of FILE_COLUMNS, from a line of cells of this version or an earlier one."""
    values = [*line, "", ""][: len(FILE_COLUMNS) - 1]
    values[7] = json.loads(str(values[7])) if values[7] else None
    values[9] = json.loads(str(values[9] or "[]"))
    return values


def _of_cell(words: str) -> list[list[Any]]:
    """What was kept of each file that shares one cell, in the order of FILE_COLUMNS; ValueError for other JSON."""
    found = json.loads(words)
    wide = len(FILE_COLUMNS) - 1
    if not isinstance(found, list) or any(not isinstance(each, list) or len(each) != wide for each in found):
        raise ValueError("no files")
    return found


def _receipt(values: Sequence[Any], rows: tuple[UnitRow, ...]) -> Receipt:
    unit, sha, file, verdict, received, revision, modified, rank, marks, told, program, digest = values
    name = str(file or "")
    issues = tuple(
        Issue(str(code), Severity(severity), Place(name, f"{sheet}", f"{cell}", f"{field}"), Text(f"{vi}", f"{en}"))
        for code, severity, sheet, cell, field, vi, en in told
    )
    _moment(received)
    if modified:
        _moment(modified)
    if verdict == Verdict.VALID and not rows and not digest:
        raise ValueError("a valid report without figures")
    return Receipt(
        str(sha),
        name,
        str(unit or ""),
        Verdict(str(verdict)),
        str(received),
        1 if revision is None else _whole(revision),
        str(modified or ""),
        (_whole(rank[0]), _moment(rank[1])) if rank else None,
        rows=rows,
        issues=issues,
        program=str(program or ""),
        digest=str(digest or ""),
        **{each: letter in str(marks or "") for letter, each in _MARKS},
    )


def _moment(value: Any) -> str:
    """An ISO time, blank in a rank over files that had none."""
    if value:
        datetime.fromisoformat(str(value))
    return str(value or "")


def _digits(words: str) -> int:
    if not _DIGITS.fullmatch(words):
        raise ValueError("no number")
    return int(words)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < EXACT:
        raise ValueError("no number of a revision")
    return value


def _unit_row(line: Line, values: Sequence[Raw], ids: list[str]) -> UnitRow:
    if line[0] != PART or not line[1]:
        raise ValueError("no line of a unit")
    figures: dict[str, Figure] = {}
    texts: dict[str, str] = {}
    for id, value in zip(ids, values, strict=False):
        if value is None:
            continue
        if id.startswith("text:"):
            texts[id.removeprefix("text:")] = str(value)
        else:
            figures[id] = _figure(value)
    return UnitRow(str(line[1]), Compact(figures), texts)


def _figure(value: Raw) -> Figure:
    """A figure as ``_told`` writes it, or as another program saved it; ValueError for anything else."""
    if type(value) is int and -EXACT < value < EXACT:
        return value
    if isinstance(value, str | Decimal) and _NUMBER.fullmatch(f"{value:f}" if isinstance(value, Decimal) else value):
        return int(value) if "." not in str(value) and isinstance(value, str) else Decimal(value)
    raise ValueError("no figure")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _told(figure: Figure | None) -> str | int | None:
    if figure is None or (isinstance(figure, int) and -EXACT < figure < EXACT):
        return figure
    return f"{figure:f}" if isinstance(figure, Decimal) else str(figure)
