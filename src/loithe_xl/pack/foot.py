"""What stands beneath a form's inputs: the figures that it reports, and who signs it on paper."""

from __future__ import annotations

from dataclasses import dataclass

from loithe_xl.language.catalogue import Text


@dataclass(frozen=True, slots=True)
class Foot:
    """``figures``: derived figures shown beneath the first sheet's inputs; ``states``: those of which the one that is 1
    says how far the unit is; ``signatures``: by role, from left to right, lines of one parted by line feeds."""

    figures: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    signatures: tuple[Text, ...] = ()

    def after(self, base: Foot) -> Foot:
        """This foot of a form that extends another: what it leaves out is the other's."""
        parts = (self.figures or base.figures, self.states or base.states, self.signatures or base.signatures)
        return Foot(*parts)
