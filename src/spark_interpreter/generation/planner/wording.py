"""Provisional words for a plan, until the rendering helper's module takes this place."""

from collections.abc import Sequence

from spark_interpreter.generation.planner.plan import Plan
from spark_interpreter.generation.planner.rendering import output_columns
from spark_interpreter.model import TableProfile


def title(plan: Plan, profiles: Sequence[TableProfile]) -> str:
    """A headline."""
    return ", ".join(column.name for column in output_columns(plan, profiles)[:4]).capitalize()


def reading(plan: Plan, profiles: Sequence[TableProfile]) -> str:
    """One sentence."""
    names = ", ".join(column.name for column in output_columns(plan, profiles)[:8])
    return f"Shows {names}."


def suggestions(profiles: Sequence[TableProfile]) -> tuple[str, ...]:
    """Questions these data can answer."""
    return tuple(f"How many rows does {profile.label} have?" for profile in profiles)[:3]
