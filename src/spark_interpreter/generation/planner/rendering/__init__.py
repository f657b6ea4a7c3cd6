"""From the typed plan to idiomatic PySpark."""

from spark_interpreter.generation.planner.rendering.render import output_columns, render

__all__ = ["output_columns", "render"]
