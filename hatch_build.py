"""What a package needs beyond the checkout's files: the built add-in, and a description whose links lead somewhere."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface


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


class DescriptionHook(MetadataHookInterface):
    """The README as an index shows it: away from the other files, without pictures; a link to a file is its name."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Put the description in."""
        said = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        worded = re.sub(r"\[([^\]]*)\]\(#[^)]+\)", r"\1", re.sub(r"(?m)^!\[.*\n\n", "", said))
        plain = re.sub(r"\[[^\]]*\]\((?!https?:)([^)]+)\)", r"`\1`", worded)
        metadata["readme"] = {"content-type": "text/markdown", "text": plain}
