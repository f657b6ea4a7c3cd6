"""Rules that turn rows of items into meaning, level by level."""

from spark_interpreter.generation.planner.parsing.rules.cascade import reduce_items

__all__ = ["reduce_items"]
