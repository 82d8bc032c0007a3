"""This process: where it looks for modules and programs, and how seldom Python looks for what only refers to itself.

Never where we work, for anybody's files lie there.
"""

import gc
import os
import sys

_HOME = __file__.rsplit(os.sep, 3)[0]  # holds this package
_MADE = 100_000  # objects that are there more than before, until the search; of its own accord, 700


def leave_working_folder() -> None:
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


def seldom() -> None:
    """Look seldom in this process: most of what we make is kept, or freed without a search.

    Loading packs and drawing forms, Python would look often and find nothing.
    """
    gc.set_threshold(_MADE)
