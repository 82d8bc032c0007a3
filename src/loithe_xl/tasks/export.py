"""Every direct child with its receipt and its figures as one flat table, for whoever counts further."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from loithe_xl.consolidation.suppression import WITHHELD, disclosed
from loithe_xl.intake import proving
from loithe_xl.intake.openfile import ParentBook
from loithe_xl.language.catalogue import text
from loithe_xl.language.cleaning import inert
from loithe_xl.language.issues import Fault, Place, issue
from loithe_xl.register.register import TIER_WORDS
from loithe_xl.system import store
from loithe_xl.tasks.office import Office, spare_forms
from loithe_xl.tasks.office import shown as named
from loithe_xl.workbook import writer
from loithe_xl.workbook.book import Book, Print, Sheet
from loithe_xl.workbook.numbers import cell_number
from loithe_xl.workbook.ownsheets import FIGURES

if TYPE_CHECKING:
    from pandas import DataFrame

_ABOUT = ("code", "unit_name", "tier", "state", "late")
_WIDTHS = {"code": 14, "unit_name": 36, "tier": 12, "state": 18, "late": 9}
_HEAD_HEIGHT, _COLUMN = 120, 13


def export(parent: ParentBook, of: Path, out: Path, office: Office) -> Path:
    """Write the table of the parent opened from ``of`` as ``.csv`` (UTF-8, commas) or ``.xlsx``; where it was written.

    What stood there before is kept as a dated copy.
    """
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise Fault([issue("EXPORT_KIND", Place(file=named(out)))], 2)
    if out.exists() and out.samefile(of):
        raise Fault([issue("EXPORT_OVER_PARENT", Place(file=named(out)), name=out.name)], 2)
    spare_forms(out)
    frame = table(parent, office.lang)
    if out.suffix.lower() == ".csv":
        office.notice(issue("EXPORT_CODES", Place(file=named(out)), name=out.name))
        return store.write_over(out, _csv(frame), office.stamp)
    book = _book(frame)
    return store.write_over(out, writer.render(book), office.stamp, verify=proving.cells(book, out.name))


def table(parent: ParentBook, lang: str) -> DataFrame:
    """A row per direct child and their total: blank where nothing of a unit counts but what the register says.

    A sensitive column with a small figure stands in the total alone, as in every paper that leaves the office.
    """
    import pandas

    pack, labels = parent.loaded.pack, _labels(parent, lang)
    frame = pandas.DataFrame.from_records(_records(parent, lang), columns=[*_ABOUT, *labels])
    frame[[*labels]] = frame[[*labels]].apply(pandas.to_numeric).convert_dtypes()
    rows, absent = parent.consolidation.rows, parent.consolidation.absent
    known = [absent.get(code, {}) if row is None else row for code, row in rows.items()]
    sums = {
        id: cell_number(sum(row.get(id, 0) for row in known)) for id in labels
    }  # exact, as decimals are not in a frame
    total = {**dict.fromkeys(_ABOUT, ""), "unit_name": text("form.total").to(lang), **sums}
    for id in pack.sensitive & labels.keys():
        figures = frame[id].astype(object).where(frame[id].notna(), None)
        told = disclosed(zip(frame.tier, figures, strict=True), pack.smallest_shown)
        total[id] = total[id] if told.total else WITHHELD
        if not told.unit:
            frame[id] = frame[id].astype(object).where(frame[id].isna(), WITHHELD)
    frame = pandas.concat([frame.astype(object), pandas.DataFrame([total])], ignore_index=True)
    about = {name: text(f"form.head_{name}").to(lang) for name in _ABOUT}
    return frame.rename(columns={**about, **labels})


def _labels(parent: ParentBook, lang: str) -> dict[str, str]:
    """Every figure that goes up the tiers, by id: its name, with the id behind it where two are named alike."""
    found = {id: each.label.to(lang) for id, each in parent.loaded.pack.indicators.items()}
    names = [*found.values()]
    return {id: name if names.count(name) == 1 else f"{name} ({id})" for id, name in found.items()}


def _records(parent: ParentBook, lang: str) -> list[dict[str, Any]]:
    children = {child.unit: child for child in reversed(parent.consolidation.children)}
    found = []
    for code, figures in parent.consolidation.rows.items():
        child, unit = children[code], parent.ledgers.register.unit(code)
        about = {
            "code": code,
            "unit_name": child.name,
            "tier": TIER_WORDS[unit.tier] if unit else "",
            "state": text(f"form.status_{child.status.value}").to(lang),
            "late": text("form.yes").to(lang) if child.late and child.file else "",
        }
        absent = {id: each for id, each in parent.consolidation.absent.get(code, {}).items() if each}
        known = absent if figures is None else figures
        numbers = {id: cell_number(each) for id, each in known.items()}
        found.append({**about, **numbers})
    return found


def _csv(frame: DataFrame) -> bytes:
    written: str = frame.map(lambda value: inert(value) if isinstance(value, str) else value).to_csv(index=False)
    return written.encode("utf-8-sig")


def _book(frame: DataFrame) -> Book:
    import pandas

    sheet = Sheet(FIGURES, freeze=(2, 3), heights={1: _HEAD_HEIGHT}, protected=False)
    # Many columns: several pages side by side, each with the units' codes and names.
    sheet.print = Print(landscape=True, repeat_rows=(1, 1), repeat_columns=(1, 2), fit_wide=False, footer="&C&P/&N")
    last = len(frame) + 1
    for column, name in enumerate(frame.columns, 1):
        sheet.put(1, column, name, "head" if column <= len(_ABOUT) else "head_turned")
        sheet.widths[column] = [*_WIDTHS.values()][column - 1] if column <= len(_ABOUT) else _COLUMN
        for row, value in enumerate(frame[name], 2):
            bold = "total" if row == last else "computed" if column > len(_ABOUT) else ""
            style = f"{bold}_{'count' if column > len(_ABOUT) else 'label'}" if bold else "text"
            sheet.put(row, column, None if pandas.isna(value) else value, style)
    return Book([sheet])
