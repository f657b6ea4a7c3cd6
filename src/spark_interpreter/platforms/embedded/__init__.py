"""Runs scripts on pysail, on this machine, each in a sandboxed process tree of its own."""

from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform, engine_name
from spark_interpreter.platforms.embedded.sandbox.layers import Layer, sandbox_layers

__all__ = ["EmbeddedPlatform", "Layer", "engine_name", "sandbox_layers"]
