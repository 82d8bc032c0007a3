"""A campaign as data, the wording of its report included, read from TOML."""
