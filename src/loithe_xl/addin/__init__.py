"""Everything of the Excel add-in: a click, the open workbook, the add-in's file, the PC that it is installed on.

A button runs ``press("<function> <language>")``; without a ribbon ``python -m loithe_xl.addin <function>`` does it on
the active workbook of the Excel that is running. What they need is loaded then, so that building and installing the
add-in never load xlwings.
"""

from collections.abc import Sequence

__all__ = ["press", "start"]


def press(click: str) -> None:
    """Run ``"<button> <language>"`` on the workbook whose VBA calls; faults are shown to the user, none is raised."""
    from loithe_xl.addin import clicks

    clicks.press(click)


def start(arguments: Sequence[str]) -> int:
    """Run a button on the active workbook: 0, 1 when the work failed and was told, 2 for no such button."""
    from loithe_xl.addin import clicks

    return clicks.start(arguments)
