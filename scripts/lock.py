"""Remakes the locks in ``requirements/``: exact versions with hashes, for every system, no address of a registry.

``python3 scripts/lock.py`` keeps what is locked, adds and drops what changed; ``--upgrade`` takes the newest versions.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import environment

ROOT = environment.ROOT
UV = "uv==0.13.8"
# Each lock, what it is made from, and the locks it must agree with.
LOCKS = {
    "run.txt": (("pyproject.toml",), ()),
    "build.txt": (("requirements/build.in",), ("run.txt",)),
    "test.txt": (("pyproject.toml", "requirements/build.in", "requirements/test.in"), ("run.txt", "build.txt")),
}
OPTIONS = (
    "--universal",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--python-version=3.11",
    "--quiet",
)


def main() -> int:
    """Make every lock, with a uv of its own so that the answer does not depend on the machine."""
    with tempfile.TemporaryDirectory() as folder:
        python = environment.create(Path(folder) / "uv")
        subprocess.run([python, "-m", "pip", "install", "--quiet", UV], check=True)
        for name, (sources, agreeing) in LOCKS.items():
            command = [str(python), "-m", "uv", "pip", "compile", *OPTIONS, *sources, *sys.argv[1:]]
            command += [f"--output-file=requirements/{name}"]
            command += [f"--constraints=requirements/{other}" for other in agreeing]
            subprocess.run(command, check=True, cwd=ROOT)
            print(f"requirements/{name}: {_pins(ROOT / 'requirements' / name)} packages")
    return 0


def _pins(lock: Path) -> int:
    return sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    sys.exit(main())
