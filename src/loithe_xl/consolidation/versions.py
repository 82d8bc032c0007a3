"""Which of several reports of one unit is the newest: what they say of themselves counts only where it is evidence.

The revision that the unit typed comes first. Of one revision the saved time inside the file decides, where both times
are evidence and can be compared; else nothing tells the reports apart, and neither counts until the office chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from loithe_xl.consolidation.receipts import Receipt, Rule, Ruling

Version = Sequence[Receipt]  # the files of one unit that are the same report, first received first
_DAY = timedelta(days=1)  # more than any two clocks on Earth show at one moment
_AHEAD = timedelta(minutes=10)  # that a sound clock may be before the office's own


def evidence(saved: str, start: date, cutoff: date, received: str) -> str:
    """The saved time (ISO, in UTC) where it says when a report was saved, else blank.

    It does not where it lies after the receipt (``received``: the office's local time), before the campaign, or is the
    one with which every form is issued.
    """
    if not saved:
        return ""
    moment, issued = _utc(saved), datetime.combine(cutoff, time(), UTC)
    known = datetime.fromisoformat(received).astimezone(UTC)
    first = datetime.combine(start, time(), UTC)
    return saved if first < moment <= known + _AHEAD and moment != issued else ""


def later(one: Receipt, two: Receipt) -> bool:
    """Whether a report is certainly newer than another of its unit, or the office preferred it to the other."""
    if one.key[0] != two.key[0]:
        return one.key[0] > two.key[0]
    if two.passed and one.rank:
        return True
    if one.passed and two.rank:
        return False
    return _saved_later(one.key[1], two.key[1], one, two) or (
        one.key[1] == two.key[1] != "" and bool(one.rank) and not two.rank
    )


@dataclass(frozen=True, slots=True)
class RankedReports:
    """What is known of one unit's reports: all of them, the newest first as far as can be told; ``standing`` are those
    that none of the others beats (one wins, more are in conflict)."""

    versions: Sequence[Version]
    standing: Sequence[Version]


def choose(group: Iterable[Receipt]) -> RankedReports:
    """Tell a unit's files apart; a function of their set."""
    ordered = sorted(group, key=lambda each: (each.received_at, each.sha))
    alike: dict[str, list[Receipt]] = {}
    for receipt in ordered:
        alike.setdefault(receipt.content if len(ordered) > 1 else "", []).append(receipt)
    versions = list(alike.values())
    versions.sort(key=lambda version: max(each.key for each in version), reverse=True)
    standing = [each for each in versions if not any(beats(other, each) for other in versions if other is not each)]
    return RankedReports([*standing, *(each for each in versions if each not in standing)], standing)


def beats(version: Version, other: Version) -> bool:
    """Whether one of a report's files is newer than every file of the other."""
    return any(all(later(each, theirs) for theirs in other) for each in version)


def against(mine: Version, theirs: Version) -> Ruling:
    """What tells two reports of one unit apart: the office's choice only where it was needed."""
    one, two = (max(version, key=lambda each: each.key) for version in (mine, theirs))
    first, last = (one, two) if beats(mine, theirs) or not beats(theirs, mine) else (two, one)
    told = first.revision > last.key[0] or (
        first.revision == last.key[0] and _saved_later(first.modified, last.key[1], first, last)
    )
    if first.rank and not told:
        return Ruling(Rule.PREFERRED, theirs[0].file)
    if one.revision != two.revision:
        return Ruling(Rule.REVISION, theirs[0].file, str(one.revision), str(two.revision))
    return Ruling(Rule.SAVED, theirs[0].file, one.modified, two.modified)


def _saved_later(one: str, two: str, mine: Receipt, theirs: Receipt) -> bool:
    """Whether a saved time lies after another. Programs differ in what they take for UTC, so of two programs only
    times more than a day apart can be compared."""
    if not (one and two):
        return False
    gap = _utc(one) - _utc(two)
    return gap > (timedelta(0) if mine.program == theirs.program else _DAY)


def _utc(moment: str) -> datetime:
    found = datetime.fromisoformat(moment)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
