"""What the ribbon's buttons run: one function per button, each on the workbook that is open in Excel.

A button runs ``press("<function> <language>")``; without a ribbon ``python -m loithe_xl.addin <function>`` does the
same on the active workbook of the Excel that is running.
"""

from loithe_xl.addin.buttons import (
    BUTTONS,
    consolidate_files,
    consolidate_folder,
    generate,
    help,
    journal,
    pdf,
    report,
    status,
    validate,
)
from loithe_xl.addin.frame import press, start

__all__ = [
    "BUTTONS",
    "consolidate_files",
    "consolidate_folder",
    "generate",
    "help",
    "journal",
    "pdf",
    "press",
    "report",
    "start",
    "status",
    "validate",
]
