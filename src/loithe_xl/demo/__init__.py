"""The whole story on the embedded sample district: forms out, filled, received, consolidated, and the report."""

from loithe_xl.demo.story import run

__all__ = ["run"]
