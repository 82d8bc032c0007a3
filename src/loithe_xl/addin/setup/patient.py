"""A PC under the doctor's eyes, and what a check has to say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from loithe_xl.addin.setup.installing import Plan
from loithe_xl.addin.setup.windows import Windows
from loithe_xl.language.catalogue import Text, text


class Health(StrEnum):
    """OK; WARN: may hinder, or could not be seen; FAIL: the buttons cannot work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check: its id, and in one text what was found, what it means and what to do."""

    check: str
    verdict: Health
    message: Text


@dataclass(frozen=True, slots=True)
class Patient:
    """What the checks look at: the PC, where things go on it (None: a path cannot be used), what the Python that
    Excel would start tells of itself (None: it did not start, ``reason`` says why), and Office's version ("16.0")."""

    pc: Windows
    plan: Plan | None
    told: Mapping[str, Any] | None
    reason: str
    office: str

    def setting(self, name: str, *keys: str) -> object:
        """The first value of that name in these keys of Office's settings, a policy before the user's own choice."""
        for key in keys:
            for root in (r"HKCU\Software\Policies\Microsoft\Office", r"HKCU\Software\Microsoft\Office"):
                value = self.pc.registry(rf"{root}\{self.office}\{key}").get(name.lower())
                if value is not None:
                    return value
        return None


def excel_version(pc: Windows) -> int:
    """The version that programs reach, such as 16; 0 where there is none."""
    said = str(pc.registry(r"HKCR\Excel.Application\CurVer").get("", ""))
    number = said.rpartition(".")[2]
    return int(number) if number.isdigit() else 0


def found(check: str, answer: str, **args: object) -> Finding:
    """The sentence ``CHECK_ANSWER``; an answer is a verdict, followed by the case where there are several."""
    return Finding(check, Health(answer.partition("_")[0]), text(f"addin_install.{check}_{answer}", **args))
