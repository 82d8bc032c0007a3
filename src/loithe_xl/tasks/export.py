"""Every direct child with its receipt and its figures as tables that need no cleaning, for whoever counts further."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loithe_xl.consolidation.receipts import Figure
from loithe_xl.consolidation.suppression import Shown, disclosed
from loithe_xl.intake import proving
from loithe_xl.intake.openfile import ParentBook
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.cleaning import inert
from loithe_xl.language.issues import Fault, Place, issue
from loithe_xl.register.register import TIER_WORDS
from loithe_xl.system import store
from loithe_xl.tasks.office import Office, beside, spare_forms
from loithe_xl.tasks.office import shown as named
from loithe_xl.workbook import writer
from loithe_xl.workbook.book import Book, Flow, Line, ListObject, Print, Sheet
from loithe_xl.workbook.numbers import cell_number
from loithe_xl.workbook.ownsheets import FIGURES, NO_FORM

if TYPE_CHECKING:
    from pandas import DataFrame

IDS = "id"  # headings and words as in the JSON answers
_ABOUT = ("unit", "name", "tier", "period", "status", "late")
_LONG = ("unit", "parent", "tier", "period", "id", "value")
_TOTALS = ("unit", "tier", "period", "id", "value", "withheld")
# What other programs ask for, the same in any language: true tables, sheets, and the files of an export as text.
UNITS_TABLE, TOTALS_TABLE, LONG_TABLE = "so_lieu", "tong_cong", "so_lieu_dai"
_SHEETS = {UNITS_TABLE: FIGURES, TOTALS_TABLE: "Tổng cộng", LONG_TABLE: "Bảng dài"}
_ENDS = {UNITS_TABLE: "", TOTALS_TABLE: "_tong", LONG_TABLE: "_dai"}
_WIDTHS = {
    UNITS_TABLE: (16, 60, 12, 11, 20, 9),
    TOTALS_TABLE: (16, 12, 11, 70, 14, 36),
    LONG_TABLE: (16, 16, 12, 11, 70, 14),
}
_FIGURE, _TURNED, _LINE = 13, 120, 20  # a figure's width; heights of headings in points
_STYLES = {"Int64": "computed_count", "Float64": "computed_decimal"}


@dataclass(frozen=True, slots=True)
class Tables:
    """What an export holds: a row per direct child with a column per figure; a row per figure with its total; and a row
    per child and figure. A figure that is not known, or that is withheld, is blank."""

    units: DataFrame
    totals: DataFrame
    long: DataFrame


def export(
    parent: ParentBook, of: Path, out: Path, office: Office, heads: str = "", *, long: bool = False
) -> list[Path]:
    """Write the tables of the parent opened from ``of``: ``.xlsx``, each on its own sheet, or ``.csv`` (UTF-8, commas),
    each in its own file; where they were written. What stood there before is kept as a dated copy.

    ``heads`` as in ``tables``, by default the office's language; ``long``: whether the long one is wanted.
    """
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise Fault([issue("EXPORT_KIND", Place(file=named(out)))], 2)
    if out.exists() and out.samefile(of):
        raise Fault([issue("EXPORT_OVER_PARENT", Place(file=named(out)), name=out.name)], 2)
    made = tables(parent, heads or office.lang)
    wanted = {UNITS_TABLE: made.units, TOTALS_TABLE: made.totals} | ({LONG_TABLE: made.long} if long else {})
    targets = [out.with_name(f"{out.stem}{_ENDS[name]}{out.suffix}") for name in wanted]
    for target in targets:
        spare_forms(target)
    if out.suffix.lower() == ".xlsx":
        book = _book(wanted)
        return [_written(out, writer.render(book), office, proving.cells(book, out.name))]
    office.notice(issue("EXPORT_CODES", Place(file=named(out)), name=out.name))
    return [_written(target, _csv(frame), office) for target, frame in zip(targets, wanted.values(), strict=True)]


def tables(parent: ParentBook, heads: str) -> Tables:
    """Every direct child's figures in register order, and their totals apart.

    ``heads``: ``IDS``, or the language of headings, labels and words. A sensitive column with a small figure stands in
    the totals alone, as in every paper that leaves the office; ``withheld`` says so.
    """
    of = _Exported(parent, heads)
    told = [*zip(of.units, of.figures, strict=True)]
    wide = [(*(about[name] for name in _ABOUT), *(row.get(id) for id in of.labels)) for about, row in told]
    whose = [(tuple(about[name] for name in _LONG[:4]), row) for about, row in told]
    long = [(*about, label, row.get(id)) for about, row in whose for id, label in of.labels.items()]
    return Tables(
        _frame(wide, [*of.heads(_ABOUT), *of.labels.values()], [*of.labels.values()]),
        _frame([*of.totals()], of.heads(_TOTALS), of.heads(["value"])),
        _frame(long, of.heads(_LONG), of.heads(["value"])),
    )


class _Exported:
    """What the tables of one parent have in common: labels by id, what may be shown of each, units and figures."""

    def __init__(self, parent: ParentBook, heads: str) -> None:
        self.parent, self.words = parent, heads
        done = parent.consolidation
        self.known = {code: done.absent.get(code, {}) if row is None else row for code, row in done.rows.items()}
        self.labels = self._labels()
        self.shown = {id: self._shown(id) for id in self.labels}
        self.units = [*self._units()]
        open_to_all = [id for id in self.labels if self.shown[id].unit]
        told = [self._told(code) for code in self.known]
        self.figures = [{id: cell_number(row[id]) for id in open_to_all if id in row} for row in told]

    def _told(self, code: str) -> Mapping[str, Figure]:
        """A unit's figures; of one that sent none, what the register says of it."""
        row = self.known[code]
        if self.parent.consolidation.rows[code] is not None:
            return row
        return {id: figure for id, figure in row.items() if figure}

    def _labels(self) -> dict[str, str]:
        """Every figure that goes up the tiers, by id: its name, with the id behind it where two are named alike."""
        asked = self.parent.loaded.pack.indicators
        found = {id: " ".join(self._said(each.label, id).split()) for id, each in asked.items()}
        names = Counter(name.casefold() for name in [*found.values(), *self.heads(_ABOUT)])
        return {id: name if names[name.casefold()] == 1 else f"{name} ({id})" for id, name in found.items()}

    def _shown(self, id: str) -> Shown:
        pack = self.parent.loaded.pack
        if id not in pack.sensitive:
            return Shown()
        figures = ((self._tier(code), self._told(code).get(id)) for code in self.known)
        return disclosed(figures, pack.smallest_shown)

    def _units(self) -> Iterator[dict[str, Any]]:
        children = {child.unit: child for child in reversed(self.parent.consolidation.children)}
        for code in self.known:
            child, unit = children[code], self.parent.ledgers.register.unit(code)
            late = child.late and bool(child.file)
            yield {
                "unit": code,
                "name": child.name,
                "tier": self._said(TIER_WORDS.get(self._tier(code), ""), self._tier(code)),
                "period": self.parent.identity.period,
                "status": self._said(text(f"form.status_{child.status.value}"), child.status.value),
                "late": child.late if self.words == IDS else text("form.yes").to(self.words) if late else "",
                "parent": unit.parent if unit else "",
            }

    def totals(self) -> Iterator[tuple[Any, ...]]:
        """A row per figure; summed exactly, as decimals are not in a frame."""
        identity, tier = self.parent.identity, self.parent.layout.form.tier
        where = identity.unit, self._said(TIER_WORDS[tier], tier), identity.period
        for id, label in self.labels.items():
            shown = self.shown[id]
            withheld = "" if shown.unit else "units" if shown.total else "all"
            said = self._said(text(f"export.withheld_{withheld}"), withheld) if withheld else ""
            total = cell_number(sum(row.get(id, 0) for row in self.known.values())) if shown.total else None
            yield *where, label, total, said

    def heads(self, names: Iterable[str]) -> list[str]:
        """The headings of columns that are not figures."""
        return [self._said(text(f"export.head_{name}"), name) for name in names]

    def _tier(self, code: str) -> str:
        unit = self.parent.ledgers.register.unit(code)
        return unit.tier if unit else ""

    def _said(self, words: Text | str, id: str) -> str:
        return id if self.words == IDS else words.to(self.words) if isinstance(words, Text) else words


def _frame(rows: list[tuple[Any, ...]], heads: Sequence[str], numbers: Sequence[str]) -> DataFrame:
    """A table in which the columns ``numbers`` are whole or floating, blank where nothing is known."""
    import pandas

    frame = pandas.DataFrame.from_records(rows, columns=[*heads])
    frame[[*numbers]] = frame[[*numbers]].apply(pandas.to_numeric).convert_dtypes()
    return frame


def _written(target: Path, data: bytes, office: Office, verify: Callable[[bytes], None] | None = None) -> Path:
    written = store.write_over(target, data, office.stamp, verify=verify)
    for notice in beside(target, written):
        office.notice(notice)
    return written


def _csv(frame: DataFrame) -> bytes:
    written: str = frame.map(lambda value: inert(value) if isinstance(value, str) else value).to_csv(index=False)
    return written.encode("utf-8-sig")


def _book(frames: Mapping[str, DataFrame]) -> Book:
    """Each table on a sheet of its own, a true one from the first cell on: other programs find it by its name."""
    return Book([_sheet(name, frame) for name, frame in frames.items()], custom={NO_FORM: "1"})


def _sheet(name: str, frame: DataFrame) -> Sheet:
    wide, last = name == UNITS_TABLE, len(frame.columns)
    sheet = Sheet(_SHEETS[name], freeze=(2, 3 if wide else 1), heights={1: _TURNED if wide else _LINE}, protected=False)
    # Many columns: several pages side by side, each with the units' codes and names.
    columns, fit = ((1, 2), False) if wide else (None, True)
    sheet.print = Print(landscape=wide, repeat_rows=(1, 1), repeat_columns=columns, fit_wide=fit, footer="&C&P/&N")
    styles: list[str] = []
    for column, (head, width) in enumerate(zip_longest(frame.columns, _WIDTHS[name], fillvalue=_FIGURE), 1):
        turned = wide and column > len(_ABOUT)
        sheet.put(1, column, head, "head_turned" if turned else "head")
        sheet.widths[column] = width
        styles.append(_STYLES.get(str(frame[head].dtype), "text"))
    if name == LONG_TABLE and len(frame):  # thousands of lines
        sheet.flow = Flow(2, len(frame), last, lambda: (Line(line, styles) for line in _lines(frame)))
    else:
        for row, line in enumerate(_lines(frame), 2):
            for column, (value, style) in enumerate(zip(line, styles, strict=True), 1):
                sheet.put(row, column, value, style)
    sheet.tables.append(ListObject(((1, 1), (1 + max(1, len(frame)), last)), name))
    return sheet


def _lines(frame: DataFrame) -> Iterator[list[str | int | Decimal | None]]:
    """Its rows with blanks as None and decimals to the last digit."""
    for line in frame.astype(object).where(frame.notna(), None).itertuples(index=False):
        yield [Decimal(repr(value)) if isinstance(value, float) else value for value in line]
