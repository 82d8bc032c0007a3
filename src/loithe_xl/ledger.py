"""How a parent's workbook remembers: its register, its receipts and its journal as rows of cells, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from loithe_xl.evaluate import Raw
from loithe_xl.issues import Issue, Place, Severity, issue
from loithe_xl.journal import Effect, Entry
from loithe_xl.receipts import Compact, Figure, Receipt, Rule, Status, UnitRow, Verdict
from loithe_xl.register import TIERS, Register, Unit
from loithe_xl.submission import Grid
from loithe_xl.words import Text

Line = list[str | int | None]
UNIT_COLUMNS = ("code", "name", "tier", "parent", "kind", "block", "members", "start", "end")
FILE_COLUMNS = ("row", "unit", "sha", "file", "verdict", "received", "revision", "modified", "rank", "marks", "issues")
RUN_COLUMNS = ("moment", "run", "file", "sha", "unit", "status", "rule", "effect", "vi", "en")
FILE, PART, END = "tệp", "đơn vị", "|hết|"  # no code of a unit may hold a bar
_STRANGE = (ValueError, TypeError, KeyError, IndexError, AttributeError, InvalidOperation)  # of lines nobody here wrote
EXACT = 10**15  # whole numbers below it are kept by every spreadsheet program
CELL_LIMIT = 30_000  # letters; Excel's own limit is 32,767


def register_lines(register: Register) -> list[Line]:
    """The register as rows under a heading, every value a text."""
    lines: list[Line] = [list(UNIT_COLUMNS)]
    for unit in register.units:
        start, end = (day.isoformat() if day else None for day in (unit.start, unit.end))
        members = None if unit.members is None else str(unit.members)
        told: Line = [unit.code, unit.name, unit.tier, unit.parent, unit.kind, unit.block, members, start, end]
        lines.append([value or None for value in told])
    return _signed(lines)


def read_register(grid: Grid) -> Register | Issue:
    """The register out of its sheet; LEDGER_DAMAGED when it was touched."""
    lines = _verified(grid, len(UNIT_COLUMNS))
    if isinstance(lines, Issue):
        return lines
    try:
        return Register(tuple(_unit(line) for line in lines[1:]))
    except _STRANGE:
        return issue("LEDGER_DAMAGED")


def receipt_lines(receipts: Sequence[Receipt]) -> list[Line]:
    """The receipts as rows under a heading: one per file, one per unit whose figures it holds."""
    figures = list(dict.fromkeys(id for each in receipts for row in each.rows for id in row.figures))
    texts = list(dict.fromkeys(id for each in receipts for row in each.rows for id in row.texts))
    lines: list[Line] = [[*FILE_COLUMNS, *figures, *(f"text:{id}" for id in texts)]]
    for receipt in receipts:
        lines.append(_file_line(receipt))
        for row in receipt.rows:
            numbers = [_told(row.figures.get(id)) for id in figures]
            lines.append(
                [PART, row.unit, *[None] * (len(FILE_COLUMNS) - 2), *numbers, *(row.texts.get(id) for id in texts)]
            )
    return _signed(lines)


def read_receipts(grid: Grid) -> list[Receipt] | Issue:
    """The receipts out of their sheet; LEDGER_DAMAGED when it was touched."""
    lines = _verified(grid, None)
    if isinstance(lines, Issue):
        return lines
    ids = [str(value) for value in lines[0][len(FILE_COLUMNS) :] if value]
    found: list[tuple[Line, list[UnitRow]]] = []
    try:
        for line in lines[1:]:
            if line[0] == FILE:
                found.append((line, []))
            else:
                found[-1][1].append(_unit_row(line, ids))
        return [_receipt(line, tuple(rows)) for line, rows in found]
    except _STRANGE:
        return issue("LEDGER_DAMAGED")


def journal_lines(journal: Sequence[Entry]) -> list[Line]:
    """The journal as rows under a heading, oldest run first."""
    lines: list[Line] = [list(RUN_COLUMNS)]
    for each in journal:
        told = each.moment, each.run, each.file, each.sha, each.unit, each.status.value, each.rule.value
        lines.append([value or None for value in (*told, each.effect.value, *each.said)])
    return _signed(lines)


def read_journal(grid: Grid) -> list[Entry] | Issue:
    """The journal out of its sheet; LEDGER_DAMAGED when it was touched."""
    lines = _verified(grid, len(RUN_COLUMNS))
    if isinstance(lines, Issue):
        return lines
    try:
        return [_journal_entry(line) for line in lines[1:]]
    except _STRANGE:
        return issue("LEDGER_DAMAGED")


def _journal_entry(line: Line) -> Entry:
    moment, run, file, sha, unit, status, rule, effect, vi, en = (str(value or "") for value in line)
    datetime.fromisoformat(moment)
    told = Status(status), Rule(rule), Text(vi, en), Effect(effect)
    return Entry(moment, int(run), file, sha, unit, *told)


def _unit(line: Line) -> Unit:
    code, name, tier, parent, kind, block, members, start, end = (str(value or "") for value in line)
    days = [date.fromisoformat(day) if day else None for day in (start, end)]
    if tier not in TIERS:
        raise ValueError(tier)
    return Unit(code, name, tier, parent, kind, block, int(members) if members else None, *days)


def _file_line(receipt: Receipt) -> Line:
    rank = json.dumps(receipt.rank) if receipt.rank else None
    marks = "".join(letter for letter, on in (("W", receipt.withdrawn), ("E", receipt.empty)) if on) or None
    told = [[e.code, e.severity.value, e.place.sheet, e.place.cell, e.place.field, *e.message] for e in receipt.issues]
    while len(json.dumps(told, ensure_ascii=False)) > CELL_LIMIT:
        told.pop()
    issues = json.dumps(told, ensure_ascii=False) if told else None
    values: Line = [FILE, receipt.unit or None, receipt.sha, receipt.file, receipt.verdict.value, receipt.received_at]
    return [*values, receipt.revision, receipt.modified or None, rank, marks, issues]


def _receipt(line: Line, rows: tuple[UnitRow, ...]) -> Receipt:
    _, unit, sha, file, verdict, received, revision, modified, rank, marks, issues = line[: len(FILE_COLUMNS)]
    name = str(file or "")
    found = tuple(
        Issue(code, Severity(severity), Place(name, sheet, cell, field), Text(vi, en))
        for code, severity, sheet, cell, field, vi, en in json.loads(str(issues or "[]"))
    )
    lifted = json.loads(str(rank)) if rank else None
    datetime.fromisoformat(str(received))
    if verdict == Verdict.VALID and not rows:
        raise ValueError("a valid report without figures")
    return Receipt(
        str(sha),
        name,
        str(unit or ""),
        Verdict(str(verdict)),
        str(received),
        1 if revision is None else int(revision),
        str(modified or ""),
        (int(lifted[0]), str(lifted[1])) if lifted else None,
        "W" in str(marks or ""),
        "E" in str(marks or ""),
        rows,
        found,
    )


def _unit_row(line: Line, ids: list[str]) -> UnitRow:
    figures: dict[str, Figure] = {}
    texts: dict[str, str] = {}
    for id, value in zip(ids, line[len(FILE_COLUMNS) :], strict=False):
        if value is None:
            continue
        if id.startswith("text:"):
            texts[id.removeprefix("text:")] = str(value)
        else:
            figures[id] = value if isinstance(value, int) else Decimal(value)
    return UnitRow(str(line[1]), Compact(figures), texts)


def _told(figure: Figure | None) -> str | int | None:
    if figure is None or (isinstance(figure, int) and -EXACT < figure < EXACT):
        return figure
    return str(figure)


def _signed(lines: list[Line]) -> list[Line]:
    return [*lines, [END, _digest(lines)]]


def _digest(lines: Sequence[Sequence[Raw]]) -> str:
    """A fingerprint against accidents, the same after any honest re-save."""
    found, before = hashlib.sha256(), "["
    for line in lines:  # as JSON has them all together
        told = json.dumps([_plain(value) for value in _trimmed(line)], ensure_ascii=False)
        found.update(f"{before}{told}".encode())
        before = ", "
    found.update(b"]" if lines else b"[]")
    return found.hexdigest()


def _plain(value: Raw) -> str | None:
    return None if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")


def _trimmed(line: Sequence[Raw]) -> list[Raw]:
    values = [value if value != "" else None for value in line]
    while values and values[-1] is None:
        values.pop()
    return values


def _verified(grid: Grid, width: int | None) -> list[Line] | Issue:
    lines = list(_lines(grid))
    try:
        end = next(number for number, line in enumerate(lines) if line and line[0] == END)
        if _digest(lines[:end]) != lines[end][1]:
            return issue("LEDGER_DAMAGED")
    except (StopIteration, IndexError, InvalidOperation):
        return issue("LEDGER_DAMAGED")
    columns = width or len(_trimmed(lines[0]))
    return [[*line, *[None] * (columns - len(line))][:columns] for line in lines[:end]]


def _lines(grid: Grid) -> Iterator[Line]:
    cells: dict[int, dict[int, Raw]] = {}
    for row, column, value in grid.cells():
        cells.setdefault(row, {})[column] = value
    for row in range(1, max(cells, default=0) + 1):
        found = cells.get(row, {})
        yield [found.get(column) for column in range(1, max(found, default=0) + 1)]  # type: ignore[misc]
