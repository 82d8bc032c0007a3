"""The register of Party organisations: value, checks, tree, file, sheet."""
