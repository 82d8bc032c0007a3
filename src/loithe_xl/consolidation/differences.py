"""What one report tells otherwise than another: figures, the units beneath, units that it alone holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loithe_xl.consolidation.receipts import Figure, Receipt, UnitRow
from loithe_xl.language.catalogue import LANGUAGES, Text, text
from loithe_xl.language.issues import Issue, Place, issue
from loithe_xl.language.notation import plain_or_dash
from loithe_xl.pack.kinds import NO, YES
from loithe_xl.pack.spec import Derived, Field, Indicator, Pack
from loithe_xl.register.register import Register

SHOWN_CHANGES = 8


@dataclass(frozen=True, slots=True)
class Naming:
    """What units and figures are called in messages: as the register and a pack's forms call them; without a pack
    figures go by their ids."""

    register: Register
    pack: Pack | None = None

    def unit(self, code: str) -> str:
        """A unit's name with its code; the code alone where the register does not have it."""
        known = self.register.unit(code)
        return f"{known.name} ({code})" if known and known.name else code

    def changed(self, unit: str, id: str, older: Figure | None, newer: Figure | None) -> Text:
        """A figure of a unit that differs: what it is called and both values, an answer in words."""
        before, now = (_answer(each) if self._is_answer(unit, id) else plain_or_dash(each) for each in (older, newer))
        label = self.label(unit, id)
        return Text(*(f"{label.to(lang)} {before} → {now}" for lang in LANGUAGES))

    def label(self, unit: str, id: str) -> Text:
        """What a figure or text of a unit is called, in quotes."""
        if self.pack is None:
            return Text(id)
        known = self.register.unit(unit)
        form = self.pack.form_for(known, self.register) if known else None
        asked: dict[str, Field | Derived | Indicator] = {**self.pack.indicators}
        asked |= {**form.derived_by_id, **form.fields} if form else {}
        found = asked.get(id)
        label = found.label if found else self.pack.texts.get(id, text("todo.unnamed"))
        return Text(*(f"“{label.to(lang)}”" for lang in LANGUAGES))

    def _is_answer(self, unit: str, id: str) -> bool:
        """Whether a unit's figure is its own yes or no, and no count of others'."""
        known = self.register.unit(unit)
        form = self.pack.form_for(known, self.register) if self.pack and known else None
        return bool(form and id in form.fields and form.fields[id].kind == "yesno")


def covered_issues(covered: Receipt, above: Receipt, lost: Iterable[str], labels: Naming) -> list[Issue]:
    """What a covered report tells otherwise than the one that counts, and whose figures it alone holds."""
    place, found, name = Place(file=covered.file), [], labels.unit(above.unit)
    if units := sorted(lost):
        told = {"units": list_differences([*map(labels.unit, units)], ", "), "above": name, "file": above.file}
        found.append(issue("COVERED_LOST", place, **told))
    inside = next((row for row in above.rows[1:] if row.unit == covered.unit), None)
    # Figures that only totals may tell do not stand in the rows of units beneath.
    changes = _changes(inside, covered.rows[0], labels, [*inside.figures]) if inside else Text("")
    return [*found, issue("COVERED_DIFFERS", place, above=name, changes=changes)] if changes.vi else found


def revised(older: Receipt, newer: Receipt, labels: Naming) -> tuple[Text, bool]:
    """What a newer report changes: its unit's own figures; if none of them, the units beneath that differ; and whether
    all rows of the older one were needed to tell it."""
    if not older.rows:
        return Text(""), False
    own = _changes(older.rows[0], newer.rows[0], labels)
    if own.vi or older.digest:
        return own, False
    before, now = ({row.unit: row for row in each.rows[1:]} for each in (older, newer))
    units = sorted(unit for unit in {*before, *now} if before.get(unit) != now.get(unit))
    return Text(list_differences([*map(labels.unit, units)])), bool(units)


def _changes(older: UnitRow, newer: UnitRow, labels: Naming, ids: Sequence[str] | None = None) -> Text:
    """``“Tổng số đảng viên” 12 → 15; …`` for the figures that differ; texts are named, never quoted."""
    if ids is None:
        ids = [*older.figures, *(id for id in newer.figures if id not in older.figures)]
    said = [
        labels.changed(newer.unit, id, older.figures.get(id), newer.figures.get(id))
        for id in ids
        if older.figures.get(id, 0) != newer.figures.get(id, 0)
    ]
    texts = sorted(id for id in {*older.texts, *newer.texts} if older.texts.get(id) != newer.texts.get(id))
    said += [labels.label(newer.unit, id) for id in texts]
    return Text(*(list_differences([each.to(lang) for each in said]) for lang in LANGUAGES))


def list_differences(said: Sequence[str], sign: str = "; ") -> str:
    """The first of them in one line, and a sign that there are more."""
    return sign.join(said[:SHOWN_CHANGES]) + (" …" if len(said) > SHOWN_CHANGES else "")


def _answer(figure: Figure | None) -> str:
    return plain_or_dash(None) if figure is None else YES if figure else NO
