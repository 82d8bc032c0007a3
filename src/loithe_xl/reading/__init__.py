"""A received file's bytes become plain values, as far as they can be trusted."""
