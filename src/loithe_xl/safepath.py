"""Where Python looks for modules: never in the folder that is worked on, where anybody's files may lie."""

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
    sys.path[:] = [place for place in sys.path if place == _HOME or place not in ("", here)]
    os.environ["PYTHONSAFEPATH"] = "1"
