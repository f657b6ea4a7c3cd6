"""The two things others need of a plan: its program, and the columns that come out."""

from collections.abc import Sequence

from spark_interpreter.generation.planner.plan import Plan
from spark_interpreter.generation.planner.rendering.relations import Program
from spark_interpreter.model import ResultColumn, TableProfile


def render(plan: Plan, profiles: Sequence[TableProfile]) -> str:
    """The analysis section of a script: PySpark that leaves the answer in `result`.

    It uses one DataFrame per profile, under the profile's name, besides `F` and `Window`.

    Raises:
        KeyError: the plan reads a table that has no profile.
    """
    return Program(plan, profiles).text()


def output_columns(plan: Plan, profiles: Sequence[TableProfile]) -> tuple[ResultColumn, ...]:
    """Names and Spark SQL types of the result; "unknown" where the plan does not tell."""
    fields = Program(plan, profiles).result().fields
    return tuple(ResultColumn(name=field.name, type=field.type) for field in fields)
