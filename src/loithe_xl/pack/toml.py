"""Reading a pack's TOML key by key: every wrong, missing or unknown key becomes a fault, and reading goes on."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from loithe_xl.language.catalogue import LANGUAGES, Text, text
from loithe_xl.language.issues import Issue, Place, Severity, issue
from loithe_xl.pack.names import SHOWN_LETTERS, id_fault

Toml = Mapping[str, Any]


@dataclass(slots=True)
class Faults:
    """Everything found so far, each once.

    ``unsure``: ids whose definition is faulty; ``unread``: files that could not be read; ``complete``: no id got lost.
    """

    found: dict[Issue, None] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    complete: bool = True

    def add(self, code: str, place: Place, /, **args: object) -> None:
        """Note one fault."""
        self.found[issue(code, place, **args)] = None

    def note(self, found: Iterable[Issue]) -> None:
        """Note issues made elsewhere."""
        self.found |= dict.fromkeys(found)

    def of(self, severity: Severity) -> list[Issue]:
        """The faults of one severity."""
        return [each for each in self.found if each.severity is severity]


class TomlTable:
    """One TOML table: each key is asked for once, ``close`` names those that nobody asked for."""

    def __init__(self, table: Toml, file: str, key: str, faults: Faults) -> None:
        self.table, self.file, self.key, self.faults = table, file, key, faults
        self.asked: set[str] = set()

    def place(self, name: str = "") -> Place:
        """Where a key stands: the file and the dotted key."""
        return Place(file=self.file, field=".".join(part for part in (self.key, name) if part))

    def fault(self, code: str, name: str = "", /, **args: object) -> None:
        """Note a fault at a key."""
        self.faults.add(code, self.place(name), **args)

    def has(self, name: str) -> bool:
        """Whether the key is there."""
        return name in self.table

    def string(self, name: str, *, required: bool = False) -> str:
        """A string; blank when absent or faulty."""
        value = self._get(name, str, "string", required=required)
        if value is not None and not value.strip():
            self.fault("PACK_BLANK", name)
        return value or ""

    def text(self, name: str, *, required: bool = False, short: bool = False) -> Text:
        """A sentence: a string, or a table with ``vi`` and ``en``; ``short`` ones must fit an input message."""
        value = self._get(name, (str, dict), "text", required=required)
        if value is None:
            return Text("")
        said = value if isinstance(value, dict) else {"vi": value}
        if not set(said) <= set(LANGUAGES) or not all(isinstance(wording, str) for wording in said.values()):
            self.reject(name, "text")
            return Text("")
        if not said.get("vi", "").strip():
            self.fault("PACK_BLANK", name)
        if short and any(len(wording) > SHOWN_LETTERS for wording in said.values()):
            self.fault("PACK_TEXT_LONG", name, most=SHOWN_LETTERS)
        return Text(said.get("vi", ""), said.get("en", ""))

    def integer(self, name: str, default: int | None = None, *, least: int, most: int = 100_000) -> int:
        """A whole number within bounds; required without a default."""
        value: int | None = self._get(name, int, "integer", required=default is None)
        if value is not None and not least <= value <= most:
            self.fault("PACK_NUMBER_BOUNDS", name, least=least, most=most)
            value = None
        return value if value is not None else default or least

    def boolean(self, name: str) -> bool:
        """true or false; false when absent."""
        return bool(self._get(name, bool, "boolean"))

    def constant(self, name: str) -> int | str | None:
        """A whole number or a string; None when absent or faulty."""
        value: int | str | None = self._get(name, (int, str), "constant")
        return value

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A date; None when absent or faulty."""
        value: date | None = self._get(name, date, "date", required=required)
        return value

    def strings(self, name: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of strings; empty when absent or faulty."""
        value = self._get(name, list, "strings", required=required)
        if value is not None and not all(isinstance(item, str) for item in value):
            self.reject(name, "strings")
            return ()
        return tuple(value or ())

    def texts(self, name: str) -> tuple[Text, ...]:
        """A list of sentences; empty when absent or faulty."""
        value = self._get(name, list, "strings")
        lines = TomlTable(
            {str(number): line for number, line in enumerate(value or (), 1)}, self.file, name, self.faults
        )
        return tuple(lines.text(number) for number in lines.table)

    def choice(self, name: str, allowed: Collection[str], default: str = "") -> str:
        """One of the allowed words; blank when faulty. Required without a default."""
        value = self.string(name, required=not default) or default
        if value and value not in allowed:
            self.fault("PACK_CHOICE", name, value=value, allowed=", ".join(allowed))
            return ""
        return value

    def id(self, name: str = "id") -> str:
        """An id; blank when absent or not fit to be one, and then names in rules may be missing."""
        value = self.string(name, required=True)
        code = id_fault(value) if value else ""
        if code:
            self.fault(code, name, id=value)
        if code or not value:
            self.faults.complete = False
            return ""
        return value

    def block(self, name: str) -> TomlTable | None:
        """A table under a key."""
        value = self._get(name, dict, "table")
        return TomlTable(value, self.file, self.place(name).field, self.faults) if value is not None else None

    def blocks(self, name: str) -> Iterator[TomlTable]:
        """The tables of an array, each keyed by its id where it has one."""
        value = self._get(name, list, "tables")
        if value is not None and not all(isinstance(item, dict) for item in value):
            self.reject(name, "tables")
            self.faults.complete = False
            return
        for number, item in enumerate(value or (), 1):
            id = item.get("id", item.get("name"))
            part = id if isinstance(id, str) and id else str(number)
            yield TomlTable(item, self.file, self.place(f"{name}[{part}]").field, self.faults)

    def named_blocks(self, name: str) -> dict[str, TomlTable]:
        """The tables within a table whose keys are free, by key."""
        outer = self.block(name)
        found = {key: inner for key in outer.table if (inner := outer.block(key))} if outer else {}
        if not found:
            self.fault("PACK_KEY_MISSING", name, key=name)
        return found

    def close(self) -> None:
        """Name the keys that mean nothing here."""
        for name in self.table:
            if name not in self.asked:
                self.fault("PACK_KEY_UNKNOWN", name, key=name, known=", ".join(sorted(self.asked)))

    def _get(self, name: str, types: type | tuple[type, ...], wanted: str, *, required: bool = False) -> Any:
        self.asked.add(name)
        if name not in self.table:
            if required:
                self.fault("PACK_KEY_MISSING", name, key=name)
            return None
        value = self.table[name]
        exact = types if isinstance(types, tuple) else (types,)
        if type(value) not in exact:  # not isinstance: True is an int, a date-time is a date
            self.reject(name, wanted)
            return None
        return value

    def reject(self, name: str, wanted: str) -> None:
        """Note that a key holds something of the wrong kind."""
        self.asked.add(name)
        self.fault("PACK_VALUE_KIND", name, wanted=text(f"spec.a_{wanted}"))


def parse(files: Mapping[str, bytes], faults: Faults) -> dict[str, TomlTable]:
    """Each file as a block, by its path in the pack; one that cannot be read is a fault, named with its line."""
    found = {}
    for file, content in files.items():
        try:
            # Notepad writes a byte order mark; macOS decomposes letters.
            said = unicodedata.normalize("NFC", content.decode("utf-8-sig"))
            found[file] = TomlTable(tomllib.loads(said), file, "", faults)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            faults.add("PACK_NOT_UTF8", Place(file=file), line=line)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            said_line = re.search(r"at line (\d+)", str(error))
            line = int(said_line[1]) if said_line else content.count(b"\n") + 1
            faults.add("PACK_TOML_SYNTAX", Place(file=file), line=line, fault=str(error))
    faults.unread |= files.keys() - found.keys()
    faults.complete = faults.complete and not faults.unread
    return found
