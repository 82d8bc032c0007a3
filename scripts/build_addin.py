"""Builds dist/loithe.xlam from addin/: the same as ``loithe-xl addin build --out dist/loithe.xlam``, from a checkout.

``python3 scripts/build_addin.py``, ``--lang en`` for the English one, ``--out FILE.xlam`` for another place.
``--container pyopenvba``: a second file, dist/loithe-b.xlam, whose VBA project another program has written; see
``addin_container.py``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import environment
import loithe

OUT = environment.ROOT / "dist"


def main(arguments: list[str]) -> int:
    """Build the add-in; the exit code of ``loithe-xl addin build``."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--container", choices=["pyopenvba"])
    chosen, others = parser.parse_known_args(arguments)
    out = chosen.out or OUT / ("loithe-b.xlam" if chosen.container else "loithe.xlam")
    code = loithe.main(["addin", "build", "--out", str(out), *others])
    if code or not chosen.container:
        return code
    python = environment.ensure("test")  # what writes the other container comes with the tests
    return subprocess.run([python, Path(__file__).with_name("addin_container.py"), out], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
