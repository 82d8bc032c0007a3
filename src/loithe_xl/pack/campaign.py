"""What a campaign rests on and while what: its documents, and the schemes of tiers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from loithe_xl.language.catalogue import Text, text


@dataclass(frozen=True, slots=True)
class Document:
    """A document the campaign rests on; a blank ``symbol`` was not given and is never made up."""

    type: Text
    number: str
    issuer: Text
    day: date
    symbol: str = ""
    subject: Text = Text("")

    @property
    def cited(self) -> Text:
        """Hướng dẫn số 06-HD/TU, ngày 12/01/2023 của Ban Thường vụ Tỉnh ủy."""
        number = f"{self.number}-{self.symbol}" if self.symbol else self.number
        return text("spec.cited", type=self.type, number=number, day=f"{self.day:%d/%m/%Y}", issuer=self.issuer)


@dataclass(frozen=True, slots=True)
class Scheme:
    """The tiers there are, from the highest down, while the scheme is in force (``end`` None: still)."""

    id: str
    tiers: tuple[str, ...]
    start: date
    end: date | None = None
