"""A received file as what it turned out to be: unreadable, a form with its entries, a parent's book."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from loithe_xl.consolidation.consolidate import Consolidation
from loithe_xl.consolidation.ledger import Ledgers
from loithe_xl.form.coercion import Hints
from loithe_xl.form.inputs import Grids, Inputs
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import Loaded
from loithe_xl.form.unitform import UnitForm
from loithe_xl.identity.token import Identity, Signed
from loithe_xl.language.issues import Issue
from loithe_xl.register.register import Register
from loithe_xl.rules.evaluate import Values


@dataclass(frozen=True, slots=True)
class _File:
    """What every file has: how it is called, the SHA-256 of its bytes, and every fault found in it.

    ``unit``: its code as it may be told to others, blank where it may not: of a form that a stranger signed only where
    the office's register has it. ``name``, ``above``: what the file calls the unit and its superior wherever it does,
    blank of a stranger's.
    """

    file: str
    sha: str = ""
    unit: str = ""
    issues: tuple[Issue, ...] = ()
    name: str = field(default="", kw_only=True)
    above: str = field(default="", kw_only=True)

    def refused(self, *found: Issue) -> Self:
        """The file with further faults, each told once."""
        known = {*self.issues}
        new = [each for each in (every.in_file(self.file) for every in found) if each not in known]
        return replace(self, issues=(*self.issues, *new))


@dataclass(frozen=True, slots=True)
class Unreadable(_File):
    """A file of which no entry can be read; ``signed`` where it is certain whose form it says that it is."""

    signed: Signed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedForm(_File):
    """A form that was read: what was typed, what that comes to, and how the workbook was saved.

    ``key``: the public key that signed its token; ``hints``: what is told with a check's fault of what was typed;
    ``modified``: when it was saved, as an ISO text, blank where it does not say.
    """

    unit_form: UnitForm
    key: str
    inputs: Inputs
    hints: Hints = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    modified: str = ""
    program: str = ""
    grids: Grids = field(default_factory=dict)

    @property
    def signed(self) -> Signed:
        """Whose form it is, and who signed that."""
        return Signed(self.token, self.identity, self.key)

    @property
    def token(self) -> str:
        """The token of its identity."""
        return self.unit_form.token

    @property
    def identity(self) -> Identity:
        """Whose form it is, for which term."""
        return self.unit_form.identity

    @property
    def loaded(self) -> Loaded:
        """The pack by which it is judged."""
        return self.unit_form.loaded

    @property
    def layout(self) -> Layout:
        """Where its inputs lie."""
        return self.unit_form.layout


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenParent(OpenedForm):
    """A parent's workbook whose register can be read, and another of its ledgers cannot: it has no figures."""

    register: Register


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentBook(OpenedForm):
    """A parent's workbook that was read whole: also what it remembers, and what that comes to."""

    ledgers: Ledgers
    consolidation: Consolidation


Opened = Unreadable | OpenedForm
