"""What every stand-in of a COM object shares: unknown calls raise and name themselves, refusals look like pywin32's."""

# ruff: noqa: N802 (the names are COM's)
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hosts.excel.desk import DESK

DISP_E_EXCEPTION, EXCEL_1004, E_INVALIDARG = -2147352567, -2146827284, -2147024809


class ComError(Exception):
    """As ``pywintypes.com_error``: (hresult, strerror, excepinfo, argerror)."""

    def __init__(self, hresult: int, strerror: str, excepinfo: tuple[Any, ...] | None = None, argerror: Any = None):
        super().__init__(hresult, strerror, excepinfo, argerror)
        self.hresult, self.strerror, self.excepinfo, self.argerror = hresult, strerror, excepinfo, argerror


class HostFault(AssertionError):
    """Excel would do harm without a word here (a stale result, a lost value, a dialog nobody answers)."""


class NotStoodIn(NotImplementedError):
    """The real Excel may know this call; the stand-in does not."""


def refused(text: str) -> ComError:
    """Excel's error 1004 as pywin32 raises it."""
    info = (0, "Microsoft Excel", text, "xlmain11.chm", 0, EXCEL_1004)
    return ComError(DISP_E_EXCEPTION, "Exception occurred.", info)


def harm(text: str) -> HostFault:
    """A fault to raise; kept on the desk, so that a catch-all in the tested code cannot hide it."""
    return DESK.fault(HostFault(text))


def missing(call: str) -> NotStoodIn:
    """An unknown call to raise; kept on the desk as well."""
    return DESK.fault(NotStoodIn(f"the Excel stand-in does not know {call}"))


class Com:
    """An object whose CamelCase names are COM's, and whose lower-case names belong to the stand-in."""

    def __getattr__(self, name: str) -> Any:
        if name[0] == "_" or name[0].islower():
            raise AttributeError(name)
        raise missing(f"{type(self).__name__}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name[0].isupper():
            known = getattr(type(self), name, None)
            if not isinstance(known, property) or known.fset is None:
                raise missing(f"{type(self).__name__}.{name} = …")
        object.__setattr__(self, name, value)


class Items(Com):
    """A COM collection over a list: counted from 1, by number or by what ``key`` says of an item."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items

    @property
    def Count(self) -> int:
        return len(self.items)

    def Item(self, key: Any) -> Any:
        if isinstance(key, str):
            found = [item for item in self.items if self.key(item).lower() == key.lower()]
            if not found:
                raise refused(f"no item {key!r}")
            return found[0]
        number = int(key)
        if not 1 <= number <= len(self.items):
            raise refused(f"subscript out of range: {key}")
        return self.items[number - 1]

    def __call__(self, key: Any) -> Any:
        return self.Item(key)

    def __iter__(self) -> Any:
        return iter(list(self.items))

    def __len__(self) -> int:
        return len(self.items)

    @staticmethod
    def key(item: Any) -> str:
        return item.Name


@dataclass(frozen=True, slots=True)
class Omitted:
    """What a COM method gets for an argument that was left out."""


OMITTED = Omitted()
