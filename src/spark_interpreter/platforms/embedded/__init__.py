"""Runs scripts on pysail, on this machine, each in a sandboxed process tree of its own."""

from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform

__all__ = ["EmbeddedPlatform"]
