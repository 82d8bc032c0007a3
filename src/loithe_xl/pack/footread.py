"""Reading what stands beneath a form's inputs."""

from __future__ import annotations

from collections.abc import Collection

from loithe_xl.language.issues import Place
from loithe_xl.pack.foot import Foot
from loithe_xl.pack.toml import Faults, TomlTable


def read_foot(block: TomlTable) -> Foot:
    """The keys ``reports``, ``states`` and ``signatures`` of a form."""
    return Foot(block.strings("reports"), block.strings("states"), block.texts("signatures"))


def foot_faults(foot: Foot, known: Collection[str], place: Place, faults: Faults) -> None:
    """Note figures that the form does not derive."""
    for id in (*foot.figures, *foot.states):
        if id not in known:
            faults.add("PACK_REFERENCE", place, value=id, known=", ".join(known))
