"""How seldom Python looks for what only refers to itself: most of what we make is kept, or freed without a search."""

import gc

_MADE = 100_000  # objects that are there more than before, until it looks; of its own accord, 700


def seldom() -> None:
    """Look seldom in this process: a quarter of the time in which packs are loaded and forms drawn went there."""
    gc.set_threshold(_MADE)
