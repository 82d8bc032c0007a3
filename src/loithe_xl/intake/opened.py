"""A workbook as read: what every task takes and gives on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from loithe_xl.consolidation.consolidate import Consolidation
from loithe_xl.consolidation.journal import Entry
from loithe_xl.consolidation.receipts import Receipt
from loithe_xl.draw.hidden import ABOVE_CELL, LANG_CELL, NAME_CELL
from loithe_xl.form.coercion import Hints
from loithe_xl.form.inputs import BLANK, Grids, Inputs
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import Loaded
from loithe_xl.identity.token import Identity
from loithe_xl.language.issues import Issue
from loithe_xl.register.register import Register
from loithe_xl.rules.evaluate import Values
from loithe_xl.workbook.ownsheets import HIDDEN


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as read. ``identity`` is None when it is not one of our forms; ``loaded`` and ``layout`` likewise."""

    file: str
    sha: str = ""
    token: str = ""
    key: str = ""
    unit: str = ""  # as it may be told to others: of a form that a stranger signed only where the register has it
    identity: Identity | None = None
    loaded: Loaded | None = None
    layout: Layout | None = None
    inputs: Inputs = BLANK
    hints: Hints = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    modified: str = ""
    program: str = ""
    grids: Grids = field(default_factory=dict)
    register: Register | None = None
    receipts: tuple[Receipt, ...] = ()
    journal: tuple[Entry, ...] = ()
    consolidation: Consolidation | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def names(self) -> tuple[str, str, str]:
        """Unit's name, superior's name and language, as the workbook keeps them."""
        kept = self.grids[HIDDEN]
        name, above, lang = (str(kept.get(*cell) or "") for cell in (NAME_CELL, ABOVE_CELL, LANG_CELL))
        return name, above, lang or "vi"

    def refused(self, *found: Issue) -> Opened:
        """This workbook with further faults; what was told already is not told twice."""
        known = {*self.issues}
        new = [each for each in (every.in_file(self.file) for every in found) if each not in known]
        return replace(self, issues=(*self.issues, *new))
