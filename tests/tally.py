"""What came of many tries of one kind: how many, and which went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Tally:
    """``failed`` tells, for each try that went wrong, how to try it again and what was wrong; ``notes`` are figures."""

    tried: int = 0
    failed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, what: str, wrong: str) -> None:
        """One try; ``wrong`` is blank when it went well."""
        self.tried += 1
        if wrong:
            self.failed.append(f"{what}: {wrong}")

    @property
    def passed(self) -> int:
        """Tries that went well."""
        return self.tried - len(self.failed)
