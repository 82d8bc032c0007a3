"""Puts the add-in's VBA into a project that another program writes, from one that Excel itself once saved.

``python3 scripts/build_addin.py --container pyopenvba`` calls it. Should Excel not take the add-in, the second file
tells on the spot whether the project's container is to blame or what is in it: both hold the same modules.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import zipfile
from pathlib import Path

from pyopenvba import ExcelFile

PROJECT, LINKS = "xl/vbaProject.bin", "xl/_rels/workbook.xml.rels"
_LINK = re.compile(rb"<Relationship [^>]*vbaProject[^>]*/>")


def other_container(addin: bytes) -> bytes:
    """The same add-in, its VBA project written by pyOpenVBA; all other parts stay as they are."""
    parts = _parts(addin)
    with tempfile.TemporaryDirectory() as folder:
        given, bare, full = (Path(folder) / name for name in ("given.xlam", "bare.xlsm", "full.xlsm"))
        given.write_bytes(addin)
        # The library makes a project for a workbook that has none, and for workbooks only.
        bare.write_bytes(_package({**parts, LINKS: _LINK.sub(b"", parts[LINKS])}, without=PROJECT))
        with ExcelFile(given) as ours, ExcelFile(bare) as book:
            project = book.add_vba_project()
            documents = set(project.module_names())
            for module in ours.vba_project().modules:
                if module.name in documents:
                    book.set_module(module.name, module.source)
                else:
                    project.add_module(module.name, module.source, kind=module.kind)
            book.save(full)
        return _package({**parts, PROJECT: _parts(full.read_bytes())[PROJECT]})


def _parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as found:
        return {name: found.read(name) for name in found.namelist()}


def _package(parts: dict[str, bytes], without: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in parts.items():
            if name != without:
                package.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_bytes(other_container(file.read_bytes()))
