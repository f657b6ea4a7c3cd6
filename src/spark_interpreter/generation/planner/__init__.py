"""The built-in generator: understands questions without a model."""

from spark_interpreter.generation.planner.planner import Planner

__all__ = ["Planner"]
