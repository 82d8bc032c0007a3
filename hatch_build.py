"""Puts the built add-in into the wheel, where an office without any tools finds it ready."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AddinHook(BuildHookInterface):
    """Only the standard wheel holds a built add-in: an editable installation has the sources and can build one."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build loithe.xlam from this checkout's sources."""
        if version != "standard":
            return
        sys.path.insert(0, str(Path(self.root) / "src"))
        from loithe_xl.addin.xlam.package import BUILT, build_addin

        self.folder = tempfile.TemporaryDirectory(prefix="loithe-xl-")
        made = Path(self.folder.name) / BUILT.name
        made.write_bytes(build_addin())
        build_data["force_include"][str(made)] = f"loithe_xl/addin/xlam/{BUILT.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """The wheel has it; the file goes."""
        if version == "standard":
            self.folder.cleanup()
