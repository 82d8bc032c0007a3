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
from loithe_xl.language.notation import GAP, day, day_in_words, open_day_in_words
from loithe_xl.pack.profile import Profile, read_profile
from loithe_xl.pack.reportread import read_wording
from loithe_xl.pack.reportspec import Annex, Issuer, Wording
from loithe_xl.register.register import Register
from loithe_xl.report.edits import Edit, Edited, ReportLine
from loithe_xl.report.facts import Facts, slots
from loithe_xl.report.table import Rate, ReportTable, progress
from loithe_xl.workbook.numbers import cell_number

_BLANK = GAP * 5  # room to write in


@dataclass(frozen=True, slots=True)
class Page:
    """A composed report. ``left`` and ``right`` are its two heads, from the top; ``annex_words`` head the table, which
    has no rows in a report without annex."""

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
    values: Mapping[str, Figure | None]
    cutoff: date

    def lines(self) -> Iterator[ReportLine]:
        """Every text that can be edited."""
        for block in (self.left, self.right, self.titles, self.body, self.signature, self.recipients):
            yield from block


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
    names = _names(wording, unit_form.name, unit_form.above, known.kind if known else "")
    when = day_in_words(draft.today) if draft.today else open_day_in_words(identity.deadline)
    texts = names | {
        "unit": unit_form.name,
        "campaign": pack.campaign.vi,
        "cutoff": day(identity.cutoff),
        "deadline": day(identity.deadline),
        "blank": _BLANK,
        "date": when,
    }
    if pack.bases:
        texts |= {"basis": pack.bases[0].vi, "bases": "; ".join(basis.vi for basis in pack.bases)}
    facts = Facts(unit_form, inputs, consolidation, wording, texts)
    edited = Edited(draft.edits)
    annex = wording.annex
    words = {"title": annex.title, "subject": annex.subject, "note": annex.note, "chart": annex.chart} if annex else {}
    heads = _heads(wording, facts, edited, layout)
    return Page(
        layout,
        *heads,
        _body(wording, facts, edited, register, identity.unit, layout),
        *_foot(wording, facts, edited, layout),
        annex,
        {key: facts.fill(said) or "" for key, said in words.items()},
        progress(annex, consolidation, register, pack) if annex else ReportTable((), ()),
        consolidation.values,
        identity.cutoff,
    )


def page_json(page: Page) -> dict[str, Any]:
    """``values``, the ``sentences`` of the body as shown, and ``tables``."""
    said = [line.shown for line in page.body if line.style != "heading" and line.shown]
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
    wording: Wording, facts: Facts, edited: Edited, profile: Profile
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
    wording: Wording, facts: Facts, edited: Edited, profile: Profile
) -> tuple[tuple[ReportLine, ...], tuple[ReportLine, ...]]:
    """The signature, its name left blank, and who receives the report."""
    words = wording.words
    signature = [edited.fixed(id, id, facts.fill(words[f"signature.{id}"])) for id in ("authority", "position")]
    signature.append(edited.fixed("signer", "signer", ""))
    recipients = [edited.fixed("recipients", "recipients", facts.fill(words["recipients.heading"]))]
    for number, item in enumerate(wording.recipients, 1):
        end = profile.last_end if number == len(wording.recipients) else profile.item_end
        recipients.append(edited.fixed(f"recipient_{number}", "recipient", f"{facts.fill(item)}{end}"))
    return tuple(signature), tuple(recipients)


def _body(
    wording: Wording, facts: Facts, edited: Edited, register: Register, unit: str, profile: Profile
) -> tuple[ReportLine, ...]:
    """Every section with its heading, its lines and one blank line to write more in."""
    found: list[ReportLine] = []
    for part in wording.sections:
        placed: list[ReportLine | None] = [edited.fixed(f"{part.id}.heading", "heading", facts.fill(part.heading))]
        for entry, listed in zip(part.entries, slots(part, facts, register, unit), strict=True):
            placed += [edited.line(slot.id, slot.style, slot.text) for slot in listed]
            placed += edited.beneath(f"{part.id}.{entry.id}.", "item")
        placed += edited.beneath(f"{part.id}.", "paragraph")
        for line in filter(None, placed):
            found += [line, *edited.after(line.id)]
        own = edited.fixed(f"{part.id}.own", "paragraph", "")
        found += [own, *edited.after(own.id)]
    rest = [edited.fixed(id, "paragraph", "") for id in list(edited.left) if "." in id]
    return tuple(_closed([*found, *rest], profile.last_end))


def _closed(lines: list[ReportLine], end: str) -> Iterable[ReportLine]:
    """The lines, the last sentence that is not edited closed by its sign."""
    last = next((number for number in reversed(range(len(lines))) if lines[number].shown), None)
    if last is not None and not lines[last].edited and not lines[last].shown.endswith(end):
        said = lines[last].shown.rstrip(" .;,") + end
        lines[last] = replace(lines[last], generated=said, shown=said, base=said)
    return lines


def _names(wording: Wording, name: str, above: str, kind: str) -> dict[str, str]:
    """How this organisation and the one above are called in heads and sentences."""
    issuer, rest = _issuer(wording, name, kind)
    superior, above_rest = _issuer(wording, above or wording.words["above_blank"], "")
    own = rest.split("(")[0].strip()
    return {
        "head_issuer": issuer.head.replace("{name}", _upper(rest)),
        "head_above": superior.head.replace("{name}", _upper(above_rest)) if above else wording.words["above_blank"],
        "committee": issuer.committee,
        "committee_above": superior.committee,
        "area": issuer.area,
        "symbol": issuer.symbol,
        "place": wording.words["place_blank"] if issuer.placeless or not own else own,
    }


def _issuer(wording: Wording, name: str, kind: str) -> tuple[Issuer, str]:
    """The way of heading that fits a name, and what is left of the name; else the one that fits the unit's kind."""
    folded = name.casefold()
    for issuer in wording.issuers:
        start = next((start for start in issuer.starts if start and folded.startswith(start.casefold())), None)
        if start:
            return issuer, name[len(start) :]
    by_kind = [each for each in wording.issuers if kind and f"{kind.casefold()} " in map(str.casefold, each.starts)]
    return (by_kind or wording.issuers)[0 if by_kind else -1], name


def _upper(name: str) -> str:
    """Capitals, but for what stands in brackets."""
    head, bracket, rest = name.partition("(")
    return head.upper() + bracket + rest


def _plain(value: Figure | Rate | str) -> int | float | None:
    """A figure as JSON has it; null where it is not known or shown in totals only."""
    return None if value is None or isinstance(value, str) else cell_number(value)
