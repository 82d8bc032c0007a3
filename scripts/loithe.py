"""Runs loithe-xl from a checkout: makes the environment when it is needed, then passes every argument on.

``python3 scripts/loithe.py demo``, on Windows ``py scripts\\loithe.py demo``. Only Python 3.11 or later is assumed; the
network is needed once.
"""

import os
import subprocess
import sys

if hasattr(sys.stderr, "reconfigure"):
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")

# Checked before anything that an older Python could not even read.
if sys.version_info < (3, 11):
    sys.stderr.write(
        "loithe-xl cần Python 3.11 trở lên; máy này đang dùng Python {}.{}. "
        "Đề nghị cài Python mới hơn rồi chạy lại.\n".format(*sys.version_info[:2])
    )
    sys.exit(2)

import environment


def main(arguments: list[str]) -> int:
    """Run the command; its exit code, 3 when the environment cannot be made, 130 when the user stops it."""
    try:
        program = environment.program_of(environment.ensure("run"), "loithe-xl")
        done = subprocess.run([program, *arguments], env=os.environ | {"PYTHONUTF8": "1"}, check=False)
    except (environment.EnvironmentFault, OSError) as fault:
        environment.say(str(fault))
        return 3
    except KeyboardInterrupt:
        return 130
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
