"""Builds dist/loithe.xlam from addin/: the same as ``loithe-xl addin build --out dist/loithe.xlam``, from a checkout.

``python3 scripts/build_addin.py``, ``--lang en`` for the English one, ``--out FILE.xlam`` for another place.
"""

from __future__ import annotations

import sys

import loithe
from environment import ROOT

OUT = ROOT / "dist" / "loithe.xlam"

if __name__ == "__main__":
    sys.exit(loithe.main(["addin", "build", "--out", str(OUT), *sys.argv[1:]]))
