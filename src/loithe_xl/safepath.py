"""Where Python looks for modules, and Windows for programs: never where we work, for anybody's files lie there."""

import os
import sys

_HOME = __file__.rsplit(os.sep, 2)[0]  # holds this package


def settle() -> None:
    """Keep the working folder, whichever it is, off the search path of this process and of its workers.

    ``python -c``, as Excel and a starting worker have it, puts "" first: the folder it is in whenever it looks;
    ``python -m`` the one where it started. The same as Python's own option ``-P``, for whoever starts us without it.
    """
    try:
        here = os.getcwd()  # noqa: PTH109 (the program's help does without pathlib)
    except OSError:  # somebody deleted it
        here = ""
    absolute = [place for place in sys.path if os.path.isabs(place)]  # noqa: PTH117 (likewise)
    sys.path[:] = [place for place in absolute if place == _HOME or place != here]
    os.environ["PYTHONSAFEPATH"] = "1"
    os.environ["NoDefaultCurrentDirectoryInExePath"] = "1"  # noqa: SIM112 (Windows: nor are programs started from there)
