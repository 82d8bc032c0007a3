"""The register: opened, checked, made."""

from __future__ import annotations

from pathlib import Path

from loithe_xl.language.issues import Fault, Issue, Place, has_error
from loithe_xl.register.file import read_register, refused, sample_register
from loithe_xl.register.register import Register
from loithe_xl.register.sheet import register_book
from loithe_xl.system import store
from loithe_xl.system.workers import Lost
from loithe_xl.tasks.sandbox import reader, traced
from loithe_xl.workbook import writer


def opened(path: Path | None) -> Register:
    """The register to work with: a file's, or the embedded sample; Fault with every fault of it."""
    if path is None:
        return sample_register()
    register, issues = check(path)
    if register is None or has_error(issues):
        raise Fault(issues, 1)
    return register


def check(path: Path) -> tuple[Register | None, list[Issue]]:
    """A register and all its faults; read by a worker, for who sent it may have put anything into it."""
    with reader(read_register) as read:
        found = read(path)
    if isinstance(found, Lost):
        traced(found)
        large = found.reason != "failed"  # a library that is short of memory ends the worker
        return None, [refused("FILE_TOO_LARGE" if large else "FILE_DAMAGED", Place(file=path.name))]
    return found


def make(path: Path, *, sample: bool) -> Path:
    """Write an empty register with an example, or the sample district."""
    units = sample_register().units if sample else ()
    return store.write_new(path, writer.render(register_book(units, example=not sample, sample=sample)))
