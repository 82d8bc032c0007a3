"""The genuine xlwings engine for Windows, loaded over stand-ins of pywin32 and of the window manager."""

# ruff: noqa: N802 (the names are COM's)
from __future__ import annotations

import ctypes
import importlib
import sys
from datetime import UTC
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

from hosts.excel.application import Application
from hosts.excel.com import ComError, harm, missing
from hosts.excel.desk import DESK, Alert
from hosts.excel.values import ComTime

# Win32's numbers for MessageBox.
BUTTONS = {0: ("ok",), 1: ("ok", "cancel"), 4: ("yes", "no"), 3: ("yes", "no", "cancel")}
MODES = {0: None, 0x30: "critical", 0x40: "info"}
RETURNED = {"ok": 1, "cancel": 2, "yes": 6, "no": 7}


def message_box(hwnd: int, prompt: str, title: str, style: int) -> int:
    """A message box; the answer is the scripted one, or its first button."""
    DESK.application(hwnd)
    buttons = BUTTONS[style & 0xF]
    answer = DESK.answers.popleft() if DESK.answers else buttons[0]
    if answer not in buttons:
        raise harm(f"no button {answer} on: {prompt}")
    DESK.alerts.append(Alert(prompt, title, buttons, MODES[style & 0xF0], answer))
    return RETURNED[answer]


def shown() -> list[int]:
    """Windows that xlwings can find: an Excel without any book has no inner window to bind to."""
    return [application.Hwnd for application in DESK.applications if application.books]


def pid_of(hwnd: int) -> tuple[int, int]:
    """(thread, process) of a window."""
    return hwnd, DESK.application(hwnd).pid


class User32:
    """What xlwings calls to bring a window to the front."""

    @staticmethod
    def GetForegroundWindow() -> int:
        return DESK.applications[0].Hwnd

    @staticmethod
    def SetForegroundWindow(hwnd: int) -> None:
        DESK.to_front(hwnd)

    @staticmethod
    def SetWindowPos(hwnd: int, *_: Any) -> None:
        DESK.to_front(hwnd)


def _new_excel(name: str) -> Application:
    if name != "Excel.Application":
        raise missing(f"DispatchEx({name!r})")
    return Application()


def _unknown(name: str) -> Any:
    def call(*_: Any, **__: Any) -> Any:
        raise missing(name)

    return call


def _module(name: str, **members: Any) -> ModuleType:
    made = ModuleType(name)
    made.__file__ = name
    for key, value in members.items():
        setattr(made, key, value)
    return made


def _pywin32() -> dict[str, ModuleType]:
    classes = {name: type(name, (), {}) for name in ("CDispatch", "CoClassBaseClass", "DispatchBaseClass")}
    client = _module("win32com.client", Dispatch=_unknown("Dispatch"), DispatchEx=_new_excel, **classes)
    zone = SimpleNamespace(utc=lambda: UTC)
    errors = {"com_error": ComError, "ole_error": ComError}
    return {
        "pywintypes": _module("pywintypes", com_error=ComError, error=OSError, TimeType=ComTime, IID=str),
        "pythoncom": _module("pythoncom", CoInitialize=lambda: None, **errors),
        "win32api": _module("win32api", MessageBox=message_box, OpenProcess=_unknown("OpenProcess")),
        "win32con": _module("win32con", MB_OK=0, MB_OKCANCEL=1, MB_YESNOCANCEL=3, MB_YESNO=4,
                            MB_ICONWARNING=0x30, MB_ICONINFORMATION=0x40),
        "win32gui": _module("win32gui", FindWindowEx=_unknown("FindWindowEx")),
        "win32process": _module("win32process", GetWindowThreadProcessId=pid_of),
        "win32timezone": _module("win32timezone", TimeZoneInfo=zone),
        "win32com": _module("win32com", client=client),
        "win32com.client": client,
    }  # fmt: skip


def engine() -> Any:
    """``xlwings._xlwindows``; its own code, for which only Windows is missing."""
    known = sys.modules.get("xlwings._xlwindows")
    if known is not None:
        return known
    anything = mock.MagicMock()
    windll = SimpleNamespace(user32=User32)
    with (
        mock.patch.dict(sys.modules, _pywin32()),
        mock.patch.multiple(ctypes, create=True, windll=windll, oledll=anything, PyDLL=anything),
    ):
        genuine = importlib.import_module("xlwings._xlwindows")
    sys.modules["xlwings._xlwindows"] = genuine
    genuine.get_excel_hwnds = lambda: iter(shown())
    genuine.get_xl_app_from_hwnd = DESK.application
    genuine.is_hwnd_xl_app = lambda hwnd: any(app.Hwnd == hwnd for app in DESK.applications)
    genuine.Apps.cleanup = staticmethod(lambda: None)  # it would end processes by name, and speak to Windows
    return genuine
