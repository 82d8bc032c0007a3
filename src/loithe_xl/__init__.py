"""loithe-xl: locked reporting workbooks for every tier, their consolidation and the signed report."""

__version__ = "0.1.0"
