"""Whose file it is: signed tokens, the keys, and for which units each key may speak."""
