"""A tier's report as a value: heads, sentences worded from the figures, table and chart; today's or edited by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from loithe_xl.consolidation.consolidate import Consolidation
from loithe_xl.consolidation.receipts import Figure
from loithe_xl.form.inputs import Inputs
from loithe_xl.form.unitform import UnitForm
from loithe_xl.language.issues import Issue, issue
from loithe_xl.language.notation import GAP, day, day_in_words, month_of, open_day_in_words
from loithe_xl.pack.profile import Profile, read_profile
from loithe_xl.pack.reportread import read_wording
from loithe_xl.pack.reportspec import Annex, Opinions, OpinionsAnnex, Wording
from loithe_xl.register.register import Register
from loithe_xl.report.edits import Edit, Edited, ReportLine
from loithe_xl.report.facts import Facts, Gathered, says_all, slots
from loithe_xl.report.heads import attached_to, called_in_heads
from loithe_xl.report.opinions import NAMED, Opinion, gathered, unit_name
from loithe_xl.report.table import Rate, ReportTable, progress
from loithe_xl.workbook.numbers import cell_number

_BLANK = GAP * 5  # room to write in


@dataclass(frozen=True, slots=True)
class Listing:
    """All opinions on one matter: who holds each, and its words."""

    label: str
    opinions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A composed report. ``left`` and ``right`` are its two heads, from the top; ``annex_words`` head the table, which
    has no rows in a report without annex, ``opinions_words`` the list of opinions, blank in a report without one.

    ``listings``: the opinions that the body has no room for, whole; none where it says all.
    """

    profile: Profile
    left: tuple[ReportLine, ...]
    right: tuple[ReportLine, ...]
    titles: tuple[ReportLine, ...]
    body: tuple[ReportLine, ...]
    signature: tuple[ReportLine, ...]
    recipients: tuple[ReportLine, ...]
    annex: Annex | None
    annex_words: Mapping[str, str]
    table: ReportTable
    opinions_words: Mapping[str, str]
    listings: tuple[Listing, ...]
    values: Mapping[str, Figure | None]
    cutoff: date
    percent_space: str  # what stands before the sign of a percentage
    attached: str  # how annexes name the report that they belong to

    def lines(self) -> Iterator[ReportLine]:
        """Every text that can be edited."""
        for block in (self.left, self.right, self.titles, self.body, self.signature, self.recipients):
            yield from block

    @property
    def unwritten(self) -> tuple[ReportLine, ...]:
        """The places that only a person can fill and that nobody has filled."""
        return tuple(line for line in self.body if line.to_write)

    def heading_of(self, line: ReportLine) -> str:
        """The heading that a line of the body stands under."""
        before = self.body[: self.body.index(line)]
        return next((each.shown for each in reversed(before) if each.style == "heading"), "")


@dataclass(frozen=True, slots=True)
class Draft:
    """How a report is to be drawn up: what was edited in it by hand, by which profile, None for the pack's first; of
    which day, None leaves it open."""

    edits: Mapping[str, Edit] = field(default_factory=dict)
    profile: str | None = None
    today: date | None = None


def compose(
    unit_form: UnitForm, inputs: Inputs, register: Register, consolidation: Consolidation, draft: Draft
) -> Page | list[Issue]:
    """The report of one unit at its cut-off, or why there is none. It is a Vietnamese document in every workbook.

    ``inputs`` are the unit's own entries, ``consolidation`` its figures; ``register`` holds its subtree.
    """
    pack, form, identity = unit_form.pack, unit_form.form, unit_form.identity
    if form.tier not in pack.report:
        return [issue("REPORT_TIER_UNWORDED", tier=form.tier)]
    wording, layout = read_wording(pack, form.tier), read_profile(pack, draft.profile)
    if not isinstance(wording, Wording) or not isinstance(layout, Profile):
        return [found for read in (wording, layout) if isinstance(read, list) for found in read]
    known = register.unit(identity.unit)
    names = called_in_heads(wording, unit_form.name, unit_form.above, known.kind if known else "")
    when = day_in_words(draft.today) if draft.today else open_day_in_words(identity.deadline)
    texts = names | {
        "unit": unit_form.name,
        "campaign": pack.campaign.vi,
        "cutoff": day(identity.cutoff),
        "deadline": day(identity.deadline),
        "campaign_end": day(pack.end),
        "next_month": month_of(identity.cutoff, 1),
        "blank": _BLANK,
        "date": when,
    }
    if pack.bases:
        texts |= {"basis": pack.bases[0].vi, "bases": "; ".join(basis.vi for basis in pack.bases)}
    facts = Facts(unit_form, inputs, consolidation, wording, texts)
    edited = Edited(draft.edits)
    opinions = {
        entry.field: gathered(consolidation.texts.get(entry.field, ()), register, identity.unit)
        for entry in _opinion_entries(wording)
    }
    annex = wording.annex
    left, right, titles = _heads(wording, facts, edited)
    attached = attached_to(left[-1].shown, right[-1].shown, titles[0].shown)
    return Page(
        layout,
        left,
        right,
        titles,
        _body(wording, facts, edited, opinions, register, identity.unit, layout),
        *_foot(wording, facts, edited, layout, identity.deadline),
        annex,
        _annex_words(annex, facts, attached) | _chart_words(annex, facts),
        progress(annex, consolidation, register, pack) if annex else ReportTable((), ()),
        _annex_words(wording.opinions, facts, attached),
        tuple(_listings(wording, facts, opinions, register, identity.unit)),
        consolidation.values,
        identity.cutoff,
        wording.words["percent"],
        attached,
    )


def page_json(page: Page) -> dict[str, Any]:
    """``values``, the ``sentences`` of the body as shown, and ``tables``."""
    said = [line.shown for line in page.body if line.style != "heading" and line.shown and not line.to_write]
    rows = [
        {"unit": row.code, "name": row.name, "status": row.status, "late": row.late}
        | {id: _plain(value) for id, value in row.cells.items()}
        for row in page.table.rows
        if row.kind == "unit"
    ]
    return {
        "values": {id: _plain(value) for id, value in page.values.items()},
        "sentences": said,
        "tables": {"progress": rows},
    }


def _heads(
    wording: Wording, facts: Facts, edited: Edited
) -> tuple[tuple[ReportLine, ...], tuple[ReportLine, ...], tuple[ReportLine, ...]]:
    words = wording.words
    left = [edited.fixed(id, id, facts.fill(f"{{head_{id}}}")) for id in ("above", "issuer")]
    left += [edited.fixed(id, id, facts.fill(words[id])) for id in ("star", "number")]
    right = tuple(edited.fixed(id, id, facts.fill(words[id])) for id in ("party", "place_date"))
    return (
        tuple(left),
        right,
        tuple(edited.fixed(id, id, facts.fill(words[id])) for id in ("type", "subject", "dashes")),
    )


def _foot(
    wording: Wording, facts: Facts, edited: Edited, profile: Profile, day: date
) -> tuple[tuple[ReportLine, ...], tuple[ReportLine, ...]]:
    """The signature, its name left blank, and who receives the report on that day."""
    words = wording.words
    signature = [edited.fixed(id, id, facts.fill(words[f"signature.{id}"])) for id in ("authority", "position")]
    signature.append(edited.fixed("signer", "signer", ""))
    recipients = [edited.fixed("recipients", "recipients", facts.fill(words["recipients.heading"]))]
    items = [each.items for each in wording.recipients if each.start is None or each.start <= day][-1]
    for number, item in enumerate(items, 1):
        end = profile.last_end if number == len(items) else profile.item_end
        recipients.append(edited.fixed(f"recipient_{number}", "recipient", f"{facts.fill(item)}{end}"))
    return tuple(signature), tuple(recipients)


def _body(
    wording: Wording,
    facts: Facts,
    edited: Edited,
    opinions: Gathered,
    register: Register,
    unit: str,
    profile: Profile,
) -> tuple[ReportLine, ...]:
    """Every section with its heading and its lines, and a blank line to write more in where there is no place yet."""
    found: list[ReportLine] = []
    close = 0  # where a close without heading begins
    for part in wording.sections:
        close = len(found) if not part.heading else 0
        placed: list[ReportLine | None] = []
        if part.heading:
            placed.append(edited.fixed(f"{part.id}.heading", "heading", facts.fill(part.heading)))
        entries = list(slots(part, facts, opinions, register, unit))
        said = any(slot.text for listed in entries for slot in listed if slot.style != "to_write")
        for entry, listed in zip(part.entries, entries, strict=True):
            for slot in listed:
                wanted = None if said and slot.style == "to_write" else slot.text
                placed.append(edited.line(slot.id, slot.style, wanted))
            placed += edited.beneath(f"{part.id}.{entry.id}.", "item")
        placed += edited.beneath(f"{part.id}.", "paragraph")
        lines = list(filter(None, placed))
        if part.heading and part.entries and not any(line.to_write for line in lines):
            lines.append(edited.fixed(f"{part.id}.own", "paragraph", ""))
        for line in lines:
            found += [line, *edited.after(line.id)]
    rest = [edited.fixed(id, "paragraph", "") for id in list(edited.left) if "." in id]
    close = close or len(found)
    return tuple(_closed([*found[:close], *rest, *found[close:]], profile.last_end))


def _closed(lines: list[ReportLine], end: str) -> Iterable[ReportLine]:
    """The lines, the last sentence that is not edited closed by its sign."""
    last = next((number for number in reversed(range(len(lines))) if lines[number].shown), None)
    if last is not None and not lines[last].edited and not lines[last].shown.endswith(end):
        said = lines[last].shown.rstrip(" .;,") + end
        lines[last] = replace(lines[last], generated=said, shown=said, base=said)
    return lines


def _opinion_entries(wording: Wording) -> Iterator[Opinions]:
    for part in wording.sections:
        yield from (entry for entry in part.entries if isinstance(entry, Opinions))


def _listings(wording: Wording, facts: Facts, opinions: Gathered, register: Register, unit: str) -> Iterator[Listing]:
    """The opinions of each field that the body does not say in full."""
    annex = wording.opinions
    for entry in _opinion_entries(wording) if annex else ():
        found = opinions[entry.field]
        if annex and not says_all(entry, found):
            said = tuple((_holders(each, annex, facts, register, unit), each.text) for each in found)
            yield Listing(facts.pack.texts[entry.field].vi, said)


def _holders(opinion: Opinion, annex: OpinionsAnnex, facts: Facts, register: Register, unit: str) -> str:
    """Who wrote it: every unit by name, of very many the first."""
    if opinion.own:
        return facts.fill(annex.own) or ""
    names = "; ".join(unit_name(register, code, unit) for code in opinion.units[:NAMED])
    more = len(opinion.units) - NAMED
    return names if more <= 0 else facts.fill(annex.shared, names=names, others=facts.count(more)) or ""


def _annex_words(annex: Annex | OpinionsAnnex | None, facts: Facts, attached: str) -> dict[str, str]:
    """What stands above an annex: its title in capitals, and the report that it belongs to."""
    if annex is None:
        return {}
    capitals = {
        key: (facts.fill(said) or "").upper() for key, said in (("title", annex.title), ("subject", annex.subject))
    }
    none = {"none": facts.fill(annex.none) or ""} if isinstance(annex, OpinionsAnnex) else {}
    return capitals | none | {"note": facts.fill(annex.note, attached=attached) or ""}


def _chart_words(annex: Annex | None, facts: Facts) -> dict[str, str]:
    return {"chart": facts.fill(annex.chart.title) or ""} if annex and annex.chart else {}


def _plain(value: Figure | Rate | str) -> int | float | None:
    """A figure as JSON has it; null where it is not known or shown in totals only."""
    return None if value is None or isinstance(value, str) else cell_number(value)
