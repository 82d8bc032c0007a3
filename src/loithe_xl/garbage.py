"""How seldom Python looks for what only refers to itself: most of what we make is kept, or freed without a search."""

import gc

_MADE = 100_000  # objects that are there more than before, until it looks; of its own accord, 700


def seldom() -> None:
    """Look seldom in this process: loading packs and drawing forms, it would look often and find nothing."""
    gc.set_threshold(_MADE)
