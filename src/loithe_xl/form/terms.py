"""A period with its cut-off and deadline, as a run is asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from loithe_xl.form.loaded import Loaded
from loithe_xl.identity.period import EARLIEST, LATEST, is_period, last_day
from loithe_xl.language.issues import Fault, issue


@dataclass(frozen=True, slots=True)
class Term:
    """What a period means for every form of a run."""

    period: str
    cutoff: date
    deadline: date


def term(loaded: Loaded, period: str | None, cutoff: date | None, deadline: date | None) -> Term:
    """A period with its cut-off (default: its last day) and deadline (default: the pack's days later)."""
    period = period or loaded.pack.period
    if not is_period(period):
        raise Fault([issue("PERIOD_MALFORMED", period=period)], 2)
    cutoff = cutoff or last_day(period)
    for each in filter(None, (cutoff, deadline)):
        if not EARLIEST <= each <= LATEST:
            raise Fault([issue("DAY_IMPOSSIBLE", day=f"{each.day:02d}/{each.month:02d}/{each.year:04d}")], 2)
    deadline = deadline or cutoff + timedelta(days=loaded.pack.deadline_days)
    if deadline < cutoff:
        raise Fault([issue("DEADLINE_BEFORE_CUTOFF", deadline=f"{deadline:%d/%m/%Y}", cutoff=f"{cutoff:%d/%m/%Y}")], 2)
    return Term(period, cutoff, deadline)
