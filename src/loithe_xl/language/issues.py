"""Errors as values: an Issue says where, what is wrong and what to do; nothing here raises for a data fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum

from loithe_xl.language.catalogue import LANGUAGES, Text, catalogue, read_text
from loithe_xl.workbook.celltext import normal


class Severity(StrEnum):
    """ERROR refuses a submission; WARNING is counted and shown."""

    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault lies; each part may be blank. ``field`` is a field id or ``table.column``."""

    file: str = ""
    sheet: str = ""
    cell: str = ""
    field: str = ""

    @property
    def within(self) -> str:
        """Sheet!Cell, or the sheet alone; blank where the whole file is meant."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault: a stable code, a severity, its place and the sentence (fault and remedy) in both languages.

    ``remedy``: the end of that sentence, where it is known apart; what was read back from a ledger has it blank.
    """

    code: str
    severity: Severity
    place: Place
    message: Text
    remedy: Text = field(default=Text(""), compare=False)

    def saying(self, words: Text) -> Issue:
        """This issue in another sentence, which holds fault and remedy."""
        return replace(self, message=words, remedy=Text(""))

    def in_file(self, file: str) -> Issue:
        """This issue with the file's name in its place."""
        return replace(self, place=replace(self.place, file=file))


def issue(code: str, place: Place | None = None, **args: object) -> Issue:
    """The Issue ``code`` as worded in ``texts/issues*.toml``, its ``{names}`` filled with ``args``."""
    severity, fault, remedy = wording(code)
    told = {name: normal(value) if isinstance(value, str) else value for name, value in args.items()}
    done = remedy.fill(**told)
    return Issue(code, severity, place or Place(), fault.fill(**told).then(done), done)


def wording(code: str) -> tuple[Severity, Text, Text]:
    """Severity, fault and remedy of a code, not filled in; the remedy is blank where one sentence says both."""
    entry = catalogue("issues")[code]
    remedy = Text(entry.get("remedy_vi", ""), entry.get("remedy_en", ""))
    return Severity(entry["severity"]), read_text(entry), remedy


def fault_and_remedy(found: Issue) -> tuple[Text, Text]:
    """What is wrong, and what to do: blank where neither the issue nor the catalogue tells them apart."""
    remedy = found.remedy if found.remedy.vi else _catalogued(found)
    said = zip(found.message, LANGUAGES, strict=True)
    return Text(*(words.removesuffix(remedy.to(lang)).rstrip() for words, lang in said)), remedy


def _catalogued(found: Issue) -> Text:
    """The end of an issue's sentence that begins as the catalogue's remedy does: what a ledger kept has no other."""
    entry = catalogue("issues").get(found.code, {})
    begun = (str(entry.get(f"remedy_{lang}", "")).partition("{")[0] for lang in LANGUAGES)
    cuts = [said.rfind(begins) if begins else -1 for said, begins in zip(found.message, begun, strict=True)]
    return Text(*(said[cut:] if cut > 0 else "" for said, cut in zip(found.message, cuts, strict=True)))


def has_error(issues: Iterable[Issue]) -> bool:
    """Whether any of the issues is an ERROR."""
    return any(found.severity is Severity.ERROR for found in issues)


@dataclass(slots=True)
class Fault(Exception):
    """Carries issues up to a shell when nothing can be done: unreadable parent, faulty pack, no space.

    ``exit_code`` is 2 for wrong usage, 3 where nothing could be done.
    """

    issues: list[Issue] = field(default_factory=list)
    exit_code: int = 3

    def __reduce__(self) -> tuple[type[Fault], tuple[list[Issue], int]]:
        return Fault, (self.issues, self.exit_code)  # a worker's is raised in the run


@contextmanager
def system_fault(code: str, place: Place | None = None, **args: object) -> Iterator[None]:
    """Turn what the system refuses within (OSError) into a Fault of this code, with its ``reason`` beside ``args``: the
    system's sentence alone, for its path may be private."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Fault([issue(code, place, reason=reason, **args)], 3) from error
