"""What data there is, and how scripts read it."""

from spark_interpreter.sources.catalog import Sources

__all__ = ["Sources"]
