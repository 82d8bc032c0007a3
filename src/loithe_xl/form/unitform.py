"""One unit's form: what its drawing, its reading and its figures need together."""

from __future__ import annotations

from dataclasses import dataclass

from loithe_xl.form.inputs import constants
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import Loaded
from loithe_xl.identity.token import Identity
from loithe_xl.pack.spec import Form, Pack
from loithe_xl.rules.evaluate import Raw
from loithe_xl.workbook.daynumbers import serial


@dataclass(frozen=True, slots=True)
class UnitForm:
    """A pack's form as it is one unit's: by which identity, with which names on it, in which language.

    ``loaded`` holds the layout that ``identity`` names, one of today's or of an earlier edition; ``token`` is the
    identity signed; ``above`` is blank where the unit has no superior; ``seal``: the issuer's signed digest of the
    form's wording, in pieces, where it is carried on.
    """

    loaded: Loaded
    identity: Identity
    token: str
    name: str
    above: str
    lang: str = "vi"
    seal: tuple[str, ...] = ()

    @property
    def layout(self) -> Layout:
        """Where the form's inputs lie."""
        digest = self.identity.digest
        return self.loaded.layouts[digest] if digest in self.loaded.layouts else self.loaded.earlier[digest].layout

    @property
    def form(self) -> Form:
        """The form that the unit fills in."""
        return self.layout.form

    @property
    def pack(self) -> Pack:
        """The campaign's pack."""
        return self.loaded.pack

    @property
    def constants(self) -> dict[str, Raw]:
        """What rules may name besides fields: the campaign's window and the form's cut-off, as Excel day numbers."""
        return constants(self.pack, serial(self.identity.cutoff))

    @property
    def names(self) -> tuple[str, str, str]:
        """The unit's name, its superior's name, and the language."""
        return self.name, self.above, self.lang
